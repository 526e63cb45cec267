/* SPDX-License-Identifier: Apache-2.0
 *
 * Solution 1 in the configuration: what the HSS does with flagged vectors, whom the EMKS takes key sets from, where the
 * HSE gets its keys and which gateways it listens to.
 */
#include <stdio.h>
#include <string.h>

#include "core/agree/access_aka/access_aka.h"
#include "daemons/godwitd/config_check.h"

/* ---- hss.e2m ---- */

static bool delivery(config_t *c, const raw_hss_e2m_t *raw)
{
    static const char *const words[] = {"none", "a", "b", "c", "d"};
    const char *word = raw->delivery == NULL ? "none" : raw->delivery;
    for (unsigned i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(word, words[i]) == 0) {
            c->hss.e2m.delivery = (godwit_e2m_delivery_t)i;
            return true;
        }
    }
    return config_refuse(c, "hss.e2m.delivery", 0, "must be none, a, b, c or d", word);
}

static bool amf_flag(config_t *c, const char *text)
{
    uint8_t octets[2];
    size_t len = 0;
    if (text == NULL) {
        return true;
    }
    if (godwit_hex_decode(text, octets, sizeof octets, &len) != GODWIT_OK || len != sizeof octets ||
        godwit_load_u16(octets) == 0 || !godwit_access_aka_flag_valid(godwit_load_u16(octets))) {
        return config_refuse(c, "hss.e2m.amf_flag", 0, "must be one bit of 00ff, such as 0080", text);
    }
    c->hss.e2m.amf_flag = godwit_load_u16(octets);
    return true;
}

/* The HSE that keys are made for; that of this process unless named. */
static bool endpoint(config_t *c, const raw_hss_e2m_t *raw)
{
    char name[GODWIT_NODE_NAME_MAX] = "";
    const raw_hse_t *hse = c->raw->hse;
    const char *own = hse != NULL && hse->endpoint != NULL ? hse->endpoint : c->identity;
    const char *text = raw->endpoint != NULL ? raw->endpoint : config_has(c, CONFIG_HSE) ? own : NULL;
    if (!config_name(c, "hss.e2m.endpoint", 0, text, name)) {
        return false;
    }
    (void)snprintf(c->hss.e2m.endpoint, sizeof c->hss.e2m.endpoint, "%s", name);
    return true;
}

static bool gateways(config_t *c, const raw_hss_e2m_t *raw)
{
    if (raw->gateways_count > GODWIT_HSS_GATEWAYS_MAX) {
        return config_refuse(c, "hss.e2m.gateways", 0, "8 are the most", NULL);
    }
    for (unsigned i = 0; i < raw->gateways_count; i++) {
        if (!config_name(c, "hss.e2m.gateways[]", i, raw->gateways[i], c->hss.e2m.gateways[i])) {
            return false;
        }
    }
    c->hss.e2m.gateway_count = raw->gateways_count;
    return true;
}

/* Where what is pushed goes. */
static bool destinations(config_t *c, const raw_hss_e2m_t *raw)
{
    bool to_hse = c->hss.e2m.delivery == GODWIT_E2M_DELIVERY_A || c->hss.e2m.delivery == GODWIT_E2M_DELIVERY_B;
    if (c->hss.e2m.delivery == GODWIT_E2M_DELIVERY_D && !config_has(c, CONFIG_EMKS)) {
        return config_remote(c, "hss.e2m.emks", raw->emks, c->hss.emks_host, c->hss.emks_realm);
    }
    if (!to_hse || config_has(c, CONFIG_HSE)) {
        return true;
    }
    c->diameter.used = true;
    return config_name(c, "hss.e2m.hse_realm", 0, raw->hse_realm, c->hss.hse_realm);
}

bool config_hss_e2m(config_t *c, const raw_hss_e2m_t *raw)
{
    if (raw == NULL) {
        return true;
    }
    c->hss.e2m.retention_ms = raw->retention_seconds * 1000u;
    c->hss.e2m.push_life_ms = raw->push_life_seconds * 1000u;
    return delivery(c, raw) && amf_flag(c, raw->amf_flag) &&
           config_range(c, "hss.e2m.retention_seconds", raw->retention_seconds, 1, 3600) &&
           config_range(c, "hss.e2m.push_life_seconds", raw->push_life_seconds, 1, 86400) && gateways(c, raw) &&
           (c->hss.e2m.delivery == GODWIT_E2M_DELIVERY_NONE || c->hss.e2m.delivery == GODWIT_E2M_DELIVERY_D ||
            endpoint(c, raw)) &&
           destinations(c, raw);
}

/* ---- emks ---- */

