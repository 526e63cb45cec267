/* SPDX-License-Identifier: Apache-2.0
 *
 * The BSF with devices of each flavour: keys agree at both ends, and everything that must be refused takes nothing from
 * anybody.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/gba/gba.h"
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

static void expect_code(uint16_t code)
{
    assert_true(w.answered);
    assert_int_equal(w.answer.code, code);
}

static godwit_slice_t naf_id_of(const char *naf, uint8_t naf_id[GODWIT_NAF_ID_MAX])
{
    static const uint8_t ua[5] = {1, 0, 0, 0, 2};
    uint16_t len = 0;
    assert_int_equal(godwit_gba_naf_id(godwit_slice_of_string(naf), ua, naf_id, &len), GODWIT_OK);
    return godwit_slice(naf_id, len);
}

static const char *b_tid(void)
{
    return godwit_gba_b_tid_of(&d.gba);
}

/* What the device, or its card, says the NAF's keys are. */
static void device_keys(uint8_t ext[32], uint8_t internal[32])
{
    uint8_t naf_id[GODWIT_NAF_ID_MAX];
    godwit_slice_t id = naf_id_of(GBA_NAF_NAME, naf_id), impi = godwit_slice_of_string(d.impi);
    memset(internal, 0, 32);
    if (d.card.gba_u) {
        assert_int_equal(godwit_usim_gba_naf(&d.card, impi, id, ext), GODWIT_OK);
        assert_int_equal(godwit_usim_gba_naf_inside(&d.card, impi, id, internal), GODWIT_OK);
        return;
    }
    assert_int_equal(godwit_gba_ks_naf(&d.gba, id, w.owner.now_ms / 1000, ext), GODWIT_OK);
}

static void bootstraps(godwit_gba_flavour_t flavour)
{
    uint8_t ext[32], internal[32];
    gba_device_init(&d, "001010000000001", flavour);
    assert_true(gba_bootstrap(&w, &d));
    assert_true(owner_saw(&w.owner, "bootstrapped", GODWIT_OK));
    /* The record is durable before 200 leaves. */
    assert_true(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&w.owner, GODWIT_REQUEST_MESSAGE, 0));
    assert_true(godwit_gba_expires_of(&d.gba) == w.owner.now_ms / 1000 + 86400);
    device_keys(ext, internal);
    for (unsigned aware = 0; aware < 2; aware++) {
        const godwit_zn_answer_t *a = gba_zn(&w, GBA_NAF_HOST, b_tid(), GBA_NAF_NAME, aware == 1);
        assert_int_equal(a->status, GODWIT_OK);
        assert_string_equal(a->impi, d.impi);
        assert_memory_equal(a->me_key, ext, 32);
        assert_int_equal(a->has_uicc_key, flavour == GODWIT_GBA_U && aware == 1);
        if (a->has_uicc_key) {
            assert_memory_equal(a->uicc_key, internal, 32);
        }
        assert_int_equal(a->type, flavour == GODWIT_GBA_SIM ? GODWIT_GBA_2G : GODWIT_GBA_3G);
        assert_true(a->expires_ms == godwit_gba_expires_of(&d.gba) * 1000);
    }
}

static void each_flavour_has_the_same_keys_at_both_ends(void **state)
{
    (void)state;
    bootstraps(GODWIT_GBA_ME);
    bootstraps(GODWIT_GBA_U);
    bootstraps(GODWIT_GBA_SIM);
    assert_int_equal(w.owner.record_count, 3); /* the former B-TIDs stay */
}

static void a_stale_sqn_is_mended_by_auts(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 32; i++) {
        d.card.sqn.seq_ms[i] = 500000; /* far ahead of the HSS */
    }
    assert_true(gba_bootstrap(&w, &d));
    assert_int_equal(w.vectors, 2);
}

