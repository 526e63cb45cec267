/* SPDX-License-Identifier: Apache-2.0
 *
 * Identification between two SGSNs of one PLMN (TS 29.060 7.5.1 and 7.5.2, clause numbers recalled), for a device that
 * attaches by a vector that the other one keeps. Its whole first frame goes along in a Private Extension, which is
 * ours: the SGSN that has the record checks it, consumes it, and only then gives the keys away. Only SGSNs of the
 * configuration are asked, and answered.
 */
#include "core/wire/profile.h"
#include "roles/sgsn/internal.h"

#include <string.h>

#define GTPC_PORT 2123
/* Contents of our Private Extension: version, then the frame; in an answer CKSN, UEA, UIA and the life that is left in
 * seconds. */
#define VERSION 1
#define ANSWER_LEN 8

static const godwit_sgsn_other_t *other_of(const godwit_sgsn_config_t *config, const godwit_gmm_rai_t *area)
{
    for (uint8_t i = 0; i < config->others && godwit_plmn_equal(area->plmn, config->plmn); i++) {
        if (config->other[i].lac == area->lac && config->other[i].rac == area->rac) {
            return &config->other[i];
        }
    }
    return NULL;
}

static bool is_other(const godwit_sgsn_config_t *config, const godwit_address_t *from)
{
    for (uint8_t i = 0; i < config->others; i++) {
        if (godwit_gtp_same_node(from, config->other[i].ipv4)) {
            return true;
        }
    }
    return false;
}

/* ---- the SGSN that asks ---- */

