/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the HSE share. A turn is one input that concerns one session: it works on a copy, and the copy
 * becomes the session only when every check has passed; its commit stands first in the outbox, so nothing leaves before
 * it is durable.
 */
#ifndef GODWIT_ROLES_HSE_INTERNAL_H
#define GODWIT_ROLES_HSE_INTERNAL_H

#include "roles/hse.h"

#define GODWIT_HSE_SWEEP_MS 10000
#define GODWIT_HSE_TIMER_SWEEP 0u
#define GODWIT_HSE_TIMER_AGENDA UINT32_MAX /* forwards, asks, drains; any other timer is the session_id it is for */

/* As long as the MKEF may give a key once more, its first datagram must be known here: were the session dropped
 * meanwhile, it would begin again. */
#define GODWIT_HSE_DEVICE_RAND_MS 65000

typedef struct godwit_hse_turn {
    godwit_hse_t *hse;
    const godwit_input_t *in;
    godwit_outbox_t *out;
    godwit_emsdp_header_t header; /* of the datagram, if one came */
    godwit_hse_session_t work;
    godwit_hse_exchange_t *exchange; /* the set-up that the session's key comes from; NULL where it does not matter */
    godwit_hse_bearer_t *bearer;     /* or the bearer, whose Start went in the PCO; NULL likewise */
    bool establishing;               /* the session does not exist yet: this datagram makes it */
    bool under_next;                 /* the datagram came under the key that was handed out last */
    bool deleting;
    bool heard;     /* it shows that the device listens */
    uint32_t ended; /* session that this one takes the place of; 0: none */
    godwit_emsdp_opened_t opened;
    uint8_t hash[8];         /* control: first 8 octets of the datagram's SHA-256 */
    godwit_record_t *commit; /* stands in the outbox, filled when the turn ends */
    const char *detail;      /* static: why it was refused */
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
} godwit_hse_turn_t;

/* ---- session_table.c ---- */
godwit_hse_session_t *godwit_hse_session_find(godwit_hse_t *hse, uint32_t session_id);
void godwit_hse_session_keep(godwit_hse_t *hse, const godwit_hse_session_t *work, uint64_t now_ms);
void godwit_hse_session_forget(godwit_hse_t *hse, uint32_t session_id);
/* With S = 0 the address names the session. Never 0. */
uint32_t godwit_hse_id_of_address(const godwit_crypto_t *crypto, const godwit_address_t *address);

/* ---- exchange_table.c ---- */
godwit_hse_exchange_t *godwit_hse_exchange_by_hash(godwit_hse_t *hse, const uint8_t hash[32], uint64_t now_ms);
godwit_hse_exchange_t *godwit_hse_exchange_by_transaction(godwit_hse_t *hse, uint32_t transaction);
/* Started, with that session and Key ID. */
godwit_hse_exchange_t *godwit_hse_exchange_by_key(godwit_hse_t *hse, uint32_t session_id, uint8_t key_id,
                                                  uint64_t now_ms);
/* The inquiry for a session; NULL when there is none. */
godwit_hse_exchange_t *godwit_hse_inquiry_of(godwit_hse_t *hse, uint32_t session_id);
/* The newest started set-up of an IMSI. */
const godwit_hse_exchange_t *godwit_hse_exchange_newest(const godwit_hse_t *hse, const godwit_imsi_t *imsi,
                                                        uint64_t now_ms);
/* A fresh entry. Of one IMSI at most exchanges_per_imsi are kept: the oldest that came from the same sender goes, else
 * the oldest, so that whoever floods one IMSI from elsewhere pushes out his own. NULL when the table is full of
 * others. */
godwit_hse_exchange_t *godwit_hse_exchange_new(godwit_hse_t *hse, const godwit_imsi_t *imsi,
                                               const godwit_address_t *from, uint64_t now_ms);
void godwit_hse_exchange_release(godwit_hse_exchange_t *exchange);
/* All of that session but first datagrams of device RAND, which are remembered beyond it. */
void godwit_hse_exchange_release_session(godwit_hse_t *hse, uint32_t session_id);
/* Its commit failed: the same first datagram may make it again. */
void godwit_hse_exchange_release_device_rand(godwit_hse_t *hse, uint32_t session_id);
bool godwit_hse_exchange_holds_id(const godwit_hse_t *hse, uint32_t session_id, uint64_t now_ms);
/* Key IDs that set-ups of this session use, bit i for Key ID i. */
uint8_t godwit_hse_exchange_live_keys(const godwit_hse_t *hse, uint32_t session_id, uint64_t now_ms);
/* Wipes what has expired; true when something is left. */
bool godwit_hse_exchange_sweep(godwit_hse_t *hse, uint64_t now_ms);
uint32_t godwit_hse_next_transaction(godwit_hse_t *hse);

