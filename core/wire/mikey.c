/* SPDX-License-Identifier: Apache-2.0
 *
 * MIKEY, read: header and payloads (RFC 3830 6), each with its own way to say its length.
 */
#include "core/wire/mikey.h"

#include <string.h>

#define VERSION 1u
#define SRTP_ENTRY 9u /* policy number, SSRC, ROC */
#define MAC_SIZE 20u

static size_t timestamp_len(uint8_t type)
{
    return type == 2 ? 4 : type < 2 ? 8 : 0; /* COUNTER; NTP-UTC, NTP */
}

static size_t mac_len(uint8_t algorithm)
{
    return algorithm == 1 ? MAC_SIZE : 0;
}

/* The fields of a body up to its last, whose octets are passed over. */
static void skip_body(godwit_reader_t *r, uint8_t type)
{
    switch (type) {
    case GODWIT_MIKEY_KEMAC:
        (void)godwit_get_u8(r);
        (void)godwit_get_slice(r, godwit_get_u16(r));
        (void)godwit_get_slice(r, mac_len(godwit_get_u8(r)));
        break;
    case GODWIT_MIKEY_T:
        (void)godwit_get_slice(r, timestamp_len(godwit_get_u8(r)));
        break;
    case GODWIT_MIKEY_TR:
        (void)godwit_get_u8(r);
        (void)godwit_get_slice(r, timestamp_len(godwit_get_u8(r)));
        break;
    case GODWIT_MIKEY_ID:
    case GODWIT_MIKEY_EXTENSION:
        (void)godwit_get_u8(r);
        (void)godwit_get_slice(r, godwit_get_u16(r));
        break;
    case GODWIT_MIKEY_IDR:
    case GODWIT_MIKEY_SP:
        (void)godwit_get_u16(r);
        (void)godwit_get_slice(r, godwit_get_u16(r));
        break;
    case GODWIT_MIKEY_V:
        (void)godwit_get_slice(r, mac_len(godwit_get_u8(r)));
        break;
    case GODWIT_MIKEY_RAND:
        (void)godwit_get_slice(r, godwit_get_u8(r));
        break;
    case GODWIT_MIKEY_RANDR:
        (void)godwit_get_u8(r);
        (void)godwit_get_slice(r, godwit_get_u8(r));
        break;
    case GODWIT_MIKEY_ERR:
        (void)godwit_get_slice(r, 3);
        break;
    default: /* TP, TICKET: type, subtype, version; is_known has refused all others */
        (void)godwit_get_u32(r);
        (void)godwit_get_slice(r, godwit_get_u16(r));
        break;
    }
}

static bool is_known(uint8_t type)
{
    static const uint8_t known[] = {GODWIT_MIKEY_KEMAC,    GODWIT_MIKEY_T,    GODWIT_MIKEY_ID,    GODWIT_MIKEY_V,
                                    GODWIT_MIKEY_SP,       GODWIT_MIKEY_RAND, GODWIT_MIKEY_ERR,   GODWIT_MIKEY_TR,
                                    GODWIT_MIKEY_IDR,      GODWIT_MIKEY_TP,   GODWIT_MIKEY_RANDR, GODWIT_MIKEY_TICKET,
                                    GODWIT_MIKEY_EXTENSION};
    return memchr(known, type, sizeof known) != NULL;
}

static bool take_header(godwit_reader_t *r, godwit_mikey_t *m, uint8_t *next)
{
    uint8_t version = godwit_get_u8(r);
    m->data_type = godwit_get_u8(r);
    *next = godwit_get_u8(r);
    uint8_t v_prf = godwit_get_u8(r);
    m->v = (v_prf & 0x80u) != 0;
    m->prf = v_prf & 0x7Fu;
    m->csb_id = godwit_get_u32(r);
    m->cs_count = godwit_get_u8(r);
    m->map_type = godwit_get_u8(r);
    size_t map = 0;
    if (m->map_type == GODWIT_MIKEY_MAP_SRTP) {
        map = SRTP_ENTRY * (size_t)m->cs_count;
    } else if (m->map_type == GODWIT_MIKEY_MAP_GENERIC) {
        return false; /* RFC 6043 lets it be left out for what is built here */
    }
    m->map = godwit_get_slice(r, map);
    return version == VERSION && m->map_type <= GODWIT_MIKEY_MAP_EMPTY && godwit_reader_status(r) == GODWIT_OK;
}

