/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, E2E_SESSION and E2E_RENEW: between an HSE and an EESE (docs/diameter.md). Neither has room for a key. E2E_KEY is
 * in ek_e2e_key.c.
 */
#include <string.h>

#include "core/wire/ek_e2e.h"
#include "core/wire/ek_parts.h"

#define SESSION_OCTETS_MAX 4u
#define COUNTER_OCTETS_MAX 3u
#define KEY_ID_MAX 7u
#define AGREEMENT_MAX 7u

/* ---- members of both ---- */

enum { PURPOSE, USER_NAME, ENDPOINT, PATH, EAS, AGREEMENT, KEY_SET, COMMON };

/* Of every message here, then its own: the first are at the same places, so that they are read alike. */
#define COMMON_RULES                                                                                                   \
    [PURPOSE] = {GODWIT_AVP_KEY_PURPOSE, 1, 1}, [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},                            \
    [ENDPOINT] = {GODWIT_AVP_ENDPOINT, 1, 1}, [PATH] = {GODWIT_AVP_E2E_PATH, 1, 1},                                    \
    [EAS] = {GODWIT_AVP_EAS_NAME, 1, 1}, [AGREEMENT] = {GODWIT_AVP_AGREEMENT, 1, 1},                                   \
    [KEY_SET] = {GODWIT_AVP_KEY_SET, 1, 1}

typedef struct common {
    godwit_e2e_path_t path;
    char eas[GODWIT_FQDN_MAX + 1];
    godwit_agreement_t agreement;
    uint64_t key_set;
} common_t;

static void put_path(godwit_writer_t *w, const godwit_e2e_path_t *path, const char *eas)
{
    godwit_avp_put(w, GODWIT_AVP_ENDPOINT, godwit_slice_of_string(path->hse));
    size_t at = godwit_avp_open(w, GODWIT_AVP_E2E_PATH);
    godwit_put_u32(w, path->session_id);
    godwit_put_u8(w, (uint8_t)(path->session_octets << 4 | path->counter_octets));
    godwit_avp_close(w, at);
    godwit_avp_put(w, GODWIT_AVP_EAS_NAME, godwit_slice_of_string(eas));
}

static godwit_status_t read_path(godwit_slice_t octets, godwit_e2e_path_t *path, godwit_diameter_fault_t *fault)
{
    path->session_id = godwit_load_u32(octets.ptr);
    path->session_octets = (uint8_t)(octets.ptr[4] >> 4);
    path->counter_octets = (uint8_t)(octets.ptr[4] & 0x0Fu);
    if (path->session_octets > SESSION_OCTETS_MAX || path->counter_octets > COUNTER_OCTETS_MAX) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_E2E_PATH, octets);
    }
    return GODWIT_OK;
}

static godwit_status_t read_common(const godwit_slice_t *found, uint32_t purpose, common_t *m,
                                   godwit_diameter_fault_t *fault)
{
    uint32_t value = 0;
    godwit_status_t status =
        godwit_ek_read_small(GODWIT_AVP_KEY_PURPOSE, found[PURPOSE], purpose, purpose, &value, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_imsi(found[USER_NAME], &m->path.imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_endpoint(found[ENDPOINT], m->path.hse, fault);
    }
    if (status == GODWIT_OK) {
        status = read_path(found[PATH], &m->path, fault);
    }
    if (status == GODWIT_OK && godwit_ek_read_endpoint(found[EAS], m->eas, fault) != GODWIT_OK) {
        status = godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_EAS_NAME, found[EAS]);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_AGREEMENT, found[AGREEMENT], 0, AGREEMENT_MAX, &value, fault);
        m->agreement = (godwit_agreement_t)value;
        m->key_set = godwit_load_u64(found[KEY_SET].ptr);
    }
    return status;
}

/* E2E-Terms, the value of EMSDP's TLV Service: service (1), suite (1), Key ID (1), age (4), life (4), messages (4). */
static void put_terms(godwit_writer_t *w, const godwit_e2e_terms_t *terms)
{
    size_t at = godwit_avp_open(w, GODWIT_AVP_E2E_TERMS);
    godwit_put_u8(w, (uint8_t)terms->service);
    godwit_put_u8(w, terms->suite);
    godwit_put_u8(w, terms->key_id);
    godwit_put_u32(w, terms->age);
    godwit_put_u32(w, terms->life_s);
    godwit_put_u32(w, terms->messages);
    godwit_avp_close(w, at);
}

