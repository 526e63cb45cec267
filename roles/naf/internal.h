/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the NAF share.
 */
#ifndef GODWIT_ROLES_NAF_INTERNAL_H
#define GODWIT_ROLES_NAF_INTERNAL_H

#include "core/wire/digest_aka.h"
#include "roles/naf.h"

/* keys.c */
bool godwit_naf_is_ours(const godwit_naf_t *naf, const char *fqdn);
bool godwit_naf_may_ask(const godwit_naf_t *naf, const char *b_tid);
/* naf_id of FQDN || Ua protocol into request. */
void godwit_naf_id(const char *fqdn, const uint8_t ua_protocol[GODWIT_UA_PROTOCOL_OCTETS],
                   godwit_zn_request_t *request);
/* NULL: not known, or its time is over: then it is wiped. */
godwit_naf_key_t *godwit_naf_key_find(godwit_naf_t *naf, const godwit_zn_request_t *request, uint64_t now_ms);
/* In place of one that is over, or of the one that was not used for longest. */
godwit_naf_key_t *godwit_naf_key_keep(godwit_naf_t *naf, const godwit_zn_request_t *request,
                                      const godwit_zn_answer_t *answer, uint64_t now_ms);

/* ask.c: asks the BSF for whoever sent that message. GODWIT_OVERLOAD: too many questions are open. */
GODWIT_MUST_USE godwit_status_t godwit_naf_ask(godwit_naf_t *naf, const godwit_message_t *message,
                                               const godwit_zn_request_t *request, godwit_outbox_t *out);
void godwit_naf_on_bsf(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_naf_on_timer(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out);

/* ua.c: HTTP. key NULL: there is none, status says why. */
typedef struct godwit_naf_asker { /* who gets the answer */
    godwit_function_t from;
    uint32_t transaction;
    uint64_t route;
} godwit_naf_asker_t;
void godwit_naf_on_ua(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out);
void godwit_naf_ua_finish(godwit_naf_t *naf, const godwit_naf_asker_t *asker, const godwit_ua_request_t *request,
                          godwit_naf_key_t *key, godwit_status_t status, uint64_t now_ms, godwit_outbox_t *out);

/* step.c: the answer to a NAF_KEY_REQUEST, as above. */
void godwit_naf_key_finish(const godwit_naf_asker_t *asker, const godwit_naf_key_t *key, godwit_status_t status,
                           godwit_outbox_t *out);
godwit_message_t *godwit_naf_answer(godwit_outbox_t *out, const godwit_naf_asker_t *asker, godwit_message_kind_t kind);

#endif
