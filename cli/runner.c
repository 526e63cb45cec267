/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/runner.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/device_host.h"

/* The most calls into the library that one event can cause: a SIM's answer may ask for another run of it. */
#define ROUNDS_MAX 16

static void fail(cli_runner_t *r, int code, const char *what, const char *why)
{
    if (r->code == CLI_OK) {
        r->code = cli_fail(r->args, code, "%s: %s", what, why);
    }
}

static bool draw(cli_runner_t *r, uint8_t random[GODWIT_RAND1_RANDOM])
{
    if (getrandom(random, GODWIT_RAND1_RANDOM, 0) == GODWIT_RAND1_RANDOM) {
        return true;
    }
    fail(r, CLI_FILE, "random numbers", strerror(errno));
    return false;
}

/* ---- which of the two devices ------------------------------------------------------------------------------------ */

static godwit_status_t give_reading(cli_runner_t *r, godwit_slice_t reading, const uint8_t random[GODWIT_RAND1_RANDOM],
                                    godwit_device_requests_t *requests)
{
    if (r->confirms && reading.len > 0) {
        return godwit_device_send_confirmed(&r->device, reading, requests);
    }
    return r->is_mtc ? godwit_mtc_send(&r->mtc, reading, random, requests)
                     : godwit_device_send(&r->device, reading, random, requests);
}

static godwit_status_t give_datagram(cli_runner_t *r, godwit_slice_t datagram,
                                     const uint8_t random[GODWIT_RAND1_RANDOM], godwit_device_requests_t *requests)
{
    return r->is_mtc ? godwit_mtc_receive(&r->mtc, datagram, requests)
                     : godwit_device_receive(&r->device, datagram, random, requests);
}

static godwit_status_t give_timer(cli_runner_t *r, const uint8_t random[GODWIT_RAND1_RANDOM],
                                  godwit_device_requests_t *requests)
{
    return r->is_mtc ? godwit_mtc_timer(&r->mtc, random, requests) : godwit_device_timer(&r->device, random, requests);
}

/* What the card answered. */
typedef struct answer {
    godwit_usim_result_t usim;
    godwit_mtc_sim_result_t sim; /* the MTC device's, in the GSM context */
} answer_t;

static godwit_status_t give_answer(cli_runner_t *r, const answer_t *answer, const uint8_t random[GODWIT_RAND1_RANDOM],
                                   godwit_device_requests_t *requests)
{
    return r->is_mtc ? godwit_mtc_sim_result(&r->mtc, &answer->sim, requests)
                     : godwit_device_usim_result(&r->device, &answer->usim, random, requests);
}

uint32_t cli_runner_session(const cli_runner_t *r)
{
    return r->is_mtc ? godwit_mtc_session_id(&r->mtc) : godwit_device_session_id(&r->device);
}

/* ---- carrying out ------------------------------------------------------------------------------------------------ */

static void send_octets(cli_runner_t *r, godwit_slice_t octets)
{
    /* A refused port shows at the next call on a connected socket: one more try puts the datagram on the wire all the
     * same. */
    ssize_t n = send(r->socket, octets.ptr, octets.len, 0);
    if (n < 0 && errno == ECONNREFUSED) {
        n = send(r->socket, octets.ptr, octets.len, 0);
    }
    if (n < 0 && errno != ECONNREFUSED) {
        fail(r, CLI_NO_PEER, r->hse, strerror(errno));
        return;
    }
    r->datagrams_up++;
    r->octets_up += octets.len;
}

static void keep_received(cli_runner_t *r, godwit_slice_t octets)
{
    json_t *text = json_stringn((const char *)octets.ptr, octets.len);
    json_t *one = text != NULL ? json_pack("{s:o}", "payload", text)
                               : json_pack("{s:o}", "payload_hex", cli_json_hex(octets.ptr, octets.len));
    (void)json_array_append_new(r->received, one);
}

static void take_event(cli_runner_t *r, const godwit_device_request_t *event)
{
    if (strcmp(event->name, r->confirms ? "reading_confirmed" : "reading_sent") == 0) {
        r->sent = true;
    } else if (strcmp(event->name, "given_up") == 0) {
        r->given_up = true;
    } else if (strcmp(event->name, "session_started") == 0) {
        r->set_up = true;
    } else if (strcmp(event->name, "reading_uncertain") == 0) {
        r->uncertain = true;
    } else if (strcmp(event->name, "service_agreed") == 0) {
        r->agreed = true;
    } else if (strcmp(event->name, "reading_refused") == 0 || strcmp(event->name, "service_refused") == 0) {
        r->not_taken = event->reason;
    }
    if (event->reason != GODWIT_OK) {
        r->refusal = event->reason;
    }
    if (r->uncertain && r->why_uncertain == GODWIT_OK) {
        r->why_uncertain = r->refusal;
    }
}

