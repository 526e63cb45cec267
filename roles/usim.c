/* SPDX-License-Identifier: Apache-2.0
 *
 * The soft card: AUTHENTICATE, and the image that survives. The image of a moved array is given before the result may
 * leave.
 */
#include <string.h>

#include "core/agree/access_aka/access_aka.h"
#include "godwit/keys.h"
#include "roles/usim.h"

/* magic (4) | version (1) | IMSI digits (16) | algorithm, K length (2) | K (32) | OPc (32) | TUAK profile (9) | flags
 * (1) | IND bits (1) | delta (8) | age limit (8) | SEQ_MS (32 times 6) | SHA-256 of all that (32)
 * A card that cannot do Solution 1 is written as version 1, where the flags are SRES by truncation and nothing else, so
 * that an older program reads it; a capable one as version 2, which an older program refuses and so never uses without
 * the derivation. One with the GBA context is version 3, with this before the check: set (1) | RAND (16) | Ks (32) |
 * B-TID (128) | expires (8). */
#define MAGIC 0x47574353u /* "GWCS" */
#define VERSION_PLAIN 1u
#define VERSION_E2M 2u
#define VERSION_GBA 3u
#define FLAG_TRUNCATION 0x01u
#define FLAG_E2M 0x02u     /* version 3 */
#define FLAG_AMF_BIT 0x70u /* of e2m: which bit of the proprietary octet of AMF asks, 7 for 0x80 */
#define FLAG_AMF_BIT_SHIFT 4u
#define INDS (1u << GODWIT_IND_BITS_MAX)
#define BODY (4u + 1u + 16u + 2u + 32u + 32u + 9u + 1u + 1u + 8u + 8u + INDS * 6u)
#define GBA (1u + 16u + 32u + GODWIT_B_TID_MAX + 1u + 8u)

_Static_assert(BODY + GBA + GODWIT_SHA256_SIZE == GODWIT_USIM_IMAGE_SIZE,
               "the image has the size that usim.h promises");

void godwit_usim_init(godwit_usim_t *usim, const godwit_crypto_t *crypto, const godwit_imsi_t *imsi,
                      const godwit_aka_key_t *key)
{
    memset(usim, 0, sizeof *usim);
    usim->crypto = crypto;
    usim->imsi = *imsi;
    usim->key = *key;
    godwit_sqn_array_init(&usim->sqn);
}

/* Contribution 003, step 3. */
static godwit_status_t end_to_middle(godwit_usim_t *usim, const uint8_t autn[16], godwit_usim_result_t *result)
{
    godwit_access_aka_keys_t keys;
    if (!usim->e2m || !godwit_access_aka_flagged(autn, usim->amf_flag)) {
        return GODWIT_OK;
    }
    godwit_status_t status =
        godwit_access_aka_derive(usim->crypto, result->ck, result->ik, autn, usim->amf_flag, &keys);
    if (status == GODWIT_OK) {
        usim->has_flagged = true;
        memcpy(usim->flagged, result->ck, sizeof result->ck);
        memcpy(usim->flagged + sizeof result->ck, result->ik, sizeof result->ik);
        result->e2m = true;
        memcpy(result->ck, keys.ck, sizeof result->ck);
        memcpy(result->ik, keys.ik, sizeof result->ik);
        memcpy(result->e2m_keyset, keys.e2m_keyset, sizeof result->e2m_keyset);
    }
    godwit_wipe(&keys, sizeof keys);
    return status;
}

godwit_status_t godwit_usim_step(godwit_usim_t *usim, const uint8_t rand[16], const uint8_t autn[16],
                                 godwit_usim_output_t *out)
{
    memset(out, 0, sizeof *out);
    godwit_status_t status = godwit_usim_authenticate(usim->crypto, &usim->key, &usim->sqn, rand, autn, &out->result);
    if (status == GODWIT_OK && out->result.status == GODWIT_OK) { /* only then the array moved */
        out->store = true;
        status = godwit_usim_save(usim, out->image);
        status = status == GODWIT_OK ? end_to_middle(usim, autn, &out->result) : status;
    }
    if (status != GODWIT_OK) {
        godwit_wipe(out, sizeof *out);
    }
    return status;
}

godwit_status_t godwit_usim_step_gsm(const godwit_usim_t *usim, const uint8_t rand[16], uint8_t sres[4], uint8_t kc[8])
{
    return godwit_gsm_compute(usim->crypto, &usim->key, rand, sres, kc);
}

