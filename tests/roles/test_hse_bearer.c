/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE of Solution 1: a gateway's BEARER becomes a Start, a datagram of the tunnel a session; keys that were pushed,
 * pulled, parked and pulled again; and everybody who tries otherwise.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/wire/gtpu.h"
#include "tests/kat/kat.h"
#include "tests/support/hse_bearer.h"

static hse_bearer_world_t b;
static hse_device_t d;

static int set_up(void **state)
{
    (void)state;
    hse_bearer_world_init(&b);
    d = hse_bearer_device("001010123456789", 0x1001);
    return 0;
}

static size_t keys_asked(void)
{
    size_t count = 0;
    for (size_t i = 0; i < owner_count(&b.w.owner, GODWIT_REQUEST_MESSAGE); i++) {
        count += owner_request(&b.w.owner, GODWIT_REQUEST_MESSAGE, i)->message->kind == GODWIT_KEY_REQUEST;
    }
    return count;
}

static void give_push(const hse_device_t *device, uint64_t key_set, uint32_t generation, godwit_status_t expected)
{
    godwit_message_t m = hse_push_message(&b, device, key_set, generation);
    owner_give_message(&b.w.owner, &m);
    const godwit_message_t *answer = owner_message(&b.w.owner, GODWIT_KEY_PUSH_ANSWER, 0);
    assert_int_equal(answer->u.outcome, expected);
    assert_int_equal(answer->to, GODWIT_FUNCTION_HSS);
    assert_int_equal(answer->transaction, m.transaction);
}

/* The parked key given back, as the owner of the key set does. */
static void give_back(const godwit_parked_t *parked)
{
    const godwit_message_t *request = owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0);
    godwit_message_t answer = hse_pull_answer(&b, request, parked->generation);
    answer.u.key_answer.parked = *parked;
    owner_give_message(&b.w.owner, &answer);
}

/* ---- Start and first reading ---- */

static void first_datagram_that_verifies_makes_the_session(void **state)
{
    (void)state;
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    assert_int_equal(keys_asked(), 1);
    assert_int_equal(owner_count(&b.w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    hse_answer_pull(&b);
    assert_int_equal(owner_count(&b.w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    hse_bearer_take_start(&b, &d);
    assert_int_equal(hse_stored_sessions(&b.w), 0);
    hse_bearer_reading(&b, &d, "12.5 degrees");
    assert_int_equal(hse_stored_sessions(&b.w), 1);
    assert_true(owner_saw(&b.w.owner, "session_started", GODWIT_OK));
    assert_int_equal(owner_message(&b.w.owner, GODWIT_KEY_CONFIRM, 0)->to, GODWIT_FUNCTION_EMKS);
    hse_bearer_reading(&b, &d, "12.6 degrees");
}

static void keys_of_the_hss_are_asked_of_the_hss(void **state)
{
    (void)state;
    b.w.config.e2m_source = GODWIT_FUNCTION_HSS;
    hse_bearer_world_restart(&b);
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    assert_int_equal(owner_message(&b.w.owner, GODWIT_KEY_CONFIRM, 0)->to, GODWIT_FUNCTION_HSS);
}

static void a_message_down_leaves_as_a_g_pdu(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    owner_give(&b.w.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = d.imsi, .datagram = hse_slice("valve shut")});
    godwit_slice_t pdu = hse_bearer_sent(&b, &d, 0);
    assert_int_equal(godwit_emsdp_open(&godwit_crypto_builtin, &d.key, pdu, godwit_slice(NULL, 0), d.plain, &d.opened),
                     GODWIT_OK);
    assert_true(godwit_slice_equal(d.opened.payload, hse_slice("valve shut")));
}

static void the_same_container_gets_the_same_answer(void **state)
{
    uint8_t start[GODWIT_E2M_START_MAX];
    (void)state;
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    hse_give_bearer(&b, &d); /* while the owner is asked: one answer, to the last who asked */
    assert_int_equal(owner_count(&b.w.owner, GODWIT_REQUEST_MESSAGE), 0);
    godwit_message_t request = {.transaction = b.w.hse.next_transaction};
    godwit_message_t answer = hse_pull_answer(&b, &request, 1);
    owner_give_message(&b.w.owner, &answer);
    hse_bearer_take_start(&b, &d);
    memcpy(start, d.start, d.start_len);
    hse_give_bearer(&b, &d);
    assert_int_equal(keys_asked(), 0);
    assert_int_equal(hse_bearer_answer(&b)->start_len, d.start_len);
    assert_memory_equal(hse_bearer_answer(&b)->start, start, d.start_len);
}

static void a_modified_bearer_gets_a_new_generation_and_keeps_the_old_until_the_new_one_verified(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "old 1");
    hse_device_t next = d;
    hse_make_container(&next, 1);
    hse_give_bearer(&b, &next);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &next);
    assert_int_equal(next.key.generation, 2);
    assert_int_not_equal(next.key.hot.key_id, d.key.hot.key_id);
    hse_bearer_reading(&b, &d, "old 2");
    hse_bearer_reading(&b, &next, "new 1");
    hse_seal_user(&d, "old 3");
    hse_bearer_give(&b, &d);
    hse_assert_nothing_delivered(&b.w);
    assert_int_equal(hse_stored_sessions(&b.w), 1);
}

static void a_session_elsewhere_of_the_same_imsi_ends(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "here");
    hse_device_t moved = hse_bearer_device("001010123456789", 0x2002);
    hse_make_container(&moved, 1);
    hse_give_bearer(&b, &moved);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &moved);
    assert_int_equal(hse_stored_sessions(&b.w), 1);
    hse_bearer_reading(&b, &moved, "there");
    assert_int_equal(hse_stored_sessions(&b.w), 1);
    hse_seal_user(&d, "here again");
    hse_bearer_give(&b, &d);
    hse_assert_nothing_delivered(&b.w);
}

