/* SPDX-License-Identifier: Apache-2.0
 *
 * GTP-U: TS 29.281 clauses 5.1 (header), 5.2 (extension headers), 7.2 and 7.3 (messages), 8 (elements).
 */
#include "core/wire/gtpu.h"

#include <string.h>

#define VERSION_1_GTP 0x30U /* version 1, protocol type GTP */
#define FLAG_EXTENSION 0x04U
#define FLAG_SEQUENCE 0x02U
#define FLAGS_ANY 0x07U
#define IE_RECOVERY 14
#define IE_TEID_DATA 16
#define IE_PEER_ADDRESS 133
#define IE_TLV 0x80U

static bool has_elements(uint8_t type)
{
    return type == GODWIT_GTPU_ECHO_RESPONSE || type == GODWIT_GTPU_ERROR_INDICATION;
}

static bool needs_sequence(uint8_t type)
{
    return type == GODWIT_GTPU_ECHO_REQUEST || has_elements(type);
}

static void put_elements(const godwit_gtpu_t *m, godwit_writer_t *w)
{
    if (m->type == GODWIT_GTPU_ECHO_RESPONSE) {
        godwit_put_u8(w, IE_RECOVERY);
        godwit_put_u8(w, 0); /* 8.2: the restart counter means nothing on the user plane */
    } else if (m->type == GODWIT_GTPU_ERROR_INDICATION) {
        godwit_put_u8(w, IE_TEID_DATA);
        godwit_put_u32(w, m->error_teid);
        godwit_put_u8(w, IE_PEER_ADDRESS);
        godwit_put_u16(w, sizeof m->error_ipv4);
        godwit_put(w, m->error_ipv4, sizeof m->error_ipv4);
    }
}

godwit_status_t godwit_gtpu_build(const godwit_gtpu_t *message, godwit_writer_t *w)
{
    bool sequence = message->has_sequence || needs_sequence(message->type);
    if (needs_sequence(message->type) && message->teid != 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(VERSION_1_GTP | (sequence ? FLAG_SEQUENCE : 0U)));
    godwit_put_u8(w, message->type);
    size_t length_at = w->len;
    godwit_put_u16(w, 0);
    godwit_put_u32(w, message->teid);
    size_t from = w->len;
    if (sequence) {
        godwit_put_u16(w, message->sequence);
        godwit_put_u16(w, 0); /* N-PDU number and next extension header: none */
    }
    put_elements(message, w);
    if (message->type == GODWIT_GTPU_G_PDU) {
        godwit_put_slice(w, message->pdu);
    }
    if (w->len - from > UINT16_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_gtp_patch_length(w, length_at, from);
    return godwit_writer_status(w);
}

godwit_status_t godwit_gtpu_put_pdu(godwit_writer_t *w, uint32_t teid, godwit_slice_t pdu)
{
    godwit_gtpu_t message;
    memset(&message, 0, sizeof message);
    message.type = GODWIT_GTPU_G_PDU;
    message.teid = teid;
    message.pdu = pdu;
    return godwit_gtpu_build(&message, w);
}

/* Elements stand in ascending order; one that is not ours is passed over when it says its length (8.1). */
static godwit_status_t read_elements(godwit_reader_t *r, godwit_gtpu_t *m)
{
    bool teid = false, peer = false, wanted = m->type == GODWIT_GTPU_ERROR_INDICATION;
    while (r->left > 0) {
        uint8_t type = godwit_get_u8(r);
        if (type == IE_TEID_DATA) {
            uint32_t value = godwit_get_u32(r);
            m->error_teid = teid || !wanted ? m->error_teid : value;
            teid = true;
        } else if (type == IE_RECOVERY) {
            (void)godwit_get_u8(r);
        } else if ((type & IE_TLV) != 0) {
            godwit_slice_t value = godwit_get_slice(r, godwit_get_u16(r));
            if (type == IE_PEER_ADDRESS && wanted && !peer && value.len == sizeof m->error_ipv4) {
                memcpy(m->error_ipv4, value.ptr, value.len);
                peer = true;
            }
        } else {
            return GODWIT_MALFORMED;
        }
    }
    bool complete = !wanted || (teid && peer);
    return r->failed || !complete ? GODWIT_MALFORMED : GODWIT_OK;
}

godwit_status_t godwit_gtpu_parse(godwit_slice_t octets, godwit_gtpu_t *message)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_gtpu_t m;
    memset(&m, 0, sizeof m);
    uint8_t flags = godwit_get_u8(&r);
    m.type = godwit_get_u8(&r);
    size_t length = godwit_get_u16(&r);
    m.teid = godwit_get_u32(&r);
    if (r.failed || length != r.left) {
        return GODWIT_MALFORMED;
    }
    if ((flags & 0xF0U) != VERSION_1_GTP) {
        return GODWIT_POLICY_FORBIDS;
    }
    m.has_sequence = (flags & FLAG_SEQUENCE) != 0;
    if ((flags & FLAGS_ANY) != 0) {
        uint16_t sequence = godwit_get_u16(&r);
        (void)godwit_get_u8(&r);
        uint8_t next = godwit_get_u8(&r);
        m.sequence = m.has_sequence ? sequence : 0;
        godwit_status_t status = godwit_gtp_skip_extensions(&r, (flags & FLAG_EXTENSION) != 0 ? next : 0);
        if (status != GODWIT_OK) {
            return status;
        }
    }
    if (needs_sequence(m.type) && !m.has_sequence) {
        return GODWIT_MALFORMED;
    }
    if (has_elements(m.type) && read_elements(&r, &m) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    if (m.type == GODWIT_GTPU_G_PDU) {
        m.pdu = godwit_slice(r.ptr, r.left);
    }
    *message = m;
    return GODWIT_OK;
}
