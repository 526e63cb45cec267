/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies (TR 33.863 Solution 4): what each member refuses, versions, merging, the choice of a suite, what an access
 * node takes of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "godwit/emsdp.h"
#include "tests/policy/sample.h"

#define LAW "Telecommunications Act of Erewhon, 12"

/* ---- every member, bent ---- */

typedef void bend_t(godwit_policy_t *p);

#define BEND(name, statement)                                                                                          \
    static void name(godwit_policy_t *p)                                                                               \
    {                                                                                                                  \
        godwit_policy_rules_t *r = &p->networks[0].rules;                                                              \
        (void)r;                                                                                                       \
        statement;                                                                                                     \
    }

BEND(version_0, p->version = 0)
BEND(plmn_of_no_digits, p->plmn.octets[0] = 0xAB)
BEND(issuer_upper_case, p->issuer[0] = 'P')
BEND(issuer_empty, p->issuer[0] = '\0')
BEND(class_without_name, p->classes[0].name[0] = '\0')
BEND(class_with_space, p->classes[0].name[2] = ' ')
BEND(class_twice, p->classes[1] = p->classes[0]; p->class_count = 2)
BEND(nothing_offered, p->classes[0].offered = 0)
BEND(solution_unknown, p->classes[0].offered = 0x08)
BEND(required_not_offered, p->classes[0].required = 0x02)
BEND(fallback_not_offered, p->classes[0].offered = 0x01)
BEND(classes_too_many, p->class_count = 9)
BEND(networks_too_many, p->network_count = 33)
BEND(network_twice, p->networks[1] = p->networks[0]; p->network_count = 2)
BEND(network_of_no_digits, p->networks[0].plmn.octets[2] = 0xFF)
BEND(confidentiality_unknown, r->confidentiality = (godwit_confidentiality_t)3)
BEND(off_without_law, r->confidentiality = GODWIT_CONFIDENTIALITY_OFF; r->suites[0] = 5; r->suites[1] = 0)
BEND(law_where_required, r->law[0] = 'x')
BEND(integrity_off, r->integrity = false)
BEND(key_56_bits, r->key_bits = 56; r->below_minimum[0] = 'x')
BEND(key_64_bits_without_reason, r->key_bits = 64)
BEND(key_256_bits, r->key_bits = 256)
BEND(mac_24_bits, r->mac_bits = 24; r->below_minimum[0] = 'x')
BEND(mac_32_bits_without_reason, r->mac_bits = 32)
BEND(mac_65_bits, r->mac_bits = 65)
BEND(suite_unknown, r->suites[1] = 10)
BEND(suite_twice, r->suites[1] = 1)
BEND(suite_with_short_mac, r->suites[1] = 7)
BEND(suite_null_where_required, r->suites[1] = 5)
BEND(suites_none, r->suites[0] = 0)
BEND(off_without_null_suite, r->confidentiality = GODWIT_CONFIDENTIALITY_OFF; r->law[0] = 'x')
BEND(by_law_without_ciphering, r->confidentiality = GODWIT_CONFIDENTIALITY_BY_LAW; r->suites[0] = 5; r->suites[1] = 0)
BEND(eea_none, r->eea_count = 0)
BEND(eea_unknown, r->eea[1] = 4)
BEND(eea_twice, r->eea[1] = 2)
BEND(eea0_without_reason, r->eea[1] = 0)
BEND(eia_none, r->eia_count = 0)
BEND(eia_null, r->eia[1] = 0)
BEND(eia_too_many, r->eia_count = 5)
BEND(attaches_0, r->reauthenticate_attaches = 0)
BEND(attaches_65536, r->reauthenticate_attaches = 65536)
BEND(seconds_59, r->reauthenticate_s = 59)
BEND(seconds_of_two_years, r->reauthenticate_s = 2u * 366 * 24 * 3600)
BEND(agreements_none, r->agreements = 0)
BEND(default_wrong, p->standard.integrity = false)

