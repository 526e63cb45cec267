/* SPDX-License-Identifier: Apache-2.0
 *
 * Multimedia-Auth-Request and -Answer of Zh (TS 29.109 4.2, 6.1). An answer carries keys: what was read before a fault
 * is wiped.
 */
#include "core/wire/zh.h"

#include <string.h>

#include "core/wire/gaa_text.h"

#define SCHEME "Digest-AKAv1-MD5"

enum { USER_NAME, PUBLIC_IDENTITY, MAR_ITEM, GUSS_TIMESTAMP, MAR_RULES };
enum { MAA_USER_NAME, MAA_PUBLIC_IDENTITY, NUMBER_OF_ITEMS, MAA_ITEM, GUSS, MAA_RULES };
enum { ITEM_NUMBER, AUTHENTICATION_SCHEME, AUTHENTICATE, AUTHORIZATION, CK, IK, ITEM_RULES };

static const godwit_avp_rule_t mar_rules[MAR_RULES] = {
    [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},
    [PUBLIC_IDENTITY] = {GODWIT_AVP_PUBLIC_IDENTITY, 0, 1},
    [MAR_ITEM] = {GODWIT_AVP_SIP_AUTH_DATA_ITEM, 0, 1},
    [GUSS_TIMESTAMP] = {GODWIT_AVP_GUSS_TIMESTAMP, 0, 1},
};

static const godwit_avp_rule_t maa_rules[MAA_RULES] = {
    [MAA_USER_NAME] = {GODWIT_AVP_USER_NAME, 0, 1},
    [MAA_PUBLIC_IDENTITY] = {GODWIT_AVP_PUBLIC_IDENTITY, 0, 1},
    [NUMBER_OF_ITEMS] = {GODWIT_AVP_SIP_NUMBER_AUTH_ITEMS, 0, 1},
    [MAA_ITEM] = {GODWIT_AVP_SIP_AUTH_DATA_ITEM, 0, 1},
    [GUSS] = {GODWIT_AVP_GBA_USER_SEC_SETTINGS, 0, 1},
};

static const godwit_avp_rule_t item_rules[ITEM_RULES] = {
    [ITEM_NUMBER] = {GODWIT_AVP_SIP_ITEM_NUMBER, 0, 1},
    [AUTHENTICATION_SCHEME] = {GODWIT_AVP_SIP_AUTHENTICATION_SCHEME, 0, 1},
    [AUTHENTICATE] = {GODWIT_AVP_SIP_AUTHENTICATE, 0, 1},
    [AUTHORIZATION] = {GODWIT_AVP_SIP_AUTHORIZATION, 0, 1},
    [CK] = {GODWIT_AVP_CONFIDENTIALITY_KEY, 0, 1},
    [IK] = {GODWIT_AVP_INTEGRITY_KEY, 0, 1},
};

const godwit_diameter_command_t godwit_zh_mar = {GODWIT_ZH_MULTIMEDIA_AUTH, GODWIT_ZH_APPLICATION, GODWIT_VENDOR_3GPP,
                                                 mar_rules, MAR_RULES};
const godwit_diameter_command_t godwit_zh_maa = {GODWIT_ZH_MULTIMEDIA_AUTH, GODWIT_ZH_APPLICATION, GODWIT_VENDOR_3GPP,
                                                 maa_rules, MAA_RULES};

