/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering at a serving node: see serving_trigger.h.
 */
#include "roles/serving_trigger.h"

#include <string.h>

#define LOCATE_AGAIN_MS 60000

void godwit_serving_trigger_root(godwit_serving_trigger_t *trigger, const godwit_crypto_t *crypto,
                                 godwit_iwf_root_t kind, const uint8_t root[32], const uint8_t rand[16])
{
    uint8_t name[GODWIT_IWF_ROOT_NAME];
    trigger->kind = GODWIT_IWF_ROOT_NONE;
    trigger->new_root = false;
    godwit_wipe(trigger->root, sizeof trigger->root);
    if (kind == GODWIT_IWF_ROOT_NONE || godwit_iwf_root_name(crypto, rand, name) != GODWIT_OK) {
        return;
    }
    trigger->kind = kind;
    trigger->new_root = true;
    memcpy(trigger->root, root, sizeof trigger->root);
    memcpy(trigger->root_name, name, sizeof trigger->root_name);
}

/* ---- towards the home ---- */

void godwit_serving_trigger_locate(godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                                   godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi, uint8_t rat,
                                   uint64_t now_ms)
{
    godwit_message_t *message =
        godwit_serving_message(home, out, GODWIT_FUNCTION_HSS, GODWIT_LOCATION_UPDATE, transaction);
    if (message != NULL) {
        message->u.location_update = (godwit_location_update_t){.imsi = *imsi, .visited_plmn = home->plmn, .rat = rat};
        trigger->asked = transaction;
    }
    trigger->located = false;
    trigger->asked_ms = now_ms;
}

bool godwit_serving_trigger_is_lost(const godwit_serving_trigger_t *trigger, uint64_t now_ms)
{
    return !trigger->located && now_ms - trigger->asked_ms >= LOCATE_AGAIN_MS;
}

bool godwit_serving_trigger_located(godwit_serving_trigger_t *trigger, const godwit_message_t *answer, bool *registered)
{
    const godwit_location_update_answer_t *m = &answer->u.location_update_answer;
    if (trigger->asked == 0 || trigger->asked != answer->transaction) {
        return false;
    }
    trigger->asked = 0;
    trigger->located = m->status == GODWIT_OK;
    memset(&trigger->iwf, 0, sizeof trigger->iwf);
    if (m->status == GODWIT_OK && m->iwf.host[0] != '\0') { /* on the wire the names alone say what it is */
        trigger->iwf = m->iwf;
        trigger->iwf.function = GODWIT_FUNCTION_MTC_IWF;
    }
    trigger->named_openly = answer->hop == GODWIT_HOP_OPEN;
    *registered = trigger->iwf.host[0] != '\0';
    return true;
}

/* ---- towards the MTC-IWF ---- */

static godwit_t5_up_t *up_of(const godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                             godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi)
{
    godwit_message_t *message =
        trigger->iwf.host[0] != '\0'
            ? godwit_serving_message(home, out, GODWIT_FUNCTION_MTC_IWF, GODWIT_T5_UP, transaction)
            : NULL;
    if (message == NULL) {
        return NULL;
    }
    message->u.t5_up.imsi = *imsi;
    message->u.t5_up.plmn = home->plmn;
    message->u.t5_up.to = trigger->iwf;
    return &message->u.t5_up;
}

void godwit_serving_trigger_registered(godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                                       godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi)
{
    godwit_t5_up_t *up = up_of(trigger, home, out, transaction, imsi);
    if (up != NULL) {
        up->kind = GODWIT_T5_REGISTERED;
        up->new_root = trigger->new_root;
        memcpy(up->root_name, trigger->root_name, sizeof up->root_name);
        trigger->new_root = trigger->missed = false;
    }
}

void godwit_serving_trigger_heard(godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                                  godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi)
{
    if (trigger->missed) {
        godwit_serving_trigger_registered(trigger, home, out, transaction, imsi);
    }
}

bool godwit_serving_trigger_securing(const godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                                     godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi)
{
    godwit_t5_up_t *up = up_of(trigger, home, out, transaction, imsi);
    if (up != NULL) {
        up->kind = GODWIT_T5_SECURING;
        up->new_root = trigger->new_root;
        memcpy(up->root_name, trigger->root_name, sizeof up->root_name);
    }
    return up != NULL;
}

