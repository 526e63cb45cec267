/* SPDX-License-Identifier: Apache-2.0
 *
 * What devices send, whichever way it comes: through T5 and T4, and as datagrams of port A3. Whatever counts is proved
 * by the device's association; a Reject without proof is a hint, which may make this end ask for a key by the name that
 * the hint gives, rarely, and moves nothing that is known. Never: an address moved by anything but a fresh Poll under
 * the association.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"

#define MS 1000u
#define WAITING_MAX 255u

/* ---- where it comes from ---- */

/* Empty octets: nothing of the device is in it. */
typedef struct origin {
    godwit_imsi_t imsi;
    godwit_iwf_way_t way;
    godwit_slice_t octets;
} origin_t;

static void from_t5(const godwit_message_t *message, origin_t *origin)
{
    const godwit_t5_up_t *up = &message->u.t5_up;
    origin->imsi = up->imsi;
    origin->way.kind = up->kind == GODWIT_T5_SECURING ? GODWIT_IWF_WAY_SECURING : GODWIT_IWF_WAY_T5;
    origin->way.node.function = (uint8_t)message->from;
    memcpy(origin->way.node.host, message->origin_host, sizeof origin->way.node.host);
    memcpy(origin->way.node.realm, message->origin_realm, sizeof origin->way.node.realm);
    origin->way.transaction = message->transaction;
    origin->way.route = message->route;
    if (up->kind == GODWIT_T5_FROM_DEVICE && up->container_len <= sizeof up->container) {
        origin->octets = godwit_slice(up->container, up->container_len);
    }
}

static godwit_status_t from_a3(godwit_iwf_keys_t *keys, const godwit_input_t *in, origin_t *origin)
{
    godwit_a3_datagram_t datagram;
    godwit_status_t status = godwit_a3_datagram_parse(in->datagram, &datagram);
    if (status == GODWIT_OK) {
        origin->imsi = datagram.imsi;
        origin->octets = datagram.message;
        origin->way.kind = GODWIT_IWF_WAY_A3;
        origin->way.address = in->from;
        origin->way.unproved = !godwit_iwf_cookie_is_good(keys, &datagram, &in->from, in->now_ms);
    }
    return status;
}

static godwit_status_t origin_of(godwit_iwf_keys_t *keys, const godwit_input_t *in, origin_t *origin)
{
    memset(origin, 0, sizeof *origin);
    if (in->kind == GODWIT_INPUT_DATAGRAM) {
        return from_a3(keys, in, origin);
    }
    if (in->message->kind == GODWIT_T5_UP) {
        from_t5(in->message, origin);
    } else if (in->message->kind == GODWIT_T4_REPORT) {
        const godwit_t4_report_t *report = &in->message->u.t4_report;
        origin->imsi = report->imsi;
        origin->way.kind = GODWIT_IWF_WAY_T4;
        if (report->container_len <= sizeof report->container) {
            origin->octets = godwit_slice(report->container, report->container_len);
        }
    }
    return origin->imsi.len > 0 ? GODWIT_OK : GODWIT_MALFORMED;
}

/* ---- opening ---- */

static bool is_unprotected(godwit_slice_t octets)
{
    godwit_a3_header_t header;
    return godwit_a3_peek(octets, &header) == GODWIT_OK && header.key_id == 0;
}

/* Of a Poll: whether it is newer than all before it. One that was overtaken tells an address of before. */
static bool is_newest(const godwit_iwf_keys_t *keys, uint32_t before)
{
    return keys->opened.count >= before;
}

static void open_octets(godwit_iwf_keys_t *keys, const origin_t *origin)
{
    const uint32_t before = keys->held.current.up_highest;
    keys->judged = true;
    keys->proved = !is_unprotected(origin->octets);
    if (!keys->proved) {
        keys->opening = godwit_a3_unprotected_parse(false, origin->octets, &keys->opened.message);
        return;
    }
    keys->opening = godwit_iwf_open(keys->crypto, &keys->held, origin->octets, &keys->opened);
    keys->moved = keys->opening == GODWIT_OK;
    keys->newest = keys->moved && is_newest(keys, before);
}

static bool is_poll(const godwit_iwf_keys_t *keys)
{
    return keys->opening == GODWIT_OK && keys->proved && keys->opened.message.type == GODWIT_A3_POLL;
}

/* How many triggers wait, for the Poll Answer. GODWIT_AGAIN: asked for. */
static godwit_status_t count_waiting(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_imsi_t *imsi,
                                     godwit_outbox_t *out)
{
    if (!is_poll(keys) || keys->counted) {
        return GODWIT_OK;
    }
    if (in->fetched_key.kind != GODWIT_RECORD_TRIGGER_TALLY) {
        godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
        key->kind = GODWIT_RECORD_TRIGGER_TALLY;
        key->imsi = *imsi;
        return GODWIT_AGAIN;
    }
    keys->counted = true;
    keys->pending = in->fetched != NULL ? in->fetched->u.trigger_tally.pending : 0;
    return GODWIT_OK;
}