static void separate_aka_goes_through_the_same_tunnel(void **state)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    (void)state;
    d.agreements =
        1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1); /* no BEARER came: the container was stripped on its way */
    hse_make_request(&b.w, &d, NULL);
    memcpy(d.sent, d.request, d.request_len);
    d.sent_len = d.request_len;
    hse_bearer_give(&b, &d);
    hse_answer_key(&b.w, GODWIT_OK);
    godwit_slice_t start = hse_bearer_sent(&b, &d, 0);
    assert_int_equal(godwit_emsdp_peek(start, b.w.config.framing, &header), GODWIT_OK);
    assert_int_equal(godwit_emsdp_start_peek(start, b.w.config.framing, &m), GODWIT_OK);
    assert_int_equal(m.agreement, GODWIT_AGREEMENT_SEPARATE_EPS);
    memcpy(d.start, start.ptr, start.len);
    d.start_len = start.len;
    d.key = hse_key(&b.w, 0, m.generation, m.suite, header.key_id);
    hse_seal_confirmation(&d, "by separate AKA");
    hse_bearer_give(&b, &d);
    hse_assert_delivered(&b.w, "by separate AKA");
}

static void a_released_bearer_is_wiped(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    godwit_message_t m = hse_bearer_message(&b, &d);
    m.u.bearer.released = true;
    m.u.bearer.imsi = owner_imsi("001010000000002"); /* not his */
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(hse_stored_sessions(&b.w), 1);
    m.u.bearer.imsi = d.imsi;
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(hse_bearer_answer(&b)->status, GODWIT_OK);
    assert_int_equal(hse_stored_sessions(&b.w), 0);
    for (size_t i = 0; i < HSE_BEARERS; i++) {
        assert_false(b.bearers[i].used);
    }
    hse_seal_user(&d, "two");
    hse_bearer_give(&b, &d);
    hse_assert_nothing_delivered(&b.w);
}

static void a_session_outlives_a_restart(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_bearer_world_restart(&b);
    hse_bearer_reading(&b, &d, "two");
    godwit_message_t m = hse_bearer_message(&b, &d);
    m.u.bearer.released = true;
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(hse_stored_sessions(&b.w), 0);
}

static void a_start_that_a_restart_forgot_ends_in_a_hint(void **state)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_world_restart(&b);
    hse_seal_user(&d, "lost");
    hse_bearer_give(&b, &d);
    hse_assert_nothing_delivered(&b.w);
    assert_int_equal(godwit_emsdp_unkeyed_parse(hse_bearer_sent(&b, &d, 0), b.w.config.framing, &header, &m),
                     GODWIT_OK);
    assert_int_equal(m.reason, GODWIT_UNKNOWN_SESSION);
    assert_memory_equal(m.echo, d.sent + d.sent_len - GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO);
}

/* ---- the golden file ---- */

static uint8_t ck_ik[32], sqn_xor_ak[6];

static void take_run(const kat_record_t *r, void *context)
{
    (void)context;
    memcpy(ck_ik, kat_hex(r, "ck").ptr, 16);
    memcpy(ck_ik + 16, kat_hex(r, "ik").ptr, 16);
    memcpy(sqn_xor_ak, kat_hex(r, "sqn_xor_ak").ptr, 6);
}

static void give_golden_key(godwit_agreement_t agreement, uint32_t generation)
{
    uint8_t key_set[32];
    const godwit_message_t *request = owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0);
    godwit_message_t answer = hse_pull_answer(&b, request, generation);
    answer.u.key_answer.agreement = agreement;
    assert_int_equal(godwit_e2m_keyset(&godwit_crypto_builtin, ck_ik, agreement, godwit_slice(sqn_xor_ak, 6), key_set),
                     GODWIT_OK);
    assert_int_equal(godwit_k_session(&godwit_crypto_builtin, key_set, hse_slice(HSE_ENDPOINT), generation,
                                      answer.u.key_answer.k_session),
                     GODWIT_OK);
    owner_give_message(&b.w.owner, &answer);
}

static void expect_start(const kat_record_t *r, const char *container, const char *start, uint32_t generation)
{
    godwit_slice_t contents = kat_hex(r, container);
    memcpy(d.request, contents.ptr, contents.len);
    d.request_len = contents.len;
    hse_give_bearer(&b, &d);
    give_golden_key((godwit_agreement_t)kat_number(r, "agreement"), generation);
    kat_expect(r, start, hse_bearer_answer(&b)->start, hse_bearer_answer(&b)->start_len);
}

