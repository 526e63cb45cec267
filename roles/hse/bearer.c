/* SPDX-License-Identifier: Apache-2.0
 *
 * BEARER: a gateway forwards what a device named in its PCO (contribution 003, step 6). The container plays the part of
 * Session Request, so the Start that goes back covers its octets. Only entitled gateways are heard, and of what they
 * say the container counts: it is read here again, and its IMSI must be the one that the gateway authenticated.
 * Identical octets get the identical answer. The session does not exist before a datagram verifies.
 */
#include <string.h>

#include "core/wire/e2m_container.h"
#include "roles/hse/end_to_end.h"

/* ---- what is asked ---- */

static godwit_address_t tunnel_of(const godwit_bearer_t *asked)
{
    godwit_address_t address = {.len = (uint8_t)(asked->gateway_len + 4u)};
    memcpy(address.octets, asked->gateway, asked->gateway_len);
    godwit_store_u32(address.octets + asked->gateway_len, asked->teid);
    return address;
}

static bool is_entitled(const godwit_hse_t *hse, const godwit_message_t *message)
{
    const godwit_bearer_t *asked = &message->u.bearer;
    for (size_t i = 0; i < hse->config.gateway_count; i++) {
        const godwit_hse_gateway_t *g = &hse->config.gateways[i];
        bool there = (g->address_len == 0 && godwit_hse_gateway_at(hse, asked->gateway, asked->gateway_len) == NULL) ||
                     (g->address_len != 0 && g->address_len == asked->gateway_len &&
                      memcmp(g->address, asked->gateway, g->address_len) == 0);
        if (there && g->origin_host[0] != '\0' && strcmp(g->origin_host, message->origin_host) == 0) {
            return true;
        }
    }
    return false;
}

static bool says_the_same(const godwit_bearer_t *asked, const godwit_e2m_container_t *c)
{
    return asked->selector.kind == c->selector.kind &&
           memcmp(asked->selector.octets, c->selector.octets, sizeof c->selector.octets) == 0 &&
           asked->agreements == c->agreements && asked->suites == c->suites &&
           asked->above_generation == c->above_generation;
}

static godwit_status_t judge(const godwit_hse_t *hse, const godwit_bearer_t *asked, godwit_e2m_container_t *c,
                             const char **detail)
{
    *detail = "the container cannot be read";
    if (asked->container_len > sizeof asked->container ||
        godwit_e2m_container_parse(godwit_slice(asked->container, asked->container_len), c) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    if (!godwit_imsi_equal(&c->imsi, &asked->imsi)) {
        *detail = "the container names another IMSI than the gateway's";
        return GODWIT_NOT_ENTITLED;
    }
    if (!says_the_same(asked, c)) {
        *detail = "the gateway says something else than the container";
        return GODWIT_MALFORMED;
    }
    if ((c->agreements & godwit_hse_agreements(hse, asked->serving_network) & GODWIT_HSE_ACCESS_AGREEMENTS) == 0) {
        *detail = "no agreement that device and HSE both have";
        return GODWIT_POLICY_FORBIDS;
    }
    if (godwit_hse_choose_suite(hse, asked->serving_network, c->suites) == 0) {
        *detail = "no suite that device and HSE both have";
        return GODWIT_UNSUPPORTED_SUITE;
    }
    return GODWIT_OK;
}

/* ---- answers ---- */

/* A Reject without a key stands where the Start would; its echo is that of a Session Request. */
static void put_reject(const godwit_hse_t *hse, const uint8_t hash[32], godwit_bearer_answer_t *answer)
{
    godwit_status_t reason = answer->status;
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .reason = godwit_status_on_the_wire(reason)};
    godwit_writer_t w = godwit_writer(answer->start, sizeof answer->start);
    m.present = 1u << GODWIT_TLV_REASON | 1u << GODWIT_TLV_ECHO;
    memcpy(m.echo, hash, sizeof m.echo);
    if (!godwit_hse_asks_for_silence(reason) &&
        godwit_emsdp_unkeyed_build(hse->config.framing, 0, 0, &m, &w) == GODWIT_OK) {
        answer->start_len = (uint8_t)w.len;
    }
}

static void refuse(godwit_hse_turn_t *turn, const godwit_message_t *message, godwit_status_t status,
                   const uint8_t *hash, const char *detail)
{
    godwit_message_t *answer = godwit_hse_answer(turn->hse, turn->out, message, GODWIT_BEARER_ANSWER);
    if (answer != NULL) {
        answer->u.bearer_answer.status = status;
    }
    if (answer != NULL && hash != NULL) {
        put_reject(turn->hse, hash, &answer->u.bearer_answer);
    }
    godwit_hse_event(turn->out, "refused", status, &message->u.bearer.imsi, 0, detail);
}

