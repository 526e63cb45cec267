/* SPDX-License-Identifier: Apache-2.0
 *
 * The one list of outcomes. Every function of Godwit that can fail returns a godwit_status_t.
 *
 * Three classes besides GODWIT_OK tell whose fault it was:
 *   PEER      what the other end sent was refused. The value is the reason octet of EMSDP Message Reject (tag 0D,
 *             emsdp-wire "Rejects"); its name is the word in the log, the label of the metric and the value in the API.
 *   LOCAL     the caller asked for something that cannot be: a buffer too small, an argument out of range.
 *   INTERNAL  our own house failed: a store, a random source, a crypto backend.
 */
#ifndef GODWIT_STATUS_H
#define GODWIT_STATUS_H

#define GODWIT_MUST_USE __attribute__((warn_unused_result))

typedef enum godwit_status {
    GODWIT_OK = 0x00,

    /* PEER: 01 to 0F, in the order that the reason octet counts. */
    GODWIT_MALFORMED = 0x01,
    GODWIT_UNKNOWN_SESSION = 0x02,
    GODWIT_UNKNOWN_KEY = 0x03,
    GODWIT_MAC_FAILURE = 0x04,
    GODWIT_REPLAY = 0x05,
    GODWIT_COUNT_EXHAUSTED = 0x06,
    GODWIT_UNSUPPORTED_SUITE = 0x07,
    GODWIT_POLICY_FORBIDS = 0x08,
    GODWIT_NOT_ENTITLED = 0x09,
    GODWIT_UNKNOWN_SUBSCRIBER = 0x0A,
    GODWIT_AUTH_MAC_FAILURE = 0x0B,
    GODWIT_AUTH_RESYNC = 0x0C,
    GODWIT_KEY_EXPIRED = 0x0D,
    GODWIT_OVERLOAD = 0x0E,
    GODWIT_PEER_INTERNAL = 0x0F, /* the peer says that its own house failed */

    /* LOCAL */
    GODWIT_INVALID_ARGUMENT = 0x20,
    GODWIT_NO_SPACE = 0x21, /* the caller's buffer, table or outbox is full */
    GODWIT_WRONG_STATE = 0x22,
    GODWIT_NOT_FOUND = 0x23,
    GODWIT_AGAIN = 0x24, /* nothing wrong: the answer needs an input that has not come yet */

    /* INTERNAL */
    GODWIT_INTERNAL = 0x40,
    GODWIT_CRYPTO_FAILED = 0x41,
    GODWIT_STORE_FAILED = 0x42,
    GODWIT_RANDOM_FAILED = 0x43,
    GODWIT_IO_FAILED = 0x44,
} godwit_status_t;

typedef enum godwit_status_class {
    GODWIT_CLASS_OK,
    GODWIT_CLASS_PEER,
    GODWIT_CLASS_LOCAL,
    GODWIT_CLASS_INTERNAL,
} godwit_status_class_t;

/* The class of a status; anything not listed above is INTERNAL. */
godwit_status_class_t godwit_status_class(godwit_status_t status);

/* The word for it in logs, metrics and APIs: lower case, underscores, e.g. "mac_failure". Never NULL.
 * GODWIT_INTERNAL and GODWIT_PEER_INTERNAL are both "internal". */
const char *godwit_status_name(godwit_status_t status);

/* What goes into the reason octet for this status: itself for PEER, GODWIT_PEER_INTERNAL for all else. */
godwit_status_t godwit_status_on_the_wire(godwit_status_t status);

#endif
