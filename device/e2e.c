/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: end to end with an EAS (Solution 5; TS 33.163 4.1). The device asks for a service in Session
 * Request or Manage Keys, and the network answers with the terms of a K_e2e. An age is taken once, under the device's
 * own floor of service and suite, and stored before anything is sent under its key. What the network says under the
 * session's key can stop readings, never move them under another key than the EAS's.
 */
#include <string.h>

#include "device/internal.h"

#define INTEGRITY_SUITE 6u

/* ---- the configuration ---- */

static uint16_t suites_of(const godwit_device_e2e_config_t *config)
{
    if (config->suites != 0) {
        return config->suites;
    }
    return (uint16_t)(1u << (config->service == GODWIT_SERVICE_INTEGRITY ? INTEGRITY_SUITE - 1u
                                                                         : GODWIT_SUITE_DEFAULT - 1u));
}

static bool is_sound(const godwit_device_e2e_config_t *config)
{
    for (uint8_t suite = 1; suite <= GODWIT_SUITE_LAST; suite++) {
        if ((config->suites >> (suite - 1u) & 1u) != 0 && !godwit_service_allows(config->service, suite)) {
            return false;
        }
    }
    return godwit_service_name(config->service) != NULL && config->suites >> GODWIT_SUITE_LAST == 0;
}

godwit_status_t godwit_device_e2e_init(godwit_device_t *device)
{
    godwit_device_e2e_t *e = device->config.e2e;
    const godwit_device_e2e_config_t config = e->config;
    godwit_wipe(e, sizeof *e);
    e->config = config;
    if (!is_sound(&config) || device->config.enterprise.len == 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    e->config.suites = suites_of(&config);
    e->config.overlap_s = config.overlap_s != 0 ? config.overlap_s : GODWIT_DEVICE_E2E_OVERLAP_DEFAULT_S;
    return GODWIT_OK;
}

/* ---- ages ---- */

static godwit_status_t name_of(const godwit_device_t *device, const uint8_t e2m_keyset[32], uint8_t name[8])
{
    return godwit_device_digest_of(device->config.crypto, godwit_slice(e2m_keyset, 32), name);
}

static uint32_t age_of(const godwit_device_e2e_t *e, const uint8_t name[8])
{
    for (size_t i = 0; i < 2; i++) {
        if (memcmp(e->floor[i].name, name, sizeof e->floor[i].name) == 0) {
            return e->floor[i].age;
        }
    }
    return 0;
}

uint32_t godwit_device_e2e_age(const godwit_device_t *device, const uint8_t e2m_keyset[32])
{
    uint8_t name[8];
    return godwit_device_is_e2e(device) && name_of(device, e2m_keyset, name) == GODWIT_OK
               ? age_of(device->config.e2e, name)
               : 0;
}

static void remember(godwit_device_e2e_t *e, const uint8_t name[8], uint32_t age)
{
    if (memcmp(e->floor[0].name, name, sizeof e->floor[0].name) != 0) {
        e->floor[1] = e->floor[0];
        memcpy(e->floor[0].name, name, sizeof e->floor[0].name);
    }
    e->floor[0].age = age;
}

/* ---- asking ---- */

void godwit_device_e2e_request(const godwit_device_t *device, uint32_t age, godwit_emsdp_control_t *m)
{
    const godwit_device_e2e_config_t *config = &device->config.e2e->config;
    m->present |= 1u << GODWIT_TLV_ENTERPRISE | 1u << GODWIT_TLV_SERVICE_REQUEST;
    m->enterprise = device->config.enterprise;
    m->service = config->service;
    m->service_suites = config->suites;
    m->service_age = age;
}

/* ---- taking ---- */

/* The device's own floor. Another service than the one that was asked for is not what the owner wants, whichever it
 * is. */
static godwit_status_t check(const godwit_device_e2e_t *e, const godwit_e2e_terms_t *terms)
{
    if (terms->service != e->config.service) {
        return GODWIT_POLICY_FORBIDS;
    }
    if (terms->suite < 1 || terms->suite > GODWIT_SUITE_LAST || (e->config.suites >> (terms->suite - 1u) & 1u) == 0 ||
        !godwit_service_allows(terms->service, terms->suite)) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    return GODWIT_OK;
}

static bool is_in_use(const godwit_device_e2e_key_t *key, uint8_t key_id)
{
    return godwit_emsdp_key_is_set(&key->plane) && key->plane.hot.key_id == key_id;
}

/* The key of those terms, never used. */
static godwit_status_t derive(const godwit_device_t *device, const uint8_t e2m_keyset[32], uint32_t session_id,
                              const godwit_e2e_terms_t *terms, godwit_device_e2e_key_t *key)
{
    const godwit_device_config_t *config = &device->config;
    memset(key, 0, sizeof *key);
    key->life_s = terms->life_s;
    key->messages = terms->messages;
    godwit_status_t status = godwit_k_e2e(config->crypto, e2m_keyset, config->enterprise, terms->age, key->k_e2e);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_key_init(config->crypto, &key->plane, key->k_e2e, terms->suite, terms->key_id,
                                       config->framing, session_id, terms->age, GODWIT_END_DEVICE);
    }
    if (status == GODWIT_OK) {
        godwit_device_reserve_first(device, &key->plane);
    }
    return status;
}

