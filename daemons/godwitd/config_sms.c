/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections msc and sms_sc, what mme and sgsn are told of short messages, and the HSE's door for them (docs/sms.md).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"

#include "daemons/godwitd/config_schema.h"

#define DEVICES_DEFAULT 1024
#define RADIO_DEFAULT "127.0.0.1:7332"
#define SERVING (CONFIG_MME | CONFIG_SGSN | CONFIG_MSC)

const cyaml_schema_field_t config_msc_fields[] = {
    TEXT(raw_msc_t, plmn),
    TEXT(raw_msc_t, radio),
    TEXT(raw_msc_t, ki128),
    TEXT(raw_msc_t, iwf_number),
    SECTION(raw_msc_t, hss, config_remote_fields),
    SECTION(raw_msc_t, sms_sc, config_remote_fields),
    NUMBER(raw_msc_t, idle_seconds),
    NUMBER(raw_msc_t, devices),
    NUMBER(raw_msc_t, lac),
    SECTION(raw_msc_t, next_session, config_next_session_fields),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t sms_iwf_fields[] = {
    TEXT(raw_sms_iwf_t, host),
    TEXT(raw_sms_iwf_t, realm),
    TEXT(raw_sms_iwf_t, number),
    NUMBER(raw_sms_iwf_t, port),
    NUMBER(raw_sms_iwf_t, validity_hours),
    TRUTH(raw_sms_iwf_t, open),
    CYAML_FIELD_END,
};

static const cyaml_schema_field_t sms_node_fields[] = {
    TEXT(raw_sms_node_t, function),
    TEXT(raw_sms_node_t, host),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t sms_node = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_sms_node_t, sms_node_fields)};

const cyaml_schema_field_t config_sms_sc_fields[] = {
    TEXT(raw_sms_sc_t, number),
    NUMBER(raw_sms_sc_t, port),
    NUMBER(raw_sms_sc_t, devices),
    NUMBER(raw_sms_sc_t, retry_seconds),
    NUMBER(raw_sms_sc_t, tries),
    SECTION(raw_sms_sc_t, hse, config_sms_link_fields),
    SECTION(raw_sms_sc_t, mtc_iwf, sms_iwf_fields),
    LIST(raw_sms_sc_t, nodes, &sms_node),
    CYAML_FIELD_END,
};

/* Of SGSN, MSC and SMS-SC: the number that stands for the MTC-IWF. */
bool config_iwf_number(config_t *c, const char *where, const char *text, char number[GODWIT_E164_MAX + 1])
{
    godwit_sms_address_t address;
    if (text == NULL) {
        return true;
    }
    if (godwit_sms_address_from_text(text, &address) != GODWIT_OK) {
        return config_refuse(c, where, 0, "must be digits of an international number", text);
    }
    (void)snprintf(number, GODWIT_E164_MAX + 1, "%s", text);
    return true;
}

bool config_sms_node(config_t *c, const char *where, const raw_remote_t *raw, bool *on)
{
    unsigned serving = c->functions & SERVING;
    *on = raw != NULL || config_has(c, CONFIG_SMS_SC);
    if (!*on || config_has(c, CONFIG_SMS_SC)) {
        return true;
    }
    if ((serving & (serving - 1U)) != 0) { /* a TFR does not say which of them it is for */
        return config_refuse(c, where, 0, "only one of mme, sgsn and msc in a process may have a SMS-SC elsewhere",
                             NULL);
    }
    return config_remote(c, where, raw, c->sms_sc_host, c->sms_sc_realm);
}

/* ---- msc ---- */

static bool msc_next_session(config_t *c, const raw_msc_t *raw)
{
    config_next_session_t next;
    godwit_msc_config_t *m = &c->msc.role;
    if (!config_next_session(c, "msc.next_session", raw->next_session, &next)) {
        return false;
    }
    m->next_session = next.on;
    m->next_life_s = next.life_s;
    m->next_wait_ms = next.wait_ms;
    if (raw->ki128 != NULL && strcmp(raw->ki128, "none") == 0) {
        m->ki128 = GODWIT_MSC_KI128_NONE;
    } else if (raw->ki128 != NULL && strcmp(raw->ki128, "required") != 0) {
        return config_refuse(c, "msc.ki128", 0, "must be required or none", raw->ki128);
    }
    return true;
}

bool config_msc_section(config_t *c, const raw_msc_t *raw)
{
    godwit_msc_config_t *m = &c->msc.role;
    if (raw == NULL) {
        return config_refuse(c, "msc", 0, "is missing, though it stands among the functions", NULL);
    }
    memcpy(m->local_host, c->identity, sizeof m->local_host);
    memcpy(m->local_realm, c->realm, sizeof m->local_realm);
    m->lac = (uint16_t)(raw->lac == 0 ? 1 : raw->lac);
    m->inactive_ms = 1000 * raw->idle_seconds;
    c->msc.devices = raw->devices == 0 ? DEVICES_DEFAULT : raw->devices;
    return config_plmn(c, "msc.plmn", 0, raw->plmn, &m->plmn) &&
           config_address(c, "msc.radio", 0, raw->radio == NULL ? RADIO_DEFAULT : raw->radio, &c->msc.radio) &&
           config_range(c, "msc.lac", raw->lac, 1, 65533) &&
           config_range(c, "msc.idle_seconds", raw->idle_seconds, 1, 86400) &&
           config_range(c, "msc.devices", raw->devices, 1, GODWIT_MSC_UES_MAX) &&
           (config_has(c, CONFIG_HSS) ||
            config_remote(c, "msc.hss", raw->hss, c->visited_hss_host, c->visited_hss_realm)) &&
           config_iwf_number(c, "msc.iwf_number", raw->iwf_number, m->iwf_number) &&
           config_sms_node(c, "msc.sms_sc", raw->sms_sc, &m->sms) && msc_next_session(c, raw);
}

