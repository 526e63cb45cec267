/* SPDX-License-Identifier: Apache-2.0
 *
 * Attach by a vector that was handed over in the session before (contribution 000): no authentication, no security
 * mode. In this order: the record is known; the frame verifies under its keys; RES; life, PLMN, capability
 * (core/agree/next_session); then it is consumed, durably, and only then anything is answered. Whatever is wrong:
 * nothing is consumed, and the attach goes on as one of a device without keys.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

static godwit_status_t hash_of(const godwit_sgsn_turn_t *turn, godwit_slice_t whole, uint8_t first[8])
{
    uint8_t hash[GODWIT_SHA256_SIZE];
    godwit_status_t status = turn->sgsn->config.crypto->sha256(&whole, 1, hash);
    memcpy(first, hash, 8);
    return status;
}

/* ---- the record ---- */

static godwit_record_key_t key_of(uint32_t p_tmsi)
{
    return (godwit_record_key_t){
        .kind = GODWIT_RECORD_NEXT_SESSION, .session_id = p_tmsi, .agreement = (uint8_t)GODWIT_NEXT_PS};
}

godwit_status_t godwit_sgsn_fetch_next(godwit_sgsn_turn_t *turn, uint32_t p_tmsi,
                                       const godwit_next_session_record_t **record)
{
    const godwit_record_key_t key = key_of(p_tmsi);
    const godwit_input_t *in = turn->in;
    *record = NULL;
    if (in->fetch_status == GODWIT_AGAIN || !godwit_record_key_equal(&in->fetched_key, &key)) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = key;
        return GODWIT_AGAIN;
    }
    if (in->fetch_status == GODWIT_OK && in->fetched != NULL && in->fetched->kind == GODWIT_RECORD_NEXT_SESSION) {
        *record = &in->fetched->u.next_session;
    }
    return *record != NULL ? GODWIT_OK : GODWIT_NOT_FOUND;
}

/* Whether the frame verifies under the record's keys; security has them then. */
static bool verifies(const godwit_sgsn_turn_t *turn, const godwit_next_session_t *next, godwit_slice_t whole,
                     const godwit_radio_frame_t *frame, godwit_radio_security_t *security)
{
    const godwit_sgsn_config_t *config = &turn->sgsn->config;
    bool geran = (frame->capability.uea & GODWIT_RADIO_GERAN) != 0;
    godwit_radio_frame_t same;
    if (next->eia != GODWIT_UIA2 || (geran && config->ki128 == GODWIT_SGSN_KI128_NONE) ||
        godwit_radio_security_derive(security, config->crypto, next->root, geran, next->eia, true) != GODWIT_OK) {
        return false;
    }
    godwit_radio_agree(security, next->eea, next->eia, next->res);
    return godwit_radio_initial_consume(security, whole, &same) == GODWIT_OK;
}

/* A security mode would choose them today, too: the rules may have changed since, or refuse the subscriber. */
static bool still_chosen(const godwit_sgsn_turn_t *turn, const godwit_next_session_record_t *record,
                         godwit_radio_capability_t capability)
{
    godwit_radio_command_t command;
    return godwit_sgsn_choose(turn->sgsn, &record->imsi, capability, &command) == GODWIT_OK &&
           command.uea == record->next.eea && command.uia == record->next.eia;
}

