/* SPDX-License-Identifier: Apache-2.0
 *
 * What anybody can send: a datagram read without a key. First octet: framing; then the datagram. What parses is built
 * again to the same octets but for what was passed over; a Start that can be peeked into has the framing under which it
 * came.
 */
#include "fuzz/fuzz.h"
#include "godwit/emsdp.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void request_or_hint(godwit_slice_t datagram, godwit_framing_t framing)
{
    static uint8_t buf[4096];
    godwit_writer_t w = godwit_writer(buf, sizeof buf);
    godwit_emsdp_header_t h;
    godwit_emsdp_control_t m;
    if (godwit_emsdp_unkeyed_parse(datagram, framing, &h, &m) == GODWIT_OK) {
        check(h.key_id == 0 && !h.user_plane && h.command == m.command);
        check(godwit_emsdp_unkeyed_build(framing, h.session_id, h.low_count, &m, &w) == GODWIT_OK);
        check(w.len <= datagram.len && memcmp(buf, datagram.ptr, w.len) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1) {
        return 0;
    }
    const godwit_framing_t framing = {(uint8_t)(data[0] / 4u % 5u), (uint8_t)(data[0] % 4u)};
    const godwit_slice_t datagram = godwit_slice(data + 1, size - 1);
    godwit_emsdp_control_t m;
    godwit_emsdp_header_t h;
    uint8_t echo[GODWIT_EMSDP_ECHO];
    const bool sound = godwit_emsdp_peek(datagram, framing, &h) == GODWIT_OK;
    request_or_hint(datagram, framing);
    if (godwit_emsdp_start_peek(datagram, framing, &m) == GODWIT_OK) {
        check(sound && h.command == GODWIT_SESSION_START && h.key_id != 0);
        check(m.framing.session_octets == framing.session_octets && m.framing.counter_octets == framing.counter_octets);
    }
    check(sound || godwit_emsdp_echo(&godwit_crypto_builtin, datagram, framing, echo) != GODWIT_OK);
    return 0;
}
