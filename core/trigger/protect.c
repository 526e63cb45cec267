/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3: MAC and cipher of one message (docs/trigger-wire.md, "Protection"). The MAC is over what is sent,
 * header and ciphertext; its input begins with the 8 octets that 128-EIA2 puts before a message (TS 33.401 B.2.3),
 * which are the front of 128-EEA2's counter block as well (B.1.3). Suites are those of EMSDP whose MAC has 8 octets;
 * all are AES-CTR or nothing, and CMAC or HMAC.
 */
#include "core/keys/profile.h"
#include "core/trigger/internal.h"

#include <string.h>

_Static_assert(GODWIT_A3_SUITE_MANDATORY == PROFILE_SUITE_EEA2_EIA2_64, "one numbering of suites");
_Static_assert(GODWIT_A3_SUITES == (1u << (PROFILE_SUITE_EEA2_EIA2_64 - 1) | 1u << (PROFILE_SUITE_EEA2_HMAC_64 - 1) |
                                    1u << (PROFILE_SUITE_EEA0_EIA2_64 - 1) | 1u << (PROFILE_SUITE_EEA0_HMAC_64 - 1)),
               "the suites with a MAC of 8 octets");

static bool is_allowed(uint8_t suite)
{
    return suite >= 1 && suite <= PROFILE_SUITE_LAST && (GODWIT_A3_SUITES >> (suite - 1u) & 1u) != 0;
}

static bool is_ciphering(uint8_t suite)
{
    return suite == PROFILE_SUITE_EEA2_EIA2_64 || suite == PROFILE_SUITE_EEA2_HMAC_64;
}

godwit_status_t godwit_a3_protection(const godwit_crypto_t *crypto, const godwit_a3_key_t *key, godwit_a3_type_t type,
                                     uint32_t count, a3_protection_t *p)
{
    const uint32_t direction = godwit_a3_is_down(type) ? 1 : 0;
    *p = (a3_protection_t){
        .crypto = crypto,
        .suite = type == GODWIT_A3_COMMAND ? GODWIT_A3_SUITE_MANDATORY : key->suite,
    };
    if (!is_allowed(p->suite) || key->association == 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_store_u32(p->prefix, count);
    godwit_store_u32(p->prefix + 4, (uint32_t)A3_BEARER << 27 | direction << 26);
    return godwit_k_di(crypto, key->k_iwf, p->suite, p->k_di_conf, p->k_di_int);
}

godwit_status_t godwit_a3_mac(const a3_protection_t *p, godwit_slice_t octets, uint8_t mac[GODWIT_A3_MAC])
{
    uint8_t whole[GODWIT_SHA256_SIZE];
    const godwit_slice_t parts[] = {godwit_slice(p->prefix, sizeof p->prefix), octets};
    godwit_status_t status;
    if ((PROFILE_HMAC_SUITES >> p->suite & 1u) != 0) {
        status = p->crypto->hmac_sha256(godwit_slice(p->k_di_int, sizeof p->k_di_int), parts, 2, whole);
    } else {
        status = p->crypto->aes128_cmac(p->k_di_int, parts, 2, whole);
    }
    if (status == GODWIT_OK) {
        memcpy(mac, whole, GODWIT_A3_MAC);
    }
    godwit_wipe(whole, sizeof whole); /* the rest of an expected MAC is nobody's business */
    return status;
}

godwit_status_t godwit_a3_cipher(const a3_protection_t *p, uint8_t *octets, size_t len)
{
    uint8_t counter[GODWIT_AES_BLOCK] = {0};
    if (!is_ciphering(p->suite)) {
        return GODWIT_OK;
    }
    memcpy(counter, p->prefix, sizeof p->prefix);
    return p->crypto->aes128_ctr(p->k_di_conf, counter, octets, octets, len);
}

A3_OWN_FRAME static godwit_status_t seal(const a3_protection_t *p, godwit_a3_type_t type, godwit_writer_t *w)
{
    uint8_t mac[GODWIT_A3_MAC];
    godwit_status_t status = godwit_writer_status(w);
    if (status == GODWIT_OK && a3_ciphers(type)) {
        status = godwit_a3_cipher(p, w->buf + A3_HEADER, w->len - A3_HEADER);
    }
    if (status == GODWIT_OK) {
        status = godwit_a3_mac(p, godwit_written(w), mac);
    }
    if (status == GODWIT_OK) {
        godwit_put(w, mac, sizeof mac);
        status = godwit_writer_status(w);
    }
    return status;
}

godwit_status_t godwit_a3_protect(const godwit_crypto_t *crypto, const godwit_a3_key_t *key, uint32_t count,
                                  const godwit_a3_message_t *message, godwit_writer_t *out)
{
    const size_t room = out->overflow ? 0 : out->cap - out->len;
    godwit_writer_t w = godwit_writer(out->buf + out->len, room); /* on its own, so that a failure appends nothing */
    a3_protection_t p;
    if (count == UINT32_MAX ||
        (message->type == GODWIT_A3_COMMAND && message->command.association != key->association)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_a3_header_put(&w, message->type, godwit_a3_key_id(key->association), count);
    godwit_status_t status = godwit_a3_body_build(message, &w);
    if (status == GODWIT_OK) {
        status = godwit_a3_protection(crypto, key, message->type, count, &p);
    }
    if (status == GODWIT_OK) {
        status = seal(&p, message->type, &w);
    }
    if (status == GODWIT_OK) {
        out->len += w.len;
    } else {
        godwit_wipe(w.buf, w.len); /* it may be in clear */
    }
    godwit_wipe(&p, sizeof p);
    return status;
}
