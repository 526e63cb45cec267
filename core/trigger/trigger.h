/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3 (contribution 002): the messages between device and MTC-IWF, their protection with K_di_conf and
 * K_di_int, and the rules that both ends of an association follow (docs/trigger-wire.md, normative, ours). Integrity
 * first, then decryption. Opening a message changes nothing: the caller checks the window, does what the message asks,
 * and moves the window when that is durable.
 */
#ifndef GODWIT_CORE_TRIGGER_TRIGGER_H
#define GODWIT_CORE_TRIGGER_TRIGGER_H

#include "core/wire/payload_trigger.h"
#include "godwit/keys.h"

#define GODWIT_A3_PORT 16021 /* application port of the device's trigger function; ours */
#define GODWIT_A3_MAC 8
#define GODWIT_A3_OVERHEAD (5 + GODWIT_A3_MAC) /* first octet, COUNT, MAC */
#define GODWIT_A3_DIGEST 8                     /* first of SHA-256 */
#define GODWIT_A3_SUITES_MAX 4
#define GODWIT_A3_SUITE_MANDATORY 1 /* every device has it; its key makes the MAC of a Command */
/* Suites that may be used here: those of EMSDP with a MAC of 8 octets. Bit i-1: suite i. 5 and 6 do not cipher. */
#define GODWIT_A3_SUITES 0x0035u
#define GODWIT_A3_WINDOW 64u /* COUNTs below the highest that may still come: godwit_window_is_replay */

/* Direction is part of the type. */
typedef enum godwit_a3_type {
    GODWIT_A3_COMMAND = 1,         /* down: IWF Security Mode Command */
    GODWIT_A3_COMPLETE = 2,        /* up: IWF Security Mode Complete */
    GODWIT_A3_REJECT = 3,          /* up: IWF Security Mode Reject */
    GODWIT_A3_TRIGGER = 4,         /* down */
    GODWIT_A3_ACKNOWLEDGEMENT = 5, /* up */
    GODWIT_A3_POLL = 6,            /* up: "I am here" */
    GODWIT_A3_POLL_ANSWER = 7,     /* down */
} godwit_a3_type_t;

typedef struct godwit_a3_command {
    uint32_t association; /* 1 to 2^32 - 1 */
    godwit_iwf_root_t root;
    /* ue-key received: of the root behind it; the device does not look at it */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    uint32_t time_s; /* since 1970 */
    uint8_t suites;
    uint8_t suite[GODWIT_A3_SUITES_MAX]; /* the MTC-IWF's, the best first */
} godwit_a3_command_t;

typedef struct godwit_a3_complete {
    uint8_t suite;          /* the first of the Command's that the device allows */
    uint16_t device_suites; /* all that it allows: bit i-1 = suite i */
    uint8_t command[GODWIT_A3_DIGEST];
} godwit_a3_complete_t;

typedef enum godwit_a3_reason {
    GODWIT_A3_NO_ROOT = 1,        /* the device has no such root: it names the one that it has */
    GODWIT_A3_WRONG_MAC = 2,      /* the root is there, the MAC is not its */
    GODWIT_A3_OLD_NUMBER = 3,     /* not above the last one: it says which that is */
    GODWIT_A3_NO_SUITE = 4,       /* none of those is allowed */
    GODWIT_A3_NO_ASSOCIATION = 5, /* no Command came: the device has none and wants one */
    GODWIT_A3_NO_KEY = 6,         /* ue-key received: no such key came */
} godwit_a3_reason_t;
#define GODWIT_A3_REASON_LAST GODWIT_A3_NO_KEY

/* Without protection it is a hint: it may change what the MTC-IWF tries next, and nothing that it knows. */
typedef struct godwit_a3_reject {
    godwit_a3_reason_t reason;
    godwit_iwf_root_t root; /* the newest that the device has; NONE */
    uint8_t root_name[GODWIT_IWF_ROOT_NAME];
    uint32_t association; /* the highest number that the device took */
    /* of the rejected Command; where none came (NO_ASSOCIATION) what the device has drawn, which a cookie echoes */
    uint8_t command[GODWIT_A3_DIGEST];
} godwit_a3_reject_t;

typedef enum godwit_a3_action {
    GODWIT_A3_TRIGGERING = 1,
    GODWIT_A3_RECALL = 3, /* as Action-Type of TS 29.368 */
    GODWIT_A3_REPLACE = 4,
} godwit_a3_action_t;

