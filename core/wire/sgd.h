/* SPDX-License-Identifier: Apache-2.0
 *
 * SGd (TS 29.338 6): MO-Forward-Short-Message (OFR, OFA) from a serving node to the SMS-SC and MT-Forward-Short-Message
 * (TFR, TFA) back, octets to typed messages and back. Application and commands are those of the IANA registry; AVP
 * codes and results are recalled (tshark names them alike). An answer says: OK 2001; UNKNOWN_SUBSCRIBER 10415/5001;
 * UNKNOWN_SESSION 10415/5550 (absent user); MALFORMED 10415/5555 (delivery failure, with SM-Delivery-Failure-Cause 1,
 * protocol error at the equipment); NOT_ENTITLED 10415/5556 (not subscribed); POLICY_FORBIDS 10415/5557 (barred);
 * OVERLOAD 3004, and 10415/5551 (busy) is read as that; anything else 5012.
 */
#ifndef GODWIT_WIRE_SGD_H
#define GODWIT_WIRE_SGD_H

#include "core/wire/diameter.h"
#include "core/wire/payload_sms.h"

#define GODWIT_SGD_APPLICATION 16777313u
#define GODWIT_SGD_MO_FORWARD 8388645u
#define GODWIT_SGD_MT_FORWARD 8388646u

extern const godwit_diameter_command_t godwit_sgd_ofr, godwit_sgd_ofa, godwit_sgd_tfr, godwit_sgd_tfa;

/* up: OFR and OFA, else TFR and TFA. Parsers write nothing unless the outcome is GODWIT_OK; a request's
 * GODWIT_MALFORMED comes with a fault. */
GODWIT_MUST_USE godwit_status_t godwit_sgd_request_build(const godwit_diameter_envelope_t *envelope, bool up,
                                                         const godwit_short_message_t *message, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_sgd_request_parse(godwit_slice_t octets, bool up,
                                                         godwit_diameter_envelope_t *envelope,
                                                         godwit_short_message_t *message,
                                                         godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_sgd_answer_build(const godwit_diameter_envelope_t *envelope, bool up,
                                                        godwit_status_t outcome, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_sgd_answer_parse(godwit_slice_t octets, bool up,
                                                        godwit_diameter_envelope_t *envelope, godwit_status_t *outcome);

#endif
