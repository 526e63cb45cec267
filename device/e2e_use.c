/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: the use of a K_e2e, and its end. Timer and count begin when it is agreed; past either nothing is
 * sent under it, and some time later it is wiped. The device has no clock: its owner tells how much time has passed. No
 * number of an exported key is given twice.
 */
#include <string.h>

#include "device/internal.h"

/* Of a life, what may be forgotten with the power: a sixteenth. */
#define LIFE_PER_STORE 16u

/* ---- is it good? ---- */

static bool is_over(const godwit_device_e2e_key_t *key)
{
    return key->life_s != 0 && key->elapsed_s >= key->life_s;
}

/* Both ways together, by COUNT: what was lost on its way, or skipped, counts like what arrived. */
static bool is_used_up(const godwit_device_e2e_key_t *key)
{
    const uint64_t used = (uint64_t)key->plane.hot.up_next_out + key->plane.hot.up_next_in;
    return key->messages != 0 && used >= key->messages;
}

bool godwit_device_e2e_is_good(const godwit_device_t *device)
{
    const godwit_device_e2e_key_t *key = &device->config.e2e->current;
    return godwit_emsdp_key_is_set(&key->plane) && !device->config.e2e->lost && !is_over(key) && !is_used_up(key) &&
           key->plane.hot.up_next_out < GODWIT_DEVICE_COUNT_RETIRE;
}

bool godwit_device_e2e_is_unseen(const godwit_device_t *device)
{
    const godwit_device_e2e_t *e = device->config.e2e;
    const uint32_t sight = UINT32_C(2) << (3u + 8u * device->config.framing.counter_octets);
    return godwit_emsdp_key_is_set(&e->current.plane) && e->current.plane.hot.up_next_out - e->heard >= sight;
}

void godwit_device_e2e_ask_later(godwit_device_t *device)
{
    if (godwit_device_e2e_is_unseen(device)) {
        device->config.e2e->heard += UINT32_C(1) << (3u + 8u * device->config.framing.counter_octets);
    }
}

/* ---- the user plane ---- */

bool godwit_device_rides(const godwit_device_t *device, size_t reading_len)
{
    size_t around = 0;
    if (godwit_device_is_e2e(device)) {
        const godwit_suite_t *suite = godwit_suite(device->config.e2e->current.plane.hot.suite);
        const godwit_framing_t framing = device->config.framing;
        around = 1u + framing.session_octets + framing.counter_octets +
                 (suite != NULL ? suite->mac_len : GODWIT_EMSDP_MAC_MAX);
    }
    return reading_len + around <= GODWIT_DEVICE_FIRST_READING_MAX;
}

godwit_status_t godwit_device_e2e_seal(godwit_device_t *device, godwit_slice_t reading, godwit_writer_t *out)
{
    godwit_device_e2e_t *e = device->config.e2e;
    if (!godwit_device_e2e_is_good(device)) {
        return GODWIT_KEY_EXPIRED;
    }
    return godwit_reserve_seal_user(device->config.crypto, device->config.reserve, &e->current.plane, reading, out,
                                    &e->unstored);
}

godwit_status_t godwit_device_e2e_find(godwit_device_t *device, const godwit_emsdp_header_t *header,
                                       godwit_emsdp_key_t **key)
{
    godwit_device_e2e_t *e = device->config.e2e;
    godwit_emsdp_key_t *const keys[2] = {&e->current.plane, &e->former.plane};
    godwit_status_t status = GODWIT_UNKNOWN_SESSION;
    if (e->config.service == GODWIT_SERVICE_KEY_AGREEMENT) {
        return GODWIT_POLICY_FORBIDS;
    }
    for (size_t i = 0; i < 2; i++) {
        if (!godwit_emsdp_key_is_set(keys[i]) || keys[i]->hot.session_id != header->session_id) {
            continue;
        }
        status = GODWIT_UNKNOWN_KEY;
        if (keys[i]->hot.key_id == header->key_id) {
            *key = keys[i];
            return GODWIT_OK;
        }
    }
    return status;
}

void godwit_device_e2e_settle(godwit_device_t *device, const godwit_device_incoming_t *in)
{
    godwit_device_e2e_t *e = device->config.e2e;
    godwit_emsdp_accept(in->key, &in->opened);
    e->unstored = true;
    if (in->key == &e->current.plane) {
        e->heard = e->current.plane.hot.up_next_out;
        godwit_wipe(&e->former, sizeof e->former);
    }
}

/* ---- time ---- */

static uint32_t later(uint32_t elapsed_s, uint32_t seconds)
{
    return seconds > UINT32_MAX - elapsed_s ? UINT32_MAX : elapsed_s + seconds;
}

static bool age_former(godwit_device_e2e_t *e, uint32_t seconds)
{
    if (!godwit_emsdp_key_is_set(&e->former.plane)) {
        return false;
    }
    e->former.elapsed_s = later(e->former.elapsed_s, seconds);
    bool gone = e->former.elapsed_s >= e->config.overlap_s;
    if (gone) {
        godwit_wipe(&e->former, sizeof e->former);
    }
    return gone;
}