bool config_emks_e2m(config_t *c, const raw_emks_t *raw)
{
    unsigned own = config_has(c, CONFIG_HSS) && c->hss.e2m.delivery == GODWIT_E2M_DELIVERY_D ? 1 : 0;
    if (raw->pushes_from_count > GODWIT_EMKS_HSS_MAX - own) {
        return config_refuse(c, "emks.pushes_from", 0, "4 are the most, the HSS of this process among them", NULL);
    }
    for (unsigned i = 0; i < raw->pushes_from_count; i++) {
        if (!config_name(c, "emks.pushes_from[]", i, raw->pushes_from[i], c->emks.pushes_from[i])) {
            return false;
        }
    }
    c->emks.pushes_from_count = raw->pushes_from_count;
    if (own != 0) { /* the HSS beside it pushes under our identity */
        memcpy(c->emks.pushes_from[c->emks.pushes_from_count++], c->identity, sizeof c->identity);
    }
    c->emks.key_set_ms = raw->key_set_days * CONFIG_DAY_MS;
    return config_range(c, "emks.key_set_days", raw->key_set_days, 1, 3650) &&
           config_eeses(c, "emks.eese_hosts", raw->eese_hosts, raw->eese_hosts_count, &c->emks.eeses);
}

/* ---- hse.e2m ---- */

static bool source(config_t *c, const raw_hse_e2m_t *raw)
{
    const char *word = raw->source == NULL ? "emks" : raw->source;
    if (strcmp(word, "emks") == 0) {
        c->hse.role.e2m_source = GODWIT_FUNCTION_EMKS;
        return true;
    }
    if (strcmp(word, "hss") != 0) {
        return config_refuse(c, "hse.e2m.source", 0, "must be emks or hss", word);
    }
    c->hse.role.e2m_source = GODWIT_FUNCTION_HSS;
    return config_has(c, CONFIG_HSS) || config_remote(c, "hse.e2m.hss", raw->hss, c->hse.hss_host, c->hse.hss_realm);
}

/* The address of a gateway's GTP-U; without one, whatever its BEARERs say. */
static bool gateway(config_t *c, const raw_gateway_t *raw, unsigned i, godwit_hse_gateway_t *to)
{
    godwit_address_t address;
    char text[64];
    if (!config_name(c, "hse.e2m.gateways[].host", i, raw->host, to->origin_host)) {
        return false;
    }
    if (raw->address == NULL) {
        return true;
    }
    bool v6 = strchr(raw->address, ':') != NULL;
    int len = snprintf(text, sizeof text, v6 ? "[%s]:1" : "%s:1", raw->address);
    if (len < 0 || (size_t)len >= sizeof text || godwit_udp_address_from_text(text, &address) != GODWIT_OK) {
        return config_refuse(c, "hse.e2m.gateways[].address", i, "must be an IPv4 or IPv6 address without a port",
                             raw->address);
    }
    to->address_len = (uint8_t)(address.len - 2);
    memcpy(to->address, address.octets, to->address_len);
    return true;
}

static bool hse_gateways(config_t *c, const raw_hse_e2m_t *raw)
{
    godwit_hse_config_t *role = &c->hse.role;
    if (raw->gateways_count > CONFIG_GATEWAYS_MAX) {
        return config_refuse(c, "hse.e2m.gateways", 0, "16 are the most", NULL);
    }
    for (unsigned i = 0; i < raw->gateways_count; i++) {
        if (!gateway(c, &raw->gateways[i], i, &c->hse.gateways[i])) {
            return false;
        }
    }
    role->gateways = c->hse.gateways;
    role->gateway_count = raw->gateways_count;
    return role->gateway_count == 0 || role->framing.session_octets == 0 ||
           config_refuse(c, "hse.session_octets", 0, "must be 0 with hse.e2m.gateways: the bearer names the session",
                         NULL);
}

static bool hse_table(config_t *c, const char *where, uint32_t value, uint32_t standard, uint32_t *out)
{
    *out = value == 0 ? standard : value;
    return config_range(c, where, value, 1, CONFIG_TABLE_MAX);
}

bool config_hse_e2m(config_t *c, const raw_hse_e2m_t *raw)
{
    godwit_hse_config_t *role = &c->hse.role;
    if (raw == NULL) {
        return true;
    }
    role->idle_ms = raw->idle_seconds * 1000u;
    role->bearers_per_imsi = raw->bearers_per_imsi;
    return hse_gateways(c, raw) && source(c, raw) &&
           (raw->push_from == NULL || config_name(c, "hse.e2m.push_from", 0, raw->push_from, role->push_from)) &&
           config_range(c, "hse.e2m.idle_seconds", raw->idle_seconds, 1, 1u << 20) &&
           config_range(c, "hse.e2m.bearers_per_imsi", raw->bearers_per_imsi, 1, 64) &&
           hse_table(c, "hse.e2m.bearers", raw->bearers, CONFIG_BEARERS_DEFAULT, &c->hse.bearers) &&
           hse_table(c, "hse.e2m.pushes", raw->pushes, CONFIG_PUSHES_DEFAULT, &c->hse.pushes);
}
