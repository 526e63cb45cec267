/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys by selector (contribution 003, steps 7 and 8): for the Start of a bearer, and again for a bearer that was
 * flushed, when its next datagram comes. A key that lives again does so with the counters that this end parked, and
 * with no others: whoever repeats an old parking must not make a COUNT be used twice.
 */
#include <string.h>

#include "roles/hse/internal.h"

#define TIMEOUT_MS 6000u
#define PULL_OCTETS 32u /* what a pull that no authenticated message asked for costs its tunnel */

bool godwit_hse_pull_is_open(const godwit_hse_t *hse, const godwit_hse_bearer_t *b, uint64_t now_ms)
{
    uint32_t timeout = hse->config.emks_timeout_ms != 0 ? hse->config.emks_timeout_ms : TIMEOUT_MS;
    return b->pulling && now_ms >= b->asked_ms && now_ms - b->asked_ms < timeout; /* else the clock was set back */
}

void godwit_hse_pull(godwit_hse_t *hse, godwit_hse_bearer_t *b, uint64_t now_ms, godwit_outbox_t *out)
{
    b->transaction = godwit_hse_next_transaction(hse);
    b->asked_ms = now_ms;
    b->pulling = true;
    godwit_message_t *message =
        godwit_hse_message(hse, out, hse->config.e2m_source, GODWIT_KEY_REQUEST, b->transaction);
    if (message == NULL) {
        return;
    }
    godwit_key_request_t *request = &message->u.key_request;
    request->purpose = GODWIT_KEY_BY_SELECTOR;
    request->imsi = b->imsi;
    request->agreements = b->agreements;
    request->serving_network = b->serving_network;
    request->selector = b->selector;
    /* the parked one is wanted again, or a later one */
    request->above_generation = b->flushed && !b->answers ? b->parked.generation - 1 : b->above_generation;
    memcpy(request->endpoint, hse->config.endpoint, sizeof request->endpoint);
}

bool godwit_hse_pull_again(godwit_hse_turn_t *turn)
{
    godwit_hse_t *hse = turn->hse;
    const godwit_input_t *in = turn->in;
    godwit_hse_bearer_t *b = godwit_hse_bearer_find(hse, &in->from);
    if (b == NULL || !b->flushed || b->answers || b->parked.key_id != turn->header.key_id ||
        in->datagram.len > sizeof b->held) {
        return false;
    }
    if (godwit_hse_pull_is_open(hse, b, in->now_ms)) {
        return true; /* one is held already */
    }
    if (!godwit_hse_budget_spend(hse, &in->from, PULL_OCTETS, in->now_ms)) {
        return true;
    }
    memcpy(b->held, in->datagram.ptr, in->datagram.len);
    b->held_len = (uint16_t)in->datagram.len;
    godwit_hse_pull(hse, b, in->now_ms, turn->out);
    return true;
}

/* ---- the answer ---- */

bool godwit_hse_parked_equal(const godwit_parked_t *a, const godwit_parked_t *b)
{
    return a->set == b->set && a->suite == b->suite && a->key_id == b->key_id && a->generation == b->generation &&
           a->user_next_in == b->user_next_in && a->user_next_out == b->user_next_out &&
           a->control_next_in == b->control_next_in && a->control_next_out == b->control_next_out &&
           a->user_seen == b->user_seen && a->control_seen == b->control_seen;
}

godwit_status_t godwit_hse_key_of_answer(const godwit_hse_t *hse, const godwit_key_answer_t *answer, uint8_t suite,
                                         uint8_t key_id, godwit_emsdp_key_t *key)
{
    const godwit_parked_t *parked = &answer->parked;
    if (key_id < 1 || key_id > 7 || (parked->set && parked->generation != answer->generation)) {
        return GODWIT_PEER_INTERNAL;
    }
    godwit_status_t status = godwit_emsdp_key_init(hse->config.crypto, key, answer->k_session, suite, key_id,
                                                   hse->config.framing, 0, answer->generation, GODWIT_END_NETWORK);
    if (status == GODWIT_OK && parked->set) {
        key->hot.up_next_in = parked->user_next_in;
        key->hot.up_next_out = parked->user_next_out;
        key->hot.up_seen = parked->user_seen;
        key->cp_next_in = parked->control_next_in;
        key->cp_next_out = parked->control_next_out;
        key->cp_seen = parked->control_seen;
    }
    key->hot.up_limit_out = key->hot.up_next_out; /* nothing is reserved in a record yet */
    key->cp_limit_out = key->cp_next_out;
    return status;
}

static bool is_fit(const godwit_hse_bearer_t *b, const godwit_key_answer_t *answer)
{
    return godwit_agreement_is_access((uint8_t)answer->agreement) &&
           (b->agreements >> (answer->agreement - 1) & 1u) != 0 && answer->generation != 0 &&
           (answer->parked.set || answer->generation > b->above_generation);
}

