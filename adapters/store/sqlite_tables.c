/* SPDX-License-Identifier: Apache-2.0
 *
 * Which member of which record stands in which column. Column names are those of the schema (sqlite_schema.c): a column
 * more is a line here and a step there.
 */
#include "adapters/store/sqlite_columns.h"

#include <string.h>

#define OUTSTANDING(i, text)                                                                                           \
    COLUMN(TRUTH, subscriber, outstanding[i].used, text "_used"),                                                      \
        COLUMN(OCTETS, subscriber, outstanding[i].requester, text "_requester"),                                       \
        COLUMN(OCTETS, subscriber, outstanding[i].rand, text "_rand")

static const godwit_column_t subscriber[] = {
    COLUMN(TEXT, subscriber, imsi.digits, "imsi"),
    COLUMN(NUMBER, subscriber, key.algorithm, "algorithm"),
    COLUMN(NUMBER, subscriber, key.k_len, "k_octets"),
    COLUMN(NUMBER, subscriber, key.tuak.mac_bits, "tuak_mac_bits"),
    COLUMN(NUMBER, subscriber, key.tuak.res_bits, "tuak_res_bits"),
    COLUMN(NUMBER, subscriber, key.tuak.ck_bits, "tuak_ck_bits"),
    COLUMN(NUMBER, subscriber, key.tuak.ik_bits, "tuak_ik_bits"),
    COLUMN(NUMBER, subscriber, key.tuak.iterations, "tuak_iterations"),
    COLUMN(TRUTH, subscriber, key.sres_by_truncation, "sres_by_truncation"),
    COLUMN(OCTETS, subscriber, amf, "amf"),
    COLUMN(NUMBER, subscriber, features, "features"),
    COLUMN(NUMBER, subscriber, ind_bits, "ind_bits"),
    COLUMN(TRUTH, subscriber, sqn_by_time, "sqn_by_time"),
    COLUMN(NUMBER, subscriber, seq_he, "seq_he"),
    COLUMN(NUMBER, subscriber, dif, "dif"),
    COLUMN(TRUTH, subscriber, resynchronised, "resynchronised"),
    OUTSTANDING(0, "outstanding0"),
    OUTSTANDING(1, "outstanding1"),
    OUTSTANDING(2, "outstanding2"),
    OUTSTANDING(3, "outstanding3"),
    COLUMN(SECRET, subscriber, key.k, "secret"),
    COLUMN(SECRET, subscriber, key.opc, "secret"),
};
_Static_assert(GODWIT_OUTSTANDING_MAX == 4, "a column for each outstanding RAND");

static const godwit_column_t key_set[] = {
    COLUMN(TEXT, key_set, imsi.digits, "imsi"),
    COLUMN(NUMBER, key_set, agreement, "agreement"),
    COLUMN(OCTETS, key_set, rand, "rand"),
    COLUMN(OCTETS, key_set, autn, "autn"),
    COLUMN(NUMBER, key_set, generation, "generation"),
    COLUMN(TRUTH, key_set, confirmed, "confirmed"),
    COLUMN(NUMBER, key_set, vector_number, "vector_number"),
    COLUMN(NUMBER, key_set, created_ms, "created_ms"),
    COLUMN(NUMBER, key_set, former.vector_number, "former_vector_number"),
    COLUMN(NUMBER, key_set, former.generation, "former_generation"),
    COLUMN(NUMBER, key_set, age, "age"),
    COLUMN(NUMBER, key_set, former.age, "former_age"),
    COLUMN(NUMBER, key_set, push_number, "push_number"),
    COLUMN(TRUTH, key_set, parked.set, "parked_set"),
    COLUMN(NUMBER, key_set, parked.suite, "parked_suite"),
    COLUMN(NUMBER, key_set, parked.key_id, "parked_key_id"),
    COLUMN(NUMBER, key_set, parked.generation, "parked_generation"),
    COLUMN(NUMBER, key_set, parked.user_next_in, "parked_user_next_in"),
    COLUMN(NUMBER, key_set, parked.user_next_out, "parked_user_next_out"),
    COLUMN(NUMBER, key_set, parked.control_next_in, "parked_control_next_in"),
    COLUMN(NUMBER, key_set, parked.control_next_out, "parked_control_next_out"),
    COLUMN(NUMBER, key_set, parked.user_seen, "parked_user_seen"),
    COLUMN(NUMBER, key_set, parked.control_seen, "parked_control_seen"),
    COLUMN(TEXT, key_set, parked_endpoint, "parked_endpoint"),
    COLUMN(TRUTH, key_set, next_session, "next_session"),
    COLUMN(SECRET, key_set, e2m_keyset, "secret"),
    COLUMN(SECRET, key_set, former.e2m_keyset, "secret"),
};

