/* SPDX-License-Identifier: Apache-2.0
 *
 * Between octets and typed messages: the kind of a message chooses the codec of core/wire.
 */
#include "adapters/diameter/internal.h"
#include "core/wire/ek_e2e.h"
#include "core/wire/s6a.h"
#include "core/wire/sgd.h"
#include "core/wire/zh.h"
#include "core/wire/zn.h"

#include <string.h>

/* Requests and their answers, whom they come from, and whom they go to unless keys of access AKA runs have another
 * owner here. */
static const struct {
    godwit_message_kind_t request, answer;
    godwit_function_t from, to;
    uint32_t purpose; /* of a Key-Request that is no KEY_REQUEST */
} kinds[] = {
    /* AIR: or from any serving node; the HSS asks for no more */
    {GODWIT_AUTH_INFO_REQUEST, GODWIT_AUTH_INFO_ANSWER, GODWIT_FUNCTION_EMKS, GODWIT_FUNCTION_HSS, 0},
    {GODWIT_KEY_REQUEST, GODWIT_KEY_ANSWER, GODWIT_FUNCTION_HSE, GODWIT_FUNCTION_EMKS, 0},
    {GODWIT_KEY_CONFIRM, GODWIT_KEY_CONFIRM_ANSWER, GODWIT_FUNCTION_HSE, GODWIT_FUNCTION_EMKS, 0},
    {GODWIT_KEY_PUSH, GODWIT_KEY_PUSH_ANSWER, GODWIT_FUNCTION_HSS, GODWIT_FUNCTION_HSE, GODWIT_EK_PURPOSE_KEY_PUSH},
    {GODWIT_KEY_SET_PUSH, GODWIT_KEY_SET_PUSH_ANSWER, GODWIT_FUNCTION_HSS, GODWIT_FUNCTION_EMKS,
     GODWIT_EK_PURPOSE_KEY_SET_PUSH},
    {GODWIT_KEY_PARK, GODWIT_KEY_PARK_ANSWER, GODWIT_FUNCTION_HSE, GODWIT_FUNCTION_EMKS, GODWIT_EK_PURPOSE_KEY_PARK},
    {GODWIT_ACTIVATION, GODWIT_ACTIVATION_ANSWER, GODWIT_FUNCTION_PGW, GODWIT_FUNCTION_HSS,
     GODWIT_EK_PURPOSE_ACTIVATION},
    {GODWIT_BEARER, GODWIT_BEARER_ANSWER, GODWIT_FUNCTION_PGW, GODWIT_FUNCTION_HSE, GODWIT_EK_PURPOSE_BEARER},
    {GODWIT_DEVICE_RAND_REQUEST, GODWIT_DEVICE_RAND_ANSWER, GODWIT_FUNCTION_MKEF, GODWIT_FUNCTION_HSS,
     GODWIT_EK_PURPOSE_DEVICE_RAND},
    {GODWIT_HE_VECTOR_REQUEST, GODWIT_HE_VECTOR_ANSWER, GODWIT_FUNCTION_AUSF, GODWIT_FUNCTION_HSS,
     GODWIT_EK_PURPOSE_HE_VECTOR},
    /* E2E_KEY: or to the HSS, of key sets of access AKA runs */
    {GODWIT_E2E_SESSION_REQUEST, GODWIT_E2E_SESSION_ANSWER, GODWIT_FUNCTION_HSE, GODWIT_FUNCTION_EESE,
     GODWIT_EK_PURPOSE_E2E_SESSION},
    {GODWIT_E2E_RENEW, GODWIT_E2E_RENEW_ANSWER, GODWIT_FUNCTION_EESE, GODWIT_FUNCTION_HSE, GODWIT_EK_PURPOSE_E2E_RENEW},
    {GODWIT_E2E_KEY_REQUEST, GODWIT_E2E_KEY_ANSWER, GODWIT_FUNCTION_EESE, GODWIT_FUNCTION_EMKS,
     GODWIT_EK_PURPOSE_E2E_KEY},
    {GODWIT_ZH_REQUEST, GODWIT_ZH_ANSWER, GODWIT_FUNCTION_BSF, GODWIT_FUNCTION_HSS, 0},
    {GODWIT_ZN_REQUEST, GODWIT_ZN_ANSWER, GODWIT_FUNCTION_NAF, GODWIT_FUNCTION_BSF, 0},
    /* MO from any serving node, MT to the one that is here */
    {GODWIT_SHORT_MESSAGE_UP, GODWIT_SHORT_MESSAGE_UP_ANSWER, GODWIT_FUNCTION_MME, GODWIT_FUNCTION_SMS_SC, 0},
    {GODWIT_SHORT_MESSAGE_DOWN, GODWIT_SHORT_MESSAGE_DOWN_ANSWER, GODWIT_FUNCTION_SMS_SC, GODWIT_FUNCTION_MME, 0},
    /* of device triggering: ULR says itself from which node, T5 from or to which */
    {GODWIT_LOCATION_UPDATE, GODWIT_LOCATION_UPDATE_ANSWER, GODWIT_FUNCTION_MME, GODWIT_FUNCTION_HSS, 0},
    {GODWIT_SUBSCRIBER_INFO_REQUEST, GODWIT_SUBSCRIBER_INFO_ANSWER, GODWIT_FUNCTION_MTC_IWF, GODWIT_FUNCTION_HSS, 0},
    {GODWIT_DEVICE_ACTION, GODWIT_DEVICE_ACTION_ANSWER, GODWIT_FUNCTION_SCS, GODWIT_FUNCTION_MTC_IWF, 0},
    {GODWIT_DEVICE_NOTIFICATION, GODWIT_DEVICE_NOTIFICATION_ANSWER, GODWIT_FUNCTION_MTC_IWF, GODWIT_FUNCTION_SCS, 0},
    {GODWIT_T4_TRIGGER, GODWIT_T4_TRIGGER_ANSWER, GODWIT_FUNCTION_MTC_IWF, GODWIT_FUNCTION_SMS_SC, 0},
    {GODWIT_T4_REPORT, GODWIT_T4_REPORT_ANSWER, GODWIT_FUNCTION_SMS_SC, GODWIT_FUNCTION_MTC_IWF, 0},
    {GODWIT_T5_DOWN, GODWIT_T5_DOWN_ANSWER, GODWIT_FUNCTION_MTC_IWF, GODWIT_FUNCTION_MME, 0},
    {GODWIT_T5_UP, GODWIT_T5_UP_ANSWER, GODWIT_FUNCTION_MME, GODWIT_FUNCTION_MTC_IWF, 0},
    {GODWIT_IWF_KEY_REQUEST, GODWIT_IWF_KEY_ANSWER, GODWIT_FUNCTION_MTC_IWF, GODWIT_FUNCTION_MME, 0},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* The line of a request; KINDS when it is none. */
static size_t line_of(godwit_message_kind_t request)
{
    size_t i = 0;
    while (i < KINDS && kinds[i].request != request) {
        i++;
    }
    return i;
}

bool godwit_diameter_is_request(godwit_message_kind_t kind)
{
    return line_of(kind) < KINDS;
}

godwit_message_kind_t godwit_diameter_answer_kind(godwit_message_kind_t request)
{
    size_t i = line_of(request);
    return i < KINDS ? kinds[i].answer : GODWIT_KEY_ANSWER;
}

godwit_message_kind_t godwit_diameter_kind_of(godwit_slice_t octets, godwit_message_kind_t kind)
{
    if (kind == GODWIT_T5_DOWN) {
        return godwit_diameter_trigger_kind_of(octets);
    }
    if (kind != GODWIT_KEY_REQUEST) {
        return kind;
    }
    uint32_t purpose = godwit_ek_purpose(octets);
    for (size_t i = 0; i < KINDS; i++) {
        if (purpose != 0 && kinds[i].purpose == purpose) {
            return kinds[i].request;
        }
    }
    return kind;
}

/* What came after S6a, Ek, GBA and short messages is told in files of its own: device triggering, and protection end to
 * end behind it. */
bool godwit_diameter_is_of_triggers(godwit_message_kind_t kind)
{
    return kind >= GODWIT_LOCATION_UPDATE && kind < GODWIT_E2E_SESSION_REQUEST;
}

/* A name that the peer wrote, which must fit and be one. */
static godwit_status_t read_name(godwit_avp_id_t id, godwit_slice_t from, char to[GODWIT_NODE_NAME_MAX],
                                 godwit_diameter_fault_t *fault)
{
    if (from.len >= GODWIT_NODE_NAME_MAX) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, id, from);
    }
    for (size_t i = 0; i < from.len; i++) {
        uint8_t c = from.ptr[i];
        if (c <= ' ' || c > '~') {
            return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, id, from);
        }
        to[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); /* names are compared in lower case */
    }
    to[from.len] = '\0';
    return GODWIT_OK;
}

