/* SPDX-License-Identifier: Apache-2.0
 *
 * The Key Management Service with a real NAF: the test is the BSF behind that, and users A and B.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "roles/kms.h"
#include "roles/naf.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define FQDN "kms.home.test"
#define A "a@home.test"
#define B "b@home.test"
#define TID_A "EBESExQVFhcYGRobHB0eHw==@bsf.home.test"
#define TID_B "ICEiIyQlJicoKSorLC0uLw==@bsf.home.test"
#define TID_NONE "MDEyMzQ1Njc4OTo7PD0+Pw==@bsf.home.test"
#define NOW 1000000u
#define LIFE 60000u
#define DOOR_ROUTE 7

enum { REQUEST, TRANSFER, RESOLVE, CONFIRMED, MESSAGES };

static struct {
    godwit_naf_t naf;
    godwit_naf_key_t keys[4];
    godwit_kms_role_t kms;
    owner_t naf_owner, owner;
    uint64_t key_expires_ms;
    uint32_t transaction;
    uint8_t psk_a[32], psk_b[32], octets[MESSAGES][GODWIT_TICKET_MESSAGE_MAX];
    godwit_writer_t m[MESSAGES];
    godwit_ticket_keys_t a, b;
    godwit_slice_t ticket;
    godwit_tickets_seen_t seen;
    godwit_kms_answer_t first, second;
} w;

static void naf_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_naf_step(role, in, out);
}

static void kms_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_kms_step(role, in, out);
}

static int setup(void **state)
{
    godwit_naf_config_t naf = {.crypto = CRYPTO, .fqdns = {FQDN}, .fqdn_count = 1};
    (void)state;
    memset(&w, 0, sizeof w);
    owner_init(&w.naf_owner, naf_step, &w.naf);
    owner_init(&w.owner, kms_step, &w.kms);
    assert_int_equal(godwit_naf_init(&w.naf, &naf, w.keys, 4), GODWIT_OK);
    w.kms.service = (godwit_kms_t){.crypto = CRYPTO, .ticket_key = {0x77}, .life_ms = LIFE};
    strcpy(w.kms.fqdn, FQDN);
    strcpy(w.kms.local_host, "kms-node.home.test");
    w.owner.now_ms = w.naf_owner.now_ms = NOW;
    w.key_expires_ms = NOW + 3600000;
    memset(w.psk_a, 0xAA, sizeof w.psk_a);
    memset(w.psk_b, 0xBB, sizeof w.psk_b);
    return 0;
}

/* What the BSF says to the NAF, if that asks. */
static void answer_bsf(void)
{
    const godwit_request_t *q = owner_request(&w.naf_owner, GODWIT_REQUEST_MESSAGE, 0);
    if (q->message->kind != GODWIT_ZN_REQUEST) {
        return;
    }
    const godwit_zn_request_t *asked = &q->message->u.zn_request;
    assert_int_equal(asked->naf_id_len, strlen(FQDN) + 5);
    assert_memory_equal(asked->naf_id + strlen(FQDN), "\x01\x00\x00\x00\x06", 5);
    bool is_a = strcmp(asked->b_tid, TID_A) == 0;
    godwit_message_t m = {.kind = GODWIT_ZN_ANSWER, .transaction = q->message->transaction};
    m.u.zn_answer.status = is_a || strcmp(asked->b_tid, TID_B) == 0 ? GODWIT_OK : GODWIT_UNKNOWN_KEY;
    strcpy(m.u.zn_answer.impi, is_a ? A : B);
    memcpy(m.u.zn_answer.me_key, is_a ? w.psk_a : w.psk_b, 32);
    m.u.zn_answer.expires_ms = w.key_expires_ms;
    owner_give_message(&w.naf_owner, &m);
}

static void send(const char *b_tid, godwit_slice_t octets)
{
    godwit_message_t m = {.kind = GODWIT_KMS_REQUEST,
                          .from = GODWIT_FUNCTION_DEVICE,
                          .to = GODWIT_FUNCTION_KMS,
                          .transaction = ++w.transaction,
                          .route = DOOR_ROUTE};
    strcpy(m.u.kms_request.b_tid, b_tid);
    if (octets.len > 0) {
        memcpy(m.u.kms_request.octets, octets.ptr, octets.len);
    }
    m.u.kms_request.len = (uint16_t)octets.len;
    owner_give_message(&w.owner, &m);
}

