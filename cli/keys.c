/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit keys: the hierarchy of docs/keys.md below one root, by name. Each block is printed when its inputs were given;
 * members that were not computed are null.
 */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

#include "godwit/emsdp.h"
#include "godwit/keys.h"

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

struct run {
    const cli_args_t *args;
    json_t *result;
    uint8_t root[32], e2m_keyset[32], k_session[32], k_e2e[32];
    godwit_agreement_t agreement;
    godwit_slice_t endpoint;
    uint64_t generation, age;
    uint8_t suite;
    bool failed;
};

static void add(struct run *r, const char *name, godwit_status_t status, const uint8_t *octets, size_t len)
{
    if (status != GODWIT_OK && !r->failed) {
        (void)cli_fail(r->args, CLI_REFUSED, "%s: %s", name, godwit_status_name(status));
        r->failed = true;
    }
    (void)json_object_set_new(r->result, name, status == GODWIT_OK ? cli_json_hex(octets, len) : json_null());
}

static void add_null(struct run *r, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)json_object_set_new(r->result, names[i], json_null());
    }
}
#define ADD_NULL(r, ...)                                                                                               \
    add_null(r, (const char *const[]){__VA_ARGS__}, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *))

static void suite_keys(struct run *r, const uint8_t key[32], const char *enc_name, const char *int_name)
{
    uint8_t k_enc[16];
    uint8_t k_int[32];
    const godwit_suite_t *suite = godwit_suite(r->suite);
    godwit_status_t status = godwit_suite_keys(crypto, key, r->suite, k_enc, k_int);
    add(r, enc_name, status, k_enc, sizeof k_enc);
    add(r, int_name, status, k_int, suite->eia == 0 ? 32 : 16);
    godwit_wipe(k_enc, sizeof k_enc);
    godwit_wipe(k_int, sizeof k_int);
}

static void endpoint_keys(struct run *r)
{
    if (r->endpoint.len == 0) {
        ADD_NULL(r, "k_session", "k_enc", "k_int", "k_e2e", "k_e2e_enc", "k_e2e_int");
        return;
    }
    add(r, "k_session", godwit_k_session(crypto, r->e2m_keyset, r->endpoint, (uint32_t)r->generation, r->k_session),
        r->k_session, 32);
    suite_keys(r, r->k_session, "k_enc", "k_int");
    add(r, "k_e2e", godwit_k_e2e(crypto, r->e2m_keyset, r->endpoint, (uint32_t)r->age, r->k_e2e), r->k_e2e, 32);
    suite_keys(r, r->k_e2e, "k_e2e_enc", "k_e2e_int");
}

static bool exported_psk(struct run *r)
{
    const char *label = cli_value(r->args, "psk");
    uint64_t role = 0;
    uint64_t number = 0;
    uint8_t psk[32];
    if (label == NULL || r->endpoint.len == 0) {
        ADD_NULL(r, "psk");
        return true;
    }
    if (!cli_number(r->args, "psk-role", 0, 1, 0, &role) ||
        !cli_number(r->args, "psk-number", 0, UINT32_MAX, 1, &number)) {
        return false;
    }
    add(r, "psk", godwit_exported_psk(crypto, r->k_e2e, label, (uint8_t)role, (uint32_t)number, psk), psk, sizeof psk);
    godwit_wipe(psk, sizeof psk);
    return true;
}

static bool iwf_keys(struct run *r)
{
    godwit_slice_t iwf;
    godwit_imsi_t imsi;
    uint64_t association = 0;
    uint8_t k_iwf[32];
    uint8_t conf[16];
    uint8_t integrity[16];
    if (cli_value(r->args, "iwf") == NULL) {
        ADD_NULL(r, "k_iwf", "k_di_conf", "k_di_int");
        return true;
    }
    if (!cli_fqdn(r->args, "iwf", &iwf) || !cli_imsi(r->args, "imsi", &imsi) ||
        !cli_number(r->args, "association", 1, UINT32_MAX, 1, &association)) {
        return false;
    }
    add(r, "k_iwf", godwit_k_iwf(crypto, r->root, iwf, &imsi, (uint32_t)association, k_iwf), k_iwf, sizeof k_iwf);
    godwit_status_t status = godwit_k_di(crypto, k_iwf, r->suite, conf, integrity);
    add(r, "k_di_conf", status, conf, sizeof conf);
    add(r, "k_di_int", status, integrity, sizeof integrity);
    godwit_wipe(k_iwf, sizeof k_iwf);
    godwit_wipe(conf, sizeof conf);
    godwit_wipe(integrity, sizeof integrity);
    return true;
}

static bool e2m_hierarchy(struct run *r)
{
    uint8_t sqn_xor_ak[6];
    uint8_t prime[32];
    size_t sqn_len = 0;
    bool needs_sqn = r->agreement != GODWIT_AGREEMENT_GBA && r->agreement != GODWIT_AGREEMENT_AKMA;
    if (!cli_hex_exact(r->args, "root", r->root, 32) ||
        !cli_hex(r->args, "sqn-xor-ak", sqn_xor_ak, needs_sqn ? 6 : 0, needs_sqn ? 6 : 0, &sqn_len)) {
        return false;
    }
    if (r->agreement == GODWIT_AGREEMENT_ACCESS_UMTS) {
        godwit_status_t status = godwit_e2m_ck_ik_prime(crypto, r->root, sqn_xor_ak, prime);
        add(r, "ck_prime", status, prime, 16);
        add(r, "ik_prime", status, prime + 16, 16);
        godwit_wipe(prime, sizeof prime);
    } else {
        ADD_NULL(r, "ck_prime", "ik_prime");
    }
    godwit_slice_t sqn = godwit_slice(sqn_xor_ak, sqn_len);
    add(r, "e2m_keyset", godwit_e2m_keyset(crypto, r->root, r->agreement, sqn, r->e2m_keyset), r->e2m_keyset, 32);
    endpoint_keys(r);
    return exported_psk(r) && iwf_keys(r);
}

