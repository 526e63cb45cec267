/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector of the following session (contribution 000): asked for at the home when a device leaves, has attached by
 * such a vector, or is attached, and handed over in a message that goes ciphered and with integrity, never in another.
 * Its record is durable before the device hears of it. Nothing waits long for it: without an answer the procedure goes
 * on as if there were no such feature.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define WAIT_MS 2000
#define LIFE_S (30U * 24U * 3600U)

/* ---- the home ---- */

static bool may_have_next(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue)
{
    return sgsn->config.next_session && !sgsn->config.unaware && ue->next_allowed && !ue->next_given && ue->has_keys &&
           godwit_radio_is_confidential(&ue->security) && !ue->security.exhausted;
}

bool godwit_sgsn_ask_next(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, uint8_t purpose)
{
    godwit_sgsn_t *sgsn = turn->sgsn;
    godwit_serving_home_t home;
    if (ue->waiting == GODWIT_SGSN_NEXT) {
        ue->next_for = purpose; /* asked for already: what waited first gives way */
        return true;
    }
    if (!may_have_next(sgsn, ue)) {
        return false;
    }
    godwit_sgsn_home(sgsn, &ue->imsi, &home);
    home.next_session = true;
    ue->transaction = godwit_sgsn_new_transaction(sgsn);
    godwit_sgsn_file(sgsn, ue);
    if (godwit_serving_ask(&home, turn->out, ue->transaction, &ue->imsi, GODWIT_VECTOR_UTRAN, NULL, NULL) !=
        GODWIT_OK) {
        return false;
    }
    ue->next_for = purpose;
    godwit_sgsn_wait_for(turn, ue, GODWIT_SGSN_NEXT,
                         sgsn->config.next_wait_ms != 0 ? sgsn->config.next_wait_ms : WAIT_MS);
    return true;
}

/* ---- what waited for it ---- */

static void put_information(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    uint8_t octets[48];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_gmm_information_t message = {.next = ue->next};
    if (ue->next.set && ue->connected && godwit_gmm_information_build(&message, &w) == GODWIT_OK) {
        godwit_sgsn_put_nas(turn, ue, godwit_written(&w));
    }
    godwit_sgsn_settled(turn, ue);
}

static void go_on(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    godwit_sgsn_wait_no_more(turn, ue);
    switch (ue->next_for) {
    case GODWIT_GMM_ATTACH_ACCEPT:
        godwit_sgsn_accept_again(turn, ue);
        godwit_sgsn_wait(turn, ue, GODWIT_SGSN_COMPLETE);
        break;
    case GODWIT_GMM_DETACH_ACCEPT:
        godwit_sgsn_accept_detach(turn, ue);
        break;
    case GODWIT_GMM_DETACH_REQUEST:
        godwit_sgsn_ask_detach(turn, ue);
        godwit_sgsn_wait(turn, ue, GODWIT_SGSN_DETACHING);
        break;
    default:
        put_information(turn, ue);
        break;
    }
}

void godwit_sgsn_next_silent(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    godwit_sgsn_event(turn, ue, "next_not_given", GODWIT_PEER_INTERNAL, "the home gave no vector in time");
    go_on(turn, ue);
}

/* ---- the record ---- */

static void fill(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue, const godwit_auth_info_vector_t *vector,
                 uint64_t now_ms, godwit_next_session_record_t *record)
{
    const godwit_sgsn_config_t *config = &sgsn->config;
    godwit_next_session_t *next = &record->next;
    uint32_t life = config->next_life_s != 0 ? config->next_life_s : LIFE_S;
    next->domain = GODWIT_NEXT_PS;
    next->plmn = config->plmn;
    godwit_serving_next_fill(&ue->security, ue->capability, ue->cksn, vector, record);
    next->tmsi = ue->p_tmsi;
    godwit_store_u16(next->area, config->lac);
    next->area[2] = config->rac;
    record->imsi = ue->imsi;
    record->created_ms = now_ms;
    record->expires_ms = now_ms + UINT64_C(1000) * life;
}

static godwit_status_t hand_over(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue,
                                 const godwit_auth_info_vector_t *vector)
{
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL) {
        return GODWIT_OVERLOAD;
    }
    record->kind = GODWIT_RECORD_NEXT_SESSION;
    fill(turn->sgsn, ue, vector, turn->in->now_ms, &record->u.next_session);
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    ue->next.set = ue->next_given = true;
    memcpy(ue->next.rand, vector->rand, sizeof ue->next.rand);
    memcpy(ue->next.autn, vector->autn, sizeof ue->next.autn);
    return GODWIT_OK;
}

void godwit_sgsn_on_next_vector(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue, const godwit_auth_info_answer_t *answer)
{
    const char *detail = NULL;
    godwit_status_t status = godwit_serving_check_next(answer, GODWIT_VECTOR_UTRAN, &detail);
    if (status == GODWIT_OK && ue->security.uea == GODWIT_UEA0) { /* it was not when the home was asked */
        status = GODWIT_POLICY_FORBIDS;
    }
    if (status == GODWIT_OK) {
        status = hand_over(turn, ue, &answer->vector[0]);
    }
    godwit_sgsn_event(turn, ue, status == GODWIT_OK ? "next_handed_over" : "next_not_given", status, detail);
    go_on(turn, ue);
}

/* What stood behind the commit did not go out. A vector that is not kept is never handed over; an attach whose vector
 * was not taken out of the store has not been. */
void godwit_sgsn_on_commit_failed(godwit_sgsn_turn_t *turn)
{
    uint32_t p_tmsi = turn->in->record_key.session_id;
    godwit_sgsn_forget_identifications(turn);
    for (size_t i = 0; i < turn->sgsn->top; i++) {
        godwit_sgsn_ue_t *ue = &turn->sgsn->ues[i];
        if (ue->state == GODWIT_SGSN_FREE) {
            continue;
        }
        if ((ue->consumed == p_tmsi || ue->stale == p_tmsi) && !ue->next_given) {
            godwit_sgsn_event(turn, ue, "attach_refused", GODWIT_STORE_FAILED,
                              "the stored vector could not be consumed");
            godwit_sgsn_free(turn, ue);
        } else if (ue->p_tmsi == p_tmsi && ue->next.set) {
            memset(&ue->next, 0, sizeof ue->next);
            godwit_sgsn_event(turn, ue, "next_not_given", GODWIT_STORE_FAILED, "the vector could not be stored");
        }
    }
}
