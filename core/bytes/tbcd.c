/* SPDX-License-Identifier: Apache-2.0
 *
 * TBCD strings (TS 29.002 17.7.8): two decimal digits an octet, the first in the low nibble, filler F above an odd last
 * digit. The digits *, #, a, b, c of TBCD are not used by identities here and are refused.
 */
#include "godwit/bytes.h"

#include <string.h>

#define FILLER 0x0F

/* The nibble of the digit, FILLER at the end of the text, 16 for another character. */
static unsigned nibble_of(char c)
{
    if (c == '\0') {
        return FILLER;
    }
    return c >= '0' && c <= '9' ? (unsigned)(c - '0') : 16;
}

size_t godwit_tbcd_encode(const char *digits, uint8_t *octets, size_t cap)
{
    size_t count = strlen(digits);
    size_t len = (count + 1) / 2;
    if (len > cap) {
        return 0;
    }
    for (size_t i = 0; i < len; i++) {
        unsigned low = nibble_of(digits[2 * i]);
        unsigned high = nibble_of(digits[2 * i + 1]); /* the terminator when the count is odd */
        if (low > 9 || high > FILLER) {
            return 0;
        }
        octets[i] = (uint8_t)(high << 4 | low);
    }
    return len;
}

godwit_status_t godwit_tbcd_decode(godwit_slice_t octets, char *text, size_t cap)
{
    if (cap / 2 < octets.len || cap - 2 * octets.len < 1) {
        return GODWIT_NO_SPACE;
    }
    size_t count = 0;
    for (size_t i = 0; i < octets.len; i++) {
        unsigned low = octets.ptr[i] & 0x0FU;
        unsigned high = octets.ptr[i] >> 4;
        bool last = i + 1 == octets.len;
        if (low > 9 || (high > 9 && !(high == FILLER && last))) {
            text[0] = '\0';
            return GODWIT_MALFORMED;
        }
        text[count++] = (char)('0' + low);
        if (high != FILLER) {
            text[count++] = (char)('0' + high);
        }
    }
    text[count] = '\0';
    return GODWIT_OK;
}
