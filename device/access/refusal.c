/* SPDX-License-Identifier: Apache-2.0
 *
 * The device's access: what the network refuses or ends. A refusal without protection may be anybody's: it makes a
 * procedure wait longer and try less often, or the device attach anew a bounded number of times; it erases nothing.
 */
#include "device/access/trigger.h"

/* The same numbers in TS 24.301 9.9.3.9 and TS 24.008 10.5.5.14: the network does not know us (any more). */
#define CAUSE_IDENTITY_NOT_DERIVED 9
#define CAUSE_IMPLICITLY_DETACHED 10
#define CAUSE_NO_BEARER 40

void godwit_access_rejected(godwit_access_t *access, godwit_status_t reason, bool verified,
                            godwit_access_requests_t *requests)
{
    if (!verified) {
        godwit_access_hint(access, reason, requests);
        return;
    }
    bool gone = access->exchange.pending == GODWIT_ACCESS_DO_MODIFY && reason == GODWIT_UNKNOWN_SESSION;
    godwit_access_event(requests, "refused", reason);
    if (access->exchange.pending != GODWIT_ACCESS_NOTHING) {
        godwit_access_give_up(access, reason, requests);
    }
    if (gone) { /* ESM and SM cause 43, TS 24.301 6.5.4.4: the bearer is not there at the other end */
        godwit_access_deactivated(access, reason, requests);
    }
}

godwit_status_t godwit_access_resumed(godwit_access_t *access, bool has_status, uint16_t bearers,
                                      godwit_access_requests_t *requests)
{
    godwit_status_t status = godwit_access_connected(access, requests);
    bool gone = has_status && access->state == GODWIT_ACCESS_ACTIVE && (bearers >> access->bearer & 1u) == 0;
    if (gone) {
        godwit_access_deactivated(access, GODWIT_UNKNOWN_SESSION, requests);
    }
    return status;
}

godwit_status_t godwit_access_authentication_rejected(godwit_access_t *access, bool verified,
                                                      godwit_access_requests_t *requests)
{
    godwit_access_rejected(access, GODWIT_NOT_ENTITLED, verified, requests);
    return GODWIT_OK;
}

godwit_status_t godwit_access_service_rejected(godwit_access_t *access, uint8_t cause, bool verified,
                                               godwit_access_requests_t *requests)
{
    bool unknown =
        cause == CAUSE_IDENTITY_NOT_DERIVED || cause == CAUSE_IMPLICITLY_DETACHED || cause == CAUSE_NO_BEARER;
    godwit_status_t reason = godwit_access_mobility_reason(cause);
    if (access->exchange.pending == GODWIT_ACCESS_NOTHING || access->connected) {
        return GODWIT_WRONG_STATE;
    }
    if (!unknown || access->state == GODWIT_ACCESS_DETACHING) {
        godwit_access_rejected(access, reason, verified, requests);
        return GODWIT_OK;
    }
    godwit_access_event(requests, "refused", reason);
    access->exchange.reason = reason;
    access->known = access->known && cause != CAUSE_IDENTITY_NOT_DERIVED; /* TS 24.301 5.6.1.5: GUTI and KSI go */
    return godwit_access_reattach(access, requests);
}

godwit_status_t godwit_access_detached(godwit_access_t *access, bool again, godwit_status_t reason,
                                       godwit_access_requests_t *requests)
{
    bool leaving = access->state == GODWIT_ACCESS_DETACHING;
    godwit_access_timer_cancel(access, requests);
    godwit_access_drop_held(access, requests);
    godwit_access_trigger_drop(access, requests);
    if (reason == GODWIT_OK) {
        godwit_access_leave(access);
    } else { /* a cause (TS 24.301 5.5.2.3.2, TS 24.008 4.7.4.2.2): GUTI or P-TMSI and keys are not for use any more */
        godwit_access_forget(access);
    }
    godwit_access_event(requests, "detached", reason);
    return again && !leaving ? godwit_access_reattach(access, requests) : GODWIT_OK;
}

void godwit_access_deactivated(godwit_access_t *access, godwit_status_t reason, godwit_access_requests_t *requests)
{
    if (access->exchange.pending != GODWIT_ACCESS_NOTHING && access->state == GODWIT_ACCESS_ACTIVE) {
        godwit_access_finish(access, requests);
    }
    godwit_access_drop_held(access, requests);
    access->connected = true;
    access->container_sent = false;
    access->bearer = 0;
    access->state = GODWIT_ACCESS_ATTACHED;
    godwit_access_event(requests, "deactivated", reason);
}
