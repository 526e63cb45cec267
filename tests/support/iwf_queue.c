/* SPDX-License-Identifier: Apache-2.0
 *
 * See iwf_queue.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_queue.h"

static const uint8_t drawn[GODWIT_TRIGGER_RANDOM] = {0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};

iwq_t iwq;

/* ---- the MTC-IWF and its owner ---- */

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_mtc_iwf_step(role, in, out);
}

static void start(void)
{
    iwq.owner.now_ms += 5000; /* it takes a while */
    assert_int_equal(godwit_mtc_iwf_init(&iwq.role, &iwq.config), GODWIT_OK);
    memset(iwq.timers, 0, sizeof iwq.timers);
    iwq.timers[0] = (iwq_timer_t){.runs = true, .at_ms = iwq.owner.now_ms + 1};
}

void iwq_restart(void)
{
    iwq.on_wire = 0;
    start();
}

int iwq_setup(void **state)
{
    (void)state;
    memset(&iwq, 0, sizeof iwq);
    owner_init(&iwq.owner, step, &iwq.role);
    iwq.config.crypto = &godwit_crypto_builtin;
    iwq.config.protect = GODWIT_IWF_PROTECT_HOP;
    strcpy(iwq.config.local_host, IWQ_HOST);
    strcpy(iwq.config.local_realm, "home.test");
    iwq.config.source[0].function = GODWIT_FUNCTION_SCS;
    strcpy(iwq.config.source[0].name, IWQ_SCS);
    iwq.config.sources = 1;
    iwq.config.device_per_minute = 1000;
    iwq.reachable = true;
    start();
    return 0;
}

/* ---- the others ---- */

static godwit_imsi_t imsi_of(unsigned device)
{
    char digits[GODWIT_IMSI_DIGITS_MAX + 1];
    (void)snprintf(digits, sizeof digits, "00101%010u", device + 1);
    return owner_imsi(digits);
}

static godwit_message_t *reply(const godwit_message_t *request, godwit_message_kind_t kind)
{
    assert_true(iwq.on_wire < IWQ_WIRE);
    godwit_message_t *message = &iwq.wire[iwq.on_wire++];
    memset(message, 0, sizeof *message);
    message->kind = kind;
    message->from = request->to;
    message->to = GODWIT_FUNCTION_MTC_IWF;
    message->hop = GODWIT_HOP_TLS;
    message->transaction = request->transaction;
    (void)snprintf(message->origin_host, sizeof message->origin_host, "%s",
                   kind == GODWIT_T5_DOWN_ANSWER      ? request->u.t5_down.to.host
                   : kind == GODWIT_T4_TRIGGER_ANSWER ? iwq.config.sms_sc_host
                                                      : "");
    return message;
}

/* ---- devices of case 2 ---- */

static void root_of(unsigned device, uint8_t root[32], uint8_t rand[16])
{
    memset(root, (int)(0x20 + device), 32);
    memset(rand, (int)(0x40 + device), 16);
}

static unsigned device_of(const godwit_imsi_t *imsi)
{
    for (unsigned i = 0; i < IWQ_DEVICES; i++) {
        const godwit_imsi_t one = imsi_of(i);
        if (godwit_imsi_equal(&one, imsi)) {
            return i;
        }
    }
    fail_msg("no such device");
    return 0;
}

static void give_key(const godwit_subscriber_info_request_t *asked, godwit_iwf_key_t *key)
{
    const unsigned number = device_of(&asked->imsi);
    iwq_device_t *device = &iwq.devices[number];
    uint8_t root[32], rand[16];
    root_of(number, root, rand);
    device->number = (asked->association_above > device->number ? asked->association_above : device->number) + 1;
    key->root = GODWIT_IWF_ROOT_FLAGGED;
    key->association = device->number;
    assert_int_equal(godwit_iwf_root_name(&godwit_crypto_builtin, rand, key->root_name), GODWIT_OK);
    assert_int_equal(godwit_k_iwf(&godwit_crypto_builtin, root, godwit_slice_of_string(IWQ_HOST), &asked->imsi,
                                  key->association, key->key),
                     GODWIT_OK);
}

