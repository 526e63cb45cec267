/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen to the vector of a following session: that somebody who cannot prove its keys costs the device its record, or that one
 * that was consumed comes back.
 */
#include "lab/internal.h"

static const godwit_record_t *stored(const godwit_world_t *w, unsigned node, const godwit_record_key_t *key)
{
    return lab_store_find((lab_store_t *)(uintptr_t)&w->functions[node].store, key, true);
}

void lab_check_consumed(godwit_world_t *w, unsigned node, const godwit_outbox_t *out)
{
    for (size_t i = 0; i < out->count && w->is_bent; i++) {
        const godwit_request_t *r = &out->requests[i];
        if (r->kind == GODWIT_REQUEST_STORE_COMMIT && r->deleting && r->record_key.kind == GODWIT_RECORD_NEXT_SESSION &&
            stored(w, node, &r->record_key) != NULL) {
            lab_violate(w, "a vector of the following session consumed by who could not prove its keys");
        }
    }
}

void lab_check_spent(godwit_world_t *w, unsigned node, const godwit_record_key_t *key)
{
    const godwit_record_t *record = stored(w, node, key);
    if (record != NULL && record->kind == GODWIT_RECORD_NEXT_SESSION) {
        (void)lab_set_add(&w->spent, godwit_slice(record->u.next_session.rand, 16));
    }
}

void lab_check_next_commit(godwit_world_t *w, const godwit_record_t *record)
{
    if (record->kind == GODWIT_RECORD_NEXT_SESSION &&
        lab_set_has(&w->spent, godwit_slice(record->u.next_session.rand, 16))) {
        lab_violate(w, "a vector of the following session that was consumed comes back");
    }
}
