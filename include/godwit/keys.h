/* SPDX-License-Identifier: Apache-2.0
 *
 * Every key hierarchy of Godwit. The KDF is TS 33.220 B.2; standard derivations cite their clause; those that no public
 * specification gives are Godwit's own, revision "godwit1" (docs/keys.md), and take their FC values from
 * core/keys/profile.h alone.
 *
 * All functions wipe their output and return GODWIT_INVALID_ARGUMENT for a parameter that cannot be (an FQDN that is
 * not canonical, an agreement that does not exist), GODWIT_CRYPTO_FAILED when the backend failed.
 */
#ifndef GODWIT_KEYS_H
#define GODWIT_KEYS_H

#include "godwit/crypto.h"

#define GODWIT_KDF_PARAMETERS_MAX 8

/* derived = HMAC-SHA-256(key, FC || P0 || L0 || ... || Pn || Ln). fc 00 to FE is one octet; FF00 to FFFF two (TS 33.220
 * B.2.2).
 * Each parameter has at most 65535 octets. */
GODWIT_MUST_USE godwit_status_t godwit_kdf(const godwit_crypto_t *crypto, godwit_slice_t key, uint16_t fc,
                                           const godwit_slice_t *parameters, size_t count, uint8_t out[32]);

/* ---- standard ---------------------------------------------------------------------------------------------------- */

/* KASME, TS 33.401 A.2 (FC 10). ck_ik is CK || IK. */
GODWIT_MUST_USE godwit_status_t godwit_kasme(const godwit_crypto_t *c, const uint8_t ck_ik[32],
                                             godwit_plmn_t serving_network, const uint8_t sqn_xor_ak[6],
                                             uint8_t kasme[32]);
/* KeNB, TS 33.401 A.3 (FC 11); NH, A.4 (FC 12); KeNB*, A.5 (FC 13; EARFCN-DL in 2 octets up to 65535, else 3). */
GODWIT_MUST_USE godwit_status_t godwit_kenb(const godwit_crypto_t *c, const uint8_t kasme[32], uint32_t nas_count,
                                            uint8_t kenb[32]);
GODWIT_MUST_USE godwit_status_t godwit_nh(const godwit_crypto_t *c, const uint8_t kasme[32], const uint8_t sync[32],
                                          uint8_t nh[32]);
GODWIT_MUST_USE godwit_status_t godwit_kenb_star(const godwit_crypto_t *c, const uint8_t key[32], uint16_t pci,
                                                 uint32_t earfcn, uint8_t kenb_star[32]);
/* Algorithm keys, TS 33.401 A.7 (FC 15): type distinguisher 1 NAS-enc, 2 NAS-int, 3 RRC-enc, 4 RRC-int, 5 UP-enc, 6
 * UP-int. The 128 least significant bits. key is KASME for NAS, KeNB for the others. */
GODWIT_MUST_USE godwit_status_t godwit_eps_algorithm_key(const godwit_crypto_t *c, const uint8_t key[32],
                                                         uint8_t distinguisher, uint8_t algorithm, uint8_t out[16]);
/* CK' || IK' of EAP-AKA', TS 33.402 A.2 (FC 20). */
GODWIT_MUST_USE godwit_status_t godwit_eap_aka_prime(const godwit_crypto_t *c, const uint8_t ck_ik[32],
                                                     godwit_slice_t network_name, const uint8_t sqn_xor_ak[6],
                                                     uint8_t ck_ik_prime[32]);
/* Kc128, TS 33.102 B.5 (FC 32): 128 most significant bits. Ki128, TS 43.020 H.6 (FC 38): 128 least. */
GODWIT_MUST_USE godwit_status_t godwit_kc128(const godwit_crypto_t *c, const uint8_t ck_ik[32], uint8_t out[16]);
GODWIT_MUST_USE godwit_status_t godwit_ki128(const godwit_crypto_t *c, const uint8_t ck_ik[32], uint8_t out[16]);
/* K_HSE of BEST, TS 33.163 5.1.0a: FC 63 (5G AKA, key CK||IK) or, with eap, FC 64 (key CK'||IK'). */
GODWIT_MUST_USE godwit_status_t godwit_k_hse(const godwit_crypto_t *c, const uint8_t key[32], bool eap,
                                             godwit_slice_t serving_network_name, const uint8_t sqn_xor_ak[6],
                                             uint8_t k_hse[32]);
