/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of devices. P-TMSIs and TEIDs hold the place in the table, so that finding one is no search; the rest of
 * them is random.
 */
#include "roles/sgsn/internal.h"

#include <stddef.h>
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

/* ---- where rows are filed ---- */

typedef enum line {
    LINE_NONE = 0,
    LINE_FREE,
    LINE_DETACHED, /* the longest so first */
    LINE_DIALOGUE,
} line_t;

void godwit_sgsn_table_init(godwit_sgsn_t *sgsn, godwit_sgsn_ue_t *ues, size_t capacity)
{
    memset(ues, 0, capacity * sizeof *ues);
    sgsn->ues = ues;
    sgsn->capacity = capacity;
    godwit_index_init(&sgsn->by_address, ues->filed.address, sizeof *ues, capacity, 1 + GODWIT_SGSN_CANDIDATES);
    godwit_index_init(&sgsn->by_imsi, &ues->filed.imsi, sizeof *ues, capacity, 1);
    godwit_index_init(&sgsn->by_transaction, &ues->filed.transaction, sizeof *ues, capacity, 1);
    godwit_index_init(&sgsn->by_first, &ues->filed.first, sizeof *ues, capacity, 1);
    godwit_lines_init(&sgsn->lines, &ues->filed.line, sizeof *ues);
}

static void set_keys(godwit_sgsn_t *sgsn)
{
    uint8_t key[GODWIT_INDEX_KEY];
    for (size_t i = 0; i < sizeof key; i += 4) {
        godwit_store_u32(key + i, godwit_sgsn_random(sgsn));
    }
    godwit_index_set_key(&sgsn->by_address, key);
    godwit_index_set_key(&sgsn->by_imsi, key);
    godwit_index_set_key(&sgsn->by_transaction, key);
    godwit_index_set_key(&sgsn->by_first, key);
}

static godwit_slice_t imsi_name(const godwit_imsi_t *imsi, bool has)
{
    return godwit_slice((const uint8_t *)imsi->digits, has ? imsi->len : 0);
}

static godwit_slice_t address_name(const godwit_address_t *address, bool has)
{
    return godwit_slice(address->octets, has ? address->len : 0);
}

static bool is_known(const godwit_sgsn_ue_t *ue)
{
    return ue->state == GODWIT_SGSN_REGISTERED || ue->state == GODWIT_SGSN_DETACHED;
}

static line_t line_of(const godwit_sgsn_t *sgsn, const godwit_sgsn_ue_t *ue)
{
    return ue->state == GODWIT_SGSN_FREE       ? (size_t)(ue - sgsn->ues) < sgsn->top ? LINE_FREE : LINE_NONE
           : ue->state == GODWIT_SGSN_DETACHED ? LINE_DETACHED
           : ue->state == GODWIT_SGSN_DIALOGUE ? LINE_DIALOGUE
                                               : LINE_NONE;
}

/* An IMSI that is only claimed is nobody's name: whoever claims another's would make finding that one slow. */
void godwit_sgsn_file(godwit_sgsn_t *sgsn, godwit_sgsn_ue_t *ue)
{
    const size_t row = godwit_sgsn_index(sgsn, ue);
    const bool used = ue->state != GODWIT_SGSN_FREE;
    const uint32_t line = (uint32_t)line_of(sgsn, ue);
    uint8_t transaction[4];
    godwit_store_u32(transaction, ue->transaction);
    godwit_index_file(&sgsn->by_address, row, 0, address_name(&ue->address, used));
    for (size_t i = 0; i < GODWIT_SGSN_CANDIDATES; i++) {
        const godwit_sgsn_candidate_t *candidate = &ue->candidate[i];
        godwit_index_file(&sgsn->by_address, row, 1 + i, address_name(&candidate->address, used && candidate->used));
    }
    godwit_index_file(&sgsn->by_imsi, row, 0, imsi_name(&ue->imsi, is_known(ue)));
    godwit_index_file(&sgsn->by_transaction, row, 0, godwit_slice(transaction, used ? sizeof transaction : 0));
    godwit_index_file(&sgsn->by_first, row, 0,
                      godwit_slice(ue->first, used && ue->consumed != 0 ? sizeof ue->first : 0));
    if (ue->filed.line.line != line || ue->filed.at_ms != ue->at_ms) {
        ue->filed.at_ms = ue->at_ms;
        godwit_lines_put(&sgsn->lines, row, line);
    }
}

