/* SPDX-License-Identifier: Apache-2.0
 *
 * The EESE's configuration and its inputs. Timers: 0 what is due, then one of each question to the owner of a key set.
 */
#include <string.h>

#include "roles/eese/internal.h"

#define STORE_AGAIN_MS 1000u

/* ---- configuration ---- */

#define OR(value, otherwise)                                                                                           \
    do {                                                                                                               \
        (value) = (value) != 0 ? (value) : (otherwise);                                                                \
    } while (0)

static void defaults(godwit_eese_config_t *c)
{
    static const uint8_t none[GODWIT_EESE_SUITES_MAX];
    static const uint8_t usual[GODWIT_SERVICES][GODWIT_EESE_SUITES_MAX] = {{1}, {6, 5}, {1, 2, 3, 4}};
    OR(c->life_min_s, 300U);
    OR(c->life_max_s, 30U * 86400U);
    OR(c->messages_min, 64U);
    OR(c->messages_max, 1U << 20);
    OR(c->overlap_s, 3600U);
    OR(c->ahead_percent, 12U);
    OR(c->eas_per_minute, 6000U);
    OR(c->eas_failures_per_minute, 600U);
    OR(c->opens_per_minute, 30U);
    OR(c->age_min_s, 10U);
    OR(c->owner_timeout_ms, 5000U);
    OR(c->opening_s, 300U);
    OR(c->retry_ms, 1000U);
    OR(c->retry_max_ms, 3600000U);
    OR(c->recheck_s, 3600U);
    OR(c->look_ms, 60000U);
    for (size_t i = 0; i < GODWIT_SERVICES; i++) {
        if (memcmp(c->suites[i], none, sizeof none) == 0) {
            memcpy(c->suites[i], usual[i], sizeof none);
        }
    }
}

static bool are_names(const godwit_eese_config_t *c)
{
    bool ok = c->local_host[0] != '\0' && c->hses >= 1 && c->hses <= GODWIT_EESE_HSES_MAX &&
              c->pushes <= GODWIT_EESE_PUSH_MAX && (c->emks[0] != '\0' || c->hss[0] != '\0');
    for (size_t i = 0; ok && i < c->hses; i++) {
        ok = c->hse[i][0] != '\0';
    }
    return ok;
}