/* To the gateway that waits. */
static godwit_message_t *answer_gateway(godwit_hse_turn_t *turn, const godwit_hse_bearer_t *b, godwit_status_t status)
{
    const godwit_message_t asked = {
        .from = b->gateway_function, .transaction = b->gateway_transaction, .route = b->gateway_route};
    godwit_message_t *answer = godwit_hse_answer(turn->hse, turn->out, &asked, GODWIT_BEARER_ANSWER);
    if (answer != NULL) {
        answer->u.bearer_answer.status = status;
    }
    return answer;
}

static void give_start(godwit_hse_turn_t *turn, const godwit_hse_bearer_t *b)
{
    godwit_message_t *answer = answer_gateway(turn, b, GODWIT_OK);
    if (answer != NULL) {
        answer->u.bearer_answer.start_len = b->start_len;
        memcpy(answer->u.bearer_answer.start, b->start, b->start_len);
    }
}

void godwit_hse_bearer_refuse(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, godwit_status_t status,
                              const char *detail)
{
    godwit_message_t *answer = answer_gateway(turn, b, status);
    if (answer != NULL) {
        put_reject(turn->hse, b->container_hash, &answer->u.bearer_answer);
    }
    b->pulling = false;
    b->answers = false;
    godwit_hse_event(turn->out, "refused", status, &b->imsi, 0, detail);
}

/* ---- Start ---- */

static godwit_status_t start_create(const godwit_hse_t *hse, godwit_hse_bearer_t *b, const godwit_key_answer_t *answer,
                                    uint8_t key_id)
{
    uint8_t suite =
        answer->parked.set ? answer->parked.suite : godwit_hse_choose_suite(hse, b->serving_network, b->suites);
    godwit_emsdp_key_t key;
    const godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                      .present = 1u << GODWIT_TLV_HSE_CONFIGURATION,
                                      .agreement = (uint8_t)answer->agreement,
                                      .suite = suite,
                                      .framing = hse->config.framing,
                                      .generation = answer->generation};
    godwit_writer_t w = godwit_writer(b->start, sizeof b->start);
    b->start_len = 0;
    if (suite == 0 || (b->suites >> (suite - 1u) & 1u) == 0) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    godwit_status_t status = godwit_hse_key_of_answer(hse, answer, suite, key_id, &key);
    if (status == GODWIT_OK) {
        key.cp_limit_out = key.cp_next_out < UINT32_MAX ? key.cp_next_out + 1 : UINT32_MAX;
        status = godwit_emsdp_seal_control(hse->config.crypto, &key, &m,
                                           godwit_slice(b->container_hash, sizeof b->container_hash), &w);
    }
    if (status == GODWIT_OK) {
        b->key = key;
        b->start_len = (uint8_t)w.len;
    }
    godwit_wipe(&key, sizeof key);
    return status;
}

void godwit_hse_bearer_start(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, const godwit_key_answer_t *answer)
{
    uint32_t id = 0;
    uint8_t key_id = 0;
    godwit_status_t status = godwit_hse_id_of_tunnel(turn, &b->address, &id, &key_id);
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status == GODWIT_OK) {
        status = start_create(turn->hse, b, answer, answer->parked.set ? answer->parked.key_id : key_id);
    }
    if (status != GODWIT_OK) {
        godwit_hse_bearer_refuse(turn, b, status, "Session Start could not be made");
        return;
    }
    const godwit_session_record_t *record = &turn->work.record;
    b->live = turn->work.record.session_id == id && godwit_imsi_equal(&record->imsi, &b->imsi) &&
              godwit_agreement_is_access((uint8_t)record->agreement);
    b->pending = true;
    b->flushed = false;
    b->pulling = false;
    b->answers = false;
    b->mac_failures = 0;
    b->agreement = answer->agreement;
    b->key_set = answer->key_set;
    b->started_ms = turn->in->now_ms;
    b->last_ms = turn->in->now_ms;
    b->created_ms = turn->in->now_ms;
    b->keyed_ms = turn->in->now_ms;
    b->generations = 1;
    b->answered = GODWIT_OK;
    give_start(turn, b);
    godwit_hse_event(turn->out, "session_offered", GODWIT_OK, &b->imsi, id, NULL);
    godwit_hse_sweep_later(turn->hse, turn->out);
}

