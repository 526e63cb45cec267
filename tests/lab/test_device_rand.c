/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND and GBA in the lab: one datagram of 64 octets from a cold start, over every access; three flavours of
 * bootstrapping; and keys where they may be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lab/procedure.h"
#include "lab/table.h"

static godwit_lab_report_t run(godwit_world_access_t access, godwit_mtc_profile_t profile, uint32_t loss)
{
    godwit_lab_run_t r = {.procedure = GODWIT_LAB_DEVICE_RAND,
                          .access = access,
                          .profile = profile,
                          .loss = loss,
                          .seed = 1,
                          .devices = 1};
    godwit_lab_report_t report;
    assert_null(godwit_lab_run_check(&r));
    godwit_lab_run(&r, NULL, &report);
    assert_string_equal(report.why, "");
    assert_true(report.ok && report.arrived);
    return report;
}

static bool held(const godwit_lab_report_t *report, unsigned kind, godwit_lab_key_t key)
{
    return (report->custody[kind] >> key & 1u) != 0;
}

static void one_datagram_from_a_cold_start(void **state)
{
    (void)state;
    for (godwit_world_access_t access = GODWIT_WORLD_WIFI; access <= GODWIT_WORLD_GERAN; access++) {
        const godwit_lab_report_t report = run(access, GODWIT_MTC_GODWIT1, 0);
        assert_true(report.first.octets <= 64);
        assert_int_equal(report.first.reading_octets, 20);
        assert_int_equal(report.first.datagrams, 1);
        assert_int_equal(report.first.round_trips, 0);
        assert_true(report.first.hidden_octets <= 64);
        assert_true(held(&report, GODWIT_WORLD_MKEF, GODWIT_LAB_CHAIN));
        assert_true(held(&report, GODWIT_WORLD_MTC, GODWIT_LAB_K_MTC));
        assert_false(held(&report, GODWIT_WORLD_MTC, GODWIT_LAB_CHAIN));
        assert_false(held(&report, GODWIT_WORLD_PGW, GODWIT_LAB_K_MTC));
    }
}

static void the_contribution_s_own_profile_works_too(void **state)
{
    (void)state;
    const godwit_lab_report_t report = run(GODWIT_WORLD_WIFI, GODWIT_MTC_TS33868_K_MTC, 0);
    assert_int_equal(report.first.datagrams, 1);
}

static void a_bad_network_costs_time_and_no_reading(void **state)
{
    (void)state;
    const godwit_lab_report_t report = run(GODWIT_WORLD_WIFI, GODWIT_MTC_GODWIT1, 300);
    assert_true(report.readings_delivered >= 3);
}

static void gba_bootstraps_once_for_many_readings(void **state)
{
    (void)state;
    for (godwit_gba_flavour_t flavour = GODWIT_GBA_ME; flavour <= GODWIT_GBA_SIM; flavour++) {
        godwit_lab_run_t r = {.procedure = GODWIT_LAB_GBA, .flavour = flavour, .seed = 1, .devices = 1};
        godwit_lab_report_t report;
        assert_null(godwit_lab_run_check(&r));
        godwit_lab_run(&r, NULL, &report);
        assert_string_equal(report.why, "");
        assert_int_equal(report.readings_delivered, 2);
        assert_int_equal(report.aka_runs, 1);
        assert_int_equal(report.round_trips, 2); /* of Ub: the challenge, and what proves its answer */
        assert_true(report.reading_bytes < report.setup_bytes / 4);
        assert_true(held(&report, GODWIT_WORLD_NAF, GODWIT_LAB_KS_NAF));
        assert_false(held(&report, GODWIT_WORLD_NAF, GODWIT_LAB_KS));
        assert_true(held(&report, GODWIT_LAB_DEVICE, GODWIT_LAB_KS) == (flavour != GODWIT_GBA_U));
    }
}

