/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, E2E_KEY: an EESE asks the owner of a key set, EMKS or HSS, for K_e2e of one device with one EAS
 * (docs/diameter.md). The answer holds the key: only over TLS, or a link that is protected otherwise.
 */
#include <string.h>

#include "core/wire/ek_e2e.h"
#include "core/wire/ek_parts.h"

#define AGREEMENT_MAX 7u

enum { PURPOSE, USER_NAME, AGREEMENT, KEY_SET, ENDPOINT, AGE, RULES };

static const godwit_avp_rule_t rules[RULES] = {
    [PURPOSE] = {GODWIT_AVP_KEY_PURPOSE, 1, 1}, [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},
    [AGREEMENT] = {GODWIT_AVP_AGREEMENT, 1, 1}, [KEY_SET] = {GODWIT_AVP_KEY_SET, 1, 1},
    [ENDPOINT] = {GODWIT_AVP_ENDPOINT, 1, 1},   [AGE] = {GODWIT_AVP_AGE, 1, 1},
};
static const godwit_diameter_command_t request = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR, rules,
                                                  RULES};

godwit_status_t godwit_ek_e2e_key_build(const godwit_diameter_envelope_t *envelope,
                                        const godwit_e2e_key_request_t *message, godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &request, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_PURPOSE, GODWIT_EK_PURPOSE_E2E_KEY);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(message->imsi.digits, message->imsi.len));
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT, (uint32_t)message->agreement);
    godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, message->key_set);
    godwit_avp_put(w, GODWIT_AVP_ENDPOINT, godwit_slice_of_string(message->endpoint));
    godwit_avp_put_u32(w, GODWIT_AVP_AGE, message->above_age);
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_e2e_key_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                        godwit_e2e_key_request_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_e2e_key_request_t m;
    uint32_t value = 0;
    memset(&m, 0, sizeof m);
    godwit_status_t status = godwit_diameter_request_parse(octets, &request, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_KEY_PURPOSE, found[PURPOSE], GODWIT_EK_PURPOSE_E2E_KEY,
                                      GODWIT_EK_PURPOSE_E2E_KEY, &value, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_imsi(found[USER_NAME], &m.imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_AGREEMENT, found[AGREEMENT], 1, AGREEMENT_MAX, &value, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_endpoint(found[ENDPOINT], m.endpoint, fault);
    }
    if (status == GODWIT_OK) {
        m.agreement = (godwit_agreement_t)value;
        m.key_set = godwit_load_u64(found[KEY_SET].ptr);
        m.above_age = godwit_avp_u32(found[AGE], 0);
        *envelope = parsed;
        *message = m;
    }
    return status;
}

/* ---- the answer ---- */

enum { ANSWER_AGE, KEY, ANSWER_RULES };

static const godwit_avp_rule_t answer_rules[ANSWER_RULES] = {
    [ANSWER_AGE] = {GODWIT_AVP_AGE, 0, 1},
    [KEY] = {GODWIT_AVP_E2E_KEY, 0, 1},
};
static const godwit_diameter_command_t answer_command = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR,
                                                         answer_rules, ANSWER_RULES};

godwit_status_t godwit_ek_e2e_key_answer_build(const godwit_diameter_envelope_t *envelope,
                                               const godwit_e2e_key_answer_t *answer, godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &answer_command, envelope, godwit_ek_result_of(answer->status));
    if (answer->status == GODWIT_OK) {
        godwit_avp_put_u32(w, GODWIT_AVP_AGE, answer->age);
        godwit_avp_put(w, GODWIT_AVP_E2E_KEY, godwit_slice(answer->k_e2e, sizeof answer->k_e2e));
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

/* A success has age and key; of a refusal neither is looked at. */
godwit_status_t godwit_ek_e2e_key_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                               godwit_e2e_key_answer_t *answer)
{
    godwit_slice_t found[ANSWER_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_e2e_key_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &answer_command, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_ek_status_of(result);
        if (a.status == GODWIT_OK) {
            a.age = godwit_avp_u32(found[ANSWER_AGE], 0);
            status = a.age == 0 || found[KEY].ptr == NULL ? GODWIT_MALFORMED : GODWIT_OK;
        }
    }
    if (status == GODWIT_OK) {
        if (a.status == GODWIT_OK) {
            memcpy(a.k_e2e, found[KEY].ptr, sizeof a.k_e2e);
        }
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
