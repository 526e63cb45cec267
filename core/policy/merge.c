/* SPDX-License-Identifier: Apache-2.0
 *
 * Two policies about the same pair of networks made one: of each member the stricter. The visited network switches
 * confidentiality off only where the home allows that for it; integrity never, and never below the minimum of either.
 */
#include <string.h>

#include "core/policy/internal.h"

const godwit_policy_rules_t *godwit_policy_rules_for(const godwit_policy_t *policy, godwit_plmn_t other)
{
    for (size_t i = 0; i < policy->network_count && i < GODWIT_POLICY_NETWORKS_MAX; i++) {
        if (godwit_plmn_equal(policy->networks[i].plmn, other)) {
            return &policy->networks[i].rules;
        }
    }
    return &policy->standard;
}

void godwit_policy_for(const godwit_policy_t *policy, godwit_plmn_t other, godwit_policy_t *out)
{
    const godwit_policy_rules_t *rules = godwit_policy_rules_for(policy, other);
    godwit_policy_network_t entry = {.plmn = other, .rules = *rules};
    const bool own = rules != &policy->standard;
    *out = *policy;
    memset(out->networks, 0, sizeof out->networks);
    out->network_count = own ? 1 : 0;
    if (own) {
        out->networks[0] = entry;
    }
}

static godwit_confidentiality_t merge_confidentiality(const godwit_policy_rules_t *home,
                                                      const godwit_policy_rules_t *visited, godwit_policy_fault_t *f)
{
    if (home->confidentiality == GODWIT_CONFIDENTIALITY_REQUIRED) {
        if (visited->confidentiality == GODWIT_CONFIDENTIALITY_OFF) {
            (void)!godwit_policy_refuse(f, "", "confidentiality", -1,
                                        "the home does not allow it to be off there: it stays on");
        }
        return GODWIT_CONFIDENTIALITY_REQUIRED;
    }
    if (visited->confidentiality == GODWIT_CONFIDENTIALITY_REQUIRED) {
        return GODWIT_CONFIDENTIALITY_REQUIRED;
    }
    return home->confidentiality == GODWIT_CONFIDENTIALITY_OFF || visited->confidentiality == GODWIT_CONFIDENTIALITY_OFF
               ? GODWIT_CONFIDENTIALITY_OFF
               : GODWIT_CONFIDENTIALITY_BY_LAW;
}

/* Those of a, in its order, that b has too; what is left is zeroed. */
static uint8_t both(uint8_t *out, const uint8_t *a, size_t a_count, const uint8_t *b, size_t b_count, size_t room)
{
    uint8_t count = 0;
    for (size_t i = 0; i < a_count && i < room; i++) {
        if (memchr(b, a[i], b_count) != NULL) {
            out[count++] = a[i];
        }
    }
    memset(out + count, 0, room - count);
    return count;
}

static size_t suite_count(const godwit_policy_rules_t *rules)
{
    const uint8_t *end = memchr(rules->suites, 0, sizeof rules->suites);
    return end == NULL ? sizeof rules->suites : (size_t)(end - rules->suites);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static void merge_numbers(const godwit_policy_rules_t *a, const godwit_policy_rules_t *b, godwit_policy_rules_t *m)
{
    m->integrity = true;
    m->key_bits = a->key_bits > b->key_bits ? a->key_bits : b->key_bits;
    m->mac_bits = a->mac_bits > b->mac_bits ? a->mac_bits : b->mac_bits;
    m->reauthenticate_attaches = least(a->reauthenticate_attaches, b->reauthenticate_attaches);
    m->reauthenticate_s = least(a->reauthenticate_s, b->reauthenticate_s);
    m->agreements = a->agreements & b->agreements;
    if (m->key_bits < GODWIT_POLICY_KEY_BITS || m->mac_bits < GODWIT_POLICY_MAC_BITS) {
        memcpy(m->below_minimum, a->below_minimum, sizeof m->below_minimum);
    }
}

/* Suites that the merged rules allow: an order without those that cipher, or without those that do not. */
static void keep_allowed(godwit_policy_rules_t *m)
{
    uint8_t kept[GODWIT_POLICY_SUITES_MAX] = {0};
    size_t count = 0;
    for (size_t i = 0; i < GODWIT_POLICY_SUITES_MAX && m->suites[i] != 0; i++) {
        if (godwit_policy_allows_suite(m, m->suites[i])) {
            kept[count++] = m->suites[i];
        }
    }
    memcpy(m->suites, kept, sizeof kept);
}

godwit_status_t godwit_policy_merge(const godwit_policy_rules_t *home, const godwit_policy_rules_t *visited,
                                    godwit_policy_rules_t *merged, godwit_policy_fault_t *fault)
{
    godwit_policy_rules_t m;
    memset(&m, 0, sizeof m);
    memset(fault, 0, sizeof *fault);
    m.confidentiality = merge_confidentiality(home, visited, fault);
    if (m.confidentiality == GODWIT_CONFIDENTIALITY_OFF) {
        const bool visited_asks = visited->confidentiality == GODWIT_CONFIDENTIALITY_OFF;
        memcpy(m.law, visited_asks ? visited->law : home->law, sizeof m.law);
    }
    merge_numbers(home, visited, &m);
    (void)both(m.suites, home->suites, suite_count(home), visited->suites, suite_count(visited), sizeof m.suites);
    keep_allowed(&m);
    /* The access network ciphers by its own order: it runs the algorithms. */
    m.eea_count = both(m.eea, visited->eea, visited->eea_count, home->eea, home->eea_count, sizeof m.eea);
    m.eia_count = both(m.eia, visited->eia, visited->eia_count, home->eia, home->eia_count, sizeof m.eia);
    if (m.suites[0] == 0) {
        return godwit_policy_refuse(fault, "", "suites", -1, "none is left that both networks allow");
    }
    if (m.eea_count == 0 || m.eia_count == 0) {
        return godwit_policy_refuse(fault, "", m.eea_count == 0 ? "eea" : "eia", -1,
                                    "none is left that both networks allow");
    }
    if (m.agreements == 0) {
        return godwit_policy_refuse(fault, "", "agreements", -1, "none is left that both networks allow");
    }
    *merged = m;
    return GODWIT_OK;
}

/* ---- classes of devices ---- */

const godwit_policy_class_t *godwit_policy_class(const godwit_policy_t *policy, const char *name)
{
    for (size_t i = 0; i < policy->class_count && i < GODWIT_POLICY_CLASSES_MAX; i++) {
        if (strcmp(policy->classes[i].name, name) == 0) {
            return &policy->classes[i];
        }
    }
    return NULL;
}

godwit_status_t godwit_policy_merge_class(const godwit_policy_class_t *home, const godwit_policy_class_t *visited,
                                          godwit_policy_class_t *merged)
{
    godwit_policy_class_t m = *home;
    if (visited == NULL) {
        m.offered = (uint8_t)(home->offered & ~GODWIT_POLICY_SOLUTION_1);
    } else {
        m.offered = home->offered & visited->offered;
        m.required = home->required | visited->required;
        m.fallback = home->fallback && visited->fallback;
    }
    const bool met = (m.required & ~(unsigned)m.offered) == 0 && m.offered != 0;
    const bool falls_back = m.fallback && (m.offered & GODWIT_POLICY_SOLUTION_3) != 0;
    if (!met && !falls_back) {
        return GODWIT_POLICY_FORBIDS;
    }
    if (!met) {
        m.required = GODWIT_POLICY_SOLUTION_3;
    }
    *merged = m;
    return GODWIT_OK;
}
