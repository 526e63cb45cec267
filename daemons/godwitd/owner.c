/* SPDX-License-Identifier: Apache-2.0
 *
 * Batches of inputs: each is given to its role, and what the role asks is carried out when everything before it is
 * durable.
 */
#include <stdlib.h>
#include <string.h>

#include "daemons/godwitd/owner_internal.h"

const char *owner_function_name(godwit_function_t function)
{
    static const char *const names[OWNER_FUNCTIONS] = {
        "none", "hse",  "emks", "hss", "mme", "sgsn", "sgw", "pgw",     "msc", "sms_sc", "mkef", "gba_bsf",
        "naf",  "aanf", "ausf", "af",  "kms", "scs",  "as",  "mtc_iwf", "aaa", "eese",   "eas",  "device"};
    return (unsigned)function < OWNER_FUNCTIONS ? names[function] : "none";
}

owner_t *owner_new(const owner_config_t *config)
{
    owner_t *o = calloc(1, sizeof *o);
    if (o == NULL || (o->timers = timers_new(config->timers)) == NULL) {
        free(o);
        return NULL;
    }
    o->config = *config;
    for (size_t i = 0; i < OWNER_BATCH; i++) {
        o->slots[i].outbox = (godwit_outbox_t){.requests = o->slots[i].requests,
                                               .capacity = GODWIT_OUTBOX_REQUESTS,
                                               .arena = o->slots[i].arena,
                                               .arena_size = GODWIT_OUTBOX_ARENA};
    }
    return o;
}

void owner_free(owner_t *owner)
{
    if (owner != NULL) {
        timers_free(owner->timers);
        godwit_wipe(owner, sizeof *owner);
        free(owner);
    }
}

void owner_set_role(owner_t *owner, godwit_function_t function, owner_step_t *step, void *role)
{
    owner->roles[function].step = step;
    owner->roles[function].role = role;
}

bool owner_has_role(const owner_t *owner, godwit_function_t function)
{
    return (unsigned)function < OWNER_FUNCTIONS && owner->roles[function].step != NULL;
}

static void tell(owner_t *o, godwit_function_t function, const char *name, godwit_status_t reason, const char *detail)
{
    const godwit_event_t event = {.name = name, .reason = reason, .detail = detail};
    godwit_observe_event(o->config.observer, o->config.now_ms(), owner_function_name(function), &event);
}

/* Steps the role until it needs nothing more. False: the input is refused, and nothing of it is carried out. */
static bool step(owner_t *o, slot_t *slot, godwit_input_t *input)
{
    godwit_outbox_t *out = &slot->outbox;
    for (unsigned round = 0; round <= GODWIT_NEEDS_MAX; round++) {
        godwit_outbox_reset(out);
        o->roles[slot->function].step(o->roles[slot->function].role, input, out);
        if (out->overflow) {
            tell(o, slot->function, "input_refused", GODWIT_OVERLOAD, "the list of requests is full");
            return false;
        }
        if (!godwit_outbox_is_need(out)) {
            return true;
        }
        if (!owner_answer_need(o, input, &out->requests[0])) {
            tell(o, slot->function, "input_refused", GODWIT_RANDOM_FAILED, NULL);
            return false;
        }
    }
    tell(o, slot->function, "input_refused", GODWIT_INTERNAL, "too many rounds of needs");
    return false;
}

/* ---- carrying out ------------------------------------------------------------------------------------------------ */

static void run_timer(owner_t *o, godwit_function_t function, const godwit_request_t *request)
{
    if (request->delay_ms == 0) {
        timers_cancel(o->timers, (unsigned)function, request->timer);
    } else if (!timers_set(o->timers, (unsigned)function, request->timer,
                           o->config.monotonic_ms() + request->delay_ms)) {
        tell(o, function, "timer_refused", GODWIT_OVERLOAD, "all timers run");
    }
}

static void carry_out(owner_t *o, godwit_function_t function, const godwit_request_t *request)
{
    const owner_exits_t *exits = &o->config.exits;
    switch (request->kind) {
    case GODWIT_REQUEST_DATAGRAM:
        exits->datagram(exits->context, function, request);
        break;
    case GODWIT_REQUEST_MESSAGE:
        exits->message(exits->context, function, request->message);
        break;
    case GODWIT_REQUEST_DELIVER:
        exits->deliver(exits->context, &request->reading);
        break;
    case GODWIT_REQUEST_INTERCEPT:
        if (exits->intercept != NULL) {
            exits->intercept(exits->context, &request->reading, request->down);
        }
        break;
    case GODWIT_REQUEST_TIMER:
        run_timer(o, function, request);
        break;
    case GODWIT_REQUEST_EVENT:
        godwit_observe_event(o->config.observer, o->config.now_ms(), owner_function_name(function), &request->event);
        break;
    case GODWIT_REQUEST_STORE_COMMIT: /* done already */
    case GODWIT_REQUEST_STORE_FETCH:  /* a need, never part of a list */
    case GODWIT_REQUEST_RANDOM:
    default:
        break;
    }
}

