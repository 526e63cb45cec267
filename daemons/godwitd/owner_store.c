/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner and its store: one transaction a batch, begun with the first thing that is read for it.
 */
#include <sys/random.h>

#include "daemons/godwitd/owner_internal.h"

static void note_store(owner_t *o, const char *name)
{
    const godwit_event_t event = {
        .name = name, .reason = GODWIT_STORE_FAILED, .detail = godwit_store_why(o->config.store)};
    godwit_observe_event(o->config.observer, o->config.now_ms(), "godwitd", &event);
}

/* ---- needs ------------------------------------------------------------------------------------------------------- */

/* The store's batch begins with the first thing that is read for it, so that what was fetched is still true when it is
 * committed. */
static godwit_status_t open_transaction(owner_t *o)
{
    if (o->transaction) {
        return GODWIT_OK;
    }
    godwit_status_t status = godwit_store_begin(o->config.store);
    o->transaction = status == GODWIT_OK;
    if (status != GODWIT_OK) {
        note_store(o, "store_failed");
    }
    return status;
}

static void fetch(owner_t *o, godwit_input_t *input, const godwit_request_t *need)
{
    input->fetched_key = need->record_key;
    input->fetched = NULL;
    input->fetch_status = open_transaction(o);
    if (input->fetch_status == GODWIT_OK) {
        input->fetch_status = godwit_store_fetch(o->config.store, &need->record_key, &o->fetched);
    }
    if (input->fetch_status == GODWIT_OK) {
        input->fetched = &o->fetched;
    } else if (input->fetch_status != GODWIT_NOT_FOUND) {
        input->fetch_status = GODWIT_STORE_FAILED;
        note_store(o, "fetch_failed");
    }
}

bool owner_answer_need(owner_t *o, godwit_input_t *input, const godwit_request_t *need)
{
    if (need->kind == GODWIT_REQUEST_STORE_FETCH) {
        fetch(o, input, need);
        return true;
    }
    if (need->count > RANDOM_MAX || getrandom(o->random, need->count, 0) != (ssize_t)need->count) {
        return false;
    }
    input->random = godwit_slice(o->random, need->count);
    return true;
}

/* ---- commits ----------------------------------------------------------------------------------------------------- */

static godwit_record_key_t key_of(const godwit_request_t *request)
{
    return request->record != NULL ? godwit_record_key_of(request->record) : request->record_key;
}

static void remember_failure(owner_t *o, godwit_function_t function, const godwit_request_t *request)
{
    if (o->failures < FAILURES_MAX) {
        o->failed[o->failures++] = (failure_t){function, key_of(request)};
    }
}

static godwit_status_t commit_one(owner_t *o, const godwit_request_t *request)
{
    godwit_status_t status = open_transaction(o);
    if (status != GODWIT_OK) {
        return status;
    }
    if (request->deleting) {
        godwit_record_key_t key = key_of(request);
        status = godwit_store_remove(o->config.store, &key);
        status = status == GODWIT_NOT_FOUND ? GODWIT_OK : status;
    } else {
        status = godwit_store_put(o->config.store, request->record);
    }
    if (status != GODWIT_OK) {
        note_store(o, "commit_failed");
    }
    return status;
}

void owner_commit_slot(owner_t *o, slot_t *slot)
{
    slot->limit = slot->outbox.count;
    slot->committed = SIZE_MAX;
    for (size_t i = 0; i < slot->limit; i++) {
        const godwit_request_t *request = &slot->requests[i];
        if (request->kind != GODWIT_REQUEST_STORE_COMMIT) {
            continue;
        }
        if (commit_one(o, request) != GODWIT_OK) {
            remember_failure(o, slot->function, request);
            slot->limit = i;
        } else if (slot->committed == SIZE_MAX) {
            slot->committed = i;
        }
    }
}

/* The transaction is lost: what stands before the batch's first commit may still go, nothing after it. */
static void forget_batch(owner_t *o)
{
    bool after = false;
    for (size_t s = 0; s < o->slots_used; s++) {
        slot_t *slot = &o->slots[s];
        for (size_t i = 0; i < slot->limit; i++) {
            if (slot->requests[i].kind == GODWIT_REQUEST_STORE_COMMIT) {
                remember_failure(o, slot->function, &slot->requests[i]);
            }
        }
        if (after) {
            slot->limit = 0;
        } else if (slot->committed != SIZE_MAX) {
            slot->limit = slot->committed;
            after = true;
        }
    }
}

void owner_close_transaction(owner_t *o)
{
    if (o->transaction && godwit_store_commit(o->config.store) != GODWIT_OK) {
        note_store(o, "commit_failed");
        forget_batch(o);
    }
    o->transaction = false;
}
