/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek (docs/diameter.md): the requests of an HSE and the answers of the EMKS.
 */
#include "core/wire/ek_parts.h"

#include <string.h>

#include "core/wire/gaa_text.h"

enum {
    PURPOSE,
    USER_NAME,
    AGREEMENT_SET,
    ENDPOINT,
    SERVING_NETWORK,
    AUTS,
    REQUEST_RAND,
    REQUEST_KEY_SET,
    CONCEALED_SQN,
    ABOVE_GENERATION,
    KEY_REFERENCE,
    KEY_REQUEST_RULES
};
enum { AGREEMENT, GENERATION, RAND, AUTN, SESSION_KEY, KEY_SET, PARKED_KEY, KEY_ANSWER_RULES };
enum { CONFIRM_USER_NAME, CONFIRM_AGREEMENT, CONFIRM_GENERATION, CONFIRM_ENDPOINT, CONFIRM_KEY_SET, CONFIRM_RULES };

static const godwit_avp_rule_t key_request_rules[KEY_REQUEST_RULES] = {
    [PURPOSE] = {GODWIT_AVP_KEY_PURPOSE, 1, 1},
    [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},
    [AGREEMENT_SET] = {GODWIT_AVP_AGREEMENT_SET, 1, 1},
    [ENDPOINT] = {GODWIT_AVP_ENDPOINT, 1, 1},
    [SERVING_NETWORK] = {GODWIT_AVP_VISITED_PLMN_ID, 1, 1},
    [AUTS] = {GODWIT_AVP_AUTS, 0, 1},
    [REQUEST_RAND] = {GODWIT_AVP_RAND, 0, 1},
    [REQUEST_KEY_SET] = {GODWIT_AVP_KEY_SET, 0, 1},
    [CONCEALED_SQN] = {GODWIT_AVP_CONCEALED_SQN, 0, 1},
    [ABOVE_GENERATION] = {GODWIT_AVP_ABOVE_GENERATION, 0, 1},
    [KEY_REFERENCE] = {GODWIT_AVP_KEY_REFERENCE, 0, 1},
};

/* An answer that is no success has none of these; one that is has been checked for them. */
static const godwit_avp_rule_t key_answer_rules[KEY_ANSWER_RULES] = {
    [AGREEMENT] = {GODWIT_AVP_AGREEMENT, 0, 1},
    [GENERATION] = {GODWIT_AVP_GENERATION, 0, 1},
    [RAND] = {GODWIT_AVP_RAND, 0, 1},
    [AUTN] = {GODWIT_AVP_AUTN, 0, 1},
    [SESSION_KEY] = {GODWIT_AVP_SESSION_KEY, 0, 1},
    [KEY_SET] = {GODWIT_AVP_KEY_SET, 0, 1},
    [PARKED_KEY] = {GODWIT_AVP_PARKED_KEY, 0, 1},
};

static const godwit_avp_rule_t confirm_rules[CONFIRM_RULES] = {
    [CONFIRM_USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},   [CONFIRM_AGREEMENT] = {GODWIT_AVP_AGREEMENT, 1, 1},
    [CONFIRM_GENERATION] = {GODWIT_AVP_GENERATION, 1, 1}, [CONFIRM_ENDPOINT] = {GODWIT_AVP_ENDPOINT, 1, 1},
    [CONFIRM_KEY_SET] = {GODWIT_AVP_KEY_SET, 1, 1},
};

#define EK(code, rules, count)                                                                                         \
    {                                                                                                                  \
        code, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR, rules, count                                                    \
    }
const godwit_diameter_command_t godwit_ek_key_request = EK(GODWIT_EK_COMMAND_KEY, key_request_rules, KEY_REQUEST_RULES);
const godwit_diameter_command_t godwit_ek_key_answer = EK(GODWIT_EK_COMMAND_KEY, key_answer_rules, KEY_ANSWER_RULES);
const godwit_diameter_command_t godwit_ek_confirm_request = EK(GODWIT_EK_COMMAND_CONFIRM, confirm_rules, CONFIRM_RULES);
const godwit_diameter_command_t godwit_ek_confirm_answer = EK(GODWIT_EK_COMMAND_CONFIRM, confirm_rules, 0);

/* ---- Key-Request ---- */

