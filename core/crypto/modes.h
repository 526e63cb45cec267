/* SPDX-License-Identifier: Apache-2.0
 *
 * Modes of AES-128 over either way of computing it. The contracts are those of godwit/crypto.h; these never fail. The
 * room is the caller's, way->words long, and is left wiped.
 */
#ifndef GODWIT_CORE_CRYPTO_MODES_H
#define GODWIT_CORE_CRYPTO_MODES_H

#include "core/crypto/aes.h"

void godwit_modes_ecb(const godwit_aes_way_t *way, uint32_t *room, const uint8_t key[16], const uint8_t *in,
                      uint8_t *out, size_t blocks);
void godwit_modes_ctr(const godwit_aes_way_t *way, uint32_t *room, const uint8_t key[16], const uint8_t counter[16],
                      const uint8_t *in, uint8_t *out, size_t len);
void godwit_modes_cmac(const godwit_aes_way_t *way, uint32_t *room, const uint8_t key[16], const godwit_slice_t *parts,
                       size_t count, uint8_t mac[16]);

#endif