typedef struct godwit_a3_trigger {
    godwit_a3_action_t action;
    bool priority, acknowledge; /* acknowledge: an Acknowledgement is wanted */
    /* By what the device tells triggers apart, whatever their source: the MTC-IWF's number for it, unique with this
     * device (the source's own reference is not: two sources may use the same). */
    uint32_t reference, old_reference; /* old: of the one that is recalled or replaced, else 0 */
    uint32_t time_s;                   /* when these octets were made, since 1970 */
    uint32_t validity_s;               /* from time_s on; 0: for ever */
    uint16_t port;
    uint8_t source[GODWIT_A3_DIGEST]; /* of its verified name (godwit_a3_source); zero: B1 or B2 proved nothing */
    uint8_t payload_len, payload[GODWIT_TRIGGER_PAYLOAD_MAX]; /* empty for a recall */
} godwit_a3_trigger_t;

typedef enum godwit_a3_outcome {
    GODWIT_A3_DELIVERED = 1,
    GODWIT_A3_EXPIRED = 2,
    /* of a recall: the old one will not be acted on. Of a trigger: it had been recalled before it came */
    GODWIT_A3_RECALLED = 3,
    GODWIT_A3_REPLACED = 4, /* of a trigger that came after what replaced it */
    GODWIT_A3_NO_APPLICATION = 5,
    /* of a recall or a replacement: the old one is with its application; the new one is not delivered */
    GODWIT_A3_TOO_LATE = 6,
} godwit_a3_outcome_t;
#define GODWIT_A3_OUTCOME_LAST GODWIT_A3_TOO_LATE

typedef struct godwit_a3_acknowledgement {
    uint32_t reference;
    godwit_a3_outcome_t outcome;
} godwit_a3_acknowledgement_t;

typedef struct godwit_a3_poll {
    uint32_t next_down; /* highest COUNT accepted under this association + 1; 0: none yet */
} godwit_a3_poll_t;

typedef struct godwit_a3_poll_answer {
    uint32_t time_s;
    uint8_t waiting; /* triggers for this device; 255: that many or more */
} godwit_a3_poll_answer_t;

typedef struct godwit_a3_message {
    godwit_a3_type_t type;
    union {
        godwit_a3_command_t command;
        godwit_a3_complete_t complete;
        godwit_a3_reject_t reject;
        godwit_a3_trigger_t trigger;
        godwit_a3_acknowledgement_t acknowledgement;
        godwit_a3_poll_t poll;
        godwit_a3_poll_answer_t poll_answer;
    };
} godwit_a3_message_t;

typedef struct godwit_a3_header {
    godwit_a3_type_t type;
    uint8_t key_id; /* 1 to 7; 0: not protected */
    uint32_t count; /* as the octets say: nothing is proved yet */
} godwit_a3_header_t;

static inline bool godwit_a3_is_down(godwit_a3_type_t type)
{
    return type == GODWIT_A3_COMMAND || type == GODWIT_A3_TRIGGER || type == GODWIT_A3_POLL_ANSWER;
}

/* GODWIT_MALFORMED for another version, an unknown type, a length that cannot be. */
GODWIT_MUST_USE godwit_status_t godwit_a3_peek(godwit_slice_t octets, godwit_a3_header_t *header);
/* 1 + association mod 7: the next association has another. */
uint8_t godwit_a3_key_id(uint32_t association);

/* ---- protection -------------------------------------------------------------------------------------------------- */

/* The key of one association, as either end has it. */
typedef struct godwit_a3_key {
    const uint8_t *k_iwf; /* 32 octets */
    uint32_t association; /* not 0 */
    uint8_t suite;        /* of GODWIT_A3_SUITES; a Command is protected with the mandatory one whatever stands here */
} godwit_a3_key_t;

/* Appends the whole protected message. count must never have been used before with other octets in that direction of
 * that association: the caller has made it durable. GODWIT_INVALID_ARGUMENT for a message that cannot be (an unknown
 * value, too long a payload), a suite that is not allowed here, association 0, COUNT 2^32 - 1, which does not exist;
 * GODWIT_NO_SPACE. */
GODWIT_MUST_USE godwit_status_t godwit_a3_protect(const godwit_crypto_t *crypto, const godwit_a3_key_t *key,
                                                  uint32_t count, const godwit_a3_message_t *message,
                                                  godwit_writer_t *out);

typedef struct godwit_a3_opened {
    uint32_t count;
    godwit_a3_message_t message;
} godwit_a3_opened_t;

/* Checks the MAC, then deciphers, then reads. down: whether the caller receives what goes down (it is the device); what
 * goes the other way is refused, so that no message can be reflected. Order of refusals: GODWIT_MALFORMED (length,
 * version, type, direction), GODWIT_UNKNOWN_KEY (another association's key id, or none), GODWIT_MAC_FAILURE,
 * GODWIT_MALFORMED (authentic but senseless). Whether COUNT is new is the caller's question (godwit_window_is_replay),
 * since a repeated trigger is acknowledged again. Of a Command the association number in it equals key's, else
 * GODWIT_MAC_FAILURE. */
GODWIT_MUST_USE godwit_status_t godwit_a3_open(const godwit_crypto_t *crypto, const godwit_a3_key_t *key, bool down,
                                               godwit_slice_t octets, godwit_a3_opened_t *opened);

