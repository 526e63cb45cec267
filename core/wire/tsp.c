/* SPDX-License-Identifier: Apache-2.0
 *
 * DAR, DAA, DNR and DNA of TS 29.368 6.6, with Device-Action (6.4.2), Device-Notification (6.4.3) and Trigger-Data
 * (6.4.4).
 */
#include "core/wire/tsp.h"

#include <string.h>

#include "core/wire/trigger_parts.h"

/* vendor 0: Auth-Application-Id stands alone in these commands. */
#define TSP(command, rules, count)                                                                                     \
    {                                                                                                                  \
        command, GODWIT_TSP_APPLICATION, 0, rules, count                                                               \
    }
static const godwit_avp_rule_t dar_rules[] = {{GODWIT_AVP_DEVICE_ACTION, 1, 1}};
static const godwit_avp_rule_t notification_rules[] = {{GODWIT_AVP_DEVICE_NOTIFICATION, 1, 1}};
static const godwit_avp_rule_t answer_rules[] = {{GODWIT_AVP_DEVICE_NOTIFICATION, 0, 1}};
const godwit_diameter_command_t godwit_tsp_dar = TSP(GODWIT_TSP_DEVICE_ACTION, dar_rules, 1);
const godwit_diameter_command_t godwit_tsp_daa = TSP(GODWIT_TSP_DEVICE_ACTION, answer_rules, 1);
const godwit_diameter_command_t godwit_tsp_dnr = TSP(GODWIT_TSP_DEVICE_NOTIFICATION, notification_rules, 1);
const godwit_diameter_command_t godwit_tsp_dna = TSP(GODWIT_TSP_DEVICE_NOTIFICATION, answer_rules, 0);

/* ---- Device-Action ---- */

enum { EXTERNAL_ID, MSISDN, SCS, REFERENCE, COMMON };
enum { ACTION_OLD = COMMON, ACTION_TYPE, ACTION_DATA, ACTION_VALIDITY, ACTION_RULES };
enum { DATA_PAYLOAD, DATA_PRIORITY, DATA_PORT, DATA_RULES };

#define COMMON_RULES                                                                                                   \
    [EXTERNAL_ID] = {GODWIT_AVP_EXTERNAL_IDENTIFIER, 0, 1}, [MSISDN] = {GODWIT_AVP_MSISDN, 0, 1},                      \
    [SCS] = {GODWIT_AVP_SCS_IDENTITY, 0, 1}, [REFERENCE] = {GODWIT_AVP_REFERENCE_NUMBER, 1, 1}
static const godwit_avp_rule_t action_rules[ACTION_RULES] = {
    COMMON_RULES,
    [ACTION_OLD] = {GODWIT_AVP_OLD_REFERENCE_NUMBER, 0, 1},
    [ACTION_TYPE] = {GODWIT_AVP_ACTION_TYPE, 1, 1},
    [ACTION_DATA] = {GODWIT_AVP_TRIGGER_DATA, 0, 1},
    [ACTION_VALIDITY] = {GODWIT_AVP_VALIDITY_TIME, 0, 1},
};
static const godwit_avp_rule_t data_rules[DATA_RULES] = {
    [DATA_PAYLOAD] = {GODWIT_AVP_PAYLOAD, 1, 1},
    [DATA_PRIORITY] = {GODWIT_AVP_PRIORITY_INDICATION, 0, 1},
    [DATA_PORT] = {GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, 0, 1},
};

/* Who, and whose trigger. */
static godwit_status_t put_common(godwit_writer_t *w, const godwit_external_name_t *device, const char *scs,
                                  uint32_t reference)
{
    godwit_status_t status = godwit_trigger_put_name(w, device);
    if (scs[0] != '\0') {
        godwit_avp_put(w, GODWIT_AVP_SCS_IDENTITY, godwit_slice_of_string(scs));
    }
    godwit_avp_put_u32(w, GODWIT_AVP_REFERENCE_NUMBER, reference);
    return status;
}

