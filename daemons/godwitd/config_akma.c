/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections ausf and aanf of the configuration, emks.akma, and of hss which AUSFs it serves (docs/akma.md).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

#define YEAR_S (366u * 86400u)

const cyaml_schema_field_t config_akma_client_fields[] = {
    TEXT(raw_akma_client_t, url),
    TEXT(raw_akma_client_t, connect_to),
    TEXT(raw_akma_client_t, name),
    TEXT(raw_akma_client_t, ua_protocol),
    SECTION(raw_akma_client_t, tls, config_tls_fields),
    NUMBER(raw_akma_client_t, timeout_ms),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t network_fields[] = {
    TEXT(raw_akma_network_t, host),
    TEXT(raw_akma_network_t, plmn),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t network = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_akma_network_t, network_fields)};
const cyaml_schema_field_t config_ausf_fields[] = {
    TEXT(raw_ausf_t, listen),
    TEXT(raw_ausf_t, plmn),
    TEXT(raw_ausf_t, routing_indicator),
    SECTION(raw_ausf_t, tls, config_tls_fields),
    LIST(raw_ausf_t, networks, &network),
    SECTION(raw_ausf_t, hss, config_remote_fields),
    SECTION(raw_ausf_t, aanf, config_akma_client_fields),
    NUMBER(raw_ausf_t, wait_ms),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t af_fields[] = {
    TEXT(raw_bsf_naf_t, host),
    LIST(raw_bsf_naf_t, names, &config_text_entry),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t af = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_bsf_naf_t, af_fields)};
const cyaml_schema_field_t config_aanf_fields[] = {
    TEXT(raw_aanf_t, listen),
    TEXT(raw_aanf_t, plmn),
    SECTION(raw_aanf_t, tls, config_tls_fields),
    LIST(raw_aanf_t, ausfs, &config_text_entry),
    LIST(raw_aanf_t, afs, &af),
    NUMBER(raw_aanf_t, key_seconds),
    CYAML_FIELD_END,
};

bool config_tls_files(config_t *c, const char *where, const raw_tls_t *raw, config_tls_t *to)
{
    if (raw == NULL || raw->certificate == NULL || raw->key == NULL || raw->ca == NULL) {
        return config_refuse(c, where, 0, "needs certificate, key and ca, each the path of a PEM file", NULL);
    }
    *to = (config_tls_t){raw->certificate, raw->key, raw->ca};
    return true;
}

static void add_caller(config_akma_door_t *door, const char *name)
{
    size_t i = 0;
    while (i < CONFIG_CALLERS_MAX && door->callers[i] != NULL) {
        i++;
    }
    if (i < CONFIG_CALLERS_MAX) {
        door->callers[i] = name;
    }
}

/* The certificate of the door, or of the EMKS, is also what it shows to the AAnF. */
static bool client(config_t *c, const char *where, const raw_akma_client_t *raw, const raw_tls_t *own,
                   config_akma_client_t *to)
{
    if (raw->url == NULL || strncmp(raw->url, "https://", 8) != 0 || strchr(raw->url + 8, '/') != NULL) {
        return config_refuse(c, where, 0, "needs url: https://HOST:PORT of the AAnF, without a path", raw->url);
    }
    to->url = raw->url;
    to->connect_to = raw->connect_to;
    to->timeout_ms = raw->timeout_ms;
    return config_range(c, where, raw->timeout_ms, 100, 60000) &&
           config_tls_files(c, where, raw->tls != NULL ? raw->tls : own, &to->tls);
}

/* ---- ausf ---- */

