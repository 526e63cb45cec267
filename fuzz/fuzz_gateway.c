/* SPDX-License-Identifier: Apache-2.0
 *
 * The S-GW or the P-GW (octet 1), given anything in any order: operations, each an octet of kind, an octet of length
 * and its octets. Bits 0 and 1 of kind are the node it comes from; bit 2 the user plane; bit 3: the TEID becomes that
 * of a live context (bit 4: of S5); bits 5 to
 * 7: a datagram, a timer, an answer to a message, one by SGi. No input may make a gateway send more than a few
 * datagrams, nor to an N-PDU's length that it did not get.
 */
#include "fuzz/fuzz.h"
#include "roles/pgw.h"
#include "roles/sgw.h"

#include <stdlib.h>
#include <string.h>

enum { CONTEXTS = 3, PENDING = 3, ANSWERED = 4, DATAGRAMS_MAX = 4 };
enum { DATAGRAM, TIMER, MESSAGE, SGI };

static godwit_sgw_t sgw;
static godwit_pgw_t pgw;
static godwit_sgw_context_t sgw_contexts[CONTEXTS];
static godwit_pgw_context_t pgw_contexts[CONTEXTS];
static godwit_gtp_pending_t pending[PENDING];
static godwit_gtp_answered_t answered[ANSWERED];
static godwit_request_t requests[GODWIT_OUTBOX_REQUESTS];
static _Alignas(max_align_t) uint8_t arena[GODWIT_OUTBOX_ARENA];
static godwit_outbox_t out = {requests, GODWIT_OUTBOX_REQUESTS, 0, arena, sizeof arena, 0, false};
static bool is_sgw;
static uint32_t last_transaction;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void begin(void)
{
    godwit_sgw_config_t s = {.ipv4 = {10, 0, 0, 2}};
    godwit_pgw_config_t p = {.ipv4 = {10, 0, 0, 3}, .apns = 2};
    p.home.octets[1] = 0xF1;
    p.home.octets[2] = 0x10;
    check(godwit_apn_from_text("iot.example", &p.apn[0].name) == GODWIT_OK);
    p.apn[0].kind = GODWIT_PGW_E2M;
    p.apn[0].hse = (godwit_address_t){6, {10, 0, 0, 1, 8, 104}};
    check(godwit_apn_from_text("iot", &p.apn[1].name) == GODWIT_OK);
    p.apn[1].kind = GODWIT_PGW_TUNNEL;
    p.apn[1].server = (godwit_address_t){6, {10, 0, 0, 1, 20, 0}};
    memcpy(p.apn[1].pool, "\x0A\x63\x00\x01", 4);
    check(godwit_sgw_init(&sgw, &s, sgw_contexts, CONTEXTS, pending, PENDING, answered, ANSWERED) == GODWIT_OK);
    check(godwit_pgw_init(&pgw, &p, pgw_contexts, CONTEXTS, pending, PENDING, answered, ANSWERED) == GODWIT_OK);
}

static void step(godwit_input_t *in)
{
    for (unsigned round = 0; round <= GODWIT_NEEDS_MAX; round++) {
        godwit_outbox_reset(&out);
        if (is_sgw) {
            godwit_sgw_step(&sgw, in, &out);
        } else {
            godwit_pgw_step(&pgw, in, &out);
        }
        check(!out.overflow);
        if (!godwit_outbox_is_need(&out)) {
            return;
        }
        check(out.requests[0].kind == GODWIT_REQUEST_RANDOM);
        in->random = godwit_slice("\x12\x34\x56\x78", out.requests[0].count);
    }
    check(false);
}

static void look(size_t given)
{
    unsigned datagrams = 0;
    for (size_t i = 0; i < out.count; i++) {
        const godwit_request_t *r = &out.requests[i];
        if (r->kind == GODWIT_REQUEST_DATAGRAM) {
            datagrams++;
            check(r->to.len == 6 && r->octets.len > 0);
            check(r->port != GODWIT_PORT_GTPU || r->octets.len <= given + 64);
        } else if (r->kind == GODWIT_REQUEST_MESSAGE) {
            last_transaction = r->message->transaction;
        }
    }
    check(datagrams <= DATAGRAMS_MAX);
}

static void patch(uint8_t kind, uint8_t *octets, size_t len)
{
    if ((kind & 8U) != 0 && len >= 8) {
        uint32_t teid = is_sgw ? sgw_contexts[0].teid | ((kind & 16U) != 0 ? GODWIT_SGW_S5 : 0) : pgw_contexts[0].teid;
        godwit_store_u32(octets + 4, teid);
    }
}

static void operate(uint8_t kind, uint8_t *octets, size_t len, uint64_t now_ms)
{
    static godwit_message_t message;
    godwit_input_t in;
    memset(&in, 0, sizeof in);
    memset(&message, 0, sizeof message);
    in.now_ms = now_ms;
    in.from = (godwit_address_t){6, {10, 0, 0, (uint8_t)(1 + (kind & 3U)), 8, 75}};
    in.to = (godwit_address_t){6, {10, 99, 0, (uint8_t)(1 + (kind & 3U)), 20, 0}};
    in.datagram = godwit_slice(octets, len);
    in.port = (kind >> 5) == SGI ? GODWIT_PORT_SGI : (kind & 4U) != 0 ? GODWIT_PORT_GTPU : GODWIT_PORT_GTPC;
    patch(kind, octets, len);
    if ((kind >> 5) == TIMER) {
        in.kind = GODWIT_INPUT_TIMER;
        in.timer = ((kind & 4U) != 0 ? 0x80000000U : 0x10000U) + (kind & 3U);
    } else if ((kind >> 5) == MESSAGE) {
        in.kind = GODWIT_INPUT_MESSAGE;
        in.message = &message;
        message.kind = (kind & 4U) != 0 ? GODWIT_BEARER_ANSWER : GODWIT_ACTIVATION_ANSWER;
        message.transaction = last_transaction + (kind & 3U);
        message.u.bearer_answer.start_len = (uint8_t)len;
        memcpy(message.u.bearer_answer.start, octets, len < GODWIT_E2M_START_MAX ? len : GODWIT_E2M_START_MAX);
    } else {
        in.kind = GODWIT_INPUT_DATAGRAM;
    }
    step(&in);
    look(len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_reader_t r = godwit_reader(godwit_slice(data, size < 8192 ? size : 8192));
    uint8_t octets[256];
    is_sgw = (godwit_get_u8(&r) & 1U) != 0;
    last_transaction = 0;
    begin();
    for (uint64_t now_ms = 1000; r.left > 0 && !r.failed; now_ms += 700) {
        uint8_t kind = godwit_get_u8(&r);
        godwit_slice_t given = godwit_get_slice(&r, godwit_get_u8(&r));
        if (given.len > 0) {
            memcpy(octets, given.ptr, given.len);
        }
        operate(kind, octets, given.len, now_ms);
    }
    return 0;
}
