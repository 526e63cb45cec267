/* SPDX-License-Identifier: Apache-2.0
 *
 * Session Request (10) without a key: nobody is authenticated yet. It costs the sender's budget, an entry of the
 * exchange table and one question to the EMKS, and moves nothing else. Identical octets get the identical answer.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define EMKS_TIMEOUT_MS 6000
#define AMPLIFICATION_MAX 3

/* Those that device and HSE both have. 01 and 02 only where the request names the key set, and somebody can be asked
 * for it; 04 and 05 only where it names the bootstrapping. */
static uint8_t agreements_of(const godwit_hse_t *hse, const godwit_emsdp_control_t *m)
{
    unsigned both = m->agreements & godwit_hse_agreements(hse, m->serving_network);
    bool named = godwit_emsdp_has(m, GODWIT_TLV_RAND) && hse->config.e2m_source != GODWIT_FUNCTION_NONE;
    both = named ? both : both & ~GODWIT_HSE_ACCESS_AGREEMENTS;
    bool bootstrapped = godwit_emsdp_has(m, GODWIT_TLV_KEY_REFERENCE);
    return (uint8_t)(bootstrapped ? both : both & ~GODWIT_HSE_REFERENCE_AGREEMENTS);
}

/* What the datagram says, or why not. */
static godwit_status_t judge(const godwit_hse_t *hse, const godwit_emsdp_control_t *m, size_t len, const char **detail)
{
    if (len > GODWIT_HSE_REQUEST_MAX) {
        *detail = "the Session Request is longer than any that makes sense";
        return GODWIT_MALFORMED;
    }
    if (m->enterprise.len > 0 && !godwit_fqdn_is_canonical(m->enterprise)) {
        *detail = "Enterprise is not a canonical name";
        return GODWIT_MALFORMED;
    }
    if (!godwit_emsdp_has(m, GODWIT_TLV_IMSI)) {
        *detail = "a SUCI, which this HSE does not take";
        return GODWIT_POLICY_FORBIDS;
    }
    if (agreements_of(hse, m) == 0) {
        *detail = "no agreement that device and HSE both have";
        return GODWIT_POLICY_FORBIDS;
    }
    if (godwit_emsdp_has(m, GODWIT_TLV_SERVICE_REQUEST) && !godwit_hse_serves_end_to_end(hse)) {
        *detail = "a service end to end, which nobody serves here";
        return GODWIT_POLICY_FORBIDS;
    }
    if (godwit_hse_choose_suite(hse, m->serving_network, m->suites) == 0) {
        *detail = "no suite that device and HSE both have";
        return GODWIT_UNSUPPORTED_SUITE;
    }
    return GODWIT_OK;
}

void godwit_hse_ask_key(godwit_hse_t *hse, godwit_hse_exchange_t *exchange, uint64_t now_ms, godwit_outbox_t *out)
{
    const godwit_hse_exchange_t *earlier = godwit_hse_exchange_newest(hse, &exchange->imsi, now_ms);
    exchange->transaction = godwit_hse_next_transaction(hse);
    exchange->asked_ms = now_ms;
    godwit_function_t owner = exchange->by_selector ? hse->config.e2m_source : GODWIT_FUNCTION_EMKS;
    godwit_message_t *message = godwit_hse_message(hse, out, owner, GODWIT_KEY_REQUEST, exchange->transaction);
    if (message == NULL) {
        return;
    }
    godwit_key_request_t *request = &message->u.key_request;
    unsigned access = exchange->agreements & GODWIT_HSE_ACCESS_AGREEMENTS;
    unsigned bootstrapped = exchange->agreements & GODWIT_HSE_REFERENCE_AGREEMENTS;
    unsigned separate = exchange->agreements & ~(access | bootstrapped);
    request->purpose = exchange->by_selector ? GODWIT_KEY_BY_SELECTOR : GODWIT_KEY_FOR_SESSION;
    request->imsi = exchange->imsi;
    request->agreements = (uint8_t)(exchange->by_selector            ? access
                                    : exchange->reference[0] != '\0' ? bootstrapped
                                                                     : separate);
    memcpy(request->reference, exchange->reference, sizeof request->reference);
    if (exchange->by_selector) {
        request->selector.kind = GODWIT_SELECTOR_RAND;
        memcpy(request->selector.octets, exchange->selector, sizeof request->selector.octets);
    }
    request->serving_network = exchange->serving_network;
    request->resync = exchange->resync;
    memcpy(request->endpoint, hse->config.endpoint, sizeof request->endpoint);
    memcpy(request->auts, exchange->auts, sizeof request->auts);
    if (exchange->resync && earlier != NULL) {
        request->has_rand = true;
        memcpy(request->rand, earlier->rand, sizeof request->rand);
    }
}

