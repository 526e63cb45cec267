/* SPDX-License-Identifier: Apache-2.0
 *
 * Refusals: codes of HTTP, words, sentences. What they say is the same whoever asks, so that nobody learns of another's
 * devices.
 */
#include <string.h>

#include "adapters/eese/json.h"

static const struct {
    godwit_status_t status;
    unsigned code;
    const char *detail;
} codes[] = {
    {GODWIT_MALFORMED, 400, "the request is not as docs/eese.openapi.yaml has it"},
    {GODWIT_NOT_ENTITLED, 403,
     "not entitled to that: the name of the certificate, the device, the service or the time"},
    {GODWIT_POLICY_FORBIDS, 403, "the policy of the operator, or the service of the session, does not allow it"},
    {GODWIT_UNKNOWN_SESSION, 404, "no such session"},
    {GODWIT_UNKNOWN_KEY, 404, "that key is not known, or was handed out before: ask for the next age"},
    {GODWIT_UNKNOWN_SUBSCRIBER, 404, "no such device"},
    {GODWIT_NOT_FOUND, 404, "no such registration"},
    {GODWIT_REPLAY, 409, "that has been taken already"},
    {GODWIT_UNSUPPORTED_SUITE, 409, "no suite that both ends have and the policy allows"},
    {GODWIT_KEY_EXPIRED, 410, "the key has reached its end"},
    {GODWIT_COUNT_EXHAUSTED, 410, "the key has protected as much as it may"},
    {GODWIT_MAC_FAILURE, 422, "the datagram is not genuine"},
    {GODWIT_OVERLOAD, 429, "too much at once: later"},
    {GODWIT_PEER_INTERNAL, 500, "it could not be done"}, /* the last one: of all that is not above */
};
#define CODES (sizeof codes / sizeof codes[0])

unsigned godwit_eese_code(godwit_status_t status, const char **cause, const char **detail)
{
    size_t i = 0;
    while (i < CODES - 1 && codes[i].status != status) {
        i++;
    }
    *cause = godwit_status_name(codes[i].status);
    *detail = codes[i].detail;
    return codes[i].code;
}

/* A word that does not go with the code is none. */
godwit_status_t godwit_eese_refusal(unsigned code, godwit_slice_t text)
{
    godwit_status_t status = GODWIT_PEER_INTERNAL;
    godwit_json_t json;
    (void)godwit_json_open(&json, text);
    const char *cause = json_string_value(json_object_get(json.root, "cause"));
    for (size_t i = 0; cause != NULL && i < CODES; i++) {
        if (codes[i].code == code && strcmp(cause, godwit_status_name(codes[i].status)) == 0) {
            status = codes[i].status;
        }
    }
    (void)!godwit_json_close(&json);
    return status;
}
