/* SPDX-License-Identifier: Apache-2.0
 *
 * Options of a device.
 */
#include "cli/device_options.h"

#include <stdio.h>
#include <string.h>

#include "godwit/emsdp.h"

#define SUITES_DEFAULT 0x000F /* 01 to 04: ciphered, and a MAC of 64 bits or more */

bool cli_home_network(const cli_args_t *args, const godwit_imsi_t *imsi, godwit_plmn_t *home)
{
    char digits[7] = {0};
    if (cli_value(args, "plmn") != NULL) {
        return cli_plmn(args, "plmn", home);
    }
    (void)snprintf(digits, sizeof digits, "%.3s-%.2s", imsi->digits, imsi->digits + 3);
    return godwit_plmn_from_text(digits, home) == GODWIT_OK;
}

bool cli_endpoint(const cli_args_t *args, godwit_plmn_t home, char name[CLI_ENDPOINT_SIZE], godwit_slice_t *endpoint)
{
    char domain[14];
    if (cli_value(args, "endpoint") != NULL) {
        return cli_fqdn(args, "endpoint", endpoint);
    }
    if (godwit_plmn_to_domain(home, domain) != GODWIT_OK) {
        return false;
    }
    (void)snprintf(name, CLI_ENDPOINT_SIZE, "hse.%s.3gppnetwork.org", domain); /* TS 23.003 13.2 */
    *endpoint = godwit_slice_of_string(name);
    return true;
}

bool cli_suites(const cli_args_t *args, uint16_t *suites)
{
    uint16_t chosen = 0;
    for (size_t i = 0; i < cli_count(args, "suite"); i++) {
        uint8_t suite = 0;
        if (godwit_suite_from_name(cli_value_at(args, "suite", i), &suite) != GODWIT_OK) {
            (void)cli_fail(args, CLI_USAGE, "--suite: there is no suite '%s'", cli_value_at(args, "suite", i));
            return false;
        }
        chosen |= (uint16_t)(1u << (suite - 1));
    }
    *suites = chosen == 0 ? SUITES_DEFAULT : chosen;
    return true;
}

bool cli_soft_card(const cli_args_t *args, const char **path)
{
    const char *usim = cli_value(args, "usim");
    if (usim != NULL && strncmp(usim, "soft:", 5) != 0) {
        (void)cli_fail(args, CLI_USAGE, "--usim: '%s' is not soft:FILE, the only kind of SIM here", usim);
        return false;
    }
    *path = usim != NULL ? usim + 5 : *path;
    return true;
}
