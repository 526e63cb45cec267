/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of AKMA's JSON share.
 */
#ifndef GODWIT_ADAPTERS_AKMA_JSON_PARTS_H
#define GODWIT_ADAPTERS_AKMA_JSON_PARTS_H

#include <jansson.h>

#include "adapters/akma/json.h"

/* The whole text is one JSON object without a member twice; NULL: it is not. */
json_t *godwit_akma_json_load(godwit_slice_t text);
/* "imsi-" and the digits (TS 29.571 Supi). */
bool godwit_akma_json_supi(const char *text, godwit_imsi_t *imsi);
/* Exactly so many octets in hex. A NULL text is none. */
bool godwit_akma_json_hex(const char *text, size_t octets, uint8_t *out);

#endif
