/* SPDX-License-Identifier: Apache-2.0
 *
 * The contract's own parts: the outbox, record keys, feature names, and that a view shows what it says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/role.h"
#include "roles/view.h"
#include "tests/support/owner.h"

static void an_outbox_gives_zeroed_aligned_room_until_it_is_full(void **state)
{
    (void)state;
    godwit_request_t requests[2];
    _Alignas(max_align_t) uint8_t arena[128];
    memset(arena, 0xAA, sizeof arena);
    godwit_outbox_t out = {.requests = requests, .capacity = 2, .arena = arena, .arena_size = sizeof arena};
    uint8_t *a = godwit_outbox_alloc(&out, 3), *b = godwit_outbox_alloc(&out, 5);
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal((uintptr_t)b % _Alignof(max_align_t), 0);
    assert_int_equal(a[0] | a[1] | a[2], 0);
    assert_null(godwit_outbox_alloc(&out, sizeof arena));
    assert_null(godwit_outbox_alloc(&out, SIZE_MAX));
    assert_true(out.overflow);
}

static void a_full_outbox_overflows_and_keeps_its_bounds(void **state)
{
    (void)state;
    godwit_request_t requests[3];
    memset(requests, 0, sizeof requests);
    requests[2].count = 77;
    godwit_outbox_t out = {.requests = requests, .capacity = 2};
    assert_int_equal(godwit_outbox_add(&out, GODWIT_REQUEST_EVENT)->kind, GODWIT_REQUEST_EVENT);
    (void)godwit_outbox_add(&out, GODWIT_REQUEST_TIMER);
    assert_false(out.overflow);
    assert_non_null(godwit_outbox_add(&out, GODWIT_REQUEST_EVENT));
    assert_true(out.overflow);
    assert_int_equal(out.count, 2);
    assert_int_equal(requests[2].count, 77);
}

static void reset_wipes_what_was_used(void **state)
{
    (void)state;
    godwit_request_t requests[2];
    _Alignas(max_align_t) uint8_t arena[64];
    static const uint8_t zero[64];
    godwit_outbox_t out = {.requests = requests, .capacity = 2, .arena = arena, .arena_size = sizeof arena};
    memset(arena, 0, sizeof arena);
    memset(godwit_outbox_alloc(&out, 40), 0x5A, 40);
    (void)godwit_outbox_add(&out, GODWIT_REQUEST_EVENT);
    godwit_outbox_reset(&out);
    assert_memory_equal(arena, zero, sizeof arena);
    assert_int_equal(out.count, 0);
    assert_int_equal(out.arena_used, 0);
}

static void a_need_is_exactly_one_fetch_or_random(void **state)
{
    (void)state;
    godwit_request_t requests[4];
    godwit_outbox_t out = {.requests = requests, .capacity = 4};
    assert_false(godwit_outbox_is_need(&out));
    (void)godwit_outbox_add(&out, GODWIT_REQUEST_RANDOM);
    assert_true(godwit_outbox_is_need(&out));
    (void)godwit_outbox_add(&out, GODWIT_REQUEST_EVENT);
    assert_false(godwit_outbox_is_need(&out));
    godwit_outbox_reset(&out);
    (void)godwit_outbox_add(&out, GODWIT_REQUEST_TIMER);
    assert_false(godwit_outbox_is_need(&out));
}

static void records_are_named_by_what_their_kind_is_keyed_by(void **state)
{
    (void)state;
    godwit_record_t a = {.kind = GODWIT_RECORD_KEY_SET}, b = {.kind = GODWIT_RECORD_KEY_SET};
    a.u.key_set.imsi = b.u.key_set.imsi = owner_imsi("001010000000001");
    a.u.key_set.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    b.u.key_set.agreement = GODWIT_AGREEMENT_SEPARATE_UMTS;
    godwit_record_key_t ka = godwit_record_key_of(&a), kb = godwit_record_key_of(&b);
    assert_false(godwit_record_key_equal(&ka, &kb));
    b.u.key_set.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    b.u.key_set.generation = 7;
    kb = godwit_record_key_of(&b);
    assert_true(godwit_record_key_equal(&ka, &kb));
    godwit_record_t s = {.kind = GODWIT_RECORD_SESSION};
    s.u.session.session_id = 9;
    s.u.session.imsi = a.u.key_set.imsi;
    godwit_record_key_t ks = godwit_record_key_of(&s);
    assert_int_equal(ks.session_id, 9);
    assert_int_equal(ks.imsi.len, 0);
}

static void features_have_names_both_ways(void **state)
{
    (void)state;
    uint32_t bit = 0;
    assert_int_equal(godwit_feature_from_name("separate-umts", &bit), GODWIT_OK);
    assert_int_equal(bit, GODWIT_FEATURE_SEPARATE_UMTS);
    assert_string_equal(godwit_feature_name(GODWIT_FEATURE_SEPARATE_UMTS), "separate-umts");
    assert_null(godwit_feature_name(0x8000));
    assert_int_equal(godwit_feature_from_name("no-such-feature", &bit), GODWIT_INVALID_ARGUMENT);
}

/* Every octet of the view is looked at: no 4 octets of a key may stand in it. */
static void assert_holds_no_key(const void *view, size_t size, const uint8_t *key, size_t len)
{
    for (size_t i = 0; i + 4 <= size; i++) {
        for (size_t k = 0; k + 4 <= len; k++) {
            assert_memory_not_equal((const uint8_t *)view + i, key + k, 4);
        }
    }
}

