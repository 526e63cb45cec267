/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections mtc_iwf and scs of the configuration (docs/triggers.md).
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"
#include "daemons/godwitd/config_schema.h"
#include "godwit/emsdp.h"

#define A3_DEFAULT "127.0.0.1:7336"
#define DAY_S 86400u
#define MINUTES_MS 3600000u

static const cyaml_schema_field_t source_fields[] = {
    TEXT(raw_iwf_source_t, name),
    TEXT(raw_iwf_source_t, host),
    TEXT(raw_iwf_source_t, kind),
    TEXT(raw_iwf_source_t, notify),
    NUMBER(raw_iwf_source_t, per_minute),
    NUMBER(raw_iwf_source_t, quota),
    CYAML_FIELD_END,
};
static const cyaml_schema_value_t source = {CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, raw_iwf_source_t, source_fields)};
const cyaml_schema_field_t config_mtc_iwf_fields[] = {
    TEXT(raw_mtc_iwf_t, protect),
    TEXT(raw_mtc_iwf_t, key_from),
    TEXT(raw_mtc_iwf_t, root),
    TEXT(raw_mtc_iwf_t, ue_key),
    TEXT(raw_mtc_iwf_t, below_minimum),
    TEXT(raw_mtc_iwf_t, number),
    TEXT(raw_mtc_iwf_t, a3),
    LIST(raw_mtc_iwf_t, suites, &config_text_entry),
    LIST(raw_mtc_iwf_t, sources, &source),
    SECTION(raw_mtc_iwf_t, hss, config_remote_fields),
    SECTION(raw_mtc_iwf_t, sms_sc, config_remote_fields),
    SECTION(raw_mtc_iwf_t, aaa, config_remote_fields),
    SECTION(raw_mtc_iwf_t, rest, config_rest_fields),
    TRUTH(raw_mtc_iwf_t, when_needed),
    TRUTH(raw_mtc_iwf_t, accept_open),
    TRUTH(raw_mtc_iwf_t, sms_sc_open),
    TRUTH(raw_mtc_iwf_t, without_t5),
    NUMBER(raw_mtc_iwf_t, source_per_minute),
    NUMBER(raw_mtc_iwf_t, device_per_minute),
    NUMBER(raw_mtc_iwf_t, source_quota),
    NUMBER(raw_mtc_iwf_t, device_quota),
    NUMBER(raw_mtc_iwf_t, validity_seconds),
    NUMBER(raw_mtc_iwf_t, validity_max_seconds),
    NUMBER(raw_mtc_iwf_t, keep_seconds),
    NUMBER(raw_mtc_iwf_t, report_life_seconds),
    NUMBER(raw_mtc_iwf_t, hss_timeout_ms),
    NUMBER(raw_mtc_iwf_t, node_timeout_ms),
    NUMBER(raw_mtc_iwf_t, ack_ms),
    NUMBER(raw_mtc_iwf_t, t4_ms),
    NUMBER(raw_mtc_iwf_t, a3_recent_ms),
    NUMBER(raw_mtc_iwf_t, retry_ms),
    NUMBER(raw_mtc_iwf_t, retry_max_ms),
    NUMBER(raw_mtc_iwf_t, report_retry_ms),
    CYAML_FIELD_END,
};
const cyaml_schema_field_t config_scs_fields[] = {
    TEXT(raw_scs_t, name),
    SECTION(raw_scs_t, mtc_iwf, config_remote_fields),
    NUMBER(raw_scs_t, answer_ms),
    NUMBER(raw_scs_t, attempts),
    CYAML_FIELD_END,
};

/* ---- where keys come from ---- */

/* One of words, in their order; NULL is the first. */
static bool choose(config_t *c, const char *where, const char *text, const char *const *words, size_t count,
                   const char *what, size_t *which)
{
    *which = 0;
    while (text != NULL && *which < count && strcmp(text, words[*which]) != 0) {
        (*which)++;
    }
    return *which < count || config_refuse(c, where, 0, what, text);
}

