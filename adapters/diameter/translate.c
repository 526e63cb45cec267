/* SPDX-License-Identifier: Apache-2.0
 *
 * Between octets and typed messages: the kind of a message chooses the codec of core/wire.
 */
#include "adapters/diameter/internal.h"
#include "core/wire/ek.h"
#include "core/wire/s6a.h"

#include <string.h>

const godwit_diameter_command_t *godwit_diameter_answer_command(godwit_message_kind_t request)
{
    return request == GODWIT_AUTH_INFO_REQUEST ? &godwit_s6a_aia
           : request == GODWIT_KEY_REQUEST     ? &godwit_ek_key_answer
                                               : &godwit_ek_confirm_answer;
}

godwit_message_kind_t godwit_diameter_answer_kind(godwit_message_kind_t request)
{
    return request == GODWIT_AUTH_INFO_REQUEST ? GODWIT_AUTH_INFO_ANSWER
           : request == GODWIT_KEY_REQUEST     ? GODWIT_KEY_ANSWER
                                               : GODWIT_KEY_CONFIRM_ANSWER;
}

/* A name that the peer wrote, which must fit and be one. */
static godwit_status_t read_name(godwit_avp_id_t id, godwit_slice_t from, char to[GODWIT_NODE_NAME_MAX],
                                 godwit_diameter_fault_t *fault)
{
    if (from.len >= GODWIT_NODE_NAME_MAX) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, id, from);
    }
    for (size_t i = 0; i < from.len; i++) {
        uint8_t c = from.ptr[i];
        if (c <= ' ' || c > '~') {
            return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, id, from);
        }
        to[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c); /* names are compared in lower case */
    }
    to[from.len] = '\0';
    return GODWIT_OK;
}

static godwit_status_t read_origin(const godwit_diameter_envelope_t *e, godwit_message_t *m,
                                   godwit_diameter_fault_t *fault)
{
    godwit_status_t status = read_name(GODWIT_AVP_ORIGIN_HOST, e->origin_host, m->origin_host, fault);
    return status == GODWIT_OK ? read_name(GODWIT_AVP_ORIGIN_REALM, e->origin_realm, m->origin_realm, fault) : status;
}

godwit_status_t godwit_diameter_read_request(godwit_slice_t octets, godwit_message_kind_t kind,
                                             godwit_diameter_envelope_t *e, godwit_message_t *m,
                                             godwit_diameter_fault_t *fault)
{
    godwit_status_t status;
    memset(m, 0, sizeof *m);
    m->kind = kind;
    if (kind == GODWIT_AUTH_INFO_REQUEST) {
        m->from = GODWIT_FUNCTION_EMKS; /* or any serving node: the HSS asks for no more */
        m->to = GODWIT_FUNCTION_HSS;
        status = godwit_s6a_air_parse(octets, e, &m->u.auth_info_request, fault);
    } else {
        m->from = GODWIT_FUNCTION_HSE;
        m->to = GODWIT_FUNCTION_EMKS;
        status = kind == GODWIT_KEY_REQUEST ? godwit_ek_key_request_parse(octets, e, &m->u.key_request, fault)
                                            : godwit_ek_confirm_request_parse(octets, e, &m->u.key_confirm, fault);
    }
    return status == GODWIT_OK ? read_origin(e, m, fault) : status;
}

static void head_of_answer(const godwit_diameter_outstanding_t *request, godwit_message_t *m)
{
    memset(m, 0, sizeof *m);
    m->kind = godwit_diameter_answer_kind(request->kind);
    m->from = request->to;
    m->to = request->from;
    m->transaction = request->transaction;
}

void godwit_diameter_failed(const godwit_diameter_outstanding_t *request, godwit_message_t *m)
{
    head_of_answer(request, m);
    if (m->kind == GODWIT_AUTH_INFO_ANSWER) {
        m->u.auth_info_answer.status = GODWIT_PEER_INTERNAL;
        m->u.auth_info_answer.kind = request->vectors;
    } else if (m->kind == GODWIT_KEY_ANSWER) {
        m->u.key_answer.status = GODWIT_PEER_INTERNAL;
    } else {
        m->u.key_confirm_answer = GODWIT_PEER_INTERNAL;
    }
}

godwit_status_t godwit_diameter_read_answer(godwit_slice_t octets, const godwit_diameter_outstanding_t *request,
                                            godwit_diameter_envelope_t *e, godwit_message_t *m)
{
    godwit_diameter_fault_t fault;
    godwit_status_t status;
    head_of_answer(request, m);
    if (m->kind == GODWIT_AUTH_INFO_ANSWER) {
        status = godwit_s6a_aia_parse(octets, request->vectors, e, &m->u.auth_info_answer);
    } else if (m->kind == GODWIT_KEY_ANSWER) {
        status = godwit_ek_key_answer_parse(octets, e, &m->u.key_answer);
    } else {
        status = godwit_ek_confirm_answer_parse(octets, e, &m->u.key_confirm_answer);
    }
    return status == GODWIT_OK ? read_origin(e, m, &fault) : status;
}

godwit_status_t godwit_diameter_write_request(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                              godwit_writer_t *w)
{
    switch (m->kind) {
    case GODWIT_AUTH_INFO_REQUEST:
        return godwit_s6a_air_build(e, &m->u.auth_info_request, w);
    case GODWIT_KEY_REQUEST:
        return godwit_ek_key_request_build(e, &m->u.key_request, w);
    case GODWIT_KEY_CONFIRM:
        return godwit_ek_confirm_request_build(e, &m->u.key_confirm, w);
    default:
        return GODWIT_INVALID_ARGUMENT;
    }
}

godwit_status_t godwit_diameter_write_answer(const godwit_diameter_envelope_t *e, const godwit_message_t *m,
                                             godwit_writer_t *w)
{
    switch (m->kind) {
    case GODWIT_AUTH_INFO_ANSWER:
        return godwit_s6a_aia_build(e, &m->u.auth_info_answer, w);
    case GODWIT_KEY_ANSWER:
        return godwit_ek_key_answer_build(e, &m->u.key_answer, w);
    case GODWIT_KEY_CONFIRM_ANSWER:
        return godwit_ek_confirm_answer_build(e, m->u.key_confirm_answer, w);
    default:
        return GODWIT_INVALID_ARGUMENT;
    }
}
