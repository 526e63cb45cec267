/* SPDX-License-Identifier: Apache-2.0
 *
 * Checks of the rules between two networks: each member by itself, and against the others. What is below the minimum of
 * 128-bit keys and 64-bit MACs, and what does not cipher, must name its reason (docs/keys.md, "Policy").
 */
#include <string.h>

#include "core/policy/internal.h"

#define ALGORITHM_LAST 3
#define ATTACHES_MAX 65535u
#define SECONDS_MIN 60u
#define SECONDS_MAX (366u * 24 * 3600)

static godwit_status_t check_confidentiality(const godwit_policy_rules_t *r, const char *p, godwit_policy_fault_t *f)
{
    if (r->confidentiality > GODWIT_CONFIDENTIALITY_OFF) {
        return godwit_policy_refuse(f, p, "confidentiality", -1, "must be required, by_law or off");
    }
    if (r->confidentiality == GODWIT_CONFIDENTIALITY_OFF && r->law[0] == '\0') {
        return godwit_policy_refuse(f, p, "law", -1,
                                    "is missing: confidentiality is off only by a law that asks for it");
    }
    if (r->confidentiality == GODWIT_CONFIDENTIALITY_REQUIRED && r->law[0] != '\0') {
        return godwit_policy_refuse(f, p, "law", -1, "says nothing where confidentiality is required");
    }
    return r->integrity ? GODWIT_OK : godwit_policy_refuse(f, p, "integrity", -1, "must be true: it is always on");
}

static godwit_status_t check_sizes(const godwit_policy_rules_t *r, const char *p, godwit_policy_fault_t *f)
{
    const bool reason = r->below_minimum[0] != '\0';
    if (r->key_bits < GODWIT_POLICY_KEY_BITS_LEAST || r->key_bits > GODWIT_POLICY_KEY_BITS) {
        return godwit_policy_refuse(f, p, "key_bits", -1, "must be from 64 to 128: no suite has longer keys");
    }
    if (r->mac_bits < GODWIT_POLICY_MAC_BITS_LEAST || r->mac_bits > 128 || r->mac_bits % 8 != 0) {
        return godwit_policy_refuse(f, p, "mac_bits", -1, "must be a multiple of 8 from 32 to 128");
    }
    if (r->key_bits < GODWIT_POLICY_KEY_BITS && !reason) {
        return godwit_policy_refuse(f, p, "key_bits", -1,
                                    "is below the minimum of 128: give the reason in below_minimum");
    }
    if (r->mac_bits < GODWIT_POLICY_MAC_BITS && !reason) {
        return godwit_policy_refuse(f, p, "mac_bits", -1,
                                    "is below the minimum of 64: give the reason in below_minimum");
    }
    return GODWIT_OK;
}

static godwit_status_t check_suite(const godwit_policy_rules_t *r, int i, const char *p, godwit_policy_fault_t *f)
{
    const uint8_t suite = r->suites[i];
    if (!godwit_policy_suite_exists(suite)) {
        return godwit_policy_refuse(f, p, "suites", i, "must be a suite such as eea2-eia2-64");
    }
    if (memchr(r->suites, suite, (size_t)i) != NULL) {
        return godwit_policy_refuse(f, p, "suites", i, "is named twice");
    }
    if (godwit_policy_suite_mac_bits(suite) < r->mac_bits) {
        return godwit_policy_refuse(f, p, "suites", i, "has a shorter MAC than mac_bits");
    }
    if (!godwit_policy_suite_ciphers(suite) && r->confidentiality == GODWIT_CONFIDENTIALITY_REQUIRED) {
        return godwit_policy_refuse(f, p, "suites", i, "does not cipher, but confidentiality is required");
    }
    return GODWIT_OK;
}

static godwit_status_t check_suites(const godwit_policy_rules_t *r, const char *p, godwit_policy_fault_t *f)
{
    const bool off = r->confidentiality == GODWIT_CONFIDENTIALITY_OFF;
    bool fit = false;
    for (int i = 0; i < GODWIT_POLICY_SUITES_MAX && r->suites[i] != 0; i++) {
        godwit_status_t status = check_suite(r, i, p, f);
        if (status != GODWIT_OK) {
            return status;
        }
        fit = fit || godwit_policy_suite_ciphers(r->suites[i]) != off;
    }
    return fit ? GODWIT_OK
               : godwit_policy_refuse(f, p, "suites", -1,
                                      off ? "needs one that does not cipher: confidentiality is off"
                                          : "needs one that ciphers");
}

static godwit_status_t check_algorithms(const godwit_policy_rules_t *r, bool ciphers, const char *p,
                                        godwit_policy_fault_t *f)
{
    const uint8_t *list = ciphers ? r->eea : r->eia;
    const int count = ciphers ? r->eea_count : r->eia_count;
    const char *name = ciphers ? "eea" : "eia";
    if (count < 1 || count > GODWIT_POLICY_ALGORITHMS_MAX) {
        return godwit_policy_refuse(f, p, name, -1, "needs one algorithm at least, and has four at most");
    }
    for (int i = 0; i < count; i++) {
        if (list[i] > ALGORITHM_LAST || (!ciphers && list[i] == 0)) {
            return godwit_policy_refuse(f, p, name, i,
                                        ciphers ? "must be eea0, eea1, eea2 or eea3"
                                                : "must be eia1, eia2 or eia3: there is no null integrity");
        }
        if (memchr(list, list[i], (size_t)i) != NULL) {
            return godwit_policy_refuse(f, p, name, i, "is named twice");
        }
        if (list[i] == 0 && r->law[0] == '\0' && r->below_minimum[0] == '\0') {
            return godwit_policy_refuse(f, p, name, i, "does not cipher: give the law, or the reason in below_minimum");
        }
    }
    return GODWIT_OK;
}

static godwit_status_t check_frequency(const godwit_policy_rules_t *r, const char *p, godwit_policy_fault_t *f)
{
    if (r->reauthenticate_attaches < 1 || r->reauthenticate_attaches > ATTACHES_MAX) {
        return godwit_policy_refuse(f, p, "reauthenticate.attaches", -1, "must be from 1 to 65535");
    }
    if (r->reauthenticate_s < SECONDS_MIN || r->reauthenticate_s > SECONDS_MAX) {
        return godwit_policy_refuse(f, p, "reauthenticate.seconds", -1, "must be from 60 to 31622400");
    }
    return r->agreements != 0 ? GODWIT_OK
                              : godwit_policy_refuse(f, p, "agreements", -1, "needs one agreement at least");
}

godwit_status_t godwit_policy_check_rules(const godwit_policy_rules_t *rules, const char *prefix,
                                          godwit_policy_fault_t *fault)
{
    godwit_status_t status = check_confidentiality(rules, prefix, fault);
    status = status == GODWIT_OK ? check_sizes(rules, prefix, fault) : status;
    status = status == GODWIT_OK ? check_suites(rules, prefix, fault) : status;
    status = status == GODWIT_OK ? check_algorithms(rules, true, prefix, fault) : status;
    status = status == GODWIT_OK ? check_algorithms(rules, false, prefix, fault) : status;
    return status == GODWIT_OK ? check_frequency(rules, prefix, fault) : status;
}
