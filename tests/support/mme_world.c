/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/mme_world.h"
#include "tests/support/mme_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CRYPTO (&godwit_crypto_builtin)

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mme_step(role, in, out);
    mme_table_check(role);
}

void mme_world_restart(mme_world_t *w)
{
    owner_init(&w->owner, step, &w->mme);
    w->owner.now_ms = 1000000;
    assert_int_equal(godwit_mme_init(&w->mme, &w->config, w->ues, MME_ROWS, w->pending,
                                     sizeof w->pending / sizeof w->pending[0], w->answered,
                                     sizeof w->answered / sizeof w->answered[0]),
                     GODWIT_OK);
}

void mme_world_init(mme_world_t *w)
{
    memset(w, 0, sizeof *w);
    godwit_mme_config_t *c = &w->config;
    c->crypto = CRYPTO;
    strcpy(c->local_host, "mme.visited.example");
    strcpy(c->local_realm, "visited.example");
    c->plmn = (godwit_plmn_t){{0x00, 0xF1, 0x10}};
    c->mme_group = 0x8001;
    c->mme_code = 1;
    c->tac = 7;
    c->e2m_aware = true;
    c->policy_version = 3;
    memcpy(c->ipv4, "\x0A\x00\x00\x01", 4);
    memcpy(c->sgw, "\x0A\x00\x00\x02", 4);
    memcpy(c->pgw, "\x0A\x00\x00\x03", 4);
    assert_int_equal(godwit_apn_from_text("default.example", &c->apn), GODWIT_OK);
    w->sgw = godwit_gtp_address(c->sgw, GODWIT_GTPC_PORT);
    mme_world_restart(w);
}

mme_device_t mme_device(const char *imsi, uint8_t address)
{
    mme_device_t d;
    memset(&d, 0, sizeof d);
    d.address = owner_address(address);
    d.imsi = owner_imsi(imsi);
    d.ksi = GODWIT_EMM_KSI_NONE;
    d.pti = 1;
    d.capability[0] = 0xF0;
    d.capability[1] = 0x70;
    return d;
}

/* ---- up ---- */

void mme_up_frame(mme_world_t *w, const mme_device_t *d, godwit_radio_kind_t kind, godwit_slice_t octets)
{
    uint8_t frame[GODWIT_RADIO_FRAME_MAX];
    godwit_writer_t writer = godwit_writer(frame, sizeof frame);
    godwit_put_u8(&writer, (uint8_t)kind);
    godwit_put_slice(&writer, octets);
    owner_give(&w->owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                            .port = GODWIT_PORT_RADIO,
                                            .from = d->address,
                                            .datagram = godwit_written(&writer)});
}

void mme_up_plain(mme_world_t *w, const mme_device_t *d, godwit_slice_t plain)
{
    mme_up_frame(w, d, GODWIT_RADIO_NAS, plain);
}

void mme_up(mme_world_t *w, mme_device_t *d, godwit_nas_header_type_t type, godwit_slice_t plain)
{
    uint8_t octets[GODWIT_NAS_MAX];
    godwit_writer_t writer = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_nas_security_create(&d->nas, CRYPTO, type, plain, &writer), GODWIT_OK);
    mme_up_frame(w, d, GODWIT_RADIO_NAS, godwit_written(&writer));
}

/* ---- down ---- */

static const godwit_request_t *datagram(const mme_world_t *w, godwit_port_t port, const godwit_address_t *to,
                                        uint8_t first, size_t nth)
{
    for (size_t i = 0; i < w->owner.outbox.count; i++) {
        const godwit_request_t *r = &w->owner.requests[i];
        bool fits = r->kind == GODWIT_REQUEST_DATAGRAM && r->port == port &&
                    (to == NULL || godwit_address_equal(&r->to, to)) && (first == 0 || r->octets.ptr[0] == first);
        if (fits && nth-- == 0) {
            return r;
        }
    }
    return NULL;
}

