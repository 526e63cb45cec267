/* SPDX-License-Identifier: Apache-2.0
 *
 * Transactions of the control layer, TS 24.011 5.2 and 5.3. A message of the end that began a transaction has the flag
 * clear.
 */
#include "core/wire/sms_link.h"

#include <string.h>

#define IDENTIFIERS 7 /* 0 to 6 */
#define FNV_BASIS UINT64_C(14695981039346656037)
#define FNV_PRIME UINT64_C(1099511628211)

static uint64_t hash_of(godwit_slice_t octets)
{
    uint64_t hash = FNV_BASIS;
    for (size_t i = 0; i < octets.len; i++) {
        hash = (hash ^ octets.ptr[i]) * FNV_PRIME;
    }
    return hash;
}

bool godwit_sms_link_busy(const godwit_sms_link_t *link)
{
    return link->ours.state != GODWIT_SMS_IDLE || link->theirs.state != GODWIT_SMS_IDLE;
}

/* Behind a transaction's end its CP-DATA stays: for their CP-DATA that comes again. */
static void end(godwit_sms_transaction_t *t)
{
    t->state = GODWIT_SMS_IDLE;
    t->left = 0;
}

static void reply(godwit_sms_result_t *result, uint8_t transaction, godwit_cp_type_t type, uint8_t cause)
{
    const godwit_cp_t cp = {.transaction = transaction ^ GODWIT_CP_ANSWER, .type = type, .cause = cause};
    godwit_writer_t w = godwit_writer(result->ack, sizeof result->ack);
    result->ack_len = godwit_cp_build(&cp, &w) == GODWIT_OK ? (uint8_t)w.len : 0;
}

static void send(const godwit_sms_transaction_t *t, godwit_sms_result_t *result)
{
    result->data[result->data[0].ptr == NULL ? 0 : 1] = godwit_slice(t->octets, t->len);
}

/* RP inside a CP-DATA of that transaction. */
static godwit_status_t write_data(godwit_sms_transaction_t *t, uint8_t flag, const godwit_rp_t *rp)
{
    uint8_t rpdu[GODWIT_CP_DATA_MAX];
    godwit_writer_t inner = godwit_writer(rpdu, sizeof rpdu), w = godwit_writer(t->octets, sizeof t->octets);
    godwit_status_t status = godwit_rp_build(rp, &inner);
    if (status != GODWIT_OK) {
        return status;
    }
    const godwit_cp_t cp = {
        .transaction = t->transaction | flag, .type = GODWIT_CP_DATA, .data = godwit_written(&inner)};
    status = godwit_cp_build(&cp, &w);
    t->len = status == GODWIT_OK ? (uint8_t)w.len : 0;
    godwit_wipe(rpdu, sizeof rpdu); /* it may carry a key */
    return status;
}

godwit_status_t godwit_sms_link_begin(godwit_sms_link_t *link, const godwit_rp_t *rp, godwit_sms_result_t *result)
{
    godwit_sms_transaction_t *t = &link->ours;
    memset(result, 0, sizeof *result);
    if (t->state != GODWIT_SMS_IDLE) {
        return GODWIT_AGAIN;
    }
    t->transaction = link->next;
    godwit_status_t status = write_data(t, 0, rp);
    if (status == GODWIT_OK) {
        link->next = (uint8_t)((link->next + 1U) % IDENTIFIERS);
        t->state = GODWIT_SMS_SENDING;
        t->left = GODWIT_SMS_SENDINGS - 1;
        t->heard = false;
        send(t, result);
    }
    return status;
}

godwit_status_t godwit_sms_link_answer(godwit_sms_link_t *link, const godwit_rp_t *rp, godwit_sms_result_t *result)
{
    godwit_sms_transaction_t *t = &link->theirs;
    memset(result, 0, sizeof *result);
    if (t->state != GODWIT_SMS_WAITING) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = write_data(t, GODWIT_CP_ANSWER, rp);
    if (status == GODWIT_OK) {
        t->state = GODWIT_SMS_ANSWERING;
        t->left = GODWIT_SMS_SENDINGS - 1;
        send(t, result);
    }
    return status;
}

/* ---- what came ---- */

static void fail(godwit_sms_link_t *link, godwit_sms_transaction_t *t, uint8_t cause, godwit_sms_result_t *result)
{
    bool *failed = t == &link->ours ? &result->ours_failed : &result->theirs_failed;
    *failed = true;
    result->cause = cause;
    end(t);
}

