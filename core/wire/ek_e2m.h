/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, the messages of Solution 1 (docs/diameter.md): pushes, parking, activation and bearers. All of them are
 * Key-Request and Key-Answer, for there are no more command codes; Key-Purpose says which, and each has a grammar of
 * its own. E2M-Key-Set travels in a KEY_SET_PUSH, K_session in a KEY_PUSH: only over TLS, or a link that is protected
 * otherwise.
 */
#ifndef GODWIT_WIRE_EK_E2M_H
#define GODWIT_WIRE_EK_E2M_H

#include "core/wire/ek.h"
#include "core/wire/payload_akma.h"
#include "core/wire/payload_mtc.h"

/* Beside GODWIT_KEY_FOR_SESSION, _NEXT_GENERATION and _BY_SELECTOR, which are KEY_REQUESTs. */
#define GODWIT_EK_PURPOSE_KEY_PUSH 4u
#define GODWIT_EK_PURPOSE_KEY_SET_PUSH 5u
#define GODWIT_EK_PURPOSE_KEY_PARK 6u
#define GODWIT_EK_PURPOSE_ACTIVATION 7u
#define GODWIT_EK_PURPOSE_BEARER 8u
/* 9 is GODWIT_KEY_NEXT_VECTOR, a KEY_REQUEST. Device RAND stands here because it is a Key-Request of its own grammar,
 * too. */
#define GODWIT_EK_PURPOSE_DEVICE_RAND 10u
#define GODWIT_EK_PURPOSE_HE_VECTOR 11u /* AKMA: of an AUSF */
/* 12 to 14: core/wire/ek_e2e.h */

/* Key-Purpose of a Key-Request; 0 when it cannot be read, which the parser of any of them will blame. */
uint32_t godwit_ek_purpose(godwit_slice_t octets);

/* Parsers write nothing unless the outcome is GODWIT_OK. */
#define GODWIT_EK_MESSAGE(name, type)                                                                                  \
    GODWIT_MUST_USE godwit_status_t godwit_ek_##name##_build(const godwit_diameter_envelope_t *envelope,               \
                                                             const type *message, godwit_writer_t *w);                 \
    GODWIT_MUST_USE godwit_status_t godwit_ek_##name##_parse(                                                          \
        godwit_slice_t octets, godwit_diameter_envelope_t *envelope, type *message, godwit_diameter_fault_t *fault)

GODWIT_EK_MESSAGE(key_push, godwit_key_push_t);
GODWIT_EK_MESSAGE(key_set_push, godwit_key_set_push_t);
GODWIT_EK_MESSAGE(key_park, godwit_key_park_t);
GODWIT_EK_MESSAGE(activation, godwit_activation_t);
GODWIT_EK_MESSAGE(bearer, godwit_bearer_t);
GODWIT_EK_MESSAGE(device_rand, godwit_device_rand_request_t);
GODWIT_EK_MESSAGE(he_vector, godwit_5g_auth_request_t);

/* The answer to all of them but BEARER is an outcome. */
GODWIT_MUST_USE godwit_status_t godwit_ek_outcome_build(const godwit_diameter_envelope_t *envelope,
                                                        godwit_status_t outcome, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_outcome_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                        godwit_status_t *outcome);
/* EMSDP-Start may come with a refusal, too: it is an unkeyed Reject then. With OVERLOAD it does not: an answer with the
 * E flag has no room for it (RFC 6733 7.2). */
GODWIT_MUST_USE godwit_status_t godwit_ek_bearer_answer_build(const godwit_diameter_envelope_t *envelope,
                                                              const godwit_bearer_answer_t *answer, godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_bearer_answer_parse(godwit_slice_t octets,
                                                              godwit_diameter_envelope_t *envelope,
                                                              godwit_bearer_answer_t *answer);
GODWIT_MUST_USE godwit_status_t godwit_ek_device_rand_answer_build(const godwit_diameter_envelope_t *envelope,
                                                                   const godwit_device_rand_answer_t *answer,
                                                                   godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_device_rand_answer_parse(godwit_slice_t octets,
                                                                   godwit_diameter_envelope_t *envelope,
                                                                   godwit_device_rand_answer_t *answer);
GODWIT_MUST_USE godwit_status_t godwit_ek_he_vector_answer_build(const godwit_diameter_envelope_t *envelope,
                                                                 const godwit_he_vector_answer_t *answer,
                                                                 godwit_writer_t *w);
GODWIT_MUST_USE godwit_status_t godwit_ek_he_vector_answer_parse(godwit_slice_t octets,
                                                                 godwit_diameter_envelope_t *envelope,
                                                                 godwit_he_vector_answer_t *answer);

#endif
