/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration's reader: whatever text comes, it is taken or refused with one line.
 */
#include <stdlib.h>
#include <string.h>

#include "daemons/godwitd/config.h"
#include "fuzz/fuzz.h"

#define TEXT_MAX 16384

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[CONFIG_ERROR_MAX] = "";
    if (size > TEXT_MAX) {
        return 0;
    }
    config_t *config = config_from_text("f.yaml", (const char *)data, size, error);
    bool told = error[0] != '\0' && memchr(error, '\0', sizeof error) != NULL;
    if ((config == NULL) != told || (config != NULL && config->functions == 0)) {
        abort();
    }
    config_free(config);
    return 0;
}
