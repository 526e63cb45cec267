/* SPDX-License-Identifier: Apache-2.0
 *
 * KEY_REQUEST. One vector is outstanding for each IMSI and agreement: a request for a session gets the same one again
 * with the next generation, so that nobody burns a subscriber's SQN; a new one is fetched only when none is outstanding
 * or a valid AUTS came.
 */
#include <string.h>

#include "roles/emks/internal.h"

#define OUTSTANDING_MS (UINT64_C(24) * 60 * 60 * 1000)

static unsigned bit_of(godwit_agreement_t agreement)
{
    return 1u << (agreement - 1);
}

/* 03 is preferred; 07 only where it is allowed for that device; 01, 02, 04 and 05 for the next key of a session that
 * came from one of them.
 * DEVICE_RAND (0) stands for none. */
static godwit_agreement_t choose(const godwit_emks_t *emks, const godwit_key_request_t *request)
{
    for (unsigned a = GODWIT_AGREEMENT_ACCESS_UMTS; a <= GODWIT_AGREEMENT_AKMA; a++) {
        if (a != GODWIT_AGREEMENT_SEPARATE_EPS && request->purpose == GODWIT_KEY_NEXT_GENERATION &&
            request->agreements == bit_of((godwit_agreement_t)a)) {
            return (godwit_agreement_t)a;
        }
    }
    if (request->reference[0] != '\0') {
        return godwit_emks_choose_reference(emks, request);
    }
    unsigned both = emks->agreements & request->agreements;
    if ((both & bit_of(GODWIT_AGREEMENT_SEPARATE_EPS)) != 0) {
        return GODWIT_AGREEMENT_SEPARATE_EPS;
    }
    if ((both & bit_of(GODWIT_AGREEMENT_SEPARATE_UMTS)) != 0 && emks->separate_umts_allowed != NULL &&
        emks->separate_umts_allowed(emks->context, &request->imsi)) {
        return GODWIT_AGREEMENT_SEPARATE_UMTS;
    }
    return GODWIT_AGREEMENT_DEVICE_RAND;
}

static bool is_outstanding(const godwit_emks_t *emks, const godwit_key_set_record_t *key_set, uint64_t now_ms)
{
    uint64_t life = emks->outstanding_ms != 0 ? emks->outstanding_ms : OUTSTANDING_MS;
    bool old = now_ms > key_set->created_ms && now_ms - key_set->created_ms > life;
    return !key_set->confirmed && !old && key_set->generation < UINT32_MAX;
}

godwit_status_t godwit_emks_next_generation(const godwit_emks_t *emks, const godwit_key_set_record_t *stored,
                                            const godwit_emks_waiter_t *waiter, bool with_vector, godwit_outbox_t *out)
{
    godwit_key_set_record_t key_set = *stored;
    key_set.generation++;
    key_set.parked.set = false; /* only the newest generation lives again, and only where it went */
    memcpy(key_set.parked_endpoint, waiter->endpoint, sizeof key_set.parked_endpoint);
    godwit_status_t status = godwit_emks_commit(out, &key_set) != NULL ? GODWIT_OK : GODWIT_OVERLOAD;
    if (status == GODWIT_OK) {
        status = godwit_emks_hand_out(emks, out, waiter, &key_set, key_set.generation, with_vector);
    }
    godwit_wipe(&key_set, sizeof key_set);
    return status;
}

/* The next generation of the key set that is still lived under while a newer vector is outstanding. */
static godwit_status_t next_of_former(const godwit_emks_t *emks, const godwit_key_set_record_t *stored,
                                      const godwit_emks_waiter_t *waiter, godwit_outbox_t *out)
{
    godwit_key_set_record_t *committed = godwit_emks_commit(out, stored);
    if (committed == NULL) {
        return GODWIT_OVERLOAD;
    }
    godwit_former_key_set_t *former = &committed->former;
    godwit_key_set_record_t lived = {.agreement = stored->agreement, .vector_number = former->vector_number};
    memcpy(lived.e2m_keyset, former->e2m_keyset, sizeof lived.e2m_keyset);
    former->generation++;
    godwit_status_t status = godwit_emks_hand_out(emks, out, waiter, &lived, former->generation, false);
    godwit_wipe(&lived, sizeof lived);
    return status;
}

/* For the next key of a session that lives: only of the key set that the session came from, and only once its vector is
 * spent. */
