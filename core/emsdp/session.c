/* SPDX-License-Identifier: Apache-2.0
 *
 * The session as a state machine (docs/emsdp-wire.md, "States"): one table for both ends. A row speaks of a datagram by
 * the way it travels, so sending at one end and receiving at the other are mostly one row. What no row names is refused
 * and changes nothing.
 */
#include "core/emsdp/frame.h"

enum { DEVICE = 1, NETWORK = 2, BOTH = 3 };         /* at which end */
enum { UP = 1, DOWN = 2, EITHER = 3 };              /* which way */
enum { WITHOUT = 1, WITH = 2, WHETHER_OR_NOT = 3 }; /* a Key TLV; of what goes up: under the new key */

#define IN(state) (1u << GODWIT_SESSION_##state)
#define ANYWHERE ((1u << GODWIT_SESSION_STATES) - 1)
#define STAY GODWIT_SESSION_STATES
#define USER_DATA 0

struct row {
    uint8_t in; /* states */
    uint8_t command;
    uint8_t ends, way, key;
    uint8_t next;
};

/* The first row that matches counts. */
static const struct row rows[] = {
    /* Set-up. A device may begin anew whenever it wants; the network does so in an exchange of its own, and the live
     * session stays. */
    {IN(ANNOUNCED), GODWIT_SESSION_REQUEST, BOTH, UP, WITHOUT, STAY},
    {IN(IDLE) | IN(REQUESTED), GODWIT_SESSION_REQUEST, BOTH, UP, WITHOUT, GODWIT_SESSION_REQUESTED},
    {ANYWHERE, GODWIT_SESSION_REQUEST, DEVICE, UP, WITHOUT, GODWIT_SESSION_REQUESTED},
    {IN(REQUESTED), GODWIT_SESSION_START, BOTH, DOWN, WITHOUT, GODWIT_SESSION_STARTED},
    {IN(ANNOUNCED), GODWIT_SESSION_START, BOTH, DOWN, WITHOUT, GODWIT_SESSION_ACTIVE}, /* early data: no Confirmation */
    {IN(STARTED), GODWIT_SESSION_START_CONFIRMATION, BOTH, UP, WITHOUT, GODWIT_SESSION_ACTIVE},
    {IN(ACTIVE) | IN(REKEYING), GODWIT_SESSION_START_CONFIRMATION, NETWORK, UP, WITHOUT, STAY}, /* late: once */

    /* User plane. Data from the device proves the key as a Confirmation does; data to the device waits for that
     * proof. */
    {IN(STARTED), USER_DATA, BOTH, UP, WHETHER_OR_NOT, GODWIT_SESSION_ACTIVE},
    {IN(REKEYING), USER_DATA, BOTH, UP, WITH, GODWIT_SESSION_ACTIVE},
    {IN(ACTIVE) | IN(REKEYING), USER_DATA, BOTH, EITHER, WHETHER_OR_NOT, STAY},
    {IN(TERMINATING) | IN(ANNOUNCED), USER_DATA, NETWORK, UP, WITHOUT, STAY}, /* was under way when the session ended */
    {IN(TERMINATING) | IN(ANNOUNCED), USER_DATA, DEVICE, DOWN, WITHOUT, STAY},

    /* Keys. Where a bearer began the session there is no Confirmation: a device that asks for a service proves the key
     * by that. */
    {IN(STARTED), GODWIT_MANAGE_KEYS_REQUEST, NETWORK, UP, WITHOUT, GODWIT_SESSION_ACTIVE},
    {IN(ACTIVE) | IN(REKEYING), GODWIT_MANAGE_KEYS_REQUEST, BOTH, DOWN, WITH, GODWIT_SESSION_REKEYING},
    {IN(ACTIVE) | IN(REKEYING), GODWIT_MANAGE_KEYS_REQUEST, BOTH, EITHER, WITHOUT, STAY}, /* COUNTs */
    /* From who has slept over the 20. */
    {IN(TERMINATING) | IN(ANNOUNCED), GODWIT_MANAGE_KEYS_REQUEST, NETWORK, UP, WITHOUT, STAY},
    {IN(REKEYING), GODWIT_MANAGE_KEYS_REQUEST, NETWORK, UP, WITH, GODWIT_SESSION_ACTIVE},
    {IN(REKEYING), GODWIT_MANAGE_KEYS_RESPONSE, BOTH, UP, WITHOUT, GODWIT_SESSION_ACTIVE},
    {IN(ACTIVE) | IN(REKEYING), GODWIT_MANAGE_KEYS_RESPONSE, BOTH, EITHER, WITHOUT, STAY},

    /* The end. */
    {IN(ACTIVE) | IN(REKEYING) | IN(ANNOUNCED), GODWIT_SESSION_TERMINATE_REQUEST, BOTH, DOWN, WITH,
     GODWIT_SESSION_ANNOUNCED},
    {IN(STARTED) | IN(ACTIVE) | IN(REKEYING) | IN(TERMINATING), GODWIT_SESSION_TERMINATE_REQUEST, BOTH, EITHER, WITHOUT,
     GODWIT_SESSION_TERMINATING},
    {IN(TERMINATING), GODWIT_SESSION_TERMINATE_RESPONSE, BOTH, DOWN, WITH, GODWIT_SESSION_ANNOUNCED},
    {IN(TERMINATING), GODWIT_SESSION_TERMINATE_RESPONSE, BOTH, EITHER, WITHOUT, GODWIT_SESSION_IDLE},
    {IN(ANNOUNCED), GODWIT_SESSION_TERMINATE_RESPONSE, BOTH, UP, WITHOUT, STAY},

    /* A Reject ends nothing by itself: what it means is its receiver's judgement. */
    {ANYWHERE, GODWIT_MESSAGE_REJECT, BOTH, EITHER, WITHOUT, STAY},
};

static const char *const names[GODWIT_SESSION_STATES] = {
    [GODWIT_SESSION_IDLE] = "idle",           [GODWIT_SESSION_REQUESTED] = "requested",
    [GODWIT_SESSION_STARTED] = "started",     [GODWIT_SESSION_ACTIVE] = "active",
    [GODWIT_SESSION_REKEYING] = "rekeying",   [GODWIT_SESSION_TERMINATING] = "terminating",
    [GODWIT_SESSION_ANNOUNCED] = "announced",
};

const char *godwit_session_state_name(godwit_session_state_t state)
{
    return state < GODWIT_SESSION_STATES ? names[state] : NULL;
}

godwit_status_t godwit_session_step(godwit_session_state_t state, godwit_end_t end, bool sending, uint8_t command,
                                    bool with_key, godwit_session_state_t *next)
{
    const unsigned at = end == GODWIT_END_DEVICE ? DEVICE : NETWORK;
    const unsigned way = (end == GODWIT_END_DEVICE) == sending ? UP : DOWN;
    const unsigned key = with_key ? WITH : WITHOUT;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && state < GODWIT_SESSION_STATES; i++) {
        const struct row *row = &rows[i];
        if ((row->in >> state & 1u) != 0 && row->command == command && (row->ends & at) != 0 && (row->way & way) != 0 &&
            (row->key & key) != 0) {
            *next = row->next == STAY ? state : (godwit_session_state_t)row->next;
            return GODWIT_OK;
        }
    }
    return GODWIT_WRONG_STATE;
}
