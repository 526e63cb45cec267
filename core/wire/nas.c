/* SPDX-License-Identifier: Apache-2.0
 *
 * The codec behind every EMM and ESM message: a walk over its table of elements.
 */
#include "core/wire/nas.h"

#include <string.h>

/* The largest structure of emm.h and esm.h: a message is parsed into a copy of this size. */
#define STRUCTURE_MAX 512

#define IEI_TYPE_1_OR_2 0x80 /* TS 24.007 11.2.4: one octet in all */
#define IEI_TYPE_6 0x78      /* 78 to 7F: two octets of length */
#define MM_TYPE 0x3FU        /* bits of a message type that are not a sequence number */
#define IEI_REQUIRED 0x10    /* below: comprehension required */

/* ---- build ---- */

static godwit_slice_t slice_at(const void *message, const godwit_nas_element_t *e)
{
    godwit_slice_t s;
    memcpy(&s, (const uint8_t *)message + e->at, sizeof s);
    return s;
}

static godwit_nas_octet_t octet_at(const void *message, const godwit_nas_element_t *e)
{
    godwit_nas_octet_t o;
    memcpy(&o, (const uint8_t *)message + e->at, sizeof o);
    return o;
}

static uint8_t half_at(const void *message, uint16_t at)
{
    return at == GODWIT_NAS_NOWHERE ? 0 : ((const uint8_t *)message)[at];
}

static godwit_status_t put_halves(const godwit_nas_element_t *e, const void *message, godwit_writer_t *w)
{
    uint8_t low = half_at(message, e->at);
    uint8_t high = half_at(message, e->second);
    if (low > 0x0F || high > 0x0F) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(high << 4 | low));
    return GODWIT_OK;
}

static godwit_status_t put_optional_octet(const godwit_nas_element_t *e, const void *message, godwit_writer_t *w)
{
    godwit_nas_octet_t o = octet_at(message, e);
    if (!o.set) {
        return GODWIT_OK;
    }
    if (e->format == GODWIT_NAS_TV_OCTET) {
        godwit_put_u8(w, e->iei);
        godwit_put_u8(w, o.value);
        return GODWIT_OK;
    }
    if (o.value > 0x0F) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(e->iei | o.value));
    return GODWIT_OK;
}

static godwit_status_t put_slice(const godwit_nas_element_t *e, const void *message, godwit_writer_t *w)
{
    godwit_slice_t s = slice_at(message, e);
    if (s.ptr == NULL && e->format >= GODWIT_NAS_TV1) {
        return GODWIT_OK; /* optional and not there */
    }
    if (s.len < e->min || s.len > e->max) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (e->format >= GODWIT_NAS_TV1) {
        godwit_put_u8(w, e->iei);
    }
    if (e->format == GODWIT_NAS_LVE || e->format == GODWIT_NAS_TLVE) {
        godwit_put_u16(w, (uint16_t)s.len);
    } else if (e->format == GODWIT_NAS_LV || e->format == GODWIT_NAS_TLV) {
        godwit_put_u8(w, (uint8_t)s.len);
    }
    godwit_put_slice(w, s);
    return GODWIT_OK;
}

static godwit_status_t put_element(const godwit_nas_element_t *e, const void *message, godwit_writer_t *w)
{
    switch ((godwit_nas_format_t)e->format) {
    case GODWIT_NAS_HALVES:
        return put_halves(e, message, w);
    case GODWIT_NAS_OCTET:
        godwit_put_u8(w, half_at(message, e->at));
        return GODWIT_OK;
    case GODWIT_NAS_TV1:
    case GODWIT_NAS_TV_OCTET:
        return e->at == GODWIT_NAS_NOWHERE ? GODWIT_OK : put_optional_octet(e, message, w);
    case GODWIT_NAS_V:
    case GODWIT_NAS_LV:
    case GODWIT_NAS_LVE:
    case GODWIT_NAS_TV:
    case GODWIT_NAS_TLV:
    case GODWIT_NAS_TLVE:
        return e->at == GODWIT_NAS_NOWHERE ? GODWIT_OK : put_slice(e, message, w);
    }
    return GODWIT_INTERNAL;
}

