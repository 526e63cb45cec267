/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: requests to the caller, and keys with their reserved COUNTs. COUNTs are reserved in the record before they are
 * used, so that a power loss at any point can skip some but never use one twice.
 */
#include <string.h>

#include "device/internal.h"

#define SHIFT_MAX 8u /* doublings of the wait, so that it stays a number */

/* ---- requests ---- */

godwit_device_request_t *godwit_device_ask_for(godwit_device_requests_t *requests, godwit_device_request_kind_t kind)
{
    size_t at = requests->count < GODWIT_DEVICE_REQUESTS_MAX ? requests->count++ : GODWIT_DEVICE_REQUESTS_MAX - 1u;
    memset(&requests->item[at], 0, sizeof requests->item[at]);
    requests->item[at].kind = kind;
    return &requests->item[at];
}

void godwit_device_event(godwit_device_requests_t *requests, const char *name, godwit_status_t reason)
{
    godwit_device_request_t *event = godwit_device_ask_for(requests, GODWIT_DEVICE_EVENT);
    event->name = name;
    event->reason = reason;
}

void godwit_device_store(godwit_device_t *device, godwit_device_requests_t *requests)
{
    size_t len = godwit_device_record_write(device);
    godwit_device_ask_for(requests, GODWIT_DEVICE_STORE)->octets = godwit_slice(device->record, len);
}

void godwit_device_timer_set(godwit_device_t *device, godwit_device_requests_t *requests)
{
    unsigned doublings = device->exchange.sendings > 0 ? device->exchange.sendings - 1u : 0u;
    uint32_t first = device->config.retransmit_ms;
    godwit_device_ask_for(requests, GODWIT_DEVICE_TIMER)->delay_ms = first
                                                                     << (doublings < SHIFT_MAX ? doublings : SHIFT_MAX);
}

void godwit_device_timer_cancel(godwit_device_requests_t *requests)
{
    godwit_device_ask_for(requests, GODWIT_DEVICE_TIMER)->delay_ms = 0;
}

godwit_status_t godwit_device_transmit(godwit_device_t *device, godwit_slice_t datagram, bool with_reading,
                                       godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_status_t status = godwit_emsdp_echo(device->config.crypto, datagram, device->config.framing, x->echo);
    x->echo_set = status == GODWIT_OK;
    x->echo_had_reading = with_reading;
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

/* At most 2^n at a time, n = 3 + 8E bits of COUNT being sent: the network tries four times as far ahead. */
static uint32_t raised(const godwit_device_t *device, uint32_t next)
{
    unsigned bits = 3u + 8u * device->config.framing.counter_octets;
    uint32_t most = UINT32_C(1) << bits;
    uint32_t reserve = device->config.reserve < most ? device->config.reserve : most;
    return next > UINT32_MAX - reserve ? UINT32_MAX : next + reserve;
}

void godwit_device_reserve_first(const godwit_device_t *device, godwit_emsdp_key_t *key)
{
    key->hot.up_limit_out = raised(device, 0);
    key->cp_limit_out = raised(device, 0);
}

godwit_status_t godwit_device_seal_user(const godwit_device_t *device, godwit_emsdp_key_t *key, godwit_slice_t payload,
                                        godwit_writer_t *out, bool *store)
{
    uint32_t limit = key->hot.up_limit_out;
    if (key->hot.up_next_out >= limit) {
        key->hot.up_limit_out = raised(device, key->hot.up_next_out);
    }
    godwit_status_t status = godwit_emsdp_seal_user(device->config.crypto, key, payload, out);
    if (status != GODWIT_OK) {
        key->hot.up_limit_out = limit;
    } else if (key->hot.up_limit_out != limit) {
        *store = true;
    }
    return status;
}

godwit_status_t godwit_device_seal_control(const godwit_device_t *device, godwit_emsdp_key_t *key,
                                           const godwit_emsdp_control_t *m, godwit_writer_t *out, bool *store)
{
    uint32_t limit = key->cp_limit_out;
    if (key->cp_next_out >= limit) {
        key->cp_limit_out = raised(device, key->cp_next_out);
    }
    godwit_status_t status = godwit_emsdp_seal_control(device->config.crypto, key, m, godwit_slice(NULL, 0), out);
    if (status != GODWIT_OK) {
        key->cp_limit_out = limit;
    } else if (key->cp_limit_out != limit) {
        *store = true;
    }
    return status;
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
