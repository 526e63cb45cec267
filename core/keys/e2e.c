/* SPDX-License-Identifier: Apache-2.0
 *
 * The services of TS 33.163 4.1 by name.
 */
#include <string.h>

#include "godwit/e2e.h"

static const char *const names[GODWIT_SERVICES] = {"key-agreement", "integrity", "confidentiality"};

const char *godwit_service_name(godwit_service_t service)
{
    return service >= GODWIT_SERVICE_KEY_AGREEMENT && service <= GODWIT_SERVICE_CONFIDENTIALITY
               ? names[service - GODWIT_SERVICE_KEY_AGREEMENT]
               : NULL;
}

godwit_status_t godwit_service_from_name(const char *name, godwit_service_t *service)
{
    for (size_t i = 0; i < GODWIT_SERVICES; i++) {
        if (strcmp(names[i], name) == 0) {
            *service = (godwit_service_t)(i + 1);
            return GODWIT_OK;
        }
    }
    return GODWIT_INVALID_ARGUMENT;
}
