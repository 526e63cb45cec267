/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: requests to the caller, and its keys.
 */
#include <string.h>

#include "device/internal.h"

/* ---- requests ---- */

void godwit_device_store(godwit_device_t *device, godwit_device_requests_t *requests)
{
    size_t len = godwit_device_record_write(device);
    godwit_device_ask_for(requests, GODWIT_DEVICE_STORE)->octets = godwit_slice(device->record, len);
}

void godwit_device_timer_set(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_wait(requests, device->config.retransmit_ms, device->exchange.sendings);
}

godwit_status_t godwit_device_transmit(godwit_device_t *device, godwit_slice_t datagram, bool with_reading,
                                       godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_status_t status = godwit_emsdp_echo(device->config.crypto, datagram, device->config.framing, x->echo);
    x->echo_set = status == GODWIT_OK;
    x->echo_had_reading = with_reading;
    if (status == GODWIT_OK && with_reading && godwit_device_is_e2e(device)) {
        memcpy(device->config.e2e->echo, x->echo, sizeof x->echo);
        device->config.e2e->echo_set = true;
    }
    if (status == GODWIT_OK) {
        godwit_device_ask_for(requests, GODWIT_DEVICE_SEND)->octets = datagram;
    }
    return status;
}

/* ---- keys and COUNTs ---- */

godwit_emsdp_key_t *godwit_device_sending_key(godwit_device_t *device)
{
    godwit_device_session_t *s = &device->session;
    bool successor = godwit_emsdp_key_is_set(&s->next) && s->state != GODWIT_SESSION_ANNOUNCED;
    return successor ? &s->next : &s->current;
}

void godwit_device_reserve_first(const godwit_device_t *device, godwit_emsdp_key_t *key)
{
    godwit_reserve_first(device->config.reserve, key);
}

godwit_status_t godwit_device_seal_user(const godwit_device_t *device, godwit_emsdp_key_t *key, godwit_slice_t payload,
                                        godwit_writer_t *out, bool *store)
{
    return godwit_reserve_seal_user(device->config.crypto, device->config.reserve, key, payload, out, store);
}

godwit_status_t godwit_device_seal_control(const godwit_device_t *device, godwit_emsdp_key_t *key,
                                           const godwit_emsdp_control_t *m, godwit_writer_t *out, bool *store)
{
    return godwit_reserve_seal_control(device->config.crypto, device->config.reserve, key, m, out, store);
}

godwit_status_t godwit_device_key_derive(const godwit_device_t *device, const uint8_t e2m_keyset[32],
                                         uint32_t generation, uint8_t suite, uint8_t key_id, uint32_t session_id,
                                         godwit_emsdp_key_t *key)
{
    const godwit_device_config_t *config = &device->config;
    uint8_t k_session[32];
    godwit_status_t status = godwit_k_session(config->crypto, e2m_keyset, config->endpoint, generation, k_session);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_key_init(config->crypto, key, k_session, suite, key_id, config->framing, session_id,
                                       generation, GODWIT_END_DEVICE);
    }
    if (status == GODWIT_OK) {
        godwit_device_reserve_first(device, key);
    }
    godwit_wipe(k_session, sizeof k_session);
    return status;
}

godwit_status_t godwit_device_suite_check(const godwit_device_t *device, uint8_t suite)
{
    bool taken = suite >= 1 && suite <= GODWIT_SUITE_LAST && (device->config.suites >> (suite - 1u) & 1u) != 0;
    return taken ? GODWIT_OK : GODWIT_UNSUPPORTED_SUITE;
}
