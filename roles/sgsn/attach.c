/* SPDX-License-Identifier: Apache-2.0
 *
 * Attach until the device is proved: TS 24.008 4.7.3 (attach), 4.7.7 (authentication and ciphering), 4.7.8
 * (identification). All of it is without protection, so nothing that comes here ends another's dialogue: a wrong RES or
 * a failure is kept as a hint, and named when the attempts have ended; TS 24.008 4.7.7.5 would reject at once.
 */
#include "core/agree/access_aka/access_aka.h"
#include "roles/sgsn/internal.h"

#include <string.h>

#define HSS_TIMEOUT_MS 6000
#define RESYNCS_MAX 2 /* of one dialogue: each may cost the home a look at its AUTS */

/* ---- towards the home ---- */

static void refuse(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_status_t reason, const char *detail)
{
    godwit_sgsn_attach_reject(turn, &ue->address, godwit_serving_cause(reason));
    godwit_sgsn_event(turn, ue, "attach_refused", reason, detail);
    godwit_sgsn_free(turn, ue);
}

static void ask_vector(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, bool resync)
{
    godwit_sgsn_t *sgsn = turn->sgsn;
    const godwit_sgsn_config_t *config = &sgsn->config;
    godwit_serving_home_t home;
    godwit_sgsn_home(sgsn, &ue->imsi, &home);
    ue->transaction = godwit_sgsn_new_transaction(sgsn);
    godwit_sgsn_file(sgsn, ue);
    godwit_status_t status = godwit_serving_ask(&home, turn->out, ue->transaction, &ue->imsi, GODWIT_VECTOR_UTRAN,
                                                resync ? ue->rand : NULL, resync ? ue->auts : NULL);
    if (status != GODWIT_OK) {
        refuse(turn, ue, status, "no room for a request to the home");
        return;
    }
    godwit_sgsn_wait_for(turn, ue, GODWIT_SGSN_VECTOR,
                         config->hss_timeout_ms != 0 ? config->hss_timeout_ms : HSS_TIMEOUT_MS);
}

uint32_t godwit_sgsn_new_transaction(godwit_sgsn_t *sgsn)
{
    sgsn->next_transaction = sgsn->next_transaction == UINT32_MAX ? 1 : sgsn->next_transaction + 1;
    return sgsn->next_transaction;
}

void godwit_sgsn_ask_identity(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_identity_request_t message = {.type = GODWIT_GMM_IDENTITY_IMSI};
    if (godwit_gmm_identity_request_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_plain(turn, &ue->address, godwit_written(&w));
    }
}

void godwit_sgsn_ask_response(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue)
{
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gmm_authentication_request_t message = {.reference = ue->reference, .has_vector = true, .cksn = ue->cksn};
    memcpy(message.rand, ue->rand, sizeof message.rand);
    memcpy(message.autn, ue->autn, sizeof message.autn);
    if (godwit_gmm_authentication_request_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_plain(turn, &ue->address, godwit_written(&w));
    }
}

/* ---- attach request ---- */

/* A dialogue under way hears the same request again: what it waits for is asked again, but for what costs a COUNT or
 * the home's time. */
static void again(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue)
{
    if (ue->waiting == GODWIT_SGSN_IDENTITY) {
        godwit_sgsn_ask_identity(turn, ue);
    } else if (ue->waiting == GODWIT_SGSN_RESPONSE) {
        godwit_sgsn_ask_response(turn, ue);
    }
}

/* A device whose keys are still here, and may be used once more. */
static bool is_known(const godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue,
                     const godwit_gmm_attach_request_t *message)
{
    return ue != NULL && ue->has_keys && (ue->state == GODWIT_SGSN_REGISTERED || ue->state == GODWIT_SGSN_DETACHED) &&
           message->cksn == ue->cksn && !ue->security.exhausted &&
           godwit_sgsn_may_serve_again(turn->sgsn, ue, turn->in->now_ms);
}

