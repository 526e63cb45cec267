/* SPDX-License-Identifier: Apache-2.0
 *
 * Update-Location (TS 29.272 7.2.3, 7.2.4), as far as triggers need it. ULR-Flags bit 1 (S6a/S6d-Indicator: a MME asks)
 * and bit 2 (Skip-Subscriber-Data), ULA-Flags bit 0 (Separation-Indication: MME and SGSN stand apart in this HSS) are
 * recalled.
 */
#include "core/wire/s6a.h"

#include <string.h>

#include "core/wire/trigger_parts.h"

#define S6A_INDICATOR 0x02u
#define SKIP_SUBSCRIBER_DATA 0x04u
#define SEPARATION_INDICATION 0x01u
#define RAT_TYPE_FIRST 1000u /* UTRAN */
#define RAT_TYPE_LAST 1255u

enum { USER_NAME, RAT_TYPE, FLAGS, VISITED_PLMN, SGSN_NUMBER, NODE_FUNCTION, ULR_RULES };
enum { ULA_FLAGS, IWF_HOST, IWF_REALM, ULA_RULES };

static const godwit_avp_rule_t ulr_rules[ULR_RULES] = {
    [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},     [RAT_TYPE] = {GODWIT_AVP_RAT_TYPE, 1, 1},
    [FLAGS] = {GODWIT_AVP_ULR_FLAGS, 1, 1},         [VISITED_PLMN] = {GODWIT_AVP_VISITED_PLMN_ID, 1, 1},
    [SGSN_NUMBER] = {GODWIT_AVP_SGSN_NUMBER, 0, 1}, [NODE_FUNCTION] = {GODWIT_AVP_NODE_FUNCTION, 0, 1},
};
static const godwit_avp_rule_t ula_rules[ULA_RULES] = {
    [ULA_FLAGS] = {GODWIT_AVP_ULA_FLAGS, 0, 1},
    [IWF_HOST] = {GODWIT_AVP_NODE_HOST, 0, 1},
    [IWF_REALM] = {GODWIT_AVP_NODE_REALM, 0, 1},
};

const godwit_diameter_command_t godwit_s6a_ulr = {GODWIT_S6A_UPDATE_LOCATION, GODWIT_S6A_APPLICATION,
                                                  GODWIT_VENDOR_3GPP, ulr_rules, ULR_RULES};
const godwit_diameter_command_t godwit_s6a_ula = {GODWIT_S6A_UPDATE_LOCATION, GODWIT_S6A_APPLICATION,
                                                  GODWIT_VENDOR_3GPP, ula_rules, ULA_RULES};

godwit_status_t godwit_s6a_ulr_build(const godwit_diameter_envelope_t *envelope, uint8_t node,
                                     const godwit_location_update_t *update, godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &godwit_s6a_ulr, envelope);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(update->imsi.digits, update->imsi.len));
    godwit_avp_put_u32(w, GODWIT_AVP_RAT_TYPE, RAT_TYPE_FIRST + update->rat);
    godwit_avp_put_u32(w, GODWIT_AVP_ULR_FLAGS, SKIP_SUBSCRIBER_DATA | (node == GODWIT_NODE_MME ? S6A_INDICATOR : 0));
    godwit_avp_put(w, GODWIT_AVP_VISITED_PLMN_ID,
                   godwit_slice(update->visited_plmn.octets, sizeof update->visited_plmn.octets));
    if (node == GODWIT_NODE_MSC) {
        godwit_avp_put_u32(w, GODWIT_AVP_NODE_FUNCTION, GODWIT_NODE_MSC);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

/* What sent it. */
static uint8_t node_of(const godwit_slice_t found[ULR_RULES])
{
    if (godwit_avp_u32(found[NODE_FUNCTION], 0) == GODWIT_NODE_MSC) {
        return GODWIT_NODE_MSC;
    }
    return (godwit_avp_u32(found[FLAGS], 0) & S6A_INDICATOR) != 0 ? GODWIT_NODE_MME : GODWIT_NODE_SGSN;
}

godwit_status_t godwit_s6a_ulr_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope, uint8_t *node,
                                     godwit_location_update_t *update, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[ULR_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_location_update_t u;
    uint32_t rat = 0;
    memset(&u, 0, sizeof u);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_s6a_ulr, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_imsi(found[USER_NAME], &u.imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_diameter_read_visited_plmn(found[VISITED_PLMN], &u.visited_plmn, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_trigger_read_number(GODWIT_AVP_RAT_TYPE, found[RAT_TYPE], RAT_TYPE_FIRST, RAT_TYPE_LAST, 0,
                                            &rat, fault);
    }
    if (status == GODWIT_OK) {
        u.rat = (uint8_t)(rat - RAT_TYPE_FIRST);
        *node = node_of(found);
        *envelope = parsed;
        *update = u;
    }
    return status;
}

godwit_status_t godwit_s6a_ula_build(const godwit_diameter_envelope_t *envelope,
                                     const godwit_location_update_answer_t *answer, godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &godwit_s6a_ula, envelope, godwit_s6a_result_of(answer->status));
    if (answer->status == GODWIT_OK) {
        godwit_avp_put_u32(w, GODWIT_AVP_ULA_FLAGS, SEPARATION_INDICATION);
        if (answer->iwf.host[0] != '\0') {
            godwit_avp_put(w, GODWIT_AVP_NODE_HOST, godwit_slice_of_string(answer->iwf.host));
        }
        if (answer->iwf.realm[0] != '\0') {
            godwit_avp_put(w, GODWIT_AVP_NODE_REALM, godwit_slice_of_string(answer->iwf.realm));
        }
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_s6a_ula_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                     godwit_location_update_answer_t *answer)
{
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_diameter_fault_t fault;
    godwit_slice_t found[ULA_RULES];
    godwit_location_update_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_s6a_ula, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_s6a_status_of(result);
        if (a.status == GODWIT_OK) {
            status =
                godwit_trigger_read_text(GODWIT_AVP_NODE_HOST, found[IWF_HOST], a.iwf.host, sizeof a.iwf.host, &fault);
        }
    }
    if (status == GODWIT_OK && a.status == GODWIT_OK) {
        status =
            godwit_trigger_read_text(GODWIT_AVP_NODE_REALM, found[IWF_REALM], a.iwf.realm, sizeof a.iwf.realm, &fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    return status;
}
