/* SPDX-License-Identifier: Apache-2.0
 *
 * GSUP (Osmocom's Generic Subscriber Update Protocol): SendAuthInfo request, result and error, octets to typed messages
 * and back.
 * Numbers from Osmocom's public documentation of GSUP; causes are those of TS 24.008 10.5.5.14. UTRAN vectors only:
 * GSUP knows no KASME, and OsmoHLR leaves the separation bit clear.
 *
 * What an error's cause says, both ways: UNKNOWN_SUBSCRIBER 2; NOT_ENTITLED 13, read also 3, 6, 11, 12; POLICY_FORBIDS
 * 7, read also 8, 14; AUTH_MAC_FAILURE 20; OVERLOAD 22; any other 17 (network failure), PEER_INTERNAL.
 */
#ifndef GODWIT_WIRE_GSUP_H
#define GODWIT_WIRE_GSUP_H

#include "core/wire/payload.h"

/* kind must be GODWIT_VECTOR_UTRAN. How many vectors come is the HLR's choice: GSUP has no field for it. */
GODWIT_MUST_USE godwit_status_t godwit_gsup_request_build(const godwit_auth_info_request_t *request,
                                                          godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_gsup_request_parse(godwit_slice_t octets, godwit_auth_info_request_t *request);

/* A result when answer->status is GODWIT_OK, else an error. */
GODWIT_MUST_USE godwit_status_t godwit_gsup_answer_build(const godwit_imsi_t *imsi,
                                                         const godwit_auth_info_answer_t *answer, godwit_writer_t *w);
/* GODWIT_NOT_FOUND: a message of another type, which a client may pass over. A result without quintuplets (a subscriber
 * with 2G data only) becomes an answer with POLICY_FORBIDS. Nothing is written unless the outcome is GODWIT_OK. */
GODWIT_MUST_USE godwit_status_t godwit_gsup_answer_parse(godwit_slice_t octets, godwit_imsi_t *imsi,
                                                         godwit_auth_info_answer_t *answer);

/* For gsup.c and gsup_answer.c alone. */
#define GODWIT_GSUP_IMSI 0x01
#define GODWIT_GSUP_RAND 0x20
void godwit_gsup_put(godwit_writer_t *w, uint8_t tag, const void *octets, size_t len);
/* The next element: GODWIT_OK, GODWIT_NOT_FOUND at the end, GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_gsup_next(godwit_reader_t *r, uint8_t *tag, godwit_slice_t *value);
void godwit_gsup_put_imsi(godwit_writer_t *w, const godwit_imsi_t *imsi);
GODWIT_MUST_USE godwit_status_t godwit_gsup_read_imsi(godwit_slice_t value, godwit_imsi_t *imsi);

#endif
