/* SPDX-License-Identifier: Apache-2.0
 *
 * What nodes with GTP-C share: requests that are sent again and given up, answers that are given again, both bounded.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "roles/gtp_path.h"
#include "tests/support/gtp_messages.h"

enum { PENDING = 2, ANSWERED = 3, BASE = 700 };

static godwit_gtp_path_t path;
static godwit_gtp_pending_t pending[PENDING];
static godwit_gtp_answered_t answered[ANSWERED];
static godwit_request_t requests[GODWIT_OUTBOX_REQUESTS];
static _Alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
static godwit_outbox_t out = {requests, GODWIT_OUTBOX_REQUESTS, 0, arena, sizeof arena, 0, false};

static int setup(void **state)
{
    (void)state;
    memset(pending, 0xFF, sizeof pending);
    memset(answered, 0xFF, sizeof answered);
    memset(&path, 0xFF, sizeof path);
    godwit_gtp_path_init(&path, pending, PENDING, answered, ANSWERED, BASE, 300, 3);
    godwit_outbox_reset(&out);
    return 0;
}

/* What the last call put into the outbox, which is emptied. */
static size_t sent(const char *octets, uint32_t timer, uint32_t delay_ms)
{
    size_t datagrams = 0, timers = 0;
    for (size_t i = 0; i < out.count; i++) {
        const godwit_request_t *r = &out.requests[i];
        if (r->kind == GODWIT_REQUEST_DATAGRAM) {
            assert_int_equal(r->port, GODWIT_PORT_GTPC);
            assert_int_equal(r->octets.len, strlen(octets));
            assert_memory_equal(r->octets.ptr, octets, r->octets.len);
            datagrams++;
        } else {
            assert_int_equal(r->kind, GODWIT_REQUEST_TIMER);
            assert_int_equal(r->timer, timer);
            assert_int_equal(r->delay_ms, delay_ms);
            timers++;
        }
    }
    assert_int_equal(timers, timer == 0 ? 0 : 1);
    godwit_outbox_reset(&out);
    return datagrams;
}

/* "H" is 48: version 2; the second octet is the type. */
static godwit_status_t ask(const char *octets, uint8_t node, uint32_t sequence, uint32_t context)
{
    godwit_address_t to = gtp_node(node, 2123);
    return godwit_gtp_ask(&path, &out, &to, godwit_slice_of_string(octets), sequence, context, 77);
}

static void a_request_is_sent_n3_times_and_then_given_up(void **state)
{
    (void)state;
    assert_int_equal(ask("H\"one", 1, 5, 10), GODWIT_OK);
    assert_int_equal(sent("H\"one", BASE, 300), 1);
    for (int i = 0; i < 2; i++) {
        assert_null(godwit_gtp_on_timer(&path, BASE, &out));
        assert_int_equal(sent("H\"one", BASE, 300), 1);
    }
    godwit_gtp_pending_t *p = godwit_gtp_on_timer(&path, BASE, &out);
    assert_ptr_equal(p, &pending[0]);
    assert_int_equal(p->type, '"');
    assert_int_equal(p->context, 10);
    assert_int_equal(p->extra, 77);
    assert_int_equal(sent("", 0, 0), 0);
    godwit_gtp_finish(&path, p, &out);
    assert_int_equal(sent("", BASE, 0), 0);
    assert_null(godwit_gtp_on_timer(&path, BASE, &out)); /* came due all the same */
    assert_int_equal(out.count, 0);
}

static void an_answer_fits_by_version_sequence_and_node(void **state)
{
    (void)state;
    godwit_address_t node = gtp_node(1, 9999), other = gtp_node(2, 2123), odd = owner_address(1);
    assert_int_equal(ask("H\"one", 1, 5, 10), GODWIT_OK);
    assert_int_equal(ask("2\x10two", 1, 6, 11), GODWIT_OK);
    assert_ptr_equal(godwit_gtp_find(&path, 2, 5, &node), &pending[0]);
    assert_ptr_equal(godwit_gtp_find(&path, 1, 6, &node), &pending[1]);
    assert_null(godwit_gtp_find(&path, 1, 5, &node));
    assert_null(godwit_gtp_find(&path, 2, 6, &node));
    assert_null(godwit_gtp_find(&path, 2, 7, &node));
    assert_null(godwit_gtp_find(&path, 2, 5, &other));
    assert_null(godwit_gtp_find(&path, 2, 5, &odd));
    godwit_outbox_reset(&out);
    godwit_gtp_finish(&path, &pending[0], &out);
    assert_int_equal(sent("", BASE, 0), 0);
    assert_null(godwit_gtp_find(&path, 2, 5, &node));
    assert_non_null(godwit_gtp_find(&path, 1, 6, &node));
}

