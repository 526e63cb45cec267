/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND (contribution 001): what MTC server, MKEF and HLR say to each other, free of any encoding. See payload.h.
 */
#ifndef GODWIT_WIRE_PAYLOAD_MTC_H
#define GODWIT_WIRE_PAYLOAD_MTC_H

#include "godwit/aka.h"
#include "godwit/bytes.h"

/* MKEF to HLR: the HLR derives RANDa and RANDb itself, so it is no oracle for a RAND that somebody recorded. */
typedef struct godwit_device_rand_request {
    godwit_imsi_t imsi;
    uint8_t rand1[16];
    /* profile ts33868: RAND1 itself is the RAND, once. Refused with POLICY_FORBIDS unless the HSS is told to allow
     * it */
    bool plain;
} godwit_device_rand_request_t;

typedef struct godwit_device_rand_answer {
    godwit_status_t status; /* OK, UNKNOWN_SUBSCRIBER, NOT_ENTITLED, POLICY_FORBIDS, OVERLOAD, PEER_INTERNAL */
    uint8_t kc_sres[24];    /* Kc_a || Kc_b || SRES_a || SRES_b; plain: Kc_a and SRES_a, the others zero */
} godwit_device_rand_answer_t;

#define GODWIT_TEMPORARY_IDENTITY 8 /* octets; given by the MKEF in the place of the IMSI, for one server */

/* MTC server to MKEF: the first datagram of a device as it came. Who asks is the origin of the message: the name in its
 * certificate. */
#define GODWIT_MTC_DATAGRAM_MAX 512
typedef struct godwit_mtc_key_request {
    uint8_t session_octets, counter_octets; /* framing of the MTC server's address */
    uint16_t datagram_len;
    uint8_t datagram[GODWIT_MTC_DATAGRAM_MAX];
} godwit_mtc_key_request_t;

typedef struct godwit_mtc_key_answer {
    /* OK; NOT_ENTITLED; UNKNOWN_SUBSCRIBER (also a temporary identity that nobody has); REPLAY (RAND1 repeated, counter
     * behind); MAC_FAILURE; MALFORMED; KEY_EXPIRED (counter too far ahead: the operator releases it); OVERLOAD (limit
     * of this caller); POLICY_FORBIDS (profile ts33868 off); PEER_INTERNAL */
    godwit_status_t status;
    godwit_imsi_t imsi;
    uint8_t k_mtc[32];
    char server_id[GODWIT_FQDN_MAX + 1];          /* ID_MTC_SERVER that went into it */
    uint8_t temporary[GODWIT_TEMPORARY_IDENTITY]; /* for the next first datagram, in the place of the IMSI */
} godwit_mtc_key_answer_t;

#endif
