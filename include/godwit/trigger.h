/* SPDX-License-Identifier: Apache-2.0
 *
 * Triggers that a device can trust (contribution 002, docs/trigger-wire.md): the device's end of its association with
 * the MTC-IWF. In the style of device.h: one input, then requests to be carried out in order; a STORE is durable before
 * what follows it. No malloc, no clock of its own, no I/O.
 *
 *     godwit_trigger_init(&trigger, &config);
 *     godwit_trigger_restore(&trigger, nvm, nvm_len);             // after a reboot, when a record was stored
 *     godwit_trigger_resume(&trigger, now, &requests);            // what was not confirmed before it comes again, marked
 *     godwit_trigger_root(&trigger, kind, root, rand, &requests); // after each AKA run of the access
 *     godwit_trigger_receive(&trigger, octets, via, now, &requests);
 *     godwit_trigger_done(&trigger, reference, outcome, now, &requests); // when the application has acted: the acknowledgement goes
 *
 * A list is to be carried out whatever the call returned. After an error it holds TIMER and EVENT alone: nothing leaves,
 * and what the call has changed is stored, and delivered, with the next one.
 *
 * A trigger reaches the application exactly once, but for a power loss between DELIVER and the STORE of done, or where
 * it comes again after more others than the memory holds: then once more, marked repeated.
 */
#ifndef GODWIT_TRIGGER_H
#define GODWIT_TRIGGER_H

#include "core/trigger/trigger.h"
#include "godwit/crypto.h"

/* What follows may be changed where memory is dear or plenty; library and firmware must be compiled with the same
 * values. */

/* Triggers that are with their applications and not confirmed. While so many are, further ones are not taken: the
 * MTC-IWF says them again. */
#ifndef GODWIT_TRIGGER_PENDING_MAX
#define GODWIT_TRIGGER_PENDING_MAX 2
#endif
/* References remembered: of triggers that were dealt with, and of recalled ones that have not come. The oldest is
 * forgotten first. */
#ifndef GODWIT_TRIGGER_MEMORY_MAX
#define GODWIT_TRIGGER_MEMORY_MAX 32
#endif
/* The most requests that one call gives. */
#define GODWIT_TRIGGER_REQUESTS_MAX (6 + GODWIT_TRIGGER_PENDING_MAX)

#define GODWIT_TRIGGER_RANDOM 8 /* octets that godwit_trigger_poll is given */

/* By which way octets came, or are to go. */
typedef enum godwit_trigger_via {
    GODWIT_TRIGGER_VIA_NAS = 1, /* a NAS message that was integrity protected, and ciphered where the network ciphers */
    /* a short message with application port GODWIT_A3_PORT; no protection is taken for granted */
    GODWIT_TRIGGER_VIA_SMS,
    GODWIT_TRIGGER_VIA_A3, /* a datagram from the MTC-IWF's address */
} godwit_trigger_via_t;

/* The time, as far as the device knows it. */
typedef struct godwit_trigger_now {
    uint64_t up_ms;  /* runs since the device was switched on (or since any other moment), and never back */
    uint32_t unix_s; /* seconds since 1970; 0: the device has no clock */
} godwit_trigger_now_t;

/* The caller owns what the pointers show; it must live as long as the device. */
typedef struct godwit_trigger_config {
    const godwit_crypto_t *crypto;
    godwit_imsi_t imsi;
    /* the home's MTC-IWF, a canonical FQDN: K_iwf is bound to it. Provisioned, never learned from the air */
    godwit_slice_t iwf;
    /* Roots that this device trusts: bit i-1 = godwit_iwf_root_t i; 0: FLAGGED alone, with ue_key_received KASME and
     * CK_IK. Whoever allows these allows the visited network, which has them, to make Commands and triggers of its
     * own. */
    uint8_t roots;
    bool ue_key_received; /* K_iwf comes in protected NAS (godwit_trigger_ue_key) and is not derived here */
    uint16_t suites;     /* bit i-1 = suite i that this device accepts, of GODWIT_A3_SUITES; 0: 1 and 3, which cipher */
    bool accept_network; /* also act on triggers without protection that came in protected NAS (case 1); else never */
    uint32_t reserve;    /* COUNTs reserved by one store; 0: 8 */
    uint32_t retransmit_ms; /* first wait for the answer to a Poll, doubled each time; 0: 4000 */
    uint8_t attempts;       /* sendings of one Poll; 0: 4 */
} godwit_trigger_config_t;

/* A trigger for an application of this device. */
typedef struct godwit_trigger_delivery {
    uint32_t reference;
    uint16_t port;
    bool priority;
    /* it was delivered before a power loss and not confirmed, or may have been delivered and forgotten */
    bool repeated;
    bool protected; /* an authorised MTC-IWF made it (case 2); false: the networks between said so (case 1) */
    bool proved;    /* the MTC-IWF had verified who asked for it: source is the digest of that name */
    uint8_t source[GODWIT_A3_DIGEST];
    godwit_slice_t payload; /* lives until the next call */
} godwit_trigger_delivery_t;

