/* SPDX-License-Identifier: Apache-2.0
 *
 * Elements of TS 24.007 11.2.1.1, and the mobile identity of TS 24.008 10.5.1.4.
 */
#include "core/wire/gmm_element.h"

#include <string.h>

#define ONE_OCTET 0x80U         /* of an IEI: no length follows */
#define COMPREHENSION_MASK 0xF0 /* of an IEI that is 0 there: must be understood */
#define P_TMSI_LEN 5
#define P_TMSI_FIRST 0xF4 /* even, type 4; the other digit is filler */

static bool is_for(const godwit_element_rule_t *rule, uint8_t iei)
{
    return rule->iei == (rule->format == GODWIT_ELEMENT_TV1 ? (iei & 0xF0U) : iei);
}

static const godwit_element_rule_t *rule_of(const godwit_element_rule_t *rule, size_t count, uint8_t iei)
{
    for (size_t i = 0; i < count; i++) {
        if (is_for(&rule[i], iei)) {
            return &rule[i];
        }
    }
    return NULL;
}

/* The value of an element whose IEI was read; of one octet at where. */
static godwit_slice_t value_of(godwit_reader_t *r, const godwit_element_rule_t *rule, const uint8_t *where)
{
    if (rule != NULL ? rule->format == GODWIT_ELEMENT_TV1 : (*where & ONE_OCTET) != 0) {
        return godwit_slice(where, 1);
    }
    return godwit_get_slice(r, rule != NULL && rule->format == GODWIT_ELEMENT_TV ? rule->min : godwit_get_u8(r));
}

godwit_status_t godwit_elements_parse(godwit_reader_t *r, const godwit_element_rule_t *rule, size_t count,
                                      godwit_slice_t *value)
{
    memset(value, 0, count * sizeof *value);
    while (r->left > 0 && !r->failed) {
        const uint8_t *where = r->ptr;
        uint8_t iei = godwit_get_u8(r);
        const godwit_element_rule_t *known = rule_of(rule, count, iei);
        godwit_slice_t found = value_of(r, known, where);
        if (r->failed || (known == NULL && (iei & COMPREHENSION_MASK) == 0)) {
            return GODWIT_MALFORMED;
        }
        if (known != NULL && known->format == GODWIT_ELEMENT_TLV &&
            (found.len < known->min || found.len > known->max)) {
            return GODWIT_MALFORMED;
        }
        if (known != NULL && value[known - rule].ptr == NULL) {
            /* An empty value still stands somewhere. */
            value[known - rule] = godwit_slice(found.len > 0 ? found.ptr : where, found.len);
        }
    }
    return godwit_reader_status(r);
}

void godwit_put_tlv(godwit_writer_t *w, uint8_t iei, godwit_slice_t value)
{
    godwit_put_u8(w, iei);
    godwit_put_u8(w, (uint8_t)value.len);
    godwit_put_slice(w, value);
}

void godwit_gmm_put_next(godwit_writer_t *w, const godwit_gmm_next_vector_t *next)
{
    if (next->set) {
        godwit_put_u8(w, GODWIT_GMM_IE_RAND);
        godwit_put(w, next->rand, sizeof next->rand);
        godwit_put_tlv(w, GODWIT_GMM_IE_AUTN, godwit_slice(next->autn, sizeof next->autn));
    }
}

godwit_status_t godwit_gmm_read_next(godwit_slice_t rand, godwit_slice_t autn, godwit_gmm_next_vector_t *next)
{
    memset(next, 0, sizeof *next);
    if ((rand.ptr != NULL) != (autn.ptr != NULL)) {
        return GODWIT_MALFORMED;
    }
    next->set = rand.ptr != NULL;
    if (next->set) {
        memcpy(next->rand, rand.ptr, sizeof next->rand);
        memcpy(next->autn, autn.ptr, sizeof next->autn);
    }
    return GODWIT_OK;
}

void godwit_gmm_put_head(godwit_writer_t *w, godwit_gmm_type_t type)
{
    godwit_put_u8(w, GODWIT_PD_GMM);
    godwit_put_u8(w, (uint8_t)type);
}

