/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: requests of the device under the session's key: the end of the session (20), and Manage Keys (30)
 * with the full COUNTs, for a service, or around a reading that is to be acknowledged.
 */
#include "device/internal.h"

GODWIT_DEVICE_OWN_FRAME godwit_status_t godwit_device_ask_under_key(godwit_device_t *device, uint8_t command,
                                                                    bool service)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_emsdp_control_t m = {.command = command};
    if (command == GODWIT_MANAGE_KEYS_REQUEST) {
        m.present = 1u << GODWIT_TLV_COUNT;
    }
    if (service) {
        godwit_device_e2e_request(device, godwit_device_e2e_age(device, device->session.e2m_keyset), &m);
    }
    if (x->confirming) {
        godwit_device_confirm_fill(device, &m);
    }
    godwit_writer_t out = godwit_writer(device->ask, sizeof device->ask);
    godwit_status_t status = godwit_device_seal_control(device, godwit_device_sending_key(device), &m, &out);
    if (status == GODWIT_OK) {
        x->pending = command;
        x->sendings = 1;
        x->hinted = false;
        x->ask_len = (uint16_t)out.len;
    }
    if (status == GODWIT_OK && service) {
        device->config.e2e->asking = 1;
    }
    return status;
}

static godwit_status_t send_request(godwit_device_t *device, uint8_t command, bool service,
                                    godwit_device_requests_t *requests)
{
    godwit_status_t status = godwit_device_ask_under_key(device, command, service);
    if (status == GODWIT_OK) {
        status = godwit_device_transmit(device, godwit_slice(device->ask, device->exchange.ask_len), false, requests);
        godwit_device_timer_set(device, requests);
    }
    return status;
}

static godwit_status_t ask_now(godwit_device_t *device, uint8_t command, godwit_device_requests_t *requests)
{
    requests->count = 0;
    if (device->exchange.pending != 0 || device->exchange.holds) {
        return GODWIT_AGAIN;
    }
    if (!godwit_device_is_live(device)) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = send_request(device, command, false, requests);
    if (status == GODWIT_OK && command == GODWIT_SESSION_TERMINATE_REQUEST) {
        device->session.state = GODWIT_SESSION_TERMINATING;
    }
    return godwit_device_finish(device, status, requests);
}

godwit_status_t godwit_device_terminate(godwit_device_t *device, godwit_device_requests_t *requests)
{
    return ask_now(device, GODWIT_SESSION_TERMINATE_REQUEST, requests);
}

godwit_status_t godwit_device_synchronise(godwit_device_t *device, godwit_device_requests_t *requests)
{
    return ask_now(device, GODWIT_MANAGE_KEYS_REQUEST, requests);
}

godwit_status_t godwit_device_e2e_ask(godwit_device_t *device, godwit_device_requests_t *requests)
{
    if (device->exchange.pending != 0) { /* it is asked for, or will be when the answer to something else is there */
        return GODWIT_OK;
    }
    return send_request(device, GODWIT_MANAGE_KEYS_REQUEST, true, requests);
}

godwit_status_t godwit_device_ask_again(godwit_device_t *device, bool service)
{
    const uint8_t sendings = device->exchange.sendings;
    godwit_status_t status = godwit_device_ask_under_key(device, GODWIT_MANAGE_KEYS_REQUEST, service);
    device->exchange.sendings = sendings;
    return status;
}