typedef enum godwit_trigger_request_kind {
    /* octets: one message for the MTC-IWF, over UDP with a cookie in front where one was given; via: the way by which
     * what it answers came */
    GODWIT_TRIGGER_SEND,
    GODWIT_TRIGGER_STORE,   /* octets: the record, to be made durable in place of the former one */
    GODWIT_TRIGGER_DELIVER, /* delivery */
    /* association: the card makes K_iwf (of config.iwf) of its last flagged run; then godwit_trigger_derived */
    GODWIT_TRIGGER_DERIVE,
    GODWIT_TRIGGER_TIMER, /* call godwit_trigger_timer after delay_ms; 0 cancels */
    GODWIT_TRIGGER_EVENT, /* for a log: name, reason */
} godwit_trigger_request_kind_t;

typedef struct godwit_trigger_request {
    godwit_trigger_request_kind_t kind;
    godwit_slice_t octets; /* lives until the next call */
    godwit_trigger_via_t via;
    godwit_trigger_delivery_t delivery;
    uint32_t association;
    uint32_t delay_ms;
    /* Static: "associated", "association_refused", "delivered", "expired", "recalled" (a trigger that had been recalled
     * came), "replaced" (likewise), "recall" (one was taken), "too_late" (a recall or a replacement was), "again" (a
     * trigger that was dealt with came again), "busy" (too many are unconfirmed: not taken), "unprotected" (one without
     * protection was refused), "polled", "given_up" (no answer to a Poll), "refused". */
    const char *name;
    godwit_status_t reason;
} godwit_trigger_request_t;

typedef struct godwit_trigger_requests {
    godwit_trigger_request_t item[GODWIT_TRIGGER_REQUESTS_MAX];
    size_t count;
} godwit_trigger_requests_t;

#include "godwit/trigger_state.h"

GODWIT_MUST_USE godwit_status_t godwit_trigger_init(godwit_trigger_t *trigger, const godwit_trigger_config_t *config);
/* A record that a STORE request gave. GODWIT_MALFORMED when it is damaged, or of another subscriber or MTC-IWF: the
 * device is then as after init. COUNTs that were reserved are skipped. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_restore(godwit_trigger_t *trigger, godwit_slice_t record);
/* After restore: DELIVER, marked repeated, for each trigger that was not confirmed. */
void godwit_trigger_resume(godwit_trigger_t *trigger, godwit_trigger_requests_t *requests);

/* The root that an AKA run of the access left, by kind and the run's RAND. root NULL: the card alone has it (FLAGGED,
 * UMTS), and DERIVE will ask it. To be called when the run is proved (security mode has been set up), and before
 * anything that came after it is given to receive. A kind that the configuration does not trust is passed over, so the
 * caller may give whatever there is. Gives a STORE. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_root(godwit_trigger_t *trigger, godwit_iwf_root_t kind,
                                                    const uint8_t *root, const uint8_t rand[16],
                                                    godwit_trigger_requests_t *requests);
/* ue-key received: K_iwf came in a NAS message that was ciphered and integrity protected; from nowhere else. Its
 * Command follows.
 * GODWIT_POLICY_FORBIDS where the device derives, GODWIT_REPLAY for a number not above the last of that AKA run,
 * or of all where the device was told of no such run (godwit_trigger_root). Gives a STORE. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_ue_key(godwit_trigger_t *trigger, const godwit_iwf_key_t *key,
                                                      godwit_trigger_requests_t *requests);
/* The card's answer to DERIVE; one for each, with a status that is not GODWIT_OK where it has no key.
 * GODWIT_WRONG_STATE when none was asked for. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_derived(godwit_trigger_t *trigger, godwit_status_t status,
                                                       const uint8_t k_iwf[32], godwit_trigger_now_t now,
                                                       godwit_trigger_requests_t *requests);

/* A message came. What is refused changes nothing and gives an EVENT with the reason; the return value is not GODWIT_OK
 * only when our own house failed. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_receive(godwit_trigger_t *trigger, godwit_slice_t octets,
                                                       godwit_trigger_via_t via, godwit_trigger_now_t now,
                                                       godwit_trigger_requests_t *requests);
/* The application has acted on a trigger (DELIVERED), or there is none at that port (NO_APPLICATION): STORE, then SEND
 * of the Acknowledgement.
 * GODWIT_NOT_FOUND for a reference that is not waiting for this. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_done(godwit_trigger_t *trigger, uint32_t reference,
                                                    godwit_a3_outcome_t outcome, godwit_trigger_requests_t *requests);
/* "I am here", by interface A3: a Poll, or without an association the hint that asks for one. Again until something
 * protected comes down, config.attempts times. To be called after each change of the device's address, too. random:
 * fresh from the caller; by it the device knows that who answers a hint has seen it. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_poll(godwit_trigger_t *trigger,
                                                    const uint8_t random[GODWIT_TRIGGER_RANDOM],
                                                    godwit_trigger_requests_t *requests);
/* The timer came due. After an association was made over UDP it goes on with Polls, until something comes down. */
GODWIT_MUST_USE godwit_status_t godwit_trigger_timer(godwit_trigger_t *trigger, godwit_trigger_requests_t *requests);

/* Number of the association in use; 0: none. */
uint32_t godwit_trigger_association(const godwit_trigger_t *trigger);
/* How many triggers wait in the network, as the last Poll Answer said; 0: none, or nothing was said. */
uint8_t godwit_trigger_waiting(const godwit_trigger_t *trigger);

#endif
