/* SPDX-License-Identifier: Apache-2.0
 *
 * GTPv1-C: TS 29.060 clauses 6 (header), 7.3 (messages), 7.7 (elements). Of elements whose type is below 128 the length
 * is known by the type alone (TV), so one of those that is not in the table cannot be passed over and the message is
 * refused (11.1).
 */
#include "core/wire/gtpv1.h"

#include <string.h>

#define VERSION_1_GTP 0x30U /* version 1, protocol type GTP */
#define FLAG_EXTENSION 0x04U
#define FLAG_SEQUENCE 0x02U
#define IE_TLV 0x80U
#define IE_GSN_ADDRESS 133

typedef struct element {
    uint8_t type;
    uint8_t len; /* of a TV element; 0: TLV */
    uint32_t bit;
    void (*put)(const godwit_gtpv1_t *m, godwit_writer_t *w);
    godwit_status_t (*get)(godwit_slice_t value, godwit_gtpv1_t *m);
} element_t;

/* Those of one octet, with what is spare in it: reads as 0, is sent as 1 (7.7.n of each). */
#define ONE_OCTET(name, member, spare)                                                                                 \
    static void put_##name(const godwit_gtpv1_t *m, godwit_writer_t *w)                                                \
    {                                                                                                                  \
        godwit_put_u8(w, (uint8_t)((unsigned)m->member | (spare)));                                                    \
    }                                                                                                                  \
    static godwit_status_t get_##name(godwit_slice_t value, godwit_gtpv1_t *m)                                         \
    {                                                                                                                  \
        m->member = value.ptr[0] & (uint8_t) ~(spare);                                                                 \
        return GODWIT_OK;                                                                                              \
    }
ONE_OCTET(cause, cause, 0x00U)
ONE_OCTET(recovery, recovery, 0x00U)
ONE_OCTET(selection_mode, selection_mode, 0xFCU)
ONE_OCTET(teardown, teardown, 0xFEU)
ONE_OCTET(reordering, reordering, 0xFEU)
ONE_OCTET(rat, rat, 0x00U)

/* The spare half of NSAPI is sent as 0 (7.7.17). */
static void put_nsapi(const godwit_gtpv1_t *m, godwit_writer_t *w)
{
    godwit_put_u8(w, m->nsapi & 0x0FU);
}

static godwit_status_t get_nsapi(godwit_slice_t value, godwit_gtpv1_t *m)
{
    m->nsapi = value.ptr[0] & 0x0FU;
    return GODWIT_OK;
}

#define FOUR_OCTETS(name)                                                                                              \
    static void put_##name(const godwit_gtpv1_t *m, godwit_writer_t *w)                                                \
    {                                                                                                                  \
        godwit_put_u32(w, m->name);                                                                                    \
    }                                                                                                                  \
    static godwit_status_t get_##name(godwit_slice_t value, godwit_gtpv1_t *m)                                         \
    {                                                                                                                  \
        m->name = godwit_load_u32(value.ptr);                                                                          \
        return GODWIT_OK;                                                                                              \
    }
FOUR_OCTETS(teid_data)
FOUR_OCTETS(teid_control)
FOUR_OCTETS(charging_id)
FOUR_OCTETS(p_tmsi)

/* GSN addresses of 4 octets; one of 16 (IPv6) is refused. */
#define GSN_ADDRESS(name)                                                                                              \
    static void put_##name(const godwit_gtpv1_t *m, godwit_writer_t *w)                                                \
    {                                                                                                                  \
        godwit_put(w, m->name, sizeof m->name);                                                                        \
    }                                                                                                                  \
    static godwit_status_t get_##name(godwit_slice_t value, godwit_gtpv1_t *m)                                         \
    {                                                                                                                  \
        if (value.len != sizeof m->name) {                                                                             \
            return GODWIT_MALFORMED;                                                                                   \
        }                                                                                                              \
        memcpy(m->name, value.ptr, sizeof m->name);                                                                    \
        return GODWIT_OK;                                                                                              \
    }
GSN_ADDRESS(gsn_control)
GSN_ADDRESS(gsn_user)

#define OPAQUE(name, least, most)                                                                                      \
    static void put_##name(const godwit_gtpv1_t *m, godwit_writer_t *w)                                                \
    {                                                                                                                  \
        godwit_put_slice(w, m->name);                                                                                  \
    }                                                                                                                  \
    static godwit_status_t get_##name(godwit_slice_t value, godwit_gtpv1_t *m)                                         \
    {                                                                                                                  \
        m->name = value;                                                                                               \
        return value.len >= (least) && value.len <= (most) ? GODWIT_OK : GODWIT_MALFORMED;                             \
    }
