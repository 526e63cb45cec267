/* SPDX-License-Identifier: Apache-2.0
 *
 * What is due. One timer takes the session whose time comes first, does what is to be done with it and makes that
 * durable; then the next. So a start after a death is a timer like any other, and a hundred thousand sessions cost no
 * memory.
 */
#include <string.h>

#include "roles/eese/internal.h"

#define STORE_AGAIN_MS 1000u

static void next_age(const godwit_eese_turn_t *turn, godwit_eese_ground_t *ground)
{
    const godwit_eese_config_t *config = &turn->eese->config;
    godwit_e2e_session_record_t *s = &ground->session;
    if (config->aka_every != 0 && s->terms.age >= config->aka_every) {
        godwit_eese_want_aka(turn, s, ground, "the policy of the operator");
        return;
    }
    const char *detail = NULL;
    s->ask_ms = turn->in->now_ms + config->owner_timeout_ms + godwit_eese_backoff(config, s->attempts);
    s->attempts += s->attempts < UINT32_MAX ? 1 : 0;
    godwit_eese_commit(turn, s, ground);
    const godwit_status_t status = godwit_eese_ask(turn, GODWIT_EESE_NOBODY, false, s, s->terms.age, &detail);
    if (status != GODWIT_OK) {
        godwit_eese_refused(turn, status, &s->path.imsi, detail);
    }
}

/* An EAS that wants its keys pushed no longer may have had the one that was: it is not there to be pulled. */
static void follow_registration(godwit_e2e_session_record_t *s, const godwit_eas_record_t *eas)
{
    if (s->push && !eas->push && !s->with_eas) {
        godwit_wipe(s->k_e2e, sizeof s->k_e2e);
        s->with_eas = true;
    }
    s->push = eas->push;
}

/* That the device has taken its first key may have been said while nobody listened here: an HSE that hears of it again
 * says so again, or that there is no such session. */
static void ask_the_hse(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *s,
                        const godwit_eese_ground_t *ground)
{
    s->ask_ms = turn->in->now_ms;
    s->told = false;
    s->renewal = GODWIT_E2E_NEW_AGE;
    s->attempts = 0;
    s->again_ms = turn->in->now_ms;
    godwit_eese_tell(turn, s, ground);
}

static void look_at(const godwit_eese_turn_t *turn, godwit_eese_ground_t *ground)
{
    const godwit_eese_config_t *config = &turn->eese->config;
    godwit_e2e_session_record_t *s = &ground->session;
    const uint64_t now_ms = turn->in->now_ms;
    if (s->closed) {
        godwit_eese_close(turn, s, ground, s->renewal, GODWIT_OK, NULL);
    } else if (!ground->registered || !ground->entitled) {
        godwit_eese_close(turn, s, ground, GODWIT_E2E_END, GODWIT_NOT_ENTITLED,
                          ground->registered ? "the entitlement is gone" : "the registration is gone");
    } else if (s->taken_ms == 0 && s->ask_ms == 0 && now_ms >= godwit_eese_opening_end(config, s)) {
        ask_the_hse(turn, s, ground);
    } else if (s->taken_ms == 0 && s->told && now_ms >= godwit_eese_opening_end(config, s)) {
        godwit_eese_close(turn, s, ground, GODWIT_E2E_NEW_AKA, GODWIT_KEY_EXPIRED, "its first key was never taken");
    } else if (now_ms >= godwit_eese_next_age(config, s)) {
        next_age(turn, ground);
    } else {
        follow_registration(s, &ground->eas);
        godwit_eese_tell(turn, s, ground);
    }
}

/* ---- an EAS that has left ---- */

static godwit_eese_leaving_t *leaving_of(godwit_eese_t *eese, const uint8_t *eas_key)
{
    for (size_t i = 0; i < GODWIT_EESE_LEAVING_MAX; i++) {
        godwit_eese_leaving_t *l = &eese->leaving[i];
        if (l->used && (eas_key == NULL || memcmp(l->eas_key, eas_key, sizeof l->eas_key) == 0)) {
            return l;
        }
    }
    return NULL;
}

void godwit_eese_leave(const godwit_eese_turn_t *turn, const uint8_t eas_key[16])
{
    godwit_eese_t *eese = turn->eese;
    godwit_eese_leaving_t *place = leaving_of(eese, eas_key);
    for (size_t i = 0; i < GODWIT_EESE_LEAVING_MAX && place == NULL; i++) {
        place = eese->leaving[i].used ? NULL : &eese->leaving[i];
    }
    if (place == NULL) {
        return; /* as many are leaving as there is room for: its sessions are looked at by and by */
    }
    *place = (godwit_eese_leaving_t){.used = true, .from = {.len = 1, .digits = "0"}};
    memcpy(place->eas_key, eas_key, sizeof place->eas_key);
    godwit_eese_arm(turn, turn->in->now_ms);
}

static godwit_record_key_t next_key(const godwit_eese_leaving_t *leaving)
{
    if (leaving == NULL) {
        return (godwit_record_key_t){.kind = GODWIT_RECORD_E2E_SESSION, .at_ms = (uint64_t)INT64_MAX};
    }
    godwit_record_key_t key = godwit_eese_session_key(&leaving->from, leaving->eas_key, 0);
    key.agreement = GODWIT_E2E_FROM_DEVICE;
    return key;
}

/* How far it is; over when there is no more of it, when it has registered anew, and when the store does not say. */
static void follow(godwit_eese_leaving_t *leaving, godwit_status_t status, const godwit_eese_ground_t *ground)
{
    if (leaving != NULL && status == GODWIT_OK) {
        leaving->from = ground->session.path.imsi;
    }
    if (leaving != NULL && (status != GODWIT_OK || ground->registered)) {
        memset(leaving, 0, sizeof *leaving);
    }
}

/* ---- the timer ---- */

void godwit_eese_on_due(const godwit_eese_turn_t *turn)
{
    godwit_eese_leaving_t *leaving = leaving_of(turn->eese, NULL);
    const godwit_record_key_t key = next_key(leaving);
    godwit_eese_ground_t ground = {.registered = false};
    godwit_status_t status = godwit_eese_find_session(turn, &key, &ground);
    const godwit_e2e_session_record_t *s = &ground.session;
    const bool is_due = status == GODWIT_OK && (leaving != NULL || s->due_ms <= turn->in->now_ms);
    if (is_due) {
        status =
            godwit_eese_judge_eas(turn, s->eas_key, &s->path.imsi, godwit_eese_service_bit(s->terms.service), &ground);
    }
    if (status == GODWIT_AGAIN) {
        godwit_wipe(&ground, sizeof ground);
        return;
    }
    turn->eese->armed_ms = 0;
    follow(leaving, status, &ground);
    if (status == GODWIT_OK && is_due) {
        look_at(turn, &ground);
    }
    if (leaving != NULL || (status == GODWIT_OK && is_due)) {
        godwit_eese_arm(turn, turn->in->now_ms + 1);
    } else {
        godwit_eese_arm(turn, status == GODWIT_OK          ? s->due_ms
                              : status == GODWIT_NOT_FOUND ? UINT64_MAX
                                                           : turn->in->now_ms + STORE_AGAIN_MS);
    }
    godwit_wipe(&ground, sizeof ground);
}
