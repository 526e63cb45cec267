/* SPDX-License-Identifier: Apache-2.0
 *
 * Bootstrapping-Info-Request and -Answer of Zn (TS 29.109 5.2, 6.1; the specification writes "Boostrapping"). An answer
 * carries keys: what was read before a fault is wiped.
 */
#include "core/wire/zn.h"

#include <string.h>

#include "core/wire/gaa_text.h"

/* Time of RFC 6733 4.3.1: seconds since 1900, the low 32 bits; from 2036 on they begin anew, told by the missing first
 * bit. */
#define SECONDS_1900_TO_1970 UINT64_C(2208988800)

enum { GAA_SERVICE, TRANSACTION, NAF_ID, GBA_U_AWARENESS, BIR_RULES };
enum { IMPI, ME_KEY, UICC_KEY, EXPIRY, CREATION, USS, GBA_TYPE, BIA_RULES };

static const godwit_avp_rule_t bir_rules[BIR_RULES] = {
    [GAA_SERVICE] = {GODWIT_AVP_GAA_SERVICE_IDENTIFIER, 0, 0},
    [TRANSACTION] = {GODWIT_AVP_TRANSACTION_IDENTIFIER, 1, 1},
    [NAF_ID] = {GODWIT_AVP_NAF_ID, 1, 1},
    [GBA_U_AWARENESS] = {GODWIT_AVP_GBA_U_AWARENESS_INDICATOR, 0, 1},
};

static const godwit_avp_rule_t bia_rules[BIA_RULES] = {
    [IMPI] = {GODWIT_AVP_USER_NAME, 0, 1},
    [ME_KEY] = {GODWIT_AVP_ME_KEY_MATERIAL, 0, 1},
    [UICC_KEY] = {GODWIT_AVP_UICC_KEY_MATERIAL, 0, 1},
    [EXPIRY] = {GODWIT_AVP_KEY_EXPIRY_TIME, 0, 1},
    [CREATION] = {GODWIT_AVP_BOOTSTRAP_INFO_CREATION_TIME, 0, 1},
    [USS] = {GODWIT_AVP_GBA_USER_SEC_SETTINGS, 0, 1},
    [GBA_TYPE] = {GODWIT_AVP_GBA_TYPE, 0, 1},
};

const godwit_diameter_command_t godwit_zn_bir = {GODWIT_ZN_BOOTSTRAPPING_INFO, GODWIT_ZN_APPLICATION,
                                                 GODWIT_VENDOR_3GPP, bir_rules, BIR_RULES};
const godwit_diameter_command_t godwit_zn_bia = {GODWIT_ZN_BOOTSTRAPPING_INFO, GODWIT_ZN_APPLICATION,
                                                 GODWIT_VENDOR_3GPP, bia_rules, BIA_RULES};

