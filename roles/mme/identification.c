/* SPDX-License-Identifier: Apache-2.0
 *
 * Identification between two MMEs of one PLMN (TS 29.274 7.3.8, 7.3.9), for a device that attaches by a vector that the
 * other one keeps. The whole ATTACH REQUEST goes along: the MME that has the record checks it, consumes it, and only
 * then gives the key away. This end checks the message once more under that key. Only MMEs of the configuration are
 * asked, and answered.
 */
#include "roles/mme/internal.h"

#include <string.h>

static const godwit_mme_other_t *other_of(const godwit_mme_config_t *c, const godwit_guti_t *guti)
{
    for (uint8_t i = 0; i < c->others; i++) {
        if (c->other[i].mme_group == guti->mme_group && c->other[i].mme_code == guti->mme_code) {
            return &c->other[i];
        }
    }
    return NULL;
}

bool godwit_mme_is_other(const godwit_mme_config_t *c, const godwit_address_t *from)
{
    bool found = false;
    for (uint8_t i = 0; i < c->others && c->next_session; i++) {
        found = found || godwit_gtp_same_node(from, c->other[i].ipv4);
    }
    return found;
}

/* ---- the MME that asks ---- */

static godwit_status_t send_request(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, const godwit_mme_other_t *other,
                                    const godwit_guti_t *guti)
{
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_address_t to = godwit_gtp_address(other->ipv4, t->mme->config.gtpc_port);
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_IDENTIFICATION_REQUEST;
    m.sequence = godwit_gtp_next_sequence(&t->mme->path, 2);
    m.has = GODWIT_GTPV2_GUTI | GODWIT_GTPV2_COMPLETE_REQUEST;
    m.guti = *guti;
    m.complete = godwit_slice(ue->held, ue->held_len);
    godwit_status_t status = godwit_gtpv2_build(&m, &w);
    return status == GODWIT_OK ? godwit_gtp_ask(&t->mme->path, t->out, &to, godwit_written(&w), m.sequence, ue->teid, 0)
                               : status;
}

static bool is_asked_already(const godwit_mme_ue_t *ue, godwit_slice_t octets)
{
    return ue != NULL && ue->state == GODWIT_MME_OLD_MME && ue->held_len == octets.len &&
           memcmp(ue->held, octets.ptr, octets.len) == 0;
}

bool godwit_mme_ask_old(godwit_mme_turn_t *t, godwit_slice_t octets, const godwit_guti_t *guti)
{
    const godwit_mme_other_t *other = other_of(&t->mme->config, guti);
    godwit_mme_ue_t *ue = godwit_mme_unproved_at(t->mme, &t->in->from);
    if (is_asked_already(ue, octets)) {
        return true;
    }
    if (other == NULL || octets.len > sizeof ue->held) {
        return false;
    }
    if (ue != NULL) {
        godwit_mme_free(t, ue);
    }
    ue = godwit_mme_take_row(t);
    if (ue == NULL) {
        return false;
    }
    ue->state = GODWIT_MME_OLD_MME; /* its timer is that of GTP */
    godwit_mme_file(t->mme, ue);
    ue->held_kind = GODWIT_MME_HELD_REQUEST;
    ue->held_len = (uint16_t)octets.len;
    memcpy(ue->held, octets.ptr, octets.len);
    if (send_request(t, ue, other, guti) != GODWIT_OK) {
        godwit_mme_free(t, ue);
        return false;
    }
    return true;
}

/* What the other MME has given, as a record that is consumed; and the message under its key. */
static bool is_proved(const godwit_mme_turn_t *t, const godwit_gtpv2_t *m, godwit_slice_t octets,
                      godwit_next_session_record_t *record, uint8_t buffer[GODWIT_NAS_MAX],
                      godwit_mme_admitted_t *admitted)
{
    const godwit_crypto_t *crypto = t->mme->config.crypto;
    uint8_t type;
    memset(record, 0, sizeof *record);
    memset(admitted, 0, sizeof *admitted);
    if (m == NULL || m->cause != GODWIT_GTPV2_CAUSE_ACCEPTED ||
        (m->has & (GODWIT_GTPV2_IMSI | GODWIT_GTPV2_MM_CONTEXT)) != (GODWIT_GTPV2_IMSI | GODWIT_GTPV2_MM_CONTEXT)) {
        return false;
    }
    record->imsi = m->imsi;
    bool good = godwit_mme_allows(t->mme, &m->imsi, m->mm.eea, m->mm.eia) &&
                godwit_nas_security_init(&admitted->security, crypto, m->mm.kasme, m->mm.ksi, m->mm.eea, m->mm.eia,
                                         true) == GODWIT_OK &&
                godwit_nas_security_consume(&admitted->security, crypto, octets, buffer, &admitted->plain, &type) ==
                    GODWIT_OK &&
                admitted->security.next_up == 1;
    if (!good) {
        godwit_nas_security_wipe(&admitted->security);
    }
    return good;
}

