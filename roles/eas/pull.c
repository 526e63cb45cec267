/* SPDX-License-Identifier: Apache-2.0
 *
 * EAS Session Request, pull: a key that the device uses already and that was not pushed yet; the next age, when the
 * count is nearly spent or nothing came in time; whichever is next, when everything is lost. A datagram whose MAC
 * nobody could check makes the EESE hand out what it has, and never a new age: that would let anybody spend ages in a
 * device's name.
 */
#include <string.h>

#include "roles/eas/internal.h"

static godwit_eas_pull_t *find(godwit_eas_t *eas, const godwit_imsi_t *imsi)
{
    for (size_t i = 0; i < GODWIT_EAS_PULLS_MAX; i++) {
        if (eas->pulls[i].state != GODWIT_EAS_PULL_FREE && godwit_imsi_equal(&eas->pulls[i].imsi, imsi)) {
            return &eas->pulls[i];
        }
    }
    return NULL;
}

/* Its timer frees it when nobody answers; but that stood behind a commit, and may never have run. */
static bool is_waiting(const godwit_eas_turn_t *turn, const godwit_eas_pull_t *pull)
{
    const uint64_t now_ms = turn->in->now_ms;
    return pull->state == GODWIT_EAS_PULL_ASKED && now_ms >= pull->asked_ms &&
           now_ms - pull->asked_ms <= turn->eas->config.answer_ms;
}

/* The one that waits no more and is the oldest makes room. NULL: all wait. */
static godwit_eas_pull_t *room(const godwit_eas_turn_t *turn)
{
    godwit_eas_t *eas = turn->eas;
    godwit_eas_pull_t *best = NULL;
    for (size_t i = 0; i < GODWIT_EAS_PULLS_MAX; i++) {
        godwit_eas_pull_t *pull = &eas->pulls[i];
        if (pull->state == GODWIT_EAS_PULL_FREE) {
            return pull;
        }
        if (!is_waiting(turn, pull) && (best == NULL || pull->asked_ms < best->asked_ms)) {
            best = pull;
        }
    }
    return best;
}

static bool is_recent(const godwit_eas_turn_t *turn, const godwit_eas_pull_t *pull)
{
    const uint64_t now_ms = turn->in->now_ms;
    return now_ms >= pull->asked_ms && now_ms - pull->asked_ms < turn->eas->config.pull_ms;
}

static void send(const godwit_eas_turn_t *turn, godwit_eas_pull_t *pull)
{
    godwit_eas_t *eas = turn->eas;
    const uint32_t transaction = godwit_eas_transaction(turn);
    godwit_message_t *message = godwit_eas_message(turn, GODWIT_EAS_SESSION_PULL, GODWIT_FUNCTION_EESE, transaction);
    if (message == NULL) {
        return;
    }
    pull->state = GODWIT_EAS_PULL_ASKED;
    pull->transaction = transaction;
    pull->asked_ms = turn->in->now_ms;
    godwit_eas_asked(turn, &pull->imsi);
    memcpy(pull->request.registration, eas->registration, sizeof pull->request.registration);
    message->u.eas_session_request = pull->request;
    godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
    godwit_outbox_timer(turn->out, GODWIT_EAS_TIMER_PULLS + (uint32_t)(pull - eas->pulls), eas->config.answer_ms);
    godwit_outbox_event(turn->out, "key_asked_for", GODWIT_OK, &pull->imsi,
                        pull->request.lost        ? "everything is lost"
                        : pull->request.above_age ? "the next age"
                                                  : "the device uses it");
}

static void ask(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, const godwit_eas_session_request_t *request,
                bool missing)
{
    godwit_eas_t *eas = turn->eas;
    godwit_eas_pull_t *pull = find(eas, imsi);
    pull = pull != NULL ? pull : room(turn);
    if (pull == NULL || is_waiting(turn, pull) || !eas->registered) {
        return;
    }
    *pull = (godwit_eas_pull_t){.imsi = *imsi, .request = *request, .missing = missing};
    pull->request.imsi = *imsi;
    send(turn, pull);
}

godwit_status_t godwit_eas_await_key(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint32_t session_id,
                                     uint8_t key_id, bool missing)
{
    const godwit_eas_pull_t *pull = find(turn->eas, imsi);
    if (pull != NULL && pull->request.lost && (is_waiting(turn, pull) || is_recent(turn, pull))) {
        return GODWIT_UNKNOWN_KEY; /* what comes is another key than the device has */
    }
    const bool refused = godwit_eas_is_refused(turn, imsi, session_id, key_id);
    if (godwit_eas_may_ask(turn, imsi)) {
        const godwit_eas_session_request_t request = {.session_id = session_id, .key_id = key_id};
        ask(turn, imsi, &request, missing);
    }
    return refused ? GODWIT_UNKNOWN_KEY : GODWIT_OVERLOAD;
}

