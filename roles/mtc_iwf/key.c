/* SPDX-License-Identifier: Apache-2.0
 *
 * Where K_iwf comes from: the HSS (S6m), the serving node (T5), the AAA server, or a root of the HSS and this MTC-IWF
 * itself (docs/triggers.md). Never: a key from a hop that proves nothing, of another node or kind than was asked for; a
 * key for the device to a node that was not heard over a proved hop; a second question for a device while one is open.
 * Nodes that are asked or given keys here are those that the HSS named (launch.c, visit.c).
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"

#define NO_NODE "the device is to get its key from a node, and there is none that may have it"
#define COMMAND_LIFE_MS 600000u
#define AHEAD_MAX                                                                                                      \
    1024u /* by how many numbers a device may be ahead of what is known here: a store that came from a backup */

/* ---- asking ---- */

static godwit_message_t *ask_hss(const godwit_iwf_keys_t *keys, const godwit_iwf_want_t *want,
                                 const godwit_iwf_key_wait_t *wait, uint32_t above, godwit_outbox_t *out)
{
    godwit_message_t *message =
        godwit_iwf_message(keys, GODWIT_SUBSCRIBER_INFO_REQUEST, GODWIT_FUNCTION_HSS, wait->transaction, out);
    if (message != NULL) {
        godwit_subscriber_info_request_t *request = &message->u.subscriber_info_request;
        request->imsi = wait->imsi;
        request->key = keys->config.key_from == GODWIT_IWF_KEY_FROM_HSS ? GODWIT_IWF_KEY_K_IWF : GODWIT_IWF_KEY_ROOT;
        request->root = wait->root;
        request->has_root_name = want->has_root_name;
        memcpy(request->root_name, want->root_name, sizeof request->root_name);
        request->association_above = above;
    }
    return message;
}

static godwit_message_t *ask_deriver(const godwit_iwf_keys_t *keys, const godwit_trigger_node_t *to,
                                     const godwit_iwf_key_wait_t *wait, godwit_outbox_t *out)
{
    godwit_message_t *message =
        godwit_iwf_message(keys, GODWIT_IWF_KEY_REQUEST, (godwit_function_t)to->function, wait->transaction, out);
    if (message != NULL) {
        godwit_iwf_key_request_t *request = &message->u.iwf_key_request;
        request->imsi = wait->imsi;
        memcpy(request->iwf, keys->local_host, sizeof keys->local_host);
        request->association = wait->association;
        request->to = *to;
    }
    return message;
}

/* Who derives, where the HSS does not; host "": nobody. */
static godwit_trigger_node_t deriver(const godwit_iwf_keys_t *keys, const godwit_iwf_want_t *want,
                                     const godwit_trigger_node_t *node)
{
    godwit_trigger_node_t aaa = {.function = GODWIT_FUNCTION_AAA};
    memcpy(aaa.host, keys->config.aaa_host, sizeof aaa.host);
    memcpy(aaa.realm, keys->config.aaa_realm, sizeof aaa.realm);
    return want->root == GODWIT_IWF_ROOT_EAP ? aaa : *node;
}

static godwit_iwf_root_t root_wanted(const godwit_iwf_keys_t *keys, const godwit_iwf_want_t *want)
{
    if (want->root == GODWIT_IWF_ROOT_EAP) {
        return want->root;
    }
    switch (keys->config.key_from) {
    case GODWIT_IWF_KEY_FROM_HSS:
        return GODWIT_IWF_ROOT_FLAGGED;
    case GODWIT_IWF_KEY_FROM_IWF:
        return keys->config.root;
    default:
        return GODWIT_IWF_ROOT_NONE; /* the serving node says which it has */
    }
}

static uint32_t floor_of(const godwit_iwf_keys_t *keys, const godwit_iwf_want_t *want)
{
    const uint32_t last = keys->held.last_number;
    const uint32_t most = last < UINT32_MAX - AHEAD_MAX ? last + AHEAD_MAX : UINT32_MAX;
    const uint32_t above = want->above < most ? want->above : most;
    return above > last ? above : last;
}

/* Whether the device could be given a key by that way: by a node that is proved, or will be when it has made the key
 * itself. What could not be given is not asked for: a question moves the HSS's numbers. */
static bool could_be_given(const godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way)
{
    return !keys->config.ue_key_received ||
           (way->kind == GODWIT_IWF_WAY_T5 &&
            (keys->config.key_from == GODWIT_IWF_KEY_FROM_MME || godwit_iwf_peer_is_proved(keys, way->node.host)));
}

/* What waits because of a hint from an unproved address does not hold up who has shown that he is at his. */
static bool gives_way(const godwit_iwf_key_wait_t *open, const godwit_iwf_way_t *way)
{
    return open->way.unproved && !way->unproved;
}

