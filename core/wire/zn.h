/* SPDX-License-Identifier: Apache-2.0
 *
 * Zn (TS 29.109 5, 6): Bootstrapping-Info-Request and -Answer between NAF and BSF, octets to typed messages and back.
 * Keys travel in the answer: only over TLS, or a link that is protected otherwise.
 * An answer says: OK 2001; UNKNOWN_SUBSCRIBER 10415/5401; NOT_ENTITLED 10415/5402; UNKNOWN_KEY and KEY_EXPIRED
 * 10415/5403, read as UNKNOWN_KEY; OVERLOAD 3004; anything else 5012.
 */
#ifndef GODWIT_WIRE_ZN_H
#define GODWIT_WIRE_ZN_H

#include "core/wire/diameter.h"
#include "core/wire/payload_gba.h"

#define GODWIT_ZN_APPLICATION 16777220u
#define GODWIT_ZN_BOOTSTRAPPING_INFO 310u

extern const godwit_diameter_command_t godwit_zn_bir, godwit_zn_bia;

/* Parsers write nothing unless the outcome is GODWIT_OK; a request's GODWIT_MALFORMED comes with a fault. */
GODWIT_MUST_USE godwit_status_t godwit_zn_bir_build(const godwit_diameter_envelope_t *envelope,
                                                    const godwit_zn_request_t *request, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_zn_bir_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                    godwit_zn_request_t *request, godwit_diameter_fault_t *fault);
/* Times travel in seconds: a fraction is cut off. */
GODWIT_MUST_USE godwit_status_t godwit_zn_bia_build(const godwit_diameter_envelope_t *envelope,
                                                    const godwit_zn_answer_t *answer, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_zn_bia_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                    godwit_zn_answer_t *answer);

#endif
