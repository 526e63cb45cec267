/* SPDX-License-Identifier: Apache-2.0
 *
 * ATTACH REQUEST (TS 24.301 5.5.1) and identification (5.4.4). An attach that nothing proves gets a row of its own; one
 * that verifies under a known security context may go on with it, as often as policy says.
 */
#include <string.h>

#include "roles/mme/internal.h"

typedef struct attach {
    godwit_emm_attach_request_t m;
    godwit_esm_pdn_connectivity_request_t esm;
    godwit_eps_identity_t identity;
    uint8_t hash[32];
} attach_t;

static godwit_status_t parse(const godwit_mme_turn_t *t, godwit_slice_t plain, attach_t *a)
{
    godwit_status_t status = godwit_emm_attach_request_parse(plain, &a->m);
    if (status == GODWIT_OK) {
        status = godwit_eps_identity_parse(a->m.identity, &a->identity);
    }
    if (status == GODWIT_OK) {
        status = godwit_esm_pdn_connectivity_request_parse(a->m.esm, &a->esm);
    }
    if (status == GODWIT_OK && (a->esm.head.pti == 0 || a->esm.head.pti == UINT8_MAX)) {
        status = GODWIT_MALFORMED; /* TS 24.007 11.2.3.1a: unassigned, reserved */
    }
    return status == GODWIT_OK ? t->mme->config.crypto->sha256(&plain, 1, a->hash) : status;
}

/* UE security capability as it will be repeated (9.9.3.36): EEA, EIA, and UEA, UIA where the device names them; octet 6
 * without UCS2. */
static void take_capability(godwit_mme_ue_t *ue, godwit_slice_t capability)
{
    ue->capability_len = capability.len >= GODWIT_MME_CAPABILITY_MAX ? GODWIT_MME_CAPABILITY_MAX : 2;
    memcpy(ue->capability, capability.ptr, ue->capability_len);
    ue->capability[3] &= 0x7F;
}

static void take_request(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const attach_t *a)
{
    godwit_slice_t pco = a->esm.pco.ptr != NULL ? a->esm.pco : a->esm.epco;
    memcpy(ue->request_hash, a->hash, sizeof ue->request_hash);
    take_capability(ue, a->m.capability);
    ue->attach_ms = t->in->now_ms;
    ue->pti = a->esm.head.pti;
    ue->information = a->esm.information_transfer.set && a->esm.information_transfer.value == 1;
    ue->extended = a->esm.pco.ptr == NULL && a->esm.epco.ptr != NULL;
    ue->pco_len = 0;
    if (pco.ptr != NULL && pco.len <= sizeof ue->pco && pco.len > 0) {
        ue->pco_len = (uint8_t)pco.len;
        memcpy(ue->pco, pco.ptr, pco.len);
    }
    if (a->esm.apn.ptr == NULL || godwit_apn_parse(a->esm.apn, &ue->apn) != GODWIT_OK) {
        ue->apn = t->mme->config.apn;
    }
}

bool godwit_mme_take_attach(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    attach_t a;
    memset(&a, 0, sizeof a);
    if (parse(t, plain, &a) != GODWIT_OK) {
        return false;
    }
    take_request(t, ue, &a);
    return true;
}

/* ---- the same again ---- */

static bool is_same(const godwit_mme_ue_t *ue, const attach_t *a)
{
    return memcmp(ue->request_hash, a->hash, sizeof ue->request_hash) == 0;
}

/* A plain question goes once more. A protected one waits for its timer: what nothing proves costs no COUNT. */
static void repeat(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->state == GODWIT_MME_IDENTIFYING || ue->state == GODWIT_MME_AUTHENTICATING) {
        godwit_mme_ask_again(t, ue);
    }
}

/* The same request while an attach goes on continues that one (5.5.1.2.7 d and e); for a short while also after it, so
 * that an old frame begins nothing. */
static bool is_repeated(godwit_mme_turn_t *t, const attach_t *a)
{
    godwit_mme_ue_t *ue = godwit_mme_unproved_at(t->mme, &t->in->from);
    if (ue != NULL && is_same(ue, a)) {
        repeat(t, ue);
        return true;
    }
    for (ue = godwit_mme_secured_at(t->mme, &t->in->from, NULL); ue != NULL;
         ue = godwit_mme_secured_at(t->mme, &t->in->from, ue)) {
        bool goes_on = ue->state < GODWIT_MME_REGISTERED;
        if (is_same(ue, a) && (goes_on || t->in->now_ms - ue->attach_ms < t->mme->config.retransmit_ms)) {
            repeat(t, ue);
            return true;
        }
    }
    return false;
}

/* ---- beginning ---- */

static void ask_identity(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_identity_request_t m = {.identity_type = GODWIT_EMM_IDENTITY_IMSI};
    ue->state = GODWIT_MME_IDENTIFYING;
    godwit_mme_file(t->mme, ue);
    if (godwit_emm_identity_request_build(&m, &w) == GODWIT_OK) {
        godwit_mme_ask(t, ue, GODWIT_NAS_PLAIN, &w);
    }
}

/* The device's next key set identifier is another one than it has: 9.9.3.21. */
static uint8_t next_ksi(uint8_t ksi)
{
    return ksi >= GODWIT_EMM_KSI_NONE - 1 ? 0 : (uint8_t)(ksi + 1);
}