static godwit_iwf_up_kind_t kind_of_message(const godwit_iwf_keys_t *keys)
{
    if (keys->opening != GODWIT_OK) {
        return GODWIT_IWF_UP_NOTHING;
    }
    switch (keys->opened.message.type) {
    case GODWIT_A3_ACKNOWLEDGEMENT:
        return GODWIT_IWF_UP_ACKNOWLEDGED;
    case GODWIT_A3_COMPLETE:
    case GODWIT_A3_POLL:
        return keys->proved ? GODWIT_IWF_UP_REACHABLE : GODWIT_IWF_UP_NOTHING;
    default:
        return GODWIT_IWF_UP_NOTHING;
    }
}

static void judge(godwit_iwf_keys_t *keys, const godwit_input_t *in, const origin_t *origin, godwit_iwf_up_t *up)
{
    up->imsi = origin->imsi;
    up->way = origin->way;
    if (keys->proved && keys->opening == GODWIT_OK) { /* new, and the device's own: it says where it is */
        up->way.unproved = false;
    }
    up->kind = GODWIT_IWF_UP_NOTHING;
    if (origin->octets.len > 0) {
        up->kind = kind_of_message(keys);
        up->acknowledgement = keys->opened.message.acknowledgement;
        up->unprotected = !keys->proved;
        if (up->unprotected && origin->way.kind == GODWIT_IWF_WAY_A3) {
            up->kind = GODWIT_IWF_UP_NOTHING; /* not even the network has proved who that is */
        }
    } else if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_T5_UP &&
               in->message->u.t5_up.kind == GODWIT_T5_REGISTERED) {
        up->kind = GODWIT_IWF_UP_REACHABLE;
    }
}

void godwit_iwf_up_begin(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out, godwit_iwf_up_t *up)
{
    origin_t origin;
    memset(up, 0, sizeof *up);
    up->kind = GODWIT_IWF_UP_NOTHING;
    if (in->fetch_status == GODWIT_AGAIN) {
        godwit_iwf_forget(keys);
    }
    godwit_status_t status = origin_of(keys, in, &origin);
    if (status != GODWIT_OK) {
        godwit_outbox_event(out, "refused", status, NULL, "nobody's message came up");
        return;
    }
    up->imsi = origin.imsi;
    up->way = origin.way;
    if (in->kind == GODWIT_INPUT_DATAGRAM && in->fetch_status == GODWIT_AGAIN &&
        !godwit_iwf_admits(keys, in, &origin.way, is_unprotected(origin.octets), out)) {
        return; /* also without an event: there may be very many */
    }
    status = godwit_iwf_hold(keys, in, &origin.imsi, out);
    if (status == GODWIT_OK && !keys->judged && origin.octets.len > 0) {
        open_octets(keys, &origin);
    }
    if (status == GODWIT_OK) {
        status = count_waiting(keys, in, &origin.imsi, out);
    }
    if (status == GODWIT_OK) {
        judge(keys, in, &origin, up);
    } else if (status == GODWIT_AGAIN) {
        up->kind = GODWIT_IWF_UP_NEED;
    } else {
        if (in->kind == GODWIT_INPUT_DATAGRAM) {
            godwit_iwf_proved_nothing(keys, &origin.way, in->now_ms);
        }
        godwit_outbox_event(out, "refused", status, &origin.imsi, "the store could not be read");
    }
}

/* ---- what follows ---- */

/* To a device that took the Command, and whose Complete was lost; or that can be reached now. */
static void say_command_again(godwit_iwf_keys_t *keys, const godwit_iwf_up_t *up, uint64_t now_ms, godwit_outbox_t *out)
{
    if (godwit_iwf_may_try(keys, &up->imsi, GODWIT_IWF_TRY_GAP_MS, now_ms)) {
        godwit_iwf_send(keys, &up->imsi, &up->way, godwit_slice(keys->held.command, keys->held.command_len), out);
    }
}

/* The device can be reached by that way, and speaks under the association in use: the next one, where there must be
 * one. */
static void bring_next(godwit_iwf_keys_t *keys, const godwit_iwf_up_t *up, uint64_t now_ms, godwit_outbox_t *out)
{
    const bool waits = keys->held.next.number != 0;
    if (waits && !keys->config.ue_key_received) {
        say_command_again(keys, up, now_ms, out);
    } else if (!waits && godwit_iwf_is_worn(&keys->held.current) &&
               godwit_iwf_may_try(keys, &up->imsi, GODWIT_IWF_TRY_GAP_MS, now_ms)) {
        const godwit_status_t status = godwit_iwf_begin_for(keys, &up->way, now_ms, out);
        if (status != GODWIT_OK) {
            godwit_outbox_event(out, "refused", status, &up->imsi, "an association that needs a successor");
        }
    }
}

