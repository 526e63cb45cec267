/* SPDX-License-Identifier: Apache-2.0
 *
 * Between octets and typed messages, as translate.c: the messages of device triggering, S6m, Update Location, Tsp, T4
 * and T5.
 */
#include "adapters/diameter/internal.h"
#include "core/wire/s6a.h"
#include "core/wire/s6m.h"
#include "core/wire/t4.h"
#include "core/wire/t5.h"
#include "core/wire/tsp.h"

godwit_message_kind_t godwit_diameter_trigger_kind_of(godwit_slice_t octets)
{
    switch (godwit_t5_message(octets)) {
    case GODWIT_T5_MESSAGE_UP:
        return GODWIT_T5_UP;
    case GODWIT_T5_MESSAGE_KEY:
        return GODWIT_IWF_KEY_REQUEST;
    case GODWIT_T5_MESSAGE_NONE:
    case GODWIT_T5_MESSAGE_DOWN:
    default:
        return GODWIT_T5_DOWN; /* whose parser blames a purpose that is none */
    }
}

/* Whether the function that a T5 message names is here. */
static bool serves_t5(const godwit_diameter_config_t *config, godwit_message_t *request, uint8_t function)
{
    request->to = (godwit_function_t)function;
    return function < 32 && (config->serve_t5 & 1u << function) != 0;
}

bool godwit_diameter_trigger_is_served(const godwit_diameter_config_t *config, godwit_message_t *request)
{
    switch (request->kind) {
    case GODWIT_LOCATION_UPDATE:
        return config->serve_s6a;
    case GODWIT_SUBSCRIBER_INFO_REQUEST:
        return config->serve_s6m;
    case GODWIT_DEVICE_ACTION:
    case GODWIT_T4_REPORT:
    case GODWIT_T5_UP:
        return config->serve_mtc_iwf;
    case GODWIT_DEVICE_NOTIFICATION:
        return config->serve_scs;
    case GODWIT_T4_TRIGGER:
        return config->serve_t4;
    case GODWIT_T5_DOWN:
        return serves_t5(config, request, request->u.t5_down.to.function);
    case GODWIT_IWF_KEY_REQUEST:
        return serves_t5(config, request, request->u.iwf_key_request.to.function);
    default:
        return false;
    }
}

static godwit_status_t parse_t5_up(godwit_slice_t octets, godwit_diameter_envelope_t *e, godwit_message_t *m,
                                   godwit_diameter_fault_t *fault)
{
    uint8_t node = 0;
    godwit_status_t status = godwit_t5_up_parse(octets, e, &m->u.t5_up, &node, fault);
    m->from = (godwit_function_t)node;
    return status;
}

static godwit_status_t parse_location_update(godwit_slice_t octets, godwit_diameter_envelope_t *e, godwit_message_t *m,
                                             godwit_diameter_fault_t *fault)
{
    uint8_t node = 0;
    godwit_status_t status = godwit_s6a_ulr_parse(octets, e, &node, &m->u.location_update, fault);
    m->from = (godwit_function_t)node;
    return status;
}

godwit_status_t godwit_diameter_trigger_parse_request(godwit_slice_t octets, godwit_diameter_envelope_t *e,
                                                      godwit_message_t *m, godwit_diameter_fault_t *fault)
{
    switch (m->kind) {
    case GODWIT_LOCATION_UPDATE:
        return parse_location_update(octets, e, m, fault);
    case GODWIT_SUBSCRIBER_INFO_REQUEST:
        return godwit_s6m_sir_parse(octets, e, &m->u.subscriber_info_request, fault);
    case GODWIT_DEVICE_ACTION:
        return godwit_tsp_dar_parse(octets, e, &m->u.device_action, fault);
    case GODWIT_DEVICE_NOTIFICATION:
        return godwit_tsp_dnr_parse(octets, e, &m->u.device_notification, fault);
    case GODWIT_T4_TRIGGER:
        return godwit_t4_dtr_parse(octets, e, &m->u.t4_trigger, fault);
    case GODWIT_T4_REPORT:
        return godwit_t4_drr_parse(octets, e, &m->u.t4_report, fault);
    case GODWIT_T5_UP:
        return parse_t5_up(octets, e, m, fault);
    case GODWIT_IWF_KEY_REQUEST:
        return godwit_t5_key_parse(octets, e, &m->u.iwf_key_request, fault);
    case GODWIT_T5_DOWN:
    default:
        return godwit_t5_down_parse(octets, e, &m->u.t5_down, fault);
    }
}

void godwit_diameter_trigger_failed(godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_LOCATION_UPDATE_ANSWER:
        m->u.location_update_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_SUBSCRIBER_INFO_ANSWER:
        m->u.subscriber_info_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_DEVICE_ACTION_ANSWER:
        m->u.device_action_answer.status = GODWIT_TRIGGER_TEMPORARYERROR;
        break;
    case GODWIT_T5_UP_ANSWER:
        m->u.t5_up_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_IWF_KEY_ANSWER:
        m->u.iwf_key_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_T5_DOWN_ANSWER:
    case GODWIT_T4_TRIGGER_ANSWER:
        m->u.outcome = GODWIT_UNKNOWN_SESSION; /* it was sent, and nobody knows what became of it */
        break;
    default:
        m->u.outcome = GODWIT_PEER_INTERNAL;
        break;
    }
}

