/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the device library share (shared.h: what it has in common with other devices). device.c: what the
 * caller asks for; ask.c: requests under the session's key; output.c: requests to the caller, and keys; setup.c:
 * Session Request; start.c: Session Start and its Confirmation; bearer.c: the container and its answer; receive.c: which
 * datagram goes where, user data, rejects; change.c: Manage Keys and Terminate; handed.c: a vector that they hand out;
 * record.c: what is stored; e2e.c, e2e_use.c, e2e_record.c: end to end with an EAS; confirm.c: a reading that is
 * acknowledged.
 * What changes something of a record sets `unstored`; the one place that gives STOREs is godwit_device_finish.
 */
#ifndef GODWIT_DEVICE_INTERNAL_H
#define GODWIT_DEVICE_INTERNAL_H

#include "device/shared.h"

/* Flags of the session. */
#define GODWIT_DEVICE_KEY_SET 1u    /* e2m_keyset is there */
#define GODWIT_DEVICE_DISTRUSTED 2u /* the next reading sets up anew; the keys stay until a new one has verified */
/* The record was stored before the Confirmation left: whether it ever did, a reboot cannot know, so it sets up anew. */
#define GODWIT_DEVICE_FRESH 4u

/* Which agreement e2m_keyset is of, when an access AKA run made it; and whether a container named it (Solution 1). */
#define GODWIT_DEVICE_ACCESS_UMTS 16u
#define GODWIT_DEVICE_ACCESS_EPS 32u
#define GODWIT_DEVICE_BEARER 64u
/* It is of a bootstrapping: of agreement 04, or with GODWIT_DEVICE_ACCESS_UMTS beside it, of 05. */
#define GODWIT_DEVICE_REFERENCE 128u

/* Agreements whose key set a Session Request names, as bits: 01, 02, 04, 05. */
#define GODWIT_DEVICE_NAMED_AGREEMENTS 0x1Bu

/* Stands in `pending` where a reading waits for the owner to modify the bearer; no command of EMSDP. */
#define GODWIT_DEVICE_MODIFY 1u

/* ---- requests to the caller (output.c) ---- */
/* The end of every call that gives requests (shared.h, "the one way out"): STORE_E2E and STORE where something is
 * unstored, before all that leaves. On an error nothing leaves, and what is under way goes on with the timer. */
GODWIT_MUST_USE godwit_status_t godwit_device_finish(godwit_device_t *device, godwit_status_t status,
                                                     godwit_device_requests_t *requests);
void godwit_device_timer_set(godwit_device_t *device, godwit_device_requests_t *requests);
/* SEND, remembering what a hint about it must echo. */
GODWIT_MUST_USE godwit_status_t godwit_device_transmit(godwit_device_t *device, godwit_slice_t datagram,
                                                       bool with_reading, godwit_device_requests_t *requests);

