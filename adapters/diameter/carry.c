/* SPDX-License-Identifier: Apache-2.0
 *
 * freeDiameter carries the octets that core/wire makes and reads. This runs on freeDiameter's threads but for the two
 * functions that send.
 * Whatever a peer sends ends in an answer or in the owner's queue; nothing here aborts.
 */
#include "adapters/diameter/internal.h"

#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#define REFUSAL_ROOM 2048 /* beside the Session-Id and Proxy-Info of the request */

bool godwit_diameter_octets(struct msg *message, uint8_t **octets, size_t *len)
{
    *octets = NULL;
    return fd_msg_bufferize(message, octets, len) == 0 && *len <= GODWIT_DIAMETER_MESSAGE_MAX;
}

/* freeDiameter takes a buffer that it may free. */
static struct msg *message_of(godwit_slice_t octets)
{
    struct msg *message = NULL;
    uint8_t *copy = malloc(octets.len);
    if (copy == NULL) {
        return NULL;
    }
    memcpy(copy, octets.ptr, octets.len);
    if (fd_msg_parse_buffer(&copy, octets.len, &message) != 0) {
        free(copy);
        return NULL;
    }
    return message;
}

void godwit_diameter_carry_answer(struct msg *request, godwit_slice_t octets)
{
    struct msg *answer = message_of(octets);
    if (answer == NULL || fd_msg_answ_associate(answer, request) != 0) {
        if (answer != NULL) {
            (void)fd_msg_free(answer);
        }
        (void)fd_msg_free(request);
        return;
    }
    if (fd_msg_send(&answer, NULL, NULL) != 0 && answer != NULL) {
        (void)fd_msg_free(answer); /* and with it the request */
    }
}

static void refuse(godwit_diameter_t *d, struct msg *request, godwit_slice_t octets, godwit_message_kind_t kind,
                   const godwit_diameter_fault_t *fault)
{
    size_t room = REFUSAL_ROOM + 2 * octets.len;
    uint8_t *buffer = malloc(room);
    godwit_writer_t w = godwit_writer(buffer, buffer != NULL ? room : 0);
    if (godwit_diameter_refusal_build(octets, godwit_diameter_answer_command(kind), godwit_slice_of_string(d->identity),
                                      godwit_slice_of_string(d->realm), fault, &w) == GODWIT_OK) {
        godwit_diameter_carry_answer(request, godwit_written(&w));
    } else {
        (void)fd_msg_free(request);
    }
    free(buffer);
}

/* What is wrong with a request, if anything; the message for the owner otherwise. */
static godwit_status_t judge(godwit_diameter_t *d, struct msg *request, godwit_slice_t octets,
                             godwit_message_kind_t kind, godwit_message_t *message, godwit_diameter_fault_t *fault)
{
    godwit_diameter_envelope_t envelope;
    godwit_status_t status = godwit_diameter_read_request(octets, kind, &envelope, message, fault);
    if (status == GODWIT_OK && !godwit_diameter_is_served(&d->config, message)) {
        *fault = (godwit_diameter_fault_t){.result_code = GODWIT_DIAMETER_UNABLE_TO_COMPLY};
        status = GODWIT_PEER_INTERNAL;
    }
    if (status == GODWIT_OK &&
        (!godwit_diameter_sender_holds(d, request, &envelope) || !godwit_diameter_peer_may_ask(d, request))) {
        *fault = (godwit_diameter_fault_t){.result_code = GODWIT_DIAMETER_AUTHORIZATION_REJECTED};
        status = GODWIT_NOT_ENTITLED;
    }
    if (status == GODWIT_OK) {
        message->hop = godwit_diameter_hop(d, request, &envelope);
    }
    if (status != GODWIT_OK) {
        pthread_mutex_lock(&d->lock);
        d->counters.requests_refused++;
        pthread_mutex_unlock(&d->lock);
        godwit_diameter_log(d, LOG_NOTICE, "a request was refused: result %u, AVP %u of vendor %u",
                            (unsigned)fault->result_code, (unsigned)fault->avp_code, (unsigned)fault->avp_vendor);
    }
    return status;
}

