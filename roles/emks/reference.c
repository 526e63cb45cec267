/* SPDX-License-Identifier: Apache-2.0
 *
 * Key sets that a bootstrapping made (agreement 04: GBA, the EMKS is a NAF). A Session Request names the bootstrapping;
 * its key is asked for once and becomes a key set with generations of its own. Another name is another key set, and
 * only one that was bootstrapped later takes the place of what is here: an older one coming back would bring its
 * generations, and so its COUNTs, back with it. A name of one subscriber never gives a key for another. Agreement 05
 * (AKMA) is the same with the EMKS as an application function, that asks the AAnF.
 */
#include <string.h>

#include "roles/emks/internal.h"

#define TIMEOUT_MS 5000

/* How a record knows a reference: the first 16 octets of its SHA-256. */
static godwit_status_t name_of(const godwit_emks_t *emks, const char *reference, uint8_t name[16])
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    godwit_slice_t text = godwit_slice_of_string(reference);
    godwit_status_t status = emks->crypto->sha256(&text, 1, digest);
    memcpy(name, digest, 16);
    return status;
}

/* ---- asking ---- */

static bool is_naf(const godwit_emks_t *emks)
{
    return emks->naf_id_len != 0;
}

static bool is_af(const godwit_emks_t *emks)
{
    return emks->af_id_len != 0;
}

/* A B-TID begins with base64 (TS 33.220 4.5.2), in which there is no dot; the user name of an A-KID of ours has one. */
static bool is_a_kid(const char *reference)
{
    const char *at = strchr(reference, '@'), *dot = strchr(reference, '.');
    return at != NULL && dot != NULL && dot < at;
}

static void ask_aanf(const godwit_emks_t *emks, const godwit_emks_pending_t *pending, godwit_message_t *message)
{
    godwit_akma_key_request_t *request = &message->u.akma_key_request;
    message->kind = GODWIT_AKMA_KEY_REQUEST;
    message->to = GODWIT_FUNCTION_AANF;
    memcpy(request->a_kid, pending->reference, sizeof pending->reference);
    memcpy(request->af_id, emks->af_id, emks->af_id_len);
    request->af_id_len = emks->af_id_len;
}

static void ask_bsf(const godwit_emks_t *emks, const godwit_emks_pending_t *pending, godwit_message_t *message)
{
    godwit_zn_request_t *request = &message->u.zn_request;
    message->kind = GODWIT_ZN_REQUEST;
    message->to = GODWIT_FUNCTION_BSF;
    memcpy(request->b_tid, pending->reference, sizeof pending->reference);
    memcpy(request->naf_id, emks->naf_id, emks->naf_id_len);
    request->naf_id_len = emks->naf_id_len;
}

