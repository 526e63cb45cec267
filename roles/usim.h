/* SPDX-License-Identifier: Apache-2.0
 *
 * The soft card: a USIM with K, OPc and its array of sequence numbers (TS 31.102 7.1, TS 33.102 Annex C). Its owner makes the image durable
 * before an answer leaves: a card that forgot which SQN it took would take a vector twice. It must never show K or OPc.
 */
#ifndef GODWIT_ROLES_USIM_H
#define GODWIT_ROLES_USIM_H

#include "godwit/aka.h"

#define GODWIT_USIM_IMAGE_SIZE 338 /* octets of an image, always */

typedef struct godwit_usim {
    const godwit_crypto_t *crypto;
    godwit_imsi_t imsi;
    godwit_aka_key_t key;   /* secret */
    godwit_sqn_array_t sqn; /* SEQ_MS for each IND */
    bool e2m;               /* capable: makes e2mKEYSET when AMF asks for it (Solution 1); false after init */
    uint16_t amf_flag;      /* the bit that asks; 0: GODWIT_AMF_E2M_DEFAULT */
} godwit_usim_t;

/* What a step asks of the owner, in this order: make `image` durable when `store` is set; then hand out `result`. When the image could not be
 * stored the result must not leave. Wipe after use. */
typedef struct godwit_usim_output {
    bool store;
    uint8_t image[GODWIT_USIM_IMAGE_SIZE]; /* secret */
    godwit_usim_result_t result;           /* secret */
} godwit_usim_output_t;

/* A card that was never used. */
void godwit_usim_init(godwit_usim_t *usim, const godwit_crypto_t *crypto, const godwit_imsi_t *imsi,
                      const godwit_aka_key_t *key);

/* AUTHENTICATE in the 3G context (TS 31.102 7.1.2), with the derivations of Solution 1 when the card is capable and AMF asks for them. The return value is not GODWIT_OK only when the call itself failed; out is then wiped. */
GODWIT_MUST_USE godwit_status_t godwit_usim_step(godwit_usim_t *usim, const uint8_t rand[16], const uint8_t autn[16],
                                                 godwit_usim_output_t *out);
/* AUTHENTICATE in the GSM context: nothing moves. */
GODWIT_MUST_USE godwit_status_t godwit_usim_step_gsm(const godwit_usim_t *usim, const uint8_t rand[16], uint8_t sres[4],
                                                     uint8_t kc[8]);

/* The card as octets, with a check that shows damage. GODWIT_CRYPTO_FAILED when the check could not be made. */
GODWIT_MUST_USE godwit_status_t godwit_usim_save(const godwit_usim_t *usim, uint8_t image[GODWIT_USIM_IMAGE_SIZE]);
/* GODWIT_MALFORMED when the image is damaged or no image; usim is then wiped. */
GODWIT_MUST_USE godwit_status_t godwit_usim_load(godwit_usim_t *usim, const godwit_crypto_t *crypto,
                                                 godwit_slice_t image);

#endif
