/* SPDX-License-Identifier: Apache-2.0
 *
 * 128-EIA1 and 128-EIA3 (TS 33.401 B.2.2, B.2.4): COUNT, BEARER and DIRECTION are their own parameters, and they take
 * the message in one piece. In a file of its own so that only these suites pay for the buffer with stack.
 */
#include "core/emsdp/frame.h"

#ifndef GODWIT_SUITES_AES_ONLY

/* The head without COUNT, BEARER and DIRECTION is at most as long as the header with a Session ID of 4 octets. */
#define MESSAGE_MAX (GODWIT_EMSDP_DATAGRAM_MAX + 4 + GODWIT_EMSDP_TRANSCRIPT)

godwit_status_t godwit_emsdp_mac_in_one_piece(const frame_protection_t *p, const godwit_slice_t *parts, size_t count,
                                              uint8_t mac[4])
{
    uint8_t message[MESSAGE_MAX];
    godwit_writer_t w = godwit_writer(message, sizeof message);
    for (size_t i = 0; i < count; i++) {
        godwit_put_slice(&w, parts[i]);
    }
    godwit_status_t status = godwit_writer_status(&w);
    if (status == GODWIT_OK) {
        status = godwit_eia(p->crypto, p->suite->eia, p->key->hot.k_int, p->input, message, 8 * w.len, mac);
    }
    return status;
}

#endif
