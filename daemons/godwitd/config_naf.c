/* SPDX-License-Identifier: Apache-2.0
 *
 * The section naf of the configuration, and what makes the EMKS one (emks.gba).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"

#define KEYS_DEFAULT 4096

const cyaml_schema_field_t config_emks_gba_fields[] = {
    TEXT(raw_emks_gba_t, name),
    TEXT(raw_emks_gba_t, ua_protocol),
    SECTION(raw_emks_gba_t, bsf, config_remote_fields),
    CYAML_FIELD_END,
};

const cyaml_schema_field_t config_naf_fields[] = {
    LIST(raw_naf_t, names, &config_text_entry),
    LIST(raw_naf_t, b_tid_names, &config_text_entry),
    TEXT(raw_naf_t, http),
    TEXT(raw_naf_t, https),
    SECTION(raw_naf_t, tls, config_tls_fields),
    TEXT(raw_naf_t, psk_tls),
    TEXT(raw_naf_t, psk_dtls),
    TEXT(raw_naf_t, psk_ciphers),
    TEXT(raw_naf_t, dtls_carries),
    SECTION(raw_naf_t, bsf, config_remote_fields),
    TRUTH(raw_naf_t, kms),
    NUMBER(raw_naf_t, keys),
    NUMBER(raw_naf_t, answer_ms),
    NUMBER(raw_naf_t, nonce_seconds),
    NUMBER(raw_naf_t, handshake_ms),
    NUMBER(raw_naf_t, idle_seconds),
    NUMBER(raw_naf_t, connections),
    LIST(raw_naf_t, deliver, &config_delivery_entry),
    CYAML_FIELD_END,
};

static bool fqdn(config_t *c, const char *where, unsigned i, const char *text, char name[GODWIT_FQDN_MAX + 1])
{
    if (text == NULL || !godwit_fqdn_is_canonical(godwit_slice_of_string(text))) {
        return config_refuse(c, where, i, "must be a domain name in lower case", text);
    }
    (void)snprintf(name, GODWIT_FQDN_MAX + 1, "%s", text);
    return true;
}

static bool names(config_t *c, const char *where, char **texts, unsigned count,
                  char to[GODWIT_NAF_NAMES_MAX][GODWIT_FQDN_MAX + 1])
{
    if (count > GODWIT_NAF_NAMES_MAX) {
        return config_refuse(c, where, 0, "8 are the most", NULL);
    }
    for (unsigned i = 0; i < count; i++) {
        if (!fqdn(c, where, i, texts[i], to[i])) {
            return false;
        }
    }
    return true;
}

/* The BSF that a function here asks; in this process when none is named. */
static bool bsf(config_t *c, const char *where, const raw_remote_t *raw)
{
    char host[GODWIT_NODE_NAME_MAX], realm[GODWIT_NODE_NAME_MAX];
    if (raw == NULL) {
        return config_has(c, CONFIG_BSF) ||
               config_refuse(c, where, 0, "is missing: host and realm of the BSF, which is not in this process", NULL);
    }
    if (!config_remote(c, where, raw, host, realm)) {
        return false;
    }
    if (c->zn_realm[0] != '\0' && (strcmp(c->zn_realm, realm) != 0 || strcmp(c->zn_host, host) != 0)) {
        return config_refuse(c, where, 0, "must be the same BSF for all functions of a process", NULL);
    }
    memcpy(c->zn_host, host, sizeof host);
    memcpy(c->zn_realm, realm, sizeof realm);
    return true;
}

static bool http_doors(config_t *c, const raw_naf_t *raw)
{
    config_naf_t *n = &c->naf;
    if (raw->http != NULL && !config_host_port(c, "naf.http", 0, raw->http, n->host[0], &n->port[0])) {
        return false;
    }
    if (raw->https == NULL) {
        return true;
    }
    if (raw->tls == NULL || raw->tls->certificate == NULL || raw->tls->key == NULL) {
        return config_refuse(c, "naf.tls", 0, "needs certificate and key, each the path of a PEM file", NULL);
    }
    n->certificate = raw->tls->certificate;
    n->key = raw->tls->key;
    return config_host_port(c, "naf.https", 0, raw->https, n->host[1], &n->port[1]);
}

