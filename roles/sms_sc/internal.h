/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the service centre share. sms_sc.c: table, and what comes up; down.c: what waits for devices; t4.c:
 * the MTC-IWF.
 */
#ifndef GODWIT_ROLES_SMS_SC_INTERNAL_H
#define GODWIT_ROLES_SMS_SC_INTERNAL_H

#include "roles/sms_sc.h"

typedef struct godwit_sms_sc_turn {
    godwit_sms_sc_t *sc;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_sms_sc_turn_t;

/* ---- sms_sc.c ---- */
godwit_sms_sc_device_t *godwit_sms_sc_find(godwit_sms_sc_t *sc, const godwit_imsi_t *imsi);
/* NULL: triggers wait in every row. */
godwit_sms_sc_device_t *godwit_sms_sc_row_for(const godwit_sms_sc_turn_t *t, const godwit_imsi_t *imsi);
/* Whether that node may speak for devices. */
bool godwit_sms_sc_may_speak(const godwit_sms_sc_t *sc, godwit_function_t function, const char *host);
/* A message of ours, with its own transaction, as a request. NULL and overflow when there is no room. */
godwit_message_t *godwit_sms_sc_message(const godwit_sms_sc_turn_t *t, godwit_message_kind_t kind,
                                        godwit_function_t to);
/* The answer to the SHORT_MESSAGE_UP that waits for the MTC-IWF's. */
void godwit_sms_sc_answer_container(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device,
                                    godwit_status_t outcome);

/* ---- down.c ---- */
void godwit_sms_sc_on_datagram(const godwit_sms_sc_turn_t *t);
void godwit_sms_sc_on_answer(const godwit_sms_sc_turn_t *t);
void godwit_sms_sc_on_timer(const godwit_sms_sc_turn_t *t);
/* The device is where `node` says: what waits goes. */
void godwit_sms_sc_is_there(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device);
/* It takes its place: GODWIT_OVERLOAD when too many of its kind wait. */
GODWIT_MUST_USE godwit_status_t godwit_sms_sc_queue(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device,
                                                    const godwit_sms_waiting_t *waiting);
/* queue[i], which is not on its way, waits no more. */
void godwit_sms_sc_unqueue(const godwit_sms_sc_turn_t *t, godwit_sms_sc_device_t *device, size_t i);
bool godwit_sms_sc_has_triggers(const godwit_sms_sc_device_t *device);

/* ---- t4.c ---- */
void godwit_sms_sc_on_trigger(const godwit_sms_sc_turn_t *t);
void godwit_sms_sc_on_report_answer(const godwit_sms_sc_turn_t *t);
/* What became of a trigger. */
void godwit_sms_sc_report(const godwit_sms_sc_turn_t *t, const godwit_sms_sc_device_t *device, uint32_t reference,
                          godwit_t4_outcome_t outcome);
/* A container for the MTC-IWF; its transaction, 0 when there is no room. */
uint32_t godwit_sms_sc_pass_container(const godwit_sms_sc_turn_t *t, const godwit_imsi_t *imsi,
                                      godwit_slice_t container);

#endif
