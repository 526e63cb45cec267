/* SPDX-License-Identifier: Apache-2.0
 *
 * T5 (docs/diameter.md): the answers. Each has an outcome; that of SECURING may bring a message for the device, that of
 * KEY brings K_iwf.
 */
#include <string.h>

#include "core/wire/t5.h"
#include "core/wire/trigger_parts.h"

enum { CONTAINER, KEY, RULES };
static const godwit_avp_rule_t rules[RULES] = {
    [CONTAINER] = {GODWIT_AVP_TRIGGER_CONTAINER, 0, 1},
    [KEY] = {GODWIT_AVP_IWF_KEY, 0, 1},
};
const godwit_diameter_command_t godwit_t5_answer = {GODWIT_EK_COMMAND_KEY, GODWIT_T5_APPLICATION, GODWIT_EK_VENDOR,
                                                    rules, RULES};

#define OURS(status)                                                                                                   \
    {                                                                                                                  \
        status,                                                                                                        \
        {                                                                                                              \
            GODWIT_EK_VENDOR, 5000u + (uint32_t)(status)                                                               \
        }                                                                                                              \
    }
static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},
    OURS(GODWIT_MALFORMED),
    OURS(GODWIT_UNKNOWN_KEY),
    OURS(GODWIT_UNSUPPORTED_SUITE),
    OURS(GODWIT_POLICY_FORBIDS),
    OURS(GODWIT_NOT_ENTITLED),
    OURS(GODWIT_UNKNOWN_SUBSCRIBER),
    OURS(GODWIT_WRONG_STATE),
    OURS(GODWIT_NOT_FOUND),
    OURS(GODWIT_AGAIN),
    OURS(GODWIT_UNKNOWN_SESSION),
    {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

static size_t answer_open(godwit_writer_t *w, const godwit_diameter_envelope_t *envelope, godwit_status_t outcome)
{
    return godwit_diameter_answer_open(w, &godwit_t5_answer, envelope,
                                       godwit_diameter_result_of(outcomes, OUTCOMES, outcome));
}

static godwit_status_t answer_begin(godwit_slice_t octets, godwit_diameter_envelope_t *envelope, godwit_slice_t *found,
                                    godwit_status_t *outcome)
{
    godwit_diameter_result_t result;
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_t5_answer, envelope, &result, found);
    if (status == GODWIT_OK) {
        *outcome = godwit_diameter_status_of(outcomes, OUTCOMES, result);
    }
    return status;
}

godwit_status_t godwit_t5_outcome_build(const godwit_diameter_envelope_t *envelope, godwit_status_t outcome,
                                        godwit_writer_t *w)
{
    size_t at = answer_open(w, envelope, outcome);
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_t5_outcome_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                        godwit_status_t *outcome)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_status_t read = GODWIT_OK, status = answer_begin(octets, &parsed, found, &read);
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *outcome = read;
    }
    return status;
}

godwit_status_t godwit_t5_up_answer_build(const godwit_diameter_envelope_t *envelope,
                                          const godwit_t5_up_answer_t *answer, godwit_writer_t *w)
{
    if (answer->container_len > sizeof answer->container) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = answer_open(w, envelope, answer->status);
    if (answer->status == GODWIT_OK && answer->container_len > 0) {
        godwit_avp_put(w, GODWIT_AVP_TRIGGER_CONTAINER, godwit_slice(answer->container, answer->container_len));
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_t5_up_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                          godwit_t5_up_answer_t *answer)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_t5_up_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = answer_begin(octets, &parsed, found, &a.status);
    if (status == GODWIT_OK && a.status == GODWIT_OK && found[CONTAINER].ptr != NULL) {
        memcpy(a.container, found[CONTAINER].ptr, found[CONTAINER].len); /* the table of AVPs bounds it */
        a.container_len = (uint8_t)found[CONTAINER].len;
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    return status;
}

godwit_status_t godwit_t5_key_answer_build(const godwit_diameter_envelope_t *envelope,
                                           const godwit_iwf_key_answer_t *answer, godwit_writer_t *w)
{
    if (answer->status == GODWIT_OK && answer->key.root == GODWIT_IWF_ROOT_NONE) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = answer_open(w, envelope, answer->status);
    if (answer->status == GODWIT_OK) {
        godwit_trigger_put_key(w, &answer->key);
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_t5_key_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                           godwit_iwf_key_answer_t *answer)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_fault_t fault;
    godwit_iwf_key_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = answer_begin(octets, &parsed, found, &a.status);
    if (status == GODWIT_OK && a.status == GODWIT_OK) {
        status = found[KEY].ptr != NULL ? godwit_trigger_read_key(found[KEY], &a.key, &fault) : GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
