/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: the key set of a bootstrapping, agreements 04 (GBA) and 05 (AKMA). It is used like that of an
 * access AKA run in Solution 2, but its name in the Session Request is text, and whoever bootstraps says how long it
 * lives.
 */
#include <string.h>

#include "device/internal.h"

static bool is_name(godwit_slice_t reference)
{
    for (size_t i = 0; i < reference.len; i++) {
        if (reference.ptr[i] <= ' ' || reference.ptr[i] > '~') {
            return false;
        }
    }
    return reference.len > 0 && reference.len <= GODWIT_KEY_REFERENCE_MAX;
}

godwit_status_t godwit_device_key_reference(godwit_device_t *device, godwit_agreement_t agreement,
                                            godwit_slice_t reference, const uint8_t root[32])
{
    static const uint8_t no_sqn[6];
    const godwit_crypto_t *crypto = device->config.crypto;
    uint8_t name[GODWIT_SHA256_SIZE], key_set[32];
    if (!godwit_agreement_has_reference((uint8_t)agreement) || !is_name(reference)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if ((device->config.agreements >> (agreement - 1) & 1u) == 0) {
        return GODWIT_POLICY_FORBIDS;
    }
    godwit_status_t status = crypto->sha256(&reference, 1, name);
    if (status == GODWIT_OK) {
        status = godwit_e2m_keyset(crypto, root, agreement, godwit_slice(NULL, 0), key_set);
    }
    if (status == GODWIT_OK) {
        godwit_device_keep_key_set(device, agreement, name, no_sqn, key_set);
        device->access.reference = reference;
    }
    godwit_wipe(key_set, sizeof key_set);
    return status;
}
