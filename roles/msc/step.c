/* SPDX-License-Identifier: Apache-2.0
 *
 * The MSC: its configuration, and which file takes which input.
 */
#include "roles/msc/internal.h"

#include <string.h>

#define POOL_MIN (16 + GODWIT_INDEX_KEY) /* octets that one input may take */
#define RETRANSMIT_MS 3000
#define ATTEMPTS 4
#define HSS_TIMEOUT_MS 6000
#define INACTIVE_MS 30000
#define NEXT_WAIT_MS 2000
#define NEXT_LIFE_S (30U * 24U * 3600U)

static uint32_t or_else(uint32_t value, uint32_t otherwise)
{
    return value != 0 ? value : otherwise;
}

godwit_status_t godwit_msc_init(godwit_msc_t *msc, const godwit_msc_config_t *config, godwit_msc_ue_t *ues,
                                size_t capacity)
{
    if (capacity == 0 || capacity > GODWIT_MSC_UES_MAX || config->crypto == NULL ||
        (config->iwf_number[0] != '\0' && !godwit_sms_node_number(config->iwf_number))) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(msc, 0, sizeof *msc);
    msc->config = *config;
    msc->config.retransmit_ms = or_else(config->retransmit_ms, RETRANSMIT_MS);
    msc->config.attempts = (uint8_t)or_else(config->attempts, ATTEMPTS);
    msc->config.hss_timeout_ms = or_else(config->hss_timeout_ms, HSS_TIMEOUT_MS);
    msc->config.inactive_ms = or_else(config->inactive_ms, INACTIVE_MS);
    msc->config.next_wait_ms = or_else(config->next_wait_ms, NEXT_WAIT_MS);
    msc->config.next_life_s = or_else(config->next_life_s, NEXT_LIFE_S);
    godwit_msc_table_init(msc, ues, capacity);
    return GODWIT_OK;
}

/* ---- radio ---- */

static void on_plain(godwit_msc_turn_t *turn, const godwit_radio_frame_t *frame)
{
    uint8_t type = 0;
    if (frame->octets.len > 1 && frame->octets.ptr[0] == GODWIT_PD_RR &&
        frame->octets.ptr[1] == GODWIT_RR_PAGING_RESPONSE) {
        godwit_msc_on_initial(turn, frame, GODWIT_RR_PAGING_RESPONSE);
        return;
    }
    if (godwit_mm_type(frame->octets, &type) != GODWIT_OK) {
        godwit_msc_event(turn, NULL, "refused", GODWIT_MALFORMED, "no MM message");
        return;
    }
    switch (type) {
    case GODWIT_MM_LOCATION_UPDATING_REQUEST:
        godwit_msc_on_update(turn, frame);
        break;
    case GODWIT_MM_IDENTITY_RESPONSE:
        godwit_msc_on_identity(turn, frame->octets);
        break;
    case GODWIT_MM_AUTHENTICATION_RESPONSE:
        godwit_msc_on_response(turn, frame->octets);
        break;
    case GODWIT_MM_AUTHENTICATION_FAILURE:
        godwit_msc_on_failure(turn, frame->octets);
        break;
    case GODWIT_MM_CM_SERVICE_REQUEST:
    case GODWIT_MM_IMSI_DETACH_INDICATION:
        godwit_msc_on_initial(turn, frame, type);
        break;
    default:
        godwit_msc_event(turn, NULL, "refused", GODWIT_POLICY_FORBIDS, "a message that must be protected");
        break;
    }
}

/* Without protection, as connections end: it changes only whether one is believed in. */
static void on_release(godwit_msc_turn_t *turn)
{
    godwit_index_walk_t walk = godwit_msc_at(turn->msc, &turn->in->from);
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_msc_ue_t *ue = &turn->msc->ues[row];
        if (ue->state == GODWIT_MSC_REGISTERED && godwit_address_equal(&ue->address, &turn->in->from)) {
            godwit_msc_idle(turn, ue, false);
        }
    }
}

static void on_radio(godwit_msc_turn_t *turn)
{
    godwit_radio_frame_t frame;
    if (godwit_radio_parse(turn->in->datagram, &frame) != GODWIT_OK) {
        godwit_msc_event(turn, NULL, "refused", GODWIT_MALFORMED, "a frame that cannot be read");
        return;
    }
    switch (frame.kind) {
    case GODWIT_RADIO_NAS:
    case GODWIT_RADIO_INITIAL_NAS:
        on_plain(turn, &frame);
        break;
    case GODWIT_RADIO_INITIAL_PROTECTED:
        godwit_msc_on_initial_protected(turn, &frame);
        break;
    case GODWIT_RADIO_PROTECTED:
        godwit_msc_on_protected(turn);
        break;
    case GODWIT_RADIO_RELEASE:
        on_release(turn);
        break;
    default:
        godwit_msc_event(turn, NULL, "refused", GODWIT_WRONG_STATE, "a frame that is not taken");
        break;
    }
}

/* ---- timers ---- */

