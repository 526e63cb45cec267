/* SPDX-License-Identifier: Apache-2.0
 *
 * A whole run of AUTHENTICATE (TS 31.102 7.1.2, TS 33.102 6.3.3) against an AuC, for every algorithm that has one.
 */
#include "tests/aka/aka_test.h"

#include <string.h>

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;
static const uint8_t amf[2] = {0x80, 0x00};

typedef struct card {
    godwit_aka_key_t key;
    godwit_sqn_array_t array;
} card_t;

static card_t new_card(godwit_aka_algorithm_t algorithm)
{
    card_t card;
    uint8_t octets[64];
    size_t op_len = algorithm == GODWIT_ALG_TUAK ? 32 : algorithm == GODWIT_ALG_XOR_3G ? 0 : 16;
    aka_test_random(octets, sizeof octets);
    assert_ok(godwit_aka_key_init(&card.key, crypto, algorithm, godwit_slice(octets, 16),
                                  godwit_slice(octets + 32, op_len), false, NULL));
    godwit_sqn_array_init(&card.array);
    return card;
}

static godwit_vector_t vector_for(const card_t *card, uint64_t sqn)
{
    godwit_vector_t vector;
    uint8_t rand[16];
    aka_test_random(rand, sizeof rand);
    assert_ok(godwit_vector_create(crypto, &card->key, rand, sqn, amf, &vector));
    return vector;
}

static godwit_usim_result_t authenticate(card_t *card, const godwit_vector_t *vector)
{
    godwit_usim_result_t result;
    assert_ok(godwit_usim_authenticate(crypto, &card->key, &card->array, vector->rand, vector->autn, &result));
    return result;
}

static void both_ends_have_the_same_res_ck_and_ik(void **state)
{
    (void)state;
    static const godwit_aka_algorithm_t all[] = {GODWIT_ALG_MILENAGE, GODWIT_ALG_TUAK, GODWIT_ALG_XOR_3G};
    for (size_t i = 0; i < 3; i++) {
        card_t card = new_card(all[i]);
        godwit_vector_t vector = vector_for(&card, 32);
        godwit_usim_result_t result = authenticate(&card, &vector);
        static const uint8_t no_auts[14];
        assert_int_equal(result.status, GODWIT_OK);
        assert_int_equal(result.res_len, vector.xres_len);
        assert_memory_equal(result.res, vector.xres, vector.xres_len);
        assert_memory_equal(result.ck, vector.ck, 16);
        assert_memory_equal(result.ik, vector.ik, 16);
        assert_memory_equal(result.auts, no_auts, 14);
        assert_true(godwit_sqn_highest(&card.array) == 32);
    }
}

static void stale_sqn_yields_auts_and_moves_nothing(void **state)
{
    (void)state;
    static const godwit_aka_algorithm_t all[] = {GODWIT_ALG_MILENAGE, GODWIT_ALG_TUAK, GODWIT_ALG_XOR_3G};
    for (size_t i = 0; i < 3; i++) {
        card_t card = new_card(all[i]);
        godwit_vector_t first = vector_for(&card, godwit_sqn_join(7, 3, 5));
        assert_int_equal(authenticate(&card, &first).status, GODWIT_OK);
        card_t before = card;
        godwit_usim_result_t result = authenticate(&card, &first);
        uint64_t sqn_ms = 0;
        static const uint8_t none[16];
        assert_int_equal(result.status, GODWIT_AUTH_RESYNC);
        assert_memory_equal(&card.array, &before.array, sizeof card.array);
        assert_ok(godwit_auts_consume(crypto, &card.key, first.rand, result.auts, &sqn_ms));
        assert_true(sqn_ms == godwit_sqn_join(7, 3, 5));
        assert_int_equal(result.res_len, 0);
        assert_memory_equal(result.res, none, 16);
        assert_memory_equal(result.ck, none, 16);
        assert_memory_equal(result.ik, none, 16);
    }
}

/* TS 33.102 6.3.3: MAC first. A stranger who replays with a changed MAC is told no more than that. */
static void bad_mac_with_stale_sqn_is_a_mac_failure_without_auts(void **state)
{
    (void)state;
    card_t card = new_card(GODWIT_ALG_MILENAGE);
    godwit_vector_t vector = vector_for(&card, 320);
    assert_int_equal(authenticate(&card, &vector).status, GODWIT_OK);
    card_t before = card;
    godwit_usim_result_t want;
    memset(&want, 0, sizeof want);
    want.status = GODWIT_AUTH_MAC_FAILURE;
    for (unsigned bit = 0; bit < 128; bit++) {
        godwit_vector_t changed = vector;
        changed.autn[bit / 8] ^= (uint8_t)(1u << bit % 8);
        godwit_usim_result_t result = authenticate(&card, &changed);
        assert_memory_equal(&result, &want, sizeof result);
    }
    assert_memory_equal(&card, &before, sizeof card);
}

