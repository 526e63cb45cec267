/* SPDX-License-Identifier: Apache-2.0
 *
 * What a serving node says of a device counts when the HSS names that node as one that serves it (S6m SIR by IMSI, TS
 * 29.336): before that its word is anybody's with a T5 link. Asked once for what it says, and twice more after a while,
 * since an Update Location may be on its way. Bounded, in memory alone, each node with its share.
 */
#include <string.h>

#include "roles/mtc_iwf/keys.h"
#include "roles/rate.h"

#define QUESTIONS 3u
#define AGAIN_MS 1000u

static size_t index_of(const godwit_iwf_keys_t *keys, const godwit_iwf_visit_t *visit)
{
    return (size_t)(visit - keys->visits);
}

static void set_timer(const godwit_iwf_keys_t *keys, const godwit_iwf_visit_t *visit, uint32_t delay_ms,
                      godwit_outbox_t *out)
{
    godwit_outbox_timer(out, GODWIT_IWF_VISIT_TIMERS + (uint32_t)index_of(keys, visit), delay_ms);
}

static bool is_same(const godwit_iwf_visit_t *a, const godwit_iwf_visit_t *b)
{
    return a->kind == b->kind && a->way.kind == b->way.kind && godwit_imsi_equal(&a->imsi, &b->imsi) &&
           strcmp(a->way.node.host, b->way.node.host) == 0;
}

/* NULL: its node has as many under way as any. */
static godwit_iwf_visit_t *place_for(godwit_iwf_keys_t *keys, const godwit_iwf_visit_t *fresh, uint64_t now_ms,
                                     godwit_outbox_t *out)
{
    uint64_t taken[GODWIT_IWF_VISITS_MAX];
    for (size_t i = 0; i < GODWIT_IWF_VISITS_MAX; i++) {
        const godwit_iwf_visit_t *visit = &keys->visits[i];
        const bool open = visit->kind != GODWIT_IWF_VISIT_NONE && now_ms < visit->until_ms;
        taken[i] = open ? godwit_iwf_whose(&visit->way) : 0;
    }
    const size_t place = godwit_rate_share(taken, GODWIT_IWF_VISITS_MAX, godwit_iwf_whose(&fresh->way));
    if (place == GODWIT_IWF_VISITS_MAX) {
        return NULL;
    }
    godwit_iwf_give_up(keys, &keys->visits[place].imsi, &keys->visits[place].way, out);
    return &keys->visits[place];
}

static godwit_status_t ask(godwit_iwf_keys_t *keys, godwit_iwf_visit_t *visit, uint64_t now_ms, godwit_outbox_t *out)
{
    const uint32_t wait_ms = godwit_iwf_key_wait_ms(keys);
    visit->transaction = godwit_iwf_keys_transaction(keys);
    visit->questions++;
    visit->until_ms = now_ms + wait_ms + AGAIN_MS; /* its timer comes before */
    godwit_message_t *message =
        godwit_iwf_message(keys, GODWIT_SUBSCRIBER_INFO_REQUEST, GODWIT_FUNCTION_HSS, visit->transaction, out);
    if (message == NULL) {
        memset(visit, 0, sizeof *visit);
        return GODWIT_OVERLOAD;
    }
    message->u.subscriber_info_request.imsi = visit->imsi;
    godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    set_timer(keys, visit, wait_ms, out);
    return GODWIT_OK;
}

static void wait(const godwit_iwf_keys_t *keys, godwit_iwf_visit_t *visit, uint32_t delay_ms, uint64_t now_ms,
                 godwit_outbox_t *out)
{
    visit->transaction = 0;
    visit->until_ms = now_ms + delay_ms + AGAIN_MS;
    set_timer(keys, visit, delay_ms, out);
}

godwit_status_t godwit_iwf_visit(godwit_iwf_keys_t *keys, const godwit_iwf_visit_t *fresh, uint32_t delay_ms,
                                 uint64_t now_ms, godwit_outbox_t *out)
{
    for (size_t i = 0; i < GODWIT_IWF_VISITS_MAX; i++) {
        godwit_iwf_visit_t *visit = &keys->visits[i];
        if (now_ms < visit->until_ms && is_same(visit, fresh)) { /* the question is open already, or will be */
            visit->want = fresh->want;
            return fresh->way.kind == GODWIT_IWF_WAY_SECURING ? GODWIT_OVERLOAD : GODWIT_OK;
        }
    }
    godwit_iwf_visit_t *place = place_for(keys, fresh, now_ms, out);
    if (place == NULL) {
        return GODWIT_OVERLOAD;
    }
    *place = *fresh;
    if (delay_ms > 0) {
        wait(keys, place, delay_ms, now_ms, out);
        return GODWIT_OK;
    }
    return ask(keys, place, now_ms, out);
}

/* ---- for what a node brought of a device ---- */

