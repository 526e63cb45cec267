/* SPDX-License-Identifier: Apache-2.0
 *
 * The SGSN: which file takes which input, and the device's timers. Without protection only initial messages and those
 * of a dialogue are taken.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define POOL_MIN (16 + GODWIT_INDEX_KEY) /* FRESH, P-TMSI, a TEID, and the table's key: what one frame can need */

/* ---- set-up ---- */

static bool are_supported(const uint8_t *order, uint8_t count, unsigned supported)
{
    for (uint8_t i = 0; i < count && count <= GODWIT_SGSN_ALGORITHMS_MAX; i++) {
        if (order[i] > 7 || (supported >> order[i] & 1U) == 0) {
            return false;
        }
    }
    return count <= GODWIT_SGSN_ALGORITHMS_MAX;
}

godwit_status_t godwit_sgsn_init(godwit_sgsn_t *sgsn, const godwit_sgsn_config_t *config, godwit_sgsn_ue_t *ues,
                                 size_t capacity, godwit_gtp_pending_t *pending, size_t pending_capacity,
                                 godwit_gtp_answered_t *answered, size_t answered_capacity)
{
    if (config->crypto == NULL || (config->iwf_number[0] != '\0' && !godwit_sms_node_number(config->iwf_number)) ||
        capacity == 0 || capacity > GODWIT_SGSN_UES_MAX || pending_capacity == 0 || answered_capacity == 0 ||
        config->apns == 0 || config->apns > GODWIT_SGSN_APNS_MAX ||
        !are_supported(config->uea_order, config->uea_count, 1U << GODWIT_UEA0 | 1U << GODWIT_UEA2) ||
        !are_supported(config->uia_order, config->uia_count, 1U << GODWIT_UIA2)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(sgsn, 0, sizeof *sgsn);
    sgsn->config = *config;
    if (config->unaware) { /* a SGSN without Godwit has no triggers */
        memset(sgsn->config.iwf_number, 0, sizeof sgsn->config.iwf_number);
    }
    godwit_sgsn_table_init(sgsn, ues, capacity);
    godwit_gtp_path_init(&sgsn->path, pending, pending_capacity, answered, answered_capacity,
                         (uint32_t)capacity * (2 + GODWIT_SGSN_CONTEXTS_PER_UE), config->t3_ms, config->n3);
    return GODWIT_OK;
}

/* ---- radio ---- */

static void on_plain_nas(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame)
{
    uint8_t type = 0;
    if (godwit_gmm_type(frame->octets, &type) != GODWIT_OK) {
        godwit_sgsn_refused(turn, NULL, GODWIT_POLICY_FORBIDS, "a message that must be protected is not");
        return;
    }
    switch (type) {
    case GODWIT_GMM_ATTACH_REQUEST:
        godwit_sgsn_on_attach_request(turn, frame);
        break;
    case GODWIT_GMM_IDENTITY_RESPONSE:
        godwit_sgsn_on_identity_response(turn, frame->octets);
        break;
    case GODWIT_GMM_AUTHENTICATION_RESPONSE:
        godwit_sgsn_on_authentication_response(turn, frame->octets);
        break;
    case GODWIT_GMM_AUTHENTICATION_FAILURE:
        godwit_sgsn_on_authentication_failure(turn, frame->octets);
        break;
    case GODWIT_GMM_SERVICE_REQUEST:
        godwit_sgsn_on_service_request(turn, frame);
        break;
    case GODWIT_GMM_DETACH_REQUEST:
        godwit_sgsn_on_plain_detach(turn, frame);
        break;
    default:
        godwit_sgsn_refused(turn, NULL, GODWIT_POLICY_FORBIDS, "a message that must be protected is not");
        break;
    }
}

static void on_radio(godwit_sgsn_turn_t *turn)
{
    godwit_radio_frame_t frame;
    if (godwit_radio_parse(turn->in->datagram, &frame) != GODWIT_OK) {
        godwit_sgsn_refused(turn, NULL, GODWIT_MALFORMED, "a radio frame");
        return;
    }
    switch (frame.kind) {
    case GODWIT_RADIO_NAS:
    case GODWIT_RADIO_INITIAL_NAS:
        on_plain_nas(turn, &frame);
        break;
    case GODWIT_RADIO_INITIAL_PROTECTED:
        godwit_sgsn_on_initial_protected(turn, &frame);
        break;
    case GODWIT_RADIO_PROTECTED:
        godwit_sgsn_on_protected(turn);
        break;
    default: /* a release or an N-PDU without protection, or what goes down only */
        godwit_sgsn_refused(turn, NULL, GODWIT_POLICY_FORBIDS, "a frame that must be protected is not");
        break;
    }
}

/* ---- timers ---- */

/* It has been sent often enough. */
static void give_up(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    switch (ue->waiting) {
    case GODWIT_SGSN_IDENTITY:
        godwit_sgsn_event(turn, ue, "attach_refused", GODWIT_PEER_INTERNAL, "the device did not tell its identity");
        godwit_sgsn_free(turn, ue);
        break;
    case GODWIT_SGSN_RESPONSE:
        godwit_sgsn_authentication_failed(turn, ue);
        break;
    case GODWIT_SGSN_SECURITY:
        ue->waiting = GODWIT_SGSN_NOTHING;
        godwit_sgsn_security_failed(turn, ue);
        break;
    case GODWIT_SGSN_COMPLETE:
        godwit_sgsn_attach_completed(turn, ue, "attach complete did not come");
        break;
    case GODWIT_SGSN_PAGED:
        ue->waiting = GODWIT_SGSN_NOTHING;
        godwit_sgsn_drop_buffered(ue);
        if (godwit_sms_node_waits(&ue->sms)) {
            godwit_sgsn_sms_end(turn, ue);
        }
        godwit_sgsn_event(turn, ue, "paging_failed", GODWIT_PEER_INTERNAL, "the device did not answer");
        if (ue->detach_wanted) {
            godwit_sgsn_detached(turn, ue, "by the network; the device was not reached");
        }
        break;
    default:
        godwit_sgsn_detached(turn, ue, "by the network; the device did not answer");
        break;
    }
}

static void send_again(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    switch (ue->waiting) {
    case GODWIT_SGSN_IDENTITY:
        godwit_sgsn_ask_identity(turn, ue);
        break;
    case GODWIT_SGSN_RESPONSE:
        godwit_sgsn_ask_response(turn, ue);
        break;
    case GODWIT_SGSN_SECURITY:
        godwit_sgsn_command_again(turn, ue);
        break;
    case GODWIT_SGSN_COMPLETE:
        godwit_sgsn_accept_again(turn, ue);
        break;
    case GODWIT_SGSN_PAGED:
        godwit_sgsn_page_again(turn, ue);
        break;
    default:
        godwit_sgsn_ask_detach(turn, ue);
        break;
    }
}

static void on_device_timer(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    if (ue->state == GODWIT_SGSN_FREE || ue->waiting == GODWIT_SGSN_NOTHING) {
        return;
    }
    if (ue->waiting == GODWIT_SGSN_LINGER) {
        godwit_sgsn_retained(turn, ue);
    } else if (ue->waiting == GODWIT_SGSN_VECTOR) {
        godwit_sgsn_home_silent(turn, ue);
    } else if (ue->waiting == GODWIT_SGSN_NEXT) {
        godwit_sgsn_next_silent(turn, ue);
    } else if (ue->attempts == 0) {
        give_up(turn, ue);
    } else {
        ue->attempts--;
        send_again(turn, ue);
        godwit_outbox_timer(turn->out, turn->in->timer, godwit_sgsn_retransmit_ms(turn->sgsn));
    }
}

static void on_timer(godwit_sgsn_turn_t *turn)
{
    godwit_sgsn_t *sgsn = turn->sgsn;
    uint32_t timer = turn->in->timer, capacity = (uint32_t)sgsn->capacity;
    if (godwit_sgsn_on_sms_tick(turn)) {
        return;
    }
    if (timer < capacity) {
        on_device_timer(turn, &sgsn->ues[timer]);
    } else if (timer < 2 * capacity) {
        godwit_sgsn_idle(turn, &sgsn->ues[timer - capacity], true);
    } else if (godwit_gtp_is_timer(&sgsn->path, timer)) {
        godwit_sgsn_on_gtp_timer(turn);
    } else if (timer < sgsn->path.timer_base) {
        godwit_sgsn_deactivate_again(turn, timer - 2 * capacity);
    }
}

/* ---- one input ---- */

/* False: random octets were asked for, and nothing else was done. */
static bool fill_pool(godwit_sgsn_turn_t *turn)
{
    godwit_sgsn_t *sgsn = turn->sgsn;
    if (sgsn->pool_left >= POOL_MIN) {
        return true;
    }
    if (turn->in->random.len < sizeof sgsn->pool) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_RANDOM)->count = sizeof sgsn->pool;
        return false;
    }
    memcpy(sgsn->pool, turn->in->random.ptr, sizeof sgsn->pool);
    sgsn->pool_left = sizeof sgsn->pool;
    return true;
}

