/* SPDX-License-Identifier: Apache-2.0
 *
 * Devices that send readings as short messages, octets between them and their network: device/access with a soft card against MSC and SGSN, over
 * UTRAN and GERAN, and the service centre behind; the home by hand. Attach, MO, MT to a device that is idle, detach, and attach by the vector of
 * the following session with the message inside; the fallbacks of that, and a thousand wrong guesses.
 */
#include "tests/device/phone.h"

#include "roles/msc.h"
#include "roles/sgsn.h"
#include "roles/sms_sc.h"
#include "tests/support/owner.h"

enum { NODE = 0, CENTRE, OWNERS, ROWS = 4, PENDING = 8, EVENTS = 64, TIMERS = 16 };
#define NUMBER "491710760000"

typedef struct event {
    int to; /* OWNERS: the device */
    bool is_message, is_sms;
    octets_t octets;
    godwit_message_t message;
} event_t;

typedef struct world {
    bool circuit;
    owner_t owners[OWNERS];
    godwit_msc_t msc;
    godwit_msc_ue_t msc_ues[ROWS];
    godwit_sgsn_t sgsn;
    godwit_sgsn_ue_t sgsn_ues[ROWS];
    godwit_gtp_pending_t pending[PENDING];
    godwit_gtp_answered_t answered[PENDING];
    godwit_sms_sc_t sc;
    godwit_sms_sc_device_t devices[ROWS];
    phone_t phone;
    event_t events[EVENTS];
    size_t first, last;
    uint32_t due[OWNERS][TIMERS], numbers[OWNERS][TIMERS];
    bool home_silent, no_following, lose_up;
    unsigned vectors, next_vectors, readings;
    octets_t reading;
    godwit_status_t sc_says; /* not OK: in the place of the SMS-SC's answer */
    char seen[512];          /* names of events of the node */
} world_t;

static world_t w;

/* ---- carrying ---- */

static event_t *add(int to)
{
    assert_true(w.last - w.first < EVENTS);
    event_t *e = &w.events[w.last++ % EVENTS];
    memset(e, 0, sizeof *e);
    e->to = to;
    return e;
}

static octets_t octets_of(godwit_slice_t s)
{
    octets_t o = {.len = s.len};
    assert_true(s.len <= sizeof o.at);
    memcpy(o.at, s.ptr, s.len);
    return o;
}

static void answer_home(const godwit_message_t *asked)
{
    godwit_auth_info_answer_t *a;
    if (w.home_silent || (w.no_following && asked->u.auth_info_request.next_session)) {
        return;
    }
    event_t *e = add(NODE);
    const godwit_vector_t v = phone_vector(AMF_PLAIN_UMTS);
    e->is_message = true;
    e->message.kind = GODWIT_AUTH_INFO_ANSWER;
    e->message.transaction = asked->transaction;
    a = &e->message.u.auth_info_answer;
    a->kind = GODWIT_VECTOR_UTRAN;
    a->vectors = 1;
    a->next_session = true;
    memcpy(a->vector[0].rand, v.rand, 16);
    memcpy(a->vector[0].autn, v.autn, 16);
    memcpy(a->vector[0].xres, v.xres, v.xres_len);
    a->vector[0].xres_len = v.xres_len;
    memcpy(a->vector[0].ck, v.ck, 16);
    memcpy(a->vector[0].ik, v.ik, 16);
    w.vectors++;
    w.next_vectors += asked->u.auth_info_request.next_session ? 1 : 0;
}

static void pass_message(const godwit_message_t *m)
{
    if (m->kind == GODWIT_AUTH_INFO_REQUEST) {
        answer_home(m);
        return;
    }
    event_t *e = add(m->to == GODWIT_FUNCTION_SMS_SC ? CENTRE : NODE);
    e->is_message = true;
    e->message = *m;
    if (m->kind == GODWIT_SHORT_MESSAGE_UP_ANSWER && w.sc_says != GODWIT_OK) {
        e->message.u.outcome = w.sc_says;
    }
}