/* True when the record must say so. */
static bool age_current(godwit_device_e2e_t *e, uint32_t seconds, godwit_device_requests_t *requests)
{
    godwit_device_e2e_key_t *key = &e->current;
    if (!godwit_emsdp_key_is_set(&key->plane)) {
        return false;
    }
    bool was_over = is_over(key);
    bool changed = false;
    key->elapsed_s = later(key->elapsed_s, seconds);
    e->unsaved_s = later(e->unsaved_s, seconds);
    if (!was_over && is_over(key)) {
        godwit_device_event(requests, "key_spent", GODWIT_KEY_EXPIRED);
        changed = true;
    }
    if (is_over(key) && key->elapsed_s - key->life_s >= e->config.overlap_s) {
        godwit_wipe(key, sizeof *key);
        changed = true;
    }
    return changed || (key->life_s != 0 && !was_over && e->unsaved_s >= key->life_s / LIFE_PER_STORE);
}

godwit_status_t godwit_device_elapsed(godwit_device_t *device, uint32_t seconds, godwit_device_requests_t *requests)
{
    godwit_device_e2e_t *e = device->config.e2e;
    requests->count = 0;
    if (e == NULL) {
        return GODWIT_WRONG_STATE;
    }
    bool former = age_former(e, seconds);
    bool current = age_current(e, seconds, requests);
    e->unstored = e->unstored || former || current;
    return godwit_device_finish(device, GODWIT_OK, requests);
}

/* ---- what the owner may see, and take out ---- */

godwit_status_t godwit_device_e2e_terms(const godwit_device_t *device, godwit_e2e_terms_t *terms)
{
    const godwit_device_e2e_t *e = device->config.e2e;
    if (e == NULL || !godwit_emsdp_key_is_set(&e->current.plane)) {
        return GODWIT_NOT_FOUND;
    }
    *terms = (godwit_e2e_terms_t){.service = e->config.service,
                                  .suite = e->current.plane.hot.suite,
                                  .key_id = e->current.plane.hot.key_id,
                                  .age = e->current.plane.generation,
                                  .life_s = e->current.life_s,
                                  .messages = e->current.messages};
    return GODWIT_OK;
}

/* The number that is to be exported; 0: none. */
static godwit_status_t number_of(const godwit_device_e2e_t *e, const godwit_psk_name_t *name, uint32_t *number)
{
    const godwit_device_e2e_key_t *key = &e->current;
    if (!godwit_emsdp_key_is_set(&key->plane)) {
        return GODWIT_WRONG_STATE;
    }
    if (name->number != 0 && (name->age != key->plane.generation || name->session_id != key->plane.hot.session_id)) {
        return GODWIT_UNKNOWN_KEY;
    }
    if (e->lost || is_over(key)) {
        return GODWIT_KEY_EXPIRED;
    }
    if (key->exports == UINT32_MAX) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    *number = name->number != 0 ? name->number : key->exports + 1u;
    return *number > key->exports ? GODWIT_OK : GODWIT_REPLAY;
}

godwit_status_t godwit_device_export_psk(godwit_device_t *device, const char *label, uint8_t device_role,
                                         godwit_psk_name_t *name, uint8_t psk[32], godwit_device_requests_t *requests)
{
    godwit_device_e2e_t *e = device->config.e2e;
    uint32_t number = 0;
    requests->count = 0;
    godwit_wipe(psk, 32);
    godwit_status_t status = e != NULL ? number_of(e, name, &number) : GODWIT_WRONG_STATE;
    if (status == GODWIT_OK) {
        status = godwit_exported_psk(device->config.crypto, e->current.k_e2e, label, device_role, number, psk);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    e->current.exports = number;
    name->session_id = e->current.plane.hot.session_id;
    name->age = e->current.plane.generation;
    name->number = number;
    e->unstored = true;
    status = godwit_device_finish(device, GODWIT_OK, requests);
    if (status != GODWIT_OK) {
        godwit_wipe(psk, 32);
    }
    return status;
}

godwit_status_t godwit_device_derive_psk(const godwit_device_t *device, const char *label, uint8_t device_role,
                                         const godwit_psk_name_t *name, uint8_t psk[32])
{
    const godwit_device_e2e_t *e = device->config.e2e;
    uint32_t number = 0;
    godwit_wipe(psk, 32);
    if (name->number == 0 || !godwit_psk_is_proved_by_handshake(label)) {
        return name->number == 0 ? GODWIT_INVALID_ARGUMENT : GODWIT_POLICY_FORBIDS;
    }
    godwit_status_t status = e != NULL ? number_of(e, name, &number) : GODWIT_WRONG_STATE;
    return status == GODWIT_OK
               ? godwit_exported_psk(device->config.crypto, e->current.k_e2e, label, device_role, number, psk)
               : status;
}

godwit_status_t godwit_device_psk_proved(godwit_device_t *device, const godwit_psk_name_t *name,
                                         godwit_device_requests_t *requests)
{
    godwit_device_e2e_t *e = device->config.e2e;
    uint32_t number = 0;
    requests->count = 0;
    if (name->number == 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_status_t status = e != NULL ? number_of(e, name, &number) : GODWIT_WRONG_STATE;
    if (status != GODWIT_OK) {
        return status;
    }
    e->current.exports = number;
    e->unstored = true;
    return godwit_device_finish(device, GODWIT_OK, requests);
}
