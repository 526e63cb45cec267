/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit aka vector: everything that f1 to f5* and what follows them give for one (RAND, SQN, AMF).
 */
#include "cli/aka_key.h"

#include <string.h>

#include "godwit/keys.h"

struct run {
    godwit_aka_key_t key;
    godwit_aka_output_t out;
    uint8_t rand[16], sqn[6], amf[2], sqn_xor_ak[6], autn[16], sres[4], kc[8], kc128[16], kasme[32];
};

static bool is_2g(const struct run *r)
{
    return r->key.algorithm == GODWIT_ALG_GSM_MILENAGE || r->key.algorithm == GODWIT_ALG_XOR_2G;
}

static void add(json_t *result, const char *name, bool has, const uint8_t *octets, size_t len)
{
    (void)json_object_set_new(result, name, has ? cli_json_hex(octets, len) : json_null());
}

static void derive_autn(struct run *r)
{
    for (size_t i = 0; i < 6; i++) {
        r->sqn_xor_ak[i] = r->sqn[i] ^ r->out.ak[i];
    }
    memcpy(r->autn, r->sqn_xor_ak, 6);
    memcpy(r->autn + 6, r->amf, 2);
    memcpy(r->autn + 8, r->out.mac_a, 8);
}

/* What stands on CK || IK of 16 octets each; has_* tell whether it does. */
static godwit_status_t derive_keys(struct run *r, const godwit_plmn_t *plmn, bool *has_kasme)
{
    uint8_t ck_ik[32];
    memcpy(ck_ik, r->out.ck, 16);
    memcpy(ck_ik + 16, r->out.ik, 16);
    godwit_status_t status = godwit_kc128(&godwit_crypto_builtin, ck_ik, r->kc128);
    *has_kasme = plmn != NULL;
    if (status == GODWIT_OK && plmn != NULL) {
        status = godwit_kasme(&godwit_crypto_builtin, ck_ik, *plmn, r->sqn_xor_ak, r->kasme);
    }
    godwit_wipe(ck_ik, sizeof ck_ik);
    return status;
}

static godwit_status_t compute(struct run *r, const godwit_plmn_t *plmn, json_t *result)
{
    const godwit_aka_output_t *out = &r->out;
    bool umts = !is_2g(r);
    bool has_kasme = false;
    godwit_status_t status = GODWIT_OK;
    if (umts) {
        status = godwit_aka_compute(&godwit_crypto_builtin, &r->key, r->rand, r->sqn, r->amf, &r->out);
        derive_autn(r);
    }
    bool keys_128 = umts && out->ck_len == 16 && out->ik_len == 16;
    bool has_gsm = is_2g(r) || (keys_128 && out->res_len <= 16);
    if (status == GODWIT_OK && keys_128) {
        status = derive_keys(r, plmn, &has_kasme);
    }
    if (status == GODWIT_OK && has_gsm) {
        status = godwit_gsm_compute(&godwit_crypto_builtin, &r->key, r->rand, r->sres, r->kc);
    }
    add(result, "mac_a", umts, out->mac_a, out->mac_len);
    add(result, "mac_s", umts, out->mac_s, out->mac_len);
    add(result, "res", umts, out->res, out->res_len);
    add(result, "ck", umts, out->ck, out->ck_len);
    add(result, "ik", umts, out->ik, out->ik_len);
    add(result, "ak", umts, out->ak, 6);
    add(result, "ak_star", umts, out->ak_star, 6);
    add(result, "autn", umts && out->mac_len == 8, r->autn, 16);
    add(result, "sres", has_gsm, r->sres, 4);
    add(result, "kc", has_gsm, r->kc, 8);
    add(result, "kc128", keys_128, r->kc128, 16);
    add(result, "kasme", has_kasme, r->kasme, 32);
    return status;
}

static bool read_run(const cli_args_t *args, struct run *r)
{
    if (!cli_aka_key(args, &r->key) || !cli_hex_exact(args, "rand", r->rand, 16)) {
        return false;
    }
    if (is_2g(r)) {
        return true; /* SQN and AMF say nothing to a 2G algorithm */
    }
    return cli_hex_exact(args, "sqn", r->sqn, 6) && cli_hex_exact(args, "amf", r->amf, 2);
}

static int run(const cli_args_t *args)
{
    struct run r = {0};
    godwit_plmn_t plmn;
    bool has_plmn = cli_value(args, "plmn") != NULL;
    if (!read_run(args, &r) || (has_plmn && !cli_plmn(args, "plmn", &plmn))) {
        godwit_wipe(&r, sizeof r);
        return CLI_USAGE;
    }
    json_t *result = json_object();
    godwit_status_t status = compute(&r, has_plmn ? &plmn : NULL, result);
    godwit_wipe(&r, sizeof r);
    if (status != GODWIT_OK) {
        json_decref(result);
        return cli_fail(args, CLI_REFUSED, "%s", godwit_status_name(status));
    }
    return cli_print(args, result);
}

static const cli_option_t options[] = {
    CLI_AKA_KEY_OPTIONS,
    {"rand", "HEX", "RAND, 16 octets", true, false},
    {"sqn", "HEX", "SQN, 6 octets (3G algorithms)", false, false},
    {"amf", "HEX", "AMF, 2 octets (3G algorithms); also in MAC-S", false, false},
    {"plmn", "MCC-MNC", "serving network, for kasme", false, false},
};

const cli_command_t cli_aka_vector = {
    .name = "aka vector",
    .summary = "An authentication vector and all that goes into it. Prints keys.",
    .notes = "A calculator: it prints key material on standard output. Members that an algorithm does not have are "
             "null with\n"
             "--json and left out otherwise. mac_s is computed with the AMF given; a real AUTS has AMF 0000.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