static godwit_message_kind_t answer_to(godwit_message_kind_t request)
{
    return godwit_message_is_answer(request) ? 0 : (godwit_message_kind_t)(request + 1);
}

/* A request whose list was dropped is answered all the same, so that nobody waits for a timeout. */
static void answer_failure(owner_t *o, const godwit_message_t *request)
{
    godwit_message_t answer;
    memset(&answer, 0, sizeof answer);
    answer.kind = answer_to(request->kind);
    answer.from = request->to;
    answer.to = request->from;
    answer.transaction = request->transaction;
    answer.route = request->route;
    switch (answer.kind) {
    case GODWIT_AUTH_INFO_ANSWER:
        answer.u.auth_info_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_KEY_ANSWER:
        answer.u.key_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_BEARER_ANSWER:
        answer.u.bearer_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_UB_ANSWER:
        answer.u.ub_answer.code = 503;
        break;
    case GODWIT_KEY_CONFIRM_ANSWER:
        answer.u.key_confirm_answer = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_ZH_ANSWER:
        answer.u.zh_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_ZN_ANSWER:
        answer.u.zn_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_UA_ANSWER:
        answer.u.ua_answer.code = 503;
        break;
    case GODWIT_NAF_KEY_ANSWER:
        answer.u.naf_key_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_KMS_ANSWER:
        answer.u.kms_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_DEVICE_RAND_ANSWER:
        answer.u.device_rand_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_MTC_KEY_ANSWER:
        answer.u.mtc_key_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_LOCATION_UPDATE_ANSWER:
        answer.u.location_update_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_SUBSCRIBER_INFO_ANSWER:
        answer.u.subscriber_info_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_DEVICE_ACTION_ANSWER:
        answer.u.device_action_answer.device = request->u.device_action.device;
        answer.u.device_action_answer.reference = request->u.device_action.reference;
        answer.u.device_action_answer.action = request->u.device_action.action;
        answer.u.device_action_answer.status = GODWIT_TRIGGER_TEMPORARYERROR;
        break;
    case GODWIT_T5_UP_ANSWER:
        answer.u.t5_up_answer.status = GODWIT_PEER_INTERNAL;
        break;
    case GODWIT_IWF_KEY_ANSWER:
        answer.u.iwf_key_answer.status = GODWIT_PEER_INTERNAL;
        break;
    default:
        answer.u.outcome = GODWIT_PEER_INTERNAL;
        break;
    }
    o->config.exits.message(o->config.exits.context, answer.from, &answer);
}

static void carry_out_slots(owner_t *o)
{
    owner_close_transaction(o);
    for (size_t s = 0; s < o->slots_used; s++) {
        slot_t *slot = &o->slots[s];
        for (size_t i = 0; i < slot->limit; i++) {
            carry_out(o, slot->function, &slot->requests[i]);
        }
        if (slot->limit < slot->outbox.count && slot->request != NULL) {
            answer_failure(o, slot->request);
        }
        godwit_outbox_reset(&slot->outbox);
    }
    o->slots_used = 0;
    o->readings = 0;
    o->reading_octets = 0;
    godwit_wipe(&o->fetched, sizeof o->fetched);
    godwit_wipe(o->random, sizeof o->random);
}

/* ---- inputs ------------------------------------------------------------------------------------------------------ */

/* Readings of this batch, which its deliveries do not have yet. */
static void count_readings(owner_t *o, const slot_t *slot)
{
    for (size_t i = 0; o->config.exits.full != NULL && i < slot->limit; i++) {
        if (slot->requests[i].kind == GODWIT_REQUEST_DELIVER) {
            o->readings++;
            o->reading_octets += slot->requests[i].reading.payload.len;
        }
    }
}

