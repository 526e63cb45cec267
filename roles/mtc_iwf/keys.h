/* SPDX-License-Identifier: Apache-2.0
 *
 * Everything with keys at the MTC-IWF, as the rest of the role uses it: associations, protecting, opening. One input
 * works on one association record, which stays in keys->held between its rounds:
 *
 *     status = godwit_iwf_hold(...)         GODWIT_AGAIN: a need stands in the outbox
 *     ... other needs, godwit_iwf_seal() ...
 *     godwit_iwf_release(...)               commits it; what was sealed may only be added to the outbox behind that
 */
#ifndef GODWIT_ROLES_MTC_IWF_KEYS_INTERNAL_H
#define GODWIT_ROLES_MTC_IWF_KEYS_INTERNAL_H

#include "roles/mtc_iwf_keys.h"

typedef struct godwit_iwf_container {
    uint8_t len, octets[GODWIT_TRIGGER_CONTAINER_MAX];
} godwit_iwf_container_t;

/* ---- secure.c: on one record ---- */

/* Few COUNTs are left, of either direction: it needs a successor, also of the same root. */
bool godwit_iwf_is_worn(const godwit_association_t *association);
/* Takes the next COUNT of a confirmed association, and protects. GODWIT_WRONG_STATE: it is not confirmed;
 * GODWIT_COUNT_EXHAUSTED: it needs a successor. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_seal(const godwit_crypto_t *crypto, godwit_association_t *association,
                                                const godwit_a3_message_t *message, godwit_iwf_container_t *container);
/* Opens under the associations of the record and moves what that moves: the window; by a Complete the association in
 * use. On any error the record is as before. Of a Complete only its type is given. GODWIT_WRONG_STATE: the device has
 * taken the Command under way, and its Complete was lost. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_open(const godwit_crypto_t *crypto, godwit_association_record_t *record,
                                                godwit_slice_t octets, godwit_a3_opened_t *opened);

/* ---- keys_init.c ---- */

/* GODWIT_INVALID_ARGUMENT for a configuration that cannot be: a host that is no canonical name (K_iwf is bound to it),
 * no source of keys, a root or suites that cannot be used, ue-key received where no visited node may know the key (root
 * FLAGGED). number may be "". */
GODWIT_MUST_USE godwit_status_t godwit_iwf_keys_init(godwit_iwf_keys_t *keys, const godwit_crypto_t *crypto,
                                                     const godwit_iwf_keys_config_t *config, const char *host,
                                                     const char *realm, const char *number);

/* ---- association.c: the record, from key to Complete ---- */

/* Wipes what is held: at the first round of every input, so that nothing of one that was given up between its rounds is
 * taken for the store's. */
void godwit_iwf_forget(godwit_iwf_keys_t *keys);
/* Fetches the association record of an IMSI into keys->held; one of an IMSI that has none is empty. GODWIT_AGAIN: asked
 * for; GODWIT_STORE_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_hold(godwit_iwf_keys_t *keys, const godwit_input_t *in,
                                                const godwit_imsi_t *imsi, godwit_outbox_t *out);
/* Commits what is held if it moved, and wipes it. Every way out of an input that held ends here, but a need. */
void godwit_iwf_release(godwit_iwf_keys_t *keys, godwit_outbox_t *out);
/* Whether triggers can be protected for the device whose record is held. */
bool godwit_iwf_is_ready(const godwit_iwf_keys_t *keys);
/* A message under the association in use of the record that is held. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_protect(godwit_iwf_keys_t *keys, const godwit_a3_message_t *message,
                                                   godwit_iwf_container_t *container);
/* Makes keys->held.next of a key that came, with its Command. GODWIT_REPLAY for a number that was used,
 * GODWIT_NOT_ENTITLED for a key of a kind that is not wanted. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_next_create(godwit_iwf_keys_t *keys, const godwit_iwf_key_t *key,
                                                       uint64_t now_ms);

/* ---- key.c: asking for keys ---- */

