/* SPDX-License-Identifier: Apache-2.0
 *
 * The P-GW: its configuration, and which file takes which input.
 */
#include "roles/pgw/internal.h"

#include <string.h>

static bool is_apn(const godwit_pgw_apn_t *apn)
{
    if (apn->name.text[0] == '\0') {
        return false;
    }
    if (apn->kind == GODWIT_PGW_E2M) {
        return apn->hse.len == 6 && (!apn->notify_home || apn->endpoint[0] != '\0');
    }
    return apn->kind == GODWIT_PGW_TUNNEL && apn->server.len == 6 && godwit_load_u32(apn->pool) != 0;
}

static bool are_apns(const godwit_pgw_config_t *config)
{
    for (uint8_t i = 0; i < config->apns && i < GODWIT_PGW_APNS_MAX; i++) {
        if (!is_apn(&config->apn[i])) {
            return false;
        }
    }
    return config->apns > 0 && config->apns <= GODWIT_PGW_APNS_MAX;
}

godwit_status_t godwit_pgw_init(godwit_pgw_t *pgw, const godwit_pgw_config_t *config, godwit_pgw_context_t *contexts,
                                size_t capacity, godwit_gtp_pending_t *pending, size_t pending_capacity,
                                godwit_gtp_answered_t *answered, size_t answered_capacity)
{
    if (capacity == 0 || capacity > GODWIT_PGW_CONTEXTS_MAX || pending_capacity == 0 || answered_capacity == 0 ||
        !are_apns(config)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(pgw, 0, sizeof *pgw);
    memset(contexts, 0, capacity * sizeof *contexts);
    pgw->config = *config;
    pgw->config.gtpc_port = config->gtpc_port != 0 ? config->gtpc_port : GODWIT_GTPC_PORT;
    pgw->config.gtpu_port = config->gtpu_port != 0 ? config->gtpu_port : GODWIT_GTPU_PORT;
    pgw->contexts = contexts;
    pgw->capacity = capacity;
    godwit_gtp_path_init(&pgw->path, pending, pending_capacity, answered, answered_capacity, GODWIT_PGW_TIMER_PATH,
                         config->t3_ms, config->n3);
    return GODWIT_OK;
}

static void on_timer(godwit_pgw_turn_t *turn)
{
    godwit_gtp_path_t *path = &turn->pgw->path;
    if ((turn->in->timer & GODWIT_PGW_TIMER_CONTEXT) != 0) {
        godwit_pgw_on_late(turn, turn->in->timer & ~GODWIT_PGW_TIMER_CONTEXT);
    } else if (godwit_gtp_is_timer(path, turn->in->timer)) {
        godwit_gtp_pending_t *p = godwit_gtp_on_timer(path, turn->in->timer, turn->out);
        if (p != NULL) {
            const godwit_pgw_context_t *c = godwit_pgw_by_teid(turn->pgw, p->context);
            godwit_pgw_event(turn, "unanswered", GODWIT_PEER_INTERNAL, c != NULL ? &c->imsi : NULL,
                             "Update Bearer Request");
            godwit_gtp_finish(path, p, turn->out);
        }
    }
}

static void on_control(godwit_pgw_turn_t *turn)
{
    uint8_t version = godwit_gtp_version(turn->in->datagram);
    if (turn->in->from.len != 6) {
        return;
    }
    if (version == 1) {
        godwit_pgw_on_gtpv1(turn);
    } else if (version == 2) {
        godwit_pgw_on_gtpv2(turn);
    } else {
        godwit_pgw_event(turn, "refused", GODWIT_MALFORMED, NULL, "a version of GTP that is not spoken here");
    }
}

static bool is_hse(const godwit_pgw_config_t *config, const godwit_address_t *from)
{
    bool found = false;
    for (uint8_t i = 0; i < config->apns; i++) {
        found =
            found || (config->apn[i].kind == GODWIT_PGW_E2M && godwit_gtp_same_node(from, config->apn[i].hse.octets));
    }
    return found;
}

static bool may_speak(const godwit_pgw_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    return in->port == GODWIT_PORT_SGI || godwit_gtp_is_peer(&turn->pgw->config.peers, &in->from) ||
           (in->port == GODWIT_PORT_GTPU && is_hse(&turn->pgw->config, &in->from));
}

static void on_datagram(godwit_pgw_turn_t *turn)
{
    if (!may_speak(turn)) {
        godwit_pgw_event(turn, "refused", GODWIT_NOT_ENTITLED, NULL, "GTP from a node that is no peer");
        return;
    }
    switch (turn->in->port) {
    case GODWIT_PORT_GTPC:
        on_control(turn);
        break;
    case GODWIT_PORT_GTPU:
        godwit_pgw_on_gtpu(turn);
        break;
    case GODWIT_PORT_SGI:
        godwit_pgw_on_tunnel(turn);
        break;
    default:
        break;
    }
}

void godwit_pgw_step(godwit_pgw_t *pgw, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_pgw_turn_t turn = {.pgw = pgw, .in = in, .out = out};
    if (in->kind == GODWIT_INPUT_DATAGRAM) {
        on_datagram(&turn);
    } else if (in->kind == GODWIT_INPUT_MESSAGE) {
        godwit_pgw_on_message(&turn);
    } else if (in->kind == GODWIT_INPUT_TIMER) {
        on_timer(&turn);
    }
}
