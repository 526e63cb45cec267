/* SPDX-License-Identifier: Apache-2.0
 *
 * The bearers of Solution 1: one context for each tunnel that a gateway named. The address of the tunnel, the gateway's
 * host with its TEID, is what the session is called by. Only an entitled gateway makes entries, so nobody else can push
 * one out.
 */
#include <string.h>

#include "roles/hse/internal.h"

#define PER_IMSI 4
#define WAYS 8
#define START_MS 60000u

/* A tunnel's set of places: FNV-1a over its address. */
static godwit_hse_bearer_t *set_of(const godwit_hse_t *hse, const godwit_address_t *address, size_t *ways)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < address->len && i < GODWIT_ADDRESS_MAX; i++) {
        hash = (hash ^ address->octets[i]) * UINT64_C(1099511628211);
    }
    *ways = hse->bearer_capacity < WAYS ? hse->bearer_capacity : WAYS;
    return *ways > 0 ? &hse->bearers[hash % (hse->bearer_capacity / *ways) * *ways] : NULL;
}

void godwit_hse_set_bearers(godwit_hse_t *hse, godwit_hse_bearer_t *bearers, size_t bearer_capacity,
                            godwit_hse_push_t *pushes, size_t push_capacity)
{
    if (bearer_capacity > 0) {
        memset(bearers, 0, bearer_capacity * sizeof *bearers);
    }
    if (push_capacity > 0) {
        memset(pushes, 0, push_capacity * sizeof *pushes);
    }
    hse->bearers = bearers;
    hse->bearer_capacity = bearer_capacity;
    hse->pushes = pushes;
    hse->push_capacity = push_capacity;
}

godwit_hse_bearer_t *godwit_hse_bearer_find(godwit_hse_t *hse, const godwit_address_t *address)
{
    size_t ways;
    if (hse->bearer_capacity == 0 || !godwit_hse_is_tunnel(address)) {
        return NULL;
    }
    godwit_hse_bearer_t *set = set_of(hse, address, &ways);
    for (size_t i = 0; i < ways; i++) {
        if (set[i].used && godwit_address_equal(&set[i].address, address)) {
            return &set[i];
        }
    }
    return NULL;
}

godwit_hse_bearer_t *godwit_hse_bearer_by_transaction(godwit_hse_t *hse, uint32_t transaction)
{
    for (size_t i = 0; i < hse->bearer_capacity; i++) {
        godwit_hse_bearer_t *b = &hse->bearers[i];
        if (b->used && b->pulling && b->transaction == transaction) {
            return b;
        }
    }
    return NULL;
}

static void take_older(godwit_hse_bearer_t **oldest, godwit_hse_bearer_t *b)
{
    if (*oldest == NULL || b->last_ms < (*oldest)->last_ms) {
        *oldest = b;
    }
}

/* Of one IMSI no more than it may have, the new one counted. The one under whose key the device was heard goes last:
 * whoever opens bearers in its name must not push that out. */
static void make_room(godwit_hse_t *hse, const godwit_imsi_t *imsi)
{
    uint32_t most = hse->config.bearers_per_imsi != 0 ? hse->config.bearers_per_imsi : PER_IMSI, count = 0;
    godwit_hse_bearer_t *oldest = NULL, *oldest_live = NULL;
    for (size_t i = 0; i < hse->bearer_capacity; i++) {
        godwit_hse_bearer_t *b = &hse->bearers[i];
        if (b->used && godwit_imsi_equal(&b->imsi, imsi)) {
            count++;
            take_older(b->live ? &oldest_live : &oldest, b);
        }
    }
    oldest = oldest != NULL ? oldest : oldest_live;
    if (count >= most && oldest != NULL) {
        godwit_wipe(oldest, sizeof *oldest);
    }
}

static bool holds_key(const godwit_hse_t *hse, const godwit_hse_bearer_t *b, uint64_t now_ms)
{
    return b->pending || b->live || godwit_hse_pull_is_open(hse, b, now_ms);
}

/* Where nobody flushes, contexts whose release was lost would fill the table for good. The session itself is in the
 * store; a Start that no device took in the time of a set-up is nobody's. */
static bool may_be_forgotten(const godwit_hse_t *hse, const godwit_hse_bearer_t *b, uint64_t now_ms)
{
    bool fresh = now_ms < b->started_ms || now_ms - b->started_ms < START_MS;
    return !godwit_hse_flushes(hse) && !godwit_hse_pull_is_open(hse, b, now_ms) && !(b->pending && fresh);
}

/* A free place, or that of one that holds no key. */
static godwit_hse_bearer_t *place_for(const godwit_hse_t *hse, const godwit_address_t *address, uint64_t now_ms)
{
    size_t ways;
    godwit_hse_bearer_t *set = set_of(hse, address, &ways), *keyless = NULL, *forgotten = NULL;
    for (size_t i = 0; i < ways; i++) {
        if (!set[i].used) {
            return &set[i];
        }
        if (!holds_key(hse, &set[i], now_ms)) {
            take_older(&keyless, &set[i]);
        } else if (may_be_forgotten(hse, &set[i], now_ms)) {
            take_older(&forgotten, &set[i]);
        }
    }
    return keyless != NULL ? keyless : forgotten;
}

godwit_hse_bearer_t *godwit_hse_bearer_new(godwit_hse_t *hse, const godwit_imsi_t *imsi,
                                           const godwit_address_t *address, uint64_t now_ms)
{
    make_room(hse, imsi);
    godwit_hse_bearer_t *b = place_for(hse, address, now_ms);
    if (b != NULL) {
        godwit_wipe(b, sizeof *b);
        b->used = true;
        b->imsi = *imsi;
        b->address = *address;
        b->last_ms = now_ms;
        b->answered = GODWIT_AGAIN;
    }
    return b;
}

void godwit_hse_bearer_touch(godwit_hse_t *hse, const godwit_address_t *address, uint64_t now_ms)
{
    godwit_hse_bearer_t *b = godwit_hse_bearer_find(hse, address);
    if (b != NULL) {
        b->last_ms = now_ms;
        b->live = true;
        b->flushed = false; /* there is a session, whatever became of its flush */
    }
}

const godwit_hse_gateway_t *godwit_hse_gateway_at(const godwit_hse_t *hse, const uint8_t *host, size_t len)
{
    for (size_t i = 0; i < hse->config.gateway_count; i++) {
        const godwit_hse_gateway_t *g = &hse->config.gateways[i];
        if (g->address_len == len && len > 0 && memcmp(g->address, host, len) == 0) {
            return g;
        }
    }
    return NULL;
}