static void expect_golden_reading(const kat_record_t *r, const char *name)
{
    godwit_slice_t datagram = kat_hex(r, name);
    memcpy(d.sent, datagram.ptr, datagram.len);
    d.sent_len = datagram.len;
    hse_bearer_give(&b, &d);
    const godwit_request_t *delivery = owner_request(&b.w.owner, GODWIT_REQUEST_DELIVER, 0);
    assert_non_null(delivery);
    assert_int_equal(delivery->reading.payload.len, 20);
    assert_int_equal(delivery->reading.payload.ptr[19], 19);
}

static void use_solution_1(const kat_record_t *r, void *context)
{
    (void)context;
    hse_bearer_world_init(&b);
    expect_start(r, "container", "start", 1);
    expect_golden_reading(r, "reading");
    expect_start(r, "container_2", "start_2", 2);
    expect_golden_reading(r, "reading_2");
    owner_give(&b.w.owner,
               &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = d.imsi, .datagram = hse_slice("valve shut")});
    godwit_slice_t pdu = hse_bearer_sent(&b, &d, 0);
    kat_expect(r, "down", pdu.ptr, pdu.len);
    hse_bearer_world_init(&b);
    godwit_slice_t contents = kat_hex(r, "container");
    memcpy(d.request, contents.ptr, contents.len);
    d.request_len = contents.len;
    hse_give_bearer(&b, &d);
    hse_answer_key(&b.w, GODWIT_KEY_EXPIRED);
    kat_expect(r, "reject", hse_bearer_answer(&b)->start, hse_bearer_answer(&b)->start_len);
}

static void golden_containers_give_golden_starts(void **state)
{
    (void)state;
    assert_int_equal(kat_each("golden-emsdp.txt", "inputs", take_run, NULL), 1);
    assert_int_equal(kat_each("golden-emsdp.txt", "solution_1", use_solution_1, NULL), 2);
}

/* ---- refusals ---- */

static void no_key_is_a_reject_in_the_container(void **state)
{
    static const godwit_status_t reasons[] = {GODWIT_UNKNOWN_KEY, GODWIT_KEY_EXPIRED, GODWIT_UNKNOWN_SUBSCRIBER,
                                              GODWIT_POLICY_FORBIDS};
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        hse_make_container(&d, (uint32_t)i);
        hse_give_bearer(&b, &d);
        hse_answer_key(&b.w, reasons[i]);
        hse_assert_rejected(&b, &d, reasons[i]);
    }
}

static void what_cannot_be_agreed_is_a_reject(void **state)
{
    (void)state;
    d.agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    hse_assert_rejected(&b, &d, GODWIT_POLICY_FORBIDS);
    d.agreements = 2;
    d.suites = 0x0100;
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    hse_assert_rejected(&b, &d, GODWIT_UNSUPPORTED_SUITE);
    assert_int_equal(keys_asked(), 0);
}

static void a_node_that_is_no_gateway_is_refused(void **state)
{
    (void)state;
    hse_make_container(&d, 0);
    godwit_message_t m = hse_bearer_message(&b, &d);
    strcpy(m.origin_host, "mme.visited");
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(hse_bearer_answer(&b)->status, GODWIT_NOT_ENTITLED);
    assert_int_equal(hse_bearer_answer(&b)->start_len, 0);
    assert_int_equal(keys_asked(), 0);
    m = hse_bearer_message(&b, &d);
    m.u.bearer.gateway[3] = 10; /* a gateway that names another's address */
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(hse_bearer_answer(&b)->status, GODWIT_NOT_ENTITLED);
    assert_int_equal(keys_asked(), 0);
}

static void the_container_of_another_imsi_is_refused(void **state)
{
    (void)state;
    hse_make_container(&d, 0);
    godwit_message_t m = hse_bearer_message(&b, &d);
    m.u.bearer.imsi = owner_imsi("001010000000002");
    owner_give_message(&b.w.owner, &m);
    hse_assert_rejected(&b, &d, GODWIT_NOT_ENTITLED);
    assert_int_equal(keys_asked(), 0);
}

static void what_the_gateway_adds_to_the_container_is_refused(void **state)
{
    (void)state;
    hse_make_container(&d, 0);
    godwit_message_t m = hse_bearer_message(&b, &d);
    m.u.bearer.suites = 0x40; /* a weaker one than the device offered */
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(hse_bearer_answer(&b)->status, GODWIT_MALFORMED);
    assert_int_equal(hse_bearer_answer(&b)->start_len, 0);
    m = hse_bearer_message(&b, &d);
    m.u.bearer.container_len = 9;
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(hse_bearer_answer(&b)->status, GODWIT_MALFORMED);
}

static void a_suite_bid_down_on_the_way_gives_a_start_that_the_device_refuses(void **state)
{
    uint8_t transcript[32];
    godwit_emsdp_control_t m;
    (void)state;
    hse_make_container(&d, 0);
    hse_device_t altered = d;
    altered.suites = 0x40;
    hse_make_container(&altered, 0);
    hse_give_bearer(&b, &altered);
    hse_answer_pull(&b);
    const godwit_bearer_answer_t *answer = hse_bearer_answer(&b);
    godwit_slice_t start = godwit_slice(answer->start, answer->start_len);
    godwit_slice_t sent = godwit_slice(d.request, d.request_len);
    assert_int_equal(godwit_emsdp_start_peek(start, b.w.config.framing, &m), GODWIT_OK);
    godwit_emsdp_key_t key = hse_key(&b.w, 0, 1, m.suite, 1);
    assert_int_equal(godwit_emsdp_transcript(&godwit_crypto_builtin, &sent, 1, transcript), GODWIT_OK);
    assert_int_equal(
        godwit_emsdp_open(&godwit_crypto_builtin, &key, start, godwit_slice(transcript, 32), d.plain, &d.opened),
        GODWIT_MAC_FAILURE);
}

