/* SPDX-License-Identifier: Apache-2.0
 *
 * Where readings go, as the file says it.
 */
#ifndef GODWITD_CONFIG_RAW_DELIVER_H
#define GODWITD_CONFIG_RAW_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

typedef struct raw_delivery {
    char *kind, *name, *path, *address, *url, *secret_file, *topic, *client_id, *username, *password_file,
        *psk_identity, *on_refusal;
    struct raw_tls *tls;
    bool plain, acknowledged;
    uint32_t in_flight, timeout_ms, retry_ms, retry_max_ms;
} raw_delivery_t;

typedef struct raw_queue {
    char *keep;
    uint32_t readings, octets;
} raw_queue_t;

#endif