/* ---- budget.c ---- */
/* Whether both addresses share one budget: the port does not matter, nor what lies below the /64 of IPv6. */
bool godwit_hse_is_same_sender(const godwit_address_t *a, const godwit_address_t *b);
bool godwit_hse_budget_has(godwit_hse_t *hse, const godwit_address_t *from, uint32_t octets, uint64_t now_ms);
/* False, and nothing spent, when there is not enough left. */
bool godwit_hse_budget_spend(godwit_hse_t *hse, const godwit_address_t *from, uint32_t octets, uint64_t now_ms);

/* ---- output.c ---- */
godwit_event_t *godwit_hse_event(godwit_outbox_t *out, const char *name, godwit_status_t reason,
                                 const godwit_imsi_t *imsi, uint32_t session_id, const char *detail);
/* Copies octets into the outbox; the empty slice when there is no room. */
godwit_slice_t godwit_hse_copy(godwit_outbox_t *out, godwit_slice_t octets);
void godwit_hse_send(godwit_outbox_t *out, const godwit_address_t *to, godwit_slice_t octets);
void godwit_hse_fetch_session(godwit_outbox_t *out, uint32_t session_id, const godwit_imsi_t *imsi);
void godwit_hse_delete(godwit_outbox_t *out, uint32_t session_id);
/* A message of that kind, to be filled in; NULL when there is no room. */
godwit_message_t *godwit_hse_message(godwit_hse_t *hse, godwit_outbox_t *out, godwit_function_t to,
                                     godwit_message_kind_t kind, uint32_t transaction);
/* The answer to the message that came. */
godwit_message_t *godwit_hse_answer(godwit_hse_t *hse, godwit_outbox_t *out, const godwit_message_t *to,
                                    godwit_message_kind_t kind);
bool godwit_hse_asks_for_silence(godwit_status_t reason);
/* A Reject without a key: a hint. Nothing is sent where the reason asks for silence, the budget is spent, or the hint
 * would have more than three times the octets of the datagram. rejected_len: of the datagram; echo as in emsdp-wire. */
void godwit_hse_hint(godwit_hse_t *hse, godwit_outbox_t *out, const godwit_address_t *to, uint32_t session_id,
                     godwit_status_t reason, const uint8_t echo[GODWIT_EMSDP_ECHO], size_t rejected_len,
                     uint64_t now_ms);

/* ---- turn.c ---- */
/* Makes turn->work the session with that id (0: of in->imsi): from memory, or from the store. GODWIT_AGAIN: a need
 * stands in the outbox; GODWIT_NOT_FOUND; GODWIT_STORE_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_hse_turn_find(godwit_hse_turn_t *turn, uint32_t session_id,
                                                     const godwit_imsi_t *imsi);
/* Puts the commit into the outbox: first of all requests. */
GODWIT_MUST_USE godwit_status_t godwit_hse_turn_begin(godwit_hse_turn_t *turn);
/* GODWIT_OK: fills the commit and keeps the work. Else the outbox holds the refusal alone, and nothing has changed. */
void godwit_hse_turn_end(godwit_hse_turn_t *turn, godwit_status_t status);
void godwit_hse_turn_wipe(godwit_hse_turn_t *turn);
/* Asks for the timer that wipes what has expired, unless it runs. */
void godwit_hse_sweep_later(godwit_hse_t *hse, godwit_outbox_t *out);
/* Appends a control datagram under the current key. Its COUNT is in the record that the turn commits. */
GODWIT_MUST_USE godwit_status_t godwit_hse_seal(godwit_hse_turn_t *turn, const godwit_emsdp_control_t *m,
                                                godwit_slice_t transcript, godwit_writer_t *w);
/* Where the session's device was heard last. */
godwit_address_t godwit_hse_address_of(const godwit_session_record_t *record);
/* intercept.c: a copy of what goes out or was delivered, when the subscriber is a target. payload lives in the
 * outbox. */
