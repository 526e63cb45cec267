/* SPDX-License-Identifier: Apache-2.0
 *
 * The SGSN, given anything in any order: operations, each an octet of kind, an octet of length and its octets. What
 * comes without protection must leave every registered device's connection, counters and contexts as they were, and get
 * no more than it may; what comes protected is as authentic as a device could make it. A COUNT downlink is never used
 * twice; rows that are free hold nothing.
 */
#include "fuzz/fuzz.h"
#include "tests/support/sgsn_world.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
    RAW,
    PROTECTED,
    GTPC,
    GTPU,
    VECTOR,
    REFUSAL,
    RESPOND,
    COMPLETE,
    TIMER,
    TIME,
    DROP,
    ATTACH,
    SERVICE,
    DETACH,
    IDENTITY,
    FIRST,   /* by a vector of before: octets 2 and 3 bend an octet of the frame, or none */
    LOCATED, /* the home's answer: octet 2 its status, octet 3 its hop */
    T5,      /* octet 2: a key, or a container; octet 3: its hop; octet 4: of the key the association */
    OPERATIONS
};

static sgsn_world_t w;
static sgsn_device_t device[2];
static uint32_t transaction, teid;
static const uint8_t k_iwf[32] = "a key that is for a device alone";
static uint8_t
    vectors; /* each has a RAND and keys of its own, as AKA makes them: one that came twice would restart a COUNT */

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Octet by octet, as they are copied and wiped. */
static bool is_same(const void *a, const void *b, size_t len)
{
    return memcmp(a, b, len) == 0;
}

/* ---- what must hold ---- */

static void free_rows_hold_nothing(void)
{
    static const godwit_sgsn_ue_t nothing;
    for (size_t i = 0; i < SGSN_UES; i++) {
        check(w.ues[i].state != GODWIT_SGSN_FREE || is_same(&w.ues[i], &nothing, offsetof(godwit_sgsn_ue_t, filed)));
        check(w.ues[i].state == GODWIT_SGSN_FREE || i < w.sgsn.top);
    }
}

static bool is_untouched(const godwit_sgsn_ue_t *before, const godwit_sgsn_ue_t *after)
{
    return after->state == before->state && after->connected == before->connected &&
           godwit_address_equal(&after->address, &before->address) && after->p_tmsi == before->p_tmsi &&
           after->security.next_in == before->security.next_in && after->security.fresh == before->security.fresh &&
           after->security.next_out >= before->security.next_out &&
           is_same(after->context, before->context, sizeof after->context);
}

/* ---- operations ---- */

static void give_raw(godwit_slice_t octets, godwit_port_t port)
{
    static godwit_sgsn_ue_t before[SGSN_UES];
    godwit_address_t from = owner_address((uint8_t)(octets.ptr[0] % 4));
    size_t sent = 0;
    octets = godwit_slice(octets.ptr + 1, octets.len - 1);
    if (port != GODWIT_PORT_RADIO) {
        from = godwit_gtp_address(sgsn_ggsn, port == GODWIT_PORT_GTPC ? GODWIT_GTPC_PORT : GODWIT_GTPU_PORT);
    }
    memcpy(before, w.ues, sizeof before);
    sgsn_give(&w, &from, port, octets);
    if (port != GODWIT_PORT_RADIO) {
        return;
    }
    for (size_t i = 0; i < SGSN_UES; i++) {
        check(before[i].state != GODWIT_SGSN_REGISTERED || is_untouched(&before[i], &w.ues[i]));
    }
    for (size_t i = 0; sgsn_sent(&w, GODWIT_PORT_RADIO, NULL, i) != NULL; i++) {
        sent += sgsn_sent(&w, GODWIT_PORT_RADIO, NULL, i)->octets.len;
    }
    check(sent <= 3 * octets.len + 41); /* the challenge, for an identity of eleven octets */
}

