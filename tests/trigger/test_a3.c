/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3: both ends' code against tests/vectors/trigger.txt, which tests/peer/a3.py printed from
 * docs/trigger-wire.md; then what must not pass: bent octets, other keys, the wrong direction, choices that somebody
 * moved.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/trigger/trigger.h"
#include "godwit/emsdp.h"
#include "tests/kat/kat.h"

#define CRYPTO (&godwit_crypto_builtin)
#define TIME 1800000000u
#define PORT 4096
#define SCS "scs.example"

static uint8_t k_iwf[32], root_name[8], source[8], command_octets[GODWIT_TRIGGER_CONTAINER_MAX];
static godwit_slice_t command;
static const godwit_a3_key_t key_1 = {.k_iwf = k_iwf, .association = 1, .suite = 1};

/* ---- known answers ---- */

static void expect_both_ways(const kat_record_t *r, const char *name, const godwit_a3_key_t *key, uint32_t count,
                             const godwit_a3_message_t *m)
{
    uint8_t buf[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    godwit_a3_opened_t opened;
    assert_int_equal(godwit_a3_protect(CRYPTO, key, count, m, &w), GODWIT_OK);
    kat_expect(r, name, buf, w.len);
    assert_int_equal(godwit_a3_open(CRYPTO, key, godwit_a3_is_down(m->type), kat_hex(r, name), &opened), GODWIT_OK);
    assert_int_equal(opened.count, count);
    w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_a3_protect(CRYPTO, key, count, &opened.message, &w), GODWIT_OK); /* as it was read */
    kat_expect(r, name, buf, w.len);
}

static godwit_a3_message_t a_command(uint32_t association, godwit_iwf_root_t root)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_COMMAND, .command = {association, root, {0}, TIME, 2, {1, 3}}};
    memcpy(m.command.root_name, root_name, 8);
    return m;
}

static godwit_a3_message_t a_complete(uint8_t suite, uint16_t suites, godwit_slice_t answered)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_COMPLETE, .complete = {suite, suites, {0}}};
    assert_int_equal(godwit_a3_digest(CRYPTO, answered, m.complete.command), GODWIT_OK);
    return m;
}

static godwit_a3_message_t a_trigger(godwit_a3_action_t action, uint32_t reference, uint32_t old, uint32_t time_s,
                                     uint32_t validity_s)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_TRIGGER,
                             .trigger = {.action = action,
                                         .acknowledge = true,
                                         .reference = reference,
                                         .old_reference = old,
                                         .time_s = time_s,
                                         .validity_s = validity_s,
                                         .port = PORT}};
    memcpy(m.trigger.source, source, 8);
    return m;
}

static void with_payload(godwit_a3_message_t *m, uint8_t len)
{
    m->trigger.payload_len = len;
    for (uint8_t i = 0; i < len; i++) {
        m->trigger.payload[i] = i;
    }
}

static godwit_a3_message_t an_acknowledgement(uint32_t reference, godwit_a3_outcome_t outcome)
{
    return (godwit_a3_message_t){.type = GODWIT_A3_ACKNOWLEDGEMENT, .acknowledgement = {reference, outcome}};
}

static void use_conversation(const kat_record_t *r, void *context)
{
    (void)context;
    godwit_slice_t whole = kat_hex(r, "command");
    memcpy(k_iwf, kat_hex(r, "k_iwf").ptr, 32);
    memcpy(root_name, kat_hex(r, "root_name").ptr, 8);
    memcpy(command_octets, whole.ptr, whole.len);
    command = godwit_slice(command_octets, whole.len);
    assert_int_equal(godwit_a3_source(CRYPTO, SCS, true, source), GODWIT_OK);
    kat_expect(r, "source", source, 8);
}

static int read_keys(void **state)
{
    (void)state;
    kat_each("trigger.txt", "conversation", use_conversation, NULL);
    return 0;
}

