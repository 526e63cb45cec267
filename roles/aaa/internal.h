/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of the AAA server: its tables, and what it says.
 */
#ifndef GODWIT_ROLES_AAA_INTERNAL_H
#define GODWIT_ROLES_AAA_INTERNAL_H

#include "roles/aaa.h"

#define GODWIT_AAA_TIMER_SWEEP 1u

/* ---- tables ---- */

/* A free row; of a caller that holds many his oldest challenge makes room. NULL: full. */
godwit_aaa_run_t *godwit_aaa_place(godwit_aaa_t *aaa, const char *caller);
godwit_aaa_run_t *godwit_aaa_by_transaction(godwit_aaa_t *aaa, uint32_t transaction);
/* The challenge that a caller has for that State. */
godwit_aaa_run_t *godwit_aaa_by_name(godwit_aaa_t *aaa, const uint8_t name[GODWIT_EAP_STATE], const char *caller);
/* Keeps the root of a run that has succeeded: in the place of that subscriber's former one, or of the oldest. */
void godwit_aaa_keep(godwit_aaa_t *aaa, const godwit_aaa_run_t *run, const uint8_t name[GODWIT_IWF_ROOT_NAME],
                     uint64_t now_ms);
const godwit_aaa_root_t *godwit_aaa_root_of(const godwit_aaa_t *aaa, const godwit_imsi_t *imsi, uint64_t now_ms);

/* ---- output ---- */

/* A request of ours; NULL when there is no room. */
godwit_message_t *godwit_aaa_ask(godwit_aaa_t *aaa, godwit_outbox_t *out, godwit_function_t to,
                                 godwit_message_kind_t kind, uint32_t transaction);
/* The answer that the caller of a run waits for; NULL when there is no room. */
godwit_eap_answer_t *godwit_aaa_answer(const godwit_aaa_run_t *run, godwit_eap_verdict_t verdict, godwit_outbox_t *out);
/* EAP-Failure, an event, and the run is wiped. */
void godwit_aaa_reject(godwit_aaa_run_t *run, godwit_status_t reason, const char *detail, godwit_outbox_t *out);
void godwit_aaa_sweep_later(godwit_aaa_t *aaa, uint32_t delay_ms, godwit_outbox_t *out);
uint32_t godwit_aaa_wait(const godwit_aaa_t *aaa);

/* ---- the MTC-IWF asks for K_iwf ---- */

void godwit_aaa_on_key_request(godwit_aaa_t *aaa, const godwit_input_t *in, godwit_outbox_t *out);

#endif
