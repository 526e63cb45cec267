/* SPDX-License-Identifier: Apache-2.0
 *
 * Protocol configuration options, TS 24.008 10.5.6.3: units after the configuration octet. Identifiers whose length has
 * two octets (from Release 15 on, for use in an ePCO) are not known here; Godwit makes none, and a PCO that holds one
 * is read as far as it goes.
 */
#include "core/wire/pco.h"

godwit_status_t godwit_pco_build(const godwit_pco_unit_t *units, size_t count, godwit_writer_t *w)
{
    godwit_put_u8(w, GODWIT_PCO_CONFIGURATION);
    for (size_t i = 0; i < count; i++) {
        if (units[i].contents.len > UINT8_MAX) {
            return GODWIT_INVALID_ARGUMENT;
        }
        godwit_put_u16(w, units[i].id);
        godwit_put_u8(w, (uint8_t)units[i].contents.len);
        godwit_put_slice(w, units[i].contents);
    }
    return godwit_writer_status(w);
}

/* Behind the configuration octet, whose extension bit must be 1. */
static godwit_reader_t units_of(godwit_slice_t pco)
{
    godwit_reader_t r = godwit_reader(pco);
    if ((godwit_get_u8(&r) & 0x80) == 0) {
        r.failed = true;
    }
    return r;
}

static godwit_pco_unit_t next_unit(godwit_reader_t *r)
{
    godwit_pco_unit_t unit;
    unit.id = godwit_get_u16(r);
    unit.contents = godwit_get_slice(r, godwit_get_u8(r));
    return unit;
}

godwit_status_t godwit_pco_find(godwit_slice_t pco, uint16_t id, godwit_slice_t *contents)
{
    godwit_reader_t r = units_of(pco);
    godwit_slice_t found = {NULL, 0};
    while (!r.failed && r.left > 0) { /* each round takes three octets at least */
        godwit_pco_unit_t unit = next_unit(&r);
        if (!r.failed && unit.id == id && found.ptr == NULL) {
            found = unit.contents;
        }
    }
    if (r.failed) {
        return GODWIT_MALFORMED;
    }
    if (found.ptr == NULL) {
        return GODWIT_NOT_FOUND;
    }
    *contents = found;
    return GODWIT_OK;
}

godwit_status_t godwit_pco_strip(godwit_slice_t pco, uint16_t id, godwit_writer_t *w)
{
    godwit_reader_t r = units_of(pco);
    if (!r.failed) {
        godwit_put_u8(w, pco.ptr[0]);
    }
    while (!r.failed && r.left > 0) {
        godwit_pco_unit_t unit = next_unit(&r);
        if (!r.failed && unit.id != id) {
            godwit_put_u16(w, unit.id);
            godwit_put_u8(w, (uint8_t)unit.contents.len);
            godwit_put_slice(w, unit.contents);
        }
    }
    return r.failed ? GODWIT_MALFORMED : godwit_writer_status(w);
}
