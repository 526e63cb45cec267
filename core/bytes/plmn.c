/* SPDX-License-Identifier: Apache-2.0
 *
 * PLMN identity: the three octets of TS 24.301 9.9.3.32 (TAI) and TS 24.008 10.5.1.3, and its text "MCC-MNC". MNC 01
 * and MNC 001 are different networks and stay different in both forms.
 */
#include "godwit/bytes.h"

#include <string.h>

#define FILLER 0x0FU

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static unsigned value(char c)
{
    return (unsigned)(c - '0');
}

godwit_status_t godwit_plmn_from_text(const char *text, godwit_plmn_t *plmn)
{
    for (size_t i = 0; i < 6; i++) {
        if (i == 3 ? text[i] != '-' : !is_digit(text[i])) {
            return GODWIT_MALFORMED;
        }
    }
    unsigned mnc3 = FILLER;
    if (text[6] != '\0') {
        if (!is_digit(text[6]) || text[7] != '\0') {
            return GODWIT_MALFORMED;
        }
        mnc3 = value(text[6]);
    }
    plmn->octets[0] = (uint8_t)(value(text[1]) << 4 | value(text[0]));
    plmn->octets[1] = (uint8_t)(mnc3 << 4 | value(text[2]));
    plmn->octets[2] = (uint8_t)(value(text[5]) << 4 | value(text[4]));
    return GODWIT_OK;
}

godwit_status_t godwit_plmn_to_text(godwit_plmn_t plmn, char text[8])
{
    unsigned nibbles[6] = {plmn.octets[0] & 0x0FU, plmn.octets[0] >> 4, plmn.octets[1] & 0x0FU,
                           plmn.octets[2] & 0x0FU, plmn.octets[2] >> 4, plmn.octets[1] >> 4};
    size_t count = nibbles[5] == FILLER ? 5 : 6;
    memset(text, 0, 8);
    for (size_t i = 0; i < count; i++) {
        if (nibbles[i] > 9) {
            memset(text, 0, 8);
            return GODWIT_MALFORMED;
        }
        text[i < 3 ? i : i + 1] = (char)('0' + nibbles[i]);
    }
    text[3] = '-';
    return GODWIT_OK;
}

godwit_status_t godwit_plmn_to_domain(godwit_plmn_t plmn, char domain[14])
{
    char text[8];
    godwit_status_t status = godwit_plmn_to_text(plmn, text);
    size_t digits = text[6] == '\0' ? 2 : 3; /* of the MNC */
    memset(domain, 0, 14);
    if (status == GODWIT_OK) {
        memcpy(domain, "mnc000.mcc000", 14);
        memcpy(domain + 6 - digits, text + 4, digits);
        memcpy(domain + 10, text, 3);
    }
    return status;
}

bool godwit_plmn_equal(godwit_plmn_t a, godwit_plmn_t b)
{
    return memcmp(a.octets, b.octets, sizeof a.octets) == 0;
}
