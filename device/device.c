/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: what the caller asks for, and the sending of readings. Every list of requests goes out through
 * godwit_device_finish, or a SEND could use a COUNT before the STORE that reserves it.
 */
#include <string.h>

#include "device/internal.h"

static godwit_status_t config_check(const godwit_device_config_t *config)
{
    bool good = config->crypto != NULL && config->imsi.len >= GODWIT_IMSI_DIGITS_MIN &&
                config->imsi.len <= GODWIT_IMSI_DIGITS_MAX && godwit_fqdn_is_canonical(config->endpoint) &&
                config->framing.session_octets <= 4 && config->framing.counter_octets <= 3 &&
                config->enterprise.len <= GODWIT_DEVICE_ENTERPRISE_MAX &&
                (config->enterprise.len == 0 || godwit_fqdn_is_canonical(config->enterprise)) &&
                config->suites >> GODWIT_SUITE_LAST == 0;
    return good ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
}

godwit_status_t godwit_device_init(godwit_device_t *device, const godwit_device_config_t *config)
{
    godwit_wipe(device, sizeof *device);
    godwit_status_t status = config_check(config);
    if (status != GODWIT_OK) {
        return status;
    }
    device->config = *config;
    godwit_device_config_t *mine = &device->config;
    mine->agreements = mine->agreements != 0 ? mine->agreements : 1u << (GODWIT_AGREEMENT_SEPARATE_EPS - 1);
    mine->suites = mine->suites != 0 ? mine->suites : 1u << (GODWIT_SUITE_DEFAULT - 1);
    mine->reserve = mine->reserve != 0 ? mine->reserve : GODWIT_DEVICE_RESERVE_DEFAULT;
    mine->retransmit_ms = mine->retransmit_ms != 0 ? mine->retransmit_ms : GODWIT_DEVICE_RETRANSMIT_DEFAULT_MS;
    mine->attempts = mine->attempts != 0 ? mine->attempts : GODWIT_DEVICE_ATTEMPTS_DEFAULT;
    device->session.state = GODWIT_SESSION_IDLE;
    return godwit_device_is_e2e(device) ? godwit_device_e2e_init(device) : GODWIT_OK;
}

godwit_status_t godwit_device_suspend(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_session_t *s = &device->session;
    requests->count = 0;
    /* What is exact now stays so: the next datagram reserves again before it leaves. */
    s->current.hot.up_limit_out = s->current.hot.up_next_out;
    s->current.cp_limit_out = s->current.cp_next_out;
    s->next.hot.up_limit_out = s->next.hot.up_next_out;
    s->next.cp_limit_out = s->next.cp_next_out;
    device->unstored = true;
    if (godwit_device_is_e2e(device)) {
        godwit_emsdp_key_t *plane = &device->config.e2e->current.plane;
        plane->hot.up_limit_out = plane->hot.up_next_out;
        device->config.e2e->unstored = true;
    }
    return godwit_device_finish(device, GODWIT_OK, requests);
}

void godwit_device_exchange_end(godwit_device_t *device)
{
    godwit_device_exchange_t *x = &device->exchange;
    x->pending = 0;
    x->early = false;
    x->sendings = 0;
    x->usim_running = x->usim_running && x->handed != 0; /* a handed vector is no answer to a request */
    x->holds = x->confirming = false;
    godwit_wipe(device->reading, x->reading_len);
    x->reading_len = 0;
    if (godwit_device_is_e2e(device)) {
        device->config.e2e->asking = 0;
    }
    memset(x->attempt, 0, sizeof x->attempt);
}

/* The reading that was just offered was not taken; what was under way before it goes on. */
static void not_taken(godwit_device_t *device, bool was_under_way, godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    requests->count = 0;
    if (!was_under_way) {
        godwit_device_exchange_end(device);
        return;
    }
    godwit_wipe(device->reading, x->reading_len);
    x->reading_len = 0;
    x->holds = false;
}

static void hold(godwit_device_t *device, godwit_slice_t reading)
{
    if (reading.len > 0) {
        memcpy(device->reading, reading.ptr, reading.len);
        device->exchange.reading_len = (uint16_t)reading.len;
        device->exchange.holds = true;
    }
}

/* A session that takes a reading as one datagram. */
bool godwit_device_is_live(godwit_device_t *device)
{
    const godwit_device_session_t *s = &device->session;
    const godwit_emsdp_key_t *key = godwit_device_sending_key(device);
    return (s->state == GODWIT_SESSION_ACTIVE || s->state == GODWIT_SESSION_REKEYING) &&
           (s->flags & GODWIT_DEVICE_DISTRUSTED) == 0 && device->exchange.pending != GODWIT_SESSION_REQUEST &&
           godwit_emsdp_key_is_set(key) && key->hot.up_next_out < GODWIT_DEVICE_COUNT_RETIRE &&
           key->cp_next_out < GODWIT_DEVICE_COUNT_RETIRE;
}

