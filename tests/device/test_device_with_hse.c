/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library and the HSE of Solution 1 with an owner of key sets, and everything between them lost, repeated
 * and late; memory and power lost, too. Checked after every step: a reading is delivered once, and no COUNT of a key
 * protects two messages. And at the end, when nothing is lost any more, a reading comes through.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/wire/gtpu.h"
#include "tests/device/dut.h"
#include "tests/support/hse_bearer.h"

#define READINGS 400
#define USES 1024
#define LATE 6 /* datagrams up that are still under way */

typedef struct use {
    uint8_t of[12]; /* key, direction, plane, COUNT */
    uint8_t digest[8];
} use_t;

typedef struct world {
    hse_bearer_world_t b;
    dut_t d;
    hse_device_t tunnel; /* names the tunnel, and is the gateway's context */
    uint64_t random;
    unsigned loss; /* of 16 */
    /* The owner of the key sets. */
    uint32_t run, last;
    uint8_t key_set[32];
    godwit_parked_t parked;
    unsigned readings;
    bool delivered[READINGS];
    use_t uses[USES];
    size_t used;
    octets_t late[LATE];
    bool modify;
} world_t;

static world_t w;

static uint32_t draw(uint32_t below)
{
    w.random ^= w.random << 13;
    w.random ^= w.random >> 7;
    w.random ^= w.random << 17;
    return (uint32_t)(w.random >> 11) % below;
}

static bool lost(void)
{
    return draw(16) < w.loss;
}

/* ---- no COUNT protects two messages ---- */

static void note_use(const godwit_emsdp_key_t *key, uint8_t direction, const godwit_emsdp_header_t *header,
                     godwit_slice_t octets)
{
    use_t use;
    uint8_t digest[32];
    assert_int_equal(CRYPTO->sha256(&octets, 1, digest), GODWIT_OK);
    memset(&use, 0, sizeof use);
    memcpy(use.of, key->hot.k_int, 8);
    use.of[8] = (uint8_t)(direction << 1 | header->user_plane);
    godwit_store_u16(use.of + 10, (uint16_t)header->low_count); /* less than 2^11 messages under one key */
    memcpy(use.digest, digest, sizeof use.digest);
    for (size_t i = 0; i < w.used && i < USES; i++) {
        if (memcmp(w.uses[i].of, use.of, sizeof use.of) == 0) {
            assert_memory_equal(w.uses[i].digest, use.digest, sizeof use.digest);
            return;
        }
    }
    w.uses[w.used++ % USES] = use;
}

static void note_up(godwit_slice_t octets)
{
    godwit_emsdp_header_t header;
    assert_int_equal(godwit_emsdp_peek(octets, w.d.config.framing, &header), GODWIT_OK);
    const godwit_device_session_t *s = &w.d.device.session;
    if (header.key_id != 0) {
        note_use(s->current.hot.key_id == header.key_id ? &s->current : &s->next, 0, &header, octets);
    }
}

static void note_start(godwit_slice_t octets)
{
    godwit_emsdp_header_t header;
    assert_int_equal(godwit_emsdp_peek(octets, w.d.config.framing, &header), GODWIT_OK);
    for (size_t i = 0; i < HSE_BEARERS && header.key_id != 0; i++) {
        if (w.b.bearers[i].pending && w.b.bearers[i].key.hot.key_id == header.key_id) {
            note_use(&w.b.bearers[i].key, 1, &header, octets);
        }
    }
}

static void note_down(godwit_slice_t octets)
{
    godwit_emsdp_header_t header;
    assert_int_equal(godwit_emsdp_peek(octets, w.d.config.framing, &header), GODWIT_OK);
    for (size_t i = 0; i < HSE_SESSIONS && header.key_id != 0; i++) {
        const godwit_session_record_t *record = &w.b.w.sessions[i].record;
        if (w.b.w.sessions[i].used && record->current.hot.key_id == header.key_id) {
            note_use(&record->current, 1, &header, octets);
        }
    }
}

/* ---- the HSE's requests ---- */

static void carry_out_device(void);
static void carry_out_hse(void);

static void give_hse(const godwit_message_t *m)
{
    owner_give_message(&w.b.w.owner, m);
    carry_out_hse();
}

static void answer_key(const godwit_message_t *asked)
{
    const godwit_key_request_t *request = &asked->u.key_request;
    godwit_message_t m = {.kind = GODWIT_KEY_ANSWER, .transaction = asked->transaction};
    godwit_key_answer_t *answer = &m.u.key_answer;
    uint8_t rand[16];
    memset(rand, (int)w.run, sizeof rand);
    if (request->purpose != GODWIT_KEY_BY_SELECTOR || memcmp(rand, request->selector.octets, 16) != 0) {
        answer->status = GODWIT_UNKNOWN_KEY;
    } else {
        bool lives = w.parked.set && w.parked.generation == w.last && w.parked.generation > request->above_generation;
        w.last = lives ? w.last : request->above_generation > w.last ? request->above_generation + 1 : w.last + 1;
        answer->parked = lives ? w.parked : (godwit_parked_t){.set = false};
        w.parked.set = false;
        answer->agreement = GODWIT_AGREEMENT_ACCESS_EPS;
        answer->key_set = w.run;
        answer->generation = w.last;
        assert_int_equal(
            godwit_k_session(CRYPTO, w.key_set, w.d.config.endpoint, answer->generation, answer->k_session), GODWIT_OK);
    }
    if (!lost()) {
        give_hse(&m);
    }
}

