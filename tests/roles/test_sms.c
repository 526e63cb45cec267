/* SPDX-License-Identifier: Apache-2.0
 *
 * Short messages: the control layer between two ends that lose and repeat, the service centre by hand, and a device of
 * the HSE behind port SMS.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/wire/sms_link.h"
#include "roles/sms_sc.h"
#include "tests/support/hse_world.h"

#include <string.h>

#define NUMBER "491710760000"

/* ---- the control layer ---- */

static godwit_rp_t rp(godwit_rp_type_t type, bool network, const char *tpdu)
{
    godwit_rp_t made = {.type = type, .from_network = network, .reference = 9, .cause = 38};
    assert_int_equal(godwit_sms_address_from_text(NUMBER, &made.service_centre), GODWIT_OK);
    made.tpdu = tpdu != NULL ? godwit_slice_of_string(tpdu) : godwit_slice(NULL, 0);
    return made;
}

static godwit_slice_t ack(const godwit_sms_result_t *result)
{
    return godwit_slice(result->ack, result->ack_len);
}

static void a_short_message_goes_and_is_answered(void **state)
{
    (void)state;
    godwit_sms_link_t device = {0}, network = {0};
    godwit_sms_result_t d, n;
    godwit_rp_t data = rp(GODWIT_RP_DATA, false, "tpdu"), answer = rp(GODWIT_RP_ACK, true, NULL);
    assert_int_equal(godwit_sms_link_begin(&device, &data, &d), GODWIT_OK);
    assert_int_equal(godwit_sms_link_begin(&device, &data, &n), GODWIT_AGAIN);
    assert_int_equal(godwit_sms_link_receive(&network, d.data[0], &n), GODWIT_OK);
    assert_true(n.indication.len > 0 && n.ack_len == 2);
    assert_int_equal(godwit_sms_link_receive(&device, ack(&n), &d), GODWIT_OK);
    assert_int_equal(godwit_sms_link_answer(&network, &answer, &n), GODWIT_OK);
    assert_int_equal(godwit_sms_link_receive(&device, n.data[0], &d), GODWIT_OK);
    assert_true(d.answer.len > 0 && d.ack_len == 2);
    assert_int_equal(godwit_sms_link_receive(&network, ack(&d), &n), GODWIT_OK);
    assert_false(godwit_sms_link_busy(&device) || godwit_sms_link_busy(&network));
    assert_int_equal(godwit_sms_link_answer(&network, &answer, &n), GODWIT_WRONG_STATE);
}

static void a_cp_data_that_comes_twice_is_handed_up_once(void **state)
{
    (void)state;
    godwit_sms_link_t device = {0}, network = {0};
    godwit_sms_result_t d, n;
    godwit_rp_t data = rp(GODWIT_RP_DATA, false, "tpdu"), answer = rp(GODWIT_RP_ERROR, true, NULL);
    uint8_t copy[GODWIT_CP_MAX];
    assert_int_equal(godwit_sms_link_begin(&device, &data, &d), GODWIT_OK);
    size_t len = d.data[0].len;
    memcpy(copy, d.data[0].ptr, len);
    assert_int_equal(godwit_sms_link_receive(&network, godwit_slice(copy, len), &n), GODWIT_OK);
    assert_true(n.indication.len > 0);
    assert_int_equal(godwit_sms_link_receive(&network, godwit_slice(copy, len), &n), GODWIT_OK);
    assert_true(n.indication.len == 0 && n.ack_len == 2 && n.data[0].len == 0);
    assert_int_equal(godwit_sms_link_answer(&network, &answer, &n), GODWIT_OK);
    assert_int_equal(godwit_sms_link_receive(&device, n.data[0], &d),
                     GODWIT_OK); /* our CP-ACK was lost: it says so as well */
    assert_true(d.answer.len > 0);
    assert_int_equal(godwit_sms_link_receive(&device, n.data[0], &d), GODWIT_OK); /* and again */
    assert_true(d.answer.len == 0 && d.ack_len == 2);
    assert_int_equal(godwit_sms_link_receive(&network, ack(&d), &n), GODWIT_OK);
    /* Behind the end, too: acknowledged, answered again, not handed up. */
    assert_int_equal(godwit_sms_link_receive(&network, godwit_slice(copy, len), &n), GODWIT_OK);
    assert_true(n.indication.len == 0 && n.ack_len == 2 && n.data[0].len > 0);
}