static bool networks(config_t *c, const raw_ausf_t *raw)
{
    if (raw->networks_count == 0 || raw->networks_count > GODWIT_AUSF_NETWORKS_MAX) {
        return config_refuse(c, "ausf.networks", 0, "must list 1 to 32 serving networks, each with host and plmn",
                             NULL);
    }
    for (unsigned i = 0; i < raw->networks_count; i++) {
        godwit_ausf_network_t *to = &c->ausf.networks[i];
        if (!config_name(c, "ausf.networks[].host", i, raw->networks[i].host, to->host) ||
            !config_plmn(c, "ausf.networks[].plmn", i, raw->networks[i].plmn, &to->plmn)) {
            return false;
        }
        add_caller(&c->ausf.door, raw->networks[i].host);
    }
    c->ausf.network_count = raw->networks_count;
    return true;
}

static bool routing_indicator(config_t *c, const char *text)
{
    const size_t len = text == NULL ? 0 : strlen(text);
    if (len > 4 || strspn(text == NULL ? "" : text, "0123456789") != len) {
        return config_refuse(c, "ausf.routing_indicator", 0, "must be up to four digits", text);
    }
    memcpy(c->ausf.routing_indicator, text == NULL ? "" : text, len + 1);
    return true;
}

bool config_ausf_section(config_t *c, const raw_ausf_t *raw)
{
    static const raw_ausf_t none;
    raw = raw == NULL ? &none : raw;
    const char *listen = raw->listen == NULL ? "127.0.0.1:7334" : raw->listen;
    c->ausf.wait_ms = raw->wait_ms;
    if (raw->aanf == NULL && !config_has(c, CONFIG_AANF)) {
        return config_refuse(c, "ausf.aanf", 0, "is missing: the AAnF, which is not in this process", NULL);
    }
    return config_plmn(c, "ausf.plmn", 0, raw->plmn, &c->ausf.home) && routing_indicator(c, raw->routing_indicator) &&
           config_range(c, "ausf.wait_ms", raw->wait_ms, 100, 60000) &&
           config_host_port(c, "ausf.listen", 0, listen, c->ausf.door.host, &c->ausf.door.port) &&
           config_tls_files(c, "ausf.tls", raw->tls, &c->ausf.door.tls) && networks(c, raw) &&
           (raw->aanf == NULL || client(c, "ausf.aanf", raw->aanf, raw->tls, &c->ausf.aanf)) &&
           (config_has(c, CONFIG_HSS) || config_remote(c, "ausf.hss", raw->hss, c->ausf.hss_host, c->ausf.hss_realm));
}

/* ---- aanf ---- */

static bool ausfs(config_t *c, const raw_aanf_t *raw)
{
    godwit_aanf_t *role = &c->aanf.role;
    const bool own = config_has(c, CONFIG_AUSF);
    if (raw->ausfs_count + (own ? 1u : 0u) > GODWIT_AANF_AUSFS_MAX || (raw->ausfs_count == 0 && !own)) {
        return config_refuse(c, "aanf.ausfs", 0, "must list the names in certificates of AUSFs, 8 at most", NULL);
    }
    for (unsigned i = 0; i < raw->ausfs_count; i++) {
        if (!config_name(c, "aanf.ausfs[]", i, raw->ausfs[i], role->ausfs[role->ausf_count++])) {
            return false;
        }
        add_caller(&c->aanf.door, raw->ausfs[i]);
    }
    if (own) {
        memcpy(role->ausfs[role->ausf_count++], c->identity, sizeof c->identity);
    }
    return true;
}

static bool add_af(config_t *c, unsigned i, const char *host, const char *name)
{
    godwit_aanf_t *role = &c->aanf.role;
    if (role->af_count == GODWIT_AANF_AFS_MAX) {
        return config_refuse(c, "aanf.afs", 0, "64 names of applications are the most", NULL);
    }
    godwit_aanf_af_t *to = &role->afs[role->af_count++];
    if (name == NULL || !godwit_fqdn_is_canonical(godwit_slice_of_string(name))) {
        return config_refuse(c, "aanf.afs[].names", i, "must be domain names in lower case", name);
    }
    (void)snprintf(to->fqdn, sizeof to->fqdn, "%s", name);
    return config_name(c, "aanf.afs[].host", i, host, to->host);
}

