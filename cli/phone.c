/* SPDX-License-Identifier: Apache-2.0
 *
 * The two libraries on each other: what the EMSDP library sends is an N-PDU of the access library, what that sends is a
 * frame of the radio.
 */
#include "cli/phone_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>

static void fail(phone_t *p, int code, const char *what, const char *why)
{
    if (p->code == CLI_OK) {
        p->code = cli_fail(p->args, code, "%s: %s", what, why);
    }
}

bool phone_draw(phone_t *p, uint8_t random[4])
{
    if (getrandom(random, 4, 0) == 4) {
        return true;
    }
    fail(p, CLI_FILE, "random numbers", strerror(errno));
    return false;
}

static void note(phone_t *p, const char *of, const char *name, godwit_status_t reason)
{
    json_t *event = reason == GODWIT_OK
                        ? json_pack("{s:s, s:s}", "of", of, "event", name)
                        : json_pack("{s:s, s:s, s:s}", "of", of, "event", name, "reason", godwit_status_name(reason));
    (void)json_array_append_new(p->events, event);
    p->refusal = reason != GODWIT_OK ? reason : p->refusal;
}

static int64_t deadline(uint32_t delay_ms)
{
    return delay_ms > 0 ? cli_now_ms() + delay_ms : -1;
}

/* ---- N-PDUs up --------------------------------------------------------------------------------------------------- */

/* As many as the access library takes. */
static void pass_n_pdus(phone_t *p)
{
    while (p->waiting > 0 && p->code == CLI_OK && p->depth == 0) {
        godwit_access_requests_t requests;
        phone_n_pdu_t first = p->n_pdu[0];
        godwit_status_t status = godwit_access_send(&p->access, godwit_slice(first.octets, first.len), &requests);
        if (status == GODWIT_AGAIN || status == GODWIT_WRONG_STATE) {
            return; /* until the connection, or the bearer, is there */
        }
        p->waiting--;
        memmove(&p->n_pdu[0], &p->n_pdu[1], p->waiting * sizeof p->n_pdu[0]);
        p->n_pdus_up += status == GODWIT_OK;
        phone_settle_access(p, status, &requests);
    }
}

static void queue_n_pdu(phone_t *p, godwit_slice_t octets)
{
    if (p->waiting == PHONE_WAITING_MAX || octets.len > sizeof p->n_pdu[0].octets) {
        note(p, "phone", "n_pdu_dropped", GODWIT_OVERLOAD);
        return;
    }
    phone_n_pdu_t *place = &p->n_pdu[p->waiting++];
    place->len = octets.len;
    memcpy(place->octets, octets.ptr, octets.len);
}

/* ---- Solution 1 and 2: the key set, the container up, the container down ----------------------------------------- */

static godwit_slice_t container(phone_t *p, uint8_t room[GODWIT_ACCESS_CONTAINER_MAX])
{
    godwit_writer_t w = godwit_writer(room, GODWIT_ACCESS_CONTAINER_MAX);
    godwit_status_t status = godwit_device_container(&p->device, p->access_config.home, p->selector, &w);
    if (status != GODWIT_OK) {
        note(p, "device", "no_container", status);
        return godwit_slice(NULL, 0);
    }
    return godwit_written(&w);
}

static void name_key_set(phone_t *p)
{
    godwit_access_requests_t requests;
    uint8_t room[GODWIT_ACCESS_CONTAINER_MAX];
    godwit_slice_t contents = p->key_set ? container(p, room) : godwit_slice(NULL, 0);
    godwit_status_t status = godwit_access_container(&p->access, contents, &requests);
    phone_settle_access(p, status, &requests);
}

static void take_key_set(phone_t *p, const godwit_access_request_t *given)
{
    godwit_status_t status =
        godwit_device_access_key_set(&p->device, given->agreement, given->rand, given->sqn, given->e2m_keyset);
    p->key_set = status == GODWIT_OK;
    note(p, "device", "key_set", status);
    if (p->access_config.e2m) {
        name_key_set(p);
    }
}