static void take_request(godwit_diameter_t *d, struct msg *request, godwit_message_kind_t kind)
{
    godwit_message_t message;
    godwit_diameter_fault_t fault;
    uint8_t *octets;
    size_t len;
    if (!godwit_diameter_octets(request, &octets, &len)) {
        free(octets);
        (void)fd_msg_free(request);
        return;
    }
    godwit_slice_t slice = godwit_slice(octets, len);
    kind = godwit_diameter_kind_of(slice, kind);
    godwit_status_t status = judge(d, request, slice, kind, &message, &fault);
    if (status == GODWIT_OK &&
        godwit_diameter_accept(d, godwit_diameter_source(d, request), request, octets, len, &message)) {
        return; /* octets and request wait for the owner's answer */
    }
    if (status == GODWIT_OK) {
        fault = (godwit_diameter_fault_t){.result_code = GODWIT_DIAMETER_TOO_BUSY};
    }
    refuse(d, request, slice, kind, &fault);
    free(octets);
}

/* freeDiameter's callback for requests of one command; opaque is the kind. */
static int on_request(struct msg **message, struct avp *avp, struct session *session, void *opaque,
                      enum disp_action *action)
{
    struct msg_hdr *header;
    (void)avp;
    (void)session;
    *action = DISP_ACT_CONT;
    if (godwit_diameter_instance != NULL && fd_msg_hdr(*message, &header) == 0 &&
        (header->msg_flags & CMD_FLAG_REQUEST)) {
        struct msg *request = *message;
        *message = NULL;
        take_request(godwit_diameter_instance, request, (godwit_message_kind_t)(uintptr_t)opaque);
    }
    return 0;
}

/* ---- our requests ---- */

/* An error that freeDiameter itself has made, of a request that had left before its connection ended. */
static bool had_left(struct msg *answer)
{
    DiamId_t source = NULL;
    size_t len = 0;
    struct msg *request = NULL;
    struct msg_hdr *header;
    return (fd_msg_source_get(answer, &source, &len) != 0 || source == NULL) &&
           fd_msg_answ_getq(answer, &request) == 0 && request != NULL && fd_msg_hdr(request, &header) == 0 &&
           (header->msg_flags & CMD_FLAG_RETRANSMIT) != 0;
}

/* An error on the way may have none (RFC 6733 7.2). */
static bool is_of_session(const godwit_diameter_t *d, const godwit_diameter_outstanding_t *request,
                          const godwit_diameter_envelope_t *envelope)
{
    char session[GODWIT_DIAMETER_SESSION];
    godwit_diameter_session(d, request->session, session);
    return envelope->session_id.len == 0 || godwit_slice_equal(envelope->session_id, godwit_slice_of_string(session));
}

static void take_answer(godwit_diameter_t *d, struct msg *answer, const godwit_diameter_outstanding_t *request)
{
    godwit_message_t message;
    godwit_diameter_envelope_t envelope;
    uint8_t *octets;
    size_t len;
    if (!godwit_diameter_octets(answer, &octets, &len) || had_left(answer) ||
        godwit_diameter_read_answer(godwit_slice(octets, len), request, &envelope, &message) != GODWIT_OK ||
        !is_of_session(d, request, &envelope) || !godwit_diameter_sender_holds(d, answer, &envelope) ||
        !godwit_diameter_is_of_asked(request, &envelope)) {
        godwit_diameter_failed(request, &message);
        godwit_diameter_log(
            d, LOG_WARNING,
            "no answer, or one that was refused: malformed, of another session, or not of whom it names or who was asked");
    } else {
        message.hop = godwit_diameter_hop(d, answer, &envelope);
    }
    if (octets != NULL) {
        godwit_wipe(octets, len);
        free(octets);
    }
    godwit_diameter_push(d, &message);
    godwit_wipe(&message, sizeof message);
}

