/* SPDX-License-Identifier: Apache-2.0
 *
 * Tickets of IMS media security: user A, the Key Management Service and user B in one conversation, and what each
 * refuses.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/agree/ims_media/ticket.h"
#include "tests/kat/kat.h"

#define CRYPTO &godwit_crypto_builtin
#define A "sip:a@home.test"
#define B "sip:b@home.test"
#define NOW 1000000u
#define LIFE 60000u

enum { REQUEST, ANSWER, TRANSFER, RESOLVE, RESOLVED, CONFIRMED, MESSAGES };

static struct {
    uint8_t psk_a[32], psk_b[32], random[GODWIT_TICKET_RANDOM];
    godwit_kms_t kms;
    uint8_t octets[MESSAGES][GODWIT_TICKET_MESSAGE_MAX];
    godwit_writer_t m[MESSAGES];
    godwit_ticket_keys_t a, b;
    godwit_slice_t ticket;
    godwit_tickets_seen_t seen;
} w;

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    memset(w.psk_a, 0xAA, sizeof w.psk_a);
    memset(w.psk_b, 0xBB, sizeof w.psk_b);
    w.kms = (godwit_kms_t){.crypto = CRYPTO, .ticket_key = {0x77}, .life_ms = LIFE};
    for (uint8_t i = 0; i < sizeof w.random; i++) {
        w.random[i] = i;
    }
    return 0;
}

static godwit_writer_t *anew(int which)
{
    w.m[which] = godwit_writer(w.octets[which], sizeof w.octets[which]);
    return &w.m[which];
}

static godwit_slice_t octets(int which)
{
    return godwit_written(&w.m[which]);
}

static godwit_ticket_fresh_t fresh(uint32_t counter)
{
    godwit_ticket_fresh_t f = {.csb_id = 0x01020304, .counter = counter};
    memset(f.rand, (int)(0x30 + counter), sizeof f.rand);
    return f;
}

static void ask(void)
{
    const godwit_ticket_fresh_t f = fresh(1);
    assert_int_equal(godwit_ticket_request(w.psk_a, &f, A, B, anew(REQUEST)), GODWIT_OK);
}

static void get_ticket(void)
{
    ask();
    assert_int_equal(godwit_kms_answer(&w.kms, w.psk_a, A, octets(REQUEST), NOW, w.random, anew(ANSWER)), GODWIT_OK);
    assert_int_equal(godwit_ticket_take(CRYPTO, w.psk_a, octets(REQUEST), octets(ANSWER), &w.a, &w.ticket), GODWIT_OK);
}

static void transfer(uint32_t counter)
{
    const godwit_ticket_fresh_t f = fresh(counter);
    assert_int_equal(godwit_ticket_transfer(&w.a, &f, w.ticket, anew(TRANSFER)), GODWIT_OK);
}

static godwit_status_t resolve_as(const char *user, uint64_t now_ms)
{
    const godwit_ticket_fresh_t f = fresh(9);
    assert_int_equal(godwit_ticket_resolve(w.psk_b, &f, user, octets(TRANSFER), anew(RESOLVE)), GODWIT_OK);
    return godwit_kms_answer(&w.kms, w.psk_b, user, octets(RESOLVE), now_ms, w.random, anew(RESOLVED));
}

static godwit_status_t accept_at(uint64_t now_ms)
{
    return godwit_ticket_accept(CRYPTO, w.psk_b, octets(RESOLVE), octets(RESOLVED), octets(TRANSFER), now_ms, &w.seen,
                                &w.b, anew(CONFIRMED));
}

static void both_users_have_one_key_in_the_end(void **state)
{
    (void)state;
    get_ticket();
    transfer(2);
    assert_int_equal(resolve_as(B, NOW), GODWIT_OK);
    assert_int_equal(accept_at(NOW), GODWIT_OK);
    assert_int_equal(godwit_ticket_confirmed(&w.a, octets(TRANSFER), octets(CONFIRMED)), GODWIT_OK);
    assert_memory_equal(w.a.tek, w.b.tek, sizeof w.a.tek);
    assert_memory_equal(w.a.salt, w.b.salt, sizeof w.a.salt);
    assert_memory_equal(w.a.tek, w.random + 48, sizeof w.a.tek);
    assert_memory_equal(w.a.salt, w.random + 64, sizeof w.a.salt);
    assert_string_equal(w.b.initiator, A);
    assert_string_equal(w.b.responder, B);
    assert_int_equal(w.b.expires_ms, NOW + LIFE);
}

static void compare(const kat_record_t *r, void *context)
{
    static const char *const names[MESSAGES] = {"request", "answer", "transfer", "resolve", "resolved", "confirmed"};
    (void)context;
    for (int i = 0; i < MESSAGES; i++) {
        kat_expect(r, names[i], w.octets[i], w.m[i].len);
    }
}

static void messages_are_those_of_an_independent_encoder(void **state)
{
    (void)state;
    get_ticket();
    transfer(2);
    assert_int_equal(resolve_as(B, NOW), GODWIT_OK);
    assert_int_equal(accept_at(NOW), GODWIT_OK);
    kat_each("mikey.txt", "ticket", compare, NULL);
}

static void a_transfer_is_taken_once(void **state)
{
    (void)state;
    get_ticket();
    transfer(2);
    assert_int_equal(resolve_as(B, NOW), GODWIT_OK);
    assert_int_equal(accept_at(NOW), GODWIT_OK);
    assert_int_equal(accept_at(NOW), GODWIT_REPLAY);
    transfer(3);
    assert_int_equal(accept_at(NOW), GODWIT_OK);
    transfer(2);
    assert_int_equal(accept_at(NOW), GODWIT_REPLAY);
    assert_int_equal(accept_at(NOW + LIFE), GODWIT_KEY_EXPIRED);
}

static void a_ticket_is_for_its_responder_and_its_time(void **state)
{
    (void)state;
    get_ticket();
    transfer(2);
    assert_int_equal(resolve_as("sip:c@home.test", NOW), GODWIT_NOT_ENTITLED);
    assert_int_equal(resolve_as(B, NOW + LIFE), GODWIT_KEY_EXPIRED);
    assert_int_equal(resolve_as(B, NOW + LIFE - 1), GODWIT_OK);
    const godwit_ticket_fresh_t f = fresh(9); /* his own key, another's name */
    assert_int_equal(godwit_ticket_resolve(w.psk_b, &f, B, octets(TRANSFER), anew(RESOLVE)), GODWIT_OK);
    assert_int_equal(
        godwit_kms_answer(&w.kms, w.psk_b, "sip:c@home.test", octets(RESOLVE), NOW, w.random, anew(RESOLVED)),
        GODWIT_NOT_ENTITLED);
}

