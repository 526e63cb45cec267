/* SPDX-License-Identifier: Apache-2.0
 *
 * The MSC and the SMS-SC in this process: their tables are in memory alone.
 */
#include <stdio.h>
#include <stdlib.h>

#include "adapters/crypto/aesni.h"
#include "daemons/godwitd/daemon.h"

struct daemon_sms {
    godwit_msc_t msc;
    godwit_msc_ue_t *ues;
    godwit_sms_sc_t sc;
    godwit_sms_sc_device_t *devices;
};

static void step_msc(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_msc_step(role, in, out);
}

static void step_sms_sc(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sms_sc_step(role, in, out);
}

static bool start_msc(godwitd_t *d)
{
    struct daemon_sms *s = d->sms;
    godwit_msc_config_t role = d->config->msc.role;
    role.crypto = godwit_crypto_server();
    s->ues = calloc(d->config->msc.devices, sizeof *s->ues);
    if (s->ues == NULL || godwit_msc_init(&s->msc, &role, s->ues, d->config->msc.devices) != GODWIT_OK) {
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_MSC, step_msc, &s->msc);
    return true;
}

static bool start_sms_sc(godwitd_t *d)
{
    struct daemon_sms *s = d->sms;
    s->devices = calloc(d->config->sms_sc.devices, sizeof *s->devices);
    if (s->devices == NULL ||
        godwit_sms_sc_init(&s->sc, &d->config->sms_sc.role, s->devices, d->config->sms_sc.devices) != GODWIT_OK) {
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_SMS_SC, step_sms_sc, &s->sc);
    return true;
}

bool sms_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    if (!config_has(d->config, CONFIG_MSC | CONFIG_SMS_SC)) {
        return true;
    }
    d->sms = calloc(1, sizeof *d->sms);
    bool good = d->sms != NULL && (!config_has(d->config, CONFIG_MSC) || start_msc(d)) &&
                (!config_has(d->config, CONFIG_SMS_SC) || start_sms_sc(d));
    if (!good) {
        (void)snprintf(error, DAEMON_ERROR_MAX,
                       "%s: the tables of msc or sms_sc do not fit into memory; make them smaller", d->config->file);
    }
    return good;
}

void sms_free(godwitd_t *d)
{
    if (d->sms == NULL) {
        return;
    }
    if (d->sms->ues != NULL) {
        godwit_wipe(d->sms->ues, d->config->msc.devices * sizeof *d->sms->ues);
        free(d->sms->ues);
    }
    free(d->sms->devices);
    free(d->sms);
}