/* Carries out one list. Returns true when the card was asked and its answer stands in answer. */
static bool carry_out(cli_runner_t *r, const godwit_device_requests_t *requests, answer_t *answer)
{
    bool asked = false;
    for (size_t i = 0; i < requests->count && r->code == CLI_OK; i++) {
        const godwit_device_request_t *request = &requests->item[i];
        switch (request->kind) {
        case GODWIT_DEVICE_SEND:
            send_octets(r, request->octets);
            break;
        case GODWIT_DEVICE_DELIVER:
            keep_received(r, request->octets);
            break;
        case GODWIT_DEVICE_STORE:
            if (r->has_nvm && godwit_nvm_write(&r->nvm, request->octets) != GODWIT_OK) {
                fail(r, CLI_FILE, "the session cannot be stored", r->nvm.why);
            }
            break;
        case GODWIT_DEVICE_AUTHENTICATE:
            if (godwit_usim_soft_authenticate(&r->card, request->rand, request->autn, &answer->usim) != GODWIT_OK) {
                fail(r, CLI_FILE, "the card does not answer", r->card.why);
            }
            asked = true;
            break;
        case GODWIT_DEVICE_AUTHENTICATE_GSM:
            answer->sim.status = godwit_usim_step_gsm(&r->card.usim, request->rand, answer->sim.sres, answer->sim.kc);
            asked = true;
            break;
        case GODWIT_DEVICE_TIMER:
            r->deadline_ms = request->delay_ms > 0 ? cli_now_ms() + request->delay_ms : -1;
            break;
        case GODWIT_DEVICE_EVENT:
            take_event(r, request);
            break;
        case GODWIT_DEVICE_STORE_E2E:
            r->code = cli_e2e_store(r->args, &r->e2e, request->octets);
            break;
        }
    }
    return asked;
}

void cli_runner_settle(cli_runner_t *r, godwit_status_t status, godwit_device_requests_t *requests)
{
    answer_t answer;
    uint8_t random[GODWIT_RAND1_RANDOM];
    for (unsigned round = 0; round < ROUNDS_MAX && r->code == CLI_OK; round++) {
        if (status != GODWIT_OK) {
            fail(r, CLI_REFUSED, "the device refuses", godwit_status_name(status));
            break;
        }
        if (!carry_out(r, requests, &answer) || r->code != CLI_OK || !draw(r, random)) {
            break;
        }
        status = give_answer(r, &answer, random, requests);
    }
    godwit_wipe(&answer, sizeof answer);
}

/* ---- events ------------------------------------------------------------------------------------------------------ */

static void receive_all(cli_runner_t *r)
{
    uint8_t octets[GODWIT_EMSDP_DATAGRAM_MAX + 1];
    godwit_device_requests_t requests;
    uint8_t random[GODWIT_RAND1_RANDOM];
    ssize_t n;
    while (r->code == CLI_OK && (n = recv(r->socket, octets, sizeof octets, MSG_DONTWAIT)) >= 0) {
        if ((size_t)n > GODWIT_EMSDP_DATAGRAM_MAX || !draw(r, random)) {
            continue;
        }
        r->datagrams_down++;
        r->octets_down += (size_t)n;
        cli_runner_settle(r, give_datagram(r, godwit_slice(octets, (size_t)n), random, &requests), &requests);
    }
}

/* Waits until until_ms at the latest for one event and takes it. Returns true when the file fd (-1: none) can be
 * read. */
