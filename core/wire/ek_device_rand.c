/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, DEVICE_RAND: an MKEF asks the HLR what a SIM makes of a RAND1 (contribution 001; docs/diameter.md). The answer
 * holds Kc and SRES: only over TLS, or a link that is protected otherwise.
 */
#include <string.h>

#include "core/wire/ek_e2m.h"
#include "core/wire/ek_parts.h"

enum { PURPOSE, USER_NAME, RAND, PLAIN, RULES };

static const godwit_avp_rule_t rules[RULES] = {
    [PURPOSE] = {GODWIT_AVP_KEY_PURPOSE, 1, 1},
    [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},
    [RAND] = {GODWIT_AVP_RAND, 1, 1},
    [PLAIN] = {GODWIT_AVP_PLAIN_RAND, 0, 1},
};
static const godwit_diameter_command_t request = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR, rules,
                                                  RULES};

godwit_status_t godwit_ek_device_rand_build(const godwit_diameter_envelope_t *envelope,
                                            const godwit_device_rand_request_t *message, godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &request, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_PURPOSE, GODWIT_EK_PURPOSE_DEVICE_RAND);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(message->imsi.digits, message->imsi.len));
    godwit_avp_put(w, GODWIT_AVP_RAND, godwit_slice(message->rand1, sizeof message->rand1));
    if (message->plain) {
        godwit_avp_put_u32(w, GODWIT_AVP_PLAIN_RAND, 1);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_device_rand_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                            godwit_device_rand_request_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_device_rand_request_t m;
    uint32_t value = 0;
    memset(&m, 0, sizeof m);
    godwit_status_t status = godwit_diameter_request_parse(octets, &request, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_KEY_PURPOSE, found[PURPOSE], GODWIT_EK_PURPOSE_DEVICE_RAND,
                                      GODWIT_EK_PURPOSE_DEVICE_RAND, &value, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_imsi(found[USER_NAME], &m.imsi, fault);
    }
    value = 0;
    if (status == GODWIT_OK && found[PLAIN].ptr != NULL) {
        status = godwit_ek_read_small(GODWIT_AVP_PLAIN_RAND, found[PLAIN], 0, 1, &value, fault);
    }
    if (status == GODWIT_OK) {
        memcpy(m.rand1, found[RAND].ptr, sizeof m.rand1);
        m.plain = value == 1;
        *envelope = parsed;
        *message = m;
    }
    return status;
}

/* ---- the answer ---- */

static const godwit_avp_rule_t answer_rules[1] = {{GODWIT_AVP_SIM_RESULT, 0, 1}};
static const godwit_diameter_command_t answer_command = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR,
                                                         answer_rules, 1};

godwit_status_t godwit_ek_device_rand_answer_build(const godwit_diameter_envelope_t *envelope,
                                                   const godwit_device_rand_answer_t *answer, godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &answer_command, envelope, godwit_ek_result_of(answer->status));
    if (answer->status == GODWIT_OK) {
        godwit_avp_put(w, GODWIT_AVP_SIM_RESULT, godwit_slice(answer->kc_sres, sizeof answer->kc_sres));
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_device_rand_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                   godwit_device_rand_answer_t *answer)
{
    godwit_slice_t found[1];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_device_rand_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &answer_command, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_ek_status_of(result);
        status = a.status == GODWIT_OK && found[0].ptr == NULL ? GODWIT_MALFORMED : GODWIT_OK;
    }
    if (status == GODWIT_OK) {
        if (a.status == GODWIT_OK) {
            memcpy(a.kc_sres, found[0].ptr, sizeof a.kc_sres);
        }
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
