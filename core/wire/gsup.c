/* SPDX-License-Identifier: Apache-2.0
 *
 * GSUP elements, and the SendAuthInfo request.
 */
#include "core/wire/gsup.h"

#include <string.h>

#define SEND_AUTH_INFO_REQUEST 0x08
#define IE_AUTS 0x26
#define IE_CN_DOMAIN 0x28
#define CN_DOMAIN_PS 1

void godwit_gsup_put(godwit_writer_t *w, uint8_t tag, const void *octets, size_t len)
{
    godwit_put_u8(w, tag);
    godwit_put_u8(w, (uint8_t)len);
    godwit_put(w, octets, len);
}

godwit_status_t godwit_gsup_next(godwit_reader_t *r, uint8_t *tag, godwit_slice_t *value)
{
    if (r->left == 0 && !r->failed) {
        return GODWIT_NOT_FOUND;
    }
    *tag = godwit_get_u8(r);
    *value = godwit_get_slice(r, godwit_get_u8(r));
    return godwit_reader_status(r);
}

void godwit_gsup_put_imsi(godwit_writer_t *w, const godwit_imsi_t *imsi)
{
    uint8_t octets[(GODWIT_IMSI_DIGITS_MAX + 1) / 2];
    size_t len = godwit_tbcd_encode(imsi->digits, octets, sizeof octets);
    godwit_gsup_put(w, GODWIT_GSUP_IMSI, octets, len);
}

godwit_status_t godwit_gsup_read_imsi(godwit_slice_t value, godwit_imsi_t *imsi)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 2];
    if (value.len > (GODWIT_IMSI_DIGITS_MAX + 1) / 2 || godwit_tbcd_decode(value, digits, sizeof digits) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    return godwit_imsi_from_text(digits, imsi);
}

godwit_status_t godwit_gsup_request_build(const godwit_auth_info_request_t *request, godwit_writer_t *w)
{
    static const uint8_t domain = CN_DOMAIN_PS;
    if (request->kind != GODWIT_VECTOR_UTRAN) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, SEND_AUTH_INFO_REQUEST);
    godwit_gsup_put_imsi(w, &request->imsi);
    if (request->resync) {
        godwit_gsup_put(w, IE_AUTS, request->auts, sizeof request->auts);
        godwit_gsup_put(w, GODWIT_GSUP_RAND, request->rand, sizeof request->rand);
    }
    godwit_gsup_put(w, IE_CN_DOMAIN, &domain, 1);
    return godwit_writer_status(w);
}

static godwit_status_t read_fixed(godwit_slice_t value, uint8_t *octets, size_t len, bool *seen)
{
    if (value.len != len || *seen) {
        return GODWIT_MALFORMED;
    }
    memcpy(octets, value.ptr, len);
    *seen = true;
    return GODWIT_OK;
}

godwit_status_t godwit_gsup_request_parse(godwit_slice_t octets, godwit_auth_info_request_t *request)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_auth_info_request_t q;
    bool auts = false, rand = false;
    uint8_t tag;
    godwit_slice_t value;
    memset(&q, 0, sizeof q);
    q.kind = GODWIT_VECTOR_UTRAN;
    q.vectors = 1;
    godwit_status_t status = godwit_get_u8(&r) == SEND_AUTH_INFO_REQUEST ? GODWIT_OK : GODWIT_MALFORMED;
    while (status == GODWIT_OK && (status = godwit_gsup_next(&r, &tag, &value)) == GODWIT_OK) {
        if (tag == GODWIT_GSUP_IMSI) {
            status = godwit_gsup_read_imsi(value, &q.imsi);
        } else if (tag == IE_AUTS) {
            status = read_fixed(value, q.auts, sizeof q.auts, &auts);
        } else if (tag == GODWIT_GSUP_RAND) {
            status = read_fixed(value, q.rand, sizeof q.rand, &rand);
        }
    }
    if (status != GODWIT_NOT_FOUND || q.imsi.len == 0 || auts != rand) {
        return GODWIT_MALFORMED;
    }
    q.resync = auts;
    *request = q;
    return GODWIT_OK;
}