static bool keys(config_t *c, const raw_mtc_iwf_t *raw)
{
    static const char *const from[] = {"hss", "mme", "iwf"}, *const roots[] = {"flagged", "kasme"},
                             *const received[] = {"derived", "received"};
    godwit_iwf_keys_config_t *k = &c->mtc_iwf.role.keys;
    size_t which = 0, root = 0, ue = 0;
    if (!choose(c, "mtc_iwf.key_from", raw->key_from, from, 3, "must be hss, mme or iwf", &which) ||
        !choose(c, "mtc_iwf.root", raw->root, roots, 2, "must be flagged or kasme", &root) ||
        !choose(c, "mtc_iwf.ue_key", raw->ue_key, received, 2, "must be derived or received", &ue)) {
        return false;
    }
    k->key_from = (godwit_iwf_key_from_t)(GODWIT_IWF_KEY_FROM_HSS + which);
    k->root = root == 0 ? GODWIT_IWF_ROOT_FLAGGED : GODWIT_IWF_ROOT_KASME;
    k->ue_key_received = ue == 1;
    k->lazy = raw->when_needed;
    if (raw->root != NULL && k->key_from != GODWIT_IWF_KEY_FROM_IWF) {
        return config_refuse(c, "mtc_iwf.root", 0, "says which root this MTC-IWF derives from: needs key_from: iwf",
                             NULL);
    }
    bool visited = k->key_from == GODWIT_IWF_KEY_FROM_MME ||
                   (k->key_from == GODWIT_IWF_KEY_FROM_IWF && k->root == GODWIT_IWF_ROOT_KASME);
    return !k->ue_key_received || visited ||
           config_refuse(
               c, "mtc_iwf.ue_key", 0,
               "received would show the serving node a key that a flagged vector hides from it: needs key_from: mme, "
               "or iwf with root: kasme",
               NULL);
}

static bool suites(config_t *c, const raw_mtc_iwf_t *raw)
{
    godwit_iwf_keys_config_t *k = &c->mtc_iwf.role.keys;
    if (raw->suites_count > GODWIT_A3_SUITES_MAX) {
        return config_refuse(c, "mtc_iwf.suites", 0, "four suites are the most", NULL);
    }
    for (unsigned i = 0; i < raw->suites_count; i++) {
        uint8_t id = 0;
        if (godwit_suite_from_name(raw->suites[i], &id) != GODWIT_OK || (GODWIT_A3_SUITES >> (id - 1U) & 1U) == 0) {
            return config_refuse(c, "mtc_iwf.suites[]", i, "must be a suite with a MAC of 64 bits such as eea2-eia2-64",
                                 raw->suites[i]);
        }
        if (godwit_suite(id)->eea == 0 && raw->below_minimum == NULL) {
            return config_refuse(c, "mtc_iwf.suites[]", i, "does not cipher: give the reason in mtc_iwf.below_minimum",
                                 raw->suites[i]);
        }
        if (memchr(k->suite, id, i) != NULL) {
            return config_refuse(c, "mtc_iwf.suites[]", i, "is named twice", NULL);
        }
        k->suite[i] = id;
    }
    k->suites = (uint8_t)raw->suites_count;
    return true;
}

/* ---- who may ask ---- */

static bool one_source(config_t *c, const raw_iwf_source_t *raw, unsigned i)
{
    static const char *const kinds[] = {"scs", "as"};
    godwit_iwf_source_t *s = &c->mtc_iwf.role.source[i];
    size_t kind = 0;
    if (!config_name(c, "mtc_iwf.sources[].name", i, raw->name, s->name) ||
        (raw->host != NULL && !config_name(c, "mtc_iwf.sources[].host", i, raw->host, s->host))) {
        return false;
    }
    for (unsigned k = 0; k < i; k++) {
        if (strcmp(c->mtc_iwf.role.source[k].name, s->name) == 0) {
            return config_refuse(c, "mtc_iwf.sources[].name", i, "is named twice", s->name);
        }
    }
    s->per_minute = raw->per_minute;
    s->quota = raw->quota;
    bool good = choose(c, "mtc_iwf.sources[].kind", raw->kind, kinds, 2, "must be scs or as", &kind);
    s->function = kind == 0 ? GODWIT_FUNCTION_SCS : GODWIT_FUNCTION_AS;
    return good;
}