/* ---- finding ---- */

godwit_sgsn_ue_t *godwit_sgsn_registered(godwit_sgsn_t *sgsn, const godwit_imsi_t *imsi, const godwit_sgsn_ue_t *but)
{
    godwit_index_walk_t walk = godwit_index_find(&sgsn->by_imsi, imsi_name(imsi, true));
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_sgsn_ue_t *ue = &sgsn->ues[row];
        if (ue != but && is_known(ue) && godwit_imsi_equal(&ue->imsi, imsi)) {
            return ue;
        }
    }
    return NULL;
}

godwit_sgsn_ue_t *godwit_sgsn_dialogue_at(godwit_sgsn_t *sgsn, const godwit_address_t *address)
{
    godwit_index_walk_t walk = godwit_sgsn_at(sgsn, address);
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_sgsn_ue_t *ue = &sgsn->ues[row];
        if (ue->state == GODWIT_SGSN_DIALOGUE && godwit_address_equal(&ue->address, address)) {
            return ue;
        }
    }
    return NULL;
}

godwit_index_walk_t godwit_sgsn_at(const godwit_sgsn_t *sgsn, const godwit_address_t *address)
{
    return godwit_index_find(&sgsn->by_address, address_name(address, true));
}

godwit_sgsn_ue_t *godwit_sgsn_waiting_for(godwit_sgsn_t *sgsn, uint32_t transaction)
{
    uint8_t octets[4];
    godwit_store_u32(octets, transaction);
    godwit_index_walk_t walk = godwit_index_find(&sgsn->by_transaction, godwit_slice(octets, sizeof octets));
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_sgsn_ue_t *ue = &sgsn->ues[row];
        if ((ue->waiting == GODWIT_SGSN_VECTOR || ue->waiting == GODWIT_SGSN_NEXT) && ue->transaction == transaction) {
            return ue;
        }
    }
    return NULL;
}

godwit_sgsn_ue_t *godwit_sgsn_by_first(godwit_sgsn_t *sgsn, const uint8_t first[8])
{
    godwit_index_walk_t walk = godwit_index_find(&sgsn->by_first, godwit_slice(first, 8));
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_sgsn_ue_t *ue = &sgsn->ues[row];
        if (ue->consumed != 0 && memcmp(ue->first, first, sizeof ue->first) == 0) {
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

/* A free row; else that of the device that has been detached for the longest; else that of the oldest dialogue. */
static godwit_sgsn_ue_t *room(const godwit_sgsn_t *sgsn)
{
    size_t row;
    if (godwit_lines_first(&sgsn->lines, LINE_FREE, &row)) {
        return &sgsn->ues[row];
    }
    if (sgsn->top < sgsn->capacity) {
        return &sgsn->ues[sgsn->top];
    }
    const bool any =
        godwit_lines_first(&sgsn->lines, LINE_DETACHED, &row) || godwit_lines_first(&sgsn->lines, LINE_DIALOGUE, &row);
    return any ? &sgsn->ues[row] : NULL;
}

godwit_sgsn_ue_t *godwit_sgsn_allocate(godwit_sgsn_turn_t *turn)
{
    godwit_sgsn_t *sgsn = turn->sgsn;
    godwit_sgsn_ue_t *ue = room(sgsn);
    if (ue == NULL) {
        return NULL;
    }
    if (ue->state != GODWIT_SGSN_FREE) {
        godwit_sgsn_free(turn, ue);
    }
    if (sgsn->top == 0) { /* nobody is filed */
        set_keys(sgsn);
    }
    const size_t i = godwit_sgsn_index(sgsn, ue);
    sgsn->top = sgsn->top > i ? sgsn->top : i + 1;
    ue->state = GODWIT_SGSN_DIALOGUE;
    ue->at_ms = turn->in->now_ms;
    godwit_sgsn_file(sgsn, ue);
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
    godwit_wipe(ue, offsetof(godwit_sgsn_ue_t, filed));
    godwit_sgsn_file(sgsn, ue);
    while (sgsn->top > 0 && sgsn->ues[sgsn->top - 1].state == GODWIT_SGSN_FREE) {
        godwit_lines_put(&sgsn->lines, --sgsn->top, LINE_NONE);
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
