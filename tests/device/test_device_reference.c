/* SPDX-License-Identifier: Apache-2.0
 *
 * Agreement 04 from end to end in one process: the device library names its bootstrapping, HSE and EMKS, the test is
 * the BSF. What the BSF refuses, what it says of another subscriber, what is older or over, is refused or falls back;
 * generations of one bootstrapping only rise.
 */
#include "tests/device/dut.h"
#include "tests/support/hse_world.h"

#include "roles/emks.h"

#define B_TID "EBESExQVFhcYGRobHB0eHw==@bsf.mnc001.mcc001.pub.3gppnetwork.org"
#define B_TID_2 "ICEiIyQlJicoKSorLC0uLw==@bsf.mnc001.mcc001.pub.3gppnetwork.org"
#define BIT(agreement) (uint8_t)(1u << ((agreement)-1))
#define GBA GODWIT_AGREEMENT_GBA

static struct {
    dut_t d;
    hse_world_t h;
    godwit_emks_t emks;
    owner_t owner; /* of the EMKS */
    godwit_address_t from;
    /* The BSF. */
    godwit_zn_answer_t answer;
    godwit_zn_request_t asked;
    unsigned questions;
    bool silent;
} w;

static void step_emks(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static void bootstrap(const char *b_tid, uint8_t ks_naf, uint64_t created_ms)
{
    uint8_t root[32];
    memset(root, ks_naf, sizeof root);
    memset(&w.answer, 0, sizeof w.answer);
    strcpy(w.answer.impi, "001010123456789@ims.mnc001.mcc001.3gppnetwork.org");
    memcpy(w.answer.me_key, root, sizeof root);
    w.answer.created_ms = created_ms;
    w.answer.expires_ms = created_ms + 3600000;
    assert_int_equal(godwit_device_key_reference(&w.d.device, GBA, godwit_slice_of_string(b_tid), root), GODWIT_OK);
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    dut_init(&w.d);
    hse_world_init(&w.h);
    w.h.config.agreements = w.d.config.agreements = BIT(GBA);
    hse_world_restart(&w.h);
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    owner_init(&w.owner, step_emks, &w.emks);
    w.emks.crypto = CRYPTO;
    w.emks.agreements = BIT(GBA);
    strcpy(w.emks.local_host, "emks.home.test");
    memcpy(w.emks.naf_id, "emks.home.test\xFF\x00\x00\x00\x01", 19);
    w.emks.naf_id_len = 19;
    w.h.owner.now_ms = w.owner.now_ms = 1000000;
    w.from = owner_address(3);
    bootstrap(B_TID, 0x5A, 900000);
    return 0;
}

/* ---- messages from one to the next ---- */

static void carry_device(void);

static void answer_bsf(void)
{
    const godwit_request_t *question = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0);
    if (question == NULL || question->message->kind != GODWIT_ZN_REQUEST) {
        return;
    }
    godwit_message_t m = {.kind = GODWIT_ZN_ANSWER, .transaction = question->message->transaction};
    assert_int_equal(question->message->to, GODWIT_FUNCTION_BSF);
    assert_string_equal(question->message->origin_host, "emks.home.test");
    w.asked = question->message->u.zn_request;
    w.questions++;
    m.u.zn_answer = w.answer;
    if (w.silent) {
        owner_give_timer(&w.owner, owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer);
    } else {
        owner_give_message(&w.owner, &m);
    }
}

static void ask_emks(const godwit_message_t *question)
{
    owner_give_message(&w.owner, question);
    answer_bsf();
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
    godwit_record_key_t key = {.kind = GODWIT_RECORD_KEY_SET, .imsi = w.d.config.imsi, .agreement = GBA};
    godwit_record_t *record = owner_find(&w.owner, &key);
    return record != NULL ? &record->u.key_set : NULL;
}

/* Forgets the session at the device: the next reading sets up again. */
static void forget_session(void)
{
    uint8_t root[32];
    memset(root, w.answer.me_key[0], sizeof root);
    uint32_t generation = w.d.device.session.generation;
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    assert_int_equal(godwit_device_key_reference(&w.d.device, GBA, godwit_slice_of_string(B_TID), root), GODWIT_OK);
    w.d.device.access.generation = generation; /* what a record would have kept */
}

/* ---- tests ---- */

static void a_bootstrapped_key_carries_a_session(void **state)
{
    (void)state;
    send("20.5");
    hse_assert_delivered(&w.h, "20.5");
    assert_int_equal(w.questions, 1);
    assert_string_equal(w.asked.b_tid, B_TID);
    assert_int_equal(w.asked.naf_id_len, 19);
    assert_int_equal(w.d.card_runs, 0);
    assert_int_equal(key_set()->generation, 1);
    assert_true(key_set()->confirmed);
    assert_int_equal(w.d.device.session.generation, 1);
    send("20.6"); /* one datagram */
    hse_assert_delivered(&w.h, "20.6");
}

static void the_same_bootstrapping_again_is_a_generation_and_no_question(void **state)
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

static void the_record_of_the_device_knows_its_bootstrapping(void **state)
{
    (void)state;
    uint8_t root[32];
    memset(root, 0x5A, sizeof root);
    send("1");
    dut_reboot(&w.d);
    assert_int_equal(w.d.device.access.agreement, GBA);
    assert_true(w.d.device.access.is_current);
    assert_int_equal(godwit_device_key_reference(&w.d.device, GBA, godwit_slice_of_string(B_TID), root), GODWIT_OK);
    assert_true(w.d.device.access.is_current); /* the same: nothing changed */
    send("2");
    send("3");
    hse_assert_delivered(&w.h, "3");
}

