/* SPDX-License-Identifier: Apache-2.0
 *
 * MBMS: MSK and MTK in MIKEY messages. Both are PSK messages with a counter for T; the Key ID information (RFC 4563)
 * says which key is which.
 */
#include "core/agree/mbms/mbms.h"

#include <string.h>

#include "core/wire/mikey.h"

#define EXTENSION_KEY_ID 3u
#define ID_NAI 0u
#define PLAIN_MAX GODWIT_MBMS_MESSAGE_MAX

enum { KEY_DOMAIN = 0, KEY_MSK = 1, KEY_MTK = 2 }; /* key ID types of RFC 4563 */
enum { TEK = 2, TEK_SALT = 3 };

const uint8_t godwit_mbms_ua[5] = {0x01, 0x00, 0x00, 0x00, 0x01};

godwit_status_t godwit_mbms_user_keys(const godwit_crypto_t *crypto, const uint8_t ks_naf[32],
                                      const uint8_t *ks_int_naf, uint8_t mrk[32], uint8_t muk[32])
{
    if (ks_int_naf != NULL) {
        memcpy(mrk, ks_naf, 32);
        memcpy(muk, ks_int_naf, 32);
        return GODWIT_OK;
    }
    memcpy(muk, ks_naf, 32);
    return godwit_mrk(crypto, ks_naf, mrk);
}

/* ---- Key ID information ---- */

typedef struct key_ids {
    bool has_mtk;
    godwit_msk_id_t msk;
    uint16_t mtk;
} key_ids_t;

static size_t put_key_ids(const key_ids_t *ids, uint8_t octets[16])
{
    godwit_writer_t w = godwit_writer(octets, 16);
    godwit_put_u8(&w, KEY_DOMAIN);
    godwit_put_u8(&w, 3);
    godwit_put(&w, ids->msk.domain.octets, 3);
    godwit_put_u8(&w, KEY_MSK);
    godwit_put_u8(&w, 4);
    godwit_put_u16(&w, ids->msk.group);
    godwit_put_u16(&w, ids->msk.number);
    if (ids->has_mtk) {
        godwit_put_u8(&w, KEY_MTK);
        godwit_put_u8(&w, 2);
        godwit_put_u16(&w, ids->mtk);
    }
    return w.len;
}

static godwit_status_t take_key_ids(godwit_slice_t octets, key_ids_t *ids)
{
    godwit_reader_t r = godwit_reader(octets);
    memset(ids, 0, sizeof *ids);
    bool good = godwit_get_u8(&r) == KEY_DOMAIN && godwit_get_u8(&r) == 3;
    godwit_get(&r, ids->msk.domain.octets, 3);
    good = good && godwit_get_u8(&r) == KEY_MSK && godwit_get_u8(&r) == 4;
    ids->msk.group = godwit_get_u16(&r);
    ids->msk.number = godwit_get_u16(&r);
    ids->has_mtk = good && r.left > 0;
    if (ids->has_mtk) {
        good = godwit_get_u8(&r) == KEY_MTK && godwit_get_u8(&r) == 2;
        ids->mtk = godwit_get_u16(&r);
    }
    return good ? godwit_reader_done(&r) : GODWIT_MALFORMED;
}

/* ---- BM-SC ---- */

static godwit_status_t build(const godwit_crypto_t *crypto, godwit_slice_t psk, const godwit_mbms_sender_t *sender,
                             const key_ids_t *ids, const godwit_mikey_key_t *key, godwit_writer_t *out)
{
    const godwit_mikey_t header = {.data_type = GODWIT_MIKEY_PSK_INIT,
                                   .v = !ids->has_mtk,
                                   .csb_id = sender->csb_id,
                                   .map_type = GODWIT_MIKEY_MAP_EMPTY};
    godwit_mikey_writer_t w;
    uint8_t extension[16];
    size_t len = put_key_ids(ids, extension);
    godwit_mikey_begin(&w, out, &header);
    godwit_mikey_put_counter(&w, sender->counter);
    godwit_mikey_put_rand(&w, godwit_slice(sender->rand, sizeof sender->rand));
    godwit_mikey_put_id(&w, ID_NAI, godwit_slice_of_string(sender->bm_sc));
    if (sender->user != NULL) {
        godwit_mikey_put_id(&w, ID_NAI, godwit_slice_of_string(sender->user));
    }
    godwit_mikey_put_extension(&w, EXTENSION_KEY_ID, godwit_slice(extension, len));
    return godwit_mikey_seal(crypto, &w, psk, key, 1);
}