/* Asks for a key for the device whose record is held; its Command will go by that way. node: where the device is
 * registered by the HSS's word, host "" where that is not known (who derives there is then not asked). GODWIT_OK: asked, now or already;
 * GODWIT_OVERLOAD; GODWIT_NOT_FOUND: nobody could give a key. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_ask(godwit_iwf_keys_t *keys, const godwit_iwf_want_t *want,
                                               const godwit_trigger_node_t *node, const godwit_iwf_way_t *way,
                                               uint64_t now_ms, godwit_outbox_t *out);
/* Begins an association for the device whose record is held, or goes on with the one under way: says its Command again,
 * or asks for a key. Before godwit_iwf_release. As godwit_iwf_ask. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_begin(godwit_iwf_keys_t *keys, const godwit_trigger_node_t *node,
                                                 const godwit_iwf_way_t *way, uint64_t now_ms, godwit_outbox_t *out);
/* Either, for what a node said of the device whose record is held: at once where that is no serving node, else when the
 * HSS names it (visit.c). */
GODWIT_MUST_USE godwit_status_t godwit_iwf_ask_for(godwit_iwf_keys_t *keys, const godwit_iwf_want_t *want,
                                                   const godwit_iwf_way_t *way, uint64_t now_ms, godwit_outbox_t *out);
GODWIT_MUST_USE godwit_status_t godwit_iwf_begin_for(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way,
                                                     uint64_t now_ms, godwit_outbox_t *out);
/* Whether a message is the answer to something that was asked for here. */
bool godwit_iwf_is_key_answer(const godwit_message_t *message);
/* SUBSCRIBER_INFO_ANSWER, IWF_KEY_ANSWER, T5_DOWN_ANSWER of those. */
void godwit_iwf_on_key_answer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out);

/* ---- wait.c ---- */

/* Of the keys' own: with the highest bit. */
uint32_t godwit_iwf_keys_transaction(godwit_iwf_keys_t *keys);
uint32_t godwit_iwf_key_wait_ms(const godwit_iwf_keys_t *keys);
/* What is open for that device; what that answer is for. NULL: nothing. */
godwit_iwf_key_wait_t *godwit_iwf_wait_of(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint64_t now_ms);
/* How many are open. */
size_t godwit_iwf_waits(const godwit_iwf_keys_t *keys, uint64_t now_ms);
godwit_iwf_key_wait_t *godwit_iwf_wait_for(godwit_iwf_keys_t *keys, const godwit_input_t *in);
/* A place for what will go by that way: one whose answer did not come is free, and when all are taken who has most
 * gives one up. NULL: that is the asker. */
godwit_iwf_key_wait_t *godwit_iwf_wait_place(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, uint64_t now_ms,
                                             godwit_outbox_t *out);
/* Nothing goes with the security mode that waits, if the way is one. */
void godwit_iwf_give_up(const godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                        godwit_outbox_t *out);
/* The device whose record is held has registered by that way: what was asked for elsewhere, or a key of another AKA run
 * that a node has for it, is waited for no more. Before godwit_iwf_ask and godwit_iwf_begin. */
void godwit_iwf_overtake(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, bool another_run, uint64_t now_ms,
                         godwit_outbox_t *out);

/* ---- visit.c ---- */

/* Whether the HSS names a node as one that serves a device. */
typedef enum godwit_iwf_word {
    GODWIT_IWF_NOT_NAMED = 0,
    GODWIT_IWF_NAMED,
    GODWIT_IWF_NEWEST, /* it is where the device registered last */
} godwit_iwf_word_t;
godwit_iwf_word_t godwit_iwf_word_of(const godwit_subscriber_info_answer_t *answer, const godwit_trigger_node_t *node);
/* Asks the HSS, after delay_ms, whether the node of the way serves the device; kind, imsi, way and want are filled in.
 * GODWIT_OK: it is asked, once for all that a node says in the meantime; GODWIT_OVERLOAD. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_visit(godwit_iwf_keys_t *keys, const godwit_iwf_visit_t *fresh,
                                                 uint32_t delay_ms, uint64_t now_ms, godwit_outbox_t *out);
/* Whether it was the answer to such a question. */
bool godwit_iwf_on_visit_answer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_iwf_on_visit_timer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out);

