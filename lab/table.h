/* SPDX-License-Identifier: Apache-2.0
 *
 * The summary table 7.y-1 of contribution 004, with what was measured beside it: every solution, over each access that it works over.
 */
#ifndef GODWIT_LAB_TABLE_H
#define GODWIT_LAB_TABLE_H

#include "lab/procedure.h"

/* What contribution 004 says. */
typedef struct godwit_lab_claim {
    const char *solution, *endpoints, *protection, *efficiency, *vplmn_needs, *mechanism, *nodes;
} godwit_lab_claim_t;

typedef struct godwit_lab_row {
    const godwit_lab_claim_t *claim;
    godwit_lab_run_t run;
    godwit_lab_report_t report;
    unsigned bent, refused; /* datagrams and containers that were bent on their way, and those that were refused */
    bool
        vplmn_needs; /* confidentiality goes off where the law of the visited network asks for it, and nothing else does */
} godwit_lab_row_t;

/* The rows, as runs; returns how many. */
#define GODWIT_LAB_ROWS_MAX 32
size_t godwit_lab_rows(godwit_lab_row_t rows[GODWIT_LAB_ROWS_MAX]);
/* Runs and measures one. */
void godwit_lab_measure(godwit_lab_row_t *row);
/* Bends every datagram and container of the run in turn, at several places; counts them and those that were refused. */
void godwit_lab_tamper(const godwit_lab_run_t *run, unsigned *bent, unsigned *refused);

/* ---- table_keys.c: next-session, device-rand ---- */
typedef struct godwit_lab_key_row {
    godwit_lab_run_t run;
    godwit_lab_report_t report;
} godwit_lab_key_row_t;
#define GODWIT_LAB_KEY_ROWS_MAX 24
size_t godwit_lab_key_rows(godwit_lab_key_row_t rows[GODWIT_LAB_KEY_ROWS_MAX]);
void godwit_lab_measure_keys(godwit_lab_key_row_t *row);

/* ---- attack.c ---- */
typedef struct godwit_lab_attack {
    const char *name, *against;
    bool defeated;
    bool expected; /* whether it is known to be defeated */
} godwit_lab_attack_t;
#define GODWIT_LAB_ATTACKS 12
void godwit_lab_attacks(godwit_lab_attack_t attacks[GODWIT_LAB_ATTACKS]);

/* ---- attack_keys.c: true when the attack is defeated ---- */
bool godwit_lab_attach_is_not_replayed(void); /* a recorded attach by a stored vector comes again */
bool godwit_lab_vector_is_not_guessed(void);  /* a thousand guesses, and the genuine attach after them */
bool godwit_lab_server_is_not_another(void);  /* a server asks the MKEF with what another one's device sent */
bool godwit_lab_naf_is_not_another(void);     /* a NAF asks the BSF for the key of another one's name */
bool godwit_lab_af_is_not_another(void);      /* an AF asks the AAnF for the key of another one's name */
bool godwit_lab_first_is_not_replayed(void);  /* a recorded first datagram comes again, and from elsewhere */

#endif
