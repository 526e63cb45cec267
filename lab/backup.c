/* SPDX-License-Identifier: Apache-2.0
 *
 * A store that is put back to an older state, as from a backup: with what `godwit store restored` does to it, by its
 * own code, or without. And which of the watcher's checks do not hold then (docs/lab.md): no other may be passed over.
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/store/store.h"
#include "lab/internal.h"

#define TICKS_PER_SECOND 10

/* ---- the records of a function, as the tool sees a store ---- */

typedef struct over {
    godwit_store_t store;
    lab_store_t *records;
} over_t;

static lab_store_t *of(godwit_store_t *store)
{
    return ((over_t *)store)->records;
}

static godwit_status_t begin_or_commit(godwit_store_t *store)
{
    (void)store;
    return GODWIT_OK;
}

static void rollback(godwit_store_t *store)
{
    (void)store;
}

static godwit_status_t put(godwit_store_t *store, const godwit_record_t *record)
{
    lab_store_put(of(store), record, true);
    return GODWIT_OK;
}

static godwit_status_t fetch(godwit_store_t *store, const godwit_record_key_t *key, godwit_record_t *record)
{
    const godwit_record_t *found = lab_store_find(of(store), key, true);
    if (found == NULL) {
        return GODWIT_NOT_FOUND;
    }
    *record = *found;
    return GODWIT_OK;
}

static godwit_status_t take_away(godwit_store_t *store, const godwit_record_key_t *key)
{
    const bool there = lab_store_find(of(store), key, true) != NULL;
    lab_store_delete(of(store), key, true);
    return there ? GODWIT_OK : GODWIT_NOT_FOUND;
}

/* In the order that they stand there, which no put changes. */
static godwit_status_t list(godwit_store_t *store, godwit_record_kind_t kind, const godwit_record_key_t *after,
                            size_t limit, godwit_store_visit_t *visit, void *context)
{
    const lab_store_t *records = of(store);
    bool begun = after == NULL, more = true;
    size_t seen = 0;
    for (size_t i = 0; i < records->durable_count && more && (limit == 0 || seen < limit); i++) {
        const godwit_record_t *record = &records->durable[i];
        const godwit_record_key_t key = godwit_record_key_of(record);
        if (record->kind == kind && begun) {
            seen++;
            more = visit(context, record);
        }
        begun = begun || godwit_record_key_equal(&key, after);
    }
    return GODWIT_OK;
}

static void make_safe(godwit_world_t *w, lab_store_t *records)
{
    static const godwit_store_backend_t backend = {.begin = begin_or_commit,
                                                   .commit = begin_or_commit,
                                                   .rollback = rollback,
                                                   .put = put,
                                                   .remove = take_away,
                                                   .fetch = fetch,
                                                   .list = list};
    over_t over = {.store = {.backend = &backend}, .records = records};
    godwit_restored_t done;
    if (godwit_store_after_restore(&over.store, w->now_ms / 1000, TICKS_PER_SECOND, &done) != GODWIT_OK) {
        lab_violate(w, "a store that is not made safe after its backup was put back");
    }
}

/* ---- the backup ---- */

void lab_backup_take(godwit_world_t *w, unsigned node)
{
    lab_backup_t *b = &w->backup;
    const lab_store_t *store = &w->functions[node].store;
    lab_store_free(&b->store);
    memset(b, 0, sizeof *b);
    lab_store_init(&b->store, store->capacity);
    memcpy(b->store.durable, store->durable, store->durable_count * sizeof *store->durable);
    b->store.durable_count = store->durable_count;
    b->store.durable_number = store->durable_number;
    b->store.durable_trigger = store->durable_trigger;
    b->node = node;
    b->taken = true;
}

void lab_backup_put_back(godwit_world_t *w, bool restored)
{
    lab_backup_t *b = &w->backup;
    lab_store_t *store = &w->functions[b->node].store;
    if (!b->taken || w->functions[b->node].down) {
        return;
    }
    godwit_world_power_loss(w, b->node);
    memcpy(store->durable, b->store.durable, b->store.durable_count * sizeof *store->durable);
    store->durable_count = b->store.durable_count;
    store->durable_number = b->store.durable_number;
    store->durable_trigger = b->store.durable_trigger;
    b->put_back = restored ? LAB_PUT_BACK_SAFE : LAB_PUT_BACK_RAW;
    b->put_back_ms = w->now_ms + LAB_DOWN_MS;
    if (restored) {
        make_safe(w, store);
    }
    lab_store_power_loss(store);
    if (b->node == GODWIT_WORLD_EESE && w->functions[GODWIT_WORLD_EAS].present) {
        godwit_world_power_loss(w, GODWIT_WORLD_EAS); /* its operator starts it again: docs/e2e.md, "After a backup" */
    }
    if (b->node == GODWIT_WORLD_HSS) {
        lab_set_free(&w->sqns); /* a SEQ comes again with another RAND, and a card takes one of the two (docs/sqn.md) */
    }
}

/* ---- what does not hold then ---- */

#define AT(kind) (1u << GODWIT_WORLD_##kind)
#define ENDPOINTS (AT(HSE) | AT(EMSE) | AT(MTC))
#define ANY UINT32_MAX

/* Whose store it must be: where `godwit store restored` was run, and where it was not. */
static const struct {
    const char *what;
    uint32_t safe, raw;
} excused[] = {
    /* a key of GBA or AKMA that the home has no more: the owner of a real device gets another */
    {"a device that gets nothing through when all is well again", AT(BSF) | AT(AANF), ANY},
    {"a trigger that waits although its device is well", 0, ANY},
    {"a trigger whose source never hears what became of it", 0, ANY},
    {"a trigger that is gone, and nobody has ended it", 0, ANY},
    /* a MKEF gives the key of a device's newest first datagram again (docs/mkef.md) */
    {"a COUNT used twice with one key", AT(MTC), ENDPOINTS | AT(EMKS) | AT(HSS) | AT(EAS) | AT(MTC_IWF)},
    {"a reading delivered twice", AT(MTC), ENDPOINTS | AT(EAS)},
    {"a K_session handed out twice", 0, AT(EMKS) | AT(HSS)},
    /* then one K_session is in two sessions of an endpoint, and the watcher keeps one address of it */
    {"a datagram under a key that its sender never had", 0, AT(EMKS) | AT(HSS)},
    {"a recall confirmed of a trigger that was acted on", 0, AT(MTC_IWF)},
    {"a report says that a trigger expired, and the application has acted on it", 0, AT(MTC_IWF)},
    {"an age given twice by the owner of its key set", 0, AT(EMKS) | AT(HSS)},
};

bool lab_is_excused(const godwit_world_t *w, const char *what)
{
    const lab_backup_t *b = &w->backup;
    for (size_t i = 0; b->put_back != LAB_NOT_PUT_BACK && i < sizeof excused / sizeof excused[0]; i++) {
        const uint32_t nodes = b->put_back == LAB_PUT_BACK_SAFE ? excused[i].safe : excused[i].raw;
        if ((nodes >> b->node & 1u) != 0 && strcmp(excused[i].what, what) == 0) {
            return true;
        }
    }
    return false;
}

bool lab_is_of_lost_life(const godwit_world_t *w, uint64_t asked_ms)
{
    const lab_backup_t *b = &w->backup;
    return b->put_back != LAB_NOT_PUT_BACK && b->node == GODWIT_WORLD_MTC_IWF && asked_ms <= b->put_back_ms;
}
