/* SPDX-License-Identifier: Apache-2.0
 *
 * What a policy changes in a node of the visited network: which algorithms it takes, how often it runs AKA, and whether
 * it recognises devices that make end-to-middle keys of the access AKA run (contribution 004, Solution 4).
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

#define UMTS_2 2 /* UEA2, UIA2: TS 33.102 6.5.6, 6.6.6 */

void godwit_policy_umts(const godwit_policy_access_t *access, uint8_t *uea, uint8_t *uea_count, uint8_t *uia,
                        uint8_t *uia_count)
{
    *uea_count = 0;
    *uia_count = 0;
    for (size_t i = 0; i < access->eea_count && i < GODWIT_POLICY_ALGORITHMS_MAX; i++) {
        if (access->eea_order[i] <= 1) {
            uea[(*uea_count)++] = access->eea_order[i] == 0 ? 0 : UMTS_2;
        }
    }
    for (size_t i = 0; i < access->eia_count && i < GODWIT_POLICY_ALGORITHMS_MAX; i++) {
        if (access->eia_order[i] == 1) {
            uia[(*uia_count)++] = UMTS_2;
        }
    }
}

bool godwit_policy_is_home(godwit_plmn_t plmn, const godwit_imsi_t *imsi)
{
    char text[8];
    if (godwit_plmn_to_text(plmn, text) != GODWIT_OK) {
        return false;
    }
    size_t mnc = strlen(text + 4); /* "MCC-MNC" */
    return imsi->len > 3 + mnc && memcmp(imsi->digits, text, 3) == 0 && memcmp(imsi->digits + 3, text + 4, mnc) == 0;
}
