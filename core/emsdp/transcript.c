/* SPDX-License-Identifier: Apache-2.0
 *
 * What one datagram says about others: the transcript hash under the MACs of Start and Confirmation, and the echo in a
 * Reject.
 */
#include "core/emsdp/frame.h"

#include <string.h>

godwit_status_t godwit_emsdp_transcript(const godwit_crypto_t *crypto, const godwit_slice_t *datagrams, size_t count,
                                        uint8_t transcript[GODWIT_EMSDP_TRANSCRIPT])
{
    return crypto->sha256(datagrams, count, transcript);
}

godwit_status_t godwit_emsdp_echo(const godwit_crypto_t *crypto, godwit_slice_t rejected, godwit_framing_t framing,
                                  uint8_t echo[GODWIT_EMSDP_ECHO])
{
    godwit_emsdp_header_t header;
    uint8_t digest[32];
    godwit_status_t status = godwit_emsdp_peek(rejected, framing, &header);
    if (status != GODWIT_OK) {
        return status;
    }
    if (header.key_id != 0) {
        if (rejected.len < GODWIT_EMSDP_ECHO) {
            return GODWIT_MALFORMED;
        }
        memcpy(echo, rejected.ptr + rejected.len - GODWIT_EMSDP_ECHO, GODWIT_EMSDP_ECHO);
        return GODWIT_OK;
    }
    status = crypto->sha256(&rejected, 1, digest);
    if (status == GODWIT_OK) {
        memcpy(echo, digest, GODWIT_EMSDP_ECHO);
    }
    return status;
}
