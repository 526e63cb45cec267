/* SPDX-License-Identifier: Apache-2.0
 *
 * The owner in memory: needs are answered at once, commits are durable at once or fail at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/owner.h"

void owner_init(owner_t *owner, owner_step_t *step, void *role)
{
    memset(owner, 0, sizeof *owner);
    owner->step = step;
    owner->role = role;
    owner->now_ms = UINT64_C(1700000000000);
    owner->outbox.requests = owner->requests;
    owner->outbox.capacity = GODWIT_OUTBOX_REQUESTS;
    owner->outbox.arena = owner->arena;
    owner->outbox.arena_size = sizeof owner->arena;
}

/* ---- the store ---- */

godwit_record_t *owner_find(owner_t *owner, const godwit_record_key_t *key)
{
    if (key->kind == GODWIT_RECORD_TRIGGER_TALLY) {
        godwit_trigger_count(owner->records, owner->record_count, key, &owner->tally);
        return &owner->tally;
    }
    if (key->kind == GODWIT_RECORD_TRIGGER) {
        const godwit_record_t *first = godwit_trigger_find(owner->records, owner->record_count, key);
        return first == NULL ? NULL : &owner->records[first - owner->records];
    }
    if (godwit_record_is_e2e((uint8_t)key->kind)) {
        const godwit_record_t *first = godwit_e2e_find(owner->records, owner->record_count, key);
        return first == NULL ? NULL : &owner->records[first - owner->records];
    }
    for (size_t i = 0; i < owner->record_count; i++) {
        if (godwit_record_matches(&owner->records[i], key)) {
            return &owner->records[i];
        }
    }
    return NULL;
}

/* One for each IMSI and domain (roles/record.h). */
static void make_way(owner_t *owner, const godwit_next_session_record_t *next)
{
    for (size_t i = owner->record_count; i-- > 0;) {
        const godwit_record_t *other = &owner->records[i];
        if (other->kind == GODWIT_RECORD_NEXT_SESSION && other->u.next_session.next.domain == next->next.domain &&
            godwit_imsi_equal(&other->u.next_session.imsi, &next->imsi)) {
            owner->records[i] = owner->records[--owner->record_count];
        }
    }
}

void owner_put(owner_t *owner, const godwit_record_t *given)
{
    godwit_record_t record = *given;
    godwit_e2e_number(&record, &owner->number);
    godwit_record_key_t key = godwit_record_key_of(&record);
    if (record.kind == GODWIT_RECORD_NEXT_SESSION) {
        make_way(owner, &record.u.next_session);
    }
    godwit_record_t *place = owner_find(owner, &key);
    if (place == NULL) {
        assert_true(owner->record_count < OWNER_RECORDS);
        place = &owner->records[owner->record_count++];
    }
    *place = record;
}

static void delete_record(owner_t *owner, const godwit_record_key_t *key)
{
    godwit_record_t *place = owner_find(owner, key);
    if (place != NULL) {
        *place = owner->records[--owner->record_count];
    }
}

/* False when it failed. */
static bool carry_out_commit(owner_t *owner, const godwit_request_t *request)
{
    if (owner->fail_commits) {
        owner->commit_failures++;
        return false;
    }
    if (request->deleting) {
        owner->deletions++;
        delete_record(owner, &request->record_key);
    } else {
        assert_non_null(request->record);
        owner->commits++;
        owner_put(owner, request->record);
    }
    return true;
}

/* ---- needs ---- */

static void draw(owner_t *owner, uint8_t *octets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (owner->random_planned > 0) {
            octets[i] = owner->random_plan[0];
            memmove(owner->random_plan, owner->random_plan + 1, --owner->random_planned);
            continue;
        }
        owner->random_counter = owner->random_counter * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        octets[i] = (uint8_t)(owner->random_counter >> 56);
    }
}

static void fetch(owner_t *owner, godwit_input_t *in, const godwit_record_key_t *key, godwit_record_t *room)
{
    const godwit_record_t *found = owner_find(owner, key);
    owner->fetches++;
    in->fetched_key = *key;
    in->fetched = NULL;
    if (owner->fail_fetches) {
        in->fetch_status = GODWIT_STORE_FAILED;
    } else if (found == NULL) {
        in->fetch_status = GODWIT_NOT_FOUND;
    } else {
        *room = *found;
        in->fetched = room;
        in->fetch_status = GODWIT_OK;
    }
}

/* ---- one input ---- */

