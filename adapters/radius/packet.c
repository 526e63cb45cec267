/* SPDX-License-Identifier: Apache-2.0
 *
 * RADIUS with EAP in octets. MD5 and HMAC-MD5 are what RFC 2865 and 3579 have, and OpenSSL's; what they protect also
 * crosses no open network: see docs/eap.md.
 */
#include "adapters/radius/internal.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

godwit_status_t godwit_radius_md5(const godwit_slice_t *parts, size_t count, uint8_t digest[RADIUS_MD5])
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_md5(), NULL) == 1;
    for (size_t i = 0; good && i < count; i++) {
        good = EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) == 1;
    }
    good = good && EVP_DigestFinal_ex(ctx, digest, NULL) == 1;
    EVP_MD_CTX_free(ctx);
    return good ? GODWIT_OK : GODWIT_CRYPTO_FAILED;
}

godwit_status_t godwit_radius_hmac(godwit_slice_t secret, godwit_slice_t text, uint8_t mac[RADIUS_MD5])
{
    unsigned len = 0;
    return HMAC(EVP_md5(), secret.ptr, (int)secret.len, text.ptr, text.len, mac, &len) != NULL && len == RADIUS_MD5
               ? GODWIT_OK
               : GODWIT_CRYPTO_FAILED;
}

/* ---- requests ---- */

bool godwit_radius_next(radius_walk_t *walk)
{
    if (walk->reader.left == 0) {
        return false;
    }
    walk->type = godwit_get_u8(&walk->reader);
    const uint8_t len = godwit_get_u8(&walk->reader);
    if (len < 2) {
        walk->reader.failed = true;
        return false;
    }
    walk->value = godwit_get_slice(&walk->reader, len - 2u);
    return !walk->reader.failed;
}

radius_walk_t godwit_radius_walk(godwit_slice_t packet)
{
    return (radius_walk_t){.reader =
                               godwit_reader(godwit_slice(packet.ptr + RADIUS_HEADER, packet.len - RADIUS_HEADER))};
}

/* The packet with zeros in the place of its one Message-Authenticator, whose value goes to mac. */
static godwit_status_t blank_mac(godwit_slice_t packet, uint8_t copy[RADIUS_PACKET_MAX], uint8_t mac[RADIUS_MD5])
{
    radius_walk_t walk = godwit_radius_walk(packet);
    unsigned found = 0;
    memcpy(copy, packet.ptr, packet.len);
    while (godwit_radius_next(&walk)) {
        if (walk.type == RADIUS_MESSAGE_AUTHENTICATOR) {
            if (walk.value.len != RADIUS_MD5) {
                return GODWIT_MALFORMED;
            }
            found++;
            memcpy(mac, walk.value.ptr, RADIUS_MD5);
            memset(copy + (walk.value.ptr - packet.ptr), 0, RADIUS_MD5);
        }
    }
    if (walk.reader.failed) {
        return GODWIT_MALFORMED;
    }
    return found == 1 ? GODWIT_OK : GODWIT_MAC_FAILURE;
}

godwit_status_t godwit_radius_check(godwit_slice_t packet, godwit_slice_t secret)
{
    uint8_t copy[RADIUS_PACKET_MAX], mac[RADIUS_MD5], expected[RADIUS_MD5];
    godwit_status_t status = blank_mac(packet, copy, mac);
    if (status == GODWIT_OK) {
        status = godwit_radius_hmac(secret, godwit_slice(copy, packet.len), expected);
    }
    if (status == GODWIT_OK && !godwit_equal_secret(mac, expected, RADIUS_MD5)) {
        status = GODWIT_MAC_FAILURE;
    }
    godwit_wipe(expected, sizeof expected);
    return status;
}

bool godwit_radius_append(uint8_t *to, size_t cap, size_t *len, godwit_slice_t octets)
{
    if (octets.len > cap - *len) {
        return false;
    }
    memcpy(to + *len, octets.ptr, octets.len);
    *len += octets.len;
    return true;
}

static bool take(const radius_walk_t *walk, radius_request_t *r)
{
    switch (walk->type) {
    case RADIUS_STATE:
        return r->state_len == 0 && godwit_radius_append(r->state, sizeof r->state, &r->state_len, walk->value);
    case RADIUS_PROXY_STATE: /* with its header */
        return godwit_radius_append(r->proxy_state, sizeof r->proxy_state, &r->proxy_state_len,
                                    godwit_slice(walk->value.ptr - 2, walk->value.len + 2));
    case RADIUS_EAP_MESSAGE: /* in pieces of at most 253 octets */
        return godwit_radius_append(r->eap, sizeof r->eap, &r->eap_len, walk->value);
    default:
        return true;
    }
}

godwit_status_t godwit_radius_request_parse(godwit_slice_t octets, godwit_slice_t secret, radius_request_t *request)
{
    radius_request_t r;
    memset(&r, 0, sizeof r);
    if (octets.len < RADIUS_HEADER || octets.len > RADIUS_PACKET_MAX || octets.ptr[0] != RADIUS_ACCESS_REQUEST) {
        return GODWIT_MALFORMED;
    }
    const godwit_slice_t packet = godwit_slice(octets.ptr, godwit_load_u16(octets.ptr + 2));
    if (packet.len < RADIUS_HEADER || packet.len > octets.len) {
        return GODWIT_MALFORMED; /* octets behind the length are padding (RFC 2865 3) */
    }
    const godwit_status_t status = godwit_radius_check(packet, secret);
    if (status != GODWIT_OK) {
        return status;
    }
    r.identifier = packet.ptr[1];
    memcpy(r.authenticator, packet.ptr + 4, sizeof r.authenticator);
    radius_walk_t walk = godwit_radius_walk(packet);
    while (godwit_radius_next(&walk)) {
        if (!take(&walk, &r)) {
            return GODWIT_MALFORMED;
        }
    }
    if (r.eap_len == 0) {
        return GODWIT_MALFORMED;
    }
    *request = r;
    return GODWIT_OK;
}