static void give_up(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    switch (ue->waiting) {
    case GODWIT_MSC_IDENTITY:
    case GODWIT_MSC_RESPONSE:
        godwit_msc_authentication_failed(turn, ue);
        break;
    case GODWIT_MSC_SECURITY:
        godwit_msc_security_failed(turn, ue);
        break;
    case GODWIT_MSC_COMPLETE:
        godwit_msc_completed(turn, ue, "TMSI reallocation complete did not come");
        break;
    default: /* PAGED */
        ue->waiting = GODWIT_MSC_NOTHING;
        godwit_msc_sms_end(turn, ue);
        godwit_msc_event(turn, ue, "paging_failed", GODWIT_PEER_INTERNAL, "the device did not answer");
        break;
    }
}

static void send_again(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    switch (ue->waiting) {
    case GODWIT_MSC_IDENTITY:
        godwit_msc_ask_identity(turn, ue);
        break;
    case GODWIT_MSC_RESPONSE:
        godwit_msc_ask_response(turn, ue);
        break;
    case GODWIT_MSC_SECURITY:
        godwit_msc_command_again(turn, ue);
        break;
    case GODWIT_MSC_COMPLETE:
        godwit_msc_accept(turn, ue);
        break;
    default:
        godwit_msc_page_again(turn, ue);
        break;
    }
}

static void on_device_timer(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    if (ue->waiting == GODWIT_MSC_VECTOR) {
        godwit_msc_refuse(turn, ue, GODWIT_PEER_INTERNAL, "the home did not answer");
    } else if (ue->waiting == GODWIT_MSC_NEXT) { /* a late answer goes in MM INFORMATION */
        godwit_msc_accept(turn, ue);
        godwit_msc_wait(turn, ue, GODWIT_MSC_COMPLETE);
    } else if (ue->attempts == 0) {
        give_up(turn, ue);
    } else {
        ue->attempts--;
        send_again(turn, ue);
        godwit_outbox_timer(turn->out, turn->in->timer, turn->msc->config.retransmit_ms);
    }
}

static void on_timer(godwit_msc_turn_t *turn)
{
    godwit_msc_t *msc = turn->msc;
    uint32_t capacity = (uint32_t)msc->capacity, row = turn->in->timer % capacity, what = turn->in->timer / capacity;
    godwit_msc_ue_t *ue = &msc->ues[row];
    if (ue->state == GODWIT_MSC_FREE) {
        return;
    }
    if (what == 0 && ue->waiting != GODWIT_MSC_NOTHING) {
        on_device_timer(turn, ue);
    } else if (what == 1 && ue->waiting == GODWIT_MSC_NOTHING) {
        godwit_msc_idle(turn, ue, true);
    } else if (what == 2 && ue->state == GODWIT_MSC_REGISTERED) {
        godwit_msc_on_sms_tick(turn, ue);
    }
}

/* ---- one input ---- */

/* False: random octets were asked for, and nothing else was done. */
static bool fill_pool(godwit_msc_turn_t *turn)
{
    godwit_msc_t *msc = turn->msc;
    if (msc->pool_left >= POOL_MIN) {
        return true;
    }
    if (turn->in->random.len < sizeof msc->pool) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_RANDOM)->count = sizeof msc->pool;
        return false;
    }
    memcpy(msc->pool, turn->in->random.ptr, sizeof msc->pool);
    msc->pool_left = sizeof msc->pool;
    return true;
}

static void on_message(godwit_msc_turn_t *turn)
{
    switch (turn->in->message->kind) {
    case GODWIT_AUTH_INFO_ANSWER:
        if (!godwit_msc_on_next_vector(turn)) {
            godwit_msc_on_vector(turn);
        }
        break;
    case GODWIT_SHORT_MESSAGE_UP_ANSWER:
    case GODWIT_T5_UP_ANSWER: /* that to REGISTERED is of no message */
        godwit_msc_on_sms_answer(turn);
        break;
    case GODWIT_SHORT_MESSAGE_DOWN:
        godwit_msc_on_sms_down(turn);
        break;
    case GODWIT_LOCATION_UPDATE_ANSWER:
        godwit_msc_on_located(turn);
        break;
    case GODWIT_T5_DOWN:
        godwit_msc_on_t5_down(turn);
        break;
    case GODWIT_IWF_KEY_REQUEST:
        godwit_msc_on_iwf_key(turn);
        break;
    default:
        break;
    }
}

static void on_drop(godwit_msc_turn_t *turn)
{
    godwit_msc_ue_t *ue = godwit_msc_registered(turn->msc, &turn->in->imsi, NULL);
    if (ue != NULL) {
        godwit_msc_detached(turn, ue, "by the network");
    }
}

void godwit_msc_step(godwit_msc_t *msc, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_msc_turn_t turn = {.msc = msc, .in = in, .out = out};
    switch (in->kind) {
    case GODWIT_INPUT_DATAGRAM:
        if (in->port == GODWIT_PORT_RADIO && fill_pool(&turn)) {
            on_radio(&turn);
        }
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
        godwit_msc_on_commit_failed(&turn);
        break;
    default:
        break;
    }
}
