/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says of the EAS (docs/eas.md).
 */
#ifndef GODWITD_CONFIG_EAS_H
#define GODWITD_CONFIG_EAS_H

#include "daemons/godwitd/config_akma.h"
#include "roles/eas.h"

#define CONFIG_EAS_TIMERS (2 + GODWIT_EAS_PULLS_MAX + GODWIT_EAS_DOWNS_MAX)

typedef struct config_eas_peer {
    const char *name, *san, *url; /* in the raw configuration */
} config_eas_peer_t;

typedef struct config_eas {
    godwit_eas_config_t role; /* without crypto */
    char host[64];
    uint16_t port;
    config_tls_t tls;
    const char *crl, *connect_to; /* in the raw configuration; NULL: none */
    config_eas_peer_t eese, hses[GODWIT_EAS_HSES_MAX];
} config_eas_t;

#endif
