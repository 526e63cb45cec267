/* SPDX-License-Identifier: Apache-2.0
 *
 * AKMA (TS 33.535): what device, AUSF and AAnF reckon alike. The serving network's name, A-KID, AF_ID, and the anchor
 * key of one primary authentication. The derivations themselves are in godwit/keys.h. How A-TID is written in A-KID is
 * not known to us (it is recalled that the user name holds routing indicator and A-TID): ours, marked below.
 */
#ifndef GODWIT_AGREE_AKMA_H
#define GODWIT_AGREE_AKMA_H

#include "core/wire/payload_akma.h"
#include "godwit/keys.h"

#define GODWIT_SERVING_NETWORK_NAME_MAX 39

/* "5G:mnc001.mcc001.3gppnetwork.org" (TS 24.501 9.12.1). */
GODWIT_MUST_USE godwit_status_t godwit_akma_serving_network(godwit_plmn_t plmn,
                                                            char name[GODWIT_SERVING_NETWORK_NAME_MAX + 1]);

/* rid<routing indicator>.atid<A-TID in hex>@5gc.mnc001.mcc001.3gppnetwork.org: realm as TS 23.003 28.2, user name ours.
 * routing_indicator: up to 4 digits, "0" where the card has none. */
GODWIT_MUST_USE godwit_status_t godwit_akma_a_kid(const uint8_t a_tid[32], const char *routing_indicator,
                                                  godwit_plmn_t home, char a_kid[GODWIT_A_KID_MAX + 1]);
/* A-TID of an A-KID of that home network. GODWIT_UNKNOWN_KEY for one of another shape or network. */
GODWIT_MUST_USE godwit_status_t godwit_akma_a_tid_of(const char *a_kid, godwit_plmn_t home, uint8_t a_tid[32]);

/* The FQDN in front of the five octets of the Ua* identifier, or the empty slice when it is none. */
godwit_slice_t godwit_akma_fqdn_of(godwit_slice_t af_id);

/* The anchor key, and the identifier that goes with it. SUPI is the digits of the IMSI: whether "imsi-" stands before
 * them is an open point (TS 33.501 A.7.0); both ends take this form. */
GODWIT_MUST_USE godwit_status_t godwit_akma_anchor(const godwit_crypto_t *crypto, const uint8_t k_ausf[32],
                                                   const godwit_imsi_t *imsi, uint8_t k_akma[32], uint8_t a_tid[32]);

#endif