static godwit_status_t read_common(const godwit_slice_t *found, godwit_external_name_t *device,
                                   char scs[GODWIT_SCS_NAME_MAX + 1], uint32_t *reference,
                                   godwit_diameter_fault_t *fault)
{
    godwit_status_t status = godwit_trigger_read_name(found[EXTERNAL_ID], found[MSISDN], device, fault);
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_text(GODWIT_AVP_SCS_IDENTITY, found[SCS], scs, GODWIT_SCS_NAME_MAX + 1, fault);
    }
    *reference = godwit_avp_u32(found[REFERENCE], 0);
    return status;
}

/* A recall has no data. */
static void put_data(godwit_writer_t *w, const godwit_device_action_t *action)
{
    size_t group = godwit_avp_open(w, GODWIT_AVP_TRIGGER_DATA);
    godwit_avp_put(w, GODWIT_AVP_PAYLOAD, godwit_slice(action->payload, action->payload_len));
    godwit_avp_put_u32(w, GODWIT_AVP_PRIORITY_INDICATION, action->priority ? 1 : 0);
    godwit_avp_put_u32(w, GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, action->port);
    godwit_avp_close(w, group);
}

static bool can_be_sent(const godwit_device_action_t *action)
{
    return action->payload_len <= GODWIT_TRIGGER_PAYLOAD_MAX && !action->too_long &&
           (action->action == GODWIT_ACTION_TRIGGER || action->action == GODWIT_ACTION_RECALL ||
            action->action == GODWIT_ACTION_REPLACE);
}

godwit_status_t godwit_tsp_dar_build(const godwit_diameter_envelope_t *envelope, const godwit_device_action_t *action,
                                     godwit_writer_t *w)
{
    if (!can_be_sent(action)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_request_open(w, &godwit_tsp_dar, envelope);
    size_t group = godwit_avp_open(w, GODWIT_AVP_DEVICE_ACTION);
    godwit_status_t status = put_common(w, &action->device, action->scs, action->reference);
    if (action->action != GODWIT_ACTION_TRIGGER) {
        godwit_avp_put_u32(w, GODWIT_AVP_OLD_REFERENCE_NUMBER, action->old_reference);
    }
    godwit_avp_put_u32(w, GODWIT_AVP_ACTION_TYPE, (uint32_t)action->action);
    if (action->action != GODWIT_ACTION_RECALL) {
        put_data(w, action);
    }
    if (action->validity_s != 0) {
        godwit_avp_put_u32(w, GODWIT_AVP_VALIDITY_TIME, action->validity_s);
    }
    godwit_avp_close(w, group);
    godwit_diameter_close(w, at);
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

static void read_payload(godwit_slice_t payload, godwit_device_action_t *action)
{
    action->too_long = payload.len > sizeof action->payload;
    if (!action->too_long && payload.len > 0) {
        memcpy(action->payload, payload.ptr, payload.len);
        action->payload_len = (uint8_t)payload.len;
    }
}

/* An AVP without octets, for Failed-AVP. */
static godwit_slice_t nothing(void)
{
    static const uint8_t none[1];
    return godwit_slice(none, 0);
}

/* What goes to the device: a trigger and a replacement have some, if only an empty payload. */
static godwit_status_t read_data(godwit_slice_t group, godwit_device_action_t *action, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[DATA_RULES];
    uint32_t priority = 0, port = 0;
    if (group.ptr == NULL) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, GODWIT_AVP_TRIGGER_DATA, nothing());
    }
    godwit_status_t status = godwit_avps_parse(group, data_rules, DATA_RULES, found, fault);
    if (status == GODWIT_OK) {
        status =
            godwit_trigger_read_number(GODWIT_AVP_PRIORITY_INDICATION, found[DATA_PRIORITY], 0, 1, 0, &priority, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, found[DATA_PORT], 0, 0xFFFF, 0,
                                            &port, fault);
    }
    if (status == GODWIT_OK) {
        read_payload(found[DATA_PAYLOAD], action);
        action->priority = priority == 1;
        action->port = (uint16_t)port;
    }
    return status;
}

/* What a SCS may ask for: a delivery report is not among it, nor a MO short message without MSISDN. */
static godwit_status_t read_action_type(godwit_slice_t data, godwit_action_type_t *type, godwit_diameter_fault_t *fault)
{
    uint32_t value = godwit_avp_u32(data, 0);
    if (value != GODWIT_ACTION_TRIGGER && value != GODWIT_ACTION_RECALL && value != GODWIT_ACTION_REPLACE) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_ACTION_TYPE, data);
    }
    *type = (godwit_action_type_t)value;
    return GODWIT_OK;
}