static void note_timer(int owner, uint32_t number, uint32_t delay_ms)
{
    for (size_t i = 0; i < TIMERS; i++) {
        if (w.due[owner][i] == 0 || w.numbers[owner][i] == number) {
            w.due[owner][i] = delay_ms;
            w.numbers[owner][i] = number;
            return;
        }
    }
    fail_msg("too many timers");
}

/* What the owner was asked for by its last input. */
static void carry_out(int owner)
{
    owner_t *o = &w.owners[owner];
    for (size_t i = 0; i < o->outbox.count; i++) {
        const godwit_request_t *r = &o->requests[i];
        if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == GODWIT_PORT_SMS) {
            w.readings++;
            w.reading = octets_of(r->octets);
        } else if (r->kind == GODWIT_REQUEST_DATAGRAM) {
            add(OWNERS)->octets = octets_of(r->octets);
        } else if (r->kind == GODWIT_REQUEST_MESSAGE) {
            pass_message(r->message);
        } else if (r->kind == GODWIT_REQUEST_TIMER) {
            note_timer(owner, r->timer, r->delay_ms);
        } else if (r->kind == GODWIT_REQUEST_EVENT && owner == NODE) {
            size_t used = strlen(w.seen), len = strlen(r->event.name);
            if (used + len + 2 <= sizeof w.seen) {
                memcpy(w.seen + used, r->event.name, len);
                memcpy(w.seen + used + len, " ", 2);
            }
        }
    }
}

static void give_frame(godwit_slice_t frame)
{
    const godwit_input_t in = {
        .kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_RADIO, .from = owner_address(9), .datagram = frame};
    owner_give(&w.owners[NODE], &in);
    carry_out(NODE);
}

/* Until nothing moves. */
static void run(void)
{
    unsigned steps = 0;
    while (w.phone.queued > 0 || w.first != w.last) {
        assert_true(steps++ < 200);
        if (w.phone.queued > 0) {
            octets_t frame = phone_take(&w.phone);
            if (!w.lose_up) {
                give_frame(godwit_slice(frame.at, frame.len));
            }
            continue;
        }
        event_t e = w.events[w.first++ % EVENTS];
        if (e.to == OWNERS) {
            phone_receive(&w.phone, godwit_slice(e.octets.at, e.octets.len));
        } else {
            owner_give_message(&w.owners[e.to], &e.message);
            carry_out(e.to);
        }
    }
}

/* All timers of that owner but long ones come due. */
static void let_time_pass(int owner)
{
    w.owners[owner].now_ms += 6000;
    for (size_t i = 0; i < TIMERS; i++) {
        uint32_t number = w.numbers[owner][i];
        if (w.due[owner][i] > 0 && w.due[owner][i] <= 6000) {
            w.due[owner][i] = 0;
            owner_give_timer(&w.owners[owner], number);
            carry_out(owner);
            run();
        }
    }
}

static bool saw(const char *name)
{
    bool found = strstr(w.seen, name) != NULL;
    w.seen[0] = '\0';
    return found;
}

/* ---- the world ---- */

static void msc_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_msc_step(role, in, out);
}
static void sgsn_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgsn_step(role, in, out);
}
static void sc_step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sms_sc_step(role, in, out);
}

static void begin_node(void)
{
    godwit_msc_config_t m = {.crypto = CRYPTO,
                             .local_host = "msc.example",
                             .local_realm = "example",
                             .plmn = {{0x00, 0xF1, 0x10}},
                             .lac = 0x1234,
                             .sms = true,
                             .next_session = true};
    godwit_sgsn_config_t s = {.crypto = CRYPTO,
                              .local_host = "sgsn.example",
                              .local_realm = "example",
                              .plmn = {{0x00, 0xF1, 0x10}},
                              .lac = 0x1234,
                              .rac = 1,
                              .ipv4 = {10, 0, 0, 1},
                              .apns = 1,
                              .apn = {{.name = {.text = "e2m.example"}, .ggsn = {10, 0, 0, 2}}},
                              .sms = true,
                              .next_session = true};
    assert_int_equal(godwit_msc_init(&w.msc, &m, w.msc_ues, ROWS), GODWIT_OK);
    assert_int_equal(godwit_sgsn_init(&w.sgsn, &s, w.sgsn_ues, ROWS, w.pending, PENDING, w.answered, PENDING),
                     GODWIT_OK);
}

