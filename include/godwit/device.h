/* SPDX-License-Identifier: Apache-2.0
 *
 * The device library: the ME side of EMSDP with a SIM (agreements 03 and 07, separate AKA; 01 and 02, the key set of an
 * access AKA run). No malloc, no threads, no clock of its own:
 * the caller gives one input and carries out the requests that come back, in order. A SIM that needs 300 ms, a flash
 * page that must be written before a COUNT is used, a radio that sleeps: all are requests, none blocks.
 *
 *     godwit_device_init(&device, &config);
 *     godwit_device_restore(&device, nvm, nvm_len);              // after a reboot, when a record was stored
 *     godwit_device_send(&device, reading, random, &requests);   // then carry out requests
 *
 * Requests that follow a STORE may be carried out only when the record is durable. Whoever ignores that may use a COUNT
 * twice. When a STORE fails, drop what follows it, and go on as after a power loss: init, and restore of the record
 * that is durable.
 *
 * A list is to be carried out whatever the call returned. After an error it holds TIMER and EVENT alone: nothing leaves,
 * what the call has changed is stored with the next one, and what was under way goes on when the timer comes due. A
 * reading whose call gave an error was not taken.
 */
#ifndef GODWIT_DEVICE_H
#define GODWIT_DEVICE_H

#include "godwit/aka.h"
#include "godwit/device_e2e.h"
#include "godwit/emsdp.h"

/* Octets of non-volatile memory that one record takes. */
#define GODWIT_DEVICE_RECORD_MAX 296
/* The most requests that one call gives. */
#define GODWIT_DEVICE_REQUESTS_MAX 8

/* What follows may be lowered where memory is dear; library and firmware must be compiled with the same values. */

/* Longest datagram, either way. */
#ifndef GODWIT_DEVICE_DATAGRAM_MAX
#define GODWIT_DEVICE_DATAGRAM_MAX GODWIT_EMSDP_DATAGRAM_MAX
#endif
/* Longest reading: what a datagram of that length takes with the longest header and MAC. */
#define GODWIT_DEVICE_READING_MAX (GODWIT_DEVICE_DATAGRAM_MAX - GODWIT_EMSDP_OVERHEAD_MAX)
/* Longest reading that can ride in Start Confirmation or as early data; a longer one follows as a user-plane datagram
 * by itself. At most 255, the length of a TLV. */
#ifndef GODWIT_DEVICE_FIRST_READING_MAX
#define GODWIT_DEVICE_FIRST_READING_MAX 200
#endif
/* Longest name of an EAS that the configuration may give. */
#ifndef GODWIT_DEVICE_ENTERPRISE_MAX
#define GODWIT_DEVICE_ENTERPRISE_MAX 64
#endif
/* Runs of the USIM that one set-up may cost, whatever comes over the air. */
#ifndef GODWIT_DEVICE_USIM_RUNS_MAX
#define GODWIT_DEVICE_USIM_RUNS_MAX 8
#endif
/* How often one answer is sent again. */
#ifndef GODWIT_DEVICE_REPEATS_MAX
#define GODWIT_DEVICE_REPEATS_MAX 8
#endif

/* The caller owns what the pointers show; it must live as long as the device. */
typedef struct godwit_device_config {
    const godwit_crypto_t *crypto;
    godwit_imsi_t imsi;
    godwit_slice_t endpoint; /* canonical FQDN of the HSE: K_session is bound to it */
    godwit_plmn_t best_plmn; /* serving network of agreement 03's KASME: the operator's BEST PLMN, default its HPLMN */
    godwit_plmn_t serving_network; /* where the device is */
    godwit_slice_t enterprise;     /* FQDN of the EAS, or empty */
    godwit_framing_t framing;      /* of that HSE address */
    uint8_t agreements;            /* bit i-1 = agreement i; default 03 only */
    uint16_t suites;        /* bit i-1 = suite i that this device accepts: its own floor, whatever the network says */
    uint32_t reserve;       /* COUNTs reserved by one store; 0: 16; never more than 2^n */
    uint32_t retransmit_ms; /* first wait for an answer, doubled each time; 0: 4000 */
    uint8_t attempts;       /* sendings of one request before it is given up; 0: 4 */
    /* user plane end to end with `enterprise`, which must then be named; NULL: it ends in the HSE */
    godwit_device_e2e_t *e2e;
} godwit_device_config_t;