OPAQUE(pco, 1, 251) /* 24.008 10.5.6.3: at most 253 octets with type and length */
OPAQUE(qos, 4, 255) /* 7.7.34 */

static void put_imsi(const godwit_gtpv1_t *m, godwit_writer_t *w)
{
    godwit_gtp_put_imsi(w, &m->imsi, true);
}

static godwit_status_t get_imsi(godwit_slice_t value, godwit_gtpv1_t *m)
{
    return godwit_gtp_read_imsi(value, &m->imsi);
}

static void put_routeing_area(const godwit_gtpv1_t *m, godwit_writer_t *w)
{
    godwit_put(w, m->routeing_area, sizeof m->routeing_area);
}

static godwit_status_t get_routeing_area(godwit_slice_t value, godwit_gtpv1_t *m)
{
    memcpy(m->routeing_area, value.ptr, sizeof m->routeing_area);
    return GODWIT_OK;
}

static void put_end_user_address(const godwit_gtpv1_t *m, godwit_writer_t *w)
{
    godwit_put_u16(w, (uint16_t)(0xF000U | m->pdp_type)); /* 7.7.27: the spare half is 1111 */
    godwit_put(w, m->pdp_address, m->pdp_address_len);
}

static godwit_status_t get_end_user_address(godwit_slice_t value, godwit_gtpv1_t *m)
{
    if (value.len < 2 || value.len - 2 > sizeof m->pdp_address) {
        return GODWIT_MALFORMED;
    }
    m->pdp_type = godwit_load_u16(value.ptr) & 0x0FFFU;
    m->pdp_address_len = (uint8_t)(value.len - 2);
    memcpy(m->pdp_address, value.ptr + 2, value.len - 2);
    return GODWIT_OK;
}

static void put_apn(const godwit_gtpv1_t *m, godwit_writer_t *w)
{
    godwit_apn_put(w, &m->apn);
}

static godwit_status_t get_apn(godwit_slice_t value, godwit_gtpv1_t *m)
{
    return godwit_apn_parse(value, &m->apn);
}

/* 7.7.35: RAND, XRES with its length, CK, IK, AUTN with its length. */
static void put_quintuplet(const godwit_gtpv1_t *m, godwit_writer_t *w)
{
    const godwit_gtpv1_quintuplet_t *q = &m->quintuplet;
    uint8_t len = q->xres_len <= sizeof q->xres ? q->xres_len : (uint8_t)sizeof q->xres;
    godwit_put(w, q->rand, sizeof q->rand);
    godwit_put_u8(w, len);
    godwit_put(w, q->xres, len);
    godwit_put(w, q->ck, sizeof q->ck);
    godwit_put(w, q->ik, sizeof q->ik);
    godwit_put_u8(w, sizeof q->autn);
    godwit_put(w, q->autn, sizeof q->autn);
}

static godwit_status_t get_quintuplet(godwit_slice_t value, godwit_gtpv1_t *m)
{
    godwit_reader_t r = godwit_reader(value);
    godwit_gtpv1_quintuplet_t *q = &m->quintuplet;
    godwit_get(&r, q->rand, sizeof q->rand);
    q->xres_len = godwit_get_u8(&r);
    if (q->xres_len < 4 || q->xres_len > sizeof q->xres) {
        return GODWIT_MALFORMED;
    }
    godwit_get(&r, q->xres, q->xres_len);
    godwit_get(&r, q->ck, sizeof q->ck);
    godwit_get(&r, q->ik, sizeof q->ik);
    bool whole = godwit_get_u8(&r) == sizeof q->autn;
    godwit_get(&r, q->autn, sizeof q->autn);
    return whole ? godwit_reader_done(&r) : GODWIT_MALFORMED;
}

static void put_private(const godwit_gtpv1_t *m, godwit_writer_t *w)
{
    godwit_put_u16(w, m->extension);
    godwit_put_slice(w, m->extension_value);
}

static godwit_status_t get_private(godwit_slice_t value, godwit_gtpv1_t *m)
{
    if (value.len < 2) {
        return GODWIT_MALFORMED;
    }
    m->extension = godwit_load_u16(value.ptr);
    m->extension_value = godwit_slice(value.ptr + 2, value.len - 2);
    return GODWIT_OK;
}

