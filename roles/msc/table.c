/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of devices. A TMSI holds the place in the table, so that finding one is no search; the rest of it is
 * random, and its two highest bits keep it apart from a P-TMSI (TS 23.003 2.4).
 */
#include "roles/msc/internal.h"

#include <stddef.h>
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

/* ---- where rows are filed ---- */

typedef enum line {
    LINE_NONE = 0,
    LINE_FREE,
    LINE_DIALOGUE, /* the oldest first */
} line_t;

void godwit_msc_table_init(godwit_msc_t *msc, godwit_msc_ue_t *ues, size_t capacity)
{
    memset(ues, 0, capacity * sizeof *ues);
    msc->ues = ues;
    msc->capacity = capacity;
    godwit_index_init(&msc->by_address, ues->filed.address, sizeof *ues, capacity, 1 + GODWIT_MSC_CANDIDATES);
    godwit_index_init(&msc->by_imsi, &ues->filed.imsi, sizeof *ues, capacity, 1);
    godwit_index_init(&msc->by_transaction, ues->filed.transaction, sizeof *ues, capacity, 2);
    godwit_index_init(&msc->by_first, &ues->filed.first, sizeof *ues, capacity, 1);
    godwit_lines_init(&msc->lines, &ues->filed.line, sizeof *ues);
}

static void set_keys(godwit_msc_t *msc)
{
    uint8_t key[GODWIT_INDEX_KEY];
    for (size_t i = 0; i < sizeof key; i += 4) {
        godwit_store_u32(key + i, godwit_msc_random(msc));
    }
    godwit_index_set_key(&msc->by_address, key);
    godwit_index_set_key(&msc->by_imsi, key);
    godwit_index_set_key(&msc->by_transaction, key);
    godwit_index_set_key(&msc->by_first, key);
}

static godwit_slice_t imsi_name(const godwit_imsi_t *imsi, bool has)
{
    return godwit_slice((const uint8_t *)imsi->digits, has ? imsi->len : 0);
}

static godwit_slice_t address_name(const godwit_address_t *address, bool has)
{
    return godwit_slice(address->octets, has ? address->len : 0);
}

static void file_transaction(godwit_msc_t *msc, size_t row, size_t which, uint32_t transaction, bool used)
{
    uint8_t octets[4];
    godwit_store_u32(octets, transaction);
    godwit_index_file(&msc->by_transaction, row, which,
                      godwit_slice(octets, used && transaction != 0 ? sizeof octets : 0));
}

/* An IMSI that is only claimed is nobody's name: whoever claims another's would make finding that one slow. */
void godwit_msc_file(godwit_msc_t *msc, godwit_msc_ue_t *ue)
{
    const size_t row = godwit_msc_index(msc, ue);
    const bool used = ue->state != GODWIT_MSC_FREE, registered = ue->state == GODWIT_MSC_REGISTERED;
    const uint32_t line = ue->state == GODWIT_MSC_DIALOGUE ? LINE_DIALOGUE
                          : !used && row < msc->top        ? LINE_FREE
                                                           : LINE_NONE;
    godwit_index_file(&msc->by_address, row, 0, address_name(&ue->address, used));
    for (size_t i = 0; i < GODWIT_MSC_CANDIDATES; i++) {
        const godwit_msc_candidate_t *candidate = &ue->candidate[i];
        godwit_index_file(&msc->by_address, row, 1 + i, address_name(&candidate->address, used && candidate->used));
    }
    godwit_index_file(&msc->by_imsi, row, 0, imsi_name(&ue->imsi, registered));
    file_transaction(msc, row, 0, ue->transaction, used);
    file_transaction(msc, row, 1, ue->next_transaction, used);
    godwit_index_file(&msc->by_first, row, 0,
                      godwit_slice(ue->first, registered && ue->consumed != 0 ? sizeof ue->first : 0));
    if (ue->filed.line.line != line) {
        godwit_lines_put(&msc->lines, row, line);
    }
}

/* ---- finding ---- */

godwit_msc_ue_t *godwit_msc_registered(godwit_msc_t *msc, const godwit_imsi_t *imsi, const godwit_msc_ue_t *but)
{
    godwit_index_walk_t walk = godwit_index_find(&msc->by_imsi, imsi_name(imsi, true));
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_msc_ue_t *ue = &msc->ues[row];
        if (ue != but && ue->state == GODWIT_MSC_REGISTERED && godwit_imsi_equal(&ue->imsi, imsi)) {
            return ue;
        }
    }
    return NULL;
}

