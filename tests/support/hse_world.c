/* SPDX-License-Identifier: Apache-2.0
 *
 * The test as EMKS and as device.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/hse_world.h"

#define CRYPTO &godwit_crypto_builtin

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hse_step(role, in, out);
}

void hse_world_restart(hse_world_t *w)
{
    assert_int_equal(godwit_hse_init(&w->hse, &w->config, w->sessions, HSE_SESSIONS, w->exchanges, HSE_EXCHANGES,
                                     w->senders, HSE_SENDERS),
                     GODWIT_OK);
    godwit_hse_set_forwards(&w->hse, w->forwards, HSE_FORWARDS, w->held, HSE_HELD);
}

void hse_world_init(hse_world_t *w)
{
    memset(w, 0, sizeof *w);
    owner_init(&w->owner, step, &w->hse);
    w->config.crypto = CRYPTO;
    strcpy(w->config.endpoint, HSE_ENDPOINT);
    w->config.framing = GODWIT_FRAMING_DEFAULT;
    w->config.agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    w->config.suite_order[0] = 1;
    w->config.suite_order[1] = 2;
    w->config.suite_order[2] = 7;
    hse_world_restart(w);
}

hse_device_t hse_device(const char *imsi, uint8_t address)
{
    hse_device_t d;
    memset(&d, 0, sizeof d);
    d.imsi = owner_imsi(imsi);
    d.from = owner_address(address);
    d.suites = 0x000F;
    d.agreements = 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    return d;
}

godwit_slice_t hse_slice(const char *text)
{
    return godwit_slice_of_string(text);
}

/* ---- the device ---- */

void hse_make_request(hse_world_t *w, hse_device_t *d, const uint8_t *auts)
{
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST};
    m.present = 1u << GODWIT_TLV_IMSI | 1u << GODWIT_TLV_UE_CONFIGURATION | 1u << GODWIT_TLV_ENTERPRISE |
                1u << GODWIT_TLV_SERVING_NETWORK;
    m.imsi = d->imsi;
    m.agreements = d->agreements;
    m.suites = d->suites;
    assert_int_equal(godwit_plmn_from_text("001-01", &m.serving_network), GODWIT_OK);
    m.enterprise = d->enterprise != NULL ? hse_slice(d->enterprise) : m.enterprise;
    if (d->service != GODWIT_SERVICE_NONE) {
        m.present |= 1u << GODWIT_TLV_SERVICE_REQUEST;
        m.service = d->service;
        m.service_suites = d->service_suites;
    }
    if (auts != NULL) {
        m.present |= 1u << GODWIT_TLV_AUTS;
        memcpy(m.auts, auts, sizeof m.auts);
    }
    godwit_writer_t out = godwit_writer(d->request, sizeof d->request);
    assert_int_equal(godwit_emsdp_unkeyed_build(w->config.framing, 0, ++w->attempts, &m, &out), GODWIT_OK);
    d->request_len = out.len;
}

void hse_give_request(hse_world_t *w, hse_device_t *d)
{
    owner_give_datagram(&w->owner, &d->from, godwit_slice(d->request, d->request_len));
}

void hse_k_session(uint32_t generation, uint8_t k_session[32])
{
    uint8_t seed[4];
    godwit_store_u32(seed, generation);
    godwit_slice_t part = godwit_slice(seed, sizeof seed);
    assert_int_equal(godwit_crypto_builtin.sha256(&part, 1, k_session), GODWIT_OK);
}

godwit_emsdp_key_t hse_key(const hse_world_t *w, uint32_t session_id, uint32_t generation, uint8_t suite,
                           uint8_t key_id)
{
    uint8_t k_session[32];
    godwit_emsdp_key_t key;
    hse_k_session(generation, k_session);
    assert_int_equal(godwit_emsdp_key_init(CRYPTO, &key, k_session, suite, key_id, w->config.framing, session_id,
                                           generation, GODWIT_END_DEVICE),
                     GODWIT_OK);
    return key;
}