/* Whether so many COUNTs went without a sign of the network, some perhaps skipped by power losses, that it might not
 * follow the next; or whether it may have taken another key meanwhile: a MAC that is wrong to it is met with
 * silence. */
static bool is_out_of_sight(godwit_device_t *device)
{
    uint32_t sight = UINT32_C(2) << (3u + 8u * device->config.framing.counter_octets);
    uint32_t unseen = godwit_device_sending_key(device)->hot.up_next_out - device->session.synchronised;
    return (unseen >= sight || device->access.uncertain || godwit_device_e2e_is_out_of_sight(device)) &&
           device->exchange.pending == 0;
}

static godwit_status_t send_user(godwit_device_t *device, godwit_slice_t reading, godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    bool ask = is_out_of_sight(device);
    godwit_status_t status =
        ask ? godwit_device_ask_under_key(device, GODWIT_MANAGE_KEYS_REQUEST, godwit_device_e2e_is_out_of_sight(device))
            : GODWIT_OK;
    godwit_writer_t out = godwit_writer(device->work, sizeof device->work);
    if (status == GODWIT_OK) {
        status = godwit_device_is_e2e(device)
                     ? godwit_device_e2e_seal(device, reading, &out)
                     : godwit_device_seal_user(device, godwit_device_sending_key(device), reading, &out);
    }
    if (status != GODWIT_OK) {
        if (ask) { /* beside the next one */
            godwit_device_hold_on(device, requests);
        }
        return status;
    }
    if (ask) {
        godwit_device_ask_for(requests, GODWIT_DEVICE_SEND)->octets = godwit_slice(device->ask, x->ask_len);
        godwit_device_timer_set(device, requests);
    }
    status = godwit_device_transmit(device, godwit_written(&out), true, requests);
    godwit_device_event(requests, "reading_sent", GODWIT_OK);
    if (x->hints > 0 && ++x->hint_readings >= GODWIT_DEVICE_READINGS_PER_HINT) {
        x->hint_readings = 0;
        x->hints--;
    }
    return status;
}

static godwit_status_t judge(const godwit_device_t *device, godwit_slice_t reading)
{
    const godwit_device_exchange_t *x = &device->exchange;
    if (reading.len > GODWIT_DEVICE_READING_MAX) {
        return GODWIT_NO_SPACE;
    }
    if (reading.len > 0 && godwit_device_is_e2e(device) &&
        device->config.e2e->config.service == GODWIT_SERVICE_KEY_AGREEMENT) {
        return GODWIT_POLICY_FORBIDS; /* what is sent is the business of whoever has the exported key */
    }
    return x->holds || x->confirming || x->pending == GODWIT_SESSION_TERMINATE_REQUEST ? GODWIT_AGAIN : GODWIT_OK;
}

static godwit_status_t take(godwit_device_t *device, godwit_slice_t reading, const uint8_t random[4],
                            godwit_device_requests_t *requests)
{
    if (godwit_device_is_live(device) && godwit_device_e2e_is_ready(device)) {
        if (godwit_device_is_e2e(device) && device->config.e2e->config.service == GODWIT_SERVICE_KEY_AGREEMENT) {
            return GODWIT_OK; /* it is agreed */
        }
        return send_user(device, reading, requests);
    }
    hold(device, reading);
    if (godwit_device_is_e2e(device) && godwit_device_is_live(device)) {
        return godwit_device_e2e_ask(device, requests);
    }
    if (device->exchange.pending == GODWIT_SESSION_REQUEST) {
        return GODWIT_OK;
    }
    if (godwit_device_wants_bearer(device)) {
        godwit_device_want_modify(device, requests);
        return GODWIT_OK;
    }
    return godwit_device_setup_begin(device, random, NULL, requests);
}

godwit_status_t godwit_device_send(godwit_device_t *device, godwit_slice_t reading, const uint8_t random[4],
                                   godwit_device_requests_t *requests)
{
    const bool under_way = device->exchange.pending != 0;
    requests->count = 0;
    godwit_status_t status = judge(device, reading);
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_device_finish(device, take(device, reading, random, requests), requests);
    if (status != GODWIT_OK) {
        not_taken(device, under_way, requests);
    }
    return status;
}

/* No answer came. Nothing is erased; what the network now thinks of a session that was to end, only a new set-up can
 * tell. */
