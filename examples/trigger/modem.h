/* SPDX-License-Identifier: Apache-2.0
 *
 * What the example asks of a board beside its non-volatile memory, timer and log (examples/firmware/board.h): short
 * messages by application port, the AKA runs of the access, and a counter of milliseconds. A valve hangs on it.
 */
#ifndef EXAMPLE_MODEM_H
#define EXAMPLE_MODEM_H

#include "examples/firmware/board.h"

/* Milliseconds since the board was switched on. */
uint64_t modem_up_ms(void);
/* A short message to the MTC-IWF's number, with application port 16021. */
void modem_short_message(const uint8_t *octets, size_t len);
/* True when what the trigger asks for is done. */
bool valve_command(const uint8_t *octets, size_t len);

/* Sleeps until something happens. MODEM_AKA: the access ran AKA on a flagged vector, and its security mode is up: CK ||
 * IK (32 octets), then RAND (16). MODEM_SHORT_MESSAGE: what came to application port 16021. */
typedef enum modem_event { MODEM_AKA, MODEM_SHORT_MESSAGE, MODEM_TIMER, MODEM_POWER_DOWN } modem_event_t;
modem_event_t modem_wait(uint8_t *octets, size_t cap, size_t *len);

#endif
