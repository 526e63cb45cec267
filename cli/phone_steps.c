/* SPDX-License-Identifier: Apache-2.0
 *
 * What a phone is told to do, one step after another: each waits for what the network says to it.
 */
#include "cli/phone_internal.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 60000 /* of one step, whatever the libraries' own timers say */

/* ---- events ------------------------------------------------------------------------------------------------------ */

static void receive_all(phone_t *p)
{
    uint8_t octets[GODWIT_ACCESS_FRAME_MAX + 1];
    godwit_access_requests_t requests;
    ssize_t n;
    while (p->code == CLI_OK && (n = recv(p->socket, octets, sizeof octets, MSG_DONTWAIT)) >= 0) {
        if ((size_t)n <= GODWIT_ACCESS_FRAME_MAX) {
            p->frames_down++;
            p->octets_down += (size_t)n;
            phone_settle_access(p, godwit_access_receive(&p->access, godwit_slice(octets, (size_t)n), &requests),
                                &requests);
        }
    }
}

static void run_timers(phone_t *p)
{
    godwit_access_requests_t of_access;
    godwit_device_requests_t of_device;
    uint8_t random[4];
    if (p->access_deadline_ms >= 0 && cli_now_ms() >= p->access_deadline_ms) {
        p->access_deadline_ms = -1;
        phone_settle_access(p, godwit_access_timer(&p->access, &of_access), &of_access);
    }
    if (p->device_deadline_ms >= 0 && cli_now_ms() >= p->device_deadline_ms && phone_draw(p, random)) {
        p->device_deadline_ms = -1;
        phone_settle_device(p, godwit_device_timer(&p->device, random, &of_device), &of_device);
    }
}

static void wait_for_event(phone_t *p, int64_t until_ms)
{
    struct pollfd poller = {.fd = p->socket, .events = POLLIN};
    int64_t wake = until_ms;
    wake = p->access_deadline_ms >= 0 && p->access_deadline_ms < wake ? p->access_deadline_ms : wake;
    wake = p->device_deadline_ms >= 0 && p->device_deadline_ms < wake ? p->device_deadline_ms : wake;
    int64_t wait = wake - cli_now_ms();
    godwit_device_requests_t of_time;
    if (cli_e2e_pass(&p->device, &p->e2e, &of_time)) {
        phone_settle_device(p, GODWIT_OK, &of_time);
    }
    if (poll(&poller, 1, wait < 0 ? 0 : (int)wait) > 0) {
        receive_all(p);
    }
    run_timers(p);
}

