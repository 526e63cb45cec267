/* SPDX-License-Identifier: Apache-2.0
 *
 * What a policy changes in a node of the visited network: which algorithms it takes, how often it runs AKA, and whether it recognises
 * devices that make end-to-middle keys of the access AKA run (contribution 004, Solution 4).
 */
#include <string.h>

#include "core/policy/internal.h"

/* A home whose policy nobody has fetched is served by the own rules alone. */
static bool recognises(const godwit_policy_t *own, const godwit_policy_t *home)
{
    for (size_t i = 0; i < own->class_count && i < GODWIT_POLICY_CLASSES_MAX; i++) {
        const godwit_policy_class_t *theirs =
            home == NULL ? &own->classes[i] : godwit_policy_class(home, own->classes[i].name);
        if (theirs != NULL && (own->classes[i].offered & theirs->offered & GODWIT_POLICY_SOLUTION_1) != 0) {
            return true;
        }
    }
    return false;
}

godwit_status_t godwit_policy_access(const godwit_policy_t *own, const godwit_policy_t *home, godwit_plmn_t home_plmn,
                                     godwit_policy_access_t *access)
{
    const godwit_policy_rules_t *rules = godwit_policy_rules_for(own, home_plmn);
    godwit_policy_rules_t merged = *rules;
    godwit_policy_fault_t fault;
    if (home != NULL) {
        godwit_status_t status = godwit_policy_merge(godwit_policy_rules_for(home, own->plmn), rules, &merged, &fault);
        if (status != GODWIT_OK) {
            return status;
        }
    }
    memset(access, 0, sizeof *access);
    memcpy(access->eea_order, merged.eea, sizeof access->eea_order);
    memcpy(access->eia_order, merged.eia, sizeof access->eia_order);
    access->eea_count = merged.eea_count;
    access->eia_count = merged.eia_count;
    access->reauthenticate_attaches = merged.reauthenticate_attaches;
    access->reauthenticate_s = merged.reauthenticate_s;
    access->e2m_aware = recognises(own, home);
    access->policy_version = own->version;
    access->home_version = home == NULL ? 0 : home->version;
    return GODWIT_OK;
}
