/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector of the following session (contribution 000): asked for at the home when a device leaves, has attached by
 * such a vector, or is attached, and handed over in a message that goes ciphered and with integrity, never in another.
 * Its record is durable before the device hears of it. Nothing waits long for it: without an answer the procedure goes
 * on as if there were no such feature.
 */
#include "roles/mme/internal.h"

#include <string.h>

#define WAIT_MS 2000
#define LIFE_S (30U * 24U * 3600U)
#define CAPABILITY 2 /* octets of it that must be the same: EEA, EIA */

/* ---- the home ---- */

static bool may_have_next(const godwit_mme_t *mme, const godwit_mme_ue_t *ue)
{
    const godwit_mme_config_t *c = &mme->config;
    return c->next_session && !c->unaware && ue->next_allowed && !ue->next_given && ue->security.set &&
           ue->m_tmsi != 0 && ue->security.eea != 0; /* null ciphering would show RAND and AUTN */
}

static void next_timer(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, uint32_t delay_ms)
{
    godwit_outbox_timer(t->out, GODWIT_MME_TIMER_NEXT + (uint32_t)(ue - t->mme->ues), delay_ms);
}

bool godwit_mme_ask_next(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, godwit_mme_next_for_t purpose)
{
    const godwit_mme_config_t *c = &t->mme->config;
    godwit_serving_home_t home;
    if (ue->next_for != GODWIT_MME_NEXT_NOTHING) {
        ue->next_for = (uint8_t)purpose; /* asked for already: what waited first gives way */
        return true;
    }
    if (!may_have_next(t->mme, ue)) {
        return false;
    }
    godwit_mme_home(t->mme, &ue->imsi, &home);
    home.next_session = true;
    ue->next_transaction = ++t->mme->next_transaction;
    if (godwit_serving_ask(&home, t->out, ue->next_transaction, &ue->imsi, GODWIT_VECTOR_EUTRAN, NULL, NULL) !=
        GODWIT_OK) {
        return false;
    }
    ue->next_for = (uint8_t)purpose;
    godwit_mme_file(t->mme, ue);
    next_timer(t, ue, c->next_wait_ms != 0 ? c->next_wait_ms : WAIT_MS);
    return true;
}

/* ---- the record ---- */

static void fill(const godwit_mme_turn_t *t, const godwit_mme_ue_t *ue, const godwit_auth_info_vector_t *vector,
                 godwit_next_session_record_t *record)
{
    const godwit_mme_config_t *c = &t->mme->config;
    godwit_next_session_t *next = &record->next;
    next->domain = GODWIT_NEXT_EPS;
    next->plmn = c->plmn;
    next->ksi = godwit_next_session_ksi(ue->security.ksi);
    next->eea = ue->security.eea;
    next->eia = ue->security.eia;
    next->tmsi = ue->m_tmsi;
    godwit_store_u16(next->area, c->mme_group);
    next->area[2] = c->mme_code;
    next->capability_len = CAPABILITY;
    memcpy(next->capability, ue->capability, CAPABILITY);
    next->res_len = vector->xres_len;
    memcpy(next->res, vector->xres, sizeof next->res);
    memcpy(next->root, vector->kasme, sizeof next->root);
    record->imsi = ue->imsi;
    memcpy(record->rand, vector->rand, sizeof record->rand);
    memcpy(record->apn, ue->apn.text, strlen(ue->apn.text) < sizeof record->apn ? strlen(ue->apn.text) : 0);
    record->created_ms = t->in->now_ms;
    record->expires_ms = t->in->now_ms + UINT64_C(1000) * (c->next_life_s != 0 ? c->next_life_s : LIFE_S);
}

/* A device that has gone idle is not paged for it. */
static bool is_there(const godwit_mme_ue_t *ue)
{
    return ue->connected || ue->next_for == GODWIT_MME_NEXT_DETACH_ACCEPT;
}

