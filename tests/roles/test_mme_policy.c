/* SPDX-License-Identifier: Apache-2.0
 *
 * What the policies of home and visited network change in a MME (TR 33.863 Solution 4): algorithms and frequency of AKA
 * by the home of a subscriber, the versions in AIR, no service where nothing is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/policy/sample.h"
#include "tests/support/mme_world.h"

static mme_world_t w;
static mme_device_t d;
static godwit_policy_t own, home;
static godwit_serving_policy_t table[1];

static int setup(void **state)
{
    (void)state;
    mme_world_init(&w);
    d = mme_device("001010123456789", 1);
    own = sample_policy(SAMPLE_VISITED, 5);
    own.networks[0].plmn = SAMPLE_HOME;
    home = sample_policy(SAMPLE_HOME, 9);
    return 0;
}

/* The MME under what both policies make. */
static void under_policy(void)
{
    godwit_serving_policy_fill(&own, &home, SAMPLE_HOME, &table[0]);
    w.config.policies = table;
    w.config.policy_count = 1;
    mme_world_restart(&w);
}

static void reattach(uint64_t after_ms)
{
    uint8_t octets[128];
    d.has_guti = true;
    w.owner.now_ms += after_ms;
    mme_up(&w, &d, GODWIT_NAS_INTEGRITY, mme_attach_request(&d, octets));
}

static void finish_attach(void)
{
    mme_step_information(&w, &d);
    mme_step_accept(&w, &d);
    mme_step_complete(&w, &d);
}

static void algorithms_are_those_of_both_policies(void **state)
{
    (void)state;
    own.networks[0].rules.eia[0] = 3;
    own.networks[0].rules.eia[1] = 1;
    own.networks[0].rules.eea[0] = 1;
    own.networks[0].rules.eea_count = 1;
    under_policy();
    mme_attach(&w, &d);
    assert_int_equal(d.nas.eia, 1);
    assert_int_equal(d.nas.eea, 1);
    /* Another home's subscriber goes by the configuration. */
    mme_device_t other = mme_device("262010000000002", 2);
    mme_attach(&w, &other);
    assert_int_equal(other.nas.eia, 2);
}

static void versions_and_awareness_travel_in_air(void **state)
{
    (void)state;
    under_policy();
    mme_step_request(&w, &d);
    const godwit_auth_info_request_t *air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_int_equal(air->policy_version, 5);
    assert_true(air->e2m_aware);
    own.class_count = 0; /* it does not recognise such devices any more */
    own.version = 6;
    under_policy();
    d = mme_device("001010123456789", 1);
    mme_step_request(&w, &d);
    air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_int_equal(air->policy_version, 6);
    assert_false(air->e2m_aware);
}

static void aka_runs_at_every_so_many_attaches_of_the_stricter(void **state)
{
    (void)state;
    own.networks[0].rules.reauthenticate_attaches = 3;
    home.networks[0].rules.reauthenticate_attaches = 2;
    under_policy();
    mme_attach(&w, &d);
    reattach(1000);
    assert_true(owner_saw(&w.owner, "context_reused", GODWIT_OK));
    finish_attach();
    reattach(1000);
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);
}

static void aka_runs_when_the_last_is_too_long_ago(void **state)
{
    (void)state;
    home.networks[0].rules.reauthenticate_s = 3600;
    under_policy();
    mme_attach(&w, &d);
    reattach(3599 * 1000);
    assert_true(owner_saw(&w.owner, "context_reused", GODWIT_OK));
    finish_attach();
    reattach(2000);
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);
}

static void context_under_an_algorithm_that_is_no_longer_allowed_is_not_reused(void **state)
{
    (void)state;
    under_policy();
    mme_attach(&w, &d);
    assert_int_equal(d.nas.eia, 2);
    own.networks[0].rules.eia[0] = 1;
    own.networks[0].rules.eia_count = 1;
    godwit_serving_policy_fill(&own, &home, SAMPLE_HOME, &table[0]);
    reattach(1000);
    (void)owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0);
}

static void where_nothing_is_left_there_is_no_service(void **state)
{
    (void)state;
    uint8_t octets[32];
    own.networks[0].rules.eia[0] = 3;
    own.networks[0].rules.eia_count = 1;
    under_policy();
    assert_true(table[0].refused);
    mme_step_request(&w, &d);
    mme_step_vector(&w, &d);
    mme_up_plain(&w, &d, mme_response(&d, octets));
    assert_int_equal(mme_down(&w, &d, 0), GODWIT_EMM_ATTACH_REJECT);
    assert_true(owner_saw(&w.owner, "security_refused", GODWIT_UNSUPPORTED_SUITE));
    assert_null(mme_row(&w, &d));
}

/* Homes that no entry names go by the default of the own policy. */
static void every_other_home_goes_by_the_default(void **state)
{
    (void)state;
    godwit_serving_policy_t two[2];
    own.standard.eia[0] = 3;
    own.standard.eia_count = 1;
    godwit_serving_policy_fill(&own, &home, SAMPLE_HOME, &two[0]);
    godwit_serving_policy_fill(&own, NULL, (godwit_plmn_t){{0xFF, 0xFF, 0xFF}}, &two[1]);
    two[1].any = true;
    w.config.policies = two;
    w.config.policy_count = 2;
    mme_world_restart(&w);
    mme_attach(&w, &d);
    assert_int_equal(d.nas.eia, 2);
    mme_device_t other = mme_device("262010000000002", 2);
    mme_attach(&w, &other);
    assert_int_equal(other.nas.eia, 3);
}

static void unaware_mme_has_no_policy(void **state)
{
    (void)state;
    own.networks[0].rules.eia[0] = 1;
    own.networks[0].rules.eia_count = 1;
    w.config.unaware = true;
    under_policy();
    mme_step_request(&w, &d);
    const godwit_auth_info_request_t *air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(!air->e2m_aware && air->policy_version == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(algorithms_are_those_of_both_policies, setup),
        cmocka_unit_test_setup(versions_and_awareness_travel_in_air, setup),
        cmocka_unit_test_setup(aka_runs_at_every_so_many_attaches_of_the_stricter, setup),
        cmocka_unit_test_setup(aka_runs_when_the_last_is_too_long_ago, setup),
        cmocka_unit_test_setup(context_under_an_algorithm_that_is_no_longer_allowed_is_not_reused, setup),
        cmocka_unit_test_setup(where_nothing_is_left_there_is_no_service, setup),
        cmocka_unit_test_setup(every_other_home_goes_by_the_default, setup),
        cmocka_unit_test_setup(unaware_mme_has_no_policy, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