godwit_status_t godwit_mikey_parse(godwit_slice_t octets, godwit_mikey_t *message)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_mikey_t m;
    uint8_t next = 0;
    memset(&m, 0, sizeof m);
    memset(message, 0, sizeof *message);
    bool good = take_header(&r, &m, &next);
    while (good && next != GODWIT_MIKEY_LAST) {
        godwit_mikey_payload_t *p = &m.payload[m.count];
        if (m.count == GODWIT_MIKEY_PAYLOADS_MAX || !is_known(next)) {
            return GODWIT_MALFORMED;
        }
        p->type = next;
        next = godwit_get_u8(&r);
        const uint8_t *from = r.ptr;
        skip_body(&r, p->type);
        good = godwit_reader_status(&r) == GODWIT_OK;
        p->body = good ? godwit_slice(from, (size_t)(r.ptr - from)) : godwit_slice(NULL, 0);
        m.count++;
    }
    if (!good || godwit_reader_done(&r) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.octets = octets;
    *message = m;
    return GODWIT_OK;
}

const godwit_mikey_payload_t *godwit_mikey_find(const godwit_mikey_t *message, uint8_t type, size_t nth)
{
    for (size_t i = 0; i < message->count; i++) {
        if (message->payload[i].type == type && nth-- == 0) {
            return &message->payload[i];
        }
    }
    return NULL;
}

/* ---- bodies: their lengths were right when the message was read ---- */

godwit_status_t godwit_mikey_counter(const godwit_mikey_t *message, uint32_t *counter)
{
    const godwit_mikey_payload_t *p = godwit_mikey_find(message, GODWIT_MIKEY_T, 0);
    if (p == NULL) {
        return GODWIT_MALFORMED;
    }
    if (p->body.ptr[0] != 2) {
        return GODWIT_UNSUPPORTED_SUITE;
    }
    *counter = godwit_load_u32(p->body.ptr + 1);
    return GODWIT_OK;
}

godwit_status_t godwit_mikey_rand(const godwit_mikey_t *message, godwit_slice_t *rand)
{
    const godwit_mikey_payload_t *p = godwit_mikey_find(message, GODWIT_MIKEY_RAND, 0);
    size_t before = 1;
    if (p == NULL) {
        p = godwit_mikey_find(message, GODWIT_MIKEY_RANDR, 0);
        before = 2; /* its role */
    }
    if (p == NULL) {
        return GODWIT_MALFORMED;
    }
    *rand = godwit_slice(p->body.ptr + before, p->body.len - before);
    return GODWIT_OK;
}

godwit_status_t godwit_mikey_id(const godwit_mikey_payload_t *payload, uint8_t *type, godwit_slice_t *id)
{
    if (payload == NULL || payload->type != GODWIT_MIKEY_ID) {
        return GODWIT_MALFORMED;
    }
    *type = payload->body.ptr[0];
    *id = godwit_slice(payload->body.ptr + 3, payload->body.len - 3);
    return GODWIT_OK;
}

godwit_status_t godwit_mikey_idr(const godwit_mikey_payload_t *payload, uint8_t *role, uint8_t *type,
                                 godwit_slice_t *id)
{
    if (payload == NULL || payload->type != GODWIT_MIKEY_IDR) {
        return GODWIT_MALFORMED;
    }
    *role = payload->body.ptr[0];
    *type = payload->body.ptr[1];
    *id = godwit_slice(payload->body.ptr + 4, payload->body.len - 4);
    return GODWIT_OK;
}

godwit_slice_t godwit_mikey_extension(const godwit_mikey_t *message, uint8_t type)
{
    for (size_t i = 0; i < message->count; i++) {
        const godwit_mikey_payload_t *p = &message->payload[i];
        if (p->type == GODWIT_MIKEY_EXTENSION && p->body.ptr[0] == type) {
            return godwit_slice(p->body.ptr + 3, p->body.len - 3);
        }
    }
    return godwit_slice(NULL, 0);
}