static void send_up(unsigned number, godwit_slice_t octets)
{
    assert_true(iwq.on_wire < IWQ_WIRE);
    godwit_message_t *m = &iwq.wire[iwq.on_wire++];
    memset(m, 0, sizeof *m);
    m->kind = GODWIT_T5_UP;
    m->from = GODWIT_FUNCTION_MME;
    m->to = GODWIT_FUNCTION_MTC_IWF;
    m->hop = GODWIT_HOP_TLS;
    strcpy(m->origin_host, IWQ_MME);
    m->u.t5_up.imsi = imsi_of(number);
    m->u.t5_up.kind = GODWIT_T5_FROM_DEVICE;
    m->u.t5_up.container_len = (uint8_t)octets.len;
    memcpy(m->u.t5_up.container, octets.ptr, octets.len);
}

/* As it is on its way; the answers come while the owner's requests are carried out, so it waits. */
static void send_datagram(unsigned number, godwit_slice_t octets)
{
    const godwit_imsi_t imsi = imsi_of(number);
    godwit_writer_t w = godwit_writer(iwq.datagram, sizeof iwq.datagram);
    assert_int_equal(iwq.datagram_len, 0);
    assert_int_equal(godwit_a3_datagram_build(&imsi, octets, &w), GODWIT_OK);
    iwq.datagram_len = w.len;
}

static void act(const godwit_trigger_delivery_t *delivery)
{
    uint32_t reference = 0;
    memcpy(&reference, delivery->payload.ptr, sizeof reference);
    assert_true(reference < IWQ_REFERENCES && iwq.deliveries < IWQ_REFERENCES);
    assert_true(delivery->protected && delivery->proved);
    iwq.delivered[reference]++;
    iwq.order[iwq.deliveries++] = reference;
}

static void carry_out(unsigned number, const godwit_trigger_requests_t *requests)
{
    uint32_t done = 0;
    iwq_device_t *device = &iwq.devices[number];
    for (size_t i = 0; i < requests->count; i++) {
        if (requests->item[i].kind == GODWIT_TRIGGER_SEND && requests->item[i].via == GODWIT_TRIGGER_VIA_A3) {
            send_datagram(number, requests->item[i].octets);
        } else if (requests->item[i].kind == GODWIT_TRIGGER_SEND) {
            send_up(number, requests->item[i].octets);
        } else if (requests->item[i].kind == GODWIT_TRIGGER_DELIVER) {
            act(&requests->item[i].delivery);
            done = requests->item[i].delivery.reference;
            device->with_application = done;
        }
    }
    if (done != 0 && !device->slow) {
        iwq_done(number, GODWIT_A3_DELIVERED);
    }
}

void iwq_done(unsigned number, godwit_a3_outcome_t outcome)
{
    iwq_device_t *device = &iwq.devices[number];
    godwit_trigger_requests_t requests = {.count = 0};
    assert_int_equal(godwit_trigger_done(&device->trigger, device->with_application, outcome, &requests), GODWIT_OK);
    carry_out(number, &requests);
}

static void receive(unsigned number, godwit_slice_t octets, godwit_trigger_via_t via)
{
    const godwit_trigger_now_t now = {.up_ms = iwq.owner.now_ms, .unix_s = (uint32_t)(iwq.owner.now_ms / 1000)};
    godwit_trigger_requests_t requests = {.count = 0};
    assert_int_equal(godwit_trigger_receive(&iwq.devices[number].trigger, octets, via, now, &requests), GODWIT_OK);
    carry_out(number, &requests);
}

int iwq_setup_associations(void **state)
{
    iwq_setup(state);
    iwq.config.protect = GODWIT_IWF_PROTECT_ASSOCIATION;
    iwq.config.keys.key_from = GODWIT_IWF_KEY_FROM_HSS;
    iwq_restart();
    for (unsigned i = 0; i < IWQ_DEVICES; i++) {
        godwit_trigger_requests_t requests = {.count = 0};
        const godwit_trigger_config_t config = {
            .crypto = &godwit_crypto_builtin, .imsi = imsi_of(i), .iwf = godwit_slice_of_string(IWQ_HOST)};
        uint8_t root[32], rand[16];
        root_of(i, root, rand);
        assert_int_equal(godwit_trigger_init(&iwq.devices[i].trigger, &config), GODWIT_OK);
        assert_int_equal(godwit_trigger_root(&iwq.devices[i].trigger, GODWIT_IWF_ROOT_FLAGGED, root, rand, &requests),
                         GODWIT_OK);
    }
    return 0;
}

