/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of a session: made, saved, loaded; sealing that fails uses no COUNT and leaves nothing behind.
 */
#include "tests/emsdp/messages.h"

static const uint8_t k_session[32] = {9, 8, 7};

static godwit_emsdp_key_t used_key(uint8_t suite)
{
    ends_t e = ends_make(k_session, suite, 5, (godwit_framing_t){2, 3});
    e.network.hot.up_seen = UINT64_C(0x8000000000000003);
    e.network.hot.up_next_in = 101;
    e.network.hot.up_next_out = 202;
    e.network.hot.up_limit_out = 303;
    e.network.cp_seen = UINT64_C(0x4000000000000005);
    e.network.cp_next_in = 404;
    e.network.cp_next_out = 505;
    e.network.cp_limit_out = 606;
    e.network.generation = 0xDEADBEEF;
    e.network.hot.session_id = 0xFEED;
    return e.network;
}

static void a_key_survives_as_a_record(void **state)
{
    uint8_t record[GODWIT_EMSDP_KEY_RECORD];
    (void)state;
    for (uint8_t suite = 1; suite <= GODWIT_SUITE_LAST; suite++) {
        const godwit_emsdp_key_t key = used_key(suite);
        godwit_emsdp_key_t loaded;
        memset(&loaded, 0xA5, sizeof loaded);
        godwit_emsdp_key_save(&key, record);
        assert_int_equal(godwit_emsdp_key_load(record, &loaded), GODWIT_OK);
        assert_memory_equal(&loaded, &key, sizeof key);
    }
}

static void a_key_that_was_never_set_survives_too(void **state)
{
    const godwit_emsdp_key_t unset = {.generation = 0};
    godwit_emsdp_key_t loaded = used_key(1);
    uint8_t record[GODWIT_EMSDP_KEY_RECORD];
    (void)state;
    godwit_emsdp_key_save(&unset, record);
    assert_int_equal(godwit_emsdp_key_load(record, &loaded), GODWIT_OK);
    assert_false(godwit_emsdp_key_is_set(&loaded));
}

static void a_damaged_record_is_refused_and_changes_nothing(void **state)
{
    uint8_t record[GODWIT_EMSDP_KEY_RECORD];
    const godwit_emsdp_key_t key = used_key(3), untouched = used_key(1);
    (void)state;
    for (size_t bit = 0; bit < 8 * sizeof record; bit++) {
        godwit_emsdp_key_t loaded = untouched;
        godwit_emsdp_key_save(&key, record);
        record[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(godwit_emsdp_key_load(record, &loaded), GODWIT_MALFORMED);
        assert_memory_equal(&loaded, &untouched, sizeof loaded);
    }
    godwit_emsdp_key_t loaded = untouched;
    memset(record, 0, sizeof record);
    assert_int_equal(godwit_emsdp_key_load(record, &loaded), GODWIT_MALFORMED);
    memset(record, 0xFF, sizeof record); /* erased flash */
    assert_int_equal(godwit_emsdp_key_load(record, &loaded), GODWIT_MALFORMED);
}

/* A right checksum over what no key can be. */
static void a_record_of_an_impossible_key_is_refused(void **state)
{
    uint8_t record[GODWIT_EMSDP_KEY_RECORD];
    godwit_emsdp_key_t loaded, impossible[4];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        impossible[i] = used_key(1);
    }
    impossible[0].hot.suite = 10;
    impossible[1].hot.key_id = 8;
    impossible[2].hot.framing = 0x51;
    impossible[3].hot.framing = 0x34;
    for (size_t i = 0; i < 4; i++) {
        godwit_emsdp_key_save(&impossible[i], record);
        assert_int_equal(godwit_emsdp_key_load(record, &loaded), GODWIT_MALFORMED);
    }
}

static godwit_status_t init(uint8_t suite, uint8_t key_id, godwit_framing_t framing, uint32_t session_id)
{
    godwit_emsdp_key_t key = used_key(1);
    const godwit_status_t status =
        godwit_emsdp_key_init(CRYPTO, &key, k_session, suite, key_id, framing, session_id, 1, GODWIT_END_DEVICE);
    assert_int_equal(godwit_emsdp_key_is_set(&key), status == GODWIT_OK);
    return status;
}

