/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits of one caller. A server that is entitled is trusted with its own devices' keys, not with the time of this node
 * or of the HLR.
 */
#include <string.h>

#include "roles/mkef/internal.h"

#define MINUTE_MS 60000u
#define SILENT_MS (10u * MINUTE_MS)
#define REQUESTS 6000u
#define FAILURES 600u
#define OUTSTANDING 64u

static uint32_t limit_of(uint32_t configured, uint32_t otherwise)
{
    return configured != 0 ? configured : otherwise;
}

static void sink(godwit_mkef_bucket_t *bucket, uint32_t per_minute, uint64_t now_ms)
{
    if (now_ms < bucket->at_ms) {
        bucket->at_ms = now_ms; /* the clock was set back: nobody waits until it has come that far again */
    }
    const uint64_t passed = now_ms - bucket->at_ms;
    const uint64_t gone = passed >= MINUTE_MS ? per_minute : passed * per_minute / MINUTE_MS;
    if (gone > 0 || bucket->used == 0) {
        bucket->used = gone >= bucket->used ? 0 : bucket->used - (uint32_t)gone;
        bucket->at_ms = now_ms;
    }
}

static godwit_mkef_caller_t *caller_of(godwit_mkef_t *mkef, const uint8_t name_key[16], uint64_t now_ms)
{
    godwit_mkef_caller_t *room = NULL;
    for (size_t i = 0; i < GODWIT_MKEF_CALLERS_MAX; i++) {
        godwit_mkef_caller_t *c = &mkef->callers[i];
        if (c->used && memcmp(c->name_key, name_key, sizeof c->name_key) == 0) {
            return c;
        }
        c->seen_ms = now_ms < c->seen_ms ? now_ms : c->seen_ms;
        const bool is_silent = c->outstanding == 0 && now_ms - c->seen_ms > SILENT_MS;
        if (room == NULL && (!c->used || is_silent)) {
            room = c;
        }
    }
    if (room != NULL) {
        memset(room, 0, sizeof *room);
        room->used = true;
        memcpy(room->name_key, name_key, sizeof room->name_key);
        room->requests.at_ms = room->failures.at_ms = now_ms;
    }
    return room;
}

godwit_mkef_caller_t *godwit_mkef_caller_admit(godwit_mkef_t *mkef, const char *name, uint64_t now_ms)
{
    uint8_t key[16];
    if (name[0] == '\0' || godwit_name_key(mkef->crypto, name, key) != GODWIT_OK) {
        return NULL;
    }
    godwit_mkef_caller_t *caller = caller_of(mkef, key, now_ms);
    if (caller == NULL) {
        return NULL;
    }
    const uint32_t requests = limit_of(mkef->requests_per_minute, REQUESTS);
    const uint32_t failures = limit_of(mkef->failures_per_minute, FAILURES);
    sink(&caller->requests, requests, now_ms);
    sink(&caller->failures, failures, now_ms);
    const bool is_over = caller->requests.used >= requests || caller->failures.used >= failures ||
                         caller->outstanding >= limit_of(mkef->outstanding_per_caller, OUTSTANDING);
    return is_over ? NULL : caller;
}

void godwit_mkef_caller_charge(const godwit_mkef_t *mkef, godwit_mkef_caller_t *caller, godwit_status_t status,
                               uint64_t now_ms)
{
    caller->seen_ms = now_ms;
    if (caller->requests.used < limit_of(mkef->requests_per_minute, REQUESTS)) {
        caller->requests.used++;
    }
    if (status != GODWIT_OK && godwit_status_class(status) == GODWIT_CLASS_PEER && status != GODWIT_PEER_INTERNAL &&
        status != GODWIT_OVERLOAD && caller->failures.used < limit_of(mkef->failures_per_minute, FAILURES)) {
        caller->failures.used++;
    }
}