static void on_answer(void *data, struct msg **answer)
{
    godwit_diameter_t *d = godwit_diameter_instance;
    godwit_diameter_outstanding_t request;
    if (d != NULL && godwit_diameter_take_outstanding(d, (uint64_t)(uintptr_t)data, &request)) {
        take_answer(d, *answer, &request);
    }
    (void)fd_msg_free(*answer);
    *answer = NULL;
}

static void on_expiry(void *data, DiamId_t peer, size_t peer_len, struct msg **request)
{
    godwit_diameter_t *d = godwit_diameter_instance;
    godwit_diameter_outstanding_t taken;
    (void)peer;
    (void)peer_len;
    if (d != NULL && godwit_diameter_take_outstanding(d, (uint64_t)(uintptr_t)data, &taken)) {
        godwit_message_t message;
        godwit_diameter_failed(&taken, &message);
        pthread_mutex_lock(&d->lock);
        d->counters.timeouts++;
        pthread_mutex_unlock(&d->lock);
        godwit_diameter_push(d, &message);
    }
    (void)fd_msg_free(*request);
    *request = NULL;
}

godwit_status_t godwit_diameter_carry_request(godwit_slice_t octets, uint64_t number, uint32_t timeout_ms)
{
    struct timespec until;
    struct msg *request = message_of(octets);
    if (request == NULL || fd_msg_parse_dict(request, fd_g_config->cnf_dict, NULL) != 0) {
        if (request != NULL) {
            (void)fd_msg_free(request);
        }
        return GODWIT_INTERNAL;
    }
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    if (fd_msg_send_timeout(&request, on_answer, (void *)(uintptr_t)number, on_expiry, &until) != 0) {
        if (request != NULL) {
            (void)fd_msg_free(request);
        }
        return GODWIT_IO_FAILED;
    }
    return GODWIT_OK;
}

/* ---- which commands are ours ---- */

/* By application and command: two applications of ours share a command code. */
static int serve(const godwit_diameter_command_t *request, godwit_message_kind_t kind)
{
    struct disp_when when = {.command = godwit_diameter_command_object(request)};
    application_id_t id = request->application;
    if (fd_dict_search(fd_g_config->cnf_dict, DICT_APPLICATION, APPLICATION_BY_ID, &id, &when.app, ENOENT) != 0) {
        return ENOENT;
    }
    return when.command == NULL ? ENOENT
                                : fd_disp_register(on_request, DISP_HOW_CC, &when, (void *)(uintptr_t)kind, NULL);
}

static int support(const godwit_diameter_application_t *application)
{
    struct dict_object *app, *of;
    int error =
        fd_dict_search(fd_g_config->cnf_dict, DICT_APPLICATION, APPLICATION_BY_ID, &application->id, &app, ENOENT);
    error = error ? error
                  : fd_dict_search(fd_g_config->cnf_dict, DICT_VENDOR, VENDOR_BY_ID, &application->vendor, &of, ENOENT);
    return error ? error : fd_disp_app_support(app, of, 1, 0);
}

static int serve_commands_of(uint32_t application)
{
    const godwit_diameter_pair_t *pair;
    int error = 0;
    for (size_t i = 0; error == 0 && (pair = godwit_diameter_pair(i)) != NULL; i++) {
        if (pair->request->application == application) {
            error = serve(pair->request, pair->kind);
        }
    }
    return error;
}

int godwit_diameter_serve(void)
{
    const godwit_diameter_config_t *c = &godwit_diameter_instance->config;
    const godwit_diameter_application_t *a;
    int error = 0;
    for (size_t i = 0; error == 0 && (a = godwit_diameter_application(i)) != NULL; i++) {
        bool serves = a->serves(c);
        error = serves || a->asks(c) ? support(a) : 0;
        error = error == 0 && serves ? serve_commands_of(a->id) : error;
    }
    return error;
}
