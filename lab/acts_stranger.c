/* SPDX-License-Identifier: Apache-2.0
 *
 * A node of another network in the soak, that means harm to triggers: in its own name, or in that of others where a
 * message has one, it says to everybody of contribution 002 what it should not be believed. Nothing may come of it.
 */
#include <string.h>

#include "lab/scenario_parts.h"

#define TEXT "open the valve"
#define MUCH 1000000u /* more than sources give */

static void set_name(char *to, const char *name)
{
    memcpy(to, name, strlen(name) + 1);
}

/* That a device is there, and has run AKA. */
static bool claims(scenario_t *s, unsigned device, godwit_message_t *m)
{
    godwit_t5_up_t *up = &m->u.t5_up;
    *m = (godwit_message_t){.kind = GODWIT_T5_UP, .to = GODWIT_FUNCTION_MTC_IWF, .transaction = 1};
    up->imsi = lab_imsi(device);
    up->kind = draw(s, 2) == 0 ? GODWIT_T5_REGISTERED : GODWIT_T5_SECURING;
    up->new_root = true;
    up->plmn = LAB_VISITED_PLMN;
    godwit_store_u32(up->root_name, draw(s, UINT32_MAX));
    return true;
}

/* What a device would say: that it has a trigger, or no association. */
static bool speaks_for(scenario_t *s, unsigned device, godwit_message_t *m)
{
    godwit_t5_up_t *up = &m->u.t5_up;
    godwit_a3_message_t said = {.type = GODWIT_A3_ACKNOWLEDGEMENT};
    godwit_writer_t out = godwit_writer(up->container, sizeof up->container);
    *m = (godwit_message_t){.kind = GODWIT_T5_UP, .to = GODWIT_FUNCTION_MTC_IWF, .transaction = 1};
    said.acknowledgement = (godwit_a3_acknowledgement_t){(uint32_t)s->w->now_ms - draw(s, MUCH), GODWIT_A3_DELIVERED};
    if (draw(s, 2) == 0) {
        said = (godwit_a3_message_t){.type = GODWIT_A3_REJECT};
        said.reject = (godwit_a3_reject_t){.reason = GODWIT_A3_NO_ASSOCIATION, .root = GODWIT_IWF_ROOT_FLAGGED};
        said.reject.association = draw(s, MUCH);
    }
    up->imsi = lab_imsi(device);
    up->kind = GODWIT_T5_FROM_DEVICE;
    const bool built = godwit_a3_unprotected_build(&said, &out) == GODWIT_OK;
    up->container_len = (uint8_t)out.len;
    return built;
}

/* As the SMS-SC would: a trigger has come. */
static bool reports(scenario_t *s, unsigned device, godwit_message_t *m)
{
    const uint32_t number = s->w->asked_count > 0 ? draw(s, s->w->asked_count) : 0;
    const godwit_trigger_record_t *t = s->w->asked_count > 0 ? lab_trigger_record(s->w, number) : NULL;
    *m = (godwit_message_t){.kind = GODWIT_T4_REPORT, .to = GODWIT_FUNCTION_MTC_IWF, .transaction = 1};
    m->u.t4_report = (godwit_t4_report_t){.has_outcome = true, .outcome = GODWIT_T4_SUCCESS};
    m->u.t4_report.imsi = t != NULL ? t->imsi : lab_imsi(device);
    m->u.t4_report.reference = t != NULL ? (uint32_t)t->number : 1;
    return true;
}

/* That a source has given, or that none has. */
static uint32_t any_reference(scenario_t *s)
{
    const uint32_t number = draw(s, s->w->asked_count + 1);
    return number < s->w->asked_count && s->w->asked[number].reference != 0 ? s->w->asked[number].reference : MUCH;
}

/* As the SCS would: what it has asked for is recalled. */
static bool recalls(scenario_t *s, unsigned device, godwit_message_t *m)
{
    godwit_device_action_t *action = &m->u.device_action;
    *m = (godwit_message_t){.kind = GODWIT_DEVICE_ACTION, .to = GODWIT_FUNCTION_MTC_IWF, .transaction = 1};
    action->action = GODWIT_ACTION_RECALL;
    action->reference = MUCH + draw(s, MUCH);
    action->old_reference = any_reference(s);
    lab_external_id(device, action->device.external_id);
    set_name(action->scs, lab_host(GODWIT_WORLD_SCS));
    return true;
}

