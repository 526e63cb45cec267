/* SPDX-License-Identifier: Apache-2.0
 *
 * Tsp (TS 29.368): Device-Action (DAR, DAA) from a SCS to the MTC-IWF and Device-Notification (DNR, DNA) back, octets
 * to typed messages and back.
 * Application and commands are those of the IANA registry, codes and values those of two public dictionaries. Grammar
 * is judged here; whether a payload, a name or a time is acceptable is the MTC-IWF's to say, in Request-Status.
 */
#ifndef GODWIT_WIRE_TSP_H
#define GODWIT_WIRE_TSP_H

#include "core/wire/diameter.h"
#include "core/wire/payload_trigger.h"

#define GODWIT_TSP_APPLICATION 16777309u
#define GODWIT_TSP_DEVICE_ACTION 8388639u
#define GODWIT_TSP_DEVICE_NOTIFICATION 8388640u

extern const godwit_diameter_command_t godwit_tsp_dar, godwit_tsp_daa, godwit_tsp_dnr, godwit_tsp_dna;

/* Parsers write nothing unless the outcome is GODWIT_OK; a request's GODWIT_MALFORMED comes with a fault. */
GODWIT_MUST_USE godwit_status_t godwit_tsp_dar_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_device_action_t *action, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_tsp_dar_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_device_action_t *action, godwit_diameter_fault_t *fault);
/* Result-Code is 2001 whatever the status is. */
GODWIT_MUST_USE godwit_status_t godwit_tsp_daa_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_device_action_answer_t *answer, godwit_writer_t *w);
/* A refusal by Diameter itself is TEMPORARYERROR for results 3xxx and 4xxx, else PERMANENTERROR; there is no name and
 * no reference then. */
GODWIT_MUST_USE godwit_status_t godwit_tsp_daa_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_device_action_answer_t *answer);
/* The destination of a notification is the envelope's, not a part of it. */
GODWIT_MUST_USE godwit_status_t godwit_tsp_dnr_build(const godwit_diameter_envelope_t *envelope,
                                                     const godwit_device_notification_t *notification,
                                                     godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_tsp_dnr_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_device_notification_t *notification,
                                                     godwit_diameter_fault_t *fault);
/* OK 2001; OVERLOAD 3004; NOT_ENTITLED 5003; MALFORMED 5004; anything else 5012. */
GODWIT_MUST_USE godwit_status_t godwit_tsp_dna_build(const godwit_diameter_envelope_t *envelope,
                                                     godwit_status_t outcome, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_tsp_dna_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                     godwit_status_t *outcome);

/* As TS 29.368 names it: "SUCCESS", "INVPAYLOAD", ...; "PERMANENTERROR" for one that it does not have. */
const char *godwit_request_status_name(godwit_request_status_t status);
/* Likewise: "SUCCESS", "EXPIRED", ...; "?" for one that it does not have. */
const char *godwit_delivery_outcome_name(godwit_delivery_outcome_t outcome);
/* For events and counters, which tell outcomes apart by it. */
godwit_status_t godwit_delivery_outcome_reason(godwit_delivery_outcome_t outcome);

#endif