static void conversation(const kat_record_t *r, void *context)
{
    (void)context;
    godwit_a3_message_t m = a_command(1, GODWIT_IWF_ROOT_FLAGGED);
    expect_both_ways(r, "command", &key_1, 0, &m);
    m = a_complete(1, 5, command);
    expect_both_ways(r, "complete", &key_1, 0, &m);
    m = a_trigger(GODWIT_A3_TRIGGERING, 7, 0, TIME + 5, 3600);
    m.trigger.priority = true;
    with_payload(&m, 80);
    expect_both_ways(r, "trigger", &key_1, 1, &m);
    m = an_acknowledgement(7, GODWIT_A3_DELIVERED);
    expect_both_ways(r, "acknowledgement", &key_1, 1, &m);
    m = a_trigger(GODWIT_A3_RECALL, 9, 8, TIME + 10, 0);
    expect_both_ways(r, "recall", &key_1, 2, &m);
    m = an_acknowledgement(9, GODWIT_A3_RECALLED);
    expect_both_ways(r, "recall_acknowledgement", &key_1, 2, &m);
    m = (godwit_a3_message_t){.type = GODWIT_A3_POLL, .poll = {4}};
    expect_both_ways(r, "poll", &key_1, 4, &m);
    m = (godwit_a3_message_t){.type = GODWIT_A3_POLL_ANSWER, .poll_answer = {TIME + 4000, 1}};
    expect_both_ways(r, "poll_answer", &key_1, 4, &m);
    m = a_trigger(GODWIT_A3_REPLACE, 11, 10, TIME + 4001, 60);
    with_payload(&m, 80);
    expect_both_ways(r, "replace", &key_1, 5, &m);
    assert_int_equal(kat_hex(r, "replace_sms").len, kat_hex(r, "replace").len + 7);
    assert_true(kat_hex(r, "replace_sms").len <= 140); /* user data of one short message */
}

static void a_whole_conversation(void **state)
{
    (void)state;
    kat_each("trigger.txt", "conversation", conversation, NULL);
}

static void of_suite(const kat_record_t *r, void *context)
{
    (void)context;
    uint8_t conf[16], integrity[16], suite = 0;
    const godwit_a3_key_t key = {.k_iwf = kat_hex(r, "k_iwf").ptr,
                                 .association = (uint32_t)kat_number(r, "association"),
                                 .suite = (uint8_t)kat_number(r, "suite")};
    assert_int_equal(godwit_k_di(CRYPTO, key.k_iwf, key.suite, conf, integrity), GODWIT_OK);
    kat_expect(r, "k_di_conf", conf, 16);
    kat_expect(r, "k_di_int", integrity, 16);
    godwit_a3_message_t m = a_command(key.association, GODWIT_IWF_ROOT_KASME);
    m.command.suites = 4;
    memcpy(m.command.suite, (const uint8_t[]){6, 5, 3, 1}, 4);
    expect_both_ways(r, "command", &key, 0, &m);
    m = a_trigger(GODWIT_A3_TRIGGERING, 7, 0, TIME, 60);
    m.trigger.port = 9;
    m.trigger.acknowledge = false;
    memset(m.trigger.source, 0, 8);
    m.trigger.payload_len = 5;
    memcpy(m.trigger.payload, "valve", 5);
    expect_both_ways(r, "trigger", &key, 0x01020304, &m);
    m = an_acknowledgement(7, GODWIT_A3_NO_APPLICATION);
    expect_both_ways(r, "acknowledgement", &key, UINT32_MAX - 1, &m);
    assert_int_equal(godwit_a3_complete_open(CRYPTO, key.k_iwf, kat_hex(r, "command"), kat_hex(r, "complete"), &suite),
                     GODWIT_OK);
    assert_int_equal(suite, key.suite);
    const bool ciphers = godwit_suite(suite)->eea != 0;
    assert_int_equal(memmem(kat_hex(r, "trigger").ptr, kat_hex(r, "trigger").len, "valve", 5) == NULL, ciphers);
    assert_int_equal(godwit_suite(suite)->mac_len, GODWIT_A3_MAC);
}

static void every_suite(void **state)
{
    (void)state;
    assert_int_equal(kat_each("trigger.txt", "suites", of_suite, NULL), 4);
}

static void rejects(const kat_record_t *r, void *context)
{
    (void)context;
    godwit_a3_message_t m = {.type = GODWIT_A3_REJECT, .reject = {.reason = GODWIT_A3_OLD_NUMBER, .association = 1}};
    uint8_t buf[GODWIT_TRIGGER_CONTAINER_MAX];
    assert_int_equal(godwit_a3_digest(CRYPTO, command, m.reject.command), GODWIT_OK);
    m.reject.root = GODWIT_IWF_ROOT_FLAGGED;
    memcpy(m.reject.root_name, root_name, 8);
    expect_both_ways(r, "protected", &key_1, 1, &m);
    m.reject.reason = GODWIT_A3_NO_ROOT;
    m.reject.root = GODWIT_IWF_ROOT_NONE;
    m.reject.association = 0;
    memset(m.reject.root_name, 0, 8);
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_a3_unprotected_build(&m, &w), GODWIT_OK);
    kat_expect(r, "hint", buf, w.len);
    godwit_a3_message_t read;
    assert_int_equal(godwit_a3_unprotected_parse(false, kat_hex(r, "wants"), &read), GODWIT_OK);
    assert_int_equal(read.reject.reason, GODWIT_A3_NO_ASSOCIATION);
    assert_memory_equal(read.reject.root_name, root_name, 8);
}