/* The device's end of case 1: what it has seen it does not act on again. */
static void device(const godwit_t5_down_t *down)
{
    godwit_a3_message_t message;
    uint32_t reference = 0;
    assert_int_equal(godwit_a3_unprotected_parse(true, godwit_slice(down->container, down->container_len), &message),
                     GODWIT_OK);
    iwq.last = message.trigger;
    for (size_t i = 0; i < iwq.seen_count; i++) {
        if (iwq.seen[i] == message.trigger.reference) {
            return;
        }
    }
    assert_true(iwq.seen_count < IWQ_SEEN);
    iwq.seen[iwq.seen_count++] = message.trigger.reference;
    memcpy(&reference, message.trigger.payload, sizeof reference);
    if (message.trigger.action == GODWIT_A3_RECALL) {
        return;
    }
    assert_true(reference < IWQ_REFERENCES && iwq.deliveries < IWQ_REFERENCES);
    iwq.delivered[reference]++;
    iwq.order[iwq.deliveries++] = reference;
}

static void hss(const godwit_message_t *request)
{
    const godwit_subscriber_info_request_t *asked = &request->u.subscriber_info_request;
    iwq.asked_hss++;
    if (iwq.hss_silent) {
        return;
    }
    godwit_subscriber_info_answer_t *answer = &reply(request, GODWIT_SUBSCRIBER_INFO_ANSWER)->u.subscriber_info_answer;
    answer->status = iwq.hss_status;
    if (asked->imsi.len > 0) {
        answer->imsi = asked->imsi;
    } else { /* d0@water.test, by one digit */
        answer->imsi = imsi_of((unsigned)(asked->device.external_id[1] - '0') % 10);
    }
    if (asked->key != GODWIT_IWF_KEY_NOT_WANTED) {
        give_key(asked, &answer->key);
    }
    answer->nodes = 1;
    answer->node[0].function = GODWIT_FUNCTION_MME;
    strcpy(answer->node[0].host, IWQ_MME);
}

/* A silent node keeps what it was given. */
static void keep(const godwit_t5_down_t *down)
{
    iwq_device_t *device = &iwq.devices[device_of(&down->imsi)];
    if (device->last_len == 0) {
        device->last_len = down->container_len;
        memcpy(device->last, down->container, sizeof device->last);
    }
}

void iwq_say_again(unsigned number)
{
    receive(number, godwit_slice(iwq.devices[number].last, iwq.devices[number].last_len), GODWIT_TRIGGER_VIA_NAS);
    iwq_run(1);
}

void iwq_poll(unsigned number)
{
    godwit_trigger_requests_t requests = {.count = 0};
    assert_int_equal(godwit_trigger_poll(&iwq.devices[number].trigger, drawn, &requests), GODWIT_OK);
    carry_out(number, &requests);
    iwq_run(0);
}

static void node(const godwit_message_t *request)
{
    iwq.t5_downs++;
    if (iwq.node_silent) {
        keep(&request->u.t5_down);
        return;
    }
    godwit_message_t *answer = reply(request, GODWIT_T5_DOWN_ANSWER);
    assert_string_equal(request->u.t5_down.to.host, IWQ_MME);
    if (iwq.reachable) {
        if (iwq.config.protect == GODWIT_IWF_PROTECT_HOP) {
            device(&request->u.t5_down);
        } else {
            receive(device_of(&request->u.t5_down.imsi),
                    godwit_slice(request->u.t5_down.container, request->u.t5_down.container_len),
                    GODWIT_TRIGGER_VIA_NAS);
        }
        answer->u.outcome = iwq.vanishes ? GODWIT_UNKNOWN_SESSION : GODWIT_OK;
    } else {
        iwq.refused++;
        answer->u.outcome = GODWIT_AGAIN;
    }
}

static void sms_sc(const godwit_message_t *request)
{
    if (request->u.t4_trigger.action == 0) {
        iwq.queued++;
        iwq.queued_reference = request->u.t4_trigger.reference;
    }
    reply(request, GODWIT_T4_TRIGGER_ANSWER)->u.outcome =
        request->u.t4_trigger.action == 0 ? GODWIT_OK : GODWIT_NOT_FOUND;
}

