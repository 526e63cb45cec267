/* SPDX-License-Identifier: Apache-2.0
 *
 * Waking a device for a message that waits for it: a trigger by the REST front of a MTC-IWF (docs/t8.openapi.yaml), as
 * an AS. One trigger of a device is under way at a time. What becomes of it decides nothing: the message waits until
 * the device speaks.
 */
#ifndef GODWIT_ADAPTERS_T8_WAKE_H
#define GODWIT_ADAPTERS_T8_WAKE_H

#include "adapters/https/client.h"

#define GODWIT_T8_WAKES_MAX 256

typedef struct godwit_t8_wake_config {
    const char *url; /* https://HOST:PORT of the MTC-IWF */
    const char *as;  /* scsAsId: a name of the certificate */
    const char *certificate, *key, *ca;
    const char *connect_to;  /* as adapters/https/client.h has it, or NULL */
    const char *external_id; /* of a device, with {imsi} in it: "{imsi}@meters.example" */
    uint16_t port;           /* of the application at the device */
    uint32_t validity_s;     /* of a trigger; 0: a day */
} godwit_t8_wake_config_t;

typedef struct godwit_t8_wake godwit_t8_wake_t;

/* Strings stay as long as it is open. GODWIT_INVALID_ARGUMENT, GODWIT_IO_FAILED: why says in one line. */
GODWIT_MUST_USE godwit_status_t godwit_t8_wake_start(const godwit_t8_wake_config_t *config, godwit_t8_wake_t **wake,
                                                     char why[GODWIT_HTTPS_WHY]);
int godwit_t8_wake_fd(const godwit_t8_wake_t *wake); /* readable when answers wait */
/* GODWIT_OK: asked, or being asked already. GODWIT_OVERLOAD: too many at a time. GODWIT_IO_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_t8_wake_send(godwit_t8_wake_t *wake, const godwit_imsi_t *imsi);
/* The next outcome; false: none waits. GODWIT_OK: the MTC-IWF has taken it; else why says what it answered. */
bool godwit_t8_wake_next(godwit_t8_wake_t *wake, godwit_imsi_t *imsi, godwit_status_t *status,
                         char why[GODWIT_HTTPS_WHY]);
void godwit_t8_wake_stop(godwit_t8_wake_t *wake); /* NULL is nothing */

#endif
