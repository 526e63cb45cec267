/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of MBMS (TS 33.246) on GBA: MRK and MUK of a user, MSK (service key) under MUK and MTK (traffic key) under MSK,
 * both in MIKEY messages (TS 33.246 6.3, RFC 3830, RFC 4563). Both ends: BM-SC and user equipment. TS 33.246 was not at
 * hand: how MRK and MUK follow from the NAF keys, the layout of the identifiers and what is checked are recalled;
 * docs/gaa.md says what of it is ours. No SRTP, no service announcement, no key request over HTTP.
 */
#ifndef GODWIT_AGREE_MBMS_H
#define GODWIT_AGREE_MBMS_H

#include "godwit/keys.h"

#define GODWIT_MBMS_MESSAGE_MAX 320
#define GODWIT_MBMS_NAME_MAX 127
#define GODWIT_MBMS_MSKS_MAX 4
#define GODWIT_MBMS_KEY 16

/* Ua security protocol identifier of MBMS (TS 33.220 H.3). */
extern const uint8_t godwit_mbms_ua[5];

/* ks_naf: Ks_NAF of GBA_ME for the BM-SC's NAF_Id, or of GBA_U Ks_ext_NAF; ks_int_naf: of GBA_U, else NULL. MUK
 * protects MSKs, MRK authenticates key requests over HTTP. */
GODWIT_MUST_USE godwit_status_t godwit_mbms_user_keys(const godwit_crypto_t *crypto, const uint8_t ks_naf[32],
                                                      const uint8_t *ks_int_naf, uint8_t mrk[32], uint8_t muk[32]);

/* Names one MSK: key domain (MCC, MNC of the BM-SC), key group and key number. */
typedef struct godwit_msk_id {
    godwit_plmn_t domain;
    uint16_t group, number;
} godwit_msk_id_t;

/* What a message to one user, or to all, is made of. counter rises with each message under one key, and rand is
 * fresh. */
typedef struct godwit_mbms_sender {
    const char *bm_sc; /* identity of the BM-SC: its FQDN */
    const char *user;  /* MSK: identity of the user, B-TID; MTK: NULL */
    uint32_t csb_id;
    uint32_t counter;
    uint8_t rand[16];
} godwit_mbms_sender_t;

/* ---- BM-SC ---- */

/* MSK for one user; from and to bound the MTK IDs that it serves. The user is asked for a verification message. */
GODWIT_MUST_USE godwit_status_t godwit_mbms_msk_message(const godwit_crypto_t *crypto, const uint8_t muk[32],
                                                        const godwit_mbms_sender_t *sender, const godwit_msk_id_t *id,
                                                        const uint8_t msk[GODWIT_MBMS_KEY], uint16_t from, uint16_t to,
                                                        godwit_writer_t *out);
/* Whether answer is the user's verification of that MSK message. GODWIT_MAC_FAILURE, GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_mbms_msk_verified(godwit_slice_t msk_message, const uint8_t muk[32],
                                                         godwit_slice_t answer);
/* MTK for all who have the MSK. */
GODWIT_MUST_USE godwit_status_t godwit_mbms_mtk_message(const godwit_crypto_t *crypto,
                                                        const uint8_t msk[GODWIT_MBMS_KEY],
                                                        const godwit_mbms_sender_t *sender, const godwit_msk_id_t *id,
                                                        uint16_t mtk_id, const uint8_t mtk[GODWIT_MBMS_KEY],
                                                        const uint8_t salt[14], godwit_writer_t *out);

/* ---- user equipment: the state is the caller's, who makes it durable before a key of it is used ---- */

typedef struct godwit_mbms_msk {
    bool set;
    godwit_msk_id_t id;
    uint16_t from, to;
    uint32_t next_mtk;            /* the lowest MTK ID that is still taken */
    uint8_t key[GODWIT_MBMS_KEY]; /* secret */
} godwit_mbms_msk_t;

typedef struct godwit_mbms_user {
    const godwit_crypto_t *crypto;
    uint8_t muk[32];       /* secret */
    uint32_t next_counter; /* of MSK messages under this MUK */
    uint8_t newest;        /* slot of the MSK that came last */
    godwit_mbms_msk_t msk[GODWIT_MBMS_MSKS_MAX];
} godwit_mbms_user_t;

typedef struct godwit_mtk {
    godwit_msk_id_t msk;
    uint16_t id;
    uint8_t key[GODWIT_MBMS_KEY], salt[14]; /* secret */
} godwit_mtk_t;

/* A new MUK: MSKs of the former one stay, the counter begins anew. */
void godwit_mbms_user_begin(godwit_mbms_user_t *user, const godwit_crypto_t *crypto, const uint8_t muk[32]);
/* Takes an MSK, in the place of one of the same group, a free one or the oldest; answer gets the verification message
 * where one is wanted, else stays empty. GODWIT_MAC_FAILURE; GODWIT_REPLAY: its counter was there before;
 * GODWIT_MALFORMED. Nothing changes but on GODWIT_OK. */
GODWIT_MUST_USE godwit_status_t godwit_mbms_take_msk(godwit_mbms_user_t *user, godwit_slice_t message,
                                                     godwit_writer_t *answer);
/* Takes an MTK under an MSK that is there. GODWIT_UNKNOWN_KEY: no such MSK; GODWIT_KEY_EXPIRED: an MTK ID outside what
 * that MSK serves;
 * GODWIT_REPLAY: not above the last one. */
GODWIT_MUST_USE godwit_status_t godwit_mbms_take_mtk(godwit_mbms_user_t *user, godwit_slice_t message,
                                                     godwit_mtk_t *mtk);

#endif
