/* SPDX-License-Identifier: Apache-2.0
 *
 * Offline devices and the vector of the following session: what the procedure measures, and what an attack on it costs
 * nobody.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/internal.h"
#include "lab/procedure.h"

static godwit_lab_report_t run(godwit_world_access_t access, godwit_carrier_t carrier)
{
    godwit_lab_run_t r = {
        .procedure = GODWIT_LAB_NEXT_SESSION, .access = access, .carrier = carrier, .seed = 1, .devices = 1};
    godwit_lab_report_t report;
    assert_null(godwit_lab_run_check(&r));
    godwit_lab_run(&r, NULL, &report);
    assert_string_equal(report.why, "");
    assert_true(report.ok && report.arrived);
    return report;
}

static void umts_and_geran_save_the_authentication_and_the_security_mode(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_UMTS; access <= GODWIT_WORLD_GERAN; access++) {
        const godwit_lab_report_t report = run(access, GODWIT_CARRIER_PDP);
        assert_int_equal(report.saved.gross_octets, 54);
        assert_int_equal(report.saved.net_octets, 54 - 35 - 10); /* RAND and AUTN as they are handed over, and RES */
        assert_int_equal(report.saved.round_trips, 2);
        assert_true(report.saved.cycle_octets > 0);
        assert_int_equal(report.aka_runs, 1); /* the vector of the session after it */
    }
}

static void eps_carries_the_reading_in_the_attach_request(void **state)
{
    (void)state;
    const godwit_lab_report_t report = run(GODWIT_WORLD_EPS, GODWIT_CARRIER_NAS);
    assert_int_equal(report.saved.gross_octets, 47);
    assert_int_equal(report.saved.net_octets, 47 - 35 - 10);
    assert_true(report.saved.round_trips >= 1);
    assert_true(report.saved.with_attach);
    assert_true(report.saved.cycle_octets > 0);
    const godwit_lab_report_t user_plane = run(GODWIT_WORLD_EPS, GODWIT_CARRIER_PDP);
    assert_int_equal(user_plane.saved.gross_octets, 47);
    assert_false(user_plane.saved.with_attach);
}

static void a_short_message_carries_the_reading(void **state)
{
    (void)state;
    static const int gross[] = {[GODWIT_WORLD_EPS] = 47, [GODWIT_WORLD_UMTS] = 54, [GODWIT_WORLD_GERAN] = 49};
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_GERAN; access++) {
        const godwit_lab_report_t report = run(access, GODWIT_CARRIER_SMS);
        assert_int_equal(report.saved.gross_octets, gross[access]); /* over GERAN at the MSC: MM */
        assert_true(report.saved.round_trips >= 1);
        assert_true(report.saved.with_attach == (access != GODWIT_WORLD_EPS));
    }
}

static void inside_emsdp_the_next_reading_is_one_datagram(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_WIFI; access <= GODWIT_WORLD_UMTS; access++) {
        godwit_lab_run_t r = {
            .procedure = GODWIT_LAB_NEXT_SESSION, .access = access, .emsdp = true, .seed = 1, .devices = 1};
        godwit_lab_report_t report;
        assert_null(godwit_lab_run_check(&r));
        godwit_lab_run(&r, NULL, &report);
        assert_string_equal(report.why, "");
        assert_int_equal(report.aka_runs, 0); /* the card ran when the session before it ended */
        assert_true(report.saved.with_attach);
        assert_int_equal(report.saved.round_trips, 1);
        assert_int_equal(report.saved.gross_octets, 27 + 55 + 40 - (40 + 19));
        assert_int_equal(report.saved.net_octets, report.saved.gross_octets - 41);
    }
}

/* ---- a thousand wrong guesses ---- */

typedef struct tap {
    uint8_t frame[GODWIT_WORLD_PACKET_MAX];
    size_t len;
    bool hold; /* nothing of the device arrives */
} tap_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    tap_t *tap = context;
    (void)w;
    if (p->leg == GODWIT_WORLD_LEG_RADIO && p->from == godwit_world_device_node(0) && tap->hold) {
        memcpy(tap->frame, p->octets, p->len);
        tap->len = p->len;
        return false;
    }
    return true;
}

