/* SPDX-License-Identifier: Apache-2.0
 *
 * How keys end. Time begins at the agreement, at device and EESE alike; its end stops what is sent, and after the
 * overlap what is still under way is not opened any more and the key is wiped. The count binds whoever sends: COUNTs at
 * or above it are nobody's. A clock that was set back makes nothing live longer than that clock says.
 */
#include "eas/internal.h"

#define AHEAD 8u /* the next key is asked for when that part of the messages is left */

static uint64_t plus(uint64_t at_s, uint64_t more_s)
{
    return at_s > GODWIT_EAS_NEVER - more_s ? GODWIT_EAS_NEVER : at_s + more_s;
}

uint64_t godwit_eas_key_end(const godwit_eas_key_t *key)
{
    return key->terms.life_s == 0 ? GODWIT_EAS_NEVER : plus(key->agreed_s, key->terms.life_s);
}

uint64_t godwit_eas_key_gone(const godwit_eas_device_t *device, const godwit_eas_key_t *key)
{
    const uint64_t by_time = plus(godwit_eas_key_end(key), device->overlap_s);
    return key->until_s < by_time ? key->until_s : by_time;
}

uint64_t godwit_eas_key_messages(const godwit_eas_key_t *key)
{
    return (uint64_t)key->plane.hot.up_next_in + key->plane.hot.up_next_out;
}

bool godwit_eas_tick(godwit_eas_device_t *device, uint64_t now_s)
{
    bool changed = false;
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        godwit_eas_key_t *key = &device->keys[i];
        if (godwit_eas_key_is_set(key) && now_s >= godwit_eas_key_gone(device, key)) {
            godwit_wipe(key, sizeof *key);
            changed = true;
        }
    }
    return changed;
}

uint64_t godwit_eas_due(const godwit_eas_device_t *device, uint64_t now_s)
{
    const godwit_eas_key_t *newest = godwit_eas_newest(device, false);
    const uint64_t end = newest != NULL ? godwit_eas_key_end(newest) : GODWIT_EAS_NEVER;
    uint64_t due = end > now_s ? end : GODWIT_EAS_NEVER;
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        const godwit_eas_key_t *key = &device->keys[i];
        const uint64_t gone = godwit_eas_key_is_set(key) ? godwit_eas_key_gone(device, key) : GODWIT_EAS_NEVER;
        due = gone < due ? gone : due;
    }
    return due;
}

godwit_eas_want_t godwit_eas_wanted(const godwit_eas_device_t *device, uint64_t now_s, uint32_t *above_age)
{
    const godwit_eas_key_t *newest = godwit_eas_newest(device, false);
    *above_age = newest != NULL ? newest->terms.age : 0;
    if (newest == NULL) {
        return GODWIT_EAS_WANT_LOST;
    }
    const uint64_t messages = newest->terms.messages;
    if (messages != 0 && godwit_eas_key_messages(newest) >= messages - messages / AHEAD) {
        return GODWIT_EAS_WANT_COUNT;
    }
    return now_s >= godwit_eas_key_end(newest) ? GODWIT_EAS_WANT_TIME : GODWIT_EAS_WANT_NOTHING;
}
