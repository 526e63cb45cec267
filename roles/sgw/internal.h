/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the S-GW share.
 */
#ifndef GODWIT_ROLES_SGW_INTERNAL_H
#define GODWIT_ROLES_SGW_INTERNAL_H

#include "roles/sgw.h"

#define GODWIT_SGW_TIMER_PATH 0x10000U
#define GODWIT_SGW_COMMAND 0x800000U /* the top bit of sequence numbers of commands (TS 29.274 7.6) */

typedef struct godwit_sgw_turn {
    godwit_sgw_t *sgw;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_sgw_turn_t;

/* ---- table.c ---- */
/* By either TEID; with that of S5 only when s5. */
godwit_sgw_context_t *godwit_sgw_by_teid(godwit_sgw_t *sgw, uint32_t teid, bool s5);
godwit_sgw_context_t *godwit_sgw_by_bearer(godwit_sgw_t *sgw, const godwit_imsi_t *imsi, uint8_t ebi);
/* random: 2 octets. NULL: full. */
godwit_sgw_context_t *godwit_sgw_take(godwit_sgw_t *sgw, const uint8_t random[2]);
void godwit_sgw_release(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, const char *detail);
void godwit_sgw_event(godwit_sgw_turn_t *turn, const char *name, godwit_status_t reason, const godwit_imsi_t *imsi,
                      const char *detail);

/* ---- send.c ---- */
godwit_fteid_t godwit_sgw_fteid(const godwit_sgw_t *sgw, uint8_t interface, uint32_t teid);
/* A request of ours to that node, about the context; m->teid and m->sequence are set. */
GODWIT_MUST_USE godwit_status_t godwit_sgw_ask(godwit_sgw_turn_t *turn, const godwit_sgw_context_t *c,
                                               const uint8_t ipv4[4], const godwit_gtpv2_t *m);
/* The answer to a request of that type and number. */
void godwit_sgw_answer(godwit_sgw_turn_t *turn, const godwit_address_t *to, uint8_t request, const godwit_gtpv2_t *m);
/* The answer that holds nothing but a cause, to the request that came in; teid: of the peer. */
void godwit_sgw_answer_cause(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *request, uint32_t teid, uint8_t cause);
/* The same to what the context's MME waits for. */
void godwit_sgw_answer_asked(godwit_sgw_turn_t *turn, const godwit_sgw_context_t *c, uint8_t cause);
void godwit_sgw_fail_command(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c, uint8_t cause);
/* Ends the connection at the P-GW, unasked. */
void godwit_sgw_end(godwit_sgw_turn_t *turn, godwit_sgw_context_t *c);

void godwit_sgw_on_mme(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m); /* s11.c: requests, and answers to ours */
void godwit_sgw_on_pgw(godwit_sgw_turn_t *turn, const godwit_gtpv2_t *m); /* s5.c */
void godwit_sgw_on_gtpu(godwit_sgw_turn_t *turn);                         /* user_plane.c */

#endif