typedef enum godwit_device_request_kind {
    GODWIT_DEVICE_SEND,             /* octets: one datagram to the HSE */
    GODWIT_DEVICE_DELIVER,          /* octets: a message from the endpoint; count */
    GODWIT_DEVICE_STORE,            /* octets: the record, to be made durable in place of the former one */
    GODWIT_DEVICE_AUTHENTICATE,     /* rand, autn: run the USIM (3G context), then call godwit_device_usim_result */
    GODWIT_DEVICE_TIMER,            /* call godwit_device_timer after delay_ms; 0 cancels */
    GODWIT_DEVICE_EVENT,            /* for a log: name, reason */
    GODWIT_DEVICE_AUTHENTICATE_GSM, /* rand: run the SIM in the GSM context (device RAND, godwit/mtc.h alone) */
    GODWIT_DEVICE_STORE_E2E,        /* octets: the record of end to end, which has a place of its own; else as STORE */
} godwit_device_request_kind_t;

typedef struct godwit_device_request {
    godwit_device_request_kind_t kind;
    godwit_slice_t octets; /* lives until the next call */
    uint32_t count;
    const uint8_t *rand, *autn;
    uint32_t delay_ms;
    /* Static: "session_requested", "session_started", "rekeyed", "terminated", "refused", "reading_sent",
     * "given_up", and "reading_uncertain": the network hinted that it could not take the datagram that carried the
     * last reading (or never answered it). It is not sent again by itself, for it may have been delivered; the
     * caller decides. Of Solution 1: "modify_bearer": the owner is to modify its PDN connection or PDP context with
     * a new container; "fallback": the access gave no key, reason says why; from here on the device sets up by
     * separate AKA where its agreements allow. End to end: "service_agreed": a key was taken; "service_refused": the
     * network gives none, reason says why; "reading_refused": the last reading was not taken, and will not be;
     * "reading_confirmed": the EAS has it; "key_spent": its time or count is over, and nothing is sent under it any
     * more. */
    const char *name;
    godwit_status_t reason;
} godwit_device_request_t;

typedef struct godwit_device_requests {
    godwit_device_request_t item[GODWIT_DEVICE_REQUESTS_MAX];
    size_t count;
} godwit_device_requests_t;

typedef struct godwit_device godwit_device_t; /* defined at the end: allocate it where you like, touch nothing inside */

GODWIT_MUST_USE godwit_status_t godwit_device_init(godwit_device_t *device, const godwit_device_config_t *config);
/* A record that a STORE request gave. GODWIT_MALFORMED when it is damaged: the device is then as after init and sets up
 * anew. COUNTs that were reserved are skipped. */
GODWIT_MUST_USE godwit_status_t godwit_device_restore(godwit_device_t *device, godwit_slice_t record);
/* Before a planned power-down: gives a STORE with the exact counters, so that nothing is skipped. */
GODWIT_MUST_USE godwit_status_t godwit_device_suspend(godwit_device_t *device, godwit_device_requests_t *requests);

/* Sends a reading: one datagram where a session is live, else set-up with the reading inside its Confirmation, or at
 * once under a key that was announced. An empty reading only sets up. random: 4 octets fresh from the caller. One
 * reading is held at a time: GODWIT_AGAIN while a set-up with a reading, or the end of a session, is under way;
 * GODWIT_NO_SPACE when too long. */
GODWIT_MUST_USE godwit_status_t godwit_device_send(godwit_device_t *device, godwit_slice_t reading,
                                                   const uint8_t random[4], godwit_device_requests_t *requests);