static bool device_rand_hierarchy(struct run *r)
{
    uint8_t kc_sres[24];
    uint8_t rand1[16];
    uint8_t chain[32] = {0};
    uint8_t rand_a[16];
    uint8_t rand_b[16];
    uint8_t next[32];
    godwit_imsi_t imsi;
    if (!cli_hex_exact(r->args, "root", kc_sres, 24) || !cli_hex_exact(r->args, "rand1", rand1, 16) ||
        !cli_imsi(r->args, "imsi", &imsi) || !cli_fqdn(r->args, "endpoint", &r->endpoint) ||
        (cli_value(r->args, "chain") != NULL && !cli_hex_exact(r->args, "chain", chain, 32))) {
        return false;
    }
    godwit_status_t status = godwit_device_rand_pair(crypto, rand1, &imsi, rand_a, rand_b);
    add(r, "rand_a", status, rand_a, 16);
    add(r, "rand_b", status, rand_b, 16);
    add(r, "k_mtc", godwit_k_mtc(crypto, kc_sres, r->endpoint, &imsi, rand1, chain, r->k_session), r->k_session, 32);
    suite_keys(r, r->k_session, "k_enc", "k_int");
    add(r, "next_chain", godwit_next_chain(crypto, kc_sres, chain, rand1, next), next, 32);
    godwit_wipe(kc_sres, sizeof kc_sres);
    godwit_wipe(next, sizeof next);
    return true;
}

static bool read_common(struct run *r)
{
    const char *name = cli_value(r->args, "agreement");
    const char *suite = cli_value(r->args, "suite");
    char *end = NULL;
    unsigned long number = strtoul(name, &end, 10);
    if (end != name && *end == '\0' && number <= GODWIT_AGREEMENT_SEPARATE_UMTS) {
        r->agreement = (godwit_agreement_t)number;
    } else if (godwit_agreement_from_name(name, &r->agreement) != GODWIT_OK) {
        (void)cli_fail(r->args, CLI_USAGE,
                       "--agreement: '%s' is none of device-rand (0), access-umts (1), access-eps (2), "
                       "separate-eps (3), gba (4), akma (5), 5g (6), separate-umts (7)",
                       name);
        return false;
    }
    r->suite = GODWIT_SUITE_DEFAULT;
    if (suite != NULL && godwit_suite_from_name(suite, &r->suite) != GODWIT_OK) {
        (void)cli_fail(r->args, CLI_USAGE, "--suite: there is no suite '%s'", suite);
        return false;
    }
    if (cli_value(r->args, "endpoint") != NULL && !cli_fqdn(r->args, "endpoint", &r->endpoint)) {
        return false;
    }
    return cli_number(r->args, "generation", 1, UINT32_MAX, 1, &r->generation) &&
           cli_number(r->args, "age", 1, UINT32_MAX, 1, &r->age);
}

static int run(const cli_args_t *args)
{
    struct run r = {.args = args, .result = json_object()};
    bool done = read_common(&r) &&
                (r.agreement == GODWIT_AGREEMENT_DEVICE_RAND ? device_rand_hierarchy(&r) : e2m_hierarchy(&r));
    json_t *result = r.result;
    bool failed = r.failed;
    godwit_wipe(&r, sizeof r);
    if (!done || failed) {
        json_decref(result);
        return done ? CLI_REFUSED : CLI_USAGE;
    }
    return cli_print(args, result);
}

static const cli_option_t options[] = {
    {"root", "HEX",
     "root of the agreement: CK||IK, KASME, Ks_NAF, K_AF, K_HSE (32 octets); device-rand: Kc_a||Kc_b||SRES_a||SRES_b "
     "(24)",
     true, false},
    {"agreement", "NAME",
     "access-umts, access-eps, separate-eps, gba, akma, 5g, separate-umts, device-rand; or its number", true, false},
    {"sqn-xor-ak", "HEX", "SQN xor AK, 6 octets; not with gba, akma, device-rand", false, false},
    {"endpoint", "FQDN", "of the HSE (k_session), the EAS (k_e2e), the MTC server (k_mtc)", false, false},
    {"generation", "N", "of k_session; default 1", false, false},
    {"age", "N", "of k_e2e; default 1", false, false},
    {"suite", "NAME", "of the algorithm keys; default eea2-eia2-64", false, false},
    {"psk", "LABEL", "export a PSK from k_e2e: dtls1.2, dtls1.3, tls1.3, oscore", false, false},
    {"psk-role", "0|1", "0 client (default), 1 server", false, false},
    {"psk-number", "N", "export number; default 1", false, false},
    {"iwf", "FQDN", "of the MTC-IWF: k_iwf from the root", false, false},
    {"association", "N", "of k_iwf; default 1", false, false},
    {"imsi", "N", "for k_iwf, k_mtc", false, false},
    {"rand1", "HEX", "device-rand: RAND1, 16 octets", false, false},
    {"chain", "HEX", "device-rand: chain, 32 octets; default zero", false, false},
};

const cli_command_t cli_keys = {
    .name = "keys",
    .summary = "The key hierarchy of docs/keys.md below a root. Prints keys.",
    .notes = "A calculator: it prints key material on standard output. Members that were not asked for are null with "
             "--json.\n"
             "These derivations are Godwit's own (revision godwit1), not a 3GPP standard.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
