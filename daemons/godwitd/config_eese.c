/* SPDX-License-Identifier: Apache-2.0
 *
 * The section eese of the configuration, and of hse what it has to do with EESE and EASs (docs/e2e.md).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

#define FORWARDS_DEFAULT 1024u
#define HELD_DEFAULT 256u
#define YEAR_S (366u * 86400u)

static const cyaml_schema_field_t tls_fields[] = {
    TEXT(raw_eas_tls_t, certificate), TEXT(raw_eas_tls_t, key), TEXT(raw_eas_tls_t, ca),
    TEXT(raw_eas_tls_t, crl),         CYAML_FIELD_END,
};
static const cyaml_schema_field_t peer_fields[] = {
    TEXT(raw_eas_peer_t, name),
    TEXT(raw_eas_peer_t, san),
    TEXT(raw_eas_peer_t, url),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t peer = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_eas_peer_t, peer_fields)};
static const cyaml_schema_field_t suites_fields[] = {
    LIST(raw_eese_suites_t, integrity, &config_text_entry),
    LIST(raw_eese_suites_t, confidentiality, &config_text_entry),
    CYAML_FIELD_END,
};
const cyaml_schema_field_t config_hse_eas_fields[] = {
    TEXT(raw_hse_eas_t, listen),
    TEXT(raw_hse_eas_t, connect_to),
    SECTION(raw_hse_eas_t, tls, tls_fields),
    LIST(raw_hse_eas_t, peers, &peer),
    NUMBER(raw_hse_eas_t, forwards),
    NUMBER(raw_hse_eas_t, held),
    NUMBER(raw_hse_eas_t, forwards_per_session),
    NUMBER(raw_hse_eas_t, held_per_session),
    NUMBER(raw_hse_eas_t, held_seconds),
    NUMBER(raw_hse_eas_t, forward_wait_ms),
    NUMBER(raw_hse_eas_t, forward_life_seconds),
    CYAML_FIELD_END,
};
const cyaml_schema_field_t config_eese_fields[] = {
    TEXT(raw_eese_t, listen),
    TEXT(raw_eese_t, connect_to),
    TEXT(raw_eese_t, integrity_reason),
    SECTION(raw_eese_t, tls, tls_fields),
    LIST(raw_eese_t, eas, &peer),
    LIST(raw_eese_t, hses, &config_text_entry),
    SECTION(raw_eese_t, emks, config_remote_fields),
    SECTION(raw_eese_t, hss, config_remote_fields),
    SECTION(raw_eese_t, suites, suites_fields),
    NUMBER(raw_eese_t, life_min_seconds),
    NUMBER(raw_eese_t, life_max_seconds),
    NUMBER(raw_eese_t, messages_min),
    NUMBER(raw_eese_t, messages_max),
    NUMBER(raw_eese_t, overlap_seconds),
    NUMBER(raw_eese_t, ahead_percent),
    NUMBER(raw_eese_t, aka_every),
    NUMBER(raw_eese_t, requests_per_minute),
    NUMBER(raw_eese_t, failures_per_minute),
    NUMBER(raw_eese_t, opens_per_minute),
    NUMBER(raw_eese_t, age_min_seconds),
    NUMBER(raw_eese_t, owner_timeout_ms),
    NUMBER(raw_eese_t, opening_seconds),
    NUMBER(raw_eese_t, retry_ms),
    NUMBER(raw_eese_t, retry_max_ms),
    NUMBER(raw_eese_t, recheck_seconds),
    NUMBER(raw_eese_t, look_ms),
    CYAML_FIELD_END,
};

/* ---- the ends of HTTPS ---- */

static bool is_origin(const char *url)
{
    return strncmp(url, "https://", 8) == 0 && url[8] != '\0' && strchr(url + 8, '/') == NULL;
}

