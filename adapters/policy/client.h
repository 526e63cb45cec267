/* SPDX-License-Identifier: Apache-2.0
 *
 * The other side of the exchange of policies: asks a network for its policy, or gives it ours, over HTTPS with mutual
 * TLS.
 */
#ifndef GODWIT_ADAPTERS_POLICY_CLIENT_H
#define GODWIT_ADAPTERS_POLICY_CLIENT_H

#include "adapters/policy/policy.h"

typedef struct godwit_policy_credentials {
    const char *certificate, *key, *ca; /* files */
} godwit_policy_credentials_t;

/* url: https://host:port/policy/v1. GODWIT_IO_FAILED: no answer, or none that may be believed; GODWIT_NOT_ENTITLED,
 * GODWIT_POLICY_FORBIDS (the version does not rise), GODWIT_MALFORMED, GODWIT_PEER_INTERNAL: what it answered. why: one
 * line. */
GODWIT_MUST_USE godwit_status_t godwit_policy_fetch(const char *url, const godwit_policy_credentials_t *credentials,
                                                    godwit_policy_t *policy, char why[GODWIT_POLICY_WHY]);
GODWIT_MUST_USE godwit_status_t godwit_policy_offer(const char *url, const godwit_policy_credentials_t *credentials,
                                                    const godwit_policy_t *policy, char why[GODWIT_POLICY_WHY]);

#endif
