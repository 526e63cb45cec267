/* SPDX-License-Identifier: Apache-2.0
 *
 * What is due when a device was heard, for that is when it listens: the request that it has not answered, a new AKA
 * run, a new key; and the timer of a session, which sends a request again as the same octets, so often and no more.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define REKEY_DATAGRAMS 65536u
#define REKEY_MS (UINT64_C(30) * 24 * 3600 * 1000)
#define REAUTHENTICATE_GENERATIONS 12u
#define REAUTHENTICATE_MS (UINT64_C(365) * 24 * 3600 * 1000)
#define RETRANSMIT_MS 4000u
#define ATTEMPTS 4
#define EMKS_TIMEOUT_MS 6000u
#define AGE_FIRST_MS 60000u

static bool has_passed(uint64_t since_ms, uint64_t now_ms, uint64_t most)
{
    return now_ms > since_ms && now_ms - since_ms >= most;
}

static uint64_t or_else(uint64_t configured, uint64_t otherwise)
{
    return configured != 0 ? configured : otherwise;
}

/* A suite of another country, or of a policy that holds no more: where the device is now it says in its next Session
 * Request only, so such a session lives as long as the policy lets an AKA run serve, and no longer. */
static bool has_overstayed(const godwit_hse_turn_t *turn)
{
    const godwit_policy_rules_t *rules = turn->hse->config.rules;
    const godwit_session_record_t *record = &turn->work.record;
    return rules != NULL && !godwit_policy_allows_suite(rules, record->current.hot.suite) &&
           has_passed(record->created_ms, turn->in->now_ms, UINT64_C(1000) * rules->reauthenticate_s);
}

bool godwit_hse_reauthentication_is_due(const godwit_hse_turn_t *turn)
{
    const godwit_hse_config_t *config = &turn->hse->config;
    const godwit_session_record_t *record = &turn->work.record;
    return has_overstayed(turn) ||
           record->generations >= or_else(config->reauthenticate_generations, REAUTHENTICATE_GENERATIONS) ||
           has_passed(record->created_ms, turn->in->now_ms, or_else(config->reauthenticate_ms, REAUTHENTICATE_MS));
}

static bool rekeying_is_due(const godwit_hse_turn_t *turn)
{
    const godwit_hse_config_t *config = &turn->hse->config;
    const godwit_session_record_t *record = &turn->work.record;
    return record->datagrams >= or_else(config->rekey_datagrams, REKEY_DATAGRAMS) ||
           has_passed(record->keyed_ms, turn->in->now_ms, or_else(config->rekey_ms, REKEY_MS));
}

static bool is_asking(const godwit_hse_turn_t *turn)
{
    uint64_t timeout = or_else(turn->hse->config.emks_timeout_ms, EMKS_TIMEOUT_MS);
    return turn->work.asking && !has_passed(turn->work.asked_ms, turn->in->now_ms, timeout);
}

uint8_t godwit_hse_pending_command(const godwit_session_record_t *record)
{
    unsigned framing = record->current.hot.framing;
    size_t at = 1u + (framing >> 4) + (framing & 15u);
    return at < record->pending_len ? record->pending[at] : 0;
}

static void send_pending(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    uint32_t first = (uint32_t)or_else(turn->hse->config.retransmit_ms, RETRANSMIT_MS);
    uint32_t doublings = turn->work.sendings < 8 ? turn->work.sendings : 8;
    godwit_address_t to = godwit_hse_address_of(record);
    godwit_hse_send(turn->out, &to, godwit_slice(record->pending, record->pending_len));
    godwit_outbox_timer(turn->out, record->session_id, first << doublings);
    turn->work.sendings++;
}

godwit_status_t godwit_hse_pend(godwit_hse_turn_t *turn, const godwit_emsdp_control_t *m)
{
    godwit_session_record_t *record = &turn->work.record;
    godwit_writer_t w = godwit_writer(record->pending, sizeof record->pending);
    godwit_status_t status = godwit_hse_seal(turn, m, godwit_slice(NULL, 0), &w);
    if (status == GODWIT_OK) {
        record->pending_len = (uint8_t)w.len;
        turn->work.sendings = 0;
        send_pending(turn);
    }
    return status;
}

/* A new AKA run: its vector goes to the device under the session that lives, or the session ends and the device sets up
 * anew. */
static godwit_status_t reauthenticate(godwit_hse_turn_t *turn)
{
    bool waits = is_asking(turn);
    if (godwit_hse_may_hand_vector(turn) && (waits || godwit_hse_inquire_vector(turn, false, NULL))) {
        return GODWIT_OK;
    }
    return godwit_hse_terminate_request_create(turn, NULL);
}

/* End to end, a key set is of use only when the device has an age of it: for a while that goes before the next key,
 * which may bring another key set. */
static bool owes_an_age(const godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    return record->end_to_end && record->e2e_key_set != record->key_set &&
           !has_passed(record->keyed_ms, turn->in->now_ms, AGE_FIRST_MS);
}

godwit_status_t godwit_hse_maintain(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    if (record->pending_len > 0) {
        if (turn->work.sendings == 0) {
            send_pending(turn); /* it was given up while the device slept */
        }
        return GODWIT_OK;
    }
    if (record->state != GODWIT_SESSION_ACTIVE || turn->exchange != NULL) {
        return GODWIT_OK;
    }
    if (owes_an_age(turn)) {
        return godwit_hse_renew(turn);
    }
    bool cannot_go_on = rekeying_is_due(turn) && !godwit_hse_can_inquire(turn->hse, record->agreement);
    if (godwit_hse_reauthentication_is_due(turn) || cannot_go_on) {
        return reauthenticate(turn);
    }
    if (rekeying_is_due(turn) && !godwit_emsdp_key_is_set(&record->next) && !is_asking(turn)) {
        (void)godwit_hse_inquire(turn, false); /* when there is no room, the next datagram asks again */
    }
    return godwit_hse_renew(turn);
}

/* ---- the timer of a session ---- */

static godwit_status_t repeat_or_give_up(godwit_hse_turn_t *turn)
{
    uint64_t attempts = or_else(turn->hse->config.attempts, ATTEMPTS);
    if (turn->work.sendings == 0) {
        return GODWIT_OK; /* no timer runs: this one is of an earlier life */
    }
    if (turn->work.sendings < attempts) {
        send_pending(turn);
        return GODWIT_OK;
    }
    turn->work.sendings = 0; /* until the device is heard again */
    turn->deleting = turn->work.dropping;
    return GODWIT_OK;
}

static godwit_status_t on_time(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    godwit_hse_exchange_t *inquiry = godwit_hse_inquiry_of(turn->hse, record->session_id);
    if (record->pending_len > 0) {
        return repeat_or_give_up(turn);
    }
    if (record->state == GODWIT_SESSION_IDLE) {
        turn->deleting = true;
        return GODWIT_OK;
    }
    if (record->state != GODWIT_SESSION_TERMINATING || inquiry == NULL || !inquiry->ending) {
        return GODWIT_OK;
    }
    uint8_t hash[8];
    memcpy(hash, inquiry->request_hash, sizeof hash);
    godwit_hse_exchange_release(inquiry);
    godwit_status_t status = godwit_hse_turn_begin(turn);
    return status == GODWIT_OK ? godwit_hse_terminate_response_create(turn, hash, NULL, false) : status;
}

void godwit_hse_on_timer(godwit_hse_turn_t *turn)
{
    godwit_status_t status = godwit_hse_turn_find(turn, turn->in->timer, NULL);
    if (status == GODWIT_OK) {
        godwit_hse_turn_end(turn, on_time(turn));
    }
}
