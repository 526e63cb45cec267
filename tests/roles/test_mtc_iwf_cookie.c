/* SPDX-License-Identifier: Apache-2.0
 *
 * Forged datagrams at the MTC-IWF: what those whose sender does not receive take from a device that does (nothing), and
 * how many octets they make it send to whom they name (no more than they are).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/support/iwf_world.h"

static const godwit_address_t wifi = {.len = 6, .octets = {192, 0, 2, 9, 0x13, 0x88}};

static size_t asked(void)
{
    size_t count = 0;
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        count += r->kind == GODWIT_REQUEST_MESSAGE && r->message->kind == GODWIT_SUBSCRIBER_INFO_REQUEST ? 1 : 0;
    }
    return count;
}

static godwit_imsi_t nobody(uint32_t number)
{
    char digits[] = "001010900000000";
    for (size_t at = 14; at > 9; at--) {
        digits[at] = (char)('0' + number % 10);
        number /= 10;
    }
    return owner_imsi(digits);
}

static godwit_address_t address(uint32_t number)
{
    godwit_address_t a = {.len = 6, .octets = {10, 0, 0, 0, 0x13, 0x88}};
    a.octets[1] = (uint8_t)(number >> 16);
    a.octets[2] = (uint8_t)(number >> 8);
    a.octets[3] = (uint8_t)number;
    return a;
}

/* Each of another device from another address; gives how many led to a question. */
static size_t flood(uint32_t count)
{
    static uint32_t next;
    size_t questions = 0;
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    for (uint32_t i = 0; i < count; i++) {
        const godwit_imsi_t imsi = nobody(next);
        const godwit_address_t from = address(next++);
        iwf_datagram_of(&imsi, &from, &hint, NULL);
        questions += asked();
    }
    return questions;
}

static void associate_over_a3(void)
{
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    uint8_t cookie[GODWIT_A3_COOKIE];
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram(&wifi, &hint);
    iwf_take_cookie(&wifi, &hint, cookie);
    iwf_datagram_of(&imsi, &wifi, &hint, cookie);
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    const godwit_request_t *down = owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0);
    assert_true(godwit_address_equal(&down->to, &wifi));
    iwf_open_command(down->octets);
    assert_int_equal(owner_count(&iw.owner, GODWIT_REQUEST_TIMER), 1); /* said again, for somebody is there */
    const godwit_iwf_container_t complete = iwf_complete(iw.suite, 0x0005);
    iwf_datagram_of(&imsi, &wifi, &complete, cookie);
    assert_true(owner_saw(&iw.owner, "associated", GODWIT_OK));
}

static void a_flood_of_forged_hints_does_not_hold_up_a_device(void **state)
{
    (void)state;
    assert_int_equal(flood(2000), 50);
    const unsigned before = iw.owner.fetches;
    (void)flood(2000);
    assert_int_equal(iw.owner.fetches, before); /* nor does the store hear of it */
    associate_over_a3();
}

/* As many as no address is looked at any more: a Complete and a Poll need a cookie, too. */
static void a_flood_from_everywhere_does_not_either(void **state)
{
    (void)state;
    const godwit_iwf_container_t junk = {.len = 17, .octets = {6 << 3 | 1}};
    for (uint32_t i = 0; i < 100000; i++) {
        const godwit_imsi_t imsi = nobody(i);
        const godwit_address_t from = address(i);
        iwf_datagram_of(&imsi, &from, &junk, NULL);
    }
    associate_over_a3();
    const godwit_a3_message_t m = {.type = GODWIT_A3_POLL, .poll = {1}};
    const godwit_iwf_container_t poll = iwf_say(&m);
    iwf_datagram_twice(&wifi, &poll);
    assert_int_equal(iw.up.kind, GODWIT_IWF_UP_REACHABLE);
    assert_true(iw.went < iw.came);
}

