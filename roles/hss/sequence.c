/* SPDX-License-Identifier: Apache-2.0
 *
 * SQN at the home: the next one, and resynchronisation (TS 33.102 6.3.5, Annex C). Only an AUTS whose MAC-S is right
 * against a RAND that is outstanding for this requester moves anything, and it lowers SEQ_HE only when the USIM would
 * refuse what comes next.
 */
#include <string.h>

#include "roles/hss/internal.h"

#define WAYS 4
#define SKEW_TICKS 10                     /* a second */
#define NEXT UINT64_C(0x4000000000000000) /* of a following session, among the recent ones */
_Static_assert(GODWIT_HSS_RECENT_MAX % WAYS == 0, "sets of four");

/* ---- what profile "time" remembers ---- */

static size_t first_way(uint64_t subscriber_id)
{
    return (size_t)(subscriber_id % (GODWIT_HSS_RECENT_MAX / WAYS)) * WAYS;
}

static const godwit_hss_recent_t *recent_of(const godwit_hss_t *hss, uint64_t subscriber_id)
{
    const godwit_hss_recent_t *set = &hss->recent[first_way(subscriber_id)];
    for (size_t way = 0; way < WAYS; way++) {
        if (set[way].subscriber == subscriber_id) {
            return &set[way];
        }
    }
    return NULL;
}

uint64_t *godwit_hss_slot(godwit_hss_t *hss, uint64_t subscriber_id)
{
    return &hss->last_tick[(subscriber_id >> 32) % GODWIT_HSS_SLOTS];
}

/* The name of a subscriber's vector of a following session: it takes nobody's place. */
static uint64_t recent_id(const godwit_hss_run_t *run, bool next)
{
    return next ? run->subscriber_id ^ NEXT : run->subscriber_id;
}

void godwit_hss_remember_recent(const godwit_hss_run_t *run)
{
    const uint64_t id = recent_id(run, run->next);
    godwit_hss_recent_t *set = &run->hss->recent[first_way(id)];
    godwit_hss_recent_t *place = &set[0];
    for (size_t way = 0; way < WAYS; way++) {
        if (set[way].subscriber == id) {
            place = &set[way];
            break;
        }
        if (set[way].at_ms < place->at_ms) {
            place = &set[way]; /* the oldest; a free one has time 0 */
        }
    }
    place->subscriber = id;
    place->at_ms = run->now_ms;
    memcpy(place->requester, run->requester, sizeof place->requester);
    memcpy(place->rand, run->random.ptr, sizeof place->rand); /* the first vector is the one that a USIM judges first */
    *godwit_hss_slot(run->hss, run->subscriber_id) = run->last_tick;
}

/* ---- outstanding RANDs ---- */

static bool is_recent(const godwit_hss_run_t *run, bool next)
{
    const godwit_hss_recent_t *recent = recent_of(run->hss, recent_id(run, next));
    return recent != NULL && memcmp(recent->requester, run->requester, sizeof run->requester) == 0 &&
           memcmp(recent->rand, run->request->rand, sizeof recent->rand) == 0;
}

static bool is_outstanding(const godwit_hss_run_t *run)
{
    if (run->subscriber.sqn_by_time) {
        return is_recent(run, false) || is_recent(run, true);
    }
    for (size_t i = 0; i < GODWIT_OUTSTANDING_MAX; i++) {
        const godwit_outstanding_rand_t *o = &run->subscriber.outstanding[i];
        bool its_own = memcmp(o->requester, run->requester, sizeof o->requester) == 0 ||
                       memcmp(o->requester, run->requester_next, sizeof o->requester) == 0;
        if (o->used && its_own && memcmp(o->rand, run->request->rand, sizeof o->rand) == 0) {
            return true;
        }
    }
    return false;
}

/* One more, when there is room. */
static void keep(godwit_outstanding_rand_t kept[GODWIT_OUTSTANDING_MAX], size_t *count, const uint8_t requester[8],
                 const uint8_t *rand)
{
    if (*count < GODWIT_OUTSTANDING_MAX) {
        godwit_outstanding_rand_t *o = &kept[(*count)++];
        o->used = true;
        memcpy(o->requester, requester, sizeof o->requester);
        memcpy(o->rand, rand, sizeof o->rand);
    }
}

/* Newest first; what this requester had before is gone, and of the others the oldest go. A vector of a following
 * session stands last, for nobody waits for its AUTS: it takes no other's place, and is the first to go. */
void godwit_hss_remember_rands(godwit_hss_run_t *run)
{
    const uint8_t *requester = run->next ? run->requester_next : run->requester;
    godwit_outstanding_rand_t kept[GODWIT_OUTSTANDING_MAX] = {0};
    size_t count = 0;
    for (size_t i = 0; i < run->vectors && !run->next; i++) {
        keep(kept, &count, requester, run->random.ptr + 16 * i);
    }
    for (size_t i = 0; i < GODWIT_OUTSTANDING_MAX; i++) {
        const godwit_outstanding_rand_t *old = &run->subscriber.outstanding[i];
        if (old->used && memcmp(old->requester, requester, sizeof old->requester) != 0) {
            keep(kept, &count, old->requester, old->rand);
        }
    }
    if (run->next) {
        keep(kept, &count, requester, run->random.ptr);
    }
    memcpy(run->subscriber.outstanding, kept, sizeof kept);
}

/* ---- sequence numbers ---- */

godwit_status_t godwit_hss_resynchronise(godwit_hss_run_t *run)
{
    godwit_subscriber_record_t *s = &run->subscriber;
    uint64_t sqn_ms = 0;
    if (!is_outstanding(run)) {
        run->detail = "AUTS for a RAND that is not outstanding for this requester";
        return GODWIT_AUTH_MAC_FAILURE;
    }
    godwit_status_t status =
        godwit_auts_consume(run->hss->crypto, &s->key, run->request->rand, run->request->auts, &sqn_ms);
    if (status != GODWIT_OK) {
        run->detail = "MAC-S of AUTS is wrong";
        return status;
    }
    if (s->sqn_by_time) {
        uint64_t skew = run->hss->skew_ticks != 0 ? run->hss->skew_ticks : SKEW_TICKS;
        int64_t dif = godwit_sqn_resync_by_time(&run->hss->clock, s->dif, run->last_tick, sqn_ms, s->ind_bits,
                                                GODWIT_SQN_DELTA_DEFAULT, skew);
        s->resynchronised = dif != s->dif;
        s->dif = dif;
    } else {
        uint64_t seq_he = godwit_sqn_resync_by_counter(s->seq_he, sqn_ms, s->ind_bits, GODWIT_SQN_DELTA_DEFAULT);
        s->resynchronised = seq_he != s->seq_he;
        s->seq_he = seq_he;
    }
    return GODWIT_OK;
}

godwit_status_t godwit_hss_next_sqn(godwit_hss_run_t *run, uint64_t *sqn)
{
    godwit_subscriber_record_t *s = &run->subscriber;
    if (!s->sqn_by_time) {
        return godwit_sqn_next_by_counter(&s->seq_he, run->ind, s->ind_bits, sqn);
    }
    return godwit_sqn_next_by_time(&run->hss->clock, s->dif, &run->last_tick, run->ind, s->ind_bits, sqn);
}
