/* SPDX-License-Identifier: Apache-2.0
 *
 * The EAS: configuration and inputs. Between two inputs nothing of a device's keys stays in memory.
 */
#include <string.h>

#include "roles/eas/internal.h"

#define OR(value, otherwise)                                                                                           \
    do {                                                                                                               \
        (value) = (value) != 0 ? (value) : (otherwise);                                                                \
    } while (0)

static void defaults(godwit_eas_config_t *c)
{
    OR(c->answer_ms, 10000U);
    OR(c->retry_ms, 2000U);
    OR(c->pull_ms, 30000U);
    OR(c->awake_ms, 10000U);
    OR(c->queue, 16U);
    OR(c->downlink_s, 7U * 86400U);
}

static bool are_names(const godwit_eas_config_t *c)
{
    bool ok = c->hse_count > 0 && c->hse_count <= GODWIT_EAS_HSES_MAX &&
              godwit_fqdn_is_canonical(godwit_slice_of_string(c->name)) && strlen(c->name) < GODWIT_NODE_NAME_MAX &&
              c->eese_host[0] != '\0';
    for (size_t i = 0; ok && i < c->hse_count; i++) {
        ok = godwit_fqdn_is_canonical(godwit_slice_of_string(c->hses[i]));
    }
    return ok;
}

godwit_status_t godwit_eas_init(godwit_eas_t *eas, const godwit_eas_config_t *config)
{
    if (config->crypto == NULL || !are_names(config)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(eas, 0, sizeof *eas);
    eas->config = *config;
    eas->due_ms = UINT64_MAX;
    defaults(&eas->config);
    return GODWIT_OK;
}

/* ---- messages of ours ---- */

uint32_t godwit_eas_transaction(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    if (eas->last_transaction == 0) {
        eas->last_transaction = (uint32_t)(turn->in->now_ms & (uint64_t)INT32_MAX);
    }
    eas->last_transaction = eas->last_transaction >= (uint32_t)INT32_MAX ? 1 : eas->last_transaction + 1;
    return eas->last_transaction;
}

godwit_message_t *godwit_eas_message(const godwit_eas_turn_t *turn, godwit_message_kind_t kind, godwit_function_t to,
                                     uint32_t transaction)
{
    const godwit_eas_config_t *config = &turn->eas->config;
    godwit_message_t *message = godwit_outbox_message(turn->out, kind, GODWIT_FUNCTION_EAS, to, transaction);
    if (message != NULL) {
        memcpy(message->origin_host, config->name, sizeof message->origin_host);
        memcpy(message->origin_realm, config->local_realm, sizeof message->origin_realm);
    }
    return message;
}

bool godwit_eas_knows_hse(const godwit_eas_t *eas, const char *hse)
{
    for (size_t i = 0; i < eas->config.hse_count; i++) {
        if (strcmp(eas->config.hses[i], hse) == 0) {
            return true;
        }
    }
    return false;
}

bool godwit_eas_is_eese(const godwit_eas_t *eas, const godwit_message_t *message)
{
    return message->hop != GODWIT_HOP_OPEN && strcmp(message->origin_host, eas->config.eese_host) == 0;
}

/* ---- inputs ---- */

static void on_message(const godwit_eas_turn_t *turn)
{
    switch (turn->in->message->kind) {
    case GODWIT_EAS_SESSION_PUSH:
        godwit_eas_on_push(turn);
        break;
    case GODWIT_USER_PLANE_UP:
        godwit_eas_on_up(turn);
        break;
    case GODWIT_EAS_REGISTER_ANSWER:
        godwit_eas_on_registered(turn);
        break;
    case GODWIT_EAS_SESSION_PULL_ANSWER:
        godwit_eas_on_pulled(turn);
        break;
    case GODWIT_USER_PLANE_DOWN_ANSWER:
        godwit_eas_on_down_answer(turn);
        break;
    default:
        break;
    }
}

static void on_timer(const godwit_eas_turn_t *turn)
{
    const uint32_t timer = turn->in->timer;
    if (timer == GODWIT_EAS_TIMER_SWEEP) {
        godwit_eas_on_sweep(turn);
    } else if (timer == GODWIT_EAS_TIMER_REGISTER) {
        godwit_eas_on_register_timer(turn);
    } else if (timer < GODWIT_EAS_TIMER_DOWNS) {
        godwit_eas_on_pull_timer(turn, timer - GODWIT_EAS_TIMER_PULLS);
    } else if (timer < GODWIT_EAS_TIMER_DOWNS + GODWIT_EAS_DOWNS_MAX) {
        godwit_eas_on_down_timer(turn, timer - GODWIT_EAS_TIMER_DOWNS);
    }
}

/* Nothing of the record is held in memory; but timers may have stood behind that commit. */
static void on_commit_failed(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    for (size_t i = 0; i < GODWIT_EAS_DOWNS_MAX; i++) {
        if (eas->downs[i].state == GODWIT_EAS_DOWN_NEXT) {
            eas->downs[i].state = GODWIT_EAS_DOWN_FREE; /* its messages go when the device is heard */
        }
    }
    eas->due_ms = UINT64_MAX;
    godwit_eas_sweep_by(turn, turn->in->now_ms + eas->config.retry_ms);
}

void godwit_eas_step(godwit_eas_t *eas, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_eas_turn_t turn = {.eas = eas, .in = in, .out = out};
    switch (in->kind) {
    case GODWIT_INPUT_MESSAGE:
        on_message(&turn);
        break;
    case GODWIT_INPUT_TIMER:
        on_timer(&turn);
        break;
    case GODWIT_INPUT_SUBMIT:
        godwit_eas_on_submit(&turn);
        break;
    case GODWIT_INPUT_COMMIT_FAILED:
        on_commit_failed(&turn);
        break;
    default:
        break;
    }
    if (!godwit_outbox_is_need(out)) {
        godwit_eas_wipe(&eas->device);
        godwit_wipe(eas->plain, sizeof eas->plain);
    }
}