static void a_cookie_is_good_for_its_address_device_and_time_alone(void **state)
{
    (void)state;
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI), other = nobody(99999);
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    godwit_address_t port = wifi;
    const godwit_address_t elsewhere = owner_address(10);
    uint8_t cookie[GODWIT_A3_COOKIE], again[GODWIT_A3_COOKIE];
    port.octets[5] ^= 1;
    iw.owner.now_ms = 1800000000000; /* where a period begins */
    (void)flood(60);
    iwf_datagram(&wifi, &hint);
    iwf_take_cookie(&wifi, &hint, cookie);
    iwf_datagram_of(&imsi, &elsewhere, &hint, cookie);
    iwf_take_cookie(&elsewhere, &hint, again);
    iwf_datagram_of(&imsi, &port, &hint, cookie);
    iwf_take_cookie(&port, &hint, again);
    iwf_datagram_of(&other, &wifi, &hint, cookie);
    iwf_take_cookie(&wifi, &hint, again);
    for (size_t bit = 0; bit < 8 * sizeof cookie; bit++) {
        uint8_t bent[GODWIT_A3_COOKIE];
        memcpy(bent, cookie, sizeof bent);
        bent[bit / 8] ^= (uint8_t)(1u << bit % 8);
        iwf_datagram_of(&imsi, &wifi, &hint, bent);
        iwf_take_cookie(&wifi, &hint, again);
        assert_memory_equal(again, cookie, sizeof again);
    }
    iw.owner.now_ms += 119999; /* the secret has changed, and that of before still counts */
    (void)flood(60);
    iwf_datagram_of(&imsi, &wifi, &hint, cookie);
    assert_int_equal(asked(), 1);
    iw.owner.now_ms += 10001;
    (void)flood(60);
    iwf_datagram_of(&imsi, &wifi, &hint, cookie);
    iwf_take_cookie(&wifi, &hint, again);
    assert_memory_not_equal(again, cookie, sizeof again);
}

static void another_secret_makes_other_cookies(void **state)
{
    (void)state;
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    uint8_t cookie[GODWIT_A3_COOKIE], again[GODWIT_A3_COOKIE];
    godwit_iwf_keys_config_t config = {.key_from = GODWIT_IWF_KEY_FROM_HSS};
    (void)flood(60);
    iwf_datagram(&wifi, &hint);
    iwf_take_cookie(&wifi, &hint, cookie);
    config.table_key[15] = 1;
    iwf_world_config(&config);
    (void)flood(60);
    iwf_datagram(&wifi, &hint);
    iwf_take_cookie(&wifi, &hint, again);
    assert_memory_not_equal(again, cookie, sizeof again);
}

static void a_cookie_that_is_none_of_ours_is_no_worse_than_none(void **state)
{
    (void)state;
    const godwit_imsi_t imsi = owner_imsi(IWF_IMSI);
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    const uint8_t forged[GODWIT_A3_COOKIE] = {1};
    iwf_datagram_of(&imsi, &wifi, &hint, forged);
    assert_int_equal(asked(), 1);
}

/* The HSS is silent: what waits for it is not all of forged addresses'. */
static void forged_hints_leave_half_of_the_places(void **state)
{
    (void)state;
    size_t questions = 0;
    for (uint32_t second = 0; second < 5; second++) {
        questions += flood(60);
        iw.owner.now_ms += 999;
    }
    assert_int_equal(questions, 128);
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram_twice(&wifi, &hint);
    assert_int_equal(asked(), 1);
}

/* One address of his own, of whatever devices; then many. */
static void whoever_receives_is_bounded_too(void **state)
{
    (void)state;
    size_t of_one = 0, of_all = 0;
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    uint8_t cookie[GODWIT_A3_COOKIE];
    (void)flood(60);
    for (uint32_t i = 0; i < 100; i++) {
        const godwit_imsi_t imsi = nobody(70000 + i);
        const godwit_address_t from = address(70000);
        iwf_datagram_of(&imsi, &from, &hint, NULL);
        iwf_take_cookie(&from, &hint, cookie);
        iwf_datagram_of(&imsi, &from, &hint, cookie);
        of_one += asked();
    }
    assert_int_equal(of_one, 20);
    for (uint32_t i = 0; i < 400; i++) {
        const godwit_imsi_t imsi = nobody(80000 + i);
        const godwit_address_t from = address(80000 + i);
        iwf_datagram_of(&imsi, &from, &hint, NULL);
        iwf_take_cookie(&from, &hint, cookie);
        iwf_datagram_of(&imsi, &from, &hint, cookie);
        of_all += asked();
    }
    assert_int_equal(of_all, 180);
}