static void fill(const godwit_hse_t *hse, godwit_hse_exchange_t *x, const godwit_input_t *in,
                 const godwit_emsdp_control_t *m, const uint8_t hash[32])
{
    x->suite = godwit_hse_choose_suite(hse, m->serving_network, m->suites);
    x->agreements = agreements_of(hse, m);
    x->by_selector = (x->agreements & GODWIT_HSE_ACCESS_AGREEMENTS) != 0;
    memcpy(x->selector, m->rand, sizeof x->selector);
    if ((x->agreements & GODWIT_HSE_REFERENCE_AGREEMENTS) != 0) {
        memcpy(x->reference, m->key_reference.ptr, m->key_reference.len); /* wiped: the terminator stands */
    }
    x->serving_network = m->serving_network;
    x->resync = godwit_emsdp_has(m, GODWIT_TLV_AUTS);
    memcpy(x->auts, m->auts, sizeof x->auts);
    memcpy(x->enterprise, m->enterprise.ptr, m->enterprise.len); /* wiped: the terminator stands */
    if (godwit_emsdp_has(m, GODWIT_TLV_SERVICE_REQUEST)) {
        x->service = m->service;
        x->service_suites = m->service_suites;
        x->service_age = m->service_age;
    }
    memcpy(x->request_hash, hash, 32);
    memcpy(x->request, in->datagram.ptr, in->datagram.len);
    x->request_len = (uint16_t)in->datagram.len;
}

/* Identical octets came before. */
static void answer_again(godwit_hse_t *hse, godwit_hse_exchange_t *x, const godwit_input_t *in, godwit_outbox_t *out)
{
    uint32_t timeout = hse->config.emks_timeout_ms != 0 ? hse->config.emks_timeout_ms : EMKS_TIMEOUT_MS;
    if (x->started && !x->live && godwit_hse_budget_spend(hse, &in->from, x->start_len, in->now_ms)) {
        godwit_hse_send(out, &in->from, godwit_slice(x->start, x->start_len));
    } else if (!x->started && in->now_ms > x->asked_ms && in->now_ms - x->asked_ms > timeout) {
        if (x->opening) { /* the answer was lost */
            godwit_hse_open_service(hse, x, in->now_ms, out);
        } else {
            godwit_hse_ask_key(hse, x, in->now_ms, out);
        }
    }
}

static void begin(godwit_hse_t *hse, const godwit_input_t *in, const godwit_emsdp_control_t *m, const uint8_t hash[32],
                  godwit_outbox_t *out)
{
    uint32_t longest = (uint32_t)(AMPLIFICATION_MAX * in->datagram.len);
    longest = longest < GODWIT_HSE_START_MAX ? longest : GODWIT_HSE_START_MAX;
    if (!godwit_hse_budget_spend(hse, &in->from, longest, in->now_ms)) {
        godwit_hse_event(out, "refused", GODWIT_OVERLOAD, &m->imsi, 0, "this sender's budget is spent");
        return;
    }
    godwit_hse_exchange_t *x = godwit_hse_exchange_new(hse, &m->imsi, &in->from, in->now_ms);
    if (x == NULL) {
        godwit_hse_event(out, "refused", GODWIT_OVERLOAD, &m->imsi, 0, "the table of set-ups is full");
        return;
    }
    fill(hse, x, in, m, hash);
    godwit_hse_ask_key(hse, x, in->now_ms, out);
    godwit_hse_sweep_later(hse, out);
}

void godwit_hse_on_request(godwit_hse_t *hse, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emsdp_header_t header;
    godwit_emsdp_control_t m;
    uint8_t hash[GODWIT_SHA256_SIZE];
    const char *detail = "the Session Request cannot be read";
    godwit_status_t status = godwit_emsdp_unkeyed_parse(in->datagram, hse->config.framing, &header, &m);
    if (status == GODWIT_OK) {
        status = hse->config.crypto->sha256(&in->datagram, 1, hash);
    }
    godwit_hse_exchange_t *known = status == GODWIT_OK ? godwit_hse_exchange_by_hash(hse, hash, in->now_ms) : NULL;
    if (known != NULL) {
        answer_again(hse, known, in, out);
        return;
    }
    if (status == GODWIT_OK) {
        status = judge(hse, &m, in->datagram.len, &detail);
        if (status != GODWIT_OK) {
            godwit_hse_hint(hse, out, &in->from, 0, status, hash, in->datagram.len, in->now_ms);
        }
    }
    if (status != GODWIT_OK) {
        godwit_hse_event(out, "refused", status, NULL, 0, detail);
        return;
    }
    begin(hse, in, &m, hash, out);
}
