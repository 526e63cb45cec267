/* SPDX-License-Identifier: Apache-2.0
 *
 * The section gba_bsf of the configuration, and what of hss serves it (docs/gba.md).
 */
#include <stdio.h>
#include <string.h>

#include "core/agree/gba/gba.h"
#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

#define DAY_S 86400u
#define YEAR_S (366 * DAY_S)

static const cyaml_schema_field_t naf_fields[] = {
    TEXT(raw_bsf_naf_t, host),
    LIST(raw_bsf_naf_t, names, &config_text_entry),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t naf = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_bsf_naf_t, naf_fields)};

const cyaml_schema_field_t config_gba_bsf_fields[] = {
    TEXT(raw_gba_bsf_t, plmn),
    TEXT(raw_gba_bsf_t, name),
    TEXT(raw_gba_bsf_t, http),
    TEXT(raw_gba_bsf_t, https),
    SECTION(raw_gba_bsf_t, tls, config_tls_fields),
    SECTION(raw_gba_bsf_t, hss, config_remote_fields),
    LIST(raw_gba_bsf_t, nafs, &naf),
    NUMBER(raw_gba_bsf_t, life_seconds),
    NUMBER(raw_gba_bsf_t, naf_life_seconds),
    NUMBER(raw_gba_bsf_t, challenge_seconds),
    NUMBER(raw_gba_bsf_t, sender_per_minute),
    TRUTH(raw_gba_bsf_t, two_g),
    CYAML_FIELD_END,
};

/* The BSF of this process asks under our identity. */
bool config_hss_gba(config_t *c, const raw_hss_t *raw)
{
    c->hss.gba_life_s = raw->gba_life_seconds;
    if (raw->bsfs_count > GODWIT_HSS_BSFS_MAX - 1) {
        return config_refuse(c, "hss.bsfs", 0, "7 BSFs are the most", NULL);
    }
    for (unsigned i = 0; i < raw->bsfs_count; i++) {
        if (!config_name(c, "hss.bsfs[]", i, raw->bsfs[i], c->hss.bsfs[c->hss.bsf_count++])) {
            return false;
        }
    }
    if (config_has(c, CONFIG_BSF)) {
        memcpy(c->hss.bsfs[c->hss.bsf_count++], c->identity, sizeof c->identity);
    }
    return config_range(c, "hss.gba_life_seconds", raw->gba_life_seconds, 60, YEAR_S);
}

static bool names(config_t *c, const raw_gba_bsf_t *raw)
{
    godwit_gba_bsf_config_t *role = &c->gba_bsf.role;
    if (!config_plmn(c, "gba_bsf.plmn", 0, raw->plmn, &role->home)) {
        return false;
    }
    memcpy(role->local_host, c->identity, sizeof role->local_host);
    memcpy(role->local_realm, c->realm, sizeof role->local_realm);
    if (raw->name == NULL) {
        return godwit_gba_bsf_name(role->home, role->name) == GODWIT_OK;
    }
    if (strlen(raw->name) > 100 || !godwit_fqdn_is_canonical(godwit_slice_of_string(raw->name))) {
        return config_refuse(c, "gba_bsf.name", 0, "must be a domain name in lower case, of at most 100 characters",
                             raw->name);
    }
    (void)snprintf(role->name, sizeof role->name, "%s", raw->name);
    return true;
}

static bool nafs(config_t *c, const raw_gba_bsf_t *raw)
{
    if (raw->nafs_count > GODWIT_BSF_NAFS_MAX) {
        return config_refuse(c, "gba_bsf.nafs", 0, "32 NAFs are the most", NULL);
    }
    for (unsigned i = 0; i < raw->nafs_count; i++) {
        godwit_bsf_naf_t *to = &c->gba_bsf.role.nafs[i];
        const raw_bsf_naf_t *from = &raw->nafs[i];
        if (!config_name(c, "gba_bsf.nafs[].host", i, from->host, to->host)) {
            return false;
        }
        if (from->names_count == 0 || from->names_count > GODWIT_BSF_NAF_NAMES_MAX) {
            return config_refuse(c, "gba_bsf.nafs[].names", i, "must list 1 to 4 names", NULL);
        }
        for (unsigned n = 0; n < from->names_count; n++) {
            if (!godwit_fqdn_is_canonical(godwit_slice_of_string(from->names[n]))) {
                return config_refuse(c, "gba_bsf.nafs[].names", i, "must be domain names in lower case",
                                     from->names[n]);
            }
            (void)snprintf(to->names[n], sizeof to->names[n], "%s", from->names[n]);
        }
        to->name_count = from->names_count;
    }
    c->gba_bsf.role.naf_count = raw->nafs_count;
    return true;
}

static bool doors(config_t *c, const raw_gba_bsf_t *raw)
{
    config_gba_bsf_t *b = &c->gba_bsf;
    if (raw->http == NULL && raw->https == NULL) {
        return config_refuse(c, "gba_bsf", 0, "needs http, https or both: addresses such as 127.0.0.1:8080", NULL);
    }
    if (raw->http != NULL && !config_host_port(c, "gba_bsf.http", 0, raw->http, b->host[0], &b->port[0])) {
        return false;
    }
    if (raw->https == NULL) {
        return true;
    }
    if (raw->tls == NULL || raw->tls->certificate == NULL || raw->tls->key == NULL) {
        return config_refuse(c, "gba_bsf.tls", 0, "needs certificate and key, each the path of a PEM file", NULL);
    }
    b->certificate = raw->tls->certificate;
    b->key = raw->tls->key;
    return config_host_port(c, "gba_bsf.https", 0, raw->https, b->host[1], &b->port[1]);
}

static bool source(config_t *c, const raw_gba_bsf_t *raw)
{
    if (raw->hss == NULL) {
        return config_has(c, CONFIG_HSS) ||
               config_refuse(c, "gba_bsf.hss", 0, "is missing: host and realm of the HSS, which is not in this process",
                             NULL);
    }
    return config_remote(c, "gba_bsf.hss", raw->hss, c->gba_bsf.hss_host, c->gba_bsf.hss_realm);
}

bool config_gba_bsf_section(config_t *c, const raw_gba_bsf_t *raw)
{
    static const raw_gba_bsf_t none;
    raw = raw == NULL ? &none : raw;
    godwit_gba_bsf_config_t *role = &c->gba_bsf.role;
    role->two_g = raw->two_g;
    role->life_s = raw->life_seconds;
    role->naf_life_s = raw->naf_life_seconds;
    role->challenge_s = raw->challenge_seconds;
    role->sender_per_minute = raw->sender_per_minute;
    if (raw->two_g && raw->https == NULL) {
        return config_refuse(c, "gba_bsf.two_g", 0, "needs https: 2G GBA runs inside TLS only", NULL);
    }
    return names(c, raw) && doors(c, raw) && source(c, raw) && nafs(c, raw) &&
           config_range(c, "gba_bsf.life_seconds", raw->life_seconds, 60, YEAR_S) &&
           config_range(c, "gba_bsf.naf_life_seconds", raw->naf_life_seconds, 60, YEAR_S) &&
           config_range(c, "gba_bsf.challenge_seconds", raw->challenge_seconds, 10, DAY_S) &&
           config_range(c, "gba_bsf.sender_per_minute", raw->sender_per_minute, 1, 1000000);
}
