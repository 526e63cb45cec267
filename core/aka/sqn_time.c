/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequence numbers that follow the time, TS 33.102 C.1.1.3, profile 3 of C.3.3 (clause numbers and wording recalled):
 * SEQ = tick + DIF.
 * What must never happen is a tick used twice for one subscriber under one IND: not after a crash, and not after the
 * clock was set back.
 * Ticks of a life lie in (spent, reserved]; reserved is durable first and becomes the next life's spent; within a life
 * the slot rises.
 */
#include "core/aka/sqn.h"

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void godwit_sqn_clock_start(godwit_sqn_clock_t *clock, uint64_t ticks, uint64_t mark)
{
    *clock = (godwit_sqn_clock_t){.now = ticks, .spent = mark, .reserved = mark};
}

void godwit_sqn_clock_set(godwit_sqn_clock_t *clock, uint64_t ticks)
{
    clock->now = larger(clock->now, ticks);
}

uint64_t godwit_sqn_clock_wants(const godwit_sqn_clock_t *clock, uint64_t block)
{
    uint64_t from = larger(clock->now, clock->spent);
    uint64_t half = block / 2 + 1;
    if (clock->reserved > from && clock->reserved - from >= half) {
        return 0;
    }
    return larger(clock->reserved, from + block + 1);
}

void godwit_sqn_clock_reserve(godwit_sqn_clock_t *clock, uint64_t mark)
{
    clock->reserved = larger(clock->reserved, mark);
}

static uint64_t next_tick(const godwit_sqn_clock_t *clock, uint64_t last_tick)
{
    return larger(clock->now, larger(clock->spent, last_tick) + 1);
}

/* SEQ = tick + DIF, which must lie between 1 and the end of SEQ. */
static godwit_status_t seq_at(uint64_t tick, int64_t dif, unsigned ind_bits, uint64_t *seq)
{
    uint64_t limit = sqn_seq_max(ind_bits);
    uint64_t size = dif < 0 ? 0u - (uint64_t)dif : (uint64_t)dif;
    if (dif < 0 && tick <= size) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (dif >= 0 && (size > limit || tick > limit - size)) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    *seq = tick + (uint64_t)dif;
    return *seq <= limit ? GODWIT_OK : GODWIT_COUNT_EXHAUSTED;
}

godwit_status_t godwit_sqn_next_by_time(const godwit_sqn_clock_t *clock, int64_t dif, uint64_t *last_tick, unsigned ind,
                                        unsigned ind_bits, uint64_t *sqn)
{
    uint64_t seq = 0;
    uint64_t tick = next_tick(clock, *last_tick);
    if (!sqn_ind_is_possible(ind, ind_bits)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (tick > clock->reserved) {
        return GODWIT_AGAIN;
    }
    godwit_status_t status = seq_at(tick, dif, ind_bits, &seq);
    if (status == GODWIT_OK) {
        *last_tick = tick;
        *sqn = godwit_sqn_join(seq, ind, ind_bits);
    }
    return status;
}

int64_t godwit_sqn_resync_by_time(const godwit_sqn_clock_t *clock, int64_t dif, uint64_t last_tick, uint64_t sqn_ms,
                                  unsigned ind_bits, uint64_t delta, uint64_t skew)
{
    uint64_t seq = 0;
    uint64_t tick = next_tick(clock, last_tick);
    uint64_t seq_ms = sqn_ms >> (ind_bits & 63);
    if (seq_at(tick, dif, ind_bits & 7, &seq) == GODWIT_OK && sqn_would_be_accepted(seq, seq_ms, delta)) {
        return dif;
    }
    return (int64_t)(seq_ms + 1 + skew - tick);
}