godwit_status_t godwit_iwf_ask_for(godwit_iwf_keys_t *keys, const godwit_iwf_want_t *want, const godwit_iwf_way_t *way,
                                   uint64_t now_ms, godwit_outbox_t *out)
{
    const godwit_iwf_visit_t visit = {
        .kind = GODWIT_IWF_VISIT_ASK, .imsi = keys->held.imsi, .way = *way, .want = *want};
    return way->kind == GODWIT_IWF_WAY_T5 ? godwit_iwf_visit(keys, &visit, 0, now_ms, out)
                                          : godwit_iwf_ask(keys, want, &way->node, way, now_ms, out);
}

godwit_status_t godwit_iwf_begin_for(godwit_iwf_keys_t *keys, const godwit_iwf_way_t *way, uint64_t now_ms,
                                     godwit_outbox_t *out)
{
    const godwit_iwf_visit_t visit = {.kind = GODWIT_IWF_VISIT_BEGIN, .imsi = keys->held.imsi, .way = *way};
    return way->kind == GODWIT_IWF_WAY_T5 ? godwit_iwf_visit(keys, &visit, 0, now_ms, out)
                                          : godwit_iwf_begin(keys, &way->node, way, now_ms, out);
}

/* ---- the HSS's word ---- */

godwit_iwf_word_t godwit_iwf_word_of(const godwit_subscriber_info_answer_t *a, const godwit_trigger_node_t *node)
{
    for (size_t i = 0; i < a->nodes && i < GODWIT_SERVING_NODES_MAX; i++) {
        const bool of_realm = a->node[i].realm[0] == '\0' || godwit_equal_names(a->node[i].realm, node->realm);
        if (a->node[i].function == node->function && of_realm && godwit_equal_names(a->node[i].host, node->host)) {
            return i == 0 ? GODWIT_IWF_NEWEST : GODWIT_IWF_NAMED;
        }
    }
    return GODWIT_IWF_NOT_NAMED;
}

static godwit_iwf_word_t word_of(const godwit_message_t *message, const godwit_trigger_node_t *node)
{
    const godwit_subscriber_info_answer_t *a = &message->u.subscriber_info_answer;
    return message->hop != GODWIT_HOP_OPEN && a->status == GODWIT_OK ? godwit_iwf_word_of(a, node)
                                                                     : GODWIT_IWF_NOT_NAMED;
}

static bool ends(const godwit_iwf_visit_t *visit)
{
    return visit->questions >= QUESTIONS || visit->way.kind == GODWIT_IWF_WAY_SECURING;
}

static void end(godwit_iwf_keys_t *keys, godwit_iwf_visit_t *visit, const char *why, godwit_outbox_t *out)
{
    godwit_iwf_give_up(keys, &visit->imsi, &visit->way, out);
    godwit_outbox_event(out, "refused", GODWIT_NOT_ENTITLED, &visit->imsi, why);
    set_timer(keys, visit, 0, out);
    memset(visit, 0, sizeof *visit);
}

static void put_off(godwit_iwf_keys_t *keys, godwit_iwf_visit_t *visit, uint64_t now_ms, godwit_outbox_t *out)
{
    if (ends(visit)) {
        end(keys, visit, "of a node that the HSS does not name for that device", out);
    } else {
        wait(keys, visit, AGAIN_MS << (2 * (visit->questions - 1)), now_ms, out);
    }
}

bool godwit_iwf_on_visit_answer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_iwf_visit_t *visit = NULL;
    for (size_t i = 0; i < GODWIT_IWF_VISITS_MAX && visit == NULL; i++) {
        const godwit_iwf_visit_t *v = &keys->visits[i];
        visit = v->transaction != 0 && v->transaction == in->message->transaction ? &keys->visits[i] : NULL;
    }
    if (visit == NULL || in->message->kind != GODWIT_SUBSCRIBER_INFO_ANSWER) {
        return visit != NULL;
    }
    const godwit_iwf_word_t word = word_of(in->message, &visit->way.node);
    if (word == GODWIT_IWF_NOT_NAMED) {
        put_off(keys, visit, in->now_ms, out);
        return true;
    }
    godwit_status_t status = godwit_iwf_hold(keys, in, &visit->imsi, out);
    if (status == GODWIT_AGAIN && godwit_outbox_is_need(out)) {
        return true;
    }
    const godwit_iwf_visit_t named = *visit;
    set_timer(keys, visit, 0, out);
    memset(visit, 0, sizeof *visit);
    if (status == GODWIT_OK) {
        status = godwit_iwf_on_named(keys, &named, word == GODWIT_IWF_NEWEST, in->now_ms, out);
    }
    godwit_iwf_release(keys, out);
    if (status != GODWIT_OK) {
        godwit_iwf_give_up(keys, &named.imsi, &named.way, out);
    }
    return true;
}

void godwit_iwf_on_visit_timer(godwit_iwf_keys_t *keys, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_iwf_visit_t *visit = &keys->visits[in->timer - GODWIT_IWF_VISIT_TIMERS];
    if (visit->kind == GODWIT_IWF_VISIT_NONE) {
        return;
    }
    if (ends(visit)) {
        end(keys, visit, "of a node, and the HSS does not say whether it serves that device", out);
    } else {
        (void)ask(keys, visit, in->now_ms, out);
    }
}
