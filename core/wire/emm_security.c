/* SPDX-License-Identifier: Apache-2.0
 *
 * EMM messages of authentication, identification and security mode control, TS 24.301 8.2.5 to 8.2.8, 8.2.14, 8.2.18 to
 * 8.2.22.
 */
#include "core/wire/emm.h"
#include "core/wire/nas_table.h"

typedef godwit_emm_security_mode_command_t command_t;
typedef godwit_emm_authentication_request_t request_t;

/* Ours; of any length, so that nothing of it can spoil the message for who has no use for it. */
#define TRIGGER(M) TLV(0x2D, M, trigger, 0, 255)

static const godwit_nas_element_t authentication_request_elements[] = {
    HALF(request_t, ksi),
    FIXED(request_t, rand, 16),
    LV(request_t, autn, 16, 16),
};
CODEC(emm, authentication_request, godwit_emm_authentication_request_t, GODWIT_EMM_AUTHENTICATION_REQUEST,
      authentication_request_elements)

static const godwit_nas_element_t authentication_response_elements[] = {
    LV(godwit_emm_authentication_response_t, res, 4, 16),
};
CODEC(emm, authentication_response, godwit_emm_authentication_response_t, GODWIT_EMM_AUTHENTICATION_RESPONSE,
      authentication_response_elements)

static const godwit_nas_element_t authentication_failure_elements[] = {
    OCTET(godwit_emm_authentication_failure_t, cause),
    TLV(0x30, godwit_emm_authentication_failure_t, auts, 14, 14),
};
CODEC(emm, authentication_failure, godwit_emm_authentication_failure_t, GODWIT_EMM_AUTHENTICATION_FAILURE,
      authentication_failure_elements)

CODEC_EMPTY(emm, authentication_reject, godwit_emm_empty_t, GODWIT_EMM_AUTHENTICATION_REJECT)

static const godwit_nas_element_t identity_request_elements[] = {
    HALF(godwit_emm_identity_request_t, identity_type),
};
CODEC(emm, identity_request, godwit_emm_identity_request_t, GODWIT_EMM_IDENTITY_REQUEST, identity_request_elements)

static const godwit_nas_element_t identity_response_elements[] = {
    LV(godwit_emm_identity_response_t, identity, 1, 9),
};
CODEC(emm, identity_response, godwit_emm_identity_response_t, GODWIT_EMM_IDENTITY_RESPONSE, identity_response_elements)

static const godwit_nas_element_t security_mode_command_elements[] = {
    HALVES(command_t, eia, eea),          HALF(command_t, ksi),
    LV(command_t, capability, 2, 5),      TV1(0xC0, command_t, imeisv_request),
    TV(0x55, command_t, nonce_ue, 4),     TV(0x56, command_t, nonce_mme, 4),
    TLV(0x4F, command_t, hash_mme, 8, 8), TRIGGER(command_t),
};
CODEC(emm, security_mode_command, godwit_emm_security_mode_command_t, GODWIT_EMM_SECURITY_MODE_COMMAND,
      security_mode_command_elements)

static const godwit_nas_element_t security_mode_complete_elements[] = {
    TLV(0x23, godwit_emm_security_mode_complete_t, imeisv, 9, 9),
    TLVE(0x79, godwit_emm_security_mode_complete_t, replayed, 3),
    TRIGGER(godwit_emm_security_mode_complete_t),
};
CODEC(emm, security_mode_complete, godwit_emm_security_mode_complete_t, GODWIT_EMM_SECURITY_MODE_COMPLETE,
      security_mode_complete_elements)

static const godwit_nas_element_t cause_elements[] = {OCTET(godwit_emm_cause_only_t, cause)};
CODEC(emm, security_mode_reject, godwit_emm_cause_only_t, GODWIT_EMM_SECURITY_MODE_REJECT, cause_elements)
CODEC(emm, status, godwit_emm_cause_only_t, GODWIT_EMM_STATUS, cause_elements)