/* ---- keys and COUNTs (output.c) ---- */
/* The key that this end sends under. */
godwit_emsdp_key_t *godwit_device_sending_key(godwit_device_t *device);
/* Limits of a key that was never used: the next record holds them. */
void godwit_device_reserve_first(const godwit_device_t *device, godwit_emsdp_key_t *key);
/* Seal under a key of the session, reserving COUNTs where they are used up. */
GODWIT_MUST_USE godwit_status_t godwit_device_seal_user(godwit_device_t *device, godwit_emsdp_key_t *key,
                                                        godwit_slice_t payload, godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t godwit_device_seal_control(godwit_device_t *device, godwit_emsdp_key_t *key,
                                                           const godwit_emsdp_control_t *m, godwit_writer_t *out);
/* The key of a generation of the session's key set, never used. */
GODWIT_MUST_USE godwit_status_t godwit_device_key_derive(const godwit_device_t *device, const uint8_t e2m_keyset[32],
                                                         uint32_t generation, uint8_t suite, uint8_t key_id,
                                                         uint32_t session_id, godwit_emsdp_key_t *key);
/* GODWIT_UNSUPPORTED_SUITE for a suite under the device's own floor. */
GODWIT_MUST_USE godwit_status_t godwit_device_suite_check(const godwit_device_t *device, uint8_t suite);
/* The exchange is over, answered or not: the reading that it held goes. */
void godwit_device_exchange_end(godwit_device_t *device);

/* ---- set-up (setup.c, start.c) ---- */
/* A new Session Request, with auts or NULL: under the announced key when there is one that is trusted. */
GODWIT_MUST_USE godwit_status_t godwit_device_setup_begin(godwit_device_t *device, const uint8_t random[4],
                                                          const uint8_t *auts, godwit_device_requests_t *requests);
/* The octets of one attempt, in device->ask. */
GODWIT_MUST_USE godwit_status_t godwit_device_attempt_build(godwit_device_t *device,
                                                            const godwit_device_attempt_t *attempt);
GODWIT_MUST_USE godwit_status_t godwit_device_start_consume(godwit_device_t *device, godwit_slice_t datagram,
                                                            godwit_device_requests_t *requests);
/* Goes on with a Session Start whose vector the USIM has taken. */
GODWIT_MUST_USE godwit_status_t godwit_device_start_complete(godwit_device_t *device, godwit_slice_t start,
                                                             godwit_device_requests_t *requests);

/* What was asked will not be answered; the reading that is held goes with the next call of the timer, which comes at
 * once. */
void godwit_device_hold_on(godwit_device_t *device, godwit_device_requests_t *requests);
/* A reading that was held goes: under the session, or with another set-up. */
GODWIT_MUST_USE godwit_status_t godwit_device_send_held(godwit_device_t *device, const uint8_t random[4],
                                                        godwit_device_requests_t *requests);

/* ---- the key set of an access AKA run (bearer.c), or of a bootstrapping (reference.c) ---- */
/* It is the one that set-ups name from here on; the one that is there already changes nothing. */
void godwit_device_keep_key_set(godwit_device_t *device, godwit_agreement_t agreement, const uint8_t rand[16],
                                const uint8_t sqn[6], const uint8_t e2m_keyset[32]);
/* What the flags of session and record say of its agreement. */
uint8_t godwit_device_flags_of(uint8_t agreement);
/* Whether the next Session Request names it (Solution 2); whether a new Start comes in a PCO (Solution 1). */
bool godwit_device_names_key_set(const godwit_device_t *device);
bool godwit_device_wants_bearer(const godwit_device_t *device);
/* What of a Start without a vector must fit, before its key is made. GODWIT_REPLAY for a generation that was taken. */
GODWIT_MUST_USE godwit_status_t godwit_device_access_check(const godwit_device_t *device,
                                                           const godwit_emsdp_control_t *m);
/* The session's keys come from it now; or from another key set, and what was taken of it is remembered. */
void godwit_device_access_enter(godwit_device_t *device);
void godwit_device_access_leave(godwit_device_t *device);
/* The owner is asked to modify its bearer, and a held reading waits for that. */
void godwit_device_want_modify(godwit_device_t *device, godwit_device_requests_t *requests);
/* The access gave no key: from here on separate AKA, where that is allowed. */
GODWIT_MUST_USE godwit_status_t godwit_device_fall_back(godwit_device_t *device, godwit_status_t reason,
                                                        const uint8_t random[4], godwit_device_requests_t *requests);

/* ---- under a key (receive.c, change.c) ---- */
/* A control datagram or user data that opened, and that the state allows. */
typedef struct godwit_device_incoming {
    godwit_emsdp_key_t *key;
    godwit_slice_t datagram;
    godwit_emsdp_opened_t opened;
} godwit_device_incoming_t;

/* Moves the window past it; a first datagram under the successor drops the key before. */
void godwit_device_settle(godwit_device_t *device, const godwit_device_incoming_t *in);
/* First 8 octets of SHA-256. */
GODWIT_MUST_USE godwit_status_t godwit_device_digest(const godwit_device_t *device, godwit_slice_t datagram,
                                                     uint8_t digest[8]);

GODWIT_MUST_USE godwit_status_t godwit_device_manage_keys_request(godwit_device_t *device,
                                                                  const godwit_device_incoming_t *in,
                                                                  godwit_device_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_device_manage_keys_response(godwit_device_t *device,
                                                                   const godwit_device_incoming_t *in,
                                                                   godwit_device_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_device_terminate_request(godwit_device_t *device,
                                                                const godwit_device_incoming_t *in,
                                                                godwit_device_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_device_terminate_response(godwit_device_t *device,
                                                                 const godwit_device_incoming_t *in,
                                                                 godwit_device_requests_t *requests);

/* ---- a vector handed out under a key (handed.c) ---- */
/* GODWIT_OK: there is none, or the USIM has taken it. GODWIT_AGAIN: the USIM was asked, or is at it; the datagram is
 * kept. */
GODWIT_MUST_USE godwit_status_t godwit_device_handed_judge(godwit_device_t *device, const godwit_device_incoming_t *in,
                                                           godwit_device_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_device_handed_result(godwit_device_t *device, const godwit_usim_result_t *result,
                                                            godwit_device_requests_t *requests);
/* Whether what opened handed out a vector. */
bool godwit_device_is_handed(const godwit_device_incoming_t *in);
/* change.c: the USIM refused it: 80 goes up, with AUTS or NULL. The keys before it live on; a Terminate Response still
 * ends the session. */
GODWIT_MUST_USE godwit_status_t godwit_device_handed_refuse(godwit_device_t *device, const godwit_device_incoming_t *in,
                                                            godwit_status_t reason, const uint8_t *auts,
                                                            godwit_device_requests_t *requests);
/* receive.c: opens a control datagram or user data under the key that its header names, if the state allows it. */
GODWIT_MUST_USE godwit_status_t godwit_device_open(godwit_device_t *device, const godwit_emsdp_header_t *header,
                                                   godwit_device_incoming_t *in);
/* receive.c: and acts on it. */
GODWIT_MUST_USE godwit_status_t godwit_device_under_a_key(godwit_device_t *device, const godwit_emsdp_header_t *header,
                                                          godwit_slice_t datagram, godwit_device_requests_t *requests);

/* ---- end to end with an EAS (e2e.c, e2e_use.c): but for the two is_ready and is_out_of_sight only where godwit_device_is_e2e says so ---- */
static inline bool godwit_device_is_e2e(const godwit_device_t *device)
{
#ifdef GODWIT_DEVICE_WITHOUT_E2E
    (void)device;
    return false;
#else
    return device->config.e2e != NULL;
#endif
}

/* The owner's configuration; what is not in it is wiped. */
GODWIT_MUST_USE godwit_status_t godwit_device_e2e_init(godwit_device_t *device);
/* There is a key that is not spent; so many COUNTs went without a sign of the EAS that it might not follow the next. */
bool godwit_device_e2e_is_good(const godwit_device_t *device);
bool godwit_device_e2e_is_unseen(const godwit_device_t *device);
/* No age was granted: the next one is asked for after half as many COUNTs more, not beside every reading. */
void godwit_device_e2e_ask_later(godwit_device_t *device);
/* Whether a reading may go as it is. */
static inline bool godwit_device_e2e_is_ready(const godwit_device_t *device)
{
    return !godwit_device_is_e2e(device) || godwit_device_e2e_is_good(device);
}
static inline bool godwit_device_e2e_is_out_of_sight(const godwit_device_t *device)
{
    return godwit_device_is_e2e(device) && godwit_device_e2e_is_unseen(device);
}
/* The last age that was taken of that key set; 0: none, or it is not known. */
uint32_t godwit_device_e2e_age(const godwit_device_t *device, const uint8_t e2m_keyset[32]);
/* Adds Enterprise and Service Request. */
void godwit_device_e2e_request(const godwit_device_t *device, uint32_t age, godwit_emsdp_control_t *m);
/* Takes the key that these terms name. begins: with a session that begins, so nothing of before is kept. GODWIT_REPLAY
 * for an age that is not above the last of that key set; GODWIT_POLICY_FORBIDS, GODWIT_UNSUPPORTED_SUITE for what is
 * under the device's own floor. On an error nothing has changed. */
GODWIT_MUST_USE godwit_status_t godwit_device_e2e_take(godwit_device_t *device, const uint8_t e2m_keyset[32],
                                                       uint32_t session_id, const godwit_e2e_terms_t *terms,
                                                       bool begins);
/* They are those of the key that is there: a 30 that comes once more, for its 31 was lost with the power; or an early
 * Start before the next age is there. */
bool godwit_device_e2e_is_taken(const godwit_device_t *device, const godwit_e2e_terms_t *terms);
/* The session is over, or another begins without a key. Ages are remembered. */
void godwit_device_e2e_forget(godwit_device_t *device);
/* As godwit_device_seal_user, under the key that the EAS has. */
GODWIT_MUST_USE godwit_status_t godwit_device_e2e_seal(godwit_device_t *device, godwit_slice_t reading,
                                                       godwit_writer_t *out);
/* Whether a reading, sealed, is short enough to ride in Start Confirmation or as early data. */
bool godwit_device_rides(const godwit_device_t *device, size_t reading_len);
/* The key of the user plane that a header names. */
GODWIT_MUST_USE godwit_status_t godwit_device_e2e_find(godwit_device_t *device, const godwit_emsdp_header_t *header,
                                                       godwit_emsdp_key_t **key);
/* The EAS was heard under that key. */
void godwit_device_e2e_settle(godwit_device_t *device, const godwit_device_incoming_t *in);
/* ask.c: asks for the service, or for the next age, on the session that lives; a reading that is held waits for the
 * answer. */
GODWIT_MUST_USE godwit_status_t godwit_device_e2e_ask(godwit_device_t *device, godwit_device_requests_t *requests);
/* device.c: a session that takes a reading as one datagram. */
bool godwit_device_is_live(godwit_device_t *device);
/* ask.c: a request under the sending key, in device->ask, to be sent again until it is answered. service: for an age. */
GODWIT_MUST_USE godwit_status_t godwit_device_ask_under_key(godwit_device_t *device, uint8_t command, bool service);
/* ask.c: a Manage Keys Request in device->ask; the number of its sendings stays. What was acknowledged and not
 * granted would only be acknowledged again: so it is asked anew. */
GODWIT_MUST_USE godwit_status_t godwit_device_ask_again(godwit_device_t *device, bool service);
/* confirm.c: adds the datagram that is to be acknowledged. */
void godwit_device_confirm_fill(const godwit_device_t *device, godwit_emsdp_control_t *m);
/* Whether what came names that datagram, or the request around it. */
bool godwit_device_confirm_is_about(const godwit_device_t *device, const godwit_emsdp_control_t *m);
void godwit_device_confirm_end(godwit_device_t *device, godwit_device_requests_t *requests);
/* 31, already accepted, while that datagram waits, or with an Echo when it waits no more. */
GODWIT_MUST_USE godwit_status_t godwit_device_confirmed(godwit_device_t *device, const godwit_emsdp_control_t *m,
                                                        godwit_device_requests_t *requests);
/* 30 with Service. */
GODWIT_MUST_USE godwit_status_t godwit_device_e2e_service(godwit_device_t *device, const godwit_device_incoming_t *in,
                                                          godwit_device_requests_t *requests);
/* A 80 under a key, already accepted: tells what has become of the request or of the reading. True: it was about one of
 * them. */
bool godwit_device_e2e_rejected(godwit_device_t *device, const godwit_emsdp_control_t *m,
                                godwit_device_requests_t *requests);
/* change.c: 31 under the key that lives, for a datagram that is then settled. */
GODWIT_MUST_USE godwit_status_t godwit_device_acknowledge(godwit_device_t *device, const godwit_device_incoming_t *in,
                                                          godwit_device_requests_t *requests);
/* Into e2e->record; gives its length, 0 when the crypto backend failed. */
size_t godwit_device_e2e_record_write(godwit_device_t *device);

/* ---- the record (record.c) ---- */
/* Into device->record; gives its length, 0 when the crypto backend failed. */
size_t godwit_device_record_write(godwit_device_t *device);

#endif
