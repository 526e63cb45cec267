/* SPDX-License-Identifier: Apache-2.0
 *
 * A store that was restored from a backup is in the past: the COUNTs, generations and ticks that stand in it as unused
 * may have been used since. None of them may be used again, so sessions go, key sets and clock skip. In one batch: a
 * store is made safe whole or not at all.
 */
#include "adapters/store/store.h"

#include <string.h>

#define AT_ONCE 256                    /* records between two listings */
#define SKIP (UINT64_C(1) << 32)       /* vectors: more than any subscriber sees between two backups */
#define SKIP_ASSOCIATIONS (1U << 16)   /* numbers of a device */
#define REFERENCES (UINT64_C(1) << 20) /* triggers: more than come between two backups */
#define NUMBER_MAX (UINT64_MAX / 4)    /* SQLite's integers have a sign */
#define CLOCK_MARGIN_S UINT64_C(3600)  /* past what the lost life had reserved ahead */

typedef struct keys {
    godwit_record_key_t key[AT_ONCE];
    size_t count;
} keys_t;

static bool collect(void *context, const godwit_record_t *record)
{
    keys_t *keys = context;
    keys->key[keys->count++] = godwit_record_key_of(record);
    return keys->count < AT_ONCE;
}

/* Uplink windows would take again what came since, downlink COUNTs would be used twice; vectors of following sessions
 * that have been consumed would be taken again; bootstrappings and anchor keys that have since been replaced or taken
 * away would be good again. */
static godwit_status_t remove_all(godwit_store_t *store, godwit_record_kind_t kind, uint64_t *count)
{
    keys_t keys;
    godwit_status_t status = GODWIT_OK;
    do {
        keys.count = 0;
        status = godwit_store_list(store, kind, NULL, AT_ONCE, collect, &keys);
        for (size_t i = 0; i < keys.count && status == GODWIT_OK; i++) {
            status = godwit_store_remove(store, &keys.key[i]);
        }
        *count += keys.count;
    } while (status == GODWIT_OK && keys.count > 0);
    return status;
}

/* Its keys are gone, and its number is one that nobody was told: the next request brings a new vector. */
static godwit_status_t skip_key_set(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK) {
        godwit_key_set_record_t *k = &record.u.key_set;
        k->vector_number = k->vector_number < NUMBER_MAX ? k->vector_number + SKIP : k->vector_number + 1;
        k->confirmed = true;
        if (godwit_agreement_has_reference((uint8_t)k->agreement) && k->created_ms < now_s * 1000) {
            k->created_ms = now_s * 1000; /* a bootstrapping of the lost life would begin its generations again */
        }
        memset(k->rand, 0, sizeof k->rand);
        memset(k->autn, 0, sizeof k->autn);
        godwit_wipe(k->e2m_keyset, sizeof k->e2m_keyset);
        godwit_wipe(&k->former, sizeof k->former);
        godwit_wipe(&k->parked, sizeof k->parked);
        status = godwit_store_put(store, &record);
    }
    godwit_wipe(&record, sizeof record);
    return status;
}

/* Its counter and chain are of the past, and datagrams that came since would be taken again: nobody is let in before
 * the operator has released it, above a counter that he knows was not used (docs/mkef.md). */
static godwit_status_t hold_contact(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    (void)now_s;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK && !record.u.mtc_contact.held) {
        record.u.mtc_contact.held = true;
        status = godwit_store_put(store, &record);
    }
    godwit_wipe(&record, sizeof record);
    return status;
}

/* Calls change for each record of that kind. */
static godwit_status_t change_all(godwit_store_t *store, godwit_record_kind_t kind,
                                  godwit_status_t (*change)(godwit_store_t *, const godwit_record_key_t *, uint64_t),
                                  uint64_t now_s, uint64_t *count)
{
    keys_t keys;
    godwit_record_key_t after;
    bool first = true;
    godwit_status_t status = GODWIT_OK;
    do {
        keys.count = 0;
        status = godwit_store_list(store, kind, first ? NULL : &after, AT_ONCE, collect, &keys);
        for (size_t i = 0; i < keys.count && status == GODWIT_OK; i++) {
            status = change(store, &keys.key[i], now_s);
            after = keys.key[i];
            first = false;
        }
        *count += keys.count;
    } while (status == GODWIT_OK && keys.count > 0);
    return status;
}

