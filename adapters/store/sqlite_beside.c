/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands in a row in clear, as the octets that its wrapped secret is tied to. A column that is zero or empty adds
 * nothing, so that a column which a later step of the schema adds leaves the rows of before as they were. Two
 * different rows never make the same octets.
 */
#include <string.h>

#include "adapters/store/sqlite_row.h"

typedef struct beside {
    uint8_t *octets;
    size_t len;
    bool full;
} beside_t;

static void add(beside_t *b, const void *octets, size_t len)
{
    b->full = b->full || len > GODWIT_ROW_BESIDE_MAX - b->len;
    if (!b->full && len > 0) {
        memcpy(b->octets + b->len, octets, len);
        b->len += len;
    }
}

static bool is_zero(const uint8_t *octets, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) {
        any |= octets[i];
    }
    return any == 0;
}

static void add_octets(beside_t *b, const char *name, const uint8_t *octets, size_t len)
{
    uint8_t size[2];
    godwit_store_u16(size, (uint16_t)len);
    add(b, name, strlen(name) + 1);
    add(b, size, sizeof size);
    add(b, octets, len);
}

static void add_column(beside_t *b, const godwit_column_t *column, const uint8_t *record)
{
    const uint8_t *member = record + column->at;
    uint8_t number[8];
    switch (column->type) {
    case GODWIT_COLUMN_NUMBER:
    case GODWIT_COLUMN_TRUTH:
        godwit_store_u64(number, godwit_row_number(member, column->size));
        if (!is_zero(number, sizeof number)) {
            add_octets(b, column->name, number, sizeof number);
        }
        break;
    case GODWIT_COLUMN_OCTETS:
        if (!is_zero(member, column->size)) {
            add_octets(b, column->name, member, column->size);
        }
        break;
    case GODWIT_COLUMN_TEXT:
        if (member[0] != '\0') {
            add_octets(b, column->name, member, strnlen((const char *)member, column->size));
        }
        break;
    case GODWIT_COLUMN_SOME:
        if (record[column->count_at] != 0) {
            add_octets(b, column->name, member, record[column->count_at]);
        }
        break;
    case GODWIT_COLUMN_SECRET:
    case GODWIT_COLUMN_SECRET_SOME:
    default:
        break;
    }
}

size_t godwit_row_beside(const godwit_table_t *table, const godwit_record_t *record,
                         uint8_t octets[GODWIT_ROW_BESIDE_MAX])
{
    beside_t b = {.octets = octets};
    add(&b, "", 1); /* so that there is always something */
    for (unsigned i = 0; i < table->columns_count; i++) {
        add_column(&b, &table->columns[i], (const uint8_t *)record);
    }
    return b.full ? 0 : b.len;
}
