/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections of device triggering as they are written: for config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_TRIGGER_H
#define GODWITD_CONFIG_RAW_TRIGGER_H

#include <stdbool.h>
#include <stdint.h>

struct raw_remote;

typedef struct raw_iwf_source {
    char *name, *host, *kind, *notify;
    uint32_t per_minute, quota;
} raw_iwf_source_t;

typedef struct raw_rest {
    char *listen, *connect_to, *crl;
    struct raw_tls *tls;
} raw_rest_t;

typedef struct raw_mtc_iwf {
    char *protect, *key_from, *root, *ue_key, *below_minimum, *number, *a3;
    char **suites;
    unsigned suites_count;
    raw_iwf_source_t *sources;
    unsigned sources_count;
    struct raw_remote *hss, *sms_sc, *aaa;
    raw_rest_t *rest;
    bool when_needed, accept_open, sms_sc_open, without_t5;
    uint32_t source_per_minute, device_per_minute, source_quota, device_quota;
    uint32_t validity_seconds, validity_max_seconds, keep_seconds, report_life_seconds;
    uint32_t hss_timeout_ms, node_timeout_ms, ack_ms, t4_ms, a3_recent_ms, retry_ms, retry_max_ms, report_retry_ms;
} raw_mtc_iwf_t;

typedef struct raw_scs {
    char *name;
    struct raw_remote *mtc_iwf;
    uint32_t answer_ms, attempts;
} raw_scs_t;

#endif
