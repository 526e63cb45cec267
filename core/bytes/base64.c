/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64, RFC 4648 clause 4: with padding, no line breaks, one spelling only (the bits that padding leaves over are
 * zero).
 */
#include "godwit/bytes.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void godwit_put_base64(godwit_writer_t *w, godwit_slice_t octets)
{
    for (size_t i = 0; i < octets.len; i += 3) {
        size_t left = octets.len - i;
        uint32_t bits = (uint32_t)octets.ptr[i] << 16;
        bits |= left > 1 ? (uint32_t)octets.ptr[i + 1] << 8 : 0;
        bits |= left > 2 ? octets.ptr[i + 2] : 0;
        const char four[4] = {digits[bits >> 18], digits[bits >> 12 & 63], left > 1 ? digits[bits >> 6 & 63] : '=',
                              left > 2 ? digits[bits & 63] : '='};
        godwit_put(w, four, sizeof four);
    }
}

static int value_of(uint8_t character)
{
    if (character >= 'A' && character <= 'Z') {
        return character - 'A';
    }
    if (character >= 'a' && character <= 'z') {
        return character - 'a' + 26;
    }
    if (character >= '0' && character <= '9') {
        return character - '0' + 52;
    }
    return character == '+' ? 62 : character == '/' ? 63 : -1;
}

/* How many '=' end the text. */
static size_t padding_of(godwit_slice_t text)
{
    size_t count = 0;
    while (count < 2 && count < text.len && text.ptr[text.len - 1 - count] == '=') {
        count++;
    }
    return count;
}

godwit_status_t godwit_base64_decode(godwit_slice_t text, uint8_t *octets, size_t cap, size_t *len)
{
    size_t padding = padding_of(text), digits_count = text.len - padding;
    size_t count = text.len / 4 * 3 - padding;
    uint32_t bits = 0;
    if (text.len % 4 != 0 || (text.len == 0 && padding != 0)) {
        return GODWIT_MALFORMED;
    }
    if (count > cap) {
        return GODWIT_NO_SPACE;
    }
    size_t out = 0;
    for (size_t i = 0; i < digits_count; i++) {
        int value = value_of(text.ptr[i]);
        if (value < 0) {
            return GODWIT_MALFORMED;
        }
        bits = (bits << 6 | (uint32_t)value) & 0xffffffu;
        unsigned have = (unsigned)(i % 4) * 6 + 6; /* of this group of four */
        if (have >= 8) {
            octets[out++] = (uint8_t)(bits >> (have % 8));
        }
    }
    unsigned over = (unsigned)padding * 2;
    if ((bits & ((1u << over) - 1u)) != 0) {
        return GODWIT_MALFORMED;
    }
    *len = out;
    return GODWIT_OK;
}
