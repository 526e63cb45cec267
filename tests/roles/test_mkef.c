/* SPDX-License-Identifier: Apache-2.0
 *
 * The MKEF with the HSS behind it: who gets K_MTC, what moves and when, and that nobody who fails moves anything or
 * costs a device its service.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "roles/hss.h"
#include "roles/mkef.h"
#include "tests/support/mtc_home.h"
#include "tests/support/owner.h"

#define CRYPTO (&godwit_crypto_builtin)
#define CALLER "mtc-a.example"
#define MKEF_HOST "mkef.home.test"

static const uint8_t k[16] = {0x46, 0x5b, 0x5c, 0xe8, 0xb1, 0x99, 0xb4, 0x9f,
                              0xaa, 0x5f, 0x0a, 0x2e, 0xe2, 0x38, 0xa6, 0xbc};
static const uint8_t opc[16] = {0xcd, 0x63, 0xcb, 0x71, 0x95, 0x4a, 0x9f, 0x4e,
                                0x48, 0xa5, 0x99, 0x4e, 0x37, 0xa0, 0x2b, 0xaf};

static struct {
    godwit_mkef_t mkef;
    godwit_hss_t hss;
    owner_t owner, home; /* of the MKEF, of the HSS */
    mtc_hand_t hand;
    godwit_mtc_key_answer_t last;
} w;

static void step_mkef(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mkef_step(role, in, out);
}

static void step_hss(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static void entitle(const char *server, const char *server_id, godwit_mtc_scope_t scope, const char *first,
                    const char *last)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_ENTITLEMENT};
    godwit_mtc_entitlement_record_t *e = &record.u.mtc_entitlement;
    (void)snprintf(e->server, sizeof e->server, "%s", server);
    (void)snprintf(e->server_id, sizeof e->server_id, "%s", server_id);
    (void)snprintf(e->first, sizeof e->first, "%s", first);
    (void)snprintf(e->last, sizeof e->last, "%s", last);
    e->scope = scope;
    assert_int_equal(godwit_mtc_entitlement_name(CRYPTO, e), GODWIT_OK);
    owner_put(&w.owner, &record);
}

static void add_subscriber(void)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_SUBSCRIBER};
    record.u.subscriber.imsi = owner_imsi(MTC_IMSI);
    assert_int_equal(godwit_aka_key_init(&record.u.subscriber.key, CRYPTO, GODWIT_ALG_MILENAGE, godwit_slice(k, 16),
                                         godwit_slice(opc, 16), true, NULL),
                     GODWIT_OK);
    record.u.subscriber.seq_he = 100;
    owner_put(&w.home, &record);
}

static void restart(void)
{
    memset(&w.mkef, 0, sizeof w.mkef);
    w.mkef.crypto = CRYPTO;
    strcpy(w.mkef.local_host, MKEF_HOST);
    strcpy(w.mkef.local_realm, "home.test");
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    owner_init(&w.owner, step_mkef, &w.mkef);
    owner_init(&w.home, step_hss, &w.hss);
    restart();
    w.hss.crypto = CRYPTO;
    strcpy(w.hss.mkefs[0], MKEF_HOST);
    w.hss.mkef_count = 1;
    add_subscriber();
    entitle(CALLER, MTC_SERVER, GODWIT_MTC_SCOPE_PLMN, "00101", "00101");
    mtc_hand_init(&w.hand, GODWIT_FRAMING_DEFAULT);
    return 0;
}

static godwit_message_t request_of(const char *caller, const uint8_t *datagram, size_t len)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_MTC_KEY_REQUEST;
    m.from = GODWIT_FUNCTION_HSE;
    m.to = GODWIT_FUNCTION_MKEF;
    m.transaction = 77;
    m.route = 5;
    (void)snprintf(m.origin_host, sizeof m.origin_host, "%s", caller);
    m.u.mtc_key_request.session_octets = w.hand.framing.session_octets;
    m.u.mtc_key_request.counter_octets = w.hand.framing.counter_octets;
    m.u.mtc_key_request.datagram_len = (uint16_t)len;
    memcpy(m.u.mtc_key_request.datagram, datagram, len);
    return m;
}