godwit_status_t godwit_usim_k_iwf(const godwit_usim_t *usim, godwit_slice_t iwf, uint32_t association,
                                  uint8_t k_iwf[32])
{
    return usim->has_flagged ? godwit_k_iwf(usim->crypto, usim->flagged, iwf, &usim->imsi, association, k_iwf)
                             : GODWIT_NOT_FOUND;
}

/* ---- the image ---- */

static void put_key(godwit_writer_t *w, const godwit_aka_key_t *key)
{
    godwit_put_u8(w, (uint8_t)key->algorithm);
    godwit_put_u8(w, key->k_len);
    godwit_put(w, key->k, sizeof key->k);
    godwit_put(w, key->opc, sizeof key->opc);
    godwit_put_u16(w, key->tuak.mac_bits);
    godwit_put_u16(w, key->tuak.res_bits);
    godwit_put_u16(w, key->tuak.ck_bits);
    godwit_put_u16(w, key->tuak.ik_bits);
    godwit_put_u8(w, key->tuak.iterations);
}

static unsigned amf_bit(uint16_t amf_flag)
{
    unsigned bit = 0;
    unsigned flag = amf_flag != 0 ? amf_flag : GODWIT_AMF_E2M_DEFAULT;
    while (bit < 7 && (flag >> bit) != 1) {
        bit++;
    }
    return bit;
}

static uint8_t flags_of(const godwit_usim_t *usim)
{
    unsigned flags = usim->key.sres_by_truncation ? FLAG_TRUNCATION : 0;
    if (usim->e2m) {
        flags |= amf_bit(usim->amf_flag) << FLAG_AMF_BIT_SHIFT | (usim->gba_u ? FLAG_E2M : 0);
    }
    return (uint8_t)flags;
}

static void put_gba(godwit_writer_t *w, const godwit_usim_gba_t *gba)
{
    godwit_put_u8(w, gba->set ? 1 : 0);
    godwit_put(w, gba->rand, sizeof gba->rand);
    godwit_put(w, gba->ks, sizeof gba->ks);
    godwit_put(w, gba->b_tid, sizeof gba->b_tid);
    godwit_put_u64(w, gba->expires_s);
}

size_t godwit_usim_image_len(const godwit_usim_t *usim)
{
    return BODY + (usim->gba_u ? GBA : 0) + GODWIT_SHA256_SIZE;
}

static unsigned version_of(const godwit_usim_t *usim)
{
    return usim->gba_u ? VERSION_GBA : usim->e2m ? VERSION_E2M : VERSION_PLAIN;
}

godwit_status_t godwit_usim_save(const godwit_usim_t *usim, uint8_t image[GODWIT_USIM_IMAGE_SIZE])
{
    memset(image, 0, GODWIT_USIM_IMAGE_SIZE);
    godwit_writer_t w = godwit_writer(image, GODWIT_USIM_IMAGE_SIZE);
    godwit_put_u32(&w, MAGIC);
    godwit_put_u8(&w, (uint8_t)version_of(usim));
    godwit_put(&w, usim->imsi.digits, sizeof usim->imsi.digits);
    put_key(&w, &usim->key);
    godwit_put_u8(&w, flags_of(usim));
    godwit_put_u8(&w, usim->sqn.ind_bits);
    godwit_put_u64(&w, usim->sqn.delta);
    godwit_put_u64(&w, usim->sqn.age_limit);
    for (size_t i = 0; i < INDS; i++) {
        godwit_put_u48(&w, usim->sqn.seq_ms[i]);
    }
    if (usim->gba_u) {
        put_gba(&w, &usim->gba);
    }
    godwit_slice_t body = godwit_written(&w);
    uint8_t *check = godwit_put_space(&w, GODWIT_SHA256_SIZE);
    godwit_status_t status = godwit_writer_status(&w);
    return status == GODWIT_OK ? usim->crypto->sha256(&body, 1, check) : status;
}

static void get_key(godwit_reader_t *r, godwit_aka_key_t *key)
{
    key->algorithm = (godwit_aka_algorithm_t)godwit_get_u8(r);
    key->k_len = godwit_get_u8(r);
    godwit_get(r, key->k, sizeof key->k);
    godwit_get(r, key->opc, sizeof key->opc);
    key->tuak.mac_bits = godwit_get_u16(r);
    key->tuak.res_bits = godwit_get_u16(r);
    key->tuak.ck_bits = godwit_get_u16(r);
    key->tuak.ik_bits = godwit_get_u16(r);
    key->tuak.iterations = godwit_get_u8(r);
}