static void take_container(phone_t *p, godwit_slice_t answer)
{
    godwit_device_requests_t requests;
    uint8_t random[4], copy[GODWIT_ACCESS_FRAME_MAX];
    if (!p->key_set || answer.len > sizeof copy || !phone_draw(p, random)) {
        return; /* there was no container up */
    }
    if (answer.len > 0) {
        memcpy(copy, answer.ptr, answer.len);
    }
    phone_settle_device(p, godwit_device_bearer_start(&p->device, godwit_slice(copy, answer.len), random, &requests),
                        &requests);
}

void phone_begin_modification(phone_t *p)
{
    godwit_access_requests_t requests;
    uint8_t room[GODWIT_ACCESS_CONTAINER_MAX];
    godwit_slice_t contents = container(p, room);
    if (contents.len > 0) {
        phone_settle_access(p, godwit_access_modify(&p->access, contents, &requests), &requests);
    }
}

/* ---- the access library ------------------------------------------------------------------------------------------ */

static void send_frame(phone_t *p, godwit_slice_t octets)
{
    ssize_t n = send(p->socket, octets.ptr, octets.len, 0);
    if (n < 0 && errno == ECONNREFUSED) { /* of what was sent before */
        n = send(p->socket, octets.ptr, octets.len, 0);
    }
    if (n < 0 && errno != ECONNREFUSED) {
        fail(p, CLI_NO_PEER, p->radio, strerror(errno));
    }
    p->frames_up++;
    p->octets_up += octets.len;
}

static void take_access_event(phone_t *p, const char *name, godwit_status_t reason)
{
    static const struct {
        const char *name;
        size_t flag;
    } flags[] = {
        {"attached", offsetof(phone_t, attached)},       {"activated", offsetof(phone_t, activated)},
        {"modified", offsetof(phone_t, modified)},       {"given_up", offsetof(phone_t, given_up)},
        {"detached", offsetof(phone_t, detached)},       {"next_used", offsetof(phone_t, next_used)},
        {"next_stored", offsetof(phone_t, next_stored)}, {"n_pdu_uncertain", offsetof(phone_t, uncertain)},
    };
    note(p, "access", name, reason);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(name, flags[i].name) == 0) {
            *(bool *)((char *)p + flags[i].flag) = true;
        }
    }
}

static void keep_received(phone_t *p, godwit_slice_t octets)
{
    json_t *text = json_stringn((const char *)octets.ptr, octets.len);
    (void)json_array_append_new(p->received, text != NULL ? text : cli_json_hex(octets.ptr, octets.len));
}

static void deliver(phone_t *p, godwit_slice_t octets)
{
    godwit_device_requests_t requests;
    uint8_t random[4], copy[GODWIT_ACCESS_NPDU_MAX];
    p->n_pdus_down++;
    if (p->raw) {
        keep_received(p, octets);
        return;
    }
    if (octets.len <= sizeof copy && octets.len > 0 && phone_draw(p, random)) {
        memcpy(copy, octets.ptr, octets.len);
        phone_settle_device(p, godwit_device_receive(&p->device, godwit_slice(copy, octets.len), random, &requests),
                            &requests);
    }
}

static bool run_card(phone_t *p, const uint8_t *rand, const uint8_t *autn, godwit_usim_result_t *result)
{
    if (godwit_usim_soft_authenticate(&p->card, rand, autn, result) == GODWIT_OK) {
        return true;
    }
    fail(p, CLI_FILE, "the card does not answer", p->card.why);
    return false;
}

static void authenticate_access(phone_t *p, const godwit_access_request_t *request)
{
    godwit_usim_result_t result;
    godwit_access_requests_t requests;
    if (run_card(p, request->rand, request->autn, &result)) {
        phone_settle_access(p, godwit_access_usim_result(&p->access, &result, &requests), &requests);
    }
    godwit_wipe(&result, sizeof result);
}

