/* SPDX-License-Identifier: Apache-2.0
 *
 * Whatever comes under a key: find the session, check the MAC, ask the table of states, and hand the message to its
 * file. Until the MAC has verified nothing is looked at but the header, and nothing moves.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define MINUTE_MS 60000
#define LOOKUP_OCTETS 32u /* what a lookup for nothing costs its sender */
#define FAILURES_4 256    /* a minute, where a MAC has 4 octets and a datagram five trials: less than 2^-21 a minute */
#define FAILURES_8 65536

/* ---- finding the key ---- */

static bool was_asked_by_imsi(const godwit_input_t *in)
{
    return in->fetch_status != GODWIT_AGAIN && in->fetched_key.session_id == 0;
}

static godwit_emsdp_key_t *key_of(godwit_hse_turn_t *turn)
{
    godwit_session_record_t *record = &turn->work.record;
    turn->under_next = false;
    if (record->current.hot.key_id == turn->header.key_id) {
        return &record->current;
    }
    turn->under_next = record->next.hot.key_id == turn->header.key_id;
    return turn->under_next ? &record->next : NULL;
}

static godwit_status_t from_exchange(godwit_hse_turn_t *turn, godwit_hse_exchange_t *exchange)
{
    godwit_hse_work_of_exchange(exchange, turn->in->now_ms, &turn->work);
    turn->exchange = exchange;
    turn->establishing = true;
    return GODWIT_OK;
}

/* The Start of this tunnel went in a PCO. */
static godwit_status_t from_bearer(godwit_hse_turn_t *turn, godwit_hse_bearer_t *bearer, uint32_t id)
{
    godwit_hse_exchange_t set_up = {.session_id = id,
                                    .imsi = bearer->imsi,
                                    .agreement = bearer->agreement,
                                    .key_set = bearer->key_set,
                                    .key = bearer->key};
    godwit_hse_work_of_exchange(&set_up, turn->in->now_ms, &turn->work);
    godwit_wipe(&set_up.key, sizeof set_up.key);
    turn->bearer = bearer;
    turn->establishing = true;
    return GODWIT_OK;
}

/* A set-up whose session exists is looked at only when the store knows of no session: its commit failed then. */
static godwit_status_t from_store(godwit_hse_turn_t *turn, uint32_t id, godwit_hse_exchange_t *exchange)
{
    godwit_hse_t *hse = turn->hse;
    const godwit_input_t *in = turn->in;
    if (!godwit_hse_budget_has(hse, &in->from, LOOKUP_OCTETS, in->now_ms)) {
        turn->detail = "this sender's budget is spent";
        return GODWIT_OVERLOAD;
    }
    godwit_status_t status = godwit_hse_turn_find(turn, id, NULL);
    if (status != GODWIT_NOT_FOUND) {
        return status;
    }
    if (exchange != NULL) {
        return from_exchange(turn, exchange);
    }
    (void)godwit_hse_budget_spend(hse, &in->from, LOOKUP_OCTETS, in->now_ms);
    return GODWIT_UNKNOWN_SESSION;
}

static godwit_status_t find(godwit_hse_turn_t *turn, uint32_t id)
{
    const godwit_hse_session_t *session = godwit_hse_session_find(turn->hse, id);
    if (session != NULL) {
        turn->work = *session;
        if (key_of(turn) != NULL || (turn->header.user_plane && session->record.end_to_end)) {
            return GODWIT_OK;
        }
    }
    godwit_hse_exchange_t *exchange = godwit_hse_exchange_by_key(turn->hse, id, turn->header.key_id, turn->in->now_ms);
    if (exchange != NULL && (!exchange->live || was_asked_by_imsi(turn->in))) {
        return from_exchange(turn, exchange);
    }
    godwit_hse_bearer_t *bearer = godwit_hse_bearer_find(turn->hse, &turn->in->from);
    if (bearer != NULL && bearer->pending && bearer->key.hot.key_id == turn->header.key_id) {
        return from_bearer(turn, bearer, id);
    }
    return session != NULL ? GODWIT_OK : from_store(turn, id, exchange);
}

/* With S = 0 the session is its address. */
static bool is_of_this_address(const godwit_hse_turn_t *turn)
{
    godwit_address_t address = godwit_hse_address_of(&turn->work.record);
    return turn->hse->config.framing.session_octets > 0 || turn->establishing ||
           godwit_address_equal(&address, &turn->in->from);
}

