/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening: header, candidates for COUNT, MAC, window, cipher, TLVs, in this order. Nothing that the MAC covers is
 * believed before the MAC is right, but for the COUNT that a Manage Keys Request claims, which only chooses the
 * candidate. Nothing of the key changes here.
 */
#include "core/emsdp/frame.h"

#include <string.h>

/* A datagram under way. */
struct opening {
    frame_protection_t protection;
    godwit_emsdp_header_t header;
    godwit_slice_t covered; /* what the MAC covers: every octet before it */
    const uint8_t *mac;
    godwit_slice_t content; /* payload, or TLVs, as sent */
    uint32_t next_in;       /* of this plane, as in the key */
    uint64_t seen;
};

static godwit_status_t begin(struct opening *o, const godwit_crypto_t *crypto, const godwit_emsdp_key_t *key,
                             godwit_slice_t datagram, godwit_slice_t transcript)
{
    const godwit_framing_t framing = frame_of_key(key);
    godwit_status_t status = godwit_emsdp_peek(datagram, framing, &o->header);
    if (status != GODWIT_OK) {
        return status;
    }
    if (framing.session_octets > 0 && o->header.session_id != key->hot.session_id) {
        return GODWIT_UNKNOWN_SESSION;
    }
    if (o->header.key_id != key->hot.key_id || !godwit_emsdp_key_is_set(key)) {
        return GODWIT_UNKNOWN_KEY;
    }
    status = godwit_emsdp_protection(crypto, key, o->header.user_plane, false, &o->protection);
    if (status != GODWIT_OK) {
        return status;
    }
    const size_t mac_len = o->protection.suite->mac_len;
    const size_t before = frame_header_len(framing) + (o->header.user_plane ? 0 : 1);
    if (datagram.len < before + mac_len) {
        return GODWIT_MALFORMED;
    }
    o->covered = godwit_slice(datagram.ptr, datagram.len - mac_len);
    o->mac = datagram.ptr + o->covered.len;
    o->content = godwit_slice(datagram.ptr + before, o->covered.len - before);
    o->next_in = o->header.user_plane ? key->hot.up_next_in : key->cp_next_in;
    o->seen = o->header.user_plane ? key->hot.up_seen : key->cp_seen;
    if (frame_has_transcript(o->header.command)) {
        if (transcript.len != GODWIT_EMSDP_TRANSCRIPT) {
            return GODWIT_MAC_FAILURE; /* no exchange is open: no MAC can be right */
        }
        o->protection.transcript = transcript;
    }
    return GODWIT_OK;
}

static unsigned candidates(const struct opening *o, uint32_t out[FRAME_CANDIDATES_MAX])
{
    const uint32_t low_bits = (UINT32_C(1) << frame_count_bits(o->protection.framing)) - 1;
    if (o->header.command == GODWIT_MANAGE_KEYS_REQUEST && godwit_emsdp_claimed_count(o->content, &out[0])) {
        return (out[0] & low_bits) == o->header.low_count && out[0] != UINT32_MAX ? 1 : 0;
    }
    return godwit_emsdp_candidates(o->next_in, o->protection.framing, o->header.low_count, out);
}

/* Sets COUNT to the candidate under which the MAC is right. */
static godwit_status_t authenticate(struct opening *o)
{
    uint32_t tries[FRAME_CANDIDATES_MAX];
    uint8_t mac[32];
    const unsigned n = candidates(o, tries);
    godwit_status_t status = GODWIT_MAC_FAILURE;
    for (unsigned i = 0; i < n && status == GODWIT_MAC_FAILURE; i++) {
        o->protection.input.count = tries[i];
        status = godwit_emsdp_mac(&o->protection, o->covered, mac);
        if (status == GODWIT_OK && !godwit_equal_secret(mac, o->mac, o->protection.suite->mac_len)) {
            status = GODWIT_MAC_FAILURE;
        }
    }
    godwit_wipe(mac, sizeof mac);
    return status;
}

/* Session Start repeats the framing under which it is sent. */
static bool framing_agrees(const struct opening *o, const godwit_emsdp_control_t *m)
{
    return !godwit_emsdp_has(m, GODWIT_TLV_HSE_CONFIGURATION) ||
           (m->framing.session_octets == o->protection.framing.session_octets &&
            m->framing.counter_octets == o->protection.framing.counter_octets);
}

/* plain holds the TLVs as sent. */
static godwit_status_t read_control(const struct opening *o, uint8_t *plain, godwit_emsdp_control_t *m)
{
    const unsigned situation = FRAME_KEYED | (o->protection.input.direction == 0 ? FRAME_UP : FRAME_DOWN);
    godwit_status_t status = godwit_emsdp_cipher_tlvs(&o->protection, o->header.command, plain, o->content.len);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_tlvs_parse(o->header.command, situation, godwit_slice(plain, o->content.len), m);
    }
    if (status == GODWIT_OK && !framing_agrees(o, m)) {
        status = GODWIT_MALFORMED;
    }
    return status;
}

godwit_status_t godwit_emsdp_open(const godwit_crypto_t *crypto, const godwit_emsdp_key_t *key, godwit_slice_t datagram,
                                  godwit_slice_t transcript, uint8_t *plain, godwit_emsdp_opened_t *opened)
{
    struct opening o;
    godwit_status_t status = begin(&o, crypto, key, datagram, transcript);
    if (status == GODWIT_OK) {
        status = authenticate(&o);
    }
    if (status == GODWIT_OK &&
        godwit_emsdp_is_replay(o.next_in, o.seen, o.protection.framing, o.protection.input.count)) {
        status = GODWIT_REPLAY;
    }
    if (status != GODWIT_OK) {
        return status;
    }
    memset(opened, 0, sizeof *opened);
    memcpy(plain, o.content.ptr, o.content.len);
    if (o.header.user_plane) {
        status = godwit_emsdp_cipher(&o.protection, plain, o.content.len);
        opened->payload = godwit_slice(plain, o.content.len);
    } else {
        status = read_control(&o, plain, &opened->control);
    }
    opened->user_plane = o.header.user_plane;
    opened->count = o.protection.input.count;
    if (status != GODWIT_OK) {
        godwit_wipe(plain, o.content.len);
        memset(opened, 0, sizeof *opened);
    }
    return status;
}