static void take_parked(const godwit_key_park_t *told)
{
    if (told->key_set == w.run && told->parked.generation == w.last) {
        w.parked = told->parked;
    }
}

static void take_delivery(const godwit_reading_t *reading)
{
    char text[8] = "";
    assert_int_equal(reading->payload.len, 3);
    memcpy(text, reading->payload.ptr, 3);
    unsigned long number = strtoul(text, NULL, 10);
    assert_true(number < w.readings);
    assert_false(w.delivered[number]);
    w.delivered[number] = true;
}

static void give_device(godwit_slice_t datagram)
{
    assert_int_equal(godwit_device_receive(&w.d.device, datagram, w.d.random, &w.d.requests), GODWIT_OK);
    carry_out_device();
}

/* The answer comes in its own time: what the HSE asked for is copied before anything is given back. */
static void carry_out_hse(void)
{
    godwit_message_t asked[4];
    octets_t down[4];
    size_t questions = 0, datagrams = 0;
    const owner_t *owner = &w.b.w.owner;
    for (size_t i = 0; i < owner->outbox.count; i++) {
        const godwit_request_t *q = &owner->requests[i];
        if (q->kind == GODWIT_REQUEST_DELIVER) {
            take_delivery(&q->reading);
        } else if (q->kind == GODWIT_REQUEST_DATAGRAM && datagrams < 4) {
            godwit_gtpu_t pdu;
            assert_int_equal(godwit_gtpu_parse(q->octets, &pdu), GODWIT_OK);
            note_down(pdu.pdu);
            memcpy(down[datagrams].at, pdu.pdu.ptr, pdu.pdu.len);
            down[datagrams++].len = pdu.pdu.len;
        } else if (q->kind == GODWIT_REQUEST_MESSAGE && q->message->kind == GODWIT_KEY_PARK && !lost()) {
            take_parked(&q->message->u.key_park);
        } else if (q->kind == GODWIT_REQUEST_MESSAGE && q->message->kind == GODWIT_KEY_REQUEST && questions < 4) {
            asked[questions++] = *q->message;
        }
    }
    for (size_t i = 0; i < datagrams; i++) {
        if (!lost()) {
            give_device(octets_slice(&down[i]));
        }
    }
    for (size_t i = 0; i < questions; i++) {
        if (!lost()) {
            answer_key(&asked[i]);
        }
    }
}

/* ---- the device's requests ---- */

static void carry_up(godwit_slice_t octets)
{
    memcpy(w.tunnel.sent, octets.ptr, octets.len);
    w.tunnel.sent_len = octets.len;
    hse_bearer_give(&w.b, &w.tunnel);
    carry_out_hse();
}

static void carry_out_device(void)
{
    const godwit_device_requests_t requests = w.d.requests;
    octets_t up[4];
    size_t datagrams = 0;
    dut_store(&w.d);
    for (size_t i = 0; i < requests.count; i++) {
        const godwit_device_request_t *q = &requests.item[i];
        if (q->kind == GODWIT_DEVICE_SEND && datagrams < 4) {
            note_up(q->octets);
            memcpy(up[datagrams].at, q->octets.ptr, q->octets.len);
            up[datagrams++].len = q->octets.len;
        } else if (q->kind == GODWIT_DEVICE_EVENT && strcmp(q->name, "modify_bearer") == 0) {
            w.modify = true;
        }
    }
    for (size_t i = 0; i < datagrams; i++) {
        w.late[draw(LATE)] = up[i];
        if (!lost()) {
            carry_up(octets_slice(&up[i]));
        }
    }
}

/* ---- steps ---- */

static void send_reading(void)
{
    char text[8];
    if (w.readings < READINGS) {
        (void)snprintf(text, sizeof text, "%03u", w.readings);
        godwit_status_t status =
            godwit_device_send(&w.d.device, godwit_slice_of_string(text), w.d.random, &w.d.requests);
        w.readings += status == GODWIT_OK;
        if (status == GODWIT_OK) {
            carry_out_device();
        }
    }
}