/* An Authorization of the device's with one member changed. */
static void get_bent(void (*bend)(godwit_digest_authorization_t *a), bool signed_anew)
{
    static const uint8_t md5_of_nothing[16] = {0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04,
                                               0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42, 0x7e};
    char text[GODWIT_HTTP_FIELD_MAX];
    godwit_digest_authorization_t a;
    assert_int_equal(godwit_digest_authorization_parse(godwit_slice_of_string(gba_authorization(&d)), &a), GODWIT_OK);
    bend(&a);
    if (signed_anew) { /* whoever has the card may still not say just anything */
        godwit_digest_compute(&a, godwit_slice_of_string("GET"), godwit_slice(d.gba.password, d.gba.password_len),
                              md5_of_nothing, a.response);
    }
    assert_int_equal(godwit_digest_authorization_build(&a, text), GODWIT_OK);
    gba_get(&w, &d, text, true);
}

static void until_the_response(void)
{
    static const uint8_t dice[8] = {9};
    assert_int_equal(godwit_gba_bootstrap(&d.gba, dice, &d.requests), GODWIT_OK);
    gba_get(&w, &d, gba_authorization(&d), true);
    expect_code(401);
    gba_device_answer(&w, &d);
}

static void bend_response(godwit_digest_authorization_t *a)
{
    a->response[3] ^= 1;
}
static void bend_name(godwit_digest_authorization_t *a)
{
    a->username[14] = '2';
}
static void bend_auts(godwit_digest_authorization_t *a)
{
    a->has_auts = true;
}
static void bend_qop(godwit_digest_authorization_t *a)
{
    a->qop = GODWIT_QOP_AUTH;
}
static void bend_algorithm(godwit_digest_authorization_t *a)
{
    a->algorithm = GODWIT_DIGEST_MD5;
}
static void bend_nc(godwit_digest_authorization_t *a)
{
    a->nc = 0;
}
static void bend_realm(godwit_digest_authorization_t *a)
{
    memcpy(a->realm, "bsf.other.example", 18);
}
static void bend_uri(godwit_digest_authorization_t *a)
{
    memcpy(a->uri, "/x", 3);
}
static void bend_network(godwit_digest_authorization_t *a)
{
    char *mnc = strstr(a->username, "mnc001");
    assert_non_null(mnc);
    mnc[5] = '2';
}

static void a_wrong_answer_is_refused_and_takes_nothing_from_the_right_one(void **state)
{
    (void)state;
    static const struct {
        void (*bend)(godwit_digest_authorization_t *a);
        uint16_t code;
    } wrong[] = {{bend_response, 403}, {bend_name, 403},  {bend_auts, 403}, {bend_qop, 400},    {bend_algorithm, 400},
                 {bend_nc, 400},       {bend_realm, 403}, {bend_uri, 400},  {bend_network, 403}};
    until_the_response();
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        for (unsigned anew = wrong[i].bend == bend_response ? 1 : 0; anew < 2; anew++) {
            get_bent(wrong[i].bend, anew == 1 && wrong[i].bend != bend_response);
            expect_code(wrong[i].code);
            assert_int_equal(w.owner.record_count, 0);
        }
    }
    for (unsigned i = 0; i < 1000; i++) { /* a thousand guesses */
        get_bent(bend_response, false);
        expect_code(403);
    }
    gba_get(&w, &d, gba_authorization(&d), true);
    expect_code(200);
    assert_int_equal(w.vectors, 1);
}

static void an_answer_is_taken_once(void **state)
{
    (void)state;
    char first[GODWIT_HTTP_FIELD_MAX];
    until_the_response();
    (void)snprintf(first, sizeof first, "%s", gba_authorization(&d));
    gba_get(&w, &d, first, true);
    expect_code(200);
    gba_get(&w, &d, first, true); /* what somebody recorded */
    expect_code(401);
    assert_non_null(strstr(w.answer.www_authenticate, "stale=true"));
    assert_null(strstr(w.answer.www_authenticate, d.gba.authorization.nonce));
    assert_int_equal(w.owner.record_count, 1);
}

