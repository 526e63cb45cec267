/* SPDX-License-Identifier: Apache-2.0
 *
 * A device that is given anything: datagrams, results of its card, key sets of access AKA runs, containers, timers,
 * readings, power losses, in any order. MACs are zeros, so what is forged gets in. Input: operation (1), length (1),
 * octets; again and again; an operation from F0 on says the framing, and whether the user plane is end to end with an
 * EAS. Checked: no request points outside, no COUNT beyond what the last record holds, generations of one key set only
 * rise, whatever was stored restores.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/weak_crypto.h"
#include "godwit/device.h"

typedef struct run {
    godwit_device_config_t config;
    godwit_device_t device;
    godwit_device_requests_t requests;
    uint8_t record[GODWIT_DEVICE_RECORD_MAX];
    size_t record_len;
    godwit_device_e2e_t e2e;
    uint8_t record_e2e[GODWIT_DEVICE_E2E_RECORD_MAX];
    size_t record_e2e_len;
    uint32_t taken[2][4];
    unsigned access_of;
} run_t;

static const uint8_t some_random[4] = {0, 0, 0, 1};

/* Tells datagrams apart, which the device does by their hash; still no riddle. */
static godwit_status_t folded(const godwit_slice_t *parts, size_t count, uint8_t digest[32])
{
    size_t at = 0;
    memset(digest, 0, 32);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < parts[i].len; k++) {
            digest[at++ % 8] ^= parts[i].ptr[k];
        }
    }
    return GODWIT_OK;
}

static void insist(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_inside(const run_t *r, godwit_slice_t octets)
{
    const uint8_t *from = (const uint8_t *)&r->device;
    const uint8_t *record = r->e2e.record;
    return octets.len == 0 || (octets.ptr >= from && octets.ptr + octets.len <= from + sizeof r->device) ||
           (octets.ptr >= record && octets.ptr + octets.len <= record + sizeof r->e2e.record);
}

static void check_counts(const godwit_emsdp_key_t *now, const godwit_emsdp_key_t *stored)
{
    bool same = godwit_emsdp_key_is_set(now) && now->hot.key_id == stored->hot.key_id &&
                now->generation == stored->generation && now->hot.session_id == stored->hot.session_id;
    if (same) {
        insist(now->hot.up_next_out <= stored->hot.up_next_out && now->cp_next_out <= stored->cp_next_out);
    }
}

/* Of each key set of the access the highest generation that was taken. */
static void check_access(run_t *r)
{
    const godwit_device_access_t *a = &r->device.access;
    if (a->agreement == 0) {
        return;
    }
    uint32_t taken = a->is_current ? r->device.session.generation : a->generation;
    uint32_t *highest = &r->taken[(a->agreement - 1u) & 1u][a->rand[0] & 3u];
    bool known = r->access_of == (unsigned)(a->agreement * 4u + a->rand[0]);
    insist(!known || taken >= *highest); /* another key set in between is forgotten: a run gives a RAND once */
    *highest = taken;
    r->access_of = a->agreement * 4u + a->rand[0];
    insist(!a->is_current || memcmp(a->key_set, r->device.session.e2m_keyset, sizeof a->key_set) == 0);
}

/* The same for the keys of the EAS, and no exported number is ahead of the record. */
static void check_record_e2e(const run_t *r)
{
    static godwit_device_t twin;
    static godwit_device_e2e_t stored;
    godwit_device_config_t config = r->config;
    stored.config = (godwit_device_e2e_config_t){.service = GODWIT_SERVICE_CONFIDENTIALITY, .suites = 0x000F};
    config.e2e = &stored;
    insist(godwit_device_init(&twin, &config) == GODWIT_OK);
    twin.session = r->device.session; /* the keys are of a session */
    insist(godwit_device_restore_e2e(&twin, godwit_slice(r->record_e2e, r->record_e2e_len)) == GODWIT_OK);
    const godwit_device_e2e_key_t *now = &r->e2e.current;
    check_counts(&now->plane, &stored.current.plane);
    insist(now->plane.generation != stored.current.plane.generation || now->exports <= stored.current.exports ||
           !godwit_emsdp_key_is_set(&stored.current.plane));
}

/* The record as a reboot would find it. */
static void check_record(const run_t *r)
{
    static godwit_device_t twin;
    insist(godwit_device_init(&twin, &r->config) == GODWIT_OK);
    insist(godwit_device_restore(&twin, godwit_slice(r->record, r->record_len)) == GODWIT_OK);
    check_counts(&r->device.session.current, &twin.session.current);
    check_counts(&r->device.session.next, &twin.session.next);
    check_counts(&r->device.session.current, &twin.session.next);
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
        if (q->kind == GODWIT_DEVICE_STORE_E2E) {
            insist(q->octets.len > 0 && q->octets.len <= sizeof r->record_e2e && r->config.e2e != NULL);
            memcpy(r->record_e2e, q->octets.ptr, q->octets.len);
            r->record_e2e_len = q->octets.len;
        }
        if (q->kind == GODWIT_DEVICE_SEND && r->record_len > 0) {
            check_record(r);
        }
        if (q->kind == GODWIT_DEVICE_SEND && r->record_e2e_len > 0) {
            check_record_e2e(r);
        }
    }
}

static void reboot(run_t *r)
{
    insist(godwit_device_init(&r->device, &r->config) == GODWIT_OK);
    if (r->record_len > 0) {
        insist(godwit_device_restore(&r->device, godwit_slice(r->record, r->record_len)) == GODWIT_OK);
    }
    if (r->record_e2e_len > 0) {
        insist(godwit_device_restore_e2e(&r->device, godwit_slice(r->record_e2e, r->record_e2e_len)) == GODWIT_OK);
    }
}

