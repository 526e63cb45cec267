/* SPDX-License-Identifier: Apache-2.0
 *
 * Location updating by a vector that was handed over in the session before (contribution 000): no authentication, no
 * security mode. In this order:
 * the record is known; the frame verifies under its keys; RES; life, PLMN, capability (core/agree/next_session); then
 * it is consumed, durably, and only then anything is answered or passed on. Whatever is wrong: nothing is consumed, and
 * it goes on as any location updating.
 */
#include "roles/msc/internal.h"

#include <string.h>

static godwit_record_key_t key_of(uint32_t tmsi)
{
    return (godwit_record_key_t){
        .kind = GODWIT_RECORD_NEXT_SESSION, .session_id = tmsi, .agreement = (uint8_t)GODWIT_NEXT_CS};
}

/* GODWIT_AGAIN: the store was asked. */
static godwit_status_t fetch(godwit_msc_turn_t *turn, uint32_t tmsi, const godwit_next_session_record_t **record)
{
    const godwit_record_key_t key = key_of(tmsi);
    const godwit_input_t *in = turn->in;
    if (in->fetch_status == GODWIT_AGAIN || !godwit_record_key_equal(&in->fetched_key, &key)) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = key;
        return GODWIT_AGAIN;
    }
    if (in->fetch_status != GODWIT_OK || in->fetched == NULL || in->fetched->kind != GODWIT_RECORD_NEXT_SESSION) {
        return GODWIT_NOT_FOUND;
    }
    *record = &in->fetched->u.next_session;
    return GODWIT_OK;
}

static void drop(godwit_msc_turn_t *turn, uint32_t tmsi)
{
    godwit_request_t *request = godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key = key_of(tmsi);
}

/* A request that was held up on its way must not end the registration that there is, nor bring its message once
 * more. */
bool godwit_msc_needs_stale(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    const godwit_record_t *record = turn->in->fetched;
    if (!turn->msc->config.next_session) {
        return false;
    }
    if (turn->in->fetch_status == GODWIT_AGAIN) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_FETCH)->record_key = (godwit_record_key_t){
            .kind = GODWIT_RECORD_NEXT_SESSION, .imsi = ue->imsi, .agreement = (uint8_t)GODWIT_NEXT_CS};
        return true;
    }
    ue->stale = record != NULL && record->kind == GODWIT_RECORD_NEXT_SESSION ? record->u.next_session.next.tmsi : 0;
    return false;
}

void godwit_msc_drop_stale(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue)
{
    if (ue->stale != 0) {
        drop(turn, ue->stale);
    }
}

/* Whether the frame verifies under the record's keys; security has them then. */
static bool verifies(const godwit_msc_turn_t *turn, const godwit_next_session_t *next,
                     const godwit_radio_frame_t *frame, godwit_radio_security_t *security)
{
    const godwit_msc_config_t *config = &turn->msc->config;
    bool geran = godwit_msc_is_geran(frame->capability);
    godwit_radio_frame_t same;
    if (next->eia != GODWIT_UIA2 || (geran && config->ki128 == GODWIT_MSC_KI128_NONE) ||
        godwit_radio_security_derive(security, config->crypto, next->root, geran, next->eia, true) != GODWIT_OK) {
        return false;
    }
    godwit_radio_agree(security, next->eea, next->eia, next->res);
    return godwit_radio_initial_consume(security, turn->in->datagram, &same) == GODWIT_OK;
}

static godwit_status_t admit(const godwit_msc_turn_t *turn, const godwit_next_session_record_t *record,
                             const godwit_radio_frame_t *frame, const godwit_mm_location_updating_request_t *m,
                             godwit_radio_security_t *security)
{
    const uint8_t capability[2] = {frame->capability.uea & (uint8_t)~GODWIT_RADIO_GERAN,
                                   frame->capability.uia & 1U << GODWIT_UIA2};
    const godwit_next_claim_t claim = {
        .verified = verifies(turn, &record->next, frame, security),
        .plmn = turn->msc->config.plmn,
        .ksi = m->cksn,
        .res = m->res,
        .capability = godwit_slice(capability, sizeof capability),
        .now_ms = turn->in->now_ms,
    };
    godwit_status_t status = godwit_next_session_admit(&record->next, record->expires_ms, &claim);
    if (status != GODWIT_OK) {
        godwit_wipe(security, sizeof *security);
    }
    return status;
}

/* ---- it is taken ---- */

