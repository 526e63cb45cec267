/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, pushes of the HSS, parking and activation (docs/diameter.md).
 */
#include "core/wire/ek_e2m.h"

#include <string.h>

#include "core/wire/ek_parts.h"

/* Every one of these messages begins so. */
enum { PURPOSE, USER_NAME, COMMON };

uint32_t godwit_ek_purpose(godwit_slice_t octets)
{
    const godwit_avp_definition_t *d = godwit_avp_definition(GODWIT_AVP_KEY_PURPOSE);
    godwit_diameter_header_t header;
    godwit_slice_t avps;
    godwit_avp_t avp;
    if (godwit_diameter_header_parse(octets, &header, &avps) != GODWIT_OK) {
        return 0;
    }
    godwit_reader_t r = godwit_reader(avps);
    while (godwit_avp_next(&r, &avp) == GODWIT_OK) {
        if (avp.code == d->code && avp.vendor == d->vendor) {
            return godwit_avp_u32(avp.data, 0);
        }
    }
    return 0;
}

static size_t request_open(godwit_writer_t *w, const godwit_diameter_command_t *command, uint32_t purpose,
                           const godwit_diameter_envelope_t *envelope, const godwit_imsi_t *imsi)
{
    size_t at = godwit_diameter_request_open(w, command, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_PURPOSE, purpose);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(imsi->digits, imsi->len));
    return at;
}

/* Envelope, purpose and IMSI. */
static godwit_status_t begin(godwit_slice_t octets, const godwit_diameter_command_t *command, uint32_t purpose,
                             godwit_diameter_envelope_t *envelope, godwit_slice_t *found, godwit_imsi_t *imsi,
                             godwit_diameter_fault_t *fault)
{
    uint32_t value;
    godwit_status_t status = godwit_diameter_request_parse(octets, command, envelope, found, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_KEY_PURPOSE, found[PURPOSE], purpose, purpose, &value, fault);
    }
    return status == GODWIT_OK ? godwit_ek_read_imsi(found[USER_NAME], imsi, fault) : status;
}

static godwit_status_t read_access_agreement(godwit_slice_t data, godwit_agreement_t *agreement,
                                             godwit_diameter_fault_t *fault)
{
    uint32_t value;
    godwit_status_t status = godwit_ek_read_small(GODWIT_AVP_AGREEMENT, data, GODWIT_AGREEMENT_ACCESS_UMTS,
                                                  GODWIT_AGREEMENT_ACCESS_EPS, &value, fault);
    if (status == GODWIT_OK) {
        *agreement = (godwit_agreement_t)value;
    }
    return status;
}

#define COMMAND(rules, count)                                                                                          \
    {                                                                                                                  \
        GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR, rules, count                                   \
    }
#define COMMON_RULES [PURPOSE] = {GODWIT_AVP_KEY_PURPOSE, 1, 1}, [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1}

/* ---- KEY_PUSH ---- */

enum {
    PUSH_AGREEMENT = COMMON,
    PUSH_KEY_SET,
    PUSH_GENERATION,
    PUSH_RAND,
    PUSH_SQN,
    PUSH_LIFE,
    PUSH_ENDPOINT,
    PUSH_SESSION_KEY,
    PUSH_RULES
};

static const godwit_avp_rule_t push_rules[PUSH_RULES] = {
    COMMON_RULES,
    [PUSH_AGREEMENT] = {GODWIT_AVP_AGREEMENT, 1, 1},
    [PUSH_KEY_SET] = {GODWIT_AVP_KEY_SET, 1, 1},
    [PUSH_GENERATION] = {GODWIT_AVP_GENERATION, 1, 1},
    [PUSH_RAND] = {GODWIT_AVP_RAND, 1, 1},
    [PUSH_SQN] = {GODWIT_AVP_CONCEALED_SQN, 1, 1},
    [PUSH_LIFE] = {GODWIT_AVP_KEY_LIFE, 1, 1},
    [PUSH_ENDPOINT] = {GODWIT_AVP_ENDPOINT, 1, 1},
    [PUSH_SESSION_KEY] = {GODWIT_AVP_SESSION_KEY, 1, 1},
};
static const godwit_diameter_command_t key_push = COMMAND(push_rules, PUSH_RULES);

