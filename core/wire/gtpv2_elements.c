/* SPDX-License-Identifier: Apache-2.0
 *
 * The elements of GTPv2-C messages: TS 29.274 clause 8, one table.
 */
#include "core/wire/gtpv2_elements.h"

#include <string.h>

#define FTEID_V4 0x80U
#define FTEID_V6 0x40U
#define FTEID_INTERFACE 0x3FU
#define CAUSE_CS 0x01U
#define COMPLETE_ATTACH_REQUEST 0 /* 8.46 */
#define EPS_SECURITY_CONTEXT 4U   /* 8.38-1: EPS security context and quadruplets */

size_t godwit_gtpv2_element_begin(godwit_writer_t *w, uint8_t type, uint8_t instance)
{
    godwit_put_u8(w, type);
    size_t begun = w->len;
    godwit_put_u16(w, 0);
    godwit_put_u8(w, instance & 0x0FU);
    return begun;
}

void godwit_gtpv2_element_end(godwit_writer_t *w, size_t begun)
{
    godwit_gtp_patch_length(w, begun, begun + 3);
}

godwit_status_t godwit_gtpv2_element_next(godwit_reader_t *r, uint8_t *type, uint8_t *instance, godwit_slice_t *value)
{
    *type = godwit_get_u8(r);
    size_t len = godwit_get_u16(r);
    *instance = godwit_get_u8(r) & 0x0FU;
    *value = godwit_get_slice(r, len);
    return godwit_reader_status(r);
}

void godwit_gtpv2_put_fteid(godwit_writer_t *w, const godwit_fteid_t *fteid)
{
    godwit_put_u8(w, (uint8_t)(FTEID_V4 | (fteid->interface & FTEID_INTERFACE)));
    godwit_put_u32(w, fteid->teid);
    godwit_put(w, fteid->ipv4, sizeof fteid->ipv4);
}

godwit_status_t godwit_gtpv2_get_fteid(godwit_slice_t value, godwit_fteid_t *fteid)
{
    godwit_reader_t r = godwit_reader(value);
    godwit_fteid_t f;
    uint8_t first = godwit_get_u8(&r);
    f.interface = first & FTEID_INTERFACE;
    f.teid = godwit_get_u32(&r);
    if (r.failed || (first & FTEID_V4) == 0) {
        return r.failed ? GODWIT_MALFORMED : GODWIT_NOT_FOUND;
    }
    godwit_get(&r, f.ipv4, sizeof f.ipv4);
    (void)godwit_get_slice(&r, (first & FTEID_V6) != 0 ? 16 : 0);
    if (r.failed) {
        return GODWIT_MALFORMED;
    }
    *fteid = f;
    return GODWIT_OK;
}

/* Elements of one octet, of which `bits` mean something. */
#define ONE_OCTET(name, bits)                                                                                          \
    static void put_##name(const godwit_gtpv2_t *m, godwit_writer_t *w)                                                \
    {                                                                                                                  \
        godwit_put_u8(w, m->name &(bits));                                                                             \
    }                                                                                                                  \
    static godwit_status_t get_##name(godwit_slice_t value, godwit_gtpv2_t *m)                                         \
    {                                                                                                                  \
        m->name = value.ptr[0] & (bits);                                                                               \
        return GODWIT_OK;                                                                                              \
    }
ONE_OCTET(recovery, 0xFFU)
ONE_OCTET(ebi, 0x0FU)
ONE_OCTET(pdn_type, 0x07U)
ONE_OCTET(rat, 0xFFU)
ONE_OCTET(selection_mode, 0x03U)
ONE_OCTET(apn_restriction, 0xFFU)
ONE_OCTET(pti, 0xFFU)

#define OPAQUE(name)                                                                                                   \
    static void put_##name(const godwit_gtpv2_t *m, godwit_writer_t *w)                                                \
    {                                                                                                                  \
        godwit_put_slice(w, m->name);                                                                                  \
    }                                                                                                                  \
    static godwit_status_t get_##name(godwit_slice_t value, godwit_gtpv2_t *m)                                         \
    {                                                                                                                  \
        m->name = value;                                                                                               \
        return GODWIT_OK;                                                                                              \
    }
OPAQUE(pco)
OPAQUE(apco)
OPAQUE(epco)
OPAQUE(tad)
OPAQUE(indication)

#define FTEID(name)                                                                                                    \
    static void put_##name(const godwit_gtpv2_t *m, godwit_writer_t *w)                                                \
    {                                                                                                                  \
        godwit_gtpv2_put_fteid(w, &m->name);                                                                           \
    }                                                                                                                  \
    static godwit_status_t get_##name(godwit_slice_t value, godwit_gtpv2_t *m)                                         \
    {                                                                                                                  \
        return godwit_gtpv2_get_fteid(value, &m->name);                                                                \
    }
