/* SPDX-License-Identifier: Apache-2.0
 *
 * 128-EIA1 to 128-EIA3, TS 33.401 B.2: a MAC of 32 bits over a number of bits. There is no null integrity here. What
 * lies beyond the last bit does not count. Clause numbers of TS 35.215 and of document 1 of EEA3/EIA3 (TS 35.221) are
 * recalled.
 */
#include "core/crypto/double.h"
#include "core/crypto/eps.h"
#include "core/crypto/snow3g.h"
#include "core/crypto/zuc.h"

#include <string.h>

/* The octet at i, with zeros beyond the last bit. */
static uint8_t octet_at(const uint8_t *message, size_t bits, size_t i)
{
    size_t left = bits - 8 * i;
    return left >= 8 ? message[i] : (uint8_t)(message[i] & 0xFF00U >> left);
}

/* ---- 128-EIA1 ---- */

/* Product in GF(2^64) over x^64 + x^4 + x^3 + x + 1 (TS 35.215 4.3), without branches on the operands. */
static uint64_t multiply(uint64_t v, uint64_t p)
{
    uint64_t product = 0;
    for (unsigned i = 0; i < 64; i++) {
        product ^= v & (0U - (p >> i & 1));
        v = v << 1 ^ (0x1B & (0U - (v >> 63)));
    }
    return product;
}

/* 64 bits of the message from octet i on, padded with zeros. */
static uint64_t word_at(const uint8_t *message, size_t bits, size_t i)
{
    uint64_t word = 0;
    for (unsigned n = 0; n < 8; n++) {
        word = word << 8 | (i + n < godwit_octets_of(bits) ? octet_at(message, bits, i + n) : 0U);
    }
    return word;
}

void godwit_uia2(const uint8_t key[16], uint32_t count, uint32_t fresh, uint8_t direction, const uint8_t *message,
                 size_t bits, uint8_t mac[4])
{
    uint8_t iv[16]; /* IV3 to IV0 (4.4) */
    uint32_t z[5];
    godwit_snow3g_t snow;
    godwit_store_u32(iv, count);
    godwit_store_u32(iv + 4, fresh);
    godwit_store_u32(iv + 8, count ^ (uint32_t)direction << 31);
    godwit_store_u32(iv + 12, fresh ^ (uint32_t)direction << 15);
    godwit_snow3g_init(&snow, key, iv);
    for (unsigned i = 0; i < 5; i++) {
        z[i] = godwit_snow3g_next(&snow);
    }
    uint64_t p = (uint64_t)z[0] << 32 | z[1];
    uint64_t q = (uint64_t)z[2] << 32 | z[3];
    uint64_t evaluation = 0;
    for (size_t i = 0; i < godwit_octets_of(bits); i += 8) {
        evaluation = multiply(evaluation ^ word_at(message, bits, i), p);
    }
    evaluation = multiply(evaluation ^ bits, q);
    godwit_store_u32(mac, (uint32_t)(evaluation >> 32) ^ z[4]);
    godwit_wipe(z, sizeof z);
    godwit_wipe(&p, sizeof p);
    godwit_wipe(&q, sizeof q);
    godwit_wipe(&snow, sizeof snow);
}

/* ---- 128-EIA2 ---- */

/* Octet i of head || message; the last one may be open. */
static uint8_t joined(const uint8_t head[8], const uint8_t *message, size_t bits, size_t i)
{
    return i < 8 ? head[i] : octet_at(message, bits, i - 8);
}

/* Gives K1 ^ K2 of RFC 4493 2.3. */
static godwit_status_t both_subkeys(const godwit_crypto_t *crypto, const uint8_t key[16], uint8_t sum[16])
{
    uint8_t k1[16] = {0};
    godwit_status_t status = crypto->aes128_ecb(key, k1, k1, 1);
    godwit_double_block(k1);
    memcpy(sum, k1, sizeof k1);
    godwit_double_block(sum);
    for (size_t i = 0; i < sizeof k1; i++) {
        sum[i] ^= k1[i];
    }
    godwit_wipe(k1, sizeof k1);
    return status;
}

/* CMAC of a message that ends within an octet. Its last block is padded by bits here and so is whole for the octet-wise
 * CMAC, which adds K1 to it where K2 is due (RFC 4493 2.4): K1 ^ K2 on top puts that right. */
