/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests to the owner, in the shapes that the HSE needs.
 */
#include <string.h>

#include "roles/hse/internal.h"

#define AMPLIFICATION_MAX 3

godwit_event_t *godwit_hse_event(godwit_outbox_t *out, const char *name, godwit_status_t reason,
                                 const godwit_imsi_t *imsi, uint32_t session_id, const char *detail)
{
    godwit_event_t *event = &godwit_outbox_add(out, GODWIT_REQUEST_EVENT)->event;
    event->name = name;
    event->reason = reason;
    event->session_id = session_id;
    event->detail = detail;
    event->has_imsi = imsi != NULL && imsi->len > 0;
    if (event->has_imsi) {
        event->imsi = *imsi;
    }
    return event;
}

godwit_slice_t godwit_hse_copy(godwit_outbox_t *out, godwit_slice_t octets)
{
    uint8_t *room = octets.len > 0 ? godwit_outbox_alloc(out, octets.len) : NULL;
    if (room == NULL) {
        return godwit_slice(NULL, 0);
    }
    memcpy(room, octets.ptr, octets.len);
    return godwit_slice(room, octets.len);
}

void godwit_hse_send(godwit_outbox_t *out, const godwit_address_t *to, godwit_slice_t octets)
{
    if (godwit_hse_is_tunnel(to)) {
        godwit_hse_send_in_tunnel(out, to, octets);
        return;
    }
    godwit_slice_t copy = godwit_hse_copy(out, octets);
    if (copy.len > 0) {
        godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_DATAGRAM);
        request->to = *to;
        request->octets = copy;
        if (godwit_hse_is_sms(to)) {
            godwit_hse_leave_by_sms(request);
        }
    }
}

void godwit_hse_fetch_session(godwit_outbox_t *out, uint32_t session_id, const godwit_imsi_t *imsi)
{
    godwit_record_key_t *key = &godwit_outbox_add(out, GODWIT_REQUEST_STORE_FETCH)->record_key;
    key->kind = GODWIT_RECORD_SESSION;
    key->session_id = session_id;
    if (session_id == 0) {
        key->imsi = *imsi;
    }
}

void godwit_hse_delete(godwit_outbox_t *out, uint32_t session_id)
{
    godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_STORE_COMMIT);
    request->deleting = true;
    request->record_key.kind = GODWIT_RECORD_SESSION;
    request->record_key.session_id = session_id;
}

godwit_message_t *godwit_hse_message(godwit_hse_t *hse, godwit_outbox_t *out, godwit_function_t to,
                                     godwit_message_kind_t kind, uint32_t transaction)
{
    godwit_message_t *message = godwit_outbox_message(out, kind, GODWIT_FUNCTION_HSE, to, transaction);
    if (message != NULL) {
        memcpy(message->origin_host, hse->config.endpoint, GODWIT_NODE_NAME_MAX);
        godwit_outbox_add(out, GODWIT_REQUEST_MESSAGE)->message = message;
    }
    return message;
}

godwit_message_t *godwit_hse_answer(godwit_hse_t *hse, godwit_outbox_t *out, const godwit_message_t *to,
                                    godwit_message_kind_t kind)
{
    godwit_message_t *answer = godwit_hse_message(hse, out, to->from, kind, to->transaction);
    if (answer != NULL) {
        answer->route = to->route;
        memset(answer->origin_host, 0, sizeof answer->origin_host);
    }
    return answer;
}

bool godwit_hse_asks_for_silence(godwit_status_t reason)
{
    return reason == GODWIT_MALFORMED || reason == GODWIT_MAC_FAILURE || reason == GODWIT_REPLAY ||
           reason == GODWIT_OVERLOAD;
}

void godwit_hse_hint(godwit_hse_t *hse, godwit_outbox_t *out, const godwit_address_t *to, uint32_t session_id,
                     godwit_status_t reason, const uint8_t echo[GODWIT_EMSDP_ECHO], size_t rejected_len,
                     uint64_t now_ms)
{
    uint8_t octets[GODWIT_EMSDP_OVERHEAD_MAX + 16];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emsdp_control_t m = {.command = GODWIT_MESSAGE_REJECT, .reason = godwit_status_on_the_wire(reason)};
    m.present = 1u << GODWIT_TLV_REASON | 1u << GODWIT_TLV_ECHO;
    memcpy(m.echo, echo, sizeof m.echo);
    if (!godwit_hse_asks_for_silence(reason) &&
        godwit_emsdp_unkeyed_build(hse->config.framing, session_id, 0, &m, &w) == GODWIT_OK &&
        w.len <= AMPLIFICATION_MAX * rejected_len && godwit_hse_budget_spend(hse, to, (uint32_t)w.len, now_ms)) {
        godwit_hse_send(out, to, godwit_written(&w));
    }
}
