/* SPDX-License-Identifier: Apache-2.0
 *
 * MTC-IWF and SCS in godwitd (docs/triggers.md): their roles, and where their Diameter messages go.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "adapters/crypto/aesni.h"
#include "daemons/godwitd/daemon.h"

#define PENDING_TIMER 0
#define PENDING_AFTER_MS 1000 /* peers have a moment to connect before what was pending goes on */
/* The first reference of a SCS. With a store of the first start alone. Without one of each, where no earlier start can
 * have come, as long as they were less than eight a second and the clock goes forward: two starts within a second begin
 * at different ones. */
#define REFERENCES_EVERY_MS 125U
#define EPOCH_MS 1704067200000U /* 2024 */

struct daemon_trigger {
    godwit_mtc_iwf_t iwf;
    godwit_scs_t scs;
};

static void step_iwf(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mtc_iwf_step(role, in, out);
}

static void step_scs(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_scs_step(role, in, out);
}

static bool start_iwf(godwitd_t *d)
{
    godwit_mtc_iwf_config_t role = d->config->mtc_iwf.role;
    role.crypto = godwit_crypto_server();
    if (getrandom(role.keys.table_key, sizeof role.keys.table_key, 0) != (ssize_t)sizeof role.keys.table_key) {
        return false;
    }
    if (godwit_mtc_iwf_init(&d->trigger->iwf, &role) != GODWIT_OK) {
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_MTC_IWF, step_iwf, &d->trigger->iwf);
    return owner_set_timer(d->owner, GODWIT_FUNCTION_MTC_IWF, PENDING_TIMER, PENDING_AFTER_MS);
}

/* A record that is damaged is told of by the store. */
static void restore_scs(godwitd_t *d)
{
    godwit_scs_t *scs = &d->trigger->scs;
    godwit_record_t record;
    for (unsigned i = 0; i < GODWIT_SCS_RECORDS; i++) {
        const godwit_record_key_t key = godwit_scs_key(scs, i);
        const godwit_status_t status = godwit_store_fetch(d->store, &key, &record);
        if (status == GODWIT_OK || status == GODWIT_NOT_FOUND) {
            godwit_scs_restore(scs, i, status == GODWIT_OK ? &record : NULL);
        } else {
            godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "fetch_failed",
                                godwit_store_why(d->store));
        }
    }
    godwit_wipe(&record, sizeof record);
    godwit_input_t reserve = {.kind = GODWIT_INPUT_TIMER, .timer = GODWIT_SCS_TIMER_RESERVE};
    owner_feed(d->owner, GODWIT_FUNCTION_SCS, &reserve);
    owner_finish(d->owner);
}

static uint32_t first_reference(void)
{
    const uint64_t now_ms = daemon_now_ms();
    return now_ms < EPOCH_MS ? 1 : (uint32_t)((now_ms - EPOCH_MS) / REFERENCES_EVERY_MS) + 1;
}

static bool start_scs(godwitd_t *d)
{
    godwit_scs_config_t role = d->config->scs.role;
    role.crypto = godwit_crypto_server();
    role.keeps = d->store != NULL;
    role.first_reference = first_reference();
    if (godwit_scs_init(&d->trigger->scs, &role) != GODWIT_OK) {
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_SCS, step_scs, &d->trigger->scs);
    if (role.keeps) {
        restore_scs(d);
    }
    return true;
}

bool trigger_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    if (!config_has(d->config, CONFIG_MTC_IWF | CONFIG_SCS)) {
        return true;
    }
    d->trigger = calloc(1, sizeof *d->trigger);
    bool good = d->trigger != NULL && (!config_has(d->config, CONFIG_MTC_IWF) || start_iwf(d)) &&
                (!config_has(d->config, CONFIG_SCS) || start_scs(d));
    if (!good) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: mtc_iwf or scs cannot be as it is configured", d->config->file);
    }
    return good;
}

void trigger_reload(godwitd_t *d, const config_t *config)
{
    if (d->trigger == NULL) {
        return;
    }
    if (config_has(d->config, CONFIG_MTC_IWF) &&
        godwit_mtc_iwf_change(&d->trigger->iwf, &config->mtc_iwf.role) != GODWIT_OK) {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "reload",
                            "mtc_iwf: its sources cannot be; what was before holds");
    }
    if (config_has(d->config, CONFIG_SCS)) {
        godwit_scs_change(&d->trigger->scs, config->scs.role.answer_ms, config->scs.role.attempts);
    }
    rest_reload(d, config);
}

void trigger_free(godwitd_t *d)
{
    if (d->trigger != NULL) {
        godwit_wipe(d->trigger, sizeof *d->trigger);
        free(d->trigger);
        d->trigger = NULL;
    }
}

godwit_scs_t *trigger_scs(const godwitd_t *d)
{
    return d->trigger != NULL && config_has(d->config, CONFIG_SCS) ? &d->trigger->scs : NULL;
}

void trigger_destinations(const config_t *config, godwit_diameter_config_t *wanted)
{
    static const godwit_function_t nodes[] = {GODWIT_FUNCTION_MME, GODWIT_FUNCTION_SGSN, GODWIT_FUNCTION_MSC};
    const config_mtc_iwf_t *iwf = &config->mtc_iwf;
    wanted->serve_mtc_iwf = config_has(config, CONFIG_MTC_IWF);
    wanted->serve_scs = config_has(config, CONFIG_SCS);
    wanted->serve_t4 = config_has(config, CONFIG_SMS_SC);
    for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
        wanted->serve_t5 |= config->functions & 1U << nodes[i];
    }
    if (iwf->hss_realm[0] != '\0') {
        memcpy(wanted->hss_host, iwf->hss_host, sizeof wanted->hss_host);
        memcpy(wanted->hss_realm, iwf->hss_realm, sizeof wanted->hss_realm);
    }
    memcpy(wanted->t4_host, iwf->role.sms_sc_host, sizeof wanted->t4_host);
    memcpy(wanted->t4_realm, iwf->role.sms_sc_realm, sizeof wanted->t4_realm);
    memcpy(wanted->mtc_iwf_host, config->scs.mtc_iwf_host, sizeof wanted->mtc_iwf_host);
    memcpy(wanted->mtc_iwf_realm, config->scs.mtc_iwf_realm, sizeof wanted->mtc_iwf_realm);
}
