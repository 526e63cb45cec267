/* SPDX-License-Identifier: Apache-2.0
 *
 * A USIM that is sent anything, and an AuC that is answered anything: AUTN, AUTS, the array of a card and the clock of
 * a node, all from the input. A token is made right and then damaged by a mask from the input (often none), since a
 * random one never has a right MAC.
 */
#include "fuzz/fuzz.h"
#include "godwit/aka.h"

#include <stdlib.h>
#include <string.h>

typedef struct input {
    godwit_aka_key_t key;
    godwit_sqn_array_t array;
    uint8_t rand[16];
    uint8_t amf[2];
    uint64_t sqn;
    uint8_t mask[16];
} input_t;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* K and OP of the lengths that the input asks for; most are refused. */
static bool read_key(godwit_reader_t *r, godwit_aka_key_t *key)
{
    godwit_tuak_profile_t profile = {0};
    uint8_t choice = godwit_get_u8(r);
    godwit_aka_algorithm_t algorithm = (godwit_aka_algorithm_t)(choice & 7);
    godwit_slice_t k = godwit_get_slice(r, godwit_get_u8(r) & 63u);
    godwit_slice_t op = godwit_get_slice(r, godwit_get_u8(r) & 63u);
    if ((choice & 0x10) != 0) {
        profile.mac_bits = godwit_get_u16(r);
        profile.res_bits = godwit_get_u16(r);
        profile.ck_bits = godwit_get_u16(r);
        profile.ik_bits = godwit_get_u16(r);
        profile.iterations = godwit_get_u8(r) & 7;
    }
    return godwit_aka_key_init(key, &godwit_crypto_builtin, algorithm, k, op, (choice & 8) != 0, &profile) == GODWIT_OK;
}

static bool read_input(godwit_reader_t *r, input_t *in)
{
    memset(in, 0, sizeof *in);
    if (!read_key(r, &in->key)) {
        return false;
    }
    in->array.ind_bits = godwit_get_u8(r) & 7;
    in->array.delta = godwit_get_u48(r);
    in->array.age_limit = godwit_get_u32(r);
    for (size_t i = 0; i < 4; i++) {
        in->array.seq_ms[godwit_get_u8(r) & 31] = godwit_get_u48(r) >> in->array.ind_bits;
    }
    godwit_get(r, in->rand, sizeof in->rand);
    godwit_get(r, in->amf, sizeof in->amf);
    in->sqn = godwit_get_u48(r);
    godwit_get(r, in->mask, sizeof in->mask);
    return true;
}

static bool is_zero(const void *octets, size_t len)
{
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++) {
        any |= ((const uint8_t *)octets)[i];
    }
    return any == 0;
}

/* Whether a token that was changed must be refused. xor-3g is linear: a change of SQN or AMF can be made good in
 * MAC. */
static bool must_be_refused(const input_t *in, size_t len)
{
    return !is_zero(in->mask, len) && in->key.algorithm != GODWIT_ALG_XOR_3G;
}

static void damage(uint8_t *token, const uint8_t *mask, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        token[i] ^= mask[i];
    }
}

/* A wrong MAC moves nothing and says nothing; a stale SQN moves nothing and says SQN_MS; a right one is right once. */
static void usim(const input_t *in)
{
    godwit_vector_t vector;
    godwit_usim_result_t result;
    godwit_sqn_array_t array = in->array;
    uint8_t autn[16] = {0};
    uint64_t sqn_ms = 0;
    if (godwit_vector_create(&godwit_crypto_builtin, &in->key, in->rand, in->sqn, in->amf, &vector) == GODWIT_OK) {
        memcpy(autn, vector.autn, sizeof autn);
    }
    damage(autn, in->mask, sizeof autn);
    godwit_status_t status =
        godwit_usim_authenticate(&godwit_crypto_builtin, &in->key, &array, in->rand, autn, &result);
    bool keys = !is_zero(result.ck, 16) || !is_zero(result.ik, 16) || result.res_len != 0;
    if (status != GODWIT_OK || result.status != GODWIT_OK) {
        check(!keys && memcmp(&array, &in->array, sizeof array) == 0);
    }
    if (status != GODWIT_OK) {
        return;
    }
    if (result.status == GODWIT_OK) {
        check(!must_be_refused(in, 16) && result.res_len >= 4 && result.res_len <= 16);
        check(memcmp(result.res, vector.xres, sizeof result.res) == 0);
        check(godwit_usim_authenticate(&godwit_crypto_builtin, &in->key, &array, in->rand, autn, &result) == GODWIT_OK);
        check(result.status == GODWIT_AUTH_RESYNC);
    }
    if (result.status == GODWIT_AUTH_MAC_FAILURE) {
        check(is_zero(result.auts, sizeof result.auts));
    } else {
        check(godwit_auts_consume(&godwit_crypto_builtin, &in->key, in->rand, result.auts, &sqn_ms) == GODWIT_OK);
        check(sqn_ms == godwit_sqn_highest(&array));
    }
}

static void auc(const input_t *in)
{
    const uint64_t untouched = UINT64_C(0xFFFFFFFFFFFFFFFF);
    uint8_t auts[14] = {0};
    uint64_t sqn_ms = untouched;
    godwit_status_t made = godwit_auts_create(&godwit_crypto_builtin, &in->key, in->rand, in->sqn, auts);
    damage(auts, in->mask, sizeof auts);
    godwit_status_t read = godwit_auts_consume(&godwit_crypto_builtin, &in->key, in->rand, auts, &sqn_ms);
    if (made == GODWIT_OK && is_zero(in->mask, sizeof auts)) {
        check(read == GODWIT_OK && sqn_ms == in->sqn);
    }
    check(read == GODWIT_OK ? !must_be_refused(in, sizeof auts) : sqn_ms == untouched);
}

/* Any DIF, any mark, any clock: a number is given within the reservation and within SEQ, or it is refused; it only
 * rises. */
static void home_sqn(godwit_reader_t *r)
{
    godwit_sqn_clock_t clock;
    uint64_t tick = godwit_get_u48(r), before = 0;
    godwit_sqn_clock_start(&clock, godwit_get_u48(r), godwit_get_u48(r));
    int64_t dif = (int64_t)godwit_get_u64(r);
    unsigned ind_bits = godwit_get_u8(r) & 7, ind = godwit_get_u8(r) & 63;
    uint64_t sqn_ms = godwit_get_u48(r), delta = godwit_get_u48(r);
    for (int i = 0; i < 8 && r->left > 0; i++) {
        uint64_t sqn = 0;
        godwit_sqn_clock_set(&clock, godwit_get_u48(r));
        godwit_sqn_clock_reserve(&clock, godwit_sqn_clock_wants(&clock, godwit_get_u16(r)));
        if (godwit_sqn_next_by_time(&clock, dif, &tick, ind, ind_bits, &sqn) == GODWIT_OK) {
            check(sqn > before && sqn <= GODWIT_SQN_MAX && sqn >> ind_bits != 0 && tick <= clock.reserved);
            before = sqn;
        }
    }
    (void)godwit_sqn_resync_by_time(&clock, dif, tick, sqn_ms, ind_bits, delta, 20);
    (void)godwit_sqn_resync_by_counter(tick, sqn_ms, ind_bits, delta);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input_t in;
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    if (godwit_get_u8(&r) == 0) {
        home_sqn(&r);
    } else if (read_input(&r, &in)) {
        usim(&in);
        auc(&in);
    }
    return 0;
}
