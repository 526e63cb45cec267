/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of records as parameters, and which statement answers a fetch of which key (roles/record.h).
 */
#include <string.h>

#include "adapters/store/sqlite_row.h"

static uint64_t number_of(const godwit_record_key_t *key)
{
    return (uint64_t)godwit_load_u32(key->octets) << 32 | godwit_load_u32(key->octets + 4);
}

void godwit_row_take_key(godwit_record_kind_t kind, const godwit_record_key_t *key, godwit_record_t *record)
{
    memset(record, 0, sizeof *record);
    switch (kind) {
    case GODWIT_RECORD_SUBSCRIBER:
        record->u.subscriber.imsi = key->imsi;
        break;
    case GODWIT_RECORD_KEY_SET:
        record->u.key_set.imsi = key->imsi;
        record->u.key_set.agreement = (godwit_agreement_t)key->agreement;
        break;
    case GODWIT_RECORD_CLOCK:
        break; /* there is one, with id 0 */
    case GODWIT_RECORD_NEXT_SESSION:
        record->u.next_session.next.tmsi = key->session_id;
        record->u.next_session.next.domain = (godwit_next_domain_t)key->agreement;
        break;
    case GODWIT_RECORD_BOOTSTRAP:
        memcpy(record->u.bootstrap.rand, key->octets, sizeof record->u.bootstrap.rand);
        break;
    case GODWIT_RECORD_MTC_ENTITLEMENT:
        memcpy(record->u.mtc_entitlement.id, key->octets, sizeof record->u.mtc_entitlement.id);
        break;
    case GODWIT_RECORD_MTC_CONTACT:
        record->u.mtc_contact.imsi = key->imsi;
        memcpy(record->u.mtc_contact.server_key, key->octets, sizeof record->u.mtc_contact.server_key);
        break;
    case GODWIT_RECORD_AKMA:
        record->u.akma.imsi = key->imsi;
        break;
    case GODWIT_RECORD_TRIGGER_SUBSCRIPTION:
        record->u.trigger_subscription.imsi = key->imsi;
        break;
    case GODWIT_RECORD_LOCATION:
        record->u.location.imsi = key->imsi;
        break;
    case GODWIT_RECORD_IWF_ROOT:
        record->u.iwf_root.imsi = key->imsi;
        break;
    case GODWIT_RECORD_TRIGGER:
        memcpy(record->u.trigger.source_key, key->octets, sizeof record->u.trigger.source_key);
        record->u.trigger.action.reference = key->session_id;
        break;
    case GODWIT_RECORD_TRIGGER_TALLY:
        memcpy(record->u.trigger_tally.source_key, key->octets, sizeof record->u.trigger_tally.source_key);
        record->u.trigger_tally.imsi = key->imsi;
        break;
    case GODWIT_RECORD_ASSOCIATION:
        record->u.association.imsi = key->imsi;
        break;
    case GODWIT_RECORD_EAS:
        memcpy(record->u.eas.eas_key, key->octets, sizeof record->u.eas.eas_key);
        break;
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        memcpy(record->u.eas_entitlement.id, key->octets, sizeof record->u.eas_entitlement.id);
        break;
    case GODWIT_RECORD_E2E_SESSION:
        record->u.e2e_session.path.imsi = key->imsi;
        record->u.e2e_session.path.session_id = key->session_id;
        memcpy(record->u.e2e_session.eas_key, key->octets, sizeof record->u.e2e_session.eas_key);
        break;
    case GODWIT_RECORD_EAS_SESSION:
        record->u.eas_session.path.session_id = key->session_id;
        memcpy(record->u.eas_session.hse_key, key->octets, sizeof record->u.eas_session.hse_key);
        break;
    case GODWIT_RECORD_READING:
        record->u.reading.number = number_of(key);
        break;
    case GODWIT_RECORD_DELIVERY_MARK:
        memcpy(record->u.delivery_mark.destination_key, key->octets, sizeof record->u.delivery_mark.destination_key);
        break;
    case GODWIT_RECORD_DOWNLINK:
        record->u.downlink.number = number_of(key);
        break;
    case GODWIT_RECORD_SCS_SOURCE:
        memcpy(record->u.scs_source.source_key, key->octets, sizeof record->u.scs_source.source_key);
        break;
    case GODWIT_RECORD_SCS_TRIGGER:
        memcpy(record->u.scs_trigger.source_key, key->octets, sizeof record->u.scs_trigger.source_key);
        record->u.scs_trigger.place = (uint16_t)key->session_id;
        break;
    case GODWIT_RECORD_SESSION:
    default:
        record->u.session.session_id = key->session_id;
        break;
    }
}

