/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the device's access share. access.c: what the caller asks for; output.c: requests, timer, answers;
 * exchange.c: sending, sending again, giving up; reuse.c: keys that outlive a registration; next.c: the vector of the
 * following session; vector.c: the USIM and its keys; receive.c: frames. eps_*.c and umts_*.c: the messages of each
 * system, by procedure. A function that can fail does so before it has changed anything that matters to a key.
 */
#ifndef GODWIT_DEVICE_ACCESS_INTERNAL_H
#define GODWIT_DEVICE_ACCESS_INTERNAL_H

#include "core/wire/pco.h"
#include "godwit/access.h"

/* Sendings of an attach request that name keys of before, or go by the vector that was handed over. */
#define GODWIT_ACCESS_OFFERS 2u

/* What may wait for an answer. */
typedef enum godwit_access_procedure {
    GODWIT_ACCESS_NOTHING = 0,
    GODWIT_ACCESS_DO_ATTACH,
    GODWIT_ACCESS_DO_ACTIVATE, /* UMTS */
    GODWIT_ACCESS_DO_MODIFY,
    GODWIT_ACCESS_DO_RESUME,
    GODWIT_ACCESS_DO_DETACH,
} godwit_access_procedure_t;

/* A message from the network, in plain, and how it came. */
typedef struct godwit_access_message {
    godwit_slice_t octets;
    bool verified; /* its MAC was right */
    bool ciphered; /* and it came under the cipher of the context */
} godwit_access_message_t;

/* What a message of the network leads to; plain: also without protection (TS 24.301 4.4.4.2, TS 24.008 4.1.1.1.1);
 * states: bits. */
typedef struct godwit_access_handler {
    uint8_t type;
    bool plain;
    uint8_t states;
    godwit_status_t (*take)(godwit_access_t *access, const godwit_access_message_t *message,
                            godwit_access_requests_t *requests);
} godwit_access_handler_t;

#define GODWIT_ACCESS_IN(state) ((uint8_t)(1u << GODWIT_ACCESS_##state))
#define GODWIT_ACCESS_IN_REGISTERED                                                                                    \
    (GODWIT_ACCESS_IN(ATTACHED) | GODWIT_ACCESS_IN(ACTIVE) | GODWIT_ACCESS_IN(DETACHING))
#define GODWIT_ACCESS_IN_ANY (GODWIT_ACCESS_IN_REGISTERED | GODWIT_ACCESS_IN(ATTACHING))

/* The handler's answer, GODWIT_WRONG_STATE when there is none for this type, state and protection. */
GODWIT_MUST_USE godwit_status_t godwit_access_dispatch(godwit_access_t *access, const godwit_access_handler_t *handlers,
                                                       size_t count, uint8_t type,
                                                       const godwit_access_message_t *message,
                                                       godwit_access_requests_t *requests);

/* ---- requests to the caller (output.c) ---- */
/* At the beginning of every call: forgets the last list, and wipes what it showed. */
void godwit_access_begin(godwit_access_t *access, godwit_access_requests_t *requests);
godwit_access_request_t *godwit_access_ask_for(godwit_access_requests_t *requests, godwit_access_request_kind_t kind);
void godwit_access_event(godwit_access_requests_t *requests, const char *name, godwit_status_t reason);
void godwit_access_timer_set(godwit_access_t *access, godwit_access_requests_t *requests);
/* Of the procedure; a short message that is on its way goes on with it. */
void godwit_access_timer_cancel(godwit_access_t *access, godwit_access_requests_t *requests);
/* The octets that access->out got since `from`, as a SEND; with answers they also are what the frame at hand gets
 * should it come again. */
void godwit_access_send_from(godwit_access_t *access, size_t from, bool answers, godwit_access_requests_t *requests);
/* One frame; protected where the radio connection is (UMTS). */
GODWIT_MUST_USE godwit_status_t godwit_access_send_frame(godwit_access_t *access, godwit_radio_kind_t kind,
                                                         godwit_slice_t octets, bool answers,
                                                         godwit_access_requests_t *requests);