/* RFC 6733 7.1.4: DIAMETER_AUTHENTICATION_REJECTED. */
static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},         {GODWIT_UNKNOWN_SUBSCRIBER, {GODWIT_VENDOR_3GPP, 5401}},
    {GODWIT_NOT_ENTITLED, {GODWIT_VENDOR_3GPP, 5402}}, {GODWIT_AUTH_MAC_FAILURE, {0, 4001}},
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},  {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

bool godwit_gaa_text(godwit_slice_t from, char *text, size_t cap)
{
    if (from.len == 0 || from.len >= cap) {
        return false;
    }
    for (size_t i = 0; i < from.len; i++) {
        if (from.ptr[i] <= ' ' || from.ptr[i] > '~') {
            return false;
        }
    }
    memset(text, 0, cap);
    memcpy(text, from.ptr, from.len);
    return true;
}

/* ---- requests ---- */

godwit_status_t godwit_zh_mar_build(const godwit_diameter_envelope_t *envelope, const godwit_zh_request_t *request,
                                    godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &godwit_zh_mar, envelope);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice_of_string(request->impi));
    if (request->resync) {
        size_t item = godwit_avp_open(w, GODWIT_AVP_SIP_AUTH_DATA_ITEM);
        godwit_avp_put(w, GODWIT_AVP_SIP_AUTHENTICATION_SCHEME, godwit_slice_of_string(SCHEME));
        size_t authorization = godwit_avp_open(w, GODWIT_AVP_SIP_AUTHORIZATION);
        godwit_put(w, request->rand, sizeof request->rand);
        godwit_put(w, request->auts, sizeof request->auts);
        godwit_avp_close(w, authorization);
        godwit_avp_close(w, item);
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

/* An item in a request says: another scheme is wanted, which we have not, or an AUTS came. */
static godwit_status_t read_request_item(godwit_slice_t group, godwit_zh_request_t *r, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[ITEM_RULES];
    godwit_status_t status = godwit_avps_parse(group, item_rules, ITEM_RULES, found, fault);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_slice_t scheme = found[AUTHENTICATION_SCHEME], authorization = found[AUTHORIZATION];
    if (scheme.ptr != NULL && !godwit_slice_equal(scheme, godwit_slice_of_string(SCHEME))) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_SIP_AUTHENTICATION_SCHEME,
                                     scheme);
    }
    r->resync = authorization.ptr != NULL;
    if (!r->resync) {
        return GODWIT_OK;
    }
    if (authorization.len != sizeof r->rand + sizeof r->auts) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_SIP_AUTHORIZATION,
                                     authorization);
    }
    memcpy(r->rand, authorization.ptr, sizeof r->rand);
    memcpy(r->auts, authorization.ptr + sizeof r->rand, sizeof r->auts);
    return GODWIT_OK;
}

