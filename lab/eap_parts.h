/* SPDX-License-Identifier: Apache-2.0
 *
 * EAP-AKA' in a world: a device's peer, and the access point that it is at. A part of lab/parts.h.
 */
#ifndef GODWIT_LAB_EAP_PARTS_H
#define GODWIT_LAB_EAP_PARTS_H

#include "core/wire/payload_eap.h"
#include "godwit/eap.h"
#include "roles/aaa.h"

#define LAB_AAA_RUNS 128 /* a quarter is one access point's */
#define LAB_AAA_ROOTS 40
#define LAB_ACCESS_POINT "ap.cafe.example"

/* The AAA server and its tables. */
typedef struct lab_aaa {
    godwit_aaa_t role;
    godwit_aaa_run_t runs[LAB_AAA_RUNS];
    godwit_aaa_root_t roots[LAB_AAA_ROOTS];
} lab_aaa_t;

/* What an access point keeps of one device: it hands packets on, and says a request again that is not answered (RFC
 * 3748 2.3, 4.1, 4.3). */
typedef struct lab_access_point {
    bool awaits;           /* a request is out */
    bool has_state;        /* of RADIUS */
    uint32_t conversation; /* an answer to an earlier one is late */
    uint8_t state[GODWIT_EAP_STATE];
    unsigned repeats;
    size_t len;
    uint8_t request[GODWIT_EAP_MAX];
} lab_access_point_t;

typedef struct lab_eap_end {
    godwit_eap_peer_t peer;
    bool rooted;    /* in this life */
    unsigned heard; /* Poll Answers, when it polled last */
    unsigned quiet; /* ticks since anything led on */
    lab_access_point_t at;
} lab_eap_end_t;

#endif
