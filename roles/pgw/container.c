/* SPDX-License-Identifier: Apache-2.0
 *
 * The container of Solution 1 in a PCO, and what the gateway says to HSS and HSE because of it: contribution 003, step
 * 6 (the triplet {selector, IMSI, TEID}), and in variant 1B the notice of activation before it.
 */
#include "roles/pgw/internal.h"

#include "core/wire/e2m_container.h"

#include <string.h>

#define WAIT_DEFAULT_MS 2500

static bool is_for_us(const godwit_pgw_t *pgw, const godwit_pgw_apn_t *apn, godwit_slice_t pco)
{
    return !pgw->config.strip_container && apn->kind == GODWIT_PGW_E2M && pco.len > 0;
}

godwit_status_t godwit_pgw_read_container(godwit_pgw_turn_t *turn, const godwit_pgw_apn_t *apn,
                                          const godwit_imsi_t *imsi, godwit_slice_t pco, godwit_bearer_t *bearer)
{
    godwit_slice_t contents;
    godwit_e2m_container_t container;
    if (!is_for_us(turn->pgw, apn, pco)) {
        return GODWIT_NOT_FOUND;
    }
    godwit_status_t status = godwit_pco_find(pco, GODWIT_E2M_CONTAINER_ID, &contents);
    if (status == GODWIT_OK) {
        status = godwit_e2m_container_parse(contents, &container);
    }
    if (status == GODWIT_OK && contents.len > sizeof bearer->container) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_NOT_FOUND ||
        (status == GODWIT_OK && !godwit_plmn_equal(container.plmn, turn->pgw->config.home))) {
        return GODWIT_NOT_FOUND; /* none, or another operator's of the same identifier */
    }
    if (status != GODWIT_OK) {
        godwit_pgw_event(turn, "refused", GODWIT_MALFORMED, imsi, "the container in the PCO cannot be read");
        return GODWIT_NOT_FOUND;
    }
    if (!godwit_imsi_equal(&container.imsi, imsi)) {
        return GODWIT_NOT_ENTITLED;
    }
    memset(bearer, 0, sizeof *bearer);
    bearer->imsi = *imsi;
    bearer->selector = container.selector;
    bearer->agreements = container.agreements;
    bearer->suites = container.suites;
    bearer->above_generation = container.above_generation;
    bearer->container_len = (uint8_t)contents.len;
    memcpy(bearer->container, contents.ptr, contents.len);
    return GODWIT_OK;
}