/* ---- GTP-U ---- */

static void give_g_pdu(const godwit_address_t *from, uint32_t teid, godwit_slice_t pdu)
{
    uint8_t octets[256];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpu_put_pdu(&w, teid, pdu), GODWIT_OK);
    owner_give(&b.w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                             .port = GODWIT_PORT_GTPU,
                                             .from = *from,
                                             .datagram = godwit_written(&w)});
}

static void a_g_pdu_from_elsewhere_is_met_with_silence(void **state)
{
    const godwit_address_t stranger = {.len = 6, .octets = {10, 0, 0, 8, 0x08, 0x68}};
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_seal_user(&d, "two");
    give_g_pdu(&stranger, 0x1001, godwit_slice(d.sent, d.sent_len)); /* the right TEID, the right octets */
    hse_assert_silently_refused(&b.w, GODWIT_UNKNOWN_SESSION);
    owner_give_datagram(&b.w.owner, &d.from, godwit_slice(d.sent, d.sent_len)); /* who names the tunnel without GTP-U */
    hse_assert_nothing_delivered(&b.w);
    assert_int_equal(owner_count(&b.w.owner, GODWIT_REQUEST_DATAGRAM), 0);
    hse_bearer_give(&b, &d);
    hse_assert_delivered(&b.w, "two");
}

static void a_guessed_teid_opens_nothing_and_costs_its_gateway(void **state)
{
    const godwit_address_t gateway = {.len = 6, .octets = {10, 0, 0, 9, 0x08, 0x68}};
    size_t given = 0, sent = 0;
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_seal_user(&d, "two");
    for (uint32_t teid = 0x5000; teid < 0x5800; teid++) {
        give_g_pdu(&gateway, teid, godwit_slice(d.sent, d.sent_len));
        hse_assert_nothing_delivered(&b.w);
        assert_int_equal(owner_count(&b.w.owner, GODWIT_REQUEST_STORE_COMMIT), 0);
        given += d.sent_len + 8;
        for (size_t i = 0; i < owner_count(&b.w.owner, GODWIT_REQUEST_DATAGRAM); i++) {
            sent += owner_request(&b.w.owner, GODWIT_REQUEST_DATAGRAM, i)->octets.len;
        }
    }
    assert_true(sent < given / 4); /* the budget ends it */
    hse_bearer_give(&b, &d);
    hse_assert_delivered(&b.w, "two");
}

static void an_echo_request_of_a_gateway_is_answered(void **state)
{
    const godwit_address_t gateway = {.len = 6, .octets = {10, 0, 0, 9, 0x08, 0x68}};
    const godwit_gtpu_t echo = {.type = GODWIT_GTPU_ECHO_REQUEST, .has_sequence = true, .sequence = 5};
    uint8_t octets[64];
    godwit_gtpu_t answer;
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    (void)state;
    assert_int_equal(godwit_gtpu_build(&echo, &w), GODWIT_OK);
    owner_give(&b.w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                             .port = GODWIT_PORT_GTPU,
                                             .from = gateway,
                                             .datagram = godwit_written(&w)});
    const godwit_request_t *sent = owner_request(&b.w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_non_null(sent);
    assert_int_equal(sent->port, GODWIT_PORT_GTPU);
    assert_int_equal(godwit_gtpu_parse(sent->octets, &answer), GODWIT_OK);
    assert_int_equal(answer.type, GODWIT_GTPU_ECHO_RESPONSE);
    assert_int_equal(answer.sequence, 5);
}

/* ---- pushed keys ---- */

