/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys end to end that age over years, under the lab's clock: re-agreements in time, early, late and missed; a device
 * that sleeps over several lives; readings in flight over every change. None is lost, none comes twice, and after the
 * overlap nothing of an old key is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "lab/e2e_run.h"
#include "lab/internal.h"

#define SECOND UINT64_C(1000)
#define HOUR (3600 * SECOND)
#define DAY (24 * HOUR)
#define LIFE_DAYS 30
#define OVERLAP_S 7200u

typedef struct held {
    bool armed; /* the next datagram up is held back */
    lab_packet_t *packet;
} held_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    held_t *h = context;
    godwit_emsdp_header_t header;
    if (!h->armed || p->leg != GODWIT_WORLD_LEG_EMSDP || p->to != GODWIT_WORLD_HSE ||
        godwit_emsdp_peek(godwit_slice(p->octets, p->len), lab_framing(w, p->to), &header) != GODWIT_OK ||
        !header.user_plane) {
        return true;
    }
    h->armed = false;
    h->packet = lab_packet(p->leg, p->from, p->to, godwit_slice(p->octets, p->len));
    h->packet->source = p->source;
    h->packet->destination = p->destination;
    return false;
}

static godwit_world_t *begin(held_t *held, godwit_world_e2e_t e2e)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.solution = 3;
    config.watch_memory = true;
    config.search_every = 1000;
    config.e2e = e2e;
    config.e2e.on = true;
    config.e2e.service = GODWIT_SERVICE_CONFIDENTIALITY;
    config.e2e.overlap_s = e2e.overlap_s == 0 ? OVERLAP_S : e2e.overlap_s;
    config.wire = on_wire;
    config.context = held;
    return godwit_world_new(&config);
}

static void let_arrive(godwit_world_t *w, held_t *held)
{
    if (held->packet != NULL) {
        lab_after(w, 1, LAB_PACKET, held->packet->to)->packet = held->packet;
        held->packet = NULL;
    }
    godwit_world_run(w, 60 * SECOND);
}

/* A reading that must be there a minute later. */
static void expect_reading(godwit_world_t *w)
{
    const uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 60 * SECOND);
    assert_string_equal(godwit_world_violation(w) == NULL ? "" : godwit_world_violation(w), "");
    assert_int_equal(godwit_world_delivered(w, reading), 1);
}

/* At most the key in use and the one after it, at either end, and none at the EESE. */
static void expect_no_old_key(godwit_world_t *w)
{
    godwit_eas_device_t at_eas;
    assert_true(lab_e2e_at_eas(w, 0, &at_eas));
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        const uint32_t age = at_eas.keys[i].terms.age;
        assert_true(age == 0 || age >= lab_e2e_age(w, 0) || at_eas.keys[i].until_s > w->now_ms / SECOND);
    }
    assert_true(lab_e2e_has_age(&at_eas, lab_e2e_age(w, 0)));
    godwit_eas_wipe(&at_eas);
    const godwit_device_e2e_key_t *former = &w->devices[0].e2e.library.former;
    assert_true(!godwit_emsdp_key_is_set(&former->plane) || former->elapsed_s < OVERLAP_S);
    lab_check_e2e_end(w);
    assert_null(godwit_world_violation(w));
}

static void in_time_over_five_years(void **state)
{
    (void)state;
    held_t held = {0};
    godwit_world_t *w = begin(&held, (godwit_world_e2e_t){.life_s = LIFE_DAYS * 86400});
    for (unsigned day = 0; day < 5 * 365; day += 3) {
        expect_reading(w);
        godwit_world_run(w, 3 * DAY - 60 * SECOND);
    }
    expect_reading(w);
    assert_in_range(lab_e2e_changes(w, 0), 5 * 365 / LIFE_DAYS, 5 * 365 / (LIFE_DAYS * 3 / 4));
    godwit_world_run(w, DAY);
    expect_reading(w);
    expect_no_old_key(w);
    godwit_world_free(w);
}

/* One reading a change is held back until the next key is in use, and comes within the overlap. */
static void in_flight_over_every_change(void **state)
{
    (void)state;
    held_t held = {0};
    godwit_world_t *w = begin(&held, (godwit_world_e2e_t){.life_s = LIFE_DAYS * 86400, .overlap_s = 6 * OVERLAP_S});
    unsigned flights = 0;
    expect_reading(w);
    for (unsigned change = 0; change < 8; change++) {
        const uint32_t before = lab_e2e_changes(w, 0);
        uint32_t late = 0;
        while (lab_e2e_changes(w, 0) == before) {
            let_arrive(w, &held);
            held.armed = true;
            late = godwit_world_submit(w, 0);
            godwit_world_run(w, 60 * SECOND);
            held.armed = false;
            expect_reading(w);
            godwit_world_run(w, 8 * HOUR);
        }
        flights += held.packet != NULL;
        let_arrive(w, &held);
        assert_int_equal(godwit_world_delivered(w, late), 1);
    }
    assert_true(flights >= 6);
    godwit_world_run(w, DAY);
    expect_reading(w);
    expect_no_old_key(w);
    assert_null(held.packet);
    godwit_world_free(w);
}

