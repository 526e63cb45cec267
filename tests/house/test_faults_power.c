/* SPDX-License-Identifier: Apache-2.0
 *
 * Death at any step: of the device, its card, the HSE, the EMKS, the HSS. Each input and each request of each node is a
 * step; power goes there, what was not durable is lost, the node comes back, and the conversation goes on. Watched by
 * the world: no SQN goes back, no COUNT is used twice with one key, nothing is delivered twice, no K_session is handed
 * out twice.
 */
#include "lab/random.h"
#include "tests/house/faults.h"

static unsigned steps_of(const godwit_world_config_t *config)
{
    godwit_world_t *w = godwit_world_new(config);
    conversation(w);
    unsigned steps = godwit_world_steps(w);
    assert_null(godwit_world_violation(w));
    assert_int_equal(godwit_world_delivered(w, GODWIT_WORLD_ALL_READINGS), 8);
    godwit_world_free(w);
    return steps;
}

/* HSE, EMKS, HSS, device, card: the nodes of this house. */
static unsigned kind_of(int node)
{
    unsigned n = (unsigned)node;
    return n < GODWIT_WORLD_FUNCTIONS ? n : n - GODWIT_WORLD_FUNCTIONS + 3;
}

/* Returns how many nodes of each kind died. */
static void die_at_every_step(const godwit_world_config_t *config, const char *what, unsigned deaths[5])
{
    unsigned steps = steps_of(config);
    for (unsigned step = 1; step <= steps; step++) {
        godwit_world_t *w = godwit_world_new(config);
        godwit_world_cut(w, step);
        conversation(w);
        assert_true(godwit_world_cut_node(w) >= 0);
        assert_in_range(kind_of(godwit_world_cut_node(w)), 0, 4);
        deaths[kind_of(godwit_world_cut_node(w))]++;
        expect_next_reading(w, 0, what, step);
        godwit_world_free(w);
    }
}

static void death_at_any_step_of_any_node_costs_no_counter(void **state)
{
    (void)state;
    godwit_world_config_t config = conversation_config();
    unsigned deaths[5] = {0};
    die_at_every_step(&config, "step", deaths);
    for (unsigned node = 0; node < 5; node++) {
        assert_true(deaths[node] >= 3);
    }
}

static void the_same_with_sequence_numbers_by_time(void **state)
{
    (void)state;
    godwit_world_config_t config = conversation_config();
    unsigned deaths[5] = {0};
    config.sqn_by_time = true;
    die_at_every_step(&config, "by time, step", deaths);
}

/* Three bits of COUNT, and the bearer names the session. */
static void the_same_with_the_shortest_framing(void **state)
{
    (void)state;
    godwit_world_config_t config = conversation_config();
    unsigned deaths[5] = {0};
    config.framing = (godwit_framing_t){0, 0};
    die_at_every_step(&config, "shortest framing, step", deaths);
}

/* A stale card in addition: resynchronisation is cut everywhere, too. */
static void death_at_any_step_of_a_resynchronisation(void **state)
{
    (void)state;
    godwit_world_config_t config = conversation_config();
    for (unsigned step = 1; step <= 70; step++) {
        godwit_world_t *w = godwit_world_new(&config);
        godwit_world_card(w, 0)->sqn.seq_ms[1] = 5000;
        godwit_world_cut(w, step);
        (void)godwit_world_submit(w, 0);
        godwit_world_run(w, 60000);
        assert_true(step < 40 || godwit_world_resyncs(w, 0) > 0);
        expect_next_reading(w, 0, "resynchronisation, step", step);
        godwit_world_free(w);
    }
}

/* Two deaths: the second soon after the first, in whatever the first left behind. */
static void a_second_death_soon_after_the_first(void **state)
{
    (void)state;
    godwit_world_config_t config = conversation_config();
    unsigned steps = steps_of(&config);
    for (unsigned first = 1; first <= steps; first += 3) {
        for (unsigned after = 1; after <= 40; after += 3) {
            godwit_world_t *w = godwit_world_new(&config);
            godwit_world_cut(w, first);
            for (unsigned i = 0; i < 400000 && godwit_world_cut_node(w) < 0 && i < 40; i++) {
                (void)godwit_world_submit(w, 0);
                godwit_world_run(w, 3000);
            }
            godwit_world_cut(w, godwit_world_steps(w) + after);
            conversation(w);
            expect_next_reading(w, 0, "first death at step", first);
            godwit_world_free(w);
        }
    }
}

/* Many seeds: a bad network, several devices, nodes that die at random. */
static void soak(uint64_t seed)
{
    godwit_world_config_t config = conversation_config();
    uint64_t dice = seed;
    config.seed = seed;
    config.devices = 3;
    config.sqn_by_time = seed % 2 == 0;
    config.loss = godwit_lab_random_below(&dice, 300);
    config.repeat = godwit_lab_random_below(&dice, 300);
    config.delay_max_ms = config.delay_min_ms + godwit_lab_random_below(&dice, 3000);
    config.rekey_datagrams = 1 + godwit_lab_random_below(&dice, 6);
    config.reauthenticate_generations = 1 + godwit_lab_random_below(&dice, 3);
    config.reserve = 1 + godwit_lab_random_below(&dice, 20);
    godwit_world_t *w = godwit_world_new(&config);
    for (unsigned i = 0; i < 60; i++) {
        unsigned device = godwit_lab_random_below(&dice, config.devices);
        switch (godwit_lab_random_below(&dice, 12)) {
        case 0:
            godwit_world_power_loss(w, godwit_lab_random_below(&dice, GODWIT_WORLD_FUNCTIONS + 2 * config.devices));
            break;
        case 1:
            godwit_world_cut(w, godwit_world_steps(w) + 1 + godwit_lab_random_below(&dice, 60));
            break;
        case 2:
            godwit_world_submit_down(w, device, "a message");
            break;
        case 3:
            godwit_world_terminate(w, device);
            break;
        case 4:
            godwit_world_drop_session(w, device);
            break;
        case 5:
            godwit_world_move(w, device);
            break;
        case 6:
            (void)godwit_world_access_aka(w, device, GODWIT_WORLD_VISITED);
            break;
        default:
            (void)godwit_world_submit(w, device);
            break;
        }
        godwit_world_run(w, godwit_lab_random_below(&dice, 9000));
    }
    godwit_world_quiet(w);
    for (unsigned device = 0; device < config.devices; device++) {
        expect_next_reading(w, device, "seed", (unsigned)seed);
    }
    godwit_world_free(w);
}

static void hundreds_of_bad_days(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        soak(seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(death_at_any_step_of_any_node_costs_no_counter),
        cmocka_unit_test(the_same_with_sequence_numbers_by_time),
        cmocka_unit_test(the_same_with_the_shortest_framing),
        cmocka_unit_test(death_at_any_step_of_a_resynchronisation),
        cmocka_unit_test(a_second_death_soon_after_the_first),
        cmocka_unit_test(hundreds_of_bad_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
