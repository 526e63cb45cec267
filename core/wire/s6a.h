/* SPDX-License-Identifier: Apache-2.0
 *
 * S6a: Authentication-Information-Request and -Answer (TS 29.272 7.2.5, 7.2.6), octets to typed messages and back.
 * Update-Location-Request and -Answer (7.2.3, 7.2.4), as far as triggers need them: the request asks for no
 * subscription data, the answer has none.
 * Bits of ULR-Flags and ULA-Flags are recalled (tshark names those of the request alike).
 *
 * What an answer says, both ways:
 *   OK                   Result-Code 2001
 *   UNKNOWN_SUBSCRIBER   Experimental-Result 10415/5001 USER_UNKNOWN; read also 5420 UNKNOWN_EPS_SUBSCRIPTION
 *   NOT_ENTITLED         10415/5004 ROAMING_NOT_ALLOWED
 *   AUTH_MAC_FAILURE     10415/4181 AUTHENTICATION_DATA_UNAVAILABLE: the AUTS was refused
 *   POLICY_FORBIDS       Result-Code 5003 AUTHORIZATION_REJECTED; read also 10415/5421 RAT_NOT_ALLOWED
 *   OVERLOAD             Result-Code 3004 TOO_BUSY
 *   any other            Result-Code 5012 UNABLE_TO_COMPLY; whatever else is read becomes PEER_INTERNAL
 */
#ifndef GODWIT_WIRE_S6A_H
#define GODWIT_WIRE_S6A_H

#include "core/wire/diameter.h"
#include "core/wire/payload.h"
#include "core/wire/payload_trigger.h"

#define GODWIT_S6A_APPLICATION 16777251u
#define GODWIT_S6A_UPDATE_LOCATION 316u
#define GODWIT_S6A_AUTHENTICATION_INFORMATION 318u

extern const godwit_diameter_command_t godwit_s6a_air, godwit_s6a_aia, godwit_s6a_ulr, godwit_s6a_ula;

/* A request for E-UTRAN or for UTRAN vectors. */
GODWIT_MUST_USE godwit_status_t godwit_s6a_air_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_auth_info_request_t *request, godwit_writer_t *w);
/* Where both kinds are requested (a combined MME and SGSN), E-UTRAN is answered. More than five vectors are taken as
 * five, none named as one. Nothing is written unless the outcome is GODWIT_OK; GODWIT_MALFORMED comes with a fault. */
GODWIT_MUST_USE godwit_status_t godwit_s6a_air_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_auth_info_request_t *request,
                                                     godwit_diameter_fault_t *fault);

GODWIT_MUST_USE godwit_status_t godwit_s6a_aia_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_auth_info_answer_t *answer, godwit_writer_t *w);
/* kind is what was asked for: vectors of another kind are not taken. Success without a vector of that kind is
 * GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_s6a_aia_parse(godwit_slice_t octets, godwit_vector_kind_t kind,
                                                     godwit_diameter_envelope_t *envelope,
                                                     godwit_auth_info_answer_t *answer);

/* node: what the sender is, GODWIT_NODE_MME, _SGSN or _MSC. The standard's flag tells the first two apart; a MSC, which
 * speaks MAP there, says so by an AVP of ours. */
GODWIT_MUST_USE godwit_status_t godwit_s6a_ulr_build(const godwit_diameter_envelope_t *envelope, uint8_t node,
                                                     const godwit_location_update_t *update, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_s6a_ulr_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     uint8_t *node, godwit_location_update_t *update,
                                                     godwit_diameter_fault_t *fault);
/* iwf stands in AVPs of ours; host "" where there is none. */
GODWIT_MUST_USE godwit_status_t godwit_s6a_ula_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_location_update_answer_t *answer, godwit_writer_t *w);
/* iwf.function is not set: the names are those of a MTC-IWF. */
GODWIT_MUST_USE godwit_status_t godwit_s6a_ula_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_location_update_answer_t *answer);

/* The table above. */
godwit_diameter_result_t godwit_s6a_result_of(godwit_status_t status);
godwit_status_t godwit_s6a_status_of(godwit_diameter_result_t result);

#endif