/* ---- device triggering ---- */

/* Numbers: more than a device's associations between two backups, and few enough that the other end still follows
 * (godwit_association_after). */
static uint32_t skip_numbers(uint32_t last)
{
    return last > UINT32_MAX - SKIP_ASSOCIATIONS ? UINT32_MAX : last + SKIP_ASSOCIATIONS;
}

/* COUNTs that stand as unused under its K_iwf may have been used since, and what the device has sent would be taken
 * again: the association goes, and its number and all that may have come after it are never used again. */
static godwit_status_t end_association(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    (void)now_s;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK) {
        godwit_association_record_t *a = &record.u.association;
        a->last_number = skip_numbers(a->last_number);
        godwit_wipe(&a->current, sizeof a->current);
        godwit_wipe(&a->next, sizeof a->next);
        a->command_len = 0;
        status = godwit_store_put(store, &record);
    }
    godwit_wipe(&record, sizeof record);
    return status;
}

/* The same for devices that the backup does not know: the record without an IMSI, which the store answers with for
 * those that have none. */
static godwit_status_t skip_unknown_devices(godwit_store_t *store)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_ASSOCIATION};
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, &key, &record);
    if (status == GODWIT_NOT_FOUND) {
        memset(&record, 0, sizeof record);
        record.kind = GODWIT_RECORD_ASSOCIATION;
        status = GODWIT_OK;
    }
    if (status == GODWIT_OK) {
        record.u.association.last_number = skip_numbers(record.u.association.last_number);
        status = godwit_store_put(store, &record);
    }
    return status;
}

/* The roots stay: K_iwf of a number that was never used is a new key. */
static godwit_status_t skip_root(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    (void)now_s;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK) {
        record.u.iwf_root.association = skip_numbers(record.u.iwf_root.association);
        status = godwit_store_put(store, &record);
    }
    godwit_wipe(&record, sizeof record);
    return status;
}

/* Whether it was delivered since is not known, and it must not be delivered twice: its source is told so, and
 * decides. */
static godwit_status_t end_trigger(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK && record.u.trigger.state <= GODWIT_TRIGGER_SENT) {
        record.u.trigger.state = GODWIT_TRIGGER_REPORTING;
        record.u.trigger.outcome = GODWIT_OUTCOME_UNCONFIRMED;
        record.u.trigger.due_ms = now_s * 1000;
        status = godwit_store_put(store, &record);
    }
    return status;
}

/* The number of a trigger is its reference at the device, which acts on none twice: those of triggers that are lost
 * with the lost life may not come again. The store remembers the highest there was, also of one that is gone. */
static godwit_status_t skip_references(godwit_store_t *store)
{
    const godwit_record_key_t tally = {.kind = GODWIT_RECORD_TRIGGER_TALLY, .octets = {1}};
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, &tally, &record);
    if (status != GODWIT_OK) {
        return status;
    }
    const uint64_t highest = record.u.trigger_tally.highest;
    memset(&record, 0, sizeof record);
    record.kind = GODWIT_RECORD_TRIGGER;
    record.u.trigger.source_key[0] = 1;
    record.u.trigger.state = GODWIT_TRIGGER_CLOSED;
    record.u.trigger.number = highest < NUMBER_MAX ? highest + REFERENCES : highest + 1;
    const godwit_record_key_t key = godwit_record_key_of(&record);
    status = godwit_store_put(store, &record);
    return status == GODWIT_OK ? godwit_store_remove(store, &key) : status;
}

