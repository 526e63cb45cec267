/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes from the P-GW: TS 29.274 7.2.2, 7.2.6, 7.2.10, 7.2.15.
 */
#include "roles/sgw/internal.h"

#include <string.h>

static void on_created(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    const uint8_t user = 1U << GODWIT_CREATE_RESPONSE_S5_PGW;
    bool accepted = m->cause == GODWIT_GTPV2_CAUSE_ACCEPTED && (m->has & GODWIT_GTPV2_PGW_CONTROL) != 0 &&
                    (m->bearer.fteids & user) != 0;
    if (!accepted) {
        uint8_t cause = m->cause == GODWIT_GTPV2_CAUSE_ACCEPTED ? GODWIT_GTPV2_CAUSE_MANDATORY_MISSING : m->cause;
        godwit_sgw_answer_asked(turn, c, cause);
        godwit_sgw_release(turn, c, "the P-GW refused it");
        return;
    }
    c->state = GODWIT_SGW_ACTIVE;
    c->pgw_teid = m->pgw_control.teid;
    memcpy(c->pgw, m->pgw_control.ipv4, sizeof c->pgw);
    c->pgw_user_teid = m->bearer.fteid[GODWIT_CREATE_RESPONSE_S5_PGW].teid;
    memcpy(c->pgw_user, m->bearer.fteid[GODWIT_CREATE_RESPONSE_S5_PGW].ipv4, sizeof c->pgw_user);
    godwit_gtpv2_t r = *m;
    r.teid = c->mme_teid;
    r.sequence = c->asked_sequence;
    r.has |= GODWIT_GTPV2_SENDER | GODWIT_GTPV2_RECOVERY;
    r.recovery = turn->sgw->config.recovery;
    r.sender = godwit_sgw_fteid(turn->sgw, GODWIT_FTEID_S11_SGW_CONTROL, c->teid);
    r.bearer.has_charging_id = false; /* of S5/S8 alone */
    r.bearer.fteids = user | (1U << GODWIT_CREATE_RESPONSE_S11_SGW);
    r.bearer.fteid[GODWIT_CREATE_RESPONSE_S11_SGW] = godwit_sgw_fteid(turn->sgw, GODWIT_FTEID_S11_SGW_USER, c->teid);
    godwit_sgw_answer(turn, &c->asked_from, c->asked_type, &r);
    godwit_sgw_event(turn, "context_created", GODWIT_OK, &c->imsi, NULL);
}

static void on_deleted(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c)
{
    godwit_sgw_answer_asked(turn, c, GODWIT_GTPV2_CAUSE_ACCEPTED); /* what the P-GW did not have is gone, too */
    godwit_sgw_release(turn, c, "deleted");
}

static void on_answer(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_gtp_pending_t *p = godwit_gtp_find(&turn->sgw->path, 2, m->sequence, &turn->in->from);
    if (p == NULL || m->type != p->type + 1) {
        return;
    }
    godwit_sgw_context_t *c = godwit_sgw_by_teid(turn->sgw, p->context, false);
    bool accepted = (m->has & GODWIT_GTPV2_CAUSE) != 0 && m->cause == GODWIT_GTPV2_CAUSE_ACCEPTED;
    if (!godwit_gtp_is_ours(m->teid, p->context | GODWIT_SGW_S5, accepted)) {
        godwit_sgw_event(turn, "refused", GODWIT_UNKNOWN_SESSION, NULL, "an answer with another TEID");
        return;
    }
    godwit_gtp_finish(&turn->sgw->path, p, turn->out);
    if (c == NULL) {
        return;
    }
    if (m->type == GODWIT_GTPV2_CREATE_SESSION_RESPONSE && c->state == GODWIT_SGW_CREATING) {
        on_created(turn, c, m);
    } else if (m->type == GODWIT_GTPV2_DELETE_SESSION_RESPONSE && c->state == GODWIT_SGW_DELETING) {
        on_deleted(turn, c);
    } else if (m->type == GODWIT_GTPV2_BEARER_RESOURCE_FAILURE && c->own_command_sequence == m->sequence) {
        godwit_sgw_fail_command(turn, c, m->cause);
    }
}

/* Update Bearer Request with the number of our command: it is the command's answer, and a request of its own to the
 * MME. */
static void on_update(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_sgw_context_t *c = godwit_sgw_by_teid(turn->sgw, m->teid, true);
    if (c == NULL || c->state != GODWIT_SGW_ACTIVE || !godwit_gtp_same_node(&turn->in->from, c->pgw) ||
        c->own_command_sequence == 0 || c->own_command_sequence != m->sequence) {
        godwit_sgw_event(turn, "refused", GODWIT_UNKNOWN_SESSION, NULL, "an update that no command asked for");
        godwit_sgw_answer_cause(turn, m, 0, GODWIT_GTPV2_CAUSE_NOT_FOUND);
        return;
    }
    godwit_gtp_pending_t *p = godwit_gtp_find(&turn->sgw->path, 2, m->sequence, &turn->in->from);
    if (p != NULL) {
        godwit_gtp_finish(&turn->sgw->path, p, turn->out);
    }
    godwit_gtpv2_t q = *m;
    q.teid = c->mme_teid;
    q.sequence = c->command_sequence;
    q.has &= ~GODWIT_GTPV2_SENDER;
    c->update_from = turn->in->from;
    godwit_gtp_begin(&turn->sgw->path, 2, m->type, m->sequence, turn->in);
    if (godwit_sgw_ask(turn, c, c->mme, &q) != GODWIT_OK) {
        godwit_sgw_answer_cause(turn, m, c->pgw_teid, GODWIT_GTPV2_CAUSE_NO_RESOURCES);
        godwit_sgw_fail_command(turn, c, GODWIT_GTPV2_CAUSE_NO_RESOURCES);
    }
}

void godwit_sgw_on_pgw(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    if (m->type != GODWIT_GTPV2_UPDATE_BEARER_REQUEST) {
        on_answer(turn, m);
    } else if (!godwit_gtp_repeated(&turn->sgw->path, 2, m->type, m->sequence, turn->in, turn->out)) {
        on_update(turn, m);
    }
}
