/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3 given anything, at both ends, with and without protection. MACs are zeros and ciphers copy, so what is
 * forged gets in. Checked: what is read is written again octet for octet; a datagram of port A3 points into itself; a
 * Command that is peeked has suites that may be chosen.
 */
#include <stdlib.h>
#include <string.h>

#include "core/trigger/trigger.h"
#include "fuzz/fuzz.h"
#include "fuzz/weak_crypto.h"

static const uint8_t k_iwf[32];

static void insist(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void opened_is_one_spelling(godwit_slice_t octets, bool down)
{
    uint8_t out[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_writer_t w = godwit_writer(out, sizeof out);
    godwit_a3_header_t header;
    godwit_a3_opened_t opened;
    if (godwit_a3_peek(octets, &header) != GODWIT_OK || header.key_id == 0) {
        return;
    }
    godwit_a3_command_t command;
    const bool named = godwit_a3_command_peek(octets, &command) == GODWIT_OK;
    const godwit_a3_key_t key = {k_iwf, named ? command.association : header.key_id + 6u, 1 + (header.count & 2u)};
    if (godwit_a3_open(&weak_crypto, &key, down, octets, &opened) != GODWIT_OK) {
        return;
    }
    insist(opened.count == header.count && opened.message.type == header.type &&
           godwit_a3_is_down(header.type) == down);
    insist(godwit_a3_protect(&weak_crypto, &key, opened.count, &opened.message, &w) == GODWIT_OK);
    insist(godwit_slice_equal(godwit_written(&w), octets));
}

static void unprotected_is_one_spelling(godwit_slice_t octets, bool down)
{
    uint8_t out[GODWIT_TRIGGER_CONTAINER_MAX];
    godwit_writer_t w = godwit_writer(out, sizeof out);
    godwit_a3_message_t message;
    if (godwit_a3_unprotected_parse(down, octets, &message) == GODWIT_OK) {
        insist(godwit_a3_unprotected_build(&message, &w) == GODWIT_OK);
        insist(godwit_slice_equal(godwit_written(&w), octets));
    }
}

static void choice(godwit_slice_t octets)
{
    godwit_a3_command_t command;
    uint8_t suite = 0;
    if (godwit_a3_command_peek(octets, &command) == GODWIT_OK) {
        const uint8_t chosen = godwit_a3_choose(&command, (uint16_t)command.time_s);
        insist(chosen == 0 ||
               (GODWIT_A3_SUITES >> (chosen - 1) & 1 & (command.time_s & UINT16_MAX) >> (chosen - 1)) != 0);
    }
    /* A Command and its Complete, one after the other. */
    if (octets.len > 0 && octets.ptr[0] < octets.len) {
        const godwit_slice_t first = godwit_slice(octets.ptr + 1, octets.ptr[0]);
        const godwit_slice_t second = godwit_slice(first.ptr + first.len, octets.len - 1 - first.len);
        if (godwit_a3_complete_open(&weak_crypto, k_iwf, first, second, &suite) == GODWIT_OK) {
            insist(suite >= 1 && (GODWIT_A3_SUITES >> (suite - 1) & 1) != 0);
        }
    }
}

static void datagram_is_one_spelling(godwit_slice_t octets)
{
    uint8_t message[GODWIT_A3_DATAGRAM_MAX], out[GODWIT_A3_DATAGRAM_MAX];
    godwit_writer_t m = godwit_writer(message, sizeof message), w = godwit_writer(out, sizeof out);
    godwit_a3_datagram_t datagram;
    if (godwit_a3_datagram_parse(octets, &datagram) != GODWIT_OK) {
        return;
    }
    const godwit_slice_t rest = datagram.message;
    insist(rest.ptr + rest.len == octets.ptr + octets.len && datagram.imsi.len >= GODWIT_IMSI_DIGITS_MIN);
    if (datagram.has_cookie) {
        godwit_a3_cookie_put(datagram.cookie, &m);
    }
    godwit_put_slice(&m, rest);
    insist(godwit_a3_datagram_build(&datagram.imsi, godwit_written(&m), &w) == GODWIT_OK);
    insist(w.len == octets.len && memcmp(out + 8, octets.ptr + 8, w.len - 8) == 0); /* an IMSI has more spellings */
}

static void cookie_answer_is_one_spelling(godwit_slice_t octets)
{
    uint8_t out[GODWIT_A3_COOKIE_ANSWER];
    godwit_writer_t w = godwit_writer(out, sizeof out);
    godwit_a3_cookie_answer_t answer;
    if (godwit_a3_cookie_answer_parse(octets, &answer) == GODWIT_OK) {
        insist(godwit_a3_is_cookie_answer(octets));
        insist(godwit_a3_cookie_answer_build(&answer, &w) == GODWIT_OK);
        insist(godwit_slice_equal(godwit_written(&w), octets));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const godwit_slice_t octets = godwit_slice(data, size);
    for (int down = 0; down <= 1; down++) {
        opened_is_one_spelling(octets, down == 1);
        unprotected_is_one_spelling(octets, down == 1);
    }
    choice(octets);
    datagram_is_one_spelling(octets);
    cookie_answer_is_one_spelling(octets);
    return 0;
}
