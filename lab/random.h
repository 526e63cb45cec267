/* SPDX-License-Identifier: Apache-2.0
 *
 * The lab's random numbers: the same seed gives the same run. Not for keys outside the lab.
 */
#ifndef GODWIT_LAB_RANDOM_H
#define GODWIT_LAB_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* SplitMix64: every state gives a good number, and all 2^64 of them are used. */
static inline uint64_t godwit_lab_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

/* 0 to below - 1; below > 0. */
static inline uint32_t godwit_lab_random_below(uint64_t *state, uint32_t below)
{
    return (uint32_t)((godwit_lab_random(state) >> 32) * below >> 32);
}

static inline void godwit_lab_random_fill(uint64_t *state, uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        octets[i] = (uint8_t)godwit_lab_random(state);
    }
}

#endif
