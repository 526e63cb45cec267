/* SPDX-License-Identifier: Apache-2.0
 *
 * What comes from the MME: TS 29.274 7.2.1, 7.2.5, 7.2.7, 7.2.9, 7.2.11 (Downlink Data Notification), 7.2.16, 7.2.21.
 */
#include "roles/sgw/internal.h"

#include <string.h>

/* ---- Create Session Request ---- */

static void note_mme(godwit_sgw_context_t *c, const godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    c->imsi = m->imsi;
    c->ebi = m->bearer.ebi;
    c->mme_teid = m->sender.teid;
    memcpy(c->mme, m->sender.ipv4, sizeof c->mme);
    memcpy(c->pgw, m->pgw_control.ipv4, sizeof c->pgw);
    c->idle = (m->bearer.fteids & (1U << GODWIT_CREATE_REQUEST_S11_MME)) == 0;
    c->mme_user_teid = m->bearer.fteid[GODWIT_CREATE_REQUEST_S11_MME].teid;
    memcpy(c->mme_user, m->bearer.fteid[GODWIT_CREATE_REQUEST_S11_MME].ipv4, sizeof c->mme_user);
    c->asked_type = m->type;
    c->asked_sequence = m->sequence;
    c->asked_from = turn->in->from;
}

/* The MME's request with our own tunnels in it. */
static godwit_status_t relay_create(godwit_sgw_turn_t *turn, const godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    godwit_gtpv2_t q = *m;
    q.teid = 0;
    q.sequence = godwit_gtp_next_sequence(&turn->sgw->path, 2);
    q.has &= ~(GODWIT_GTPV2_PGW_CONTROL | GODWIT_GTPV2_RECOVERY);
    q.sender = godwit_sgw_fteid(turn->sgw, GODWIT_FTEID_S5_SGW_CONTROL, c->teid | GODWIT_SGW_S5);
    q.bearer.fteids = 1U << GODWIT_CREATE_REQUEST_S5_SGW;
    q.bearer.fteid[GODWIT_CREATE_REQUEST_S5_SGW] =
        godwit_sgw_fteid(turn->sgw, GODWIT_FTEID_S5_SGW_USER, c->teid | GODWIT_SGW_S5);
    return godwit_sgw_ask(turn, c, c->pgw, &q);
}

static void on_create(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    const uint32_t needed = GODWIT_GTPV2_IMSI | GODWIT_GTPV2_PGW_CONTROL;
    if ((m->has & needed) != needed) {
        godwit_sgw_answer_cause(turn, m, m->sender.teid, GODWIT_GTPV2_CAUSE_MANDATORY_MISSING);
        return;
    }
    if (turn->in->random.len < 2) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_RANDOM)->count = 2;
        return;
    }
    godwit_sgw_context_t *c = godwit_sgw_by_bearer(turn->sgw, &m->imsi, m->bearer.ebi);
    if (c != NULL) {
        godwit_sgw_release(turn, c, "the same bearer was made anew"); /* the P-GW does so, too */
    }
    c = godwit_sgw_take(turn->sgw, turn->in->random.ptr);
    if (c == NULL) {
        godwit_sgw_event(turn, "refused", GODWIT_OVERLOAD, &m->imsi, "the table of contexts is full");
        godwit_sgw_answer_cause(turn, m, m->sender.teid, GODWIT_GTPV2_CAUSE_NO_RESOURCES);
        return;
    }
    note_mme(c, turn, m);
    if (relay_create(turn, c, m) != GODWIT_OK) {
        godwit_sgw_answer_cause(turn, m, m->sender.teid, GODWIT_GTPV2_CAUSE_NO_RESOURCES);
        return; /* the context is still free */
    }
    c->state = GODWIT_SGW_CREATING;
    godwit_gtp_begin(&turn->sgw->path, 2, m->type, m->sequence, turn->in);
}

/* ---- about a context that is there ---- */

