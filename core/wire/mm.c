/* SPDX-License-Identifier: Apache-2.0
 *
 * MM messages as tables of elements, TS 24.008 9.2, and the paging response.
 */
#include "core/wire/mm.h"
#include "core/wire/gmm_element.h"
#include "core/wire/nas_table.h"

#define MM_CODEC(layer, discriminator, name, M, type, elements)                                                        \
    static const godwit_nas_spec_t name##_spec = SPEC(type, M, elements);                                              \
    godwit_status_t godwit_##layer##_##name##_build(const M *message, godwit_writer_t *w)                              \
    {                                                                                                                  \
        return godwit_mm_build(discriminator, &name##_spec, message, w);                                               \
    }                                                                                                                  \
    godwit_status_t godwit_##layer##_##name##_parse(godwit_slice_t octets, M *message)                                 \
    {                                                                                                                  \
        return godwit_mm_parse(discriminator, &name##_spec, octets, message);                                          \
    }
#define MM(name, M, type, elements) MM_CODEC(mm, GODWIT_PD_MM, name, M, type, elements)

/* Elements that are ours, of numbers that those messages do not have (docs/next-session.md). */
#define IE_RAND 0x21
#define IE_AUTN 0x28
#define IE_RES 0x29
#define IE_SMS 0x67

typedef godwit_mm_location_updating_request_t update_t;
static const godwit_nas_element_t location_updating_request_elements[] = {
    HALVES(update_t, type, cksn),
    FIXED(update_t, lai, GODWIT_MM_LAI),
    OCTET(update_t, classmark),
    LV(update_t, identity, 1, GODWIT_MM_IDENTITY_MAX),
    TLV(IE_RES, update_t, res, 4, GODWIT_RES_MAX),
    TLV(IE_SMS, update_t, sms, 2, 251),
};
MM(location_updating_request, godwit_mm_location_updating_request_t, GODWIT_MM_LOCATION_UPDATING_REQUEST,
   location_updating_request_elements)

typedef godwit_mm_location_updating_accept_t accept_t;
static const godwit_nas_element_t location_updating_accept_elements[] = {
    FIXED(accept_t, lai, GODWIT_MM_LAI), TLV(0x17, accept_t, identity, 1, GODWIT_MM_IDENTITY_MAX),
    TV1(0xA0, accept_t, proceed), TV(IE_RAND, accept_t, rand, 16), TLV(IE_AUTN, accept_t, autn, 16, 16)};
MM(location_updating_accept, godwit_mm_location_updating_accept_t, GODWIT_MM_LOCATION_UPDATING_ACCEPT,
   location_updating_accept_elements)

static const godwit_nas_element_t cause_elements[] = {OCTET(godwit_mm_cause_t, cause)};
MM(location_updating_reject, godwit_mm_cause_t, GODWIT_MM_LOCATION_UPDATING_REJECT, cause_elements)
MM(cm_service_reject, godwit_mm_cause_t, GODWIT_MM_CM_SERVICE_REJECT, cause_elements)
MM(status, godwit_mm_cause_t, GODWIT_MM_STATUS, cause_elements)

typedef godwit_mm_imsi_detach_indication_t detach_t;
static const godwit_nas_element_t imsi_detach_indication_elements[] = {
    OCTET(detach_t, classmark), LV(detach_t, identity, 1, GODWIT_MM_IDENTITY_MAX)};
MM(imsi_detach_indication, godwit_mm_imsi_detach_indication_t, GODWIT_MM_IMSI_DETACH_INDICATION,
   imsi_detach_indication_elements)

typedef godwit_mm_authentication_request_t challenge_t;
static const godwit_nas_element_t authentication_request_elements[] = {
    HALF(challenge_t, cksn), FIXED(challenge_t, rand, 16), TLV(0x20, challenge_t, autn, 16, 16)};
MM(authentication_request, godwit_mm_authentication_request_t, GODWIT_MM_AUTHENTICATION_REQUEST,
   authentication_request_elements)

typedef godwit_mm_authentication_response_t response_t;
static const godwit_nas_element_t authentication_response_elements[] = {FIXED(response_t, first, 4),
                                                                        TLV(0x21, response_t, rest, 1, 12)};
MM(authentication_response, godwit_mm_authentication_response_t, GODWIT_MM_AUTHENTICATION_RESPONSE,
   authentication_response_elements)

static const godwit_nas_element_t authentication_failure_elements[] = {
    OCTET(godwit_mm_authentication_failure_t, cause), TLV(0x22, godwit_mm_authentication_failure_t, auts, 14, 14)};
MM(authentication_failure, godwit_mm_authentication_failure_t, GODWIT_MM_AUTHENTICATION_FAILURE,
   authentication_failure_elements)

static const godwit_nas_element_t identity_request_elements[] = {HALF(godwit_mm_identity_request_t, type)};
MM(identity_request, godwit_mm_identity_request_t, GODWIT_MM_IDENTITY_REQUEST, identity_request_elements)

static const godwit_nas_element_t identity_response_elements[] = {
    LV(godwit_mm_identity_response_t, identity, 1, GODWIT_MM_IDENTITY_MAX)};
MM(identity_response, godwit_mm_identity_response_t, GODWIT_MM_IDENTITY_RESPONSE, identity_response_elements)

typedef godwit_mm_tmsi_reallocation_command_t reallocation_t;
static const godwit_nas_element_t tmsi_reallocation_command_elements[] = {
    FIXED(reallocation_t, lai, GODWIT_MM_LAI), LV(reallocation_t, identity, 1, GODWIT_MM_IDENTITY_MAX)};
MM(tmsi_reallocation_command, godwit_mm_tmsi_reallocation_command_t, GODWIT_MM_TMSI_REALLOCATION_COMMAND,
   tmsi_reallocation_command_elements)

typedef godwit_mm_cm_service_request_t service_t;
static const godwit_nas_element_t cm_service_request_elements[] = {
    HALVES(service_t, type, cksn), LV(service_t, classmark, 3, 3), LV(service_t, identity, 1, GODWIT_MM_IDENTITY_MAX)};
MM(cm_service_request, godwit_mm_cm_service_request_t, GODWIT_MM_CM_SERVICE_REQUEST, cm_service_request_elements)

static const godwit_nas_element_t information_elements[] = {
    TV(IE_RAND, godwit_mm_information_t, rand, 16), TLV(IE_AUTN, godwit_mm_information_t, autn, 16, 16),
    SKIP(0x46, 1), /* local time zone */
    SKIP(0x47, 7), /* universal time */
};
MM(information, godwit_mm_information_t, GODWIT_MM_INFORMATION, information_elements)

typedef godwit_rr_paging_response_t paged_t;
static const godwit_nas_element_t paging_response_elements[] = {HALF(paged_t, cksn), LV(paged_t, classmark, 3, 3),
                                                                LV(paged_t, identity, 1, GODWIT_MM_IDENTITY_MAX)};
MM_CODEC(rr, GODWIT_PD_RR, paging_response, godwit_rr_paging_response_t, GODWIT_RR_PAGING_RESPONSE,
         paging_response_elements)

godwit_status_t godwit_mm_empty_build(godwit_mm_type_t type, godwit_writer_t *w)
{
    godwit_put_u8(w, GODWIT_PD_MM);
    godwit_put_u8(w, (uint8_t)type);
    return godwit_writer_status(w);
}

godwit_status_t godwit_mm_type(godwit_slice_t octets, uint8_t *type)
{
    return godwit_mm_head(GODWIT_PD_MM, octets, type);
}

godwit_slice_t godwit_mm_identity_write(const godwit_gmm_identity_t *identity,
                                        uint8_t octets[1 + GODWIT_MM_IDENTITY_MAX])
{
    godwit_writer_t w = godwit_writer(octets, 1 + GODWIT_MM_IDENTITY_MAX);
    bool built = godwit_gmm_put_identity(&w, identity) == GODWIT_OK && godwit_writer_status(&w) == GODWIT_OK;
    return built ? godwit_slice(octets + 1, w.len - 1) : godwit_slice(NULL, 0); /* its length stands first */
}

godwit_status_t godwit_mm_identity_read(godwit_slice_t value, godwit_gmm_identity_t *identity)
{
    return godwit_gmm_read_identity(value, identity);
}

void godwit_mm_lai_write(const godwit_mm_lai_t *lai, uint8_t octets[GODWIT_MM_LAI])
{
    godwit_writer_t w = godwit_writer(octets, GODWIT_MM_LAI);
    godwit_put(&w, lai->plmn.octets, sizeof lai->plmn.octets);
    godwit_put_u16(&w, lai->lac);
}

godwit_mm_lai_t godwit_mm_lai_read(godwit_slice_t value)
{
    godwit_reader_t r = godwit_reader(value);
    godwit_mm_lai_t lai;
    godwit_get(&r, lai.plmn.octets, sizeof lai.plmn.octets);
    lai.lac = godwit_get_u16(&r);
    return lai;
}
