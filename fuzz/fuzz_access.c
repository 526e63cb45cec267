/* SPDX-License-Identifier: Apache-2.0
 *
 * The access of a device that is given anything: frames, frames that the network's end has protected, results of its
 * card, timers, wishes of its owner (operation 14: a message of device triggering), in any order. EIA2's MACs are
 * zeros; UMTS has the keys of a card that gives zeros. Input: operation (1), length (1), octets; again and again.
 * Checked: no request points outside, no COUNT comes twice, when detached nothing secret stays but keys that the
 * network knows, card and sendings are bounded.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "fuzz/weak_crypto.h"
#include "godwit/access.h"

typedef struct run {
    godwit_access_config_t config;
    godwit_access_t access;
    godwit_access_requests_t requests;
    godwit_radio_security_t net;
    uint8_t flash[GODWIT_NEXT_SESSION_RECORD]; /* what STORE has made durable */
    bool stored;
} run_t;

static const uint8_t zeros[32];

/* Tells frames apart, which the access does by their hash; still no riddle. */
static godwit_status_t folded(const godwit_slice_t *parts, size_t count, uint8_t digest[32])
{
    size_t at = 0;
    memset(digest, 0, 32);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < parts[i].len; k++) {
            digest[at % 8] = (uint8_t)(31u * digest[at % 8] + parts[i].ptr[k] + 1u);
            at++;
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

static bool is_inside(const run_t *r, const uint8_t *ptr, size_t len)
{
    const uint8_t *from = (const uint8_t *)&r->access;
    return len == 0 || (ptr >= from && ptr + len <= from + sizeof r->access);
}

/* Of device triggering nothing is shown that the network has not proved keys for. */
static void carry_out_trigger(const run_t *r, const godwit_access_request_t *q, bool last)
{
    const godwit_access_t *a = &r->access;
    const bool secured = a->config.kind == GODWIT_ACCESS_EPS ? a->nas.set : a->secured;
    if (q->kind == GODWIT_ACCESS_ROOT) {
        insist(a->config.trigger && secured && is_inside(r, q->rand, 16));
        insist(q->root == NULL || is_inside(r, q->root, 32));
    } else if (q->kind == GODWIT_ACCESS_TRIGGER) {
        insist(a->config.trigger && secured && last && q->octets.len > 0);
        /* The word of the network: never where nothing has integrity. */
        insist(q->by_sms || a->config.kind == GODWIT_ACCESS_EPS || !a->radio.no_ik);
        insist(!q->answers || a->trigger.awaits);
    } else if (q->kind == GODWIT_ACCESS_UE_KEY) {
        insist(a->config.trigger && secured && last && !q->ue_key->is_root);
        insist(a->config.kind == GODWIT_ACCESS_EPS ? a->nas.eea != 0 : a->radio.uea != GODWIT_UEA0);
    }
}

static void carry_out(run_t *r)
{
    insist(r->requests.count <= GODWIT_ACCESS_REQUESTS_MAX);
    for (size_t i = 0; i < r->requests.count; i++) {
        const godwit_access_request_t *q = &r->requests.item[i];
        bool last = i + 1 == r->requests.count;
        insist(is_inside(r, q->octets.ptr, q->octets.len));
        insist(q->kind != GODWIT_ACCESS_SEND || q->octets.len > 0);
        bool calls = q->kind == GODWIT_ACCESS_AUTHENTICATE || q->kind == GODWIT_ACCESS_KEY_SET ||
                     q->kind == GODWIT_ACCESS_KEY_SET_AGAIN;
        insist(!calls || last);
        if (q->kind == GODWIT_ACCESS_AUTHENTICATE) {
            insist(is_inside(r, q->rand, 16) && is_inside(r, q->autn, 16));
        }
        carry_out_trigger(r, q, last);
        if (q->kind == GODWIT_ACCESS_STORE) {
            insist(q->octets.len == sizeof r->flash);
            memcpy(r->flash, q->octets.ptr, sizeof r->flash);
            r->stored = true;
        }
        if (q->kind == GODWIT_ACCESS_KEY_SET) {
            insist(is_inside(r, q->e2m_keyset, 32) && is_inside(r, q->sqn, 6));
            insist(r->access.nas.set || r->access.secured);
        }
    }
}

static void check(const run_t *r)
{
    const godwit_access_t *a = &r->access;
    insist(a->vector.runs <= GODWIT_ACCESS_USIM_RUNS_MAX);
    insist(a->exchange.pending == 0 || a->exchange.sendings <= a->config.attempts + 1u);
    insist(a->reattaches <= a->config.attempts);
    insist(!a->trigger.awaits || a->state == GODWIT_ACCESS_ATTACHING);
    insist(a->state != GODWIT_ACCESS_ACTIVE || a->bearer != 0);
    insist(a->state != GODWIT_ACCESS_ACTIVE || a->nas.set || a->radio_set);
    if (a->state == GODWIT_ACCESS_DETACHED) {
        insist(a->known ? a->nas.set || a->radio_set : !a->nas.set && !a->radio_set);
        insist(a->held_len == 0 && a->exchange.pending == 0);
        insist(memcmp(a->vector.root, zeros, sizeof zeros) == 0);
        insist(memcmp(a->vector.e2m_keyset, zeros, sizeof zeros) == 0);
        insist(memcmp(a->vector.ck_ik, zeros, sizeof zeros) == 0 && a->trigger.held_len == 0);
    }
}

static void restart(run_t *r, uint8_t how, uint8_t more)
{
    r->config.trigger = (more & 1u) != 0;
    r->config.trigger_sms = (more & 2u) != 0;
    r->config.trigger_number = "491710760001";
    r->config.kind = how & 1u ? how & 16u ? GODWIT_ACCESS_GERAN : GODWIT_ACCESS_UMTS : GODWIT_ACCESS_EPS;
    r->config.eia = how & 64u ? 0xC0u : 0;
    r->config.next_session = (how & 32u) != 0;
    r->config.carrier = r->config.kind == GODWIT_ACCESS_EPS ? GODWIT_CARRIER_NAS : GODWIT_CARRIER_PDP;
    r->config.e2m = (how & 2u) != 0;
    r->config.key_set = (how & 4u) != 0;
    r->config.me_derives = (how & 8u) != 0;
    insist(godwit_access_init(&r->access, &r->config) == GODWIT_OK);
    insist(godwit_radio_security_derive(&r->net, r->config.crypto, zeros, r->config.kind == GODWIT_ACCESS_GERAN,
                                        how & 128u ? GODWIT_UIA0 : GODWIT_UIA2, true) == GODWIT_OK);
    if (r->stored) { /* power came back */
        insist(godwit_access_restore(&r->access, godwit_slice(r->flash, sizeof r->flash)) == GODWIT_OK);
        godwit_radio_agree(&r->net, GODWIT_UEA2, GODWIT_UIA2, zeros);
    }
}

static godwit_status_t result(run_t *r, uint8_t how)
{
    static const godwit_status_t statuses[] = {GODWIT_OK, GODWIT_AUTH_MAC_FAILURE, GODWIT_AUTH_RESYNC,
                                               GODWIT_IO_FAILED};
    godwit_usim_result_t usim = {.status = statuses[how & 3u], .res_len = 8, .e2m = (how & 4u) != 0};
    return godwit_access_usim_result(&r->access, &usim, &r->requests);
}

/* EPS: a plain message under the next COUNT. UMTS: a frame, of which a command goes as INTEGRITY. */
static godwit_status_t from_network(run_t *r, godwit_slice_t octets)
{
    uint8_t frame[600];
    godwit_writer_t w = godwit_writer(frame, sizeof frame);
    godwit_radio_frame_t inner;
    godwit_status_t status = GODWIT_OK;
    if (r->config.kind == GODWIT_ACCESS_EPS) {
        godwit_put_u8(&w, GODWIT_RADIO_NAS);
        godwit_put_u8(&w, GODWIT_NAS_CIPHERED << 4 | GODWIT_NAS_PD_EMM);
        godwit_put_u32(&w, 0);
        godwit_put_u8(&w, (uint8_t)r->access.nas.next_down);
        godwit_put_slice(&w, octets);
    } else {
        status = godwit_radio_parse(octets, &inner);
        if (status == GODWIT_OK) {
            status = inner.kind == GODWIT_RADIO_COMMAND ? godwit_radio_command_create(&r->net, &inner.command, &w)
                                                        : godwit_radio_protected_create(&r->net, &inner, &w);
        }
    }
    return status == GODWIT_OK ? godwit_access_receive(&r->access, godwit_written(&w), &r->requests) : status;
}

static godwit_status_t wish(run_t *r, godwit_slice_t octets)
{
    switch (octets.len > 0 ? octets.ptr[0] % 7u : 0) {
    case 0:
        return godwit_access_attach(&r->access, &r->requests);
    case 1:
        return godwit_access_activate(&r->access, &r->requests);
    case 2:
        return godwit_access_idle(&r->access, &r->requests);
    case 3:
        return godwit_access_detach(&r->access, &r->requests);
    case 5:
        godwit_access_renew(&r->access);
        return GODWIT_OK;
    case 6:
        return godwit_access_attach_with(&r->access, godwit_slice(octets.ptr + 1, octets.len - 1), &r->requests);
    default:
        return godwit_access_modify(&r->access, godwit_slice(octets.ptr + 1, octets.len - 1), &r->requests);
    }
}

static void operate(run_t *r, uint8_t operation, godwit_slice_t octets)
{
    godwit_status_t status = GODWIT_OK;
    uint8_t first = octets.len > 0 ? octets.ptr[0] : 0;
    r->requests.count = 0;
    switch (operation & 7u) {
    case 0:
        status = godwit_access_receive(&r->access, octets, &r->requests);
        break;
    case 1:
        status = from_network(r, octets);
        break;
    case 2:
        status = godwit_access_send(&r->access, octets, &r->requests);
        break;
    case 3:
        status = godwit_access_timer(&r->access, &r->requests);
        break;
    case 4:
        status = result(r, first);
        break;
    case 5:
        status = wish(r, octets);
        break;
    case 6:
        status = operation & 8u ? godwit_access_trigger(&r->access, octets, &r->requests)
                                : godwit_access_container(&r->access, octets, &r->requests);
        break;
    default:
        restart(r, first, octets.len > 1 ? octets.ptr[1] : 0);
        break;
    }
    if (status == GODWIT_OK) {
        carry_out(r);
    }
}

/* Under one key no COUNT of ours goes back, whatever ends and begins; new keys are in use when a vector is fresh no
 * more. */
static void check_counts(const godwit_access_t *now, bool was_fresh, bool was_armed, const godwit_nas_security_t *nas,
                         const godwit_radio_security_t *radio)
{
    bool new_keys = (was_fresh && !now->vector.fresh) || (!was_armed && now->next.armed);
    insist(new_keys || !now->nas.set || !nas->set || now->nas.next_up >= nas->next_up);
    insist(new_keys || !now->radio_set || !radio->commanded || now->radio.next_out >= radio->next_out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static run_t r;
    godwit_crypto_t crypto = weak_crypto;
    crypto.sha256 = folded;
    memset(&r, 0, sizeof r);
    r.config = (godwit_access_config_t){.crypto = &crypto,
                                        .imsi = {"001010123456789", 15},
                                        .serving_network = {{0x00, 0xF1, 0x10}},
                                        .home = {{0x00, 0xF1, 0x10}},
                                        .apn = godwit_slice_of_string("e2m.example")};
    restart(&r, 2, 0);
    while (size >= 2) {
        size_t len = data[1] < size - 2 ? data[1] : size - 2;
        bool was_fresh = r.access.vector.fresh, was_armed = r.access.next.armed;
        godwit_nas_security_t nas = r.access.nas;
        godwit_radio_security_t radio = r.access.radio;
        operate(&r, data[0], godwit_slice(data + 2, len));
        check(&r);
        if ((data[0] & 7u) != 7u) {
            check_counts(&r.access, was_fresh, was_armed, &nas, &radio);
        }
        data += 2 + len;
        size -= 2 + len;
    }
    return 0;
}