/* ---- repeat.c ---- */

/* Sends the Command of an association, and says it again until its Complete comes, a few times. */
void godwit_iwf_command_send(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint32_t number,
                             const godwit_iwf_way_t *way, godwit_slice_t command, godwit_outbox_t *out);
/* The serving node answers of a Command. Where it has not reached the device nothing is said again: the node tells when
 * the device is there. */
void godwit_iwf_on_command_answer(godwit_iwf_keys_t *keys, const godwit_message_t *answer);
/* Whether a Command is said again to that device. */
bool godwit_iwf_is_repeated(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi);
/* Its Complete came. */
void godwit_iwf_repeat_end(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi);
/* The timers of repetitions and of visits. */
bool godwit_iwf_is_keys_timer(uint32_t timer);
void godwit_iwf_on_keys_timer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out);

/* ---- up.c: what devices send, by whichever way ---- */

typedef enum godwit_iwf_up_kind {
    GODWIT_IWF_UP_NEED = 0,     /* a need stands in the outbox */
    GODWIT_IWF_UP_NOTHING,      /* nothing for the rest of the role */
    GODWIT_IWF_UP_ACKNOWLEDGED, /* acknowledgement, with proof that the device said it */
    /* the device can be reached by that way; godwit_iwf_is_ready says whether triggers can go now */
    GODWIT_IWF_UP_REACHABLE,
} godwit_iwf_up_kind_t;

typedef struct godwit_iwf_up {
    godwit_iwf_up_kind_t kind;
    godwit_imsi_t imsi;
    godwit_iwf_way_t way;
    godwit_a3_acknowledgement_t acknowledgement;
    bool unprotected; /* ACKNOWLEDGED in case 1: by a device that nobody has proved but the network */
} godwit_iwf_up_t;

/* T5_UP, T4_REPORT with a container, DATAGRAM of port A3. The record is held afterwards (unless a need stands); then:
 * the rest of the role does its part, fetching what it needs and calling this again each round, and ends with
 * godwit_iwf_up_end. */
void godwit_iwf_up_begin(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out, godwit_iwf_up_t *up);
/* Commits and answers: T5_UP_ANSWER, Poll Answer, Commands, questions for keys. The answer to a T4_REPORT is not
 * here. */
void godwit_iwf_up_end(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_iwf_up_t *up,
                       godwit_outbox_t *out);

/* ---- registered.c ---- */

/* T5_UP SECURING and REGISTERED; the record is held. GODWIT_OK: the answer to SECURING comes when it has been seen
 * to. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_on_registered(godwit_iwf_keys_t *keys, const godwit_input_t *in,
                                                         const godwit_iwf_way_t *way, godwit_outbox_t *out);
/* The HSS names the node of a visit; newest: no other one after it. The record is held. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_on_named(godwit_iwf_keys_t *keys, const godwit_iwf_visit_t *visit,
                                                    bool newest, uint64_t now_ms, godwit_outbox_t *out);

/* Between questions for a key that a serving node, an AAA server or a device with proof leads to, and Commands that are
 * said again because of what came up. */
#define GODWIT_IWF_TRY_GAP_MS 1000u

/* ---- reject.c ---- */

/* Of the Reject in keys->opened. */
void godwit_iwf_on_reject(godwit_iwf_keys_t *keys, const godwit_iwf_up_t *up, uint64_t now_ms, godwit_outbox_t *out);

/* ---- cookie.c ---- */

