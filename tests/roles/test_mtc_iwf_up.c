/* SPDX-License-Identifier: Apache-2.0
 *
 * What devices send to the MTC-IWF, by T5, T4 and as datagrams: acknowledgements and Polls count when their association
 * proves them, once; addresses move by fresh Polls alone; whoever has no key moves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_world.h"

static const godwit_address_t wifi = {.len = 6, .octets = {192, 0, 2, 9, 0x13, 0x88}};
static const godwit_address_t elsewhere = {.len = 6, .octets = {203, 0, 113, 5, 0x13, 0x88}};

static godwit_iwf_container_t poll_message(void)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_POLL};
    return iwf_say(&m);
}

static godwit_iwf_container_t acknowledgement(uint32_t reference)
{
    godwit_a3_message_t m = {.type = GODWIT_A3_ACKNOWLEDGEMENT};
    m.acknowledgement.reference = reference;
    m.acknowledgement.outcome = GODWIT_A3_DELIVERED;
    return iwf_say(&m);
}

static godwit_address_t address(void)
{
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    return godwit_iwf_a3_address(&iw.keys, &imsi, iw.owner.now_ms);
}

static bool is_at(const godwit_address_t *where)
{
    const godwit_address_t now = address();
    return godwit_address_equal(&now, where);
}

static void from_t4(const godwit_iwf_container_t *container)
{
    godwit_message_t m = {.kind = GODWIT_T4_REPORT, .from = GODWIT_FUNCTION_SMS_SC, .hop = GODWIT_HOP_TLS};
    m.u.t4_report.imsi = owner_imsi(IWF_IMSI);
    m.u.t4_report.container_len = container->len;
    memcpy(m.u.t4_report.container, container->octets, container->len);
    owner_give_message(&iw.owner, &m);
}

/* ---- Poll ---- */

static void a_poll_under_an_association_of_3gpp_access_is_answered_over_wifi(void **state)
{
    (void)state;
    godwit_a3_opened_t opened;
    godwit_record_t waiting = {.kind = GODWIT_RECORD_TRIGGER};
    waiting.u.trigger.imsi = owner_imsi(IWF_IMSI);
    waiting.u.trigger.state = GODWIT_TRIGGER_WAITING;
    waiting.u.trigger.number = 1;
    owner_put(&iw.owner, &waiting);
    iwf_associate();
    assert_int_equal(address().len, 0);
    const godwit_iwf_container_t poll = poll_message();
    iwf_datagram(&wifi, &poll);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_REACHABLE);
    assert_int_equal(iw.up.way.kind, GODWIT_IWF_WAY_A3);
    assert_true(is_at(&wifi));
    const godwit_request_t *down = owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_true(owner_position(&iw.owner, GODWIT_REQUEST_STORE_COMMIT, 0) <
                owner_position(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0));
    assert_true(godwit_address_equal(&down->to, &wifi));
    assert_int_equal(iwf_device_opens(down->octets, &opened), GODWIT_OK);
    assert_int_equal(opened.message.type, GODWIT_A3_POLL_ANSWER);
    assert_int_equal(opened.message.poll_answer.time_s, iw.owner.now_ms / 1000);
    assert_int_equal(opened.message.poll_answer.waiting, 1);
    iw.owner.now_ms += 300000;
    assert_int_equal(address().len, 0); /* it has not been heard for long */
}

static void a_forged_poll_moves_no_address_and_is_not_answered(void **state)
{
    (void)state;
    iwf_associate();
    godwit_iwf_container_t poll = poll_message();
    iwf_datagram(&wifi, &poll);
    const godwit_association_record_t before = *iwf_record();
    for (size_t i = 0; i < poll.len; i++) {
        godwit_iwf_container_t bent = poll;
        bent.octets[i] ^= 0x10;
        iwf_datagram(&elsewhere, &bent);
        assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 0);
        iw.owner.now_ms += 1000;
    }
    iwf_datagram(&elsewhere, &poll); /* replayed */
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_REPLAY));
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_true(is_at(&wifi));
    assert_memory_equal(iwf_record(), &before, sizeof before);
}

static void a_poll_that_was_overtaken_moves_no_address(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_iwf_container_t old = poll_message(), new = poll_message();
    iwf_datagram(&wifi, &new);
    iwf_datagram(&elsewhere, &old); /* held back by somebody, and sent from where he is */
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 1);
    assert_true(is_at(&wifi));
    const godwit_iwf_container_t next = poll_message();
    iwf_datagram(&elsewhere, &next);
    assert_true(is_at(&elsewhere));
}

