/* SPDX-License-Identifier: Apache-2.0
 *
 * The section eas of the configuration: the receiver of an enterprise (docs/eas.md).
 */
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

#define YEAR_S (366u * 86400u)
#define YEAR_HOURS (366u * 24u)

static const cyaml_schema_field_t peer_fields[] = {
    TEXT(raw_operator_node_t, name),
    TEXT(raw_operator_node_t, san),
    TEXT(raw_operator_node_t, url),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t peer = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_operator_node_t, peer_fields)};
static const cyaml_schema_field_t age_fields[] = {
    NUMBER(raw_eas_age_t, life_seconds),
    NUMBER(raw_eas_age_t, messages),
    CYAML_FIELD_END,
};
static const cyaml_schema_field_t ageing_fields[] = {
    SECTION(raw_eas_ageing_t, key_agreement, age_fields),
    SECTION(raw_eas_ageing_t, integrity, age_fields),
    SECTION(raw_eas_ageing_t, confidentiality, age_fields),
    CYAML_FIELD_END,
};
const cyaml_schema_field_t config_eas_fields[] = {
    TEXT(raw_eas_t, listen),
    TEXT(raw_eas_t, crl),
    TEXT(raw_eas_t, connect_to),
    SECTION(raw_eas_t, tls, config_tls_fields),
    SECTION(raw_eas_t, eese, peer_fields),
    LIST(raw_eas_t, hses, &peer),
    SECTION(raw_eas_t, ageing, ageing_fields),
    TRUTH(raw_eas_t, pull_only),
    LIST(raw_eas_t, deliver, &config_delivery_entry),
    SECTION(raw_eas_t, deliver_queue, config_queue_fields),
    NUMBER(raw_eas_t, answer_ms),
    NUMBER(raw_eas_t, pull_seconds),
    NUMBER(raw_eas_t, awake_ms),
    NUMBER(raw_eas_t, queue),
    NUMBER(raw_eas_t, downlink_hours),
    CYAML_FIELD_END,
};

/* A peer is known by the name of its certificate, and reached where the configuration says. */
static bool read_peer(config_t *c, const char *where, unsigned index, const raw_operator_node_t *raw,
                      config_eas_peer_t *to)
{
    char name[GODWIT_NODE_NAME_MAX];
    if (raw->url == NULL || strncmp(raw->url, "https://", 8) != 0 || strchr(raw->url + 8, '/') != NULL) {
        return config_refuse(c, where, index, "needs url: https://HOST:PORT, without a path", raw->url);
    }
    *to = (config_eas_peer_t){raw->name, raw->san, raw->url};
    return config_name(c, where, index, raw->name, name);
}

static bool read_age(config_t *c, const char *where, const raw_eas_age_t *raw, godwit_e2e_ageing_t *to)
{
    if (raw == NULL) {
        return true; /* the operator's */
    }
    *to = (godwit_e2e_ageing_t){raw->life_seconds, raw->messages};
    return config_range(c, where, raw->life_seconds, 60, YEAR_S);
}

static bool ageing(config_t *c, const raw_eas_ageing_t *raw)
{
    godwit_e2e_ageing_t *to = c->eas.role.ageing;
    return raw == NULL ||
           (read_age(c, "eas.ageing.key_agreement", raw->key_agreement, &to[GODWIT_SERVICE_KEY_AGREEMENT - 1]) &&
            read_age(c, "eas.ageing.integrity", raw->integrity, &to[GODWIT_SERVICE_INTEGRITY - 1]) &&
            read_age(c, "eas.ageing.confidentiality", raw->confidentiality, &to[GODWIT_SERVICE_CONFIDENTIALITY - 1]));
}

static bool peers(config_t *c, const raw_eas_t *raw)
{
    godwit_eas_config_t *role = &c->eas.role;
    if (raw->eese == NULL) {
        return config_refuse(c, "eas.eese", 0, "is missing: name and url of the operator's EESE", NULL);
    }
    if (raw->hses_count == 0 || raw->hses_count > GODWIT_EAS_HSES_MAX) {
        return config_refuse(c, "eas.hses", 0, "must list 1 to 16 HSEs, each with name and url", NULL);
    }
    if (!read_peer(c, "eas.eese", 0, raw->eese, &c->eas.eese)) {
        return false;
    }
    memcpy(role->eese_host, raw->eese->name, strlen(raw->eese->name) + 1);
    for (unsigned i = 0; i < raw->hses_count; i++) {
        if (!read_peer(c, "eas.hses[]", i, &raw->hses[i], &c->eas.hses[i])) {
            return false;
        }
        memcpy(role->hses[i], raw->hses[i].name, strlen(raw->hses[i].name) + 1);
    }
    role->hse_count = raw->hses_count;
    return true;
}

static bool numbers(config_t *c, const raw_eas_t *raw)
{
    godwit_eas_config_t *role = &c->eas.role;
    role->push = !raw->pull_only;
    role->answer_ms = raw->answer_ms;
    role->pull_ms = raw->pull_seconds * 1000;
    role->awake_ms = raw->awake_ms;
    role->queue = raw->queue;
    role->downlink_s = raw->downlink_hours * 3600;
    return config_range(c, "eas.answer_ms", raw->answer_ms, 100, 60000) &&
           config_range(c, "eas.pull_seconds", raw->pull_seconds, 1, 86400) &&
           config_range(c, "eas.awake_ms", raw->awake_ms, 1, 3600000) &&
           config_range(c, "eas.queue", raw->queue, 1, 4096) &&
           config_range(c, "eas.downlink_hours", raw->downlink_hours, 1, YEAR_HOURS);
}

bool config_eas_section(config_t *c, const raw_eas_t *raw)
{
    if (raw == NULL) {
        return config_refuse(c, "eas", 0, "is missing: the section of that function", NULL);
    }
    c->eas.crl = raw->crl;
    c->eas.connect_to = raw->connect_to;
    memcpy(c->eas.role.name, c->identity, strlen(c->identity) + 1); /* EAS_Id */
    memcpy(c->eas.role.local_realm, c->realm, sizeof c->eas.role.local_realm);
    return config_host_port(c, "eas.listen", 0, raw->listen, c->eas.host, &c->eas.port) &&
           config_tls_files(c, "eas.tls", raw->tls, &c->eas.tls) && peers(c, raw) && ageing(c, raw->ageing) &&
           numbers(c, raw) && config_deliveries(c, raw->deliver, raw->deliver_count);
}
