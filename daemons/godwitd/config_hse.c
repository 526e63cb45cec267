/* SPDX-License-Identifier: Apache-2.0
 *
 * The section hse of the configuration: the endpoint, where it listens, its policy, where readings go.
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/config_check.h"

static bool endpoint(config_t *c, const raw_hse_t *raw)
{
    const char *name = raw->endpoint == NULL ? c->identity : raw->endpoint;
    if (strlen(name) >= GODWIT_NODE_NAME_MAX || !godwit_fqdn_is_canonical(godwit_slice_of_string(name))) {
        return config_refuse(c, "hse.endpoint", 0, "must be a domain name in lower case, of at most 127 characters",
                             name);
    }
    (void)snprintf(c->hse.role.endpoint, sizeof c->hse.role.endpoint, "%s", name);
    if (config_has(c, CONFIG_EMKS) || c->mtc_server.alone) {
        return true;
    }
    /* K_session goes to the node that is its endpoint: over Diameter that is our identity. Where only access AKA runs
     * make key sets and the HSS owns them, there is no EMKS. */
    bool none =
        raw->emks == NULL && raw->e2m != NULL && raw->e2m->source != NULL && strcmp(raw->e2m->source, "hss") == 0;
    return (strcmp(name, c->identity) == 0 ||
            config_refuse(c, "hse.endpoint", 0, "must equal identity when the EMKS is another process", name)) &&
           (none || config_remote(c, "hse.emks", raw->emks, c->hse.emks_host, c->hse.emks_realm));
}

static bool listen_addresses(config_t *c, const raw_hse_t *raw)
{
    char loopback[] = "127.0.0.1:0", *standard[] = {loopback};
    char **texts = raw->listen_count == 0 ? standard : raw->listen;
    unsigned count = raw->listen_count == 0 ? 1 : raw->listen_count;
    if (count > CONFIG_LISTEN_MAX) {
        return config_refuse(c, "hse.listen", 0, "one IPv4 and one IPv6 address are the most", NULL);
    }
    for (unsigned i = 0; i < count; i++) {
        if (!config_address(c, "hse.listen[]", i, texts[i], &c->hse.listen[i])) {
            return false;
        }
    }
    if (count == 2 && c->hse.listen[0].len == c->hse.listen[1].len) {
        return config_refuse(c, "hse.listen", 0, "one IPv4 and one IPv6 address are the most", NULL);
    }
    c->hse.listen_count = count;
    c->hse.has_gtpu = raw->gtpu != NULL;
    return raw->gtpu == NULL || config_address(c, "hse.gtpu", 0, raw->gtpu, &c->hse.gtpu);
}

static bool framing(config_t *c, const raw_hse_t *raw)
{
    godwit_framing_t standard = GODWIT_FRAMING_DEFAULT;
    uint32_t s = raw->session_octets == NULL ? standard.session_octets : *raw->session_octets;
    uint32_t e = raw->counter_octets == NULL ? standard.counter_octets : *raw->counter_octets;
    c->hse.role.framing = (godwit_framing_t){(uint8_t)s, (uint8_t)e};
    return config_range(c, "hse.session_octets", s, 0, 4) && config_range(c, "hse.counter_octets", e, 0, 3);
}

/* Below the minimum of 128-bit ciphering keys and 64-bit MACs only with a reason (docs/keys.md, policy). */
static bool suites(config_t *c, const raw_hse_t *raw)
{
    if (raw->suites_count > GODWIT_SUITE_LAST) {
        return config_refuse(c, "hse.suites", 0, "there are nine suites", NULL);
    }
    c->hse.role.suite_order[0] = GODWIT_SUITE_DEFAULT;
    for (unsigned i = 0; i < raw->suites_count; i++) {
        uint8_t id = 0;
        if (godwit_suite_from_name(raw->suites[i], &id) != GODWIT_OK) {
            return config_refuse(c, "hse.suites[]", i, "must be a suite such as eea2-eia2-64", raw->suites[i]);
        }
        if (memchr(c->hse.role.suite_order, id, i) != NULL) {
            return config_refuse(c, "hse.suites[]", i, "is named twice", NULL);
        }
        const godwit_suite_t *suite = godwit_suite(id);
        if ((suite->below_minimum || suite->eea == 0) && raw->below_minimum == NULL) {
            return config_refuse(c, "hse.suites[]", i,
                                 suite->eea == 0 ? "does not cipher: give the reason in hse.below_minimum"
                                                 : "is below the minimum: give the reason in hse.below_minimum",
                                 NULL);
        }
        c->hse.role.suite_order[i] = id;
    }
    return true;
}

