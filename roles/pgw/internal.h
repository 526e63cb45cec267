/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the P-GW share. A wish is a request to make or to change a context, free of the version of GTP that
 * it came in.
 */
#ifndef GODWIT_ROLES_PGW_INTERNAL_H
#define GODWIT_ROLES_PGW_INTERNAL_H

#include "roles/pgw.h"

#define GODWIT_PGW_TIMER_PATH 0x10000U
#define GODWIT_PGW_TIMER_CONTEXT 0x80000000U /* | index: the HSE's or the HSS's answer is late */

/* Why a request is refused, free of the version: each has its cause value. */
typedef enum godwit_pgw_refusal {
    GODWIT_PGW_ACCEPTED = 0,
    GODWIT_PGW_NO_CONTEXT,
    GODWIT_PGW_BAD_FORMAT,
    GODWIT_PGW_MISSING,
    GODWIT_PGW_NO_RESOURCES,
    GODWIT_PGW_UNKNOWN_APN,
    GODWIT_PGW_UNKNOWN_TYPE,
    GODWIT_PGW_NOT_ENTITLED,
} godwit_pgw_refusal_t;

typedef struct godwit_pgw_turn {
    godwit_pgw_t *pgw;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_pgw_turn_t;

typedef struct godwit_pgw_wish {
    godwit_pgw_context_t fresh; /* what the request says, to become or to update a context */
    const godwit_apn_t *apn;
    bool non_ip, complete;
    godwit_slice_t pco;
} godwit_pgw_wish_t;

/* ---- table.c ---- */
godwit_pgw_context_t *godwit_pgw_by_teid(godwit_pgw_t *pgw, uint32_t teid);
godwit_pgw_context_t *godwit_pgw_by_bearer(godwit_pgw_t *pgw, const godwit_imsi_t *imsi, uint8_t number);
godwit_pgw_context_t *godwit_pgw_by_device(godwit_pgw_t *pgw, const godwit_address_t *device);
godwit_pgw_context_t *godwit_pgw_by_peer_user(godwit_pgw_t *pgw, const godwit_address_t *from, uint32_t teid);
/* A free place where that APN may have one; NULL: none. random: 2 octets for the TEID. */
godwit_pgw_context_t *godwit_pgw_take(godwit_pgw_t *pgw, uint8_t apn, const uint8_t random[2], uint32_t *teid);
/* Tells the HSE when it knows the context, and forgets it. */
void godwit_pgw_release(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c, const char *detail);
void godwit_pgw_event(godwit_pgw_turn_t *turn, const char *name, godwit_status_t reason, const godwit_imsi_t *imsi,
                      const char *detail);
void godwit_pgw_timer(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c, uint32_t delay_ms);
static inline const godwit_pgw_apn_t *godwit_pgw_apn_of(const godwit_pgw_t *pgw, const godwit_pgw_context_t *c)
{
    return &pgw->config.apn[c->apn];
}

/* ---- context.c: making, changing, ending, for both versions ---- */
/* Both take what they need of the wish; ACCEPTED means that the answer has gone or will go. AGAIN: a need stands in the
 * outbox. */
GODWIT_MUST_USE godwit_status_t godwit_pgw_create(godwit_pgw_turn_t *turn, const godwit_pgw_wish_t *wish,
                                                  godwit_pgw_refusal_t *refusal);
GODWIT_MUST_USE godwit_pgw_refusal_t godwit_pgw_modify(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c,
                                                       const godwit_pgw_wish_t *wish);

/* ---- container.c: HSE and HSS ---- */
/* GODWIT_OK: bearer is filled in; NOT_FOUND: there is none for us; NOT_ENTITLED: it names another IMSI. */
GODWIT_MUST_USE godwit_status_t godwit_pgw_read_container(godwit_pgw_turn_t *turn, const godwit_pgw_apn_t *apn,
                                                          const godwit_imsi_t *imsi, godwit_slice_t pco,
                                                          godwit_bearer_t *bearer);
/* Asks whoever is to be asked first; the context waits. */
void godwit_pgw_ask(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c);
void godwit_pgw_tell_released(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *c);
void godwit_pgw_on_message(godwit_pgw_turn_t *turn);
void godwit_pgw_on_late(godwit_pgw_turn_t *turn, uint32_t index);

/* ---- answer.c ---- */
/* The answer that the context's request waits for; pco: of the answer, may be empty. */
void godwit_pgw_answer(godwit_pgw_turn_t *turn, godwit_pgw_context_t *c, godwit_slice_t pco);
void godwit_pgw_refuse(godwit_pgw_turn_t *turn, const godwit_pgw_context_t *asked, godwit_pgw_refusal_t refusal,
                       const char *detail);

void godwit_pgw_on_gtpv1(godwit_pgw_turn_t *turn);  /* gtpv1.c */
void godwit_pgw_on_gtpv2(godwit_pgw_turn_t *turn);  /* gtpv2.c */
void godwit_pgw_on_gtpu(godwit_pgw_turn_t *turn);   /* user_plane.c */
void godwit_pgw_on_tunnel(godwit_pgw_turn_t *turn); /* user_plane.c */

#endif