static bool peers(config_t *c, const char *where, const raw_eas_peer_t *raw, unsigned count, config_eas_end_t *to)
{
    char name[GODWIT_NODE_NAME_MAX];
    if (count == 0 || count > GODWIT_EESE_PEERS_MAX) {
        return config_refuse(c, where, 0, "must list EASs, 1 to 128, each with name, and url where it listens", NULL);
    }
    for (unsigned i = 0; i < count; i++) {
        const raw_eas_peer_t *from = &raw[i];
        if (!config_name(c, where, i, from->name, name)) {
            return false;
        }
        for (unsigned k = 0; k < i; k++) {
            if (strcmp(raw[k].name, from->name) == 0) {
                return config_refuse(c, where, i, "is named twice", from->name);
            }
        }
        if (from->url != NULL && !is_origin(from->url)) {
            return config_refuse(c, where, i, "url must be https://HOST:PORT, without a path", from->url);
        }
        to->callers[to->caller_count++] =
            (godwit_eese_caller_t){.name = from->name, .san = from->san, .function = GODWIT_FUNCTION_EAS};
        if (from->url != NULL) {
            to->peers[to->peer_count++] =
                (godwit_eese_peer_t){.name = from->name, .function = GODWIT_FUNCTION_EAS, .url = from->url};
        }
    }
    return true;
}

static bool tls(config_t *c, const char *where, const raw_eas_tls_t *raw, godwit_eese_tls_t *to)
{
    if (raw == NULL || raw->certificate == NULL || raw->key == NULL || raw->ca == NULL) {
        return config_refuse(c, where, 0, "needs certificate, key and ca, each the path of a PEM file", NULL);
    }
    *to = (godwit_eese_tls_t){raw->certificate, raw->key, raw->ca, raw->crl};
    return true;
}

/* ---- hse.eese, hse.eas ---- */

static bool hse_numbers(config_t *c, const raw_hse_eas_t *raw)
{
    godwit_hse_config_t *role = &c->hse.role;
    c->hse_e2e.forwards = raw->forwards == 0 ? FORWARDS_DEFAULT : raw->forwards;
    c->hse_e2e.held = raw->held == 0 ? HELD_DEFAULT : raw->held;
    role->forwards_per_session = raw->forwards_per_session;
    role->held_per_session = raw->held_per_session;
    role->held_ms = raw->held_seconds * 1000u;
    role->forward_wait_ms = raw->forward_wait_ms;
    role->forward_life_ms = raw->forward_life_seconds * 1000u;
    return config_range(c, "hse.eas.forwards", raw->forwards, 1, 1u << 20) &&
           config_range(c, "hse.eas.held", raw->held, 1, 1u << 20) &&
           config_range(c, "hse.eas.forwards_per_session", raw->forwards_per_session, 1, 1024) &&
           config_range(c, "hse.eas.held_per_session", raw->held_per_session, 1, 1024) &&
           config_range(c, "hse.eas.held_seconds", raw->held_seconds, 1, 30u * 86400) &&
           config_range(c, "hse.eas.forward_wait_ms", raw->forward_wait_ms, 10, 60000) &&
           config_range(c, "hse.eas.forward_life_seconds", raw->forward_life_seconds, 1, 30u * 86400);
}

bool config_hse_e2e(config_t *c, const raw_hse_t *raw)
{
    const raw_hse_eas_t *eas = raw->eas;
    const bool here = config_has(c, CONFIG_EESE);
    config_hse_e2e_t *to = &c->hse_e2e;
    if (eas == NULL && raw->eese == NULL) {
        return !here || config_refuse(c, "hse.eas", 0, "is missing: the EASs that the EESE serves, with tls", NULL);
    }
    if (eas == NULL || (raw->eese == NULL && !here)) {
        return config_refuse(c, eas == NULL ? "hse.eas" : "hse.eese", 0,
                             "is missing: end to end needs both, an EESE and EASs", NULL);
    }
    if (!here && strcmp(c->hse.role.endpoint, c->identity) != 0) {
        return config_refuse(c, "hse.endpoint", 0, "must equal identity when the EESE is another process",
                             c->hse.role.endpoint);
    }
    to->eas.used = true;
    to->eas.connect_to = eas->connect_to;
    memcpy(c->hse.role.eese_host, c->identity, sizeof c->hse.role.eese_host);
    if (!here) {
        if (!config_remote(c, "hse.eese", raw->eese, to->eese_host, to->eese_realm) ||
            (to->eese_host[0] == '\0' && !config_refuse(c, "hse.eese.host", 0, "is missing: whom it believes", NULL))) {
            return false;
        }
        memcpy(c->hse.role.eese_host, to->eese_host, sizeof c->hse.role.eese_host);
    }
    return config_host_port(c, "hse.eas.listen", 0, eas->listen == NULL ? "127.0.0.1:7346" : eas->listen, to->eas.host,
                            &to->eas.port) &&
           tls(c, "hse.eas.tls", eas->tls, &to->eas.tls) &&
           peers(c, "hse.eas.peers[]", eas->peers, eas->peers_count, &to->eas) && hse_numbers(c, eas);
}