void godwit_hse_intercept(godwit_hse_turn_t *turn, bool down, uint32_t count, godwit_slice_t payload);
/* A reading, to the application; where there is no room for it, it is refused to the device. */
GODWIT_MUST_USE godwit_status_t godwit_hse_deliver(godwit_hse_turn_t *turn, godwit_slice_t payload);
/* COUNTs for sending on the user plane: a block is reserved in the record. True when the record must be committed
 * first. */
bool godwit_hse_reserve_user(godwit_emsdp_key_t *key);

/* ---- the messages ---- */
void godwit_hse_on_request(godwit_hse_t *hse, const godwit_input_t *in,
                           godwit_outbox_t *out); /* request.c: 10, no key */
void godwit_hse_ask_key(godwit_hse_t *hse, godwit_hse_exchange_t *exchange, uint64_t now_ms, godwit_outbox_t *out);
void godwit_hse_on_key(godwit_hse_t *hse, godwit_hse_exchange_t *exchange, const godwit_input_t *in,
                       godwit_outbox_t *out); /* start.c: 11 */
/* S = 0: the session of that address, into turn->work when there is one, and a Key ID that nothing of it uses. */
GODWIT_MUST_USE godwit_status_t godwit_hse_id_of_tunnel(godwit_hse_turn_t *turn, const godwit_address_t *address,
                                                        uint32_t *id, uint8_t *key_id);
void godwit_hse_on_keyed(godwit_hse_turn_t *turn); /* keyed.c: whatever comes under a key */
/* Whether these octets are what the session in turn->work answered last; then they get that answer again, within the
 * budget: they may be a recording. */
bool godwit_hse_answer_again(godwit_hse_turn_t *turn);
/* turn->work is a session whose key was given back, turn->in what was held for it. The session is committed, whatever
 * that is. */
void godwit_hse_on_held(godwit_hse_turn_t *turn);
/* confirmation.c: 12, or another first datagram under the key of a set-up: the session begins. */
GODWIT_MUST_USE godwit_status_t godwit_hse_establish(godwit_hse_turn_t *turn);
GODWIT_MUST_USE godwit_status_t godwit_hse_confirmation_consume(godwit_hse_turn_t *turn);
/* Tells the EMKS that the session's vector is spent. */
void godwit_hse_confirm_key(godwit_hse_turn_t *turn);
void godwit_hse_work_of_exchange(const godwit_hse_exchange_t *exchange, uint64_t now_ms, godwit_hse_session_t *work);
GODWIT_MUST_USE godwit_status_t godwit_hse_user_data_consume(godwit_hse_turn_t *turn); /* user_plane.c */
/* The user data in a control message, if any: a reading; of an end-to-end session a datagram for the EAS. */
GODWIT_MUST_USE godwit_status_t godwit_hse_inner_data_consume(godwit_hse_turn_t *turn);
void godwit_hse_on_submit(godwit_hse_turn_t *turn);
/* Seals and sends; the turn has begun, or begins when a COUNT must be reserved. */
GODWIT_MUST_USE godwit_status_t godwit_hse_send_down(godwit_hse_turn_t *turn, godwit_slice_t payload);
GODWIT_MUST_USE godwit_status_t godwit_hse_early_data_consume(godwit_hse_turn_t *turn); /* early_data.c */
/* manage_keys.c: 30 and 31 */
GODWIT_MUST_USE godwit_status_t godwit_hse_manage_keys_request_consume(godwit_hse_turn_t *turn);
GODWIT_MUST_USE godwit_status_t godwit_hse_manage_keys_response_consume(godwit_hse_turn_t *turn);
void godwit_hse_on_next_key(godwit_hse_turn_t *turn, godwit_hse_exchange_t *inquiry);
/* An inquiry under way and its request, for a next generation; NULL when there is no room. */
godwit_hse_exchange_t *godwit_hse_inquiry_create(godwit_hse_turn_t *turn, bool ending, godwit_key_request_t **ask);
/* next_key.c: asks the EMKS for the next generation; makes the next key of the session; false when no inquiry could be
 * made. */
