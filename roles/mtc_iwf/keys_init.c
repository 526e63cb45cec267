/* SPDX-License-Identifier: Apache-2.0
 *
 * Which configurations of associations can be (docs/triggers.md).
 */
#include <string.h>

#include "godwit/emsdp.h"
#include "roles/mtc_iwf/keys.h"

static bool are_suites(const godwit_iwf_keys_config_t *config)
{
    for (size_t i = 0; i < config->suites && i < GODWIT_A3_SUITES_MAX; i++) {
        const unsigned suite = config->suite[i];
        if (suite == 0 || suite > GODWIT_SUITE_LAST || (GODWIT_A3_SUITES >> (suite - 1) & 1u) == 0) {
            return false;
        }
    }
    return config->suites <= GODWIT_A3_SUITES_MAX;
}

static bool is_source(const godwit_iwf_keys_config_t *config)
{
    switch (config->key_from) {
    case GODWIT_IWF_KEY_FROM_HSS:
        return !config->ue_key_received;
    case GODWIT_IWF_KEY_FROM_MME:
        return true;
    case GODWIT_IWF_KEY_FROM_IWF:
        return config->root == GODWIT_IWF_ROOT_KASME ||
               (config->root == GODWIT_IWF_ROOT_FLAGGED && !config->ue_key_received);
    default:
        return false;
    }
}

static bool copy(char *to, size_t cap, const char *from)
{
    const size_t len = strlen(from);
    if (len >= cap) {
        return false;
    }
    memcpy(to, from, len + 1);
    return true;
}

godwit_status_t godwit_iwf_keys_init(godwit_iwf_keys_t *keys, const godwit_crypto_t *crypto,
                                     const godwit_iwf_keys_config_t *config, const char *host, const char *realm,
                                     const char *number)
{
    memset(keys, 0, sizeof *keys);
    if (!config->off &&
        (!are_suites(config) || !is_source(config) || !godwit_fqdn_is_canonical(godwit_slice_of_string(host)))) {
        return GODWIT_INVALID_ARGUMENT;
    }
    keys->crypto = crypto;
    keys->config = *config;
    return copy(keys->local_host, sizeof keys->local_host, host) &&
                   copy(keys->local_realm, sizeof keys->local_realm, realm) &&
                   copy(keys->number, sizeof keys->number, number)
               ? GODWIT_OK
               : GODWIT_INVALID_ARGUMENT;
}
