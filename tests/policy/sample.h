/* SPDX-License-Identifier: Apache-2.0
 *
 * A policy that is right, for tests to bend.
 */
#ifndef GODWIT_TESTS_POLICY_SAMPLE_H
#define GODWIT_TESTS_POLICY_SAMPLE_H

#include <string.h>

#include "godwit/policy.h"

#define SAMPLE_HOME ((godwit_plmn_t){{0x00, 0xF1, 0x10}})    /* 001-01 */
#define SAMPLE_VISITED ((godwit_plmn_t){{0x00, 0xF1, 0x20}}) /* 001-02 */
#define SAMPLE_OTHER ((godwit_plmn_t){{0x00, 0xF1, 0x30}})   /* 001-03 */

static inline godwit_policy_rules_t sample_rules(void)
{
    godwit_policy_rules_t r;
    memset(&r, 0, sizeof r);
    r.integrity = true;
    r.key_bits = 128;
    r.mac_bits = 64;
    r.suites[0] = 1; /* eea2-eia2-64 */
    r.suites[1] = 2; /* eea2-eia2-128 */
    r.eea[0] = 2;
    r.eea[1] = 1;
    r.eea_count = 2;
    r.eia[0] = 2;
    r.eia[1] = 1;
    r.eia_count = 2;
    r.reauthenticate_attaches = 10;
    r.reauthenticate_s = 86400;
    r.agreements = 0x06; /* access-eps, separate-eps */
    return r;
}

static inline godwit_policy_t sample_policy(godwit_plmn_t plmn, uint32_t version)
{
    godwit_policy_t p;
    memset(&p, 0, sizeof p);
    p.version = version;
    p.plmn = plmn;
    memcpy(p.issuer, "policy.home.example", sizeof "policy.home.example");
    memcpy(p.classes[0].name, "meters", sizeof "meters");
    p.classes[0].offered = 0x05;
    p.classes[0].required = 0x01;
    p.classes[0].fallback = true;
    p.class_count = 1;
    p.standard = sample_rules();
    p.networks[0].plmn = SAMPLE_VISITED;
    p.networks[0].rules = sample_rules();
    p.network_count = 1;
    return p;
}

/* As sample_rules, off by a law or where the other's law may ask. */
static inline godwit_policy_rules_t sample_null_rules(godwit_confidentiality_t confidentiality, const char *law)
{
    godwit_policy_rules_t r = sample_rules();
    r.confidentiality = confidentiality;
    memcpy(r.law, law, strlen(law) + 1);
    r.suites[2] = 5; /* eea0-eia2-64 */
    return r;
}

#endif
