/* SPDX-License-Identifier: Apache-2.0
 *
 * The soft card in the GBA context: it takes the AUTN of GBA_U and no other, keeps Ks and CK and IK to itself, and
 * gives the keys of tests/vectors/gba.txt.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/gba/gba.h"
#include "roles/usim.h"
#include "tests/kat/kat.h"

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;
static godwit_usim_output_t out;

/* MILENAGE set 1 (TS 35.208 4.3.1), as the vectors have it; its SQN lies within the default window of a new card's
 * IND. */
static godwit_usim_t card(bool gba_u)
{
    static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f,
                                  0xaa, 0x5f, 0x0a, 0x2e, 0xe2, 0x38, 0xa6, 0xbc};
    static const uint8_t opc[16] = {0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e,
                                    0x48, 0xa5, 0x99, 0x4e, 0x37, 0xa0, 0x2b, 0xaf};
    godwit_usim_t usim;
    godwit_imsi_t imsi;
    godwit_aka_key_t key;
    assert_int_equal(godwit_imsi_from_text("001010123456789", &imsi), GODWIT_OK);
    assert_int_equal(
        godwit_aka_key_init(&key, crypto, GODWIT_ALG_MILENAGE, godwit_slice(k, 16), godwit_slice(opc, 16), true, NULL),
        GODWIT_OK);
    godwit_usim_init(&usim, crypto, &imsi, &key);
    usim.sqn.delta = 0;
    usim.gba_u = gba_u;
    return usim;
}

static bool is_u(const kat_record_t *record)
{
    return kat_text(record, "flavour")[0] == 'u';
}

static godwit_usim_t bootstrapped(const kat_record_t *record)
{
    godwit_usim_t usim = card(true);
    assert_int_equal(godwit_usim_step_gba(&usim, kat_hex(record, "rand").ptr, kat_hex(record, "autn").ptr, &out),
                     GODWIT_OK);
    assert_int_equal(out.result.status, GODWIT_OK);
    return usim;
}

static void gives(const kat_record_t *record, void *context)
{
    (void)context;
    static const uint8_t zero[16];
    uint8_t key[32];
    godwit_slice_t impi = godwit_slice_of_string("001010123456789@ims.mnc001.mcc001.3gppnetwork.org");
    if (!is_u(record)) {
        return;
    }
    godwit_usim_t usim = bootstrapped(record), back;
    kat_expect(record, "res", out.result.res, out.result.res_len);
    assert_memory_equal(out.result.ck, zero, 16);
    assert_memory_equal(out.result.ik, zero, 16);
    assert_true(out.store);
    assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(out.image, sizeof out.image)), GODWIT_OK);
    assert_memory_equal(&back, &usim, sizeof back);
    assert_int_equal(godwit_usim_gba_naf(&back, impi, kat_hex(record, "naf_id"), key), GODWIT_OK);
    kat_expect(record, "ks_naf", key, sizeof key);
    assert_int_equal(godwit_usim_gba_naf_inside(&back, impi, kat_hex(record, "naf_id"), key), GODWIT_OK);
    kat_expect(record, "ks_int_naf", key, sizeof key);
}

static void ks_stays_in_the_card_and_naf_keys_are_those_of_python(void **state)
{
    (void)state;
    (void)kat_each("gba.txt", "flow", gives, NULL);
}

static void judges(const kat_record_t *record, void *context)
{
    (void)context;
    const uint8_t *rand = kat_hex(record, "rand").ptr, *autn = kat_hex(record, "autn").ptr;
    godwit_usim_t usim = card(true), plain = card(false);
    if (is_u(record)) { /* a ME that asks in the 3G context to get at CK and IK */
        assert_int_equal(godwit_usim_step(&usim, rand, autn, &out), GODWIT_OK);
        assert_int_equal(out.result.status, GODWIT_AUTH_MAC_FAILURE);
        assert_int_equal(godwit_usim_step_gba(&plain, rand, autn, &out), GODWIT_POLICY_FORBIDS);
    } else {
        assert_int_equal(godwit_usim_step_gba(&usim, rand, autn, &out), GODWIT_OK);
        assert_int_equal(out.result.status, GODWIT_AUTH_MAC_FAILURE);
        assert_false(usim.gba.set);
    }
    assert_false(out.store);
}

static void each_context_takes_its_own_autn(void **state)
{
    (void)state;
    (void)kat_each("gba.txt", "flow", judges, NULL);
}

static void keeps(const kat_record_t *record, void *context)
{
    (void)context;
    godwit_usim_t back;
    if (!is_u(record)) {
        return;
    }
    godwit_usim_t usim = bootstrapped(record);
    assert_int_equal(godwit_usim_gba_keep(&usim, kat_text(record, "b_tid"), 1795914960, &out), GODWIT_OK);
    assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(out.image, sizeof out.image)), GODWIT_OK);
    assert_string_equal(back.gba.b_tid, kat_text(record, "b_tid"));
    assert_true(back.gba.expires_s == 1795914960);
    /* The same vector again: SQN is used, AUTS comes, Ks stays. */
    assert_int_equal(godwit_usim_step_gba(&back, kat_hex(record, "rand").ptr, kat_hex(record, "autn").ptr, &out),
                     GODWIT_OK);
    assert_int_equal(out.result.status, GODWIT_AUTH_RESYNC);
    assert_false(out.store);
    assert_true(back.gba.set);
    size_t size = godwit_usim_image_len(&usim);
    assert_int_equal(godwit_usim_save(&usim, out.image), GODWIT_OK);
    for (size_t i = 0; i < size; i++) {
        out.image[i] ^= 0x10;
        assert_int_equal(godwit_usim_load(&back, crypto, godwit_slice(out.image, size)), GODWIT_MALFORMED);
        out.image[i] ^= 0x10;
    }
}

static void b_tid_and_life_time_are_kept(void **state)
{
    (void)state;
    (void)kat_each("gba.txt", "flow", keeps, NULL);
}

static void without_a_run_there_is_no_key(void **state)
{
    (void)state;
    uint8_t key[32];
    godwit_usim_t usim = card(true), plain = card(false);
    godwit_slice_t impi = godwit_slice_of_string("i"), naf_id = godwit_slice_of_string("naf.example12345");
    assert_int_equal(godwit_usim_gba_naf(&usim, impi, naf_id, key), GODWIT_NOT_FOUND);
    assert_int_equal(godwit_usim_gba_keep(&usim, "x", 1, &out), GODWIT_NOT_FOUND);
    assert_int_equal(godwit_usim_gba_naf(&plain, impi, naf_id, key), GODWIT_POLICY_FORBIDS);
    assert_int_equal(godwit_usim_gba_naf_inside(&plain, impi, naf_id, key), GODWIT_POLICY_FORBIDS);
    assert_int_equal(godwit_usim_image_len(&plain), 338); /* as ever */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ks_stays_in_the_card_and_naf_keys_are_those_of_python),
        cmocka_unit_test(each_context_takes_its_own_autn),
        cmocka_unit_test(b_tid_and_life_time_are_kept),
        cmocka_unit_test(without_a_run_there_is_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