static void run(owner_t *owner, godwit_input_t *in)
{
    static godwit_record_t room;
    static uint8_t random[256];
    for (int round = 0;; round++) {
        assert_true(round <= GODWIT_NEEDS_MAX);
        godwit_outbox_reset(&owner->outbox);
        owner->step(owner->role, in, &owner->outbox);
        assert_false(owner->outbox.overflow);
        if (!godwit_outbox_is_need(&owner->outbox)) {
            break;
        }
        const godwit_request_t need = owner->requests[0];
        if (need.kind == GODWIT_REQUEST_STORE_FETCH) {
            fetch(owner, in, &need.record_key, &room);
        } else {
            assert_in_range(need.count, 1, sizeof random);
            draw(owner, random, need.count);
            in->random = godwit_slice(random, need.count);
        }
    }
    for (size_t i = 0; i < owner->outbox.count; i++) {
        assert_true(owner->requests[i].kind != GODWIT_REQUEST_STORE_FETCH &&
                    owner->requests[i].kind != GODWIT_REQUEST_RANDOM);
    }
}

static bool power_goes(owner_t *owner)
{
    if (owner->power_for > 0 && --owner->power_for == 0) {
        owner->power_went = true;
        return true;
    }
    return false;
}

void owner_give(owner_t *owner, const godwit_input_t *input)
{
    godwit_input_t in = *input;
    in.now_ms = owner->now_ms;
    in.fetch_status = GODWIT_AGAIN;
    run(owner, &in);
    for (size_t i = 0; i < owner->outbox.count; i++) {
        const godwit_request_t *request = &owner->requests[i];
        if (power_goes(owner)) {
            owner->outbox.count = i;
            return;
        }
        if (request->kind != GODWIT_REQUEST_STORE_COMMIT || carry_out_commit(owner, request)) {
            continue;
        }
        godwit_input_t failed = {.kind = GODWIT_INPUT_COMMIT_FAILED, .fetch_status = GODWIT_AGAIN};
        failed.now_ms = owner->now_ms;
        failed.record_key = request->deleting ? request->record_key : godwit_record_key_of(request->record);
        run(owner, &failed);
        return;
    }
}

void owner_give_message(owner_t *owner, const godwit_message_t *message)
{
    owner_give(owner, &(godwit_input_t){.kind = GODWIT_INPUT_MESSAGE, .message = message});
}

void owner_give_datagram(owner_t *owner, const godwit_address_t *from, godwit_slice_t datagram)
{
    owner_give(owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM, .from = *from, .datagram = datagram});
}

void owner_give_timer(owner_t *owner, uint32_t timer)
{
    owner_give(owner, &(godwit_input_t){.kind = GODWIT_INPUT_TIMER, .timer = timer});
}

/* ---- what came out ---- */

size_t owner_position(const owner_t *owner, godwit_request_kind_t kind, size_t nth)
{
    for (size_t i = 0; i < owner->outbox.count; i++) {
        if (owner->requests[i].kind == kind && nth-- == 0) {
            return i;
        }
    }
    return SIZE_MAX;
}

const godwit_request_t *owner_request(const owner_t *owner, godwit_request_kind_t kind, size_t nth)
{
    size_t at = owner_position(owner, kind, nth);
    return at == SIZE_MAX ? NULL : &owner->requests[at];
}

size_t owner_count(const owner_t *owner, godwit_request_kind_t kind)
{
    size_t count = 0;
    while (owner_request(owner, kind, count) != NULL) {
        count++;
    }
    return count;
}

const godwit_message_t *owner_message(const owner_t *owner, godwit_message_kind_t kind, size_t nth)
{
    for (size_t i = 0; i < owner->outbox.count; i++) {
        const godwit_request_t *request = &owner->requests[i];
        if (request->kind == GODWIT_REQUEST_MESSAGE && request->message->kind == kind && nth-- == 0) {
            return request->message;
        }
    }
    fail_msg("no message of kind %d", (int)kind);
    return NULL;
}

bool owner_saw(const owner_t *owner, const char *name, godwit_status_t reason)
{
    for (size_t i = 0; i < owner->outbox.count; i++) {
        const godwit_request_t *request = &owner->requests[i];
        if (request->kind == GODWIT_REQUEST_EVENT && request->event.reason == reason &&
            (name == NULL || strcmp(request->event.name, name) == 0)) {
            return true;
        }
    }
    return false;
}

godwit_imsi_t owner_imsi(const char *digits)
{
    godwit_imsi_t imsi;
    assert_int_equal(godwit_imsi_from_text(digits, &imsi), GODWIT_OK);
    return imsi;
}

godwit_address_t owner_address(uint8_t number)
{
    return (godwit_address_t){.len = 6, .octets = {192, 0, 2, number, 0x13, 0x88}};
}
