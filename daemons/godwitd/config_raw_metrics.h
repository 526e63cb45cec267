/* SPDX-License-Identifier: Apache-2.0
 *
 * The section metrics as it is written: for config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_METRICS_H
#define GODWITD_CONFIG_RAW_METRICS_H

#include <stdbool.h>

typedef struct raw_metrics {
    char *listen;
    bool plain;
} raw_metrics_t;

#endif
