/* SPDX-License-Identifier: Apache-2.0
 *
 * HTTP/1.1 (RFC 9112), as much as a device needs that has a TCP or TLS connection and no HTTP library: one request
 * without a body, and its answer, whose body has a length or ends with the connection. Chunks are refused, and so is
 * whatever two readers could understand differently.
 */
#ifndef GODWIT_WIRE_HTTP_H
#define GODWIT_WIRE_HTTP_H

#include "godwit/bytes.h"

#define GODWIT_HTTP_HEADERS_MAX 24 /* of an answer */
#define GODWIT_HTTP_HEAD_MAX 4096  /* octets of an answer before its body */

typedef struct godwit_http_field {
    godwit_slice_t name, value; /* of the octets that were read; value without blanks around it */
} godwit_http_field_t;

typedef struct godwit_http_answer {
    uint16_t code; /* 200 to 599: interim answers are passed over */
    size_t count;
    godwit_http_field_t fields[GODWIT_HTTP_HEADERS_MAX];
    godwit_slice_t body;
} godwit_http_answer_t;

/* GET uri with Host and Authorization; the connection closes after it. GODWIT_INVALID_ARGUMENT for a value that would
 * begin another line. */
GODWIT_MUST_USE godwit_status_t godwit_http_get_build(const char *host, const char *uri, const char *authorization,
                                                      godwit_writer_t *w);
/* GODWIT_AGAIN while it is not whole; closed: the connection has ended, nothing more comes. GODWIT_MALFORMED,
 * GODWIT_NO_SPACE for a head that is too long. *used: octets of the answer. */
GODWIT_MUST_USE godwit_status_t godwit_http_answer_parse(godwit_slice_t octets, bool closed,
                                                         godwit_http_answer_t *answer, size_t *used);
/* The value of the first field of that name (lower case, without regard to case there); empty when there is none. */
godwit_slice_t godwit_http_header(const godwit_http_answer_t *answer, const char *name);

#endif
