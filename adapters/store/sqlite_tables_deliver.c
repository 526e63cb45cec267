/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits to be delivered: which member of which record stands in which column. Payloads are wrapped. See
 * sqlite_tables.c.
 */
#include "adapters/store/sqlite_columns.h"

static const godwit_column_t reading[] = {
    COLUMN(NUMBER, reading, number, "number"),
    COLUMN(TEXT, reading, imsi.digits, "imsi"),
    COLUMN(NUMBER, reading, session_id, "session_id"),
    COLUMN(NUMBER, reading, count, "count"),
    COLUMN(TRUTH, reading, user_plane, "user_plane"),
    COLUMN(NUMBER, reading, time_ms, "time_ms"),
    COLUMN(NUMBER, reading, len, "octets"),
    SECRET_SOME(reading, payload, len),
};

static const godwit_column_t delivery_mark[] = {
    COLUMN(OCTETS, delivery_mark, destination_key, "destination_key"),
    COLUMN(TEXT, delivery_mark, destination, "destination"),
    COLUMN(NUMBER, delivery_mark, number, "number"),
};

static const godwit_column_t downlink[] = {
    COLUMN(NUMBER, downlink, number, "number"),
    COLUMN(TEXT, downlink, imsi.digits, "imsi"),
    COLUMN(NUMBER, downlink, accepted_ms, "accepted_ms"),
    COLUMN(NUMBER, downlink, expires_ms, "expires_ms"),
    COLUMN(OCTETS, downlink, id, "id"),
    COLUMN(NUMBER, downlink, len, "octets"),
    SECRET_SOME(downlink, payload, len),
};

static bool complete_reading(godwit_record_t *record)
{
    return godwit_row_complete_imsi(&record->u.reading.imsi) && record->u.reading.len <= GODWIT_USER_PLANE_MAX;
}

static bool complete_mark(godwit_record_t *record)
{
    (void)record;
    return true;
}

static bool complete_downlink(godwit_record_t *record)
{
    return godwit_row_complete_imsi(&record->u.downlink.imsi) && record->u.downlink.len <= GODWIT_USER_PLANE_MAX;
}

const godwit_table_t godwit_deliver_tables[GODWIT_DELIVER_TABLES] = {
    {"reading", GODWIT_RECORD_READING, 1, COUNT_OF(reading), reading, complete_reading},
    {"delivery_mark", GODWIT_RECORD_DELIVERY_MARK, 1, COUNT_OF(delivery_mark), delivery_mark, complete_mark},
    {"downlink", GODWIT_RECORD_DOWNLINK, 1, COUNT_OF(downlink), downlink, complete_downlink},
};
