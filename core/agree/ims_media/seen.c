/* SPDX-License-Identifier: Apache-2.0
 *
 * Transfers that were taken: one place for each ticket that is alive, so that nothing is forgotten before it is
 * harmless.
 */
#include "core/agree/ims_media/seen.h"

#include <string.h>

/* Its own place, or one that is free or whose ticket is over. */
static size_t place_of(const godwit_tickets_seen_t *seen, const uint8_t rand[16], uint64_t now_ms)
{
    size_t place = GODWIT_TICKETS_SEEN;
    for (size_t i = 0; i < GODWIT_TICKETS_SEEN; i++) {
        if (seen->entry[i].expires_ms <= now_ms) {
            place = i;
        } else if (memcmp(seen->entry[i].ticket, rand, sizeof seen->entry[i].ticket) == 0) {
            return i;
        }
    }
    return place;
}

godwit_status_t godwit_tickets_take(godwit_tickets_seen_t *seen, const uint8_t rand[16], uint32_t counter,
                                    uint64_t expires_ms, uint64_t now_ms)
{
    size_t i = place_of(seen, rand, now_ms);
    if (counter == UINT32_MAX) {
        return GODWIT_MALFORMED;
    }
    if (expires_ms <= now_ms) {
        return GODWIT_KEY_EXPIRED;
    }
    if (i == GODWIT_TICKETS_SEEN) {
        return GODWIT_OVERLOAD;
    }
    if (seen->entry[i].expires_ms > now_ms && counter < seen->entry[i].next_counter) {
        return GODWIT_REPLAY;
    }
    memcpy(seen->entry[i].ticket, rand, sizeof seen->entry[i].ticket);
    seen->entry[i].expires_ms = expires_ms;
    seen->entry[i].next_counter = counter + 1;
    return GODWIT_OK;
}
