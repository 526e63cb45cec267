/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the device's triggers share. trigger.c: what the caller asks for; associate.c: Command, Complete,
 * Reject; receive.c: opening, the window, Poll Answers; act.c: triggers, recalls, replacements; time.c; output.c:
 * requests, and messages under the association; record.c.
 */
#ifndef GODWIT_DEVICE_TRIGGER_INTERNAL_H
#define GODWIT_DEVICE_TRIGGER_INTERNAL_H

#include "godwit/trigger.h"

#define TRIGGER_REJECTS_MAX 4u /* docs/trigger-wire.md, section 4 */
#define TRIGGER_COOKIES_MAX 4u /* section 7: for each thing said of the device's own accord */
#define TRIGGER_REPEATS_MAX 8u /* of one answer to what may be a recording */
/* Places of the memory: half of them is for what came without protection, all that a device has in case 1. */
#define TRIGGER_MEMORY_OPEN ((GODWIT_TRIGGER_MEMORY_MAX + 1u) / 2u)
#define TRIGGER_MEMORY_PROTECTED (GODWIT_TRIGGER_MEMORY_MAX - TRIGGER_MEMORY_OPEN)
/* Of those of protected ones the last is the highest of all that were delivered and forgotten since. */
#define TRIGGER_MEMORY_RING (TRIGGER_MEMORY_PROTECTED - 1u)
_Static_assert(GODWIT_TRIGGER_MEMORY_MAX >= 4, "places of either kind");

/* A device has little stack: what such a function needs for itself is given back before its caller goes deeper
 * elsewhere. */
#define TRIGGER_OWN_FRAME __attribute__((noinline))

/* What came, and by which way. */
typedef struct trigger_input {
    godwit_slice_t octets;
    godwit_trigger_via_t via;
    godwit_trigger_now_t now;
} trigger_input_t;

/* ---- output.c ---- */
godwit_trigger_request_t *godwit_trigger_ask(godwit_trigger_requests_t *requests, godwit_trigger_request_kind_t kind);
void godwit_trigger_event(godwit_trigger_requests_t *requests, const char *name, godwit_status_t reason);
/* The end of every call that gives requests. What changes something of the record sets `unstored`; here, and nowhere
 * else, the STORE is put before all that leaves, and what waits for its application is delivered. Where no record can be
 * made, or anything else of our own house failed, nothing leaves, and the first call that can stores and delivers. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_finish(godwit_trigger_t *t, godwit_status_t status,
                                                      godwit_trigger_requests_t *requests);
/* SEND of the message under the association in use. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_say(godwit_trigger_t *t, const godwit_a3_message_t *message,
                                                   godwit_trigger_via_t via, godwit_trigger_requests_t *requests);
/* There is an association in use, and it has COUNTs left. */
bool godwit_trigger_can_say(const godwit_trigger_t *t);
/* Whether one more Reject may go by that way, which is counted: nobody on one way uses up those of another. */
bool godwit_trigger_may_reject(godwit_trigger_t *t, godwit_trigger_via_t via);
GODWIT_MUST_USE godwit_status_t godwit_trigger_say_unprotected(godwit_trigger_t *t, const godwit_a3_message_t *message,
                                                               godwit_trigger_via_t via,
                                                               godwit_trigger_requests_t *requests);
/* SEND of the Complete of the association in use: the same octets each time. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_say_complete(godwit_trigger_t *t, godwit_trigger_via_t via,
                                                            godwit_trigger_requests_t *requests);
/* A cookie came over UDP: what it is for is said again with it. GODWIT_REPLAY: it is for nothing that was said last, or
 * too many came. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_say_with_cookie(godwit_trigger_t *t, godwit_slice_t octets,
                                                               godwit_trigger_requests_t *requests);
/* The Poll under way, if any, is answered. */
void godwit_trigger_polls_end(godwit_trigger_t *t, godwit_trigger_requests_t *requests);
/* After so long it is said again. */
void godwit_trigger_polls_go_on(godwit_trigger_t *t, godwit_trigger_requests_t *requests);

/* ---- time.c ---- */
void godwit_trigger_tick(godwit_trigger_t *t, godwit_trigger_now_t now);
/* A protected message told the time. */
void godwit_trigger_told(godwit_trigger_t *t, uint32_t time_s, godwit_trigger_now_t now);
bool godwit_trigger_is_expired(const godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, godwit_trigger_now_t now);

/* ---- associate.c ---- */
GODWIT_MUST_USE godwit_status_t godwit_trigger_command(godwit_trigger_t *t, const trigger_input_t *in,
                                                       godwit_trigger_requests_t *requests);
/* The next number of that root must be above it: its own last one where the device was in that AKA run, else the last
 * of all. */
uint32_t godwit_trigger_floor(const godwit_trigger_t *t, godwit_iwf_root_t kind, const uint8_t *name);
/* Reject without protection: whoever reads it learns that the device wants an association. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_hint(godwit_trigger_t *t, godwit_trigger_via_t via,
                                                    godwit_trigger_requests_t *requests);

/* ---- act.c ---- */
/* One trigger, recall or replacement, that is new as far as COUNT says (or has no protection). taken: the window may
 * move. */
typedef struct trigger_decision {
    bool taken;
    godwit_a3_outcome_t outcome; /* 0: nothing is acknowledged now */
    const char *event;
} trigger_decision_t;
trigger_decision_t godwit_trigger_decide(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger, bool protected,
                                         const trigger_input_t *in);
/* It has been dealt with, or barred. */
bool godwit_trigger_is_known(godwit_trigger_t *t, uint32_t reference, bool protected);
/* The same trigger again: acknowledged as before, so many times. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_replayed(godwit_trigger_t *t, const godwit_a3_trigger_t *trigger,
                                                        bool protected, godwit_trigger_via_t via,
                                                        godwit_trigger_requests_t *requests);
void godwit_trigger_deliver(const godwit_trigger_pending_t *p, godwit_trigger_requests_t *requests);
void godwit_trigger_remember(godwit_trigger_t *t, uint32_t reference, bool protected, godwit_a3_outcome_t outcome);
GODWIT_MUST_USE godwit_status_t godwit_trigger_acknowledge(godwit_trigger_t *t, uint32_t reference, bool protected,
                                                           godwit_a3_outcome_t outcome, godwit_trigger_via_t via,
                                                           godwit_trigger_requests_t *requests);

/* ---- record.c ---- */
GODWIT_MUST_USE godwit_status_t godwit_trigger_record_write(godwit_trigger_t *t);

#endif
