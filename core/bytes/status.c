/* SPDX-License-Identifier: Apache-2.0
 *
 * Outcomes: their class, their one name, and what of them the other end may see.
 */
#include "godwit/status.h"

#include <stddef.h>

static const char *const peer_names[] = {
    [GODWIT_OK] = "ok",
    [GODWIT_MALFORMED] = "malformed",
    [GODWIT_UNKNOWN_SESSION] = "unknown_session",
    [GODWIT_UNKNOWN_KEY] = "unknown_key",
    [GODWIT_MAC_FAILURE] = "mac_failure",
    [GODWIT_REPLAY] = "replay",
    [GODWIT_COUNT_EXHAUSTED] = "count_exhausted",
    [GODWIT_UNSUPPORTED_SUITE] = "unsupported_suite",
    [GODWIT_POLICY_FORBIDS] = "policy_forbids",
    [GODWIT_NOT_ENTITLED] = "not_entitled",
    [GODWIT_UNKNOWN_SUBSCRIBER] = "unknown_subscriber",
    [GODWIT_AUTH_MAC_FAILURE] = "auth_mac_failure",
    [GODWIT_AUTH_RESYNC] = "auth_resync",
    [GODWIT_KEY_EXPIRED] = "key_expired",
    [GODWIT_OVERLOAD] = "overload",
    [GODWIT_PEER_INTERNAL] = "internal",
};

static const char *const local_names[] = {
    [GODWIT_INVALID_ARGUMENT - GODWIT_INVALID_ARGUMENT] = "invalid_argument",
    [GODWIT_NO_SPACE - GODWIT_INVALID_ARGUMENT] = "no_space",
    [GODWIT_WRONG_STATE - GODWIT_INVALID_ARGUMENT] = "wrong_state",
    [GODWIT_NOT_FOUND - GODWIT_INVALID_ARGUMENT] = "not_found",
    [GODWIT_AGAIN - GODWIT_INVALID_ARGUMENT] = "again",
};

static const char *const internal_names[] = {
    [GODWIT_INTERNAL - GODWIT_INTERNAL] = "internal",
    [GODWIT_CRYPTO_FAILED - GODWIT_INTERNAL] = "crypto_failed",
    [GODWIT_STORE_FAILED - GODWIT_INTERNAL] = "store_failed",
    [GODWIT_RANDOM_FAILED - GODWIT_INTERNAL] = "random_failed",
    [GODWIT_IO_FAILED - GODWIT_INTERNAL] = "io_failed",
};

godwit_status_class_t godwit_status_class(godwit_status_t status)
{
    if (status == GODWIT_OK) {
        return GODWIT_CLASS_OK;
    }
    if (status >= GODWIT_MALFORMED && status <= GODWIT_PEER_INTERNAL) {
        return GODWIT_CLASS_PEER;
    }
    if (status >= GODWIT_INVALID_ARGUMENT && status <= GODWIT_AGAIN) {
        return GODWIT_CLASS_LOCAL;
    }
    return GODWIT_CLASS_INTERNAL;
}

const char *godwit_status_name(godwit_status_t status)
{
    switch (godwit_status_class(status)) {
    case GODWIT_CLASS_OK:
    case GODWIT_CLASS_PEER:
        return peer_names[status];
    case GODWIT_CLASS_LOCAL:
        return local_names[status - GODWIT_INVALID_ARGUMENT];
    case GODWIT_CLASS_INTERNAL:
        break;
    }
    if (status >= GODWIT_INTERNAL && status <= GODWIT_IO_FAILED) {
        return internal_names[status - GODWIT_INTERNAL];
    }
    return "internal";
}

godwit_status_t godwit_status_on_the_wire(godwit_status_t status)
{
    return godwit_status_class(status) == GODWIT_CLASS_PEER ? status : GODWIT_PEER_INTERNAL;
}
