/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: which datagram goes where; user data; rejects. The receive window is in the record before
 * anything is delivered. What is refused changes nothing. A Reject without a key is a hint from whoever saw our
 * datagram: it never erases a key.
 */
#include <string.h>

#include "device/internal.h"

#define HINTS_MAX 4 /* taken at once; one more after every GODWIT_DEVICE_READINGS_PER_HINT readings */

godwit_status_t godwit_device_digest(const godwit_device_t *device, godwit_slice_t datagram, uint8_t digest[8])
{
    return godwit_device_digest_of(device->config.crypto, datagram, digest);
}

void godwit_device_settle(godwit_device_t *device, const godwit_device_incoming_t *in)
{
    godwit_device_session_t *s = &device->session;
    device->unstored = true;
    godwit_emsdp_accept(in->key, &in->opened);
    if (in->key == &s->next) {
        s->current = s->next;
        godwit_wipe(&s->next, sizeof s->next);
        s->state = s->state == GODWIT_SESSION_REKEYING ? GODWIT_SESSION_ACTIVE : s->state;
    }
}

/* ---- handlers ---- */

static godwit_status_t user_data(godwit_device_t *device, const godwit_device_incoming_t *in,
                                 godwit_device_requests_t *requests)
{
    if (godwit_device_is_e2e(device)) {
        godwit_device_e2e_settle(device, in);
    } else {
        godwit_device_settle(device, in);
    }
    godwit_device_request_t *delivery = godwit_device_ask_for(requests, GODWIT_DEVICE_DELIVER);
    delivery->octets = in->opened.payload;
    delivery->count = in->opened.count;
    return GODWIT_OK;
}

/* The network will not answer what we asked: what was held is not sent again by itself, for it may have been
 * delivered. */
static void drop_request(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    const bool is_uncertain = x->echo_had_reading || x->confirming;
    if (x->pending != 0 &&
        x->pending != GODWIT_DEVICE_MODIFY) { /* what waits for a modification is not answered by this */
        if (x->pending == GODWIT_SESSION_TERMINATE_REQUEST) {
            device->session.state = GODWIT_SESSION_ACTIVE;
        }
        if (godwit_device_is_e2e(device) && x->pending == GODWIT_MANAGE_KEYS_REQUEST && x->holds) {
            godwit_device_hold_on(device, requests);
        } else {
            godwit_device_exchange_end(device);
            godwit_device_timer_cancel(requests);
        }
    }
    if (is_uncertain) {
        godwit_device_event(requests, "reading_uncertain", GODWIT_OK);
    }
    x->echo_set = false;
}

static bool is_our_last(const godwit_device_t *device, const godwit_emsdp_control_t *m)
{
    return device->exchange.echo_set && memcmp(device->exchange.echo, m->echo, GODWIT_EMSDP_ECHO) == 0;
}

/* 80 under a key: the network's word. */
static godwit_status_t reject(godwit_device_t *device, const godwit_device_incoming_t *in,
                              godwit_device_requests_t *requests)
{
    const godwit_emsdp_control_t *m = &in->opened.control;
    bool ours = is_our_last(device, m);
    godwit_device_settle(device, in);
    if (godwit_device_is_e2e(device) && godwit_device_e2e_rejected(device, m, requests)) {
        return GODWIT_OK;
    }
    if (ours && device->exchange.echo_had_reading && !godwit_device_ends_the_session(m->reason)) {
        godwit_device_event(requests, "reading_refused", m->reason);
        device->exchange.echo_set = false;
        return GODWIT_OK;
    }
    if (godwit_device_ends_the_session(m->reason)) {
        device->session.flags |= GODWIT_DEVICE_DISTRUSTED;
    }
    godwit_device_event(requests, "refused", m->reason);
    if (ours) {
        drop_request(device, requests);
    }
    return GODWIT_OK;
}

/* A hint that the session is unknown makes the next reading set up anew, but not without end: whoever forges hints must
 * not make every reading cost a set-up. That the last reading is uncertain is told in any case. */
static void take_session_hint(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    if ((device->session.flags & GODWIT_DEVICE_DISTRUSTED) == 0 && device->session.state != GODWIT_SESSION_IDLE &&
        x->hints < HINTS_MAX) {
        device->session.flags |= GODWIT_DEVICE_DISTRUSTED;
        x->hints++;
        if (godwit_device_wants_bearer(device) && !device->access.asked) {
            device->access.wants_modify = true;
            godwit_device_event(requests, "modify_bearer", GODWIT_OK);
        }
    }
    drop_request(device, requests);
}

GODWIT_DEVICE_OWN_FRAME static godwit_status_t hint(godwit_device_t *device, godwit_slice_t datagram,
                                                    godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    godwit_status_t status = godwit_emsdp_unkeyed_parse(datagram, device->config.framing, &header, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    if (m.command != GODWIT_MESSAGE_REJECT) {
        return GODWIT_WRONG_STATE;
    }
    if (!is_our_last(device, &m)) {
        return GODWIT_UNKNOWN_SESSION;
    }
    godwit_device_event(requests, "refused", m.reason);
    if (x->pending == GODWIT_SESSION_REQUEST && !x->early) {
        if (!x->hinted) { /* back off: the next sending comes later, and there is one less of them */
            x->hinted = true;
            x->sendings++;
            godwit_device_timer_set(device, requests);
        }
    } else if (godwit_device_ends_the_session(m.reason)) {
        take_session_hint(device, requests);
    }
    return GODWIT_OK;
}

/* ---- dispatch ---- */

typedef struct handler {
    uint8_t command; /* 0: user data */
    godwit_status_t (*take)(godwit_device_t *device, const godwit_device_incoming_t *in,
                            godwit_device_requests_t *requests);
} handler_t;

static const handler_t handlers[] = {
    {0, user_data},
    {GODWIT_MANAGE_KEYS_REQUEST, godwit_device_manage_keys_request},
    {GODWIT_MANAGE_KEYS_RESPONSE, godwit_device_manage_keys_response},
    {GODWIT_SESSION_TERMINATE_REQUEST, godwit_device_terminate_request},
    {GODWIT_SESSION_TERMINATE_RESPONSE, godwit_device_terminate_response},
    {GODWIT_MESSAGE_REJECT, reject},
};

static const handler_t *handler_of(const godwit_emsdp_header_t *header)
{
    uint8_t command = header->user_plane ? 0 : header->command;
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        if (handlers[i].command == command) {
            return &handlers[i];
        }
    }
    return NULL;
}

