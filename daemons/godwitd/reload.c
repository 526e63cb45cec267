/* SPDX-License-Identifier: Apache-2.0
 *
 * SIGHUP: the log, deliveries, policy, who may ask for triggers and which access points there are change at once; what
 * else differs is named, and waits for a restart. A configuration that is wrong changes nothing.
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/certificates.h"
#include "daemons/godwitd/daemon.h"

static void note(godwitd_t *d, godwit_log_level_t level, const char *event, const char *text)
{
    godwit_observe_note(&d->observer, daemon_now_ms(), level, event, text);
}

static bool same_text(const char *a, const char *b)
{
    return (a == NULL || b == NULL) ? a == b : strcmp(a, b) == 0;
}

static bool same_peers(const config_diameter_t *a, const config_diameter_t *b)
{
    bool same = a->peer_count == b->peer_count;
    for (size_t i = 0; i < a->peer_count && same; i++) {
        const godwit_diameter_peer_t *p = &a->peers[i], *q = &b->peers[i];
        same = strcmp(p->identity, q->identity) == 0 && strcmp(p->realm, q->realm) == 0 &&
               strcmp(p->host, q->host) == 0 && p->port == q->port && p->relay == q->relay &&
               p->protection == q->protection && p->only == q->only;
    }
    return same;
}

static bool same_diameter(const config_diameter_t *a, const config_diameter_t *b)
{
    return a->used == b->used && strcmp(a->listen, b->listen) == 0 && a->port == b->port && same_peers(a, b) &&
           same_text(a->certificate, b->certificate) && same_text(a->key, b->key) && same_text(a->ca, b->ca) &&
           same_text(a->link_protected, b->link_protected) && a->timeout_ms == b->timeout_ms;
}

static bool same_hse(const config_hse_t *a, const config_hse_t *b)
{
    return strcmp(a->role.endpoint, b->role.endpoint) == 0 &&
           a->role.framing.session_octets == b->role.framing.session_octets &&
           a->role.framing.counter_octets == b->role.framing.counter_octets && a->listen_count == b->listen_count &&
           memcmp(a->listen, b->listen, sizeof a->listen) == 0 && a->sessions == b->sessions &&
           a->exchanges == b->exchanges && a->senders == b->senders && strcmp(a->emks_host, b->emks_host) == 0 &&
           strcmp(a->emks_realm, b->emks_realm) == 0;
}

static bool same_emks(const config_emks_t *a, const config_emks_t *b)
{
    return godwit_plmn_equal(a->best_plmn, b->best_plmn) && a->source == b->source &&
           strcmp(a->hss_host, b->hss_host) == 0 && strcmp(a->hss_realm, b->hss_realm) == 0 &&
           strcmp(a->gsup_host, b->gsup_host) == 0 && a->gsup_port == b->gsup_port &&
           strcmp(a->gsup_name, b->gsup_name) == 0;
}

static bool same_e2m(const config_t *a, const config_t *b)
{
    const godwit_hse_config_t *p = &a->hse.role, *q = &b->hse.role;
    return memcmp(&a->hss.e2m, &b->hss.e2m, sizeof a->hss.e2m) == 0 && a->emks.key_set_ms == b->emks.key_set_ms &&
           memcmp(a->emks.pushes_from, b->emks.pushes_from, sizeof a->emks.pushes_from) == 0 &&
           memcmp(a->hse.gateways, b->hse.gateways, sizeof a->hse.gateways) == 0 && p->e2m_source == q->e2m_source &&
           strcmp(p->push_from, q->push_from) == 0 && p->idle_ms == q->idle_ms &&
           p->bearers_per_imsi == q->bearers_per_imsi && a->hse.bearers == b->hse.bearers &&
           a->hse.pushes == b->hse.pushes;
}

static bool same_policy(const config_policy_t *a, const config_policy_t *b)
{
    bool same = (a->file == NULL) == (b->file == NULL) && same_text(a->state, b->state) && a->served == b->served &&
                strcmp(a->host, b->host) == 0 && a->port == b->port && same_text(a->certificate, b->certificate) &&
                same_text(a->key, b->key) && same_text(a->ca, b->ca) && a->connection_ms == b->connection_ms &&
                a->peer_count == b->peer_count;
    for (size_t i = 0; i < a->peer_count && same; i++) {
        same = strcmp(a->peers[i].san, b->peers[i].san) == 0 && godwit_plmn_equal(a->peers[i].plmn, b->peers[i].plmn);
    }
    return same;
}

static bool same_intercept(const config_intercept_t *a, const config_intercept_t *b)
{
    return (a->targets == NULL) == (b->targets == NULL) && same_text(a->url, b->url) && same_text(a->queue, b->queue) &&
           same_text(a->audit, b->audit) && same_text(a->certificate, b->certificate) && same_text(a->key, b->key) &&
           same_text(a->ca, b->ca) && a->queue_copies == b->queue_copies && a->retry_ms == b->retry_ms;
}

static bool same_queue(const config_queue_t *a, const config_queue_t *b)
{
    return a->used == b->used && a->store == b->store && a->readings == b->readings && a->octets == b->octets;
}

/* For sections that are plain values. Both were zeroed before they were filled in, padding included; were it not so, an
 * unchanged section would be named. */
