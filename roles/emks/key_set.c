/* SPDX-License-Identifier: Apache-2.0
 *
 * Key sets of access AKA runs (Solution 1 D, agreements 01 and 02): KEY_SET_PUSH makes the EMKS their owner, KEY_PARK
 * leaves a key with it.
 * Both are answered only when durable. A push that comes late or twice must not bring back an older key set, or its
 * generations would be handed out again.
 */
#include <string.h>

#include "roles/emks/internal.h"

#define KEY_SET_MS (UINT64_C(30) * 24 * 60 * 60 * 1000)

bool godwit_emks_is_access(godwit_agreement_t agreement)
{
    return agreement == GODWIT_AGREEMENT_ACCESS_UMTS || agreement == GODWIT_AGREEMENT_ACCESS_EPS;
}

/* A store that came back from a backup has wiped its key sets (adapters/store/restored.c): zeros are no key. */
bool godwit_emks_has_key_set(const godwit_key_set_record_t *stored)
{
    static const uint8_t none[32];
    return stored != NULL && !godwit_equal_secret(stored->e2m_keyset, none, sizeof none);
}

bool godwit_emks_is_expired(const godwit_emks_t *emks, const godwit_key_set_record_t *stored, uint64_t now_ms)
{
    if (godwit_agreement_has_reference((uint8_t)stored->agreement)) {
        return now_ms >= stored->push_number;
    }
    uint64_t life = emks->key_set_ms != 0 ? emks->key_set_ms : KEY_SET_MS;
    return godwit_emks_is_access(stored->agreement) && now_ms > stored->created_ms &&
           now_ms - stored->created_ms > life;
}

