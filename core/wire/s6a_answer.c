/* SPDX-License-Identifier: Apache-2.0
 *
 * Authentication-Information-Answer (TS 29.272 7.2.6, 7.3.17 to 7.3.20). It carries keys: what was read before a fault
 * is wiped.
 */
#include "core/wire/s6a.h"

#include <string.h>

enum { AUTHENTICATION_INFO, E2M_FLAGGED, POLICY_VERSION, NEXT_SESSION, AIA_RULES };

static const godwit_avp_rule_t aia_rules[AIA_RULES] = {
    [AUTHENTICATION_INFO] = {GODWIT_AVP_AUTHENTICATION_INFO, 0, 1},
    [E2M_FLAGGED] = {GODWIT_AVP_E2M_FLAGGED, 0, 1},
    [POLICY_VERSION] = {GODWIT_AVP_POLICY_VERSION, 0, 1},
    [NEXT_SESSION] = {GODWIT_AVP_NEXT_SESSION, 0, 1},
};

const godwit_diameter_command_t godwit_s6a_aia = {GODWIT_S6A_AUTHENTICATION_INFORMATION, GODWIT_S6A_APPLICATION,
                                                  GODWIT_VENDOR_3GPP, aia_rules, AIA_RULES};

/* The first line that fits is taken, in either direction; the last one stands for all that is not named. */
static const godwit_diameter_outcome_t outcomes[] = {
    {GODWIT_OK, {0, GODWIT_DIAMETER_SUCCESS}},
    {GODWIT_UNKNOWN_SUBSCRIBER, {GODWIT_VENDOR_3GPP, 5001}},
    {GODWIT_UNKNOWN_SUBSCRIBER, {GODWIT_VENDOR_3GPP, 5420}},
    {GODWIT_NOT_ENTITLED, {GODWIT_VENDOR_3GPP, 5004}},
    {GODWIT_AUTH_MAC_FAILURE, {GODWIT_VENDOR_3GPP, 4181}},
    {GODWIT_POLICY_FORBIDS, {0, GODWIT_DIAMETER_AUTHORIZATION_REJECTED}},
    {GODWIT_POLICY_FORBIDS, {GODWIT_VENDOR_3GPP, 5421}},
    {GODWIT_OVERLOAD, {0, GODWIT_DIAMETER_TOO_BUSY}},
    {GODWIT_PEER_INTERNAL, {0, GODWIT_DIAMETER_UNABLE_TO_COMPLY}},
};
#define OUTCOMES (sizeof outcomes / sizeof outcomes[0])

godwit_diameter_result_t godwit_s6a_result_of(godwit_status_t status)
{
    return godwit_diameter_result_of(outcomes, OUTCOMES, status);
}

godwit_status_t godwit_s6a_status_of(godwit_diameter_result_t result)
{
    return godwit_diameter_status_of(outcomes, OUTCOMES, result);
}

/* ---- building ---- */

static void put_vector(godwit_writer_t *w, godwit_vector_kind_t kind, uint32_t item, const godwit_auth_info_vector_t *v)
{
    size_t at = godwit_avp_open(w, kind == GODWIT_VECTOR_EUTRAN ? GODWIT_AVP_E_UTRAN_VECTOR : GODWIT_AVP_UTRAN_VECTOR);
    godwit_avp_put_u32(w, GODWIT_AVP_ITEM_NUMBER, item);
    godwit_avp_put(w, GODWIT_AVP_RAND, godwit_slice(v->rand, sizeof v->rand));
    godwit_avp_put(w, GODWIT_AVP_XRES, godwit_slice(v->xres, v->xres_len));
    godwit_avp_put(w, GODWIT_AVP_AUTN, godwit_slice(v->autn, sizeof v->autn));
    if (kind == GODWIT_VECTOR_EUTRAN) {
        godwit_avp_put(w, GODWIT_AVP_KASME, godwit_slice(v->kasme, sizeof v->kasme));
    } else {
        godwit_avp_put(w, GODWIT_AVP_CONFIDENTIALITY_KEY, godwit_slice(v->ck, sizeof v->ck));
        godwit_avp_put(w, GODWIT_AVP_INTEGRITY_KEY, godwit_slice(v->ik, sizeof v->ik));
    }
    godwit_avp_close(w, at);
}