static bool same_octets(const void *a, const void *b, size_t size)
{
    return memcmp(a, b, size) == 0;
}

static bool same_eas_end(const config_eas_end_t *a, const config_eas_end_t *b)
{
    bool same = a->used == b->used && strcmp(a->host, b->host) == 0 && a->port == b->port &&
                same_text(a->tls.certificate, b->tls.certificate) && same_text(a->tls.key, b->tls.key) &&
                same_text(a->tls.ca, b->tls.ca) && same_text(a->tls.crl, b->tls.crl) &&
                same_text(a->connect_to, b->connect_to) && a->caller_count == b->caller_count &&
                a->peer_count == b->peer_count;
    for (size_t i = 0; i < a->caller_count && same; i++) {
        same = same_text(a->callers[i].name, b->callers[i].name) && same_text(a->callers[i].san, b->callers[i].san);
    }
    for (size_t i = 0; i < a->peer_count && same; i++) {
        same = same_text(a->peers[i].name, b->peers[i].name) && same_text(a->peers[i].url, b->peers[i].url);
    }
    return same;
}

static bool same_eese(const config_eese_t *a, const config_eese_t *b)
{
    return same_eas_end(&a->eas, &b->eas) && same_octets(&a->role, &b->role, sizeof a->role) &&
           strcmp(a->emks_host, b->emks_host) == 0 && strcmp(a->emks_realm, b->emks_realm) == 0 &&
           strcmp(a->hss_host, b->hss_host) == 0 && strcmp(a->hss_realm, b->hss_realm) == 0;
}

static bool same_hse_e2e(const config_hse_e2e_t *a, const config_hse_e2e_t *b)
{
    return same_eas_end(&a->eas, &b->eas) && strcmp(a->eese_host, b->eese_host) == 0 &&
           strcmp(a->eese_realm, b->eese_realm) == 0 && a->forwards == b->forwards && a->held == b->held;
}

/* Sources, limits and times of the MTC-IWF change at once; its door renews what stands in its files. */
static bool same_mtc_iwf(const config_mtc_iwf_t *a, const config_mtc_iwf_t *b)
{
    godwit_mtc_iwf_config_t kept;
    memcpy(&kept, &b->role, sizeof kept);
    godwit_mtc_iwf_keep(&kept, &a->role);
    const config_rest_t *p = &a->rest, *q = &b->rest;
    return same_octets(&kept, &b->role, sizeof kept) && a->has_a3 == b->has_a3 &&
           same_octets(&a->a3, &b->a3, sizeof a->a3) && strcmp(a->hss_host, b->hss_host) == 0 &&
           strcmp(a->hss_realm, b->hss_realm) == 0 && strcmp(p->host, q->host) == 0 && p->port == q->port &&
           same_text(p->tls.certificate, q->tls.certificate) && same_text(p->tls.key, q->tls.key) &&
           same_text(p->tls.ca, q->tls.ca) && same_text(p->crl, q->crl) && same_text(p->connect_to, q->connect_to);
}

static bool same_scs(const config_scs_t *a, const config_scs_t *b)
{
    return strcmp(a->role.name, b->role.name) == 0 && strcmp(a->mtc_iwf_host, b->mtc_iwf_host) == 0 &&
           strcmp(a->mtc_iwf_realm, b->mtc_iwf_realm) == 0;
}

static bool same_aaa(const config_aaa_t *a, const config_aaa_t *b)
{
    const godwit_aaa_config_t *p = &a->role, *q = &b->role;
    return godwit_plmn_equal(p->home, q->home) && strcmp(p->iwf.host, q->iwf.host) == 0 &&
           strcmp(p->iwf.realm, q->iwf.realm) == 0 && strcmp(p->network_name, q->network_name) == 0 &&
           same_octets(&a->radius, &b->radius, sizeof a->radius) && a->runs == b->runs && a->devices == b->devices &&
           strcmp(a->hss_host, b->hss_host) == 0 && strcmp(a->hss_realm, b->hss_realm) == 0;
}

