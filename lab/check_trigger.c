/* SPDX-License-Identifier: Apache-2.0
 *
 * What must never happen to associations: a number or a COUNT that goes back, two messages under one key and COUNT.
 */
#include <string.h>

#include "lab/internal.h"

static bool waits(const godwit_record_t *record, const godwit_imsi_t *imsi)
{
    const godwit_trigger_record_t *t = &record->u.trigger;
    return record->kind == GODWIT_RECORD_TRIGGER && t->action.action != GODWIT_ACTION_RECALL &&
           (t->state == GODWIT_TRIGGER_WAITING || t->state == GODWIT_TRIGGER_SENT) && godwit_imsi_equal(&t->imsi, imsi);
}

/* Recalls make the queue of a device shorter, and are let in. */
static void check_quota(godwit_world_t *w, const godwit_record_t *before, const godwit_record_t *after)
{
    const lab_store_t *store = &w->functions[GODWIT_WORLD_MTC_IWF].store;
    const uint8_t quota = w->config.trigger.device_quota;
    unsigned count = 1;
    if (quota == 0 || before != NULL || !waits(after, &after->u.trigger.imsi)) {
        return;
    }
    for (size_t i = 0; i < store->durable_count; i++) {
        count += waits(&store->durable[i], &after->u.trigger.imsi);
    }
    if (count > quota) {
        lab_violate(w, "more triggers wait for a device than its quota lets in");
    }
}

void lab_check_trigger_commit(godwit_world_t *w, const godwit_record_t *before, const godwit_record_t *after)
{
    check_quota(w, before, after);
    if (after->kind == GODWIT_RECORD_IWF_ROOT) {
        lab_learn_association(w, &after->u.iwf_root.imsi, after->u.iwf_root.association);
    }
    if (after->kind != GODWIT_RECORD_ASSOCIATION) {
        return;
    }
    lab_learn_association(w, &after->u.association.imsi, after->u.association.last_number);
    const godwit_association_record_t *a = before == NULL ? NULL : &before->u.association, *b = &after->u.association;
    if (a == NULL) {
        return;
    }
    if (b->last_number < a->last_number || b->current.number < a->current.number) {
        lab_violate(w, "a number of an association that went back");
    }
    if (b->current.number == a->current.number &&
        (b->current.next_down < a->current.next_down || b->current.up_highest < a->current.up_highest)) {
        lab_violate(w, "a COUNT of an association that went back");
    }
}

/* Which of the associations that this end has the message is of. */
static uint32_t number_of(const godwit_world_t *w, unsigned device, bool down, uint8_t key_id)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_ASSOCIATION, .imsi = lab_imsi(device)};
    const godwit_trigger_t *t = &w->devices[device].trigger.library;
    lab_store_t *store = (lab_store_t *)(uintptr_t)&w->functions[GODWIT_WORLD_MTC_IWF].store;
    const godwit_record_t *record = lab_store_find(store, &key, false);
    const uint32_t numbers[2] = {down ? (record == NULL ? 0 : record->u.association.current.number) : t->current.number,
                                 down ? (record == NULL ? 0 : record->u.association.next.number) : t->former.number};
    for (size_t i = 0; i < 2; i++) {
        if (numbers[i] != 0 && godwit_a3_key_id(numbers[i]) == key_id) {
            return numbers[i];
        }
    }
    return 0;
}

void lab_check_a3(godwit_world_t *w, unsigned device, bool down, godwit_slice_t octets)
{
    godwit_a3_header_t header;
    godwit_a3_command_t command;
    uint8_t place[14] = {'A', down};
    if (octets.len == 0 || (down && godwit_a3_is_cookie_answer(octets))) {
        return;
    }
    if (godwit_a3_is_cookie_answer(octets) && octets.len > GODWIT_A3_COOKIE_PART) { /* up, a cookie goes first */
        octets = godwit_slice(octets.ptr + GODWIT_A3_COOKIE_PART, octets.len - GODWIT_A3_COOKIE_PART);
    }
    if (godwit_a3_peek(octets, &header) != GODWIT_OK || godwit_a3_is_down(header.type) != down) {
        lab_violate(w, "a node sends what is no message of interface A3");
        return;
    }
    uint32_t number = header.key_id == 0 ? 0 : number_of(w, device, down, header.key_id);
    if (godwit_a3_command_peek(octets, &command) ==
        GODWIT_OK) { /* seven numbers on it has the key id of the one in use */
        number = command.association;
    }
    if (number == 0 || !lab_set_add(&w->sent, octets)) {
        return; /* not protected, under keys that are gone, or said again */
    }
    godwit_store_u32(place + 2, device);
    godwit_store_u32(place + 6, number);
    godwit_store_u32(place + 10, header.count);
    if (!lab_set_add(&w->counts, godwit_slice(place, sizeof place))) {
        lab_violate(w, "a COUNT used twice with one key");
    }
}

static void check_for(godwit_world_t *w, const godwit_imsi_t *imsi, const uint8_t *octets, size_t len)
{
    for (unsigned i = 0; i < w->config.devices; i++) {
        const godwit_imsi_t own = lab_imsi(i);
        if (godwit_imsi_equal(&own, imsi)) {
            lab_check_a3(w, i, true, godwit_slice(octets, len));
        }
    }
}

/* The stranger serves no device, whatever it says. */
static void check_key_holder(godwit_world_t *w, const godwit_message_t *m)
{
    const bool key =
        m->kind == GODWIT_IWF_KEY_REQUEST || (m->kind == GODWIT_T5_DOWN && m->u.t5_down.kind == GODWIT_T5_UE_KEY);
    const godwit_trigger_node_t *to = m->kind == GODWIT_T5_DOWN ? &m->u.t5_down.to : &m->u.iwf_key_request.to;
    if (key && strcmp(to->host, lab_host(GODWIT_WORLD_STRANGER)) == 0) {
        lab_violate(w, "a key asked of, or given to, a node that does not serve the device");
    }
}

void lab_check_trigger_message(godwit_world_t *w, unsigned node, const godwit_message_t *m)
{
    if (node != GODWIT_WORLD_MTC_IWF) {
        return;
    }
    check_key_holder(w, m);
    if (m->kind == GODWIT_T5_DOWN && m->u.t5_down.kind == GODWIT_T5_CONTAINER) {
        check_for(w, &m->u.t5_down.imsi, m->u.t5_down.container, m->u.t5_down.container_len);
    } else if (m->kind == GODWIT_T4_TRIGGER && m->u.t4_trigger.action != 1) {
        check_for(w, &m->u.t4_trigger.imsi, m->u.t4_trigger.container, m->u.t4_trigger.container_len);
    }
}
