/* SPDX-License-Identifier: Apache-2.0
 *
 * What an application may say to a device: bodies that are taken, bodies that are refused by the name of the member
 * that is wrong, and topics.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/downlink/downlink.h"

static godwit_status_t read_text(const char *text, godwit_downlink_t *d, const char **member)
{
    memset(d, 0, sizeof *d);
    return godwit_downlink_read(godwit_slice((const uint8_t *)text, strlen(text)), d, member);
}

static void a_message_is_text_or_octets(void **state)
{
    godwit_downlink_t d;
    const char *member;
    (void)state;
    assert_int_equal(read_text("{\"payload\":\"open \\u00fc\"}", &d, &member), GODWIT_OK);
    assert_int_equal(d.len, 7);
    assert_memory_equal(d.payload, "open \xc3\xbc", 7);
    assert_int_equal(d.validity_s, 0);
    assert_false(d.wake);
    assert_int_equal(read_text("{\"payloadHex\":\"00fF10\",\"validityPeriod\":86400,\"wake\":true}", &d, &member),
                     GODWIT_OK);
    assert_int_equal(d.len, 3);
    assert_memory_equal(d.payload, "\x00\xff\x10", 3);
    assert_int_equal(d.validity_s, 86400);
    assert_true(d.wake);
    assert_int_equal(read_text("{\"payload\":\"a\\u0000b\"}", &d, &member), GODWIT_OK);
    assert_int_equal(d.len, 3);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        const char *text, *member;
    } bad[] = {
        {"", ""},
        {"[]", ""},
        {"{", ""},
        {"{}", "payload"},
        {"{\"payload\":\"\"}", "payload"},
        {"{\"payload\":5}", "payload"},
        {"{\"payload\":null}", "payload"},
        {"{\"payload\":\"a\",\"payloadHex\":\"61\"}", "payload"},
        {"{\"payloadHex\":\"6\"}", "payloadHex"},
        {"{\"payloadHex\":\"6g\"}", "payloadHex"},
        {"{\"payloadHex\":\"\"}", "payloadHex"},
        {"{\"payloadHex\":\"61\\u0000\"}", "payloadHex"},
        {"{\"payload\":\"a\",\"validityPeriod\":0}", "validityPeriod"},
        {"{\"payload\":\"a\",\"validityPeriod\":-1}", "validityPeriod"},
        {"{\"payload\":\"a\",\"validityPeriod\":4294967296}", "validityPeriod"},
        {"{\"payload\":\"a\",\"validityPeriod\":1.5}", "validityPeriod"},
        {"{\"payload\":\"a\",\"wake\":1}", "wake"},
        {"{\"payload\":\"a\",\"priority\":\"high\"}", ""},
        {"{\"payload\":\"a\",\"payload\":\"b\"}", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        godwit_downlink_t d;
        const char *member = NULL;
        assert_int_equal(read_text(bad[i].text, &d, &member), GODWIT_MALFORMED);
        assert_string_equal(member, bad[i].member);
        assert_int_equal(d.len, 0);
    }
}

static void a_message_fits_one_datagram(void **state)
{
    char text[2 * GODWIT_DOWNLINK_PAYLOAD_MAX + 64] = "{\"payload\":\"";
    size_t head = strlen(text);
    godwit_downlink_t d;
    const char *member;
    (void)state;
    memset(text + head, 'x', GODWIT_DOWNLINK_PAYLOAD_MAX);
    memcpy(text + head + GODWIT_DOWNLINK_PAYLOAD_MAX, "\"}", 3);
    assert_int_equal(read_text(text, &d, &member), GODWIT_OK);
    assert_int_equal(d.len, GODWIT_DOWNLINK_PAYLOAD_MAX);
    memcpy(text + head + GODWIT_DOWNLINK_PAYLOAD_MAX, "x\"}", 4);
    assert_int_equal(read_text(text, &d, &member), GODWIT_MALFORMED);
}

static void topics_name_the_device(void **state)
{
    char filter[256];
    godwit_imsi_t imsi;
    (void)state;
    assert_int_equal(godwit_downlink_topic_filter("godwit/{imsi}/down", filter), GODWIT_OK);
    assert_string_equal(filter, "godwit/+/down");
    assert_int_equal(godwit_downlink_topic_filter("down/{imsi}", filter), GODWIT_OK);
    assert_string_equal(filter, "down/+");
    assert_int_equal(godwit_downlink_topic_filter("{imsi}", filter), GODWIT_OK);
    assert_string_equal(filter, "+");
    assert_int_equal(godwit_downlink_topic_read("godwit/{imsi}/down", "godwit/001010000000001/down", &imsi), GODWIT_OK);
    assert_string_equal(imsi.digits, "001010000000001");
    assert_int_equal(godwit_downlink_topic_read("{imsi}", "001010000000001", &imsi), GODWIT_OK);
}

static void other_topics_are_none(void **state)
{
    static const char *const patterns[] = {
        "godwit/down",     "godwit/x{imsi}/down", "godwit/{imsi}x",     "{imsi}/{imsi}",
        "godwit/+/{imsi}", "godwit/{imsi}/#",     "a/{session}/{imsi}", ""};
    static const char *const topics[] = {"godwit/001010000000001",
                                         "godwit/00101000000000x/down",
                                         "godwit//down",
                                         "godwit/0010100000000012/down",
                                         "godwit/001010000000001/down/x",
                                         "godwi/001010000000001/down",
                                         "godwit/001010000000001/up",
                                         ""};
    char filter[256];
    godwit_imsi_t imsi;
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        assert_int_equal(godwit_downlink_topic_filter(patterns[i], filter), GODWIT_INVALID_ARGUMENT);
    }
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        assert_int_equal(godwit_downlink_topic_read("godwit/{imsi}/down", topics[i], &imsi), GODWIT_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_text_or_octets), cmocka_unit_test(what_is_wrong_is_named),
        cmocka_unit_test(a_message_fits_one_datagram), cmocka_unit_test(topics_name_the_device),
        cmocka_unit_test(other_topics_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