static void a_vector_is_outstanding_for_so_long_and_no_longer(void **state)
{
    (void)state;
    until_the_response();
    w.owner.now_ms += 300001;
    gba_get(&w, &d, gba_authorization(&d), true);
    expect_code(401);
    assert_non_null(strstr(w.answer.www_authenticate, "stale=true"));
    gba_device_answer(&w, &d); /* and the device goes on by itself */
    gba_get(&w, &d, gba_authorization(&d), true);
    expect_code(200);
}

static void a_flood_of_first_requests_burns_one_vector_and_locks_nobody_out(void **state)
{
    (void)state;
    gba_device_t flood = d;
    static const uint8_t dice[8] = {3};
    assert_int_equal(godwit_gba_bootstrap(&flood.gba, dice, &flood.requests), GODWIT_OK);
    for (unsigned i = 0; i < 5000; i++) {
        flood.sender = 1000 + i % 50;
        gba_get(&w, &flood, gba_authorization(&flood), true);
        expect_code(401);
    }
    assert_int_equal(w.vectors, 1);
    assert_true(gba_bootstrap(&w, &d));
}

static void while_the_hss_thinks_a_second_request_waits_for_the_same_vector(void **state)
{
    (void)state;
    static const uint8_t dice[8] = {3};
    assert_int_equal(godwit_gba_bootstrap(&d.gba, dice, &d.requests), GODWIT_OK);
    for (unsigned i = 0; i < 6; i++) {
        gba_get(&w, &d, gba_authorization(&d), false);
        assert_int_equal(w.answered, i >= 4); /* more than may wait are told to come again */
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), i == 0 || i >= 4 ? 1 : 0);
    }
    expect_code(503);
    gba_get(&w, &d, "Digest username=\"u\", realm=\"r\", nonce=\"\", uri=\"/\", response=\"\"", false);
    expect_code(403);
}

static void when_the_hss_is_silent_or_refuses_so_does_the_bsf(void **state)
{
    (void)state;
    static const uint8_t dice[8] = {3};
    static const struct {
        godwit_status_t status;
        uint16_t code;
    } says[] = {{GODWIT_UNKNOWN_SUBSCRIBER, 403},
                {GODWIT_NOT_ENTITLED, 403},
                {GODWIT_OVERLOAD, 503},
                {GODWIT_PEER_INTERNAL, 503},
                {GODWIT_AUTH_MAC_FAILURE, 403}};
    assert_int_equal(godwit_gba_bootstrap(&d.gba, dice, &d.requests), GODWIT_OK);
    for (size_t i = 0; i < sizeof says / sizeof says[0]; i++) {
        gba_get(&w, &d, gba_authorization(&d), false);
        gba_hss_refuses(&w, says[i].status);
        expect_code(says[i].code);
    }
    gba_get(&w, &d, gba_authorization(&d), false);
    const uint32_t transaction = w.transaction;
    owner_give_timer(&w.owner, GODWIT_BSF_CHALLENGES_MAX);
    const godwit_message_t *late = owner_message(&w.owner, GODWIT_UB_ANSWER, 0);
    assert_int_equal(late->transaction, transaction);
    assert_int_equal(late->u.ub_answer.code, 503);
}

static void one_sender_has_so_many_vectors_a_minute(void **state)
{
    (void)state;
    static const uint8_t dice[8] = {3};
    unsigned served = 0;
    for (unsigned i = 0; i < 100; i++) { /* another subscriber each time */
        char digits[16];
        (void)snprintf(digits, sizeof digits, "001010000%06u", i);
        gba_device_init(&d, digits, GODWIT_GBA_ME);
        assert_int_equal(godwit_gba_bootstrap(&d.gba, dice, &d.requests), GODWIT_OK);
        gba_get(&w, &d, gba_authorization(&d), true);
        served += w.answer.code == 401;
    }
    assert_int_equal(served, 60);
    d.sender = 8;
    assert_true(gba_bootstrap(&w, &d)); /* from elsewhere it goes on */
    d.sender = 7;
    w.owner.now_ms += 60000;
    gba_device_init(&d, "001010000999999", GODWIT_GBA_ME);
    assert_true(gba_bootstrap(&w, &d));
}

