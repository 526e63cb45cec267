/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: Session Request (10). The first one has no key and is a pure function of the configuration and
 * its attempt, so that it can be made again for a retransmission or a transcript. Under a key that the network
 * announced it carries the reading at once.
 */
#include <string.h>

#include "device/internal.h"

/* 01, 02, 04 and 05 only where their key set is named. */
static uint8_t agreements_of(const godwit_device_t *device, const godwit_device_attempt_t *attempt)
{
    unsigned separate = device->config.agreements & ~GODWIT_DEVICE_NAMED_AGREEMENTS;
    unsigned access = attempt->with_selector ? 1u << (device->access.agreement - 1u) : 0u;
    return (uint8_t)((separate | access) != 0 ? separate | access : device->config.agreements);
}

GODWIT_DEVICE_OWN_FRAME godwit_status_t godwit_device_attempt_build(godwit_device_t *device,
                                                                    const godwit_device_attempt_t *attempt)
{
    const godwit_device_config_t *config = &device->config;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST};
    m.present = 1u << GODWIT_TLV_IMSI | 1u << GODWIT_TLV_UE_CONFIGURATION | 1u << GODWIT_TLV_ENTERPRISE |
                1u << GODWIT_TLV_SERVING_NETWORK;
    m.imsi = config->imsi;
    m.agreements = agreements_of(device, attempt);
    m.suites = config->suites;
    m.enterprise = config->enterprise;
    m.serving_network = config->serving_network;
    if (godwit_device_is_e2e(device)) {
        godwit_device_e2e_request(device, attempt->service_age, &m);
    }
    if (attempt->with_auts) {
        m.present |= 1u << GODWIT_TLV_AUTS;
        memcpy(m.auts, attempt->auts, sizeof m.auts);
    }
    if (attempt->with_selector && godwit_agreement_has_reference(device->access.agreement)) {
        m.present |= 1u << GODWIT_TLV_KEY_REFERENCE;
        m.key_reference = device->access.reference;
    } else if (attempt->with_selector) {
        m.present |= 1u << GODWIT_TLV_RAND;
        memcpy(m.rand, device->access.rand, sizeof m.rand);
    }
    godwit_writer_t out = godwit_writer(device->ask, sizeof device->ask);
    godwit_status_t status = godwit_emsdp_unkeyed_build(device->config.framing, 0, attempt->low_count, &m, &out);
    device->exchange.ask_len = (uint16_t)out.len;
    return status;
}

/* Counter bits of an attempt: random, so that a reboot does not meet a cached answer for ever. */
static uint32_t low_bits(const godwit_device_t *device, const uint8_t random[4])
{
    unsigned bits = 3u + 8u * device->config.framing.counter_octets;
    return godwit_load_u32(random) & ((UINT32_C(1) << bits) - 1u);
}

static godwit_status_t begin_unkeyed(godwit_device_t *device, const uint8_t random[4], const uint8_t *auts,
                                     godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_device_attempt_t attempt = {.used = true,
                                       .with_auts = auts != NULL,
                                       .with_selector = auts == NULL && godwit_device_names_key_set(device),
                                       .low_count = low_bits(device, random)};
    if (auts != NULL) {
        memcpy(attempt.auts, auts, sizeof attempt.auts);
    }
    if (attempt.with_selector) {
        attempt.service_age = godwit_device_e2e_age(device, device->access.key_set);
    }
    godwit_status_t status = godwit_device_attempt_build(device, &attempt);
    if (status == GODWIT_OK) {
        x->attempt[1] = x->attempt[0];
        x->attempt[0] = attempt;
        x->early = false;
        status = godwit_device_transmit(device, godwit_slice(device->ask, x->ask_len), false, requests);
    }
    return status;
}

/* What Data carries: the reading, or end to end the whole datagram that it became. */
static godwit_status_t early_data(godwit_device_t *device, godwit_emsdp_control_t *m)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_writer_t sealed = godwit_writer(device->work, sizeof device->work);
    m->data = godwit_slice(device->reading, x->reading_len);
    if (godwit_device_is_e2e(device)) {
        godwit_status_t status = godwit_device_e2e_seal(device, m->data, &sealed);
        if (status != GODWIT_OK) {
            return status;
        }
        m->data = godwit_written(&sealed);
    }
    m->present |= 1u << GODWIT_TLV_DATA;
    return GODWIT_OK;
}

/* Session ID and key say who asks, so it needs no other TLV; but for the service, where there is no key that the EAS
 * would have. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t begin_early(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_REQUEST};
    godwit_status_t status = GODWIT_OK;
    bool ready = godwit_device_e2e_is_ready(device);
    bool with_reading = x->holds && ready && godwit_device_rides(device, x->reading_len);
    if (with_reading) {
        status = early_data(device, &m);
    } else if (!ready) {
        godwit_device_e2e_request(device, godwit_device_e2e_age(device, device->session.e2m_keyset), &m);
    }
    godwit_writer_t out = godwit_writer(device->ask, sizeof device->ask);
    if (status == GODWIT_OK) {
        status = godwit_device_seal_control(device, &device->session.next, &m, &out);
    }
    if (status == GODWIT_OK) {
        x->early = true;
        x->early_reading = with_reading;
        x->ask_len = (uint16_t)out.len;
        status = godwit_device_transmit(device, godwit_written(&out), with_reading, requests);
    }
    return status;
}

static bool can_be_early(const godwit_device_t *device)
{
    const godwit_device_session_t *s = &device->session;
    return s->state == GODWIT_SESSION_ANNOUNCED && (s->flags & GODWIT_DEVICE_DISTRUSTED) == 0 &&
           godwit_emsdp_key_is_set(&s->next) && s->next.cp_next_out < GODWIT_DEVICE_COUNT_RETIRE;
}

godwit_status_t godwit_device_setup_begin(godwit_device_t *device, const uint8_t random[4], const uint8_t *auts,
                                          godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    bool early = auts == NULL && can_be_early(device);
    godwit_status_t status = early ? begin_early(device, requests) : begin_unkeyed(device, random, auts, requests);
    if (status == GODWIT_OK) {
        x->usim_runs = auts != NULL ? x->usim_runs : 0;
        x->pending = GODWIT_SESSION_REQUEST;
        x->sendings = 1;
        x->hinted = false;
        godwit_device_timer_set(device, requests);
        godwit_device_event(requests, "session_requested", GODWIT_OK);
    }
    return status;
}
