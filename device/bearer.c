/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: the key set of an access AKA run. Solution 1: the container that goes up in the PCO plays the
 * part of Session Request, a Session Start comes back in the one that goes down. Solution 2: the Session Request names
 * the key set. Generations of one key set only rise. What does not verify is never taken, whoever altered it: the
 * device says so and goes on with separate AKA.
 */
#include <string.h>

#include "core/wire/e2m_container.h"
#include "device/internal.h"

#define ACCESS_AGREEMENTS 3u /* 01 and 02 as bits */

/* ---- the key set ---- */

godwit_status_t godwit_device_access_key_set(godwit_device_t *device, godwit_agreement_t agreement,
                                             const uint8_t rand[16], const uint8_t sqn[6], const uint8_t e2m_keyset[32])
{
    if (!godwit_agreement_is_access((uint8_t)agreement)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if ((device->config.agreements >> (agreement - 1) & 1u) == 0) {
        return GODWIT_POLICY_FORBIDS;
    }
    godwit_device_keep_key_set(device, agreement, rand, sqn, e2m_keyset);
    return GODWIT_OK;
}

void godwit_device_keep_key_set(godwit_device_t *device, godwit_agreement_t agreement, const uint8_t rand[16],
                                const uint8_t sqn[6], const uint8_t e2m_keyset[32])
{
    godwit_device_access_t *a = &device->access;
    if (a->agreement == agreement && memcmp(a->rand, rand, sizeof a->rand) == 0 &&
        godwit_equal_secret(a->key_set, e2m_keyset, sizeof a->key_set)) {
        return; /* it is known, and what was taken of it */
    }
    const bool bearer = a->bearer && godwit_agreement_is_access((uint8_t)agreement), uncertain = a->uncertain;
    godwit_wipe(a, sizeof *a);
    a->uncertain = uncertain;
    a->agreement = (uint8_t)agreement;
    a->bearer = bearer;
    memcpy(a->rand, rand, sizeof a->rand);
    memcpy(a->sqn, sqn, sizeof a->sqn);
    memcpy(a->key_set, e2m_keyset, sizeof a->key_set);
}

uint8_t godwit_device_flags_of(uint8_t agreement)
{
    switch (agreement) {
    case GODWIT_AGREEMENT_ACCESS_UMTS:
        return GODWIT_DEVICE_ACCESS_UMTS;
    case GODWIT_AGREEMENT_GBA:
        return GODWIT_DEVICE_REFERENCE;
    case GODWIT_AGREEMENT_AKMA:
        return GODWIT_DEVICE_REFERENCE | GODWIT_DEVICE_ACCESS_UMTS;
    default:
        return GODWIT_DEVICE_ACCESS_EPS;
    }
}

static uint32_t last_generation(const godwit_device_t *device)
{
    return device->access.is_current ? device->session.generation : device->access.generation;
}

static bool is_usable(const godwit_device_t *device)
{
    return device->access.agreement != 0 && !device->access.fallen_back;
}

bool godwit_device_names_key_set(const godwit_device_t *device)
{
    const godwit_device_access_t *a = &device->access;
    bool nameless = godwit_agreement_has_reference(a->agreement) && a->reference.len == 0;
    return is_usable(device) && !a->bearer && !nameless;
}

bool godwit_device_wants_bearer(const godwit_device_t *device)
{
    const godwit_device_session_t *s = &device->session;
    bool announced = s->state == GODWIT_SESSION_ANNOUNCED && (s->flags & GODWIT_DEVICE_DISTRUSTED) == 0;
    return is_usable(device) && device->access.bearer && !announced;
}

void godwit_device_access_enter(godwit_device_t *device)
{
    godwit_device_access_t *a = &device->access;
    godwit_device_session_t *s = &device->session;
    memcpy(s->e2m_keyset, a->key_set, sizeof s->e2m_keyset);
    s->flags |= godwit_device_flags_of(a->agreement);
    a->is_current = true;
    a->fallen_back = false;
    /* How far a vector before this was used is known no more: its Start must not be taken again without the card. */
    device->exchange.vector_set = false;
    device->exchange.vector_is_current = false;
    godwit_wipe(device->exchange.vector, sizeof device->exchange.vector);
    godwit_wipe(device->exchange.key_set, sizeof device->exchange.key_set);
}

void godwit_device_access_leave(godwit_device_t *device)
{
    godwit_device_access_t *a = &device->access;
    if (a->is_current) {
        a->generation = device->session.generation;
        a->is_current = false;
    }
}

godwit_status_t godwit_device_access_check(const godwit_device_t *device, const godwit_emsdp_control_t *m)
{
    if (device->access.agreement == 0 || m->agreement != device->access.agreement ||
        godwit_emsdp_has(m, GODWIT_TLV_RAND) || godwit_emsdp_has(m, GODWIT_TLV_AUTN)) {
        return GODWIT_POLICY_FORBIDS;
    }
    godwit_status_t status = godwit_device_suite_check(device, m->suite);
    return status == GODWIT_OK && m->generation <= last_generation(device) ? GODWIT_REPLAY : status;
}

/* ---- the container up ---- */

godwit_status_t godwit_device_container(godwit_device_t *device, godwit_plmn_t home_plmn, uint8_t selector_kind,
                                        godwit_writer_t *out)
{
    godwit_device_access_t *a = &device->access;
    godwit_e2m_container_t c = {.plmn = home_plmn,
                                .selector = {.kind = (godwit_selector_kind_t)selector_kind},
                                .imsi = device->config.imsi,
                                .suites = device->config.suites,
                                .above_generation = last_generation(device)};
    godwit_writer_t copy = *out;
    if (!godwit_agreement_is_access(a->agreement)) {
        return GODWIT_WRONG_STATE;
    }
    c.agreements = (uint8_t)(1u << (a->agreement - 1u));
    if (selector_kind == GODWIT_SELECTOR_RAND) {
        memcpy(c.selector.octets, a->rand, sizeof a->rand);
    } else {
        memcpy(c.selector.octets, a->sqn, sizeof a->sqn);
    }
    godwit_status_t status = godwit_e2m_container_build(&c, &copy);
    const godwit_slice_t contents = godwit_slice(copy.buf + out->len, copy.len - out->len);
    if (status == GODWIT_OK) {
        status = godwit_emsdp_transcript(device->config.crypto, &contents, 1, a->transcript);
    }
    if (status == GODWIT_OK) {
        *out = copy;
        a->bearer = true;
        a->asked = true;
        a->wants_modify = false;
        a->fallen_back = false;
    }
    return status;
}

void godwit_device_want_modify(godwit_device_t *device, godwit_device_requests_t *requests)
{
    godwit_device_access_t *a = &device->access;
    godwit_device_exchange_t *x = &device->exchange;
    if (x->pending != GODWIT_DEVICE_MODIFY) {
        x->pending = GODWIT_DEVICE_MODIFY;
        x->sendings = 1;
    }
    godwit_device_timer_set(device, requests);
    if (!a->asked && !a->wants_modify) {
        a->wants_modify = true;
        godwit_device_event(requests, "modify_bearer", GODWIT_OK);
    }
}

/* ---- the container down ---- */

/* A Reject without a key, in answer to this container. */
static godwit_status_t reason_of(const godwit_device_t *device, godwit_slice_t datagram)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    godwit_status_t status = godwit_emsdp_unkeyed_parse(datagram, device->config.framing, &header, &m);
    if (status != GODWIT_OK || m.command != GODWIT_MESSAGE_REJECT) {
        return GODWIT_MALFORMED;
    }
    return memcmp(m.echo, device->access.transcript, GODWIT_EMSDP_ECHO) == 0 ? m.reason : GODWIT_UNKNOWN_SESSION;
}

