/* SPDX-License-Identifier: Apache-2.0
 *
 * How a table of information elements is written down, for emm*.c and esm*.c alone. M is the message's structure.
 */
#ifndef GODWIT_WIRE_NAS_TABLE_H
#define GODWIT_WIRE_NAS_TABLE_H

#include "core/wire/nas.h"

#define AT(M, member) ((uint16_t)offsetof(M, member))
#define ROW(format, iei, min, max, at, second)                                                                         \
    {                                                                                                                  \
        (format), (iei), (min), (max), (at), (second)                                                                  \
    }
/* Mandatory. */
#define HALVES(M, low, high) ROW(GODWIT_NAS_HALVES, 0, 0, 0, AT(M, low), AT(M, high))
#define HALF(M, low) ROW(GODWIT_NAS_HALVES, 0, 0, 0, AT(M, low), GODWIT_NAS_NOWHERE)
#define OCTET(M, member) ROW(GODWIT_NAS_OCTET, 0, 0, 0, AT(M, member), 0)
#define FIXED(M, member, len) ROW(GODWIT_NAS_V, 0, len, len, AT(M, member), 0)
#define LV(M, member, min, max) ROW(GODWIT_NAS_LV, 0, min, max, AT(M, member), 0)
#define LVE(M, member, min) ROW(GODWIT_NAS_LVE, 0, min, UINT16_MAX, AT(M, member), 0)
/* Optional. */
#define TV1(iei, M, member) ROW(GODWIT_NAS_TV1, iei, 0, 0, AT(M, member), 0)
#define TV_OCTET(iei, M, member) ROW(GODWIT_NAS_TV_OCTET, iei, 1, 1, AT(M, member), 0)
#define TV(iei, M, member, len) ROW(GODWIT_NAS_TV, iei, len, len, AT(M, member), 0)
#define TLV(iei, M, member, min, max) ROW(GODWIT_NAS_TLV, iei, min, max, AT(M, member), 0)
#define TLVE(iei, M, member, min) ROW(GODWIT_NAS_TLVE, iei, min, UINT16_MAX, AT(M, member), 0)
/* Of no use here, but of a length that an unknown IEI would not tell. */
#define SKIP(iei, len) ROW(GODWIT_NAS_TV, iei, len, len, GODWIT_NAS_NOWHERE, 0)

#define SPEC(type, M, elements)                                                                                        \
    {                                                                                                                  \
        (type), sizeof(elements) / sizeof(elements)[0], sizeof(M), (elements)                                          \
    }

/* The two functions of a message, by its table name##_spec. */
#define CODEC_FUNCTIONS(layer, name, M)                                                                                \
    godwit_status_t godwit_##layer##_##name##_build(const M *message, godwit_writer_t *w)                              \
    {                                                                                                                  \
        return godwit_##layer##_build(&name##_spec, message, w);                                                       \
    }                                                                                                                  \
    godwit_status_t godwit_##layer##_##name##_parse(godwit_slice_t octets, M *message)                                 \
    {                                                                                                                  \
        return godwit_##layer##_parse(&name##_spec, octets, message);                                                  \
    }
#define CODEC(layer, name, M, type, elements)                                                                          \
    static const godwit_nas_spec_t name##_spec = SPEC(type, M, elements);                                              \
    CODEC_FUNCTIONS(layer, name, M)
#define CODEC_EMPTY(layer, name, M, type)                                                                              \
    static const godwit_nas_spec_t name##_spec = {(type), 0, sizeof(M), NULL};                                         \
    CODEC_FUNCTIONS(layer, name, M)

#endif
