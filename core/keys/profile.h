/* SPDX-License-Identifier: Apache-2.0
 *
 * GODWIT'S OWN, revision "godwit1": what no public specification gives. Not interoperable with anything but Godwit.
 * Whoever brings a normative value replaces it here, and nowhere else. The two-octet space FF xx belongs to 3GPP (TS
 * 33.220 B.2.2), so the first parameter of each of these derivations is the name of the revision: a later standard use
 * of the same FC cannot give the same key.
 */
#ifndef GODWIT_CORE_KEYS_PROFILE_H
#define GODWIT_CORE_KEYS_PROFILE_H

#define PROFILE_REVISION "godwit1" /* P0 of every derivation below */

enum {
    FC_OWN_CK_IK_PRIME = 0xFF01, /* CK' || IK' of a flagged UMTS vector */
    FC_OWN_E2M_KEYSET = 0xFF02,
    FC_OWN_K_SESSION = 0xFF03,
    FC_OWN_K_E2E = 0xFF04,
    FC_OWN_SUITE_KEY = 0xFF05,
    FC_OWN_EXPORTED_PSK = 0xFF06,
    FC_OWN_DEVICE_RAND = 0xFF10,
    FC_OWN_K_MTC = 0xFF11,
    FC_OWN_NEXT_CHAIN = 0xFF13,
    FC_OWN_K_MTC_TS33868 = 0xFF15,
    FC_OWN_RES_MASK = 0xFF16,
    FC_OWN_KS_LOCAL_DEVICE = 0xFF17,
    FC_OWN_K_IWF = 0xFF20,
    FC_OWN_K_DI = 0xFF21,
    FC_OWN_IWF_EAP_ROOT = 0xFF22,
};

/* Distinguishers of a pair of keys under one FC. */
enum { PROFILE_CONFIDENTIALITY = 0x01, PROFILE_INTEGRITY = 0x02 };
enum { PROFILE_RAND_A = 0x01, PROFILE_RAND_B = 0x02 };

/* Suite ids as they enter a derivation: the id names cipher, MAC and length of the MAC together
 * (core/emsdp/suite.c). */
enum {
    PROFILE_SUITE_EEA2_EIA2_64 = 1,
    PROFILE_SUITE_EEA2_EIA2_128 = 2,
    PROFILE_SUITE_EEA2_HMAC_64 = 3,
    PROFILE_SUITE_EEA2_HMAC_128 = 4,
    PROFILE_SUITE_EEA0_EIA2_64 = 5,
    PROFILE_SUITE_EEA0_HMAC_64 = 6,
    PROFILE_SUITE_EEA2_EIA2_32 = 7,
    PROFILE_SUITE_EEA1_EIA1_32 = 8,
    PROFILE_SUITE_EEA3_EIA3_32 = 9,
    PROFILE_SUITE_LAST = 9,
};
/* Bit i set: suite i takes its MAC from HMAC-SHA-256, and its K_int has 32 octets. */
#define PROFILE_HMAC_SUITES                                                                                            \
    (1u << PROFILE_SUITE_EEA2_HMAC_64 | 1u << PROFILE_SUITE_EEA2_HMAC_128 | 1u << PROFILE_SUITE_EEA0_HMAC_64)

#endif