static void a_pushed_key_serves_once_without_a_question(void **state)
{
    (void)state;
    give_push(&d, 5, 1, GODWIT_OK);
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    assert_int_equal(keys_asked(), 0);
    hse_bearer_take_start(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    give_push(&d, 5, 1, GODWIT_OK); /* repeated: known, and spent */
    hse_make_container(&d, 1);
    hse_give_bearer(&b, &d);
    assert_int_equal(keys_asked(), 1);
}

static void a_pushed_key_does_not_serve_two_containers(void **state)
{
    (void)state;
    give_push(&d, 5, 1, GODWIT_OK);
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    hse_bearer_take_start(&b, &d);
    d.suites = 0x02;
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    assert_int_equal(keys_asked(), 1);
    godwit_message_t m = hse_push_message(&b, &d, 5, 1);
    owner_give_message(&b.w.owner, &m);
    d.suites = 0x01;
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    assert_int_equal(keys_asked(), 1);
}

static void a_push_repeated_after_a_restart_does_not_begin_its_generation_again(void **state)
{
    (void)state;
    give_push(&d, 5, 1, GODWIT_OK);
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    hse_bearer_take_start(&b, &d);
    hse_device_t before = d;
    hse_bearer_reading(&b, &d, "one");
    hse_bearer_world_restart(&b);
    give_push(&d, 5, 1, GODWIT_OK);
    hse_give_bearer(&b, &before); /* no second Start under COUNT 0 of that generation: the owner is asked */
    assert_int_equal(keys_asked(), 1);
    hse_seal_user(&before, "one");
    hse_bearer_give(&b, &before);
    hse_assert_nothing_delivered(&b.w);
}

static void without_an_owner_to_ask_only_pushed_keys_serve(void **state)
{
    (void)state;
    b.w.config.e2m_source = GODWIT_FUNCTION_NONE;
    hse_bearer_world_restart(&b);
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    hse_assert_rejected(&b, &d, GODWIT_UNKNOWN_KEY);
    give_push(&d, 5, 1, GODWIT_OK);
    hse_give_bearer(&b, &d);
    hse_bearer_take_start(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    b.w.owner.now_ms += 10 * HSE_IDLE_MS;
    owner_give_timer(&b.w.owner, 0);
    assert_false(owner_saw(&b.w.owner, "flushed", GODWIT_OK)); /* nobody could give it back */
    hse_bearer_reading(&b, &d, "two");
}

static void a_pushed_key_ends_with_its_life(void **state)
{
    (void)state;
    give_push(&d, 5, 1, GODWIT_OK);
    b.w.owner.now_ms += 60000;
    owner_give_timer(&b.w.owner, 0);
    for (size_t i = 0; i < HSE_PUSHES; i++) {
        static const godwit_hse_push_t nothing;
        assert_memory_equal(&b.pushes[i], &nothing, sizeof nothing);
    }
    hse_make_container(&d, 0);
    hse_give_bearer(&b, &d);
    assert_int_equal(keys_asked(), 1);
}

static void pushes_that_are_not_for_us_are_refused(void **state)
{
    (void)state;
    godwit_message_t m = hse_push_message(&b, &d, 5, 1);
    strcpy(m.u.key_push.endpoint, "other.example");
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(owner_message(&b.w.owner, GODWIT_KEY_PUSH_ANSWER, 0)->u.outcome, GODWIT_NOT_ENTITLED);
    m = hse_push_message(&b, &d, 5, 1);
    strcpy(m.origin_host, "mme.visited");
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(owner_message(&b.w.owner, GODWIT_KEY_PUSH_ANSWER, 0)->u.outcome, GODWIT_NOT_ENTITLED);
    m = hse_push_message(&b, &d, 5, 1);
    m.u.key_push.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
    owner_give_message(&b.w.owner, &m);
    assert_int_equal(owner_message(&b.w.owner, GODWIT_KEY_PUSH_ANSWER, 0)->u.outcome, GODWIT_POLICY_FORBIDS);
    give_push(&d, 5, 1, GODWIT_OK);
    give_push(&d, 4, 1, GODWIT_REPLAY);
    give_push(&d, 6, 1, GODWIT_OK);
}

static void pushed_keys_are_bounded(void **state)
{
    char imsi[16];
    (void)state;
    for (unsigned i = 0; i < HSE_PUSHES + 3; i++) {
        (void)snprintf(imsi, sizeof imsi, "00101000000%04u", i);
        hse_device_t one = hse_bearer_device(imsi, i);
        give_push(&one, 1, 1, i < HSE_PUSHES ? GODWIT_OK : GODWIT_OVERLOAD);
    }
}

/* ---- idle flush, pull again ---- */

static void an_idle_bearer_is_wiped_parked_and_lives_again(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_bearer_reading(&b, &d, "two");
    godwit_parked_t parked = hse_bearer_flush(&b);
    assert_true(owner_position(&b.w.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&b.w.owner, GODWIT_REQUEST_MESSAGE, 0)); /* wiped first */
    assert_int_equal(hse_stored_sessions(&b.w), 0);
    assert_int_equal(parked.user_next_in, 2);
    assert_int_equal(parked.generation, 1);
    hse_seal_user(&d, "three");
    hse_bearer_give(&b, &d);
    hse_assert_nothing_delivered(&b.w);
    assert_int_equal(owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0)->u.key_request.above_generation, 0);
    give_back(&parked);
    hse_assert_delivered(&b.w, "three");
    assert_int_equal(hse_stored_sessions(&b.w), 1);
    hse_bearer_reading(&b, &d, "four");
}

static void what_was_accepted_before_the_flush_is_a_replay_after_it(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    hse_device_t before = d;
    godwit_parked_t parked = hse_bearer_flush(&b);
    hse_bearer_give(&b, &before); /* "one" again */
    give_back(&parked);
    hse_assert_nothing_delivered(&b.w);
    assert_true(owner_saw(&b.w.owner, "refused", GODWIT_REPLAY));
    assert_int_equal(hse_stored_sessions(&b.w), 1); /* the key was given back, and is kept */
    hse_bearer_reading(&b, &d, "two");
}

static void a_start_never_used_is_parked_too(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    godwit_parked_t parked = hse_bearer_flush(&b);
    assert_int_equal(parked.user_next_in, 0);
    assert_int_equal(parked.control_next_out, 1);
    hse_seal_user(&d, "one");
    hse_bearer_give(&b, &d);
    give_back(&parked);
    hse_assert_delivered(&b.w, "one");
}

static void an_old_parking_repeated_does_not_begin_counts_again(void **state)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    godwit_parked_t first = hse_bearer_flush(&b);
    hse_seal_user(&d, "two");
    hse_bearer_give(&b, &d);
    give_back(&first);
    hse_assert_delivered(&b.w, "two");
    (void)hse_bearer_flush(&b);
    hse_seal_user(&d, "three");
    hse_bearer_give(&b, &d);
    give_back(&first); /* the second parking was lost, the first came twice */
    hse_assert_nothing_delivered(&b.w);
    assert_int_equal(hse_stored_sessions(&b.w), 0);
    assert_int_equal(godwit_emsdp_unkeyed_parse(hse_bearer_sent(&b, &d, 0), b.w.config.framing, &header, &m),
                     GODWIT_OK);
    assert_int_equal(m.reason, GODWIT_UNKNOWN_KEY);
}