static godwit_status_t ask(godwit_emks_t *emks, const godwit_message_t *message, godwit_agreement_t agreement,
                           godwit_outbox_t *out)
{
    const godwit_key_request_t *request = &message->u.key_request;
    bool fresh = false;
    godwit_emks_pending_t *pending = godwit_emks_pending_join(emks, message, agreement, &fresh);
    if (pending == NULL || !fresh) {
        return pending == NULL ? GODWIT_OVERLOAD : GODWIT_OK;
    }
    godwit_message_t *question = godwit_outbox_alloc(out, sizeof *question);
    if (question == NULL) {
        memset(pending, 0, sizeof *pending);
        return GODWIT_OVERLOAD;
    }
    memcpy(pending->reference, request->reference, sizeof pending->reference);
    question->from = GODWIT_FUNCTION_EMKS;
    question->transaction = pending->transaction;
    memcpy(question->origin_host, emks->local_host, sizeof question->origin_host);
    memcpy(question->origin_realm, emks->local_realm, sizeof question->origin_realm);
    if (agreement == GODWIT_AGREEMENT_AKMA) {
        ask_aanf(emks, pending, question);
    } else {
        ask_bsf(emks, pending, question);
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = question;
    godwit_outbox_timer(out, (uint32_t)(pending - emks->pending),
                        emks->hss_timeout_ms != 0 ? emks->hss_timeout_ms : TIMEOUT_MS);
    return GODWIT_OK;
}

godwit_agreement_t godwit_emks_choose_reference(const godwit_emks_t *emks, const godwit_key_request_t *request)
{
    unsigned both = emks->agreements & request->agreements;
    bool gba = (both & 1u << (GODWIT_AGREEMENT_GBA - 1)) != 0 && is_naf(emks);
    bool akma = (both & 1u << (GODWIT_AGREEMENT_AKMA - 1)) != 0 && is_af(emks);
    if (is_a_kid(request->reference)) {
        return akma ? GODWIT_AGREEMENT_AKMA : GODWIT_AGREEMENT_DEVICE_RAND;
    }
    return gba ? GODWIT_AGREEMENT_GBA : GODWIT_AGREEMENT_DEVICE_RAND;
}

godwit_status_t godwit_emks_for_reference(godwit_emks_t *emks, const godwit_input_t *in, godwit_agreement_t agreement,
                                          const godwit_key_set_record_t *stored, const godwit_emks_waiter_t *waiter,
                                          godwit_outbox_t *out, const char **detail)
{
    const godwit_key_request_t *request = &in->message->u.key_request;
    uint8_t name[16];
    godwit_status_t status = name_of(emks, request->reference, name);
    *detail = "no room for another request to where its key is";
    if (status != GODWIT_OK) {
        return status;
    }
    if (request->resync) {
        *detail = "AUTS, but no vector is outstanding";
        return GODWIT_AUTH_MAC_FAILURE;
    }
    bool known = godwit_emks_has_key_set(stored) && memcmp(stored->rand, name, sizeof name) == 0;
    if (!known) {
        return ask(emks, in->message, agreement, out);
    }
    if (godwit_emks_is_expired(emks, stored, in->now_ms)) {
        *detail = "the life of the bootstrapped key is over";
        return GODWIT_KEY_EXPIRED;
    }
    if (stored->generation == UINT32_MAX) {
        *detail = "the generations of this key set are spent";
        return GODWIT_COUNT_EXHAUSTED;
    }
    return godwit_emks_next_generation(emks, stored, waiter, false, out);
}

/* ---- the answer ---- */

/* What was asked for, in whatever way: the root, whose it is, from when to when. */
typedef struct bootstrapped {
    godwit_imsi_t imsi;
    uint8_t root[32]; /* secret */
    uint64_t created_ms, expires_ms;
} bootstrapped_t;

static godwit_status_t read_bsf(const godwit_zn_answer_t *answer, bootstrapped_t *b, const char **detail)
{
    if (answer->status != GODWIT_OK) {
        *detail = "the BSF refused";
        return answer->status;
    }
    *detail = "the BSF names no subscriber";
    b->created_ms = answer->created_ms;
    b->expires_ms = answer->expires_ms;
    memcpy(b->root, answer->me_key, sizeof b->root);
    return godwit_impi_to_imsi(answer->impi, &b->imsi) == GODWIT_OK ? GODWIT_OK : GODWIT_PEER_INTERNAL;
}

static godwit_status_t read_aanf(const godwit_akma_key_answer_t *answer, bootstrapped_t *b, const char **detail)
{
    *detail = "the AAnF refused";
    b->imsi = answer->imsi;
    b->created_ms = answer->created_ms;
    b->expires_ms = answer->expires_ms;
    memcpy(b->root, answer->k_af, sizeof b->root);
    return answer->status;
}

static godwit_status_t judge(const godwit_emks_pending_t *pending, const bootstrapped_t *b, uint64_t now_ms,
                             const char **detail)
{
    if (!godwit_imsi_equal(&b->imsi, &pending->imsi)) {
        *detail = "the bootstrapping of another subscriber";
        return GODWIT_NOT_ENTITLED;
    }
    if (b->expires_ms <= now_ms) {
        *detail = "the life of the bootstrapped key is over";
        return GODWIT_KEY_EXPIRED;
    }
    return GODWIT_OK;
}

static godwit_status_t key_set_create(const godwit_emks_t *emks, const godwit_emks_pending_t *pending,
                                      const bootstrapped_t *b, const godwit_key_set_record_t *stored,
                                      godwit_key_set_record_t *key_set, const char **detail)
{
    *detail = "an older bootstrapping than the last, or one as old: bootstrap anew";
    if (stored != NULL && b->created_ms <= stored->created_ms) {
        return GODWIT_UNKNOWN_KEY;
    }
    *detail = "no key set could be made";
    key_set->imsi = pending->imsi;
    key_set->agreement = pending->agreement;
    key_set->vector_number = stored != NULL ? stored->vector_number + 1 : 1;
    key_set->created_ms = b->created_ms;
    key_set->push_number = b->expires_ms;
    key_set->generation = pending->waiters;
    godwit_emks_keep_former(stored, key_set);
    godwit_status_t status = name_of(emks, pending->reference, key_set->rand);
    return status == GODWIT_OK ? godwit_e2m_keyset(emks->crypto, b->root, pending->agreement, godwit_slice(NULL, 0),
                                                   key_set->e2m_keyset)
                               : status;
}

static godwit_status_t take(godwit_emks_t *emks, godwit_emks_pending_t *pending, const godwit_input_t *in,
                            const bootstrapped_t *b, godwit_outbox_t *out, const char **detail)
{
    const godwit_key_set_record_t *stored = in->fetched != NULL ? &in->fetched->u.key_set : NULL;
    godwit_key_set_record_t key_set = {.generation = 0};
    godwit_status_t status = key_set_create(emks, pending, b, stored, &key_set, detail);
    if (status == GODWIT_OK && godwit_emks_commit(out, &key_set) == NULL) {
        status = GODWIT_OVERLOAD;
    }
    for (uint8_t i = 0; status == GODWIT_OK && i < pending->waiters; i++) {
        status = godwit_emks_hand_out(emks, out, &pending->waiter[i], &key_set, i + 1u, false);
    }
    godwit_wipe(&key_set, sizeof key_set);
    return status;
}

void godwit_emks_on_bootstrapped(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_pending_t *pending = godwit_emks_pending_by_transaction(emks, in->message->transaction);
    const char *detail = NULL;
    bootstrapped_t b = {.created_ms = 0};
    if (pending == NULL || !godwit_agreement_has_reference((uint8_t)pending->agreement)) {
        return; /* its timer was first, and has said so */
    }
    if ((pending->agreement == GODWIT_AGREEMENT_AKMA) != (in->message->kind == GODWIT_AKMA_KEY_ANSWER)) {
        return;
    }
    godwit_status_t status = in->message->kind == GODWIT_AKMA_KEY_ANSWER
                                 ? read_aanf(&in->message->u.akma_key_answer, &b, &detail)
                                 : read_bsf(&in->message->u.zn_answer, &b, &detail);
    if (status == GODWIT_OK) {
        status = judge(pending, &b, in->now_ms, &detail);
    }
    if (status == GODWIT_OK && in->fetch_status == GODWIT_AGAIN) {
        godwit_emks_fetch_key_set(out, &pending->imsi, pending->agreement);
        godwit_wipe(&b, sizeof b);
        return;
    }
    if (status == GODWIT_OK && in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        status = GODWIT_STORE_FAILED;
        detail = "the key set could not be read";
    }
    if (status == GODWIT_OK) {
        status = take(emks, pending, in, &b, out, &detail);
    }
    if (status == GODWIT_OK) {
        godwit_outbox_event(out, "bootstrapping_taken", GODWIT_OK, &pending->imsi, NULL);
        godwit_emks_pending_release(emks, pending, out);
    } else {
        godwit_emks_refuse_all(emks, pending, status, detail, out);
    }
    godwit_wipe(&b, sizeof b);
}
