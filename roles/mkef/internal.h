/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the MKEF share.
 */
#ifndef GODWIT_ROLES_MKEF_INTERNAL_H
#define GODWIT_ROLES_MKEF_INTERNAL_H

#include "roles/mkef.h"

/* caller.c: who asks, and how much of it is enough. NULL: the limit of this caller, or too many callers. */
godwit_mkef_caller_t *godwit_mkef_caller_admit(godwit_mkef_t *mkef, const char *name, uint64_t now_ms);
void godwit_mkef_caller_charge(const godwit_mkef_t *mkef, godwit_mkef_caller_t *caller, godwit_status_t status,
                               uint64_t now_ms);

/* request.c */
void godwit_mkef_on_request(godwit_mkef_t *mkef, const godwit_input_t *in, godwit_outbox_t *out);
/* Whether that counter is the next of the contact (NULL: none yet); *again: it is the last request once more. */
GODWIT_MUST_USE godwit_status_t godwit_mkef_judge(const godwit_mtc_contact_record_t *contact,
                                                  const godwit_mtc_first_t *first, const uint8_t request_hash[16],
                                                  uint64_t now_ms, bool *again, const char **detail);
void godwit_mkef_fetch_contact(godwit_outbox_t *out, const godwit_imsi_t *imsi, const uint8_t server_key[16]);

/* answer.c */
void godwit_mkef_on_answer(godwit_mkef_t *mkef, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_mkef_on_timer(godwit_mkef_t *mkef, const godwit_input_t *in, godwit_outbox_t *out);

/* step.c: an answer to an MTC_KEY_REQUEST, to be filled in; NULL and overflow without room. */
godwit_message_t *godwit_mkef_answer(godwit_outbox_t *out, godwit_function_t to, uint32_t transaction, uint64_t route);

#endif
