/* SPDX-License-Identifier: Apache-2.0
 *
 * DTR, DTA, DRR and DRA of TS 29.337 6.2. SMS-Application-Port-ID is Application-Port-Identifier of TS 29.368.
 */
#include "core/wire/t4.h"

#include <string.h>

#include "core/wire/trigger_parts.h"

#define REPLACE 2U /* the last Trigger-Action */

enum {
    DTR_USER,
    DTR_SMEA,
    DTR_PAYLOAD,
    DTR_NODE,
    DTR_OTHER_NODE,
    DTR_REFERENCE,
    DTR_VALIDITY,
    DTR_PRIORITY,
    DTR_PORT,
    DTR_OLD,
    DTR_ACTION,
    DTR_RULES
};
enum { DRR_USER, DRR_SMEA, DRR_OUTCOME, DRR_DIAGNOSTIC, DRR_REFERENCE, DRR_CONTAINER, DRR_RULES };

static const godwit_avp_rule_t dtr_rules[DTR_RULES] = {
    [DTR_USER] = {GODWIT_AVP_USER_IDENTIFIER, 1, 1},
    [DTR_SMEA] = {GODWIT_AVP_SM_RP_SMEA, 1, 1},
    [DTR_PAYLOAD] = {GODWIT_AVP_PAYLOAD, 1, 1},
    [DTR_NODE] = {GODWIT_AVP_SERVING_NODE, 0, 1},
    [DTR_OTHER_NODE] = {GODWIT_AVP_ADDITIONAL_SERVING_NODE, 0, 0},
    [DTR_REFERENCE] = {GODWIT_AVP_REFERENCE_NUMBER, 0, 1},
    [DTR_VALIDITY] = {GODWIT_AVP_VALIDITY_TIME, 0, 1},
    [DTR_PRIORITY] = {GODWIT_AVP_PRIORITY_INDICATION, 0, 1},
    [DTR_PORT] = {GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, 0, 1},
    [DTR_OLD] = {GODWIT_AVP_OLD_REFERENCE_NUMBER, 0, 1},
    [DTR_ACTION] = {GODWIT_AVP_TRIGGER_ACTION, 0, 1},
};
static const godwit_avp_rule_t drr_rules[DRR_RULES] = {
    [DRR_USER] = {GODWIT_AVP_USER_IDENTIFIER, 1, 1},
    [DRR_SMEA] = {GODWIT_AVP_SM_RP_SMEA, 1, 1},
    [DRR_OUTCOME] = {GODWIT_AVP_SM_DELIVERY_OUTCOME_T4, 0, 1},
    [DRR_DIAGNOSTIC] = {GODWIT_AVP_ABSENT_SUBSCRIBER_DIAGNOSTIC_T4, 0, 1},
    [DRR_REFERENCE] = {GODWIT_AVP_REFERENCE_NUMBER, 0, 1},
    [DRR_CONTAINER] = {GODWIT_AVP_TRIGGER_CONTAINER, 0, 1},
};

#define T4(command, rules, count)                                                                                      \
    {                                                                                                                  \
        command, GODWIT_T4_APPLICATION, GODWIT_VENDOR_3GPP, rules, count                                               \
    }
const godwit_diameter_command_t godwit_t4_dtr = T4(GODWIT_T4_DEVICE_TRIGGER, dtr_rules, DTR_RULES);
const godwit_diameter_command_t godwit_t4_dta = T4(GODWIT_T4_DEVICE_TRIGGER, dtr_rules, 0);
const godwit_diameter_command_t godwit_t4_drr = T4(GODWIT_T4_DELIVERY_REPORT, drr_rules, DRR_RULES);
const godwit_diameter_command_t godwit_t4_dra = T4(GODWIT_T4_DELIVERY_REPORT, drr_rules, 0);

/* ---- SM-RP-SMEA: an address field of TS 23.040 9.1.2.5: how many digits, type of number, digits ---- */