static godwit_slice_t sent_by_hse(const hse_world_t *w, size_t nth)
{
    const godwit_request_t *request = owner_request(&w->owner, GODWIT_REQUEST_DATAGRAM, nth);
    assert_non_null(request);
    return request->octets;
}

void hse_take_start(hse_world_t *w, hse_device_t *d)
{
    godwit_slice_t start = sent_by_hse(w, 0);
    godwit_emsdp_control_t m;
    godwit_emsdp_header_t header;
    uint8_t transcript[32];
    assert_in_range(start.len, 1, sizeof d->start);
    memcpy(d->start, start.ptr, start.len);
    d->start_len = start.len;
    assert_int_equal(godwit_emsdp_peek(start, w->config.framing, &header), GODWIT_OK);
    assert_int_equal(godwit_emsdp_start_peek(start, w->config.framing, &m), GODWIT_OK);
    d->key = hse_key(w, header.session_id, m.generation, m.suite, header.key_id);
    godwit_slice_t request = godwit_slice(d->request, d->request_len);
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &request, 1, transcript), GODWIT_OK);
    assert_int_equal(godwit_emsdp_open(CRYPTO, &d->key, start, godwit_slice(transcript, 32), d->plain, &d->opened),
                     GODWIT_OK);
    godwit_emsdp_accept(&d->key, &d->opened);
}

void hse_seal_control(hse_device_t *d, uint8_t command, const godwit_emsdp_control_t *m)
{
    godwit_emsdp_control_t control = {.command = 0};
    uint8_t transcript[32];
    const godwit_slice_t both[2] = {godwit_slice(d->request, d->request_len), godwit_slice(d->start, d->start_len)};
    if (m != NULL) {
        control = *m;
    }
    control.command = command;
    godwit_writer_t out = godwit_writer(d->sent, sizeof d->sent);
    bool confirms = command == GODWIT_SESSION_START_CONFIRMATION;
    if (confirms) {
        assert_int_equal(godwit_emsdp_transcript(CRYPTO, both, 2, transcript), GODWIT_OK);
    }
    assert_int_equal(godwit_emsdp_seal_control(CRYPTO, &d->key, &control,
                                               godwit_slice(transcript, confirms ? sizeof transcript : 0), &out),
                     GODWIT_OK);
    d->sent_len = out.len;
}

void hse_seal_confirmation(hse_device_t *d, const char *reading)
{
    godwit_emsdp_control_t m = {.command = 0};
    if (reading != NULL) {
        m.present = 1u << GODWIT_TLV_DATA;
        m.data = hse_slice(reading);
    }
    hse_seal_control(d, GODWIT_SESSION_START_CONFIRMATION, &m);
}

void hse_seal_user(hse_device_t *d, const char *reading)
{
    godwit_writer_t out = godwit_writer(d->sent, sizeof d->sent);
    assert_int_equal(godwit_emsdp_seal_user(CRYPTO, &d->key, hse_slice(reading), &out), GODWIT_OK);
    d->sent_len = out.len;
}

void hse_give(hse_world_t *w, hse_device_t *d)
{
    owner_give_datagram(&w->owner, &d->from, godwit_slice(d->sent, d->sent_len));
}

void hse_set_up(hse_world_t *w, hse_device_t *d)
{
    hse_make_request(w, d, NULL);
    hse_give_request(w, d);
    hse_answer_key(w, GODWIT_OK);
    hse_take_start(w, d);
    hse_seal_confirmation(d, "first");
    hse_give(w, d);
    hse_assert_delivered(w, "first");
}

void hse_send_reading(hse_world_t *w, hse_device_t *d, const char *reading)
{
    hse_seal_user(d, reading);
    hse_give(w, d);
    hse_assert_delivered(w, reading);
}

