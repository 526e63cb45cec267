/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of devices. A device that has proved nothing has one row for its address; it never takes that of one that
 * has.
 */
#include <string.h>

#include "roles/mme/internal.h"

bool godwit_mme_is_unproved(const godwit_mme_ue_t *ue)
{
    return ue->state >= GODWIT_MME_OLD_MME && ue->state <= GODWIT_MME_SECURING;
}

godwit_mme_ue_t *godwit_mme_unproved_at(godwit_mme_t *mme, const godwit_address_t *address)
{
    for (size_t i = 0; i < mme->top; i++) {
        if (godwit_mme_is_unproved(&mme->ues[i]) && godwit_address_equal(&mme->ues[i].address, address)) {
            return &mme->ues[i];
        }
    }
    return NULL;
}

godwit_mme_ue_t *godwit_mme_secured_at(godwit_mme_t *mme, const godwit_address_t *address, const godwit_mme_ue_t *after)
{
    for (size_t i = after == NULL ? 0 : (size_t)(after - mme->ues) + 1; i < mme->top; i++) {
        godwit_mme_ue_t *ue = &mme->ues[i];
        if (ue->state != GODWIT_MME_FREE && ue->security.set && godwit_address_equal(&ue->address, address)) {
            return ue;
        }
    }
    return NULL;
}

godwit_mme_ue_t *godwit_mme_by_guti(godwit_mme_t *mme, const godwit_guti_t *guti)
{
    const godwit_mme_config_t *c = &mme->config;
    bool ours =
        godwit_plmn_equal(guti->plmn, c->plmn) && guti->mme_group == c->mme_group && guti->mme_code == c->mme_code;
    for (size_t i = 0; ours && i < mme->top; i++) {
        godwit_mme_ue_t *ue = &mme->ues[i];
        if (ue->state >= GODWIT_MME_ACCEPTING && ue->security.set && ue->m_tmsi == guti->m_tmsi) {
            return ue;
        }
    }
    return NULL;
}

/* The row's number is in the TEID; the rest of it is random. */
godwit_mme_ue_t *godwit_mme_by_teid(godwit_mme_t *mme, uint32_t teid)
{
    size_t index = teid & 0xFFFF;
    bool there = index > 0 && index <= mme->top && mme->ues[index - 1].state != GODWIT_MME_FREE;
    return there && mme->ues[index - 1].teid == teid ? &mme->ues[index - 1] : NULL;
}

godwit_mme_ue_t *godwit_mme_by_transaction(godwit_mme_t *mme, uint32_t transaction)
{
    for (size_t i = 0; i < mme->top; i++) {
        if (mme->ues[i].state == GODWIT_MME_VECTOR && mme->ues[i].transaction == transaction) {
            return &mme->ues[i];
        }
    }
    return NULL;
}

godwit_mme_ue_t *godwit_mme_by_imsi(godwit_mme_t *mme, const godwit_imsi_t *imsi, const godwit_mme_ue_t *but)
{
    for (size_t i = 0; i < mme->top; i++) {
        godwit_mme_ue_t *ue = &mme->ues[i];
        if (ue != but && ue->state > GODWIT_MME_SECURING && ue->has_imsi && godwit_imsi_equal(&ue->imsi, imsi)) {
            return ue;
        }
    }
    return NULL;
}

/* How readily a row is given up: 0 not at all. */
static unsigned worth_of(const godwit_mme_turn_t *t, const godwit_mme_ue_t *ue)
{
    bool old = t->in->now_ms - ue->at_ms >= t->mme->config.setup_ms;
    if (ue->state == GODWIT_MME_FREE) {
        return 3;
    }
    if (ue->state == GODWIT_MME_DEREGISTERED) {
        return 2;
    }
    return godwit_mme_is_unproved(ue) && old ? 1 : 0;
}

/* TEID and M-TMSI: the row's number and random bits; 11 in the two highest bits of a M-TMSI keeps it apart from a
 * P-TMSI (TS 23.003 2.4). */
static void name_row(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint32_t number = (uint32_t)(ue - t->mme->ues) + 1;
    ue->teid = (godwit_load_u32(t->in->random.ptr) & 0xFFFF0000U) | number;
    ue->m_tmsi = godwit_load_u32(t->in->random.ptr + 4) | 0xC0000000U;
}

godwit_mme_ue_t *godwit_mme_take_row(godwit_mme_turn_t *t)
{
    godwit_mme_t *mme = t->mme;
    godwit_mme_ue_t *best = NULL;
    unsigned best_worth = 0;
    for (size_t i = 0; i < mme->capacity && best_worth < 3; i++) {
        unsigned worth = worth_of(t, &mme->ues[i]);
        if (worth > best_worth || (worth == best_worth && worth > 0 && mme->ues[i].at_ms < best->at_ms)) {
            best = &mme->ues[i];
            best_worth = worth;
        }
    }
    if (best == NULL) {
        return NULL;
    }
    if (best->state != GODWIT_MME_FREE) {
        godwit_mme_free(t, best);
    }
    size_t index = (size_t)(best - mme->ues);
    mme->top = index >= mme->top ? index + 1 : mme->top;
    memset(best, 0, sizeof *best);
    name_row(t, best);
    best->at_ms = best->attach_ms = t->in->now_ms;
    best->address = t->in->from;
    best->connected = true;
    return best;
}

void godwit_mme_own_address(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue)
{
    godwit_mme_ue_t *other = godwit_mme_secured_at(t->mme, &ue->address, NULL);
    while (other != NULL) {
        godwit_mme_ue_t *next = godwit_mme_secured_at(t->mme, &ue->address, other);
        if (other != ue) {
            other->connected = false;
            other->address.len = 0;
            godwit_mme_idle_timer(t, other);
        }
        other = next;
    }
}

void godwit_mme_free(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    godwit_mme_t *mme = t->mme;
    godwit_mme_nas_timer(t, ue, 0);
    godwit_mme_sms_end(t, ue);
    godwit_mme_trigger_end(t, ue, GODWIT_NOT_FOUND);
    godwit_mme_forget_next(t, ue);
    ue->connected = false;
    godwit_mme_idle_timer(t, ue);
    godwit_gtp_finish_context(&mme->path, ue->teid, t->out);
    godwit_wipe(ue, sizeof *ue);
    while (mme->top > 0 && mme->ues[mme->top - 1].state == GODWIT_MME_FREE) {
        mme->top--;
    }
}

godwit_mme_ue_t *godwit_mme_row_for_attach(godwit_mme_turn_t *t)
{
    godwit_mme_ue_t *ue = godwit_mme_unproved_at(t->mme, &t->in->from);
    if (ue != NULL) {
        godwit_mme_free(t, ue);
    }
    ue = godwit_mme_take_row(t);
    if (ue == NULL) {
        godwit_mme_attach_reject(t, &t->in->from, GODWIT_EMM_CAUSE_CONGESTION);
        godwit_mme_event(t, "attach_refused", GODWIT_OVERLOAD, NULL, "the table of devices is full");
    }
    return ue;
}
