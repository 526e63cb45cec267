/* SPDX-License-Identifier: Apache-2.0
 *
 * Device, home and GGSN of the SGSN's tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/serving_tables.h"
#include "tests/support/sgsn_world.h"

const uint8_t sgsn_rand[16] = "challenge number";
const uint8_t sgsn_autn[16] = {0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x00, 0x80, 0x28};
const uint8_t sgsn_xres[8] = {0xA5, 0x42, 0x11, 0xD5, 0xE3, 0xBA, 0x50, 0xBF};
const uint8_t sgsn_ck[16] = "CK of the vector";
const uint8_t sgsn_ik[16] = "IK of the vector";
const uint8_t sgsn_ggsn[4] = {10, 0, 0, 7};

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgsn_step(role, in, out);
    sgsn_table_check(role);
}

void sgsn_restart(sgsn_world_t *w)
{
    assert_int_equal(godwit_sgsn_init(&w->sgsn, &w->config, w->ues, SGSN_UES, w->pending, 8, w->answered, 8),
                     GODWIT_OK);
    owner_init(&w->owner, step, &w->sgsn);
}

sgsn_device_t sgsn_device_number(uint8_t number)
{
    sgsn_device_t d;
    memset(&d, 0, sizeof d);
    d.address = owner_address(number);
    d.imsi = owner_imsi("001010000000001");
    d.imsi.digits[14] = (char)('0' + number % 10);
    d.capability = GODWIT_RADIO_CAPABILITY_DEFAULT;
    d.cksn = GODWIT_GMM_CKSN_NONE;
    memcpy(d.ck, sgsn_ck, sizeof d.ck);
    memcpy(d.ik, sgsn_ik, sizeof d.ik);
    return d;
}

void sgsn_world_init(sgsn_world_t *w)
{
    memset(w, 0, sizeof *w);
    w->config.crypto = &godwit_crypto_builtin;
    strcpy(w->config.local_host, "sgsn.visited.test");
    strcpy(w->config.local_realm, "visited.test");
    assert_int_equal(godwit_plmn_from_text("001-01", &w->config.plmn), GODWIT_OK);
    w->config.lac = 0x1234;
    w->config.rac = 0x56;
    w->config.e2m_aware = true;
    w->config.policy_version = 7;
    memcpy(w->config.ipv4, "\x0A\x00\x00\x05", 4);
    w->config.apns = 1;
    memcpy(w->config.apn[0].ggsn, sgsn_ggsn, 4);
    assert_int_equal(godwit_apn_from_text("e2m.example", &w->config.apn[0].name), GODWIT_OK);
    w->device = sgsn_device_number(1);
    sgsn_restart(w);
}

/* ---- radio ---- */

void sgsn_give(sgsn_world_t *w, const godwit_address_t *from, godwit_port_t port, godwit_slice_t octets)
{
    godwit_input_t in;
    memset(&in, 0, sizeof in);
    in.kind = GODWIT_INPUT_DATAGRAM;
    in.port = port;
    in.from = *from;
    in.datagram = octets;
    owner_give(&w->owner, &in);
}

void sgsn_up(sgsn_world_t *w, const sgsn_device_t *d, const godwit_radio_frame_t *frame)
{
    uint8_t octets[GODWIT_RADIO_FRAME_MAX];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_radio_build(frame, &v), GODWIT_OK);
    sgsn_give(w, &d->address, GODWIT_PORT_RADIO, godwit_written(&v));
}

void sgsn_up_nas(sgsn_world_t *w, const sgsn_device_t *d, const godwit_writer_t *nas)
{
    const godwit_radio_frame_t frame = {
        .kind = GODWIT_RADIO_INITIAL_NAS, .capability = d->capability, .octets = godwit_written(nas)};
    sgsn_up(w, d, &frame);
}

void sgsn_up_protected(sgsn_world_t *w, sgsn_device_t *d, const godwit_radio_frame_t *frame)
{
    uint8_t octets[GODWIT_RADIO_FRAME_MAX];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_radio_protected_create(&d->security, frame, &v), GODWIT_OK);
    sgsn_give(w, &d->address, GODWIT_PORT_RADIO, godwit_written(&v));
}

