/* SPDX-License-Identifier: Apache-2.0
 *
 * The primitives of one small datagram over every backend, beside OpenSSL used directly on the same work, with the key
 * set for each call, as sessions that differ from datagram to datagram need it. The built-in code is written to be
 * small and to take the same time for every key; the OpenSSL backend is what a server uses.
 */
#include "adapters/crypto/aesni.h"
#include "adapters/crypto/openssl.h"
#include "bench/bench.h"
#include "core/crypto/keccak.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>

#define BLOCK "AES-128, one block"
#define CTR "AES-128-CTR, 32 octets"
#define CMAC "AES-128-CMAC, 48 octets"
#define KDF "HMAC-SHA-256, 48 octets (one KDF)"

static const uint8_t key[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
static uint8_t data[64];
static uint8_t state[200];
static const godwit_eps_input_t input = {.count = 1, .bearer = 1, .direction = 0};

static void must(bool done)
{
    if (!done) {
        fprintf(stderr, "bench_crypto: a primitive failed\n");
        exit(1);
    }
}

/* ---- the backends ---- */

static void block(void *context, unsigned long rounds)
{
    const godwit_crypto_t *crypto = context;
    for (unsigned long i = 0; i < rounds; i++) {
        must(crypto->aes128_ecb(key, data, data, 1) == GODWIT_OK);
    }
}

static void ctr(void *context, unsigned long rounds)
{
    const godwit_crypto_t *crypto = context;
    uint8_t counter[16] = {0};
    for (unsigned long i = 0; i < rounds; i++) {
        must(crypto->aes128_ctr(key, counter, data, data, 32) == GODWIT_OK);
    }
}

static void cmac(void *context, unsigned long rounds)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t part = godwit_slice(data, 48);
    uint8_t mac[16];
    for (unsigned long i = 0; i < rounds; i++) {
        must(crypto->aes128_cmac(key, &part, 1, mac) == GODWIT_OK);
        data[0] ^= mac[0];
    }
}

static void kdf(void *context, unsigned long rounds)
{
    const godwit_crypto_t *crypto = context;
    godwit_slice_t part = godwit_slice(data, 48);
    uint8_t mac[32];
    for (unsigned long i = 0; i < rounds; i++) {
        must(crypto->hmac_sha256(godwit_slice(key, 32), &part, 1, mac) == GODWIT_OK);
        data[0] ^= mac[0];
    }
}

static void bench_backend(const godwit_crypto_t *backend, const char *note)
{
    godwit_crypto_t crypto = *backend;
    bench_row(BLOCK, bench_ns_each(block, &crypto), "ns", note);
    bench_row(CTR, bench_ns_each(ctr, &crypto), "ns", note);
    bench_row(CMAC, bench_ns_each(cmac, &crypto), "ns", note);
    bench_row(KDF, bench_ns_each(kdf, &crypto), "ns", note);
}

/* ---- what has no backends ---- */

static void eea(void *context, unsigned long rounds)
{
    const unsigned *algorithm = context;
    for (unsigned long i = 0; i < rounds; i++) {
        must(godwit_eea(&godwit_crypto_builtin, *algorithm, key, input, data, data, 256) == GODWIT_OK);
    }
}

static void eia(void *context, unsigned long rounds)
{
    const unsigned *algorithm = context;
    uint8_t mac[4];
    for (unsigned long i = 0; i < rounds; i++) {
        must(godwit_eia(&godwit_crypto_builtin, *algorithm, key, input, data, 256, mac) == GODWIT_OK);
        data[0] ^= mac[0];
    }
}

static void keccak(void *context, unsigned long rounds)
{
    (void)context;
    for (unsigned long i = 0; i < rounds; i++) {
        godwit_keccak_f1600(state);
    }
}

static void bench_the_rest(void)
{
    unsigned snow = 1, zuc = 3;
    bench_row("128-EEA1, 32 octets", bench_ns_each(eea, &snow), "ns", "core");
    bench_row("128-EIA1, 32 octets", bench_ns_each(eia, &snow), "ns", "core");
    bench_row("128-EEA3, 32 octets", bench_ns_each(eea, &zuc), "ns", "core");
    bench_row("128-EIA3, 32 octets", bench_ns_each(eia, &zuc), "ns", "core");
    bench_row("Keccak-f[1600]", bench_ns_each(keccak, NULL), "ns", "core");
}

/* ---- the peer ---- */

static void peer_ctr(void *context, unsigned long rounds)
{
    EVP_CIPHER_CTX *cipher = context;
    uint8_t counter[16] = {0};
    int len;
    for (unsigned long i = 0; i < rounds; i++) {
        must(EVP_EncryptInit_ex(cipher, NULL, NULL, key, counter) == 1);
        must(EVP_EncryptUpdate(cipher, data, &len, data, 32) == 1);
    }
}

static void peer_cmac(void *context, unsigned long rounds)
{
    EVP_MAC_CTX *mac_context = context;
    uint8_t mac[16];
    size_t len;
    for (unsigned long i = 0; i < rounds; i++) {
        must(EVP_MAC_init(mac_context, key, 16, NULL) == 1 && EVP_MAC_update(mac_context, data, 48) == 1);
        must(EVP_MAC_final(mac_context, mac, &len, sizeof mac) == 1);
        data[0] ^= mac[0];
    }
}

static void peer_hmac(void *context, unsigned long rounds)
{
    uint8_t mac[32];
    unsigned len;
    (void)context;
    for (unsigned long i = 0; i < rounds; i++) {
        must(HMAC(EVP_sha256(), key, 32, data, 48, mac, &len) != NULL);
        data[0] ^= mac[0];
    }
}

static void bench_peer(void)
{
    EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
    EVP_MAC *algorithm = EVP_MAC_fetch(NULL, "CMAC", NULL);
    EVP_MAC_CTX *mac_context = EVP_MAC_CTX_new(algorithm);
    char name[] = "AES-128-CBC";
    OSSL_PARAM parameters[] = {{"cipher", OSSL_PARAM_UTF8_STRING, name, sizeof name - 1, 0}, {NULL, 0, NULL, 0, 0}};
    must(cipher != NULL && mac_context != NULL && EVP_MAC_CTX_set_params(mac_context, parameters) == 1);
    must(EVP_EncryptInit_ex(cipher, EVP_aes_128_ctr(), NULL, NULL, NULL) == 1);
    bench_row(CTR, bench_ns_each(peer_ctr, cipher), "ns", "peer: OpenSSL EVP, key left in its context");
    bench_row(CMAC, bench_ns_each(peer_cmac, mac_context), "ns", "peer: OpenSSL EVP_MAC, key left in its context");
    bench_row(KDF, bench_ns_each(peer_hmac, NULL), "ns", "peer: OpenSSL HMAC()");
    EVP_MAC_CTX_free(mac_context);
    EVP_MAC_free(algorithm);
    EVP_CIPHER_CTX_free(cipher);
}

int main(void)
{
    bench_table("crypto", "Primitives, CPU time of one call with its key, on this machine");
    if (godwit_crypto_aesni() != NULL) {
        bench_backend(godwit_crypto_aesni(), "aes-ni backend, key expanded and wiped");
    }
    bench_backend(&godwit_crypto_openssl, "openssl backend, key wiped");
    bench_backend(&godwit_crypto_builtin, "builtin backend, portable and constant in time");
    bench_the_rest();
    bench_peer();
    return 0;
}