static void a_new_bootstrapping_is_a_new_key_set_and_the_old_one_does_not_come_back(void **state)
{
    (void)state;
    send("1");
    godwit_zn_answer_t old = w.answer;
    forget_session();
    bootstrap(B_TID_2, 0x6B, 950000);
    send("2");
    hse_assert_delivered(&w.h, "2");
    assert_int_equal(w.questions, 2);
    assert_true(key_set()->vector_number == 2);
    assert_int_equal(key_set()->generation, 1);
    w.answer = old; /* the BSF would still give it */
    forget_session();
    send("3");
    hse_assert_nothing_delivered(&w.h);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_UNKNOWN_KEY));
    assert_true(key_set()->vector_number == 2);
}

static void refused(godwit_status_t status)
{
    send("1");
    hse_assert_nothing_delivered(&w.h);
    assert_true(owner_saw(&w.owner, "refused", status));
    assert_null(key_set());
}

static void an_unknown_b_tid_is_refused(void **state)
{
    (void)state;
    w.answer.status = GODWIT_UNKNOWN_KEY;
    refused(GODWIT_UNKNOWN_KEY);
}

static void a_key_of_another_naf_is_refused(void **state)
{
    (void)state;
    w.answer.status = GODWIT_NOT_ENTITLED;
    refused(GODWIT_NOT_ENTITLED);
}

static void the_bootstrapping_of_another_subscriber_is_refused(void **state)
{
    (void)state;
    strcpy(w.answer.impi, "001010123456780@ims.mnc001.mcc001.3gppnetwork.org");
    refused(GODWIT_NOT_ENTITLED);
}

static void an_identity_that_is_none_is_refused(void **state)
{
    (void)state;
    strcpy(w.answer.impi, "somebody@example.org");
    refused(GODWIT_PEER_INTERNAL);
}

static void a_key_that_is_over_is_refused_at_once_and_later(void **state)
{
    (void)state;
    w.answer.expires_ms = 1000000; /* now */
    refused(GODWIT_KEY_EXPIRED);
    w.answer.expires_ms = 1000001;
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    bootstrap(B_TID, 0x5A, 900000);
    w.answer.expires_ms = 1000001;
    send("2");
    hse_assert_delivered(&w.h, "2");
    w.owner.now_ms = 1000001;
    forget_session();
    send("3");
    hse_assert_nothing_delivered(&w.h);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_KEY_EXPIRED));
    assert_int_equal(key_set()->generation, 1);
}

static void a_silent_bsf_is_no_key(void **state)
{
    (void)state;
    w.silent = true;
    refused(GODWIT_PEER_INTERNAL);
}

static void a_wrong_root_at_the_device_is_seen_by_the_mac(void **state)
{
    (void)state;
    w.answer.me_key[31] ^= 1;
    send("1");
    hse_assert_nothing_delivered(&w.h);
    assert_int_equal(w.d.device.session.state, GODWIT_SESSION_IDLE);
}

static void an_emks_that_is_no_naf_says_so(void **state)
{
    (void)state;
    w.emks.naf_id_len = 0;
    refused(GODWIT_POLICY_FORBIDS);
    assert_int_equal(w.questions, 0);
}

static void references_that_cannot_be_are_the_callers_mistake(void **state)
{
    (void)state;
    uint8_t root[32] = {0}, long_name[128];
    godwit_device_t *d = &w.d.device;
    memset(long_name, 'a', sizeof long_name);
    assert_int_equal(godwit_device_key_reference(d, GBA, EMPTY, root), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_device_key_reference(d, GBA, godwit_slice(long_name, 128), root), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_device_key_reference(d, GBA, godwit_slice_of_string("a b"), root), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_device_key_reference(d, GODWIT_AGREEMENT_ACCESS_EPS, godwit_slice_of_string("a"), root),
                     GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_device_key_reference(d, GODWIT_AGREEMENT_AKMA, godwit_slice_of_string("a"), root),
                     GODWIT_POLICY_FORBIDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_bootstrapped_key_carries_a_session, setup),
        cmocka_unit_test_setup(the_same_bootstrapping_again_is_a_generation_and_no_question, setup),
        cmocka_unit_test_setup(the_record_of_the_device_knows_its_bootstrapping, setup),
        cmocka_unit_test_setup(a_new_bootstrapping_is_a_new_key_set_and_the_old_one_does_not_come_back, setup),
        cmocka_unit_test_setup(an_unknown_b_tid_is_refused, setup),
        cmocka_unit_test_setup(a_key_of_another_naf_is_refused, setup),
        cmocka_unit_test_setup(the_bootstrapping_of_another_subscriber_is_refused, setup),
        cmocka_unit_test_setup(an_identity_that_is_none_is_refused, setup),
        cmocka_unit_test_setup(a_key_that_is_over_is_refused_at_once_and_later, setup),
        cmocka_unit_test_setup(a_silent_bsf_is_no_key, setup),
        cmocka_unit_test_setup(a_wrong_root_at_the_device_is_seen_by_the_mac, setup),
        cmocka_unit_test_setup(an_emks_that_is_no_naf_says_so, setup),
        cmocka_unit_test_setup(references_that_cannot_be_are_the_callers_mistake, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