static void begin(bool circuit, godwit_access_kind_t kind)
{
    const godwit_sms_sc_config_t sc = {.local_host = "sc.example", .local_realm = "example", .number = NUMBER};
    memset(&w, 0, sizeof w);
    w.circuit = circuit;
    begin_node();
    assert_int_equal(godwit_sms_sc_init(&w.sc, &sc, w.devices, ROWS), GODWIT_OK);
    owner_init(&w.owners[NODE], circuit ? msc_step : sgsn_step, circuit ? (void *)&w.msc : (void *)&w.sgsn);
    owner_init(&w.owners[CENTRE], sc_step, &w.sc);
    phone_init(&w.phone, kind);
    w.phone.config.e2m = false;
    w.phone.config.carrier = GODWIT_CARRIER_SMS;
    w.phone.config.circuit_switched = circuit;
    w.phone.config.sms_number = NUMBER;
    w.phone.config.next_session = true;
    phone_restart(&w.phone);
}

static void attach(void)
{
    phone_attach(&w.phone);
    run();
    assert_true(phone_said(&w.phone, "attached"));
}

static void send(const char *text)
{
    phone_send(&w.phone, text);
    run();
}

static void expect_reading(unsigned count, const char *text)
{
    assert_int_equal(w.readings, count);
    assert_true(octets_equal(&w.reading, text));
}

static void answer(const char *text)
{
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_SMS, .from = {.len = 8}};
    godwit_imsi_to_ef(&w.phone.config.imsi, in.from.octets);
    in.datagram = godwit_slice_of_string(text);
    owner_give(&w.owners[CENTRE], &in);
    carry_out(CENTRE);
    run();
}

/* ---- tests ---- */

static void both_ways(bool circuit, godwit_access_kind_t kind)
{
    begin(circuit, kind);
    attach();
    send("one");
    expect_reading(1, "one");
    assert_true(phone_said(&w.phone, "sms_accepted"));
    answer("answer one");
    assert_true(octets_equal(&w.phone.delivered, "answer one"));
    assert_true(saw("sms_delivered"));
    /* Idle, and back by itself; idle, and paged. */
    assert_int_equal(godwit_access_idle(&w.phone.access, &w.phone.requests), GODWIT_OK);
    phone_carry_out(&w.phone);
    run();
    send("two");
    expect_reading(2, "two");
    assert_int_equal(godwit_access_idle(&w.phone.access, &w.phone.requests), GODWIT_OK);
    phone_carry_out(&w.phone);
    run();
    answer("answer two");
    assert_true(octets_equal(&w.phone.delivered, "answer two"));
    assert_true(saw("paging"));
}

static void readings_go_and_answers_come_by_short_message(void **state)
{
    (void)state;
    both_ways(true, GODWIT_ACCESS_UMTS);
    both_ways(true, GODWIT_ACCESS_GERAN);
    both_ways(false, GODWIT_ACCESS_UMTS);
    both_ways(false, GODWIT_ACCESS_GERAN);
}

