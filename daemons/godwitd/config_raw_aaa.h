/* SPDX-License-Identifier: Apache-2.0
 *
 * The 3GPP AAA server in the configuration file, as it is read: a part of config_raw.h.
 */
#ifndef GODWITD_CONFIG_RAW_AAA_H
#define GODWITD_CONFIG_RAW_AAA_H

#include <stdint.h>

typedef struct raw_access_point {
    char *name, *address, *secret_file;
} raw_access_point_t;

typedef struct raw_aaa {
    char *radius, *plmn, *network_name;
    raw_access_point_t *access_points;
    unsigned access_points_count;
    struct raw_remote *hss, *mtc_iwf;
    uint32_t devices, runs, wait_ms, root_life_seconds;
} raw_aaa_t;

#endif