size_t mme_frames(const mme_world_t *w, const mme_device_t *d, godwit_radio_kind_t kind)
{
    size_t n = 0;
    while (datagram(w, GODWIT_PORT_RADIO, &d->address, (uint8_t)kind, n) != NULL) {
        n++;
    }
    return n;
}

godwit_slice_t mme_nas(const mme_world_t *w, const mme_device_t *d, size_t nth)
{
    const godwit_request_t *r = datagram(w, GODWIT_PORT_RADIO, &d->address, GODWIT_RADIO_NAS, nth);
    if (r == NULL) {
        fail_msg("NAS message %zu did not come", nth);
        return godwit_slice(NULL, 0);
    }
    return godwit_slice(r->octets.ptr + 1, r->octets.len - 1);
}

uint8_t mme_down(const mme_world_t *w, mme_device_t *d, size_t nth)
{
    godwit_slice_t nas = mme_nas(w, d, nth), plain = nas;
    godwit_nas_wrapper_t wrapper;
    godwit_esm_head_t head;
    uint8_t type = 0;
    if (godwit_nas_wrapper_parse(nas, &wrapper) == GODWIT_OK) {
        assert_int_equal(godwit_nas_security_consume(&d->nas, CRYPTO, nas, d->plain, &plain, &type), GODWIT_OK);
    } else {
        memcpy(d->plain, nas.ptr, nas.len);
    }
    d->plain_len = plain.len;
    if (godwit_emm_type(mme_plain(d), &type) != GODWIT_OK) {
        assert_int_equal(godwit_esm_type(mme_plain(d), &head, &type), GODWIT_OK);
    }
    return type;
}

godwit_slice_t mme_plain(const mme_device_t *d)
{
    return godwit_slice(d->plain, d->plain_len);
}

/* ---- the home ---- */

void mme_kasme(uint8_t vector, uint8_t kasme[32])
{
    memset(kasme, 0x40 + vector, 32);
}

void mme_xres(uint8_t vector, uint8_t xres[8])
{
    memset(xres, 0x80 + vector, 8);
}

void mme_home(mme_world_t *w, godwit_status_t status)
{
    static godwit_message_t answer;
    const godwit_message_t *asked = owner_message(&w->owner, GODWIT_AUTH_INFO_REQUEST, 0);
    memset(&answer, 0, sizeof answer);
    answer.kind = GODWIT_AUTH_INFO_ANSWER;
    answer.from = GODWIT_FUNCTION_HSS;
    answer.to = GODWIT_FUNCTION_MME;
    answer.transaction = asked->transaction;
    godwit_auth_info_answer_t *a = &answer.u.auth_info_answer;
    a->status = status;
    if (status == GODWIT_OK) {
        godwit_auth_info_vector_t *v = &a->vector[0];
        w->vectors++;
        a->kind = GODWIT_VECTOR_EUTRAN;
        a->vectors = 1;
        a->e2m = w->e2m;
        a->next_session = w->config.next_session;
        memset(v->rand, w->vectors, sizeof v->rand);
        memset(v->autn, w->vectors, sizeof v->autn);
        v->xres_len = 8;
        mme_xres(w->vectors, v->xres);
        mme_kasme(w->vectors, v->kasme);
        memset(v->ck, 0xC5, sizeof v->ck); /* what a home must not send; the MME must not keep it */
        memset(v->ik, 0xA7, sizeof v->ik);
    }
    owner_give_message(&w->owner, &answer);
}

/* ---- the S-GW ---- */

size_t mme_gtpc_count(const mme_world_t *w)
{
    size_t n = 0;
    while (datagram(w, GODWIT_PORT_GTPC, NULL, 0, n) != NULL) {
        n++;
    }
    return n;
}

godwit_gtpv2_t mme_gtpc(const mme_world_t *w, size_t nth)
{
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    const godwit_request_t *r = datagram(w, GODWIT_PORT_GTPC, NULL, 0, nth);
    if (r == NULL || godwit_gtpv2_parse(r->octets, &m) != GODWIT_OK) {
        fail_msg("GTP-C message %zu did not come", nth);
        return m;
    }
    assert_true(godwit_address_equal(&r->to, &w->sgw));
    return m;
}