bool godwit_hse_is_stale(const godwit_hse_turn_t *turn, const godwit_hse_bearer_t *b, const godwit_key_answer_t *answer)
{
    const godwit_session_record_t *record = &turn->work.record;
    bool same_set = record->agreement == answer->agreement && record->key_set == answer->key_set &&
                    godwit_imsi_equal(&record->imsi, &b->imsi);
    if (record->session_id != 0 && same_set && record->last_generation >= answer->generation) {
        return true;
    }
    if (b->pending && b->agreement == answer->agreement && b->key_set == answer->key_set &&
        b->key.generation >= answer->generation) {
        return true;
    }
    if (!answer->parked.set) {
        return false;
    }
    /* As this end parked it; and with the suite that the policy of where the device is now asks for. */
    return answer->generation < b->above_generation || !b->flushed || answer->key_set != b->key_set ||
           answer->agreement != b->agreement || !godwit_hse_parked_equal(&answer->parked, &b->parked) ||
           answer->parked.suite != godwit_hse_choose_suite(turn->hse, b->serving_network, b->suites);
}

static void answer_bearer(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, const godwit_key_answer_t *answer)
{
    uint32_t id;
    uint8_t key_id;
    if (answer->status != GODWIT_OK) {
        godwit_hse_bearer_refuse(turn, b, answer->status, "the owner of the key set gives no key");
        return;
    }
    godwit_status_t status = godwit_hse_id_of_tunnel(turn, &b->address, &id, &key_id);
    if (status == GODWIT_AGAIN) {
        return;
    }
    bool stale = godwit_hse_is_stale(turn, b, answer);
    if (stale && !b->asked_again) { /* what was parked is gone from the owner now: it gives the next generation */
        b->asked_again = true;
        godwit_hse_pull(turn->hse, b, turn->in->now_ms, turn->out);
    } else if (stale || !is_fit(b, answer)) {
        godwit_hse_bearer_refuse(turn, b, GODWIT_UNKNOWN_KEY, "the owner of the key set gave a key that is spent");
    } else {
        godwit_hse_bearer_start(turn, b, answer);
    }
}

/* ---- a flushed bearer lives again ---- */

static godwit_status_t revive(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, const godwit_key_answer_t *answer,
                              uint32_t id)
{
    godwit_hse_session_t work = {.used = true};
    godwit_session_record_t *record = &work.record;
    godwit_status_t status =
        godwit_hse_key_of_answer(turn->hse, answer, answer->parked.suite, answer->parked.key_id, &record->current);
    if (status != GODWIT_OK) {
        return status;
    }
    record->session_id = id;
    record->imsi = b->imsi;
    record->agreement = answer->agreement;
    record->key_set = answer->key_set;
    record->state = GODWIT_SESSION_ACTIVE;
    record->last_key_id = answer->parked.key_id;
    record->last_generation = answer->generation;
    record->has_address = true;
    record->address_len = b->address.len;
    memcpy(record->address, b->address.octets, sizeof record->address);
    record->created_ms = b->created_ms;
    record->keyed_ms = b->keyed_ms;
    record->datagrams = answer->parked.user_next_in;
    record->generations = b->generations;
    turn->work = work;
    godwit_wipe(&work, sizeof work);
    return GODWIT_OK;
}

/* Nothing can open what is held: the device is told to ask for a new Start. */
static void give_up(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, godwit_status_t status)
{
    bool passes = status == GODWIT_OVERLOAD || status == GODWIT_PEER_INTERNAL; /* the next datagram asks again */
    const uint8_t *held_end = b->held + b->held_len;
    if (!passes) {
        b->flushed = false;
        b->answered = GODWIT_AGAIN;
        memset(b->container_hash, 0, sizeof b->container_hash);
        if (b->held_len >= GODWIT_EMSDP_ECHO) {
            godwit_hse_hint(turn->hse, turn->out, &b->address, 0, GODWIT_UNKNOWN_KEY, held_end - GODWIT_EMSDP_ECHO,
                            b->held_len, turn->in->now_ms);
        }
    }
    b->held_len = 0;
    godwit_hse_event(turn->out, "refused", status, &b->imsi, 0, "the key of a flushed bearer does not live again");
}

static void answer_held(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, const godwit_key_answer_t *answer)
{
    uint32_t id = godwit_hse_id_of_address(turn->hse->config.crypto, &b->address);
    godwit_status_t found = godwit_hse_turn_find(turn, id, NULL);
    if (found == GODWIT_AGAIN) {
        return;
    }
    godwit_status_t status = answer->status;
    bool same = status == GODWIT_OK && found == GODWIT_NOT_FOUND && b->flushed && answer->agreement == b->agreement &&
                answer->key_set == b->key_set && answer->generation == b->parked.generation && answer->parked.set &&
                godwit_hse_parked_equal(&answer->parked, &b->parked);
    if (status == GODWIT_OK) {
        status = same ? revive(turn, b, answer, id) : GODWIT_UNKNOWN_KEY;
    }
    b->pulling = false;
    if (status != GODWIT_OK) {
        give_up(turn, b, status);
        return;
    }
    godwit_input_t held = *turn->in;
    held.kind = GODWIT_INPUT_DATAGRAM;
    held.from = b->address;
    held.datagram = godwit_slice(b->held, b->held_len);
    turn->in = &held;
    b->flushed = false;
    b->live = true;
    b->last_ms = held.now_ms;
    b->held_len = 0;
    godwit_hse_on_held(turn);
    godwit_hse_event(turn->out, "revived", GODWIT_OK, &b->imsi, id, NULL);
    godwit_hse_sweep_later(turn->hse, turn->out);
}

void godwit_hse_on_bearer_key(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b)
{
    const godwit_key_answer_t *answer = &turn->in->message->u.key_answer;
    if (b->answers) {
        answer_bearer(turn, b, answer);
    } else {
        answer_held(turn, b, answer);
    }
}
