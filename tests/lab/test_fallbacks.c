/* SPDX-License-Identifier: Apache-2.0
 *
 * What is missing where Solution 1 needs it: each ends in a clear reason, and in Solution 3 where there is an access at
 * all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/internal.h"

static godwit_world_config_t solution_1(godwit_world_access_t access, char delivery)
{
    godwit_world_config_t config = godwit_world_defaults();
    config.access = access;
    config.solution = 1;
    config.delivery = delivery;
    config.watch_memory = true;
    return config;
}

static unsigned seen(const lab_seen_event_t *events, const char *name, godwit_status_t reason)
{
    for (size_t i = 0; i < LAB_EVENTS_KEPT && events[i].name != NULL; i++) {
        if (strcmp(events[i].name, name) == 0 && events[i].reason == reason) {
            return events[i].count;
        }
    }
    return 0;
}

/* The reading arrives, under Solution 3. */
static void expect_solution_3(godwit_world_t *w)
{
    uint32_t reading = godwit_world_submit(w, 0);
    godwit_world_run(w, 60000);
    assert_null(godwit_world_violation(w));
    assert_int_equal(godwit_world_delivered(w, reading), 1);
    assert_non_null(godwit_world_session(w, 0));
    assert_int_equal(godwit_world_session(w, 0)->agreement, GODWIT_AGREEMENT_SEPARATE_EPS);
}

static void expect_no_flag(const godwit_world_config_t *config)
{
    godwit_world_t *w = godwit_world_new(config);
    godwit_world_run(w, 5000);
    assert_int_equal(seen(w->devices[0].access_events, "not_flagged", GODWIT_OK) > 0, 1);
    expect_solution_3(w);
    godwit_world_free(w);
}

static void a_hss_without_the_extension(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        godwit_world_config_t config = solution_1(access, 0);
        expect_no_flag(&config);
    }
}

static void expect_not_derived(const godwit_world_config_t *config)
{
    godwit_world_t *w = godwit_world_new(config);
    godwit_world_run(w, 5000);
    assert_true(seen(w->devices[0].access_events, "not_derived", GODWIT_OK) > 0);
    if (config->access == GODWIT_WORLD_EPS) {
        expect_solution_3(w);
    }
    assert_null(godwit_world_violation(w));
    godwit_world_free(w);
}

/* Over UMTS the network has CK', IK' and this device has not: no access, and the event that says why. */
static void a_usim_without_it(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        godwit_world_config_t config = solution_1(access, 'C');
        config.usim_unaware = true;
        expect_not_derived(&config);
    }
}

static void a_me_without_it(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        godwit_world_config_t config = solution_1(access, 'D');
        config.me_derives = config.me_unaware = true;
        expect_not_derived(&config);
    }
}

/* It drops what it does not know, and Solution 1 does not need it to know. */
static void a_mme_that_drops_unknown_avps_is_no_obstacle(void **state)
{
    (void)state;
    for (char delivery = 'A'; delivery <= 'D'; delivery++) {
        godwit_world_config_t config = solution_1(GODWIT_WORLD_EPS, delivery);
        config.mme_unaware = true;
        godwit_world_t *w = godwit_world_new(&config);
        godwit_world_run(w, 5000);
        uint32_t reading = godwit_world_submit(w, 0);
        godwit_world_run(w, 5000);
        assert_int_equal(godwit_world_delivered(w, reading), 1);
        assert_int_equal(godwit_world_session(w, 0)->agreement, GODWIT_AGREEMENT_ACCESS_EPS);
        assert_null(godwit_world_violation(w));
        godwit_world_free(w);
    }
}

static void expect_fallback(godwit_world_t *w, godwit_status_t reason)
{
    godwit_world_run(w, 8000);
    if (godwit_world_device_events(w, 0, "fallback", reason) == 0) {
        for (size_t i = 0; i < LAB_EVENTS_KEPT && w->devices[0].events[i].name != NULL; i++) {
            print_message("%s %d\n", w->devices[0].events[i].name, (int)w->devices[0].events[i].reason);
        }
        fail_msg("no fallback with reason %d", (int)reason);
    }
    expect_solution_3(w);
    godwit_world_free(w);
}

static void a_gateway_that_strips_the_container(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        godwit_world_config_t config = solution_1(access, 'C');
        config.strip_container = true;
        expect_fallback(godwit_world_new(&config), GODWIT_NOT_FOUND);
    }
}

