/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of diameter_node that knows protection end to end. With --serve eese there is an EESE; --eese HOST,REALM
 * says where the HSE's is. Whatever comes is told in one line; a session gets terms, a renewal OK. E2E_KEY is the HSS's
 * own to answer.
 *   e2e-session EVENT IMSI EAS     e2e-renew RENEWAL IMSI HSE EAS     e2e-key IMSI AGREEMENT KEY-SET EAS AGE   (to --keys hss|emks)
 */
#ifndef GODWIT_TESTS_DIAMETER_NODE_E2E_H
#define GODWIT_TESTS_DIAMETER_NODE_E2E_H

#include "adapters/diameter/diameter.h"

bool node_e2e_is(godwit_message_kind_t kind);
/* Tells of a request and makes its answer. */
void node_e2e_serve(const godwit_message_t *request, godwit_message_t *answer);
void node_e2e_show(const godwit_message_t *answer);
/* A request as standard input asks for it, of a node of that name to the owner keys_at; false: it is none of these. */
bool node_e2e_ask(const char *word, char **save, const char *identity, godwit_function_t keys_at,
                  godwit_message_t *request);

#endif
