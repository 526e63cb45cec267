/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of codecs: each through a pair of functions that know nothing of the structure.
 */
#include "tests/support/sms_messages.h"

#define PARSED(name, structure, call)                                                                                  \
    static godwit_status_t parse_##name(godwit_slice_t octets, void *message)                                          \
    {                                                                                                                  \
        structure *m = message;                                                                                        \
        return call;                                                                                                   \
    }                                                                                                                  \
    _Static_assert(sizeof(structure) <= SMS_STRUCTURE_MAX, "room in the tests");
#define BUILT(name, structure, function)                                                                               \
    static godwit_status_t build_##name(const void *message, godwit_writer_t *w)                                       \
    {                                                                                                                  \
        return function((const structure *)message, w);                                                                \
    }
#define PAIR(name, structure)                                                                                          \
    BUILT(name, structure, godwit_##name##_build)                                                                      \
    PARSED(name, structure, godwit_##name##_parse(octets, m))

PAIR(mm_location_updating_request, godwit_mm_location_updating_request_t)
PAIR(mm_location_updating_accept, godwit_mm_location_updating_accept_t)
PAIR(mm_location_updating_reject, godwit_mm_cause_t)
PAIR(mm_imsi_detach_indication, godwit_mm_imsi_detach_indication_t)
PAIR(mm_authentication_request, godwit_mm_authentication_request_t)
PAIR(mm_authentication_response, godwit_mm_authentication_response_t)
PAIR(mm_authentication_failure, godwit_mm_authentication_failure_t)
PAIR(mm_identity_request, godwit_mm_identity_request_t)
PAIR(mm_identity_response, godwit_mm_identity_response_t)
PAIR(mm_tmsi_reallocation_command, godwit_mm_tmsi_reallocation_command_t)
PAIR(mm_cm_service_request, godwit_mm_cm_service_request_t)
PAIR(mm_cm_service_reject, godwit_mm_cause_t)
PAIR(mm_status, godwit_mm_cause_t)
PAIR(mm_information, godwit_mm_information_t)
PAIR(rr_paging_response, godwit_rr_paging_response_t)
PAIR(cp, godwit_cp_t)
PAIR(sms_submit, godwit_sms_submit_t)
PAIR(sms_deliver, godwit_sms_deliver_t)
BUILT(rp, godwit_rp_t, godwit_rp_build)
PARSED(rp_ms, godwit_rp_t, godwit_rp_parse(octets, false, m))
PARSED(rp_network, godwit_rp_t, godwit_rp_parse(octets, true, m))

#define ROW2(name, built)                                                                                              \
    {                                                                                                                  \
#name, build_##built, parse_##name                                                                             \
    }
#define ROW(name) ROW2(name, name)

const sms_codec_t sms_codecs[] = {
    ROW(mm_location_updating_request),
    ROW(mm_location_updating_accept),
    ROW(mm_location_updating_reject),
    ROW(mm_imsi_detach_indication),
    ROW(mm_authentication_request),
    ROW(mm_authentication_response),
    ROW(mm_authentication_failure),
    ROW(mm_identity_request),
    ROW(mm_identity_response),
    ROW(mm_tmsi_reallocation_command),
    ROW(mm_cm_service_request),
    ROW(mm_cm_service_reject),
    ROW(mm_status),
    ROW(mm_information),
    ROW(rr_paging_response),
    ROW(cp),
    ROW(sms_submit),
    ROW(sms_deliver),
    ROW2(rp_ms, rp),
    ROW2(rp_network, rp),
};
const size_t sms_codec_count = sizeof sms_codecs / sizeof sms_codecs[0];
