/* SPDX-License-Identifier: Apache-2.0
 *
 * Batches of inputs. A slot holds what a role asked for one input, until everything before it is durable.
 */
#include "daemons/godwitd/owner.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define RANDOM_MAX 256                 /* what a role may ask at once; none asks for more than 64 */
#define FAILURES_MAX (4 * OWNER_BATCH) /* a lost batch: no list has more than four commits */

typedef struct slot {
    godwit_function_t function;
    size_t limit;     /* how many of its requests may be carried out */
    size_t committed; /* before this request nothing had to be committed: SIZE_MAX when nothing is committed at all */
    godwit_outbox_t outbox;
    godwit_request_t requests[GODWIT_OUTBOX_REQUESTS];
    alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
} slot_t;

typedef struct failure {
    godwit_function_t function;
    godwit_record_key_t key;
} failure_t;

struct owner {
    owner_config_t config;
    struct {
        owner_step_t *step;
        void *role;
    } roles[OWNER_FUNCTIONS];
    timers_t *timers;
    bool transaction; /* the store has a batch open */
    size_t slots_used;
    slot_t slots[OWNER_BATCH];
    size_t failures;
    failure_t failed[FAILURES_MAX];
    godwit_record_t fetched;
    uint8_t random[RANDOM_MAX];
};

const char *owner_function_name(godwit_function_t function)
{
    static const char *const names[OWNER_FUNCTIONS] = {"none", "hse", "emks", "hss"};
    return (unsigned)function < OWNER_FUNCTIONS ? names[function] : "none";
}

owner_t *owner_new(const owner_config_t *config)
{
    owner_t *o = calloc(1, sizeof *o);
    if (o == NULL || (o->timers = timers_new(config->timers)) == NULL) {
        free(o);
        return NULL;
    }
    o->config = *config;
    for (size_t i = 0; i < OWNER_BATCH; i++) {
        o->slots[i].outbox = (godwit_outbox_t){.requests = o->slots[i].requests,
                                               .capacity = GODWIT_OUTBOX_REQUESTS,
                                               .arena = o->slots[i].arena,
                                               .arena_size = GODWIT_OUTBOX_ARENA};
    }
    return o;
}

void owner_free(owner_t *owner)
{
    if (owner != NULL) {
        timers_free(owner->timers);
        godwit_wipe(owner, sizeof *owner);
        free(owner);
    }
}

void owner_set_role(owner_t *owner, godwit_function_t function, owner_step_t *step, void *role)
{
    owner->roles[function].step = step;
    owner->roles[function].role = role;
}

bool owner_has_role(const owner_t *owner, godwit_function_t function)
{
    return (unsigned)function < OWNER_FUNCTIONS && owner->roles[function].step != NULL;
}

static void tell(owner_t *o, godwit_function_t function, const char *name, godwit_status_t reason, const char *detail)
{
    const godwit_event_t event = {.name = name, .reason = reason, .detail = detail};
    godwit_observe_event(o->config.observer, o->config.now_ms(), owner_function_name(function), &event);
}

static void note_store(owner_t *o, const char *event)
{
    godwit_counter_t *counter = godwit_observe_counter(o->config.observer, "godwitd", event, GODWIT_STORE_FAILED);
    if (counter->count++ % GODWIT_LINES_A_SECOND == 0) { /* a full disk fails every batch */
        godwit_observe_note(o->config.observer, o->config.now_ms(), GODWIT_LOG_ERROR, event,
                            godwit_store_why(o->config.store));
    }
}

/* ---- needs ---------------------------------------------------------------------------------------------------------- */

/* The store's batch begins with the first thing that is read for it, so that what was fetched is still true when it is committed. */
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

static bool answer_need(owner_t *o, godwit_input_t *input, const godwit_request_t *need)
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

/* Steps the role until it needs nothing more. False: the input is refused, and nothing of it is carried out. */
static bool step(owner_t *o, slot_t *slot, godwit_input_t *input)
{
    godwit_outbox_t *out = &slot->outbox;
    for (unsigned round = 0; round <= GODWIT_NEEDS_MAX; round++) {
        godwit_outbox_reset(out);
        o->roles[slot->function].step(o->roles[slot->function].role, input, out);
        if (out->overflow) {
            tell(o, slot->function, "input_refused", GODWIT_OVERLOAD, "the list of requests is full");
            return false;
        }
        if (!godwit_outbox_is_need(out)) {
            return true;
        }
        if (!answer_need(o, input, &out->requests[0])) {
            tell(o, slot->function, "input_refused", GODWIT_RANDOM_FAILED, NULL);
            return false;
        }
    }
    tell(o, slot->function, "input_refused", GODWIT_INTERNAL, "too many rounds of needs");
    return false;
}

/* ---- commits -------------------------------------------------------------------------------------------------------------- */

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

/* Puts a slot's records into the open transaction, where later inputs of the batch find them. */
static void commit_slot(owner_t *o, slot_t *slot)
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

/* ---- carrying out --------------------------------------------------------------------------------------------------------- */

static void run_timer(owner_t *o, godwit_function_t function, const godwit_request_t *request)
{
    if (request->delay_ms == 0) {
        timers_cancel(o->timers, (unsigned)function, request->timer);
    } else if (!timers_set(o->timers, (unsigned)function, request->timer,
                           o->config.monotonic_ms() + request->delay_ms)) {
        tell(o, function, "timer_refused", GODWIT_OVERLOAD, "all timers run");
    }
}

