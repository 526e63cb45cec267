/* SPDX-License-Identifier: Apache-2.0
 *
 * Session Start (11): the EMKS has answered. A Session ID is drawn that nobody has, the key made, the vector sent. The
 * session does not exist yet: only a datagram that verifies under the key makes it.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define CANDIDATES 4 /* Session IDs drawn at once; if all were taken the table would be full beyond sense */

/* ---- the Session ID ---- */

static uint32_t candidate(const godwit_hse_t *hse, const uint8_t octets[4])
{
    uint32_t id = godwit_load_u32(octets);
    unsigned bits = 8u * hse->config.framing.session_octets;
    return bits < 32 ? id & ((UINT32_C(1) << bits) - 1) : id;
}

/* Whether the ith candidate may be asked for: no Session ID is 0, and the same one twice is one candidate. */
static bool is_fresh(godwit_hse_t *hse, const godwit_input_t *in, size_t i)
{
    uint32_t id = candidate(hse, in->random.ptr + 4 * i);
    for (size_t k = 0; k < i; k++) {
        if (candidate(hse, in->random.ptr + 4 * k) == id) {
            return false;
        }
    }
    return id != 0 && id != GODWIT_HSE_TIMER_AGENDA && godwit_hse_session_find(hse, id) == NULL &&
           !godwit_hse_exchange_holds_id(hse, id, in->now_ms);
}

/* S > 0: the first candidate that neither memory nor store knows. GODWIT_AGAIN: a need stands in the outbox. */
static godwit_status_t draw_id(godwit_hse_t *hse, const godwit_input_t *in, godwit_outbox_t *out, uint32_t *id)
{
    if (in->random.len != 4 * CANDIDATES) {
        godwit_outbox_add(out, GODWIT_REQUEST_RANDOM)->count = 4 * CANDIDATES;
        return GODWIT_AGAIN;
    }
    bool passed = in->fetch_status == GODWIT_AGAIN; /* candidates before the one that was asked for were taken */
    for (size_t i = 0; i < CANDIDATES; i++) {
        *id = candidate(hse, in->random.ptr + 4 * i);
        if (passed && is_fresh(hse, in, i)) {
            godwit_hse_fetch_session(out, *id, NULL);
            return GODWIT_AGAIN;
        }
        if (!passed && *id == in->fetched_key.session_id) {
            if (in->fetch_status != GODWIT_OK) {
                return in->fetch_status == GODWIT_NOT_FOUND ? GODWIT_OK : GODWIT_STORE_FAILED;
            }
            passed = true;
        }
    }
    return GODWIT_OVERLOAD;
}

/* S = 0: the address is the session. It may have one already, which lives until the new one is confirmed. */
godwit_status_t godwit_hse_id_of_tunnel(godwit_hse_turn_t *turn, const godwit_address_t *address, uint32_t *id,
                                        uint8_t *key_id)
{
    godwit_hse_t *hse = turn->hse;
    const godwit_hse_bearer_t *bearer = godwit_hse_bearer_find(hse, address);
    *id = godwit_hse_id_of_address(hse->config.crypto, address);
    unsigned live = godwit_hse_exchange_live_keys(hse, *id, turn->in->now_ms);
    if (bearer != NULL && bearer->pending) {
        live |= 1u << bearer->key.hot.key_id;
    }
    if (bearer != NULL && bearer->flushed) { /* the device may go on with that one */
        live |= 1u << bearer->parked.key_id;
    }
    godwit_status_t status = godwit_hse_turn_find(turn, *id, NULL);
    if (status == GODWIT_OK) {
        const godwit_session_record_t *record = &turn->work.record;
        godwit_address_t its = godwit_hse_address_of(record);
        live |= 1u << record->current.hot.key_id | 1u << record->next.hot.key_id;
        *key_id = godwit_emsdp_next_key_id(record->last_key_id, (uint8_t)live);
        status = godwit_address_equal(&its, address) ? GODWIT_OK : GODWIT_OVERLOAD;
    } else if (status == GODWIT_NOT_FOUND) {
        *key_id = godwit_emsdp_next_key_id(0, (uint8_t)live);
        status = GODWIT_OK;
    }
    return status == GODWIT_OK && *key_id == 0 ? GODWIT_OVERLOAD : status;
}

static godwit_status_t choose_id(godwit_hse_t *hse, const godwit_hse_exchange_t *x, const godwit_input_t *in,
                                 godwit_outbox_t *out, uint32_t *id, uint8_t *key_id)
{
    if (hse->config.framing.session_octets == 0) {
        godwit_hse_turn_t turn = {.hse = hse, .in = in, .out = out};
        godwit_status_t status = godwit_hse_id_of_tunnel(&turn, &x->from, id, key_id);
        godwit_hse_turn_wipe(&turn);
        return status;
    }
    *key_id = 1;
    return draw_id(hse, in, out, id);
}

/* ---- the datagram ---- */

/* The key of the answer, and what the Start will say of it. */
static godwit_status_t take_key(const godwit_hse_t *hse, godwit_hse_exchange_t *x, const godwit_key_answer_t *answer,
                                uint32_t id, uint8_t key_id)
{
    uint32_t named = hse->config.framing.session_octets == 0 ? 0 : id;
    godwit_status_t status = godwit_emsdp_key_init(hse->config.crypto, &x->key, answer->k_session, x->suite, key_id,
                                                   hse->config.framing, named, answer->generation, GODWIT_END_NETWORK);
    if (status != GODWIT_OK) {
        return status;
    }
    x->key.hot.up_limit_out = 0;
    x->key.cp_limit_out = 1; /* the Start */
    x->agreement = answer->agreement;
    x->key_set = answer->key_set;
    x->session_id = id;
    memcpy(x->rand, answer->rand, sizeof x->rand);
    memcpy(x->autn, answer->autn, sizeof x->autn);
    return GODWIT_OK;
}