static bool psk_doors(config_t *c, const raw_naf_t *raw)
{
    godwit_psk_config_t *p = &c->naf.psk;
    char dtls_host[64] = "";
    p->tls = raw->psk_tls != NULL;
    p->dtls = raw->psk_dtls != NULL;
    p->ciphers = raw->psk_ciphers;
    p->handshake_ms = raw->handshake_ms;
    p->idle_ms = raw->idle_seconds * 1000u;
    p->connections = raw->connections;
    c->naf.dtls_raw = raw->dtls_carries != NULL && strcmp(raw->dtls_carries, "text") == 0;
    if (raw->dtls_carries != NULL && !c->naf.dtls_raw && strcmp(raw->dtls_carries, "coap") != 0) {
        return config_refuse(c, "naf.dtls_carries", 0, "must be coap or text", raw->dtls_carries);
    }
    if ((p->tls && !config_host_port(c, "naf.psk_tls", 0, raw->psk_tls, c->naf.psk_host, &p->tls_port)) ||
        (p->dtls && !config_host_port(c, "naf.psk_dtls", 0, raw->psk_dtls, dtls_host, &p->dtls_port))) {
        return false;
    }
    if (p->tls && p->dtls && strcmp(c->naf.psk_host, dtls_host) != 0) {
        return config_refuse(c, "naf.psk_dtls", 0, "must have the address of naf.psk_tls", raw->psk_dtls);
    }
    if (!p->tls) {
        memcpy(c->naf.psk_host, dtls_host, sizeof dtls_host);
    }
    return config_range(c, "naf.handshake_ms", raw->handshake_ms, 100, 60000) &&
           config_range(c, "naf.idle_seconds", raw->idle_seconds, 1, 86400) &&
           config_range(c, "naf.connections", raw->connections, 1, GODWIT_PSK_CONNECTIONS_MAX);
}

bool config_naf_section(config_t *c, const raw_naf_t *raw)
{
    static const raw_naf_t none;
    raw = raw == NULL ? &none : raw;
    godwit_naf_config_t *role = &c->naf.role;
    role->fqdn_count = raw->names_count;
    role->bsf_count = raw->b_tid_names_count;
    role->answer_ms = raw->answer_ms;
    role->nonce_ms = raw->nonce_seconds * 1000u;
    c->naf.keys = raw->keys == 0 ? KEYS_DEFAULT : raw->keys;
    c->naf.kms = raw->kms;
    memcpy(role->local_host, c->identity, sizeof role->local_host);
    memcpy(role->local_realm, c->realm, sizeof role->local_realm);
    if (raw->names_count == 0) {
        return config_refuse(c, "naf.names", 0, "is missing: the FQDNs by which devices know this NAF", NULL);
    }
    if (raw->http == NULL && raw->https == NULL && raw->psk_tls == NULL && raw->psk_dtls == NULL) {
        return config_refuse(c, "naf", 0, "needs a door: http, https, psk_tls, psk_dtls", NULL);
    }
    if (raw->kms && raw->http == NULL && raw->https == NULL) {
        return config_refuse(c, "naf.kms", 0, "needs http or https", NULL);
    }
    return names(c, "naf.names[]", raw->names, raw->names_count, role->fqdns) &&
           names(c, "naf.b_tid_names[]", raw->b_tid_names, raw->b_tid_names_count, role->bsfs) && http_doors(c, raw) &&
           psk_doors(c, raw) && bsf(c, "naf.bsf", raw->bsf) &&
           config_range(c, "naf.keys", raw->keys, 1, GODWIT_NAF_KEYS_MAX) &&
           config_range(c, "naf.answer_ms", raw->answer_ms, 100, 60000) &&
           config_range(c, "naf.nonce_seconds", raw->nonce_seconds, 10, 86400) &&
           config_deliveries(c, raw->deliver, raw->deliver_count);
}

/* ---- emks.gba ---- */

bool config_emks_gba(config_t *c, const raw_emks_gba_t *raw)
{
    static const uint8_t own_protocol[] = {0xFF, 0x00, 0x00, 0x00, 0x01}; /* docs/keys.md, agreement 04 */
    char name[GODWIT_FQDN_MAX + 1];
    uint8_t protocol[GODWIT_UA_PROTOCOL_OCTETS];
    size_t len = 0;
    bool wanted = (c->emks.agreements & 1u << (GODWIT_AGREEMENT_GBA - 1)) != 0;
    if (raw == NULL) {
        return !wanted || config_refuse(c, "emks.gba", 0, "is missing: agreement gba makes the EMKS a NAF", NULL);
    }
    memcpy(protocol, own_protocol, sizeof protocol);
    if (raw->ua_protocol != NULL &&
        (godwit_hex_decode(raw->ua_protocol, protocol, sizeof protocol, &len) != GODWIT_OK || len != sizeof protocol)) {
        return config_refuse(c, "emks.gba.ua_protocol", 0, "must be five octets in hex", raw->ua_protocol);
    }
    if (!fqdn(c, "emks.gba.name", 0, raw->name != NULL ? raw->name : c->identity, name) ||
        !bsf(c, "emks.gba.bsf", raw->bsf)) {
        return false;
    }
    len = strlen(name);
    memcpy(c->emks.naf_id, name, len);
    memcpy(c->emks.naf_id + len, protocol, sizeof protocol);
    c->emks.naf_id_len = (uint16_t)(len + sizeof protocol);
    return true;
}
