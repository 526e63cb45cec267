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

/* ---- which of the two devices ---------------------------------------------------------------------------------------- */

static godwit_status_t give_reading(cli_runner_t *r, godwit_slice_t reading, const uint8_t random[GODWIT_RAND1_RANDOM],
                                    godwit_device_requests_t *requests)
{
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
    /* A refused port shows at the next call on a connected socket: one more try puts the datagram on the wire all the same. */
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
    if (strcmp(event->name, "reading_sent") == 0) {
        r->sent = true;
    } else if (strcmp(event->name, "given_up") == 0) {
        r->given_up = true;
    } else if (strcmp(event->name, "session_started") == 0) {
        r->set_up = true;
    } else if (strcmp(event->name, "reading_uncertain") == 0) {
        r->uncertain = true;
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
        case GODWIT_DEVICE_STORE_E2E: /* asked for only where the configuration says end to end */
            break;
        }
    }
    return asked;
}

/* Carries out a list and what the card's answers lead to. status: what the library's call returned. */
static void settle(cli_runner_t *r, godwit_status_t status, godwit_device_requests_t *requests)
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

/* ---- events --------------------------------------------------------------------------------------------------------- */

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
        settle(r, give_datagram(r, godwit_slice(octets, (size_t)n), random, &requests), &requests);
    }
}

/* Waits until until_ms at the latest for one event and takes it. Returns true when the file fd (-1: none) can be read. */
static bool wait_for_event(cli_runner_t *r, int64_t until_ms, int fd)
{
    struct pollfd pollers[2] = {{.fd = r->socket, .events = POLLIN}, {.fd = fd, .events = POLLIN}};
    int64_t wake = r->deadline_ms >= 0 && r->deadline_ms < until_ms ? r->deadline_ms : until_ms;
    int64_t wait = wake - cli_now_ms();
    int ready = poll(pollers, 2, wait < 0 ? 0 : wait > 3600000 ? 3600000 : (int)wait);
    if (ready > 0 && pollers[0].revents != 0) {
        receive_all(r);
    }
    if (r->code == CLI_OK && r->deadline_ms >= 0 && cli_now_ms() >= r->deadline_ms) {
        godwit_device_requests_t requests;
        uint8_t random[GODWIT_RAND1_RANDOM];
        r->deadline_ms = -1;
        if (draw(r, random)) {
            settle(r, give_timer(r, random, &requests), &requests);
        }
    }
    return ready > 0 && pollers[1].revents != 0;
}

