/* SPDX-License-Identifier: Apache-2.0
 *
 * The service centre as the end of T4: triggers that wait, their order, their validity, taken back and replaced, what
 * is reported of them, and what devices send to the MTC-IWF's number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "roles/sms_sc.h"
#include "tests/support/owner.h"

#include <string.h>

#define NUMBER "491710760000"
#define IWF_NUMBER "491710760001"
#define IMSI "001010123456789"
#define PORT GODWIT_A3_PORT

#define DEVICES 4
typedef struct centre {
    godwit_sms_sc_t sc;
    godwit_sms_sc_device_t devices[DEVICES];
    owner_t owner;
} centre_t;

static void step(void *role, const godwit_input_t *in, godwit_outbox_t *out)
{
    godwit_sms_sc_step(role, in, out);
}

static void setup(centre_t *c)
{
    const godwit_sms_sc_config_t config = {
        .local_host = "sc.example",
        .local_realm = "example",
        .number = NUMBER,
        .nodes = 2,
        .node = {{GODWIT_FUNCTION_MME, "mme.example"}, {GODWIT_FUNCTION_SGSN, "sgsn.example"}},
        .iwf_host = "iwf.example",
        .iwf_number = IWF_NUMBER};
    memset(c, 0, sizeof *c);
    assert_int_equal(godwit_sms_sc_init(&c->sc, &config, c->devices, DEVICES), GODWIT_OK);
    owner_init(&c->owner, step, &c->sc);
}

static godwit_message_t trigger(const char *imsi, uint32_t reference, const char *text)
{
    godwit_message_t m = {.kind = GODWIT_T4_TRIGGER, .from = GODWIT_FUNCTION_MTC_IWF, .transaction = 5, .route = 77};
    godwit_t4_trigger_t *t = &m.u.t4_trigger;
    m.hop = GODWIT_HOP_TLS;
    strcpy(m.origin_host, "iwf.example");
    t->imsi = owner_imsi(imsi);
    t->reference = reference;
    t->container_len = (uint8_t)strlen(text);
    memcpy(t->container, text, t->container_len);
    t->port = PORT;
    t->validity_s = 600;
    t->node.function = GODWIT_FUNCTION_MME;
    strcpy(t->node.host, "mme.example");
    strcpy(t->node.realm, "example");
    return m;
}

static void give(centre_t *c, const godwit_message_t *m, godwit_status_t outcome)
{
    owner_give_message(&c->owner, m);
    const godwit_message_t *answer = owner_message(&c->owner, GODWIT_T4_TRIGGER_ANSWER, 0);
    assert_int_equal(answer->u.outcome, outcome);
    assert_int_equal(answer->route, 77);
}

static size_t messages(const centre_t *c, godwit_message_kind_t kind)
{
    size_t count = 0;
    for (size_t i = 0; i < owner_count(&c->owner, GODWIT_REQUEST_MESSAGE); i++) {
        count += owner_request(&c->owner, GODWIT_REQUEST_MESSAGE, i)->message->kind == kind ? 1 : 0;
    }
    return count;
}

/* What goes to the device now. */
static const godwit_message_t *expect_down(const centre_t *c, const char *text)
{
    const godwit_message_t *down = owner_message(&c->owner, GODWIT_SHORT_MESSAGE_DOWN, 0);
    const godwit_short_message_t *m = &down->u.short_message;
    godwit_sms_deliver_t deliver;
    godwit_sms_ports_t ports;
    char number[GODWIT_E164_MAX + 1];
    assert_int_equal(godwit_sms_deliver_parse(godwit_slice(m->tpdu, m->tpdu_len), &deliver), GODWIT_OK);
    assert_int_equal(godwit_sms_address_to_text(&deliver.originator, number), GODWIT_OK);
    assert_string_equal(number, IWF_NUMBER);
    assert_string_equal(m->sc_address, NUMBER);
    assert_int_equal(godwit_sms_ports_get(&deliver.data, &ports), GODWIT_OK);
    assert_int_equal(ports.destination, PORT);
    assert_true(godwit_slice_equal(ports.payload, godwit_slice_of_string(text)));
    return down;
}

static void answer_down(centre_t *c, const godwit_message_t *down, godwit_status_t outcome)
{
    const godwit_message_t m = {
        .kind = GODWIT_SHORT_MESSAGE_DOWN_ANSWER, .transaction = down->transaction, .u.outcome = outcome};
    owner_give_message(&c->owner, &m);
}