static bool sources(config_t *c, const raw_mtc_iwf_t *raw)
{
    if (raw->sources_count == 0 || raw->sources_count > GODWIT_IWF_SOURCES_MAX) {
        return config_refuse(c, "mtc_iwf.sources", 0, "are 1 to 64: who may ask for triggers", NULL);
    }
    for (unsigned i = 0; i < raw->sources_count; i++) {
        if (!one_source(c, &raw->sources[i], i)) {
            return false;
        }
    }
    c->mtc_iwf.role.sources = raw->sources_count;
    return true;
}

/* ---- ways, and numbers ---- */

static bool ways(config_t *c, const raw_mtc_iwf_t *raw)
{
    godwit_mtc_iwf_config_t *r = &c->mtc_iwf.role;
    const char *a3 = raw->a3 == NULL ? A3_DEFAULT : raw->a3;
    r->no_t5 = raw->without_t5;
    r->sms_sc_open = raw->sms_sc_open;
    if (raw->number != NULL) {
        if (strlen(raw->number) > GODWIT_MSISDN_MAX || raw->number[0] == '\0' ||
            strspn(raw->number, "0123456789") != strlen(raw->number)) {
            return config_refuse(c, "mtc_iwf.number", 0, "must be digits of an international number", raw->number);
        }
        (void)snprintf(r->number, sizeof r->number, "%s", raw->number);
    }
    if (config_has(c, CONFIG_SMS_SC)) {
        memcpy(r->sms_sc_host, c->identity, sizeof r->sms_sc_host);
        memcpy(r->sms_sc_realm, c->realm, sizeof r->sms_sc_realm);
    } else if (raw->sms_sc != NULL && raw->sms_sc->host == NULL) {
        return config_refuse(c, "mtc_iwf.sms_sc.host", 0, "is missing: its reports are known by it", NULL);
    } else if (raw->sms_sc != NULL &&
               !config_remote(c, "mtc_iwf.sms_sc", raw->sms_sc, r->sms_sc_host, r->sms_sc_realm)) {
        return false;
    }
    if (r->sms_sc_realm[0] != '\0' && r->number[0] == '\0') {
        return config_refuse(c, "mtc_iwf.number", 0, "is missing: devices see it as the sender of short messages",
                             NULL);
    }
    c->mtc_iwf.has_a3 = strcmp(a3, "none") != 0;
    return !c->mtc_iwf.has_a3 || config_address(c, "mtc_iwf.a3", 0, a3, &c->mtc_iwf.a3);
}

static bool numbers(config_t *c, const raw_mtc_iwf_t *raw)
{
    godwit_mtc_iwf_config_t *r = &c->mtc_iwf.role;
    const struct {
        const char *where;
        uint32_t value, most;
        uint32_t *to;
    } all[] = {
        {"mtc_iwf.source_per_minute", raw->source_per_minute, 10000000, &r->source_per_minute},
        {"mtc_iwf.device_per_minute", raw->device_per_minute, 100000, &r->device_per_minute},
        {"mtc_iwf.source_quota", raw->source_quota, 100000000, &r->source_quota},
        {"mtc_iwf.device_quota", raw->device_quota, 100000, &r->device_quota},
        {"mtc_iwf.validity_seconds", raw->validity_seconds, 366 * DAY_S, &r->validity_s},
        {"mtc_iwf.validity_max_seconds", raw->validity_max_seconds, 366 * DAY_S, &r->validity_max_s},
        {"mtc_iwf.keep_seconds", raw->keep_seconds, 366 * DAY_S, &r->keep_s},
        {"mtc_iwf.report_life_seconds", raw->report_life_seconds, 366 * DAY_S, &r->report_life_s},
        {"mtc_iwf.hss_timeout_ms", raw->hss_timeout_ms, MINUTES_MS, &r->hss_timeout_ms},
        {"mtc_iwf.node_timeout_ms", raw->node_timeout_ms, MINUTES_MS, &r->node_timeout_ms},
        {"mtc_iwf.ack_ms", raw->ack_ms, MINUTES_MS, &r->ack_ms},
        {"mtc_iwf.t4_ms", raw->t4_ms, 1000 * DAY_S, &r->t4_ms},
        {"mtc_iwf.a3_recent_ms", raw->a3_recent_ms, MINUTES_MS, &r->a3_recent_ms},
        {"mtc_iwf.retry_ms", raw->retry_ms, MINUTES_MS, &r->retry_ms},
        {"mtc_iwf.retry_max_ms", raw->retry_max_ms, 1000 * DAY_S, &r->retry_max_ms},
        {"mtc_iwf.report_retry_ms", raw->report_retry_ms, MINUTES_MS, &r->report_retry_ms},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (!config_range(c, all[i].where, all[i].value, 1, all[i].most)) {
            return false;
        }
        *all[i].to = all[i].value;
    }
    r->keys.address_life_ms = r->a3_recent_ms;
    return true;
}

