/* SPDX-License-Identifier: Apache-2.0
 *
 * 128-EEA and 128-EIA 1 to 3 against libipsec-mb, an implementation that shares nothing with ours: thousands of random
 * keys, inputs and numbers of bits. Without the library (it is for x86) this test is skipped and says so.
 */
#include <stdio.h>

#ifndef WITH_IPSEC_MB

int main(void)
{
    printf("skipped: libipsec-mb was not found when this was built (package libipsec-mb-dev)\n");
    return 77;
}

#else

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <intel-ipsec-mb.h>

#include "godwit/crypto.h"

#define ROUNDS 4000
#define BITS_MAX 2400
#define OCTETS (BITS_MAX / 8 + 1)
#define SEED 35216

static IMB_MGR *mgr;

/* One random case. */
typedef struct drawn {
    uint8_t key[16];
    godwit_eps_input_t input;
    size_t bits;
    uint8_t in[OCTETS];
} drawn_t;

static drawn_t draw(size_t bits_min)
{
    drawn_t drawn;
    uint8_t *octets = (uint8_t *)&drawn;
    for (size_t i = 0; i < sizeof drawn; i++) {
        octets[i] = (uint8_t)rand();
    }
    drawn.input.bearer &= 31;
    drawn.input.direction &= 1;
    drawn.bits = bits_min + (size_t)rand() % (BITS_MAX - bits_min);
    return drawn;
}

static size_t octets_of(size_t bits)
{
    return (bits + 7) / 8;
}

static void clear_beyond(uint8_t *octets, size_t bits)
{
    if (bits % 8 != 0) {
        octets[bits / 8] &= (uint8_t)(0xFF00 >> bits % 8);
    }
}

/* Runs the job and asks that it ended well. */
static void run(const IMB_JOB *prepared)
{
    IMB_JOB *job = IMB_GET_NEXT_JOB(mgr);
    *job = *prepared;
    job = IMB_SUBMIT_JOB(mgr);
    if (job == NULL) {
        job = IMB_FLUSH_JOB(mgr);
    }
    assert_non_null(job);
    assert_int_equal(job->status, IMB_STATUS_COMPLETED);
}

/* ---- confidentiality ---- */

static void ours_is(const drawn_t *drawn, unsigned algorithm, uint8_t *theirs)
{
    uint8_t out[OCTETS];
    assert_int_equal(
        godwit_eea(&godwit_crypto_builtin, algorithm, drawn->key, drawn->input, drawn->in, out, drawn->bits),
        GODWIT_OK);
    clear_beyond(theirs, drawn->bits);
    if (memcmp(out, theirs, octets_of(drawn->bits)) != 0) {
        fail_msg("128-EEA%u differs at %zu bits", algorithm, drawn->bits);
    }
}

static void eea1_agrees_with_ipsec_mb(void **state)
{
    (void)state;
    snow3g_key_schedule_t *schedule = calloc(1, IMB_SNOW3G_KEY_SCHED_SIZE(mgr));
    for (unsigned i = 0; i < ROUNDS; i++) {
        drawn_t drawn = draw(1);
        uint8_t iv[16], out[OCTETS] = {0};
        assert_int_equal(IMB_SNOW3G_INIT_KEY_SCHED(mgr, drawn.key, schedule), 0);
        assert_int_equal(snow3g_f8_iv_gen(drawn.input.count, drawn.input.bearer, drawn.input.direction, iv), 0);
        IMB_SNOW3G_F8_1_BUFFER_BIT(mgr, schedule, iv, drawn.in, out, (uint32_t)drawn.bits, 0);
        ours_is(&drawn, 1, out);
    }
    free(schedule);
}

static void eea3_agrees_with_ipsec_mb(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        drawn_t drawn = draw(1);
        uint8_t iv[16], out[OCTETS] = {0};
        assert_int_equal(zuc_eea3_iv_gen(drawn.input.count, drawn.input.bearer, drawn.input.direction, iv), 0);
        IMB_ZUC_EEA3_1_BUFFER(mgr, drawn.key, iv, drawn.in, out, (uint32_t)octets_of(drawn.bits));
        ours_is(&drawn, 3, out);
    }
}

/* ipsec-mb takes the key expanded; COUNT, BEARER and DIRECTION stand in the counter block as in TS 33.401 B.1.3. */
static void eea2_agrees_with_ipsec_mb(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        drawn_t drawn = draw(1);
        DECLARE_ALIGNED(uint32_t expanded[4 * 15], 16);
        DECLARE_ALIGNED(uint32_t unused[4 * 15], 16);
        uint8_t iv[16] = {0}, out[OCTETS] = {0};
        IMB_AES_KEYEXP_128(mgr, drawn.key, expanded, unused);
        assert_int_equal(zuc_eea3_iv_gen(drawn.input.count, drawn.input.bearer, drawn.input.direction, iv), 0);
        memset(iv + 8, 0, 8); /* the first halves of both vectors are the same */
        const IMB_JOB job = {.cipher_direction = IMB_DIR_ENCRYPT,
                             .cipher_mode = IMB_CIPHER_CNTR_BITLEN,
                             .chain_order = IMB_ORDER_CIPHER_HASH,
                             .hash_alg = IMB_AUTH_NULL,
                             .enc_keys = expanded,
                             .dec_keys = expanded,
                             .key_len_in_bytes = 16,
                             .src = drawn.in,
                             .dst = out,
                             .iv = iv,
                             .iv_len_in_bytes = 16,
                             .msg_len_to_cipher_in_bits = drawn.bits};
        run(&job);
        ours_is(&drawn, 2, out);
    }
}