static godwit_status_t send_request(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue,
                                    const godwit_sgsn_other_t *other, const godwit_gmm_attach_request_t *message)
{
    const godwit_sgsn_config_t *config = &turn->sgsn->config;
    uint8_t octets[GODWIT_GTP_KEPT_MAX], extension[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets), e = godwit_writer(extension, sizeof extension);
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    godwit_put_u8(&e, VERSION);
    godwit_put(&e, ue->buffered, ue->buffered_len);
    m.type = GODWIT_GTPV1_IDENTIFICATION_REQUEST;
    m.sequence = (uint16_t)godwit_gtp_next_sequence(&turn->sgsn->path, 1);
    m.has = GODWIT_GTPV1_ROUTEING_AREA | GODWIT_GTPV1_P_TMSI | GODWIT_GTPV1_PRIVATE;
    memcpy(m.routeing_area, config->plmn.octets, 3);
    godwit_store_u16(m.routeing_area + 3, message->old_rai.lac);
    m.routeing_area[5] = message->old_rai.rac;
    m.p_tmsi = message->identity.p_tmsi;
    m.extension = GODWIT_GTP_EXTENSION;
    m.extension_value = godwit_written(&e);
    godwit_status_t status = godwit_writer_status(&e);
    if (status == GODWIT_OK) {
        status = godwit_gtpv1_build(&m, &w);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_address_t to = godwit_gtp_address(other->ipv4, config->gtpc_port != 0 ? config->gtpc_port : GTPC_PORT);
    return godwit_gtp_ask(&turn->sgsn->path, turn->out, &to, godwit_written(&w), m.sequence,
                          godwit_sgsn_index(turn->sgsn, ue), ue->transaction);
}

bool godwit_sgsn_ask_old(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame,
                         const godwit_gmm_attach_request_t *message)
{
    const godwit_sgsn_other_t *other = other_of(&turn->sgsn->config, &message->old_rai);
    godwit_slice_t whole = turn->in->datagram;
    if (other == NULL || whole.len > GODWIT_RADIO_N_PDU_MAX) {
        return false;
    }
    godwit_sgsn_ue_t *ue = godwit_sgsn_allocate(turn);
    if (ue == NULL) {
        return false;
    }
    ue->address = turn->in->from;
    ue->capability = frame->capability;
    ue->transaction = godwit_sgsn_new_transaction(turn->sgsn);
    godwit_sgsn_file(turn->sgsn, ue);
    ue->waiting = GODWIT_SGSN_OLD_SGSN; /* the timer is that of GTP */
    memcpy(ue->buffered, whole.ptr, whole.len);
    ue->buffered_len = (uint16_t)whole.len;
    if (send_request(turn, ue, other, message) != GODWIT_OK) {
        godwit_sgsn_free(turn, ue);
        return false;
    }
    return true;
}

/* What the other had, as a record of ours; false: nothing. */
static bool read_answer(const godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue, const godwit_gtpv1_t *m,
                        godwit_next_session_record_t *record)
{
    const uint32_t whole = GODWIT_GTPV1_IMSI | GODWIT_GTPV1_QUINTUPLET | GODWIT_GTPV1_PRIVATE;
    godwit_next_session_t *next = &record->next;
    if (m == NULL || m->cause != GODWIT_GTPV1_CAUSE_ACCEPTED || (m->has & whole) != whole ||
        m->extension != GODWIT_GTP_EXTENSION || m->extension_value.len != ANSWER_LEN ||
        m->extension_value.ptr[0] != VERSION) {
        return false;
    }
    const uint8_t *said = m->extension_value.ptr;
    godwit_radio_frame_t frame;
    godwit_gmm_attach_request_t message;
    if (godwit_radio_parse(godwit_slice(ue->buffered, ue->buffered_len), &frame) != GODWIT_OK ||
        godwit_gmm_attach_request_parse(frame.octets, &message) != GODWIT_OK) {
        return false;
    }
    memset(record, 0, sizeof *record);
    next->domain = GODWIT_NEXT_PS;
    next->plmn = turn->sgsn->config.plmn;
    next->ksi = said[1];
    next->eea = said[2];
    next->eia = said[3];
    next->tmsi = message.identity.p_tmsi;
    next->res_len = m->quintuplet.xres_len;
    memcpy(next->res, m->quintuplet.xres, sizeof next->res);
    memcpy(next->root, m->quintuplet.ck, 16);
    memcpy(next->root + 16, m->quintuplet.ik, 16);
    memcpy(record->rand, m->quintuplet.rand, sizeof record->rand);
    record->imsi = m->imsi;
    record->expires_ms = turn->in->now_ms + UINT64_C(1000) * godwit_load_u32(said + 4);
    return true;
}

void godwit_sgsn_on_identification(godwit_sgsn_turn_t *turn, uint32_t index, uint32_t transaction,
                                   const godwit_gtpv1_t *answer)
{
    godwit_next_session_record_t record;
    godwit_sgsn_ue_t *ue = index < turn->sgsn->top ? &turn->sgsn->ues[index] : NULL;
    if (ue == NULL || ue->state != GODWIT_SGSN_DIALOGUE || ue->waiting != GODWIT_SGSN_OLD_SGSN ||
        ue->transaction != transaction) {
        return; /* its row has been given to another */
    }
    ue->waiting = GODWIT_SGSN_NOTHING;
    bool found = read_answer(turn, ue, answer, &record);
    godwit_sgsn_identified(turn, ue, found ? &record : NULL);
    godwit_wipe(&record, sizeof record);
}

/* ---- the SGSN that is asked ---- */

static void answer_with(godwit_sgsn_turn_t *turn, const godwit_gtpv1_t *request, uint8_t cause,
                        const godwit_next_session_record_t *record)
{
    uint8_t octets[256], extension[ANSWER_LEN];
    godwit_writer_t w = godwit_writer(octets, sizeof octets), e = godwit_writer(extension, sizeof extension);
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV1_IDENTIFICATION_RESPONSE;
    m.sequence = request->sequence;
    m.cause = cause;
    m.has = GODWIT_GTPV1_CAUSE;
    if (record != NULL) {
        const godwit_next_session_t *next = &record->next;
        m.has |= GODWIT_GTPV1_IMSI | GODWIT_GTPV1_QUINTUPLET | GODWIT_GTPV1_PRIVATE;
        m.imsi = record->imsi;
        memcpy(m.quintuplet.rand, record->rand, 16);
        memcpy(m.quintuplet.ck, next->root, 16);
        memcpy(m.quintuplet.ik, next->root + 16, 16);
        m.quintuplet.xres_len = next->res_len;
        memcpy(m.quintuplet.xres, next->res, sizeof m.quintuplet.xres);
        godwit_put_u8(&e, VERSION);
        godwit_put_u8(&e, next->ksi);
        godwit_put_u8(&e, next->eea);
        godwit_put_u8(&e, next->eia);
        godwit_put_u32(&e, (uint32_t)((record->expires_ms - turn->in->now_ms) / 1000 + 1));
        m.extension = GODWIT_GTP_EXTENSION;
        m.extension_value = godwit_written(&e);
    }
    if (godwit_gtpv1_build(&m, &w) == GODWIT_OK) {
        godwit_gtp_answer(&turn->sgsn->path, 1, request->type, request->sequence, &turn->in->from, godwit_written(&w),
                          turn->out);
    }
    godwit_wipe(&m, sizeof m);
    godwit_wipe(octets, sizeof octets);
}

static bool asks_for_ours(const godwit_sgsn_turn_t *turn, const godwit_gtpv1_t *m)
{
    const godwit_sgsn_config_t *config = &turn->sgsn->config;
    return config->next_session && !config->unaware && (m->has & GODWIT_GTPV1_PRIVATE) != 0 &&
           m->extension == GODWIT_GTP_EXTENSION && m->extension_value.len > 1 && m->extension_value.ptr[0] == VERSION &&
           m->p_tmsi != 0;
}

void godwit_sgsn_on_identification_request(godwit_sgsn_turn_t *turn, const godwit_gtpv1_t *request)
{
    const godwit_next_session_record_t *record = NULL;
    godwit_radio_security_t security;
    godwit_gtp_path_t *path = &turn->sgsn->path;
    if (!is_other(&turn->sgsn->config, &turn->in->from)) {
        godwit_sgsn_refused(turn, NULL, GODWIT_NOT_ENTITLED,
                            "an identification request of a node that is no SGSN here");
        return;
    }
    if (godwit_gtp_repeated(path, 1, request->type, request->sequence, turn->in, turn->out)) {
        return;
    }
    godwit_status_t status = GODWIT_NOT_FOUND;
    if (asks_for_ours(turn, request)) {
        status = godwit_sgsn_fetch_next(turn, request->p_tmsi, &record);
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    godwit_gtp_begin(path, 1, request->type, request->sequence, turn->in);
    if (status == GODWIT_OK) {
        godwit_slice_t value = request->extension_value;
        status = godwit_sgsn_admit(turn, record, godwit_slice(value.ptr + 1, value.len - 1), &security);
    }
    if (status == GODWIT_OK) {
        godwit_wipe(&security, sizeof security);
        godwit_sgsn_consume(turn, record->next.tmsi);
    }
    godwit_outbox_event(turn->out, status == GODWIT_OK ? "next_given_away" : "next_refused", status,
                        status == GODWIT_OK ? &record->imsi : NULL, "another SGSN asked");
    answer_with(turn, request, status == GODWIT_OK ? GODWIT_GTPV1_CAUSE_ACCEPTED : GODWIT_GTPV1_CAUSE_IMSI_UNKNOWN,
                status == GODWIT_OK ? record : NULL);
}

void godwit_sgsn_forget_identifications(godwit_sgsn_turn_t *turn)
{
    godwit_gtp_path_t *path = &turn->sgsn->path;
    for (size_t i = 0; i < path->answered_capacity; i++) {
        if (path->answered[i].used && path->answered[i].type == GODWIT_GTPV1_IDENTIFICATION_REQUEST) {
            godwit_wipe(&path->answered[i], sizeof path->answered[i]);
        }
    }
}
