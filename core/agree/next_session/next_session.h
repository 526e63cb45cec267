/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector of the following session (contribution 000): what both ends keep of it between two sessions, and the rules
 * by which the serving network takes it. RES alone authenticates nobody: an attach counts only when it verifies under
 * the stored keys, and only then is the network's record consumed; sending consumes the device's. The elements that
 * carry RAND, AUTN and RES are ours: no release has any.
 */
#ifndef GODWIT_CORE_AGREE_NEXT_SESSION_H
#define GODWIT_CORE_AGREE_NEXT_SESSION_H

#include "godwit/aka.h"
#include "godwit/keys.h"

typedef enum godwit_next_domain {
    GODWIT_NEXT_NONE = 0, /* nothing is stored */
    GODWIT_NEXT_EPS = 1,
    GODWIT_NEXT_PS = 2, /* GMM: UTRAN and GERAN alike; the keys of GERAN come from CK and IK at the attach */
    GODWIT_NEXT_CS = 3, /* MM */
} godwit_next_domain_t;

#define GODWIT_NEXT_CAPABILITY_MAX 8

/* What was agreed at the hand-over, the same at both ends. Secret: res, root. */
typedef struct godwit_next_session {
    godwit_next_domain_t domain;
    godwit_plmn_t plmn;     /* of the serving network: KASME is bound to it, and the others to its records */
    uint8_t ksi;            /* key set identifier, 0 to 6 */
    uint8_t eea, eia;       /* algorithms in use at the hand-over: EPS; PS, CS: UEA, UIA or those of GERAN */
    uint32_t tmsi;          /* M-TMSI, P-TMSI or TMSI that the attach will name; never 0 */
    uint8_t area[3];        /* EPS: MME group (2), MME code; PS: LAC (2), RAC; CS: LAC (2), 0 */
    uint8_t capability_len; /* as negotiated: a device that names another one is asked anew */
    uint8_t capability[GODWIT_NEXT_CAPABILITY_MAX];
    uint8_t apn[4];  /* device: first octets of SHA-256 of the APN of before; network: zero */
    uint8_t res_len; /* network: XRES */
    uint8_t res[GODWIT_RES_MAX];
    uint8_t root[32]; /* EPS: KASME; PS, CS: CK || IK */
} godwit_next_session_t;

/* KSI of the handed vector, from that in use: (ksi + 1) mod 7; of none (7): 0. */
uint8_t godwit_next_session_ksi(uint8_t in_use);

/* ---- the device's record ---- */

/* Octets of non-volatile memory that one record takes, empty or not. */
#define GODWIT_NEXT_SESSION_RECORD 88

/* Always GODWIT_NEXT_SESSION_RECORD octets: an emptied record (domain NONE) overwrites all of the former. The check at
 * its end binds it to the subscriber and shows damage; it is not a defence against a writer. */
GODWIT_MUST_USE godwit_status_t godwit_next_session_save(const godwit_crypto_t *crypto, const godwit_imsi_t *imsi,
                                                         const godwit_next_session_t *next,
                                                         uint8_t record[GODWIT_NEXT_SESSION_RECORD]);
/* GODWIT_MALFORMED for a record that is damaged, of another version or of another subscriber: next is then empty. */
GODWIT_MUST_USE godwit_status_t godwit_next_session_load(const godwit_crypto_t *crypto, const godwit_imsi_t *imsi,
                                                         godwit_slice_t record, godwit_next_session_t *next);

/* ---- the network's check ---- */

/* What an attach says, and what the caller found out about it. */
typedef struct godwit_next_claim {
    bool verified;      /* its MAC is right under the stored keys, with COUNT 0 */
    godwit_plmn_t plmn; /* of the network that is asked */
    uint8_t ksi;
    godwit_slice_t res;
    godwit_slice_t capability; /* as the message says it, as many octets as were stored or more */
    uint64_t now_ms;
} godwit_next_claim_t;

/* In this order: GODWIT_NOT_FOUND (stored is empty), GODWIT_UNKNOWN_KEY (another KSI), GODWIT_MAC_FAILURE (not
 * verified), GODWIT_NOT_ENTITLED (RES, compared in constant time), GODWIT_KEY_EXPIRED, GODWIT_WRONG_STATE (another
 * PLMN), GODWIT_POLICY_FORBIDS (another capability). GODWIT_OK: the record must be gone, durably, before anything is
 * answered or forwarded. With any other nothing is consumed, and ordinary AKA follows. */
GODWIT_MUST_USE godwit_status_t godwit_next_session_admit(const godwit_next_session_t *stored, uint64_t expires_ms,
                                                          const godwit_next_claim_t *claim);

#endif
