/* SPDX-License-Identifier: Apache-2.0
 *
 * The BSF in this process, and its door for devices.
 */
#include <stdio.h>
#include <stdlib.h>

#include "adapters/crypto/aesni.h"
#include "daemons/godwitd/daemon.h"

#define RECEIVE_AT_ONCE 64

struct daemon_gba {
    godwit_gba_bsf_t role;
    godwit_ub_t *ub;
};

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_gba_bsf_step(role, in, out);
}

bool gba_open(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_gba_bsf_t *config = &d->config->gba_bsf;
    char why[GODWIT_HTTPS_WHY] = "no memory for the BSF";
    godwit_https_door_t doors[GODWIT_HTTPS_DOORS] = {
        {.port = config->port[0]}, {.port = config->port[1], .certificate = config->certificate, .key = config->key}};
    if (!config_has(d->config, CONFIG_BSF)) {
        return true;
    }
    for (size_t i = 0; i < GODWIT_HTTPS_DOORS; i++) {
        doors[i].host = config->host[i][0] != '\0' ? config->host[i] : NULL;
    }
    d->gba = calloc(1, sizeof *d->gba);
    if (d->gba == NULL || godwit_ub_open(doors, &d->gba->ub, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s", why);
        return false;
    }
    return true;
}

bool gba_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    if (d->gba == NULL) {
        return true;
    }
    godwit_gba_bsf_config_t role = d->config->gba_bsf.role;
    role.crypto = godwit_crypto_server();
    if (godwit_gba_bsf_init(&d->gba->role, &role) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "%s: gba_bsf cannot be started", d->config->file);
        return false;
    }
    owner_set_role(d->owner, GODWIT_FUNCTION_BSF, step, &d->gba->role);
    return true;
}

int gba_fd(const godwitd_t *d, size_t door)
{
    return d->gba != NULL ? godwit_ub_fd(d->gba->ub, door) : -1;
}

uint16_t gba_port(const godwitd_t *d, size_t door)
{
    return d->gba != NULL ? godwit_ub_port(d->gba->ub, door) : 0;
}

void gba_receive(godwitd_t *d)
{
    godwit_message_t message;
    for (unsigned i = 0; d->gba != NULL && i < RECEIVE_AT_ONCE && queue_count(d->queue) < QUEUE_CAPACITY / 2; i++) {
        if (!godwit_ub_receive(d->gba->ub, &message)) {
            break;
        }
        edge_take(d, &message);
    }
}

void gba_send(godwitd_t *d, const godwit_message_t *answer)
{
    if (d->gba != NULL) {
        godwit_ub_send(d->gba->ub, answer);
    }
}

void gba_stop(godwitd_t *d)
{
    if (d->gba != NULL) {
        godwit_ub_close(d->gba->ub);
        godwit_wipe(d->gba, sizeof *d->gba);
        free(d->gba);
        d->gba = NULL;
    }
}