int godwit_row_bind_key(const godwit_table_t *table, sqlite3_stmt *statement, const godwit_record_key_t *key)
{
    godwit_record_t record;
    int parameter = 0;
    godwit_row_take_key(table->kind, key, &record);
    (void)godwit_row_bind_columns(table, table->key_columns, statement, &record, &parameter);
    return parameter;
}

static bool has_octets(const godwit_record_key_t *key)
{
    static const uint8_t none[sizeof key->octets];
    return memcmp(key->octets, none, sizeof none) != 0;
}

/* Kinds 17 to 19 (roles/record_e2e.h). */
static godwit_statement_t e2e_statement_for(const godwit_record_key_t *key)
{
    const bool by_imsi = key->imsi.len > 0;
    switch (key->kind) {
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        return by_imsi ? GODWIT_STATEMENT_OTHER : key->session_id != 0 ? GODWIT_STATEMENT_DUE : GODWIT_STATEMENT_FETCH;
    case GODWIT_RECORD_E2E_SESSION:
        return !by_imsi               ? GODWIT_STATEMENT_DUE
               : key->session_id != 0 ? GODWIT_STATEMENT_FETCH
               : key->agreement == 1  ? GODWIT_STATEMENT_NUMBERED
                                      : GODWIT_STATEMENT_OTHER;
    default:
        return by_imsi ? GODWIT_STATEMENT_OTHER : has_octets(key) ? GODWIT_STATEMENT_FETCH : GODWIT_STATEMENT_DUE;
    }
}

godwit_statement_t godwit_statement_for(const godwit_record_key_t *key)
{
    const bool by_imsi = key->imsi.len > 0;
    bool other = false;
    switch (key->kind) {
    case GODWIT_RECORD_SESSION:
    case GODWIT_RECORD_NEXT_SESSION:
        other = key->session_id == 0;
        break;
    case GODWIT_RECORD_MTC_ENTITLEMENT:
        other = by_imsi;
        break;
    case GODWIT_RECORD_MTC_CONTACT:
    case GODWIT_RECORD_AKMA:
    case GODWIT_RECORD_TRIGGER_SUBSCRIPTION:
        other = !by_imsi;
        break;
    case GODWIT_RECORD_TRIGGER:
        if (!has_octets(key)) {
            return !by_imsi               ? GODWIT_STATEMENT_DUE
                   : key->session_id == 0 ? GODWIT_STATEMENT_OTHER
                                          : GODWIT_STATEMENT_NUMBERED;
        }
        break;
    case GODWIT_RECORD_EAS_ENTITLEMENT:
    case GODWIT_RECORD_E2E_SESSION:
    case GODWIT_RECORD_EAS_SESSION:
        return e2e_statement_for(key);
    case GODWIT_RECORD_READING:
        other = key->agreement != 0;
        break;
    case GODWIT_RECORD_DOWNLINK:
        if (by_imsi && has_octets(key)) {
            return GODWIT_STATEMENT_DUE;
        }
        other = by_imsi;
        break;
    default:
        break;
    }
    return other ? GODWIT_STATEMENT_OTHER : GODWIT_STATEMENT_FETCH;
}

static void bind_imsi(sqlite3_stmt *statement, int parameter, const godwit_imsi_t *imsi)
{
    (void)sqlite3_bind_text(statement, parameter, imsi->digits, imsi->len, SQLITE_TRANSIENT);
}