/* The key before it is kept for what is under way down; of a session that is over, or one that the EAS has no use for,
 * nothing is. */
static void enter(godwit_device_e2e_t *e, const godwit_device_e2e_key_t *key, bool begins)
{
    if (begins || e->lost) {
        godwit_wipe(&e->former, sizeof e->former);
    } else if (godwit_emsdp_key_is_set(&e->current.plane)) {
        e->former = e->current;
        e->former.elapsed_s = 0;
        godwit_wipe(e->former.k_e2e, sizeof e->former.k_e2e);
    }
    e->current = *key;
    e->unsaved_s = 0;
    e->heard = 0;
    e->lost = false;
    e->asking = 0;
    e->echo_set = false;
    e->unstored = true;
}

GODWIT_DEVICE_OWN_FRAME godwit_status_t godwit_device_e2e_take(godwit_device_t *device, const uint8_t e2m_keyset[32],
                                                               uint32_t session_id, const godwit_e2e_terms_t *terms,
                                                               bool begins)
{
    godwit_device_e2e_t *e = device->config.e2e;
    godwit_device_e2e_key_t key;
    uint8_t name[8];
    godwit_status_t status = check(e, terms);
    if (status == GODWIT_OK) {
        status = name_of(device, e2m_keyset, name);
    }
    if (status == GODWIT_OK && terms->age <= age_of(e, name)) {
        status = GODWIT_REPLAY;
    }
    /* Who has forgotten the key cannot know its Key ID. */
    if (status == GODWIT_OK && !begins && !e->lost && is_in_use(&e->current, terms->key_id)) {
        status = GODWIT_MALFORMED;
    }
    if (status != GODWIT_OK) {
        return status;
    }
    status = derive(device, e2m_keyset, session_id, terms, &key);
    if (status == GODWIT_OK) {
        enter(e, &key, begins);
        remember(e, name, terms->age);
    }
    godwit_wipe(&key, sizeof key);
    return status;
}

void godwit_device_e2e_forget(godwit_device_t *device)
{
    godwit_device_e2e_t *e = device->config.e2e;
    godwit_wipe(&e->current, sizeof e->current);
    godwit_wipe(&e->former, sizeof e->former);
    e->asking = 0;
    e->lost = false;
    e->echo_set = false;
    e->unstored = true;
}

/* ---- Manage Keys with Service ---- */

bool godwit_device_e2e_is_taken(const godwit_device_t *device, const godwit_e2e_terms_t *terms)
{
    const godwit_device_e2e_key_t *key = &device->config.e2e->current;
    return godwit_emsdp_key_is_set(&key->plane) && terms->service == device->config.e2e->config.service &&
           terms->age == godwit_device_e2e_age(device, device->session.e2m_keyset) &&
           terms->age == key->plane.generation && terms->key_id == key->plane.hot.key_id &&
           terms->suite == key->plane.hot.suite && terms->life_s == key->life_s && terms->messages == key->messages;
}

static godwit_status_t judge(godwit_device_t *device, const godwit_device_incoming_t *in)
{
    const godwit_e2e_terms_t *terms = &in->opened.control.terms;
    if (in->key != godwit_device_sending_key(device)) { /* its key set may be gone already */
        return GODWIT_WRONG_STATE;
    }
    if (device->exchange.usim_running) { /* there is no room for an answer: before anything is taken */
        return GODWIT_OVERLOAD;
    }
    return godwit_device_e2e_is_taken(device, terms)
               ? GODWIT_OK
               : godwit_device_e2e_take(device, device->session.e2m_keyset, in->key->hot.session_id, terms, false);
}