godwit_status_t godwit_ek_key_request_build(const godwit_diameter_envelope_t *envelope,
                                            const godwit_key_request_t *request, godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &godwit_ek_key_request, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_PURPOSE, (uint32_t)request->purpose);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(request->imsi.digits, request->imsi.len));
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT_SET, request->agreements);
    godwit_avp_put(w, GODWIT_AVP_ENDPOINT, godwit_slice_of_string(request->endpoint));
    godwit_avp_put(w, GODWIT_AVP_VISITED_PLMN_ID, godwit_slice(request->serving_network.octets, 3));
    if (request->resync) {
        godwit_avp_put(w, GODWIT_AVP_AUTS, godwit_slice(request->auts, sizeof request->auts));
    }
    if (request->key_set != 0) {
        godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, request->key_set);
    }
    if (request->purpose == GODWIT_KEY_BY_SELECTOR) {
        godwit_ek_put_selector(w, &request->selector);
        godwit_avp_put_u32(w, GODWIT_AVP_ABOVE_GENERATION, request->above_generation);
    } else if (request->has_rand) {
        godwit_avp_put(w, GODWIT_AVP_RAND, godwit_slice(request->rand, sizeof request->rand));
    }
    if (request->reference[0] != '\0') {
        godwit_avp_put(w, GODWIT_AVP_KEY_REFERENCE, godwit_slice_of_string(request->reference));
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_key_request(const godwit_slice_t *found, godwit_key_request_t *r,
                                        godwit_diameter_fault_t *fault)
{
    uint32_t purpose, agreements;
    uint32_t most =
        godwit_avp_u32(found[PURPOSE], 0) == GODWIT_KEY_NEXT_VECTOR ? GODWIT_KEY_NEXT_VECTOR : GODWIT_KEY_BY_SELECTOR;
    godwit_status_t status =
        godwit_ek_read_small(GODWIT_AVP_KEY_PURPOSE, found[PURPOSE], GODWIT_KEY_FOR_SESSION, most, &purpose, fault);
    if (status == GODWIT_OK) {
        r->purpose = (godwit_key_purpose_t)purpose;
        status = godwit_ek_read_small(GODWIT_AVP_AGREEMENT_SET, found[AGREEMENT_SET], 0, UINT8_MAX, &agreements, fault);
    }
    if (status == GODWIT_OK) {
        r->agreements = (uint8_t)agreements;
        status = godwit_ek_read_imsi(found[USER_NAME], &r->imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_endpoint(found[ENDPOINT], r->endpoint, fault);
    }
    if (status == GODWIT_OK && r->purpose == GODWIT_KEY_BY_SELECTOR) {
        status = godwit_ek_read_selector(found[REQUEST_RAND], found[CONCEALED_SQN], &r->selector, fault);
        r->above_generation = godwit_avp_u32(found[ABOVE_GENERATION], 0);
    }
    if (status == GODWIT_OK && found[KEY_REFERENCE].ptr != NULL &&
        !godwit_gaa_text(found[KEY_REFERENCE], r->reference, sizeof r->reference)) {
        status = godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_KEY_REFERENCE,
                                       found[KEY_REFERENCE]);
    }
    if (status == GODWIT_OK) {
        memcpy(r->serving_network.octets, found[SERVING_NETWORK].ptr, 3);
        r->key_set = godwit_avp_u64(found[REQUEST_KEY_SET], 0);
        r->resync = found[AUTS].ptr != NULL;
        r->has_rand = found[REQUEST_RAND].ptr != NULL && r->purpose != GODWIT_KEY_BY_SELECTOR;
        if (r->resync) {
            memcpy(r->auts, found[AUTS].ptr, sizeof r->auts);
        }
        if (r->has_rand) {
            memcpy(r->rand, found[REQUEST_RAND].ptr, sizeof r->rand);
        }
    }
    return status;
}

godwit_status_t godwit_ek_key_request_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                            godwit_key_request_t *request, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[KEY_REQUEST_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_key_request_t r;
    memset(&r, 0, sizeof r);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_ek_key_request, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_key_request(found, &r, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *request = r;
    }
    return status;
}

/* ---- Key-Answer ---- */

static bool has_vector(const godwit_key_answer_t *answer)
{
    static const uint8_t none[16];
    return memcmp(answer->rand, none, 16) != 0 || memcmp(answer->autn, none, 16) != 0;
}

godwit_status_t godwit_ek_key_answer_build(const godwit_diameter_envelope_t *envelope,
                                           const godwit_key_answer_t *answer, godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &godwit_ek_key_answer, envelope, godwit_ek_result_of(answer->status));
    if (answer->status == GODWIT_OK) {
        godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT, (uint32_t)answer->agreement);
        godwit_avp_put_u32(w, GODWIT_AVP_GENERATION, answer->generation);
        godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, answer->key_set);
        if (has_vector(answer)) {
            godwit_avp_put(w, GODWIT_AVP_RAND, godwit_slice(answer->rand, sizeof answer->rand));
            godwit_avp_put(w, GODWIT_AVP_AUTN, godwit_slice(answer->autn, sizeof answer->autn));
        }
        godwit_avp_put(w, GODWIT_AVP_SESSION_KEY, godwit_slice(answer->k_session, sizeof answer->k_session));
        if (answer->parked.set) {
            godwit_ek_put_parked(w, &answer->parked);
        }
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_key_answer(const godwit_slice_t *found, godwit_key_answer_t *a)
{
    uint32_t agreement = godwit_avp_u32(found[AGREEMENT], UINT32_MAX);
    if (agreement > GODWIT_AGREEMENT_SEPARATE_UMTS || found[GENERATION].ptr == NULL || found[SESSION_KEY].ptr == NULL ||
        found[KEY_SET].ptr == NULL || (found[RAND].ptr == NULL) != (found[AUTN].ptr == NULL)) {
        return GODWIT_MALFORMED;
    }
    a->agreement = (godwit_agreement_t)agreement;
    a->generation = godwit_avp_u32(found[GENERATION], 0);
    a->key_set = godwit_avp_u64(found[KEY_SET], 0);
    memcpy(a->k_session, found[SESSION_KEY].ptr, sizeof a->k_session);
    if (found[RAND].ptr != NULL) {
        memcpy(a->rand, found[RAND].ptr, sizeof a->rand);
        memcpy(a->autn, found[AUTN].ptr, sizeof a->autn);
    }
    if (found[PARKED_KEY].ptr != NULL) {
        godwit_ek_read_parked(found[PARKED_KEY], &a->parked);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_ek_key_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                           godwit_key_answer_t *answer)
{
    godwit_slice_t found[KEY_ANSWER_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_key_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_ek_key_answer, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_ek_status_of(result);
        status = a.status == GODWIT_OK ? read_key_answer(found, &a) : GODWIT_OK;
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}

/* ---- Key-Confirm ---- */

godwit_status_t godwit_ek_confirm_request_build(const godwit_diameter_envelope_t *envelope,
                                                const godwit_key_confirm_t *confirm, godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &godwit_ek_confirm_request, envelope);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(confirm->imsi.digits, confirm->imsi.len));
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT, (uint32_t)confirm->agreement);
    godwit_avp_put_u32(w, GODWIT_AVP_GENERATION, confirm->generation);
    godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, confirm->key_set);
    godwit_avp_put(w, GODWIT_AVP_ENDPOINT, godwit_slice_of_string(confirm->endpoint));
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_confirm_request_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                godwit_key_confirm_t *confirm, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[CONFIRM_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_key_confirm_t c;
    uint32_t agreement;
    memset(&c, 0, sizeof c);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_ek_confirm_request, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_imsi(found[CONFIRM_USER_NAME], &c.imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_endpoint(found[CONFIRM_ENDPOINT], c.endpoint, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_AGREEMENT, found[CONFIRM_AGREEMENT], 0, GODWIT_AGREEMENT_SEPARATE_UMTS,
                                      &agreement, fault);
    }
    if (status == GODWIT_OK) {
        c.agreement = (godwit_agreement_t)agreement;
        c.generation = godwit_avp_u32(found[CONFIRM_GENERATION], 0);
        c.key_set = godwit_avp_u64(found[CONFIRM_KEY_SET], 0);
        *envelope = parsed;
        *confirm = c;
    }
    return status;
}

godwit_status_t godwit_ek_confirm_answer_build(const godwit_diameter_envelope_t *envelope, godwit_status_t outcome,
                                               godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &godwit_ek_confirm_answer, envelope, godwit_ek_result_of(outcome));
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_confirm_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                               godwit_status_t *outcome)
{
    godwit_slice_t found[1];
    godwit_diameter_result_t result;
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_ek_confirm_answer, envelope, &result, found);
    if (status == GODWIT_OK) {
        *outcome = godwit_ek_status_of(result);
    }
    return status;
}
