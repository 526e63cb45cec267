/* SPDX-License-Identifier: Apache-2.0
 *
 * What core/wire reads of MM, CP, RP and TPDUs. What is accepted is built again, and must be accepted again with the
 * same octets.
 */
#include "fuzz/fuzz.h"
#include "tests/support/sms_messages.h"

#include <stdlib.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void message(const sms_codec_t *codec, godwit_slice_t octets)
{
    static uint8_t first[4096], second[4096];
    _Alignas(16) uint8_t parsed[SMS_STRUCTURE_MAX] = {0}, again[SMS_STRUCTURE_MAX] = {0};
    godwit_writer_t w = godwit_writer(first, sizeof first), v = godwit_writer(second, sizeof second);
    if (codec->parse(octets, parsed) != GODWIT_OK) {
        return;
    }
    check(codec->build(parsed, &w) == GODWIT_OK && w.len <= octets.len);
    check(codec->parse(godwit_written(&w), again) == GODWIT_OK);
    check(codec->build(again, &v) == GODWIT_OK && godwit_slice_equal(godwit_written(&w), godwit_written(&v)));
}

/* What an application would look at. */
static void contents(godwit_slice_t octets)
{
    char text[GODWIT_E164_MAX + 1];
    uint8_t user_data[GODWIT_SMS_USER_DATA_MAX];
    godwit_sms_submit_t submit;
    godwit_sms_ports_t ports;
    godwit_sms_user_data_t data;
    if (godwit_sms_submit_parse(octets, &submit) != GODWIT_OK) {
        return;
    }
    if (godwit_sms_address_to_text(&submit.destination, text) == GODWIT_OK) {
        godwit_sms_address_t address;
        check(text[0] == 0 || godwit_sms_address_from_text(text, &address) == GODWIT_OK);
    }
    if (godwit_sms_ports_get(&submit.data, &ports) == GODWIT_OK && ports.payload.len <= GODWIT_SMS_PORT_DATA_MAX) {
        check(godwit_sms_ports_put(ports.destination, ports.originator, ports.payload, user_data, &data) == GODWIT_OK);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_slice_t octets = godwit_slice(data, size);
    for (size_t i = 0; i < sms_codec_count; i++) {
        message(&sms_codecs[i], octets);
    }
    contents(octets);
    return 0;
}