static void renewed_by(const godwit_iwf_container_t *message)
{
    iwf_datagram(&wifi, message);
    const godwit_message_t answer = iwf_hss_answer(); /* of the same root */
    iwf_give(&answer);
    iwf_open_command(owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0)->octets);
    const godwit_iwf_container_t complete = iwf_complete(1, 1);
    iwf_datagram(&wifi, &complete);
    assert_true(owner_saw(&iw.owner, "associated", GODWIT_OK));
    iw.owner.now_ms += 2000;
}

static void an_association_with_few_counts_left_is_renewed_when_the_device_speaks(void **state)
{
    (void)state;
    iwf_associate();
    iw.owner.now_ms += 2000;
    iwf_record()->current.next_down = 0xFF000000u;
    godwit_iwf_container_t up = poll_message();
    renewed_by(&up);
    assert_int_equal(iwf_record()->current.number, 2);
    iw.count = 0xFF000000u; /* the device's */
    up = acknowledgement(1);
    renewed_by(&up);
    assert_int_equal(iwf_record()->current.number, 3);
    up = poll_message();
    iwf_datagram(&wifi, &up);
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_MESSAGE), 0); /* there are many again */
}

static void a_store_from_a_backup_says_nothing_more_under_counts_that_were_used(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_association_record_t backup = *iwf_record();
    iw.owner.now_ms += 2000;
    for (int i = 0; i < 3; i++) {
        owner_give(&iw.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .datagram = godwit_slice_of_string("on")});
    }
    godwit_a3_message_t m = {.type = GODWIT_A3_POLL, .poll = {iwf_record()->current.next_down}};
    *iwf_record() = backup;
    godwit_iwf_container_t up = iwf_say(&m);
    iwf_datagram(&wifi, &up);
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 0); /* no Poll Answer */
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_open_command(owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0)->octets);
    const godwit_iwf_container_t complete = iwf_complete(1, 1);
    iwf_datagram(&wifi, &complete);
    assert_int_equal(iwf_record()->current.number, 2);
    up = poll_message();
    iwf_datagram(&wifi, &up);
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 1);
}

static void nothing_but_a_poll_moves_an_address(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_iwf_container_t poll = poll_message(), ack = acknowledgement(1);
    iwf_datagram(&wifi, &poll);
    iwf_datagram(&elsewhere, &ack);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_ACKNOWLEDGED);
    assert_true(is_at(&wifi));
    const godwit_iwf_container_t by_t5 = poll_message();
    iwf_from_device(&by_t5); /* is answered by the way that it came */
    assert_int_equal(owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down.kind, GODWIT_T5_CONTAINER);
    assert_true(is_at(&wifi));
}

static void the_table_of_addresses_is_bounded_and_forgets_the_oldest(void **state)
{
    (void)state;
    char digits[] = "001019900000000";
    const size_t many = 3 * GODWIT_IWF_ADDRESSES_MAX;
    size_t kept = 0;
    for (size_t i = 0; i < many; i++) {
        digits[10] = (char)('0' + i / 10000 % 10);
        digits[11] = (char)('0' + i / 1000 % 10);
        digits[12] = (char)('0' + i / 100 % 10);
        digits[13] = (char)('0' + i / 10 % 10);
        digits[14] = (char)('0' + i % 10);
        const godwit_imsi_t imsi = owner_imsi(digits);
        godwit_iwf_a3_heard(&iw.keys, &imsi, &wifi, 1000 + i);
        assert_int_equal(godwit_iwf_a3_address(&iw.keys, &imsi, 1000 + i).len, 6);
    }
    for (size_t i = 0; i < GODWIT_IWF_ADDRESSES_MAX; i++) {
        kept += iw.keys.addresses[i].imsi.len > 0;
    }
    assert_in_range(kept, GODWIT_IWF_ADDRESSES_MAX * 9 / 10, GODWIT_IWF_ADDRESSES_MAX);
}

/* ---- Acknowledgement ---- */

static void an_acknowledgement_counts_once_by_whichever_way(void **state)
{
    (void)state;
    iwf_associate();
    for (uint32_t i = 0; i < 3; i++) {
        const godwit_iwf_container_t ack = acknowledgement(40 + i);
        for (int again = 0; again < 2; again++) {
            i == 0 ? iwf_from_device(&ack) : i == 1 ? from_t4(&ack) : iwf_datagram(&wifi, &ack);
            if (again == 0) {
                assert_int_equal(iw.up.kind, GODWIT_IWF_UP_ACKNOWLEDGED);
                assert_int_equal(iw.up.acknowledgement.reference, 40 + i);
                assert_int_equal(iw.up.acknowledgement.outcome, GODWIT_A3_DELIVERED);
                assert_false(iw.up.unprotected);
            } else {
                assert_int_equal(iw.up.kind, GODWIT_IWF_UP_NOTHING);
            }
        }
    }
    assert_int_equal(iw.acknowledged, 3);
}