/* Container up, BEARER, Start, container down: each may be lost. */
static void modify(void)
{
    octets_t start = {.len = 0}, answer;
    godwit_writer_t up = godwit_writer(w.tunnel.request, sizeof w.tunnel.request);
    w.modify = false;
    if (godwit_device_container(&w.d.device, w.d.config.best_plmn, 1, &up) != GODWIT_OK) {
        return;
    }
    w.tunnel.request_len = up.len;
    for (unsigned i = 0; i < 3 && start.len == 0; i++) { /* the gateway asks again */
        if (lost()) {
            continue;
        }
        godwit_message_t m = hse_bearer_message(&w.b, &w.tunnel);
        owner_give_message(&w.b.w.owner, &m);
        const owner_t *owner = &w.b.w.owner;
        if (owner->outbox.count > 0 && owner->requests[0].kind == GODWIT_REQUEST_MESSAGE &&
            owner->requests[0].message->kind == GODWIT_KEY_REQUEST && !lost()) {
            const godwit_message_t asked = *owner->requests[0].message;
            answer_key(&asked);
        }
        for (size_t k = 0; k < owner->outbox.count; k++) {
            const godwit_request_t *q = &owner->requests[k];
            if (q->kind == GODWIT_REQUEST_MESSAGE && q->message->kind == GODWIT_BEARER_ANSWER) {
                start.len = q->message->u.bearer_answer.start_len;
                memcpy(start.at, q->message->u.bearer_answer.start, start.len);
                note_start(octets_slice(&start));
            }
        }
    }
    godwit_writer_t down = godwit_writer(answer.at, sizeof answer.at);
    if (start.len > 0 && !lost()) {
        assert_int_equal(godwit_e2m_answer_build(w.d.config.best_plmn, octets_slice(&start), &down), GODWIT_OK);
    }
    assert_int_equal(godwit_device_bearer_start(&w.d.device, godwit_written(&down), w.d.random, &w.d.requests),
                     GODWIT_OK);
    carry_out_device();
}

/* A new AKA run of the access: the key set before it is gone from its owner. */
static void run_aka(void)
{
    uint8_t rand[16];
    w.run++;
    w.last = 0;
    w.parked.set = false;
    memset(rand, (int)w.run, sizeof rand);
    memset(w.key_set, (int)w.run, sizeof w.key_set);
    assert_int_equal(godwit_device_access_key_set(&w.d.device, GODWIT_AGREEMENT_ACCESS_EPS, rand, rand, w.key_set),
                     GODWIT_OK);
}

static void reboot(void)
{
    dut_reboot(&w.d);
    w.modify = false;
    run_aka(); /* it attaches anew */
    modify();
}

static void pass_time(uint32_t ms)
{
    w.b.w.owner.now_ms += ms;
    owner_give_timer(&w.b.w.owner, 0);
    carry_out_hse();
}

static void step(void)
{
    switch (draw(14)) {
    case 0:
        pass_time(HSE_IDLE_MS);
        break;
    case 1:
        pass_time(1000 + draw(9000));
        break;
    case 2:
        hse_bearer_world_restart(&w.b);
        break;
    case 3:
        draw(3) == 0 ? reboot() : run_aka();
        break;
    case 4:
        assert_int_equal(godwit_device_timer(&w.d.device, w.d.random, &w.d.requests), GODWIT_OK);
        carry_out_device();
        break;
    case 5:
    case 6: {
        octets_t late = w.late[draw(LATE)];
        if (late.len > 0) {
            carry_up(octets_slice(&late));
        }
        break;
    }
    case 7:
        owner_give(&w.b.w.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT,
                                                   .imsi = w.tunnel.imsi,
                                                   .datagram = godwit_slice_of_string("down")});
        carry_out_hse();
        break;
    case 8:
        modify();
        break;
    default:
        send_reading();
        break;
    }
    if (w.modify && draw(2) == 0) {
        modify();
    }
}

static void start_world(uint64_t seed)
{
    memset(&w, 0, sizeof w);
    hse_bearer_world_init(&w.b);
    dut_init(&w.d);
    w.d.config.framing = (godwit_framing_t){0, 1};
    w.d.config.agreements = 2;
    assert_int_equal(godwit_device_init(&w.d.device, &w.d.config), GODWIT_OK);
    w.tunnel = hse_bearer_device("001010123456789", 0x1001);
    w.random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    w.loss = (unsigned)(seed % 6);
    run_aka();
    modify();
}

/* Nothing is lost any more: soon a reading arrives, without another AKA run. A device that was given too many hints
 * takes the next one after sixteen readings only. */
static void heal(uint64_t seed)
{
    w.loss = 0;
    for (unsigned i = 0; i < 24; i++) {
        unsigned before = w.readings;
        pass_time(7000);
        send_reading();
        for (unsigned k = 0; k < 3 && w.modify; k++) {
            modify();
        }
        if (w.readings > before && w.delivered[w.readings - 1]) {
            return;
        }
        assert_int_equal(godwit_device_timer(&w.d.device, w.d.random, &w.d.requests), GODWIT_OK);
        carry_out_device();
    }
    fail_msg("seed %lu: nothing comes through", (unsigned long)seed);
}

static void device_and_hse_agree_whatever_is_lost(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        start_world(seed);
        for (unsigned i = 0; i < 120; i++) {
            step();
        }
        heal(seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(device_and_hse_agree_whatever_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
