/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of a source of triggers offer each other.
 */
#ifndef GODWIT_ROLES_SCS_INTERNAL_H
#define GODWIT_ROLES_SCS_INTERNAL_H

#include "roles/scs.h"

#define GODWIT_SCS_TIMER_AGAIN (GODWIT_SCS_TIMER_RESERVE + 1)

typedef struct godwit_scs_turn {
    godwit_scs_t *scs;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_scs_turn_t;

/* ---- scs.c ---- */

void godwit_scs_ask(godwit_scs_t *scs, godwit_scs_trigger_t *trigger, uint64_t now_ms, godwit_outbox_t *out);
void godwit_scs_give_up(const godwit_scs_turn_t *turn, godwit_scs_trigger_t *trigger, const char *detail);

/* ---- kept.c ---- */

/* Commits the trigger as it stands; without a store nothing. */
void godwit_scs_keep(const godwit_scs_t *scs, const godwit_scs_trigger_t *trigger, godwit_outbox_t *out);
/* Whether more references are to be reserved, in a list of their own: TIMER GODWIT_SCS_TIMER_RESERVE. */
bool godwit_scs_runs_short(const godwit_scs_t *scs);
void godwit_scs_on_reserve(const godwit_scs_turn_t *turn);
void godwit_scs_on_again(const godwit_scs_turn_t *turn);
void godwit_scs_on_commit_failed(const godwit_scs_turn_t *turn);

#endif
