/* SPDX-License-Identifier: Apache-2.0
 *
 * The roles of this process: their memory, their configuration, and the parts of it that SIGHUP changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/aesni.h"
#include "daemons/godwitd/daemon.h"

static void step_hss(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hss_step(role, in, out);
}

static void step_emks(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_emks_step(role, in, out);
}

static void step_hse(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_hse_step(role, in, out);
}

/* ---- agreement 07, device by device ------------------------------------------------------------------------------ */

static bool is_listed(const config_emks_t *emks, const godwit_imsi_t *imsi)
{
    for (size_t i = 0; i < emks->umts_imsi_count; i++) {
        if (godwit_imsi_equal(&emks->umts_imsis[i], imsi)) {
            return true;
        }
    }
    return false;
}

static bool has_feature(godwit_store_t *store, const godwit_imsi_t *imsi)
{
    godwit_record_t record;
    const godwit_record_key_t key = {.kind = GODWIT_RECORD_SUBSCRIBER, .imsi = *imsi};
    bool has = godwit_store_fetch(store, &key, &record) == GODWIT_OK &&
               (record.u.subscriber.features & GODWIT_FEATURE_SEPARATE_UMTS) != 0;
    godwit_wipe(&record, sizeof record);
    return has;
}

static bool separate_umts_allowed(void *context, const godwit_imsi_t *imsi)
{
    const godwitd_t *d = context;
    const config_emks_t *emks = &daemon_current(d)->emks;
    switch (emks->umts) {
    case CONFIG_UMTS_ALL:
        return true;
    case CONFIG_UMTS_LISTED:
        return is_listed(emks, imsi);
    case CONFIG_UMTS_FEATURE:
        return has_feature(d->store, imsi);
    case CONFIG_UMTS_NONE:
    default:
        return false;
    }
}

/* ---- what may change while it runs ------------------------------------------------------------------------------- */

static void apply_hss(godwit_hss_t *hss, const config_hss_t *config)
{
    memcpy(hss->nodes, config->nodes, sizeof hss->nodes);
    hss->node_count = config->node_count;
    memcpy(hss->networks, config->networks, sizeof hss->networks);
    hss->network_count = config->network_count;
    hss->vectors_per_request = config->vectors_per_request;
    memcpy(hss->mkefs, config->mkefs, sizeof hss->mkefs);
    hss->mkef_count = config->mkef_count;
    hss->plain_rand = config->plain_rand;
    memcpy(hss->ausfs, config->ausfs, sizeof hss->ausfs);
    hss->ausf_count = config->ausf_count;
    memcpy(hss->aaas, config->aaas, sizeof hss->aaas);
    hss->aaa_count = config->aaa_count;
    memcpy(hss->eeses, config->eeses.hosts, sizeof hss->eeses);
    hss->eese_count = config->eeses.count;
}

/* Policy: which agreements and suites, and when keys are renewed. Endpoint and framing stay as they were. */
static void apply_hse(godwit_hse_t *hse, const godwit_hse_config_t *from)
{
    godwit_hse_config_t *to = &hse->config;
    to->agreements = from->agreements;
    memcpy(to->suite_order, from->suite_order, sizeof to->suite_order);
    to->rekey_datagrams = from->rekey_datagrams;
    to->rekey_ms = from->rekey_ms;
    to->reauthenticate_generations = from->reauthenticate_generations;
    to->reauthenticate_ms = from->reauthenticate_ms;
    to->exchanges_per_imsi = from->exchanges_per_imsi;
    to->exchange_ms = from->exchange_ms;
    to->budget_octets = from->budget_octets;
    to->retransmit_ms = from->retransmit_ms;
    to->attempts = from->attempts;
    to->next_vector = from->next_vector;
}

void functions_apply(godwitd_t *d, const config_t *config)
{
    if (d->hss != NULL) {
        apply_hss(d->hss, &config->hss);
    }
    if (d->emks != NULL) {
        d->emks->agreements = config->emks.agreements;
        d->emks->hss_timeout_ms = config->emks.timeout_ms;
        memcpy(d->emks->eeses, config->emks.eeses.hosts, sizeof d->emks->eeses);
        d->emks->eese_count = config->emks.eeses.count;
    }
    if (d->hse.sessions != NULL) {
        apply_hse(&d->hse.role, &config->hse.role);
    }
}

/* ---- start and end ----------------------------------------------------------------------------------------------- */

