/* SPDX-License-Identifier: Apache-2.0
 *
 * 128-EEA0 to 128-EEA3, TS 33.401 B.1: ciphering of a number of bits. Enciphering and deciphering are the same. What
 * lies beyond the last bit comes out as zero, whatever went in. Clause numbers of TS 35.215 and of document 1 of
 * EEA3/EIA3 (TS 35.221) are recalled.
 */
#include "core/crypto/eps.h"
#include "core/crypto/snow3g.h"
#include "core/crypto/zuc.h"

#include <string.h>

/* XORs whole words of keystream and the front of the last one. */
static void eea1(const uint8_t key[16], godwit_eps_input_t input, const uint8_t *in, uint8_t *out, size_t len)
{
    uint8_t iv[16]; /* COUNT || BEARER, DIRECTION, 0^26, twice (TS 35.215 3.4) */
    godwit_snow3g_t snow;
    godwit_store_u32(iv, input.count);
    godwit_store_u32(iv + 4, (uint32_t)input.bearer << 27 | (uint32_t)input.direction << 26);
    memcpy(iv + 8, iv, 8);
    godwit_snow3g_init(&snow, key, iv);
    uint8_t word[4] = {0};
    for (size_t i = 0; i < len; i++) {
        if (i % 4 == 0) {
            godwit_store_u32(word, godwit_snow3g_next(&snow));
        }
        out[i] = in[i] ^ word[i % 4];
    }
    godwit_wipe(word, sizeof word);
    godwit_wipe(&snow, sizeof snow);
}

static void eea3(const uint8_t key[16], godwit_eps_input_t input, const uint8_t *in, uint8_t *out, size_t len)
{
    uint8_t iv[16] = {0}; /* COUNT || BEARER, DIRECTION, 0^26, twice (EEA3/EIA3 document 1, 3.3) */
    godwit_zuc_t zuc;
    godwit_store_u32(iv, input.count);
    iv[4] = (uint8_t)(input.bearer << 3 | input.direction << 2);
    memcpy(iv + 8, iv, 8);
    godwit_zuc_init(&zuc, key, iv);
    uint8_t word[4] = {0};
    for (size_t i = 0; i < len; i++) {
        if (i % 4 == 0) {
            godwit_store_u32(word, godwit_zuc_next(&zuc));
        }
        out[i] = in[i] ^ word[i % 4];
    }
    godwit_wipe(word, sizeof word);
    godwit_wipe(&zuc, sizeof zuc);
}

static godwit_status_t eea2(const godwit_crypto_t *crypto, const uint8_t key[16], godwit_eps_input_t input,
                            const uint8_t *in, uint8_t *out, size_t len)
{
    uint8_t counter[16] = {0}; /* COUNT || BEARER, DIRECTION, 0^26 || 0^64 (TS 33.401 B.1.3) */
    godwit_store_u32(counter, input.count);
    counter[4] = (uint8_t)(input.bearer << 3 | input.direction << 2);
    return crypto->aes128_ctr(key, counter, in, out, len);
}

godwit_status_t godwit_eea(const godwit_crypto_t *crypto, unsigned algorithm, const uint8_t key[16],
                           godwit_eps_input_t input, const uint8_t *in, uint8_t *out, size_t bits)
{
    godwit_status_t status = GODWIT_OK;
    size_t len = godwit_octets_of(bits);
    if (algorithm > 3 || input.bearer > GODWIT_BEARER_MAX || input.direction > GODWIT_DIRECTION_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (len == 0) {
        return GODWIT_OK;
    }
    if (algorithm == 0) {
        memmove(out, in, len);
    } else if (algorithm == 1) {
        eea1(key, input, in, out, len);
    } else if (algorithm == 2) {
        status = eea2(crypto, key, input, in, out, len);
    } else {
        eea3(key, input, in, out, len);
    }
    if (bits % 8 != 0) {
        out[len - 1] &= (uint8_t)(0xFF00U >> bits % 8);
    }
    return status;
}