/* A datagram came from the HSE's address. What is refused changes nothing and gives an EVENT with the reason; the
 * return value is not GODWIT_OK only when our own house failed. random as above. */
GODWIT_MUST_USE godwit_status_t godwit_device_receive(godwit_device_t *device, godwit_slice_t datagram,
                                                      const uint8_t random[4], godwit_device_requests_t *requests);
/* The USIM's answer to AUTHENTICATE; one for each, with GODWIT_IO_FAILED in it where the card did not answer.
 * GODWIT_WRONG_STATE when none was asked for. */
GODWIT_MUST_USE godwit_status_t godwit_device_usim_result(godwit_device_t *device, const godwit_usim_result_t *result,
                                                          const uint8_t random[4], godwit_device_requests_t *requests);
/* The timer came due: retransmission of identical octets, or giving up. */
GODWIT_MUST_USE godwit_status_t godwit_device_timer(godwit_device_t *device, const uint8_t random[4],
                                                    godwit_device_requests_t *requests);
/* Asks the network to end the session (20). GODWIT_WRONG_STATE when there is none, GODWIT_AGAIN while another request
 * is unanswered. */
GODWIT_MUST_USE godwit_status_t godwit_device_terminate(godwit_device_t *device, godwit_device_requests_t *requests);
/* Sends Manage Keys Request with the full COUNTs: after a long silence. godwit_device_send does so by itself when so
 * many COUNTs were spent without a sign from the network that it might no longer follow. Errors as above. */
GODWIT_MUST_USE godwit_status_t godwit_device_synchronise(godwit_device_t *device, godwit_device_requests_t *requests);

/* ---- Solutions 1 and 2: the key set of an access AKA run (docs/device.md) ----
 *
 *     godwit_device_access_key_set(&device, ...);            // after each access AKA run that yielded one
 *     godwit_device_container(&device, home, kind, &writer); // Solution 1: goes up in the PCO
 *     godwit_device_bearer_start(&device, answer, ...);      // what came down in the PCO
 *
 * Without a container the same key set serves Solution 2: the next Session Request names it. */

/* A key set that USIM or ME made in an access AKA run (agreement 01 or 02); sqn as the container names it, SQN xor AK.
 * Nothing of a live session changes: the key set is used from the next Start on. The same key set given again changes
 * nothing. GODWIT_POLICY_FORBIDS for an agreement that the configuration does not have. */
GODWIT_MUST_USE godwit_status_t godwit_device_access_key_set(godwit_device_t *device, godwit_agreement_t agreement,
                                                             const uint8_t rand[16], const uint8_t sqn[6],
                                                             const uint8_t e2m_keyset[32]);
/* Appends the contents of the container up, for activation or modification, and expects its answer. selector_kind: 1
 * RAND, 2 SQN.
 * GODWIT_WRONG_STATE when there is no key set. */
GODWIT_MUST_USE godwit_status_t godwit_device_container(godwit_device_t *device, godwit_plmn_t home_plmn,
                                                        uint8_t selector_kind, godwit_writer_t *out);
/* The contents of the container down, or the empty slice when none came: the session begins, or EVENT "fallback" says
 * why not. A reading that is held goes at once, either way. GODWIT_WRONG_STATE when no container is unanswered. random
 * as above. */
GODWIT_MUST_USE godwit_status_t godwit_device_bearer_start(godwit_device_t *device, godwit_slice_t answer,
                                                           const uint8_t random[4], godwit_device_requests_t *requests);

/* ---- agreements 04 and 05: the key set of a bootstrapping (GBA, AKMA) ----
 *
 * The next Session Request names it by reference, B-TID or A-KID: 1 to 127 printable octets that live as long as the
 * device. root is Ks_NAF or K_AF for the EMKS of that endpoint. To be called after each bootstrapping, and after
 * restore; given again it changes nothing, and nothing of a live session changes: the key set is used from the next
 * Start on. A network that does not know the reference (any more) sets up by separate AKA where both ends allow; else
 * it refuses with "unknown_key" or "key_expired": bootstrap anew. GODWIT_POLICY_FORBIDS for an agreement that the
 * configuration does not have. */