static void the_table_of_requests_is_bounded(void **state)
{
    (void)state;
    char longest[GODWIT_GTP_KEPT_MAX + 2];
    assert_int_equal(ask("H\"one", 1, 1, 10), GODWIT_OK);
    assert_int_equal(ask("H\"two", 1, 2, 10), GODWIT_OK);
    godwit_outbox_reset(&out);
    assert_int_equal(ask("H\"three", 1, 3, 10), GODWIT_NO_SPACE);
    assert_int_equal(out.count, 0);
    godwit_gtp_finish_context(&path, 11, &out);
    assert_int_equal(out.count, 0);
    godwit_gtp_finish_context(&path, 10, &out);
    assert_int_equal(out.count, 2);
    godwit_gtp_finish_context(&path, 10, &out);
    assert_int_equal(out.count, 2);
    memset(longest, 'H', sizeof longest);
    longest[GODWIT_GTP_KEPT_MAX + 1] = '\0';
    assert_int_equal(ask(longest, 1, 4, 10), GODWIT_NO_SPACE);
    assert_int_equal(ask("H", 1, 4, 10), GODWIT_NO_SPACE);
    longest[GODWIT_GTP_KEPT_MAX] = '\0';
    assert_int_equal(ask(longest, 1, 4, 10), GODWIT_OK);
    assert_true(pending[0].used);
}

static void timers_are_its_own_alone(void **state)
{
    (void)state;
    assert_false(godwit_gtp_is_timer(&path, BASE - 1));
    assert_true(godwit_gtp_is_timer(&path, BASE));
    assert_true(godwit_gtp_is_timer(&path, BASE + PENDING - 1));
    assert_false(godwit_gtp_is_timer(&path, BASE + PENDING));
    assert_int_equal(ask("H\"one", 1, 1, 10), GODWIT_OK);
    godwit_outbox_reset(&out);
    assert_int_equal(ask("H\"two", 1, 2, 11), GODWIT_OK);
    assert_int_equal(sent("H\"two", BASE + 1, 300), 1);
    godwit_gtp_path_init(&path, pending, PENDING, answered, ANSWERED, BASE, 0, 0);
    assert_int_equal(path.t3_ms, 1000);
    assert_int_equal(path.n3, 4);
}

static void sequence_numbers_have_their_width(void **state)
{
    (void)state;
    assert_int_equal(godwit_gtp_next_sequence(&path, 2), 1);
    assert_int_equal(godwit_gtp_next_sequence(&path, 1), 2);
    path.next_sequence = 0xFFFF;
    assert_int_equal(godwit_gtp_next_sequence(&path, 1), 0);
    path.next_sequence = 0x7FFFFF;
    assert_int_equal(godwit_gtp_next_sequence(&path, 2), 0); /* the top bit is that of commands */
    path.next_sequence = 0x12344;
    assert_int_equal(godwit_gtp_next_sequence(&path, 2), 0x12345);
}

static godwit_input_t input(uint8_t node, const char *octets, uint64_t now_ms)
{
    return (godwit_input_t){.from = gtp_node(node, 2123), .datagram = godwit_slice_of_string(octets), .now_ms = now_ms};
}

static bool repeated(uint8_t type, uint32_t sequence, uint8_t node, const char *octets, uint64_t now_ms)
{
    godwit_input_t in = input(node, octets, now_ms);
    return godwit_gtp_repeated(&path, 2, type, sequence, &in, &out);
}

static void begin(uint8_t type, uint32_t sequence, uint8_t node, const char *octets, uint64_t now_ms)
{
    godwit_input_t in = input(node, octets, now_ms);
    godwit_gtp_begin(&path, 2, type, sequence, &in);
}

