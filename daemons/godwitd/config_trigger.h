/* SPDX-License-Identifier: Apache-2.0
 *
 * What the configuration says of device triggering.
 */
#ifndef GODWITD_CONFIG_TRIGGER_H
#define GODWITD_CONFIG_TRIGGER_H

#include "daemons/godwitd/config_akma.h"
#include "roles/mtc_iwf.h"
#include "roles/scs.h"

#define CONFIG_MTC_IWF (1u << GODWIT_FUNCTION_MTC_IWF)
#define CONFIG_SCS (1u << GODWIT_FUNCTION_SCS)
#define CONFIG_AAA (1u << GODWIT_FUNCTION_AAA)

/* What of the MTC-IWF can wait at once, and its own clock. */
#define CONFIG_IWF_TIMERS                                                                                              \
    (GODWIT_IWF_INTAKES_MAX + GODWIT_IWF_FLIGHTS_MAX + GODWIT_IWF_REPORTS_MAX + GODWIT_IWF_REPEATS_MAX + 16)

/* The REST front; host "": there is none. */
typedef struct config_rest {
    char host[64];
    uint16_t port;
    config_tls_t tls;
    const char *connect_to, *crl;               /* in the raw configuration, as the next */
    const char *notify[GODWIT_IWF_SOURCES_MAX]; /* where an AS is told of outcomes; NULL: nowhere */
} config_rest_t;

typedef struct config_mtc_iwf {
    godwit_mtc_iwf_config_t role; /* without crypto */
    config_rest_t rest;
    bool has_a3;
    godwit_address_t a3;
    char hss_host[GODWIT_NODE_NAME_MAX], hss_realm[GODWIT_NODE_NAME_MAX]; /* empty: in this process */
} config_mtc_iwf_t;

typedef struct config_scs {
    godwit_scs_config_t role;                                                     /* without first_reference */
    char mtc_iwf_host[GODWIT_NODE_NAME_MAX], mtc_iwf_realm[GODWIT_NODE_NAME_MAX]; /* empty: in this process */
} config_scs_t;

#endif
