/* SPDX-License-Identifier: Apache-2.0
 *
 * The example of docs/device.md as it stands in examples/firmware/main.c, on a board that the test plays.
 */
#include "tests/device/dut.h"

int firmware_main(void);
#define main firmware_main
#include "examples/firmware/main.c"
#undef main

static dut_t dut; /* the card and the network; its own device is not used */
static unsigned step, sent, messages, writes;
static bool nvm_fails;
static const board_event_t *script;
static octets_t outgoing[8];
static char last_message[32];

size_t board_nvm_read(uint8_t *record, size_t cap)
{
    assert_true(cap >= dut.nvm_len);
    memcpy(record, dut.nvm, dut.nvm_len);
    return dut.nvm_len;
}

bool board_nvm_write(const uint8_t *record, size_t len)
{
    if (nvm_fails) {
        return false;
    }
    writes++;
    memcpy(dut.nvm, record, len);
    dut.nvm_len = len;
    return true;
}

void board_random(uint8_t *octets, size_t len)
{
    memset(octets, 7, len);
}

int board_usim_authenticate(const uint8_t rand[16], const uint8_t autn[16], uint8_t ck[16], uint8_t ik[16],
                            uint8_t auts[14])
{
    godwit_usim_output_t out;
    assert_int_equal(godwit_usim_step(&dut.card, rand, autn, &out), GODWIT_OK);
    memcpy(ck, out.result.ck, 16);
    memcpy(ik, out.result.ik, 16);
    memcpy(auts, out.result.auts, 14);
    return out.result.status == GODWIT_OK ? 0 : out.result.status == GODWIT_AUTH_RESYNC ? 2 : 1;
}

void board_radio_send(const uint8_t *datagram, size_t len)
{
    assert_true(sent < 8);
    memcpy(outgoing[sent].at, datagram, len);
    outgoing[sent++].len = len;
}

void board_timer(uint32_t delay_ms)
{
    (void)delay_ms;
}

void board_message(const uint8_t *message, size_t len)
{
    memcpy(last_message, message, len);
    last_message[len] = '\0';
    messages++;
}

void board_log(const char *name, const char *reason)
{
    (void)name;
    (void)reason;
}

/* A datagram is Session Start at first, then user data. */
board_event_t board_wait(uint8_t *octets, size_t cap, size_t *len)
{
    board_event_t event = script[step++];
    octets_t down;
    *len = 0;
    if (event == BOARD_READING) {
        *len = 6;
        memcpy(octets, "21.5 C", 6);
    } else if (event == BOARD_DATAGRAM && !godwit_emsdp_key_is_set(&dut.network)) {
        dut_start_t start_message = dut_start(godwit_sqn_join(10, 1, GODWIT_IND_BITS_DEFAULT));
        dut.request = outgoing[0];
        dut_make_start(&dut, &start_message);
        *len = dut.start.len;
        memcpy(octets, dut.start.at, *len);
    } else if (event == BOARD_DATAGRAM) {
        down = dut_seal_user(&dut, "shut the valve");
        *len = down.len;
        memcpy(octets, down.at, *len);
    }
    assert_true(*len <= cap);
    return event;
}

static int fresh_board(void **state)
{
    (void)state;
    dut_init(&dut);
    dut.config.suites = 1; /* the example offers the default suite */
    step = sent = messages = writes = 0;
    nvm_fails = false;
    return 0;
}

static void run(const board_event_t *events)
{
    script = events;
    step = 0;
    assert_int_equal(firmware_main(), 0);
}

static void expect_reading(unsigned index)
{
    uint8_t plain[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_emsdp_opened_t opened = dut_open(&dut, octets_slice(&outgoing[index]), plain);
    godwit_slice_t reading = opened.user_plane ? opened.payload : opened.control.data;
    assert_true(godwit_slice_equal(reading, godwit_slice_of_string("21.5 C")));
}

static void the_example_sends_readings_and_takes_messages(void **state)
{
    (void)state;
    static const board_event_t first[] = {BOARD_READING, BOARD_DATAGRAM, BOARD_READING, BOARD_DATAGRAM,
                                          BOARD_POWER_DOWN};
    static const board_event_t second[] = {BOARD_READING, BOARD_POWER_DOWN};
    run(first);
    assert_int_equal(sent, 3);
    expect_reading(1);
    expect_reading(2);
    assert_string_equal(last_message, "shut the valve");
    run(second); /* after the night: one datagram, no handshake */
    assert_int_equal(sent, 4);
    expect_reading(3);
}

static void the_example_sends_nothing_that_it_could_not_store(void **state)
{
    (void)state;
    static const board_event_t events[] = {BOARD_READING, BOARD_DATAGRAM, BOARD_POWER_DOWN};
    nvm_fails = true;
    run(events);
    assert_int_equal(sent, 1); /* the Session Request, which uses no COUNT */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_example_sends_readings_and_takes_messages, fresh_board),
        cmocka_unit_test_setup(the_example_sends_nothing_that_it_could_not_store, fresh_board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