/* false: they are terms of no key. */
static bool read_terms(godwit_slice_t octets, godwit_e2e_terms_t *terms)
{
    godwit_reader_t r = godwit_reader(octets);
    terms->service = (godwit_service_t)godwit_get_u8(&r);
    terms->suite = godwit_get_u8(&r);
    terms->key_id = godwit_get_u8(&r);
    terms->age = godwit_get_u32(&r);
    terms->life_s = godwit_get_u32(&r);
    terms->messages = godwit_get_u32(&r);
    return terms->service >= GODWIT_SERVICE_KEY_AGREEMENT && (unsigned)terms->service <= GODWIT_SERVICES &&
           terms->key_id >= 1 && terms->key_id <= KEY_ID_MAX && terms->age != 0;
}

/* ---- E2E_SESSION ---- */

enum { EVENT = COMMON, OWNER, SERVICE, SUITES, AGE, VISITED_PLMN, SESSION_RULES };

static const godwit_avp_rule_t session_rules[SESSION_RULES] = {
    COMMON_RULES,
    [EVENT] = {GODWIT_AVP_E2E_EVENT, 1, 1},
    [OWNER] = {GODWIT_AVP_KEY_OWNER, 1, 1},
    [SERVICE] = {GODWIT_AVP_SERVICE, 1, 1},
    [SUITES] = {GODWIT_AVP_SUITE_SET, 1, 1},
    [AGE] = {GODWIT_AVP_AGE, 1, 1},
    [VISITED_PLMN] = {GODWIT_AVP_VISITED_PLMN_ID, 1, 1},
};
static const godwit_diameter_command_t session_request = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION,
                                                          GODWIT_EK_VENDOR, session_rules, SESSION_RULES};

godwit_status_t godwit_ek_e2e_session_build(const godwit_diameter_envelope_t *envelope,
                                            const godwit_e2e_session_request_t *message, godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &session_request, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_PURPOSE, GODWIT_EK_PURPOSE_E2E_SESSION);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(message->path.imsi.digits, message->path.imsi.len));
    put_path(w, &message->path, message->eas);
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT, (uint32_t)message->agreement);
    godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, message->key_set);
    godwit_avp_put_u32(w, GODWIT_AVP_E2E_EVENT, (uint32_t)message->event);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_OWNER, message->owner_is_hss ? 1 : 0);
    godwit_avp_put_u32(w, GODWIT_AVP_SERVICE, (uint32_t)message->service);
    godwit_avp_put_u32(w, GODWIT_AVP_SUITE_SET, message->suites);
    godwit_avp_put_u32(w, GODWIT_AVP_AGE, message->age);
    godwit_avp_put(w, GODWIT_AVP_VISITED_PLMN_ID, godwit_slice(message->serving_network.octets, 3));
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

/* A service must be named where one is asked for. */
static godwit_status_t read_event(const godwit_slice_t found[SESSION_RULES], godwit_e2e_session_request_t *m,
                                  godwit_diameter_fault_t *fault)
{
    uint32_t event = 0, owner = 0, service = 0, suites = 0;
    godwit_status_t status =
        godwit_ek_read_small(GODWIT_AVP_E2E_EVENT, found[EVENT], GODWIT_E2E_OPEN, GODWIT_E2E_CLOSED, &event, fault);
    const bool asks = event == GODWIT_E2E_OPEN || event == GODWIT_E2E_AGE;
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_KEY_OWNER, found[OWNER], 0, 1, &owner, fault);
    }
    if (status == GODWIT_OK) {
        status =
            godwit_ek_read_small(GODWIT_AVP_SERVICE, found[SERVICE], asks ? 1 : 0, GODWIT_SERVICES, &service, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_SUITE_SET, found[SUITES], 0, UINT16_MAX, &suites, fault);
    }
    m->event = (godwit_e2e_event_t)event;
    m->owner_is_hss = owner == 1;
    m->service = (godwit_service_t)service;
    m->suites = (uint16_t)suites;
    m->age = godwit_avp_u32(found[AGE], 0);
    return status;
}

