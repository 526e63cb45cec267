/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: Session Start (11), the run of the USIM, and Session Start Confirmation (12). Start is read up to its HSE
 * configuration, the key is derived, the MAC checked, and only then anything is kept; but the USIM moves its SQN before that, so its last
 * result is kept and used again for the same RAND and AUTN: a forged MAC must not spoil the genuine Start.
 */
#include <string.h>

#include "core/agree/separate_aka/separate_aka.h"
#include "device/internal.h"

/* What of a Session Start must fit this device, before the USIM is troubled. */
static godwit_status_t start_check(const godwit_device_t *device, const godwit_emsdp_control_t *m)
{
    const godwit_device_config_t *config = &device->config;
    if (m->framing.session_octets != config->framing.session_octets ||
        m->framing.counter_octets != config->framing.counter_octets || m->generation == 0) {
        return GODWIT_MALFORMED;
    }
    if (m->agreement < 1 || m->agreement > 8 || (config->agreements >> (m->agreement - 1) & 1u) == 0) {
        return GODWIT_POLICY_FORBIDS;
    }
    godwit_status_t status = godwit_device_suite_check(device, m->suite);
    if (status == GODWIT_OK) {
        status = godwit_separate_aka_check((godwit_agreement_t)m->agreement, m->autn, 0);
    }
    return status == GODWIT_INVALID_ARGUMENT ? GODWIT_POLICY_FORBIDS : status;
}

static bool is_vector(const uint8_t vector[32], const godwit_emsdp_control_t *m)
{
    return memcmp(vector, m->rand, 16) == 0 && memcmp(vector + 16, m->autn, 16) == 0;
}

/* Generations of one key set only rise. */
static bool is_used_generation(const godwit_device_t *device, uint32_t generation)
{
    uint32_t last = device->exchange.vector_is_current ? device->session.generation : 0;
    return generation <= last;
}

static godwit_status_t ask_usim(godwit_device_t *device, const godwit_emsdp_control_t *m, godwit_slice_t start,
                                godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    if (x->usim_running) {
        return is_vector(x->asked, m) ? GODWIT_OK : GODWIT_OVERLOAD;
    }
    if (x->usim_runs >= GODWIT_DEVICE_USIM_RUNS_MAX) {
        return GODWIT_OVERLOAD;
    }
    if (start.len > sizeof device->answer) {
        return GODWIT_MALFORMED;
    }
    memcpy(device->answer, start.ptr, start.len);
    x->start_len = (uint16_t)start.len;
    x->answer_len = 0;
    memcpy(x->asked, m->rand, 16);
    memcpy(x->asked + 16, m->autn, 16);
    x->usim_running = true;
    x->usim_runs++;
    godwit_device_request_t *run = godwit_device_ask_for(requests, GODWIT_DEVICE_AUTHENTICATE);
    run->rand = x->asked;
    run->autn = x->asked + 16;
    return GODWIT_OK;
}

/* ---- Start with a vector ---- */