void mme_sgw(mme_world_t *w, const godwit_gtpv2_t *m)
{
    uint8_t octets[1024];
    godwit_writer_t writer = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpv2_build(m, &writer), GODWIT_OK);
    owner_give(&w->owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                            .port = GODWIT_PORT_GTPC,
                                            .from = w->sgw,
                                            .datagram = godwit_written(&writer)});
}

void mme_sgw_created(mme_world_t *w, uint8_t cause)
{
    godwit_gtpv2_t asked = mme_gtpc(w, mme_gtpc_count(w) - 1), m;
    assert_int_equal(asked.type, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
    memset(&m, 0, sizeof m);
    m.type = GODWIT_GTPV2_CREATE_SESSION_RESPONSE;
    m.teid = asked.sender.teid;
    m.sequence = asked.sequence;
    m.has = GODWIT_GTPV2_CAUSE;
    m.cause = cause;
    if (cause == GODWIT_GTPV2_CAUSE_ACCEPTED) {
        m.has |= GODWIT_GTPV2_SENDER | GODWIT_GTPV2_BEARER | GODWIT_GTPV2_PCO;
        m.pco = godwit_slice(MME_PCO_DOWN, sizeof MME_PCO_DOWN - 1);
        m.sender = (godwit_fteid_t){GODWIT_FTEID_S11_SGW_CONTROL, MME_SGW_TEID, {10, 0, 0, 2}};
        m.bearer.ebi = 5;
        m.bearer.has_cause = true;
        m.bearer.cause = cause;
        m.bearer.fteids = 1U << GODWIT_CREATE_RESPONSE_S11_SGW;
        m.bearer.fteid[GODWIT_CREATE_RESPONSE_S11_SGW] =
            (godwit_fteid_t){GODWIT_FTEID_S11_SGW_USER, MME_SGW_USER_TEID, {10, 0, 0, 2}};
    }
    mme_sgw(w, &m);
}

void mme_sgw_data(mme_world_t *w, uint32_t teid, const char *data)
{
    uint8_t octets[256];
    godwit_writer_t writer = godwit_writer(octets, sizeof octets);
    assert_int_equal(godwit_gtpu_put_pdu(&writer, teid, godwit_slice_of_string(data)), GODWIT_OK);
    owner_give(&w->owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                            .port = GODWIT_PORT_GTPU,
                                            .from = godwit_gtp_address(w->config.sgw, GODWIT_GTPU_PORT),
                                            .datagram = godwit_written(&writer)});
}

godwit_slice_t mme_data_up(const mme_world_t *w, size_t nth)
{
    godwit_address_t to = godwit_gtp_address(w->config.sgw, GODWIT_GTPU_PORT);
    const godwit_request_t *r = datagram(w, GODWIT_PORT_GTPU, &to, 0, nth);
    godwit_gtpu_t m;
    if (r == NULL || godwit_gtpu_parse(r->octets, &m) != GODWIT_OK) {
        fail_msg("G-PDU %zu did not come", nth);
        return godwit_slice(NULL, 0);
    }
    assert_int_equal(m.type, GODWIT_GTPU_G_PDU);
    assert_int_equal(m.teid, MME_SGW_USER_TEID);
    return m.pdu;
}

/* ---- messages of devices ---- */

static godwit_slice_t identity(const mme_device_t *d, uint8_t octets[GODWIT_EPS_IDENTITY_MAX])
{
    godwit_writer_t w = godwit_writer(octets, GODWIT_EPS_IDENTITY_MAX);
    godwit_eps_identity_t i = {.is_guti = d->has_guti, .imsi = d->imsi, .guti = d->guti};
    assert_int_equal(godwit_eps_identity_build(&i, &w), GODWIT_OK);
    return godwit_written(&w);
}

