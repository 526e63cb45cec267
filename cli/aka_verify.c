/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit aka verify: what a USIM would say to (RAND, AUTN), and, when its MAC is wrong, which slip in the provisioning
 * or in the building of the token explains it.
 */
#include "cli/aka_key.h"

#include <string.h>

struct question {
    godwit_aka_key_t key;
    uint8_t rand[16], autn[16];
};

/* True when f1 under this key and RAND gives the MAC for the AUTN as it stands. */
static bool mac_is_right(const struct question *q)
{
    uint64_t sqn = 0;
    godwit_vector_t vector;
    godwit_status_t status = godwit_autn_consume(&godwit_crypto_builtin, &q->key, q->rand, q->autn, &sqn, &vector);
    godwit_wipe(&vector, sizeof vector);
    return status == GODWIT_OK;
}

static void reverse(uint8_t *octets, size_t len)
{
    for (size_t i = 0; i < len / 2; i++) {
        uint8_t kept = octets[i];
        octets[i] = octets[len - 1 - i];
        octets[len - 1 - i] = kept;
    }
}

static bool with_op_taken_as_opc(struct question *q)
{
    /* What was given as OPc is really OP: derive once more. */
    godwit_aka_key_t again;
    size_t op_len = q->key.algorithm == GODWIT_ALG_TUAK ? 32 : 16;
    bool right = godwit_aka_key_init(&again, &godwit_crypto_builtin, q->key.algorithm,
                                     godwit_slice(q->key.k, q->key.k_len), godwit_slice(q->key.opc, op_len), false,
                                     q->key.algorithm == GODWIT_ALG_TUAK ? &q->key.tuak : NULL) == GODWIT_OK;
    q->key = again;
    godwit_wipe(&again, sizeof again);
    return right && mac_is_right(q);
}

static bool with_k_and_opc_exchanged(struct question *q)
{
    uint8_t k[32];
    if (q->key.algorithm != GODWIT_ALG_MILENAGE) {
        return false;
    }
    memcpy(k, q->key.k, 16);
    memcpy(q->key.k, q->key.opc, 16);
    memcpy(q->key.opc, k, 16);
    godwit_wipe(k, sizeof k);
    return mac_is_right(q);
}

static bool with_another_amf(struct question *q)
{
    for (uint32_t amf = 0; amf <= 0xFFFF; amf++) {
        godwit_store_u16(q->autn + 6, (uint16_t)amf);
        if (mac_is_right(q)) {
            return true;
        }
    }
    return false;
}

/* SQN went into AUTN without AK: its MAC is over the six octets as they stand. */
static bool with_sqn_in_clear(struct question *q)
{
    godwit_aka_output_t out;
    bool right =
        godwit_aka_compute(&godwit_crypto_builtin, &q->key, q->rand, q->autn, q->autn + 6, &out) == GODWIT_OK &&
        out.mac_len == 8 && godwit_equal_secret(out.mac_a, q->autn + 8, 8);
    godwit_wipe(&out, sizeof out);
    return right;
}

/* f1* was used where f1 belongs. */
static bool with_mac_s(struct question *q)
{
    godwit_aka_output_t out;
    uint8_t sqn[6] = {0};
    if (godwit_aka_compute(&godwit_crypto_builtin, &q->key, q->rand, sqn, q->autn + 6, &out) != GODWIT_OK) {
        return false;
    }
    for (size_t i = 0; i < 6; i++) {
        sqn[i] = q->autn[i] ^ out.ak[i];
    }
    bool right = godwit_aka_compute(&godwit_crypto_builtin, &q->key, q->rand, sqn, q->autn + 6, &out) == GODWIT_OK &&
                 out.mac_len == 8 && godwit_equal_secret(out.mac_s, q->autn + 8, 8);
    godwit_wipe(&out, sizeof out);
    return right;
}

static bool with_rand_reversed(struct question *q)
{
    reverse(q->rand, 16);
    return mac_is_right(q);
}

static bool with_k_reversed(struct question *q)
{
    reverse(q->key.k, q->key.k_len);
    return mac_is_right(q);
}

static const struct swap {
    const char *name;
    bool (*explains)(struct question *q); /* may change its copy */
} swaps[] = {
    {"op_for_opc", with_op_taken_as_opc},
    {"k_for_opc", with_k_and_opc_exchanged},
    {"amf", with_another_amf},
    {"sqn_not_concealed", with_sqn_in_clear},
    {"mac_s_for_mac_a", with_mac_s},
    {"rand_reversed", with_rand_reversed},
    {"k_reversed", with_k_reversed},
};

