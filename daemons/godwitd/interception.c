/* SPDX-License-Identifier: Apache-2.0
 *
 * Lawful interception in godwitd: the list of targets given to the HSE, and its copies given to the adapter. Log,
 * metrics and control socket say nothing that depends on who is a target, or how many there are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemons/godwitd/daemon.h"

static void adopt(godwitd_t *d, godwit_targets_t *targets)
{
    d->hse.role.config.targets = targets->imsi;
    d->hse.role.config.target_count = targets->count;
    godwit_targets_free(d->targets);
    d->targets = targets;
}

bool interception_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_intercept_t *config = &d->config->hse.intercept;
    godwit_targets_t *targets = NULL;
    if (config->targets == NULL || d->hse.sessions == NULL) {
        return true;
    }
    if (godwit_targets_load(config->targets, &targets, error) != GODWIT_OK) {
        return false;
    }
    adopt(d, targets);
    const godwit_intercept_config_t wanted = {.node = d->config->hse.role.endpoint,
                                              .url = config->url,
                                              .certificate = config->certificate,
                                              .key = config->key,
                                              .ca = config->ca,
                                              .queue = config->queue,
                                              .queue_max = config->queue_copies,
                                              .audit = config->audit,
                                              .retry_ms = config->retry_ms};
    return godwit_intercept_start(&wanted, &d->intercept, error) == GODWIT_OK;
}

static const char *reference_of(const godwit_targets_t *targets, const godwit_imsi_t *imsi)
{
    for (size_t i = 0; targets != NULL && i < targets->count; i++) {
        if (godwit_imsi_equal(&targets->imsi[i], imsi)) {
            return targets->reference[i];
        }
    }
    return NULL;
}

void interception_copy(void *context, const godwit_reading_t *reading, bool down)
{
    const godwitd_t *d = context;
    if (d->intercept != NULL) {
        godwit_intercept_copy(d->intercept, reading, down, reference_of(d->targets, &reading->imsi));
    }
}

/* A list that is wrong changes nothing; what is said of it names no target. */
void interception_reload(godwitd_t *d, const config_t *config)
{
    char error[DAEMON_ERROR_MAX];
    godwit_targets_t *targets = NULL;
    if (d->intercept == NULL || config->hse.intercept.targets == NULL) {
        return;
    }
    if (godwit_targets_load(config->hse.intercept.targets, &targets, error) == GODWIT_OK) {
        adopt(d, targets);
    } else {
        godwit_observe_note(&d->observer, daemon_now_ms(), GODWIT_LOG_ERROR, "reload_refused", error);
    }
}

void interception_stop(godwitd_t *d)
{
    godwit_intercept_stop(d->intercept);
    d->hse.role.config.target_count = 0;
    godwit_targets_free(d->targets);
}
