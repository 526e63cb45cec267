/* SPDX-License-Identifier: Apache-2.0
 *
 * What the BSF does for one sender that has proved nothing: so many vectors and resynchronisations a minute, refilled
 * evenly. In a full table the sender that was quiet for longest is forgotten.
 */
#include "roles/gba_bsf/internal.h"

#define PER_MINUTE 60u
#define MINUTE_MS 60000u
#define WAYS 4u

static void refill(godwit_bsf_sender_t *sender, uint32_t full, uint64_t now_ms)
{
    if (now_ms < sender->at_ms) {
        sender->at_ms = now_ms; /* the clock was set back */
    }
    uint64_t passed = now_ms - sender->at_ms;
    uint64_t gained = passed >= MINUTE_MS ? full : passed * full / MINUTE_MS;
    if (gained > 0) {
        sender->tokens = gained >= full - sender->tokens ? full : sender->tokens + (uint32_t)gained;
        sender->at_ms = now_ms;
    }
}

bool godwit_gba_bsf_spend(godwit_gba_bsf_t *bsf, uint64_t sender, uint64_t now_ms)
{
    uint32_t full = bsf->config.sender_per_minute != 0 ? bsf->config.sender_per_minute : PER_MINUTE;
    if (sender == 0) {
        return true; /* the door cannot tell one from another */
    }
    godwit_bsf_sender_t *set = &bsf->senders[sender % (GODWIT_BSF_SENDERS_MAX / WAYS) * WAYS], *place = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].sender == sender) {
            place = &set[i];
            break;
        }
        if (set[i].sender == 0 || (place->sender != 0 && set[i].at_ms < place->at_ms)) {
            place = &set[i];
        }
    }
    if (place->sender != sender) {
        *place = (godwit_bsf_sender_t){.sender = sender, .at_ms = now_ms, .tokens = full};
    }
    refill(place, full, now_ms);
    if (place->tokens == 0) {
        return false;
    }
    place->tokens--;
    return true;
}
