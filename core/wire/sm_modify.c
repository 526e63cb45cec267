/* SPDX-License-Identifier: Apache-2.0
 *
 * Modification, either way, and rejects: TS 24.008 9.5.3, 9.5.9 to 9.5.13.
 */
#include "core/wire/sm_element.h"

#include <string.h>

#define IE_QOS 0x30
#define IE_LLC_SAPI 0x32

static void put_llc_sapi(godwit_writer_t *w, bool has, uint8_t llc_sapi)
{
    if (has) {
        godwit_put_u8(w, IE_LLC_SAPI);
        godwit_put_u8(w, llc_sapi);
    }
}

static godwit_status_t put_optional_qos(godwit_writer_t *w, godwit_slice_t qos)
{
    if (qos.len == 0) {
        return GODWIT_OK;
    }
    godwit_put_u8(w, IE_QOS);
    return godwit_sm_put_qos(w, qos);
}

godwit_status_t godwit_sm_modify_request_network_build(const godwit_sm_modify_request_network_t *message,
                                                       godwit_writer_t *w)
{
    if (message->radio_priority > 7 || message->llc_sapi > 15) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, GODWIT_SM_MODIFY_REQUEST_NETWORK);
    godwit_put_u8(w, message->radio_priority);
    godwit_put_u8(w, message->llc_sapi);
    if (status == GODWIT_OK) {
        status = godwit_sm_put_qos(w, message->qos);
    }
    if (status == GODWIT_OK) {
        status = godwit_sm_put_optional_address(w, message->has_address, &message->address);
    }
    return status == GODWIT_OK ? godwit_sm_put_pco(w, message->pco) : status;
}

godwit_status_t godwit_sm_modify_request_network_parse(godwit_slice_t octets,
                                                       godwit_sm_modify_request_network_t *message)
{
    enum { ADDRESS, PCO, RULES };
    static const godwit_element_rule_t rules[RULES] = {[ADDRESS] = GODWIT_SM_ADDRESS_RULE, [PCO] = GODWIT_SM_PCO_RULE};
    godwit_slice_t values[RULES];
    godwit_sm_modify_request_network_t m;
    memset(&m, 0, sizeof m);
    godwit_reader_t r = godwit_sm_open(octets, GODWIT_SM_MODIFY_REQUEST_NETWORK, &m.transaction);
    m.radio_priority = godwit_get_u8(&r) & 0x07U;
    m.llc_sapi = godwit_get_u8(&r) & 0x0FU;
    m.qos = godwit_sm_get_qos(&r);
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.has_address = godwit_sm_read_optional_address(values[ADDRESS], &m.address);
    m.pco = values[PCO];
    *message = m;
    return GODWIT_OK;
}

/* The MS asks and the network answers with the same elements, in another order. */
static godwit_status_t by_ms_parse(godwit_sm_type_t type, godwit_slice_t octets, godwit_sm_modify_by_ms_t *message)
{
    enum { LLC_SAPI, QOS, PCO, RULES };
    static const godwit_element_rule_t rules[RULES] = {
        [LLC_SAPI] = {IE_LLC_SAPI, GODWIT_ELEMENT_TV, 1, 1},
        [QOS] = {IE_QOS, GODWIT_ELEMENT_TLV, GODWIT_SM_QOS_MIN, GODWIT_SM_QOS_MAX},
        [PCO] = GODWIT_SM_PCO_RULE};
    godwit_slice_t values[RULES];
    godwit_sm_modify_by_ms_t m;
    memset(&m, 0, sizeof m);
    godwit_reader_t r = godwit_sm_open(octets, type, &m.transaction);
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.has_llc_sapi = values[LLC_SAPI].ptr != NULL;
    m.llc_sapi = m.has_llc_sapi ? values[LLC_SAPI].ptr[0] & 0x0FU : 0;
    m.qos = values[QOS];
    m.pco = values[PCO];
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_sm_modify_request_ms_build(const godwit_sm_modify_request_ms_t *message, godwit_writer_t *w)
{
    if (message->llc_sapi > 15) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, GODWIT_SM_MODIFY_REQUEST_MS);
    put_llc_sapi(w, message->has_llc_sapi, message->llc_sapi);
    if (status == GODWIT_OK) {
        status = put_optional_qos(w, message->qos);
    }
    return status == GODWIT_OK ? godwit_sm_put_pco(w, message->pco) : status;
}

