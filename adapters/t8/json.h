/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of the device triggering API (docs/t8.openapi.yaml). Text in a request comes from an AS that was let in by its
 * certificate, and is otherwise not believed: what does not fit is refused by the name of its member.
 */
#ifndef GODWIT_ADAPTERS_T8_JSON_H
#define GODWIT_ADAPTERS_T8_JSON_H

#include "core/wire/payload_trigger.h"

#define GODWIT_T8_PATH "/3gpp-device-triggering/v1/"
#define GODWIT_T8_TEXT 4096 /* characters of any body here */
#define GODWIT_T8_URI_MAX 400

/* What a request body says, beside the trigger. */
typedef struct godwit_t8_body {
    godwit_device_action_t action; /* device, payload, priority, port, validity */
    bool has_destination;
    char destination[GODWIT_T8_URI_MAX + 1]; /* notificationDestination */
} godwit_t8_body_t;

/* DeviceTriggering of a POST or PUT. GODWIT_MALFORMED: *member is the member that is wrong, or "" for the whole. */
GODWIT_MUST_USE godwit_status_t godwit_t8_request_read(godwit_slice_t text, godwit_t8_body_t *body,
                                                       const char **member);
/* Which members a PATCH brings. */
typedef struct godwit_t8_changes {
    bool validity, priority, port, payload;
} godwit_t8_changes_t;
/* DeviceTriggeringPatch: what it brings is in body, and nothing of which device. As request_read. */
GODWIT_MUST_USE godwit_status_t godwit_t8_patch_read(godwit_slice_t text, godwit_t8_body_t *body,
                                                     godwit_t8_changes_t *changes, const char **member);
void godwit_t8_patch_apply(const godwit_device_action_t *patch, const godwit_t8_changes_t *changes,
                           godwit_device_action_t *action);
/* The resource as it stands. */
void godwit_t8_transaction_write(const godwit_device_action_t *action, const char *result, char text[GODWIT_T8_TEXT]);
/* Of what has become of it: DeliveryResult. */
const char *godwit_t8_result(const godwit_trigger_query_answer_t *answer);
const char *godwit_t8_outcome(godwit_delivery_outcome_t outcome);
/* Those that wait for their outcome, as an array; to be freed. NULL: no memory. */
char *godwit_t8_list_write(const godwit_device_action_t *actions, size_t count);
/* DeviceTriggeringDeliveryReportNotification. */
void godwit_t8_notification_write(const char *transaction, godwit_delivery_outcome_t outcome,
                                  char text[GODWIT_T8_TEXT]);

/* The HTTP code and name of a Request-Status other than SUCCESS. */
unsigned godwit_t8_status_code(godwit_request_status_t status, const char **cause);

/* "/3gpp-device-triggering/v1/{scsAsId}/transactions[/{reference}]": *reference 0 where there is none. GODWIT_NOT_FOUND
 * for another path; scs is as in the path, unescaped. */
GODWIT_MUST_USE godwit_status_t godwit_t8_path_read(const char *path, char scs[GODWIT_SCS_NAME_MAX + 1],
                                                    uint32_t *reference);
/* reference 0: the collection. */
void godwit_t8_path_write(const char *scs, uint32_t reference, char path[GODWIT_T8_URI_MAX]);
/* "after={reference}" of the collection; "": *after is 0. GODWIT_MALFORMED for anything else. */
GODWIT_MUST_USE godwit_status_t godwit_t8_query_read(const char *query, uint32_t *after);

#endif