static godwit_status_t build_elements(const godwit_nas_spec_t *spec, const void *message, godwit_writer_t *w)
{
    for (size_t i = 0; i < spec->count; i++) {
        godwit_status_t status = put_element(&spec->elements[i], message, w);
        if (status != GODWIT_OK) {
            return status;
        }
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_mm_build(uint8_t discriminator, const godwit_nas_spec_t *spec, const void *message,
                                godwit_writer_t *w)
{
    godwit_put_u8(w, discriminator);
    godwit_put_u8(w, spec->type);
    return build_elements(spec, message, w);
}

godwit_status_t godwit_emm_build(const godwit_nas_spec_t *spec, const void *message, godwit_writer_t *w)
{
    return godwit_mm_build(GODWIT_NAS_PD_EMM, spec, message, w);
}

godwit_status_t godwit_esm_build(const godwit_nas_spec_t *spec, const void *message, godwit_writer_t *w)
{
    godwit_esm_head_t head;
    memcpy(&head, message, sizeof head);
    if (head.bearer > 0x0F) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(head.bearer << 4 | GODWIT_NAS_PD_ESM));
    godwit_put_u8(w, head.pti);
    godwit_put_u8(w, spec->type);
    return build_elements(spec, message, w);
}

/* ---- parse ---- */

static void set_octet(void *message, uint16_t at, uint8_t value)
{
    if (at != GODWIT_NAS_NOWHERE) {
        ((uint8_t *)message)[at] = value;
    }
}

static godwit_status_t set_slice(void *message, const godwit_nas_element_t *e, godwit_slice_t s)
{
    if (s.len < e->min || s.len > e->max) {
        return GODWIT_MALFORMED;
    }
    if (e->at != GODWIT_NAS_NOWHERE) {
        memcpy((uint8_t *)message + e->at, &s, sizeof s);
    }
    return GODWIT_OK;
}

static godwit_status_t get_mandatory(const godwit_nas_element_t *e, godwit_reader_t *r, void *message)
{
    size_t len = e->min;
    if (e->format == GODWIT_NAS_HALVES || e->format == GODWIT_NAS_OCTET) {
        uint8_t octet = godwit_get_u8(r);
        bool halves = e->format == GODWIT_NAS_HALVES;
        set_octet(message, e->at, halves ? octet & 0x0F : octet);
        set_octet(message, halves ? e->second : GODWIT_NAS_NOWHERE, octet >> 4);
        return godwit_reader_status(r);
    }
    if (e->format == GODWIT_NAS_LV) {
        len = godwit_get_u8(r);
    } else if (e->format == GODWIT_NAS_LVE) {
        len = godwit_get_u16(r);
    }
    godwit_slice_t s = godwit_get_slice(r, len);
    return r->failed ? GODWIT_MALFORMED : set_slice(message, e, s);
}

/* The row of an optional element, or spec->count. */
static size_t row_of(const godwit_nas_spec_t *spec, uint8_t iei)
{
    size_t i = 0;
    for (; i < spec->count; i++) {
        const godwit_nas_element_t *e = &spec->elements[i];
        uint8_t mask = e->format == GODWIT_NAS_TV1 ? 0xF0 : 0xFF;
        if (e->format >= GODWIT_NAS_TV1 && (iei & mask) == e->iei) {
            break;
        }
    }
    return i;
}

static size_t length_of(uint8_t format, uint16_t fixed, godwit_reader_t *r)
{
    switch ((godwit_nas_format_t)format) {
    case GODWIT_NAS_TLV:
        return godwit_get_u8(r);
    case GODWIT_NAS_TLVE:
        return godwit_get_u16(r);
    case GODWIT_NAS_TV_OCTET:
        return 1;
    case GODWIT_NAS_TV:
        return fixed;
    default:
        return 0;
    }
}

static godwit_status_t skip_unknown(uint8_t iei, godwit_reader_t *r)
{
    uint8_t format = iei >= IEI_TYPE_1_OR_2 ? GODWIT_NAS_TV1 : iei >= IEI_TYPE_6 ? GODWIT_NAS_TLVE : GODWIT_NAS_TLV;
    if (iei < IEI_REQUIRED) {
        return GODWIT_MALFORMED;
    }
    (void)godwit_get_slice(r, length_of(format, 0, r));
    return godwit_reader_status(r);
}

static godwit_status_t set_optional(const godwit_nas_element_t *e, uint8_t iei, godwit_slice_t s, void *message)
{
    if (e->format != GODWIT_NAS_TV1 && e->format != GODWIT_NAS_TV_OCTET) {
        return set_slice(message, e, s);
    }
    godwit_nas_octet_t o = {.set = true, .value = e->format == GODWIT_NAS_TV1 ? iei & 0x0F : s.ptr[0]};
    if (e->at != GODWIT_NAS_NOWHERE) {
        memcpy((uint8_t *)message + e->at, &o, sizeof o);
    }
    return GODWIT_OK;
}

static godwit_status_t get_optional(const godwit_nas_spec_t *spec, godwit_reader_t *r, void *message, uint32_t *seen)
{
    uint8_t iei = godwit_get_u8(r);
    size_t row = row_of(spec, iei);
    if (row == spec->count) {
        return skip_unknown(iei, r);
    }
    const godwit_nas_element_t *e = &spec->elements[row];
    godwit_slice_t s = godwit_get_slice(r, length_of(e->format, e->min, r));
    bool again = (*seen & 1UL << row) != 0;
    *seen |= (uint32_t)(1UL << row);
    if (r->failed) {
        return GODWIT_MALFORMED;
    }
    return again ? GODWIT_OK : set_optional(e, iei, s, message);
}

static godwit_status_t parse_elements(const godwit_nas_spec_t *spec, godwit_reader_t *r, void *message)
{
    uint32_t seen = 0;
    godwit_status_t status = godwit_reader_status(r);
    for (size_t i = 0; i < spec->count && spec->elements[i].format < GODWIT_NAS_TV1 && status == GODWIT_OK; i++) {
        status = get_mandatory(&spec->elements[i], r, message);
    }
    while (status == GODWIT_OK && r->left > 0) { /* each round takes an octet at least */
        status = get_optional(spec, r, message, &seen);
    }
    return status;
}

/* Parses what comes after the header into a copy, which becomes the message only when all is well. */
static godwit_status_t parse_copy(const godwit_nas_spec_t *spec, const godwit_esm_head_t *head, godwit_reader_t *r,
                                  void *message)
{
    union {
        uint8_t octets[STRUCTURE_MAX];
        godwit_slice_t align;
    } copy;
    memset(&copy, 0, sizeof copy);
    if (spec->size > sizeof copy || spec->count > 32) {
        return GODWIT_INTERNAL;
    }
    if (head != NULL) {
        memcpy(copy.octets, head, sizeof *head);
    }
    godwit_status_t status = parse_elements(spec, r, copy.octets);
    if (status == GODWIT_OK) {
        memcpy(message, copy.octets, spec->size);
    }
    return status;
}

godwit_status_t godwit_emm_type(godwit_slice_t octets, uint8_t *type)
{
    if (octets.len < 2 || octets.ptr[0] != GODWIT_NAS_PD_EMM) { /* security header type 0 in bits 8 to 5 */
        return GODWIT_MALFORMED;
    }
    *type = octets.ptr[1];
    return GODWIT_OK;
}

godwit_status_t godwit_esm_type(godwit_slice_t octets, godwit_esm_head_t *head, uint8_t *type)
{
    if (octets.len < 3 || (octets.ptr[0] & 0x0F) != GODWIT_NAS_PD_ESM) {
        return GODWIT_MALFORMED;
    }
    *head = (godwit_esm_head_t){.bearer = octets.ptr[0] >> 4, .pti = octets.ptr[1]};
    *type = octets.ptr[2];
    return GODWIT_OK;
}

godwit_status_t godwit_mm_head(uint8_t discriminator, godwit_slice_t octets, uint8_t *type)
{
    if (octets.len < 2 || octets.ptr[0] != discriminator) {
        return GODWIT_MALFORMED;
    }
    *type = octets.ptr[1] & MM_TYPE;
    return GODWIT_OK;
}

godwit_status_t godwit_mm_parse(uint8_t discriminator, const godwit_nas_spec_t *spec, godwit_slice_t octets,
                                void *message)
{
    uint8_t type;
    if (godwit_mm_head(discriminator, octets, &type) != GODWIT_OK || type != spec->type) {
        return GODWIT_MALFORMED;
    }
    godwit_reader_t r = godwit_reader(godwit_slice(octets.ptr + 2, octets.len - 2));
    return parse_copy(spec, NULL, &r, message);
}

godwit_status_t godwit_emm_parse(const godwit_nas_spec_t *spec, godwit_slice_t octets, void *message)
{
    uint8_t type;
    if (godwit_emm_type(octets, &type) != GODWIT_OK || type != spec->type) {
        return GODWIT_MALFORMED;
    }
    godwit_reader_t r = godwit_reader(godwit_slice(octets.ptr + 2, octets.len - 2));
    return parse_copy(spec, NULL, &r, message);
}

godwit_status_t godwit_esm_parse(const godwit_nas_spec_t *spec, godwit_slice_t octets, void *message)
{
    godwit_esm_head_t head;
    uint8_t type;
    if (godwit_esm_type(octets, &head, &type) != GODWIT_OK || type != spec->type) {
        return GODWIT_MALFORMED;
    }
    godwit_reader_t r = godwit_reader(godwit_slice(octets.ptr + 3, octets.len - 3));
    return parse_copy(spec, &head, &r, message);
}
