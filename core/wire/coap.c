/* SPDX-License-Identifier: Apache-2.0
 *
 * CoAP messages, RFC 7252 clause 3.
 */
#include "core/wire/coap.h"

#include <string.h>

#define VERSION 1
#define PAYLOAD_MARKER 0xFFu

/* Critical options that a server of readings may pass over: where the request is for, and what is wanted back. */
static bool is_known(uint32_t option)
{
    switch (option) {
    case 3:  /* Uri-Host */
    case 7:  /* Uri-Port */
    case 11: /* Uri-Path */
    case 15: /* Uri-Query */
    case 17: /* Accept */
        return true;
    default:
        return false;
    }
}

/* Delta or length of an option, 3.1. */
static uint32_t extended(godwit_reader_t *r, unsigned nibble)
{
    switch (nibble) {
    case 13:
        return 13u + godwit_get_u8(r);
    case 14:
        return 269u + godwit_get_u16(r);
    case 15:
        r->failed = true;
        return 0;
    default:
        return nibble;
    }
}

static void read_options(godwit_reader_t *r, godwit_coap_t *m)
{
    uint32_t option = 0;
    while (!r->failed && r->left > 0) {
        unsigned first = godwit_get_u8(r);
        if (first == PAYLOAD_MARKER) {
            m->payload = godwit_get_slice(r, r->left);
            r->failed = r->failed || m->payload.len == 0; /* a marker and nothing after it */
            return;
        }
        option += extended(r, first >> 4);
        (void)godwit_get_slice(r, extended(r, first & 0x0Fu));
        m->unknown_critical |= (option & 1u) != 0 && !is_known(option);
    }
}

godwit_status_t godwit_coap_parse(godwit_slice_t octets, godwit_coap_t *message)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_coap_t m = {.type = 0};
    unsigned first = godwit_get_u8(&r);
    m.type = (uint8_t)(first >> 4 & 3u);
    m.token_len = (uint8_t)(first & 0x0Fu);
    m.code = godwit_get_u8(&r);
    m.message_id = godwit_get_u16(&r);
    if (r.failed || first >> 6 != VERSION || m.token_len > sizeof m.token ||
        (m.code == GODWIT_COAP_EMPTY && octets.len != 4)) {
        return GODWIT_MALFORMED;
    }
    godwit_get(&r, m.token, m.token_len);
    read_options(&r, &m);
    if (r.failed) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_coap_build(const godwit_coap_t *m, godwit_writer_t *w)
{
    if (m->type > GODWIT_COAP_RESET || m->token_len > sizeof m->token) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(VERSION << 6 | m->type << 4 | m->token_len));
    godwit_put_u8(w, m->code);
    godwit_put_u16(w, m->message_id);
    godwit_put(w, m->token, m->token_len);
    if (m->payload.len > 0) {
        godwit_put_u8(w, PAYLOAD_MARKER);
        godwit_put_slice(w, m->payload);
    }
    return godwit_writer_status(w);
}

bool godwit_coap_answer(const godwit_coap_t *to, uint8_t code, godwit_slice_t payload, godwit_coap_t *answer)
{
    bool request = to->code != GODWIT_COAP_EMPTY && to->code >> 5 == 0;
    bool confirmable = to->type == GODWIT_COAP_CONFIRMABLE;
    if (to->type > GODWIT_COAP_NON_CONFIRMABLE || (!request && !(confirmable && to->code == GODWIT_COAP_EMPTY))) {
        return false;
    }
    memset(answer, 0, sizeof *answer);
    answer->message_id = to->message_id;
    if (!request) {
        answer->type = GODWIT_COAP_RESET;
        return true;
    }
    answer->type = confirmable ? GODWIT_COAP_ACKNOWLEDGEMENT : GODWIT_COAP_NON_CONFIRMABLE;
    answer->code = code;
    answer->token_len = to->token_len;
    memcpy(answer->token, to->token, sizeof answer->token);
    answer->payload = payload;
    return true;
}
