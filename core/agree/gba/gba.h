/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA (TS 33.220): what device, card and BSF reckon alike. Identities (TS 23.003 13.3, 16.2), B-TID, NAF_Id, and the
 * AUTN that only a card in the GBA context takes. The keys themselves are in godwit/keys.h. Texts have terminators;
 * octets that come from a peer are judged here before they become a name.
 */
#ifndef GODWIT_AGREE_GBA_H
#define GODWIT_AGREE_GBA_H

#include "core/wire/payload_gba.h"
#include "godwit/keys.h"

#define GODWIT_UA_PROTOCOL_OCTETS 5 /* TS 33.220 Annex H */

/* IMSI@ims.mncXXX.mccYYY.3gppnetwork.org (TS 23.003 13.3); an MNC of two digits gets a zero before it. */
GODWIT_MUST_USE godwit_status_t godwit_gba_impi(const godwit_imsi_t *imsi, godwit_plmn_t home,
                                                char impi[GODWIT_IMPI_MAX + 1]);
/* The IMSI of such an IMPI. GODWIT_UNKNOWN_SUBSCRIBER for one of another shape or network. */
GODWIT_MUST_USE godwit_status_t godwit_gba_imsi(const char *impi, godwit_plmn_t home, godwit_imsi_t *imsi);
/* bsf.mncXXX.mccYYY.pub.3gppnetwork.org (TS 23.003 16.2). */
GODWIT_MUST_USE godwit_status_t godwit_gba_bsf_name(godwit_plmn_t home, char name[GODWIT_FQDN_MAX + 1]);

/* base64(RAND)@name of the BSF (TS 33.220 4.5.2). */
GODWIT_MUST_USE godwit_status_t godwit_gba_b_tid(const uint8_t rand[16], const char *bsf,
                                                 char b_tid[GODWIT_B_TID_MAX + 1]);
/* Back: RAND, and the name, which points into b_tid. GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_gba_b_tid_parse(const char *b_tid, uint8_t rand[16], const char **bsf);

/* FQDN || Ua security protocol identifier. GODWIT_INVALID_ARGUMENT for a name that is not canonical. */
GODWIT_MUST_USE godwit_status_t godwit_gba_naf_id(godwit_slice_t fqdn, const uint8_t ua[GODWIT_UA_PROTOCOL_OCTETS],
                                                  uint8_t naf_id[GODWIT_NAF_ID_MAX], uint16_t *len);

/* GBA_U: MAC in AUTN to MAC* = MAC xor the first 64 bits of SHA-1(IK), and back: a card in another context refuses it,
 * so that CK and IK of a bootstrapping run never leave the card (TS 33.220 5.3.2; recalled, not read there:
 * docs/gba.md). */
GODWIT_MUST_USE godwit_status_t godwit_gba_u_mask(const uint8_t ik[16], uint8_t autn[16]);

#endif