godwit_slice_t mme_attach_request(const mme_device_t *d, uint8_t octets[128])
{
    uint8_t esm[8] = {0x02, d->pti, 0xD0, 0x51, 0xD1}, id[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(octets, 128);
    godwit_emm_attach_request_t m = {.attach_type = 1,
                                     .ksi = d->ksi,
                                     .identity = identity(d, id),
                                     .capability = godwit_slice(d->capability, 2),
                                     .esm = godwit_slice(esm, 5)};
    assert_int_equal(godwit_emm_attach_request_build(&m, &w), GODWIT_OK);
    return godwit_written(&w);
}

godwit_slice_t mme_response(const mme_device_t *d, uint8_t octets[32])
{
    uint8_t res[8];
    godwit_writer_t w = godwit_writer(octets, 32);
    mme_xres(d->vector, res);
    godwit_emm_authentication_response_t m = {.res = godwit_slice(res, 8)};
    assert_int_equal(godwit_emm_authentication_response_build(&m, &w), GODWIT_OK);
    return godwit_written(&w);
}

godwit_slice_t mme_information(const mme_device_t *d, uint8_t octets[64])
{
    godwit_writer_t w = godwit_writer(octets, 64);
    godwit_esm_information_response_t m = {.head = {.pti = d->pti},
                                           .apn = godwit_slice("\x03\x65\x32\x6D\x07"
                                                               "example",
                                                               12),
                                           .pco = godwit_slice(MME_PCO_UP, sizeof MME_PCO_UP - 1)};
    assert_int_equal(godwit_esm_information_response_build(&m, &w), GODWIT_OK);
    return godwit_written(&w);
}

godwit_slice_t mme_data(const char *text, uint8_t octets[64])
{
    godwit_writer_t w = godwit_writer(octets, 64);
    godwit_esm_data_transport_t m = {.head = {.bearer = 5}, .data = godwit_slice_of_string(text)};
    assert_int_equal(godwit_esm_data_transport_build(&m, &w), GODWIT_OK);
    return godwit_written(&w);
}

godwit_slice_t mme_service_request(const mme_device_t *d, const char *text, uint8_t octets[96])
{
    uint8_t esm[64];
    godwit_writer_t w = godwit_writer(octets, 96);
    godwit_emm_cp_service_request_t m = {.ksi = d->nas.ksi};
    if (text != NULL) {
        m.esm = mme_data(text, esm);
    }
    assert_int_equal(godwit_emm_cp_service_request_build(&m, &w), GODWIT_OK);
    return godwit_written(&w);
}

godwit_slice_t mme_detach_request(const mme_device_t *d, uint8_t type, uint8_t octets[32])
{
    uint8_t id[GODWIT_EPS_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(octets, 32);
    godwit_emm_detach_request_t m = {.detach_type = type, .ksi = d->nas.ksi, .identity = identity(d, id)};
    assert_int_equal(godwit_emm_detach_request_build(&m, &w), GODWIT_OK);
    return godwit_written(&w);
}

godwit_slice_t mme_modification(const mme_device_t *d, uint8_t octets[64])
{
    godwit_writer_t w = godwit_writer(octets, 64);
    godwit_esm_resource_modification_request_t m = {.head = {.pti = (uint8_t)(d->pti + 1)},
                                                    .bearer = 5,
                                                    .tfa = godwit_slice("\xC0", 1),
                                                    .pco = godwit_slice(MME_PCO_UP, sizeof MME_PCO_UP - 1)};
    assert_int_equal(godwit_esm_resource_modification_request_build(&m, &w), GODWIT_OK);
    return godwit_written(&w);
}

/* ---- an attach ---- */

void mme_step_request(mme_world_t *w, mme_device_t *d)
{
    uint8_t octets[128];
    mme_up_plain(w, d, mme_attach_request(d, octets));
    (void)owner_message(&w->owner, GODWIT_AUTH_INFO_REQUEST, 0);
}

void mme_step_vector(mme_world_t *w, mme_device_t *d)
{
    godwit_emm_authentication_request_t m;
    mme_home(w, GODWIT_OK);
    assert_int_equal(mme_down(w, d, 0), GODWIT_EMM_AUTHENTICATION_REQUEST);
    assert_int_equal(godwit_emm_authentication_request_parse(mme_plain(d), &m), GODWIT_OK);
    d->vector = m.rand.ptr[0];
    d->ksi = m.ksi;
    assert_int_equal(m.autn.ptr[0], d->vector);
}

void mme_step_response(mme_world_t *w, mme_device_t *d)
{
    uint8_t octets[32], kasme[32];
    godwit_emm_security_mode_command_t m;
    godwit_nas_wrapper_t wrapper;
    mme_up_plain(w, d, mme_response(d, octets));
    assert_int_equal(godwit_nas_wrapper_parse(mme_nas(w, d, 0), &wrapper), GODWIT_OK);
    assert_int_equal(wrapper.type, GODWIT_NAS_INTEGRITY_NEW);
    assert_int_equal(godwit_emm_security_mode_command_parse(wrapper.message, &m), GODWIT_OK);
    mme_kasme(d->vector, kasme);
    assert_int_equal(godwit_nas_security_init(&d->nas, CRYPTO, kasme, m.ksi, m.eea, m.eia, false), GODWIT_OK);
    assert_int_equal(mme_down(w, d, 0), GODWIT_EMM_SECURITY_MODE_COMMAND);
    assert_int_equal(m.ksi, d->ksi);
    assert_memory_equal(m.capability.ptr, d->capability, 2);
}

void mme_step_secured(mme_world_t *w, mme_device_t *d)
{
    mme_up(w, d, GODWIT_NAS_CIPHERED_NEW, godwit_slice("\x07\x5E", 2));
    assert_int_equal(mme_down(w, d, mme_frames(w, d, GODWIT_RADIO_NAS) - 1), GODWIT_ESM_INFORMATION_REQUEST);
}

void mme_step_information(mme_world_t *w, mme_device_t *d)
{
    uint8_t octets[64];
    mme_up(w, d, GODWIT_NAS_CIPHERED, mme_information(d, octets));
    assert_int_equal(mme_gtpc(w, 0).type, GODWIT_GTPV2_CREATE_SESSION_REQUEST);
}

void mme_step_accept(mme_world_t *w, mme_device_t *d)
{
    godwit_emm_attach_accept_t m;
    godwit_eps_identity_t id;
    mme_sgw_created(w, GODWIT_GTPV2_CAUSE_ACCEPTED);
    assert_int_equal(mme_down(w, d, 0), GODWIT_EMM_ATTACH_ACCEPT);
    assert_int_equal(godwit_emm_attach_accept_parse(mme_plain(d), &m), GODWIT_OK);
    assert_int_equal(godwit_eps_identity_parse(m.guti, &id), GODWIT_OK);
    d->guti = id.guti;
}

void mme_step_complete(mme_world_t *w, mme_device_t *d)
{
    mme_up(w, d, GODWIT_NAS_CIPHERED, godwit_slice("\x07\x43\x00\x03\x52\x00\xC2", 7));
    assert_true(owner_saw(&w->owner, "attached", GODWIT_OK));
}

void mme_attach(mme_world_t *w, mme_device_t *d)
{
    mme_step_request(w, d);
    mme_step_vector(w, d);
    mme_step_response(w, d);
    mme_step_secured(w, d);
    mme_step_information(w, d);
    mme_step_accept(w, d);
    mme_step_complete(w, d);
}

godwit_mme_ue_t *mme_row(mme_world_t *w, const mme_device_t *d)
{
    godwit_mme_ue_t *found = NULL;
    for (size_t i = 0; i < MME_ROWS; i++) {
        godwit_mme_ue_t *ue = &w->ues[i];
        if (ue->state != GODWIT_MME_FREE && d->nas.set && memcmp(ue->security.k_int, d->nas.k_int, 16) == 0) {
            return ue;
        }
        if (ue->state != GODWIT_MME_FREE && godwit_address_equal(&ue->address, &d->address)) {
            found = ue;
        }
    }
    return found;
}

void mme_nas_timer(mme_world_t *w, const mme_device_t *d)
{
    godwit_mme_ue_t *ue = mme_row(w, d);
    assert_non_null(ue);
    owner_give_timer(&w->owner, (uint32_t)(ue - w->ues) * 2);
}
