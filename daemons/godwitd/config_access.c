/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections mme, sgsn, sgw and pgw of the configuration: nodes of an access network, as far as Godwit needs one.
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"

#define CONTEXTS_DEFAULT 1024
#define POOL_END 0xE0000000U /* 224.0.0.0: from there on no addresses of hosts */
#define RADIO_DEFAULT "127.0.0.1:7332"

static void own_names(const config_t *c, char host[GODWIT_NODE_NAME_MAX], char realm[GODWIT_NODE_NAME_MAX])
{
    memcpy(host, c->identity, GODWIT_NODE_NAME_MAX);
    memcpy(realm, c->realm, GODWIT_NODE_NAME_MAX);
}

static bool section(config_t *c, const char *where, const void *raw)
{
    return raw != NULL || config_refuse(c, where, 0, "is missing, though it stands among the functions", NULL);
}

static bool apn_name(config_t *c, const char *where, unsigned i, const char *text, godwit_apn_t *apn)
{
    if (text == NULL) {
        return config_refuse(c, where, i, "is missing: an access point name such as iot.example", NULL);
    }
    return godwit_apn_from_text(text, apn) == GODWIT_OK ||
           config_refuse(c, where, i, "must be an access point name such as iot.example", text);
}

static bool radio(config_t *c, const char *where, const char *text, godwit_address_t *address)
{
    return config_address(c, where, 0, text == NULL ? RADIO_DEFAULT : text, address);
}

/* The HSS of the vectors: in this process, or in another. Both mme and sgsn of one process ask the same. */
static bool home(config_t *c, const char *where, const raw_remote_t *raw)
{
    return config_has(c, CONFIG_HSS) || config_remote(c, where, raw, c->visited_hss_host, c->visited_hss_realm);
}

static uint32_t seconds(uint32_t value)
{
    return value * 1000;
}

/* ---- mme ---- */

/* "eea2", "eia1": the digit is the algorithm. */
static bool algorithms(config_t *c, const char *where, const char *prefix, char **names, unsigned count,
                       uint8_t order[GODWIT_MME_ALGORITHMS_MAX], uint8_t *used)
{
    char what[64];
    uint8_t least = strcmp(prefix, "eea") == 0 ? 0 : 1;
    if (count > GODWIT_MME_ALGORITHMS_MAX) {
        return config_refuse(c, where, 0, "four are the most", NULL);
    }
    for (unsigned i = 0; i < count; i++) {
        const char *name = names[i];
        bool good = strncmp(name, prefix, 3) == 0 && name[3] >= '0' + least && name[3] <= '3' && name[4] == '\0';
        if (!good) {
            (void)snprintf(what, sizeof what, "must be %s%u to %s3", prefix, (unsigned)least, prefix);
            return config_refuse(c, where, i, what, name);
        }
        order[i] = (uint8_t)(name[3] - '0');
    }
    *used = (uint8_t)count;
    return true;
}

static bool mme_identity(config_t *c, const raw_mme_t *raw)
{
    godwit_mme_config_t *m = &c->mme.role;
    m->mme_group = (uint16_t)(raw->group == 0 ? 1 : raw->group);
    m->mme_code = (uint8_t)(raw->code == 0 ? 1 : raw->code);
    m->tac = (uint16_t)(raw->tac == 0 ? 1 : raw->tac);
    m->idle_ms = seconds(raw->idle_seconds);
    m->reauthenticate_attaches = raw->reauthenticate_attaches;
    m->unaware = raw->unaware;
    m->e2m_aware = !raw->unaware;
    c->mme.devices = raw->devices == 0 ? CONTEXTS_DEFAULT : raw->devices;
    return config_range(c, "mme.group", raw->group, 1, 65535) && config_range(c, "mme.code", raw->code, 1, 255) &&
           config_range(c, "mme.tac", raw->tac, 1, 65533) &&
           config_range(c, "mme.idle_seconds", raw->idle_seconds, 1, 86400) &&
           config_range(c, "mme.devices", raw->devices, 1, GODWIT_MME_UES_MAX);
}