static const struct {
    bend_t *bend;
    const char *path;
} wrong[] = {
    {version_0, "version"},
    {plmn_of_no_digits, "plmn"},
    {issuer_upper_case, "issuer"},
    {issuer_empty, "issuer"},
    {class_without_name, "devices[0].class"},
    {class_with_space, "devices[0].class"},
    {class_twice, "devices[1].class"},
    {nothing_offered, "devices[0].offered"},
    {solution_unknown, "devices[0].offered"},
    {required_not_offered, "devices[0].required"},
    {fallback_not_offered, "devices[0].fallback"},
    {classes_too_many, "devices"},
    {networks_too_many, "networks"},
    {network_twice, "networks[1].plmn"},
    {network_of_no_digits, "networks[0].plmn"},
    {confidentiality_unknown, "networks[0].confidentiality"},
    {off_without_law, "networks[0].law"},
    {law_where_required, "networks[0].law"},
    {integrity_off, "networks[0].integrity"},
    {key_56_bits, "networks[0].key_bits"},
    {key_64_bits_without_reason, "networks[0].key_bits"},
    {key_256_bits, "networks[0].key_bits"},
    {mac_24_bits, "networks[0].mac_bits"},
    {mac_32_bits_without_reason, "networks[0].mac_bits"},
    {mac_65_bits, "networks[0].mac_bits"},
    {suite_unknown, "networks[0].suites[1]"},
    {suite_twice, "networks[0].suites[1]"},
    {suite_with_short_mac, "networks[0].suites[1]"},
    {suite_null_where_required, "networks[0].suites[1]"},
    {suites_none, "networks[0].suites"},
    {off_without_null_suite, "networks[0].suites"},
    {by_law_without_ciphering, "networks[0].suites"},
    {eea_none, "networks[0].eea"},
    {eea_unknown, "networks[0].eea[1]"},
    {eea_twice, "networks[0].eea[1]"},
    {eea0_without_reason, "networks[0].eea[1]"},
    {eia_none, "networks[0].eia"},
    {eia_null, "networks[0].eia[1]"},
    {eia_too_many, "networks[0].eia"},
    {attaches_0, "networks[0].reauthenticate.attaches"},
    {attaches_65536, "networks[0].reauthenticate.attaches"},
    {seconds_59, "networks[0].reauthenticate.seconds"},
    {seconds_of_two_years, "networks[0].reauthenticate.seconds"},
    {agreements_none, "networks[0].agreements"},
    {default_wrong, "default.integrity"},
};

static void each_member_that_is_wrong_is_named(void **state)
{
    (void)state;
    godwit_policy_fault_t fault;
    godwit_policy_t right = sample_policy(SAMPLE_HOME, 1);
    assert_int_equal(godwit_policy_check(&right, &fault), GODWIT_OK);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        godwit_policy_t p = right;
        wrong[i].bend(&p);
        memset(&fault, 0, sizeof fault);
        assert_int_equal(godwit_policy_check(&p, &fault), GODWIT_POLICY_FORBIDS);
        assert_string_equal(fault.path, wrong[i].path);
        assert_non_null(fault.what);
    }
}

static void below_the_minimum_needs_its_reason_and_then_goes(void **state)
{
    (void)state;
    godwit_policy_fault_t fault;
    godwit_policy_t p = sample_policy(SAMPLE_HOME, 1);
    p.standard.mac_bits = 32;
    p.standard.suites[1] = 7; /* eea2-eia2-32 */
    assert_int_equal(godwit_policy_check(&p, &fault), GODWIT_POLICY_FORBIDS);
    memcpy(p.standard.below_minimum, "old meters", sizeof "old meters");
    assert_int_equal(godwit_policy_check(&p, &fault), GODWIT_OK);
}

/* ---- the table of suites is that of EMSDP ---- */

static void suites_are_those_of_emsdp(void **state)
{
    (void)state;
    for (uint8_t id = 1; id <= GODWIT_SUITE_LAST; id++) {
        const godwit_suite_t *suite = godwit_suite(id);
        godwit_policy_rules_t r = sample_rules();
        memset(r.suites, 0, sizeof r.suites);
        r.suites[0] = id;
        r.confidentiality = suite->eea == 0 ? GODWIT_CONFIDENTIALITY_OFF : GODWIT_CONFIDENTIALITY_REQUIRED;
        r.mac_bits = (uint16_t)(8u * suite->mac_len);
        assert_true(godwit_policy_allows_suite(&r, id));
        r.mac_bits = (uint16_t)(8u * suite->mac_len + 8);
        assert_false(godwit_policy_allows_suite(&r, id));
        r.mac_bits = 32;
        r.confidentiality = suite->eea != 0 ? GODWIT_CONFIDENTIALITY_OFF : GODWIT_CONFIDENTIALITY_REQUIRED;
        assert_false(godwit_policy_allows_suite(&r, id));
    }
}

/* ---- versions ---- */

