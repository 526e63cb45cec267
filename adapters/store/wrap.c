/* SPDX-License-Identifier: Apache-2.0
 *
 * AES-256-GCM through OpenSSL. It must never reuse a nonce with a key, nor hand out octets whose tag was not right.
 */
#include "adapters/store/wrap.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>
#include <sys/random.h>

/* Nothing wrapped is longer; so lengths fit OpenSSL's int. */
#define PLAIN_MAX 4096

static godwit_status_t row_key(const godwit_kek_t *kek, const char *name, uint8_t key[32])
{
    unsigned len = 32;
    const unsigned char *made =
        HMAC(EVP_sha256(), kek->octets, sizeof kek->octets, (const unsigned char *)name, strlen(name), key, &len);
    return made != NULL && len == 32 ? GODWIT_OK : GODWIT_CRYPTO_FAILED;
}

/* Associated data: the name, and after its terminator what stands beside. EVP_CipherUpdate goes both ways. */
static bool associate(EVP_CIPHER_CTX *ctx, const godwit_wrap_context_t *context)
{
    const size_t name_len = strlen(context->name) + (context->beside.len > 0 ? 1 : 0);
    int len = 0;
    return EVP_CipherUpdate(ctx, NULL, &len, (const unsigned char *)context->name, (int)name_len) == 1 &&
           (context->beside.len == 0 ||
            EVP_CipherUpdate(ctx, NULL, &len, context->beside.ptr, (int)context->beside.len) == 1);
}

static bool seal(EVP_CIPHER_CTX *ctx, const uint8_t key[32], const godwit_wrap_context_t *context, godwit_slice_t plain,
                 uint8_t *wrapped)
{
    uint8_t *text = wrapped + GODWIT_WRAP_NONCE;
    int len = 0;
    return EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, wrapped) == 1 && associate(ctx, context) &&
           EVP_EncryptUpdate(ctx, text, &len, plain.ptr, (int)plain.len) == 1 &&
           EVP_EncryptFinal_ex(ctx, text + len, &len) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, GODWIT_WRAP_TAG, text + plain.len) == 1;
}

godwit_status_t godwit_wrap(const godwit_kek_t *kek, const godwit_wrap_context_t *context, godwit_slice_t plain,
                            uint8_t *wrapped)
{
    if (plain.len > PLAIN_MAX) {
        return GODWIT_CRYPTO_FAILED;
    }
    if (getrandom(wrapped, GODWIT_WRAP_NONCE, 0) != GODWIT_WRAP_NONCE) {
        return GODWIT_RANDOM_FAILED;
    }
    uint8_t key[32];
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    godwit_status_t status = ctx == NULL ? GODWIT_CRYPTO_FAILED : row_key(kek, context->name, key);
    if (status == GODWIT_OK && !seal(ctx, key, context, plain, wrapped)) {
        status = GODWIT_CRYPTO_FAILED;
    }
    EVP_CIPHER_CTX_free(ctx);
    godwit_wipe(key, sizeof key);
    return status;
}

static bool open_sealed(EVP_CIPHER_CTX *ctx, const uint8_t key[32], const godwit_wrap_context_t *context,
                        godwit_slice_t wrapped, uint8_t *plain, size_t plain_len)
{
    const uint8_t *text = wrapped.ptr + GODWIT_WRAP_NONCE;
    uint8_t tag[GODWIT_WRAP_TAG];
    int len = 0;
    memcpy(tag, text + plain_len, sizeof tag);
    return EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, wrapped.ptr) == 1 && associate(ctx, context) &&
           EVP_DecryptUpdate(ctx, plain, &len, text, (int)plain_len) == 1 &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, GODWIT_WRAP_TAG, tag) == 1 &&
           EVP_DecryptFinal_ex(ctx, plain + len, &len) == 1;
}

godwit_status_t godwit_unwrap(const godwit_kek_t *kek, const godwit_wrap_context_t *context, godwit_slice_t wrapped,
                              uint8_t *plain, size_t plain_len)
{
    if (plain_len > PLAIN_MAX || wrapped.len != plain_len + GODWIT_WRAP_OVERHEAD) {
        memset(plain, 0, plain_len);
        return GODWIT_MAC_FAILURE;
    }
    uint8_t key[32];
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    godwit_status_t status = ctx == NULL ? GODWIT_CRYPTO_FAILED : row_key(kek, context->name, key);
    if (status == GODWIT_OK && !open_sealed(ctx, key, context, wrapped, plain, plain_len)) {
        status = GODWIT_MAC_FAILURE;
    }
    if (status != GODWIT_OK) {
        godwit_wipe(plain, plain_len);
    }
    EVP_CIPHER_CTX_free(ctx);
    godwit_wipe(key, sizeof key);
    return status;
}
