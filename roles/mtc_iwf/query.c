/* SPDX-License-Identifier: Apache-2.0
 *
 * What has become of a trigger: asked by its own source, over a way that proves who asks.
 */
#include <string.h>

#include "roles/mtc_iwf/internal.h"

static void answer(const godwit_iwf_turn_t *turn, godwit_status_t status, const godwit_trigger_record_t *t)
{
    godwit_message_t *message =
        godwit_outbox_answer(turn->out, turn->in->message, GODWIT_TRIGGER_QUERY_ANSWER, GODWIT_FUNCTION_MTC_IWF);
    if (message == NULL) {
        return;
    }
    godwit_trigger_query_answer_t *a = &message->u.trigger_query_answer;
    a->status = status;
    if (t != NULL) {
        a->action = t->action;
        a->pending = godwit_iwf_is_pending(t);
        a->outcome = t->outcome;
        a->recalled = t->recalled;
        a->replaced = t->replaced;
    }
    godwit_outbox_add(turn->out, GODWIT_REQUEST_MESSAGE)->message = message;
}

static bool is_source(const godwit_mtc_iwf_config_t *config, const godwit_message_t *m, const char *scs)
{
    for (size_t i = 0; i < config->sources && m->hop != GODWIT_HOP_OPEN; i++) {
        const godwit_iwf_source_t *s = &config->source[i];
        if (s->function == m->from && strcmp(s->name, scs) == 0 &&
            strcmp(m->origin_host, s->host[0] != '\0' ? s->host : s->name) == 0) {
            return true;
        }
    }
    return false;
}

void godwit_iwf_on_query(const godwit_iwf_turn_t *turn)
{
    const godwit_mtc_iwf_config_t *config = &turn->iwf->config;
    const godwit_trigger_query_t *query = &turn->in->message->u.trigger_query;
    godwit_trigger_record_t trigger;
    uint8_t source_key[16];
    if (!is_source(config, turn->in->message, query->scs)) {
        answer(turn, GODWIT_NOT_ENTITLED, NULL);
        return;
    }
    godwit_status_t status = godwit_name_key(config->crypto, query->scs, source_key);
    if (status == GODWIT_OK) {
        const godwit_record_key_t key = godwit_iwf_key_named(source_key, query->reference);
        status = godwit_iwf_fetch_trigger(turn, &key, &trigger);
    }
    if (status != GODWIT_AGAIN) {
        answer(turn, status == GODWIT_OK || status == GODWIT_NOT_FOUND ? status : GODWIT_PEER_INTERNAL,
               status == GODWIT_OK ? &trigger : NULL);
    }
}
