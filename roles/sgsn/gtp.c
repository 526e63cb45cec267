/* SPDX-License-Identifier: Apache-2.0
 *
 * The SGSN's half of GTPv1-C: TS 29.060 7.2.2, 7.3.1 to 7.3.6.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define GTPC_PORT 2123
#define RAT_UTRAN 1
#define RAT_GERAN 2
#define PRIORITY 2     /* allocation/retention priority, TS 29.060 7.7.34: the middle one */
#define SUBSCRIPTION 0 /* selection mode, 7.7.12: APN verified; ours knows no subscription, and the GGSN decides */
#define QOS_PROFILE_MAX (1U + GODWIT_SM_QOS_MAX)

static godwit_address_t control_of(const godwit_sgsn_t *sgsn, const uint8_t ipv4[4])
{
    return godwit_gtp_address(ipv4, sgsn->config.gtpc_port != 0 ? sgsn->config.gtpc_port : GTPC_PORT);
}

/* What every request says of our end. */
static godwit_gtpv1_t request_of(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue,
                                 const godwit_sgsn_context_t *context, uint8_t type)
{
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    m.type = type;
    m.teid = context->ggsn_teid;
    m.nsapi = context->nsapi;
    m.teid_data = m.teid_control = context->teid;
    memcpy(m.gsn_control, sgsn->config.ipv4, sizeof m.gsn_control);
    memcpy(m.gsn_user, sgsn->config.ipv4, sizeof m.gsn_user);
    m.rat = ue->geran ? RAT_GERAN : RAT_UTRAN;
    memcpy(m.routeing_area, sgsn->config.plmn.octets, 3);
    godwit_store_u16(m.routeing_area + 3, sgsn->config.lac);
    m.routeing_area[5] = sgsn->config.rac;
    m.has = GODWIT_GTPV1_NSAPI;
    return m;
}

static const uint32_t our_ends = GODWIT_GTPV1_TEID_DATA | GODWIT_GTPV1_TEID_CONTROL | GODWIT_GTPV1_GSN_CONTROL |
                                 GODWIT_GTPV1_GSN_USER | GODWIT_GTPV1_RAT | GODWIT_GTPV1_ROUTEING_AREA;

static void put_qos(godwit_slice_t qos, uint8_t profile[QOS_PROFILE_MAX], godwit_gtpv1_t *m)
{
    godwit_writer_t w = godwit_writer(profile, QOS_PROFILE_MAX);
    godwit_put_u8(&w, PRIORITY);
    godwit_put_slice(&w, qos);
    m->qos = godwit_written(&w);
    m->has |= GODWIT_GTPV1_QOS;
}

static void put_pco(godwit_slice_t pco, godwit_gtpv1_t *m)
{
    if (pco.len > 0) {
        m->pco = pco;
        m->has |= GODWIT_GTPV1_PCO;
    }
}

static godwit_status_t ask(godwit_sgsn_turn_t *turn, const godwit_sgsn_context_t *context, godwit_gtpv1_t *m,
                           uint32_t slot)
{
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_address_t to = control_of(turn->sgsn, context->ggsn);
    m->sequence = (uint16_t)godwit_gtp_next_sequence(&turn->sgsn->path, 1);
    godwit_status_t status = godwit_gtpv1_build(m, &w);
    return status == GODWIT_OK
               ? godwit_gtp_ask(&turn->sgsn->path, turn->out, &to, godwit_written(&w), m->sequence, slot, 0)
               : status;
}

godwit_status_t godwit_sgsn_create(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue,
                                   const godwit_sgsn_context_t *context, const godwit_sm_activate_request_t *request,
                                   const godwit_apn_t *apn)
{
    uint8_t profile[QOS_PROFILE_MAX];
    godwit_gtpv1_t m = request_of(turn->sgsn, ue, context, GODWIT_GTPV1_CREATE_REQUEST);
    m.teid = 0;
    m.imsi = ue->imsi;
    m.recovery = turn->sgsn->config.recovery;
    m.selection_mode = SUBSCRIPTION;
    m.pdp_type = (uint16_t)(request->address.organisation << 8 | request->address.number);
    m.has |= our_ends | GODWIT_GTPV1_IMSI | GODWIT_GTPV1_RECOVERY | GODWIT_GTPV1_SELECTION_MODE |
             GODWIT_GTPV1_END_USER_ADDRESS;
    if (apn->text[0] != '\0') {
        m.apn = *apn;
        m.has |= GODWIT_GTPV1_APN;
    }
    put_qos(request->qos, profile, &m);
    put_pco(request->pco, &m);
    return ask(turn, context, &m, godwit_sgsn_slot(turn->sgsn, ue, context));
}

