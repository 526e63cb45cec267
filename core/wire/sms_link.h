/* SPDX-License-Identifier: Apache-2.0
 *
 * The control layer of short messages as a state (TS 24.011 5.2, 5.3), the same for both ends: one transaction that
 * this end began and one that the other end began, each a CP-DATA there and a CP-DATA back, each acknowledged; what is
 * not acknowledged is sent again (TC1*), as the same octets, and given up after so many times. RP inside is the
 * caller's. A CP-DATA that comes twice is acknowledged twice and handed up once.
 */
#ifndef GODWIT_WIRE_SMS_LINK_H
#define GODWIT_WIRE_SMS_LINK_H

#include "core/wire/sms_relay.h"

#define GODWIT_SMS_TICK_MS 5000 /* TC1*: the standard leaves its length to the implementation */
#define GODWIT_SMS_SENDINGS 3   /* of one CP-DATA, 5.3.2.1: one to three times, the implementation chooses (recalled) */
#define GODWIT_SMS_WAIT 8       /* ticks for an answer of the relay layer: TR1M, 35 to 45 s (10) */

typedef enum godwit_sms_state {
    GODWIT_SMS_IDLE = 0,
    GODWIT_SMS_SENDING,   /* our CP-DATA waits for its CP-ACK */
    GODWIT_SMS_WAITING,   /* ours: for the other end's answer; theirs: for ours, which the caller makes */
    GODWIT_SMS_ANSWERING, /* theirs: our answer waits for its CP-ACK */
} godwit_sms_state_t;

typedef struct godwit_sms_transaction {
    godwit_sms_state_t state;
    uint8_t transaction;                /* identifier, without the flag */
    uint8_t left;                       /* ticks or sendings */
    bool heard;                         /* something came that `hash` is of */
    uint64_t hash;                      /* of their CP-DATA: to know it again. No secret: FNV-1a */
    uint8_t len, octets[GODWIT_CP_MAX]; /* our CP-DATA */
} godwit_sms_transaction_t;

/* Zeroed: nothing goes on. */
typedef struct godwit_sms_link {
    uint8_t next; /* identifier of ours */
    godwit_sms_transaction_t ours, theirs;
} godwit_sms_link_t;

/* What came of an input. Send ack, then data; the slices live in the link and in the input. */
typedef struct godwit_sms_result {
    uint8_t ack_len, ack[3];   /* CP-ACK or CP-ERROR */
    godwit_slice_t data[2];    /* CP-DATA to be sent */
    godwit_slice_t indication; /* RPDU that the other end began with */
    godwit_slice_t answer;     /* RPDU that answers ours */
    bool ours_failed, theirs_failed;
    uint8_t cause; /* of the CP-ERROR that made it fail; 0: silence */
} godwit_sms_result_t;

/* Whether the tick is to run: every GODWIT_SMS_TICK_MS. */
bool godwit_sms_link_busy(const godwit_sms_link_t *link);
/* One CP message that came. GODWIT_MALFORMED, GODWIT_WRONG_STATE: nothing moved, though a CP-ERROR may be to be
 * sent. */
GODWIT_MUST_USE godwit_status_t godwit_sms_link_receive(godwit_sms_link_t *link, godwit_slice_t octets,
                                                        godwit_sms_result_t *result);
/* Begins a transaction. GODWIT_AGAIN: one goes on. */
GODWIT_MUST_USE godwit_status_t godwit_sms_link_begin(godwit_sms_link_t *link, const godwit_rp_t *rp,
                                                      godwit_sms_result_t *result);
/* Answers theirs. GODWIT_WRONG_STATE: none waits. */
GODWIT_MUST_USE godwit_status_t godwit_sms_link_answer(godwit_sms_link_t *link, const godwit_rp_t *rp,
                                                       godwit_sms_result_t *result);
void godwit_sms_link_tick(godwit_sms_link_t *link, godwit_sms_result_t *result);

#endif
