/* SPDX-License-Identifier: Apache-2.0
 *
 * The S-GW: its configuration, and which file takes which input.
 */
#include "roles/sgw/internal.h"

#include <string.h>

godwit_status_t godwit_sgw_init(godwit_sgw_t *sgw, const godwit_sgw_config_t *config, godwit_sgw_context_t *contexts,
                                size_t capacity, godwit_gtp_pending_t *pending, size_t pending_capacity,
                                godwit_gtp_answered_t *answered, size_t answered_capacity)
{
    if (capacity == 0 || capacity > GODWIT_SGW_CONTEXTS_MAX || pending_capacity == 0 || answered_capacity == 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(sgw, 0, sizeof *sgw);
    memset(contexts, 0, capacity * sizeof *contexts);
    sgw->config = *config;
    sgw->config.gtpc_port = config->gtpc_port != 0 ? config->gtpc_port : GODWIT_GTPC_PORT;
    sgw->config.gtpu_port = config->gtpu_port != 0 ? config->gtpu_port : GODWIT_GTPU_PORT;
    sgw->contexts = contexts;
    sgw->capacity = capacity;
    godwit_gtp_path_init(&sgw->path, pending, pending_capacity, answered, answered_capacity, GODWIT_SGW_TIMER_PATH,
                         config->t3_ms, config->n3);
    return GODWIT_OK;
}

/* A request of ours has been sent often enough. */
static void on_silence(godwit_sgw_turn_t *turn, godwit_gtp_pending_t *p)
{
    uint8_t type = p->type;
    godwit_sgw_context_t *c = godwit_sgw_by_teid(turn->sgw, p->context, false);
    godwit_gtp_finish(&turn->sgw->path, p, turn->out);
    godwit_sgw_event(turn, "unanswered", GODWIT_PEER_INTERNAL, c != NULL ? &c->imsi : NULL, NULL);
    if (c == NULL) {
        return;
    }
    if (type == GODWIT_GTPV2_CREATE_SESSION_REQUEST) {
        godwit_sgw_answer_asked(turn, c, GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING);
        godwit_sgw_release(turn, c, "the P-GW does not answer");
    } else if (type == GODWIT_GTPV2_DELETE_SESSION_REQUEST) {
        godwit_sgw_answer_asked(turn, c, GODWIT_GTPV2_CAUSE_ACCEPTED);
        godwit_sgw_release(turn, c, "deleted, though the P-GW does not answer");
    } else if (type == GODWIT_GTPV2_BEARER_RESOURCE_COMMAND) {
        godwit_sgw_fail_command(turn, c, GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING);
    } else if (type == GODWIT_GTPV2_UPDATE_BEARER_REQUEST) {
        c->own_command_sequence = 0;
    } else {
        c->notified_ms = 0;
    }
}

static void on_echo(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    godwit_gtpv2_t answer;
    memset(&answer, 0, sizeof answer);
    answer.type = GODWIT_GTPV2_ECHO_RESPONSE;
    answer.sequence = m->sequence;
    answer.has = GODWIT_GTPV2_RECOVERY;
    answer.recovery = turn->sgw->config.recovery;
    godwit_sgw_answer(turn, &turn->in->from, m->type, &answer);
}

static void on_readable(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m)
{
    switch ((godwit_gtpv2_type_t)m->type) {
    case GODWIT_GTPV2_ECHO_REQUEST:
        on_echo(turn, m);
        break;
    case GODWIT_GTPV2_CREATE_SESSION_REQUEST:
    case GODWIT_GTPV2_MODIFY_BEARER_REQUEST:
    case GODWIT_GTPV2_DELETE_SESSION_REQUEST:
    case GODWIT_GTPV2_BEARER_RESOURCE_COMMAND:
    case GODWIT_GTPV2_UPDATE_BEARER_RESPONSE:
    case GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST:
    case GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE:
        godwit_sgw_on_mme(turn, m);
        break;
    case GODWIT_GTPV2_CREATE_SESSION_RESPONSE:
    case GODWIT_GTPV2_DELETE_SESSION_RESPONSE:
    case GODWIT_GTPV2_UPDATE_BEARER_REQUEST:
    case GODWIT_GTPV2_BEARER_RESOURCE_FAILURE:
        godwit_sgw_on_pgw(turn, m);
        break;
    default:
        break;
    }
}

static bool is_request(uint8_t type)
{
    return type == GODWIT_GTPV2_CREATE_SESSION_REQUEST || type == GODWIT_GTPV2_MODIFY_BEARER_REQUEST ||
           type == GODWIT_GTPV2_DELETE_SESSION_REQUEST || type == GODWIT_GTPV2_BEARER_RESOURCE_COMMAND ||
           type == GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_REQUEST || type == GODWIT_GTPV2_UPDATE_BEARER_REQUEST;
}

static void on_control(godwit_sgw_turn_t *turn)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = godwit_gtpv2_parse(turn->in->datagram, &m);
    if (status == GODWIT_OK) {
        on_readable(turn, &m);
        return;
    }
    godwit_sgw_event(turn, "refused", GODWIT_MALFORMED, NULL, "GTPv2-C cannot be read");
    if (is_request(m.type)) {
        const godwit_sgw_context_t *c = godwit_sgw_by_teid(turn->sgw, m.teid, false);
        bool its = c != NULL && godwit_gtp_same_node(&turn->in->from, c->mme); /* nobody else learns its TEID */
        godwit_sgw_answer_cause(turn, &m, its ? c->mme_teid : 0,
                                status == GODWIT_NOT_FOUND ? GODWIT_GTPV2_CAUSE_MANDATORY_MISSING
                                                           : GODWIT_GTPV2_CAUSE_INVALID_LENGTH);
    }
}

void godwit_sgw_step(godwit_sgw_t *sgw, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgw_turn_t turn = {.sgw = sgw, .in = in, .out = out};
    if (in->kind == GODWIT_INPUT_DATAGRAM && !godwit_gtp_is_peer(&sgw->config.peers, &in->from)) {
        godwit_sgw_event(&turn, "refused", GODWIT_NOT_ENTITLED, NULL, "GTP from a node that is no peer");
    } else if (in->kind == GODWIT_INPUT_DATAGRAM && in->port == GODWIT_PORT_GTPC && in->from.len == 6) {
        on_control(&turn);
    } else if (in->kind == GODWIT_INPUT_DATAGRAM && in->port == GODWIT_PORT_GTPU && in->from.len == 6) {
        godwit_sgw_on_gtpu(&turn);
    } else if (in->kind == GODWIT_INPUT_TIMER && godwit_gtp_is_timer(&sgw->path, in->timer)) {
        godwit_gtp_pending_t *p = godwit_gtp_on_timer(&sgw->path, in->timer, out);
        if (p != NULL) {
            on_silence(&turn, p);
        }
    }
}
