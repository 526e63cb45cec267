/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen, watched from outside: at the antenna, at the store's door, at the application. The memory of the watcher survives
 * every power loss.
 */
#include <stdlib.h>
#include <string.h>

#include "core/agree/gba/gba.h"
#include "lab/internal.h"

void lab_violate(godwit_world_t *w, const char *what)
{
    if (w->violation == NULL) {
        w->violation = what;
    }
}

/* ---- a set of hashes ---- */

static uint64_t hash_of(const godwit_slice_t *parts, size_t count)
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    if (godwit_crypto_builtin.sha256(parts, count, digest) != GODWIT_OK) {
        abort();
    }
    return godwit_load_u64(digest);
}

static struct lab_entry *place_of(const lab_set_t *set, uint64_t key)
{
    size_t at = (size_t)key & (set->capacity - 1);
    while (set->entries[at].used && set->entries[at].key != key) {
        at = (at + 1) & (set->capacity - 1);
    }
    return &set->entries[at];
}

static void grow(lab_set_t *set)
{
    lab_set_t larger = {.capacity = set->capacity == 0 ? 256 : set->capacity * 2};
    larger.entries = lab_alloc(larger.capacity * sizeof *larger.entries);
    for (size_t i = 0; i < set->capacity; i++) {
        if (set->entries[i].used) {
            *place_of(&larger, set->entries[i].key) = set->entries[i];
        }
    }
    larger.count = set->count;
    lab_free(set->entries);
    *set = larger;
}

/* True the first time. */
static bool is_new(lab_set_t *set, uint64_t key)
{
    if (set->count * 2 >= set->capacity) {
        grow(set);
    }
    struct lab_entry *e = place_of(set, key);
    if (e->used) {
        return false;
    }
    *e = (struct lab_entry){.key = key, .used = true};
    set->count++;
    return true;
}

bool lab_set_add(lab_set_t *set, godwit_slice_t octets)
{
    return is_new(set, hash_of(&octets, 1));
}

bool lab_set_has(const lab_set_t *set, godwit_slice_t octets)
{
    return set->capacity > 0 && place_of(set, hash_of(&octets, 1))->used;
}

void lab_set_free(lab_set_t *set)
{
    lab_free(set->entries);
    *set = (lab_set_t){0};
}

/* ---- a key and a COUNT, at the antenna ---- */

/* A key that the network has taken a datagram under is one that a device has used. */
static bool is_of_a_device(const godwit_world_t *w, const godwit_emsdp_key_t *key)
{
    for (size_t i = w->known_count[LAB_END_DEVICES]; i-- > 0;) {
        const godwit_emsdp_key_t *known = &w->known[LAB_END_DEVICES][i].key;
        if (memcmp(known->hot.k_int, key->hot.k_int, 16) == 0 && memcmp(known->hot.k_enc, key->hot.k_enc, 16) == 0 &&
            known->hot.suite == key->hot.suite && known->generation == key->generation) {
            return true;
        }
    }
    return false;
}

static void learn(godwit_world_t *w, unsigned end, const godwit_emsdp_key_t *key, const godwit_address_t *peer)
{
    if (!godwit_emsdp_key_is_set(key)) {
        return;
    }
    const lab_known_t now = {.key = *key, .peer = *peer};
    bool is_used = key->hot.up_next_in > 0 || key->cp_next_in > 0;
    if (end != LAB_END_DEVICES && is_used && !is_of_a_device(w, key)) {
        lab_violate(w, "the network uses a key that no device has");
    }
    for (size_t i = w->known_count[end]; i-- > 0;) {
        godwit_emsdp_key_t *known = &w->known[end][i].key;
        if (memcmp(known->hot.k_int, key->hot.k_int, 16) == 0 && memcmp(known->hot.k_enc, key->hot.k_enc, 16) == 0) {
            w->known[end][i] = now;
            return;
        }
    }
    if (w->known_count[end] == LAB_KEYS_MAX) {
        lab_violate(w, "more keys than the lab keeps");
        return;
    }
    w->known[end][w->known_count[end]++] = now;
}