/* The request, and the HLR's answer if it comes to that. */
static godwit_status_t ask_with(const godwit_message_t *request)
{
    owner_give_message(&w.owner, request);
    if (owner_count(&w.owner, GODWIT_REQUEST_MESSAGE) == 0) {
        return GODWIT_AGAIN; /* nothing came of it */
    }
    if (owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0)->message->kind == GODWIT_DEVICE_RAND_REQUEST) {
        const godwit_message_t asked = *owner_message(&w.owner, GODWIT_DEVICE_RAND_REQUEST, 0);
        owner_give_message(&w.home, &asked);
        const godwit_message_t answered = *owner_message(&w.home, GODWIT_DEVICE_RAND_ANSWER, 0);
        owner_give_message(&w.owner, &answered);
        if (owner_count(&w.owner, GODWIT_REQUEST_MESSAGE) == 0) {
            return GODWIT_AGAIN;
        }
    }
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_MTC_KEY_ANSWER, 0);
    assert_int_equal(answer->transaction, 77);
    assert_int_equal(answer->route, 5);
    assert_int_equal(answer->to, GODWIT_FUNCTION_HSE);
    w.last = answer->u.mtc_key_answer;
    return w.last.status;
}

static godwit_status_t ask_as(const char *caller)
{
    const godwit_message_t request = request_of(caller, w.hand.first, w.hand.first_len);
    return ask_with(&request);
}

static godwit_status_t ask(uint64_t counter)
{
    mtc_hand_first(&w.hand, counter, "a reading of 20 octet");
    return ask_as(CALLER);
}

/* The device got the answer. */
static void advance(void)
{
    memcpy(w.hand.chain, w.hand.next_chain, sizeof w.hand.chain);
    memcpy(w.hand.temporary, w.last.temporary, sizeof w.hand.temporary);
}

static const godwit_mtc_contact_record_t *contact(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_MTC_CONTACT, .imsi = owner_imsi(MTC_IMSI)};
    assert_int_equal(godwit_name_key(CRYPTO, MTC_SERVER, key.octets), GODWIT_OK);
    const godwit_record_t *record = owner_find(&w.owner, &key);
    return record == NULL ? NULL : &record->u.mtc_contact;
}

/* K_MTC of the answer opens the datagram. */
static void assert_opens(void)
{
    uint8_t plain[512];
    godwit_emsdp_key_t key;
    godwit_emsdp_opened_t opened;
    assert_int_equal(godwit_mtc_first_open(CRYPTO, godwit_slice(w.hand.first, w.hand.first_len), w.hand.framing,
                                           w.last.k_mtc, &key, plain, &opened),
                     GODWIT_OK);
    assert_string_equal(w.last.server_id, MTC_SERVER);
    assert_string_equal(w.last.imsi.digits, MTC_IMSI);
}

static void assert_no_key(void)
{
    static const godwit_mtc_key_answer_t none;
    godwit_mtc_key_answer_t a = w.last;
    a.status = GODWIT_OK;
    assert_memory_equal(&a, &none, sizeof none);
}

/* ---- the way of a key ---- */

static void an_entitled_server_gets_the_key_when_the_record_is_durable(void **state)
{
    (void)state;
    assert_int_equal(ask(1), GODWIT_OK);
    assert_opens();
    assert_int_equal(owner_position(&w.owner, GODWIT_REQUEST_STORE_COMMIT, 0), 0);
    assert_int_equal(contact()->counter, 1);
    assert_int_equal(contact()->contacts, 1);
    assert_int_equal(w.home.commits, 0); /* no SQN is touched */
}

static void the_chain_goes_on_whether_or_not_the_device_got_the_answer(void **state)
{
    (void)state;
    assert_int_equal(ask(1), GODWIT_OK);
    assert_int_equal(ask(2), GODWIT_OK); /* it did not: the chain of before */
    assert_opens();
    advance();
    assert_int_equal(ask(3), GODWIT_OK);
    advance();
    assert_int_equal(ask(4), GODWIT_OK);
    assert_opens();
}

static void an_older_chain_is_none(void **state)
{
    (void)state;
    mtc_hand_t before;
    assert_int_equal(ask(1), GODWIT_OK);
    before = w.hand;
    advance();
    assert_int_equal(ask(2), GODWIT_OK);
    advance();
    assert_int_equal(ask(3), GODWIT_OK);
    w.hand = before; /* who broke both Kc of the first contact, but missed one since, is out */
    assert_int_equal(ask(4), GODWIT_MAC_FAILURE);
    assert_int_equal(contact()->counter, 3);
}

