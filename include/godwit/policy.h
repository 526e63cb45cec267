/* SPDX-License-Identifier: Apache-2.0
 *
 * Security policies that home and visited networks exchange (TR 33.863 Solution 4): which devices there are and what
 * they need, what the law of a place allows, how often AKA runs, the smallest keys and MACs. The document is
 * docs/policy.md; this is what it means.
 * A policy never switches integrity off, its version never goes down, and confidentiality goes off only where the home
 * allows it.
 */
#ifndef GODWIT_POLICY_H
#define GODWIT_POLICY_H

#include "godwit/bytes.h"

#define GODWIT_POLICY_NETWORKS_MAX 32
#define GODWIT_POLICY_CLASSES_MAX 8
#define GODWIT_POLICY_NAME_MAX 32
#define GODWIT_POLICY_REASON_MAX 160
#define GODWIT_POLICY_SUITES_MAX 9
#define GODWIT_POLICY_ALGORITHMS_MAX 4
#define GODWIT_POLICY_PATH_MAX 64

/* The minimum of TR 33.863 clause 7 (key issues): below it only with a reason; and what nothing goes below. */
#define GODWIT_POLICY_KEY_BITS 128
#define GODWIT_POLICY_MAC_BITS 64
#define GODWIT_POLICY_KEY_BITS_LEAST 64
#define GODWIT_POLICY_MAC_BITS_LEAST 32

/* Solutions of TR 33.863 that this floor knows: bit i-1 of a mask is Solution i. */
#define GODWIT_POLICY_SOLUTIONS 0x07u
#define GODWIT_POLICY_SOLUTION_1 0x01u
#define GODWIT_POLICY_SOLUTION_3 0x04u

/* A class of devices and the features it has: what the visited network recognises them by. */
typedef struct godwit_policy_class {
    char name[GODWIT_POLICY_NAME_MAX + 1];
    uint8_t offered, required; /* Solutions */
    bool fallback;             /* to Solution 3, when a required one cannot be had */
} godwit_policy_class_t;

typedef enum godwit_confidentiality {
    GODWIT_CONFIDENTIALITY_REQUIRED = 0, /* whatever the other network says */
    GODWIT_CONFIDENTIALITY_BY_LAW = 1,   /* on, but the other network may switch it off by its law */
    GODWIT_CONFIDENTIALITY_OFF = 2,      /* off; law says which one asks */
} godwit_confidentiality_t;

/* What holds between the network that issued the policy and another. */
typedef struct godwit_policy_rules {
    godwit_confidentiality_t confidentiality;
    char law[GODWIT_POLICY_REASON_MAX + 1];
    bool integrity; /* always true: it stands here so that a document must say so */
    uint16_t key_bits, mac_bits;
    char below_minimum[GODWIT_POLICY_REASON_MAX + 1];
    uint8_t suites[GODWIT_POLICY_SUITES_MAX]; /* of EMSDP, by preference; 0 ends */
    /* Of NAS by preference (TS 33.401 5.1.3, 5.1.4), and of UMTS as UEA2/UIA2 = 1: algorithm numbers, with their
     * count. */
    uint8_t eea[GODWIT_POLICY_ALGORITHMS_MAX], eia[GODWIT_POLICY_ALGORITHMS_MAX];
    uint8_t eea_count, eia_count;
    uint32_t reauthenticate_attaches; /* AKA at every so many attaches, */
    uint32_t reauthenticate_s;        /* and at most so long after the last */
    uint8_t agreements;               /* bit i-1 = agreement i */
} godwit_policy_rules_t;

typedef struct godwit_policy_network {
    godwit_plmn_t plmn;
    godwit_policy_rules_t rules;
} godwit_policy_network_t;

typedef struct godwit_policy {
    uint32_t version;   /* from 1; only rises */
    godwit_plmn_t plmn; /* whose policy it is */
    char issuer[GODWIT_FQDN_MAX + 1];
    godwit_policy_class_t classes[GODWIT_POLICY_CLASSES_MAX];
    uint8_t class_count;
    godwit_policy_rules_t standard; /* for a network that has no entry */
    godwit_policy_network_t networks[GODWIT_POLICY_NETWORKS_MAX];
    uint8_t network_count;
} godwit_policy_t;

/* The member that is wrong, as a path in the document ("networks[2].suites[0]"), and why. */
typedef struct godwit_policy_fault {
    char path[GODWIT_POLICY_PATH_MAX];
    const char *what; /* static */
} godwit_policy_fault_t;

/* GODWIT_OK, or GODWIT_POLICY_FORBIDS with the first member that is wrong. */
GODWIT_MUST_USE godwit_status_t godwit_policy_check(const godwit_policy_t *policy, godwit_policy_fault_t *fault);

