/* SPDX-License-Identifier: Apache-2.0
 *
 * The whole MTC-IWF in the middle of a world that is played by hand: sources, the HSS, a serving node with devices
 * behind it, an SMS-SC, and a clock whose timers come when time is let pass. The power of the MTC-IWF may go after any
 * request; what it had in memory is then gone, and what was on its way stays so.
 */
#ifndef GODWIT_TESTS_IWF_QUEUE_H
#define GODWIT_TESTS_IWF_QUEUE_H

#include "godwit/trigger.h"
#include "roles/mtc_iwf.h"
#include "tests/support/owner.h"

#define IWQ_SCS "scs.water.test"
#define IWQ_HOST "iwf.home.test"
#define IWQ_MME "mme.visited.test"
#define IWQ_SMS_SC "smsc.home.test"
#define IWQ_TIMERS 1280
#define IWQ_WIRE 128
#define IWQ_REFERENCES 512
#define IWQ_SEEN 1024
#define IWQ_DEVICES 4 /* of case 2 */

typedef struct iwq_timer {
    bool runs;
    uint64_t at_ms;
} iwq_timer_t;

/* A device of case 2: the library itself. */
typedef struct iwq_device {
    godwit_trigger_t trigger;
    uint32_t number;                                      /* of the last association that the HSS made K_iwf with */
    uint32_t with_application;                            /* that came last */
    uint8_t last_len, last[GODWIT_TRIGGER_CONTAINER_MAX]; /* a trigger that a silent node did not pass on */
    bool slow;                                            /* its application does not say that it is done */
} iwq_device_t;

typedef struct iwq {
    godwit_mtc_iwf_config_t config; /* of the next start */
    godwit_mtc_iwf_t role;
    owner_t owner;
    iwq_timer_t timers[IWQ_TIMERS];
    godwit_message_t wire[IWQ_WIRE]; /* what is on its way to the MTC-IWF */
    size_t on_wire;
    uint8_t datagram[GODWIT_A3_DATAGRAM_MAX]; /* of A3, one */
    size_t datagram_len;

    iwq_device_t devices[IWQ_DEVICES];

    /* What the others do. */
    unsigned device; /* that new actions are for */
    bool reachable, hss_silent, scs_silent, node_silent;
    const char *silent_source; /* answers no report; NULL: none is so */
    bool report_openly;        /* the SMS-SC's reports come by a hop that proves nothing */
    bool vanishes;             /* a device takes what comes, and is gone before the node hears so */
    godwit_status_t hss_status;

    /* What they have seen. */
    unsigned t5_downs, asked_hss, refused, queued, deliveries;
    uint32_t queued_reference;      /* of the last by T4 */
    uint32_t order[IWQ_REFERENCES]; /* of deliveries */
    unsigned delivered[IWQ_REFERENCES], reports[IWQ_REFERENCES], recalled[IWQ_REFERENCES];
    godwit_delivery_outcome_t outcome[IWQ_REFERENCES];
    uint32_t seen[IWQ_SEEN]; /* by the devices: references of the MTC-IWF */
    size_t seen_count;
    godwit_a3_trigger_t last;       /* that came to a device */
    godwit_request_status_t status; /* of the last answer; -1: none */
    uint32_t status_of;             /* which reference it was for */
    bool committed_before_answer;
    unsigned power_cuts;
} iwq_t;

extern iwq_t iwq;
#define iwq_committed_before_answer iwq.committed_before_answer

typedef struct iwq_action {
    godwit_message_t message;
} iwq_action_t;

int iwq_setup(void **state);              /* case 1, T5 alone, one SCS */
int iwq_setup_associations(void **state); /* case 2: K_iwf from the HSS, the device library */
void iwq_restart(void);                   /* with iwq.config; memory is gone, the store is there */
void iwq_collect(void);                   /* after something was given to the owner directly */

iwq_action_t iwq_action(uint32_t reference);
iwq_action_t iwq_recall(uint32_t reference, uint32_t old_reference);
iwq_action_t iwq_replace(uint32_t reference, uint32_t old_reference);
/* Asks, and lets the HSS answer; no time passes. -1: no answer came. */
godwit_request_status_t iwq_give(const iwq_action_t *action);
godwit_request_status_t iwq_trigger(uint32_t reference);
void iwq_run(unsigned seconds);
void iwq_run_ms(uint64_t ms);
void iwq_registered(unsigned device);
void iwq_registered_at(unsigned device, const char *host);         /* that node says so */
void iwq_t4_report(const char *host, godwit_t4_outcome_t outcome); /* of the one that was queued last */
const godwit_trigger_record_t *iwq_record(uint32_t reference);     /* NULL: there is none. Of the proved source */

/* Case 2. */
void iwq_done(unsigned device, godwit_a3_outcome_t outcome); /* of a slow application */
void iwq_say_again(unsigned device); /* what the silent node kept first reaches the device after all */
void iwq_poll(unsigned device);      /* by A3 over UDP */

static inline unsigned iwq_delivered(uint32_t reference)
{
    return iwq.delivered[reference];
}
static inline unsigned iwq_reports(uint32_t reference)
{
    return iwq.reports[reference];
}
static inline godwit_delivery_outcome_t iwq_outcome(uint32_t reference)
{
    return iwq.outcome[reference];
}

#endif
