/* SPDX-License-Identifier: Apache-2.0
 *
 * Vectors from the home, and the shapes that both serving nodes need.
 */
#include "roles/serving.h"

#include <string.h>

#define RES_MIN 4

godwit_message_t *godwit_serving_message(const godwit_serving_home_t *home, godwit_outbox_t *out, godwit_function_t to,
                                         godwit_message_kind_t kind, uint32_t transaction)
{
    godwit_message_t *message = godwit_outbox_alloc(out, sizeof *message);
    if (message == NULL) {
        return NULL;
    }
    message->kind = kind;
    message->from = home->own;
    message->to = to;
    message->transaction = transaction;
    memcpy(message->origin_host, home->local_host, sizeof message->origin_host);
    memcpy(message->origin_realm, home->local_realm, sizeof message->origin_realm);
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    return message;
}

godwit_status_t godwit_serving_ask(const godwit_serving_home_t *home, godwit_outbox_t *out, uint32_t transaction,
                                   const godwit_imsi_t *imsi, godwit_vector_kind_t kind, const uint8_t *rand,
                                   const uint8_t *auts)
{
    godwit_message_t *message =
        godwit_serving_message(home, out, GODWIT_FUNCTION_HSS, GODWIT_AUTH_INFO_REQUEST, transaction);
    if (message == NULL) {
        return GODWIT_OVERLOAD;
    }
    godwit_auth_info_request_t *request = &message->u.auth_info_request;
    request->imsi = *imsi;
    request->visited_plmn = home->plmn;
    request->kind = kind;
    request->vectors = 1;
    request->resync = auts != NULL;
    if (auts != NULL) {
        memcpy(request->rand, rand, sizeof request->rand);
        memcpy(request->auts, auts, sizeof request->auts);
    }
    request->e2m_aware = home->e2m_aware;
    request->policy_version = home->policy_version;
    request->next_session = home->next_session;
    return GODWIT_OK;
}

godwit_status_t godwit_serving_check(const godwit_auth_info_answer_t *answer, godwit_vector_kind_t kind,
                                     const char **detail)
{
    if (answer->status != GODWIT_OK) {
        *detail = "the home refused";
        return answer->status;
    }
    if (answer->vectors == 0 || answer->kind != kind) {
        *detail = "the home gave no vector of the kind that was asked for";
        return GODWIT_PEER_INTERNAL;
    }
    if (answer->vector[0].xres_len < RES_MIN || answer->vector[0].xres_len > GODWIT_RES_MAX) {
        *detail = "an XRES of a length that cannot be";
        return GODWIT_PEER_INTERNAL;
    }
    *detail = NULL;
    return GODWIT_OK;
}

godwit_status_t godwit_serving_check_next(const godwit_auth_info_answer_t *answer, godwit_vector_kind_t kind,
                                          const char **detail)
{
    godwit_status_t status = godwit_serving_check(answer, kind, detail);
    if (status == GODWIT_OK && !answer->next_session) {
        *detail = "the subscription has no next session";
        return GODWIT_NOT_ENTITLED;
    }
    if (status == GODWIT_OK && answer->e2m) {
        *detail = "a vector of the next session that is flagged";
        return GODWIT_POLICY_FORBIDS;
    }
    return status;
}

uint8_t godwit_serving_cause(godwit_status_t status)
{
    switch (status) {
    case GODWIT_UNKNOWN_SUBSCRIBER:
        return 8; /* EPS (GPRS) and non-EPS services not allowed: what TS 29.272 annex A maps it to */
    case GODWIT_NOT_ENTITLED:
        return 15; /* no suitable cells in this area: roaming not allowed */
    case GODWIT_POLICY_FORBIDS:
        return 7; /* EPS (GPRS) services not allowed */
    case GODWIT_OVERLOAD:
        return 22;
    default:
        return 17; /* network failure */
    }
}

void godwit_serving_policy_fill(const godwit_policy_t *own, const godwit_policy_t *home, godwit_plmn_t home_plmn,
                                godwit_serving_policy_t *policy)
{
    memset(policy, 0, sizeof *policy);
    policy->home = home_plmn;
    policy->refused = godwit_policy_access(own, home, home_plmn, &policy->access) != GODWIT_OK;
    policy->access.policy_version = own->version;
}

const godwit_serving_policy_t *godwit_serving_policy_of(const godwit_serving_policy_t *table, size_t count,
                                                        const godwit_imsi_t *imsi)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].any || godwit_policy_is_home(table[i].home, imsi)) {
            return &table[i];
        }
    }
    return NULL;
}

void godwit_serving_next_fill(const godwit_radio_security_t *security, godwit_radio_capability_t capability,
                              uint8_t ksi, const godwit_auth_info_vector_t *vector,
                              godwit_next_session_record_t *record)
{
    godwit_next_session_t *next = &record->next;
    next->ksi = godwit_next_session_ksi(ksi);
    next->eea = security->uea;
    next->eia = security->uia;
    next->capability_len = 2;
    next->capability[0] = capability.uea & (uint8_t)~GODWIT_RADIO_GERAN;
    next->capability[1] = capability.uia & 1U << GODWIT_UIA2;
    next->res_len = vector->xres_len;
    memcpy(next->res, vector->xres, sizeof next->res);
    memcpy(next->root, vector->ck, 16);
    memcpy(next->root + 16, vector->ik, 16);
    memcpy(record->rand, vector->rand, sizeof record->rand);
}