static void silence_is_met_with_a_bounded_number_of_the_same_octets(void **state)
{
    (void)state;
    godwit_sms_link_t device = {0};
    godwit_sms_result_t d, again;
    godwit_rp_t data = rp(GODWIT_RP_DATA, false, "tpdu");
    unsigned sendings = 1;
    assert_int_equal(godwit_sms_link_begin(&device, &data, &d), GODWIT_OK);
    for (again.ours_failed = false; !again.ours_failed && sendings<20; sendings += again.data[0].len> 0) {
        godwit_sms_link_tick(&device, &again);
        assert_true(again.ours_failed || godwit_slice_equal(again.data[0], d.data[0]));
    }
    assert_int_equal(sendings, GODWIT_SMS_SENDINGS);
    assert_false(godwit_sms_link_busy(&device));
}

static void cp_error_ends_a_transaction_and_strangers_move_nothing(void **state)
{
    (void)state;
    static const uint8_t error[] = {0x89, 0x10, 22}, other[] = {0x99, 0x10, 22},
                         data[] = {0xB9, 0x01, 0x02, 0x03, 0x09};
    godwit_sms_link_t device = {0};
    godwit_sms_result_t d;
    godwit_rp_t message = rp(GODWIT_RP_DATA, false, "tpdu");
    assert_int_equal(godwit_sms_link_begin(&device, &message, &d), GODWIT_OK);
    assert_int_equal(godwit_sms_link_receive(&device, godwit_slice(other, 3), &d), GODWIT_WRONG_STATE);
    assert_int_equal(godwit_sms_link_receive(&device, godwit_slice(data, 5), &d), GODWIT_WRONG_STATE);
    assert_memory_equal(d.ack, "\x39\x10\x51", 3); /* CP-ERROR, invalid transaction identifier */
    assert_int_equal(godwit_sms_link_receive(&device, godwit_slice(error, 3), &d), GODWIT_OK);
    assert_true(d.ours_failed && d.cause == 22 && !godwit_sms_link_busy(&device));
    assert_int_equal(godwit_sms_link_receive(&device, godwit_slice(error, 3), &d), GODWIT_WRONG_STATE);
}

/* ---- the service centre ---- */

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
    const godwit_sms_sc_config_t config = {.local_host = "sc.example", .local_realm = "example", .number = NUMBER};
    memset(c, 0, sizeof *c);
    assert_int_equal(godwit_sms_sc_init(&c->sc, &config, c->devices, DEVICES), GODWIT_OK);
    owner_init(&c->owner, step, &c->sc);
}

static godwit_message_t submit(const char *imsi, const char *number, uint16_t port, const char *text)
{
    godwit_message_t m = {.kind = GODWIT_SHORT_MESSAGE_UP, .from = GODWIT_FUNCTION_MME, .transaction = 5, .route = 77};
    godwit_sms_submit_t tpdu = {.reference = 1};
    uint8_t octets[GODWIT_SMS_USER_DATA_MAX];
    godwit_writer_t w = godwit_writer(m.u.short_message.tpdu, sizeof m.u.short_message.tpdu);
    strcpy(m.origin_host, "mme.example");
    strcpy(m.origin_realm, "example");
    m.u.short_message.imsi = owner_imsi(imsi);
    strcpy(m.u.short_message.sc_address, NUMBER);
    assert_int_equal(godwit_sms_address_from_text(number, &tpdu.destination), GODWIT_OK);
    assert_int_equal(godwit_sms_ports_put(port, port, godwit_slice_of_string(text), octets, &tpdu.data), GODWIT_OK);
    assert_int_equal(godwit_sms_submit_build(&tpdu, &w), GODWIT_OK);
    m.u.short_message.tpdu_len = (uint8_t)w.len;
    return m;
}

static void give_up_message(centre_t *c, const godwit_message_t *m, godwit_status_t outcome)
{
    owner_give_message(&c->owner, m);
    const godwit_message_t *answer = owner_message(&c->owner, GODWIT_SHORT_MESSAGE_UP_ANSWER, 0);
    assert_int_equal(answer->u.outcome, outcome);
    assert_int_equal(answer->route, 77);
    assert_int_equal(owner_count(&c->owner, GODWIT_REQUEST_DATAGRAM), outcome == GODWIT_OK ? 1 : 0);
}

