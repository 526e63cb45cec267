/* SPDX-License-Identifier: Apache-2.0
 *
 * The HSE: its configuration, and which file takes which input.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

/* ---- configuration ---- */

static bool are_suites(const uint8_t order[GODWIT_SUITE_LAST])
{
    for (size_t i = 0; i < GODWIT_SUITE_LAST && order[i] != 0; i++) {
        if (godwit_suite(order[i]) == NULL) {
            return false;
        }
    }
    return order[0] != 0;
}

static bool is_endpoint(const char name[GODWIT_FQDN_MAX + 1])
{
    size_t len = 0;
    while (len < GODWIT_NODE_NAME_MAX && name[len] != '\0') {
        len++;
    }
    return len < GODWIT_NODE_NAME_MAX && godwit_fqdn_is_canonical(godwit_slice(name, len));
}

godwit_status_t godwit_hse_init(godwit_hse_t *hse, const godwit_hse_config_t *config, godwit_hse_session_t *sessions,
                                size_t session_capacity, godwit_hse_exchange_t *exchanges, size_t exchange_capacity,
                                godwit_hse_sender_t *senders, size_t sender_capacity)
{
    if (session_capacity == 0 || (session_capacity & (session_capacity - 1)) != 0 || exchange_capacity == 0 ||
        sender_capacity == 0 || config->framing.session_octets > 4 || config->framing.counter_octets > 3 ||
        (config->gateway_count > 0 && config->framing.session_octets != 0) || !are_suites(config->suite_order) ||
        !is_endpoint(config->endpoint)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(hse, 0, sizeof *hse);
    memset(sessions, 0, session_capacity * sizeof *sessions);
    memset(exchanges, 0, exchange_capacity * sizeof *exchanges);
    memset(senders, 0, sender_capacity * sizeof *senders);
    hse->config = *config;
    hse->sessions = sessions;
    hse->session_capacity = session_capacity;
    hse->exchanges = exchanges;
    hse->exchange_capacity = exchange_capacity;
    hse->senders = senders;
    hse->sender_capacity = sender_capacity;
    return GODWIT_OK;
}

/* ---- inputs ---- */

static void on_emsdp(godwit_hse_turn_t *turn)
{
    const godwit_input_t *in = turn->in;
    godwit_status_t status = godwit_emsdp_peek(in->datagram, turn->hse->config.framing, &turn->header);
    if (status == GODWIT_OK && in->datagram.len > GODWIT_EMSDP_DATAGRAM_MAX) {
        status = GODWIT_MALFORMED;
    }
    if (status != GODWIT_OK) {
        godwit_hse_event(turn->out, "refused", status, NULL, 0, "the header cannot be read");
    } else if (turn->header.key_id != 0) {
        if (!godwit_hse_on_device_rand(turn)) {
            godwit_hse_on_keyed(turn);
        }
    } else if (turn->header.command == GODWIT_SESSION_REQUEST) {
        godwit_hse_on_request(turn->hse, in, turn->out);
    } else {
        godwit_hse_event(turn->out, "refused", GODWIT_POLICY_FORBIDS, NULL, turn->header.session_id,
                         "a hint, from whoever it may be: it changes nothing");
    }
}

static void on_datagram(godwit_hse_turn_t *turn)
{
    godwit_input_t inner;
    if (turn->in->port == GODWIT_PORT_GTPU) {
        if (!godwit_hse_take_gtpu(turn->hse, turn->in, &inner, turn->out)) {
            return;
        }
        turn->in = &inner;
        on_emsdp(turn);
    } else if (turn->in->port == GODWIT_PORT_SMS) {
        if (godwit_hse_take_sms(turn->in, &inner)) {
            turn->in = &inner;
            on_emsdp(turn);
        }
    } else if (!godwit_hse_is_tunnel(&turn->in->from) && !godwit_hse_is_sms(&turn->in->from)) {
        /* nobody names a tunnel but GTP-U, and no IMSI but the SMS-SC */
        on_emsdp(turn);
    }
}

static void on_key_answer(godwit_hse_turn_t *turn)
{
    godwit_hse_exchange_t *x = godwit_hse_exchange_by_transaction(turn->hse, turn->in->message->transaction);
    if (x == NULL) {
        godwit_hse_bearer_t *bearer = godwit_hse_bearer_by_transaction(turn->hse, turn->in->message->transaction);
        if (bearer != NULL) {
            godwit_hse_on_bearer_key(turn, bearer);
        }
        return; /* else the exchange is over */
    }
    if (!x->inquiry && !x->opening) {
        godwit_hse_on_key(turn->hse, x, turn->in, turn->out);
        return;
    }
    if (!x->inquiry) {
        return; /* it has its key */
    }
    godwit_status_t status = godwit_hse_turn_find(turn, x->session_id, NULL);
    if (status == GODWIT_OK) {
        godwit_hse_on_next_key(turn, x);
    } else if (status != GODWIT_AGAIN) {
        godwit_hse_exchange_release(x);
    }
}

static void on_outcome(godwit_hse_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    if (message->kind == GODWIT_KEY_CONFIRM_ANSWER && message->u.key_confirm_answer != GODWIT_OK) {
        godwit_hse_event(turn->out, "confirm_refused", message->u.key_confirm_answer, NULL, 0,
                         "the EMKS did not take the confirmation of a key");
    } else if (message->kind == GODWIT_KEY_PARK_ANSWER && message->u.outcome != GODWIT_OK) {
        godwit_hse_event(turn->out, "park_refused", message->u.outcome, NULL, 0,
                         "the owner of the key set did not take what was parked");
    }
}

static void on_message(godwit_hse_turn_t *turn)
{
    static const struct {
        godwit_message_kind_t kind;
        void (*take)(godwit_hse_turn_t *turn);
    } takers[] = {
        {GODWIT_KEY_ANSWER, on_key_answer},
        {GODWIT_KEY_CONFIRM_ANSWER, on_outcome},
        {GODWIT_KEY_PARK_ANSWER, on_outcome},
        {GODWIT_MTC_KEY_ANSWER, godwit_hse_on_mtc_key},
        {GODWIT_BEARER, godwit_hse_on_bearer},
        {GODWIT_KEY_PUSH, godwit_hse_on_push},
        {GODWIT_E2E_SESSION_ANSWER, godwit_hse_on_service_answer},
        {GODWIT_E2E_RENEW, godwit_hse_on_renew},
        {GODWIT_USER_PLANE_UP_ANSWER, godwit_hse_on_up_answer},
        {GODWIT_USER_PLANE_DOWN, godwit_hse_on_down},
    };
    for (size_t i = 0; i < sizeof takers / sizeof takers[0]; i++) {
        if (takers[i].kind == turn->in->message->kind) {
            takers[i].take(turn);
            return;
        }
    }
}

static uint32_t sweep_ms(const godwit_hse_t *hse)
{
    uint32_t idle_ms = hse->config.idle_ms;
    return idle_ms > 0 && idle_ms < GODWIT_HSE_SWEEP_MS ? idle_ms : GODWIT_HSE_SWEEP_MS;
}

void godwit_hse_sweep_later(godwit_hse_t *hse, godwit_outbox_t *out)
{
    if (!hse->sweeping) {
        hse->sweeping = true;
        godwit_outbox_timer(out, GODWIT_HSE_TIMER_SWEEP, sweep_ms(hse));
    }
}

static void sweep(godwit_hse_turn_t *turn)
{
    godwit_hse_t *hse = turn->hse;
    godwit_status_t status = godwit_hse_flush(turn);
    if (status == GODWIT_AGAIN) {
        return;
    }
    bool exchanges = godwit_hse_exchange_sweep(hse, turn->in->now_ms);
    bool pushes = godwit_hse_push_sweep(hse, turn->in->now_ms);
    hse->sweeping = exchanges || pushes || godwit_hse_may_become_idle(hse);
    if (hse->sweeping) { /* one bearer at a time: the next one at once */
        godwit_outbox_timer(turn->out, GODWIT_HSE_TIMER_SWEEP, status == GODWIT_OK ? 1 : sweep_ms(hse));
    }
}

static void on_timer(godwit_hse_turn_t *turn)
{
    if (turn->in->timer == GODWIT_HSE_TIMER_AGENDA) {
        turn->hse->agenda_moved |= godwit_hse_drain(turn);
    } else if (turn->in->timer == GODWIT_HSE_TIMER_SWEEP) {
        sweep(turn);
    } else {
        godwit_hse_on_timer(turn);
    }
}

static void on_commit_failed(godwit_hse_turn_t *turn)
{
    godwit_hse_t *hse = turn->hse;
    const godwit_input_t *in = turn->in;
    if (in->record_key.kind == GODWIT_RECORD_SESSION) {
        godwit_hse_session_forget(hse, in->record_key.session_id);
        godwit_hse_exchange_release_device_rand(hse, in->record_key.session_id);
    }
    if (in->record_key.kind == GODWIT_RECORD_DOWNLINK) { /* when the devices are heard again */
        memset(hse->drains, 0, sizeof hse->drains);
    }
    hse->sweeping = false; /* its timer may have stood behind that commit, and that of the agenda, too */
    hse->agenda_moved = true;
    godwit_hse_sweep_later(hse, turn->out);
}

void godwit_hse_step(godwit_hse_t *hse, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hse_turn_t turn = {.hse = hse, .in = in, .out = out};
    switch (in->kind) {
    case GODWIT_INPUT_DATAGRAM:
        on_datagram(&turn);
        break;
    case GODWIT_INPUT_MESSAGE:
        on_message(&turn);
        break;
    case GODWIT_INPUT_TIMER:
        on_timer(&turn);
        break;
    case GODWIT_INPUT_COMMIT_FAILED:
        on_commit_failed(&turn);
        break;
    case GODWIT_INPUT_SUBMIT:
        godwit_hse_on_submit(&turn);
        break;
    case GODWIT_INPUT_DROP:
        godwit_hse_on_drop(&turn);
        break;
    default:
        break;
    }
    godwit_hse_agenda(hse, in->now_ms, out);
    godwit_hse_turn_wipe(&turn);
}
