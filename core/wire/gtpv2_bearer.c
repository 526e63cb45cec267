/* SPDX-License-Identifier: Apache-2.0
 *
 * Bearer Context (TS 29.274 8.28): a group of elements, not nested any deeper.
 */
#include "core/wire/gtpv2_elements.h"

#include <string.h>

#define QOS_LEN 22

static void put_qos(godwit_writer_t *w, const godwit_bearer_qos_t *qos)
{
    godwit_put_u8(w, qos->priority);
    godwit_put_u8(w, qos->qci);
    for (size_t i = 0; i < 4; i++) {
        godwit_put_u8(w, (uint8_t)(qos->rates[i] >> 32));
        godwit_put_u32(w, (uint32_t)qos->rates[i]);
    }
}

static void get_qos(godwit_slice_t value, godwit_bearer_qos_t *qos)
{
    qos->priority = value.ptr[0];
    qos->qci = value.ptr[1];
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *rate = value.ptr + 2 + 5 * i;
        qos->rates[i] = ((uint64_t)rate[0] << 32) | godwit_load_u32(rate + 1);
    }
}

static void put_octet(godwit_writer_t *w, uint8_t type, uint8_t value)
{
    size_t begun = godwit_gtpv2_element_begin(w, type, 0);
    godwit_put_u8(w, value);
    if (type == GODWIT_GTPV2_IE_CAUSE) {
        godwit_put_u8(w, 0);
    }
    godwit_gtpv2_element_end(w, begun);
}

static void put_fteids(godwit_writer_t *w, const godwit_bearer_context_t *b)
{
    for (uint8_t i = 0; i < GODWIT_BEARER_FTEIDS; i++) {
        if ((b->fteids & (1U << i)) != 0) {
            size_t begun = godwit_gtpv2_element_begin(w, GODWIT_GTPV2_IE_FTEID, i);
            godwit_gtpv2_put_fteid(w, &b->fteid[i]);
            godwit_gtpv2_element_end(w, begun);
        }
    }
}

void godwit_gtpv2_put_bearer(const godwit_gtpv2_t *m, godwit_writer_t *w)
{
    const godwit_bearer_context_t *b = &m->bearer;
    put_octet(w, GODWIT_GTPV2_IE_EBI, b->ebi & 0x0FU);
    if (b->has_cause) {
        put_octet(w, GODWIT_GTPV2_IE_CAUSE, b->cause);
    }
    put_fteids(w, b);
    if (b->has_qos) {
        size_t begun = godwit_gtpv2_element_begin(w, GODWIT_GTPV2_IE_BEARER_QOS, 0);
        put_qos(w, &b->qos);
        godwit_gtpv2_element_end(w, begun);
    }
    if (b->has_charging_id) {
        size_t begun = godwit_gtpv2_element_begin(w, GODWIT_GTPV2_IE_CHARGING_ID, 0);
        godwit_put_u32(w, b->charging_id);
        godwit_gtpv2_element_end(w, begun);
    }
    if (b->pco.len > 0) {
        size_t begun = godwit_gtpv2_element_begin(w, GODWIT_GTPV2_IE_PCO, 0);
        godwit_put_slice(w, b->pco);
        godwit_gtpv2_element_end(w, begun);
    }
}

static godwit_status_t get_one_fteid(godwit_slice_t value, uint8_t instance, godwit_bearer_context_t *b)
{
    if (instance >= GODWIT_BEARER_FTEIDS || (b->fteids & (1U << instance)) != 0) {
        return GODWIT_OK;
    }
    godwit_status_t status = godwit_gtpv2_get_fteid(value, &b->fteid[instance]);
    if (status == GODWIT_OK) {
        b->fteids |= (uint8_t)(1U << instance);
    }
    return status == GODWIT_NOT_FOUND ? GODWIT_OK : status;
}

static size_t least_of(uint8_t type)
{
    switch (type) {
    case GODWIT_GTPV2_IE_EBI:
    case GODWIT_GTPV2_IE_PCO:
        return 1;
    case GODWIT_GTPV2_IE_CAUSE:
        return 2;
    case GODWIT_GTPV2_IE_CHARGING_ID:
        return 4;
    case GODWIT_GTPV2_IE_BEARER_QOS:
        return QOS_LEN;
    default:
        return 0;
    }
}

/* One element of instance 0 that is no F-TEID; the first of its kind counts. */
static void get_one(uint8_t type, godwit_slice_t value, godwit_bearer_context_t *b, bool *ebi)
{
    if (type == GODWIT_GTPV2_IE_EBI && !*ebi) {
        b->ebi = value.ptr[0] & 0x0FU;
        *ebi = true;
    } else if (type == GODWIT_GTPV2_IE_CAUSE && !b->has_cause) {
        b->cause = value.ptr[0];
        b->has_cause = true;
    } else if (type == GODWIT_GTPV2_IE_BEARER_QOS && !b->has_qos) {
        get_qos(value, &b->qos);
        b->has_qos = true;
    } else if (type == GODWIT_GTPV2_IE_CHARGING_ID && !b->has_charging_id) {
        b->charging_id = godwit_load_u32(value.ptr);
        b->has_charging_id = true;
    } else if (type == GODWIT_GTPV2_IE_PCO && b->pco.len == 0) {
        b->pco = value;
    }
}

godwit_status_t godwit_gtpv2_get_bearer(godwit_slice_t value, godwit_gtpv2_t *m)
{
    godwit_reader_t r = godwit_reader(value);
    godwit_bearer_context_t b;
    bool ebi = false;
    memset(&b, 0, sizeof b);
    while (r.left > 0) {
        uint8_t type, instance;
        godwit_slice_t inner;
        godwit_status_t status = godwit_gtpv2_element_next(&r, &type, &instance, &inner);
        if (status == GODWIT_OK && type == GODWIT_GTPV2_IE_FTEID) {
            status = get_one_fteid(inner, instance, &b);
        } else if (status == GODWIT_OK && instance == 0) {
            status = inner.len >= least_of(type) ? GODWIT_OK : GODWIT_MALFORMED;
            if (status == GODWIT_OK) {
                get_one(type, inner, &b, &ebi);
            }
        }
        if (status != GODWIT_OK) {
            return GODWIT_MALFORMED;
        }
    }
    if (!ebi) {
        return GODWIT_MALFORMED;
    }
    m->bearer = b;
    return GODWIT_OK;
}
