/* SPDX-License-Identifier: Apache-2.0
 *
 * What every node with GTP-C needs (TS 29.060 7.6 and 11, TS 29.274 7.6): its own requests, sent again every
 * T3-RESPONSE up to N3-REQUESTS times, and the answers that it gave, for requests that come twice. Both tables are the
 * owner's and bounded: when that of requests is full a request is refused; when that of answers is full the oldest
 * goes.
 */
#ifndef GODWIT_ROLES_GTP_PATH_H
#define GODWIT_ROLES_GTP_PATH_H

#include "core/wire/gtpu.h"
#include "core/wire/gtpv1.h"
#include "core/wire/gtpv2.h"
#include "roles/role.h"

#define GODWIT_GTP_KEPT_MAX 768 /* octets of a message that is kept; longer ones are refused */

typedef struct godwit_gtp_pending {
    bool used;
    uint8_t version, type;
    uint8_t attempts; /* left */
    uint32_t sequence;
    uint32_t context; /* the role's own, to know what it was about */
    uint32_t extra;
    godwit_address_t to;
    uint16_t len;
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
} godwit_gtp_pending_t;

typedef struct godwit_gtp_answered {
    bool used;
    uint8_t version, type; /* of the request */
    uint32_t sequence;
    godwit_address_t from;
    uint64_t hash; /* of the request's octets: a node that began anew may count from the start again */
    uint64_t at_ms;
    uint16_t len; /* 0: still worked on */
    uint8_t octets[GODWIT_GTP_KEPT_MAX];
} godwit_gtp_answered_t;

typedef struct godwit_gtp_path {
    godwit_gtp_pending_t *pending;
    godwit_gtp_answered_t *answered;
    size_t pending_capacity, answered_capacity;
    uint32_t timer_base; /* timers from there on, one for each entry of pending, belong to the path */
    uint32_t t3_ms;
    uint8_t n3;
    uint32_t next_sequence;
} godwit_gtp_path_t;

/* t3_ms 0: 1000; n3 0: 4. Tables of any size but 0. */
void godwit_gtp_path_init(godwit_gtp_path_t *path, godwit_gtp_pending_t *pending, size_t pending_capacity,
                          godwit_gtp_answered_t *answered, size_t answered_capacity, uint32_t timer_base,
                          uint32_t t3_ms, uint8_t n3);

/* The next sequence number: 16 bits for version 1, 23 for version 2 (the top bit is that of commands). */
uint32_t godwit_gtp_next_sequence(godwit_gtp_path_t *path, uint8_t version);

/* Sends a request that was built with that sequence number, and again until godwit_gtp_finish. GODWIT_NO_SPACE: nothing
 * is sent. */
GODWIT_MUST_USE godwit_status_t godwit_gtp_ask(godwit_gtp_path_t *path, godwit_outbox_t *out,
                                               const godwit_address_t *to, godwit_slice_t octets, uint32_t sequence,
                                               uint32_t context, uint32_t extra);
/* The request of ours that an answer from that node (its port does not matter) belongs to; NULL: none. */
godwit_gtp_pending_t *godwit_gtp_find(godwit_gtp_path_t *path, uint8_t version, uint32_t sequence,
                                      const godwit_address_t *from);
void godwit_gtp_finish(godwit_gtp_path_t *path, godwit_gtp_pending_t *pending, godwit_outbox_t *out);
void godwit_gtp_finish_context(godwit_gtp_path_t *path, uint32_t context, godwit_outbox_t *out);
bool godwit_gtp_is_timer(const godwit_gtp_path_t *path, uint32_t timer);
/* Sends again. The request that has been sent often enough: to be looked at, then godwit_gtp_finish; else NULL. */
godwit_gtp_pending_t *godwit_gtp_on_timer(godwit_gtp_path_t *path, uint32_t timer, godwit_outbox_t *out);

/* True when a request has come before: the answer that was given is sent again, or there is none yet. */
bool godwit_gtp_repeated(godwit_gtp_path_t *path, uint8_t version, uint8_t type, uint32_t sequence,
                         const godwit_input_t *in, godwit_outbox_t *out);
/* From now on the request is known; its answer may come later. */
void godwit_gtp_begin(godwit_gtp_path_t *path, uint8_t version, uint8_t type, uint32_t sequence,
                      const godwit_input_t *in);
/* Sends an answer and keeps it for the request it belongs to. */
void godwit_gtp_answer(godwit_gtp_path_t *path, uint8_t version, uint8_t type, uint32_t sequence,
                       const godwit_address_t *to, godwit_slice_t octets, godwit_outbox_t *out);

/* Whether an answer is to us: it has our TEID. One that refuses may have none (TS 29.274 5.5.2, TS 29.060 6: the peer
 * that lost the context does not know it). Sequence numbers count up, so an address that is not checked by the network
 * would be all that protects an attach. */
bool godwit_gtp_is_ours(uint32_t teid, uint32_t own, bool accepted);

/* ---- who may speak ---- */

#define GODWIT_GTP_PEERS_MAX 16
typedef struct godwit_gtp_peers {
    uint8_t count; /* 0: any node */
    uint8_t ipv4[GODWIT_GTP_PEERS_MAX][4];
} godwit_gtp_peers_t;
bool godwit_gtp_is_peer(const godwit_gtp_peers_t *peers, const godwit_address_t *from);

/* ---- shapes that every node needs ---- */

/* A TEID for the context at that place (16 bits) of its table, random above; never 0. One place later has another: what
 * comes for a context that is gone meets nobody. */
uint32_t godwit_gtp_teid(uint32_t place, const uint8_t random[2]);
godwit_address_t godwit_gtp_address(const uint8_t ipv4[4], uint16_t port);
bool godwit_gtp_same_node(const godwit_address_t *address, const uint8_t ipv4[4]);
/* A copy in the outbox, by that door. */
void godwit_gtp_send(godwit_outbox_t *out, godwit_port_t port, const godwit_address_t *to, godwit_slice_t octets);
/* A G-PDU to a node's port 2152 (or another). */
void godwit_gtp_send_pdu(godwit_outbox_t *out, const godwit_address_t *to, uint32_t teid, godwit_slice_t pdu);
/* GTP-U that is not about a context: answers an Echo Request. True when that is all there was to do. */
bool godwit_gtpu_housekeeping(const godwit_gtpu_t *message, const godwit_input_t *in, godwit_outbox_t *out);
/* Error Indication (TS 29.281 7.3.1): no context here for that TEID, at that address of ours. */
void godwit_gtpu_refuse(godwit_outbox_t *out, const godwit_address_t *to, uint32_t teid, const uint8_t own_ipv4[4]);

#endif