/* GODWIT_OK: the USIM has taken this vector, and Start can be completed. GODWIT_AGAIN: the USIM was asked, or is at it. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t start_judge(godwit_device_t *device, godwit_slice_t start,
                                                           godwit_device_requests_t *requests)
{
    godwit_emsdp_control_t m;
    godwit_status_t status = godwit_emsdp_start_peek(start, device->config.framing, &m);
    if (status == GODWIT_OK && !godwit_emsdp_has(&m, GODWIT_TLV_RAND)) {
        return godwit_device_access_check(device, &m);
    }
    if (status == GODWIT_OK) {
        status = start_check(device, &m);
    }
    if (status == GODWIT_OK && (!device->exchange.vector_set || !is_vector(device->exchange.vector, &m))) {
        status = ask_usim(device, &m, start, requests);
        return status == GODWIT_OK ? GODWIT_AGAIN : status;
    }
    return status == GODWIT_OK && is_used_generation(device, m.generation) ? GODWIT_REPLAY : status;
}

static godwit_status_t start_with_vector(godwit_device_t *device, godwit_slice_t start,
                                         godwit_device_requests_t *requests)
{
    godwit_status_t status = start_judge(device, start, requests);
    if (status == GODWIT_OK) {
        status = godwit_device_start_complete(device, start, requests);
    }
    return status == GODWIT_AGAIN ? GODWIT_OK : status;
}

/* The key that a Start with a known vector names; or, without a vector, the key set of the access. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t start_key(const godwit_device_t *device, godwit_slice_t start,
                                                         godwit_emsdp_key_t *key, bool *of_access)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    godwit_status_t status = godwit_emsdp_peek(start, device->config.framing, &header);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_start_peek(start, device->config.framing, &m);
    }
    if (status == GODWIT_OK) {
        *of_access = !godwit_emsdp_has(&m, GODWIT_TLV_RAND);
        status = godwit_device_key_derive(device, *of_access ? device->access.key_set : device->exchange.key_set,
                                          m.generation, m.suite, header.key_id, header.session_id, key);
    }
    return status;
}

/* Opens Start as the answer to one attempt; on success the transcript becomes that of 12. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t open_start(godwit_device_t *device,
                                                          const godwit_device_attempt_t *attempt, godwit_slice_t start,
                                                          godwit_emsdp_key_t *key, godwit_e2e_terms_t *terms,
                                                          uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT])
{
    const godwit_crypto_t *crypto = device->config.crypto;
    godwit_emsdp_opened_t opened;
    if (!attempt->used) {
        return GODWIT_MAC_FAILURE;
    }
    godwit_status_t status = godwit_device_attempt_build(device, attempt);
    godwit_slice_t datagrams[2] = {godwit_slice(device->ask, device->exchange.ask_len), start};
    if (status == GODWIT_OK) {
        status = godwit_emsdp_transcript(crypto, datagrams, 1, transcript);
    }
    if (status == GODWIT_OK) {
        status = godwit_emsdp_open(crypto, key, start, godwit_slice(transcript, GODWIT_EMSDP_TRANSCRIPT), device->work,
                                   &opened);
    }
    if (status == GODWIT_OK && godwit_emsdp_has(&opened.control, GODWIT_TLV_SERVICE) != godwit_device_is_e2e(device)) {
        status = GODWIT_POLICY_FORBIDS; /* end to end, or nothing */
    }
    if (status == GODWIT_OK) {
        *terms = opened.control.terms;
        godwit_emsdp_accept(key, &opened);
        status = godwit_emsdp_transcript(crypto, datagrams, 2, transcript);
    }
    return status;
}

/* 12 into device->answer, with the reading if it is short enough; a longer one as a user-plane datagram into device->work. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t seal_confirmation(godwit_device_t *device, godwit_emsdp_key_t *key,
                                                                 const uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT],
                                                                 godwit_writer_t *user)
{
    godwit_device_exchange_t *x = &device->exchange;
    const godwit_crypto_t *crypto = device->config.crypto;
    godwit_emsdp_control_t m = {.command = GODWIT_SESSION_START_CONFIRMATION};
    godwit_slice_t reading = godwit_slice(device->reading, x->reading_len);
    godwit_status_t status = GODWIT_OK;
    bool inside = x->holds && godwit_device_rides(device, reading.len);
    if (x->holds && godwit_device_is_e2e(device)) { /* Data carries the whole datagram */
        status = godwit_device_e2e_seal(device, reading, user);
        reading = godwit_written(user);
    }
    if (inside) {
        m.present = 1u << GODWIT_TLV_DATA;
        m.data = reading;
        user->len = 0;
    }
    godwit_writer_t out = godwit_writer(device->answer, sizeof device->answer);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_seal_control(crypto, key, &m, godwit_slice(transcript, GODWIT_EMSDP_TRANSCRIPT), &out);
    }
    x->answer_len = (uint16_t)out.len;
    if (status == GODWIT_OK && x->holds && !inside && !godwit_device_is_e2e(device)) {
        status = godwit_emsdp_seal_user(crypto, key, reading, user);
    }
    return status;
}

