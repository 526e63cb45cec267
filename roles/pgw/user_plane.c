/* SPDX-License-Identifier: Apache-2.0
 *
 * N-PDUs, by TEID and by the address they come from: the S-GW or SGSN of that context, its HSE, the server of its APN.
 * Their octets are not looked at.
 */
#include "roles/pgw/internal.h"

#include <string.h>

static bool is_from_hse(const godwit_pgw_context_t *c, const godwit_pgw_apn_t *apn, const godwit_address_t *from)
{
    if (apn->kind != GODWIT_PGW_E2M || !godwit_gtp_same_node(from, apn->hse.octets)) {
        return false;
    }
    /* One host may be both, at different ports. */
    return !godwit_gtp_same_node(from, c->peer_user) || godwit_address_equal(from, &apn->hse);
}

static void downlink(const godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c, godwit_slice_t pdu)
{
    godwit_address_t to = godwit_gtp_address(c->peer_user, turn->pgw->config.gtpu_port);
    godwit_gtp_send_pdu(turn->out, &to, c->peer_user_teid, pdu);
}

static void uplink(const godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c, const godwit_pgw_apn_t *apn,
                   godwit_slice_t pdu)
{
    if (apn->kind == GODWIT_PGW_E2M) {
        godwit_gtp_send_pdu(turn->out, &apn->hse, c->teid, pdu);
        return;
    }
    uint8_t device[4];
    godwit_store_u32(device, godwit_load_u32(apn->pool) + (uint32_t)(c - turn->pgw->contexts));
    uint16_t port = apn->device_port != 0 ? apn->device_port : godwit_load_u16(apn->server.octets + 4);
    size_t before = turn->out->count;
    godwit_gtp_send(turn->out, GODWIT_PORT_SGI, &apn->server, pdu);
    if (turn->out->count > before) { /* there was room */
        turn->out->requests[before].from = godwit_gtp_address(device, port);
    }
}

static void on_pdu(godwit_pgw_turn_t *turn, const godwit_gtpu_t *m)
{
    const godwit_pgw_context_t *c = godwit_pgw_by_teid(turn->pgw, m->teid);
    if (c == NULL) {
        godwit_gtpu_refuse(turn->out, &turn->in->from, m->teid, turn->pgw->config.ipv4);
        return;
    }
    const godwit_pgw_apn_t *apn = godwit_pgw_apn_of(turn->pgw, c);
    if (m->pdu.len == 0) {
        return;
    }
    if (is_from_hse(c, apn, &turn->in->from)) {
        downlink(turn, c, m->pdu);
    } else if (godwit_gtp_same_node(&turn->in->from, c->peer_user)) {
        uplink(turn, c, apn, m->pdu);
    } else {
        godwit_pgw_event(turn, "refused", GODWIT_POLICY_FORBIDS, &c->imsi,
                         "an N-PDU from an address that does not belong to its context");
    }
}

/* The other end of the tunnel has lost the context (TS 23.007 20): so do we, and the device will make it anew. */
static void on_error(godwit_pgw_turn_t *turn, const godwit_gtpu_t *m)
{
    godwit_pgw_context_t *c = godwit_pgw_by_peer_user(turn->pgw, &turn->in->from, m->error_teid);
    if (c != NULL && memcmp(m->error_ipv4, c->peer_user, sizeof c->peer_user) == 0) {
        godwit_pgw_release(turn, c, "the other end of the tunnel has no context");
    }
}

void godwit_pgw_on_gtpu(godwit_pgw_turn_t *turn)
{
    godwit_gtpu_t m;
    if (godwit_gtpu_parse(turn->in->datagram, &m) != GODWIT_OK) {
        godwit_pgw_event(turn, "refused", GODWIT_MALFORMED, NULL, "GTP-U cannot be read");
    } else if (godwit_gtpu_housekeeping(&m, turn->in, turn->out)) {
        return;
    } else if (m.type == GODWIT_GTPU_ERROR_INDICATION) {
        on_error(turn, &m);
    } else {
        on_pdu(turn, &m);
    }
}

void godwit_pgw_on_tunnel(godwit_pgw_turn_t *turn)
{
    const godwit_pgw_context_t *c = godwit_pgw_by_device(turn->pgw, &turn->in->to);
    if (c == NULL) {
        return; /* no device has that address now */
    }
    if (!godwit_address_equal(&turn->in->from, &godwit_pgw_apn_of(turn->pgw, c)->server)) {
        godwit_pgw_event(turn, "refused", GODWIT_POLICY_FORBIDS, &c->imsi,
                         "a datagram for a device from an address that is not its APN's server");
    } else if (turn->in->datagram.len > 0) {
        downlink(turn, c, turn->in->datagram);
    }
}