godwit_status_t godwit_gmm_type(godwit_slice_t octets, uint8_t *type)
{
    godwit_reader_t r = godwit_reader(octets);
    uint8_t head = godwit_get_u8(&r);
    uint8_t found = godwit_get_u8(&r);
    if (r.failed || head != GODWIT_PD_GMM) {
        return GODWIT_MALFORMED;
    }
    *type = found;
    return GODWIT_OK;
}

godwit_reader_t godwit_gmm_open(godwit_slice_t octets, godwit_gmm_type_t type)
{
    godwit_reader_t r = godwit_reader(octets);
    uint8_t found = 0;
    if (godwit_gmm_type(octets, &found) != GODWIT_OK || found != type) {
        r.failed = true;
        return r;
    }
    (void)godwit_get_u16(&r);
    return r;
}

void godwit_gmm_put_p_tmsi(godwit_writer_t *w, uint32_t p_tmsi)
{
    godwit_put_u8(w, P_TMSI_LEN);
    godwit_put_u8(w, P_TMSI_FIRST);
    godwit_put_u32(w, p_tmsi);
}

godwit_status_t godwit_gmm_read_p_tmsi(godwit_slice_t value, uint32_t *p_tmsi)
{
    if (value.len != P_TMSI_LEN || (value.ptr[0] & 0x0FU) != GODWIT_GMM_IDENTITY_P_TMSI) {
        return GODWIT_MALFORMED;
    }
    *p_tmsi = godwit_load_u32(value.ptr + 1);
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_put_identity(godwit_writer_t *w, const godwit_gmm_identity_t *identity)
{
    uint8_t ef[8];
    if (identity->kind == GODWIT_GMM_IDENTITY_P_TMSI) {
        godwit_gmm_put_p_tmsi(w, identity->p_tmsi);
        return GODWIT_OK;
    }
    if (identity->kind != GODWIT_GMM_IDENTITY_IMSI || identity->imsi.len < GODWIT_IMSI_DIGITS_MIN ||
        identity->imsi.len > GODWIT_IMSI_DIGITS_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_imsi_to_ef(&identity->imsi, ef);
    godwit_put_u8(w, (uint8_t)(identity->imsi.len / 2 + 1));
    godwit_put(w, ef, identity->imsi.len / 2U + 1);
    return GODWIT_OK;
}

static godwit_status_t read_imsi(godwit_slice_t value, godwit_imsi_t *imsi)
{
    uint8_t ef[8];
    godwit_imsi_t read;
    if (value.len > sizeof ef) {
        return GODWIT_MALFORMED;
    }
    memset(ef, 0xFF, sizeof ef);
    memcpy(ef, value.ptr, value.len);
    if (godwit_imsi_from_ef(ef, &read) != GODWIT_OK || value.len != read.len / 2U + 1) {
        return GODWIT_MALFORMED;
    }
    *imsi = read;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_read_identity(godwit_slice_t value, godwit_gmm_identity_t *identity)
{
    memset(identity, 0, sizeof *identity);
    if (value.len == 0 || value.len > 9) {
        return GODWIT_MALFORMED;
    }
    switch (value.ptr[0] & 0x07U) {
    case GODWIT_GMM_IDENTITY_IMSI:
        identity->kind = GODWIT_GMM_IDENTITY_IMSI;
        return read_imsi(value, &identity->imsi);
    case GODWIT_GMM_IDENTITY_P_TMSI:
        identity->kind = GODWIT_GMM_IDENTITY_P_TMSI;
        return godwit_gmm_read_p_tmsi(value, &identity->p_tmsi);
    case GODWIT_GMM_IDENTITY_IMEI:
        identity->kind = GODWIT_GMM_IDENTITY_IMEI;
        return GODWIT_OK;
    case GODWIT_GMM_IDENTITY_IMEISV:
        identity->kind = GODWIT_GMM_IDENTITY_IMEISV;
        return GODWIT_OK;
    case GODWIT_GMM_IDENTITY_NONE:
        return GODWIT_OK;
    default:
        return GODWIT_MALFORMED;
    }
}
