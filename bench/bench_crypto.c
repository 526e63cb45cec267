/* SPDX-License-Identifier: Apache-2.0
 *
 * The primitives of one small datagram on the same work: CTR over 32 octets, CMAC over 48, and the KDF; the built-in backend, the
 * OpenSSL backend, and bare OpenSSL beside them.
 * The built-in code is written to be small and to take the same time for every key; OpenSSL is what a server uses.
 */
#include "adapters/crypto/openssl.h"
#include "bench/bench.h"
#include "godwit/crypto.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

static const uint8_t key[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static uint8_t data[64];

static void must(bool done)
{
    if (!done) {
        fprintf(stderr, "bench_crypto: a primitive failed\n");
        exit(1);
    }
}

static void backend_ctr(void *context, unsigned long rounds)
{
    const godwit_crypto_t *crypto = context;
    uint8_t counter[16] = {0};
    for (unsigned long i = 0; i < rounds; i++) {
        must(crypto->aes128_ctr(key, counter, data, data, 32) == GODWIT_OK);
    }
}

static void backend_cmac(void *context, unsigned long rounds)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t part = godwit_slice(data, 48);
    uint8_t mac[16];
    for (unsigned long i = 0; i < rounds; i++) {
        must(crypto->aes128_cmac(key, &part, 1, mac) == GODWIT_OK);
        data[0] ^= mac[0];
    }
}

static void backend_hmac(void *context, unsigned long rounds)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t part = godwit_slice(data, 48);
    uint8_t mac[32];
    for (unsigned long i = 0; i < rounds; i++) {
        must(crypto->hmac_sha256(godwit_slice(key, 32), &part, 1, mac) == GODWIT_OK);
        data[0] ^= mac[0];
    }
}

static void openssl_ctr(void *context, unsigned long rounds)
{
    EVP_CIPHER_CTX *cipher = context;
    uint8_t counter[16] = {0};
    int len;
    for (unsigned long i = 0; i < rounds; i++) {
        must(EVP_EncryptInit_ex(cipher, NULL, NULL, key, counter) == 1);
        must(EVP_EncryptUpdate(cipher, data, &len, data, 32) == 1);
    }
}

static void openssl_cmac(void *context, unsigned long rounds)
{
    EVP_MAC_CTX *cmac = context;
    uint8_t mac[16];
    size_t len;
    for (unsigned long i = 0; i < rounds; i++) {
        must(EVP_MAC_init(cmac, key, 16, NULL) == 1 && EVP_MAC_update(cmac, data, 48) == 1);
        must(EVP_MAC_final(cmac, mac, &len, sizeof mac) == 1);
        data[0] ^= mac[0];
    }
}

static void openssl_hmac(void *context, unsigned long rounds)
{
    uint8_t mac[32];
    unsigned len;
    (void)context;
    for (unsigned long i = 0; i < rounds; i++) {
        must(HMAC(EVP_sha256(), key, 32, data, 48, mac, &len) != NULL);
        data[0] ^= mac[0];
    }
}

static void bench_backend(godwit_crypto_t crypto, const char *note)
{
    bench_row("AES-128-CTR, 32 octets, key set each time", bench_ns_each(backend_ctr, &crypto), "ns", note);
    bench_row("AES-128-CMAC, 48 octets, key set each time", bench_ns_each(backend_cmac, &crypto), "ns", note);
    bench_row("HMAC-SHA-256, 48 octets (one KDF)", bench_ns_each(backend_hmac, &crypto), "ns", note);
}

static void bench_openssl(void)
{
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_MAC_CTX *cmac = EVP_MAC_CTX_new(algorithm);
    char name[] = "AES-128-CBC";
    OSSL_PARAM parameters[] = {{"cipher", OSSL_PARAM_UTF8_STRING, name, sizeof name - 1, 0}, {NULL, 0, NULL, 0, 0}};
    must(cipher != NULL && cmac != NULL && EVP_MAC_CTX_set_params(cmac, parameters) == 1);
    must(EVP_EncryptInit_ex(cipher, EVP_aes_128_ctr(), NULL, NULL, NULL) == 1);
    bench_row("AES-128-CTR, 32 octets, key set each time", bench_ns_each(openssl_ctr, cipher), "ns", "OpenSSL itself");
    bench_row("AES-128-CMAC, 48 octets, key set each time", bench_ns_each(openssl_cmac, cmac), "ns", "OpenSSL itself");
    bench_row("HMAC-SHA-256, 48 octets (one KDF)", bench_ns_each(openssl_hmac, NULL), "ns", "OpenSSL itself");
    EVP_MAC_CTX_free(cmac);
    EVP_MAC_free(algorithm);
    EVP_CIPHER_CTX_free(cipher);
}

int main(void)
{
    bench_table("crypto", "Primitives, CPU time of one call on this machine");
    bench_backend(godwit_crypto_builtin, "built-in");
    bench_backend(godwit_crypto_openssl, "Godwit on OpenSSL");
    bench_openssl();
    return 0;
}
