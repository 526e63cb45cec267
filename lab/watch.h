/* SPDX-License-Identifier: Apache-2.0
 *
 * The watcher: what must never happen, seen from outside. Its memory survives every power loss. check.c.
 */
#ifndef GODWIT_LAB_WATCH_H
#define GODWIT_LAB_WATCH_H

#include "lab/world.h"

/* A set of hashes, for what must happen once. */
typedef struct lab_set {
    struct lab_entry {
        uint64_t key;
        bool used;
    } * entries;
    size_t capacity, count;
} lab_set_t;

/* ---- check.c ---- */
/* The watcher looks over the shoulders of those who hold keys, after every input. */
void lab_learn_device_keys(godwit_world_t *w, unsigned device);
void lab_learn_network_keys(godwit_world_t *w, unsigned endpoint);
void lab_violate(godwit_world_t *w, const char *what);
/* A datagram leaves a device, or an endpoint. */
void lab_check_sent_up(godwit_world_t *w, unsigned device, godwit_slice_t octets);
void lab_check_sent_down(godwit_world_t *w, unsigned endpoint, const godwit_address_t *to, godwit_slice_t octets);
void lab_check_message_sent(godwit_world_t *w, unsigned device, godwit_slice_t text);
void lab_check_message_delivered(godwit_world_t *w, unsigned device, godwit_slice_t text);
void lab_check_reading(godwit_world_t *w, const godwit_reading_t *reading);
/* One that came without an endpoint; imsi NULL: whose bearer it came by nobody knows any more. */
void lab_check_plain_reading(godwit_world_t *w, const godwit_imsi_t *imsi, godwit_slice_t payload);
void lab_check_commit(godwit_world_t *w, unsigned node, const godwit_record_t *record);
/* A datagram whose content was bent may not be called malformed where its key is known: its MAC comes first. */
void lab_check_refusal(godwit_world_t *w, unsigned node, const godwit_input_t *in, const godwit_outbox_t *out);
struct lab_call;
void lab_check_message(godwit_world_t *w, const struct lab_call *call, const godwit_message_t *message);
void lab_check_taken(godwit_world_t *w, unsigned device, const uint8_t rand[16], const uint8_t autn[16]);
/* That node has taken an input: its memory is searched for keys, if this is the time. */
void lab_watch_node(godwit_world_t *w, unsigned node);
void lab_set_free(lab_set_t *set);
bool lab_set_add(lab_set_t *set, godwit_slice_t octets); /* true the first time */
bool lab_set_has(const lab_set_t *set, godwit_slice_t octets);
uint64_t lab_hash_of(const godwit_slice_t *parts, size_t count);
bool lab_set_is_new(lab_set_t *set, uint64_t key); /* true the first time */

/* ---- check_keys.c ---- */
/* end: one of LAB_END_, or of an endpoint. */
void lab_learn_key(godwit_world_t *w, unsigned end, const godwit_emsdp_key_t *key, const godwit_address_t *peer);
void lab_check_sent(godwit_world_t *w, unsigned end, const godwit_address_t *peer, godwit_framing_t framing,
                    godwit_slice_t octets);

/* ---- mtc.c ---- */
void lab_check_contact(godwit_world_t *w, const godwit_outbox_t *out);
void lab_check_contact_commit(godwit_world_t *w, const godwit_record_t *before, const godwit_record_t *after);

/* ---- check_next.c ---- */
/* What an input led to; a record that is deleted, before it is; one that is written. */
void lab_check_consumed(godwit_world_t *w, unsigned node, const godwit_outbox_t *out);
void lab_check_spent(godwit_world_t *w, unsigned node, const godwit_record_key_t *key);
/* A frame of the access leaves. */
void lab_check_armed(godwit_world_t *w, unsigned device);
void lab_check_next_commit(godwit_world_t *w, const godwit_record_t *record);

#endif