void sgsn_up_protected_nas(sgsn_world_t *w, sgsn_device_t *d, const godwit_writer_t *nas)
{
    const godwit_radio_frame_t frame = {.kind = GODWIT_RADIO_NAS, .octets = godwit_written(nas)};
    sgsn_up_protected(w, d, &frame);
}

const godwit_request_t *sgsn_sent(const sgsn_world_t *w, godwit_port_t port, const godwit_address_t *to, size_t nth)
{
    for (size_t i = 0; i < w->owner.outbox.count; i++) {
        const godwit_request_t *r = &w->owner.requests[i];
        if (r->kind == GODWIT_REQUEST_DATAGRAM && r->port == port && (to == NULL || godwit_address_equal(&r->to, to)) &&
            nth-- == 0) {
            return r;
        }
    }
    return NULL;
}

bool sgsn_is_quiet(const sgsn_world_t *w, godwit_port_t port)
{
    return sgsn_sent(w, port, NULL, 0) == NULL;
}

godwit_radio_frame_t sgsn_down(sgsn_world_t *w, sgsn_device_t *d, size_t nth)
{
    const godwit_request_t *sent = sgsn_sent(w, GODWIT_PORT_RADIO, &d->address, nth);
    godwit_radio_frame_t frame;
    assert_non_null(sent);
    assert_int_equal(godwit_radio_parse(sent->octets, &frame), GODWIT_OK);
    if (frame.kind == GODWIT_RADIO_PROTECTED || frame.kind == GODWIT_RADIO_INTEGRITY) {
        assert_int_equal(godwit_radio_protected_consume(&d->security, sent->octets, d->buffer, &frame), GODWIT_OK);
    }
    return frame;
}

godwit_slice_t sgsn_down_nas(sgsn_world_t *w, sgsn_device_t *d, size_t nth, uint8_t type)
{
    godwit_radio_frame_t frame = sgsn_down(w, d, nth);
    assert_int_equal(frame.kind, GODWIT_RADIO_NAS);
    assert_true(frame.octets.len >= 2);
    assert_int_equal(frame.octets.ptr[1], type);
    return frame.octets;
}

/* ---- attach ---- */

void sgsn_attach_request(sgsn_world_t *w, const sgsn_device_t *d)
{
    uint8_t octets[128];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_gmm_attach_request_t m = {.type = 1, .cksn = d->cksn};
    m.identity.kind = d->p_tmsi != 0 ? GODWIT_GMM_IDENTITY_P_TMSI : GODWIT_GMM_IDENTITY_IMSI;
    m.identity.imsi = d->imsi;
    m.identity.p_tmsi = d->p_tmsi;
    assert_int_equal(godwit_gmm_attach_request_build(&m, &v), GODWIT_OK);
    sgsn_up_nas(w, d, &v);
}

godwit_auth_info_answer_t sgsn_vector(void)
{
    godwit_auth_info_answer_t a;
    memset(&a, 0, sizeof a);
    a.kind = GODWIT_VECTOR_UTRAN;
    a.vectors = 1;
    a.e2m = true;
    memcpy(a.vector[0].rand, sgsn_rand, 16);
    memcpy(a.vector[0].autn, sgsn_autn, 16);
    memcpy(a.vector[0].xres, sgsn_xres, 8);
    a.vector[0].xres_len = 8;
    memcpy(a.vector[0].ck, sgsn_ck, 16);
    memcpy(a.vector[0].ik, sgsn_ik, 16);
    return a;
}

void sgsn_answer_vector(sgsn_world_t *w, const godwit_auth_info_answer_t *answer)
{
    static godwit_message_t message;
    const godwit_message_t *asked = owner_message(&w->owner, GODWIT_AUTH_INFO_REQUEST, 0);
    memset(&message, 0, sizeof message);
    message.kind = GODWIT_AUTH_INFO_ANSWER;
    message.from = GODWIT_FUNCTION_HSS;
    message.to = GODWIT_FUNCTION_SGSN;
    message.transaction = asked->transaction;
    message.u.auth_info_answer = *answer;
    owner_give_message(&w->owner, &message);
}

