/* SPDX-License-Identifier: Apache-2.0
 *
 * Which suite protects: the first of our order that the device has; under a policy, the first of the order of the
 * serving network's rules that we and the device have. What the rules do not allow is never chosen: where
 * confidentiality is off, only suites that do not cipher are, and their MAC is the same.
 */
#include "roles/hse/internal.h"

/* NULL: there is no policy. */
static const godwit_policy_rules_t *rules_of(const godwit_hse_t *hse, godwit_plmn_t serving_network)
{
    for (size_t i = 0; i < hse->config.network_count; i++) {
        if (godwit_plmn_equal(hse->config.networks[i].plmn, serving_network)) {
            return &hse->config.networks[i].rules;
        }
    }
    return hse->config.rules;
}

uint8_t godwit_hse_agreements(const godwit_hse_t *hse, godwit_plmn_t serving_network)
{
    const godwit_policy_rules_t *rules = rules_of(hse, serving_network);
    return rules == NULL ? hse->config.agreements : hse->config.agreements & rules->agreements;
}

uint8_t godwit_hse_choose_suite(const godwit_hse_t *hse, godwit_plmn_t serving_network, uint16_t suites)
{
    const uint8_t *order = hse->config.suite_order;
    const godwit_policy_rules_t *rules = rules_of(hse, serving_network);
    uint8_t suite = 0;
    if (rules != NULL) {
        return godwit_policy_choose_suite(rules, order, suites, &suite) == GODWIT_OK ? suite : 0;
    }
    for (size_t i = 0; i < GODWIT_SUITE_LAST && order[i] != 0; i++) {
        if ((suites >> (order[i] - 1) & 1u) != 0) {
            return order[i];
        }
    }
    return 0;
}
