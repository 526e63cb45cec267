/* SPDX-License-Identifier: Apache-2.0
 *
 * AUTH_INFO_ANSWER: a new vector becomes a new key set; of several, all but the first are discarded. Everybody who
 * waited gets a generation of their own. When the HSS refuses or is silent, what was outstanding before stays so; but
 * for an AUTS that it refuses against a vector that is not fresh, for it may have forgotten that RAND, and the device
 * could never set up again.
 */
#include <string.h>

#include "core/agree/separate_aka/separate_aka.h"
#include "roles/emks/internal.h"

#define FRESH_MS 60000 /* so often at most does a forged AUTS cost the subscriber an SQN */

void godwit_emks_refuse_all(godwit_emks_t *emks, godwit_emks_pending_t *pending, godwit_status_t status,
                            const char *detail, godwit_outbox_t *out)
{
    for (uint8_t i = 0; i < pending->waiters; i++) {
        godwit_emks_refuse(out, &pending->waiter[i], &pending->imsi, status, detail);
    }
    godwit_emks_pending_release(emks, pending, out);
}

void godwit_emks_on_timer(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->timer < GODWIT_EMKS_PENDING_MAX && emks->pending[in->timer].used) {
        godwit_emks_refuse_all(emks, &emks->pending[in->timer], GODWIT_PEER_INTERNAL,
                               godwit_agreement_has_reference((uint8_t)emks->pending[in->timer].agreement)
                                   ? "where its key is, nobody answers"
                                   : "the HSS did not answer",
                               out);
    }
}

/* Whether the answer has what was asked for, before anything is derived from it. */
static godwit_status_t check(const godwit_emks_t *emks, const godwit_emks_pending_t *pending,
                             const godwit_auth_info_answer_t *answer, const char **detail)
{
    bool eps = pending->agreement == GODWIT_AGREEMENT_SEPARATE_EPS;
    if (answer->status != GODWIT_OK) {
        *detail = "the HSS refused";
        return answer->status;
    }
    if (answer->vectors == 0 || answer->kind != (eps ? GODWIT_VECTOR_EUTRAN : GODWIT_VECTOR_UTRAN)) {
        *detail = "the HSS gave no vector of the kind that was asked for";
        return GODWIT_PEER_INTERNAL;
    }
    *detail = eps ? "a vector without separation bit" : "a UTRAN vector with separation bit or e2m flag";
    return godwit_separate_aka_check(pending->agreement, answer->vector[0].autn, emks->amf_flag);
}

static godwit_status_t derive(const godwit_emks_t *emks, godwit_agreement_t agreement,
                              const godwit_auth_info_vector_t *vector, uint8_t e2m_keyset[32])
{
    if (agreement == GODWIT_AGREEMENT_SEPARATE_EPS) {
        return godwit_separate_aka_keyset_from_kasme(emks->crypto, vector->kasme, vector->autn, e2m_keyset);
    }
    return godwit_separate_aka_keyset(emks->crypto, agreement, vector->ck, vector->ik, vector->autn, emks->best_plmn,
                                      emks->amf_flag, e2m_keyset);
}

void godwit_emks_keep_former(const godwit_key_set_record_t *stored, godwit_key_set_record_t *key_set)
{
    if (stored == NULL || stored->vector_number == key_set->vector_number || !stored->confirmed) {
        key_set->former = stored != NULL ? stored->former : key_set->former;
        return;
    }
    key_set->former.vector_number = stored->vector_number;
    key_set->former.generation = stored->generation;
    key_set->former.age = stored->age;
    memcpy(key_set->former.e2m_keyset, stored->e2m_keyset, sizeof stored->e2m_keyset);
}

/* The new key set. An HSS that gives the last vector again gives the same keys again: its generations and ages go on,
 * or a COUNT would be used twice. */
