/* SPDX-License-Identifier: Apache-2.0
 *
 * The PDN connection of an attach: APN and PCO from the device, protected (TS 24.301 6.6.1.2), a session at the S-GW
 * (TS 23.401 5.3.2.1), ATTACH ACCEPT with the default bearer, and its completion.
 */
#include <string.h>

#include "roles/mme/internal.h"

#define BEST_EFFORT_QCI 9 /* TS 23.203 table 6.1.7 */
#define RATE_KBIT 1000
#define T3412_54_MINUTES 0x49 /* periodic updating: 9 decihours (TS 24.008 10.5.7.3) */
#define PRIORITY 0x7C         /* cannot pre-empt, level 15, can be pre-empted (TS 29.274 8.15) */
#define EPS_ONLY 1

/* ---- a session at the S-GW ---- */

static void fill_bearer(const godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, godwit_bearer_context_t *bearer)
{
    godwit_fteid_t *user = &bearer->fteid[GODWIT_CREATE_REQUEST_S11_MME];
    bearer->ebi = GODWIT_ESM_DEFAULT_BEARER;
    bearer->has_qos = true;
    bearer->qos.priority = PRIORITY;
    bearer->qos.qci = BEST_EFFORT_QCI;
    bearer->fteids = 1U << GODWIT_CREATE_REQUEST_S11_MME;
    user->interface = GODWIT_FTEID_S11_MME_USER;
    user->teid = ue->teid;
    memcpy(user->ipv4, t->mme->config.ipv4, sizeof user->ipv4);
}

static void fill_create(const godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, godwit_slice_t pco, godwit_gtpv2_t *m)
{
    const godwit_mme_config_t *c = &t->mme->config;
    memset(m, 0, sizeof *m);
    m->type = GODWIT_GTPV2_CREATE_SESSION_REQUEST;
    m->has = GODWIT_GTPV2_IMSI | GODWIT_GTPV2_RECOVERY | GODWIT_GTPV2_APN | GODWIT_GTPV2_AMBR | GODWIT_GTPV2_PAA |
             GODWIT_GTPV2_PDN_TYPE | GODWIT_GTPV2_SERVING_NETWORK | GODWIT_GTPV2_RAT | GODWIT_GTPV2_SELECTION_MODE |
             GODWIT_GTPV2_SENDER | GODWIT_GTPV2_PGW_CONTROL | GODWIT_GTPV2_BEARER | GODWIT_GTPV2_APN_RESTRICTION;
    m->imsi = ue->imsi;
    m->recovery = c->recovery;
    m->apn = ue->apn;
    m->ambr_up = m->ambr_down = RATE_KBIT;
    m->paa_type = m->pdn_type = GODWIT_PDN_NON_IP;
    m->serving_network = c->plmn;
    m->rat = GODWIT_RAT_NB_IOT;
    m->sender = (godwit_fteid_t){.interface = GODWIT_FTEID_S11_MME_CONTROL, .teid = ue->teid};
    memcpy(m->sender.ipv4, c->ipv4, sizeof c->ipv4);
    m->pgw_control = (godwit_fteid_t){.interface = GODWIT_FTEID_S5_PGW_CONTROL};
    memcpy(m->pgw_control.ipv4, c->pgw, sizeof c->pgw);
    fill_bearer(t, ue, &m->bearer);
    if (pco.len > 0) {
        m->has |= ue->extended ? GODWIT_GTPV2_EPCO : GODWIT_GTPV2_PCO;
        *(ue->extended ? &m->epco : &m->pco) = pco;
    }
}

static void create(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t pco)
{
    godwit_gtpv2_t m;
    if (ue->apn.text[0] == '\0') {
        godwit_mme_no_session(t, ue, GODWIT_ESM_CAUSE_UNKNOWN_APN, GODWIT_POLICY_FORBIDS, "no APN");
        return;
    }
    fill_create(t, ue, pco, &m);
    godwit_mme_nas_timer(t, ue, 0);
    ue->state = GODWIT_MME_CREATING;
    godwit_mme_file(t->mme, ue);
    ue->message_len = 0;
    if (godwit_mme_gtp_ask(t, &m, ue->teid) != GODWIT_OK) {
        godwit_mme_no_session(t, ue, GODWIT_ESM_CAUSE_INSUFFICIENT_RESOURCES, GODWIT_OVERLOAD,
                              "the S-GW cannot be asked now");
    }
}

/* ---- ESM information ---- */

