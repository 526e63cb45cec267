/* SPDX-License-Identifier: Apache-2.0
 *
 * What a policy asks of a suite of EMSDP, and the choice of one. The numbers are those of core/keys/profile.h; what a
 * suite does is core/emsdp's (tests/policy compares both tables). A suite that the rules do not allow is never chosen.
 */
#include <string.h>

#include "core/keys/profile.h"
#include "core/policy/internal.h"

#define SUITE_KEY_BITS 128 /* K_enc of every suite (docs/keys.md) */

_Static_assert(GODWIT_POLICY_SUITES_MAX == PROFILE_SUITE_LAST, "a list can name every suite");

static const struct {
    bool ciphers;
    uint8_t mac_bits;
} suites[PROFILE_SUITE_LAST + 1] = {
    [PROFILE_SUITE_EEA2_EIA2_64] = {true, 64},  [PROFILE_SUITE_EEA2_EIA2_128] = {true, 128},
    [PROFILE_SUITE_EEA2_HMAC_64] = {true, 64},  [PROFILE_SUITE_EEA2_HMAC_128] = {true, 128},
    [PROFILE_SUITE_EEA0_EIA2_64] = {false, 64}, [PROFILE_SUITE_EEA0_HMAC_64] = {false, 64},
    [PROFILE_SUITE_EEA2_EIA2_32] = {true, 32},  [PROFILE_SUITE_EEA1_EIA1_32] = {true, 32},
    [PROFILE_SUITE_EEA3_EIA3_32] = {true, 32},
};

bool godwit_policy_suite_exists(uint8_t suite)
{
    return suite >= 1 && suite <= PROFILE_SUITE_LAST;
}

bool godwit_policy_suite_ciphers(uint8_t suite)
{
    return godwit_policy_suite_exists(suite) && suites[suite].ciphers;
}

unsigned godwit_policy_suite_mac_bits(uint8_t suite)
{
    return godwit_policy_suite_exists(suite) ? suites[suite].mac_bits : 0;
}

bool godwit_policy_allows_suite(const godwit_policy_rules_t *rules, uint8_t suite)
{
    return godwit_policy_suite_exists(suite) && memchr(rules->suites, suite, sizeof rules->suites) != NULL &&
           suites[suite].mac_bits >= rules->mac_bits && SUITE_KEY_BITS >= rules->key_bits &&
           suites[suite].ciphers == (rules->confidentiality != GODWIT_CONFIDENTIALITY_OFF);
}

godwit_status_t godwit_policy_suites(const godwit_policy_rules_t *rules, const uint8_t own[GODWIT_POLICY_SUITES_MAX],
                                     uint8_t order[GODWIT_POLICY_SUITES_MAX])
{
    uint8_t found[GODWIT_POLICY_SUITES_MAX] = {0};
    size_t count = 0;
    for (size_t i = 0; i < GODWIT_POLICY_SUITES_MAX && rules->suites[i] != 0; i++) {
        if (godwit_policy_allows_suite(rules, rules->suites[i]) &&
            memchr(own, rules->suites[i], GODWIT_POLICY_SUITES_MAX) != NULL) {
            found[count++] = rules->suites[i];
        }
    }
    memcpy(order, found, sizeof found);
    return count > 0 ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
}

godwit_status_t godwit_policy_choose_suite(const godwit_policy_rules_t *rules,
                                           const uint8_t own[GODWIT_POLICY_SUITES_MAX], uint16_t offered,
                                           uint8_t *suite)
{
    uint8_t order[GODWIT_POLICY_SUITES_MAX];
    godwit_status_t status = godwit_policy_suites(rules, own, order);
    if (status != GODWIT_OK) {
        return status;
    }
    for (size_t i = 0; i < GODWIT_POLICY_SUITES_MAX && order[i] != 0; i++) {
        if ((offered >> (order[i] - 1) & 1u) != 0) {
            *suite = order[i];
            return GODWIT_OK;
        }
    }
    return GODWIT_UNSUPPORTED_SUITE;
}
