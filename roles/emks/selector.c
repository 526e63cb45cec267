/* SPDX-License-Identifier: Apache-2.0
 *
 * KEY_REQUEST BY_SELECTOR: an HSE pulls a session key of the key set that an access AKA run made (contribution 003,
 * steps 7 and 8). The generation is durable before it leaves and above the one that the device has taken; a parked key
 * is durably parked no more before it lives again.
 */
#include <string.h>

#include "roles/emks/internal.h"

static bool selects(const godwit_key_set_record_t *stored, const godwit_selector_t *selector)
{
    switch (selector->kind) {
    case GODWIT_SELECTOR_RAND:
        return memcmp(selector->octets, stored->rand, sizeof stored->rand) == 0;
    case GODWIT_SELECTOR_SQN:
        return memcmp(selector->octets, stored->autn, 6) == 0; /* SQN xor AK */
    default:
        return false;
    }
}

/* Records are looked at in the order of agreements; after the last one there is nothing left to ask for. */
static godwit_agreement_t next_to_fetch(const godwit_key_request_t *request, const godwit_input_t *in)
{
    unsigned first = in->fetch_status == GODWIT_AGAIN ? GODWIT_AGREEMENT_ACCESS_UMTS : in->fetched_key.agreement + 1u;
    for (unsigned a = first; a <= GODWIT_AGREEMENT_ACCESS_EPS; a++) {
        if ((request->agreements & (1u << (a - 1))) != 0) {
            return (godwit_agreement_t)a;
        }
    }
    return GODWIT_AGREEMENT_DEVICE_RAND;
}

static godwit_status_t hand_out(const godwit_emks_t *emks, const godwit_key_request_t *request,
                                const godwit_key_set_record_t *stored, const godwit_emks_waiter_t *waiter,
                                godwit_outbox_t *out, const char **detail)
{
    bool lives = godwit_parked_lives(&stored->parked, stored->generation, request->above_generation) &&
                 strcmp(stored->parked_endpoint, request->endpoint) == 0;
    uint32_t generation =
        lives ? stored->generation : godwit_generation_after(stored->generation, request->above_generation);
    if (generation == 0) {
        *detail = "no generation is left above the one that was named";
        return GODWIT_COUNT_EXHAUSTED;
    }
    godwit_key_set_record_t *committed = godwit_emks_commit(out, stored);
    if (committed == NULL) {
        return GODWIT_OVERLOAD;
    }
    committed->generation = generation;
    committed->parked.set = false;
    memcpy(committed->parked_endpoint, request->endpoint, sizeof committed->parked_endpoint);
    *detail = "no session key could be made";
    return godwit_emks_hand_out_parked(emks, out, waiter, committed, generation, lives ? &stored->parked : NULL);
}

void godwit_emks_on_selector(godwit_emks_t *emks, const godwit_input_t *in, const godwit_emks_waiter_t *waiter,
                             godwit_outbox_t *out)
{
    const godwit_key_request_t *request = &in->message->u.key_request;
    const godwit_key_set_record_t *stored = in->fetched != NULL ? &in->fetched->u.key_set : NULL;
    bool failed =
        in->fetch_status != GODWIT_AGAIN && in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND;
    bool found = !failed && stored != NULL && godwit_emks_has_key_set(stored) && selects(stored, &request->selector);
    godwit_agreement_t next = failed || found ? GODWIT_AGREEMENT_DEVICE_RAND : next_to_fetch(request, in);
    const char *detail = "the key set could not be read";
    godwit_status_t status = GODWIT_STORE_FAILED;
    if (next != GODWIT_AGREEMENT_DEVICE_RAND) {
        godwit_emks_fetch_key_set(out, &request->imsi, next);
        return;
    }
    if (found && godwit_emks_is_expired(emks, stored, in->now_ms)) {
        status = GODWIT_KEY_EXPIRED;
        detail = "the life of the key set is over";
    } else if (found) {
        status = hand_out(emks, request, stored, waiter, out, &detail);
    } else if (!failed) {
        bool any = (request->agreements & 0x03u) != 0;
        status = any ? GODWIT_UNKNOWN_KEY : GODWIT_POLICY_FORBIDS;
        detail = any ? "no key set matches the selector" : "no agreement of an access AKA run was asked for";
    }
    if (status != GODWIT_OK) {
        godwit_emks_refuse(out, waiter, &request->imsi, status, detail);
    }
}
