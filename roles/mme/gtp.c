/* SPDX-License-Identifier: Apache-2.0
 *
 * The side of the S-GW: S11 (TS 29.274) and S11-U. Nothing is taken from any other node.
 */
#include <string.h>

#include "roles/mme/internal.h"

godwit_address_t godwit_mme_sgw(const godwit_mme_t *mme)
{
    return godwit_gtp_address(mme->config.sgw, mme->config.gtpc_port);
}

godwit_status_t godwit_mme_gtp_ask(godwit_mme_turn_t *t, godwit_gtpv2_t *m, uint32_t context)
{
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_address_t to = godwit_mme_sgw(t->mme);
    m->sequence |= godwit_gtp_next_sequence(&t->mme->path, 2);
    godwit_status_t status = godwit_gtpv2_build(m, &w);
    return status == GODWIT_OK ? godwit_gtp_ask(&t->mme->path, t->out, &to, godwit_written(&w), m->sequence, context, 0)
                               : status;
}

void godwit_mme_delete_session(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_gtpv2_t m;
    if (ue->bearer == 0) {
        return;
    }
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_DELETE_SESSION_REQUEST;
    m.teid = ue->sgw_teid;
    m.has = GODWIT_GTPV2_EBI;
    m.ebi = ue->bearer;
    ue->bearer = 0;
    if (godwit_mme_gtp_ask(t, &m, 0) != GODWIT_OK) {
        godwit_mme_event(t, "refused", GODWIT_OVERLOAD, ue, "the S-GW could not be told that a session is gone");
    }
}

/* ---- control ---- */

static void send_simple(godwit_mme_turn_t *t, const godwit_gtpv2_t *m)
{
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_gtpv2_build(m, &w) == GODWIT_OK) {
        godwit_gtp_send(t->out, GODWIT_PORT_GTPC, &t->in->from, godwit_written(&w));
    }
}

static void on_echo(godwit_mme_turn_t *t, const godwit_gtpv2_t *m)
{
    godwit_gtpv2_t answer;
    memset(&answer, 0, sizeof answer);
    answer.type = GODWIT_GTPV2_ECHO_RESPONSE;
    answer.sequence = m->sequence;
    answer.has = GODWIT_GTPV2_RECOVERY;
    answer.recovery = t->mme->config.recovery;
    send_simple(t, &answer);
}

/* Downlink Data Notification: the S-GW has data for a device whose tunnel it does not have. */
static void on_notification(godwit_mme_turn_t *t, const godwit_gtpv2_t *m)
{
    godwit_mme_ue_t *ue = godwit_mme_by_teid(t->mme, m->teid);
    bool known = ue != NULL && ue->state == GODWIT_MME_REGISTERED;
    godwit_gtpv2_t answer;
    memset(&answer, 0, sizeof answer);
    answer.type = GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE;
    answer.teid = ue != NULL ? ue->sgw_teid : 0;
    answer.sequence = m->sequence;
    answer.has = GODWIT_GTPV2_CAUSE;
    answer.cause = known ? GODWIT_GTPV2_CAUSE_ACCEPTED : GODWIT_GTPV2_CAUSE_NOT_FOUND;
    send_simple(t, &answer);
    if (known && !ue->connected) {
        godwit_mme_page(t, ue);
    }
}

static bool answers(uint8_t request, uint8_t answer)
{
    return answer == request + 1; /* TS 29.274 table 6.1-1 */
}

static void on_answer(godwit_mme_turn_t *t, const godwit_gtpv2_t *m)
{
    godwit_gtp_pending_t *p = godwit_gtp_find(&t->mme->path, 2, m->sequence, &t->in->from);
    if (p == NULL || !answers(p->type, m->type)) {
        return;
    }
    godwit_mme_ue_t *ue = godwit_mme_by_teid(t->mme, p->context);
    bool identified = m->type == GODWIT_GTPV2_IDENTIFICATION_RESPONSE; /* has no TEID (TS 29.274 5.5.2) */
    if (p->context != 0 && !identified &&
        !godwit_gtp_is_ours(m->teid, p->context, m->cause == GODWIT_GTPV2_CAUSE_ACCEPTED)) {
        godwit_mme_event(t, "refused", GODWIT_UNKNOWN_SESSION, ue, "an answer with another TEID");
        return;
    }
    godwit_gtp_finish(&t->mme->path, p, t->out);
    if (ue == NULL) {
        return; /* a session that was deleted */
    }
    if (identified) {
        godwit_mme_on_identified(t, ue, m);
    } else if (m->type == GODWIT_GTPV2_CREATE_SESSION_RESPONSE) {
        godwit_mme_on_created(t, ue, m);
    } else if (m->type == GODWIT_GTPV2_BEARER_RESOURCE_FAILURE) {
        bool lost = m->cause == GODWIT_GTPV2_CAUSE_NOT_FOUND && ue->state == GODWIT_MME_REGISTERED;
        godwit_mme_on_command_failed(t, ue, m->cause);
        if (lost) {
            godwit_mme_event(t, "bearer_lost", GODWIT_UNKNOWN_SESSION, ue, "the S-GW has begun anew");
            godwit_mme_detach(t, ue, GODWIT_EMM_DETACH_REATTACH);
        }
    }
}