void sgsn_respond(sgsn_world_t *w, sgsn_device_t *d, const uint8_t *res, size_t len)
{
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_gmm_authentication_request_t asked;
    godwit_gmm_authentication_response_t m = {.res_len = (uint8_t)len};
    assert_int_equal(
        godwit_gmm_authentication_request_parse(sgsn_down_nas(w, d, 0, GODWIT_GMM_AUTHENTICATION_REQUEST), &asked),
        GODWIT_OK);
    assert_true(asked.has_vector);
    assert_memory_equal(asked.rand, sgsn_rand, 16);
    assert_memory_equal(asked.autn, sgsn_autn, 16);
    d->cksn = asked.cksn;
    d->reference = m.reference = asked.reference;
    memcpy(m.res, res, len);
    assert_int_equal(godwit_gmm_authentication_response_build(&m, &v), GODWIT_OK);
    sgsn_up_nas(w, d, &v);
    godwit_radio_security_init(&d->security, &godwit_crypto_builtin, d->ck, d->ik, false);
}

void sgsn_complete_security(sgsn_world_t *w, sgsn_device_t *d)
{
    const godwit_radio_frame_t complete = {.kind = GODWIT_RADIO_COMPLETE};
    godwit_radio_frame_t command = sgsn_down(w, d, 0);
    assert_int_equal(command.kind, GODWIT_RADIO_COMMAND);
    assert_memory_equal(&command.command.capability, &d->capability, sizeof d->capability);
    sgsn_up_protected(w, d, &complete);
}

void sgsn_attach(sgsn_world_t *w, sgsn_device_t *d)
{
    uint8_t octets[16];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_gmm_attach_accept_t accept;
    const godwit_auth_info_answer_t answer = sgsn_vector();
    sgsn_attach_request(w, d);
    sgsn_answer_vector(w, &answer);
    sgsn_respond(w, d, sgsn_xres, sizeof sgsn_xres);
    sgsn_complete_security(w, d);
    assert_int_equal(godwit_gmm_attach_accept_parse(sgsn_down_nas(w, d, 0, GODWIT_GMM_ATTACH_ACCEPT), &accept),
                     GODWIT_OK);
    assert_true(accept.has_p_tmsi);
    d->p_tmsi = accept.p_tmsi;
    assert_int_equal(godwit_gmm_attach_complete_build(&v), GODWIT_OK);
    sgsn_up_protected_nas(w, d, &v);
    assert_true(owner_saw(&w->owner, "attached", GODWIT_OK));
}

void sgsn_service_request(sgsn_world_t *w, const sgsn_device_t *d)
{
    sgsn_service_request_with(w, d, NULL);
}

void sgsn_service_request_with(sgsn_world_t *w, const sgsn_device_t *d, const uint16_t *contexts)
{
    uint8_t octets[32];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_gmm_service_request_t m = {.cksn = d->cksn,
                                            .service = GODWIT_GMM_SERVICE_DATA,
                                            .p_tmsi = d->p_tmsi,
                                            .has_contexts = contexts != NULL,
                                            .contexts = contexts != NULL ? *contexts : 0};
    assert_int_equal(godwit_gmm_service_request_build(&m, &v), GODWIT_OK);
    sgsn_up_nas(w, d, &v);
}

/* ---- sessions ---- */

void sgsn_activate_request(sgsn_world_t *w, sgsn_device_t *d, godwit_slice_t pco)
{
    uint8_t octets[400];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_sm_activate_request_t m = {.nsapi = 5,
                                            .address = {.number = GODWIT_SM_PDP_NON_IP},
                                            .apn = godwit_slice("\x03"
                                                                "e2m\x07"
                                                                "example",
                                                                12),
                                            .pco = pco};
    assert_int_equal(godwit_sm_activate_request_build(&m, &v), GODWIT_OK);
    sgsn_up_protected_nas(w, d, &v);
}

