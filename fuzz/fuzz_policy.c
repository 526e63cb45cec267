/* SPDX-License-Identifier: Apache-2.0
 *
 * The policy document: whatever text comes, it is refused with one line, or read; what is read is written and must be
 * read again as the same policy, may be merged with itself, and never lets integrity go.
 */
#include "adapters/policy/policy.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void merge(const godwit_policy_t *policy)
{
    godwit_policy_rules_t merged;
    godwit_policy_fault_t fault;
    for (size_t i = 0; i < policy->network_count; i++) {
        const godwit_policy_rules_t *rules = godwit_policy_rules_for(policy, policy->networks[i].plmn);
        if (godwit_policy_merge(&policy->standard, rules, &merged, &fault) == GODWIT_OK) {
            check(merged.integrity && merged.suites[0] != 0 && godwit_policy_allows_suite(&merged, merged.suites[0]));
            check(merged.mac_bits >= rules->mac_bits && merged.mac_bits >= policy->standard.mac_bits);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static godwit_policy_t policy, again;
    char why[GODWIT_POLICY_WHY] = "";
    size_t len = 0;
    godwit_status_t status = godwit_policy_parse((const char *)data, size, &policy, why);
    check((status == GODWIT_OK) == (why[0] == '\0') && memchr(why, '\0', sizeof why) != NULL);
    if (status == GODWIT_OK) {
        char *text = godwit_policy_write(&policy, &len);
        check(text != NULL && godwit_policy_parse(text, len, &again, why) == GODWIT_OK);
        check(godwit_policy_equal(&policy, &again));
        free(text);
        merge(&policy);
    }
    return 0;
}
