/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreement 05 from end to end in one process: the device library names its A-KID, HSE and EMKS, the test is the AAnF.
 * What the AAnF refuses, what it says of another subscriber, what is older or over, is refused or falls back, and locks
 * nobody out.
 */
#include "tests/device/dut.h"
#include "tests/support/hse_world.h"

#include "roles/emks.h"

#define A_TID "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e"
#define A_KID "rid0.atid" A_TID "1f@5gc.mnc001.mcc001.3gppnetwork.org"
#define A_KID_2 "rid0.atid" A_TID "20@5gc.mnc001.mcc001.3gppnetwork.org"
#define BIT(agreement) (uint8_t)(1u << ((agreement)-1))
#define AKMA GODWIT_AGREEMENT_AKMA

static struct {
    dut_t d;
    hse_world_t h;
    godwit_emks_t emks;
    owner_t owner; /* of the EMKS */
    godwit_address_t from;
    /* The AAnF. */
    godwit_akma_key_answer_t answer;
    godwit_akma_key_request_t asked;
    unsigned questions;
    bool silent;
} w;

static void step_emks(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static void anchor(const char *a_kid, uint8_t k_af, uint64_t created_ms)
{
    uint8_t root[32];
    memset(root, k_af, sizeof root);
    memset(&w.answer, 0, sizeof w.answer);
    w.answer.imsi = w.d.config.imsi;
    memcpy(w.answer.k_af, root, sizeof root);
    w.answer.created_ms = created_ms;
    w.answer.expires_ms = created_ms + 3600000;
    assert_int_equal(godwit_device_key_reference(&w.d.device, AKMA, godwit_slice_of_string(a_kid), root), GODWIT_OK);
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    dut_init(&w.d);
    hse_world_init(&w.h);
    w.h.config.agreements = w.d.config.agreements = BIT(AKMA);
    hse_world_restart(&w.h);
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    owner_init(&w.owner, step_emks, &w.emks);
    w.emks.crypto = CRYPTO;
    w.emks.agreements = BIT(AKMA);
    strcpy(w.emks.local_host, "emks.home.test");
    memcpy(w.emks.af_id, "emks.home.test\xFF\x00\x00\x00\x01", 19);
    w.emks.af_id_len = 19;
    w.h.owner.now_ms = w.owner.now_ms = 1000000;
    w.from = owner_address(3);
    anchor(A_KID, 0x5A, 900000);
    return 0;
}

/* ---- messages from one to the next ---- */

static void carry_device(void);

static void answer_aanf(void)
{
    const godwit_request_t *question = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0);
    if (question == NULL || question->message->kind != GODWIT_AKMA_KEY_REQUEST) {
        return;
    }
    godwit_message_t m = {.kind = GODWIT_AKMA_KEY_ANSWER, .transaction = question->message->transaction};
    assert_int_equal(question->message->to, GODWIT_FUNCTION_AANF);
    assert_string_equal(question->message->origin_host, "emks.home.test");
    w.asked = question->message->u.akma_key_request;
    w.questions++;
    m.u.akma_key_answer = w.answer;
    if (w.silent) {
        owner_give_timer(&w.owner, owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer);
    } else {
        owner_give_message(&w.owner, &m);
    }
}

static void ask_emks(const godwit_message_t *question)
{
    owner_give_message(&w.owner, question);
    answer_aanf();
    const godwit_request_t *answer = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0);
    if (answer != NULL && answer->message->kind == GODWIT_KEY_ANSWER) {
        godwit_message_t m = *answer->message;
        owner_give_message(&w.h.owner, &m);
    }
}

/* What the HSE asks the EMKS, until it asks no more; then its datagram goes to the device. */
static void carry_hse(void)
{
    const godwit_request_t *q;
    for (unsigned i = 0; i < 3 && (q = owner_request(&w.h.owner, GODWIT_REQUEST_MESSAGE, 0)) != NULL; i++) {
        godwit_message_t m = *q->message;
        ask_emks(&m);
        if (m.kind == GODWIT_KEY_CONFIRM) {
            return;
        }
    }
    q = owner_request(&w.h.owner, GODWIT_REQUEST_DATAGRAM, 0);
    if (q != NULL) {
        octets_t down = {.len = q->octets.len};
        memcpy(down.at, q->octets.ptr, q->octets.len);
        dut_receive(&w.d, octets_slice(&down));
        dut_run_card(&w.d);
        carry_device();
    }
}

static void carry_device(void)
{
    dut_store(&w.d);
    if (dut_sends(&w.d) > 0) {
        owner_give_datagram(&w.h.owner, &w.from, dut_sent(&w.d, 0));
        carry_hse();
    }
}

static void send(const char *reading)
{
    w.d.random[3]++;
    dut_send(&w.d, reading);
    carry_device();
}

static godwit_key_set_record_t *key_set(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_KEY_SET, .imsi = w.d.config.imsi, .agreement = AKMA};
    godwit_record_t *record = owner_find(&w.owner, &key);
    return record != NULL ? &record->u.key_set : NULL;
}

/* Forgets the session at the device: the next reading sets up again. */
static void forget_session(void)
{
    uint8_t root[32];
    memset(root, w.answer.k_af[0], sizeof root);
    uint32_t generation = w.d.device.session.generation;
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    assert_int_equal(godwit_device_key_reference(&w.d.device, AKMA, godwit_slice_of_string(A_KID), root), GODWIT_OK);
    w.d.device.access.generation = generation; /* what a record would have kept */
}

