/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of a whole policy, and whether it may take the place of another: versions only rise.
 */
#include <string.h>

#include "core/policy/internal.h"

static godwit_status_t check_head(const godwit_policy_t *policy, godwit_policy_fault_t *f)
{
    char text[8];
    if (policy->version == 0) {
        return godwit_policy_refuse(f, "", "version", -1, "must be 1 or more");
    }
    if (godwit_plmn_to_text(policy->plmn, text) != GODWIT_OK) {
        return godwit_policy_refuse(f, "", "plmn", -1, "must be a PLMN such as 001-01");
    }
    return godwit_fqdn_is_canonical(godwit_slice_of_string(policy->issuer))
               ? GODWIT_OK
               : godwit_policy_refuse(f, "", "issuer", -1, "must be a domain name in lower case");
}

static bool is_class_name(const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < len && i < GODWIT_POLICY_NAME_MAX; i++) {
        if ((name[i] < 'a' || name[i] > 'z') && (name[i] < '0' || name[i] > '9') && name[i] != '-') {
            return false;
        }
    }
    return len >= 1 && len <= GODWIT_POLICY_NAME_MAX;
}

static godwit_status_t check_class(const godwit_policy_t *policy, int i, godwit_policy_fault_t *f)
{
    const godwit_policy_class_t *c = &policy->classes[i];
    char prefix[GODWIT_POLICY_PATH_MAX];
    godwit_policy_prefix(prefix, "devices", i);
    if (!is_class_name(c->name)) {
        return godwit_policy_refuse(f, prefix, "class", -1, "must be 1 to 32 of a-z, 0-9 and hyphens");
    }
    for (int k = 0; k < i; k++) {
        if (strcmp(policy->classes[k].name, c->name) == 0) {
            return godwit_policy_refuse(f, prefix, "class", -1, "is named twice");
        }
    }
    if (c->offered == 0 || (c->offered & ~GODWIT_POLICY_SOLUTIONS) != 0) {
        return godwit_policy_refuse(f, prefix, "offered", -1, "must be any of the Solutions 1, 2, 3");
    }
    if ((c->required & ~(unsigned)c->offered) != 0) {
        return godwit_policy_refuse(f, prefix, "required", -1, "is not offered");
    }
    return c->fallback && (c->offered & GODWIT_POLICY_SOLUTION_3) == 0
               ? godwit_policy_refuse(f, prefix, "fallback", -1, "is to Solution 3, which is not offered")
               : GODWIT_OK;
}

static godwit_status_t check_network(const godwit_policy_t *policy, int i, godwit_policy_fault_t *f)
{
    char prefix[GODWIT_POLICY_PATH_MAX], text[8];
    godwit_policy_prefix(prefix, "networks", i);
    if (godwit_plmn_to_text(policy->networks[i].plmn, text) != GODWIT_OK) {
        return godwit_policy_refuse(f, prefix, "plmn", -1, "must be a PLMN such as 001-01");
    }
    for (int k = 0; k < i; k++) {
        if (godwit_plmn_equal(policy->networks[k].plmn, policy->networks[i].plmn)) {
            return godwit_policy_refuse(f, prefix, "plmn", -1, "has an entry before this one");
        }
    }
    return godwit_policy_check_rules(&policy->networks[i].rules, prefix, f);
}

godwit_status_t godwit_policy_check(const godwit_policy_t *policy, godwit_policy_fault_t *fault)
{
    godwit_status_t status = check_head(policy, fault);
    if (policy->class_count > GODWIT_POLICY_CLASSES_MAX) {
        return godwit_policy_refuse(fault, "", "devices", -1, "has 8 classes at most");
    }
    if (policy->network_count > GODWIT_POLICY_NETWORKS_MAX) {
        return godwit_policy_refuse(fault, "", "networks", -1, "has 32 entries at most");
    }
    for (int i = 0; i < policy->class_count && status == GODWIT_OK; i++) {
        status = check_class(policy, i, fault);
    }
    status = status == GODWIT_OK ? godwit_policy_check_rules(&policy->standard, "default", fault) : status;
    for (int i = 0; i < policy->network_count && status == GODWIT_OK; i++) {
        status = check_network(policy, i, fault);
    }
    return status;
}

/* ---- versions ---- */

static bool same_class(const godwit_policy_class_t *a, const godwit_policy_class_t *b)
{
    return strcmp(a->name, b->name) == 0 && a->offered == b->offered && a->required == b->required &&
           a->fallback == b->fallback;
}

static bool same_rules(const godwit_policy_rules_t *a, const godwit_policy_rules_t *b)
{
    return a->confidentiality == b->confidentiality && strcmp(a->law, b->law) == 0 && a->integrity == b->integrity &&
           a->key_bits == b->key_bits && a->mac_bits == b->mac_bits &&
           strcmp(a->below_minimum, b->below_minimum) == 0 && memcmp(a->suites, b->suites, sizeof a->suites) == 0 &&
           a->eea_count == b->eea_count && a->eia_count == b->eia_count && memcmp(a->eea, b->eea, sizeof a->eea) == 0 &&
           memcmp(a->eia, b->eia, sizeof a->eia) == 0 && a->reauthenticate_attaches == b->reauthenticate_attaches &&
           a->reauthenticate_s == b->reauthenticate_s && a->agreements == b->agreements;
}

bool godwit_policy_equal(const godwit_policy_t *a, const godwit_policy_t *b)
{
    bool same = a->version == b->version && godwit_plmn_equal(a->plmn, b->plmn) && strcmp(a->issuer, b->issuer) == 0 &&
                a->class_count == b->class_count && a->network_count == b->network_count &&
                same_rules(&a->standard, &b->standard);
    for (size_t i = 0; i < GODWIT_POLICY_CLASSES_MAX && i < a->class_count && same; i++) {
        same = same_class(&a->classes[i], &b->classes[i]);
    }
    for (size_t i = 0; i < GODWIT_POLICY_NETWORKS_MAX && i < a->network_count && same; i++) {
        same = godwit_plmn_equal(a->networks[i].plmn, b->networks[i].plmn) &&
               same_rules(&a->networks[i].rules, &b->networks[i].rules);
    }
    return same;
}

godwit_status_t godwit_policy_accept(const godwit_policy_t *held, const godwit_policy_t *offered,
                                     godwit_policy_fault_t *fault)
{
    if (held == NULL || (godwit_plmn_equal(held->plmn, offered->plmn) && offered->version > held->version)) {
        return GODWIT_OK;
    }
    if (!godwit_plmn_equal(held->plmn, offered->plmn)) {
        return godwit_policy_refuse(fault, "", "plmn", -1, "is another network than that of the policy held");
    }
    if (offered->version < held->version) {
        return godwit_policy_refuse(fault, "", "version", -1, "is lower than that of the policy held: it only rises");
    }
    return godwit_policy_equal(held, offered)
               ? GODWIT_AGAIN
               : godwit_policy_refuse(fault, "", "version", -1,
                                      "is that of the policy held, but the contents differ: raise it");
}