static void nobody_asks_in_anothers_name(void **state)
{
    (void)state;
    ask();
    assert_int_equal(godwit_kms_answer(&w.kms, w.psk_a, B, octets(REQUEST), NOW, w.random, anew(ANSWER)),
                     GODWIT_NOT_ENTITLED);
    assert_int_equal(godwit_kms_answer(&w.kms, w.psk_b, A, octets(REQUEST), NOW, w.random, anew(ANSWER)),
                     GODWIT_MAC_FAILURE);
}

/* Every octet of a message, bent: nobody takes it. */
static void no_octet_can_be_bent(void **state)
{
    (void)state;
    get_ticket();
    transfer(2);
    assert_int_equal(resolve_as(B, NOW), GODWIT_OK);
    for (int which = REQUEST; which <= RESOLVED; which++) {
        for (size_t i = 0; i < w.m[which].len; i++) {
            godwit_ticket_keys_t keys;
            godwit_slice_t ticket;
            w.octets[which][i] ^= 1;
            godwit_status_t status = GODWIT_OK;
            if (which == REQUEST || which == RESOLVE) {
                status = godwit_kms_answer(&w.kms, which == REQUEST ? w.psk_a : w.psk_b, which == REQUEST ? A : B,
                                           octets(which), NOW, w.random, anew(CONFIRMED));
            } else if (which == ANSWER) {
                status = godwit_ticket_take(CRYPTO, w.psk_a, octets(REQUEST), octets(ANSWER), &keys, &ticket);
            } else {
                status = accept_at(NOW);
            }
            w.octets[which][i] ^= 1;
            if (status == GODWIT_OK) {
                fail_msg("message %d, octet %zu", which, i);
            }
        }
    }
    assert_int_equal(accept_at(NOW), GODWIT_OK); /* none of them took the place */
}

static void a_ticket_of_another_key_is_refused(void **state)
{
    (void)state;
    get_ticket();
    transfer(2);
    w.kms.ticket_key[31] ^= 1;
    assert_int_equal(resolve_as(B, NOW), GODWIT_MAC_FAILURE);
}

static void an_answer_to_another_question_is_refused(void **state)
{
    (void)state;
    const godwit_ticket_fresh_t f = fresh(5);
    get_ticket();
    assert_int_equal(godwit_ticket_request(w.psk_a, &f, A, B, anew(REQUEST)), GODWIT_OK);
    assert_int_equal(godwit_ticket_take(CRYPTO, w.psk_a, octets(REQUEST), octets(ANSWER), &w.a, &w.ticket),
                     GODWIT_REPLAY);
}

static void seen_tickets_are_bounded_and_leave_with_their_time(void **state)
{
    (void)state;
    for (uint8_t i = 0; i <= GODWIT_TICKETS_SEEN; i++) {
        w.random[16] = i;
        get_ticket();
        transfer(2);
        assert_int_equal(resolve_as(B, NOW), GODWIT_OK);
        assert_int_equal(accept_at(NOW), i < GODWIT_TICKETS_SEEN ? GODWIT_OK : GODWIT_OVERLOAD);
    }
    for (size_t i = 0; i < GODWIT_TICKETS_SEEN; i++) {
        w.seen.entry[i].expires_ms = i == 3 ? NOW : w.seen.entry[i].expires_ms;
    }
    assert_int_equal(accept_at(NOW), GODWIT_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_users_have_one_key_in_the_end, setup),
        cmocka_unit_test_setup(messages_are_those_of_an_independent_encoder, setup),
        cmocka_unit_test_setup(a_transfer_is_taken_once, setup),
        cmocka_unit_test_setup(a_ticket_is_for_its_responder_and_its_time, setup),
        cmocka_unit_test_setup(nobody_asks_in_anothers_name, setup),
        cmocka_unit_test_setup(no_octet_can_be_bent, setup),
        cmocka_unit_test_setup(a_ticket_of_another_key_is_refused, setup),
        cmocka_unit_test_setup(an_answer_to_another_question_is_refused, setup),
        cmocka_unit_test_setup(seen_tickets_are_bounded_and_leave_with_their_time, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