/* ---- answers ---- */

void godwit_radius_put(godwit_writer_t *w, uint8_t type, godwit_slice_t value)
{
    godwit_put_u8(w, type);
    godwit_put_u8(w, (uint8_t)(value.len + 2));
    godwit_put_slice(w, value);
}

void godwit_radius_put_eap(godwit_writer_t *w, godwit_slice_t eap)
{
    for (size_t at = 0; at < eap.len; at += RADIUS_ATTRIBUTE_MAX) {
        const size_t left = eap.len - at;
        godwit_radius_put(w, RADIUS_EAP_MESSAGE,
                          godwit_slice(eap.ptr + at, left < RADIUS_ATTRIBUTE_MAX ? left : RADIUS_ATTRIBUTE_MAX));
    }
}

/* RFC 2548 2.4.2: the key behind its length, padded, under a chain of MD5 of secret, Request Authenticator and salt. */
static godwit_status_t put_key(godwit_writer_t *w, uint8_t vendor_type, const uint8_t key[RADIUS_KEY],
                               const uint8_t salt[2], const radius_request_t *request, godwit_slice_t secret)
{
    uint8_t text[48] = {RADIUS_KEY}, mask[RADIUS_MD5];
    godwit_slice_t parts[3] = {secret, godwit_slice(request->authenticator, RADIUS_AUTHENTICATOR),
                               godwit_slice(salt, 2)};
    godwit_status_t status = GODWIT_OK;
    memcpy(text + 1, key, RADIUS_KEY);
    for (size_t at = 0; status == GODWIT_OK && at < sizeof text; at += RADIUS_MD5) {
        status = godwit_radius_md5(parts, at == 0 ? 3 : 2, mask);
        for (size_t i = 0; status == GODWIT_OK && i < RADIUS_MD5; i++) {
            text[at + i] ^= mask[i];
        }
        parts[1] = godwit_slice(text + at, RADIUS_MD5);
    }
    if (status == GODWIT_OK) {
        godwit_put_u8(w, RADIUS_VENDOR_SPECIFIC);
        godwit_put_u8(w, 2 + 4 + 2 + 2 + sizeof text);
        godwit_put_u32(w, RADIUS_MICROSOFT);
        godwit_put_u8(w, vendor_type);
        godwit_put_u8(w, 2 + 2 + sizeof text);
        godwit_put(w, salt, 2);
        godwit_put(w, text, sizeof text);
    }
    godwit_wipe(text, sizeof text);
    godwit_wipe(mask, sizeof mask);
    return status;
}

static godwit_status_t put_keys(godwit_writer_t *w, const radius_answer_t *answer, const radius_request_t *request,
                                godwit_slice_t secret)
{
    /* The highest bit is set, and the two salts differ (RFC 2548 2.4.2). */
    const uint8_t recv_salt[2] = {(uint8_t)(answer->salt[0] | 0x80u), answer->salt[1]};
    const uint8_t send_salt[2] = {recv_salt[0], (uint8_t)(recv_salt[1] ^ 1u)};
    godwit_status_t status = put_key(w, RADIUS_MPPE_RECV_KEY, answer->msk, recv_salt, request, secret);
    if (status == GODWIT_OK) {
        status = put_key(w, RADIUS_MPPE_SEND_KEY, answer->msk + RADIUS_KEY, send_salt, request, secret);
    }
    return status;
}

/* Message-Authenticator over the packet with the Request Authenticator in its place, then the Response Authenticator
 * over all. */
static godwit_status_t seal(uint8_t *packet, size_t len, const radius_request_t *request, godwit_slice_t secret)
{
    uint8_t digest[RADIUS_MD5];
    godwit_store_u16(packet + 2, (uint16_t)len);
    memcpy(packet + 4, request->authenticator, RADIUS_AUTHENTICATOR);
    godwit_status_t status = godwit_radius_hmac(secret, godwit_slice(packet, len), digest);
    if (status == GODWIT_OK) {
        memcpy(packet + RADIUS_HEADER + 2, digest, RADIUS_MD5); /* it is the first attribute */
        const godwit_slice_t parts[] = {godwit_slice(packet, len), secret};
        status = godwit_radius_md5(parts, 2, digest);
        memcpy(packet + 4, digest, RADIUS_AUTHENTICATOR);
    }
    return status;
}

godwit_status_t godwit_radius_answer_build(const radius_answer_t *answer, const radius_request_t *request,
                                           godwit_slice_t secret, godwit_writer_t *w)
{
    static const uint8_t blank[RADIUS_MD5];
    godwit_status_t status = GODWIT_OK;
    const size_t start = w->len;
    godwit_put_u8(w, (uint8_t)answer->code);
    godwit_put_u8(w, request->identifier);
    (void)godwit_put_space(w, RADIUS_HEADER - 2);
    godwit_radius_put(w, RADIUS_MESSAGE_AUTHENTICATOR, godwit_slice(blank, sizeof blank));
    godwit_radius_put_eap(w, answer->eap);
    if (answer->code == RADIUS_ACCESS_CHALLENGE) {
        godwit_radius_put(w, RADIUS_STATE, answer->state);
    }
    if (answer->code == RADIUS_ACCESS_ACCEPT && answer->msk != NULL) {
        status = put_keys(w, answer, request, secret);
    }
    godwit_put(w, request->proxy_state, request->proxy_state_len);
    if (status == GODWIT_OK) {
        status = godwit_writer_status(w);
    }
    return status == GODWIT_OK ? seal(w->buf + start, w->len - start, request, secret) : status;
}
