/* SPDX-License-Identifier: Apache-2.0
 *
 * MTC_KEY_REQUEST, up to the question to the HLR: the caller's limit, the datagram, the entitlement, the counter, in
 * this order. Nothing has moved but what the caller is charged.
 */
#include <string.h>

#include "roles/mkef/internal.h"

#define AGAIN_MS 60000u
#define HSS_TIMEOUT_MS 5000u
#define SESSION_OCTETS_MAX 4u
#define COUNTER_OCTETS_MAX 3u

typedef struct run {
    godwit_mkef_t *mkef;
    const godwit_input_t *in;
    godwit_outbox_t *out;
    godwit_mkef_caller_t *caller;
    godwit_mtc_first_t first;
    const char *detail;
} run_t;

/* ---- the counter ---- */

godwit_status_t godwit_mkef_judge(const godwit_mtc_contact_record_t *contact, const godwit_mtc_first_t *first,
                                  const uint8_t request_hash[16], uint64_t now_ms, bool *again, const char **detail)
{
    const uint64_t counter = godwit_rand1_counter(first->rand1), last = contact != NULL ? contact->counter : 0;
    godwit_status_t status = godwit_mtc_counter_check(last, counter);
    *again = false;
    if (contact != NULL && contact->held) {
        *detail = "the store came from a backup, and the operator has not released this device yet";
        return GODWIT_KEY_EXPIRED;
    }
    if (status == GODWIT_REPLAY) {
        *detail = "the counter of RAND1 is behind";
        *again = contact != NULL && counter == last && now_ms >= contact->last_ms &&
                 now_ms - contact->last_ms <= AGAIN_MS &&
                 memcmp(contact->last_request, request_hash, sizeof contact->last_request) == 0;
        return *again ? GODWIT_OK : status;
    }
    if (status == GODWIT_KEY_EXPIRED) {
        *detail = "the counter of RAND1 is too far ahead: the operator may release it";
        return contact != NULL && contact->released ? GODWIT_OK : status;
    }
    return status;
}

/* ---- the question to the HLR ---- */

static godwit_mkef_pending_t *free_pending(godwit_mkef_t *mkef)
{
    for (size_t i = 0; i < GODWIT_MKEF_PENDING_MAX; i++) {
        if (!mkef->pending[i].used) {
            return &mkef->pending[i];
        }
    }
    return NULL;
}