/* The key that lives under the generation that Start names: the network has it again, with its counters, and goes
 * on. */
static godwit_emsdp_key_t *living_key(godwit_device_t *device, const godwit_emsdp_header_t *header,
                                      const godwit_emsdp_control_t *m)
{
    godwit_device_session_t *s = &device->session;
    godwit_emsdp_key_t *key = godwit_device_sending_key(device);
    bool lives = s->state == GODWIT_SESSION_ACTIVE || s->state == GODWIT_SESSION_REKEYING;
    return device->access.is_current && lives && key->generation == m->generation &&
                   key->hot.key_id == header->key_id && key->hot.suite == m->suite
               ? key
               : NULL;
}

static godwit_status_t open_start(godwit_device_t *device, godwit_slice_t start, godwit_emsdp_key_t *key)
{
    godwit_emsdp_opened_t opened;
    godwit_status_t status =
        godwit_emsdp_open(device->config.crypto, key, start,
                          godwit_slice(device->access.transcript, GODWIT_EMSDP_TRANSCRIPT), device->work, &opened);
    if (status == GODWIT_OK && godwit_emsdp_has(&opened.control, GODWIT_TLV_DATA)) {
        status = GODWIT_MALFORMED; /* there is no place for it */
    }
    if (status == GODWIT_OK) {
        godwit_emsdp_accept(key, &opened);
    }
    return status;
}

