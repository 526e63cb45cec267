/* SPDX-License-Identifier: Apache-2.0
 *
 * Location updating: TS 24.008 4.4.4, with identification (4.3.3) and the TMSI (4.3.1). A request without protection
 * gets a row of its own, and an AKA run, whatever TMSI it names.
 */
#include "roles/msc/internal.h"

#include <string.h>

void godwit_msc_refuse(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, godwit_status_t reason, const char *detail)
{
    godwit_msc_update_reject(turn, &ue->address, godwit_serving_cause(reason));
    godwit_msc_event(turn, ue, "attach_refused", reason, detail);
    godwit_msc_free(turn, ue);
}

/* ---- who ---- */

void godwit_msc_ask_identity(godwit_msc_turn_t *turn, const godwit_msc_ue_t *ue)
{
    uint8_t octets[8];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_mm_identity_request_t m = {.type = GODWIT_MM_IDENTITY_IMSI};
    if (godwit_mm_identity_request_build(&m, &w) == GODWIT_OK) {
        godwit_msc_put_plain(turn, &ue->address, godwit_written(&w));
    }
}

void godwit_msc_on_identity(godwit_msc_turn_t *turn, godwit_slice_t nas)
{
    godwit_mm_identity_response_t m;
    godwit_gmm_identity_t identity;
    godwit_msc_ue_t *ue = godwit_msc_dialogue_at(turn->msc, &turn->in->from);
    if (ue == NULL || ue->waiting != GODWIT_MSC_IDENTITY) {
        return;
    }
    if (godwit_mm_identity_response_parse(nas, &m) != GODWIT_OK ||
        godwit_mm_identity_read(m.identity, &identity) != GODWIT_OK || identity.kind != GODWIT_GMM_IDENTITY_IMSI) {
        godwit_msc_event(turn, ue, "refused", GODWIT_MALFORMED, "identity response");
        return;
    }
    ue->imsi = identity.imsi;
    godwit_msc_ask_vector(turn, ue, false);
}

/* ---- the request ---- */

static godwit_msc_ue_t *row_for(godwit_msc_turn_t *turn)
{
    godwit_msc_ue_t *ue = godwit_msc_dialogue_at(turn->msc, &turn->in->from);
    return ue != NULL ? ue : godwit_msc_allocate(turn);
}

/* What is asked already goes on: the request came again. */
static bool is_repetition(const godwit_msc_ue_t *ue, const godwit_gmm_identity_t *identity)
{
    return ue->waiting != GODWIT_MSC_NOTHING &&
           (identity->kind != GODWIT_GMM_IDENTITY_IMSI || godwit_imsi_equal(&identity->imsi, &ue->imsi));
}

void godwit_msc_on_update(godwit_msc_turn_t *turn, const godwit_radio_frame_t *frame)
{
    godwit_mm_location_updating_request_t m;
    godwit_gmm_identity_t identity;
    if (godwit_mm_location_updating_request_parse(frame->octets, &m) != GODWIT_OK ||
        godwit_mm_identity_read(m.identity, &identity) != GODWIT_OK) {
        godwit_msc_event(turn, NULL, "refused", GODWIT_MALFORMED, "location updating request");
        return;
    }
    godwit_msc_ue_t *ue = row_for(turn);
    if (ue == NULL) {
        godwit_msc_update_reject(turn, &turn->in->from, GODWIT_GMM_CAUSE_CONGESTION);
        godwit_msc_event(turn, NULL, "attach_refused", GODWIT_OVERLOAD, "the table is full");
        return;
    }
    if (is_repetition(ue, &identity)) {
        return;
    }
    ue->capability = frame->capability;
    ue->follow_on = (m.type & GODWIT_MM_FOLLOW_ON) != 0;
    if (identity.kind == GODWIT_GMM_IDENTITY_IMSI) {
        ue->imsi = identity.imsi;
        godwit_msc_ask_vector(turn, ue, false);
    } else {
        godwit_msc_ask_identity(turn, ue);
        godwit_msc_wait(turn, ue, GODWIT_MSC_IDENTITY);
    }
}

/* ---- the accept ---- */

void godwit_msc_accept(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    uint8_t octets[96], lai[GODWIT_MM_LAI], tmsi[1 + GODWIT_MM_IDENTITY_MAX];
    godwit_writer_t w = godwit_writer(octets, sizeof octets);
    const godwit_mm_lai_t here = {.plmn = turn->msc->config.plmn, .lac = turn->msc->config.lac};
    const godwit_gmm_identity_t name = {.kind = GODWIT_GMM_IDENTITY_P_TMSI, .p_tmsi = ue->tmsi};
    godwit_mm_location_updating_accept_t m = {.lai = godwit_slice(lai, sizeof lai)};
    godwit_mm_lai_write(&here, lai);
    m.identity = godwit_mm_identity_write(&name, tmsi);
    m.proceed = (godwit_nas_octet_t){.set = ue->follow_on, .value = 1};
    if (ue->next_given) {
        m.rand = godwit_slice(ue->next_rand, sizeof ue->next_rand);
        m.autn = godwit_slice(ue->next_autn, sizeof ue->next_autn);
    }
    ue->accepted = true;
    if (godwit_mm_location_updating_accept_build(&m, &w) == GODWIT_OK) {
        godwit_msc_put_nas(turn, ue, godwit_written(&w));
    }
}

void godwit_msc_register(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    godwit_msc_ue_t *former = godwit_msc_registered(turn->msc, &ue->imsi, ue);
    if (former != NULL) {
        godwit_msc_event(turn, former, "replaced", GODWIT_OK, "the device has attached anew");
        godwit_msc_free(turn, former);
    }
    ue->state = GODWIT_MSC_REGISTERED;
    godwit_msc_file(turn->msc, ue);
    ue->connected = true;
    ue->accepted = ue->next_given = false;
    godwit_msc_new_tmsi(turn->msc, ue);
    if (godwit_msc_ask_next(turn, ue)) { /* IMSI detach has no answer: this is the place to hand over */
        godwit_msc_wait_for(turn, ue, GODWIT_MSC_NEXT, turn->msc->config.next_wait_ms);
        return;
    }
    godwit_msc_accept(turn, ue);
    godwit_msc_wait(turn, ue, GODWIT_MSC_COMPLETE);
}

void godwit_msc_completed(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue, const char *detail)
{
    if (ue->waiting == GODWIT_MSC_COMPLETE) {
        godwit_msc_wait_no_more(turn, ue);
        godwit_msc_event(turn, ue, "attached", GODWIT_OK, detail);
        godwit_msc_locate(turn, ue);
        if (godwit_sms_node_waits(&ue->sms)) {
            godwit_msc_sms_start(turn, ue);
        }
    }
}
