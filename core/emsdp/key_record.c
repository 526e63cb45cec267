/* SPDX-License-Identifier: Apache-2.0
 *
 * A key as a record of fixed size for memory that survives. In clear: whoever stores it wraps it. A checksum finds a record that
 * was torn or has rotted; it is no protection against somebody who writes records.
 */
#include "core/emsdp/frame.h"

#include <string.h>

#define VERSION 1
#define CHECKED (GODWIT_EMSDP_KEY_RECORD - 4) /* octets before the checksum */

/* CRC-32 of IEEE 802.3, bit by bit: small rather than fast. */
static uint32_t checksum(const uint8_t *octets, size_t len)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < len; i++) {
        crc ^= octets[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (UINT32_C(0xEDB88320) & (0u - (crc & 1u)));
        }
    }
    return ~crc;
}

void godwit_emsdp_key_save(const godwit_emsdp_key_t *key, uint8_t record[GODWIT_EMSDP_KEY_RECORD])
{
    godwit_writer_t w = godwit_writer(record, GODWIT_EMSDP_KEY_RECORD);
    godwit_put_u8(&w, VERSION);
    godwit_put_u8(&w, key->hot.suite);
    godwit_put_u8(&w, (uint8_t)(key->hot.key_id | key->hot.end << 7));
    godwit_put_u8(&w, key->hot.framing);
    godwit_put_u32(&w, key->hot.session_id);
    godwit_put_u32(&w, key->generation);
    godwit_put(&w, key->hot.k_enc, 16);
    godwit_put(&w, key->hot.k_int, 16);
    godwit_put(&w, key->k_int_tail, 16);
    godwit_put_u64(&w, key->hot.up_seen);
    godwit_put_u32(&w, key->hot.up_next_in);
    godwit_put_u32(&w, key->hot.up_next_out);
    godwit_put_u32(&w, key->hot.up_limit_out);
    godwit_put_u64(&w, key->cp_seen);
    godwit_put_u32(&w, key->cp_next_in);
    godwit_put_u32(&w, key->cp_next_out);
    godwit_put_u32(&w, key->cp_limit_out);
    godwit_put_u32(&w, checksum(record, CHECKED));
}

static void get_key(godwit_reader_t *r, godwit_emsdp_key_t *key)
{
    key->hot.suite = godwit_get_u8(r);
    const uint8_t id_and_end = godwit_get_u8(r);
    key->hot.key_id = id_and_end & 0x7Fu;
    key->hot.end = (uint8_t)(id_and_end >> 7);
    key->hot.framing = godwit_get_u8(r);
    key->hot.session_id = godwit_get_u32(r);
    key->generation = godwit_get_u32(r);
    godwit_get(r, key->hot.k_enc, 16);
    godwit_get(r, key->hot.k_int, 16);
    godwit_get(r, key->k_int_tail, 16);
    key->hot.up_seen = godwit_get_u64(r);
    key->hot.up_next_in = godwit_get_u32(r);
    key->hot.up_next_out = godwit_get_u32(r);
    key->hot.up_limit_out = godwit_get_u32(r);
    key->cp_seen = godwit_get_u64(r);
    key->cp_next_in = godwit_get_u32(r);
    key->cp_next_out = godwit_get_u32(r);
    key->cp_limit_out = godwit_get_u32(r);
}

/* A key that was never set (Key ID 0) is a record, too: a session has places for keys that it does not use. */
godwit_status_t godwit_emsdp_key_load(const uint8_t record[GODWIT_EMSDP_KEY_RECORD], godwit_emsdp_key_t *key)
{
    godwit_emsdp_key_t loaded = {.generation = 0};
    godwit_reader_t r = godwit_reader(godwit_slice(record, CHECKED));
    const bool known = godwit_get_u8(&r) == VERSION && godwit_load_u32(record + CHECKED) == checksum(record, CHECKED);
    get_key(&r, &loaded);
    const bool sound = known && godwit_reader_done(&r) == GODWIT_OK && loaded.hot.key_id <= EMSDP_KEY_ID_MASK &&
                       frame_is_framing(frame_of_key(&loaded)) &&
                       (loaded.hot.key_id == 0 || godwit_suite(loaded.hot.suite) != NULL);
    if (sound) {
        *key = loaded;
    }
    godwit_wipe(&loaded, sizeof loaded);
    return sound ? GODWIT_OK : GODWIT_MALFORMED;
}
