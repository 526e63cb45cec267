/* SPDX-License-Identifier: Apache-2.0
 *
 * A reading that the EAS is to acknowledge: it is said again until it is, whatever was lost meanwhile; no other answer
 * is taken for it; and how it ends is always told.
 */
#include "tests/device/e2e_world.h"

static void begin(e2e_world_t *w)
{
    const godwit_e2e_terms_t terms = e2e_terms_of(1);
    e2e_init(w, GODWIT_SERVICE_CONFIDENTIALITY);
    e2e_set_up(w, &terms, "");
    dut_send(&w->d, "before"); /* the session is known to have begun */
    e2e_expect_reading(w, dut_sent(&w->d, 0), "before");
}

static godwit_status_t offer(e2e_world_t *w, const char *reading)
{
    const godwit_status_t status =
        godwit_device_send_confirmed(&w->d.device, godwit_slice_of_string(reading), &w->d.requests);
    dut_store(&w->d);
    return status;
}

/* The datagram for the EAS in the request that was sent. */
static octets_t inside(e2e_world_t *w)
{
    assert_int_equal(dut_sends(&w->d), 1);
    godwit_emsdp_opened_t opened = dut_open(&w->d, dut_sent(&w->d, 0), w->plain);
    assert_int_equal(opened.control.command, GODWIT_MANAGE_KEYS_REQUEST);
    assert_true(godwit_emsdp_has(&opened.control, GODWIT_TLV_DATA));
    return e2e_copy(opened.control.data);
}

static octets_t sent(e2e_world_t *w, const char *reading)
{
    assert_int_equal(offer(w, reading), GODWIT_OK);
    assert_non_null(dut_event(&w->d, "reading_sent"));
    octets_t datagram = inside(w);
    e2e_expect_reading(w, octets_slice(&datagram), reading);
    return datagram;
}

static octets_t acknowledgement(e2e_world_t *w, const octets_t *of)
{
    godwit_emsdp_control_t m = {.command = GODWIT_MANAGE_KEYS_RESPONSE};
    if (of != NULL) {
        m.present = HAS(ECHO);
        memcpy(m.echo, of->at + of->len - sizeof m.echo, sizeof m.echo);
    }
    return dut_seal(&w->d, &m);
}

static void acknowledge(e2e_world_t *w, const octets_t *of)
{
    octets_t answer = acknowledgement(w, of);
    dut_receive(&w->d, octets_slice(&answer));
}

static void timer(e2e_world_t *w)
{
    assert_int_equal(godwit_device_timer(&w->d.device, w->d.random, &w->d.requests), GODWIT_OK);
    dut_store(&w->d);
}

static void it_is_said_again_in_another_request_until_the_eas_has_it(void **state)
{
    (void)state;
    e2e_world_t w;
    begin(&w);
    octets_t datagram = sent(&w, "keep me");
    octets_t request = e2e_copy(dut_sent(&w.d, 0));
    for (unsigned i = 0; i < 3; i++) {
        timer(&w);
        assert_false(godwit_slice_equal(dut_sent(&w.d, 0), octets_slice(&request)));
        octets_t again = inside(&w);
        assert_true(godwit_slice_equal(octets_slice(&again), octets_slice(&datagram)));
    }
    acknowledge(&w, &datagram);
    assert_non_null(dut_event(&w.d, "reading_confirmed"));
    timer(&w);
    assert_int_equal(w.d.requests.count, 0);
    dut_send(&w.d, "next");
    e2e_expect_reading(&w, dut_sent(&w.d, 0), "next");
}

static void no_other_answer_is_taken_for_its_own(void **state)
{
    (void)state;
    e2e_world_t w;
    begin(&w);
    octets_t first = sent(&w, "first");
    octets_t late = acknowledgement(&w, &first);
    acknowledge(&w, &first);
    octets_t second = sent(&w, "second");
    acknowledge(&w, NULL);
    assert_null(dut_event(&w.d, "reading_confirmed"));
    dut_receive(&w.d, octets_slice(&late)); /* held back on its way */
    assert_null(dut_event(&w.d, "reading_confirmed"));
    timer(&w);
    (void)inside(&w);
    acknowledge(&w, &second);
    assert_non_null(dut_event(&w.d, "reading_confirmed"));
    acknowledge(&w, &second);
    assert_null(dut_event(&w.d, "reading_confirmed"));
}

static void nothing_passes_it_by(void **state)
{
    (void)state;
    e2e_world_t w;
    begin(&w);
    octets_t datagram = sent(&w, "keep me");
    assert_int_equal(offer(&w, "another"), GODWIT_AGAIN);
    assert_int_equal(godwit_device_send(&w.d.device, godwit_slice_of_string("x"), w.d.random, &w.d.requests),
                     GODWIT_AGAIN);
    assert_int_equal(godwit_device_terminate(&w.d.device, &w.d.requests), GODWIT_AGAIN);
    acknowledge(&w, &datagram);
    (void)sent(&w, "another");
}