static void another_generation_is_a_hint_and_then_a_modification(void **state)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    (void)hse_bearer_flush(&b);
    hse_seal_user(&d, "two");
    hse_bearer_give(&b, &d);
    hse_answer_pull(&b); /* generation 2 */
    hse_assert_nothing_delivered(&b.w);
    assert_int_equal(godwit_emsdp_unkeyed_parse(hse_bearer_sent(&b, &d, 0), b.w.config.framing, &header, &m),
                     GODWIT_OK);
    assert_int_equal(m.reason, GODWIT_UNKNOWN_KEY);
    assert_memory_equal(m.echo, d.sent + d.sent_len - GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO);
    hse_make_container(&d, 1);
    hse_give_bearer(&b, &d);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &d);
    assert_int_equal(d.key.generation, 3);
    hse_bearer_reading(&b, &d, "two again");
}

static void a_new_start_does_not_take_the_key_id_that_is_parked(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    godwit_parked_t parked = hse_bearer_flush(&b);
    hse_make_container(&d, 1);
    hse_give_bearer(&b, &d);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &d);
    assert_int_not_equal(d.key.hot.key_id, parked.key_id);
}

static void one_datagram_is_held_and_one_question_asked(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    godwit_parked_t parked = hse_bearer_flush(&b);
    hse_seal_user(&d, "two");
    hse_bearer_give(&b, &d);
    uint32_t transaction = owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0)->transaction;
    for (int i = 0; i < 20; i++) {
        hse_seal_user(&d, "more");
        hse_bearer_give(&b, &d);
        assert_int_equal(owner_count(&b.w.owner, GODWIT_REQUEST_MESSAGE), 0);
    }
    godwit_message_t request = {.transaction = transaction};
    godwit_message_t answer = hse_pull_answer(&b, &request, 1);
    answer.u.key_answer.parked = parked;
    owner_give_message(&b.w.owner, &answer);
    hse_assert_delivered(&b.w, "two");
    hse_bearer_give(&b, &d);
    hse_assert_delivered(&b.w, "more");
}

static void a_question_that_was_lost_is_asked_again(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    godwit_parked_t parked = hse_bearer_flush(&b);
    hse_seal_user(&d, "two");
    hse_bearer_give(&b, &d);
    assert_int_equal(keys_asked(), 1);
    b.w.owner.now_ms += 7000;
    hse_seal_user(&d, "three");
    hse_bearer_give(&b, &d);
    assert_int_equal(keys_asked(), 1);
    give_back(&parked);
    hse_assert_delivered(&b.w, "three");
}

static void a_parked_key_never_replaces_a_live_one(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    godwit_parked_t parked = hse_bearer_flush(&b);
    hse_seal_user(&d, "two");
    hse_bearer_give(&b, &d);
    give_back(&parked);
    hse_make_container(&d, 1);
    hse_give_bearer(&b, &d);
    give_back(&parked); /* the owner stored an old parking again */
    assert_int_equal(keys_asked(), 1);
    hse_answer_pull(&b);
    hse_bearer_take_start(&b, &d);
    assert_true(d.key.generation > 1);
}

static void counts_down_go_on_after_a_flush(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    for (uint32_t i = 0; i < 2; i++) {
        owner_give(&b.w.owner,
                   &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .imsi = d.imsi, .datagram = hse_slice("down")});
        godwit_slice_t pdu = hse_bearer_sent(&b, &d, 0);
        assert_int_equal(
            godwit_emsdp_open(&godwit_crypto_builtin, &d.key, pdu, godwit_slice(NULL, 0), d.plain, &d.opened),
            GODWIT_OK);
        assert_int_equal(d.opened.count, i);
        godwit_emsdp_accept(&d.key, &d.opened);
        godwit_parked_t parked = hse_bearer_flush(&b);
        assert_int_equal(parked.user_next_out, i + 1);
        hse_seal_user(&d, "up");
        hse_bearer_give(&b, &d);
        give_back(&parked);
        hse_assert_delivered(&b.w, "up");
    }
}

static void a_bearer_that_is_used_is_not_idle(void **state)
{
    (void)state;
    hse_bearer_set_up(&b, &d);
    for (int i = 0; i < 6; i++) {
        hse_bearer_reading(&b, &d, "up");
        b.w.owner.now_ms += HSE_IDLE_MS / 2;
        owner_give_timer(&b.w.owner, 0);
        assert_false(owner_saw(&b.w.owner, "flushed", GODWIT_OK));
    }
    for (int i = 0; i < 6; i++) { /* forgeries are no use */
        hse_seal_user(&d, "up");
        d.sent[d.sent_len - 1] ^= 1;
        hse_bearer_give(&b, &d);
        b.w.owner.now_ms += HSE_IDLE_MS / 2;
        owner_give_timer(&b.w.owner, 0);
        if (owner_saw(&b.w.owner, "flushed", GODWIT_OK)) {
            return;
        }
    }
    fail();
}