/* What was held for it goes. */
static godwit_status_t go_on(godwit_device_t *device, bool asked, godwit_device_requests_t *requests)
{
    static const uint8_t unused[4]; /* no session is set up here */
    godwit_device_exchange_t *x = &device->exchange;
    if (!asked) {
        return GODWIT_OK;
    }
    x->pending = 0;
    x->sendings = 0;
    godwit_device_timer_cancel(requests);
    device->session.synchronised = godwit_device_sending_key(device)->hot.up_next_out; /* 31 may have been lost */
    device->access.uncertain = false;
    if (x->holds) {
        return godwit_device_send_held(device, unused, requests);
    }
    godwit_device_exchange_end(device);
    return GODWIT_OK;
}

godwit_status_t godwit_device_e2e_service(godwit_device_t *device, const godwit_device_incoming_t *in,
                                          godwit_device_requests_t *requests)
{
    bool asked = device->config.e2e->asking != 0;
    godwit_status_t status = judge(device, in);
    if (status == GODWIT_POLICY_FORBIDS || status == GODWIT_UNSUPPORTED_SUITE || status == GODWIT_REPLAY) {
        return godwit_device_handed_refuse(device, in, status, NULL, requests);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_device_acknowledge(device, in, requests); /* where it fails, the 30 that comes again is good */
    if (asked && !godwit_device_e2e_is_ready(device)) {       /* the spent key's terms once more are no answer */
        return status;
    }
    if (status == GODWIT_OK) {
        godwit_device_event(requests, "service_agreed", GODWIT_OK);
        status = go_on(device, asked, requests);
    }
    return status;
}

/* ---- refusals ---- */

/* 80 in answer to the Service Request. The reading that waited for it cannot go. */
static bool is_of_request(const godwit_device_t *device, const godwit_emsdp_control_t *m)
{
    uint8_t echo[GODWIT_EMSDP_ECHO];
    const godwit_slice_t ask = godwit_slice(device->ask, device->exchange.ask_len);
    return device->config.e2e->asking != 0 && device->exchange.pending == GODWIT_MANAGE_KEYS_REQUEST &&
           godwit_emsdp_echo(device->config.crypto, ask, device->config.framing, echo) == GODWIT_OK &&
           memcmp(echo, m->echo, sizeof echo) == 0;
}

static void request_refused(godwit_device_t *device, godwit_status_t reason, godwit_device_requests_t *requests)
{
    bool held = device->exchange.holds;
    godwit_device_exchange_end(device);
    godwit_device_timer_cancel(requests);
    godwit_device_e2e_ask_later(device);
    if (godwit_device_ends_the_session(reason)) { /* or its key set: the next reading begins anew */
        device->session.flags |= GODWIT_DEVICE_DISTRUSTED;
    }
    godwit_device_event(requests, "service_refused", reason);
    if (held) {
        godwit_device_event(requests, "reading_refused", reason);
    }
}

/* The EAS has lost the key, or it is over there already: the next age is asked for. */
static bool is_lost(godwit_status_t reason)
{
    return reason == GODWIT_KEY_EXPIRED || reason == GODWIT_UNKNOWN_KEY;
}

bool godwit_device_e2e_rejected(godwit_device_t *device, const godwit_emsdp_control_t *m,
                                godwit_device_requests_t *requests)
{
    godwit_device_e2e_t *e = device->config.e2e;
    const bool confirming = godwit_device_confirm_is_about(device, m);
    /* Said before, and the word that the EAS has it may be what was lost: an HSE without room does not know. */
    const bool uncertain = confirming && m->reason == GODWIT_OVERLOAD && device->exchange.sendings > 1;
    if (is_of_request(device, m)) {
        request_refused(device, m->reason, requests);
        return true;
    }
    if (!confirming && (!e->echo_set || memcmp(e->echo, m->echo, sizeof e->echo) != 0)) {
        if (is_lost(m->reason)) { /* of a datagram before it; the session's own key has just proved that it lives */
            godwit_device_event(requests, "refused", m->reason);
        }
        return is_lost(m->reason);
    }
    if (confirming) {
        godwit_device_confirm_end(device, requests);
    }
    e->echo_set = false;
    device->exchange.echo_had_reading = false;
    if (m->reason == GODWIT_NOT_ENTITLED || is_lost(m->reason)) { /* entitled again, maybe, by the next reading */
        e->lost = true;
        e->unstored = true;
    }
    godwit_device_event(requests, uncertain ? "reading_uncertain" : "reading_refused", m->reason);
    if (is_lost(m->reason)) {
        return godwit_device_e2e_ask(device, requests) == GODWIT_OK;
    }
    return true;
}
