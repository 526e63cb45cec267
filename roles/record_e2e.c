/* SPDX-License-Identifier: Apache-2.0
 *
 * The searches of records of end-to-end protection and of what waits for delivery, for owners that keep records in
 * memory: the store has indexes for them.
 */
#include <string.h>

#include "roles/record.h"

bool godwit_record_is_e2e(uint8_t kind)
{
    return kind >= GODWIT_RECORD_EAS && kind <= GODWIT_RECORD_DOWNLINK;
}

static bool has_octets(const godwit_record_key_t *key)
{
    static const uint8_t none[16];
    return memcmp(key->octets, none, sizeof none) != 0;
}

static bool is_own(const godwit_record_t *record, const godwit_record_key_t *key)
{
    const godwit_record_key_t own = godwit_record_key_of(record);
    return godwit_record_key_equal(&own, key);
}

static uint64_t number_of(const godwit_record_key_t *key)
{
    return (uint64_t)godwit_load_u32(key->octets) << 32 | godwit_load_u32(key->octets + 4);
}

/* ---- which records may answer ---- */

static bool wants_entitlement(const godwit_record_t *record, const godwit_record_key_t *key)
{
    const godwit_eas_entitlement_record_t *e = &record->u.eas_entitlement;
    if (key->imsi.len == 0 && key->session_id == 0) {
        return is_own(record, key);
    }
    return memcmp(e->eas_key, key->octets, sizeof e->eas_key) == 0 && e->not_before_ms <= key->at_ms &&
           (e->not_after_ms == 0 || e->not_after_ms > key->at_ms) &&
           (key->imsi.len == 0 || ((e->services & key->agreement) == key->agreement &&
                                   godwit_mtc_scope_covers(e->scope, e->first, e->last, &key->imsi)));
}

static bool wants_session(const godwit_record_t *record, const godwit_record_key_t *key)
{
    const godwit_e2e_session_record_t *s = &record->u.e2e_session;
    if (key->imsi.len == 0) {
        return s->due_ms <= key->at_ms;
    }
    if (key->session_id == 0 && key->agreement == GODWIT_E2E_FROM_DEVICE) {
        return !s->closed && memcmp(s->eas_key, key->octets, sizeof s->eas_key) == 0 &&
               strcmp(s->path.imsi.digits, key->imsi.digits) >= 0;
    }
    return key->session_id != 0 ? is_own(record, key)
                                : !s->closed && godwit_imsi_equal(&s->path.imsi, &key->imsi) &&
                                      memcmp(s->eas_key, key->octets, sizeof s->eas_key) == 0 &&
                                      (key->agreement == 0 || s->taken_ms != 0);
}

static bool wants_eas_session(const godwit_record_t *record, const godwit_record_key_t *key)
{
    const godwit_eas_session_record_t *s = &record->u.eas_session;
    if (key->imsi.len > 0) {
        return godwit_imsi_equal(&s->path.imsi, &key->imsi);
    }
    return has_octets(key) ? is_own(record, key) : s->due_ms <= key->at_ms;
}

static bool wants_downlink(const godwit_record_t *record, const godwit_record_key_t *key)
{
    const godwit_downlink_record_t *d = &record->u.downlink;
    if (key->imsi.len == 0) {
        return is_own(record, key);
    }
    return godwit_imsi_equal(&d->imsi, &key->imsi) &&
           (!has_octets(key) || memcmp(d->id, key->octets, sizeof d->id) == 0);
}

bool godwit_e2e_may_answer(const godwit_record_t *record, const godwit_record_key_t *key)
{
    switch (key->kind) {
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        return wants_entitlement(record, key);
    case GODWIT_RECORD_E2E_SESSION:
        return wants_session(record, key);
    case GODWIT_RECORD_EAS_SESSION:
        return wants_eas_session(record, key);
    case GODWIT_RECORD_READING:
        return key->agreement != 0 ? record->u.reading.number > number_of(key) : is_own(record, key);
    case GODWIT_RECORD_DOWNLINK:
        return wants_downlink(record, key);
    default:
        return is_own(record, key);
    }
}

/* ---- which of them does ---- */

static bool session_is_before(const godwit_e2e_session_record_t *a, const godwit_e2e_session_record_t *b,
                              const godwit_record_key_t *key)
{
    if (key->imsi.len == 0) {
        return a->due_ms < b->due_ms;
    }
    if (key->agreement == GODWIT_E2E_FROM_DEVICE) {
        return strcmp(a->path.imsi.digits, b->path.imsi.digits) < 0;
    }
    if (key->agreement != 0) {
        return a->taken_ms > b->taken_ms;
    }
    return a->with_eas != b->with_eas ? b->with_eas : a->agreed_ms > b->agreed_ms;
}

static bool is_before(const godwit_record_t *a, const godwit_record_t *b, const godwit_record_key_t *key)
{
    switch (key->kind) {
    case GODWIT_RECORD_E2E_SESSION:
        return session_is_before(&a->u.e2e_session, &b->u.e2e_session, key);
    case GODWIT_RECORD_EAS_SESSION:
        return key->imsi.len > 0 ? a->u.eas_session.begun_ms > b->u.eas_session.begun_ms
                                 : a->u.eas_session.due_ms < b->u.eas_session.due_ms;
    case GODWIT_RECORD_READING:
        return a->u.reading.number < b->u.reading.number;
    case GODWIT_RECORD_DOWNLINK:
        return a->u.downlink.number < b->u.downlink.number;
    default:
        return false;
    }
}

/* How many of a device's messages stand before that one. */
static uint32_t rank_of(const godwit_record_t *records, size_t count, const godwit_record_t *record,
                        const godwit_record_key_t *key)
{
    uint32_t rank = 0;
    for (size_t i = 0; i < count; i++) {
        rank += records[i].kind == key->kind && godwit_e2e_may_answer(&records[i], key) &&
                is_before(&records[i], record, key);
    }
    return rank;
}

const godwit_record_t *godwit_e2e_find(const godwit_record_t *records, size_t count, const godwit_record_key_t *key)
{
    const bool by_rank = key->kind == GODWIT_RECORD_DOWNLINK && key->imsi.len > 0 && key->session_id != 0;
    const godwit_record_t *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (records[i].kind != key->kind || !godwit_e2e_may_answer(&records[i], key)) {
            continue;
        }
        if (by_rank ? rank_of(records, count, &records[i], key) == key->session_id
                    : found == NULL || is_before(&records[i], found, key)) {
            found = &records[i];
        }
    }
    return found;
}

void godwit_e2e_number(godwit_record_t *record, uint64_t *last)
{
    uint64_t *number = record->kind == GODWIT_RECORD_READING    ? &record->u.reading.number
                       : record->kind == GODWIT_RECORD_DOWNLINK ? &record->u.downlink.number
                                                                : NULL;
    if (number != NULL && *number == 0) {
        *number = ++*last;
    }
}
