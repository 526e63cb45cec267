/* SPDX-License-Identifier: Apache-2.0
 *
 * Datagrams without a key: the first Session Request, and a Reject that is a hint. They have no MAC: whatever they say
 * may choose an answer, never change a session.
 */
#include "core/emsdp/frame.h"

godwit_status_t godwit_emsdp_unkeyed_build(godwit_framing_t framing, uint32_t session_id, uint32_t low_count,
                                           const godwit_emsdp_control_t *m, godwit_writer_t *out)
{
    const godwit_emsdp_header_t header = {.session_id = session_id, .low_count = low_count, .command = m->command};
    if (!frame_is_framing(framing) || (m->command == GODWIT_SESSION_REQUEST && session_id != 0)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_writer_t w = *out;
    godwit_emsdp_header_put(&w, framing, &header);
    godwit_status_t status = godwit_emsdp_tlvs_build(m, FRAME_UNKEYED | FRAME_UP | FRAME_DOWN, NULL, &w);
    if (status == GODWIT_OK) {
        status = w.len - out->len > GODWIT_EMSDP_DATAGRAM_MAX ? GODWIT_NO_SPACE : godwit_writer_status(&w);
    }
    if (status == GODWIT_OK) {
        *out = w;
    }
    return status;
}

godwit_status_t godwit_emsdp_unkeyed_parse(godwit_slice_t datagram, godwit_framing_t framing,
                                           godwit_emsdp_header_t *header, godwit_emsdp_control_t *m)
{
    godwit_emsdp_header_t h;
    godwit_status_t status = godwit_emsdp_peek(datagram, framing, &h);
    if (status != GODWIT_OK) {
        return status;
    }
    if (h.key_id != 0) {
        return GODWIT_MALFORMED;
    }
    const size_t skip = frame_header_len(framing) + 1;
    status = godwit_emsdp_control_parse(h.command, false, godwit_slice(datagram.ptr + skip, datagram.len - skip), m);
    if (status == GODWIT_OK) {
        *header = h;
    }
    return status;
}
