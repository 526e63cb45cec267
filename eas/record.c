/* SPDX-License-Identifier: Apache-2.0
 *
 * A device as octets, with K_e2e in clear: whoever wants it wrapped wraps the record. Keys of suites are derived again
 * when it is read. The check at the end finds what was torn or has rotted; it is no protection against somebody who
 * writes records.
 */
#include <string.h>

#include "eas/internal.h"

/* magic (2) | version (1) | framing (1) | session (4) | overlap (4) | order (4) | waiting (1) | IMSI (8) | length of
 * the name (1) | name | keys | taken | check (8) */
#define MAGIC 0x4745u /* "GE" */
#define VERSION 1u
#define CHECK 8u
#define FIXED 26u
/* terms (15) | agreed (8) | until (8) | order (4) | exports (4) | used (1) | K_e2e (32) | seen (8) | next in (4) | next
 * out (4) */
#define KEY 88u
#define TAKEN 16u
#define COUNTER_BITS 4u
#define COUNTER_MASK 0x0Fu

_Static_assert(FIXED + GODWIT_FQDN_MAX + GODWIT_EAS_KEYS * KEY + GODWIT_EAS_TAKEN * TAKEN + CHECK <=
                   GODWIT_EAS_RECORD_MAX,
               "a record fits its room");

static godwit_status_t check_of(const godwit_crypto_t *crypto, godwit_slice_t record, uint8_t check[CHECK])
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    const godwit_status_t status = crypto->sha256(&record, 1, digest);
    memcpy(check, digest, CHECK);
    return status;
}

/* ---- writing ---- */

static void put_key(godwit_writer_t *w, const godwit_eas_key_t *key)
{
    godwit_put_u8(w, (uint8_t)key->terms.service);
    godwit_put_u8(w, key->terms.suite);
    godwit_put_u8(w, key->terms.key_id);
    godwit_put_u32(w, key->terms.age);
    godwit_put_u32(w, key->terms.life_s);
    godwit_put_u32(w, key->terms.messages);
    godwit_put_u64(w, key->agreed_s);
    godwit_put_u64(w, key->until_s);
    godwit_put_u32(w, key->order);
    godwit_put_u32(w, key->exports);
    godwit_put_u8(w, key->used ? 1 : 0);
    godwit_put(w, key->k_e2e, sizeof key->k_e2e);
    godwit_put_u64(w, key->plane.hot.up_seen);
    godwit_put_u32(w, key->plane.hot.up_next_in);
    godwit_put_u32(w, key->plane.hot.up_next_out);
}

static void put_head(godwit_writer_t *w, const godwit_eas_device_t *device)
{
    const godwit_slice_t hse = godwit_slice_of_string(device->path.hse);
    godwit_put_u16(w, MAGIC);
    godwit_put_u8(w, VERSION);
    godwit_put_u8(w, (uint8_t)(device->path.session_octets << COUNTER_BITS | device->path.counter_octets));
    godwit_put_u32(w, device->path.session_id);
    godwit_put_u32(w, device->overlap_s);
    godwit_put_u32(w, device->order);
    godwit_put_u8(w, device->waiting ? 1 : 0);
    uint8_t *imsi = godwit_put_space(w, 8);
    if (imsi != NULL) {
        godwit_imsi_to_ef(&device->path.imsi, imsi);
    }
    godwit_put_u8(w, (uint8_t)hse.len);
    godwit_put_slice(w, hse);
}

size_t godwit_eas_save(const godwit_eas_device_t *device, uint8_t record[GODWIT_EAS_RECORD_MAX])
{
    godwit_writer_t w = godwit_writer(record, GODWIT_EAS_RECORD_MAX);
    put_head(&w, device);
    for (size_t i = 0; i < GODWIT_EAS_KEYS; i++) {
        put_key(&w, &device->keys[i]);
    }
    for (size_t i = 0; i < GODWIT_EAS_TAKEN; i++) {
        godwit_put_u64(&w, device->taken[i].number);
        godwit_put_u32(&w, device->taken[i].order);
        godwit_put_u32(&w, device->taken[i].count);
    }
    const godwit_slice_t checked = godwit_written(&w);
    uint8_t *check = godwit_put_space(&w, CHECK);
    if (check == NULL || check_of(device->crypto, checked, check) != GODWIT_OK) {
        godwit_wipe(record, GODWIT_EAS_RECORD_MAX);
        return 0;
    }
    return w.len;
}

