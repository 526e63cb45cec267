/* SPDX-License-Identifier: Apache-2.0
 *
 * The section downlink as it is written: for config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_DOWNLINK_H
#define GODWITD_CONFIG_RAW_DOWNLINK_H

#include <stdbool.h>
#include <stdint.h>

typedef struct raw_downlink_mqtt {
    char *url, *topic, *client_id, *username, *password_file;
    struct raw_tls *tls;
    bool plain;
} raw_downlink_mqtt_t;

typedef struct raw_downlink_wake {
    char *url, *as, *connect_to, *external_id;
    struct raw_tls *tls;
    uint32_t port, validity_seconds;
} raw_downlink_wake_t;

typedef struct raw_downlink {
    char *listen;
    struct raw_tls *tls;
    char **callers;
    unsigned callers_count;
    raw_downlink_mqtt_t *mqtt;
    raw_downlink_wake_t *wake;
    uint32_t per_device, wait_days, awake_ms;
} raw_downlink_t;

#endif
