/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the MTC-IWF share; roles/mtc_iwf/keys.h has what they ask of associations. Each input runs from the
 * start again with every record that it asked for (godwit_iwf_fetch keeps the former ones), so that nothing moves
 * before all of them are there.
 */
#ifndef GODWIT_ROLES_MTC_IWF_INTERNAL_H
#define GODWIT_ROLES_MTC_IWF_INTERNAL_H

#include "roles/mtc_iwf.h"
#include "roles/mtc_iwf/keys.h"

typedef struct godwit_iwf_turn {
    godwit_mtc_iwf_t *iwf;
    const godwit_input_t *in;
    godwit_outbox_t *out;
} godwit_iwf_turn_t;

/* ---- step.c ---- */

uint32_t godwit_iwf_transaction(const godwit_iwf_turn_t *turn);
/* A request of ours, to be filled in; NULL and overflow without room. */
godwit_message_t *godwit_iwf_request(const godwit_iwf_turn_t *turn, godwit_message_kind_t kind, godwit_function_t to,
                                     uint32_t transaction);

/* ---- queue.c: the records of triggers ---- */

godwit_record_key_t godwit_iwf_key_named(const uint8_t source_key[16], uint32_t reference);
godwit_record_key_t godwit_iwf_key_next(const godwit_imsi_t *imsi);
/* Of that device, whose number ends so: as the device and the SMS-SC name it. */
godwit_record_key_t godwit_iwf_key_numbered(const godwit_imsi_t *imsi, uint32_t reference);
godwit_record_key_t godwit_iwf_key_due(void);
/* GODWIT_OK, GODWIT_NOT_FOUND, GODWIT_STORE_FAILED; GODWIT_AGAIN: the need stands in the outbox, and this round
 * ends. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_fetch(const godwit_iwf_turn_t *turn, const godwit_record_key_t *key,
                                                 const godwit_iwf_fetched_t **found);
/* Likewise into trigger, which is zero unless GODWIT_OK. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_fetch_trigger(const godwit_iwf_turn_t *turn, const godwit_record_key_t *key,
                                                         godwit_trigger_record_t *trigger);
bool godwit_iwf_is_first_round(const godwit_input_t *in);
/* Makes it durable, and sees that the timer comes when it is due. */
void godwit_iwf_commit(const godwit_iwf_turn_t *turn, const godwit_trigger_record_t *trigger);
void godwit_iwf_arm(const godwit_iwf_turn_t *turn, uint64_t at_ms);
/* base, doubled with each attempt, up to max. */
uint64_t godwit_iwf_backoff(uint32_t base_ms, uint32_t max_ms, uint32_t attempts);
/* What the device and the SMS-SC call it. */
uint32_t godwit_iwf_reference(const godwit_trigger_record_t *trigger);
static inline bool godwit_iwf_is_pending(const godwit_trigger_record_t *trigger)
{
    return trigger->state == GODWIT_TRIGGER_WAITING || trigger->state == GODWIT_TRIGGER_SENT;
}
/* It waits, and no copy of it can be anywhere. */
static inline bool godwit_iwf_never_left(const godwit_trigger_record_t *trigger)
{
    return trigger->state == GODWIT_TRIGGER_WAITING && trigger->outcome == GODWIT_OUTCOME_EXPIRED;
}
/* Recalled or replaced where the device may have it: it is not sent again, and the device says which of the two it acts
 * on. Commits it. */
void godwit_iwf_hold_back(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger);
/* It has its outcome: commits it, and its source will be told. */
void godwit_iwf_settle(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger,
                       godwit_delivery_outcome_t outcome);
/* It is done, and nobody needs to be told. */
void godwit_iwf_close(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger);

/* Takes one of so many in a minute; false: there is none left. */
static inline bool godwit_iwf_spend(godwit_mtc_iwf_t *iwf, uint64_t whose, uint32_t per_minute, uint64_t now_ms)
{
    return godwit_rate_spend(iwf->buckets, GODWIT_IWF_BUCKETS_MAX, whose, per_minute, now_ms);
}

/* ---- intake.c, accept.c, recall.c: requests of sources ---- */

void godwit_iwf_on_action(const godwit_iwf_turn_t *turn);
/* Whether a SUBSCRIBER_INFO_ANSWER was one that an intake waited for. */
bool godwit_iwf_on_authorised(const godwit_iwf_turn_t *turn);
void godwit_iwf_on_intake_timer(const godwit_iwf_turn_t *turn, size_t index);
void godwit_iwf_answer_action(const godwit_iwf_turn_t *turn, const godwit_iwf_intake_t *intake,
                              godwit_request_status_t status, const char *detail);
