/* SPDX-License-Identifier: Apache-2.0
 *
 * What MME and SGSN share towards the home: asking for a vector over S6a or S6d (TS 29.272 5.2.3: the same message),
 * what an answer must have, and which cause a device is told for what the home says. GMM's causes and EMM's have the
 * same numbers (TS 24.008 10.5.5.14, TS 24.301 9.9.3.9).
 */
#ifndef GODWIT_ROLES_SERVING_H
#define GODWIT_ROLES_SERVING_H

#include "core/wire/radio.h"
#include "godwit/policy.h"
#include "roles/record.h"
#include "roles/role.h"

typedef struct godwit_serving_home {
    godwit_function_t own; /* GODWIT_FUNCTION_MME, _SGSN or _MSC */
    godwit_plmn_t plmn;    /* visited network */
    bool e2m_aware;        /* says so in requests */
    uint32_t policy_version;
    bool next_session; /* the vector is for the session after this one (contribution 000) */
    char local_host[GODWIT_NODE_NAME_MAX], local_realm[GODWIT_NODE_NAME_MAX];
} godwit_serving_home_t;

/* What the policies of the serving network and one home mean for the subscribers of that home (TR 33.863 Solution 4). A
 * node has a table of them, the caller's; in the place of its own orders and numbers they hold for whom they are. */
typedef struct godwit_serving_policy {
    godwit_plmn_t home;
    bool any;     /* for every home: it stands last */
    bool refused; /* nothing is left that both allow: no service */
    godwit_policy_access_t access;
} godwit_serving_policy_t;

/* home NULL: that home gave us none. */
void godwit_serving_policy_fill(const godwit_policy_t *own, const godwit_policy_t *home, godwit_plmn_t home_plmn,
                                godwit_serving_policy_t *policy);
/* The one for that subscriber; NULL: none. */
const godwit_serving_policy_t *godwit_serving_policy_of(const godwit_serving_policy_t *table, size_t count,
                                                        const godwit_imsi_t *imsi);

/* A message of this node as a request, its body zeroed. NULL and overflow when there is no room. */
godwit_message_t *godwit_serving_message(const godwit_serving_home_t *home, godwit_outbox_t *out, godwit_function_t to,
                                         godwit_message_kind_t kind, uint32_t transaction);
/* An AUTH_INFO_REQUEST for one vector of that kind. rand and auts NULL: no resynchronisation. GODWIT_OVERLOAD: the
 * outbox is full. */
GODWIT_MUST_USE godwit_status_t godwit_serving_ask(const godwit_serving_home_t *home, godwit_outbox_t *out,
                                                   uint32_t transaction, const godwit_imsi_t *imsi,
                                                   godwit_vector_kind_t kind, const uint8_t *rand, const uint8_t *auts);
/* Whether the first vector of an answer can be used; the others are of no use to anybody (docs/keys.md, "SQN"). *detail
 * says what is wrong. */
GODWIT_MUST_USE godwit_status_t godwit_serving_check(const godwit_auth_info_answer_t *answer, godwit_vector_kind_t kind,
                                                     const char **detail);
/* The same of a vector for the session after this one: the subscription must have the feature, and what is flagged for
 * Solution 1 is never handed over. */
GODWIT_MUST_USE godwit_status_t godwit_serving_check_next(const godwit_auth_info_answer_t *answer,
                                                          godwit_vector_kind_t kind, const char **detail);
/* What a record of the next session holds of the context in use and of the vector, in UMTS and GERAN: the caller adds
 * domain, PLMN, identity, area and times. */
void godwit_serving_next_fill(const godwit_radio_security_t *security, godwit_radio_capability_t capability,
                              uint8_t ksi, const godwit_auth_info_vector_t *vector,
                              godwit_next_session_record_t *record);
/* The cause of a reject for that status. */
uint8_t godwit_serving_cause(godwit_status_t status);

#endif
