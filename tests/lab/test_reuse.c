/* SPDX-License-Identifier: Apache-2.0
 *
 * Attaches on keys of before (Solution 4: how often AKA runs), and what becomes of Solution 1 then: no AKA run, so no
 * new key set; the container names the old one, and the home gives the next generation for as long as it retains the
 * key set. After that the device falls back once, and its next attach has an AKA run again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/internal.h"

#define RETENTION_MS 130000 /* the HSS keeps a key set for two minutes, and so does the EMKS by default */

static godwit_world_t *world(godwit_world_access_t access, char delivery, uint32_t attaches)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.access = access;
    config.solution = delivery == '2' ? 2 : 1;
    config.delivery = delivery == '2' ? 'D' : delivery;
    config.me_derives = delivery == '2';
    config.reauthenticate_attaches = attaches;
    config.watch_memory = true;
    godwit_world_t *w = godwit_world_new(&config);
    godwit_world_run(w, 3000);
    return w;
}

static bool is_said(godwit_world_t *w)
{
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 6000);
    assert_null(godwit_world_violation(w));
    return godwit_world_delivered(w, reading) == 1;
}

static void say(godwit_world_t *w)
{
    assert_true(is_said(w));
}

static void leave_and_come_back(godwit_world_t *w)
{
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, 10000);
    say(w);
}

/* A device that falls back tries its session first, for anybody can take a container out of a PCO: the second reading
 * sets up anew. */
static void leave_and_fall_back(godwit_world_t *w)
{
    unsigned before = godwit_world_device_events(w, 0, "fallback", GODWIT_KEY_EXPIRED) +
                      godwit_world_device_events(w, 0, "fallback", GODWIT_UNKNOWN_KEY);
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, 10000);
    assert_true(is_said(w) || is_said(w));
    assert_int_equal(godwit_world_device_events(w, 0, "fallback", GODWIT_KEY_EXPIRED) +
                         godwit_world_device_events(w, 0, "fallback", GODWIT_UNKNOWN_KEY),
                     before + 1);
}

static unsigned reused(godwit_world_t *w)
{
    return godwit_world_network_events(w, w->config.access == GODWIT_WORLD_EPS ? "context_reused" : "attached",
                                       GODWIT_OK) -
           (w->config.access == GODWIT_WORLD_EPS ? 0 : w->devices[0].vectors);
}

static bool is_under_access_keys(godwit_world_t *w)
{
    const godwit_session_record_t *session = godwit_world_session(w, 0);
    return session != NULL && godwit_agreement_is_access((uint8_t)session->agreement);
}

static void keys_serve_as_many_attaches_as_policy_says(void **state)
{
    static const char deliveries[] = {'C', 'D', '2'};
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        for (size_t i = 0; i < sizeof deliveries; i++) {
            godwit_world_t *w = world(access, deliveries[i], 3);
            say(w);
            for (unsigned attaches = 2; attaches <= 7; attaches++) {
                leave_and_come_back(w);
                assert_true(is_under_access_keys(w));
            }
            assert_int_equal(w->devices[0].vectors, 3); /* attaches 1, 4 and 7 */
            assert_int_equal(reused(w), 4);
            assert_int_equal(godwit_world_device_events(w, 0, "fallback", GODWIT_KEY_EXPIRED), 0);
            godwit_world_free(w);
        }
    }
}

/* The retention is over when the device comes back: one session by separate AKA, and the next attach makes a new key
 * set. */
static void a_key_set_that_the_home_has_forgotten_costs_one_fallback(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        godwit_world_t *w = world(access, 'C', 10);
        say(w);
        godwit_world_run(w, RETENTION_MS);
        leave_and_fall_back(w);
        assert_false(is_under_access_keys(w));
        unsigned vectors = w->devices[0].vectors;
        leave_and_come_back(w);
        assert_true(is_under_access_keys(w));
        assert_true(w->devices[0].vectors > vectors);
        godwit_world_free(w);
    }
}

/* Deliveries A and B push a key for each AKA run and none without; where the HSE does not pull, it is the same. */
static void a_push_that_was_spent_costs_one_fallback(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        for (char delivery = 'A'; delivery <= 'B'; delivery++) {
            godwit_world_t *w = world(access, delivery, 10);
            say(w);
            leave_and_fall_back(w);
            assert_false(is_under_access_keys(w));
            leave_and_come_back(w);
            assert_true(is_under_access_keys(w));
            godwit_world_free(w);
        }
    }
}

static void a_serving_node_that_lost_its_memory_runs_aka(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        godwit_world_t *w = world(access, 'C', 10);
        say(w);
        leave_and_come_back(w);
        assert_int_equal(w->devices[0].vectors, 1);
        (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
        godwit_world_run(w, 1000);
        godwit_world_power_loss(w, access == GODWIT_WORLD_EPS ? GODWIT_WORLD_MME : GODWIT_WORLD_SGSN);
        godwit_world_run(w, 30000);
        say(w);
        assert_int_equal(w->devices[0].vectors, 2);
        assert_true(is_under_access_keys(w));
        leave_and_come_back(w);
        assert_int_equal(w->devices[0].vectors, 2);
        godwit_world_free(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_serve_as_many_attaches_as_policy_says),
        cmocka_unit_test(a_key_set_that_the_home_has_forgotten_costs_one_fallback),
        cmocka_unit_test(a_push_that_was_spent_costs_one_fallback),
        cmocka_unit_test(a_serving_node_that_lost_its_memory_runs_aka),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
