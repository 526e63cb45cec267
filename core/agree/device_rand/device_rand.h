/* SPDX-License-Identifier: Apache-2.0
 *
 * Device RAND (contribution 001; docs/device-rand.md, docs/keys.md): the rules that device, MTC server and MKEF share.
 * RAND1, its counter, the first datagram, and the chain. The first datagram is a Session Request under K_MTC: Session
 * ID 0, a Key ID from the counter, COUNT 0, the default suite. Its MAC is the proof of the device; before it has
 * verified, nothing here or at a caller may move.
 */
#ifndef GODWIT_CORE_AGREE_DEVICE_RAND_H
#define GODWIT_CORE_AGREE_DEVICE_RAND_H

#include "godwit/emsdp.h"
#include "godwit/keys.h"

#define GODWIT_MTC_COUNTER_MAX (UINT64_C(0xFFFFFFFFFFFF)) /* six octets */
#define GODWIT_MTC_COUNTER_JUMP (UINT64_C(1) << 20)

/* ---- RAND1 = counter (6) || random (10) ---- */
void godwit_rand1_make(uint64_t counter, const uint8_t random[GODWIT_RAND1_RANDOM], uint8_t rand1[16]);
uint64_t godwit_rand1_counter(const uint8_t rand1[16]);
uint8_t godwit_rand1_key_id(const uint8_t rand1[16]); /* 1 + counter mod 7 */

/* last: the counter that was accepted last, 0 before first contact. GODWIT_REPLAY: not above it. GODWIT_KEY_EXPIRED:
 * more than 2^20 above it; the operator releases it. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_counter_check(uint64_t last, uint64_t counter);

/* ---- the first datagram ---- */

/* What can be read of it without a key, and believed of it until its MAC has verified: nothing. */
typedef struct godwit_mtc_first {
    bool by_temporary; /* temporary is set, else imsi */
    godwit_imsi_t imsi;
    uint8_t temporary[GODWIT_MTC_IDENTITY];
    uint8_t rand1[16];
    bool has_res; /* profile ts33868 */
    uint8_t encrypted_res[4];
} godwit_mtc_first_t;

/* GODWIT_MALFORMED for whatever is no first datagram. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_first_peek(godwit_slice_t datagram, godwit_framing_t framing,
                                                      godwit_mtc_first_t *first);
/* The key of the session that RAND1 begins, never used. session_id: 0 for the first datagram. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_key(const godwit_crypto_t *crypto, const uint8_t k_mtc[32],
                                               const uint8_t rand1[16], godwit_framing_t framing, uint32_t session_id,
                                               godwit_end_t end, godwit_emsdp_key_t *key);
/* Checks its MAC under K_MTC, with COUNT 0 and no other, and deciphers into plain (datagram.len octets). GODWIT_OK: key
 * stands behind it, at the network's end. Refusals as godwit_emsdp_open. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_first_open(const godwit_crypto_t *crypto, godwit_slice_t datagram,
                                                      godwit_framing_t framing, const uint8_t k_mtc[32],
                                                      godwit_emsdp_key_t *key, uint8_t *plain,
                                                      godwit_emsdp_opened_t *opened);

/* ---- the chain, at the MKEF: one for each (IMSI, server) ----
 * The device advances on an answer that verified, and whether it came the MKEF cannot know: so the chain that the last
 * datagram was under stays good beside its successor. Before first contact both are zero. */
typedef struct godwit_mtc_chain {
    uint8_t current[32];  /* if the device got the last answer */
    uint8_t previous[32]; /* if it did not */
} godwit_mtc_chain_t;

typedef struct godwit_mtc_claim {
    godwit_slice_t datagram; /* the first datagram as it came */
    godwit_framing_t framing;
    godwit_slice_t server_id; /* ID_MTC_SERVER */
    godwit_imsi_t imsi;
    const uint8_t *kc_sres; /* 24 octets: what HLR or SIM makes of RAND1 */
} godwit_mtc_claim_t;

/* Whether the datagram is that subscriber's: its MAC is tried under the current chain, then under the previous one.
 * GODWIT_OK: k_mtc is set, and
 * *chain is what the record holds from now on. GODWIT_MAC_FAILURE and GODWIT_MALFORMED change nothing. plain: scratch
 * of datagram.len octets; nothing of it is of use. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_claim_check(const godwit_crypto_t *crypto, const godwit_mtc_claim_t *claim,
                                                       godwit_mtc_chain_t *chain, uint8_t *plain, uint8_t k_mtc[32]);

/* ---- profile ts33868 (off unless both ends are told): weaknesses in docs/device-rand.md ---- */
/* K_MTC, and res, which is enciphered or deciphered in place under the key that the profile says. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_ts33868(const godwit_crypto_t *crypto, godwit_mtc_profile_t profile,
                                                   const uint8_t kc[8], godwit_slice_t server_id,
                                                   const uint8_t rand[16], uint8_t res[4], uint8_t k_mtc[32]);
/* The MKEF's whole check in that profile: RES against XRES, and no more. claim->kc_sres as the HLR gives it for one
 * plain RAND: Kc_a first, SRES_a at octet 16. GODWIT_MAC_FAILURE when it differs. */
GODWIT_MUST_USE godwit_status_t godwit_mtc_ts33868_check(const godwit_crypto_t *crypto, godwit_mtc_profile_t profile,
                                                         const godwit_mtc_claim_t *claim, uint8_t k_mtc[32]);

#endif
