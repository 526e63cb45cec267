/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC server (contribution 001): the first datagram of device RAND, whose key nobody here has. It is as
 * unauthenticated as a Session Request without a key: it costs its sender's budget, an entry of the exchange table and
 * one question to the MKEF, and moves nothing. Identical octets get the identical answer.
 */
#include <string.h>

#include "core/agree/device_rand/device_rand.h"
#include "roles/hse/internal.h"

#define MKEF_TIMEOUT_MS 6000
#define START_MAX 32u /* 9, HSE configuration 5, Temporary Identity 10, MAC 8 */
#define AMPLIFICATION_MAX 3u

_Static_assert(GODWIT_HSE_REQUEST_MAX <= GODWIT_MTC_DATAGRAM_MAX, "what is kept can be forwarded");

static void ask_mkef(godwit_hse_t *hse, godwit_hse_exchange_t *x, uint64_t now_ms, godwit_outbox_t *out)
{
    x->transaction = godwit_hse_next_transaction(hse);
    x->asked_ms = now_ms;
    godwit_message_t *message =
        godwit_hse_message(hse, out, GODWIT_FUNCTION_MKEF, GODWIT_MTC_KEY_REQUEST, x->transaction);
    if (message == NULL) {
        return;
    }
    godwit_mtc_key_request_t *request = &message->u.mtc_key_request;
    request->session_octets = hse->config.framing.session_octets;
    request->counter_octets = hse->config.framing.counter_octets;
    request->datagram_len = x->request_len;
    memcpy(request->datagram, x->request, x->request_len);
}

/* Set-ups are bounded for each subscriber; where a temporary identity hides it, that stands for it: as a number of 15
 * digits, which is no IMSI and is told to nobody. */
static godwit_imsi_t subject_of(const godwit_mtc_first_t *first)
{
    godwit_imsi_t subject = first->imsi;
    if (first->by_temporary) {
        uint64_t number = godwit_load_u64(first->temporary);
        memset(&subject, 0, sizeof subject);
        subject.len = GODWIT_IMSI_DIGITS_MAX;
        for (size_t i = 0; i < GODWIT_IMSI_DIGITS_MAX; i++) {
            subject.digits[i] = (char)('0' + number % 10);
            number /= 10;
        }
    }
    return subject;
}

static godwit_status_t judge(const godwit_hse_turn_t *turn, const godwit_mtc_first_t *first, const char **detail)
{
    const godwit_hse_config_t *config = &turn->hse->config;
    if (turn->in->datagram.len > GODWIT_HSE_REQUEST_MAX) {
        *detail = "the first datagram is longer than any that makes sense";
        return GODWIT_MALFORMED;
    }
    if (first->has_res && !config->device_rand_ts33868) {
        *detail = "profile ts33868, which this server does not take";
        return GODWIT_POLICY_FORBIDS;
    }
    if (config->rules != NULL && !godwit_policy_allows_suite(config->rules, GODWIT_SUITE_DEFAULT)) {
        *detail = "the policy does not allow the one suite of device RAND";
        return GODWIT_UNSUPPORTED_SUITE;
    }
    return GODWIT_OK;
}

static godwit_status_t begin(godwit_hse_turn_t *turn, const godwit_mtc_first_t *first, const uint8_t hash[32],
                             const char **detail)
{
    const godwit_input_t *in = turn->in;
    const godwit_imsi_t subject = subject_of(first);
    uint32_t longest = (uint32_t)(AMPLIFICATION_MAX * in->datagram.len);
    if (!godwit_hse_budget_spend(turn->hse, &in->from, longest < START_MAX ? longest : START_MAX, in->now_ms)) {
        *detail = "this sender's budget is spent";
        return GODWIT_OVERLOAD;
    }
    godwit_hse_exchange_t *x = godwit_hse_exchange_new(turn->hse, &subject, &in->from, in->now_ms);
    if (x == NULL) {
        *detail = "the table of set-ups is full";
        return GODWIT_OVERLOAD;
    }
    x->device_rand = true;
    x->agreement = GODWIT_AGREEMENT_DEVICE_RAND;
    x->suite = GODWIT_SUITE_DEFAULT;
    memcpy(x->request_hash, hash, sizeof x->request_hash);
    memcpy(x->request, in->datagram.ptr, in->datagram.len);
    x->request_len = (uint16_t)in->datagram.len;
    ask_mkef(turn->hse, x, in->now_ms, turn->out);
    godwit_hse_sweep_later(turn->hse, turn->out);
    return GODWIT_OK;
}

/* Identical octets came before. */
static void answer_again(godwit_hse_turn_t *turn, godwit_hse_exchange_t *x)
{
    godwit_hse_t *hse = turn->hse;
    const godwit_input_t *in = turn->in;
    if (!x->live) {
        uint32_t timeout = hse->config.emks_timeout_ms != 0 ? hse->config.emks_timeout_ms : MKEF_TIMEOUT_MS;
        if (in->now_ms > x->asked_ms && in->now_ms - x->asked_ms > timeout) {
            ask_mkef(hse, x, in->now_ms, turn->out); /* the answer was lost */
        }
        return;
    }
    if (godwit_hse_turn_find(turn, x->session_id, NULL) == GODWIT_OK) {
        (void)godwit_hse_answer_again(turn);
    }
}

bool godwit_hse_on_device_rand(godwit_hse_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    godwit_mtc_first_t first;
    uint8_t hash[GODWIT_SHA256_SIZE];
    const char *detail = "device RAND";
    if (!turn->hse->config.device_rand ||
        godwit_mtc_first_peek(in->datagram, turn->hse->config.framing, &first) != GODWIT_OK) {
        return false;
    }
    godwit_status_t status = turn->hse->config.crypto->sha256(&in->datagram, 1, hash);
    godwit_hse_exchange_t *known =
        status == GODWIT_OK ? godwit_hse_exchange_by_hash(turn->hse, hash, in->now_ms) : NULL;
    if (known != NULL) {
        answer_again(turn, known);
        return true;
    }
    if (status == GODWIT_OK) {
        status = judge(turn, &first, &detail);
        if (status != GODWIT_OK) {
            godwit_hse_hint(turn->hse, turn->out, &in->from, 0, status,
                            in->datagram.ptr + in->datagram.len - GODWIT_EMSDP_ECHO, in->datagram.len, in->now_ms);
        }
    }
    if (status == GODWIT_OK) {
        status = begin(turn, &first, hash, &detail);
    }
    if (status != GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", status, first.by_temporary ? NULL : &first.imsi, 0, detail);
    }
    return true;
}
