/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the EESE share. Each input runs from the start again with every record that it asked for
 * (godwit_eese_fetch keeps the former ones), so that nothing moves before all of them are there.
 */
#ifndef GODWIT_ROLES_EESE_INTERNAL_H
#define GODWIT_ROLES_EESE_INTERNAL_H

#include "roles/eese.h"

typedef struct godwit_eese_turn {
    godwit_eese_t *eese;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_eese_turn_t;

/* A session and what it stands on. */
typedef struct godwit_eese_ground {
    godwit_eas_record_t eas;
    bool registered, entitled;
    uint64_t entitled_until_ms; /* 0: no end */
    bool known;
    godwit_e2e_session_record_t session; /* secret */
} godwit_eese_ground_t;

/* ---- step.c ---- */

static inline godwit_status_t godwit_eese_said_as(godwit_status_t status)
{
    return status == GODWIT_OK ? GODWIT_OK : godwit_status_on_the_wire(status);
}

bool godwit_eese_is_first_round(const godwit_input_t *in);
uint32_t godwit_eese_transaction(const godwit_eese_turn_t *turn);
/* A request of ours, to be filled in; NULL and overflow without room. */
godwit_message_t *godwit_eese_request(const godwit_eese_turn_t *turn, godwit_message_kind_t kind, godwit_function_t to,
                                      uint32_t transaction);
void godwit_eese_send(const godwit_eese_turn_t *turn, const godwit_message_t *message);
/* Somebody was refused, whoever asked. */
void godwit_eese_refused(const godwit_eese_turn_t *turn, godwit_status_t status, const godwit_imsi_t *imsi,
                         const char *detail);
void godwit_eese_arm(const godwit_eese_turn_t *turn, uint64_t at_ms);

/* ---- records.c ---- */

godwit_record_key_t godwit_eese_session_key(const godwit_imsi_t *imsi, const uint8_t eas_key[16], uint32_t session_id);
/* GODWIT_OK, GODWIT_NOT_FOUND, GODWIT_STORE_FAILED; GODWIT_AGAIN: the need stands in the outbox, and this round
 * ends. */
GODWIT_MUST_USE godwit_status_t godwit_eese_fetch(const godwit_eese_turn_t *turn, const godwit_record_key_t *key,
                                                  const godwit_eese_fetched_t **found);
/* Registration and entitlement of that EAS for that device; services: bits, all of which it must be entitled for (0:
 * for any). */
GODWIT_MUST_USE godwit_status_t godwit_eese_judge_eas(const godwit_eese_turn_t *turn, const uint8_t eas_key[16],
                                                      const godwit_imsi_t *imsi, uint8_t services,
                                                      godwit_eese_ground_t *ground);
/* The session into ground, which is not known unless GODWIT_OK. */
GODWIT_MUST_USE godwit_status_t godwit_eese_find_session(const godwit_eese_turn_t *turn, const godwit_record_key_t *key,
                                                         godwit_eese_ground_t *ground);
/* Makes it durable, and sees that the timer comes when it is due. */
void godwit_eese_commit(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *session,
                        const godwit_eese_ground_t *ground);
void godwit_eese_forget(const godwit_eese_turn_t *turn, const godwit_e2e_session_record_t *session);
static inline uint8_t godwit_eese_service_bit(godwit_service_t service)
{
    return (uint8_t)(service == GODWIT_SERVICE_NONE ? 0 : 1U << (service - 1U));
}

/* ---- terms.c ---- */

bool godwit_eese_is_good_policy(const godwit_eese_config_t *config);
godwit_e2e_ageing_t godwit_eese_bounded(const godwit_eese_config_t *config, godwit_e2e_ageing_t wanted);
/* Suite of the user plane; what stands against it otherwise, and why. */
GODWIT_MUST_USE godwit_status_t godwit_eese_choose_suite(const godwit_eese_config_t *config, godwit_service_t service,
                                                         uint16_t suites, uint8_t *suite, const char **detail);
/* The device has proved that it has the key that was given last. */
bool godwit_eese_is_taken(const godwit_e2e_session_record_t *session);
uint64_t godwit_eese_end(const godwit_e2e_session_record_t *session);
/* Of a session whose first key was not taken: when the HSE is asked whether it was; and when it has been, at ask_ms,
 * when the session ends. */
uint64_t godwit_eese_opening_end(const godwit_eese_config_t *config, const godwit_e2e_session_record_t *session);
/* When the next age is to be asked for; UINT64_MAX: never. */
uint64_t godwit_eese_next_age(const godwit_eese_config_t *config, const godwit_e2e_session_record_t *session);
uint64_t godwit_eese_due(const godwit_eese_config_t *config, const godwit_e2e_session_record_t *session,
                         const godwit_eese_ground_t *ground, uint64_t now_ms);
uint64_t godwit_eese_backoff(const godwit_eese_config_t *config, uint32_t attempts);
/* Makes the terms of the next key: the age and key of the answer, the rest as EAS and operator want it. */
void godwit_eese_agree(const godwit_eese_config_t *config, const godwit_eas_record_t *eas,
                       const godwit_e2e_key_answer_t *answer, uint64_t now_ms, godwit_e2e_session_record_t *session);

/* ---- session.c, taken.c, register.c, pull.c: requests ---- */

void godwit_eese_on_session(const godwit_eese_turn_t *turn);
void godwit_eese_answer_hse(const godwit_eese_turn_t *turn, const godwit_message_t *asked, godwit_status_t status,
                            const godwit_e2e_terms_t *terms);
void godwit_eese_on_taken(const godwit_eese_turn_t *turn, const godwit_record_key_t *key);
void godwit_eese_on_closed(const godwit_eese_turn_t *turn, const godwit_record_key_t *key);
void godwit_eese_on_register(const godwit_eese_turn_t *turn);
/* Of one EAS, whoever it says to be: GODWIT_OK, GODWIT_NOT_ENTITLED, GODWIT_OVERLOAD. */
GODWIT_MUST_USE godwit_status_t godwit_eese_admit(const godwit_eese_turn_t *turn, uint8_t eas_key[16],
                                                  const char **detail);
/* It was refused: that counts. */
void godwit_eese_charge(const godwit_eese_turn_t *turn, godwit_status_t status);
void godwit_eese_on_pull(const godwit_eese_turn_t *turn);
void godwit_eese_answer_eas(const godwit_eese_turn_t *turn, const godwit_message_t *asked, godwit_status_t status,
                            const godwit_e2e_session_record_t *session, const uint8_t k_e2e[32],
                            const godwit_eas_record_t *eas);

/* ---- key.c: the owner of a key set ---- */

/* Asks for an age above `above` for that session; the one who asks is answered when it comes. GODWIT_OVERLOAD,
 * GODWIT_PEER_INTERNAL. */
GODWIT_MUST_USE godwit_status_t godwit_eese_ask(const godwit_eese_turn_t *turn, godwit_eese_asker_t asker, bool opens,
                                                const godwit_e2e_session_record_t *session, uint32_t above,
                                                const char **detail);
void godwit_eese_on_key(const godwit_eese_turn_t *turn);
void godwit_eese_on_no_key(const godwit_eese_turn_t *turn, size_t index);

/* ---- tell.c: EAS and HSE ---- */

/* Commits the session and tells EAS and HSE what they do not know yet. */
void godwit_eese_tell(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *session,
                      const godwit_eese_ground_t *ground);
/* It is over; renewal: what the HSE is to be told, 0: nothing. */
void godwit_eese_close(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *session,
                       const godwit_eese_ground_t *ground, godwit_e2e_renewal_t renewal, godwit_status_t reason,
                       const char *detail);
/* A new AKA run is asked for. */
void godwit_eese_want_aka(const godwit_eese_turn_t *turn, godwit_e2e_session_record_t *session,
                          const godwit_eese_ground_t *ground, const char *detail);
void godwit_eese_on_told(const godwit_eese_turn_t *turn);

/* ---- due.c ---- */

void godwit_eese_on_due(const godwit_eese_turn_t *turn);
/* The registration of that EAS is gone: its sessions end, one with each turn of the timer. */
void godwit_eese_leave(const godwit_eese_turn_t *turn, const uint8_t eas_key[16]);

#endif
