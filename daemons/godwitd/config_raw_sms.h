/* SPDX-License-Identifier: Apache-2.0
 *
 * The sections of short messages as they are written: for config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_SMS_H
#define GODWITD_CONFIG_RAW_SMS_H

#include <stdint.h>

struct raw_remote;
struct raw_next_session;

/* The link between HSE and SMS-SC: one end of it. */
typedef struct raw_sms_link {
    char *listen, *peer;
} raw_sms_link_t;

typedef struct raw_msc {
    char *plmn, *radio, *ki128, *iwf_number;
    struct raw_remote *hss, *sms_sc;
    uint32_t idle_seconds, devices, lac;
    struct raw_next_session *next_session;
} raw_msc_t;

/* Its MTC-IWF (T4). */
typedef struct raw_sms_iwf {
    char *host, *realm, *number;
    uint32_t port, validity_hours;
    bool open;
} raw_sms_iwf_t;

/* A node that may speak for devices. */
typedef struct raw_sms_node {
    char *function, *host;
} raw_sms_node_t;

typedef struct raw_sms_sc {
    char *number;
    uint32_t port, devices, retry_seconds, tries;
    raw_sms_link_t *hse;
    raw_sms_iwf_t *mtc_iwf;
    raw_sms_node_t *nodes;
    unsigned nodes_count;
} raw_sms_sc_t;

#endif