/* ---- reading ---- */

static void get_key(godwit_reader_t *r, godwit_eas_key_t *key)
{
    key->terms.service = (godwit_service_t)godwit_get_u8(r);
    key->terms.suite = godwit_get_u8(r);
    key->terms.key_id = godwit_get_u8(r);
    key->terms.age = godwit_get_u32(r);
    key->terms.life_s = godwit_get_u32(r);
    key->terms.messages = godwit_get_u32(r);
    key->agreed_s = godwit_get_u64(r);
    key->until_s = godwit_get_u64(r);
    key->order = godwit_get_u32(r);
    key->exports = godwit_get_u32(r);
    key->used = godwit_get_u8(r) != 0;
    godwit_get(r, key->k_e2e, sizeof key->k_e2e);
}

static godwit_status_t load_key(godwit_reader_t *r, const godwit_eas_device_t *device, godwit_eas_key_t *key)
{
    get_key(r, key);
    const uint64_t seen = godwit_get_u64(r);
    const uint32_t next_in = godwit_get_u32(r), next_out = godwit_get_u32(r);
    if (!godwit_eas_key_is_set(key)) {
        return GODWIT_OK;
    }
    if (!godwit_service_allows(key->terms.service, key->terms.suite) || key->order == 0 || key->order > device->order ||
        godwit_eas_key_make(device, key) != GODWIT_OK) {
        return GODWIT_MALFORMED;
    }
    key->plane.hot.up_seen = seen;
    key->plane.hot.up_next_in = next_in;
    key->plane.hot.up_next_out = next_out;
    return GODWIT_OK;
}

static godwit_status_t load_head(godwit_reader_t *r, godwit_eas_device_t *device)
{
    uint8_t imsi[8];
    bool known = godwit_get_u16(r) == MAGIC;
    known = godwit_get_u8(r) == VERSION && known;
    const uint8_t framing = godwit_get_u8(r);
    device->path.session_octets = framing >> COUNTER_BITS;
    device->path.counter_octets = framing & COUNTER_MASK;
    device->path.session_id = godwit_get_u32(r);
    device->overlap_s = godwit_get_u32(r);
    device->order = godwit_get_u32(r);
    device->waiting = godwit_get_u8(r) != 0;
    godwit_get(r, imsi, sizeof imsi);
    const godwit_slice_t hse = godwit_get_slice(r, godwit_get_u8(r));
    if (!known || r->failed || godwit_imsi_from_ef(imsi, &device->path.imsi) != GODWIT_OK ||
        !godwit_fqdn_is_canonical(hse)) {
        return GODWIT_MALFORMED;
    }
    memcpy(device->path.hse, hse.ptr, hse.len);
    return GODWIT_OK;
}

static godwit_status_t load(godwit_reader_t *r, godwit_eas_device_t *device)
{
    godwit_status_t status = load_head(r, device);
    for (size_t i = 0; i < GODWIT_EAS_KEYS && status == GODWIT_OK; i++) {
        status = load_key(r, device, &device->keys[i]);
    }
    for (size_t i = 0; i < GODWIT_EAS_TAKEN; i++) {
        device->taken[i].number = godwit_get_u64(r);
        device->taken[i].order = godwit_get_u32(r);
        device->taken[i].count = godwit_get_u32(r);
    }
    return status == GODWIT_OK ? godwit_reader_done(r) : status;
}

godwit_status_t godwit_eas_load(godwit_eas_device_t *device, const godwit_crypto_t *crypto, godwit_slice_t record)
{
    uint8_t check[CHECK];
    godwit_wipe(device, sizeof *device);
    if (record.len < FIXED + CHECK || record.len > GODWIT_EAS_RECORD_MAX) {
        return GODWIT_MALFORMED;
    }
    const godwit_slice_t checked = godwit_slice(record.ptr, record.len - CHECK);
    godwit_status_t status = check_of(crypto, checked, check);
    if (status == GODWIT_OK && memcmp(check, record.ptr + checked.len, CHECK) != 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        godwit_reader_t r = godwit_reader(checked);
        device->crypto = crypto;
        status = load(&r, device);
    }
    if (status != GODWIT_OK) {
        godwit_wipe(device, sizeof *device);
    }
    return status;
}
