/* SPDX-License-Identifier: Apache-2.0
 *
 * The built-in backend, of which one call fails: for sweeps over every call that a life makes.
 */
#ifndef GODWIT_TESTS_FAILING_CRYPTO_H
#define GODWIT_TESTS_FAILING_CRYPTO_H

#include "godwit/crypto.h"

extern const godwit_crypto_t failing_crypto;

/* The n-th call from here on fails, and no other; 0: none does. */
void failing_crypto_at(unsigned n);
/* It has not come yet. */
bool failing_crypto_waits(void);

#endif
