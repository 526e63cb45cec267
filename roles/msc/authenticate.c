/* SPDX-License-Identifier: Apache-2.0
 *
 * Authentication: TS 24.008 4.3.2, TS 33.102 6.3, by quintuplets alone. A subscriber with a SIM has none, and is
 * refused by that.
 */
#include "core/agree/access_aka/access_aka.h"
#include "roles/msc/internal.h"

#include <string.h>

#define RESYNCS_MAX 1

void godwit_msc_ask_vector(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, bool resync)
{
    godwit_serving_home_t home;
    godwit_msc_home(turn->msc, &home);
    ue->transaction = godwit_msc_new_transaction(turn->msc);
    godwit_msc_file(turn->msc, ue);
    godwit_status_t status = godwit_serving_ask(&home, turn->out, ue->transaction, &ue->imsi, GODWIT_VECTOR_UTRAN,
                                                ue->rand, resync ? ue->auts : NULL);
    if (status != GODWIT_OK) {
        godwit_msc_refuse(turn, ue, status, "the home could not be asked");
        return;
    }
    godwit_msc_wait_for(turn, ue, GODWIT_MSC_VECTOR, turn->msc->config.hss_timeout_ms);
}

void godwit_msc_ask_response(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue)
{
    uint8_t octets[48];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_mm_authentication_request_t m = {.cksn = ue->cksn,
                                                  .rand = godwit_slice(ue->rand, sizeof ue->rand),
                                                  .autn = godwit_slice(ue->autn, sizeof ue->autn)};
    if (godwit_mm_authentication_request_build(&m, &w) == GODWIT_OK) {
        godwit_msc_put_plain(turn, &ue->address, godwit_written(&w));
    }
}

/* Another one than a registration of the same subscriber has. */
static uint8_t new_cksn(godwit_msc_t *msc, const godwit_msc_ue_t *ue)
{
    const godwit_msc_ue_t *former = godwit_msc_registered(msc, &ue->imsi, ue);
    return former != NULL ? (uint8_t)((former->cksn + 1U) % GODWIT_GMM_CKSN_NONE) : 0;
}

static void take_vector(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const godwit_auth_info_answer_t *answer)
{
    const godwit_auth_info_vector_t *vector = &answer->vector[0];
    ue->cksn = new_cksn(turn->msc, ue);
    ue->next_allowed = answer->next_session;
    memcpy(ue->rand, vector->rand, sizeof ue->rand);
    memcpy(ue->autn, vector->autn, sizeof ue->autn);
    memcpy(ue->xres, vector->xres, sizeof ue->xres);
    ue->xres_len = vector->xres_len;
    memcpy(ue->ck_ik, vector->ck, 16);
    memcpy(ue->ck_ik + 16, vector->ik, 16);
    if (ue->resyncs > 0) {
        godwit_msc_event(turn, ue, "resynchronised", GODWIT_OK, NULL);
    }
    godwit_msc_ask_response(turn, ue);
    godwit_msc_wait(turn, ue, GODWIT_MSC_RESPONSE);
}

void godwit_msc_on_vector(godwit_msc_turn_t *turn)
{
    const godwit_auth_info_answer_t *answer = &turn->in->message->u.auth_info_answer;
    const char *detail = NULL;
    godwit_msc_ue_t *ue = godwit_msc_waiting_for(turn->msc, turn->in->message->transaction);
    if (ue == NULL) {
        return; /* its timer was first, and has said so */
    }
    godwit_status_t status = godwit_serving_check(answer, GODWIT_VECTOR_UTRAN, &detail);
    if (status == GODWIT_OK) {
        if (!godwit_msc_needs_stale(turn, ue)) {
            take_vector(turn, ue, answer);
        }
    } else if (status == GODWIT_AUTH_MAC_FAILURE && ue->resyncs > 0) {
        godwit_msc_event(turn, ue, "refused", status, "the home refused the AUTS"); /* the challenge stands */
        godwit_msc_wait(turn, ue, GODWIT_MSC_RESPONSE);
    } else {
        godwit_msc_refuse(turn, ue, status, detail);
    }
}

static godwit_msc_ue_t *challenged(godwit_msc_turn_t *turn)
{
    godwit_msc_ue_t *ue = godwit_msc_dialogue_at(turn->msc, &turn->in->from);
    return ue != NULL && ue->waiting == GODWIT_MSC_RESPONSE ? ue : NULL;
}

