/* SPDX-License-Identifier: Apache-2.0
 *
 * The section policy of the configuration file, as it is read: a part of config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_POLICY_H
#define GODWITD_CONFIG_RAW_POLICY_H

#include <stdint.h>

typedef struct raw_policy_peer {
    char *san, *plmn;
} raw_policy_peer_t;

typedef struct raw_policy {
    char *file, *state, *listen;
    char **others;
    unsigned others_count;
    struct raw_tls *tls;
    raw_policy_peer_t *peers;
    unsigned peers_count;
    uint32_t connection_seconds;
} raw_policy_t;

#endif
