/* SPDX-License-Identifier: Apache-2.0
 *
 * An attach by the vector that was handed over in the session before (contribution 000). In this order: the record is
 * known, the whole message verifies under its keys with COUNT 0, RES, time, PLMN, policy; then the record is consumed,
 * durably, before anything is answered or forwarded. Whatever is wrong consumes nothing, and the same message is
 * answered as that of a device without a security context.
 */
#include "roles/mme/internal.h"

#include <string.h>

bool godwit_mme_goes_by_next(const godwit_mme_t *mme, godwit_slice_t message, godwit_guti_t *guti)
{
    godwit_emm_attach_request_t m;
    godwit_eps_identity_t identity;
    if (!mme->config.next_session || mme->config.unaware || godwit_emm_attach_request_parse(message, &m) != GODWIT_OK ||
        m.res.ptr == NULL || godwit_eps_identity_parse(m.identity, &identity) != GODWIT_OK || !identity.is_guti ||
        !godwit_plmn_equal(identity.guti.plmn, mme->config.plmn)) {
        return false;
    }
    *guti = identity.guti;
    return true;
}

static bool is_ours(const godwit_mme_config_t *c, const godwit_guti_t *guti)
{
    return guti->mme_group == c->mme_group && guti->mme_code == c->mme_code;
}

const godwit_next_session_record_t *godwit_mme_fetched(const godwit_mme_turn_t *t, uint32_t m_tmsi)
{
    const godwit_record_t *record = t->in->fetched;
    bool there = record != NULL && record->kind == GODWIT_RECORD_NEXT_SESSION &&
                 record->u.next_session.next.domain == GODWIT_NEXT_EPS && record->u.next_session.next.tmsi == m_tmsi;
    return there ? &record->u.next_session : NULL;
}