static void every_single_bit_flip_of_a_fresh_autn_moves_nothing(void **state)
{
    (void)state;
    static const godwit_aka_algorithm_t all[] = {GODWIT_ALG_MILENAGE, GODWIT_ALG_TUAK};
    for (size_t i = 0; i < 2; i++) {
        card_t card = new_card(all[i]), before = card;
        godwit_vector_t vector = vector_for(&card, 320);
        for (unsigned bit = 0; bit < 128; bit++) {
            godwit_vector_t changed = vector;
            changed.autn[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_equal(authenticate(&card, &changed).status, GODWIT_AUTH_MAC_FAILURE);
            assert_memory_equal(&card, &before, sizeof card);
        }
        assert_int_equal(authenticate(&card, &vector).status, GODWIT_OK);
    }
}

/* Vectors in any order, from a batch or from several nodes: each is good once, unless its IND has moved past it. */
static void random_orders_are_accepted_as_annex_c_says(void **state)
{
    (void)state;
    card_t card = new_card(GODWIT_ALG_XOR_3G);
    uint64_t highest[32] = {0};
    for (int i = 0; i < 2000; i++) {
        uint64_t seq = 1 + aka_test_random_below(300);
        unsigned ind = (unsigned)aka_test_random_below(32);
        godwit_vector_t vector = vector_for(&card, godwit_sqn_join(seq, ind, 5));
        godwit_status_t want = seq > highest[ind] ? GODWIT_OK : GODWIT_AUTH_RESYNC;
        assert_int_equal(authenticate(&card, &vector).status, want);
        highest[ind] = seq > highest[ind] ? seq : highest[ind];
    }
}

/* The card that lost its place, or the AuC that did: one AUTS, one more vector, done. */
static void resynchronisation_works_on_the_first_retry(void **state)
{
    (void)state;
    static const uint64_t behind_and_beyond[] = {3, 5000, UINT64_C(1) << 40};
    for (size_t i = 0; i < 3; i++) {
        card_t card = new_card(GODWIT_ALG_MILENAGE);
        uint64_t seq_he = behind_and_beyond[i], sqn = 0, sqn_ms = 0;
        for (unsigned ind = 0; ind < 32; ind++) {
            card.array.seq_ms[ind] = 4990 + ind;
        }
        godwit_vector_t vector = vector_for(&card, godwit_sqn_join(seq_he, 4, 5));
        godwit_usim_result_t result = authenticate(&card, &vector);
        if (result.status == GODWIT_AUTH_RESYNC) {
            assert_ok(godwit_auts_consume(crypto, &card.key, vector.rand, result.auts, &sqn_ms));
            assert_true(sqn_ms == godwit_sqn_join(5021, 31, 5));
            seq_he = godwit_sqn_resync_by_counter(seq_he, sqn_ms, 5, card.array.delta);
        }
        assert_ok(godwit_sqn_next_by_counter(&seq_he, 4, 5, &sqn));
        godwit_vector_t retry = vector_for(&card, sqn);
        assert_int_equal(authenticate(&card, &retry).status, GODWIT_OK);
    }
}

static void a_broken_array_fails_the_call_and_gives_no_keys(void **state)
{
    (void)state;
    card_t card = new_card(GODWIT_ALG_MILENAGE);
    godwit_vector_t vector = vector_for(&card, 320);
    godwit_usim_result_t result;
    card.array.ind_bits = 6;
    assert_int_equal(godwit_usim_authenticate(crypto, &card.key, &card.array, vector.rand, vector.autn, &result),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(result.status, GODWIT_INVALID_ARGUMENT);
    assert_int_equal(result.res_len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ends_have_the_same_res_ck_and_ik),
        cmocka_unit_test(stale_sqn_yields_auts_and_moves_nothing),
        cmocka_unit_test(bad_mac_with_stale_sqn_is_a_mac_failure_without_auts),
        cmocka_unit_test(every_single_bit_flip_of_a_fresh_autn_moves_nothing),
        cmocka_unit_test(random_orders_are_accepted_as_annex_c_says),
        cmocka_unit_test(resynchronisation_works_on_the_first_retry),
        cmocka_unit_test(a_broken_array_fails_the_call_and_gives_no_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
