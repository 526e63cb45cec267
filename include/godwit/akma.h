/* SPDX-License-Identifier: Apache-2.0
 *
 * AKMA in the device (TS 33.535): the anchor key of its last primary authentication, and the keys of applications. The
 * primary authentication is 5G AKA (TS 33.501 6.1.3.2), whose messages whoever owns the modem brings; here stand its
 * keys. No malloc, no clock, no I/O.
 *
 *     godwit_akma_init(&akma, &config);
 *     godwit_akma_restore(&akma, record);                               // after a reboot, when a record was stored
 *     godwit_akma_answer(&akma, serving_network, rand, autn, &usim, res_star);   // the USIM ran with RAND and AUTN: RES* goes up
 *     godwit_akma_confirmed(&akma, record);                             // the network went on: make the record durable
 *     godwit_akma_k_af(&akma, af_id, k_af);
 */
#ifndef GODWIT_AKMA_H
#define GODWIT_AKMA_H

#include "core/wire/payload_akma.h"
#include "godwit/aka.h"
#include "godwit/keys.h"

#define GODWIT_AKMA_RECORD 80 /* octets of non-volatile memory */

/* The caller owns what the pointers show; it must live as long as the akma. */
typedef struct godwit_akma_config {
    const godwit_crypto_t *crypto;
    godwit_imsi_t imsi;
    godwit_plmn_t home;
    const char *routing_indicator; /* up to 4 digits (TS 23.003 2.2B); NULL: "0" */
} godwit_akma_config_t;

/* Touch nothing inside. */
typedef struct godwit_akma {
    godwit_akma_config_t config;
    bool has_key, has_next;
    uint8_t a_tid[32], next_a_tid[32];
    uint8_t k_akma[32], next_k_akma[32]; /* secret */
} godwit_akma_t;

/* GODWIT_INVALID_ARGUMENT: a routing indicator that is none, or a PLMN that is none. */
GODWIT_MUST_USE godwit_status_t godwit_akma_init(godwit_akma_t *akma, const godwit_akma_config_t *config);
/* GODWIT_MALFORMED for a record that is damaged or another subscriber's: the device has then no anchor key. */
GODWIT_MUST_USE godwit_status_t godwit_akma_restore(godwit_akma_t *akma, godwit_slice_t record);

/* The USIM's result for RAND and AUTN: RES* for the serving network, and an anchor key that does not hold yet.
 * GODWIT_AUTH_MAC_FAILURE when AUTN has no separation bit (TS 33.501 6.1.3.2.0 step 7: such a vector is not one for
 * 5G); the result's own status when that is not OK. */
GODWIT_MUST_USE godwit_status_t godwit_akma_answer(godwit_akma_t *akma, godwit_plmn_t serving_network,
                                                   const uint8_t rand[16], const uint8_t autn[16],
                                                   const godwit_usim_result_t *usim, uint8_t res_star[16]);
/* The network has accepted RES*: the new anchor key holds, and record is to be made durable before it is used.
 * GODWIT_WRONG_STATE without an answer before. */
GODWIT_MUST_USE godwit_status_t godwit_akma_confirmed(godwit_akma_t *akma, uint8_t record[GODWIT_AKMA_RECORD]);

/* A-KID of the key that holds. GODWIT_WRONG_STATE when there is none. */
GODWIT_MUST_USE godwit_status_t godwit_akma_name(const godwit_akma_t *akma, char a_kid[GODWIT_A_KID_MAX + 1]);
/* K_AF; af_id is FQDN || 5 octets of Ua* protocol identifier (TS 33.535 A.4). GODWIT_WRONG_STATE without an anchor key,
 * GODWIT_INVALID_ARGUMENT for an AF_ID that is none. */
GODWIT_MUST_USE godwit_status_t godwit_akma_k_af(const godwit_akma_t *akma, godwit_slice_t af_id, uint8_t k_af[32]);

#endif
