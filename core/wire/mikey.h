/* SPDX-License-Identifier: Apache-2.0
 *
 * MIKEY (RFC 3830) with the payloads that 3GPP needs of it: pre-shared key method, Key ID information (RFC 4563),
 * tickets (RFC 6043). The reader takes a message apart into payloads within bounds; the writer chains them. Numbers are
 * recalled from those RFCs, which were not at hand: docs/gaa.md.
 * Keys travel in KEMAC alone (mikey_key.c), which is checked before anything of it is deciphered.
 */
#ifndef GODWIT_WIRE_MIKEY_H
#define GODWIT_WIRE_MIKEY_H

#include "godwit/crypto.h"

#define GODWIT_MIKEY_PAYLOADS_MAX 16
#define GODWIT_MIKEY_MAP_MAX 32

/* Data types (RFC 3830 6.1, RFC 6043 5.2). */
enum {
    GODWIT_MIKEY_PSK_INIT = 0,
    GODWIT_MIKEY_PSK_VERIFY = 1,
    GODWIT_MIKEY_ERROR = 6,
    GODWIT_MIKEY_REQUEST_INIT_PSK = 11,
    GODWIT_MIKEY_REQUEST_RESP = 13,
    GODWIT_MIKEY_TRANSFER_INIT = 14,
    GODWIT_MIKEY_TRANSFER_RESP = 15,
    GODWIT_MIKEY_RESOLVE_INIT_PSK = 16,
    GODWIT_MIKEY_RESOLVE_RESP = 18,
};

/* Payload types: "next payload" of RFC 3830 6.1, RFC 6043 5.2. */
enum {
    GODWIT_MIKEY_LAST = 0,
    GODWIT_MIKEY_KEMAC = 1,
    GODWIT_MIKEY_T = 5,
    GODWIT_MIKEY_ID = 6,
    GODWIT_MIKEY_V = 9,
    GODWIT_MIKEY_SP = 10,
    GODWIT_MIKEY_RAND = 11,
    GODWIT_MIKEY_ERR = 12,
    GODWIT_MIKEY_TR = 13,
    GODWIT_MIKEY_IDR = 14,
    GODWIT_MIKEY_RANDR = 15,
    GODWIT_MIKEY_TP = 16,
    GODWIT_MIKEY_TICKET = 17,
    GODWIT_MIKEY_EXTENSION = 21,
};

#define GODWIT_MIKEY_MAP_SRTP 0u
#define GODWIT_MIKEY_MAP_EMPTY 1u   /* RFC 4563 */
#define GODWIT_MIKEY_MAP_GENERIC 2u /* RFC 6043 */

typedef struct godwit_mikey_payload {
    uint8_t type;
    godwit_slice_t body; /* all of it behind the octet "next payload" */
} godwit_mikey_payload_t;

typedef struct godwit_mikey {
    uint8_t data_type;
    bool v;          /* a verification message, or a response, is wanted */
    uint8_t prf;     /* 0: MIKEY-1, HMAC-SHA-1 */
    uint32_t csb_id; /* of the crypto session bundle */
    uint8_t cs_count, map_type;
    godwit_slice_t map;
    size_t count;
    godwit_mikey_payload_t payload[GODWIT_MIKEY_PAYLOADS_MAX];
    godwit_slice_t octets; /* the whole message */
} godwit_mikey_t;

/* GODWIT_MALFORMED for whatever is no MIKEY message of these payloads, is longer than it says, or has more than
 * GODWIT_MIKEY_PAYLOADS_MAX.
 * Slices point into octets. */
GODWIT_MUST_USE godwit_status_t godwit_mikey_parse(godwit_slice_t octets, godwit_mikey_t *message);
/* The nth (from 0) payload of that type; NULL when there are not so many. */
const godwit_mikey_payload_t *godwit_mikey_find(const godwit_mikey_t *message, uint8_t type, size_t nth);

