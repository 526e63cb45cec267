/* SPDX-License-Identifier: Apache-2.0
 *
 * The summary table 7.y-1 of contribution 004, with what was measured beside it: every solution, over each access that
 * it works over.
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
    /* confidentiality goes off where the law of the visited network asks for it, and nothing else does */
    bool vplmn_needs;
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

/* ---- table_trigger.c: contribution 002 ---- */
#define GODWIT_LAB_TRIGGER_ROWS_MAX 32
size_t godwit_lab_trigger_rows(godwit_lab_key_row_t rows[GODWIT_LAB_TRIGGER_ROWS_MAX]);

/* ---- attack_trigger.c ---- */
typedef enum godwit_lab_place {
    GODWIT_LAB_PLACE_B,           /* interface B1 or B2, which nothing protects */
    GODWIT_LAB_PLACE_D,           /* interface D, which nothing protects */
    GODWIT_LAB_PLACE_D_PROTECTED, /* interface D under TLS: octets can be held back, bent and dropped */
    GODWIT_LAB_PLACE_VISITED,     /* the serving node itself, with all that it holds */
    GODWIT_LAB_PLACE_WIFI,        /* between device and MTC-IWF */
    GODWIT_LAB_PLACE_ELSEWHERE,   /* a serving node that the device is not at, with a T5 link of its own */
} godwit_lab_place_t;
enum {
    GODWIT_LAB_FORGE,
    GODWIT_LAB_ALTER,
    GODWIT_LAB_REPLAY,
    GODWIT_LAB_READ,
    GODWIT_LAB_EXPIRED,  /* an expired trigger is acted on */
    GODWIT_LAB_RECALLED, /* likewise one that its source was told is recalled */
    GODWIT_LAB_TRIES
};
extern const char *const godwit_lab_try_names[GODWIT_LAB_TRIES];
typedef struct godwit_lab_trigger_attack {
    godwit_lab_place_t place;
    const char *who;
    godwit_lab_run_t run;
    bool proofless; /* the application acts also on what carries no proof of its source */
    /* There was no association, and no trigger went: what was tried found nothing. */
    bool unserved, expected_unserved;
    uint8_t expected; /* bit n: try n is known to succeed */
    uint8_t succeeded;
} godwit_lab_trigger_attack_t;
#define GODWIT_LAB_TRIGGER_ATTACKS_MAX 56
size_t godwit_lab_trigger_attacks(godwit_lab_trigger_attack_t attacks[GODWIT_LAB_TRIGGER_ATTACKS_MAX]);
void godwit_lab_try_triggers(godwit_lab_trigger_attack_t *attack);

/* ---- attack_e2e.c: Solution 5 ---- */
typedef struct godwit_lab_e2e_row {
    godwit_lab_run_t run;
    godwit_lab_report_t report, solution_3; /* the latter over the same access */
} godwit_lab_e2e_row_t;
#define GODWIT_LAB_E2E_ROWS_MAX 20
size_t godwit_lab_e2e_rows(godwit_lab_e2e_row_t rows[GODWIT_LAB_E2E_ROWS_MAX]);
void godwit_lab_measure_e2e(godwit_lab_e2e_row_t *row);
typedef struct godwit_lab_e2e_attack {
    const char *who, *what;
    bool succeeded, expected;
} godwit_lab_e2e_attack_t;
#define GODWIT_LAB_E2E_ATTACKS 9
void godwit_lab_try_e2e(godwit_lab_e2e_attack_t attacks[GODWIT_LAB_E2E_ATTACKS]);

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
