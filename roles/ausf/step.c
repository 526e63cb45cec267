/* SPDX-License-Identifier: Apache-2.0
 *
 * The AUSF: a challenge for the serving network, its RES*, and the anchor key for the AAnF (TS 33.501 6.1.3.2, TS
 * 33.535 6.1).
 */
#include "roles/ausf.h"

#include <string.h>

#include "core/agree/akma/akma.h"

#define WAIT_MS 10000u
#define TIMER_SWEEP 1u
#define SWEEP_MOST 4u /* that end in one sweep: as many answers fit into one list */

static uint32_t wait_of(const godwit_ausf_t *ausf)
{
    return ausf->wait_ms != 0 ? ausf->wait_ms : WAIT_MS;
}

/* ---- what waits ---- */

static void forget(godwit_ausf_pending_t *p)
{
    godwit_wipe(p, sizeof *p);
}

/* Whoever holds many makes room for his own next one by his oldest; nobody's makes room for another's. */
static godwit_ausf_pending_t *place_for(godwit_ausf_t *ausf, const char *caller)
{
    godwit_ausf_pending_t *free_one = NULL, *oldest = NULL;
    size_t own = 0;
    for (size_t i = 0; i < GODWIT_AUSF_PENDING_MAX; i++) {
        godwit_ausf_pending_t *p = &ausf->pending[i];
        if (p->state == GODWIT_AUSF_FREE) {
            free_one = free_one != NULL ? free_one : p;
        } else if (strcmp(p->caller, caller) == 0) {
            own++;
            if (p->state == GODWIT_AUSF_CHALLENGED && (oldest == NULL || p->since_ms < oldest->since_ms)) {
                oldest = p;
            }
        }
    }
    return own >= GODWIT_AUSF_PER_CALLER_MAX ? oldest : free_one;
}

static godwit_ausf_pending_t *by_transaction(godwit_ausf_t *ausf, uint32_t transaction, godwit_ausf_state_t state)
{
    for (size_t i = 0; i < GODWIT_AUSF_PENDING_MAX; i++) {
        godwit_ausf_pending_t *p = &ausf->pending[i];
        if (p->state == state && p->transaction == transaction) {
            return p;
        }
    }
    return NULL;
}

static godwit_ausf_pending_t *by_rand(godwit_ausf_t *ausf, const uint8_t rand[16], const char *caller)
{
    for (size_t i = 0; i < GODWIT_AUSF_PENDING_MAX; i++) {
        godwit_ausf_pending_t *p = &ausf->pending[i];
        if (p->state == GODWIT_AUSF_CHALLENGED && memcmp(p->rand, rand, sizeof p->rand) == 0 &&
            strcmp(p->caller, caller) == 0) {
            return p;
        }
    }
    return NULL;
}

/* A timer that runs is left alone: requests that keep coming must not put it off. */
static void sweep_later(godwit_ausf_t *ausf, uint32_t delay_ms, godwit_outbox_t *out)
{
    if (!ausf->sweeping) {
        ausf->sweeping = true;
        godwit_outbox_timer(out, TIMER_SWEEP, delay_ms);
    }
}

/* ---- messages ---- */

