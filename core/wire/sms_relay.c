/* SPDX-License-Identifier: Apache-2.0
 *
 * CP and RP of TS 24.011, and the addresses in RP.
 */
#include "core/wire/sms_relay.h"

#include <string.h>

#define CP_TRANSACTIONS 7 /* 111 is reserved for an extension */
#define IE_USER_DATA 0x41
#define COMPREHENSION_MASK 0xF0U /* of an IEI that is 0 there: must be understood (8.2.5, TS 24.007 11.2.4) */
#define ONE_OCTET 0x80U
#define RP_TYPE 0x07U
#define RP_CAUSE_MAX 127
#define ADDRESS_EXTENSION 0x80U
#define FILLER 0x0FU

/* ---- addresses ---- */

godwit_status_t godwit_sms_address_from_text(const char *text, godwit_sms_address_t *address)
{
    godwit_sms_address_t made = {.type = GODWIT_SMS_INTERNATIONAL};
    size_t len = 0;
    while (len <= GODWIT_E164_MAX && text[len] != 0) {
        if (text[len] < '0' || text[len] > '9') {
            return GODWIT_INVALID_ARGUMENT;
        }
        len++;
    }
    if (len == 0 || len > GODWIT_E164_MAX || godwit_tbcd_encode(text, made.octets, sizeof made.octets) == 0) {
        return GODWIT_INVALID_ARGUMENT;
    }
    made.digits = (uint8_t)len;
    *address = made;
    return GODWIT_OK;
}

godwit_status_t godwit_sms_address_to_text(const godwit_sms_address_t *address, char text[GODWIT_E164_MAX + 1])
{
    char digits[GODWIT_E164_MAX + 1] = "";
    if (address->digits > GODWIT_E164_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    for (size_t i = 0; i < address->digits; i++) {
        uint8_t digit = (uint8_t)(address->octets[i / 2] >> (i % 2 * 4) & 0x0FU);
        if (digit > 9) {
            return GODWIT_MALFORMED;
        }
        digits[i] = (char)('0' + digit);
    }
    memcpy(text, digits, sizeof digits);
    return GODWIT_OK;
}

/* LV of 8.2.5.1 and 8.2.5.2; empty where there is no address. */
static void put_address(godwit_writer_t *w, const godwit_sms_address_t *address)
{
    size_t octets = (address->digits + 1U) / 2U;
    if (address->type == 0) {
        godwit_put_u8(w, 0);
        return;
    }
    godwit_put_u8(w, (uint8_t)(1 + octets));
    godwit_put_u8(w, address->type);
    godwit_put(w, address->octets, octets);
}

static void get_address(godwit_reader_t *r, godwit_sms_address_t *address)
{
    uint8_t len = godwit_get_u8(r);
    memset(address, 0, sizeof *address);
    if (len == 0) {
        return;
    }
    address->type = godwit_get_u8(r);
    if (len > 1 + sizeof address->octets || (address->type & ADDRESS_EXTENSION) == 0) {
        r->failed = true;
        return;
    }
    godwit_get(r, address->octets, len - 1U);
    address->digits = (uint8_t)(2 * (len - 1));
    if (len > 1 && address->octets[len - 2] >> 4 == FILLER) {
        address->digits--;
    }
}

/* ---- CP ---- */

static bool cp_can_be(const godwit_cp_t *cp)
{
    bool known = cp->type == GODWIT_CP_DATA || cp->type == GODWIT_CP_ACK || cp->type == GODWIT_CP_ERROR;
    return known && cp->transaction <= 15 && (cp->transaction & 7U) < CP_TRANSACTIONS &&
           (cp->type != GODWIT_CP_DATA || (cp->data.len > 0 && cp->data.len <= GODWIT_CP_DATA_MAX));
}

godwit_status_t godwit_cp_build(const godwit_cp_t *cp, godwit_writer_t *w)
{
    if (!cp_can_be(cp)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)((unsigned)cp->transaction << 4 | GODWIT_PD_SMS));
    godwit_put_u8(w, (uint8_t)cp->type);
    if (cp->type == GODWIT_CP_DATA) {
        godwit_put_u8(w, (uint8_t)cp->data.len);
        godwit_put_slice(w, cp->data);
    } else if (cp->type == GODWIT_CP_ERROR) {
        godwit_put_u8(w, cp->cause);
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_cp_parse(godwit_slice_t octets, godwit_cp_t *cp)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_cp_t m;
    memset(&m, 0, sizeof m);
    uint8_t head = godwit_get_u8(&r);
    m.transaction = head >> 4;
    m.type = (godwit_cp_type_t)godwit_get_u8(&r);
    if (m.type == GODWIT_CP_DATA) {
        m.data = godwit_get_slice(&r, godwit_get_u8(&r));
    } else if (m.type == GODWIT_CP_ERROR) {
        m.cause = godwit_get_u8(&r);
    }
    if (godwit_reader_done(&r) != GODWIT_OK || (head & 0x0FU) != GODWIT_PD_SMS || !cp_can_be(&m)) {
        return GODWIT_MALFORMED;
    }
    *cp = m;
    return GODWIT_OK;
}

/* ---- RP ---- */

static bool rp_can_be(const godwit_rp_t *rp)
{
    const godwit_sms_address_t *centre = &rp->service_centre;
    if (centre->digits > GODWIT_E164_MAX ||
        (centre->type == 0 ? centre->digits > 0 : (centre->type & ADDRESS_EXTENSION) == 0)) {
        return false;
    }
    switch (rp->type) {
    case GODWIT_RP_DATA:
        return centre->type != 0 && rp->tpdu.len > 0 && rp->tpdu.len <= GODWIT_RP_TPDU_MAX;
    case GODWIT_RP_ACK:
        return rp->tpdu.len <= GODWIT_RP_TPDU_MAX;
    case GODWIT_RP_ERROR:
        return rp->cause > 0 && rp->cause <= RP_CAUSE_MAX && rp->tpdu.len <= GODWIT_RP_TPDU_MAX;
    case GODWIT_RP_SMMA:
        return !rp->from_network;
    }
    return false;
}

static void put_report(godwit_writer_t *w, godwit_slice_t tpdu)
{
    if (tpdu.ptr != NULL) {
        godwit_put_u8(w, IE_USER_DATA);
        godwit_put_u8(w, (uint8_t)tpdu.len);
        godwit_put_slice(w, tpdu);
    }
}

static void put_data(godwit_writer_t *w, const godwit_rp_t *rp)
{
    static const godwit_sms_address_t none;
    put_address(w, rp->from_network ? &rp->service_centre : &none);
    put_address(w, rp->from_network ? &none : &rp->service_centre);
    godwit_put_u8(w, (uint8_t)rp->tpdu.len);
    godwit_put_slice(w, rp->tpdu);
}

godwit_status_t godwit_rp_build(const godwit_rp_t *rp, godwit_writer_t *w)
{
    if (!rp_can_be(rp)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)((unsigned)rp->type | (rp->from_network ? 1U : 0)));
    godwit_put_u8(w, rp->reference);
    if (rp->type == GODWIT_RP_DATA) {
        put_data(w, rp);
    } else if (rp->type == GODWIT_RP_ERROR) {
        godwit_put_u8(w, 1);
        godwit_put_u8(w, rp->cause);
    }
    if (rp->type == GODWIT_RP_ACK || rp->type == GODWIT_RP_ERROR) {
        put_report(w, rp->tpdu);
    }
    return godwit_writer_status(w);
}