static void a_temporary_identity_stays_good_until_its_successor_is_used(void **state)
{
    (void)state;
    uint8_t first[8];
    assert_int_equal(ask(1), GODWIT_OK);
    advance();
    memcpy(first, w.hand.temporary, sizeof first);
    w.hand.hides = true;
    assert_int_equal(ask(2), GODWIT_OK);
    assert_memory_not_equal(w.last.temporary, first, sizeof first);
    assert_int_equal(ask(3), GODWIT_OK); /* the answer was lost: under the former identity again */
    advance();
    assert_int_equal(ask(4), GODWIT_OK);
    assert_opens();
    memcpy(w.hand.temporary, first, sizeof first);
    assert_int_equal(ask(5), GODWIT_UNKNOWN_SUBSCRIBER);
    memset(w.hand.temporary, 0, sizeof w.hand.temporary);
    assert_int_equal(ask(6), GODWIT_MALFORMED);
}

static void the_same_request_gets_the_same_answer_for_a_minute_also_after_a_restart(void **state)
{
    (void)state;
    assert_int_equal(ask(1), GODWIT_OK);
    const godwit_mtc_key_answer_t first = w.last;
    restart(); /* killed between commit and answer */
    const unsigned commits = w.owner.commits;
    assert_int_equal(ask_as(CALLER), GODWIT_OK);
    assert_memory_equal(&w.last, &first, sizeof first);
    assert_int_equal(w.owner.commits, commits);
    w.owner.now_ms += 60000;
    assert_int_equal(ask_as(CALLER), GODWIT_OK);
    w.owner.now_ms++;
    assert_int_equal(ask_as(CALLER), GODWIT_REPLAY);
    assert_no_key();
}

static void only_the_caller_that_asked_is_answered_again(void **state)
{
    (void)state;
    entitle("mtc-b.example", MTC_SERVER, GODWIT_MTC_SCOPE_PLMN, "00101", "00101");
    assert_int_equal(ask(1), GODWIT_OK);
    assert_int_equal(ask_as("mtc-b.example"), GODWIT_REPLAY);
    assert_int_equal(ask(2), GODWIT_OK);
}

/* ---- refusals ---- */

static void assert_refused(godwit_status_t status, godwit_status_t expected)
{
    assert_int_equal(status, expected);
    assert_no_key();
    assert_null(contact());
    assert_true(owner_saw(&w.owner, "refused", expected));
}

static void a_server_that_is_not_entitled_gets_nothing(void **state)
{
    (void)state;
    mtc_hand_first(&w.hand, 1, "x");
    assert_refused(ask_as("stranger.example"), GODWIT_NOT_ENTITLED);
    assert_refused(ask_as(""), GODWIT_OVERLOAD); /* nobody */
}

static void a_server_gets_nothing_by_the_datagram_of_another(void **state)
{
    (void)state;
    entitle("mtc-b.example", "other.example", GODWIT_MTC_SCOPE_PLMN, "00101", "00101");
    mtc_hand_first(&w.hand, 1, "x"); /* for MTC_SERVER */
    assert_refused(ask_as("mtc-b.example"), GODWIT_MAC_FAILURE);
    assert_int_equal(ask_as(CALLER), GODWIT_OK);
    advance();
    w.hand.hides = true;
    mtc_hand_first(&w.hand, 2, "x"); /* and a temporary identity is one server's */
    assert_int_equal(ask_as("mtc-b.example"), GODWIT_UNKNOWN_SUBSCRIBER);
    assert_int_equal(ask_as("stranger.example"), GODWIT_UNKNOWN_SUBSCRIBER);
}

static void an_imsi_of_another_network_is_nobodys(void **state)
{
    (void)state;
    w.hand.imsi = owner_imsi("999700000000001");
    assert_refused(ask(1), GODWIT_NOT_ENTITLED);
    entitle(CALLER, MTC_SERVER, GODWIT_MTC_SCOPE_IMSI, "001010000000009", "001010000000009");
    w.hand.imsi = owner_imsi("001010000000009");
    assert_refused(ask(1), GODWIT_UNKNOWN_SUBSCRIBER);
}

static void entitlements_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < w.owner.record_count; i++) {
        w.owner.records[i].u.mtc_entitlement.not_after_ms = w.owner.now_ms + 1;
    }
    assert_int_equal(ask(1), GODWIT_OK);
    w.owner.now_ms++;
    assert_int_equal(ask(2), GODWIT_NOT_ENTITLED);
}