static godwit_message_t *message_to(godwit_pgw_turn_t *turn, godwit_function_t to, godwit_message_kind_t kind)
{
    const godwit_pgw_config_t *config = &turn->pgw->config;
    godwit_message_t *message = godwit_outbox_alloc(turn->out, sizeof *message);
    if (message != NULL) {
        message->kind = kind;
        message->from = GODWIT_FUNCTION_PGW;
        message->to = to;
        memcpy(message->origin_host, config->local_host, sizeof message->origin_host);
        memcpy(message->origin_realm, config->local_realm, sizeof message->origin_realm);
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    return message;
}

/* A transaction number that leads back to the context, and that no earlier answer fits. */
static uint32_t next_transaction(godwit_pgw_t *pgw, const godwit_pgw_context_t *c)
{
    return (++pgw->next_transaction << 16) | (uint32_t)(c - pgw->contexts);
}

static void name_context(const godwit_pgw_t *pgw, const godwit_pgw_context_t *c, godwit_bearer_t *bearer)
{
    bearer->imsi = c->imsi;
    bearer->teid = c->teid;
    bearer->gateway_len = sizeof pgw->config.ipv4;
    memcpy(bearer->gateway, pgw->config.ipv4, sizeof pgw->config.ipv4);
    bearer->serving_network = c->serving_network;
}

static void ask_hse(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c)
{
    uint32_t wait = turn->pgw->config.hse_wait_ms;
    godwit_message_t *message = message_to(turn, GODWIT_FUNCTION_HSE, GODWIT_BEARER);
    if (message != NULL) {
        c->transaction = message->transaction = next_transaction(turn->pgw, c);
        message->u.bearer = c->bearer;
        name_context(turn->pgw, c, &message->u.bearer);
        message->u.bearer.modified = c->created && c->told;
    }
    c->told = true;
    c->state = GODWIT_PGW_WAIT_HSE;
    godwit_pgw_timer(turn, c, wait == 0 ? WAIT_DEFAULT_MS : wait);
}

static void ask_home(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c)
{
    uint32_t wait = turn->pgw->config.home_wait_ms;
    godwit_message_t *message = message_to(turn, GODWIT_FUNCTION_HSS, GODWIT_ACTIVATION);
    if (message != NULL) {
        c->transaction = message->transaction = next_transaction(turn->pgw, c);
        message->u.activation.imsi = c->imsi;
        message->u.activation.selector = c->bearer.selector;
        memcpy(message->u.activation.endpoint, godwit_pgw_apn_of(turn->pgw, c)->endpoint,
               sizeof message->u.activation.endpoint);
    }
    c->state = GODWIT_PGW_WAIT_HOME;
    godwit_pgw_timer(turn, c, wait == 0 ? WAIT_DEFAULT_MS : wait);
}

void godwit_pgw_ask(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c)
{
    if (godwit_pgw_apn_of(turn->pgw, c)->notify_home) {
        ask_home(turn, c);
    } else {
        ask_hse(turn, c);
    }
}

void godwit_pgw_tell_released(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c)
{
    godwit_message_t *message = message_to(turn, GODWIT_FUNCTION_HSE, GODWIT_BEARER);
    if (message != NULL) {
        message->transaction = next_transaction(turn->pgw, c);
        name_context(turn->pgw, c, &message->u.bearer);
        message->u.bearer.released = true;
    }
}

/* ---- answers, and those that do not come ---- */

static void answer_with(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c, godwit_slice_t start)
{
    uint8_t contents[GODWIT_E2M_ANSWER_MAX], pco[GODWIT_PCO_MAX];
    godwit_writer_t inner = godwit_writer(contents, sizeof contents), w = godwit_writer(pco, sizeof pco);
    bool built = start.len > 0 && godwit_e2m_answer_build(turn->pgw->config.home, start, &inner) == GODWIT_OK;
    if (built) {
        godwit_pco_unit_t unit = {.id = GODWIT_E2M_CONTAINER_ID, .contents = godwit_written(&inner)};
        built = godwit_pco_build(&unit, 1, &w) == GODWIT_OK;
    }
    godwit_pgw_answer(turn, c, built ? godwit_written(&w) : godwit_slice(NULL, 0));
}

static void on_bearer_answer(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c)
{
    const godwit_bearer_answer_t *answer = &turn->in->message->u.bearer_answer;
    if (answer->status != GODWIT_OK) {
        godwit_pgw_event(turn, "bearer_refused", answer->status, &c->imsi, "the HSE has no key for this container");
    }
    size_t len = answer->start_len <= sizeof answer->start ? answer->start_len : 0;
    answer_with(turn, c, godwit_slice(answer->start, len));
}

void godwit_pgw_on_message(godwit_pgw_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    size_t index = message->transaction & 0xFFFFU;
    godwit_pgw_context_t *c = index < turn->pgw->capacity ? &turn->pgw->contexts[index] : NULL;
    if (c == NULL || c->transaction != message->transaction) {
        return; /* of a context that has gone, or that did not wait any longer */
    }
    if (message->kind == GODWIT_BEARER_ANSWER && c->state == GODWIT_PGW_WAIT_HSE) {
        godwit_pgw_timer(turn, c, 0);
        on_bearer_answer(turn, c);
    } else if (message->kind == GODWIT_ACTIVATION_ANSWER && c->state == GODWIT_PGW_WAIT_HOME) {
        if (message->u.outcome != GODWIT_OK) {
            godwit_pgw_event(turn, "activation_refused", message->u.outcome, &c->imsi,
                             "the home has not handed a key on");
        }
        ask_hse(turn, c); /* it may have the key from before; and says so clearly if not */
    }
}

void godwit_pgw_on_late(godwit_pgw_turn_t *turn, uint32_t index)
{
    godwit_pgw_context_t *c = index < turn->pgw->capacity ? &turn->pgw->contexts[index] : NULL;
    if (c == NULL) {
        return;
    }
    if (c->state == GODWIT_PGW_WAIT_HOME) {
        godwit_pgw_event(turn, "activation_unanswered", GODWIT_PEER_INTERNAL, &c->imsi, NULL);
        ask_hse(turn, c);
    } else if (c->state == GODWIT_PGW_WAIT_HSE) {
        godwit_pgw_event(turn, "bearer_unanswered", GODWIT_PEER_INTERNAL, &c->imsi, NULL);
        answer_with(turn, c, godwit_slice(NULL, 0));
    }
}
