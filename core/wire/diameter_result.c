/* SPDX-License-Identifier: Apache-2.0
 *
 * Outcomes and results of Diameter (RFC 6733 7): our status in an application's words and back, and the answer to a
 * request that no function ever saw.
 */
#include "core/wire/diameter.h"

#define FAILED_AVP_MAX 256 /* a longer AVP is not echoed: answers stay small whatever was sent */

godwit_diameter_result_t godwit_diameter_result_of(const godwit_diameter_outcome_t *outcomes, size_t count,
                                                   godwit_status_t status)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (outcomes[i].status == status) {
            return outcomes[i].result;
        }
    }
    return outcomes[count - 1].result;
}

godwit_status_t godwit_diameter_status_of(const godwit_diameter_outcome_t *outcomes, size_t count,
                                          godwit_diameter_result_t result)
{
    for (size_t i = 0; i + 1 < count; i++) {
        if (outcomes[i].result.vendor == result.vendor && outcomes[i].result.code == result.code) {
            return outcomes[i].status;
        }
    }
    return outcomes[count - 1].status;
}

/* The first AVP of that name, or an empty slice, in a message that may be broken further on. */
static godwit_slice_t peek(godwit_slice_t octets, godwit_avp_id_t id)
{
    godwit_diameter_header_t header;
    godwit_slice_t avps;
    godwit_avp_t avp;
    if (godwit_diameter_header_parse(octets, &header, &avps) == GODWIT_OK) {
        godwit_reader_t r = godwit_reader(avps);
        while (godwit_avp_next(&r, &avp) == GODWIT_OK) {
            if (avp.code == godwit_avp_definition(id)->code && !(avp.flags & GODWIT_AVP_FLAG_VENDOR)) {
                return avp.data;
            }
        }
    }
    return godwit_slice(NULL, 0);
}

static void put_failed_avp(godwit_writer_t *w, const godwit_diameter_fault_t *fault)
{
    bool vendor = fault->avp_vendor != 0;
    uint8_t flags = fault->avp_flags & (uint8_t)~GODWIT_AVP_FLAG_VENDOR;
    size_t len = (vendor ? 12u : 8u) + fault->avp_data.len;
    size_t at = godwit_avp_open(w, GODWIT_AVP_FAILED_AVP);
    godwit_put_u32(w, fault->avp_code);
    godwit_put_u8(w, (uint8_t)(flags | (vendor ? GODWIT_AVP_FLAG_VENDOR : 0)));
    godwit_put_u24(w, (uint32_t)len);
    if (vendor) {
        godwit_put_u32(w, fault->avp_vendor);
    }
    godwit_put_slice(w, fault->avp_data);
    (void)godwit_put_space(w, (4 - len % 4) % 4); /* inside a group the padding counts */
    godwit_avp_close(w, at);
}

godwit_status_t godwit_diameter_refusal_build(godwit_slice_t octets, const godwit_diameter_command_t *command,
                                              godwit_slice_t origin_host, godwit_slice_t origin_realm,
                                              const godwit_diameter_fault_t *fault, godwit_writer_t *w)
{
    godwit_diameter_header_t header;
    godwit_slice_t avps;
    if (godwit_diameter_header_parse(octets, &header, &avps) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    godwit_diameter_envelope_t envelope = {.flags = header.flags,
                                           .hop_by_hop = header.hop_by_hop,
                                           .end_to_end = header.end_to_end,
                                           .session_id = peek(octets, GODWIT_AVP_SESSION_ID),
                                           .origin_host = origin_host,
                                           .origin_realm = origin_realm,
                                           .request = octets};
    size_t at = godwit_diameter_answer_open(w, command, &envelope, (godwit_diameter_result_t){0, fault->result_code});
    if (fault->avp_code != 0 && fault->avp_data.len <= FAILED_AVP_MAX) {
        put_failed_avp(w, fault);
    }
    godwit_diameter_answer_close(w, &envelope, at);
    return godwit_writer_status(w);
}
