/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the BSF share.
 */
#ifndef GODWIT_ROLES_GBA_BSF_INTERNAL_H
#define GODWIT_ROLES_GBA_BSF_INTERNAL_H

#include "core/agree/gba/gba.h"
#include "roles/gba_bsf.h"

/* Numbers of timers: first the challenges, then the requests to the HSS. */
#define GODWIT_BSF_TIMER_ASKS GODWIT_BSF_CHALLENGES_MAX

/* request.c: UB_REQUEST, of whatever round. */
void godwit_gba_bsf_on_ub(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out);
/* verify.c: the round that answers a challenge. */
void godwit_gba_bsf_verify(godwit_gba_bsf_t *bsf, const godwit_input_t *in, const godwit_digest_authorization_t *a,
                           godwit_bsf_challenge_t *challenge, godwit_outbox_t *out);
/* naf.c: ZN_REQUEST. */
void godwit_gba_bsf_on_zn(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out);
/* ask.c: the HSS. */
void godwit_gba_bsf_on_zh(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_gba_bsf_on_timer(godwit_gba_bsf_t *bsf, const godwit_input_t *in, godwit_outbox_t *out);
/* A vector for who asks, or, with auts, one after resynchronisation against rand. GODWIT_OVERLOAD when there is no
 * room. */
GODWIT_MUST_USE godwit_status_t godwit_gba_bsf_ask(godwit_gba_bsf_t *bsf, const char *impi,
                                                   const godwit_bsf_waiter_t *waiter, const uint8_t *rand,
                                                   const uint8_t *auts, godwit_outbox_t *out);
/* Whether the same is asked for already: then the waiter joins, if there is room. */
bool godwit_gba_bsf_join(godwit_gba_bsf_t *bsf, const char *impi, const godwit_bsf_waiter_t *waiter);

/* challenge.c */
godwit_bsf_challenge_t *godwit_gba_bsf_challenge_of(godwit_gba_bsf_t *bsf, const char *impi, uint64_t now_ms);
godwit_bsf_challenge_t *godwit_gba_bsf_challenge_by_nonce(godwit_gba_bsf_t *bsf, const char *nonce, uint64_t now_ms);
/* A place for a new one of that IMPI: the one it had, a free one, or the oldest. */
godwit_bsf_challenge_t *godwit_gba_bsf_challenge_place(godwit_gba_bsf_t *bsf, const char *impi);
void godwit_gba_bsf_challenge_drop(godwit_gba_bsf_t *bsf, godwit_bsf_challenge_t *challenge, godwit_outbox_t *out);
uint64_t godwit_gba_bsf_challenge_ms(const godwit_gba_bsf_t *bsf);

/* budget.c: one more vector or resynchronisation for that sender. False: not now. */
bool godwit_gba_bsf_spend(godwit_gba_bsf_t *bsf, uint64_t sender, uint64_t now_ms);

/* answer.c */
godwit_bsf_waiter_t godwit_gba_bsf_waiter(const godwit_message_t *message, bool stale);
/* 401 with the challenge. */
void godwit_gba_bsf_challenge_with(const godwit_gba_bsf_t *bsf, const godwit_bsf_waiter_t *waiter,
                                   const godwit_bsf_challenge_t *challenge, godwit_outbox_t *out);
/* The code that the status means on Ub, and the event that says why. */
void godwit_gba_bsf_refuse(const godwit_gba_bsf_t *bsf, const godwit_bsf_waiter_t *waiter, const char *impi,
                           godwit_status_t status, const char *detail, godwit_outbox_t *out);
/* An event about that subscriber. */
void godwit_gba_bsf_event(const godwit_gba_bsf_t *bsf, godwit_outbox_t *out, const char *name, godwit_status_t reason,
                          const char *impi, const char *detail);
/* UB_ANSWER for the waiter, not yet in the list; NULL when the outbox is full. */
godwit_message_t *godwit_gba_bsf_answer(const godwit_bsf_waiter_t *waiter, uint16_t code, godwit_outbox_t *out);

#endif
