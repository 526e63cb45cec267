/* SPDX-License-Identifier: Apache-2.0
 *
 * See iwf_world.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_world.h"

#define CRYPTO &godwit_crypto_builtin
#define ALLOWED 0x0005u /* suites 1 and 3 */

iwf_world_t iw;

/* ---- the bare role ---- */

static void on_up(const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_iwf_up_begin(&iw.keys, in, out, &iw.up);
    if (iw.up.kind == GODWIT_IWF_UP_NEED) {
        return;
    }
    iw.acknowledged += iw.up.kind == GODWIT_IWF_UP_ACKNOWLEDGED;
    godwit_iwf_up_end(&iw.keys, in, &iw.up, out);
}

static void on_timer(const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    if (godwit_iwf_hold(&iw.keys, in, &imsi, out) == GODWIT_AGAIN) {
        return;
    }
    const godwit_status_t status = godwit_iwf_begin(&iw.keys, &iw.begin.node, &iw.begin, in->now_ms, out);
    godwit_iwf_release(&iw.keys, out);
    godwit_outbox_event(out, "begun", status, &imsi, NULL);
}

/* The payload is protected and sent by T5. */
static void on_submit(const godwit_input_t *in, godwit_outbox_t *out)
{
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    godwit_iwf_container_t container = {0};
    godwit_a3_message_t message = {.type = GODWIT_A3_TRIGGER};
    message.trigger.action = GODWIT_A3_TRIGGERING;
    message.trigger.acknowledge = true;
    message.trigger.reference = 7;
    message.trigger.payload_len = (uint8_t)in->datagram.len;
    memcpy(message.trigger.payload, in->datagram.ptr, in->datagram.len);
    if (godwit_iwf_hold(&iw.keys, in, &imsi, out) == GODWIT_AGAIN) {
        return;
    }
    const godwit_status_t status = godwit_iwf_protect(&iw.keys, &message, &container);
    godwit_iwf_release(&iw.keys, out);
    if (status == GODWIT_OK) {
        godwit_iwf_send(&iw.keys, &imsi, &iw.begin, godwit_slice(container.octets, container.len), out);
    }
    godwit_outbox_event(out, "protected", status, &imsi, NULL);
}

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    (void)role;
    if (in->fetch_status == GODWIT_AGAIN) {
        godwit_iwf_forget(&iw.keys);
    }
    if (in->kind == GODWIT_INPUT_TIMER && godwit_iwf_is_keys_timer(in->timer)) {
        godwit_iwf_on_keys_timer(&iw.keys, in, out);
    } else if (in->kind == GODWIT_INPUT_TIMER) {
        on_timer(in, out);
    } else if (in->kind == GODWIT_INPUT_SUBMIT) {
        on_submit(in, out);
    } else if (in->kind == GODWIT_INPUT_MESSAGE && godwit_iwf_is_key_answer(in->message)) {
        godwit_iwf_on_key_answer(&iw.keys, in, out);
    } else if (in->kind == GODWIT_INPUT_MESSAGE || in->kind == GODWIT_INPUT_DATAGRAM) {
        on_up(in, out);
    }
}

static void node(godwit_trigger_node_t *n)
{
    n->function = GODWIT_FUNCTION_MME;
    strcpy(n->host, "mme.visited.test");
    strcpy(n->realm, "visited.test");
}

void iwf_world_config(const godwit_iwf_keys_config_t *config)
{
    assert_int_equal(godwit_iwf_keys_init(&iw.keys, CRYPTO, config, IWF_HOST, "home.test", "88210"), GODWIT_OK);
}

void iwf_world_aka(uint8_t octet, godwit_iwf_root_t kind)
{
    memset(iw.root, octet, sizeof iw.root);
    memset(iw.root_name, octet ^ 0xff, sizeof iw.root_name);
    iw.kind = kind;
}

int iwf_world_setup(void **state)
{
    (void)state;
    memset(&iw, 0, sizeof iw);
    owner_init(&iw.owner, step, NULL);
    iwf_world_config(&(godwit_iwf_keys_config_t){.key_from = GODWIT_IWF_KEY_FROM_HSS});
    iw.begin.kind = GODWIT_IWF_WAY_T5;
    node(&iw.begin.node);
    iw.named[0] = iw.begin.node;
    iw.named_count = 1;
    iwf_world_aka(0x11, GODWIT_IWF_ROOT_FLAGGED);
    return 0;
}