/* ---- MAC ---- */

/* Failures under the key of the set-up that this datagram would make a session of; NULL: the session exists. */
static uint32_t *failures_of_set_up(const godwit_hse_turn_t *turn)
{
    if (turn->establishing && turn->bearer != NULL) {
        return &turn->bearer->mac_failures;
    }
    return turn->establishing && turn->exchange != NULL ? &turn->exchange->mac_failures : NULL;
}

static godwit_address_t place_of(const godwit_hse_turn_t *turn)
{
    if (turn->establishing && turn->bearer != NULL) {
        return turn->bearer->address;
    }
    return turn->establishing && turn->exchange != NULL ? turn->exchange->from
                                                        : godwit_hse_address_of(&turn->work.record);
}

static uint32_t failures_allowed(const godwit_hse_turn_t *turn)
{
    const godwit_suite_t *suite = godwit_suite(turn->work.record.current.hot.suite);
    return suite != NULL && suite->mac_len < 8 ? FAILURES_4 : FAILURES_8;
}

/* From where the device was heard last, a MAC that cannot be guessed is looked at whatever comes from elsewhere: a
 * forger must not be able to silence it. */
static bool is_trusted_place(const godwit_hse_turn_t *turn)
{
    const godwit_suite_t *suite = godwit_suite(turn->work.record.current.hot.suite);
    godwit_address_t last = place_of(turn);
    return suite != NULL && suite->mac_len >= 8 && godwit_address_equal(&last, &turn->in->from);
}

static bool is_flooded(const godwit_hse_turn_t *turn)
{
    const godwit_hse_session_t *session = &turn->work;
    if (is_trusted_place(turn)) {
        return false;
    }
    const uint32_t *failures = failures_of_set_up(turn);
    if (failures != NULL) { /* it lives a minute; that of a bearer until it is idle */
        return *failures >= failures_allowed(turn);
    }
    return session->mac_failures >= failures_allowed(turn) && turn->in->now_ms >= session->failures_ms &&
           turn->in->now_ms - session->failures_ms < MINUTE_MS;
}

static void count_failure(godwit_hse_turn_t *turn)
{
    uint64_t now_ms = turn->in->now_ms;
    uint32_t *failures = failures_of_set_up(turn);
    if (failures != NULL) {
        (*failures)++;
        return;
    }
    godwit_hse_session_t *session = godwit_hse_session_find(turn->hse, turn->work.record.session_id);
    if (session == NULL) {
        (void)godwit_hse_budget_spend(turn->hse, &turn->in->from, LOOKUP_OCTETS, now_ms);
        return;
    }
    if (now_ms < session->failures_ms || now_ms - session->failures_ms >= MINUTE_MS) {
        session->failures_ms = now_ms;
        session->mac_failures = 0;
    }
    session->mac_failures++;
}

static godwit_status_t open_datagram(godwit_hse_turn_t *turn, const godwit_emsdp_key_t *key, uint32_t id)
{
    const godwit_input_t *in = turn->in;
    godwit_slice_t transcript = godwit_slice(NULL, 0);
    if (turn->header.command == GODWIT_SESSION_START_CONFIRMATION) {
        if (turn->exchange == NULL) {
            turn->exchange = godwit_hse_exchange_by_key(turn->hse, id, turn->header.key_id, in->now_ms);
        }
        if (turn->exchange != NULL) {
            transcript = godwit_slice(turn->exchange->transcript, sizeof turn->exchange->transcript);
        }
    }
    if (is_flooded(turn)) {
        turn->detail = "too many datagrams with a wrong MAC for this session";
        return GODWIT_OVERLOAD;
    }
    godwit_status_t status =
        godwit_emsdp_open(turn->hse->config.crypto, key, in->datagram, transcript, turn->plain, &turn->opened);
    if (status == GODWIT_MAC_FAILURE) {
        count_failure(turn);
    }
    return status;
}

/* ---- a datagram that verified ---- */

