/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections hss, emks and diameter of the configuration.
 */
#include <string.h>

#include "daemons/godwitd/config_check.h"

#define HSS_IND_MAX 31

static bool hss_nodes(config_t *c, const raw_hss_t *raw)
{
    if (raw->nodes_count > GODWIT_HSS_NODES_MAX - 1) { /* one is kept for the EMKS of this process */
        return config_refuse(c, "hss.nodes", 0, "31 nodes are the most", NULL);
    }
    for (unsigned i = 0; i < raw->nodes_count; i++) {
        godwit_hss_node_t *node = &c->hss.nodes[i];
        if (!config_name(c, "hss.nodes[].host", i, raw->nodes[i].host, node->host)) {
            return false;
        }
        if (raw->nodes[i].ind > HSS_IND_MAX) {
            return config_refuse(c, "hss.nodes[].ind", i, "must be from 0 to 31", NULL);
        }
        node->ind = (uint8_t)raw->nodes[i].ind;
        node->home = raw->nodes[i].home;
    }
    c->hss.node_count = raw->nodes_count;
    return true;
}

static bool hss_networks(config_t *c, const raw_hss_t *raw)
{
    if (raw->networks_count > GODWIT_HSS_NETWORKS_MAX) {
        return config_refuse(c, "hss.networks", 0, "64 networks are the most", NULL);
    }
    for (unsigned i = 0; i < raw->networks_count; i++) {
        godwit_hss_network_t *network = &c->hss.networks[i];
        if (!config_name(c, "hss.networks[].realm", i, raw->networks[i].realm, network->realm) ||
            !config_plmn(c, "hss.networks[].plmn", i, raw->networks[i].plmn, &network->plmn)) {
            return false;
        }
    }
    c->hss.network_count = raw->networks_count;
    return true;
}

/* The EMKS beside it asks under our identity: it is a home node, with an IND that no other node has. */
static bool hss_own_node(config_t *c)
{
    unsigned taken = 0, ind = 0;
    for (size_t i = 0; i < c->hss.node_count; i++) {
        if (strcmp(c->hss.nodes[i].host, c->identity) == 0) {
            return true;
        }
        taken |= 1u << c->hss.nodes[i].ind;
    }
    while (ind <= HSS_IND_MAX && (taken & 1u << ind) != 0) {
        ind++;
    }
    if (ind > HSS_IND_MAX) {
        return config_refuse(c, "hss.nodes", 0, "no IND is left for the EMKS of this process; list its identity too",
                             NULL);
    }
    godwit_hss_node_t *own = &c->hss.nodes[c->hss.node_count++];
    memcpy(own->host, c->identity, sizeof own->host);
    own->ind = (uint8_t)ind;
    own->home = true;
    return true;
}

bool config_hss_section(config_t *c, const raw_hss_t *raw)
{
    static const raw_hss_t none;
    raw = raw == NULL ? &none : raw;
    c->hss.vectors_per_request = (uint8_t)(raw->vectors_per_request == 0 ? 1 : raw->vectors_per_request);
    c->hss.ticks_per_second = raw->ticks_per_second == 0 ? 10 : raw->ticks_per_second;
    c->hss.skew_ticks = raw->skew_ticks;
    return config_plmn(c, "hss.best_plmn", 0, raw->best_plmn, &c->hss.best_plmn) &&
           config_range(c, "hss.vectors_per_request", raw->vectors_per_request, 1, GODWIT_VECTORS_MAX) &&
           config_range(c, "hss.ticks_per_second", raw->ticks_per_second, 1, 1000) &&
           config_range(c, "hss.skew_ticks", raw->skew_ticks, 1, 100000) && hss_nodes(c, raw) && hss_networks(c, raw) &&
           config_hss_e2m(c, raw->e2m) && config_hss_device_rand(c, raw) && config_hss_gba(c, raw) &&
           config_hss_akma(c, raw) && config_hss_aaa(c, raw) && config_hss_trigger(c, raw->trigger) &&
           config_eeses(c, "hss.eese_hosts", raw->eese_hosts, raw->eese_hosts_count, &c->hss.eeses) &&
           (!config_has(c, CONFIG_EMKS) || hss_own_node(c));
}

