/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC server: the MKEF has answered. K_MTC opens the first datagram here as well; then the session is committed,
 * the reading delivered, and only then Start leaves. A session that this device has already ends only now. The same
 * RAND1 never begins two sessions, whatever the MKEF says: its counter stands in the record in the place of a key set's
 * number.
 */
#include <string.h>

#include "core/agree/device_rand/device_rand.h"
#include "roles/hse/internal.h"

#define ID_OCTETS 4u
#define DRAWS                                                                                                          \
    3u /* of a Session ID: each asks for more octets than the one before, so that the input shows which one it is */

/* ---- the Session ID ---- */

static uint32_t last_drawn(const godwit_hse_t *hse, const godwit_input_t *in)
{
    uint32_t id = godwit_load_u32(in->random.ptr + in->random.len - ID_OCTETS);
    unsigned bits = 8u * hse->config.framing.session_octets;
    return bits < 32 ? id & ((UINT32_C(1) << bits) - 1) : id;
}

static bool was_asked(const godwit_input_t *in, uint32_t session_id)
{
    return in->fetch_status != GODWIT_AGAIN && in->fetched_key.kind == GODWIT_RECORD_SESSION &&
           in->fetched_key.session_id == session_id;
}

/* S > 0. GODWIT_AGAIN: a need stands in the outbox. */
static godwit_status_t draw(godwit_hse_turn_t *turn, uint32_t *id)
{
    godwit_hse_t *hse = turn->hse;
    const godwit_input_t *in = turn->in;
    size_t drawn = in->random.len / ID_OCTETS;
    if (drawn > 0) {
        *id = last_drawn(hse, in);
        bool is_free = *id != 0 && godwit_hse_session_find(hse, *id) == NULL &&
                       !godwit_hse_exchange_holds_id(hse, *id, in->now_ms);
        if (was_asked(in, 0) || (is_free && was_asked(in, *id) && in->fetch_status == GODWIT_NOT_FOUND)) {
            return GODWIT_OK;
        }
        if (is_free && !was_asked(in, *id)) {
            godwit_hse_fetch_session(turn->out, *id, NULL);
            return GODWIT_AGAIN;
        }
        if (is_free && in->fetch_status != GODWIT_OK) {
            return GODWIT_STORE_FAILED;
        }
    }
    if (drawn >= DRAWS) {
        return GODWIT_OVERLOAD;
    }
    godwit_outbox_add(turn->out, GODWIT_REQUEST_RANDOM)->count = (drawn + 1) * ID_OCTETS;
    return GODWIT_AGAIN;
}

/* S = 0: the address is the session, and the Key ID is the device's choice. */
static godwit_status_t choose_id(godwit_hse_turn_t *turn, const godwit_hse_exchange_t *x, uint32_t *id)
{
    uint8_t key_id;
    if (turn->hse->config.framing.session_octets > 0) {
        return draw(turn, id);
    }
    *id = godwit_hse_id_of_address(turn->hse->config.crypto, &x->from);
    return was_asked(turn->in, 0) ? GODWIT_OK : godwit_hse_id_of_tunnel(turn, &x->from, id, &key_id);
}

/* ---- the session ---- */

static bool is_same_key(const godwit_emsdp_key_t *a, const godwit_emsdp_key_t *b)
{
    return godwit_equal_secret(a->hot.k_enc, b->hot.k_enc, sizeof a->hot.k_enc) &&
           godwit_equal_secret(a->hot.k_int, b->hot.k_int, sizeof a->hot.k_int);
}

/* The session that this subscriber has is of this RAND1 or of a later one: an answer that was late, or asked for
 * twice. */
static godwit_status_t judge_older(const godwit_hse_turn_t *turn, const godwit_session_record_t *older,
                                   const godwit_session_record_t *record, bool counted)
{
    if (older->agreement != GODWIT_AGREEMENT_DEVICE_RAND) {
        return GODWIT_OK;
    }
    if (memcmp(older->answered, turn->hash, sizeof older->answered) == 0 && older->answer_len > 0) {
        return GODWIT_AGAIN; /* the very datagram */
    }
    return is_same_key(&older->current, &record->current) || (counted && older->key_set >= record->key_set)
               ? GODWIT_REPLAY
               : GODWIT_OK;
}

