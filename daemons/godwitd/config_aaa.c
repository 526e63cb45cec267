/* SPDX-License-Identifier: Apache-2.0
 *
 * The section aaa of the configuration, and of hss which AAA servers it serves (docs/eap.md).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

#define RUNS 1024u
#define DEVICES 16384u
#define YEAR_S (366u * 86400u)

static const cyaml_schema_field_t access_point_fields[] = {
    TEXT(raw_access_point_t, name),
    TEXT(raw_access_point_t, address),
    TEXT(raw_access_point_t, secret_file),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t access_point = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_access_point_t, access_point_fields)};

const cyaml_schema_field_t config_aaa_fields[] = {
    TEXT(raw_aaa_t, radius),
    TEXT(raw_aaa_t, plmn),
    TEXT(raw_aaa_t, network_name),
    LIST(raw_aaa_t, access_points, &access_point),
    SECTION(raw_aaa_t, hss, config_remote_fields),
    SECTION(raw_aaa_t, mtc_iwf, config_remote_fields),
    NUMBER(raw_aaa_t, devices),
    NUMBER(raw_aaa_t, runs),
    NUMBER(raw_aaa_t, wait_ms),
    NUMBER(raw_aaa_t, root_life_seconds),
    CYAML_FIELD_END,
};

/* The AAA server of this process asks under our identity. */
bool config_hss_aaa(config_t *c, const raw_hss_t *raw)
{
    if (raw->aaas_count > GODWIT_HSS_AUSFS_MAX - 1) {
        return config_refuse(c, "hss.aaas", 0, "7 AAA servers are the most", NULL);
    }
    for (unsigned i = 0; i < raw->aaas_count; i++) {
        if (!config_name(c, "hss.aaas[]", i, raw->aaas[i], c->hss.aaas[c->hss.aaa_count++])) {
            return false;
        }
    }
    if (config_has(c, CONFIG_AAA)) {
        memcpy(c->hss.aaas[c->hss.aaa_count++], c->identity, sizeof c->identity);
    }
    return true;
}

static bool access_points(config_t *c, const raw_aaa_t *raw)
{
    config_aaa_t *aaa = &c->aaa;
    if (raw->access_points_count == 0 || raw->access_points_count > GODWIT_RADIUS_CLIENTS_MAX) {
        return config_refuse(c, "aaa.access_points", 0,
                             "must list 1 to 32 access points, each with name, address and secret_file", NULL);
    }
    for (unsigned i = 0; i < raw->access_points_count; i++) {
        const raw_access_point_t *from = &raw->access_points[i];
        char with_port[80];
        if (from->address == NULL || strlen(from->address) > sizeof with_port - 5) {
            return config_refuse(c, "aaa.access_points[].address", i, "must be an IP address", from->address);
        }
        const bool v6 = strchr(from->address, ':') != NULL;
        (void)snprintf(with_port, sizeof with_port, v6 ? "[%s]:0" : "%s:0", from->address);
        if (from->secret_file == NULL) {
            return config_refuse(c, "aaa.access_points[].secret_file", i, "is missing: a file with the shared secret",
                                 NULL);
        }
        if (!config_address(c, "aaa.access_points[].address", i, with_port, &aaa->clients[i].address) ||
            !config_name(c, "aaa.access_points[].name", i, from->name, aaa->clients[i].name)) {
            return false;
        }
        aaa->secret_files[i] = from->secret_file;
    }
    aaa->client_count = raw->access_points_count;
    return true;
}

static bool network_name(config_t *c, const char *text)
{
    if (text != NULL && (text[0] == '\0' || strlen(text) > GODWIT_EAP_NETWORK_MAX || strchr(text, ' ') != NULL)) {
        return config_refuse(c, "aaa.network_name", 0, "must have 1 to 32 characters without blanks", text);
    }
    memcpy(c->aaa.role.network_name, text == NULL ? "" : text, text == NULL ? 1 : strlen(text) + 1);
    return true;
}

/* Where the home's MTC-IWF is: here, elsewhere, or nowhere. */
static bool mtc_iwf(config_t *c, const raw_aaa_t *raw)
{
    godwit_trigger_node_t *iwf = &c->aaa.role.iwf;
    if (raw->mtc_iwf == NULL && !config_has(c, CONFIG_MTC_IWF)) {
        return true;
    }
    iwf->function = GODWIT_FUNCTION_MTC_IWF;
    if (raw->mtc_iwf != NULL) {
        return config_remote(c, "aaa.mtc_iwf", raw->mtc_iwf, iwf->host, iwf->realm) &&
               (iwf->host[0] != '\0' ||
                config_refuse(c, "aaa.mtc_iwf.host", 0, "is missing: keys are made for that name alone", NULL));
    }
    memcpy(iwf->host, c->identity, sizeof iwf->host);
    memcpy(iwf->realm, c->realm, sizeof iwf->realm);
    return true;
}

bool config_aaa_section(config_t *c, const raw_aaa_t *raw)
{
    static const raw_aaa_t none;
    raw = raw == NULL ? &none : raw;
    config_aaa_t *aaa = &c->aaa;
    memcpy(aaa->role.local_host, c->identity, sizeof aaa->role.local_host);
    memcpy(aaa->role.local_realm, c->realm, sizeof aaa->role.local_realm);
    aaa->role.wait_ms = raw->wait_ms;
    aaa->role.root_life_s = raw->root_life_seconds;
    aaa->runs = raw->runs == 0 ? RUNS : raw->runs;
    aaa->devices = raw->devices == 0 ? DEVICES : raw->devices;
    return config_plmn(c, "aaa.plmn", 0, raw->plmn, &aaa->role.home) && network_name(c, raw->network_name) &&
           config_address(c, "aaa.radius", 0, raw->radius == NULL ? "127.0.0.1:1812" : raw->radius, &aaa->radius) &&
           config_range(c, "aaa.wait_ms", raw->wait_ms, 100, 120000) &&
           config_range(c, "aaa.root_life_seconds", raw->root_life_seconds, 1, YEAR_S) &&
           config_range(c, "aaa.runs", raw->runs, 4, GODWIT_AAA_RUNS_MAX) &&
           config_range(c, "aaa.devices", raw->devices, 1, GODWIT_AAA_ROOTS_MAX) && access_points(c, raw) &&
           mtc_iwf(c, raw) &&
           (config_has(c, CONFIG_HSS) || config_remote(c, "aaa.hss", raw->hss, aaa->hss_host, aaa->hss_realm));
}