#define KEY(which, text)                                                                                               \
    COLUMN(NUMBER, session, which.generation, text "_generation"),                                                     \
        COLUMN(NUMBER, session, which.hot.suite, text "_suite"),                                                       \
        COLUMN(NUMBER, session, which.hot.key_id, text "_key_id"),                                                     \
        COLUMN(NUMBER, session, which.hot.framing, text "_framing"),                                                   \
        COLUMN(NUMBER, session, which.hot.end, text "_end"),                                                           \
        COLUMN(NUMBER, session, which.hot.session_id, text "_session_id"),                                             \
        COLUMN(NUMBER, session, which.hot.up_next_in, text "_up_next_in"),                                             \
        COLUMN(NUMBER, session, which.hot.up_next_out, text "_up_next_out"),                                           \
        COLUMN(NUMBER, session, which.hot.up_limit_out, text "_up_limit_out"),                                         \
        COLUMN(NUMBER, session, which.hot.up_seen, text "_up_seen"),                                                   \
        COLUMN(NUMBER, session, which.cp_next_in, text "_cp_next_in"),                                                 \
        COLUMN(NUMBER, session, which.cp_next_out, text "_cp_next_out"),                                               \
        COLUMN(NUMBER, session, which.cp_limit_out, text "_cp_limit_out"),                                             \
        COLUMN(NUMBER, session, which.cp_seen, text "_cp_seen"), COLUMN(SECRET, session, which.hot.k_enc, "secret"),   \
        COLUMN(SECRET, session, which.hot.k_int, "secret"), COLUMN(SECRET, session, which.k_int_tail, "secret")

static const godwit_column_t session[] = {
    COLUMN(NUMBER, session, session_id, "session_id"),
    COLUMN(TEXT, session, imsi.digits, "imsi"),
    COLUMN(NUMBER, session, agreement, "agreement"),
    COLUMN(NUMBER, session, key_set, "key_set"),
    COLUMN(NUMBER, session, next_key_set, "next_key_set"),
    COLUMN(NUMBER, session, state, "state"),
    COLUMN(NUMBER, session, last_key_id, "last_key_id"),
    COLUMN(NUMBER, session, last_generation, "last_generation"),
    COLUMN(TRUTH, session, has_address, "has_address"),
    SOME(session, address, address_len, "address"),
    COLUMN(NUMBER, session, created_ms, "created_ms"),
    COLUMN(NUMBER, session, keyed_ms, "keyed_ms"),
    COLUMN(NUMBER, session, datagrams, "datagrams"),
    COLUMN(NUMBER, session, generations, "generations"),
    COLUMN(TEXT, session, enterprise, "enterprise"),
    COLUMN(OCTETS, session, answered, "answered"),
    SOME(session, answer, answer_len, "answer"),
    SOME(session, pending, pending_len, "pending"),
    KEY(current, "current"),
    KEY(next, "next"),
    COLUMN(TRUTH, session, end_to_end, "end_to_end"),
    GODWIT_TERMS_COLUMNS(session, e2e, "e2e"),
    COLUMN(NUMBER, session, e2e_key_set, "e2e_key_set"),
    GODWIT_TERMS_COLUMNS(session, e2e_next, "e2e_next"),
    COLUMN(NUMBER, session, e2e_next_key_set, "e2e_next_key_set"),
};

static const godwit_column_t node_clock[] = {
    COLUMN(NUMBER, clock, id, "id"),
    COLUMN(NUMBER, clock, mark, "mark"),
};

static const godwit_column_t next_session[] = {
    COLUMN(NUMBER, next_session, next.tmsi, "tmsi"),
    COLUMN(NUMBER, next_session, next.domain, "domain"),
    COLUMN(TEXT, next_session, imsi.digits, "imsi"),
    COLUMN(OCTETS, next_session, next.plmn.octets, "plmn"),
    COLUMN(NUMBER, next_session, next.ksi, "ksi"),
    COLUMN(NUMBER, next_session, next.eea, "eea"),
    COLUMN(NUMBER, next_session, next.eia, "eia"),
    COLUMN(OCTETS, next_session, next.area, "area"),
    SOME(next_session, next.capability, next.capability_len, "capability"),
    COLUMN(OCTETS, next_session, rand, "rand"),
    COLUMN(TEXT, next_session, apn, "apn"),
    COLUMN(NUMBER, next_session, next.res_len, "res_octets"),
    COLUMN(NUMBER, next_session, created_ms, "created_ms"),
    COLUMN(NUMBER, next_session, expires_ms, "expires_ms"),
    COLUMN(SECRET, next_session, next.res, "secret"),
    COLUMN(SECRET, next_session, next.root, "secret"),
};