/* ---- what happens between vector and pull ---- */

typedef struct meddler {
    void (*at_create)(godwit_world_t *w);
    bool done;
} meddler_t;

static bool meddle(void *context, godwit_world_t *w, godwit_world_packet_t *p)
{
    meddler_t *m = context;
    bool is_create = p->leg == GODWIT_WORLD_LEG_GTPC && p->to == GODWIT_WORLD_PGW;
    if (is_create && !m->done) {
        m->done = true;
        m->at_create(w);
    }
    return true;
}

static godwit_hss_retained_t *retained(godwit_world_t *w)
{
    for (size_t i = 0; i < GODWIT_HSS_RETAINED_MAX; i++) {
        if (w->hss.retained[i].used) {
            return &w->hss.retained[i];
        }
    }
    fail_msg("the HSS retains nothing");
    return NULL;
}

static void another_rand(godwit_world_t *w)
{
    retained(w)->rand[0] ^= 1;
}

static void time_is_over(godwit_world_t *w)
{
    retained(w)->expires_ms = 1;
}

/* The MME has asked again meanwhile: that vector's key set is the one that is kept. */
static void another_vector(godwit_world_t *w)
{
    godwit_message_t request = {.kind = GODWIT_AUTH_INFO_REQUEST, .to = GODWIT_FUNCTION_HSS, .transaction = 99};
    request.u.auth_info_request = (godwit_auth_info_request_t){
        .imsi = lab_imsi(0), .visited_plmn = GODWIT_WORLD_VISITED, .kind = GODWIT_VECTOR_EUTRAN, .vectors = 1};
    lab_send_message(w, GODWIT_WORLD_STRANGER, &request);
}

static void meddled(void (*at_create)(godwit_world_t *w), godwit_status_t reason)
{
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        meddler_t m = {.at_create = at_create};
        godwit_world_config_t config = solution_1(access, 'C');
        config.wire = meddle;
        config.context = &m;
        expect_fallback(godwit_world_new(&config), reason);
        assert_true(m.done);
    }
}

static void a_selector_that_matches_no_retained_key(void **state)
{
    (void)state;
    meddled(another_rand, GODWIT_UNKNOWN_KEY);
}

static void retention_that_has_expired(void **state)
{
    (void)state;
    meddled(time_is_over, GODWIT_KEY_EXPIRED);
}

static void a_vector_that_was_replaced_before_the_pull(void **state)
{
    (void)state;
    meddled(another_vector, GODWIT_UNKNOWN_KEY);
}

/* A card whose SQN is ahead: the first vector ends in AUTS, the second is taken, and its key set is the one that is
 * pulled. */
static void resynchronisation_between_vector_and_pull(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_EPS; access <= GODWIT_WORLD_UMTS; access++) {
        for (char delivery = 'A'; delivery <= 'D'; delivery++) {
            godwit_world_config_t config = solution_1(access, delivery);
            godwit_world_t *w = godwit_world_new(&config);
            for (size_t i = 0; i < sizeof w->devices[0].card.sqn.seq_ms / sizeof w->devices[0].card.sqn.seq_ms[0];
                 i++) {
                w->devices[0].card.sqn.seq_ms[i] = 5000;
            }
            godwit_world_run(w, 5000);
            uint32_t reading = godwit_world_submit(w, 0);
            godwit_world_run(w, 5000);
            assert_int_equal(godwit_world_delivered(w, reading), 1);
            assert_true(godwit_world_vectors(w, 0) == 2);
            assert_int_equal(godwit_world_session(w, 0)->agreement,
                             access == GODWIT_WORLD_EPS ? GODWIT_AGREEMENT_ACCESS_EPS : GODWIT_AGREEMENT_ACCESS_UMTS);
            assert_null(godwit_world_violation(w));
            godwit_world_free(w);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hss_without_the_extension),
        cmocka_unit_test(a_usim_without_it),
        cmocka_unit_test(a_me_without_it),
        cmocka_unit_test(a_mme_that_drops_unknown_avps_is_no_obstacle),
        cmocka_unit_test(a_gateway_that_strips_the_container),
        cmocka_unit_test(a_selector_that_matches_no_retained_key),
        cmocka_unit_test(retention_that_has_expired),
        cmocka_unit_test(a_vector_that_was_replaced_before_the_pull),
        cmocka_unit_test(resynchronisation_between_vector_and_pull),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
