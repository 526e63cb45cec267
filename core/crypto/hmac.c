/* SPDX-License-Identifier: Apache-2.0
 *
 * HMAC-SHA-256, RFC 2104: H((K ^ opad) || H((K ^ ipad) || text)). Padded key and hash states are wiped.
 */
#include "core/crypto/hmac.h"

#include <string.h>

#include "core/crypto/sha256.h"

#define IPAD 0x36
#define OPAD 0x5C

/* K to the length of a block: hashed when longer (RFC 2104 clause 2). */
static void pad_key(godwit_slice_t key, uint8_t padded[GODWIT_SHA256_BLOCK])
{
    memset(padded, 0, GODWIT_SHA256_BLOCK);
    if (key.len > GODWIT_SHA256_BLOCK) {
        (void)godwit_sha256(&key, 1, padded); /* it never fails */
    } else if (key.len > 0) {
        memcpy(padded, key.ptr, key.len);
    }
}

static void start(godwit_sha256_t *sha, const uint8_t padded[GODWIT_SHA256_BLOCK], uint8_t pad)
{
    uint8_t block[GODWIT_SHA256_BLOCK];
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] = padded[i] ^ pad;
    }
    godwit_sha256_init(sha);
    godwit_sha256_update(sha, block, sizeof block);
    godwit_wipe(block, sizeof block);
}

godwit_status_t godwit_hmac_sha256(godwit_slice_t key, const godwit_slice_t *parts, size_t count,
                                   uint8_t mac[GODWIT_SHA256_SIZE])
{
    uint8_t padded[GODWIT_SHA256_BLOCK];
    uint8_t inner[GODWIT_SHA256_SIZE];
    godwit_sha256_t sha;
    pad_key(key, padded);
    start(&sha, padded, IPAD);
    for (size_t i = 0; i < count; i++) {
        godwit_sha256_update(&sha, parts[i].ptr, parts[i].len);
    }
    godwit_sha256_final(&sha, inner);
    start(&sha, padded, OPAD);
    godwit_sha256_update(&sha, inner, sizeof inner);
    godwit_sha256_final(&sha, mac);
    godwit_wipe(padded, sizeof padded);
    godwit_wipe(inner, sizeof inner);
    return GODWIT_OK;
}
