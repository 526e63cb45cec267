/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of device triggering offer the others. A part of lab/internal.h.
 */
#ifndef GODWIT_LAB_TRIGGER_H
#define GODWIT_LAB_TRIGGER_H

#include "core/wire/diameter.h"
#include "lab/parts.h"

/* ---- trigger.c: the device's end ---- */
bool lab_trigger_start(godwit_world_t *w, unsigned device);
void lab_trigger_stop(lab_trigger_end_t *t);
void lab_trigger_of_access(godwit_world_t *w, unsigned device, const godwit_access_request_t *r);
void lab_trigger_take(godwit_world_t *w, unsigned device, const lab_device_input_t *in);
void lab_trigger_durable(godwit_world_t *w, unsigned device);
void lab_trigger_go_on(godwit_world_t *w, unsigned device); /* with its requests, after a record of the access */
void lab_trigger_acts(godwit_world_t *w, unsigned device, const lab_event_t *e);

/* ---- trigger_up.c ---- */
void lab_trigger_send(godwit_world_t *w, unsigned device, godwit_slice_t octets);
void lab_trigger_send_held(godwit_world_t *w, unsigned device); /* what the access did not take before */
bool lab_trigger_send_nas(godwit_world_t *w, unsigned device, godwit_slice_t octets); /* false: not now */

/* ---- trigger_nodes.c ---- */
uint32_t lab_trigger_nodes(const godwit_world_config_t *config); /* that there are */
void lab_start_iwf(godwit_world_t *w);
bool lab_trigger_flags(const godwit_world_config_t *config);        /* associations stand on flagged vectors */
void lab_trigger_hss(godwit_world_t *w);                            /* its part of the configuration */
uint32_t lab_trigger_features(const godwit_world_config_t *config); /* of subscribers */
void lab_trigger_subscribe(godwit_world_t *w, unsigned device);
uint8_t lab_trigger_roots(const godwit_world_t *w); /* that devices trust */
void lab_external_id(unsigned device, char text[GODWIT_EXTERNAL_ID_MAX + 1]);

/* ---- trigger_source.c ---- */
void lab_check_asked(godwit_world_t *w, unsigned node, const godwit_record_t *record); /* it is durable */
/* NULL: not, or no more. */
const godwit_scs_trigger_t *lab_source_knows(const godwit_world_t *w, const lab_asked_t *asked);
bool lab_source_forgot(const godwit_world_t *w, const lab_asked_t *asked); /* what it had told its operator of */
void lab_start_source(godwit_world_t *w, unsigned node);
void lab_step_source(godwit_world_t *w, unsigned node, const godwit_input_t *in, godwit_outbox_t *out);
void lab_ask(godwit_world_t *w, unsigned node, uint32_t number);

/* ---- trigger_watch.c ---- */
/* What a device hands to its application: the number of what was asked for, or LAB_ASKED_NONE. */
uint32_t lab_check_delivery(godwit_world_t *w, unsigned device, const godwit_trigger_delivery_t *delivery);
godwit_a3_outcome_t lab_check_act(godwit_world_t *w, unsigned device, uint32_t asked);
void lab_check_bent_trigger(godwit_world_t *w, const godwit_trigger_requests_t *requests);
const godwit_trigger_record_t *lab_trigger_record(const godwit_world_t *w, uint32_t number); /* as the MTC-IWF has it */
void lab_check_told(godwit_world_t *w, bool as, const godwit_message_t *message);            /* to a source */
/* check_trigger.c */
void lab_check_trigger_commit(godwit_world_t *w, const godwit_record_t *before, const godwit_record_t *after);
void lab_check_a3(godwit_world_t *w, unsigned device, bool down, godwit_slice_t octets); /* a node sends it */
void lab_check_trigger_message(godwit_world_t *w, unsigned node, const godwit_message_t *m);
void lab_check_trigger_end(godwit_world_t *w); /* when everything has healed, and time has passed */

/* ---- label_trigger.c ---- */
const char *lab_trigger_label(godwit_slice_t octets,
                              const godwit_diameter_header_t *header); /* NULL: of another application */
void lab_a3_label(godwit_slice_t octets, char label[64]);

/* ---- wire_trigger.c ---- */
bool lab_is_trigger_message(godwit_message_kind_t kind);
GODWIT_MUST_USE godwit_status_t lab_encode_trigger(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                                   godwit_function_t from, godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t lab_decode_trigger(godwit_slice_t octets, godwit_diameter_envelope_t *e,
                                                   godwit_message_t *m);
godwit_message_kind_t lab_kind_of_trigger(godwit_slice_t octets, const godwit_diameter_header_t *header); /* 0: none */
unsigned lab_trigger_answerer(const godwit_message_t *m, unsigned node); /* node: by its function */
godwit_hop_t lab_hop(const godwit_world_t *w, unsigned a, unsigned b); /* how the way between two nodes is protected */

#endif
