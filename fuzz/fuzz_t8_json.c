/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON of the REST front: the first octet chooses a trigger, a change of one, a query, or a path. What is accepted is
 * written again and must be accepted again with the same meaning.
 */
#include "adapters/t8/json.h"
#include "fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_same(const godwit_device_action_t *a, const godwit_device_action_t *b)
{
    return strcmp(a->device.external_id, b->device.external_id) == 0 &&
           strcmp(a->device.msisdn, b->device.msisdn) == 0 && a->payload_len == b->payload_len &&
           memcmp(a->payload, b->payload, a->payload_len) == 0 && a->priority == b->priority && a->port == b->port &&
           a->validity_s == b->validity_s;
}

static void request(godwit_slice_t text)
{
    godwit_t8_body_t body, again;
    char written[GODWIT_T8_TEXT];
    const char *member = NULL;
    if (godwit_t8_request_read(text, &body, &member) != GODWIT_OK) {
        check(member != NULL);
        return;
    }
    check(!body.action.too_long || body.action.payload_len == 0);
    godwit_t8_transaction_write(&body.action, "TRIGGERED", written);
    check(godwit_t8_request_read(godwit_slice_of_string(written), &again, &member) == GODWIT_OK);
    check(is_same(&body.action, &again.action)); /* but for too_long: what does not fit is not kept */
}

static void patch(godwit_slice_t text)
{
    godwit_t8_body_t body;
    godwit_t8_changes_t changes;
    godwit_device_action_t action = {.reference = 7, .port = 4711, .payload_len = 2, .payload = {1, 2}};
    const char *member = NULL;
    memcpy(action.device.external_id, "m@example.com", sizeof "m@example.com");
    if (godwit_t8_patch_read(text, &body, &changes, &member) != GODWIT_OK) {
        check(member != NULL);
        return;
    }
    godwit_t8_patch_apply(&body.action, &changes, &action);
    check(action.reference == 7 && strcmp(action.device.external_id, "m@example.com") == 0);
    check(action.payload_len <= sizeof action.payload && (changes.port || action.port == 4711));
}

static void path(godwit_slice_t octets)
{
    char text[512], scs[GODWIT_SCS_NAME_MAX + 1], written[GODWIT_T8_URI_MAX], again[GODWIT_SCS_NAME_MAX + 1];
    uint32_t reference = 0, same = 0;
    const size_t len = octets.len < sizeof text - 1 ? octets.len : sizeof text - 1;
    memcpy(text, octets.ptr, len);
    text[len] = '\0';
    if (godwit_t8_path_read(text, scs, &reference) == GODWIT_OK && reference != 0) {
        godwit_t8_path_write(scs, reference, written);
        check(strlen(scs) > 100 || (godwit_t8_path_read(written, again, &same) == GODWIT_OK && same == reference &&
                                    strcmp(scs, again) == 0));
    }
}

static void query(godwit_slice_t octets)
{
    char text[64], written[64];
    uint32_t after = 0;
    const size_t len = octets.len < sizeof text - 1 ? octets.len : sizeof text - 1;
    memcpy(text, octets.ptr, len);
    text[len] = '\0';
    if (godwit_t8_query_read(text, &after) == GODWIT_OK) {
        (void)snprintf(written, sizeof written, "after=%u", (unsigned)after);
        check(after == 0 ? text[0] == '\0' : strcmp(written, text) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const godwit_slice_t text = godwit_slice(data + 1, size - 1);
    switch (data[0]) {
    case 'q':
        request(text);
        break;
    case 'p':
        patch(text);
        break;
    case 'a':
        query(text);
        break;
    default:
        path(text);
        break;
    }
    return 0;
}