static void what_is_longer_than_133_octets_is_refused_here(void **state)
{
    (void)state;
    uint8_t octets[134] = {1};
    begin(true, GODWIT_ACCESS_UMTS);
    assert_int_equal(godwit_access_send(&w.phone.access, godwit_slice(octets, 1), &w.phone.requests),
                     GODWIT_WRONG_STATE);
    attach();
    assert_int_equal(godwit_access_send(&w.phone.access, godwit_slice(octets, 134), &w.phone.requests),
                     GODWIT_NO_SPACE);
    assert_int_equal(godwit_access_send(&w.phone.access, godwit_slice(octets, 133), &w.phone.requests), GODWIT_OK);
    assert_int_equal(godwit_access_send(&w.phone.access, godwit_slice(octets, 1), &w.phone.requests), GODWIT_OK);
    assert_int_equal(godwit_access_send(&w.phone.access, godwit_slice(octets, 1), &w.phone.requests), GODWIT_AGAIN);
}

static void rp_error_is_told_with_its_reason(void **state)
{
    static const struct {
        godwit_status_t centre, device;
    } cases[] = {{GODWIT_OVERLOAD, GODWIT_OVERLOAD},
                 {GODWIT_NOT_ENTITLED, GODWIT_NOT_ENTITLED},
                 {GODWIT_POLICY_FORBIDS, GODWIT_POLICY_FORBIDS},
                 {GODWIT_UNKNOWN_SUBSCRIBER, GODWIT_UNKNOWN_SUBSCRIBER},
                 {GODWIT_PEER_INTERNAL, GODWIT_PEER_INTERNAL}};
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    attach();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        w.sc_says = cases[i].centre;
        send("x");
        assert_int_equal(phone_reason(&w.phone, "sms_refused"), cases[i].device);
        assert_true(phone_said(&w.phone, "sms_refused"));
    }
}

static void a_message_that_is_lost_is_sent_again_and_given_up(void **state)
{
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    attach();
    w.lose_up = true;
    send("lost");
    w.lose_up = false;
    phone_timer(&w.phone);
    run();
    expect_reading(1, "lost");
    assert_true(phone_said(&w.phone, "sms_accepted"));
    w.lose_up = true;
    send("gone");
    for (unsigned i = 0; i < 8; i++) {
        phone_timer(&w.phone);
        run();
    }
    assert_int_equal(phone_reason(&w.phone, "sms_failed"), GODWIT_OK);
    assert_int_equal(w.readings, 1);
}

static void an_absent_device_is_no_delivery(void **state)
{
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    attach();
    send("one");
    assert_int_equal(godwit_access_idle(&w.phone.access, &w.phone.requests), GODWIT_OK);
    phone_carry_out(&w.phone);
    run();
    w.lose_up = true; /* it is behind a hill */
    answer("answer");
    for (unsigned i = 0; i < 6; i++) {
        let_time_pass(NODE);
    }
    assert_true(saw("sms_not_delivered"));
    w.lose_up = false;     /* it speaks again: what waited at the centre goes */
    phone_timer(&w.phone); /* its paging response, again */
    run();
    send("two");
    assert_true(octets_equal(&w.phone.delivered, "answer"));
}

/* ---- the following session ---- */

static void detach(void)
{
    phone_detach(&w.phone);
    run();
    if (w.no_following) {
        let_time_pass(NODE);
    }
    assert_true(phone_said(&w.phone, "detached"));
}

static void by_next_vector(bool circuit, godwit_access_kind_t kind)
{
    begin(circuit, kind);
    attach();
    detach();
    assert_true(w.phone.flash.len > 0);
    for (unsigned i = 1; i <= 3; i++) {
        unsigned runs = w.phone.card_runs;
        w.seen[0] = '\0';
        phone_attach_with(&w.phone, "with the attach");
        run();
        expect_reading(i, "with the attach");
        assert_true(strstr(w.seen, "next_used") != NULL && strstr(w.seen, "authentication") == NULL);
        assert_true(phone_said(&w.phone, "next_used"));
        assert_int_equal(w.phone.card_runs, runs + 1); /* for the following one */
        detach();
    }
}

