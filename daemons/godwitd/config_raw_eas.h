/* SPDX-License-Identifier: Apache-2.0
 *
 * The EAS in the configuration file, as it is read: a part of config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_EAS_H
#define GODWITD_CONFIG_RAW_EAS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct raw_operator_node {
    char *name, *san, *url;
} raw_operator_node_t;

typedef struct raw_eas_age {
    uint32_t life_seconds, messages;
} raw_eas_age_t;

typedef struct raw_eas_ageing {
    raw_eas_age_t *key_agreement, *integrity, *confidentiality;
} raw_eas_ageing_t;

typedef struct raw_eas {
    char *listen, *crl, *connect_to;
    struct raw_tls *tls;
    raw_operator_node_t *eese;
    raw_operator_node_t *hses;
    unsigned hses_count;
    raw_eas_ageing_t *ageing;
    bool pull_only;
    struct raw_delivery *deliver;
    unsigned deliver_count;
    struct raw_queue *deliver_queue;
    uint32_t answer_ms, pull_seconds, awake_ms, queue, downlink_hours;
} raw_eas_t;

#endif
