/* SPDX-License-Identifier: Apache-2.0
 *
 * Activation and deactivation: TS 24.008 9.5.1 to 9.5.3, 9.5.14, 9.5.15; and SM status, 9.5.21.
 */
#include "core/wire/sm_element.h"

#include <string.h>

#define IE_APN 0x28
#define IE_CAUSE 0x39
#define IE_TEAR_DOWN 0x90

godwit_status_t godwit_sm_activate_request_build(const godwit_sm_activate_request_t *message, godwit_writer_t *w)
{
    if (message->nsapi > 15 || message->llc_sapi > 15 || message->apn.len > GODWIT_SM_APN_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, GODWIT_SM_ACTIVATE_REQUEST);
    godwit_put_u8(w, message->nsapi);
    godwit_put_u8(w, message->llc_sapi);
    if (status == GODWIT_OK) {
        status = godwit_sm_put_qos(w, message->qos);
    }
    if (status == GODWIT_OK) {
        status = godwit_sm_put_address(w, &message->address);
    }
    if (message->apn.len > 0) {
        godwit_put_tlv(w, IE_APN, message->apn);
    }
    return status == GODWIT_OK ? godwit_sm_put_pco(w, message->pco) : status;
}

godwit_status_t godwit_sm_activate_request_parse(godwit_slice_t octets, godwit_sm_activate_request_t *message)
{
    enum { APN, PCO, RULES };
    static const godwit_element_rule_t rules[RULES] = {
        [APN] = {IE_APN, GODWIT_ELEMENT_TLV, 1, GODWIT_SM_APN_MAX}, [PCO] = GODWIT_SM_PCO_RULE};
    godwit_slice_t values[RULES];
    godwit_sm_activate_request_t m;
    memset(&m, 0, sizeof m);
    godwit_reader_t r = godwit_sm_open(octets, GODWIT_SM_ACTIVATE_REQUEST, &m.transaction);
    m.nsapi = godwit_get_u8(&r) & 0x0FU;
    m.llc_sapi = godwit_get_u8(&r) & 0x0FU;
    m.qos = godwit_sm_get_qos(&r);
    godwit_slice_t address = godwit_get_slice(&r, godwit_get_u8(&r));
    if (r.failed || address.len < 2 || address.len > GODWIT_SM_ADDRESS_MAX ||
        godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.address = godwit_sm_read_address(address);
    m.apn = values[APN];
    m.pco = values[PCO];
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_sm_activate_accept_build(const godwit_sm_activate_accept_t *message, godwit_writer_t *w)
{
    if (message->llc_sapi > 15 || message->radio_priority > 7) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, GODWIT_SM_ACTIVATE_ACCEPT);
    godwit_put_u8(w, message->llc_sapi);
    if (status == GODWIT_OK) {
        status = godwit_sm_put_qos(w, message->qos);
    }
    godwit_put_u8(w, message->radio_priority);
    if (status == GODWIT_OK) {
        status = godwit_sm_put_optional_address(w, message->has_address, &message->address);
    }
    if (status == GODWIT_OK) {
        status = godwit_sm_put_pco(w, message->pco);
    }
    if (message->cause != 0) {
        godwit_put_tlv(w, IE_CAUSE, godwit_slice(&message->cause, 1));
    }
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

godwit_status_t godwit_sm_activate_accept_parse(godwit_slice_t octets, godwit_sm_activate_accept_t *message)
{
    enum { ADDRESS, PCO, CAUSE, RULES };
    static const godwit_element_rule_t rules[RULES] = {
        [ADDRESS] = GODWIT_SM_ADDRESS_RULE, [PCO] = GODWIT_SM_PCO_RULE, [CAUSE] = {IE_CAUSE, GODWIT_ELEMENT_TLV, 1, 1}};
    godwit_slice_t values[RULES];
    godwit_sm_activate_accept_t m;
    memset(&m, 0, sizeof m);
    godwit_reader_t r = godwit_sm_open(octets, GODWIT_SM_ACTIVATE_ACCEPT, &m.transaction);
    m.llc_sapi = godwit_get_u8(&r) & 0x0FU;
    m.qos = godwit_sm_get_qos(&r);
    m.radio_priority = godwit_get_u8(&r) & 0x07U;
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.has_address = godwit_sm_read_optional_address(values[ADDRESS], &m.address);
    m.pco = values[PCO];
    m.cause = values[CAUSE].ptr != NULL ? values[CAUSE].ptr[0] : 0;
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_sm_deactivate_request_build(const godwit_sm_deactivate_request_t *message, godwit_writer_t *w)
{
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, GODWIT_SM_DEACTIVATE_REQUEST);
    godwit_put_u8(w, message->cause);
    if (message->tear_down) {
        godwit_put_u8(w, IE_TEAR_DOWN | 1U);
    }
    return status == GODWIT_OK ? godwit_sm_put_pco(w, message->pco) : status;
}

godwit_status_t godwit_sm_deactivate_request_parse(godwit_slice_t octets, godwit_sm_deactivate_request_t *message)
{
    enum { TEAR_DOWN, PCO, RULES };
    static const godwit_element_rule_t rules[RULES] = {
        [TEAR_DOWN] = {IE_TEAR_DOWN, GODWIT_ELEMENT_TV1, 0, 0}, [PCO] = GODWIT_SM_PCO_RULE};
    godwit_slice_t values[RULES];
    godwit_sm_deactivate_request_t m;
    memset(&m, 0, sizeof m);
    godwit_reader_t r = godwit_sm_open(octets, GODWIT_SM_DEACTIVATE_REQUEST, &m.transaction);
    m.cause = godwit_get_u8(&r);
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.tear_down = values[TEAR_DOWN].ptr != NULL && (values[TEAR_DOWN].ptr[0] & 1U) != 0;
    m.pco = values[PCO];
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_sm_deactivate_accept_build(const godwit_sm_deactivate_accept_t *message, godwit_writer_t *w)
{
    return godwit_sm_plain_accept_build(GODWIT_SM_DEACTIVATE_ACCEPT, message, w);
}

godwit_status_t godwit_sm_deactivate_accept_parse(godwit_slice_t octets, godwit_sm_deactivate_accept_t *message)
{
    return godwit_sm_plain_accept_parse(GODWIT_SM_DEACTIVATE_ACCEPT, octets, message);
}

godwit_status_t godwit_sm_status_build(const godwit_sm_status_t *message, godwit_writer_t *w)
{
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, GODWIT_SM_STATUS);
    godwit_put_u8(w, message->cause);
    return status == GODWIT_OK ? godwit_writer_status(w) : status;
}

godwit_status_t godwit_sm_status_parse(godwit_slice_t octets, godwit_sm_status_t *message)
{
    godwit_sm_status_t m;
    godwit_slice_t none;
    memset(&m, 0, sizeof m);
    godwit_reader_t r = godwit_sm_open(octets, GODWIT_SM_STATUS, &m.transaction);
    m.cause = godwit_get_u8(&r);
    if (r.failed || godwit_elements_parse(&r, NULL, 0, &none) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}
