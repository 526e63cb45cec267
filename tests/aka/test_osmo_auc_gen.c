/* SPDX-License-Identifier: Apache-2.0
 *
 * Random differential test against osmo-auc-gen (package libosmocore-utils): MILENAGE and xor-3g vectors, SRES and Kc,
 * and our AUTS decoded by it. Skipped, and it says so, where that program is absent.
 */
#include "tests/aka/aka_test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 150

static const godwit_crypto_t *const crypto = &godwit_crypto_builtin;

/* One subscriber and challenge, in octets and as options. */
typedef struct round {
    uint8_t k[16], op[16], rand[16], amf[2];
    uint64_t sqn;
    bool op_is_derived;
    char options[400];
} round_t;

static const char *hex(const void *octets, size_t len, char *text)
{
    godwit_hex_encode(godwit_slice(octets, len), text);
    return text;
}

static round_t random_round(const char *algorithm, godwit_aka_key_t *key)
{
    round_t r;
    char k[33], op[33], rand[33], amf[5];
    const bool xor = strcmp(algorithm, "XOR") == 0;
    memset(&r, 0, sizeof r);
    aka_test_random(r.k, 16);
    aka_test_random(r.op, 16);
    aka_test_random(r.rand, 16);
    aka_test_random(r.amf, 2);
    r.sqn = 32 + aka_test_random_below(GODWIT_SQN_MAX - 63);
    r.op_is_derived = aka_test_random_below(2) == 0;
    assert_ok(godwit_aka_key_init(key, crypto, xor? GODWIT_ALG_XOR_3G : GODWIT_ALG_MILENAGE, godwit_slice(r.k, 16),
                                  godwit_slice(r.op, xor? 0 : 16), r.op_is_derived, NULL));
    int len = snprintf(r.options, sizeof r.options, "-3 -a %s -k %s %s %s -r %s -f %s", algorithm, hex(r.k, 16, k),
                       r.op_is_derived ? "-o" : "-O", hex(r.op, 16, op), hex(r.rand, 16, rand), hex(r.amf, 2, amf));
    assert_in_range(len, 1, (int)sizeof r.options - 1);
    return r;
}

static void run(const round_t *r, const char *more, char *output, size_t cap)
{
    char command[600];
    (void)snprintf(command, sizeof command, "osmo-auc-gen %s %s 2>&1", r->options, more);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    size_t len = fread(output, 1, cap - 1, pipe);
    output[len] = '\0';
    if (pclose(pipe) != 0) {
        fail_msg("%s\n%s", command, output);
    }
}

/* The value of a line "NAME:<tab>value" must be these octets. */
static void expect(const char *output, const char *name, const void *octets, size_t len)
{
    char text[80], line[120];
    (void)snprintf(line, sizeof line, "\n%s:\t%s\n", name, hex(octets, len, text));
    if (strstr(output, line) == NULL) {
        fail_msg("we have %s = %s, osmo-auc-gen says\n%s", name, text, output);
    }
}

static void one_vector(const char *algorithm)
{
    godwit_aka_key_t key;
    godwit_vector_t vector;
    uint8_t sres[4], kc[8];
    char output[2000], sqn[40];
    round_t r = random_round(algorithm, &key);
    /* It takes 32 off, for MILENAGE to add it again; its XOR, release 1.7.0, does not. */
    const uint64_t asked = key.algorithm == GODWIT_ALG_XOR_3G ? r.sqn + 32 : r.sqn;
    (void)snprintf(sqn, sizeof sqn, "-s %" PRIu64, asked);
    run(&r, sqn, output, sizeof output);
    assert_ok(godwit_vector_create(crypto, &key, r.rand, r.sqn, r.amf, &vector));
    expect(output, "AUTN", vector.autn, 16);
    expect(output, "RES", vector.xres, vector.xres_len);
    expect(output, "CK", vector.ck, 16);
    expect(output, "IK", vector.ik, 16);
    assert_ok(godwit_gsm_compute(crypto, &key, r.rand, sres, kc));
    expect(output, "SRES", sres, sizeof sres);
    expect(output, "Kc", kc, sizeof kc);
}

static void one_auts(const char *algorithm)
{
    godwit_aka_key_t key;
    uint8_t auts[14];
    char output[2000], option[40] = "-A ", line[40];
    round_t r = random_round(algorithm, &key);
    assert_ok(godwit_auts_create(crypto, &key, r.rand, r.sqn, auts));
    (void)hex(auts, sizeof auts, option + 3);
    run(&r, option, output, sizeof output);
    (void)snprintf(line, sizeof line, "\nSQN.MS:\t%" PRIu64 "\n", r.sqn);
    if (strstr(output, line) == NULL) {
        fail_msg("osmo-auc-gen does not read SQN_MS %" PRIu64 " in our AUTS:\n%s", r.sqn, output);
    }
}

static void milenage_vectors_equal_those_of_osmo_auc_gen(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        one_vector("MILENAGE");
    }
}

static void osmo_auc_gen_reads_our_milenage_auts(void **state)
{
    (void)state;
    for (int i = 0; i < ROUNDS; i++) {
        one_auts("MILENAGE");
    }
}

static void xor_3g_vectors_and_auts_equal_those_of_osmo_auc_gen(void **state)
{
    (void)state;
    for (int i = 0; i < 25; i++) {
        one_vector("XOR");
        one_auts("XOR");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(milenage_vectors_equal_those_of_osmo_auc_gen),
        cmocka_unit_test(osmo_auc_gen_reads_our_milenage_auts),
        cmocka_unit_test(xor_3g_vectors_and_auts_equal_those_of_osmo_auc_gen),
    };
    if (system("command -v osmo-auc-gen >/dev/null") != 0) {
        puts("skipped: osmo-auc-gen (package libosmocore-utils) is not here");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