/* Missed re-agreements: what is said when it wakes waits for the next key, and arrives. */
static void asleep_over_several_lives(void **state)
{
    (void)state;
    held_t held = {0};
    godwit_world_t *w = begin(&held, (godwit_world_e2e_t){.life_s = LIFE_DAYS * 86400});
    expect_reading(w);
    for (unsigned i = 1; i <= 12; i++) {
        godwit_world_sleep(w, 0, i * 17 * DAY);
        godwit_world_run(w, i * 17 * DAY + SECOND);
        expect_reading(w);
        godwit_world_run(w, DAY);
        expect_reading(w);
        expect_no_old_key(w);
    }
    godwit_world_free(w);
}

/* A device that took its key days after it was agreed believes in it for longer than its EAS does. What it says then is
 * refused, and its owner hears so; the next key is there for what comes after. */
static void a_key_taken_late_ends_as_agreed(void **state)
{
    (void)state;
    held_t held = {0};
    godwit_world_t *w = begin(&held, (godwit_world_e2e_t){.life_s = LIFE_DAYS * 86400});
    expect_reading(w);
    godwit_world_run(w, 25 * DAY);
    expect_reading(w);
    godwit_world_sleep(w, 0, 12 * DAY); /* the next is agreed meanwhile */
    godwit_world_run(w, 12 * DAY + SECOND);
    expect_reading(w);
    const uint32_t late = lab_e2e_changes(w, 0);
    godwit_world_sleep(w, 0, 24 * DAY); /* beyond the end that was agreed, and not yet the one that the device counts */
    godwit_world_run(w, 24 * DAY + SECOND);
    const godwit_device_e2e_key_t *key = &w->devices[0].e2e.library.current;
    assert_true(key->elapsed_s < key->life_s);
    const uint32_t refused = godwit_world_submit(w, 0);
    godwit_world_run(w, 60 * SECOND);
    assert_int_equal(godwit_world_delivered(w, refused), 0);
    assert_int_equal(godwit_world_device_events(w, 0, "reading_refused", GODWIT_UNKNOWN_KEY), 1);
    assert_int_equal(lab_e2e_changes(w, 0), late + 1);
    godwit_world_run(w, DAY);
    expect_reading(w);
    expect_no_old_key(w);
    godwit_world_free(w);
}

/* The EESE is not there when the next age is due (late), or the count is spent before the time (early). */
static void late_and_early(void **state)
{
    (void)state;
    held_t held = {0};
    godwit_world_t *w = begin(&held, (godwit_world_e2e_t){.life_s = LIFE_DAYS * 86400});
    for (unsigned i = 0; i < 12; i++) {
        expect_reading(w);
        godwit_world_run(w, 25 * DAY); /* before it is due */
        godwit_world_part(w, GODWIT_WORLD_EESE, GODWIT_WORLD_EVERYBODY, 10 * DAY);
        godwit_world_run(w, 3 * DAY);
        expect_reading(w); /* the old one lives */
        godwit_world_run(w, 8 * DAY);
        expect_reading(w);
    }
    godwit_world_free(w);
    w = begin(&held, (godwit_world_e2e_t){.life_s = 365 * 86400, .messages = 64});
    for (unsigned i = 0; i < 200; i++) {
        expect_reading(w);
        godwit_world_run(w, DAY);
    }
    assert_in_range(lab_e2e_changes(w, 0), 200 / 64, 200 / 32);
    expect_reading(w);
    expect_no_old_key(w);
    godwit_world_free(w);
}

static void by_another_aka_run(void **state)
{
    (void)state;
    held_t held = {0};
    godwit_world_t *w = begin(&held, (godwit_world_e2e_t){.life_s = LIFE_DAYS * 86400, .aka_every = 3});
    const unsigned before = godwit_world_vectors(w, 0);
    for (unsigned day = 0; day < 2 * 365; day += 5) {
        expect_reading(w);
        godwit_world_run(w, 5 * DAY - 60 * SECOND);
    }
    assert_in_range(godwit_world_vectors(w, 0) - before, 2 * 365 / LIFE_DAYS / 3 - 1, 2 * 365 / LIFE_DAYS / 3 + 3);
    godwit_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_time_over_five_years),         cmocka_unit_test(in_flight_over_every_change),
        cmocka_unit_test(asleep_over_several_lives),       cmocka_unit_test(late_and_early),
        cmocka_unit_test(a_key_taken_late_ends_as_agreed), cmocka_unit_test(by_another_aka_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
