/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening under a known key. Octet 1: suite; 2: framing; 3: whose end, whether a transcript is there, whether the MAC
 * is mended; then a datagram. As it is, a datagram opens only when its MAC is right. With the MAC mended, any content
 * is authentic: nothing of it may harm.
 * Opening never changes the key, an accepted datagram is a replay, and what was opened can be sealed again.
 */
#include "core/emsdp/frame.h"
#include "fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

enum { NETWORK = 1, TRANSCRIPT = 2, MEND = 4 };

static const uint8_t k_session[32] = "the fuzzer's own session key!!!";
static const uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT] = {1, 2, 3};

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Puts the right MAC at the end of the datagram, and header fields that lead to the key. */
static void mend(const godwit_emsdp_key_t *key, uint8_t *datagram, size_t len)
{
    const godwit_framing_t framing = frame_of_key(key);
    const size_t header = frame_header_len(framing) + 1, mac_len = godwit_suite(key->hot.suite)->mac_len;
    frame_protection_t p;
    godwit_emsdp_header_t h;
    uint8_t mac[32];
    if (len < header + mac_len) {
        return;
    }
    datagram[0] = (uint8_t)((datagram[0] & 0x87u) | (unsigned)key->hot.key_id << 3);
    memset(datagram + 1, 0, framing.session_octets);
    if (godwit_emsdp_peek(godwit_slice(datagram, len), framing, &h) != GODWIT_OK) {
        return;
    }
    check(godwit_emsdp_protection(&godwit_crypto_builtin, key, h.user_plane, false, &p) == GODWIT_OK);
    p.input.count = h.low_count;
    if (h.command == GODWIT_MANAGE_KEYS_REQUEST) {
        (void)godwit_emsdp_claimed_count(godwit_slice(datagram + header, len - mac_len - header), &p.input.count);
    }
    if (frame_has_transcript(h.command)) {
        p.transcript = godwit_slice(transcript, sizeof transcript);
    }
    check(godwit_emsdp_mac(&p, godwit_slice(datagram, len - mac_len), mac) == GODWIT_OK);
    memcpy(datagram + len - mac_len, mac, mac_len);
}

static void seal_again(godwit_emsdp_key_t key, const godwit_emsdp_opened_t *opened, size_t len)
{
    static uint8_t sealed[GODWIT_EMSDP_DATAGRAM_MAX];
    godwit_writer_t w = godwit_writer(sealed, sizeof sealed);
    const bool covers = frame_has_transcript(opened->control.command);
    key.hot.end ^= 1; /* as the sender */
    key.hot.up_next_out = key.cp_next_out = opened->count;
    const godwit_status_t status =
        opened->user_plane ? godwit_emsdp_seal_user(&godwit_crypto_builtin, &key, opened->payload, &w)
                           : godwit_emsdp_seal_control(&godwit_crypto_builtin, &key, &opened->control,
                                                       godwit_slice(transcript, covers ? sizeof transcript : 0), &w);
    check(status == GODWIT_OK && w.len <= len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t datagram[GODWIT_EMSDP_DATAGRAM_MAX + 1], plain[GODWIT_EMSDP_DATAGRAM_MAX + 1];
    godwit_emsdp_key_t key;
    godwit_emsdp_opened_t opened;
    if (size < 3 || size - 3 > sizeof datagram) {
        return 0;
    }
    const godwit_framing_t framing = {(uint8_t)(data[1] / 4u % 5u), (uint8_t)(data[1] % 4u)};
    check(godwit_emsdp_key_init(&godwit_crypto_builtin, &key, k_session, (uint8_t)(data[0] % GODWIT_SUITE_LAST + 1), 1,
                                framing, 0, 1,
                                data[2] & NETWORK ? GODWIT_END_NETWORK : GODWIT_END_DEVICE) == GODWIT_OK);
    const size_t len = size - 3;
    memcpy(datagram, data + 3, len);
    if (data[2] & MEND) {
        mend(&key, datagram, len);
    }
    const godwit_slice_t whole = godwit_slice(datagram, len);
    const godwit_slice_t exchange = godwit_slice(transcript, data[2] & TRANSCRIPT ? sizeof transcript : 0);
    const godwit_emsdp_key_t before = key;
    const godwit_status_t status = godwit_emsdp_open(&godwit_crypto_builtin, &key, whole, exchange, plain, &opened);
    check(memcmp(&before, &key, sizeof key) == 0);
    if (status == GODWIT_OK) {
        seal_again(key, &opened, len);
        godwit_emsdp_accept(&key, &opened);
        check(godwit_emsdp_open(&godwit_crypto_builtin, &key, whole, exchange, plain, &opened) == GODWIT_REPLAY);
    }
    return 0;
}
