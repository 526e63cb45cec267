/* SPDX-License-Identifier: Apache-2.0
 *
 * Every backend of godwit/crypto.h that this build has: a test of primitives runs over all of them.
 */
#ifndef GODWIT_TESTS_CORE_BACKENDS_H
#define GODWIT_TESTS_CORE_BACKENDS_H

#include "adapters/crypto/aesni.h"
#include "adapters/crypto/openssl.h"
#include "godwit/crypto.h"

#define BACKENDS 4u

/* The i-th; what a server of this machine uses comes last: AES-NI, or OpenSSL once more. */
static inline const godwit_crypto_t *backend(size_t i)
{
    const godwit_crypto_t *const all[BACKENDS] = {&godwit_crypto_builtin, &godwit_crypto_cacheless,
                                                  &godwit_crypto_openssl, godwit_crypto_server()};
    return all[i];
}

#endif
