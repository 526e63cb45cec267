/* SPDX-License-Identifier: Apache-2.0
 *
 * Diameter messages (RFC 6733 3, 4): header, AVPs, groups, and the envelope that every command of ours shares. A writer
 * that pads and fills in lengths; a reader that checks every length, holds a command against its grammar, and says what
 * was wrong in the terms of RFC 6733 7.1 so that the peer can be told. Groups are entered by name, never by recursion.
 */
#ifndef GODWIT_WIRE_DIAMETER_H
#define GODWIT_WIRE_DIAMETER_H

#include "core/wire/avp.h"

#define GODWIT_DIAMETER_HEADER_LEN 20

/* Command flags (RFC 6733 3). */
#define GODWIT_DIAMETER_REQUEST 0x80u
#define GODWIT_DIAMETER_PROXIABLE 0x40u
#define GODWIT_DIAMETER_ERROR 0x20u

/* Result-Code values (RFC 6733 7.1) that we send or act on. */
#define GODWIT_DIAMETER_SUCCESS 2001u
#define GODWIT_DIAMETER_UNABLE_TO_DELIVER 3002u
#define GODWIT_DIAMETER_TOO_BUSY 3004u
#define GODWIT_DIAMETER_INVALID_HDR_BITS 3008u
#define GODWIT_DIAMETER_AVP_UNSUPPORTED 5001u
#define GODWIT_DIAMETER_AUTHORIZATION_REJECTED 5003u
#define GODWIT_DIAMETER_INVALID_AVP_VALUE 5004u
#define GODWIT_DIAMETER_MISSING_AVP 5005u
#define GODWIT_DIAMETER_AVP_OCCURS_TOO_MANY_TIMES 5009u
#define GODWIT_DIAMETER_UNABLE_TO_COMPLY 5012u
#define GODWIT_DIAMETER_INVALID_AVP_LENGTH 5014u
#define GODWIT_DIAMETER_INVALID_MESSAGE_LENGTH 5015u

#define GODWIT_NO_STATE_MAINTAINED 1u /* Auth-Session-State (RFC 6733 8.11) */

typedef struct godwit_diameter_header {
    uint8_t flags;
    uint32_t command, application, hop_by_hop, end_to_end;
} godwit_diameter_header_t;

/* What the commands share. When parsed, the slices point into the octets; when built, they are the caller's. */
typedef struct godwit_diameter_envelope {
    uint8_t flags; /* parsed: of the header; built: only PROXIABLE is taken from it */
    uint32_t hop_by_hop, end_to_end;
    godwit_slice_t session_id;
    godwit_slice_t origin_host, origin_realm;
    godwit_slice_t destination_host;  /* requests; empty: any host of the realm */
    godwit_slice_t destination_realm; /* requests */
    godwit_slice_t request;           /* built answers: the request's octets, whose Proxy-Info go back (RFC 6733 6.2) */
} godwit_diameter_envelope_t;

/* Why a message was refused, for the answer: Result-Code, and what Failed-AVP shows. */
typedef struct godwit_diameter_fault {
    uint32_t result_code; /* 0: no fault */
    uint32_t avp_code, avp_vendor;
    uint8_t avp_flags;
    godwit_slice_t avp_data; /* points into the message, or at zeros where the AVP is missing or its length wrong */
} godwit_diameter_fault_t;

/* ---- writing ----------------------------------------------------------------------------------------------------- */

/* Both give the place that close needs to fill the length in. */
size_t godwit_diameter_open(godwit_writer_t *w, const godwit_diameter_header_t *header);
void godwit_diameter_close(godwit_writer_t *w, size_t at);
size_t godwit_avp_open(godwit_writer_t *w, godwit_avp_id_t id);
void godwit_avp_close(godwit_writer_t *w, size_t at);

void godwit_avp_put(godwit_writer_t *w, godwit_avp_id_t id, godwit_slice_t data);
void godwit_avp_put_u32(godwit_writer_t *w, godwit_avp_id_t id, uint32_t value);
void godwit_avp_put_u64(godwit_writer_t *w, godwit_avp_id_t id, uint64_t value);

/* ---- reading ----------------------------------------------------------------------------------------------------- */

typedef struct godwit_avp {
    uint32_t code, vendor;
    uint8_t flags;
    godwit_slice_t data;
    godwit_slice_t whole; /* header and data, without padding */
} godwit_avp_t;

/* Header and AVPs of exactly one message. GODWIT_MALFORMED when version, length or size do not fit. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_header_parse(godwit_slice_t octets, godwit_diameter_header_t *header,
                                                             godwit_slice_t *avps);
/* The next AVP: GODWIT_OK, GODWIT_NOT_FOUND at the end, GODWIT_MALFORMED when its length lies (avp keeps code, vendor
 * and flags). */
GODWIT_MUST_USE godwit_status_t godwit_avp_next(godwit_reader_t *r, godwit_avp_t *avp);

