/* SPDX-License-Identifier: Apache-2.0
 *
 * Subscriber-Information-Answer (TS 29.336 6.2.4). It may carry a key: what was read before a fault is wiped.
 */
#include "core/wire/s6m.h"

#include <string.h>

#include "core/wire/profile.h"
#include "core/wire/trigger_parts.h"

enum { USER, DATA, KEY, SIA_RULES };

static const godwit_avp_rule_t sia_rules[SIA_RULES] = {
    [USER] = {GODWIT_AVP_USER_IDENTIFIER, 0, 0},
    [DATA] = {GODWIT_AVP_SERVICE_DATA, 0, 1},
    [KEY] = {GODWIT_AVP_IWF_KEY, 0, 1},
};

const godwit_diameter_command_t godwit_s6m_sia = {GODWIT_S6M_SUBSCRIBER_INFORMATION, GODWIT_S6M_APPLICATION,
                                                  GODWIT_VENDOR_3GPP, sia_rules, SIA_RULES};

static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},
    {GODWIT_UNKNOWN_SUBSCRIBER, {GODWIT_VENDOR_3GPP, 5001}},
    {GODWIT_NOT_ENTITLED, {GODWIT_VENDOR_3GPP, 5510}},
    {GODWIT_POLICY_FORBIDS, {GODWIT_VENDOR_3GPP, 5511}},
    {GODWIT_UNKNOWN_KEY, {GODWIT_EK_VENDOR, 5000u + GODWIT_UNKNOWN_KEY}},
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},
    {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

/* The first node is the Serving-Node, the others additional ones. */
static void put_nodes(godwit_writer_t *w, const godwit_subscriber_info_answer_t *answer)
{
    size_t data = godwit_avp_open(w, GODWIT_AVP_SERVICE_DATA), t4 = godwit_avp_open(w, GODWIT_AVP_T4_DATA);
    for (uint8_t i = 0; i < answer->nodes && i < GODWIT_SERVING_NODES_MAX; i++) {
        godwit_trigger_put_node(w, i == 0 ? GODWIT_AVP_SERVING_NODE : GODWIT_AVP_ADDITIONAL_SERVING_NODE,
                                &answer->node[i]);
    }
    godwit_avp_close(w, t4);
    godwit_avp_close(w, data);
}

godwit_status_t godwit_s6m_sia_build(const godwit_diameter_envelope_t *envelope,
                                     const godwit_subscriber_info_answer_t *answer, godwit_writer_t *w)
{
    godwit_status_t status = GODWIT_OK;
    size_t at = godwit_diameter_answer_open(w, &godwit_s6m_sia, envelope,
                                            godwit_diameter_result_of(outcomes, OUTCOMES, answer->status));
    if (answer->status == GODWIT_OK) {
        status = godwit_trigger_put_user(w, &answer->imsi, &answer->device);
        if (answer->nodes > 0) {
            put_nodes(w, answer);
        }
        godwit_trigger_put_key(w, &answer->key);
    }
    godwit_diameter_answer_close(w, envelope, at);
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

/* ---- parsing ---- */

static godwit_status_t take_node(godwit_slice_t group, godwit_subscriber_info_answer_t *a)
{
    godwit_trigger_node_t node;
    godwit_diameter_fault_t fault;
    godwit_status_t status = godwit_trigger_read_node(group, &node, &fault);
    if (status == GODWIT_OK && node.host[0] != '\0' && a->nodes < GODWIT_SERVING_NODES_MAX) {
        a->node[a->nodes++] = node;
    }
    return status;
}

/* Serving-Node, and as many others as there are; the grammar has seen that the group is one. */
static godwit_status_t read_nodes(godwit_slice_t group, godwit_subscriber_info_answer_t *a)
{
    const godwit_avp_definition_t *first = godwit_avp_definition(GODWIT_AVP_SERVING_NODE);
    const godwit_avp_definition_t *others = godwit_avp_definition(GODWIT_AVP_ADDITIONAL_SERVING_NODE);
    godwit_reader_t r = godwit_reader(group);
    godwit_avp_t avp;
    godwit_status_t status;
    while ((status = godwit_avp_next(&r, &avp)) == GODWIT_OK) {
        if (avp.vendor != first->vendor || (avp.code != first->code && avp.code != others->code)) {
            continue;
        }
        status = take_node(avp.data, a);
        if (status != GODWIT_OK) {
            return status;
        }
    }
    return status == GODWIT_NOT_FOUND ? GODWIT_OK : status;
}

static godwit_status_t read_service_data(godwit_slice_t group, godwit_subscriber_info_answer_t *a)
{
    static const godwit_avp_rule_t data_rules[] = {{GODWIT_AVP_T4_DATA, 0, 1}};
    static const godwit_avp_rule_t t4_rules[] = {
        {GODWIT_AVP_HSS_CAUSE, 0, 1}, {GODWIT_AVP_SERVING_NODE, 0, 1}, {GODWIT_AVP_ADDITIONAL_SERVING_NODE, 0, 0}};
    godwit_slice_t t4[1], found[3];
    godwit_diameter_fault_t fault;
    if (group.ptr == NULL) {
        return GODWIT_OK;
    }
    godwit_status_t status = godwit_avps_parse(group, data_rules, 1, t4, &fault);
    if (status != GODWIT_OK || t4[0].ptr == NULL) {
        return status;
    }
    status = godwit_avps_parse(t4[0], t4_rules, 3, found, &fault);
    return status == GODWIT_OK ? read_nodes(t4[0], a) : status;
}

static godwit_status_t read_success(const godwit_slice_t found[SIA_RULES], godwit_subscriber_info_answer_t *a)
{
    godwit_diameter_fault_t fault;
    if (found[USER].ptr == NULL) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = godwit_trigger_read_user(found[USER], &a->imsi, &a->device, &fault);
    if (status == GODWIT_OK && a->imsi.len == 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = read_service_data(found[DATA], a);
    }
    if (status == GODWIT_OK && found[KEY].ptr != NULL) {
        status = godwit_trigger_read_key(found[KEY], &a->key, &fault);
    }
    return status;
}

godwit_status_t godwit_s6m_sia_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_subscriber_info_answer_t *answer)
{
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_slice_t found[SIA_RULES];
    godwit_subscriber_info_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_s6m_sia, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_diameter_status_of(outcomes, OUTCOMES, result);
        if (a.status == GODWIT_OK) {
            status = read_success(found, &a);
        }
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
