/* SPDX-License-Identifier: Apache-2.0
 *
 * Interface A3: the datagram around a message on port A3, and cookies, by which a device shows that it receives where
 * it sends from (docs/trigger-wire.md, "Over UDP"; the models are RFC 9018, RFC 6347 4.2.1 and RFC 7296 2.6). Nothing
 * here proves anything: whoever made a cookie knows whether it is his.
 */
#include "core/trigger/internal.h"

#include <string.h>

#define EF_IMSI 8 /* octets 2 to 9 of EF_IMSI (TS 31.102 4.2.2) */

godwit_status_t godwit_a3_datagram_build(const godwit_imsi_t *imsi, godwit_slice_t message, godwit_writer_t *out)
{
    uint8_t ef[EF_IMSI];
    godwit_imsi_to_ef(imsi, ef);
    godwit_put(out, ef, sizeof ef);
    godwit_put_slice(out, message);
    return godwit_writer_status(out);
}

void godwit_a3_cookie_put(const uint8_t cookie[GODWIT_A3_COOKIE], godwit_writer_t *out)
{
    godwit_put_u8(out, A3_COOKIE_MARK);
    godwit_put(out, cookie, GODWIT_A3_COOKIE);
}

godwit_status_t godwit_a3_datagram_parse(godwit_slice_t octets, godwit_a3_datagram_t *datagram)
{
    godwit_a3_header_t header;
    godwit_a3_datagram_t d = {0};
    godwit_reader_t r = godwit_reader(octets);
    const godwit_slice_t ef = godwit_get_slice(&r, EF_IMSI);
    if (ef.len != EF_IMSI || godwit_imsi_from_ef(ef.ptr, &d.imsi) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    d.has_cookie = r.left > 0 && *r.ptr == A3_COOKIE_MARK;
    if (d.has_cookie) {
        (void)godwit_get_u8(&r);
        godwit_get(&r, d.cookie, sizeof d.cookie);
    }
    d.message = godwit_get_slice(&r, r.left);
    godwit_status_t status = godwit_reader_status(&r);
    if (status == GODWIT_OK) {
        status = godwit_a3_peek(d.message, &header);
    }
    if (status == GODWIT_OK) {
        *datagram = d;
    }
    return status;
}

/* ---- the answer that gives a cookie ---- */

bool godwit_a3_echo(godwit_slice_t message, uint8_t echo[GODWIT_A3_ECHO])
{
    if (message.len < GODWIT_A3_ECHO) {
        return false;
    }
    memcpy(echo, message.ptr + message.len - GODWIT_A3_ECHO, GODWIT_A3_ECHO);
    return true;
}

bool godwit_a3_is_cookie_answer(godwit_slice_t octets)
{
    return octets.len > 0 && octets.ptr[0] == A3_COOKIE_MARK;
}

godwit_status_t godwit_a3_cookie_answer_build(const godwit_a3_cookie_answer_t *answer, godwit_writer_t *out)
{
    godwit_put_u8(out, A3_COOKIE_MARK);
    godwit_put(out, answer->echo, sizeof answer->echo);
    godwit_put(out, answer->cookie, sizeof answer->cookie);
    return godwit_writer_status(out);
}

godwit_status_t godwit_a3_cookie_answer_parse(godwit_slice_t octets, godwit_a3_cookie_answer_t *answer)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_a3_cookie_answer_t a;
    const bool marked = godwit_get_u8(&r) == A3_COOKIE_MARK;
    godwit_get(&r, a.echo, sizeof a.echo);
    godwit_get(&r, a.cookie, sizeof a.cookie);
    if (!marked || godwit_reader_done(&r) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *answer = a;
    return GODWIT_OK;
}
