/* SPDX-License-Identifier: Apache-2.0
 *
 * Delivery reports to an AS, at the address that is configured for it.
 */
#include <stdio.h>
#include <string.h>

#include "adapters/t8/internal.h"

godwit_status_t godwit_t8_notify(godwit_t8_t *t8, const godwit_message_t *notification)
{
    char text[GODWIT_T8_TEXT], path[GODWIT_T8_URI_MAX];
    const godwit_device_notification_t *n = &notification->u.device_notification;
    const caller_t *caller = godwit_t8_caller_of(t8, n->scs);
    if (caller == NULL || caller->notify[0] == '\0') {
        return GODWIT_NOT_FOUND;
    }
    godwit_t8_path_write(n->scs, n->reference, path);
    godwit_t8_notification_write(path, n->outcome, text);
    const godwit_https_ask_t ask = {.method = "POST",
                                    .url = caller->notify,
                                    .headers = {{"Content-Type", "application/json"}},
                                    .body = godwit_slice_of_string(text)};
    return godwit_https_client_submit(t8->client, &ask, notification->transaction);
}

bool godwit_t8_notified(godwit_t8_t *t8, godwit_message_t *message, char why[GODWIT_HTTPS_WHY])
{
    godwit_https_answer_t answer;
    if (!godwit_https_client_next(t8->client, &answer)) {
        return false;
    }
    const bool taken = answer.status == GODWIT_OK && answer.code / 100 == 2;
    memset(message, 0, sizeof *message);
    message->kind = GODWIT_DEVICE_NOTIFICATION_ANSWER;
    message->from = GODWIT_FUNCTION_AS;
    message->to = GODWIT_FUNCTION_MTC_IWF;
    message->transaction = (uint32_t)answer.tag;
    message->u.outcome = taken ? GODWIT_OK : GODWIT_PEER_INTERNAL;
    (void)snprintf(why, GODWIT_HTTPS_WHY, "%s",
                   taken                        ? ""
                   : answer.status == GODWIT_OK ? "the AS does not take a delivery report"
                                                : answer.why);
    return true;
}