/* As the MTC-IWF would, to a source: it was delivered. */
static bool tells(scenario_t *s, unsigned device, godwit_message_t *m)
{
    const bool as = draw(s, 2) == 0;
    *m = (godwit_message_t){.kind = GODWIT_DEVICE_NOTIFICATION, .transaction = 1};
    m->to = as ? GODWIT_FUNCTION_AS : GODWIT_FUNCTION_SCS;
    m->u.device_notification.reference = any_reference(s);
    m->u.device_notification.outcome = GODWIT_OUTCOME_SUCCESS;
    set_name(m->u.device_notification.scs, lab_host(as ? GODWIT_WORLD_AS : GODWIT_WORLD_SCS));
    lab_external_id(device, m->u.device_notification.device.external_id);
    return true;
}

static godwit_function_t serving_function(const godwit_world_t *w)
{
    const unsigned node = lab_serving_node(w);
    return node == GODWIT_WORLD_MME    ? GODWIT_FUNCTION_MME
           : node == GODWIT_WORLD_SGSN ? GODWIT_FUNCTION_SGSN
                                       : GODWIT_FUNCTION_MSC;
}

/* As the MTC-IWF would, to the serving node: a trigger of its own. */
static bool orders(scenario_t *s, unsigned device, godwit_message_t *m)
{
    godwit_t5_down_t *down = &m->u.t5_down;
    godwit_a3_message_t said = {.type = GODWIT_A3_TRIGGER};
    godwit_writer_t out = godwit_writer(down->container, sizeof down->container);
    *m = (godwit_message_t){.kind = GODWIT_T5_DOWN, .to = serving_function(s->w), .transaction = 1};
    said.trigger = (godwit_a3_trigger_t){.action = GODWIT_A3_TRIGGERING,
                                         .reference = MUCH + draw(s, MUCH),
                                         .time_s = (uint32_t)(s->w->now_ms / MUCH),
                                         .port = LAB_TRIGGER_PORT,
                                         .payload_len = sizeof TEXT};
    memcpy(said.trigger.payload, TEXT, sizeof TEXT);
    const bool built =
        godwit_a3_source(&godwit_crypto_builtin, lab_host(GODWIT_WORLD_SCS), true, said.trigger.source) == GODWIT_OK &&
        godwit_a3_unprotected_build(&said, &out) == GODWIT_OK;
    down->imsi = lab_imsi(device);
    down->kind = GODWIT_T5_CONTAINER;
    down->container_len = (uint8_t)out.len;
    down->to.function = (uint8_t)m->to;
    return built && !lab_by_eap(&s->w->config);
}

/* As the MTC-IWF would: a device's key, of the HSS and of who serves it. */
static bool asks(scenario_t *s, unsigned device, godwit_message_t *m)
{
    *m = (godwit_message_t){.kind = GODWIT_SUBSCRIBER_INFO_REQUEST, .to = GODWIT_FUNCTION_HSS, .transaction = 1};
    if (draw(s, 2) == 0) {
        m->u.subscriber_info_request.imsi = lab_imsi(device);
        m->u.subscriber_info_request.key = draw(s, 2) == 0 ? GODWIT_IWF_KEY_K_IWF : GODWIT_IWF_KEY_ROOT;
        m->u.subscriber_info_request.root = GODWIT_IWF_ROOT_FLAGGED;
        return true;
    }
    m->kind = GODWIT_IWF_KEY_REQUEST;
    m->to = lab_by_eap(&s->w->config) ? GODWIT_FUNCTION_AAA : serving_function(s->w);
    m->u.iwf_key_request = (godwit_iwf_key_request_t){.association = MUCH + draw(s, MUCH)};
    m->u.iwf_key_request.imsi = lab_imsi(device);
    set_name(m->u.iwf_key_request.iwf, lab_host(draw(s, 2) == 0 ? GODWIT_WORLD_STRANGER : GODWIT_WORLD_MTC_IWF));
    m->u.iwf_key_request.to.function = (uint8_t)m->to;
    return true;
}

void lab_stranger_act(scenario_t *s, unsigned device)
{
    static const struct {
        bool (*make)(scenario_t *s, unsigned device, godwit_message_t *m); /* false: not in this world */
        const char *what;
    } acts[] = {{claims, "that a device is there"},
                {speaks_for, "what a device would"},
                {reports, "that a trigger came by short message"},
                {recalls, "to recall what the SCS asked for"},
                {tells, "to a source that all is done"},
                {orders, "to trigger a device"},
                {asks, "to be given a key"}};
    const unsigned which = draw(s, sizeof acts / sizeof acts[0]);
    godwit_message_t m;
    if (acts[which].make(s, device, &m)) {
        lab_tell(s, "a stranger says %s", acts[which].what);
        lab_send_message(s->w, GODWIT_WORLD_STRANGER, &m);
    }
}
