/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages of keys of the access, device RAND, short messages and bootstrapping, in octets and back: Ek, SGd, Zh, Zn.
 */
#include "core/wire/ek_e2m.h"
#include "core/wire/sgd.h"
#include "core/wire/zh.h"
#include "core/wire/zn.h"
#include "lab/internal.h"

godwit_status_t lab_encode_e2m(const godwit_diameter_envelope_t *e, const godwit_message_t *m, godwit_writer_t *out)
{
    switch (m->kind) {
    case GODWIT_KEY_PUSH:
        return godwit_ek_key_push_build(e, &m->u.key_push, out);
    case GODWIT_KEY_SET_PUSH:
        return godwit_ek_key_set_push_build(e, &m->u.key_set_push, out);
    case GODWIT_KEY_PARK:
        return godwit_ek_key_park_build(e, &m->u.key_park, out);
    case GODWIT_ACTIVATION:
        return godwit_ek_activation_build(e, &m->u.activation, out);
    case GODWIT_DEVICE_RAND_REQUEST:
        return godwit_ek_device_rand_build(e, &m->u.device_rand_request, out);
    case GODWIT_DEVICE_RAND_ANSWER:
        return godwit_ek_device_rand_answer_build(e, &m->u.device_rand_answer, out);
    case GODWIT_HE_VECTOR_REQUEST:
        return godwit_ek_he_vector_build(e, &m->u.auth_5g_request, out);
    case GODWIT_HE_VECTOR_ANSWER:
        return godwit_ek_he_vector_answer_build(e, &m->u.he_vector_answer, out);
    case GODWIT_SHORT_MESSAGE_UP:
    case GODWIT_SHORT_MESSAGE_DOWN:
        return godwit_sgd_request_build(e, m->kind == GODWIT_SHORT_MESSAGE_UP, &m->u.short_message, out);
    case GODWIT_SHORT_MESSAGE_UP_ANSWER:
    case GODWIT_SHORT_MESSAGE_DOWN_ANSWER:
        return godwit_sgd_answer_build(e, m->kind == GODWIT_SHORT_MESSAGE_UP_ANSWER, m->u.outcome, out);
    case GODWIT_ZH_REQUEST:
        return godwit_zh_mar_build(e, &m->u.zh_request, out);
    case GODWIT_ZH_ANSWER:
        return godwit_zh_maa_build(e, &m->u.zh_answer, out);
    case GODWIT_ZN_REQUEST:
        return godwit_zn_bir_build(e, &m->u.zn_request, out);
    case GODWIT_ZN_ANSWER:
        return godwit_zn_bia_build(e, &m->u.zn_answer, out);
    case GODWIT_BEARER:
        return godwit_ek_bearer_build(e, &m->u.bearer, out);
    case GODWIT_BEARER_ANSWER:
        return godwit_ek_bearer_answer_build(e, &m->u.bearer_answer, out);
    default:
        return godwit_ek_outcome_build(e, m->u.outcome, out);
    }
}

godwit_status_t lab_decode_e2m(godwit_slice_t octets, godwit_diameter_envelope_t *e, godwit_message_t *m)
{
    godwit_diameter_fault_t fault;
    switch (m->kind) {
    case GODWIT_KEY_PUSH:
        return godwit_ek_key_push_parse(octets, e, &m->u.key_push, &fault);
    case GODWIT_KEY_SET_PUSH:
        return godwit_ek_key_set_push_parse(octets, e, &m->u.key_set_push, &fault);
    case GODWIT_KEY_PARK:
        return godwit_ek_key_park_parse(octets, e, &m->u.key_park, &fault);
    case GODWIT_ACTIVATION:
        return godwit_ek_activation_parse(octets, e, &m->u.activation, &fault);
    case GODWIT_DEVICE_RAND_REQUEST:
        return godwit_ek_device_rand_parse(octets, e, &m->u.device_rand_request, &fault);
    case GODWIT_DEVICE_RAND_ANSWER:
        return godwit_ek_device_rand_answer_parse(octets, e, &m->u.device_rand_answer);
    case GODWIT_HE_VECTOR_REQUEST:
        return godwit_ek_he_vector_parse(octets, e, &m->u.auth_5g_request, &fault);
    case GODWIT_HE_VECTOR_ANSWER:
        return godwit_ek_he_vector_answer_parse(octets, e, &m->u.he_vector_answer);
    case GODWIT_SHORT_MESSAGE_UP:
    case GODWIT_SHORT_MESSAGE_DOWN:
        return godwit_sgd_request_parse(octets, m->kind == GODWIT_SHORT_MESSAGE_UP, e, &m->u.short_message, &fault);
    case GODWIT_SHORT_MESSAGE_UP_ANSWER:
    case GODWIT_SHORT_MESSAGE_DOWN_ANSWER:
        return godwit_sgd_answer_parse(octets, m->kind == GODWIT_SHORT_MESSAGE_UP_ANSWER, e, &m->u.outcome);
    case GODWIT_ZH_REQUEST:
        return godwit_zh_mar_parse(octets, e, &m->u.zh_request, &fault);
    case GODWIT_ZH_ANSWER:
        return godwit_zh_maa_parse(octets, e, &m->u.zh_answer);
    case GODWIT_ZN_REQUEST:
        return godwit_zn_bir_parse(octets, e, &m->u.zn_request, &fault);
    case GODWIT_ZN_ANSWER:
        return godwit_zn_bia_parse(octets, e, &m->u.zn_answer);
    case GODWIT_BEARER:
        return godwit_ek_bearer_parse(octets, e, &m->u.bearer, &fault);
    case GODWIT_BEARER_ANSWER:
        return godwit_ek_bearer_answer_parse(octets, e, &m->u.bearer_answer);
    case GODWIT_KEY_PUSH_ANSWER:
    case GODWIT_KEY_SET_PUSH_ANSWER:
    case GODWIT_KEY_PARK_ANSWER:
    case GODWIT_ACTIVATION_ANSWER:
        return godwit_ek_outcome_parse(octets, e, &m->u.outcome);
    default:
        return GODWIT_MALFORMED;
    }
}