/* What the bodies say. GODWIT_MALFORMED; T: GODWIT_UNSUPPORTED_SUITE for another kind than COUNTER. */
GODWIT_MUST_USE godwit_status_t godwit_mikey_counter(const godwit_mikey_t *message, uint32_t *counter);
/* Of RAND, or else of the first RANDR (RFC 6043 6.7). */
GODWIT_MUST_USE godwit_status_t godwit_mikey_rand(const godwit_mikey_t *message, godwit_slice_t *rand);
/* ID: type 0 NAI, 1 URI. IDR (RFC 6043 6.6): role, then the same. */
GODWIT_MUST_USE godwit_status_t godwit_mikey_id(const godwit_mikey_payload_t *payload, uint8_t *type,
                                                godwit_slice_t *id);
GODWIT_MUST_USE godwit_status_t godwit_mikey_idr(const godwit_mikey_payload_t *payload, uint8_t *role, uint8_t *type,
                                                 godwit_slice_t *id);
/* General extension of that type, or the empty slice. */
godwit_slice_t godwit_mikey_extension(const godwit_mikey_t *message, uint8_t type);

/* ---- writing: begin, then payloads in order, each by one call ---- */

typedef struct godwit_mikey_writer {
    godwit_writer_t *out;
    size_t start;   /* of the message in out */
    size_t next_at; /* where the type of the next payload goes */
} godwit_mikey_writer_t;

/* The header of message: data_type, v, prf, csb_id, cs_count, map_type, map. */
void godwit_mikey_begin(godwit_mikey_writer_t *w, godwit_writer_t *out, const godwit_mikey_t *header);
void godwit_mikey_put(godwit_mikey_writer_t *w, uint8_t type, godwit_slice_t body);
void godwit_mikey_put_counter(godwit_mikey_writer_t *w, uint32_t counter);
void godwit_mikey_put_rand(godwit_mikey_writer_t *w, godwit_slice_t rand); /* at most 255 octets */
void godwit_mikey_put_id(godwit_mikey_writer_t *w, uint8_t type, godwit_slice_t id);
void godwit_mikey_put_idr(godwit_mikey_writer_t *w, uint8_t role, uint8_t type, godwit_slice_t id);
void godwit_mikey_put_extension(godwit_mikey_writer_t *w, uint8_t type, godwit_slice_t value);

/* ---- keys (RFC 3830 4.1, 4.2, 6.2, 6.13) ---- */

#define GODWIT_MIKEY_KEYS_MAX 4

/* Key data sub-payload. Type 0 TGK, 1 TGK and salt, 2 TEK, 3 TEK and salt; RFC 6043: 6 MPK. Validity: none, or an
 * interval. */
typedef struct godwit_mikey_key {
    uint8_t type;
    godwit_slice_t key, salt;
    bool interval; /* KV 2: from, to */
    godwit_slice_t from, to;
} godwit_mikey_key_t;

/* The last payload: keys enciphered (AES-CM-128) and the whole message authenticated (HMAC-SHA-1-160) under what the
 * PRF makes of psk, CSB ID and the message's RAND; counter is that of its T. GODWIT_NO_SPACE. */
GODWIT_MUST_USE godwit_status_t godwit_mikey_seal(const godwit_crypto_t *crypto, godwit_mikey_writer_t *w,
                                                  godwit_slice_t psk, const godwit_mikey_key_t *keys, size_t count);
/* Checks the MAC, then deciphers into plain (as many octets as the message has) and reads the keys, whose slices point
 * there. GODWIT_MAC_FAILURE; GODWIT_MALFORMED; GODWIT_UNSUPPORTED_SUITE for other algorithms. Wipe plain after use. */
GODWIT_MUST_USE godwit_status_t godwit_mikey_open(const godwit_crypto_t *crypto, const godwit_mikey_t *message,
                                                  godwit_slice_t psk, uint8_t *plain,
                                                  godwit_mikey_key_t keys[GODWIT_MIKEY_KEYS_MAX], size_t *count);
/* The last payload of a verification message, V: a MAC over it and over identities and T of the message that it answers
 * (RFC 3830 3.1, 5.2), under the same key as that message's KEMAC. */
GODWIT_MUST_USE godwit_status_t godwit_mikey_put_verification(godwit_mikey_writer_t *w, const godwit_mikey_t *received,
                                                              godwit_slice_t psk);
/* GODWIT_MAC_FAILURE unless answer is the verification of sent. */
GODWIT_MUST_USE godwit_status_t godwit_mikey_verify(const godwit_mikey_t *answer, const godwit_mikey_t *sent,
                                                    godwit_slice_t psk);

#endif