static void one_bit_of_the_mac_is_enough_to_refuse(void **state)
{
    (void)state;
    mtc_hand_first(&w.hand, 1, "x");
    for (size_t bit = 0; bit < 64; bit++) {
        uint8_t *octet = &w.hand.first[w.hand.first_len - 1 - bit / 8];
        *octet ^= (uint8_t)(1u << bit % 8);
        assert_refused(ask_as(CALLER), GODWIT_MAC_FAILURE);
        *octet ^= (uint8_t)(1u << bit % 8);
    }
    assert_int_equal(ask_as(CALLER), GODWIT_OK);
}

static void a_counter_behind_or_too_far_ahead_is_refused(void **state)
{
    (void)state;
    assert_refused(ask(0), GODWIT_REPLAY);
    assert_refused(ask(GODWIT_MTC_COUNTER_JUMP + 1), GODWIT_KEY_EXPIRED);
    assert_int_equal(ask(GODWIT_MTC_COUNTER_JUMP), GODWIT_OK);
    assert_int_equal(ask(GODWIT_MTC_COUNTER_JUMP - 1), GODWIT_REPLAY);
    assert_int_equal(ask(2 * GODWIT_MTC_COUNTER_JUMP + 1), GODWIT_KEY_EXPIRED);
    assert_int_equal(contact()->counter, GODWIT_MTC_COUNTER_JUMP);
}

static void what_is_no_first_datagram_is_malformed(void **state)
{
    (void)state;
    mtc_hand_first(&w.hand, 1, "x");
    godwit_message_t request = request_of(CALLER, w.hand.first, w.hand.first_len);
    for (size_t len = 0; len < w.hand.first_len - 8; len++) {
        request.u.mtc_key_request.datagram_len = (uint16_t)len;
        const godwit_status_t status = ask_with(&request);
        assert_true(status == GODWIT_MALFORMED || status == GODWIT_MAC_FAILURE);
    }
    request.u.mtc_key_request.datagram_len = UINT16_MAX;
    assert_refused(ask_with(&request), GODWIT_MALFORMED);
    request = request_of(CALLER, w.hand.first, w.hand.first_len);
    request.u.mtc_key_request.session_octets = 5;
    assert_refused(ask_with(&request), GODWIT_MALFORMED);
}

static void profile_ts33868_is_off(void **state)
{
    (void)state;
    mtc_hand_first(&w.hand, 1, NULL);
    uint8_t with[128];
    const size_t before = w.hand.first_len - 8;
    memcpy(with, w.hand.first, before);
    memcpy(with + before, (const uint8_t[]){0x11, 4, 1, 2, 3, 4}, 6); /* an Encrypted RES */
    memset(with + before + 6, 0, 8);
    godwit_message_t request = request_of(CALLER, with, before + 14);
    godwit_status_t status = ask_with(&request);
    assert_true(status == GODWIT_POLICY_FORBIDS || status == GODWIT_MALFORMED);
    assert_null(contact());
}

/* ---- nobody is locked out, and nobody takes all ---- */

static void failures_are_charged_to_the_caller_and_to_no_device(void **state)
{
    (void)state;
    w.mkef.failures_per_minute = 10;
    entitle("mtc-b.example", MTC_SERVER, GODWIT_MTC_SCOPE_PLMN, "00101", "00101");
    mtc_hand_first(&w.hand, 1, "x");
    w.hand.first[w.hand.first_len - 1] ^= 1;
    for (int i = 0; i < 10; i++) {
        assert_int_equal(ask_as("mtc-b.example"), GODWIT_MAC_FAILURE);
    }
    assert_int_equal(ask_as("mtc-b.example"), GODWIT_OVERLOAD);
    assert_int_equal(ask(1), GODWIT_OK); /* the same device at another caller */
    advance();
    mtc_hand_first(&w.hand, 2, "x");
    w.owner.now_ms += 6000; /* a tenth of a minute: one more */
    assert_int_equal(ask_as("mtc-b.example"), GODWIT_OK);
}

static void a_caller_has_so_many_requests_and_no_more(void **state)
{
    (void)state;
    w.mkef.requests_per_minute = 20;
    for (unsigned i = 1; i <= 20; i++) {
        assert_int_equal(ask(i), GODWIT_OK);
    }
    assert_int_equal(ask(21), GODWIT_OVERLOAD);
    w.owner.now_ms += 60000;
    assert_int_equal(ask(21), GODWIT_OK);
}

