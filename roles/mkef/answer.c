/* SPDX-License-Identifier: Apache-2.0
 *
 * The HLR has answered, or not in time. The MAC of the datagram is the device's proof: only then counter, chain and
 * temporary identity move, all in one record, and K_MTC leaves when that is durable. The record is read again: another
 * request may have come first.
 */
#include <string.h>

#include "roles/mkef/internal.h"

typedef struct run {
    godwit_mkef_t *mkef;
    godwit_mkef_pending_t *pending;
    const godwit_input_t *in;
    godwit_outbox_t *out;
    const char *detail;
    bool again;
    uint8_t k_mtc[32];                   /* secret */
    godwit_mtc_contact_record_t contact; /* secret */
} run_t;

static godwit_mkef_pending_t *pending_of(godwit_mkef_t *mkef, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_MKEF_PENDING_MAX; i++) {
        if (mkef->pending[i].used && mkef->pending[i].transaction == transaction) {
            return &mkef->pending[i];
        }
    }
    return NULL;
}

/* Ends what is pending; status is what it came to. */
static void finish(const run_t *run, godwit_status_t status)
{
    godwit_mkef_pending_t *pending = run->pending;
    godwit_mkef_caller_t *caller = &run->mkef->callers[pending->caller];
    caller->outstanding -= caller->outstanding > 0 ? 1 : 0;
    if (status != GODWIT_OK) {
        godwit_mkef_caller_charge(run->mkef, caller, status, run->in->now_ms);
        godwit_message_t *answer = godwit_mkef_answer(run->out, pending->from, pending->asked, pending->route);
        if (answer != NULL) {
            answer->u.mtc_key_answer.status = godwit_status_on_the_wire(status);
            godwit_outbox_add(run->out, GODWIT_REQUEST_MESSAGE)->message = answer;
        }
        godwit_outbox_event(run->out, "refused", status, &pending->imsi, run->detail);
    }
    godwit_outbox_timer(run->out, (uint32_t)(pending - run->mkef->pending), 0);
    godwit_wipe(pending, sizeof *pending);
}

/* ---- the proof ---- */

static godwit_status_t check(run_t *run)
{
    const godwit_mkef_pending_t *pending = run->pending;
    uint8_t plain[GODWIT_MTC_DATAGRAM_MAX];
    const godwit_mtc_claim_t claim = {.datagram =
                                          godwit_slice(pending->request.datagram, pending->request.datagram_len),
                                      .framing = {.session_octets = pending->request.session_octets,
                                                  .counter_octets = pending->request.counter_octets},
                                      .server_id = godwit_slice_of_string(pending->server_id),
                                      .imsi = pending->imsi,
                                      .kc_sres = run->in->message->u.device_rand_answer.kc_sres};
    run->detail = pending->first.has_res ? "RES is wrong" : "the MAC of the first datagram is wrong";
    return pending->first.has_res
               ? godwit_mtc_ts33868_check(run->mkef->crypto, run->mkef->ts33868, &claim, run->k_mtc)
               : godwit_mtc_claim_check(run->mkef->crypto, &claim, &run->contact.chain, plain, run->k_mtc);
}

/* ---- the commit ---- */

static void move_contact(run_t *run)
{
    const godwit_mkef_pending_t *pending = run->pending;
    godwit_mtc_contact_record_t *c = &run->contact;
    const uint64_t now_ms = run->in->now_ms;
    c->imsi = pending->imsi;
    memcpy(c->server_key, pending->server_key, sizeof c->server_key);
    memcpy(c->server_id, pending->server_id, sizeof c->server_id);
    c->counter = godwit_rand1_counter(pending->first.rand1);
    memset(c->former_temporary, 0, sizeof c->former_temporary);
    if (pending->first.by_temporary) {
        memcpy(c->former_temporary, pending->first.temporary, sizeof c->former_temporary);
    }
    memcpy(c->temporary, run->in->random.ptr, sizeof c->temporary);
    c->temporary[0] |= 0x80; /* zero is nobody's */
    memcpy(c->last_request, pending->request_hash, sizeof c->last_request);
    c->first_ms = c->contacts == 0 ? now_ms : c->first_ms;
    c->last_ms = now_ms;
    c->contacts++;
    c->released = false;
}