void godwit_mme_on_identified(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_gtpv2_t *m)
{
    uint8_t octets[GODWIT_MME_N_PDU_MAX], buffer[GODWIT_NAS_MAX];
    const size_t len = ue->held_len;
    godwit_next_session_record_t record;
    godwit_mme_admitted_t admitted;
    if (ue->state != GODWIT_MME_OLD_MME) {
        return;
    }
    memcpy(octets, ue->held, len);
    if (is_proved(t, m, godwit_slice(octets, len), &record, buffer, &admitted)) {
        ue->state = GODWIT_MME_CREATING;
        ue->held_len = 0;
        ue->held_kind = GODWIT_MME_HELD_DOWN;
        godwit_mme_begin_by_next(t, ue, &record, &admitted);
        godwit_nas_security_wipe(&admitted.security);
    } else {
        godwit_mme_event(t, "next_refused", m == NULL ? GODWIT_PEER_INTERNAL : GODWIT_NOT_FOUND, NULL,
                         "the other MME does not have it, so the device is authenticated anew");
        godwit_mme_begin_anew(t, ue, godwit_slice(octets, len));
    }
    godwit_wipe(buffer, sizeof buffer);
    godwit_wipe(octets, sizeof octets);
}

/* ---- the MME that is asked ---- */

static void answer(godwit_mme_turn_t *t, const godwit_gtpv2_t *request, godwit_gtpv2_t *m)
{
    uint8_t octets[256];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    m->type = GODWIT_GTPV2_IDENTIFICATION_RESPONSE;
    m->sequence = request->sequence;
    m->has |= GODWIT_GTPV2_CAUSE;
    if (godwit_gtpv2_build(m, &w) == GODWIT_OK) {
        godwit_gtp_answer(&t->mme->path, 2, request->type, request->sequence, &t->in->from, godwit_written(&w), t->out);
    }
    godwit_wipe(octets, sizeof octets);
}

static void give_away(godwit_mme_turn_t *t, const godwit_gtpv2_t *request, const godwit_next_session_record_t *record)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    m.has = GODWIT_GTPV2_IMSI | GODWIT_GTPV2_MM_CONTEXT;
    m.imsi = record->imsi;
    m.mm =
        (godwit_mm_context_t){.ksi = record->next.ksi, .eea = record->next.eea, .eia = record->next.eia, .next_up = 1};
    memcpy(m.mm.kasme, record->next.root, sizeof m.mm.kasme);
    godwit_mme_drop_record(t, record->next.tmsi);
    answer(t, request, &m);
    godwit_outbox_event(t->out, "next_given_away", GODWIT_OK, &record->imsi, NULL);
    godwit_wipe(&m, sizeof m);
}

void godwit_mme_on_identification_request(godwit_mme_turn_t *t, const godwit_gtpv2_t *m)
{
    uint8_t buffer[GODWIT_NAS_MAX];
    godwit_nas_wrapper_t wrapper;
    godwit_mme_admitted_t admitted;
    godwit_guti_t guti;
    const godwit_next_session_record_t *record = NULL;
    godwit_status_t status = GODWIT_NOT_FOUND;
    bool asks = (m->has & GODWIT_GTPV2_GUTI) != 0 && (m->has & GODWIT_GTPV2_COMPLETE_REQUEST) != 0 &&
                godwit_nas_wrapper_parse(m->complete, &wrapper) == GODWIT_OK &&
                godwit_mme_goes_by_next(t->mme, wrapper.message, &guti) && godwit_guti_equal(&guti, &m->guti);
    if (godwit_gtp_repeated(&t->mme->path, 2, m->type, m->sequence, t->in, t->out) ||
        (asks && godwit_mme_needs_record(t, &guti))) {
        return;
    }
    godwit_gtp_begin(&t->mme->path, 2, m->type, m->sequence, t->in);
    record = asks ? godwit_mme_fetched(t, guti.m_tmsi) : NULL;
    if (record != NULL) {
        status = godwit_mme_admit(t, record, m->complete, buffer, &admitted);
        godwit_nas_security_wipe(&admitted.security);
        godwit_wipe(buffer, sizeof buffer);
    }
    if (status == GODWIT_OK) {
        give_away(t, m, record);
    } else {
        godwit_gtpv2_t refusal;
        memset(&refusal, 0, sizeof refusal);
        refusal.cause = GODWIT_GTPV2_CAUSE_NOT_FOUND;
        answer(t, m, &refusal);
        godwit_mme_event(t, "next_refused", status, NULL, "asked for by another MME");
    }
}

/* The table of answers is of those that were sent; one that stood behind a commit that failed was not. */
void godwit_mme_forget_identifications(godwit_mme_turn_t *t)
{
    for (size_t i = 0; i < t->mme->path.answered_capacity; i++) {
        godwit_gtp_answered_t *a = &t->mme->path.answered[i];
        if (a->used && a->type == GODWIT_GTPV2_IDENTIFICATION_REQUEST) {
            godwit_wipe(a, sizeof *a);
        }
    }
}