/* What this source has given since the backup may not be given again. */
static godwit_status_t skip_given(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    (void)now_s;
    const godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status != GODWIT_OK) {
        return status;
    }
    uint32_t *reserved = &record.u.scs_source.reserved;
    *reserved = *reserved > UINT32_MAX - (uint32_t)REFERENCES ? UINT32_MAX : *reserved + (uint32_t)REFERENCES;
    return godwit_store_put(store, &record);
}

/* It may have been answered and reported since, and be forgotten at the MTC-IWF: asked again it would be another. Its
 * operator sees that nobody knows. */
static godwit_status_t ask_no_more(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK && record.u.scs_trigger.trigger.state == GODWIT_SCS_ASKED) {
        record.u.scs_trigger.trigger.state = GODWIT_SCS_SILENT;
        record.u.scs_trigger.trigger.done_ms = now_s * 1000;
        status = godwit_store_put(store, &record);
    }
    godwit_wipe(&record, sizeof record);
    return status;
}

static godwit_status_t after_asking(godwit_store_t *store, uint64_t now_s)
{
    uint64_t sources = 0, asked = 0;
    const godwit_status_t status = change_all(store, GODWIT_RECORD_SCS_SOURCE, skip_given, now_s, &sources);
    return status == GODWIT_OK ? change_all(store, GODWIT_RECORD_SCS_TRIGGER, ask_no_more, now_s, &asked) : status;
}

static bool count_pending(void *context, const godwit_record_t *record)
{
    *(uint64_t *)context += record->u.trigger.state <= GODWIT_TRIGGER_SENT ? 1 : 0;
    return true;
}

static godwit_status_t after_triggers(godwit_store_t *store, uint64_t now_s, godwit_restored_t *done)
{
    uint64_t roots = 0, triggers = 0;
    godwit_status_t status = change_all(store, GODWIT_RECORD_ASSOCIATION, end_association, now_s, &done->associations);
    status = status == GODWIT_OK ? skip_unknown_devices(store) : status;
    status = status == GODWIT_OK ? change_all(store, GODWIT_RECORD_IWF_ROOT, skip_root, now_s, &roots) : status;
    status = status == GODWIT_OK
                 ? godwit_store_list(store, GODWIT_RECORD_TRIGGER, NULL, 0, count_pending, &done->triggers)
                 : status;
    status = status == GODWIT_OK ? change_all(store, GODWIT_RECORD_TRIGGER, end_trigger, now_s, &triggers) : status;
    return status == GODWIT_OK ? skip_references(store) : status;
}

/* ---- keys end to end ---- */

/* The key that stands here may have been given since, and ages above the last: none of it is given now, and the next
 * age is asked for at once. Its owner knows which that is, and where its own store went back, too, the key set is gone
 * and a new AKA run comes of it. */
static godwit_status_t end_age(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK && !record.u.e2e_session.closed) {
        godwit_e2e_session_record_t *s = &record.u.e2e_session;
        godwit_wipe(s->k_e2e, sizeof s->k_e2e);
        s->with_eas = true;
        s->agreed_ms = 0;
        s->ask_ms = 0;
        s->due_ms = now_s * 1000;
        status = godwit_store_put(store, &record);
    }
    godwit_wipe(&record, sizeof record);
    return status;
}

/* Replay windows would take again what came since, downlink COUNTs would be used twice: keys and windows go, and the
 * EAS asks for the next age. */
static godwit_status_t lose_eas_session(godwit_store_t *store, const godwit_record_key_t *key, uint64_t now_s)
{
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, key, &record);
    if (status == GODWIT_OK) {
        godwit_wipe(record.u.eas_session.octets, sizeof record.u.eas_session.octets);
        record.u.eas_session.len = 0;
        record.u.eas_session.due_ms = now_s * 1000;
        status = godwit_store_put(store, &record);
    }
    godwit_wipe(&record, sizeof record);
    return status;
}

