/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen to readings and records; and to the vector of a following session: that somebody who cannot
 * prove its keys costs the device its record, or that one that was consumed comes back.
 */
#include <string.h>

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

void lab_check_armed(godwit_world_t *w, unsigned device)
{
    const godwit_access_next_t *n = &w->devices[device].access.next;
    if (!n->armed || n->frame_len == 0) {
        return;
    }
    const godwit_slice_t root = godwit_slice(n->found.root, sizeof n->found.root);
    uint8_t both[32 + GODWIT_ACCESS_FRAME_MAX];
    memcpy(both, root.ptr, root.len);
    memcpy(both + root.len, n->frame, n->frame_len);
    bool first_of_it = lab_set_add(&w->armed, root);
    bool another = lab_set_add(&w->armed, godwit_slice(both, root.len + n->frame_len));
    if (another && !first_of_it) {
        lab_violate(w, "the keys of a stored vector protect two attaches");
    }
    godwit_wipe(both, sizeof both);
}

/* ---- readings ---- */

void lab_check_plain_reading(godwit_world_t *w, const godwit_imsi_t *imsi, godwit_slice_t payload)
{
    for (uint32_t i = 0; i < w->reading_count; i++) {
        lab_reading_t *r = &w->readings[i];
        godwit_imsi_t own = lab_imsi(r->device);
        if (godwit_slice_equal(payload, godwit_slice_of_string(r->text))) {
            if ((imsi != NULL && !godwit_imsi_equal(&own, imsi)) || !r->handed_over) {
                lab_violate(w, "a reading in the name of another device");
            }
            if (r->delivered++ > 0) {
                lab_violate(w, "a reading delivered twice");
            }
            return;
        }
    }
    lab_violate(w, "a reading delivered that nobody sent");
}

void lab_check_reading(godwit_world_t *w, const godwit_reading_t *reading)
{
    lab_check_plain_reading(w, &reading->imsi, reading->payload);
}

/* ---- records ---- */

void lab_check_commit(godwit_world_t *w, unsigned node, const godwit_record_t *record)
{
    godwit_record_key_t key = godwit_record_key_of(record);
    const godwit_record_t *before = lab_store_find(&w->functions[node].store, &key, true);
    lab_check_contact_commit(w, before, record);
    lab_check_trigger_commit(w, before, record);
    lab_check_e2e_commit(w, node, before, record);
    if (before == NULL) {
        return;
    }
    if (record->kind == GODWIT_RECORD_SUBSCRIBER) {
        const godwit_subscriber_record_t *a = &before->u.subscriber, *b = &record->u.subscriber;
        if (!b->resynchronised && (b->seq_he < a->seq_he || b->dif != a->dif)) {
            lab_violate(w, "a SEQ of the HSS that went back");
        }
    } else if (record->kind == GODWIT_RECORD_KEY_SET) {
        const godwit_key_set_record_t *a = &before->u.key_set, *b = &record->u.key_set;
        if (b->vector_number < a->vector_number ||
            (b->vector_number == a->vector_number && b->generation < a->generation) ||
            (b->former.vector_number == a->vector_number && b->former.generation < a->generation) ||
            (b->former.vector_number == a->former.vector_number && b->former.generation < a->former.generation)) {
            lab_violate(w, "a generation that went back");
        }
    }
}