bool config_mtc_iwf_section(config_t *c, const raw_mtc_iwf_t *raw)
{
    static const char *const protect[] = {"association", "hop"};
    godwit_mtc_iwf_config_t *r = &c->mtc_iwf.role;
    size_t which = 0;
    if (raw == NULL) {
        return config_refuse(c, "mtc_iwf", 0, "is missing, though it stands among the functions", NULL);
    }
    memcpy(r->local_host, c->identity, sizeof r->local_host);
    memcpy(r->local_realm, c->realm, sizeof r->local_realm);
    if (!choose(c, "mtc_iwf.protect", raw->protect, protect, 2, "must be association or hop", &which) ||
        !keys(c, raw) || !suites(c, raw)) {
        return false;
    }
    r->protect = which == 0 ? GODWIT_IWF_PROTECT_ASSOCIATION : GODWIT_IWF_PROTECT_HOP;
    r->keys.off = which == 1;
    if (config_has(c, CONFIG_AAA)) {
        memcpy(r->keys.aaa_host, c->identity, sizeof r->keys.aaa_host);
        memcpy(r->keys.aaa_realm, c->realm, sizeof r->keys.aaa_realm);
    }
    r->accept_open = raw->accept_open;
    c->diameter.used = c->diameter.used || c->raw->diameter != NULL;
    return sources(c, raw) && config_rest(c, raw) && ways(c, raw) && numbers(c, raw) &&
           (raw->aaa == NULL || config_remote(c, "mtc_iwf.aaa", raw->aaa, r->keys.aaa_host, r->keys.aaa_realm)) &&
           (config_has(c, CONFIG_HSS) ||
            config_remote(c, "mtc_iwf.hss", raw->hss, c->mtc_iwf.hss_host, c->mtc_iwf.hss_realm));
}

bool config_scs_section(config_t *c, const raw_scs_t *raw)
{
    static const raw_scs_t none;
    godwit_scs_config_t *r = &c->scs.role;
    raw = raw == NULL ? &none : raw;
    r->function = GODWIT_FUNCTION_SCS;
    memcpy(r->local_host, c->identity, sizeof r->local_host);
    memcpy(r->local_realm, c->realm, sizeof r->local_realm);
    r->answer_ms = raw->answer_ms;
    r->attempts = (uint8_t)raw->attempts;
    if (!config_name(c, "scs.name", 0, raw->name == NULL ? c->identity : raw->name, r->name) ||
        !config_range(c, "scs.answer_ms", raw->answer_ms, 100, 600000) ||
        !config_range(c, "scs.attempts", raw->attempts, 1, 100)) {
        return false;
    }
    if (!config_has(c, CONFIG_MTC_IWF) &&
        !config_remote(c, "scs.mtc_iwf", raw->mtc_iwf, c->scs.mtc_iwf_host, c->scs.mtc_iwf_realm)) {
        return false;
    }
    memcpy(r->iwf_host, config_has(c, CONFIG_MTC_IWF) ? c->identity : c->scs.mtc_iwf_host, sizeof r->iwf_host);
    return true;
}