void lab_learn_device_keys(godwit_world_t *w, unsigned device)
{
    const godwit_address_t own = lab_address(device);
    learn(w, LAB_END_DEVICES, &w->devices[device].device.session.current, &own);
    learn(w, LAB_END_DEVICES, &w->devices[device].device.session.next, &own);
    if (w->config.device_rand) {
        learn(w, LAB_END_DEVICES, &w->devices[device].mtc.key, &own);
        learn(w, LAB_END_DEVICES, &w->devices[device].mtc.exchange.key, &own);
        lab_learn_mtc(w, device);
    }
}

void lab_learn_network_keys(godwit_world_t *w, unsigned endpoint)
{
    const lab_endpoint_t *e = &w->endpoints[endpoint];
    for (size_t i = 0; i < LAB_EXCHANGES; i++) {
        const godwit_hse_exchange_t *x = &e->exchanges[i];
        if (x->used && x->started && !x->live) {
            learn(w, endpoint, &x->key, &x->from);
        }
    }
    for (size_t i = 0; i < LAB_BEARERS; i++) {
        if (e->bearers[i].used && e->bearers[i].pending) {
            learn(w, endpoint, &e->bearers[i].key, &e->bearers[i].address);
        }
    }
    for (size_t i = 0; i < LAB_SESSIONS; i++) {
        const godwit_session_record_t *record = &e->sessions[i].record;
        if (e->sessions[i].used) {
            godwit_address_t peer = {.len = record->address_len};
            memcpy(peer.octets, record->address, sizeof peer.octets);
            learn(w, endpoint, &record->current, &peer);
            learn(w, endpoint, &record->next, &peer);
        }
    }
}

/* The newest that the header names; where no Session ID travels, of that peer. */
static const godwit_emsdp_key_t *find_key(const godwit_world_t *w, unsigned end, const godwit_address_t *peer,
                                          godwit_framing_t framing, const godwit_emsdp_header_t *h)
{
    for (size_t i = w->known_count[end]; i-- > 0;) {
        const lab_known_t *k = &w->known[end][i];
        if (k->key.hot.key_id == h->key_id && (framing.session_octets == 0 ? godwit_address_equal(&k->peer, peer)
                                                                           : k->key.hot.session_id == h->session_id)) {
            return &k->key;
        }
    }
    return NULL;
}

/* The COUNT with these low bits that is near the next one: datagrams leave soon after they were sealed, and a key that was dropped with its last
 * datagram was seen just before. */
static uint32_t count_of(const godwit_emsdp_key_t *key, const godwit_emsdp_header_t *h, godwit_framing_t framing)
{
    uint32_t modulus = UINT32_C(1) << (3u + 8u * framing.counter_octets);
    uint32_t ahead = modulus / 2 < 64 ? modulus / 2 : 64;
    uint32_t most = (h->user_plane ? key->hot.up_next_out : key->cp_next_out) + ahead;
    return most - 1 - ((most - 1 - h->low_count) & (modulus - 1));
}

static void check_sent(godwit_world_t *w, unsigned end, const godwit_address_t *peer, godwit_framing_t framing,
                       godwit_slice_t octets)
{
    godwit_emsdp_header_t h;
    uint64_t whole = hash_of(&octets, 1);
    if (godwit_emsdp_peek(octets, framing, &h) != GODWIT_OK) {
        lab_violate(w, "a node sends what is no datagram");
        return;
    }
    if (h.key_id == 0 || !is_new(&w->sent, whole)) {
        return; /* no key, or a retransmission: the same octets, so the same COUNT */
    }
    const godwit_emsdp_key_t *key = find_key(w, end, peer, framing, &h);
    if (key == NULL) {
        lab_violate(w, "a datagram under a key that its sender never had");
        return;
    }
    uint8_t place[6] = {h.user_plane, end == LAB_END_DEVICES};
    godwit_store_u32(place + 2, count_of(key, &h, framing));
    const godwit_slice_t parts[3] = {godwit_slice(key->hot.k_enc, 16), godwit_slice(key->hot.k_int, 16),
                                     godwit_slice(place, sizeof place)};
    if (!is_new(&w->counts, hash_of(parts, 3))) {
        lab_violate(w, "a COUNT used twice with one key");
    }
}