/* The session begins, or goes on: it takes the place of the old one, for a datagram under its key has verified. */
static void take(godwit_device_t *device, const godwit_emsdp_key_t *key, bool begins)
{
    godwit_device_session_t *s = &device->session;
    device->unstored = true;
    s->current = *key;
    godwit_wipe(&s->next, sizeof s->next);
    s->state = GODWIT_SESSION_ACTIVE;
    s->flags &= (uint8_t)~GODWIT_DEVICE_DISTRUSTED;
    device->access.uncertain = false;
    if (begins) {
        godwit_device_access_leave(device);
        s->generation = key->generation;
        s->synchronised = 0;
        s->flags = GODWIT_DEVICE_KEY_SET;
        godwit_device_access_enter(device);
        if (godwit_device_is_e2e(device)) {
            godwit_device_e2e_forget(device);
        }
    }
}

GODWIT_DEVICE_OWN_FRAME static godwit_status_t take_start(godwit_device_t *device, godwit_slice_t start)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    godwit_emsdp_key_t key;
    godwit_status_t status = godwit_emsdp_peek(start, device->config.framing, &header);
    if (status == GODWIT_OK && header.key_id == 0) {
        return reason_of(device, start);
    }
    if (status == GODWIT_OK) {
        status = godwit_emsdp_start_peek(start, device->config.framing, &m);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    status = godwit_device_access_check(device, &m);
    godwit_emsdp_key_t *living = status == GODWIT_REPLAY ? living_key(device, &header, &m) : NULL;
    if (living != NULL) {
        key = *living;
        status = GODWIT_OK;
    } else if (status == GODWIT_OK) {
        status = godwit_device_key_derive(device, device->access.key_set, m.generation, m.suite, header.key_id,
                                          header.session_id, &key);
    } else {
        return status;
    }
    if (status == GODWIT_OK) {
        status = open_start(device, start, &key);
    }
    if (status == GODWIT_OK) {
        take(device, &key, living == NULL);
    }
    godwit_wipe(&key, sizeof key);
    return status;
}

static godwit_status_t started(godwit_device_t *device, const uint8_t random[4], godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    bool waited = x->pending != 0;
    /* It went with the Session Request that this Start overtakes, so it may have been delivered. */
    bool is_uncertain = (x->early && x->holds && x->early_reading) || x->confirming;
    x->pending = 0; /* whatever was under way is overtaken */
    x->early = false;
    x->usim_running = false;
    memset(x->attempt, 0, sizeof x->attempt);
    if (waited) {
        godwit_device_timer_cancel(requests);
    }
    godwit_device_event(requests, "session_started", GODWIT_OK);
    if (x->holds && !is_uncertain) {
        return godwit_device_send_held(device, random, requests);
    }
    godwit_device_exchange_end(device);
    if (is_uncertain) {
        godwit_device_event(requests, "reading_uncertain", GODWIT_OK);
    }
    /* The container has no place for a service. */
    return godwit_device_e2e_is_ready(device) ? GODWIT_OK : godwit_device_e2e_ask(device, requests);
}

godwit_status_t godwit_device_fall_back(godwit_device_t *device, godwit_status_t reason, const uint8_t random[4],
                                        godwit_device_requests_t *requests)
{
    godwit_device_exchange_t *x = &device->exchange;
    bool separate = (device->config.agreements & ~ACCESS_AGREEMENTS) != 0;
    bool waited = x->pending == GODWIT_DEVICE_MODIFY;
    godwit_device_event(requests, separate ? "fallback" : "refused", reason);
    device->access.wants_modify = false;
    device->access.fallen_back = separate;
    device->access.asked =
        device->access.asked && separate; /* with nothing to fall back to, the next reading asks again */
    device->access.uncertain = device->session.state != GODWIT_SESSION_IDLE;
    if (!waited) {
        return GODWIT_OK;
    }
    x->pending = 0;
    godwit_device_timer_cancel(requests);
    if (separate && x->holds) {
        return godwit_device_setup_begin(device, random, NULL, requests);
    }
    bool held = x->holds;
    godwit_device_exchange_end(device);
    if (held) {
        godwit_device_event(requests, "given_up", reason);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_device_bearer_start(godwit_device_t *device, godwit_slice_t answer, const uint8_t random[4],
                                           godwit_device_requests_t *requests)
{
    godwit_plmn_t plmn;
    godwit_slice_t datagram;
    requests->count = 0;
    if (!device->access.asked) {
        return GODWIT_WRONG_STATE;
    }
    godwit_status_t status = answer.len > 0 ? godwit_e2m_answer_parse(answer, &plmn, &datagram) : GODWIT_NOT_FOUND;
    if (status == GODWIT_OK && datagram.len > sizeof device->work) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = take_start(device, datagram);
    }
    device->access.asked = false;
    status = status == GODWIT_OK ? started(device, random, requests)
                                 : godwit_device_fall_back(device, status, random, requests);
    return godwit_device_finish(device, status, requests);
}