/* SQLite's integers have a sign, and a time that would be negative is after all others. */
static void bind_time(sqlite3_stmt *statement, int parameter, uint64_t ms)
{
    (void)sqlite3_bind_int64(statement, parameter, ms > INT64_MAX ? INT64_MAX : (sqlite3_int64)ms);
}

static void bind_octets(sqlite3_stmt *statement, int parameter, const godwit_record_key_t *key)
{
    (void)sqlite3_bind_blob(statement, parameter, key->octets, sizeof key->octets, SQLITE_TRANSIENT);
}

/* As text, after all others. */
static const godwit_imsi_t last_imsi = {.len = GODWIT_IMSI_DIGITS_MAX, .digits = "999999999999999"};

static void bind_other(const godwit_table_t *table, sqlite3_stmt *other, const godwit_record_key_t *key)
{
    switch (table->kind) {
    case GODWIT_RECORD_NEXT_SESSION:
        bind_imsi(other, 1, &key->imsi);
        (void)sqlite3_bind_int64(other, 2, key->agreement);
        break;
    case GODWIT_RECORD_MTC_ENTITLEMENT:
        bind_octets(other, 1, key);
        bind_imsi(other, 2, &key->imsi);
        bind_time(other, 3, key->at_ms);
        break;
    case GODWIT_RECORD_MTC_CONTACT:
        (void)sqlite3_bind_blob(other, 1, key->octets, GODWIT_MTC_IDENTITY, SQLITE_TRANSIENT);
        break;
    case GODWIT_RECORD_AKMA:
    case GODWIT_RECORD_TRIGGER_SUBSCRIPTION:
        bind_octets(other, 1, key);
        break;
    case GODWIT_RECORD_EAS_ENTITLEMENT:
        bind_octets(other, 1, key);
        bind_imsi(other, 2, &key->imsi);
        bind_time(other, 3, key->at_ms);
        (void)sqlite3_bind_int64(other, 4, key->agreement);
        break;
    case GODWIT_RECORD_E2E_SESSION:
        bind_imsi(other, 1, &key->imsi);
        bind_octets(other, 2, key);
        bind_imsi(other, 3, key->agreement == GODWIT_E2E_FROM_DEVICE ? &last_imsi : &key->imsi); /* of OTHER alone */
        break;
    case GODWIT_RECORD_READING:
        (void)sqlite3_bind_int64(other, 1, (sqlite3_int64)number_of(key));
        break;
    case GODWIT_RECORD_DOWNLINK:
        bind_imsi(other, 1, &key->imsi);
        (void)sqlite3_bind_int64(other, 2, key->session_id);
        break;
    case GODWIT_RECORD_SESSION:
    case GODWIT_RECORD_TRIGGER:
    default:
        bind_imsi(other, 1, &key->imsi);
        break;
    }
}

void godwit_row_bind_fetch(const godwit_table_t *table, godwit_statement_t which, sqlite3_stmt *statement,
                           const godwit_record_key_t *key)
{
    if (which == GODWIT_STATEMENT_DUE && key->kind == GODWIT_RECORD_DOWNLINK) {
        bind_imsi(statement, 1, &key->imsi);
        bind_octets(statement, 2, key);
    } else if (which == GODWIT_STATEMENT_DUE && key->kind == GODWIT_RECORD_EAS_ENTITLEMENT) {
        bind_octets(statement, 1, key);
        bind_time(statement, 2, key->at_ms);
    } else if (which == GODWIT_STATEMENT_DUE) {
        bind_time(statement, 1, key->at_ms);
    } else if (which == GODWIT_STATEMENT_OTHER ||
               (which == GODWIT_STATEMENT_NUMBERED && key->kind == GODWIT_RECORD_E2E_SESSION)) {
        bind_other(table, statement, key);
    } else if (which == GODWIT_STATEMENT_NUMBERED) {
        bind_imsi(statement, 1, &key->imsi);
        (void)sqlite3_bind_int64(statement, 2, key->session_id);
    } else {
        (void)godwit_row_bind_key(table, statement, key);
    }
}
