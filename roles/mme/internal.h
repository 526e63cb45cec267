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

#define GODWIT_MME_RANDOM 8 /* octets that an attach needs: M-TMSI, TEID */
/* Timers: two for each row, one more for its short messages, then those of GTP. */
#define GODWIT_MME_TIMER_SMS 0x20000000U
#define GODWIT_MME_TIMER_GTP 0x40000000U
#define GODWIT_MME_HSS_ATTEMPTS 2
#define GODWIT_MME_COUNT_LATE (GODWIT_NAS_COUNT_END - 0x1000U) /* from here on a device is sent for new keys */

typedef struct godwit_mme_turn {
    godwit_mme_t *mme;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_mme_turn_t;

/* ---- table.c ---- */

/* An attach at work that has proved nothing yet. */
bool godwit_mme_is_unproved(const godwit_mme_ue_t *ue);
godwit_mme_ue_t *godwit_mme_unproved_at(godwit_mme_t *mme, const godwit_address_t *address);
/* The next row behind `after` (NULL: the first) with that address and a security context; NULL: no more. */
godwit_mme_ue_t *godwit_mme_secured_at(godwit_mme_t *mme, const godwit_address_t *address,
                                       const godwit_mme_ue_t *after);
godwit_mme_ue_t *godwit_mme_by_guti(godwit_mme_t *mme, const godwit_guti_t *guti);
godwit_mme_ue_t *godwit_mme_by_teid(godwit_mme_t *mme, uint32_t teid);
godwit_mme_ue_t *godwit_mme_by_transaction(godwit_mme_t *mme, uint32_t transaction);
godwit_mme_ue_t *godwit_mme_by_imsi(godwit_mme_t *mme, const godwit_imsi_t *imsi, const godwit_mme_ue_t *but);
/* A row for an attach that has proved nothing; NULL when the table is full of what is worth more. Never a registered device's. */
godwit_mme_ue_t *godwit_mme_take_row(godwit_mme_turn_t *t);
/* The device is at this address now: whoever else was has none any more. */
void godwit_mme_own_address(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue);
/* Timers, GTP requests, keys: all of it ends. */
void godwit_mme_free(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);

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

void godwit_mme_ask_vector(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const uint8_t *auts); /* authenticate.c */
void godwit_mme_on_vector(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_on_authentication(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_on_authentication_failure(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);

/* policy.c: what policy says for that subscriber; NULL: nothing, the configuration holds. */
const godwit_policy_access_t *godwit_mme_policy(const godwit_mme_t *mme, const godwit_imsi_t *imsi);
/* Whether the context of a row may serve one more attach: not too many, not too long, under algorithms that are still allowed. */
bool godwit_mme_may_serve_again(const godwit_mme_t *mme, const godwit_mme_ue_t *ue, uint64_t now_ms);
void godwit_mme_secure(godwit_mme_turn_t *t, godwit_mme_ue_t *ue); /* secure.c */
void godwit_mme_on_secured(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_on_security_reject(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);

void godwit_mme_connect(godwit_mme_turn_t *t, godwit_mme_ue_t *ue); /* session.c: APN, PCO, S-GW */
void godwit_mme_on_information(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_on_created(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_gtpv2_t *m);
/* The attach ends for want of a PDN connection. */
void godwit_mme_no_session(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, uint8_t esm_cause, godwit_status_t reason,
                           const char *detail);
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

/* sms.c: a CP message, from UPLINK NAS TRANSPORT or a request that carries one; what the SMS-SC says; the device listens, or is gone. */
void godwit_mme_on_sms(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t cp);
void godwit_mme_on_nas_transport(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain);
void godwit_mme_on_sms_tick(godwit_mme_turn_t *t, uint32_t row);
void godwit_mme_on_sms_answer(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_on_sms_down(godwit_mme_turn_t *t, const godwit_message_t *message);
void godwit_mme_sms_start(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);
void godwit_mme_sms_end(godwit_mme_turn_t *t, godwit_mme_ue_t *ue);

void godwit_mme_on_timer(godwit_mme_turn_t *t, uint32_t timer); /* timer.c */

#endif