/* They begin a transaction, which says that the last one of theirs is over; or begin it again. */
static void on_their_data(godwit_sms_link_t *link, const godwit_cp_t *cp, uint64_t hash, godwit_sms_result_t *result)
{
    godwit_sms_transaction_t *t = &link->theirs;
    reply(result, cp->transaction, GODWIT_CP_ACK, 0);
    if (t->heard && t->transaction == cp->transaction && t->hash == hash) {
        if (t->state != GODWIT_SMS_WAITING && t->len > 0) {
            send(t, result); /* they have not heard our answer either, or would not ask */
        }
        return;
    }
    t->state = GODWIT_SMS_WAITING;
    t->left = GODWIT_SMS_WAIT;
    t->transaction = cp->transaction;
    t->heard = true;
    t->hash = hash;
    t->len = 0;
    result->indication = cp->data;
}

static void on_our_data(godwit_sms_link_t *link, const godwit_cp_t *cp, uint64_t hash, godwit_sms_result_t *result)
{
    godwit_sms_transaction_t *t = &link->ours;
    if (t->state == GODWIT_SMS_IDLE) {
        bool again = t->heard && t->hash == hash;
        reply(result, cp->transaction, again ? GODWIT_CP_ACK : GODWIT_CP_ERROR, GODWIT_CP_CAUSE_INVALID_TRANSACTION);
        return;
    }
    reply(result, cp->transaction, GODWIT_CP_ACK, 0); /* and ours has come, even if its CP-ACK was lost: 5.3.2.1 */
    t->heard = true;
    t->hash = hash;
    result->answer = cp->data;
    end(t);
}

static godwit_status_t on_ack(godwit_sms_transaction_t *t)
{
    if (t->state == GODWIT_SMS_SENDING) {
        t->state = GODWIT_SMS_WAITING;
        t->left = GODWIT_SMS_WAIT;
        return GODWIT_OK;
    }
    if (t->state == GODWIT_SMS_ANSWERING) {
        end(t);
        return GODWIT_OK;
    }
    return t->state == GODWIT_SMS_WAITING ? GODWIT_OK : GODWIT_WRONG_STATE; /* again */
}

godwit_status_t godwit_sms_link_receive(godwit_sms_link_t *link, godwit_slice_t octets, godwit_sms_result_t *result)
{
    godwit_cp_t cp;
    memset(result, 0, sizeof *result);
    if (godwit_cp_parse(octets, &cp) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    bool ours = (cp.transaction & GODWIT_CP_ANSWER) != 0;
    godwit_sms_transaction_t *t = ours ? &link->ours : &link->theirs;
    bool known = t->transaction == (cp.transaction & ~GODWIT_CP_ANSWER);
    if (cp.type == GODWIT_CP_DATA && !ours) {
        on_their_data(link, &cp, hash_of(octets), result);
        return GODWIT_OK;
    }
    if (!known) {
        if (cp.type == GODWIT_CP_DATA) {
            reply(result, cp.transaction, GODWIT_CP_ERROR, GODWIT_CP_CAUSE_INVALID_TRANSACTION);
        }
        return GODWIT_WRONG_STATE;
    }
    if (cp.type == GODWIT_CP_DATA) {
        on_our_data(link, &cp, hash_of(octets), result);
        return GODWIT_OK;
    }
    if (cp.type == GODWIT_CP_ACK) {
        return on_ack(t);
    }
    if (t->state == GODWIT_SMS_IDLE) {
        return GODWIT_WRONG_STATE;
    }
    fail(link, t, cp.cause, result);
    return GODWIT_OK;
}

/* ---- time ---- */

static void tick(godwit_sms_link_t *link, godwit_sms_transaction_t *t, godwit_sms_result_t *result)
{
    if (t->state == GODWIT_SMS_IDLE) {
        return;
    }
    if (t->left == 0) {
        fail(link, t, 0, result);
        return;
    }
    t->left--;
    if (t->state != GODWIT_SMS_WAITING) {
        send(t, result);
    }
}

void godwit_sms_link_tick(godwit_sms_link_t *link, godwit_sms_result_t *result)
{
    memset(result, 0, sizeof *result);
    tick(link, &link->ours, result);
    tick(link, &link->theirs, result);
}
