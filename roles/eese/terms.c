/* SPDX-License-Identifier: Apache-2.0
 *
 * The terms of a key: its suite, how long it lives, its Key ID; and from them when what is to be done. An enterprise
 * asks, the operator sets the bounds, and a key that has expired is never extended. The bounds that stand where the
 * operator says nothing are Godwit's own.
 */
#include <string.h>

#include "godwit/emsdp.h"
#include "roles/eese/internal.h"

#define KEY_IDS 7u
#define AHEAD_MAX 50u /* percent */
#define COUNT_MAX (1u << 30)

/* ---- the operator's word ---- */

static bool are_suites(const godwit_eese_config_t *config)
{
    for (unsigned i = 0; i < GODWIT_SERVICES; i++) {
        for (size_t j = 0; j < GODWIT_EESE_SUITES_MAX && config->suites[i][j] != 0; j++) {
            if (!godwit_service_allows((godwit_service_t)(i + 1), config->suites[i][j])) {
                return false;
            }
        }
    }
    return true;
}

bool godwit_eese_is_good_policy(const godwit_eese_config_t *c)
{
    return c->life_min_s <= c->life_max_s && c->messages_min <= c->messages_max && c->messages_max <= COUNT_MAX &&
           c->ahead_percent <= AHEAD_MAX && are_suites(c);
}

static uint32_t within(uint32_t wanted, uint32_t least, uint32_t most)
{
    return wanted == 0 || wanted > most ? most : wanted < least ? least : wanted;
}

godwit_e2e_ageing_t godwit_eese_bounded(const godwit_eese_config_t *config, godwit_e2e_ageing_t wanted)
{
    return (godwit_e2e_ageing_t){.life_s = within(wanted.life_s, config->life_min_s, config->life_max_s),
                                 .messages = within(wanted.messages, config->messages_min, config->messages_max)};
}

godwit_status_t godwit_eese_choose_suite(const godwit_eese_config_t *config, godwit_service_t service, uint16_t suites,
                                         uint8_t *suite, const char **detail)
{
    if (godwit_service_name(service) == NULL) {
        *detail = "no service of that number";
        return GODWIT_MALFORMED;
    }
    if (service == GODWIT_SERVICE_INTEGRITY && config->integrity_reason[0] == '\0') {
        *detail = "integrity without confidentiality, which the operator gives no reason for";
        return GODWIT_POLICY_FORBIDS;
    }
    const uint8_t *wanted = config->suites[service - 1];
    for (size_t i = 0; i < GODWIT_EESE_SUITES_MAX && wanted[i] != 0; i++) {
        /* Key agreement alone has no user plane in EMSDP: its suite is noted, and asks nothing of the device. */
        if (service == GODWIT_SERVICE_KEY_AGREEMENT || (suites >> (wanted[i] - 1U) & 1U) != 0) {
            *suite = wanted[i];
            return GODWIT_OK;
        }
    }
    *detail = "no suite that device and operator have in common for that service";
    return GODWIT_UNSUPPORTED_SUITE;
}

/* ---- time ---- */

/* By Key ID: a new key set begins its ages again. */
bool godwit_eese_is_taken(const godwit_e2e_session_record_t *s)
{
    return s->taken.age != 0 && s->taken.key_id == s->terms.key_id && s->taken.age == s->terms.age;
}

uint64_t godwit_eese_end(const godwit_e2e_session_record_t *s)
{
    return s->terms.life_s == 0 ? UINT64_MAX : s->agreed_ms + (uint64_t)s->terms.life_s * 1000;
}

/* Ahead of its end, so that the next key is there in time; but a key that the device or the EAS has not taken yet is
 * not replaced before its end, or it would be refused in flight. A device that sleeps longer finds a fresh one when it
 * wakes. */
uint64_t godwit_eese_next_age(const godwit_eese_config_t *config, const godwit_e2e_session_record_t *s)
{
    const uint64_t end_ms = godwit_eese_end(s);
    if (end_ms == UINT64_MAX || s->closed || s->taken_ms == 0 || s->renewal == GODWIT_E2E_NEW_AKA) {
        return UINT64_MAX;
    }
    const bool is_settled = godwit_eese_is_taken(s) && s->with_eas;
    const uint64_t ahead_ms = (uint64_t)s->terms.life_s * 10 * config->ahead_percent;
    const uint64_t at_ms = is_settled ? end_ms - ahead_ms : end_ms;
    return s->ask_ms > at_ms ? s->ask_ms : at_ms;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

#define SAYS_SO_MS 60000u

uint64_t godwit_eese_opening_end(const godwit_eese_config_t *config, const godwit_e2e_session_record_t *s)
{
    return s->ask_ms != 0 ? s->ask_ms + SAYS_SO_MS : s->agreed_ms + (uint64_t)config->opening_s * 1000;
}

uint64_t godwit_eese_due(const godwit_eese_config_t *config, const godwit_e2e_session_record_t *s,
                         const godwit_eese_ground_t *ground, uint64_t now_ms)
{
    if (s->closed) {
        return s->again_ms;
    }
    if (!ground->registered || !ground->entitled) {
        return now_ms; /* it ends */
    }
    uint64_t due_ms = now_ms + (uint64_t)config->recheck_s * 1000;
    if (!s->told || (s->push && !s->with_eas)) {
        due_ms = earlier(due_ms, s->again_ms);
    }
    if (s->taken_ms == 0 && (s->ask_ms == 0 || s->told)) {
        due_ms = earlier(due_ms, godwit_eese_opening_end(config, s));
    }
    if (ground->entitled_until_ms != 0) {
        due_ms = earlier(due_ms, ground->entitled_until_ms);
    }
    return earlier(due_ms, godwit_eese_next_age(config, s));
}

uint64_t godwit_eese_backoff(const godwit_eese_config_t *config, uint32_t attempts)
{
    uint64_t delay_ms = config->retry_ms;
    for (uint32_t i = 0; i < attempts && i < 32 && delay_ms < config->retry_max_ms; i++) {
        delay_ms *= 2;
    }
    return earlier(delay_ms, config->retry_max_ms);
}

/* ---- the next key ---- */

/* Not the one that the device lives under. */
static uint8_t next_key_id(const godwit_e2e_session_record_t *s)
{
    uint8_t key_id = (uint8_t)(s->terms.key_id % KEY_IDS + 1);
    if (s->taken.age != 0 && key_id == s->taken.key_id) {
        key_id = (uint8_t)(key_id % KEY_IDS + 1);
    }
    return key_id;
}

void godwit_eese_agree(const godwit_eese_config_t *config, const godwit_eas_record_t *eas,
                       const godwit_e2e_key_answer_t *answer, uint64_t now_ms, godwit_e2e_session_record_t *s)
{
    const godwit_e2e_ageing_t ageing = godwit_eese_bounded(config, eas->ageing[s->terms.service - 1]);
    s->terms.key_id = next_key_id(s);
    s->terms.age = answer->age;
    s->terms.life_s = ageing.life_s;
    s->terms.messages = ageing.messages;
    s->agreed_ms = now_ms;
    memcpy(s->k_e2e, answer->k_e2e, sizeof s->k_e2e);
    s->with_eas = false;
    s->push = eas->push;
    s->told = false;
    s->renewal = GODWIT_E2E_NEW_AGE;
    s->attempts = 0;
    s->again_ms = now_ms;
    s->ask_ms = 0;
}