/* The S-GW all but what is of S10, another MME that alone. */
static bool may_say(const godwit_mme_turn_t *t, uint8_t type)
{
    bool s10 = type == GODWIT_GTPV2_IDENTIFICATION_REQUEST || type == GODWIT_GTPV2_IDENTIFICATION_RESPONSE;
    return s10 ? godwit_mme_is_other(&t->mme->config, &t->in->from)
               : godwit_gtp_same_node(&t->in->from, t->mme->config.sgw);
}

void godwit_mme_on_gtpc(godwit_mme_turn_t *t)
{
    godwit_gtpv2_t m;
    godwit_status_t status = godwit_gtpv2_parse(t->in->datagram, &m);
    if (status == GODWIT_OK && !may_say(t, m.type)) {
        status = GODWIT_NOT_ENTITLED;
    }
    if (status != GODWIT_OK) {
        godwit_mme_event(t, "refused", status == GODWIT_NOT_FOUND ? GODWIT_MALFORMED : status, NULL,
                         "a GTP message that is not taken");
        return;
    }
    switch (m.type) {
    case GODWIT_GTPV2_ECHO_REQUEST:
        on_echo(t, &m);
        break;
    case GODWIT_GTPV2_IDENTIFICATION_REQUEST:
        godwit_mme_on_identification_request(t, &m);
        break;
    case GODWIT_GTPV2_UPDATE_BEARER_REQUEST:
        godwit_mme_on_update(t, &m);
        break;
    case GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION:
        on_notification(t, &m);
        break;
    default:
        on_answer(t, &m);
        break;
    }
}

/* N3-REQUESTS are used up. */
void godwit_mme_on_gtp_timer(godwit_mme_turn_t *t)
{
    godwit_gtp_pending_t *p = godwit_gtp_on_timer(&t->mme->path, t->in->timer, t->out);
    if (p == NULL) {
        return;
    }
    uint8_t type = p->type;
    godwit_mme_ue_t *ue = godwit_mme_by_teid(t->mme, p->context);
    godwit_gtp_finish(&t->mme->path, p, t->out);
    if (type == GODWIT_GTPV2_IDENTIFICATION_REQUEST) {
        if (ue != NULL) {
            godwit_mme_on_identified(t, ue, NULL);
        }
        return;
    }
    godwit_mme_event(t, "given_up", GODWIT_PEER_INTERNAL, ue, "the S-GW does not answer");
    if (ue != NULL && type == GODWIT_GTPV2_CREATE_SESSION_REQUEST && ue->state == GODWIT_MME_CREATING) {
        godwit_mme_no_session(t, ue, GODWIT_ESM_CAUSE_NETWORK_FAILURE, GODWIT_PEER_INTERNAL,
                              "the S-GW does not answer");
    } else if (ue != NULL && type == GODWIT_GTPV2_BEARER_RESOURCE_COMMAND) {
        godwit_mme_on_command_failed(t, ue, GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING);
    }
}

/* ---- user plane ---- */

/* The S-GW has no such tunnel: the PDN connection is gone. */
static void on_error(godwit_mme_turn_t *t, const godwit_gtpu_t *m)
{
    for (size_t i = 0; i < t->mme->top; i++) {
        godwit_mme_ue_t *ue = &t->mme->ues[i];
        if (ue->state == GODWIT_MME_REGISTERED && ue->bearer != 0 && ue->sgw_user_teid == m->error_teid &&
            !ue->detach_wanted) {
            godwit_mme_event(t, "bearer_lost", GODWIT_UNKNOWN_SESSION, ue, "the S-GW has no such tunnel");
            godwit_mme_detach(t, ue, GODWIT_EMM_DETACH_REATTACH);
            return;
        }
    }
}

void godwit_mme_on_gtpu(godwit_mme_turn_t *t)
{
    godwit_gtpu_t m;
    godwit_status_t status = godwit_gtpu_parse(t->in->datagram, &m);
    if (status == GODWIT_OK && !godwit_gtp_same_node(&t->in->from, t->mme->config.sgw)) {
        status = GODWIT_NOT_ENTITLED;
    }
    if (status != GODWIT_OK) {
        godwit_mme_event(t, "refused", status, NULL, "a GTP-U message that is not taken");
    } else if (m.type == GODWIT_GTPU_G_PDU) {
        godwit_mme_data_down(t, &m);
    } else if (m.type == GODWIT_GTPU_ERROR_INDICATION) {
        on_error(t, &m);
    } else {
        (void)godwit_gtpu_housekeeping(&m, t->in, t->out);
    }
}