static void give_down(centre_t *c, const char *imsi, const char *text)
{
    const godwit_imsi_t who = owner_imsi(imsi);
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_SMS, .from = {.len = 8}};
    godwit_imsi_to_ef(&who, in.from.octets);
    in.datagram = godwit_slice_of_string(text);
    owner_give(&c->owner, &in);
}

static void answer_down(centre_t *c, uint32_t transaction, godwit_status_t outcome)
{
    const godwit_message_t m = {
        .kind = GODWIT_SHORT_MESSAGE_DOWN_ANSWER, .transaction = transaction, .u.outcome = outcome};
    owner_give_message(&c->owner, &m);
}

static void user_data_reaches_the_hse_under_the_imsi(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = submit("001010123456789", NUMBER, GODWIT_SMS_PORT, "datagram");
    give_up_message(&c, &m, GODWIT_OK);
    const godwit_request_t *r = owner_request(&c.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_int_equal(r->port, GODWIT_PORT_SMS);
    assert_int_equal(r->to.len, 8);
    assert_memory_equal(r->to.octets, "\x09\x10\x10\x10\x32\x54\x76\x98", 8);
    assert_true(godwit_slice_equal(r->octets, godwit_slice_of_string("datagram")));
}

static void what_is_not_for_us_is_refused(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = submit("001010123456789", "4917", GODWIT_SMS_PORT, "x");
    give_up_message(&c, &m, GODWIT_UNKNOWN_SESSION);
    m = submit("001010123456789", NUMBER, 5000, "x");
    give_up_message(&c, &m, GODWIT_NOT_ENTITLED);
    m = submit("001010123456789", NUMBER, GODWIT_SMS_PORT, "");
    give_up_message(&c, &m, GODWIT_NOT_ENTITLED);
    for (size_t len = 0; len < m.u.short_message.tpdu_len; len++) {
        godwit_message_t cut = m;
        cut.u.short_message.tpdu_len = (uint8_t)len;
        give_up_message(&c, &cut, GODWIT_MALFORMED);
    }
    give_down(&c, "001010123456789", "nobody spoke for it");
    assert_true(owner_saw(&c.owner, "sms_not_delivered", GODWIT_UNKNOWN_SUBSCRIBER));
    assert_int_equal(c.devices[0].used, false);
}

static void an_answer_goes_to_the_node_that_spoke_last(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = submit("001010123456789", NUMBER, GODWIT_SMS_PORT, "x");
    give_up_message(&c, &m, GODWIT_OK);
    strcpy(m.origin_host, "msc.example");
    m.from = GODWIT_FUNCTION_MSC;
    give_up_message(&c, &m, GODWIT_OK);
    give_down(&c, "001010123456789", "answer");
    const godwit_message_t *down = owner_message(&c.owner, GODWIT_SHORT_MESSAGE_DOWN, 0);
    godwit_sms_deliver_t deliver;
    godwit_sms_ports_t ports;
    assert_int_equal(down->to, GODWIT_FUNCTION_MSC);
    assert_string_equal(down->u.short_message.node_host, "msc.example");
    assert_int_equal(
        godwit_sms_deliver_parse(godwit_slice(down->u.short_message.tpdu, down->u.short_message.tpdu_len), &deliver),
        GODWIT_OK);
    assert_int_equal(godwit_sms_ports_get(&deliver.data, &ports), GODWIT_OK);
    assert_int_equal(ports.destination, GODWIT_SMS_PORT);
    assert_true(godwit_slice_equal(ports.payload, godwit_slice_of_string("answer")));
    answer_down(&c, down->transaction, GODWIT_OK);
    assert_true(owner_saw(&c.owner, "sms_delivered", GODWIT_OK));
}

static void an_absent_device_is_tried_so_often_and_then_given_up(void **state)
{
    (void)state;
    static centre_t c;
    setup(&c);
    godwit_message_t m = submit("001010123456789", NUMBER, GODWIT_SMS_PORT, "x");
    give_up_message(&c, &m, GODWIT_OK);
    give_down(&c, "001010123456789", "answer");
    for (unsigned tries = 1; tries < 4; tries++) {
        answer_down(&c, owner_message(&c.owner, GODWIT_SHORT_MESSAGE_DOWN, 0)->transaction, GODWIT_UNKNOWN_SESSION);
        assert_int_equal(owner_request(&c.owner, GODWIT_REQUEST_TIMER, 0)->delay_ms, 30000);
        c.owner.now_ms += 30000;
        owner_give_timer(&c.owner, 0);
    }
    answer_down(&c, owner_message(&c.owner, GODWIT_SHORT_MESSAGE_DOWN, 0)->transaction, GODWIT_UNKNOWN_SESSION);
    assert_true(owner_saw(&c.owner, "sms_not_delivered", GODWIT_UNKNOWN_SESSION));
    assert_int_equal(c.devices[0].queue[0].len, 0);
    /* A device that speaks meanwhile is there: nobody waits for the timer. */
    give_down(&c, "001010123456789", "answer");
    answer_down(&c, owner_message(&c.owner, GODWIT_SHORT_MESSAGE_DOWN, 0)->transaction, GODWIT_UNKNOWN_SESSION);
    give_up_message(&c, &m, GODWIT_OK);
    (void)owner_message(&c.owner, GODWIT_SHORT_MESSAGE_DOWN, 0);
}

static void what_waits_is_bounded_and_so_is_the_table(void **state)
{
    (void)state;
    static centre_t c;
    char imsi[16] = "001010000000000";
    setup(&c);
    godwit_message_t m = submit(imsi, NUMBER, GODWIT_SMS_PORT, "x");
    give_up_message(&c, &m, GODWIT_OK);
    for (unsigned i = 0; i < 20; i++) {
        give_down(&c, imsi, "answer");
    }
    assert_true(owner_saw(&c.owner, "sms_not_delivered", GODWIT_OVERLOAD));
    for (unsigned i = 0; i < 3 * DEVICES; i++) {
        imsi[14] = (char)('0' + i % 10);
        imsi[13] = (char)('1' + i / 10);
        m = submit(imsi, NUMBER, GODWIT_SMS_PORT, "x");
        c.owner.now_ms += 1000;
        give_up_message(&c, &m, GODWIT_OK);
    }
    assert_string_equal(c.devices[0].imsi.digits, "001010000000000"); /* something waits for it */
    char longer[GODWIT_SMS_PORT_DATA_MAX + 2];
    memset(longer, 'x', sizeof longer);
    longer[sizeof longer - 1] = '\0';
    give_down(&c, imsi, longer);
    assert_true(owner_saw(&c.owner, "sms_not_delivered", GODWIT_NO_SPACE));
}

/* ---- the HSE ---- */

static void the_hse_answers_by_the_port_that_a_device_came_by(void **state)
{
    (void)state;
    static hse_world_t w;
    hse_world_init(&w);
    hse_device_t d = hse_device("001010123456789", 1);
    hse_make_request(&w, &d, NULL);
    godwit_input_t in = {.kind = GODWIT_INPUT_DATAGRAM, .port = GODWIT_PORT_SMS, .from = {.len = 8}};
    godwit_imsi_to_ef(&d.imsi, in.from.octets);
    in.datagram = godwit_slice(d.request, d.request_len);
    owner_give(&w.owner, &in);
    hse_answer_key(&w, GODWIT_OK);
    const godwit_request_t *start = owner_request(&w.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_non_null(start);
    assert_int_equal(start->port, GODWIT_PORT_SMS);
    assert_int_equal(start->to.len, 8);
    assert_memory_equal(start->to.octets, in.from.octets, 8);
    /* Nobody else comes by that address. */
    in.port = GODWIT_PORT_EMSDP;
    in.from.len = 9;
    memmove(in.from.octets + 1, in.from.octets, 8);
    in.from.octets[0] = GODWIT_PORT_SMS;
    owner_give(&w.owner, &in);
    assert_int_equal(owner_count(&w.owner, GODWIT_REQUEST_MESSAGE) + owner_count(&w.owner, GODWIT_REQUEST_DATAGRAM), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_message_goes_and_is_answered),
        cmocka_unit_test(a_cp_data_that_comes_twice_is_handed_up_once),
        cmocka_unit_test(silence_is_met_with_a_bounded_number_of_the_same_octets),
        cmocka_unit_test(cp_error_ends_a_transaction_and_strangers_move_nothing),
        cmocka_unit_test(user_data_reaches_the_hse_under_the_imsi),
        cmocka_unit_test(what_is_not_for_us_is_refused),
        cmocka_unit_test(an_answer_goes_to_the_node_that_spoke_last),
        cmocka_unit_test(an_absent_device_is_tried_so_often_and_then_given_up),
        cmocka_unit_test(what_waits_is_bounded_and_so_is_the_table),
        cmocka_unit_test(the_hse_answers_by_the_port_that_a_device_came_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