#define INTERNATIONAL 0x91U /* and the plan of E.164 */
#define UNKNOWN_TYPE 0x81U

static godwit_status_t put_smea(godwit_writer_t *w, const char *digits)
{
    uint8_t octets[2 + (GODWIT_MSISDN_MAX + 1) / 2];
    size_t len = strlen(digits);
    size_t packed = len > 0 ? godwit_tbcd_encode(digits, octets + 2, sizeof octets - 2) : 0;
    if (len > GODWIT_MSISDN_MAX || (len > 0 && packed == 0)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    octets[0] = (uint8_t)len;
    octets[1] = len > 0 ? INTERNATIONAL : UNKNOWN_TYPE;
    godwit_avp_put(w, GODWIT_AVP_SM_RP_SMEA, godwit_slice(octets, 2 + packed));
    return GODWIT_OK;
}

/* Also of a number that is not of the international type: its digits are what counts. */
static godwit_status_t read_smea(godwit_slice_t octets, char digits[GODWIT_MSISDN_MAX + 1],
                                 godwit_diameter_fault_t *fault)
{
    char text[2 * 12 + 1] = "";
    bool ok = octets.len >= 2 && octets.ptr[0] <= GODWIT_MSISDN_MAX && (octets.ptr[0] + 1U) / 2 == octets.len - 2;
    if (ok && octets.len > 2) {
        ok = godwit_tbcd_decode(godwit_slice(octets.ptr + 2, octets.len - 2), text, sizeof text) == GODWIT_OK &&
             strlen(text) == octets.ptr[0];
    }
    if (!ok) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_SM_RP_SMEA, octets);
    }
    memset(digits, 0, GODWIT_MSISDN_MAX + 1);
    memcpy(digits, text, strlen(text) + 1);
    return GODWIT_OK;
}

/* User-Identifier and SM-RP-SMEA, with which both requests begin. A T4 user is named by its IMSI. */
static godwit_status_t put_head(godwit_writer_t *w, const godwit_imsi_t *imsi, const char *msisdn, const char *smea)
{
    godwit_external_name_t name;
    memset(&name, 0, sizeof name);
    if (imsi->len == 0 || strlen(msisdn) > GODWIT_MSISDN_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memcpy(name.msisdn, msisdn, strlen(msisdn));
    godwit_status_t status = godwit_trigger_put_user(w, imsi, &name);
    return status == GODWIT_OK ? put_smea(w, smea) : status;
}

static godwit_status_t read_head(const godwit_slice_t *found, godwit_imsi_t *imsi, godwit_external_name_t *name,
                                 char smea[GODWIT_MSISDN_MAX + 1], godwit_diameter_fault_t *fault)
{
    static const uint8_t none[1];
    godwit_status_t status = godwit_trigger_read_user(found[DTR_USER], imsi, name, fault);
    if (status == GODWIT_OK && imsi->len == 0) {
        status = godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, GODWIT_AVP_USER_NAME,
                                       godwit_slice(none, sizeof none));
    }
    return status == GODWIT_OK ? read_smea(found[DTR_SMEA], smea, fault) : status;
}

/* ---- DTR ---- */