static void begin(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame, const godwit_imsi_t *imsi)
{
    godwit_imsi_t known = {.len = 0};
    if (imsi != NULL) {
        known = *imsi; /* making room may take the row that it stands in */
    }
    godwit_radio_command_t command;
    godwit_status_t status = godwit_sgsn_choose(turn->sgsn, &known, frame->capability, &command);
    if (status != GODWIT_OK) {
        godwit_sgsn_attach_reject(turn, &turn->in->from, godwit_serving_cause(status));
        godwit_outbox_event(turn->out, "attach_refused", status, &known, "no UEA and UIA that all allow");
        return;
    }
    godwit_sgsn_ue_t *ue = godwit_sgsn_allocate(turn);
    if (ue == NULL) {
        godwit_sgsn_attach_reject(turn, &turn->in->from, GODWIT_GMM_CAUSE_CONGESTION);
        godwit_outbox_event(turn->out, "attach_refused", GODWIT_OVERLOAD, &known, "the table is full");
        return;
    }
    ue->address = turn->in->from;
    ue->capability = frame->capability;
    ue->imsi = known;
    godwit_sgsn_file(turn->sgsn, ue);
    if (known.len > 0) {
        ask_vector(turn, ue, false);
        return;
    }
    godwit_sgsn_ask_identity(turn, ue);
    godwit_sgsn_wait(turn, ue, GODWIT_SGSN_IDENTITY);
}

/* 4.7.3.1.6 d: the accept was lost, and the device asks again. It may have begun anew with it, so it gets the command
 * before it gets the accept, but no other challenge. */
static bool was_accepted(godwit_sgsn_turn_t *turn, const godwit_imsi_t *imsi, const godwit_radio_frame_t *frame,
                         const godwit_gmm_attach_request_t *message)
{
    godwit_sgsn_ue_t *ue = imsi != NULL ? godwit_sgsn_registered(turn->sgsn, imsi, NULL) : NULL;
    bool heard = message->identity.kind == GODWIT_GMM_IDENTITY_P_TMSI && ue != NULL &&
                 message->identity.p_tmsi == ue->p_tmsi; /* it has the name that the accept gave it */
    if (ue == NULL || heard || ue->waiting != GODWIT_SGSN_COMPLETE ||
        !godwit_address_equal(&ue->address, &turn->in->from)) {
        return false;
    }
    return godwit_sgsn_begin_security(turn, ue, &turn->in->from, frame->capability, GODWIT_GMM_ATTACH_ACCEPT) ==
           GODWIT_OK;
}

void godwit_sgsn_on_attach_request(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame)
{
    godwit_gmm_attach_request_t message;
    if (godwit_gmm_attach_request_parse(frame->octets, &message) != GODWIT_OK) {
        godwit_sgsn_refused(turn, NULL, GODWIT_MALFORMED, "attach request");
        return;
    }
    godwit_sgsn_ue_t *known = NULL;
    if (message.identity.kind == GODWIT_GMM_IDENTITY_P_TMSI) {
        known = godwit_sgsn_by_p_tmsi(turn->sgsn, message.identity.p_tmsi);
    }
    const godwit_imsi_t *imsi = message.identity.kind == GODWIT_GMM_IDENTITY_IMSI ? &message.identity.imsi
                                : known != NULL                                   ? &known->imsi
                                                                                  : NULL;
    godwit_sgsn_ue_t *dialogue = godwit_sgsn_dialogue_at(turn->sgsn, &turn->in->from);
    if (dialogue != NULL && (imsi == NULL || dialogue->imsi.len == 0 || godwit_imsi_equal(imsi, &dialogue->imsi))) {
        again(turn, dialogue);
        return;
    }
    if (dialogue == NULL && was_accepted(turn, imsi, frame, &message)) {
        return;
    }
    if (dialogue != NULL) { /* an address has one dialogue: another device stands there now */
        godwit_sgsn_event(turn, dialogue, "attach_refused", GODWIT_WRONG_STATE, "another attach came from its address");
        godwit_sgsn_free(turn, dialogue);
    }
    if (is_known(turn, known, &message) && godwit_sgsn_begin_security(turn, known, &turn->in->from, frame->capability,
                                                                      GODWIT_GMM_ATTACH_REQUEST) == GODWIT_OK) {
        return;
    }
    begin(turn, frame, imsi);
}

/* ---- identity ---- */

