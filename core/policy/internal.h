/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of core/policy share: paths of members, and what a suite is as far as a policy asks.
 */
#ifndef GODWIT_CORE_POLICY_INTERNAL_H
#define GODWIT_CORE_POLICY_INTERNAL_H

#include "godwit/policy.h"

/* Writes "PREFIX.member[index]" into the fault; prefix "" and index -1 stand for none. Always GODWIT_POLICY_FORBIDS. */
GODWIT_MUST_USE godwit_status_t godwit_policy_refuse(godwit_policy_fault_t *fault, const char *prefix,
                                                     const char *member, int index, const char *what);
/* "member[index]" as a prefix for further members. */
void godwit_policy_prefix(char prefix[GODWIT_POLICY_PATH_MAX], const char *member, int index);

GODWIT_MUST_USE godwit_status_t godwit_policy_check_rules(const godwit_policy_rules_t *rules, const char *prefix,
                                                          godwit_policy_fault_t *fault);

bool godwit_policy_suite_exists(uint8_t suite);
bool godwit_policy_suite_ciphers(uint8_t suite);
unsigned godwit_policy_suite_mac_bits(uint8_t suite);

#endif
