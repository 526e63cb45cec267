/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says of protection end to end (docs/e2e.md).
 */
#ifndef GODWITD_CONFIG_E2E_H
#define GODWITD_CONFIG_E2E_H

#include "adapters/eese/eese.h"
#include "roles/eese.h"

#define CONFIG_EESE (1u << GODWIT_FUNCTION_EESE)

/* The door of EESE or HSE for EASs, and its ways to them; texts are in the raw configuration. */
typedef struct config_eas_end {
    bool used;
    char host[64];
    uint16_t port;
    godwit_eese_tls_t tls;
    const char *connect_to;
    godwit_eese_caller_t callers[GODWIT_EESE_PEERS_MAX];
    size_t caller_count;
    godwit_eese_peer_t peers[GODWIT_EESE_PEERS_MAX]; /* those with a URL */
    size_t peer_count;
} config_eas_end_t;

/* Of the HSE. */
typedef struct config_hse_e2e {
    config_eas_end_t eas;
    char eese_host[GODWIT_NODE_NAME_MAX],
        eese_realm[GODWIT_NODE_NAME_MAX]; /* empty: in this process, or there is none */
    uint32_t forwards, held;              /* 0: no end-to-end sessions */
} config_hse_e2e_t;

typedef struct config_eese {
    config_eas_end_t eas;
    godwit_eese_config_t role;                                              /* without crypto */
    char emks_host[GODWIT_NODE_NAME_MAX], emks_realm[GODWIT_NODE_NAME_MAX]; /* empty: in this process, or not asked */
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX];
} config_eese_t;

#endif