static godwit_status_t key_set_create(const godwit_emks_t *emks, const godwit_emks_pending_t *pending,
                                      const godwit_auth_info_vector_t *vector, const godwit_key_set_record_t *stored,
                                      uint64_t now_ms, bool next_session, godwit_key_set_record_t *key_set)
{
    memset(key_set, 0, sizeof *key_set);
    key_set->imsi = pending->imsi;
    key_set->agreement = pending->agreement;
    key_set->vector_number = stored != NULL ? stored->vector_number + 1 : 1;
    key_set->created_ms = now_ms;
    key_set->next_session = next_session;
    memcpy(key_set->rand, vector->rand, sizeof key_set->rand);
    memcpy(key_set->autn, vector->autn, sizeof key_set->autn);
    godwit_status_t status = derive(emks, pending->agreement, vector, key_set->e2m_keyset);
    if (stored != NULL && godwit_equal_secret(stored->e2m_keyset, key_set->e2m_keyset, sizeof key_set->e2m_keyset)) {
        key_set->vector_number = stored->vector_number;
        key_set->generation = stored->generation;
        key_set->age = stored->age;
        if (UINT32_MAX - stored->generation < pending->waiters) {
            status = GODWIT_COUNT_EXHAUSTED;
        }
    }
    key_set->generation += pending->waiters;
    godwit_emks_keep_former(stored, key_set);
    return status;
}

static void take(godwit_emks_t *emks, godwit_emks_pending_t *pending, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_auth_info_answer_t *answer = &in->message->u.auth_info_answer;
    const godwit_auth_info_vector_t *vector = &answer->vector[0];
    const godwit_key_set_record_t *stored = in->fetched != NULL ? &in->fetched->u.key_set : NULL;
    godwit_key_set_record_t key_set;
    godwit_status_t status = key_set_create(emks, pending, vector, stored, in->now_ms, answer->next_session, &key_set);
    if (status == GODWIT_OK && godwit_emks_commit(out, &key_set) == NULL) {
        status = GODWIT_OVERLOAD;
    }
    if (status != GODWIT_OK) {
        godwit_emks_refuse_all(emks, pending, status, "no key set could be made of the vector", out);
        goto done;
    }
    uint32_t first = key_set.generation - pending->waiters + 1;
    for (uint8_t i = 0; i < pending->waiters; i++) {
        const godwit_emks_waiter_t *waiter = &pending->waiter[i];
        status = godwit_emks_hand_out(emks, out, waiter, &key_set, first + i, true);
        if (status != GODWIT_OK) {
            godwit_emks_refuse(out, waiter, &pending->imsi, status, "no session key could be made");
        }
    }
    godwit_outbox_event(out, pending->resync ? "vector_replaced" : "vector_taken", GODWIT_OK, &pending->imsi, NULL);
    godwit_emks_pending_release(emks, pending, out);
done:
    godwit_wipe(&key_set, sizeof key_set);
}

static bool is_fresh(const godwit_input_t *in)
{
    uint64_t created_ms = in->fetched != NULL ? in->fetched->u.key_set.created_ms : 0;
    return in->now_ms < created_ms || in->now_ms - created_ms < FRESH_MS;
}

void godwit_emks_on_vector(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_pending_t *pending = godwit_emks_pending_by_transaction(emks, in->message->transaction);
    const char *detail = NULL;
    if (pending == NULL || godwit_agreement_has_reference((uint8_t)pending->agreement)) {
        return; /* its timer was first, and has said so */
    }
    godwit_status_t status = check(emks, pending, &in->message->u.auth_info_answer, &detail);
    bool auts_refused = pending->resync && status == GODWIT_AUTH_MAC_FAILURE;
    if ((status == GODWIT_OK || auts_refused) && in->fetch_status == GODWIT_AGAIN) {
        godwit_emks_fetch_key_set(out, &pending->imsi, pending->agreement);
        return;
    }
    if ((status == GODWIT_OK || auts_refused) && in->fetch_status != GODWIT_OK &&
        in->fetch_status != GODWIT_NOT_FOUND) {
        auts_refused = false;
        status = GODWIT_STORE_FAILED;
        detail = "the key set could not be read";
    }
    if (status == GODWIT_OK) {
        take(emks, pending, in, out);
    } else if (!auts_refused || is_fresh(in) || godwit_emks_ask_without_auts(emks, pending, out) != GODWIT_OK) {
        godwit_emks_refuse_all(emks, pending, status, detail, out);
    }
}
