/* SPDX-License-Identifier: Apache-2.0
 *
 * The messages of device triggering in octets and back: Tsp, S6m, T4, T5 and Update Location, each by its one codec.
 */
#include <string.h>

#include "core/wire/s6a.h"
#include "core/wire/s6m.h"
#include "core/wire/t4.h"
#include "core/wire/t5.h"
#include "core/wire/tsp.h"
#include "lab/internal.h"

bool lab_is_trigger_message(godwit_message_kind_t kind)
{
    return kind >= GODWIT_LOCATION_UPDATE && kind <= GODWIT_IWF_KEY_ANSWER;
}

static godwit_status_t encode_t(const godwit_diameter_envelope_t *e, const godwit_message_t *m, uint8_t node,
                                godwit_writer_t *out)
{
    switch (m->kind) {
    case GODWIT_T4_TRIGGER:
        return godwit_t4_dtr_build(e, &m->u.t4_trigger, out);
    case GODWIT_T4_REPORT:
        return godwit_t4_drr_build(e, &m->u.t4_report, out);
    case GODWIT_T4_TRIGGER_ANSWER:
    case GODWIT_T4_REPORT_ANSWER:
        return godwit_t4_answer_build(e, m->kind == GODWIT_T4_TRIGGER_ANSWER, m->u.outcome, out);
    case GODWIT_T5_DOWN:
        return godwit_t5_down_build(e, &m->u.t5_down, out);
    case GODWIT_T5_DOWN_ANSWER:
        return godwit_t5_outcome_build(e, m->u.outcome, out);
    case GODWIT_T5_UP:
        return godwit_t5_up_build(e, &m->u.t5_up, node, out);
    case GODWIT_T5_UP_ANSWER:
        return godwit_t5_up_answer_build(e, &m->u.t5_up_answer, out);
    case GODWIT_IWF_KEY_REQUEST:
        return godwit_t5_key_build(e, &m->u.iwf_key_request, out);
    case GODWIT_IWF_KEY_ANSWER:
        return godwit_t5_key_answer_build(e, &m->u.iwf_key_answer, out);
    default:
        return GODWIT_INVALID_ARGUMENT;
    }
}

godwit_status_t lab_encode_trigger(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                   godwit_function_t from, godwit_writer_t *out)
{
    switch (m->kind) {
    case GODWIT_LOCATION_UPDATE:
        return godwit_s6a_ulr_build(e, (uint8_t)from, &m->u.location_update, out);
    case GODWIT_LOCATION_UPDATE_ANSWER:
        return godwit_s6a_ula_build(e, &m->u.location_update_answer, out);
    case GODWIT_SUBSCRIBER_INFO_REQUEST:
        return godwit_s6m_sir_build(e, &m->u.subscriber_info_request, out);
    case GODWIT_SUBSCRIBER_INFO_ANSWER:
        return godwit_s6m_sia_build(e, &m->u.subscriber_info_answer, out);
    case GODWIT_DEVICE_ACTION:
        return godwit_tsp_dar_build(e, &m->u.device_action, out);
    case GODWIT_DEVICE_ACTION_ANSWER:
        return godwit_tsp_daa_build(e, &m->u.device_action_answer, out);
    case GODWIT_DEVICE_NOTIFICATION:
        return godwit_tsp_dnr_build(e, &m->u.device_notification, out);
    case GODWIT_DEVICE_NOTIFICATION_ANSWER:
        return godwit_tsp_dna_build(e, m->u.outcome, out);
    default:
        return encode_t(e, m, (uint8_t)from, out);
    }
}

static godwit_status_t decode_t(godwit_slice_t octets, godwit_diameter_envelope_t *e, godwit_message_t *m)
{
    godwit_diameter_fault_t fault;
    uint8_t node;
    switch (m->kind) {
    case GODWIT_T4_TRIGGER:
        return godwit_t4_dtr_parse(octets, e, &m->u.t4_trigger, &fault);
    case GODWIT_T4_REPORT:
        return godwit_t4_drr_parse(octets, e, &m->u.t4_report, &fault);
    case GODWIT_T4_TRIGGER_ANSWER:
    case GODWIT_T4_REPORT_ANSWER:
        return godwit_t4_answer_parse(octets, m->kind == GODWIT_T4_TRIGGER_ANSWER, e, &m->u.outcome);
    case GODWIT_T5_DOWN:
        return godwit_t5_down_parse(octets, e, &m->u.t5_down, &fault);
    case GODWIT_T5_DOWN_ANSWER:
        return godwit_t5_outcome_parse(octets, e, &m->u.outcome);
    case GODWIT_T5_UP:
        return godwit_t5_up_parse(octets, e, &m->u.t5_up, &node, &fault);
    case GODWIT_T5_UP_ANSWER:
        return godwit_t5_up_answer_parse(octets, e, &m->u.t5_up_answer);
    case GODWIT_IWF_KEY_REQUEST:
        return godwit_t5_key_parse(octets, e, &m->u.iwf_key_request, &fault);
    case GODWIT_IWF_KEY_ANSWER:
        return godwit_t5_key_answer_parse(octets, e, &m->u.iwf_key_answer);
    default:
        return GODWIT_MALFORMED;
    }
}