/* CONTAINER, where the configuration wants it. */
void godwit_access_give_container(const godwit_access_t *access, godwit_slice_t pco,
                                  godwit_access_requests_t *requests);
/* UMTS, GERAN: what the device says that it can, in its first message of a connection. */
godwit_radio_capability_t godwit_access_radio_capability(const godwit_access_t *access);
/* A cause of EMM or GMM; of ESM or SM. */
godwit_status_t godwit_access_mobility_reason(uint8_t cause);
godwit_status_t godwit_access_session_reason(uint8_t cause);
/* The PCO with the container as it stands, or nothing. */
GODWIT_MUST_USE godwit_status_t godwit_access_pco(godwit_access_t *access, godwit_writer_t *w);
/* The APN of the configuration as labels (TS 23.003 9.1). */
void godwit_access_apn(const godwit_access_t *access, godwit_writer_t *w);

/* UMTS, GERAN: the PDP context of the configuration, with the container as it stands (access.c). */
GODWIT_MUST_USE godwit_status_t godwit_access_begin_activation(godwit_access_t *access,
                                                               godwit_access_requests_t *requests);

/* An N-PDU that waits for the radio connection or the bearer (access.c). */
GODWIT_MUST_USE godwit_status_t godwit_access_hold(godwit_access_t *access, godwit_slice_t n_pdu);

/* ---- procedures (exchange.c) ---- */
/* Begins one: sends, sets the timer. */
GODWIT_MUST_USE godwit_status_t godwit_access_start(godwit_access_t *access, godwit_access_procedure_t procedure,
                                                    godwit_access_requests_t *requests);
/* Sends what the pending one needs now: the request itself, or first one for the radio connection. */
GODWIT_MUST_USE godwit_status_t godwit_access_transmit(godwit_access_t *access, godwit_access_requests_t *requests);
/* The pending one has its answer. */
void godwit_access_finish(godwit_access_t *access, godwit_access_requests_t *requests);
/* It cannot have one. */
void godwit_access_give_up(godwit_access_t *access, godwit_status_t reason, godwit_access_requests_t *requests);
/* A refusal that anybody could have sent: the next sending comes later, and there is one less of them. */
void godwit_access_hint(godwit_access_t *access, godwit_status_t reason, godwit_access_requests_t *requests);
/* A radio connection is there again: what waited for it goes. */
GODWIT_MUST_USE godwit_status_t godwit_access_connected(godwit_access_t *access, godwit_access_requests_t *requests);
void godwit_access_released(godwit_access_t *access, godwit_access_requests_t *requests);
/* Anew by itself, so often and no more; leaves all as it is when that is used up. */
GODWIT_MUST_USE godwit_status_t godwit_access_reattach(godwit_access_t *access, godwit_access_requests_t *requests);
/* Nothing is left of the registration: keys, bearer, what was held. */
void godwit_access_forget(godwit_access_t *access);

/* ---- keys of before (reuse.c) ---- */
/* The registration ends; keys that the network knows stay, others go. */
void godwit_access_leave(godwit_access_t *access);
/* Whether this sending of an attach request names them. */
bool godwit_access_offers(const godwit_access_t *access);
/* The network has proved, in this attach, that it has the keys of before. May ask for a container: last of its list. */
void godwit_access_reused(godwit_access_t *access, godwit_access_requests_t *requests);
/* KEY_SET_AGAIN, where there is a key set and the configuration wants it. Last of its list. */
void godwit_access_ask_again(godwit_access_t *access, godwit_access_requests_t *requests);
/* What is held is dropped, and the caller told. */
void godwit_access_drop_held(godwit_access_t *access, godwit_access_requests_t *requests);

