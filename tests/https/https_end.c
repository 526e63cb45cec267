/* SPDX-License-Identifier: Apache-2.0
 *
 * Either end of adapters/https as a program, for a test in another language (test_https.py).
 * serve KEY=VALUE...: prints "port N", answers what it was asked as text, ends with its standard input. Path /late is
 * never answered, /swap is answered after the request that follows it, /revoke reads the file crl anew. Refusals are
 * printed.
 * ask KEY=VALUE... METHOD URL [BODY]...: sends all at once, prints "tag status code header body" in the order of the
 * answers.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/https/client.h"

static const char *option(int argc, char **argv, const char *key)
{
    const size_t len = strlen(key);
    for (int i = 2; i < argc; i++) {
        if (strncmp(argv[i], key, len) == 0 && argv[i][len] == '=') {
            return argv[i] + len + 1;
        }
    }
    return NULL;
}

static unsigned number(int argc, char **argv, const char *key)
{
    const char *text = option(argc, argv, key);
    return text == NULL ? 0 : (unsigned)strtoul(text, NULL, 10);
}

static void reply(godwit_https_server_t *server, uint64_t route, const char *text)
{
    const godwit_https_reply_t with = {.code = 200,
                                       .headers = {{"X-Test", "yes"}, {"Content-Type", "text/plain"}},
                                       .body = godwit_slice_of_string(text)};
    if (!godwit_https_server_answer(server, route, &with)) {
        printf("too late\n");
    }
}

static void answer(godwit_https_server_t *server, const godwit_https_request_t *r, const char *crl)
{
    static uint64_t kept;
    char text[40000];
    if (r->refused != 0) {
        printf("refused %u %s\n", r->refused, r->why);
        return;
    }
    if (strcmp(r->path, "/late") == 0) {
        return;
    }
    if (strcmp(r->path, "/revoke") == 0) {
        char why[GODWIT_HTTPS_WHY] = "";
        reply(server, r->route, godwit_https_server_revoke(server, crl, why) == GODWIT_OK ? "done" : why);
        return;
    }
    if (strcmp(r->path, "/swap") == 0) {
        kept = r->route;
        return;
    }
    (void)snprintf(text, sizeof text, "%s %s ?%s %s tls=%d names=%zu %s from=%s body=%zu %.*s", r->method, r->path,
                   r->query, r->headers[0] == NULL ? "-" : r->headers[0], r->tls, r->name_count,
                   r->name_count > 0 ? r->names[0] : "-", r->address, r->body.len, (int)r->body.len,
                   (const char *)r->body.ptr);
    reply(server, r->route, text);
    if (kept != 0) {
        reply(server, kept, "swapped");
        kept = 0;
    }
}

static int serve(int argc, char **argv)
{
    const char *client = option(argc, argv, "client");
    const char *const clients[] = {client, NULL};
    const char *crl = option(argc, argv, "crl");
    char why[GODWIT_HTTPS_WHY] = "";
    godwit_https_server_t *server = NULL;
    const godwit_https_server_config_t config = {.host = "127.0.0.1",
                                                 .plain = option(argc, argv, "plain") != NULL,
                                                 .certificate = option(argc, argv, "certificate"),
                                                 .key = option(argc, argv, "key"),
                                                 .client_ca = option(argc, argv, "ca"),
                                                 .crl = crl,
                                                 .clients = client == NULL ? NULL : clients,
                                                 .headers = {"X-Want"},
                                                 .connections = number(argc, argv, "connections"),
                                                 .connections_of_one = number(argc, argv, "of_one"),
                                                 .idle_ms = number(argc, argv, "idle_ms"),
                                                 .whole_ms = number(argc, argv, "whole_ms"),
                                                 .answer_ms = number(argc, argv, "answer_ms")};
    if (godwit_https_server_start(&config, &server, why) != GODWIT_OK) {
        printf("%s\n", why);
        return 1;
    }
    printf("port %u\n", (unsigned)godwit_https_server_port(server));
    (void)fflush(stdout);
    struct pollfd waits[] = {{.fd = godwit_https_server_fd(server), .events = POLLIN}, {.fd = 0, .events = POLLIN}};
    while (waits[1].revents == 0 && poll(waits, 2, -1) > 0) { /* what came before the end of the input is answered */
        godwit_https_request_t request;
        while (godwit_https_server_next(server, &request)) {
            answer(server, &request, crl);
        }
        (void)fflush(stdout);
    }
    godwit_https_server_stop(server);
    return 0;
}

static int submit_all(godwit_https_client_t *client, int argc, char **argv)
{
    int asked = 0;
    for (int i = 2; i + 1 < argc; i++) {
        if (strchr(argv[i], '=') != NULL) {
            continue;
        }
        const godwit_https_ask_t ask = {.method = argv[i],
                                        .url = argv[i + 1],
                                        .headers = {{"X-Want", "this"}},
                                        .body = godwit_slice_of_string(argv[i][0] == 'P' ? argv[i + 2] : NULL)};
        i += argv[i][0] == 'P' ? 2 : 1;
        godwit_status_t status = godwit_https_client_submit(client, &ask, (uint64_t)asked);
        if (status == GODWIT_OK) {
            asked++;
        } else {
            printf("not submitted: %s\n", godwit_status_name(status));
        }
    }
    return asked;
}

static int ask(int argc, char **argv)
{
    char why[GODWIT_HTTPS_WHY] = "";
    godwit_https_client_t *client = NULL;
    const godwit_https_client_config_t config = {.certificate = option(argc, argv, "certificate"),
                                                 .key = option(argc, argv, "key"),
                                                 .ca = option(argc, argv, "ca"),
                                                 .crl = option(argc, argv, "crl"),
                                                 .plain = option(argc, argv, "plain") != NULL,
                                                 .connect_to = option(argc, argv, "to"),
                                                 .headers = {"X-Test"},
                                                 .body_max = number(argc, argv, "body_max"),
                                                 .whole_ms = number(argc, argv, "whole_ms"),
                                                 .outstanding = number(argc, argv, "outstanding")};
    if (godwit_https_client_start(&config, &client, why) != GODWIT_OK) {
        printf("%s\n", why);
        return 1;
    }
    int left = submit_all(client, argc, argv);
    struct pollfd wait = {.fd = godwit_https_client_fd(client), .events = POLLIN};
    while (left > 0 && poll(&wait, 1, -1) > 0) {
        godwit_https_answer_t a;
        while (godwit_https_client_next(client, &a)) {
            printf("%u %s %u %s %.*s%s\n", (unsigned)a.tag, godwit_status_name(a.status), a.code,
                   a.headers[0] == NULL ? "-" : a.headers[0], (int)a.body.len, (const char *)a.body.ptr, a.why);
            left--;
        }
    }
    godwit_https_client_stop(client);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        return 2;
    }
    return strcmp(argv[1], "serve") == 0 ? serve(argc, argv) : ask(argc, argv);
}