/* ---- floods ---- */

static void bearers_are_bounded_for_an_imsi_and_in_all(void **state)
{
    char imsi[16];
    size_t refused = 0;
    (void)state;
    hse_bearer_set_up(&b, &d);
    hse_bearer_reading(&b, &d, "one");
    for (uint32_t i = 0; i < 64; i++) {
        hse_device_t one = hse_bearer_device("001010000000002", 0x3000 + i);
        hse_make_container(&one, 0);
        hse_give_bearer(&b, &one);
    }
    size_t his = 0;
    for (size_t i = 0; i < HSE_BEARERS; i++) {
        his += b.bearers[i].used && b.bearers[i].imsi.digits[14] == '2';
    }
    assert_in_range(his, 1, 4);
    for (uint32_t i = 0; i < 64; i++) {
        (void)snprintf(imsi, sizeof imsi, "00101000001%04u", i);
        hse_device_t one = hse_bearer_device(imsi, 0x4000 + i);
        hse_make_container(&one, 0);
        hse_give_bearer(&b, &one);
        refused += keys_asked() == 0;
    }
    assert_true(refused >= 64 - HSE_BEARERS);
    hse_bearer_reading(&b, &d, "two"); /* a live one is not pushed out */
}

static void containers_of_one_bearer_are_bounded(void **state)
{
    size_t asked = 0;
    (void)state;
    for (uint32_t i = 0; i < 1000; i++) { /* whoever forges NAS messages of one device */
        hse_make_container(&d, i);
        hse_give_bearer(&b, &d);
        asked += keys_asked();
    }
    assert_in_range(asked, 1, 8192 / GODWIT_E2M_START_MAX + 1);
}

/* ---- Solution 2 ---- */

static void make_request_with_selector(hse_device_t *device, uint8_t agreements)
{
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST, .agreements = agreements, .suites = 0x0F};
    m.present = 1u << GODWIT_TLV_IMSI | 1u << GODWIT_TLV_UE_CONFIGURATION | 1u << GODWIT_TLV_ENTERPRISE |
                1u << GODWIT_TLV_SERVING_NETWORK | 1u << GODWIT_TLV_RAND;
    m.imsi = device->imsi;
    memset(m.rand, 0x33, sizeof m.rand);
    assert_int_equal(godwit_plmn_from_text("001-01", &m.serving_network), GODWIT_OK);
    godwit_writer_t out = godwit_writer(device->request, sizeof device->request);
    assert_int_equal(godwit_emsdp_unkeyed_build(b.w.config.framing, 0, ++b.w.attempts, &m, &out), GODWIT_OK);
    device->request_len = out.len;
}

static hse_device_t behind_no_gateway(void)
{
    b.w.config.gateways = NULL;
    b.w.config.gateway_count = 0;
    b.w.config.framing = GODWIT_FRAMING_DEFAULT;
    hse_bearer_world_restart(&b);
    return hse_device("001010123456789", 1);
}

static void a_selector_in_the_session_request_pulls_that_key_set(void **state)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    uint8_t transcript[32];
    (void)state;
    hse_device_t one = behind_no_gateway();
    make_request_with_selector(&one, 2);
    hse_give_request(&b.w, &one);
    const godwit_key_request_t *asked = &owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0)->u.key_request;
    assert_int_equal(asked->selector.kind, GODWIT_SELECTOR_RAND);
    assert_int_equal(asked->selector.octets[0], 0x33);
    assert_int_equal(asked->agreements, 2);
    b.w.generation = 1;
    hse_answer_pull(&b);
    const godwit_request_t *sent = owner_request(&b.w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_non_null(sent);
    memcpy(one.start, sent->octets.ptr, sent->octets.len);
    one.start_len = sent->octets.len;
    assert_int_equal(godwit_emsdp_peek(sent->octets, b.w.config.framing, &header), GODWIT_OK);
    assert_int_equal(godwit_emsdp_start_peek(sent->octets, b.w.config.framing, &m), GODWIT_OK);
    assert_int_equal(m.present, 1u << GODWIT_TLV_HSE_CONFIGURATION);
    assert_int_equal(m.generation, 2);
    one.key = hse_key(&b.w, header.session_id, m.generation, m.suite, header.key_id);
    godwit_slice_t request = godwit_slice(one.request, one.request_len);
    assert_int_equal(godwit_emsdp_transcript(&godwit_crypto_builtin, &request, 1, transcript), GODWIT_OK);
    assert_int_equal(godwit_emsdp_open(&godwit_crypto_builtin, &one.key, sent->octets, godwit_slice(transcript, 32),
                                       one.plain, &one.opened),
                     GODWIT_OK);
    hse_seal_confirmation(&one, "by the key set of the access");
    hse_give(&b.w, &one);
    hse_assert_delivered(&b.w, "by the key set of the access");
}

