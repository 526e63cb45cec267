/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings on their way out of the process.
 */
#include <stdio.h>
#include <string.h>

#include "daemons/godwitd/daemon.h"

static void note_lost(godwitd_t *d, const char *why)
{
    const godwit_event_t event = {.name = "delivery_failed", .reason = GODWIT_IO_FAILED, .detail = why};
    godwit_observe_event(&d->observer, daemon_now_ms(), "hse", &event);
}

static void is_there(void *context, uint64_t number)
{
    (void)context;
    (void)number;
}

static void is_lost(void *context, uint64_t number, godwit_deliver_failure_t how, const char *why)
{
    (void)number;
    (void)how;
    note_lost(context, why);
}

void daemon_deliver(godwitd_t *d, const godwit_reading_t *reading)
{
    d->delivered = true;
    for (size_t i = 0; i < d->delivery_count; i++) {
        if (d->deliveries[i]->kind->offer(d->deliveries[i], reading, daemon_now_ms()) != GODWIT_OK) {
            note_lost(d, d->deliveries[i]->why);
        }
    }
}

void deliveries_flush(godwitd_t *d)
{
    for (size_t i = 0; i < d->delivery_count && d->delivered; i++) {
        if (d->deliveries[i]->kind->flush(d->deliveries[i]) != GODWIT_OK) {
            note_lost(d, d->deliveries[i]->why);
        }
    }
    d->delivered = false;
}

void deliveries_close(godwit_delivery_t *deliveries[CONFIG_DELIVER_MAX], size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        deliveries[i]->kind->close(deliveries[i]);
    }
    *count = 0;
}

bool deliveries_open(godwitd_t *d, const config_t *config, godwit_delivery_t *deliveries[CONFIG_DELIVER_MAX],
                     size_t *count, char error[DAEMON_ERROR_MAX])
{
    const godwit_deliver_told_t told = {d, is_there, is_lost};
    char why[GODWIT_DELIVER_WHY];
    *count = 0;
    for (size_t i = 0; i < config->hse.deliver_count; i++) {
        const config_delivery_t *wanted = &config->hse.deliver[i];
        if (wanted->kind->open(&wanted->config, &told, &deliveries[i], why) != GODWIT_OK) {
            (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
            deliveries_close(deliveries, count);
            return false;
        }
        (*count)++;
    }
    return true;
}
