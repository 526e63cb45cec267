/* SPDX-License-Identifier: Apache-2.0
 *
 * Attach and detach: TS 24.008 9.4.1 to 9.4.6.
 */
#include "core/wire/gmm_element.h"

#include <string.h>

#define IE_ALLOCATED_P_TMSI 0x18
#define IE_P_TMSI_SIGNATURE 0x19
#define IE_READY_TIMER 0x17
#define IE_CAUSE 0x25
#define IE_WHOLE_RES 0x29 /* of the attach request: Godwit's own, as is the next */
#define IE_SMALL_DATA 0x67
#define RES_MIN 4
#define NETWORK_CAPABILITY_MAX 13
#define RADIO_CAPABILITY_MAX 51
#define FOLLOW_ON 0x08U
#define POWER_OFF 0x08U

/* 10.5.5.12: GEA1, SMS over both, SS screening, R99; PFC, GEA2, GEA3. */
static const uint8_t plain_network_capability[2] = {0xE5, 0xE0};
/* 10.5.5.12a: E-GSM, power class 4, no A5, R99, UMTS FDD. */
static const uint8_t plain_radio_capability[5] = {0x11, 0xF1, 0x03, 0x00, 0x00};

static void put_rai(godwit_writer_t *w, const godwit_gmm_rai_t *rai)
{
    godwit_put(w, rai->plmn.octets, sizeof rai->plmn.octets);
    godwit_put_u16(w, rai->lac);
    godwit_put_u8(w, rai->rac);
}

static godwit_gmm_rai_t get_rai(godwit_reader_t *r)
{
    godwit_gmm_rai_t rai;
    godwit_get(r, rai.plmn.octets, sizeof rai.plmn.octets);
    rai.lac = godwit_get_u16(r);
    rai.rac = godwit_get_u8(r);
    return rai;
}

static void put_lv(godwit_writer_t *w, godwit_slice_t value)
{
    godwit_put_u8(w, (uint8_t)value.len);
    godwit_put_slice(w, value);
}

static godwit_slice_t get_lv(godwit_reader_t *r, size_t max)
{
    uint8_t len = godwit_get_u8(r);
    if (len == 0 || len > max) {
        r->failed = true;
    }
    return godwit_get_slice(r, len);
}

/* Nothing when there is none. */
static void put_p_tmsi(godwit_writer_t *w, bool has, uint32_t p_tmsi)
{
    if (has) {
        godwit_put_u8(w, IE_ALLOCATED_P_TMSI);
        godwit_gmm_put_p_tmsi(w, p_tmsi);
    }
}

/* Nothing for 0. */
static void put_cause(godwit_writer_t *w, uint8_t cause)
{
    if (cause != 0) {
        godwit_put_u8(w, IE_CAUSE);
        godwit_put_u8(w, cause);
    }
}

/* What a vector of before adds. */
static bool can_be_sent(const godwit_gmm_attach_request_t *message)
{
    bool res = message->res_len == 0 || (message->res_len >= RES_MIN && message->res_len <= sizeof message->res);
    return res && message->small_data.len <= GODWIT_GMM_SMALL_DATA_MAX;
}