static bool start_hss(godwitd_t *d)
{
    d->hss = calloc(1, sizeof *d->hss);
    if (d->hss == NULL) {
        return false;
    }
    d->hss->crypto = godwit_crypto_server();
    d->hss->best_plmn = d->config->hss.best_plmn;
    d->hss->ticks_per_second = d->config->hss.ticks_per_second;
    d->hss->skew_ticks = d->config->hss.skew_ticks;
    d->hss->e2m = d->config->hss.e2m;
    memcpy(d->hss->bsfs, d->config->hss.bsfs, sizeof d->hss->bsfs);
    d->hss->bsf_count = d->config->hss.bsf_count;
    d->hss->gba_life_s = d->config->hss.gba_life_s;
    memcpy(d->hss->triggers.iwfs, d->config->hss.iwfs, sizeof d->hss->triggers.iwfs);
    d->hss->triggers.iwf_count = d->config->hss.iwf_count;
    d->hss->triggers.root = d->config->hss.iwf_root;
    memcpy(d->hss->local_host, d->config->identity, sizeof d->hss->local_host);
    memcpy(d->hss->local_realm, d->config->realm, sizeof d->hss->local_realm);
    owner_set_role(d->owner, GODWIT_FUNCTION_HSS, step_hss, d->hss);
    return true;
}

static bool start_emks(godwitd_t *d)
{
    d->emks = calloc(1, sizeof *d->emks);
    if (d->emks == NULL) {
        return false;
    }
    d->emks->crypto = godwit_crypto_server();
    d->emks->best_plmn = d->config->emks.best_plmn;
    memcpy(d->emks->local_host, d->config->identity, sizeof d->emks->local_host);
    memcpy(d->emks->local_realm, d->config->realm, sizeof d->emks->local_realm);
    memcpy(d->emks->hss_hosts, d->config->emks.pushes_from, sizeof d->emks->hss_hosts);
    d->emks->hss_host_count = d->config->emks.pushes_from_count;
    memcpy(d->emks->naf_id, d->config->emks.naf_id, sizeof d->emks->naf_id);
    d->emks->naf_id_len = d->config->emks.naf_id_len;
    memcpy(d->emks->af_id, d->config->emks.af_id, sizeof d->emks->af_id);
    d->emks->af_id_len = d->config->emks.af_id_len;
    d->emks->key_set_ms = d->config->emks.key_set_ms;
    d->emks->separate_umts_allowed = separate_umts_allowed;
    d->emks->context = d;
    owner_set_role(d->owner, GODWIT_FUNCTION_EMKS, step_emks, d->emks);
    return true;
}

static bool start_hse(godwitd_t *d)
{
    const config_hse_t *config = &d->config->hse;
    godwit_hse_config_t role = config->role;
    d->hse.sessions = calloc(config->sessions, sizeof *d->hse.sessions);
    d->hse.exchanges = calloc(config->exchanges, sizeof *d->hse.exchanges);
    d->hse.senders = calloc(config->senders, sizeof *d->hse.senders);
    if (d->hse.sessions == NULL || d->hse.exchanges == NULL || d->hse.senders == NULL) {
        return false;
    }
    role.crypto = godwit_crypto_server();
    if (godwit_hse_init(&d->hse.role, &role, d->hse.sessions, config->sessions, d->hse.exchanges, config->exchanges,
                        d->hse.senders, config->senders) != GODWIT_OK) {
        return false;
    }
    if (config->bearers != 0) {
        d->hse.bearers = calloc(config->bearers, sizeof *d->hse.bearers);
        d->hse.pushes = calloc(config->pushes, sizeof *d->hse.pushes);
        if (d->hse.bearers == NULL || d->hse.pushes == NULL) {
            return false;
        }
        godwit_hse_set_bearers(&d->hse.role, d->hse.bearers, config->bearers, d->hse.pushes, config->pushes);
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_HSE, step_hse, &d->hse.role);
    return true;
}

bool functions_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    bool good = (!config_has(d->config, CONFIG_HSS) || start_hss(d)) &&
                (!config_has(d->config, CONFIG_EMKS) || start_emks(d)) &&
                (!config_has(d->config, CONFIG_HSE) || start_hse(d));
    if (!good) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: the tables of hse do not fit into memory; make them smaller",
                       d->config->file);
        return false;
    }
    functions_apply(d, d->config);
    return true;
}

static void wipe_and_free(void *memory, size_t size)
{
    if (memory != NULL) {
        godwit_wipe(memory, size);
        free(memory);
    }
}

void functions_free(godwitd_t *d)
{
    const config_hse_t *config = &d->config->hse;
    wipe_and_free(d->hss, sizeof *d->hss);
    wipe_and_free(d->emks, sizeof *d->emks);
    wipe_and_free(d->hse.sessions, config->sessions * sizeof *d->hse.sessions);
    wipe_and_free(d->hse.exchanges, config->exchanges * sizeof *d->hse.exchanges);
    wipe_and_free(d->hse.senders, config->senders * sizeof *d->hse.senders);
    wipe_and_free(d->hse.bearers, config->bearers * sizeof *d->hse.bearers);
    wipe_and_free(d->hse.pushes, config->pushes * sizeof *d->hse.pushes);
}
