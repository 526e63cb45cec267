/* SPDX-License-Identifier: Apache-2.0
 *
 * The NAF: which file takes which input, and requests for a key itself.
 */
#include <string.h>

#include "roles/naf/internal.h"

godwit_status_t godwit_naf_init(godwit_naf_t *naf, const godwit_naf_config_t *config, godwit_naf_key_t *keys,
                                size_t capacity)
{
    bool good = config->crypto != NULL && capacity > 0 && capacity <= GODWIT_NAF_KEYS_MAX && config->fqdn_count > 0 &&
                config->fqdn_count <= GODWIT_NAF_NAMES_MAX && config->bsf_count <= GODWIT_NAF_NAMES_MAX;
    for (size_t i = 0; good && i < config->fqdn_count; i++) {
        good = godwit_fqdn_is_canonical(godwit_slice_of_string(config->fqdns[i]));
    }
    if (!good) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memset(naf, 0, sizeof *naf);
    memset(keys, 0, capacity * sizeof *keys);
    naf->config = *config;
    naf->keys = keys;
    naf->key_capacity = capacity;
    return GODWIT_OK;
}

godwit_message_t *godwit_naf_answer(godwit_outbox_t *out, const godwit_naf_asker_t *asker, godwit_message_kind_t kind)
{
    godwit_message_t *message = godwit_outbox_alloc(out, sizeof *message);
    if (message != NULL) {
        message->kind = kind;
        message->from = GODWIT_FUNCTION_NAF;
        message->to = asker->from;
        message->transaction = asker->transaction;
        message->route = asker->route;
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    return message;
}

void godwit_naf_key_finish(const godwit_naf_asker_t *asker, const godwit_naf_key_t *key, godwit_status_t status,
                           godwit_outbox_t *out)
{
    godwit_message_t *message = godwit_naf_answer(out, asker, GODWIT_NAF_KEY_ANSWER);
    if (message == NULL) {
        return;
    }
    godwit_naf_key_answer_t *answer = &message->u.naf_key_answer;
    answer->status = key != NULL ? GODWIT_OK : status;
    if (key != NULL) {
        memcpy(answer->impi, key->impi, sizeof answer->impi);
        memcpy(answer->ks_naf, key->ks_naf, sizeof answer->ks_naf);
        answer->expires_ms = key->expires_ms;
    }
}

static void on_key_request(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_naf_key_request_t *request = &in->message->u.naf_key_request;
    const godwit_naf_asker_t asker = {in->message->from, in->message->transaction, in->message->route};
    godwit_zn_request_t wanted = {.naf_id_len = 0};
    if (!godwit_naf_is_ours(naf, request->fqdn)) {
        godwit_naf_key_finish(&asker, NULL, GODWIT_NOT_ENTITLED, out);
        godwit_outbox_event(out, "refused", GODWIT_NOT_ENTITLED, NULL, "a key for a name that is not ours");
        return;
    }
    if (!godwit_naf_may_ask(naf, request->b_tid)) {
        godwit_naf_key_finish(&asker, NULL, GODWIT_UNKNOWN_KEY, out);
        godwit_outbox_event(out, "refused", GODWIT_UNKNOWN_KEY, NULL, "no B-TID of a BSF that we know");
        return;
    }
    memcpy(wanted.b_tid, request->b_tid, sizeof wanted.b_tid);
    godwit_naf_id(request->fqdn, request->ua_protocol, &wanted);
    const godwit_naf_key_t *key = godwit_naf_key_find(naf, &wanted, in->now_ms);
    if (key != NULL) {
        godwit_naf_key_finish(&asker, key, GODWIT_OK, out);
    } else if (godwit_naf_ask(naf, in->message, &wanted, out) != GODWIT_OK) {
        godwit_naf_key_finish(&asker, NULL, GODWIT_OVERLOAD, out);
        godwit_outbox_event(out, "refused", GODWIT_OVERLOAD, NULL, "too many questions to the BSF are open");
    }
}

static void on_message(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out)
{
    switch (in->message->kind) {
    case GODWIT_UA_REQUEST:
        godwit_naf_on_ua(naf, in, out);
        break;
    case GODWIT_NAF_KEY_REQUEST:
        on_key_request(naf, in, out);
        break;
    case GODWIT_ZN_ANSWER:
        godwit_naf_on_bsf(naf, in, out);
        break;
    default:
        break;
    }
}

/* Nonces are ordered by their time: when the clock was set back, none of before is good, and none of now stands behind
 * one of before. */
static void keep_time(godwit_naf_t *naf, uint64_t now_ms)
{
    if (now_ms < naf->now_ms) {
        naf->has_secret = false;
        for (size_t i = 0; i < naf->key_capacity; i++) {
            naf->keys[i].nonce_at_ms = 0;
            naf->keys[i].nc = 0;
        }
    }
    naf->now_ms = now_ms;
}

void godwit_naf_step(godwit_naf_t *naf, const godwit_input_t *in, godwit_outbox_t *out)
{
    keep_time(naf, in->now_ms);
    if (!naf->has_secret) { /* of nonces: one for each life of this process */
        if (in->random.len != sizeof naf->secret) {
            godwit_outbox_add(out, GODWIT_REQUEST_RANDOM)->count = sizeof naf->secret;
            return;
        }
        memcpy(naf->secret, in->random.ptr, sizeof naf->secret);
        naf->has_secret = true;
    }
    if (in->kind == GODWIT_INPUT_MESSAGE) {
        on_message(naf, in, out);
    } else if (in->kind == GODWIT_INPUT_TIMER) {
        godwit_naf_on_timer(naf, in, out);
    }
}
