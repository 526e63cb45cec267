/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the HSS share: one run, from Authentication-Information-Request to answer. The run works on a copy of the
 * subscriber; only a run that ends well is committed.
 */
#ifndef GODWIT_ROLES_HSS_INTERNAL_H
#define GODWIT_ROLES_HSS_INTERNAL_H

#include "roles/hss.h"

typedef struct godwit_hss_run {
    godwit_hss_t *hss;
    const godwit_message_t *message;
    const godwit_auth_info_request_t *request;
    godwit_slice_t random;
    uint8_t requester[8]; /* first 8 octets of SHA-256 of Origin-Host */
    unsigned ind;
    uint64_t subscriber_id; /* profile "time": its name in the table of recents */
    uint64_t last_tick;     /* profile "time": of its slot, moved on by each vector */
    uint64_t now_ms;
    uint8_t vectors; /* to be made */
    godwit_subscriber_record_t subscriber;
    const char *detail; /* static: why it was refused */
} godwit_hss_run_t;

/* entitlement.c */

/* Whether the requester may have vectors bound to that Visited-PLMN-Id. */
bool godwit_hss_is_entitled(const godwit_hss_t *hss, const godwit_message_t *message);
/* IND for a requester: the configured one; for others one that no configured node has. */
unsigned godwit_hss_ind(const godwit_hss_t *hss, const char *host, const uint8_t requester[8], unsigned ind_bits);

/* sequence.c */

/* Takes the AUTS of the request into account: GODWIT_AUTH_MAC_FAILURE, and nothing moved, unless it answers an outstanding RAND. */
GODWIT_MUST_USE godwit_status_t godwit_hss_resynchronise(godwit_hss_run_t *run);
GODWIT_MUST_USE godwit_status_t godwit_hss_next_sqn(godwit_hss_run_t *run, uint64_t *sqn);
/* Makes the RANDs of the run the outstanding ones of its requester. */
void godwit_hss_remember_rands(godwit_hss_run_t *run);
/* Profile "time": keeps tick and RAND. To be called when nothing can fail any more. */
void godwit_hss_remember_recent(const godwit_hss_run_t *run);
/* Where the slot of a subscriber stands. */
uint64_t *godwit_hss_slot(godwit_hss_t *hss, uint64_t subscriber_id);

#endif
