/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole procedures in a world of their own: what godwit lab run does, and what one row of godwit lab table stands on.
 */
#ifndef GODWIT_LAB_PROCEDURE_H
#define GODWIT_LAB_PROCEDURE_H

#include "lab/custody.h"
#include "lab/trace.h"

typedef enum godwit_lab_procedure {
    GODWIT_LAB_ATTACH,       /* the access alone: no Solution, no protection */
    GODWIT_LAB_ACCESS_AKA,   /* Solutions 1A to 1E and 2 */
    GODWIT_LAB_SEPARATE_AKA, /* Solution 3 */
    GODWIT_LAB_POLICY,       /* Solution 4 over 1C */
    GODWIT_LAB_NEXT_SESSION, /* contribution 000 */
    GODWIT_LAB_DEVICE_RAND,  /* contribution 001 */
    GODWIT_LAB_GBA,          /* TS 33.220 */
    GODWIT_LAB_AKMA,         /* TS 33.535 */
    GODWIT_LAB_TRIGGER,      /* contribution 002 */
    GODWIT_LAB_E2E,          /* Solution 5 */
    GODWIT_LAB_PROCEDURES
} godwit_lab_procedure_t;
const char *godwit_lab_procedure_name(godwit_lab_procedure_t procedure);

typedef enum godwit_lab_via {
    GODWIT_LAB_VIA_ANY,
    GODWIT_LAB_VIA_T5,
    GODWIT_LAB_VIA_T4,
    GODWIT_LAB_VIA_A3,
} godwit_lab_via_t;

/* Of the procedure trigger. */
typedef struct godwit_lab_trigger {
    unsigned number;        /* case 1 or 2 of the contribution; 0: 2 */
    bool as;                /* the source is an AS, else a SCS */
    unsigned key_from;      /* godwit_iwf_key_from_t; 0: the HSS */
    godwit_iwf_root_t root; /* of key-from iwf: FLAGGED or KASME; NONE: FLAGGED */
    bool ue_key_given;      /* it was said, whichever */
    bool ue_key_received, embedded, roaming;
    bool circuit; /* over geran: at the MSC */
    godwit_lab_via_t via;
} godwit_lab_trigger_t;

/* Of the procedure e2e. */
typedef struct godwit_lab_e2e {
    char source;              /* 'A' to 'E' of Solution 1, '2', '3'; 0: '3' */
    godwit_service_t service; /* NONE: confidentiality */
    bool aka;                 /* keys are agreed again by an AKA run, else by age */
    bool roaming;
    bool short_run; /* no ageing */
} godwit_lab_e2e_t;

typedef struct godwit_lab_run {
    godwit_lab_procedure_t procedure;
    char variant;  /* 'A' to 'E', '2'; 0 for procedures that have none */
    char delivery; /* 'A' to 'D'; of E, where it is a choice, and of 2 */
    godwit_world_access_t access;
    uint32_t loss; /* thousandths, of the radio */
    uint64_t seed;
    unsigned devices;
    godwit_world_policy_t policies; /* of whatever procedure; of GODWIT_LAB_POLICY by law where none is given */
    godwit_carrier_t carrier;       /* of next-session */
    bool emsdp;                     /* of next-session: no attach, the vector goes with the end of a session of EMSDP */
    godwit_mtc_profile_t profile;   /* of device-rand */
    godwit_gba_flavour_t flavour;   /* of gba */
    godwit_lab_trigger_t trigger;
    godwit_lab_e2e_t e2e;
    bool fast; /* memory is not searched: custody says nothing */
    /* For whoever measures what tampering does: sees every packet before it is recorded; may be NULL. */
    godwit_world_wire_t *wire;
    void *context;
} godwit_lab_run_t;

/* What an attach by the vector of the following session saves against an ordinary attach of the same device. */
typedef struct godwit_lab_saved {
    bool measured;
    int gross_octets;   /* NAS octets of the authentication that does not take place */
    int net_octets;     /* less what the hand-over costs, and RES in the attach */
    int round_trips;    /* until the reading has arrived */
    int cycle_octets;   /* at the antenna, of everything from the attach to the end of the detach */
    int cycle_messages; /* of it */
    bool with_attach;   /* the reading arrived after one message of the device */
} godwit_lab_saved_t;

/* Device RAND from a cold start. */
typedef struct godwit_lab_first {
    bool measured;
    size_t octets, reading_octets;   /* of the first datagram, and of the reading inside */
    unsigned datagrams, round_trips; /* until that reading was delivered */
    size_t hidden_octets;            /* of a first datagram under a temporary identity */
} godwit_lab_first_t;

/* What one thing costs at the antenna. */
typedef struct godwit_lab_cost {
    int octets, messages, round_trips;
} godwit_lab_cost_t;

typedef struct godwit_lab_triggered {
    bool measured;
    godwit_lab_cost_t setup;   /* of the association: against the same device without one */
    godwit_lab_cost_t trigger; /* one with its acknowledgement, the device connected */
    uint32_t association;      /* its number; 0: none */
    uint8_t suite;
    size_t message_octets; /* of the trigger on interface A3 */
} godwit_lab_triggered_t;

typedef struct godwit_lab_ended {
    bool measured;
    unsigned setup_round_trips;
    unsigned forwarded, foreign; /* datagrams that the HSE gave to the EAS; those without a right MAC */
    unsigned received;           /* messages down */
    unsigned exports;            /* keys that both ends exported alike */
    uint32_t age, age_before;    /* of the first device */
    uint32_t ages_before;        /* keys that it had taken before it was let age */
    uint32_t changes;            /* and after that */
    bool recovered;              /* the EAS lost its state, and took the next age */
    bool late_taken, late_refused;
} godwit_lab_ended_t;

typedef struct godwit_lab_report {
    bool ok;
    char why[128];         /* when it is not */
    bool arrived;          /* every reading */
    bool fell_back;        /* a device came to a separate AKA run that was not what the run is about */
    const char *violation; /* static, or NULL: of the watcher */
    const char *endpoint;
    char nodes_modified[96];
    unsigned attaches, aka_runs; /* of policy: each device's, and the vectors that were fetched for it */
    uint8_t suite;               /* that the first device's session has; 0: none */
    unsigned messages, round_trips;
    size_t bytes_up, bytes_down; /* at the first device's antenna, all of it */
    size_t setup_bytes,
        reading_bytes; /* both ways: until the first reading was delivered, less what a reading costs; one reading later */
    uint64_t time_ms; /* until the first reading was delivered */
    unsigned readings_sent, readings_delivered;
    godwit_lab_saved_t saved;
    godwit_lab_first_t first;
    godwit_lab_triggered_t triggered;
    godwit_lab_ended_t e2e;
    /* keys without a round trip: at the first device's antenna until its reading was delivered */
    unsigned antenna_messages;
    uint32_t present;                   /* bit k: the run had a node of that kind */
    uint32_t custody[GODWIT_LAB_KINDS]; /* bit k: that kind of node has held key k */
} godwit_lab_report_t;

/* NULL, or why such a run makes no sense. Fills in what was left open: the delivery of a variant. */
const char *godwit_lab_run_check(godwit_lab_run_t *run);
/* trace may be NULL. */
void godwit_lab_run(const godwit_lab_run_t *run, godwit_lab_trace_t *trace, godwit_lab_report_t *report);

#endif