/* The key that a header names. An announced key takes nothing but its Session Start. */
static godwit_status_t find_key(godwit_device_t *device, const godwit_emsdp_header_t *header, godwit_emsdp_key_t **key)
{
    godwit_device_session_t *s = &device->session;
    godwit_emsdp_key_t *const keys[2] = {&s->current, &s->next};
    size_t live = s->state == GODWIT_SESSION_ANNOUNCED ? 1 : 2;
    godwit_status_t status = GODWIT_UNKNOWN_SESSION;
    for (size_t i = 0; i < live; i++) {
        if (!godwit_emsdp_key_is_set(keys[i]) || keys[i]->hot.session_id != header->session_id) {
            continue;
        }
        status = GODWIT_UNKNOWN_KEY;
        if (keys[i]->hot.key_id == header->key_id) {
            *key = keys[i];
            return GODWIT_OK;
        }
    }
    return status;
}

GODWIT_DEVICE_OWN_FRAME godwit_status_t godwit_device_open(godwit_device_t *device, const godwit_emsdp_header_t *header,
                                                           godwit_device_incoming_t *in)
{
    godwit_session_state_t next; /* the handler takes it, together with the keys that belong to it */
    godwit_status_t status = header->user_plane && godwit_device_is_e2e(device)
                                 ? godwit_device_e2e_find(device, header, &in->key)
                                 : find_key(device, header, &in->key);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_open(device->config.crypto, in->key, in->datagram, godwit_slice(NULL, 0), device->work,
                                   &in->opened);
    }
    if (status == GODWIT_OK) {
        bool with_key = !header->user_plane && godwit_emsdp_has(&in->opened.control, GODWIT_TLV_KEY);
        status = godwit_session_step((godwit_session_state_t)device->session.state, GODWIT_END_DEVICE, false,
                                     header->user_plane ? 0 : header->command, with_key, &next);
    }
    return status;
}

GODWIT_DEVICE_OWN_FRAME godwit_status_t godwit_device_under_a_key(godwit_device_t *device,
                                                                  const godwit_emsdp_header_t *header,
                                                                  godwit_slice_t datagram,
                                                                  godwit_device_requests_t *requests)
{
    godwit_device_incoming_t in = {.datagram = datagram};
    const handler_t *handler = handler_of(header);
    if (handler == NULL) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = godwit_device_open(device, header, &in);
    if (status == GODWIT_OK) {
        status = godwit_device_handed_judge(device, &in, requests);
    }
    if (status == GODWIT_AGAIN) {
        return GODWIT_OK;
    }
    return status == GODWIT_OK ? handler->take(device, &in, requests) : status;
}

/* The octets that the last answer was for get the identical answer again, but not for ever: they may be a recording. */
GODWIT_DEVICE_OWN_FRAME static bool is_answered(godwit_device_t *device, godwit_slice_t datagram)
{
    godwit_device_exchange_t *x = &device->exchange;
    uint8_t digest[8];
    if (x->answer_len == 0 || x->repeats >= GODWIT_DEVICE_REPEATS_MAX ||
        godwit_device_digest(device, datagram, digest) != GODWIT_OK ||
        memcmp(digest, x->answered, sizeof digest) != 0) {
        return false;
    }
    x->repeats++;
    return true;
}

static godwit_status_t dispatch(godwit_device_t *device, godwit_slice_t datagram, godwit_device_requests_t *requests)
{
    godwit_emsdp_header_t header;
    if (datagram.len > sizeof device->work) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = godwit_emsdp_peek(datagram, device->config.framing, &header);
    if (status != GODWIT_OK) {
        return status;
    }
    if (header.key_id == 0) {
        return hint(device, datagram, requests);
    }
    if (is_answered(device, datagram)) {
        godwit_device_ask_for(requests, GODWIT_DEVICE_SEND)->octets =
            godwit_slice(device->answer, device->exchange.answer_len);
        return GODWIT_OK;
    }
    if (!header.user_plane && header.command == GODWIT_SESSION_START) {
        return godwit_device_start_consume(device, datagram, requests);
    }
    return godwit_device_under_a_key(device, &header, datagram, requests);
}

godwit_status_t godwit_device_receive(godwit_device_t *device, godwit_slice_t datagram, const uint8_t random[4],
                                      godwit_device_requests_t *requests)
{
    (void)random;
    requests->count = 0;
    godwit_status_t status = dispatch(device, datagram, requests);
    if (status != GODWIT_OK) {
        requests->count = 0;
        godwit_device_event(requests, "refused", status);
    }
    return godwit_device_finish(device, godwit_status_class(status) == GODWIT_CLASS_INTERNAL ? status : GODWIT_OK,
                                requests);
}
