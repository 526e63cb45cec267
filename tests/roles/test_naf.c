/* SPDX-License-Identifier: Apache-2.0
 *
 * The NAF alone: the test is its BSF, a device on Ua, and a door that asks for keys.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/wire/digest_aka.h"
#include "roles/naf.h"
#include "tests/support/owner.h"

#define CRYPTO &godwit_crypto_builtin
#define HOST "naf.home.test"
#define B_TID "EBESExQVFhcYGRobHB0eHw==@bsf.home.test"
#define KEYS 4

static struct {
    godwit_naf_t naf;
    godwit_naf_key_t keys[KEYS];
    godwit_naf_config_t config;
    owner_t owner;
    godwit_zn_answer_t bsf;
    bool silent;
    unsigned questions;
    godwit_zn_request_t asked;
    uint32_t transaction;
    char nonce[GODWIT_DIGEST_NONCE_MAX + 1];
} w;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_naf_step(role, in, out);
}

static int setup(void **state)
{
    (void)state;
    memset(&w, 0, sizeof w);
    owner_init(&w.owner, step, &w.naf);
    w.config.crypto = CRYPTO;
    strcpy(w.config.fqdns[0], HOST);
    strcpy(w.config.fqdns[1], "other.home.test");
    w.config.fqdn_count = 2;
    strcpy(w.config.bsfs[0], "bsf.home.test");
    w.config.bsf_count = 1;
    strcpy(w.config.local_host, "naf-node.home.test");
    assert_int_equal(godwit_naf_init(&w.naf, &w.config, w.keys, KEYS), GODWIT_OK);
    w.owner.now_ms = 1000000;
    strcpy(w.bsf.impi, "001010000000001@ims.mnc001.mcc001.3gppnetwork.org");
    memset(w.bsf.me_key, 0x5A, 32);
    w.bsf.expires_ms = 1000000 + 3600000;
    return 0;
}

/* The BSF, if it was asked. */
static void answer_bsf(void)
{
    const godwit_request_t *q = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0);
    if (q == NULL || q->message->kind != GODWIT_ZN_REQUEST) {
        return;
    }
    godwit_message_t m = {.kind = GODWIT_ZN_ANSWER, .transaction = q->message->transaction};
    assert_int_equal(q->message->to, GODWIT_FUNCTION_BSF);
    assert_string_equal(q->message->origin_host, "naf-node.home.test");
    w.asked = q->message->u.zn_request;
    w.questions++;
    m.u.zn_answer = w.bsf;
    if (w.silent) {
        owner_give_timer(&w.owner, owner_request(&w.owner, GODWIT_REQUEST_TIMER, 0)->timer);
    } else {
        owner_give_message(&w.owner, &m);
    }
}

static godwit_message_t message_of(godwit_message_kind_t kind)
{
    godwit_message_t m = {.kind = kind, .from = GODWIT_FUNCTION_DEVICE, .to = GODWIT_FUNCTION_NAF, .route = 7};
    m.transaction = ++w.transaction;
    return m;
}

static godwit_naf_key_answer_t get_key(const char *b_tid, const char *fqdn)
{
    godwit_message_t m = message_of(GODWIT_NAF_KEY_REQUEST);
    strcpy(m.u.naf_key_request.b_tid, b_tid);
    strcpy(m.u.naf_key_request.fqdn, fqdn);
    memcpy(m.u.naf_key_request.ua_protocol, "\x01\x00\x01\x00\xA8", 5);
    owner_give_message(&w.owner, &m);
    answer_bsf();
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_NAF_KEY_ANSWER, 0);
    assert_int_equal(answer->transaction, w.transaction);
    assert_int_equal(answer->route, 7);
    assert_int_equal(answer->to, GODWIT_FUNCTION_DEVICE);
    return answer->u.naf_key_answer;
}

static godwit_ua_answer_t ask(const char *host, const char *authorization)
{
    godwit_message_t m = message_of(GODWIT_UA_REQUEST);
    strcpy(m.u.ua_request.host, host);
    strcpy(m.u.ua_request.method, "POST");
    strcpy(m.u.ua_request.uri, "/readings");
    strcpy(m.u.ua_request.authorization, authorization);
    owner_give_message(&w.owner, &m);
    answer_bsf();
    const godwit_message_t *answer = owner_message(&w.owner, GODWIT_UA_ANSWER, 0);
    assert_int_equal(answer->transaction, w.transaction);
    return answer->u.ua_answer;
}

