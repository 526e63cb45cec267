/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC-IWF's configuration and its inputs. Timers: 0 what is due, then one of each flight, then one of each intake,
 * then those that help the first; those of repeat.c.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

/* ---- configuration ---- */

#define OR(value, otherwise)                                                                                           \
    do {                                                                                                               \
        (value) = (value) != 0 ? (value) : (otherwise);                                                                \
    } while (0)

static void defaults(godwit_mtc_iwf_config_t *c)
{
    OR(c->source_per_minute, 6000U);
    OR(c->device_per_minute, 60U);
    OR(c->source_quota, 100000U);
    OR(c->device_quota, 64U);
    OR(c->validity_s, 86400U);
    OR(c->validity_max_s, 30U * 86400U);
    OR(c->hss_timeout_ms, 5000U);
    OR(c->node_timeout_ms, 30000U);
    OR(c->ack_ms, 60000U);
    OR(c->t4_ms, 3600000U);
    OR(c->retry_ms, 30000U);
    OR(c->retry_max_ms, 3600000U);
    OR(c->report_retry_ms, 10000U);
    OR(c->report_life_s, 7U * 86400U);
    OR(c->keep_s, 86400U);
}

static bool are_sources(const godwit_mtc_iwf_config_t *c)
{
    bool ok = c->sources <= GODWIT_IWF_SOURCES_MAX;
    for (size_t i = 0; ok && i < c->sources; i++) {
        const godwit_function_t function = c->source[i].function;
        ok = c->source[i].name[0] != '\0' && c->source[i].name[0] != ' ' &&
             (function == GODWIT_FUNCTION_SCS || function == GODWIT_FUNCTION_AS);
    }
    return ok;
}

godwit_status_t godwit_mtc_iwf_init(godwit_mtc_iwf_t *iwf, const godwit_mtc_iwf_config_t *config)
{
    const bool hop = config->protect == GODWIT_IWF_PROTECT_HOP;
    if ((!hop && config->protect != GODWIT_IWF_PROTECT_ASSOCIATION) || config->crypto == NULL ||
        config->local_host[0] == '\0' || !are_sources(config) ||
        (hop && config->no_t5 && config->sms_sc_host[0] == '\0')) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(iwf, 0, sizeof *iwf);
    iwf->config = *config;
    iwf->config.keys.off = hop;
    OR(iwf->config.keys.address_life_ms, config->a3_recent_ms);
    defaults(&iwf->config);
    return godwit_iwf_keys_init(&iwf->keys, config->crypto, &iwf->config.keys, config->local_host, config->local_realm,
                                config->number);
}

void godwit_mtc_iwf_keep(godwit_mtc_iwf_config_t *config, const godwit_mtc_iwf_config_t *former)
{
    config->crypto = former->crypto;
    memcpy(config->local_host, former->local_host, sizeof config->local_host);
    memcpy(config->local_realm, former->local_realm, sizeof config->local_realm);
    config->protect = former->protect;
    config->keys = former->keys;
    memcpy(config->sms_sc_host, former->sms_sc_host, sizeof config->sms_sc_host);
    memcpy(config->sms_sc_realm, former->sms_sc_realm, sizeof config->sms_sc_realm);
    config->no_t5 = former->no_t5;
    memcpy(config->number, former->number, sizeof config->number);
    config->a3_recent_ms = former->a3_recent_ms;
}