static bool wait_for_event(cli_runner_t *r, int64_t until_ms, int fd)
{
    struct pollfd pollers[2] = {{.fd = r->socket, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    int64_t wake = r->deadline_ms >= 0 && r->deadline_ms < until_ms ? r->deadline_ms : until_ms;
    int64_t wait = wake - cli_now_ms();
    godwit_device_requests_t of_time;
    if (cli_e2e_pass(&r->device, &r->e2e, &of_time)) {
        cli_runner_settle(r, GODWIT_OK, &of_time);
    }
    int ready = poll(pollers, 2, wait < 0 ? 0 : wait > 3600000 ? 3600000 : (int)wait);
    if (ready > 0 && pollers[0].revents != 0) {
        receive_all(r);
    }
    if (r->code == CLI_OK && r->deadline_ms >= 0 && cli_now_ms() >= r->deadline_ms) {
        godwit_device_requests_t requests;
        uint8_t random[GODWIT_RAND1_RANDOM];
        r->deadline_ms = -1;
        if (draw(r, random)) {
            cli_runner_settle(r, give_timer(r, random, &requests), &requests);
        }
    }
    return ready > 0 && pollers[1].revents != 0;
}

/* What has become of a reading that is to be acknowledged, and was not. */
static int not_confirmed(const cli_runner_t *r)
{
    if (r->not_taken != GODWIT_OK) {
        return cli_fail(r->args, CLI_REFUSED, "%s: the reading was not taken: %s", r->hse,
                        godwit_status_name(r->not_taken));
    }
    return cli_fail(r->args, CLI_NO_PEER, "%s: not acknowledged: the reading may have arrived, or not", r->hse);
}

/* A reading that is to be acknowledged needs a session and a key: it waits for them. */
static bool offer(cli_runner_t *r, godwit_slice_t reading)
{
    godwit_device_requests_t requests;
    uint8_t random[GODWIT_RAND1_RANDOM];
    if (!draw(r, random)) {
        return false;
    }
    godwit_status_t status = give_reading(r, reading, random, &requests);
    if (status == GODWIT_WRONG_STATE && r->confirms) {
        if (cli_runner_agree(r) != CLI_OK) {
            return false;
        }
        r->given_up = r->uncertain = false;
        r->not_taken = GODWIT_OK;
        status = give_reading(r, reading, random, &requests);
    }
    if (status == GODWIT_NO_SPACE) {
        r->code = cli_fail(r->args, CLI_USAGE, "the reading has %zu octets; one datagram takes %d", reading.len,
                           r->confirms ? GODWIT_DEVICE_FIRST_READING_MAX - GODWIT_EMSDP_OVERHEAD_MAX
                                       : (int)GODWIT_DEVICE_READING_MAX);
        return false;
    }
    cli_runner_settle(r, status, &requests);
    return true;
}

int cli_runner_send(cli_runner_t *r, godwit_slice_t reading)
{
    godwit_device_requests_t requests;
    r->sent = r->given_up = false;
    r->refusal = r->not_taken = GODWIT_OK;
    if (cli_e2e_pass(&r->device, &r->e2e, &requests)) {
        cli_runner_settle(r, GODWIT_OK, &requests);
    }
    if (!offer(r, reading)) {
        return r->code;
    }
    while (r->code == CLI_OK && !r->sent && !r->given_up && r->not_taken == GODWIT_OK &&
           !(r->confirms && r->uncertain)) {
        (void)wait_for_event(r, cli_now_ms() + 3600000, -1);
    }
    if (r->code == CLI_OK && !r->sent && r->confirms) {
        r->code = not_confirmed(r);
    } else if (r->code == CLI_OK && !r->sent) {
        bool heard = r->refusal != GODWIT_OK;
        r->code = cli_fail(r->args, heard ? CLI_REFUSED : CLI_NO_PEER, "%s: %s%s%s", r->hse,
                           heard ? "no session; last refusal: " : "no answer",
                           heard ? godwit_status_name(r->refusal) : "", cli_root_remedy(&r->root, r->refusal));
    }
    return r->code;
}

int cli_runner_agree(cli_runner_t *r)
{
    godwit_device_requests_t requests;
    uint8_t random[GODWIT_RAND1_RANDOM];
    bool waits = false;
    if (cli_e2e_pass(&r->device, &r->e2e, &requests)) {
        cli_runner_settle(r, GODWIT_OK, &requests);
    }
    if (draw(r, random)) {
        godwit_status_t status = give_reading(r, godwit_slice(NULL, 0), random, &requests);
        waits = requests.count > 0; /* else there is one */
        cli_runner_settle(r, status, &requests);
    }
    while (r->code == CLI_OK && waits && !r->set_up && !r->agreed && !r->given_up && r->not_taken == GODWIT_OK) {
        (void)wait_for_event(r, cli_now_ms() + 3600000, -1);
    }
    if (r->code == CLI_OK && waits && !r->set_up && !r->agreed) {
        bool heard = r->refusal != GODWIT_OK;
        r->code = cli_fail(r->args, heard ? CLI_REFUSED : CLI_NO_PEER, "%s: %s%s", r->hse,
                           heard ? "no key end to end: " : "no answer", heard ? godwit_status_name(r->refusal) : "");
    }
    return r->code;
}

int cli_runner_attend(cli_runner_t *r, int fd)
{
    while (r->code == CLI_OK && !wait_for_event(r, cli_now_ms() + 3600000, fd)) {
    }
    return r->code;
}

int cli_runner_listen(cli_runner_t *r, uint64_t wait_ms)
{
    int64_t until = cli_now_ms() + (int64_t)wait_ms;
    while (r->code == CLI_OK && cli_now_ms() < until) {
        (void)wait_for_event(r, until, -1);
    }
    if (r->code == CLI_OK && r->not_taken != GODWIT_OK) {
        r->code =
            cli_fail(r->args, CLI_REFUSED, "%s: a reading was not taken: %s", r->hse, godwit_status_name(r->not_taken));
    }
    if (r->code == CLI_OK && r->uncertain) {
        r->code =
            cli_fail(r->args, CLI_REFUSED,
                     "%s says %s: whether a reading arrived is not known; the one after it sets up a new session%s",
                     r->hse, godwit_status_name(r->why_uncertain), cli_root_remedy(&r->root, r->why_uncertain));
    }
    return r->code;
}