static void result(run_t *r, godwit_slice_t octets)
{
    static const godwit_status_t statuses[] = {GODWIT_OK, GODWIT_AUTH_MAC_FAILURE, GODWIT_AUTH_RESYNC,
                                               GODWIT_IO_FAILED};
    godwit_usim_result_t usim = {.status = statuses[octets.len > 0 ? octets.ptr[0] & 3u : 0]};
    if (godwit_device_usim_result(&r->device, &usim, some_random, &r->requests) != GODWIT_OK) {
        r->requests.count = 0;
    }
}

/* A key set of one of a few access AKA runs; a container; what came back in one. */
static godwit_status_t access_operation(run_t *r, uint8_t operation, godwit_slice_t octets)
{
    uint8_t rand[16] = {0}, key_set[32] = {0}, container[64];
    godwit_writer_t w = godwit_writer(container, sizeof container);
    const godwit_plmn_t home = {{0x00, 0xf1, 0x10}};
    uint8_t which = octets.len > 0 ? octets.ptr[0] : 0;
    rand[0] = key_set[0] = which & 3u;
    switch (operation & 7u) {
    case 0:
        return godwit_device_access_key_set(&r->device, (which & 4u) != 0 ? 1 : 2, rand, rand, key_set);
    case 1:
    case 2:
        return godwit_device_container(&r->device, home, (uint8_t)(1u + (which & 1u)), &w);
    default:
        return godwit_device_bearer_start(&r->device, octets, some_random, &r->requests);
    }
}

/* Time passes, or a key is exported. */
static godwit_status_t e2e_operation(run_t *r, uint8_t operation, godwit_slice_t octets)
{
    uint8_t psk[32];
    godwit_psk_name_t name = {.number = octets.len > 0 ? octets.ptr[0] : 0};
    if ((operation & 8u) != 0) {
        return godwit_device_send_confirmed(&r->device, octets, &r->requests);
    }
    if ((operation & 1u) == 0) {
        return godwit_device_elapsed(&r->device, octets.len > 0 ? (uint32_t)octets.ptr[0] << 8 : UINT32_MAX,
                                     &r->requests);
    }
    name.session_id = r->e2e.current.plane.hot.session_id;
    name.age = r->e2e.current.plane.generation;
    return godwit_device_export_psk(&r->device, "oscore", operation >> 1 & 1u, &name, psk, &r->requests);
}

static void operate(run_t *r, uint8_t operation, godwit_slice_t octets)
{
    godwit_status_t status = GODWIT_OK;
    r->requests.count = 0;
    if ((operation & 0xE0u) == 0x80u) {
        if (access_operation(r, operation, octets) == GODWIT_OK) {
            carry_out(r);
        }
        return;
    }
    if ((operation & 0xE0u) == 0xA0u) {
        if (e2e_operation(r, operation, octets) == GODWIT_OK) {
            carry_out(r);
        }
        return;
    }
    switch (operation & 7u) {
    case 0:
    case 1:
        status = godwit_device_receive(&r->device, octets, some_random, &r->requests);
        break;
    case 2:
        status = godwit_device_send(&r->device, octets, some_random, &r->requests);
        break;
    case 3:
        status = godwit_device_timer(&r->device, some_random, &r->requests);
        break;
    case 4:
        result(r, octets);
        break;
    case 5:
        status = operation & 8u ? godwit_device_terminate(&r->device, &r->requests)
                                : godwit_device_synchronise(&r->device, &r->requests);
        break;
    case 6:
        status = godwit_device_suspend(&r->device, &r->requests);
        break;
    default:
        reboot(r);
        r->access_of = 0; /* what was not stored was not taken */
        break;
    }
    if (status == GODWIT_OK) {
        carry_out(r);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static run_t r;
    godwit_crypto_t crypto = weak_crypto;
    crypto.sha256 = folded;
    memset(&r, 0, sizeof r);
    r.config = (godwit_device_config_t){.crypto = &crypto,
                                        .imsi = {"001010123456789", 15},
                                        .endpoint = godwit_slice_of_string("hse.example"),
                                        .framing = GODWIT_FRAMING_DEFAULT,
                                        .reserve = 3,
                                        .agreements = 7,
                                        .suites = 0x00FF};
    if (size > 0 && data[0] >= 0xF0) { /* the bearer names the session */
        r.config.framing = (godwit_framing_t){data[0] & 1u, data[0] >> 1 & 3u};
        if ((data[0] & 8u) != 0) {
            r.config.enterprise = godwit_slice_of_string("eas.example");
            r.config.e2e = &r.e2e;
            r.e2e.config = (godwit_device_e2e_config_t){.service = GODWIT_SERVICE_CONFIDENTIALITY, .suites = 0x000F};
        }
        data++;
        size--;
    }
    insist(godwit_device_init(&r.device, &r.config) == GODWIT_OK);
    while (size >= 2) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;
        const godwit_device_exchange_t *x = &r.device.exchange;
        uint32_t generation = x->vector_is_current ? r.device.session.generation : 0;
        uint8_t vector[sizeof x->vector];
        memcpy(vector, x->vector, sizeof vector);
        operate(&r, data[0], godwit_slice(data + 2, len));
        bool same_key_set = x->vector_is_current && memcmp(vector, x->vector, sizeof vector) == 0;
        check_access(&r);
        insist((data[0] & 7u) == 7u || !same_key_set || r.device.session.generation >= generation);
        data += 2 + len;
        size -= 2 + len;
    }
    return 0;
}
