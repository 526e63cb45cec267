/* SPDX-License-Identifier: Apache-2.0
 *
 * Authentication and ciphering: TS 24.008 9.4.9 to 9.4.11.
 */
#include "core/wire/gmm_element.h"

#include <string.h>

#define IE_CKSN 0x80
#define IE_RES 0x22
#define IE_EXTENDED_RES 0x29
#define IE_AUTS 0x30
#define RES_FIRST 4U

godwit_status_t godwit_gmm_authentication_request_build(const godwit_gmm_authentication_request_t *message,
                                                        godwit_writer_t *w)
{
    if (message->ciphering > 7 || message->reference > 15 || message->cksn >= GODWIT_GMM_CKSN_NONE) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_gmm_put_head(w, GODWIT_GMM_AUTHENTICATION_REQUEST);
    godwit_put_u8(w, (uint8_t)((message->imeisv_requested ? 0x10U : 0) | message->ciphering));
    godwit_put_u8(w, (uint8_t)((unsigned)message->reference << 4 | (message->force_to_standby ? 1U : 0)));
    if (message->has_vector) {
        godwit_put_u8(w, GODWIT_GMM_IE_RAND);
        godwit_put(w, message->rand, sizeof message->rand);
        godwit_put_u8(w, (uint8_t)(IE_CKSN | message->cksn));
        godwit_put_tlv(w, GODWIT_GMM_IE_AUTN, godwit_slice(message->autn, sizeof message->autn));
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_authentication_request_parse(godwit_slice_t octets,
                                                        godwit_gmm_authentication_request_t *message)
{
    enum { RAND, CKSN, AUTN, RULES };
    static const godwit_element_rule_t rules[RULES] = {
        [RAND] = GODWIT_GMM_RULE_RAND, [CKSN] = {IE_CKSN, GODWIT_ELEMENT_TV1, 0, 0}, [AUTN] = GODWIT_GMM_RULE_AUTN};
    godwit_slice_t values[RULES];
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_AUTHENTICATION_REQUEST);
    godwit_gmm_authentication_request_t m;
    memset(&m, 0, sizeof m);
    uint8_t first = godwit_get_u8(&r), second = godwit_get_u8(&r);
    m.ciphering = first & 0x07U;
    m.imeisv_requested = (first & 0x70U) == 0x10U;
    m.force_to_standby = (second & 0x07U) == 1U;
    m.reference = second >> 4;
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    /* A RAND without AUTN is a GSM challenge (10.5.3.1.1), which UMTS does not take: all three or none. */
    unsigned seen =
        (values[RAND].ptr != NULL ? 1U : 0) + (values[CKSN].ptr != NULL ? 1U : 0) + (values[AUTN].ptr != NULL ? 1U : 0);
    if (seen != 0 && seen != RULES) {
        return GODWIT_MALFORMED;
    }
    m.has_vector = seen == RULES;
    if (m.has_vector) {
        memcpy(m.rand, values[RAND].ptr, sizeof m.rand);
        memcpy(m.autn, values[AUTN].ptr, sizeof m.autn);
        m.cksn = values[CKSN].ptr[0] & 0x07U;
        if (m.cksn == GODWIT_GMM_CKSN_NONE) {
            return GODWIT_MALFORMED;
        }
    }
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_authentication_response_build(const godwit_gmm_authentication_response_t *message,
                                                         godwit_writer_t *w)
{
    uint8_t len = message->res_len;
    if (message->reference > 15 || (len > 0 && len < RES_FIRST) || len > sizeof message->res) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_gmm_put_head(w, GODWIT_GMM_AUTHENTICATION_RESPONSE);
    godwit_put_u8(w, message->reference);
    if (len > 0) {
        godwit_put_u8(w, IE_RES);
        godwit_put(w, message->res, RES_FIRST);
    }
    if (len > RES_FIRST) {
        godwit_put_tlv(w, IE_EXTENDED_RES, godwit_slice(message->res + RES_FIRST, len - RES_FIRST));
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_authentication_response_parse(godwit_slice_t octets,
                                                         godwit_gmm_authentication_response_t *message)
{
    enum { RES, EXTENDED, RULES };
    static const godwit_element_rule_t rules[RULES] = {
        [RES] = {IE_RES, GODWIT_ELEMENT_TV, RES_FIRST, RES_FIRST},
        [EXTENDED] = {IE_EXTENDED_RES, GODWIT_ELEMENT_TLV, 1, GODWIT_RES_MAX - RES_FIRST}};
    godwit_slice_t values[RULES];
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_AUTHENTICATION_RESPONSE);
    godwit_gmm_authentication_response_t m;
    memset(&m, 0, sizeof m);
    m.reference = godwit_get_u8(&r) & 0x0FU;
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK ||
        (values[EXTENDED].ptr != NULL && values[RES].ptr == NULL)) {
        return GODWIT_MALFORMED;
    }
    if (values[RES].ptr != NULL) {
        memcpy(m.res, values[RES].ptr, RES_FIRST);
        m.res_len = RES_FIRST;
    }
    if (values[EXTENDED].ptr != NULL) {
        memcpy(m.res + RES_FIRST, values[EXTENDED].ptr, values[EXTENDED].len);
        m.res_len = (uint8_t)(RES_FIRST + values[EXTENDED].len);
    }
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_authentication_failure_build(const godwit_gmm_authentication_failure_t *message,
                                                        godwit_writer_t *w)
{
    godwit_gmm_put_head(w, GODWIT_GMM_AUTHENTICATION_FAILURE);
    godwit_put_u8(w, message->cause);
    if (message->has_auts) {
        godwit_put_tlv(w, IE_AUTS, godwit_slice(message->auts, sizeof message->auts));
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_authentication_failure_parse(godwit_slice_t octets,
                                                        godwit_gmm_authentication_failure_t *message)
{
    static const godwit_element_rule_t rules[] = {{IE_AUTS, GODWIT_ELEMENT_TLV, 14, 14}};
    godwit_slice_t auts;
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_AUTHENTICATION_FAILURE);
    godwit_gmm_authentication_failure_t m;
    memset(&m, 0, sizeof m);
    m.cause = godwit_get_u8(&r);
    if (r.failed || godwit_elements_parse(&r, rules, 1, &auts) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.has_auts = auts.ptr != NULL;
    if (m.has_auts) {
        memcpy(m.auts, auts.ptr, sizeof m.auts);
    }
    *message = m;
    return GODWIT_OK;
}
