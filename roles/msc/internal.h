/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the MSC share. A turn is one input with its outbox.
 */
#ifndef GODWIT_ROLES_MSC_INTERNAL_H
#define GODWIT_ROLES_MSC_INTERNAL_H

#include "roles/msc.h"

typedef struct godwit_msc_turn {
    godwit_msc_t *msc;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_msc_turn_t;

/* ---- table.c ---- */
/* A free row in DIALOGUE; makes room by giving up the oldest dialogue. NULL: all are registered. */
godwit_msc_ue_t *godwit_msc_allocate(godwit_msc_turn_t *turn);
void godwit_msc_free(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
uint32_t godwit_msc_index(const godwit_msc_t *msc, const godwit_msc_ue_t *ue);
godwit_msc_ue_t *godwit_msc_by_tmsi(godwit_msc_t *msc, uint32_t tmsi);
godwit_msc_ue_t *godwit_msc_registered(godwit_msc_t *msc, const godwit_imsi_t *imsi, const godwit_msc_ue_t *but);
godwit_msc_ue_t *godwit_msc_dialogue_at(godwit_msc_t *msc, const godwit_address_t *address);
/* Rows that may have to do with that address: theirs, or one that a security mode command went to. */
godwit_index_walk_t godwit_msc_at(const godwit_msc_t *msc, const godwit_address_t *address);
/* For its vector; for that of the following session. */
godwit_msc_ue_t *godwit_msc_waiting_for(godwit_msc_t *msc, uint32_t transaction);
godwit_msc_ue_t *godwit_msc_waiting_for_next(godwit_msc_t *msc, uint32_t transaction);
/* That came in by a stored vector with the frame whose hash begins so. */
godwit_msc_ue_t *godwit_msc_by_first(godwit_msc_t *msc, const uint8_t first[8]);
/* To be called when state, address, candidates, IMSI, a transaction or `first` of a row has changed: by these it is
 * found. */
void godwit_msc_file(godwit_msc_t *msc, godwit_msc_ue_t *ue);
void godwit_msc_table_init(godwit_msc_t *msc, godwit_msc_ue_t *ues, size_t capacity);
uint32_t godwit_msc_random(godwit_msc_t *msc);
void godwit_msc_new_tmsi(godwit_msc_t *msc, godwit_msc_ue_t *ue);
uint32_t godwit_msc_new_transaction(godwit_msc_t *msc);

/* ---- output.c ---- */
void godwit_msc_event(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue, const char *name, godwit_status_t reason,
                      const char *detail);
void godwit_msc_put_octets(godwit_msc_turn_t *turn, const godwit_address_t *to, godwit_slice_t octets);
/* Without protection. */
void godwit_msc_put_plain(godwit_msc_turn_t *turn, const godwit_address_t *to, godwit_slice_t nas);
void godwit_msc_put_release(godwit_msc_turn_t *turn, const godwit_address_t *to);
/* Protected, to the device's connection. */
void godwit_msc_put_nas(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_slice_t nas);
void godwit_msc_update_reject(godwit_msc_turn_t *turn, const godwit_address_t *to, uint8_t cause);
void godwit_msc_service_reject(godwit_msc_turn_t *turn, const godwit_address_t *to, uint8_t cause);
void godwit_msc_wait_for(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_msc_waiting_t waiting, uint32_t delay_ms);
/* With all attempts left. */
void godwit_msc_wait(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_msc_waiting_t waiting);
void godwit_msc_wait_no_more(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
/* The radio connection is in use: idle comes later. */
void godwit_msc_active(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue);
void godwit_msc_home(const godwit_msc_t *msc, godwit_serving_home_t *home);

/* ---- update.c: location updating until the device is proved, and its accept ---- */
void godwit_msc_on_update(godwit_msc_turn_t *turn, const godwit_radio_frame_t *frame);
void godwit_msc_on_identity(godwit_msc_turn_t *turn, godwit_slice_t nas);
void godwit_msc_ask_identity(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue);
void godwit_msc_refuse(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_status_t reason, const char *detail);
/* The device is proved. */
void godwit_msc_register(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_accept(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_completed(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const char *detail);

/* ---- authenticate.c ---- */
void godwit_msc_ask_vector(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, bool resync);
void godwit_msc_on_vector(godwit_msc_turn_t *turn);
void godwit_msc_ask_response(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue);
void godwit_msc_on_response(godwit_msc_turn_t *turn, godwit_slice_t nas);
void godwit_msc_on_failure(godwit_msc_turn_t *turn, godwit_slice_t nas);
void godwit_msc_authentication_failed(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);

/* ---- security.c ---- */
GODWIT_MUST_USE godwit_status_t godwit_msc_begin_security(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue,
                                                          const godwit_address_t *address,
                                                          godwit_radio_capability_t capability, uint8_t purpose);
void godwit_msc_command_again(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_security_failed(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_on_protected(godwit_msc_turn_t *turn);
bool godwit_msc_is_geran(godwit_radio_capability_t capability);

/* ---- service.c: registered devices ---- */
/* A first message of a connection without protection: CM service request, paging response, IMSI detach indication. */
void godwit_msc_on_initial(godwit_msc_turn_t *turn, const godwit_radio_frame_t *frame, uint8_t type);
void godwit_msc_on_mm(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_slice_t nas);
void godwit_msc_resumed(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_detached(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const char *detail);
void godwit_msc_idle(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, bool by_us);
void godwit_msc_page(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_page_again(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);

/* ---- next.c, next_update.c ---- */
/* Asks the home for the vector of the following session; false: there will be none. */
bool godwit_msc_ask_next(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
/* True: the answer was to such a question. */
bool godwit_msc_on_next_vector(godwit_msc_turn_t *turn);
void godwit_msc_on_commit_failed(godwit_msc_turn_t *turn);
void godwit_msc_on_initial_protected(godwit_msc_turn_t *turn, const godwit_radio_frame_t *frame);
/* Comes in by AKA: what is stored for it is looked up (true: STORE_FETCH was asked for), and goes when it has proved
 * itself. */
bool godwit_msc_needs_stale(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_drop_stale(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue);

/* ---- sms.c ---- */
void godwit_msc_on_sms(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_slice_t cp);
void godwit_msc_on_sms_tick(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_on_sms_answer(godwit_msc_turn_t *turn);
void godwit_msc_on_sms_down(godwit_msc_turn_t *turn);
void godwit_msc_sms_start(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_sms_end(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);

/* ---- trigger.c ---- */
/* The device is registered, and has said so. */
void godwit_msc_locate(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_on_located(godwit_msc_turn_t *turn);
/* The device is there again. */
void godwit_msc_heard(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue);
void godwit_msc_on_t5_down(godwit_msc_turn_t *turn);
void godwit_msc_on_iwf_key(godwit_msc_turn_t *turn);

#endif