static godwit_status_t cmac_of_bits(const godwit_crypto_t *crypto, const uint8_t key[16], const uint8_t head[8],
                                    const uint8_t *message, size_t bits, uint8_t mac[16])
{
    size_t whole = 8 + bits / 8;     /* octets of head || message before the open one */
    size_t before = whole / 16 * 16; /* those before the last block */
    uint8_t last[16];
    godwit_status_t status = both_subkeys(crypto, key, last);
    for (size_t i = before; i <= whole; i++) {
        last[i - before] ^= joined(head, message, bits, i);
    }
    last[whole - before] ^= (uint8_t)(0x80U >> bits % 8);
    const godwit_slice_t parts[3] = {godwit_slice(head, before == 0 ? 0 : 8),
                                     godwit_slice(message, before == 0 ? 0 : before - 8),
                                     godwit_slice(last, sizeof last)};
    if (status == GODWIT_OK) {
        status = crypto->aes128_cmac(key, parts, 3, mac);
    }
    godwit_wipe(last, sizeof last);
    return status;
}

static godwit_status_t eia2(const godwit_crypto_t *crypto, const uint8_t key[16], godwit_eps_input_t input,
                            const uint8_t *message, size_t bits, uint8_t mac[4])
{
    uint8_t head[8] = {0}; /* COUNT || BEARER, DIRECTION, 0^26 (TS 33.401 B.2.3) */
    uint8_t full[16];
    godwit_status_t status;
    godwit_store_u32(head, input.count);
    head[4] = (uint8_t)(input.bearer << 3 | input.direction << 2);
    if (bits % 8 == 0) {
        const godwit_slice_t parts[2] = {godwit_slice(head, sizeof head), godwit_slice(message, bits / 8)};
        status = crypto->aes128_cmac(key, parts, 2, full);
    } else {
        status = cmac_of_bits(crypto, key, head, message, bits, full);
    }
    if (status == GODWIT_OK) {
        memcpy(mac, full, 4);
    } else {
        memset(mac, 0, 4);
    }
    godwit_wipe(full, sizeof full);
    return status;
}

/* ---- 128-EIA3 ---- */

/* T gathers the 32 bits of keystream that begin at every set bit of the message and at LENGTH (document 1, 4.4); the
 * window is the 64 bits of keystream around the place. */
static void eia3(const uint8_t key[16], godwit_eps_input_t input, const uint8_t *message, size_t bits, uint8_t mac[4])
{
    uint8_t iv[16] = {0}; /* 4.3 */
    godwit_zuc_t zuc;
    godwit_store_u32(iv, input.count);
    iv[4] = (uint8_t)(input.bearer << 3);
    memcpy(iv + 8, iv, 8);
    iv[8] ^= (uint8_t)(input.direction << 7);
    iv[14] ^= (uint8_t)(input.direction << 7);
    godwit_zuc_init(&zuc, key, iv);
    uint64_t window = (uint64_t)godwit_zuc_next(&zuc) << 32;
    window |= godwit_zuc_next(&zuc);
    uint32_t t = 0;
    for (size_t i = 0; i < bits; i++) {
        uint32_t bit = message[i / 8] >> (7 - i % 8) & 1U;
        t ^= (uint32_t)(window >> 32) & (0U - bit);
        window <<= 1;
        if (i % 32 == 31) {
            window |= godwit_zuc_next(&zuc);
        }
    }
    t ^= (uint32_t)(window >> 32);
    uint32_t last = bits % 32 == 0 ? (uint32_t)window : godwit_zuc_next(&zuc);
    godwit_store_u32(mac, t ^ last);
    godwit_wipe(&window, sizeof window);
    godwit_wipe(&last, sizeof last);
    godwit_wipe(&zuc, sizeof zuc);
}

godwit_status_t godwit_eia(const godwit_crypto_t *crypto, unsigned algorithm, const uint8_t key[16],
                           godwit_eps_input_t input, const uint8_t *message, size_t bits, uint8_t mac[4])
{
    if (algorithm == 0 || algorithm > 3 || input.bearer > GODWIT_BEARER_MAX || input.direction > GODWIT_DIRECTION_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (algorithm == 1) {
        godwit_uia2(key, input.count, (uint32_t)input.bearer << 27, input.direction, message, bits, mac);
        return GODWIT_OK;
    }
    if (algorithm == 3) {
        eia3(key, input, message, bits, mac);
        return GODWIT_OK;
    }
    return eia2(crypto, key, input, message, bits, mac);
}