static godwit_world_t *detached_world(tap_t *tap)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.access = GODWIT_WORLD_UMTS;
    config.carrier = GODWIT_CARRIER_PDP;
    config.offline = config.next_session = true;
    config.wire = on_wire;
    config.context = tap;
    godwit_world_t *w = godwit_world_new(&config);
    (void)godwit_world_submit(w, 0);
    godwit_world_run(w, 20000);
    assert_int_equal(godwit_world_delivered(w, 0), 1);
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, 10000);
    return w;
}

static void arrive(godwit_world_t *w, const uint8_t *octets, size_t len, unsigned address, bool bent)
{
    lab_packet_t *p =
        lab_packet(GODWIT_WORLD_LEG_RADIO, godwit_world_device_node(0), GODWIT_WORLD_SGSN, godwit_slice(octets, len));
    p->source = lab_address(address);
    p->destination = lab_node_address(GODWIT_WORLD_SGSN, 0);
    p->bent = bent;
    lab_event_t *e = lab_after(w, 1, LAB_PACKET, GODWIT_WORLD_SGSN);
    e->packet = p;
}

static bool saw(const godwit_world_t *w, const char *name)
{
    for (size_t i = 0; i < LAB_EVENTS_KEPT && w->devices[0].access_events[i].name != NULL; i++) {
        if (strcmp(w->devices[0].access_events[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static void a_thousand_wrong_guesses_consume_nothing_and_lock_nobody_out(void **state)
{
    (void)state;
    static tap_t tap;
    memset(&tap, 0, sizeof tap);
    godwit_world_t *w = detached_world(&tap);
    tap.hold = true;
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 100); /* the device's attach is held back, and guessed at */
    assert_true(tap.len > 8);
    for (unsigned i = 0; i < 1000; i++) {
        uint8_t guess[GODWIT_WORLD_PACKET_MAX];
        memcpy(guess, tap.frame, tap.len);
        guess[3 + i % 4] ^= (uint8_t)(1 + i / 4); /* MAC-I */
        arrive(w, guess, tap.len, 0xF00000 + i % 16, true);
        godwit_world_run(w, 2);
    }
    assert_null(godwit_world_violation(w));
    arrive(w, tap.frame, tap.len, 0, false);
    tap.hold = false;
    godwit_world_run(w, 30000);
    assert_int_equal(godwit_world_delivered(w, reading), 1);
    assert_true(saw(w, "next_used"));
    assert_null(godwit_world_violation(w));
    godwit_world_free(w);
}

static void a_recorded_attach_is_of_no_use_a_second_time(void **state)
{
    (void)state;
    static tap_t tap;
    memset(&tap, 0, sizeof tap);
    godwit_world_t *w = detached_world(&tap);
    tap.hold = true;
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 100);
    tap.hold = false;
    arrive(w, tap.frame, tap.len, 0, false);
    godwit_world_run(w, 30000);
    assert_int_equal(godwit_world_delivered(w, reading), 1);
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, 10000);
    unsigned before = w->steps;
    arrive(w, tap.frame, tap.len, 0xF00001, false);
    godwit_world_run(w, 30000);
    assert_true(w->steps > before);
    assert_null(godwit_world_violation(w));
    reading = godwit_world_submit(w, 0); /* and the device goes on by its next vector */
    godwit_world_run(w, 30000);
    assert_int_equal(godwit_world_delivered(w, reading), 1);
    godwit_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(umts_and_geran_save_the_authentication_and_the_security_mode),
        cmocka_unit_test(eps_carries_the_reading_in_the_attach_request),
        cmocka_unit_test(a_short_message_carries_the_reading),
        cmocka_unit_test(inside_emsdp_the_next_reading_is_one_datagram),
        cmocka_unit_test(a_thousand_wrong_guesses_consume_nothing_and_lock_nobody_out),
        cmocka_unit_test(a_recorded_attach_is_of_no_use_a_second_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
