/* SPDX-License-Identifier: Apache-2.0
 *
 * The rows of devices. A device that has proved nothing has one row for its address; it never takes that of one that
 * has.
 */
#include <stddef.h>
#include <string.h>

#include "roles/mme/internal.h"

bool godwit_mme_is_unproved(const godwit_mme_ue_t *ue)
{
    return ue->state >= GODWIT_MME_OLD_MME && ue->state <= GODWIT_MME_SECURING;
}

/* ---- where rows are filed ---- */

typedef enum line {
    LINE_NONE = 0,
    LINE_FREE,
    LINE_DETACHED, /* the longest so first */
    LINE_UNPROVED, /* the longest without a move first */
} line_t;

void godwit_mme_table_init(godwit_mme_t *mme, godwit_mme_ue_t *ues, size_t capacity)
{
    memset(ues, 0, capacity * sizeof *ues);
    mme->ues = ues;
    mme->capacity = capacity;
    godwit_index_init(&mme->by_address, &ues->filed.address, sizeof *ues, capacity, 1);
    godwit_index_init(&mme->by_imsi, &ues->filed.imsi, sizeof *ues, capacity, 1);
    godwit_index_init(&mme->by_m_tmsi, &ues->filed.m_tmsi, sizeof *ues, capacity, 1);
    godwit_index_init(&mme->by_transaction, ues->filed.transaction, sizeof *ues, capacity, 2);
    godwit_lines_init(&mme->lines, &ues->filed.line, sizeof *ues);
}

static void set_keys(godwit_mme_t *mme, const uint8_t key[GODWIT_INDEX_KEY])
{
    godwit_index_set_key(&mme->by_address, key);
    godwit_index_set_key(&mme->by_imsi, key);
    godwit_index_set_key(&mme->by_m_tmsi, key);
    godwit_index_set_key(&mme->by_transaction, key);
}

static void file_number(godwit_index_t *index, size_t row, size_t which, uint32_t number, bool has)
{
    uint8_t octets[4];
    godwit_store_u32(octets, number);
    godwit_index_file(index, row, which, godwit_slice(octets, has ? sizeof octets : 0));
}

static godwit_slice_t imsi_name(const godwit_imsi_t *imsi)
{
    return godwit_slice((const uint8_t *)imsi->digits, imsi->len);
}

static line_t line_of(const godwit_mme_t *mme, const godwit_mme_ue_t *ue)
{
    return ue->state == GODWIT_MME_FREE           ? (size_t)(ue - mme->ues) < mme->top ? LINE_FREE : LINE_NONE
           : ue->state == GODWIT_MME_DEREGISTERED ? LINE_DETACHED
           : godwit_mme_is_unproved(ue)           ? LINE_UNPROVED
                                                  : LINE_NONE;
}

/* An IMSI that is only claimed is nobody's name: whoever claims another's would make finding that one slow. */
void godwit_mme_file(godwit_mme_t *mme, godwit_mme_ue_t *ue)
{
    const size_t row = (size_t)(ue - mme->ues);
    const bool used = ue->state != GODWIT_MME_FREE;
    const bool keyed = ue->state >= GODWIT_MME_AWAITING_IWF && ue->has_imsi;
    const uint32_t line = (uint32_t)line_of(mme, ue);
    godwit_index_file(&mme->by_address, row, 0, godwit_slice(ue->address.octets, used ? ue->address.len : 0));
    godwit_index_file(&mme->by_imsi, row, 0, keyed ? imsi_name(&ue->imsi) : godwit_slice(NULL, 0));
    file_number(&mme->by_m_tmsi, row, 0, ue->m_tmsi, used);
    file_number(&mme->by_transaction, row, 0, ue->transaction, ue->state == GODWIT_MME_VECTOR);
    file_number(&mme->by_transaction, row, 1, ue->next_transaction, used && ue->next_for != GODWIT_MME_NEXT_NOTHING);
    if (ue->filed.line.line != line || ue->filed.at_ms != ue->at_ms) {
        ue->filed.at_ms = ue->at_ms;
        godwit_lines_put(&mme->lines, row, line);
    }
}

/* ---- finding ---- */

typedef bool is_it_t(const godwit_mme_ue_t *ue, const void *what);

