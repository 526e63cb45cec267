/* SPDX-License-Identifier: Apache-2.0
 *
 * EPS mobile identity, TS 24.301 9.9.3.12: type of identity in bits 3 to 1, parity of the digits in bit 4.
 */
#include "core/wire/nas.h"

#include <string.h>

#define TYPE_IMSI 1
#define TYPE_GUTI 6
#define GUTI_FIRST 0xF6 /* 1111, even, GUTI */

bool godwit_guti_equal(const godwit_guti_t *a, const godwit_guti_t *b)
{
    return godwit_plmn_equal(a->plmn, b->plmn) && a->mme_group == b->mme_group && a->mme_code == b->mme_code &&
           a->m_tmsi == b->m_tmsi;
}

godwit_status_t godwit_eps_identity_build(const godwit_eps_identity_t *identity, godwit_writer_t *w)
{
    if (identity->is_guti) {
        godwit_put_u8(w, GUTI_FIRST);
        godwit_put(w, identity->guti.plmn.octets, sizeof identity->guti.plmn.octets);
        godwit_put_u16(w, identity->guti.mme_group);
        godwit_put_u8(w, identity->guti.mme_code);
        godwit_put_u32(w, identity->guti.m_tmsi);
        return godwit_writer_status(w);
    }
    uint8_t ef[8]; /* the same layout, padded to eight octets */
    if (identity->imsi.len < GODWIT_IMSI_DIGITS_MIN || identity->imsi.len > GODWIT_IMSI_DIGITS_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_imsi_to_ef(&identity->imsi, ef);
    godwit_put(w, ef, identity->imsi.len / 2U + 1U);
    return godwit_writer_status(w);
}

static godwit_status_t guti_parse(godwit_slice_t value, godwit_guti_t *guti)
{
    godwit_reader_t r = godwit_reader(value);
    char text[8];
    (void)godwit_get_u8(&r);
    godwit_get(&r, guti->plmn.octets, sizeof guti->plmn.octets);
    guti->mme_group = godwit_get_u16(&r);
    guti->mme_code = godwit_get_u8(&r);
    guti->m_tmsi = godwit_get_u32(&r);
    godwit_status_t status = godwit_reader_done(&r);
    return status == GODWIT_OK ? godwit_plmn_to_text(guti->plmn, text) : status;
}

godwit_status_t godwit_eps_identity_parse(godwit_slice_t value, godwit_eps_identity_t *identity)
{
    godwit_eps_identity_t parsed;
    uint8_t ef[8];
    godwit_status_t status = GODWIT_MALFORMED;
    memset(&parsed, 0, sizeof parsed);
    if (value.len == 0) {
        return GODWIT_MALFORMED;
    }
    if (value.ptr[0] == GUTI_FIRST) {
        parsed.is_guti = true;
        status = guti_parse(value, &parsed.guti);
    } else if ((value.ptr[0] & 7) == TYPE_IMSI && value.len <= sizeof ef) {
        memset(ef, 0xFF, sizeof ef);
        memcpy(ef, value.ptr, value.len);
        status = godwit_imsi_from_ef(ef, &parsed.imsi);
    }
    if (status == GODWIT_OK) {
        *identity = parsed;
    }
    return status;
}
