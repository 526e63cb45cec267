/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSS in the part of the UDM: 5G home environment vectors (TS 33.501 6.1.3.2, Nudm_UEAuthentication_Get) for AUSFs
 * that are listed, vectors of EAP-AKA' (TS 33.402 6.2) for 3GPP AAA servers that are, and neither for the other or
 * anybody else. The separation bit of AMF is 1. K_AUSF and XRES*, or CK' || IK' and XRES, leave; CK and IK never. SQN
 * and AUTS as for any other requester.
 */
#include <string.h>

#include "core/agree/akma/akma.h"
#include "roles/hss/internal.h"

#define RAND_SIZE 16

static godwit_he_vector_answer_t *answer_of(godwit_outbox_t *out, const godwit_message_t *request)
{
    godwit_message_t *answer = godwit_outbox_answer(out, request, GODWIT_HE_VECTOR_ANSWER, GODWIT_FUNCTION_HSS);
    if (answer == NULL) {
        return NULL;
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = answer;
    return &answer->u.he_vector_answer;
}

static void refuse(godwit_outbox_t *out, const godwit_message_t *request, godwit_status_t status, const char *detail)
{
    godwit_he_vector_answer_t *answer = answer_of(out, request);
    if (answer != NULL) {
        answer->status = godwit_hss_told(status);
    }
    godwit_outbox_event(out, "refused", status, &request->u.auth_5g_request.imsi, detail);
}

static godwit_status_t derive_eap(const godwit_crypto_t *crypto, const uint8_t ck_ik[32], const char *network,
                                  const godwit_vector_t *v, godwit_he_vector_answer_t *a)
{
    a->xres_len = v->xres_len;
    memcpy(a->xres, v->xres, sizeof a->xres);
    return godwit_eap_aka_prime(crypto, ck_ik, godwit_slice_of_string(network), v->autn, a->ck_ik_prime);
}

static godwit_status_t derive_5g(const godwit_crypto_t *crypto, const uint8_t ck_ik[32], godwit_plmn_t plmn,
                                 const godwit_vector_t *v, godwit_he_vector_answer_t *a)
{
    char name[GODWIT_SERVING_NETWORK_NAME_MAX + 1];
    godwit_status_t status = godwit_akma_serving_network(plmn, name);
    const godwit_slice_t network = godwit_slice_of_string(name);
    if (status == GODWIT_OK) {
        status = godwit_k_ausf(crypto, ck_ik, network, v->autn, a->k_ausf); /* AUTN begins with SQN xor AK */
    }
    if (status == GODWIT_OK) {
        status = godwit_res_star(crypto, ck_ik, network, v->rand, godwit_slice(v->xres, v->xres_len), a->xres_star);
    }
    return status;
}

static godwit_status_t derive(const godwit_crypto_t *crypto, const godwit_5g_auth_request_t *asked,
                              const godwit_vector_t *v, godwit_he_vector_answer_t *a)
{
    uint8_t ck_ik[32];
    memcpy(ck_ik, v->ck, 16);
    memcpy(ck_ik + 16, v->ik, 16);
    memcpy(a->rand, v->rand, sizeof a->rand);
    memcpy(a->autn, v->autn, sizeof a->autn);
    const godwit_status_t status = asked->eap_network[0] != '\0'
                                       ? derive_eap(crypto, ck_ik, asked->eap_network, v, a)
                                       : derive_5g(crypto, ck_ik, asked->serving_network, v, a);
    godwit_wipe(ck_ik, sizeof ck_ik);
    return status;
}

/* Commits stand before the answer: it is put into the list when the run can no longer fail. */
static void answer_request(godwit_hss_run_t *run, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_he_vector_answer_t made = {0};
    godwit_vector_t v = {0};
    godwit_status_t status = godwit_hss_run_begin(run, in);
    if (status == GODWIT_OK && run->subscriber.sqn_by_time) {
        godwit_hss_set_clock(run->hss, in->now_ms, out);
    }
    if (status == GODWIT_OK) {
        status = godwit_hss_quintuplet(run, &v);
    }
    if (status == GODWIT_OK) {
        status = derive(run->hss->crypto, &in->message->u.auth_5g_request, &v, &made);
    }
    if (status == GODWIT_OK) {
        godwit_hss_commit(run, out);
        godwit_he_vector_answer_t *answer = answer_of(out, run->message);
        if (answer != NULL) {
            *answer = made;
        }
        godwit_outbox_event(out, run->request->resync ? "resynchronised" : "vector_given", GODWIT_OK,
                            &run->subscriber.imsi,
                            in->message->u.auth_5g_request.eap_network[0] != '\0' ? "EAP-AKA'" : "5G AKA");
    } else {
        refuse(out, run->message, status, run->detail);
    }
    if (status == GODWIT_OK && run->subscriber.sqn_by_time && !out->overflow) {
        godwit_hss_remember_recent(run);
    }
    godwit_wipe(&v, sizeof v);
    godwit_wipe(&made, sizeof made);
}

void godwit_hss_on_he_vector_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_5g_auth_request_t *asked = &in->message->u.auth_5g_request;
    godwit_auth_info_request_t request = {.imsi = asked->imsi,
                                          .kind = GODWIT_VECTOR_EUTRAN, /* the separation bit is 1 */
                                          .visited_plmn = asked->serving_network,
                                          .vectors = 1,
                                          .resync = asked->resync};
    godwit_hss_run_t run = {.hss = hss, .message = in->message, .request = &request, .vectors = 1};
    memcpy(request.rand, asked->rand, sizeof request.rand);
    memcpy(request.auts, asked->auts, sizeof request.auts);
    const bool eap = asked->eap_network[0] != '\0';
    if (!godwit_hss_is_listed(eap ? hss->aaas : hss->ausfs, eap ? hss->aaa_count : hss->ausf_count,
                              in->message->origin_host)) {
        refuse(out, in->message, GODWIT_NOT_ENTITLED, eap ? "not one of our AAA servers" : "not one of our AUSFs");
        return;
    }
    godwit_status_t status = godwit_hss_gather(hss, in, &request.imsi, RAND_SIZE, out);
    if (status == GODWIT_OK) {
        answer_request(&run, in, out);
    } else if (status != GODWIT_AGAIN) {
        refuse(out, in->message, status, status == GODWIT_STORE_FAILED ? "the store could not be read" : NULL);
    }
    godwit_wipe(&run, sizeof run);
}
