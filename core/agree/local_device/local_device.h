/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys between a UICC hosting device and a remote device (TS 33.259) on GBA: three ends, the remote device, the hosting
 * device beside it, and the NAF Key Centre, which knows Ks_NAF of the hosting device's B-TID. What TS 33.259 Annex A
 * puts into the key and how its messages look is not known to us: the order of the procedure is recalled from clause
 * 4.4, derivation and messages are Godwit's own (docs/gaa.md), and interoperate with nothing.
 */
#ifndef GODWIT_AGREE_LOCAL_DEVICE_H
#define GODWIT_AGREE_LOCAL_DEVICE_H

#include "core/agree/gba/gba.h"

#define GODWIT_LOCAL_NAME_MAX 63 /* octets of a device's or an application's identity */
#define GODWIT_LOCAL_NONCE 16
#define GODWIT_LOCAL_MAC 8

/* What the key is for: all ends put the same into it. */
typedef struct godwit_local_peer {
    char device[GODWIT_LOCAL_NAME_MAX + 1];      /* identity of the remote device */
    char application[GODWIT_LOCAL_NAME_MAX + 1]; /* "": for all */
    uint8_t nonce[GODWIT_LOCAL_NONCE];           /* fresh, of the remote device */
    uint32_t uses;                               /* the NAF Key Centre's limit on applications of the key */
} godwit_local_peer_t;

/* Ks_local_device. GODWIT_INVALID_ARGUMENT for an empty device name or 0 uses. */
GODWIT_MUST_USE godwit_status_t godwit_ks_local_device(const godwit_crypto_t *crypto, const uint8_t ks_naf[32],
                                                       const godwit_local_peer_t *peer, uint8_t key[32]);

/* ---- the local interface: remote device asks, hosting device answers, remote device shows that it has the key ---- */

/* Request: device, application, nonce. */
GODWIT_MUST_USE godwit_status_t godwit_local_request_build(const godwit_local_peer_t *peer, godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t godwit_local_request_parse(godwit_slice_t octets, godwit_local_peer_t *peer);
/* Answer: the B-TID under which the NAF Key Centre finds Ks_NAF. */
GODWIT_MUST_USE godwit_status_t godwit_local_answer_build(const char *b_tid, godwit_writer_t *out);
GODWIT_MUST_USE godwit_status_t godwit_local_answer_parse(godwit_slice_t octets, char b_tid[GODWIT_B_TID_MAX + 1]);
/* Activation: the limit that the NAF Key Centre gave, with a MAC under Ks_local_device over limit, request and
 * answer. */
GODWIT_MUST_USE godwit_status_t godwit_local_activation_build(const godwit_crypto_t *crypto, const uint8_t key[32],
                                                              const godwit_local_peer_t *peer, const char *b_tid,
                                                              godwit_writer_t *out);
/* At the hosting device: peer as its request said; on GODWIT_OK peer->uses and key are set. GODWIT_MAC_FAILURE,
 * GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_local_activation_take(const godwit_crypto_t *crypto, const uint8_t ks_naf[32],
                                                             godwit_slice_t octets, const char *b_tid,
                                                             godwit_local_peer_t *peer, uint8_t key[32]);

/* ---- NAF Key Centre: the remote device's request comes over TLS in which both have shown certificates; who may ask for which device name is its
 * owner's to say ---- */

typedef struct godwit_local_grant {
    char b_tid[GODWIT_B_TID_MAX + 1];
    godwit_local_peer_t peer;
    uint64_t expires_ms; /* not after the B-TID does */
    uint8_t key[32];
} godwit_local_grant_t;

/* ks_naf, expires_ms: what Zn said of b_tid. caller: the name in the remote device's certificate, which must be the
 * device that it asks for:
 * GODWIT_NOT_ENTITLED. GODWIT_KEY_EXPIRED when Ks_NAF has expired. */
GODWIT_MUST_USE godwit_status_t godwit_local_grant(const godwit_crypto_t *crypto, const uint8_t ks_naf[32],
                                                   uint64_t expires_ms, uint64_t now_ms, const char *caller,
                                                   godwit_local_grant_t *grant);

#endif