static void unprotected(const kat_record_t *r, void *context)
{
    (void)context;
    godwit_a3_message_t m;
    uint8_t buf[GODWIT_TRIGGER_CONTAINER_MAX];
    assert_int_equal(godwit_a3_unprotected_parse(true, kat_hex(r, "trigger"), &m), GODWIT_OK);
    assert_int_equal(m.trigger.reference, 7);
    assert_memory_equal(m.trigger.payload, "valve", 5);
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_a3_unprotected_build(&m, &w), GODWIT_OK);
    kat_expect(r, "trigger", buf, w.len);
    m = an_acknowledgement(7, GODWIT_A3_DELIVERED);
    w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_a3_unprotected_build(&m, &w), GODWIT_OK);
    kat_expect(r, "acknowledgement", buf, w.len);
    /* The other way round they are nothing; and a protected one is not taken for one without protection. */
    assert_int_equal(godwit_a3_unprotected_parse(false, kat_hex(r, "trigger"), &m), GODWIT_MALFORMED);
    assert_int_equal(godwit_a3_unprotected_parse(true, kat_hex(r, "acknowledgement"), &m), GODWIT_MALFORMED);
    assert_int_equal(godwit_a3_unprotected_parse(true, command, &m), GODWIT_MALFORMED);
    m = a_command(1, GODWIT_IWF_ROOT_FLAGGED);
    assert_int_equal(godwit_a3_unprotected_build(&m, &w), GODWIT_INVALID_ARGUMENT);
}

static void rejects_and_case_1(void **state)
{
    (void)state;
    kat_each("trigger.txt", "rejects", rejects, NULL);
    kat_each("trigger.txt", "unprotected", unprotected, NULL);
}

