/* SPDX-License-Identifier: Apache-2.0
 *
 * The soft card: a USIM with K, OPc and its array of sequence numbers (TS 31.102 7.1, TS 33.102 Annex C). Its owner
 * makes the image durable before an answer leaves: a card that forgot which SQN it took would take a vector twice. It
 * must never show K or OPc.
 */
#ifndef GODWIT_ROLES_USIM_H
#define GODWIT_ROLES_USIM_H

#include "core/wire/payload_gba.h"
#include "godwit/aka.h"

#define GODWIT_USIM_IMAGE_SIZE 523 /* octets that the longest image takes */

/* What a run in the GBA context left in the card: Ks, which never leaves it, and EF_GBABP (TS 31.102 4.2.79). */
typedef struct godwit_usim_gba {
    bool set;
    uint8_t rand[16];
    uint8_t ks[32];                   /* secret */
    char b_tid[GODWIT_B_TID_MAX + 1]; /* "" until the ME has written it */
    uint64_t expires_s;
} godwit_usim_gba_t;

typedef struct godwit_usim {
    const godwit_crypto_t *crypto;
    godwit_imsi_t imsi;
    godwit_aka_key_t key;   /* secret */
    godwit_sqn_array_t sqn; /* SEQ_MS for each IND */
    bool e2m;               /* capable: makes e2mKEYSET when AMF asks for it (Solution 1); false after init */
    uint16_t amf_flag;      /* the bit that asks; 0: GODWIT_AMF_E2M_DEFAULT */
    bool gba_u;             /* has the GBA context (TS 31.102, service 68); false after init */
    godwit_usim_gba_t gba;
    bool has_flagged; /* in memory only: with the power it is gone */
    /* secret: CK || IK of the last run that AMF flagged, as they were before a derivation took their place */
    uint8_t flagged[32];
} godwit_usim_t;

/* What a step asks of the owner, in this order: make `image` durable when `store` is set; then hand out `result`. When
 * the image could not be stored the result must not leave. Wipe after use. */
typedef struct godwit_usim_output {
    bool store;
    uint8_t image[GODWIT_USIM_IMAGE_SIZE]; /* secret */
    godwit_usim_result_t result;           /* secret */
} godwit_usim_output_t;

/* A card that was never used. */
void godwit_usim_init(godwit_usim_t *usim, const godwit_crypto_t *crypto, const godwit_imsi_t *imsi,
                      const godwit_aka_key_t *key);

/* AUTHENTICATE in the 3G context (TS 31.102 7.1.2), with the derivations of Solution 1 when the card is capable and AMF
 * asks for them. The return value is not GODWIT_OK only when the call itself failed; out is then wiped. */
GODWIT_MUST_USE godwit_status_t godwit_usim_step(godwit_usim_t *usim, const uint8_t rand[16], const uint8_t autn[16],
                                                 godwit_usim_output_t *out);
/* AUTHENTICATE in the GSM context: nothing moves. */
GODWIT_MUST_USE godwit_status_t godwit_usim_step_gsm(const godwit_usim_t *usim, const uint8_t rand[16], uint8_t sres[4],
                                                     uint8_t kc[8]);

/* K_iwf for triggers (contribution 002, docs/keys.md) of the last flagged run, of a card that is capable (e2m): where
 * it gave CK' || IK' away the ME has no root. GODWIT_NOT_FOUND when there was no such run since the card was
 * powered. */
GODWIT_MUST_USE godwit_status_t godwit_usim_k_iwf(const godwit_usim_t *usim, godwit_slice_t iwf, uint32_t association,
                                                  uint8_t k_iwf[32]);

/* ---- the GBA context (TS 31.102 7.1.2, TS 33.220 5.3.2 and Annex G); GODWIT_POLICY_FORBIDS for a card that has none ---- */

/* Bootstrapping: as godwit_usim_step for the AUTN of GBA_U alone; of result only status, RES and AUTS are set. Ks of
 * before is gone. */
GODWIT_MUST_USE godwit_status_t godwit_usim_step_gba(godwit_usim_t *usim, const uint8_t rand[16],
                                                     const uint8_t autn[16], godwit_usim_output_t *out);
/* The ME writes EF_GBABP; out->store is set. GODWIT_NOT_FOUND when there is no Ks. */
GODWIT_MUST_USE godwit_status_t godwit_usim_gba_keep(godwit_usim_t *usim, const char *b_tid, uint64_t expires_s,
                                                     godwit_usim_output_t *out);
/* NAF derivation: Ks_ext_NAF, the one key that leaves. GODWIT_NOT_FOUND when there is no Ks. */
GODWIT_MUST_USE godwit_status_t godwit_usim_gba_naf(const godwit_usim_t *usim, godwit_slice_t impi,
                                                    godwit_slice_t naf_id, uint8_t ks_ext_naf[32]);
/* Ks_int_NAF, for applications inside the card. */
GODWIT_MUST_USE godwit_status_t godwit_usim_gba_naf_inside(const godwit_usim_t *usim, godwit_slice_t impi,
                                                           godwit_slice_t naf_id, uint8_t ks_int_naf[32]);

/* How much of an image this card takes: cards without the GBA context are written as ever, so that an older program
 * reads them. */
size_t godwit_usim_image_len(const godwit_usim_t *usim);
/* The card as octets, with a check that shows damage; zeros after it. GODWIT_CRYPTO_FAILED when the check could not be
 * made. */
GODWIT_MUST_USE godwit_status_t godwit_usim_save(const godwit_usim_t *usim, uint8_t image[GODWIT_USIM_IMAGE_SIZE]);
/* GODWIT_MALFORMED when the image is damaged or no image; usim is then wiped. */
GODWIT_MUST_USE godwit_status_t godwit_usim_load(godwit_usim_t *usim, const godwit_crypto_t *crypto,
                                                 godwit_slice_t image);

#endif
