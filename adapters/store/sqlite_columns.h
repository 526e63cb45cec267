/* SPDX-License-Identifier: Apache-2.0
 *
 * How the lists of columns are written: a member of a record, its place and size, and the column's name.
 */
#ifndef GODWIT_ADAPTERS_STORE_SQLITE_COLUMNS_H
#define GODWIT_ADAPTERS_STORE_SQLITE_COLUMNS_H

#include "adapters/store/sqlite_row.h"

#define AT(kind, member) (uint16_t) offsetof(godwit_record_t, u.kind.member)
#define SIZE(kind, member) (uint16_t)sizeof(((const godwit_record_t *)0)->u.kind.member)
#define COLUMN(type, kind, member, name)                                                                               \
    {                                                                                                                  \
        name, GODWIT_COLUMN_##type, AT(kind, member), SIZE(kind, member), 0                                            \
    }
#define SOME(kind, member, count, name)                                                                                \
    {                                                                                                                  \
        name, GODWIT_COLUMN_SOME, AT(kind, member), SIZE(kind, member), AT(kind, count)                                \
    }

#define SECRET_SOME(kind, member, count)                                                                               \
    {                                                                                                                  \
        "secret", GODWIT_COLUMN_SECRET_SOME, AT(kind, member), SIZE(kind, member), AT(kind, count)                     \
    }

#define COUNT_OF(array) (uint8_t)(sizeof(array) / sizeof((array)[0]))

#define GODWIT_TRIGGER_TABLES 8
extern const godwit_table_t godwit_trigger_tables[GODWIT_TRIGGER_TABLES]; /* sqlite_tables_trigger.c */

/* The terms of a key end to end. */
#define GODWIT_TERMS_COLUMNS(kind, member, text)                                                                       \
    COLUMN(NUMBER, kind, member.service, text "_service"), COLUMN(NUMBER, kind, member.suite, text "_suite"),          \
        COLUMN(NUMBER, kind, member.key_id, text "_key_id"), COLUMN(NUMBER, kind, member.age, text "_age"),            \
        COLUMN(NUMBER, kind, member.life_s, text "_life_s"), COLUMN(NUMBER, kind, member.messages, text "_messages")

#define GODWIT_E2E_TABLES 4
extern const godwit_table_t godwit_e2e_tables[GODWIT_E2E_TABLES]; /* sqlite_tables_e2e.c */

#define GODWIT_DELIVER_TABLES 3
extern const godwit_table_t godwit_deliver_tables[GODWIT_DELIVER_TABLES]; /* sqlite_tables_deliver.c */

/* Makes length and terminator of an IMSI from the digits that were read; false when they are none. */
bool godwit_row_complete_imsi(godwit_imsi_t *imsi);

#endif
