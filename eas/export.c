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

/* The key that *name names, if it still gives that number; number 0: the next one of the newest. */
static godwit_status_t judge(const godwit_eas_device_t *device, uint64_t now_s, const godwit_psk_name_t *name,
                             const godwit_eas_key_t **key, uint32_t *number)
{
    const godwit_eas_key_t *found = find(device, name);
    if (found == NULL) {
        return GODWIT_UNKNOWN_KEY;
    }
    if (now_s >= godwit_eas_key_end(found) || now_s >= found->until_s) {
        return GODWIT_KEY_EXPIRED;
    }
    if (found->exports == UINT32_MAX) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    *key = found;
    *number = name->number != 0 ? name->number : found->exports + 1;
    return *number > found->exports ? GODWIT_OK : GODWIT_REPLAY;
}

static void use_up(godwit_eas_device_t *device, const godwit_eas_key_t *key, uint32_t number)
{
    godwit_eas_key_of_order(device, key->order)->exports = number;
}

godwit_status_t godwit_eas_export(godwit_eas_device_t *device, uint64_t now_s, const char *label, uint8_t device_role,
                                  godwit_psk_name_t *name, uint8_t psk[32])
{
    const godwit_eas_key_t *key = NULL;
    uint32_t number = 0;
    godwit_wipe(psk, 32);
    godwit_status_t status = judge(device, now_s, name, &key, &number);
    if (status == GODWIT_OK) {
        status = godwit_exported_psk(device->crypto, key->k_e2e, label, device_role, number, psk);
    }
    if (status == GODWIT_OK) {
        use_up(device, key, number);
        name->session_id = device->path.session_octets > 0 ? device->path.session_id : 0;
        name->age = key->terms.age;
        name->number = number;
    }
    return status;
}

godwit_status_t godwit_eas_derive(const godwit_eas_device_t *device, uint64_t now_s, const char *label,
                                  uint8_t device_role, const godwit_psk_name_t *name, uint8_t psk[32])
{
    const godwit_eas_key_t *key = NULL;
    uint32_t number = 0;
    godwit_wipe(psk, 32);
    if (name->number == 0 || !godwit_psk_is_proved_by_handshake(label)) {
        return name->number == 0 ? GODWIT_INVALID_ARGUMENT : GODWIT_POLICY_FORBIDS;
    }
    godwit_status_t status = judge(device, now_s, name, &key, &number);
    return status == GODWIT_OK ? godwit_exported_psk(device->crypto, key->k_e2e, label, device_role, number, psk)
                               : status;
}

godwit_status_t godwit_eas_proved(godwit_eas_device_t *device, uint64_t now_s, const godwit_psk_name_t *name)
{
    const godwit_eas_key_t *key = NULL;
    uint32_t number = 0;
    const godwit_status_t status =
        name->number != 0 ? judge(device, now_s, name, &key, &number) : GODWIT_INVALID_ARGUMENT;
    if (status == GODWIT_OK) {
        use_up(device, key, number);
    }
    return status;
}