static godwit_status_t read_origin(const godwit_diameter_envelope_t *e, godwit_message_t *m,
                                   godwit_diameter_fault_t *fault)
{
    godwit_status_t status = read_name(GODWIT_AVP_ORIGIN_HOST, e->origin_host, m->origin_host, fault);
    return status == GODWIT_OK ? read_name(GODWIT_AVP_ORIGIN_REALM, e->origin_realm, m->origin_realm, fault) : status;
}

static godwit_status_t parse_request(godwit_slice_t octets, godwit_diameter_envelope_t *e, godwit_message_t *m,
                                     godwit_diameter_fault_t *fault)
{
    if (godwit_diameter_is_of_triggers(m->kind)) {
        return godwit_diameter_trigger_parse_request(octets, e, m, fault);
    }
    if (godwit_diameter_is_e2e(m->kind)) {
        return godwit_diameter_e2e_parse_request(octets, e, m, fault);
    }
    switch (m->kind) {
    case GODWIT_AUTH_INFO_REQUEST:
        return godwit_s6a_air_parse(octets, e, &m->u.auth_info_request, fault);
    case GODWIT_KEY_CONFIRM:
        return godwit_ek_confirm_request_parse(octets, e, &m->u.key_confirm, fault);
    case GODWIT_KEY_PUSH:
        return godwit_ek_key_push_parse(octets, e, &m->u.key_push, fault);
    case GODWIT_KEY_SET_PUSH:
        return godwit_ek_key_set_push_parse(octets, e, &m->u.key_set_push, fault);
    case GODWIT_KEY_PARK:
        return godwit_ek_key_park_parse(octets, e, &m->u.key_park, fault);
    case GODWIT_ACTIVATION:
        return godwit_ek_activation_parse(octets, e, &m->u.activation, fault);
    case GODWIT_BEARER:
        return godwit_ek_bearer_parse(octets, e, &m->u.bearer, fault);
    case GODWIT_DEVICE_RAND_REQUEST:
        return godwit_ek_device_rand_parse(octets, e, &m->u.device_rand_request, fault);
    case GODWIT_HE_VECTOR_REQUEST:
        return godwit_ek_he_vector_parse(octets, e, &m->u.auth_5g_request, fault);
    case GODWIT_ZH_REQUEST:
        return godwit_zh_mar_parse(octets, e, &m->u.zh_request, fault);
    case GODWIT_ZN_REQUEST:
        return godwit_zn_bir_parse(octets, e, &m->u.zn_request, fault);
    case GODWIT_SHORT_MESSAGE_UP:
    case GODWIT_SHORT_MESSAGE_DOWN:
        return godwit_sgd_request_parse(octets, m->kind == GODWIT_SHORT_MESSAGE_UP, e, &m->u.short_message, fault);
    case GODWIT_KEY_REQUEST:
    default:
        return godwit_ek_key_request_parse(octets, e, &m->u.key_request, fault);
    }
}

