/* SPDX-License-Identifier: Apache-2.0
 *
 * MIKEY's keys: the PRF and what it makes of a pre-shared key (RFC 3830 4.1.2 to 4.1.4), KEMAC (4.2.3, 6.2), key data
 * (6.13), and the MAC of a verification message. The MAC is checked before anything is deciphered.
 */
#include <string.h>

#include "core/crypto/sha1.h"
#include "core/wire/mikey.h"

#define PRF_BLOCK 32u /* octets of the key that each P takes */
#define LABEL_MAX (4u + 1 + 4 + 255)
#define ENCR_AES_CM 1u
#define MAC_HMAC_SHA1 1u
#define MAC_SIZE GODWIT_SHA1_SIZE
#define KEMAC_BEFORE 3u /* algorithm, length */

enum { LABEL_ENCR = 0x150533E1, LABEL_AUTH = 0x2D22AC75, LABEL_SALT = 0x29B88916 };

typedef struct keys {
    uint8_t encr[16], auth[20], salt[14];
} keys_t;

/* P(s, label, m): HMAC(s, A1 || label) || HMAC(s, A2 || label) ..., A0 = label, Ai = HMAC(s, Ai-1), xored into out. */
static void p_xor(godwit_slice_t s, godwit_slice_t label, uint8_t *out, size_t len)
{
    uint8_t a[GODWIT_SHA1_SIZE], block[GODWIT_SHA1_SIZE];
    godwit_hmac_sha1(s, &label, 1, a);
    for (size_t at = 0; at < len; at += sizeof block) {
        const godwit_slice_t parts[2] = {godwit_slice(a, sizeof a), label};
        godwit_hmac_sha1(s, parts, 2, block);
        for (size_t i = 0; i < sizeof block && at + i < len; i++) {
            out[at + i] ^= block[i];
        }
        godwit_hmac_sha1(s, parts, 1, a);
    }
    godwit_wipe(a, sizeof a);
    godwit_wipe(block, sizeof block);
}

static void prf(godwit_slice_t inkey, uint32_t constant, uint32_t csb_id, godwit_slice_t rand, uint8_t *out, size_t len)
{
    uint8_t label[LABEL_MAX];
    godwit_writer_t w = godwit_writer(label, sizeof label);
    godwit_put_u32(&w, constant);
    godwit_put_u8(&w, 0xFF);
    godwit_put_u32(&w, csb_id);
    godwit_put_slice(&w, rand);
    memset(out, 0, len);
    for (size_t at = 0; at < inkey.len; at += PRF_BLOCK) {
        size_t part = inkey.len - at < PRF_BLOCK ? inkey.len - at : PRF_BLOCK;
        p_xor(godwit_slice(inkey.ptr + at, part), godwit_written(&w), out, len);
    }
}

static void derive(godwit_slice_t psk, uint32_t csb_id, godwit_slice_t rand, keys_t *k)
{
    prf(psk, LABEL_ENCR, csb_id, rand, k->encr, sizeof k->encr);
    prf(psk, LABEL_AUTH, csb_id, rand, k->auth, sizeof k->auth);
    prf(psk, LABEL_SALT, csb_id, rand, k->salt, sizeof k->salt);
}

/* IV = (salt xor (0000 || CSB ID || T)) || 0000; a COUNTER stands in the low half of T. */
static godwit_status_t aes_cm(const godwit_crypto_t *crypto, const keys_t *k, uint32_t csb_id, uint32_t counter,
                              const uint8_t *in, uint8_t *out, size_t len)
{
    uint8_t iv[GODWIT_AES_BLOCK] = {0}, mask[14] = {0};
    godwit_store_u32(mask + 2, csb_id);
    godwit_store_u32(mask + 10, counter);
    for (size_t i = 0; i < sizeof mask; i++) {
        iv[i] = k->salt[i] ^ mask[i];
    }
    return crypto->aes128_ctr(k->encr, iv, in, out, len);
}

/* ---- key data ---- */

static void put_key(godwit_writer_t *w, const godwit_mikey_key_t *key, bool last)
{
    godwit_put_u8(w, last ? GODWIT_MIKEY_LAST : 20);
    godwit_put_u8(w, (uint8_t)((unsigned)key->type << 4 | (key->interval ? 2u : 0u)));
    godwit_put_u16(w, (uint16_t)key->key.len);
    godwit_put_slice(w, key->key);
    if (key->type % 2 == 1) {
        godwit_put_u16(w, (uint16_t)key->salt.len);
        godwit_put_slice(w, key->salt);
    }
    if (key->interval) {
        godwit_put_u8(w, (uint8_t)key->from.len);
        godwit_put_slice(w, key->from);
        godwit_put_u8(w, (uint8_t)key->to.len);
        godwit_put_slice(w, key->to);
    }
}

