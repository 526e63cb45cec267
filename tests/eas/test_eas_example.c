/* SPDX-License-Identifier: Apache-2.0
 *
 * The example of docs/eas.md as it stands in examples/eas/main.c, in a program that the test plays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/eas/sender.h"

#include "examples/eas/main.c"

static uint8_t kept[GODWIT_EAS_RECORD_MAX];
static size_t kept_len;
static bool full;
static char last[64];
static unsigned readings, asked;
static uint32_t asked_above;

size_t enterprise_read(const char *imsi, uint8_t *to, size_t cap)
{
    assert_string_equal(imsi, "001010000000001");
    assert_true(cap >= kept_len);
    memcpy(to, kept, kept_len);
    return kept_len;
}

bool enterprise_write(const char *imsi, const uint8_t *from, size_t len)
{
    assert_string_equal(imsi, "001010000000001");
    if (!full) {
        memcpy(kept, from, len);
        kept_len = len;
    }
    return !full;
}

uint64_t enterprise_now_s(void)
{
    return SENDER_AGREED_S + 5;
}

void enterprise_reading(const char *imsi, const uint8_t *octets, size_t len)
{
    (void)imsi;
    memcpy(last, octets, len);
    last[len] = '\0';
    readings++;
}

void enterprise_ask_key(const char *imsi, uint32_t above_age)
{
    (void)imsi;
    asked++;
    asked_above = above_age;
}

static void it_takes_a_key_a_reading_and_answers(void **state)
{
    (void)state;
    static sender_t sender;
    uint8_t down[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(down, sizeof down);
    godwit_eas_grant_t grant = sender_grant(1, 1);
    grant.terms.messages = 3;
    sender_init(&sender, &grant);
    const godwit_slice_t first = sender_seal(&sender, "21.5");
    const sender_t before = sender;
    assert_int_equal(receiver_up("001010000000001", 1, first.ptr, first.len), GODWIT_UNKNOWN_KEY);
    assert_int_equal(asked, 1);
    full = true;
    assert_int_equal(receiver_key(&grant), GODWIT_STORE_FAILED);
    full = false;
    assert_int_equal(receiver_key(&grant), GODWIT_OK);
    full = true;
    assert_int_equal(receiver_up("001010000000001", 1, first.ptr, first.len), GODWIT_STORE_FAILED);
    assert_int_equal(readings, 0);
    full = false;
    assert_int_equal(receiver_up("001010000000001", 1, first.ptr, first.len), GODWIT_OK);
    assert_int_equal(receiver_up("001010000000001", 1, before.datagram, before.len), GODWIT_OK);
    assert_int_equal(receiver_up("001010000000001", 2, before.datagram, before.len), GODWIT_REPLAY);
    assert_int_equal(readings, 1);
    assert_string_equal(last, "21.5");
    assert_int_equal(receiver_down("001010000000001", "open", 4, &w), GODWIT_OK);
    assert_true(sender_opens(&sender, godwit_written(&w), "open"));
    const godwit_slice_t second = sender_seal(&sender, "21.6");
    assert_int_equal(receiver_up("001010000000001", 3, second.ptr, second.len), GODWIT_OK);
    assert_int_equal(asked, 2); /* three of three messages */
    assert_int_equal(asked_above, 1);
    kept[9] ^= 1;
    assert_int_equal(receiver_up("001010000000001", 4, second.ptr, second.len), GODWIT_UNKNOWN_KEY);
    assert_int_equal(asked_above, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_takes_a_key_a_reading_and_answers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