godwit_status_t godwit_eese_init(godwit_eese_t *eese, const godwit_eese_config_t *config)
{
    if (config->crypto == NULL || !are_names(config)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(eese, 0, sizeof *eese);
    eese->config = *config;
    defaults(&eese->config);
    return godwit_eese_is_good_policy(&eese->config) ? GODWIT_OK : GODWIT_INVALID_ARGUMENT;
}

/* ---- messages, events, the timer ---- */

/* Begins with the time, so that a late answer to what was asked before a restart is not taken for another. */
uint32_t godwit_eese_transaction(const godwit_eese_turn_t *turn)
{
    godwit_eese_t *eese = turn->eese;
    if (eese->last_transaction == 0) {
        eese->last_transaction = (uint32_t)turn->in->now_ms;
    }
    eese->last_transaction = eese->last_transaction == UINT32_MAX ? 1 : eese->last_transaction + 1;
    return eese->last_transaction;
}

godwit_message_t *godwit_eese_request(const godwit_eese_turn_t *turn, godwit_message_kind_t kind, godwit_function_t to,
                                      uint32_t transaction)
{
    const godwit_eese_config_t *config = &turn->eese->config;
    godwit_message_t *message = godwit_outbox_message(turn->out, kind, GODWIT_FUNCTION_EESE, to, transaction);
    if (message != NULL) {
        memcpy(message->origin_host, config->local_host, sizeof message->origin_host);
        memcpy(message->origin_realm, config->local_realm, sizeof message->origin_realm);
    }
    return message;
}

void godwit_eese_send(const godwit_eese_turn_t *turn, const godwit_message_t *message)
{
    godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
}

void godwit_eese_refused(const godwit_eese_turn_t *turn, godwit_status_t status, const godwit_imsi_t *imsi,
                         const char *detail)
{
    godwit_outbox_event(turn->out, "refused", status, imsi, detail);
}

/* The command line may have changed the store: it is looked at now and then, whatever is due. */
void godwit_eese_arm(const godwit_eese_turn_t *turn, uint64_t at_ms)
{
    godwit_eese_t *eese = turn->eese;
    const uint64_t now_ms = turn->in->now_ms, look_ms = now_ms + eese->config.look_ms;
    const uint64_t when_ms = at_ms <= now_ms ? now_ms + 1 : at_ms < look_ms ? at_ms : look_ms;
    if (eese->armed_ms != 0 && eese->armed_ms <= when_ms && eese->armed_ms > now_ms) {
        return;
    }
    eese->armed_ms = when_ms;
    godwit_outbox_timer(turn->out, 0, (uint32_t)(when_ms - now_ms));
}

/* ---- inputs ---- */

bool godwit_eese_is_first_round(const godwit_input_t *in)
{
    return in->fetch_status == GODWIT_AGAIN && in->random.len == 0;
}

static void on_message(const godwit_eese_turn_t *turn)
{
    switch (turn->in->message->kind) {
    case GODWIT_E2E_SESSION_REQUEST:
        godwit_eese_on_session(turn);
        break;
    case GODWIT_E2E_KEY_ANSWER:
        godwit_eese_on_key(turn);
        break;
    case GODWIT_E2E_RENEW_ANSWER:
    case GODWIT_EAS_SESSION_PUSH_ANSWER:
        godwit_eese_on_told(turn);
        break;
    case GODWIT_EAS_REGISTER:
        godwit_eese_on_register(turn);
        break;
    case GODWIT_EAS_SESSION_PULL:
        godwit_eese_on_pull(turn);
        break;
    default:
        break;
    }
}

static void on_timer(const godwit_eese_turn_t *turn)
{
    const uint32_t timer = turn->in->timer;
    if (timer == 0) {
        godwit_eese_on_due(turn);
    } else if (timer <= GODWIT_EESE_PENDING_MAX) {
        godwit_eese_on_no_key(turn, timer - 1);
    }
}

/* What is in memory of it is forgotten: whoever asked will ask again, and the store says what there is, and when it is
 * due. */
static void on_commit_failed(const godwit_eese_turn_t *turn)
{
    godwit_eese_t *eese = turn->eese;
    for (size_t i = 0; i < GODWIT_EESE_PENDING_MAX; i++) {
        const godwit_e2e_session_record_t *s = &eese->pending[i].session;
        const godwit_record_key_t key = godwit_eese_session_key(&s->path.imsi, s->eas_key, s->path.session_id);
        if (eese->pending[i].transaction != 0 && godwit_record_key_equal(&key, &turn->in->record_key)) {
            memset(&eese->pending[i], 0, sizeof eese->pending[i]);
        }
    }
    eese->armed_ms = 0;
    godwit_eese_arm(turn, turn->in->now_ms + STORE_AGAIN_MS);
}

static void step(const godwit_eese_turn_t *turn)
{
    switch (turn->in->kind) {
    case GODWIT_INPUT_MESSAGE:
        on_message(turn);
        break;
    case GODWIT_INPUT_TIMER:
        on_timer(turn);
        break;
    case GODWIT_INPUT_COMMIT_FAILED:
        on_commit_failed(turn);
        break;
    default:
        break;
    }
}

void godwit_eese_step(godwit_eese_t *eese, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_eese_turn_t turn = {.eese = eese, .in = in, .out = out};
    if (godwit_eese_is_first_round(in)) { /* nothing of an input that was given up between its rounds */
        godwit_wipe(eese->fetched, sizeof eese->fetched);
        eese->fetched_count = 0;
    }
    step(&turn);
    if (!godwit_outbox_is_need(out)) {
        godwit_wipe(eese->fetched, sizeof eese->fetched);
        eese->fetched_count = 0;
    }
}
