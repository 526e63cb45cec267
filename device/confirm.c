/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: a reading that is acknowledged. The datagram for the EAS goes inside a Manage Keys Request under
 * K_session, again and again until the network says that the EAS has it, or has refused it. It is the same datagram
 * each time, so it is taken once; the request around it is a new one each time, so no answer to an earlier one is
 * taken for its own. Until then nothing else of the user plane is sent: the window of the EAS must not pass it by.
 */
#include <string.h>

#include "device/internal.h"

static godwit_slice_t datagram_of(const godwit_device_t *device)
{
    return godwit_slice(device->reading, device->exchange.reading_len);
}

void godwit_device_confirm_fill(const godwit_device_t *device, godwit_emsdp_control_t *m)
{
    m->present |= 1u << GODWIT_TLV_DATA;
    m->data = datagram_of(device);
}

static godwit_status_t judge(const godwit_device_t *device, godwit_slice_t reading)
{
    const godwit_device_exchange_t *x = &device->exchange;
    if (!godwit_device_is_e2e(device)) {
        return GODWIT_WRONG_STATE;
    }
    if (device->config.e2e->config.service == GODWIT_SERVICE_KEY_AGREEMENT) {
        return GODWIT_POLICY_FORBIDS;
    }
    if (!godwit_device_rides(device, reading.len)) {
        return GODWIT_NO_SPACE;
    }
    return x->holds || x->confirming || x->pending != 0 ? GODWIT_AGAIN : GODWIT_OK;
}

/* The datagram that is to arrive, into device->reading. */
static godwit_status_t seal(godwit_device_t *device, godwit_slice_t reading)
{
    godwit_writer_t out = godwit_writer(device->reading, sizeof device->reading);
    godwit_status_t status = godwit_device_e2e_seal(device, reading, &out);
    if (status == GODWIT_OK) {
        device->exchange.reading_len = (uint16_t)out.len;
        device->exchange.confirming = true;
    }
    return status;
}

static godwit_status_t take(godwit_device_t *device, godwit_slice_t reading, godwit_device_requests_t *requests)
{
    godwit_status_t status = seal(device, reading);
    if (status == GODWIT_OK) {
        status = godwit_device_ask_again(device, false);
    }
    if (status == GODWIT_OK) {
        status = godwit_device_transmit(device, godwit_slice(device->ask, device->exchange.ask_len), true, requests);
    }
    if (status == GODWIT_OK) {
        device->exchange.sendings = 1;
        godwit_device_timer_set(device, requests);
        godwit_device_event(requests, "reading_sent", GODWIT_OK);
    }
    return status;
}

godwit_status_t godwit_device_send_confirmed(godwit_device_t *device, godwit_slice_t reading,
                                             godwit_device_requests_t *requests)
{
    requests->count = 0;
    godwit_status_t status = judge(device, reading);
    if (status == GODWIT_OK && !(godwit_device_is_live(device) && godwit_device_e2e_is_ready(device))) {
        status = GODWIT_WRONG_STATE;
    }
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_device_finish(device, take(device, reading, requests), requests);
    if (status != GODWIT_OK) { /* nothing was under way before it */
        godwit_device_exchange_end(device);
        requests->count = 0;
    }
    return status;
}

static bool is_its_echo(godwit_slice_t datagram, const uint8_t echo[GODWIT_EMSDP_ECHO])
{
    return datagram.len >= GODWIT_EMSDP_ECHO &&
           memcmp(datagram.ptr + datagram.len - GODWIT_EMSDP_ECHO, echo, GODWIT_EMSDP_ECHO) == 0;
}

bool godwit_device_confirm_is_about(const godwit_device_t *device, const godwit_emsdp_control_t *m)
{
    return device->exchange.confirming && (is_its_echo(datagram_of(device), m->echo) ||
                                           is_its_echo(godwit_slice(device->ask, device->exchange.ask_len), m->echo));
}

void godwit_device_confirm_end(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_exchange_end(device);
    godwit_device_timer_cancel(requests);
    device->exchange.echo_set = false;
    device->config.e2e->echo_set = false;
}

godwit_status_t godwit_device_confirmed(godwit_device_t *device, const godwit_emsdp_control_t *m,
                                        godwit_device_requests_t *requests)
{
    const bool arrived = godwit_emsdp_has(m, GODWIT_TLV_ECHO) && godwit_device_confirm_is_about(device, m);
    if (arrived) {
        godwit_device_confirm_end(device, requests);
        godwit_device_event(requests, "reading_confirmed", GODWIT_OK);
    }
    return GODWIT_OK;
}
