/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says of messages for devices.
 */
#ifndef GODWITD_CONFIG_DOWNLINK_H
#define GODWITD_CONFIG_DOWNLINK_H

#include "adapters/downlink/downlink.h"
#include "adapters/mqtt/mqtt.h"
#include "adapters/t8/wake.h"
#include "daemons/godwitd/config_akma.h"

/* Strings are in the raw configuration. */
typedef struct config_downlink {
    bool listens; /* HTTPS */
    char host[64];
    uint16_t port;
    config_tls_t tls;
    const char *callers[GODWIT_DOWNLINK_CALLERS_MAX + 1];
    bool subscribes;           /* MQTT */
    godwit_mqtt_config_t mqtt; /* without password and subscribe */
    char mqtt_host[128], mqtt_filter[256];
    const char *topic, *password_file;
    bool wakes;
    godwit_t8_wake_config_t wake;
} config_downlink_t;

#endif