/* Ascending by type (7.7, table 37). Without a bit: known to be passed over, for their length. */
static const element_t elements[] = {
    {1, 1, GODWIT_GTPV1_CAUSE, put_cause, get_cause},
    {2, 8, GODWIT_GTPV1_IMSI, put_imsi, get_imsi},
    {3, 6, GODWIT_GTPV1_ROUTEING_AREA, put_routeing_area, get_routeing_area},
    {4, 4, 0, NULL, NULL}, /* TLLI */
    {5, 4, GODWIT_GTPV1_P_TMSI, put_p_tmsi, get_p_tmsi},
    {8, 1, GODWIT_GTPV1_REORDERING, put_reordering, get_reordering},
    {9, 28, 0, NULL, NULL}, /* authentication triplet */
    {11, 1, 0, NULL, NULL}, /* MAP cause */
    {12, 3, 0, NULL, NULL}, /* P-TMSI signature */
    {13, 1, 0, NULL, NULL}, /* MS validated */
    {14, 1, GODWIT_GTPV1_RECOVERY, put_recovery, get_recovery},
    {15, 1, GODWIT_GTPV1_SELECTION_MODE, put_selection_mode, get_selection_mode},
    {16, 4, GODWIT_GTPV1_TEID_DATA, put_teid_data, get_teid_data},
    {17, 4, GODWIT_GTPV1_TEID_CONTROL, put_teid_control, get_teid_control},
    {18, 5, 0, NULL, NULL}, /* TEID data II */
    {19, 1, GODWIT_GTPV1_TEARDOWN, put_teardown, get_teardown},
    {20, 1, GODWIT_GTPV1_NSAPI, put_nsapi, get_nsapi},
    {21, 1, 0, NULL, NULL}, /* RANAP cause */
    {22, 9, 0, NULL, NULL}, /* RAB context */
    {23, 1, 0, NULL, NULL}, /* radio priority SMS */
    {24, 1, 0, NULL, NULL}, /* radio priority */
    {25, 2, 0, NULL, NULL}, /* packet flow id */
    {26, 2, 0, NULL, NULL}, /* charging characteristics */
    {27, 2, 0, NULL, NULL}, /* trace reference */
    {28, 2, 0, NULL, NULL}, /* trace type */
    {29, 1, 0, NULL, NULL}, /* MS not reachable reason */
    {127, 4, GODWIT_GTPV1_CHARGING_ID, put_charging_id, get_charging_id},
    {128, 0, GODWIT_GTPV1_END_USER_ADDRESS, put_end_user_address, get_end_user_address},
    {131, 0, GODWIT_GTPV1_APN, put_apn, get_apn},
    {132, 0, GODWIT_GTPV1_PCO, put_pco, get_pco},
    {IE_GSN_ADDRESS, 0, GODWIT_GTPV1_GSN_CONTROL, put_gsn_control, get_gsn_control},
    {IE_GSN_ADDRESS, 0, GODWIT_GTPV1_GSN_USER, put_gsn_user, get_gsn_user},
    {135, 0, GODWIT_GTPV1_QOS, put_qos, get_qos},
    {136, 0, GODWIT_GTPV1_QUINTUPLET, put_quintuplet, get_quintuplet},
    {151, 0, GODWIT_GTPV1_RAT, put_rat, get_rat},
    {255, 0, GODWIT_GTPV1_PRIVATE, put_private, get_private},
};
#define ELEMENTS (sizeof elements / sizeof elements[0])

/* What tables 5 to 14 of clause 7.3 call mandatory; of an answer that accepts, what makes it useful. */
static uint32_t mandatory(const godwit_gtpv1_t *m)
{
    switch (m->type) {
    case GODWIT_GTPV1_ECHO_RESPONSE:
        return GODWIT_GTPV1_RECOVERY;
    case GODWIT_GTPV1_CREATE_REQUEST:
        return GODWIT_GTPV1_TEID_DATA | GODWIT_GTPV1_NSAPI | GODWIT_GTPV1_GSN_CONTROL | GODWIT_GTPV1_GSN_USER |
               GODWIT_GTPV1_QOS;
    case GODWIT_GTPV1_CREATE_RESPONSE:
        return m->cause != GODWIT_GTPV1_CAUSE_ACCEPTED
                   ? GODWIT_GTPV1_CAUSE
                   : GODWIT_GTPV1_CAUSE | GODWIT_GTPV1_TEID_DATA | GODWIT_GTPV1_TEID_CONTROL |
                         GODWIT_GTPV1_GSN_CONTROL | GODWIT_GTPV1_GSN_USER | GODWIT_GTPV1_QOS;
    case GODWIT_GTPV1_UPDATE_REQUEST:
    case GODWIT_GTPV1_DELETE_REQUEST:
        return GODWIT_GTPV1_NSAPI;
    case GODWIT_GTPV1_IDENTIFICATION_REQUEST:
        return GODWIT_GTPV1_ROUTEING_AREA | GODWIT_GTPV1_P_TMSI;
    case GODWIT_GTPV1_IDENTIFICATION_RESPONSE:
        return m->cause != GODWIT_GTPV1_CAUSE_ACCEPTED ? GODWIT_GTPV1_CAUSE : GODWIT_GTPV1_CAUSE | GODWIT_GTPV1_IMSI;
    case GODWIT_GTPV1_UPDATE_RESPONSE:
    case GODWIT_GTPV1_DELETE_RESPONSE:
        return GODWIT_GTPV1_CAUSE;
    default:
        return 0;
    }
}

