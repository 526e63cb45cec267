/* SPDX-License-Identifier: Apache-2.0
 *
 * What the S-GW says, in the shapes that it needs.
 */
#include "roles/sgw/internal.h"

#include <string.h>

godwit_fteid_t godwit_sgw_fteid(const godwit_sgw_t *sgw, uint8_t interface, uint32_t teid)
{
    godwit_fteid_t fteid = {.interface = interface, .teid = teid};
    memcpy(fteid.ipv4, sgw->config.ipv4, sizeof fteid.ipv4);
    return fteid;
}

godwit_status_t godwit_sgw_ask(godwit_sgw_turn_t *turn, const godwit_sgw_context_t *c, const uint8_t ipv4[4],
                               const godwit_gtpv2_t *m)
{
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_address_t to = godwit_gtp_address(ipv4, turn->sgw->config.gtpc_port);
    godwit_status_t status = godwit_gtpv2_build(m, &w);
    if (status == GODWIT_OK) {
        status = godwit_gtp_ask(&turn->sgw->path, turn->out, &to, godwit_written(&w), m->sequence, c->teid, c->ebi);
    }
    if (status != GODWIT_OK) {
        godwit_sgw_event(turn, "refused", GODWIT_OVERLOAD, &c->imsi, "too many requests wait for an answer");
    }
    return status;
}

void godwit_sgw_answer(godwit_sgw_turn_t *turn, const godwit_address_t *to, uint8_t request, const godwit_gtpv2_t *m)
{
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_gtpv2_build(m, &w) == GODWIT_OK) {
        godwit_gtp_answer(&turn->sgw->path, 2, request, m->sequence, to, godwit_written(&w), turn->out);
    }
}

/* Answers follow their requests in table 6.1-1. */
static godwit_gtpv2_t cause_of(uint8_t request, uint32_t teid, uint32_t sequence, uint8_t cause)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = (uint8_t)(request + 1);
    m.teid = teid;
    m.sequence = sequence;
    m.has = GODWIT_GTPV2_CAUSE;
    m.cause = cause;
    return m;
}

void godwit_sgw_answer_cause(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *request, uint32_t teid, uint8_t cause)
{
    godwit_gtpv2_t m = cause_of(request->type, teid, request->sequence, cause);
    if (request->type == GODWIT_GTPV2_BEARER_RESOURCE_COMMAND) {
        m.has |= GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI;
        m.ebi = request->ebi;
        m.pti = request->pti;
    }
    godwit_sgw_answer(turn, &turn->in->from, request->type, &m);
}

void godwit_sgw_answer_asked(godwit_sgw_turn_t *turn, const godwit_sgw_context_t *c, uint8_t cause)
{
    if (c->asked_type != 0) {
        godwit_gtpv2_t m = cause_of(c->asked_type, c->mme_teid, c->asked_sequence, cause);
        godwit_sgw_answer(turn, &c->asked_from, c->asked_type, &m);
    }
}

void godwit_sgw_fail_command(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, uint8_t cause)
{
    const uint8_t command = GODWIT_GTPV2_BEARER_RESOURCE_COMMAND;
    godwit_gtpv2_t m = cause_of(command, c->mme_teid, c->command_sequence, cause);
    m.cause_from_beyond = cause != GODWIT_GTPV2_CAUSE_PEER_NOT_RESPONDING;
    m.has |= GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI;
    m.ebi = c->command_ebi;
    m.pti = c->command_pti;
    godwit_sgw_answer(turn, &c->command_from, command, &m);
    c->own_command_sequence = 0;
}

void godwit_sgw_end(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_DELETE_SESSION_REQUEST;
    m.teid = c->pgw_teid;
    m.sequence = godwit_gtp_next_sequence(&turn->sgw->path, 2);
    m.has = GODWIT_GTPV2_EBI;
    m.ebi = c->ebi;
    godwit_gtp_finish_context(&turn->sgw->path, c->teid, turn->out);
    c->state = GODWIT_SGW_DELETING;
    c->asked_type = 0;
    if (godwit_sgw_ask(turn, c, c->pgw, &m) != GODWIT_OK) {
        godwit_sgw_release(turn, c, "the P-GW could not be told");
    }
}