static bool is_said_again(void)
{
    for (size_t i = 0; i < iw.owner.outbox.count; i++) {
        const godwit_request_t *r = &iw.owner.requests[i];
        if (r->kind == GODWIT_REQUEST_TIMER && r->timer >= GODWIT_IWF_REPEAT_TIMERS &&
            r->timer < GODWIT_IWF_REPEAT_TIMERS + GODWIT_IWF_REPEATS_MAX && r->delay_ms > 0) {
            return true;
        }
    }
    return false;
}

/* One who receives where he is, in the names of as many devices as Commands are said again at a time. */
static void commands_to_whoever_receives_leave_room_for_those_by_a_node(void **state)
{
    (void)state;
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    for (uint32_t i = 0; i < GODWIT_IWF_REPEATS_MAX; i++) {
        const godwit_imsi_t imsi = nobody(i);
        const godwit_address_t from = address(1);
        uint8_t cookie[GODWIT_A3_COOKIE];
        iw.owner.now_ms += 100;
        (void)flood(50);
        iwf_datagram_of(&imsi, &from, &hint, NULL);
        iwf_take_cookie(&from, &hint, cookie);
        iwf_datagram_of(&imsi, &from, &hint, cookie);
        const godwit_message_t answer = iwf_hss_answer();
        iwf_give(&answer);
        assert_true(is_said_again());
    }
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    assert_true(is_said_again());
}

/* The HSS is silent, nodes have asked for what the flood has left: a device with a cookie takes a place of the flood's. */
static void a_full_table_gives_a_place_of_forged_hints_to_who_receives(void **state)
{
    (void)state;
    size_t questions = 0;
    for (uint32_t second = 0; second < 3; second++) {
        questions += flood(60);
        iw.owner.now_ms += 1000;
    }
    assert_int_equal(questions, 128);
    for (uint32_t i = 0; i < GODWIT_IWF_KEYS_WAITING_MAX / 2; i++) {
        godwit_message_t m = iwf_t5_up(GODWIT_T5_SECURING);
        m.u.t5_up.imsi = nobody(50000 + i);
        (void)snprintf(m.origin_host, sizeof m.origin_host, "mme%u.visited.test", (unsigned)i);
        owner_give_message(&iw.owner, &m);
        assert_int_equal(asked(), 1);
    }
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram_twice(&wifi, &hint);
    assert_int_equal(asked(), 1);
}

/* Who wrote the device's own address into a hint does not hold up its next one, nor what it led to. */
static void a_hint_in_the_name_and_address_of_a_device_does_not_hold_it_up(void **state)
{
    (void)state;
    const godwit_iwf_container_t forged = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram(&wifi, &forged);
    assert_int_equal(asked(), 1);
    associate_over_a3();
}

static void a_command_under_way_to_who_receives_is_not_replaced_by_a_forged_hint(void **state)
{
    (void)state;
    const godwit_address_t liar = owner_address(77);
    (void)flood(60);
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram_twice(&wifi, &hint);
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_open_command(owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0)->octets);
    iw.owner.now_ms += 60000;
    iwf_world_aka(0x22, GODWIT_IWF_ROOT_FLAGGED); /* another root that the HSS has, as whoever listened knows */
    const godwit_iwf_container_t forged = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    iwf_datagram(&liar, &forged);
    assert_int_equal(asked(), 0);
    iwf_datagram_twice(&liar, &forged); /* he who receives at an address of his own does it */
    assert_int_equal(asked(), 1);
}

/* ---- octets ---- */

static void to_whoever_is_named(godwit_slice_t octets)
{
    assert_true(octets.len > 0);
    iw.went += octets.len;
}

/* Whatever timers there are: in ten minutes nothing more goes there. */
static void nothing_more_goes_down(void)
{
    for (unsigned minute = 0; minute < 10; minute++) {
        iw.owner.now_ms += 60000;
        for (uint32_t i = 0; i < GODWIT_IWF_REPEATS_MAX; i++) {
            owner_give_timer(&iw.owner, GODWIT_IWF_REPEAT_TIMERS + i);
            iw.went += iwf_datagrams_down();
        }
    }
}

