/* SPDX-License-Identifier: Apache-2.0
 *
 * The example of docs/device.md as it stands in examples/trigger/main.c, on a board that the test plays, against an
 * MTC-IWF of core functions.
 */
#include "tests/device/trigger_world.h"

int firmware_main(void);
#define main firmware_main
#include "examples/trigger/main.c"
#undef main

static tw_t w; /* the MTC-IWF and the memory; its own device is not used */
static unsigned step, moves;
static bool nvm_fails, power_goes;
static char last_move[GODWIT_TRIGGER_PAYLOAD_MAX + 1];

size_t board_nvm_read(uint8_t *record, size_t cap)
{
    assert_true(cap >= w.nvm_len);
    memcpy(record, w.nvm, w.nvm_len);
    return w.nvm_len;
}

bool board_nvm_write(const uint8_t *record, size_t len)
{
    if (nvm_fails) {
        return false;
    }
    memcpy(w.nvm, record, len);
    w.nvm_len = len;
    return true;
}

void board_timer(uint32_t delay_ms)
{
    (void)delay_ms;
}

void board_log(const char *name, const char *reason)
{
    (void)name;
    (void)reason;
}

uint64_t modem_up_ms(void)
{
    return 1000u * step;
}

void modem_short_message(const uint8_t *octets, size_t len)
{
    memcpy(w.sent[0].at, octets, len);
    w.sent[0].len = len;
    w.sends++;
}

bool valve_command(const uint8_t *octets, size_t len)
{
    memcpy(last_move, octets, len);
    last_move[len] = '\0';
    moves++;
    nvm_fails = power_goes; /* between the move and the record of it */
    return true;
}

static void hand_over(uint8_t *octets, size_t *len, const tw_octets_t *o)
{
    w.sends = 0;
    memcpy(octets, o->at, o->len);
    *len = o->len;
}

static modem_event_t next(uint8_t *octets, size_t *len, const godwit_a3_message_t *m)
{
    const tw_octets_t o = tw_protect(&w, m);
    hand_over(octets, len, &o);
    return MODEM_SHORT_MESSAGE;
}

/* An AKA run, set-up, a trigger, one of an unknown sender, and the end. */
modem_event_t modem_wait(uint8_t *octets, size_t cap, size_t *len)
{
    godwit_a3_message_t m = tw_trigger(2, TIME, 60);
    assert_true(cap >= GODWIT_TRIGGER_CONTAINER_MAX);
    switch (step++) {
    case 0:
        memcpy(octets, w.root, 32);
        memcpy(octets + 32, w.rand, 16);
        *len = 48;
        return MODEM_AKA;
    case 1:
        tw_make_command(&w, 1, TIME);
        hand_over(octets, len, &w.command);
        return MODEM_SHORT_MESSAGE;
    case 2:
        assert_int_equal(tw_complete(&w, tw_slice(&w.sent[0])), GODWIT_OK);
        return next(octets, len, &m);
    case 3:
        tw_expect_acknowledged(&w, 2, GODWIT_A3_DELIVERED);
        m = tw_trigger(3, TIME, 60);
        memset(m.trigger.source, 0, sizeof m.trigger.source);
        return next(octets, len, &m);
    case 4:
        tw_expect_acknowledged(&w, 3, GODWIT_A3_NO_APPLICATION);
        return MODEM_TIMER;
    default:
        return MODEM_POWER_DOWN;
    }
}

static int set_up(void **state)
{
    (void)state;
    tw_init(&w);
    step = 0;
    moves = 0;
    nvm_fails = false;
    power_goes = false;
    return 0;
}

static void the_valve_moves_for_whom_the_home_has_verified(void **state)
{
    (void)state;
    assert_int_equal(firmware_main(), 0);
    assert_int_equal(moves, 1);
    assert_string_equal(last_move, "valve");
}

static void what_was_not_recorded_is_told_again(void **state)
{
    (void)state;
    power_goes = true;
    assert_int_equal(firmware_main(), 1); /* the record of the move could not be written */
    assert_int_equal(w.sends, 0);
    nvm_fails = false;
    power_goes = false;
    deliveries = 0;
    w.sends = 0;
    step = 3; /* on again: resume, and the acknowledgement goes */
    assert_int_equal(firmware_main(), 0);
    assert_int_equal(moves, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_valve_moves_for_whom_the_home_has_verified, set_up),
        cmocka_unit_test_setup(what_was_not_recorded_is_told_again, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
