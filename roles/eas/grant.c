/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys that come: pushed by the EESE, or as the answer to a pull. They are durable before the EESE is told so, for it
 * gives no age twice. Only the configured EESE is heard, over a hop that proves it, and only for HSEs that are taken
 * here.
 */
#include <string.h>

#include "roles/eas/internal.h"

/* Clocks so close are taken for one: then the EESE's times stand as they are, and keys are in its order whatever their
 * messages took. What is held back for longer than that on its way, TLS does not deliver. */
#define CLOSE_MS 60000

#define CLOCK_MAX ((uint64_t)INT64_MAX / 2) /* so that the difference of two differences is a number, too */

/* A key's time is the EESE's; but its end is found by the clock here. */
static void compare_clocks(const godwit_eas_turn_t *turn, const godwit_eas_session_t *session)
{
    godwit_eas_t *eas = turn->eas;
    if (session->now_ms == 0 || session->now_ms > CLOCK_MAX || turn->in->now_ms > CLOCK_MAX) {
        return;
    }
    const int64_t ahead_ms = (int64_t)turn->in->now_ms - (int64_t)session->now_ms;
    const int64_t changed = ahead_ms > eas->ahead_ms ? ahead_ms - eas->ahead_ms : eas->ahead_ms - ahead_ms;
    if (changed < CLOSE_MS) {
        return;
    }
    eas->ahead_ms = ahead_ms > -CLOSE_MS && ahead_ms < CLOSE_MS ? 0 : ahead_ms;
    godwit_outbox_event(turn->out, "clocks_differ", GODWIT_OK, NULL,
                        "this clock and the EESE's; keys end by the EESE's");
}

/* When its time began, by the clock here. */
static uint64_t agreed_s(const godwit_eas_t *eas, const godwit_eas_session_t *session)
{
    const uint64_t back_ms = eas->ahead_ms < 0 ? (uint64_t)-eas->ahead_ms : 0;
    const uint64_t on_ms = eas->ahead_ms > 0 ? (uint64_t)eas->ahead_ms : 0;
    const uint64_t agreed_ms = session->agreed_ms > back_ms ? session->agreed_ms - back_ms : 0;
    return (session->now_ms == 0 ? session->agreed_ms : agreed_ms + on_ms) / 1000u;
}

static godwit_eas_grant_t grant_of(const godwit_eas_t *eas, const godwit_eas_session_t *session)
{
    godwit_eas_grant_t grant = {.path = session->path,
                                .terms = session->terms,
                                .overlap_s = session->overlap_s,
                                .agreed_s = agreed_s(eas, session)};
    memcpy(grant.k_e2e, session->k_e2e, sizeof grant.k_e2e);
    return grant;
}

/* The session ID may have been another device's before, or the record is damaged: then what is there is of no use. */
static bool is_same(const godwit_eas_t *eas, const godwit_eas_session_t *session)
{
    return godwit_imsi_equal(&eas->device.path.imsi, &session->path.imsi) &&
           eas->device.path.session_octets == session->path.session_octets &&
           eas->device.path.counter_octets == session->path.counter_octets;
}

static godwit_status_t commit(const godwit_eas_turn_t *turn, const godwit_eas_session_t *session)
{
    const godwit_status_t status = godwit_eas_session_commit(turn);
    if (status == GODWIT_OK) {
        godwit_eas_key_came(turn, &session->path.imsi, session->terms.key_id);
        godwit_outbox_event(turn->out, "key_taken", GODWIT_OK, &session->path.imsi, NULL);
    }
    return status;
}

static godwit_status_t ended(const godwit_eas_turn_t *turn, const godwit_eas_session_t *session,
                             const uint8_t hse_key[16])
{
    if (turn->in->fetched != NULL &&
        godwit_imsi_equal(&turn->in->fetched->u.eas_session.path.imsi, &session->path.imsi)) {
        godwit_eas_session_delete(turn, hse_key, session->path.session_id);
        godwit_outbox_event(turn->out, "session_ended", GODWIT_OK, &session->path.imsi, NULL);
    }
    return GODWIT_OK;
}

/* A device with a new session: what waits for it goes on waiting. An older session of its that has no key left is
 * nothing any more. */