static void answer(uint8_t type, uint32_t sequence, uint8_t node, const char *octets)
{
    godwit_address_t to = gtp_node(node, 2123);
    godwit_gtp_answer(&path, 2, type, sequence, &to, godwit_slice_of_string(octets), &out);
}

static void an_answer_is_given_again_to_the_same_octets_of_the_same_node(void **state)
{
    (void)state;
    assert_false(repeated(32, 5, 1, "create", 1000));
    begin(32, 5, 1, "create", 1000);
    assert_true(repeated(32, 5, 1, "create", 1100)); /* still worked on */
    assert_int_equal(out.count, 0);
    answer(32, 5, 1, "yes");
    assert_int_equal(sent("yes", 0, 0), 1);
    assert_true(repeated(32, 5, 1, "create", 61000));
    assert_int_equal(sent("yes", 0, 0), 1);
    assert_false(repeated(34, 5, 1, "create", 1100));
    assert_false(repeated(32, 6, 1, "create", 1100));
    assert_false(repeated(32, 5, 2, "create", 1100));
    godwit_input_t v1 = input(1, "create", 1100);
    assert_false(godwit_gtp_repeated(&path, 1, 32, 5, &v1, &out));
    assert_int_equal(out.count, 0);
    assert_true(repeated(32, 5, 1, "create", 1200));
    godwit_outbox_reset(&out);
    assert_false(repeated(32, 5, 1, "creatf", 1200)); /* the node counts from the start again */
    assert_false(repeated(32, 5, 1, "create", 1200));
    begin(32, 5, 1, "create", 2000);
    answer(32, 5, 1, "yes");
    godwit_outbox_reset(&out);
    assert_false(repeated(32, 5, 1, "create", 62001)); /* long ago */
    answer(40, 9, 1, "no");                            /* of a request that was not kept */
    assert_int_equal(sent("no", 0, 0), 1);
}

static void the_oldest_answer_goes(void **state)
{
    (void)state;
    begin(32, 1, 1, "a", 3000);
    begin(32, 2, 1, "b", 1000);
    begin(32, 3, 1, "c", 2000);
    begin(32, 4, 1, "d", 4000);
    assert_true(repeated(32, 1, 1, "a", 4000));
    assert_false(repeated(32, 2, 1, "b", 4000));
    assert_true(repeated(32, 3, 1, "c", 4000));
    assert_true(repeated(32, 4, 1, "d", 4000));
    begin(32, 5, 1, "e", 5000);
    assert_false(repeated(32, 3, 1, "c", 5000));
}

static void a_user_plane_echo_is_answered_with_its_number(void **state)
{
    (void)state;
    godwit_gtpu_t m = {.type = GODWIT_GTPU_ECHO_REQUEST, .has_sequence = true, .sequence = 0x1234}, got;
    godwit_input_t in = input(1, "", 0);
    assert_true(godwit_gtpu_housekeeping(&m, &in, &out));
    assert_int_equal(out.count, 1);
    assert_int_equal(out.requests[0].port, GODWIT_PORT_GTPU);
    assert_int_equal(godwit_gtpu_parse(out.requests[0].octets, &got), GODWIT_OK);
    assert_int_equal(got.type, GODWIT_GTPU_ECHO_RESPONSE);
    assert_int_equal(got.sequence, 0x1234);
    m.type = GODWIT_GTPU_G_PDU;
    assert_false(godwit_gtpu_housekeeping(&m, &in, &out));
    m.type = GODWIT_GTPU_ERROR_INDICATION;
    assert_false(godwit_gtpu_housekeeping(&m, &in, &out));
    m.type = GODWIT_GTPU_END_MARKER;
    assert_true(godwit_gtpu_housekeeping(&m, &in, &out));
    assert_int_equal(out.count, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        TEST(a_request_is_sent_n3_times_and_then_given_up),
        TEST(an_answer_fits_by_version_sequence_and_node),
        TEST(the_table_of_requests_is_bounded),
        TEST(timers_are_its_own_alone),
        TEST(sequence_numbers_have_their_width),
        TEST(an_answer_is_given_again_to_the_same_octets_of_the_same_node),
        TEST(the_oldest_answer_goes),
        TEST(a_user_plane_echo_is_answered_with_its_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