static void version_never_goes_down(void **state)
{
    (void)state;
    godwit_policy_fault_t fault;
    godwit_policy_t held = sample_policy(SAMPLE_HOME, 5), offered = held;
    assert_int_equal(godwit_policy_accept(NULL, &offered, &fault), GODWIT_OK);
    assert_int_equal(godwit_policy_accept(&held, &offered, &fault), GODWIT_AGAIN);
    offered.version = 6;
    assert_int_equal(godwit_policy_accept(&held, &offered, &fault), GODWIT_OK);
    offered.version = 4;
    assert_int_equal(godwit_policy_accept(&held, &offered, &fault), GODWIT_POLICY_FORBIDS);
    assert_string_equal(fault.path, "version");
}

static void equal_version_with_other_contents_is_refused(void **state)
{
    (void)state;
    godwit_policy_fault_t fault;
    const godwit_policy_t held = sample_policy(SAMPLE_HOME, 5);
    godwit_policy_t offered = held;
    offered.networks[0].rules.reauthenticate_s++;
    assert_int_equal(godwit_policy_accept(&held, &offered, &fault), GODWIT_POLICY_FORBIDS);
    offered = held;
    offered.classes[0].fallback = false;
    assert_int_equal(godwit_policy_accept(&held, &offered, &fault), GODWIT_POLICY_FORBIDS);
    offered = held;
    offered.plmn = SAMPLE_VISITED;
    offered.version = 9;
    assert_int_equal(godwit_policy_accept(&held, &offered, &fault), GODWIT_POLICY_FORBIDS);
    assert_string_equal(fault.path, "plmn");
}

/* ---- merging ---- */

static void stricter_of_both_holds(void **state)
{
    (void)state;
    godwit_policy_fault_t fault;
    godwit_policy_rules_t home = sample_rules(), visited = sample_rules(), m;
    visited.mac_bits = 128;
    visited.reauthenticate_attaches = 3;
    home.reauthenticate_s = 3600;
    visited.eia[0] = 1;
    visited.eia[1] = 3;
    visited.agreements = 0x02;
    assert_int_equal(godwit_policy_merge(&home, &visited, &m, &fault), GODWIT_OK);
    assert_int_equal(m.mac_bits, 128);
    assert_int_equal(m.suites[0], 2);
    assert_int_equal(m.suites[1], 0);
    assert_int_equal(m.reauthenticate_attaches, 3);
    assert_int_equal(m.reauthenticate_s, 3600);
    assert_int_equal(m.eia_count, 1);
    assert_int_equal(m.eia[0], 1);
    assert_int_equal(m.agreements, 0x02);
    assert_true(m.integrity);
    assert_null(fault.what);
}

static void one_below_the_minimum_does_not_pull_the_other_down(void **state)
{
    (void)state;
    godwit_policy_fault_t fault;
    godwit_policy_rules_t home = sample_rules(), visited = sample_rules(), m;
    visited.mac_bits = 32;
    visited.key_bits = 64;
    memcpy(visited.below_minimum, "law", 4);
    visited.suites[1] = 7;
    assert_int_equal(godwit_policy_merge(&home, &visited, &m, &fault), GODWIT_OK);
    assert_int_equal(m.mac_bits, 64);
    assert_int_equal(m.key_bits, 128);
    assert_false(godwit_policy_allows_suite(&m, 7));
    assert_int_equal(m.below_minimum[0], 0);
}

