/* SPDX-License-Identifier: Apache-2.0
 *
 * The way to an AAnF. The tag of a request is its transaction, with the kind above it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/akma/akma.h"
#include "adapters/akma/json.h"

#define WHOLE_MS 5000u
#define KIND_SHIFT 32

struct godwit_akma_client {
    godwit_https_client_t *https;
    godwit_function_t function;
    char url[GODWIT_HTTPS_URI_MAX / 2];
};

godwit_status_t godwit_akma_client_start(const godwit_akma_client_config_t *config, godwit_akma_client_t **client,
                                         char why[GODWIT_HTTPS_WHY])
{
    const godwit_https_client_config_t https = {.certificate = config->certificate,
                                                .key = config->key,
                                                .ca = config->ca,
                                                .connect_to = config->connect_to,
                                                .body_max = GODWIT_AKMA_TEXT,
                                                .whole_ms = config->whole_ms == 0 ? WHOLE_MS : config->whole_ms};
    godwit_akma_client_t *c = calloc(1, sizeof *c);
    *client = NULL;
    if (c == NULL || snprintf(c->url, sizeof c->url, "%s", config->url) >= (int)sizeof c->url) {
        (void)snprintf(why, GODWIT_HTTPS_WHY, "no memory, or a URL that is too long");
        free(c);
        return GODWIT_IO_FAILED;
    }
    c->function = config->function;
    const godwit_status_t status = godwit_https_client_start(&https, &c->https, why);
    if (status != GODWIT_OK) {
        free(c);
        return status;
    }
    *client = c;
    return GODWIT_OK;
}

int godwit_akma_client_fd(const godwit_akma_client_t *client)
{
    return godwit_https_client_fd(client->https);
}

static const char *path_of(const godwit_message_t *request)
{
    if (request->kind == GODWIT_AKMA_KEY_REQUEST) {
        return GODWIT_NAANF_RETRIEVE;
    }
    return request->u.akma_register.a_kid[0] == '\0' ? GODWIT_NAANF_REMOVE : GODWIT_NAANF_REGISTER;
}

godwit_status_t godwit_akma_client_send(godwit_akma_client_t *client, const godwit_message_t *request)
{
    char text[GODWIT_AKMA_TEXT], url[GODWIT_HTTPS_URI_MAX];
    godwit_status_t status = GODWIT_OK;
    if (request->kind == GODWIT_AKMA_KEY_REQUEST) {
        status = godwit_naanf_key_request_write(&request->u.akma_key_request, text);
    } else {
        godwit_naanf_register_write(&request->u.akma_register, text);
    }
    if (status == GODWIT_OK) {
        (void)snprintf(url, sizeof url, "%s%s", client->url, path_of(request));
        const godwit_https_ask_t ask = {.method = "POST",
                                        .url = url,
                                        .headers = {{"Content-Type", "application/json"}},
                                        .body = godwit_slice_of_string(text)};
        status = godwit_https_client_submit(client->https, &ask,
                                            (uint64_t)request->kind << KIND_SHIFT | request->transaction);
    }
    godwit_wipe(text, sizeof text);
    return status;
}

bool godwit_akma_client_receive(godwit_akma_client_t *client, godwit_message_t *message, char why[GODWIT_HTTPS_WHY])
{
    godwit_https_answer_t answer;
    if (!godwit_https_client_next(client->https, &answer)) {
        return false;
    }
    const bool there = answer.status == GODWIT_OK;
    memset(message, 0, sizeof *message);
    message->kind = (godwit_message_kind_t)((answer.tag >> KIND_SHIFT) + 1);
    message->from = GODWIT_FUNCTION_AANF;
    message->to = client->function;
    message->transaction = (uint32_t)answer.tag;
    if (message->kind == GODWIT_AKMA_KEY_ANSWER) {
        message->u.akma_key_answer.status = GODWIT_PEER_INTERNAL;
        if (there) {
            godwit_naanf_key_answer_read(answer.code, answer.body, &message->u.akma_key_answer);
        }
    } else {
        message->u.outcome = GODWIT_PEER_INTERNAL;
        if (there) {
            message->u.outcome =
                answer.code / 100 == 2 ? GODWIT_OK : godwit_akma_problem_read(answer.code, answer.body);
        }
    }
    memcpy(why, answer.why, GODWIT_HTTPS_WHY);
    return true;
}

void godwit_akma_client_stop(godwit_akma_client_t *client)
{
    if (client != NULL) {
        godwit_https_client_stop(client->https);
        free(client);
    }
}
