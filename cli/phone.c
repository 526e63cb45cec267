/* SPDX-License-Identifier: Apache-2.0
 *
 * The two libraries on each other: what the EMSDP library sends is an N-PDU of the access library, what that sends is a frame of the radio.
 */
#include "cli/phone.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 60000 /* of one step, whatever the libraries' own timers say */

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void fail(phone_t *p, int code, const char *what, const char *why)
{
    if (p->code == CLI_OK) {
        p->code = cli_fail(p->args, code, "%s: %s", what, why);
    }
}

static bool draw(phone_t *p, uint8_t random[4])
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
    return delay_ms > 0 ? now_ms() + delay_ms : -1;
}

/* A list of requests lives until the next call of its library, so what it leads to in that library waits until it has been carried out; but
 * for AUTHENTICATE and KEY_SET, which are the last of theirs. */
static void settle_access(phone_t *p, godwit_status_t status, const godwit_access_requests_t *requests);
static void settle_device(phone_t *p, godwit_status_t status, const godwit_device_requests_t *requests);

/* ---- N-PDUs up -------------------------------------------------------------------------------------------------------- */

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
        settle_access(p, status, &requests);
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

/* ---- Solution 1 and 2: the key set, the container up, the container down ----------------------------------------------- */

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

static void take_key_set(phone_t *p, const godwit_access_request_t *given)
{
    godwit_access_requests_t requests;
    uint8_t room[GODWIT_ACCESS_CONTAINER_MAX];
    godwit_status_t status =
        godwit_device_access_key_set(&p->device, given->agreement, given->rand, given->sqn, given->e2m_keyset);
    p->key_set = status == GODWIT_OK;
    note(p, "device", "key_set", status);
    if (p->access_config.e2m) {
        godwit_slice_t contents = p->key_set ? container(p, room) : godwit_slice(NULL, 0);
        status = godwit_access_container(&p->access, contents, &requests);
        settle_access(p, status, &requests);
    }
}

static void take_container(phone_t *p, godwit_slice_t answer)
{
    godwit_device_requests_t requests;
    uint8_t random[4], copy[GODWIT_ACCESS_FRAME_MAX];
    if (!p->key_set || answer.len > sizeof copy || !draw(p, random)) {
        return; /* there was no container up */
    }
    if (answer.len > 0) {
        memcpy(copy, answer.ptr, answer.len);
    }
    settle_device(p, godwit_device_bearer_start(&p->device, godwit_slice(copy, answer.len), random, &requests),
                  &requests);
}

static void begin_modification(phone_t *p)
{
    godwit_access_requests_t requests;
    uint8_t room[GODWIT_ACCESS_CONTAINER_MAX];
    godwit_slice_t contents = container(p, room);
    if (contents.len > 0) {
        settle_access(p, godwit_access_modify(&p->access, contents, &requests), &requests);
    }
}

/* ---- the access library ---------------------------------------------------------------------------------------------------- */

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
        {"attached", offsetof(phone_t, attached)}, {"activated", offsetof(phone_t, activated)},
        {"modified", offsetof(phone_t, modified)}, {"given_up", offsetof(phone_t, given_up)},
        {"detached", offsetof(phone_t, detached)},
    };
    note(p, "access", name, reason);
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(name, flags[i].name) == 0) {
            *(bool *)((char *)p + flags[i].flag) = true;
        }
    }
}

