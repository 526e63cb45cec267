/* SPDX-License-Identifier: Apache-2.0
 *
 * The hash table in the rows, and the lines. See index.h.
 */
#include "roles/index.h"

/* ---- SipHash-2-4 ---- */

static uint64_t rotated(uint64_t x, unsigned bits)
{
    return x << bits | x >> (64 - bits);
}

static uint64_t load_little(const uint8_t *octets, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        value |= (uint64_t)octets[i] << (8 * i);
    }
    return value;
}

static void round_of(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotated(v[1], 13) ^ v[0];
    v[3] = rotated(v[3], 16) ^ v[2];
    v[0] = rotated(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotated(v[1], 17) ^ v[2];
    v[3] = rotated(v[3], 21) ^ v[0];
    v[2] = rotated(v[2], 32);
}

static void compress(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    round_of(v);
    round_of(v);
    v[0] ^= word;
}

uint64_t godwit_siphash(const uint8_t key[GODWIT_INDEX_KEY], godwit_slice_t octets)
{
    const uint64_t k0 = load_little(key, 8), k1 = load_little(key + 8, 8);
    uint64_t v[4] = {k0 ^ UINT64_C(0x736f6d6570736575), k1 ^ UINT64_C(0x646f72616e646f6d),
                     k0 ^ UINT64_C(0x6c7967656e657261), k1 ^ UINT64_C(0x7465646279746573)};
    const size_t whole = octets.len - octets.len % 8;
    for (size_t i = 0; i < whole; i += 8) {
        compress(v, load_little(octets.ptr + i, 8));
    }
    const uint64_t rest = octets.len > whole ? load_little(octets.ptr + whole, octets.len - whole) : 0;
    compress(v, rest | (uint64_t)octets.len << 56);
    v[2] ^= 0xff;
    for (int i = 0; i < 4; i++) {
        round_of(v);
    }
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* ---- the table ---- */

void godwit_index_init(godwit_index_t *index, godwit_index_cell_t *cells, size_t stride, size_t rows, size_t per_row)
{
    *index = (godwit_index_t){
        .cells = cells, .stride = stride, .rows = (uint32_t)rows, .per_row = (uint32_t)per_row, .key = {0}};
}

void godwit_index_set_key(godwit_index_t *index, const uint8_t key[GODWIT_INDEX_KEY])
{
    for (size_t i = 0; i < GODWIT_INDEX_KEY; i++) {
        index->key[i] = key[i];
    }
}

/* number: from 1. */
static godwit_index_cell_t *cell_of(const godwit_index_t *index, uint32_t number)
{
    const size_t row = (number - 1) / index->per_row, which = (number - 1) % index->per_row;
    return (godwit_index_cell_t *)(void *)((uint8_t *)index->cells + row * index->stride) + which;
}

static uint32_t bucket_of(const godwit_index_t *index, godwit_slice_t name)
{
    return (uint32_t)(godwit_siphash(index->key, name) % ((uint64_t)index->rows * index->per_row)) + 1;
}

static void take_out(godwit_index_t *index, godwit_index_cell_t *cell)
{
    if (cell->before != 0) {
        cell_of(index, cell->before)->next = cell->next;
    } else {
        cell_of(index, cell->bucket)->first = cell->next;
    }
    if (cell->next != 0) {
        cell_of(index, cell->next)->before = cell->before;
    }
    cell->next = cell->before = cell->bucket = 0;
}

void godwit_index_file(godwit_index_t *index, size_t row, size_t which, godwit_slice_t name)
{
    const uint32_t number = (uint32_t)(row * index->per_row + which) + 1;
    const uint32_t bucket = name.len > 0 ? bucket_of(index, name) : 0;
    godwit_index_cell_t *cell = cell_of(index, number);
    if (cell->bucket == bucket) {
        return;
    }
    if (cell->bucket != 0) {
        take_out(index, cell);
    }
    if (bucket != 0) {
        godwit_index_cell_t *head = cell_of(index, bucket);
        cell->bucket = bucket;
        cell->next = head->first;
        if (cell->next != 0) {
            cell_of(index, cell->next)->before = number;
        }
        head->first = number;
    }
}

godwit_index_walk_t godwit_index_find(const godwit_index_t *index, godwit_slice_t name)
{
    return (godwit_index_walk_t){index, name.len > 0 ? cell_of(index, bucket_of(index, name))->first : 0};
}

bool godwit_index_next(godwit_index_walk_t *walk, size_t *row)
{
    if (walk->next == 0) {
        return false;
    }
    *row = (walk->next - 1) / walk->index->per_row;
    walk->next = cell_of(walk->index, walk->next)->next;
    return true;
}

/* ---- lines ---- */

void godwit_lines_init(godwit_lines_t *lines, godwit_line_link_t *links, size_t stride)
{
    *lines = (godwit_lines_t){.links = links, .stride = stride, .line = {{0, 0}}};
}

static godwit_line_link_t *link_of(const godwit_lines_t *lines, uint32_t number)
{
    return (godwit_line_link_t *)(void *)((uint8_t *)lines->links + (number - 1) * lines->stride);
}

static void leave(godwit_lines_t *lines, godwit_line_link_t *link)
{
    if (link->before != 0) {
        link_of(lines, link->before)->next = link->next;
    } else {
        lines->line[link->line].first = link->next;
    }
    if (link->next != 0) {
        link_of(lines, link->next)->before = link->before;
    } else {
        lines->line[link->line].last = link->before;
    }
    *link = (godwit_line_link_t){0, 0, 0};
}

void godwit_lines_put(godwit_lines_t *lines, size_t row, uint32_t line)
{
    const uint32_t number = (uint32_t)row + 1;
    godwit_line_link_t *link = link_of(lines, number);
    if (link->line != 0) {
        leave(lines, link);
    }
    if (line == 0 || line > GODWIT_LINES_MAX) {
        return;
    }
    link->line = line;
    link->before = lines->line[line].last;
    if (link->before != 0) {
        link_of(lines, link->before)->next = number;
    } else {
        lines->line[line].first = number;
    }
    lines->line[line].last = number;
}

bool godwit_lines_first(const godwit_lines_t *lines, uint32_t line, size_t *row)
{
    const uint32_t first = lines->line[line].first;
    *row = first != 0 ? first - 1 : 0;
    return first != 0;
}
