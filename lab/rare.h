/* SPDX-License-Identifier: Apache-2.0
 *
 * What files of what happens in few scenarios offer the others. A part of lab/internal.h.
 */
#ifndef GODWIT_LAB_RARE_H
#define GODWIT_LAB_RARE_H

#include "lab/parts.h"

/* ---- damage.c ---- */
/* One row of a device, by those dice; false: there is none. */
bool lab_damage(godwit_world_t *w, unsigned node, uint32_t dice);
bool lab_suffers(const godwit_world_t *w, const godwit_imsi_t *imsi); /* the device of a damaged row */
/* As a role is answered: GODWIT_OK, NOT_FOUND, STORE_FAILED. */
const godwit_record_t *lab_store_fetch(lab_store_t *store, const godwit_record_key_t *key, godwit_status_t *status);

/* ---- answers.c ---- */
void lab_answers_draw(godwit_world_t *w, uint64_t dice); /* from now on there are some that are none */
/* Before a node gets that message; false: it gets it later. */
bool lab_answers_before(godwit_world_t *w, const lab_packet_t *packet, const godwit_message_t *answer);

/* ---- backup.c ---- */
void lab_backup_take(godwit_world_t *w, unsigned node);
/* Power of its node goes, and comes back over the store of then; restored: the operator runs `godwit store restored`. */
void lab_backup_put_back(godwit_world_t *w, bool restored);
/* That check does not hold over a store of the past: docs/lab.md. */
/* What the MTC-IWF accepted before its store was put back: whether it is reported, and of what, the backup decides. */
bool lab_is_of_lost_life(const godwit_world_t *w, uint64_t asked_ms);
bool lab_is_excused(const godwit_world_t *w, const char *what);

#endif
