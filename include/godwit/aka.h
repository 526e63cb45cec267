/* SPDX-License-Identifier: Apache-2.0
 *
 * Authentication and key agreement: the algorithm sets (MILENAGE TS 35.206, TUAK TS 35.231, GSM-MILENAGE TS 55.205, the
 * test algorithms), the tokens AUTN and AUTS (TS 33.102 6.3), the conversions c1 to c5 (TS 33.102 6.8), and sequence
 * numbers (TS 33.102 Annex C). Pure functions: no clock, no random source, no I/O.
 */
#ifndef GODWIT_AKA_H
#define GODWIT_AKA_H

#include "godwit/crypto.h"

#define GODWIT_SQN_MAX ((UINT64_C(1) << 48) - 1)
#define GODWIT_AMF_SEPARATION 0x8000u /* TS 33.102 Annex H: the vector is for EPS (and EAP-AKA', 5G) only */
/* Asks for the e2m derivation of Solution 1: one bit of the proprietary octet of AMF (TS 33.102 Annex H), configured,
 * never the separation bit. Godwit's own choice; no bit for it was published. */
#define GODWIT_AMF_E2M_DEFAULT 0x0080u
#define GODWIT_RES_MAX 16
#define GODWIT_CK_MAX 32 /* TUAK can make 256-bit CK, IK; 16 everywhere else */
#define GODWIT_K_MAX 32

typedef enum godwit_aka_algorithm {
    GODWIT_ALG_MILENAGE = 1,
    GODWIT_ALG_TUAK = 2,
    GODWIT_ALG_GSM_MILENAGE = 3, /* a 2G SIM: SRES and Kc only */
    GODWIT_ALG_XOR_3G = 4,       /* TS 34.108 8.1.2: for tests only */
    GODWIT_ALG_XOR_2G = 5,       /* TS 51.010 A.4.1.2: for tests only */
} godwit_aka_algorithm_t;

/* "milenage", "tuak", "gsm-milenage", "xor-3g", "xor-2g"; NULL for another value. */
const char *godwit_aka_algorithm_name(godwit_aka_algorithm_t algorithm);
GODWIT_MUST_USE godwit_status_t godwit_aka_algorithm_from_name(const char *name, godwit_aka_algorithm_t *algorithm);

/* TUAK's choices (TS 35.231 clause 6), in bits but for the last. A zero stands for its default: 64, 64, 128, 128, 1. */
typedef struct godwit_tuak_profile {
    uint16_t mac_bits;  /* 64, 128, 256. A network's AUTN and AUTS need 64 (TS 33.102). */
    uint16_t res_bits;  /* 32, 64, 128, 256; at most 128 in a vector */
    uint16_t ck_bits;   /* 128, 256 */
    uint16_t ik_bits;   /* 128, 256 */
    uint8_t iterations; /* of Keccak-f, 1 and up */
} godwit_tuak_profile_t;

/* The secret of one subscriber. Wipe after use. */
typedef struct godwit_aka_key {
    godwit_aka_algorithm_t algorithm;
    uint8_t k[GODWIT_K_MAX];
    uint8_t k_len;   /* octets: 16; 16 or 32 for TUAK */
    uint8_t opc[32]; /* OPc (16) or TOPc (32); unused by xor */
    godwit_tuak_profile_t tuak;
    bool sres_by_truncation; /* GSM-MILENAGE output function 2 of TS 55.205; false: function 1, the xor */
} godwit_aka_key_t;

/* Fills key from octets as an operator writes them. op is OP/TOP when op_is_derived is false, else OPc/TOPc; empty for
 * xor.
 * GODWIT_INVALID_ARGUMENT for lengths or TUAK choices that the algorithm does not have. */
GODWIT_MUST_USE godwit_status_t godwit_aka_key_init(godwit_aka_key_t *key, const godwit_crypto_t *crypto,
                                                    godwit_aka_algorithm_t algorithm, godwit_slice_t k,
                                                    godwit_slice_t op, bool op_is_derived,
                                                    const godwit_tuak_profile_t *tuak);

/* What f1, f1*, f2, f3, f4, f5, f5* give. Lengths in octets. Secret. */
typedef struct godwit_aka_output {
    uint8_t mac_a[32], mac_s[32];
    uint8_t mac_len; /* 8 but for TUAK */
    uint8_t res[32];
    uint8_t res_len; /* 8 for MILENAGE */
    uint8_t ck[GODWIT_CK_MAX], ik[GODWIT_CK_MAX];
    uint8_t ck_len, ik_len;
    uint8_t ak[6], ak_star[6];
} godwit_aka_output_t;

/* All seven functions at once. mac_s is computed with the AMF given (the caller passes 0000 for AUTS, TS 33.102 6.3.3).
 * GODWIT_INVALID_ARGUMENT for algorithms that have no f1 (gsm-milenage, xor-2g). */
