/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, BEARER: a gateway tells an HSE of a bearer (contribution 003, step 6: the triplet), and gets the Start for its
 * device.
 */
#include <string.h>

#include "core/wire/ek_e2m.h"
#include "core/wire/ek_parts.h"

enum { PURPOSE, USER_NAME, EVENT, TEID, GATEWAY, RAND, SQN, AGREEMENTS, SUITES, ABOVE, PLMN, CONTAINER, RULES };

static const godwit_avp_rule_t rules[RULES] = {
    [PURPOSE] = {GODWIT_AVP_KEY_PURPOSE, 1, 1},     [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},
    [EVENT] = {GODWIT_AVP_BEARER_EVENT, 1, 1},      [TEID] = {GODWIT_AVP_BEARER_TEID, 1, 1},
    [GATEWAY] = {GODWIT_AVP_GATEWAY_ADDRESS, 1, 1}, [RAND] = {GODWIT_AVP_RAND, 0, 1},
    [SQN] = {GODWIT_AVP_CONCEALED_SQN, 0, 1},       [AGREEMENTS] = {GODWIT_AVP_AGREEMENT_SET, 0, 1},
    [SUITES] = {GODWIT_AVP_SUITE_SET, 0, 1},        [ABOVE] = {GODWIT_AVP_ABOVE_GENERATION, 0, 1},
    [PLMN] = {GODWIT_AVP_VISITED_PLMN_ID, 0, 1},    [CONTAINER] = {GODWIT_AVP_E2M_CONTAINER, 0, 1},
};
static const godwit_diameter_command_t command = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR, rules,
                                                  RULES};

enum { ACTIVATED = 1, MODIFIED = 2, RELEASED = 3 }; /* Bearer-Event */

/* ---- the request ---- */

static void put_details(godwit_writer_t *w, const godwit_bearer_t *message)
{
    godwit_ek_put_selector(w, &message->selector);
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT_SET, message->agreements);
    godwit_avp_put_u32(w, GODWIT_AVP_SUITE_SET, message->suites);
    godwit_avp_put_u32(w, GODWIT_AVP_ABOVE_GENERATION, message->above_generation);
    godwit_avp_put(w, GODWIT_AVP_VISITED_PLMN_ID, godwit_slice(message->serving_network.octets, 3));
    godwit_avp_put(w, GODWIT_AVP_E2M_CONTAINER, godwit_slice(message->container, message->container_len));
}

godwit_status_t godwit_ek_bearer_build(const godwit_diameter_envelope_t *envelope, const godwit_bearer_t *message,
                                       godwit_writer_t *w)
{
    bool empty = !message->released && message->container_len == 0;
    if ((message->gateway_len != 4 && message->gateway_len != 16) || empty ||
        message->container_len > sizeof message->container) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_request_open(w, &command, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_PURPOSE, GODWIT_EK_PURPOSE_BEARER);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(message->imsi.digits, message->imsi.len));
    godwit_avp_put_u32(w, GODWIT_AVP_BEARER_EVENT,
                       message->released   ? RELEASED
                       : message->modified ? MODIFIED
                                           : ACTIVATED);
    godwit_avp_put_u32(w, GODWIT_AVP_BEARER_TEID, message->teid);
    godwit_avp_put(w, GODWIT_AVP_GATEWAY_ADDRESS, godwit_slice(message->gateway, message->gateway_len));
    if (!message->released) {
        put_details(w, message);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

/* A bearer that is not released has all of them. */
static godwit_status_t all_there(const godwit_slice_t *found, godwit_diameter_fault_t *fault)
{
    static const uint8_t needed[] = {AGREEMENTS, SUITES, ABOVE, PLMN, CONTAINER};
    static const uint8_t zeros[4];
    for (size_t i = 0; i < sizeof needed; i++) {
        if (found[needed[i]].ptr == NULL) {
            godwit_avp_id_t id = rules[needed[i]].id;
            return godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, id,
                                         godwit_slice(zeros, godwit_avp_definition(id)->min));
        }
    }
    return GODWIT_OK;
}

static godwit_status_t read_details(const godwit_slice_t *found, godwit_bearer_t *m, godwit_diameter_fault_t *fault)
{
    uint32_t agreements = 0, suites = 0;
    godwit_status_t status = all_there(found, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_selector(found[RAND], found[SQN], &m->selector, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_AGREEMENT_SET, found[AGREEMENTS], 0, UINT8_MAX, &agreements, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_SUITE_SET, found[SUITES], 0, UINT16_MAX, &suites, fault);
    }
    if (status == GODWIT_OK) {
        m->agreements = (uint8_t)agreements;
        m->suites = (uint16_t)suites;
        m->above_generation = godwit_avp_u32(found[ABOVE], 0);
        memcpy(m->serving_network.octets, found[PLMN].ptr, 3);
        m->container_len = (uint8_t)found[CONTAINER].len;
        memcpy(m->container, found[CONTAINER].ptr, found[CONTAINER].len);
    }
    return status;
}

static godwit_status_t read_all(const godwit_slice_t *found, godwit_bearer_t *m, godwit_diameter_fault_t *fault)
{
    uint32_t value;
    godwit_status_t status = godwit_ek_read_small(GODWIT_AVP_KEY_PURPOSE, found[PURPOSE], GODWIT_EK_PURPOSE_BEARER,
                                                  GODWIT_EK_PURPOSE_BEARER, &value, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_imsi(found[USER_NAME], &m->imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_BEARER_EVENT, found[EVENT], ACTIVATED, RELEASED, &value, fault);
    }
    if (status == GODWIT_OK && found[GATEWAY].len != 4 && found[GATEWAY].len != 16) {
        status =
            godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_GATEWAY_ADDRESS, found[GATEWAY]);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    m->modified = value == MODIFIED;
    m->released = value == RELEASED;
    m->teid = godwit_avp_u32(found[TEID], 0);
    m->gateway_len = (uint8_t)found[GATEWAY].len;
    memcpy(m->gateway, found[GATEWAY].ptr, found[GATEWAY].len);
    return m->released ? GODWIT_OK : read_details(found, m, fault);
}

godwit_status_t godwit_ek_bearer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                       godwit_bearer_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_bearer_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = godwit_diameter_request_parse(octets, &command, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_all(found, &m, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *message = m;
    }
    return status;
}

/* ---- the answer ---- */

static const godwit_avp_rule_t answer_rules[] = {{GODWIT_AVP_EMSDP_START, 0, 1}};
static const godwit_diameter_command_t answer_command = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR,
                                                         answer_rules, 1};

godwit_status_t godwit_ek_bearer_answer_build(const godwit_diameter_envelope_t *envelope,
                                              const godwit_bearer_answer_t *answer, godwit_writer_t *w)
{
    if (answer->start_len > sizeof answer->start) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_answer_open(w, &answer_command, envelope, godwit_ek_result_of(answer->status));
    if (answer->start_len != 0 && answer->status != GODWIT_OVERLOAD) {
        godwit_avp_put(w, GODWIT_AVP_EMSDP_START, godwit_slice(answer->start, answer->start_len));
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_bearer_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                              godwit_bearer_answer_t *answer)
{
    godwit_slice_t found[1];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_bearer_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &answer_command, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_ek_status_of(result);
        if (found[0].ptr != NULL) {
            a.start_len = (uint8_t)found[0].len;
            memcpy(a.start, found[0].ptr, found[0].len);
        }
        *envelope = parsed;
        *answer = a;
    }
    return status;
}