/* Moves the window; the address of the highest COUNT is where answers go. */
static void accept(godwit_hse_turn_t *turn, godwit_emsdp_key_t *key)
{
    godwit_session_record_t *record = &turn->work.record;
    uint32_t next_in = turn->opened.user_plane ? key->hot.up_next_in : key->cp_next_in;
    godwit_emsdp_accept(key, &turn->opened);
    if (turn->opened.count >= next_in) {
        turn->heard = true;
        godwit_address_t before = godwit_hse_address_of(record);
        if (!godwit_address_equal(&before, &turn->in->from)) {
            turn->work.sendings = 0; /* what is pending went where the device no longer listens: it is due at once */
        }
        record->has_address = true;
        record->address_len = turn->in->from.len;
        memcpy(record->address, turn->in->from.octets, sizeof record->address);
    }
}

typedef struct handler {
    uint8_t command; /* 0: user data */
    godwit_status_t (*consume)(godwit_hse_turn_t *turn);
} handler_t;

static const handler_t handlers[] = {
    {0, godwit_hse_user_data_consume},
    {GODWIT_SESSION_REQUEST, godwit_hse_early_data_consume},
    {GODWIT_SESSION_START_CONFIRMATION, godwit_hse_confirmation_consume},
    {GODWIT_SESSION_TERMINATE_REQUEST, godwit_hse_terminate_request_consume},
    {GODWIT_SESSION_TERMINATE_RESPONSE, godwit_hse_terminate_response_consume},
    {GODWIT_MANAGE_KEYS_REQUEST, godwit_hse_manage_keys_request_consume},
    {GODWIT_MANAGE_KEYS_RESPONSE, godwit_hse_manage_keys_response_consume},
    {GODWIT_MESSAGE_REJECT, godwit_hse_reject_consume},
};

static godwit_status_t hand_over(godwit_hse_turn_t *turn)
{
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        if (handlers[i].command == turn->header.command) {
            return handlers[i].consume(turn);
        }
    }
    turn->detail = "a command that a device does not send";
    return GODWIT_WRONG_STATE;
}

static godwit_status_t consume(godwit_hse_turn_t *turn, godwit_emsdp_key_t *key)
{
    godwit_session_record_t *record = &turn->work.record;
    godwit_session_state_t was = record->state;
    /* A session that ends takes user data under either key; one that was announced must not. */
    bool proves = turn->opened.user_plane || turn->header.command == GODWIT_MANAGE_KEYS_REQUEST;
    bool with_key = proves && turn->under_next && was != GODWIT_SESSION_TERMINATING;
    godwit_status_t status =
        godwit_session_step(was, GODWIT_END_NETWORK, false, turn->header.command, with_key, &record->state);
    if (status != GODWIT_OK) {
        turn->detail = "not in this state of the session";
        return status;
    }
    status = godwit_hse_turn_begin(turn);
    if (status != GODWIT_OK) {
        return status;
    }
    accept(turn, key);
    if (turn->under_next) {
        godwit_hse_settle(turn, was);
    }
    if (turn->establishing) {
        status = godwit_hse_establish(turn);
    }
    return status == GODWIT_OK ? hand_over(turn) : status;
}

/* ---- a datagram ---- */

/* Identical octets get the identical answer, within the budget: they may be a recording. */
bool godwit_hse_answer_again(godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    const godwit_input_t *in = turn->in;
    uint8_t digest[GODWIT_SHA256_SIZE];
    if (turn->header.user_plane || turn->hse->config.crypto->sha256(&in->datagram, 1, digest) != GODWIT_OK) {
        return false;
    }
    memcpy(turn->hash, digest, sizeof turn->hash);
    if (record->answer_len == 0 || memcmp(turn->hash, record->answered, sizeof turn->hash) != 0) {
        return false;
    }
    if (godwit_hse_budget_spend(turn->hse, &in->from, record->answer_len, in->now_ms)) {
        godwit_hse_send(turn->out, &in->from, godwit_slice(record->answer, record->answer_len));
    }
    return true;
}

/* Refused before anything is known of it, or ended: the sender may be a device that has to start anew. */
static void refuse_with_hint(godwit_hse_turn_t *turn, godwit_status_t status)
{
    godwit_slice_t datagram = turn->in->datagram;
    uint32_t session_id = turn->header.session_id;
    godwit_hse_turn_end(turn, status);
    if (datagram.len >= GODWIT_EMSDP_ECHO) {
        godwit_hse_hint(turn->hse, turn->out, &turn->in->from, session_id, status,
                        datagram.ptr + datagram.len - GODWIT_EMSDP_ECHO, datagram.len, turn->in->now_ms);
    }
}

/* A Terminate Request that comes again, and nobody works on its response any more: this end has lost its memory
 * meanwhile. */
