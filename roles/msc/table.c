/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of devices. A TMSI holds the place in the table, so that finding one is no search; the rest of it is
 * random, and its two highest bits keep it apart from a P-TMSI (TS 23.003 2.4).
 */
#include "roles/msc/internal.h"

#include <string.h>

#define TMSI_INDEX 0x3FFFU
#define TMSI_RANDOM_AT 14U
#define TMSI_NEVER_0 0x20000000U

uint32_t godwit_msc_index(const godwit_msc_t *msc, const godwit_msc_ue_t *ue)
{
    return (uint32_t)(ue - msc->ues);
}

godwit_msc_ue_t *godwit_msc_by_tmsi(godwit_msc_t *msc, uint32_t tmsi)
{
    uint32_t index = tmsi & TMSI_INDEX;
    godwit_msc_ue_t *ue = index < msc->top ? &msc->ues[index] : NULL;
    return ue != NULL && ue->state == GODWIT_MSC_REGISTERED && ue->tmsi == tmsi ? ue : NULL;
}

godwit_msc_ue_t *godwit_msc_registered(godwit_msc_t *msc, const godwit_imsi_t *imsi, const godwit_msc_ue_t *but)
{
    for (size_t i = 0; i < msc->top; i++) {
        godwit_msc_ue_t *ue = &msc->ues[i];
        if (ue != but && ue->state == GODWIT_MSC_REGISTERED && godwit_imsi_equal(&ue->imsi, imsi)) {
            return ue;
        }
    }
    return NULL;
}

godwit_msc_ue_t *godwit_msc_dialogue_at(godwit_msc_t *msc, const godwit_address_t *address)
{
    for (size_t i = 0; i < msc->top; i++) {
        godwit_msc_ue_t *ue = &msc->ues[i];
        if (ue->state == GODWIT_MSC_DIALOGUE && godwit_address_equal(&ue->address, address)) {
            return ue;
        }
    }
    return NULL;
}

/* ---- room ---- */

static size_t oldest_dialogue(const godwit_msc_t *msc)
{
    size_t found = msc->capacity;
    for (size_t i = 0; i < msc->top; i++) {
        if (msc->ues[i].state == GODWIT_MSC_DIALOGUE &&
            (found == msc->capacity || msc->ues[i].at_ms < msc->ues[found].at_ms)) {
            found = i;
        }
    }
    return found;
}

godwit_msc_ue_t *godwit_msc_allocate(godwit_msc_turn_t *turn)
{
    godwit_msc_t *msc = turn->msc;
    size_t i = 0;
    while (i < msc->top && msc->ues[i].state != GODWIT_MSC_FREE) {
        i++;
    }
    if (i == msc->capacity) {
        i = oldest_dialogue(msc);
        if (i == msc->capacity) {
            return NULL;
        }
        godwit_msc_free(turn, &msc->ues[i]);
    }
    msc->top = msc->top > i ? msc->top : i + 1;
    godwit_msc_ue_t *ue = &msc->ues[i];
    memset(ue, 0, sizeof *ue);
    ue->state = GODWIT_MSC_DIALOGUE;
    ue->at_ms = turn->in->now_ms;
    ue->address = turn->in->from;
    ue->cksn = GODWIT_GMM_CKSN_NONE;
    return ue;
}

void godwit_msc_free(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    godwit_msc_t *msc = turn->msc;
    godwit_msc_sms_end(turn, ue);
    godwit_msc_wait_no_more(turn, ue);
    ue->connected = false;
    godwit_msc_active(turn, ue);
    godwit_wipe(ue, sizeof *ue);
    while (msc->top > 0 && msc->ues[msc->top - 1].state == GODWIT_MSC_FREE) {
        msc->top--;
    }
}

/* ---- numbers ---- */

uint32_t godwit_msc_random(godwit_msc_t *msc)
{
    if (msc->pool_left < 4) {
        return 0; /* step.c does not let it come to this */
    }
    msc->pool_left -= 4;
    return godwit_load_u32(msc->pool + msc->pool_left);
}

void godwit_msc_new_tmsi(godwit_msc_t *msc, godwit_msc_ue_t *ue)
{
    uint32_t tmsi = (godwit_msc_random(msc) & 0x7FFFU) << TMSI_RANDOM_AT | TMSI_NEVER_0 | godwit_msc_index(msc, ue);
    ue->tmsi = tmsi == ue->tmsi ? tmsi ^ (1U << TMSI_RANDOM_AT) : tmsi;
}

uint32_t godwit_msc_new_transaction(godwit_msc_t *msc)
{
    msc->next_transaction = msc->next_transaction == UINT32_MAX ? 1 : msc->next_transaction + 1;
    return msc->next_transaction;
}
