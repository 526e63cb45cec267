/* SPDX-License-Identifier: Apache-2.0
 *
 * No key and COUNT protect two different datagrams: seen at the antenna, by a watcher that looks over the shoulder of
 * whoever holds keys.
 */
#include <string.h>

#include "lab/internal.h"

static bool is_device(unsigned end)
{
    return end == LAB_END_DEVICES || end == LAB_END_E2E_DEVICES;
}

/* A key that the network has taken a datagram under is one that a device has used. */
static bool is_of_a_device(const godwit_world_t *w, unsigned end, const godwit_emsdp_key_t *key)
{
    const unsigned devices = end == LAB_END_E2E_EAS ? LAB_END_E2E_DEVICES : LAB_END_DEVICES;
    for (size_t i = w->known_count[devices]; i-- > 0;) {
        const godwit_emsdp_key_t *known = &w->known[devices][i].key;
        if (memcmp(known->hot.k_int, key->hot.k_int, 16) == 0 && memcmp(known->hot.k_enc, key->hot.k_enc, 16) == 0 &&
            known->hot.suite == key->hot.suite && known->generation == key->generation) {
            return true;
        }
    }
    return false;
}

void lab_learn_key(godwit_world_t *w, unsigned end, const godwit_emsdp_key_t *key, const godwit_address_t *peer)
{
    if (!godwit_emsdp_key_is_set(key)) {
        return;
    }
    const lab_known_t now = {.key = *key, .peer = *peer};
    bool is_used = key->hot.up_next_in > 0 || key->cp_next_in > 0;
    if (!is_device(end) && is_used && !is_of_a_device(w, end, key)) {
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
    lab_learn_key(w, LAB_END_DEVICES, &w->devices[device].device.session.current, &own);
    lab_learn_key(w, LAB_END_DEVICES, &w->devices[device].device.session.next, &own);
    if (w->config.e2e.on) {
        lab_learn_e2e_keys(w, device);
    }
    if (w->config.device_rand) {
        lab_learn_key(w, LAB_END_DEVICES, &w->devices[device].mtc.key, &own);
        lab_learn_key(w, LAB_END_DEVICES, &w->devices[device].mtc.exchange.key, &own);
        lab_learn_mtc(w, device);
    }
}

void lab_learn_network_keys(godwit_world_t *w, unsigned endpoint)
{
    const lab_endpoint_t *e = &w->endpoints[endpoint];
    for (size_t i = 0; i < LAB_EXCHANGES; i++) {
        const godwit_hse_exchange_t *x = &e->exchanges[i];
        if (x->used && x->started && !x->live) {
            lab_learn_key(w, endpoint, &x->key, &x->from);
        }
    }
    for (size_t i = 0; i < LAB_BEARERS; i++) {
        if (e->bearers[i].used && e->bearers[i].pending) {
            lab_learn_key(w, endpoint, &e->bearers[i].key, &e->bearers[i].address);
        }
    }
    for (size_t i = 0; i < LAB_SESSIONS; i++) {
        const godwit_session_record_t *record = &e->sessions[i].record;
        if (e->sessions[i].used) {
            godwit_address_t peer = {.len = record->address_len};
            memcpy(peer.octets, record->address, sizeof peer.octets);
            lab_learn_key(w, endpoint, &record->current, &peer);
            lab_learn_key(w, endpoint, &record->next, &peer);
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

/* The COUNT with these low bits that is near the next one: datagrams leave soon after they were sealed, and a key that
 * was dropped with its last datagram was seen just before. */
static uint32_t count_of(const godwit_emsdp_key_t *key, const godwit_emsdp_header_t *h, godwit_framing_t framing)
{
    uint32_t modulus = UINT32_C(1) << (3u + 8u * framing.counter_octets);
    uint32_t ahead = modulus / 2 < 64 ? modulus / 2 : 64;
    uint32_t most = (h->user_plane ? key->hot.up_next_out : key->cp_next_out) + ahead;
    return most - 1 - ((most - 1 - h->low_count) & (modulus - 1));
}

void lab_check_sent(godwit_world_t *w, unsigned end, const godwit_address_t *peer, godwit_framing_t framing,
                    godwit_slice_t octets)
{
    godwit_emsdp_header_t h;
    uint64_t whole = lab_hash_of(&octets, 1);
    if (godwit_emsdp_peek(octets, framing, &h) != GODWIT_OK) {
        lab_violate(w, "a node sends what is no datagram");
        return;
    }
    if (w->config.e2e.on && h.user_plane && end == LAB_END_DEVICES) {
        end = LAB_END_E2E_DEVICES;
    } else if (w->config.e2e.on && h.user_plane && end != LAB_END_E2E_EAS) {
        lab_check_forwarded(w, octets); /* by who has no key of it */
        return;
    }
    if (h.key_id == 0 || !lab_set_is_new(&w->sent, whole)) {
        return; /* no key, or a retransmission: the same octets, so the same COUNT */
    }
    const godwit_emsdp_key_t *key = find_key(w, end, peer, framing, &h);
    if (key == NULL) {
        lab_violate(w, "a datagram under a key that its sender never had");
        return;
    }
    uint8_t place[6] = {h.user_plane, is_device(end)};
    godwit_store_u32(place + 2, count_of(key, &h, framing));
    const godwit_slice_t parts[3] = {godwit_slice(key->hot.k_enc, 16), godwit_slice(key->hot.k_int, 16),
                                     godwit_slice(place, sizeof place)};
    if (!lab_set_is_new(&w->counts, lab_hash_of(parts, 3))) {
        lab_violate(w, "a COUNT used twice with one key");
    }
}

void lab_check_sent_up(godwit_world_t *w, unsigned device, godwit_slice_t octets)
{
    const godwit_address_t own = lab_address(device);
    lab_check_sent(w, LAB_END_DEVICES, &own, w->devices[device].config.framing, octets);
}

void lab_check_sent_down(godwit_world_t *w, unsigned endpoint, const godwit_address_t *to, godwit_slice_t octets)
{
    lab_check_sent(w, endpoint, to, w->endpoints[endpoint].hse.config.framing, octets);
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