/* Whether a policy may take the place of the one held (NULL: none). GODWIT_OK; GODWIT_AGAIN: it is the one held;
 * GODWIT_POLICY_FORBIDS: of another network, its version is lower, or equal with other contents. */
GODWIT_MUST_USE godwit_status_t godwit_policy_accept(const godwit_policy_t *held, const godwit_policy_t *offered,
                                                     godwit_policy_fault_t *fault);
bool godwit_policy_equal(const godwit_policy_t *a, const godwit_policy_t *b);

/* What that policy says of another network: its entry, or the standard. */
const godwit_policy_rules_t *godwit_policy_rules_for(const godwit_policy_t *policy, godwit_plmn_t other);
/* The policy as that network may read it: no entry of another one is in it. */
void godwit_policy_for(const godwit_policy_t *policy, godwit_plmn_t other, godwit_policy_t *out);

/* What two networks agree on: of every member the stricter. fault says where the visited network wanted what the home
 * does not allow (it does not get it, and what is empty when there was nothing). GODWIT_POLICY_FORBIDS when nothing is
 * left that both allow. */
GODWIT_MUST_USE godwit_status_t godwit_policy_merge(const godwit_policy_rules_t *home,
                                                    const godwit_policy_rules_t *visited, godwit_policy_rules_t *merged,
                                                    godwit_policy_fault_t *fault);
/* A class as both recognise it; visited NULL: it does not know the class, so what needs its help (Solution 1) is not
 * offered.
 * GODWIT_POLICY_FORBIDS when a required one is not offered and there is no fallback. */
GODWIT_MUST_USE godwit_status_t godwit_policy_merge_class(const godwit_policy_class_t *home,
                                                          const godwit_policy_class_t *visited,
                                                          godwit_policy_class_t *merged);
const godwit_policy_class_t *godwit_policy_class(const godwit_policy_t *policy, const char *name);

/* Whether a suite may be used under these rules. */
bool godwit_policy_allows_suite(const godwit_policy_rules_t *rules, uint8_t suite);
/* The suites allowed under these rules, in their order, that also stand in `own` (0 ends; its order does not matter).
 * GODWIT_POLICY_FORBIDS when none does. */
GODWIT_MUST_USE godwit_status_t godwit_policy_suites(const godwit_policy_rules_t *rules,
                                                     const uint8_t own[GODWIT_POLICY_SUITES_MAX],
                                                     uint8_t order[GODWIT_POLICY_SUITES_MAX]);
/* The first of those that the device offers (bit i-1 = suite i). GODWIT_POLICY_FORBIDS when the rules leave none,
 * GODWIT_UNSUPPORTED_SUITE when the device has none of them. */
GODWIT_MUST_USE godwit_status_t godwit_policy_choose_suite(const godwit_policy_rules_t *rules,
                                                           const uint8_t own[GODWIT_POLICY_SUITES_MAX],
                                                           uint16_t offered, uint8_t *suite);

/* What a policy changes in an access node (MME, SGSN) for the subscribers of one home. */
typedef struct godwit_policy_access {
    uint8_t eea_order[GODWIT_POLICY_ALGORITHMS_MAX], eia_order[GODWIT_POLICY_ALGORITHMS_MAX];
    uint8_t eea_count, eia_count;
    uint32_t reauthenticate_attaches, reauthenticate_s;
    bool e2m_aware;          /* it recognises devices of a class that Solution 1 is offered to */
    uint32_t policy_version; /* of the visited network's own policy, for AIR */
    uint32_t home_version;   /* of the home's that was merged; 0: none is held */
} godwit_policy_access_t;

/* own: the visited network's policy; home: the one it holds of that home, or NULL. GODWIT_POLICY_FORBIDS as
 * godwit_policy_merge. */
GODWIT_MUST_USE godwit_status_t godwit_policy_access(const godwit_policy_t *own, const godwit_policy_t *home,
                                                     godwit_plmn_t home_plmn, godwit_policy_access_t *access);
/* The same for UMTS, whose radio has UEA2 and UIA2 alone: SNOW 3G, as 128-EEA1 and 128-EIA1 (TS 33.401 B.1.2, B.2.2);
 * UEA0 for eea0. Counts may come out as 0: then there is no service. Each array has room for
 * GODWIT_POLICY_ALGORITHMS_MAX. */
void godwit_policy_umts(const godwit_policy_access_t *access, uint8_t *uea, uint8_t *uea_count, uint8_t *uia,
                        uint8_t *uia_count);
/* Whether that network is the home of an IMSI: its first five or six digits (TS 23.003 2.2). */
bool godwit_policy_is_home(godwit_plmn_t plmn, const godwit_imsi_t *imsi);

#endif