static void over_udp(const kat_record_t *r, void *context)
{
    (void)context;
    godwit_imsi_t imsi;
    godwit_a3_datagram_t d;
    uint8_t buf[GODWIT_A3_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    assert_int_equal(godwit_imsi_from_text("001010123456789", &imsi), GODWIT_OK);
    assert_int_equal(godwit_a3_datagram_build(&imsi, kat_hex(r, "poll"), &w), GODWIT_OK);
    kat_expect(r, "poll_datagram", buf, w.len);
    assert_int_equal(godwit_a3_datagram_parse(kat_hex(r, "poll_datagram"), &d), GODWIT_OK);
    assert_true(godwit_imsi_equal(&d.imsi, &imsi));
    assert_false(d.has_cookie);
    kat_expect(r, "poll", d.message.ptr, d.message.len);
    for (size_t len = 0; len < w.len; len++) { /* no part of it is read as a datagram with a MAC cut off */
        if (godwit_a3_datagram_parse(godwit_slice(buf, len), &d) == GODWIT_OK) {
            assert_true(d.message.len >= GODWIT_A3_OVERHEAD);
        }
    }
}

static void with_cookie(const kat_record_t *r, void *context)
{
    (void)context;
    godwit_a3_datagram_t d;
    godwit_a3_cookie_answer_t answer;
    uint8_t buf[GODWIT_A3_DATAGRAM_MAX], echo[GODWIT_A3_ECHO];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    const godwit_slice_t datagram = kat_hex(r, "datagram"), hint = kat_hex(r, "hint");
    assert_int_equal(godwit_a3_cookie_answer_parse(kat_hex(r, "cookie_answer"), &answer), GODWIT_OK);
    assert_true(godwit_a3_echo(hint, echo));
    assert_memory_equal(answer.echo, echo, sizeof echo);
    assert_int_equal(godwit_a3_cookie_answer_build(&answer, &w), GODWIT_OK);
    kat_expect(r, "cookie_answer", buf, w.len);
    for (size_t len = 0; len < w.len; len++) {
        assert_int_equal(godwit_a3_cookie_answer_parse(godwit_slice(buf, len), &answer), GODWIT_MALFORMED);
    }
    assert_int_equal(godwit_a3_datagram_parse(kat_hex(r, "cookie_answer"), &d), GODWIT_MALFORMED); /* nor as one up */
    assert_int_equal(godwit_a3_datagram_parse(datagram, &d), GODWIT_OK);
    assert_true(d.has_cookie);
    kat_expect(r, "cookie", d.cookie, sizeof d.cookie);
    kat_expect(r, "hint", d.message.ptr, d.message.len);
    w = godwit_writer(buf, sizeof buf);
    godwit_a3_cookie_put(d.cookie, &w);
    godwit_put_slice(&w, hint);
    uint8_t whole[GODWIT_A3_DATAGRAM_MAX];
    godwit_writer_t out = godwit_writer(whole, sizeof whole);
    assert_int_equal(godwit_a3_datagram_build(&d.imsi, godwit_written(&w), &out), GODWIT_OK);
    kat_expect(r, "datagram", whole, out.len);
    for (size_t len = 0; len < 8 + GODWIT_A3_COOKIE_PART + 5; len++) { /* a cookie without a message */
        assert_int_equal(godwit_a3_datagram_parse(godwit_slice(whole, len), &d), GODWIT_MALFORMED);
    }
}

static void a_cookie_goes_before_the_message(void **state)
{
    (void)state;
    kat_each("trigger.txt", "cookie", with_cookie, NULL);
}

static void a_datagram_names_the_device(void **state)
{
    (void)state;
    kat_each("trigger.txt", "conversation", over_udp, NULL);
}

/* ---- what must not pass ---- */

static size_t protect(const godwit_a3_key_t *key, uint32_t count, const godwit_a3_message_t *m,
                      uint8_t out[GODWIT_TRIGGER_CONTAINER_MAX])
{
    godwit_writer_t w = godwit_writer(out, GODWIT_TRIGGER_CONTAINER_MAX);
    assert_int_equal(godwit_a3_protect(CRYPTO, key, count, m, &w), GODWIT_OK);
    return w.len;
}

static void every_bit_of_every_octet_counts(void **state)
{
    (void)state;
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_a3_opened_t opened;
    for (uint8_t suite = 1; suite <= 6; suite++) {
        if ((GODWIT_A3_SUITES >> (suite - 1) & 1) == 0) {
            continue;
        }
        const godwit_a3_key_t key = {k_iwf, 5, suite};
        godwit_a3_message_t m = a_trigger(GODWIT_A3_REPLACE, 7, 6, TIME, 60);
        with_payload(&m, 20);
        const size_t len = protect(&key, 3, &m, octets);
        for (size_t bit = 0; bit < 8 * len; bit++) {
            octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
            assert_int_not_equal(godwit_a3_open(CRYPTO, &key, true, godwit_slice(octets, len), &opened), GODWIT_OK);
            octets[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t cut = 0; cut < len; cut++) {
            assert_int_not_equal(godwit_a3_open(CRYPTO, &key, true, godwit_slice(octets, cut), &opened), GODWIT_OK);
        }
        assert_int_equal(godwit_a3_open(CRYPTO, &key, true, godwit_slice(octets, len), &opened), GODWIT_OK);
    }
}

static void a_message_opens_under_its_own_key_alone(void **state)
{
    (void)state;
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX], other[32];
    godwit_a3_opened_t opened;
    godwit_a3_message_t m = a_trigger(GODWIT_A3_TRIGGERING, 7, 0, TIME, 60);
    const godwit_slice_t sealed = godwit_slice(octets, protect(&key_1, 3, &m, octets));
    memcpy(other, k_iwf, 32);
    other[31] ^= 1;
    const godwit_a3_key_t wrong = {other, 1, 1}, next = {k_iwf, 2, 1}, same_id = {k_iwf, 8, 1}, suite = {k_iwf, 1, 3};
    assert_int_equal(godwit_a3_open(CRYPTO, &wrong, true, sealed, &opened), GODWIT_MAC_FAILURE);
    assert_int_equal(godwit_a3_open(CRYPTO, &next, true, sealed, &opened), GODWIT_UNKNOWN_KEY);
    assert_int_equal(godwit_a3_open(CRYPTO, &suite, true, sealed, &opened), GODWIT_MAC_FAILURE);
    /* The same K_iwf never serves two numbers; if it did, a Command would still not pass for the other's. */
    m = a_command(1, GODWIT_IWF_ROOT_FLAGGED);
    const godwit_slice_t asked = godwit_slice(octets, protect(&key_1, 0, &m, octets));
    assert_int_equal(godwit_a3_open(CRYPTO, &same_id, true, asked, &opened), GODWIT_MAC_FAILURE);
}

static void nothing_can_be_reflected(void **state)
{
    (void)state;
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_a3_opened_t opened;
    const godwit_a3_message_t up[] = {
        a_complete(1, 5, command),
        {.type = GODWIT_A3_REJECT, .reject = {.reason = GODWIT_A3_NO_SUITE}},
        an_acknowledgement(7, GODWIT_A3_DELIVERED),
        {.type = GODWIT_A3_POLL, .poll = {4}},
    };
    const godwit_a3_message_t down[] = {
        a_command(1, GODWIT_IWF_ROOT_FLAGGED),
        a_trigger(GODWIT_A3_TRIGGERING, 7, 0, TIME, 60),
        {.type = GODWIT_A3_POLL_ANSWER, .poll_answer = {TIME, 0}},
    };
    for (size_t i = 0; i < sizeof up / sizeof *up; i++) {
        const size_t len = protect(&key_1, 1, &up[i], octets);
        assert_int_equal(godwit_a3_open(CRYPTO, &key_1, true, godwit_slice(octets, len), &opened), GODWIT_MALFORMED);
    }
    for (size_t i = 0; i < sizeof down / sizeof *down; i++) {
        size_t len = protect(&key_1, 1, &down[i], octets);
        assert_int_equal(godwit_a3_open(CRYPTO, &key_1, false, godwit_slice(octets, len), &opened), GODWIT_MALFORMED);
        /* With the type of something that goes up, too: direction is under the MAC. */
        octets[0] = (uint8_t)((octets[0] & 0x07) | GODWIT_A3_ACKNOWLEDGEMENT << 3);
        assert_int_equal(godwit_a3_open(CRYPTO, &key_1, false, godwit_slice(octets, len), &opened), GODWIT_MAC_FAILURE);
    }
}

static void what_cannot_be_is_not_built(void **state)
{
    (void)state;
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_a3_message_t bad[12];
    const godwit_a3_message_t good = a_trigger(GODWIT_A3_TRIGGERING, 7, 0, TIME, 60);
    for (size_t i = 0; i < 6; i++) {
        bad[i] = good;
    }
    bad[0].trigger.action = (godwit_a3_action_t)2;
    bad[1].trigger.payload_len = 81;
    bad[2].trigger.old_reference = 3;
    bad[3].trigger.action = GODWIT_A3_RECALL;
    bad[3].trigger.payload_len = 1;
    bad[4].trigger.action = GODWIT_A3_REPLACE;
    bad[4].trigger.old_reference = 7;
    bad[5].type = (godwit_a3_type_t)8;
    bad[6] = an_acknowledgement(7, (godwit_a3_outcome_t)0);
    bad[7] = an_acknowledgement(7, (godwit_a3_outcome_t)7);
    bad[8] = a_command(2, GODWIT_IWF_ROOT_FLAGGED); /* another association than the key's */
    bad[9] = a_command(1, GODWIT_IWF_ROOT_NONE);
    bad[10] = a_command(1, GODWIT_IWF_ROOT_FLAGGED);
    bad[10].command.suites = 0;
    bad[11] = (godwit_a3_message_t){.type = GODWIT_A3_REJECT, .reject = {.reason = (godwit_a3_reason_t)7}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        godwit_writer_t w = godwit_writer(octets, sizeof octets);
        assert_int_equal(godwit_a3_protect(CRYPTO, &key_1, 1, &bad[i], &w), GODWIT_INVALID_ARGUMENT);
        assert_int_equal(w.len, 0);
    }
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_a3_key_t none = {k_iwf, 0, 1}, long_mac = {k_iwf, 1, 2}, short_mac = {k_iwf, 1, 7};
    assert_int_equal(godwit_a3_protect(CRYPTO, &none, 1, &good, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_a3_protect(CRYPTO, &long_mac, 1, &good, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_a3_protect(CRYPTO, &short_mac, 1, &good, &w), GODWIT_INVALID_ARGUMENT);
    assert_int_equal(godwit_a3_protect(CRYPTO, &key_1, UINT32_MAX, &good, &w), GODWIT_INVALID_ARGUMENT);
    w = godwit_writer(octets, 20);
    assert_int_equal(godwit_a3_protect(CRYPTO, &key_1, 1, &good, &w), GODWIT_NO_SPACE);
}

/* ---- choices ---- */

static godwit_status_t completes(uint8_t under, const godwit_a3_message_t *complete, uint8_t *suite)
{
    uint8_t octets[GODWIT_TRIGGER_CONTAINER_MAX];
    const godwit_a3_key_t key = {k_iwf, 1, under};
    const size_t len = protect(&key, 0, complete, octets);
    return godwit_a3_complete_open(CRYPTO, k_iwf, command, godwit_slice(octets, len), suite);
}

static void the_first_suite_that_the_device_allows_is_chosen(void **state)
{
    (void)state;
    uint8_t suite = 0;
    godwit_a3_command_t asked;
    assert_int_equal(godwit_a3_command_peek(command, &asked), GODWIT_OK); /* 1, then 3 */
    assert_int_equal(godwit_a3_choose(&asked, 0x0005), 1);
    assert_int_equal(godwit_a3_choose(&asked, 0x0004), 3);
    assert_int_equal(godwit_a3_choose(&asked, 0x0030), 0);
    asked.suites = 4;
    memcpy(asked.suite, (const uint8_t[]){200, 2, 7, 3}, 4); /* unknown, and with MACs of other lengths */
    assert_int_equal(godwit_a3_choose(&asked, 0xFFFF), 3);
    godwit_a3_message_t m = a_complete(3, 0x0004, command);
    assert_int_equal(completes(3, &m, &suite), GODWIT_OK);
    assert_int_equal(suite, 3);
}

static void a_choice_that_somebody_moved_is_refused(void **state)
{
    (void)state;
    uint8_t suite = 0xEE;
    godwit_a3_message_t m = a_complete(3, 0x0005, command); /* says that it allows 1, which stands first */
    assert_int_equal(completes(3, &m, &suite), GODWIT_POLICY_FORBIDS);
    m = a_complete(5, 0x0010, command); /* was not offered */
    assert_int_equal(completes(5, &m, &suite), GODWIT_UNSUPPORTED_SUITE);
    m = a_complete(1, 0x0005, command); /* under another suite's key than it names */
    assert_int_equal(completes(3, &m, &suite), GODWIT_MAC_FAILURE);
    m = a_complete(1, 0x0005, godwit_slice("another", 7));
    assert_int_equal(completes(1, &m, &suite), GODWIT_MAC_FAILURE);
    m = an_acknowledgement(1, GODWIT_A3_DELIVERED);
    assert_int_equal(completes(1, &m, &suite), GODWIT_MALFORMED);
    assert_int_equal(suite, 0xEE);
    for (size_t bit = 0; bit < 8 * command.len; bit++) { /* a Command that somebody bent reaches no device */
        uint8_t bent[GODWIT_TRIGGER_CONTAINER_MAX];
        godwit_a3_opened_t opened;
        memcpy(bent, command.ptr, command.len);
        bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_not_equal(godwit_a3_open(CRYPTO, &key_1, true, godwit_slice(bent, command.len), &opened), GODWIT_OK);
    }
}

static void a_window_takes_each_count_once(void **state)
{
    (void)state;
    uint32_t next = 0;
    uint64_t seen = 0;
    static const uint32_t order[] = {0, 5, 3, 68, 1000, 4, 937, 936, 1001};
    static const bool fresh[] = {true, true, true, true, true, false, true, false, true};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        assert_int_equal(!godwit_window_is_replay(next, seen, GODWIT_A3_WINDOW, order[i]), fresh[i]);
        if (fresh[i]) {
            godwit_window_mark(&next, &seen, order[i]);
        }
        assert_true(godwit_window_is_replay(next, seen, GODWIT_A3_WINDOW, order[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_conversation),
        cmocka_unit_test(every_suite),
        cmocka_unit_test(rejects_and_case_1),
        cmocka_unit_test(a_datagram_names_the_device),
        cmocka_unit_test(a_cookie_goes_before_the_message),
        cmocka_unit_test(every_bit_of_every_octet_counts),
        cmocka_unit_test(a_message_opens_under_its_own_key_alone),
        cmocka_unit_test(nothing_can_be_reflected),
        cmocka_unit_test(what_cannot_be_is_not_built),
        cmocka_unit_test(the_first_suite_that_the_device_allows_is_chosen),
        cmocka_unit_test(a_choice_that_somebody_moved_is_refused),
        cmocka_unit_test(a_window_takes_each_count_once),
    };
    return cmocka_run_group_tests(tests, read_keys, NULL);
}