godwit_status_t godwit_zh_mar_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                    godwit_zh_request_t *request, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[MAR_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_zh_request_t r;
    memset(&r, 0, sizeof r);
    godwit_status_t status = godwit_diameter_request_parse(octets, &godwit_zh_mar, &parsed, found, fault);
    if (status == GODWIT_OK && !godwit_gaa_text(found[USER_NAME], r.impi, sizeof r.impi)) {
        status =
            godwit_diameter_blame(fault, GODWIT_DIAMETER_INVALID_AVP_VALUE, GODWIT_AVP_USER_NAME, found[USER_NAME]);
    }
    if (status == GODWIT_OK && found[MAR_ITEM].ptr != NULL) {
        status = read_request_item(found[MAR_ITEM], &r, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *request = r;
    }
    return status;
}

/* ---- answers ---- */

static void put_item(godwit_writer_t *w, const godwit_zh_answer_t *a)
{
    bool triplet = a->type == GODWIT_GBA_2G;
    size_t item = godwit_avp_open(w, GODWIT_AVP_SIP_AUTH_DATA_ITEM);
    godwit_avp_put(w, GODWIT_AVP_SIP_AUTHENTICATION_SCHEME, godwit_slice_of_string(SCHEME));
    size_t authenticate = godwit_avp_open(w, GODWIT_AVP_SIP_AUTHENTICATE);
    godwit_put(w, a->rand, sizeof a->rand);
    godwit_put(w, a->autn, triplet ? 0 : sizeof a->autn);
    godwit_avp_close(w, authenticate);
    godwit_avp_put(w, GODWIT_AVP_SIP_AUTHORIZATION, godwit_slice(a->xres, a->xres_len));
    if (triplet) {
        godwit_avp_put(w, GODWIT_AVP_CONFIDENTIALITY_KEY, godwit_slice(a->kc, sizeof a->kc));
    } else {
        godwit_avp_put(w, GODWIT_AVP_CONFIDENTIALITY_KEY, godwit_slice(a->ck, sizeof a->ck));
        godwit_avp_put(w, GODWIT_AVP_INTEGRITY_KEY, godwit_slice(a->ik, sizeof a->ik));
    }
    godwit_avp_close(w, item);
}

godwit_status_t godwit_zh_maa_build(const godwit_diameter_envelope_t *envelope, const godwit_zh_answer_t *answer,
                                    godwit_writer_t *w)
{
    bool triplet = answer->type == GODWIT_GBA_2G;
    if (answer->status == GODWIT_OK &&
        (answer->xres_len < 4 || answer->xres_len > GODWIT_RES_MAX || (triplet && answer->xres_len != 4))) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_answer_open(w, &godwit_zh_maa, envelope,
                                            godwit_diameter_result_of(outcomes, OUTCOMES, answer->status));
    if (answer->status == GODWIT_OK) {
        godwit_avp_put_u32(w, GODWIT_AVP_SIP_NUMBER_AUTH_ITEMS, 1);
        put_item(w, answer);
        if (answer->uicc_gba || answer->life_s != 0) {
            size_t guss = godwit_avp_open(w, GODWIT_AVP_GBA_USER_SEC_SETTINGS);
            godwit_guss_build(w, answer->uicc_gba, answer->life_s);
            godwit_avp_close(w, guss);
        }
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

static godwit_status_t read_triplet(const godwit_slice_t *found, godwit_zh_answer_t *a)
{
    if (found[AUTHORIZATION].len != 4 || found[CK].len != sizeof a->kc) {
        return GODWIT_MALFORMED;
    }
    a->type = GODWIT_GBA_2G;
    memcpy(a->kc, found[CK].ptr, sizeof a->kc);
    return GODWIT_OK;
}

static godwit_status_t read_quintuplet(const godwit_slice_t *found, godwit_zh_answer_t *a)
{
    if (found[AUTHENTICATE].len != sizeof a->rand + sizeof a->autn || found[CK].len != sizeof a->ck ||
        found[IK].ptr == NULL) {
        return GODWIT_MALFORMED;
    }
    a->type = GODWIT_GBA_3G;
    memcpy(a->autn, found[AUTHENTICATE].ptr + sizeof a->rand, sizeof a->autn);
    memcpy(a->ck, found[CK].ptr, sizeof a->ck);
    memcpy(a->ik, found[IK].ptr, sizeof a->ik);
    return GODWIT_OK;
}

static godwit_status_t read_item(godwit_slice_t group, godwit_zh_answer_t *a)
{
    godwit_slice_t found[ITEM_RULES];
    godwit_diameter_fault_t fault;
    godwit_status_t status = godwit_avps_parse(group, item_rules, ITEM_RULES, found, &fault);
    if (status != GODWIT_OK) {
        return status;
    }
    if (found[AUTHENTICATE].ptr == NULL || found[AUTHORIZATION].ptr == NULL || found[CK].ptr == NULL ||
        found[AUTHORIZATION].len > GODWIT_RES_MAX) {
        return GODWIT_MALFORMED;
    }
    memcpy(a->rand, found[AUTHENTICATE].ptr, sizeof a->rand);
    memcpy(a->xres, found[AUTHORIZATION].ptr, found[AUTHORIZATION].len);
    a->xres_len = (uint8_t)found[AUTHORIZATION].len;
    return found[AUTHENTICATE].len == sizeof a->rand ? read_triplet(found, a) : read_quintuplet(found, a);
}

godwit_status_t godwit_zh_maa_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                    godwit_zh_answer_t *answer)
{
    godwit_slice_t found[MAA_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_zh_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_zh_maa, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_diameter_status_of(outcomes, OUTCOMES, result);
        if (a.status == GODWIT_OK) {
            status = found[MAA_ITEM].ptr != NULL ? read_item(found[MAA_ITEM], &a) : GODWIT_MALFORMED;
            godwit_guss_parse(found[GUSS], &a.uicc_gba, &a.life_s);
        }
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
