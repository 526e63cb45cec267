/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says of the 3GPP AAA server.
 */
#ifndef GODWITD_CONFIG_AAA_H
#define GODWITD_CONFIG_AAA_H

#include "adapters/radius/radius.h"
#include "roles/aaa.h"

typedef struct config_aaa {
    godwit_aaa_config_t role; /* but for its cryptography */
    godwit_address_t radius;
    godwit_radius_client_t clients[GODWIT_RADIUS_CLIENTS_MAX]; /* without their secrets: they are read when it starts */
    const char *secret_files[GODWIT_RADIUS_CLIENTS_MAX];       /* in the raw configuration */
    size_t client_count;
    uint32_t runs, devices;
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX];
} config_aaa_t;

#endif