godwit_status_t godwit_ek_e2e_session_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                            godwit_e2e_session_request_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[SESSION_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_e2e_session_request_t m;
    common_t common;
    memset(&m, 0, sizeof m);
    memset(&common, 0, sizeof common);
    godwit_status_t status = godwit_diameter_request_parse(octets, &session_request, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_common(found, GODWIT_EK_PURPOSE_E2E_SESSION, &common, fault);
    }
    if (status == GODWIT_OK) {
        status = read_event(found, &m, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_diameter_read_visited_plmn(found[VISITED_PLMN], &m.serving_network, fault);
    }
    if (status == GODWIT_OK) {
        m.path = common.path;
        memcpy(m.eas, common.eas, sizeof m.eas);
        m.agreement = common.agreement;
        m.key_set = common.key_set;
        *envelope = parsed;
        *message = m;
    }
    return status;
}

static const godwit_avp_rule_t answer_rules[1] = {{GODWIT_AVP_E2E_TERMS, 0, 1}};
static const godwit_diameter_command_t answer_command = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR,
                                                         answer_rules, 1};

godwit_status_t godwit_ek_e2e_session_answer_build(const godwit_diameter_envelope_t *envelope,
                                                   const godwit_e2e_session_answer_t *answer, godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &answer_command, envelope, godwit_ek_result_of(answer->status));
    if (answer->status == GODWIT_OK && answer->terms.age != 0) {
        put_terms(w, &answer->terms);
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_e2e_session_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                   godwit_e2e_session_answer_t *answer)
{
    godwit_slice_t found[1];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_e2e_session_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &answer_command, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_ek_status_of(result);
        if (a.status == GODWIT_OK && found[0].ptr != NULL && !read_terms(found[0], &a.terms)) {
            status = GODWIT_MALFORMED;
        }
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    return status;
}

/* ---- E2E_RENEW ---- */

enum { RENEWAL = COMMON, TERMS, RENEW_RULES };

static const godwit_avp_rule_t renew_rules[RENEW_RULES] = {
    COMMON_RULES,
    [RENEWAL] = {GODWIT_AVP_E2E_RENEWAL, 1, 1},
    [TERMS] = {GODWIT_AVP_E2E_TERMS, 0, 1},
};
static const godwit_diameter_command_t renew_request = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR,
                                                        renew_rules, RENEW_RULES};

godwit_status_t godwit_ek_e2e_renew_build(const godwit_diameter_envelope_t *envelope, const godwit_e2e_renew_t *message,
                                          godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &renew_request, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_PURPOSE, GODWIT_EK_PURPOSE_E2E_RENEW);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(message->path.imsi.digits, message->path.imsi.len));
    put_path(w, &message->path, message->eas);
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT, (uint32_t)message->agreement);
    godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, message->key_set);
    godwit_avp_put_u32(w, GODWIT_AVP_E2E_RENEWAL, (uint32_t)message->renewal);
    if (message->renewal == GODWIT_E2E_NEW_AGE) {
        put_terms(w, &message->terms);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

/* Terms stand with NEW_AGE, and with nothing else. */
static godwit_status_t read_renewal(const godwit_slice_t found[RENEW_RULES], godwit_e2e_renew_t *m,
                                    godwit_diameter_fault_t *fault)
{
    static const uint8_t zeros[15];
    uint32_t value = 0;
    const godwit_slice_t terms = found[TERMS];
    godwit_status_t status =
        godwit_ek_read_small(GODWIT_AVP_E2E_RENEWAL, found[RENEWAL], GODWIT_E2E_NEW_AGE, GODWIT_E2E_END, &value, fault);
    m->renewal = (godwit_e2e_renewal_t)value;
    if (status != GODWIT_OK) {
        return status;
    }
    if (m->renewal == GODWIT_E2E_NEW_AGE && terms.ptr == NULL) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, GODWIT_AVP_E2E_TERMS,
                                     godwit_slice(zeros, sizeof zeros));
    }
    if (terms.ptr != NULL && (m->renewal != GODWIT_E2E_NEW_AGE || !read_terms(terms, &m->terms))) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_E2E_TERMS, terms);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_ek_e2e_renew_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                          godwit_e2e_renew_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[RENEW_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_e2e_renew_t m;
    common_t common;
    memset(&m, 0, sizeof m);
    memset(&common, 0, sizeof common);
    godwit_status_t status = godwit_diameter_request_parse(octets, &renew_request, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_common(found, GODWIT_EK_PURPOSE_E2E_RENEW, &common, fault);
    }
    if (status == GODWIT_OK) {
        status = read_renewal(found, &m, fault);
    }
    if (status == GODWIT_OK) {
        m.path = common.path;
        memcpy(m.eas, common.eas, sizeof m.eas);
        m.agreement = common.agreement;
        m.key_set = common.key_set;
        *envelope = parsed;
        *message = m;
    }
    return status;
}