godwit_association_record_t *iwf_record(void)
{
    godwit_record_key_t key = {.kind = GODWIT_RECORD_ASSOCIATION, .imsi = owner_imsi(IWF_IMSI)};
    godwit_record_t *record = owner_find(&iw.owner, &key);
    return record != NULL ? &record->u.association : NULL;
}

/* ---- the serving node, and the HSS that names it ---- */

static godwit_message_t answer_to(const godwit_message_t *asked, godwit_message_kind_t kind)
{
    godwit_message_t m = {.kind = kind, .from = asked->to, .to = asked->from, .transaction = asked->transaction};
    m.hop = GODWIT_HOP_TLS;
    (void)snprintf(m.origin_host, sizeof m.origin_host, "%s",
                   kind == GODWIT_IWF_KEY_ANSWER ? asked->u.iwf_key_request.to.host : "hss.home.test");
    return m;
}

godwit_message_t iwf_t5_up(godwit_t5_up_kind_t kind)
{
    godwit_message_t m = {.kind = GODWIT_T5_UP, .from = GODWIT_FUNCTION_MME, .to = GODWIT_FUNCTION_MTC_IWF};
    m.hop = GODWIT_HOP_TLS;
    m.transaction = 31;
    m.route = 5;
    strcpy(m.origin_host, "mme.visited.test");
    strcpy(m.origin_realm, "visited.test");
    m.u.t5_up.imsi = owner_imsi(IWF_IMSI);
    m.u.t5_up.kind = kind;
    m.u.t5_up.new_root = kind != GODWIT_T5_FROM_DEVICE;
    memcpy(m.u.t5_up.root_name, iw.root_name, sizeof iw.root_name);
    return m;
}

void iwf_name(const godwit_message_t *up)
{
    godwit_trigger_node_t node = {.function = (uint8_t)up->from};
    memcpy(node.host, up->origin_host, sizeof node.host);
    memcpy(node.realm, up->origin_realm, sizeof node.realm);
    uint8_t kept = 1;
    for (uint8_t i = 0; i < iw.named_count && kept < GODWIT_SERVING_NODES_MAX; i++) {
        if (iw.named[i].function != node.function) {
            iw.named[kept++] = iw.named[i];
        }
    }
    iw.named[0] = node;
    iw.named_count = kept;
}

bool iwf_located(void)
{
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        if (r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == GODWIT_SUBSCRIBER_INFO_REQUEST &&
            r->message->u.subscriber_info_request.key == GODWIT_IWF_KEY_NOT_WANTED) {
            godwit_message_t m = answer_to(r->message, GODWIT_SUBSCRIBER_INFO_ANSWER);
            m.u.subscriber_info_answer.imsi = r->message->u.subscriber_info_request.imsi;
            m.u.subscriber_info_answer.nodes = iw.named_count;
            memcpy(m.u.subscriber_info_answer.node, iw.named, sizeof iw.named);
            owner_give_message(&iw.owner, &m);
            return true;
        }
    }
    return false;
}

void iwf_t5(const godwit_message_t *up)
{
    owner_give_message(&iw.owner, up);
    (void)iwf_located();
}

void iwf_registered(void)
{
    const godwit_message_t m = iwf_t5_up(GODWIT_T5_REGISTERED);
    iwf_name(&m);
    owner_give_message(&iw.owner, &m);
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_UP_ANSWER, 0)->u.t5_up_answer.status, GODWIT_OK);
    (void)iwf_located();
}

void iwf_securing(void)
{
    const godwit_message_t m = iwf_t5_up(GODWIT_T5_SECURING);
    iwf_t5(&m);
}

void iwf_from_device(const godwit_iwf_container_t *container)
{
    godwit_message_t m = iwf_t5_up(GODWIT_T5_FROM_DEVICE);
    m.u.t5_up.container_len = container->len;
    memcpy(m.u.t5_up.container, container->octets, container->len);
    iwf_t5(&m);
}