static void ask(const run_t *run, godwit_mkef_pending_t *pending, godwit_message_t *message)
{
    godwit_mkef_t *mkef = run->mkef;
    mkef->next_transaction = mkef->next_transaction == UINT32_MAX ? 1 : mkef->next_transaction + 1;
    pending->transaction = mkef->next_transaction;
    message->kind = GODWIT_DEVICE_RAND_REQUEST;
    message->from = GODWIT_FUNCTION_MKEF;
    message->to = GODWIT_FUNCTION_HSS;
    message->transaction = pending->transaction;
    memcpy(message->origin_host, mkef->local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, mkef->local_realm, sizeof message->origin_realm);
    message->u.device_rand_request.imsi = pending->imsi;
    memcpy(message->u.device_rand_request.rand1, run->first.rand1, sizeof run->first.rand1);
    message->u.device_rand_request.plain = run->first.has_res;
    godwit_outbox_add(run->out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_outbox_timer(run->out, (uint32_t)(pending - mkef->pending),
                        mkef->hss_timeout_ms != 0 ? mkef->hss_timeout_ms : HSS_TIMEOUT_MS);
}

static godwit_status_t begin(run_t *run, const godwit_imsi_t *imsi, const uint8_t server_key[16],
                             const uint8_t request_hash[16])
{
    const godwit_message_t *asked = run->in->message;
    godwit_mkef_pending_t *pending = free_pending(run->mkef);
    godwit_message_t *message = godwit_outbox_alloc(run->out, sizeof *message);
    if (pending == NULL || message == NULL) {
        run->detail = "too many requests wait for the HLR";
        return GODWIT_OVERLOAD;
    }
    memset(pending, 0, sizeof *pending);
    pending->used = true;
    pending->asked = asked->transaction;
    pending->route = asked->route;
    pending->from = asked->from;
    pending->caller = (size_t)(run->caller - run->mkef->callers);
    pending->imsi = *imsi;
    memcpy(pending->server_id, run->mkef->server_id, sizeof pending->server_id);
    memcpy(pending->server_key, server_key, sizeof pending->server_key);
    memcpy(pending->request_hash, request_hash, sizeof pending->request_hash);
    pending->first = run->first;
    pending->request = asked->u.mtc_key_request;
    run->caller->outstanding++;
    ask(run, pending, message);
    return GODWIT_OK;
}

/* ---- round by round ---- */

/* The caller's name and the datagram: who says it again is the same caller. */
static godwit_status_t hash_request(const run_t *run, uint8_t hash[GODWIT_SHA256_SIZE])
{
    const godwit_mtc_key_request_t *request = &run->in->message->u.mtc_key_request;
    const godwit_slice_t pieces[] = {godwit_slice(run->caller->name_key, sizeof run->caller->name_key),
                                     godwit_slice(request->datagram, request->datagram_len)};
    return run->mkef->crypto->sha256(pieces, 2, hash);
}

static void fetch_entitlement(const run_t *run, const godwit_imsi_t *imsi)
{
    godwit_record_key_t *key = &godwit_outbox_add(run->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_MTC_ENTITLEMENT;
    key->imsi = *imsi;
    key->at_ms = run->in->now_ms;
    memcpy(key->octets, run->caller->name_key, sizeof key->octets);
}

void godwit_mkef_fetch_contact(godwit_outbox_t *out, const godwit_imsi_t *imsi, const uint8_t server_key[16])
{
    godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_MTC_CONTACT;
    key->imsi = *imsi;
    memcpy(key->octets, server_key, sizeof key->octets);
}

static godwit_status_t parse(run_t *run)
{
    static const uint8_t none[GODWIT_MTC_IDENTITY];
    const godwit_mtc_key_request_t *request = &run->in->message->u.mtc_key_request;
    const godwit_framing_t framing = {request->session_octets, request->counter_octets};
    run->detail = "this is no first datagram";
    if (request->datagram_len > sizeof request->datagram || framing.session_octets > SESSION_OCTETS_MAX ||
        framing.counter_octets > COUNTER_OCTETS_MAX) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status =
        godwit_mtc_first_peek(godwit_slice(request->datagram, request->datagram_len), framing, &run->first);
    if (status == GODWIT_OK && run->first.by_temporary && memcmp(run->first.temporary, none, sizeof none) == 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK && run->first.has_res &&
        (run->mkef->ts33868 == GODWIT_MTC_GODWIT1 || run->first.by_temporary)) {
        run->detail = "profile ts33868, which this MKEF does not take";
        status = GODWIT_POLICY_FORBIDS;
    }
    return status;
}

/* GODWIT_AGAIN: a need stands in the outbox. */
static godwit_status_t first_round(const run_t *run)
{
    if (!run->first.by_temporary) {
        fetch_entitlement(run, &run->first.imsi);
        return GODWIT_AGAIN;
    }
    godwit_record_key_t *key = &godwit_outbox_add(run->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_MTC_CONTACT;
    memcpy(key->octets, run->first.temporary, sizeof run->first.temporary);
    return GODWIT_AGAIN;
}

/* Another server's temporary identity is nobody's here, and so is one whose device this server may have nothing of. */
static godwit_status_t after_temporary(run_t *run)
{
    run->detail = "nobody has this temporary identity";
    if (run->in->fetched == NULL) {
        return GODWIT_UNKNOWN_SUBSCRIBER;
    }
    const godwit_mtc_contact_record_t *contact = &run->in->fetched->u.mtc_contact;
    memcpy(run->mkef->temporary_of, contact->server_key, sizeof run->mkef->temporary_of);
    fetch_entitlement(run, &contact->imsi);
    return GODWIT_AGAIN;
}

static godwit_status_t after_entitlement(run_t *run)
{
    const godwit_imsi_t *imsi = &run->in->fetched_key.imsi;
    uint8_t server_key[16];
    run->detail = run->first.by_temporary ? "nobody has this temporary identity" : "this server is not entitled";
    if (run->in->fetched == NULL) {
        return run->first.by_temporary ? GODWIT_UNKNOWN_SUBSCRIBER : GODWIT_NOT_ENTITLED;
    }
    memcpy(run->mkef->server_id, run->in->fetched->u.mtc_entitlement.server_id, sizeof run->mkef->server_id);
    godwit_status_t status = godwit_name_key(run->mkef->crypto, run->mkef->server_id, server_key);
    if (status != GODWIT_OK) {
        return status;
    }
    if (run->first.by_temporary && memcmp(server_key, run->mkef->temporary_of, sizeof server_key) != 0) {
        return GODWIT_UNKNOWN_SUBSCRIBER;
    }
    godwit_mkef_fetch_contact(run->out, imsi, server_key);
    return GODWIT_AGAIN;
}

static godwit_status_t after_contact(run_t *run)
{
    const godwit_input_t *in = run->in;
    uint8_t hash[GODWIT_SHA256_SIZE];
    bool again = false;
    godwit_status_t status = hash_request(run, hash);
    if (status == GODWIT_OK && !run->first.has_res) {
        status = godwit_mkef_judge(in->fetched != NULL ? &in->fetched->u.mtc_contact : NULL, &run->first, hash,
                                   in->now_ms, &again, &run->detail);
    }
    return status == GODWIT_OK ? begin(run, &in->fetched_key.imsi, in->fetched_key.octets, hash) : status;
}

static godwit_status_t next_round(run_t *run)
{
    const godwit_input_t *in = run->in;
    if (in->fetch_status == GODWIT_AGAIN) {
        return first_round(run);
    }
    if (in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        run->detail = "the store could not be read";
        return GODWIT_STORE_FAILED;
    }
    if (in->fetched_key.kind == GODWIT_RECORD_MTC_ENTITLEMENT) {
        return after_entitlement(run);
    }
    return in->fetched_key.imsi.len == 0 ? after_temporary(run) : after_contact(run);
}

static void refuse(const run_t *run, godwit_status_t status)
{
    const godwit_message_t *asked = run->in->message;
    godwit_message_t *answer = godwit_mkef_answer(run->out, asked->from, asked->transaction, asked->route);
    if (answer != NULL) {
        answer->u.mtc_key_answer.status = godwit_status_on_the_wire(status);
        godwit_outbox_add(run->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
    godwit_outbox_event(run->out, "refused", status, run->first.by_temporary ? NULL : &run->first.imsi, run->detail);
}

void godwit_mkef_on_request(godwit_mkef_t *mkef, const godwit_input_t *in, godwit_outbox_t *out)
{
    run_t run = {.mkef = mkef, .in = in, .out = out};
    godwit_status_t status = GODWIT_OVERLOAD;
    run.caller = godwit_mkef_caller_admit(mkef, in->message->origin_host, in->now_ms);
    run.detail = "the limit of this caller";
    if (run.caller != NULL) {
        status = parse(&run);
        status = status == GODWIT_OK ? next_round(&run) : status;
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (run.caller != NULL) {
        godwit_mkef_caller_charge(mkef, run.caller, status, in->now_ms);
    }
    if (status != GODWIT_OK) {
        refuse(&run, status);
    }
}