godwit_status_t godwit_sm_modify_request_ms_parse(godwit_slice_t octets, godwit_sm_modify_request_ms_t *message)
{
    return by_ms_parse(GODWIT_SM_MODIFY_REQUEST_MS, octets, message);
}

godwit_status_t godwit_sm_modify_accept_network_build(const godwit_sm_modify_accept_network_t *message,
                                                      godwit_writer_t *w)
{
    if (message->llc_sapi > 15) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, GODWIT_SM_MODIFY_ACCEPT_NETWORK);
    if (status == GODWIT_OK) {
        status = put_optional_qos(w, message->qos);
    }
    put_llc_sapi(w, message->has_llc_sapi, message->llc_sapi);
    return status == GODWIT_OK ? godwit_sm_put_pco(w, message->pco) : status;
}

godwit_status_t godwit_sm_modify_accept_network_parse(godwit_slice_t octets, godwit_sm_modify_accept_network_t *message)
{
    return by_ms_parse(GODWIT_SM_MODIFY_ACCEPT_NETWORK, octets, message);
}

godwit_status_t godwit_sm_modify_accept_ms_build(const godwit_sm_modify_accept_ms_t *message, godwit_writer_t *w)
{
    return godwit_sm_plain_accept_build(GODWIT_SM_MODIFY_ACCEPT_MS, message, w);
}

godwit_status_t godwit_sm_modify_accept_ms_parse(godwit_slice_t octets, godwit_sm_modify_accept_ms_t *message)
{
    return godwit_sm_plain_accept_parse(GODWIT_SM_MODIFY_ACCEPT_MS, octets, message);
}

/* ---- rejects: cause and PCO ---- */

static godwit_status_t reject_build(godwit_sm_type_t type, const godwit_sm_reject_t *message, godwit_writer_t *w)
{
    godwit_status_t status = godwit_sm_put_head(w, message->transaction, type);
    godwit_put_u8(w, message->cause);
    return status == GODWIT_OK ? godwit_sm_put_pco(w, message->pco) : status;
}

static godwit_status_t reject_parse(godwit_sm_type_t type, godwit_slice_t octets, godwit_sm_reject_t *message)
{
    static const godwit_element_rule_t rules[] = {GODWIT_SM_PCO_RULE};
    godwit_sm_reject_t m;
    memset(&m, 0, sizeof m);
    godwit_reader_t r = godwit_sm_open(octets, type, &m.transaction);
    m.cause = godwit_get_u8(&r);
    if (r.failed || godwit_elements_parse(&r, rules, 1, &m.pco) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_sm_activate_reject_build(const godwit_sm_reject_t *message, godwit_writer_t *w)
{
    return reject_build(GODWIT_SM_ACTIVATE_REJECT, message, w);
}

godwit_status_t godwit_sm_activate_reject_parse(godwit_slice_t octets, godwit_sm_reject_t *message)
{
    return reject_parse(GODWIT_SM_ACTIVATE_REJECT, octets, message);
}

godwit_status_t godwit_sm_modify_reject_build(const godwit_sm_reject_t *message, godwit_writer_t *w)
{
    return reject_build(GODWIT_SM_MODIFY_REJECT, message, w);
}

godwit_status_t godwit_sm_modify_reject_parse(godwit_slice_t octets, godwit_sm_reject_t *message)
{
    return reject_parse(GODWIT_SM_MODIFY_REJECT, octets, message);
}
