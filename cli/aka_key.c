/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/aka_key.h"

#include <string.h>

static const char *const op_options[] = {"opc", "op", "topc", "top"};

static const char *op_option(const cli_args_t *args, bool *twice)
{
    const char *found = NULL;
    for (size_t i = 0; i < sizeof op_options / sizeof op_options[0]; i++) {
        if (cli_value(args, op_options[i]) != NULL) {
            *twice = found != NULL;
            if (*twice) {
                return op_options[i];
            }
            found = op_options[i];
        }
    }
    return found;
}

static bool read_tuak(const cli_args_t *args, godwit_tuak_profile_t *tuak)
{
    uint64_t mac = 0;
    uint64_t res = 0;
    uint64_t ck = 0;
    uint64_t ik = 0;
    uint64_t iterations = 0;
    if (!cli_number(args, "mac-bits", 64, 256, 64, &mac) || !cli_number(args, "res-bits", 32, 256, 64, &res) ||
        !cli_number(args, "ck-bits", 128, 256, 128, &ck) || !cli_number(args, "ik-bits", 128, 256, 128, &ik) ||
        !cli_number(args, "iterations", 1, 255, 1, &iterations)) {
        return false;
    }
    *tuak = (godwit_tuak_profile_t){(uint16_t)mac, (uint16_t)res, (uint16_t)ck, (uint16_t)ik, (uint8_t)iterations};
    return true;
}

/* The OP option that an algorithm takes: NULL, "op" or "top" (or the same with c). */
static bool op_fits(const cli_args_t *args, godwit_aka_algorithm_t algorithm, const char *option)
{
    const char *family = algorithm == GODWIT_ALG_TUAK ? "top" : "op";
    bool none = algorithm == GODWIT_ALG_XOR_3G || algorithm == GODWIT_ALG_XOR_2G;
    if (none) {
        if (option != NULL) {
            (void)cli_fail(args, CLI_USAGE, "--%s: %s has none", option, godwit_aka_algorithm_name(algorithm));
        }
        return option == NULL;
    }
    if (option == NULL || strncmp(option, family, strlen(family)) != 0) {
        (void)cli_fail(args, CLI_USAGE, "%s needs --%sc or --%s", godwit_aka_algorithm_name(algorithm), family, family);
        return false;
    }
    return true;
}

static bool read_key(const cli_args_t *args, godwit_aka_key_t *key, uint8_t k[32], uint8_t op[32])
{
    godwit_aka_algorithm_t algorithm = GODWIT_ALG_MILENAGE;
    const char *name = cli_value(args, "algorithm");
    if (name != NULL && godwit_aka_algorithm_from_name(name, &algorithm) != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "--algorithm: '%s' is none of milenage, tuak, gsm-milenage, xor-3g, xor-2g",
                       name);
        return false;
    }
    bool tuak_is_used = algorithm == GODWIT_ALG_TUAK;
    bool twice = false;
    const char *option = op_option(args, &twice);
    size_t k_len = 0;
    size_t op_len = 0;
    uint64_t function = 1;
    godwit_tuak_profile_t tuak;
    if (twice) {
        (void)cli_fail(args, CLI_USAGE, "--%s: one of --opc, --op, --topc, --top is enough", option);
        return false;
    }
    if (!op_fits(args, algorithm, option) || !cli_hex(args, "k", k, 16, tuak_is_used ? 32 : 16, &k_len) ||
        (option != NULL && !cli_hex(args, option, op, tuak_is_used ? 32 : 16, tuak_is_used ? 32 : 16, &op_len)) ||
        !read_tuak(args, &tuak) || !cli_number(args, "sres-function", 1, 2, 1, &function)) {
        return false;
    }
    bool derived = option != NULL && option[strlen(option) - 1] == 'c';
    godwit_status_t status = godwit_aka_key_init(key, &godwit_crypto_builtin, algorithm, godwit_slice(k, k_len),
                                                 godwit_slice(op, op_len), derived, tuak_is_used ? &tuak : NULL);
    if (status != GODWIT_OK) {
        (void)cli_fail(args, CLI_USAGE, "%s has no such lengths (--k, --mac-bits, --res-bits, --ck-bits, --ik-bits)",
                       godwit_aka_algorithm_name(algorithm));
        return false;
    }
    key->sres_by_truncation = function == 2;
    return true;
}

bool cli_aka_key(const cli_args_t *args, godwit_aka_key_t *key)
{
    uint8_t k[32] = {0};
    uint8_t op[32] = {0};
    bool done = read_key(args, key, k, op);
    if (!done) {
        godwit_wipe(key, sizeof *key);
    }
    godwit_wipe(k, sizeof k);
    godwit_wipe(op, sizeof op);
    return done;
}