/* ---- sms_sc, and the HSE's end ---- */

/* Both ends of the link between SMS-SC and HSE: no protection of its own, and none but the other end is heard. */
static bool link_ends(config_t *c, const char *where, const char *listen, const char *peer, config_sms_link_t *link)
{
    char name[64];
    (void)snprintf(name, sizeof name, "%s.listen", where);
    if (!config_address(c, name, 0, listen, &link->listen)) {
        return false;
    }
    (void)snprintf(name, sizeof name, "%s.peer", where);
    if (!config_address(c, name, 0, peer, &link->peer)) {
        return false;
    }
    link->used = true;
    return link->listen.len == link->peer.len ||
           config_refuse(c, name, 0, "must be of the family of the address beside it", peer);
}

bool config_hse_sms(config_t *c, const raw_sms_link_t *raw)
{
    return raw == NULL || link_ends(c, "hse.sms", raw->listen, raw->peer, &c->hse.sms);
}

static godwit_function_t serving_function(const char *name)
{
    static const struct {
        const char *name;
        godwit_function_t function;
    } known[] = {{"mme", GODWIT_FUNCTION_MME}, {"sgsn", GODWIT_FUNCTION_SGSN}, {"msc", GODWIT_FUNCTION_MSC}};
    for (size_t i = 0; name != NULL && i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].name) == 0) {
            return known[i].function;
        }
    }
    return GODWIT_FUNCTION_NONE;
}

static bool allowed_nodes(config_t *c, const raw_sms_sc_t *raw)
{
    godwit_sms_sc_config_t *s = &c->sms_sc.role;
    if (raw->nodes_count > GODWIT_SMS_SC_NODES_MAX) {
        return config_refuse(c, "sms_sc.nodes", 0, "sixteen are the most", NULL);
    }
    for (unsigned i = 0; i < raw->nodes_count; i++) {
        const godwit_function_t function = serving_function(raw->nodes[i].function);
        if (function == GODWIT_FUNCTION_NONE) {
            return config_refuse(c, "sms_sc.nodes[].function", i, "must be mme, sgsn or msc", raw->nodes[i].function);
        }
        s->node[i].function = function;
        if (!config_name(c, "sms_sc.nodes[].host", i, raw->nodes[i].host, s->node[i].host)) {
            return false;
        }
    }
    s->nodes = (uint8_t)raw->nodes_count;
    return true;
}

static bool iwf_of_centre(config_t *c, const raw_sms_iwf_t *raw)
{
    godwit_sms_sc_config_t *s = &c->sms_sc.role;
    if (raw == NULL) {
        return true;
    }
    s->trigger_port = (uint16_t)raw->port;
    s->validity_s = 3600 * raw->validity_hours;
    s->iwf_open = raw->open;
    if (!config_name(c, "sms_sc.mtc_iwf.host", 0, raw->host, s->iwf_host) ||
        !config_name(c, "sms_sc.mtc_iwf.realm", 0, raw->realm, s->iwf_realm) ||
        !config_range(c, "sms_sc.mtc_iwf.port", raw->port, 1, 65535) ||
        !config_range(c, "sms_sc.mtc_iwf.validity_hours", raw->validity_hours, 1, 8760) ||
        !config_iwf_number(c, "sms_sc.mtc_iwf.number", raw->number, s->iwf_number)) {
        return false;
    }
    return (s->iwf_number[0] != '\0' && strcmp(s->iwf_number, s->number) != 0) ||
           config_refuse(c, "sms_sc.mtc_iwf.number", 0, "must be another number than sms_sc.number", raw->number);
}

bool config_sms_sc_section(config_t *c, const raw_sms_sc_t *raw)
{
    godwit_sms_sc_config_t *s = &c->sms_sc.role;
    godwit_sms_address_t number;
    if (raw == NULL || raw->hse == NULL) {
        return config_refuse(c, raw == NULL ? "sms_sc" : "sms_sc.hse", 0,
                             "is missing, though sms_sc stands among the functions", NULL);
    }
    if (raw->number == NULL || godwit_sms_address_from_text(raw->number, &number) != GODWIT_OK) {
        return config_refuse(c, "sms_sc.number", 0, "must be digits of an international number", raw->number);
    }
    memcpy(s->local_host, c->identity, sizeof s->local_host);
    memcpy(s->local_realm, c->realm, sizeof s->local_realm);
    (void)snprintf(s->number, sizeof s->number, "%s", raw->number);
    s->port = (uint16_t)raw->port;
    s->retry_ms = 1000 * raw->retry_seconds;
    s->tries = (uint8_t)raw->tries;
    c->sms_sc.devices = raw->devices == 0 ? DEVICES_DEFAULT : raw->devices;
    c->diameter.used = c->diameter.used || c->raw->diameter != NULL;
    return config_range(c, "sms_sc.port", raw->port, 1, 65535) &&
           config_range(c, "sms_sc.retry_seconds", raw->retry_seconds, 1, 3600) &&
           config_range(c, "sms_sc.tries", raw->tries, 1, 100) &&
           config_range(c, "sms_sc.devices", raw->devices, 1, GODWIT_SMS_SC_DEVICES_MAX) && allowed_nodes(c, raw) &&
           iwf_of_centre(c, raw->mtc_iwf) &&
           link_ends(c, "sms_sc.hse", raw->hse->listen, raw->hse->peer, &c->sms_sc.hse);
}
