/* SPDX-License-Identifier: Apache-2.0
 *
 * The window of a receiver of COUNTs. next is the highest accepted + 1, so that 0 says "none yet"; UINT32_MAX is
 * therefore never a COUNT. Bit i of seen says that next - 1 - i was accepted.
 */
#include "godwit/bytes.h"

#define SEEN_BITS 64u

bool godwit_window_is_replay(uint32_t next, uint64_t seen, unsigned window, uint32_t count)
{
    if (count >= next) {
        return false;
    }
    const uint32_t back = next - 1 - count;
    return back >= window || (seen >> back & 1u) != 0;
}

void godwit_window_advance(uint32_t *next, uint64_t *seen, uint32_t to)
{
    if (to > *next) {
        const uint32_t by = to - *next;
        *seen = by < SEEN_BITS ? *seen << by : 0;
        *next = to;
    }
}

void godwit_window_mark(uint32_t *next, uint64_t *seen, uint32_t count)
{
    godwit_window_advance(next, seen, count + 1);
    const uint32_t back = *next - 1 - count;
    if (back < SEEN_BITS) {
        *seen |= UINT64_C(1) << back;
    }
}
