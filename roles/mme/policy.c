/* SPDX-License-Identifier: Apache-2.0
 *
 * What policies of networks change in an MME (TR 33.863 Solution 4): algorithms and the frequency of AKA, by the home
 * of a subscriber. An MME without Godwit (unaware) has none.
 */
#include <string.h>

#include "roles/mme/internal.h"

const godwit_policy_access_t *godwit_mme_policy(const godwit_mme_t *mme, const godwit_imsi_t *imsi)
{
    const godwit_mme_config_t *c = &mme->config;
    const godwit_serving_policy_t *found =
        c->unaware ? NULL : godwit_serving_policy_of(c->policies, c->policy_count, imsi);
    return found == NULL ? NULL : &found->access;
}

bool godwit_mme_allows(const godwit_mme_t *mme, const godwit_imsi_t *imsi, uint8_t eea, uint8_t eia)
{
    const godwit_mme_config_t *c = &mme->config;
    const godwit_policy_access_t *p = godwit_mme_policy(mme, imsi);
    return p != NULL
               ? memchr(p->eea_order, eea, p->eea_count) != NULL && memchr(p->eia_order, eia, p->eia_count) != NULL
               : memchr(c->eea_order, eea, c->eea_count) != NULL && memchr(c->eia_order, eia, c->eia_count) != NULL;
}

bool godwit_mme_may_serve_again(const godwit_mme_t *mme, const godwit_mme_ue_t *ue, uint64_t now_ms)
{
    const godwit_policy_access_t *p = godwit_mme_policy(mme, &ue->imsi);
    if (p == NULL) {
        return ue->attaches < mme->config.reauthenticate_attaches;
    }
    return ue->attaches < p->reauthenticate_attaches && now_ms >= ue->since_ms &&
           now_ms - ue->since_ms < UINT64_C(1000) * p->reauthenticate_s &&
           godwit_mme_allows(mme, &ue->imsi, ue->security.eea, ue->security.eia);
}
