/* SPDX-License-Identifier: Apache-2.0
 *
 * The test as gateway, owner of key sets, and device behind a tunnel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/wire/gtpu.h"
#include "tests/support/hse_bearer.h"

#define CRYPTO &godwit_crypto_builtin

static const uint8_t gateway_host[4] = {10, 0, 0, 9};
static const godwit_address_t gateway = {.len = 6, .octets = {10, 0, 0, 9, 0x08, 0x68}};

void hse_bearer_world_restart(hse_bearer_world_t *b)
{
    hse_world_restart(&b->w);
    godwit_hse_set_bearers(&b->w.hse, b->bearers, HSE_BEARERS, b->pushes, HSE_PUSHES);
}

void hse_bearer_world_init(hse_bearer_world_t *b)
{
    memset(b, 0, sizeof *b);
    hse_world_init(&b->w);
    strcpy(b->gateway.origin_host, HSE_GATEWAY);
    memcpy(b->gateway.address, gateway_host, 4);
    b->gateway.address_len = 4;
    b->w.config.framing = (godwit_framing_t){0, 1};
    b->w.config.agreements = 7;
    b->w.config.e2m_source = GODWIT_FUNCTION_EMKS;
    b->w.config.gateways = &b->gateway;
    b->w.config.gateway_count = 1;
    b->w.config.idle_ms = HSE_IDLE_MS;
    strcpy(b->w.config.push_from, HSE_HSS);
    hse_bearer_world_restart(b);
}

/* ---- the device ---- */

hse_device_t hse_bearer_device(const char *imsi, uint32_t teid)
{
    hse_device_t d = hse_device(imsi, 0);
    d.agreements = 1u << (GODWIT_AGREEMENT_ACCESS_EPS - 1);
    d.from.len = 8;
    memcpy(d.from.octets, gateway_host, 4);
    godwit_store_u32(d.from.octets + 4, teid);
    return d;
}

void hse_make_container(hse_device_t *d, uint32_t above_generation)
{
    godwit_e2m_container_t c = {.selector = {.kind = GODWIT_SELECTOR_RAND},
                                .imsi = d->imsi,
                                .agreements = d->agreements,
                                .suites = d->suites,
                                .above_generation = above_generation};
    godwit_writer_t w = godwit_writer(d->request, sizeof d->request);
    memset(c.selector.octets, 0x33, sizeof c.selector.octets);
    assert_int_equal(godwit_plmn_from_text("001-01", &c.plmn), GODWIT_OK);
    assert_int_equal(godwit_e2m_container_build(&c, &w), GODWIT_OK);
    d->request_len = w.len;
}

void hse_bearer_take_start(hse_bearer_world_t *b, hse_device_t *d)
{
    const godwit_bearer_answer_t *answer = hse_bearer_answer(b);
    godwit_slice_t contents = godwit_slice(d->request, d->request_len);
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    uint8_t transcript[32];
    assert_int_equal(answer->status, GODWIT_OK);
    memcpy(d->start, answer->start, answer->start_len);
    d->start_len = answer->start_len;
    godwit_slice_t start = godwit_slice(d->start, d->start_len);
    assert_int_equal(godwit_emsdp_peek(start, b->w.config.framing, &header), GODWIT_OK);
    assert_int_equal(godwit_emsdp_start_peek(start, b->w.config.framing, &m), GODWIT_OK);
    assert_int_equal(m.agreement, GODWIT_AGREEMENT_ACCESS_EPS);
    assert_int_equal(m.present, 1u << GODWIT_TLV_HSE_CONFIGURATION);
    assert_int_equal(godwit_emsdp_transcript(CRYPTO, &contents, 1, transcript), GODWIT_OK);
    d->key = hse_key(&b->w, 0, m.generation, m.suite, header.key_id);
    assert_int_equal(godwit_emsdp_open(CRYPTO, &d->key, start, godwit_slice(transcript, 32), d->plain, &d->opened),
                     GODWIT_OK);
    godwit_emsdp_accept(&d->key, &d->opened);
}

void hse_bearer_give(hse_bearer_world_t *b, hse_device_t *d)
{
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX + 16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    uint32_t teid = godwit_load_u32(d->from.octets + 4);
    assert_int_equal(godwit_gtpu_put_pdu(&w, teid, godwit_slice(d->sent, d->sent_len)), GODWIT_OK);
    owner_give(&b->w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                              .port = GODWIT_PORT_GTPU,
                                              .from = gateway,
                                              .datagram = godwit_written(&w)});
}

void hse_bearer_reading(hse_bearer_world_t *b, hse_device_t *d, const char *reading)
{
    hse_seal_user(d, reading);
    hse_bearer_give(b, d);
    hse_assert_delivered(&b->w, reading);
}

godwit_slice_t hse_bearer_sent(const hse_bearer_world_t *b, const hse_device_t *d, size_t nth)
{
    const godwit_request_t *request = owner_request(&b->w.owner, GODWIT_REQUEST_DATAGRAM, nth);
    godwit_gtpu_t message;
    assert_non_null(request);
    assert_int_equal(request->port, GODWIT_PORT_GTPU);
    assert_true(godwit_address_equal(&request->to, &gateway));
    assert_int_equal(godwit_gtpu_parse(request->octets, &message), GODWIT_OK);
    assert_int_equal(message.type, GODWIT_GTPU_G_PDU);
    assert_int_equal(message.teid, godwit_load_u32(d->from.octets + 4));
    return message.pdu;
}