godwit_status_t godwit_iwf_ask(godwit_iwf_keys_t *keys, const godwit_iwf_want_t *want,
                               const godwit_trigger_node_t *node, const godwit_iwf_way_t *way, uint64_t now_ms,
                               godwit_outbox_t *out)
{
    const bool by_hss = keys->config.key_from != GODWIT_IWF_KEY_FROM_MME && want->root != GODWIT_IWF_ROOT_EAP;
    const godwit_trigger_node_t to = deriver(keys, want, node);
    const uint32_t above = floor_of(keys, want);
    godwit_iwf_key_wait_t *open = godwit_iwf_wait_of(keys, &keys->held.imsi, now_ms);
    if (open != NULL && !gives_way(open, way)) {
        return way->kind == GODWIT_IWF_WAY_SECURING ? GODWIT_WRONG_STATE : GODWIT_OK;
    }
    if ((!by_hss && to.host[0] == '\0') || above == UINT32_MAX) {
        return GODWIT_NOT_FOUND;
    }
    if (!could_be_given(keys, way)) {
        godwit_outbox_event(out, "refused", GODWIT_NOT_ENTITLED, &keys->held.imsi, NO_NODE);
        return GODWIT_NOT_ENTITLED;
    }
    godwit_iwf_key_wait_t wait = {.transaction = godwit_iwf_keys_transaction(keys),
                                  .renewing = want->renewing,
                                  .imsi = keys->held.imsi,
                                  .root = root_wanted(keys, want),
                                  .has_root_name = want->has_root_name,
                                  .association = by_hss ? 0 : above + 1,
                                  .way = *way,
                                  .since_ms = now_ms};
    memcpy(wait.root_name, want->root_name, sizeof wait.root_name);
    if (!by_hss) {
        memcpy(wait.asked, to.host, sizeof wait.asked);
    }
    godwit_iwf_key_wait_t *place = open != NULL ? open : godwit_iwf_wait_place(keys, way, now_ms, out);
    const godwit_message_t *message = place == NULL ? NULL
                                      : by_hss      ? ask_hss(keys, want, &wait, above, out)
                                                    : ask_deriver(keys, &to, &wait, out);
    if (message == NULL) {
        return GODWIT_OVERLOAD;
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    *place = wait;
    return GODWIT_OK;
}

/* ---- the Command, and before it the key for a device that does not derive ---- */

/* What is to be sent behind the commit of the record that it was taken from. */
typedef struct sending {
    godwit_imsi_t imsi;
    uint32_t number;
    godwit_iwf_container_t command;
    godwit_message_t *ue_key; /* NULL: the device derives */
} sending_t;

static godwit_message_t *ue_key_message(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, godwit_outbox_t *out)
{
    const godwit_association_t *next = &keys->held.next;
    godwit_message_t *message = godwit_iwf_message(keys, GODWIT_T5_DOWN, (godwit_function_t)way->node.function,
                                                   godwit_iwf_keys_transaction(keys), out);
    if (message != NULL) {
        godwit_t5_down_t *down = &message->u.t5_down;
        down->imsi = keys->held.imsi;
        down->kind = GODWIT_T5_UE_KEY;
        down->ue_key.root = next->root;
        down->ue_key.association = next->number;
        memcpy(down->ue_key.root_name, next->root_name, sizeof next->root_name);
        memcpy(down->ue_key.key, next->k_iwf, sizeof next->k_iwf);
        down->to = way->node;
    }
    return message;
}

static godwit_status_t prepare(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, sending_t *sending,
                               godwit_outbox_t *out)
{
    *sending = (sending_t){.imsi = keys->held.imsi, .number = keys->held.next.number};
    sending->command.len = keys->held.command_len;
    memcpy(sending->command.octets, keys->held.command, sizeof sending->command.octets);
    if (!keys->config.ue_key_received) {
        return GODWIT_OK;
    }
    if (keys->held.next.root == GODWIT_IWF_ROOT_FLAGGED || keys->held.next.root == GODWIT_IWF_ROOT_EAP) {
        return GODWIT_POLICY_FORBIDS; /* the visited network would see what flagging keeps from it */
    }
    if (way->kind != GODWIT_IWF_WAY_T5 || !godwit_iwf_peer_is_proved(keys, way->node.host)) {
        return GODWIT_NOT_ENTITLED;
    }
    sending->ue_key = ue_key_message(keys, way, out);
    return sending->ue_key != NULL ? GODWIT_OK : GODWIT_NO_SPACE;
}

/* place: where the wait for the node's answer to the key goes, where there is one. */
static void carry_out(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, const sending_t *sending,
                      godwit_iwf_key_wait_t *place, uint64_t now_ms, godwit_outbox_t *out)
{
    if (sending->ue_key == NULL) {
        godwit_iwf_command_send(keys, &sending->imsi, sending->number, way,
                                godwit_slice(sending->command.octets, sending->command.len), out);
        return;
    }
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = sending->ue_key;
    *place = (godwit_iwf_key_wait_t){.transaction = sending->ue_key->transaction,
                                     .giving = true,
                                     .imsi = sending->imsi,
                                     .association = sending->number,
                                     .way = *way,
                                     .since_ms = now_ms};
}

static bool is_fresh(const godwit_iwf_keys_t *keys, uint64_t now_ms)
{
    const uint32_t life = keys->config.command_life_ms != 0 ? keys->config.command_life_ms : COMMAND_LIFE_MS;
    const godwit_association_t *next = &keys->held.next;
    return next->number != 0 && now_ms >= next->created_ms && now_ms - next->created_ms < life;
}

/* A node that makes the key itself is proved by giving it: after a restart none has been heard. */
static bool is_to_be_proved(const godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way)
{
    return keys->config.ue_key_received && keys->config.key_from == GODWIT_IWF_KEY_FROM_MME &&
           way->kind == GODWIT_IWF_WAY_T5 && !godwit_iwf_peer_is_proved(keys, way->node.host);
}

godwit_status_t godwit_iwf_begin(godwit_iwf_keys_t *keys, const godwit_trigger_node_t *node,
                                 const godwit_iwf_way_t *way, uint64_t now_ms, godwit_outbox_t *out)
{
    const bool by_eap = node->host[0] == '\0' && keys->held.current.root == GODWIT_IWF_ROOT_EAP;
    const godwit_iwf_want_t want = {.root = by_eap ? GODWIT_IWF_ROOT_EAP : GODWIT_IWF_ROOT_NONE,
                                    .renewing = godwit_iwf_is_worn(&keys->held.current)};
    sending_t sending;
    if (keys->config.off) {
        return GODWIT_NOT_FOUND;
    }
    if (!is_fresh(keys, now_ms) || is_to_be_proved(keys, way) ||
        godwit_iwf_wait_of(keys, &keys->held.imsi, now_ms) != NULL) {
        return godwit_iwf_ask(keys, &want, node, way, now_ms, out);
    }
    const godwit_status_t status = prepare(keys, way, &sending, out);
    godwit_iwf_key_wait_t *place = NULL;
    if (status == GODWIT_OK && sending.ue_key != NULL) {
        place = godwit_iwf_wait_place(keys, way, now_ms, out);
        if (place == NULL) {
            return GODWIT_OVERLOAD;
        }
    }
    if (status == GODWIT_OK) {
        carry_out(keys, way, &sending, place, now_ms, out);
    }
    return status;
}

/* ---- answers ---- */

/* Whether a key may be what was asked for, whoever gave it. */
static bool fits(const godwit_iwf_keys_t *keys, const godwit_iwf_key_wait_t *wait, const godwit_iwf_key_t *key)
{
    const bool root = keys->config.key_from == GODWIT_IWF_KEY_FROM_IWF && wait->association == 0;
    const bool kind = wait->root != GODWIT_IWF_ROOT_NONE
                          ? key->root == wait->root
                          : key->root == GODWIT_IWF_ROOT_KASME || key->root == GODWIT_IWF_ROOT_CK_IK;
    return kind && key->is_root == root && (wait->association == 0 || key->association == wait->association) &&
           (!wait->has_root_name || memcmp(key->root_name, wait->root_name, sizeof key->root_name) == 0);
}

/* key NULL: there is none. */
static godwit_status_t take(const godwit_iwf_keys_t *keys, const godwit_iwf_key_wait_t *wait,
                            const godwit_message_t *message, const godwit_iwf_key_t **key, const char **detail)
{
    const bool from_hss = message->kind == GODWIT_SUBSCRIBER_INFO_ANSWER;
    const godwit_iwf_key_t *came = from_hss ? &message->u.subscriber_info_answer.key : &message->u.iwf_key_answer.key;
    const godwit_status_t status =
        from_hss ? message->u.subscriber_info_answer.status : message->u.iwf_key_answer.status;
    *key = NULL;
    if (message->hop == GODWIT_HOP_OPEN) {
        *detail = "a key over a hop that proves nothing";
        return GODWIT_NOT_ENTITLED;
    }
    if (status != GODWIT_OK) {
        *detail = "no key for an association";
        return status;
    }
    if (from_hss != (wait->association == 0) || !fits(keys, wait, came)) {
        *detail = "a key of another kind, number or AKA run than was asked for";
        return GODWIT_NOT_ENTITLED;
    }
    *key = came;
    return GODWIT_OK;
}

static bool stands_already(const godwit_iwf_keys_t *keys, const godwit_iwf_key_wait_t *wait,
                           const godwit_iwf_key_t *key)
{
    const godwit_association_t *current = &keys->held.current;
    return !wait->renewing && godwit_iwf_is_ready(keys) && current->root == key->root &&
           memcmp(current->root_name, key->root_name, sizeof key->root_name) == 0;
}

static void on_key(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_iwf_key_wait_t *wait, godwit_outbox_t *out)
{
    const godwit_iwf_key_wait_t asked = *wait;
    const godwit_iwf_key_t *key = NULL;
    const char *detail = NULL;
    sending_t sending = {0};
    godwit_status_t status = take(keys, &asked, in->message, &key, &detail);
    if (status == GODWIT_OK) {
        status = godwit_iwf_hold(keys, in, &asked.imsi, out);
    }
    if (status == GODWIT_AGAIN && godwit_outbox_is_need(out)) {
        return;
    }
    memset(wait, 0, sizeof *wait);
    if (status == GODWIT_OK && godwit_equal_names(asked.asked, asked.way.node.host)) { /* its own key proves the node */
        godwit_iwf_peer_heard(keys, asked.way.node.host, in->message->hop, in->now_ms);
    }
    const bool unchanged = status == GODWIT_OK && stands_already(keys, &asked, key);
    if (status == GODWIT_OK && !unchanged) {
        detail = "no association could be made of the key that came";
        status = godwit_iwf_next_create(keys, key, in->now_ms);
    }
    if (status == GODWIT_OK && !unchanged) {
        detail = NO_NODE;
        status = prepare(keys, &asked.way, &sending, out);
        keys->moved = keys->moved && status == GODWIT_OK;
    }
    godwit_iwf_release(keys, out);
    if (status == GODWIT_OK && !unchanged) {
        carry_out(keys, &asked.way, &sending, wait, in->now_ms, out);
        godwit_outbox_event(out, "association_commanded", GODWIT_OK, &asked.imsi, NULL);
        return;
    }
    godwit_iwf_give_up(keys, &asked.imsi, &asked.way, out);
    if (status != GODWIT_OK) {
        godwit_outbox_event(out, "refused", status, &asked.imsi, detail);
    }
}

/* The node has the key for the device in protected NAS: now the Command. */
static void on_given(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_iwf_key_wait_t *wait,
                     godwit_outbox_t *out)
{
    const godwit_iwf_key_wait_t asked = *wait;
    godwit_status_t status = in->message->u.outcome;
    if (status == GODWIT_OK) {
        status = godwit_iwf_hold(keys, in, &asked.imsi, out);
    }
    if (status == GODWIT_AGAIN && godwit_outbox_is_need(out)) {
        return;
    }
    memset(wait, 0, sizeof *wait);
    if (status == GODWIT_OK && keys->held.next.number == asked.association && keys->held.command_len > 0) {
        godwit_iwf_command_send(keys, &asked.imsi, keys->held.next.number, &asked.way,
                                godwit_slice(keys->held.command, keys->held.command_len), out);
    }
    godwit_iwf_release(keys, out);
    if (status != GODWIT_OK) {
        godwit_outbox_event(out, "refused", status, &asked.imsi, "the node did not give the device its key");
    }
}

/* Of the host that was asked, whoever handed it on. The HSS is whichever the owner has; its answers are the owner's to
 * judge. */
static bool is_of_asked(const godwit_iwf_key_wait_t *wait, const godwit_message_t *answer)
{
    const char *host = wait->giving ? wait->way.node.host : wait->asked;
    return host[0] == '\0' || godwit_equal_names(host, answer->origin_host);
}

void godwit_iwf_on_key_answer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out)
{
    if (godwit_iwf_on_visit_answer(keys, in, out)) {
        return;
    }
    godwit_iwf_key_wait_t *wait = godwit_iwf_wait_for(keys, in);
    if (wait == NULL && in->message->kind == GODWIT_T5_DOWN_ANSWER) {
        godwit_iwf_on_command_answer(keys, in->message);
    }
    if (wait == NULL || wait->giving != (in->message->kind == GODWIT_T5_DOWN_ANSWER)) {
        return; /* late, or nobody asked */
    }
    if (!is_of_asked(wait, in->message)) {
        godwit_outbox_event(out, "refused", GODWIT_NOT_ENTITLED, &wait->imsi, "an answer of a node that was not asked");
        return;
    }
    if (wait->giving) {
        on_given(keys, in, wait, out);
    } else {
        on_key(keys, in, wait, out);
    }
}
