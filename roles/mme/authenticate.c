/* SPDX-License-Identifier: Apache-2.0
 *
 * Authentication (TS 24.301 5.4.2): a vector of the home, the device's answer, one resynchronisation for each attach.
 * Of a vector RAND, AUTN, XRES and KASME are kept, and nothing else even if it came.
 */
#include <string.h>

#include "roles/mme/internal.h"

static void send_reject(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue)
{
    uint8_t octets[4];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_empty_t m = {0};
    if (godwit_emm_authentication_reject_build(&m, &w) == GODWIT_OK) {
        godwit_mme_send_plain(t, &ue->address, &w);
    }
}

static void refuse(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_status_t reason, const char *detail)
{
    send_reject(t, ue);
    godwit_mme_event(t, "authentication_refused", reason, ue, detail);
    godwit_mme_free(t, ue);
}

/* ---- the home ---- */

void godwit_mme_home(const godwit_mme_t *mme, const godwit_imsi_t *imsi, godwit_serving_home_t *home)
{
    const godwit_mme_config_t *c = &mme->config;
    const godwit_policy_access_t *policy = godwit_mme_policy(mme, imsi);
    memset(home, 0, sizeof *home);
    home->own = GODWIT_FUNCTION_MME;
    home->plmn = c->plmn;
    home->e2m_aware = policy != NULL ? policy->e2m_aware : c->e2m_aware && !c->unaware;
    home->policy_version = policy != NULL ? policy->policy_version : c->unaware ? 0 : c->policy_version;
    memcpy(home->local_host, c->local_host, sizeof home->local_host);
    memcpy(home->local_realm, c->local_realm, sizeof home->local_realm);
}

void godwit_mme_ask_vector(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const uint8_t *auts)
{
    const godwit_mme_config_t *c = &t->mme->config;
    godwit_serving_home_t home;
    godwit_mme_home(t->mme, &ue->imsi, &home);
    if (ue->state != GODWIT_MME_VECTOR) {
        ue->attempts = GODWIT_MME_HSS_ATTEMPTS;
    }
    ue->state = GODWIT_MME_VECTOR;
    ue->attempts--;
    ue->transaction = ++t->mme->next_transaction;
    godwit_mme_file(t->mme, ue);
    if (godwit_serving_ask(&home, t->out, ue->transaction, &ue->imsi, GODWIT_VECTOR_EUTRAN, ue->rand, auts) !=
        GODWIT_OK) {
        godwit_mme_event(t, "refused", GODWIT_OVERLOAD, ue, "the home cannot be asked now"); /* the timer asks again */
    }
    godwit_mme_nas_timer(t, ue, c->hss_timeout_ms);
}

static void challenge(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_authentication_request_t m = {
        .ksi = ue->ksi, .rand = godwit_slice(ue->rand, 16), .autn = godwit_slice(ue->autn, 16)};
    ue->state = GODWIT_MME_AUTHENTICATING;
    godwit_mme_file(t->mme, ue);
    if (godwit_emm_authentication_request_build(&m, &w) == GODWIT_OK) {
        godwit_mme_ask(t, ue, GODWIT_NAS_PLAIN, &w);
    }
}

void godwit_mme_on_vector(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    const godwit_auth_info_answer_t *answer = &message->u.auth_info_answer;
    godwit_mme_ue_t *ue = godwit_mme_by_transaction(t->mme, message->transaction);
    const char *detail = NULL;
    if (ue == NULL && godwit_mme_on_next_vector(t, message)) {
        return;
    }
    if (ue == NULL) {
        return; /* the attach is over, or was asked for again */
    }
    godwit_status_t status = godwit_serving_check(answer, GODWIT_VECTOR_EUTRAN, &detail);
    if (status != GODWIT_OK) {
        godwit_mme_attach_reject(t, &ue->address, godwit_serving_cause(status));
        godwit_mme_event(t, "attach_refused", status, ue, detail);
        godwit_mme_free(t, ue);
        return;
    }
    const godwit_mme_config_t *c = &t->mme->config;
    if (c->next_session && !c->unaware && godwit_mme_needs_stale(t, ue)) {
        return;
    }
    const godwit_auth_info_vector_t *v = &answer->vector[0];
    memcpy(ue->rand, v->rand, sizeof ue->rand);
    memcpy(ue->autn, v->autn, sizeof ue->autn);
    memcpy(ue->kasme, v->kasme, sizeof ue->kasme);
    memcpy(ue->xres, v->xres, v->xres_len);
    ue->xres_len = v->xres_len;
    ue->e2m = answer->e2m && !t->mme->config.unaware;
    ue->next_allowed = answer->next_session;
    ue->at_ms = t->in->now_ms;
    challenge(t, ue);
}

/* ---- the device ---- */

void godwit_mme_on_authentication(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_authentication_response_t m;
    if (ue->state != GODWIT_MME_AUTHENTICATING) {
        return; /* again */
    }
    if (godwit_emm_authentication_response_parse(plain, &m) != GODWIT_OK) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "an authentication response that cannot be read");
        return;
    }
    if (m.res.len != ue->xres_len || !godwit_equal_secret(m.res.ptr, ue->xres, ue->xres_len)) {
        refuse(t, ue, GODWIT_NOT_ENTITLED, "RES is wrong");
        return;
    }
    ue->at_ms = t->in->now_ms;
    godwit_wipe(ue->xres, sizeof ue->xres);
    godwit_mme_secure(t, ue);
}

static void resynchronise(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t auts)
{
    if (ue->resyncs > 0 && memcmp(ue->auts, auts.ptr, sizeof ue->auts) == 0) {
        return; /* the same failure again: a vector that answers it is on its way to the device */
    }
    if (ue->resyncs > 0) { /* 5.4.2.7 e: two in a row */
        refuse(t, ue, GODWIT_AUTH_RESYNC, "out of step again after a resynchronisation");
        return;
    }
    ue->resyncs++;
    ue->at_ms = t->in->now_ms;
    memcpy(ue->auts, auts.ptr, sizeof ue->auts);
    godwit_mme_event(t, "resynchronised", GODWIT_OK, ue, NULL);
    godwit_mme_ask_vector(t, ue, ue->auts);
}

void godwit_mme_on_authentication_failure(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_authentication_failure_t m;
    if (ue->state != GODWIT_MME_AUTHENTICATING) {
        return; /* again */
    }
    godwit_status_t status = godwit_emm_authentication_failure_parse(plain, &m);
    if (status != GODWIT_OK || (m.cause == GODWIT_EMM_CAUSE_SYNCH_FAILURE && m.auts.ptr == NULL)) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "an authentication failure that cannot be read");
    } else if (m.cause == GODWIT_EMM_CAUSE_SYNCH_FAILURE) {
        resynchronise(t, ue, m.auts);
    } else if (m.cause == GODWIT_EMM_CAUSE_MAC_FAILURE) {
        refuse(t, ue, GODWIT_AUTH_MAC_FAILURE, "the device finds the MAC of AUTN wrong");
    } else {
        refuse(t, ue, GODWIT_POLICY_FORBIDS, "the device does not take a vector of this kind");
    }
}
