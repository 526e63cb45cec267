/* SPDX-License-Identifier: Apache-2.0
 *
 * The parameters of a Digest header as text: what digest_aka.c reads from and digest_build.c writes to.
 */
#ifndef GODWIT_WIRE_DIGEST_TEXT_H
#define GODWIT_WIRE_DIGEST_TEXT_H

#include "core/wire/digest_aka.h"

typedef enum godwit_digest_name {
    GODWIT_DIGEST_USERNAME,
    GODWIT_DIGEST_REALM,
    GODWIT_DIGEST_NONCE,
    GODWIT_DIGEST_URI,
    GODWIT_DIGEST_RESPONSE,
    GODWIT_DIGEST_ALGORITHM,
    GODWIT_DIGEST_OPAQUE,
    GODWIT_DIGEST_QOP,
    GODWIT_DIGEST_NC,
    GODWIT_DIGEST_CNONCE,
    GODWIT_DIGEST_AUTS,
    GODWIT_DIGEST_STALE,
    GODWIT_DIGEST_NEXTNONCE,
    GODWIT_DIGEST_RSPAUTH,
    GODWIT_DIGEST_NAMES,
} godwit_digest_name_t;

typedef struct godwit_digest_parameters {
    bool has[GODWIT_DIGEST_NAMES];
    godwit_slice_t value[GODWIT_DIGEST_NAMES]; /* of the text; without quotes */
} godwit_digest_parameters_t;

/* with_scheme: the text begins with "Digest". GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_digest_text_parse(godwit_slice_t text, bool with_scheme,
                                                         godwit_digest_parameters_t *out);
bool godwit_digest_text_is(godwit_slice_t value, const char *word); /* without regard to case */
const char *godwit_digest_text_name(godwit_digest_name_t name);
/* Whether all of it may stand between quotes as it is. */
bool godwit_digest_text_quotable(godwit_slice_t value);

#endif
