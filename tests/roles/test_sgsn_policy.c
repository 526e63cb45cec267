/* SPDX-License-Identifier: Apache-2.0
 *
 * What the policies of home and visited network change in a SGSN (TR 33.863 Solution 4): UEA and frequency of AKA by
 * the home of a subscriber, the versions in AIR, no service where nothing is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/policy/sample.h"
#include "tests/support/sgsn_world.h"

static sgsn_world_t w;
static sgsn_device_t *const d = &w.device;
static godwit_policy_t own, home;
static godwit_serving_policy_t table[1];

static int setup(void **state)
{
    (void)state;
    sgsn_world_init(&w);
    own = sample_policy(SAMPLE_VISITED, 5);
    own.networks[0].plmn = SAMPLE_HOME;
    home = sample_policy(SAMPLE_HOME, 9);
    return 0;
}

static void under_policy(void)
{
    godwit_serving_policy_fill(&own, &home, SAMPLE_HOME, &table[0]);
    w.config.policies = table;
    w.config.policy_count = 1;
    sgsn_restart(&w);
}

static void versions_and_awareness_travel_in_air(void **state)
{
    (void)state;
    under_policy();
    sgsn_attach_request(&w, d);
    const godwit_auth_info_request_t *air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(air->policy_version == 5 && air->e2m_aware); /* not the 7 of the configuration */
    w.config.unaware = true;
    under_policy();
    sgsn_attach_request(&w, d);
    air = &owner_message(&w.owner, GODWIT_AUTH_INFO_REQUEST, 0)->u.auth_info_request;
    assert_true(air->policy_version == 0 && !air->e2m_aware);
}

static void ciphering_is_that_of_both_policies(void **state)
{
    (void)state;
    under_policy();
    w.config.uea_order[0] = GODWIT_UEA0; /* for others */
    w.config.uea_count = 1;
    under_policy();
    sgsn_attach(&w, d);
    assert_int_equal(d->security.uea, GODWIT_UEA2);
    sgsn_device_t other = sgsn_device_number(2);
    other.imsi = owner_imsi("262010000000002");
    sgsn_attach(&w, &other);
    assert_int_equal(other.security.uea, GODWIT_UEA0);
}

static bool asks_the_home(void)
{
    sgsn_attach_request(&w, d);
    bool asked = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, 0) != NULL;
    if (!asked) {
        godwit_gmm_attach_accept_t accept;
        sgsn_complete_security(&w, d);
        assert_int_equal(godwit_gmm_attach_accept_parse(sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_ACCEPT), &accept),
                         GODWIT_OK);
        d->p_tmsi = accept.p_tmsi;
    }
    return asked;
}

static void aka_runs_as_often_as_the_stricter_policy_says(void **state)
{
    (void)state;
    own.networks[0].rules.reauthenticate_attaches = 3;
    home.networks[0].rules.reauthenticate_attaches = 2;
    under_policy();
    sgsn_attach(&w, d);
    assert_false(asks_the_home());
    assert_true(asks_the_home());
}

static void aka_runs_when_the_last_is_too_long_ago(void **state)
{
    (void)state;
    home.networks[0].rules.reauthenticate_s = 3600;
    under_policy();
    sgsn_attach(&w, d);
    w.owner.now_ms += 3599 * 1000;
    assert_false(asks_the_home());
    w.owner.now_ms += 2000;
    assert_true(asks_the_home());
}

static void where_nothing_is_left_there_is_no_service(void **state)
{
    (void)state;
    godwit_gmm_reject_t reject;
    own.networks[0].rules.eia[0] = 3;
    own.networks[0].rules.eia_count = 1;
    under_policy();
    assert_true(table[0].refused);
    sgsn_attach_request(&w, d);
    assert_true(owner_saw(&w.owner, "attach_refused", GODWIT_POLICY_FORBIDS));
    assert_int_equal(godwit_gmm_attach_reject_parse(sgsn_down_nas(&w, d, 0, GODWIT_GMM_ATTACH_REJECT), &reject),
                     GODWIT_OK);
    assert_int_equal(reject.cause, GODWIT_GMM_CAUSE_GPRS_NOT_ALLOWED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(versions_and_awareness_travel_in_air, setup),
        cmocka_unit_test_setup(ciphering_is_that_of_both_policies, setup),
        cmocka_unit_test_setup(aka_runs_as_often_as_the_stricter_policy_says, setup),
        cmocka_unit_test_setup(aka_runs_when_the_last_is_too_long_ago, setup),
        cmocka_unit_test_setup(where_nothing_is_left_there_is_no_service, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
