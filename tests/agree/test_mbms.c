/* SPDX-License-Identifier: Apache-2.0
 *
 * MBMS keys between BM-SC and user equipment: messages of an independent encoder, and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/mbms/mbms.h"
#include "tests/kat/kat.h"

#define CRYPTO &godwit_crypto_builtin

static struct {
    uint8_t muk[32], msk[GODWIT_MBMS_KEY], mtk[GODWIT_MBMS_KEY], salt[14];
    godwit_msk_id_t id;
    godwit_mbms_sender_t sender;
    godwit_mbms_user_t user;
    uint8_t octets[GODWIT_MBMS_MESSAGE_MAX], answer[GODWIT_MBMS_MESSAGE_MAX];
    godwit_writer_t out, back;
} w;

static void count_up(uint8_t *octets, size_t len, uint8_t from)
{
    for (size_t i = 0; i < len; i++) {
        octets[i] = (uint8_t)(from + i);
    }
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    count_up(w.muk, sizeof w.muk, 0);
    count_up(w.msk, sizeof w.msk, 0x20);
    count_up(w.mtk, sizeof w.mtk, 0x30);
    count_up(w.salt, sizeof w.salt, 0x40);
    w.id = (godwit_msk_id_t){.domain = {{0x00, 0xf1, 0x10}}, .group = 2, .number = 9};
    w.sender = (godwit_mbms_sender_t){.bm_sc = "bmsc.example.net", .csb_id = 0x0A0B0C0D};
    godwit_mbms_user_begin(&w.user, CRYPTO, w.muk);
    return 0;
}

static godwit_slice_t msk_message(uint32_t counter)
{
    w.out = godwit_writer(w.octets, sizeof w.octets);
    w.sender.user = "user@bsf.example.net";
    w.sender.counter = counter;
    count_up(w.sender.rand, sizeof w.sender.rand, 0x80);
    assert_int_equal(godwit_mbms_msk_message(CRYPTO, w.muk, &w.sender, &w.id, w.msk, 0x10, 0x20, &w.out), GODWIT_OK);
    return godwit_written(&w.out);
}

static godwit_slice_t mtk_message(uint16_t id)
{
    w.out = godwit_writer(w.octets, sizeof w.octets);
    w.sender.user = NULL;
    w.sender.counter = 17;
    count_up(w.sender.rand, sizeof w.sender.rand, 0x90);
    assert_int_equal(godwit_mbms_mtk_message(CRYPTO, w.msk, &w.sender, &w.id, id, w.mtk, w.salt, &w.out), GODWIT_OK);
    return godwit_written(&w.out);
}

static godwit_status_t take_msk(godwit_slice_t message)
{
    w.back = godwit_writer(w.answer, sizeof w.answer);
    return godwit_mbms_take_msk(&w.user, message, &w.back);
}

static void compare(const kat_record_t *r, void *context)
{
    (void)context;
    bool msk = strcmp(kat_text(r, "name"), "msk") == 0;
    const godwit_slice_t made = msk ? msk_message(5) : mtk_message(0x11);
    kat_expect(r, "octets", made.ptr, made.len);
    if (msk) {
        assert_int_equal(take_msk(made), GODWIT_OK);
        kat_expect(r, "answer", w.answer, w.back.len);
        assert_int_equal(godwit_mbms_msk_verified(made, w.muk, godwit_written(&w.back)), GODWIT_OK);
        w.answer[w.back.len - 1] ^= 1;
        assert_int_equal(godwit_mbms_msk_verified(made, w.muk, godwit_written(&w.back)), GODWIT_MAC_FAILURE);
    }
}

static void both_messages_are_those_of_an_independent_encoder(void **state)
{
    (void)state;
    kat_each("mikey.txt", "mbms", compare, NULL);
}

static void traffic_keys_come_under_the_service_key(void **state)
{
    (void)state;
    godwit_mtk_t mtk;
    assert_int_equal(godwit_mbms_take_mtk(&w.user, mtk_message(0x11), &mtk), GODWIT_UNKNOWN_KEY);
    assert_int_equal(take_msk(msk_message(0)), GODWIT_OK);
    assert_int_equal(godwit_mbms_take_mtk(&w.user, mtk_message(0x11), &mtk), GODWIT_OK);
    assert_memory_equal(mtk.key, w.mtk, sizeof mtk.key);
    assert_memory_equal(mtk.salt, w.salt, sizeof mtk.salt);
    assert_int_equal(godwit_mbms_take_mtk(&w.user, mtk_message(0x11), &mtk), GODWIT_REPLAY);
    assert_int_equal(godwit_mbms_take_mtk(&w.user, mtk_message(0x20), &mtk), GODWIT_OK);
    assert_int_equal(godwit_mbms_take_mtk(&w.user, mtk_message(0x21), &mtk), GODWIT_KEY_EXPIRED);
    assert_int_equal(godwit_mbms_take_mtk(&w.user, mtk_message(0x0F), &mtk), GODWIT_KEY_EXPIRED);
}

static void a_service_key_said_again_is_refused_and_a_new_one_takes_its_place(void **state)
{
    (void)state;
    godwit_mtk_t mtk;
    assert_int_equal(take_msk(msk_message(3)), GODWIT_OK);
    assert_int_equal(take_msk(msk_message(3)), GODWIT_REPLAY);
    assert_int_equal(take_msk(msk_message(2)), GODWIT_REPLAY);
    w.id.number = 10;
    assert_int_equal(take_msk(msk_message(4)), GODWIT_OK);
    w.id.number = 9;
    assert_int_equal(godwit_mbms_take_mtk(&w.user, mtk_message(0x11), &mtk), GODWIT_UNKNOWN_KEY);
    for (uint16_t group = 3; group < 20; group++) { /* more groups than there is room for */
        w.id.group = group;
        assert_int_equal(take_msk(msk_message(group + 10u)), GODWIT_OK);
        assert_int_equal(godwit_mbms_take_mtk(&w.user, mtk_message(0x11), &mtk), GODWIT_OK);
    }
}

