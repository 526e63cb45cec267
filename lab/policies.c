/* SPDX-License-Identifier: Apache-2.0
 *
 * Solution 4 in the lab: the policies of home and visited network, checked and merged as if they had exchanged them.
 * The home lets confidentiality go where a law asks for it; the visited network has such a law, or has none.
 */
#include <stdlib.h>
#include <string.h>

#include "lab/internal.h"

#define HOME_VERSION 3
#define VISITED_VERSION 7
#define CLASS "meters"

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        abort();
    }
}

static godwit_policy_rules_t rules(bool by_law)
{
    godwit_policy_rules_t r = {.confidentiality =
                                   by_law ? GODWIT_CONFIDENTIALITY_BY_LAW : GODWIT_CONFIDENTIALITY_REQUIRED,
                               .integrity = true,
                               .key_bits = GODWIT_POLICY_KEY_BITS,
                               .mac_bits = GODWIT_POLICY_MAC_BITS,
                               .suites = {GODWIT_SUITE_DEFAULT, by_law ? LAB_SUITE_CLEAR : 0},
                               .eea = {2, 1},
                               .eia = {2, 1},
                               .eea_count = 2,
                               .eia_count = 2,
                               .reauthenticate_attaches = 2,
                               .reauthenticate_s = 86400,
                               .agreements = 0x07};
    if (by_law) {
        memcpy(r.law, "the law of the place", sizeof "the law of the place");
    }
    return r;
}

static godwit_policy_t policy_of(godwit_plmn_t plmn, uint32_t version, const char *issuer)
{
    godwit_policy_t p = {.version = version, .plmn = plmn, .class_count = 1, .standard = rules(true)};
    memcpy(p.issuer, issuer, strlen(issuer) + 1);
    memcpy(p.classes[0].name, CLASS, sizeof CLASS);
    p.classes[0].offered = GODWIT_POLICY_SOLUTION_1 | GODWIT_POLICY_SOLUTION_3;
    p.classes[0].fallback = true;
    return p;
}

void lab_make_policies(godwit_world_t *w)
{
    godwit_policy_fault_t fault;
    godwit_policy_t home = policy_of(w->plmn, HOME_VERSION, "policy.home.example");
    godwit_policy_t visited = policy_of(LAB_VISITED_PLMN, VISITED_VERSION, "policy.visited.example");
    visited.networks[0] = (godwit_policy_network_t){.plmn = w->plmn, .rules = rules(true)};
    visited.network_count = 1;
    if (w->config.policies == GODWIT_WORLD_POLICY_LAW) {
        godwit_policy_rules_t *r = &visited.networks[0].rules;
        r->confidentiality = GODWIT_CONFIDENTIALITY_OFF;
        memset(r->suites, 0, sizeof r->suites);
        r->suites[0] = LAB_SUITE_CLEAR;
    }
    must(godwit_policy_check(&home, &fault));
    must(godwit_policy_check(&visited, &fault));
    godwit_serving_policy_fill(&visited, &home, w->plmn, &w->serving_policy);
    w->home_policy.plmn = LAB_VISITED_PLMN;
    must(godwit_policy_merge(godwit_policy_rules_for(&home, LAB_VISITED_PLMN),
                             godwit_policy_rules_for(&visited, w->plmn), &w->home_policy.rules, &fault));
    w->policy_version = HOME_VERSION;
}
