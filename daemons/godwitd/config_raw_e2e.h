/* SPDX-License-Identifier: Apache-2.0
 *
 * End to end in the configuration file, as it is read: a part of config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_E2E_H
#define GODWITD_CONFIG_RAW_E2E_H

#include <stdint.h>

typedef struct raw_eas_tls {
    char *certificate, *key, *ca, *crl;
} raw_eas_tls_t;

typedef struct raw_eas_peer {
    char *name, *san, *url;
} raw_eas_peer_t;

/* hse.eas */
typedef struct raw_hse_eas {
    char *listen, *connect_to;
    raw_eas_tls_t *tls;
    raw_eas_peer_t *peers;
    unsigned peers_count;
    uint32_t forwards, held, forwards_per_session, held_per_session, held_seconds, forward_wait_ms,
        forward_life_seconds;
} raw_hse_eas_t;

typedef struct raw_eese_suites {
    char **integrity, **confidentiality;
    unsigned integrity_count, confidentiality_count;
} raw_eese_suites_t;

typedef struct raw_eese {
    char *listen, *connect_to, *integrity_reason;
    raw_eas_tls_t *tls;
    raw_eas_peer_t *eas;
    unsigned eas_count;
    char **hses;
    unsigned hses_count;
    struct raw_remote *emks, *hss;
    raw_eese_suites_t *suites;
    uint32_t life_min_seconds, life_max_seconds, messages_min, messages_max, overlap_seconds, ahead_percent, aka_every;
    uint32_t requests_per_minute, failures_per_minute, opens_per_minute, age_min_seconds, owner_timeout_ms;
    uint32_t opening_seconds, retry_ms, retry_max_ms, recheck_seconds, look_ms;
} raw_eese_t;

#endif