bool config_mme_section(config_t *c, const raw_mme_t *raw)
{
    godwit_mme_config_t *m = &c->mme.role;
    own_names(c, m->local_host, m->local_realm);
    return section(c, "mme", raw) && config_plmn(c, "mme.plmn", 0, raw->plmn, &m->plmn) &&
           radio(c, "mme.radio", raw->radio, &c->mme.radio) && config_ipv4(c, "mme.gtp", 0, raw->gtp, m->ipv4) &&
           config_ipv4(c, "mme.sgw", 0, raw->sgw, m->sgw) && config_ipv4(c, "mme.pgw", 0, raw->pgw, m->pgw) &&
           (raw->apn == NULL || apn_name(c, "mme.apn", 0, raw->apn, &m->apn)) && mme_identity(c, raw) &&
           algorithms(c, "mme.eea[]", "eea", raw->eea, raw->eea_count, m->eea_order, &m->eea_count) &&
           algorithms(c, "mme.eia[]", "eia", raw->eia, raw->eia_count, m->eia_order, &m->eia_count) &&
           home(c, "mme.hss", raw->hss) && config_sms_node(c, "mme.sms_sc", raw->sms_sc, &m->sms) &&
           config_mme_next_session(c, raw) && config_mme_trigger(c, raw->trigger);
}

/* ---- sgsn ---- */

static bool sgsn_apns(config_t *c, const raw_sgsn_t *raw)
{
    godwit_sgsn_config_t *s = &c->sgsn.role;
    if (raw->apns_count == 0 || raw->apns_count > GODWIT_SGSN_APNS_MAX) {
        return config_refuse(c, "sgsn.apns", 0, "one to eight, each with name and ggsn", NULL);
    }
    for (unsigned i = 0; i < raw->apns_count; i++) {
        const raw_sgsn_apn_t *a = &raw->apns[i];
        if ((a->name != NULL && !apn_name(c, "sgsn.apns[].name", i, a->name, &s->apn[i].name)) ||
            !config_ipv4(c, "sgsn.apns[].ggsn", i, a->ggsn, s->apn[i].ggsn)) {
            return false;
        }
    }
    s->apns = (uint8_t)raw->apns_count;
    return true;
}

bool config_sgsn_section(config_t *c, const raw_sgsn_t *raw)
{
    godwit_sgsn_config_t *s = &c->sgsn.role;
    if (!section(c, "sgsn", raw)) {
        return false;
    }
    own_names(c, s->local_host, s->local_realm);
    s->lac = (uint16_t)(raw->lac == 0 ? 1 : raw->lac);
    s->rac = (uint8_t)(raw->rac == 0 ? 1 : raw->rac);
    s->inactive_ms = seconds(raw->idle_seconds);
    s->reauthenticate_attaches = raw->reauthenticate_attaches;
    s->e2m_aware = !raw->unaware;
    c->sgsn.devices = raw->devices == 0 ? CONTEXTS_DEFAULT : raw->devices;
    return config_plmn(c, "sgsn.plmn", 0, raw->plmn, &s->plmn) && radio(c, "sgsn.radio", raw->radio, &c->sgsn.radio) &&
           config_ipv4(c, "sgsn.gtp", 0, raw->gtp, s->ipv4) && sgsn_apns(c, raw) &&
           config_range(c, "sgsn.lac", raw->lac, 1, 65533) && config_range(c, "sgsn.rac", raw->rac, 1, 255) &&
           config_range(c, "sgsn.idle_seconds", raw->idle_seconds, 1, 86400) &&
           config_range(c, "sgsn.devices", raw->devices, 1, GODWIT_SGSN_UES_MAX) && home(c, "sgsn.hss", raw->hss) &&
           config_iwf_number(c, "sgsn.iwf_number", raw->iwf_number, s->iwf_number) &&
           config_sms_node(c, "sgsn.sms_sc", raw->sms_sc, &s->sms) && config_sgsn_next_session(c, raw);
}

/* ---- sgw ---- */

