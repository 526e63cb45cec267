/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of end-to-end protection offer the others. A part of lab/internal.h.
 */
#ifndef GODWIT_LAB_E2E_H
#define GODWIT_LAB_E2E_H

#include "core/wire/diameter.h"
#include "lab/parts.h"

/* ---- e2e.c: EESE, EAS, and what others are told of them ---- */
void lab_start_eese(godwit_world_t *w);
void lab_start_eas(godwit_world_t *w);
void lab_e2e_hse(const godwit_world_t *w, godwit_hse_config_t *config);
void lab_e2e_forwards(godwit_world_t *w, lab_endpoint_t *e); /* empty tables */
void lab_e2e_entitle(godwit_world_t *w);                     /* the EAS, for all devices of the home */
unsigned lab_e2e_hse_named(const char *host);                /* the node; GODWIT_WORLD_HSE for any other name */
void lab_e2e_deliver(godwit_world_t *w, const godwit_reading_t *reading); /* at the EAS, from its queue */
void lab_e2e_deliver_rest(godwit_world_t *w); /* what was committed, and not delivered when the power went */

/* ---- e2e_device.c ---- */
void lab_e2e_make(godwit_world_t *w, unsigned device);
GODWIT_MUST_USE godwit_status_t lab_e2e_start(godwit_world_t *w, unsigned device);
void lab_e2e_stop(godwit_world_t *w, unsigned device);
void lab_e2e_store(godwit_world_t *w, unsigned device, godwit_slice_t record);
bool lab_e2e_durable(godwit_world_t *w, unsigned device); /* false: what was stored was the other record */
void lab_e2e_tick(godwit_world_t *w, unsigned device);    /* an input is coming: first the time */
GODWIT_MUST_USE godwit_status_t lab_e2e_elapsed(godwit_world_t *w, unsigned device);
void lab_e2e_time(godwit_world_t *w, unsigned device); /* of LAB_ELAPSED, which comes again and again */
bool lab_e2e_sleeps(const godwit_world_t *w, unsigned device);

/* ---- wire_e2e.c, http_e2e.c ---- */
bool lab_is_e2e_message(godwit_message_kind_t kind); /* over Diameter */
GODWIT_MUST_USE godwit_status_t lab_encode_e2e(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                               godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t lab_decode_e2e(godwit_slice_t octets, godwit_diameter_envelope_t *e,
                                               godwit_message_t *m);
godwit_message_kind_t lab_kind_of_e2e(godwit_slice_t octets, const godwit_diameter_header_t *header); /* 0: none */
/* The node that a request is for, where the function it names does not say it. */
unsigned lab_e2e_answerer(const godwit_message_t *m, unsigned node);
/* What stands in no body, for the ends of a connection say it. */
void lab_e2e_ends(godwit_message_t *m, unsigned from, unsigned to);
bool lab_is_http_e2e(godwit_message_kind_t kind);
size_t lab_http_write_e2e(const godwit_message_t *message, unsigned to, char *text, size_t size);
bool lab_http_read_e2e_request(const char *text, godwit_slice_t body, godwit_message_t *message);
void lab_http_read_e2e_answer(unsigned code, godwit_slice_t body, godwit_message_t *message);

/* ---- check_e2e.c ---- */
void lab_learn_e2e_keys(godwit_world_t *w, unsigned device);
void lab_check_e2e_message(godwit_world_t *w, unsigned node, const godwit_message_t *m);
void lab_check_e2e_commit(godwit_world_t *w, unsigned node, const godwit_record_t *before,
                          const godwit_record_t *after);
/* A user-plane datagram that an HSE sends down. */
void lab_check_forwarded(godwit_world_t *w, godwit_slice_t octets);
void lab_check_e2e_end(godwit_world_t *w); /* when everything has healed */

/* ---- custody_e2e.c ---- */
void lab_follow_ages(godwit_world_t *w, lab_keyset_t *set, uint32_t age);
void lab_learn_age(godwit_world_t *w, uint32_t age);
/* Text that none but its ends may have in clear: a reading, or a message down. */
void lab_learn_text(godwit_world_t *w, unsigned device, const char *text);

#endif
