/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#include <stdlib.h>

#include "godwit/keys.h"

#define KEY_MAX 256
#define PARAMETER_MAX 512

static bool read_parameter(const cli_args_t *args, size_t i, uint8_t *octets, size_t *len)
{
    godwit_status_t status = godwit_hex_decode(cli_value_at(args, "p", i), octets, PARAMETER_MAX, len);
    if (status != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "--p number %zu: %s", i + 1,
                       status == GODWIT_MALFORMED ? "not hexadecimal octets" : "longer than 512 octets");
    }
    return status == GODWIT_OK;
}

static int run(const cli_args_t *args)
{
    static uint8_t octets[GODWIT_KDF_PARAMETERS_MAX][PARAMETER_MAX];
    godwit_slice_t parameters[GODWIT_KDF_PARAMETERS_MAX];
    uint8_t key[KEY_MAX];
    uint8_t fc[2];
    uint8_t out[32];
    size_t key_len = 0;
    size_t fc_len = 0;
    size_t count = cli_count(args, "p");
    if (!cli_hex(args, "key", key, 1, sizeof key, &key_len) || !cli_hex(args, "fc", fc, 1, 2, &fc_len)) {
        return CLI_USAGE;
    }
    if (count > GODWIT_KDF_PARAMETERS_MAX) {
        return cli_fail(args, CLI_USAGE, "--p: at most %d parameters", GODWIT_KDF_PARAMETERS_MAX);
    }
    if ((fc_len == 2) != (fc[0] == 0xFF)) {
        return cli_fail(args, CLI_USAGE, "--fc: one octet 00 to FE, or two that begin with FF (TS 33.220 B.2.2)");
    }
    for (size_t i = 0; i < count; i++) {
        size_t len = 0;
        if (!read_parameter(args, i, octets[i], &len)) {
            return CLI_USAGE;
        }
        parameters[i] = godwit_slice(octets[i], len);
    }
    uint16_t code = fc_len == 2 ? godwit_load_u16(fc) : fc[0];
    godwit_status_t status =
        godwit_kdf(&godwit_crypto_builtin, godwit_slice(key, key_len), code, parameters, count, out);
    godwit_wipe(key, sizeof key);
    if (status != GODWIT_OK) {
        return cli_fail(args, CLI_REFUSED, "%s", godwit_status_name(status));
    }
    json_t *result = json_pack("{s:o}", "out", cli_json_hex(out, sizeof out));
    godwit_wipe(out, sizeof out);
    return cli_print(args, result);
}

static const cli_option_t options[] = {
    {"key", "HEX", "the key", true, false},
    {"fc", "HEX", "function code: one octet, or FFxx", true, false},
    {"p", "HEX", "a parameter P0, P1, ..., in order; its length is added", false, true},
};

const cli_command_t cli_kdf = {
    .name = "kdf",
    .summary = "The key derivation function of TS 33.220 B.2. Prints a key.",
    .notes = "A calculator: it prints key material on standard output.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