static bool take_key(godwit_reader_t *r, godwit_mikey_key_t *key, bool *last)
{
    uint8_t next = godwit_get_u8(r), type_kv = godwit_get_u8(r);
    memset(key, 0, sizeof *key);
    key->type = type_kv >> 4;
    key->interval = (type_kv & 0x0Fu) == 2;
    key->key = godwit_get_slice(r, godwit_get_u16(r));
    if (key->type % 2 == 1) {
        key->salt = godwit_get_slice(r, godwit_get_u16(r));
    }
    if (key->interval) {
        key->from = godwit_get_slice(r, godwit_get_u8(r));
        key->to = godwit_get_slice(r, godwit_get_u8(r));
    }
    *last = next == GODWIT_MIKEY_LAST;
    return (*last || next == 20) && (type_kv & 0x0Fu) % 2 == 0 && (type_kv & 0x0Fu) <= 2 &&
           godwit_reader_status(r) == GODWIT_OK;
}

static godwit_status_t take_keys(godwit_slice_t octets, godwit_mikey_key_t keys[GODWIT_MIKEY_KEYS_MAX], size_t *count)
{
    godwit_reader_t r = godwit_reader(octets);
    bool last = false;
    *count = 0;
    while (!last) {
        if (*count == GODWIT_MIKEY_KEYS_MAX || !take_key(&r, &keys[*count], &last)) {
            return GODWIT_MALFORMED;
        }
        ++*count;
    }
    return godwit_reader_done(&r);
}

/* ---- KEMAC ---- */

static godwit_status_t needs(const godwit_mikey_t *m, uint32_t *counter, godwit_slice_t *rand)
{
    godwit_status_t status = godwit_mikey_counter(m, counter);
    if (status == GODWIT_OK) {
        status = godwit_mikey_rand(m, rand);
    }
    return status == GODWIT_OK && m->prf != 0 ? GODWIT_UNSUPPORTED_SUITE : status;
}

godwit_status_t godwit_mikey_seal(const godwit_crypto_t *crypto, godwit_mikey_writer_t *w, godwit_slice_t psk,
                                  const godwit_mikey_key_t *keys, size_t count)
{
    godwit_mikey_t so_far;
    godwit_slice_t rand;
    uint32_t counter = 0;
    keys_t k;
    godwit_status_t status = godwit_writer_status(w->out);
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_mikey_parse(godwit_slice(w->out->buf + w->start, w->out->len - w->start), &so_far);
    if (status == GODWIT_OK) {
        status = needs(&so_far, &counter, &rand);
    }
    if (status != GODWIT_OK) {
        return GODWIT_INVALID_ARGUMENT; /* T and RAND come first */
    }
    derive(psk, so_far.csb_id, rand, &k);
    static const uint8_t head[KEMAC_BEFORE] = {ENCR_AES_CM};
    godwit_mikey_put(w, GODWIT_MIKEY_KEMAC, godwit_slice(head, sizeof head));
    size_t from = w->out->len;
    for (size_t i = 0; i < count; i++) {
        put_key(w->out, &keys[i], i + 1 == count);
    }
    size_t len = w->out->len - from;
    status = godwit_writer_status(w->out);
    if (status == GODWIT_OK) {
        uint8_t mac[MAC_SIZE];
        godwit_store_u16(w->out->buf + from - 2, (uint16_t)len);
        status = aes_cm(crypto, &k, so_far.csb_id, counter, w->out->buf + from, w->out->buf + from, len);
        godwit_put_u8(w->out, MAC_HMAC_SHA1);
        const godwit_slice_t whole = godwit_slice(w->out->buf + w->start, w->out->len - w->start);
        godwit_hmac_sha1(godwit_slice(k.auth, sizeof k.auth), &whole, 1, mac);
        godwit_put(w->out, mac, sizeof mac);
        status = status == GODWIT_OK ? godwit_writer_status(w->out) : status;
    }
    godwit_wipe(&k, sizeof k);
    return status;
}