godwit_status_t lab_decode_trigger(godwit_slice_t octets, godwit_diameter_envelope_t *e, godwit_message_t *m)
{
    godwit_diameter_fault_t fault;
    uint8_t node;
    switch (m->kind) {
    case GODWIT_LOCATION_UPDATE:
        return godwit_s6a_ulr_parse(octets, e, &node, &m->u.location_update, &fault);
    case GODWIT_LOCATION_UPDATE_ANSWER:
        return godwit_s6a_ula_parse(octets, e, &m->u.location_update_answer);
    case GODWIT_SUBSCRIBER_INFO_REQUEST:
        return godwit_s6m_sir_parse(octets, e, &m->u.subscriber_info_request, &fault);
    case GODWIT_SUBSCRIBER_INFO_ANSWER:
        return godwit_s6m_sia_parse(octets, e, &m->u.subscriber_info_answer);
    case GODWIT_DEVICE_ACTION:
        return godwit_tsp_dar_parse(octets, e, &m->u.device_action, &fault);
    case GODWIT_DEVICE_ACTION_ANSWER:
        return godwit_tsp_daa_parse(octets, e, &m->u.device_action_answer);
    case GODWIT_DEVICE_NOTIFICATION:
        return godwit_tsp_dnr_parse(octets, e, &m->u.device_notification, &fault);
    case GODWIT_DEVICE_NOTIFICATION_ANSWER:
        return godwit_tsp_dna_parse(octets, e, &m->u.outcome);
    default:
        return decode_t(octets, e, m);
    }
}

static godwit_message_kind_t t5_kind(godwit_slice_t octets)
{
    switch (godwit_t5_message(octets)) {
    case GODWIT_T5_MESSAGE_DOWN:
        return GODWIT_T5_DOWN;
    case GODWIT_T5_MESSAGE_UP:
        return GODWIT_T5_UP;
    case GODWIT_T5_MESSAGE_KEY:
        return GODWIT_IWF_KEY_REQUEST;
    default:
        return 0;
    }
}

godwit_message_kind_t lab_kind_of_trigger(godwit_slice_t octets, const godwit_diameter_header_t *header)
{
    if (header->application == GODWIT_T5_APPLICATION) {
        return t5_kind(octets);
    }
    switch (header->command) {
    case GODWIT_S6A_UPDATE_LOCATION:
        return GODWIT_LOCATION_UPDATE;
    case GODWIT_S6M_SUBSCRIBER_INFORMATION:
        return GODWIT_SUBSCRIBER_INFO_REQUEST;
    case GODWIT_TSP_DEVICE_ACTION:
        return GODWIT_DEVICE_ACTION;
    case GODWIT_TSP_DEVICE_NOTIFICATION:
        return GODWIT_DEVICE_NOTIFICATION;
    case GODWIT_T4_DEVICE_TRIGGER:
        return GODWIT_T4_TRIGGER;
    case GODWIT_T4_DELIVERY_REPORT:
        return GODWIT_T4_REPORT;
    default:
        return 0;
    }
}

/* ---- who is spoken to ---- */

/* A function of that kind, or the stranger where that is who is named. */
unsigned lab_trigger_answerer(const godwit_message_t *m, unsigned node)
{
    const char *host = m->kind == GODWIT_T5_DOWN           ? m->u.t5_down.to.host
                       : m->kind == GODWIT_IWF_KEY_REQUEST ? m->u.iwf_key_request.to.host
                                                           : "";
    return strcmp(host, lab_host(GODWIT_WORLD_STRANGER)) == 0 ? GODWIT_WORLD_STRANGER : node;
}

/* ---- how ways are protected ---- */

static bool is_source(unsigned node)
{
    return node == GODWIT_WORLD_SCS || node == GODWIT_WORLD_AS;
}

static bool is_serving(unsigned node)
{
    return node == GODWIT_WORLD_MME || node == GODWIT_WORLD_SGSN || node == GODWIT_WORLD_MSC;
}

godwit_hop_t lab_hop(const godwit_world_t *w, unsigned a, unsigned b)
{
    const godwit_world_triggering_t *t = &w->config.trigger;
    bool open = (t->open_b && (is_source(a) || is_source(b))) || (t->open_d && (is_serving(a) || is_serving(b)));
    return (!t->on && !w->config.e2e.on) || open ? GODWIT_HOP_OPEN : GODWIT_HOP_TLS;
}
