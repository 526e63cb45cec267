/* SPDX-License-Identifier: Apache-2.0
 *
 * Protocol configuration options (TS 24.008 10.5.6.3), and the extended ones, whose contents are the same: the octet of
 * the configuration protocol (80: PPP for use with IP), then units of identifier (2), length (1), contents. A PCO
 * travels through the visited network as these octets, untouched; NAS and GTP put their own header before it.
 */
#ifndef GODWIT_WIRE_PCO_H
#define GODWIT_WIRE_PCO_H

#include "godwit/bytes.h"

#define GODWIT_PCO_CONFIGURATION 0x80
/* FF00 to FFFF belong to operators (TS 24.008 table 10.5.154); that their contents begin with the operator's MCC and
 * MNC is recalled. */
#define GODWIT_PCO_OPERATOR 0xFF00
/* What one PCO (not ePCO) can hold: 251 octets (TS 24.008 10.5.6.3: the element has 3 to 253). */
#define GODWIT_PCO_MAX 251

typedef struct godwit_pco_unit {
    uint16_t id;
    godwit_slice_t contents;
} godwit_pco_unit_t;

/* The contents octets, configuration octet first. GODWIT_INVALID_ARGUMENT when a unit exceeds 255 octets. */
GODWIT_MUST_USE godwit_status_t godwit_pco_build(const godwit_pco_unit_t *units, size_t count, godwit_writer_t *w);
/* The first unit with that identifier: GODWIT_OK, GODWIT_NOT_FOUND, or GODWIT_MALFORMED when the units do not fill the
 * octets exactly. */
GODWIT_MUST_USE godwit_status_t godwit_pco_find(godwit_slice_t pco, uint16_t id, godwit_slice_t *contents);
/* The same octets without any unit of that identifier (a gateway that strips it). */
GODWIT_MUST_USE godwit_status_t godwit_pco_strip(godwit_slice_t pco, uint16_t id, godwit_writer_t *w);

#endif