godwit_status_t godwit_sgsn_admit(const godwit_sgsn_turn_t *turn, const godwit_next_session_record_t *record,
                                  godwit_slice_t whole, godwit_radio_security_t *security)
{
    godwit_radio_frame_t frame;
    godwit_gmm_attach_request_t message;
    if (godwit_radio_parse(whole, &frame) != GODWIT_OK ||
        godwit_gmm_attach_request_parse(frame.octets, &message) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    const uint8_t capability[2] = {frame.capability.uea & (uint8_t)~GODWIT_RADIO_GERAN,
                                   frame.capability.uia & 1U << GODWIT_UIA2};
    const godwit_next_claim_t claim = {
        .verified = verifies(turn, &record->next, whole, &frame, security),
        .plmn = turn->sgsn->config.plmn,
        .ksi = message.cksn,
        .res = godwit_slice(message.res, message.res_len),
        .capability = godwit_slice(capability, sizeof capability),
        .now_ms = turn->in->now_ms,
    };
    godwit_status_t status = godwit_next_session_admit(&record->next, record->expires_ms, &claim);
    if (status == GODWIT_OK && !still_chosen(turn, record, frame.capability)) {
        status = GODWIT_POLICY_FORBIDS;
    }
    if (status != GODWIT_OK) {
        godwit_wipe(security, sizeof *security);
    }
    return status;
}

void godwit_sgsn_consume(godwit_sgsn_turn_t *turn, uint32_t p_tmsi)
{
    godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key = key_of(p_tmsi);
}

/* A request that was held up on its way must not end the registration that there is, nor bring its message once
 * more. */
bool godwit_sgsn_needs_stale(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    const godwit_record_t *record = turn->in->fetched;
    if (!turn->sgsn->config.next_session || turn->sgsn->config.unaware) {
        return false;
    }
    if (turn->in->fetch_status == GODWIT_AGAIN) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = (godwit_record_key_t){
            .kind = GODWIT_RECORD_NEXT_SESSION, .imsi = ue->imsi, .agreement = (uint8_t)GODWIT_NEXT_PS};
        return true;
    }
    ue->stale = record != NULL && record->kind == GODWIT_RECORD_NEXT_SESSION ? record->u.next_session.next.tmsi : 0;
    return false;
}

/* ---- the attach ---- */

static void proved(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_next_session_record_t *record,
                   const godwit_radio_security_t *security)
{
    ue->imsi = record->imsi;
    ue->security = *security;
    ue->geran = (ue->capability.uea & GODWIT_RADIO_GERAN) != 0;
    ue->has_keys = ue->connected = ue->next_allowed = true;
    ue->attaches = 0;
    ue->since_ms = turn->in->now_ms;
    ue->cksn = record->next.ksi;
    ue->consumed = record->next.tmsi;
    godwit_sgsn_register(turn, ue);
    godwit_sgsn_event(turn, ue, "next_used", GODWIT_OK, NULL);
    if (!godwit_sgsn_ask_next(turn, ue, GODWIT_GMM_ATTACH_ACCEPT)) {
        godwit_sgsn_accept_again(turn, ue);
        godwit_sgsn_wait(turn, ue, GODWIT_SGSN_COMPLETE);
    }
}

/* The short message that came with it, ciphered under COUNT 0. */
static void take_small_data(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas)
{
    godwit_gmm_attach_request_t message;
    uint8_t cp[GODWIT_GMM_SMALL_DATA_MAX];
    if (godwit_gmm_attach_request_parse(nas, &message) == GODWIT_OK && message.small_data.len > 0 &&
        godwit_radio_initial_cipher(&ue->security, message.small_data, cp) == GODWIT_OK) {
        godwit_sgsn_on_sms(turn, ue, godwit_slice(cp, message.small_data.len));
    }
    godwit_wipe(cp, sizeof cp);
}

/* By a record of our own: taken out of the store before anything else. */
static void take(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame,
                 const godwit_next_session_record_t *record, const godwit_radio_security_t *security)
{
    uint8_t first[8];
    godwit_sgsn_ue_t *ue = godwit_sgsn_allocate(turn);
    if (ue == NULL || hash_of(turn, turn->in->datagram, first) != GODWIT_OK) {
        godwit_sgsn_attach_reject(turn, &turn->in->from, GODWIT_GMM_CAUSE_CONGESTION);
        godwit_outbox_event(turn->out, "attach_refused", GODWIT_OVERLOAD, &record->imsi, "the table is full");
        if (ue != NULL) {
            godwit_sgsn_free(turn, ue);
        }
        return;
    }
    godwit_sgsn_consume(turn, record->next.tmsi);
    ue->address = turn->in->from;
    ue->capability = frame->capability;
    memcpy(ue->first, first, sizeof ue->first);
    proved(turn, ue, record, security);
    take_small_data(turn, ue, frame->octets);
}