godwit_index_walk_t godwit_msc_at(const godwit_msc_t *msc, const godwit_address_t *address)
{
    return godwit_index_find(&msc->by_address, address_name(address, true));
}

godwit_msc_ue_t *godwit_msc_dialogue_at(godwit_msc_t *msc, const godwit_address_t *address)
{
    godwit_index_walk_t walk = godwit_msc_at(msc, address);
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_msc_ue_t *ue = &msc->ues[row];
        if (ue->state == GODWIT_MSC_DIALOGUE && godwit_address_equal(&ue->address, address)) {
            return ue;
        }
    }
    return NULL;
}

static godwit_index_walk_t of_transaction(const godwit_msc_t *msc, uint32_t transaction)
{
    uint8_t octets[4];
    godwit_store_u32(octets, transaction);
    return godwit_index_find(&msc->by_transaction, godwit_slice(octets, transaction != 0 ? sizeof octets : 0));
}

godwit_msc_ue_t *godwit_msc_waiting_for(godwit_msc_t *msc, uint32_t transaction)
{
    godwit_index_walk_t walk = of_transaction(msc, transaction);
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_msc_ue_t *ue = &msc->ues[row];
        if (ue->state == GODWIT_MSC_DIALOGUE && ue->waiting == GODWIT_MSC_VECTOR && ue->transaction == transaction) {
            return ue;
        }
    }
    return NULL;
}

godwit_msc_ue_t *godwit_msc_waiting_for_next(godwit_msc_t *msc, uint32_t transaction)
{
    godwit_index_walk_t walk = of_transaction(msc, transaction);
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_msc_ue_t *ue = &msc->ues[row];
        if (ue->state == GODWIT_MSC_REGISTERED && ue->next_transaction == transaction) {
            return ue;
        }
    }
    return NULL;
}

godwit_msc_ue_t *godwit_msc_by_first(godwit_msc_t *msc, const uint8_t first[8])
{
    godwit_index_walk_t walk = godwit_index_find(&msc->by_first, godwit_slice(first, 8));
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_msc_ue_t *ue = &msc->ues[row];
        if (ue->state == GODWIT_MSC_REGISTERED && ue->consumed != 0 &&
            memcmp(ue->first, first, sizeof ue->first) == 0) {
            return ue;
        }
    }
    return NULL;
}

/* ---- room ---- */

/* A free row; else that of the oldest dialogue. */
static godwit_msc_ue_t *room(const godwit_msc_t *msc)
{
    size_t row;
    if (godwit_lines_first(&msc->lines, LINE_FREE, &row)) {
        return &msc->ues[row];
    }
    if (msc->top < msc->capacity) {
        return &msc->ues[msc->top];
    }
    return godwit_lines_first(&msc->lines, LINE_DIALOGUE, &row) ? &msc->ues[row] : NULL;
}

godwit_msc_ue_t *godwit_msc_allocate(godwit_msc_turn_t *turn)
{
    godwit_msc_t *msc = turn->msc;
    godwit_msc_ue_t *ue = room(msc);
    if (ue == NULL) {
        return NULL;
    }
    if (ue->state != GODWIT_MSC_FREE) {
        godwit_msc_free(turn, ue);
    }
    if (msc->top == 0) { /* nobody is filed */
        set_keys(msc);
    }
    const size_t i = godwit_msc_index(msc, ue);
    msc->top = msc->top > i ? msc->top : i + 1;
    ue->state = GODWIT_MSC_DIALOGUE;
    ue->at_ms = turn->in->now_ms;
    ue->address = turn->in->from;
    ue->cksn = GODWIT_GMM_CKSN_NONE;
    godwit_msc_file(msc, ue);
    return ue;
}

void godwit_msc_free(godwit_msc_turn_t *turn, godwit_msc_ue_t *ue)
{
    godwit_msc_t *msc = turn->msc;
    godwit_msc_sms_end(turn, ue);
    godwit_msc_wait_no_more(turn, ue);
    ue->connected = false;
    godwit_msc_active(turn, ue);
    godwit_wipe(ue, offsetof(godwit_msc_ue_t, filed));
    godwit_msc_file(msc, ue);
    while (msc->top > 0 && msc->ues[msc->top - 1].state == GODWIT_MSC_FREE) {
        godwit_lines_put(&msc->lines, --msc->top, LINE_NONE);
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