static void a_clock_that_is_set_back_keeps_no_caller_out(void **state)
{
    (void)state;
    w.owner.now_ms += UINT64_C(365) * 86400 * 1000;
    w.mkef.requests_per_minute = 20;
    for (unsigned i = 1; i <= 20; i++) {
        assert_int_equal(ask(i), GODWIT_OK);
    }
    assert_int_equal(ask(21), GODWIT_OVERLOAD);
    w.owner.now_ms -= UINT64_C(364) * 86400 * 1000;
    assert_int_equal(ask(21), GODWIT_OVERLOAD);
    w.owner.now_ms += 60000;
    assert_int_equal(ask(21), GODWIT_OK);
}

static void one_caller_does_not_take_the_whole_hlr(void **state)
{
    (void)state;
    w.mkef.outstanding_per_caller = 3;
    for (unsigned i = 1; i <= 3; i++) {
        mtc_hand_first(&w.hand, i, "x");
        const godwit_message_t request = request_of(CALLER, w.hand.first, w.hand.first_len);
        owner_give_message(&w.owner, &request);
        (void)owner_message(&w.owner, GODWIT_DEVICE_RAND_REQUEST, 0);
    }
    assert_int_equal(ask(4), GODWIT_OVERLOAD);
    owner_give_timer(&w.owner, 1); /* the HLR is silent */
    assert_int_equal(owner_message(&w.owner, GODWIT_MTC_KEY_ANSWER, 0)->u.mtc_key_answer.status, GODWIT_PEER_INTERNAL);
    assert_int_equal(ask(4), GODWIT_OK);
}

static void two_requests_at_once_move_the_contact_once(void **state)
{
    (void)state;
    godwit_message_t asked[2], answered[2];
    for (unsigned i = 0; i < 2; i++) {
        mtc_hand_first(&w.hand, 2 - i, "x"); /* the later counter first */
        const godwit_message_t request = request_of(CALLER, w.hand.first, w.hand.first_len);
        owner_give_message(&w.owner, &request);
        asked[i] = *owner_message(&w.owner, GODWIT_DEVICE_RAND_REQUEST, 0);
    }
    for (unsigned i = 0; i < 2; i++) {
        owner_give_message(&w.home, &asked[i]);
        answered[i] = *owner_message(&w.home, GODWIT_DEVICE_RAND_ANSWER, 0);
        owner_give_message(&w.owner, &answered[i]);
        assert_int_equal(owner_message(&w.owner, GODWIT_MTC_KEY_ANSWER, 0)->u.mtc_key_answer.status,
                         i == 0 ? GODWIT_OK : GODWIT_REPLAY);
        owner_give_message(&w.owner, &answered[i]); /* an answer twice is nothing */
        assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE), 0);
    }
    assert_int_equal(contact()->counter, 2);
}

static void a_store_that_fails_gives_no_key(void **state)
{
    (void)state;
    w.owner.fail_commits = true;
    assert_int_equal(ask(1), GODWIT_AGAIN); /* what stands after the commit does not happen */
    w.owner.fail_commits = false;
    w.owner.fail_fetches = true;
    assert_int_equal(ask(1), GODWIT_PEER_INTERNAL);
    w.owner.fail_fetches = false;
    assert_int_equal(ask(1), GODWIT_OK);
}

/* ---- the operator ---- */

static void release(uint64_t above)
{
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_CONTACT};
    record.u.mtc_contact = *contact();
    godwit_mtc_contact_release(&record.u.mtc_contact, above);
    owner_put(&w.owner, &record);
}

static void a_released_device_begins_anew_above_its_counter(void **state)
{
    (void)state;
    const uint64_t far = 5 * GODWIT_MTC_COUNTER_JUMP;
    assert_int_equal(ask(1), GODWIT_OK);
    advance();
    assert_int_equal(ask(2), GODWIT_OK);
    memset(w.hand.chain, 0, sizeof w.hand.chain); /* its memory is lost */
    assert_int_equal(ask(far), GODWIT_KEY_EXPIRED);
    release(0);
    assert_int_equal(ask(2), GODWIT_REPLAY); /* what was recorded stays behind */
    assert_int_equal(ask(far), GODWIT_OK);
    advance();
    assert_int_equal(ask(3 * far), GODWIT_KEY_EXPIRED); /* once */
    assert_int_equal(ask(far + 1), GODWIT_OK);
}

