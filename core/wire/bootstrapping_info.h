/* SPDX-License-Identifier: Apache-2.0
 *
 * BootstrappingInfo, the XML body of the last answer on Ub (TS 24.109 Annex C): B-TID and life time. The reader is no
 * XML parser: it takes two elements of one root within bounds, and refuses whatever it would have to interpret
 * (entities, CDATA, a document type).
 */
#ifndef GODWIT_WIRE_BOOTSTRAPPING_INFO_H
#define GODWIT_WIRE_BOOTSTRAPPING_INFO_H

#include "core/wire/payload_gba.h"

typedef struct godwit_bootstrapping_info {
    char b_tid[GODWIT_B_TID_MAX + 1];
    uint64_t expires_s; /* since 1970, UTC */
} godwit_bootstrapping_info_t;

/* GODWIT_INVALID_ARGUMENT for a B-TID that XML would not show as it is, GODWIT_NO_SPACE. */
GODWIT_MUST_USE godwit_status_t godwit_bootstrapping_info_build(const godwit_bootstrapping_info_t *info,
                                                                godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_bootstrapping_info_parse(godwit_slice_t body, godwit_bootstrapping_info_t *info);

/* dateTime of XML Schema, to the second: "2026-11-29T01:02:03Z". Years 1970 to 9999. */
void godwit_put_date_time(godwit_writer_t *w, uint64_t seconds);
/* With fraction (cut off) and offset, as others write it. GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_date_time_parse(godwit_slice_t text, uint64_t *seconds);

#endif