godwit_status_t godwit_mtc_iwf_change(godwit_mtc_iwf_t *iwf, const godwit_mtc_iwf_config_t *config)
{
    godwit_mtc_iwf_config_t changed = *config;
    if (!are_sources(config)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_mtc_iwf_keep(&changed, &iwf->config);
    defaults(&changed);
    iwf->config = changed;
    return GODWIT_OK;
}

/* ---- messages of ours ---- */

/* Begins with the time, so that a late answer to what was asked before a restart is not taken for another. */
uint32_t godwit_iwf_transaction(const godwit_iwf_turn_t *turn)
{
    godwit_mtc_iwf_t *iwf = turn->iwf;
    if (iwf->last_transaction == 0) {
        iwf->last_transaction = (uint32_t)(turn->in->now_ms & (uint64_t)INT32_MAX);
    }
    iwf->last_transaction = iwf->last_transaction >= (uint32_t)INT32_MAX ? 1 : iwf->last_transaction + 1;
    return iwf->last_transaction;
}

godwit_message_t *godwit_iwf_request(const godwit_iwf_turn_t *turn, godwit_message_kind_t kind, godwit_function_t to,
                                     uint32_t transaction)
{
    return godwit_iwf_message(&turn->iwf->keys, kind, to, transaction, turn->out);
}

_Static_assert(GODWIT_IWF_REPEAT_TIMERS >= GODWIT_IWF_LANE_TIMERS + GODWIT_IWF_LANES_MAX, "numbers of their own");

/* ---- inputs ---- */

static void on_message(const godwit_iwf_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    if (godwit_iwf_is_key_answer(message)) {
        godwit_iwf_on_key_answer(&turn->iwf->keys, turn->in, turn->out);
        return;
    }
    switch (message->kind) {
    case GODWIT_DEVICE_ACTION:
        godwit_iwf_on_action(turn);
        break;
    case GODWIT_TRIGGER_QUERY:
        godwit_iwf_on_query(turn);
        break;
    case GODWIT_SUBSCRIBER_INFO_ANSWER:
        (void)(godwit_iwf_on_authorised(turn) || godwit_iwf_on_located(turn));
        break;
    case GODWIT_T5_DOWN_ANSWER:
    case GODWIT_T4_TRIGGER_ANSWER:
        godwit_iwf_on_sent(turn);
        break;
    case GODWIT_T5_UP:
        godwit_iwf_on_up(turn);
        break;
    case GODWIT_T4_REPORT:
        godwit_iwf_on_t4_report(turn);
        break;
    case GODWIT_DEVICE_NOTIFICATION_ANSWER:
        godwit_iwf_on_reported(turn);
        break;
    default:
        break;
    }
}

static void on_timer(const godwit_iwf_turn_t *turn)
{
    const uint32_t timer = turn->in->timer;
    if (timer == 0) {
        godwit_iwf_on_due(turn, GODWIT_IWF_LANES_MAX);
    } else if (timer <= GODWIT_IWF_FLIGHTS_MAX) {
        godwit_iwf_on_flight_timer(turn, timer - 1);
    } else if (timer <= GODWIT_IWF_FLIGHTS_MAX + GODWIT_IWF_INTAKES_MAX) {
        godwit_iwf_on_intake_timer(turn, timer - 1 - GODWIT_IWF_FLIGHTS_MAX);
    } else if (timer - GODWIT_IWF_LANE_TIMERS < GODWIT_IWF_LANES_MAX) {
        godwit_iwf_on_due(turn, timer - GODWIT_IWF_LANE_TIMERS);
    } else if (godwit_iwf_is_keys_timer(timer)) {
        godwit_iwf_on_keys_timer(&turn->iwf->keys, turn->in, turn->out);
    }
}

/* What is in memory of it is forgotten; the store says what there is, and when it is due. */
static void on_commit_failed(const godwit_iwf_turn_t *turn)
{
    const godwit_record_key_t *key = &turn->in->record_key;
    for (size_t i = 0; i < GODWIT_IWF_FLIGHTS_MAX; i++) {
        godwit_iwf_flight_t *flight = &turn->iwf->flights[i];
        const bool of_device = key->kind == GODWIT_RECORD_ASSOCIATION && godwit_imsi_equal(&flight->imsi, &key->imsi);
        const bool of_trigger = key->kind == GODWIT_RECORD_TRIGGER && flight->reference == key->session_id &&
                                memcmp(flight->source_key, key->octets, sizeof key->octets) == 0;
        if (flight->step != GODWIT_IWF_FREE && (of_device || of_trigger)) {
            memset(flight, 0, sizeof *flight);
        }
    }
    turn->iwf->armed_ms = 0;
    godwit_iwf_slow_down(turn->iwf); /* timers that were asked for behind the commit do not run */
    godwit_iwf_arm(turn, turn->in->now_ms + 1000);
}

void godwit_mtc_iwf_step(godwit_mtc_iwf_t *iwf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_iwf_turn_t turn = {.iwf = iwf, .in = in, .out = out};
    if (godwit_iwf_is_first_round(in)) { /* nothing of an input that was given up between its rounds */
        iwf->fetched_count = 0;
        godwit_iwf_forget(&iwf->keys);
    }
    switch (in->kind) {
    case GODWIT_INPUT_MESSAGE:
        on_message(&turn);
        break;
    case GODWIT_INPUT_DATAGRAM:
        if (in->port == GODWIT_PORT_A3) {
            godwit_iwf_on_up(&turn);
        }
        break;
    case GODWIT_INPUT_TIMER:
        on_timer(&turn);
        break;
    case GODWIT_INPUT_COMMIT_FAILED:
        on_commit_failed(&turn);
        break;
    default:
        break;
    }
}
