/* SPDX-License-Identifier: Apache-2.0
 *
 * The nodes of an access network in this process: MME, SGSN, S-GW, P-GW. Their tables are in memory alone: whoever
 * starts anew has none of its devices, and they attach anew.
 */
#include <stdio.h>
#include <stdlib.h>

#include "adapters/crypto/aesni.h"
#include "daemons/godwitd/daemon.h"

#define PENDING 256
#define ANSWERED 1024

struct daemon_access {
    godwit_mme_t mme;
    godwit_mme_ue_t *mme_ues;
    godwit_sgsn_t sgsn;
    godwit_sgsn_ue_t *sgsn_ues;
    godwit_sgw_t sgw;
    godwit_sgw_context_t *sgw_contexts;
    godwit_pgw_t pgw;
    godwit_pgw_context_t *pgw_contexts;
    /* One pair of tables for each function. */
    godwit_gtp_pending_t pending[4][PENDING];
    godwit_gtp_answered_t answered[4][ANSWERED];
};

static void step_mme(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mme_step(role, in, out);
}

static void step_sgw(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgw_step(role, in, out);
}

static void step_pgw(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_pgw_step(role, in, out);
}

/* Restart counter (TS 23.007 18): another one at each start, unless starts are 256 s apart. */
static uint8_t recovery(void)
{
    return (uint8_t)(daemon_now_ms() / 1000);
}

static bool start_mme(godwitd_t *d)
{
    struct daemon_access *a = d->access;
    godwit_mme_config_t role = d->config->mme.role;
    role.crypto = godwit_crypto_server();
    role.recovery = recovery();
    a->mme_ues = calloc(d->config->mme.devices, sizeof *a->mme_ues);
    if (a->mme_ues == NULL || godwit_mme_init(&a->mme, &role, a->mme_ues, d->config->mme.devices, a->pending[0],
                                              PENDING, a->answered[0], ANSWERED) != GODWIT_OK) {
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_MME, step_mme, &a->mme);
    return true;
}

static void step_sgsn(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sgsn_step(role, in, out);
}

static bool start_sgsn(godwitd_t *d)
{
    struct daemon_access *a = d->access;
    godwit_sgsn_config_t role = d->config->sgsn.role;
    role.crypto = godwit_crypto_server();
    role.recovery = recovery();
    a->sgsn_ues = calloc(d->config->sgsn.devices, sizeof *a->sgsn_ues);
    if (a->sgsn_ues == NULL || godwit_sgsn_init(&a->sgsn, &role, a->sgsn_ues, d->config->sgsn.devices, a->pending[1],
                                                PENDING, a->answered[1], ANSWERED) != GODWIT_OK) {
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_SGSN, step_sgsn, &a->sgsn);
    return true;
}

static bool start_sgw(godwitd_t *d)
{
    struct daemon_access *a = d->access;
    godwit_sgw_config_t role = d->config->sgw.role;
    role.recovery = recovery();
    a->sgw_contexts = calloc(d->config->sgw.contexts, sizeof *a->sgw_contexts);
    if (a->sgw_contexts == NULL || godwit_sgw_init(&a->sgw, &role, a->sgw_contexts, d->config->sgw.contexts,
                                                   a->pending[2], PENDING, a->answered[2], ANSWERED) != GODWIT_OK) {
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_SGW, step_sgw, &a->sgw);
    return true;
}

static bool start_pgw(godwitd_t *d)
{
    struct daemon_access *a = d->access;
    godwit_pgw_config_t role = d->config->pgw.role;
    role.recovery = recovery();
    for (unsigned i = 0; i < role.apns; i++) { /* port 0: one was chosen when the socket was opened */
        role.apn[i].device_port = d->doors.sgi != NULL ? godwit_sgi_port(d->doors.sgi) : role.apn[i].device_port;
    }
    a->pgw_contexts = calloc(d->config->pgw.contexts, sizeof *a->pgw_contexts);
    if (a->pgw_contexts == NULL || godwit_pgw_init(&a->pgw, &role, a->pgw_contexts, d->config->pgw.contexts,
                                                   a->pending[3], PENDING, a->answered[3], ANSWERED) != GODWIT_OK) {
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_PGW, step_pgw, &a->pgw);
    return true;
}

bool access_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_t *config = d->config;
    if (!config_has(config, CONFIG_MME | CONFIG_SGSN | CONFIG_SGW | CONFIG_PGW)) {
        return true;
    }
    d->access = calloc(1, sizeof *d->access);
    bool good = d->access != NULL && (!config_has(config, CONFIG_MME) || start_mme(d)) &&
                (!config_has(config, CONFIG_SGSN) || start_sgsn(d)) &&
                (!config_has(config, CONFIG_SGW) || start_sgw(d)) && (!config_has(config, CONFIG_PGW) || start_pgw(d));
    if (!good) {
        (void)snprintf(error, DAEMON_ERROR_MAX,
                       "%s: the tables of mme, sgsn, sgw or pgw do not fit into memory; make them smaller",
                       config->file);
    }
    return good;
}

void access_policies(godwitd_t *d, const godwit_serving_policy_t *table, size_t count)
{
    if (d->access != NULL) {
        d->access->mme.config.policies = table;
        d->access->mme.config.policy_count = count;
        d->access->sgsn.config.policies = table;
        d->access->sgsn.config.policy_count = count;
    }
}

static void wipe_and_free(void *memory, size_t size)
{
    if (memory != NULL) {
        godwit_wipe(memory, size);
        free(memory);
    }
}

void access_free(godwitd_t *d)
{
    struct daemon_access *a = d->access;
    if (a == NULL) {
        return;
    }
    wipe_and_free(a->mme_ues, d->config->mme.devices * sizeof *a->mme_ues);
    wipe_and_free(a->sgsn_ues, d->config->sgsn.devices * sizeof *a->sgsn_ues);
    free(a->sgw_contexts);
    free(a->pgw_contexts);
    wipe_and_free(a, sizeof *a);
}
