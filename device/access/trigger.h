/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: what its files share about device triggering (trigger.c, eps_trigger.c).
 */
#ifndef GODWIT_DEVICE_ACCESS_TRIGGER_H
#define GODWIT_DEVICE_ACCESS_TRIGGER_H

#include "device/access/internal.h"

/* What ROOT and UE_KEY showed is wiped. */
void godwit_access_trigger_hide(godwit_access_t *access);
/* ROOT, for what the last vector gave; once. Its keys are in use: the network has proved them. */
void godwit_access_give_roots(godwit_access_t *access, godwit_access_requests_t *requests);
/* TRIGGER, of octets that live long enough. Last of its list. */
void godwit_access_give_trigger(godwit_slice_t octets, bool answers, godwit_access_requests_t *requests);
/* There is a radio connection: what waited for it goes. */
GODWIT_MUST_USE godwit_status_t godwit_access_trigger_flush(godwit_access_t *access,
                                                            godwit_access_requests_t *requests);
/* There will be none. */
void godwit_access_trigger_drop(godwit_access_t *access, godwit_access_requests_t *requests);

/* A message of device triggering in UPLINK GENERIC NAS TRANSPORT (eps_trigger.c). */
GODWIT_MUST_USE godwit_status_t godwit_eps_send_trigger(godwit_access_t *access, godwit_slice_t octets,
                                                        godwit_access_requests_t *requests);
/* The completion that waited for the owner (eps_security.c); empty octets: without a message. */
GODWIT_MUST_USE godwit_status_t godwit_eps_complete_awaited(godwit_access_t *access, godwit_slice_t octets,
                                                            godwit_access_requests_t *requests);

#endif
