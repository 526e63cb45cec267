/* SPDX-License-Identifier: Apache-2.0
 *
 * The policies of networks in godwitd: read at the start and by SIGHUP, taken from others while it runs, kept in a
 * durable file. A wrong one changes nothing.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemons/godwitd/daemon.h"

static void note(godwitd_t *d, godwit_log_level_t level, const char *event, const char *text)
{
    godwit_observe_note(&d->observer, daemon_now_ms(), level, event, text);
}

#define OTHERS_MAX (GODWIT_POLICY_NETWORKS_MAX + GODWIT_POLICY_BOOK_MAX)

/* What we made known, merged with what each other network gave us: rules for the HSE, by serving network; for MME and
 * SGSN, by home. */
typedef struct daemon_rules {
    godwit_policy_rules_t standard;
    size_t count;
    godwit_policy_network_t networks[OTHERS_MAX];
    godwit_serving_policy_t serving[OTHERS_MAX + 1]; /* the last is for every other home */
} daemon_rules_t;

static void tell_merge(godwitd_t *d, godwit_plmn_t plmn, const godwit_policy_fault_t *fault)
{
    char text[256], name[8] = "";
    (void)!godwit_plmn_to_text(plmn, name);
    (void)snprintf(text, sizeof text, "with %s: %s: %s", name, fault->path, fault->what);
    note(d, GODWIT_LOG_WARNING, "policy_merged", text);
}

/* Where nothing is left that both allow, no suite is: sessions from there are refused. */
static void add_rules(godwitd_t *d, daemon_rules_t *rules, const godwit_policy_t *own, const godwit_policy_t *theirs)
{
    godwit_policy_network_t *place = &rules->networks[rules->count++];
    const godwit_policy_rules_t *ours = godwit_policy_rules_for(own, theirs->plmn);
    godwit_policy_fault_t fault;
    place->plmn = theirs->plmn;
    godwit_serving_policy_fill(own, theirs, theirs->plmn, &rules->serving[rules->count - 1]);
    if (godwit_policy_merge(ours, godwit_policy_rules_for(theirs, own->plmn), &place->rules, &fault) != GODWIT_OK) {
        place->rules = *ours;
        memset(place->rules.suites, 0, sizeof place->rules.suites);
    }
    if (fault.what != NULL) {
        tell_merge(d, theirs->plmn, &fault);
    }
}

/* Entries of our policy for networks that have given us none: what we say holds. */
static void add_unanswered(const godwitd_t *d, daemon_rules_t *rules, const godwit_policy_t *own, godwit_policy_t *room)
{
    for (size_t i = 0; i < own->network_count; i++) {
        if (!godwit_policy_book_of(d->policies, own->networks[i].plmn, room)) {
            godwit_plmn_t plmn = own->networks[i].plmn;
            godwit_serving_policy_fill(own, NULL, plmn, &rules->serving[rules->count]);
            rules->networks[rules->count++] = own->networks[i];
        }
    }
}

static void apply(godwitd_t *d)
{
    static godwit_policy_t own, theirs;
    daemon_rules_t *rules = calloc(1, sizeof *rules);
    if (rules == NULL) {
        note(d, GODWIT_LOG_ERROR, "policy_refused", "no memory: the rules stay as they were");
        return;
    }
    godwit_policy_book_own(d->policies, &own);
    rules->standard = own.standard;
    for (size_t i = 0; godwit_policy_book_at(d->policies, i, &theirs); i++) {
        add_rules(d, rules, &own, &theirs);
    }
    add_unanswered(d, rules, &own, &theirs);
    d->hse.role.config.rules = &rules->standard;
    d->hse.role.config.networks = rules->networks;
    d->hse.role.config.network_count = rules->count;
    godwit_serving_policy_fill(&own, NULL, (godwit_plmn_t){{0xFF, 0xFF, 0xFF}}, &rules->serving[rules->count]);
    rules->serving[rules->count].any = true;
    access_policies(d, rules->serving, rules->count + 1);
    free(d->rules);
    d->rules = rules;
    if (d->hss != NULL) {
        d->hss->policy_version = own.version;
    }
}