/* Ks_NAF, TS 33.220 B.3 (FC 01): label "gba-me" or, with gba_u, "gba-u". naf_id is FQDN || 5 octets of Ua protocol
 * identifier. */
GODWIT_MUST_USE godwit_status_t godwit_ks_naf(const godwit_crypto_t *c, const uint8_t ks[32], bool gba_u,
                                              const uint8_t rand[16], godwit_slice_t impi, godwit_slice_t naf_id,
                                              uint8_t ks_naf[32]);
/* 2G GBA, TS 33.220 Annex I. RES of 16 octets and Ks. */
GODWIT_MUST_USE godwit_status_t godwit_gba_2g(const godwit_crypto_t *c, const uint8_t kc[8], const uint8_t rand[16],
                                              const uint8_t sres[4], const uint8_t ks_input[16], uint8_t res[16],
                                              uint8_t ks[32]);
/* MRK of MBMS with GBA_ME, TS 33.246 Annex F: FC 01, "mbms-mrk". Recalled, not read: docs/gaa.md. */
GODWIT_MUST_USE godwit_status_t godwit_mrk(const godwit_crypto_t *c, const uint8_t ks_naf[32], uint8_t mrk[32]);
/* 5G AKA (TS 33.501 A.2, A.4, A.5; FC 6A, 6B): K_AUSF; RES*, 128 least significant bits; HXRES*, the same of
 * SHA-256(RAND || XRES*). The serving network's name is "5G:mnc001.mcc001.3gppnetwork.org". res has 4 to 16 octets. */
GODWIT_MUST_USE godwit_status_t godwit_k_ausf(const godwit_crypto_t *c, const uint8_t ck_ik[32],
                                              godwit_slice_t serving_network_name, const uint8_t sqn_xor_ak[6],
                                              uint8_t k_ausf[32]);
GODWIT_MUST_USE godwit_status_t godwit_res_star(const godwit_crypto_t *c, const uint8_t ck_ik[32],
                                                godwit_slice_t serving_network_name, const uint8_t rand[16],
                                                godwit_slice_t res, uint8_t res_star[16]);
GODWIT_MUST_USE godwit_status_t godwit_hxres_star(const godwit_crypto_t *c, const uint8_t rand[16],
                                                  const uint8_t xres_star[16], uint8_t hxres_star[16]);
/* AKMA, TS 33.535 A.2 to A.4 (FC 80, 81, 82). */
GODWIT_MUST_USE godwit_status_t godwit_k_akma(const godwit_crypto_t *c, const uint8_t kausf[32], godwit_slice_t supi,
                                              uint8_t k_akma[32]);
GODWIT_MUST_USE godwit_status_t godwit_a_tid(const godwit_crypto_t *c, const uint8_t kausf[32], godwit_slice_t supi,
                                             uint8_t a_tid[32]);
GODWIT_MUST_USE godwit_status_t godwit_k_af(const godwit_crypto_t *c, const uint8_t k_akma[32], godwit_slice_t af_id,
                                            uint8_t k_af[32]);

/* ---- Godwit's own, revision godwit1 (docs/keys.md) --------------------------------------------------------------- */

