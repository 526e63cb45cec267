/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, between HSE and EMKS or HSS: Key-Request and Key-Answer, Key-Confirm-Request and -Answer, octets to typed
 * messages and back. An application of our own; its grammar, codes and results are in docs/diameter.md, its numbers in
 * profile.h.
 * K_session travels in it: only over TLS, or a link that is protected otherwise.
 */
#ifndef GODWIT_WIRE_EK_H
#define GODWIT_WIRE_EK_H

#include "core/wire/diameter.h"
#include "core/wire/payload.h"
#include "core/wire/profile.h"

extern const godwit_diameter_command_t godwit_ek_key_request, godwit_ek_key_answer;
extern const godwit_diameter_command_t godwit_ek_confirm_request, godwit_ek_confirm_answer;

/* Parsers write nothing unless the outcome is GODWIT_OK. */
GODWIT_MUST_USE godwit_status_t godwit_ek_key_request_build(const godwit_diameter_envelope_t *envelope,
                                                            const godwit_key_request_t *request, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_key_request_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                            godwit_key_request_t *request,
                                                            godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_ek_key_answer_build(const godwit_diameter_envelope_t *envelope,
                                                           const godwit_key_answer_t *answer, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_key_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                           godwit_key_answer_t *answer);
GODWIT_MUST_USE godwit_status_t godwit_ek_confirm_request_build(const godwit_diameter_envelope_t *envelope,
                                                                const godwit_key_confirm_t *confirm,
                                                                godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_confirm_request_parse(godwit_slice_t octets,
                                                                godwit_diameter_envelope_t *envelope,
                                                                godwit_key_confirm_t *confirm,
                                                                godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_ek_confirm_answer_build(const godwit_diameter_envelope_t *envelope,
                                                               godwit_status_t outcome, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_confirm_answer_parse(godwit_slice_t octets,
                                                               godwit_diameter_envelope_t *envelope,
                                                               godwit_status_t *outcome);

#endif
