/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, the messages of protection end to end (docs/diameter.md, docs/e2e.md): E2E_SESSION of an HSE to an EESE,
 * E2E_RENEW back, and E2E_KEY of an EESE to the owner of a key set. All of them are Key-Request and Key-Answer;
 * Key-Purpose says which. K_e2e travels in the answer to E2E_KEY alone: only over TLS, or a link that is protected
 * otherwise.
 */
#ifndef GODWIT_WIRE_EK_E2E_H
#define GODWIT_WIRE_EK_E2E_H

#include "core/wire/ek_e2m.h"
#include "core/wire/payload_e2e.h"

#define GODWIT_EK_PURPOSE_E2E_SESSION 12u
#define GODWIT_EK_PURPOSE_E2E_RENEW 13u
#define GODWIT_EK_PURPOSE_E2E_KEY 14u

/* The answer to E2E_RENEW is an outcome: ek_e2m.h. */
GODWIT_EK_MESSAGE(e2e_session, godwit_e2e_session_request_t);
GODWIT_EK_MESSAGE(e2e_renew, godwit_e2e_renew_t);
GODWIT_EK_MESSAGE(e2e_key, godwit_e2e_key_request_t);

/* terms.age 0: there are none in it, as after TAKEN and CLOSED. */
GODWIT_MUST_USE godwit_status_t godwit_ek_e2e_session_answer_build(const godwit_diameter_envelope_t *envelope,
                                                                   const godwit_e2e_session_answer_t *answer,
                                                                   godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_e2e_session_answer_parse(godwit_slice_t octets,
                                                                   godwit_diameter_envelope_t *envelope,
                                                                   godwit_e2e_session_answer_t *answer);
GODWIT_MUST_USE godwit_status_t godwit_ek_e2e_key_answer_build(const godwit_diameter_envelope_t *envelope,
                                                               const godwit_e2e_key_answer_t *answer,
                                                               godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_e2e_key_answer_parse(godwit_slice_t octets,
                                                               godwit_diameter_envelope_t *envelope,
                                                               godwit_e2e_key_answer_t *answer);

#endif
