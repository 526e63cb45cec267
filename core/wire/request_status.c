/* SPDX-License-Identifier: Apache-2.0
 *
 * Names of Request-Status and Delivery-Outcome (TS 29.368).
 */
#include "core/wire/tsp.h"

const char *godwit_request_status_name(godwit_request_status_t status)
{
    static const struct {
        godwit_request_status_t status;
        const char *name;
    } names[] = {{GODWIT_TRIGGER_SUCCESS, "SUCCESS"},
                 {GODWIT_TRIGGER_INVPAYLOAD, "INVPAYLOAD"},
                 {GODWIT_TRIGGER_INVEXTID, "INVEXTID"},
                 {GODWIT_TRIGGER_INVSCSID, "INVSCSID"},
                 {GODWIT_TRIGGER_INVPERIOD, "INVPERIOD"},
                 {GODWIT_TRIGGER_NOTAUTHORIZED, "NOTAUTHORIZED"},
                 {GODWIT_TRIGGER_SERVICEUNAVAILABLE, "SERVICEUNAVAILABLE"},
                 {GODWIT_TRIGGER_PERMANENTERROR, "PERMANENTERROR"},
                 {GODWIT_TRIGGER_QUOTAEXCEEDED, "QUOTAEXCEEDED"},
                 {GODWIT_TRIGGER_RATEEXCEEDED, "RATEEXCEEDED"},
                 {GODWIT_TRIGGER_REPLACEFAIL, "REPLACEFAIL"},
                 {GODWIT_TRIGGER_RECALLFAIL, "RECALLFAIL"},
                 {GODWIT_TRIGGER_ORIGINALMESSAGESENT, "ORIGINALMESSAGESENT"},
                 {GODWIT_TRIGGER_TEMPORARYERROR, "TEMPORARYERROR"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].status == status) {
            return names[i].name;
        }
    }
    return "PERMANENTERROR";
}

const char *godwit_delivery_outcome_name(godwit_delivery_outcome_t outcome)
{
    static const char *const names[] = {"SUCCESS", "EXPIRED", "TEMPORARYERROR", "UNDELIVERABLE", "UNCONFIRMED"};
    return (unsigned)outcome < sizeof names / sizeof names[0] ? names[outcome] : "?";
}

godwit_status_t godwit_delivery_outcome_reason(godwit_delivery_outcome_t outcome)
{
    switch (outcome) {
    case GODWIT_OUTCOME_SUCCESS:
        return GODWIT_OK;
    case GODWIT_OUTCOME_EXPIRED:
        return GODWIT_KEY_EXPIRED;
    case GODWIT_OUTCOME_UNDELIVERABLE:
        return GODWIT_NOT_FOUND;
    default:
        return GODWIT_PEER_INTERNAL;
    }
}
