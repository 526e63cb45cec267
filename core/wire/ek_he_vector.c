/* SPDX-License-Identifier: Apache-2.0
 *
 * Ek, HE_VECTOR: an AUSF asks the HSS, which plays the UDM, for a 5G home environment vector (TS 33.501 6.1.3.2;
 * docs/diameter.md). The answer holds XRES* and K_AUSF: only over TLS, or a link that is protected otherwise. In a 5G
 * core this is Nudm_UEAuthentication over HTTP/2, which we are not.
 */
#include <string.h>

#include "core/wire/ek_e2m.h"
#include "core/wire/ek_parts.h"
#include "core/wire/trigger_parts.h"

enum { PURPOSE, USER_NAME, VISITED_PLMN, RAND, AUTS, ANID, RULES };

static const godwit_avp_rule_t rules[RULES] = {
    [PURPOSE] = {GODWIT_AVP_KEY_PURPOSE, 1, 1},
    [USER_NAME] = {GODWIT_AVP_USER_NAME, 1, 1},
    [VISITED_PLMN] = {GODWIT_AVP_VISITED_PLMN_ID, 1, 1},
    [RAND] = {GODWIT_AVP_RAND, 0, 1},
    [AUTS] = {GODWIT_AVP_AUTS, 0, 1},
    [ANID] = {GODWIT_AVP_ANID, 0, 1},
};
static const godwit_diameter_command_t request = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR, rules,
                                                  RULES};

godwit_status_t godwit_ek_he_vector_build(const godwit_diameter_envelope_t *envelope,
                                          const godwit_5g_auth_request_t *message, godwit_writer_t *w)
{
    size_t at = godwit_diameter_request_open(w, &request, envelope);
    godwit_avp_put_u32(w, GODWIT_AVP_KEY_PURPOSE, GODWIT_EK_PURPOSE_HE_VECTOR);
    godwit_avp_put(w, GODWIT_AVP_USER_NAME, godwit_slice(message->imsi.digits, message->imsi.len));
    godwit_avp_put(w, GODWIT_AVP_VISITED_PLMN_ID, godwit_slice(message->serving_network.octets, 3));
    if (message->resync) {
        godwit_avp_put(w, GODWIT_AVP_RAND, godwit_slice(message->rand, sizeof message->rand));
        godwit_avp_put(w, GODWIT_AVP_AUTS, godwit_slice(message->auts, sizeof message->auts));
    }
    if (message->eap_network[0] != '\0') {
        godwit_avp_put(w, GODWIT_AVP_ANID, godwit_slice_of_string(message->eap_network));
    }
    godwit_diameter_close(w, at);
    return godwit_writer_status(w);
}

/* RAND and AUTS come together, or not at all. */
static godwit_status_t read_resync(const godwit_slice_t found[RULES], godwit_5g_auth_request_t *m,
                                   godwit_diameter_fault_t *fault)
{
    m->resync = found[RAND].ptr != NULL;
    if (m->resync != (found[AUTS].ptr != NULL)) {
        return godwit_diameter_blame(fault, GODWIT_DIAMETER_MISSING_AVP, m->resync ? GODWIT_AVP_AUTS : GODWIT_AVP_RAND,
                                     godwit_slice(NULL, 0));
    }
    if (m->resync) {
        memcpy(m->rand, found[RAND].ptr, sizeof m->rand);
        memcpy(m->auts, found[AUTS].ptr, sizeof m->auts);
    }
    return GODWIT_OK;
}

