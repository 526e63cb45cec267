/* SPDX-License-Identifier: Apache-2.0
 *
 * What policies of networks change in a SGSN (TR 33.863 Solution 4): algorithms and the frequency of AKA, by the home
 * of a subscriber. A SGSN without Godwit (unaware) has none.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

static const godwit_serving_policy_t *policy_of(const godwit_sgsn_t *sgsn, const godwit_imsi_t *imsi)
{
    const godwit_sgsn_config_t *config = &sgsn->config;
    return config->unaware || imsi->len == 0 ? NULL
                                             : godwit_serving_policy_of(config->policies, config->policy_count, imsi);
}

void godwit_sgsn_home(const godwit_sgsn_t *sgsn, const godwit_imsi_t *imsi, godwit_serving_home_t *home)
{
    const godwit_sgsn_config_t *config = &sgsn->config;
    const godwit_serving_policy_t *policy = policy_of(sgsn, imsi);
    memset(home, 0, sizeof *home);
    home->own = GODWIT_FUNCTION_SGSN;
    home->plmn = config->plmn;
    memcpy(home->local_host, config->local_host, sizeof home->local_host);
    memcpy(home->local_realm, config->local_realm, sizeof home->local_realm);
    if (policy != NULL) {
        home->e2m_aware = policy->access.e2m_aware;
        home->policy_version = policy->access.policy_version;
    } else if (!config->unaware) {
        home->e2m_aware = config->e2m_aware;
        home->policy_version = config->policy_version;
    }
}

bool godwit_sgsn_may_serve_again(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue, uint64_t now_ms)
{
    const godwit_serving_policy_t *policy = policy_of(sgsn, &ue->imsi);
    if (policy == NULL) {
        return ue->attaches < sgsn->config.reauthenticate_attaches;
    }
    return ue->attaches < policy->access.reauthenticate_attaches && now_ms >= ue->since_ms &&
           now_ms - ue->since_ms < UINT64_C(1000) * policy->access.reauthenticate_s;
}

/* ---- algorithms ---- */

static bool first_common(const uint8_t *order, uint8_t count, uint8_t capability, uint8_t *chosen)
{
    for (uint8_t i = 0; i < count; i++) {
        if (order[i] < 8 && (capability >> order[i] & 1U) != 0) {
            *chosen = order[i];
            return true;
        }
    }
    return false;
}

static uint8_t geran_integrity(godwit_sgsn_ki128_t ki128, uint8_t uia[GODWIT_POLICY_ALGORITHMS_MAX])
{
    uint8_t count = 0;
    if (ki128 != GODWIT_SGSN_KI128_NONE) {
        uia[count++] = GODWIT_UIA2;
    }
    if (ki128 != GODWIT_SGSN_KI128_REQUIRED) {
        uia[count++] = GODWIT_UIA0;
    }
    return count;
}

godwit_status_t godwit_sgsn_choose(const godwit_sgsn_t *sgsn, const godwit_imsi_t *imsi,
                                   godwit_radio_capability_t capability, godwit_radio_command_t *command)
{
    const godwit_sgsn_config_t *config = &sgsn->config;
    const godwit_serving_policy_t *policy = policy_of(sgsn, imsi);
    uint8_t uea[GODWIT_POLICY_ALGORITHMS_MAX] = {GODWIT_UEA2}, uia[GODWIT_POLICY_ALGORITHMS_MAX] = {GODWIT_UIA2};
    uint8_t ueas = 1, uias = 1;
    if (policy != NULL && policy->refused) {
        return GODWIT_POLICY_FORBIDS;
    }
    if (policy != NULL) {
        godwit_policy_umts(&policy->access, uea, &ueas, uia, &uias);
    } else {
        if (config->uea_count > 0) {
            memcpy(uea, config->uea_order, config->uea_count);
            ueas = config->uea_count;
        }
        if (config->uia_count > 0) {
            memcpy(uia, config->uia_order, config->uia_count);
            uias = config->uia_count;
        }
    }
    if ((capability.uea & GODWIT_RADIO_GERAN) != 0) {
        uias = geran_integrity(config->ki128, uia);
    }
    memset(command, 0, sizeof *command);
    command->capability = capability;
    return first_common(uea, ueas, capability.uea, &command->uea) &&
                   first_common(uia, uias, capability.uia, &command->uia)
               ? GODWIT_OK
               : GODWIT_UNSUPPORTED_SUITE;
}