static void scs(const godwit_message_t *message)
{
    if (message->kind == GODWIT_DEVICE_ACTION_ANSWER) {
        iwq.status = message->u.device_action_answer.status;
        iwq.status_of = message->u.device_action_answer.reference;
        return;
    }
    const godwit_device_notification_t *n = &message->u.device_notification;
    assert_true(n->reference < IWQ_REFERENCES);
    assert_true(iwq.reports[n->reference] == 0 || iwq.outcome[n->reference] == n->outcome);
    assert_string_equal(n->to.host, n->scs);
    iwq.reports[n->reference]++;
    iwq.outcome[n->reference] = n->outcome;
    if (!iwq.scs_silent && (iwq.silent_source == NULL || strcmp(iwq.silent_source, n->scs) != 0)) {
        reply(message, GODWIT_DEVICE_NOTIFICATION_ANSWER)->u.outcome = GODWIT_OK;
    }
}

static void carry(const godwit_message_t *message)
{
    switch (message->to) {
    case GODWIT_FUNCTION_HSS:
        hss(message);
        break;
    case GODWIT_FUNCTION_MME:
        if (message->kind == GODWIT_T5_DOWN) {
            node(message);
        }
        break;
    case GODWIT_FUNCTION_SMS_SC:
        if (message->kind == GODWIT_T4_TRIGGER) {
            sms_sc(message);
        }
        break;
    default:
        scs(message);
        break;
    }
}

void iwq_collect(void)
{
    bool committed = false;
    for (size_t i = 0; i < iwq.owner.outbox.count; i++) {
        const godwit_request_t *request = &iwq.owner.requests[i];
        committed = committed || request->kind == GODWIT_REQUEST_STORE_COMMIT;
        if (request->kind == GODWIT_REQUEST_TIMER) {
            assert_true(request->timer < IWQ_TIMERS);
            iwq.timers[request->timer] = (iwq_timer_t){request->delay_ms > 0, iwq.owner.now_ms + request->delay_ms};
        } else if (request->kind == GODWIT_REQUEST_DATAGRAM) {
            receive(request->to.octets[3], request->octets, GODWIT_TRIGGER_VIA_A3);
        } else if (request->kind == GODWIT_REQUEST_MESSAGE) {
            iwq.committed_before_answer =
                request->message->kind == GODWIT_DEVICE_ACTION_ANSWER ? committed : iwq.committed_before_answer;
            carry(request->message);
        }
    }
    if (iwq.owner.power_went) {
        iwq.owner.power_went = false;
        iwq.power_cuts++;
        start();
    }
}

static void give(const godwit_message_t *message)
{
    owner_give_message(&iwq.owner, message);
    iwq_collect();
}

static void drain_datagrams(void)
{
    while (iwq.datagram_len > 0) {
        uint8_t octets[GODWIT_A3_DATAGRAM_MAX];
        const godwit_address_t from = owner_address(0);
        godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_A3, .from = from};
        memcpy(octets, iwq.datagram, sizeof octets);
        in.datagram = godwit_slice(octets, iwq.datagram_len);
        iwq.datagram_len = 0;
        owner_give(&iwq.owner, &in);
        iwq_collect();
    }
}

static void drain(void)
{
    drain_datagrams();
    while (iwq.on_wire > 0) {
        const godwit_message_t message = iwq.wire[0];
        memmove(&iwq.wire[0], &iwq.wire[1], --iwq.on_wire * sizeof iwq.wire[0]);
        give(&message);
        drain_datagrams();
    }
}

void iwq_run(unsigned seconds)
{
    iwq_run_ms(UINT64_C(1000) * seconds);
}

void iwq_run_ms(uint64_t ms)
{
    const uint64_t until_ms = iwq.owner.now_ms + ms;
    for (;;) {
        size_t first = IWQ_TIMERS;
        drain();
        for (size_t i = 0; i < IWQ_TIMERS; i++) {
            if (iwq.timers[i].runs && (first == IWQ_TIMERS || iwq.timers[i].at_ms < iwq.timers[first].at_ms)) {
                first = i;
            }
        }
        if (first == IWQ_TIMERS || iwq.timers[first].at_ms > until_ms) {
            break;
        }
        iwq.owner.now_ms = iwq.timers[first].at_ms > iwq.owner.now_ms ? iwq.timers[first].at_ms : iwq.owner.now_ms;
        iwq.timers[first].runs = false;
        owner_give_timer(&iwq.owner, (uint32_t)first);
        iwq_collect();
    }
    iwq.owner.now_ms = until_ms;
}