static void carry_out(owner_t *o, godwit_function_t function, const godwit_request_t *request)
{
    const owner_exits_t *exits = &o->config.exits;
    switch (request->kind) {
    case GODWIT_REQUEST_DATAGRAM:
        exits->datagram(exits->context, &request->to, request->octets);
        break;
    case GODWIT_REQUEST_MESSAGE:
        exits->message(exits->context, function, request->message);
        break;
    case GODWIT_REQUEST_DELIVER:
        exits->deliver(exits->context, &request->reading);
        break;
    case GODWIT_REQUEST_TIMER:
        run_timer(o, function, request);
        break;
    case GODWIT_REQUEST_EVENT:
        godwit_observe_event(o->config.observer, o->config.now_ms(), owner_function_name(function), &request->event);
        break;
    case GODWIT_REQUEST_STORE_COMMIT: /* done already */
    case GODWIT_REQUEST_STORE_FETCH:  /* a need, never part of a list */
    case GODWIT_REQUEST_RANDOM:
    default:
        break;
    }
}

static void close_transaction(owner_t *o)
{
    if (o->transaction && godwit_store_commit(o->config.store) != GODWIT_OK) {
        note_store(o, "commit_failed");
        forget_batch(o);
    }
    o->transaction = false;
}

static void carry_out_slots(owner_t *o)
{
    close_transaction(o);
    for (size_t s = 0; s < o->slots_used; s++) {
        for (size_t i = 0; i < o->slots[s].limit; i++) {
            carry_out(o, o->slots[s].function, &o->slots[s].requests[i]);
        }
        godwit_outbox_reset(&o->slots[s].outbox);
    }
    o->slots_used = 0;
    godwit_wipe(&o->fetched, sizeof o->fetched);
    godwit_wipe(o->random, sizeof o->random);
}

/* ---- inputs ---------------------------------------------------------------------------------------------------------------- */

static void feed_one(owner_t *o, godwit_function_t function, godwit_input_t *input)
{
    slot_t *slot = &o->slots[o->slots_used];
    slot->function = function;
    input->now_ms = o->config.now_ms();
    input->fetched = NULL;
    input->fetch_status = GODWIT_AGAIN;
    input->random = godwit_slice(NULL, 0);
    if (step(o, slot, input)) {
        commit_slot(o, slot);
        o->slots_used++;
    } else {
        godwit_outbox_reset(&slot->outbox);
    }
}

/* A role hears of its failed commits before anything else. What it then asks is not expected to commit; if it does and that fails
 * too, it is told again, within FAILURES_MAX. */
static void tell_failures(owner_t *o)
{
    for (size_t told = 0; told < o->failures; told++) {
        godwit_input_t input = {.kind = GODWIT_INPUT_COMMIT_FAILED, .record_key = o->failed[told].key};
        if (o->slots_used == OWNER_BATCH) {
            carry_out_slots(o);
        }
        feed_one(o, o->failed[told].function, &input);
    }
    o->failures = 0;
}

void owner_feed(owner_t *owner, godwit_function_t function, godwit_input_t *input)
{
    if (!owner_has_role(owner, function)) {
        return;
    }
    if (owner->slots_used == OWNER_BATCH) {
        owner_finish(owner);
    }
    feed_one(owner, function, input);
    tell_failures(owner);
}

void owner_finish(owner_t *owner)
{
    carry_out_slots(owner);
    if (owner->failures > 0) {
        tell_failures(owner);
        carry_out_slots(owner);
        tell_failures(owner);
    }
}

static godwit_status_t first_refusal(const slot_t *slot, const char **detail)
{
    for (size_t i = 0; i < slot->limit; i++) {
        const godwit_request_t *request = &slot->requests[i];
        if (request->kind == GODWIT_REQUEST_EVENT && request->event.reason != GODWIT_OK) {
            *detail = request->event.detail;
            return request->event.reason;
        }
    }
    return slot->limit < slot->outbox.count ? GODWIT_STORE_FAILED : GODWIT_OK;
}

godwit_status_t owner_ask(owner_t *owner, godwit_function_t function, godwit_input_t *input, const char **detail)
{
    *detail = NULL;
    if (!owner_has_role(owner, function)) {
        return GODWIT_NOT_FOUND;
    }
    owner_finish(owner);
    feed_one(owner, function, input);
    godwit_status_t status = GODWIT_OVERLOAD;
    if (owner->slots_used > 0) {
        close_transaction(owner);
        status = first_refusal(&owner->slots[0], detail);
    }
    owner_finish(owner);
    return status;
}

uint64_t owner_run_timers(owner_t *owner, uint64_t most)
{
    unsigned function = 0;
    uint32_t number = 0;
    for (unsigned i = 0;
         i < OWNER_BATCH && timers_take(owner->timers, owner->config.monotonic_ms(), &function, &number); i++) {
        godwit_input_t input = {.kind = GODWIT_INPUT_TIMER, .timer = number};
        owner_feed(owner, (godwit_function_t)function, &input);
    }
    return timers_wait(owner->timers, owner->config.monotonic_ms(), most);
}

uint32_t owner_timers(const owner_t *owner)
{
    return timers_count(owner->timers);
}