static void on_modify(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    godwit_gtpv2_t answer;
    const godwit_fteid_t *user = &m->bearer.fteid[GODWIT_MODIFY_REQUEST_S11_MME];
    memset(&answer, 0, sizeof answer);
    if ((m->has & GODWIT_GTPV2_BEARER) != 0 && (m->bearer.fteids & (1U << GODWIT_MODIFY_REQUEST_S11_MME)) != 0) {
        c->mme_user_teid = user->teid;
        memcpy(c->mme_user, user->ipv4, sizeof c->mme_user);
        c->idle = false;
        c->notified_ms = 0;
        godwit_sgw_event(turn, "context_active", GODWIT_OK, &c->imsi, NULL);
    }
    answer.type = GODWIT_GTPV2_MODIFY_BEARER_RESPONSE;
    answer.teid = c->mme_teid;
    answer.sequence = m->sequence;
    answer.has = GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_BEARER;
    answer.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    answer.bearer.ebi = c->ebi;
    answer.bearer.has_cause = true;
    answer.bearer.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    answer.bearer.fteids = 1U << GODWIT_MODIFY_RESPONSE_S11_SGW;
    answer.bearer.fteid[GODWIT_MODIFY_RESPONSE_S11_SGW] =
        godwit_sgw_fteid(turn->sgw, GODWIT_FTEID_S11_SGW_USER, c->teid);
    godwit_gtp_begin(&turn->sgw->path, 2, m->type, m->sequence, turn->in);
    godwit_sgw_answer(turn, &turn->in->from, m->type, &answer);
}

static void on_release_access(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    c->idle = true;
    c->notified_ms = 0;
    godwit_sgw_event(turn, "context_idle", GODWIT_OK, &c->imsi, NULL);
    godwit_gtp_begin(&turn->sgw->path, 2, m->type, m->sequence, turn->in);
    godwit_sgw_answer_cause(turn, m, c->mme_teid, GODWIT_GTPV2_CAUSE_ACCEPTED);
}

static void on_delete(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    godwit_gtpv2_t q;
    memset(&q, 0, sizeof q);
    q.type = m->type;
    q.teid = c->pgw_teid;
    q.sequence = godwit_gtp_next_sequence(&turn->sgw->path, 2);
    q.has = GODWIT_GTPV2_EBI;
    q.ebi = c->ebi;
    godwit_gtp_begin(&turn->sgw->path, 2, m->type, m->sequence, turn->in);
    godwit_gtp_finish_context(&turn->sgw->path, c->teid, turn->out);
    c->asked_type = m->type;
    c->asked_sequence = m->sequence;
    c->asked_from = turn->in->from;
    c->state = GODWIT_SGW_DELETING;
    if (godwit_sgw_ask(turn, c, c->pgw, &q) != GODWIT_OK) {
        godwit_sgw_answer_asked(turn, c, GODWIT_GTPV2_CAUSE_ACCEPTED);
        godwit_sgw_release(turn, c, "the P-GW could not be told");
    }
}

static void on_command(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    godwit_gtpv2_t q = *m;
    q.teid = c->pgw_teid;
    q.sequence = godwit_gtp_next_sequence(&turn->sgw->path, 2) | GODWIT_SGW_COMMAND;
    q.sender = godwit_sgw_fteid(turn->sgw, GODWIT_FTEID_S5_SGW_CONTROL, c->teid | GODWIT_SGW_S5);
    q.has |= GODWIT_GTPV2_SENDER;
    if (c->own_command_sequence != 0 || m->ebi != c->ebi) {
        godwit_sgw_answer_cause(turn, m, c->mme_teid,
                                m->ebi != c->ebi ? GODWIT_GTPV2_CAUSE_NOT_FOUND : GODWIT_GTPV2_CAUSE_REQUEST_REJECTED);
        return;
    }
    if (godwit_sgw_ask(turn, c, c->pgw, &q) != GODWIT_OK) {
        godwit_sgw_answer_cause(turn, m, c->mme_teid, GODWIT_GTPV2_CAUSE_NO_RESOURCES);
        return;
    }
    godwit_gtp_begin(&turn->sgw->path, 2, m->type, m->sequence, turn->in);
    c->command_sequence = m->sequence;
    c->own_command_sequence = q.sequence;
    c->command_ebi = m->ebi;
    c->command_pti = m->pti;
    c->command_from = turn->in->from;
}

