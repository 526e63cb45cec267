/* SPDX-License-Identifier: Apache-2.0
 *
 * T4 (TS 29.337): Device-Trigger (DTR, DTA) from the MTC-IWF to a SMS-SC and Delivery-Report (DRR, DRA) back, octets to
 * typed messages and back.
 * Application and commands are those of the IANA registry, codes and results those of public dictionaries. Payload is a
 * message of docs/trigger-wire.md. A Delivery-Report of ours may bring a message of the device (Trigger-Container), and
 * then no outcome: a MTC-IWF that is not ours refuses it (5005).
 * DTA: OK 2001; UNKNOWN_SUBSCRIBER 10415/5001; MALFORMED 10415/5532 (and 5530 is read as that); NOT_FOUND 10415/5535,
 * the trigger to recall or replace does not wait (and 5533, 5534 are read as that); OVERLOAD 3004 (and 10415/5531);
 * NOT_ENTITLED 5003; anything else 5012. DRA the same.
 */
#ifndef GODWIT_WIRE_T4_H
#define GODWIT_WIRE_T4_H

#include "core/wire/diameter.h"
#include "core/wire/payload_trigger.h"

#define GODWIT_T4_APPLICATION 16777311u
#define GODWIT_T4_DEVICE_TRIGGER 8388643u
#define GODWIT_T4_DELIVERY_REPORT 8388644u

extern const godwit_diameter_command_t godwit_t4_dtr, godwit_t4_dta, godwit_t4_drr, godwit_t4_dra;

/* Parsers write nothing unless the outcome is GODWIT_OK; a request's GODWIT_MALFORMED comes with a fault. */
GODWIT_MUST_USE godwit_status_t godwit_t4_dtr_build(const godwit_diameter_envelope_t *envelope,
                                                    const godwit_t4_trigger_t *trigger, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t4_dtr_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                    godwit_t4_trigger_t *trigger, godwit_diameter_fault_t *fault);
GODWIT_MUST_USE godwit_status_t godwit_t4_drr_build(const godwit_diameter_envelope_t *envelope,
                                                    const godwit_t4_report_t *report, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t4_drr_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                    godwit_t4_report_t *report, godwit_diameter_fault_t *fault);
/* down: DTA, else DRA. */
GODWIT_MUST_USE godwit_status_t godwit_t4_answer_build(const godwit_diameter_envelope_t *envelope, bool down,
                                                       godwit_status_t outcome, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_t4_answer_parse(godwit_slice_t octets, bool down,
                                                       godwit_diameter_envelope_t *envelope, godwit_status_t *outcome);

#endif
