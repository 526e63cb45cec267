/* SPDX-License-Identifier: Apache-2.0
 *
 * K_iwf that a serving node gives its device, through every death and every loss: MTC-IWF, node and device as they are,
 * octets between them. Whatever is cut, both ends have the same association afterwards, and a trigger is acted on once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/internal.h"
#include "lab/procedure_parts.h"

#define SET_UP_MS 3000
#define HEALED_MS 60000 /* who waited has given up; the node's wait for a device that is gone, too */
#define VALIDITY_S 600
#define STEP_MS 1000

typedef struct way {
    godwit_world_access_t access;
    bool circuit;
    unsigned node;
} way_t;

static const way_t ways[] = {{GODWIT_WORLD_EPS, false, GODWIT_WORLD_MME},
                             {GODWIT_WORLD_UMTS, false, GODWIT_WORLD_SGSN},
                             {GODWIT_WORLD_GERAN, false, GODWIT_WORLD_SGSN},
                             {GODWIT_WORLD_GERAN, true, GODWIT_WORLD_MSC}};
#define WAYS (sizeof ways / sizeof ways[0])

/* Of the radio's frames the one with that number is lost, counted from 1. */
typedef struct air {
    unsigned frames, lose;
} air_t;

static bool on_wire(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    air_t *air = context;
    (void)w;
    return p->leg != GODWIT_WORLD_LEG_RADIO || ++air->frames != air->lose;
}

static godwit_world_config_t config_of(const way_t *way, air_t *air)
{
    godwit_lab_run_t run = {.procedure = GODWIT_LAB_TRIGGER, .access = way->access, .seed = 1, .devices = 1};
    run.trigger = (godwit_lab_trigger_t){.number = 2,
                                         .key_from = GODWIT_IWF_KEY_FROM_MME,
                                         .ue_key_received = true,
                                         .circuit = way->circuit,
                                         .roaming = true};
    assert_null(godwit_lab_run_check(&run));
    godwit_world_config_t config = godwit_lab_trigger_world(&run);
    config.watch_memory = true;
    config.wire = on_wire;
    config.context = air;
    return config;
}

static godwit_world_t *world(const way_t *way, air_t *air)
{
    const godwit_world_config_t config = config_of(way, air);
    return godwit_world_new(&config);
}

static const godwit_association_record_t *record(godwit_world_t *w)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_ASSOCIATION, .imsi = lab_imsi(0)};
    const godwit_record_t *found = lab_store_find(&w->functions[GODWIT_WORLD_MTC_IWF].store, &key, true);
    assert_non_null(found);
    return &found->u.association;
}

/* A node that died has forgotten its devices, and one that has nothing to say does not notice: its owner attaches it
 * anew, as for whatever was lost. */
static void heal(godwit_world_t *w)
{
    godwit_world_run(w, HEALED_MS);
    (void)lab_after(w, 0, LAB_ACCESS_DETACH, godwit_world_device_node(0));
    godwit_world_run(w, SET_UP_MS);
    (void)lab_after(w, 0, LAB_ACCESS_TRY, godwit_world_device_node(0));
    godwit_world_run(w, SET_UP_MS);
}

/* In the end: a node without memory refuses a device that has nothing but the node's word for it several times. */
static void expect_acted_once(godwit_world_t *w, uint32_t trigger)
{
    const uint64_t until_ms = godwit_world_now(w) + (uint64_t)VALIDITY_S * 1000;
    while (godwit_world_asked(w, trigger).reports == 0 && godwit_world_now(w) < until_ms) {
        godwit_world_run(w, STEP_MS);
    }
    godwit_world_run(w, SET_UP_MS);
    const godwit_world_asked_t asked = godwit_world_asked(w, trigger);
    const godwit_trigger_t *device = &w->devices[0].trigger.library;
    assert_null(godwit_world_violation(w));
    assert_int_equal(asked.acted, 1);
    assert_int_equal(asked.outcome, GODWIT_OUTCOME_SUCCESS);
    assert_int_equal(record(w)->current.number, device->current.number);
    assert_memory_equal(record(w)->current.k_iwf, device->current.k_iwf, 32);
}

static void expect_a_trigger(godwit_world_t *w)
{
    expect_acted_once(w, godwit_world_ask(w, &(godwit_world_ask_t){.validity_s = VALIDITY_S}));
}

/* ---- tests ---- */

static void the_device_has_it_before_the_command_and_the_node_keeps_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        air_t air = {0};
        godwit_world_t *w = world(&ways[i], &air);
        godwit_world_run(w, SET_UP_MS);
        assert_int_equal(w->devices[0].trigger.library.current.number, 1);
        assert_int_equal(godwit_world_device_events(w, 0, "association_refused", GODWIT_UNKNOWN_KEY), 0);
        expect_a_trigger(w);
        assert_int_equal(w->devices[0].trigger.library.received.association, 0);
        godwit_world_free(w);
    }
}

/* The power of whoever comes to that step: HSS, MTC-IWF, node, device or card, before, in and behind the handing over. */
static void a_death_at_any_step_is_got_over(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        const uint32_t wanted = 1u << GODWIT_WORLD_HSS | 1u << GODWIT_WORLD_MTC_IWF | 1u << ways[i].node |
                                1u << GODWIT_LAB_DEVICE | 1u << GODWIT_LAB_USIM;
        uint32_t kinds = 0;
        unsigned cuts = 0;
        for (int node = 0; node >= 0; cuts++) {
            air_t air = {0};
            godwit_world_t *w = world(&ways[i], &air);
            godwit_world_cut(w, cuts + 1);
            godwit_world_run(w, SET_UP_MS);
            node = godwit_world_cut_node(w);
            kinds |= node >= 0 ? 1u << godwit_lab_kind_of((unsigned)node) : 0;
            heal(w);
            expect_a_trigger(w);
            godwit_world_free(w);
        }
        assert_true(cuts > 60);
        assert_int_equal(kinds & wanted, wanted);
    }
}

/* Nothing heals here but what the ends do by themselves: the trigger is asked for at once. */
static void a_frame_that_is_lost_costs_time_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        for (unsigned lose = 1, frames = UINT32_MAX; lose <= frames; lose++) {
            air_t air = {.lose = lose};
            godwit_world_t *w = world(&ways[i], &air);
            expect_a_trigger(w);
            frames = air.frames;
            godwit_world_free(w);
        }
    }
}

/* Every frame comes twice, and they overtake each other: the key behind the Command, or both again behind the Complete. */
static void frames_that_come_twice_and_cross_change_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < WAYS; i++) {
        for (uint64_t seed = 1; seed <= 20; seed++) {
            air_t air = {0};
            godwit_world_config_t config = config_of(&ways[i], &air);
            config.seed = seed;
            config.repeat = 1000;
            config.delay_max_ms = 40 * config.delay_min_ms;
            godwit_world_t *w = godwit_world_new(&config);
            expect_a_trigger(w);
            godwit_world_free(w);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_device_has_it_before_the_command_and_the_node_keeps_nothing),
        cmocka_unit_test(a_death_at_any_step_is_got_over),
        cmocka_unit_test(a_frame_that_is_lost_costs_time_alone),
        cmocka_unit_test(frames_that_come_twice_and_cross_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