/* ---- eese ---- */

static bool hses(config_t *c, const raw_eese_t *raw)
{
    godwit_eese_config_t *role = &c->eese.role;
    const bool own = config_has(c, CONFIG_HSE);
    if (raw->hses_count + (own ? 1u : 0u) > GODWIT_EESE_HSES_MAX || (raw->hses_count == 0 && !own)) {
        return config_refuse(c, "eese.hses", 0, "must list the Origin-Hosts of HSEs, 16 at most", NULL);
    }
    for (unsigned i = 0; i < raw->hses_count; i++) {
        if (!config_name(c, "eese.hses[]", i, raw->hses[i], role->hse[role->hses++])) {
            return false;
        }
    }
    if (own) {
        (void)snprintf(role->hse[role->hses++], sizeof role->hse[0], "%.*s", GODWIT_NODE_NAME_MAX - 1,
                       c->hse.role.endpoint);
    }
    c->diameter.used = c->diameter.used || raw->hses_count > 0;
    return true;
}

/* An owner of key sets: here, elsewhere by its host, or none. */
static bool key_owner(config_t *c, const char *where, const raw_remote_t *raw, bool here,
                      char name[GODWIT_NODE_NAME_MAX], char host[GODWIT_NODE_NAME_MAX],
                      char realm[GODWIT_NODE_NAME_MAX])
{
    if (here) {
        memcpy(name, c->identity, sizeof c->identity);
        return true;
    }
    if (raw == NULL) {
        return true;
    }
    if (!config_remote(c, where, raw, host, realm)) {
        return false;
    }
    memcpy(name, host, GODWIT_NODE_NAME_MAX);
    return host[0] != '\0' || config_refuse(c, where, 0, "needs host: whom the EESE believes", NULL);
}

static bool suites(config_t *c, const char *where, char **names, unsigned count, uint8_t to[GODWIT_EESE_SUITES_MAX])
{
    if (count > GODWIT_EESE_SUITES_MAX) {
        return config_refuse(c, where, 0, "4 are the most", NULL);
    }
    for (unsigned i = 0; i < count; i++) {
        if (godwit_suite_from_name(names[i], &to[i]) != GODWIT_OK) {
            return config_refuse(c, where, i, "must be a suite such as eea2-eia2-64", names[i]);
        }
    }
    return true;
}

static bool bounds(config_t *c, const raw_eese_t *raw)
{
    godwit_eese_config_t *role = &c->eese.role;
    role->life_min_s = raw->life_min_seconds;
    role->life_max_s = raw->life_max_seconds;
    role->messages_min = raw->messages_min;
    role->messages_max = raw->messages_max;
    role->overlap_s = raw->overlap_seconds;
    role->ahead_percent = raw->ahead_percent;
    role->aka_every = raw->aka_every;
    return config_range(c, "eese.life_min_seconds", raw->life_min_seconds, 1, 10 * YEAR_S) &&
           config_range(c, "eese.life_max_seconds", raw->life_max_seconds, 1, 10 * YEAR_S) &&
           config_range(c, "eese.messages_min", raw->messages_min, 1, 1u << 30) &&
           config_range(c, "eese.messages_max", raw->messages_max, 1, 1u << 30) &&
           config_range(c, "eese.overlap_seconds", raw->overlap_seconds, 1, 30u * 86400) &&
           config_range(c, "eese.ahead_percent", raw->ahead_percent, 1, 50) &&
           config_range(c, "eese.aka_every", raw->aka_every, 1, 1u << 30);
}