static godwit_status_t parse_location_answer(godwit_slice_t octets, godwit_diameter_envelope_t *e,
                                             godwit_location_update_answer_t *answer)
{
    godwit_status_t status = godwit_s6a_ula_parse(octets, e, answer);
    answer->iwf.function = answer->iwf.host[0] != '\0' ? GODWIT_FUNCTION_MTC_IWF : GODWIT_FUNCTION_NONE;
    return status;
}

godwit_status_t godwit_diameter_trigger_parse_answer(godwit_slice_t octets, godwit_diameter_envelope_t *e,
                                                     godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_LOCATION_UPDATE_ANSWER:
        return parse_location_answer(octets, e, &m->u.location_update_answer);
    case GODWIT_SUBSCRIBER_INFO_ANSWER:
        return godwit_s6m_sia_parse(octets, e, &m->u.subscriber_info_answer);
    case GODWIT_DEVICE_ACTION_ANSWER:
        return godwit_tsp_daa_parse(octets, e, &m->u.device_action_answer);
    case GODWIT_DEVICE_NOTIFICATION_ANSWER:
        return godwit_tsp_dna_parse(octets, e, &m->u.outcome);
    case GODWIT_T4_TRIGGER_ANSWER:
    case GODWIT_T4_REPORT_ANSWER:
        return godwit_t4_answer_parse(octets, m->kind == GODWIT_T4_TRIGGER_ANSWER, e, &m->u.outcome);
    case GODWIT_T5_UP_ANSWER:
        return godwit_t5_up_answer_parse(octets, e, &m->u.t5_up_answer);
    case GODWIT_IWF_KEY_ANSWER:
        return godwit_t5_key_answer_parse(octets, e, &m->u.iwf_key_answer);
    case GODWIT_T5_DOWN_ANSWER:
    default:
        return godwit_t5_outcome_parse(octets, e, &m->u.outcome);
    }
}

godwit_status_t godwit_diameter_trigger_write_request(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                                      godwit_writer_t *w)
{
    switch (m->kind) {
    case GODWIT_LOCATION_UPDATE:
        return godwit_s6a_ulr_build(e, (uint8_t)m->from, &m->u.location_update, w);
    case GODWIT_SUBSCRIBER_INFO_REQUEST:
        return godwit_s6m_sir_build(e, &m->u.subscriber_info_request, w);
    case GODWIT_DEVICE_ACTION:
        return godwit_tsp_dar_build(e, &m->u.device_action, w);
    case GODWIT_DEVICE_NOTIFICATION:
        return godwit_tsp_dnr_build(e, &m->u.device_notification, w);
    case GODWIT_T4_TRIGGER:
        return godwit_t4_dtr_build(e, &m->u.t4_trigger, w);
    case GODWIT_T4_REPORT:
        return godwit_t4_drr_build(e, &m->u.t4_report, w);
    case GODWIT_T5_DOWN:
        return godwit_t5_down_build(e, &m->u.t5_down, w);
    case GODWIT_T5_UP:
        return godwit_t5_up_build(e, &m->u.t5_up, (uint8_t)m->from, w);
    case GODWIT_IWF_KEY_REQUEST:
        return godwit_t5_key_build(e, &m->u.iwf_key_request, w);
    default:
        return GODWIT_INVALID_ARGUMENT;
    }
}

godwit_status_t godwit_diameter_trigger_write_answer(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                                     godwit_writer_t *w)
{
    switch (m->kind) {
    case GODWIT_LOCATION_UPDATE_ANSWER:
        return godwit_s6a_ula_build(e, &m->u.location_update_answer, w);
    case GODWIT_SUBSCRIBER_INFO_ANSWER:
        return godwit_s6m_sia_build(e, &m->u.subscriber_info_answer, w);
    case GODWIT_DEVICE_ACTION_ANSWER:
        return godwit_tsp_daa_build(e, &m->u.device_action_answer, w);
    case GODWIT_DEVICE_NOTIFICATION_ANSWER:
        return godwit_tsp_dna_build(e, m->u.outcome, w);
    case GODWIT_T4_TRIGGER_ANSWER:
    case GODWIT_T4_REPORT_ANSWER:
        return godwit_t4_answer_build(e, m->kind == GODWIT_T4_TRIGGER_ANSWER, m->u.outcome, w);
    case GODWIT_T5_DOWN_ANSWER:
        return godwit_t5_outcome_build(e, m->u.outcome, w);
    case GODWIT_T5_UP_ANSWER:
        return godwit_t5_up_answer_build(e, &m->u.t5_up_answer, w);
    case GODWIT_IWF_KEY_ANSWER:
        return godwit_t5_key_answer_build(e, &m->u.iwf_key_answer, w);
    default:
        return GODWIT_INVALID_ARGUMENT;
    }
}