godwit_status_t godwit_diameter_read_request(godwit_slice_t octets, godwit_message_kind_t kind,
                                             godwit_diameter_envelope_t *e, godwit_message_t *m,
                                             godwit_diameter_fault_t *fault)
{
    size_t line = line_of(kind);
    if (line == KINDS) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(m, 0, sizeof *m);
    m->kind = kind;
    m->from = kinds[line].from;
    m->to = kinds[line].to;
    godwit_status_t status = parse_request(octets, e, m, fault);
    return status == GODWIT_OK ? read_origin(e, m, fault) : status;
}

static void head_of_answer(const godwit_diameter_outstanding_t *request, godwit_message_t *m)
{
    memset(m, 0, sizeof *m);
    m->kind = godwit_diameter_answer_kind(request->kind);
    m->from = request->to;
    m->to = request->from;
    m->transaction = request->transaction;
}

void godwit_diameter_failed(const godwit_diameter_outstanding_t *request, godwit_message_t *m)
{
    head_of_answer(request, m);
    if (godwit_diameter_is_of_triggers(m->kind)) {
        godwit_diameter_trigger_failed(m);
        return;
    }
    if (godwit_diameter_is_e2e(m->kind)) {
        godwit_diameter_e2e_failed(m);
        return;
    }
    switch (m->kind) {
    case GODWIT_AUTH_INFO_ANSWER:
        m->u.auth_info_answer.status = GODWIT_PEER_INTERNAL;
        m->u.auth_info_answer.kind = request->vectors;
        break;
    case GODWIT_KEY_ANSWER:
        m->u.key_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_KEY_CONFIRM_ANSWER:
        m->u.key_confirm_answer = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_BEARER_ANSWER:
        m->u.bearer_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_DEVICE_RAND_ANSWER:
        m->u.device_rand_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_HE_VECTOR_ANSWER:
        m->u.he_vector_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_ZH_ANSWER:
        m->u.zh_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_ZN_ANSWER:
        m->u.zn_answer.status = GODWIT_PEER_INTERNAL;
        break;
    default:
        m->u.outcome = GODWIT_PEER_INTERNAL;
        break;
    }
}