void godwit_sgsn_on_identity_response(godwit_sgsn_turn_t *turn, godwit_slice_t nas)
{
    godwit_gmm_identity_response_t message;
    godwit_sgsn_ue_t *ue = godwit_sgsn_dialogue_at(turn->sgsn, &turn->in->from);
    if (ue == NULL || ue->waiting != GODWIT_SGSN_IDENTITY) {
        return; /* a repetition */
    }
    if (godwit_gmm_identity_response_parse(nas, &message) != GODWIT_OK ||
        message.identity.kind != GODWIT_GMM_IDENTITY_IMSI) {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "identity response");
        return;
    }
    ue->imsi = message.identity.imsi;
    ask_vector(turn, ue, false);
}

/* ---- vector ---- */

/* A key set identifier that the device cannot take for that of its last keys. */
static uint8_t new_cksn(godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue)
{
    const godwit_sgsn_ue_t *last = godwit_sgsn_registered(sgsn, &ue->imsi, ue);
    return (uint8_t)((last != NULL ? last->cksn + 1U : ue->cksn + 1U) % GODWIT_GMM_CKSN_NONE);
}

static void take_vector(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_auth_info_answer_t *answer)
{
    const godwit_auth_info_vector_t *vector = &answer->vector[0];
    ue->cksn = new_cksn(turn->sgsn, ue);
    ue->reference = (uint8_t)((ue->reference + 1U) & 0x0FU);
    ue->e2m = answer->e2m && !turn->sgsn->config.unaware;
    ue->next_allowed = answer->next_session && !turn->sgsn->config.unaware;
    memcpy(ue->rand, vector->rand, sizeof ue->rand);
    memcpy(ue->autn, vector->autn, sizeof ue->autn);
    memcpy(ue->xres, vector->xres, sizeof ue->xres);
    ue->xres_len = vector->xres_len;
    memcpy(ue->ck, vector->ck, sizeof ue->ck);
    memcpy(ue->ik, vector->ik, sizeof ue->ik);
    if (ue->resyncs > 0) {
        godwit_sgsn_event(turn, ue, "resynchronised", GODWIT_OK, NULL);
    }
    godwit_sgsn_ask_response(turn, ue);
    godwit_sgsn_wait(turn, ue, GODWIT_SGSN_RESPONSE);
}

void godwit_sgsn_on_vector(godwit_sgsn_turn_t *turn)
{
    const godwit_auth_info_answer_t *answer = &turn->in->message->u.auth_info_answer;
    godwit_sgsn_ue_t *ue = godwit_sgsn_waiting_for(turn->sgsn, turn->in->message->transaction);
    const char *detail = NULL;
    if (ue == NULL) {
        return; /* its timer was first, and has said so */
    }
    if (ue->waiting == GODWIT_SGSN_NEXT) {
        godwit_sgsn_on_next_vector(turn, ue, answer);
        return;
    }
    godwit_status_t status = godwit_serving_check(answer, GODWIT_VECTOR_UTRAN, &detail);
    if (status == GODWIT_OK) {
        if (!godwit_sgsn_needs_stale(turn, ue)) {
            take_vector(turn, ue, answer);
        }
    } else if (status == GODWIT_AUTH_MAC_FAILURE && ue->resyncs > 0) {
        godwit_sgsn_refused(turn, ue, status, "the home refused the AUTS"); /* the challenge stands */
        godwit_sgsn_wait(turn, ue, GODWIT_SGSN_RESPONSE);
    } else {
        refuse(turn, ue, status, detail);
    }
}

/* ---- authentication ---- */

static godwit_sgsn_ue_t *challenged(godwit_sgsn_turn_t *turn)
{
    godwit_sgsn_ue_t *ue = godwit_sgsn_dialogue_at(turn->sgsn, &turn->in->from);
    return ue != NULL && ue->waiting == GODWIT_SGSN_RESPONSE ? ue : NULL;
}

/* Keys that are proved, or will be before anything else: CK || IK of the vector. */
static godwit_status_t take_keys(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const uint8_t root[32], uint8_t uia)
{
    ue->geran = (ue->capability.uea & GODWIT_RADIO_GERAN) != 0;
    ue->has_keys = true;
    ue->attaches = 0;
    ue->since_ms = turn->in->now_ms;
    return godwit_radio_security_derive(&ue->security, turn->sgsn->config.crypto, root, ue->geran, uia, true);
}

