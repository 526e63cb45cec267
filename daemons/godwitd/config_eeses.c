/* SPDX-License-Identifier: Apache-2.0
 *
 * Which EESEs the owners of key sets answer: emks.eese_hosts and hss.eese_hosts (docs/keys.md, section 8). None is the
 * default.
 */
#include <string.h>

#include "daemons/godwitd/config_check.h"

/* An EESE of this process asks under our own name. */
bool config_eeses(config_t *c, const char *where, char **names, unsigned count, config_eeses_t *eeses)
{
    const unsigned own = config_has(c, CONFIG_EESE) ? 1 : 0;
    if (count + own > GODWIT_EMKS_EESES_MAX) {
        return config_refuse(c, where, 0, "4 EESEs are the most, with that of this process", NULL);
    }
    for (unsigned i = 0; i < count; i++) {
        if (!config_name(c, where, i, names[i], eeses->hosts[i])) {
            return false;
        }
    }
    eeses->count = count;
    if (own != 0) {
        memcpy(eeses->hosts[eeses->count++], c->identity, sizeof c->identity);
    }
    return true;
}