static godwit_digest_challenge_t challenged(const godwit_ua_answer_t *answer)
{
    godwit_digest_challenge_t c;
    assert_int_equal(answer->code, 401);
    assert_int_equal(godwit_digest_challenge_parse(godwit_slice_of_string(answer->www_authenticate), &c), GODWIT_OK);
    strcpy(w.nonce, c.nonce);
    return c;
}

/* What a device sends that knows this key. */
static const char *authorization(const char *b_tid, uint8_t ks_naf, uint32_t nc)
{
    static char text[GODWIT_HTTP_FIELD_MAX];
    godwit_digest_authorization_t a = {.qop = GODWIT_QOP_AUTH, .nc = nc, .has_response = true};
    uint8_t key[32], password[GODWIT_BASE64_LEN(32)], none[16] = {0};
    godwit_writer_t w64 = godwit_writer(password, sizeof password);
    memset(key, ks_naf, sizeof key);
    godwit_put_base64(&w64, godwit_slice(key, sizeof key));
    strcpy(a.username, b_tid);
    strcpy(a.realm, "3GPP-bootstrapping@" HOST);
    strcpy(a.nonce, w.nonce);
    strcpy(a.uri, "/readings");
    strcpy(a.cnonce, "0123456789");
    godwit_digest_compute(&a, godwit_slice_of_string("POST"), godwit_written(&w64), none, a.response);
    assert_int_equal(godwit_digest_authorization_build(&a, text), GODWIT_OK);
    return text;
}

static void first_challenge(void)
{
    godwit_ua_answer_t answer = ask(HOST, "");
    (void)challenged(&answer);
}

/* ---- HTTP digest ---- */

static void whoever_shows_nothing_is_told_to_bootstrap(void **state)
{
    (void)state;
    godwit_ua_answer_t answer = ask(HOST, "");
    godwit_digest_challenge_t c = challenged(&answer);
    assert_string_equal(c.realm, "3GPP-bootstrapping@" HOST);
    assert_int_equal(c.algorithm, GODWIT_DIGEST_MD5);
    assert_false(c.stale);
    assert_int_equal(w.questions, 0);
}

static void a_device_with_the_key_comes_in_and_the_bsf_is_asked_once(void **state)
{
    (void)state;
    first_challenge();
    godwit_ua_answer_t answer = ask(HOST, authorization(B_TID, 0x5A, 1));
    assert_int_equal(answer.code, 200);
    assert_string_equal(answer.impi, "001010000000001@ims.mnc001.mcc001.3gppnetwork.org");
    godwit_digest_info_t info;
    assert_int_equal(godwit_digest_info_parse(godwit_slice_of_string(answer.authentication_info), &info), GODWIT_OK);
    assert_true(info.has_rspauth);
    assert_int_equal(w.questions, 1);
    assert_string_equal(w.asked.b_tid, B_TID);
    assert_int_equal(w.asked.naf_id_len, strlen(HOST) + 5);
    assert_memory_equal(w.asked.naf_id, HOST "\x01\x00\x00\x00\x02", strlen(HOST) + 5);
    assert_int_equal(ask(HOST, authorization(B_TID, 0x5A, 2)).code, 200);
    assert_int_equal(w.questions, 1);
}

static void a_wrong_digest_and_a_replay_do_not_come_in(void **state)
{
    (void)state;
    char first[GODWIT_HTTP_FIELD_MAX];
    first_challenge();
    godwit_ua_answer_t answer = ask(HOST, authorization(B_TID, 0x5B, 1));
    (void)challenged(&answer);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_MAC_FAILURE));
    strcpy(first, authorization(B_TID, 0x5A, 1));
    assert_int_equal(ask(HOST, first).code, 200);
    answer = ask(HOST, first);
    assert_true(challenged(&answer).stale);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_REPLAY));
}