static void answer(const godwit_message_t *request, godwit_message_kind_t kind, godwit_status_t status,
                   godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_outbox_answer(out, request, kind, GODWIT_FUNCTION_EMKS);
    if (message != NULL) {
        message->u.outcome = status == GODWIT_OK ? GODWIT_OK : godwit_status_on_the_wire(status);
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
}

godwit_status_t godwit_emks_gather(const godwit_input_t *in, const godwit_imsi_t *imsi, godwit_agreement_t agreement,
                                   godwit_outbox_t *out, const char **detail)
{
    if (in->fetch_status == GODWIT_AGAIN) {
        godwit_emks_fetch_key_set(out, imsi, agreement);
        return GODWIT_AGAIN;
    }
    if (in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        *detail = "the key set could not be read";
        return GODWIT_STORE_FAILED;
    }
    return GODWIT_OK;
}

/* ---- KEY_SET_PUSH ---- */

bool godwit_emks_is_listed(const char (*hosts)[GODWIT_NODE_NAME_MAX], size_t count, const char *host)
{
    for (size_t i = 0; i < count; i++) {
        if (hosts[i][0] != '\0' && strcmp(hosts[i], host) == 0) {
            return true;
        }
    }
    return false;
}

static godwit_status_t take(const godwit_key_set_push_t *push, const godwit_key_set_record_t *stored, uint64_t now_ms,
                            godwit_outbox_t *out, const char **detail)
{
    godwit_key_set_record_t key_set = {.imsi = push->imsi, .agreement = push->agreement};
    if (stored != NULL && push->key_set <= stored->push_number) {
        bool again = push->key_set == stored->push_number &&
                     godwit_equal_secret(push->e2m_keyset, stored->e2m_keyset, sizeof push->e2m_keyset);
        *detail = "a key set that is not newer than the one that is here";
        return again ? GODWIT_OK : GODWIT_REPLAY;
    }
    key_set.vector_number = stored != NULL ? stored->vector_number + 1 : 1;
    key_set.push_number = push->key_set;
    key_set.created_ms = now_ms;
    memcpy(key_set.rand, push->rand, sizeof key_set.rand);
    memcpy(key_set.autn, push->autn, sizeof key_set.autn);
    memcpy(key_set.e2m_keyset, push->e2m_keyset, sizeof key_set.e2m_keyset);
    godwit_emks_keep_former(stored, &key_set);
    godwit_status_t status = godwit_emks_commit(out, &key_set) != NULL ? GODWIT_OK : GODWIT_OVERLOAD;
    godwit_wipe(&key_set, sizeof key_set);
    return status;
}

static godwit_status_t judge_push(const godwit_emks_t *emks, const godwit_message_t *message, const char **detail)
{
    const godwit_key_set_push_t *push = &message->u.key_set_push;
    if (!godwit_emks_is_listed(emks->hss_hosts, emks->hss_host_count, message->origin_host)) {
        *detail = "a key set from a node that is no HSS of ours";
        return GODWIT_NOT_ENTITLED;
    }
    if (!godwit_emks_is_access(push->agreement) || push->key_set == 0 ||
        memcmp(push->sqn, push->autn, sizeof push->sqn) != 0) {
        *detail = "a key set that no access AKA run made";
        return GODWIT_MALFORMED;
    }
    return GODWIT_OK;
}

void godwit_emks_on_key_set_push(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_key_set_push_t *push = &in->message->u.key_set_push;
    const char *detail = NULL;
    godwit_status_t status = judge_push(emks, in->message, &detail);
    if (status == GODWIT_OK) {
        status = godwit_emks_gather(in, &push->imsi, push->agreement, out, &detail);
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status == GODWIT_OK) {
        status = take(push, in->fetched != NULL ? &in->fetched->u.key_set : NULL, in->now_ms, out, &detail);
    }
    answer(in->message, GODWIT_KEY_SET_PUSH_ANSWER, status, out);
    godwit_outbox_event(out, status == GODWIT_OK ? "key_set_taken" : "refused", status, &push->imsi,
                        status == GODWIT_OK ? NULL : detail);
}

/* ---- KEY_PARK ---- */

static godwit_status_t park(const godwit_emks_t *emks, const godwit_key_park_t *request,
                            const godwit_key_set_record_t *stored, uint64_t now_ms, godwit_outbox_t *out,
                            const char **detail)
{
    *detail = "a parked key of a key set that is not here";
    if (!godwit_emks_has_key_set(stored) || stored->vector_number != request->key_set) {
        return GODWIT_UNKNOWN_KEY;
    }
    if (strcmp(stored->parked_endpoint, request->endpoint) != 0) {
        *detail = "a parked key that was handed to another endpoint";
        return GODWIT_UNKNOWN_KEY;
    }
    if (godwit_emks_is_expired(emks, stored, now_ms)) {
        *detail = "the life of the key set is over";
        return GODWIT_KEY_EXPIRED;
    }
    godwit_parked_t parked = stored->parked;
    *detail = "a parked key that is not the newest, or lies behind what is known";
    godwit_status_t status = godwit_parked_put(&parked, &request->parked, stored->generation);
    godwit_key_set_record_t *committed = status == GODWIT_OK ? godwit_emks_commit(out, stored) : NULL;
    if (committed != NULL) {
        committed->parked = parked;
    }
    return status == GODWIT_OK && committed == NULL ? GODWIT_OVERLOAD : status;
}

void godwit_emks_on_key_park(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_key_park_t *request = &in->message->u.key_park;
    const char *detail = NULL;
    godwit_status_t status = GODWIT_OK;
    if (!godwit_speaks_for(in->message, request->endpoint)) {
        status = GODWIT_NOT_ENTITLED;
        detail = "the node that parks is not the endpoint it names";
    } else if (!godwit_emks_is_access(request->agreement)) {
        status = GODWIT_UNKNOWN_KEY;
        detail = "only keys of access AKA runs are parked";
    } else {
        status = godwit_emks_gather(in, &request->imsi, request->agreement, out, &detail);
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (status == GODWIT_OK) {
        status = park(emks, request, in->fetched != NULL ? &in->fetched->u.key_set : NULL, in->now_ms, out, &detail);
    }
    answer(in->message, GODWIT_KEY_PARK_ANSWER, status, out);
    godwit_outbox_event(out, status == GODWIT_OK ? "key_parked" : "refused", status, &request->imsi,
                        status == GODWIT_OK ? NULL : detail);
}
