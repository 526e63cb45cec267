/* SPDX-License-Identifier: Apache-2.0
 *
 * What both ways of making sequence numbers need.
 */
#ifndef GODWIT_CORE_AKA_SQN_H
#define GODWIT_CORE_AKA_SQN_H

#include "godwit/aka.h"

static inline bool sqn_ind_is_possible(unsigned ind, unsigned ind_bits)
{
    return ind_bits <= GODWIT_IND_BITS_MAX && ind < 1u << ind_bits;
}

/* The last SEQ: 48 bits less those of IND. */
static inline uint64_t sqn_seq_max(unsigned ind_bits)
{
    return GODWIT_SQN_MAX >> ind_bits;
}

/* Under any IND, by a card whose highest SEQ is seq_ms (C.2.1, C.2.2). delta 0: the card has no limit. */
static inline bool sqn_would_be_accepted(uint64_t seq, uint64_t seq_ms, uint64_t delta)
{
    return seq > seq_ms && (delta == 0 || seq - seq_ms <= delta);
}

#endif
