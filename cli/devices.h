/* SPDX-License-Identifier: Apache-2.0
 *
 * Of whose devices: what the commands share that entitle MTC servers (mkef) and EASs (eas): single IMSIs, a file of
 * them, a range, a network; days; groups.
 */
#ifndef GODWIT_CLI_DEVICES_H
#define GODWIT_CLI_DEVICES_H

#include "cli/subscriber.h"

#define CLI_GROUP_MAX GODWIT_MTC_GROUP_MAX

/* One scope of devices. first "": none is named. */
typedef struct cli_devices {
    godwit_mtc_scope_t scope;
    char first[GODWIT_IMSI_DIGITS_MAX + 1], last[GODWIT_IMSI_DIGITS_MAX + 1];
    char group[CLI_GROUP_MAX + 1];
} cli_devices_t;

#define CLI_DEVICES_OPTIONS                                                                                            \
    {"imsi", "N", "of a device; up to 16 times", false, true},                                                         \
        {"imsis", "FILE", "of devices, one a line", false, false},                                                     \
        {"first", "N", "the first of a range of IMSIs", false, false}, {"last", "N", "and the last", false, false},    \
        {"plmn", "MCC-MNC", "all IMSIs of a network", false, false},                                                   \
    {                                                                                                                  \
        "group", "NAME", "a name to enter devices with, and to revoke them by", false, false                           \
    }

/* Group, and for a PLMN or a range the scope; IMSIs are filled in one by one. */
bool cli_devices_read(const cli_args_t *args, cli_devices_t *devices);
/* Whether the options name any. */
bool cli_devices_are_named(const cli_args_t *args, const cli_devices_t *devices);
/* Calls act for each scope that the options name, in one batch of the store: all or none. Returns an exit code. */
typedef int cli_devices_act_t(const cli_args_t *args, godwit_store_t *store, void *context,
                              const cli_devices_t *devices);
int cli_devices_all(const cli_args_t *args, const cli_devices_t *devices, cli_devices_act_t *act, void *context,
                    json_int_t *count);
const char *cli_scope_name(godwit_mtc_scope_t scope);

/* A name such as a certificate has; not required: to is left alone where the option is missing. */
bool cli_name(const cli_args_t *args, const char *option, bool required, char to[GODWIT_FQDN_MAX + 1]);
/* --not-before and --not-after, days in UTC: from the first moment of the one to the last of the other. */
bool cli_days(const cli_args_t *args, uint64_t *not_before_ms, uint64_t *not_after_ms);
json_t *cli_first_day(uint64_t not_before_ms);
json_t *cli_last_day(uint64_t not_after_ms);

#endif
