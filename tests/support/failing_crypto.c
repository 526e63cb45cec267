/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/failing_crypto.h"

#define WORKS (&godwit_crypto_builtin)

static unsigned calls_left; /* the call that makes it 0 fails; 0: none does */

void failing_crypto_at(unsigned n)
{
    calls_left = n;
}

bool failing_crypto_waits(void)
{
    return calls_left > 0;
}

static bool fails(void)
{
    return calls_left > 0 && --calls_left == 0;
}

static godwit_status_t ecb(const uint8_t key[16], const uint8_t *in, uint8_t *out, size_t blocks)
{
    return fails() ? GODWIT_CRYPTO_FAILED : WORKS->aes128_ecb(key, in, out, blocks);
}

static godwit_status_t ctr(const uint8_t key[16], const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                           size_t len)
{
    return fails() ? GODWIT_CRYPTO_FAILED : WORKS->aes128_ctr(key, counter, in, out, len);
}

static godwit_status_t cmac(const uint8_t key[16], const godwit_slice_t *parts, size_t count, uint8_t mac[16])
{
    return fails() ? GODWIT_CRYPTO_FAILED : WORKS->aes128_cmac(key, parts, count, mac);
}

static godwit_status_t sha256(const godwit_slice_t *parts, size_t count, uint8_t digest[32])
{
    return fails() ? GODWIT_CRYPTO_FAILED : WORKS->sha256(parts, count, digest);
}

static godwit_status_t hmac(godwit_slice_t key, const godwit_slice_t *parts, size_t count, uint8_t mac[32])
{
    return fails() ? GODWIT_CRYPTO_FAILED : WORKS->hmac_sha256(key, parts, count, mac);
}

const godwit_crypto_t failing_crypto = {"failing", ecb, ctr, cmac, sha256, hmac};