static godwit_message_t *put_message(godwit_outbox_t *out, godwit_function_t to, godwit_message_kind_t kind,
                                     uint32_t transaction, uint64_t route)
{
    godwit_message_t *message = godwit_outbox_message(out, kind, GODWIT_FUNCTION_AUSF, to, transaction);
    if (message != NULL) {
        message->route = route;
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    return message;
}

static godwit_message_t *put_request(godwit_ausf_t *ausf, godwit_outbox_t *out, godwit_function_t to,
                                     godwit_message_kind_t kind, godwit_ausf_pending_t *p)
{
    p->transaction = ++ausf->next_transaction;
    godwit_message_t *message = put_message(out, to, kind, p->transaction, 0);
    if (message != NULL) {
        memcpy(message->origin_host, ausf->local_host, sizeof message->origin_host);
        memcpy(message->origin_realm, ausf->local_realm, sizeof message->origin_realm);
    }
    return message;
}

/* The status of an answer to a serving network, whichever of the two it is. */
static void answer_status(godwit_outbox_t *out, godwit_message_kind_t kind, uint32_t transaction, uint64_t route,
                          godwit_status_t status)
{
    godwit_message_t *message = put_message(out, GODWIT_FUNCTION_MME, kind, transaction, route);
    if (message != NULL && kind == GODWIT_5G_AUTH_ANSWER) {
        message->u.auth_5g_answer.status = status;
    } else if (message != NULL) {
        message->u.outcome = status;
    }
}

static void end(godwit_ausf_pending_t *p, godwit_message_kind_t kind, godwit_status_t status, const char *event,
                const char *detail, godwit_outbox_t *out)
{
    answer_status(out, kind, p->caller_transaction, p->caller_route, status);
    godwit_outbox_event(out, event, status, &p->imsi, detail);
    forget(p);
}

/* ---- the serving network asks ---- */

static bool speaks_for(const godwit_ausf_t *ausf, const char *host, godwit_plmn_t plmn)
{
    for (size_t i = 0; i < ausf->network_count; i++) {
        if (strcmp(ausf->networks[i].host, host) == 0 && godwit_plmn_equal(ausf->networks[i].plmn, plmn)) {
            return true;
        }
    }
    return false;
}

static void on_auth_request(godwit_ausf_t *ausf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_message_t *m = in->message;
    const godwit_5g_auth_request_t *asked = &m->u.auth_5g_request;
    bool entitled = speaks_for(ausf, m->origin_host, asked->serving_network);
    godwit_ausf_pending_t *p = entitled ? place_for(ausf, m->origin_host) : NULL;
    if (p == NULL) {
        godwit_status_t status = entitled ? GODWIT_OVERLOAD : GODWIT_NOT_ENTITLED;
        answer_status(out, GODWIT_5G_AUTH_ANSWER, m->transaction, m->route, status);
        godwit_outbox_event(out, "refused", status, &asked->imsi,
                            entitled ? "too many authentications wait" : "not a network that this caller speaks for");
        return;
    }
    forget(p);
    p->state = GODWIT_AUSF_VECTOR;
    p->since_ms = in->now_ms;
    p->imsi = asked->imsi;
    p->caller_transaction = m->transaction;
    p->caller_route = m->route;
    memcpy(p->caller, m->origin_host, sizeof p->caller);
    godwit_message_t *request = put_request(ausf, out, GODWIT_FUNCTION_HSS, GODWIT_HE_VECTOR_REQUEST, p);
    if (request != NULL) {
        request->u.auth_5g_request = *asked;
    }
    sweep_later(ausf, wait_of(ausf) / 4 + 1, out);
}

static void on_vector(godwit_ausf_t *ausf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_he_vector_answer_t *v = &in->message->u.he_vector_answer;
    godwit_ausf_pending_t *p = by_transaction(ausf, in->message->transaction, GODWIT_AUSF_VECTOR);
    uint8_t hxres_star[16];
    if (p == NULL) {
        return;
    }
    godwit_status_t status = v->status;
    if (status == GODWIT_OK) {
        status = godwit_hxres_star(ausf->crypto, v->rand, v->xres_star, hxres_star);
    }
    if (status != GODWIT_OK) {
        end(p, GODWIT_5G_AUTH_ANSWER, godwit_status_on_the_wire(status), "refused", "the UDM gives no vector", out);
        return;
    }
    p->state = GODWIT_AUSF_CHALLENGED;
    p->since_ms = in->now_ms;
    memcpy(p->rand, v->rand, sizeof p->rand);
    memcpy(p->xres_star, v->xres_star, sizeof p->xres_star);
    memcpy(p->k_ausf, v->k_ausf, sizeof p->k_ausf);
    godwit_message_t *answer =
        put_message(out, GODWIT_FUNCTION_MME, GODWIT_5G_AUTH_ANSWER, p->caller_transaction, p->caller_route);
    if (answer != NULL) {
        memcpy(answer->u.auth_5g_answer.rand, v->rand, sizeof v->rand);
        memcpy(answer->u.auth_5g_answer.autn, v->autn, sizeof v->autn);
        memcpy(answer->u.auth_5g_answer.hxres_star, hxres_star, sizeof hxres_star);
    }
    godwit_outbox_event(out, "challenged", GODWIT_OK, &p->imsi, NULL);
}

/* ---- RES* ---- */

static godwit_status_t register_anchor(godwit_ausf_t *ausf, godwit_ausf_pending_t *p, godwit_outbox_t *out)
{
    godwit_message_t *message = put_request(ausf, out, GODWIT_FUNCTION_AANF, GODWIT_AKMA_REGISTER, p);
    if (message == NULL) {
        return GODWIT_OVERLOAD;
    }
    godwit_akma_register_t *said = &message->u.akma_register;
    uint8_t a_tid[32];
    said->imsi = p->imsi;
    godwit_status_t status = godwit_akma_anchor(ausf->crypto, p->k_ausf, &p->imsi, said->k_akma, a_tid);
    if (status == GODWIT_OK) {
        status = godwit_akma_a_kid(a_tid, ausf->routing_indicator[0] != '\0' ? ausf->routing_indicator : "0",
                                   ausf->home, said->a_kid);
    }
    return status;
}

static void on_confirm(godwit_ausf_t *ausf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_message_t *m = in->message;
    godwit_ausf_pending_t *p = by_rand(ausf, m->u.confirm_5g.rand, m->origin_host);
    if (p == NULL) {
        answer_status(out, GODWIT_5G_CONFIRM_ANSWER, m->transaction, m->route, GODWIT_UNKNOWN_KEY);
        godwit_outbox_event(out, "refused", GODWIT_UNKNOWN_KEY, NULL,
                            "nothing is outstanding for that RAND and caller");
        return;
    }
    p->caller_transaction = m->transaction;
    p->caller_route = m->route;
    if (!godwit_equal_secret(p->xres_star, m->u.confirm_5g.res_star, sizeof p->xres_star)) {
        end(p, GODWIT_5G_CONFIRM_ANSWER, GODWIT_AUTH_MAC_FAILURE, "refused", "RES* is wrong", out);
        return;
    }
    size_t count = out->count;
    godwit_status_t status = register_anchor(ausf, p, out);
    if (status != GODWIT_OK) {
        out->count = count; /* nothing of it leaves */
        end(p, GODWIT_5G_CONFIRM_ANSWER, GODWIT_PEER_INTERNAL, "refused", "the anchor key could not be made", out);
        return;
    }
    p->state = GODWIT_AUSF_REGISTERING;
    p->since_ms = in->now_ms;
    godwit_wipe(p->k_ausf, sizeof p->k_ausf);
    godwit_wipe(p->xres_star, sizeof p->xres_star);
    sweep_later(ausf, wait_of(ausf) / 4 + 1, out);
}

static void on_registered(godwit_ausf_t *ausf, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_ausf_pending_t *p = by_transaction(ausf, in->message->transaction, GODWIT_AUSF_REGISTERING);
    if (p == NULL) {
        return;
    }
    bool good = in->message->u.outcome == GODWIT_OK;
    end(p, GODWIT_5G_CONFIRM_ANSWER, good ? GODWIT_OK : GODWIT_PEER_INTERNAL, good ? "authenticated" : "refused",
        good ? NULL : "the AAnF does not take the anchor key", out);
}

/* ---- time ---- */

/* What does not fit into this list is swept with the next one. */
static void on_timer(godwit_ausf_t *ausf, uint64_t now_ms, godwit_outbox_t *out)
{
    bool left = false;
    unsigned ended = 0;
    for (size_t i = 0; i < GODWIT_AUSF_PENDING_MAX; i++) {
        godwit_ausf_pending_t *p = &ausf->pending[i];
        if (p->state == GODWIT_AUSF_FREE) {
            continue;
        }
        p->since_ms = now_ms < p->since_ms ? now_ms : p->since_ms; /* the clock was set back */
        if (now_ms - p->since_ms < wait_of(ausf) || ended == SWEEP_MOST) {
            left = true;
        } else if (p->state == GODWIT_AUSF_CHALLENGED) {
            godwit_outbox_event(out, "given_up", GODWIT_OK, &p->imsi, "no RES* came");
            forget(p);
            ended++;
        } else {
            ended++;
            end(p, p->state == GODWIT_AUSF_VECTOR ? GODWIT_5G_AUTH_ANSWER : GODWIT_5G_CONFIRM_ANSWER,
                GODWIT_PEER_INTERNAL, "given_up", "UDM or AAnF is silent", out);
        }
    }
    ausf->sweeping = false;
    if (left) {
        sweep_later(ausf, ended == SWEEP_MOST ? 1 : wait_of(ausf) / 4 + 1, out);
    }
}

void godwit_ausf_step(godwit_ausf_t *ausf, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (in->kind == GODWIT_INPUT_TIMER) {
        on_timer(ausf, in->now_ms, out);
    }
    if (in->kind != GODWIT_INPUT_MESSAGE) {
        return;
    }
    switch (in->message->kind) {
    case GODWIT_5G_AUTH_REQUEST:
        on_auth_request(ausf, in, out);
        break;
    case GODWIT_HE_VECTOR_ANSWER:
        on_vector(ausf, in, out);
        break;
    case GODWIT_5G_CONFIRM:
        on_confirm(ausf, in, out);
        break;
    case GODWIT_AKMA_REGISTER_ANSWER:
        on_registered(ausf, in, out);
        break;
    default:
        break;
    }
}
