/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the HSE share about sessions whose user plane ends in an EAS (docs/e2e.md). The HSE holds K_session
 * of such a session and nothing else: it forwards what it cannot open, and believes of it only what the EAS says.
 */
#ifndef GODWIT_ROLES_HSE_END_TO_END_H
#define GODWIT_ROLES_HSE_END_TO_END_H

#include "roles/hse/internal.h"

/* ---- service.c: the EESE, for a set-up ---- */
/* Whether a device may ask for a service here at all. */
bool godwit_hse_serves_end_to_end(const godwit_hse_t *hse);
/* Asks for terms; the set-up's key is made, its Start is not. */
void godwit_hse_open_service(godwit_hse_t *hse, godwit_hse_exchange_t *exchange, uint64_t now_ms, godwit_outbox_t *out);
/* The status of an E2E_SESSION_ANSWER. Terms that anybody may have made up are none. */
GODWIT_MUST_USE godwit_status_t godwit_hse_answer_of_eese(const godwit_hse_turn_t *turn);
/* E2E_SESSION_ANSWER: of a set-up, or of an ask. */
void godwit_hse_on_service_answer(godwit_hse_turn_t *turn);
/* Whether terms answer what was asked: that service, one of these suites, a later age. */
bool godwit_hse_terms_fit(const godwit_e2e_terms_t *terms, godwit_service_t service, uint16_t suites, uint32_t age);
/* start.c: seals and sends Session Start; terms NULL: without Service. */
void godwit_hse_start_send(godwit_hse_t *hse, godwit_hse_exchange_t *exchange, const godwit_input_t *in,
                           const godwit_e2e_terms_t *terms, godwit_outbox_t *out);
void godwit_hse_start_refuse(godwit_hse_t *hse, godwit_hse_exchange_t *exchange, const godwit_input_t *in,
                             godwit_status_t status, const char *detail, godwit_outbox_t *out);

/* ---- ask.c: the EESE, for a session that lives; said again until it answers ---- */
godwit_e2e_path_t godwit_hse_path(const godwit_hse_t *hse, const godwit_imsi_t *imsi, uint32_t session_id);
/* The request that path and names are filled in of; NULL when the table is full. */
godwit_hse_ask_t *godwit_hse_ask_new(godwit_hse_t *hse, const godwit_session_record_t *record, godwit_e2e_event_t event,
                                     uint64_t now_ms);
/* OPEN or AGE, under way for that session. */
godwit_hse_ask_t *godwit_hse_ask_of(godwit_hse_t *hse, uint32_t session_id);
godwit_hse_ask_t *godwit_hse_ask_by_transaction(godwit_hse_t *hse, uint32_t transaction);
/* TAKEN or CLOSED. */
void godwit_hse_tell_eese(godwit_hse_t *hse, const godwit_session_record_t *record, godwit_e2e_event_t event,
                          uint64_t now_ms);
/* The session is over: the EESE is told, and nothing of it waits any more. */
void godwit_hse_close_end_to_end(godwit_hse_t *hse, const godwit_session_record_t *record, uint64_t now_ms);

/* ---- agenda.c ---- */
/* Last in a step: sends what is due of asks and forwards, and asks for the timer of what comes next. */
void godwit_hse_agenda(godwit_hse_t *hse, uint64_t now_ms, godwit_outbox_t *out);

/* ---- renew.c: the next age ---- */
/* 30 up with Service Request, verified and answered with 31. */
void godwit_hse_service_request_consume(godwit_hse_turn_t *turn);
/* Why such a request is refused at once; GODWIT_OK: it is not. */
GODWIT_MUST_USE godwit_status_t godwit_hse_service_request_judge(const godwit_hse_turn_t *turn);
void godwit_hse_on_ask_answer(godwit_hse_turn_t *turn, godwit_hse_ask_t *ask);
void godwit_hse_on_renew(godwit_hse_turn_t *turn);
/* The device is heard, and nothing else is pending: the next age is handed out, or asked for. */
GODWIT_MUST_USE godwit_status_t godwit_hse_renew(godwit_hse_turn_t *turn);
/* It has proved that it took the terms handed out. */
void godwit_hse_terms_taken(godwit_hse_turn_t *turn);
/* Whether a Manage Keys Request with Service waits for its response. */
bool godwit_hse_service_is_pending(const godwit_session_record_t *record);

