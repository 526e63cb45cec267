/* SPDX-License-Identifier: Apache-2.0
 *
 * GTP-U with the gateways (TS 29.281): the N-PDU of a device's bearer is a G-PDU with the gateway's TEID, both ways.
 * GTP-U has no security of its own: what comes from no gateway that is known is passed over, and what comes from one is
 * believed nothing but the TEID that it names. Never is an answer longer than three times what asked for it.
 */
#include <string.h>

#include "core/wire/gtpu.h"
#include "roles/hse/internal.h"

#define GTPU_PORT 2152 /* TS 29.281 4.4.2 */
#define TEID_LEN 4u
#define PORT_LEN 2u
#define IPV4_TUNNEL (4u + TEID_LEN)
#define IPV6_TUNNEL (16u + TEID_LEN)
#define UNKNOWN_TEID_OCTETS 32u /* what a TEID that is not known costs its gateway */

bool godwit_hse_is_tunnel(const godwit_address_t *address)
{
    return address->len == IPV4_TUNNEL || address->len == IPV6_TUNNEL;
}

void godwit_hse_send_in_tunnel(godwit_outbox_t *out, const godwit_address_t *to, godwit_slice_t octets)
{
    size_t host = to->len - TEID_LEN, len = octets.len + GODWIT_GTPU_HEADER_LEN;
    uint8_t *room = octets.len > 0 ? godwit_outbox_alloc(out, len) : NULL;
    if (room == NULL) {
        return;
    }
    godwit_writer_t w = godwit_writer(room, len);
    if (godwit_gtpu_put_pdu(&w, godwit_load_u32(to->octets + host), octets) != GODWIT_OK) {
        return;
    }
    godwit_request_t *request = godwit_outbox_add(out, GODWIT_REQUEST_DATAGRAM);
    request->port = GODWIT_PORT_GTPU;
    request->to.len = (uint8_t)(host + PORT_LEN);
    memcpy(request->to.octets, to->octets, host);
    godwit_store_u16(request->to.octets + host, GTPU_PORT);
    request->octets = godwit_written(&w);
}

/* TS 29.281 7.2: whoever asks whether this path lives is told. */
static void answer_echo(godwit_hse_t *hse, const godwit_input_t *in, const godwit_gtpu_t *asked, godwit_outbox_t *out)
{
    const godwit_gtpu_t echo = {.type = GODWIT_GTPU_ECHO_RESPONSE, .has_sequence = true, .sequence = asked->sequence};
    uint8_t octets[32];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    if (godwit_gtpu_build(&echo, &w) == GODWIT_OK && w.len <= 3 * in->datagram.len &&
        godwit_hse_budget_spend(hse, &in->from, (uint32_t)w.len, in->now_ms)) {
        godwit_hse_send(out, &in->from, godwit_written(&w));
        out->requests[out->count - 1].port = GODWIT_PORT_GTPU;
    }
}

static bool is_expected(godwit_hse_t *hse, const godwit_input_t *in, const godwit_address_t *tunnel, size_t host)
{
    godwit_address_t gateway = {.len = (uint8_t)host};
    if (godwit_hse_bearer_find(hse, tunnel) != NULL) {
        return true;
    }
    memcpy(gateway.octets, in->from.octets, host);
    return godwit_hse_gateway_at(hse, in->from.octets, host) != NULL &&
           godwit_hse_budget_spend(hse, &gateway, UNKNOWN_TEID_OCTETS, in->now_ms);
}

bool godwit_hse_take_gtpu(godwit_hse_t *hse, const godwit_input_t *in, godwit_input_t *inner, godwit_outbox_t *out)
{
    godwit_gtpu_t message;
    size_t host = in->from.len >= PORT_LEN ? in->from.len - PORT_LEN : 0;
    if ((host != 4 && host != 16) || godwit_gtpu_parse(in->datagram, &message) != GODWIT_OK) {
        godwit_hse_event(out, "refused", GODWIT_MALFORMED, NULL, 0, "no GTP-U message");
        return false;
    }
    *inner = *in;
    inner->from.len = (uint8_t)(host + TEID_LEN);
    godwit_store_u32(inner->from.octets + host, message.teid);
    inner->datagram = message.pdu;
    bool known = godwit_hse_gateway_at(hse, in->from.octets, host) != NULL;
    if (message.type == GODWIT_GTPU_ECHO_REQUEST && known) {
        answer_echo(hse, in, &message, out);
    }
    if (message.type != GODWIT_GTPU_G_PDU) {
        return false;
    }
    if (!is_expected(hse, in, &inner->from, host)) {
        godwit_hse_event(out, "refused", GODWIT_UNKNOWN_SESSION, NULL, 0, "a G-PDU of no gateway, or of no bearer");
        return false;
    }
    return true;
}
