/* SPDX-License-Identifier: Apache-2.0
 *
 * What waits for its time: questions to the EESE, datagrams for an EAS, devices that listen. One timer for all of it; a
 * step sends a few, and what is left comes a millisecond later, so that no queue makes a step long.
 */
#include <string.h>

#include "roles/hse/end_to_end.h"

#define EESE_TIMEOUT_MS 6000u
#define ASK_SENDINGS 5
#define FORWARD_WAIT_MS 2000u
#define FORWARD_WAIT_MAX_MS 60000u
#define FORWARD_LIFE_MS 3600000u
#define HELD_MS 86400000u
#define AT_ONCE_MAX 4
#define SLACK_REQUESTS 2
#define SLACK_OCTETS 64u

typedef struct agenda {
    godwit_hse_t *hse;
    godwit_outbox_t *out;
    uint64_t now_ms, next_ms;
    unsigned sent;
} agenda_t;

static uint64_t or_else(uint64_t configured, uint64_t otherwise)
{
    return configured != 0 ? configured : otherwise;
}

static void come_back(agenda_t *a, uint64_t at_ms)
{
    a->next_ms = at_ms < a->next_ms ? at_ms : a->next_ms;
}

static bool has_room(const agenda_t *a)
{
    const godwit_outbox_t *out = a->out;
    return a->sent < AT_ONCE_MAX && out->capacity - out->count > SLACK_REQUESTS &&
           out->arena_size - out->arena_used > sizeof(godwit_message_t) + SLACK_OCTETS;
}

/* ---- the EESE ---- */

static void send_ask(agenda_t *a, godwit_hse_ask_t *ask)
{
    ask->asked_ms = a->now_ms;
    ask->sendings++;
    a->sent++;
    godwit_message_t *message =
        godwit_hse_message(a->hse, a->out, GODWIT_FUNCTION_EESE, GODWIT_E2E_SESSION_REQUEST, ask->transaction);
    if (message != NULL) {
        message->u.e2e_session_request = ask->request;
    }
}

static void look_at_ask(agenda_t *a, godwit_hse_ask_t *ask)
{
    uint64_t wait = or_else(a->hse->config.eese_timeout_ms, EESE_TIMEOUT_MS);
    ask->asked_ms = ask->asked_ms > a->now_ms ? a->now_ms : ask->asked_ms; /* the clock was set back */
    uint64_t due = ask->sendings == 0 ? a->now_ms : ask->asked_ms + wait;
    if (due <= a->now_ms && ask->sendings >= ASK_SENDINGS) {
        memset(ask, 0, sizeof *ask); /* whoever waits for it asks again */
        return;
    }
    if (due <= a->now_ms && has_room(a)) {
        send_ask(a, ask);
        due = a->now_ms + wait;
    }
    come_back(a, due);
}

/* ---- the EAS ---- */

static void send_forward(agenda_t *a, godwit_hse_forward_t *f)
{
    uint64_t wait = or_else(a->hse->config.forward_wait_ms, FORWARD_WAIT_MS) << (f->sendings < 6 ? f->sendings : 6);
    f->sendings++;
    f->due_ms = a->now_ms + (wait < FORWARD_WAIT_MAX_MS ? wait : FORWARD_WAIT_MAX_MS);
    f->transaction = godwit_hse_next_transaction(a->hse);
    a->sent++;
    godwit_message_t *message =
        godwit_hse_message(a->hse, a->out, GODWIT_FUNCTION_EAS, GODWIT_USER_PLANE_UP, f->transaction);
    if (message == NULL) {
        return;
    }
    godwit_user_plane_t *up = &message->u.user_plane;
    memcpy(up->eas, f->eas, sizeof up->eas);
    memcpy(up->hse, a->hse->config.endpoint, sizeof up->hse);
    up->session_id = f->session_id;
    up->imsi = f->imsi;
    up->number = f->number;
    up->len = f->len;
    memcpy(up->datagram, f->datagram, f->len);
}

/* False: its time is over. */
static bool still_lives(agenda_t *a, godwit_hse_forward_t *f, uint64_t life)
{
    if (f->since_ms > a->now_ms) { /* the clock was set back */
        f->since_ms = f->due_ms = a->now_ms;
    }
    if (a->now_ms - f->since_ms < life) {
        return true;
    }
    if (!has_room(a)) {
        return true; /* and is looked at again at once */
    }
    godwit_hse_event(a->out, "forward_given_up", GODWIT_OVERLOAD, &f->imsi, f->session_id,
                     "nobody took it in its time");
    godwit_hse_forward_release(f);
    return false;
}

static void look_at_forward(agenda_t *a, godwit_hse_forward_t *f)
{
    if (!still_lives(a, f, or_else(a->hse->config.forward_life_ms, FORWARD_LIFE_MS))) {
        return;
    }
    if (f->due_ms <= a->now_ms && has_room(a)) {
        send_forward(a, f);
    }
    come_back(a, f->due_ms);
}

static void look_at_all(agenda_t *a)
{
    godwit_hse_t *hse = a->hse;
    uint64_t held_ms = or_else(hse->config.held_ms, HELD_MS);
    for (size_t i = 0; i < GODWIT_HSE_ASKS_MAX; i++) {
        if (hse->asks[i].transaction != 0) {
            look_at_ask(a, &hse->asks[i]);
        }
    }
    for (size_t i = 0; i < hse->forward_top; i++) {
        if (hse->forwards[i].used) {
            look_at_forward(a, &hse->forwards[i]);
        }
    }
    for (size_t i = 0; i < hse->held_top; i++) {
        if (hse->held[i].used && still_lives(a, &hse->held[i], held_ms)) {
            come_back(a, hse->held[i].since_ms + held_ms);
        }
    }
    for (size_t i = 0; i < GODWIT_HSE_DRAINS_MAX; i++) {
        if (hse->drains[i] != 0) {
            come_back(a, a->now_ms);
        }
    }
}

void godwit_hse_agenda(godwit_hse_t *hse, uint64_t now_ms, godwit_outbox_t *out)
{
    agenda_t a = {.hse = hse, .out = out, .now_ms = now_ms, .next_ms = UINT64_MAX};
    if (!hse->agenda_moved || out->overflow || godwit_outbox_is_need(out) || out->count >= out->capacity) {
        return;
    }
    look_at_all(&a);
    hse->agenda_moved = false;
    if (a.next_ms != UINT64_MAX) {
        uint64_t delay = a.next_ms > now_ms ? a.next_ms - now_ms : 1;
        godwit_outbox_timer(out, GODWIT_HSE_TIMER_AGENDA, delay < UINT32_MAX ? (uint32_t)delay : UINT32_MAX);
    }
}