static void akma_needs_one_aka_run_for_many_readings(void **state)
{
    (void)state;
    godwit_lab_run_t r = {.procedure = GODWIT_LAB_AKMA, .seed = 1, .devices = 1};
    godwit_lab_report_t report;
    assert_null(godwit_lab_run_check(&r));
    godwit_lab_run(&r, NULL, &report);
    assert_string_equal(report.why, "");
    assert_int_equal(report.readings_delivered, 2);
    assert_int_equal(report.aka_runs, 1);
    assert_int_equal(report.round_trips, 2); /* the challenge, and what accepts its answer */
    assert_true(held(&report, GODWIT_WORLD_HSS, GODWIT_LAB_CK) && !held(&report, GODWIT_WORLD_AUSF, GODWIT_LAB_CK));
    assert_true(held(&report, GODWIT_WORLD_AUSF, GODWIT_LAB_K_AUSF));
    assert_true(held(&report, GODWIT_WORLD_AANF, GODWIT_LAB_K_AKMA));
    assert_true(held(&report, GODWIT_LAB_DEVICE, GODWIT_LAB_K_AKMA));
    assert_true(held(&report, GODWIT_WORLD_AF, GODWIT_LAB_K_AF) && !held(&report, GODWIT_WORLD_AF, GODWIT_LAB_K_AKMA));
    assert_int_equal(report.custody[GODWIT_WORLD_AMF], 0); /* the serving network has no key at all */
}

/* Every step in turn takes the power of the node that comes to it. Two devices, so that one is under way while the
 * other's node is gone. */
static void akma_survives_power_cuts_at_every_step(void **state)
{
    (void)state;
    unsigned kinds = 0, cuts = 0;
    int node = 0;
    for (unsigned step = 1; node >= 0; step++, cuts++) {
        godwit_world_config_t config = godwit_world_defaults();
        config.devices = 2;
        config.solution = 3;
        config.akma = true;
        config.watch_memory = true;
        godwit_world_t *w = godwit_world_new(&config);
        godwit_world_cut(w, step);
        (void)godwit_world_submit(w, 0);
        (void)godwit_world_submit(w, 1);
        godwit_world_run(w, 60000); /* whoever waits has given up, and begun anew */
        node = godwit_world_cut_node(w);
        uint32_t readings[] = {godwit_world_submit(w, 0), godwit_world_submit(w, 1)};
        godwit_world_run(w, 30000);
        assert_null(godwit_world_violation(w));
        assert_int_equal(godwit_world_delivered(w, readings[0]), 1);
        assert_int_equal(godwit_world_delivered(w, readings[1]), 1);
        kinds |= node >= 0 ? 1u << godwit_lab_kind_of((unsigned)node) : 0;
        godwit_world_free(w);
    }
    assert_true(cuts > 40);
    assert_int_equal(kinds, 1u << GODWIT_WORLD_HSS | 1u << GODWIT_WORLD_AUSF | 1u << GODWIT_WORLD_AANF |
                                1u << GODWIT_LAB_DEVICE | 1u << GODWIT_LAB_USIM);
}

static void attacks_are_defeated(void **state)
{
    (void)state;
    assert_true(godwit_lab_server_is_not_another());
    assert_true(godwit_lab_naf_is_not_another());
    assert_true(godwit_lab_af_is_not_another());
    assert_true(godwit_lab_first_is_not_replayed());
    assert_true(godwit_lab_attach_is_not_replayed());
    assert_true(godwit_lab_vector_is_not_guessed());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_datagram_from_a_cold_start),
        cmocka_unit_test(the_contribution_s_own_profile_works_too),
        cmocka_unit_test(a_bad_network_costs_time_and_no_reading),
        cmocka_unit_test(gba_bootstraps_once_for_many_readings),
        cmocka_unit_test(akma_needs_one_aka_run_for_many_readings),
        cmocka_unit_test(akma_survives_power_cuts_at_every_step),
        cmocka_unit_test(attacks_are_defeated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
