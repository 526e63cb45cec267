/* SPDX-License-Identifier: Apache-2.0
 *
 * A device with triggers given anything: messages by any way, roots, keys, answers of its card, confirmations, timers,
 * power losses, records, in any order. MACs are zeros, so what is forged gets in. Input: operation (1), length (1),
 * octets; again and again; an operation from F0 on says the configuration. Checked: no request points outside; no STORE
 * comes after a DELIVER or an Acknowledgement of its call; what is sent under an association has a COUNT that the last
 * record had reserved; association numbers never fall; whatever was stored restores.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/weak_crypto.h"
#include "godwit/trigger.h"

typedef struct run {
    godwit_trigger_config_t config;
    godwit_trigger_t t;
    godwit_trigger_requests_t requests;
    godwit_trigger_now_t now;
    uint8_t record[GODWIT_TRIGGER_RECORD];
    size_t record_len;
    uint32_t highest; /* association number */
    uint32_t delivered;
} run_t;

static void insist(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_inside(const run_t *r, godwit_slice_t octets)
{
    const uint8_t *from = (const uint8_t *)&r->t;
    return octets.len == 0 || (octets.ptr >= from && octets.ptr + octets.len <= from + sizeof r->t);
}

static void restores(const run_t *r, godwit_trigger_t *twin)
{
    insist(godwit_trigger_init(twin, &r->config) == GODWIT_OK);
    insist(godwit_trigger_restore(twin, godwit_slice(r->record, r->record_len)) == GODWIT_OK);
}

static godwit_slice_t without_cookie(godwit_slice_t octets)
{
    const size_t part = octets.len > GODWIT_A3_COOKIE_PART && octets.ptr[0] == 0 ? GODWIT_A3_COOKIE_PART : 0;
    return godwit_slice(octets.ptr + part, octets.len - part);
}

static void check_sent(const run_t *r, godwit_slice_t octets)
{
    static godwit_trigger_t twin;
    godwit_a3_header_t header;
    insist(godwit_a3_peek(octets, &header) == GODWIT_OK && !godwit_a3_is_down(header.type));
    if (header.key_id == 0) {
        return;
    }
    restores(r, &twin);
    insist(twin.current.number == r->t.current.number && header.count < twin.current.next_up);
}

static void carry_out(run_t *r)
{
    bool visible = false;
    insist(r->requests.count <= GODWIT_TRIGGER_REQUESTS_MAX);
    for (size_t i = 0; i < r->requests.count; i++) {
        const godwit_trigger_request_t *q = &r->requests.item[i];
        insist(is_inside(r, q->octets) && is_inside(r, q->delivery.payload));
        if (q->kind == GODWIT_TRIGGER_STORE) {
            insist(q->octets.len == sizeof r->record && !visible);
            memcpy(r->record, q->octets.ptr, q->octets.len);
            r->record_len = q->octets.len;
        } else if (q->kind == GODWIT_TRIGGER_SEND) {
            const godwit_slice_t message = without_cookie(q->octets);
            insist(message.len == q->octets.len || q->via == GODWIT_TRIGGER_VIA_A3);
            check_sent(r, message);
            visible = visible || message.len != GODWIT_TRIGGER_COMPLETE;
        } else if (q->kind == GODWIT_TRIGGER_DELIVER) {
            insist(q->delivery.protected || r->config.accept_network);
            r->delivered = q->delivery.reference;
            visible = true;
        }
    }
    insist(r->t.last_number >= r->highest);
    r->highest = r->t.last_number;
}

static void reboot(run_t *r)
{
    insist(godwit_trigger_init(&r->t, &r->config) == GODWIT_OK);
    if (r->record_len > 0) {
        insist(godwit_trigger_restore(&r->t, godwit_slice(r->record, r->record_len)) == GODWIT_OK);
    }
    r->now.up_ms = 0;
    r->highest = r->t.last_number;
    godwit_trigger_resume(&r->t, &r->requests);
}

/* A memory that holds anything: taken, or the device is as after init. */
static void wake_with(run_t *r, godwit_slice_t octets)
{
    static uint8_t record[GODWIT_TRIGGER_RECORD];
    memset(record, 0, sizeof record);
    memcpy(record, octets.ptr, octets.len);
    insist(godwit_trigger_init(&r->t, &r->config) == GODWIT_OK);
    godwit_status_t status = godwit_trigger_restore(&r->t, godwit_slice(record, sizeof record));
    insist(status == GODWIT_OK || (status == GODWIT_MALFORMED && r->t.last_number == 0));
    memcpy(r->record, record, sizeof record);
    r->record_len = status == GODWIT_OK ? sizeof record : 0;
    r->highest = r->t.last_number;
    godwit_trigger_resume(&r->t, &r->requests);
    if (!r->config.accept_network) { /* what a record says it was delivered under is the record's */
        r->requests.count = 0;
    }
}

static godwit_status_t take_key(run_t *r, uint32_t number, uint8_t run)
{
    const godwit_iwf_key_t key = {.root = (godwit_iwf_root_t)(run & 7u), .root_name = {run}, .association = number};
    const godwit_status_t status = godwit_trigger_ue_key(&r->t, &key, &r->requests);
    return status == GODWIT_INVALID_ARGUMENT ? GODWIT_OK : status;
}

static godwit_status_t keys(run_t *r, uint8_t operation, godwit_slice_t octets)
{
    static const uint8_t key[32];
    const uint8_t rand[16] = {operation};
    const uint32_t number = octets.len >= 4 ? godwit_load_u32(octets.ptr) : operation;
    switch (operation >> 4 & 3u) {
    case 0:
        return godwit_trigger_root(&r->t, (godwit_iwf_root_t)(number & 7u), key, rand, &r->requests);
    case 1:
        return godwit_trigger_root(&r->t, GODWIT_IWF_ROOT_FLAGGED, NULL, rand, &r->requests);
    case 2:
        return take_key(r, number, rand[0]);
    default:
        return godwit_trigger_derived(&r->t, octets.len == 1 ? GODWIT_NOT_FOUND : GODWIT_OK, key, r->now, &r->requests);
    }
}

static void operate(run_t *r, uint8_t operation, godwit_slice_t octets)
{
    static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = "cookies";
    const godwit_trigger_via_t via = (godwit_trigger_via_t)(1 + (operation >> 3) % 3);
    godwit_status_t status = GODWIT_OK;
    r->requests.count = 0;
    r->now.up_ms += octets.len * 1000;
    switch (operation & 7u) {
    case 0:
    case 1:
        status = godwit_trigger_receive(&r->t, octets, via, r->now, &r->requests);
        insist(status == GODWIT_OK || status == GODWIT_INVALID_ARGUMENT);
        break;
    case 2:
        status = keys(r, operation, octets);
        break;
    case 3:
        status = godwit_trigger_done(
            &r->t, r->delivered, (operation & 8u) != 0 ? GODWIT_A3_NO_APPLICATION : GODWIT_A3_DELIVERED, &r->requests);
        break;
    case 4:
        status = godwit_trigger_poll(&r->t, drawn, &r->requests);
        break;
    case 5:
        status = godwit_trigger_timer(&r->t, &r->requests);
        break;
    case 6:
        wake_with(r, octets);
        break;
    default:
        reboot(r);
        break;
    }
    if (status == GODWIT_OK) {
        carry_out(r);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static run_t r;
    memset(&r, 0, sizeof r);
    r.config = (godwit_trigger_config_t){.crypto = &weak_crypto,
                                         .imsi = {"001010123456789", 15},
                                         .iwf = godwit_slice_of_string("iwf.example"),
                                         .reserve = 3,
                                         .attempts = 3};
    if (size > 0 && data[0] >= 0xF0) {
        r.config.accept_network = (data[0] & 1u) != 0;
        r.config.ue_key_received = (data[0] & 2u) != 0;
        r.config.roots = (data[0] & 4u) != 0 ? 0x0F : 0;
        r.config.suites = (data[0] & 8u) != 0 ? GODWIT_A3_SUITES : 0;
        data++;
        size--;
    }
    insist(godwit_trigger_init(&r.t, &r.config) == GODWIT_OK);
    while (size >= 2) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;
        operate(&r, data[0], godwit_slice(data + 2, len));
        data += 2 + len;
        size -= 2 + len;
    }
    return 0;
}