/* ---- who gives keys ---- */

static void k_iwf(uint32_t number, uint8_t key[32])
{
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    assert_int_equal(godwit_k_iwf(CRYPTO, iw.root, godwit_slice_of_string(IWF_HOST), &imsi, number, key), GODWIT_OK);
}

static void key_of(godwit_iwf_key_t *key, uint32_t number, bool is_root)
{
    key->root = iw.kind;
    memcpy(key->root_name, iw.root_name, sizeof key->root_name);
    key->association = number;
    key->is_root = is_root;
    memcpy(key->key, iw.root, sizeof key->key);
    if (!is_root) {
        k_iwf(number, key->key);
    }
}

godwit_message_t iwf_hss_answer(void)
{
    const godwit_message_t *asked = owner_message(&iw.owner, GODWIT_SUBSCRIBER_INFO_REQUEST, 0);
    const godwit_subscriber_info_request_t *r = &asked->u.subscriber_info_request;
    godwit_message_t m = answer_to(asked, GODWIT_SUBSCRIBER_INFO_ANSWER);
    assert_string_equal(asked->origin_host, IWF_HOST);
    m.u.subscriber_info_answer.imsi = r->imsi;
    key_of(&m.u.subscriber_info_answer.key, r->association_above + 1, r->key == GODWIT_IWF_KEY_ROOT);
    return m;
}

godwit_message_t iwf_node_answer(godwit_function_t who)
{
    const godwit_message_t *asked = owner_message(&iw.owner, GODWIT_IWF_KEY_REQUEST, 0);
    assert_int_equal(asked->to, who);
    assert_int_equal(asked->u.iwf_key_request.to.function, who);
    assert_string_equal(asked->u.iwf_key_request.iwf, IWF_HOST);
    godwit_message_t m = answer_to(asked, GODWIT_IWF_KEY_ANSWER);
    key_of(&m.u.iwf_key_answer.key, asked->u.iwf_key_request.association, false);
    return m;
}

void iwf_give(const godwit_message_t *answer)
{
    owner_give_message(&iw.owner, answer);
}

/* ---- the device ---- */

size_t iwf_datagrams_down(void)
{
    size_t octets = 0;
    for (size_t i = 0; i < owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM); i++) {
        octets += owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, i)->octets.len;
    }
    return octets;
}

void iwf_open_command(godwit_slice_t octets)
{
    godwit_a3_command_t command;
    godwit_a3_opened_t opened;
    assert_int_equal(godwit_a3_command_peek(octets, &command), GODWIT_OK);
    assert_memory_equal(command.root_name, iw.root_name, sizeof iw.root_name);
    assert_int_equal(command.root, iw.kind);
    k_iwf(command.association, iw.k_iwf);
    const godwit_a3_key_t key = {.k_iwf = iw.k_iwf, .association = command.association, .suite = 1};
    assert_int_equal(godwit_a3_open(CRYPTO, &key, true, octets, &opened), GODWIT_OK);
    iw.number = command.association;
    iw.count = 0;
    iw.suite = godwit_a3_choose(&command, ALLOWED);
    iw.command.len = (uint8_t)octets.len;
    memcpy(iw.command.octets, octets.ptr, octets.len);
}

void iwf_take_command(void)
{
    const godwit_t5_down_t *down = &owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down;
    assert_int_equal(down->kind, GODWIT_T5_CONTAINER);
    assert_string_equal(down->to.host, "mme.visited.test");
    iwf_open_command(godwit_slice(down->container, down->container_len));
}

static godwit_iwf_container_t say_with(const godwit_a3_message_t *message, uint8_t suite, uint32_t count)
{
    godwit_iwf_container_t c = {0};
    const godwit_a3_key_t key = {.k_iwf = iw.k_iwf, .association = iw.number, .suite = suite};
    godwit_writer_t w = godwit_writer(c.octets, sizeof c.octets);
    assert_int_equal(godwit_a3_protect(CRYPTO, &key, count, message, &w), GODWIT_OK);
    c.len = (uint8_t)w.len;
    return c;
}

