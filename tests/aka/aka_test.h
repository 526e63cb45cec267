/* SPDX-License-Identifier: Apache-2.0
 *
 * What the tests of core/aka share: keys from octets or from a vector record, and numbers that are random but the same
 * each time.
 */
#ifndef GODWIT_TESTS_AKA_TEST_H
#define GODWIT_TESTS_AKA_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "godwit/aka.h"
#include "tests/kat/kat.h"

#define assert_ok(expression) assert_int_equal(expression, GODWIT_OK)

/* Key of the record: fields k, and opc or op (topc, top for TUAK); none for xor. */
godwit_aka_key_t aka_test_key(const kat_record_t *record, godwit_aka_algorithm_t algorithm, const char *op,
                              bool op_is_derived, const godwit_tuak_profile_t *tuak);
/* A MILENAGE key: K and OPc of TS 35.208 set 1. */
godwit_aka_key_t aka_test_milenage_key(void);
extern const uint8_t aka_test_rand[16]; /* RAND of the same set */

/* Octets of a generator seeded by GODWIT_TEST_SEED, or always the same. */
void aka_test_random(void *octets, size_t len);
uint64_t aka_test_random_below(uint64_t limit);

#endif