/* ---- BEARER ---- */

static void release(godwit_hse_turn_t *turn, const godwit_message_t *message, const godwit_address_t *address)
{
    godwit_hse_bearer_t *b = godwit_hse_bearer_find(turn->hse, address);
    const godwit_session_record_t *record = &turn->work.record;
    uint32_t id = godwit_hse_id_of_address(turn->hse->config.crypto, address);
    godwit_status_t status = godwit_hse_turn_find(turn, id, NULL);
    if (status == GODWIT_AGAIN) {
        return;
    }
    godwit_address_t its = godwit_hse_address_of(record);
    if (status == GODWIT_OK && godwit_address_equal(&its, address) &&
        godwit_imsi_equal(&record->imsi, &message->u.bearer.imsi)) {
        godwit_hse_delete(turn->out, id);
        godwit_hse_close_end_to_end(turn->hse, record, turn->in->now_ms);
        godwit_hse_session_forget(turn->hse, id);
        godwit_hse_exchange_release_session(turn->hse, id);
    }
    if (b != NULL && godwit_imsi_equal(&b->imsi, &message->u.bearer.imsi)) {
        godwit_wipe(b, sizeof *b);
    }
    godwit_message_t *answer = godwit_hse_answer(turn->hse, turn->out, message, GODWIT_BEARER_ANSWER);
    if (answer != NULL) {
        answer->u.bearer_answer.status = GODWIT_OK;
    }
    godwit_hse_event(turn->out, "bearer_released", GODWIT_OK, &message->u.bearer.imsi, id, NULL);
}

static void remember_asker(godwit_hse_bearer_t *b, const godwit_message_t *message)
{
    b->gateway_function = message->from;
    b->gateway_transaction = message->transaction;
    b->gateway_route = message->route;
}

/* Identical octets came before: the same answer, or patience. */
static bool answer_again(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, const godwit_message_t *message,
                         const uint8_t hash[32])
{
    if (b == NULL || !godwit_imsi_equal(&b->imsi, &message->u.bearer.imsi) ||
        memcmp(b->container_hash, hash, sizeof b->container_hash) != 0 ||
        !godwit_plmn_equal(b->serving_network, message->u.bearer.serving_network)) {
        return false; /* elsewhere another policy may hold */
    }
    if (b->answered == GODWIT_OK) {
        remember_asker(b, message);
        give_start(turn, b);
        return true;
    }
    if (b->pulling && b->answers) {
        remember_asker(b, message);
        if (!godwit_hse_pull_is_open(turn->hse, b, turn->in->now_ms)) {
            godwit_hse_pull(turn->hse, b, turn->in->now_ms, turn->out);
        }
        return true;
    }
    return false;
}

/* The entry of that tunnel, made what the container says; what it had of another subscriber is wiped. */
static godwit_hse_bearer_t *open_bearer(godwit_hse_turn_t *turn, const godwit_bearer_t *asked,
                                        const godwit_e2m_container_t *c, const godwit_address_t *address)
{
    godwit_hse_t *hse = turn->hse;
    godwit_hse_bearer_t *b = godwit_hse_bearer_find(hse, address);
    if (b != NULL && !godwit_imsi_equal(&b->imsi, &c->imsi)) {
        godwit_wipe(b, sizeof *b);
        b = NULL;
    }
    if (b == NULL) {
        b = godwit_hse_bearer_new(hse, &c->imsi, address, turn->in->now_ms);
    }
    if (b != NULL) {
        b->selector = c->selector;
        b->agreements = (uint8_t)(c->agreements & godwit_hse_agreements(hse, asked->serving_network) &
                                  GODWIT_HSE_ACCESS_AGREEMENTS);
        b->suites = c->suites;
        b->above_generation = c->above_generation;
        b->serving_network = asked->serving_network;
        b->answered = GODWIT_AGAIN;
        b->asked_again = false;
        b->start_len = 0;
        b->held_len = 0;
    }
    return b;
}

/* A key that was pushed for this selector; it serves once. False: that generation was used already, before this end
 * lost its memory. */
