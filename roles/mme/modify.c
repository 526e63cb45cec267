/* SPDX-License-Identifier: Apache-2.0
 *
 * Modification of the bearer with a PCO, asked for by the device (TS 24.301 6.5.4, TS 23.401 5.4.5): Bearer Resource
 * Command to the core, its Update Bearer Request to the device, and the device's answer back.
 */
#include <string.h>

#include "roles/mme/internal.h"

#define COMMAND_BIT 0x800000U /* sequence numbers of commands and of what they trigger: TS 29.274 7.6 */

/* ---- the device asks ---- */

static void refuse(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t pti, uint8_t cause, godwit_status_t reason,
                   const char *detail)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_esm_refusal_t m;
    memset(&m, 0, sizeof m);
    m.head.pti = pti;
    m.cause = cause;
    if (ue->connected && godwit_esm_resource_modification_reject_build(&m, &w) == GODWIT_OK) {
        (void)godwit_mme_send(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
    godwit_mme_event(t, "modification_refused", reason, ue, detail);
}

static godwit_status_t command(godwit_mme_turn_t *t, godwit_mme_ue_t *ue,
                               const godwit_esm_resource_modification_request_t *asked)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_BEARER_RESOURCE_COMMAND;
    m.teid = ue->sgw_teid;
    m.sequence = COMMAND_BIT;
    m.has = GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI | GODWIT_GTPV2_TAD;
    m.ebi = ue->bearer;
    m.pti = asked->head.pti;
    m.tad = asked->tfa;
    if (asked->pco.ptr != NULL) {
        m.has |= GODWIT_GTPV2_PCO;
        m.pco = asked->pco;
    }
    if (asked->epco.ptr != NULL) {
        m.has |= GODWIT_GTPV2_EPCO;
        m.epco = asked->epco;
    }
    return godwit_mme_gtp_ask(t, &m, ue->teid);
}

void godwit_mme_on_modification(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_esm_resource_modification_request_t m;
    if (godwit_esm_resource_modification_request_parse(plain, &m) != GODWIT_OK || m.head.pti == 0) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "a modification request that cannot be read");
    } else if (ue->modify_pti == m.head.pti) {
        if (ue->waiting == GODWIT_MME_MODIFYING) {
            godwit_mme_ask_again(t, ue);
        }
    } else if (m.bearer != ue->bearer) {
        refuse(t, ue, m.head.pti, GODWIT_ESM_CAUSE_INVALID_BEARER, GODWIT_UNKNOWN_SESSION, "no such bearer");
    } else if (ue->modify_pti != 0 || ue->waiting != GODWIT_MME_NOTHING) {
        refuse(t, ue, m.head.pti, GODWIT_ESM_CAUSE_REJECTED, GODWIT_WRONG_STATE, "another procedure runs");
    } else if (command(t, ue, &m) != GODWIT_OK) {
        refuse(t, ue, m.head.pti, GODWIT_ESM_CAUSE_INSUFFICIENT_RESOURCES, GODWIT_OVERLOAD,
               "the S-GW cannot be asked now");
    } else {
        ue->modify_pti = m.head.pti;
    }
}

void godwit_mme_on_command_failed(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t gtp_cause)
{
    uint8_t pti = ue->modify_pti;
    bool forbidden = gtp_cause == GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED;
    bool silent = gtp_cause == GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING;
    ue->modify_pti = 0;
    if (pti != 0) {
        refuse(t, ue, pti, silent ? GODWIT_ESM_CAUSE_NETWORK_FAILURE : GODWIT_ESM_CAUSE_REJECTED_BY_GATEWAY,
               forbidden ? GODWIT_NOT_ENTITLED
               : silent  ? GODWIT_PEER_INTERNAL
                         : GODWIT_POLICY_FORBIDS,
               "the gateway did not modify the bearer");
    }
}

/* ---- the core asks ---- */

static void answer(godwit_mme_turn_t *t, const godwit_address_t *to, uint32_t sequence, uint32_t teid, uint8_t ebi,
                   uint8_t cause)
{
    uint8_t octets[128];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_UPDATE_BEARER_RESPONSE;
    m.teid = teid;
    m.sequence = sequence;
    m.has = GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_BEARER;
    m.cause = cause;
    m.bearer.ebi = ebi;
    m.bearer.has_cause = true;
    m.bearer.cause = cause;
    if (godwit_gtpv2_build(&m, &w) == GODWIT_OK) {
        godwit_gtp_answer(&t->mme->path, 2, GODWIT_GTPV2_UPDATE_BEARER_REQUEST, sequence, to, godwit_written(&w),
                          t->out);
    }
}