typedef enum godwit_agreement {
    GODWIT_AGREEMENT_DEVICE_RAND = 0,
    GODWIT_AGREEMENT_ACCESS_UMTS = 1,   /* root CK||IK */
    GODWIT_AGREEMENT_ACCESS_EPS = 2,    /* root CK||IK */
    GODWIT_AGREEMENT_SEPARATE_EPS = 3,  /* root KASME for the operator's BEST PLMN */
    GODWIT_AGREEMENT_GBA = 4,           /* root Ks_NAF */
    GODWIT_AGREEMENT_AKMA = 5,          /* root K_AF */
    GODWIT_AGREEMENT_5G = 6,            /* root K_HSE */
    GODWIT_AGREEMENT_SEPARATE_UMTS = 7, /* root CK||IK of a UTRAN vector: weaker, enabled device by device */
} godwit_agreement_t;

/* 01 and 02: the key set comes from the AKA run of the access, and is named by that run's RAND. */
static inline bool godwit_agreement_is_access(uint8_t agreement)
{
    return agreement == GODWIT_AGREEMENT_ACCESS_UMTS || agreement == GODWIT_AGREEMENT_ACCESS_EPS;
}

/* 04 and 05: the key set comes from a bootstrapping that both ends know by a name: B-TID (GBA), A-KID (AKMA). No vector
 * is sent. */
static inline bool godwit_agreement_has_reference(uint8_t agreement)
{
    return agreement == GODWIT_AGREEMENT_GBA || agreement == GODWIT_AGREEMENT_AKMA;
}
#define GODWIT_KEY_REFERENCE_MAX 127

/* "device-rand", "access-umts", "access-eps", "separate-eps", "gba", "akma", "5g", "separate-umts"; NULL for
 * another. */
const char *godwit_agreement_name(godwit_agreement_t agreement);
GODWIT_MUST_USE godwit_status_t godwit_agreement_from_name(const char *name, godwit_agreement_t *agreement);

/* CK' || IK' of a flagged UMTS vector (Solution 1). */
GODWIT_MUST_USE godwit_status_t godwit_e2m_ck_ik_prime(const godwit_crypto_t *c, const uint8_t ck_ik[32],
                                                       const uint8_t sqn_xor_ak[6], uint8_t ck_ik_prime[32]);
/* e2mKEYSET from the root of an agreement. sqn_xor_ak has 6 octets, or is empty for agreements 04, 05 and 06. */
GODWIT_MUST_USE godwit_status_t godwit_e2m_keyset(const godwit_crypto_t *c, const uint8_t root[32],
                                                  godwit_agreement_t agreement, godwit_slice_t sqn_xor_ak,
                                                  uint8_t e2m_keyset[32]);
/* K_session for an HSE; K_e2e for an EAS. endpoint is a canonical FQDN. */
GODWIT_MUST_USE godwit_status_t godwit_k_session(const godwit_crypto_t *c, const uint8_t e2m_keyset[32],
                                                 godwit_slice_t endpoint, uint32_t generation, uint8_t k_session[32]);
GODWIT_MUST_USE godwit_status_t godwit_k_e2e(const godwit_crypto_t *c, const uint8_t e2m_keyset[32],
                                             godwit_slice_t endpoint, uint32_t age, uint8_t k_e2e[32]);
/* K_enc and K_int of a suite. k_int has 32 octets for HMAC suites; for the others the first 16 are K_int and the rest
 * zero. */
GODWIT_MUST_USE godwit_status_t godwit_suite_keys(const godwit_crypto_t *c, const uint8_t key[32], uint8_t suite_id,
                                                  uint8_t k_enc[16], uint8_t k_int[32]);
/* Pre-shared key for another protocol: label "dtls1.2", "dtls1.3", "tls1.3" or "oscore"; role 0 client, 1 server. */
GODWIT_MUST_USE godwit_status_t godwit_exported_psk(const godwit_crypto_t *c, const uint8_t k_e2e[32],
                                                    const char *label, uint8_t role, uint32_t number, uint8_t psk[32]);
/* Whether a handshake shows that the other end has the key, before anything depends on it: false of "oscore". */
bool godwit_psk_is_proved_by_handshake(const char *label);
#define GODWIT_RAND1_RANDOM 10 /* octets of RAND1 that are drawn: counter (6) || random (10) */
#define GODWIT_MTC_IDENTITY 8  /* octets of a temporary identity */