static godwit_status_t read_action(godwit_slice_t group, godwit_device_action_t *a, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[ACTION_RULES];
    godwit_status_t status = godwit_avps_parse(group, action_rules, ACTION_RULES, found, fault);
    if (status == GODWIT_OK) {
        status = read_common(found, &a->device, a->scs, &a->reference, fault);
    }
    if (status == GODWIT_OK) {
        status = read_action_type(found[ACTION_TYPE], &a->action, fault);
    }
    if (status == GODWIT_OK && a->action != GODWIT_ACTION_RECALL) {
        status = read_data(found[ACTION_DATA], a, fault);
    }
    if (status == GODWIT_OK) {
        a->old_reference = a->action == GODWIT_ACTION_TRIGGER ? 0 : godwit_avp_u32(found[ACTION_OLD], 0);
        a->validity_s = godwit_avp_u32(found[ACTION_VALIDITY], 0);
    }
    return status;
}

godwit_status_t godwit_tsp_dar_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_device_action_t *action, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[1];
    godwit_diameter_envelope_t parsed;
    godwit_device_action_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_tsp_dar, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_action(found[0], &a, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *action = a;
    }
    return status;
}

/* ---- Device-Notification ---- */

enum {
    NOTIFICATION_TYPE = COMMON,
    NOTIFICATION_STATUS,
    NOTIFICATION_OUTCOME,
    NOTIFICATION_UI, /* with the port, of a MO short message: an action that is refused by its type */
    NOTIFICATION_PORT,
    NOTIFICATION_RULES
};
static const godwit_avp_rule_t device_notification_rules[NOTIFICATION_RULES] = {
    COMMON_RULES,
    [NOTIFICATION_TYPE] = {GODWIT_AVP_ACTION_TYPE, 1, 1},
    [NOTIFICATION_STATUS] = {GODWIT_AVP_REQUEST_STATUS, 0, 1},
    [NOTIFICATION_OUTCOME] = {GODWIT_AVP_DELIVERY_OUTCOME, 0, 1},
    [NOTIFICATION_UI] = {GODWIT_AVP_SM_RP_UI, 0, 1},
    [NOTIFICATION_PORT] = {GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, 0, 1},
};

godwit_status_t godwit_tsp_daa_build(const godwit_diameter_envelope_t *envelope,
                                     const godwit_device_action_answer_t *answer, godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &godwit_tsp_daa, envelope,
                                            (godwit_diameter_result_t){0, GODWIT_DIAMETER_SUCCESS});
    size_t group = godwit_avp_open(w, GODWIT_AVP_DEVICE_NOTIFICATION);
    godwit_status_t status = put_common(w, &answer->device, "", answer->reference);
    godwit_avp_put_u32(w, GODWIT_AVP_ACTION_TYPE, (uint32_t)answer->action);
    godwit_avp_put_u32(w, GODWIT_AVP_REQUEST_STATUS, (uint32_t)answer->status);
    godwit_avp_close(w, group);
    godwit_diameter_answer_close(w, envelope, at);
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

/* A value of a later release means what its class means. */
static godwit_request_status_t request_status_of(uint32_t value)
{
    if (value == GODWIT_TRIGGER_SUCCESS ||
        (value >= GODWIT_TRIGGER_INVPAYLOAD && value <= GODWIT_TRIGGER_ORIGINALMESSAGESENT)) {
        return (godwit_request_status_t)value;
    }
    return value > 200 ? GODWIT_TRIGGER_TEMPORARYERROR : GODWIT_TRIGGER_PERMANENTERROR;
}

static godwit_status_t read_answer(godwit_slice_t group, godwit_device_action_answer_t *a)
{
    godwit_slice_t found[NOTIFICATION_RULES];
    godwit_diameter_fault_t fault;
    char scs[GODWIT_SCS_NAME_MAX + 1];
    godwit_status_t status = godwit_avps_parse(group, device_notification_rules, NOTIFICATION_RULES, found, &fault);
    if (status == GODWIT_OK) {
        status = read_common(found, &a->device, scs, &a->reference, &fault);
    }
    if (status == GODWIT_OK) {
        status = read_action_type(found[NOTIFICATION_TYPE], &a->action, &fault);
    }
    if (status == GODWIT_OK && found[NOTIFICATION_STATUS].ptr == NULL) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        a->status = request_status_of(godwit_avp_u32(found[NOTIFICATION_STATUS], 0));
    }
    return status;
}