godwit_iwf_container_t iwf_complete(uint8_t suite, uint16_t allowed)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_COMPLETE};
    m.complete.suite = suite;
    m.complete.device_suites = allowed;
    assert_int_equal(godwit_a3_digest(CRYPTO, godwit_slice(iw.command.octets, iw.command.len), m.complete.command),
                     GODWIT_OK);
    iw.count = 1;
    return say_with(&m, suite, 0);
}

godwit_iwf_container_t iwf_say(const godwit_a3_message_t *message)
{
    return say_with(message, iw.suite, iw.count++);
}

godwit_iwf_container_t iwf_hint(godwit_a3_reason_t reason)
{
    godwit_iwf_container_t c = {0};
    godwit_a3_message_t m = {.type = GODWIT_A3_REJECT};
    m.reject.reason = reason;
    m.reject.root = iw.kind;
    memcpy(m.reject.root_name, iw.root_name, sizeof m.reject.root_name);
    if (reason != GODWIT_A3_NO_ASSOCIATION) {
        assert_int_equal(godwit_a3_digest(CRYPTO, godwit_slice(iw.command.octets, iw.command.len), m.reject.command),
                         GODWIT_OK);
    }
    godwit_writer_t w = godwit_writer(c.octets, sizeof c.octets);
    assert_int_equal(godwit_a3_unprotected_build(&m, &w), GODWIT_OK);
    c.len = (uint8_t)w.len;
    return c;
}

void iwf_datagram(const godwit_address_t *from, const godwit_iwf_container_t *container)
{
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    iwf_datagram_of(&imsi, from, container, NULL);
}

void iwf_take_cookie(const godwit_address_t *from, const godwit_iwf_container_t *container,
                     uint8_t cookie[GODWIT_A3_COOKIE])
{
    godwit_a3_cookie_answer_t answer;
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 1);
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_MESSAGE), 0);
    const godwit_request_t *down = owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_int_equal(down->port, GODWIT_PORT_A3);
    assert_true(godwit_address_equal(&down->to, from));
    assert_int_equal(godwit_a3_cookie_answer_parse(down->octets, &answer), GODWIT_OK);
    assert_memory_equal(answer.echo, container->octets + container->len - GODWIT_A3_ECHO, GODWIT_A3_ECHO);
    memcpy(cookie, answer.cookie, GODWIT_A3_COOKIE);
}

void iwf_datagram_twice(const godwit_address_t *from, const godwit_iwf_container_t *container)
{
    uint8_t cookie[GODWIT_A3_COOKIE];
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    iwf_datagram(from, container);
    iwf_take_cookie(from, container, cookie);
    iwf_datagram_of(&imsi, from, container, cookie);
}

void iwf_datagram_of(const godwit_imsi_t *imsi, const godwit_address_t *from, const godwit_iwf_container_t *container,
                     const uint8_t *cookie)
{
    uint8_t message[GODWIT_A3_DATAGRAM_MAX], octets[GODWIT_A3_DATAGRAM_MAX];
    godwit_writer_t m = godwit_writer(message, sizeof message), w = godwit_writer(octets, sizeof octets);
    if (cookie != NULL) {
        godwit_a3_cookie_put(cookie, &m);
    }
    godwit_put(&m, container->octets, container->len);
    assert_int_equal(godwit_a3_datagram_build(imsi, godwit_written(&m), &w), GODWIT_OK);
    iw.came += w.len;
    owner_give(&iw.owner, &(godwit_input_t){.kind = GODWIT_INPUT_DATAGRAM,
                                            .port = GODWIT_PORT_A3,
                                            .from = *from,
                                            .datagram = godwit_written(&w)});
    iw.went += iwf_datagrams_down();
}

void iwf_associate(void)
{
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const godwit_iwf_container_t complete = iwf_complete(iw.suite, ALLOWED);
    iwf_from_device(&complete);
    assert_true(owner_saw(&iw.owner, "associated", GODWIT_OK));
}

godwit_status_t iwf_device_opens(godwit_slice_t octets, godwit_a3_opened_t *opened)
{
    const godwit_a3_key_t key = {.k_iwf = iw.k_iwf, .association = iw.number, .suite = iw.suite};
    return godwit_a3_open(CRYPTO, &key, true, octets, opened);
}