static void a_key_is_made_only_of_what_can_be(void **state)
{
    (void)state;
    const godwit_framing_t framing = GODWIT_FRAMING_DEFAULT;
    assert_int_equal(init(1, 1, framing, 0xFFFFFF), GODWIT_OK);
    assert_int_equal(init(1, 1, framing, 0x1000000), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(init(1, 0, framing, 1), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(init(1, 8, framing, 1), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(init(0, 1, framing, 1), GODWIT_UNSUPPORTED_SUITE);
    assert_int_equal(init(10, 1, framing, 1), GODWIT_UNSUPPORTED_SUITE);
    assert_int_equal(init(1, 1, (godwit_framing_t){5, 1}, 1), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(init(1, 1, (godwit_framing_t){3, 4}, 1), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(init(1, 1, (godwit_framing_t){0, 0}, 0xFFFFFFFF), GODWIT_OK);
    assert_int_equal(init(1, 1, (godwit_framing_t){4, 0}, 0xFFFFFFFF), GODWIT_OK);
}

static void key_ids_go_round_and_skip_the_living(void **state)
{
    (void)state;
    assert_int_equal(godwit_emsdp_next_key_id(0, 0), 1);
    for (uint8_t last = 1; last <= 7; last++) {
        assert_int_equal(godwit_emsdp_next_key_id(last, 0), last == 7 ? 1 : last + 1);
    }
    assert_int_equal(godwit_emsdp_next_key_id(3, 1u << 4 | 1u << 5), 6);
    assert_int_equal(godwit_emsdp_next_key_id(6, 1u << 7 | 1u << 1), 2);
    assert_int_equal(godwit_emsdp_next_key_id(2, 0xFE & ~(1u << 2)), 2); /* only its own is free */
    assert_int_equal(godwit_emsdp_next_key_id(2, 0xFE), 0);
}

/* ---- sealing that fails ------------------------------------------------------------------------------------------ */

static void a_buffer_that_is_too_small_costs_nothing(void **state)
{
    uint8_t buf[64];
    const godwit_slice_t payload = godwit_slice("secret reading", 14);
    (void)state;
    ends_t e = ends_default(1, GODWIT_FRAMING_DEFAULT);
    const godwit_emsdp_control_t m = {
        .command = GODWIT_SESSION_START_CONFIRMATION, .present = HAS(DATA), .data = payload};
    uint8_t hash[32] = {0};
    for (size_t cap = 0; cap < 14 + 16; cap++) {
        memset(buf, 0x5A, sizeof buf);
        godwit_writer_t w = godwit_writer(buf, cap);
        godwit_put_u8(&w, 0x77);
        const godwit_writer_t before = w;
        const godwit_status_t user = godwit_emsdp_seal_user(CRYPTO, &e.device, payload, &w);
        assert_int_equal(user, cap < 1 + 14 + 13 ? GODWIT_NO_SPACE : GODWIT_OK);
        if (user != GODWIT_OK) {
            assert_memory_equal(&w, &before, sizeof w);
            assert_int_equal(e.device.hot.up_next_out, 0);
            assert_null(memmem(buf, sizeof buf, "secret", 6));
        }
        e.device.hot.up_next_out = 0;
        w = before;
        assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.device, &m, godwit_slice(hash, 32), &w), GODWIT_NO_SPACE);
        assert_int_equal(e.device.cp_next_out, 0);
        assert_null(memmem(buf, sizeof buf, "secret", 6));
    }
}

static void a_datagram_fits_the_smallest_mtu_or_is_refused(void **state)
{
    static uint8_t buf[2000], reading[1300];
    (void)state;
    ends_t e = ends_default(1, GODWIT_FRAMING_DEFAULT);
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_emsdp_seal_user(CRYPTO, &e.device, godwit_slice(reading, 1232 - 13 + 1), &w),
                     GODWIT_NO_SPACE);
    assert_int_equal(godwit_emsdp_seal_user(CRYPTO, &e.device, godwit_slice(reading, 1232 - 13), &w), GODWIT_OK);
    assert_int_equal(w.len, GODWIT_EMSDP_DATAGRAM_MAX);
}

static void a_transcript_belongs_to_start_and_confirmation(void **state)
{
    uint8_t buf[128], hash[33] = {0};
    (void)state;
    ends_t e = ends_default(1, GODWIT_FRAMING_DEFAULT);
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    const godwit_emsdp_control_t with = bare(GODWIT_SESSION_START_CONFIRMATION),
                                 without = bare(GODWIT_MANAGE_KEYS_RESPONSE);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.device, &with, EMPTY, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.device, &with, godwit_slice(hash, 33), &w),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &e.device, &without, godwit_slice(hash, 32), &w),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(w.len, 0);
    assert_int_equal(e.device.cp_next_out, 0);
}

static godwit_status_t cmac_that_fails(const uint8_t key[16], const godwit_slice_t *parts, size_t count,
                                       uint8_t mac[16])
{
    (void)key, (void)parts, (void)count, (void)mac;
    return GODWIT_CRYPTO_FAILED;
}

static void a_failing_backend_seals_and_opens_nothing(void **state)
{
    uint8_t buf[64], plain[64];
    godwit_emsdp_opened_t opened;
    (void)state;
    ends_t e = ends_default(1, GODWIT_FRAMING_DEFAULT);
    godwit_crypto_t broken = *CRYPTO;
    broken.aes128_cmac = cmac_that_fails;
    memset(buf, 0, sizeof buf);
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_emsdp_seal_user(&broken, &e.device, godwit_slice("secret", 6), &w), GODWIT_CRYPTO_FAILED);
    assert_int_equal(w.len, 0);
    assert_int_equal(e.device.hot.up_next_out, 0);
    for (size_t i = 0; i < sizeof buf; i++) {
        assert_int_equal(buf[i], 0);
    }
    const octets_t d = seal_user(&e.device, godwit_slice("secret", 6));
    assert_int_equal(godwit_emsdp_open(&broken, &e.network, octets_slice(&d), EMPTY, plain, &opened),
                     GODWIT_CRYPTO_FAILED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_survives_as_a_record),
        cmocka_unit_test(a_key_that_was_never_set_survives_too),
        cmocka_unit_test(a_damaged_record_is_refused_and_changes_nothing),
        cmocka_unit_test(a_record_of_an_impossible_key_is_refused),
        cmocka_unit_test(a_key_is_made_only_of_what_can_be),
        cmocka_unit_test(key_ids_go_round_and_skip_the_living),
        cmocka_unit_test(a_buffer_that_is_too_small_costs_nothing),
        cmocka_unit_test(a_datagram_fits_the_smallest_mtu_or_is_refused),
        cmocka_unit_test(a_transcript_belongs_to_start_and_confirmation),
        cmocka_unit_test(a_failing_backend_seals_and_opens_nothing),
    };
    return cmocka_run_group_tests_name("emsdp_key", tests, NULL, NULL);
}
