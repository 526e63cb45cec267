/* SPDX-License-Identifier: Apache-2.0
 *
 * hss.trigger of the configuration: which MTC-IWFs the HSS serves over S6m, and of which AKA runs it keeps what
 * associations stand on (docs/triggers.md).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

static bool root(config_t *c, const char *word)
{
    static const char *const words[] = {"none", "flagged", "kasme"};
    static const godwit_iwf_root_t roots[] = {GODWIT_IWF_ROOT_NONE, GODWIT_IWF_ROOT_FLAGGED, GODWIT_IWF_ROOT_KASME};
    for (size_t i = 0; i < sizeof words / sizeof words[0] && word != NULL; i++) {
        if (strcmp(word, words[i]) == 0) {
            c->hss.iwf_root = roots[i];
            return true;
        }
    }
    return word == NULL || config_refuse(c, "hss.trigger.root", 0, "must be none, flagged or kasme", word);
}

static bool is_listed(const config_t *c, const char *host)
{
    for (size_t i = 0; i < c->hss.iwf_count; i++) {
        if (strcmp(c->hss.iwfs[i].host, host) == 0) {
            return true;
        }
    }
    return false;
}

static bool add(config_t *c, const raw_hss_iwf_t *raw, unsigned i)
{
    godwit_hss_iwf_t iwf = {.has_roots = raw->roots};
    if (!config_name(c, "hss.trigger.mtc_iwfs[].host", i, raw->host, iwf.host) ||
        !config_name(c, "hss.trigger.mtc_iwfs[].realm", i, raw->realm, iwf.realm)) {
        return false;
    }
    if (is_listed(c, iwf.host)) {
        return config_refuse(c, "hss.trigger.mtc_iwfs[].host", i, "is listed twice", iwf.host);
    }
    c->hss.iwfs[c->hss.iwf_count++] = iwf;
    return true;
}

/* The MTC-IWF of this process stands first, under our own name. It may have roots: they are in its memory anyway. */
static void add_own(config_t *c)
{
    godwit_hss_iwf_t *own = &c->hss.iwfs[c->hss.iwf_count++];
    memcpy(own->host, c->identity, sizeof own->host);
    memcpy(own->realm, c->realm, sizeof own->realm);
    own->has_roots = true;
}

bool config_hss_trigger(config_t *c, const raw_hss_trigger_t *raw)
{
    static const raw_hss_trigger_t none;
    raw = raw == NULL ? &none : raw;
    if (config_has(c, CONFIG_MTC_IWF)) {
        add_own(c);
    }
    if (raw->mtc_iwfs_count > GODWIT_HSS_IWFS_MAX - c->hss.iwf_count) {
        return config_refuse(c, "hss.trigger.mtc_iwfs", 0, "8 MTC-IWFs are the most, with that of this process", NULL);
    }
    for (unsigned i = 0; i < raw->mtc_iwfs_count; i++) {
        if (!add(c, &raw->mtc_iwfs[i], i)) {
            return false;
        }
    }
    return root(c, raw->root);
}
