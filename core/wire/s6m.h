/* SPDX-License-Identifier: Apache-2.0
 *
 * S6m (TS 29.336 5.2.2, 6.2.3, 6.2.4): Subscriber-Information-Request and -Answer between MTC-IWF and HSS, octets to
 * typed messages and back. With AVPs of ours, without the M flag: which key of an association is wanted
 * (IWF-Key-Wanted, IWF-Root-Wanted, Root-Name, Association as the number that it must be above), and IWF-Key. A key in
 * the answer: the hop must protect it.
 *
 * What an answer says, both ways: OK 2001; UNKNOWN_SUBSCRIBER 10415/5001; NOT_ENTITLED 10415/5510 (unauthorized
 * requesting entity); POLICY_FORBIDS 10415/5511 (unauthorized service); UNKNOWN_KEY an Experimental-Result of our
 * vendor; OVERLOAD 3004; any other 5012.
 */
#ifndef GODWIT_WIRE_S6M_H
#define GODWIT_WIRE_S6M_H

#include "core/wire/diameter.h"
#include "core/wire/payload_trigger.h"

#define GODWIT_S6M_APPLICATION 16777310u
#define GODWIT_S6M_SUBSCRIBER_INFORMATION 8388641u

extern const godwit_diameter_command_t godwit_s6m_sir, godwit_s6m_sia;

/* GODWIT_INVALID_ARGUMENT: whom it asks about is not said. */
GODWIT_MUST_USE godwit_status_t godwit_s6m_sir_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_subscriber_info_request_t *request,
                                                     godwit_writer_t *w);
/* Nothing is written unless the outcome is GODWIT_OK; GODWIT_MALFORMED comes with a fault. */
GODWIT_MUST_USE godwit_status_t godwit_s6m_sir_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_subscriber_info_request_t *request,
                                                     godwit_diameter_fault_t *fault);

GODWIT_MUST_USE godwit_status_t godwit_s6m_sia_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_subscriber_info_answer_t *answer, godwit_writer_t *w);
/* Success that names no IMSI is GODWIT_MALFORMED. Serving nodes that are known by number alone are left out. answer is
 * secret where it has a key. */
GODWIT_MUST_USE godwit_status_t godwit_s6m_sia_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_subscriber_info_answer_t *answer);

#endif