static void feed_one(owner_t *o, godwit_function_t function, godwit_input_t *input)
{
    slot_t *slot = &o->slots[o->slots_used];
    slot->function = function;
    slot->request = input->kind == GODWIT_INPUT_MESSAGE && answer_to(input->message->kind) != 0 ? input->message : NULL;
    input->now_ms = o->config.now_ms();
    input->fetched = NULL;
    input->fetch_status = GODWIT_AGAIN;
    input->random = godwit_slice(NULL, 0);
    input->deliveries_full =
        o->config.exits.full != NULL && o->config.exits.full(o->config.exits.context, o->readings, o->reading_octets);
    if (step(o, slot, input)) {
        owner_commit_slot(o, slot);
        count_readings(o, slot);
        o->slots_used++;
    } else {
        godwit_outbox_reset(&slot->outbox);
        if (slot->request != NULL) {
            answer_failure(o, slot->request);
        }
    }
}

/* A role hears of its failed commits before anything else. What it then asks is not expected to commit; if it does and
 * that fails too, it is told again, within FAILURES_MAX. */
static void tell_failures(owner_t *o)
{
    for (size_t told = 0; told < o->failures; told++) {
        godwit_input_t input = {.kind = GODWIT_INPUT_COMMIT_FAILED, .record_key = o->failed[told].key};
        if (o->slots_used == OWNER_BATCH) {
            carry_out_slots(o);
        }
        feed_one(o, o->failed[told].function, &input);
    }
    o->failures = 0;
}

void owner_feed(owner_t *owner, godwit_function_t function, godwit_input_t *input)
{
    if (!owner_has_role(owner, function)) {
        return;
    }
    if (owner->slots_used == OWNER_BATCH) {
        owner_finish(owner);
    }
    feed_one(owner, function, input);
    tell_failures(owner);
}

void owner_finish(owner_t *owner)
{
    carry_out_slots(owner);
    if (owner->failures > 0) {
        tell_failures(owner);
        carry_out_slots(owner);
        tell_failures(owner);
    }
}

static godwit_status_t first_refusal(const slot_t *slot, const char **detail)
{
    for (size_t i = 0; i < slot->limit; i++) {
        const godwit_request_t *request = &slot->requests[i];
        if (request->kind == GODWIT_REQUEST_EVENT && request->event.reason != GODWIT_OK) {
            *detail = request->event.detail;
            return request->event.reason;
        }
    }
    return slot->limit < slot->outbox.count ? GODWIT_STORE_FAILED : GODWIT_OK;
}

godwit_status_t owner_ask(owner_t *owner, godwit_function_t function, godwit_input_t *input, const char **detail)
{
    *detail = NULL;
    if (!owner_has_role(owner, function)) {
        return GODWIT_NOT_FOUND;
    }
    owner_finish(owner);
    feed_one(owner, function, input);
    godwit_status_t status = GODWIT_OVERLOAD;
    if (owner->slots_used > 0) {
        owner_close_transaction(owner);
        status = first_refusal(&owner->slots[0], detail);
    }
    owner_finish(owner);
    return status;
}

godwit_status_t owner_call(owner_t *owner, godwit_function_t function, owner_call_t *call, void *context)
{
    if (!owner_has_role(owner, function)) {
        return GODWIT_NOT_FOUND;
    }
    owner_finish(owner);
    slot_t *slot = &owner->slots[0];
    godwit_outbox_reset(&slot->outbox);
    slot->function = function;
    slot->request = NULL;
    godwit_status_t status = call(owner->roles[function].role, context, owner->config.now_ms(), &slot->outbox);
    if (status == GODWIT_OK && !slot->outbox.overflow) {
        owner_commit_slot(owner, slot);
        owner->slots_used++;
        owner_close_transaction(owner);
        status = slot->limit < slot->outbox.count ? GODWIT_STORE_FAILED : GODWIT_OK;
    } else {
        godwit_outbox_reset(&slot->outbox);
    }
    owner_finish(owner);
    return status == GODWIT_OK && slot->outbox.overflow ? GODWIT_OVERLOAD : status;
}

bool owner_set_timer(owner_t *owner, godwit_function_t function, uint32_t number, uint32_t delay_ms)
{
    return timers_set(owner->timers, (unsigned)function, number, owner->config.monotonic_ms() + delay_ms);
}

void owner_run_timers(owner_t *owner)
{
    unsigned function = 0;
    uint32_t number = 0;
    for (unsigned i = 0;
         i < OWNER_BATCH && timers_take(owner->timers, owner->config.monotonic_ms(), &function, &number); i++) {
        godwit_input_t input = {.kind = GODWIT_INPUT_TIMER, .timer = number};
        owner_feed(owner, (godwit_function_t)function, &input);
    }
}

uint64_t owner_wait(const owner_t *owner, uint64_t most)
{
    return timers_wait(owner->timers, owner->config.monotonic_ms(), most);
}

uint32_t owner_timers(const owner_t *owner)
{
    return timers_count(owner->timers);
}