godwit_status_t godwit_tsp_daa_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_device_action_answer_t *answer)
{
    godwit_slice_t found[1];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_device_action_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_tsp_daa, &parsed, &result, found);
    if (status != GODWIT_OK) {
        return status;
    }
    if (result.vendor == 0 && result.code == GODWIT_DIAMETER_SUCCESS) {
        status = found[0].ptr != NULL ? read_answer(found[0], &a) : GODWIT_MALFORMED;
    } else {
        a.status = result.code / 1000 == 5 ? GODWIT_TRIGGER_PERMANENTERROR : GODWIT_TRIGGER_TEMPORARYERROR;
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    return status;
}

godwit_status_t godwit_tsp_dnr_build(const godwit_diameter_envelope_t *envelope,
                                     const godwit_device_notification_t *notification, godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &godwit_tsp_dnr, envelope);
    size_t group = godwit_avp_open(w, GODWIT_AVP_DEVICE_NOTIFICATION);
    godwit_status_t status = put_common(w, &notification->device, notification->scs, notification->reference);
    godwit_avp_put_u32(w, GODWIT_AVP_ACTION_TYPE, GODWIT_ACTION_REPORT);
    godwit_avp_put_u32(w, GODWIT_AVP_DELIVERY_OUTCOME, (uint32_t)notification->outcome);
    godwit_avp_close(w, group);
    godwit_diameter_close(w, at);
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

static godwit_status_t read_notification(godwit_slice_t group, godwit_device_notification_t *n,
                                         godwit_diameter_fault_t *fault)
{
    static const uint8_t none[4];
    godwit_slice_t found[NOTIFICATION_RULES];
    uint32_t type = 0, outcome = 0;
    godwit_status_t status = godwit_avps_parse(group, device_notification_rules, NOTIFICATION_RULES, found, fault);
    if (status == GODWIT_OK) {
        status = read_common(found, &n->device, n->scs, &n->reference, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(GODWIT_AVP_ACTION_TYPE, found[NOTIFICATION_TYPE], GODWIT_ACTION_REPORT,
                                            GODWIT_ACTION_REPORT, 0, &type, fault);
    }
    if (status == GODWIT_OK && found[NOTIFICATION_OUTCOME].ptr == NULL) {
        status = godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, GODWIT_AVP_DELIVERY_OUTCOME,
                                       godwit_slice(none, sizeof none));
    }
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(GODWIT_AVP_DELIVERY_OUTCOME, found[NOTIFICATION_OUTCOME], 0,
                                            GODWIT_OUTCOME_UNCONFIRMED, 0, &outcome, fault);
    }
    n->outcome = (godwit_delivery_outcome_t)outcome;
    return status;
}

godwit_status_t godwit_tsp_dnr_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_device_notification_t *notification, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[1];
    godwit_diameter_envelope_t parsed;
    godwit_device_notification_t n;
    memset(&n, 0, sizeof n);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_tsp_dnr, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_notification(found[0], &n, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *notification = n;
    }
    return status;
}

static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},
    {GODWIT_NOT_ENTITLED, {0, GODWIT_DIAMETER_AUTHORIZATION_REJECTED}},
    {GODWIT_MALFORMED, {0, GODWIT_DIAMETER_INVALID_AVP_VALUE}},
    {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

godwit_status_t godwit_tsp_dna_build(const godwit_diameter_envelope_t *envelope, godwit_status_t outcome,
                                     godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &godwit_tsp_dna, envelope,
                                            godwit_diameter_result_of(outcomes, OUTCOMES, outcome));
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_tsp_dna_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_status_t *outcome)
{
    godwit_slice_t found[1];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_tsp_dna, &parsed, &result, found);
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *outcome = godwit_diameter_status_of(outcomes, OUTCOMES, result);
    }
    return status;
}