/* Whether a datagram has a cookie that was given to its address and port, for its device, not long ago. */
bool godwit_iwf_cookie_is_good(godwit_iwf_keys_t *keys, const godwit_a3_datagram_t *datagram,
                               const godwit_address_t *from, uint64_t now_ms);
/* Whether a datagram, which came by that way, is looked at: before the store is asked. One that would be a hint must be
 * one that may be taken. Else its sender is given a cookie, unless he has a good one. */
bool godwit_iwf_admits(godwit_iwf_keys_t *keys, const godwit_input_t *in, const godwit_iwf_way_t *way, bool is_hint,
                       godwit_outbox_t *out);

/* ---- way.c ---- */

/* A container to a device. Nobody waits for the answer: transaction 0. */
void godwit_iwf_send(const godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                     godwit_slice_t container, godwit_outbox_t *out);
/* The same, where the answer of a serving node is waited for. */
void godwit_iwf_send_as(const godwit_iwf_keys_t *keys, uint32_t transaction, const godwit_imsi_t *imsi,
                        const godwit_iwf_way_t *way, godwit_slice_t container, godwit_outbox_t *out);
/* Where an authenticated Poll of that device came from last; len 0: it has not polled, or long ago. */
godwit_address_t godwit_iwf_a3_address(const godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint64_t now_ms);
void godwit_iwf_a3_heard(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_address_t *address,
                         uint64_t now_ms);
/* A container in a T5_DOWN to the node of the way, in a T4_TRIGGER to the SMS-SC; in no request yet. NULL and overflow
 * when there is no room. */
godwit_message_t *godwit_iwf_by_t5(const godwit_iwf_keys_t *keys, uint32_t transaction, const godwit_imsi_t *imsi,
                                   const godwit_iwf_way_t *way, godwit_slice_t container, godwit_outbox_t *out);
godwit_message_t *godwit_iwf_by_t4(const godwit_iwf_keys_t *keys, uint32_t transaction, const godwit_imsi_t *imsi,
                                   const godwit_iwf_way_t *way, godwit_slice_t container, godwit_outbox_t *out);
/* A message of ours, in no request yet; NULL and overflow when there is no room. */
godwit_message_t *godwit_iwf_message(const godwit_iwf_keys_t *keys, godwit_message_kind_t kind, godwit_function_t to,
                                     uint32_t transaction, godwit_outbox_t *out);
/* Whether something may be tried for that device now, at most once in gap_ms; one that may is noted. Each gap_ms is a
 * matter of its own. */
bool godwit_iwf_may_try(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, uint32_t gap_ms, uint64_t now_ms);
/* Whether a hint of that device may be taken now: rarely for each device and each node or address that speaks for it,
 * so that no other one silences it; and so many in a second by each way, those from unproved addresses apart. */
bool godwit_iwf_has_hint(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                         uint64_t now_ms);
/* The same, and one that may is noted. */
bool godwit_iwf_may_hint(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                         uint64_t now_ms);
/* Likewise what a node says of a device, of itself: once in GODWIT_IWF_TRY_GAP_MS. */
bool godwit_iwf_may_visit(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                          uint64_t now_ms);
/* Who leads to what goes by that way, for shares: its node; else all of that way together, unproved addresses apart.
 * Never 0. */
uint64_t godwit_iwf_whose(const godwit_iwf_way_t *way);
/* Whether something from that address is looked at: it has not sent too much in this second that proved nothing, or it
 * is where the device polled from. */
bool godwit_iwf_may_look(godwit_iwf_keys_t *keys, const godwit_imsi_t *imsi, const godwit_iwf_way_t *way,
                         uint64_t now_ms);
void godwit_iwf_proved_nothing(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, uint64_t now_ms);
void godwit_iwf_peer_heard(godwit_iwf_keys_t *keys, const char *host, godwit_hop_t hop, uint64_t now_ms);
bool godwit_iwf_peer_is_proved(const godwit_iwf_keys_t *keys, const char *host);

#endif
