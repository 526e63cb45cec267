/* SPDX-License-Identifier: Apache-2.0
 *
 * MAC and cipher of one datagram (docs/emsdp-wire.md, "MAC" and "Ciphering"), whichever the suite. The MAC is over
 * ciphertext. Its input begins with the 8 octets that 128-EIA2 puts before a message (TS 33.401 B.2.3): with EIA2 they
 * are not added twice, so CMAC is called directly, and so is AES-CTR, which a small device can then link without SNOW
 * 3G and ZUC.
 */
#include "core/emsdp/frame.h"

#include <string.h>

#define PREFIX 8                                             /* COUNT, BEARER, DIRECTION, 26 zero bits */
#define HEAD_MAX (PREFIX + 1 + 4 + EMSDP_COUNTER_OCTETS_MAX) /* with octet 1, Session ID, counter octets */
#define PARTS_MAX 4                                          /* head, command, transcript, rest of the body */

godwit_status_t godwit_emsdp_protection(const godwit_crypto_t *crypto, const godwit_emsdp_key_t *key, bool user_plane,
                                        bool sending, frame_protection_t *p)
{
    const bool up = (key->hot.end == GODWIT_END_DEVICE) == sending;
    *p = (frame_protection_t){
        .crypto = crypto,
        .key = key,
        .suite = godwit_suite(key->hot.suite),
        .framing = frame_of_key(key),
        .input = {.bearer = user_plane ? EMSDP_BEARER_USER : EMSDP_BEARER_CONTROL, .direction = up ? 0 : 1},
    };
    return p->suite != NULL && godwit_emsdp_key_is_set(key) ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
}

/* The 8 octets that begin the MAC input and, followed by zeros, are the first counter block of EEA2 (TS 33.401
 * B.1.3). */
static void put_prefix(const frame_protection_t *p, uint8_t prefix[PREFIX])
{
    godwit_store_u32(prefix, p->input.count);
    godwit_store_u32(prefix + 4, (uint32_t)p->input.bearer << 27 | (uint32_t)p->input.direction << 26);
}

/* The MAC input up to the body; returns its length. */
static size_t put_head(const frame_protection_t *p, const uint8_t *datagram, uint8_t head[HEAD_MAX])
{
    const size_t s = p->framing.session_octets, e = p->framing.counter_octets;
    memset(head, 0, HEAD_MAX);
    put_prefix(p, head);
    head[PREFIX] = datagram[0];
    memcpy(head + PREFIX + 1 + 4 - s, datagram + 1, s);
    memcpy(head + PREFIX + 1 + 4, datagram + 1 + s, e);
    return PREFIX + 1 + 4 + e;
}

static godwit_status_t mac_by_hmac(const frame_protection_t *p, const godwit_slice_t *parts, size_t count,
                                   uint8_t mac[32])
{
    uint8_t k_int[32];
    memcpy(k_int, p->key->hot.k_int, 16);
    memcpy(k_int + 16, p->key->k_int_tail, 16);
    godwit_status_t status = p->crypto->hmac_sha256(godwit_slice(k_int, sizeof k_int), parts, count, mac);
    godwit_wipe(k_int, sizeof k_int);
    return status;
}

godwit_status_t godwit_emsdp_mac(const frame_protection_t *p, godwit_slice_t datagram, uint8_t mac[32])
{
    uint8_t head[HEAD_MAX];
    const size_t body = frame_header_len(p->framing);
    const size_t before = p->transcript.len > 0 ? 1 : 0; /* the command octet stands before the transcript */
    const godwit_slice_t parts[PARTS_MAX] = {
        godwit_slice(head, put_head(p, datagram.ptr, head)),
        godwit_slice(datagram.ptr + body, before),
        p->transcript,
        godwit_slice(datagram.ptr + body + before, datagram.len - body - before),
    };
    switch (p->suite->eia) {
    case 0:
        return mac_by_hmac(p, parts, PARTS_MAX, mac);
    case 2:
        return p->crypto->aes128_cmac(p->key->hot.k_int, parts, PARTS_MAX, mac);
#ifndef GODWIT_SUITES_AES_ONLY
    default: {
        godwit_slice_t message[PARTS_MAX];
        memcpy(message, parts, sizeof message);
        message[0] = godwit_slice(head + PREFIX, parts[0].len - PREFIX);
        return godwit_emsdp_mac_in_one_piece(p, message, PARTS_MAX, mac);
    }
#else
    default:
        return GODWIT_INVALID_ARGUMENT;
#endif
    }
}

godwit_status_t godwit_emsdp_cipher(const frame_protection_t *p, uint8_t *octets, size_t len)
{
    uint8_t counter[GODWIT_AES_BLOCK] = {0};
    if (p->suite->eea == 0 || len == 0) {
        return GODWIT_OK;
    }
#ifndef GODWIT_SUITES_AES_ONLY
    if (p->suite->eea != 2) {
        return godwit_eea(p->crypto, p->suite->eea, p->key->hot.k_enc, p->input, octets, octets, 8 * len);
    }
#endif
    put_prefix(p, counter);
    return p->crypto->aes128_ctr(p->key->hot.k_enc, counter, octets, octets, len);
}

#define TLV_HEAD 2 /* tag and length */

/* Data, then Temporary Identity, whose tag is the next: the two values are one string, so they are brought together. */
static godwit_status_t cipher_both(const frame_protection_t *p, uint8_t *data, size_t data_len, size_t identity_len)
{
    uint8_t *after = data + data_len;
    uint8_t head[TLV_HEAD];
    memcpy(head, after, TLV_HEAD);
    memmove(after, after + TLV_HEAD, identity_len);
    godwit_status_t status = godwit_emsdp_cipher(p, data, data_len + identity_len);
    memmove(after + TLV_HEAD, after, identity_len);
    memcpy(after, head, TLV_HEAD);
    return status;
}

godwit_status_t godwit_emsdp_cipher_tlvs(const frame_protection_t *p, uint8_t command, uint8_t *tlvs, size_t len)
{
    const godwit_slice_t all = godwit_slice(tlvs, len);
    if (frame_ciphers_all(command)) {
        return godwit_emsdp_cipher(p, tlvs, len);
    }
    const godwit_slice_t data = godwit_emsdp_tlv_find(all, GODWIT_TLV_DATA);
    const godwit_slice_t identity = command == GODWIT_SESSION_START
                                        ? godwit_emsdp_tlv_find(all, GODWIT_TLV_TEMPORARY_IDENTITY)
                                        : godwit_slice(NULL, 0);
    if (data.ptr == NULL) {
        return identity.len > 0 ? godwit_emsdp_cipher(p, tlvs + (identity.ptr - tlvs), identity.len) : GODWIT_OK;
    }
    uint8_t *at = tlvs + (data.ptr - tlvs);
    return identity.len > 0 ? cipher_both(p, at, data.len, identity.len) : godwit_emsdp_cipher(p, at, data.len);
}