godwit_status_t godwit_t4_dtr_build(const godwit_diameter_envelope_t *envelope, const godwit_t4_trigger_t *trigger,
                                    godwit_writer_t *w)
{
    if (trigger->container_len > GODWIT_TRIGGER_CONTAINER_MAX || trigger->action > REPLACE) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_request_open(w, &godwit_t4_dtr, envelope);
    godwit_status_t status = put_head(w, &trigger->imsi, trigger->msisdn, trigger->smea);
    godwit_avp_put(w, GODWIT_AVP_PAYLOAD, godwit_slice(trigger->container, trigger->container_len));
    godwit_trigger_put_node(w, GODWIT_AVP_SERVING_NODE, &trigger->node);
    godwit_avp_put_u32(w, GODWIT_AVP_REFERENCE_NUMBER, trigger->reference);
    if (trigger->validity_s != 0) {
        godwit_avp_put_u32(w, GODWIT_AVP_VALIDITY_TIME, trigger->validity_s);
    }
    godwit_avp_put_u32(w, GODWIT_AVP_PRIORITY_INDICATION, trigger->priority ? 1 : 0);
    godwit_avp_put_u32(w, GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, trigger->port);
    if (trigger->action != 0) {
        godwit_avp_put_u32(w, GODWIT_AVP_OLD_REFERENCE_NUMBER, trigger->old_reference);
        godwit_avp_put_u32(w, GODWIT_AVP_TRIGGER_ACTION, trigger->action);
    }
    godwit_diameter_close(w, at);
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

static godwit_status_t read_payload(godwit_slice_t payload, godwit_t4_trigger_t *t, godwit_diameter_fault_t *fault)
{
    if (payload.len > sizeof t->container) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_PAYLOAD, payload);
    }
    if (payload.len > 0) {
        memcpy(t->container, payload.ptr, payload.len);
    }
    t->container_len = (uint8_t)payload.len;
    return GODWIT_OK;
}

static godwit_status_t read_numbers(const godwit_slice_t *found, godwit_t4_trigger_t *t, godwit_diameter_fault_t *fault)
{
    uint32_t priority = 0, port = 0, action = 0;
    godwit_status_t status =
        godwit_trigger_read_number(GODWIT_AVP_PRIORITY_INDICATION, found[DTR_PRIORITY], 0, 1, 0, &priority, fault);
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, found[DTR_PORT], 0, 0xFFFF, 0,
                                            &port, fault);
    }
    if (status == GODWIT_OK) {
        status =
            godwit_trigger_read_number(GODWIT_AVP_TRIGGER_ACTION, found[DTR_ACTION], 0, REPLACE, 0, &action, fault);
    }
    t->priority = priority == 1;
    t->port = (uint16_t)port;
    t->action = (uint8_t)action;
    t->reference = godwit_avp_u32(found[DTR_REFERENCE], 0);
    t->old_reference = action == 0 ? 0 : godwit_avp_u32(found[DTR_OLD], 0);
    t->validity_s = godwit_avp_u32(found[DTR_VALIDITY], 0);
    return status;
}

godwit_status_t godwit_t4_dtr_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                    godwit_t4_trigger_t *trigger, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[DTR_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_external_name_t name;
    godwit_t4_trigger_t t;
    memset(&t, 0, sizeof t);
    memset(&name, 0, sizeof name);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_t4_dtr, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_head(found, &t.imsi, &name, t.smea, fault);
    }
    if (status == GODWIT_OK) {
        status = read_payload(found[DTR_PAYLOAD], &t, fault);
    }
    if (status == GODWIT_OK && found[DTR_NODE].ptr != NULL) {
        status = godwit_trigger_read_node(found[DTR_NODE], &t.node, fault);
    }
    if (status == GODWIT_OK) {
        status = read_numbers(found, &t, fault);
    }
    if (status == GODWIT_OK) {
        memcpy(t.msisdn, name.msisdn, sizeof t.msisdn);
        *envelope = parsed;
        *trigger = t;
    }
    return status;
}

/* ---- DRR ---- */