void godwit_mme_update_answer(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t cause)
{
    answer(t, &ue->update_from, ue->update_sequence, ue->sgw_teid, ue->bearer, cause);
    ue->update_sequence = 0;
    ue->modify_pti = 0;
    if (ue->waiting == GODWIT_MME_MODIFYING) {
        ue->waiting = GODWIT_MME_NOTHING;
        ue->message_len = 0;
        godwit_mme_nas_timer(t, ue, 0);
    }
}

static godwit_slice_t pco_of(const godwit_gtpv2_t *m)
{
    if (m->bearer.pco.len > 0) {
        return m->bearer.pco;
    }
    return (m->has & GODWIT_GTPV2_PCO) != 0 ? m->pco : godwit_slice(NULL, 0);
}

static bool ask_device(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_gtpv2_t *m)
{
    uint8_t octets[GODWIT_MME_MESSAGE_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_esm_modify_request_t q;
    memset(&q, 0, sizeof q);
    q.head = (godwit_esm_head_t){.bearer = ue->bearer,
                                 .pti = (m->has & GODWIT_GTPV2_PTI) != 0 ? m->pti : GODWIT_ESM_PTI_NONE};
    q.pco = pco_of(m);
    if ((m->has & GODWIT_GTPV2_EPCO) != 0) {
        q.epco = m->epco;
    }
    if (godwit_esm_modify_request_build(&q, &w) != GODWIT_OK) {
        return false;
    }
    ue->waiting = GODWIT_MME_MODIFYING;
    godwit_mme_ask(t, ue, GODWIT_NAS_CIPHERED, &w);
    return true;
}

static bool is_free(const godwit_mme_ue_t *ue, const godwit_gtpv2_t *m)
{
    return ue->state == GODWIT_MME_REGISTERED && ue->connected && m->bearer.ebi == ue->bearer &&
           ue->waiting == GODWIT_MME_NOTHING;
}

void godwit_mme_on_update(godwit_mme_turn_t *t, const godwit_gtpv2_t *m)
{
    godwit_mme_ue_t *ue = godwit_mme_by_teid(t->mme, m->teid);
    if (godwit_gtp_repeated(&t->mme->path, 2, m->type, m->sequence, t->in, t->out)) {
        return;
    }
    godwit_gtp_pending_t *command = godwit_gtp_find(&t->mme->path, 2, m->sequence, &t->in->from);
    if (command != NULL && command->type == GODWIT_GTPV2_BEARER_RESOURCE_COMMAND) {
        godwit_gtp_finish(&t->mme->path, command, t->out); /* this is its answer */
    }
    godwit_gtp_begin(&t->mme->path, 2, m->type, m->sequence, t->in);
    if (ue == NULL || !is_free(ue, m)) {
        if (ue != NULL && command != NULL) {
            ue->modify_pti = 0;
        }
        answer(t, &t->in->from, m->sequence, ue != NULL ? ue->sgw_teid : 0, m->bearer.ebi,
               ue != NULL ? GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING : GODWIT_GTPV2_CAUSE_NOT_FOUND);
        return;
    }
    ue->update_sequence = m->sequence;
    ue->update_from = t->in->from;
    if (!ask_device(t, ue, m)) {
        godwit_mme_update_answer(t, ue, GODWIT_GTPV2_CAUSE_REQUEST_REJECTED);
    }
}

void godwit_mme_on_modify_answer(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain, bool accepted)
{
    godwit_esm_answer_t a;
    godwit_esm_refusal_t r;
    godwit_status_t status =
        accepted ? godwit_esm_modify_accept_parse(plain, &a) : godwit_esm_modify_reject_parse(plain, &r);
    if (ue->waiting != GODWIT_MME_MODIFYING) {
        return; /* again */
    }
    if (status != GODWIT_OK || (accepted ? a.head.bearer : r.head.bearer) != ue->bearer) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, ue, "an answer to the modification that cannot be read");
        return;
    }
    godwit_mme_update_answer(t, ue, accepted ? GODWIT_GTPV2_CAUSE_ACCEPTED : GODWIT_GTPV2_CAUSE_REQUEST_REJECTED);
    godwit_mme_event(t, accepted ? "modified" : "modification_refused", accepted ? GODWIT_OK : GODWIT_POLICY_FORBIDS,
                     ue, accepted ? NULL : "the device refuses it");
}
