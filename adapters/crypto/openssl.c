/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-128, CMAC, SHA-256 and HMAC-SHA-256 over OpenSSL's EVP. CMAC is built on EVP's CBC (RFC 4493 2.4) and HMAC on its
 * digest (RFC 2104), not on EVP_MAC: keys here change with almost every call, which costs EVP_MAC twice as much, and
 * its contexts keep the key until the next one. A cipher or digest context is reset after each use, which frees and
 * clears what it held.
 */
#include "adapters/crypto/openssl.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core/crypto/double.h"

#define BLOCK GODWIT_AES_BLOCK
#define SHA256_BLOCK 64
#define OCTETS_MAX (1 << 30) /* EVP counts in int: longer data goes in pieces */

/* ---- algorithms of the process and contexts of the thread ---- */

static struct {
    EVP_CIPHER *ecb, *ctr, *cbc;
    EVP_MD *sha256;
    pthread_key_t contexts;
    bool ready;
} library;

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

typedef struct contexts {
    EVP_CIPHER_CTX *cipher;
    EVP_MD_CTX *digest;
} contexts_t;

static void free_contexts(void *of_thread)
{
    contexts_t *contexts = of_thread;
    EVP_CIPHER_CTX_free(contexts->cipher);
    EVP_MD_CTX_free(contexts->digest);
    free(contexts);
}

static void open_library(void)
{
    library.ecb = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
    library.ctr = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
    library.cbc = EVP_CIPHER_fetch(NULL, "AES-128-CBC", NULL);
    library.sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    library.ready = library.ecb != NULL && library.ctr != NULL && library.cbc != NULL && library.sha256 != NULL &&
                    pthread_key_create(&library.contexts, free_contexts) == 0;
}

static contexts_t *new_contexts(void)
{
    contexts_t *contexts = calloc(1, sizeof *contexts);
    if (contexts == NULL) {
        return NULL;
    }
    contexts->cipher = EVP_CIPHER_CTX_new();
    contexts->digest = EVP_MD_CTX_new();
    if (contexts->cipher == NULL || contexts->digest == NULL || pthread_setspecific(library.contexts, contexts) != 0) {
        free_contexts(contexts);
        return NULL;
    }
    return contexts;
}

/* The contexts of this thread, or NULL. */
static contexts_t *open_contexts(void)
{
    (void)pthread_once(&library_once, open_library);
    if (!library.ready) {
        return NULL;
    }
    contexts_t *contexts = pthread_getspecific(library.contexts);
    return contexts != NULL ? contexts : new_contexts();
}

static godwit_status_t done(bool ok, uint8_t *out, size_t len)
{
    if (ok) {
        return GODWIT_OK;
    }
    godwit_wipe(out, len);
    return GODWIT_CRYPTO_FAILED;
}

/* ---- AES ---- */

/* A context for one call, keyed. Padding is off: whole blocks or a stream. */
static bool start_cipher(EVP_CIPHER_CTX *cipher, const EVP_CIPHER *algorithm, const uint8_t key[16],
                         const uint8_t *counter)
{
    return EVP_EncryptInit_ex2(cipher, algorithm, key, counter, NULL) == 1 &&
           EVP_CIPHER_CTX_set_padding(cipher, 0) == 1;
}

static bool encipher(EVP_CIPHER_CTX *cipher, const uint8_t *in, uint8_t *out, size_t len)
{
    while (len > 0) {
        int now = len < OCTETS_MAX ? (int)len : OCTETS_MAX;
        int written = 0;
        if (EVP_EncryptUpdate(cipher, out, &written, in, now) != 1 || written != now) {
            return false;
        }
        in += now;
        out += now;
        len -= (size_t)now;
    }
    return true;
}

/* Without a counter: ECB. */
static godwit_status_t run(const uint8_t key[16], const uint8_t *counter, const uint8_t *in, uint8_t *out, size_t len)
{
    contexts_t *contexts = open_contexts();
    bool ok = contexts != NULL &&
              start_cipher(contexts->cipher, counter == NULL ? library.ecb : library.ctr, key, counter) &&
              encipher(contexts->cipher, in, out, len);
    if (contexts != NULL) {
        (void)EVP_CIPHER_CTX_reset(contexts->cipher);
    }
    return done(ok, out, len);
}

static godwit_status_t aes128_ecb(const uint8_t key[16], const uint8_t *in, uint8_t *out, size_t blocks)
{
    return run(key, NULL, in, out, blocks * BLOCK);
}

static godwit_status_t aes128_ctr(const uint8_t key[16], const uint8_t counter[16], const uint8_t *in, uint8_t *out,
                                  size_t len)
{
    return run(key, counter, in, out, len);
}

/* ---- CMAC ---- */

/* Octets on their way into the CBC chain. The last block of the message is still among them when the message ends. */
typedef struct chain {
    EVP_CIPHER_CTX *cipher;
    uint8_t waiting[16 * BLOCK];
    uint8_t out[16 * BLOCK];
    size_t len; /* octets waiting */
} chain_t;

static bool append(chain_t *chain, godwit_slice_t part)
{
    while (part.len > 0) {
        if (chain->len == sizeof chain->waiting) {
            if (!encipher(chain->cipher, chain->waiting, chain->out, chain->len)) {
                return false;
            }
            chain->len = 0;
        }
        size_t room = sizeof chain->waiting - chain->len;
        size_t now = part.len < room ? part.len : room;
        memcpy(chain->waiting + chain->len, part.ptr, now);
        chain->len += now;
        part = godwit_slice(part.ptr + now, part.len - now);
    }
    return true;
}