static const godwit_column_t bootstrap[] = {
    COLUMN(OCTETS, bootstrap, rand, "rand"),
    COLUMN(TEXT, bootstrap, impi, "impi"),
    COLUMN(NUMBER, bootstrap, type, "type"),
    COLUMN(TRUTH, bootstrap, uicc, "uicc"),
    COLUMN(NUMBER, bootstrap, created_ms, "created_ms"),
    COLUMN(NUMBER, bootstrap, expires_ms, "expires_ms"),
    COLUMN(SECRET, bootstrap, ks, "secret"),
};

static const godwit_column_t mtc_entitlement[] = {
    COLUMN(OCTETS, mtc_entitlement, id, "id"),
    COLUMN(OCTETS, mtc_entitlement, server_key, "server_key"),
    COLUMN(TEXT, mtc_entitlement, server, "server"),
    COLUMN(TEXT, mtc_entitlement, server_id, "server_id"),
    COLUMN(NUMBER, mtc_entitlement, scope, "scope"),
    COLUMN(TEXT, mtc_entitlement, first, "first"),
    COLUMN(TEXT, mtc_entitlement, last, "last"),
    COLUMN(TEXT, mtc_entitlement, group, "members"),
    COLUMN(NUMBER, mtc_entitlement, not_before_ms, "not_before_ms"),
    COLUMN(NUMBER, mtc_entitlement, not_after_ms, "not_after_ms"),
};

static const godwit_column_t mtc_contact[] = {
    COLUMN(TEXT, mtc_contact, imsi.digits, "imsi"),
    COLUMN(OCTETS, mtc_contact, server_key, "server_key"),
    COLUMN(TEXT, mtc_contact, server_id, "server_id"),
    COLUMN(NUMBER, mtc_contact, counter, "counter"),
    COLUMN(OCTETS, mtc_contact, temporary, "temporary"),
    COLUMN(OCTETS, mtc_contact, former_temporary, "former_temporary"),
    COLUMN(OCTETS, mtc_contact, last_request, "last_request"),
    COLUMN(NUMBER, mtc_contact, first_ms, "first_ms"),
    COLUMN(NUMBER, mtc_contact, last_ms, "last_ms"),
    COLUMN(NUMBER, mtc_contact, contacts, "contacts"),
    COLUMN(NUMBER, mtc_contact, releases, "releases"),
    COLUMN(TRUTH, mtc_contact, released, "released"),
    COLUMN(TRUTH, mtc_contact, held, "held"),
    COLUMN(SECRET, mtc_contact, chain.current, "secret"),
    COLUMN(SECRET, mtc_contact, chain.previous, "secret"),
};

bool godwit_row_complete_imsi(godwit_imsi_t *imsi)
{
    char digits[sizeof imsi->digits];
    memcpy(digits, imsi->digits, sizeof digits);
    return godwit_imsi_from_text(digits, imsi) == GODWIT_OK;
}

static bool is_agreement(godwit_agreement_t agreement)
{
    return (unsigned)agreement <= (unsigned)GODWIT_AGREEMENT_SEPARATE_UMTS;
}

static bool complete_subscriber(godwit_record_t *record)
{
    godwit_subscriber_record_t *s = &record->u.subscriber;
    s->resynchronised = false;
    return godwit_row_complete_imsi(&s->imsi) && s->key.algorithm >= GODWIT_ALG_MILENAGE &&
           s->key.algorithm <= GODWIT_ALG_XOR_2G && s->key.k_len <= sizeof s->key.k &&
           s->ind_bits <= GODWIT_IND_BITS_MAX;
}

static bool complete_key_set(godwit_record_t *record)
{
    return godwit_row_complete_imsi(&record->u.key_set.imsi) && is_agreement(record->u.key_set.agreement);
}