void godwit_mme_connect(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_esm_answer_t m;
    if (!ue->information) {
        create(t, ue, godwit_slice(ue->pco, ue->pco_len));
        return;
    }
    memset(&m, 0, sizeof m);
    m.head.pti = ue->pti;
    ue->state = GODWIT_MME_INFORMING;
    godwit_mme_file(t->mme, ue);
    if (godwit_esm_information_request_build(&m, &w) == GODWIT_OK) {
        godwit_mme_ask(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
}

void godwit_mme_on_information(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_esm_information_response_t m;
    if (ue->state != GODWIT_MME_INFORMING) {
        return; /* again */
    }
    bool whole = godwit_esm_information_response_parse(plain, &m) == GODWIT_OK && m.head.pti == ue->pti;
    if (whole && m.apn.ptr != NULL) {
        whole = godwit_apn_parse(m.apn, &ue->apn) == GODWIT_OK;
    }
    if (!whole) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "an ESM information response that cannot be taken");
        return;
    }
    ue->extended = m.pco.ptr == NULL && m.epco.ptr != NULL;
    create(t, ue, ue->extended ? m.epco : m.pco);
}

/* ---- the answer ---- */

static uint8_t esm_cause_of(uint8_t gtp_cause)
{
    switch (gtp_cause) {
    case GODWIT_GTPV2_CAUSE_UNKNOWN_APN:
        return GODWIT_ESM_CAUSE_UNKNOWN_APN;
    case GODWIT_GTPV2_CAUSE_NO_RESOURCES:
        return GODWIT_ESM_CAUSE_INSUFFICIENT_RESOURCES;
    case GODWIT_GTPV2_CAUSE_SYSTEM_FAILURE:
    case GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING:
        return GODWIT_ESM_CAUSE_NETWORK_FAILURE;
    default:
        return GODWIT_ESM_CAUSE_REJECTED_BY_GATEWAY;
    }
}

static void put_activation(const godwit_mme_ue_t *ue, const godwit_gtpv2_t *created, godwit_writer_t *w)
{
    static const uint8_t qos[1] = {BEST_EFFORT_QCI};
    static const uint8_t address[5] = {GODWIT_ESM_PDN_NON_IP};
    uint8_t labels[GODWIT_APN_MAX];
    godwit_writer_t apn = godwit_writer(labels, sizeof labels);
    godwit_esm_activate_default_request_t m;
    memset(&m, 0, sizeof m);
    godwit_apn_put(&apn, &ue->apn);
    m.head = (godwit_esm_head_t){.bearer = GODWIT_ESM_DEFAULT_BEARER, .pti = ue->pti};
    m.qos = godwit_slice(qos, sizeof qos);
    m.apn = godwit_written(&apn);
    m.address = godwit_slice(address, sizeof address);
    m.control_plane_only = (godwit_nas_octet_t){true, 1};
    if ((created->has & GODWIT_GTPV2_PCO) != 0) {
        m.pco = created->pco;
    }
    if ((created->has & GODWIT_GTPV2_EPCO) != 0) {
        m.epco = created->epco;
    }
    w->overflow = w->overflow || godwit_esm_activate_default_request_build(&m, w) != GODWIT_OK;
}

static void put_guti(const godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, godwit_writer_t *w)
{
    const godwit_mme_config_t *c = &t->mme->config;
    godwit_eps_identity_t identity;
    memset(&identity, 0, sizeof identity);
    identity.is_guti = true;
    identity.guti = (godwit_guti_t){c->plmn, c->mme_group, c->mme_code, ue->m_tmsi};
    w->overflow = w->overflow || godwit_eps_identity_build(&identity, w) != GODWIT_OK;
}