static void nonces_grow_old_and_are_not_made_by_others(void **state)
{
    (void)state;
    first_challenge();
    w.owner.now_ms += 300001;
    godwit_ua_answer_t answer = ask(HOST, authorization(B_TID, 0x5A, 1));
    assert_true(challenged(&answer).stale);
    assert_int_equal(ask(HOST, authorization(B_TID, 0x5A, 1)).code, 200);
    w.nonce[0] = w.nonce[0] == 'A' ? 'B' : 'A';
    answer = ask(HOST, authorization(B_TID, 0x5A, 9));
    (void)challenged(&answer);
    strcpy(w.nonce, "bm9uZQ==");
    answer = ask(HOST, authorization(B_TID, 0x5A, 9));
    (void)challenged(&answer);
    first_challenge();
    answer = ask("other.home.test", authorization(B_TID, 0x5A, 1)); /* the realm of another of our names */
    (void)challenged(&answer);
}

static void a_clock_that_is_set_back_keeps_no_device_out_and_lets_nothing_in_again(void **state)
{
    (void)state;
    char first[GODWIT_HTTP_FIELD_MAX];
    w.owner.now_ms += 3000000;
    w.bsf.expires_ms += 3000000;
    first_challenge();
    strcpy(first, authorization(B_TID, 0x5A, 1));
    assert_int_equal(ask(HOST, first).code, 200);
    w.owner.now_ms -= 2000000;
    first_challenge();
    assert_int_equal(ask(HOST, authorization(B_TID, 0x5A, 1)).code, 200);
    w.owner.now_ms += 2000000; /* where the first one was made */
    assert_int_equal(ask(HOST, first).code, 401);
}

static void other_names_and_nonsense_are_bad_requests(void **state)
{
    (void)state;
    assert_int_equal(ask("evil.test", "").code, 400);
    assert_int_equal(ask(HOST, "Basic QWxhZGRpbg==").code, 400);
    assert_int_equal(w.questions, 0);
}

static void invented_b_tids_do_not_reach_the_bsf(void **state)
{
    (void)state;
    first_challenge();
    godwit_ua_answer_t answer = ask(HOST, authorization("EBESExQVFhcYGRobHB0eHw==@evil.test", 0x5A, 1));
    (void)challenged(&answer);
    answer = ask(HOST, authorization("nobody", 0x5A, 1));
    (void)challenged(&answer);
    assert_int_equal(w.questions, 0);
}

static void what_the_bsf_refuses_is_told_in_http(void **state)
{
    (void)state;
    first_challenge();
    w.bsf.status = GODWIT_UNKNOWN_KEY;
    godwit_ua_answer_t answer = ask(HOST, authorization(B_TID, 0x5A, 1));
    (void)challenged(&answer); /* bootstrap anew */
    w.bsf.status = GODWIT_NOT_ENTITLED;
    assert_int_equal(ask(HOST, authorization(B_TID, 0x5A, 1)).code, 403);
    w.bsf.status = GODWIT_OVERLOAD;
    assert_int_equal(ask(HOST, authorization(B_TID, 0x5A, 1)).code, 503);
    w.bsf.status = GODWIT_OK;
    w.silent = true;
    assert_int_equal(ask(HOST, authorization(B_TID, 0x5A, 1)).code, 503);
    assert_true(owner_saw(&w.owner, "refused", GODWIT_PEER_INTERNAL));
}

/* ---- keys ---- */

static void a_door_gets_a_key_of_its_naf_id_only(void **state)
{
    (void)state;
    godwit_naf_key_answer_t answer = get_key(B_TID, "other.home.test");
    assert_int_equal(answer.status, GODWIT_OK);
    assert_int_equal(answer.ks_naf[0], 0x5A);
    assert_memory_equal(w.asked.naf_id, "other.home.test\x01\x00\x01\x00\xA8", 20);
    assert_int_equal(get_key(B_TID, HOST).status, GODWIT_OK); /* another NAF_Id: another question */
    assert_int_equal(w.questions, 2);
    assert_int_equal(get_key(B_TID, "another.naf.test").status, GODWIT_NOT_ENTITLED);
    assert_int_equal(get_key("nobody@bsf.home.test", HOST).status, GODWIT_UNKNOWN_KEY);
    assert_int_equal(w.questions, 2);
}

