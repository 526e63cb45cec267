/* SPDX-License-Identifier: Apache-2.0
 *
 * The short messages of GMM: identity (TS 24.008 9.4.12, 9.4.13), service (9.4.20 to 9.4.22), causes, and those without
 * contents.
 */
#include "core/wire/gmm.h"
#include "core/wire/gmm_element.h"

#include <string.h>

#define IE_CONTEXT_STATUS 0x32

/* ---- messages without contents ---- */

static godwit_status_t bare_build(godwit_gmm_type_t type, godwit_writer_t *w)
{
    godwit_gmm_put_head(w, type);
    return godwit_writer_status(w);
}

static godwit_status_t bare_parse(godwit_slice_t octets, godwit_gmm_type_t type)
{
    godwit_reader_t r = godwit_gmm_open(octets, type);
    godwit_slice_t none;
    return r.failed ? GODWIT_MALFORMED : godwit_elements_parse(&r, NULL, 0, &none);
}

godwit_status_t godwit_gmm_attach_complete_build(godwit_writer_t *w)
{
    return bare_build(GODWIT_GMM_ATTACH_COMPLETE, w);
}

godwit_status_t godwit_gmm_attach_complete_parse(godwit_slice_t octets)
{
    return bare_parse(octets, GODWIT_GMM_ATTACH_COMPLETE);
}

godwit_status_t godwit_gmm_authentication_reject_build(godwit_writer_t *w)
{
    return bare_build(GODWIT_GMM_AUTHENTICATION_REJECT, w);
}

godwit_status_t godwit_gmm_authentication_reject_parse(godwit_slice_t octets)
{
    return bare_parse(octets, GODWIT_GMM_AUTHENTICATION_REJECT);
}

godwit_status_t godwit_gmm_detach_accept_ms_build(godwit_writer_t *w)
{
    return bare_build(GODWIT_GMM_DETACH_ACCEPT, w);
}

godwit_status_t godwit_gmm_detach_accept_ms_parse(godwit_slice_t octets)
{
    return bare_parse(octets, GODWIT_GMM_DETACH_ACCEPT);
}

/* ---- one octet and optional elements that nobody here needs ---- */

static godwit_status_t octet_build(godwit_gmm_type_t type, uint8_t octet, godwit_writer_t *w)
{
    godwit_gmm_put_head(w, type);
    godwit_put_u8(w, octet);
    return godwit_writer_status(w);
}