static godwit_status_t start_create(const godwit_hse_t *hse, godwit_hse_exchange_t *x, const godwit_e2e_terms_t *terms)
{
    const godwit_crypto_t *crypto = hse->config.crypto;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                .agreement = (uint8_t)x->agreement,
                                .suite = x->suite,
                                .framing = hse->config.framing,
                                .generation = x->key.generation};
    m.present = 1u << GODWIT_TLV_HSE_CONFIGURATION;
    if (!x->by_selector && x->reference[0] == '\0') {
        m.present |= 1u << GODWIT_TLV_RAND | 1u << GODWIT_TLV_AUTN;
    }
    memcpy(m.rand, x->rand, sizeof m.rand);
    memcpy(m.autn, x->autn, sizeof m.autn);
    if (terms != NULL) {
        m.present |= 1u << GODWIT_TLV_SERVICE;
        m.terms = *terms;
    }
    godwit_writer_t w = godwit_writer(x->start, sizeof x->start);
    godwit_status_t status = godwit_emsdp_seal_control(crypto, &x->key, &m, godwit_slice(x->request_hash, 32), &w);
    x->start_len = (uint8_t)w.len;
    if (status == GODWIT_OK) {
        const godwit_slice_t both[2] = {godwit_slice(x->request, x->request_len), godwit_written(&w)};
        status = godwit_emsdp_transcript(crypto, both, 2, x->transcript);
    }
    return status;
}

static bool is_fit(const godwit_hse_exchange_t *x, const godwit_key_answer_t *answer)
{
    return godwit_agreement_is_access((uint8_t)answer->agreement) == x->by_selector &&
           godwit_agreement_has_reference((uint8_t)answer->agreement) == (x->reference[0] != '\0') &&
           answer->agreement >= 1 && answer->agreement <= 8 && (x->agreements >> (answer->agreement - 1) & 1u) != 0 &&
           answer->generation != 0;
}

void godwit_hse_start_refuse(godwit_hse_t *hse, godwit_hse_exchange_t *x, const godwit_input_t *in,
                             godwit_status_t status, const char *detail, godwit_outbox_t *out)
{
    godwit_hse_hint(hse, out, &x->from, 0, status, x->request_hash, x->request_len, in->now_ms);
    godwit_hse_event(out, "refused", status, &x->imsi, 0, detail);
    godwit_hse_exchange_release(x);
}

void godwit_hse_start_send(godwit_hse_t *hse, godwit_hse_exchange_t *x, const godwit_input_t *in,
                           const godwit_e2e_terms_t *terms, godwit_outbox_t *out)
{
    godwit_status_t status = start_create(hse, x, terms);
    if (status != GODWIT_OK) {
        godwit_hse_start_refuse(hse, x, in, status, "Session Start could not be made", out);
        return;
    }
    x->started = true;
    x->opening = false;
    godwit_hse_send(out, &x->from, godwit_slice(x->start, x->start_len));
    godwit_hse_event(out, "session_offered", GODWIT_OK, &x->imsi, x->session_id, NULL);
}

/* The key set that the device named is not to be had: where it also has an agreement of its own, it gets that
 * instead. */
static bool fall_back(godwit_hse_t *hse, godwit_hse_exchange_t *x, const godwit_input_t *in, godwit_status_t status,
                      godwit_outbox_t *out)
{
    const unsigned named = GODWIT_HSE_ACCESS_AGREEMENTS | GODWIT_HSE_REFERENCE_AGREEMENTS;
    if ((!x->by_selector && x->reference[0] == '\0') || (x->agreements & ~named) == 0) {
        return false;
    }
    x->by_selector = false;
    memset(x->reference, 0, sizeof x->reference);
    x->service_age = 0; /* of the key set that it named */
    godwit_hse_event(out, "fallback", status, &x->imsi, 0, "no key for what the device named: separate AKA instead");
    godwit_hse_ask_key(hse, x, in->now_ms, out);
    return true;
}

void godwit_hse_on_key(godwit_hse_t *hse, godwit_hse_exchange_t *x, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_key_answer_t *answer = &in->message->u.key_answer;
    const char *detail = "the EMKS gives no key";
    uint32_t id = 0;
    uint8_t key_id = 0;
    godwit_status_t status = answer->status;
    if (status == GODWIT_OK && !is_fit(x, answer)) {
        status = GODWIT_PEER_INTERNAL;
        detail = "the EMKS answered with an agreement that was not asked for";
    }
    if (status == GODWIT_OK && answer->parked.set) {
        status = GODWIT_UNKNOWN_KEY; /* such a session is never flushed: whose counters these are, nobody knows */
        detail = "a parked key for a session that begins";
    }
    if (status != GODWIT_OK && fall_back(hse, x, in, status, out)) {
        return;
    }
    if (status == GODWIT_OK) {
        status = choose_id(hse, x, in, out, &id, &key_id);
        detail = "no Session ID could be chosen";
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status == GODWIT_OK) {
        status = take_key(hse, x, answer, id, key_id);
        detail = "Session Start could not be made";
    }
    if (status != GODWIT_OK) {
        godwit_hse_start_refuse(hse, x, in, status, detail, out);
    } else if (x->service != GODWIT_SERVICE_NONE) {
        godwit_hse_open_service(hse, x, in->now_ms, out);
    } else {
        godwit_hse_start_send(hse, x, in, NULL, out);
    }
}