static void a_held_device_waits_for_the_operator(void **state)
{
    (void)state;
    godwit_record_t record = {.kind = GODWIT_RECORD_MTC_CONTACT};
    assert_int_equal(ask(1), GODWIT_OK);
    record.u.mtc_contact = *contact();
    record.u.mtc_contact.held = true;
    owner_put(&w.owner, &record);
    assert_int_equal(ask(2), GODWIT_KEY_EXPIRED);
    release(10);
    assert_int_equal(ask(10), GODWIT_REPLAY);
    assert_int_equal(ask(11), GODWIT_OK);
}

/* ---- the HSS ---- */

static void the_hss_answers_configured_mkefs_alone(void **state)
{
    (void)state;
    mtc_hand_first(&w.hand, 1, "x");
    const godwit_message_t request = request_of(CALLER, w.hand.first, w.hand.first_len);
    owner_give_message(&w.owner, &request);
    godwit_message_t asked = *owner_message(&w.owner, GODWIT_DEVICE_RAND_REQUEST, 0);
    strcpy(asked.origin_host, "mme.home.test");
    owner_give_message(&w.home, &asked);
    assert_int_equal(owner_message(&w.home, GODWIT_DEVICE_RAND_ANSWER, 0)->u.device_rand_answer.status,
                     GODWIT_NOT_ENTITLED);
    strcpy(asked.origin_host, MKEF_HOST);
    asked.u.device_rand_request.plain = true;
    owner_give_message(&w.home, &asked);
    assert_int_equal(owner_message(&w.home, GODWIT_DEVICE_RAND_ANSWER, 0)->u.device_rand_answer.status,
                     GODWIT_POLICY_FORBIDS);
    w.hss.plain_rand = true; /* what a recorded RAND then gives: an oracle, and why it is off */
    uint8_t sres[4], kc[8];
    mtc_sim(asked.u.device_rand_request.rand1, sres, kc);
    owner_give_message(&w.home, &asked);
    const godwit_device_rand_answer_t *answer =
        &owner_message(&w.home, GODWIT_DEVICE_RAND_ANSWER, 0)->u.device_rand_answer;
    assert_memory_equal(answer->kc_sres, kc, sizeof kc);
    assert_memory_equal(answer->kc_sres + 16, sres, sizeof sres);
}

static void a_plain_2g_sim_will_do(void **state)
{
    (void)state;
    godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = owner_imsi(MTC_IMSI)};
    godwit_aka_key_t *sim = &owner_find(&w.home, &key)->u.subscriber.key;
    /* GSM-MILENAGE makes of K and OPc what c2 and c3 make of MILENAGE (TS 55.205 3): the hand's SIM is the same. */
    assert_int_equal(godwit_aka_key_init(sim, CRYPTO, GODWIT_ALG_GSM_MILENAGE, godwit_slice(k, 16),
                                         godwit_slice(opc, 16), true, NULL),
                     GODWIT_OK);
    assert_int_equal(ask(1), GODWIT_OK);
    assert_opens();
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_entitled_server_gets_the_key_when_the_record_is_durable),
        TEST(the_chain_goes_on_whether_or_not_the_device_got_the_answer),
        TEST(an_older_chain_is_none),
        TEST(a_temporary_identity_stays_good_until_its_successor_is_used),
        TEST(the_same_request_gets_the_same_answer_for_a_minute_also_after_a_restart),
        TEST(only_the_caller_that_asked_is_answered_again),
        TEST(a_server_that_is_not_entitled_gets_nothing),
        TEST(a_server_gets_nothing_by_the_datagram_of_another),
        TEST(an_imsi_of_another_network_is_nobodys),
        TEST(entitlements_end),
        TEST(one_bit_of_the_mac_is_enough_to_refuse),
        TEST(a_counter_behind_or_too_far_ahead_is_refused),
        TEST(what_is_no_first_datagram_is_malformed),
        TEST(profile_ts33868_is_off),
        TEST(failures_are_charged_to_the_caller_and_to_no_device),
        TEST(a_caller_has_so_many_requests_and_no_more),
        TEST(a_clock_that_is_set_back_keeps_no_caller_out),
        TEST(one_caller_does_not_take_the_whole_hlr),
        TEST(two_requests_at_once_move_the_contact_once),
        TEST(a_store_that_fails_gives_no_key),
        TEST(a_released_device_begins_anew_above_its_counter),
        TEST(a_held_device_waits_for_the_operator),
        TEST(the_hss_answers_configured_mkefs_alone),
        TEST(a_plain_2g_sim_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