bool godwit_serving_trigger_up(const godwit_serving_trigger_t *trigger, const godwit_serving_home_t *home,
                               godwit_outbox_t *out, uint32_t transaction, const godwit_imsi_t *imsi,
                               godwit_slice_t container)
{
    godwit_t5_up_t *up = container.len > 0 && container.len <= GODWIT_TRIGGER_CONTAINER_MAX
                             ? up_of(trigger, home, out, transaction, imsi)
                             : NULL;
    if (up != NULL) {
        up->kind = GODWIT_T5_FROM_DEVICE;
        up->container_len = (uint8_t)container.len;
        memcpy(up->container, container.ptr, container.len);
    }
    return up != NULL;
}

/* ---- from the MTC-IWF ---- */

static bool is_its_iwf(const godwit_serving_trigger_t *trigger, const godwit_message_t *message)
{
    return godwit_equal_names(trigger->iwf.host, message->origin_host); /* the home may write it in other letters */
}

godwit_status_t godwit_serving_trigger_admit(const godwit_serving_trigger_t *trigger, const godwit_message_t *message)
{
    const godwit_t5_down_t *m = &message->u.t5_down;
    if (trigger == NULL) {
        return GODWIT_NOT_FOUND;
    }
    if (!is_its_iwf(trigger, message)) {
        return GODWIT_NOT_ENTITLED;
    }
    if (m->kind == GODWIT_T5_CONTAINER) {
        bool good = m->container_len > 0 && m->container_len <= sizeof m->container;
        return good ? GODWIT_OK : GODWIT_MALFORMED;
    }
    if (m->kind != GODWIT_T5_UE_KEY || m->ue_key.is_root || m->ue_key.association == 0) {
        return GODWIT_MALFORMED;
    }
    return message->hop != GODWIT_HOP_OPEN && !trigger->named_openly ? GODWIT_OK : GODWIT_NOT_ENTITLED;
}

void godwit_serving_trigger_answer(godwit_outbox_t *out, godwit_function_t own, const godwit_message_t *message,
                                   godwit_status_t status)
{
    godwit_message_t *answer = godwit_outbox_answer(out, message, GODWIT_T5_DOWN_ANSWER, own);
    if (answer != NULL) {
        answer->u.outcome = status;
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
        godwit_outbox_event(out, status == GODWIT_OK ? "trigger_delivered" : "trigger_refused", status,
                            &message->u.t5_down.imsi, NULL);
    }
}

static godwit_status_t derive(const godwit_serving_trigger_t *trigger, const godwit_crypto_t *crypto,
                              const godwit_message_t *message, godwit_iwf_key_t *key)
{
    const godwit_iwf_key_request_t *m = &message->u.iwf_key_request;
    if (trigger == NULL) {
        return GODWIT_NOT_FOUND;
    }
    if (message->hop == GODWIT_HOP_OPEN || trigger->named_openly || !is_its_iwf(trigger, message) ||
        m->association == 0 || !godwit_speaks_for(message, m->iwf)) {
        return GODWIT_NOT_ENTITLED;
    }
    if (trigger->kind == GODWIT_IWF_ROOT_NONE) {
        return GODWIT_WRONG_STATE;
    }
    key->root = trigger->kind;
    key->association = m->association;
    memcpy(key->root_name, trigger->root_name, sizeof key->root_name);
    return godwit_k_iwf(crypto, trigger->root, godwit_slice_of_string(m->iwf), &m->imsi, m->association, key->key);
}

void godwit_serving_trigger_key(const godwit_serving_trigger_t *trigger, const godwit_crypto_t *crypto,
                                godwit_outbox_t *out, godwit_function_t own, const godwit_message_t *message)
{
    godwit_message_t *answer = godwit_outbox_answer(out, message, GODWIT_IWF_KEY_ANSWER, own);
    if (answer == NULL) {
        return;
    }
    godwit_iwf_key_answer_t *m = &answer->u.iwf_key_answer;
    m->status = derive(trigger, crypto, message, &m->key);
    if (m->status != GODWIT_OK) {
        godwit_wipe(&m->key, sizeof m->key);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    godwit_outbox_event(out, m->status == GODWIT_OK ? "iwf_key_given" : "iwf_key_refused", m->status,
                        &message->u.iwf_key_request.imsi, NULL);
}
