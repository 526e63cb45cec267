/* SPDX-License-Identifier: Apache-2.0
 *
 * The device of device RAND (contribution 001, docs/device-rand.md): it chooses RAND1 itself, runs its SIM in the GSM
 * context twice, and sends the reading at once, protected with K_MTC: one datagram from a cold start. Any USIM will do,
 * and a plain 2G SIM. In the style of device.h: one input, then requests to be carried out in order; a STORE is durable
 * before what follows it.
 *
 *     godwit_mtc_init(&mtc, &config);
 *     godwit_mtc_restore(&mtc, nvm, nvm_len);               // after a reboot, when a record was stored
 *     godwit_mtc_send(&mtc, reading, random, &requests);    // then carry out requests
 *
 * The record holds the counter of RAND1 and the chain. Whoever loses it cannot begin again by himself: the operator
 * releases the pair (IMSI, server) at the MKEF, and the device's record goes with it.
 */
#ifndef GODWIT_MTC_H
#define GODWIT_MTC_H

#include "godwit/device.h"

/* Octets of non-volatile memory that one record takes. */
#define GODWIT_MTC_RECORD_MAX 164

/* The caller owns what the pointers show; it must live as long as the device. */
typedef struct godwit_mtc_config {
    const godwit_crypto_t *crypto;
    godwit_imsi_t imsi;
    godwit_slice_t server;        /* ID_MTC_SERVER, a canonical FQDN: K_MTC is bound to it */
    godwit_framing_t framing;     /* of that server's address */
    godwit_mtc_profile_t profile; /* GODWIT_MTC_GODWIT1, unless the MKEF is told of another */
    bool keep_hidden; /* never go back from a temporary identity to the IMSI, even if the server does not answer it */
    /* a new RAND1 after so many readings; 0: 65536; never more than 2 * 2^n, n bits of COUNT being sent */
    uint32_t key_readings;
    uint32_t reserve;       /* COUNTs reserved by one store; 0: 16; never more than 2^n */
    uint32_t retransmit_ms; /* first wait for an answer, doubled each time; 0: 4000 */
    uint8_t attempts;       /* sendings of one first datagram before it is given up; 0: 4 */
} godwit_mtc_config_t;

/* What the SIM gave for RAND in the GSM context (TS 31.102 7.1.2.1, TS 51.011 RUN GSM ALGORITHM). */
typedef struct godwit_mtc_sim_result {
    godwit_status_t status; /* GODWIT_OK; else the card did not answer, and the set-up is given up */
    uint8_t sres[4], kc[8];
} godwit_mtc_sim_result_t;

/* First datagram: header 8, command 1, IMSI 10, RAND1 18, Encrypted RES 6, Data 2 and the reading, MAC 8. */
#define GODWIT_MTC_ASK_MAX (GODWIT_DEVICE_FIRST_READING_MAX + 56)
#define GODWIT_MTC_ANSWER_MAX 24 /* Terminate Response: header 8, command 1, MAC 8 */

/* A first datagram under way, and what its answer will make current. In memory only: with the power it is gone, and a
 * new RAND1 follows. */
typedef struct godwit_mtc_exchange {
    uint8_t stage;    /* godwit_mtc_stage_t in device/mtc.c */
    uint8_t sendings; /* of the first datagram so far */
    bool hinted;      /* a hint was taken since the last sending */
    bool holds;       /* a reading is held */
    bool carries;     /* the first datagram has that reading inside */
    bool hides;       /* it goes under the temporary identity */
    bool echo_set, echo_had_reading;
    uint8_t hints, hint_readings; /* hints taken lately; readings since one of them was forgotten */
    uint8_t repeats;              /* of the last answer */
    uint8_t answered[8];          /* first of SHA-256 of the datagram that `answer` answers */
    uint8_t echo[GODWIT_EMSDP_ECHO];
    uint8_t rand1[16], rand[16];
    uint8_t kc_sres[24];
    uint8_t chain[32];      /* after the answer */
    godwit_emsdp_key_t key; /* of this RAND1 */
    uint16_t ask_len, answer_len, reading_len;
} godwit_mtc_exchange_t;

/* Nothing in it is for the caller. */
typedef struct godwit_mtc {
    godwit_mtc_config_t config;
    /* The record. */
    uint64_t counter; /* of the last RAND1 */
    uint8_t chain[32];
    uint8_t temporary[GODWIT_MTC_IDENTITY];
    uint8_t flags;
    godwit_emsdp_key_t key; /* of the session; Key ID 0: none */

    bool unstored; /* the record is behind what stands here: STORE goes before anything else */

    godwit_mtc_exchange_t exchange;
    uint8_t ask[GODWIT_MTC_ASK_MAX];
    uint8_t answer[GODWIT_MTC_ANSWER_MAX];
    uint8_t reading[GODWIT_DEVICE_READING_MAX];
    uint8_t work[GODWIT_DEVICE_DATAGRAM_MAX];
    uint8_t record[GODWIT_MTC_RECORD_MAX];
} godwit_mtc_t;

GODWIT_MUST_USE godwit_status_t godwit_mtc_init(godwit_mtc_t *mtc, const godwit_mtc_config_t *config);
/* A record that a STORE request gave. GODWIT_MALFORMED when it is damaged, or of another subscriber, server or framing:
 * the device is then as after init, and the MKEF will refuse its counter. COUNTs that were reserved are skipped. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_restore(godwit_mtc_t *mtc, godwit_slice_t record);
/* Before a planned power-down: gives a STORE with the exact counters, so that nothing is skipped. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_suspend(godwit_mtc_t *mtc, godwit_device_requests_t *requests);

/* Sends a reading: one datagram of the session where one is live, else a first datagram with a new RAND1: STORE of its
 * counter, AUTHENTICATE_GSM, and SEND when the SIM has answered. An empty reading only sets up. random: fresh from the
 * caller. One reading is held at a time: GODWIT_AGAIN while a set-up with a reading is under way; GODWIT_NO_SPACE when
 * too long; GODWIT_COUNT_EXHAUSTED when no counter of RAND1 is left. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_send(godwit_mtc_t *mtc, godwit_slice_t reading,
                                                const uint8_t random[GODWIT_RAND1_RANDOM],
                                                godwit_device_requests_t *requests);
/* A datagram came from the server's address. What is refused changes nothing and gives an EVENT with the reason; the
 * return value is not GODWIT_OK only when our own house failed. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_receive(godwit_mtc_t *mtc, godwit_slice_t datagram,
                                                   godwit_device_requests_t *requests);
/* The SIM's answer to AUTHENTICATE_GSM; one for each. GODWIT_WRONG_STATE when none was asked for. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_sim_result(godwit_mtc_t *mtc, const godwit_mtc_sim_result_t *result,
                                                      godwit_device_requests_t *requests);
/* The timer came due: the identical octets again, or giving up. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_timer(godwit_mtc_t *mtc, const uint8_t random[GODWIT_RAND1_RANDOM],
                                                 godwit_device_requests_t *requests);
/* The next reading begins with a new RAND1: where the caller has a clock, and wants no key to grow old. */
void godwit_mtc_renew(godwit_mtc_t *mtc);

/* Whether the next reading is one datagram of a session. */
bool godwit_mtc_is_live(const godwit_mtc_t *mtc);
uint32_t godwit_mtc_session_id(const godwit_mtc_t *mtc); /* 0: no session, or S = 0 */

/* Requests and events are those of device.h: SEND, DELIVER, STORE, AUTHENTICATE_GSM, TIMER, EVENT with
 * "session_requested", "session_started", "terminated", "refused", "reading_sent", "given_up", "reading_uncertain". */

#endif
