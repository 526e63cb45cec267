/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit eea, godwit eia: the algorithms of TS 33.401 Annex B on given octets.
 */
#include "cli/cli.h"

#include "godwit/crypto.h"

#define INPUT_MAX 2048

struct eps {
    uint64_t algorithm, bits;
    uint8_t key[16];
    godwit_eps_input_t input;
    uint8_t in[INPUT_MAX];
};

static bool read_eps(const cli_args_t *args, struct eps *eps)
{
    uint8_t count[4];
    uint64_t bearer = 0;
    uint64_t direction = 0;
    size_t len = 0;
    if (!cli_number(args, "algorithm", 1, 3, 0, &eps->algorithm) || !cli_hex_exact(args, "key", eps->key, 16) ||
        !cli_hex_exact(args, "count", count, 4) || !cli_number(args, "bearer", 0, 31, 0, &bearer) ||
        !cli_number(args, "direction", 0, 1, 0, &direction) || !cli_hex(args, "in", eps->in, 0, INPUT_MAX, &len) ||
        !cli_number(args, "bits", 0, 8 * len, 8 * len, &eps->bits)) {
        return false;
    }
    eps->input = (godwit_eps_input_t){godwit_load_u32(count), (uint8_t)bearer, (uint8_t)direction};
    return true;
}

static int run_eea(const cli_args_t *args)
{
    static struct eps eps;
    static uint8_t out[INPUT_MAX];
    if (!read_eps(args, &eps)) {
        return CLI_USAGE;
    }
    godwit_status_t status =
        godwit_eea(&godwit_crypto_builtin, (unsigned)eps.algorithm, eps.key, eps.input, eps.in, out, (size_t)eps.bits);
    if (status != GODWIT_OK) {
        return cli_fail(args, CLI_REFUSED, "%s", godwit_status_name(status));
    }
    return cli_print(args, json_pack("{s:o}", "out", cli_json_hex(out, (size_t)(eps.bits + 7) / 8)));
}

static int run_eia(const cli_args_t *args)
{
    static struct eps eps;
    uint8_t mac[4];
    if (!read_eps(args, &eps)) {
        return CLI_USAGE;
    }
    godwit_status_t status =
        godwit_eia(&godwit_crypto_builtin, (unsigned)eps.algorithm, eps.key, eps.input, eps.in, (size_t)eps.bits, mac);
    if (status != GODWIT_OK) {
        return cli_fail(args, CLI_REFUSED, "%s", godwit_status_name(status));
    }
    return cli_print(args, json_pack("{s:o}", "mac", cli_json_hex(mac, sizeof mac)));
}

static const cli_option_t options[] = {
    {"algorithm", "1|2|3", "1 SNOW 3G, 2 AES, 3 ZUC", true, false},
    {"key", "HEX", "the key, 16 octets", true, false},
    {"count", "HEX", "COUNT, 4 octets", true, false},
    {"bearer", "N", "BEARER, 0 to 31", true, false},
    {"direction", "0|1", "DIRECTION: 0 uplink, 1 downlink", true, false},
    {"bits", "N", "length in bits; all of the input when absent", false, false},
    {"in", "HEX", "the input, at most 2048 octets", true, false},
};

const cli_command_t cli_eea = {
    .name = "eea",
    .summary = "128-EEA1, 2, 3 (TS 33.401 B.1): enciphers or deciphers.",
    .notes = "A calculator: it prints what it deciphers on standard output.",
    CLI_COMMAND_OPTIONS(options),
    .run = run_eea,
};

const cli_command_t cli_eia = {
    .name = "eia",
    .summary = "128-EIA1, 2, 3 (TS 33.401 B.2): the MAC of a message.",
    CLI_COMMAND_OPTIONS(options),
    .run = run_eia,
};