static void an_unproved_address_gets_no_more_octets_than_came_from_it(void **state)
{
    (void)state;
    const godwit_iwf_container_t hint = iwf_hint(GODWIT_A3_NO_ASSOCIATION);
    godwit_iwf_keys_config_t config = {.key_from = GODWIT_IWF_KEY_FROM_HSS, .suites = 4, .suite = {1, 3, 5, 6}};
    iwf_world_config(&config); /* the longest Command that there is */
    iwf_datagram(&wifi, &hint);
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    const godwit_request_t *down = owner_request(&iw.owner, GODWIT_REQUEST_DATAGRAM, 0);
    to_whoever_is_named(down->octets);
    iwf_open_command(down->octets);
    nothing_more_goes_down();
    assert_true(iw.went <= iw.came);
    for (unsigned i = 0; i < 100; i++) {
        iwf_datagram(&wifi, &hint); /* the one that is under way, or a cookie */
        iw.owner.now_ms += 500;
    }
    nothing_more_goes_down();
    assert_true(iw.went <= iw.came);
}

/* What the device said, recorded and said again from elsewhere: before its Complete came, and behind it. */
static void recordings_from_elsewhere_get_no_more_octets_than_they_have(void **state)
{
    (void)state;
    const godwit_address_t elsewhere = owner_address(77);
    const godwit_a3_message_t m = {.type = GODWIT_A3_POLL, .poll = {1}};
    iwf_registered();
    const godwit_message_t answer = iwf_hss_answer();
    iwf_give(&answer);
    iwf_take_command();
    const godwit_iwf_container_t complete = iwf_complete(iw.suite, 0x0005), poll = iwf_say(&m);
    for (unsigned i = 0; i < 100; i++) {
        iwf_datagram(&elsewhere, &poll); /* under an association that is not in use yet */
        iw.owner.now_ms += 1000;
    }
    assert_true(iw.went <= iw.came);
    iwf_datagram(&wifi, &complete);
    iwf_datagram(&wifi, &poll);
    iw.went = iw.came = 0;
    for (unsigned i = 0; i < 100; i++) {
        iwf_datagram(&elsewhere, &poll);
        iwf_datagram(&elsewhere, &complete);
        iw.owner.now_ms += 10;
    }
    assert_true(iw.went <= iw.came);
    iw.went = 0;
    nothing_more_goes_down();
    assert_int_equal(iw.went, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_flood_of_forged_hints_does_not_hold_up_a_device, iwf_world_setup),
        cmocka_unit_test_setup(a_flood_from_everywhere_does_not_either, iwf_world_setup),
        cmocka_unit_test_setup(a_cookie_is_good_for_its_address_device_and_time_alone, iwf_world_setup),
        cmocka_unit_test_setup(another_secret_makes_other_cookies, iwf_world_setup),
        cmocka_unit_test_setup(a_cookie_that_is_none_of_ours_is_no_worse_than_none, iwf_world_setup),
        cmocka_unit_test_setup(forged_hints_leave_half_of_the_places, iwf_world_setup),
        cmocka_unit_test_setup(whoever_receives_is_bounded_too, iwf_world_setup),
        cmocka_unit_test_setup(commands_to_whoever_receives_leave_room_for_those_by_a_node, iwf_world_setup),
        cmocka_unit_test_setup(a_full_table_gives_a_place_of_forged_hints_to_who_receives, iwf_world_setup),
        cmocka_unit_test_setup(a_hint_in_the_name_and_address_of_a_device_does_not_hold_it_up, iwf_world_setup),
        cmocka_unit_test_setup(a_command_under_way_to_who_receives_is_not_replaced_by_a_forged_hint, iwf_world_setup),
        cmocka_unit_test_setup(an_unproved_address_gets_no_more_octets_than_came_from_it, iwf_world_setup),
        cmocka_unit_test_setup(recordings_from_elsewhere_get_no_more_octets_than_they_have, iwf_world_setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