static void on_datagram(godwit_sgsn_turn_t *turn)
{
    if (turn->in->port == GODWIT_PORT_GTPC && fill_pool(turn)) { /* an Identification Response may end an attach */
        godwit_sgsn_on_gtpc(turn);
    } else if (turn->in->port == GODWIT_PORT_GTPU) {
        godwit_sgsn_on_gtpu(turn);
    } else if (turn->in->port == GODWIT_PORT_RADIO && fill_pool(turn)) {
        on_radio(turn);
    }
}

static void on_drop(godwit_sgsn_turn_t *turn)
{
    godwit_sgsn_ue_t *ue = godwit_sgsn_registered(turn->sgsn, &turn->in->imsi, NULL);
    if (ue != NULL && ue->state == GODWIT_SGSN_REGISTERED) {
        godwit_sgsn_detach_by_network(turn, ue);
    }
}

static void on_message(godwit_sgsn_turn_t *turn)
{
    switch (turn->in->message->kind) {
    case GODWIT_AUTH_INFO_ANSWER:
        godwit_sgsn_on_vector(turn);
        break;
    case GODWIT_SHORT_MESSAGE_UP_ANSWER:
    case GODWIT_T5_UP_ANSWER: /* that to REGISTERED is of no message */
        godwit_sgsn_on_sms_answer(turn);
        break;
    case GODWIT_SHORT_MESSAGE_DOWN:
        godwit_sgsn_on_sms_down(turn);
        break;
    case GODWIT_LOCATION_UPDATE_ANSWER:
        godwit_sgsn_on_located(turn);
        break;
    case GODWIT_T5_DOWN:
        godwit_sgsn_on_t5_down(turn);
        break;
    case GODWIT_IWF_KEY_REQUEST:
        godwit_sgsn_on_iwf_key(turn);
        break;
    default:
        break;
    }
}

void godwit_sgsn_step(godwit_sgsn_t *sgsn, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgsn_turn_t turn = {.sgsn = sgsn, .in = in, .out = out};
    switch (in->kind) {
    case GODWIT_INPUT_DATAGRAM:
        on_datagram(&turn);
        break;
    case GODWIT_INPUT_MESSAGE:
        on_message(&turn);
        break;
    case GODWIT_INPUT_TIMER:
        on_timer(&turn);
        break;
    case GODWIT_INPUT_DROP:
        on_drop(&turn);
        break;
    case GODWIT_INPUT_COMMIT_FAILED:
        godwit_sgsn_on_commit_failed(&turn);
        break;
    default:
        break;
    }
}