static bool rates(config_t *c, const raw_eese_t *raw)
{
    godwit_eese_config_t *role = &c->eese.role;
    role->eas_per_minute = raw->requests_per_minute;
    role->eas_failures_per_minute = raw->failures_per_minute;
    role->opens_per_minute = raw->opens_per_minute;
    role->age_min_s = raw->age_min_seconds;
    role->owner_timeout_ms = raw->owner_timeout_ms;
    role->opening_s = raw->opening_seconds;
    role->retry_ms = raw->retry_ms;
    role->retry_max_ms = raw->retry_max_ms;
    role->recheck_s = raw->recheck_seconds;
    role->look_ms = raw->look_ms;
    return config_range(c, "eese.requests_per_minute", raw->requests_per_minute, 1, 10000000) &&
           config_range(c, "eese.failures_per_minute", raw->failures_per_minute, 1, 10000000) &&
           config_range(c, "eese.opens_per_minute", raw->opens_per_minute, 1, 100000) &&
           config_range(c, "eese.age_min_seconds", raw->age_min_seconds, 1, 86400) &&
           config_range(c, "eese.owner_timeout_ms", raw->owner_timeout_ms, 100, 60000) &&
           config_range(c, "eese.opening_seconds", raw->opening_seconds, 10, 86400) &&
           config_range(c, "eese.retry_ms", raw->retry_ms, 10, 3600000) &&
           config_range(c, "eese.retry_max_ms", raw->retry_max_ms, 10, 86400000) &&
           config_range(c, "eese.recheck_seconds", raw->recheck_seconds, 1, 30u * 86400) &&
           config_range(c, "eese.look_ms", raw->look_ms, 100, 3600000);
}

static bool role_texts(config_t *c, const raw_eese_t *raw)
{
    static const raw_eese_suites_t none;
    godwit_eese_config_t *role = &c->eese.role;
    const raw_eese_suites_t *wanted = raw->suites == NULL ? &none : raw->suites;
    memcpy(role->local_host, c->identity, sizeof role->local_host);
    memcpy(role->local_realm, c->realm, sizeof role->local_realm);
    for (size_t i = 0; i < c->eese.eas.peer_count; i++) {
        if (role->pushes == GODWIT_EESE_PUSH_MAX) {
            return config_refuse(c, "eese.eas", 0, "64 with a url are the most", NULL);
        }
        (void)snprintf(role->push[role->pushes++], sizeof role->push[0], "%s", c->eese.eas.peers[i].name);
    }
    if (raw->integrity_reason != NULL && snprintf(role->integrity_reason, sizeof role->integrity_reason, "%s",
                                                  raw->integrity_reason) >= (int)sizeof role->integrity_reason) {
        return config_refuse(c, "eese.integrity_reason", 0, "127 characters are the most", NULL);
    }
    return suites(c, "eese.suites.integrity[]", wanted->integrity, wanted->integrity_count,
                  role->suites[GODWIT_SERVICE_INTEGRITY - 1]) &&
           suites(c, "eese.suites.confidentiality[]", wanted->confidentiality, wanted->confidentiality_count,
                  role->suites[GODWIT_SERVICE_CONFIDENTIALITY - 1]);
}

bool config_eese_section(config_t *c, const raw_eese_t *raw)
{
    static const raw_eese_t none;
    config_eese_t *to = &c->eese;
    raw = raw == NULL ? &none : raw;
    to->eas.used = true;
    to->eas.connect_to = raw->connect_to;
    return config_host_port(c, "eese.listen", 0, raw->listen == NULL ? "127.0.0.1:7345" : raw->listen, to->eas.host,
                            &to->eas.port) &&
           tls(c, "eese.tls", raw->tls, &to->eas.tls) && peers(c, "eese.eas[]", raw->eas, raw->eas_count, &to->eas) &&
           hses(c, raw) &&
           key_owner(c, "eese.emks", raw->emks, config_has(c, CONFIG_EMKS), to->role.emks, to->emks_host,
                     to->emks_realm) &&
           key_owner(c, "eese.hss", raw->hss, config_has(c, CONFIG_HSS), to->role.hss, to->hss_host, to->hss_realm) &&
           (to->role.emks[0] != '\0' || to->role.hss[0] != '\0' ||
            config_refuse(c, "eese.emks", 0, "is missing: no owner of key sets is here or elsewhere", NULL)) &&
           bounds(c, raw) && rates(c, raw) && role_texts(c, raw);
}
