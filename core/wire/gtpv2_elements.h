/* SPDX-License-Identifier: Apache-2.0
 *
 * For gtpv2*.c alone: the elements of GTPv2-C (TS 29.274 clause 8), each with its writer and reader. A reader is given
 * as many octets as the element says, and takes more than it knows: elements may grow (8.1).
 */
#ifndef GODWIT_WIRE_GTPV2_ELEMENTS_H
#define GODWIT_WIRE_GTPV2_ELEMENTS_H

#include "core/wire/gtpv2.h"

#define GODWIT_GTPV2_IE_CAUSE 2
#define GODWIT_GTPV2_IE_EBI 73
#define GODWIT_GTPV2_IE_PCO 78
#define GODWIT_GTPV2_IE_BEARER_QOS 80
#define GODWIT_GTPV2_IE_FTEID 87
#define GODWIT_GTPV2_IE_BEARER 93
#define GODWIT_GTPV2_IE_CHARGING_ID 94

typedef struct godwit_gtpv2_element {
    uint8_t type, instance;
    uint8_t least; /* octets */
    uint32_t bit;  /* of `has` */
    void (*put)(const godwit_gtpv2_t *m, godwit_writer_t *w);
    /* GODWIT_NOT_FOUND: as if it were not there. */
    godwit_status_t (*get)(godwit_slice_t value, godwit_gtpv2_t *m);
} godwit_gtpv2_element_t;

extern const godwit_gtpv2_element_t godwit_gtpv2_elements[];
extern const size_t godwit_gtpv2_element_count;

/* Type, room for the length, instance; then the value; then _end with what _begin gave. */
size_t godwit_gtpv2_element_begin(godwit_writer_t *w, uint8_t type, uint8_t instance);
void godwit_gtpv2_element_end(godwit_writer_t *w, size_t begun);
/* The next element: GODWIT_OK, or GODWIT_MALFORMED. */
GODWIT_MUST_USE godwit_status_t godwit_gtpv2_element_next(godwit_reader_t *r, uint8_t *type, uint8_t *instance,
                                                          godwit_slice_t *value);

void godwit_gtpv2_put_fteid(godwit_writer_t *w, const godwit_fteid_t *fteid);
/* GODWIT_NOT_FOUND: it has no IPv4 address. */
GODWIT_MUST_USE godwit_status_t godwit_gtpv2_get_fteid(godwit_slice_t value, godwit_fteid_t *fteid);
void godwit_gtpv2_put_bearer(const godwit_gtpv2_t *m, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_gtpv2_get_bearer(godwit_slice_t value, godwit_gtpv2_t *m);

#endif