static void a_reading_goes_with_the_attach_by_the_stored_vector(void **state)
{
    (void)state;
    by_next_vector(true, GODWIT_ACCESS_UMTS);
    by_next_vector(true, GODWIT_ACCESS_GERAN);
    by_next_vector(false, GODWIT_ACCESS_UMTS);
    by_next_vector(false, GODWIT_ACCESS_GERAN);
}

static void expect_fallback(unsigned readings)
{
    phone_attach_with(&w.phone, "later");
    run();
    assert_true(phone_said(&w.phone, "attached"));
    expect_reading(readings, "later");
}

static void what_is_lost_moved_or_late_costs_an_aka_run_and_no_more(void **state)
{
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    attach();
    detach();
    w.owners[NODE].record_count = 0; /* the network lost the record */
    expect_fallback(1);
    assert_true(saw("next_refused"));
    detach();
    w.owners[NODE].now_ms += UINT64_C(31) * 24 * 3600 * 1000; /* too late */
    expect_fallback(2);
    assert_true(saw("next_refused"));
    detach();
    w.msc.config.lac++; /* another area: its records are not here */
    expect_fallback(3);
    detach();
    w.msc.config.plmn.octets[2] = 0x20; /* another network: the device does not even try */
    w.phone.config.serving_network.octets[2] = 0x20;
    phone_power_up(&w.phone);
    expect_fallback(4);
    detach();
    memset(w.phone.flash.at, 0, w.phone.flash.len); /* the device lost its own */
    w.phone.flash.len = 0;
    phone_restart(&w.phone);
    expect_fallback(5);
}

static void a_frame_that_was_taken_is_not_taken_again(void **state)
{
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    attach();
    detach();
    phone_attach_with(&w.phone, "once");
    assert_int_equal(w.phone.queued, 1);
    octets_t frame = w.phone.queue[0];
    run();
    expect_reading(1, "once");
    for (unsigned i = 0; i < 3; i++) {
        give_frame(godwit_slice(frame.at, frame.len));
        run();
    }
    assert_int_equal(w.readings, 1);
    detach();
    give_frame(godwit_slice(frame.at, frame.len)); /* a recording, of a session that is over */
    run();
    assert_int_equal(w.readings, 1);
    assert_true(saw("next_refused"));
}

/* Somebody keeps the frames of the attach; the device gives up on them, and comes in by AKA. */
static void held_up(bool circuit, bool leaves)
{
    begin(circuit, GODWIT_ACCESS_UMTS);
    attach();
    detach();
    w.no_following = true; /* so that no other vector takes the place of that one */
    w.owners[NODE].now_ms += 1000;
    phone_attach_with(&w.phone, "once");
    octets_t frame = phone_take(&w.phone);
    for (unsigned i = 0; i < 4 && w.phone.queued == 0; i++) {
        phone_timer(&w.phone);
        if (i == 0) {
            (void)phone_take(&w.phone); /* the same octets */
        }
    }
    run();
    let_time_pass(NODE);
    assert_true(phone_said(&w.phone, "next_fallback"));
    expect_reading(1, "once");
    if (leaves) {
        detach();
    }
    w.seen[0] = '\0';
    const godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM,
                               .port = GODWIT_PORT_RADIO,
                               .from = owner_address(7),
                               .datagram = godwit_slice(frame.at, frame.len)};
    owner_give(&w.owners[NODE], &in);
    carry_out(NODE);
    run();
    assert_int_equal(w.readings, 1);
    assert_null(strstr(w.seen, "next_used"));
    assert_null(strstr(w.seen, "replaced"));
}

static void a_frame_that_was_held_up_is_not_taken_after_aka(void **state)
{
    (void)state;
    held_up(true, false);
    held_up(true, true);
    held_up(false, false);
    held_up(false, true);
}

