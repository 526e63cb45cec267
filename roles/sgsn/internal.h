/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the SGSN share. A turn is one input with its outbox. Nothing that is not protected reaches further
 * than attach.c and security.c, and from there only rows in DIALOGUE, or a candidate beside a registered row.
 */
#ifndef GODWIT_ROLES_SGSN_INTERNAL_H
#define GODWIT_ROLES_SGSN_INTERNAL_H

#include "roles/serving.h"
#include "roles/sgsn.h"

typedef struct godwit_sgsn_turn {
    godwit_sgsn_t *sgsn;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_sgsn_turn_t;

#define GODWIT_SGSN_NO_CONTEXT UINT32_MAX /* of a GTP request that nobody waits for */

/* ---- table.c ---- */

/* A free row in DIALOGUE; makes room by giving up the oldest detached one or the oldest dialogue. NULL: all are
 * registered. */
godwit_sgsn_ue_t *godwit_sgsn_allocate(godwit_sgsn_turn_t *turn);
/* Contexts deleted at their GGSNs, timers cancelled, everything wiped. */
void godwit_sgsn_free(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
uint32_t godwit_sgsn_index(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue);
godwit_sgsn_ue_t *godwit_sgsn_by_p_tmsi(godwit_sgsn_t *sgsn, uint32_t p_tmsi);
godwit_sgsn_ue_t *godwit_sgsn_registered(godwit_sgsn_t *sgsn, const godwit_imsi_t *imsi, const godwit_sgsn_ue_t *but);
godwit_sgsn_ue_t *godwit_sgsn_dialogue_at(godwit_sgsn_t *sgsn, const godwit_address_t *address);
/* Rows that may have to do with that address: theirs, or one that a security mode command went to. */
godwit_index_walk_t godwit_sgsn_at(const godwit_sgsn_t *sgsn, const godwit_address_t *address);
/* For a vector, of this session or the following. */
godwit_sgsn_ue_t *godwit_sgsn_waiting_for(godwit_sgsn_t *sgsn, uint32_t transaction);
/* That came in by a stored vector with the frame whose hash begins so. */
godwit_sgsn_ue_t *godwit_sgsn_by_first(godwit_sgsn_t *sgsn, const uint8_t first[8]);
/* To be called when state, address, candidates, IMSI, transaction or `first` of a row has changed: by these it is
 * found. */
void godwit_sgsn_file(godwit_sgsn_t *sgsn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_table_init(godwit_sgsn_t *sgsn, godwit_sgsn_ue_t *ues, size_t capacity);
godwit_sgsn_context_t *godwit_sgsn_by_teid(godwit_sgsn_t *sgsn, uint32_t teid, godwit_sgsn_ue_t **ue);
godwit_sgsn_context_t *godwit_sgsn_by_slot(godwit_sgsn_t *sgsn, uint32_t slot, godwit_sgsn_ue_t **ue);
uint32_t godwit_sgsn_slot(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue, const godwit_sgsn_context_t *context);
godwit_sgsn_context_t *godwit_sgsn_by_transaction(godwit_sgsn_ue_t *ue, uint8_t transaction);
godwit_sgsn_context_t *godwit_sgsn_by_nsapi(godwit_sgsn_ue_t *ue, uint8_t nsapi);
/* From the pool; step.c keeps it full enough for one input. */
uint32_t godwit_sgsn_random(godwit_sgsn_t *sgsn);
uint32_t godwit_sgsn_new_p_tmsi(godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue);
uint32_t godwit_sgsn_new_teid(godwit_sgsn_t *sgsn, uint32_t slot);

/* ---- output.c ---- */

void godwit_sgsn_event(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue, const char *name, godwit_status_t reason,
                       const char *detail);
void godwit_sgsn_refused(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue, godwit_status_t reason,
                         const char *detail);
void godwit_sgsn_put_octets(godwit_sgsn_turn_t *turn, const godwit_address_t *to, godwit_slice_t octets);
/* Without protection. */
void godwit_sgsn_put_plain(godwit_sgsn_turn_t *turn, const godwit_address_t *to, godwit_slice_t nas);
void godwit_sgsn_put_release(godwit_sgsn_turn_t *turn, const godwit_address_t *to);
/* Protected, to the device's connection. */
void godwit_sgsn_put_frame(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_radio_frame_t *frame);
void godwit_sgsn_put_nas(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas);
void godwit_sgsn_attach_reject(godwit_sgsn_turn_t *turn, const godwit_address_t *to, uint8_t cause);
void godwit_sgsn_service_reject(godwit_sgsn_turn_t *turn, const godwit_address_t *to, uint8_t cause);
/* The device's timer runs for that, with all attempts left. */
void godwit_sgsn_wait(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_waiting_t waiting);
void godwit_sgsn_wait_for(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_waiting_t waiting,
                          uint32_t delay_ms);
void godwit_sgsn_wait_no_more(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_context_timer(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue,
                               const godwit_sgsn_context_t *context, uint32_t delay_ms);
/* The radio connection is in use: idle comes later. */
void godwit_sgsn_active(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue);
uint32_t godwit_sgsn_retransmit_ms(const godwit_sgsn_t *sgsn);
uint8_t godwit_sgsn_attempts(const godwit_sgsn_t *sgsn);

/* ---- attach.c: until the device is proved ---- */

void godwit_sgsn_on_attach_request(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame);
void godwit_sgsn_on_identity_response(godwit_sgsn_turn_t *turn, godwit_slice_t nas);
void godwit_sgsn_on_vector(godwit_sgsn_turn_t *turn);
void godwit_sgsn_on_authentication_response(godwit_sgsn_turn_t *turn, godwit_slice_t nas);
void godwit_sgsn_on_authentication_failure(godwit_sgsn_turn_t *turn, godwit_slice_t nas);
void godwit_sgsn_home_silent(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_authentication_failed(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_ask_identity(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue);
void godwit_sgsn_ask_response(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue);
uint32_t godwit_sgsn_new_transaction(godwit_sgsn_t *sgsn);

/* ---- next.c: the vector of the following session is handed over ---- */

/* Asks the home for one, for the message that purpose names (ATTACH_ACCEPT, DETACH_ACCEPT, DETACH_REQUEST,
 * INFORMATION): that is sent when it has come, or when it does not come. False: there is none to be had, and the caller
 * goes on at once. */
bool godwit_sgsn_ask_next(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint8_t purpose);
void godwit_sgsn_on_next_vector(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue,
                                const godwit_auth_info_answer_t *answer);
/* The home has not answered: what waited goes without. */
void godwit_sgsn_next_silent(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_on_commit_failed(godwit_sgsn_turn_t *turn);

/* ---- next_attach.c: an attach by it ---- */

/* A first frame that says it is protected by keys of before. May need STORE_FETCH. */
void godwit_sgsn_on_initial_protected(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame);
/* What is stored, and the frame, agree: GODWIT_OK, and security has the keys with that frame taken; else why not. */
GODWIT_MUST_USE godwit_status_t godwit_sgsn_admit(const godwit_sgsn_turn_t *turn,
                                                  const godwit_next_session_record_t *record, godwit_slice_t whole,
                                                  godwit_radio_security_t *security);
/* What stands behind it happens when it is gone, durably. */
void godwit_sgsn_consume(godwit_sgsn_turn_t *turn, uint32_t p_tmsi);
/* Comes in by AKA: what is stored for it is looked up (true: STORE_FETCH was asked for), and goes when it has proved
 * itself. */
bool godwit_sgsn_needs_stale(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
/* GODWIT_AGAIN: it was asked for, and nothing else was done. */
GODWIT_MUST_USE godwit_status_t godwit_sgsn_fetch_next(godwit_sgsn_turn_t *turn, uint32_t p_tmsi,
                                                       const godwit_next_session_record_t **record);
/* The device is proved by what another SGSN had (record), or it had nothing (NULL); whole: the first frame, in
 * ue->buffered. */
void godwit_sgsn_identified(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_next_session_record_t *record);

/* ---- identification.c: the same between two SGSNs ---- */

/* False: that routing area is no SGSN's that is known here. */
bool godwit_sgsn_ask_old(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame,
                         const godwit_gmm_attach_request_t *message);
void godwit_sgsn_on_identification_request(godwit_sgsn_turn_t *turn, const godwit_gtpv1_t *request);
/* Answers that were not given after all must not be given again. */
void godwit_sgsn_forget_identifications(godwit_sgsn_turn_t *turn);
/* answer NULL: none came. */
void godwit_sgsn_on_identification(godwit_sgsn_turn_t *turn, uint32_t index, uint32_t transaction,
                                   const godwit_gtpv1_t *answer);

/* ---- policy.c ---- */

/* Who asks the home, and what it says of itself. */
void godwit_sgsn_home(const godwit_sgsn_t *sgsn, const godwit_imsi_t *imsi, godwit_serving_home_t *home);
/* Whether keys that are here may serve one more attach. */
bool godwit_sgsn_may_serve_again(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue, uint64_t now_ms);
/* What the device and the policy for it both have. GODWIT_UNSUPPORTED_SUITE: nothing; GODWIT_POLICY_FORBIDS: no service
 * to that home. An IMSI of length 0 is not known yet: then the configuration is asked alone. */
GODWIT_MUST_USE godwit_status_t godwit_sgsn_choose(const godwit_sgsn_t *sgsn, const godwit_imsi_t *imsi,
                                                   godwit_radio_capability_t capability,
                                                   godwit_radio_command_t *command);

/* ---- security.c ---- */

/* A security mode command to that address; what goes on when it is answered says purpose. */
GODWIT_MUST_USE godwit_status_t godwit_sgsn_begin_security(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue,
                                                           const godwit_address_t *address,
                                                           godwit_radio_capability_t capability, uint8_t purpose);
/* What the service request said of PDP contexts. */
void godwit_sgsn_candidate_contexts(godwit_sgsn_ue_t *ue, const godwit_address_t *address, uint16_t contexts);
void godwit_sgsn_command_again(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_security_failed(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_on_protected(godwit_sgsn_turn_t *turn);

/* ---- sms.c ---- */

#define GODWIT_SGSN_TIMER_SMS 0x70000000U /* and the row: behind all others */
/* A CP message that came protected. */
void godwit_sgsn_on_sms(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t cp);
/* False: the timer is of something else. */
bool godwit_sgsn_on_sms_tick(godwit_sgsn_turn_t *turn);
void godwit_sgsn_on_sms_answer(godwit_sgsn_turn_t *turn);
void godwit_sgsn_on_sms_down(godwit_sgsn_turn_t *turn);
/* The device listens; it is gone. */
void godwit_sgsn_sms_start(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_sms_end(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);

/* ---- trigger.c ---- */
/* The device is registered, and has said so. */
void godwit_sgsn_locate(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_on_located(godwit_sgsn_turn_t *turn);
/* The device is there again. */
void godwit_sgsn_heard(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_on_t5_down(godwit_sgsn_turn_t *turn);
void godwit_sgsn_on_iwf_key(godwit_sgsn_turn_t *turn);

/* ---- mobility.c: devices that are proved ---- */

/* A name, and all that a former registration leaves behind goes. */
void godwit_sgsn_register(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_accept_attach(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_accept_again(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_attach_completed(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const char *detail);
void godwit_sgsn_on_service_request(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame);
void godwit_sgsn_on_plain_detach(godwit_sgsn_turn_t *turn, const godwit_radio_frame_t *frame);
/* candidate NULL: it was connected already. */
void godwit_sgsn_resumed(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sgsn_candidate_t *candidate);
void godwit_sgsn_detach_by_device(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, bool power_off);
void godwit_sgsn_accept_detach(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_detach_by_network(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
/* The device is connected: with the vector of its following session, where there is one. */
void godwit_sgsn_begin_detach(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_ask_detach(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
/* A detached device's time is over: its row goes, unless another attach may use its keys. */
void godwit_sgsn_retained(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_detached(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const char *detail);
void godwit_sgsn_idle(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, bool by_us);
void godwit_sgsn_page(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
/* What was waited for is over: something else may have waited for that. */
void godwit_sgsn_settled(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_page_again(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
/* A GMM message that came protected. */
void godwit_sgsn_on_gmm(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_radio_frame_t *frame);

/* ---- session.c: SM ---- */

void godwit_sgsn_on_sm(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_slice_t nas);
/* An answer to the device's last request about that context; kept for when it asks again. */
void godwit_sgsn_answer(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context,
                        const godwit_writer_t *answer);
/* The device is told that the context has gone; or, in idle, when it comes back. */
void godwit_sgsn_deactivate(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context);
void godwit_sgsn_deactivate_again(godwit_sgsn_turn_t *turn, uint32_t slot);
void godwit_sgsn_forget(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context);

/* ---- gtp.c ---- */

GODWIT_MUST_USE godwit_status_t godwit_sgsn_create(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue,
                                                   const godwit_sgsn_context_t *context,
                                                   const godwit_sm_activate_request_t *request,
                                                   const godwit_apn_t *apn);
GODWIT_MUST_USE godwit_status_t godwit_sgsn_update(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue,
                                                   const godwit_sgsn_context_t *context,
                                                   const godwit_sm_modify_request_ms_t *request);
/* Delete PDP Context Request; wanted: an answer is waited for. */
void godwit_sgsn_delete(godwit_sgsn_turn_t *turn, const godwit_sgsn_ue_t *ue, const godwit_sgsn_context_t *context,
                        bool wanted);
void godwit_sgsn_on_gtpc(godwit_sgsn_turn_t *turn);
void godwit_sgsn_on_gtp_timer(godwit_sgsn_turn_t *turn);

/* ---- session_answer.c: what the GGSN's answers mean to the device; NULL: none came ---- */

void godwit_sgsn_created(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context,
                         const godwit_gtpv1_t *answer);
void godwit_sgsn_updated(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context,
                         const godwit_gtpv1_t *answer);
void godwit_sgsn_deleted(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, godwit_sgsn_context_t *context);
void godwit_sgsn_put_deactivated(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_sgsn_context_t *context);

/* ---- user_plane.c ---- */

void godwit_sgsn_on_n_pdu(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_radio_frame_t *frame);
void godwit_sgsn_on_gtpu(godwit_sgsn_turn_t *turn);
/* What waited for the device. */
void godwit_sgsn_flush(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue);
void godwit_sgsn_drop_buffered(godwit_sgsn_ue_t *ue);

#endif