static void authenticated(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    const godwit_msc_config_t *config = &turn->msc->config;
    bool geran = godwit_msc_is_geran(ue->capability);
    uint8_t uia = geran && config->ki128 == GODWIT_MSC_KI128_NONE ? GODWIT_UIA0 : GODWIT_UIA2;
    godwit_status_t status = godwit_radio_security_derive(&ue->security, config->crypto, ue->ck_ik, geran, uia, true);
    if (config->iwf_number[0] != '\0') { /* of a flagged vector these are CK', IK', and the device takes others */
        const bool flagged = godwit_access_aka_flagged(ue->autn, 0);
        godwit_serving_trigger_root(&ue->trigger, config->crypto,
                                    flagged ? GODWIT_IWF_ROOT_NONE : GODWIT_IWF_ROOT_CK_IK, ue->ck_ik, ue->rand);
    }
    godwit_wipe(ue->ck_ik, sizeof ue->ck_ik);
    godwit_wipe(ue->xres, sizeof ue->xres);
    ue->has_keys = status == GODWIT_OK;
    if (status == GODWIT_OK) {
        status = godwit_msc_begin_security(turn, ue, &ue->address, ue->capability, GODWIT_MM_LOCATION_UPDATING_REQUEST);
    }
    if (status != GODWIT_OK) {
        godwit_msc_refuse(turn, ue, status, "device and network have no algorithms in common");
    }
}

void godwit_msc_on_response(godwit_msc_turn_t *turn, godwit_slice_t nas)
{
    godwit_mm_authentication_response_t m;
    uint8_t res[GODWIT_RES_MAX] = {0};
    godwit_msc_ue_t *ue = challenged(turn);
    if (ue == NULL) {
        return;
    }
    if (godwit_mm_authentication_response_parse(nas, &m) != GODWIT_OK) {
        godwit_msc_event(turn, ue, "refused", GODWIT_MALFORMED, "authentication response");
        return;
    }
    memcpy(res, m.first.ptr, m.first.len);
    if (m.rest.len > 0) {
        memcpy(res + m.first.len, m.rest.ptr, m.rest.len);
    }
    if (m.first.len + m.rest.len != ue->xres_len || !godwit_equal_secret(res, ue->xres, ue->xres_len)) {
        ue->hint = GODWIT_AUTH_MAC_FAILURE;
        godwit_msc_event(turn, ue, "refused", GODWIT_AUTH_MAC_FAILURE, "RES is not XRES");
    } else {
        authenticated(turn, ue);
    }
    godwit_wipe(res, sizeof res);
}

void godwit_msc_on_failure(godwit_msc_turn_t *turn, godwit_slice_t nas)
{
    godwit_mm_authentication_failure_t m;
    godwit_msc_ue_t *ue = challenged(turn);
    if (ue == NULL) {
        return;
    }
    if (godwit_mm_authentication_failure_parse(nas, &m) != GODWIT_OK) {
        godwit_msc_event(turn, ue, "refused", GODWIT_MALFORMED, "authentication failure");
    } else if (m.cause == GODWIT_GMM_CAUSE_SYNCH_FAILURE && m.auts.ptr != NULL && ue->resyncs < RESYNCS_MAX) {
        ue->resyncs++;
        memcpy(ue->auts, m.auts.ptr, sizeof ue->auts);
        godwit_msc_ask_vector(turn, ue, true);
    } else {
        ue->hint = m.cause == GODWIT_GMM_CAUSE_SYNCH_FAILURE ? GODWIT_AUTH_RESYNC : GODWIT_AUTH_MAC_FAILURE;
        godwit_msc_event(turn, ue, "refused", ue->hint, "the device does not take the challenge");
    }
}

void godwit_msc_authentication_failed(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_status_t reason = ue->hint != GODWIT_OK ? ue->hint : GODWIT_PEER_INTERNAL;
    if (ue->hint == GODWIT_AUTH_MAC_FAILURE &&
        godwit_mm_empty_build(GODWIT_MM_AUTHENTICATION_REJECT, &w) == GODWIT_OK) {
        godwit_msc_put_plain(turn, &ue->address, godwit_written(&w));
    }
    godwit_msc_event(turn, ue, "authentication_failed", reason,
                     ue->hint != GODWIT_OK ? "no right RES came" : "the device did not answer");
    godwit_msc_free(turn, ue);
}
