/* SPDX-License-Identifier: Apache-2.0
 *
 * GBA in the device: the record that survives. version (1) | flavour (1) | set (1) | RAND (16) | Ks (32, zero with
 * GBA_U) | expires (8) | B-TID (1 + n) | check (8): first of SHA-256 over all that, IMPI and name of the BSF, so that
 * another subscriber's record is none.
 */
#include <string.h>

#include "device/gba/internal.h"

#define VERSION 1u
#define CHECK 8u

_Static_assert(1 + 1 + 1 + 16 + 32 + 8 + 1 + GODWIT_B_TID_MAX + CHECK <= GODWIT_GBA_RECORD_MAX, "a record fits");

static godwit_status_t check_of(const godwit_gba_t *gba, godwit_slice_t body, uint8_t check[GODWIT_SHA256_SIZE])
{
    const godwit_slice_t parts[] = {body, godwit_slice_of_string(gba->config.impi), godwit_slice("/", 1),
                                    godwit_slice_of_string(gba->config.bsf)};
    return gba->config.crypto->sha256(parts, 4, check);
}

godwit_status_t godwit_gba_take_key(godwit_gba_t *gba, const godwit_gba_key_t *key, godwit_gba_requests_t *requests)
{
    uint8_t check[GODWIT_SHA256_SIZE];
    godwit_writer_t w = godwit_writer(gba->record, sizeof gba->record);
    size_t len = strlen(key->b_tid);
    godwit_put_u8(&w, VERSION);
    godwit_put_u8(&w, (uint8_t)gba->config.flavour);
    godwit_put_u8(&w, key->set ? 1 : 0);
    godwit_put(&w, key->rand, sizeof key->rand);
    godwit_put(&w, key->ks, sizeof key->ks);
    godwit_put_u64(&w, key->expires_s);
    godwit_put_u8(&w, (uint8_t)len);
    godwit_put(&w, key->b_tid, len);
    godwit_status_t status = check_of(gba, godwit_written(&w), check);
    godwit_put(&w, check, CHECK);
    status = status == GODWIT_OK ? godwit_writer_status(&w) : status;
    if (status == GODWIT_OK) {
        godwit_gba_add(requests, GODWIT_GBA_STORE)->octets = godwit_written(&w);
        gba->key = *key;
    }
    return status;
}

static bool body_load(const godwit_gba_t *gba, godwit_slice_t body, godwit_gba_key_t *key)
{
    godwit_reader_t r = godwit_reader(body);
    bool known = godwit_get_u8(&r) == VERSION && godwit_get_u8(&r) == (uint8_t)gba->config.flavour;
    uint8_t set = godwit_get_u8(&r);
    godwit_get(&r, key->rand, sizeof key->rand);
    godwit_get(&r, key->ks, sizeof key->ks);
    key->expires_s = godwit_get_u64(&r);
    size_t len = godwit_get_u8(&r);
    if (len > GODWIT_B_TID_MAX || set > 1) {
        return false;
    }
    godwit_get(&r, key->b_tid, len);
    key->set = set == 1;
    return known && godwit_reader_done(&r) == GODWIT_OK && (!key->set || strlen(key->b_tid) == len);
}

godwit_status_t godwit_gba_restore(godwit_gba_t *gba, godwit_slice_t record)
{
    uint8_t check[GODWIT_SHA256_SIZE];
    godwit_gba_key_t key;
    godwit_wipe(&gba->key, sizeof gba->key);
    if (record.len <= CHECK || record.len > GODWIT_GBA_RECORD_MAX) {
        return GODWIT_MALFORMED;
    }
    memset(&key, 0, sizeof key);
    godwit_slice_t body = godwit_slice(record.ptr, record.len - CHECK);
    godwit_status_t status = check_of(gba, body, check);
    if (status == GODWIT_OK && (memcmp(check, record.ptr + body.len, CHECK) != 0 || !body_load(gba, body, &key))) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        gba->key = key;
    }
    godwit_wipe(&key, sizeof key);
    return status;
}
