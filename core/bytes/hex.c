/* SPDX-License-Identifier: Apache-2.0
 *
 * Hex for public data, vectors and the calculators. Decoding takes digits only: no blanks, no 0x, no odd count.
 */
#include "godwit/bytes.h"

void godwit_hex_encode(godwit_slice_t octets, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < octets.len; i++) {
        *text++ = digits[octets.ptr[i] >> 4];
        *text++ = digits[octets.ptr[i] & 0x0F];
    }
    *text = '\0';
}

/* The value of a digit, or 16 for another character. */
static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (unsigned)(c - 'a') + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return (unsigned)(c - 'A') + 10;
    }
    return 16;
}

/* How many octets the whole text stands for: a text that is not hex is refused before anything is written. */
static godwit_status_t measure(const char *text, size_t *octets)
{
    size_t digits = 0;
    for (; text[digits] != '\0'; digits++) {
        if (digit_value(text[digits]) == 16) {
            return GODWIT_MALFORMED;
        }
    }
    *octets = digits / 2;
    return digits % 2 == 0 ? GODWIT_OK : GODWIT_MALFORMED;
}

godwit_status_t godwit_hex_decode(const char *text, uint8_t *octets, size_t cap, size_t *len)
{
    size_t count = 0;
    godwit_status_t status = measure(text, &count);
    if (status != GODWIT_OK) {
        return status;
    }
    if (count > cap) {
        return GODWIT_NO_SPACE;
    }
    for (size_t i = 0; i < count; i++) {
        octets[i] = (uint8_t)(digit_value(text[2 * i]) << 4 | digit_value(text[2 * i + 1]));
    }
    *len = count;
    return GODWIT_OK;
}