godwit_status_t godwit_ek_key_push_build(const godwit_diameter_envelope_t *envelope, const godwit_key_push_t *message,
                                         godwit_writer_t *w)
{
    size_t at = request_open(w, &key_push, GODWIT_EK_PURPOSE_KEY_PUSH, envelope, &message->imsi);
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT, (uint32_t)message->agreement);
    godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, message->key_set);
    godwit_avp_put_u32(w, GODWIT_AVP_GENERATION, message->generation);
    godwit_avp_put(w, GODWIT_AVP_RAND, godwit_slice(message->rand, sizeof message->rand));
    godwit_avp_put(w, GODWIT_AVP_CONCEALED_SQN, godwit_slice(message->sqn, sizeof message->sqn));
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_LIFE, message->life_ms);
    godwit_avp_put(w, GODWIT_AVP_ENDPOINT, godwit_slice_of_string(message->endpoint));
    godwit_avp_put(w, GODWIT_AVP_SESSION_KEY, godwit_slice(message->k_session, sizeof message->k_session));
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_key_push_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                         godwit_key_push_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[PUSH_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_key_push_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = begin(octets, &key_push, GODWIT_EK_PURPOSE_KEY_PUSH, &parsed, found, &m.imsi, fault);
    if (status == GODWIT_OK) {
        status = read_access_agreement(found[PUSH_AGREEMENT], &m.agreement, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_endpoint(found[PUSH_ENDPOINT], m.endpoint, fault);
    }
    if (status == GODWIT_OK) {
        m.key_set = godwit_avp_u64(found[PUSH_KEY_SET], 0);
        m.generation = godwit_avp_u32(found[PUSH_GENERATION], 0);
        m.life_ms = godwit_avp_u32(found[PUSH_LIFE], 0);
        memcpy(m.rand, found[PUSH_RAND].ptr, sizeof m.rand);
        memcpy(m.sqn, found[PUSH_SQN].ptr, sizeof m.sqn);
        memcpy(m.k_session, found[PUSH_SESSION_KEY].ptr, sizeof m.k_session);
        *envelope = parsed;
        *message = m;
    }
    godwit_wipe(&m, sizeof m);
    return status;
}

/* ---- KEY_SET_PUSH ---- */

enum { SET_AGREEMENT = COMMON, SET_KEY_SET, SET_RAND, SET_AUTN, SET_E2M_KEYSET, SET_RULES };

/* Concealed-SQN stands in AUTN. */
static const godwit_avp_rule_t set_rules[SET_RULES] = {
    COMMON_RULES,
    [SET_AGREEMENT] = {GODWIT_AVP_AGREEMENT, 1, 1},
    [SET_KEY_SET] = {GODWIT_AVP_KEY_SET, 1, 1},
    [SET_RAND] = {GODWIT_AVP_RAND, 1, 1},
    [SET_AUTN] = {GODWIT_AVP_AUTN, 1, 1},
    [SET_E2M_KEYSET] = {GODWIT_AVP_E2M_KEYSET, 1, 1},
};
static const godwit_diameter_command_t key_set_push = COMMAND(set_rules, SET_RULES);

godwit_status_t godwit_ek_key_set_push_build(const godwit_diameter_envelope_t *envelope,
                                             const godwit_key_set_push_t *message, godwit_writer_t *w)
{
    if (memcmp(message->sqn, message->autn, sizeof message->sqn) != 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = request_open(w, &key_set_push, GODWIT_EK_PURPOSE_KEY_SET_PUSH, envelope, &message->imsi);
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT, (uint32_t)message->agreement);
    godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, message->key_set);
    godwit_avp_put(w, GODWIT_AVP_RAND, godwit_slice(message->rand, sizeof message->rand));
    godwit_avp_put(w, GODWIT_AVP_AUTN, godwit_slice(message->autn, sizeof message->autn));
    godwit_avp_put(w, GODWIT_AVP_E2M_KEYSET, godwit_slice(message->e2m_keyset, sizeof message->e2m_keyset));
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_key_set_push_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                             godwit_key_set_push_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[SET_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_key_set_push_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status =
        begin(octets, &key_set_push, GODWIT_EK_PURPOSE_KEY_SET_PUSH, &parsed, found, &m.imsi, fault);
    if (status == GODWIT_OK) {
        status = read_access_agreement(found[SET_AGREEMENT], &m.agreement, fault);
    }
    if (status == GODWIT_OK) {
        m.key_set = godwit_avp_u64(found[SET_KEY_SET], 0);
        memcpy(m.rand, found[SET_RAND].ptr, sizeof m.rand);
        memcpy(m.autn, found[SET_AUTN].ptr, sizeof m.autn);
        memcpy(m.sqn, m.autn, sizeof m.sqn);
        memcpy(m.e2m_keyset, found[SET_E2M_KEYSET].ptr, sizeof m.e2m_keyset);
        *envelope = parsed;
        *message = m;
    }
    godwit_wipe(&m, sizeof m);
    return status;
}

/* ---- KEY_PARK ---- */

enum { PARK_AGREEMENT = COMMON, PARK_KEY_SET, PARK_ENDPOINT, PARK_PARKED, PARK_RULES };

static const godwit_avp_rule_t park_rules[PARK_RULES] = {
    COMMON_RULES,
    [PARK_AGREEMENT] = {GODWIT_AVP_AGREEMENT, 1, 1},
    [PARK_KEY_SET] = {GODWIT_AVP_KEY_SET, 1, 1},
    [PARK_ENDPOINT] = {GODWIT_AVP_ENDPOINT, 1, 1},
    [PARK_PARKED] = {GODWIT_AVP_PARKED_KEY, 1, 1},
};
static const godwit_diameter_command_t key_park = COMMAND(park_rules, PARK_RULES);

godwit_status_t godwit_ek_key_park_build(const godwit_diameter_envelope_t *envelope, const godwit_key_park_t *message,
                                         godwit_writer_t *w)
{
    if (!message->parked.set) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = request_open(w, &key_park, GODWIT_EK_PURPOSE_KEY_PARK, envelope, &message->imsi);
    godwit_avp_put_u32(w, GODWIT_AVP_AGREEMENT, (uint32_t)message->agreement);
    godwit_avp_put_u64(w, GODWIT_AVP_KEY_SET, message->key_set);
    godwit_avp_put(w, GODWIT_AVP_ENDPOINT, godwit_slice_of_string(message->endpoint));
    godwit_ek_put_parked(w, &message->parked);
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_key_park_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                         godwit_key_park_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[PARK_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_key_park_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = begin(octets, &key_park, GODWIT_EK_PURPOSE_KEY_PARK, &parsed, found, &m.imsi, fault);
    if (status == GODWIT_OK) {
        status = read_access_agreement(found[PARK_AGREEMENT], &m.agreement, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_endpoint(found[PARK_ENDPOINT], m.endpoint, fault);
    }
    if (status == GODWIT_OK) {
        m.key_set = godwit_avp_u64(found[PARK_KEY_SET], 0);
        godwit_ek_read_parked(found[PARK_PARKED], &m.parked);
        *envelope = parsed;
        *message = m;
    }
    return status;
}

/* ---- ACTIVATION ---- */

enum { ACTIVATION_RAND = COMMON, ACTIVATION_SQN, ACTIVATION_ENDPOINT, ACTIVATION_RULES };

static const godwit_avp_rule_t activation_rules[ACTIVATION_RULES] = {
    COMMON_RULES,
    [ACTIVATION_RAND] = {GODWIT_AVP_RAND, 0, 1},
    [ACTIVATION_SQN] = {GODWIT_AVP_CONCEALED_SQN, 0, 1},
    [ACTIVATION_ENDPOINT] = {GODWIT_AVP_ENDPOINT, 1, 1},
};
static const godwit_diameter_command_t activation = COMMAND(activation_rules, ACTIVATION_RULES);

godwit_status_t godwit_ek_activation_build(const godwit_diameter_envelope_t *envelope,
                                           const godwit_activation_t *message, godwit_writer_t *w)
{
    size_t at = request_open(w, &activation, GODWIT_EK_PURPOSE_ACTIVATION, envelope, &message->imsi);
    godwit_ek_put_selector(w, &message->selector);
    godwit_avp_put(w, GODWIT_AVP_ENDPOINT, godwit_slice_of_string(message->endpoint));
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_activation_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                           godwit_activation_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[ACTIVATION_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_activation_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = begin(octets, &activation, GODWIT_EK_PURPOSE_ACTIVATION, &parsed, found, &m.imsi, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_selector(found[ACTIVATION_RAND], found[ACTIVATION_SQN], &m.selector, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_endpoint(found[ACTIVATION_ENDPOINT], m.endpoint, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *message = m;
    }
    return status;
}

/* ---- answers ---- */

static const godwit_diameter_command_t outcome_answer = COMMAND(push_rules, 0);

godwit_status_t godwit_ek_outcome_build(const godwit_diameter_envelope_t *envelope, godwit_status_t outcome,
                                        godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &outcome_answer, envelope, godwit_ek_result_of(outcome));
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_outcome_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                        godwit_status_t *outcome)
{
    godwit_slice_t found[1];
    godwit_diameter_result_t result;
    godwit_status_t status = godwit_diameter_answer_parse(octets, &outcome_answer, envelope, &result, found);
    if (status == GODWIT_OK) {
        *outcome = godwit_ek_status_of(result);
    }
    return status;
}
