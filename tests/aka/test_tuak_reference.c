/* SPDX-License-Identifier: Apache-2.0
 *
 * TUAK against tuak_reference.py, an implementation in another language that shares nothing with ours: random inputs,
 * every combination of lengths. No program that is packaged speaks TUAK. Skipped, and it says so, where there is no
 * python3.
 */
#include "tests/aka/aka_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COMBINATIONS (2 * 3 * 4 * 2 * 2)
#define QUESTIONS (2 * COMBINATIONS)

typedef struct question {
    uint8_t k[32], top[32], rand[16], sqn[6], amf[2];
    size_t k_len;
    godwit_tuak_profile_t profile;
} question_t;

static question_t make_question(unsigned number)
{
    static const uint16_t macs[3] = {64, 128, 256}, ress[4] = {32, 64, 128, 256}, keys[2] = {128, 256};
    unsigned n = number % COMBINATIONS;
    question_t q;
    aka_test_random(&q, sizeof q);
    q.k_len = n % 2 == 0 ? 16 : 32;
    q.profile =
        (godwit_tuak_profile_t){.mac_bits = macs[n / 2 % 3],
                                .res_bits = ress[n / 6 % 4],
                                .ck_bits = keys[n / 24 % 2],
                                .ik_bits = keys[n / 48],
                                .iterations = (uint8_t)(1 + aka_test_random_below(number < COMBINATIONS ? 1 : 4))};
    return q;
}

static void print_hex(FILE *out, const void *octets, size_t len)
{
    char text[65];
    godwit_hex_encode(godwit_slice(octets, len), text);
    fprintf(out, "%s ", text);
}

static void ask(FILE *out, const question_t *q)
{
    print_hex(out, q->k, q->k_len);
    print_hex(out, q->top, 32);
    print_hex(out, q->rand, 16);
    print_hex(out, q->sqn, 6);
    print_hex(out, q->amf, 2);
    fprintf(out, "%u %u %u %u %u\n", q->profile.mac_bits, q->profile.res_bits, q->profile.ck_bits, q->profile.ik_bits,
            q->profile.iterations);
}

static void expect(FILE *in, const char *name, unsigned number, const void *octets, size_t len)
{
    char want[80] = "", got[65];
    godwit_hex_encode(godwit_slice(octets, len), got);
    if (fscanf(in, "%79s", want) != 1 || strcmp(want, got) != 0) {
        fail_msg("question %u: %s is %s, the reference says %s", number, name, got, want);
    }
}

static void check_answer(FILE *in, unsigned number, const question_t *q)
{
    godwit_aka_key_t key;
    godwit_aka_output_t f;
    assert_ok(godwit_aka_key_init(&key, NULL, GODWIT_ALG_TUAK, godwit_slice(q->k, q->k_len), godwit_slice(q->top, 32),
                                  false, &q->profile));
    assert_ok(godwit_aka_compute(NULL, &key, q->rand, q->sqn, q->amf, &f));
    assert_int_equal(f.mac_len, q->profile.mac_bits / 8);
    expect(in, "topc", number, key.opc, 32);
    expect(in, "mac_a", number, f.mac_a, f.mac_len);
    expect(in, "mac_s", number, f.mac_s, f.mac_len);
    expect(in, "res", number, f.res, q->profile.res_bits / 8u);
    expect(in, "ck", number, f.ck, q->profile.ck_bits / 8u);
    expect(in, "ik", number, f.ik, q->profile.ik_bits / 8u);
    expect(in, "ak", number, f.ak, 6);
    expect(in, "ak_star", number, f.ak_star, 6);
}

static void tuak_equals_the_reference_for_every_combination_of_lengths(void **state)
{
    (void)state;
    static question_t questions[QUESTIONS];
    const char *source = getenv("GODWIT_SOURCE");
    char path[] = "/tmp/godwit-tuak-XXXXXX", command[600];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    FILE *out = fdopen(fd, "w");
    assert_non_null(out);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        questions[i] = make_question(i);
        ask(out, &questions[i]);
    }
    assert_int_equal(fclose(out), 0);
    (void)snprintf(command, sizeof command, "python3 %s/tests/aka/tuak_reference.py <%s", source != NULL ? source : ".",
                   path);
    FILE *in = popen(command, "r");
    assert_non_null(in);
    for (unsigned i = 0; i < QUESTIONS; i++) {
        check_answer(in, i, &questions[i]);
    }
    assert_int_equal(pclose(in), 0);
    (void)unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tuak_equals_the_reference_for_every_combination_of_lengths),
    };
    if (system("command -v python3 >/dev/null") != 0) {
        puts("skipped: there is no python3 here");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