/* Whoever may speak GTP to a gateway can end and take over the bearers of any IMSI: beyond the loopback it must be said
 * who may. */
static bool peers(config_t *c, const char *where, char **names, unsigned count, const uint8_t own[4],
                  godwit_gtp_peers_t *made)
{
    char entry[64];
    if (count == 0 && own[0] != 127) {
        return config_refuse(c, where, 0, "is missing: the IPv4 addresses of the nodes that may speak GTP to it", NULL);
    }
    if (count > GODWIT_GTP_PEERS_MAX) {
        return config_refuse(c, where, 0, "sixteen are the most", NULL);
    }
    (void)snprintf(entry, sizeof entry, "%s[]", where);
    for (unsigned i = 0; i < count; i++) {
        if (!config_ipv4(c, entry, i, names[i], made->ipv4[i])) {
            return false;
        }
    }
    made->count = (uint8_t)count;
    return true;
}

bool config_sgw_section(config_t *c, const raw_sgw_t *raw)
{
    if (!section(c, "sgw", raw)) {
        return false;
    }
    c->sgw.contexts = raw->contexts == 0 ? CONTEXTS_DEFAULT : raw->contexts;
    return config_ipv4(c, "sgw.gtp", 0, raw->gtp, c->sgw.role.ipv4) &&
           peers(c, "sgw.peers", raw->peers, raw->peers_count, c->sgw.role.ipv4, &c->sgw.role.peers) &&
           config_range(c, "sgw.contexts", raw->contexts, 1, GODWIT_SGW_CONTEXTS_MAX);
}

/* ---- pgw ---- */

static bool ipv4_and_port(config_t *c, const char *where, unsigned i, const char *text, godwit_address_t *address)
{
    return config_address(c, where, i, text, address) &&
           (address->len == 6 || config_refuse(c, where, i, "must be an IPv4 address and a port", text));
}

static bool pgw_e2m(config_t *c, unsigned i, const raw_pgw_apn_t *raw, godwit_pgw_apn_t *apn)
{
    apn->kind = GODWIT_PGW_E2M;
    apn->notify_home = raw->notify_home;
    return ipv4_and_port(c, "pgw.apns[].hse", i, raw->hse, &apn->hse) &&
           (raw->endpoint == NULL || config_name(c, "pgw.apns[].endpoint", i, raw->endpoint, apn->endpoint)) &&
           (!raw->notify_home || raw->endpoint != NULL ||
            config_refuse(c, "pgw.apns[].endpoint", i, "is missing: notify_home tells the HSS whose key is wanted",
                          NULL));
}

static bool pgw_tunnel(config_t *c, unsigned i, const raw_pgw_apn_t *raw, godwit_pgw_apn_t *apn)
{
    apn->kind = GODWIT_PGW_TUNNEL;
    apn->pool_size = raw->pool_size;
    apn->device_port = c->pgw.device_port;
    c->pgw.tunnels = true;
    return ipv4_and_port(c, "pgw.apns[].server", i, raw->server, &apn->server) &&
           config_ipv4(c, "pgw.apns[].pool", i, raw->pool, apn->pool) &&
           config_range(c, "pgw.apns[].pool_size", raw->pool_size, 1, GODWIT_PGW_CONTEXTS_MAX);
}

static bool pgw_apn(config_t *c, unsigned i, const raw_pgw_apn_t *raw, godwit_pgw_apn_t *apn)
{
    const char *kind = raw->kind == NULL ? "e2m" : raw->kind;
    if (!apn_name(c, "pgw.apns[].name", i, raw->name, &apn->name)) {
        return false;
    }
    if (strcmp(kind, "e2m") == 0) {
        return pgw_e2m(c, i, raw, apn);
    }
    return strcmp(kind, "tunnel") == 0 ? pgw_tunnel(c, i, raw, apn)
                                       : config_refuse(c, "pgw.apns[].kind", i, "must be e2m or tunnel", kind);
}

static uint32_t pool_size(const config_t *c, const godwit_pgw_apn_t *apn)
{
    return apn->pool_size == 0 || apn->pool_size > c->pgw.contexts ? c->pgw.contexts : apn->pool_size;
}