/* Until one of the two flags stands. */
static int wait_for(phone_t *p, const bool *good, const bool *bad, const char *what)
{
    int64_t until = cli_now_ms() + PATIENCE_MS;
    while (p->code == CLI_OK && !*good && !*bad && cli_now_ms() < until) {
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
    phone_settle_access(p, godwit_access_attach(&p->access, &requests), &requests);
    if (wait_for(p, &p->attached, &p->given_up, "not attached") == CLI_OK &&
        p->access_config.kind != GODWIT_ACCESS_EPS && p->access_config.carrier != GODWIT_CARRIER_SMS) {
        phone_settle_access(p, godwit_access_activate(&p->access, &requests), &requests);
        (void)wait_for(p, &p->activated, &p->given_up, "no PDP context");
    }
    return p->code;
}

static int send_as_it_is(phone_t *p, godwit_slice_t reading)
{
    godwit_access_requests_t requests;
    phone_settle_access(p, godwit_access_send(&p->access, reading, &requests), &requests);
    p->n_pdus_up += p->code == CLI_OK;
    return p->code;
}

int phone_attach_with(phone_t *p, godwit_slice_t reading)
{
    godwit_access_requests_t requests;
    godwit_status_t status = godwit_access_attach_with(&p->access, reading, &requests);
    if (status == GODWIT_NO_SPACE || status == GODWIT_INVALID_ARGUMENT) {
        return cli_fail(p->args, CLI_USAGE, "the reading has %zu octets; that carrier does not take it in this access",
                        reading.len);
    }
    phone_settle_access(p, status, &requests);
    bool bearer = p->access_config.kind != GODWIT_ACCESS_EPS && p->access_config.carrier != GODWIT_CARRIER_SMS;
    const bool *there = bearer ? &p->activated : &p->attached;
    int code = wait_for(p, there, &p->given_up, "not attached with the reading");
    p->n_pdus_up += code == CLI_OK;
    if (code == CLI_OK && p->uncertain) { /* better twice than not at all */
        p->uncertain = false;
        code = send_as_it_is(p, reading);
    }
    return code;
}

int phone_modify(phone_t *p)
{
    p->modified = p->given_up = false;
    phone_begin_modification(p);
    return wait_for(p, &p->modified, &p->given_up, "the bearer is not modified");
}

int phone_idle(phone_t *p)
{
    godwit_access_requests_t requests;
    godwit_status_t status = godwit_access_idle(&p->access, &requests);
    if (status != GODWIT_AGAIN) {
        phone_settle_access(p, status, &requests);
    }
    return p->code;
}

int phone_send(phone_t *p, godwit_slice_t reading)
{
    if (p->raw) {
        return send_as_it_is(p, reading);
    }
    godwit_device_requests_t requests;
    uint8_t random[4];
    p->sent = p->reading_given_up = false;
    if (phone_draw(p, random)) {
        godwit_status_t status = godwit_device_send(&p->device, reading, random, &requests);
        if (status == GODWIT_NO_SPACE) {
            return cli_fail(p->args, CLI_USAGE, "the reading has %zu octets; one datagram takes %d", reading.len,
                            (int)GODWIT_DEVICE_READING_MAX);
        }
        phone_settle_device(p, status, &requests);
    }
    return wait_for(p, &p->sent, &p->reading_given_up, "a reading could not be sent");
}

int phone_listen(phone_t *p, uint64_t wait_ms)
{
    int64_t until = cli_now_ms() + (int64_t)wait_ms;
    while (p->code == CLI_OK && cli_now_ms() < until) {
        wait_for_event(p, until);
    }
    return p->code;
}

int phone_detach(phone_t *p)
{
    godwit_access_requests_t requests;
    int64_t until = cli_now_ms() + PATIENCE_MS;
    while (p->code == CLI_OK && godwit_sms_link_busy(&p->access.sms.link) && cli_now_ms() < until) {
        wait_for_event(p, until); /* a short message is on its way, or its answer */
    }
    p->given_up = false;
    phone_settle_access(p, godwit_access_detach(&p->access, &requests), &requests);
    until = cli_now_ms() + PATIENCE_MS;
    while (p->code == CLI_OK && !p->detached && !p->given_up && cli_now_ms() < until) {
        wait_for_event(p, until);
    }
    return p->code;
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

/* What the last run left; a record that is damaged, or another card's, is as none: the device attaches by AKA. */
static int open_next(phone_t *p)
{
    uint8_t record[2 * GODWIT_NEXT_SESSION_RECORD];
    size_t len = 0;
    if (p->next_path == NULL) {
        return CLI_OK;
    }
    if (godwit_nvm_open(&p->next, p->next_path, NULL) != GODWIT_OK) {
        return cli_fail(p->args, CLI_FILE, "%s", p->next.why);
    }
    p->next_open = true;
    godwit_status_t status = godwit_nvm_read(&p->next, record, sizeof record, &len);
    if (status == GODWIT_OK && godwit_access_restore(&p->access, godwit_slice(record, len)) != GODWIT_OK) {
        (void)cli_fail(p->args, CLI_OK, "%s is no record of this card: not used", p->next_path);
    }
    godwit_wipe(record, sizeof record);
    return status == GODWIT_OK || status == GODWIT_NOT_FOUND || status == GODWIT_NO_SPACE
               ? CLI_OK
               : cli_fail(p->args, CLI_FILE, "%s", p->next.why);
}

int phone_open(phone_t *p)
{
    p->socket = -1;
    p->access_deadline_ms = p->device_deadline_ms = -1;
    p->e2e.told_ms = cli_now_ms();
    p->events = json_array();
    p->received = json_array();
    int code = cli_card_open(p->args, p->card_path, &p->access_config.imsi, &p->card);
    if (code != CLI_OK) {
        return code;
    }
    godwit_aka_algorithm_t algorithm = p->card.usim.key.algorithm;
    p->access_config.gsm_sim = algorithm == GODWIT_ALG_GSM_MILENAGE || algorithm == GODWIT_ALG_XOR_2G;
    godwit_status_t status = godwit_access_init(&p->access, &p->access_config);
    if (status == GODWIT_UNSUPPORTED_SUITE) {
        return cli_fail(p->args, CLI_USAGE,
                        "the card is a SIM (2G): it has no AUTN, so it cannot tell whose a vector is");
    }
    if (status != GODWIT_OK || godwit_device_init(&p->device, &p->device_config) != GODWIT_OK) {
        return cli_fail(p->args, CLI_USAGE, "this combination of options cannot be");
    }
    code = open_next(p);
    return code == CLI_OK ? cli_udp_connect(p->args, "mme", p->radio, &p->socket) : code;
}

void phone_close(phone_t *p)
{
    if (p->socket >= 0) {
        (void)close(p->socket);
    }
    godwit_usim_soft_close(&p->card);
    cli_e2e_close(&p->e2e);
    if (p->next_open) {
        godwit_nvm_close(&p->next);
    }
    godwit_wipe(&p->device, sizeof p->device);
    godwit_wipe(&p->access, sizeof p->access);
    json_decref(p->events);
    json_decref(p->received);
}
