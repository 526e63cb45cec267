/* SPDX-License-Identifier: Apache-2.0
 *
 * Keccak-f[1600] by way of SHA3-256 and SHAKE128 (FIPS 202), built on it here and compared with OpenSSL.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "core/crypto/keccak.h"
#include "godwit/bytes.h"

#define INPUT_MAX 700
#define OUTPUT_MAX 500

/* The sponge of FIPS 202 clause 4, octet-aligned; suffix is the domain separation with the first bit of pad10*1. */
static void sponge(size_t rate, uint8_t suffix, const uint8_t *in, size_t len, uint8_t *out, size_t out_len)
{
    uint8_t state[200] = {0};
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        state[at++] ^= in[i];
        if (at == rate) {
            godwit_keccak_f1600(state);
            at = 0;
        }
    }
    state[at] ^= suffix;
    state[rate - 1] ^= 0x80;
    godwit_keccak_f1600(state);
    for (size_t i = 0, from = 0; i < out_len; i++, from++) {
        if (from == rate) {
            godwit_keccak_f1600(state);
            from = 0;
        }
        out[i] = state[from];
    }
}

static void openssl_hash(const char *name, bool xof, const uint8_t *in, size_t len, uint8_t *out, size_t out_len)
{
    EVP_MD *md = EVP_MD_fetch(NULL, name, NULL);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    assert_non_null(md);
    assert_non_null(ctx);
    assert_int_equal(EVP_DigestInit_ex2(ctx, md, NULL), 1);
    assert_int_equal(EVP_DigestUpdate(ctx, in, len), 1);
    if (xof) {
        assert_int_equal(EVP_DigestFinalXOF(ctx, out, out_len), 1);
    } else {
        assert_int_equal(EVP_DigestFinal_ex(ctx, out, NULL), 1);
    }
    EVP_MD_CTX_free(ctx);
    EVP_MD_free(md);
}

/* FIPS 202 example values (csrc.nist.gov, SHA3-256 of the empty message). */
static void empty_message_has_the_published_sha3_256(void **state)
{
    (void)state;
    uint8_t digest[32];
    char hex[65];
    sponge(136, 0x06, NULL, 0, digest, sizeof digest);
    godwit_hex_encode(godwit_slice(digest, sizeof digest), hex);
    assert_string_equal(hex, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
}

static void every_length_up_to_700_agrees_with_openssl(void **state)
{
    (void)state;
    uint8_t in[INPUT_MAX], ours[OUTPUT_MAX], theirs[OUTPUT_MAX];
    srand(20141);
    for (size_t len = 0; len <= sizeof in; len++) {
        for (size_t i = 0; i < len; i++) {
            in[i] = (uint8_t)rand();
        }
        sponge(136, 0x06, in, len, ours, 32);
        openssl_hash("SHA3-256", false, in, len, theirs, 32);
        assert_memory_equal(ours, theirs, 32);
        size_t out_len = 1 + (size_t)rand() % OUTPUT_MAX;
        sponge(168, 0x1F, in, len, ours, out_len);
        openssl_hash("SHAKE128", true, in, len, theirs, out_len);
        assert_memory_equal(ours, theirs, out_len);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_message_has_the_published_sha3_256),
        cmocka_unit_test(every_length_up_to_700_agrees_with_openssl),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