/* ---- the gateway ---- */

godwit_message_t hse_bearer_message(hse_bearer_world_t *b, const hse_device_t *d)
{
    godwit_message_t m;
    godwit_e2m_container_t c;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_BEARER;
    m.from = GODWIT_FUNCTION_PGW;
    m.to = GODWIT_FUNCTION_HSE;
    m.transaction = ++b->transactions;
    m.route = 77;
    strcpy(m.origin_host, HSE_GATEWAY);
    assert_int_equal(godwit_e2m_container_parse(godwit_slice(d->request, d->request_len), &c), GODWIT_OK);
    godwit_bearer_t *asked = &m.u.bearer;
    asked->imsi = d->imsi;
    asked->selector = c.selector;
    asked->agreements = c.agreements;
    asked->suites = c.suites;
    asked->above_generation = c.above_generation;
    asked->teid = godwit_load_u32(d->from.octets + 4);
    memcpy(asked->gateway, gateway_host, 4);
    asked->gateway_len = 4;
    asked->serving_network = c.plmn;
    asked->container_len = (uint8_t)d->request_len;
    memcpy(asked->container, d->request, d->request_len);
    return m;
}

void hse_give_bearer(hse_bearer_world_t *b, const hse_device_t *d)
{
    godwit_message_t m = hse_bearer_message(b, d);
    owner_give_message(&b->w.owner, &m);
}

const godwit_bearer_answer_t *hse_bearer_answer(const hse_bearer_world_t *b)
{
    const godwit_message_t *m = owner_message(&b->w.owner, GODWIT_BEARER_ANSWER, 0);
    assert_int_equal(m->to, GODWIT_FUNCTION_PGW);
    assert_int_equal(m->route, 77);
    assert_int_equal(m->transaction, b->transactions);
    return &m->u.bearer_answer;
}

void hse_assert_rejected(const hse_bearer_world_t *b, const hse_device_t *d, godwit_status_t reason)
{
    const godwit_bearer_answer_t *answer = hse_bearer_answer(b);
    godwit_slice_t contents = godwit_slice(d->request, d->request_len);
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    uint8_t digest[32];
    assert_int_equal(answer->status, reason);
    assert_int_equal(
        godwit_emsdp_unkeyed_parse(godwit_slice(answer->start, answer->start_len), b->w.config.framing, &header, &m),
        GODWIT_OK);
    assert_int_equal(m.command, GODWIT_MESSAGE_REJECT);
    assert_int_equal(m.reason, reason);
    assert_int_equal((CRYPTO)->sha256(&contents, 1, digest), GODWIT_OK);
    assert_memory_equal(m.echo, digest, GODWIT_EMSDP_ECHO);
}

/* ---- the owner of the key sets ---- */

godwit_message_t hse_pull_answer(hse_bearer_world_t *b, const godwit_message_t *request, uint32_t generation)
{
    godwit_message_t m = hse_key_answer(&b->w, request->transaction, GODWIT_OK);
    m.u.key_answer.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    m.u.key_answer.generation = generation;
    memset(m.u.key_answer.rand, 0, 16);
    memset(m.u.key_answer.autn, 0, 16);
    hse_k_session(generation, m.u.key_answer.k_session);
    return m;
}

void hse_answer_pull(hse_bearer_world_t *b)
{
    const godwit_message_t *request = owner_message(&b->w.owner, GODWIT_KEY_REQUEST, 0);
    assert_int_equal(request->u.key_request.purpose, GODWIT_KEY_BY_SELECTOR);
    assert_int_equal(request->to, b->w.config.e2m_source);
    assert_string_equal(request->u.key_request.endpoint, HSE_ENDPOINT);
    godwit_message_t answer = hse_pull_answer(b, request, b->w.generation + 1);
    owner_give_message(&b->w.owner, &answer);
}

void hse_bearer_set_up(hse_bearer_world_t *b, hse_device_t *d)
{
    hse_make_container(d, 0);
    hse_give_bearer(b, d);
    hse_answer_pull(b);
    hse_bearer_take_start(b, d);
}

godwit_parked_t hse_bearer_flush(hse_bearer_world_t *b)
{
    b->w.owner.now_ms += HSE_IDLE_MS;
    owner_give_timer(&b->w.owner, 0);
    assert_true(owner_saw(&b->w.owner, "flushed", GODWIT_OK));
    return owner_message(&b->w.owner, GODWIT_KEY_PARK, 0)->u.key_park.parked;
}

godwit_message_t hse_push_message(hse_bearer_world_t *b, const hse_device_t *d, uint64_t key_set, uint32_t generation)
{
    godwit_message_t m;
    memset(&m, 0, sizeof m);
    m.kind = GODWIT_KEY_PUSH;
    m.from = GODWIT_FUNCTION_HSS;
    m.to = GODWIT_FUNCTION_HSE;
    m.transaction = ++b->transactions;
    strcpy(m.origin_host, HSE_HSS);
    m.u.key_push.imsi = d->imsi;
    m.u.key_push.agreement = GODWIT_AGREEMENT_ACCESS_EPS;
    memset(m.u.key_push.rand, 0x33, 16);
    m.u.key_push.key_set = key_set;
    m.u.key_push.generation = generation;
    m.u.key_push.life_ms = 60000;
    strcpy(m.u.key_push.endpoint, HSE_ENDPOINT);
    hse_k_session(generation, m.u.key_push.k_session);
    return m;
}
