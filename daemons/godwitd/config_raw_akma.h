/* SPDX-License-Identifier: Apache-2.0
 *
 * AKMA in the configuration file, as it is read, and what makes the EMKS a NAF: a part of config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_AKMA_H
#define GODWITD_CONFIG_RAW_AKMA_H

#include <stdint.h>

typedef struct raw_emks_gba {
    char *name, *ua_protocol;
    struct raw_remote *bsf;
} raw_emks_gba_t;

/* The way to an AAnF; name and ua_protocol of an application function. */
typedef struct raw_akma_client {
    char *url, *connect_to, *name, *ua_protocol;
    struct raw_tls *tls;
    uint32_t timeout_ms;
} raw_akma_client_t;

typedef struct raw_akma_network {
    char *host, *plmn;
} raw_akma_network_t;

typedef struct raw_ausf {
    char *listen, *plmn, *routing_indicator;
    struct raw_tls *tls;
    raw_akma_network_t *networks;
    unsigned networks_count;
    struct raw_remote *hss;
    raw_akma_client_t *aanf;
    uint32_t wait_ms;
} raw_ausf_t;

typedef struct raw_aanf {
    char *listen, *plmn;
    struct raw_tls *tls;
    char **ausfs;
    unsigned ausfs_count;
    struct raw_bsf_naf *afs;
    unsigned afs_count;
    uint32_t key_seconds;
} raw_aanf_t;

#endif