/* Of several the one that stands first in the table, from row `from` on. */
static godwit_mme_ue_t *find(godwit_mme_t *mme, const godwit_index_t *index, godwit_slice_t name, size_t from,
                             is_it_t *is_it, const void *what)
{
    godwit_mme_ue_t *found = NULL;
    godwit_index_walk_t walk = godwit_index_find(index, name);
    for (size_t row; godwit_index_next(&walk, &row);) {
        godwit_mme_ue_t *ue = &mme->ues[row];
        if (row >= from && (found == NULL || ue < found) && is_it(ue, what)) {
            found = ue;
        }
    }
    return found;
}

static godwit_mme_ue_t *find_number(godwit_mme_t *mme, const godwit_index_t *index, uint32_t number, is_it_t *is_it)
{
    uint8_t octets[4];
    godwit_store_u32(octets, number);
    return find(mme, index, godwit_slice(octets, sizeof octets), 0, is_it, &number);
}

static bool is_unproved_at(const godwit_mme_ue_t *ue, const void *address)
{
    return godwit_mme_is_unproved(ue) && godwit_address_equal(&ue->address, address);
}

godwit_mme_ue_t *godwit_mme_unproved_at(godwit_mme_t *mme, const godwit_address_t *address)
{
    return find(mme, &mme->by_address, godwit_slice(address->octets, address->len), 0, is_unproved_at, address);
}

static bool is_secured_at(const godwit_mme_ue_t *ue, const void *address)
{
    return ue->state != GODWIT_MME_FREE && ue->security.set && godwit_address_equal(&ue->address, address);
}

godwit_mme_ue_t *godwit_mme_secured_at(godwit_mme_t *mme, const godwit_address_t *address, const godwit_mme_ue_t *after)
{
    const size_t from = after == NULL ? 0 : (size_t)(after - mme->ues) + 1;
    return find(mme, &mme->by_address, godwit_slice(address->octets, address->len), from, is_secured_at, address);
}

static bool has_m_tmsi(const godwit_mme_ue_t *ue, const void *m_tmsi)
{
    return ue->state >= GODWIT_MME_ACCEPTING && ue->security.set && ue->m_tmsi == *(const uint32_t *)m_tmsi;
}

godwit_mme_ue_t *godwit_mme_by_guti(godwit_mme_t *mme, const godwit_guti_t *guti)
{
    const godwit_mme_config_t *c = &mme->config;
    bool ours =
        godwit_plmn_equal(guti->plmn, c->plmn) && guti->mme_group == c->mme_group && guti->mme_code == c->mme_code;
    return ours ? find_number(mme, &mme->by_m_tmsi, guti->m_tmsi, has_m_tmsi) : NULL;
}

/* The row's number is in the TEID; the rest of it is random. */
godwit_mme_ue_t *godwit_mme_by_teid(godwit_mme_t *mme, uint32_t teid)
{
    size_t index = teid & 0xFFFF;
    bool there = index > 0 && index <= mme->top && mme->ues[index - 1].state != GODWIT_MME_FREE;
    return there && mme->ues[index - 1].teid == teid ? &mme->ues[index - 1] : NULL;
}

static bool waits_for_vector(const godwit_mme_ue_t *ue, const void *transaction)
{
    return ue->state == GODWIT_MME_VECTOR && ue->transaction == *(const uint32_t *)transaction;
}

godwit_mme_ue_t *godwit_mme_by_transaction(godwit_mme_t *mme, uint32_t transaction)
{
    return find_number(mme, &mme->by_transaction, transaction, waits_for_vector);
}

static bool waits_for_next(const godwit_mme_ue_t *ue, const void *transaction)
{
    return ue->state != GODWIT_MME_FREE && ue->next_for != GODWIT_MME_NEXT_NOTHING &&
           ue->next_transaction == *(const uint32_t *)transaction;
}

godwit_mme_ue_t *godwit_mme_by_next_transaction(godwit_mme_t *mme, uint32_t transaction)
{
    return find_number(mme, &mme->by_transaction, transaction, waits_for_next);
}

typedef struct but {
    const godwit_imsi_t *imsi;
    const godwit_mme_ue_t *ue;
} but_t;

static bool has_imsi(const godwit_mme_ue_t *ue, const void *what)
{
    const but_t *but = what;
    return ue != but->ue && ue->state > GODWIT_MME_SECURING && ue->has_imsi && godwit_imsi_equal(&ue->imsi, but->imsi);
}