FTEID(sender)
FTEID(pgw_control)

static void put_imsi(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_gtp_put_imsi(w, &m->imsi, false);
}

static godwit_status_t get_imsi(godwit_slice_t value, godwit_gtpv2_t *m)
{
    return godwit_gtp_read_imsi(value, &m->imsi);
}

static void put_cause(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_put_u8(w, m->cause);
    godwit_put_u8(w, m->cause_from_beyond ? CAUSE_CS : 0);
}

static godwit_status_t get_cause(godwit_slice_t value, godwit_gtpv2_t *m)
{
    m->cause = value.ptr[0];
    m->cause_from_beyond = (value.ptr[1] & CAUSE_CS) != 0;
    return GODWIT_OK;
}

static void put_apn(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_apn_put(w, &m->apn);
}

static godwit_status_t get_apn(godwit_slice_t value, godwit_gtpv2_t *m)
{
    return godwit_apn_parse(value, &m->apn);
}

static void put_ambr(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_put_u32(w, m->ambr_up);
    godwit_put_u32(w, m->ambr_down);
}

static godwit_status_t get_ambr(godwit_slice_t value, godwit_gtpv2_t *m)
{
    m->ambr_up = godwit_load_u32(value.ptr);
    m->ambr_down = godwit_load_u32(value.ptr + 4);
    return GODWIT_OK;
}

/* PDN address allocation. That one of a non-IP connection is its type alone is recalled, not read (8.14). */
static void put_paa(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_put_u8(w, m->paa_type & 0x07U);
    if ((m->paa_type & 0x07U) == GODWIT_PDN_IPV4) {
        godwit_put(w, m->paa_ipv4, sizeof m->paa_ipv4);
    }
}

static godwit_status_t get_paa(godwit_slice_t value, godwit_gtpv2_t *m)
{
    m->paa_type = value.ptr[0] & 0x07U;
    if (m->paa_type == GODWIT_PDN_IPV4) {
        if (value.len < 5) {
            return GODWIT_MALFORMED;
        }
        memcpy(m->paa_ipv4, value.ptr + 1, sizeof m->paa_ipv4);
    }
    return GODWIT_OK;
}

static void put_serving_network(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_put(w, m->serving_network.octets, sizeof m->serving_network.octets);
}

static godwit_status_t get_serving_network(godwit_slice_t value, godwit_gtpv2_t *m)
{
    memcpy(m->serving_network.octets, value.ptr, sizeof m->serving_network.octets);
    return GODWIT_OK;
}

static void put_charging_id(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_put_u32(w, m->charging_id);
}

static godwit_status_t get_charging_id(godwit_slice_t value, godwit_gtpv2_t *m)
{
    m->charging_id = godwit_load_u32(value.ptr);
    return GODWIT_OK;
}

static void put_guti(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_put(w, m->guti.plmn.octets, sizeof m->guti.plmn.octets);
    godwit_put_u16(w, m->guti.mme_group);
    godwit_put_u8(w, m->guti.mme_code);
    godwit_put_u32(w, m->guti.m_tmsi);
}

static godwit_status_t get_guti(godwit_slice_t value, godwit_gtpv2_t *m)
{
    godwit_reader_t r = godwit_reader(value);
    godwit_get(&r, m->guti.plmn.octets, sizeof m->guti.plmn.octets);
    m->guti.mme_group = godwit_get_u16(&r);
    m->guti.mme_code = godwit_get_u8(&r);
    m->guti.m_tmsi = godwit_get_u32(&r);
    return godwit_reader_status(&r);
}

static void put_complete(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_put_u8(w, COMPLETE_ATTACH_REQUEST);
    godwit_put_slice(w, m->complete);
}

static godwit_status_t get_complete(godwit_slice_t value, godwit_gtpv2_t *m)
{
    if (value.ptr[0] != COMPLETE_ATTACH_REQUEST) {
        return GODWIT_NOT_FOUND; /* of a tracking area update */
    }
    m->complete = godwit_slice(value.ptr + 1, value.len - 1);
    return GODWIT_OK;
}

