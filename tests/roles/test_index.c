/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows found by name: against a walk, over random filings; and lines of rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "roles/index.h"

#define ROWS 61
#define NAMES 3

typedef struct row {
    uint8_t name_len[NAMES], name[NAMES][4];
    godwit_index_cell_t cells[NAMES];
    uint32_t line;
    godwit_line_link_t link;
} row_t;

static uint32_t random_state = 1;

static uint32_t draw(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static godwit_slice_t name_of(const row_t *row, size_t which)
{
    return godwit_slice(row->name[which], row->name_len[which]);
}

static bool is_called(const row_t *row, size_t which, godwit_slice_t name)
{
    return row->name_len[which] == name.len && memcmp(row->name[which], name.ptr, name.len) == 0;
}

/* How often each row has that name, by a walk of the table and by the index. */
static void assert_found_as_by_a_walk(const row_t *rows, const godwit_index_t *index, godwit_slice_t name)
{
    unsigned walked[ROWS] = {0}, found[ROWS] = {0}, steps = 0;
    godwit_index_walk_t walk = godwit_index_find(index, name);
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t n = 0; n < NAMES; n++) {
            walked[i] += is_called(&rows[i], n, name) ? 1 : 0;
        }
    }
    for (size_t row; godwit_index_next(&walk, &row);) {
        assert_true(++steps <= ROWS * NAMES);
        unsigned called = 0;
        for (size_t n = 0; n < NAMES; n++) {
            called += is_called(&rows[row], n, name) ? 1 : 0;
        }
        found[row] += called > 0 ? 1 : 0; /* each of its cells in that bucket gives it once */
    }
    for (size_t i = 0; i < ROWS; i++) {
        assert_true((walked[i] > 0) == (found[i] > 0) && found[i] >= walked[i]);
    }
}

static void rows_are_found_as_a_walk_finds_them(void **state)
{
    static row_t rows[ROWS];
    static const uint8_t key[GODWIT_INDEX_KEY] = {7, 1, 2};
    godwit_index_t index;
    (void)state;
    memset(rows, 0, sizeof rows);
    godwit_index_init(&index, rows[0].cells, sizeof rows[0], ROWS, NAMES);
    godwit_index_set_key(&index, key);
    for (unsigned i = 0; i < 20000; i++) {
        const size_t row = draw(ROWS), which = draw(NAMES);
        row_t *r = &rows[row];
        r->name_len[which] = draw(4) == 0 ? 0 : (uint8_t)(1 + draw(3));
        for (size_t o = 0; o < r->name_len[which]; o++) {
            r->name[which][o] = (uint8_t)draw(4); /* few names: many are called the same */
        }
        godwit_index_file(&index, row, which, name_of(r, which));
        const uint8_t asked[3] = {(uint8_t)draw(4), (uint8_t)draw(4), (uint8_t)draw(4)};
        assert_found_as_by_a_walk(rows, &index, godwit_slice(asked, 1 + draw(3)));
    }
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t n = 0; n < NAMES; n++) {
            godwit_index_file(&index, i, n, godwit_slice(NULL, 0));
        }
    }
    for (size_t i = 0; i < ROWS; i++) { /* nothing is left of it */
        static const godwit_index_cell_t empty[NAMES];
        assert_memory_equal(rows[i].cells, empty, sizeof empty);
    }
}

/* The key decides which names share a bucket. */
static void names_that_collide_under_one_key_do_not_under_another(void **state)
{
    static row_t rows[ROWS];
    uint8_t key[GODWIT_INDEX_KEY] = {0}, names[8][4];
    size_t together = 0, under_another = 0, row;
    godwit_index_t index;
    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        memset(rows, 0, sizeof rows);
        godwit_index_init(&index, rows[0].cells, sizeof rows[0], ROWS, NAMES);
        key[0] = (uint8_t)round;
        godwit_index_set_key(&index, key);
        if (round == 0) { /* eight that stand with the first */
            for (uint32_t n = 0; together < 8; n++) {
                uint8_t name[4];
                godwit_store_u32(name, n);
                godwit_index_file(&index, 1, 0, godwit_slice(name, sizeof name));
                if (rows[1].cells[0].bucket == 1) {
                    memcpy(names[together++], name, sizeof name);
                }
            }
        }
        for (size_t i = 0; i < 8; i++) {
            godwit_index_file(&index, i + 1, 0, godwit_slice(names[i], 4));
        }
        godwit_index_walk_t walk = godwit_index_find(&index, godwit_slice(names[0], 4));
        for (under_another = 0; godwit_index_next(&walk, &row); under_another++) {
        }
        assert_true(round == 0 ? under_another == 8 : under_another < 8);
    }
}

static void lines_keep_the_order_in_which_rows_came(void **state)
{
    static row_t rows[ROWS];
    size_t order[GODWIT_LINES_MAX + 1][ROWS], count[GODWIT_LINES_MAX + 1] = {0};
    godwit_lines_t lines;
    (void)state;
    memset(rows, 0, sizeof rows);
    godwit_lines_init(&lines, &rows[0].link, sizeof rows[0]);
    for (unsigned i = 0; i < 20000; i++) {
        const size_t row = draw(ROWS);
        const uint32_t from = rows[row].line, to = draw(GODWIT_LINES_MAX + 1);
        for (size_t k = 0; k < count[from]; k++) {
            if (order[from][k] == row) {
                memmove(&order[from][k], &order[from][k + 1], (--count[from] - k) * sizeof order[0][0]);
                break;
            }
        }
        rows[row].line = to;
        order[to][count[to]++] = row;
        count[0] = 0; /* there is no order of those in none */
        godwit_lines_put(&lines, row, to);
        for (uint32_t line = 1; line <= GODWIT_LINES_MAX; line++) {
            size_t first;
            assert_int_equal(godwit_lines_first(&lines, line, &first), count[line] > 0);
            assert_true(count[line] == 0 || first == order[line][0]);
        }
    }
}

/* Appendix A of the paper; the second by OpenSSL 3: openssl mac -macopt size:8 -macopt hexkey:0001..0f SIPHASH. */
static void siphash_is_that_of_the_paper(void **state)
{
    uint8_t key[16], octets[15];
    (void)state;
    for (uint8_t i = 0; i < 16; i++) {
        key[i] = i;
        octets[i % 15] = i < 15 ? i : octets[0];
    }
    assert_int_equal(godwit_siphash(key, godwit_slice(octets, sizeof octets)), UINT64_C(0xa129ca6149be45e5));
    assert_int_equal(godwit_siphash(key, godwit_slice(octets, 0)), UINT64_C(0x726fdb47dd0e0e31));
    assert_int_equal(godwit_siphash(key, godwit_slice(octets, 8)), UINT64_C(0x93f5f5799a932462));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found_as_a_walk_finds_them),
        cmocka_unit_test(names_that_collide_under_one_key_do_not_under_another),
        cmocka_unit_test(lines_keep_the_order_in_which_rows_came),
        cmocka_unit_test(siphash_is_that_of_the_paper),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