static godwit_status_t give(run_t *run)
{
    const godwit_mkef_pending_t *pending = run->pending;
    const bool moves = !run->again && !pending->first.has_res;
    godwit_record_t *record = moves ? godwit_outbox_alloc(run->out, sizeof *record) : NULL;
    godwit_message_t *answer = godwit_mkef_answer(run->out, pending->from, pending->asked, pending->route);
    if (answer == NULL || (moves && record == NULL)) {
        return GODWIT_OVERLOAD;
    }
    if (moves) {
        move_contact(run);
        record->kind = GODWIT_RECORD_MTC_CONTACT;
        record->u.mtc_contact = run->contact;
        godwit_outbox_add(run->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    }
    answer->u.mtc_key_answer.imsi = pending->imsi;
    memcpy(answer->u.mtc_key_answer.k_mtc, run->k_mtc, sizeof run->k_mtc);
    memcpy(answer->u.mtc_key_answer.server_id, pending->server_id, sizeof pending->server_id);
    memcpy(answer->u.mtc_key_answer.temporary, run->contact.temporary, sizeof run->contact.temporary);
    godwit_outbox_add(run->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    godwit_outbox_event(run->out, "mtc_key_given", GODWIT_OK, &pending->imsi,
                        run->again               ? "again"
                        : pending->first.has_res ? "profile ts33868"
                                                 : NULL);
    return GODWIT_OK;
}

/* The contact is there, or is known to be new. */
static godwit_status_t conclude(run_t *run)
{
    const godwit_input_t *in = run->in;
    const godwit_mtc_contact_record_t *stored = in->fetched != NULL ? &in->fetched->u.mtc_contact : NULL;
    godwit_status_t status = godwit_mkef_judge(stored, &run->pending->first, run->pending->request_hash, in->now_ms,
                                               &run->again, &run->detail);
    if (stored != NULL) {
        run->contact = *stored;
    }
    if (status == GODWIT_OK) {
        status = check(run);
    }
    if (status == GODWIT_OK && !run->again && in->random.len == 0) {
        godwit_outbox_add(run->out, GODWIT_REQUEST_RANDOM)->count = GODWIT_MTC_IDENTITY;
        return GODWIT_AGAIN;
    }
    return status == GODWIT_OK ? give(run) : status;
}

static godwit_status_t take(run_t *run)
{
    const godwit_input_t *in = run->in;
    const godwit_status_t answered = in->message->u.device_rand_answer.status;
    run->detail = "the HLR gives nothing";
    if (answered != GODWIT_OK) {
        return answered == GODWIT_UNKNOWN_SUBSCRIBER || answered == GODWIT_OVERLOAD ? answered : GODWIT_PEER_INTERNAL;
    }
    if (run->pending->first.has_res) {
        const godwit_status_t status = check(run);
        return status == GODWIT_OK ? give(run) : status;
    }
    if (in->fetch_status == GODWIT_AGAIN) {
        godwit_mkef_fetch_contact(run->out, &run->pending->imsi, run->pending->server_key);
        return GODWIT_AGAIN;
    }
    if (in->fetch_status != GODWIT_OK && in->fetch_status != GODWIT_NOT_FOUND) {
        run->detail = "the store could not be read";
        return GODWIT_STORE_FAILED;
    }
    return conclude(run);
}

void godwit_mkef_on_answer(godwit_mkef_t *mkef, const godwit_input_t *in, godwit_outbox_t *out)
{
    run_t run = {.mkef = mkef, .in = in, .out = out, .pending = pending_of(mkef, in->message->transaction)};
    if (run.pending == NULL) {
        return;
    }
    const godwit_status_t status = take(&run);
    if (status != GODWIT_AGAIN) {
        finish(&run, status);
    }
    godwit_wipe(&run, sizeof run);
}

void godwit_mkef_on_timer(godwit_mkef_t *mkef, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->timer >= GODWIT_MKEF_PENDING_MAX || !mkef->pending[in->timer].used) {
        return;
    }
    const run_t run = {
        .mkef = mkef, .in = in, .out = out, .pending = &mkef->pending[in->timer], .detail = "the HLR does not answer"};
    finish(&run, GODWIT_PEER_INTERNAL);
}
