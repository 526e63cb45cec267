/* SPDX-License-Identifier: Apache-2.0
 *
 * A key as a record of fixed size for memory that survives: one table of members, integers big-endian, then a checksum.
 * In clear:
 * whoever stores it wraps it. The checksum finds a record that was torn or has rotted; it is no protection against
 * somebody who writes records.
 */
#include "core/emsdp/frame.h"

#include <string.h>

#define VERSION 1                              /* of the layout: goes into the checksum */
#define CHECKED (GODWIT_EMSDP_KEY_RECORD - 4u) /* octets before the checksum */

enum kind { OCTETS, U32, U64 };

struct member {
    uint8_t offset, size, kind;
};

#define MEMBER(name, size, kind)                                                                                       \
    {                                                                                                                  \
        (uint8_t) offsetof(godwit_emsdp_key_t, name), size, kind                                                       \
    }
_Static_assert(sizeof(godwit_emsdp_key_t) <= 256, "offsets have eight bits");

static const struct member members[] = {
    MEMBER(hot.suite, 1, OCTETS),     MEMBER(hot.key_id, 1, OCTETS),  MEMBER(hot.framing, 1, OCTETS),
    MEMBER(hot.end, 1, OCTETS),       MEMBER(hot.session_id, 4, U32), MEMBER(generation, 4, U32),
    MEMBER(hot.k_enc, 16, OCTETS),    MEMBER(hot.k_int, 16, OCTETS),  MEMBER(k_int_tail, 16, OCTETS),
    MEMBER(hot.up_seen, 8, U64),      MEMBER(hot.up_next_in, 4, U32), MEMBER(hot.up_next_out, 4, U32),
    MEMBER(hot.up_limit_out, 4, U32), MEMBER(cp_seen, 8, U64),        MEMBER(cp_next_in, 4, U32),
    MEMBER(cp_next_out, 4, U32),      MEMBER(cp_limit_out, 4, U32),
};

#define MEMBERS (sizeof members / sizeof *members)

/* CRC-32 of IEEE 802.3 over the version and the octets, bit by bit: small rather than fast. */
static uint32_t checksum(const uint8_t *octets)
{
    uint32_t crc = UINT32_MAX;
    uint8_t next = VERSION;
    for (size_t i = 0; i <= CHECKED; i++) {
        crc ^= next;
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (UINT32_C(0xEDB88320) & (0u - (crc & 1u)));
        }
        next = octets[i];
    }
    return ~crc;
}

void godwit_emsdp_key_save(const godwit_emsdp_key_t *key, uint8_t record[GODWIT_EMSDP_KEY_RECORD])
{
    uint8_t *to = record;
    for (size_t i = 0; i < MEMBERS; i++) {
        const uint8_t *from = (const uint8_t *)key + members[i].offset;
        uint32_t u32;
        uint64_t u64;
        if (members[i].kind == U32) {
            memcpy(&u32, from, sizeof u32);
            godwit_store_u32(to, u32);
        } else if (members[i].kind == U64) {
            memcpy(&u64, from, sizeof u64);
            godwit_store_u64(to, u64);
        } else {
            memcpy(to, from, members[i].size);
        }
        to += members[i].size;
    }
    godwit_store_u32(to, checksum(record));
}

static void read_members(const uint8_t *from, godwit_emsdp_key_t *key)
{
    for (size_t i = 0; i < MEMBERS; i++) {
        uint8_t *to = (uint8_t *)key + members[i].offset;
        const uint32_t u32 = godwit_load_u32(from);
        if (members[i].kind == U32) {
            memcpy(to, &u32, sizeof u32);
        } else if (members[i].kind == U64) {
            const uint64_t u64 = godwit_load_u64(from);
            memcpy(to, &u64, sizeof u64);
        } else {
            memcpy(to, from, members[i].size);
        }
        from += members[i].size;
    }
}

/* A key that was never set (Key ID 0) is a record, too: a session has places for keys that it does not use. */
godwit_status_t godwit_emsdp_key_load(const uint8_t record[GODWIT_EMSDP_KEY_RECORD], godwit_emsdp_key_t *key)
{
    godwit_emsdp_key_t loaded = {.generation = 0};
    read_members(record, &loaded);
    const bool sound = godwit_load_u32(record + CHECKED) == checksum(record) &&
                       loaded.hot.key_id <= EMSDP_KEY_ID_MASK && loaded.hot.end <= GODWIT_END_NETWORK &&
                       frame_is_framing(frame_of_key(&loaded)) &&
                       (loaded.hot.key_id == 0 || godwit_suite(loaded.hot.suite) != NULL);
    if (sound) {
        *key = loaded;
    }
    godwit_wipe(&loaded, sizeof loaded);
    return sound ? GODWIT_OK : GODWIT_MALFORMED;
}