static void deliver(phone_t *p, godwit_slice_t octets)
{
    godwit_device_requests_t requests;
    uint8_t random[4], copy[GODWIT_ACCESS_NPDU_MAX];
    p->n_pdus_down++;
    if (octets.len <= sizeof copy && octets.len > 0 && draw(p, random)) {
        memcpy(copy, octets.ptr, octets.len);
        settle_device(p, godwit_device_receive(&p->device, godwit_slice(copy, octets.len), random, &requests),
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
        settle_access(p, godwit_access_usim_result(&p->access, &result, &requests), &requests);
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
    case GODWIT_ACCESS_KEY_SET:
        take_key_set(p, request);
        break;
    case GODWIT_ACCESS_CONTAINER:
        take_container(p, request->octets);
        break;
    case GODWIT_ACCESS_EVENT:
        take_access_event(p, request->name, request->reason);
        break;
    }
}

/* What had to wait for the end of a list. */
static void go_on(phone_t *p)
{
    if (p->depth == 0 && p->modify) {
        p->modify = false;
        begin_modification(p);
    }
    pass_n_pdus(p);
}

static void settle_access(phone_t *p, godwit_status_t status, const godwit_access_requests_t *requests)
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

/* ---- the EMSDP library --------------------------------------------------------------------------------------------------- */

static void take_device_event(phone_t *p, const char *name, godwit_status_t reason)
{
    note(p, "device", name, reason);
    p->sent = p->sent || strcmp(name, "reading_sent") == 0;
    p->session = p->session || strcmp(name, "session_started") == 0;
    p->fallback = p->fallback || strcmp(name, "fallback") == 0;
    p->reading_given_up = p->reading_given_up || strcmp(name, "given_up") == 0;
    p->modify = p->modify || strcmp(name, "modify_bearer") == 0;
}

static void keep_received(phone_t *p, godwit_slice_t octets)
{
    json_t *text = json_stringn((const char *)octets.ptr, octets.len);
    (void)json_array_append_new(p->received, text != NULL ? text : cli_json_hex(octets.ptr, octets.len));
}

static void authenticate_device(phone_t *p, const godwit_device_request_t *request)
{
    godwit_usim_result_t result;
    godwit_device_requests_t requests;
    uint8_t random[4];
    if (run_card(p, request->rand, request->autn, &result) && draw(p, random)) {
        settle_device(p, godwit_device_usim_result(&p->device, &result, random, &requests), &requests);
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

static void settle_device(phone_t *p, godwit_status_t status, const godwit_device_requests_t *requests)
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

/* ---- events ------------------------------------------------------------------------------------------------------------- */

static void receive_all(phone_t *p)
{
    uint8_t octets[GODWIT_ACCESS_FRAME_MAX + 1];
    godwit_access_requests_t requests;
    ssize_t n;
    while (p->code == CLI_OK && (n = recv(p->socket, octets, sizeof octets, MSG_DONTWAIT)) >= 0) {
        if ((size_t)n <= GODWIT_ACCESS_FRAME_MAX) {
            p->frames_down++;
            p->octets_down += (size_t)n;
            settle_access(p, godwit_access_receive(&p->access, godwit_slice(octets, (size_t)n), &requests), &requests);
        }
    }
}

static void run_timers(phone_t *p)
{
    godwit_access_requests_t of_access;
    godwit_device_requests_t of_device;
    uint8_t random[4];
    if (p->access_deadline_ms >= 0 && now_ms() >= p->access_deadline_ms) {
        p->access_deadline_ms = -1;
        settle_access(p, godwit_access_timer(&p->access, &of_access), &of_access);
    }
    if (p->device_deadline_ms >= 0 && now_ms() >= p->device_deadline_ms && draw(p, random)) {
        p->device_deadline_ms = -1;
        settle_device(p, godwit_device_timer(&p->device, random, &of_device), &of_device);
    }
}

static void wait_for_event(phone_t *p, int64_t until_ms)
{
    struct pollfd poller = {.fd = p->socket, .events = POLLIN};
    int64_t wake = until_ms;
    wake = p->access_deadline_ms >= 0 && p->access_deadline_ms < wake ? p->access_deadline_ms : wake;
    wake = p->device_deadline_ms >= 0 && p->device_deadline_ms < wake ? p->device_deadline_ms : wake;
    int64_t wait = wake - now_ms();
    if (poll(&poller, 1, wait < 0 ? 0 : (int)wait) > 0) {
        receive_all(p);
    }
    run_timers(p);
}

/* Until one of the two flags stands. */
static int wait_for(phone_t *p, const bool *good, const bool *bad, const char *what)
{
    int64_t until = now_ms() + PATIENCE_MS;
    while (p->code == CLI_OK && !*good && !*bad && now_ms() < until) {
        wait_for_event(p, until);
    }
    if (p->code == CLI_OK && !*good) {
        bool heard = p->refusal != GODWIT_OK;
        p->code = cli_fail(p->args, heard ? CLI_REFUSED : CLI_NO_PEER, "%s: %s: %s", p->radio, what,
                           heard ? godwit_status_name(p->refusal) : "no answer");
    }
    return p->code;
}

int phone_attach(phone_t *p)
{
    godwit_access_requests_t requests;
    settle_access(p, godwit_access_attach(&p->access, &requests), &requests);
    if (wait_for(p, &p->attached, &p->given_up, "not attached") == CLI_OK &&
        p->access_config.kind == GODWIT_ACCESS_UMTS) {
        settle_access(p, godwit_access_activate(&p->access, &requests), &requests);
        (void)wait_for(p, &p->activated, &p->given_up, "no PDP context");
    }
    return p->code;
}

int phone_modify(phone_t *p)
{
    p->modified = p->given_up = false;
    begin_modification(p);
    return wait_for(p, &p->modified, &p->given_up, "the bearer is not modified");
}

int phone_idle(phone_t *p)
{
    godwit_access_requests_t requests;
    godwit_status_t status = godwit_access_idle(&p->access, &requests);
    if (status != GODWIT_AGAIN) {
        settle_access(p, status, &requests);
    }
    return p->code;
}

int phone_send(phone_t *p, godwit_slice_t reading)
{
    godwit_device_requests_t requests;
    uint8_t random[4];
    p->sent = p->reading_given_up = false;
    if (draw(p, random)) {
        godwit_status_t status = godwit_device_send(&p->device, reading, random, &requests);
        if (status == GODWIT_NO_SPACE) {
            return cli_fail(p->args, CLI_USAGE, "the reading has %zu octets; one datagram takes %d", reading.len,
                            (int)GODWIT_DEVICE_READING_MAX);
        }
        settle_device(p, status, &requests);
    }
    return wait_for(p, &p->sent, &p->reading_given_up, "a reading could not be sent");
}

int phone_listen(phone_t *p, uint64_t wait_ms)
{
    int64_t until = now_ms() + (int64_t)wait_ms;
    while (p->code == CLI_OK && now_ms() < until) {
        wait_for_event(p, until);
    }
    return p->code;
}

int phone_detach(phone_t *p)
{
    godwit_access_requests_t requests;
    p->given_up = false;
    settle_access(p, godwit_access_detach(&p->access, &requests), &requests);
    int64_t until = now_ms() + PATIENCE_MS;
    while (p->code == CLI_OK && !p->detached && !p->given_up && now_ms() < until) {
        wait_for_event(p, until);
    }
    return p->code;
}

/* ---- opening and closing ------------------------------------------------------------------------------------------------- */

static int open_socket(phone_t *p)
{
    char host[256];
    const char *colon = strrchr(p->radio, ':');
    size_t len = colon != NULL ? (size_t)(colon - p->radio) : 0;
    if (colon == NULL || len == 0 || len >= sizeof host) {
        return cli_fail(p->args, CLI_USAGE, "--mme: '%s' is not ADDRESS:PORT", p->radio);
    }
    memcpy(host, p->radio, len);
    host[len] = '\0';
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, colon + 1, &hints, &found);
    if (error != 0) {
        return cli_fail(p->args, CLI_USAGE, "--mme %s: %s", p->radio, gai_strerror(error));
    }
    p->socket = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good = p->socket >= 0 && connect(p->socket, found->ai_addr, found->ai_addrlen) == 0;
    error = errno;
    freeaddrinfo(found);
    return good ? CLI_OK : cli_fail(p->args, CLI_NO_PEER, "%s: %s", p->radio, strerror(error));
}

int phone_open(phone_t *p)
{
    p->socket = -1;
    p->access_deadline_ms = p->device_deadline_ms = -1;
    p->events = json_array();
    p->received = json_array();
    if (godwit_usim_soft_open(&p->card, p->card_path, &godwit_crypto_builtin, NULL) != GODWIT_OK) {
        return cli_fail(p->args, CLI_FILE, "%s", p->card.why);
    }
    if (!godwit_imsi_equal(&p->card.usim.imsi, &p->access_config.imsi)) {
        return cli_fail(p->args, CLI_USAGE, "--imsi: %s is the card of %s", p->card_path, p->card.usim.imsi.digits);
    }
    if (godwit_access_init(&p->access, &p->access_config) != GODWIT_OK ||
        godwit_device_init(&p->device, &p->device_config) != GODWIT_OK) {
        return cli_fail(p->args, CLI_USAGE, "this combination of options cannot be");
    }
    return open_socket(p);
}

void phone_close(phone_t *p)
{
    if (p->socket >= 0) {
        (void)close(p->socket);
    }
    godwit_usim_soft_close(&p->card);
    godwit_wipe(&p->device, sizeof p->device);
    godwit_wipe(&p->access, sizeof p->access);
    json_decref(p->events);
    json_decref(p->received);
}
