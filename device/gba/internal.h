/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of GBA in the device share.
 */
#ifndef GODWIT_DEVICE_GBA_INTERNAL_H
#define GODWIT_DEVICE_GBA_INTERNAL_H

#include "godwit/gba.h"

/* Never NULL: more requests than fit cannot be made (GODWIT_GBA_REQUESTS_MAX is the most of any list). */
godwit_gba_request_t *godwit_gba_add(godwit_gba_requests_t *requests, godwit_gba_request_kind_t kind);
void godwit_gba_event(godwit_gba_requests_t *requests, const char *name, godwit_status_t reason);
/* Ends the bootstrapping without a key. */
void godwit_gba_refuse(godwit_gba_t *gba, godwit_gba_requests_t *requests, godwit_status_t reason);

/* record.c: a STORE of that key, which is gba->key only then; on an error nothing has changed. */
GODWIT_MUST_USE godwit_status_t godwit_gba_take_key(godwit_gba_t *gba, const godwit_gba_key_t *key,
                                                    godwit_gba_requests_t *requests);

#endif