void godwit_eas_ask_next(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint32_t session_id,
                         uint32_t above_age)
{
    const godwit_eas_pull_t *pull = find(turn->eas, imsi);
    const godwit_eas_session_request_t request = {
        .session_id = session_id, .above_age = above_age, .lost = above_age == 0};
    const bool same = pull != NULL && pull->request.above_age == above_age && pull->request.lost == request.lost;
    if (pull == NULL || !same || !is_recent(turn, pull)) {
        ask(turn, imsi, &request, false);
    }
}

void godwit_eas_ask_if_wanted(const godwit_eas_turn_t *turn)
{
    const godwit_eas_device_t *device = &turn->eas->device;
    uint32_t above_age = 0;
    const godwit_eas_want_t want = godwit_eas_wanted(device, godwit_eas_now_s(turn), &above_age);
    if (want == GODWIT_EAS_WANT_COUNT || want == GODWIT_EAS_WANT_TIME) {
        godwit_eas_ask_next(turn, &device->path.imsi, device->path.session_id, above_age);
    }
}

/* ---- the answer ---- */

static godwit_eas_pull_t *of_transaction(godwit_eas_t *eas, uint32_t transaction)
{
    for (size_t i = 0; i < GODWIT_EAS_PULLS_MAX; i++) {
        if (eas->pulls[i].state == GODWIT_EAS_PULL_ASKED && eas->pulls[i].transaction == transaction) {
            return &eas->pulls[i];
        }
    }
    return NULL;
}

/* No key. Where there is no record either, and the EESE has handed the key out before, it is a loss of state. */
static void not_given(const godwit_eas_turn_t *turn, godwit_eas_pull_t *pull, godwit_status_t status)
{
    const bool has_none = status == GODWIT_UNKNOWN_KEY || status == GODWIT_UNKNOWN_SESSION;
    pull->state = GODWIT_EAS_PULL_DONE;
    if (has_none && pull->request.key_id != 0) {
        godwit_eas_refuse_key(turn, &pull->imsi, pull->request.session_id, pull->request.key_id);
    }
    godwit_outbox_event(turn->out, "key_not_given", godwit_status_on_the_wire(status), &pull->imsi, NULL);
    if (status == GODWIT_NOT_ENTITLED) { /* so the EESE calls a registration that it does not know, too */
        godwit_eas_register_anew(turn);
    } else if (status == GODWIT_UNKNOWN_KEY && pull->missing && !pull->request.lost) {
        pull->request =
            (godwit_eas_session_request_t){.imsi = pull->imsi, .session_id = pull->request.session_id, .lost = true};
        godwit_outbox_event(turn->out, "keys_lost", GODWIT_OK, &pull->imsi, "there is no record of that device");
        send(turn, pull);
    }
}

void godwit_eas_on_pulled(const godwit_eas_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const godwit_eas_session_t *session = &message->u.eas_session;
    godwit_eas_pull_t *pull = of_transaction(turn->eas, message->transaction);
    if (pull == NULL || !godwit_eas_is_eese(turn->eas, message)) {
        return;
    }
    godwit_status_t status = session->status;
    if (status == GODWIT_OK) {
        status = session->ended || !godwit_imsi_equal(&session->path.imsi, &pull->imsi)
                     ? GODWIT_MALFORMED
                     : godwit_eas_grant(turn, session);
    }
    if (status == GODWIT_AGAIN) {
        return;
    }
    godwit_outbox_timer(turn->out, GODWIT_EAS_TIMER_PULLS + (uint32_t)(pull - turn->eas->pulls), 0);
    if (status != GODWIT_OK) {
        not_given(turn, pull, status);
        return;
    }
    /* After a loss what is still under way is under keys that are gone. */
    pull->state = pull->request.lost ? GODWIT_EAS_PULL_DONE : GODWIT_EAS_PULL_FREE;
}

void godwit_eas_on_pull_timer(const godwit_eas_turn_t *turn, size_t index)
{
    godwit_eas_pull_t *pull = &turn->eas->pulls[index];
    if (pull->state == GODWIT_EAS_PULL_ASKED) {
        pull->state = GODWIT_EAS_PULL_FREE;
        godwit_eas_not_answered(turn, &pull->imsi);
        godwit_outbox_event(turn->out, "key_not_given", GODWIT_PEER_INTERNAL, &pull->imsi, "the EESE does not answer");
    }
}
