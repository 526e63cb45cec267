/* SPDX-License-Identifier: Apache-2.0
 *
 * A device at its EAS, and the keys that come for it. At most three at a time: the one that the device uses, the one
 * before, and the one that is to follow; what is too many goes in that order in which it is missed least.
 */
#include <string.h>

#include "eas/internal.h"

#define KEY_IDS 7u

const godwit_eas_key_t *godwit_eas_newest(const godwit_eas_device_t *device, bool used)
{
    const godwit_eas_key_t *newest = NULL;
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        const godwit_eas_key_t *key = &device->keys[i];
        if (godwit_eas_key_is_set(key) && (key->used || !used) && (newest == NULL || key->order > newest->order)) {
            newest = key;
        }
    }
    return newest;
}

godwit_eas_key_t *godwit_eas_key_of_order(godwit_eas_device_t *device, uint32_t order)
{
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        if (godwit_eas_key_is_set(&device->keys[i]) && device->keys[i].order == order) {
            return &device->keys[i];
        }
    }
    return NULL;
}

godwit_status_t godwit_eas_key_make(const godwit_eas_device_t *device, godwit_eas_key_t *key)
{
    const godwit_framing_t framing = {device->path.session_octets, device->path.counter_octets};
    const uint32_t session_id = framing.session_octets > 0 ? device->path.session_id : 0;
    return godwit_emsdp_key_init(device->crypto, &key->plane, key->k_e2e, key->terms.suite, key->terms.key_id, framing,
                                 session_id, key->terms.age, GODWIT_END_NETWORK);
}

static godwit_status_t check(const godwit_eas_grant_t *grant)
{
    const godwit_e2e_path_t *path = &grant->path;
    const godwit_e2e_terms_t *terms = &grant->terms;
    if (memchr(path->hse, '\0', sizeof path->hse) == NULL ||
        !godwit_fqdn_is_canonical(godwit_slice_of_string(path->hse)) || path->imsi.len < GODWIT_IMSI_DIGITS_MIN ||
        path->imsi.len > GODWIT_IMSI_DIGITS_MAX || terms->age == 0 || terms->key_id == 0 || terms->key_id > KEY_IDS) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (godwit_suite(terms->suite) == NULL) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    return godwit_service_allows(terms->service, terms->suite) ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
}

static bool same_path(const godwit_e2e_path_t *a, const godwit_e2e_path_t *b)
{
    return godwit_imsi_equal(&a->imsi, &b->imsi) && strcmp(a->hse, b->hse) == 0 && a->session_id == b->session_id &&
           a->session_octets == b->session_octets && a->counter_octets == b->counter_octets;
}

static bool is_that_key(const godwit_eas_key_t *key, const godwit_eas_grant_t *grant)
{
    return key->terms.age == grant->terms.age && key->terms.key_id == grant->terms.key_id &&
           godwit_equal_secret(key->k_e2e, grant->k_e2e, sizeof key->k_e2e);
}

/* How little a key would be missed. A Key ID is one key's alone. Then: an empty place; one that was replaced, the
 * oldest first; one that was never used though another came after it, for a device takes the last one that it is
 * told. */
static unsigned room(const godwit_eas_device_t *device, const godwit_eas_key_t *key, uint8_t key_id)
{
    const godwit_eas_key_t *current = godwit_eas_newest(device, true);
    if (godwit_eas_key_is_set(key) && key->terms.key_id == key_id) {
        return 4;
    }
    if (!godwit_eas_key_is_set(key)) {
        return 3;
    }
    if (current != NULL && key->order < current->order) {
        return 2;
    }
    return key == current ? 0 : 1;
}

static godwit_eas_key_t *place_for(godwit_eas_device_t *device, uint8_t key_id)
{
    godwit_eas_key_t *best = &device->keys[0];
    for (size_t i = 1; i < GODWIT_EAS_KEYS; i++) {
        godwit_eas_key_t *key = &device->keys[i];
        const unsigned there = room(device, key, key_id), here = room(device, best, key_id);
        if (there > here || (there == here && key->order < best->order)) {
            best = key;
        }
    }
    return best;
}

static godwit_status_t put(godwit_eas_device_t *device, const godwit_eas_grant_t *grant)
{
    godwit_eas_key_t key = {
        .terms = grant->terms, .agreed_s = grant->agreed_s, .until_s = GODWIT_EAS_NEVER, .order = device->order + 1};
    memcpy(key.k_e2e, grant->k_e2e, sizeof key.k_e2e);
    const godwit_status_t status =
        device->order == UINT32_MAX ? GODWIT_COUNT_EXHAUSTED : godwit_eas_key_make(device, &key);
    if (status == GODWIT_OK) {
        *place_for(device, grant->terms.key_id) = key;
        device->order++;
        device->overlap_s = grant->overlap_s;
    }
    godwit_wipe(&key, sizeof key);
    return status;
}

godwit_status_t godwit_eas_begin(godwit_eas_device_t *device, const godwit_crypto_t *crypto,
                                 const godwit_eas_grant_t *grant)
{
    godwit_wipe(device, sizeof *device);
    godwit_status_t status = check(grant);
    if (status == GODWIT_OK) {
        device->crypto = crypto;
        device->path = grant->path;
        status = put(device, grant);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(device, sizeof *device);
    }
    return status;
}

godwit_status_t godwit_eas_take(godwit_eas_device_t *device, const godwit_eas_grant_t *grant)
{
    const godwit_eas_key_t *newest = godwit_eas_newest(device, false);
    const godwit_status_t status = check(grant);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!same_path(&device->path, &grant->path)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        if (is_that_key(&device->keys[i], grant)) {
            return GODWIT_OK;
        }
    }
    /* Either alone proves nothing: a new key set begins at age 1 again, and the EESE's clock may have been set back. */
    const bool earlier = newest != NULL && grant->agreed_s < newest->agreed_s && grant->terms.age <= newest->terms.age;
    return earlier ? GODWIT_REPLAY : put(device, grant);
}

void godwit_eas_wipe(godwit_eas_device_t *device)
{
    godwit_wipe(device, sizeof *device);
}

bool godwit_eas_is_empty(const godwit_eas_device_t *device)
{
    return godwit_eas_newest(device, false) == NULL;
}