static void expect_report(const centre_t *c, size_t nth, uint32_t reference, godwit_t4_outcome_t outcome)
{
    const godwit_message_t *report = owner_message(&c->owner, GODWIT_T4_REPORT, nth);
    assert_int_equal(report->to, GODWIT_FUNCTION_MTC_IWF);
    assert_string_equal(report->u.t4_report.to.host, "iwf.example");
    assert_true(report->u.t4_report.has_outcome);
    assert_int_equal(report->u.t4_report.reference, reference);
    assert_int_equal(report->u.t4_report.outcome, outcome);
}

static godwit_message_t submit(const char *number, uint16_t port, const char *text)
{
    godwit_message_t m = {.kind = GODWIT_SHORT_MESSAGE_UP, .from = GODWIT_FUNCTION_MME, .transaction = 6, .route = 78};
    godwit_sms_submit_t tpdu = {.reference = 1};
    uint8_t octets[GODWIT_SMS_USER_DATA_MAX];
    godwit_writer_t w = godwit_writer(m.u.short_message.tpdu, sizeof m.u.short_message.tpdu);
    strcpy(m.origin_host, "mme.example");
    strcpy(m.origin_realm, "example");
    m.u.short_message.imsi = owner_imsi(IMSI);
    strcpy(m.u.short_message.sc_address, NUMBER);
    assert_int_equal(godwit_sms_address_from_text(number, &tpdu.destination), GODWIT_OK);
    assert_int_equal(godwit_sms_ports_put(port, port, godwit_slice_of_string(text), octets, &tpdu.data), GODWIT_OK);
    assert_int_equal(godwit_sms_submit_build(&tpdu, &w), GODWIT_OK);
    m.u.short_message.tpdu_len = (uint8_t)w.len;
    return m;
}

/* ---- down ---- */

static void a_trigger_reaches_a_device_that_has_not_spoken(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = trigger(IMSI, 9, "wake");
    give(&c, &m, GODWIT_OK);
    const godwit_message_t *down = expect_down(&c, "wake");
    assert_int_equal(down->to, GODWIT_FUNCTION_MME);
    assert_string_equal(down->u.short_message.node_host, "mme.example");
    answer_down(&c, down, GODWIT_OK);
    expect_report(&c, 0, 9, GODWIT_T4_SUCCESS);
    assert_int_equal(c.devices[0].queue[0].len, 0);
}

