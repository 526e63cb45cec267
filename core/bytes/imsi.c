/* SPDX-License-Identifier: Apache-2.0
 *
 * IMSI as text (TS 23.003 2.2) and as the octets of EF_IMSI (TS 31.102 4.2.2, coded as the mobile identity of TS 24.008
 * 10.5.1.4): first octet = first digit, parity bit (1: odd count of digits), type of identity 001; then TBCD; unused
 * nibbles are F.
 */
#include "godwit/bytes.h"

#include <string.h>

#define TYPE_IMSI 0x01U
#define ODD 0x08U

godwit_status_t godwit_imsi_from_text(const char *text, godwit_imsi_t *imsi)
{
    godwit_imsi_t parsed = {.len = 0};
    for (size_t i = 0; text[i] != '\0'; i++) {
        if (i == GODWIT_IMSI_DIGITS_MAX || text[i] < '0' || text[i] > '9') {
            return GODWIT_MALFORMED;
        }
        parsed.digits[i] = text[i];
        parsed.len++;
    }
    if (parsed.len < GODWIT_IMSI_DIGITS_MIN) {
        return GODWIT_MALFORMED;
    }
    *imsi = parsed;
    return GODWIT_OK;
}

bool godwit_imsi_equal(const godwit_imsi_t *a, const godwit_imsi_t *b)
{
    return a->len == b->len && memcmp(a->digits, b->digits, a->len) == 0;
}

/* Digit i stands in nibble i + 1, counted from the low nibble of the first octet. */
void godwit_imsi_to_ef(const godwit_imsi_t *imsi, uint8_t ef[8])
{
    memset(ef, 0xFF, 8);
    ef[0] = (uint8_t)(0xF0 | (imsi->len % 2 == 1 ? ODD : 0) | TYPE_IMSI);
    for (size_t i = 0; i < imsi->len && i < GODWIT_IMSI_DIGITS_MAX; i++) {
        unsigned digit = (unsigned)(imsi->digits[i] - '0') & 0x0FU;
        uint8_t *octet = &ef[(i + 1) / 2];
        *octet = (uint8_t)(i % 2 == 0 ? (digit << 4 | (*octet & 0x0FU)) : ((*octet & 0xF0U) | digit));
    }
}

godwit_status_t godwit_imsi_from_ef(const uint8_t ef[8], godwit_imsi_t *imsi)
{
    char text[GODWIT_IMSI_DIGITS_MAX + 1] = {0};
    size_t count = 0;
    bool ended = false;
    for (size_t i = 0; i < GODWIT_IMSI_DIGITS_MAX; i++) {
        unsigned nibble = i % 2 == 0 ? ef[(i + 1) / 2] >> 4 : ef[(i + 1) / 2] & 0x0FU;
        if (nibble == 0x0F) {
            ended = true;
        } else if (ended) {
            return GODWIT_MALFORMED;
        } else {
            text[count++] = (char)('0' + nibble); /* A to E become no digits, which godwit_imsi_from_text refuses */
        }
    }
    if ((ef[0] & 0x0FU) != (TYPE_IMSI | (count % 2 == 1 ? ODD : 0))) {
        return GODWIT_MALFORMED;
    }
    return godwit_imsi_from_text(text, imsi);
}