static godwit_kms_answer_t answer(void)
{
    const godwit_message_t *m = owner_message(&w.owner, GODWIT_KMS_ANSWER, 0);
    assert_int_equal(m->to, GODWIT_FUNCTION_DEVICE);
    assert_int_equal(m->route, DOOR_ROUTE);
    return m->u.kms_answer;
}

/* One question and what comes of it. */
static godwit_kms_answer_t ask(const char *b_tid, godwit_slice_t octets)
{
    send(b_tid, octets);
    const godwit_request_t *q = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0);
    if (q->message->kind == GODWIT_NAF_KEY_REQUEST) {
        const godwit_message_t m = *q->message;
        assert_int_equal(m.to, GODWIT_FUNCTION_NAF);
        owner_give_message(&w.naf_owner, &m);
        answer_bsf();
        const godwit_message_t key = *owner_message(&w.naf_owner, GODWIT_NAF_KEY_ANSWER, 0);
        owner_give_message(&w.owner, &key);
    }
    assert_int_equal(owner_message(&w.owner, GODWIT_KMS_ANSWER, 0)->transaction, w.transaction);
    return answer();
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

static godwit_slice_t octets_of(const godwit_kms_answer_t *a)
{
    return godwit_slice(a->octets, a->len);
}

static const godwit_ticket_fresh_t fresh = {.csb_id = 5, .counter = 1, .rand = {9}};

static godwit_slice_t request_of(const char *name)
{
    assert_int_equal(godwit_ticket_request(w.psk_a, &fresh, name, B, anew(REQUEST)), GODWIT_OK);
    return octets(REQUEST);
}

static void get_ticket(void)
{
    w.first = ask(TID_A, request_of(A));
    assert_int_equal(w.first.status, GODWIT_OK);
    assert_int_equal(godwit_ticket_take(CRYPTO, w.psk_a, octets(REQUEST), octets_of(&w.first), &w.a, &w.ticket),
                     GODWIT_OK);
    assert_int_equal(godwit_ticket_transfer(&w.a, &fresh, w.ticket, anew(TRANSFER)), GODWIT_OK);
    assert_int_equal(godwit_ticket_resolve(w.psk_b, &fresh, B, octets(TRANSFER), anew(RESOLVE)), GODWIT_OK);
}

static bool nothing_waits(void)
{
    static const godwit_kms_pending_t empty[GODWIT_KMS_PENDING_MAX];
    return memcmp(w.kms.pending, empty, sizeof empty) == 0;
}

static void both_users_have_one_key_in_the_end(void **state)
{
    (void)state;
    get_ticket();
    w.second = ask(TID_B, octets(RESOLVE));
    assert_int_equal(w.second.status, GODWIT_OK);
    assert_int_equal(godwit_ticket_accept(CRYPTO, w.psk_b, octets(RESOLVE), octets_of(&w.second), octets(TRANSFER), NOW,
                                          &w.seen, &w.b, anew(CONFIRMED)),
                     GODWIT_OK);
    assert_int_equal(godwit_ticket_confirmed(&w.a, octets(TRANSFER), octets(CONFIRMED)), GODWIT_OK);
    assert_memory_equal(w.a.tek, w.b.tek, sizeof w.a.tek);
    assert_string_equal(w.b.initiator, A);
    assert_int_equal(w.b.expires_ms, NOW + LIFE);
    assert_true(nothing_waits());
}

static void a_ticket_lives_no_longer_than_the_key(void **state)
{
    (void)state;
    w.key_expires_ms = NOW + 1000;
    get_ticket();
    assert_int_equal(w.a.expires_ms, NOW + 1000);
}

static void a_user_is_who_the_bsf_says(void **state)
{
    (void)state;
    w.first = ask(TID_A, request_of(B));
    assert_int_equal(w.first.status, GODWIT_NOT_ENTITLED);
    assert_int_equal(w.first.len, 0);
    w.first = ask(TID_B, request_of(A)); /* another's B-TID: the MAC is not under that key */
    assert_int_equal(w.first.status, GODWIT_MAC_FAILURE);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MAC_FAILURE));
    assert_true(nothing_waits());
}