static void a_selector_that_nobody_knows_becomes_separate_aka_where_the_device_has_it(void **state)
{
    (void)state;
    hse_device_t one = behind_no_gateway();
    make_request_with_selector(&one, 2 | 4);
    hse_give_request(&b.w, &one);
    hse_answer_key(&b.w, GODWIT_UNKNOWN_KEY);
    assert_true(owner_saw(&b.w.owner, "fallback", GODWIT_UNKNOWN_KEY));
    const godwit_key_request_t *asked = &owner_message(&b.w.owner, GODWIT_KEY_REQUEST, 0)->u.key_request;
    assert_int_equal(asked->purpose, GODWIT_KEY_FOR_SESSION);
    assert_int_equal(asked->agreements, 4);
    hse_answer_key(&b.w, GODWIT_OK);
    hse_take_start(&b.w, &one);
    make_request_with_selector(&one, 2); /* and where it has not, it is told */
    hse_give_request(&b.w, &one);
    hse_answer_key(&b.w, GODWIT_UNKNOWN_KEY);
    assert_true(owner_saw(&b.w.owner, "refused", GODWIT_UNKNOWN_KEY));
    assert_int_equal(owner_count(&b.w.owner, GODWIT_REQUEST_DATAGRAM), 1);
}

static void a_parked_key_begins_no_session_over_a_tunnel(void **state)
{
    (void)state;
    hse_device_t one = behind_no_gateway();
    make_request_with_selector(&one, 2);
    hse_give_request(&b.w, &one);
    const godwit_parked_t parked = {.set = true, .suite = 1, .key_id = 1, .generation = 1, .user_next_in = 9};
    give_back(&parked);
    assert_true(owner_saw(&b.w.owner, "refused", GODWIT_UNKNOWN_KEY));
}

static void access_agreements_without_a_selector_are_refused(void **state)
{
    (void)state;
    hse_device_t one = behind_no_gateway();
    one.agreements = 3;
    hse_make_request(&b.w, &one, NULL);
    hse_give_request(&b.w, &one);
    assert_true(owner_saw(&b.w.owner, "refused", GODWIT_POLICY_FORBIDS));
    assert_int_equal(keys_asked(), 0);
}

static void gateways_need_the_bearer_to_name_the_session(void **state)
{
    (void)state;
    godwit_hse_config_t config = b.w.config;
    config.framing = GODWIT_FRAMING_DEFAULT;
    assert_int_equal(godwit_hse_init(&b.w.hse, &config, b.w.sessions, HSE_SESSIONS, b.w.exchanges, HSE_EXCHANGES,
                                     b.w.senders, HSE_SENDERS),
                     GODWIT_INVALID_ARGUMENT);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, set_up)
    const struct CMUnitTest tests[] = {
        T(first_datagram_that_verifies_makes_the_session),
        T(keys_of_the_hss_are_asked_of_the_hss),
        T(a_message_down_leaves_as_a_g_pdu),
        T(the_same_container_gets_the_same_answer),
        T(a_modified_bearer_gets_a_new_generation_and_keeps_the_old_until_the_new_one_verified),
        T(a_session_elsewhere_of_the_same_imsi_ends),
        T(separate_aka_goes_through_the_same_tunnel),
        T(a_released_bearer_is_wiped),
        T(a_session_outlives_a_restart),
        T(a_start_that_a_restart_forgot_ends_in_a_hint),
        T(golden_containers_give_golden_starts),
        T(no_key_is_a_reject_in_the_container),
        T(what_cannot_be_agreed_is_a_reject),
        T(a_node_that_is_no_gateway_is_refused),
        T(the_container_of_another_imsi_is_refused),
        T(what_the_gateway_adds_to_the_container_is_refused),
        T(a_suite_bid_down_on_the_way_gives_a_start_that_the_device_refuses),
        T(a_g_pdu_from_elsewhere_is_met_with_silence),
        T(a_guessed_teid_opens_nothing_and_costs_its_gateway),
        T(an_echo_request_of_a_gateway_is_answered),
        T(a_pushed_key_serves_once_without_a_question),
        T(a_pushed_key_does_not_serve_two_containers),
        T(a_push_repeated_after_a_restart_does_not_begin_its_generation_again),
        T(without_an_owner_to_ask_only_pushed_keys_serve),
        T(a_pushed_key_ends_with_its_life),
        T(pushes_that_are_not_for_us_are_refused),
        T(pushed_keys_are_bounded),
        T(an_idle_bearer_is_wiped_parked_and_lives_again),
        T(what_was_accepted_before_the_flush_is_a_replay_after_it),
        T(a_start_never_used_is_parked_too),
        T(an_old_parking_repeated_does_not_begin_counts_again),
        T(another_generation_is_a_hint_and_then_a_modification),
        T(a_new_start_does_not_take_the_key_id_that_is_parked),
        T(one_datagram_is_held_and_one_question_asked),
        T(a_question_that_was_lost_is_asked_again),
        T(a_parked_key_never_replaces_a_live_one),
        T(counts_down_go_on_after_a_flush),
        T(a_bearer_that_is_used_is_not_idle),
        T(bearers_are_bounded_for_an_imsi_and_in_all),
        T(containers_of_one_bearer_are_bounded),
        T(a_selector_in_the_session_request_pulls_that_key_set),
        T(a_selector_that_nobody_knows_becomes_separate_aka_where_the_device_has_it),
        T(a_parked_key_begins_no_session_over_a_tunnel),
        T(access_agreements_without_a_selector_are_refused),
        T(gateways_need_the_bearer_to_name_the_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