godwit_mme_ue_t *godwit_mme_by_imsi(godwit_mme_t *mme, const godwit_imsi_t *imsi, const godwit_mme_ue_t *but)
{
    return find(mme, &mme->by_imsi, imsi_name(imsi), 0, has_imsi, &(but_t){imsi, but});
}

static bool is_keyed(const godwit_mme_ue_t *ue, const void *imsi)
{
    return ue->state >= GODWIT_MME_AWAITING_IWF && ue->state <= GODWIT_MME_SECURING && ue->has_imsi &&
           godwit_imsi_equal(&ue->imsi, imsi);
}

godwit_mme_ue_t *godwit_mme_keyed(godwit_mme_t *mme, const godwit_imsi_t *imsi)
{
    godwit_mme_ue_t *ue = find(mme, &mme->by_imsi, imsi_name(imsi), 0, is_keyed, imsi);
    return ue != NULL ? ue : godwit_mme_by_imsi(mme, imsi, NULL);
}

/* ---- room ---- */

/* TEID and M-TMSI: the row's number and random bits; 11 in the two highest bits of a M-TMSI keeps it apart from a
 * P-TMSI (TS 23.003 2.4). */
static void name_row(godwit_mme_turn_t *t, godwit_mme_ue_t *ue)
{
    uint32_t number = (uint32_t)(ue - t->mme->ues) + 1;
    ue->teid = (godwit_load_u32(t->in->random.ptr) & 0xFFFF0000U) | number;
    ue->m_tmsi = godwit_load_u32(t->in->random.ptr + 4) | 0xC0000000U;
}

/* A free row; else that of the device that has been detached for the longest; else that of an attach that has proved
 * nothing for long. NULL: each is worth more. */
static godwit_mme_ue_t *room(const godwit_mme_turn_t *t)
{
    godwit_mme_t *mme = t->mme;
    size_t row;
    if (godwit_lines_first(&mme->lines, LINE_FREE, &row)) {
        return &mme->ues[row];
    }
    if (mme->top < mme->capacity) {
        return &mme->ues[mme->top];
    }
    if (godwit_lines_first(&mme->lines, LINE_DETACHED, &row)) {
        return &mme->ues[row];
    }
    bool old = godwit_lines_first(&mme->lines, LINE_UNPROVED, &row) &&
               t->in->now_ms - mme->ues[row].at_ms >= mme->config.setup_ms;
    return old ? &mme->ues[row] : NULL;
}

godwit_mme_ue_t *godwit_mme_take_row(godwit_mme_turn_t *t)
{
    godwit_mme_t *mme = t->mme;
    godwit_mme_ue_t *ue = room(t);
    if (ue == NULL) {
        return NULL;
    }
    if (ue->state != GODWIT_MME_FREE) {
        godwit_mme_free(t, ue);
    }
    if (mme->top == 0) { /* nobody is filed */
        set_keys(mme, t->in->random.ptr + GODWIT_MME_RANDOM - GODWIT_INDEX_KEY);
    }
    size_t index = (size_t)(ue - mme->ues);
    mme->top = index >= mme->top ? index + 1 : mme->top;
    godwit_lines_put(&mme->lines, index, LINE_NONE);
    name_row(t, ue);
    ue->at_ms = ue->attach_ms = t->in->now_ms;
    ue->address = t->in->from;
    ue->connected = true;
    return ue;
}

void godwit_mme_own_address(godwit_mme_turn_t *t, const godwit_mme_ue_t *ue)
{
    godwit_mme_ue_t *other = godwit_mme_secured_at(t->mme, &ue->address, NULL);
    while (other != NULL) {
        godwit_mme_ue_t *next = godwit_mme_secured_at(t->mme, &ue->address, other);
        if (other != ue) {
            other->connected = false;
            other->address.len = 0;
            godwit_mme_file(t->mme, other);
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
    godwit_wipe(ue, offsetof(godwit_mme_ue_t, filed));
    godwit_mme_file(mme, ue);
    while (mme->top > 0 && mme->ues[mme->top - 1].state == GODWIT_MME_FREE) {
        godwit_lines_put(&mme->lines, --mme->top, LINE_NONE);
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
