/* SPDX-License-Identifier: Apache-2.0
 *
 * What MTC server and MKEF say to each other, as JSON (docs/mkef.md, docs/mkef.schema.json). K_MTC stands in the
 * answer: texts are wiped, and never logged.
 */
#ifndef GODWIT_ADAPTERS_MKEF_JSON_H
#define GODWIT_ADAPTERS_MKEF_JSON_H

#include "core/wire/payload_mtc.h"

#define GODWIT_MKEF_PATH "/mkef/v1/keys"
#define GODWIT_MKEF_TEXT 2048 /* the longest request or answer, with room */

/* text gets a terminator; GODWIT_INVALID_ARGUMENT for what no request may be. */
GODWIT_MUST_USE godwit_status_t godwit_mkef_request_write(const godwit_mtc_key_request_t *request,
                                                          char text[GODWIT_MKEF_TEXT]);
/* GODWIT_MALFORMED for whatever the schema does not allow. */
GODWIT_MUST_USE godwit_status_t godwit_mkef_request_read(godwit_slice_t text, godwit_mtc_key_request_t *request);
/* The body of an answer of that status, and its code. */
unsigned godwit_mkef_answer_write(const godwit_mtc_key_answer_t *answer, char text[GODWIT_MKEF_TEXT]);
/* answer->status says what was answered; what cannot be read is GODWIT_PEER_INTERNAL. */
void godwit_mkef_answer_read(unsigned code, godwit_slice_t text, godwit_mtc_key_answer_t *answer);

#endif
