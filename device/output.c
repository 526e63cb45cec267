/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: requests to the caller, and its keys.
 */
#include <string.h>

#include "device/internal.h"

/* ---- requests ---- */

static godwit_status_t store(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_e2e_t *e = godwit_device_is_e2e(device) && device->config.e2e->unstored ? device->config.e2e : NULL;
    const size_t len = device->unstored ? godwit_device_record_write(device) : 0;
    const size_t len_e2e = e != NULL ? godwit_device_e2e_record_write(device) : 0;
    if ((device->unstored && len == 0) || (e != NULL && len_e2e == 0)) {
        return GODWIT_CRYPTO_FAILED;
    }
    if (device->unstored) {
        godwit_device_store_first(requests, GODWIT_DEVICE_STORE, godwit_slice(device->record, len));
        device->session.flags &= (uint8_t)~GODWIT_DEVICE_FRESH;
        device->unstored = false;
    }
    if (e != NULL) { /* before the session that it is of: an age that was taken is never forgotten */
        godwit_device_store_first(requests, GODWIT_DEVICE_STORE_E2E, godwit_slice(e->record, len_e2e));
        e->unstored = false;
    }
    return GODWIT_OK;
}

godwit_status_t godwit_device_finish(godwit_device_t *device, godwit_status_t status,
                                     godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    if (status == GODWIT_OK) {
        status = store(device, requests);
    }
    if (status == GODWIT_OK) {
        return GODWIT_OK;
    }
    if (godwit_device_hold_back(requests)) {
        x->usim_running = false;
        x->handed = 0;
    }
    if (godwit_status_class(status) == GODWIT_CLASS_INTERNAL && (x->pending != 0 || x->holds)) {
        godwit_device_timer_set(device, requests);
    }
    return status;
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

godwit_status_t godwit_device_seal_user(godwit_device_t *device, godwit_emsdp_key_t *key, godwit_slice_t payload,
                                        godwit_writer_t *out)
{
    return godwit_reserve_seal_user(device->config.crypto, device->config.reserve, key, payload, out,
                                    &device->unstored);
}

godwit_status_t godwit_device_seal_control(godwit_device_t *device, godwit_emsdp_key_t *key,
                                           const godwit_emsdp_control_t *m, godwit_writer_t *out)
{
    return godwit_reserve_seal_control(device->config.crypto, device->config.reserve, key, m, out, &device->unstored);
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