/* The new session takes the place of the old one: a datagram under its successor has verified. */
static void adopt(godwit_device_t *device, const godwit_emsdp_key_t *key, bool of_access)
{
    godwit_device_session_t *s = &device->session;
    godwit_device_access_leave(device);
    device->access.uncertain = false;
    device->unstored = true;
    s->current = *key;
    godwit_wipe(&s->next, sizeof s->next);
    s->generation = key->generation;
    s->synchronised = 0;
    s->state = GODWIT_SESSION_ACTIVE;
    s->flags = GODWIT_DEVICE_KEY_SET | GODWIT_DEVICE_FRESH;
    if (of_access) {
        godwit_device_access_enter(device);
    } else {
        memcpy(s->e2m_keyset, device->exchange.key_set, sizeof s->e2m_keyset);
        device->exchange.vector_is_current = true;
    }
}

GODWIT_DEVICE_OWN_FRAME static godwit_status_t confirm(godwit_device_t *device, godwit_slice_t user,
                                                       godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    bool with_reading = x->holds;
    godwit_device_exchange_end(device);
    godwit_device_timer_cancel(requests);
    godwit_status_t status = godwit_device_transmit(device, godwit_slice(device->answer, x->answer_len),
                                                    with_reading && user.len == 0, requests);
    if (status == GODWIT_OK && user.len > 0) {
        status = godwit_device_transmit(device, user, true, requests);
    }
    godwit_device_event(requests, "session_started", GODWIT_OK);
    if (with_reading) {
        godwit_device_event(requests, "reading_sent", GODWIT_OK);
    }
    return status;
}

godwit_status_t godwit_device_start_complete(godwit_device_t *device, godwit_slice_t start,
                                             godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_emsdp_key_t key;
    godwit_e2e_terms_t terms;
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT], digest[8];
    godwit_writer_t user = godwit_writer(device->work, sizeof device->work);
    bool of_access = false, taken = false;
    godwit_status_t status = start_key(device, start, &key, &of_access);
    if (status == GODWIT_OK) {
        status = open_start(device, &x->attempt[0], start, &key, &terms, transcript);
    }
    if (status == GODWIT_MAC_FAILURE) {
        status = open_start(device, &x->attempt[1], start, &key, &terms, transcript);
    }
    if (status == GODWIT_OK) {
        status = godwit_device_digest(device, start, digest);
    }
    if (status == GODWIT_OK && godwit_device_is_e2e(device)) {
        status = godwit_device_e2e_take(device, of_access ? device->access.key_set : x->key_set, key.hot.session_id,
                                        &terms, true);
        taken = status == GODWIT_OK;
    }
    if (status == GODWIT_OK) { /* from here on start is no more, if it stood in device->answer */
        status = seal_confirmation(device, &key, transcript, &user);
    }
    if (status == GODWIT_OK) {
        adopt(device, &key, of_access);
        memcpy(x->answered, digest, sizeof digest);
        x->repeats = 0;
        status = confirm(device, godwit_written(&user), requests);
    } else if (taken) {
        godwit_device_e2e_forget(device);
    }
    godwit_wipe(&key, sizeof key);
    return status;
}

/* ---- Start under the announced key ---- */

/* What 11 carried for the device, then the reading that was too long for 10, or the news that it has arrived. */
static godwit_status_t begin_announced(godwit_device_t *device, const godwit_emsdp_opened_t *opened,
                                       godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    bool delivers = godwit_emsdp_has(&opened->control, GODWIT_TLV_DATA);
    bool waits = x->holds && !x->early_reading;
    bool arrived = x->holds && !waits;
    godwit_device_timer_cancel(requests);
    if (delivers) {
        godwit_device_request_t *delivery = godwit_device_ask_for(requests, GODWIT_DEVICE_DELIVER);
        delivery->octets = opened->control.data;
        delivery->count = opened->count;
    }
    godwit_device_event(requests, "session_started", GODWIT_OK);
    if (waits) { /* it goes when the timer comes due: what is delivered still stands where it would be sealed */
        x->pending = 0;
        x->early = false;
        requests->item[0].delay_ms = 1;
        return GODWIT_OK;
    }
    godwit_device_exchange_end(device);
    if (arrived) {
        godwit_device_event(requests, "reading_sent", GODWIT_OK);
    }
    return GODWIT_OK;
}

