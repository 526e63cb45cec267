/* SPDX-License-Identifier: Apache-2.0
 *
 * The MME: its configuration, and which file takes which input.
 */
#include <string.h>

#include "roles/mme/internal.h"

#define RETRANSMIT_MS 3000
#define ATTEMPTS 5
#define HSS_TIMEOUT_MS 6000
#define SETUP_MS 20000
#define RETAIN_MS 60000
#define SECURING_MS 1000
#define ALGORITHM_MAX 3

static bool are_algorithms(const uint8_t *order, uint8_t count, uint8_t least)
{
    bool good = count <= GODWIT_MME_ALGORITHMS_MAX;
    for (uint8_t i = 0; good && i < count; i++) {
        good = order[i] >= least && order[i] <= ALGORITHM_MAX;
    }
    return good;
}

static void set_defaults(godwit_mme_config_t *c)
{
    static const uint8_t order[3] = {2, 1, 3};
    if (c->eea_count == 0) {
        c->eea_count = sizeof order;
        memcpy(c->eea_order, order, sizeof order);
    }
    if (c->eia_count == 0) {
        c->eia_count = sizeof order;
        memcpy(c->eia_order, order, sizeof order);
    }
    c->gtpc_port = c->gtpc_port == 0 ? GODWIT_GTPC_PORT : c->gtpc_port;
    c->gtpu_port = c->gtpu_port == 0 ? GODWIT_GTPU_PORT : c->gtpu_port;
    c->retransmit_ms = c->retransmit_ms == 0 ? RETRANSMIT_MS : c->retransmit_ms;
    c->attempts = c->attempts == 0 ? ATTEMPTS : c->attempts;
    c->hss_timeout_ms = c->hss_timeout_ms == 0 ? HSS_TIMEOUT_MS : c->hss_timeout_ms;
    c->retain_ms = c->retain_ms == 0 ? RETAIN_MS : c->retain_ms;
    c->securing_ms = c->securing_ms == 0 ? SECURING_MS : c->securing_ms;
    c->setup_ms = c->setup_ms == 0 ? SETUP_MS : c->setup_ms;
}

godwit_status_t godwit_mme_init(godwit_mme_t *mme, const godwit_mme_config_t *config, godwit_mme_ue_t *ues,
                                size_t capacity, godwit_gtp_pending_t *pending, size_t pending_capacity,
                                godwit_gtp_answered_t *answered, size_t answered_capacity)
{
    if (capacity == 0 || capacity > GODWIT_MME_UES_MAX || pending_capacity == 0 || answered_capacity == 0 ||
        config->crypto == NULL || !are_algorithms(config->eea_order, config->eea_count, 0) ||
        !are_algorithms(config->eia_order, config->eia_count, 1)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(mme, 0, sizeof *mme);
    mme->config = *config;
    set_defaults(&mme->config);
    mme->config.trigger = config->trigger && !config->unaware;
    godwit_mme_table_init(mme, ues, capacity);
    godwit_gtp_path_init(&mme->path, pending, pending_capacity, answered, answered_capacity, GODWIT_MME_TIMER_GTP,
                         config->t3_ms, config->n3);
    return GODWIT_OK;
}

/* ---- inputs ---- */

static void on_radio(godwit_mme_turn_t *t)
{
    godwit_radio_frame_t frame;
    godwit_status_t status = godwit_radio_parse(t->in->datagram, &frame);
    if (status == GODWIT_OK && frame.kind == GODWIT_RADIO_NAS) {
        godwit_mme_on_nas(t, frame.octets);
    } else if (status == GODWIT_OK && frame.kind == GODWIT_RADIO_RELEASE) {
        godwit_mme_on_release(t);
    } else {
        godwit_mme_event(t, "refused", status == GODWIT_OK ? GODWIT_WRONG_STATE : status, NULL,
                         "a frame that is not taken");
    }
}

static void on_datagram(godwit_mme_turn_t *t)
{
    switch (t->in->port) {
    case GODWIT_PORT_RADIO:
        on_radio(t);
        break;
    case GODWIT_PORT_GTPC:
        godwit_mme_on_gtpc(t);
        break;
    case GODWIT_PORT_GTPU:
        godwit_mme_on_gtpu(t);
        break;
    default:
        break;
    }
}

static void on_drop(godwit_mme_turn_t *t)
{
    godwit_mme_ue_t *ue = godwit_mme_by_imsi(t->mme, &t->in->imsi, NULL);
    if (ue != NULL && ue->state == GODWIT_MME_REGISTERED) {
        godwit_mme_detach(t, ue, GODWIT_EMM_DETACH_NO_REATTACH);
    }
}

static void on_trigger(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    switch (message->kind) {
    case GODWIT_LOCATION_UPDATE_ANSWER:
        godwit_mme_on_location(t, message);
        break;
    case GODWIT_T5_UP_ANSWER:
        godwit_mme_on_t5_up_answer(t, message);
        break;
    case GODWIT_T5_DOWN:
        godwit_mme_on_t5_down(t, message);
        break;
    case GODWIT_IWF_KEY_REQUEST:
        godwit_mme_on_iwf_key_request(t, message);
        break;
    default:
        break;
    }
}

static void on_message(godwit_mme_turn_t *t)
{
    switch (t->in->message->kind) {
    case GODWIT_AUTH_INFO_ANSWER:
        godwit_mme_on_vector(t, t->in->message);
        break;
    case GODWIT_SHORT_MESSAGE_UP_ANSWER:
        godwit_mme_on_sms_answer(t, t->in->message);
        break;
    case GODWIT_SHORT_MESSAGE_DOWN:
        godwit_mme_on_sms_down(t, t->in->message);
        break;
    default:
        if (t->mme->config.trigger) {
            on_trigger(t, t->in->message);
        }
        break;
    }
}

void godwit_mme_step(godwit_mme_t *mme, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mme_turn_t t = {.mme = mme, .in = in, .out = out};
    switch (in->kind) {
    case GODWIT_INPUT_DATAGRAM:
        on_datagram(&t);
        break;
    case GODWIT_INPUT_MESSAGE:
        on_message(&t);
        break;
    case GODWIT_INPUT_TIMER:
        if (godwit_gtp_is_timer(&mme->path, in->timer)) {
            godwit_mme_on_gtp_timer(&t);
        } else if (in->timer >= GODWIT_MME_TIMER_NEXT) {
            godwit_mme_on_next_timer(&t, in->timer - GODWIT_MME_TIMER_NEXT);
        } else {
            godwit_mme_on_timer(&t, in->timer);
        }
        break;
    case GODWIT_INPUT_COMMIT_FAILED:
        godwit_mme_on_commit_failed(&t);
        break;
    case GODWIT_INPUT_DROP:
        on_drop(&t);
        break;
    default:
        break;
    }
}
