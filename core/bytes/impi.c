/* SPDX-License-Identifier: Apache-2.0
 *
 * The private identity that TS 23.003 13.3 makes of an IMSI where there is no ISIM:
 * IMSI@ims.mncNNN.mccNNN.3gppnetwork.org, an MNC of two digits with a zero before it.
 */
#include <string.h>

#include "godwit/bytes.h"

#define DOMAIN "@ims.mnc000.mcc000.3gppnetwork.org"
#define MNC_AT 8
#define MCC_AT 15

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Domain, but for its six digits; names of the DNS have no case. */
static bool has_form(const char *domain)
{
    static const char form[] = DOMAIN;
    for (size_t i = 0; i < sizeof form; i++) {
        bool digit = form[i] == '0';
        if (digit ? domain[i] < '0' || domain[i] > '9' : lower(domain[i]) != form[i]) {
            return false;
        }
    }
    return true;
}

/* An IMSI does not say how long its MNC is: both readings are held against the domain. */
static bool is_of_network(const char *imsi, const char *mcc, const char *mnc)
{
    bool three = memcmp(imsi + 3, mnc, 3) == 0, two = mnc[0] == '0' && memcmp(imsi + 3, mnc + 1, 2) == 0;
    return memcmp(imsi, mcc, 3) == 0 && (two || three);
}

godwit_status_t godwit_impi_to_imsi(const char *impi, godwit_imsi_t *imsi)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1] = {0};
    const char *at = strchr(impi, '@');
    size_t len = at != NULL ? (size_t)(at - impi) : 0;
    godwit_imsi_t parsed;
    if (at == NULL || len > GODWIT_IMSI_DIGITS_MAX || !has_form(at)) {
        return GODWIT_MALFORMED;
    }
    memcpy(digits, impi, len);
    if (godwit_imsi_from_text(digits, &parsed) != GODWIT_OK || !is_of_network(digits, at + MCC_AT, at + MNC_AT)) {
        return GODWIT_MALFORMED;
    }
    *imsi = parsed;
    return GODWIT_OK;
}