godwit_status_t godwit_mbms_msk_message(const godwit_crypto_t *crypto, const uint8_t muk[32],
                                        const godwit_mbms_sender_t *sender, const godwit_msk_id_t *id,
                                        const uint8_t msk[GODWIT_MBMS_KEY], uint16_t from, uint16_t to,
                                        godwit_writer_t *out)
{
    uint8_t first[2], last[2];
    const key_ids_t ids = {.msk = *id};
    if (sender->user == NULL || from > to || sender->counter == UINT32_MAX) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_store_u16(first, from);
    godwit_store_u16(last, to);
    const godwit_mikey_key_t key = {.type = TEK,
                                    .key = godwit_slice(msk, GODWIT_MBMS_KEY),
                                    .interval = true,
                                    .from = godwit_slice(first, sizeof first),
                                    .to = godwit_slice(last, sizeof last)};
    return build(crypto, godwit_slice(muk, 32), sender, &ids, &key, out);
}

godwit_status_t godwit_mbms_msk_verified(godwit_slice_t msk_message, const uint8_t muk[32], godwit_slice_t answer)
{
    godwit_mikey_t sent, came;
    if (godwit_mikey_parse(msk_message, &sent) != GODWIT_OK || godwit_mikey_parse(answer, &came) != GODWIT_OK ||
        came.data_type != GODWIT_MIKEY_PSK_VERIFY) {
        return GODWIT_MALFORMED;
    }
    return godwit_mikey_verify(&came, &sent, godwit_slice(muk, 32));
}

godwit_status_t godwit_mbms_mtk_message(const godwit_crypto_t *crypto, const uint8_t msk[GODWIT_MBMS_KEY],
                                        const godwit_mbms_sender_t *sender, const godwit_msk_id_t *id, uint16_t mtk_id,
                                        const uint8_t mtk[GODWIT_MBMS_KEY], const uint8_t salt[14],
                                        godwit_writer_t *out)
{
    const key_ids_t ids = {.has_mtk = true, .msk = *id, .mtk = mtk_id};
    const godwit_mikey_key_t key = {
        .type = TEK_SALT, .key = godwit_slice(mtk, GODWIT_MBMS_KEY), .salt = godwit_slice(salt, 14)};
    if (sender->user != NULL) {
        return GODWIT_INVALID_ARGUMENT;
    }
    return build(crypto, godwit_slice(msk, GODWIT_MBMS_KEY), sender, &ids, &key, out);
}

/* ---- user equipment ---- */

void godwit_mbms_user_begin(godwit_mbms_user_t *user, const godwit_crypto_t *crypto, const uint8_t muk[32])
{
    user->crypto = crypto;
    memcpy(user->muk, muk, sizeof user->muk);
    user->next_counter = 0;
}

/* Both kinds, as far as they are read alike. */
static godwit_status_t read_message(godwit_slice_t octets, godwit_mikey_t *m, key_ids_t *ids)
{
    if (octets.len > GODWIT_MBMS_MESSAGE_MAX || godwit_mikey_parse(octets, m) != GODWIT_OK ||
        m->data_type != GODWIT_MIKEY_PSK_INIT) {
        return GODWIT_MALFORMED;
    }
    return take_key_ids(godwit_mikey_extension(m, EXTENSION_KEY_ID), ids);
}

static bool same_group(const godwit_msk_id_t *a, const godwit_msk_id_t *b)
{
    return godwit_plmn_equal(a->domain, b->domain) && a->group == b->group;
}

static uint8_t slot_for(const godwit_mbms_user_t *user, const godwit_msk_id_t *id)
{
    uint8_t slot = (uint8_t)((user->newest + 1) % GODWIT_MBMS_MSKS_MAX);
    for (uint8_t i = 0; i < GODWIT_MBMS_MSKS_MAX; i++) {
        if (!user->msk[i].set) {
            slot = i;
        }
    }
    for (uint8_t i = 0; i < GODWIT_MBMS_MSKS_MAX; i++) {
        if (user->msk[i].set && same_group(&user->msk[i].id, id)) {
            slot = i;
        }
    }
    return slot;
}

static godwit_status_t msk_of(const godwit_mikey_key_t *key, size_t count, const key_ids_t *ids, godwit_mbms_msk_t *msk)
{
    if (count != 1 || key->type != TEK || key->key.len != sizeof msk->key || !key->interval || key->from.len != 2 ||
        key->to.len != 2) {
        return GODWIT_MALFORMED;
    }
    memset(msk, 0, sizeof *msk);
    msk->set = true;
    msk->id = ids->msk;
    msk->from = godwit_load_u16(key->from.ptr);
    msk->to = godwit_load_u16(key->to.ptr);
    msk->next_mtk = msk->from;
    memcpy(msk->key, key->key.ptr, sizeof msk->key);
    return msk->from <= msk->to ? GODWIT_OK : GODWIT_MALFORMED;
}