static void it_waits_until_the_device_speaks_or_its_validity_ends(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = trigger(IMSI, 9, "wake");
    m.u.t4_trigger.node = (godwit_trigger_node_t){0};
    give(&c, &m, GODWIT_OK);
    assert_int_equal(messages(&c, GODWIT_SHORT_MESSAGE_DOWN), 0);
    assert_int_equal(owner_request(&c.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 600000);
    m = submit(NUMBER, GODWIT_SMS_PORT, "datagram");
    owner_give_message(&c.owner, &m);
    const godwit_message_t *down = expect_down(&c, "wake");
    /* Absent: tried so often, then more seldom, and never given up before its time. */
    for (unsigned i = 0; i < 6; i++) {
        answer_down(&c, down, GODWIT_UNKNOWN_SESSION);
        assert_int_equal(messages(&c, GODWIT_T4_REPORT), 0);
        uint32_t delay_ms = owner_request(&c.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms;
        assert_int_equal(delay_ms, i < 3 ? 30000 : i == 3 ? 300000 : 210000);
        c.owner.now_ms += delay_ms;
        owner_give_timer(&c.owner, 0);
        if (i == 4) {
            break;
        }
        down = expect_down(&c, "wake");
    }
    expect_report(&c, 0, 9, GODWIT_T4_EXPIRED);
    assert_int_equal(messages(&c, GODWIT_SHORT_MESSAGE_DOWN), 0);
    assert_int_equal(c.devices[0].queue[0].len, 0);
}

static void a_refusal_for_good_is_reported(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = trigger(IMSI, 9, "wake");
    give(&c, &m, GODWIT_OK);
    answer_down(&c, expect_down(&c, "wake"), GODWIT_MALFORMED);
    expect_report(&c, 0, 9, GODWIT_T4_ABSENT);
    assert_int_equal(c.devices[0].queue[0].len, 0);
}

static void priority_goes_first_and_what_is_on_its_way_stays(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = trigger(IMSI, 1, "one");
    give(&c, &m, GODWIT_OK);
    const godwit_message_t down = *expect_down(&c, "one");
    m = trigger(IMSI, 2, "two");
    give(&c, &m, GODWIT_OK);
    m = trigger(IMSI, 3, "three");
    m.u.t4_trigger.priority = true;
    give(&c, &m, GODWIT_OK);
    m = trigger(IMSI, 1, "one");
    give(&c, &m, GODWIT_OK); /* said again while it goes */
    answer_down(&c, &down, GODWIT_OK);
    expect_report(&c, 0, 1, GODWIT_T4_SUCCESS);
    answer_down(&c, expect_down(&c, "three"), GODWIT_OK);
    answer_down(&c, expect_down(&c, "two"), GODWIT_OK);
    expect_report(&c, 0, 2, GODWIT_T4_SUCCESS);
    assert_int_equal(messages(&c, GODWIT_SHORT_MESSAGE_DOWN), 0);
}

static void recall_and_replace_touch_what_waits_and_nothing_else(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = trigger(IMSI, 1, "one");
    give(&c, &m, GODWIT_OK);
    const godwit_message_t down = *expect_down(&c, "one");
    m = trigger(IMSI, 2, "two");
    give(&c, &m, GODWIT_OK);
    godwit_message_t back = trigger(IMSI, 3, "");
    back.u.t4_trigger.action = 1;
    back.u.t4_trigger.old_reference = 1;
    give(&c, &back, GODWIT_NOT_FOUND); /* it is on its way */
    back.u.t4_trigger.old_reference = 2;
    godwit_message_t stranger = back;
    strcpy(stranger.origin_host, "iwf.elsewhere");
    give(&c, &stranger, GODWIT_NOT_ENTITLED);
    give(&c, &back, GODWIT_OK);
    give(&c, &back, GODWIT_NOT_FOUND);
    m = trigger(IMSI, 4, "four");
    give(&c, &m, GODWIT_OK);
    godwit_message_t other = trigger(IMSI, 5, "five");
    other.u.t4_trigger.action = 2;
    other.u.t4_trigger.old_reference = 4;
    give(&c, &other, GODWIT_OK);
    give(&c, &other, GODWIT_NOT_FOUND);
    answer_down(&c, &down, GODWIT_OK);
    answer_down(&c, expect_down(&c, "five"), GODWIT_OK);
    expect_report(&c, 0, 5, GODWIT_T4_SUCCESS);
    assert_int_equal(messages(&c, GODWIT_SHORT_MESSAGE_DOWN), 0);
}

static void triggers_are_bounded_by_device_and_by_table_and_none_is_lost(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    for (uint32_t i = 0; i < 6; i++) {
        godwit_message_t m = trigger(IMSI, 1 + i, "wake");
        m.u.t4_trigger.node = (godwit_trigger_node_t){0};
        give(&c, &m, i < GODWIT_SMS_SC_EACH ? GODWIT_OK : GODWIT_OVERLOAD);
    }
    godwit_message_t m = trigger("001010000000001", 1, "wake");
    give(&c, &m, GODWIT_OK);
    m = trigger("001010000000002", 1, "wake");
    give(&c, &m, GODWIT_OVERLOAD); /* half of the table */
    char imsi[16] = "001010000000010";
    for (unsigned i = 0; i < 3 * DEVICES; i++) {
        m = submit(NUMBER, GODWIT_SMS_PORT, "datagram");
        imsi[14] = (char)('0' + i % 10);
        m.u.short_message.imsi = owner_imsi(imsi);
        owner_give_message(&c.owner, &m);
        assert_int_equal(owner_message(&c.owner, GODWIT_SHORT_MESSAGE_UP_ANSWER, 0)->u.outcome, GODWIT_OK);
    }
    assert_int_equal(c.devices[0].queue[3].reference, 4);
    assert_int_equal(c.devices[1].queue[0].reference, 1);
}

static void who_may_not_is_refused_and_what_cannot_be_read(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = trigger(IMSI, 9, "wake");
    strcpy(m.origin_host, "iwf.elsewhere");
    give(&c, &m, GODWIT_NOT_ENTITLED);
    m = trigger(IMSI, 9, "wake");
    strcpy(m.u.t4_trigger.node.host, "mme.elsewhere");
    give(&c, &m, GODWIT_NOT_ENTITLED);
    m = trigger(IMSI, 9, "wake");
    m.u.t4_trigger.node.function = GODWIT_FUNCTION_HSS;
    give(&c, &m, GODWIT_NOT_ENTITLED);
    m = trigger(IMSI, 9, "");
    give(&c, &m, GODWIT_MALFORMED);
    m = trigger(IMSI, 9, "wake");
    m.u.t4_trigger.action = 3;
    give(&c, &m, GODWIT_MALFORMED);
    m = trigger(IMSI, 9, "wake");
    m.u.t4_trigger.imsi.len = 0;
    give(&c, &m, GODWIT_MALFORMED);
    assert_false(c.devices[0].used);
    /* A node that is not in the table speaks for nobody. */
    m = submit(NUMBER, GODWIT_SMS_PORT, "datagram");
    strcpy(m.origin_host, "mme.elsewhere");
    owner_give_message(&c.owner, &m);
    assert_int_equal(owner_message(&c.owner, GODWIT_SHORT_MESSAGE_UP_ANSWER, 0)->u.outcome, GODWIT_NOT_ENTITLED);
    assert_false(c.devices[0].used);
    godwit_sms_sc_config_t config = c.sc.config;
    strcpy(config.iwf_number, config.number);
    assert_int_equal(godwit_sms_sc_init(&c.sc, &config, c.devices, DEVICES), GODWIT_INVALID_ARGUMENT);
}

/* ---- up ---- */

static void answer_report(centre_t *c, godwit_status_t outcome)
{
    const godwit_message_t m = {.kind = GODWIT_T4_REPORT_ANSWER,
                                .transaction = owner_message(&c->owner, GODWIT_T4_REPORT, 0)->transaction,
                                .u.outcome = outcome};
    owner_give_message(&c->owner, &m);
}

/* Anybody can say the MTC-IWF's name there: nothing is queued, and nothing taken back. */
static void an_open_hop_counts_only_where_that_is_accepted(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = trigger(IMSI, 1, "one"), recall = trigger(IMSI, 2, "");
    recall.u.t4_trigger.action = 1;
    recall.u.t4_trigger.old_reference = 1;
    recall.u.t4_trigger.node.host[0] = '\0';
    m.hop = recall.hop = GODWIT_HOP_OPEN;
    m.u.t4_trigger.node.host[0] = '\0'; /* it waits */
    give(&c, &m, GODWIT_NOT_ENTITLED);
    m.hop = GODWIT_HOP_NDS_IP;
    give(&c, &m, GODWIT_OK);
    give(&c, &recall, GODWIT_NOT_ENTITLED);
    c.sc.config.iwf_open = true;
    give(&c, &recall, GODWIT_OK);
}

static void a_container_goes_to_the_mtc_iwf_and_its_answer_back(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = submit(IWF_NUMBER, PORT, "ack");
    owner_give_message(&c.owner, &m);
    assert_int_equal(owner_count(&c.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_int_equal(messages(&c, GODWIT_SHORT_MESSAGE_UP_ANSWER), 0);
    const godwit_t4_report_t *report = &owner_message(&c.owner, GODWIT_T4_REPORT, 0)->u.t4_report;
    assert_false(report->has_outcome);
    assert_int_equal(report->container_len, 3);
    assert_memory_equal(report->container, "ack", 3);
    assert_string_equal(report->imsi.digits, IMSI);
    answer_report(&c, GODWIT_OVERLOAD);
    const godwit_message_t *answer = owner_message(&c.owner, GODWIT_SHORT_MESSAGE_UP_ANSWER, 0);
    assert_int_equal(answer->u.outcome, GODWIT_OVERLOAD);
    assert_int_equal(answer->route, 78);
    assert_int_equal(answer->transaction, 6);
    /* Of two at once the first is given up. */
    owner_give_message(&c.owner, &m);
    owner_give_message(&c.owner, &m);
    assert_int_equal(owner_message(&c.owner, GODWIT_SHORT_MESSAGE_UP_ANSWER, 0)->u.outcome, GODWIT_OVERLOAD);
    answer_report(&c, GODWIT_OK);
    assert_int_equal(owner_message(&c.owner, GODWIT_SHORT_MESSAGE_UP_ANSWER, 0)->u.outcome, GODWIT_OK);
    /* Another port of that number is nobody's. */
    m = submit(IWF_NUMBER, GODWIT_SMS_PORT, "datagram");
    owner_give_message(&c.owner, &m);
    assert_int_equal(owner_message(&c.owner, GODWIT_SHORT_MESSAGE_UP_ANSWER, 0)->u.outcome, GODWIT_NOT_ENTITLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_trigger_reaches_a_device_that_has_not_spoken),
        cmocka_unit_test(it_waits_until_the_device_speaks_or_its_validity_ends),
        cmocka_unit_test(a_refusal_for_good_is_reported),
        cmocka_unit_test(priority_goes_first_and_what_is_on_its_way_stays),
        cmocka_unit_test(recall_and_replace_touch_what_waits_and_nothing_else),
        cmocka_unit_test(triggers_are_bounded_by_device_and_by_table_and_none_is_lost),
        cmocka_unit_test(who_may_not_is_refused_and_what_cannot_be_read),
        cmocka_unit_test(an_open_hop_counts_only_where_that_is_accepted),
        cmocka_unit_test(a_container_goes_to_the_mtc_iwf_and_its_answer_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
