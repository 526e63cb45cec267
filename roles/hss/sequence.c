/* SPDX-License-Identifier: Apache-2.0
 *
 * SQN at the home: the next one, and resynchronisation (TS 33.102 6.3.5, Annex C). Only an AUTS whose MAC-S is right against a RAND that
 * is outstanding for this requester moves anything, and it lowers SEQ_HE only when the USIM would refuse what comes next.
 */
#include <string.h>

#include "roles/hss/internal.h"

#define WAYS 4
#define SKEW_TICKS 10 /* a second */
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

void godwit_hss_remember_recent(const godwit_hss_run_t *run)
{
    godwit_hss_recent_t *set = &run->hss->recent[first_way(run->subscriber_id)];
    godwit_hss_recent_t *place = &set[0];
    for (size_t way = 0; way < WAYS; way++) {
        if (set[way].subscriber == run->subscriber_id) {
            place = &set[way];
            break;
        }
        if (set[way].at_ms < place->at_ms) {
            place = &set[way]; /* the oldest; a free one has time 0 */
        }
    }
    place->subscriber = run->subscriber_id;
    place->at_ms = run->now_ms;
    memcpy(place->requester, run->requester, sizeof place->requester);
    memcpy(place->rand, run->random.ptr, sizeof place->rand); /* the first vector is the one that a USIM judges first */
    *godwit_hss_slot(run->hss, run->subscriber_id) = run->last_tick;
}

/* ---- outstanding RANDs ---- */

static bool is_outstanding(const godwit_hss_run_t *run)
{
    const uint8_t *rand = run->request->rand;
    if (run->subscriber.sqn_by_time) {
        const godwit_hss_recent_t *recent = recent_of(run->hss, run->subscriber_id);
        return recent != NULL && memcmp(recent->requester, run->requester, sizeof run->requester) == 0 &&
               memcmp(recent->rand, rand, sizeof recent->rand) == 0;
    }
    for (size_t i = 0; i < GODWIT_OUTSTANDING_MAX; i++) {
        const godwit_outstanding_rand_t *o = &run->subscriber.outstanding[i];
        if (o->used && memcmp(o->requester, run->requester, sizeof o->requester) == 0 &&
            memcmp(o->rand, rand, sizeof o->rand) == 0) {
            return true;
        }
    }
    return false;
}

/* Newest first; what this requester had before is gone, and of the others the oldest go. */
void godwit_hss_remember_rands(godwit_hss_run_t *run)
{
    godwit_outstanding_rand_t kept[GODWIT_OUTSTANDING_MAX] = {0};
    size_t count = 0;
    for (; count < run->vectors && count < GODWIT_OUTSTANDING_MAX; count++) {
        kept[count].used = true;
        memcpy(kept[count].requester, run->requester, sizeof run->requester);
        memcpy(kept[count].rand, run->random.ptr + 16 * count, 16);
    }
    for (size_t i = 0; i < GODWIT_OUTSTANDING_MAX && count < GODWIT_OUTSTANDING_MAX; i++) {
        const godwit_outstanding_rand_t *old = &run->subscriber.outstanding[i];
        if (old->used && memcmp(old->requester, run->requester, sizeof run->requester) != 0) {
            kept[count++] = *old;
        }
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
