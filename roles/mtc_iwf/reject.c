/* SPDX-License-Identifier: Apache-2.0
 *
 * What a Reject of a device leads to. One without proof is a hint of anybody, which may make this end ask for a key by
 * the name that the hint gives, rarely, and moves nothing that is known.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"

static bool is_of_this_command(const godwit_iwf_keys_t *keys, const godwit_a3_reject_t *reject)
{
    uint8_t digest[GODWIT_A3_DIGEST];
    return keys->held.command_len > 0 &&
           godwit_a3_digest(keys->crypto, godwit_slice(keys->held.command, keys->held.command_len), digest) ==
               GODWIT_OK &&
           memcmp(digest, reject->command, sizeof digest) == 0;
}

static bool names_root_of(const godwit_association_t *a, const godwit_a3_reject_t *reject)
{
    return a->number != 0 && a->root == reject->root &&
           memcmp(a->root_name, reject->root_name, sizeof a->root_name) == 0;
}

/* Whether to try something because of a Reject that nothing but its sender's word stands behind. From an address that
 * anybody may write into a datagram it must name another root than the one in use: what the keeper of roots does not
 * know leads to nothing. */
static bool may_take_hint(godwit_iwf_keys_t *keys, const godwit_a3_reject_t *reject, const godwit_iwf_up_t *up,
                          uint64_t now_ms)
{
    if (up->way.kind == GODWIT_IWF_WAY_A3 && names_root_of(&keys->held.current, reject)) {
        return false;
    }
    return godwit_iwf_may_hint(keys, &up->imsi, &up->way, now_ms);
}

/* A device that heard of no Command is told the one that is under way; else a key of the root that it names is asked
 * for. */
static godwit_status_t try_again(godwit_iwf_keys_t *keys, const godwit_iwf_up_t *up, uint64_t now_ms,
                                 godwit_outbox_t *out)
{
    const godwit_a3_reject_t *reject = &keys->opened.message.reject;
    godwit_iwf_want_t want = {.has_root_name = true, .renewing = true};
    if (reject->reason != GODWIT_A3_NO_ASSOCIATION) { /* else anybody says so, who need not even have heard a Command */
        want.above = reject->association;
    }
    want.root = reject->root == GODWIT_IWF_ROOT_EAP ? GODWIT_IWF_ROOT_EAP : GODWIT_IWF_ROOT_NONE;
    memcpy(want.root_name, reject->root_name, sizeof want.root_name);
    if (keys->config.ue_key_received) { /* it has no roots to name */
        want.has_root_name = false;
    }
    if (reject->reason == GODWIT_A3_NO_KEY ||
        (reject->reason == GODWIT_A3_NO_ASSOCIATION && names_root_of(&keys->held.next, reject))) {
        return godwit_iwf_begin_for(keys, &up->way, now_ms, out);
    }
    return godwit_iwf_ask_for(keys, &want, &up->way, now_ms, out);
}

void godwit_iwf_on_reject(godwit_iwf_keys_t *keys, const godwit_iwf_up_t *up, uint64_t now_ms, godwit_outbox_t *out)
{
    const godwit_a3_reject_t *reject = &keys->opened.message.reject;
    const bool none = reject->reason == GODWIT_A3_NO_ASSOCIATION;
    const bool receives = keys->config.ue_key_received && reject->reason != GODWIT_A3_NO_ROOT;
    const bool rootless = reject->root == GODWIT_IWF_ROOT_NONE && !receives;
    const bool hopeless = reject->reason == GODWIT_A3_NO_SUITE || rootless;
    const bool of_command = none || is_of_this_command(keys, reject);
    godwit_outbox_event(out, "association_rejected", GODWIT_OK, &up->imsi, keys->proved ? NULL : "without proof");
    if (keys->config.off || hopeless || !of_command ||
        !(keys->proved ? godwit_iwf_may_try(keys, &up->imsi, GODWIT_IWF_TRY_GAP_MS, now_ms)
                       : may_take_hint(keys, reject, up, now_ms))) {
        return;
    }
    const godwit_status_t status = try_again(keys, up, now_ms, out);
    if (status != GODWIT_OK) {
        godwit_outbox_event(out, "refused", status, &up->imsi, "nobody to ask for the key that the device has");
    }
}