/* Pads and adds the subkey: K1 to a whole last block, K2 to one that 10* filled. */
static bool finish(chain_t *chain, uint8_t subkey[BLOCK], uint8_t mac[16])
{
    godwit_double_block(subkey);
    if (chain->len == 0 || chain->len % BLOCK != 0) {
        godwit_double_block(subkey);
        chain->waiting[chain->len++] = 0x80;
        while (chain->len % BLOCK != 0) {
            chain->waiting[chain->len++] = 0;
        }
    }
    for (size_t i = 0; i < BLOCK; i++) {
        chain->waiting[chain->len - BLOCK + i] ^= subkey[i];
    }
    if (!encipher(chain->cipher, chain->waiting, chain->out, chain->len)) {
        return false;
    }
    memcpy(mac, chain->out + chain->len - BLOCK, BLOCK);
    return true;
}

/* L = E(0) first, for the subkeys; then the chain starts again from zero. */
static bool mac_of_parts(chain_t *chain, const uint8_t key[16], const godwit_slice_t *parts, size_t count,
                         uint8_t mac[16])
{
    static const uint8_t zero[BLOCK];
    uint8_t subkey[BLOCK];
    bool ok = start_cipher(chain->cipher, library.cbc, key, zero) && encipher(chain->cipher, zero, subkey, BLOCK) &&
              EVP_EncryptInit_ex2(chain->cipher, NULL, NULL, zero, NULL) == 1;
    for (size_t i = 0; ok && i < count; i++) {
        ok = append(chain, parts[i]);
    }
    ok = ok && finish(chain, subkey, mac);
    godwit_wipe(subkey, sizeof subkey);
    return ok;
}

static godwit_status_t aes128_cmac(const uint8_t key[16], const godwit_slice_t *parts, size_t count, uint8_t mac[16])
{
    contexts_t *contexts = open_contexts();
    if (contexts == NULL) {
        return done(false, mac, 16);
    }
    chain_t chain;
    chain.cipher = contexts->cipher;
    chain.len = 0;
    bool ok = mac_of_parts(&chain, key, parts, count, mac);
    (void)EVP_CIPHER_CTX_reset(contexts->cipher);
    godwit_wipe(&chain, sizeof chain);
    return done(ok, mac, 16);
}

/* ---- SHA-256 and HMAC ---- */

/* H(first || parts); first may be empty. */
static bool hash(EVP_MD_CTX *digest, godwit_slice_t first, const godwit_slice_t *parts, size_t count, uint8_t out[32])
{
    bool ok =
        EVP_DigestInit_ex2(digest, library.sha256, NULL) == 1 && EVP_DigestUpdate(digest, first.ptr, first.len) == 1;
    for (size_t i = 0; ok && i < count; i++) {
        ok = EVP_DigestUpdate(digest, parts[i].ptr, parts[i].len) == 1;
    }
    return ok && EVP_DigestFinal_ex(digest, out, NULL) == 1;
}

static godwit_status_t sha256(const godwit_slice_t *parts, size_t count, uint8_t out[32])
{
    contexts_t *contexts = open_contexts();
    bool ok = contexts != NULL && hash(contexts->digest, godwit_slice(NULL, 0), parts, count, out);
    if (contexts != NULL) {
        (void)EVP_MD_CTX_reset(contexts->digest);
    }
    return done(ok, out, 32);
}

static void exclusive_or(uint8_t block[SHA256_BLOCK], uint8_t pad)
{
    for (size_t i = 0; i < SHA256_BLOCK; i++) {
        block[i] ^= pad;
    }
}

static bool keyed_hash(EVP_MD_CTX *digest, godwit_slice_t key, const godwit_slice_t *parts, size_t count,
                       uint8_t mac[32])
{
    uint8_t padded[SHA256_BLOCK] = {0};
    uint8_t inner[32] = {0};
    godwit_slice_t inner_slice = godwit_slice(inner, sizeof inner);
    bool ok = true;
    if (key.len > sizeof padded) {
        ok = hash(digest, key, NULL, 0, padded);
    } else if (key.len > 0) {
        memcpy(padded, key.ptr, key.len);
    }
    exclusive_or(padded, 0x36);
    ok = ok && hash(digest, godwit_slice(padded, sizeof padded), parts, count, inner);
    exclusive_or(padded, 0x36 ^ 0x5C);
    ok = ok && hash(digest, godwit_slice(padded, sizeof padded), &inner_slice, 1, mac);
    godwit_wipe(padded, sizeof padded);
    godwit_wipe(inner, sizeof inner);
    return ok;
}

static godwit_status_t hmac_sha256(godwit_slice_t key, const godwit_slice_t *parts, size_t count, uint8_t mac[32])
{
    contexts_t *contexts = open_contexts();
    bool ok = contexts != NULL && keyed_hash(contexts->digest, key, parts, count, mac);
    if (contexts != NULL) {
        (void)EVP_MD_CTX_reset(contexts->digest);
    }
    return done(ok, mac, 32);
}

const godwit_crypto_t godwit_crypto_openssl = {
    .name = "openssl",
    .aes128_ecb = aes128_ecb,
    .aes128_ctr = aes128_ctr,
    .aes128_cmac = aes128_cmac,
    .sha256 = sha256,
    .hmac_sha256 = hmac_sha256,
};