bool godwit_hse_inquire(godwit_hse_turn_t *turn, bool ending);
/* next_vector.c: the same for a key of a new AKA run; auts NULL: none. */
bool godwit_hse_inquire_vector(godwit_hse_turn_t *turn, bool ending, const uint8_t *auts);
bool godwit_hse_may_hand_vector(const godwit_hse_turn_t *turn);
/* No more of them for this session: the key set that it lives under has to do. */
void godwit_hse_vector_refused(godwit_hse_turn_t *turn);
/* A Reject, of our last request (ours) or of the Terminate Response. False: it refuses no vector. */
bool godwit_hse_vector_reject_consume(godwit_hse_turn_t *turn, bool ours);
GODWIT_MUST_USE godwit_status_t godwit_hse_next_key_create(godwit_hse_turn_t *turn, const godwit_key_answer_t *answer,
                                                           bool vector, godwit_emsdp_control_t *m);
/* A datagram verified under it, in that state: it is the key now. */
void godwit_hse_settle(godwit_hse_turn_t *turn, godwit_session_state_t was);
bool godwit_hse_hss_owns(const godwit_hse_t *hse, godwit_agreement_t agreement);
/* Who owns the key sets of that agreement: whom it is asked, confirmed and parked with. NONE: nobody, the key was
 * pushed. */
godwit_function_t godwit_hse_owner_of(const godwit_hse_t *hse, godwit_agreement_t agreement);
/* Whether the owner of that session's key set gives next generations. */
bool godwit_hse_can_inquire(const godwit_hse_t *hse, godwit_agreement_t agreement);
/* The command of the request that waits for its response; 0 when none does. */
uint8_t godwit_hse_pending_command(const godwit_session_record_t *record);
bool godwit_hse_reauthentication_is_due(const godwit_hse_turn_t *turn);
/* maintenance.c: what is due when a device was heard: a pending request again, a new AKA run, a new key. */
GODWIT_MUST_USE godwit_status_t godwit_hse_maintain(godwit_hse_turn_t *turn);
/* Sends a request that waits for a response, now and by timer. */
GODWIT_MUST_USE godwit_status_t godwit_hse_pend(godwit_hse_turn_t *turn, const godwit_emsdp_control_t *m);
void godwit_hse_on_timer(godwit_hse_turn_t *turn);
/* terminate.c: 20 and 21 */
/* announced: with that key, of a new AKA run; NULL: without. */
GODWIT_MUST_USE godwit_status_t godwit_hse_terminate_request_create(godwit_hse_turn_t *turn,
                                                                    const godwit_key_answer_t *announced);
GODWIT_MUST_USE godwit_status_t godwit_hse_terminate_request_consume(godwit_hse_turn_t *turn);
GODWIT_MUST_USE godwit_status_t godwit_hse_terminate_response_consume(godwit_hse_turn_t *turn);
/* Answers the device's Terminate Request; announced: with that key, NULL: without. */
GODWIT_MUST_USE godwit_status_t godwit_hse_terminate_response_create(godwit_hse_turn_t *turn, const uint8_t hash[8],
                                                                     const godwit_key_answer_t *announced, bool vector);
void godwit_hse_on_drop(godwit_hse_turn_t *turn);
GODWIT_MUST_USE godwit_status_t godwit_hse_reject_consume(godwit_hse_turn_t *turn); /* reject.c: 80 under a key */

/* ---- device RAND ---- */
/* device_rand.c: whether this is a first datagram for an MTC server; then it goes to the MKEF, or gets the answer that
 * it got before. */
bool godwit_hse_on_device_rand(godwit_hse_turn_t *turn);
/* device_rand_answer.c: the MKEF has answered. */
void godwit_hse_on_mtc_key(godwit_hse_turn_t *turn);

/* suite.c: the suite by our preference that the device has, 0 when there is none. */
/* The agreements that HSE and policy allow a device of that network. */
uint8_t godwit_hse_agreements(const godwit_hse_t *hse, godwit_plmn_t serving_network);
uint8_t godwit_hse_choose_suite(const godwit_hse_t *hse, godwit_plmn_t serving_network, uint16_t suites);

/* ---- Solution 1 ---- */
#define GODWIT_HSE_ACCESS_AGREEMENTS 3u       /* 01 and 02 as bits */
#define GODWIT_HSE_REFERENCE_AGREEMENTS 0x18u /* 04 and 05 */

/* tunnel.c: GTP-U with the gateways. A tunnel's address is the gateway's host || TEID. */
bool godwit_hse_is_tunnel(const godwit_address_t *address);
void godwit_hse_send_in_tunnel(godwit_outbox_t *out, const godwit_address_t *to, godwit_slice_t octets);
/* What a G-PDU of a gateway carries, as the device's datagram, into *inner; false: there is none that may be looked
 * at. */
