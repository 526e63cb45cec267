/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC device: its record in non-volatile memory, with chain and key in clear: whoever wants them wrapped wraps the
 * record.
 */
#include "device/mtc.h"

#include <string.h>

/* magic (2) | version (1) | flags (1) | counter (8) | chain (32) | temporary identity (8) | key | check (8) */
#define MAGIC 0x474Du /* "GM" */
#define VERSION 1u
#define RECORD (52u + GODWIT_EMSDP_KEY_RECORD + GODWIT_DEVICE_CHECK)

_Static_assert(RECORD <= GODWIT_MTC_RECORD_MAX, "the record fits the room that mtc.h promises");

static godwit_status_t check_of(const godwit_mtc_t *mtc, const uint8_t *record, uint8_t check[GODWIT_DEVICE_CHECK])
{
    const godwit_mtc_config_t *config = &mtc->config;
    return godwit_device_check_of(config->crypto, godwit_slice(record, RECORD - GODWIT_DEVICE_CHECK), &config->imsi,
                                  config->server, config->framing, check);
}

size_t godwit_mtc_record_write(godwit_mtc_t *mtc)
{
    godwit_writer_t w = godwit_writer(mtc->record, RECORD);
    godwit_put_u16(&w, MAGIC);
    godwit_put_u8(&w, VERSION);
    godwit_put_u8(&w, mtc->flags);
    godwit_put_u64(&w, mtc->counter);
    godwit_put(&w, mtc->chain, sizeof mtc->chain);
    godwit_put(&w, mtc->temporary, sizeof mtc->temporary);
    godwit_device_put_key(&w, &mtc->key);
    uint8_t *check = godwit_put_space(&w, GODWIT_DEVICE_CHECK);
    if (check == NULL || check_of(mtc, mtc->record, check) != GODWIT_OK) {
        return 0;
    }
    return w.len;
}

static godwit_status_t parse(godwit_mtc_t *mtc, godwit_slice_t record)
{
    godwit_reader_t r = godwit_reader(record);
    bool known = godwit_get_u16(&r) == MAGIC;
    known = godwit_get_u8(&r) == VERSION && known;
    mtc->flags = godwit_get_u8(&r);
    mtc->counter = godwit_get_u64(&r);
    godwit_get(&r, mtc->chain, sizeof mtc->chain);
    godwit_get(&r, mtc->temporary, sizeof mtc->temporary);
    godwit_status_t status = godwit_device_get_key(&r, mtc->config.framing, &mtc->key);
    known = known && (mtc->flags & ~GODWIT_MTC_FLAGS) == 0 &&
            (!godwit_emsdp_key_is_set(&mtc->key) || mtc->key.hot.suite == GODWIT_SUITE_DEFAULT);
    return known ? status : GODWIT_MALFORMED;
}

godwit_status_t godwit_mtc_restore(godwit_mtc_t *mtc, godwit_slice_t record)
{
    uint8_t check[GODWIT_DEVICE_CHECK];
    if (record.len != RECORD) {
        return GODWIT_MALFORMED;
    }
    godwit_status_t status = check_of(mtc, record.ptr, check);
    if (status == GODWIT_OK && memcmp(check, record.ptr + RECORD - GODWIT_DEVICE_CHECK, sizeof check) != 0) {
        status = GODWIT_MALFORMED;
    }
    if (status == GODWIT_OK) {
        status = parse(mtc, record);
    }
    if (status == GODWIT_MALFORMED) { /* as after init */
        const godwit_mtc_config_t config = mtc->config;
        godwit_wipe(mtc, sizeof *mtc);
        mtc->config = config;
    }
    return status;
}