/* A message without protection, key id 0 and COUNT 0, no MAC: Trigger and Acknowledgement of case 1, and Reject as a
 * hint; nothing else. */
GODWIT_MUST_USE godwit_status_t godwit_a3_unprotected_build(const godwit_a3_message_t *message, godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t godwit_a3_unprotected_parse(bool down, godwit_slice_t octets,
                                                            godwit_a3_message_t *message);

/* ---- rules of an association ------------------------------------------------------------------------------------- */

/* What a Command says, before its key is there: no MAC is checked. GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_a3_command_peek(godwit_slice_t octets, godwit_a3_command_t *command);
/* The first of the Command's suites that is among allowed (bit i-1 = suite i); 0: none. */
uint8_t godwit_a3_choose(const godwit_a3_command_t *command, uint16_t allowed);
/* At the MTC-IWF: the Complete that answers command (the octets that were sent), under K_iwf of that association. Gives
 * the suite that is in use from now on; its COUNT is 0 in the device's direction, so that the next one expected is 1.
 * What godwit_a3_open refuses; GODWIT_UNSUPPORTED_SUITE for a suite that the Command did not offer, GODWIT_MAC_FAILURE
 * for another Command's digest, GODWIT_POLICY_FORBIDS for a choice that is not the first of the Command's that the
 * device itself says it allows (bidding down). */
GODWIT_MUST_USE godwit_status_t godwit_a3_complete_open(const godwit_crypto_t *crypto, const uint8_t k_iwf[32],
                                                        godwit_slice_t command, godwit_slice_t octets, uint8_t *suite);
/* First 8 octets of SHA-256: of a Command; of the name of a source. */
GODWIT_MUST_USE godwit_status_t godwit_a3_digest(const godwit_crypto_t *crypto, godwit_slice_t octets,
                                                 uint8_t digest[GODWIT_A3_DIGEST]);
/* What a Trigger carries of its source: the digest of the name that was proved over B1 or B2; zero where nothing
 * was. */
GODWIT_MUST_USE godwit_status_t godwit_a3_source(const godwit_crypto_t *crypto, const char *name, bool proved,
                                                 uint8_t source[GODWIT_A3_DIGEST]);
/* ---- over UDP (port A3) ------------------------------------------------------------------------------------------ */

#define GODWIT_A3_COOKIE 8
#define GODWIT_A3_ECHO 8
#define GODWIT_A3_COOKIE_PART (1 + GODWIT_A3_COOKIE) /* before the message, where there is one */
#define GODWIT_A3_COOKIE_ANSWER (1 + GODWIT_A3_ECHO + GODWIT_A3_COOKIE)
#define GODWIT_A3_DATAGRAM_MAX (8 + GODWIT_A3_COOKIE_PART + GODWIT_TRIGGER_CONTAINER_MAX)

/* Up: the IMSI as octets 2 to 9 of EF_IMSI, then a cookie where the device was given one, then the message; nobody else
 * says who the device is there. It is in clear (docs/trigger-wire.md). Down: the message alone. */
typedef struct godwit_a3_datagram {
    godwit_imsi_t imsi;
    bool has_cookie;
    uint8_t cookie[GODWIT_A3_COOKIE];
    godwit_slice_t message;
} godwit_a3_datagram_t;

/* message: with its cookie in front (godwit_a3_cookie_put), if it has one. */
GODWIT_MUST_USE godwit_status_t godwit_a3_datagram_build(const godwit_imsi_t *imsi, godwit_slice_t message,
                                                         godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t godwit_a3_datagram_parse(godwit_slice_t octets, godwit_a3_datagram_t *datagram);
void godwit_a3_cookie_put(const uint8_t cookie[GODWIT_A3_COOKIE], godwit_writer_t *out);

/* Down, instead of what the message asked for: say it again with this cookie. */
typedef struct godwit_a3_cookie_answer {
    uint8_t echo[GODWIT_A3_ECHO]; /* of the message: godwit_a3_echo */
    uint8_t cookie[GODWIT_A3_COOKIE];
} godwit_a3_cookie_answer_t;

/* The last octets of a message: its MAC, the digest of a Command, or what a hint has drawn. Whoever is not on the path
 * does not know them. False: it is too short. */
bool godwit_a3_echo(godwit_slice_t message, uint8_t echo[GODWIT_A3_ECHO]);
/* Of what came over UDP: it is no message, and may be such an answer. */
bool godwit_a3_is_cookie_answer(godwit_slice_t octets);
GODWIT_MUST_USE godwit_status_t godwit_a3_cookie_answer_build(const godwit_a3_cookie_answer_t *answer,
                                                              godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t godwit_a3_cookie_answer_parse(godwit_slice_t octets, godwit_a3_cookie_answer_t *answer);

#endif
