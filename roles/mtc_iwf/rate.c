/* SPDX-License-Identifier: Apache-2.0
 *
 * Rates: so many requests a minute of one source, so many triggers a minute for one device, refilled evenly. In a full set the one that was quiet for longest is
 * forgotten; the limits of both kinds stand on memory alone, since what is pending has its own, in the store.
 */
#include "roles/mtc_iwf/internal.h"

#define MINUTE_MS 60000u
#define WAYS 4u
_Static_assert(GODWIT_IWF_BUCKETS_MAX % WAYS == 0, "sets of four");

/* FNV-1a; never 0, which is a free place. */
uint64_t godwit_iwf_whose(const uint8_t *octets, size_t len)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ octets[i]) * UINT64_C(1099511628211);
    }
    return hash != 0 ? hash : 1;
}

static void refill(godwit_iwf_bucket_t *bucket, uint32_t full, uint64_t now_ms)
{
    if (now_ms < bucket->at_ms) {
        bucket->at_ms = now_ms; /* the clock was set back */
    }
    const uint64_t passed = now_ms - bucket->at_ms;
    const uint64_t gained = passed >= MINUTE_MS ? full : passed * full / MINUTE_MS;
    if (gained > 0) {
        bucket->tokens = gained >= full - bucket->tokens ? full : bucket->tokens + (uint32_t)gained;
        bucket->at_ms = now_ms;
    }
}

bool godwit_iwf_spend(godwit_mtc_iwf_t *iwf, uint64_t whose, uint32_t per_minute, uint64_t now_ms)
{
    godwit_iwf_bucket_t *set = &iwf->buckets[(size_t)(whose % (GODWIT_IWF_BUCKETS_MAX / WAYS)) * WAYS];
    godwit_iwf_bucket_t *place = &set[0];
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
        *place = (godwit_iwf_bucket_t){.whose = whose, .at_ms = now_ms, .tokens = per_minute};
    }
    refill(place, per_minute, now_ms);
    if (place->tokens == 0) {
        return false;
    }
    place->tokens--;
    return true;
}
