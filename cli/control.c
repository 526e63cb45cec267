/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define DEFAULT_CONTROL "/run/godwit/control"
#define ANSWER_MAX ((size_t)8 << 20)
#define PATIENCE_S 5

static int connect_to(const cli_args_t *args, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    if (strlen(path) >= sizeof address.sun_path) {
        (void)cli_fail(args, CLI_USAGE, "--control: the path is longer than a socket's may be");
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
        connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        (void)cli_fail(args, CLI_NO_PEER, "%s: %s; does godwitd run, and is its 'control: path' this one?", path,
                       strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
        }
        return -1;
    }
    return fd;
}

static bool send_line(int fd, json_t *request)
{
    char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    if (text == NULL) {
        return false;
    }
    size_t len = strlen(text);
    text[len] = '\n'; /* in place of the terminator: the line is sent by its length */
    size_t sent = 0;
    while (sent <= len) {
        ssize_t n = send(fd, text + sent, len + 1 - sent, MSG_NOSIGNAL);
        if (n <= 0) {
            break;
        }
        sent += (size_t)n;
    }
    free(text);
    return sent == len + 1;
}

/* Reads up to the end of the line into a buffer that the caller frees; NULL when it does not come. */
static char *receive_line(int fd)
{
    size_t len = 0;
    size_t cap = 65536;
    char *line = malloc(cap);
    while (line != NULL) {
        ssize_t n = recv(fd, line + len, cap - len, 0);
        if (n <= 0) {
            break;
        }
        len += (size_t)n;
        if (line[len - 1] == '\n') {
            line[len - 1] = '\0';
            return line;
        }
        if (len == cap) {
            char *more = cap < ANSWER_MAX ? realloc(line, cap * 2) : NULL;
            if (more == NULL) {
                break;
            }
            line = more;
            cap *= 2;
        }
    }
    free(line);
    return NULL;
}

int cli_control_ask(const cli_args_t *args, json_t *request, json_t **whole)
{
    *whole = NULL;
    const char *path = cli_value(args, "control");
    const char *environment = getenv("GODWIT_CONTROL");
    if (path == NULL) {
        path = environment != NULL && environment[0] != '\0' ? environment : DEFAULT_CONTROL;
    }
    int fd = connect_to(args, path);
    if (fd < 0) {
        json_decref(request);
        return CLI_NO_PEER;
    }
    char *line = send_line(fd, request) ? receive_line(fd) : NULL;
    (void)close(fd);
    if (line == NULL) {
        return cli_fail(args, CLI_NO_PEER, "%s: no whole answer within %d s", path, PATIENCE_S);
    }
    json_t *answer = json_loads(line, 0, NULL);
    free(line);
    if (!json_is_object(answer)) {
        json_decref(answer);
        return cli_fail(args, CLI_NO_PEER, "%s: the answer is not a JSON object: is this a godwitd?", path);
    }
    const json_t *error = json_object_get(answer, "error");
    if (error != NULL) {
        const char *reason = json_string_value(json_object_get(error, "reason"));
        const char *message = json_string_value(json_object_get(error, "message"));
        int code =
            cli_fail(args, CLI_REFUSED, "%s: %s", reason != NULL ? reason : "refused", message != NULL ? message : "");
        json_decref(answer);
        return code;
    }
    *whole = answer;
    return CLI_OK;
}

int cli_control(const cli_args_t *args, json_t *request)
{
    json_t *answer = NULL;
    const int code = cli_control_ask(args, request, &answer);
    return code == CLI_OK ? cli_print(args, answer) : code;
}