bool godwit_hse_take_gtpu(godwit_hse_t *hse, const godwit_input_t *in, godwit_input_t *inner, godwit_outbox_t *out);
/* sms.c: the address that a device behind short messages has inside; from and to what the owner knows. */
bool godwit_hse_is_sms(const godwit_address_t *address);
bool godwit_hse_take_sms(const godwit_input_t *in, godwit_input_t *inner);
void godwit_hse_leave_by_sms(godwit_request_t *request);
/* bearer_table.c */
godwit_hse_bearer_t *godwit_hse_bearer_find(godwit_hse_t *hse, const godwit_address_t *address);
godwit_hse_bearer_t *godwit_hse_bearer_by_transaction(godwit_hse_t *hse, uint32_t transaction);
/* Of one IMSI at most bearers_per_imsi: the one unused for longest goes, one under whose key the device was heard last
 * of all. In a full set of places one goes that holds no key; where bearers are not flushed, the one unused for
 * longest; else NULL. */
godwit_hse_bearer_t *godwit_hse_bearer_new(godwit_hse_t *hse, const godwit_imsi_t *imsi,
                                           const godwit_address_t *address, uint64_t now_ms);
/* Something of that tunnel verified: it is not idle. */
void godwit_hse_bearer_touch(godwit_hse_t *hse, const godwit_address_t *address, uint64_t now_ms);
const godwit_hse_gateway_t *godwit_hse_gateway_at(const godwit_hse_t *hse, const uint8_t *host, size_t len);
/* bearer.c: BEARER, and its answer. */
void godwit_hse_on_bearer(godwit_hse_turn_t *turn);
/* A key for the Start of that bearer has come. */
void godwit_hse_bearer_start(godwit_hse_turn_t *turn, godwit_hse_bearer_t *bearer, const godwit_key_answer_t *answer);
void godwit_hse_bearer_refuse(godwit_hse_turn_t *turn, godwit_hse_bearer_t *bearer, godwit_status_t status,
                              const char *detail);
/* pull.c: keys by selector. */
void godwit_hse_pull(godwit_hse_t *hse, godwit_hse_bearer_t *bearer, uint64_t now_ms, godwit_outbox_t *out);
bool godwit_hse_pull_is_open(const godwit_hse_t *hse, const godwit_hse_bearer_t *bearer, uint64_t now_ms);
/* The datagram came to a bearer that was flushed: it is held, and the key pulled again. False: this is no such
 * datagram. */
bool godwit_hse_pull_again(godwit_hse_turn_t *turn);
void godwit_hse_on_bearer_key(godwit_hse_turn_t *turn, godwit_hse_bearer_t *bearer);
GODWIT_MUST_USE godwit_status_t godwit_hse_key_of_answer(const godwit_hse_t *hse, const godwit_key_answer_t *answer,
                                                         uint8_t suite, uint8_t key_id, godwit_emsdp_key_t *key);
/* Whether a key for the Start of that bearer may not be used: this end knows better how far that generation was
 * used. */
bool godwit_hse_is_stale(const godwit_hse_turn_t *turn, const godwit_hse_bearer_t *bearer,
                         const godwit_key_answer_t *answer);
bool godwit_hse_parked_equal(const godwit_parked_t *a, const godwit_parked_t *b);
/* push.c */
void godwit_hse_on_push(godwit_hse_turn_t *turn);
/* The pushed key of that bearer's selector; NULL when there is none that the device may take. */
godwit_hse_push_t *godwit_hse_push_for(godwit_hse_t *hse, const godwit_imsi_t *imsi, const godwit_selector_t *selector,
                                       uint8_t agreements, uint32_t above_generation, uint64_t now_ms);
bool godwit_hse_push_sweep(godwit_hse_t *hse, uint64_t now_ms);
/* idle.c: flushes one bearer that is due. GODWIT_AGAIN: a need stands in the outbox; GODWIT_OK: one was looked at,
 * there may be more;
 * GODWIT_NOT_FOUND: none is due. */
GODWIT_MUST_USE godwit_status_t godwit_hse_flush(godwit_hse_turn_t *turn);
/* Whether bearers are flushed at all. */
bool godwit_hse_flushes(const godwit_hse_t *hse);
bool godwit_hse_may_become_idle(const godwit_hse_t *hse);

/* Keeps an answer for identical octets. */
void godwit_hse_remember_answer(godwit_session_record_t *record, const uint8_t hash[8], godwit_slice_t answer);

#endif