/* ---- tests ---- */

static void a_anchor_key_carries_a_session(void **state)
{
    (void)state;
    send("20.5");
    hse_assert_delivered(&w.h, "20.5");
    assert_int_equal(w.questions, 1);
    assert_string_equal(w.asked.a_kid, A_KID);
    assert_int_equal(w.asked.af_id_len, 19);
    assert_int_equal(w.d.card_runs, 0);
    assert_int_equal(key_set()->generation, 1);
    assert_true(key_set()->confirmed);
    assert_int_equal(w.d.device.session.generation, 1);
    send("20.6"); /* one datagram */
    hse_assert_delivered(&w.h, "20.6");
}

static void the_same_anchor_key_again_is_a_generation_and_no_question(void **state)
{
    (void)state;
    send("1");
    forget_session();
    send("2");
    hse_assert_delivered(&w.h, "2");
    assert_int_equal(w.questions, 1);
    assert_int_equal(key_set()->generation, 2);
    assert_int_equal(w.d.device.session.generation, 2);
}

static void a_newer_anchor_key_is_a_new_key_set_and_the_old_one_does_not_come_back(void **state)
{
    (void)state;
    send("1");
    godwit_akma_key_answer_t old = w.answer;
    forget_session();
    anchor(A_KID_2, 0x6B, 950000);
    send("2");
    hse_assert_delivered(&w.h, "2");
    assert_int_equal(w.questions, 2);
    assert_true(key_set()->vector_number == 2);
    assert_int_equal(key_set()->generation, 1);
    w.answer = old; /* the AAnF would still give it */
    forget_session();
    send("3");
    hse_assert_nothing_delivered(&w.h);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_KEY));
    assert_true(key_set()->vector_number == 2);
}

static void another_key_that_is_not_newer_is_refused(void **state)
{
    (void)state;
    send("1");
    forget_session();
    anchor(A_KID_2, 0x6B, 900000); /* as old as the first */
    send("2");
    hse_assert_nothing_delivered(&w.h);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_KEY));
    assert_true(key_set()->vector_number == 1);
}

static void begin_anew(void)
{
    w.silent = false;
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    anchor(A_KID, 0x5A, 900000);
}

/* Refused with that reason, no key set is made; and when the cause is away the next reading arrives: nobody is locked
 * out. */
static void refused(godwit_status_t status)
{
    send("1");
    hse_assert_nothing_delivered(&w.h);
    assert_true(owner_saw(&w.owner, "refused", status));
    assert_null(key_set());
    begin_anew();
    send("2");
    hse_assert_delivered(&w.h, "2");
    assert_int_equal(key_set()->generation, 1);
}

static void an_unknown_a_kid_is_refused(void **state)
{
    (void)state;
    w.answer.status = GODWIT_UNKNOWN_KEY;
    refused(GODWIT_UNKNOWN_KEY);
}

static void an_emks_that_the_aanf_does_not_list_is_refused(void **state)
{
    (void)state;
    w.answer.status = GODWIT_NOT_ENTITLED;
    refused(GODWIT_NOT_ENTITLED);
}

static void the_a_kid_of_another_subscriber_is_refused(void **state)
{
    (void)state;
    w.answer.imsi.digits[14] = '0'; /* not 9 */
    refused(GODWIT_NOT_ENTITLED);
}

static void a_key_that_is_over_is_refused(void **state)
{
    (void)state;
    w.answer.expires_ms = 1000000; /* now */
    refused(GODWIT_KEY_EXPIRED);
}

static void a_silent_aanf_is_no_key(void **state)
{
    (void)state;
    w.silent = true;
    refused(GODWIT_PEER_INTERNAL);
}

static void an_emks_that_is_no_application_function_asks_nobody(void **state)
{
    (void)state;
    w.emks.af_id_len = 0;
    send("1");
    hse_assert_nothing_delivered(&w.h);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_POLICY_FORBIDS));
    assert_int_equal(w.questions, 0);
}

static void a_wrong_root_at_the_device_is_seen_by_the_mac(void **state)
{
    (void)state;
    w.answer.k_af[31] ^= 1;
    send("1");
    hse_assert_nothing_delivered(&w.h);
    assert_int_equal(w.d.device.session.state, GODWIT_SESSION_IDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_anchor_key_carries_a_session, setup),
        cmocka_unit_test_setup(the_same_anchor_key_again_is_a_generation_and_no_question, setup),
        cmocka_unit_test_setup(a_newer_anchor_key_is_a_new_key_set_and_the_old_one_does_not_come_back, setup),
        cmocka_unit_test_setup(another_key_that_is_not_newer_is_refused, setup),
        cmocka_unit_test_setup(an_unknown_a_kid_is_refused, setup),
        cmocka_unit_test_setup(an_emks_that_the_aanf_does_not_list_is_refused, setup),
        cmocka_unit_test_setup(the_a_kid_of_another_subscriber_is_refused, setup),
        cmocka_unit_test_setup(a_key_that_is_over_is_refused, setup),
        cmocka_unit_test_setup(a_silent_aanf_is_no_key, setup),
        cmocka_unit_test_setup(an_emks_that_is_no_application_function_asks_nobody, setup),
        cmocka_unit_test_setup(a_wrong_root_at_the_device_is_seen_by_the_mac, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
