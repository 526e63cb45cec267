/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables of SGSN and MSC against a walk of them: whatever a row is found by, it is found when a walk would find
 * one.
 */
#ifndef GODWIT_TESTS_SERVING_TABLES_H
#define GODWIT_TESTS_SERVING_TABLES_H

#include "roles/msc.h"
#include "roles/sgsn.h"

void sgsn_table_check(godwit_sgsn_t *sgsn);
void msc_table_check(godwit_msc_t *msc);

#endif
