/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes down: under the last key that the device has proved to have, for it may not have taken a later one yet. A
 * key that it has not used says nothing about what it can open.
 */
#include "eas/internal.h"

static bool is_good(const godwit_eas_key_t *key, uint64_t now_s)
{
    return now_s < godwit_eas_key_end(key) &&
           (key->terms.messages == 0 || godwit_eas_key_messages(key) < key->terms.messages);
}

bool godwit_eas_has_user_plane(const godwit_eas_device_t *device)
{
    const godwit_eas_key_t *newest = godwit_eas_newest(device, false);
    return newest != NULL && newest->terms.service != GODWIT_SERVICE_KEY_AGREEMENT;
}

godwit_status_t godwit_eas_seal(godwit_eas_device_t *device, uint64_t now_s, godwit_slice_t payload,
                                godwit_writer_t *out)
{
    const godwit_eas_key_t *current = godwit_eas_newest(device, true);
    if (!godwit_eas_is_empty(device) && !godwit_eas_has_user_plane(device)) {
        return GODWIT_POLICY_FORBIDS;
    }
    if (current == NULL || !is_good(current, now_s)) {
        return GODWIT_AGAIN;
    }
    godwit_eas_key_t *key = godwit_eas_key_of_order(device, current->order);
    return key == NULL ? GODWIT_INTERNAL : godwit_emsdp_seal_user(device->crypto, &key->plane, payload, out);
}
