/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA: Multimedia-Auth-Request of Zh (TS 29.109 4.2, TS 33.220 4.5.2), for BSFs that are listed, and nobody else. A BSF
 * is a requester like others:
 * it has an IND, its AUTS must answer a RAND of its own, and a vector leaves after the commit of its SQN. The
 * separation bit of AMF is 0:
 * CK and IK themselves become Ks, as where UMTS AKA is used (TS 33.102 Annex H). Never flagged for Solution 1. A
 * subscriber whose algorithm has no f1 gets a triplet (TS 33.220 Annex I), which costs no SQN.
 */
#include <string.h>

#include "roles/hss/internal.h"

#define RAND_SIZE 16

static godwit_zh_answer_t *answer_of(godwit_outbox_t *out, const godwit_message_t *request)
{
    godwit_message_t *answer = godwit_outbox_answer(out, request, GODWIT_ZH_ANSWER, GODWIT_FUNCTION_HSS);
    if (answer == NULL) {
        return NULL;
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    return &answer->u.zh_answer;
}

static void refuse(godwit_outbox_t *out, const godwit_message_t *request, const godwit_imsi_t *imsi,
                   godwit_status_t status, const char *detail)
{
    godwit_zh_answer_t *answer = answer_of(out, request);
    if (answer != NULL) {
        answer->status = godwit_hss_told(status);
    }
    godwit_outbox_event(out, "refused", status, imsi, detail);
}

static bool has_no_f1(const godwit_aka_key_t *key)
{
    return key->algorithm == GODWIT_ALG_GSM_MILENAGE || key->algorithm == GODWIT_ALG_XOR_2G;
}

static godwit_status_t make_triplet(const godwit_hss_run_t *run, const uint8_t *rand, godwit_zh_answer_t *a)
{
    a->type = GODWIT_GBA_2G;
    memcpy(a->rand, rand, sizeof a->rand);
    a->xres_len = 4;
    return godwit_gsm_compute(run->hss->crypto, &run->subscriber.key, a->rand, a->xres, a->kc);
}

static godwit_status_t make_quintuplet(godwit_hss_run_t *run, godwit_zh_answer_t *a)
{
    godwit_vector_t v;
    godwit_status_t status = godwit_hss_quintuplet(run, &v);
    if (status == GODWIT_OK) {
        a->type = GODWIT_GBA_3G;
        memcpy(a->rand, v.rand, sizeof a->rand);
        memcpy(a->autn, v.autn, sizeof a->autn);
        memcpy(a->xres, v.xres, sizeof a->xres);
        a->xres_len = v.xres_len;
        memcpy(a->ck, v.ck, sizeof a->ck);
        memcpy(a->ik, v.ik, sizeof a->ik);
    }
    godwit_wipe(&v, sizeof v);
    return status;
}

/* Commits stand before the answer: it is put into the list when the run can no longer fail. */
static void answer_request(godwit_hss_run_t *run, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_zh_answer_t made = {0};
    godwit_status_t status = godwit_hss_run_begin(run, in);
    bool triplet = has_no_f1(&run->subscriber.key);
    if (status == GODWIT_OK && triplet) {
        status = run->request->resync ? GODWIT_AUTH_MAC_FAILURE : make_triplet(run, run->random.ptr, &made);
        run->detail = run->request->resync ? "AUTS for a subscriber whose card makes none" : NULL;
    } else if (status == GODWIT_OK) {
        if (run->subscriber.sqn_by_time) {
            godwit_hss_set_clock(run->hss, in->now_ms, out);
        }
        status = make_quintuplet(run, &made);
    }
    if (status != GODWIT_OK) {
        refuse(out, run->message, &run->subscriber.imsi, status, run->detail);
        godwit_wipe(&made, sizeof made);
        return;
    }
    made.uicc_gba = !triplet && (run->subscriber.features & GODWIT_FEATURE_GBA_U) != 0;
    made.life_s = run->hss->gba_life_s;
    if (!triplet) {
        godwit_hss_commit(run, out);
    }
    godwit_zh_answer_t *answer = answer_of(out, run->message);
    if (answer != NULL) {
        *answer = made;
    }
    godwit_outbox_event(out, run->request->resync ? "resynchronised" : "vector_given", GODWIT_OK, &run->subscriber.imsi,
                        triplet ? "GBA, 2G" : "GBA");
    if (!triplet && run->subscriber.sqn_by_time && !out->overflow) {
        godwit_hss_remember_recent(run);
    }
    godwit_wipe(&made, sizeof made);
}

void godwit_hss_on_zh_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_zh_request_t *asked = &in->message->u.zh_request;
    godwit_auth_info_request_t request = {
        .kind = GODWIT_VECTOR_UTRAN, .vectors = 1, .resync = asked->resync}; /* as others ask */
    godwit_hss_run_t run = {.hss = hss, .message = in->message, .request = &request, .vectors = 1};
    memcpy(request.rand, asked->rand, sizeof request.rand);
    memcpy(request.auts, asked->auts, sizeof request.auts);
    if (!godwit_hss_is_listed(hss->bsfs, hss->bsf_count, in->message->origin_host)) {
        refuse(out, in->message, NULL, GODWIT_NOT_ENTITLED, "not one of our BSFs");
        return;
    }
    if (godwit_impi_to_imsi(asked->impi, &request.imsi) != GODWIT_OK) {
        refuse(out, in->message, NULL, GODWIT_UNKNOWN_SUBSCRIBER, "an IMPI of another form or network");
        return;
    }
    godwit_status_t status = godwit_hss_gather(hss, in, &request.imsi, RAND_SIZE, out);
    if (status == GODWIT_OK) {
        answer_request(&run, in, out);
    } else if (status != GODWIT_AGAIN) {
        refuse(out, in->message, &request.imsi, status,
               status == GODWIT_STORE_FAILED ? "the store could not be read" : NULL);
    }
    godwit_wipe(&run, sizeof run);
}
