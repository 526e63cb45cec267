/* SPDX-License-Identifier: Apache-2.0
 *
 * The client, on adapters/https.
 */
#include "adapters/policy/client.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/client.h"

/* The reason that the server gave, when it is one line that may be shown. */
static void explain(godwit_slice_t body, unsigned code, char why[GODWIT_POLICY_WHY])
{
    json_t *json = json_loadb((const char *)body.ptr, body.len, 0, NULL);
    const char *error = json_string_value(json_object_get(json, "error"));
    (void)snprintf(why, GODWIT_POLICY_WHY, "the answer is %u%s%.400s", code, error == NULL ? "" : ": ",
                   error == NULL ? "" : error);
    for (char *c = why; *c != '\0'; c++) {
        *c = *c < ' ' || *c > '~' ? '?' : *c;
    }
    json_decref(json);
}

static godwit_status_t status_of(unsigned code)
{
    switch (code) {
    case 200:
        return GODWIT_OK;
    case 400:
    case 413:
        return GODWIT_MALFORMED;
    case 403:
        return GODWIT_NOT_ENTITLED;
    case 409:
        return GODWIT_POLICY_FORBIDS;
    default:
        return GODWIT_PEER_INTERNAL;
    }
}

/* given: the body of a PUT, or NULL for a GET; policy: what the answer to a GET is read into. */
static godwit_status_t ask(const char *url, const godwit_policy_credentials_t *with, godwit_slice_t given,
                           godwit_policy_t *policy, char why[GODWIT_POLICY_WHY])
{
    const godwit_https_client_config_t config = {
        .certificate = with->certificate, .key = with->key, .ca = with->ca, .body_max = GODWIT_POLICY_DOCUMENT_MAX};
    const godwit_https_ask_t wanted = {.method = policy == NULL ? "PUT" : "GET",
                                       .url = url,
                                       .headers = {{"Content-Type", "application/json"}},
                                       .body = given};
    godwit_https_client_t *client = NULL;
    godwit_https_answer_t answer;
    if (godwit_https_client_start(&config, &client, why) != GODWIT_OK) {
        return GODWIT_IO_FAILED;
    }
    godwit_https_client_wait(client, &wanted, &answer);
    godwit_status_t status = answer.status == GODWIT_OK ? status_of(answer.code) : GODWIT_IO_FAILED;
    if (answer.status != GODWIT_OK) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "%.200s: %.200s", url, answer.why);
    } else {
        explain(answer.body, answer.code, why);
    }
    if (status == GODWIT_OK && policy != NULL) {
        status = godwit_policy_parse((const char *)answer.body.ptr, answer.body.len, policy, why);
    }
    godwit_https_client_stop(client);
    return status;
}

godwit_status_t godwit_policy_fetch(const char *url, const godwit_policy_credentials_t *credentials,
                                    godwit_policy_t *policy, char why[GODWIT_POLICY_WHY])
{
    return ask(url, credentials, godwit_slice(NULL, 0), policy, why);
}

godwit_status_t godwit_policy_offer(const char *url, const godwit_policy_credentials_t *credentials,
                                    const godwit_policy_t *policy, char why[GODWIT_POLICY_WHY])
{
    size_t len = 0;
    char *text = godwit_policy_write(policy, &len);
    if (text == NULL) {
        (void)snprintf(why, GODWIT_POLICY_WHY, "no memory");
        return GODWIT_IO_FAILED;
    }
    const godwit_status_t status = ask(url, credentials, godwit_slice(text, len), NULL, why);
    free(text);
    return status;
}
