/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering at the MME (contribution 002): Update Location and what is said on T5, and their carriage in NAS:
 * DOWNLINK, UPLINK GENERIC NAS TRANSPORT (TS 24.301 8.2.31, 8.2.32) and the security mode. A device that is idle is
 * paged. Nothing of a device that did not come under the cipher of its context, or in its security mode's completion,
 * goes to the MTC-IWF; K_iwf goes down only where the cipher is not the null one.
 */
#include <string.h>

#include "core/wire/ue_key.h"
#include "roles/mme/internal.h"

static uint32_t transaction_of(godwit_mme_turn_t *t)
{
    return ++t->mme->next_transaction;
}

static bool has_iwf(const godwit_mme_ue_t *ue)
{
    return ue->trigger.at.iwf.host[0] != '\0';
}

/* Where the home has said nothing, or nothing yet. */
static void assume_iwf(const godwit_mme_t *mme, godwit_mme_ue_t *ue)
{
    if (!has_iwf(ue) && mme->config.iwf.host[0] != '\0') {
        ue->trigger.at.iwf = mme->config.iwf;
        ue->trigger.at.named_openly = false;
    }
}

/* ---- the home ---- */

static void tell_home(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_serving_home_t home;
    godwit_mme_home(t->mme, &ue->imsi, &home);
    godwit_serving_trigger_locate(&ue->trigger.at, &home, t->out, transaction_of(t), &ue->imsi, GODWIT_LOCATION_EUTRAN,
                                  t->in->now_ms);
}

void godwit_mme_locate(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (t->mme->config.trigger) {
        assume_iwf(t->mme, ue);
        ue->trigger.announced = false;
        tell_home(t, ue);
    }
}

/* The answer was lost, or none; the device may stay for months. */
static void locate_again(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (t->mme->config.trigger && godwit_serving_trigger_is_lost(&ue->trigger.at, t->in->now_ms)) {
        tell_home(t, ue);
    }
}

static void announce(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_serving_home_t home;
    godwit_mme_home(t->mme, &ue->imsi, &home);
    godwit_serving_trigger_registered(&ue->trigger.at, &home, t->out, transaction_of(t), &ue->imsi);
    ue->trigger.announced = has_iwf(ue);
}

static void flush_up(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    const godwit_slice_t container = godwit_slice(octets, ue->trigger.up_len);
    memcpy(octets, ue->trigger.up, ue->trigger.up_len);
    ue->trigger.up_len = 0;
    godwit_mme_trigger_up(t, ue, container);
}

static void take_location(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_trigger_node_t *before,
                          const godwit_message_t *message)
{
    godwit_status_t status = message->u.location_update_answer.status;
    godwit_mme_event(t, status == GODWIT_OK ? "located" : "location_refused", status, ue, NULL);
    assume_iwf(t->mme, ue);
    if (strcmp(before->host, ue->trigger.at.iwf.host) != 0) {
        ue->trigger.announced = false; /* to another one, if at all */
    }
    flush_up(t, ue);
    if (ue->state == GODWIT_MME_REGISTERED && !ue->trigger.announced) {
        announce(t, ue);
    }
}

void godwit_mme_on_location(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    for (size_t i = 0; i < t->mme->top; i++) {
        godwit_mme_ue_t *ue = &t->mme->ues[i];
        const godwit_trigger_node_t before = ue->trigger.at.iwf;
        bool named;
        if (ue->state != GODWIT_MME_FREE && godwit_serving_trigger_located(&ue->trigger.at, message, &named)) {
            take_location(t, ue, &before, message);
            return;
        }
    }
}

/* ---- in the security mode ---- */

/* This one is known by the configuration, or from the registration that the device has here. */
static void know_iwf(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    const godwit_mme_ue_t *former = godwit_mme_by_imsi(t->mme, &ue->imsi, ue);
    if (former != NULL) {
        ue->trigger.at.iwf = former->trigger.at.iwf;
        ue->trigger.at.named_openly = former->trigger.at.named_openly;
    }
    assume_iwf(t->mme, ue);
}