static bool hash_of(const godwit_msc_turn_t *turn, uint8_t first[8])
{
    uint8_t hash[GODWIT_SHA256_SIZE];
    bool good = turn->msc->config.crypto->sha256(&turn->in->datagram, 1, hash) == GODWIT_OK;
    memcpy(first, hash, 8);
    return good;
}

static void take_sms(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_slice_t ciphered)
{
    uint8_t cp[GODWIT_CP_MAX];
    if (ciphered.len > 0 && ciphered.len <= sizeof cp &&
        godwit_radio_initial_cipher(&ue->security, ciphered, cp) == GODWIT_OK) {
        godwit_msc_on_sms(turn, ue, godwit_slice(cp, ciphered.len));
    }
    godwit_wipe(cp, sizeof cp);
}

static void take(godwit_msc_turn_t *turn, const godwit_radio_frame_t *frame,
                 const godwit_mm_location_updating_request_t *m, const godwit_next_session_record_t *record,
                 const godwit_radio_security_t *security)
{
    uint8_t first[8];
    godwit_msc_ue_t *ue = hash_of(turn, first) ? godwit_msc_allocate(turn) : NULL;
    if (ue == NULL) {
        godwit_msc_update_reject(turn, &turn->in->from, GODWIT_GMM_CAUSE_CONGESTION);
        godwit_outbox_event(turn->out, "attach_refused", GODWIT_OVERLOAD, &record->imsi, "the table is full");
        return;
    }
    drop(turn, record->next.tmsi);
    ue->imsi = record->imsi;
    ue->capability = frame->capability;
    ue->follow_on = (m->type & GODWIT_MM_FOLLOW_ON) != 0;
    ue->security = *security;
    ue->has_keys = ue->next_allowed = true;
    ue->cksn = record->next.ksi;
    ue->consumed = record->next.tmsi;
    memcpy(ue->first, first, sizeof ue->first);
    godwit_msc_register(turn, ue);
    godwit_msc_event(turn, ue, "next_used", GODWIT_OK, NULL);
    godwit_msc_active(turn, ue);
    take_sms(turn, ue, m->sms);
}

/* The frame that was taken comes again: so does its answer, when there is one. */
static bool was_taken(godwit_msc_turn_t *turn)
{
    uint8_t first[8];
    if (!hash_of(turn, first)) {
        return false;
    }
    godwit_msc_ue_t *ue = godwit_msc_by_first(turn->msc, first);
    if (ue != NULL && ue->waiting == GODWIT_MSC_COMPLETE) {
        ue->address = turn->in->from; /* who could not have made it may have sent it before the device did */
        godwit_msc_file(turn->msc, ue);
        godwit_msc_accept(turn, ue);
    }
    return ue != NULL;
}

static bool claims_one(const godwit_msc_turn_t *turn, const godwit_mm_location_updating_request_t *m,
                       godwit_gmm_identity_t *identity)
{
    const godwit_msc_config_t *config = &turn->msc->config;
    godwit_mm_lai_t lai = godwit_mm_lai_read(m->lai);
    return config->next_session && m->res.ptr != NULL && godwit_mm_identity_read(m->identity, identity) == GODWIT_OK &&
           identity->kind == GODWIT_GMM_IDENTITY_P_TMSI && identity->p_tmsi != 0 && lai.lac == config->lac &&
           godwit_plmn_equal(lai.plmn, config->plmn) && godwit_msc_dialogue_at(turn->msc, &turn->in->from) == NULL;
}

void godwit_msc_on_initial_protected(godwit_msc_turn_t *turn, const godwit_radio_frame_t *frame)
{
    const godwit_next_session_record_t *record = NULL;
    godwit_mm_location_updating_request_t m;
    godwit_gmm_identity_t identity;
    godwit_radio_security_t security;
    godwit_status_t status = GODWIT_NOT_FOUND;
    if (godwit_mm_location_updating_request_parse(frame->octets, &m) != GODWIT_OK) {
        godwit_msc_event(turn, NULL, "refused", GODWIT_MALFORMED, "location updating request");
        return;
    }
    if (claims_one(turn, &m, &identity)) {
        if (was_taken(turn)) {
            return;
        }
        status = fetch(turn, identity.p_tmsi, &record);
        if (status == GODWIT_OK) {
            status = admit(turn, record, frame, &m, &security);
        }
    }
    if (status == GODWIT_OK) {
        take(turn, frame, &m, record, &security);
        godwit_wipe(&security, sizeof security);
    } else if (status != GODWIT_AGAIN) {
        godwit_msc_event(turn, NULL, "next_refused", status, "a vector of before: the device gets a new one");
        godwit_msc_on_update(turn, frame);
    }
}
