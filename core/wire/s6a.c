/* SPDX-License-Identifier: Apache-2.0
 *
 * Authentication-Information-Request (TS 29.272 7.2.5).
 */
#include "core/wire/s6a.h"

#include <string.h>

enum { USER_NAME, VISITED_PLMN, EUTRAN, UTRAN, E2M_AWARE, POLICY_VERSION, NEXT_SESSION, AIR_RULES };

static const godwit_avp_rule_t air_rules[AIR_RULES] = {
    [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},
    [VISITED_PLMN] = {GODWIT_AVP_VISITED_PLMN_ID, 1, 1},
    [EUTRAN] = {GODWIT_AVP_REQUESTED_EUTRAN_AUTHENTICATION_INFO, 0, 1},
    [UTRAN] = {GODWIT_AVP_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO, 0, 1},
    [E2M_AWARE] = {GODWIT_AVP_E2M_AWARE, 0, 1},
    [POLICY_VERSION] = {GODWIT_AVP_POLICY_VERSION, 0, 1},
    [NEXT_SESSION] = {GODWIT_AVP_NEXT_SESSION, 0, 1},
};

const godwit_diameter_command_t godwit_s6a_air = {GODWIT_S6A_AUTHENTICATION_INFORMATION, GODWIT_S6A_APPLICATION,
                                                  GODWIT_VENDOR_3GPP, air_rules, AIR_RULES};

static godwit_avp_id_t asked_for(godwit_vector_kind_t kind)
{
    return kind == GODWIT_VECTOR_EUTRAN ? GODWIT_AVP_REQUESTED_EUTRAN_AUTHENTICATION_INFO
                                        : GODWIT_AVP_REQUESTED_UTRAN_GERAN_AUTHENTICATION_INFO;
}

godwit_status_t godwit_s6a_air_build(const godwit_diameter_envelope_t *envelope,
                                     const godwit_auth_info_request_t *request, godwit_writer_t *w)
{
    if (request->vectors == 0 || request->vectors > GODWIT_VECTORS_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_request_open(w, &godwit_s6a_air, envelope);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(request->imsi.digits, request->imsi.len));
    size_t info = godwit_avp_open(w, asked_for(request->kind));
    godwit_avp_put_u32(w, GODWIT_AVP_NUMBER_OF_REQUESTED_VECTORS, request->vectors);
    godwit_avp_put_u32(w, GODWIT_AVP_IMMEDIATE_RESPONSE_PREFERRED,
                       1); /* its presence says it; the value says nothing */
    if (request->resync) {
        size_t resync = godwit_avp_open(w, GODWIT_AVP_RE_SYNCHRONIZATION_INFO);
        godwit_put(w, request->rand, sizeof request->rand);
        godwit_put(w, request->auts, sizeof request->auts);
        godwit_avp_close(w, resync);
    }
    godwit_avp_close(w, info);
    godwit_avp_put(w, GODWIT_AVP_VISITED_PLMN_ID, godwit_slice(request->visited_plmn.octets, 3));
    if (request->e2m_aware) {
        godwit_avp_put_u32(w, GODWIT_AVP_E2M_AWARE, 1);
    }
    if (request->policy_version != 0) {
        godwit_avp_put_u32(w, GODWIT_AVP_POLICY_VERSION, request->policy_version);
    }
    if (request->next_session) {
        godwit_avp_put_u32(w, GODWIT_AVP_NEXT_SESSION, 1);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_imsi(godwit_slice_t name, godwit_imsi_t *imsi, godwit_diameter_fault_t *fault)
{
    char text[GODWIT_IMSI_DIGITS_MAX + 1] = "";
    if (name.len <= GODWIT_IMSI_DIGITS_MAX && memchr(name.ptr, '\0', name.len) == NULL) {
        memcpy(text, name.ptr, name.len);
        if (godwit_imsi_from_text(text, imsi) == GODWIT_OK) {
            return GODWIT_OK;
        }
    }
    return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_USER_NAME, name);
}

/* Requested-EUTRAN-Authentication-Info and its sister have the same members (7.3.11, 7.3.12). */
static godwit_status_t read_requested(godwit_slice_t group, godwit_auth_info_request_t *request,
                                      godwit_diameter_fault_t *fault)
{
    static const godwit_avp_rule_t rules[] = {{GODWIT_AVP_NUMBER_OF_REQUESTED_VECTORS, 0, 1},
                                              {GODWIT_AVP_RE_SYNCHRONIZATION_INFO, 0, 1},
                                              {GODWIT_AVP_IMMEDIATE_RESPONSE_PREFERRED, 0, 1}};
    godwit_slice_t found[3];
    godwit_status_t status = godwit_avps_parse(group, rules, 3, found, fault);
    if (status != GODWIT_OK) {
        return status;
    }
    uint32_t wanted = godwit_avp_u32(found[0], 1);
    if (wanted == 0) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, rules[0].id, found[0]);
    }
    request->vectors = (uint8_t)(wanted < GODWIT_VECTORS_MAX ? wanted : GODWIT_VECTORS_MAX);
    request->resync = found[1].ptr != NULL;
    if (request->resync) {
        memcpy(request->rand, found[1].ptr, sizeof request->rand);
        memcpy(request->auts, found[1].ptr + sizeof request->rand, sizeof request->auts);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_s6a_air_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_auth_info_request_t *request, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[AIR_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_auth_info_request_t r;
    memset(&r, 0, sizeof r);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_s6a_air, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = read_imsi(found[USER_NAME], &r.imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_diameter_read_visited_plmn(found[VISITED_PLMN], &r.visited_plmn, fault);
    }
    if (status == GODWIT_OK) {
        r.kind = found[EUTRAN].ptr != NULL ? GODWIT_VECTOR_EUTRAN : GODWIT_VECTOR_UTRAN;
        godwit_slice_t group = found[r.kind == GODWIT_VECTOR_EUTRAN ? EUTRAN : UTRAN];
        status = group.ptr != NULL
                     ? read_requested(group, &r, fault)
                     : godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, air_rules[EUTRAN].id, group);
    }
    if (status == GODWIT_OK) {
        r.e2m_aware = godwit_avp_u32(found[E2M_AWARE], 0) != 0;
        r.policy_version = godwit_avp_u32(found[POLICY_VERSION], 0);
        r.next_session = godwit_avp_u32(found[NEXT_SESSION], 0) != 0;
        *envelope = parsed;
        *request = r;
    }
    return status;
}
