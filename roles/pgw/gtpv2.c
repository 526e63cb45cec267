/* SPDX-License-Identifier: Apache-2.0
 *
 * The P-GW's half of GTPv2-C on S5/S8: TS 29.274 7.1.1, 7.2.1, 7.2.5, 7.2.7, 7.2.9, 7.2.16.
 */
#include "roles/pgw/internal.h"

#include <string.h>

static godwit_pgw_context_t asked(const godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_pgw_context_t c;
    memset(&c, 0, sizeof c);
    c.version = 2;
    c.asked_type = m->type;
    c.asked_sequence = m->sequence;
    c.asked_from = turn->in->from;
    c.imsi = m->imsi;
    c.pti = m->pti;
    c.bearer_number = (m->has & GODWIT_GTPV2_BEARER) != 0 ? m->bearer.ebi : m->ebi;
    c.peer_teid = m->sender.teid;
    memcpy(c.peer, m->sender.ipv4, sizeof c.peer);
    c.serving_network = m->serving_network;
    c.ambr_up = m->ambr_up;
    c.ambr_down = m->ambr_down;
    c.bearer_qos = m->bearer.qos;
    c.pco_element = (m->has & GODWIT_GTPV2_EPCO) != 0   ? GODWIT_GTPV2_EPCO
                    : (m->has & GODWIT_GTPV2_APCO) != 0 ? GODWIT_GTPV2_APCO
                                                        : GODWIT_GTPV2_PCO;
    return c;
}

static godwit_slice_t pco_of(const godwit_gtpv2_t *m)
{
    return (m->has & GODWIT_GTPV2_EPCO) != 0 ? m->epco : (m->has & GODWIT_GTPV2_APCO) != 0 ? m->apco : m->pco;
}

static void on_create(godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    const godwit_fteid_t *user = &m->bearer.fteid[GODWIT_CREATE_REQUEST_S5_SGW];
    godwit_pgw_refusal_t refusal;
    godwit_pgw_wish_t wish = {.fresh = asked(turn, m), .apn = &m->apn, .pco = pco_of(m)};
    wish.fresh.peer_user_teid = user->teid;
    memcpy(wish.fresh.peer_user, user->ipv4, sizeof user->ipv4);
    wish.complete = (m->has & GODWIT_GTPV2_IMSI) != 0 && (m->bearer.fteids & (1U << GODWIT_CREATE_REQUEST_S5_SGW)) != 0;
    wish.non_ip = (m->has & GODWIT_GTPV2_PDN_TYPE) == 0 || m->pdn_type == GODWIT_PDN_NON_IP;
    if (godwit_pgw_create(turn, &wish, &refusal) == GODWIT_OK && refusal != GODWIT_PGW_ACCEPTED) {
        godwit_pgw_refuse(turn, &wish.fresh, refusal, "Create Session Request");
    }
}

static godwit_pgw_context_t *context_of(godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_pgw_context_t *c = godwit_pgw_by_teid(turn->pgw, m->teid);
    if (c != NULL && c->version == 2 && godwit_gtp_same_node(&turn->in->from, c->peer)) {
        return c;
    }
    godwit_pgw_context_t who = asked(turn, m);
    godwit_pgw_refuse(turn, &who, GODWIT_PGW_NO_CONTEXT, "no PDN connection of that TEID");
    return NULL;
}

static void on_command(godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_pgw_context_t *c = context_of(turn, m);
    if (c == NULL) {
        return;
    }
    godwit_pgw_wish_t wish = {.fresh = asked(turn, m), .pco = pco_of(m)};
    godwit_pgw_refusal_t refusal =
        m->ebi == c->bearer_number ? godwit_pgw_modify(turn, c, &wish) : GODWIT_PGW_NO_CONTEXT;
    if (refusal != GODWIT_PGW_ACCEPTED) {
        wish.fresh.imsi = c->imsi;
        wish.fresh.peer_teid = c->peer_teid;
        godwit_pgw_refuse(turn, &wish.fresh, refusal, "Bearer Resource Command");
    }
}

/* Nothing of ours changes with where the device is: a S-GW is not replaced by another here. */
static void on_modify(godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    const godwit_pgw_context_t *c = context_of(turn, m);
    if (c != NULL) {
        godwit_pgw_context_t who = asked(turn, m);
        who.peer_teid = c->peer_teid;
        godwit_pgw_refuse(turn, &who, GODWIT_PGW_ACCEPTED, NULL);
    }
}

