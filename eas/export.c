/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys for other protocols (docs/keys.md, "exported PSK"). Whichever end chooses the number, neither gives it twice: it
 * only rises, over all labels and both roles of one K_e2e.
 */
#include "eas/internal.h"

static const godwit_eas_key_t *find(const godwit_eas_device_t *device, const godwit_psk_name_t *name)
{
    const uint32_t session_id = device->path.session_octets > 0 ? device->path.session_id : 0;
    const godwit_eas_key_t *found = NULL;
    if (name->number == 0) {
        return godwit_eas_newest(device, false);
    }
    for (size_t i = 0; i < GODWIT_EAS_KEYS && name->session_id == session_id; i++) {
        const godwit_eas_key_t *key = &device->keys[i];
        if (name->age != 0 && key->terms.age == name->age && (found == NULL || key->order > found->order)) {
            found = key;
        }
    }
    return found;
}

godwit_status_t godwit_eas_export(godwit_eas_device_t *device, uint64_t now_s, const char *label, uint8_t device_role,
                                  godwit_psk_name_t *name, uint8_t psk[32])
{
    const godwit_eas_key_t *found = find(device, name);
    godwit_wipe(psk, 32);
    if (found == NULL) {
        return GODWIT_UNKNOWN_KEY;
    }
    if (now_s >= godwit_eas_key_end(found) || now_s >= found->until_s) {
        return GODWIT_KEY_EXPIRED;
    }
    if (found->exports == UINT32_MAX) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    const uint32_t number = name->number != 0 ? name->number : found->exports + 1;
    if (number <= found->exports) {
        return GODWIT_REPLAY;
    }
    const godwit_status_t status = godwit_exported_psk(device->crypto, found->k_e2e, label, device_role, number, psk);
    if (status == GODWIT_OK) {
        godwit_eas_key_of_order(device, found->order)->exports = number;
        name->session_id = device->path.session_octets > 0 ? device->path.session_id : 0;
        name->age = found->terms.age;
        name->number = number;
    }
    return status;
}