static bool afs(config_t *c, const raw_aanf_t *raw)
{
    for (unsigned i = 0; i < raw->afs_count; i++) {
        const raw_bsf_naf_t *from = &raw->afs[i];
        if (from->names_count == 0) {
            return config_refuse(c, "aanf.afs[].names", i, "is missing: the FQDNs of that application", NULL);
        }
        for (unsigned n = 0; n < from->names_count; n++) {
            if (!add_af(c, i, from->host, from->names[n])) {
                return false;
            }
        }
        add_caller(&c->aanf.door, from->host);
    }
    return true;
}

bool config_aanf_section(config_t *c, const raw_aanf_t *raw)
{
    static const raw_aanf_t none;
    raw = raw == NULL ? &none : raw;
    const char *listen = raw->listen == NULL ? "127.0.0.1:7335" : raw->listen;
    c->aanf.role.k_af_life_s = raw->key_seconds;
    return config_plmn(c, "aanf.plmn", 0, raw->plmn, &c->aanf.role.home) &&
           config_range(c, "aanf.key_seconds", raw->key_seconds, 60, YEAR_S) &&
           config_host_port(c, "aanf.listen", 0, listen, c->aanf.door.host, &c->aanf.door.port) &&
           config_tls_files(c, "aanf.tls", raw->tls, &c->aanf.door.tls) && ausfs(c, raw) && afs(c, raw);
}

/* ---- emks.akma, hss.ausfs ---- */

bool config_emks_akma(config_t *c, const raw_akma_client_t *raw)
{
    static const uint8_t own_protocol[] = {0xFF, 0x00, 0x00, 0x00, 0x01}; /* docs/keys.md, as for agreement 04 */
    uint8_t protocol[sizeof own_protocol];
    size_t len = 0;
    const bool wanted = (c->emks.agreements & 1u << (GODWIT_AGREEMENT_AKMA - 1)) != 0;
    if (raw == NULL) {
        return !wanted || config_refuse(c, "emks.akma", 0,
                                        "is missing: agreement akma makes the EMKS an application function", NULL);
    }
    memcpy(protocol, own_protocol, sizeof protocol);
    if (raw->ua_protocol != NULL &&
        (godwit_hex_decode(raw->ua_protocol, protocol, sizeof protocol, &len) != GODWIT_OK || len != sizeof protocol)) {
        return config_refuse(c, "emks.akma.ua_protocol", 0, "must be five octets in hex", raw->ua_protocol);
    }
    const char *name = raw->name != NULL ? raw->name : c->identity;
    if (!godwit_fqdn_is_canonical(godwit_slice_of_string(name))) {
        return config_refuse(c, "emks.akma.name", 0, "must be a domain name in lower case", name);
    }
    len = strlen(name);
    memcpy(c->emks.af_id, name, len);
    memcpy(c->emks.af_id + len, protocol, sizeof protocol);
    c->emks.af_id_len = (uint16_t)(len + sizeof protocol);
    return config_has(c, CONFIG_AANF) || client(c, "emks.akma", raw, NULL, &c->emks.aanf);
}

/* An AUSF of this process asks under our own name. */
bool config_hss_akma(config_t *c, const raw_hss_t *raw)
{
    if (raw->ausfs_count > GODWIT_HSS_AUSFS_MAX - 1) {
        return config_refuse(c, "hss.ausfs", 0, "too many AUSFs", NULL);
    }
    for (unsigned i = 0; i < raw->ausfs_count; i++) {
        if (!config_name(c, "hss.ausfs[]", i, raw->ausfs[i], c->hss.ausfs[c->hss.ausf_count++])) {
            return false;
        }
    }
    if (config_has(c, CONFIG_AUSF)) {
        memcpy(c->hss.ausfs[c->hss.ausf_count++], c->identity, sizeof c->identity);
    }
    return true;
}