static void learn(void)
{
    for (size_t i = 0; i < owner_count(&w.owner, GODWIT_REQUEST_MESSAGE); i++) {
        transaction = owner_request(&w.owner, GODWIT_REQUEST_MESSAGE, i)->message->transaction;
    }
    for (size_t n = 0; n < 2; n++) {
        sgsn_device_t *d = &device[n];
        const godwit_request_t *sent;
        for (size_t i = 0; (sent = sgsn_sent(&w, GODWIT_PORT_RADIO, &d->address, i)) != NULL; i++) {
            godwit_radio_frame_t frame;
            godwit_gmm_attach_accept_t accept;
            godwit_gmm_authentication_request_t asked;
            if (godwit_gmm_authentication_request_parse(godwit_slice(sent->octets.ptr + 1, sent->octets.len - 1),
                                                        &asked) == GODWIT_OK) {
                d->reference = asked.reference;
                d->cksn = asked.cksn;
                d->ck[0] = d->ik[0] = asked.rand[0];
            }
            /* A COUNT that was used before is a replay here. */
            check(godwit_radio_protected_consume(&d->security, sent->octets, d->buffer, &frame) != GODWIT_REPLAY);
            if (frame.kind == GODWIT_RADIO_NAS && godwit_gmm_attach_accept_parse(frame.octets, &accept) == GODWIT_OK) {
                d->p_tmsi = accept.p_tmsi;
            }
        }
    }
    for (size_t i = 0; i < SGSN_UES; i++) {
        teid = w.ues[i].context[0].teid != 0 ? w.ues[i].context[0].teid : teid;
    }
}

static void give_protected(sgsn_device_t *d, godwit_slice_t octets)
{
    godwit_radio_frame_t frame;
    uint8_t protected_frame[GODWIT_RADIO_FRAME_MAX];
    godwit_writer_t v = godwit_writer(protected_frame, sizeof protected_frame);
    if (godwit_radio_parse(octets, &frame) == GODWIT_OK &&
        godwit_radio_protected_create(&d->security, &frame, &v) == GODWIT_OK) {
        sgsn_give(&w, &d->address, GODWIT_PORT_RADIO, godwit_written(&v));
    }
}

static void give_answer(bool ok, godwit_slice_t octets)
{
    static godwit_message_t message;
    memset(&message, 0, sizeof message);
    message.kind = GODWIT_AUTH_INFO_ANSWER;
    message.transaction = transaction;
    message.u.auth_info_answer = sgsn_vector();
    godwit_auth_info_vector_t *vector = &message.u.auth_info_answer.vector[0];
    vector->rand[0] = vector->ck[0] = vector->ik[0] = ++vectors;
    message.u.auth_info_answer.next_session = true;
    message.u.auth_info_answer.e2m = octets.len > 1 && octets.ptr[1] != 0;
    if (!ok) {
        message.u.auth_info_answer.status = (godwit_status_t)(1 + octets.ptr[0] % 15);
        message.u.auth_info_answer.vectors = 0;
    }
    owner_give_message(&w.owner, &message);
}

static void respond(sgsn_device_t *d)
{
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    godwit_gmm_authentication_response_t m = {.reference = d->reference, .res_len = sizeof sgsn_xres};
    memcpy(m.res, sgsn_xres, sizeof sgsn_xres);
    check(godwit_gmm_authentication_response_build(&m, &v) == GODWIT_OK);
    godwit_radio_security_init(&d->security, &godwit_crypto_builtin, d->ck, d->ik, false);
    sgsn_up_nas(&w, d, &v);
}

static void detach(const sgsn_device_t *d)
{
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_gmm_detach_request_ms_t m = {.type = 1, .has_p_tmsi = true, .p_tmsi = d->p_tmsi};
    check(godwit_gmm_detach_request_ms_build(&m, &v) == GODWIT_OK);
    sgsn_up_nas(&w, d, &v);
}

static void tell_identity(const sgsn_device_t *d)
{
    uint8_t octets[64];
    godwit_writer_t v = godwit_writer(octets, sizeof octets);
    const godwit_gmm_identity_response_t m = {.identity = {.kind = GODWIT_GMM_IDENTITY_IMSI, .imsi = d->imsi}};
    check(godwit_gmm_identity_response_build(&m, &v) == GODWIT_OK);
    sgsn_up_nas(&w, d, &v);
}

/* The record of a device, as the store has it. */
static const godwit_next_session_record_t *kept_for(const sgsn_device_t *d)
{
    for (size_t i = 0; i < w.owner.record_count; i++) {
        const godwit_next_session_record_t *kept = &w.owner.records[i].u.next_session;
        if (godwit_imsi_equal(&kept->imsi, &d->imsi)) {
            return kept;
        }
    }
    return NULL;
}