bool godwit_mme_needs_record(godwit_mme_turn_t *t, const godwit_guti_t *guti)
{
    if (!is_ours(&t->mme->config, guti) || t->in->fetch_status != GODWIT_AGAIN) {
        return false;
    }
    godwit_record_key_t *key = &godwit_outbox_add(t->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_NEXT_SESSION;
    key->session_id = guti->m_tmsi;
    key->agreement = GODWIT_NEXT_EPS;
    return true;
}

godwit_status_t godwit_mme_admit(const godwit_mme_turn_t *t, const godwit_next_session_record_t *record,
                                 godwit_slice_t octets, uint8_t buffer[GODWIT_NAS_MAX], godwit_mme_admitted_t *admitted)
{
    const godwit_mme_config_t *c = &t->mme->config;
    godwit_next_claim_t claim = {.plmn = c->plmn, .now_ms = t->in->now_ms};
    godwit_emm_attach_request_t m;
    uint8_t type;
    memset(admitted, 0, sizeof *admitted);
    memset(&m, 0, sizeof m);
    godwit_status_t status = godwit_nas_security_init(&admitted->security, c->crypto, record->next.root,
                                                      record->next.ksi, record->next.eea, record->next.eia, true);
    if (status == GODWIT_OK) {
        status = godwit_nas_security_consume(&admitted->security, c->crypto, octets, buffer, &admitted->plain, &type);
        claim.verified = status == GODWIT_OK && admitted->security.next_up == 1; /* COUNT 0, and no other */
    }
    if (claim.verified) {
        status = godwit_emm_attach_request_parse(admitted->plain, &m);
        claim.verified =
            type == (m.data.len + m.nas.len > 0 ? GODWIT_NAS_PARTLY : GODWIT_NAS_INTEGRITY); /* no MAC covers it */
    }
    claim.ksi = claim.verified ? m.ksi : record->next.ksi;
    claim.res = m.res;
    claim.capability = m.capability;
    if (!claim.verified || status == GODWIT_OK) {
        status = godwit_next_session_admit(&record->next, record->expires_ms, &claim);
    }
    if (status == GODWIT_OK && !godwit_mme_allows(t->mme, &record->imsi, record->next.eea, record->next.eia)) {
        status = GODWIT_POLICY_FORBIDS;
    }
    if (status != GODWIT_OK) {
        godwit_nas_security_wipe(&admitted->security);
    }
    return status;
}

void godwit_mme_drop_record(godwit_mme_turn_t *t, uint32_t m_tmsi)
{
    godwit_request_t *commit = godwit_outbox_add(t->out, GODWIT_REQUEST_STORE_COMMIT);
    commit->deleting = true;
    commit->record_key.kind = GODWIT_RECORD_NEXT_SESSION;
    commit->record_key.session_id = m_tmsi;
    commit->record_key.agreement = GODWIT_NEXT_EPS;
}

/* An attach request that was held up on its way must not end the registration that there is, nor bring its data once
 * more. */
bool godwit_mme_needs_stale(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    const godwit_record_t *record = t->in->fetched;
    if (t->in->fetch_status == GODWIT_AGAIN) {
        godwit_record_key_t *key = &godwit_outbox_add(t->out, GODWIT_REQUEST_STORE_FETCH)->record_key;
        key->kind = GODWIT_RECORD_NEXT_SESSION;
        key->imsi = ue->imsi;
        key->agreement = GODWIT_NEXT_EPS;
        return true;
    }
    ue->stale = record != NULL && record->kind == GODWIT_RECORD_NEXT_SESSION ? record->u.next_session.next.tmsi : 0;
    return false;
}

/* ---- the small data ---- */

static void take_data(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_attach_request_t m;
    godwit_esm_data_transport_t data;
    godwit_slice_t octets = {NULL, 0};
    if (godwit_emm_attach_request_parse(plain, &m) != GODWIT_OK) {
        return;
    }
    if (m.data.ptr != NULL && godwit_esm_data_transport_parse(m.data, &data) == GODWIT_OK && data.head.bearer == 0) {
        octets = data.data;
        ue->held_kind = GODWIT_MME_HELD_UP;
    } else if (m.nas.ptr != NULL) {
        octets = m.nas;
        ue->held_kind = GODWIT_MME_HELD_NAS;
    }
    if (octets.len > sizeof ue->held) {
        godwit_mme_event(t, "n_pdu_dropped", GODWIT_NO_SPACE, ue, "too long");
    } else if (octets.len > 0) {
        memcpy(ue->held, octets.ptr, octets.len);
        ue->held_len = (uint16_t)octets.len;
    }
}

void godwit_mme_forward_held(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[GODWIT_MME_N_PDU_MAX];
    const godwit_slice_t data = godwit_slice(octets, ue->held_len);
    const bool up = ue->held_kind == GODWIT_MME_HELD_UP;
    const bool message = ue->held_kind == GODWIT_MME_HELD_NAS && ue->state == GODWIT_MME_REGISTERED;
    if (ue->held_len == 0 || (!up && !message)) {
        return;
    }
    memcpy(octets, ue->held, ue->held_len);
    godwit_wipe(ue->held, sizeof ue->held);
    ue->held_len = 0;
    ue->held_kind = GODWIT_MME_HELD_DOWN;
    if (up) {
        const godwit_address_t to = godwit_gtp_address(ue->sgw_user, t->mme->config.gtpu_port);
        godwit_gtp_send_pdu(t->out, &to, ue->sgw_user_teid, data);
    } else {
        godwit_mme_on_sms(t, ue, data);
    }
    godwit_wipe(octets, sizeof octets);
}

/* ---- the attach ---- */

void godwit_mme_begin_by_next(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_next_session_record_t *record,
                              const godwit_mme_admitted_t *admitted)
{
    if (!godwit_mme_take_attach(t, ue, admitted->plain)) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "an attach request that cannot be taken");
        godwit_mme_free(t, ue);
        return;
    }
    ue->has_imsi = true;
    ue->imsi = record->imsi;
    ue->security = admitted->security;
    godwit_mme_file(t->mme, ue);
    ue->attaches = 1;
    ue->since_ms = t->in->now_ms;
    ue->next_allowed = true;
    bool known = record->apn[0] != '\0' && godwit_apn_from_text(record->apn, &ue->apn) == GODWIT_OK;
    ue->information = ue->information || !known; /* what is not known here the device is asked for */
    take_data(t, ue, admitted->plain);
    godwit_mme_event(t, "next_used", GODWIT_OK, ue, NULL);
    godwit_mme_proved(t, ue);
    godwit_mme_locate(t, ue);
    (void)godwit_mme_ask_next(t, ue, GODWIT_MME_NEXT_ATTACH_ACCEPT);
    godwit_mme_connect(t, ue);
}

static void attach_by_next(godwit_mme_turn_t *t, const godwit_next_session_record_t *record,
                           const godwit_mme_admitted_t *admitted)
{
    godwit_mme_ue_t *ue = godwit_mme_row_for_attach(t);
    if (ue == NULL) {
        return;
    }
    ue->state = GODWIT_MME_CREATING;
    godwit_mme_drop_record(t, record->next.tmsi);
    ue->consumed = record->next.tmsi;
    godwit_mme_begin_by_next(t, ue, record, admitted);
}

bool godwit_mme_on_next_attach(godwit_mme_turn_t *t, godwit_slice_t octets, godwit_slice_t message)
{
    uint8_t buffer[GODWIT_NAS_MAX];
    godwit_mme_admitted_t admitted;
    godwit_guti_t guti;
    if (!godwit_mme_goes_by_next(t->mme, message, &guti)) {
        return false;
    }
    if (!is_ours(&t->mme->config, &guti)) {
        return godwit_mme_ask_old(t, octets, &guti);
    }
    const godwit_next_session_record_t *record = godwit_mme_fetched(t, guti.m_tmsi);
    godwit_status_t status = record != NULL ? godwit_mme_admit(t, record, octets, buffer, &admitted) : GODWIT_NOT_FOUND;
    if (status == GODWIT_OK) {
        attach_by_next(t, record, &admitted);
        godwit_nas_security_wipe(&admitted.security);
    } else {
        godwit_mme_event(t, "next_refused", status, NULL, "so it is authenticated anew");
    }
    godwit_wipe(buffer, sizeof buffer);
    return status == GODWIT_OK;
}