static bool complete_session(godwit_record_t *record)
{
    godwit_session_record_t *s = &record->u.session;
    return godwit_row_complete_imsi(&s->imsi) && is_agreement(s->agreement) &&
           (unsigned)s->state < (unsigned)GODWIT_SESSION_STATES &&
           (unsigned)s->e2e.service <= (unsigned)GODWIT_SERVICE_CONFIDENTIALITY &&
           (unsigned)s->e2e_next.service <= (unsigned)GODWIT_SERVICE_CONFIDENTIALITY;
}

static bool complete_clock(godwit_record_t *record)
{
    return record->u.clock.id == 0;
}

static bool complete_next_session(godwit_record_t *record)
{
    godwit_next_session_record_t *n = &record->u.next_session;
    return godwit_row_complete_imsi(&n->imsi) && (unsigned)n->next.domain <= (unsigned)GODWIT_NEXT_CS &&
           n->next.res_len <= sizeof n->next.res;
}

static const godwit_column_t akma[] = {
    COLUMN(TEXT, akma, imsi.digits, "imsi"),
    COLUMN(OCTETS, akma, a_tid, "a_tid"),
    COLUMN(NUMBER, akma, created_ms, "created_ms"),
    COLUMN(SECRET, akma, k_akma, "secret"),
};

static bool complete_akma(godwit_record_t *record)
{
    return godwit_row_complete_imsi(&record->u.akma.imsi);
}

static bool complete_bootstrap(godwit_record_t *record)
{
    return (unsigned)record->u.bootstrap.type <= (unsigned)GODWIT_GBA_2G;
}

static bool complete_mtc_entitlement(godwit_record_t *record)
{
    return (unsigned)record->u.mtc_entitlement.scope <= (unsigned)GODWIT_MTC_SCOPE_PLMN;
}

static bool complete_mtc_contact(godwit_record_t *record)
{
    return godwit_row_complete_imsi(&record->u.mtc_contact.imsi) &&
           record->u.mtc_contact.counter <= GODWIT_MTC_COUNTER_MAX;
}

static const godwit_table_t tables[] = {
    {"subscriber", GODWIT_RECORD_SUBSCRIBER, 1, COUNT_OF(subscriber), subscriber, complete_subscriber},
    {"key_set", GODWIT_RECORD_KEY_SET, 2, COUNT_OF(key_set), key_set, complete_key_set},
    {"session", GODWIT_RECORD_SESSION, 1, COUNT_OF(session), session, complete_session},
    {"node_clock", GODWIT_RECORD_CLOCK, 1, COUNT_OF(node_clock), node_clock, complete_clock},
    {"next_session", GODWIT_RECORD_NEXT_SESSION, 2, COUNT_OF(next_session), next_session, complete_next_session},
    {"bootstrap", GODWIT_RECORD_BOOTSTRAP, 1, COUNT_OF(bootstrap), bootstrap, complete_bootstrap},
    {"mtc_entitlement", GODWIT_RECORD_MTC_ENTITLEMENT, 1, COUNT_OF(mtc_entitlement), mtc_entitlement,
     complete_mtc_entitlement},
    {"mtc_contact", GODWIT_RECORD_MTC_CONTACT, 2, COUNT_OF(mtc_contact), mtc_contact, complete_mtc_contact},
    {"akma", GODWIT_RECORD_AKMA, 1, COUNT_OF(akma), akma, complete_akma},
};
#define TABLES_HERE (sizeof tables / sizeof tables[0])
_Static_assert(TABLES_HERE + GODWIT_TRIGGER_TABLES + GODWIT_DELIVER_TABLES + GODWIT_E2E_TABLES == GODWIT_SQLITE_TABLES,
               "a table for each kind of record");

const godwit_table_t *godwit_table_at(unsigned index)
{
    static const struct {
        const godwit_table_t *tables;
        unsigned count;
    } parts[] = {{tables, (unsigned)TABLES_HERE},
                 {godwit_trigger_tables, GODWIT_TRIGGER_TABLES},
                 {godwit_deliver_tables, GODWIT_DELIVER_TABLES},
                 {godwit_e2e_tables, GODWIT_E2E_TABLES}};
    size_t part = 0;
    while (part + 1 < sizeof parts / sizeof parts[0] && index >= parts[part].count) {
        index -= parts[part++].count;
    }
    return &parts[part].tables[index];
}

const godwit_table_t *godwit_table_of(godwit_record_kind_t kind)
{
    for (unsigned i = 0; i < GODWIT_SQLITE_TABLES; i++) {
        if (godwit_table_at(i)->kind == kind) {
            return godwit_table_at(i);
        }
    }
    return NULL;
}
