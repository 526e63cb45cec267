/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA and AKMA in the configuration file, as it is read, and what makes the EMKS a NAF: a part of config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_AKMA_H
#define GODWITD_CONFIG_RAW_AKMA_H

#include <stdbool.h>
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

typedef struct raw_bsf_naf {
    char *host;
    char **names;
    unsigned names_count;
} raw_bsf_naf_t;

typedef struct raw_naf {
    char **names, **b_tid_names;
    unsigned names_count, b_tid_names_count;
    char *http, *https, *psk_tls, *psk_dtls, *psk_ciphers, *dtls_carries;
    bool kms;
    struct raw_tls *tls;
    struct raw_remote *bsf;
    uint32_t keys, answer_ms, nonce_seconds, handshake_ms, idle_seconds, connections;
    struct raw_delivery *deliver;
    unsigned deliver_count;
} raw_naf_t;

typedef struct raw_gba_bsf {
    char *plmn, *name, *http, *https;
    struct raw_tls *tls;
    struct raw_remote *hss;
    raw_bsf_naf_t *nafs;
    unsigned nafs_count;
    uint32_t life_seconds, naf_life_seconds, challenge_seconds, sender_per_minute;
    bool two_g;
} raw_gba_bsf_t;

#endif