void sgsn_modify_request(sgsn_world_t *w, sgsn_device_t *d, godwit_slice_t pco)
{
    uint8_t octets[400];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_sm_modify_request_ms_t m = {.pco = pco};
    assert_int_equal(godwit_sm_modify_request_ms_build(&m, &v), GODWIT_OK);
    sgsn_up_protected_nas(w, d, &v);
}

godwit_gtpv1_t sgsn_asked(sgsn_world_t *w, uint8_t type)
{
    const godwit_address_t to = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPC_PORT);
    const godwit_request_t *sent = sgsn_sent(w, GODWIT_PORT_GTPC, &to, 0);
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    assert_non_null(sent);
    assert_int_equal(godwit_gtpv1_parse(sent->octets, &m), GODWIT_OK);
    assert_int_equal(m.type, type);
    return m;
}

void sgsn_ggsn_answers(sgsn_world_t *w, const godwit_gtpv1_t *request, uint8_t cause, godwit_slice_t pco)
{
    const godwit_address_t from = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPC_PORT);
    uint8_t octets[700];
    static const uint8_t qos[] = {2, 0x23, 0x12, 0x1F, 0x93, 0x96, 0x40, 0x40, 0x74, 0, 0, 0, 0};
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    m.type = (uint8_t)(request->type + 1);
    m.sequence = request->sequence;
    m.teid = w->sgsn_teid;
    m.cause = cause;
    m.has = GODWIT_GTPV1_CAUSE;
    if (cause == GODWIT_GTPV1_CAUSE_ACCEPTED && request->type != GODWIT_GTPV1_DELETE_REQUEST) {
        m.has |= GODWIT_GTPV1_TEID_DATA | GODWIT_GTPV1_TEID_CONTROL | GODWIT_GTPV1_GSN_CONTROL | GODWIT_GTPV1_GSN_USER |
                 GODWIT_GTPV1_QOS;
        m.teid_data = m.teid_control = GGSN_TEID;
        memcpy(m.gsn_control, sgsn_ggsn, 4);
        memcpy(m.gsn_user, sgsn_ggsn, 4);
        m.qos = godwit_slice(qos, sizeof qos);
    }
    if (pco.len > 0) {
        m.has |= GODWIT_GTPV1_PCO;
        m.pco = pco;
    }
    assert_int_equal(godwit_gtpv1_build(&m, &v), GODWIT_OK);
    sgsn_give(w, &from, GODWIT_PORT_GTPC, godwit_written(&v));
}

void sgsn_activate(sgsn_world_t *w, sgsn_device_t *d)
{
    sgsn_activate_request(w, d, godwit_slice_of_string("\x80up"));
    godwit_gtpv1_t request = sgsn_asked(w, GODWIT_GTPV1_CREATE_REQUEST);
    w->sgsn_teid = request.teid_data;
    sgsn_ggsn_answers(w, &request, GODWIT_GTPV1_CAUSE_ACCEPTED,
                      godwit_slice_of_string("\x80"
                                             "down"));
    (void)sgsn_down_nas(w, d, 0, GODWIT_SM_ACTIVATE_ACCEPT);
    assert_true(owner_saw(&w->owner, "activated", GODWIT_OK));
}

void sgsn_g_pdu(sgsn_world_t *w, uint32_t teid, const char *text)
{
    const godwit_address_t from = godwit_gtp_address(sgsn_ggsn, GODWIT_GTPU_PORT);
    uint8_t octets[256];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpu_put_pdu(&v, teid, godwit_slice_of_string(text)), GODWIT_OK);
    sgsn_give(w, &from, GODWIT_PORT_GTPU, godwit_written(&v));
}

void sgsn_expire(sgsn_world_t *w, uint32_t timer)
{
    unsigned attempts = w->config.attempts != 0 ? w->config.attempts : 4;
    for (unsigned i = 0; i < attempts; i++) {
        w->owner.now_ms += 3000;
        owner_give_timer(&w->owner, timer);
    }
}