/* Without DRX parameter, NH, vectors and rates; capabilities and equipment identity are empty. */
static void put_mm(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    godwit_put_u8(w, (uint8_t)(EPS_SECURITY_CONTEXT << 5 | (m->mm.ksi & 0x07U)));
    godwit_put_u8(w, 0);
    godwit_put_u8(w, (uint8_t)((m->mm.eia & 0x07U) << 4 | (m->mm.eea & 0x0FU)));
    godwit_put_u24(w, m->mm.next_down);
    godwit_put_u24(w, m->mm.next_up);
    godwit_put(w, m->mm.kasme, sizeof m->mm.kasme);
    godwit_put_u24(w, 0); /* three lengths */
    godwit_put_u8(w, 0);  /* access restrictions: none */
}

static godwit_status_t get_mm(godwit_slice_t value, godwit_gtpv2_t *m)
{
    godwit_reader_t r = godwit_reader(value);
    uint8_t first = godwit_get_u8(&r);
    (void)godwit_get_u8(&r); /* what may follow the key is not read */
    uint8_t algorithms = godwit_get_u8(&r);
    if (first >> 5 != EPS_SECURITY_CONTEXT) {
        return GODWIT_MALFORMED;
    }
    m->mm.ksi = first & 0x07U;
    m->mm.eia = algorithms >> 4 & 0x07U;
    m->mm.eea = algorithms & 0x0FU;
    m->mm.next_down = godwit_get_u24(&r);
    m->mm.next_up = godwit_get_u24(&r);
    godwit_get(&r, m->mm.kasme, sizeof m->mm.kasme);
    return godwit_reader_status(&r);
}

/* Types by table 8.1-1; in the order of table 7.2.1-1. */
const godwit_gtpv2_element_t godwit_gtpv2_elements[] = {
    {GODWIT_GTPV2_IE_CAUSE, 0, 2, GODWIT_GTPV2_CAUSE, put_cause, get_cause},
    {1, 0, 3, GODWIT_GTPV2_IMSI, put_imsi, get_imsi},
    {117, 0, 10, GODWIT_GTPV2_GUTI, put_guti, get_guti},
    {116, 0, 1, GODWIT_GTPV2_COMPLETE_REQUEST, put_complete, get_complete},
    {107, 0, 41, GODWIT_GTPV2_MM_CONTEXT, put_mm, get_mm},
    {83, 0, 3, GODWIT_GTPV2_SERVING_NETWORK, put_serving_network, get_serving_network},
    {82, 0, 1, GODWIT_GTPV2_RAT, put_rat, get_rat},
    {77, 0, 1, GODWIT_GTPV2_INDICATION, put_indication, get_indication},
    {GODWIT_GTPV2_IE_FTEID, 0, 5, GODWIT_GTPV2_SENDER, put_sender, get_sender},
    {GODWIT_GTPV2_IE_FTEID, 1, 5, GODWIT_GTPV2_PGW_CONTROL, put_pgw_control, get_pgw_control},
    {71, 0, 2, GODWIT_GTPV2_APN, put_apn, get_apn},
    {128, 0, 1, GODWIT_GTPV2_SELECTION_MODE, put_selection_mode, get_selection_mode},
    {99, 0, 1, GODWIT_GTPV2_PDN_TYPE, put_pdn_type, get_pdn_type},
    {79, 0, 1, GODWIT_GTPV2_PAA, put_paa, get_paa},
    {127, 0, 1, GODWIT_GTPV2_APN_RESTRICTION, put_apn_restriction, get_apn_restriction},
    {72, 0, 8, GODWIT_GTPV2_AMBR, put_ambr, get_ambr},
    {GODWIT_GTPV2_IE_EBI, 0, 1, GODWIT_GTPV2_EBI, put_ebi, get_ebi},
    {100, 0, 1, GODWIT_GTPV2_PTI, put_pti, get_pti},
    {85, 0, 1, GODWIT_GTPV2_TAD, put_tad, get_tad},
    {GODWIT_GTPV2_IE_PCO, 0, 1, GODWIT_GTPV2_PCO, put_pco, get_pco},
    {GODWIT_GTPV2_IE_BEARER, 0, 5, GODWIT_GTPV2_BEARER, godwit_gtpv2_put_bearer, godwit_gtpv2_get_bearer},
    {3, 0, 1, GODWIT_GTPV2_RECOVERY, put_recovery, get_recovery},
    {GODWIT_GTPV2_IE_CHARGING_ID, 0, 4, GODWIT_GTPV2_CHARGING_ID, put_charging_id, get_charging_id},
    {163, 0, 1, GODWIT_GTPV2_APCO, put_apco, get_apco},
    {197, 0, 1, GODWIT_GTPV2_EPCO, put_epco, get_epco},
};
const size_t godwit_gtpv2_element_count = sizeof godwit_gtpv2_elements / sizeof godwit_gtpv2_elements[0];
