/* SPDX-License-Identifier: Apache-2.0
 *
 * Making and changing contexts, whichever version of GTP asked.
 */
#include "roles/pgw/internal.h"

#include <string.h>

static uint8_t apn_index(const godwit_pgw_t *pgw, const godwit_apn_t *name)
{
    uint8_t i = 0;
    while (i < pgw->config.apns && (name == NULL || !godwit_apn_equal(&pgw->config.apn[i].name, name))) {
        i++;
    }
    return i;
}

static godwit_pgw_refusal_t judge(const godwit_pgw_t *pgw, const godwit_pgw_wish_t *wish)
{
    if (!wish->complete) {
        return GODWIT_PGW_MISSING;
    }
    if (apn_index(pgw, wish->apn) == pgw->config.apns) {
        return GODWIT_PGW_UNKNOWN_APN;
    }
    return wish->non_ip ? GODWIT_PGW_ACCEPTED : GODWIT_PGW_UNKNOWN_TYPE;
}

/* Whatever this IMSI had under that number is over: it has attached anew. */
static void replace(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *fresh)
{
    godwit_pgw_context_t *old = godwit_pgw_by_bearer(turn->pgw, &fresh->imsi, fresh->bearer_number);
    if (old != NULL) {
        godwit_pgw_release(turn, old, "the same bearer was made anew");
    }
}

godwit_status_t godwit_pgw_create(godwit_pgw_turn_t *turn, const godwit_pgw_wish_t *wish, godwit_pgw_refusal_t *refusal)
{
    godwit_pgw_t *pgw = turn->pgw;
    uint8_t apn = apn_index(pgw, wish->apn);
    godwit_bearer_t bearer;
    godwit_status_t container = GODWIT_NOT_FOUND;
    *refusal = judge(pgw, wish);
    if (*refusal == GODWIT_PGW_ACCEPTED && turn->in->random.len < 2) {
        godwit_outbox_add(turn->out, GODWIT_REQUEST_RANDOM)->count = 2;
        return GODWIT_AGAIN;
    }
    if (*refusal == GODWIT_PGW_ACCEPTED) {
        container = godwit_pgw_read_container(turn, &pgw->config.apn[apn], &wish->fresh.imsi, wish->pco, &bearer);
        *refusal = container == GODWIT_NOT_ENTITLED ? GODWIT_PGW_NOT_ENTITLED : GODWIT_PGW_ACCEPTED;
    }
    if (*refusal != GODWIT_PGW_ACCEPTED) {
        return GODWIT_OK;
    }
    replace(turn, &wish->fresh);
    uint32_t teid = 0;
    godwit_pgw_context_t *c = godwit_pgw_take(pgw, apn, turn->in->random.ptr, &teid);
    if (c == NULL) {
        *refusal = GODWIT_PGW_NO_RESOURCES;
        return GODWIT_OK;
    }
    *c = wish->fresh;
    c->state = GODWIT_PGW_ACTIVE;
    c->apn = apn;
    c->teid = teid;
    godwit_gtp_begin(&pgw->path, c->version, c->asked_type, c->asked_sequence, turn->in);
    if (container == GODWIT_OK) {
        c->bearer = bearer;
        godwit_pgw_ask(turn, c);
    } else {
        godwit_pgw_answer(turn, c, godwit_slice(NULL, 0));
    }
    return GODWIT_OK;
}

static void take_over(godwit_pgw_context_t *c, const godwit_pgw_context_t *fresh)
{
    c->asked_type = fresh->asked_type;
    c->asked_sequence = fresh->asked_sequence;
    c->asked_from = fresh->asked_from;
    c->pti = fresh->pti;
    c->pco_element = fresh->pco_element;
    if (fresh->peer_user_teid != 0) { /* Update PDP Context Request: the SGSN's user plane, again or anew */
        c->peer_user_teid = fresh->peer_user_teid;
        memcpy(c->peer_user, fresh->peer_user, sizeof c->peer_user);
    }
    if (fresh->qos_len > 0) {
        c->qos_len = fresh->qos_len;
        memcpy(c->qos, fresh->qos, sizeof c->qos);
    }
}

godwit_pgw_refusal_t godwit_pgw_modify(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c, const godwit_pgw_wish_t *wish)
{
    godwit_bearer_t bearer;
    if (c->state != GODWIT_PGW_ACTIVE) {
        return GODWIT_PGW_ACCEPTED; /* one at a time: whoever asks will ask again */
    }
    godwit_status_t container =
        godwit_pgw_read_container(turn, godwit_pgw_apn_of(turn->pgw, c), &c->imsi, wish->pco, &bearer);
    if (container == GODWIT_NOT_ENTITLED) {
        return GODWIT_PGW_NOT_ENTITLED;
    }
    take_over(c, &wish->fresh);
    godwit_gtp_begin(&turn->pgw->path, c->version, c->asked_type, c->asked_sequence, turn->in);
    if (container == GODWIT_OK) {
        c->bearer = bearer;
        godwit_pgw_ask(turn, c);
    } else {
        godwit_pgw_answer(turn, c, godwit_slice(NULL, 0));
    }
    return GODWIT_PGW_ACCEPTED;
}
