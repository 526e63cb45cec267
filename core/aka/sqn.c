/* SPDX-License-Identifier: Apache-2.0
 *
 * Sequence numbers, TS 33.102 Annex C: generation by a counter (C.1.1.2, profile 2 of C.3.2) and the array of a USIM
 * (C.2).
 * SEQ never wraps: at its end the counter stops and the card refuses.
 */
#include <string.h>

#include "core/aka/sqn.h"

godwit_status_t godwit_sqn_next_by_counter(uint64_t *seq_he, unsigned ind, unsigned ind_bits, uint64_t *sqn)
{
    if (!sqn_ind_is_possible(ind, ind_bits)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (*seq_he >= sqn_seq_max(ind_bits)) {
        return GODWIT_COUNT_EXHAUSTED;
    }
    *seq_he += 1;
    *sqn = godwit_sqn_join(*seq_he, ind, ind_bits);
    return GODWIT_OK;
}

uint64_t godwit_sqn_resync_by_counter(uint64_t seq_he, uint64_t sqn_ms, unsigned ind_bits, uint64_t delta)
{
    uint64_t seq_ms = sqn_ms >> (ind_bits & 63);
    return sqn_would_be_accepted(seq_he + 1, seq_ms, delta) ? seq_he : seq_ms;
}

void godwit_sqn_array_init(godwit_sqn_array_t *array)
{
    memset(array, 0, sizeof *array);
    array->ind_bits = GODWIT_IND_BITS_DEFAULT;
    array->delta = GODWIT_SQN_DELTA_DEFAULT;
}

/* IND of the highest accepted SQN; of equal SEQ the highest IND is the highest SQN. */
static unsigned highest_ind(const godwit_sqn_array_t *array)
{
    unsigned highest = 0;
    for (unsigned i = 1; i < 1u << array->ind_bits; i++) {
        if (array->seq_ms[i] >= array->seq_ms[highest] && array->seq_ms[i] != 0) {
            highest = i;
        }
    }
    return highest;
}

godwit_status_t godwit_sqn_accept(godwit_sqn_array_t *array, uint64_t sqn)
{
    if (array->ind_bits > GODWIT_IND_BITS_MAX || sqn > GODWIT_SQN_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    uint64_t seq = sqn >> array->ind_bits;
    uint64_t *own = &array->seq_ms[sqn & ((1u << array->ind_bits) - 1u)];
    uint64_t seq_ms = array->seq_ms[highest_ind(array)];
    bool too_far = array->delta != 0 && seq > seq_ms && seq - seq_ms > array->delta;          /* C.2.1 */
    bool too_old = array->age_limit != 0 && seq < seq_ms && seq_ms - seq >= array->age_limit; /* C.2.2 */
    if (too_far || too_old || seq <= *own) {
        return GODWIT_AUTH_RESYNC;
    }
    *own = seq;
    return GODWIT_OK;
}

uint64_t godwit_sqn_highest(const godwit_sqn_array_t *array)
{
    if (array->ind_bits > GODWIT_IND_BITS_MAX) {
        return 0;
    }
    unsigned ind = highest_ind(array);
    return array->seq_ms[ind] != 0 ? godwit_sqn_join(array->seq_ms[ind], ind, array->ind_bits) : 0;
}