static godwit_status_t for_next(const godwit_emks_t *emks, const godwit_key_request_t *request,
                                const godwit_key_set_record_t *stored, const godwit_emks_waiter_t *waiter,
                                uint64_t now_ms, godwit_outbox_t *out, const char **detail)
{
    if (stored != NULL && godwit_emks_is_expired(emks, stored, now_ms)) {
        *detail = "the life of the key set is over";
        return GODWIT_KEY_EXPIRED;
    }
    bool current = stored != NULL && stored->vector_number == request->key_set && stored->confirmed;
    bool former = stored != NULL && request->key_set != 0 && stored->former.vector_number == request->key_set;
    if (!current && !former) {
        *detail = "a next generation of a key set that is not the confirmed one";
        return GODWIT_UNKNOWN_KEY;
    }
    if ((current ? stored->generation : stored->former.generation) == UINT32_MAX) {
        *detail = "the generations of this key set are spent";
        return GODWIT_COUNT_EXHAUSTED;
    }
    return current ? godwit_emks_next_generation(emks, stored, waiter, false, out)
                   : next_of_former(emks, stored, waiter, out);
}

/* For the session after the one that lives, which goes on with its own key set until the new one is confirmed. */
static godwit_status_t may_have_vector(const godwit_key_request_t *request, const godwit_key_set_record_t *stored,
                                       const char **detail)
{
    bool current = stored != NULL && stored->vector_number == request->key_set && stored->confirmed;
    bool former = stored != NULL && request->key_set != 0 && stored->former.vector_number == request->key_set;
    if (!current && !former) {
        *detail = "a next vector for a key set that is not the confirmed one";
        return GODWIT_UNKNOWN_KEY;
    }
    if (!stored->next_session) {
        *detail = "the subscription has no next session vectors";
        return GODWIT_NOT_ENTITLED;
    }
    return GODWIT_OK;
}

static godwit_status_t for_session(godwit_emks_t *emks, const godwit_input_t *in, godwit_agreement_t agreement,
                                   const godwit_key_set_record_t *stored, const godwit_emks_waiter_t *waiter,
                                   godwit_outbox_t *out, const char **detail)
{
    const godwit_key_request_t *request = &in->message->u.key_request;
    bool resync = request->resync;
    if (request->purpose == GODWIT_KEY_NEXT_VECTOR) {
        godwit_status_t status = may_have_vector(request, stored, detail);
        if (status != GODWIT_OK) {
            return status;
        }
    }
    if (resync && (stored == NULL || stored->confirmed)) {
        *detail = "AUTS, but no vector is outstanding";
        return GODWIT_AUTH_MAC_FAILURE;
    }
    if (resync && request->has_rand && memcmp(request->rand, stored->rand, sizeof stored->rand) != 0) {
        resync = false; /* the vector it complains of was replaced already */
    }
    *detail = "no room for another request to the HSS";
    if (resync) {
        return godwit_emks_ask(emks, in->message, agreement, stored->rand, request->auts, out);
    }
    if (stored != NULL && is_outstanding(emks, stored, in->now_ms)) {
        return godwit_emks_next_generation(emks, stored, waiter, true, out);
    }
    return godwit_emks_ask(emks, in->message, agreement, NULL, NULL, out);
}

void godwit_emks_on_key_request(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_key_request_t *request = &in->message->u.key_request;
    const godwit_key_set_record_t *stored = in->fetched != NULL ? &in->fetched->u.key_set : NULL;
    godwit_emks_waiter_t waiter = {.transaction = in->message->transaction, .route = in->message->route};
    godwit_agreement_t agreement = choose(emks, request);
    godwit_status_t status = GODWIT_OK;
    const char *detail = NULL;
    memcpy(waiter.endpoint, request->endpoint, sizeof waiter.endpoint);
    if (!godwit_speaks_for(in->message, request->endpoint)) {
        status = GODWIT_NOT_ENTITLED;
        detail = "the node that asks is not the endpoint it asks for";
    } else if (request->purpose == GODWIT_KEY_BY_SELECTOR) {
        godwit_emks_on_selector(emks, in, &waiter, out);
    } else if (agreement == GODWIT_AGREEMENT_DEVICE_RAND) {
        status = GODWIT_POLICY_FORBIDS;
        detail = "no agreement that device and network both allow";
    } else if (in->fetch_status == GODWIT_AGAIN) {
        godwit_emks_fetch_key_set(out, &request->imsi, agreement);
    } else if (in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        status = GODWIT_STORE_FAILED;
        detail = "the key set could not be read";
    } else if (request->purpose == GODWIT_KEY_NEXT_GENERATION) {
        status = for_next(emks, request, stored, &waiter, in->now_ms, out, &detail);
    } else {
        status = godwit_agreement_has_reference((uint8_t)agreement)
                     ? godwit_emks_for_reference(emks, in, agreement, stored, &waiter, out, &detail)
                     : for_session(emks, in, agreement, stored, &waiter, out, &detail);
    }
    if (status != GODWIT_OK) {
        godwit_emks_refuse(out, &waiter, &request->imsi, status, detail);
    }
}
