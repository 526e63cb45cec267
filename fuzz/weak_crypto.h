/* SPDX-License-Identifier: Apache-2.0
 *
 * A backend under which every MAC and every check value is zeros and every cipher copies, so that a fuzzer gets past
 * them to what stands behind.
 */
#ifndef GODWIT_FUZZ_WEAK_CRYPTO_H
#define GODWIT_FUZZ_WEAK_CRYPTO_H

#include <string.h>

#include "godwit/crypto.h"

static godwit_status_t weak_ecb(const uint8_t key[16], const uint8_t *in, uint8_t *out, size_t blocks)
{
    (void)key;
    memmove(out, in, blocks * GODWIT_AES_BLOCK);
    return GODWIT_OK;
}

static godwit_status_t weak_ctr(const uint8_t key[16], const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                                size_t len)
{
    (void)key;
    (void)counter;
    memmove(out, in, len);
    return GODWIT_OK;
}

static godwit_status_t weak_cmac(const uint8_t key[16], const godwit_slice_t *parts, size_t count, uint8_t mac[16])
{
    (void)key;
    (void)parts;
    (void)count;
    memset(mac, 0, 16);
    return GODWIT_OK;
}

static godwit_status_t weak_sha256(const godwit_slice_t *parts, size_t count, uint8_t digest[32])
{
    (void)parts;
    (void)count;
    memset(digest, 0, 32);
    return GODWIT_OK;
}

static godwit_status_t weak_hmac(godwit_slice_t key, const godwit_slice_t *parts, size_t count, uint8_t mac[32])
{
    (void)key;
    (void)parts;
    (void)count;
    memset(mac, 0, 32);
    return GODWIT_OK;
}

static const godwit_crypto_t weak_crypto = {"weak", weak_ecb, weak_ctr, weak_cmac, weak_sha256, weak_hmac};

#endif
