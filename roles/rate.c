/* SPDX-License-Identifier: Apache-2.0
 *
 * Rates, refilled evenly. In a full set of places the one that was quiet for longest is forgotten: a rate stands on
 * memory alone, so what must be bounded for certain has a limit of its own.
 */
#include "roles/rate.h"

#define MINUTE_MS 60000u
#define WAYS 4u
/* FNV-1a; never 0, which is a free place. */
uint64_t godwit_rate_whose(const uint8_t *octets, size_t len)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ octets[i]) * UINT64_C(1099511628211);
    }
    return hash != 0 ? hash : 1;
}

static void refill(godwit_rate_bucket_t *bucket, uint32_t full, uint64_t now_ms)
{
    if (now_ms < bucket->at_ms) {
        bucket->at_ms = now_ms; /* the clock was set back */
    }
    bucket->tokens = bucket->tokens < full ? bucket->tokens : full; /* the rate may have been lowered */
    const uint64_t passed = now_ms - bucket->at_ms;
    const uint64_t gained = passed >= MINUTE_MS ? full : passed * full / MINUTE_MS;
    if (gained > 0) {
        bucket->tokens = gained >= full - bucket->tokens ? full : bucket->tokens + (uint32_t)gained;
        bucket->at_ms = now_ms;
    }
}

static godwit_rate_bucket_t *bucket_of(godwit_rate_bucket_t *buckets, size_t count, uint64_t whose, uint32_t per_minute,
                                       uint64_t now_ms)
{
    godwit_rate_bucket_t *set = &buckets[(size_t)(whose % (count / WAYS)) * WAYS];
    godwit_rate_bucket_t *place = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].whose == whose) {
            place = &set[i];
            break;
        }
        if (set[i].whose == 0 || (place->whose != 0 && set[i].at_ms < place->at_ms)) {
            place = &set[i];
        }
    }
    if (place->whose != whose) {
        *place = (godwit_rate_bucket_t){.whose = whose, .at_ms = now_ms, .tokens = per_minute};
    }
    refill(place, per_minute, now_ms);
    return place;
}

bool godwit_rate_spend(godwit_rate_bucket_t *buckets, size_t count, uint64_t whose, uint32_t per_minute,
                       uint64_t now_ms)
{
    godwit_rate_bucket_t *place = bucket_of(buckets, count, whose, per_minute, now_ms);
    if (place->tokens == 0) {
        return false;
    }
    place->tokens--;
    return true;
}

bool godwit_rate_has(godwit_rate_bucket_t *buckets, size_t count, uint64_t whose, uint32_t per_minute, uint64_t now_ms)
{
    return bucket_of(buckets, count, whose, per_minute, now_ms)->tokens > 0;
}

static size_t places_of(const uint64_t *whose, size_t count, uint64_t one)
{
    size_t places = 0;
    for (size_t i = 0; i < count; i++) {
        places += whose[i] == one ? 1 : 0;
    }
    return places;
}

size_t godwit_rate_share(const uint64_t *whose, size_t count, uint64_t asker)
{
    size_t most = places_of(whose, count, asker) + 1; /* as it would have */
    size_t place = count;
    for (size_t i = 0; i < count; i++) {
        if (whose[i] == 0) {
            return i;
        }
    }
    for (size_t i = 0; i < count; i++) {
        const size_t places = places_of(whose, count, whose[i]);
        if (places > most) {
            most = places;
            place = i;
        }
    }
    return place;
}
