/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of AKMA, in the style of Naanf_AKMA (TS 29.535) and Nausf_UEAuthentication (TS 29.509); what of it is recalled
 * and what is ours stands in docs/akma.md. K_AKMA and K_AF stand in these texts: they are wiped, and never logged.
 */
#ifndef GODWIT_ADAPTERS_AKMA_JSON_H
#define GODWIT_ADAPTERS_AKMA_JSON_H

#include "core/wire/payload_akma.h"

#define GODWIT_AKMA_TEXT 2048 /* the longest body, with room */
#define GODWIT_NAANF_REGISTER "/naanf-akma/v1/register-anchorkey"
#define GODWIT_NAANF_RETRIEVE "/naanf-akma/v1/retrieve-applicationkey"
#define GODWIT_NAANF_REMOVE "/naanf-akma/v1/remove-context"
#define GODWIT_NAUSF_AUTHENTICATIONS "/nausf-auth/v1/ue-authentications"
#define GODWIT_NAUSF_CONFIRMATION "5g-aka-confirmation"

/* Readers: GODWIT_MALFORMED for whatever is not of that form; members that are not known are passed over (TS 29.500
 * 6.6.2: recalled). Writers fill text, with a terminator. */

/* ---- problems ---- */

/* application/problem+json of that refusal: "cause" is our word for the reason. Its code of HTTP. */
unsigned godwit_akma_problem_write(godwit_status_t status, char text[GODWIT_AKMA_TEXT]);
/* GODWIT_PEER_INTERNAL for what is no refusal of ours. */
godwit_status_t godwit_akma_problem_read(unsigned code, godwit_slice_t text);

/* ---- Naanf ---- */

/* An empty a_kid: the context is to be removed; path then is the other one. */
void godwit_naanf_register_write(const godwit_akma_register_t *said, char text[GODWIT_AKMA_TEXT]);
GODWIT_MUST_USE godwit_status_t godwit_naanf_register_read(godwit_slice_t text, bool removing,
                                                           godwit_akma_register_t *said);
/* GODWIT_INVALID_ARGUMENT for an AF_ID that is no FQDN with five octets behind it, and an A-KID with what no A-KID
 * has. */
GODWIT_MUST_USE godwit_status_t godwit_naanf_key_request_write(const godwit_akma_key_request_t *request,
                                                               char text[GODWIT_AKMA_TEXT]);
GODWIT_MUST_USE godwit_status_t godwit_naanf_key_request_read(godwit_slice_t text, godwit_akma_key_request_t *request);
void godwit_naanf_key_answer_write(const godwit_akma_key_answer_t *answer,
                                   char text[GODWIT_AKMA_TEXT]); /* of status OK */
/* answer->status says what was answered; what cannot be read is GODWIT_PEER_INTERNAL. */
void godwit_naanf_key_answer_read(unsigned code, godwit_slice_t text, godwit_akma_key_answer_t *answer);

/* ---- Nausf ---- */

GODWIT_MUST_USE godwit_status_t godwit_nausf_request_write(const godwit_5g_auth_request_t *request,
                                                           char text[GODWIT_AKMA_TEXT]);
GODWIT_MUST_USE godwit_status_t godwit_nausf_request_read(godwit_slice_t text, godwit_5g_auth_request_t *request);
void godwit_nausf_answer_write(const godwit_5g_auth_answer_t *answer, char text[GODWIT_AKMA_TEXT]); /* of status OK */
void godwit_nausf_answer_read(unsigned code, godwit_slice_t text, godwit_5g_auth_answer_t *answer);
/* The path of an authentication, that its RAND names. */
void godwit_nausf_path_write(const uint8_t rand[16], char path[GODWIT_AKMA_TEXT]);
GODWIT_MUST_USE godwit_status_t godwit_nausf_path_read(const char *path, uint8_t rand[16]);
void godwit_nausf_confirm_write(const godwit_5g_confirm_t *confirm, char text[GODWIT_AKMA_TEXT]);
GODWIT_MUST_USE godwit_status_t godwit_nausf_confirm_read(godwit_slice_t text, godwit_5g_confirm_t *confirm);
/* OK and AUTH_MAC_FAILURE, which are both an answer of code 200 (authResult). */
void godwit_nausf_result_write(godwit_status_t outcome, char text[GODWIT_AKMA_TEXT]);
godwit_status_t godwit_nausf_result_read(unsigned code, godwit_slice_t text);

#endif