/* ts33868 is off unless both ends are told: docs/device-rand.md says why. */
typedef enum godwit_mtc_profile {
    GODWIT_MTC_GODWIT1 = 0,
    GODWIT_MTC_TS33868_KC,    /* one Kc; RES encrypted with Kc */
    GODWIT_MTC_TS33868_K_MTC, /* one Kc; RES encrypted with K_MTC */
} godwit_mtc_profile_t;

/* Device RAND (contribution 001): RANDa, RANDb from RAND1; K_MTC and the next chain from Kc_a||Kc_b||SRES_a||SRES_b. */
GODWIT_MUST_USE godwit_status_t godwit_device_rand_pair(const godwit_crypto_t *c, const uint8_t rand1[16],
                                                        const godwit_imsi_t *imsi, uint8_t rand_a[16],
                                                        uint8_t rand_b[16]);
GODWIT_MUST_USE godwit_status_t godwit_k_mtc(const godwit_crypto_t *c, const uint8_t kc_sres[24],
                                             godwit_slice_t server_id, const godwit_imsi_t *imsi,
                                             const uint8_t rand1[16], const uint8_t chain[32], uint8_t k_mtc[32]);
GODWIT_MUST_USE godwit_status_t godwit_next_chain(const godwit_crypto_t *c, const uint8_t kc_sres[24],
                                                  const uint8_t chain[32], const uint8_t rand1[16], uint8_t next[32]);
/* The same in the profile ts33868, as the contribution has it, with what it leaves open filled in by us: K_MTC = f(Kc,
 * ID of the server), and RES encrypted under Kc (8 octets) or K_MTC (32): the same call deciphers. 64 bits of strength:
 * see docs/device-rand.md. */
GODWIT_MUST_USE godwit_status_t godwit_k_mtc_ts33868(const godwit_crypto_t *c, const uint8_t kc[8],
                                                     godwit_slice_t server_id, uint8_t k_mtc[32]);
GODWIT_MUST_USE godwit_status_t godwit_res_crypt_ts33868(const godwit_crypto_t *c, godwit_slice_t key,
                                                         const uint8_t rand[16], uint8_t res[4]);
/* Ks_local_device between a UICC hosting device and a remote one (TS 33.259): FF 17, of Ks_NAF, the remote device's and
 * the application's names, its nonce, and the limit on uses. */
GODWIT_MUST_USE godwit_status_t godwit_ks_local(const godwit_crypto_t *c, const uint8_t ks_naf[32],
                                                godwit_slice_t device, godwit_slice_t application,
                                                const uint8_t nonce[16], uint32_t uses, uint8_t key[32]);
/* MTC-IWF association (contribution 002): root is CK||IK of a flagged vector, or KASME. An AKA run is named by the
 * first 8 octets of SHA-256 of its RAND. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_root_name(const godwit_crypto_t *c, const uint8_t rand[16], uint8_t name[8]);
GODWIT_MUST_USE godwit_status_t godwit_k_iwf(const godwit_crypto_t *c, const uint8_t root[32], godwit_slice_t iwf_fqdn,
                                             const godwit_imsi_t *imsi, uint32_t association, uint8_t k_iwf[32]);
GODWIT_MUST_USE godwit_status_t godwit_k_di(const godwit_crypto_t *c, const uint8_t k_iwf[32], uint8_t suite_id,
                                            uint8_t k_di_conf[16], uint8_t k_di_int[16]);
/* The root of K_iwf over access that is not 3GPP's: of EMSK of EAP-AKA' (RFC 9048), which no access network is
 * given. */
GODWIT_MUST_USE godwit_status_t godwit_iwf_eap_root(const godwit_crypto_t *c, const uint8_t emsk[64],
                                                    const godwit_imsi_t *imsi, uint8_t root[32]);

#endif