GODWIT_MUST_USE godwit_status_t godwit_aka_compute(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                   const uint8_t rand[16], const uint8_t sqn[6], const uint8_t amf[2],
                                                   godwit_aka_output_t *out);

/* ---- vectors and tokens ---------------------------------------------------------------------------------------- */

/* AUTN = SQN xor AK (6) || AMF (2) || MAC-A (8), TS 33.102 6.3.2. */
typedef struct godwit_vector {
    uint8_t rand[16];
    uint8_t autn[16];
    uint8_t xres[GODWIT_RES_MAX];
    uint8_t xres_len; /* 4 to 16 */
    uint8_t ck[16], ik[16];
    uint8_t ak[6];
} godwit_vector_t;

/* One UMTS quintuplet for (RAND, SQN, AMF). GODWIT_INVALID_ARGUMENT when the TUAK profile does not fit one (MAC 64, CK,
 * IK 128, RES at most 128 bits) or the algorithm has no f1. */
GODWIT_MUST_USE godwit_status_t godwit_vector_create(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                     const uint8_t rand[16], uint64_t sqn, const uint8_t amf[2],
                                                     godwit_vector_t *vector);

/* AUTS = SQN_MS xor AK* (6) || MAC-S (8), AMF 0000 in MAC-S (TS 33.102 6.3.3). */
GODWIT_MUST_USE godwit_status_t godwit_auts_create(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                   const uint8_t rand[16], uint64_t sqn_ms, uint8_t auts[14]);
/* Checks MAC-S first; *sqn_ms is set only when it is right. GODWIT_AUTH_MAC_FAILURE otherwise. */
GODWIT_MUST_USE godwit_status_t godwit_auts_consume(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                    const uint8_t rand[16], const uint8_t auts[14], uint64_t *sqn_ms);

/* What AUTN holds, before anything about SQN is judged: MAC-A first (GODWIT_AUTH_MAC_FAILURE), then SQN is unconcealed.
 * On success vector holds res in xres, ck, ik, ak. */
GODWIT_MUST_USE godwit_status_t godwit_autn_consume(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                    const uint8_t rand[16], const uint8_t autn[16], uint64_t *sqn,
                                                    godwit_vector_t *vector);

/* ---- GSM and conversions (TS 33.102 6.8) ------------------------------------------------------------------------- */

/* SRES (4) and Kc (8) for RAND: GSM-MILENAGE and xor-2g directly; the 3G algorithms through c2 and c3. */
GODWIT_MUST_USE godwit_status_t godwit_gsm_compute(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                   const uint8_t rand[16], uint8_t sres[4], uint8_t kc[8]);
void godwit_c2(const uint8_t *xres, size_t xres_len, uint8_t sres[4]); /* xres_len 4 to 16 */
void godwit_c3(const uint8_t ck[16], const uint8_t ik[16], uint8_t kc[8]);
void godwit_c4(const uint8_t kc[8], uint8_t ck[16]);
void godwit_c5(const uint8_t kc[8], uint8_t ik[16]);

/* ---- sequence numbers (TS 33.102 Annex C) ------------------------------------------------------------------------ */

#define GODWIT_IND_BITS_DEFAULT 5
#define GODWIT_IND_BITS_MAX 5 /* 32 entries: what a USIM keeps */
#define GODWIT_SQN_DELTA_DEFAULT (UINT64_C(1) << 28)

/* SQN = SEQ || IND. */
static inline uint64_t godwit_sqn_join(uint64_t seq, unsigned ind, unsigned ind_bits)
{
    return (seq << ind_bits) | (ind & ((1u << ind_bits) - 1u));
}

/* Home side, profile "counter" (C.1.1.2, C.3.2): SEQ_HE of the subscriber, one more for each vector; IND tells the
 * requesting node. GODWIT_COUNT_EXHAUSTED at the end of SEQ. */
GODWIT_MUST_USE godwit_status_t godwit_sqn_next_by_counter(uint64_t *seq_he, unsigned ind, unsigned ind_bits,
                                                           uint64_t *sqn);
/* SEQ_HE after an AUTS whose MAC-S is right (6.3.5): stays when the next SEQ would be accepted anyway, so that no
 * number is given twice; else becomes SEQ_MS. delta is the card's, 0 where it has no limit. */
uint64_t godwit_sqn_resync_by_counter(uint64_t seq_he, uint64_t sqn_ms, unsigned ind_bits, uint64_t delta);

/* Home side, profile "time" (C.1.1.3, C.3.3): SEQ = tick + DIF, where DIF of the subscriber changes only when an AUTS
 * demands it; so a vector costs no write. Nodes share DIF and nothing else: each has INDs of its own and this clock. A
 * tick (0.1 s is usual:
 * delta 2^28 is then 310 days) is used once for a subscriber and node, in this life or another: docs/sqn.md has the
 * argument. */