/* What differs and cannot change while it runs. */
static void name_the_rest(godwitd_t *d, const config_t *now)
{
    const config_t *then = d->config;
    const struct {
        bool same;
        const char *what;
    } fixed[] = {
        {strcmp(then->identity, now->identity) == 0 && strcmp(then->realm, now->realm) == 0, "identity or realm"},
        {then->functions == now->functions, "functions"},
        {same_text(then->store_path, now->store_path) && same_text(then->key_file, now->key_file), "store"},
        {same_text(then->control_path, now->control_path), "control"},
        {same_octets(&then->metrics, &now->metrics, sizeof then->metrics), "metrics"},
        {godwit_plmn_equal(then->hss.best_plmn, now->hss.best_plmn) &&
             then->hss.ticks_per_second == now->hss.ticks_per_second,
         "hss: best_plmn or ticks_per_second"},
        {same_emks(&then->emks, &now->emks), "emks: best_plmn or source"},
        {same_octets(then->hss.iwfs, now->hss.iwfs, sizeof then->hss.iwfs) && then->hss.iwf_root == now->hss.iwf_root,
         "hss.trigger"},
        {same_e2m(then, now), "hss.e2m, emks.pushes_from, emks.key_set_days or hse.e2m"},
        {!then->hse.queue.used || same_queue(&then->hse.queue, &now->hse.queue), "deliver_queue"},
        {same_hse(&then->hse, &now->hse), "hse: endpoint, listen, framing, tables or emks"},
        {same_diameter(&then->diameter, &now->diameter), "diameter"},
        {same_policy(&then->policy, &now->policy), "policy: state, listen, tls or peers"},
        {same_intercept(&then->hse.intercept, &now->hse.intercept), "hse.intercept: all but its file targets"},
        {same_octets(&then->mme, &now->mme, sizeof then->mme), "mme"},
        {same_octets(&then->sgsn, &now->sgsn, sizeof then->sgsn), "sgsn"},
        {same_octets(&then->sgw, &now->sgw, sizeof then->sgw), "sgw"},
        {same_octets(&then->pgw, &now->pgw, sizeof then->pgw), "pgw"},
        {same_octets(&then->msc, &now->msc, sizeof then->msc), "msc"},
        {same_octets(&then->sms_sc, &now->sms_sc, sizeof then->sms_sc), "sms_sc"},
        {same_mtc_iwf(&then->mtc_iwf, &now->mtc_iwf),
         "mtc_iwf: protect, keys, suites, number, ways to devices and home, a3, or listen and files of rest"},
        {same_scs(&then->scs, &now->scs), "scs: name or mtc_iwf"},
        {same_aaa(&then->aaa, &now->aaa), "aaa: all but access_points, wait_ms and root_life_seconds"},
        {same_octets(&then->eas.role, &now->eas.role, sizeof then->eas.role) && then->eas.port == now->eas.port,
         "eas: all but its deliveries and the file of revoked certificates"},
        {same_eese(&then->eese, &now->eese), "eese"},
        {same_hse_e2e(&then->hse_e2e, &now->hse_e2e), "hse.eese or hse.eas"},
        {same_octets(&then->hse.sms, &now->hse.sms, sizeof then->hse.sms), "hse.sms"},
    };
    char text[192];
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (!fixed[i].same) {
            (void)snprintf(text, sizeof text, "%s: changed; this needs a restart", fixed[i].what);
            note(d, GODWIT_LOG_WARNING, "reload", text);
        }
    }
}

static void take_over(godwitd_t *d, config_t *config)
{
    d->observer.level = config->log.level;
    d->observer.imsi_in_full = config->log.imsi_in_full;
    d->observer.json = config->log.json || d->json_log;
    functions_apply(d, config);
    policies_reload(d, config);
    interception_reload(d, config);
    e2e_reload(d);
    eas_reload(d);
    trigger_reload(d, config);
    aaa_reload(d, config);
    links_reload(d);
    certificates_reload(d, config);
    name_the_rest(d, config);
    config_free(d->reloaded);
    d->reloaded = config;
    note(d, GODWIT_LOG_INFO, "reload",
         "log, deliveries, policy, sources of triggers and access points are as the configuration says now");
}

void daemon_reload(godwitd_t *d)
{
    char error[DAEMON_ERROR_MAX];
    config_t *config = config_load(d->config->file, error);
    daemon_notify("RELOADING=1");
    if (config == NULL || !aaa_prepare(d, config, error) || !deliveries_reload(d, config, error)) {
        aaa_abandon(d);
        note(d, GODWIT_LOG_ERROR, "reload_refused", error);
        config_free(config);
        daemon_notify("READY=1");
        return;
    }
    take_over(d, config);
    daemon_notify("READY=1");
}