/* ---- what tests say ---- */

iwq_action_t iwq_action(uint32_t reference)
{
    iwq_action_t a;
    memset(&a, 0, sizeof a);
    a.message.kind = GODWIT_DEVICE_ACTION;
    a.message.from = GODWIT_FUNCTION_SCS;
    a.message.to = GODWIT_FUNCTION_MTC_IWF;
    a.message.transaction = 1000 + reference;
    a.message.hop = GODWIT_HOP_TLS;
    strcpy(a.message.origin_host, IWQ_SCS);
    godwit_device_action_t *action = &a.message.u.device_action;
    (void)snprintf(action->device.external_id, sizeof action->device.external_id, "d%u@water.test", iwq.device);
    strcpy(action->scs, IWQ_SCS);
    action->reference = reference;
    action->action = GODWIT_ACTION_TRIGGER;
    action->payload_len = GODWIT_TRIGGER_PAYLOAD_MAX;
    memcpy(action->payload, &reference, sizeof reference);
    action->port = 77;
    return a;
}

iwq_action_t iwq_recall(uint32_t reference, uint32_t old_reference)
{
    iwq_action_t a = iwq_action(reference);
    a.message.u.device_action.action = GODWIT_ACTION_RECALL;
    a.message.u.device_action.old_reference = old_reference;
    a.message.u.device_action.payload_len = 0;
    return a;
}

iwq_action_t iwq_replace(uint32_t reference, uint32_t old_reference)
{
    iwq_action_t a = iwq_action(reference);
    a.message.u.device_action.action = GODWIT_ACTION_REPLACE;
    a.message.u.device_action.old_reference = old_reference;
    return a;
}

godwit_request_status_t iwq_give(const iwq_action_t *action)
{
    iwq.status = (godwit_request_status_t)-1;
    give(&action->message);
    drain();
    return iwq.status;
}

godwit_request_status_t iwq_trigger(uint32_t reference)
{
    const iwq_action_t a = iwq_action(reference);
    return iwq_give(&a);
}

void iwq_registered(unsigned number)
{
    iwq_registered_at(number, IWQ_MME);
}

void iwq_registered_at(unsigned number, const char *host)
{
    godwit_message_t m = {.kind = GODWIT_T5_UP, .from = GODWIT_FUNCTION_MME, .to = GODWIT_FUNCTION_MTC_IWF};
    m.hop = GODWIT_HOP_TLS;
    m.transaction = 9;
    (void)snprintf(m.origin_host, sizeof m.origin_host, "%s", host);
    m.u.t5_up.imsi = imsi_of(number);
    m.u.t5_up.kind = GODWIT_T5_REGISTERED;
    give(&m);
    drain();
}

void iwq_t4_report(const char *host, godwit_t4_outcome_t outcome)
{
    godwit_message_t m = {.kind = GODWIT_T4_REPORT, .from = GODWIT_FUNCTION_SMS_SC, .to = GODWIT_FUNCTION_MTC_IWF};
    m.hop = iwq.report_openly ? GODWIT_HOP_OPEN : GODWIT_HOP_TLS;
    (void)snprintf(m.origin_host, sizeof m.origin_host, "%s", host);
    m.u.t4_report.imsi = imsi_of(iwq.device);
    m.u.t4_report.has_outcome = true;
    m.u.t4_report.outcome = outcome;
    m.u.t4_report.reference = iwq.queued_reference;
    give(&m);
    drain();
}

const godwit_trigger_record_t *iwq_record(uint32_t reference)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_TRIGGER, .session_id = reference};
    assert_int_equal(godwit_name_key(&godwit_crypto_builtin, IWQ_SCS, key.octets), GODWIT_OK);
    const godwit_record_t *record = owner_find(&iwq.owner, &key);
    return record != NULL ? &record->u.trigger : NULL;
}