/* ---- the end of an input ---- */

static void answer_poll(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_iwf_container_t *container)
{
    godwit_a3_message_t answer = {.type = GODWIT_A3_POLL_ANSWER};
    answer.poll_answer.time_s = (uint32_t)(in->now_ms / MS);
    answer.poll_answer.waiting = (uint8_t)(keys->pending < WAITING_MAX ? keys->pending : WAITING_MAX);
    if (godwit_iwf_protect(keys, &answer, container) != GODWIT_OK) {
        container->len = 0; /* no COUNT is left: the next association has some */
    }
}

/* The device has heard COUNTs that were never sent, as far as the store knows: it came from a backup, and what it would
 * say now under this key came already with other octets. */
static void end_after_backup(godwit_iwf_keys_t *keys, godwit_outbox_t *out)
{
    godwit_association_t *current = &keys->held.current;
    if (keys->opened.message.poll.next_down > current->next_down) {
        current->next_down = UINT32_MAX;
        godwit_outbox_event(out, "refused", GODWIT_REPLAY, &keys->held.imsi, "COUNTs were used: the store is older");
    }
}

/* container: what goes down behind the commit. */
static void on_message(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_iwf_up_t *up,
                       godwit_iwf_container_t *container, godwit_outbox_t *out)
{
    const bool proves = keys->proved && (keys->opening == GODWIT_OK || keys->opening == GODWIT_WRONG_STATE);
    if (up->way.kind == GODWIT_IWF_WAY_A3 && !proves) {
        godwit_iwf_proved_nothing(keys, &up->way, in->now_ms);
    }
    if (keys->opening == GODWIT_WRONG_STATE) {
        if (!up->way.unproved) { /* else it may be a recording, from anywhere; the device says its Complete again */
            say_command_again(keys, up, in->now_ms, out);
        }
        return;
    }
    if (keys->opening != GODWIT_OK) {
        godwit_outbox_event(out, "refused", keys->opening, &up->imsi, "what a device sent over A3");
        return;
    }
    switch (keys->opened.message.type) {
    case GODWIT_A3_COMPLETE:
        godwit_iwf_repeat_end(keys, &up->imsi);
        godwit_outbox_event(out, "associated", GODWIT_OK, &up->imsi, NULL);
        break;
    case GODWIT_A3_REJECT:
        godwit_iwf_on_reject(keys, up, in->now_ms, out);
        break;
    case GODWIT_A3_POLL:
        end_after_backup(keys, out);
        answer_poll(keys, in, container);
        bring_next(keys, up, in->now_ms, out);
        if (up->way.kind == GODWIT_IWF_WAY_A3 && keys->newest) {
            godwit_iwf_a3_heard(keys, &up->imsi, &up->way.address, in->now_ms);
        }
        break;
    case GODWIT_A3_ACKNOWLEDGEMENT:
        if (keys->proved && keys->held.next.number == 0) {
            bring_next(keys, up, in->now_ms, out);
        }
        break;
    default:
        break;
    }
}

static void answer_t5(const godwit_message_t *request, godwit_outbox_t *out)
{
    godwit_message_t *answer = godwit_outbox_answer(out, request, GODWIT_T5_UP_ANSWER, GODWIT_FUNCTION_MTC_IWF);
    if (answer != NULL) {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
}

static void on_t5(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_iwf_up_t *up, godwit_outbox_t *out)
{
    const bool securing = in->message->u.t5_up.kind == GODWIT_T5_SECURING;
    godwit_status_t status = GODWIT_WRONG_STATE;
    godwit_iwf_peer_heard(keys, in->message->origin_host, in->message->hop, in->now_ms);
    if (!securing) {
        answer_t5(in->message, out);
    }
    if (in->message->u.t5_up.kind != GODWIT_T5_FROM_DEVICE) {
        status = godwit_iwf_on_registered(keys, in, &up->way, out);
    }
    if (securing && status != GODWIT_OK) {
        answer_t5(in->message, out);
    }
}

void godwit_iwf_up_end(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_iwf_up_t *up,
                       godwit_outbox_t *out)
{
    godwit_iwf_container_t container = {0};
    if (keys->judged) {
        on_message(keys, in, up, &container, out);
    }
    if (in->kind == GODWIT_INPUT_MESSAGE && in->message->kind == GODWIT_T5_UP) {
        on_t5(keys, in, up, out);
    }
    godwit_iwf_release(keys, out);
    if (container.len > 0) {
        godwit_iwf_send(keys, &up->imsi, &up->way, godwit_slice(container.octets, container.len), out);
    }
}