static void accept(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_gtpv2_t *created)
{
    uint8_t esm[GODWIT_MME_MESSAGE_MAX], guti[GODWIT_EPS_IDENTITY_MAX], octets[GODWIT_MME_MESSAGE_MAX];
    const uint8_t *plmn = t->mme->config.plmn.octets;
    uint16_t tac = t->mme->config.tac;
    const uint8_t tai[6] = {0,           plmn[0], plmn[1], plmn[2], (uint8_t)(tac >> 8),
                            (uint8_t)tac}; /* 9.9.3.33: one, type 00 */
    godwit_writer_t inner = godwit_writer(esm, sizeof esm), id = godwit_writer(guti, sizeof guti);
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_attach_accept_t m;
    memset(&m, 0, sizeof m);
    put_activation(ue, created, &inner);
    put_guti(t, ue, &id);
    godwit_mme_next_elements(ue, &m.rand, &m.autn);
    m.attach_result = EPS_ONLY;
    m.t3412 = T3412_54_MINUTES;
    m.tai_list = godwit_slice(tai, sizeof tai);
    m.esm = godwit_written(&inner);
    m.guti = godwit_written(&id);
    if (inner.overflow || id.overflow || godwit_emm_attach_accept_build(&m, &w) != GODWIT_OK) {
        godwit_mme_delete_session(t, ue);
        godwit_mme_no_session(t, ue, GODWIT_ESM_CAUSE_NETWORK_FAILURE, GODWIT_PEER_INTERNAL,
                              "the gateway's PCO is too long");
        return;
    }
    ue->state = GODWIT_MME_ACCEPTING;
    godwit_mme_file(t->mme, ue);
    if (ue->next_for == GODWIT_MME_NEXT_ATTACH_ACCEPT) { /* it waits for the home */
        memcpy(ue->message, octets, w.len);
        ue->message_len = (uint16_t)w.len;
        ue->message_type = GODWIT_NAS_CIPHERED;
    } else {
        godwit_mme_ask(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
}

void godwit_mme_accept_now(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[GODWIT_MME_MESSAGE_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_attach_accept_t m;
    if (godwit_emm_attach_accept_parse(godwit_slice(ue->message, ue->message_len), &m) != GODWIT_OK) {
        return;
    }
    m.rand = m.autn = godwit_slice(NULL, 0);
    godwit_mme_next_elements(ue, &m.rand, &m.autn);
    if (godwit_emm_attach_accept_build(&m, &w) == GODWIT_OK) {
        godwit_mme_ask(t, ue, GODWIT_NAS_CIPHERED, &w);
    } else { /* no room for it beside that PCO */
        w = (godwit_writer_t){.buf = octets, .cap = sizeof octets, .len = ue->message_len};
        memcpy(octets, ue->message, ue->message_len);
        godwit_mme_ask(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
}

void godwit_mme_on_created(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_gtpv2_t *m)
{
    const godwit_fteid_t *user = &m->bearer.fteid[GODWIT_CREATE_RESPONSE_S11_SGW];
    bool whole = (m->has & GODWIT_GTPV2_SENDER) != 0 && (m->bearer.fteids >> GODWIT_CREATE_RESPONSE_S11_SGW & 1) != 0;
    if (ue->state != GODWIT_MME_CREATING) {
        return;
    }
    if (m->cause != GODWIT_GTPV2_CAUSE_ACCEPTED || !whole) {
        bool forbidden = m->cause == GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED;
        godwit_mme_no_session(t, ue, esm_cause_of(m->cause), forbidden ? GODWIT_NOT_ENTITLED : GODWIT_POLICY_FORBIDS,
                              "the gateway refused the session");
        return;
    }
    ue->bearer = GODWIT_ESM_DEFAULT_BEARER;
    ue->sgw_teid = m->sender.teid;
    ue->sgw_user_teid = user->teid;
    memcpy(ue->sgw_user, user->ipv4, sizeof ue->sgw_user);
    godwit_mme_forward_held(t, ue);
    accept(t, ue, m);
}

void godwit_mme_no_session(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t esm_cause, godwit_status_t reason,
                           const char *detail)
{
    uint8_t esm[8], octets[32];
    godwit_writer_t inner = godwit_writer(esm, sizeof esm), w = godwit_writer(octets, sizeof octets);
    godwit_esm_refusal_t refusal;
    godwit_emm_attach_reject_t m;
    memset(&refusal, 0, sizeof refusal);
    memset(&m, 0, sizeof m);
    refusal.head.pti = ue->pti;
    refusal.cause = esm_cause;
    m.cause = GODWIT_EMM_CAUSE_ESM_FAILURE;
    if (godwit_esm_pdn_connectivity_reject_build(&refusal, &inner) == GODWIT_OK) {
        m.esm = godwit_written(&inner);
    }
    if (godwit_emm_attach_reject_build(&m, &w) == GODWIT_OK) {
        (void)godwit_mme_send(t, ue, GODWIT_NAS_CIPHERED, &w); /* it asks again if this does not come */
    }
    godwit_mme_event(t, "attach_refused", reason, ue, detail);
    godwit_mme_free(t, ue);
}

/* ---- completion ---- */

void godwit_mme_registered(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    ue->state = GODWIT_MME_REGISTERED;
    ue->message_len = 0;
    godwit_mme_nas_timer(t, ue, 0);
    godwit_mme_idle_timer(t, ue);
    godwit_mme_event(t, "attached", GODWIT_OK, ue, ue->e2m ? "with a flagged vector" : NULL);
    godwit_mme_forward_held(t, ue);
    godwit_mme_flush(t, ue);
    godwit_mme_trigger_registered(t, ue);
    if (t->mme->config.next_early) {
        (void)godwit_mme_ask_next(t, ue, GODWIT_MME_NEXT_INFORMATION);
    }
}

void godwit_mme_on_complete(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_attach_complete_t m;
    godwit_esm_answer_t accepted;
    if (ue->state != GODWIT_MME_ACCEPTING) {
        return; /* again */
    }
    if (godwit_emm_attach_complete_parse(plain, &m) != GODWIT_OK ||
        godwit_esm_activate_default_accept_parse(m.esm, &accepted) != GODWIT_OK || accepted.head.bearer != ue->bearer) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "an attach complete without its bearer");
        return;
    }
    ue->next_set = false; /* the device has what came with the accept: a detach need not say it again */
    godwit_mme_registered(t, ue);
}
