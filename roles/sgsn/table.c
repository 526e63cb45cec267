/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of devices. P-TMSIs and TEIDs hold the place in the table, so that finding one is no search; the rest of
 * them is random.
 */
#include "roles/sgsn/internal.h"

#include <string.h>

#define P_TMSI_PACKET 0xC0000000U /* TS 23.003 2.4: the two highest bits of a P-TMSI */
#define P_TMSI_INDEX 0x3FFFU
#define P_TMSI_RANDOM_AT 14U
#define TEID_SET 0x8000U /* a TEID is never 0 */
#define TEID_SLOT 0x7FFFU

uint32_t godwit_sgsn_index(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue)
{
    return (uint32_t)(ue - sgsn->ues);
}

uint32_t godwit_sgsn_slot(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue, const godwit_sgsn_context_t *context)
{
    return godwit_sgsn_index(sgsn, ue) * GODWIT_SGSN_CONTEXTS_PER_UE + (uint32_t)(context - ue->context);
}

godwit_sgsn_context_t *godwit_sgsn_by_slot(godwit_sgsn_t *sgsn, uint32_t slot, godwit_sgsn_ue_t **ue)
{
    if (slot / GODWIT_SGSN_CONTEXTS_PER_UE >= sgsn->top) {
        return NULL;
    }
    *ue = &sgsn->ues[slot / GODWIT_SGSN_CONTEXTS_PER_UE];
    godwit_sgsn_context_t *context = &(*ue)->context[slot % GODWIT_SGSN_CONTEXTS_PER_UE];
    return context->state != GODWIT_SGSN_CONTEXT_FREE ? context : NULL;
}

godwit_sgsn_context_t *godwit_sgsn_by_teid(godwit_sgsn_t *sgsn, uint32_t teid, godwit_sgsn_ue_t **ue)
{
    godwit_sgsn_context_t *context = godwit_sgsn_by_slot(sgsn, teid & TEID_SLOT, ue);
    return context != NULL && context->teid == teid ? context : NULL;
}

godwit_sgsn_ue_t *godwit_sgsn_by_p_tmsi(godwit_sgsn_t *sgsn, uint32_t p_tmsi)
{
    uint32_t index = p_tmsi & P_TMSI_INDEX;
    if ((p_tmsi & P_TMSI_PACKET) != P_TMSI_PACKET || index >= sgsn->top) {
        return NULL;
    }
    godwit_sgsn_ue_t *ue = &sgsn->ues[index];
    return ue->p_tmsi == p_tmsi || ue->old_p_tmsi == p_tmsi ? ue : NULL;
}

godwit_sgsn_ue_t *godwit_sgsn_registered(godwit_sgsn_t *sgsn, const godwit_imsi_t *imsi, const godwit_sgsn_ue_t *but)
{
    for (size_t i = 0; i < sgsn->top; i++) {
        godwit_sgsn_ue_t *ue = &sgsn->ues[i];
        if (ue != but && (ue->state == GODWIT_SGSN_REGISTERED || ue->state == GODWIT_SGSN_DETACHED) &&
            godwit_imsi_equal(&ue->imsi, imsi)) {
            return ue;
        }
    }
    return NULL;
}

godwit_sgsn_ue_t *godwit_sgsn_dialogue_at(godwit_sgsn_t *sgsn, const godwit_address_t *address)
{
    for (size_t i = 0; i < sgsn->top; i++) {
        godwit_sgsn_ue_t *ue = &sgsn->ues[i];
        if (ue->state == GODWIT_SGSN_DIALOGUE && godwit_address_equal(&ue->address, address)) {
            return ue;
        }
    }
    return NULL;
}

godwit_sgsn_context_t *godwit_sgsn_by_transaction(godwit_sgsn_ue_t *ue, uint8_t transaction)
{
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        if (ue->context[i].state != GODWIT_SGSN_CONTEXT_FREE && ue->context[i].transaction == transaction) {
            return &ue->context[i];
        }
    }
    return NULL;
}