static godwit_status_t begin(const godwit_eas_turn_t *turn, const godwit_eas_session_t *session)
{
    godwit_eas_t *eas = turn->eas;
    godwit_eas_grant_t grant = grant_of(eas, session);
    bool obsolete = false;
    if (godwit_eas_session_load(turn) == GODWIT_OK) {
        (void)godwit_eas_tick(&eas->device, godwit_eas_now_s(turn));
        obsolete = godwit_eas_is_empty(&eas->device) && (eas->device.path.session_id != session->path.session_id ||
                                                         strcmp(eas->device.path.hse, session->path.hse) != 0);
    }
    godwit_status_t status = godwit_eas_begin(&eas->device, eas->config.crypto, &grant);
    if (status == GODWIT_OK) {
        eas->device.waiting = true; /* whether something does is found out when it is first heard */
        eas->begun_ms = turn->in->now_ms;
        status = commit(turn, session);
    }
    if (status == GODWIT_OK && obsolete) {
        const godwit_eas_session_record_t *record = &turn->in->fetched->u.eas_session;
        godwit_eas_session_delete(turn, record->hse_key, record->path.session_id);
    }
    godwit_wipe(&grant, sizeof grant);
    return status;
}

static godwit_status_t further(const godwit_eas_turn_t *turn, const godwit_eas_session_t *session)
{
    godwit_eas_t *eas = turn->eas;
    godwit_eas_grant_t grant = grant_of(eas, session);
    const uint32_t before = eas->device.order;
    godwit_status_t status = godwit_eas_take(&eas->device, &grant);
    if (status == GODWIT_OK && eas->device.order != before) {
        status = commit(turn, session);
    }
    godwit_wipe(&grant, sizeof grant);
    return status;
}

godwit_status_t godwit_eas_grant(const godwit_eas_turn_t *turn, const godwit_eas_session_t *session)
{
    uint8_t hse_key[16];
    if (!godwit_eas_knows_hse(turn->eas, session->path.hse)) {
        return GODWIT_NOT_ENTITLED;
    }
    if (session->path.imsi.len < GODWIT_IMSI_DIGITS_MIN ||
        godwit_name_key(turn->eas->config.crypto, session->path.hse, hse_key) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    if (turn->in->fetch_status == GODWIT_AGAIN) {
        godwit_eas_fetch_session(turn, hse_key, session->path.session_id);
        return GODWIT_AGAIN;
    }
    if (godwit_eas_store_failed(turn)) {
        return GODWIT_STORE_FAILED;
    }
    if (godwit_eas_was_session(turn, true)) {
        compare_clocks(turn, session);
        return begin(turn, session);
    }
    if (session->ended) {
        return ended(turn, session, hse_key);
    }
    compare_clocks(turn, session);
    if (godwit_eas_session_load(turn) == GODWIT_OK && is_same(turn->eas, session)) {
        return further(turn, session);
    }
    godwit_eas_fetch_newest(turn, &session->path.imsi);
    return GODWIT_AGAIN;
}

void godwit_eas_on_push(const godwit_eas_turn_t *turn)
{
    const godwit_message_t *message = turn->in->message;
    const godwit_eas_t *eas = turn->eas;
    const bool is_eese = godwit_eas_is_eese(eas, message) && strcmp(message->u.eas_session.eas, eas->config.name) == 0;
    godwit_status_t status = is_eese ? godwit_eas_grant(turn, &message->u.eas_session) : GODWIT_NOT_ENTITLED;
    if (status == GODWIT_AGAIN) {
        return;
    }
    if (turn->out->overflow) {
        godwit_outbox_reset(turn->out);
        status = GODWIT_OVERLOAD;
    }
    if (status != GODWIT_OK) {
        godwit_outbox_event(turn->out, "refused", godwit_status_on_the_wire(status),
                            is_eese ? &message->u.eas_session.path.imsi : NULL,
                            is_eese ? "a key that was pushed" : "a push of somebody else than the EESE");
    }
    godwit_message_t *answer =
        godwit_outbox_answer(turn->out, message, GODWIT_EAS_SESSION_PUSH_ANSWER, GODWIT_FUNCTION_EAS);
    if (answer != NULL) {
        answer->u.outcome = status == GODWIT_OK ? GODWIT_OK : godwit_status_on_the_wire(status);
        godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = answer;
    }
}