static void give_up(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    const bool was_confirming = x->confirming;
    if (x->pending == GODWIT_SESSION_TERMINATE_REQUEST) {
        device->session.state = GODWIT_SESSION_ACTIVE;
        device->session.flags |= GODWIT_DEVICE_DISTRUSTED;
    } else if (x->pending == GODWIT_MANAGE_KEYS_REQUEST && device->access.uncertain) {
        device->access.uncertain = false;
        device->session.flags |= GODWIT_DEVICE_DISTRUSTED;
    } else if (x->pending == GODWIT_MANAGE_KEYS_REQUEST) {
        const uint32_t unseen = godwit_device_sending_key(device)->hot.up_next_out - device->session.synchronised;
        const uint32_t later = UINT32_C(1) << (3u + 8u * device->config.framing.counter_octets);
        device->session.synchronised += unseen >= later ? later : 0; /* never past what was sent */
        if (godwit_device_is_e2e(device)) {
            godwit_device_e2e_ask_later(device);
        }
    } else if (x->early) { /* perhaps it did arrive, and the session under that key has begun without us */
        device->session.flags |= GODWIT_DEVICE_DISTRUSTED;
        if (x->echo_had_reading) {
            godwit_device_event(requests, "reading_uncertain", GODWIT_OK);
        }
    }
    godwit_device_exchange_end(device);
    if (was_confirming) {
        godwit_device_event(requests, "reading_uncertain", GODWIT_OK);
    }
    godwit_device_event(requests, "given_up", GODWIT_OK);
}

void godwit_device_hold_on(godwit_device_t *device, godwit_device_requests_t *requests)
{
    device->exchange.pending = 0;
    device->exchange.sendings = 0;
    if (godwit_device_is_e2e(device)) {
        device->config.e2e->asking = 0;
    }
    godwit_device_ask_for(requests, GODWIT_DEVICE_TIMER)->delay_ms = 1;
}

/* A long reading had to wait for the delivery of one from the network. When the session did not live to see it, another
 * is set up. */
godwit_status_t godwit_device_send_held(godwit_device_t *device, const uint8_t random[4],
                                        godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    if (!godwit_device_is_live(device)) {
        return godwit_device_setup_begin(device, random, NULL, requests);
    }
    if (!godwit_device_e2e_is_ready(device)) {
        return godwit_device_e2e_ask(device, requests);
    }
    godwit_status_t status = send_user(device, godwit_slice(device->reading, x->reading_len), requests);
    if (status == GODWIT_OK) {
        godwit_device_exchange_end(device);
    }
    return status;
}

/* The owner has not brought an answer of the network: it is asked again, and at last the device goes another way. */
static godwit_status_t modify_timer(godwit_device_t *device, const uint8_t random[4],
                                    godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    if (x->sendings >= device->config.attempts) {
        return godwit_device_fall_back(device, GODWIT_NOT_FOUND, random, requests);
    }
    x->sendings++;
    device->access.wants_modify = false;
    godwit_device_want_modify(device, requests);
    return GODWIT_OK;
}

static godwit_status_t say_again(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    const bool with_reading = (x->early && x->early_reading) || x->confirming;
    godwit_status_t status = GODWIT_OK;
    x->sendings++;
    x->hinted = false;
    if (x->pending == GODWIT_SESSION_REQUEST && !x->early) {
        status = godwit_device_attempt_build(device, &x->attempt[0]);
    } else if (x->confirming) {
        status = godwit_device_ask_again(device, false);
    } else if (godwit_device_is_e2e(device) && device->config.e2e->asking == 2) {
        status = godwit_device_ask_again(device, true);
    }
    if (status == GODWIT_OK) {
        status = godwit_device_transmit(device, godwit_slice(device->ask, x->ask_len), with_reading, requests);
    }
    godwit_device_timer_set(device, requests);
    return status;
}

static godwit_status_t timer_came(godwit_device_t *device, const uint8_t random[4], godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    if (x->pending == 0) {
        return x->holds ? godwit_device_send_held(device, random, requests) : GODWIT_OK;
    }
    if (x->pending == GODWIT_DEVICE_MODIFY) {
        return modify_timer(device, random, requests);
    }
    if (x->usim_running) { /* the card decides first */
        godwit_device_timer_set(device, requests);
        return GODWIT_OK;
    }
    if (x->sendings >= device->config.attempts) {
        give_up(device, requests);
        return GODWIT_OK;
    }
    return say_again(device, requests);
}

godwit_status_t godwit_device_timer(godwit_device_t *device, const uint8_t random[4],
                                    godwit_device_requests_t *requests)
{
    requests->count = 0;
    return godwit_device_finish(device, timer_came(device, random, requests), requests);
}

godwit_session_state_t godwit_device_state(const godwit_device_t *device)
{
    return device->exchange.pending == GODWIT_SESSION_REQUEST ? GODWIT_SESSION_REQUESTED
                                                              : (godwit_session_state_t)device->session.state;
}

uint32_t godwit_device_session_id(const godwit_device_t *device)
{
    const godwit_device_session_t *s = &device->session;
    return godwit_emsdp_key_is_set(&s->current) ? s->current.hot.session_id : s->next.hot.session_id;
}