/* ---- answers to what we asked the MME ---- */

static void on_notified(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    if (m->cause == GODWIT_GTPV2_CAUSE_NOT_FOUND) { /* the MME has begun anew */
        godwit_sgw_end(turn, c);
    } else if (m->cause != GODWIT_GTPV2_CAUSE_ACCEPTED) {
        c->notified_ms = 0;
    }
}

static void on_updated(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    godwit_gtpv2_t r = *m;
    r.teid = c->pgw_teid;
    r.sequence = c->own_command_sequence;
    r.has &= ~(GODWIT_GTPV2_SENDER | GODWIT_GTPV2_RECOVERY);
    r.bearer.fteids = 0;
    godwit_sgw_answer(turn, &c->update_from, GODWIT_GTPV2_UPDATE_BEARER_REQUEST, &r);
    c->own_command_sequence = 0;
}

static void on_answer(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_gtp_pending_t *p = godwit_gtp_find(&turn->sgw->path, 2, m->sequence, &turn->in->from);
    if (p == NULL || m->type != p->type + 1) {
        return;
    }
    godwit_sgw_context_t *c = godwit_sgw_by_teid(turn->sgw, p->context, false);
    if (!godwit_gtp_is_ours(m->teid, p->context, m->cause == GODWIT_GTPV2_CAUSE_ACCEPTED)) {
        godwit_sgw_event(turn, "refused", GODWIT_UNKNOWN_SESSION, NULL, "an answer with another TEID");
        return;
    }
    godwit_gtp_finish(&turn->sgw->path, p, turn->out);
    if (c != NULL && m->type == GODWIT_GTPV2_UPDATE_BEARER_RESPONSE) {
        on_updated(turn, c, m);
    } else if (c != NULL) {
        on_notified(turn, c, m);
    }
}

static void on_known(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const godwit_gtpv2_t *m)
{
    switch ((godwit_gtpv2_type_t)m->type) {
    case GODWIT_GTPV2_MODIFY_BEARER_REQUEST:
        on_modify(turn, c, m);
        break;
    case GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST:
        on_release_access(turn, c, m);
        break;
    case GODWIT_GTPV2_DELETE_SESSION_REQUEST:
        on_delete(turn, c, m);
        break;
    case GODWIT_GTPV2_BEARER_RESOURCE_COMMAND:
        on_command(turn, c, m);
        break;
    default:
        break;
    }
}

void godwit_sgw_on_mme(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    if (m->type == GODWIT_GTPV2_UPDATE_BEARER_RESPONSE || m->type == GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE) {
        on_answer(turn, m);
        return;
    }
    if (godwit_gtp_repeated(&turn->sgw->path, 2, m->type, m->sequence, turn->in, turn->out)) {
        return;
    }
    if (m->type == GODWIT_GTPV2_CREATE_SESSION_REQUEST) {
        on_create(turn, m);
        return;
    }
    godwit_sgw_context_t *c = godwit_sgw_by_teid(turn->sgw, m->teid, false);
    if (c == NULL || c->state != GODWIT_SGW_ACTIVE || !godwit_gtp_same_node(&turn->in->from, c->mme)) {
        godwit_sgw_event(turn, "refused", GODWIT_UNKNOWN_SESSION, NULL, "no PDN connection of that TEID");
        godwit_sgw_answer_cause(turn, m, 0, GODWIT_GTPV2_CAUSE_NOT_FOUND);
        return;
    }
    on_known(turn, c, m);
}
