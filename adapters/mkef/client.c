/* SPDX-License-Identifier: Apache-2.0
 *
 * The MTC server's way to the MKEF. The tag of a request is its transaction.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/mkef/json.h"
#include "adapters/mkef/mkef.h"

#define WHOLE_MS 5000u

struct godwit_mkef_client {
    godwit_https_client_t *https;
    char url[GODWIT_HTTPS_URI_MAX];
};

godwit_status_t godwit_mkef_client_start(const godwit_mkef_client_config_t *config, godwit_mkef_client_t **client,
                                         char why[GODWIT_HTTPS_WHY])
{
    const godwit_https_client_config_t https = {.certificate = config->certificate,
                                                .key = config->key,
                                                .ca = config->ca,
                                                .connect_to = config->connect_to,
                                                .body_max = GODWIT_MKEF_TEXT,
                                                .whole_ms = config->whole_ms == 0 ? WHOLE_MS : config->whole_ms};
    godwit_mkef_client_t *c = calloc(1, sizeof *c);
    *client = NULL;
    if (c == NULL || snprintf(c->url, sizeof c->url, "%s%s", config->url, GODWIT_MKEF_PATH) >= (int)sizeof c->url) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory, or a URL that is too long");
        free(c);
        return GODWIT_IO_FAILED;
    }
    const godwit_status_t status = godwit_https_client_start(&https, &c->https, why);
    if (status != GODWIT_OK) {
        free(c);
        return status;
    }
    *client = c;
    return GODWIT_OK;
}

int godwit_mkef_client_fd(const godwit_mkef_client_t *client)
{
    return godwit_https_client_fd(client->https);
}

godwit_status_t godwit_mkef_client_send(godwit_mkef_client_t *client, const godwit_message_t *request)
{
    char text[GODWIT_MKEF_TEXT];
    const godwit_status_t status = godwit_mkef_request_write(&request->u.mtc_key_request, text);
    if (status != GODWIT_OK) {
        return status;
    }
    const godwit_https_ask_t ask = {.method = "POST",
                                    .url = client->url,
                                    .headers = {{"Content-Type", "application/json"}},
                                    .body = godwit_slice_of_string(text)};
    return godwit_https_client_submit(client->https, &ask, request->transaction);
}

bool godwit_mkef_client_receive(godwit_mkef_client_t *client, godwit_message_t *message, char why[GODWIT_HTTPS_WHY])
{
    godwit_https_answer_t answer;
    if (!godwit_https_client_next(client->https, &answer)) {
        return false;
    }
    memset(message, 0, sizeof *message);
    message->kind = GODWIT_MTC_KEY_ANSWER;
    message->from = GODWIT_FUNCTION_MKEF;
    message->to = GODWIT_FUNCTION_HSE;
    message->transaction = (uint32_t)answer.tag;
    if (answer.status == GODWIT_OK) {
        godwit_mkef_answer_read(answer.code, answer.body, &message->u.mtc_key_answer);
    } else {
        message->u.mtc_key_answer.status = GODWIT_PEER_INTERNAL;
    }
    memcpy(why, answer.why, GODWIT_HTTPS_WHY);
    return true;
}

void godwit_mkef_client_stop(godwit_mkef_client_t *client)
{
    if (client != NULL) {
        godwit_https_client_stop(client->https);
        free(client);
    }
}