static godwit_status_t hand_over(godwit_mme_turn_t *t, godwit_mme_ue_t *ue, const godwit_auth_info_vector_t *vector)
{
    if (!is_there(ue)) {
        return GODWIT_WRONG_STATE;
    }
    godwit_record_t *record = godwit_outbox_alloc(t->out, sizeof *record);
    if (record == NULL) {
        return GODWIT_OVERLOAD;
    }
    record->kind = GODWIT_RECORD_NEXT_SESSION;
    fill(t, ue, vector, &record->u.next_session);
    godwit_outbox_add(t->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    ue->next_set = ue->next_given = true;
    memcpy(ue->next_rand, vector->rand, sizeof ue->next_rand);
    memcpy(ue->next_autn, vector->autn, sizeof ue->next_autn);
    return GODWIT_OK;
}

/* ---- what waited for it ---- */

void godwit_mme_next_elements(const godwit_mme_ue_t *ue, godwit_slice_t *rand, godwit_slice_t *autn)
{
    if (ue->next_set) {
        *rand = godwit_slice(ue->next_rand, sizeof ue->next_rand);
        *autn = godwit_slice(ue->next_autn, sizeof ue->next_autn);
    }
}

static void send_information(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint8_t octets[48];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    godwit_emm_hand_over_t m = {.rand = {NULL, 0}};
    godwit_mme_next_elements(ue, &m.rand, &m.autn);
    if (m.rand.ptr != NULL && godwit_emm_information_build(&m, &w) == GODWIT_OK) {
        (void)godwit_mme_send(t, ue, GODWIT_NAS_CIPHERED, &w);
    }
}

static void go_on(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    const uint8_t purpose = ue->next_for;
    ue->next_for = GODWIT_MME_NEXT_NOTHING;
    ue->next_transaction = 0;
    godwit_mme_file(t->mme, ue);
    switch (purpose) {
    case GODWIT_MME_NEXT_ATTACH_ACCEPT:
        if (ue->state == GODWIT_MME_ACCEPTING) { /* else the gateway has not answered yet */
            godwit_mme_accept_now(t, ue);
        }
        break;
    case GODWIT_MME_NEXT_DETACH_ACCEPT:
        godwit_mme_accept_detach(t, ue);
        break;
    case GODWIT_MME_NEXT_DETACH_REQUEST:
        godwit_mme_detach_now(t, ue);
        break;
    default:
        send_information(t, ue);
        break;
    }
}

bool godwit_mme_on_next_vector(godwit_mme_turn_t *t, const godwit_message_t *message)
{
    const godwit_auth_info_answer_t *answer = &message->u.auth_info_answer;
    godwit_mme_ue_t *ue = godwit_mme_by_next_transaction(t->mme, message->transaction);
    const char *detail = NULL;
    if (ue == NULL) {
        return false;
    }
    godwit_status_t status = godwit_serving_check_next(answer, GODWIT_VECTOR_EUTRAN, &detail);
    if (status == GODWIT_OK) {
        status = hand_over(t, ue, &answer->vector[0]);
    }
    godwit_mme_event(t, status == GODWIT_OK ? "next_handed_over" : "next_not_given", status, ue, detail);
    next_timer(t, ue, 0);
    go_on(t, ue);
    return true;
}

void godwit_mme_on_next_timer(godwit_mme_turn_t *t, uint32_t index)
{
    godwit_mme_ue_t *ue = index < t->mme->top ? &t->mme->ues[index] : NULL;
    if (ue != NULL && ue->state != GODWIT_MME_FREE && ue->next_for != GODWIT_MME_NEXT_NOTHING) {
        godwit_mme_event(t, "next_not_given", GODWIT_PEER_INTERNAL, ue, "the home gave no vector in time");
        go_on(t, ue);
    }
}

void godwit_mme_forget_next(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    if (ue->next_for != GODWIT_MME_NEXT_NOTHING) {
        ue->next_for = GODWIT_MME_NEXT_NOTHING;
        ue->next_transaction = 0;
        godwit_mme_file(t->mme, ue);
        next_timer(t, ue, 0);
    }
}

/* ---- when the store fails ---- */

/* What stood behind the commit did not go out: it goes without the vector. */
static void without(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    ue->next_set = false;
    godwit_wipe(ue->next_rand, sizeof ue->next_rand);
    godwit_wipe(ue->next_autn, sizeof ue->next_autn);
    godwit_mme_event(t, "next_not_given", GODWIT_STORE_FAILED, ue, "the vector could not be stored");
    if (ue->state == GODWIT_MME_ACCEPTING) {
        godwit_mme_accept_now(t, ue);
    } else if (ue->state == GODWIT_MME_DETACHING) {
        godwit_mme_detach_now(t, ue);
    } else if (ue->state == GODWIT_MME_DEREGISTERED) { /* the device asks again */
        godwit_mme_nas_timer(t, ue, t->mme->config.retain_ms);
    }
}

void godwit_mme_on_commit_failed(godwit_mme_turn_t *t)
{
    const godwit_record_key_t *key = &t->in->record_key;
    godwit_mme_forget_identifications(t);
    for (size_t i = 0; i < t->mme->top && key->kind == GODWIT_RECORD_NEXT_SESSION; i++) {
        godwit_mme_ue_t *ue = &t->mme->ues[i];
        if (ue->state != GODWIT_MME_FREE && ue->state < GODWIT_MME_REGISTERED &&
            (ue->consumed == key->session_id || ue->stale == key->session_id)) {
            godwit_mme_event(t, "attach_refused", GODWIT_STORE_FAILED, ue, "the stored vector could not be consumed");
            godwit_mme_deregister(t, ue);
            godwit_mme_free(t, ue);
        } else if (ue->state != GODWIT_MME_FREE && ue->m_tmsi == key->session_id && ue->next_set) {
            without(t, ue);
        }
    }
}