godwit_status_t godwit_gmm_attach_request_build(const godwit_gmm_attach_request_t *message, godwit_writer_t *w)
{
    godwit_slice_t network = message->network_capability, radio = message->radio_capability;
    if (network.len == 0) {
        network = godwit_slice(plain_network_capability, sizeof plain_network_capability);
    }
    if (radio.len == 0) {
        radio = godwit_slice(plain_radio_capability, sizeof plain_radio_capability);
    }
    if (network.len > NETWORK_CAPABILITY_MAX || radio.len > RADIO_CAPABILITY_MAX || message->type > 7 ||
        message->cksn > GODWIT_GMM_CKSN_NONE || !can_be_sent(message)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_gmm_put_head(w, GODWIT_GMM_ATTACH_REQUEST);
    put_lv(w, network);
    godwit_put_u8(w, (uint8_t)((unsigned)message->cksn << 4 | (message->follow_on ? FOLLOW_ON : 0) | message->type));
    godwit_put(w, message->drx, sizeof message->drx);
    godwit_status_t status = godwit_gmm_put_identity(w, &message->identity);
    if (status != GODWIT_OK) {
        return status;
    }
    put_rai(w, &message->old_rai);
    put_lv(w, radio);
    if (message->res_len > 0) {
        godwit_put_tlv(w, IE_WHOLE_RES, godwit_slice(message->res, message->res_len));
    }
    if (message->small_data.len > 0) {
        godwit_put_tlv(w, IE_SMALL_DATA, message->small_data);
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_attach_request_parse(godwit_slice_t octets, godwit_gmm_attach_request_t *message)
{
    enum { RES, DATA, SIGNATURE, READY, RULES };
    static const godwit_element_rule_t rules[RULES] = {
        [RES] = {IE_WHOLE_RES, GODWIT_ELEMENT_TLV, RES_MIN, GODWIT_RES_MAX},
        [DATA] = {IE_SMALL_DATA, GODWIT_ELEMENT_TLV, 1, GODWIT_GMM_SMALL_DATA_MAX},
        [SIGNATURE] = {IE_P_TMSI_SIGNATURE, GODWIT_ELEMENT_TV, 3, 3},
        [READY] = {IE_READY_TIMER, GODWIT_ELEMENT_TV, 1, 1}};
    godwit_slice_t values[RULES];
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_ATTACH_REQUEST);
    godwit_gmm_attach_request_t m;
    memset(&m, 0, sizeof m);
    m.network_capability = get_lv(&r, NETWORK_CAPABILITY_MAX);
    uint8_t type = godwit_get_u8(&r);
    m.type = type & 0x07U;
    m.follow_on = (type & FOLLOW_ON) != 0;
    m.cksn = type >> 4 & 0x07U;
    godwit_get(&r, m.drx, sizeof m.drx);
    godwit_slice_t identity = get_lv(&r, 9);
    m.old_rai = get_rai(&r);
    m.radio_capability = get_lv(&r, RADIO_CAPABILITY_MAX);
    if (r.failed || godwit_gmm_read_identity(identity, &m.identity) != GODWIT_OK ||
        godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    if (values[RES].ptr != NULL) {
        m.res_len = (uint8_t)values[RES].len;
        memcpy(m.res, values[RES].ptr, values[RES].len);
    }
    m.small_data = values[DATA];
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_attach_accept_build(const godwit_gmm_attach_accept_t *message, godwit_writer_t *w)
{
    if (message->result > 7 || message->radio_priority_sms > 7) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_gmm_put_head(w, GODWIT_GMM_ATTACH_ACCEPT);
    godwit_put_u8(w, (uint8_t)((message->force_to_standby ? 0x10U : 0) | message->result));
    godwit_put_u8(w, message->periodic_update_timer);
    godwit_put_u8(w, message->radio_priority_sms);
    put_rai(w, &message->rai);
    put_p_tmsi(w, message->has_p_tmsi, message->p_tmsi);
    put_cause(w, message->cause);
    godwit_gmm_put_next(w, &message->next);
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_attach_accept_parse(godwit_slice_t octets, godwit_gmm_attach_accept_t *message)
{
    enum { P_TMSI, CAUSE, SIGNATURE, READY, RAND, AUTN, RULES };
    static const godwit_element_rule_t rules[RULES] = {[P_TMSI] = {IE_ALLOCATED_P_TMSI, GODWIT_ELEMENT_TLV, 5, 5},
                                                       [CAUSE] = {IE_CAUSE, GODWIT_ELEMENT_TV, 1, 1},
                                                       [SIGNATURE] = {IE_P_TMSI_SIGNATURE, GODWIT_ELEMENT_TV, 3, 3},
                                                       [READY] = {IE_READY_TIMER, GODWIT_ELEMENT_TV, 1, 1},
                                                       [RAND] = GODWIT_GMM_RULE_RAND,
                                                       [AUTN] = GODWIT_GMM_RULE_AUTN};
    godwit_slice_t values[RULES];
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_ATTACH_ACCEPT);
    godwit_gmm_attach_accept_t m;
    memset(&m, 0, sizeof m);
    uint8_t result = godwit_get_u8(&r);
    m.result = result & 0x07U;
    m.force_to_standby = (result & 0x70U) == 0x10U;
    m.periodic_update_timer = godwit_get_u8(&r);
    m.radio_priority_sms = godwit_get_u8(&r) & 0x07U;
    m.rai = get_rai(&r);
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.has_p_tmsi = values[P_TMSI].ptr != NULL;
    if ((m.has_p_tmsi && godwit_gmm_read_p_tmsi(values[P_TMSI], &m.p_tmsi) != GODWIT_OK) ||
        godwit_gmm_read_next(values[RAND], values[AUTN], &m.next) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.cause = values[CAUSE].ptr != NULL ? values[CAUSE].ptr[0] : 0;
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_detach_request_ms_build(const godwit_gmm_detach_request_ms_t *message, godwit_writer_t *w)
{
    if (message->type > 7) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_gmm_put_head(w, GODWIT_GMM_DETACH_REQUEST);
    godwit_put_u8(w, (uint8_t)((message->power_off ? POWER_OFF : 0) | message->type));
    put_p_tmsi(w, message->has_p_tmsi, message->p_tmsi);
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_detach_request_ms_parse(godwit_slice_t octets, godwit_gmm_detach_request_ms_t *message)
{
    static const godwit_element_rule_t rules[] = {{IE_ALLOCATED_P_TMSI, GODWIT_ELEMENT_TLV, 5, 5}};
    godwit_slice_t p_tmsi;
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_DETACH_REQUEST);
    godwit_gmm_detach_request_ms_t m;
    memset(&m, 0, sizeof m);
    uint8_t type = godwit_get_u8(&r);
    m.type = type & 0x07U;
    m.power_off = (type & POWER_OFF) != 0;
    if (r.failed || godwit_elements_parse(&r, rules, 1, &p_tmsi) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.has_p_tmsi = p_tmsi.ptr != NULL;
    if (m.has_p_tmsi && godwit_gmm_read_p_tmsi(p_tmsi, &m.p_tmsi) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_detach_request_network_build(const godwit_gmm_detach_request_network_t *message,
                                                        godwit_writer_t *w)
{
    if (message->type > 7) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_gmm_put_head(w, GODWIT_GMM_DETACH_REQUEST);
    godwit_put_u8(w, (uint8_t)((message->force_to_standby ? 0x10U : 0) | message->type));
    put_cause(w, message->cause);
    godwit_gmm_put_next(w, &message->next);
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_detach_request_network_parse(godwit_slice_t octets,
                                                        godwit_gmm_detach_request_network_t *message)
{
    enum { CAUSE, RAND, AUTN, RULES };
    static const godwit_element_rule_t rules[RULES] = {
        [CAUSE] = {IE_CAUSE, GODWIT_ELEMENT_TV, 1, 1}, [RAND] = GODWIT_GMM_RULE_RAND, [AUTN] = GODWIT_GMM_RULE_AUTN};
    godwit_slice_t values[RULES];
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_DETACH_REQUEST);
    godwit_gmm_detach_request_network_t m;
    memset(&m, 0, sizeof m);
    uint8_t type = godwit_get_u8(&r);
    m.type = type & 0x07U;
    m.force_to_standby = (type & 0x70U) == 0x10U;
    if (r.failed || godwit_elements_parse(&r, rules, RULES, values) != GODWIT_OK ||
        godwit_gmm_read_next(values[RAND], values[AUTN], &m.next) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    m.cause = values[CAUSE].ptr != NULL ? values[CAUSE].ptr[0] : 0;
    *message = m;
    return GODWIT_OK;
}