void lab_check_sent_up(godwit_world_t *w, unsigned device, godwit_slice_t octets)
{
    const godwit_address_t own = lab_address(device);
    check_sent(w, LAB_END_DEVICES, &own, w->devices[device].config.framing, octets);
}

void lab_check_sent_down(godwit_world_t *w, unsigned endpoint, const godwit_address_t *to, godwit_slice_t octets)
{
    check_sent(w, endpoint, to, w->endpoints[endpoint].hse.config.framing, octets);
}

static bool says_malformed(const godwit_outbox_t *out)
{
    for (size_t i = 0; i < out->count; i++) {
        if (out->requests[i].kind == GODWIT_REQUEST_EVENT && out->requests[i].event.reason == GODWIT_MALFORMED) {
            return true;
        }
    }
    return false;
}

void lab_check_refusal(godwit_world_t *w, unsigned node, const godwit_input_t *in, const godwit_outbox_t *out)
{
    godwit_emsdp_header_t h;
    if (!w->is_bent || !lab_is_endpoint(node)) {
        return;
    }
    for (size_t i = 0; i < out->count; i++) {
        if (out->requests[i].kind == GODWIT_REQUEST_DELIVER) {
            lab_violate(w, "a datagram that was bent was believed");
        }
    }
    if (!says_malformed(out)) {
        return;
    }
    godwit_framing_t framing = lab_framing(w, node);
    if (in->port == GODWIT_PORT_EMSDP && godwit_emsdp_peek(in->datagram, framing, &h) == GODWIT_OK && h.key_id != 0 &&
        h.command != GODWIT_MANAGE_KEYS_REQUEST && find_key(w, lab_endpoint_of(node), &in->from, framing, &h) != NULL) {
        lab_violate(w, "content was believed before its MAC was checked");
    }
}

/* ---- messages ---- */

static uint64_t message_of(unsigned device, godwit_slice_t text)
{
    uint8_t number[4];
    godwit_store_u32(number, device);
    const godwit_slice_t parts[2] = {godwit_slice(number, sizeof number), text};
    return hash_of(parts, 2);
}

void lab_check_message_sent(godwit_world_t *w, unsigned device, godwit_slice_t text)
{
    (void)is_new(&w->told, message_of(device, text));
}

void lab_check_message_delivered(godwit_world_t *w, unsigned device, godwit_slice_t text)
{
    uint64_t message = message_of(device, text);
    if (w->told.capacity == 0 || !place_of(&w->told, message)->used) {
        lab_violate(w, "a message delivered that nobody sent");
    } else if (!is_new(&w->heard, message)) {
        lab_violate(w, "a message delivered twice");
    }
}

/* ---- vectors and keys ---- */

static unsigned device_of(const godwit_world_t *w, const godwit_imsi_t *imsi)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        godwit_imsi_t own = lab_imsi(i);
        if (godwit_imsi_equal(&own, imsi)) {
            return i;
        }
    }
    return UINT32_MAX;
}

static uint64_t sqn_of(unsigned device, const uint8_t rand[16], const uint8_t autn[16])
{
    godwit_aka_key_t key = lab_key(device);
    godwit_vector_t vector;
    uint64_t sqn;
    return godwit_autn_consume(&godwit_crypto_builtin, &key, rand, autn, &sqn, &vector) == GODWIT_OK ? sqn : UINT64_MAX;
}

/* Whose vector that is: nobody but its subscriber's key opens it. */
static void check_vector(godwit_world_t *w, const lab_call_t *call, const godwit_auth_info_vector_t *vector)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        uint64_t sqn = sqn_of(i, vector->rand, vector->autn);
        if (sqn != UINT64_MAX) {
            w->devices[i].vectors++;
            if (!is_new(&w->sqns, (uint64_t)i << 48 | sqn)) {
                lab_violate(w, "a SQN given twice");
            }
            lab_learn_vector(w, i, call->asker, call->plmn, call->vectors, vector->rand, vector->autn);
            return;
        }
    }
    lab_violate(w, "a vector of no subscriber");
}