static godwit_status_t parse_answer(godwit_slice_t octets, const godwit_diameter_outstanding_t *request,
                                    godwit_diameter_envelope_t *e, godwit_message_t *m)
{
    if (godwit_diameter_is_of_triggers(m->kind)) {
        return godwit_diameter_trigger_parse_answer(octets, e, m);
    }
    if (godwit_diameter_is_e2e(m->kind)) {
        return godwit_diameter_e2e_parse_answer(octets, e, m);
    }
    switch (m->kind) {
    case GODWIT_AUTH_INFO_ANSWER:
        return godwit_s6a_aia_parse(octets, request->vectors, e, &m->u.auth_info_answer);
    case GODWIT_KEY_ANSWER:
        return godwit_ek_key_answer_parse(octets, e, &m->u.key_answer);
    case GODWIT_KEY_CONFIRM_ANSWER:
        return godwit_ek_confirm_answer_parse(octets, e, &m->u.key_confirm_answer);
    case GODWIT_BEARER_ANSWER:
        return godwit_ek_bearer_answer_parse(octets, e, &m->u.bearer_answer);
    case GODWIT_DEVICE_RAND_ANSWER:
        return godwit_ek_device_rand_answer_parse(octets, e, &m->u.device_rand_answer);
    case GODWIT_HE_VECTOR_ANSWER:
        return godwit_ek_he_vector_answer_parse(octets, e, &m->u.he_vector_answer);
    case GODWIT_ZH_ANSWER:
        return godwit_zh_maa_parse(octets, e, &m->u.zh_answer);
    case GODWIT_ZN_ANSWER:
        return godwit_zn_bia_parse(octets, e, &m->u.zn_answer);
    case GODWIT_SHORT_MESSAGE_UP_ANSWER:
    case GODWIT_SHORT_MESSAGE_DOWN_ANSWER:
        return godwit_sgd_answer_parse(octets, m->kind == GODWIT_SHORT_MESSAGE_UP_ANSWER, e, &m->u.outcome);
    default:
        return godwit_ek_outcome_parse(octets, e, &m->u.outcome);
    }
}

godwit_status_t godwit_diameter_read_answer(godwit_slice_t octets, const godwit_diameter_outstanding_t *request,
                                            godwit_diameter_envelope_t *e, godwit_message_t *m)
{
    godwit_diameter_fault_t fault;
    head_of_answer(request, m);
    godwit_status_t status = parse_answer(octets, request, e, m);
    return status == GODWIT_OK ? read_origin(e, m, &fault) : status;
}