static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},
    {GODWIT_UNKNOWN_SUBSCRIBER, {GODWIT_VENDOR_3GPP, 5401}},
    {GODWIT_NOT_ENTITLED, {GODWIT_VENDOR_3GPP, 5402}},
    {GODWIT_UNKNOWN_KEY, {GODWIT_VENDOR_3GPP, 5403}},
    {GODWIT_KEY_EXPIRED, {GODWIT_VENDOR_3GPP, 5403}},
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},
    {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

/* ---- requests ---- */

godwit_status_t godwit_zn_bir_build(const godwit_diameter_envelope_t *envelope, const godwit_zn_request_t *request,
                                    godwit_writer_t *w)
{
    if (request->naf_id_len > GODWIT_NAF_ID_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_request_open(w, &godwit_zn_bir, envelope);
    godwit_avp_put(w, GODWIT_AVP_TRANSACTION_IDENTIFIER, godwit_slice_of_string(request->b_tid));
    godwit_avp_put(w, GODWIT_AVP_NAF_ID, godwit_slice(request->naf_id, request->naf_id_len));
    if (request->gba_u_aware) {
        godwit_avp_put_u32(w, GODWIT_AVP_GBA_U_AWARENESS_INDICATOR, 1);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_zn_bir_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                    godwit_zn_request_t *request, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[BIR_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_zn_request_t r;
    memset(&r, 0, sizeof r);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_zn_bir, &parsed, found, fault);
    if (status == GODWIT_OK && !godwit_gaa_text(found[TRANSACTION], r.b_tid, sizeof r.b_tid)) {
        status = godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_TRANSACTION_IDENTIFIER,
                                       found[TRANSACTION]);
    }
    if (status == GODWIT_OK) { /* the table bounds NAF-Id */
        memcpy(r.naf_id, found[NAF_ID].ptr, found[NAF_ID].len);
        r.naf_id_len = (uint16_t)found[NAF_ID].len;
        r.gba_u_aware = godwit_avp_u32(found[GBA_U_AWARENESS], 0) == 1;
        *envelope = parsed;
        *request = r;
    }
    return status;
}

/* ---- answers ---- */

static void put_time(godwit_writer_t *w, godwit_avp_id_t id, uint64_t ms)
{
    if (ms != 0) {
        godwit_avp_put_u32(w, id, (uint32_t)((ms / 1000 + SECONDS_1900_TO_1970) & UINT32_MAX));
    }
}

static uint64_t read_time(godwit_slice_t data)
{
    if (data.ptr == NULL) {
        return 0;
    }
    uint64_t seconds = godwit_avp_u32(data, 0);
    seconds += seconds < UINT64_C(0x80000000) ? UINT64_C(1) << 32 : 0;
    return seconds > SECONDS_1900_TO_1970 ? (seconds - SECONDS_1900_TO_1970) * 1000 : 0;
}

godwit_status_t godwit_zn_bia_build(const godwit_diameter_envelope_t *envelope, const godwit_zn_answer_t *answer,
                                    godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &godwit_zn_bia, envelope,
                                            godwit_diameter_result_of(outcomes, OUTCOMES, answer->status));
    if (answer->status == GODWIT_OK) {
        if (answer->impi[0] != '\0') {
            godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice_of_string(answer->impi));
        }
        godwit_avp_put(w, GODWIT_AVP_ME_KEY_MATERIAL, godwit_slice(answer->me_key, sizeof answer->me_key));
        if (answer->has_uicc_key) {
            godwit_avp_put(w, GODWIT_AVP_UICC_KEY_MATERIAL, godwit_slice(answer->uicc_key, sizeof answer->uicc_key));
        }
        put_time(w, GODWIT_AVP_KEY_EXPIRY_TIME, answer->expires_ms);
        put_time(w, GODWIT_AVP_BOOTSTRAP_INFO_CREATION_TIME, answer->created_ms);
        if (answer->type == GODWIT_GBA_2G) { /* absent means 3G */
            godwit_avp_put_u32(w, GODWIT_AVP_GBA_TYPE, (uint32_t)answer->type);
        }
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_answer(const godwit_slice_t *found, godwit_zn_answer_t *a)
{
    uint32_t type = godwit_avp_u32(found[GBA_TYPE], GODWIT_GBA_3G);
    if (found[ME_KEY].ptr == NULL || type > GODWIT_GBA_2G ||
        (found[IMPI].ptr != NULL && !godwit_gaa_text(found[IMPI], a->impi, sizeof a->impi))) {
        return GODWIT_MALFORMED;
    }
    a->type = (godwit_gba_type_t)type;
    memcpy(a->me_key, found[ME_KEY].ptr, sizeof a->me_key);
    a->has_uicc_key = found[UICC_KEY].ptr != NULL;
    if (a->has_uicc_key) {
        memcpy(a->uicc_key, found[UICC_KEY].ptr, sizeof a->uicc_key);
    }
    a->expires_ms = read_time(found[EXPIRY]);
    a->created_ms = read_time(found[CREATION]);
    return GODWIT_OK;
}

godwit_status_t godwit_zn_bia_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                    godwit_zn_answer_t *answer)
{
    godwit_slice_t found[BIA_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_zn_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_zn_bia, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_diameter_status_of(outcomes, OUTCOMES, result);
        status = a.status == GODWIT_OK ? read_answer(found, &a) : GODWIT_OK;
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
