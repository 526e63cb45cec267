/* SPDX-License-Identifier: Apache-2.0
 *
 * Two ends of one key, for tests: the keys of the golden conversation (MILENAGE test set 1, agreement 03, endpoint
 * hse.example).
 */
#ifndef GODWIT_TESTS_EMSDP_ENDS_H
#define GODWIT_TESTS_EMSDP_ENDS_H

#include "godwit/emsdp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define CRYPTO (&godwit_crypto_builtin)
#define EMPTY godwit_slice(NULL, 0)

typedef struct ends {
    godwit_emsdp_key_t device, network;
} ends_t;

/* K_session of that endpoint from a root that was e2mKEYSET of agreement 03 or 07 in the golden file. */
void ends_k_session(godwit_agreement_t agreement, uint32_t generation, uint8_t k_session[32]);
/* Both ends of session 1, the Key ID as given. */
ends_t ends_make(const uint8_t k_session[32], uint8_t suite, uint8_t key_id, godwit_framing_t framing);
/* Agreement 03, generation 1, Key ID 1. */
ends_t ends_default(uint8_t suite, godwit_framing_t framing);

/* The same of the sending and of the receiving end: up is from the device. */
static inline godwit_emsdp_key_t *ends_from(ends_t *e, bool up)
{
    return up ? &e->device : &e->network;
}
static inline godwit_emsdp_key_t *ends_to(ends_t *e, bool up)
{
    return up ? &e->network : &e->device;
}

/* One datagram with its storage. */
typedef struct octets {
    uint8_t at[GODWIT_EMSDP_DATAGRAM_MAX];
    size_t len;
} octets_t;

static inline godwit_slice_t octets_slice(const octets_t *o)
{
    return godwit_slice(o->at, o->len);
}

/* From hex digits. */
octets_t hex(const char *text);

octets_t seal_user(godwit_emsdp_key_t *key, godwit_slice_t payload);
octets_t seal_control(godwit_emsdp_key_t *key, const godwit_emsdp_control_t *m, godwit_slice_t transcript);

#endif