static bool emks_source(config_t *c, const raw_emks_t *raw)
{
    config_emks_t *e = &c->emks;
    const char *source = raw->source == NULL ? "embedded" : raw->source;
    if (strcmp(source, "embedded") == 0) {
        e->source = CONFIG_SOURCE_EMBEDDED;
        return config_has(c, CONFIG_HSS) ||
               config_refuse(c, "emks.source", 0, "embedded needs hss among the functions; else s6a or gsup", NULL);
    }
    if (strcmp(source, "s6a") == 0) {
        e->source = CONFIG_SOURCE_S6A;
        return config_remote(c, "emks.hss", raw->hss, e->hss_host, e->hss_realm);
    }
    if (strcmp(source, "gsup") != 0) {
        return config_refuse(c, "emks.source", 0, "must be embedded, s6a or gsup", source);
    }
    e->source = CONFIG_SOURCE_GSUP;
    const char *name = raw->gsup == NULL || raw->gsup->name == NULL ? c->identity : raw->gsup->name;
    if (strlen(name) >= sizeof e->gsup_name) {
        return config_refuse(c, "emks.gsup.name", 0, "63 characters are the most; name one", name);
    }
    memcpy(e->gsup_name, name, strlen(name) + 1);
    return config_host_port(c, "emks.gsup.address", 0, raw->gsup == NULL ? NULL : raw->gsup->address, e->gsup_host,
                            &e->gsup_port);
}

static bool emks_umts(config_t *c, const raw_emks_t *raw)
{
    static const char *const words[] = {"none", "listed", "all", "feature"};
    const char *word = raw->separate_umts == NULL ? c->emks.source == CONFIG_SOURCE_EMBEDDED ? "feature" : "listed"
                                                  : raw->separate_umts;
    unsigned which = 0;
    while (which < 4 && strcmp(word, words[which]) != 0) {
        which++;
    }
    if (which == 4) {
        return config_refuse(c, "emks.separate_umts", 0, "must be none, listed, all or feature", word);
    }
    c->emks.umts = (config_umts_t)which;
    if (c->emks.umts == CONFIG_UMTS_FEATURE && c->emks.source != CONFIG_SOURCE_EMBEDDED) {
        return config_refuse(c, "emks.separate_umts", 0, "feature needs the embedded source, which has the subscribers",
                             NULL);
    }
    if (raw->separate_umts_imsis_count > CONFIG_UMTS_IMSIS_MAX) {
        return config_refuse(c, "emks.separate_umts_imsis", 0, "1024 are the most", NULL);
    }
    for (unsigned i = 0; i < raw->separate_umts_imsis_count; i++) {
        if (godwit_imsi_from_text(raw->separate_umts_imsis[i], &c->emks.umts_imsis[i]) != GODWIT_OK) {
            return config_refuse(c, "emks.separate_umts_imsis[]", i, "must be an IMSI of 6 to 15 digits", NULL);
        }
    }
    c->emks.umts_imsi_count = raw->separate_umts_imsis_count;
    return true;
}

bool config_emks_section(config_t *c, const raw_emks_t *raw)
{
    static const raw_emks_t none;
    raw = raw == NULL ? &none : raw;
    const char *plmn = raw->best_plmn == NULL && c->raw->hss != NULL ? c->raw->hss->best_plmn : raw->best_plmn;
    c->emks.timeout_ms = raw->timeout_ms;
    return config_plmn(c, "emks.best_plmn", 0, plmn, &c->emks.best_plmn) &&
           config_agreements(c, "emks.agreements[]", raw->agreements, raw->agreements_count, false,
                             &c->emks.agreements) &&
           config_range(c, "emks.timeout_ms", raw->timeout_ms, 100, 60000) && emks_source(c, raw) &&
           emks_umts(c, raw) && config_emks_e2m(c, raw) && config_emks_gba(c, raw->gba) &&
           config_emks_akma(c, raw->akma);
}

/* Without TLS: what protects the way to that peer, whatever link_protected says of the others. */
static bool peer_protection(config_t *c, const raw_peer_t *raw, unsigned i, godwit_diameter_protection_t *protection)
{
    if (raw->protection == NULL) {
        return true;
    }
    *protection = strcmp(raw->protection, "nds-ip") == 0 ? GODWIT_DIAMETER_PROTECTION_NDS_IP
                  : strcmp(raw->protection, "open") == 0 ? GODWIT_DIAMETER_PROTECTION_OPEN
                                                         : GODWIT_DIAMETER_PROTECTION_DEFAULT;
    return *protection != GODWIT_DIAMETER_PROTECTION_DEFAULT ||
           config_refuse(c, "diameter.peers[].protection", i, "must be nds-ip or open", raw->protection);
}

