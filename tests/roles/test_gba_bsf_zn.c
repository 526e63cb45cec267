/* SPDX-License-Identifier: Apache-2.0
 *
 * Zn at the BSF: who may ask for what, and how long it lives.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/gba_world.h"

static gba_world_t w;
static gba_device_t d;

static int setup(void **state)
{
    (void)state;
    gba_world_init(&w);
    gba_device_init(&d, "001010000000001", GODWIT_GBA_ME);
    return 0;
}

static const char *b_tid(void)
{
    return godwit_gba_b_tid_of(&d.gba);
}

static void zn_refuses(void **state)
{
    (void)state;
    static const char none[] = "AAAAAAAAAAAAAAAAAAAAAA==@" GBA_BSF;
    assert_true(gba_bootstrap(&w, &d));
    assert_int_equal(gba_zn(&w, "naf2.home.example", b_tid(), GBA_NAF_NAME, false)->status, GODWIT_NOT_ENTITLED);
    assert_int_equal(gba_zn(&w, GBA_NAF_HOST, b_tid(), "other.example.com", false)->status, GODWIT_NOT_ENTITLED);
    assert_int_equal(gba_zn(&w, "", b_tid(), GBA_NAF_NAME, false)->status, GODWIT_NOT_ENTITLED);
    assert_int_equal(gba_zn(&w, GBA_NAF_HOST, none, GBA_NAF_NAME, false)->status, GODWIT_UNKNOWN_KEY);
    assert_int_equal(gba_zn(&w, GBA_NAF_HOST, "x", GBA_NAF_NAME, false)->status, GODWIT_UNKNOWN_KEY);
    assert_int_equal(
        gba_zn(&w, GBA_NAF_HOST, "AAAAAAAAAAAAAAAAAAAAAA==@bsf.other.example", GBA_NAF_NAME, false)->status,
        GODWIT_UNKNOWN_KEY);
    static const uint8_t zero[32];
    assert_memory_equal(gba_zn(&w, GBA_NAF_HOST, none, GBA_NAF_NAME, false)->me_key, zero, 32);
    w.owner.fail_fetches = true;
    assert_int_equal(gba_zn(&w, GBA_NAF_HOST, b_tid(), GBA_NAF_NAME, false)->status, GODWIT_PEER_INTERNAL);
    w.owner.fail_fetches = false;
    w.owner.now_ms += 86400000;
    assert_int_equal(gba_zn(&w, GBA_NAF_HOST, b_tid(), GBA_NAF_NAME, false)->status, GODWIT_KEY_EXPIRED);
}

static void life_times_only_get_shorter(void **state)
{
    (void)state;
    w.config.life_s = 1000;
    w.config.naf_life_s = 100;
    gba_world_apply(&w);
    assert_true(gba_bootstrap(&w, &d));
    assert_true(godwit_gba_expires_of(&d.gba) == w.owner.now_ms / 1000 + 1000);
    assert_true(gba_zn(&w, GBA_NAF_HOST, b_tid(), GBA_NAF_NAME, false)->expires_ms == w.owner.now_ms + 100000);
    w.owner.now_ms += 950000;
    assert_true(gba_zn(&w, GBA_NAF_HOST, b_tid(), GBA_NAF_NAME, false)->expires_ms ==
                gba_record(&w, b_tid())->expires_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(zn_refuses, setup),
        cmocka_unit_test_setup(life_times_only_get_shorter, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
