/* SPDX-License-Identifier: Apache-2.0
 *
 * The MME's table against a walk of it: whatever a row is found by, it is found as a walk would find it.
 */
#ifndef GODWIT_TESTS_MME_TABLE_H
#define GODWIT_TESTS_MME_TABLE_H

#include "roles/mme.h"

void mme_table_check(godwit_mme_t *mme);

#endif
