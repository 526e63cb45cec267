/* SPDX-License-Identifier: Apache-2.0
 *
 * ZN_REQUEST (TS 29.109 5): first whether this NAF may ask for that NAF_Id at all, then whether the B-TID lives. What
 * leaves is made for that NAF_Id alone; Ks_int_NAF goes only to a NAF that says it knows GBA_U.
 */
#include <string.h>

#include "roles/gba_bsf/internal.h"

/* NAF_Id = FQDN || Ua security protocol identifier. */
static bool may_ask(const godwit_gba_bsf_t *bsf, const godwit_message_t *message)
{
    const godwit_zn_request_t *zn = &message->u.zn_request;
    if (zn->naf_id_len <= GODWIT_UA_PROTOCOL_OCTETS || zn->naf_id_len > GODWIT_NAF_ID_MAX) {
        return false;
    }
    godwit_slice_t name = godwit_slice(zn->naf_id, (size_t)zn->naf_id_len - GODWIT_UA_PROTOCOL_OCTETS);
    for (size_t i = 0; i < bsf->config.naf_count; i++) {
        const godwit_bsf_naf_t *naf = &bsf->config.nafs[i];
        for (size_t n = 0; n < naf->name_count && strcmp(naf->host, message->origin_host) == 0; n++) {
            if (godwit_slice_equal(name, godwit_slice_of_string(naf->names[n]))) {
                return true;
            }
        }
    }
    return false;
}

static godwit_message_t *zn_answer(const godwit_message_t *request, godwit_outbox_t *out)
{
    return godwit_outbox_answer(out, request, GODWIT_ZN_ANSWER, GODWIT_FUNCTION_BSF);
}

static void refuse(const godwit_gba_bsf_t *bsf, const godwit_message_t *request, const char *impi,
                   godwit_status_t status, const char *detail, godwit_outbox_t *out)
{
    godwit_message_t *message = zn_answer(request, out);
    if (message != NULL) {
        message->u.zn_answer.status = godwit_status_on_the_wire(status);
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    godwit_gba_bsf_event(bsf, out, "refused", status, impi, detail);
}

static void fetch(const uint8_t rand[16], godwit_outbox_t *out)
{
    godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_BOOTSTRAP;
    memcpy(key->octets, rand, sizeof key->octets);
}

static uint64_t expiry_of(const godwit_gba_bsf_t *bsf, const godwit_bootstrap_record_t *b, uint64_t now_ms)
{
    uint64_t own = now_ms + bsf->config.naf_life_s * UINT64_C(1000);
    return bsf->config.naf_life_s != 0 && own < b->expires_ms ? own : b->expires_ms;
}

static godwit_status_t derive(const godwit_gba_bsf_t *bsf, const godwit_zn_request_t *zn,
                              const godwit_bootstrap_record_t *b, godwit_zn_answer_t *answer)
{
    const godwit_slice_t impi = godwit_slice_of_string(b->impi), naf_id = godwit_slice(zn->naf_id, zn->naf_id_len);
    godwit_status_t status = godwit_ks_naf(bsf->config.crypto, b->ks, false, b->rand, impi, naf_id, answer->me_key);
    answer->has_uicc_key = b->uicc && zn->gba_u_aware;
    if (status == GODWIT_OK && answer->has_uicc_key) {
        status = godwit_ks_naf(bsf->config.crypto, b->ks, true, b->rand, impi, naf_id, answer->uicc_key);
    }
    return status;
}

static void hand_out(const godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_bootstrap_record_t *b = &in->fetched->u.bootstrap;
    if (in->now_ms >= b->expires_ms) {
        refuse(bsf, in->message, b->impi, GODWIT_KEY_EXPIRED, "the bootstrapped key has expired", out);
        return;
    }
    godwit_message_t *message = zn_answer(in->message, out);
    if (message == NULL) {
        return;
    }
    godwit_zn_answer_t *answer = &message->u.zn_answer;
    if (derive(bsf, &in->message->u.zn_request, b, answer) != GODWIT_OK) {
        godwit_wipe(message, sizeof *message);
        refuse(bsf, in->message, b->impi, GODWIT_CRYPTO_FAILED, "no key could be derived", out);
        return;
    }
    memcpy(answer->impi, b->impi, sizeof answer->impi);
    answer->type = b->type;
    answer->created_ms = b->created_ms;
    answer->expires_ms = expiry_of(bsf, b, in->now_ms);
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_gba_bsf_event(bsf, out, "naf_key", GODWIT_OK, b->impi, NULL);
}

void godwit_gba_bsf_on_zn(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_message_t *message = in->message;
    uint8_t rand[16];
    const char *name = NULL;
    if (!may_ask(bsf, message)) {
        refuse(bsf, message, NULL, GODWIT_NOT_ENTITLED, "that NAF_Id is not this NAF's", out);
        return;
    }
    if (godwit_gba_b_tid_parse(message->u.zn_request.b_tid, rand, &name) != GODWIT_OK ||
        strcmp(name, bsf->config.name) != 0) {
        refuse(bsf, message, NULL, GODWIT_UNKNOWN_KEY, "no B-TID of this BSF", out);
    } else if (in->fetch_status == GODWIT_AGAIN) {
        fetch(rand, out);
    } else if (in->fetch_status == GODWIT_NOT_FOUND) {
        refuse(bsf, message, NULL, GODWIT_UNKNOWN_KEY, "no such B-TID", out);
    } else if (in->fetch_status != GODWIT_OK) {
        refuse(bsf, message, NULL, GODWIT_STORE_FAILED, "the record could not be read", out);
    } else {
        hand_out(bsf, in, out);
    }
}