/* What a bent frame does is nothing; a right one is taken once, and then its record is gone. */
static void first(sgsn_device_t *d, godwit_slice_t octets)
{
    uint8_t nas[128], frame[200];
    godwit_writer_t v = godwit_writer(nas, sizeof nas), f = godwit_writer(frame, sizeof frame);
    const godwit_next_session_record_t *kept = kept_for(d);
    if (kept == NULL) {
        return;
    }
    const godwit_next_session_t next = kept->next;
    godwit_gmm_attach_request_t m = {.type = 1, .cksn = next.ksi, .res_len = next.res_len};
    m.identity.kind = GODWIT_GMM_IDENTITY_P_TMSI;
    m.identity.p_tmsi = next.tmsi;
    m.old_rai = (godwit_gmm_rai_t){next.plmn, godwit_load_u16(next.area), next.area[2]};
    memcpy(m.res, next.res, sizeof m.res);
    check(godwit_gmm_attach_request_build(&m, &v) == GODWIT_OK);
    check(godwit_radio_security_derive(&d->security, &godwit_crypto_builtin, next.root, false, next.eia, false) ==
          GODWIT_OK);
    godwit_radio_agree(&d->security, next.eea, next.eia, next.res);
    check(godwit_radio_initial_create(&d->security, d->capability, godwit_written(&v), &f) == GODWIT_OK);
    uint8_t bend = octets.len > 2 ? octets.ptr[2] : 0;
    frame[octets.len > 1 ? octets.ptr[1] % f.len : 0] ^= bend;
    unsigned deletions = w.owner.deletions;
    sgsn_give(&w, &d->address, GODWIT_PORT_RADIO, godwit_written(&f));
    check(bend == 0 ? w.owner.deletions <= deletions + 1 : w.owner.deletions == deletions);
    check(w.owner.deletions == deletions || kept_for(d) == NULL);
}

/* ---- device triggering ---- */

static uint8_t octet(godwit_slice_t octets, size_t i)
{
    return i < octets.len ? octets.ptr[i] : 0;
}

static void located(godwit_slice_t octets)
{
    godwit_message_t m = {.kind = GODWIT_LOCATION_UPDATE_ANSWER, .transaction = transaction};
    m.hop = (godwit_hop_t)(octet(octets, 2) % 4);
    m.u.location_update_answer.status = (godwit_status_t)(octet(octets, 1) % 2);
    memcpy(m.u.location_update_answer.iwf.host, "iwf.example", sizeof "iwf.example");
    owner_give_message(&w.owner, &m);
}

static void t5(const sgsn_device_t *d, godwit_slice_t octets)
{
    const size_t len = octets.len > 4 ? octets.len - 4 : 0;
    godwit_message_t m = {.kind = GODWIT_T5_DOWN, .from = GODWIT_FUNCTION_MTC_IWF, .transaction = 1};
    m.hop = (godwit_hop_t)(octet(octets, 2) % 4);
    memcpy(m.origin_host, "iwf.example", sizeof "iwf.example");
    m.u.t5_down.imsi = d->imsi;
    m.u.t5_down.kind = octet(octets, 1) % 2 != 0 ? GODWIT_T5_UE_KEY : GODWIT_T5_CONTAINER;
    m.u.t5_down.ue_key.root = GODWIT_IWF_ROOT_CK_IK;
    m.u.t5_down.ue_key.association = octet(octets, 3);
    memcpy(m.u.t5_down.ue_key.key, k_iwf, sizeof k_iwf);
    m.u.t5_down.container_len = (uint8_t)len; /* also more than there is room for */
    memcpy(m.u.t5_down.container, octets.ptr + (len > 0 ? 4 : 0),
           len < GODWIT_TRIGGER_CONTAINER_MAX ? len : GODWIT_TRIGGER_CONTAINER_MAX);
    owner_give_message(&w.owner, &m);
}

static bool has_k_iwf(const uint8_t *octets, size_t len)
{
    for (size_t i = 0; i + sizeof k_iwf <= len; i++) {
        if (memcmp(octets + i, k_iwf, sizeof k_iwf) == 0) {
            return true;
        }
    }
    return false;
}

