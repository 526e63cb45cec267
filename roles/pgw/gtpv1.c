/* SPDX-License-Identifier: Apache-2.0
 *
 * The GGSN's half of GTPv1-C: TS 29.060 7.2.2, 7.3.1, 7.3.3, 7.3.5.
 */
#include "roles/pgw/internal.h"

#include <string.h>

/* What any request says about who asks; its teid: of the receiver, so not here. */
static godwit_pgw_context_t asked(const godwit_pgw_turn_t *turn, const godwit_gtpv1_t *m)
{
    godwit_pgw_context_t c;
    memset(&c, 0, sizeof c);
    c.version = 1;
    c.asked_type = m->type;
    c.asked_sequence = m->sequence;
    c.asked_from = turn->in->from;
    c.imsi = m->imsi;
    c.bearer_number = m->nsapi;
    c.pdp_type = (m->has & GODWIT_GTPV1_END_USER_ADDRESS) != 0 ? m->pdp_type : GODWIT_PDP_NON_IP;
    c.peer_teid = m->teid_control;
    c.peer_user_teid = m->teid_data;
    memcpy(c.peer, m->gsn_control, sizeof c.peer);
    memcpy(c.peer_user, m->gsn_user, sizeof c.peer_user);
    if (m->qos.len > 0 && m->qos.len <= sizeof c.qos) {
        c.qos_len = (uint8_t)m->qos.len;
        memcpy(c.qos, m->qos.ptr, m->qos.len);
    }
    return c;
}

/* MCC and MNC of a Routeing Area Identity stand as in a PLMN identity (7.7.3). */
static godwit_plmn_t plmn_of(const uint8_t routeing_area[6])
{
    godwit_plmn_t plmn;
    memcpy(plmn.octets, routeing_area, sizeof plmn.octets);
    return plmn;
}

static void on_create(godwit_pgw_turn_t *turn, const godwit_gtpv1_t *m)
{
    const uint32_t needed = GODWIT_GTPV1_IMSI | GODWIT_GTPV1_TEID_CONTROL;
    godwit_pgw_refusal_t refusal;
    godwit_pgw_wish_t wish = {.fresh = asked(turn, m), .pco = m->pco};
    wish.fresh.serving_network = plmn_of(m->routeing_area);
    wish.apn = (m->has & GODWIT_GTPV1_APN) != 0 ? &m->apn : NULL;
    wish.complete = (m->has & needed) == needed && wish.fresh.qos_len > 0;
    wish.non_ip = wish.fresh.pdp_type == GODWIT_PDP_NON_IP;
    if (godwit_pgw_create(turn, &wish, &refusal) == GODWIT_OK && refusal != GODWIT_PGW_ACCEPTED) {
        godwit_pgw_refuse(turn, &wish.fresh, refusal, "Create PDP Context Request");
    }
}

/* The context that a later request is about; NULL after a refusal. */
static godwit_pgw_context_t *context_of(godwit_pgw_turn_t *turn, const godwit_gtpv1_t *m)
{
    godwit_pgw_context_t *c = godwit_pgw_by_teid(turn->pgw, m->teid);
    if (c != NULL && c->version == 1 && c->bearer_number == m->nsapi &&
        godwit_gtp_same_node(&turn->in->from, c->peer)) {
        return c;
    }
    godwit_pgw_context_t who = asked(turn, m);
    who.peer_teid = m->teid_control;
    godwit_pgw_refuse(turn, &who, GODWIT_PGW_NO_CONTEXT, "no PDP context of that TEID and NSAPI");
    return NULL;
}

static void on_update(godwit_pgw_turn_t *turn, const godwit_gtpv1_t *m)
{
    godwit_pgw_context_t *c = context_of(turn, m);
    if (c == NULL) {
        return;
    }
    godwit_pgw_wish_t wish = {.fresh = asked(turn, m), .pco = m->pco};
    godwit_pgw_refusal_t refusal = godwit_pgw_modify(turn, c, &wish);
    if (refusal != GODWIT_PGW_ACCEPTED) {
        wish.fresh.imsi = c->imsi;
        wish.fresh.peer_teid = c->peer_teid;
        godwit_pgw_refuse(turn, &wish.fresh, refusal, "Update PDP Context Request");
    }
}

static void on_delete(godwit_pgw_turn_t *turn, const godwit_gtpv1_t *m)
{
    godwit_pgw_context_t *c = context_of(turn, m);
    if (c == NULL) {
        return;
    }
    godwit_pgw_context_t who = asked(turn, m);
    who.peer_teid = c->peer_teid;
    godwit_gtp_begin(&turn->pgw->path, 1, m->type, m->sequence, turn->in);
    godwit_pgw_release(turn, c, "deleted");
    godwit_pgw_refuse(turn, &who, GODWIT_PGW_ACCEPTED, NULL);
}

static void on_echo(godwit_pgw_turn_t *turn, const godwit_gtpv1_t *m)
{
    uint8_t octets[32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gtpv1_t answer;
    memset(&answer, 0, sizeof answer);
    answer.type = GODWIT_GTPV1_ECHO_RESPONSE;
    answer.sequence = m->sequence;
    answer.has = GODWIT_GTPV1_RECOVERY;
    answer.recovery = turn->pgw->config.recovery;
    if (godwit_gtpv1_build(&answer, &w) == GODWIT_OK) {
        godwit_gtp_send(turn->out, GODWIT_PORT_GTPC, &turn->in->from, godwit_written(&w));
    }
}

static void on_readable(godwit_pgw_turn_t *turn, const godwit_gtpv1_t *m)
{
    switch ((godwit_gtpv1_type_t)m->type) {
    case GODWIT_GTPV1_ECHO_REQUEST:
        on_echo(turn, m);
        break;
    case GODWIT_GTPV1_CREATE_REQUEST:
        on_create(turn, m);
        break;
    case GODWIT_GTPV1_UPDATE_REQUEST:
        on_update(turn, m);
        break;
    case GODWIT_GTPV1_DELETE_REQUEST:
        on_delete(turn, m);
        break;
    default:
        break;
    }
}

static bool is_about_contexts(uint8_t type)
{
    return type == GODWIT_GTPV1_CREATE_REQUEST || type == GODWIT_GTPV1_UPDATE_REQUEST ||
           type == GODWIT_GTPV1_DELETE_REQUEST;
}

void godwit_pgw_on_gtpv1(godwit_pgw_turn_t *turn)
{
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = godwit_gtpv1_parse(turn->in->datagram, &m);
    if (status != GODWIT_OK && is_about_contexts(m.type)) {
        godwit_pgw_context_t who = asked(turn, &m);
        const godwit_pgw_context_t *c = godwit_pgw_by_teid(turn->pgw, m.teid);
        bool its = c != NULL && c->version == 1 && godwit_gtp_same_node(&turn->in->from, c->peer);
        who.peer_teid = its ? c->peer_teid : 0; /* nobody else learns it */
        godwit_pgw_refuse(turn, &who, status == GODWIT_NOT_FOUND ? GODWIT_PGW_MISSING : GODWIT_PGW_BAD_FORMAT,
                          "a request cannot be read");
    } else if (status != GODWIT_OK) {
        godwit_pgw_event(turn, "refused", GODWIT_MALFORMED, NULL, "GTPv1-C cannot be read");
    } else if (!is_about_contexts(m.type) ||
               !godwit_gtp_repeated(&turn->pgw->path, 1, m.type, m.sequence, turn->in, turn->out)) {
        on_readable(turn, &m);
    }
}
