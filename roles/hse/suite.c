/* SPDX-License-Identifier: Apache-2.0
 *
 * Which suite protects: the first of our order that the device has.
 */
#include "roles/hse/internal.h"

uint8_t godwit_hse_choose_suite(const godwit_hse_t *hse, godwit_plmn_t serving_network, uint16_t suites)
{
    const uint8_t *order = hse->config.suite_order;
    (void)serving_network;
    for (size_t i = 0; i < GODWIT_SUITE_LAST && order[i] != 0; i++) {
        if ((suites >> (order[i] - 1) & 1u) != 0) {
            return order[i];
        }
    }
    return 0;
}