godwit_sgsn_context_t *godwit_sgsn_by_nsapi(godwit_sgsn_ue_t *ue, uint8_t nsapi)
{
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        if (ue->context[i].state != GODWIT_SGSN_CONTEXT_FREE && ue->context[i].nsapi == nsapi) {
            return &ue->context[i];
        }
    }
    return NULL;
}

/* ---- room ---- */

/* Both give the capacity when there is none. */
static size_t oldest(const godwit_sgsn_t *sgsn, godwit_sgsn_state_t state)
{
    size_t found = sgsn->capacity;
    for (size_t i = 0; i < sgsn->top; i++) {
        if (sgsn->ues[i].state == state && (found == sgsn->capacity || sgsn->ues[i].at_ms < sgsn->ues[found].at_ms)) {
            found = i;
        }
    }
    return found;
}

static size_t free_row(const godwit_sgsn_t *sgsn)
{
    size_t i = 0;
    while (i < sgsn->top && sgsn->ues[i].state != GODWIT_SGSN_FREE) {
        i++;
    }
    return i;
}

godwit_sgsn_ue_t *godwit_sgsn_allocate(godwit_sgsn_turn_t *turn)
{
    godwit_sgsn_t *sgsn = turn->sgsn;
    size_t i = free_row(sgsn);
    if (i == sgsn->capacity) {
        i = oldest(sgsn, GODWIT_SGSN_DETACHED);
        i = i < sgsn->capacity ? i : oldest(sgsn, GODWIT_SGSN_DIALOGUE);
        if (i == sgsn->capacity) {
            return NULL;
        }
        godwit_sgsn_free(turn, &sgsn->ues[i]);
    }
    sgsn->top = sgsn->top > i ? sgsn->top : i + 1;
    godwit_sgsn_ue_t *ue = &sgsn->ues[i];
    memset(ue, 0, sizeof *ue);
    ue->state = GODWIT_SGSN_DIALOGUE;
    ue->at_ms = turn->in->now_ms;
    return ue;
}

void godwit_sgsn_free(godwit_sgsn_turn_t *turn, godwit_sgsn_ue_t *ue)
{
    godwit_sgsn_t *sgsn = turn->sgsn;
    for (size_t i = 0; i < GODWIT_SGSN_CONTEXTS_PER_UE; i++) {
        godwit_sgsn_forget(turn, ue, &ue->context[i]);
    }
    godwit_sgsn_wait_no_more(turn, ue);
    godwit_sgsn_sms_end(turn, ue);
    ue->connected = false;
    godwit_sgsn_active(turn, ue);
    godwit_wipe(ue, sizeof *ue);
    while (sgsn->top > 0 && sgsn->ues[sgsn->top - 1].state == GODWIT_SGSN_FREE) {
        sgsn->top--;
    }
}

/* ---- random ---- */

uint32_t godwit_sgsn_random(godwit_sgsn_t *sgsn)
{
    if (sgsn->pool_left < 4) {
        return 0; /* step.c does not let it come to this */
    }
    sgsn->pool_left -= 4;
    return godwit_load_u32(sgsn->pool + sgsn->pool_left);
}

uint32_t godwit_sgsn_new_p_tmsi(godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue)
{
    uint32_t number = (godwit_sgsn_random(sgsn) & 0xFFFFU) << P_TMSI_RANDOM_AT;
    uint32_t p_tmsi = P_TMSI_PACKET | number | godwit_sgsn_index(sgsn, ue);
    return p_tmsi == ue->p_tmsi ? p_tmsi ^ (1U << P_TMSI_RANDOM_AT) : p_tmsi;
}

uint32_t godwit_sgsn_new_teid(godwit_sgsn_t *sgsn, uint32_t slot)
{
    return (godwit_sgsn_random(sgsn) & 0xFFFFU) << 16 | TEID_SET | slot;
}
