/* SPDX-License-Identifier: Apache-2.0
 *
 * For roles/mme/ alone. A turn is one input; every function that may send takes it.
 */
#ifndef GODWIT_ROLES_MME_INTERNAL_H
#define GODWIT_ROLES_MME_INTERNAL_H

#include "core/wire/emm.h"
#include "core/wire/esm.h"
#include "core/wire/radio.h"
#include "roles/mme.h"
#include "roles/serving.h"

#define GODWIT_MME_RANDOM (8 + GODWIT_INDEX_KEY) /* octets that an attach needs: M-TMSI, TEID; the first one a key */
/* Timers: two for each row, one more for its short messages, one for the vector of its following session, then those of
 * GTP. */
#define GODWIT_MME_TIMER_SMS 0x20000000U
#define GODWIT_MME_TIMER_NEXT 0x30000000U
#define GODWIT_MME_TIMER_GTP 0x40000000U
#define GODWIT_MME_HSS_ATTEMPTS 2
#define GODWIT_MME_COUNT_LATE (GODWIT_NAS_COUNT_END - 0x1000U) /* from here on a device is sent for new keys */

typedef struct godwit_mme_turn {
    godwit_mme_t *mme;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_mme_turn_t;

/* ---- table.c ---- */

/* To be called when state, address, IMSI, M-TMSI or a transaction of a row has changed: by these it is found. */
void godwit_mme_file(godwit_mme_t *mme, godwit_mme_ue_t *ue);
void godwit_mme_table_init(godwit_mme_t *mme, godwit_mme_ue_t *ues, size_t capacity);
/* An attach at work that has proved nothing yet. */
bool godwit_mme_is_unproved(const godwit_mme_ue_t *ue);
godwit_mme_ue_t *godwit_mme_unproved_at(godwit_mme_t *mme, const godwit_address_t *address);
/* The next row behind `after` (NULL: the first) with that address and a security context; NULL: no more. */
godwit_mme_ue_t *godwit_mme_secured_at(godwit_mme_t *mme, const godwit_address_t *address,
                                       const godwit_mme_ue_t *after);
godwit_mme_ue_t *godwit_mme_by_guti(godwit_mme_t *mme, const godwit_guti_t *guti);
godwit_mme_ue_t *godwit_mme_by_teid(godwit_mme_t *mme, uint32_t teid);
godwit_mme_ue_t *godwit_mme_by_transaction(godwit_mme_t *mme, uint32_t transaction);
/* Of the vector of a following session. */
godwit_mme_ue_t *godwit_mme_by_next_transaction(godwit_mme_t *mme, uint32_t transaction);
godwit_mme_ue_t *godwit_mme_by_imsi(godwit_mme_t *mme, const godwit_imsi_t *imsi, const godwit_mme_ue_t *but);
/* Of a device whose RES was right, and whose keys are about to be in use, or else are; NULL: none. */
godwit_mme_ue_t *godwit_mme_keyed(godwit_mme_t *mme, const godwit_imsi_t *imsi);
/* A row for an attach that has proved nothing; NULL when the table is full of what is worth more. Never a registered
 * device's. */
godwit_mme_ue_t *godwit_mme_take_row(godwit_mme_turn_t *t);
/* A row for the attach that came, in the place of an unproved one of that address. NULL: the table is full, and the
 * device has been told. */
godwit_mme_ue_t *godwit_mme_row_for_attach(godwit_mme_turn_t *t);
/* The device is at this address now: whoever else was has none any more. */
void godwit_mme_own_address(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue);
/* Timers, GTP requests, keys: all of it ends. */
void godwit_mme_free(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);

/* ---- next.c: the vector of the following session is handed over ---- */

/* Asks the home for one, for that message: it is sent when the vector has come, or when it does not come. False: there
 * is none to be had, and the caller goes on at once. */
bool godwit_mme_ask_next(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_mme_next_for_t purpose);
/* False: the answer is to another question. */
bool godwit_mme_on_next_vector(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_on_next_timer(godwit_mme_turn_t *t, uint32_t index);
/* Nothing waits for it any more. */
void godwit_mme_forget_next(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
/* RAND and AUTN as they were handed over; nothing where they were not. */
void godwit_mme_next_elements(const godwit_mme_ue_t *ue, godwit_slice_t *rand, godwit_slice_t *autn);
void godwit_mme_on_commit_failed(godwit_mme_turn_t *t);

/* ---- next_attach.c: an attach by it ---- */

typedef struct godwit_mme_admitted {
    godwit_nas_security_t security; /* with the message taken */
    godwit_slice_t plain;           /* the message, in the caller's buffer */
} godwit_mme_admitted_t;

/* Whether an ATTACH REQUEST says that it goes by a vector that this PLMN handed over. */
bool godwit_mme_goes_by_next(const godwit_mme_t *mme, godwit_slice_t message, godwit_guti_t *guti);
/* True: the record was asked for, and nothing else was done. */
bool godwit_mme_needs_record(godwit_mme_turn_t *t, const godwit_guti_t *guti);
/* The record that came, if it is that one. */
const godwit_next_session_record_t *godwit_mme_fetched(const godwit_mme_turn_t *t, uint32_t m_tmsi);
/* A device comes in by AKA. True: the record that may be stored for it was asked for, and nothing else was done. Else
 * ue->stale is its name. */
bool godwit_mme_needs_stale(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
/* The record of that name goes: what stands behind it happens when that is durable. */
void godwit_mme_drop_record(godwit_mme_turn_t *t, uint32_t m_tmsi);
/* What is stored, and the message, agree: GODWIT_OK; else why not. */
GODWIT_MUST_USE godwit_status_t godwit_mme_admit(const godwit_mme_turn_t *t, const godwit_next_session_record_t *record,
                                                 godwit_slice_t octets, uint8_t buffer[GODWIT_NAS_MAX],
                                                 godwit_mme_admitted_t *admitted);
/* The device is proved: by the record that was consumed, here or at another MME. */
void godwit_mme_begin_by_next(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_next_session_record_t *record,
                              const godwit_mme_admitted_t *admitted);
/* False: it is to be answered as any attach; message: what stands in the wrapper. */
bool godwit_mme_on_next_attach(godwit_mme_turn_t *t, godwit_slice_t octets, godwit_slice_t message);
/* What came with the attach goes on its way: an N-PDU when there is a bearer, a short message when the device is
 * registered. */
void godwit_mme_forward_held(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);

/* ---- identification.c: the same between two MMEs ---- */

/* False: that GUTI is no MME's that is known here. */
bool godwit_mme_ask_old(godwit_mme_turn_t *t, godwit_slice_t octets, const godwit_guti_t *guti);
void godwit_mme_on_identification_request(godwit_mme_turn_t *t, const godwit_gtpv2_t *m);
/* m NULL: no answer came. */
void godwit_mme_on_identified(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_gtpv2_t *m);
bool godwit_mme_is_other(const godwit_mme_config_t *c, const godwit_address_t *from);
/* Answers that were not given after all must not be given again. */
void godwit_mme_forget_identifications(godwit_mme_turn_t *t);

/* ---- output.c ---- */

void godwit_mme_event(godwit_mme_turn_t *t, const char *name, godwit_status_t reason, const godwit_mme_ue_t *ue,
                      const char *detail);
void godwit_mme_nas_timer(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, uint32_t delay_ms);
/* Starts the wait for the radio to be released, or ends it. */
void godwit_mme_idle_timer(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue);
void godwit_mme_frame(godwit_mme_turn_t *t, const godwit_address_t *to, godwit_radio_kind_t kind,
                      godwit_slice_t octets);
/* A plain message to an address; only what TS 24.301 4.4.4.2 lets a device take. */
void godwit_mme_send_plain(godwit_mme_turn_t *t, const godwit_address_t *to, const godwit_writer_t *w);
/* A protected message to a device, once. GODWIT_COUNT_EXHAUSTED and the like: nothing left. */
godwit_status_t godwit_mme_send(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_nas_header_type_t type,
                                const godwit_writer_t *w);
/* Sends a message and keeps it to be sent again; type GODWIT_NAS_PLAIN: as it is. */
void godwit_mme_ask(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_nas_header_type_t type, const godwit_writer_t *w);
void godwit_mme_ask_again(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_attach_reject(godwit_mme_turn_t *t, const godwit_address_t *to, uint8_t cause);
void godwit_mme_service_reject(godwit_mme_turn_t *t, const godwit_address_t *to, uint8_t cause);

/* ---- the handlers ---- */

void godwit_mme_on_nas(godwit_mme_turn_t *t, godwit_slice_t octets); /* uplink.c */

/* What came as ATTACH REQUEST. proved: the row whose security context verified it, or NULL. */
void godwit_mme_on_attach(godwit_mme_turn_t *t, godwit_slice_t plain, godwit_mme_ue_t *proved); /* attach.c */
void godwit_mme_on_identity(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);

/* What an ATTACH REQUEST says, into a row; false: it cannot be taken. */
bool godwit_mme_take_attach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
/* The ATTACH REQUEST in that wrapper, in this row, as that of a device that has proved nothing. */
void godwit_mme_begin_anew(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t octets);

/* What requests to the home of a subscriber say of us. */
void godwit_mme_home(const godwit_mme_t *mme, const godwit_imsi_t *imsi, godwit_serving_home_t *home);
void godwit_mme_ask_vector(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const uint8_t *auts); /* authenticate.c */
void godwit_mme_on_vector(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_on_authentication(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_on_authentication_failure(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);

/* policy.c: what policy says for that subscriber; NULL: nothing, the configuration holds. */
const godwit_policy_access_t *godwit_mme_policy(const godwit_mme_t *mme, const godwit_imsi_t *imsi);
/* Whether the context of a row may serve one more attach: not too many, not too long, under algorithms that are still
 * allowed. */
bool godwit_mme_may_serve_again(const godwit_mme_t *mme, const godwit_mme_ue_t *ue, uint64_t now_ms);
/* Whether these algorithms are still allowed for that subscriber. */
bool godwit_mme_allows(const godwit_mme_t *mme, const godwit_imsi_t *imsi, uint8_t eea, uint8_t eia);
void godwit_mme_secure(godwit_mme_turn_t *t, godwit_mme_ue_t *ue); /* secure.c */
/* The security mode command, with that message of the MTC-IWF. */
void godwit_mme_command(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t trigger);
/* The row is a device from now on: other rows of its IMSI end. */
void godwit_mme_proved(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_on_secured(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_on_security_reject(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);

void godwit_mme_connect(godwit_mme_turn_t *t, godwit_mme_ue_t *ue); /* session.c: APN, PCO, S-GW */
void godwit_mme_on_information(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_on_created(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_gtpv2_t *m);
/* The attach ends for want of a PDN connection. */
void godwit_mme_no_session(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t esm_cause, godwit_status_t reason,
                           const char *detail);
/* The ATTACH ACCEPT that was put together goes, with the vector of the following session where there is one. */
void godwit_mme_accept_now(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_on_complete(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
/* What the device says shows that it has taken the attach accept. */
void godwit_mme_registered(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);

void godwit_mme_on_esm(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain); /* bearer.c */
void godwit_mme_data_up(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_data_down(godwit_mme_turn_t *t, const godwit_gtpu_t *m);
void godwit_mme_flush(godwit_mme_turn_t *t, godwit_mme_ue_t *ue); /* what was held */

void godwit_mme_on_modification(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain); /* modify.c */
void godwit_mme_on_update(godwit_mme_turn_t *t, const godwit_gtpv2_t *m);
void godwit_mme_on_command_failed(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t gtp_cause);
void godwit_mme_on_modify_answer(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain, bool accepted);
void godwit_mme_update_answer(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t cause);

/* The device has spoken, protected: there is a radio connection, and no need to page. */
void godwit_mme_spoken(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
/* A COUNT comes to its end (TS 33.401 6.5, 8.1.1): new keys are due. */
bool godwit_mme_is_late(const godwit_mme_ue_t *ue);
/* What waited for the connection. */
void godwit_mme_resumed(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_on_service(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain); /* idle.c */
void godwit_mme_on_release(godwit_mme_turn_t *t);
void godwit_mme_release(godwit_mme_turn_t *t, godwit_mme_ue_t *ue); /* by the network */
void godwit_mme_page(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_page_again(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);

void godwit_mme_on_detach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain); /* detach.c */
void godwit_mme_on_detach_accept(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
/* DETACH ACCEPT and DETACH REQUEST, with the vector of the following session where there is one. */
void godwit_mme_accept_detach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_detach_now(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
/* The network wants the device gone: it is told, and paged first when it is idle. */
void godwit_mme_detach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t type);
/* The bearer ends towards the core; the identity and the security context stay. */
void godwit_mme_deregister(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_on_detach_unknown(godwit_mme_turn_t *t, godwit_slice_t plain);

void godwit_mme_on_gtpc(godwit_mme_turn_t *t); /* gtp.c */
void godwit_mme_on_gtpu(godwit_mme_turn_t *t);
void godwit_mme_on_gtp_timer(godwit_mme_turn_t *t);
godwit_address_t godwit_mme_sgw(const godwit_mme_t *mme);
/* Builds and asks; context is the row's TEID, 0 for what nobody waits for. */
godwit_status_t godwit_mme_gtp_ask(godwit_mme_turn_t *t, godwit_gtpv2_t *m, uint32_t context);
void godwit_mme_delete_session(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);

/* sms.c: a CP message, from UPLINK NAS TRANSPORT or a request that carries one; what the SMS-SC says; the device
 * listens, or is gone. */
void godwit_mme_on_sms(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t cp);
void godwit_mme_on_nas_transport(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_on_sms_tick(godwit_mme_turn_t *t, uint32_t row);
void godwit_mme_on_sms_answer(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_on_sms_down(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_sms_start(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_sms_end(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);

/* trigger.c: device triggering; nothing of it without config.trigger. */
/* RES was right: the KASME of the row is what K_iwf can stand on. True: the row waits for what the MTC-IWF has to say,
 * and godwit_mme_command is called then. */
bool godwit_mme_ask_iwf(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
/* The device has proved itself: its home is told. */
void godwit_mme_locate(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
/* A message of the device for the MTC-IWF, which came protected. */
void godwit_mme_trigger_up(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t container);
void godwit_mme_on_generic_transport(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t header, godwit_slice_t plain);
/* The device is registered; it listens; it is gone, or cannot be paged. */
void godwit_mme_trigger_registered(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_trigger_start(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_trigger_end(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_status_t status);
void godwit_mme_on_location(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_on_t5_up_answer(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_on_t5_down(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_on_iwf_key_request(godwit_mme_turn_t *t, const godwit_message_t *message);

void godwit_mme_on_timer(godwit_mme_turn_t *t, uint32_t timer); /* timer.c */

#endif
