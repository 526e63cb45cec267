/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector of the following session (contribution 000): asked for at the home before a location updating is accepted,
 * since IMSI detach has no answer to hand it over in; where the home was slow, handed over in MM INFORMATION. Its
 * record is durable before the device hears of it.
 */
#include "roles/msc/internal.h"

#include <string.h>

bool godwit_msc_ask_next(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    godwit_serving_home_t home;
    bool may = turn->msc->config.next_session && ue->next_allowed && !ue->next_given &&
               godwit_radio_is_confidential(&ue->security) && !ue->security.exhausted;
    if (!may) {
        return false;
    }
    godwit_msc_home(turn->msc, &home);
    home.next_session = true;
    uint32_t transaction = godwit_msc_new_transaction(turn->msc);
    if (godwit_serving_ask(&home, turn->out, transaction, &ue->imsi, GODWIT_VECTOR_UTRAN, NULL, NULL) != GODWIT_OK) {
        return false;
    }
    ue->next_transaction = transaction;
    godwit_msc_file(turn->msc, ue);
    return true;
}

/* ---- the record ---- */

static void fill(const godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue, const godwit_auth_info_vector_t *vector,
                 godwit_next_session_record_t *record)
{
    const godwit_msc_config_t *config = &turn->msc->config;
    godwit_next_session_t *next = &record->next;
    next->domain = GODWIT_NEXT_CS;
    next->plmn = config->plmn;
    godwit_serving_next_fill(&ue->security, ue->capability, ue->cksn, vector, record);
    next->tmsi = ue->tmsi;
    godwit_store_u16(next->area, config->lac);
    record->imsi = ue->imsi;
    record->created_ms = turn->in->now_ms;
    record->expires_ms = turn->in->now_ms + UINT64_C(1000) * config->next_life_s;
}

static godwit_status_t keep(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const godwit_auth_info_vector_t *vector)
{
    godwit_record_t *record = godwit_outbox_alloc(turn->out, sizeof *record);
    if (record == NULL) {
        return GODWIT_OVERLOAD;
    }
    record->kind = GODWIT_RECORD_NEXT_SESSION;
    fill(turn, ue, vector, &record->u.next_session);
    godwit_outbox_add(turn->out, GODWIT_REQUEST_STORE_COMMIT)->record = record;
    ue->next_given = true;
    memcpy(ue->next_rand, vector->rand, sizeof ue->next_rand);
    memcpy(ue->next_autn, vector->autn, sizeof ue->next_autn);
    return GODWIT_OK;
}

static void put_information(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    uint8_t octets[48];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_mm_information_t m = {.rand = godwit_slice(ue->next_rand, sizeof ue->next_rand),
                                       .autn = godwit_slice(ue->next_autn, sizeof ue->next_autn)};
    if (godwit_mm_information_build(&m, &w) == GODWIT_OK) {
        godwit_msc_put_nas(turn, ue, godwit_written(&w));
    }
}

static void hand_over(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    const godwit_auth_info_answer_t *answer = &turn->in->message->u.auth_info_answer;
    bool waits = ue->waiting == GODWIT_MSC_NEXT;
    const char *detail = "the device is idle";
    godwit_status_t status = waits || ue->connected ? GODWIT_OK : GODWIT_WRONG_STATE;
    ue->next_transaction = 0;
    godwit_msc_file(turn->msc, ue);
    if (status == GODWIT_OK) {
        status = godwit_serving_check_next(answer, GODWIT_VECTOR_UTRAN, &detail);
    }
    if (status == GODWIT_OK) {
        status = keep(turn, ue, &answer->vector[0]);
    }
    godwit_msc_event(turn, ue, status == GODWIT_OK ? "next_handed_over" : "next_not_given", status, detail);
    if (waits) {
        godwit_msc_wait_no_more(turn, ue);
        godwit_msc_accept(turn, ue);
        godwit_msc_wait(turn, ue, GODWIT_MSC_COMPLETE);
    } else if (status == GODWIT_OK) {
        put_information(turn, ue);
    }
}

bool godwit_msc_on_next_vector(godwit_msc_turn_t *turn)
{
    godwit_msc_ue_t *ue = godwit_msc_waiting_for_next(turn->msc, turn->in->message->transaction);
    if (ue != NULL) {
        hand_over(turn, ue);
    }
    return ue != NULL;
}

/* What stood behind the commit did not go out. A vector that is not kept is never handed over; a location updating
 * whose vector was not taken out of the store has not been. */
void godwit_msc_on_commit_failed(godwit_msc_turn_t *turn)
{
    uint32_t tmsi = turn->in->record_key.session_id;
    for (size_t i = 0; i < turn->msc->top; i++) {
        godwit_msc_ue_t *ue = &turn->msc->ues[i];
        if (ue->state == GODWIT_MSC_FREE) {
            continue;
        }
        if ((ue->consumed == tmsi || ue->stale == tmsi) && tmsi != 0 && !ue->next_given) {
            godwit_msc_event(turn, ue, "attach_refused", GODWIT_STORE_FAILED,
                             "the stored vector could not be consumed");
            godwit_msc_free(turn, ue);
        } else if (ue->tmsi == tmsi && ue->next_given) {
            ue->next_given = false;
            godwit_msc_event(turn, ue, "next_not_given", GODWIT_STORE_FAILED, "the vector could not be stored");
        }
    }
}