static bool may_be_sent(const godwit_auth_info_answer_t *answer)
{
    if (answer->vectors == 0 || answer->vectors > GODWIT_VECTORS_MAX) {
        return false;
    }
    for (size_t i = 0; i < answer->vectors; i++) {
        if (answer->vector[i].xres_len < 4 || answer->vector[i].xres_len > GODWIT_RES_MAX) {
            return false;
        }
    }
    return true;
}

godwit_status_t godwit_s6a_aia_build(const godwit_diameter_envelope_t *envelope,
                                     const godwit_auth_info_answer_t *answer, godwit_writer_t *w)
{
    if (answer->status == GODWIT_OK && !may_be_sent(answer)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    size_t at = godwit_diameter_answer_open(w, &godwit_s6a_aia, envelope, godwit_s6a_result_of(answer->status));
    if (answer->status == GODWIT_OK) {
        size_t info = godwit_avp_open(w, GODWIT_AVP_AUTHENTICATION_INFO);
        for (uint32_t i = 0; i < answer->vectors; i++) {
            put_vector(w, answer->kind, i + 1, &answer->vector[i]);
        }
        godwit_avp_close(w, info);
        if (answer->e2m) {
            godwit_avp_put_u32(w, GODWIT_AVP_E2M_FLAGGED, 1);
        }
        if (answer->policy_version != 0) {
            godwit_avp_put_u32(w, GODWIT_AVP_POLICY_VERSION, answer->policy_version);
        }
        if (answer->next_session) {
            godwit_avp_put_u32(w, GODWIT_AVP_NEXT_SESSION, 1);
        }
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

/* ---- parsing ---- */

enum { ITEM, RAND, XRES, AUTN, KEY, SECOND_KEY, VECTOR_RULES };

static const godwit_avp_rule_t eutran_rules[VECTOR_RULES - 1] = {
    [ITEM] = {GODWIT_AVP_ITEM_NUMBER, 0, 1}, [RAND] = {GODWIT_AVP_RAND, 1, 1}, [XRES] = {GODWIT_AVP_XRES, 1, 1},
    [AUTN] = {GODWIT_AVP_AUTN, 1, 1},        [KEY] = {GODWIT_AVP_KASME, 1, 1},
};

static const godwit_avp_rule_t utran_rules[VECTOR_RULES] = {
    [ITEM] = {GODWIT_AVP_ITEM_NUMBER, 0, 1},
    [RAND] = {GODWIT_AVP_RAND, 1, 1},
    [XRES] = {GODWIT_AVP_XRES, 1, 1},
    [AUTN] = {GODWIT_AVP_AUTN, 1, 1},
    [KEY] = {GODWIT_AVP_CONFIDENTIALITY_KEY, 1, 1},
    [SECOND_KEY] = {GODWIT_AVP_INTEGRITY_KEY, 1, 1},
};

static godwit_status_t read_vector(godwit_slice_t group, godwit_vector_kind_t kind, uint32_t *item,
                                   godwit_auth_info_vector_t *v)
{
    bool eutran = kind == GODWIT_VECTOR_EUTRAN;
    godwit_slice_t found[VECTOR_RULES];
    godwit_diameter_fault_t fault;
    godwit_status_t status = godwit_avps_parse(group, eutran ? eutran_rules : utran_rules,
                                               eutran ? VECTOR_RULES - 1 : VECTOR_RULES, found, &fault);
    if (status != GODWIT_OK) {
        return status;
    }
    if (!eutran && found[KEY].len != sizeof v->ck) { /* the AVP may have 8 octets where it is a Kc (Zh) */
        return GODWIT_MALFORMED;
    }
    memset(v, 0, sizeof *v);
    *item = godwit_avp_u32(found[ITEM], 0);
    memcpy(v->rand, found[RAND].ptr, sizeof v->rand);
    memcpy(v->xres, found[XRES].ptr, found[XRES].len);
    v->xres_len = (uint8_t)found[XRES].len;
    memcpy(v->autn, found[AUTN].ptr, sizeof v->autn);
    if (eutran) {
        memcpy(v->kasme, found[KEY].ptr, sizeof v->kasme);
    } else {
        memcpy(v->ck, found[KEY].ptr, sizeof v->ck);
        memcpy(v->ik, found[SECOND_KEY].ptr, sizeof v->ik);
    }
    return GODWIT_OK;
}

/* Vectors are used in the order of Item-Number, those without one last (TS 29.272 7.3.23); the place that item takes
 * among n. */
static size_t place_of(uint32_t item, const uint32_t *items, size_t n)
{
    size_t i = n;
    while (item != 0 && i > 0 && (items[i - 1] == 0 || items[i - 1] > item)) {
        i--;
    }
    return i;
}

static void insert(godwit_auth_info_answer_t *answer, uint32_t *items, uint32_t item,
                   const godwit_auth_info_vector_t *v)
{
    size_t n = answer->vectors, at = place_of(item, items, n);
    if (n == GODWIT_VECTORS_MAX) {
        return; /* more than the most that may be asked for: the rest is left */
    }
    memmove(items + at + 1, items + at, (n - at) * sizeof *items);
    memmove(answer->vector + at + 1, answer->vector + at, (n - at) * sizeof *v);
    items[at] = item;
    answer->vector[at] = *v;
    answer->vectors++;
}

static godwit_status_t read_authentication_info(godwit_slice_t group, godwit_auth_info_answer_t *answer)
{
    const godwit_avp_definition_t *wanted = godwit_avp_definition(
        answer->kind == GODWIT_VECTOR_EUTRAN ? GODWIT_AVP_E_UTRAN_VECTOR : GODWIT_AVP_UTRAN_VECTOR);
    uint32_t items[GODWIT_VECTORS_MAX] = {0}, item;
    godwit_auth_info_vector_t v;
    godwit_reader_t r = godwit_reader(group);
    godwit_avp_t avp;
    godwit_status_t status;
    while ((status = godwit_avp_next(&r, &avp)) == GODWIT_OK) {
        if (avp.code != wanted->code || avp.vendor != wanted->vendor) {
            continue; /* vectors of another access were not asked for */
        }
        status = read_vector(avp.data, answer->kind, &item, &v);
        if (status != GODWIT_OK) {
            break;
        }
        insert(answer, items, item, &v);
    }
    godwit_wipe(&v, sizeof v);
    return status == GODWIT_NOT_FOUND && answer->vectors > 0 ? GODWIT_OK : GODWIT_MALFORMED;
}

godwit_status_t godwit_s6a_aia_parse(godwit_slice_t octets, godwit_vector_kind_t kind,
                                     godwit_diameter_envelope_t *envelope, godwit_auth_info_answer_t *answer)
{
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_slice_t found[AIA_RULES];
    godwit_auth_info_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &godwit_s6a_aia, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_s6a_status_of(result);
        a.kind = kind;
        if (a.status == GODWIT_OK) {
            godwit_slice_t info = found[AUTHENTICATION_INFO];
            status = info.ptr != NULL ? read_authentication_info(info, &a) : GODWIT_MALFORMED;
            a.e2m = godwit_avp_u32(found[E2M_FLAGGED], 0) != 0;
            a.policy_version = godwit_avp_u32(found[POLICY_VERSION], 0);
            a.next_session = godwit_avp_u32(found[NEXT_SESSION], 0) != 0;
        }
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