/* One line of a command's or a group's grammar. max 0: any number of times. */
typedef struct godwit_avp_rule {
    godwit_avp_id_t id;
    uint8_t min, max;
} godwit_avp_rule_t;

/* The AVPs of a message or a group held against its grammar: found[i] is the first AVP of rules[i], with a NULL ptr
 * when there is none.
 * An AVP that no rule names is skipped when it is passive or its M flag is clear. On GODWIT_MALFORMED fault says
 * why. */
GODWIT_MUST_USE godwit_status_t godwit_avps_parse(godwit_slice_t avps, const godwit_avp_rule_t *rules, size_t count,
                                                  godwit_slice_t *found, godwit_diameter_fault_t *fault);
/* A 4-octet value that godwit_avps_parse has checked; otherwise when the AVP is absent. */
uint32_t godwit_avp_u32(godwit_slice_t data, uint32_t otherwise);
uint64_t godwit_avp_u64(godwit_slice_t data, uint64_t otherwise); /* the same with 8 octets */
/* Blames a value: sets fault and returns GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_blame(godwit_diameter_fault_t *fault, uint32_t result_code,
                                                      godwit_avp_id_t id, godwit_slice_t data);

/* Visited-PLMN-Id, of 3 octets that the grammar has checked; blames what is no PLMN. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_read_visited_plmn(godwit_slice_t octets, godwit_plmn_t *plmn,
                                                                  godwit_diameter_fault_t *fault);

/* ---- commands ---------------------------------------------------------------------------------------------------- */

typedef struct godwit_diameter_command {
    /* vendor: the application's, 10415 for S6a; 0 where Auth-Application-Id stands alone (TS 29.368) */
    uint32_t command, application, vendor;
    const godwit_avp_rule_t *rules; /* what stands beside the envelope, in a request or an answer */
    size_t count;                   /* at most GODWIT_DIAMETER_RULES_MAX */
} godwit_diameter_command_t;

#define GODWIT_DIAMETER_RULES_MAX 16

/* What an answer says: Result-Code (vendor 0) or Experimental-Result. */
typedef struct godwit_diameter_result {
    uint32_t vendor, code;
} godwit_diameter_result_t;

/* Opens a request: header, Session-Id, Vendor-Specific-Application-Id, Auth-Session-State, Origin-*, Destination-*. */
size_t godwit_diameter_request_open(godwit_writer_t *w, const godwit_diameter_command_t *command,
                                    const godwit_diameter_envelope_t *envelope);
/* The same for an answer, and its result; the E flag follows from the result (protocol errors, RFC 6733 7.1.3). */
size_t godwit_diameter_answer_open(godwit_writer_t *w, const godwit_diameter_command_t *command,
                                   const godwit_diameter_envelope_t *envelope, godwit_diameter_result_t result);
/* Echoes the Proxy-Info of envelope->request and closes the answer. */
void godwit_diameter_answer_close(godwit_writer_t *w, const godwit_diameter_envelope_t *envelope, size_t at);

/* Reads a message of that command: envelope, and found[] as the command's rules. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_request_parse(godwit_slice_t octets,
                                                              const godwit_diameter_command_t *command,
                                                              godwit_diameter_envelope_t *envelope,
                                                              godwit_slice_t *found, godwit_diameter_fault_t *fault);

/* As request_parse. A message with the E flag has the grammar of RFC 6733 7.2, found[] is then empty. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_answer_parse(godwit_slice_t octets,
                                                             const godwit_diameter_command_t *command,
                                                             godwit_diameter_envelope_t *envelope,
                                                             godwit_diameter_result_t *result, godwit_slice_t *found);

/* A line of an application's table between our outcomes and results; the last line has status GODWIT_PEER_INTERNAL. */
typedef struct godwit_diameter_outcome {
    godwit_status_t status;
    godwit_diameter_result_t result;
} godwit_diameter_outcome_t;

/* The first line that fits; the last line when none does. */
godwit_diameter_result_t godwit_diameter_result_of(const godwit_diameter_outcome_t *outcomes, size_t count,
                                                   godwit_status_t status);
godwit_status_t godwit_diameter_status_of(const godwit_diameter_outcome_t *outcomes, size_t count,
                                          godwit_diameter_result_t result);

/* The answer to a request that was refused before any function saw it: what fault says, with Failed-AVP where there is
 * one.
 * octets is the request, from which Session-Id and Proxy-Info are echoed as far as they can be read; command is its
 * own. */
GODWIT_MUST_USE godwit_status_t godwit_diameter_refusal_build(godwit_slice_t octets,
                                                              const godwit_diameter_command_t *command,
                                                              godwit_slice_t origin_host, godwit_slice_t origin_realm,
                                                              const godwit_diameter_fault_t *fault, godwit_writer_t *w);

#endif