bool godwit_mme_ask_iwf(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_mme_trigger_t *trigger = &ue->trigger;
    godwit_serving_home_t home;
    if (!t->mme->config.trigger) {
        return false;
    }
    godwit_serving_trigger_root(&trigger->at, t->mme->config.crypto, GODWIT_IWF_ROOT_KASME, ue->kasme, ue->rand);
    know_iwf(t, ue);
    godwit_mme_home(t->mme, &ue->imsi, &home);
    trigger->securing = transaction_of(t);
    if (!godwit_serving_trigger_securing(&trigger->at, &home, t->out, trigger->securing, &ue->imsi)) {
        return false;
    }
    ue->state = GODWIT_MME_AWAITING_IWF;
    godwit_mme_file(t->mme, ue);
    godwit_mme_nas_timer(t, ue, t->mme->config.securing_ms);
    return true;
}

void godwit_mme_on_t5_up_answer(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    const godwit_t5_up_answer_t *m = &message->u.t5_up_answer;
    const bool brings =
        m->status == GODWIT_OK && m->container_len > 0 && m->container_len <= GODWIT_TRIGGER_CONTAINER_MAX;
    for (size_t i = 0; i < t->mme->top; i++) {
        godwit_mme_ue_t *ue = &t->mme->ues[i];
        if (ue->state == GODWIT_MME_AWAITING_IWF && ue->trigger.securing == message->transaction) {
            godwit_mme_command(t, ue, brings ? godwit_slice(m->container, m->container_len) : godwit_slice(NULL, 0));
            return;
        }
    }
}

/* ---- up ---- */

void godwit_mme_trigger_up(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t container)
{
    godwit_mme_trigger_t *trigger = &ue->trigger;
    godwit_serving_home_t home;
    if (!t->mme->config.trigger || container.len == 0 || container.len > sizeof trigger->up) {
        return;
    }
    godwit_mme_home(t->mme, &ue->imsi, &home);
    if (!has_iwf(ue) && trigger->at.asked != 0 && trigger->up_len == 0) {
        memcpy(trigger->up, container.ptr, container.len);
        trigger->up_len = (uint8_t)container.len;
    } else if (godwit_serving_trigger_up(&trigger->at, &home, t->out, transaction_of(t), &ue->imsi, container)) {
        godwit_mme_event(t, "trigger_up", GODWIT_OK, ue, NULL);
    } else {
        godwit_mme_event(t, "trigger_dropped", GODWIT_NOT_FOUND, ue, "its home has no MTC-IWF");
    }
}

void godwit_mme_on_generic_transport(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t header, godwit_slice_t plain)
{
    godwit_emm_generic_nas_transport_t m;
    if (!t->mme->config.trigger || header != GODWIT_NAS_CIPHERED ||
        godwit_emm_uplink_generic_nas_transport_parse(plain, &m) != GODWIT_OK ||
        m.container_type != GODWIT_EMM_GENERIC_TRIGGER || m.container.len > GODWIT_TRIGGER_CONTAINER_MAX) {
        godwit_mme_event(t, "refused", GODWIT_WRONG_STATE, ue, "a message of no use here");
        return;
    }
    if (ue->state == GODWIT_MME_ACCEPTING) {
        godwit_mme_registered(t, ue);
    }
    if (ue->state != GODWIT_MME_REGISTERED) {
        godwit_mme_event(t, "refused", GODWIT_WRONG_STATE, ue, "a trigger's answer of a device that is not registered");
        return;
    }
    godwit_mme_spoken(t, ue);
    godwit_mme_trigger_up(t, ue, m.container);
    godwit_mme_resumed(t, ue);
}

/* ---- down ---- */