godwit_status_t godwit_diameter_write_request(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                              godwit_writer_t *w)
{
    switch (m->kind) {
    case GODWIT_AUTH_INFO_REQUEST:
        return godwit_s6a_air_build(e, &m->u.auth_info_request, w);
    case GODWIT_KEY_REQUEST:
        return godwit_ek_key_request_build(e, &m->u.key_request, w);
    case GODWIT_KEY_CONFIRM:
        return godwit_ek_confirm_request_build(e, &m->u.key_confirm, w);
    case GODWIT_KEY_PUSH:
        return godwit_ek_key_push_build(e, &m->u.key_push, w);
    case GODWIT_KEY_SET_PUSH:
        return godwit_ek_key_set_push_build(e, &m->u.key_set_push, w);
    case GODWIT_KEY_PARK:
        return godwit_ek_key_park_build(e, &m->u.key_park, w);
    case GODWIT_ACTIVATION:
        return godwit_ek_activation_build(e, &m->u.activation, w);
    case GODWIT_BEARER:
        return godwit_ek_bearer_build(e, &m->u.bearer, w);
    case GODWIT_DEVICE_RAND_REQUEST:
        return godwit_ek_device_rand_build(e, &m->u.device_rand_request, w);
    case GODWIT_HE_VECTOR_REQUEST:
        return godwit_ek_he_vector_build(e, &m->u.auth_5g_request, w);
    case GODWIT_ZH_REQUEST:
        return godwit_zh_mar_build(e, &m->u.zh_request, w);
    case GODWIT_ZN_REQUEST:
        return godwit_zn_bir_build(e, &m->u.zn_request, w);
    case GODWIT_SHORT_MESSAGE_UP:
    case GODWIT_SHORT_MESSAGE_DOWN:
        return godwit_sgd_request_build(e, m->kind == GODWIT_SHORT_MESSAGE_UP, &m->u.short_message, w);
    default:
        return godwit_diameter_is_e2e(m->kind) ? godwit_diameter_e2e_write_request(e, m, w)
                                               : godwit_diameter_trigger_write_request(e, m, w);
    }
}

godwit_status_t godwit_diameter_write_answer(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                             godwit_writer_t *w)
{
    switch (m->kind) {
    case GODWIT_AUTH_INFO_ANSWER:
        return godwit_s6a_aia_build(e, &m->u.auth_info_answer, w);
    case GODWIT_KEY_ANSWER:
        return godwit_ek_key_answer_build(e, &m->u.key_answer, w);
    case GODWIT_KEY_CONFIRM_ANSWER:
        return godwit_ek_confirm_answer_build(e, m->u.key_confirm_answer, w);
    case GODWIT_BEARER_ANSWER:
        return godwit_ek_bearer_answer_build(e, &m->u.bearer_answer, w);
    case GODWIT_DEVICE_RAND_ANSWER:
        return godwit_ek_device_rand_answer_build(e, &m->u.device_rand_answer, w);
    case GODWIT_HE_VECTOR_ANSWER:
        return godwit_ek_he_vector_answer_build(e, &m->u.he_vector_answer, w);
    case GODWIT_ZH_ANSWER:
        return godwit_zh_maa_build(e, &m->u.zh_answer, w);
    case GODWIT_ZN_ANSWER:
        return godwit_zn_bia_build(e, &m->u.zn_answer, w);
    case GODWIT_SHORT_MESSAGE_UP_ANSWER:
    case GODWIT_SHORT_MESSAGE_DOWN_ANSWER:
        return godwit_sgd_answer_build(e, m->kind == GODWIT_SHORT_MESSAGE_UP_ANSWER, m->u.outcome, w);
    case GODWIT_KEY_PUSH_ANSWER:
    case GODWIT_KEY_SET_PUSH_ANSWER:
    case GODWIT_KEY_PARK_ANSWER:
    case GODWIT_ACTIVATION_ANSWER:
        return godwit_ek_outcome_build(e, m->u.outcome, w);
    default:
        return godwit_diameter_is_e2e(m->kind) ? godwit_diameter_e2e_write_answer(e, m, w)
                                               : godwit_diameter_trigger_write_answer(e, m, w);
    }
}
