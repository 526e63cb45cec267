/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes up. Until the MAC is right nothing is believed; and nothing moves before the caller accepts. What the HSE
 * says again because our answer was lost is known by the HSE's number together with the COUNT that the MAC covers: the
 * same octets from anybody else are a replay.
 */
#include <string.h>

#include "eas/internal.h"

static const godwit_eas_key_t *key_of_id(const godwit_eas_device_t *device, uint8_t key_id)
{
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        if (godwit_eas_key_is_set(&device->keys[i]) && device->keys[i].terms.key_id == key_id) {
            return &device->keys[i];
        }
    }
    return NULL;
}

static godwit_status_t find(const godwit_eas_device_t *device, godwit_slice_t datagram, const godwit_eas_key_t **key)
{
    const godwit_framing_t framing = {device->path.session_octets, device->path.counter_octets};
    godwit_emsdp_header_t header;
    const godwit_status_t status = godwit_emsdp_peek(datagram, framing, &header);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!header.user_plane) {
        return GODWIT_MALFORMED;
    }
    if (framing.session_octets > 0 && header.session_id != device->path.session_id) {
        return GODWIT_UNKNOWN_SESSION;
    }
    *key = key_of_id(device, header.key_id);
    if (*key == NULL) {
        return GODWIT_UNKNOWN_KEY;
    }
    return (*key)->terms.service == GODWIT_SERVICE_KEY_AGREEMENT ? GODWIT_POLICY_FORBIDS : GODWIT_OK;
}

static bool was_taken(const godwit_eas_device_t *device, uint64_t number, uint32_t order, uint32_t count)
{
    for (size_t i = 0; i < GODWIT_EAS_TAKEN && number != 0; i++) {
        const godwit_eas_taken_t *taken = &device->taken[i];
        if (taken->number == number && taken->order == order && taken->count == count) {
            return true;
        }
    }
    return false;
}

/* Whether a replay is one that was accepted under that number: opened again without the window, for the COUNT that the
 * MAC proves. */
static godwit_status_t open_again(const godwit_eas_device_t *device, const godwit_eas_key_t *key, uint64_t number,
                                  godwit_slice_t datagram, uint8_t *plain, godwit_emsdp_opened_t *opened)
{
    godwit_emsdp_key_t blank = key->plane;
    blank.hot.up_seen = 0;
    godwit_status_t status = godwit_emsdp_open(device->crypto, &blank, datagram, godwit_slice(NULL, 0), plain, opened);
    if (status == GODWIT_OK && !was_taken(device, number, key->order, opened->count)) {
        godwit_wipe(plain, datagram.len);
        status = GODWIT_REPLAY;
    }
    godwit_wipe(&blank, sizeof blank);
    return status;
}

static bool is_over(const godwit_eas_device_t *device, const godwit_eas_key_t *key, uint64_t now_s, uint32_t count)
{
    return now_s >= godwit_eas_key_gone(device, key) || (key->terms.messages != 0 && count >= key->terms.messages);
}

godwit_status_t godwit_eas_open(const godwit_eas_device_t *device, uint64_t now_s, uint64_t number,
                                godwit_slice_t datagram, uint8_t *plain, godwit_eas_opened_t *opened)
{
    const godwit_eas_key_t *key = NULL;
    const godwit_eas_key_t *current = godwit_eas_newest(device, true);
    godwit_emsdp_opened_t o;
    godwit_status_t status = find(device, datagram, &key);
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_emsdp_open(device->crypto, &key->plane, datagram, godwit_slice(NULL, 0), plain, &o);
    const bool again = status == GODWIT_REPLAY;
    if (again) {
        status = open_again(device, key, number, datagram, plain, &o);
    } else if (status == GODWIT_OK && is_over(device, key, now_s, o.count)) {
        godwit_wipe(plain, datagram.len);
        status = GODWIT_KEY_EXPIRED;
    }
    if (status == GODWIT_OK) {
        const uint32_t next = key->plane.hot.up_next_in;
        const bool newest = current == NULL || key->order >= current->order;
        *opened = (godwit_eas_opened_t){.payload = o.payload,
                                        .count = o.count,
                                        .age = key->terms.age,
                                        .order = key->order,
                                        .highest = newest && (again ? o.count + 1 == next : o.count >= next),
                                        .again = again};
    }
    return status;
}

/* From here on what came before this key is good for the overlap only. */
static void replace_earlier(godwit_eas_device_t *device, uint64_t now_s, uint32_t order)
{
    const uint64_t until = now_s > GODWIT_EAS_NEVER - device->overlap_s ? GODWIT_EAS_NEVER : now_s + device->overlap_s;
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        godwit_eas_key_t *key = &device->keys[i];
        if (godwit_eas_key_is_set(key) && key->order < order && key->until_s > until) {
            key->until_s = until;
        }
    }
}

void godwit_eas_accept(godwit_eas_device_t *device, uint64_t now_s, uint64_t number, const godwit_eas_opened_t *opened)
{
    godwit_eas_key_t *key = godwit_eas_key_of_order(device, opened->order);
    if (key == NULL || opened->again) {
        return;
    }
    const godwit_emsdp_opened_t moved = {.user_plane = true, .count = opened->count};
    godwit_emsdp_accept(&key->plane, &moved);
    if (!key->used) {
        key->used = true;
        replace_earlier(device, now_s, key->order);
    }
    if (number != 0) {
        memmove(device->taken + 1, device->taken, sizeof device->taken - sizeof device->taken[0]);
        device->taken[0] = (godwit_eas_taken_t){.number = number, .order = key->order, .count = opened->count};
    }
}
