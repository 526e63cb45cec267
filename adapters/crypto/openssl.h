/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenSSL 3 backend of godwit/crypto.h: AES instructions and SHA extensions where the processor has them. Any
 * thread may use it at any time; the algorithms are fetched once, contexts are kept for each thread and hold no key
 * between calls.
 */
#ifndef GODWIT_ADAPTERS_CRYPTO_OPENSSL_H
#define GODWIT_ADAPTERS_CRYPTO_OPENSSL_H

#include "godwit/crypto.h"

extern const godwit_crypto_t godwit_crypto_openssl;

/* Known answers (FIPS 197, SP 800-38A, RFC 4493, FIPS 180-4, RFC 4231) through the given backend: what a daemon asks
 * once at its start, because a wrong library or provider must not be met first by a subscriber. GODWIT_CRYPTO_FAILED
 * when any differs. */
GODWIT_MUST_USE godwit_status_t godwit_crypto_check(const godwit_crypto_t *crypto);

#endif