static void one_that_is_late_is_taken_within_the_window_alone(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_iwf_container_t first = acknowledgement(1), second = acknowledgement(2);
    for (int i = 0; i < 62; i++) {
        (void)acknowledgement(3);
    }
    const godwit_iwf_container_t last = acknowledgement(4);
    iwf_from_device(&last);
    iwf_from_device(&second);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_ACKNOWLEDGED);
    iwf_from_device(&first);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_NOTHING);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_REPLAY));
}

static void the_window_survives_a_restart(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_iwf_container_t ack = acknowledgement(1);
    iwf_from_device(&ack);
    iwf_world_config(&(godwit_iwf_keys_config_t){.key_from = GODWIT_IWF_KEY_FROM_HSS});
    iwf_from_device(&ack);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_NOTHING);
    assert_int_equal(iw.acknowledged, 1);
}

static void what_goes_down_does_not_come_up(void **state)
{
    (void)state;
    iwf_associate();
    owner_give(&iw.owner, &(godwit_input_t){.kind = GODWIT_INPUT_SUBMIT, .datagram = godwit_slice_of_string("x")});
    const godwit_t5_down_t down = owner_message(&iw.owner, GODWIT_T5_DOWN, 0)->u.t5_down;
    godwit_iwf_container_t reflected = {.len = down.container_len};
    memcpy(reflected.octets, down.container, down.container_len);
    iwf_from_device(&reflected);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_MALFORMED));
    iwf_from_device(&iw.command);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_MALFORMED));
}

static void the_key_of_another_device_opens_nothing(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_iwf_container_t ack = acknowledgement(1);
    godwit_message_t m = iwf_t5_up(GODWIT_T5_FROM_DEVICE);
    m.u.t5_up.imsi = owner_imsi("001010000000002");
    m.u.t5_up.container_len = ack.len;
    memcpy(m.u.t5_up.container, ack.octets, ack.len);
    owner_give_message(&iw.owner, &m);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_UNKNOWN_KEY));
    assert_int_equal(iw.acknowledged, 0);
}

/* ---- case 1 ---- */

static void without_protection_an_acknowledgement_is_the_networks_word_and_never_a_datagrams(void **state)
{
    (void)state;
    iwf_world_config(&(godwit_iwf_keys_config_t){.off = true});
    godwit_iwf_container_t c = {0};
    godwit_a3_message_t m = {.type = GODWIT_A3_ACKNOWLEDGEMENT};
    m.acknowledgement.reference = 9;
    m.acknowledgement.outcome = GODWIT_A3_DELIVERED;
    godwit_writer_t w = godwit_writer(c.octets, sizeof c.octets);
    assert_int_equal(godwit_a3_unprotected_build(&m, &w), GODWIT_OK);
    c.len = (uint8_t)w.len;
    iwf_from_device(&c);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_ACKNOWLEDGED);
    assert_true(iw.up.unprotected);
    iwf_datagram(&wifi, &c);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_NOTHING);
    iwf_registered();
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_REACHABLE);
    assert_int_equal(iw.owner.record_count, 0);
}

/* ---- floods ---- */

static void whoever_proves_nothing_is_soon_not_looked_at_but_the_device_at_its_address_is(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_iwf_container_t poll = poll_message();
    iwf_datagram(&wifi, &poll);
    godwit_iwf_container_t junk = poll;
    junk.octets[8] ^= 1;
    const unsigned before = iw.owner.fetches;
    for (int i = 0; i < 1000; i++) {
        iwf_datagram(&elsewhere, &junk);
    }
    assert_int_equal(iw.owner.fetches - before, 20);
    for (int i = 0; i < 100; i++) { /* in the device's own name and address */
        iwf_datagram(&wifi, &junk);
    }
    const godwit_iwf_container_t ack = acknowledgement(1);
    iwf_datagram_twice(&wifi, &ack);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_ACKNOWLEDGED);
    iw.owner.now_ms += 1000;
    const godwit_iwf_container_t moved = poll_message();
    iwf_datagram(&elsewhere, &moved); /* another second */
    assert_true(is_at(&elsewhere));
}

static void what_is_cut_short_or_of_nobody_is_refused(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_iwf_container_t ack = acknowledgement(1);
    for (uint8_t len = 0; len < ack.len; len++) {
        godwit_iwf_container_t cut = ack;
        cut.len = len;
        iwf_from_device(&cut);
        from_t4(&cut);
        iwf_datagram(&wifi, &cut);
        iw.owner.now_ms += 1000;
    }
    owner_give_datagram(&iw.owner, &wifi, godwit_slice("\xff", 1));
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_MALFORMED));
    godwit_message_t m = iwf_t5_up(GODWIT_T5_REGISTERED);
    memset(&m.u.t5_up.imsi, 0, sizeof m.u.t5_up.imsi);
    owner_give_message(&iw.owner, &m);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_MALFORMED));
    assert_int_equal(iw.acknowledged, 0);
}

