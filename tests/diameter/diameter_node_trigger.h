/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of diameter_node that knows device triggering. With --serve: iwf (a MTC-IWF), scs, t4 (a SMS-SC), node (MME,
 * SGSN, MSC and AAA server). Whatever comes is told in one line and answered with OK; T5_UP SECURING with a container,
 * IWF_KEY_REQUEST with a key.
 *   t5-down IMSI HOST REALM FUNCTION     ue-key IMSI HOST REALM FUNCTION     iwf-key IMSI HOST REALM FUNCTION     t5-up KIND IMSI HOST REALM
 */
#ifndef GODWIT_TESTS_DIAMETER_NODE_TRIGGER_H
#define GODWIT_TESTS_DIAMETER_NODE_TRIGGER_H

#include "adapters/diameter/diameter.h"

void node_trigger_option(godwit_diameter_config_t *config, const char *serve);
bool node_trigger_is(godwit_message_kind_t kind);
/* Tells of a request and makes its answer. */
void node_trigger_serve(const godwit_message_t *request, godwit_message_t *answer);
void node_trigger_show(const godwit_message_t *answer);
/* A request as standard input asks for it; false: it is none of these. */
bool node_trigger_ask(const char *word, char **save, godwit_message_t *request);

#endif
