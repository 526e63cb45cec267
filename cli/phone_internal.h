/* SPDX-License-Identifier: Apache-2.0
 *
 * What phone.c and phone_steps.c share. A list of requests lives until the next call of its library, so what it leads
 * to in that library waits until it has been carried out; but for AUTHENTICATE and KEY_SET, which are the last of
 * theirs.
 */
#ifndef GODWIT_CLI_PHONE_INTERNAL_H
#define GODWIT_CLI_PHONE_INTERNAL_H

#include "cli/device_host.h"
#include "cli/phone.h"

bool phone_draw(phone_t *p, uint8_t random[4]);
/* Carries out a list; status: what the library's call returned. */
void phone_settle_access(phone_t *p, godwit_status_t status, const godwit_access_requests_t *requests);
void phone_settle_device(phone_t *p, godwit_status_t status, const godwit_device_requests_t *requests);
void phone_begin_modification(phone_t *p);

#endif