static void check_zh(godwit_world_t *w, const godwit_zh_answer_t *answer)
{
    for (unsigned i = 0; i < w->config.devices && answer->type == GODWIT_GBA_3G; i++) {
        uint64_t sqn = sqn_of(i, answer->rand, answer->autn);
        if (sqn != UINT64_MAX) {
            w->devices[i].vectors++;
            if (!is_new(&w->sqns, (uint64_t)i << 48 | sqn)) {
                lab_violate(w, "a SQN given twice");
            }
            lab_learn_zh(w, i, answer);
            return;
        }
    }
}

static void check_gba(godwit_world_t *w, const lab_call_t *call, const godwit_message_t *message)
{
    const godwit_zn_answer_t *zn = &message->u.zn_answer;
    godwit_imsi_t imsi;
    if (message->kind == GODWIT_ZH_ANSWER) {
        if (message->u.zh_answer.status == GODWIT_OK) {
            check_zh(w, &message->u.zh_answer);
        }
        return;
    }
    if (zn->status == GODWIT_OK && call->asker != GODWIT_WORLD_NAF) {
        lab_violate(w, "Ks_NAF given to a NAF that is not its own");
    } else if (zn->status == GODWIT_OK && godwit_gba_imsi(zn->impi, w->plmn, &imsi) == GODWIT_OK &&
               device_of(w, &imsi) != UINT32_MAX) {
        lab_learn_zn(w, device_of(w, &imsi), zn);
    }
}

void lab_check_message(godwit_world_t *w, const lab_call_t *call, const godwit_message_t *message)
{
    w->policy_asked |= message->kind == GODWIT_AUTH_INFO_REQUEST && message->u.auth_info_request.policy_version != 0 &&
                       message->u.auth_info_request.e2m_aware;
    if (message->kind == GODWIT_AUTH_INFO_ANSWER) {
        w->policy_answered |= message->u.auth_info_answer.policy_version != 0;
        for (size_t i = 0; i < message->u.auth_info_answer.vectors; i++) {
            check_vector(w, call, &message->u.auth_info_answer.vector[i]);
        }
    }
    if (message->kind == GODWIT_ZH_ANSWER || message->kind == GODWIT_ZN_ANSWER) {
        check_gba(w, call, message);
    }
    if (message->kind == GODWIT_MTC_KEY_ANSWER && message->u.mtc_key_answer.status == GODWIT_OK &&
        call->asker != GODWIT_WORLD_MTC) {
        lab_violate(w, "K_MTC given to a server that is not entitled to it");
    }
    if (message->kind == GODWIT_KEY_PUSH) { /* sent until it is answered */
        lab_learn_session(w, message->u.key_push.k_session, message->u.key_push.generation);
    }
    if (message->kind == GODWIT_KEY_ANSWER && message->u.key_answer.status == GODWIT_OK) {
        const godwit_slice_t k_session = godwit_slice(message->u.key_answer.k_session, 32);
        if (!is_new(&w->keys, hash_of(&k_session, 1)) && !message->u.key_answer.parked.set) {
            lab_violate(w, "a K_session handed out twice");
        }
        lab_learn_session(w, message->u.key_answer.k_session, message->u.key_answer.generation);
    }
    if (message->kind == GODWIT_AUTH_INFO_REQUEST && message->u.auth_info_request.resync && w->stale.kind == 0) {
        w->stale = *message;
    }
    if (message->kind == GODWIT_AUTH_INFO_REQUEST && device_of(w, &message->u.auth_info_request.imsi) != UINT32_MAX &&
        message->u.auth_info_request.vectors > 1) {
        lab_violate(w, "more than one vector asked for");
    }
}

void lab_watch_node(godwit_world_t *w, unsigned node)
{
    if (w->config.watch_memory && ++w->inputs >= w->config.search_every) {
        w->inputs = 0;
        lab_search_node(w, node);
    }
}

void lab_check_taken(godwit_world_t *w, unsigned device, const uint8_t rand[16], const uint8_t autn[16])
{
    if (!is_new(&w->taken, (uint64_t)device << 48 | sqn_of(device, rand, autn))) {
        lab_violate(w, "a card that took a SQN twice");
    }
}