/* The policies of other networks that were put into files (godwit policy fetch). */
static bool take_others(godwitd_t *d, const config_policy_t *config, char error[DAEMON_ERROR_MAX])
{
    static godwit_policy_t policy;
    char why[GODWIT_POLICY_WHY];
    for (unsigned i = 0; i < config->other_count; i++) {
        godwit_status_t status = godwit_policy_load(config->others[i], &policy, error);
        if (status != GODWIT_OK) {
            return false;
        }
        status = godwit_policy_book_take(d->policies, &policy, false, why);
        if (status != GODWIT_OK && status != GODWIT_AGAIN) {
            (void)snprintf(error, DAEMON_ERROR_MAX, "%.200s: %.300s", config->others[i], why);
            return false;
        }
    }
    return true;
}

bool policies_check(const config_t *config, char error[DAEMON_ERROR_MAX])
{
    static godwit_policy_t policy;
    bool good = config->policy.file == NULL || godwit_policy_load(config->policy.file, &policy, error) == GODWIT_OK;
    for (unsigned i = 0; i < config->policy.other_count && good; i++) {
        good = godwit_policy_load(config->policy.others[i], &policy, error) == GODWIT_OK;
    }
    return good;
}

static bool open_book(godwitd_t *d, const config_policy_t *config, char error[DAEMON_ERROR_MAX])
{
    static godwit_policy_t own;
    char why[GODWIT_POLICY_WHY];
    if (godwit_policy_load(config->file, &own, error) != GODWIT_OK) {
        return false;
    }
    if (godwit_policy_book_open(config->state, &own, &d->policies, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%.200s: %.300s", config->file, why);
        return false;
    }
    return take_others(d, config, error);
}

bool policies_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_policy_t *config = &d->config->policy;
    if (config->file == NULL) {
        return true;
    }
    if (!open_book(d, config, error)) {
        return false;
    }
    apply(d);
    if (!config->served) {
        return true;
    }
    const godwit_policy_server_config_t wanted = {.host = config->host,
                                                  .port = config->port,
                                                  .certificate = config->certificate,
                                                  .key = config->key,
                                                  .ca = config->ca,
                                                  .whole_ms = config->connection_ms,
                                                  .peers = config->peers,
                                                  .peer_count = config->peer_count};
    return godwit_policy_server_start(&wanted, d->policies, &d->policy_server, error) == GODWIT_OK;
}

void policies_run(godwitd_t *d)
{
    godwit_policy_note_t told;
    char text[256], plmn[8] = "";
    bool changed = false;
    while (d->policy_server != NULL && godwit_policy_server_note(d->policy_server, &told)) {
        if (!told.has_plmn || godwit_plmn_to_text(told.plmn, plmn) != GODWIT_OK) {
            (void)snprintf(text, sizeof text, "%s", told.what);
        } else {
            (void)snprintf(text, sizeof text, "of %s, version %u%s%s", plmn, (unsigned)told.version,
                           told.what[0] == '\0' ? "" : ": ", told.what);
        }
        bool good = told.status == GODWIT_OK;
        note(d, good ? GODWIT_LOG_INFO : GODWIT_LOG_WARNING, good ? "policy_taken" : "policy_refused", text);
        changed = changed || good;
    }
    if (changed) {
        apply(d);
    }
}

void policies_reload(godwitd_t *d, const config_t *config)
{
    static godwit_policy_t own;
    char error[DAEMON_ERROR_MAX];
    if (d->policies == NULL || config->policy.file == NULL) {
        return;
    }
    godwit_status_t status = godwit_policy_load(config->policy.file, &own, error);
    if (status == GODWIT_OK) {
        status = godwit_policy_book_take(d->policies, &own, true, error);
    }
    if ((status != GODWIT_OK && status != GODWIT_AGAIN) || !take_others(d, &config->policy, error)) {
        note(d, GODWIT_LOG_ERROR, "policy_refused", error);
    }
    apply(d);
}

void policies_stop(godwitd_t *d)
{
    godwit_policy_server_stop(d->policy_server);
    godwit_policy_book_close(d->policies);
    free(d->rules);
}