/* A SCS is somebody else's: it asks the MTC-IWF over Tsp, and nothing else, unless the configuration says so. */
static bool is_scs_alone(const config_t *c, const char *identity)
{
    const godwit_mtc_iwf_config_t *iwf = &c->mtc_iwf.role;
    bool scs = false;
    for (size_t i = 0; i < iwf->sources; i++) {
        const char *host = iwf->source[i].host[0] != '\0' ? iwf->source[i].host : iwf->source[i].name;
        scs |= strcmp(host, identity) == 0;
    }
    return scs && strcmp(iwf->sms_sc_host, identity) != 0 && strcmp(c->mtc_iwf.hss_host, identity) != 0;
}

static bool peer_applications(config_t *c, const raw_peer_t *raw, unsigned i, uint32_t *only)
{
    static const char *const names[] = {"s6a", "ek", "zh", "zn", "sgd", "s6m", "tsp", "t4", "t5"}; /* bit by bit */
    for (unsigned k = 0; k < raw->only_count; k++) {
        size_t which = 0;
        while (which < sizeof names / sizeof names[0] && strcmp(names[which], raw->only[k]) != 0) {
            which++;
        }
        if (which == sizeof names / sizeof names[0]) {
            return config_refuse(c, "diameter.peers[].only", i, "must be s6a, ek, zh, zn, sgd, s6m, tsp, t4 or t5",
                                 raw->only[k]);
        }
        *only |= 1U << which;
    }
    if (raw->only_count == 0 && raw->identity != NULL && is_scs_alone(c, raw->identity)) {
        *only = GODWIT_DIAMETER_TSP;
    }
    return true;
}

static bool diameter_peer(config_t *c, const raw_peer_t *raw, unsigned i, godwit_diameter_peer_t *peer)
{
    peer->relay = raw->relay;
    return peer_protection(c, raw, i, &peer->protection) && peer_applications(c, raw, i, &peer->only) &&
           config_name(c, "diameter.peers[].identity", i, raw->identity, peer->identity) &&
           config_name(c, "diameter.peers[].realm", i, raw->realm, peer->realm) &&
           (raw->address == NULL ||
            config_host_port(c, "diameter.peers[].address", i, raw->address, peer->host, &peer->port));
}

static bool diameter_tls(config_t *c, const raw_diameter_t *raw)
{
    if (raw->tls == NULL) {
        return true;
    }
    c->diameter.certificate = raw->tls->certificate;
    c->diameter.key = raw->tls->key;
    c->diameter.ca = raw->tls->ca;
    return (raw->tls->certificate != NULL && raw->tls->key != NULL && raw->tls->ca != NULL) ||
           config_refuse(c, "diameter.tls", 0, "needs certificate, key and ca, each the path of a PEM file", NULL);
}

bool config_diameter_section(config_t *c, const raw_diameter_t *raw)
{
    if (raw == NULL) {
        return !c->diameter.used ||
               config_refuse(c, "diameter", 0, "is missing: a function here needs one in another process", NULL);
    }
    c->diameter.used = true;
    c->diameter.timeout_ms = raw->timeout_ms;
    c->diameter.link_protected = raw->link_protected;
    if (raw->peers_count > GODWIT_DIAMETER_PEERS_MAX) {
        return config_refuse(c, "diameter.peers", 0, "32 peers are the most", NULL);
    }
    for (unsigned i = 0; i < raw->peers_count; i++) {
        if (!diameter_peer(c, &raw->peers[i], i, &c->diameter.peers[i])) {
            return false;
        }
    }
    c->diameter.peer_count = raw->peers_count;
    const char *listen = raw->listen == NULL ? "127.0.0.1:3868" : raw->listen;
    return config_host_port(c, "diameter.listen", 0, listen, c->diameter.listen, &c->diameter.port) &&
           config_range(c, "diameter.timeout_ms", raw->timeout_ms, 100, 60000) && diameter_tls(c, raw);
}