void hse_receive(hse_world_t *w, hse_device_t *d, size_t nth)
{
    godwit_slice_t datagram = sent_by_hse(w, nth);
    uint8_t transcript[32];
    godwit_emsdp_header_t header;
    godwit_slice_t hash = godwit_slice(NULL, 0), sent = godwit_slice(d->sent, d->sent_len);
    assert_int_equal(godwit_emsdp_peek(datagram, w->config.framing, &header), GODWIT_OK);
    if (header.command == GODWIT_SESSION_START) { /* the answer to early data */
        assert_int_equal(godwit_emsdp_transcript(CRYPTO, &sent, 1, transcript), GODWIT_OK);
        hash = godwit_slice(transcript, sizeof transcript);
    }
    assert_int_equal(godwit_emsdp_open(CRYPTO, &d->key, datagram, hash, d->plain, &d->opened), GODWIT_OK);
    godwit_emsdp_accept(&d->key, &d->opened);
}

/* ---- the EMKS ---- */

godwit_message_t hse_key_answer(hse_world_t *w, uint32_t transaction, godwit_status_t status)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_KEY_ANSWER;
    m.transaction = transaction;
    m.u.key_answer.status = status;
    if (status == GODWIT_OK) {
        m.u.key_answer.agreement = GODWIT_AGREEMENT_SEPARATE_EPS;
        m.u.key_answer.key_set = HSE_KEY_SET;
        m.u.key_answer.generation = ++w->generation;
        memset(m.u.key_answer.rand, 0x11, 16);
        memset(m.u.key_answer.autn, 0x22, 16);
        hse_k_session(w->generation, m.u.key_answer.k_session);
    }
    return m;
}

void hse_answer_key(hse_world_t *w, godwit_status_t status)
{
    const godwit_message_t *request = owner_message(&w->owner, GODWIT_KEY_REQUEST, 0);
    assert_string_equal(request->origin_host, HSE_ENDPOINT);
    assert_string_equal(request->u.key_request.endpoint, HSE_ENDPOINT);
    godwit_message_t answer = hse_key_answer(w, request->transaction, status);
    owner_give_message(&w->owner, &answer);
}

/* ---- looking ---- */

void hse_assert_delivered(const hse_world_t *w, const char *reading)
{
    const godwit_request_t *delivery = owner_request(&w->owner, GODWIT_REQUEST_DELIVER, 0);
    assert_non_null(delivery);
    assert_int_equal(owner_count(&w->owner, GODWIT_REQUEST_DELIVER), 1);
    assert_int_equal(delivery->reading.payload.len, strlen(reading));
    assert_memory_equal(delivery->reading.payload.ptr, reading, strlen(reading));
    size_t commit = owner_position(&w->owner, GODWIT_REQUEST_STORE_COMMIT, 0);
    assert_true(commit < owner_position(&w->owner, GODWIT_REQUEST_DELIVER, 0));
}

void hse_assert_nothing_delivered(const hse_world_t *w)
{
    assert_int_equal(owner_count(&w->owner, GODWIT_REQUEST_DELIVER), 0);
}

void hse_assert_silently_refused(const hse_world_t *w, godwit_status_t reason)
{
    assert_true(owner_saw(&w->owner, "refused", reason));
    hse_assert_nothing_delivered(w);
    assert_int_equal(owner_count(&w->owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_int_equal(owner_count(&w->owner, GODWIT_REQUEST_STORE_COMMIT), 0);
    assert_int_equal(owner_count(&w->owner, GODWIT_REQUEST_MESSAGE), 0);
}

godwit_session_record_t *hse_stored(hse_world_t *w, uint32_t session_id)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_SESSION, .session_id = session_id};
    godwit_record_t *record = owner_find(&w->owner, &key);
    return record != NULL ? &record->u.session : NULL;
}

size_t hse_stored_sessions(const hse_world_t *w)
{
    size_t count = 0;
    for (size_t i = 0; i < w->owner.record_count; i++) {
        count += w->owner.records[i].kind == GODWIT_RECORD_SESSION;
    }
    return count;
}
