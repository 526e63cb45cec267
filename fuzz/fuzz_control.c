/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket's requests: whatever line comes, it is a request within its ranges or refused with a reason.
 */
#include <stdlib.h>

#include "adapters/control/control.h"
#include "fuzz/fuzz.h"

static bool is_sound(const godwit_control_request_t *request)
{
    switch (request->command) {
    case GODWIT_CONTROL_STATUS:
        return true;
    case GODWIT_CONTROL_SESSION_LIST:
        return request->limit >= 1 && request->limit <= GODWIT_CONTROL_LIMIT_MAX;
    case GODWIT_CONTROL_SESSION_SHOW:
    case GODWIT_CONTROL_SESSION_DROP:
        return request->session != 0;
    case GODWIT_CONTROL_SEND:
        return request->payload_len <= sizeof request->payload && request->imsi.len >= GODWIT_IMSI_DIGITS_MIN;
    case GODWIT_CONTROL_TRIGGER_SEND:
    case GODWIT_CONTROL_TRIGGER_REPLACE:
    case GODWIT_CONTROL_TRIGGER_RECALL:
        return request->trigger.payload_len <= sizeof request->trigger.payload && request->trigger.action != 0;
    case GODWIT_CONTROL_TRIGGER_STATUS:
        return request->trigger.reference != 0;
    default:
        return false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    godwit_control_request_t request;
    char why[GODWIT_CONTROL_WHY] = "";
    if (size > GODWIT_CONTROL_LINE_MAX) {
        return 0;
    }
    godwit_status_t status = godwit_control_parse(godwit_slice(data, size), &request, why);
    if (status == GODWIT_OK ? !is_sound(&request) : why[0] == '\0') {
        abort();
    }
    return 0;
}
