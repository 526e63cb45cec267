/* SPDX-License-Identifier: Apache-2.0
 *
 * The agreements by number and by name (docs/keys.md, "Agreements and their roots"). The numbers enter derivations.
 */
#include "godwit/keys.h"

#include <string.h>

static const char *const names[] = {
    [GODWIT_AGREEMENT_DEVICE_RAND] = "device-rand",
    [GODWIT_AGREEMENT_ACCESS_UMTS] = "access-umts",
    [GODWIT_AGREEMENT_ACCESS_EPS] = "access-eps",
    [GODWIT_AGREEMENT_SEPARATE_EPS] = "separate-eps",
    [GODWIT_AGREEMENT_GBA] = "gba",
    [GODWIT_AGREEMENT_AKMA] = "akma",
    [GODWIT_AGREEMENT_5G] = "5g",
    [GODWIT_AGREEMENT_SEPARATE_UMTS] = "separate-umts",
};

const char *godwit_agreement_name(godwit_agreement_t agreement)
{
    const size_t i = (size_t)agreement;
    return i < sizeof names / sizeof *names ? names[i] : NULL;
}

godwit_status_t godwit_agreement_from_name(const char *name, godwit_agreement_t *agreement)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            *agreement = (godwit_agreement_t)i;
            return GODWIT_OK;
        }
    }
    return GODWIT_NOT_FOUND;
}