static void a_ticket_for_another_is_not_opened(void **state)
{
    (void)state;
    get_ticket();
    assert_int_equal(godwit_ticket_resolve(w.psk_a, &fresh, A, octets(TRANSFER), anew(RESOLVE)), GODWIT_OK);
    assert_int_equal(ask(TID_A, octets(RESOLVE)).status, GODWIT_NOT_ENTITLED);
}

static void a_ticket_that_is_over_is_not_opened(void **state)
{
    (void)state;
    get_ticket();
    w.owner.now_ms += LIFE;
    w.naf_owner.now_ms += LIFE;
    assert_int_equal(ask(TID_B, octets(RESOLVE)).status, GODWIT_KEY_EXPIRED);
}

static void a_b_tid_without_key_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ask(TID_NONE, request_of(A)).status, GODWIT_UNKNOWN_KEY);
    send(TID_A, request_of(A));
    const godwit_message_t over = {.kind = GODWIT_NAF_KEY_ANSWER,
                                   .transaction = w.kms.next_transaction,
                                   .u.naf_key_answer = {.impi = A, .expires_ms = NOW}};
    owner_give_message(&w.owner, &over); /* a key whose time is over */
    assert_int_equal(answer().status, GODWIT_UNKNOWN_KEY);
    assert_true(nothing_waits());
}

static void what_is_no_message_is_refused(void **state)
{
    (void)state;
    assert_int_equal(ask(TID_A, godwit_slice(NULL, 0)).status, GODWIT_MALFORMED);
    assert_int_equal(ask("", request_of(A)).status, GODWIT_MALFORMED);
    assert_int_equal(ask(TID_A, godwit_slice_of_string("no MIKEY")).status, GODWIT_MALFORMED);
    godwit_message_t m = {.kind = GODWIT_KMS_REQUEST, .from = GODWIT_FUNCTION_DEVICE, .route = DOOR_ROUTE};
    strcpy(m.u.kms_request.b_tid, TID_A);
    m.u.kms_request.len = GODWIT_KMS_OCTETS_MAX + 1;
    owner_give_message(&w.owner, &m);
    assert_int_equal(answer().status, GODWIT_MALFORMED);
}

static void one_caller_cannot_take_all_places_nor_put_off_the_end(void **state)
{
    (void)state;
    for (int i = 0; i < GODWIT_KMS_PER_CALLER_MAX; i++) {
        send(TID_A, request_of(A));
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_TIMER), i == 0 ? 1 : 0);
    }
    send(TID_A, request_of(A));
    assert_int_equal(answer().status, GODWIT_OVERLOAD);
    assert_int_equal(ask(TID_B, request_of(A)).status, GODWIT_MAC_FAILURE); /* others are served */
    w.owner.now_ms += 5000;
    owner_give_timer(&w.owner, 1);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    w.owner.now_ms += 5000;
    owner_give_timer(&w.owner, 1);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), GODWIT_KMS_PER_CALLER_MAX);
    assert_int_equal(answer().status, GODWIT_PEER_INTERNAL);
    assert_true(nothing_waits());
}

static void a_late_answer_is_nobodys(void **state)
{
    (void)state;
    const godwit_message_t late = {.kind = GODWIT_NAF_KEY_ANSWER, .transaction = 1};
    send(TID_A, request_of(A));
    w.owner.now_ms += 10000;
    owner_give_timer(&w.owner, 1);
    owner_give_message(&w.owner, &late);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(both_users_have_one_key_in_the_end, setup),
        cmocka_unit_test_setup(a_ticket_lives_no_longer_than_the_key, setup),
        cmocka_unit_test_setup(a_user_is_who_the_bsf_says, setup),
        cmocka_unit_test_setup(a_ticket_for_another_is_not_opened, setup),
        cmocka_unit_test_setup(a_ticket_that_is_over_is_not_opened, setup),
        cmocka_unit_test_setup(a_b_tid_without_key_is_refused, setup),
        cmocka_unit_test_setup(what_is_no_message_is_refused, setup),
        cmocka_unit_test_setup(one_caller_cannot_take_all_places_nor_put_off_the_end, setup),
        cmocka_unit_test_setup(a_late_answer_is_nobodys, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
