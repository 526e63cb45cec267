/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: Manage Keys (30, 31) and Terminate (20, 21). The network hands out the next generation of the key
 * set; a key is dropped only after a datagram under its successor has verified. Generations only rise, suites obey the
 * device's own floor.
 */
#include <string.h>

#include "device/internal.h"

static const godwit_emsdp_control_t managed = {.command = GODWIT_MANAGE_KEYS_RESPONSE};
static const godwit_emsdp_control_t terminated = {.command = GODWIT_SESSION_TERMINATE_RESPONSE};

/* The key that a Key TLV hands out. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t handed_out(const godwit_device_t *device,
                                                          const godwit_device_incoming_t *in, godwit_emsdp_key_t *key)
{
    const godwit_device_session_t *s = &device->session;
    const godwit_emsdp_control_t *m = &in->opened.control;
    const bool vector = godwit_device_is_handed(in); /* a key set of its own: its generations begin anew */
    if ((s->flags & GODWIT_DEVICE_KEY_SET) == 0) {
        return GODWIT_WRONG_STATE;
    }
    if (m->key_generation <= s->generation && (!vector || device->exchange.vector_is_current)) {
        return GODWIT_REPLAY;
    }
    if (m->key_id < 1 || m->key_id > 7 || m->key_id == s->current.hot.key_id || m->key_id == s->next.hot.key_id) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = godwit_device_suite_check(device, m->key_suite);
    if (status == GODWIT_OK) {
        status = godwit_device_key_derive(device, vector ? device->exchange.key_set : s->e2m_keyset, m->key_generation,
                                          m->key_suite, m->key_id, in->key->hot.session_id, key);
    }
    return status;
}

/* An answer under the key, into device->answer. A Session Start that waits there for the USIM is not written over: the
 * network asks again. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t seal_answer(godwit_device_t *device, godwit_emsdp_key_t *key,
                                                           const godwit_emsdp_control_t *m, godwit_slice_t datagram)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_writer_t out = godwit_writer(device->answer, sizeof device->answer);
    if (x->usim_running) {
        return GODWIT_OVERLOAD;
    }
    godwit_status_t status = godwit_device_digest(device, datagram, x->answered);
    x->answer_len = 0; /* datagram may lie where the answer goes */
    if (status == GODWIT_OK) {
        status = godwit_device_seal_control(device, key, m, &out);
    }
    if (status == GODWIT_OK) {
        x->answer_len = (uint16_t)out.len;
        x->repeats = 0;
    }
    return status;
}

GODWIT_DEVICE_OWN_FRAME static godwit_status_t send_answer(godwit_device_t *device, const char *event,
                                                           godwit_device_requests_t *requests)
{
    godwit_status_t status =
        godwit_device_transmit(device, godwit_slice(device->answer, device->exchange.answer_len), false, requests);
    if (event != NULL) {
        godwit_device_event(requests, event, GODWIT_OK);
    }
    return status;
}

/* The key handed out becomes the successor of the one that this end sends under. */
static void take_successor(godwit_device_t *device, const godwit_device_incoming_t *in, const godwit_emsdp_key_t *key)
{
    godwit_device_session_t *s = &device->session;
    if (godwit_device_is_handed(in)) {
        memcpy(s->e2m_keyset, device->exchange.key_set, sizeof s->e2m_keyset);
        device->exchange.vector_is_current = true;
    }
    s->generation = key->generation;
    s->synchronised = 0;
    s->next = *key;
}

/* ---- Manage Keys ---- */

static godwit_status_t rekey(godwit_device_t *device, const godwit_device_incoming_t *in,
                             godwit_device_requests_t *requests)
{
    godwit_emsdp_key_t key;
    godwit_status_t status = handed_out(device, in, &key);
    if (status == GODWIT_OK) {
        status = seal_answer(device, &key, &managed, in->datagram);
    }
    if (status == GODWIT_OK) {
        godwit_device_settle(device, in);
        take_successor(device, in, &key);
        device->session.state = GODWIT_SESSION_REKEYING;
        status = send_answer(device, "rekeyed", requests);
    }
    godwit_wipe(&key, sizeof key);
    return status;
}

godwit_status_t godwit_device_manage_keys_request(godwit_device_t *device, const godwit_device_incoming_t *in,
                                                  godwit_device_requests_t *requests)
{
    if (godwit_emsdp_has(&in->opened.control, GODWIT_TLV_KEY)) {
        return rekey(device, in, requests);
    }
    if (godwit_emsdp_has(&in->opened.control, GODWIT_TLV_SERVICE)) {
        return godwit_device_is_e2e(device)
                   ? godwit_device_e2e_service(device, in, requests)
                   : godwit_device_handed_refuse(device, in, GODWIT_POLICY_FORBIDS, NULL, requests);
    }
    return godwit_device_acknowledge(device, in, requests);
}

godwit_status_t godwit_device_acknowledge(godwit_device_t *device, const godwit_device_incoming_t *in,
                                          godwit_device_requests_t *requests)
{
    godwit_status_t status = seal_answer(device, godwit_device_sending_key(device), &managed, in->datagram);
    if (status == GODWIT_OK) {
        godwit_device_settle(device, in);
        status = send_answer(device, NULL, requests);
    }
    return status;
}

