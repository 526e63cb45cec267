/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers to SGSN and S-GW: TS 29.060 7.3.2, 7.3.4; TS 29.274 7.2.2, 7.2.6, 7.2.15.
 */
#include "roles/pgw/internal.h"

#include <string.h>

/* Causes in both versions. */
static const struct {
    uint8_t v1, v2;
    godwit_status_t reason;
} causes[] = {
    [GODWIT_PGW_ACCEPTED] = {GODWIT_GTPV1_CAUSE_ACCEPTED, GODWIT_GTPV2_CAUSE_ACCEPTED, GODWIT_OK},
    [GODWIT_PGW_NO_CONTEXT] = {GODWIT_GTPV1_CAUSE_NON_EXISTENT, GODWIT_GTPV2_CAUSE_NOT_FOUND, GODWIT_UNKNOWN_SESSION},
    [GODWIT_PGW_BAD_FORMAT] = {GODWIT_GTPV1_CAUSE_INVALID_FORMAT, GODWIT_GTPV2_CAUSE_INVALID_LENGTH, GODWIT_MALFORMED},
    [GODWIT_PGW_MISSING] = {GODWIT_GTPV1_CAUSE_MANDATORY_MISSING, GODWIT_GTPV2_CAUSE_MANDATORY_MISSING,
                            GODWIT_MALFORMED},
    [GODWIT_PGW_NO_RESOURCES] = {GODWIT_GTPV1_CAUSE_NO_RESOURCES, GODWIT_GTPV2_CAUSE_NO_RESOURCES, GODWIT_OVERLOAD},
    [GODWIT_PGW_UNKNOWN_APN] = {GODWIT_GTPV1_CAUSE_UNKNOWN_APN, GODWIT_GTPV2_CAUSE_UNKNOWN_APN, GODWIT_POLICY_FORBIDS},
    [GODWIT_PGW_UNKNOWN_TYPE] = {GODWIT_GTPV1_CAUSE_UNKNOWN_ADDRESS, GODWIT_GTPV2_CAUSE_TYPE_NOT_SUPPORTED,
                                 GODWIT_POLICY_FORBIDS},
    [GODWIT_PGW_NOT_ENTITLED] = {GODWIT_GTPV1_CAUSE_AUTHENTICATION_FAILED, GODWIT_GTPV2_CAUSE_AUTHENTICATION_FAILED,
                                 GODWIT_NOT_ENTITLED},
};

static godwit_fteid_t own_fteid(const godwit_pgw_t *pgw, uint8_t interface, uint32_t teid)
{
    godwit_fteid_t fteid = {.interface = interface, .teid = teid};
    memcpy(fteid.ipv4, pgw->config.ipv4, sizeof fteid.ipv4);
    return fteid;
}

/* ---- version 1 ---- */

static uint8_t v1_answer_type(uint8_t request)
{
    return (uint8_t)(request + 1); /* 7.1, table 1: an answer's type follows its request's */
}

static void v1_send(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c, godwit_gtpv1_t *m)
{
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    m->type = v1_answer_type(c->asked_type);
    m->teid = c->peer_teid;
    m->sequence = (uint16_t)c->asked_sequence;
    m->has |= GODWIT_GTPV1_CAUSE;
    if (godwit_gtpv1_build(m, &w) == GODWIT_OK) {
        godwit_gtp_answer(&turn->pgw->path, 1, c->asked_type, c->asked_sequence, &c->asked_from, godwit_written(&w),
                          turn->out);
    }
}

static void v1_answer(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c, godwit_slice_t pco)
{
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    m.has = GODWIT_GTPV1_TEID_DATA | GODWIT_GTPV1_TEID_CONTROL | GODWIT_GTPV1_GSN_CONTROL | GODWIT_GTPV1_GSN_USER |
            GODWIT_GTPV1_CHARGING_ID | GODWIT_GTPV1_RECOVERY;
    m.cause = GODWIT_GTPV1_CAUSE_ACCEPTED;
    m.recovery = turn->pgw->config.recovery;
    m.teid_data = m.teid_control = m.charging_id = c->teid;
    memcpy(m.gsn_control, turn->pgw->config.ipv4, sizeof m.gsn_control);
    memcpy(m.gsn_user, turn->pgw->config.ipv4, sizeof m.gsn_user);
    if (c->asked_type == GODWIT_GTPV1_CREATE_REQUEST) {
        m.has |= GODWIT_GTPV1_END_USER_ADDRESS | GODWIT_GTPV1_REORDERING;
        m.pdp_type = c->pdp_type;
    }
    if (c->qos_len > 0) {
        m.has |= GODWIT_GTPV1_QOS;
        m.qos = godwit_slice(c->qos, c->qos_len);
    }
    if (pco.len > 0) {
        m.has |= GODWIT_GTPV1_PCO;
        m.pco = pco;
    }
    v1_send(turn, c, &m);
}

/* ---- version 2 ---- */

static void v2_put_pco(const godwit_pgw_context_t *c, godwit_slice_t pco, godwit_gtpv2_t *m)
{
    if (pco.len > 0) {
        m->has |= c->pco_element;
        m->pco = m->apco = m->epco = pco; /* only the one whose bit is set is written */
    }
}