/* Said again: the same answer as before, and nothing twice; what is not the same is refused. */
void godwit_iwf_answer_again(const godwit_iwf_turn_t *turn, const godwit_iwf_intake_t *intake,
                             const godwit_trigger_record_t *former);
/* query.c: TRIGGER_QUERY, which is always answered. */
void godwit_iwf_on_query(const godwit_iwf_turn_t *turn);
/* A recall that is otherwise in order. */
void godwit_iwf_recall(const godwit_iwf_turn_t *turn, godwit_iwf_intake_t *intake);
/* What stands against recalling or replacing old. SUCCESS: nothing. */
godwit_request_status_t godwit_iwf_judge_old(const godwit_trigger_record_t *fresh, const godwit_trigger_record_t *old,
                                             bool found);
/* Commits a request as a trigger that waits; number: the highest that there is. */
void godwit_iwf_enter(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger, uint64_t highest);

/* ---- flight.c: a device that is worked on ---- */

#define GODWIT_IWF_FULL_MS 1000u /* until something is tried again for which there was no place */

/* Begins, unless the device is being worked on already; located NULL: the HSS is asked where it is. False: there is no
 * free place. */
bool godwit_iwf_fly(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi,
                    const godwit_subscriber_info_answer_t *located);
/* Likewise on the word of a node, which the HSS must name; NULL, or host "": of nobody. */
void godwit_iwf_fly_for(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi, const godwit_trigger_node_t *node);
/* The device was heard of, by that node's word or its own (NULL): what is under way for it by a way that fails begins
 * again. */
void godwit_iwf_heard(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi, const godwit_trigger_node_t *node);
bool godwit_iwf_has_place(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi);
void godwit_iwf_land(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight);
/* Whether it was the answer that a flight waited for. */
bool godwit_iwf_on_located(const godwit_iwf_turn_t *turn);
void godwit_iwf_on_flight_timer(const godwit_iwf_turn_t *turn, size_t index);
/* The next trigger of the device, shortly. */
void godwit_iwf_go_on(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight);

/* ---- launch.c: one trigger of a flight ---- */

void godwit_iwf_launch(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight);

/* ---- route.c: by which way ---- */

/* How many ways there are, and the nth of them. */
size_t godwit_iwf_ways(const godwit_iwf_turn_t *turn, const godwit_iwf_flight_t *flight,
                       godwit_iwf_way_t ways[GODWIT_IWF_WAYS_MAX]);
/* Sends the container of the flight by the way that is its turn. */
void godwit_iwf_send_trigger(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight,
                             const godwit_trigger_record_t *trigger);
/* T4, Trigger-Action recall: the SMS-SC forgets what it has not sent. Nobody waits for the answer. */
void godwit_iwf_take_back(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi, uint32_t old_reference);
/* T5_DOWN_ANSWER, T4_TRIGGER_ANSWER. */
void godwit_iwf_on_sent(const godwit_iwf_turn_t *turn);
/* The way did not answer. */
void godwit_iwf_on_silence(const godwit_iwf_turn_t *turn, godwit_iwf_flight_t *flight);

/* ---- outcome.c: what devices and the SMS-SC say ---- */

/* GODWIT_AGAIN: a need stands in the outbox. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_acknowledged(const godwit_iwf_turn_t *turn, const godwit_imsi_t *imsi,
                                                        const godwit_a3_acknowledgement_t *acknowledgement);
/* A trigger, recall or replacement has been taken by the device: settles it, and closes what it recalls or replaces.
 * GODWIT_AGAIN: likewise. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_reached(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger);
void godwit_iwf_on_up(const godwit_iwf_turn_t *turn);
void godwit_iwf_on_t4_report(const godwit_iwf_turn_t *turn);

/* ---- schedule.c, report.c ---- */

/* lane: which of the timers; GODWIT_IWF_LANES_MAX: the one that always runs when anything is in the store. */
void godwit_iwf_on_due(const godwit_iwf_turn_t *turn, uint32_t lane);
void godwit_iwf_slow_down(godwit_mtc_iwf_t *iwf);
void godwit_iwf_report(const godwit_iwf_turn_t *turn, godwit_trigger_record_t *trigger);
void godwit_iwf_on_reported(const godwit_iwf_turn_t *turn);

#endif
