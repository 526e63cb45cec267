/* SPDX-License-Identifier: Apache-2.0
 *
 * Zh (TS 29.109 4, 6): Multimedia-Auth-Request and -Answer between BSF and HSS, octets to typed messages and back. The
 * commands are those of Cx under an application of their own. Which AVP carries what inside SIP-Auth-Data-Item is
 * recalled, not read in the specification:
 *   request, resynchronisation   SIP-Authorization = RAND || AUTS
 *   3G vector                    SIP-Authenticate = RAND || AUTN, SIP-Authorization = XRES, Confidentiality-Key = CK, Integrity-Key = IK
 *   2G triplet (Annex I)         SIP-Authenticate = RAND, SIP-Authorization = SRES, Confidentiality-Key = Kc
 * An answer says: OK 2001; UNKNOWN_SUBSCRIBER 10415/5401; NOT_ENTITLED 10415/5402; AUTH_MAC_FAILURE (the AUTS was
 * refused) 4001, our choice; OVERLOAD 3004; anything else 5012.
 */
#ifndef GODWIT_WIRE_ZH_H
#define GODWIT_WIRE_ZH_H

#include "core/wire/diameter.h"
#include "core/wire/payload_gba.h"

#define GODWIT_ZH_APPLICATION 16777221u
#define GODWIT_ZH_MULTIMEDIA_AUTH 303u

extern const godwit_diameter_command_t godwit_zh_mar, godwit_zh_maa;

/* Parsers write nothing unless the outcome is GODWIT_OK; a request's GODWIT_MALFORMED comes with a fault. */
GODWIT_MUST_USE godwit_status_t godwit_zh_mar_build(const godwit_diameter_envelope_t *envelope,
                                                    const godwit_zh_request_t *request, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_zh_mar_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                    godwit_zh_request_t *request, godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_zh_maa_build(const godwit_diameter_envelope_t *envelope,
                                                    const godwit_zh_answer_t *answer, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_zh_maa_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                    godwit_zh_answer_t *answer);

/* GBA user security settings, a document of its own inside GBA-UserSecSettings. Public are the root element "guss" and,
 * from the JSON of TS 29.562, the names bsfInfo, uiccType (GBA, GBA_U) and lifeTime (seconds); the XML schema of Annex
 * A is not public to us, so how they nest is ours. What else a document has is skipped; one that has neither says
 * nothing. */
void godwit_guss_build(godwit_writer_t *w, bool uicc_gba, uint32_t life_s);
void godwit_guss_parse(godwit_slice_t document, bool *uicc_gba, uint32_t *life_s);

#endif