static bool flags_load(godwit_usim_t *usim, unsigned version, unsigned flags)
{
    usim->key.sres_by_truncation = (flags & FLAG_TRUNCATION) != 0;
    usim->gba_u = version == VERSION_GBA;
    usim->e2m = version == VERSION_E2M || (usim->gba_u && (flags & FLAG_E2M) != 0);
    if (usim->e2m) {
        usim->amf_flag = (uint16_t)(1u << ((flags & FLAG_AMF_BIT) >> FLAG_AMF_BIT_SHIFT));
    }
    unsigned known = FLAG_TRUNCATION | (usim->e2m ? FLAG_AMF_BIT : 0u) | (usim->gba_u ? FLAG_E2M : 0u);
    return (flags & ~known) == 0;
}

/* The octets are those that were written; whether they make a card is for the same function to say that made the
 * key. */
static godwit_status_t key_check(const godwit_crypto_t *crypto, const godwit_aka_key_t *key)
{
    godwit_aka_key_t again;
    if (key->k_len > GODWIT_K_MAX || godwit_aka_algorithm_name(key->algorithm) == NULL) {
        return GODWIT_MALFORMED;
    }
    bool xor = key->algorithm == GODWIT_ALG_XOR_3G || key->algorithm == GODWIT_ALG_XOR_2G;
    size_t op_len = xor? 0 : key->algorithm == GODWIT_ALG_TUAK ? 32 : 16;
    godwit_status_t status = godwit_aka_key_init(&again, crypto, key->algorithm, godwit_slice(key->k, key->k_len),
                                                 godwit_slice(key->opc, op_len), true, &key->tuak);
    godwit_wipe(&again, sizeof again);
    return status == GODWIT_INVALID_ARGUMENT ? GODWIT_MALFORMED : status;
}

static bool gba_load(godwit_reader_t *r, godwit_usim_gba_t *gba)
{
    uint8_t set = godwit_get_u8(r);
    gba->set = set == 1;
    godwit_get(r, gba->rand, sizeof gba->rand);
    godwit_get(r, gba->ks, sizeof gba->ks);
    godwit_get(r, gba->b_tid, sizeof gba->b_tid);
    gba->expires_s = godwit_get_u64(r);
    return set <= 1 && gba->b_tid[GODWIT_B_TID_MAX] == '\0';
}

static godwit_status_t body_load(godwit_usim_t *usim, godwit_slice_t image)
{
    godwit_reader_t r = godwit_reader(image);
    char digits[sizeof usim->imsi.digits + 1] = {0};
    bool known = godwit_get_u32(&r) == MAGIC;
    unsigned version = godwit_get_u8(&r);
    known = known && version >= VERSION_PLAIN && version <= VERSION_GBA;
    godwit_get(&r, digits, sizeof usim->imsi.digits);
    get_key(&r, &usim->key);
    known = flags_load(usim, version, godwit_get_u8(&r)) && known;
    usim->sqn.ind_bits = godwit_get_u8(&r);
    usim->sqn.delta = godwit_get_u64(&r);
    usim->sqn.age_limit = godwit_get_u64(&r);
    for (size_t i = 0; i < INDS; i++) {
        usim->sqn.seq_ms[i] = godwit_get_u48(&r);
    }
    known = known && (!usim->gba_u || gba_load(&r, &usim->gba));
    if (!known || usim->sqn.ind_bits > GODWIT_IND_BITS_MAX) {
        return GODWIT_MALFORMED;
    }
    return godwit_imsi_from_text(digits, &usim->imsi) == GODWIT_OK ? GODWIT_OK : GODWIT_MALFORMED;
}

/* Octets before the check; 0 when the length is none that its version has. A shorter image may stand in a whole one's
 * room. */
static size_t body_len(godwit_slice_t image)
{
    if (image.len < BODY + GODWIT_SHA256_SIZE) {
        return 0;
    }
    size_t len = image.ptr[4] == VERSION_GBA ? BODY + GBA : BODY;
    return image.len == len + GODWIT_SHA256_SIZE || image.len == GODWIT_USIM_IMAGE_SIZE ? len : 0;
}

godwit_status_t godwit_usim_load(godwit_usim_t *usim, const godwit_crypto_t *crypto, godwit_slice_t image)
{
    uint8_t check[GODWIT_SHA256_SIZE];
    size_t len = body_len(image);
    godwit_slice_t body = godwit_slice(image.ptr, len);
    memset(usim, 0, sizeof *usim);
    if (len == 0) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = crypto->sha256(&body, 1, check);
    if (status == GODWIT_OK && memcmp(check, image.ptr + len, sizeof check) != 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = body_load(usim, image);
    }
    if (status == GODWIT_OK) {
        status = key_check(crypto, &usim->key);
    }
    usim->crypto = crypto;
    if (status != GODWIT_OK) {
        godwit_wipe(usim, sizeof *usim);
    }
    return status;
}
