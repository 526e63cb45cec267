/* SPDX-License-Identifier: Apache-2.0
 *
 * The searches of triggers and their counts, for owners that keep records in memory; the store has indexes for them.
 */
#include <string.h>

#include "roles/record.h"

static bool has_octets(const godwit_record_key_t *key)
{
    static const uint8_t none[16];
    return memcmp(key->octets, none, sizeof none) != 0;
}

static bool is_wanted(const godwit_trigger_record_t *t, const godwit_record_key_t *key)
{
    if (has_octets(key)) {
        return t->action.reference == key->session_id && memcmp(t->source_key, key->octets, sizeof key->octets) == 0;
    }
    return key->imsi.len > 0 ? t->state == GODWIT_TRIGGER_WAITING && godwit_imsi_equal(&t->imsi, &key->imsi)
                             : t->due_ms <= key->at_ms;
}

/* Of a device by priority, of all by the time that they are due; then in the order of arrival. */
static bool is_before(const godwit_trigger_record_t *a, const godwit_trigger_record_t *b, bool of_device)
{
    if (of_device && a->action.priority != b->action.priority) {
        return a->action.priority;
    }
    if (!of_device && a->due_ms != b->due_ms) {
        return a->due_ms < b->due_ms;
    }
    return a->number < b->number;
}

const godwit_record_t *godwit_trigger_find(const godwit_record_t *records, size_t count, const godwit_record_key_t *key)
{
    const godwit_record_t *found = NULL;
    for (size_t i = 0; i < count; i++) {
        if (records[i].kind == GODWIT_RECORD_TRIGGER && is_wanted(&records[i].u.trigger, key) &&
            (found == NULL || is_before(&records[i].u.trigger, &found->u.trigger, key->imsi.len > 0))) {
            found = &records[i];
        }
    }
    return found;
}

static bool is_counted(const godwit_trigger_record_t *t, const godwit_record_key_t *key)
{
    return t->state <= GODWIT_TRIGGER_SENT &&
           (key->imsi.len > 0 ? godwit_imsi_equal(&t->imsi, &key->imsi)
                              : memcmp(t->source_key, key->octets, sizeof key->octets) == 0);
}

void godwit_trigger_count(const godwit_record_t *records, size_t count, const godwit_record_key_t *key,
                          godwit_record_t *tally)
{
    memset(tally, 0, sizeof *tally);
    tally->kind = GODWIT_RECORD_TRIGGER_TALLY;
    godwit_trigger_tally_record_t *t = &tally->u.trigger_tally;
    memcpy(t->source_key, key->octets, sizeof t->source_key);
    t->imsi = key->imsi;
    for (size_t i = 0; i < count; i++) {
        const godwit_trigger_record_t *trigger = &records[i].u.trigger;
        if (records[i].kind == GODWIT_RECORD_TRIGGER) {
            t->pending += is_counted(trigger, key);
            t->highest = trigger->number > t->highest ? trigger->number : t->highest;
        }
    }
}