static void carry_out_access(phone_t *p, const godwit_access_request_t *request)
{
    switch (request->kind) {
    case GODWIT_ACCESS_SEND:
        send_frame(p, request->octets);
        break;
    case GODWIT_ACCESS_AUTHENTICATE:
        authenticate_access(p, request);
        break;
    case GODWIT_ACCESS_TIMER:
        p->access_deadline_ms = deadline(request->delay_ms);
        break;
    case GODWIT_ACCESS_DELIVER:
        deliver(p, request->octets);
        break;
    case GODWIT_ACCESS_STORE:
        if (godwit_nvm_write(&p->next, request->octets) != GODWIT_OK) { /* what follows is dropped: p->code says so */
            fail(p, CLI_FILE, "the next session's vector is not kept", p->next.why);
        }
        break;
    case GODWIT_ACCESS_KEY_SET:
        take_key_set(p, request);
        break;
    case GODWIT_ACCESS_KEY_SET_AGAIN:
        name_key_set(p);
        break;
    case GODWIT_ACCESS_CONTAINER:
        take_container(p, request->octets);
        break;
    case GODWIT_ACCESS_EVENT:
        take_access_event(p, request->name, request->reason);
        break;
    default: /* of device triggering, which is not set */
        break;
    }
}

/* What had to wait for the end of a list. */
static void go_on(phone_t *p)
{
    if (p->depth == 0 && p->modify) {
        p->modify = false;
        phone_begin_modification(p);
    }
    pass_n_pdus(p);
}

void phone_settle_access(phone_t *p, godwit_status_t status, const godwit_access_requests_t *requests)
{
    if (status != GODWIT_OK) {
        note(p, "access", "refused", status);
        return;
    }
    p->depth++;
    for (size_t i = 0; i < requests->count && p->code == CLI_OK; i++) {
        carry_out_access(p, &requests->item[i]);
    }
    p->depth--;
    go_on(p);
}

/* ---- the EMSDP library ------------------------------------------------------------------------------------------- */

static void take_device_event(phone_t *p, const char *name, godwit_status_t reason)
{
    note(p, "device", name, reason);
    p->sent = p->sent || strcmp(name, "reading_sent") == 0;
    p->session = p->session || strcmp(name, "session_started") == 0;
    p->fallback = p->fallback || strcmp(name, "fallback") == 0;
    p->reading_given_up = p->reading_given_up || strcmp(name, "given_up") == 0 || strcmp(name, "reading_refused") == 0;
    p->modify = p->modify || strcmp(name, "modify_bearer") == 0;
    if (strcmp(name, "fallback") == 0) { /* the key set is of no use any more */
        godwit_access_renew(&p->access);
    }
}

static void authenticate_device(phone_t *p, const godwit_device_request_t *request)
{
    godwit_usim_result_t result;
    godwit_device_requests_t requests;
    uint8_t random[4];
    if (run_card(p, request->rand, request->autn, &result) && phone_draw(p, random)) {
        phone_settle_device(p, godwit_device_usim_result(&p->device, &result, random, &requests), &requests);
    }
    godwit_wipe(&result, sizeof result);
}

static void carry_out_device(phone_t *p, const godwit_device_request_t *request)
{
    switch (request->kind) {
    case GODWIT_DEVICE_SEND:
        queue_n_pdu(p, request->octets);
        break;
    case GODWIT_DEVICE_DELIVER:
        keep_received(p, request->octets);
        break;
    case GODWIT_DEVICE_STORE: /* each run attaches anew: nothing is kept */
    case GODWIT_DEVICE_STORE_E2E:
    case GODWIT_DEVICE_AUTHENTICATE_GSM: /* of device RAND alone */
        break;
    case GODWIT_DEVICE_AUTHENTICATE:
        authenticate_device(p, request);
        break;
    case GODWIT_DEVICE_TIMER:
        p->device_deadline_ms = deadline(request->delay_ms);
        break;
    case GODWIT_DEVICE_EVENT:
        take_device_event(p, request->name, request->reason);
        break;
    }
}

void phone_settle_device(phone_t *p, godwit_status_t status, const godwit_device_requests_t *requests)
{
    if (status != GODWIT_OK) {
        note(p, "device", "refused", status);
        return;
    }
    p->depth++;
    for (size_t i = 0; i < requests->count && p->code == CLI_OK; i++) {
        carry_out_device(p, &requests->item[i]);
    }
    p->depth--;
    go_on(p);
}