static bool start_with_push(godwit_hse_turn_t *turn, godwit_hse_bearer_t *b, godwit_hse_push_t *pushed)
{
    godwit_key_answer_t key = {.status = GODWIT_OK,
                               .agreement = pushed->push.agreement,
                               .key_set = pushed->push.key_set,
                               .generation = pushed->push.generation};
    memcpy(key.k_session, pushed->push.k_session, sizeof key.k_session);
    pushed->spent = true;
    godwit_wipe(pushed->push.k_session, sizeof pushed->push.k_session);
    bool fresh = !godwit_hse_is_stale(turn, b, &key);
    if (fresh) {
        godwit_hse_bearer_start(turn, b, &key);
    }
    godwit_wipe(&key, sizeof key);
    return fresh;
}

/* The gateway gives that tunnel to another subscriber: the session in it is over, though nobody told. What goes down
 * must not reach him. */
static void end_former(godwit_hse_turn_t *turn, const godwit_imsi_t *imsi)
{
    godwit_session_record_t *record = &turn->work.record;
    if (record->session_id != 0 && !godwit_imsi_equal(&record->imsi, imsi)) {
        godwit_hse_delete(turn->out, record->session_id);
        godwit_hse_close_end_to_end(turn->hse, record, turn->in->now_ms);
        godwit_hse_session_forget(turn->hse, record->session_id);
        godwit_hse_exchange_release_session(turn->hse, record->session_id);
        godwit_hse_event(turn->out, "bearer_reassigned", GODWIT_OK, &record->imsi, record->session_id, NULL);
    }
}

static void begin(godwit_hse_turn_t *turn, const godwit_message_t *message, const godwit_e2m_container_t *c,
                  const godwit_address_t *address, const uint8_t hash[32])
{
    godwit_hse_t *hse = turn->hse;
    uint64_t now_ms = turn->in->now_ms;
    uint32_t id;
    uint8_t key_id;
    godwit_hse_push_t *pushed = godwit_hse_push_for(
        hse, &c->imsi, &c->selector, c->agreements & godwit_hse_agreements(hse, message->u.bearer.serving_network),
        c->above_generation, now_ms);
    godwit_status_t found = godwit_hse_id_of_tunnel(turn, address, &id, &key_id);
    if (found == GODWIT_AGAIN) {
        return; /* nothing has changed yet */
    }
    if (found == GODWIT_OK) {
        end_former(turn, &c->imsi);
    }
    if (!godwit_hse_budget_spend(hse, address, GODWIT_E2M_START_MAX, now_ms)) {
        refuse(turn, message, GODWIT_OVERLOAD, NULL, "this tunnel's budget is spent");
        return;
    }
    godwit_hse_bearer_t *b = open_bearer(turn, &message->u.bearer, c, address);
    if (b == NULL) {
        refuse(turn, message, GODWIT_OVERLOAD, NULL, "the table of bearers is full");
        return;
    }
    remember_asker(b, message);
    memcpy(b->container_hash, hash, sizeof b->container_hash);
    if (pushed != NULL && start_with_push(turn, b, pushed)) {
        return;
    }
    if (hse->config.e2m_source == GODWIT_FUNCTION_NONE) {
        godwit_hse_bearer_refuse(turn, b, GODWIT_UNKNOWN_KEY, "no key was pushed for that selector");
    } else {
        b->answers = true;
        godwit_hse_pull(hse, b, now_ms, turn->out);
    }
}

void godwit_hse_on_bearer(godwit_hse_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const godwit_bearer_t *asked = &message->u.bearer;
    const char *detail = NULL;
    godwit_e2m_container_t c;
    uint8_t hash[GODWIT_SHA256_SIZE];
    if ((asked->gateway_len != 4 && asked->gateway_len != 16) || !is_entitled(turn->hse, message)) {
        refuse(turn, message, GODWIT_NOT_ENTITLED, NULL, "BEARER from a node that is no gateway of ours");
        return;
    }
    godwit_address_t address = tunnel_of(asked);
    if (asked->released) {
        release(turn, message, &address);
        return;
    }
    godwit_status_t status = judge(turn->hse, asked, &c, &detail);
    godwit_slice_t contents = godwit_slice(asked->container, asked->container_len);
    bool hashed = status != GODWIT_MALFORMED && turn->hse->config.crypto->sha256(&contents, 1, hash) == GODWIT_OK;
    if (status == GODWIT_OK && !hashed) {
        status = GODWIT_PEER_INTERNAL;
    }
    if (status != GODWIT_OK) {
        refuse(turn, message, status, hashed ? hash : NULL, detail);
        return;
    }
    if (!answer_again(turn, godwit_hse_bearer_find(turn->hse, &address), message, hash)) {
        begin(turn, message, &c, &address, hash);
    }
}