godwit_status_t godwit_sgsn_update(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue,
                                   const godwit_sgsn_context_t *context, const godwit_sm_modify_request_ms_t *request)
{
    uint8_t profile[QOS_PROFILE_MAX];
    godwit_gtpv1_t m = request_of(turn->sgsn, ue, context, GODWIT_GTPV1_UPDATE_REQUEST);
    m.has |= our_ends;
    put_qos(request->qos.len > 0 ? request->qos : godwit_slice(godwit_sm_qos_background, GODWIT_SM_QOS_BACKGROUND_SIZE),
            profile, &m);
    put_pco(request->pco, &m);
    return ask(turn, context, &m, godwit_sgsn_slot(turn->sgsn, ue, context));
}

void godwit_sgsn_delete(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue, const godwit_sgsn_context_t *context,
                        bool wanted)
{
    godwit_gtpv1_t m = request_of(turn->sgsn, ue, context, GODWIT_GTPV1_DELETE_REQUEST);
    m.teardown = true;
    m.has |= GODWIT_GTPV1_TEARDOWN;
    uint32_t slot = wanted ? godwit_sgsn_slot(turn->sgsn, ue, context) : GODWIT_SGSN_NO_CONTEXT;
    if (ask(turn, context, &m, slot) != GODWIT_OK) {
        godwit_sgsn_refused(turn, ue, GODWIT_OVERLOAD, "a context stays at the GGSN: too many requests are out");
    }
}

/* ---- answers ---- */

/* answer NULL: none came. */
static void finished(godwit_sgsn_turn_t *turn, const godwit_gtp_pending_t *asked, const godwit_gtpv1_t *answer)
{
    godwit_sgsn_ue_t *ue = NULL;
    godwit_sgsn_context_t *context = NULL;
    if (asked->type == GODWIT_GTPV1_IDENTIFICATION_REQUEST) {
        godwit_sgsn_on_identification(turn, asked->context, asked->extra, answer);
        return;
    }
    if (asked->context != GODWIT_SGSN_NO_CONTEXT) {
        context = godwit_sgsn_by_slot(turn->sgsn, asked->context, &ue);
    }
    if (context == NULL) {
        return;
    }
    if (asked->type == GODWIT_GTPV1_CREATE_REQUEST && context->state == GODWIT_SGSN_CONTEXT_CREATING) {
        godwit_sgsn_created(turn, ue, context, answer);
    } else if (asked->type == GODWIT_GTPV1_UPDATE_REQUEST && context->state == GODWIT_SGSN_CONTEXT_UPDATING) {
        godwit_sgsn_updated(turn, ue, context, answer);
    } else if (asked->type == GODWIT_GTPV1_DELETE_REQUEST && context->state == GODWIT_SGSN_CONTEXT_DELETING) {
        godwit_sgsn_deleted(turn, ue, context);
    }
}

static bool is_ours(godwit_sgsn_t *sgsn, const godwit_gtp_pending_t *asked, const godwit_gtpv1_t *m)
{
    godwit_sgsn_ue_t *ue = NULL;
    if (asked->type == GODWIT_GTPV1_IDENTIFICATION_REQUEST) {
        return true; /* it is about no tunnel */
    }
    const godwit_sgsn_context_t *context =
        asked->context != GODWIT_SGSN_NO_CONTEXT ? godwit_sgsn_by_slot(sgsn, asked->context, &ue) : NULL;
    return context == NULL || godwit_gtp_is_ours(m->teid, context->teid, m->cause == GODWIT_GTPV1_CAUSE_ACCEPTED);
}

