/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the HSS share: one run, from Authentication-Information-Request to answer. The run works on a copy
 * of the subscriber; only a run that ends well is committed.
 */
#ifndef GODWIT_ROLES_HSS_INTERNAL_H
#define GODWIT_ROLES_HSS_INTERNAL_H

#include "core/agree/access_aka/access_aka.h"
#include "roles/hss.h"

typedef struct godwit_hss_run {
    godwit_hss_t *hss;
    const godwit_message_t *message;
    const godwit_auth_info_request_t *request;
    godwit_slice_t random;
    uint8_t requester[8]; /* first 8 octets of SHA-256 of Origin-Host */
    /* of Origin-Host and "/next": under which its vectors of following sessions are outstanding */
    uint8_t requester_next[8];
    unsigned ind;
    uint64_t subscriber_id; /* profile "time": its name in the table of recents */
    uint64_t last_tick;     /* profile "time": of its slot, moved on by each vector */
    uint64_t now_ms;
    uint8_t vectors; /* to be made */
    godwit_subscriber_record_t subscriber;
    bool next;                     /* it is for the following session */
    bool e2m;                      /* the vector is to be flagged */
    godwit_access_aka_keys_t keys; /* of a flagged one; secret */
    uint8_t ck_ik[32];             /* of the vector made last, before anything took their place; secret */
    const char *detail;            /* static: why it was refused */
} godwit_hss_run_t;

/* step.c */

/* What a peer is told of a failure; what is ours alone is "internal" to it. */
godwit_status_t godwit_hss_told(godwit_status_t status);
/* A need: the record of that kind and IMSI (NULL: none). */
void godwit_hss_fetch(godwit_outbox_t *out, godwit_record_kind_t kind, const godwit_imsi_t *imsi);
/* The needs of a run, one after another: the clock at the first request of this life, the subscriber, random octets.
 * GODWIT_OK when all are in the input; GODWIT_AGAIN when one was asked for; otherwise why there can be no run. */
GODWIT_MUST_USE godwit_status_t godwit_hss_gather(godwit_hss_t *hss, const godwit_input_t *in,
                                                  const godwit_imsi_t *imsi, size_t random, godwit_outbox_t *out);
/* A run on a copy of the subscriber that was fetched. */
GODWIT_MUST_USE godwit_status_t godwit_hss_run_begin(godwit_hss_run_t *run, const godwit_input_t *in);
/* Sets the clock, and reserves ahead: the commit stands before the answer that uses the ticks. */
void godwit_hss_set_clock(godwit_hss_t *hss, uint64_t now_ms, godwit_outbox_t *out);
/* Makes the run's RANDs the outstanding ones and commits what has to be durable before the answer. */
void godwit_hss_commit(godwit_hss_run_t *run, godwit_outbox_t *out);

/* The AUTS of the request taken into account, then one vector with the next SQN under the run's first RAND: what BSF
 * and AUSF are given is made of it. vector is secret. */
GODWIT_MUST_USE godwit_status_t godwit_hss_quintuplet(godwit_hss_run_t *run, godwit_vector_t *vector);

/* he_vector.c */

void godwit_hss_on_he_vector_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

/* zh.c */

void godwit_hss_on_zh_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

/* entitlement.c */

bool godwit_hss_is_listed(const char (*hosts)[GODWIT_NODE_NAME_MAX], size_t count, const char *host);
bool godwit_hss_is_home(const godwit_hss_t *hss, const char *host);

/* Whether the requester may name that Visited-PLMN-Id: have vectors bound to it, say that a device is there. */
bool godwit_hss_is_of(const godwit_hss_t *hss, const godwit_message_t *message, godwit_plmn_t plmn);
/* IND for a requester: the configured one; for others one that no configured node has. */
unsigned godwit_hss_ind(const godwit_hss_t *hss, const char *host, const uint8_t requester[8], unsigned ind_bits);

/* sequence.c */

/* Takes the AUTS of the request into account: GODWIT_AUTH_MAC_FAILURE, and nothing moved, unless it answers an
 * outstanding RAND. */
GODWIT_MUST_USE godwit_status_t godwit_hss_resynchronise(godwit_hss_run_t *run);
GODWIT_MUST_USE godwit_status_t godwit_hss_next_sqn(godwit_hss_run_t *run, uint64_t *sqn);
/* Makes the RANDs of the run the outstanding ones of its requester. */
void godwit_hss_remember_rands(godwit_hss_run_t *run);
/* Profile "time": keeps tick and RAND. To be called when nothing can fail any more. */
void godwit_hss_remember_recent(const godwit_hss_run_t *run);
/* Where the slot of a subscriber stands. */
uint64_t *godwit_hss_slot(godwit_hss_t *hss, uint64_t subscriber_id);

/* flag.c */

