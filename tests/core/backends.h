/* SPDX-License-Identifier: Apache-2.0
 *
 * Every backend of godwit/crypto.h that this build has: a test of primitives runs over all of them.
 */
#ifndef GODWIT_TESTS_CORE_BACKENDS_H
#define GODWIT_TESTS_CORE_BACKENDS_H

#include "adapters/crypto/openssl.h"
#include "godwit/crypto.h"

static const godwit_crypto_t *const backends[] = {&godwit_crypto_builtin, &godwit_crypto_cacheless,
                                                  &godwit_crypto_openssl};

#define BACKENDS (sizeof backends / sizeof backends[0])

#endif