static void fill(uint8_t *octets, size_t len, uint8_t first)
{
    for (size_t i = 0; i < len; i++) {
        octets[i] = (uint8_t)(first + i * 37);
    }
}

static void views_show_no_key(void **state)
{
    (void)state;
    godwit_session_record_t session = {.session_id = 5, .imsi = owner_imsi("001010000000001")};
    session.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    fill(session.current.hot.k_enc, 16, 0x81);
    fill(session.current.hot.k_int, 16, 0x91);
    fill(session.next.hot.k_int, 16, 0xA1);
    fill(session.current.k_int_tail, 16, 0xB1);
    session.current.hot.suite = 1;
    session.current.hot.key_id = 3;
    session.current.generation = 4;
    session.current.hot.up_next_in = 10;
    session.has_address = true;
    session.address_len = 6;
    godwit_session_view_t v = godwit_session_view(&session);
    assert_string_equal(v.agreement, "separate-eps");
    assert_int_equal(v.key_id, 3);
    assert_int_equal(v.user.received, 10);
    assert_holds_no_key(&v, sizeof v, session.current.hot.k_enc, 16);
    assert_holds_no_key(&v, sizeof v, session.current.hot.k_int, 16);
    assert_holds_no_key(&v, sizeof v, session.next.hot.k_int, 16);
    assert_holds_no_key(&v, sizeof v, session.current.k_int_tail, 16);

    godwit_subscriber_record_t subscriber = {.imsi = owner_imsi("001010000000001"), .seq_he = 3};
    subscriber.key.algorithm = GODWIT_ALG_MILENAGE;
    subscriber.key.k_len = 16;
    fill(subscriber.key.k, 16, 0x81);
    fill(subscriber.key.opc, 16, 0x91);
    godwit_subscriber_view_t sv = godwit_subscriber_view(&subscriber);
    assert_string_equal(sv.algorithm, "milenage");
    assert_holds_no_key(&sv, sizeof sv, subscriber.key.k, 16);
    assert_holds_no_key(&sv, sizeof sv, subscriber.key.opc, 16);

    godwit_key_set_record_t key_set = {.generation = 2, .agreement = GODWIT_AGREEMENT_SEPARATE_UMTS};
    fill(key_set.e2m_keyset, 32, 0x81);
    godwit_key_set_view_t kv = godwit_key_set_view(&key_set);
    assert_string_equal(kv.agreement, "separate-umts");
    assert_holds_no_key(&kv, sizeof kv, key_set.e2m_keyset, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outbox_gives_zeroed_aligned_room_until_it_is_full),
        cmocka_unit_test(a_full_outbox_overflows_and_keeps_its_bounds),
        cmocka_unit_test(reset_wipes_what_was_used),
        cmocka_unit_test(a_need_is_exactly_one_fetch_or_random),
        cmocka_unit_test(records_are_named_by_what_their_kind_is_keyed_by),
        cmocka_unit_test(features_have_names_both_ways),
        cmocka_unit_test(views_show_no_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
