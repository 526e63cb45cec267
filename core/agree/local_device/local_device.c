/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys between a UICC hosting device and a remote device: Godwit's own derivation and messages, in the order of TS
 * 33.259 4.4. A message is its kind (1), then fields: length (1) and octets.
 */
#include "core/agree/local_device/local_device.h"

#include <string.h>

#define MESSAGE_MAX 320

enum { REQUEST = 1, ANSWER = 2, ACTIVATION = 3 };

static void put_field(godwit_writer_t *w, godwit_slice_t octets)
{
    godwit_put_u8(w, (uint8_t)octets.len);
    godwit_put_slice(w, octets);
}

/* Text of at most max characters without a zero in it; text has room for max + 1. */
static bool take_text(godwit_reader_t *r, char *text, size_t max)
{
    const godwit_slice_t field = godwit_get_slice(r, godwit_get_u8(r));
    if (field.len > max || (field.len > 0 && memchr(field.ptr, 0, field.len) != NULL)) {
        return false;
    }
    memset(text, 0, max + 1);
    if (field.len > 0) {
        memcpy(text, field.ptr, field.len);
    }
    return true;
}

godwit_status_t godwit_ks_local_device(const godwit_crypto_t *crypto, const uint8_t ks_naf[32],
                                       const godwit_local_peer_t *peer, uint8_t key[32])
{
    return godwit_ks_local(crypto, ks_naf, godwit_slice_of_string(peer->device),
                           godwit_slice_of_string(peer->application), peer->nonce, peer->uses, key);
}

/* ---- request and answer ---- */

static bool is_possible(const godwit_local_peer_t *peer)
{
    size_t device = strlen(peer->device);
    return device > 0 && device <= GODWIT_LOCAL_NAME_MAX && strlen(peer->application) <= GODWIT_LOCAL_NAME_MAX;
}

godwit_status_t godwit_local_request_build(const godwit_local_peer_t *peer, godwit_writer_t *out)
{
    if (!is_possible(peer)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(out, REQUEST);
    put_field(out, godwit_slice_of_string(peer->device));
    put_field(out, godwit_slice_of_string(peer->application));
    put_field(out, godwit_slice(peer->nonce, sizeof peer->nonce));
    return godwit_writer_status(out);
}

godwit_status_t godwit_local_request_parse(godwit_slice_t octets, godwit_local_peer_t *peer)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_local_peer_t p = {0};
    bool good = godwit_get_u8(&r) == REQUEST && take_text(&r, p.device, GODWIT_LOCAL_NAME_MAX) &&
                take_text(&r, p.application, GODWIT_LOCAL_NAME_MAX) && godwit_get_u8(&r) == sizeof p.nonce;
    godwit_get(&r, p.nonce, sizeof p.nonce);
    if (!good || godwit_reader_done(&r) != GODWIT_OK || !is_possible(&p)) {
        return GODWIT_MALFORMED;
    }
    *peer = p;
    return GODWIT_OK;
}

godwit_status_t godwit_local_answer_build(const char *b_tid, godwit_writer_t *out)
{
    godwit_put_u8(out, ANSWER);
    put_field(out, godwit_slice_of_string(b_tid));
    return strlen(b_tid) <= GODWIT_B_TID_MAX ? godwit_writer_status(out) : GODWIT_INVALID_ARGUMENT;
}

godwit_status_t godwit_local_answer_parse(godwit_slice_t octets, char b_tid[GODWIT_B_TID_MAX + 1])
{
    godwit_reader_t r = godwit_reader(octets);
    char text[GODWIT_B_TID_MAX + 1];
    uint8_t rand[16];
    const char *bsf = NULL;
    if (godwit_get_u8(&r) != ANSWER || !take_text(&r, text, GODWIT_B_TID_MAX) || godwit_reader_done(&r) != GODWIT_OK ||
        godwit_gba_b_tid_parse(text, rand, &bsf) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    memcpy(b_tid, text, sizeof text);
    return GODWIT_OK;
}

/* ---- activation ---- */

/* Over the limit, then request and answer as they went. */
static godwit_status_t activation_mac(const godwit_crypto_t *crypto, const uint8_t key[32],
                                      const godwit_local_peer_t *peer, const char *b_tid,
                                      uint8_t mac[GODWIT_SHA256_SIZE])
{
    uint8_t octets[MESSAGE_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_put_u8(&w, ACTIVATION);
    godwit_put_u32(&w, peer->uses);
    godwit_status_t status = godwit_local_request_build(peer, &w);
    if (status == GODWIT_OK) {
        status = godwit_local_answer_build(b_tid, &w);
    }
    const godwit_slice_t all = godwit_written(&w);
    return status == GODWIT_OK ? crypto->hmac_sha256(godwit_slice(key, 32), &all, 1, mac) : status;
}

godwit_status_t godwit_local_activation_build(const godwit_crypto_t *crypto, const uint8_t key[32],
                                              const godwit_local_peer_t *peer, const char *b_tid, godwit_writer_t *out)
{
    uint8_t mac[GODWIT_SHA256_SIZE];
    godwit_status_t status = activation_mac(crypto, key, peer, b_tid, mac);
    if (status == GODWIT_OK) {
        godwit_put_u8(out, ACTIVATION);
        godwit_put_u32(out, peer->uses);
        godwit_put(out, mac, GODWIT_LOCAL_MAC);
        status = godwit_writer_status(out);
    }
    return status;
}

godwit_status_t godwit_local_activation_take(const godwit_crypto_t *crypto, const uint8_t ks_naf[32],
                                             godwit_slice_t octets, const char *b_tid, godwit_local_peer_t *peer,
                                             uint8_t key[32])
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_local_peer_t p = *peer;
    uint8_t said[GODWIT_LOCAL_MAC], mac[GODWIT_SHA256_SIZE], made[32];
    bool good = godwit_get_u8(&r) == ACTIVATION;
    p.uses = godwit_get_u32(&r);
    godwit_get(&r, said, sizeof said);
    if (!good || godwit_reader_done(&r) != GODWIT_OK || p.uses == 0) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = godwit_ks_local_device(crypto, ks_naf, &p, made);
    if (status == GODWIT_OK) {
        status = activation_mac(crypto, made, &p, b_tid, mac);
    }
    if (status == GODWIT_OK && !godwit_equal_secret(mac, said, sizeof said)) {
        status = GODWIT_MAC_FAILURE;
    }
    if (status == GODWIT_OK) {
        *peer = p;
        memcpy(key, made, sizeof made);
    }
    godwit_wipe(made, sizeof made);
    return status;
}

/* ---- NAF Key Centre ---- */

godwit_status_t godwit_local_grant(const godwit_crypto_t *crypto, const uint8_t ks_naf[32], uint64_t expires_ms,
                                   uint64_t now_ms, const char *caller, godwit_local_grant_t *grant)
{
    if (strcmp(caller, grant->peer.device) != 0) {
        return GODWIT_NOT_ENTITLED;
    }
    if (now_ms >= expires_ms) {
        return GODWIT_KEY_EXPIRED;
    }
    grant->expires_ms = expires_ms;
    return godwit_ks_local_device(crypto, ks_naf, &grant->peer, grant->key);
}