typedef struct godwit_sqn_clock {
    uint64_t now;      /* ticks since an epoch common to all nodes; never goes back */
    uint64_t spent;    /* ticks up to here an earlier life of this node may have used */
    uint64_t reserved; /* ticks up to here this life may use: durable before it stands here */
} godwit_sqn_clock_t;

/* mark is what the last life of this node made durable; 0 in its first. Nothing is reserved yet. */
void godwit_sqn_clock_start(godwit_sqn_clock_t *clock, uint64_t ticks, uint64_t mark);
/* The time has come to be ticks. A time that lies back is ignored. */
void godwit_sqn_clock_set(godwit_sqn_clock_t *clock, uint64_t ticks);
/* The mark to make durable next, or 0 while at least half of block is left: one write for each half block, whatever the
 * load. */
uint64_t godwit_sqn_clock_wants(const godwit_sqn_clock_t *clock, uint64_t block);
/* The mark is durable. */
void godwit_sqn_clock_reserve(godwit_sqn_clock_t *clock, uint64_t mark);

/* *last_tick, 0 at start and not durable, is the slot of this subscriber in the node's memory. Slots may be shared by
 * any number of subscribers and INDs (hash of the IMSI): sharing costs ticks, never a repetition. GODWIT_AGAIN when
 * nothing reserved is left, GODWIT_COUNT_EXHAUSTED at the end of SEQ, GODWIT_INVALID_ARGUMENT for an IND beyond
 * ind_bits or a SEQ below 1 (a DIF from another epoch). */
GODWIT_MUST_USE godwit_status_t godwit_sqn_next_by_time(const godwit_sqn_clock_t *clock, int64_t dif,
                                                        uint64_t *last_tick, unsigned ind, unsigned ind_bits,
                                                        uint64_t *sqn);
/* DIF after an AUTS whose MAC-S is right: stays when the next SEQ would be accepted anyway; else so that the next SEQ
 * of this node is SEQ_MS + 1 + skew, skew being the ticks that the clocks of the nodes may differ by. With sqn_ms 0 and
 * last_tick 0: DIF of a new subscriber. */
int64_t godwit_sqn_resync_by_time(const godwit_sqn_clock_t *clock, int64_t dif, uint64_t last_tick, uint64_t sqn_ms,
                                  unsigned ind_bits, uint64_t delta, uint64_t skew);

/* USIM side (C.2): SEQ_MS for each IND. */
typedef struct godwit_sqn_array {
    uint8_t ind_bits;   /* 0 to 5 */
    uint64_t delta;     /* largest jump ahead of SEQ_MS that is accepted; 0: no limit */
    uint64_t age_limit; /* L: how far behind the highest SEQ_MS a SEQ may be; 0: no limit */
    uint64_t seq_ms[1u << GODWIT_IND_BITS_MAX];
} godwit_sqn_array_t;

/* Nothing accepted yet; IND of 5 bits, delta 2^28, no age limit. */
void godwit_sqn_array_init(godwit_sqn_array_t *array);
/* GODWIT_OK and the array moved, or GODWIT_AUTH_RESYNC and nothing moved. GODWIT_INVALID_ARGUMENT for an array or SQN
 * that cannot be. */
GODWIT_MUST_USE godwit_status_t godwit_sqn_accept(godwit_sqn_array_t *array, uint64_t sqn);
/* SQN_MS for AUTS: the highest accepted SQN anywhere in the array (C.2.2); 0 before the first. */
uint64_t godwit_sqn_highest(const godwit_sqn_array_t *array);

/* ---- a whole USIM run -------------------------------------------------------------------------------------------- */

/* What a USIM answers to AUTHENTICATE in the 3G context (TS 31.102 7.1.2). */
typedef struct godwit_usim_result {
    godwit_status_t status; /* GODWIT_OK, GODWIT_AUTH_MAC_FAILURE (9862), GODWIT_AUTH_RESYNC (auts is set) */
    uint8_t res[GODWIT_RES_MAX];
    uint8_t res_len;
    uint8_t ck[16], ik[16];
    uint8_t auts[14];
    /* Solution 1, of a capable USIM: AMF asked for it, e2m_keyset is set, and of a UMTS vector (separation bit 0) ck
     * and ik are CK', IK'.
     * A USIM that is not capable leaves it to the ME (variant E: core/agree/access_aka). */
    bool e2m;
    uint8_t e2m_keyset[32];
} godwit_usim_result_t;

/* In the order of TS 33.102 6.3.3: MAC-A, then SQN. The array moves only when result->status is GODWIT_OK. The return
 * value is not OK only when the call itself failed. */
GODWIT_MUST_USE godwit_status_t godwit_usim_authenticate(const godwit_crypto_t *crypto, const godwit_aka_key_t *key,
                                                         godwit_sqn_array_t *array, const uint8_t rand[16],
                                                         const uint8_t autn[16], godwit_usim_result_t *result);

#endif