static void a_key_that_is_over_is_gone(void **state)
{
    (void)state;
    assert_int_equal(get_key(B_TID, HOST).status, GODWIT_OK);
    w.owner.now_ms = w.bsf.expires_ms;
    w.bsf.status = GODWIT_UNKNOWN_KEY;
    assert_int_equal(get_key(B_TID, HOST).status, GODWIT_UNKNOWN_KEY);
    assert_int_equal(w.questions, 2);
    w.bsf.status = GODWIT_OK; /* a BSF that gives what is over */
    assert_int_equal(get_key(B_TID, HOST).status, GODWIT_UNKNOWN_KEY);
    for (size_t i = 0; i < KEYS; i++) {
        assert_false(w.keys[i].used);
    }
}

static void the_table_keeps_what_was_used_last(void **state)
{
    (void)state;
    static const char *const names[] = {
        "AAAAAAAAAAAAAAAAAAAAAA==@bsf.home.test", "AQAAAAAAAAAAAAAAAAAAAA==@bsf.home.test",
        "AgAAAAAAAAAAAAAAAAAAAA==@bsf.home.test", "AwAAAAAAAAAAAAAAAAAAAA==@bsf.home.test"};
    assert_int_equal(get_key(B_TID, HOST).status, GODWIT_OK);
    for (int i = 0; i < 4; i++) {
        w.owner.now_ms++;
        assert_int_equal(get_key(names[i], HOST).status, GODWIT_OK);
        w.owner.now_ms++;
        assert_int_equal(get_key(B_TID, HOST).status, GODWIT_OK);
    }
    assert_int_equal(w.questions, 5);
    assert_int_equal(get_key(names[0], HOST).status, GODWIT_OK); /* pushed out, and asked about again */
    assert_int_equal(w.questions, 6);
}

static void questions_are_bounded(void **state)
{
    (void)state;
    godwit_message_t m = message_of(GODWIT_NAF_KEY_REQUEST);
    strcpy(m.u.naf_key_request.b_tid, B_TID);
    strcpy(m.u.naf_key_request.fqdn, HOST);
    for (int i = 0; i < GODWIT_NAF_PENDING_MAX; i++) {
        m.u.naf_key_request.ua_protocol[4] = (uint8_t)i;
        owner_give_message(&w.owner, &m);
        assert_int_equal(owner_message(&w.owner, GODWIT_ZN_REQUEST, 0)->kind, GODWIT_ZN_REQUEST);
    }
    owner_give_message(&w.owner, &m);
    assert_int_equal(owner_message(&w.owner, GODWIT_NAF_KEY_ANSWER, 0)->u.naf_key_answer.status, GODWIT_OVERLOAD);
}

static void names_that_cannot_be_are_refused_at_the_start(void **state)
{
    (void)state;
    strcpy(w.config.fqdns[0], "NAF.home.test");
    assert_int_equal(godwit_naf_init(&w.naf, &w.config, w.keys, KEYS), GODWIT_INVALID_ARGUMENT);
    w.config.fqdn_count = 0;
    assert_int_equal(godwit_naf_init(&w.naf, &w.config, w.keys, KEYS), GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(whoever_shows_nothing_is_told_to_bootstrap, setup),
        cmocka_unit_test_setup(a_device_with_the_key_comes_in_and_the_bsf_is_asked_once, setup),
        cmocka_unit_test_setup(a_wrong_digest_and_a_replay_do_not_come_in, setup),
        cmocka_unit_test_setup(nonces_grow_old_and_are_not_made_by_others, setup),
        cmocka_unit_test_setup(a_clock_that_is_set_back_keeps_no_device_out_and_lets_nothing_in_again, setup),
        cmocka_unit_test_setup(other_names_and_nonsense_are_bad_requests, setup),
        cmocka_unit_test_setup(invented_b_tids_do_not_reach_the_bsf, setup),
        cmocka_unit_test_setup(what_the_bsf_refuses_is_told_in_http, setup),
        cmocka_unit_test_setup(a_door_gets_a_key_of_its_naf_id_only, setup),
        cmocka_unit_test_setup(a_key_that_is_over_is_gone, setup),
        cmocka_unit_test_setup(the_table_keeps_what_was_used_last, setup),
        cmocka_unit_test_setup(questions_are_bounded, setup),
        cmocka_unit_test_setup(names_that_cannot_be_are_refused_at_the_start, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