/* The frame that was taken comes again: so does its answer, when there is one. */
static bool was_taken(godwit_sgsn_turn_t *turn)
{
    uint8_t first[8];
    if (hash_of(turn, turn->in->datagram, first) != GODWIT_OK) {
        return false;
    }
    godwit_sgsn_ue_t *ue = godwit_sgsn_by_first(turn->sgsn, first);
    if (ue != NULL && ue->waiting == GODWIT_SGSN_COMPLETE) {
        ue->address = turn->in->from; /* who could not have made it may have sent it before the device did */
        godwit_sgsn_file(turn->sgsn, ue);
        godwit_sgsn_accept_again(turn, ue);
    }
    return ue != NULL;
}

static bool is_ours(const godwit_sgsn_config_t *config, const godwit_gmm_rai_t *area)
{
    return area->lac == config->lac && area->rac == config->rac && godwit_plmn_equal(area->plmn, config->plmn);
}

/* GODWIT_AGAIN: it is not decided yet. */
static godwit_status_t by_own_record(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame, uint32_t p_tmsi)
{
    const godwit_next_session_record_t *record;
    godwit_radio_security_t security = {.crypto = NULL};
    godwit_status_t status = godwit_sgsn_fetch_next(turn, p_tmsi, &record);
    if (status == GODWIT_OK) {
        status = godwit_sgsn_admit(turn, record, turn->in->datagram, &security);
    }
    if (status == GODWIT_OK) {
        take(turn, frame, record, &security);
    }
    godwit_wipe(&security, sizeof security);
    return status;
}

void godwit_sgsn_on_initial_protected(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame)
{
    const godwit_sgsn_config_t *config = &turn->sgsn->config;
    godwit_gmm_attach_request_t message;
    if (godwit_gmm_attach_request_parse(frame->octets, &message) != GODWIT_OK) {
        godwit_sgsn_refused(turn, NULL, GODWIT_MALFORMED, "attach request");
        return;
    }
    bool claims = config->next_session && !config->unaware && message.res_len > 0 &&
                  message.identity.kind == GODWIT_GMM_IDENTITY_P_TMSI && message.identity.p_tmsi != 0 &&
                  godwit_sgsn_dialogue_at(turn->sgsn, &turn->in->from) == NULL;
    godwit_status_t status = GODWIT_NOT_FOUND;
    if (claims && was_taken(turn)) {
        return;
    }
    if (claims && is_ours(config, &message.old_rai)) {
        status = by_own_record(turn, frame, message.identity.p_tmsi);
    } else if (claims && godwit_sgsn_ask_old(turn, frame, &message)) {
        status = GODWIT_OK;
    }
    if (status != GODWIT_OK && status != GODWIT_AGAIN) {
        godwit_sgsn_event(turn, NULL, "next_refused", status, "an attach by a vector of before: it gets a new one");
        godwit_sgsn_on_attach_request(turn, frame);
    }
}

void godwit_sgsn_identified(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_next_session_record_t *record)
{
    godwit_radio_security_t security;
    godwit_radio_frame_t frame;
    uint8_t first[8], copy[sizeof ue->buffered];
    godwit_slice_t whole = godwit_slice(copy, ue->buffered_len);
    memcpy(copy, ue->buffered, whole.len);
    godwit_sgsn_drop_buffered(ue);
    godwit_status_t status = record != NULL ? godwit_sgsn_admit(turn, record, whole, &security) : GODWIT_NOT_FOUND;
    if (status == GODWIT_OK) {
        status = hash_of(turn, whole, first);
    }
    if (status == GODWIT_OK && godwit_radio_parse(whole, &frame) == GODWIT_OK) {
        memcpy(ue->first, first, sizeof ue->first);
        proved(turn, ue, record, &security);
        take_small_data(turn, ue, frame.octets);
        godwit_wipe(&security, sizeof security);
        return;
    }
    godwit_sgsn_event(turn, ue, "next_refused", status, "no other SGSN had the vector, or it was not right");
    godwit_sgsn_ask_identity(turn, ue);
    godwit_sgsn_wait(turn, ue, GODWIT_SGSN_IDENTITY);
}