/* Whether this requester's vectors may be flagged at all; then they are given one at a time. */
bool godwit_hss_may_flag(const godwit_hss_t *hss, const godwit_message_t *message);
/* Decides for this run. */
void godwit_hss_flag(godwit_hss_run_t *run);
uint16_t godwit_hss_amf(const godwit_hss_run_t *run);
GODWIT_MUST_USE godwit_status_t godwit_hss_derive(godwit_hss_run_t *run, godwit_vector_t *vector);
/* Keeps the key set of the run in place of the subscriber's last one, and pushes what is to be pushed at AKA. */
void godwit_hss_retain(const godwit_hss_run_t *run, const godwit_auth_info_vector_t *vector, godwit_outbox_t *out);

/* iwf_root.c */

/* Fetches the record of associations into triggers.held, before the needs of the run itself. GODWIT_OK when it is
 * there, or none is kept; GODWIT_AGAIN when it was asked for; otherwise why there can be no run. */
GODWIT_MUST_USE godwit_status_t godwit_hss_iwf_root_gather(godwit_hss_t *hss, const godwit_input_t *in,
                                                           const godwit_imsi_t *imsi, godwit_outbox_t *out);
/* Commits what an association may stand on, if the run's vector is one of those: to stand before the answer. */
GODWIT_MUST_USE godwit_status_t godwit_hss_iwf_root_keep(godwit_hss_run_t *run, const godwit_auth_info_vector_t *vector,
                                                         godwit_outbox_t *out);
/* The configured MTC-IWF of that name or NULL. */
const godwit_hss_iwf_t *godwit_hss_iwf_of(const godwit_hss_t *hss, const char *host);
/* Whether whoever sent that SUBSCRIBER_INFO_REQUEST may have the key that it asks for; to be asked before the record of
 * IWF_ROOT is fetched. */
GODWIT_MUST_USE godwit_status_t godwit_hss_iwf_key_allowed(const godwit_hss_t *hss, const godwit_message_t *message,
                                                           const char **detail);
/* The key part of its answer. fetched: the subscriber's IWF_ROOT, NULL where there is none. The new association number
 * is committed: key may only be sent behind that. GODWIT_UNKNOWN_KEY where no AKA run fits; key is wiped then. */
GODWIT_MUST_USE godwit_status_t godwit_hss_iwf_key(const godwit_hss_t *hss, const godwit_message_t *message,
                                                   const godwit_record_t *fetched, godwit_iwf_key_t *key,
                                                   godwit_outbox_t *out, const char **detail);

/* location.c */

void godwit_hss_on_location_update(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

/* subscriber_info.c */

void godwit_hss_on_subscriber_info_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

/* retained.c */

uint32_t godwit_hss_retention_ms(const godwit_hss_t *hss);
/* Whether its time is over; also where the clock was set back so far that it would be kept more than twice as long as
 * it may. */
bool godwit_hss_is_over(const godwit_hss_t *hss, const godwit_hss_retained_t *entry, uint64_t now_ms);
/* The entry of an IMSI or NULL; one whose time is over comes back as expired. */
godwit_hss_retained_t *godwit_hss_retained_of(godwit_hss_t *hss, const godwit_imsi_t *imsi, uint64_t now_ms);
/* Where a new one goes: in place of its own, a free or an expired one; NULL when there is no room. */
godwit_hss_retained_t *godwit_hss_place_for(godwit_hss_t *hss, const godwit_imsi_t *imsi, uint64_t now_ms);
void godwit_hss_forget_retained(godwit_hss_t *hss, const godwit_imsi_t *imsi);
void godwit_hss_expire(godwit_hss_retained_t *entry);
bool godwit_hss_selects(const godwit_hss_retained_t *entry, const godwit_selector_t *selector);

/* push.c: entry is what will stand at place. */

void godwit_hss_push_begin(godwit_hss_t *hss, godwit_hss_retained_t *entry, const godwit_hss_retained_t *place,
                           godwit_outbox_t *out);
void godwit_hss_arm(const godwit_hss_t *hss, const godwit_hss_retained_t *entry, const godwit_hss_retained_t *place,
                    uint64_t now_ms, godwit_outbox_t *out);
void godwit_hss_on_push_answer(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_hss_on_activation(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_hss_on_timer(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

/* device_rand.c */

void godwit_hss_on_device_rand(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

/* pull.c */

/* An answer that is a status. */
void godwit_hss_outcome(godwit_outbox_t *out, const godwit_message_t *request, godwit_message_kind_t kind,
                        godwit_status_t status);
void godwit_hss_on_key_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_hss_on_key_confirm(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);
/* Whether that key set may be used now; selected: it is the one that was asked for. */
GODWIT_MUST_USE godwit_status_t godwit_hss_usable(const godwit_hss_t *hss, const godwit_hss_retained_t *entry,
                                                  bool selected, const char **detail);
bool godwit_hss_owns_key_sets(const godwit_hss_t *hss);
/* e2e.c */
void godwit_hss_on_e2e_key_request(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_hss_on_key_park(godwit_hss_t *hss, const godwit_input_t *in, godwit_outbox_t *out);

#endif
