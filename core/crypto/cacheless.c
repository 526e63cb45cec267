/* SPDX-License-Identifier: Apache-2.0
 *
 * The built-in backend for microcontrollers without a data cache: AES with a table, SHA-256 as everywhere. It never
 * fails. It must not run where the time of a load depends on its address.
 */
#include "core/crypto/hmac.h"
#include "core/crypto/modes.h"
#include "core/crypto/sha256.h"

static godwit_status_t aes128_ecb(const uint8_t key[16], const uint8_t *in, uint8_t *out, size_t blocks)
{
    uint32_t room[GODWIT_AES_TABLE_WORDS];
    godwit_modes_ecb(&godwit_aes_table, room, key, in, out, blocks);
    return GODWIT_OK;
}

static godwit_status_t aes128_ctr(const uint8_t key[16], const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                                  size_t len)
{
    uint32_t room[GODWIT_AES_TABLE_WORDS];
    godwit_modes_ctr(&godwit_aes_table, room, key, counter, in, out, len);
    return GODWIT_OK;
}

static godwit_status_t aes128_cmac(const uint8_t key[16], const godwit_slice_t *parts, size_t count, uint8_t mac[16])
{
    uint32_t room[GODWIT_AES_TABLE_WORDS];
    godwit_modes_cmac(&godwit_aes_table, room, key, parts, count, mac);
    return GODWIT_OK;
}

const godwit_crypto_t godwit_crypto_cacheless = {
    .name = "cacheless",
    .aes128_ecb = aes128_ecb,
    .aes128_ctr = aes128_ctr,
    .aes128_cmac = aes128_cmac,
    .sha256 = godwit_sha256,
    .hmac_sha256 = godwit_hmac_sha256,
};
