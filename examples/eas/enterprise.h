/* SPDX-License-Identifier: Apache-2.0
 *
 * The example, and what it needs of the program that it is built into: a place for one record, a clock, and the
 * application.
 */
#ifndef EXAMPLE_ENTERPRISE_H
#define EXAMPLE_ENTERPRISE_H

#include "godwit/eas.h"

/* ---- what the receiver offers: main.c ---- */

/* EAS Session Start, pushed or pulled. Only GODWIT_OK may be told to the EESE as taken: it gives no key twice. */
godwit_status_t receiver_key(const godwit_eas_grant_t *grant);
/* A datagram that an HSE forwards; imsi, number and datagram are as it gives them. The answer to it. */
godwit_status_t receiver_up(const char *imsi, uint64_t number, const uint8_t *octets, size_t len);
/* A datagram for the device: it may leave when this returns GODWIT_OK. GODWIT_AGAIN: when the device has spoken. */
godwit_status_t receiver_down(const char *imsi, const void *message, size_t len, godwit_writer_t *out);

/* ---- what the program offers ---- */

/* The record of that device, by IMSI; 0: there is none. The program wraps it as it wraps its other secrets. */
size_t enterprise_read(const char *imsi, uint8_t *record, size_t cap);
bool enterprise_write(const char *imsi, const uint8_t *record, size_t len); /* durable when it returns */
uint64_t enterprise_now_s(void);                                            /* since 1970 */
void enterprise_reading(const char *imsi, const uint8_t *octets, size_t len);
/* Asks the EESE for a key above that age; 0: everything is lost. */
void enterprise_ask_key(const char *imsi, uint32_t above_age);

#endif
