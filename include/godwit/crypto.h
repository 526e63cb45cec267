/* SPDX-License-Identifier: Apache-2.0
 *
 * The interface to the primitives that hardware or a library may do better: AES-128 and SHA-256. The built-in backend
 * is portable C; the backends on OpenSSL and on AES-NI are adapters. SNOW 3G, ZUC and Keccak have no backends: they
 * are portable code of core/crypto. Backends hold no state that a caller could share by mistake: each call is whole.
 *
 * Every function returns GODWIT_OK or GODWIT_CRYPTO_FAILED; the built-in backend never fails. On failure the output is
 * wiped.
 */
#ifndef GODWIT_CRYPTO_H
#define GODWIT_CRYPTO_H

#include "godwit/bytes.h"

#define GODWIT_AES_BLOCK 16
#define GODWIT_SHA256_SIZE 32

typedef struct godwit_crypto {
    const char *name; /* "builtin", "openssl", "aes-ni" */

    /* AES-128, FIPS 197: blocks of 16 octets, each enciphered by itself. in and out may be the same. */
    godwit_status_t (*aes128_ecb)(const uint8_t key[16], const uint8_t *in, uint8_t *out, size_t blocks);
    /* AES-128 in counter mode, SP 800-38A: the whole 16-octet block counts up, big-endian. in and out may be the
     * same. */
    godwit_status_t (*aes128_ctr)(const uint8_t key[16], const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                                  size_t len);
    /* AES-128-CMAC, RFC 4493, over the parts one after the other. */
    godwit_status_t (*aes128_cmac)(const uint8_t key[16], const godwit_slice_t *parts, size_t count, uint8_t mac[16]);
    /* SHA-256, FIPS 180-4, over the parts one after the other. */
    godwit_status_t (*sha256)(const godwit_slice_t *parts, size_t count, uint8_t digest[32]);
    /* HMAC-SHA-256, RFC 2104, over the parts one after the other. Any key length. */
    godwit_status_t (*hmac_sha256)(godwit_slice_t key, const godwit_slice_t *parts, size_t count, uint8_t mac[32]);
} godwit_crypto_t;

/* Portable C, table lookups avoided: time does not depend on keys or data. */
extern const godwit_crypto_t godwit_crypto_builtin;
/* The same for microcontrollers without a data cache (Cortex-M0 to M4 and their like): AES by a table of 1 KB, in
 * several times fewer instructions. The table must stand in memory whose access time does not depend on the address.
 * Where there is a cache it gives keys away: never on a server, never on an application processor. */
extern const godwit_crypto_t godwit_crypto_cacheless;

/* ---- 3GPP confidentiality and integrity (TS 33.401 Annex B) ------------------------------------------------------ */

typedef struct godwit_eps_input {
    uint32_t count;    /* COUNT, 32 bits */
    uint8_t bearer;    /* BEARER, 5 bits */
    uint8_t direction; /* DIRECTION, 0 uplink, 1 downlink */
} godwit_eps_input_t;

/* 128-EEA1 (SNOW 3G), 2 (AES-CTR), 3 (ZUC); 0 copies. bits is the length; the last octet's bits beyond it come out as
 * 0.
 * in and out may be the same. GODWIT_INVALID_ARGUMENT for another algorithm, bearer > 31 or direction > 1. */
GODWIT_MUST_USE godwit_status_t godwit_eea(const godwit_crypto_t *crypto, unsigned algorithm, const uint8_t key[16],
                                           godwit_eps_input_t input, const uint8_t *in, uint8_t *out, size_t bits);
/* 128-EIA1, 2, 3 over bits of message; algorithm 0 is refused: there is no null integrity here. */
GODWIT_MUST_USE godwit_status_t godwit_eia(const godwit_crypto_t *crypto, unsigned algorithm, const uint8_t key[16],
                                           godwit_eps_input_t input, const uint8_t *message, size_t bits,
                                           uint8_t mac[4]);

#endif
