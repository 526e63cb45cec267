/* SPDX-License-Identifier: Apache-2.0
 *
 * Which vectors ask for the end-to-middle derivation (contribution 003, step 0), and what a flagged one leaves behind.
 * Never flagged: one of a following session; a vector for a home node or for the BEST PLMN, for there separate AKA
 * makes the key set (agreements 03, 07); one of a subscriber whose USIM and ME are not known to be capable; one whose
 * key set there is no room to keep.
 */
#include <string.h>

#include "roles/hss/internal.h"

static uint16_t flag_of(const godwit_hss_t *hss)
{
    return hss->e2m.amf_flag != 0 ? hss->e2m.amf_flag : GODWIT_AMF_E2M_DEFAULT;
}

static bool flags(const godwit_hss_t *hss)
{
    return hss->e2m.delivery != GODWIT_E2M_DELIVERY_NONE || hss->triggers.root == GODWIT_IWF_ROOT_FLAGGED;
}

bool godwit_hss_may_flag(const godwit_hss_t *hss, const godwit_message_t *message)
{
    return flags(hss) && godwit_access_aka_flag_valid(hss->e2m.amf_flag) &&
           !godwit_plmn_equal(message->u.auth_info_request.visited_plmn, hss->best_plmn) &&
           !godwit_hss_is_home(hss, message->origin_host);
}

/* A key set that would be delivered must have room; where none is, the flag is for associations with the MTC-IWF
 * alone. */
static bool has_use(const godwit_hss_run_t *run)
{
    return run->hss->e2m.delivery == GODWIT_E2M_DELIVERY_NONE
               ? (run->subscriber.features & GODWIT_FEATURE_TRIGGER) != 0
               : godwit_hss_place_for(run->hss, &run->subscriber.imsi, run->now_ms) != NULL;
}

void godwit_hss_flag(godwit_hss_run_t *run)
{
    run->e2m = godwit_hss_may_flag(run->hss, run->message) && run->vectors == 1 && !run->next &&
               (run->subscriber.features & (GODWIT_FEATURE_E2M_USIM | GODWIT_FEATURE_E2M_ME)) != 0 && has_use(run);
}

/* A subscriber's own AMF must not ask for what was not done. */
uint16_t godwit_hss_amf(const godwit_hss_run_t *run)
{
    unsigned amf = godwit_load_u16(run->subscriber.amf) & ~GODWIT_AMF_SEPARATION;
    if (run->request->kind == GODWIT_VECTOR_EUTRAN) {
        amf |= GODWIT_AMF_SEPARATION; /* TS 33.102 Annex H */
    }
    if (flags(run->hss)) {
        amf &= ~(unsigned)flag_of(run->hss);
    }
    return (uint16_t)(run->e2m ? amf | flag_of(run->hss) : amf);
}

/* What was derived leaves the vector with CK', IK' (UMTS) and stays in the run. */
godwit_status_t godwit_hss_derive(godwit_hss_run_t *run, godwit_vector_t *vector)
{
    godwit_status_t status = GODWIT_OK;
    if (run->e2m) {
        status = godwit_access_aka_derive(run->hss->crypto, vector->ck, vector->ik, vector->autn,
                                          run->hss->e2m.amf_flag, &run->keys);
        memcpy(vector->ck, run->keys.ck, sizeof vector->ck);
        memcpy(vector->ik, run->keys.ik, sizeof vector->ik);
    }
    return status;
}

void godwit_hss_retain(const godwit_hss_run_t *run, const godwit_auth_info_vector_t *vector, godwit_outbox_t *out)
{
    godwit_hss_t *hss = run->hss;
    if (hss->e2m.delivery == GODWIT_E2M_DELIVERY_NONE) {
        return;
    }
    godwit_hss_retained_t *place = godwit_hss_place_for(hss, &run->subscriber.imsi, run->now_ms), entry = {0};
    if (place == NULL) {
        return;
    }
    entry.used = true;
    entry.imsi = run->subscriber.imsi;
    entry.agreement = run->keys.agreement;
    memcpy(entry.rand, vector->rand, sizeof entry.rand);
    memcpy(entry.autn, vector->autn, sizeof entry.autn);
    memcpy(entry.e2m_keyset, run->keys.e2m_keyset, sizeof entry.e2m_keyset);
    /* Rises with the time, and is another one even if this end lost its memory within a millisecond, or its clock was
     * set back: a KEY_PARK of before must not fit. */
    const uint64_t number = run->now_ms << 16 | godwit_load_u16(entry.rand);
    entry.key_set = number > hss->last_key_set ? number : hss->last_key_set + 1;
    entry.expires_ms = run->now_ms + godwit_hss_retention_ms(hss);
    if (hss->e2m.delivery == GODWIT_E2M_DELIVERY_A || hss->e2m.delivery == GODWIT_E2M_DELIVERY_D) {
        godwit_hss_push_begin(hss, &entry, place, out);
    }
    godwit_hss_arm(hss, &entry, place, run->now_ms, out);
    if (!out->overflow) {
        hss->last_key_set = entry.key_set;
        *place = entry;
    }
    godwit_wipe(&entry, sizeof entry);
}
