/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections mkef and mtc_server of the configuration, and of hss what MKEFs may ask (docs/mkef.md).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"

static bool tls(config_t *c, const char *where, const raw_tls_t *raw, config_tls_t *to)
{
    if (raw == NULL || raw->certificate == NULL || raw->key == NULL || raw->ca == NULL) {
        return config_refuse(c, where, 0, "needs certificate, key and ca, each the path of a PEM file", NULL);
    }
    *to = (config_tls_t){raw->certificate, raw->key, raw->ca};
    return true;
}

static bool profile(config_t *c, const char *where, const char *text, godwit_mtc_profile_t *out)
{
    static const char *const names[] = {"off", "kc", "k-mtc"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text == NULL || strcmp(text, names[i]) == 0) {
            *out = (godwit_mtc_profile_t)i;
            return true;
        }
    }
    return config_refuse(c, where, 0, "must be off, kc or k-mtc: the weak profile of TR 33.868", text);
}

/* ---- mkef ---- */

static bool callers(config_t *c, const raw_mkef_t *raw)
{
    char name[GODWIT_NODE_NAME_MAX];
    if (raw->callers_count == 0 || raw->callers_count > CONFIG_CALLERS_MAX) {
        return config_refuse(c, "mkef.callers", 0, "must list the names in certificates of MTC servers, 256 at most",
                             NULL);
    }
    for (unsigned i = 0; i < raw->callers_count; i++) {
        if (!config_name(c, "mkef.callers[]", i, raw->callers[i], name)) {
            return false;
        }
        c->mkef.callers[i] = raw->callers[i];
    }
    return true;
}

/* Without a door, it serves the MTC server of this process alone. */
static bool door(config_t *c, const raw_mkef_t *raw)
{
    c->mkef.served = raw->listen != NULL || raw->tls != NULL || raw->callers_count > 0;
    if (!c->mkef.served) {
        return config_has(c, CONFIG_HSE) ||
               config_refuse(c, "mkef.listen", 0, "is missing: where MTC servers ask, with tls and callers", NULL);
    }
    const char *listen = raw->listen == NULL ? "127.0.0.1:7332" : raw->listen;
    return config_host_port(c, "mkef.listen", 0, listen, c->mkef.host, &c->mkef.port) &&
           tls(c, "mkef.tls", raw->tls, &c->mkef.tls) && callers(c, raw);
}

bool config_mkef_section(config_t *c, const raw_mkef_t *raw)
{
    static const raw_mkef_t none;
    raw = raw == NULL ? &none : raw;
    c->mkef.requests_per_minute = raw->requests_per_minute;
    c->mkef.failures_per_minute = raw->failures_per_minute;
    c->mkef.outstanding_per_caller = raw->outstanding;
    c->mkef.connections = raw->connections;
    c->mkef.connections_of_one = raw->connections_of_one;
    return profile(c, "mkef.ts33868", raw->ts33868, &c->mkef.ts33868) &&
           config_range(c, "mkef.requests_per_minute", raw->requests_per_minute, 1, 10000000) &&
           config_range(c, "mkef.failures_per_minute", raw->failures_per_minute, 1, 10000000) &&
           config_range(c, "mkef.outstanding", raw->outstanding, 1, GODWIT_MKEF_PENDING_MAX) &&
           config_range(c, "mkef.connections", raw->connections, 16, 60000) &&
           config_range(c, "mkef.connections_of_one", raw->connections_of_one, 1, 60000) && door(c, raw) &&
           (config_has(c, CONFIG_HSS) || config_remote(c, "mkef.hss", raw->hss, c->mkef.hss_host, c->mkef.hss_realm));
}

/* ---- mtc_server ---- */

bool config_mtc_server_section(config_t *c, const raw_mtc_server_t *raw)
{
    static const raw_mtc_server_t none;
    godwit_mtc_profile_t takes = GODWIT_MTC_GODWIT1;
    raw = raw == NULL ? &none : raw;
    c->hse.role.device_rand = true;
    if (!profile(c, "mtc_server.ts33868", raw->ts33868, &takes)) {
        return false;
    }
    c->hse.role.device_rand_ts33868 = takes != GODWIT_MTC_GODWIT1;
    if (raw->url == NULL) {
        return config_has(c, CONFIG_MKEF) ||
               config_refuse(c, "mtc_server.url", 0, "is missing: https://HOST:PORT of the MKEF", NULL);
    }
    if (strncmp(raw->url, "https://", 8) != 0 || strchr(raw->url + 8, '/') != NULL) {
        return config_refuse(c, "mtc_server.url", 0, "must be https://HOST:PORT, without a path", raw->url);
    }
    c->mtc_server.url = raw->url;
    c->mtc_server.connect_to = raw->connect_to;
    c->mtc_server.timeout_ms = raw->timeout_ms;
    return config_range(c, "mtc_server.timeout_ms", raw->timeout_ms, 100, 60000) &&
           tls(c, "mtc_server.tls", raw->tls, &c->mtc_server.tls);
}

/* ---- hss ---- */

/* An MKEF of this process asks under our own name. */
bool config_hss_device_rand(config_t *c, const raw_hss_t *raw)
{
    const bool own = config_has(c, CONFIG_MKEF);
    if (raw->mkefs_count + (own ? 1u : 0u) > GODWIT_HSS_MKEFS_MAX) {
        return config_refuse(c, "hss.mkefs", 0, "8 MKEFs are the most, with that of this process", NULL);
    }
    for (unsigned i = 0; i < raw->mkefs_count; i++) {
        if (!config_name(c, "hss.mkefs[]", i, raw->mkefs[i], c->hss.mkefs[i])) {
            return false;
        }
    }
    c->hss.mkef_count = raw->mkefs_count;
    if (own) {
        memcpy(c->hss.mkefs[c->hss.mkef_count++], c->identity, sizeof c->identity);
    }
    c->hss.plain_rand = raw->plain_rand;
    return true;
}
