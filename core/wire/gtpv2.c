/* SPDX-License-Identifier: Apache-2.0
 *
 * GTPv2-C: TS 29.274 clauses 5 (header), 7.1, 7.2 (messages). Elements stand in gtpv2_elements.c.
 */
#include "core/wire/gtpv2.h"

#include "core/wire/gtpv2_elements.h"

#include <string.h>

#define VERSION_2 0x40U
#define FLAG_PIGGYBACK 0x10U
#define FLAG_TEID 0x08U

static bool has_no_teid(uint8_t type)
{
    return type <= GODWIT_GTPV2_VERSION_NOT_SUPPORTED; /* 5.5.1 */
}

/* What the tables of 7.1 and 7.2 call mandatory; of a Create Session Response that accepts, what makes it useful. */
static uint32_t mandatory(const godwit_gtpv2_t *m)
{
    switch (m->type) {
    case GODWIT_GTPV2_ECHO_REQUEST:
    case GODWIT_GTPV2_ECHO_RESPONSE:
        return GODWIT_GTPV2_RECOVERY;
    case GODWIT_GTPV2_CREATE_SESSION_REQUEST:
        return GODWIT_GTPV2_RAT | GODWIT_GTPV2_SENDER | GODWIT_GTPV2_APN | GODWIT_GTPV2_BEARER;
    case GODWIT_GTPV2_CREATE_SESSION_RESPONSE:
        return m->cause != GODWIT_GTPV2_CAUSE_ACCEPTED ? GODWIT_GTPV2_CAUSE : GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_BEARER;
    case GODWIT_GTPV2_BEARER_RESOURCE_COMMAND:
        return GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI;
    case GODWIT_GTPV2_BEARER_RESOURCE_FAILURE:
        return GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_EBI | GODWIT_GTPV2_PTI;
    case GODWIT_GTPV2_UPDATE_BEARER_REQUEST:
        return GODWIT_GTPV2_BEARER | GODWIT_GTPV2_AMBR;
    case GODWIT_GTPV2_IDENTIFICATION_RESPONSE:
        return m->cause != GODWIT_GTPV2_CAUSE_ACCEPTED
                   ? GODWIT_GTPV2_CAUSE
                   : GODWIT_GTPV2_CAUSE | GODWIT_GTPV2_IMSI | GODWIT_GTPV2_MM_CONTEXT;
    case GODWIT_GTPV2_MODIFY_BEARER_RESPONSE:
    case GODWIT_GTPV2_DELETE_SESSION_RESPONSE:
    case GODWIT_GTPV2_UPDATE_BEARER_RESPONSE:
    case GODWIT_GTPV2_RELEASE_ACCESS_BEARERS_RESPONSE:
    case GODWIT_GTPV2_DOWNLINK_DATA_ACKNOWLEDGE:
        return GODWIT_GTPV2_CAUSE;
    default:
        return 0;
    }
}

godwit_status_t godwit_gtpv2_build(const godwit_gtpv2_t *message, godwit_writer_t *w)
{
    bool teid = !has_no_teid(message->type);
    if ((message->has & mandatory(message)) != mandatory(message)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(VERSION_2 | (teid ? FLAG_TEID : 0U)));
    godwit_put_u8(w, message->type);
    size_t length_at = w->len;
    godwit_put_u16(w, 0);
    size_t from = w->len;
    if (teid) {
        godwit_put_u32(w, message->teid);
    }
    godwit_put_u24(w, message->sequence);
    godwit_put_u8(w, 0);
    for (size_t i = 0; i < godwit_gtpv2_element_count; i++) {
        const godwit_gtpv2_element_t *e = &godwit_gtpv2_elements[i];
        if ((message->has & e->bit) != 0) {
            size_t begun = godwit_gtpv2_element_begin(w, e->type, e->instance);
            e->put(message, w);
            godwit_gtpv2_element_end(w, begun);
        }
    }
    godwit_gtp_patch_length(w, length_at, from);
    return godwit_writer_status(w);
}

static godwit_status_t read_header(godwit_reader_t *r, godwit_gtpv2_t *m)
{
    uint8_t flags = godwit_get_u8(r);
    m->type = godwit_get_u8(r);
    size_t length = godwit_get_u16(r);
    if (r->failed) {
        return GODWIT_MALFORMED;
    }
    if ((flags >> 5) != (VERSION_2 >> 5)) {
        return GODWIT_POLICY_FORBIDS;
    }
    bool teid = (flags & FLAG_TEID) != 0;
    if (teid == has_no_teid(m->type) || ((flags & FLAG_PIGGYBACK) != 0 ? length > r->left : length != r->left)) {
        return GODWIT_MALFORMED;
    }
    r->left = length;
    m->teid = teid ? godwit_get_u32(r) : 0;
    m->sequence = godwit_get_u24(r);
    (void)godwit_get_u8(r);
    return godwit_reader_status(r);
}

static const godwit_gtpv2_element_t *row_of(uint8_t type, uint8_t instance)
{
    for (size_t i = 0; i < godwit_gtpv2_element_count; i++) {
        if (godwit_gtpv2_elements[i].type == type && godwit_gtpv2_elements[i].instance == instance) {
            return &godwit_gtpv2_elements[i];
        }
    }
    return NULL;
}

static godwit_status_t read_elements(godwit_reader_t *r, godwit_gtpv2_t *m)
{
    while (r->left > 0) {
        uint8_t type, instance;
        godwit_slice_t value;
        if (godwit_gtpv2_element_next(r, &type, &instance, &value) != GODWIT_OK) {
            return GODWIT_MALFORMED;
        }
        const godwit_gtpv2_element_t *e = row_of(type, instance);
        if (e == NULL || (m->has & e->bit) != 0) {
            continue; /* not ours, or repeated */
        }
        godwit_status_t status = value.len >= e->least ? e->get(value, m) : GODWIT_MALFORMED;
        if (status == GODWIT_OK) {
            m->has |= e->bit;
        } else if (status != GODWIT_NOT_FOUND) {
            return GODWIT_MALFORMED;
        }
    }
    return GODWIT_OK;
}

godwit_status_t godwit_gtpv2_parse(godwit_slice_t octets, godwit_gtpv2_t *message)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_gtpv2_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = read_header(&r, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_gtpv2_t header = m;
    status = read_elements(&r, &m);
    if (status == GODWIT_OK && (m.has & mandatory(&m)) != mandatory(&m)) {
        status = GODWIT_NOT_FOUND;
    }
    *message = status == GODWIT_OK ? m : header;
    return status;
}