/* ---- forward_table.c ---- */
/* How a datagram for the EAS came. */
typedef enum godwit_hse_way {
    GODWIT_HSE_AS_BEFORE, /* from where the device was heard last, or inside what verified */
    GODWIT_HSE_STRANGER,  /* from elsewhere: whoever that is */
    GODWIT_HSE_CONFIRM,   /* inside what verified, and the device waits to hear that the EAS has it */
} godwit_hse_way_t;

/* GODWIT_OK also when these octets wait already. GODWIT_OVERLOAD: no room for that session, or for any. */
GODWIT_MUST_USE godwit_status_t godwit_hse_forward_put(godwit_hse_t *hse, const godwit_session_record_t *record,
                                                       const godwit_address_t *from, godwit_slice_t datagram,
                                                       godwit_hse_way_t way, uint64_t now_ms);
GODWIT_MUST_USE godwit_status_t godwit_hse_hold(godwit_hse_t *hse, const godwit_session_record_t *record,
                                                godwit_slice_t datagram, uint64_t now_ms);
godwit_hse_forward_t *godwit_hse_forward_by_transaction(godwit_hse_t *hse, uint32_t transaction);
/* Whether the EAS is being asked about a datagram that came from where the device was not heard last. */
bool godwit_hse_may_have_moved(const godwit_hse_t *hse, uint32_t session_id);
/* The datagram that waits for that device longest; NULL: none does. */
godwit_hse_forward_t *godwit_hse_held_for(godwit_hse_t *hse, uint32_t session_id);
void godwit_hse_forward_release(godwit_hse_forward_t *forward);
void godwit_hse_forward_release_session(godwit_hse_t *hse, uint32_t session_id);

/* ---- forward.c: up ---- */
/* turn->work is an end-to-end session, and a user-plane datagram has come for it. */
void godwit_hse_forward(godwit_hse_turn_t *turn);
/* A user-plane datagram inside a control datagram that verified (12, 10; 30: CONFIRM); it is refused to the device
 * where there is no room. */
GODWIT_MUST_USE godwit_status_t godwit_hse_forward_inner(godwit_hse_turn_t *turn, godwit_slice_t datagram,
                                                         godwit_hse_way_t way);
/* forward_answer.c */
void godwit_hse_on_up_answer(godwit_hse_turn_t *turn);

/* ---- down.c: from the EAS ---- */
void godwit_hse_on_down(godwit_hse_turn_t *turn);

/* ---- downlink.c: messages that wait ---- */
bool godwit_hse_is_awake(const godwit_hse_t *hse, const godwit_hse_session_t *session, uint64_t now_ms);
/* SUBMIT with queue. */
void godwit_hse_on_queue(godwit_hse_turn_t *turn);
/* The device was heard: what waits for it is sent soon. */
void godwit_hse_drain_later(godwit_hse_t *hse, const godwit_hse_session_t *session);
/* Sends one thing that waits. False: a need stands in the outbox. */
bool godwit_hse_drain(godwit_hse_turn_t *turn);

/* ---- refusal.c ---- */
/* Appends a Reject under the key, to where the device was heard last, so many a minute and no more. */
GODWIT_MUST_USE godwit_status_t godwit_hse_reject_create(godwit_hse_turn_t *turn, godwit_status_t reason,
                                                         const uint8_t echo[GODWIT_EMSDP_ECHO]);
/* Ends the turn: user data is refused to the device; its window has not moved. */
void godwit_hse_refuse_data(godwit_hse_turn_t *turn, godwit_status_t reason, const uint8_t echo[GODWIT_EMSDP_ECHO],
                            const char *detail);
/* stranger: where the datagram came from, which is not where the device was heard last; it is told there, within a
 * small share. NULL: as above. */
void godwit_hse_refuse_data_at(godwit_hse_turn_t *turn, godwit_status_t reason, const uint8_t echo[GODWIT_EMSDP_ECHO],
                               const godwit_address_t *stranger, const char *detail);

#endif