static void on_delete(godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_pgw_context_t *c = context_of(turn, m);
    if (c == NULL) {
        return;
    }
    godwit_pgw_context_t who = asked(turn, m);
    who.peer_teid = c->peer_teid;
    godwit_gtp_begin(&turn->pgw->path, 2, m->type, m->sequence, turn->in);
    godwit_pgw_release(turn, c, "deleted");
    godwit_pgw_refuse(turn, &who, GODWIT_PGW_ACCEPTED, NULL);
}

static void on_update_answer(godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_gtp_pending_t *p = godwit_gtp_find(&turn->pgw->path, 2, m->sequence, &turn->in->from);
    if (p == NULL || p->type != GODWIT_GTPV2_UPDATE_BEARER_REQUEST || p->context != m->teid) {
        return;
    }
    const godwit_pgw_context_t *c = godwit_pgw_by_teid(turn->pgw, m->teid);
    godwit_gtp_finish(&turn->pgw->path, p, turn->out);
    if (c != NULL && m->cause != GODWIT_GTPV2_CAUSE_ACCEPTED) {
        godwit_pgw_event(turn, "refused", GODWIT_PEER_INTERNAL, &c->imsi, "Update Bearer Request was not accepted");
    }
}

static void on_echo(godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    uint8_t octets[32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gtpv2_t answer;
    memset(&answer, 0, sizeof answer);
    answer.type = GODWIT_GTPV2_ECHO_RESPONSE;
    answer.sequence = m->sequence;
    answer.has = GODWIT_GTPV2_RECOVERY;
    answer.recovery = turn->pgw->config.recovery;
    if (godwit_gtpv2_build(&answer, &w) == GODWIT_OK) {
        godwit_gtp_send(turn->out, GODWIT_PORT_GTPC, &turn->in->from, godwit_written(&w));
    }
}

static void on_readable(godwit_pgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    switch ((godwit_gtpv2_type_t)m->type) {
    case GODWIT_GTPV2_ECHO_REQUEST:
        on_echo(turn, m);
        break;
    case GODWIT_GTPV2_CREATE_SESSION_REQUEST:
        on_create(turn, m);
        break;
    case GODWIT_GTPV2_MODIFY_BEARER_REQUEST:
        on_modify(turn, m);
        break;
    case GODWIT_GTPV2_DELETE_SESSION_REQUEST:
        on_delete(turn, m);
        break;
    case GODWIT_GTPV2_BEARER_RESOURCE_COMMAND:
        on_command(turn, m);
        break;
    case GODWIT_GTPV2_UPDATE_BEARER_RESPONSE:
        on_update_answer(turn, m);
        break;
    default:
        break;
    }
}

static bool is_asking(uint8_t type)
{
    return type == GODWIT_GTPV2_CREATE_SESSION_REQUEST || type == GODWIT_GTPV2_MODIFY_BEARER_REQUEST ||
           type == GODWIT_GTPV2_DELETE_SESSION_REQUEST || type == GODWIT_GTPV2_BEARER_RESOURCE_COMMAND;
}

void godwit_pgw_on_gtpv2(godwit_pgw_turn_t *turn)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = godwit_gtpv2_parse(turn->in->datagram, &m);
    if (status != GODWIT_OK && is_asking(m.type)) {
        godwit_pgw_context_t who = asked(turn, &m);
        const godwit_pgw_context_t *c = godwit_pgw_by_teid(turn->pgw, m.teid);
        bool its = c != NULL && c->version == 2 && godwit_gtp_same_node(&turn->in->from, c->peer);
        who.peer_teid = its ? c->peer_teid : 0; /* nobody else learns it */
        godwit_pgw_refuse(turn, &who, status == GODWIT_NOT_FOUND ? GODWIT_PGW_MISSING : GODWIT_PGW_BAD_FORMAT,
                          "a request cannot be read");
    } else if (status != GODWIT_OK) {
        godwit_pgw_event(turn, "refused", GODWIT_MALFORMED, NULL, "GTPv2-C cannot be read");
    } else if (!is_asking(m.type) ||
               !godwit_gtp_repeated(&turn->pgw->path, 2, m.type, m.sequence, turn->in, turn->out)) {
        on_readable(turn, &m);
    }
}
