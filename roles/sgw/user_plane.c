/* SPDX-License-Identifier: Apache-2.0
 *
 * N-PDUs between the MME (S11-U) and the P-GW (S5-U), each only from the address that its context has. A device that is
 * idle has no tunnel towards the MME: the datagram is dropped and the MME is told (TS 23.401 5.3.4B.3).
 */
#include "roles/sgw/internal.h"

#include <string.h>

#define NOTIFY_AGAIN_MS 10000

static void notify(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c)
{
    uint32_t again = turn->sgw->config.notify_again_ms;
    uint64_t now = turn->in->now_ms;
    if (c->notified_ms != 0 && now - c->notified_ms < (again == 0 ? NOTIFY_AGAIN_MS : again)) {
        return;
    }
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_DOWNLINK_DATA_NOTIFICATION;
    m.teid = c->mme_teid;
    m.sequence = godwit_gtp_next_sequence(&turn->sgw->path, 2);
    m.has = GODWIT_GTPV2_EBI;
    m.ebi = c->ebi;
    if (godwit_sgw_ask(turn, c, c->mme, &m) == GODWIT_OK) {
        c->notified_ms = now == 0 ? 1 : now;
        godwit_sgw_event(turn, "downlink_notified", GODWIT_OK, &c->imsi, "a datagram for an idle device was dropped");
    }
}

static void forward(godwit_sgw_turn_t *turn, const uint8_t ipv4[4], uint32_t teid, godwit_slice_t pdu)
{
    godwit_address_t to = godwit_gtp_address(ipv4, turn->sgw->config.gtpu_port);
    godwit_gtp_send_pdu(turn->out, &to, teid, pdu);
}

static void on_pdu(godwit_sgw_turn_t *turn, const godwit_gtpu_t *m)
{
    bool down = (m->teid & GODWIT_SGW_S5) != 0;
    godwit_sgw_context_t *c = godwit_sgw_by_teid(turn->sgw, m->teid, down);
    if (c == NULL) {
        godwit_gtpu_refuse(turn->out, &turn->in->from, m->teid, turn->sgw->config.ipv4);
    } else if (!godwit_gtp_same_node(&turn->in->from, down ? c->pgw_user : c->mme_user)) {
        godwit_sgw_event(turn, "refused", GODWIT_POLICY_FORBIDS, &c->imsi,
                         "an N-PDU from an address that does not belong to its context");
    } else if (c->state != GODWIT_SGW_ACTIVE || m->pdu.len == 0) {
        return;
    } else if (!down) {
        forward(turn, c->pgw_user, c->pgw_user_teid, m->pdu);
    } else if (c->idle) {
        notify(turn, c);
    } else {
        forward(turn, c->mme_user, c->mme_user_teid, m->pdu);
    }
}

static bool is_end(const godwit_gtpu_t *m, const godwit_address_t *from, const uint8_t ipv4[4], uint32_t teid)
{
    return m->error_teid == teid && memcmp(m->error_ipv4, ipv4, 4) == 0 && godwit_gtp_same_node(from, ipv4);
}

/* A P-GW that has lost the context takes it from us, too, and the MME hears the same from us. A MME that has lost it
 * has no tunnel: what comes for the device makes us tell it, and its answer shows whether it knows the device at
 * all. */
static void on_error(godwit_sgw_turn_t *turn, const godwit_gtpu_t *m)
{
    for (size_t i = 0; i < turn->sgw->capacity; i++) {
        godwit_sgw_context_t *c = &turn->sgw->contexts[i];
        if (c->state != GODWIT_SGW_ACTIVE) {
            continue;
        }
        if (is_end(m, &turn->in->from, c->pgw_user, c->pgw_user_teid)) {
            godwit_address_t mme = godwit_gtp_address(c->mme_user, turn->sgw->config.gtpu_port);
            godwit_gtpu_refuse(turn->out, &mme, c->teid, turn->sgw->config.ipv4);
            godwit_sgw_release(turn, c, "the P-GW has no context");
            return;
        }
        if (is_end(m, &turn->in->from, c->mme_user, c->mme_user_teid)) {
            c->idle = true;
            notify(turn, c);
            return;
        }
    }
}

void godwit_sgw_on_gtpu(godwit_sgw_turn_t *turn)
{
    godwit_gtpu_t m;
    if (godwit_gtpu_parse(turn->in->datagram, &m) != GODWIT_OK) {
        godwit_sgw_event(turn, "refused", GODWIT_MALFORMED, NULL, "GTP-U cannot be read");
    } else if (godwit_gtpu_housekeeping(&m, turn->in, turn->out)) {
        return;
    } else if (m.type == GODWIT_GTPU_ERROR_INDICATION) {
        on_error(turn, &m);
    } else {
        on_pdu(turn, &m);
    }
}
