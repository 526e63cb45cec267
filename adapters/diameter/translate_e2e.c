/* SPDX-License-Identifier: Apache-2.0
 *
 * Between octets and typed messages, as translate.c: the messages of protection end to end that travel over Ek
 * (docs/e2e.md).
 */
#include "adapters/diameter/internal.h"
#include "core/wire/ek_e2e.h"

bool godwit_diameter_is_e2e(godwit_message_kind_t kind)
{
    return kind >= GODWIT_E2E_SESSION_REQUEST && kind <= GODWIT_E2E_KEY_ANSWER;
}

godwit_status_t godwit_diameter_e2e_parse_request(godwit_slice_t octets, godwit_diameter_envelope_t *e,
                                                  godwit_message_t *m, godwit_diameter_fault_t *fault)
{
    switch (m->kind) {
    case GODWIT_E2E_SESSION_REQUEST:
        return godwit_ek_e2e_session_parse(octets, e, &m->u.e2e_session_request, fault);
    case GODWIT_E2E_RENEW:
        return godwit_ek_e2e_renew_parse(octets, e, &m->u.e2e_renew, fault);
    default:
        return godwit_ek_e2e_key_parse(octets, e, &m->u.e2e_key_request, fault);
    }
}

void godwit_diameter_e2e_failed(godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_E2E_SESSION_ANSWER:
        m->u.e2e_session_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_E2E_KEY_ANSWER:
        m->u.e2e_key_answer.status = GODWIT_PEER_INTERNAL;
        break;
    default:
        m->u.outcome = GODWIT_PEER_INTERNAL;
        break;
    }
}

godwit_status_t godwit_diameter_e2e_parse_answer(godwit_slice_t octets, godwit_diameter_envelope_t *e,
                                                 godwit_message_t *m)
{
    switch (m->kind) {
    case GODWIT_E2E_SESSION_ANSWER:
        return godwit_ek_e2e_session_answer_parse(octets, e, &m->u.e2e_session_answer);
    case GODWIT_E2E_KEY_ANSWER:
        return godwit_ek_e2e_key_answer_parse(octets, e, &m->u.e2e_key_answer);
    default:
        return godwit_ek_outcome_parse(octets, e, &m->u.outcome);
    }
}

godwit_status_t godwit_diameter_e2e_write_request(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                                  godwit_writer_t *w)
{
    switch (m->kind) {
    case GODWIT_E2E_SESSION_REQUEST:
        return godwit_ek_e2e_session_build(e, &m->u.e2e_session_request, w);
    case GODWIT_E2E_RENEW:
        return godwit_ek_e2e_renew_build(e, &m->u.e2e_renew, w);
    default:
        return godwit_ek_e2e_key_build(e, &m->u.e2e_key_request, w);
    }
}

godwit_status_t godwit_diameter_e2e_write_answer(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                                 godwit_writer_t *w)
{
    switch (m->kind) {
    case GODWIT_E2E_SESSION_ANSWER:
        return godwit_ek_e2e_session_answer_build(e, &m->u.e2e_session_answer, w);
    case GODWIT_E2E_KEY_ANSWER:
        return godwit_ek_e2e_key_answer_build(e, &m->u.e2e_key_answer, w);
    default:
        return godwit_ek_outcome_build(e, m->u.outcome, w);
    }
}
