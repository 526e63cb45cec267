/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/serving_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "roles/msc/internal.h"
#include "roles/sgsn/internal.h"

static bool is_among(godwit_index_walk_t walk, size_t wanted)
{
    bool found = false;
    for (size_t row; godwit_index_next(&walk, &row);) {
        found = found || row == wanted;
    }
    return found;
}

static size_t lined(const godwit_lines_t *lines, size_t capacity)
{
    size_t count = 0;
    for (uint32_t line = 1; line <= GODWIT_LINES_MAX; line++) {
        for (uint32_t row = lines->line[line].first; row != 0; count++) {
            assert_true(count < capacity);
            const uint8_t *links = (const uint8_t *)lines->links;
            row = ((const godwit_line_link_t *)(const void *)(links + (row - 1) * lines->stride))->next;
        }
    }
    return count;
}

/* ---- SGSN ---- */

static void check_sgsn_row(godwit_sgsn_t *sgsn, size_t row)
{
    const godwit_sgsn_ue_t *ue = &sgsn->ues[row];
    if (ue->state == GODWIT_SGSN_FREE) {
        return;
    }
    if (ue->address.len > 0) {
        assert_true(is_among(godwit_sgsn_at(sgsn, &ue->address), row));
        const bool dialogue = ue->state == GODWIT_SGSN_DIALOGUE;
        assert_true(!dialogue || godwit_sgsn_dialogue_at(sgsn, &ue->address) != NULL);
    }
    for (size_t i = 0; i < GODWIT_SGSN_CANDIDATES; i++) {
        assert_true(!ue->candidate[i].used || is_among(godwit_sgsn_at(sgsn, &ue->candidate[i].address), row));
    }
    if (ue->state != GODWIT_SGSN_DIALOGUE && ue->imsi.len > 0) { /* a dialogue that named nobody may have ended */
        assert_non_null(godwit_sgsn_registered(sgsn, &ue->imsi, NULL));
    }
    if (ue->waiting == GODWIT_SGSN_VECTOR || ue->waiting == GODWIT_SGSN_NEXT) {
        assert_ptr_equal(godwit_sgsn_waiting_for(sgsn, ue->transaction), ue);
    }
    assert_true(ue->consumed == 0 || godwit_sgsn_by_first(sgsn, ue->first) != NULL);
}

void sgsn_table_check(godwit_sgsn_t *sgsn)
{
    size_t expected = 0;
    for (size_t row = 0; row < sgsn->capacity; row++) {
        const godwit_sgsn_state_t state = sgsn->ues[row].state;
        check_sgsn_row(sgsn, row);
        expected += (state == GODWIT_SGSN_FREE && row < sgsn->top) || state == GODWIT_SGSN_DETACHED ||
                    state == GODWIT_SGSN_DIALOGUE;
    }
    assert_int_equal(lined(&sgsn->lines, sgsn->capacity), expected);
}

/* ---- MSC ---- */

static void check_msc_row(godwit_msc_t *msc, size_t row)
{
    const godwit_msc_ue_t *ue = &msc->ues[row];
    const bool registered = ue->state == GODWIT_MSC_REGISTERED;
    if (ue->state == GODWIT_MSC_FREE) {
        return;
    }
    assert_true(is_among(godwit_msc_at(msc, &ue->address), row));
    for (size_t i = 0; i < GODWIT_MSC_CANDIDATES; i++) {
        assert_true(!ue->candidate[i].used || is_among(godwit_msc_at(msc, &ue->candidate[i].address), row));
    }
    if (registered) {
        assert_non_null(godwit_msc_registered(msc, &ue->imsi, NULL));
        assert_true(ue->consumed == 0 || godwit_msc_by_first(msc, ue->first) != NULL);
        assert_true(ue->next_transaction == 0 || godwit_msc_waiting_for_next(msc, ue->next_transaction) == ue);
    } else {
        assert_non_null(godwit_msc_dialogue_at(msc, &ue->address));
        assert_true(ue->waiting != GODWIT_MSC_VECTOR || godwit_msc_waiting_for(msc, ue->transaction) == ue);
    }
}

void msc_table_check(godwit_msc_t *msc)
{
    size_t expected = 0;
    for (size_t row = 0; row < msc->capacity; row++) {
        check_msc_row(msc, row);
        expected +=
            msc->ues[row].state == GODWIT_MSC_DIALOGUE || (msc->ues[row].state == GODWIT_MSC_FREE && row < msc->top);
    }
    assert_int_equal(lined(&msc->lines, msc->capacity), expected);
}
