/* SPDX-License-Identifier: Apache-2.0
 *
 * The suites of EMSDP (docs/emsdp-wire.md, "Suites"): the id names cipher, MAC and length of the MAC together. There is
 * no null integrity. A device without SNOW 3G and ZUC is built with GODWIT_SUITES_AES_ONLY: suites 08 and 09 do not
 * exist in it.
 */
#include "core/keys/profile.h"
#include "godwit/emsdp.h"

#include <string.h>

static const godwit_suite_t suites[] = {
    {PROFILE_SUITE_EEA2_EIA2_64, "eea2-eia2-64", 2, 2, 8, false},
    {PROFILE_SUITE_EEA2_EIA2_128, "eea2-eia2-128", 2, 2, 16, false},
    {PROFILE_SUITE_EEA2_HMAC_64, "eea2-hmac-64", 2, 0, 8, false},
    {PROFILE_SUITE_EEA2_HMAC_128, "eea2-hmac-128", 2, 0, 16, false},
    {PROFILE_SUITE_EEA0_EIA2_64, "eea0-eia2-64", 0, 2, 8, true},
    {PROFILE_SUITE_EEA0_HMAC_64, "eea0-hmac-64", 0, 0, 8, true},
    {PROFILE_SUITE_EEA2_EIA2_32, "eea2-eia2-32", 2, 2, 4, true},
#ifndef GODWIT_SUITES_AES_ONLY
    {PROFILE_SUITE_EEA1_EIA1_32, "eea1-eia1-32", 1, 1, 4, true},
    {PROFILE_SUITE_EEA3_EIA3_32, "eea3-eia3-32", 3, 3, 4, true},
#endif
};

#define SUITES (sizeof suites / sizeof *suites)

_Static_assert(GODWIT_SUITE_LAST == PROFILE_SUITE_LAST, "one numbering of suites");

const godwit_suite_t *godwit_suite(uint8_t id)
{
    return id >= 1 && id <= SUITES ? &suites[id - 1] : NULL;
}

godwit_status_t godwit_suite_from_name(const char *name, uint8_t *id)
{
    for (size_t i = 0; i < SUITES; i++) {
        if (strcmp(name, suites[i].name) == 0) {
            *id = suites[i].id;
            return GODWIT_OK;
        }
    }
    return GODWIT_NOT_FOUND;
}

bool godwit_service_allows(godwit_service_t service, uint8_t suite_id)
{
    const godwit_suite_t *suite = godwit_suite(suite_id);
    if (suite == NULL) {
        return false;
    }
    switch (service) {
    case GODWIT_SERVICE_CONFIDENTIALITY:
        return suite->eea != 0;
    case GODWIT_SERVICE_INTEGRITY:
        return suite->eea == 0;
    case GODWIT_SERVICE_KEY_AGREEMENT:
        return suite_id == GODWIT_SUITE_DEFAULT;
    default:
        return false;
    }
}