/* A device has the address at its context's place, so pools may be the same but not overlap otherwise: two devices
 * would have one address. */
static bool pgw_pools(config_t *c)
{
    const godwit_pgw_apn_t *apn = c->pgw.role.apn;
    for (unsigned i = 0; i < c->pgw.role.apns; i++) {
        uint32_t first = godwit_load_u32(apn[i].pool), size = pool_size(c, &apn[i]);
        bool tunnel = apn[i].kind == GODWIT_PGW_TUNNEL;
        if (tunnel && first + (size - 1) >= POOL_END) {
            return config_refuse(c, "pgw.apns[].pool", i,
                                 "leaves no room for as many addresses as pool_size or contexts", NULL);
        }
        for (unsigned k = 0; tunnel && k < i; k++) {
            uint32_t other = godwit_load_u32(apn[k].pool);
            if (apn[k].kind == GODWIT_PGW_TUNNEL && other != first && first < other + pool_size(c, &apn[k]) &&
                other < first + size) {
                return config_refuse(c, "pgw.apns[].pool", i, "overlaps that of another access point name", NULL);
            }
        }
    }
    return true;
}

static bool pgw_apns(config_t *c, const raw_pgw_t *raw)
{
    if (raw->apns_count == 0 || raw->apns_count > GODWIT_PGW_APNS_MAX) {
        return config_refuse(c, "pgw.apns", 0, "one to eight", NULL);
    }
    for (unsigned i = 0; i < raw->apns_count; i++) {
        if (!pgw_apn(c, i, &raw->apns[i], &c->pgw.role.apn[i])) {
            return false;
        }
    }
    c->pgw.role.apns = (uint8_t)raw->apns_count;
    return pgw_pools(c);
}

/* HSE and HSS in other processes: only as far as the APNs need them. */
static bool pgw_remotes(config_t *c, const raw_pgw_t *raw)
{
    bool e2m = false, notify = false;
    for (unsigned i = 0; i < c->pgw.role.apns; i++) {
        e2m = e2m || c->pgw.role.apn[i].kind == GODWIT_PGW_E2M;
        notify = notify || c->pgw.role.apn[i].notify_home;
    }
    return (!e2m || config_has(c, CONFIG_HSE) ||
            config_remote(c, "pgw.hse", raw->hse, c->pgw.hse_host, c->pgw.hse_realm)) &&
           (!notify || config_has(c, CONFIG_HSS) ||
            config_remote(c, "pgw.hss", raw->hss, c->pgw.hss_host, c->pgw.hss_realm));
}

bool config_pgw_section(config_t *c, const raw_pgw_t *raw)
{
    godwit_pgw_config_t *p = &c->pgw.role;
    if (!section(c, "pgw", raw)) {
        return false;
    }
    own_names(c, p->local_host, p->local_realm);
    p->hse_wait_ms = raw->hse_wait_ms;
    p->home_wait_ms = raw->home_wait_ms;
    p->strip_container = raw->strip_container;
    c->pgw.contexts = raw->contexts == 0 ? CONTEXTS_DEFAULT : raw->contexts;
    c->pgw.device_port = (uint16_t)raw->device_port;
    return config_range(c, "pgw.device_port", raw->device_port, 1, 65535) &&
           config_ipv4(c, "pgw.gtp", 0, raw->gtp, p->ipv4) &&
           peers(c, "pgw.peers", raw->peers, raw->peers_count, p->ipv4, &p->peers) &&
           config_plmn(c, "pgw.home", 0, raw->home, &p->home) &&
           config_range(c, "pgw.contexts", raw->contexts, 1, GODWIT_PGW_CONTEXTS_MAX) &&
           config_range(c, "pgw.hse_wait_ms", raw->hse_wait_ms, 100, 60000) &&
           config_range(c, "pgw.home_wait_ms", raw->home_wait_ms, 100, 60000) && pgw_apns(c, raw) &&
           pgw_remotes(c, raw);
}