godwit_status_t godwit_ek_he_vector_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                          godwit_5g_auth_request_t *message, godwit_diameter_fault_t *fault)
{
    godwit_slice_t found[RULES];
    godwit_diameter_envelope_t parsed;
    godwit_5g_auth_request_t m;
    uint32_t value = 0;
    memset(&m, 0, sizeof m);
    godwit_status_t status = godwit_diameter_request_parse(octets, &request, &parsed, found, fault);
    if (status == GODWIT_OK) {
        status = godwit_ek_read_small(GODWIT_AVP_KEY_PURPOSE, found[PURPOSE], GODWIT_EK_PURPOSE_HE_VECTOR,
                                      GODWIT_EK_PURPOSE_HE_VECTOR, &value, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_ek_read_imsi(found[USER_NAME], &m.imsi, fault);
    }
    if (status == GODWIT_OK) {
        status = godwit_diameter_read_visited_plmn(found[VISITED_PLMN], &m.serving_network, fault);
    }
    if (status == GODWIT_OK) {
        status = read_resync(found, &m, fault);
    }
    if (status == GODWIT_OK && found[ANID].ptr != NULL) {
        status = godwit_trigger_read_text(GODWIT_AVP_ANID, found[ANID], m.eap_network, sizeof m.eap_network, fault);
    }
    if (status == GODWIT_OK) {
        *envelope = parsed;
        *message = m;
    }
    return status;
}

/* ---- the answer: HE-AV is RAND, AUTN, XRES*, K_AUSF; EAP-AV is RAND, AUTN, CK' || IK', XRES ---- */

#define AV_SIZE 80u /* of HE-AV; the most of EAP-AV */
#define BEFORE_XRES 64u

enum { HE_AV, EAP_AV, ANSWER_RULES };

static const godwit_avp_rule_t answer_rules[ANSWER_RULES] = {
    [HE_AV] = {GODWIT_AVP_HE_AV, 0, 1},
    [EAP_AV] = {GODWIT_AVP_EAP_AV, 0, 1},
};
static const godwit_diameter_command_t answer_command = {GODWIT_EK_COMMAND_KEY, GODWIT_EK_APPLICATION, GODWIT_EK_VENDOR,
                                                         answer_rules, ANSWER_RULES};

static void put_av(const godwit_he_vector_answer_t *answer, godwit_writer_t *w)
{
    uint8_t av[AV_SIZE];
    const bool eap = answer->xres_len != 0;
    memcpy(av, answer->rand, 16);
    memcpy(av + 16, answer->autn, 16);
    if (eap) {
        memcpy(av + 32, answer->ck_ik_prime, 32);
        memcpy(av + BEFORE_XRES, answer->xres, sizeof answer->xres);
    } else {
        memcpy(av + 32, answer->xres_star, 16);
        memcpy(av + 48, answer->k_ausf, 32);
    }
    godwit_avp_put(w, eap ? GODWIT_AVP_EAP_AV : GODWIT_AVP_HE_AV,
                   godwit_slice(av, eap ? BEFORE_XRES + answer->xres_len : sizeof av));
    godwit_wipe(av, sizeof av);
}

static void read_av(const godwit_slice_t found[ANSWER_RULES], godwit_he_vector_answer_t *a)
{
    const bool eap = found[EAP_AV].ptr != NULL;
    const godwit_slice_t av = found[eap ? EAP_AV : HE_AV];
    memcpy(a->rand, av.ptr, 16);
    memcpy(a->autn, av.ptr + 16, 16);
    if (eap) {
        memcpy(a->ck_ik_prime, av.ptr + 32, 32);
        a->xres_len = (uint8_t)(av.len - BEFORE_XRES);
        memcpy(a->xres, av.ptr + BEFORE_XRES, a->xres_len);
    } else {
        memcpy(a->xres_star, av.ptr + 32, 16);
        memcpy(a->k_ausf, av.ptr + 48, 32);
    }
}

godwit_status_t godwit_ek_he_vector_answer_build(const godwit_diameter_envelope_t *envelope,
                                                 const godwit_he_vector_answer_t *answer, godwit_writer_t *w)
{
    size_t at = godwit_diameter_answer_open(w, &answer_command, envelope, godwit_ek_result_of(answer->status));
    if (answer->status == GODWIT_OK) {
        put_av(answer, w);
    }
    godwit_diameter_answer_close(w, envelope, at);
    return godwit_writer_status(w);
}

godwit_status_t godwit_ek_he_vector_answer_parse(godwit_slice_t octets, godwit_diameter_envelope_t *envelope,
                                                 godwit_he_vector_answer_t *answer)
{
    godwit_slice_t found[ANSWER_RULES];
    godwit_diameter_envelope_t parsed;
    godwit_diameter_result_t result;
    godwit_he_vector_answer_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = godwit_diameter_answer_parse(octets, &answer_command, &parsed, &result, found);
    if (status == GODWIT_OK) {
        a.status = godwit_ek_status_of(result);
        status = a.status == GODWIT_OK && (found[HE_AV].ptr != NULL) == (found[EAP_AV].ptr != NULL) ? GODWIT_MALFORMED
                                                                                                    : GODWIT_OK;
    }
    if (status == GODWIT_OK) {
        if (a.status == GODWIT_OK) {
            read_av(found, &a);
        }
        *envelope = parsed;
        *answer = a;
    }
    godwit_wipe(&a, sizeof a);
    return status;
}