static void confidentiality_goes_off_only_where_the_home_allows_it(void **state)
{
    (void)state;
    enum { R = GODWIT_CONFIDENTIALITY_REQUIRED, L = GODWIT_CONFIDENTIALITY_BY_LAW, O = GODWIT_CONFIDENTIALITY_OFF };
    static const struct {
        int home, visited, merged;
        bool told;
    } table[] = {
        {R, R, R, false}, {R, L, R, false}, {R, O, R, true},  {L, R, R, false}, {L, L, L, false},
        {L, O, O, false}, {O, R, R, false}, {O, L, O, false}, {O, O, O, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        godwit_policy_fault_t fault;
        godwit_policy_rules_t home = sample_null_rules((godwit_confidentiality_t)table[i].home, "home");
        godwit_policy_rules_t visited = sample_null_rules((godwit_confidentiality_t)table[i].visited, LAW), m;
        assert_int_equal(godwit_policy_merge(&home, &visited, &m, &fault), GODWIT_OK);
        assert_int_equal(m.confidentiality, table[i].merged);
        assert_int_equal(fault.what != NULL, table[i].told);
        assert_true(m.integrity);
        assert_int_equal(m.suites[0], table[i].merged == O ? 5 : 1);
        assert_string_equal(m.law, table[i].merged != O ? "" : table[i].visited == O ? LAW : "home");
    }
}

static void nothing_in_common_is_refused_and_named(void **state)
{
    (void)state;
    godwit_policy_fault_t fault;
    const godwit_policy_rules_t home = sample_rules();
    godwit_policy_rules_t visited = sample_rules(), m;
    visited.suites[0] = 3;
    visited.suites[1] = 0;
    assert_int_equal(godwit_policy_merge(&home, &visited, &m, &fault), GODWIT_POLICY_FORBIDS);
    assert_string_equal(fault.path, "suites");
    visited = sample_rules();
    visited.eia[0] = 3;
    visited.eia_count = 1;
    assert_int_equal(godwit_policy_merge(&home, &visited, &m, &fault), GODWIT_POLICY_FORBIDS);
    assert_string_equal(fault.path, "eia");
    visited = sample_rules();
    visited.agreements = 0x40;
    assert_int_equal(godwit_policy_merge(&home, &visited, &m, &fault), GODWIT_POLICY_FORBIDS);
    assert_string_equal(fault.path, "agreements");
}

static void caller_reads_his_own_entry_only(void **state)
{
    (void)state;
    godwit_policy_t p = sample_policy(SAMPLE_HOME, 1), seen;
    p.networks[1].plmn = SAMPLE_OTHER;
    p.networks[1].rules = sample_null_rules(GODWIT_CONFIDENTIALITY_OFF, LAW);
    p.network_count = 2;
    godwit_policy_for(&p, SAMPLE_VISITED, &seen);
    assert_int_equal(seen.network_count, 1);
    assert_true(godwit_plmn_equal(seen.networks[0].plmn, SAMPLE_VISITED));
    assert_int_equal(seen.networks[1].rules.law[0], 0);
    assert_ptr_equal(godwit_policy_rules_for(&p, SAMPLE_OTHER), &p.networks[1].rules);
    godwit_policy_for(&p, (godwit_plmn_t){{0x00, 0xF1, 0x40}}, &seen);
    assert_int_equal(seen.network_count, 0);
    assert_ptr_equal(godwit_policy_rules_for(&p, (godwit_plmn_t){{0x00, 0xF1, 0x40}}), &p.standard);
}

/* ---- classes ---- */

static void class_that_is_not_recognised_falls_back_to_solution_3(void **state)
{
    (void)state;
    godwit_policy_class_t home = {"meters", 0x05, 0x01, true}, visited = {"meters", 0x05, 0, true}, m;
    assert_int_equal(godwit_policy_merge_class(&home, &visited, &m), GODWIT_OK);
    assert_int_equal(m.required, 0x01);
    assert_int_equal(godwit_policy_merge_class(&home, NULL, &m), GODWIT_OK);
    assert_int_equal(m.offered, 0x04);
    assert_int_equal(m.required, 0x04);
    home.fallback = false;
    assert_int_equal(godwit_policy_merge_class(&home, NULL, &m), GODWIT_POLICY_FORBIDS);
    visited.offered = 0x04;
    home.fallback = true;
    visited.fallback = false;
    assert_int_equal(godwit_policy_merge_class(&home, &visited, &m), GODWIT_POLICY_FORBIDS);
}

/* ---- the choice of a suite ---- */

static void suite_is_of_the_rules_the_hse_and_the_device(void **state)
{
    (void)state;
    const uint8_t own[GODWIT_POLICY_SUITES_MAX] = {5, 2, 1};
    godwit_policy_rules_t rules = sample_null_rules(GODWIT_CONFIDENTIALITY_BY_LAW, "");
    uint8_t suite = 0;
    assert_int_equal(godwit_policy_choose_suite(&rules, own, 0xFFFF, &suite), GODWIT_OK);
    assert_int_equal(suite, 1);
    assert_int_equal(godwit_policy_choose_suite(&rules, own, 1u << 1, &suite), GODWIT_OK);
    assert_int_equal(suite, 2);
    assert_int_equal(godwit_policy_choose_suite(&rules, own, 1u << 4, &suite), GODWIT_UNSUPPORTED_SUITE);
    rules.confidentiality = GODWIT_CONFIDENTIALITY_OFF;
    assert_int_equal(godwit_policy_choose_suite(&rules, own, 0xFFFF, &suite), GODWIT_OK);
    assert_int_equal(suite, 5);
    assert_int_equal(godwit_policy_choose_suite(&rules, own, 0x000F, &suite), GODWIT_UNSUPPORTED_SUITE);
    assert_int_equal(
        godwit_policy_choose_suite(&rules, (const uint8_t[GODWIT_POLICY_SUITES_MAX]){1, 2}, 0xFFFF, &suite),
        GODWIT_POLICY_FORBIDS);
}

/* ---- the access node ---- */

static void access_node_goes_by_both_policies(void **state)
{
    (void)state;
    godwit_policy_t own = sample_policy(SAMPLE_VISITED, 3), home = sample_policy(SAMPLE_HOME, 8);
    godwit_policy_access_t a;
    own.networks[0].plmn = SAMPLE_HOME;
    own.networks[0].rules.eia[0] = 1;
    own.networks[0].rules.eia[1] = 2;
    home.networks[0].rules.eia[0] = 2;
    home.networks[0].rules.eia_count = 1;
    home.networks[0].rules.eia[1] = 0;
    home.networks[0].rules.reauthenticate_attaches = 2;
    assert_int_equal(godwit_policy_access(&own, NULL, SAMPLE_HOME, &a), GODWIT_OK);
    assert_int_equal(a.eia_order[0], 1);
    assert_int_equal(a.eia_count, 2);
    assert_int_equal(a.reauthenticate_attaches, 10);
    assert_int_equal(a.policy_version, 3);
    assert_int_equal(a.home_version, 0);
    assert_true(a.e2m_aware);
    assert_int_equal(godwit_policy_access(&own, &home, SAMPLE_HOME, &a), GODWIT_OK);
    assert_int_equal(a.eia_order[0], 2);
    assert_int_equal(a.eia_count, 1);
    assert_int_equal(a.reauthenticate_attaches, 2);
    assert_int_equal(a.home_version, 8);
    memcpy(home.classes[0].name, "trackers", sizeof "trackers");
    assert_int_equal(godwit_policy_access(&own, &home, SAMPLE_HOME, &a), GODWIT_OK);
    assert_false(a.e2m_aware);
    home.networks[0].rules.eea[0] = 3;
    home.networks[0].rules.eea_count = 1;
    assert_int_equal(godwit_policy_access(&own, &home, SAMPLE_HOME, &a), GODWIT_POLICY_FORBIDS);
}

static void umts_has_snow_3g_alone(void **state)
{
    (void)state;
    godwit_policy_access_t a = {.eea_order = {2, 1, 0}, .eea_count = 3, .eia_order = {2, 1}, .eia_count = 2};
    uint8_t uea[4] = {9, 9, 9, 9}, uia[4] = {9, 9, 9, 9}, uea_count = 0, uia_count = 0;
    godwit_policy_umts(&a, uea, &uea_count, uia, &uia_count);
    assert_int_equal(uea_count, 2);
    assert_int_equal(uea[0], 2);
    assert_int_equal(uea[1], 0);
    assert_int_equal(uia_count, 1);
    assert_int_equal(uia[0], 2);
    a.eia_count = 1;
    godwit_policy_umts(&a, uea, &uea_count, uia, &uia_count);
    assert_int_equal(uia_count, 0);
}

static void home_of_an_imsi_is_its_first_five_or_six_digits(void **state)
{
    (void)state;
    godwit_imsi_t imsi;
    godwit_plmn_t six;
    assert_int_equal(godwit_imsi_from_text("001010000000001", &imsi), GODWIT_OK);
    assert_true(godwit_policy_is_home(SAMPLE_HOME, &imsi));
    assert_false(godwit_policy_is_home(SAMPLE_VISITED, &imsi));
    assert_int_equal(godwit_plmn_from_text("001-010", &six), GODWIT_OK);
    assert_true(godwit_policy_is_home(six, &imsi));
    assert_int_equal(godwit_plmn_from_text("001-011", &six), GODWIT_OK);
    assert_false(godwit_policy_is_home(six, &imsi));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_member_that_is_wrong_is_named),
        cmocka_unit_test(below_the_minimum_needs_its_reason_and_then_goes),
        cmocka_unit_test(suites_are_those_of_emsdp),
        cmocka_unit_test(version_never_goes_down),
        cmocka_unit_test(equal_version_with_other_contents_is_refused),
        cmocka_unit_test(stricter_of_both_holds),
        cmocka_unit_test(one_below_the_minimum_does_not_pull_the_other_down),
        cmocka_unit_test(confidentiality_goes_off_only_where_the_home_allows_it),
        cmocka_unit_test(nothing_in_common_is_refused_and_named),
        cmocka_unit_test(caller_reads_his_own_entry_only),
        cmocka_unit_test(class_that_is_not_recognised_falls_back_to_solution_3),
        cmocka_unit_test(suite_is_of_the_rules_the_hse_and_the_device),
        cmocka_unit_test(access_node_goes_by_both_policies),
        cmocka_unit_test(umts_has_snow_3g_alone),
        cmocka_unit_test(home_of_an_imsi_is_its_first_five_or_six_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