/* A key for a device leaves ciphered, and is in a row for no longer than it is on its way. */
static void a_key_is_hidden(void)
{
    for (size_t i = 0; sgsn_sent(&w, GODWIT_PORT_RADIO, NULL, i) != NULL; i++) {
        const godwit_request_t *sent = sgsn_sent(&w, GODWIT_PORT_RADIO, NULL, i);
        check(!has_k_iwf(sent->octets.ptr, sent->octets.len));
    }
    for (size_t i = 0; i < SGSN_UES; i++) {
        check((w.ues[i].sms.down && w.ues[i].sms.secret) || !has_k_iwf((const uint8_t *)&w.ues[i], sizeof w.ues[i]));
    }
}

/* A GTP message whose TEID is right. */
static void give_gtp(godwit_port_t port, godwit_slice_t octets)
{
    uint8_t copy[256];
    memcpy(copy, octets.ptr, octets.len);
    if (octets.len >= 9 && (copy[0] & 1U) != 0) {
        godwit_store_u32(copy + 5, port == GODWIT_PORT_GTPC && octets.ptr[2] == 17 ? 0 : teid);
    }
    give_raw(godwit_slice(copy, octets.len), port);
}

static void operate(uint8_t kind, godwit_slice_t octets)
{
    sgsn_device_t *d = &device[octets.ptr[0] % 2];
    switch (kind % OPERATIONS) {
    case RAW:
        give_raw(octets, GODWIT_PORT_RADIO);
        break;
    case PROTECTED:
        give_protected(d, godwit_slice(octets.ptr + 1, octets.len - 1));
        break;
    case GTPC:
        give_gtp(GODWIT_PORT_GTPC, octets);
        break;
    case GTPU:
        give_gtp(GODWIT_PORT_GTPU, octets);
        break;
    case VECTOR:
        give_answer(true, octets);
        break;
    case REFUSAL:
        give_answer(false, octets);
        break;
    case RESPOND:
        respond(d);
        break;
    case COMPLETE:
        give_protected(d, godwit_slice("\x06", 1));
        break;
    case TIMER:
        owner_give_timer(&w.owner, octets.ptr[0]);
        break;
    case TIME:
        w.owner.now_ms += (uint64_t)octets.ptr[0] * 1000;
        break;
    case DROP:
        owner_give(&w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DROP, .imsi = d->imsi});
        break;
    case ATTACH:
        sgsn_attach_request(&w, d);
        break;
    case SERVICE:
        sgsn_service_request(&w, d);
        break;
    case DETACH:
        detach(d);
        break;
    case FIRST:
        first(d, octets);
        break;
    case LOCATED:
        located(octets);
        break;
    case T5:
        t5(d, octets);
        break;
    default:
        tell_identity(d);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_reader_t r = godwit_reader(godwit_slice(data, size));
    sgsn_world_init(&w);
    w.config.inactive_ms = 5000;
    w.config.next_session = true;
    w.config.others = 1; /* at the address that all GTP comes from */
    w.config.other[0] = (godwit_sgsn_other_t){.lac = 9, .rac = 9, .ipv4 = {10, 0, 0, 7}};
    memcpy(w.config.iwf_number, "491710760001", sizeof "491710760001");
    w.config.next_early = size > 0 && (data[0] & 0x80U) != 0;
    w.config.reauthenticate_attaches = size > 0 ? data[0] % 4 : 0;
    sgsn_restart(&w);
    device[0] = sgsn_device_number(0);
    device[1] = sgsn_device_number(1);
    for (size_t n = 0; n < 2; n++) {
        godwit_radio_security_init(&device[n].security, &godwit_crypto_builtin, device[n].ck, device[n].ik, false);
    }
    transaction = teid = vectors = 0;
    (void)godwit_get_u8(&r);
    for (unsigned i = 0; i < 64 && r.left > 0; i++) {
        uint8_t kind = godwit_get_u8(&r);
        godwit_slice_t octets = godwit_get_slice(&r, godwit_get_u8(&r));
        if (r.failed) {
            break;
        }
        w.owner.outbox.count = 0;
        operate(kind, octets.len > 0 ? octets : godwit_slice("", 1));
        learn();
        free_rows_hold_nothing();
        a_key_is_hidden();
    }
    return 0;
}