/* ---- integrity ---- */

static void our_mac_is(const drawn_t *drawn, unsigned algorithm, const void *theirs)
{
    uint8_t mac[4];
    assert_int_equal(
        godwit_eia(&godwit_crypto_builtin, algorithm, drawn->key, drawn->input, drawn->in, drawn->bits, mac),
        GODWIT_OK);
    if (memcmp(mac, theirs, 4) != 0) {
        fail_msg("128-EIA%u differs at %zu bits", algorithm, drawn->bits);
    }
}

static void eia1_agrees_with_ipsec_mb(void **state)
{
    (void)state;
    snow3g_key_schedule_t *schedule = calloc(1, IMB_SNOW3G_KEY_SCHED_SIZE(mgr));
    for (unsigned i = 0; i < ROUNDS; i++) {
        drawn_t drawn = draw(1);
        uint8_t iv[16], mac[4];
        assert_int_equal(IMB_SNOW3G_INIT_KEY_SCHED(mgr, drawn.key, schedule), 0);
        assert_int_equal(
            snow3g_f9_iv_gen(drawn.input.count, (uint32_t)drawn.input.bearer << 27, drawn.input.direction, iv), 0);
        IMB_SNOW3G_F9_1_BUFFER(mgr, schedule, iv, drawn.in, drawn.bits, mac);
        our_mac_is(&drawn, 1, mac);
    }
    free(schedule);
}

static void eia3_agrees_with_ipsec_mb(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        drawn_t drawn = draw(1);
        uint8_t iv[16];
        uint32_t mac;
        assert_int_equal(zuc_eia3_iv_gen(drawn.input.count, drawn.input.bearer, drawn.input.direction, iv), 0);
        IMB_ZUC_EIA3_1_BUFFER(mgr, drawn.key, iv, drawn.in, (uint32_t)drawn.bits, &mac);
        our_mac_is(&drawn, 3, &mac);
    }
}

/* For ipsec-mb, COUNT, BEARER and DIRECTION are the first eight octets of the message (TS 33.401 B.2.3). */
static void eia2_agrees_with_ipsec_mb(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        drawn_t drawn = draw(1);
        DECLARE_ALIGNED(uint32_t expanded[4 * 15], 16);
        DECLARE_ALIGNED(uint32_t unused[4 * 15], 16);
        DECLARE_ALIGNED(uint32_t subkey1[4], 16);
        DECLARE_ALIGNED(uint32_t subkey2[4], 16);
        uint8_t message[8 + OCTETS] = {0}, mac[4];
        IMB_AES_KEYEXP_128(mgr, drawn.key, expanded, unused);
        IMB_AES_CMAC_SUBKEY_GEN_128(mgr, expanded, subkey1, subkey2);
        godwit_store_u32(message, drawn.input.count);
        message[4] = (uint8_t)(drawn.input.bearer << 3 | drawn.input.direction << 2);
        memcpy(message + 8, drawn.in, OCTETS);
        const IMB_JOB job = {.cipher_direction = IMB_DIR_ENCRYPT,
                             .cipher_mode = IMB_CIPHER_NULL,
                             .chain_order = IMB_ORDER_HASH_CIPHER,
                             .hash_alg = IMB_AUTH_AES_CMAC_BITLEN,
                             .u.CMAC = {._key_expanded = expanded, ._skey1 = subkey1, ._skey2 = subkey2},
                             .src = message,
                             .msg_len_to_hash_in_bits = 64 + drawn.bits,
                             .auth_tag_output = mac,
                             .auth_tag_output_len_in_bytes = 4};
        run(&job);
        our_mac_is(&drawn, 2, mac);
    }
}

static int open_manager(void **state)
{
    (void)state;
    IMB_ARCH arch;
    mgr = alloc_mb_mgr(0);
    if (mgr == NULL) {
        return -1;
    }
    init_mb_mgr_auto(mgr, &arch);
    srand(SEED);
    print_message("libipsec-mb %s, architecture %d, seed %d\n", imb_get_version_str(), (int)arch, SEED);
    return 0;
}

static int close_manager(void **state)
{
    (void)state;
    free_mb_mgr(mgr);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eea1_agrees_with_ipsec_mb), cmocka_unit_test(eea2_agrees_with_ipsec_mb),
        cmocka_unit_test(eea3_agrees_with_ipsec_mb), cmocka_unit_test(eia1_agrees_with_ipsec_mb),
        cmocka_unit_test(eia2_agrees_with_ipsec_mb), cmocka_unit_test(eia3_agrees_with_ipsec_mb),
    };
    return cmocka_run_group_tests(tests, open_manager, close_manager);
}

#endif
