/* SPDX-License-Identifier: Apache-2.0
 *
 * The device has taken a key, or its session is over.
 */
#include <string.h>

#include "roles/eese/internal.h"

/* A HSE speaks of its own session alone: another's of the same number is not touched. */
static godwit_status_t find(const godwit_eese_turn_t *turn, const godwit_record_key_t *key,
                            godwit_eese_ground_t *ground)
{
    const godwit_e2e_path_t *path = &turn->in->message->u.e2e_session_request.path;
    godwit_status_t status = godwit_eese_find_session(turn, key, ground);
    if (status == GODWIT_OK && strncmp(ground->session.path.hse, path->hse, sizeof path->hse) != 0) {
        status = GODWIT_NOT_FOUND;
    }
    return status;
}

static void refuse(const godwit_eese_turn_t *turn, godwit_status_t status, const char *detail)
{
    godwit_eese_answer_hse(turn, turn->in->message, status, NULL);
    godwit_eese_refused(turn, status, &turn->in->message->u.e2e_session_request.path.imsi, detail);
}

static void take(const godwit_eese_turn_t *turn, godwit_eese_ground_t *ground)
{
    godwit_e2e_session_record_t *s = &ground->session;
    const bool is_news = !godwit_eese_is_taken(s);
    if (is_news) {
        s->taken = s->terms;
        s->taken_ms = turn->in->now_ms != 0 ? turn->in->now_ms : 1;
        s->told = true;
        s->ask_ms = 0;
        godwit_eese_commit(turn, s, ground);
    }
    godwit_eese_answer_hse(turn, turn->in->message, GODWIT_OK, &s->terms);
    if (is_news) {
        godwit_outbox_event(turn->out, "e2e_taken", GODWIT_OK, &s->path.imsi, NULL);
    }
}

void godwit_eese_on_taken(const godwit_eese_turn_t *turn, const godwit_record_key_t *key)
{
    godwit_eese_ground_t ground = {.registered = false};
    godwit_status_t status = find(turn, key, &ground);
    if (status == GODWIT_OK) { /* when the session is due next hangs on the entitlement */
        status = godwit_eese_judge_eas(turn, key->octets, &key->imsi,
                                       godwit_eese_service_bit(ground.session.terms.service), &ground);
    }
    if (status == GODWIT_AGAIN) {
        godwit_wipe(&ground, sizeof ground);
        return;
    }
    if (status == GODWIT_NOT_FOUND || (status == GODWIT_OK && ground.session.closed)) {
        refuse(turn, GODWIT_UNKNOWN_SESSION, "a key was taken in a session that is not known");
    } else if (status != GODWIT_OK) {
        refuse(turn, status, "the store could not be read");
    } else if (ground.session.terms.age != turn->in->message->u.e2e_session_request.age ||
               ground.session.key_set != turn->in->message->u.e2e_session_request.key_set) {
        refuse(turn, GODWIT_UNKNOWN_KEY, "a key was taken that is not the one given last");
    } else {
        take(turn, &ground);
    }
    godwit_wipe(&ground, sizeof ground);
}

void godwit_eese_on_closed(const godwit_eese_turn_t *turn, const godwit_record_key_t *key)
{
    godwit_eese_ground_t ground = {.registered = false};
    godwit_status_t status = find(turn, key, &ground);
    if (status == GODWIT_OK && !ground.session.closed) { /* its EAS is to be told */
        status = godwit_eese_judge_eas(turn, key->octets, &key->imsi, 0, &ground);
    }
    if (status == GODWIT_OK && !ground.session.closed) {
        godwit_eese_close(turn, &ground.session, &ground, (godwit_e2e_renewal_t)0, GODWIT_OK, "the HSE says so");
    }
    if (status == GODWIT_OK || status == GODWIT_NOT_FOUND) {
        godwit_eese_answer_hse(turn, turn->in->message, GODWIT_OK, NULL);
    } else if (status != GODWIT_AGAIN) {
        refuse(turn, status, "the store could not be read");
    }
    godwit_wipe(&ground, sizeof ground);
}