godwit_status_t godwit_device_manage_keys_response(godwit_device_t *device, const godwit_device_incoming_t *in,
                                                   godwit_device_requests_t *requests)
{
    if (device->exchange.pending != GODWIT_MANAGE_KEYS_REQUEST) {
        return GODWIT_WRONG_STATE;
    }
    godwit_device_settle(device, in);
    device->session.synchronised = godwit_device_sending_key(device)->hot.up_next_out;
    device->access.uncertain = false;
    if (godwit_device_is_e2e(device) &&
        (device->exchange.confirming || godwit_emsdp_has(&in->opened.control, GODWIT_TLV_ECHO))) {
        return godwit_device_confirmed(device, &in->opened.control, requests);
    }
    if (godwit_device_is_e2e(device) && device->config.e2e->asking != 0) {
        device->config.e2e->asking = 2; /* heard; the terms come in a 30 of the network */
        return GODWIT_OK;
    }
    if (godwit_device_is_e2e(device) &&
        device->exchange.holds) { /* it waits for a service that could not be asked for meanwhile */
        device->exchange.pending = 0;
        return godwit_device_e2e_ask(device, requests);
    }
    godwit_device_exchange_end(device);
    godwit_device_timer_cancel(requests);
    return GODWIT_OK;
}

/* ---- Terminate ---- */

/* The session is over: with a key for the next one, which then takes 10 alone, or without. The old key stays until
 * then. */
static void end_session(godwit_device_t *device, const godwit_device_incoming_t *in,
                        const godwit_emsdp_key_t *announced)
{
    godwit_device_session_t *s = &device->session;
    if (godwit_emsdp_key_is_set(&s->next)) {
        s->current = s->next;
        godwit_wipe(&s->next, sizeof s->next);
    }
    if (announced != NULL) {
        take_successor(device, in, announced);
        s->state = GODWIT_SESSION_ANNOUNCED;
    } else {
        if (godwit_device_is_e2e(device)) {
            godwit_device_e2e_forget(device);
        }
        godwit_wipe(&s->current, sizeof s->current);
        s->state = GODWIT_SESSION_IDLE;
    }
}

/* What was asked under the ended session will not be answered. */
static void drop_pending(godwit_device_t *device, godwit_device_requests_t *requests)
{
    uint8_t pending = device->exchange.pending;
    if (pending == GODWIT_SESSION_TERMINATE_REQUEST || pending == GODWIT_MANAGE_KEYS_REQUEST) {
        bool held = godwit_device_is_e2e(device) &&
                    device->exchange.holds; /* while a service was asked for: it goes with the next session */
        if (device->exchange.confirming) {
            godwit_device_event(requests, "reading_uncertain", GODWIT_OK);
        }
        if (held) {
            godwit_device_hold_on(device, requests);
        } else {
            godwit_device_exchange_end(device);
            godwit_device_timer_cancel(requests);
        }
    }
}

godwit_status_t godwit_device_terminate_request(godwit_device_t *device, const godwit_device_incoming_t *in,
                                                godwit_device_requests_t *requests)
{
    godwit_emsdp_key_t key;
    bool announces = godwit_emsdp_has(&in->opened.control, GODWIT_TLV_KEY);
    godwit_status_t status = announces ? handed_out(device, in, &key) : GODWIT_OK;
    if (status == GODWIT_OK) {
        status = seal_answer(device, godwit_device_sending_key(device), &terminated, in->datagram);
    }
    if (status == GODWIT_OK) {
        godwit_device_settle(device, in);
        end_session(device, in, announces ? &key : NULL);
        drop_pending(device, requests);
        status = send_answer(device, "terminated", requests);
    }
    if (announces) {
        godwit_wipe(&key, sizeof key);
    }
    return status;
}

godwit_status_t godwit_device_terminate_response(godwit_device_t *device, const godwit_device_incoming_t *in,
                                                 godwit_device_requests_t *requests)
{
    godwit_emsdp_key_t key;
    bool announces = godwit_emsdp_has(&in->opened.control, GODWIT_TLV_KEY);
    if (device->exchange.pending != GODWIT_SESSION_TERMINATE_REQUEST) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = announces ? handed_out(device, in, &key) : GODWIT_OK;
    if (status == GODWIT_OK) {
        godwit_device_settle(device, in);
        end_session(device, in, announces ? &key : NULL);
        drop_pending(device, requests);
        godwit_device_event(requests, "terminated", GODWIT_OK);
    }
    if (announces) {
        godwit_wipe(&key, sizeof key);
    }
    return status;
}

/* ---- a vector that the USIM refused ---- */

godwit_status_t godwit_device_handed_refuse(godwit_device_t *device, const godwit_device_incoming_t *in,
                                            godwit_status_t reason, const uint8_t *auts,
                                            godwit_device_requests_t *requests)
{
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .reason = reason};
    const bool ends = in->opened.control.command == GODWIT_SESSION_TERMINATE_RESPONSE;
    m.present = 1u << GODWIT_TLV_REASON | 1u << GODWIT_TLV_ECHO;
    if (auts != NULL) {
        m.present |= 1u << GODWIT_TLV_AUTS;
        memcpy(m.auts, auts, sizeof m.auts);
    }
    godwit_status_t status = godwit_emsdp_echo(device->config.crypto, in->datagram, device->config.framing, m.echo);
    if (status == GODWIT_OK) {
        status = seal_answer(device, godwit_device_sending_key(device), &m, in->datagram);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_device_settle(device, in);
    if (ends) {
        end_session(device, in, NULL);
        drop_pending(device, requests);
    }
    status = send_answer(device, ends ? "terminated" : NULL, requests);
    godwit_device_event(requests, "refused", reason);
    return status;
}
