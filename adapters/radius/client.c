/* SPDX-License-Identifier: Apache-2.0
 *
 * RADIUS of an access point: Access-Requests, and the answers to them (RFC 2865 3 and 4, RFC 3579 3).
 */
#include <string.h>

#include "adapters/radius/internal.h"

#define USER_NAME 1u
#define AUTHENTICATOR_AT 4u

godwit_status_t godwit_radius_request_build(const radius_request_t *request, godwit_slice_t user, godwit_slice_t secret,
                                            godwit_writer_t *w)
{
    static const uint8_t blank[RADIUS_MD5];
    const size_t start = w->len;
    godwit_put_u8(w, RADIUS_ACCESS_REQUEST);
    godwit_put_u8(w, request->identifier);
    godwit_put_u16(w, 0);
    godwit_put(w, request->authenticator, sizeof request->authenticator);
    godwit_radius_put(w, RADIUS_MESSAGE_AUTHENTICATOR, godwit_slice(blank, sizeof blank));
    godwit_radius_put(w, USER_NAME,
                      godwit_slice(user.ptr, user.len < RADIUS_ATTRIBUTE_MAX ? user.len : RADIUS_ATTRIBUTE_MAX));
    godwit_radius_put_eap(w, godwit_slice(request->eap, request->eap_len));
    if (request->state_len > 0) {
        godwit_radius_put(w, RADIUS_STATE, godwit_slice(request->state, request->state_len));
    }
    const godwit_status_t status = godwit_writer_status(w);
    if (status != GODWIT_OK) {
        return status;
    }
    uint8_t *packet = w->buf + start;
    godwit_store_u16(packet + 2, (uint16_t)(w->len - start));
    return godwit_radius_hmac(secret, godwit_slice(packet, w->len - start), packet + RADIUS_HEADER + 2);
}

/* Response Authenticator and Message-Authenticator, both with the Request Authenticator in their place. */
static godwit_status_t check_reply(godwit_slice_t packet, const radius_request_t *request, godwit_slice_t secret)
{
    uint8_t copy[RADIUS_PACKET_MAX], digest[RADIUS_MD5];
    memcpy(copy, packet.ptr, packet.len);
    memcpy(copy + AUTHENTICATOR_AT, request->authenticator, RADIUS_AUTHENTICATOR);
    const godwit_slice_t parts[] = {godwit_slice(copy, packet.len), secret};
    godwit_status_t status = godwit_radius_md5(parts, 2, digest);
    if (status == GODWIT_OK && !godwit_equal_secret(digest, packet.ptr + AUTHENTICATOR_AT, sizeof digest)) {
        status = GODWIT_MAC_FAILURE;
    }
    return status == GODWIT_OK ? godwit_radius_check(godwit_slice(copy, packet.len), secret) : status;
}

godwit_status_t godwit_radius_reply_parse(godwit_slice_t octets, const radius_request_t *request, godwit_slice_t secret,
                                          radius_reply_t *reply)
{
    radius_reply_t r;
    memset(&r, 0, sizeof r);
    const godwit_slice_t packet =
        godwit_slice(octets.ptr, octets.len < RADIUS_HEADER ? 0 : godwit_load_u16(octets.ptr + 2));
    if (packet.len < RADIUS_HEADER || packet.len > octets.len || packet.len > RADIUS_PACKET_MAX ||
        packet.ptr[1] != request->identifier) {
        return GODWIT_MALFORMED;
    }
    const godwit_status_t status = check_reply(packet, request, secret);
    if (status != GODWIT_OK) {
        return status;
    }
    r.code = (radius_code_t)packet.ptr[0];
    radius_walk_t walk = godwit_radius_walk(packet);
    while (godwit_radius_next(&walk)) {
        if ((walk.type == RADIUS_STATE && !godwit_radius_append(r.state, sizeof r.state, &r.state_len, walk.value)) ||
            (walk.type == RADIUS_EAP_MESSAGE && !godwit_radius_append(r.eap, sizeof r.eap, &r.eap_len, walk.value))) {
            return GODWIT_MALFORMED;
        }
    }
    *reply = r;
    return GODWIT_OK;
}
