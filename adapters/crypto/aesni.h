/* SPDX-License-Identifier: Apache-2.0
 *
 * The AES instructions of x86-64 behind godwit/crypto.h, and the backend for servers. SHA-256 is OpenSSL's in both:
 * it uses the processor's instructions by itself, and a hash has no key schedule to pay for at each call.
 */
#ifndef GODWIT_ADAPTERS_CRYPTO_AESNI_H
#define GODWIT_ADAPTERS_CRYPTO_AESNI_H

#include "godwit/crypto.h"

/* NULL where this processor, or the one that the build is for, has no such instructions. */
const godwit_crypto_t *godwit_crypto_aesni(void);

/* What a server uses: AES instructions where there are any, OpenSSL elsewhere. Keys change with almost every datagram,
 * and expanding one costs OpenSSL's contexts several times what the datagram costs. Any thread, any time. */
const godwit_crypto_t *godwit_crypto_server(void);

#endif
