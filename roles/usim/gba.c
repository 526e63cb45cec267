/* SPDX-License-Identifier: Apache-2.0
 *
 * The soft card in the GBA context (TS 33.220 5.3.2, Annex G; TS 31.102 7.1.2). CK and IK of a bootstrapping run stay
 * inside, as Ks does: the ME gets RES, and Ks_ext_NAF of one NAF after another.
 */
#include <string.h>

#include "core/agree/gba/gba.h"
#include "roles/usim.h"

/* AUTN of GBA_U to that of a 3G run: MAC* depends on IK, which RAND alone gives. */
static godwit_status_t unmask(const godwit_usim_t *usim, const uint8_t rand[16], uint8_t autn[16])
{
    static const uint8_t no_sqn[6] = {0}, no_amf[2] = {0};
    godwit_aka_output_t made;
    godwit_status_t status = godwit_aka_compute(usim->crypto, &usim->key, rand, no_sqn, no_amf, &made);
    if (status == GODWIT_OK) {
        status = godwit_gba_u_mask(made.ik, autn);
    }
    godwit_wipe(&made, sizeof made);
    return status;
}

static void keep_ks(godwit_usim_gba_t *gba, const uint8_t rand[16], const godwit_usim_result_t *result)
{
    memset(gba, 0, sizeof *gba);
    gba->set = true;
    memcpy(gba->rand, rand, sizeof gba->rand);
    memcpy(gba->ks, result->ck, 16);
    memcpy(gba->ks + 16, result->ik, 16);
}

godwit_status_t godwit_usim_step_gba(godwit_usim_t *usim, const uint8_t rand[16], const uint8_t autn[16],
                                     godwit_usim_output_t *out)
{
    uint8_t plain[16];
    godwit_usim_result_t *result = &out->result;
    memset(out, 0, sizeof *out);
    if (!usim->gba_u) {
        return GODWIT_POLICY_FORBIDS;
    }
    memcpy(plain, autn, sizeof plain);
    godwit_status_t status = unmask(usim, rand, plain);
    if (status == GODWIT_OK) {
        status = godwit_usim_authenticate(usim->crypto, &usim->key, &usim->sqn, rand, plain, result);
    }
    if (status == GODWIT_OK && result->status == GODWIT_OK) {
        keep_ks(&usim->gba, rand, result);
        godwit_wipe(result->ck, sizeof result->ck);
        godwit_wipe(result->ik, sizeof result->ik);
        out->store = true;
        status = godwit_usim_save(usim, out->image);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(out, sizeof *out);
    }
    return status;
}

static godwit_status_t check(const godwit_usim_t *usim)
{
    if (!usim->gba_u) {
        return GODWIT_POLICY_FORBIDS;
    }
    return usim->gba.set ? GODWIT_OK : GODWIT_NOT_FOUND;
}

godwit_status_t godwit_usim_gba_keep(godwit_usim_t *usim, const char *b_tid, uint64_t expires_s,
                                     godwit_usim_output_t *out)
{
    memset(out, 0, sizeof *out);
    size_t len = strlen(b_tid);
    godwit_status_t status = len <= GODWIT_B_TID_MAX ? check(usim) : GODWIT_NO_SPACE;
    if (status != GODWIT_OK) {
        return status;
    }
    memset(usim->gba.b_tid, 0, sizeof usim->gba.b_tid);
    memcpy(usim->gba.b_tid, b_tid, len);
    usim->gba.expires_s = expires_s;
    out->store = true;
    return godwit_usim_save(usim, out->image);
}

static godwit_status_t derive(const godwit_usim_t *usim, bool inside, godwit_slice_t impi, godwit_slice_t naf_id,
                              uint8_t key[32])
{
    godwit_status_t status = check(usim);
    if (status != GODWIT_OK) {
        godwit_wipe(key, 32);
        return status;
    }
    return godwit_ks_naf(usim->crypto, usim->gba.ks, inside, usim->gba.rand, impi, naf_id, key);
}

godwit_status_t godwit_usim_gba_naf(const godwit_usim_t *usim, godwit_slice_t impi, godwit_slice_t naf_id,
                                    uint8_t ks_ext_naf[32])
{
    return derive(usim, false, impi, naf_id, ks_ext_naf);
}

godwit_status_t godwit_usim_gba_naf_inside(const godwit_usim_t *usim, godwit_slice_t impi, godwit_slice_t naf_id,
                                           uint8_t ks_int_naf[32])
{
    return derive(usim, true, impi, naf_id, ks_int_naf);
}