static godwit_status_t put(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t type, godwit_slice_t container)
{
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX + 8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_emm_generic_nas_transport_t m = {.container_type = type, .container = container};
    if (type == GODWIT_EMM_GENERIC_UE_KEY && ue->security.eea == 0) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    godwit_status_t status = godwit_emm_downlink_generic_nas_transport_build(&m, &w);
    if (status == GODWIT_OK) {
        status = godwit_mme_send(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
    godwit_wipe(octets, sizeof octets);
    return status == GODWIT_OK ? GODWIT_OK : GODWIT_AGAIN;
}

void godwit_mme_trigger_end(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_status_t status)
{
    godwit_mme_trigger_t *trigger = &ue->trigger;
    godwit_message_t asked;
    if (trigger->down_len == 0) {
        return;
    }
    memset(&asked, 0, sizeof asked);
    asked.from = trigger->down_from;
    asked.transaction = trigger->down_transaction;
    asked.route = trigger->down_route;
    asked.u.t5_down.imsi = ue->imsi;
    godwit_serving_trigger_answer(t->out, GODWIT_FUNCTION_MME, &asked, status);
    trigger->at.missed = trigger->at.missed || status == GODWIT_AGAIN;
    trigger->down_len = 0;
    godwit_wipe(trigger->down, sizeof trigger->down);
}

void godwit_mme_trigger_start(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_mme_trigger_t *trigger = &ue->trigger;
    locate_again(t, ue);
    if (trigger->at.missed) {
        announce(t, ue);
    }
    if (trigger->down_len > 0 && ue->connected) {
        godwit_mme_trigger_end(t, ue, put(t, ue, trigger->down_type, godwit_slice(trigger->down, trigger->down_len)));
    }
}

void godwit_mme_trigger_registered(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (t->mme->config.trigger && has_iwf(ue) && !ue->trigger.announced) {
        announce(t, ue);
    }
    godwit_mme_trigger_start(t, ue);
}

/* What the message carries, as it will stand in its container, kept until the device listens. */
static godwit_status_t keep(godwit_mme_trigger_t *trigger, const godwit_message_t *message)
{
    const godwit_t5_down_t *m = &message->u.t5_down;
    godwit_writer_t w = godwit_writer(trigger->down, sizeof trigger->down);
    if (trigger->down_len > 0) {
        return GODWIT_OVERLOAD;
    }
    if (m->kind == GODWIT_T5_UE_KEY) {
        trigger->down_type = GODWIT_EMM_GENERIC_UE_KEY;
        if (godwit_ue_key_build(&m->ue_key, &w) != GODWIT_OK) {
            return GODWIT_MALFORMED;
        }
    } else {
        trigger->down_type = GODWIT_EMM_GENERIC_TRIGGER;
        godwit_put(&w, m->container, m->container_len);
    }
    trigger->down_len = (uint8_t)w.len;
    trigger->down_from = message->from;
    trigger->down_transaction = message->transaction;
    trigger->down_route = message->route;
    return GODWIT_OK;
}

void godwit_mme_on_t5_down(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    godwit_mme_ue_t *ue = godwit_mme_by_imsi(t->mme, &message->u.t5_down.imsi, NULL);
    godwit_status_t status = GODWIT_NOT_FOUND;
    if (ue != NULL && ue->state <= GODWIT_MME_REGISTERED) {
        status = godwit_serving_trigger_admit(&ue->trigger.at, message);
        status = status == GODWIT_OK ? keep(&ue->trigger, message) : status;
    }
    if (status != GODWIT_OK) {
        godwit_serving_trigger_answer(t->out, GODWIT_FUNCTION_MME, message, status);
    } else if (ue->state == GODWIT_MME_REGISTERED && ue->connected) {
        godwit_mme_idle_timer(t, ue);
        godwit_mme_trigger_start(t, ue);
    } else if (ue->state == GODWIT_MME_REGISTERED) {
        godwit_mme_page(t, ue);
    }
}

/* ---- K_iwf ---- */

void godwit_mme_on_iwf_key_request(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    const godwit_mme_ue_t *ue = godwit_mme_keyed(t->mme, &message->u.iwf_key_request.imsi);
    godwit_serving_trigger_key(ue != NULL ? &ue->trigger.at : NULL, t->mme->config.crypto, t->out, GODWIT_FUNCTION_MME,
                               message);
}
