/* SPDX-License-Identifier: Apache-2.0
 *
 * What the example asks of a board. A maker writes these nine functions; two of them are the non-volatile memory.
 */
#ifndef EXAMPLE_BOARD_H
#define EXAMPLE_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The record as it was last written; its length, 0 when there is none. */
size_t board_nvm_read(uint8_t *record, size_t cap);
/* True when the record is durable: after a power loss at any moment the page holds the old record or this one,
 * whole. */
bool board_nvm_write(const uint8_t *record, size_t len);

/* Octets that nobody can guess. */
void board_random(uint8_t *octets, size_t len);
/* AUTHENTICATE in the 3G context (TS 31.102 7.1.2). Returns 0 and RES, CK, IK; 1 when the MAC is wrong (9862); 2 and
 * AUTS; -1 when the card does not answer. */
int board_usim_authenticate(const uint8_t rand[16], const uint8_t autn[16], uint8_t ck[16], uint8_t ik[16],
                            uint8_t auts[14]);
void board_radio_send(const uint8_t *datagram, size_t len);
/* One-shot; 0 cancels. */
void board_timer(uint32_t delay_ms);
/* A message from the endpoint. */
void board_message(const uint8_t *message, size_t len);
void board_log(const char *name, const char *reason);

/* Sleeps until something happens. */
typedef enum board_event { BOARD_READING, BOARD_DATAGRAM, BOARD_TIMER, BOARD_POWER_DOWN } board_event_t;
board_event_t board_wait(uint8_t *octets, size_t cap, size_t *len);

#endif