GODWIT_MUST_USE godwit_status_t godwit_device_key_reference(godwit_device_t *device, godwit_agreement_t agreement,
                                                            godwit_slice_t reference, const uint8_t root[32]);

/* ---- end to end with an EAS: config.e2e ----
 *
 * Sending and receiving are as before. A reading that finds no key, or one that is spent, is held while the next is
 * asked for. */

/* Sends a reading and asks for the word that the EAS has it: EVENT "reading_confirmed"; or "reading_refused", as
 * above; or "reading_uncertain", and it may have arrived or not: offer it again. It is sent again like any request,
 * whatever dies in between, and taken once. The owner keeps it until then; only one is under way, and nothing else
 * meanwhile (GODWIT_AGAIN). GODWIT_NO_SPACE when it is longer than a first reading may be; GODWIT_WRONG_STATE when
 * there is no session, or no key that is good: send an empty reading first, and come again after "session_started"
 * or "service_agreed". */
GODWIT_MUST_USE godwit_status_t godwit_device_send_confirmed(godwit_device_t *device, godwit_slice_t reading,
                                                             godwit_device_requests_t *requests);
/* A record that a STORE_E2E request gave; after godwit_device_restore. Errors as there. */
GODWIT_MUST_USE godwit_status_t godwit_device_restore_e2e(godwit_device_t *device, godwit_slice_t record);
/* So many seconds have passed since the last call, or since the key was taken: the device has no clock. What passed
 * without power counts, too, where the owner knows it. */
GODWIT_MUST_USE godwit_status_t godwit_device_elapsed(godwit_device_t *device, uint32_t seconds,
                                                      godwit_device_requests_t *requests);
/* What the user plane is under. GODWIT_NOT_FOUND: there is no such key. */
GODWIT_MUST_USE godwit_status_t godwit_device_e2e_terms(const godwit_device_t *device, godwit_e2e_terms_t *terms);
/* A key for another protocol with the EAS. label "dtls1.2", "dtls1.3", "tls1.3" or "oscore"; device_role: 0 when the
 * device is the client there, 1 the server. With number 0 in *name a number that was not given yet, and *name is set,
 * to be told to the EAS (godwit_psk_name_put: the identity of TLS and DTLS); else the number of *name, as the EAS chose
 * it. No number is given twice: GODWIT_REPLAY. The key may be used only when the STORE_E2E that comes with it is
 * durable. GODWIT_WRONG_STATE while nothing was agreed; GODWIT_UNKNOWN_KEY: that age is not here;
 * GODWIT_KEY_EXPIRED. */
GODWIT_MUST_USE godwit_status_t godwit_device_export_psk(godwit_device_t *device, const char *label,
                                                         uint8_t device_role, godwit_psk_name_t *name, uint8_t psk[32],
                                                         godwit_device_requests_t *requests);

/* The same in two steps, for a device that is the server there, as godwit_eas_derive and godwit_eas_proved at the other
 * end: the first changes nothing; the second, when the handshake under that key is complete, uses its number up, and
 * the connection may be believed when the STORE_E2E that comes with it is durable. */
GODWIT_MUST_USE godwit_status_t godwit_device_derive_psk(const godwit_device_t *device, const char *label,
                                                         uint8_t device_role, const godwit_psk_name_t *name,
                                                         uint8_t psk[32]);
GODWIT_MUST_USE godwit_status_t godwit_device_psk_proved(godwit_device_t *device, const godwit_psk_name_t *name,
                                                         godwit_device_requests_t *requests);

godwit_session_state_t godwit_device_state(const godwit_device_t *device);
uint32_t godwit_device_session_id(const godwit_device_t *device);

#include "godwit/device_state.h"

#endif