/* The other way round: what was given as OP is really OPc. */
static bool opc_for_op(const cli_args_t *args, const struct question *given)
{
    struct question q = *given;
    const char *option = cli_value(args, "op") != NULL ? "op" : cli_value(args, "top") != NULL ? "top" : NULL;
    bool right =
        option != NULL && cli_hex_exact(args, option, q.key.opc, option[0] == 't' ? 32 : 16) && mac_is_right(&q);
    godwit_wipe(&q, sizeof q);
    return right;
}

static const char *find_swap(const cli_args_t *args, const struct question *given)
{
    if (opc_for_op(args, given)) {
        return "opc_for_op";
    }
    for (size_t i = 0; i < sizeof swaps / sizeof swaps[0]; i++) {
        struct question q = *given;
        bool right = swaps[i].explains(&q);
        godwit_wipe(&q, sizeof q);
        if (right) {
            return swaps[i].name;
        }
    }
    return NULL;
}

static bool read_array(const cli_args_t *args, godwit_sqn_array_t *array)
{
    uint64_t ind_bits = 0;
    uint8_t sqn_ms[6] = {0};
    godwit_sqn_array_init(array);
    if (!cli_number(args, "ind-bits", 0, GODWIT_IND_BITS_MAX, 0, &ind_bits) ||
        !cli_number(args, "delta", 0, GODWIT_SQN_MAX, 0, &array->delta) ||
        (cli_value(args, "sqn-ms") != NULL && !cli_hex_exact(args, "sqn-ms", sqn_ms, 6))) {
        return false;
    }
    array->ind_bits = (uint8_t)ind_bits;
    array->age_limit = 0;
    uint64_t sqn = godwit_load_u48(sqn_ms);
    array->seq_ms[sqn & ((1u << ind_bits) - 1u)] = sqn >> ind_bits;
    return true;
}

static int run(const cli_args_t *args)
{
    struct question q = {0};
    godwit_sqn_array_t array;
    godwit_usim_result_t answer = {0};
    if (!cli_aka_key(args, &q.key) || !cli_hex_exact(args, "rand", q.rand, 16) ||
        !cli_hex_exact(args, "autn", q.autn, 16) || !read_array(args, &array)) {
        godwit_wipe(&q, sizeof q);
        return CLI_USAGE;
    }
    /* Without --sqn-ms every SQN is fresh, 0 as well: only the MAC is asked about. */
    uint64_t sqn = 0;
    godwit_status_t status;
    if (cli_value(args, "sqn-ms") != NULL) {
        status = godwit_usim_authenticate(&godwit_crypto_builtin, &q.key, &array, q.rand, q.autn, &answer);
    } else {
        godwit_vector_t vector;
        status = godwit_autn_consume(&godwit_crypto_builtin, &q.key, q.rand, q.autn, &sqn, &vector);
        godwit_wipe(&vector, sizeof vector);
        if (godwit_status_class(status) == GODWIT_CLASS_PEER) {
            answer.status = status;
            status = GODWIT_OK;
        }
    }
    const char *swap = status == GODWIT_OK && answer.status == GODWIT_AUTH_MAC_FAILURE ? find_swap(args, &q) : NULL;
    godwit_wipe(&q, sizeof q);
    if (status != GODWIT_OK) {
        return cli_fail(args, CLI_USAGE, "%s: this algorithm has no AUTN", godwit_status_name(status));
    }
    bool resync = answer.status == GODWIT_AUTH_RESYNC;
    json_t *result = json_pack("{s:s, s:o, s:s?}", "result", godwit_status_name(answer.status), "auts",
                               resync ? cli_json_hex(answer.auts, 14) : json_null(), "swap", swap);
    bool refused = answer.status != GODWIT_OK;
    godwit_wipe(&answer, sizeof answer);
    (void)cli_print(args, result);
    return refused ? CLI_REFUSED : CLI_OK;
}

static const cli_option_t options[] = {
    CLI_AKA_KEY_OPTIONS,
    {"rand", "HEX", "RAND, 16 octets", true, false},
    {"autn", "HEX", "AUTN, 16 octets", true, false},
    {"sqn-ms", "HEX", "SQN_MS of the USIM, 6 octets; absent: any SQN is fresh", false, false},
    {"ind-bits", "N", "bits of IND in SQN, 0 to 5; default 0: SQN must rise", false, false},
    {"delta", "N", "largest jump of SEQ that is taken; default 0: any", false, false},
};

const cli_command_t cli_aka_verify = {
    .name = "aka verify",
    .summary = "What a USIM would say to RAND and AUTN, and why a MAC is wrong.",
    .notes = "result: ok, auth_mac_failure, auth_resync (auts is given). swap, when the MAC is wrong and a slip "
             "explains it:\n"
             "op_for_opc, opc_for_op, k_for_opc, amf, sqn_not_concealed, mac_s_for_mac_a, rand_reversed, k_reversed.\n"
             "Exit code 0 only for ok.",
    CLI_COMMAND_OPTIONS(options),
    .run = run,
};