/* The optional element, the first of its kind. */
static void get_report(godwit_reader_t *r, godwit_slice_t *tpdu)
{
    while (r->left > 0 && !r->failed) { /* each round takes an octet at least */
        uint8_t iei = godwit_get_u8(r);
        if ((iei & COMPREHENSION_MASK) == 0) {
            r->failed = true;
        } else if ((iei & ONE_OCTET) == 0) {
            godwit_slice_t value = godwit_get_slice(r, godwit_get_u8(r));
            bool first = iei == IE_USER_DATA && tpdu->ptr == NULL && value.len > 0;
            *tpdu = first ? value : *tpdu;
        }
    }
}

static void get_data(godwit_reader_t *r, godwit_rp_t *rp)
{
    godwit_sms_address_t originator, destination;
    get_address(r, &originator);
    get_address(r, &destination);
    rp->tpdu = godwit_get_slice(r, godwit_get_u8(r));
    rp->service_centre = rp->from_network ? originator : destination;
    if ((rp->from_network ? &destination : &originator)->type != 0 || r->left > 0) {
        r->failed = true;
    }
}

static void get_cause(godwit_reader_t *r, godwit_rp_t *rp)
{
    godwit_slice_t value = godwit_get_slice(r, godwit_get_u8(r));
    if (value.len == 0 || value.len > 2) {
        r->failed = true;
        return;
    }
    rp->cause = value.ptr[0] & 0x7FU;
}

godwit_status_t godwit_rp_parse(godwit_slice_t octets, bool from_network, godwit_rp_t *rp)
{
    godwit_reader_t r = godwit_reader(octets);
    godwit_rp_t m;
    memset(&m, 0, sizeof m);
    uint8_t type = godwit_get_u8(&r) & RP_TYPE;
    m.from_network = from_network;
    m.type = (godwit_rp_type_t)(type & ~1U);
    m.reference = godwit_get_u8(&r);
    if ((type & 1U) != (from_network ? 1U : 0)) {
        return GODWIT_MALFORMED;
    }
    if (m.type == GODWIT_RP_DATA) {
        get_data(&r, &m);
    } else if (m.type == GODWIT_RP_ERROR) {
        get_cause(&r, &m);
    }
    if (m.type == GODWIT_RP_ACK || m.type == GODWIT_RP_ERROR) {
        get_report(&r, &m.tpdu);
    }
    if (godwit_reader_status(&r) != GODWIT_OK || !rp_can_be(&m)) {
        return GODWIT_MALFORMED;
    }
    *rp = m;
    return GODWIT_OK;
}
