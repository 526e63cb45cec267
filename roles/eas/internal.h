/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the EAS share. step.c: inputs, what came by which way; session.c: the record of a device;
 * register.c: registration; grant.c: keys that come; pull.c: keys that are asked for; up.c: readings; down.c, queue.c:
 * messages for devices; sweep.c: what time brings.
 */
#ifndef GODWIT_ROLES_EAS_INTERNAL_H
#define GODWIT_ROLES_EAS_INTERNAL_H

#include "roles/eas.h"

/* Timers: these, then one of each pull, then one of each datagram under way. */
#define GODWIT_EAS_TIMER_SWEEP 0u
#define GODWIT_EAS_TIMER_REGISTER 1u
#define GODWIT_EAS_TIMER_PULLS 2u
#define GODWIT_EAS_TIMER_DOWNS (GODWIT_EAS_TIMER_PULLS + GODWIT_EAS_PULLS_MAX)

#define GODWIT_EAS_SOON_MS 1u

typedef struct godwit_eas_turn {
    godwit_eas_t *eas;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_eas_turn_t;

static inline uint64_t godwit_eas_now_s(const godwit_eas_turn_t *turn)
{
    return turn->in->now_ms / 1000u;
}

/* ---- step.c ---- */
/* Begins with the time, so that a late answer to what was asked before a restart is not taken for another. */
uint32_t godwit_eas_transaction(const godwit_eas_turn_t *turn);
/* A message of ours; in no request yet. NULL and overflow when there is no room. */
godwit_message_t *godwit_eas_message(const godwit_eas_turn_t *turn, godwit_message_kind_t kind, godwit_function_t to,
                                     uint32_t transaction);
/* Whether that HSE's user plane is taken here. */
bool godwit_eas_knows_hse(const godwit_eas_t *eas, const char *hse);

/* Whether it came from the EESE of the configuration, and the hop proves it. */
bool godwit_eas_is_eese(const godwit_eas_t *eas, const godwit_message_t *message);

/* ---- session.c ---- */
void godwit_eas_fetch_session(const godwit_eas_turn_t *turn, const uint8_t hse_key[16], uint32_t session_id);
void godwit_eas_fetch_newest(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi);
/* Whether what was fetched last is a session of that way of asking. */
bool godwit_eas_was_session(const godwit_eas_turn_t *turn, bool newest);
bool godwit_eas_store_failed(const godwit_eas_turn_t *turn);
/* eas->device from the record that was fetched. GODWIT_NOT_FOUND: there is none; GODWIT_MALFORMED: it is damaged. */
GODWIT_MUST_USE godwit_status_t godwit_eas_session_load(const godwit_eas_turn_t *turn);
/* STORE_COMMIT of eas->device, and the sweep's timer before it. */
GODWIT_MUST_USE godwit_status_t godwit_eas_session_commit(const godwit_eas_turn_t *turn);
void godwit_eas_session_delete(const godwit_eas_turn_t *turn, const uint8_t hse_key[16], uint32_t session_id);

/* ---- register.c ---- */
void godwit_eas_on_register_timer(const godwit_eas_turn_t *turn);
void godwit_eas_on_registered(const godwit_eas_turn_t *turn);
/* The EESE may not know this registration: a new one is asked for, unless it is a moment old. */
void godwit_eas_register_anew(const godwit_eas_turn_t *turn);

/* ---- grant.c ---- */
void godwit_eas_on_push(const godwit_eas_turn_t *turn);
/* A key that came by pull or push, round by round: GODWIT_AGAIN while a need stands in the outbox. */
GODWIT_MUST_USE godwit_status_t godwit_eas_grant(const godwit_eas_turn_t *turn, const godwit_eas_session_t *session);

/* ---- refused.c ---- */
/* Whether the EESE has said that it does not have that key, and nothing has come since. */
bool godwit_eas_is_refused(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint32_t session_id,
                           uint8_t key_id);
/* Whether so long has passed since the last question about that device that there may be another. */
bool godwit_eas_may_ask(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi);
void godwit_eas_asked(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi);
void godwit_eas_refuse_key(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint32_t session_id,
                           uint8_t key_id);
/* The EESE has given a key of that device, pushed or pulled. */
void godwit_eas_key_came(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint8_t key_id);
void godwit_eas_not_answered(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi);

/* ---- pull.c ---- */
/* A datagram is under a key that is not here. missing: nor is anything else of that device. GODWIT_OVERLOAD: it is
 * being asked for, the HSE may say it again; GODWIT_UNKNOWN_KEY: it does not come. */
GODWIT_MUST_USE godwit_status_t godwit_eas_await_key(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi,
                                                     uint32_t session_id, uint8_t key_id, bool missing);
/* The next age is asked for. above_age 0: everything is lost. */
void godwit_eas_ask_next(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi, uint32_t session_id,
                         uint32_t above_age);
/* The same, if the library says that eas->device wants it. */
void godwit_eas_ask_if_wanted(const godwit_eas_turn_t *turn);
void godwit_eas_on_pulled(const godwit_eas_turn_t *turn);
void godwit_eas_on_pull_timer(const godwit_eas_turn_t *turn, size_t index);

/* ---- up.c ---- */
void godwit_eas_on_up(const godwit_eas_turn_t *turn);

/* ---- queue.c ---- */
void godwit_eas_heard(godwit_eas_t *eas, const godwit_imsi_t *imsi, uint64_t now_ms);
void godwit_eas_on_submit(const godwit_eas_turn_t *turn);
void godwit_eas_fetch_downlink(const godwit_eas_turn_t *turn, const godwit_imsi_t *imsi);
void godwit_eas_downlink_delete(const godwit_eas_turn_t *turn, uint64_t number);

/* ---- down.c ---- */
/* The place of that device, if something of its is under way. */
godwit_eas_down_t *godwit_eas_down_of(godwit_eas_t *eas, const godwit_imsi_t *imsi);
/* What was fetched is the next message for eas->device, or there is none. What is to leave behind the commit of the
 * session, which is the caller's; NULL:
 * nothing is. */
godwit_message_t *godwit_eas_down_seal(const godwit_eas_turn_t *turn);
/* Another message of eas->device is tried soon. */
void godwit_eas_down_next(const godwit_eas_turn_t *turn);
void godwit_eas_on_down_timer(const godwit_eas_turn_t *turn, size_t index);
void godwit_eas_on_down_answer(const godwit_eas_turn_t *turn);

/* ---- sweep.c ---- */
void godwit_eas_sweep_by(const godwit_eas_turn_t *turn, uint64_t due_ms);
void godwit_eas_on_sweep(const godwit_eas_turn_t *turn);

#endif