godwit_status_t godwit_t4_drr_build(const godwit_diameter_envelope_t *envelope, const godwit_t4_report_t *report,
                                    godwit_writer_t *w)
{
    if (report->container_len > GODWIT_TRIGGER_CONTAINER_MAX ||
        report->has_outcome == (report->container_len > 0)) { /* one of the two */
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_request_open(w, &godwit_t4_drr, envelope);
    godwit_status_t status = put_head(w, &report->imsi, "", report->smea);
    if (report->has_outcome) {
        godwit_avp_put_u32(w, GODWIT_AVP_SM_DELIVERY_OUTCOME_T4, (uint32_t)report->outcome);
        godwit_avp_put_u32(w, GODWIT_AVP_REFERENCE_NUMBER, report->reference);
    } else {
        godwit_avp_put(w, GODWIT_AVP_TRIGGER_CONTAINER, godwit_slice(report->container, report->container_len));
    }
    godwit_diameter_close(w, at);
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

static godwit_status_t read_report(const godwit_slice_t *found, godwit_t4_report_t *r, godwit_diameter_fault_t *fault)
{
    static const uint8_t none[4];
    uint32_t outcome = 0;
    godwit_slice_t container = found[DRR_CONTAINER];
    r->has_outcome = found[DRR_OUTCOME].ptr != NULL;
    if (!r->has_outcome && container.ptr == NULL) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, GODWIT_AVP_SM_DELIVERY_OUTCOME_T4,
                                     godwit_slice(none, sizeof none));
    }
    if (r->has_outcome && container.ptr != NULL) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_AVP_OCCURS_TOO_MANY_TIMES, GODWIT_AVP_TRIGGER_CONTAINER,
                                     container);
    }
    if (container.ptr != NULL) {
        memcpy(r->container, container.ptr, container.len); /* the table of AVPs bounds it */
        r->container_len = (uint8_t)container.len;
        return GODWIT_OK;
    }
    r->reference = godwit_avp_u32(found[DRR_REFERENCE], 0);
    godwit_status_t status = godwit_trigger_read_number(GODWIT_AVP_SM_DELIVERY_OUTCOME_T4, found[DRR_OUTCOME], 0,
                                                        GODWIT_T4_EXPIRED, 0, &outcome, fault);
    r->outcome = (godwit_t4_outcome_t)outcome;
    return status;
}

godwit_status_t godwit_t4_drr_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                    godwit_t4_report_t *report, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[DRR_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_external_name_t name;
    godwit_t4_report_t r;
    memset(&r, 0, sizeof r);
    memset(&name, 0, sizeof name);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_t4_drr, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_head(found, &r.imsi, &name, r.smea, fault);
    }
    if (status == GODWIT_OK) {
        status = read_report(found, &r, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *report = r;
    }
    return status;
}

/* ---- answers ---- */

static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},
    {GODWIT_UNKNOWN_SUBSCRIBER, {GODWIT_VENDOR_3GPP, 5001}},
    {GODWIT_MALFORMED, {GODWIT_VENDOR_3GPP, 5532}}, /* SM_PROTOCOL */
    {GODWIT_MALFORMED, {GODWIT_VENDOR_3GPP, 5530}}, /* INVALID_SME_ADDRESS */
    {GODWIT_NOT_FOUND, {GODWIT_VENDOR_3GPP, 5535}}, /* ORIGINAL_MESSAGE_NOT_PENDING */
    {GODWIT_NOT_FOUND, {GODWIT_VENDOR_3GPP, 5533}}, /* TRIGGER_REPLACE_FAILURE */
    {GODWIT_NOT_FOUND, {GODWIT_VENDOR_3GPP, 5534}}, /* TRIGGER_RECALL_FAILURE */
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},
    {GODWIT_OVERLOAD, {GODWIT_VENDOR_3GPP, 5531}}, /* SC_CONGESTION */
    {GODWIT_NOT_ENTITLED, {0, GODWIT_DIAMETER_AUTHORIZATION_REJECTED}},
    {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

godwit_status_t godwit_t4_answer_build(const godwit_diameter_envelope_t *envelope, bool down, godwit_status_t outcome,
                                       godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, down ? &godwit_t4_dta : &godwit_t4_dra, envelope,
                                            godwit_diameter_result_of(outcomes, OUTCOMES, outcome));
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_t4_answer_parse(godwit_slice_t octets, bool down, godwit_diameter_envelope_t *envelope,
                                       godwit_status_t *outcome)
{
    godwit_slice_t found[1];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_status_t status =
        godwit_diameter_answer_parse(octets, down ? &godwit_t4_dta : &godwit_t4_dra, &parsed, &result, found);
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *outcome = godwit_diameter_status_of(outcomes, OUTCOMES, result);
    }
    return status;
}
