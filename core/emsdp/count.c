/* SPDX-License-Identifier: Apache-2.0
 *
 * COUNT at the receiver (docs/emsdp-wire.md, "COUNT"): which COUNTs a datagram may have, which were accepted, and
 * moving past one.
 * next_in and seen are those of godwit_window_mark.
 */
#include "core/emsdp/frame.h"

unsigned godwit_emsdp_window(godwit_framing_t framing)
{
    const unsigned half = 1u << (frame_count_bits(framing) - 1);
    return half < EMSDP_WINDOW_MAX ? half : EMSDP_WINDOW_MAX;
}

unsigned godwit_emsdp_candidates(uint32_t next_in, godwit_framing_t framing, uint32_t low_count,
                                 uint32_t candidates[FRAME_CANDIDATES_MAX])
{
    const uint32_t step = UINT32_C(1) << frame_count_bits(framing);
    const uint32_t ahead = (low_count - next_in) & (step - 1); /* from next_in to the first COUNT with these low bits */
    unsigned n = 0;
    const uint32_t back = step - ahead; /* from next_in down to the one before it: 1 is the highest accepted */
    if (back <= next_in && back <= godwit_emsdp_window(framing)) {
        candidates[n++] = next_in - back;
    }
    uint32_t room = UINT32_MAX - next_in; /* COUNTs from next_in on that exist */
    uint32_t distance = ahead;
    for (unsigned i = 0; i < EMSDP_AHEAD && distance < room; i++) {
        candidates[n++] = next_in + distance;
        distance += step;
    }
    return n;
}

bool godwit_emsdp_is_replay(uint32_t next_in, uint64_t seen, godwit_framing_t framing, uint32_t count)
{
    return godwit_window_is_replay(next_in, seen, godwit_emsdp_window(framing), count);
}

void godwit_emsdp_accept(godwit_emsdp_key_t *key, const godwit_emsdp_opened_t *opened)
{
    if (opened->user_plane) {
        godwit_window_mark(&key->hot.up_next_in, &key->hot.up_seen, opened->count);
        return;
    }
    godwit_window_mark(&key->cp_next_in, &key->cp_seen, opened->count);
    if (godwit_emsdp_has(&opened->control, GODWIT_TLV_COUNT)) {
        godwit_window_advance(&key->hot.up_next_in, &key->hot.up_seen, opened->control.user_count);
    }
}