static godwit_status_t check_mac(const godwit_mikey_t *m, godwit_slice_t kemac, const keys_t *k)
{
    uint8_t mac[MAC_SIZE];
    const godwit_slice_t whole = godwit_slice(m->octets.ptr, m->octets.len - MAC_SIZE);
    godwit_hmac_sha1(godwit_slice(k->auth, sizeof k->auth), &whole, 1, mac);
    bool right = godwit_equal_secret(mac, kemac.ptr + kemac.len - MAC_SIZE, MAC_SIZE);
    return right ? GODWIT_OK : GODWIT_MAC_FAILURE;
}

godwit_status_t godwit_mikey_open(const godwit_crypto_t *crypto, const godwit_mikey_t *message, godwit_slice_t psk,
                                  uint8_t *plain, godwit_mikey_key_t keys[GODWIT_MIKEY_KEYS_MAX], size_t *count)
{
    const godwit_mikey_payload_t *p = message->count > 0 ? &message->payload[message->count - 1] : NULL;
    godwit_slice_t rand;
    uint32_t counter = 0;
    keys_t k;
    if (p == NULL || p->type != GODWIT_MIKEY_KEMAC) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = needs(message, &counter, &rand);
    size_t len = godwit_load_u16(p->body.ptr + 1);
    if (status != GODWIT_OK) {
        return status;
    }
    if (p->body.ptr[0] != ENCR_AES_CM || p->body.ptr[KEMAC_BEFORE + len] != MAC_HMAC_SHA1) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    derive(psk, message->csb_id, rand, &k);
    status = check_mac(message, p->body, &k);
    if (status == GODWIT_OK) {
        status = aes_cm(crypto, &k, message->csb_id, counter, p->body.ptr + KEMAC_BEFORE, plain, len);
    }
    if (status == GODWIT_OK) {
        status = take_keys(godwit_slice(plain, len), keys, count);
    }
    godwit_wipe(&k, sizeof k);
    return status;
}

/* ---- verification ---- */

/* Over the answer up to its MAC, then identities and T of the message that it answers. */
static godwit_status_t verification_mac(godwit_slice_t answer, const godwit_mikey_t *asked, godwit_slice_t psk,
                                        uint8_t mac[MAC_SIZE])
{
    godwit_slice_t parts[4] = {answer}, rand;
    uint8_t type = 0, t[4];
    uint32_t counter = 0;
    keys_t k;
    godwit_status_t status = needs(asked, &counter, &rand);
    for (size_t i = 0; i < 2 && godwit_mikey_find(asked, GODWIT_MIKEY_ID, i) != NULL && status == GODWIT_OK; i++) {
        status = godwit_mikey_id(godwit_mikey_find(asked, GODWIT_MIKEY_ID, i), &type, &parts[1 + i]);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_store_u32(t, counter);
    parts[3] = godwit_slice(t, sizeof t);
    derive(psk, asked->csb_id, rand, &k);
    godwit_hmac_sha1(godwit_slice(k.auth, sizeof k.auth), parts, 4, mac);
    godwit_wipe(&k, sizeof k);
    return GODWIT_OK;
}

godwit_status_t godwit_mikey_put_verification(godwit_mikey_writer_t *w, const godwit_mikey_t *received,
                                              godwit_slice_t psk)
{
    static const uint8_t algorithm = MAC_HMAC_SHA1;
    uint8_t mac[MAC_SIZE];
    godwit_mikey_put(w, GODWIT_MIKEY_V, godwit_slice(&algorithm, 1));
    godwit_status_t status = godwit_writer_status(w->out);
    if (status == GODWIT_OK) {
        status = verification_mac(godwit_slice(w->out->buf + w->start, w->out->len - w->start), received, psk, mac);
    }
    if (status == GODWIT_OK) {
        godwit_put(w->out, mac, sizeof mac);
        status = godwit_writer_status(w->out);
    }
    return status;
}

godwit_status_t godwit_mikey_verify(const godwit_mikey_t *answer, const godwit_mikey_t *sent, godwit_slice_t psk)
{
    const godwit_mikey_payload_t *v = answer->count > 0 ? &answer->payload[answer->count - 1] : NULL;
    uint8_t mac[MAC_SIZE];
    if (v == NULL || v->type != GODWIT_MIKEY_V || v->body.len != 1 + MAC_SIZE || answer->csb_id != sent->csb_id) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status =
        verification_mac(godwit_slice(answer->octets.ptr, answer->octets.len - MAC_SIZE), sent, psk, mac);
    if (status == GODWIT_OK && !godwit_equal_secret(mac, v->body.ptr + 1, MAC_SIZE)) {
        status = GODWIT_MAC_FAILURE;
    }
    return status;
}
