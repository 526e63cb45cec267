/* SPDX-License-Identifier: Apache-2.0
 *
 * The AAnF: who asks, then the record, then the commit or the key (TS 33.535 6.1 to 6.4).
 */
#include "roles/aanf.h"

#include <string.h>

#include "core/agree/akma/akma.h"

#define DAY_S 86400u

static godwit_message_t *answer_of(godwit_outbox_t *out, const godwit_message_t *request)
{
    godwit_message_t *answer =
        godwit_outbox_answer(out, request, (godwit_message_kind_t)(request->kind + 1), GODWIT_FUNCTION_AANF);
    if (answer != NULL) {
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
    return answer;
}

/* ---- anchor keys ---- */

static bool is_ausf(const godwit_aanf_t *aanf, const char *host)
{
    for (size_t i = 0; i < aanf->ausf_count; i++) {
        if (strcmp(aanf->ausfs[i], host) == 0) {
            return true;
        }
    }
    return false;
}

static void add_removal(const godwit_imsi_t *imsi, godwit_outbox_t *out)
{
    godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key.kind = GODWIT_RECORD_AKMA;
    request->record_key.imsi = *imsi;
}

static void add_commit(const godwit_akma_register_t *said, const uint8_t a_tid[32], uint64_t now_ms,
                       godwit_outbox_t *out)
{
    godwit_record_t *record = godwit_outbox_alloc(out, sizeof *record);
    if (record == NULL) {
        return;
    }
    record->kind = GODWIT_RECORD_AKMA;
    record->u.akma.imsi = said->imsi;
    memcpy(record->u.akma.a_tid, a_tid, sizeof record->u.akma.a_tid);
    memcpy(record->u.akma.k_akma, said->k_akma, sizeof record->u.akma.k_akma);
    record->u.akma.created_ms = now_ms;
    godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
}

static void on_register(const godwit_aanf_t *aanf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_akma_register_t *said = &in->message->u.akma_register;
    bool removing = said->a_kid[0] == '\0';
    uint8_t a_tid[32];
    godwit_status_t status = is_ausf(aanf, in->message->origin_host) ? GODWIT_OK : GODWIT_NOT_ENTITLED;
    const char *detail = status == GODWIT_OK ? NULL : "not one of our AUSFs";
    if (status == GODWIT_OK && !removing && godwit_akma_a_tid_of(said->a_kid, aanf->home, a_tid) != GODWIT_OK) {
        status = GODWIT_MALFORMED;
        detail = "an A-KID of another shape or network";
    }
    if (status == GODWIT_OK && removing) {
        add_removal(&said->imsi, out);
    } else if (status == GODWIT_OK) {
        add_commit(said, a_tid, in->now_ms, out);
    }
    godwit_message_t *answer = answer_of(out, in->message);
    if (answer != NULL) {
        answer->u.outcome = status;
    }
    const char *done = removing ? "removed" : "registered";
    godwit_outbox_event(out, status == GODWIT_OK ? done : "refused", status, &said->imsi, detail);
}

/* ---- keys of applications ---- */

static bool may_have(const godwit_aanf_t *aanf, const char *host, godwit_slice_t fqdn)
{
    for (size_t i = 0; i < aanf->af_count; i++) {
        if (strcmp(aanf->afs[i].host, host) == 0 &&
            godwit_slice_equal(godwit_slice_of_string(aanf->afs[i].fqdn), fqdn)) {
            return true;
        }
    }
    return false;
}

static void answer_key(const godwit_aanf_t *aanf, const godwit_input_t *in, godwit_status_t status, const char *detail,
                       godwit_outbox_t *out)
{
    const godwit_akma_key_request_t *asked = &in->message->u.akma_key_request;
    const godwit_akma_record_t *record = status == GODWIT_OK && in->fetched != NULL ? &in->fetched->u.akma : NULL;
    godwit_message_t *message = answer_of(out, in->message);
    if (message == NULL) {
        return;
    }
    godwit_akma_key_answer_t *answer = &message->u.akma_key_answer;
    if (record != NULL) {
        uint64_t life_s = aanf->k_af_life_s != 0 ? aanf->k_af_life_s : DAY_S;
        status = godwit_k_af(aanf->crypto, record->k_akma, godwit_slice(asked->af_id, asked->af_id_len), answer->k_af);
        answer->imsi = record->imsi;
        answer->created_ms = record->created_ms;
        answer->expires_ms = in->now_ms + life_s * 1000;
    }
    answer->status = status == GODWIT_STORE_FAILED || status == GODWIT_CRYPTO_FAILED ? GODWIT_PEER_INTERNAL : status;
    godwit_outbox_event(out, status == GODWIT_OK ? "key_given" : "refused", status,
                        record != NULL ? &record->imsi : NULL, detail);
}

static godwit_status_t judge(const godwit_aanf_t *aanf, const godwit_message_t *message, uint8_t a_tid[32],
                             const char **detail)
{
    const godwit_akma_key_request_t *asked = &message->u.akma_key_request;
    const godwit_slice_t fqdn = godwit_akma_fqdn_of(godwit_slice(asked->af_id, asked->af_id_len));
    if (fqdn.len == 0) {
        *detail = "AF_ID is no canonical FQDN with five octets behind it";
        return GODWIT_MALFORMED;
    }
    if (!may_have(aanf, message->origin_host, fqdn)) {
        *detail = "that AF_ID is not this application's";
        return GODWIT_NOT_ENTITLED;
    }
    *detail = "no such A-KID";
    return godwit_akma_a_tid_of(asked->a_kid, aanf->home, a_tid);
}

static void on_key_request(const godwit_aanf_t *aanf, const godwit_input_t *in, godwit_outbox_t *out)
{
    uint8_t a_tid[32];
    const char *detail = NULL;
    godwit_status_t status = judge(aanf, in->message, a_tid, &detail);
    if (status == GODWIT_OK && in->fetch_status == GODWIT_AGAIN) {
        godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
        key->kind = GODWIT_RECORD_AKMA;
        memcpy(key->octets, a_tid, sizeof key->octets);
        return;
    }
    if (status == GODWIT_OK && in->fetch_status == GODWIT_STORE_FAILED) {
        status = GODWIT_STORE_FAILED;
        detail = "the store could not be read";
    } else if (status == GODWIT_OK && (in->fetched == NULL || memcmp(in->fetched->u.akma.a_tid, a_tid, 32) != 0)) {
        status = GODWIT_UNKNOWN_KEY;
    }
    answer_key(aanf, in, status, status == GODWIT_OK ? NULL : detail, out);
}

void godwit_aanf_step(const godwit_aanf_t *aanf, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind != GODWIT_INPUT_MESSAGE) {
        return;
    }
    if (in->message->kind == GODWIT_AKMA_REGISTER) {
        on_register(aanf, in, out);
    } else if (in->message->kind == GODWIT_AKMA_KEY_REQUEST) {
        on_key_request(aanf, in, out);
    }
}