static void no_bent_message_is_taken_and_none_changes_the_state(void **state)
{
    (void)state;
    uint8_t good[GODWIT_MBMS_MESSAGE_MAX];
    const godwit_mbms_user_t before = w.user;
    godwit_slice_t m = msk_message(1);
    memcpy(good, m.ptr, m.len);
    for (size_t bit = 0; bit < 8 * m.len; bit++) {
        good[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(take_msk(godwit_slice(good, m.len)), GODWIT_OK);
        good[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_memory_equal(&before, &w.user, sizeof before);
    assert_int_equal(take_msk(godwit_slice(good, m.len)), GODWIT_OK);
}

static void user_keys_follow_the_flavour_of_gba(void **state)
{
    (void)state;
    uint8_t mrk[32], muk[32], internal[32];
    count_up(internal, sizeof internal, 0x55);
    assert_int_equal(godwit_mbms_user_keys(CRYPTO, w.muk, internal, mrk, muk), GODWIT_OK);
    assert_memory_equal(mrk, w.muk, 32);
    assert_memory_equal(muk, internal, 32);
    assert_int_equal(godwit_mbms_user_keys(CRYPTO, w.muk, NULL, mrk, muk), GODWIT_OK);
    assert_memory_equal(muk, w.muk, 32);
    assert_memory_not_equal(mrk, muk, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_messages_are_those_of_an_independent_encoder, setup),
        cmocka_unit_test_setup(traffic_keys_come_under_the_service_key, setup),
        cmocka_unit_test_setup(a_service_key_said_again_is_refused_and_a_new_one_takes_its_place, setup),
        cmocka_unit_test_setup(no_bent_message_is_taken_and_none_changes_the_state, setup),
        cmocka_unit_test_setup(user_keys_follow_the_flavour_of_gba, setup),
    };
    return cmocka_run_group_tests_name("mbms", tests, NULL, NULL);
}
