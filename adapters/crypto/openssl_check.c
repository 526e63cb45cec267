/* SPDX-License-Identifier: Apache-2.0
 *
 * Known answers for the start of a daemon: one for each function of a backend.
 */
#include "adapters/crypto/openssl.h"

#include <string.h>

/* FIPS 197 Appendix B, RFC 4493 clause 4 and SP 800-38A F.5.1 share this key. */
static const uint8_t key[16] = {0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6,
                                0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C};
static const uint8_t plain[16] = {0x6B, 0xC1, 0xBE, 0xE2, 0x2E, 0x40, 0x9F, 0x96,
                                  0xE9, 0x3D, 0x7E, 0x11, 0x73, 0x93, 0x17, 0x2A};

static bool is(const uint8_t *got, const char *want)
{
    uint8_t octets[32];
    size_t len = 0;
    return godwit_hex_decode(want, octets, sizeof octets, &len) == GODWIT_OK && memcmp(got, octets, len) == 0;
}

static bool aes_is_right(const godwit_crypto_t *crypto)
{
    uint8_t counter[16], out[16];
    const godwit_slice_t part = godwit_slice(plain, sizeof plain);
    for (unsigned i = 0; i < sizeof counter; i++) {
        counter[i] = (uint8_t)(0xF0 + i);
    }
    return crypto->aes128_ecb(key, plain, out, 1) == GODWIT_OK && is(out, "3ad77bb40d7a3660a89ecaf32466ef97") &&
           crypto->aes128_ctr(key, counter, plain, out, sizeof out) == GODWIT_OK &&
           is(out, "874d6191b620e3261bef6864990db6ce") && crypto->aes128_cmac(key, &part, 1, out) == GODWIT_OK &&
           is(out, "070a16b46b4d4144f79bdd9dd04a287c");
}

/* "abc" of FIPS 180-4; RFC 4231 test case 2. */
static bool hashes_are_right(const godwit_crypto_t *crypto)
{
    uint8_t out[32];
    const godwit_slice_t abc = godwit_slice("abc", 3);
    const godwit_slice_t text = godwit_slice_of_string("what do ya want for nothing?");
    return crypto->sha256(&abc, 1, out) == GODWIT_OK &&
           is(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") &&
           crypto->hmac_sha256(godwit_slice("Jefe", 4), &text, 1, out) == GODWIT_OK &&
           is(out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

godwit_status_t godwit_crypto_check(const godwit_crypto_t *crypto)
{
    return aes_is_right(crypto) && hashes_are_right(crypto) ? GODWIT_OK : GODWIT_CRYPTO_FAILED;
}
