/* SPDX-License-Identifier: Apache-2.0
 *
 * T5 between the MTC-IWF and MME, SGSN or MSC, and between the MTC-IWF and an AAA server: octets to typed messages and
 * back. None was standardised; this application is our own, its grammar and codes are in docs/diameter.md, its numbers
 * in profile.h. One command, T5-Purpose says which message it is. Messages for and of the device are as
 * docs/trigger-wire.md has them; IWF-Key is K_iwf: only over TLS, or a link that is protected otherwise.
 */
#ifndef GODWIT_WIRE_T5_H
#define GODWIT_WIRE_T5_H

#include "core/wire/diameter.h"
#include "core/wire/payload_trigger.h"
#include "core/wire/profile.h"

extern const godwit_diameter_command_t godwit_t5_request, godwit_t5_answer;

typedef enum godwit_t5_message {
    GODWIT_T5_MESSAGE_NONE = 0,
    GODWIT_T5_MESSAGE_DOWN,
    GODWIT_T5_MESSAGE_UP,
    GODWIT_T5_MESSAGE_KEY,
} godwit_t5_message_t;

/* Which of the three a T5-Request is; NONE when its T5-Purpose cannot be read, which the parser of any of them will
 * blame. */
godwit_t5_message_t godwit_t5_message(godwit_slice_t octets);

/* Parsers write nothing unless the outcome is GODWIT_OK; a request's GODWIT_MALFORMED comes with a fault. The
 * destination (`to`) is the envelope's but for its function; node is the function that sends, MME where a peer does not
 * say. */
GODWIT_MUST_USE godwit_status_t godwit_t5_down_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_t5_down_t *down, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t5_down_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_t5_down_t *down, godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_t5_up_build(const godwit_diameter_envelope_t *envelope, const godwit_t5_up_t *up,
                                                   uint8_t node, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t5_up_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                   godwit_t5_up_t *up, uint8_t *node, godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_t5_key_build(const godwit_diameter_envelope_t *envelope,
                                                    const godwit_iwf_key_request_t *request, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t5_key_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                    godwit_iwf_key_request_t *request, godwit_diameter_fault_t *fault);

/* Answers. Refusals keep their reason: Experimental-Result of our vendor, 5000 plus the status; OVERLOAD 3004. */
GODWIT_MUST_USE godwit_status_t godwit_t5_outcome_build(const godwit_diameter_envelope_t *envelope,
                                                        godwit_status_t outcome, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t5_outcome_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                        godwit_status_t *outcome);
GODWIT_MUST_USE godwit_status_t godwit_t5_up_answer_build(const godwit_diameter_envelope_t *envelope,
                                                          const godwit_t5_up_answer_t *answer, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t5_up_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                          godwit_t5_up_answer_t *answer);
/* The key with OK alone. */
GODWIT_MUST_USE godwit_status_t godwit_t5_key_answer_build(const godwit_diameter_envelope_t *envelope,
                                                           const godwit_iwf_key_answer_t *answer, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t5_key_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                           godwit_iwf_key_answer_t *answer);

#endif