static godwit_status_t open_msk(const godwit_mbms_user_t *user, const godwit_mikey_t *m, const key_ids_t *ids,
                                godwit_mbms_msk_t *msk)
{
    godwit_mikey_key_t keys[GODWIT_MIKEY_KEYS_MAX];
    uint8_t plain[PLAIN_MAX];
    size_t count = 0;
    godwit_status_t status =
        godwit_mikey_open(user->crypto, m, godwit_slice(user->muk, sizeof user->muk), plain, keys, &count);
    if (status == GODWIT_OK) {
        status = msk_of(keys, count, ids, msk);
    }
    godwit_wipe(plain, sizeof plain);
    return status;
}

static godwit_status_t verify(const godwit_mbms_user_t *user, const godwit_mikey_t *m, godwit_writer_t *answer)
{
    const godwit_mikey_t header = {
        .data_type = GODWIT_MIKEY_PSK_VERIFY, .csb_id = m->csb_id, .map_type = GODWIT_MIKEY_MAP_EMPTY};
    godwit_mikey_writer_t w;
    if (!m->v) {
        return GODWIT_OK;
    }
    godwit_mikey_begin(&w, answer, &header);
    return godwit_mikey_put_verification(&w, m, godwit_slice(user->muk, sizeof user->muk));
}

godwit_status_t godwit_mbms_take_msk(godwit_mbms_user_t *user, godwit_slice_t message, godwit_writer_t *answer)
{
    godwit_mikey_t m;
    godwit_mbms_msk_t msk;
    key_ids_t ids;
    uint32_t counter = 0;
    godwit_status_t status = read_message(message, &m, &ids);
    if (status == GODWIT_OK && ids.has_mtk) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = godwit_mikey_counter(&m, &counter);
    }
    if (status != GODWIT_OK) {
        return status;
    }
    status = open_msk(user, &m, &ids, &msk);
    if (status == GODWIT_OK && (counter < user->next_counter || counter == UINT32_MAX)) {
        status = GODWIT_REPLAY; /* after the MAC: who knows no key learns nothing */
    }
    if (status == GODWIT_OK) {
        status = verify(user, &m, answer);
    }
    if (status == GODWIT_OK) {
        user->newest = slot_for(user, &ids.msk);
        user->msk[user->newest] = msk;
        user->next_counter = counter + 1;
    }
    godwit_wipe(&msk, sizeof msk);
    return status;
}

static godwit_mbms_msk_t *find_msk(godwit_mbms_user_t *user, const godwit_msk_id_t *id)
{
    for (size_t i = 0; i < GODWIT_MBMS_MSKS_MAX; i++) {
        if (user->msk[i].set && same_group(&user->msk[i].id, id) && user->msk[i].id.number == id->number) {
            return &user->msk[i];
        }
    }
    return NULL;
}

static godwit_status_t mtk_of(const godwit_mikey_key_t *key, size_t count, const key_ids_t *ids, godwit_mtk_t *mtk)
{
    if (count != 1 || key->type != TEK_SALT || key->key.len != sizeof mtk->key || key->salt.len != sizeof mtk->salt) {
        return GODWIT_MALFORMED;
    }
    mtk->msk = ids->msk;
    mtk->id = ids->mtk;
    memcpy(mtk->key, key->key.ptr, sizeof mtk->key);
    memcpy(mtk->salt, key->salt.ptr, sizeof mtk->salt);
    return GODWIT_OK;
}

godwit_status_t godwit_mbms_take_mtk(godwit_mbms_user_t *user, godwit_slice_t message, godwit_mtk_t *mtk)
{
    godwit_mikey_key_t keys[GODWIT_MIKEY_KEYS_MAX];
    uint8_t plain[PLAIN_MAX];
    godwit_mikey_t m;
    key_ids_t ids;
    size_t count = 0;
    godwit_status_t status = read_message(message, &m, &ids);
    if (status == GODWIT_OK && !ids.has_mtk) {
        status = GODWIT_MALFORMED;
    }
    godwit_mbms_msk_t *msk = status == GODWIT_OK ? find_msk(user, &ids.msk) : NULL;
    if (msk == NULL) {
        return status == GODWIT_OK ? GODWIT_UNKNOWN_KEY : status;
    }
    status = godwit_mikey_open(user->crypto, &m, godwit_slice(msk->key, sizeof msk->key), plain, keys, &count);
    if (status == GODWIT_OK && (ids.mtk < msk->from || ids.mtk > msk->to)) {
        status = GODWIT_KEY_EXPIRED;
    } else if (status == GODWIT_OK && ids.mtk < msk->next_mtk) {
        status = GODWIT_REPLAY;
    }
    if (status == GODWIT_OK) {
        status = mtk_of(keys, count, &ids, mtk);
    }
    if (status == GODWIT_OK) {
        msk->next_mtk = (uint32_t)ids.mtk + 1;
    }
    godwit_wipe(plain, sizeof plain);
    return status;
}
