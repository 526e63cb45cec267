/* SPDX-License-Identifier: Apache-2.0
 *
 * Subscriber-Information-Request (TS 29.336 6.2.3).
 */
#include "core/wire/s6m.h"

#include <string.h>

#include "core/wire/trigger_parts.h"

#define DEVICE_TRIGGER 0u   /* Service-ID */
#define S6M_INDICATOR 0x01u /* SIR-Flags bit 0: from a MTC-IWF */
#define PORT_MAX 0xFFFFu

enum { USER, SERVICE, SCS, PARAMETERS, FLAGS, KEY_WANTED, ROOT_WANTED, ROOT_NAME, ABOVE, SIR_RULES };

static const godwit_avp_rule_t sir_rules[SIR_RULES] = {
    [USER] = {GODWIT_AVP_USER_IDENTIFIER, 1, 1},
    [SERVICE] = {GODWIT_AVP_SERVICE_ID, 0, 1},
    [SCS] = {GODWIT_AVP_SCS_IDENTITY, 0, 1},
    [PARAMETERS] = {GODWIT_AVP_SERVICE_PARAMETERS, 0, 1},
    [FLAGS] = {GODWIT_AVP_SIR_FLAGS, 1, 1},
    [KEY_WANTED] = {GODWIT_AVP_IWF_KEY_WANTED, 0, 1},
    [ROOT_WANTED] = {GODWIT_AVP_IWF_ROOT_WANTED, 0, 1},
    [ROOT_NAME] = {GODWIT_AVP_ROOT_NAME, 0, 1},
    [ABOVE] = {GODWIT_AVP_ASSOCIATION, 0, 1},
};

const godwit_diameter_command_t godwit_s6m_sir = {GODWIT_S6M_SUBSCRIBER_INFORMATION, GODWIT_S6M_APPLICATION,
                                                  GODWIT_VENDOR_3GPP, sir_rules, SIR_RULES};

/* ---- building ---- */

static void put_service(godwit_writer_t *w, const godwit_subscriber_info_request_t *request)
{
    godwit_avp_put_u32(w, GODWIT_AVP_SERVICE_ID, DEVICE_TRIGGER);
    if (request->scs[0] != '\0') {
        godwit_avp_put(w, GODWIT_AVP_SCS_IDENTITY, godwit_slice_of_string(request->scs));
    }
    if (request->has_port) {
        size_t group = godwit_avp_open(w, GODWIT_AVP_SERVICE_PARAMETERS);
        godwit_avp_put_u32(w, GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, request->port);
        godwit_avp_close(w, group);
    }
    godwit_avp_put_u32(w, GODWIT_AVP_SIR_FLAGS, S6M_INDICATOR);
}

static void put_key_wanted(godwit_writer_t *w, const godwit_subscriber_info_request_t *request)
{
    if (request->key == GODWIT_IWF_KEY_NOT_WANTED) {
        return;
    }
    godwit_avp_put_u32(w, GODWIT_AVP_IWF_KEY_WANTED, (uint32_t)request->key);
    godwit_avp_put_u32(w, GODWIT_AVP_IWF_ROOT_WANTED, (uint32_t)request->root);
    if (request->has_root_name) {
        godwit_avp_put(w, GODWIT_AVP_ROOT_NAME, godwit_slice(request->root_name, sizeof request->root_name));
    }
    godwit_avp_put_u32(w, GODWIT_AVP_ASSOCIATION, request->association_above);
}

godwit_status_t godwit_s6m_sir_build(const godwit_diameter_envelope_t *envelope,
                                     const godwit_subscriber_info_request_t *request, godwit_writer_t *w)
{
    if (request->imsi.len == 0 && request->device.external_id[0] == '\0' && request->device.msisdn[0] == '\0') {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_request_open(w, &godwit_s6m_sir, envelope);
    godwit_status_t status = godwit_trigger_put_user(w, &request->imsi, &request->device);
    put_service(w, request);
    put_key_wanted(w, request);
    godwit_diameter_close(w, at);
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

/* ---- parsing ---- */

static godwit_status_t read_user(godwit_slice_t group, godwit_subscriber_info_request_t *r,
                                 godwit_diameter_fault_t *fault)
{
    godwit_status_t status = godwit_trigger_read_user(group, &r->imsi, &r->device, fault);
    if (status == GODWIT_OK && r->imsi.len == 0 && r->device.external_id[0] == '\0' && r->device.msisdn[0] == '\0') {
        status = godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_USER_IDENTIFIER, group);
    }
    return status;
}

static godwit_status_t read_port(godwit_slice_t group, godwit_subscriber_info_request_t *r,
                                 godwit_diameter_fault_t *fault)
{
    static const godwit_avp_rule_t rules[] = {{GODWIT_AVP_APPLICATION_PORT_IDENTIFIER, 0, 1}};
    godwit_slice_t found[1];
    uint32_t port = 0;
    if (group.ptr == NULL) {
        return GODWIT_OK;
    }
    godwit_status_t status = godwit_avps_parse(group, rules, 1, found, fault);
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(rules[0].id, found[0], 0, PORT_MAX, 0, &port, fault);
        r->has_port = found[0].ptr != NULL;
        r->port = (uint16_t)port;
    }
    return status;
}

static godwit_status_t read_key_wanted(const godwit_slice_t found[SIR_RULES], godwit_subscriber_info_request_t *r,
                                       godwit_diameter_fault_t *fault)
{
    uint32_t key = 0, root = 0;
    godwit_status_t status = godwit_trigger_read_number(GODWIT_AVP_IWF_KEY_WANTED, found[KEY_WANTED], 0,
                                                        GODWIT_IWF_KEY_ROOT, 0, &key, fault);
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(GODWIT_AVP_IWF_ROOT_WANTED, found[ROOT_WANTED], 0, GODWIT_IWF_ROOT_EAP, 0,
                                            &root, fault);
    }
    if (status != GODWIT_OK || key == GODWIT_IWF_KEY_NOT_WANTED) {
        return status;
    }
    r->key = (godwit_iwf_key_wanted_t)key;
    r->root = (godwit_iwf_root_t)root;
    r->association_above = godwit_avp_u32(found[ABOVE], 0);
    r->has_root_name = found[ROOT_NAME].ptr != NULL;
    if (r->has_root_name) {
        memcpy(r->root_name, found[ROOT_NAME].ptr, sizeof r->root_name);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_s6m_sir_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_subscriber_info_request_t *request, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[SIR_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_subscriber_info_request_t r;
    uint32_t service = 0;
    memset(&r, 0, sizeof r);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_s6m_sir, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_user(found[USER], &r, fault);
    }
    if (status == GODWIT_OK) { /* of another service we know nothing */
        status = godwit_trigger_read_number(GODWIT_AVP_SERVICE_ID, found[SERVICE], DEVICE_TRIGGER, DEVICE_TRIGGER,
                                            DEVICE_TRIGGER, &service, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_text(GODWIT_AVP_SCS_IDENTITY, found[SCS], r.scs, sizeof r.scs, fault);
    }
    if (status == GODWIT_OK) {
        status = read_port(found[PARAMETERS], &r, fault);
    }
    if (status == GODWIT_OK) {
        status = read_key_wanted(found, &r, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *request = r;
    }
    return status;
}