int cli_runner_send(cli_runner_t *r, godwit_slice_t reading)
{
    godwit_device_requests_t requests;
    uint8_t random[GODWIT_RAND1_RANDOM];
    r->sent = r->given_up = false;
    r->refusal = GODWIT_OK;
    if (draw(r, random)) {
        godwit_status_t status = give_reading(r, reading, random, &requests);
        if (status == GODWIT_NO_SPACE) {
            return cli_fail(r->args, CLI_USAGE, "the reading has %zu octets; one datagram takes %d", reading.len,
                            (int)GODWIT_DEVICE_READING_MAX);
        }
        settle(r, status, &requests);
    }
    while (r->code == CLI_OK && !r->sent && !r->given_up) {
        (void)wait_for_event(r, cli_now_ms() + 3600000, -1);
    }
    if (r->code == CLI_OK && !r->sent) {
        bool heard = r->refusal != GODWIT_OK;
        r->code = cli_fail(r->args, heard ? CLI_REFUSED : CLI_NO_PEER, "%s: %s%s%s", r->hse,
                           heard ? "no session; last refusal: " : "no answer",
                           heard ? godwit_status_name(r->refusal) : "", cli_root_remedy(&r->root, r->refusal));
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
    if (r->code == CLI_OK && r->uncertain) {
        r->code =
            cli_fail(r->args, CLI_REFUSED,
                     "%s says %s: whether a reading arrived is not known; the one after it sets up a new session%s",
                     r->hse, godwit_status_name(r->why_uncertain), cli_root_remedy(&r->root, r->why_uncertain));
    }
    return r->code;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------------- */

/* What the state file holds becomes the session. Damage costs one set-up, not the device: the library is then as after init. Not so the MTC
 * device: its counter and its chain are known to nobody else. */
static int take_record(cli_runner_t *r, godwit_slice_t record)
{
    if (r->is_mtc) {
        return godwit_mtc_restore(&r->mtc, record) == GODWIT_OK
                   ? CLI_OK
                   : cli_fail(r->args, CLI_FILE,
                              "%s: no record of device RAND of this IMSI, endpoint and framing; if it is damaged, the "
                              "operator must release this IMSI at the MKEF before the file may be removed",
                              r->state_path);
    }
    if (record.len < 2 || memcmp(record.ptr, "GW", 2) != 0) {
        return cli_fail(r->args, CLI_FILE, "%s: not a file that keeps a session; name another", r->state_path);
    }
    godwit_status_t status = godwit_device_restore(&r->device, record);
    if (status == GODWIT_MALFORMED) {
        (void)cli_fail(r->args, CLI_OK, "%s: no session that can be read; a new one is set up", r->state_path);
        return CLI_OK;
    }
    return status == GODWIT_OK ? CLI_OK
                               : cli_fail(r->args, CLI_FILE, "%s: %s", r->state_path, godwit_status_name(status));
}

/* has_nvm stands only when the session in memory is the one of the file, so that closing writes over nothing else. */
static int restore(cli_runner_t *r)
{
    uint8_t record[GODWIT_DEVICE_RECORD_MAX];
    size_t len = 0;
    int code = CLI_OK;
    if (r->state_path == NULL) {
        return CLI_OK;
    }
    if (godwit_nvm_open(&r->nvm, r->state_path, NULL) != GODWIT_OK) {
        return cli_fail(r->args, CLI_FILE, "%s", r->nvm.why);
    }
    godwit_status_t status = godwit_nvm_read(&r->nvm, record, sizeof record, &len);
    if (status == GODWIT_OK && len > 0) {
        code = take_record(r, godwit_slice(record, len));
    } else if (status != GODWIT_OK && status != GODWIT_NOT_FOUND) {
        code = cli_fail(r->args, CLI_FILE, "%s", r->nvm.why);
    }
    godwit_wipe(record, sizeof record);
    r->has_nvm = code == CLI_OK;
    if (!r->has_nvm) {
        godwit_nvm_close(&r->nvm);
    }
    return code;
}

int cli_runner_open(cli_runner_t *r)
{
    r->socket = -1;
    r->deadline_ms = -1;
    r->received = json_array();
    int code = cli_card_open(r->args, r->card_path, &r->config.imsi, &r->card);
    if (code == CLI_OK && (r->is_mtc ? godwit_mtc_init(&r->mtc, &r->mtc_config)
                                     : godwit_device_init(&r->device, &r->config)) != GODWIT_OK) {
        code = cli_fail(r->args, CLI_USAGE,
                        "this combination of --agreement, --suite, --session-octets and --counter-octets cannot be");
    }
    if (code == CLI_OK) {
        code = cli_udp_connect(r->args, "hse", r->hse, &r->socket);
    }
    code = code == CLI_OK ? restore(r) : code;
    code = code == CLI_OK ? cli_root_give(r->args, &r->root, &r->device) : code;
    if (code == CLI_OK && r->renews) {
        godwit_mtc_renew(&r->mtc);
    }
    return code;
}

static godwit_status_t suspend(cli_runner_t *r, godwit_device_requests_t *requests)
{
    if (r->is_mtc) {
        godwit_mtc_suspend(&r->mtc, requests);
        return GODWIT_OK;
    }
    return godwit_device_suspend(&r->device, requests);
}

int cli_runner_close(cli_runner_t *r)
{
    godwit_device_requests_t requests;
    answer_t answer;
    if (r->has_nvm && suspend(r, &requests) == GODWIT_OK) {
        int code = r->code;
        r->code = CLI_OK; /* the counters are stored whatever went wrong before */
        (void)carry_out(r, &requests, &answer);
        r->code = code != CLI_OK ? code : r->code;
    }
    if (r->has_nvm) {
        godwit_nvm_close(&r->nvm);
    }
    if (r->socket >= 0) {
        (void)close(r->socket);
    }
    godwit_usim_soft_close(&r->card);
    godwit_wipe(&r->device, sizeof r->device);
    godwit_wipe(&r->mtc, sizeof r->mtc);
    godwit_wipe(&r->root, sizeof r->root);
    return r->code;
}
