/* SPDX-License-Identifier: Apache-2.0
 *
 * Which TLVs a command carries (docs/emsdp-wire.md, "Commands"): one table, read by building and by parsing alike. The
 * codes are those of TS 33.163 6.2.6.1.
 */
#include "core/emsdp/frame.h"

#define T(name) (1u << GODWIT_TLV_##name)
#define BOTH_WAYS (FRAME_UP | FRAME_DOWN)
/* The vector that the key handed out comes from, and what goes with it (contribution 000). */
#define VECTOR (T(RAND) | T(AUTN) | T(HSE_CONFIGURATION))

struct row {
    uint8_t command;
    uint8_t situation; /* FRAME_ bits: all that it may occur in */
    uint32_t must, may;
};

/* A set of TLVs is right when one row of the command admits it. */
static const struct row rows[] = {
    /* A first request; SUCI stands in the place of IMSI. Serving Network is always there. */
    {GODWIT_SESSION_REQUEST, FRAME_UNKEYED | FRAME_UP,
     T(IMSI) | T(UE_CONFIGURATION) | T(ENTERPRISE) | T(SERVING_NETWORK), T(AUTS) | T(SERVICE_REQUEST)},
    /* RAND names the key set of an access AKA run (Solution 2): no vector is outstanding that an AUTS could be
     * against. */
    {GODWIT_SESSION_REQUEST, FRAME_UNKEYED | FRAME_UP,
     T(IMSI) | T(UE_CONFIGURATION) | T(ENTERPRISE) | T(SERVING_NETWORK) | T(RAND), T(SERVICE_REQUEST)},
    /* Key Reference names the key set of a bootstrapping (GBA, AKMA). */
    {GODWIT_SESSION_REQUEST, FRAME_UNKEYED | FRAME_UP,
     T(IMSI) | T(UE_CONFIGURATION) | T(ENTERPRISE) | T(SERVING_NETWORK) | T(KEY_REFERENCE), T(SERVICE_REQUEST)},
    {GODWIT_SESSION_REQUEST, FRAME_UNKEYED | FRAME_UP,
     T(SUCI) | T(UE_CONFIGURATION) | T(ENTERPRISE) | T(SERVING_NETWORK), T(AUTS) | T(SERVICE_REQUEST)},
    /* Early data: the Session ID says who. */
    {GODWIT_SESSION_REQUEST, FRAME_KEYED | FRAME_UP, 0,
     T(UE_CONFIGURATION) | T(ENTERPRISE) | T(SERVING_NETWORK) | T(DATA) | T(SERVICE_REQUEST)},
    /* Device RAND: who it is, by IMSI or by what the MKEF gave in its place; the profile ts33868 shows RES. */
    {GODWIT_SESSION_REQUEST, FRAME_KEYED | FRAME_UP, T(IMSI) | T(RAND1), T(DATA)},
    {GODWIT_SESSION_REQUEST, FRAME_KEYED | FRAME_UP, T(TEMPORARY_IDENTITY) | T(RAND1), T(DATA)},
    {GODWIT_SESSION_REQUEST, FRAME_KEYED | FRAME_UP, T(IMSI) | T(RAND1) | T(ENCRYPTED_RES), T(DATA)},
    /* Separate AKA: the requester is not authenticated yet, so no Data. */
    {GODWIT_SESSION_START, FRAME_KEYED | FRAME_DOWN, T(RAND) | T(AUTN) | T(HSE_CONFIGURATION), T(SERVICE)},
    /* The answer to early data, to device RAND, and under the key set of an access AKA run. */
    {GODWIT_SESSION_START, FRAME_KEYED | FRAME_DOWN, T(HSE_CONFIGURATION), T(DATA) | T(TEMPORARY_IDENTITY)},
    {GODWIT_SESSION_START, FRAME_KEYED | FRAME_DOWN, T(HSE_CONFIGURATION) | T(SERVICE), T(DATA)},
    {GODWIT_SESSION_START_CONFIRMATION, FRAME_KEYED | FRAME_UP, 0, T(DATA)},
    {GODWIT_SESSION_TERMINATE_REQUEST, FRAME_KEYED | BOTH_WAYS, 0, 0},
    {GODWIT_SESSION_TERMINATE_REQUEST, FRAME_KEYED | FRAME_DOWN, T(KEY), 0},
    {GODWIT_SESSION_TERMINATE_REQUEST, FRAME_KEYED | FRAME_DOWN, T(KEY) | VECTOR, 0},
    {GODWIT_SESSION_TERMINATE_RESPONSE, FRAME_KEYED | BOTH_WAYS, 0, 0},
    {GODWIT_SESSION_TERMINATE_RESPONSE, FRAME_KEYED | FRAME_DOWN, T(KEY), 0},
    {GODWIT_SESSION_TERMINATE_RESPONSE, FRAME_KEYED | FRAME_DOWN, T(KEY) | VECTOR, 0},
    {GODWIT_MANAGE_KEYS_REQUEST, FRAME_KEYED | BOTH_WAYS, T(COUNT), 0},
    {GODWIT_MANAGE_KEYS_REQUEST, FRAME_KEYED | FRAME_DOWN, T(KEY), T(COUNT)},
    {GODWIT_MANAGE_KEYS_REQUEST, FRAME_KEYED | FRAME_DOWN, T(KEY) | VECTOR, T(COUNT)},
    /* End to end: asked for on a session that lives, or for the next age; and what it becomes, of the key set of this
     * datagram's key. */
    {GODWIT_MANAGE_KEYS_REQUEST, FRAME_KEYED | FRAME_UP, T(ENTERPRISE) | T(SERVICE_REQUEST), T(COUNT)},
    {GODWIT_MANAGE_KEYS_REQUEST, FRAME_KEYED | FRAME_DOWN, T(SERVICE), T(COUNT)},
    /* End to end: a datagram for the EAS that is to be acknowledged, and the acknowledgement, which names it. */
    {GODWIT_MANAGE_KEYS_REQUEST, FRAME_KEYED | FRAME_UP, T(DATA), T(COUNT)},
    {GODWIT_MANAGE_KEYS_RESPONSE, FRAME_KEYED | FRAME_DOWN, T(ECHO), 0},
    {GODWIT_MANAGE_KEYS_RESPONSE, FRAME_KEYED | BOTH_WAYS, 0, 0},
    {GODWIT_MESSAGE_REJECT, FRAME_UNKEYED | FRAME_KEYED | BOTH_WAYS, T(REASON) | T(ECHO), 0},
    /* A handed vector that the USIM found stale: the home resynchronises. */
    {GODWIT_MESSAGE_REJECT, FRAME_KEYED | FRAME_UP, T(REASON) | T(ECHO) | T(AUTS), 0},
};

#define ROWS (sizeof rows / sizeof *rows)

bool godwit_emsdp_command_exists(uint8_t command)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (rows[i].command == command) {
            return true;
        }
    }
    return false;
}

bool godwit_emsdp_tlvs_fit(uint8_t command, unsigned situation, uint32_t present)
{
    for (size_t i = 0; i < ROWS; i++) {
        const struct row *row = &rows[i];
        const unsigned common = row->situation & situation;
        if (row->command == command && (common & (FRAME_KEYED | FRAME_UNKEYED)) != 0 && (common & BOTH_WAYS) != 0 &&
            (present & row->must) == row->must && (present & ~(row->must | row->may)) == 0) {
            return true;
        }
    }
    return false;
}