static void a_store_that_fails_moves_nothing(void **state)
{
    (void)state;
    iwf_associate();
    const godwit_association_record_t before = *iwf_record();
    const godwit_iwf_container_t poll = poll_message();
    iw.owner.fail_fetches = true;
    iwf_datagram(&wifi, &poll);
    assert_true(owner_saw(&iw.owner, "refused", GODWIT_STORE_FAILED));
    iw.owner.fail_fetches = false;
    iw.owner.fail_commits = true;
    iwf_datagram(&wifi, &poll);
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 0);
    assert_memory_equal(iwf_record(), &before, sizeof before);
    iw.owner.fail_commits = false;
    iwf_datagram(&wifi, &poll);
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_DATAGRAM), 1);
}

static void no_key_stays_in_memory_behind_an_input(void **state)
{
    (void)state;
    static const godwit_association_record_t none;
    iwf_associate();
    const godwit_iwf_container_t poll = poll_message();
    iwf_datagram(&wifi, &poll);
    assert_memory_equal(&iw.keys.held, &none, sizeof none);
    iwf_registered();
    assert_memory_equal(&iw.keys.held, &none, sizeof none);
}

/* Addresses that push each other out of what is remembered of them must not get more looks by that. */
static void strangers_with_many_addresses_make_it_look_no_more_than_so_often(void **state)
{
    (void)state;
    iwf_associate();
    godwit_iwf_container_t nonsense = poll_message();
    nonsense.octets[8] ^= 1;
    const unsigned before = iw.owner.fetches;
    unsigned round = 0, last = 0, looks = 0;
    do { /* until nobody of them is looked at any more */
        const unsigned so_far = iw.owner.fetches;
        for (unsigned i = 0; i < 4096; i++) {
            const godwit_address_t from = {.len = 6, .octets = {198, 18, (uint8_t)(i >> 8), (uint8_t)i, 0x13, 0x88}};
            iwf_datagram(&from, &nonsense);
        }
        last = iw.owner.fetches - so_far;
        looks = iw.owner.fetches - before;
    } while (last > 0 && ++round < 21);
    assert_int_equal(last, 0);
    assert_in_range(looks, 20, 20 * GODWIT_IWF_STRANGERS_MAX);
    iw.owner.now_ms += 1000;
    iwf_datagram(&elsewhere, &nonsense);
    assert_int_equal(iw.owner.fetches - before, looks + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(strangers_with_many_addresses_make_it_look_no_more_than_so_often, iwf_world_setup),
        cmocka_unit_test_setup(a_poll_under_an_association_of_3gpp_access_is_answered_over_wifi, iwf_world_setup),
        cmocka_unit_test_setup(a_forged_poll_moves_no_address_and_is_not_answered, iwf_world_setup),
        cmocka_unit_test_setup(a_poll_that_was_overtaken_moves_no_address, iwf_world_setup),
        cmocka_unit_test_setup(a_store_from_a_backup_says_nothing_more_under_counts_that_were_used, iwf_world_setup),
        cmocka_unit_test_setup(nothing_but_a_poll_moves_an_address, iwf_world_setup),
        cmocka_unit_test_setup(an_association_with_few_counts_left_is_renewed_when_the_device_speaks, iwf_world_setup),
        cmocka_unit_test_setup(the_table_of_addresses_is_bounded_and_forgets_the_oldest, iwf_world_setup),
        cmocka_unit_test_setup(an_acknowledgement_counts_once_by_whichever_way, iwf_world_setup),
        cmocka_unit_test_setup(one_that_is_late_is_taken_within_the_window_alone, iwf_world_setup),
        cmocka_unit_test_setup(the_window_survives_a_restart, iwf_world_setup),
        cmocka_unit_test_setup(what_goes_down_does_not_come_up, iwf_world_setup),
        cmocka_unit_test_setup(the_key_of_another_device_opens_nothing, iwf_world_setup),
        cmocka_unit_test_setup(without_protection_an_acknowledgement_is_the_networks_word_and_never_a_datagrams,
                               iwf_world_setup),
        cmocka_unit_test_setup(whoever_proves_nothing_is_soon_not_looked_at_but_the_device_at_its_address_is,
                               iwf_world_setup),
        cmocka_unit_test_setup(what_is_cut_short_or_of_nobody_is_refused, iwf_world_setup),
        cmocka_unit_test_setup(a_store_that_fails_moves_nothing, iwf_world_setup),
        cmocka_unit_test_setup(no_key_stays_in_memory_behind_an_input, iwf_world_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
