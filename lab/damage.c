/* SPDX-License-Identifier: Apache-2.0
 *
 * A row of a store that a flipped bit has made unreadable: a fetch of it fails, as the real store tells, and a search
 * for whichever comes first of a queue steps over it. Only its device may suffer.
 */
#include <string.h>

#include "lab/internal.h"

#define NOBODY UINT32_MAX

static const godwit_imsi_t *imsi_of(const godwit_record_t *record, godwit_record_key_t *key)
{
    switch (record->kind) {
    case GODWIT_RECORD_SESSION:
        return &record->u.session.imsi;
    case GODWIT_RECORD_NEXT_SESSION:
        return &record->u.next_session.imsi;
    case GODWIT_RECORD_TRIGGER:
        return &record->u.trigger.imsi;
    case GODWIT_RECORD_EAS_SESSION:
        return &record->u.eas_session.path.imsi;
    default:
        *key = godwit_record_key_of(record);
        return &key->imsi;
    }
}

static unsigned device_of(const godwit_world_t *w, const godwit_record_t *record)
{
    godwit_record_key_t key;
    const godwit_imsi_t *imsi = imsi_of(record, &key);
    for (unsigned i = 0; i < w->config.devices; i++) {
        const godwit_imsi_t own = lab_imsi(i);
        if (godwit_imsi_equal(&own, imsi)) {
            return i;
        }
    }
    return NOBODY;
}

bool lab_damage(godwit_world_t *w, unsigned node, uint32_t dice)
{
    lab_store_t *store = &w->functions[node].store;
    for (size_t i = 0; i < store->durable_count && !store->damaged; i++) {
        const godwit_record_t *record = &store->durable[(i + dice) % store->durable_count];
        const unsigned device = device_of(w, record);
        if (device != NOBODY) {
            store->damaged = true;
            store->damaged_key = godwit_record_key_of(record);
            w->suffers |= UINT32_C(1) << device;
        }
    }
    return store->damaged;
}

bool lab_suffers(const godwit_world_t *w, const godwit_imsi_t *imsi)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        const godwit_imsi_t own = lab_imsi(i);
        if ((w->suffers >> i & 1u) != 0 && godwit_imsi_equal(&own, imsi)) {
            return true;
        }
    }
    return false;
}

/* A search of a queue (adapters/store/sqlite_statement.c). */
static bool steps_over(const godwit_record_key_t *key)
{
    static const uint8_t none[sizeof key->octets];
    const bool unnamed = key->session_id == 0 && memcmp(key->octets, none, sizeof none) == 0;
    switch (key->kind) {
    case GODWIT_RECORD_TRIGGER:
        return unnamed;
    case GODWIT_RECORD_E2E_SESSION:
    case GODWIT_RECORD_EAS_SESSION:
        return unnamed && key->imsi.len == 0;
    default:
        return false;
    }
}

const godwit_record_t *lab_store_fetch(lab_store_t *store, const godwit_record_key_t *key, godwit_status_t *status)
{
    static const godwit_record_key_t unknown = {.kind = GODWIT_RECORD_ASSOCIATION};
    godwit_record_t *found = lab_store_find(store, key, false);
    const godwit_record_key_t own = found == NULL ? unknown : godwit_record_key_of(found);
    if (found != NULL && store->damaged && godwit_record_key_equal(&own, &store->damaged_key)) {
        const godwit_record_kind_t kind = found->kind;
        godwit_record_t *damaged = found;
        damaged->kind = 0;
        found = steps_over(key) ? lab_store_find(store, key, false) : NULL;
        damaged->kind = kind;
        *status = found != NULL ? GODWIT_OK : steps_over(key) ? GODWIT_NOT_FOUND : GODWIT_STORE_FAILED;
        return found;
    }
    if (found == NULL && key->kind == GODWIT_RECORD_ASSOCIATION) { /* after a backup one stands for all others */
        found = lab_store_find(store, &unknown, false);
    }
    *status = found != NULL ? GODWIT_OK : GODWIT_NOT_FOUND;
    return found;
}
