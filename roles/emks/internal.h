/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the EMKS share: one file for each message it takes, and the common ways to answer.
 */
#ifndef GODWIT_ROLES_EMKS_INTERNAL_H
#define GODWIT_ROLES_EMKS_INTERNAL_H

#include "roles/emks.h"

/* request.c: KEY_REQUEST. vector.c: AUTH_INFO_ANSWER and its timer. confirm.c: KEY_CONFIRM. */
void godwit_emks_on_key_request(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_emks_on_vector(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_emks_on_timer(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_emks_on_key_confirm(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);

/* key_set.c: KEY_SET_PUSH, KEY_PARK, and what holds of key sets of access AKA runs. selector.c: KEY_REQUEST
 * BY_SELECTOR, of a sender that speaks for its endpoint. */
void godwit_emks_on_key_set_push(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_emks_on_key_park(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_emks_on_selector(godwit_emks_t *emks, const godwit_input_t *in, const godwit_emks_waiter_t *waiter,
                             godwit_outbox_t *out);
/* What the fetch of the key set came to; GODWIT_AGAIN when it was asked for just now. */
GODWIT_MUST_USE godwit_status_t godwit_emks_gather(const godwit_input_t *in, const godwit_imsi_t *imsi,
                                                   godwit_agreement_t agreement, godwit_outbox_t *out,
                                                   const char **detail);
bool godwit_emks_is_listed(const char (*hosts)[GODWIT_NODE_NAME_MAX], size_t count, const char *host);
bool godwit_emks_is_access(godwit_agreement_t agreement);
bool godwit_emks_has_key_set(const godwit_key_set_record_t *stored);
bool godwit_emks_is_expired(const godwit_emks_t *emks, const godwit_key_set_record_t *stored, uint64_t now_ms);
/* vector.c: what lives under the confirmed key set goes on until the new one is confirmed. */
void godwit_emks_keep_former(const godwit_key_set_record_t *stored, godwit_key_set_record_t *key_set);

/* e2e.c: E2E_KEY_REQUEST. */
void godwit_emks_on_e2e_key_request(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);

/* reference.c: key sets of bootstrappings. DEVICE_RAND stands for none; the bootstrapping that a KEY_REQUEST names; the
 * answer to what was asked. */
godwit_agreement_t godwit_emks_choose_reference(const godwit_emks_t *emks, const godwit_key_request_t *request);
GODWIT_MUST_USE godwit_status_t godwit_emks_for_reference(godwit_emks_t *emks, const godwit_input_t *in,
                                                          godwit_agreement_t agreement,
                                                          const godwit_key_set_record_t *stored,
                                                          const godwit_emks_waiter_t *waiter, godwit_outbox_t *out,
                                                          const char **detail);
void godwit_emks_on_bootstrapped(godwit_emks_t *emks, const godwit_input_t *in, godwit_outbox_t *out);
/* request.c: commits and hands out the generation after the last of a key set. */
GODWIT_MUST_USE godwit_status_t godwit_emks_next_generation(const godwit_emks_t *emks,
                                                            const godwit_key_set_record_t *stored,
                                                            const godwit_emks_waiter_t *waiter, bool with_vector,
                                                            godwit_outbox_t *out);
/* vector.c */
void godwit_emks_refuse_all(godwit_emks_t *emks, godwit_emks_pending_t *pending, godwit_status_t status,
                            const char *detail, godwit_outbox_t *out);

/* ask.c: requests to the HSS, and to where bootstrapped keys are, under way. */

godwit_emks_pending_t *godwit_emks_pending_by_transaction(godwit_emks_t *emks, uint32_t transaction);
/* A place for that request, or the one that it can wait with; NULL: no room. fresh: nothing was asked for yet;
 * transaction is set. */
godwit_emks_pending_t *godwit_emks_pending_join(godwit_emks_t *emks, const godwit_message_t *message,
                                                godwit_agreement_t agreement, bool *fresh);

/* Asks the HSS for a vector, or joins the request that is under way already. auts NULL: no resynchronisation.
 * GODWIT_OVERLOAD when there is no room. */
GODWIT_MUST_USE godwit_status_t godwit_emks_ask(godwit_emks_t *emks, const godwit_message_t *message,
                                                godwit_agreement_t agreement, const uint8_t *outstanding_rand,
                                                const uint8_t *auts, godwit_outbox_t *out);
/* Asks again for those who wait, this time for a vector whatever the AUTS says. */
GODWIT_MUST_USE godwit_status_t godwit_emks_ask_without_auts(godwit_emks_t *emks, godwit_emks_pending_t *pending,
                                                             godwit_outbox_t *out);
void godwit_emks_pending_release(godwit_emks_t *emks, godwit_emks_pending_t *pending, godwit_outbox_t *out);

/* answer.c */

void godwit_emks_fetch_key_set(godwit_outbox_t *out, const godwit_imsi_t *imsi, godwit_agreement_t agreement);
/* A KEY_ANSWER without a key, and the event that says why. */
void godwit_emks_refuse(godwit_outbox_t *out, const godwit_emks_waiter_t *waiter, const godwit_imsi_t *imsi,
                        godwit_status_t status, const char *detail);
/* A KEY_ANSWER with K_session of that generation for the waiter's endpoint. The key set must be committed before. */
GODWIT_MUST_USE godwit_status_t godwit_emks_hand_out(const godwit_emks_t *emks, godwit_outbox_t *out,
                                                     const godwit_emks_waiter_t *waiter,
                                                     const godwit_key_set_record_t *key_set, uint32_t generation,
                                                     bool with_vector);
/* The same without vector, of a key that lives again when parked is not NULL. */
GODWIT_MUST_USE godwit_status_t godwit_emks_hand_out_parked(const godwit_emks_t *emks, godwit_outbox_t *out,
                                                            const godwit_emks_waiter_t *waiter,
                                                            const godwit_key_set_record_t *key_set, uint32_t generation,
                                                            const godwit_parked_t *parked);
/* NULL when the outbox is full. */
godwit_key_set_record_t *godwit_emks_commit(godwit_outbox_t *out, const godwit_key_set_record_t *key_set);

#endif
