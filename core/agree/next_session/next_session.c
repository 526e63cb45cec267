/* SPDX-License-Identifier: Apache-2.0
 *
 * The vector of the following session: the device's record, and the order of checks at the network. Nothing here
 * decides by RES alone.
 */
#include "core/agree/next_session/next_session.h"

#include <string.h>

#define KSI_NONE 7u
/* magic (2) | version (1) | domain (1) | PLMN (3) | KSI (1) | eea (1) | eia (1) | TMSI (4) | area (3) | capability
 * length (1) and octets (8) | APN (4) | RES length (1) and octets (16) | root (32) | zero (1) | check (8) */
#define MAGIC 0x474Eu /* "GN" */
#define VERSION 1u
#define CHECK 8u
#define RES_MIN 4u /* TS 33.102 6.3.7 */

uint8_t godwit_next_session_ksi(uint8_t in_use)
{
    return in_use >= KSI_NONE - 1 ? 0 : (uint8_t)(in_use + 1);
}

static godwit_status_t check_of(const godwit_crypto_t *crypto, const godwit_imsi_t *imsi, const uint8_t *record,
                                uint8_t check[CHECK])
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    const godwit_slice_t parts[2] = {
        godwit_slice(record, GODWIT_NEXT_SESSION_RECORD - CHECK),
        godwit_slice(imsi->digits, sizeof imsi->digits),
    };
    godwit_status_t status = crypto->sha256(parts, 2, digest);
    memcpy(check, digest, CHECK);
    godwit_wipe(digest, sizeof digest);
    return status;
}

static void put(const godwit_next_session_t *next, godwit_writer_t *w)
{
    godwit_put_u8(w, (uint8_t)next->domain);
    godwit_put(w, next->plmn.octets, sizeof next->plmn.octets);
    godwit_put_u8(w, next->ksi);
    godwit_put_u8(w, next->eea);
    godwit_put_u8(w, next->eia);
    godwit_put_u32(w, next->tmsi);
    godwit_put(w, next->area, sizeof next->area);
    godwit_put_u8(w, next->capability_len);
    godwit_put(w, next->capability, sizeof next->capability);
    godwit_put(w, next->apn, sizeof next->apn);
    godwit_put_u8(w, next->res_len);
    godwit_put(w, next->res, sizeof next->res);
    godwit_put(w, next->root, sizeof next->root);
}

static bool is_possible(const godwit_next_session_t *next)
{
    bool empty = next->domain == GODWIT_NEXT_NONE;
    bool whole = next->domain <= GODWIT_NEXT_CS && next->ksi < KSI_NONE && next->tmsi != 0 &&
                 next->capability_len <= sizeof next->capability && next->res_len >= RES_MIN &&
                 next->res_len <= sizeof next->res;
    return empty || whole;
}

godwit_status_t godwit_next_session_save(const godwit_crypto_t *crypto, const godwit_imsi_t *imsi,
                                         const godwit_next_session_t *next, uint8_t record[GODWIT_NEXT_SESSION_RECORD])
{
    static const godwit_next_session_t nothing = {.domain = GODWIT_NEXT_NONE};
    godwit_writer_t w = godwit_writer(record, GODWIT_NEXT_SESSION_RECORD - CHECK);
    memset(record, 0, GODWIT_NEXT_SESSION_RECORD);
    if (!is_possible(next)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_put_u16(&w, MAGIC);
    godwit_put_u8(&w, VERSION);
    put(next->domain == GODWIT_NEXT_NONE ? &nothing : next, &w);
    return check_of(crypto, imsi, record, record + GODWIT_NEXT_SESSION_RECORD - CHECK);
}

static void take(godwit_reader_t *r, godwit_next_session_t *next)
{
    next->domain = (godwit_next_domain_t)godwit_get_u8(r);
    godwit_get(r, next->plmn.octets, sizeof next->plmn.octets);
    next->ksi = godwit_get_u8(r);
    next->eea = godwit_get_u8(r);
    next->eia = godwit_get_u8(r);
    next->tmsi = godwit_get_u32(r);
    godwit_get(r, next->area, sizeof next->area);
    next->capability_len = godwit_get_u8(r);
    godwit_get(r, next->capability, sizeof next->capability);
    godwit_get(r, next->apn, sizeof next->apn);
    next->res_len = godwit_get_u8(r);
    godwit_get(r, next->res, sizeof next->res);
    godwit_get(r, next->root, sizeof next->root);
}

godwit_status_t godwit_next_session_load(const godwit_crypto_t *crypto, const godwit_imsi_t *imsi,
                                         godwit_slice_t record, godwit_next_session_t *next)
{
    uint8_t check[CHECK];
    godwit_next_session_t found;
    memset(next, 0, sizeof *next);
    memset(&found, 0, sizeof found);
    if (record.len != GODWIT_NEXT_SESSION_RECORD) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = check_of(crypto, imsi, record.ptr, check);
    if (status != GODWIT_OK) {
        return status;
    }
    godwit_reader_t r = godwit_reader(record);
    bool ours = godwit_get_u16(&r) == MAGIC && godwit_get_u8(&r) == VERSION &&
                godwit_equal_secret(check, record.ptr + record.len - CHECK, CHECK);
    take(&r, &found);
    ours = ours && is_possible(&found);
    if (ours) {
        *next = found;
    }
    godwit_wipe(&found, sizeof found);
    return ours ? GODWIT_OK : GODWIT_MALFORMED;
}

/* ---- the network ---- */

static bool same_capability(const godwit_next_session_t *stored, godwit_slice_t said)
{
    size_t len = stored->capability_len;
    return len == 0 || (said.len >= len && memcmp(said.ptr, stored->capability, len) == 0);
}

godwit_status_t godwit_next_session_admit(const godwit_next_session_t *stored, uint64_t expires_ms,
                                          const godwit_next_claim_t *claim)
{
    if (stored->domain == GODWIT_NEXT_NONE) {
        return GODWIT_NOT_FOUND;
    }
    if (claim->ksi != stored->ksi) {
        return GODWIT_UNKNOWN_KEY;
    }
    if (!claim->verified) {
        return GODWIT_MAC_FAILURE;
    }
    if (claim->res.len != stored->res_len || !godwit_equal_secret(claim->res.ptr, stored->res, stored->res_len)) {
        return GODWIT_NOT_ENTITLED;
    }
    if (claim->now_ms >= expires_ms) {
        return GODWIT_KEY_EXPIRED;
    }
    if (!godwit_plmn_equal(claim->plmn, stored->plmn)) {
        return GODWIT_WRONG_STATE;
    }
    return same_capability(stored, claim->capability) ? GODWIT_OK : GODWIT_POLICY_FORBIDS;
}