/* Device RAND is asked for by its datagrams, not by a bit: an MTC server that is no other HSE agrees to nothing
 * else. */
static bool alone(config_t *c)
{
    c->hse.role.agreements = c->mtc_server.alone ? 0 : c->hse.role.agreements;
    return true;
}

static bool next_vector(config_t *c, const raw_hse_t *raw)
{
    static const char *const names[] = {"never", "terminate", "manage"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (raw->next_vector == NULL || strcmp(raw->next_vector, names[i]) == 0) {
            c->hse.role.next_vector = (godwit_next_vector_t)i;
            return true;
        }
    }
    return config_refuse(c, "hse.next_vector", 0, "must be never, terminate or manage", raw->next_vector);
}

static bool numbers(config_t *c, const raw_hse_t *raw)
{
    godwit_hse_config_t *role = &c->hse.role;
    role->rekey_datagrams = raw->rekey_datagrams;
    role->rekey_ms = raw->rekey_days * CONFIG_DAY_MS;
    role->reauthenticate_generations = raw->reauthenticate_generations;
    role->reauthenticate_ms = raw->reauthenticate_days * CONFIG_DAY_MS;
    role->exchange_ms = raw->exchange_seconds * 1000u;
    role->exchanges_per_imsi = raw->exchanges_per_imsi;
    role->budget_octets = raw->budget_octets;
    role->retransmit_ms = raw->retransmit_ms;
    role->attempts = (uint8_t)raw->attempts;
    return config_range(c, "hse.rekey_datagrams", raw->rekey_datagrams, 1, 1u << 30) &&
           config_range(c, "hse.rekey_days", raw->rekey_days, 1, 3650) &&
           config_range(c, "hse.reauthenticate_generations", raw->reauthenticate_generations, 1, 1u << 30) &&
           config_range(c, "hse.reauthenticate_days", raw->reauthenticate_days, 1, 3650) &&
           config_range(c, "hse.exchange_seconds", raw->exchange_seconds, 1, 3600) &&
           config_range(c, "hse.exchanges_per_imsi", raw->exchanges_per_imsi, 1, 64) &&
           config_range(c, "hse.budget_octets", raw->budget_octets, 256, 1u << 30) &&
           config_range(c, "hse.retransmit_ms", raw->retransmit_ms, 100, 3600u * 1000) &&
           config_range(c, "hse.attempts", raw->attempts, 1, 100);
}

static bool table(config_t *c, const char *where, uint32_t value, uint32_t standard, bool power, uint32_t *out)
{
    *out = value == 0 ? standard : value;
    return config_range(c, where, value, 16, CONFIG_TABLE_MAX) &&
           (!power || (*out & (*out - 1)) == 0 || config_refuse(c, where, 0, "must be a power of two", NULL));
}

bool config_hse_section(config_t *c, const raw_hse_t *raw)
{
    static const raw_hse_t none;
    raw = raw == NULL ? &none : raw;
    return endpoint(c, raw) && listen_addresses(c, raw) && framing(c, raw) &&
           config_agreements(c, "hse.agreements[]", raw->agreements, raw->agreements_count, true,
                             &c->hse.role.agreements) &&
           suites(c, raw) && alone(c) && numbers(c, raw) && next_vector(c, raw) &&
           table(c, "hse.sessions", raw->sessions, CONFIG_SESSIONS_DEFAULT, true, &c->hse.sessions) &&
           table(c, "hse.exchanges", raw->exchanges, CONFIG_EXCHANGES_DEFAULT, false, &c->hse.exchanges) &&
           table(c, "hse.senders", raw->senders, CONFIG_SENDERS_DEFAULT, false, &c->hse.senders) &&
           config_deliveries(c, raw->deliver, raw->deliver_count) && config_hse_e2m(c, raw->e2m) &&
           config_hse_e2e(c, raw) && config_intercept_section(c, raw->intercept) && config_hse_sms(c, raw->sms);
}
