/* SPDX-License-Identifier: Apache-2.0
 *
 * The messages of end-to-end protection between HSE, EESE and the owners of key sets, in octets and back, each by its
 * one codec (Ek).
 */
#include <string.h>

#include "core/wire/ek_e2e.h"
#include "lab/internal.h"

bool lab_is_e2e_message(godwit_message_kind_t kind)
{
    return kind >= GODWIT_E2E_SESSION_REQUEST && kind <= GODWIT_E2E_KEY_ANSWER;
}

godwit_status_t lab_encode_e2e(const godwit_diameter_envelope_t *e, const godwit_message_t *m, godwit_writer_t *out)
{
    switch (m->kind) {
    case GODWIT_E2E_SESSION_REQUEST:
        return godwit_ek_e2e_session_build(e, &m->u.e2e_session_request, out);
    case GODWIT_E2E_SESSION_ANSWER:
        return godwit_ek_e2e_session_answer_build(e, &m->u.e2e_session_answer, out);
    case GODWIT_E2E_RENEW:
        return godwit_ek_e2e_renew_build(e, &m->u.e2e_renew, out);
    case GODWIT_E2E_KEY_REQUEST:
        return godwit_ek_e2e_key_build(e, &m->u.e2e_key_request, out);
    case GODWIT_E2E_KEY_ANSWER:
        return godwit_ek_e2e_key_answer_build(e, &m->u.e2e_key_answer, out);
    default:
        return godwit_ek_outcome_build(e, m->u.outcome, out);
    }
}

godwit_status_t lab_decode_e2e(godwit_slice_t octets, godwit_diameter_envelope_t *e, godwit_message_t *m)
{
    godwit_diameter_fault_t fault;
    switch (m->kind) {
    case GODWIT_E2E_SESSION_REQUEST:
        return godwit_ek_e2e_session_parse(octets, e, &m->u.e2e_session_request, &fault);
    case GODWIT_E2E_SESSION_ANSWER:
        return godwit_ek_e2e_session_answer_parse(octets, e, &m->u.e2e_session_answer);
    case GODWIT_E2E_RENEW:
        return godwit_ek_e2e_renew_parse(octets, e, &m->u.e2e_renew, &fault);
    case GODWIT_E2E_KEY_REQUEST:
        return godwit_ek_e2e_key_parse(octets, e, &m->u.e2e_key_request, &fault);
    case GODWIT_E2E_KEY_ANSWER:
        return godwit_ek_e2e_key_answer_parse(octets, e, &m->u.e2e_key_answer);
    default:
        return godwit_ek_outcome_parse(octets, e, &m->u.outcome);
    }
}

godwit_message_kind_t lab_kind_of_e2e(godwit_slice_t octets, const godwit_diameter_header_t *header)
{
    switch (header->command == GODWIT_EK_COMMAND_KEY ? godwit_ek_purpose(octets) : 0) {
    case GODWIT_EK_PURPOSE_E2E_SESSION:
        return GODWIT_E2E_SESSION_REQUEST;
    case GODWIT_EK_PURPOSE_E2E_RENEW:
        return GODWIT_E2E_RENEW;
    case GODWIT_EK_PURPOSE_E2E_KEY:
        return GODWIT_E2E_KEY_REQUEST;
    default:
        return 0;
    }
}

unsigned lab_e2e_hse_named(const char *host)
{
    return strcmp(host, lab_host(GODWIT_WORLD_EMSE)) == 0 ? GODWIT_WORLD_EMSE : GODWIT_WORLD_HSE;
}

unsigned lab_e2e_answerer(const godwit_message_t *m, unsigned node)
{
    switch (m->kind) {
    case GODWIT_E2E_RENEW:
        return lab_e2e_hse_named(m->u.e2e_renew.path.hse);
    case GODWIT_USER_PLANE_DOWN:
        return lab_e2e_hse_named(m->u.user_plane.hse);
    default:
        return node;
    }
}