static godwit_status_t start_create(godwit_hse_turn_t *turn, const godwit_hse_exchange_t *x,
                                    const godwit_mtc_key_answer_t *answer)
{
    static const uint8_t none[GODWIT_TEMPORARY_IDENTITY];
    godwit_session_record_t *record = &turn->work.record;
    uint8_t octets[sizeof record->answer];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START,
                                .present = 1u << GODWIT_TLV_HSE_CONFIGURATION,
                                .agreement = GODWIT_AGREEMENT_DEVICE_RAND,
                                .suite = record->current.hot.suite,
                                .framing = turn->hse->config.framing,
                                .generation = 1};
    if (memcmp(answer->temporary, none, sizeof none) != 0) {
        m.present |= 1u << GODWIT_TLV_TEMPORARY_IDENTITY;
        m.temporary = godwit_slice(answer->temporary, sizeof answer->temporary);
    }
    godwit_status_t status =
        godwit_session_step(record->state, GODWIT_END_NETWORK, true, m.command, false, &record->state);
    if (status == GODWIT_OK) {
        status = godwit_hse_seal(turn, &m, godwit_slice(x->request_hash, sizeof x->request_hash), &w);
    }
    if (status == GODWIT_OK) {
        godwit_hse_remember_answer(record, turn->hash, godwit_written(&w));
        godwit_hse_send(turn->out, &x->from, godwit_written(&w));
    }
    return status;
}

/* The state before is that of early data: both ends hold the key, and 10 under it is what is taken. */
static void work_of(godwit_hse_turn_t *turn, const godwit_hse_exchange_t *x, const godwit_mtc_first_t *first,
                    const godwit_emsdp_key_t *key, uint32_t id)
{
    godwit_session_record_t *record = &turn->work.record;
    const godwit_hse_exchange_t made = {.session_id = id,
                                        .imsi = turn->in->message->u.mtc_key_answer.imsi,
                                        .agreement = GODWIT_AGREEMENT_DEVICE_RAND,
                                        .key_set = godwit_rand1_counter(first->rand1)};
    godwit_hse_work_of_exchange(&made, turn->in->now_ms, &turn->work);
    record->state = GODWIT_SESSION_ANNOUNCED;
    record->current = *key;
    record->current.hot.session_id = turn->hse->config.framing.session_octets > 0 ? id : 0;
    record->current.hot.up_limit_out = 0;
    record->current.cp_limit_out = 0;
    record->last_key_id = key->hot.key_id;
    record->last_generation = key->generation;
    record->has_address = true;
    record->address_len = x->from.len;
    memcpy(record->address, x->from.octets, sizeof record->address);
}

static godwit_status_t establish(godwit_hse_turn_t *turn, godwit_hse_exchange_t *x)
{
    godwit_status_t status = godwit_hse_turn_begin(turn);
    turn->exchange = x;
    turn->establishing = true;
    if (status == GODWIT_OK) {
        status = godwit_hse_establish(turn);
    }
    if (status == GODWIT_OK && godwit_emsdp_has(&turn->opened.control, GODWIT_TLV_DATA)) {
        status = godwit_hse_deliver(turn, turn->opened.control.data);
    }
    return status == GODWIT_OK ? start_create(turn, x, &turn->in->message->u.mtc_key_answer) : status;
}

/* ---- the answer ---- */

static void refuse(godwit_hse_turn_t *turn, godwit_hse_exchange_t *x, const godwit_mtc_first_t *first,
                   godwit_status_t status)
{
    const char *detail = turn->detail;
    godwit_outbox_reset(turn->out);
    godwit_hse_event(turn->out, "refused", status, first->by_temporary ? NULL : &first->imsi, 0, detail);
    godwit_hse_hint(turn->hse, turn->out, &x->from, 0, status, x->request + x->request_len - GODWIT_EMSDP_ECHO,
                    x->request_len, turn->in->now_ms);
    godwit_hse_exchange_release(x);
}

