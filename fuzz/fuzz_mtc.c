/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC device given anything: datagrams, results of its SIM, timers, readings, power losses, records, in any order.
 * MACs are zeros, so what is forged gets in. Input: operation (1), length (1), octets; again and again; an operation
 * from F0 on says framing and profile. Checked: no request points outside; what is sent was reserved in the last
 * record; the counter of RAND1 never goes back; whatever was stored restores.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/weak_crypto.h"
#include "godwit/mtc.h"

typedef struct run {
    godwit_mtc_config_t config;
    godwit_mtc_t mtc;
    godwit_device_requests_t requests;
    uint8_t record[GODWIT_MTC_RECORD_MAX];
    size_t record_len;
    uint64_t counter; /* the highest that a SIM was asked for */
} run_t;

static const uint8_t some_random[GODWIT_RAND1_RANDOM] = {0, 0, 0, 1};

static void insist(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_inside(const run_t *r, godwit_slice_t octets)
{
    const uint8_t *from = (const uint8_t *)&r->mtc;
    return octets.len == 0 || (octets.ptr >= from && octets.ptr + octets.len <= from + sizeof r->mtc);
}

/* The record as a reboot would find it. */
static void check_record(const run_t *r)
{
    static godwit_mtc_t twin;
    const godwit_emsdp_key_t *now = &r->mtc.key, *stored = &twin.key;
    insist(godwit_mtc_init(&twin, &r->config) == GODWIT_OK);
    insist(godwit_mtc_restore(&twin, godwit_slice(r->record, r->record_len)) == GODWIT_OK);
    insist(twin.counter == r->mtc.counter && memcmp(twin.chain, r->mtc.chain, 32) == 0);
    if (godwit_emsdp_key_is_set(now)) {
        insist(now->hot.session_id == stored->hot.session_id && now->hot.key_id == stored->hot.key_id);
        insist(now->hot.up_next_out <= stored->hot.up_next_out && now->cp_next_out <= stored->cp_next_out);
    }
}

static void carry_out(run_t *r)
{
    insist(r->requests.count <= GODWIT_DEVICE_REQUESTS_MAX);
    for (size_t i = 0; i < r->requests.count; i++) {
        const godwit_device_request_t *q = &r->requests.item[i];
        insist(is_inside(r, q->octets));
        if (q->kind == GODWIT_DEVICE_STORE) {
            insist(q->octets.len > 0 && q->octets.len <= sizeof r->record);
            memcpy(r->record, q->octets.ptr, q->octets.len);
            r->record_len = q->octets.len;
        }
        if (q->kind == GODWIT_DEVICE_SEND) {
            check_record(r);
        }
        if (q->kind == GODWIT_DEVICE_AUTHENTICATE_GSM) {
            insist(r->mtc.counter >= r->counter);
            r->counter = r->mtc.counter;
            check_record(r);
        }
    }
}

static void reboot(run_t *r)
{
    insist(godwit_mtc_init(&r->mtc, &r->config) == GODWIT_OK);
    if (r->record_len > 0) {
        insist(godwit_mtc_restore(&r->mtc, godwit_slice(r->record, r->record_len)) == GODWIT_OK);
    }
}

/* A memory that holds anything: taken, or the device is as after init. */
static void wake_with(run_t *r, godwit_slice_t record)
{
    insist(godwit_mtc_init(&r->mtc, &r->config) == GODWIT_OK);
    godwit_status_t status = godwit_mtc_restore(&r->mtc, record);
    insist(status == GODWIT_OK || (status == GODWIT_MALFORMED && r->mtc.counter == 0));
    r->counter = 0;
    insist(godwit_mtc_suspend(&r->mtc, &r->requests) == GODWIT_OK);
}

static void operate(run_t *r, uint8_t operation, godwit_slice_t octets)
{
    const godwit_mtc_sim_result_t sim = {.status = (operation & 8u) != 0 ? GODWIT_IO_FAILED : GODWIT_OK};
    godwit_status_t status = GODWIT_OK;
    r->requests.count = 0;
    switch (operation & 7u) {
    case 0:
        status = godwit_mtc_receive(&r->mtc, octets, &r->requests);
        insist(status == GODWIT_OK);
        break;
    case 1:
        status = godwit_mtc_send(&r->mtc, octets, some_random, &r->requests);
        break;
    case 2:
        status = godwit_mtc_timer(&r->mtc, some_random, &r->requests);
        break;
    case 3:
        status = godwit_mtc_sim_result(&r->mtc, &sim, &r->requests);
        break;
    case 4:
        godwit_mtc_renew(&r->mtc);
        break;
    case 5:
        status = godwit_mtc_suspend(&r->mtc, &r->requests);
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
    r.config = (godwit_mtc_config_t){.crypto = &weak_crypto,
                                     .imsi = {"001010123456789", 15},
                                     .server = godwit_slice_of_string("hse.example"),
                                     .framing = GODWIT_FRAMING_DEFAULT,
                                     .reserve = 3,
                                     .key_readings = 9};
    if (size > 0 && data[0] >= 0xF0) {
        r.config.framing = (godwit_framing_t){(data[0] & 1u) * 3u, data[0] >> 1 & 1u};
        r.config.profile = (data[0] & 4u) != 0 ? GODWIT_MTC_TS33868_KC : GODWIT_MTC_GODWIT1;
        r.config.keep_hidden = (data[0] & 8u) != 0;
        data++;
        size--;
    }
    insist(godwit_mtc_init(&r.mtc, &r.config) == GODWIT_OK);
    while (size >= 2) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;
        operate(&r, data[0], godwit_slice(data + 2, len));
        data += 2 + len;
        size -= 2 + len;
    }
    return 0;
}
