/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding rows of a table by what they are called, without a walk: a hash table whose cells stand in the rows
 * themselves, and lines of rows in the order in which they came. Memory is that of the table and nothing is copied:
 * what a row is called stands in the row, and whoever finds one compares it. The hash has a key, so that nobody who
 * chooses what he is called can choose where he stands.
 */
#ifndef GODWIT_ROLES_INDEX_H
#define GODWIT_ROLES_INDEX_H

#include "godwit/bytes.h"

#define GODWIT_INDEX_KEY 16

/* All zero: filed under nothing, nobody's bucket. Numbers are those of cells and buckets, from 1. */
typedef struct godwit_index_cell {
    uint32_t first;        /* of the bucket that this place of the table is */
    uint32_t next, before; /* in the bucket that the row is filed in */
    uint32_t bucket;
} godwit_index_cell_t;

typedef struct godwit_index {
    godwit_index_cell_t *cells; /* those of the first row */
    size_t stride;              /* octets from row to row */
    uint32_t rows, per_row;     /* so many names may a row have */
    uint8_t key[GODWIT_INDEX_KEY];
} godwit_index_t;

/* cells: of the first row, all zero. */
void godwit_index_init(godwit_index_t *index, godwit_index_cell_t *cells, size_t stride, size_t rows, size_t per_row);
/* Only while nothing is filed. */
void godwit_index_set_key(godwit_index_t *index, const uint8_t key[GODWIT_INDEX_KEY]);
/* Files a row under its name number `which`, and under no other that it had as that; an empty name: under nothing. */
void godwit_index_file(godwit_index_t *index, size_t row, size_t which, godwit_slice_t name);

/* Rows that may be called so; there may be others among them, and one with two equal names comes twice. Nothing may be
 * filed while one goes on. */
typedef struct godwit_index_walk {
    const godwit_index_t *index;
    uint32_t next;
} godwit_index_walk_t;

godwit_index_walk_t godwit_index_find(const godwit_index_t *index, godwit_slice_t name);
bool godwit_index_next(godwit_index_walk_t *walk, size_t *row);

/* ---- lines ---- */

#define GODWIT_LINES_MAX 3

typedef struct godwit_line_link {
    uint32_t next, before; /* rows, from 1 */
    uint32_t line;         /* from 1; 0: in none */
} godwit_line_link_t;

typedef struct godwit_lines {
    godwit_line_link_t *links; /* that of the first row */
    size_t stride;
    struct {
        uint32_t first, last;
    } line[GODWIT_LINES_MAX + 1];
} godwit_lines_t;

void godwit_lines_init(godwit_lines_t *lines, godwit_line_link_t *links, size_t stride);
/* Puts a row at the end of that line, out of the one where it was; 0: into none. */
void godwit_lines_put(godwit_lines_t *lines, size_t row, uint32_t line);
/* False: that line is empty. */
bool godwit_lines_first(const godwit_lines_t *lines, uint32_t line, size_t *row);

/* SipHash-2-4 (Aumasson, Bernstein 2012). */
uint64_t godwit_siphash(const uint8_t key[GODWIT_INDEX_KEY], godwit_slice_t octets);

#endif