static godwit_status_t octet_parse(godwit_slice_t octets, godwit_gmm_type_t type, uint8_t *octet)
{
    godwit_reader_t r = godwit_gmm_open(octets, type);
    godwit_slice_t none;
    uint8_t found = godwit_get_u8(&r);
    if (r.failed || godwit_elements_parse(&r, NULL, 0, &none) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *octet = found;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_attach_reject_build(const godwit_gmm_reject_t *message, godwit_writer_t *w)
{
    return octet_build(GODWIT_GMM_ATTACH_REJECT, message->cause, w);
}

godwit_status_t godwit_gmm_attach_reject_parse(godwit_slice_t octets, godwit_gmm_reject_t *message)
{
    return octet_parse(octets, GODWIT_GMM_ATTACH_REJECT, &message->cause);
}

godwit_status_t godwit_gmm_service_reject_build(const godwit_gmm_reject_t *message, godwit_writer_t *w)
{
    return octet_build(GODWIT_GMM_SERVICE_REJECT, message->cause, w);
}

godwit_status_t godwit_gmm_service_reject_parse(godwit_slice_t octets, godwit_gmm_reject_t *message)
{
    return octet_parse(octets, GODWIT_GMM_SERVICE_REJECT, &message->cause);
}

godwit_status_t godwit_gmm_status_build(const godwit_gmm_status_t *message, godwit_writer_t *w)
{
    return octet_build(GODWIT_GMM_STATUS, message->cause, w);
}

godwit_status_t godwit_gmm_status_parse(godwit_slice_t octets, godwit_gmm_status_t *message)
{
    return octet_parse(octets, GODWIT_GMM_STATUS, &message->cause);
}

godwit_status_t godwit_gmm_identity_request_build(const godwit_gmm_identity_request_t *message, godwit_writer_t *w)
{
    if (message->type > 7) {
        return GODWIT_INVALID_ARGUMENT;
    }
    return octet_build(GODWIT_GMM_IDENTITY_REQUEST, (uint8_t)((message->force_to_standby ? 0x10U : 0) | message->type),
                       w);
}

godwit_status_t godwit_gmm_identity_request_parse(godwit_slice_t octets, godwit_gmm_identity_request_t *message)
{
    uint8_t octet;
    godwit_status_t status = octet_parse(octets, GODWIT_GMM_IDENTITY_REQUEST, &octet);
    if (status == GODWIT_OK) {
        message->type = octet & 0x07U;
        message->force_to_standby = (octet & 0x70U) == 0x10U;
    }
    return status;
}

godwit_status_t godwit_gmm_identity_response_build(const godwit_gmm_identity_response_t *message, godwit_writer_t *w)
{
    godwit_gmm_put_head(w, GODWIT_GMM_IDENTITY_RESPONSE);
    godwit_status_t status = godwit_gmm_put_identity(w, &message->identity);
    return status != GODWIT_OK ? status : godwit_writer_status(w);
}

godwit_status_t godwit_gmm_identity_response_parse(godwit_slice_t octets, godwit_gmm_identity_response_t *message)
{
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_IDENTITY_RESPONSE);
    godwit_slice_t value = godwit_get_slice(&r, godwit_get_u8(&r));
    godwit_slice_t none;
    godwit_gmm_identity_t identity;
    if (r.failed || godwit_gmm_read_identity(value, &identity) != GODWIT_OK ||
        godwit_elements_parse(&r, NULL, 0, &none) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    message->identity = identity;
    return GODWIT_OK;
}

/* ---- service ---- */

/* PDP context status, 10.5.7.1: NSAPI 7 to 0 in the first octet, 15 to 8 in the second. */
static void put_contexts(godwit_writer_t *w, uint16_t contexts)
{
    const uint8_t octets[2] = {(uint8_t)(contexts & 0xFFU), (uint8_t)(contexts >> 8)};
    godwit_put_tlv(w, IE_CONTEXT_STATUS, godwit_slice(octets, sizeof octets));
}

static godwit_status_t get_contexts(godwit_reader_t *r, bool *has, uint16_t *contexts)
{
    static const godwit_element_rule_t rules[] = {{IE_CONTEXT_STATUS, GODWIT_ELEMENT_TLV, 2, 2}};
    godwit_slice_t value;
    if (r->failed || godwit_elements_parse(r, rules, 1, &value) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *has = value.ptr != NULL;
    *contexts = (uint16_t)(*has ? value.ptr[0] | value.ptr[1] << 8 : 0);
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_service_request_build(const godwit_gmm_service_request_t *message, godwit_writer_t *w)
{
    if (message->cksn > GODWIT_GMM_CKSN_NONE || message->service > 7) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_gmm_put_head(w, GODWIT_GMM_SERVICE_REQUEST);
    godwit_put_u8(w, (uint8_t)(message->service << 4 | message->cksn));
    godwit_gmm_put_p_tmsi(w, message->p_tmsi);
    if (message->has_contexts) {
        put_contexts(w, message->contexts);
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_service_request_parse(godwit_slice_t octets, godwit_gmm_service_request_t *message)
{
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_SERVICE_REQUEST);
    godwit_gmm_service_request_t m;
    memset(&m, 0, sizeof m);
    uint8_t first = godwit_get_u8(&r);
    m.cksn = first & 0x07U;
    m.service = first >> 4 & 0x07U;
    godwit_slice_t p_tmsi = godwit_get_slice(&r, godwit_get_u8(&r));
    if (r.failed || godwit_gmm_read_p_tmsi(p_tmsi, &m.p_tmsi) != GODWIT_OK ||
        get_contexts(&r, &m.has_contexts, &m.contexts) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}

godwit_status_t godwit_gmm_service_accept_build(const godwit_gmm_service_accept_t *message, godwit_writer_t *w)
{
    godwit_gmm_put_head(w, GODWIT_GMM_SERVICE_ACCEPT);
    if (message->has_contexts) {
        put_contexts(w, message->contexts);
    }
    return godwit_writer_status(w);
}

godwit_status_t godwit_gmm_service_accept_parse(godwit_slice_t octets, godwit_gmm_service_accept_t *message)
{
    godwit_reader_t r = godwit_gmm_open(octets, GODWIT_GMM_SERVICE_ACCEPT);
    godwit_gmm_service_accept_t m;
    if (get_contexts(&r, &m.has_contexts, &m.contexts) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    *message = m;
    return GODWIT_OK;
}