/* ---- what the network refuses (refusal.c) ---- */
/* AUTHENTICATION REJECT; SERVICE REJECT with its cause; what ends an attach, with its reason. */
GODWIT_MUST_USE godwit_status_t godwit_access_authentication_rejected(godwit_access_t *access, bool verified,
                                                                      godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_access_service_rejected(godwit_access_t *access, uint8_t cause, bool verified,
                                                               godwit_access_requests_t *requests);
void godwit_access_rejected(godwit_access_t *access, godwit_status_t reason, bool verified,
                            godwit_access_requests_t *requests);
/* The network detached us, and its request is answered; again: it wants us back. */
GODWIT_MUST_USE godwit_status_t godwit_access_detached(godwit_access_t *access, bool again, godwit_status_t reason,
                                                       godwit_access_requests_t *requests);
/* SERVICE ACCEPT; bearers: bit i is EPS bearer identity or NSAPI i, as the network has them (TS 24.301 5.6.1.4.2, TS
 * 24.008 4.7.13.3). */
GODWIT_MUST_USE godwit_status_t godwit_access_resumed(godwit_access_t *access, bool has_status, uint16_t bearers,
                                                      godwit_access_requests_t *requests);
/* The bearer is gone. */
void godwit_access_deactivated(godwit_access_t *access, godwit_status_t reason, godwit_access_requests_t *requests);

/* ---- authentication (vector.c) ---- */
/* An authentication request. */
typedef struct godwit_access_challenge {
    uint8_t ksi, reference;
    bool verified; /* it came protected */
    uint8_t rand_autn[32];
} godwit_access_challenge_t;

GODWIT_MUST_USE godwit_status_t godwit_access_challenge(godwit_access_t *access,
                                                        const godwit_access_challenge_t *challenge,
                                                        godwit_access_requests_t *requests);
/* Whether a challenge without protection has a place now. */
bool godwit_access_expects_plain_challenge(const godwit_access_t *access);
/* An attach has ended well: a challenge without protection that was answered beside it leads nowhere any more. Else a
 * security mode for it, late, would take the keys of the registration away. */
void godwit_access_drop_challenge(godwit_access_t *access);
/* The keys of the last vector are in use: the network has proved them. Gives "secured" and KEY_SET, which must be
 * last. */
void godwit_access_secured(godwit_access_t *access, godwit_access_requests_t *requests);

/* Which system a vector is for: E-UTRAN has the separation bit set, UTRAN and GERAN have not. */
bool godwit_access_is_for_this_system(const godwit_access_t *access, const uint8_t rand_autn[32]);

/* ---- the vector of the following session (next.c) ---- */
/* It came in a message that was protected and ciphered: the USIM runs. found: all but RES and root. AUTHENTICATE is
 * last of its list; what cannot be taken gives "next_refused", what came before nothing. */
void godwit_access_next_offered(godwit_access_t *access, const uint8_t rand[16], const uint8_t autn[16],
                                const godwit_next_session_t *found, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_access_next_result(godwit_access_t *access, const godwit_usim_result_t *result,
                                                          godwit_access_requests_t *requests);
/* An attach begins: where a vector is stored that fits, next.armed is set, next.found is it, and the STORE that empties
 * the record stands in the list. */
GODWIT_MUST_USE godwit_status_t godwit_access_next_arm(godwit_access_t *access, godwit_access_requests_t *requests);
/* Whether this sending of an attach request is the frame of the armed vector. */
bool godwit_access_next_sends(const godwit_access_t *access);
/* The frame that was put together into next.frame (frame_len), as a SEND. */
void godwit_access_next_send(godwit_access_t *access, godwit_access_requests_t *requests);
/* The network has taken the armed vector, or runs AKA all the same. Nothing when none is armed. */
void godwit_access_next_used(godwit_access_t *access, godwit_access_requests_t *requests);
void godwit_access_next_fallback(godwit_access_t *access, godwit_access_requests_t *requests);

/* The attach does not go by it any more: what it left goes. */
void godwit_access_next_disarm(godwit_access_t *access);

/* ---- short messages (sms.c) ---- */
/* What the caller sends, where the carrier is sms. */
GODWIT_MUST_USE godwit_status_t godwit_access_sms_send(godwit_access_t *access, godwit_slice_t payload,
                                                       godwit_access_requests_t *requests);
/* The same as a CP-DATA that goes with an attach, in *cp; when the attach could not take it, godwit_access_sms_attached
 * sends it. */
GODWIT_MUST_USE godwit_status_t godwit_access_sms_with_attach(godwit_access_t *access, godwit_slice_t payload,
                                                              godwit_slice_t *cp);
GODWIT_MUST_USE godwit_status_t godwit_access_sms_attached(godwit_access_t *access, godwit_access_requests_t *requests);
void godwit_access_sms_forget(godwit_access_t *access);
/* What waits in access->trigger, as a short message for the MTC-IWF's number: when none of ours is on its way. */
GODWIT_MUST_USE godwit_status_t godwit_access_sms_trigger(godwit_access_t *access, godwit_access_requests_t *requests);
/* A CP message that came protected. */
GODWIT_MUST_USE godwit_status_t godwit_access_sms_receive(godwit_access_t *access, godwit_slice_t cp,
                                                          godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_access_sms_tick(godwit_access_t *access, godwit_access_requests_t *requests);

/* ---- EPS ---- */
/* A CP message in UPLINK NAS TRANSPORT. */
GODWIT_MUST_USE godwit_status_t godwit_eps_send_sms(godwit_access_t *access, godwit_slice_t cp,
                                                    godwit_access_requests_t *requests);
/* Protects access->plain and sends it. */
GODWIT_MUST_USE godwit_status_t godwit_eps_send(godwit_access_t *access, godwit_nas_header_type_t type,
                                                const godwit_writer_t *plain, bool answers,
                                                godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_send_plain(godwit_access_t *access, const godwit_writer_t *plain,
                                                      bool answers, godwit_access_requests_t *requests);
/* Sends what the pending procedure needs now. */
GODWIT_MUST_USE godwit_status_t godwit_eps_transmit(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_attach_request(godwit_access_t *access, godwit_access_requests_t *requests);
/* The same by the armed vector, with the data where the carrier has them there (eps_next.c). */
GODWIT_MUST_USE godwit_status_t godwit_eps_next_attach(godwit_access_t *access, godwit_access_requests_t *requests);
/* Whether the stored vector goes with what this device can and accepts now. */
bool godwit_eps_next_usable(const godwit_access_t *access);
/* What is agreed now, for a vector that is handed over; domain NONE where none can be. */
godwit_next_session_t godwit_eps_next_found(const godwit_access_t *access);
/* The elements RAND and AUTN of a message; nothing where they are not there. Last of its list. */
void godwit_eps_next_offered(godwit_access_t *access, const godwit_access_message_t *message, godwit_slice_t rand,
                             godwit_slice_t autn, const godwit_next_session_t *found,
                             godwit_access_requests_t *requests);
/* Whether the mask of a capability octet has that algorithm. */
bool godwit_eps_algorithm_is_ours(uint8_t mask, uint8_t algorithm);
GODWIT_MUST_USE godwit_status_t godwit_eps_modify_request(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_service_request(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_detach_request(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_respond(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_fail(godwit_access_t *access, uint8_t cause, const uint8_t *auts,
                                                godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_information(godwit_access_t *access, godwit_access_requests_t *requests);
/* The N-PDU into access->held, as what carries it. */
GODWIT_MUST_USE godwit_status_t godwit_eps_hold(godwit_access_t *access, godwit_slice_t n_pdu);
/* What was held before there was a bearer is of that which there is now. */
void godwit_eps_bearer_of_held(godwit_access_t *access);
GODWIT_MUST_USE godwit_status_t godwit_eps_send_held(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_receive(godwit_access_t *access, godwit_slice_t nas,
                                                   godwit_access_requests_t *requests);
/* Handlers, by file. */
typedef godwit_status_t godwit_access_take_t(godwit_access_t *access, const godwit_access_message_t *message,
                                             godwit_access_requests_t *requests);
godwit_access_take_t godwit_eps_take_authentication, godwit_eps_take_authentication_reject, godwit_eps_take_identity,
    godwit_eps_take_attach_accept, godwit_eps_take_attach_reject, godwit_eps_take_service_accept,
    godwit_eps_take_service_reject, godwit_eps_take_detach, godwit_eps_take_detach_accept, godwit_eps_take_status,
    godwit_eps_take_information, godwit_eps_take_modify, godwit_eps_take_modify_refused, godwit_eps_take_deactivate,
    godwit_eps_take_data, godwit_eps_take_hand_over, godwit_eps_take_generic;
GODWIT_MUST_USE godwit_status_t godwit_eps_take_nas_transport(godwit_access_t *access,
                                                              const godwit_access_message_t *message,
                                                              godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_eps_take_security_mode(godwit_access_t *access, godwit_slice_t nas,
                                                              const godwit_nas_wrapper_t *wrapper,
                                                              godwit_access_requests_t *requests);

/* ---- UMTS ---- */
/* The message in access->plain. */
GODWIT_MUST_USE godwit_status_t godwit_umts_send(godwit_access_t *access, const godwit_writer_t *plain, bool answers,
                                                 godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_transmit(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_attach_request(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_activate_request(godwit_access_t *access,
                                                             godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_modify_request(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_service_request(godwit_access_t *access,
                                                            godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_detach_request(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_respond(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_fail(godwit_access_t *access, uint8_t cause, const uint8_t *auts,
                                                 godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_umts_receive(godwit_access_t *access, const godwit_radio_frame_t *frame,
                                                    godwit_slice_t whole, godwit_access_requests_t *requests);
/* What network and device keep beside the keys of the following session. */
godwit_next_session_t godwit_umts_following(const godwit_access_t *access);
/* The attach request by the stored vector; build puts the message together, data is what goes with it, ciphered. */
typedef godwit_status_t godwit_umts_build_t(const godwit_access_t *access, const godwit_next_session_t *found,
                                            godwit_slice_t data, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_umts_by_stored_vector(godwit_access_t *access, godwit_umts_build_t *build,
                                                             godwit_access_requests_t *requests);
/* The circuit domain (cs.c) in the place of GMM and SM. */
GODWIT_MUST_USE godwit_status_t godwit_cs_transmit(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_cs_respond(godwit_access_t *access, godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_cs_fail(godwit_access_t *access, uint8_t cause, const uint8_t *auts,
                                               godwit_access_requests_t *requests);
GODWIT_MUST_USE godwit_status_t godwit_cs_take_nas(godwit_access_t *access, const godwit_access_message_t *m,
                                                   godwit_access_requests_t *requests);
/* A GMM or SM message. */
GODWIT_MUST_USE godwit_status_t godwit_umts_take_nas(godwit_access_t *access, const godwit_access_message_t *m,
                                                     godwit_access_requests_t *requests);
godwit_access_take_t godwit_umts_take_authentication, godwit_umts_take_authentication_reject, godwit_umts_take_identity,
    godwit_umts_take_attach_accept, godwit_umts_take_attach_reject, godwit_umts_take_service_accept,
    godwit_umts_take_service_reject, godwit_umts_take_detach, godwit_umts_take_information,
    godwit_umts_take_detach_accept, godwit_umts_take_status, godwit_umts_take_activate_accept,
    godwit_umts_take_activate_reject, godwit_umts_take_modify, godwit_umts_take_modify_accept,
    godwit_umts_take_modify_reject, godwit_umts_take_deactivate;

#endif
