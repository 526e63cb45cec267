/* SPDX-License-Identifier: Apache-2.0
 *
 * Elements of TS 24.008 10.5.6, the head of a message (TS 24.007 11.2.3.1.3), and the accept that says nothing more.
 */
#include "core/wire/sm_element.h"

#include <string.h>

#define TI_FLAG 0x80U
#define TI_EXTENDED 7U

/* Delay class 4, reliability class 3; peak throughput 1, precedence 2; mean throughput best effort; background, no
 * delivery order, erroneous SDUs not delivered; SDUs of at most 1500 octets; 64 kbit/s both ways; residual BER 1e-5,
 * SDU error ratio 1e-4; nothing guaranteed. */
const uint8_t godwit_sm_qos_background[GODWIT_SM_QOS_BACKGROUND_SIZE] = {0x23, 0x12, 0x1F, 0x93, 0x96, 0x40,
                                                                         0x40, 0x74, 0x00, 0x00, 0x00, 0x00};

godwit_status_t godwit_sm_put_head(godwit_writer_t *w, godwit_sm_transaction_t transaction, godwit_sm_type_t type)
{
    if (transaction.id >= TI_EXTENDED) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w,
                  (uint8_t)((transaction.to_originator ? TI_FLAG : 0) | (unsigned)transaction.id << 4 | GODWIT_PD_SM));
    godwit_put_u8(w, (uint8_t)type);
    return GODWIT_OK;
}

godwit_status_t godwit_sm_type(godwit_slice_t octets, godwit_sm_transaction_t *transaction, uint8_t *type)
{
    godwit_reader_t r = godwit_reader(octets);
    uint8_t head = godwit_get_u8(&r);
    uint8_t found = godwit_get_u8(&r);
    if (r.failed || (head & 0x0FU) != GODWIT_PD_SM || (head >> 4 & 7U) == TI_EXTENDED) {
        return GODWIT_MALFORMED;
    }
    transaction->id = head >> 4 & 7U;
    transaction->to_originator = (head & TI_FLAG) != 0;
    *type = found;
    return GODWIT_OK;
}

godwit_reader_t godwit_sm_open(godwit_slice_t octets, godwit_sm_type_t type, godwit_sm_transaction_t *transaction)
{
    godwit_reader_t r = godwit_reader(octets);
    uint8_t found = 0;
    if (godwit_sm_type(octets, transaction, &found) != GODWIT_OK || found != type) {
        r.failed = true;
        return r;
    }
    (void)godwit_get_u16(&r);
    return r;
}

godwit_status_t godwit_sm_put_pco(godwit_writer_t *w, godwit_slice_t pco)
{
    if (pco.len > GODWIT_SM_PCO_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    if (pco.len > 0) {
        godwit_put_tlv(w, GODWIT_SM_IE_PCO, pco);
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_sm_put_qos(godwit_writer_t *w, godwit_slice_t qos)
{
    if (qos.len == 0) {
        qos = godwit_slice(godwit_sm_qos_background, sizeof godwit_sm_qos_background);
    }
    if (qos.len < GODWIT_SM_QOS_MIN || qos.len > GODWIT_SM_QOS_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)qos.len);
    godwit_put_slice(w, qos);
    return GODWIT_OK;
}

godwit_slice_t godwit_sm_get_qos(godwit_reader_t *r)
{
    uint8_t len = godwit_get_u8(r);
    if (len < GODWIT_SM_QOS_MIN || len > GODWIT_SM_QOS_MAX) {
        r->failed = true;
    }
    return godwit_get_slice(r, len);
}

godwit_status_t godwit_sm_put_address(godwit_writer_t *w, const godwit_sm_pdp_address_t *address)
{
    if (address->organisation > 15 || address->address.len > GODWIT_SM_ADDRESS_MAX - 2) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u8(w, (uint8_t)(2 + address->address.len));
    godwit_put_u8(w, address->organisation);
    godwit_put_u8(w, address->number);
    godwit_put_slice(w, address->address);
    return GODWIT_OK;
}

godwit_sm_pdp_address_t godwit_sm_read_address(godwit_slice_t value)
{
    return (godwit_sm_pdp_address_t){.organisation = value.ptr[0] & 0x0FU,
                                     .number = value.ptr[1],
                                     .address = godwit_slice(value.ptr + 2, value.len - 2)};
}

godwit_status_t godwit_sm_put_optional_address(godwit_writer_t *w, bool has, const godwit_sm_pdp_address_t *address)
{
    if (!has) {
        return GODWIT_OK;
    }
    godwit_put_u8(w, GODWIT_SM_IE_ADDRESS);
    return godwit_sm_put_address(w, address);
}

bool godwit_sm_read_optional_address(godwit_slice_t value, godwit_sm_pdp_address_t *address)
{
    if (value.ptr != NULL) {
        *address = godwit_sm_read_address(value);
    }
    return value.ptr != NULL;
}

godwit_status_t godwit_sm_plain_accept_build(godwit_sm_type_t type, const godwit_sm_plain_accept_t *message,
                                             godwit_writer_t *w)
{
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, type);
    return status == GODWIT_OK ? godwit_sm_put_pco(w, message->pco) : status;
}

godwit_status_t godwit_sm_plain_accept_parse(godwit_sm_type_t type, godwit_slice_t octets,
                                             godwit_sm_plain_accept_t *message)
{
    static const godwit_element_rule_t rules[] = {GODWIT_SM_PCO_RULE};
    godwit_sm_plain_accept_t m;
    memset(&m, 0, sizeof m);
    godwit_reader_t r = godwit_sm_open(octets, type, &m.transaction);
    if (r.failed || godwit_elements_parse(&r, rules, 1, &m.pco) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}
