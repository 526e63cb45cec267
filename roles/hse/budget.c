/* SPDX-License-Identifier: Apache-2.0
 *
 * What the HSE does for a sender that has shown no key: so many octets a minute, refilled evenly. Kept for each IPv4
 * address or IPv6 /64; in a full table the sender that was quiet for longest is forgotten.
 */
#include "roles/hse/internal.h"

#define BUDGET_OCTETS 8192
#define MINUTE_MS 60000
#define WAYS 4

/* FNV-1a over what names the sender: without the port, and of IPv6 the network half. */
static uint64_t hash_of(const godwit_address_t *from)
{
    size_t len = from->len == 6 ? 4 : from->len == 18 ? 8 : from->len;
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len && i < GODWIT_ADDRESS_MAX; i++) {
        hash = (hash ^ from->octets[i]) * UINT64_C(1099511628211);
    }
    return hash != 0 ? hash : 1;
}

bool godwit_hse_is_same_sender(const godwit_address_t *a, const godwit_address_t *b)
{
    return hash_of(a) == hash_of(b);
}

static uint32_t full_budget(const godwit_hse_t *hse)
{
    return hse->config.budget_octets != 0 ? hse->config.budget_octets : BUDGET_OCTETS;
}

static void refill(const godwit_hse_t *hse, godwit_hse_sender_t *sender, uint64_t now_ms)
{
    uint32_t full = full_budget(hse);
    if (now_ms < sender->at_ms) {
        sender->at_ms = now_ms; /* the clock was set back: the minute begins again, or he would wait for the old time */
    }
    uint64_t passed = now_ms - sender->at_ms;
    uint64_t gained = passed >= MINUTE_MS ? full : passed * full / MINUTE_MS;
    if (gained == 0) {
        return; /* and at_ms stays: what is not yet an octet is not lost */
    }
    sender->tokens = gained >= full - sender->tokens ? full : sender->tokens + (uint32_t)gained;
    sender->at_ms = now_ms;
}

static godwit_hse_sender_t *sender_of(godwit_hse_t *hse, const godwit_address_t *from, uint64_t now_ms)
{
    uint64_t hash = hash_of(from);
    size_t ways = hse->sender_capacity < WAYS ? hse->sender_capacity : WAYS;
    godwit_hse_sender_t *set = &hse->senders[hash % (hse->sender_capacity / ways) * ways], *place = &set[0];
    for (size_t i = 0; i < ways; i++) {
        if (set[i].hash == hash) {
            refill(hse, &set[i], now_ms);
            return &set[i];
        }
        if (set[i].hash == 0 || (place->hash != 0 && set[i].at_ms < place->at_ms)) {
            place = &set[i];
        }
    }
    *place = (godwit_hse_sender_t){.hash = hash, .at_ms = now_ms, .tokens = full_budget(hse)};
    return place;
}

bool godwit_hse_budget_has(godwit_hse_t *hse, const godwit_address_t *from, uint32_t octets, uint64_t now_ms)
{
    return sender_of(hse, from, now_ms)->tokens >= octets;
}

bool godwit_hse_budget_spend(godwit_hse_t *hse, const godwit_address_t *from, uint32_t octets, uint64_t now_ms)
{
    godwit_hse_sender_t *sender = sender_of(hse, from, now_ms);
    if (sender->tokens < octets) {
        return false;
    }
    sender->tokens -= octets;
    return true;
}