/* A device that attaches by the vector of before leaves APN and PCO to what was known with that. */
static void ask_what_was_known(godwit_mme_ue_t *ue, const attach_t *a)
{
    ue->information = ue->information || a->m.res.ptr != NULL;
}

void godwit_mme_begin_anew(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t octets)
{
    godwit_nas_wrapper_t wrapper;
    attach_t a;
    memset(&a, 0, sizeof a);
    if (godwit_nas_wrapper_parse(octets, &wrapper) != GODWIT_OK || parse(t, wrapper.message, &a) != GODWIT_OK) {
        godwit_mme_free(t, ue);
        return;
    }
    take_request(t, ue, &a);
    ask_what_was_known(ue, &a);
    ue->held_len = 0;
    ue->held_kind = GODWIT_MME_HELD_DOWN;
    ue->ksi = next_ksi(a.m.ksi);
    ask_identity(t, ue);
}

static void begin(godwit_mme_turn_t *t, const attach_t *a, const godwit_mme_ue_t *proved)
{
    godwit_imsi_t imsi = proved != NULL ? proved->imsi : a->identity.imsi;
    bool has_imsi = proved != NULL || !a->identity.is_guti;
    godwit_mme_ue_t *ue = godwit_mme_row_for_attach(t);
    if (ue == NULL) {
        return;
    }
    take_request(t, ue, a);
    ask_what_was_known(ue, a);
    ue->ksi = next_ksi(a->m.ksi);
    ue->has_imsi = has_imsi;
    if (has_imsi) {
        ue->imsi = imsi;
        godwit_mme_ask_vector(t, ue, NULL);
    } else {
        ask_identity(t, ue);
    }
}

/* ---- with a known security context ---- */

static bool may_reuse(const godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, const attach_t *a)
{
    godwit_slice_t c = a->m.capability;
    return a->m.ksi == ue->security.ksi && !godwit_mme_is_late(ue) &&
           godwit_mme_may_serve_again(t->mme, ue, t->in->now_ms) && c.len >= ue->capability_len &&
           memcmp(c.ptr, ue->capability, 2) == 0;
}

static void reuse(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const attach_t *a)
{
    godwit_mme_ue_t *other = godwit_mme_unproved_at(t->mme, &t->in->from);
    if (other != NULL) {
        godwit_mme_free(t, other);
    }
    godwit_mme_trigger_end(t, ue, GODWIT_AGAIN);
    godwit_mme_deregister(t, ue);
    ue->address = t->in->from;
    ue->connected = true;
    godwit_mme_file(t->mme, ue);
    godwit_mme_own_address(t, ue);
    ue->m_tmsi = godwit_load_u32(t->in->random.ptr + 4) | 0xC0000000U;
    ue->teid = (godwit_load_u32(t->in->random.ptr) & 0xFFFF0000U) | (ue->teid & 0xFFFF);
    godwit_mme_file(t->mme, ue);
    ue->attaches++;
    ue->next_given = ue->next_set = false;
    take_request(t, ue, a);
    godwit_mme_event(t, "context_reused", GODWIT_OK, ue, NULL);
    godwit_mme_locate(t, ue);
    godwit_mme_connect(t, ue);
}

/* The device asks again, protected: what it waits for goes again, and it is no other attach (5.5.1.2.7 d). */
static bool goes_on(const godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, const attach_t *a)
{
    return ue->state > GODWIT_MME_SECURING && ue->state < GODWIT_MME_REGISTERED && is_same(ue, a) &&
           godwit_address_equal(&ue->address, &t->in->from);
}

void godwit_mme_on_attach(godwit_mme_turn_t *t, godwit_slice_t plain, godwit_mme_ue_t *proved)
{
    attach_t a;
    memset(&a, 0, sizeof a);
    godwit_status_t status = t->in->random.len < GODWIT_MME_RANDOM ? GODWIT_POLICY_FORBIDS : parse(t, plain, &a);
    if (status != GODWIT_OK) {
        godwit_mme_event(t, "refused", status, proved, "an attach request that cannot be taken");
    } else if (proved != NULL && goes_on(t, proved, &a)) {
        godwit_mme_ask_again(t, proved);
    } else if (proved != NULL && may_reuse(t, proved, &a)) {
        reuse(t, proved, &a);
    } else if (!is_repeated(t, &a)) {
        begin(t, &a, proved);
    }
}

void godwit_mme_on_identity(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_slice_t plain)
{
    godwit_emm_identity_response_t m;
    godwit_eps_identity_t identity;
    if (ue->state != GODWIT_MME_IDENTIFYING) {
        return; /* again */
    }
    if (godwit_emm_identity_response_parse(plain, &m) != GODWIT_OK ||
        godwit_eps_identity_parse(m.identity, &identity) != GODWIT_OK || identity.is_guti) {
        godwit_mme_event(t, "refused", GODWIT_MALFORMED, NULL, "an identity response without an IMSI");
        return;
    }
    ue->has_imsi = true;
    ue->imsi = identity.imsi;
    ue->at_ms = t->in->now_ms;
    godwit_mme_ask_vector(t, ue, NULL);
}