static void a_refusal_of_the_eas_ends_it_and_is_told(void **state)
{
    (void)state;
    static const godwit_status_t reasons[] = {GODWIT_OVERLOAD, GODWIT_MAC_FAILURE, GODWIT_POLICY_FORBIDS};
    e2e_world_t w;
    begin(&w);
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        octets_t datagram = sent(&w, "keep me");
        e2e_reject(&w, octets_slice(&datagram), reasons[i]);
        assert_int_equal(dut_event(&w.d, "reading_refused")->reason, reasons[i]);
        assert_null(dut_event(&w.d, "reading_uncertain"));
        timer(&w);
        assert_int_equal(w.d.requests.count, 0);
    }
    octets_t datagram = sent(&w, "lost");
    e2e_reject(&w, octets_slice(&datagram), GODWIT_UNKNOWN_KEY);
    assert_int_equal(dut_event(&w.d, "reading_refused")->reason, GODWIT_UNKNOWN_KEY);
    godwit_emsdp_opened_t opened = dut_open(&w.d, dut_sent(&w.d, 0), w.plain);
    assert_true(godwit_emsdp_has(&opened.control, GODWIT_TLV_SERVICE_REQUEST)); /* the next age is asked for */
    assert_int_equal(offer(&w, "lost"), GODWIT_AGAIN);
}

/* What confirmed the first one may have been lost: the HSE that has no room for the second does not know. */
static void without_room_for_what_was_said_before_it_may_have_arrived(void **state)
{
    (void)state;
    e2e_world_t w;
    begin(&w);
    octets_t datagram = sent(&w, "twice");
    timer(&w);
    e2e_reject(&w, octets_slice(&datagram), GODWIT_OVERLOAD);
    assert_null(dut_event(&w.d, "reading_refused"));
    assert_int_equal(dut_event(&w.d, "reading_uncertain")->reason, GODWIT_OVERLOAD);
    timer(&w);
    assert_int_equal(w.d.requests.count, 0);
}

static void silence_to_the_end_is_told(void **state)
{
    (void)state;
    e2e_world_t w;
    begin(&w);
    (void)sent(&w, "keep me");
    for (unsigned i = 0; i < 3; i++) {
        timer(&w);
        assert_null(dut_event(&w.d, "reading_uncertain"));
    }
    timer(&w);
    assert_non_null(dut_event(&w.d, "reading_uncertain"));
    assert_non_null(dut_event(&w.d, "given_up"));
    (void)sent(&w, "keep me");
}

static void the_end_of_the_session_is_told(void **state)
{
    (void)state;
    e2e_world_t w;
    begin(&w);
    (void)sent(&w, "keep me");
    godwit_emsdp_control_t end = {.command = GODWIT_SESSION_TERMINATE_REQUEST};
    octets_t terminate = dut_seal(&w.d, &end);
    dut_receive(&w.d, octets_slice(&terminate));
    assert_non_null(dut_event(&w.d, "reading_uncertain"));
    assert_int_equal(offer(&w, "keep me"), GODWIT_WRONG_STATE);
}

static void where_there_is_no_session_or_no_room_it_is_refused_at_once(void **state)
{
    (void)state;
    static uint8_t octets[GODWIT_DEVICE_FIRST_READING_MAX];
    e2e_world_t w;
    e2e_init(&w, GODWIT_SERVICE_CONFIDENTIALITY);
    assert_int_equal(offer(&w, "x"), GODWIT_WRONG_STATE);
    begin(&w);
    assert_int_equal(godwit_device_send_confirmed(&w.d.device, godwit_slice(octets, sizeof octets), &w.d.requests),
                     GODWIT_NO_SPACE);
    memset(&w, 0, sizeof w);
    dut_init(&w.d);
    dut_set_up(&w.d, "first");
    assert_int_equal(offer(&w, "x"), GODWIT_WRONG_STATE); /* it ends in the HSE */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_said_again_in_another_request_until_the_eas_has_it),
        cmocka_unit_test(no_other_answer_is_taken_for_its_own),
        cmocka_unit_test(nothing_passes_it_by),
        cmocka_unit_test(a_refusal_of_the_eas_ends_it_and_is_told),
        cmocka_unit_test(without_room_for_what_was_said_before_it_may_have_arrived),
        cmocka_unit_test(silence_to_the_end_is_told),
        cmocka_unit_test(the_end_of_the_session_is_told),
        cmocka_unit_test(where_there_is_no_session_or_no_room_it_is_refused_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