static bool is_forgotten_end(const godwit_hse_turn_t *turn)
{
    const godwit_session_record_t *record = &turn->work.record;
    return turn->header.command == GODWIT_SESSION_TERMINATE_REQUEST && record->state == GODWIT_SESSION_TERMINATING &&
           record->pending_len == 0 && godwit_hse_inquiry_of(turn->hse, record->session_id) == NULL;
}

static godwit_status_t end_forgotten(godwit_hse_turn_t *turn)
{
    godwit_status_t status = godwit_hse_turn_begin(turn);
    return status == GODWIT_OK ? godwit_hse_terminate_response_create(turn, turn->hash, NULL, false) : status;
}

void godwit_hse_on_keyed(godwit_hse_turn_t *turn)
{
    bool by_address = turn->hse->config.framing.session_octets == 0;
    uint32_t id =
        by_address ? godwit_hse_id_of_address(turn->hse->config.crypto, &turn->in->from) : turn->header.session_id;
    godwit_status_t status = id != 0 ? find(turn, id) : GODWIT_UNKNOWN_SESSION;
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status == GODWIT_OK && !is_of_this_address(turn)) {
        status = GODWIT_UNKNOWN_SESSION;
    }
    if (status == GODWIT_OK && godwit_hse_answer_again(turn)) {
        return;
    }
    if (status == GODWIT_OK && turn->header.user_plane && turn->work.record.end_to_end && !turn->establishing) {
        godwit_hse_forward(turn);
        return;
    }
    if (status == GODWIT_OK && turn->header.user_plane && turn->work.record.end_to_end) {
        status = GODWIT_UNKNOWN_SESSION; /* the Confirmation has not come: nothing here can open what has */
    }
    if (status == GODWIT_OK && turn->work.record.state == GODWIT_SESSION_IDLE) {
        status = GODWIT_UNKNOWN_SESSION; /* over; what is left of it answers repetitions */
    }
    godwit_emsdp_key_t *key = status == GODWIT_OK ? key_of(turn) : NULL;
    if (status == GODWIT_OK && key == NULL) {
        status = GODWIT_UNKNOWN_KEY;
    }
    if (status == GODWIT_UNKNOWN_SESSION || status == GODWIT_UNKNOWN_KEY) {
        if (!godwit_hse_pull_again(turn)) {
            refuse_with_hint(turn, status);
        }
        return;
    }
    if (status == GODWIT_OK) {
        status = open_datagram(turn, key, id);
    }
    if (status == GODWIT_REPLAY && is_forgotten_end(turn)) {
        godwit_hse_turn_end(turn, end_forgotten(turn));
        return;
    }
    if (status == GODWIT_OK && turn->establishing && !was_asked_by_imsi(turn->in)) {
        godwit_hse_fetch_session(turn->out, 0, &turn->work.record.imsi); /* the session that it takes the place of */
        return;
    }
    if (status == GODWIT_OK && turn->establishing && turn->in->fetch_status != GODWIT_NOT_FOUND &&
        turn->in->fetched == NULL) {
        status = GODWIT_STORE_FAILED;
    }
    godwit_hse_turn_end(turn, status == GODWIT_OK ? consume(turn, key) : status);
}

void godwit_hse_on_held(godwit_hse_turn_t *turn)
{
    const godwit_hse_session_t restored = turn->work;
    godwit_status_t status = godwit_emsdp_peek(turn->in->datagram, turn->hse->config.framing, &turn->header);
    godwit_emsdp_key_t *key = status == GODWIT_OK ? key_of(turn) : NULL;
    if (status == GODWIT_OK) {
        status = key != NULL ? open_datagram(turn, key, restored.record.session_id) : GODWIT_UNKNOWN_KEY;
    }
    if (status == GODWIT_OK) {
        status = consume(turn, key);
    }
    if (status != GODWIT_OK || turn->out->overflow) { /* whoever sent that: the key was given back, and is kept */
        const godwit_status_t why = status != GODWIT_OK ? status : GODWIT_OVERLOAD;
        godwit_outbox_reset(turn->out);
        turn->work = restored;
        status = godwit_hse_turn_begin(turn);
        godwit_hse_event(turn->out, "refused", why, &restored.record.imsi, restored.record.session_id,
                         "what came to the flushed bearer");
    }
    godwit_hse_turn_end(turn, status);
}