static void a_full_table_forgets_the_oldest_vector_not_the_newest(void **state)
{
    (void)state;
    static const uint8_t dice[8] = {3};
    for (unsigned i = 0; i < GODWIT_BSF_CHALLENGES_MAX + 10; i++) {
        char digits[16];
        (void)snprintf(digits, sizeof digits, "001010001%06u", i);
        gba_device_init(&d, digits, GODWIT_GBA_ME);
        d.sender = 0;
        assert_int_equal(godwit_gba_bootstrap(&d.gba, dice, &d.requests), GODWIT_OK);
        gba_get(&w, &d, gba_authorization(&d), true);
        expect_code(401);
        w.owner.now_ms++;
    }
    gba_device_answer(&w, &d);
    gba_get(&w, &d, gba_authorization(&d), true);
    expect_code(200);
}

static void two_g_is_refused_outside_tls_and_where_it_is_not_configured(void **state)
{
    (void)state;
    gba_device_init(&d, "001010000000001", GODWIT_GBA_SIM);
    d.tls = false; /* a device that does not care */
    assert_false(gba_bootstrap(&w, &d));
    expect_code(403);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    d.tls = true;
    until_the_response();
    gba_device_t outside = d; /* the challenge that is outstanding is not for outside, either */
    static const uint8_t dice[8] = {1};
    outside.tls = false;
    assert_int_equal(godwit_gba_bootstrap(&outside.gba, dice, &outside.requests), GODWIT_OK);
    gba_get(&w, &outside, gba_authorization(&outside), false);
    expect_code(403);
    d.tls = false; /* and an answer that comes outside */
    gba_get(&w, &d, gba_authorization(&d), true);
    expect_code(403);
    w.config.two_g = false;
    gba_world_apply(&w);
    d.tls = true;
    assert_false(gba_bootstrap(&w, &d));
    expect_code(403);
}

static void a_card_without_the_gba_context_refuses_a_vector_of_gba_u(void **state)
{
    (void)state;
    until_the_response();
    w.config.life_s = 60;
    gba_world_apply(&w);
    static const uint8_t dice[8] = {3};
    assert_int_equal(godwit_gba_bootstrap(&d.gba, dice, &d.requests), GODWIT_OK);
    gba_get(&w, &d, gba_authorization(&d), false);
    gba_hss(&w, &d, true); /* the home is wrong about this card */
    gba_device_answer(&w, &d);
    assert_string_equal(d.requests.item[d.requests.count - 1].name, "refused");
    assert_int_equal(d.requests.item[d.requests.count - 1].reason, GODWIT_AUTH_MAC_FAILURE);
}

static void a_commit_that_fails_gives_no_key(void **state)
{
    (void)state;
    until_the_response();
    w.owner.fail_commits = true;
    gba_get(&w, &d, gba_authorization(&d), true);
    assert_false(w.answered);
    assert_int_equal(w.owner.record_count, 0);
    w.owner.fail_commits = false;
    assert_true(gba_bootstrap(&w, &d));
}

#define TEST(function) cmocka_unit_test_setup(function, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_flavour_has_the_same_keys_at_both_ends),
        TEST(a_stale_sqn_is_mended_by_auts),
        TEST(a_wrong_answer_is_refused_and_takes_nothing_from_the_right_one),
        TEST(an_answer_is_taken_once),
        TEST(a_vector_is_outstanding_for_so_long_and_no_longer),
        TEST(a_flood_of_first_requests_burns_one_vector_and_locks_nobody_out),
        TEST(while_the_hss_thinks_a_second_request_waits_for_the_same_vector),
        TEST(when_the_hss_is_silent_or_refuses_so_does_the_bsf),
        TEST(one_sender_has_so_many_vectors_a_minute),
        TEST(a_full_table_forgets_the_oldest_vector_not_the_newest),
        TEST(two_g_is_refused_outside_tls_and_where_it_is_not_configured),
        TEST(a_card_without_the_gba_context_refuses_a_vector_of_gba_u),
        TEST(a_commit_that_fails_gives_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
