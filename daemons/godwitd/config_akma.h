/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says of AKMA, and the files of TLS that every HTTPS door has.
 */
#ifndef GODWITD_CONFIG_AKMA_H
#define GODWITD_CONFIG_AKMA_H

#include "roles/aanf.h"
#include "roles/ausf.h"

#define CONFIG_CALLERS_MAX 256

typedef struct config_tls {
    const char *certificate, *key, *ca; /* in the raw configuration */
} config_tls_t;

/* The way to an AAnF; url NULL: none. */
typedef struct config_akma_client {
    const char *url, *connect_to; /* in the raw configuration */
    config_tls_t tls;
    uint32_t timeout_ms;
} config_akma_client_t;

/* A door of AUSF or AAnF. */
typedef struct config_akma_door {
    char host[64];
    uint16_t port;
    config_tls_t tls;
    const char *callers[CONFIG_CALLERS_MAX + 1]; /* in the raw configuration; NULL ends them */
} config_akma_door_t;

typedef struct config_ausf {
    config_akma_door_t door;
    config_akma_client_t aanf;
    godwit_plmn_t home;
    char routing_indicator[5];
    godwit_ausf_network_t networks[GODWIT_AUSF_NETWORKS_MAX];
    size_t network_count;
    uint32_t wait_ms;
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX];
} config_ausf_t;

typedef struct config_aanf {
    config_akma_door_t door;
    godwit_aanf_t role; /* but for its cryptography */
} config_aanf_t;

#endif