static void v2_session_answer(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c, godwit_slice_t pco)
{
    godwit_gtpv2_t m;
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_CREATE_SESSION_RESPONSE;
    m.teid = c->peer_teid;
    m.sequence = c->asked_sequence;
    m.has = GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_PGW_CONTROL | GODWIT_GTPV2_PAA | GODWIT_GTPV2_APN_RESTRICTION |
            GODWIT_GTPV2_AMBR | GODWIT_GTPV2_BEARER | GODWIT_GTPV2_RECOVERY;
    m.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    m.recovery = turn->pgw->config.recovery;
    m.pgw_control = own_fteid(turn->pgw, GODWIT_FTEID_S5_PGW_CONTROL, c->teid);
    m.paa_type = GODWIT_PDN_NON_IP;
    m.ambr_up = c->ambr_up;
    m.ambr_down = c->ambr_down;
    m.bearer.ebi = c->bearer_number;
    m.bearer.has_cause = m.bearer.has_qos = m.bearer.has_charging_id = true;
    m.bearer.cause = GODWIT_GTPV2_CAUSE_ACCEPTED;
    m.bearer.qos = c->bearer_qos;
    m.bearer.charging_id = c->teid;
    m.bearer.fteids = 1U << GODWIT_CREATE_RESPONSE_S5_PGW;
    m.bearer.fteid[GODWIT_CREATE_RESPONSE_S5_PGW] = own_fteid(turn->pgw, GODWIT_FTEID_S5_PGW_USER, c->teid);
    v2_put_pco(c, pco, &m);
    if (godwit_gtpv2_build(&m, &w) == GODWIT_OK) {
        godwit_gtp_answer(&turn->pgw->path, 2, c->asked_type, c->asked_sequence, &c->asked_from, godwit_written(&w),
                          turn->out);
    }
}

/* The command's answer is a request of ours with the command's number (7.6). */
static void v2_update_bearer(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c, godwit_slice_t pco)
{
    godwit_gtpv2_t m;
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_address_t to = godwit_gtp_address(c->peer, turn->pgw->config.gtpc_port);
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_UPDATE_BEARER_REQUEST;
    m.teid = c->peer_teid;
    m.sequence = c->asked_sequence;
    m.has = GODWIT_GTPV2_BEARER | GODWIT_GTPV2_AMBR | GODWIT_GTPV2_PTI;
    m.pti = c->pti;
    m.ambr_up = c->ambr_up;
    m.ambr_down = c->ambr_down;
    m.bearer.ebi = c->bearer_number;
    v2_put_pco(c, pco, &m);
    if (godwit_gtpv2_build(&m, &w) != GODWIT_OK ||
        godwit_gtp_ask(&turn->pgw->path, turn->out, &to, godwit_written(&w), m.sequence, c->teid, 0) != GODWIT_OK) {
        godwit_pgw_event(turn, "refused", GODWIT_OVERLOAD, &c->imsi, "too many requests wait for an answer");
    }
}

/* ---- both ---- */

void godwit_pgw_answer(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c, godwit_slice_t pco)
{
    godwit_pgw_event(turn, c->created ? "context_modified" : "context_created", GODWIT_OK, &c->imsi,
                     pco.len > 0 ? "with a container" : NULL);
    c->state = GODWIT_PGW_ACTIVE;
    c->created = true;
    if (c->version == 1) {
        v1_answer(turn, c, pco);
    } else if (c->asked_type == GODWIT_GTPV2_BEARER_RESOURCE_COMMAND) {
        v2_update_bearer(turn, c, pco);
    } else {
        v2_session_answer(turn, c, pco);
    }
}

static void v2_refuse(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *asked, uint8_t cause)
{
    godwit_gtpv2_t m;
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    memset(&m, 0, sizeof m);
    m.type = (uint8_t)(asked->asked_type + 1); /* 6.1, table 6.1-1: so do the answers here, a Failure Indication too */
    m.teid = asked->peer_teid;
    m.sequence = asked->asked_sequence;
    m.has = GODWIT_GTPV2_CAUSE;
    m.cause = cause;
    if (asked->asked_type == GODWIT_GTPV2_BEARER_RESOURCE_COMMAND) {
        m.has |= GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI;
        m.ebi = asked->bearer_number;
        m.pti = asked->pti;
    }
    if (godwit_gtpv2_build(&m, &w) == GODWIT_OK) {
        godwit_gtp_answer(&turn->pgw->path, 2, asked->asked_type, asked->asked_sequence, &asked->asked_from,
                          godwit_written(&w), turn->out);
    }
}

void godwit_pgw_refuse(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *asked, godwit_pgw_refusal_t refusal,
                       const char *detail)
{
    bool entitled = refusal != GODWIT_PGW_NOT_ENTITLED;
    if (refusal != GODWIT_PGW_ACCEPTED) {
        godwit_pgw_event(turn, entitled ? "refused" : "not_entitled", causes[refusal].reason, &asked->imsi,
                         entitled ? detail : "the container names another IMSI than that of its context");
    }
    if (asked->version == 1) {
        godwit_gtpv1_t m;
        memset(&m, 0, sizeof m);
        m.cause = causes[refusal].v1;
        v1_send(turn, asked, &m);
    } else {
        v2_refuse(turn, asked, causes[refusal].v2);
    }
}