/* K_MTC must open the datagram here, too. */
static godwit_status_t open_first(godwit_hse_turn_t *turn, const godwit_hse_exchange_t *x, godwit_mtc_first_t *first,
                                  godwit_emsdp_key_t *key)
{
    const godwit_hse_config_t *config = &turn->hse->config;
    const godwit_mtc_key_answer_t *answer = &turn->in->message->u.mtc_key_answer;
    const godwit_slice_t datagram = godwit_slice(x->request, x->request_len);
    godwit_status_t status = godwit_mtc_first_peek(datagram, config->framing, first);
    turn->detail = "the MKEF gives no key";
    if (status == GODWIT_OK) {
        status = answer->status;
    }
    if (status == GODWIT_OK &&
        (answer->imsi.len == 0 || (!first->by_temporary && !godwit_imsi_equal(&answer->imsi, &first->imsi)))) {
        turn->detail = "the MKEF speaks of another subscriber";
        status = GODWIT_PEER_INTERNAL;
    }
    if (status == GODWIT_OK) {
        turn->detail = "the first datagram does not verify under the key of the MKEF";
        status = godwit_mtc_first_open(config->crypto, datagram, config->framing, answer->k_mtc, key, turn->plain,
                                       &turn->opened);
    }
    return status;
}

static void finish(godwit_hse_turn_t *turn, godwit_hse_exchange_t *x, const godwit_mtc_first_t *first,
                   godwit_status_t status)
{
    if (status != GODWIT_OK) {
        refuse(turn, x, first, status);
        return;
    }
    x->session_id = turn->work.record.session_id;
    x->since_ms = turn->in->now_ms; /* the MKEF remembers its answer from about now on */
    godwit_hse_turn_end(turn, GODWIT_OK);
}

/* The datagram is authentic, and a Session ID is there. */
static void conclude(godwit_hse_turn_t *turn, godwit_hse_exchange_t *x, const godwit_mtc_first_t *first,
                     const godwit_emsdp_key_t *key, uint32_t id)
{
    godwit_status_t found = godwit_hse_turn_find(turn, 0, &turn->in->message->u.mtc_key_answer.imsi);
    if (found == GODWIT_AGAIN) {
        return;
    }
    godwit_status_t status = found == GODWIT_OK || found == GODWIT_NOT_FOUND ? GODWIT_OK : found;
    godwit_session_record_t older = turn->work.record;
    memcpy(turn->hash, x->request_hash, sizeof turn->hash);
    work_of(turn, x, first, key, id);
    turn->detail = "the MKEF gave a key that began a session already";
    if (found == GODWIT_OK) {
        status = judge_older(turn, &older, &turn->work.record, !first->has_res);
    }
    if (status == GODWIT_AGAIN) { /* this end has lost its memory meanwhile, and asked twice */
        x->live = true;
        x->session_id = older.session_id;
        godwit_hse_send(turn->out, &x->from, godwit_slice(older.answer, older.answer_len));
    } else {
        status = status == GODWIT_OK ? establish(turn, x) : status;
        finish(turn, x, first, status == GODWIT_OK && turn->out->overflow ? GODWIT_OVERLOAD : status);
    }
    godwit_wipe(&older, sizeof older);
}

void godwit_hse_on_mtc_key(godwit_hse_turn_t *turn)
{
    godwit_hse_exchange_t *x = godwit_hse_exchange_by_transaction(turn->hse, turn->in->message->transaction);
    godwit_mtc_first_t first;
    godwit_emsdp_key_t key;
    uint32_t id = 0;
    if (x == NULL || !x->device_rand || x->live) {
        return;
    }
    godwit_status_t status = open_first(turn, x, &first, &key);
    if (status == GODWIT_OK) {
        status = choose_id(turn, x, &id);
        turn->detail = "no Session ID could be chosen";
    }
    if (status == GODWIT_OK) {
        conclude(turn, x, &first, &key, id);
    } else if (status != GODWIT_AGAIN) {
        refuse(turn, x, &first, status);
    }
    godwit_wipe(&key, sizeof key);
}
