/* SPDX-License-Identifier: Apache-2.0
 *
 * godwit trigger --rest: as an AS at the MTC-IWF's REST front (docs/t8.openapi.yaml).
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "adapters/https/client.h"
#include "adapters/t8/json.h"
#include "cli/trigger.h"

typedef struct rest {
    const cli_args_t *args;
    godwit_https_client_t *client;
    const char *as;
} rest_t;

static int ask(const rest_t *r, const char *method, uint32_t of, uint32_t reference, const char *body,
               godwit_https_answer_t *answer)
{
    char url[GODWIT_HTTPS_URI_MAX], path[GODWIT_T8_URI_MAX], number[16];
    godwit_t8_path_write(r->as, of, path);
    (void)snprintf(url, sizeof url, "%.400s%s", cli_value(r->args, "rest"), path);
    (void)snprintf(number, sizeof number, "%u", (unsigned)reference);
    const godwit_https_ask_t with = {
        .method = method,
        .url = url,
        .headers = {{"Content-Type", "application/json"}, {reference != 0 ? "Idempotency-Key" : NULL, number}},
        .body = godwit_slice_of_string(body)};
    godwit_https_client_wait(r->client, &with, answer);
    return answer->status == GODWIT_OK ? CLI_OK : cli_fail(r->args, CLI_NO_PEER, "%s: %s", url, answer->why);
}

static int refused(const rest_t *r, unsigned code, json_t *body)
{
    const char *cause = json_string_value(json_object_get(body, "cause"));
    const char *detail = json_string_value(json_object_get(body, "detail"));
    const char *error = json_string_value(json_object_get(body, "error"));
    detail = detail != NULL ? detail : error;
    (void)cli_fail(r->args, CLI_REFUSED, "%s (%u): %s", cause != NULL ? cause : "refused", code,
                   detail != NULL ? detail : "no reason was given");
    json_decref(body);
    return CLI_REFUSED;
}

/* With --wait asks until there is an outcome; then prints. answer: what came last. */
static int follow(const rest_t *r, const cli_trigger_t *t, json_t *body)
{
    const char *self = json_string_value(json_object_get(body, "self"));
    char scs[GODWIT_SCS_NAME_MAX + 1];
    uint32_t reference = 0;
    if (self == NULL || godwit_t8_path_read(self, scs, &reference) != GODWIT_OK) {
        json_decref(body);
        return cli_fail(r->args, CLI_NO_PEER, "the answer names no transaction: is this a MTC-IWF?");
    }
    const char *result = json_string_value(json_object_get(body, "deliveryResult"));
    for (uint64_t i = 0; i < t->wait_s && result != NULL && strcmp(result, "TRIGGERED") == 0; i++) {
        const struct timespec second = {.tv_sec = 1};
        godwit_https_answer_t answer = {0};
        (void)nanosleep(&second, NULL);
        if (ask(r, "GET", reference, 0, "", &answer) != CLI_OK || answer.code != 200) {
            continue; /* it will be there again */
        }
        json_t *newer = json_loadb((const char *)answer.body.ptr, answer.body.len, 0, NULL);
        if (newer != NULL) {
            json_decref(body);
            body = newer;
            result = json_string_value(json_object_get(body, "deliveryResult"));
        }
    }
    const bool open = result != NULL && strcmp(result, "TRIGGERED") == 0;
    const bool good = result != NULL && (strcmp(result, "SUCCESS") == 0 || (open && t->wait_s == 0));
    (void)json_object_set_new(body, "reference", json_integer((json_int_t)reference));
    const int code = t->status && t->wait_s == 0 ? CLI_OK : good ? CLI_OK : open ? CLI_NO_PEER : CLI_REFUSED;
    const int printed = cli_print(r->args, body);
    return printed == CLI_OK ? code : printed;
}

static void body_of(const cli_trigger_t *t, char text[GODWIT_T8_TEXT])
{
    text[0] = '\0';
    if (!t->status && t->action.action != GODWIT_ACTION_RECALL) {
        godwit_t8_transaction_write(&t->action, "TRIGGERED", text);
    }
}

static const char *method_of(const cli_trigger_t *t)
{
    if (t->status) {
        return "GET";
    }
    return t->action.action == GODWIT_ACTION_RECALL    ? "DELETE"
           : t->action.action == GODWIT_ACTION_REPLACE ? "PUT"
                                                       : "POST";
}

static int talk(const rest_t *r, const cli_trigger_t *t)
{
    char text[GODWIT_T8_TEXT];
    godwit_https_answer_t answer = {0};
    body_of(t, text);
    const int code = ask(r, method_of(t), t->action.old_reference, t->action.reference, text, &answer);
    if (code != CLI_OK) {
        return code;
    }
    json_t *body =
        answer.body.len > 0 ? json_loadb((const char *)answer.body.ptr, answer.body.len, 0, NULL) : json_object();
    if (answer.code / 100 != 2) {
        return refused(r, answer.code, body);
    }
    if (answer.code == 204) {
        (void)json_object_set_new(body, "recalled", json_integer((json_int_t)t->action.old_reference));
        return cli_print(r->args, body);
    }
    return follow(r, t, body);
}

/* The TLS library does not say which of them it could not read. */
static int check_files(const cli_args_t *args)
{
    static const char *const options[] = {"cert", "key", "ca"};
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        const char *file = cli_value(args, options[i]);
        if (file != NULL && access(file, R_OK) != 0) {
            return cli_fail(args, CLI_FILE, "--%s %s: %s", options[i], file, strerror(errno));
        }
    }
    return CLI_OK;
}

int cli_trigger_rest(const cli_args_t *args, const cli_trigger_t *trigger)
{
    char why[GODWIT_HTTPS_WHY];
    rest_t r = {.args = args, .as = cli_value(args, "as")};
    const godwit_https_client_config_t https = {.certificate = cli_value(args, "cert"),
                                                .key = cli_value(args, "key"),
                                                .ca = cli_value(args, "ca"),
                                                .connect_to = cli_value(args, "connect-to"),
                                                .body_max = GODWIT_T8_TEXT};
    if (r.as == NULL || https.certificate == NULL || https.key == NULL || strlen(r.as) > GODWIT_SCS_NAME_MAX) {
        return cli_fail(args, CLI_USAGE, "--rest needs --as, --cert and --key");
    }
    const int readable = check_files(args);
    if (readable != CLI_OK) {
        return readable;
    }
    if (godwit_https_client_start(&https, &r.client, why) != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", why);
    }
    const int code = talk(&r, trigger);
    godwit_https_client_stop(r.client);
    return code;
}