static void authenticated(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    godwit_radio_command_t command;
    uint8_t root[32];
    memcpy(root, ue->ck, 16);
    memcpy(root + 16, ue->ik, 16);
    godwit_wipe(ue->ck, sizeof ue->ck);
    godwit_wipe(ue->ik, sizeof ue->ik);
    godwit_wipe(ue->xres, sizeof ue->xres);
    godwit_status_t status = godwit_sgsn_choose(turn->sgsn, &ue->imsi, ue->capability, &command);
    if (status == GODWIT_OK) {
        status = take_keys(turn, ue, root, command.uia);
    }
    if (turn->sgsn->config.iwf_number[0] !=
        '\0') { /* of a flagged vector these are CK', IK', and the device takes others */
        const bool flagged = ue->e2m || godwit_access_aka_flagged(ue->autn, 0);
        godwit_serving_trigger_root(&ue->trigger, turn->sgsn->config.crypto,
                                    flagged ? GODWIT_IWF_ROOT_NONE : GODWIT_IWF_ROOT_CK_IK, root, ue->rand);
    }
    godwit_wipe(root, sizeof root);
    if (status == GODWIT_OK) {
        status = godwit_sgsn_begin_security(turn, ue, &ue->address, ue->capability, GODWIT_GMM_ATTACH_REQUEST);
    }
    if (status != GODWIT_OK) {
        refuse(turn, ue, status, "no security mode command could be made");
    }
}

void godwit_sgsn_on_authentication_response(godwit_sgsn_turn_t *turn, godwit_slice_t nas)
{
    godwit_gmm_authentication_response_t message;
    godwit_sgsn_ue_t *ue = challenged(turn);
    if (ue == NULL) {
        return;
    }
    if (godwit_gmm_authentication_response_parse(nas, &message) != GODWIT_OK || message.reference != ue->reference) {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "authentication and ciphering response");
        return;
    }
    if (message.res_len != ue->xres_len || !godwit_equal_secret(message.res, ue->xres, ue->xres_len)) {
        ue->hint = GODWIT_AUTH_MAC_FAILURE;
        godwit_sgsn_refused(turn, ue, GODWIT_AUTH_MAC_FAILURE, "RES is not XRES");
        return;
    }
    authenticated(turn, ue);
}

void godwit_sgsn_on_authentication_failure(godwit_sgsn_turn_t *turn, godwit_slice_t nas)
{
    godwit_gmm_authentication_failure_t message;
    godwit_sgsn_ue_t *ue = challenged(turn);
    if (ue == NULL) {
        return;
    }
    if (godwit_gmm_authentication_failure_parse(nas, &message) != GODWIT_OK) {
        godwit_sgsn_refused(turn, ue, GODWIT_MALFORMED, "authentication and ciphering failure");
    } else if (message.cause == GODWIT_GMM_CAUSE_SYNCH_FAILURE && message.has_auts && ue->resyncs < RESYNCS_MAX) {
        ue->resyncs++;
        memcpy(ue->auts, message.auts, sizeof ue->auts);
        ask_vector(turn, ue, true);
    } else {
        ue->hint = message.cause == GODWIT_GMM_CAUSE_SYNCH_FAILURE ? GODWIT_AUTH_RESYNC : GODWIT_AUTH_MAC_FAILURE;
        godwit_sgsn_refused(turn, ue, ue->hint, "the device does not take the challenge");
    }
}

/* ---- attempts that have ended ---- */

void godwit_sgsn_home_silent(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    refuse(turn, ue, GODWIT_PEER_INTERNAL, "the home did not answer");
}

void godwit_sgsn_authentication_failed(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_status_t reason = ue->hint != GODWIT_OK ? ue->hint : GODWIT_PEER_INTERNAL;
    if (ue->hint == GODWIT_AUTH_MAC_FAILURE && godwit_gmm_authentication_reject_build(&w) == GODWIT_OK) {
        godwit_sgsn_put_plain(turn, &ue->address, godwit_written(&w));
    }
    godwit_sgsn_event(turn, ue, "authentication_failed", reason,
                      ue->hint != GODWIT_OK ? "no right RES came" : "the device did not answer");
    godwit_sgsn_free(turn, ue);
}
