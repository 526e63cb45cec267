/* SPDX-License-Identifier: Apache-2.0
 *
 * NAS security of EPS (TS 24.301 4.4 and 9.1, TS 33.401 8 and Annex B): the wrapper header type || MAC (4) || sequence
 * number (1) || message, a COUNT of 24 bits for each direction, BEARER 0. The MAC covers the sequence number and the
 * message as it stands on the wire, and is checked before anything else is looked at; only then is the message
 * deciphered, and only then does a COUNT move.
 * A COUNT is never used twice: what would repeat one, or exceed 24 bits, is refused. There is no null integrity.
 */
#ifndef GODWIT_WIRE_NAS_SECURITY_H
#define GODWIT_WIRE_NAS_SECURITY_H

#include "core/wire/nas.h"
#include "godwit/keys.h"

typedef enum godwit_nas_header_type { /* TS 24.301 9.3.1 */
                                      GODWIT_NAS_PLAIN = 0,
                                      GODWIT_NAS_INTEGRITY = 1,
                                      GODWIT_NAS_CIPHERED = 2,
                                      GODWIT_NAS_INTEGRITY_NEW = 3, /* SECURITY MODE COMMAND */
                                      GODWIT_NAS_CIPHERED_NEW = 4,  /* SECURITY MODE COMPLETE */
                                      /* CONTROL PLANE SERVICE REQUEST: the value of its container is ciphered, nothing
                                       * else; the number is
                                   * recalled. ATTACH REQUEST with small data likewise, which is ours */
                                      GODWIT_NAS_PARTLY = 5,
} godwit_nas_header_type_t;

#define GODWIT_NAS_SECURITY_HEADER 6
#define GODWIT_NAS_COUNT_END 0x1000000U /* COUNTs are below it */

typedef struct godwit_nas_security {
    bool set;
    bool network;                /* whose end this is: the network sends down */
    uint8_t ksi;                 /* 0 to 6 */
    uint8_t eea, eia;            /* eia never 0 */
    uint32_t next_up, next_down; /* COUNT of the next message in that direction, or the lowest that is still taken */
    uint8_t k_enc[16], k_int[16];
} godwit_nas_security_t;

/* A new context from a fresh KASME: both COUNTs 0. GODWIT_UNSUPPORTED_SUITE for EIA0 and for what does not exist. */
GODWIT_MUST_USE godwit_status_t godwit_nas_security_init(godwit_nas_security_t *context, const godwit_crypto_t *crypto,
                                                         const uint8_t kasme[32], uint8_t ksi, uint8_t eea, uint8_t eia,
                                                         bool network);
void godwit_nas_security_wipe(godwit_nas_security_t *context);

/* What the wrapper says, before anything is believed. GODWIT_MALFORMED when the octets are no EMM wrapper with a type
 * of 1 to 5. */
typedef struct godwit_nas_wrapper {
    uint8_t type, sequence;
    godwit_slice_t message; /* as it stands on the wire: plain for the types 1 and 3 */
} godwit_nas_wrapper_t;
GODWIT_MUST_USE godwit_status_t godwit_nas_wrapper_parse(godwit_slice_t octets, godwit_nas_wrapper_t *wrapper);

/* Protects plain with the next COUNT of the own direction, which moves even when the writer overflows: a COUNT that
 * might have been used is used. GODWIT_COUNT_EXHAUSTED, GODWIT_WRONG_STATE (no context), GODWIT_NO_SPACE (longer than
 * GODWIT_NAS_MAX). */
GODWIT_MUST_USE godwit_status_t godwit_nas_security_create(godwit_nas_security_t *context,
                                                           const godwit_crypto_t *crypto, godwit_nas_header_type_t type,
                                                           godwit_slice_t plain, godwit_writer_t *w);
/* Takes a message of the other end. GODWIT_MALFORMED, GODWIT_WRONG_STATE, GODWIT_MAC_FAILURE, GODWIT_REPLAY (its MAC is
 * right for a COUNT that was taken or passed over), GODWIT_COUNT_EXHAUSTED. Only with GODWIT_OK has anything changed:
 * the COUNT, *type, and the plain message in buffer. */
GODWIT_MUST_USE godwit_status_t godwit_nas_security_consume(godwit_nas_security_t *context,
                                                            const godwit_crypto_t *crypto, godwit_slice_t octets,
                                                            uint8_t buffer[GODWIT_NAS_MAX], godwit_slice_t *plain,
                                                            uint8_t *type);

#endif
