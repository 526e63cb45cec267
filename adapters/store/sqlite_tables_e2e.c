/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys end to end: which member of which record stands in which column. Keys and the names of registrations are
 * wrapped. See sqlite_tables.c.
 */
#include "adapters/store/sqlite_columns.h"

#define AGEING(i, text)                                                                                                \
    COLUMN(NUMBER, eas, ageing[i].life_s, text "_life_s"), COLUMN(NUMBER, eas, ageing[i].messages, text "_messages")

static const godwit_column_t eas[] = {
    COLUMN(OCTETS, eas, eas_key, "eas_key"),
    COLUMN(TEXT, eas, eas, "eas"),
    COLUMN(TRUTH, eas, push, "push"),
    COLUMN(NUMBER, eas, registered_ms, "registered_ms"),
    AGEING(0, "key_agreement"),
    AGEING(1, "integrity"),
    AGEING(2, "confidentiality"),
    COLUMN(SECRET, eas, registration, "secret"),
};
_Static_assert(GODWIT_SERVICES == 3, "columns for each service");

static const godwit_column_t eas_entitlement[] = {
    COLUMN(OCTETS, eas_entitlement, id, "id"),
    COLUMN(OCTETS, eas_entitlement, eas_key, "eas_key"),
    COLUMN(TEXT, eas_entitlement, eas, "eas"),
    COLUMN(TEXT, eas_entitlement, enterprise, "enterprise"),
    COLUMN(TEXT, eas_entitlement, group, "members"),
    COLUMN(NUMBER, eas_entitlement, scope, "scope"),
    COLUMN(TEXT, eas_entitlement, first, "first"),
    COLUMN(TEXT, eas_entitlement, last, "last"),
    COLUMN(NUMBER, eas_entitlement, services, "services"),
    COLUMN(NUMBER, eas_entitlement, not_before_ms, "not_before_ms"),
    COLUMN(NUMBER, eas_entitlement, not_after_ms, "not_after_ms"),
};

#define PATH(kind)                                                                                                     \
    COLUMN(TEXT, kind, path.hse, "hse"), COLUMN(NUMBER, kind, path.session_octets, "session_octets"),                  \
        COLUMN(NUMBER, kind, path.counter_octets, "counter_octets")

static const godwit_column_t e2e_session[] = {
    COLUMN(TEXT, e2e_session, path.imsi.digits, "imsi"),
    COLUMN(OCTETS, e2e_session, eas_key, "eas_key"),
    COLUMN(NUMBER, e2e_session, path.session_id, "session_id"),
    PATH(e2e_session),
    COLUMN(TEXT, e2e_session, eas, "eas"),
    COLUMN(NUMBER, e2e_session, agreement, "agreement"),
    COLUMN(NUMBER, e2e_session, key_set, "key_set"),
    COLUMN(TRUTH, e2e_session, owner_is_hss, "owner_is_hss"),
    COLUMN(NUMBER, e2e_session, suites, "suites"),
    COLUMN(OCTETS, e2e_session, serving_network.octets, "serving_network"),
    GODWIT_TERMS_COLUMNS(e2e_session, terms, "terms"),
    GODWIT_TERMS_COLUMNS(e2e_session, taken, "taken"),
    COLUMN(NUMBER, e2e_session, agreed_ms, "agreed_ms"),
    COLUMN(NUMBER, e2e_session, taken_ms, "taken_ms"),
    COLUMN(TRUTH, e2e_session, with_eas, "with_eas"),
    COLUMN(TRUTH, e2e_session, told, "told"),
    COLUMN(TRUTH, e2e_session, closed, "closed"),
    COLUMN(TRUTH, e2e_session, push, "push"),
    COLUMN(NUMBER, e2e_session, renewal, "renewal"),
    COLUMN(NUMBER, e2e_session, attempts, "attempts"),
    COLUMN(NUMBER, e2e_session, again_ms, "again_ms"),
    COLUMN(NUMBER, e2e_session, ask_ms, "ask_ms"),
    COLUMN(NUMBER, e2e_session, due_ms, "due_ms"),
    COLUMN(SECRET, e2e_session, k_e2e, "secret"),
};

static const godwit_column_t eas_session[] = {
    COLUMN(OCTETS, eas_session, hse_key, "hse_key"),     COLUMN(NUMBER, eas_session, path.session_id, "session_id"),
    COLUMN(TEXT, eas_session, path.imsi.digits, "imsi"), PATH(eas_session),
    COLUMN(NUMBER, eas_session, begun_ms, "begun_ms"),   COLUMN(NUMBER, eas_session, due_ms, "due_ms"),
    COLUMN(NUMBER, eas_session, len, "octets"),          SECRET_SOME(eas_session, octets, len),
};

static bool complete_eas(godwit_record_t *record)
{
    return record->u.eas.eas[0] != '\0';
}

static bool complete_entitlement(godwit_record_t *record)
{
    return (unsigned)record->u.eas_entitlement.scope <= (unsigned)GODWIT_MTC_SCOPE_PLMN;
}

static bool are_terms(const godwit_e2e_terms_t *terms)
{
    return (unsigned)terms->service <= (unsigned)GODWIT_SERVICE_CONFIDENTIALITY;
}

static bool complete_e2e_session(godwit_record_t *record)
{
    const godwit_e2e_session_record_t *s = &record->u.e2e_session;
    return godwit_row_complete_imsi(&record->u.e2e_session.path.imsi) && are_terms(&s->terms) && are_terms(&s->taken) &&
           (unsigned)s->agreement <= (unsigned)GODWIT_AGREEMENT_SEPARATE_UMTS &&
           (unsigned)s->renewal <= (unsigned)GODWIT_E2E_END;
}

static bool complete_eas_session(godwit_record_t *record)
{
    return godwit_row_complete_imsi(&record->u.eas_session.path.imsi) &&
           record->u.eas_session.len <= GODWIT_EAS_RECORD_MAX;
}

const godwit_table_t godwit_e2e_tables[GODWIT_E2E_TABLES] = {
    {"eas", GODWIT_RECORD_EAS, 1, COUNT_OF(eas), eas, complete_eas},
    {"eas_entitlement", GODWIT_RECORD_EAS_ENTITLEMENT, 1, COUNT_OF(eas_entitlement), eas_entitlement,
     complete_entitlement},
    {"e2e_session", GODWIT_RECORD_E2E_SESSION, 3, COUNT_OF(e2e_session), e2e_session, complete_e2e_session},
    {"eas_session", GODWIT_RECORD_EAS_SESSION, 2, COUNT_OF(eas_session), eas_session, complete_eas_session},
};
