/* SPDX-License-Identifier: Apache-2.0
 *
 * The built-in backend under valgrind, with keys and messages marked as undefined memory: memcheck reports every branch
 * and every address that depends on them. The program runs itself under valgrind once for each primitive. That the
 * method can catch a leak is shown by two planted ones: a comparison that leaves early, and the S-box tables of SNOW
 * 3G, which are known to leak.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || !__has_include(<valgrind/memcheck.h>)

int main(void)
{
    printf("skipped: valgrind is missing, or this build has AddressSanitizer, which valgrind cannot run\n");
    return 77;
}

#else

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <valgrind/memcheck.h>

#include "core/crypto/keccak.h"
#include "core/crypto/snow3g.h"
#include "godwit/crypto.h"

#define LEAKED 99 /* what valgrind is told to exit with */
#define NO_VALGRIND 127
#define SHOWN "--log-fd=2"
#define UNREAD "--log-file=/dev/null" /* of a leak that is expected */

static uint8_t secret[200]; /* keys and messages, undefined while a primitive runs */
static uint8_t out[256];

static void must(godwit_status_t status)
{
    if (status != GODWIT_OK) {
        exit(1);
    }
}

/* ---- what runs under valgrind ---- */

static void leak_nothing_ecb(void)
{
    must(godwit_crypto_builtin.aes128_ecb(secret, secret + 16, out, 3));
}

static void leak_nothing_ctr(void)
{
    static const uint8_t counter[16] = {[15] = 0xFF}; /* public */
    must(godwit_crypto_builtin.aes128_ctr(secret, counter, secret + 32, out, 77));
}

static void leak_nothing_cmac(void)
{
    for (size_t len = 0; len <= 49; len++) {
        const godwit_slice_t parts[2] = {godwit_slice(secret + 16, len / 2), godwit_slice(secret + 80, len - len / 2)};
        must(godwit_crypto_builtin.aes128_cmac(secret, parts, 2, out));
    }
}

static void leak_nothing_hmac(void)
{
    const godwit_slice_t part = godwit_slice(secret + 80, 70);
    must(godwit_crypto_builtin.hmac_sha256(godwit_slice(secret, 32), &part, 1, out));
    must(godwit_crypto_builtin.hmac_sha256(godwit_slice(secret, 65), &part, 1, out));
}

static void leak_nothing_keccak(void)
{
    memcpy(out, secret, 200);
    godwit_keccak_f1600(out);
}

static void leak_nothing_eea2_eia2(void)
{
    const godwit_eps_input_t input = {.count = 1, .bearer = 2, .direction = 1};
    must(godwit_eea(&godwit_crypto_builtin, 2, secret, input, secret + 16, out, 333));
    for (size_t bits = 120; bits < 140; bits++) {
        must(godwit_eia(&godwit_crypto_builtin, 2, secret, input, secret + 16, bits, out));
    }
}

/* The answer itself is public. */
static void leak_nothing_equal(void)
{
    bool equal = godwit_equal_secret(secret, secret + 100, 100);
    VALGRIND_MAKE_MEM_DEFINED(&equal, sizeof equal);
    out[0] = equal ? 1 : 0;
}

static void planted_early_exit(void)
{
    for (size_t i = 0; i < 16; i++) {
        if (secret[i] != secret[100 + i]) {
            out[0] = 1;
            break;
        }
    }
}

static void planted_lookup(void)
{
    godwit_snow3g_t snow;
    godwit_snow3g_init(&snow, secret, secret + 16);
}

static const struct {
    const char *name;
    void (*run)(void);
} jobs[] = {
    {"ecb", leak_nothing_ecb},     {"ctr", leak_nothing_ctr},          {"cmac", leak_nothing_cmac},
    {"hmac", leak_nothing_hmac},   {"keccak", leak_nothing_keccak},    {"eps", leak_nothing_eea2_eia2},
    {"equal", leak_nothing_equal}, {"early exit", planted_early_exit}, {"lookup", planted_lookup},
};

static int run_job(const char *name)
{
    for (size_t i = 0; i < sizeof secret; i++) {
        secret[i] = (uint8_t)(i * 13 % 100);
    }
    VALGRIND_MAKE_MEM_UNDEFINED(secret, sizeof secret);
    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        if (strcmp(jobs[i].name, name) == 0) {
            jobs[i].run();
            return 0;
        }
    }
    return 1;
}

/* ---- what starts valgrind ---- */

/* The exit code of this program under valgrind with that job; log is valgrind's option for its report. */
static int under_valgrind(const char *name, const char *log)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    assert_true(len > 0);
    self[len] = '\0';
    int status = 0;
    (void)fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        (void)execlp("valgrind", "valgrind", "-q", "--error-exitcode=99", "--leak-check=no", log, self, name,
                     (char *)NULL);
        _exit(NO_VALGRIND);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void time_of_aes_does_not_depend_on_secrets(void **state)
{
    (void)state;
    assert_int_equal(under_valgrind("ecb", SHOWN), 0);
    assert_int_equal(under_valgrind("ctr", SHOWN), 0);
}

static void time_of_cmac_does_not_depend_on_secrets(void **state)
{
    (void)state;
    assert_int_equal(under_valgrind("cmac", SHOWN), 0);
}

static void time_of_hmac_does_not_depend_on_secrets(void **state)
{
    (void)state;
    assert_int_equal(under_valgrind("hmac", SHOWN), 0);
}

static void time_of_keccak_does_not_depend_on_the_state(void **state)
{
    (void)state;
    assert_int_equal(under_valgrind("keccak", SHOWN), 0);
}

static void time_of_eea2_and_eia2_does_not_depend_on_secrets(void **state)
{
    (void)state;
    assert_int_equal(under_valgrind("eps", SHOWN), 0);
}

static void time_of_the_secret_comparison_does_not_depend_on_secrets(void **state)
{
    (void)state;
    assert_int_equal(under_valgrind("equal", SHOWN), 0);
}

static void a_planted_early_exit_is_caught(void **state)
{
    (void)state;
    assert_int_equal(under_valgrind("early exit", UNREAD), LEAKED);
}

static void a_table_with_secret_index_is_caught(void **state)
{
    (void)state;
    assert_int_equal(under_valgrind("lookup", UNREAD), LEAKED);
}

int main(int argc, char **argv)
{
    if (argc == 2) {
        return run_job(argv[1]);
    }
    if (under_valgrind("equal", SHOWN) == NO_VALGRIND) {
        printf("skipped: valgrind is not installed\n");
        return 77;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_of_aes_does_not_depend_on_secrets),
        cmocka_unit_test(time_of_cmac_does_not_depend_on_secrets),
        cmocka_unit_test(time_of_hmac_does_not_depend_on_secrets),
        cmocka_unit_test(time_of_keccak_does_not_depend_on_the_state),
        cmocka_unit_test(time_of_eea2_and_eia2_does_not_depend_on_secrets),
        cmocka_unit_test(time_of_the_secret_comparison_does_not_depend_on_secrets),
        cmocka_unit_test(a_planted_early_exit_is_caught),
        cmocka_unit_test(a_table_with_secret_index_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif
