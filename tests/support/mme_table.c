/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/mme_table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "roles/mme/internal.h"

static bool is_used(const godwit_mme_ue_t *ue)
{
    return ue->state != GODWIT_MME_FREE;
}

static bool is_at(const godwit_mme_ue_t *ue, const godwit_mme_ue_t *like)
{
    return like->address.len > 0 && godwit_address_equal(&ue->address, &like->address);
}

static bool is_unproved_at(const godwit_mme_ue_t *ue, const godwit_mme_ue_t *like)
{
    return godwit_mme_is_unproved(ue) && is_at(ue, like);
}

static bool is_secured_at(const godwit_mme_ue_t *ue, const godwit_mme_ue_t *like)
{
    return is_used(ue) && ue->security.set && is_at(ue, like);
}

static bool has_m_tmsi(const godwit_mme_ue_t *ue, const godwit_mme_ue_t *like)
{
    return ue->state >= GODWIT_MME_ACCEPTING && ue->security.set && ue->m_tmsi == like->m_tmsi;
}

static bool waits_for_vector(const godwit_mme_ue_t *ue, const godwit_mme_ue_t *like)
{
    return ue->state == GODWIT_MME_VECTOR && ue->transaction == like->transaction;
}

static bool waits_for_next(const godwit_mme_ue_t *ue, const godwit_mme_ue_t *like)
{
    return is_used(ue) && ue->next_for != GODWIT_MME_NEXT_NOTHING && ue->next_transaction == like->next_transaction;
}

static bool has_imsi(const godwit_mme_ue_t *ue, const godwit_mme_ue_t *like)
{
    return ue->state > GODWIT_MME_SECURING && ue->has_imsi && like->has_imsi &&
           godwit_imsi_equal(&ue->imsi, &like->imsi);
}

static godwit_mme_ue_t *walked(godwit_mme_t *mme, const godwit_mme_ue_t *like, size_t from,
                               bool (*is_it)(const godwit_mme_ue_t *, const godwit_mme_ue_t *))
{
    for (size_t i = from; i < mme->capacity; i++) {
        if (is_it(&mme->ues[i], like)) {
            return &mme->ues[i];
        }
    }
    return NULL;
}

static void check_like(godwit_mme_t *mme, const godwit_mme_ue_t *like)
{
    const godwit_mme_config_t *c = &mme->config;
    godwit_guti_t guti = {.mme_group = c->mme_group, .mme_code = c->mme_code, .m_tmsi = like->m_tmsi};
    const godwit_mme_ue_t *secured = NULL;
    guti.plmn = c->plmn;
    assert_ptr_equal(godwit_mme_unproved_at(mme, &like->address), walked(mme, like, 0, is_unproved_at));
    do {
        const size_t from = secured == NULL ? 0 : (size_t)(secured - mme->ues) + 1;
        const godwit_mme_ue_t *next = walked(mme, like, from, is_secured_at);
        assert_ptr_equal(godwit_mme_secured_at(mme, &like->address, secured), next);
        secured = next;
    } while (secured != NULL);
    assert_ptr_equal(godwit_mme_by_guti(mme, &guti), walked(mme, like, 0, has_m_tmsi));
    assert_ptr_equal(godwit_mme_by_transaction(mme, like->transaction), walked(mme, like, 0, waits_for_vector));
    assert_ptr_equal(godwit_mme_by_next_transaction(mme, like->next_transaction), walked(mme, like, 0, waits_for_next));
    assert_ptr_equal(godwit_mme_by_imsi(mme, &like->imsi, NULL), walked(mme, like, 0, has_imsi));
}

/* Rows below top that are free, detached or unproved stand in a line each, and no other does. */
static void check_lines(const godwit_mme_t *mme)
{
    size_t expected = 0, lined = 0;
    for (size_t i = 0; i < mme->capacity; i++) {
        const godwit_mme_ue_t *ue = &mme->ues[i];
        expected +=
            (!is_used(ue) && i < mme->top) || ue->state == GODWIT_MME_DEREGISTERED || godwit_mme_is_unproved(ue);
    }
    for (uint32_t line = 1; line <= GODWIT_LINES_MAX; line++) {
        for (uint32_t row = mme->lines.line[line].first; row != 0; row = mme->ues[row - 1].filed.line.next) {
            assert_true(++lined <= mme->capacity);
        }
    }
    assert_int_equal(lined, expected);
}

void mme_table_check(godwit_mme_t *mme)
{
    for (size_t i = 0; i < mme->capacity; i++) {
        check_like(mme, &mme->ues[i]);
    }
    check_lines(mme);
}