static void put_element(const element_t *e, const godwit_gtpv1_t *m, godwit_writer_t *w)
{
    godwit_put_u8(w, e->type);
    size_t length_at = w->len;
    if ((e->type & IE_TLV) != 0) {
        godwit_put_u16(w, 0);
    }
    size_t from = w->len;
    e->put(m, w);
    if ((e->type & IE_TLV) != 0) {
        godwit_gtp_patch_length(w, length_at, from);
    }
}

godwit_status_t godwit_gtpv1_build(const godwit_gtpv1_t *message, godwit_writer_t *w)
{
    if ((message->has & mandatory(message)) != mandatory(message)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, VERSION_1_GTP | FLAG_SEQUENCE);
    godwit_put_u8(w, message->type);
    size_t length_at = w->len;
    godwit_put_u16(w, 0);
    godwit_put_u32(w, message->teid);
    size_t from = w->len;
    godwit_put_u16(w, message->sequence);
    godwit_put_u16(w, 0); /* N-PDU number and next extension header: none */
    for (size_t i = 0; i < ELEMENTS; i++) {
        if ((message->has & elements[i].bit) != 0) {
            put_element(&elements[i], message, w);
        }
    }
    godwit_gtp_patch_length(w, length_at, from);
    return godwit_writer_status(w);
}

/* The row of a type; of GSN addresses, the first that has not come yet. NULL: not in the table. */
static const element_t *row_of(uint8_t type, uint32_t has)
{
    const element_t *row = NULL;
    for (size_t i = 0; i < ELEMENTS; i++) {
        if (elements[i].type == type && (row == NULL || (has & row->bit) != 0)) {
            row = &elements[i];
        }
    }
    return row;
}

static godwit_status_t read_elements(godwit_reader_t *r, godwit_gtpv1_t *m)
{
    while (r->left > 0) {
        uint8_t type = godwit_get_u8(r);
        const element_t *e = row_of(type, m->has);
        if (e == NULL && (type & IE_TLV) == 0) {
            return GODWIT_MALFORMED;
        }
        size_t len = (type & IE_TLV) != 0 ? godwit_get_u16(r) : e->len;
        godwit_slice_t value = godwit_get_slice(r, len);
        if (r->failed || (e != NULL && value.len == 0)) {
            return GODWIT_MALFORMED;
        }
        if (e == NULL || e->bit == 0 || (m->has & e->bit) != 0) {
            continue; /* not ours, or repeated */
        }
        if (e->get(value, m) != GODWIT_OK) {
            return GODWIT_MALFORMED;
        }
        m->has |= e->bit;
    }
    return GODWIT_OK;
}

static godwit_status_t read_header(godwit_reader_t *r, godwit_gtpv1_t *m)
{
    uint8_t flags = godwit_get_u8(r);
    m->type = godwit_get_u8(r);
    size_t length = godwit_get_u16(r);
    m->teid = godwit_get_u32(r);
    if ((flags & 0xF0U) != VERSION_1_GTP) {
        return r->failed ? GODWIT_MALFORMED : GODWIT_POLICY_FORBIDS;
    }
    bool fits = !r->failed && length == r->left;
    m->sequence = godwit_get_u16(r);
    (void)godwit_get_u8(r);
    uint8_t next = godwit_get_u8(r);
    if (!fits || r->failed || (flags & FLAG_SEQUENCE) == 0) { /* 6: control messages have a sequence number */
        return GODWIT_MALFORMED;
    }
    return godwit_gtp_skip_extensions(r, (flags & FLAG_EXTENSION) != 0 ? next : 0);
}

godwit_status_t godwit_gtpv1_parse(godwit_slice_t octets, godwit_gtpv1_t *message)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_gtpv1_t m;
    memset(&m, 0, sizeof m);
    godwit_status_t status = read_header(&r, &m);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_gtpv1_t header = m;
    status = read_elements(&r, &m);
    if (status == GODWIT_OK && (m.has & mandatory(&m)) != mandatory(&m)) {
        status = GODWIT_NOT_FOUND;
    }
    *message = status == GODWIT_OK ? m : header;
    return status;
}
