/* SPDX-License-Identifier: Apache-2.0
 *
 * FC values of standard derivations, each with the clause that owns it. Values without a public specification are not
 * here but in profile.h.
 */
#ifndef GODWIT_CORE_KEYS_FC_H
#define GODWIT_CORE_KEYS_FC_H

enum {
    FC_GBA = 0x01,                 /* TS 33.220 B.3 (Ks_NAF) and Annex I (2G GBA) */
    FC_KASME = 0x10,               /* TS 33.401 A.2 */
    FC_KENB = 0x11,                /* TS 33.401 A.3 */
    FC_NH = 0x12,                  /* TS 33.401 A.4 */
    FC_KENB_STAR = 0x13,           /* TS 33.401 A.5 */
    FC_EPS_ALGORITHM_KEY = 0x15,   /* TS 33.401 A.7 */
    FC_EAP_AKA_PRIME = 0x20,       /* TS 33.402 A.2 */
    FC_KC128 = 0x32,               /* TS 33.102 B.5 */
    FC_KI128 = 0x38,               /* TS 43.020 H.6 */
    FC_K_HSE_5G_AKA = 0x63,        /* TS 33.163 5.1.0a */
    FC_K_HSE_EAP_AKA_PRIME = 0x64, /* TS 33.163 5.1.0a */
    FC_K_AUSF = 0x6A,              /* TS 33.501 A.2 */
    FC_RES_STAR = 0x6B,            /* TS 33.501 A.4 */
    FC_K_AKMA = 0x80,              /* TS 33.535 A.2 */
    FC_A_TID = 0x81,               /* TS 33.535 A.3 */
    FC_K_AF = 0x82,                /* TS 33.535 A.4 */
};

#endif
