/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of interface A3 share: bodies.c (what stands between header and MAC), protect.c (MAC and cipher).
 */
#ifndef GODWIT_CORE_TRIGGER_INTERNAL_H
#define GODWIT_CORE_TRIGGER_INTERNAL_H

#include "core/trigger/profile.h"
#include "core/trigger/trigger.h"

#define A3_HEADER 5u /* first octet, COUNT */

/* A device has little stack: what such a function needs for itself is given back before its caller goes deeper
 * elsewhere. */
#define A3_OWN_FRAME __attribute__((noinline))

/* Command, Complete and Reject go in clear: their receiver must read them before it has, or knows, the key. */
static inline bool a3_ciphers(godwit_a3_type_t type)
{
    return type >= GODWIT_A3_TRIGGER;
}

void godwit_a3_header_put(godwit_writer_t *w, godwit_a3_type_t type, uint8_t key_id, uint32_t count);

/* GODWIT_INVALID_ARGUMENT for a message that cannot be; of what does not fit, the writer knows. */
GODWIT_MUST_USE godwit_status_t godwit_a3_body_build(const godwit_a3_message_t *message, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_a3_body_parse(godwit_a3_type_t type, godwit_slice_t body,
                                                     godwit_a3_message_t *message);

/* The keys of one message. */
typedef struct a3_protection {
    const godwit_crypto_t *crypto;
    uint8_t suite;
    /* COUNT, BEARER, DIRECTION, 26 zero bits: before the MAC's input, and first in the counter block */
    uint8_t prefix[8];
    uint8_t k_di_conf[16], k_di_int[16]; /* secret: the caller wipes all of it */
} a3_protection_t;

/* GODWIT_INVALID_ARGUMENT for a suite that is not allowed here. */
GODWIT_MUST_USE godwit_status_t godwit_a3_protection(const godwit_crypto_t *crypto, const godwit_a3_key_t *key,
                                                     godwit_a3_type_t type, uint32_t count, a3_protection_t *p);
GODWIT_MUST_USE godwit_status_t godwit_a3_mac(const a3_protection_t *p, godwit_slice_t octets,
                                              uint8_t mac[GODWIT_A3_MAC]);
/* In place; either way. */
GODWIT_MUST_USE godwit_status_t godwit_a3_cipher(const a3_protection_t *p, uint8_t *octets, size_t len);

#endif