static void a_thousand_wrong_guesses_consume_nothing(void **state)
{
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    attach();
    detach();
    phone_attach_with(&w.phone, "the right one");
    octets_t frame = phone_take(&w.phone);
    for (unsigned i = 0; i < 1000; i++) {
        octets_t wrong = frame;
        wrong.at[3 + i % (frame.len - 3)] ^= (uint8_t)(1U + i % 255);
        w.home_silent = true;
        give_frame(godwit_slice(wrong.at, wrong.len));
        w.first = w.last;                       /* what it is answered with is lost */
        memset(w.msc_ues, 0, sizeof w.msc_ues); /* and its dialogue is over */
        w.msc.top = 0;
    }
    w.home_silent = false;
    assert_int_equal(w.readings, 0);
    w.seen[0] = '\0';
    give_frame(godwit_slice(frame.at, frame.len));
    run();
    expect_reading(1, "the right one");
    assert_true(saw("next_used"));
}

static void a_silent_home_costs_the_hand_over_and_nothing_else(void **state)
{
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    phone_attach(&w.phone);
    while (w.vectors == 0 || w.phone.queued > 0 || w.first != w.last) { /* the challenge, and then no more */
        if (w.phone.queued > 0) {
            octets_t up = phone_take(&w.phone);
            give_frame(godwit_slice(up.at, up.len));
        } else {
            event_t e = w.events[w.first++ % EVENTS];
            if (e.to == OWNERS) {
                phone_receive(&w.phone, godwit_slice(e.octets.at, e.octets.len));
            } else {
                owner_give_message(&w.owners[e.to], &e.message);
                carry_out(e.to);
            }
        }
        w.home_silent = w.vectors > 0;
    }
    assert_false(phone_said(&w.phone, "attached"));
    let_time_pass(NODE);
    assert_true(phone_said(&w.phone, "attached"));
    assert_int_equal(w.phone.flash.len, 0);
    send("one");
    expect_reading(1, "one");
}

static void a_detach_of_a_stranger_is_not_believed(void **state)
{
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    attach();
    uint8_t frame[16] = {GODWIT_RADIO_NAS, 0x05, 0x01, 0x57, 0x05, 0xF4};
    godwit_store_u32(frame + 6, w.phone.access.p_tmsi);
    const godwit_input_t in = {
        .kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_RADIO, .from = owner_address(66), .datagram = {frame, 10}};
    owner_give(&w.owners[NODE], &in);
    assert_false(owner_saw(&w.owners[NODE], "detached", GODWIT_OK));
    send("still here");
    expect_reading(1, "still here");
}

static void a_device_that_is_idle_detaches_by_a_security_mode(void **state)
{
    (void)state;
    begin(true, GODWIT_ACCESS_UMTS);
    attach();
    assert_int_equal(godwit_access_idle(&w.phone.access, &w.phone.requests), GODWIT_OK);
    phone_carry_out(&w.phone);
    run();
    w.seen[0] = '\0';
    detach();
    assert_true(saw("detached"));
    assert_int_equal(w.msc.top, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_go_and_answers_come_by_short_message),
        cmocka_unit_test(what_is_longer_than_133_octets_is_refused_here),
        cmocka_unit_test(rp_error_is_told_with_its_reason),
        cmocka_unit_test(a_message_that_is_lost_is_sent_again_and_given_up),
        cmocka_unit_test(an_absent_device_is_no_delivery),
        cmocka_unit_test(a_reading_goes_with_the_attach_by_the_stored_vector),
        cmocka_unit_test(what_is_lost_moved_or_late_costs_an_aka_run_and_no_more),
        cmocka_unit_test(a_frame_that_was_taken_is_not_taken_again),
        cmocka_unit_test(a_frame_that_was_held_up_is_not_taken_after_aka),
        cmocka_unit_test(a_thousand_wrong_guesses_consume_nothing),
        cmocka_unit_test(a_silent_home_costs_the_hand_over_and_nothing_else),
        cmocka_unit_test(a_detach_of_a_stranger_is_not_believed),
        cmocka_unit_test(a_device_that_is_idle_detaches_by_a_security_mode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
