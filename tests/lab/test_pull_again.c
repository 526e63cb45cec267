/* SPDX-License-Identifier: Apache-2.0
 *
 * The two reasons why an HSE pulls keys (contribution 003): a first connection, and a device that comes back after the
 * HSE has flushed them. And step 5b: a bearer that is there is modified, with a container, when the HSE has forgotten
 * everything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/internal.h"

#define IDLE_MS 5000

static godwit_world_t *world(godwit_world_access_t access, char delivery)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.access = access;
    config.solution = 1;
    config.delivery = delivery;
    config.idle_ms = IDLE_MS;
    config.watch_memory = true;
    godwit_world_t *w = godwit_world_new(&config);
    godwit_world_run(w, 3000);
    return w;
}

static void say(godwit_world_t *w)
{
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 3000);
    assert_int_equal(godwit_world_delivered(w, reading), 1);
    assert_null(godwit_world_violation(w));
}

/* K_session is in no table of the HSE any more. */
static bool hse_holds_keys(godwit_world_t *w)
{
    const lab_endpoint_t *e = &w->endpoints[0];
    for (size_t i = 0; i < LAB_BEARERS; i++) {
        if (godwit_emsdp_key_is_set(&e->bearers[i].key)) {
            return true;
        }
    }
    for (size_t i = 0; i < LAB_SESSIONS; i++) {
        if (e->sessions[i].used && godwit_emsdp_key_is_set(&e->sessions[i].record.current)) {
            return true;
        }
    }
    return w->functions[GODWIT_WORLD_HSE].store.durable_count > 0;
}

static void each(void (*act)(godwit_world_t *w))
{
    static const char deliveries[] = {'C', 'D'};
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        for (size_t i = 0; i < sizeof deliveries; i++) {
            godwit_world_t *w = world(access, deliveries[i]);
            say(w);
            act(w);
            assert_null(godwit_world_violation(w));
            godwit_world_free(w);
        }
    }
}

static void flush_and_come_back(godwit_world_t *w)
{
    for (unsigned i = 1; i <= 3; i++) {
        assert_true(hse_holds_keys(w));
        godwit_world_run(w, 4 * IDLE_MS);
        assert_int_equal(godwit_world_network_events(w, "flushed", GODWIT_OK), i);
        assert_false(hse_holds_keys(w));
        say(w); /* one datagram, the same generation, the next COUNT */
        assert_int_equal(godwit_world_network_events(w, "revived", GODWIT_OK), i);
    }
    assert_int_equal(godwit_world_device_events(w, 0, "modify_bearer", GODWIT_OK), 0);
}

static void a_flushed_key_is_pulled_again_with_its_counters(void **state)
{
    (void)state;
    each(flush_and_come_back);
}

/* What was sent before the flush and comes again after it is a replay. */
static void flush_and_downlink(godwit_world_t *w)
{
    godwit_world_submit_down(w, 0, "turn the valve");
    godwit_world_run(w, 3000);
    assert_int_equal(godwit_world_received(w, 0), 1);
    godwit_world_run(w, 4 * IDLE_MS);
    say(w);
    godwit_world_submit_down(w, 0, "turn it back");
    godwit_world_run(w, 3000);
    assert_int_equal(godwit_world_received(w, 0), 2);
}

static void a_message_down_goes_on_with_the_next_count(void **state)
{
    (void)state;
    each(flush_and_downlink);
}

/* The HSE flushes, then loses its power and with it every bearer: nothing but the device's own next container can
 * help. */
static void flush_and_forget(godwit_world_t *w)
{
    godwit_world_run(w, 4 * IDLE_MS);
    godwit_world_power_loss(w, GODWIT_WORLD_HSE);
    godwit_world_run(w, 3000);
    (void)godwit_world_submit(w, 0);
    godwit_world_run(w, 60000);
    assert_true(godwit_world_device_events(w, 0, "modify_bearer", GODWIT_OK) > 0);
    say(w);
    assert_int_equal(godwit_world_session(w, 0)->agreement,
                     w->config.access == GODWIT_WORLD_EPS ? GODWIT_AGREEMENT_ACCESS_EPS : GODWIT_AGREEMENT_ACCESS_UMTS);
}

static void a_bearer_that_the_hse_has_forgotten_is_modified(void **state)
{
    (void)state;
    each(flush_and_forget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flushed_key_is_pulled_again_with_its_counters),
        cmocka_unit_test(a_message_down_goes_on_with_the_next_count),
        cmocka_unit_test(a_bearer_that_the_hse_has_forgotten_is_modified),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