static void on_response(godwit_sgsn_turn_t *turn, const godwit_gtpv1_t *m)
{
    godwit_gtp_pending_t *pending = godwit_gtp_find(&turn->sgsn->path, 1, m->sequence, &turn->in->from);
    if (pending == NULL || m->type != pending->type + 1U) {
        return; /* late, or of nobody's */
    }
    const godwit_gtp_pending_t asked = *pending;
    if (!is_ours(turn->sgsn, &asked, m)) {
        godwit_sgsn_refused(turn, NULL, GODWIT_UNKNOWN_SESSION, "an answer with another TEID");
        return;
    }
    godwit_gtp_finish(&turn->sgsn->path, pending, turn->out);
    finished(turn, &asked, m);
}

void godwit_sgsn_on_gtp_timer(godwit_sgsn_turn_t *turn)
{
    godwit_gtp_pending_t *pending = godwit_gtp_on_timer(&turn->sgsn->path, turn->in->timer, turn->out);
    if (pending != NULL) {
        const godwit_gtp_pending_t asked = *pending;
        godwit_gtp_finish(&turn->sgsn->path, pending, turn->out);
        finished(turn, &asked, NULL);
    }
}

/* ---- requests of a GGSN ---- */

static void put_answer(godwit_sgsn_turn_t *turn, const godwit_gtpv1_t *request, uint32_t teid, uint8_t cause)
{
    uint8_t octets[64];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    m.type = (uint8_t)(request->type + 1U);
    m.teid = teid;
    m.sequence = request->sequence;
    m.cause = cause;
    m.recovery = turn->sgsn->config.recovery;
    m.has = request->type == GODWIT_GTPV1_ECHO_REQUEST ? GODWIT_GTPV1_RECOVERY : GODWIT_GTPV1_CAUSE;
    if (godwit_gtpv1_build(&m, &w) == GODWIT_OK) {
        godwit_gtp_answer(&turn->sgsn->path, 1, request->type, request->sequence, &turn->in->from, godwit_written(&w),
                          turn->out);
    }
}

static void on_request(godwit_sgsn_turn_t *turn, const godwit_gtpv1_t *m)
{
    godwit_sgsn_ue_t *ue = NULL;
    godwit_gtp_path_t *path = &turn->sgsn->path;
    if (godwit_gtp_repeated(path, 1, m->type, m->sequence, turn->in, turn->out)) {
        return;
    }
    godwit_sgsn_context_t *context = godwit_sgsn_by_teid(turn->sgsn, m->teid, &ue);
    if (context == NULL || !godwit_gtp_same_node(&turn->in->from, context->ggsn)) {
        put_answer(turn, m, 0, GODWIT_GTPV1_CAUSE_NON_EXISTENT); /* and no place in the table for it */
        return;
    }
    godwit_gtp_begin(path, 1, m->type, m->sequence, turn->in);
    if (m->type == GODWIT_GTPV1_DELETE_REQUEST) {
        put_answer(turn, m, context->ggsn_teid, GODWIT_GTPV1_CAUSE_ACCEPTED);
        godwit_sgsn_deactivate(turn, ue, context);
    } else { /* an update by the GGSN changes nothing that is known here */
        put_answer(turn, m, context->ggsn_teid, GODWIT_GTPV1_CAUSE_SERVICE_NOT_SUPPORTED);
    }
}

void godwit_sgsn_on_gtpc(godwit_sgsn_turn_t *turn)
{
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    if (godwit_gtpv1_parse(turn->in->datagram, &m) != GODWIT_OK) {
        godwit_sgsn_refused(turn, NULL, GODWIT_MALFORMED, "GTPv1-C cannot be read");
        return;
    }
    switch (m.type) {
    case GODWIT_GTPV1_ECHO_REQUEST:
        put_answer(turn, &m, 0, 0);
        break;
    case GODWIT_GTPV1_CREATE_RESPONSE:
    case GODWIT_GTPV1_UPDATE_RESPONSE:
    case GODWIT_GTPV1_DELETE_RESPONSE:
    case GODWIT_GTPV1_IDENTIFICATION_RESPONSE:
        on_response(turn, &m);
        break;
    case GODWIT_GTPV1_IDENTIFICATION_REQUEST:
        godwit_sgsn_on_identification_request(turn, &m);
        break;
    case GODWIT_GTPV1_UPDATE_REQUEST:
    case GODWIT_GTPV1_DELETE_REQUEST:
        on_request(turn, &m);
        break;
    default:
        break;
    }
}
