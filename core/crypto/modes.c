/* SPDX-License-Identifier: Apache-2.0
 *
 * Modes of AES-128 over either way of computing it: ECB and CTR (SP 800-38A 6.1, 6.5), CMAC (RFC 4493 2.4). Key
 * schedules, keystream and subkeys are wiped before return. Lengths are public; contents never decide a branch or an
 * address here.
 */
#include "core/crypto/modes.h"

#include <string.h>

#include "core/crypto/double.h"

#define BLOCK GODWIT_AES_BLOCK
#define PAIR (2 * GODWIT_AES_BLOCK)

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void xor_into(uint8_t *out, const uint8_t *in, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        out[i] ^= in[i];
    }
}

void godwit_modes_ecb(const godwit_aes_way_t *way, uint32_t *room, const uint8_t key[16], const uint8_t *in,
                      uint8_t *out, size_t blocks)
{
    godwit_aes_block_t pair[2];
    way->expand(room, key);
    for (size_t left = blocks * BLOCK; left > 0;) {
        size_t len = smaller(left, PAIR);
        memcpy(pair, in, len);
        way->encrypt(room, pair, len / BLOCK);
        memcpy(out, pair, len);
        in += len;
        out += len;
        left -= len;
    }
    godwit_wipe(pair, sizeof pair);
    godwit_wipe(room, way->words * sizeof *room);
}

/* The counter is public: how far the carry runs tells nothing. */
static void increment(uint8_t counter[BLOCK])
{
    for (size_t i = BLOCK; i > 0 && ++counter[i - 1] == 0; i--) {
    }
}

void godwit_modes_ctr(const godwit_aes_way_t *way, uint32_t *room, const uint8_t key[16], const uint8_t counter[16],
                      const uint8_t *in, uint8_t *out, size_t len)
{
    godwit_aes_block_t next;
    godwit_aes_block_t keystream[2];
    way->expand(room, key);
    memcpy(next.octets, counter, BLOCK);
    while (len > 0) {
        size_t now = smaller(len, PAIR);
        keystream[0] = next;
        increment(next.octets);
        keystream[1] = next;
        increment(next.octets);
        way->encrypt(room, keystream, now > BLOCK ? 2 : 1);
        for (size_t i = 0; i < now; i++) {
            out[i] = in[i] ^ keystream[i / BLOCK].octets[i % BLOCK];
        }
        in += now;
        out += now;
        len -= now;
    }
    godwit_wipe(keystream, sizeof keystream);
    godwit_wipe(room, way->words * sizeof *room);
}

/* ---- CMAC ---- */

/* Where the next octet of a message in parts comes from. */
typedef struct cursor {
    const godwit_slice_t *part;
    size_t offset; /* in *part */
} cursor_t;

/* XORs the next len octets of the message into block; the message has them. */
static void absorb(cursor_t *cursor, uint8_t *block, size_t len)
{
    while (len > 0) {
        size_t now = smaller(len, cursor->part->len - cursor->offset);
        if (now == 0) {
            cursor->part++;
            cursor->offset = 0;
            continue;
        }
        xor_into(block, cursor->part->ptr + cursor->offset, now);
        cursor->offset += now;
        block += now;
        len -= now;
    }
}

static size_t length_of(const godwit_slice_t *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    return len;
}

/* The chain runs in the first block of the pair. Its first block, where it is not the last one, goes together with the
 * zero block in the second place, which becomes L, from which the subkeys come. */
static void cmac_chain(const godwit_aes_way_t *way, uint32_t *room, const godwit_slice_t *parts, size_t len,
                       godwit_aes_block_t pair[2], godwit_aes_block_t *subkey)
{
    cursor_t cursor = {.part = parts};
    size_t last = len == 0 ? 0 : len - (len - 1) % BLOCK - 1; /* octets before the last block */
    memset(pair, 0, PAIR);
    if (last == 0) {
        way->encrypt(room, pair, 1);
        *subkey = pair[0];
        memset(pair, 0, PAIR);
    }
    for (size_t done = 0; done < last; done += BLOCK) {
        absorb(&cursor, pair->octets, BLOCK);
        way->encrypt(room, pair, done == 0 ? 2 : 1);
        if (done == 0) {
            *subkey = pair[1];
        }
    }
    godwit_double_block(subkey->octets);
    absorb(&cursor, pair->octets, len - last);
    if (len - last < BLOCK) {
        pair->octets[len - last] ^= 0x80;
        godwit_double_block(subkey->octets);
    }
    xor_into(pair->octets, subkey->octets, BLOCK);
    way->encrypt(room, pair, 1);
}

void godwit_modes_cmac(const godwit_aes_way_t *way, uint32_t *room, const uint8_t key[16], const godwit_slice_t *parts,
                       size_t count, uint8_t mac[16])
{
    godwit_aes_block_t pair[2];
    godwit_aes_block_t subkey;
    way->expand(room, key);
    cmac_chain(way, room, parts, length_of(parts, count), pair, &subkey);
    memcpy(mac, pair, BLOCK);
    godwit_wipe(pair, sizeof pair);
    godwit_wipe(&subkey, sizeof subkey);
    godwit_wipe(room, way->words * sizeof *room);
}