/* Terms of the next age may come with it; user data from the HSE itself may not. */
static godwit_status_t early_service(godwit_device_t *device, const godwit_emsdp_control_t *m)
{
    bool terms = godwit_emsdp_has(m, GODWIT_TLV_SERVICE);
    if (godwit_device_is_e2e(device) ? godwit_emsdp_has(m, GODWIT_TLV_DATA) : terms) {
        return GODWIT_POLICY_FORBIDS;
    }
    return terms && !godwit_device_e2e_is_taken(device, &m->terms)
               ? godwit_device_e2e_take(device, device->session.e2m_keyset, device->session.next.hot.session_id,
                                        &m->terms, false)
               : GODWIT_OK;
}

GODWIT_DEVICE_OWN_FRAME static godwit_status_t start_early(godwit_device_t *device, godwit_slice_t start,
                                                           godwit_device_requests_t *requests)
{
    godwit_device_session_t *s = &device->session;
    const godwit_crypto_t *crypto = device->config.crypto;
    godwit_slice_t request = godwit_slice(device->ask, device->exchange.ask_len);
    uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT];
    godwit_emsdp_opened_t opened;
    godwit_status_t status = godwit_emsdp_transcript(crypto, &request, 1, transcript);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_open(crypto, &s->next, start, godwit_slice(transcript, sizeof transcript), device->work,
                                   &opened);
    }
    if (status == GODWIT_OK && (opened.control.framing.session_octets != device->config.framing.session_octets ||
                                opened.control.framing.counter_octets != device->config.framing.counter_octets ||
                                opened.control.suite != s->next.hot.suite)) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = early_service(device, &opened.control);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_emsdp_accept(&s->next, &opened);
    device->unstored = true;
    s->current = s->next;
    godwit_wipe(&s->next, sizeof s->next);
    s->synchronised = 0;
    s->state = GODWIT_SESSION_ACTIVE;
    return begin_announced(device, &opened, requests);
}

/* ---- entries ---- */

godwit_status_t godwit_device_start_consume(godwit_device_t *device, godwit_slice_t datagram,
                                            godwit_device_requests_t *requests)
{
    if (device->exchange.pending != GODWIT_SESSION_REQUEST) {
        return GODWIT_WRONG_STATE;
    }
    return device->exchange.early ? start_early(device, datagram, requests)
                                  : start_with_vector(device, datagram, requests);
}

/* The USIM has taken the vector: what it gave is kept, whatever becomes of this Start. */
GODWIT_DEVICE_OWN_FRAME static godwit_status_t keep_result(godwit_device_t *device, const godwit_usim_result_t *result)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_emsdp_control_t m;
    godwit_status_t status =
        godwit_emsdp_start_peek(godwit_slice(device->answer, x->start_len), device->config.framing, &m);
    if (status == GODWIT_OK) {
        x->vector_set = false;
        status = godwit_separate_aka_keyset(device->config.crypto, (godwit_agreement_t)m.agreement, result->ck,
                                            result->ik, m.autn, device->config.best_plmn, 0, x->key_set);
    }
    if (status == GODWIT_OK) {
        memcpy(x->vector, x->asked, sizeof x->vector);
        x->vector_set = true;
        x->vector_is_current = false;
    }
    return status;
}

static godwit_status_t result_came(godwit_device_t *device, const godwit_usim_result_t *result, const uint8_t random[4],
                                   godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    godwit_status_t status = result->status;
    x->usim_running = false;
    if (x->handed != 0) {
        return godwit_device_handed_result(device, result, requests);
    }
    if (status == GODWIT_OK) {
        status = keep_result(device, result);
    }
    if (status == GODWIT_OK) {
        status = godwit_device_start_complete(device, godwit_slice(device->answer, x->start_len), requests);
    }
    if (status != GODWIT_OK) {
        godwit_device_event(requests, "refused", status);
    }
    if (status == GODWIT_AUTH_RESYNC) { /* the earlier request stays answerable */
        return godwit_device_setup_begin(device, random, result->auts, requests);
    }
    return godwit_status_class(status) == GODWIT_CLASS_PEER || result->status != GODWIT_OK ? GODWIT_OK : status;
}

godwit_status_t godwit_device_usim_result(godwit_device_t *device, const godwit_usim_result_t *result,
                                          const uint8_t random[4], godwit_device_requests_t *requests)
{
    requests->count = 0;
    return device->exchange.usim_running
               ? godwit_device_finish(device, result_came(device, result, random, requests), requests)
               : GODWIT_WRONG_STATE;
}