static godwit_status_t after_end_to_end(godwit_store_t *store, uint64_t now_s, uint64_t *sessions)
{
    const godwit_status_t status = change_all(store, GODWIT_RECORD_E2E_SESSION, end_age, now_s, sessions);
    return status == GODWIT_OK ? change_all(store, GODWIT_RECORD_EAS_SESSION, lose_eas_session, now_s, sessions)
                               : status;
}

/* Readings wait on: a destination may get them again, and knows them by their numbers. So those numbers must not be
 * given to others, and are skipped: one for each microsecond that has been, more than any node gives. A message for a
 * device may have been sent: it is not sent again. */
static godwit_status_t skip_number(godwit_store_t *store, godwit_record_kind_t kind, uint64_t number)
{
    godwit_record_t record;
    memset(&record, 0, sizeof record);
    record.kind = kind;
    if (kind == GODWIT_RECORD_READING) {
        record.u.reading.number = number;
    } else {
        record.u.downlink.number = number;
    }
    const godwit_record_key_t key = godwit_record_key_of(&record);
    godwit_status_t status = godwit_store_put(store, &record);
    return status == GODWIT_OK ? godwit_store_remove(store, &key) : status;
}

static godwit_status_t after_deliveries(godwit_store_t *store, uint64_t now_s)
{
    uint64_t downlinks = 0;
    const uint64_t number = now_s * 1000000;
    godwit_status_t status = remove_all(store, GODWIT_RECORD_DOWNLINK, &downlinks);
    status = status == GODWIT_OK ? skip_number(store, GODWIT_RECORD_READING, number) : status;
    return status == GODWIT_OK ? skip_number(store, GODWIT_RECORD_DOWNLINK, number) : status;
}

static godwit_status_t skip_clock(godwit_store_t *store, uint64_t now_s, uint64_t ticks_per_second)
{
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_CLOCK};
    uint64_t past = (now_s + CLOCK_MARGIN_S) * ticks_per_second;
    godwit_record_t record;
    godwit_status_t status = godwit_store_fetch(store, &key, &record);
    if (status == GODWIT_OK && record.u.clock.mark < past) {
        record.u.clock.mark = past;
        status = godwit_store_put(store, &record);
    }
    return status == GODWIT_NOT_FOUND ? GODWIT_OK : status; /* no subscriber's SQN follows the time */
}

godwit_status_t godwit_store_after_restore(godwit_store_t *store, uint64_t now_s, uint64_t ticks_per_second,
                                           godwit_restored_t *done)
{
    uint64_t others = 0, contacts = 0;
    memset(done, 0, sizeof *done);
    godwit_status_t status = godwit_store_begin(store);
    if (status != GODWIT_OK) {
        return status;
    }
    status = remove_all(store, GODWIT_RECORD_SESSION, &done->sessions);
    status = status == GODWIT_OK ? remove_all(store, GODWIT_RECORD_NEXT_SESSION, &others) : status;
    status = status == GODWIT_OK ? remove_all(store, GODWIT_RECORD_BOOTSTRAP, &others) : status;
    status = status == GODWIT_OK ? remove_all(store, GODWIT_RECORD_AKMA, &others) : status;
    status =
        status == GODWIT_OK ? change_all(store, GODWIT_RECORD_KEY_SET, skip_key_set, now_s, &done->key_sets) : status;
    status =
        status == GODWIT_OK ? change_all(store, GODWIT_RECORD_MTC_CONTACT, hold_contact, now_s, &contacts) : status;
    status = status == GODWIT_OK ? after_triggers(store, now_s, done) : status;
    status = status == GODWIT_OK ? after_asking(store, now_s) : status;
    status = status == GODWIT_OK ? after_end_to_end(store, now_s, &done->end_to_end) : status;
    status = status == GODWIT_OK ? after_deliveries(store, now_s) : status;
    status = status == GODWIT_OK ? skip_clock(store, now_s, ticks_per_second) : status;
    if (status == GODWIT_OK) {
        return godwit_store_commit(store);
    }
    godwit_store_rollback(store);
    return GODWIT_STORE_FAILED;
}
