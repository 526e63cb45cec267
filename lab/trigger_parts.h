/* SPDX-License-Identifier: Apache-2.0
 *
 * Device triggering in a world: the device's end, and what sources asked for. A part of lab/parts.h.
 */
#ifndef GODWIT_LAB_TRIGGER_PARTS_H
#define GODWIT_LAB_TRIGGER_PARTS_H

#include "godwit/trigger.h"
#include "lab/world.h"

/* The trigger function of a device, and its owner's part. */
#define LAB_TRIGGER_HELD 8
typedef struct lab_trigger_end {
    godwit_trigger_t library;
    godwit_trigger_requests_t requests;
    size_t at;
    bool answers; /* the access waits for what is to go in its completion */
    bool on_wifi; /* it has left the mobile access: messages go by interface A3 */
    bool has_clock;
    uint64_t since_ms; /* its power came */
    uint64_t well_ms;  /* all had healed, and something had come; 0: not yet */
    uint8_t nvm[GODWIT_TRIGGER_RECORD], nvm_next[GODWIT_TRIGGER_RECORD];
    size_t nvm_len, nvm_next_len;
    struct lab_packet *held[LAB_TRIGGER_HELD]; /* for the access */
    size_t held_count;
    bool retrying;
} lab_trigger_end_t;

/* What a source asked for, and what became of it: the watcher's knowledge, and the sources' own record. */
#define LAB_ASKED_TEXT 48
typedef struct lab_asked {
    unsigned device;
    bool as; /* the AS, else the SCS */
    godwit_action_type_t action;
    uint32_t of; /* of a recall or a replacement: which */
    uint32_t validity_s;
    bool priority, elsewhere;
    char text[LAB_ASKED_TEXT]; /* payload */
    uint32_t reference;        /* that the source gave it; 0: none yet */
    bool told;                 /* it is in the source's store: the operator may know it */
    uint64_t asked_ms, said_ms;
    bool answered;
    godwit_request_status_t status; /* when it is answered */
    uint64_t answered_ms;
    unsigned reports;
    godwit_delivery_outcome_t outcome; /* of the first */
    unsigned acted;
    bool settled;  /* nothing more will be said of it */
    bool recalled; /* or replaced: its source was told so */
    bool refused;  /* by the application: no proof, or another's port */
    uint64_t acted_ms;
    uint64_t done_ms; /* it came, or its source was told what became of it; 0: not yet */
    unsigned life;    /* of the device, when it was delivered last, and 1 */
} lab_asked_t;
#define LAB_ASKED 512
#define LAB_ASKED_NONE UINT32_MAX
#define LAB_ASKED_AGAIN 0x80000000u /* beside the number: delivered again, and it had acted */
#define LAB_TRIGGER_PORT 5000       /* of the application */
#define LAB_VALIDITY_S 700          /* where the source names none */
#define LAB_A3_PORT 7331
#define LAB_IWF_NUMBER "4915198765"

/* What applications did that they never should; counted apart where somebody is let try. */
typedef struct lab_wrongs {
    unsigned forged, twice, expired, recalled;
} lab_wrongs_t;

#endif
