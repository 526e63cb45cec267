/* SPDX-License-Identifier: Apache-2.0
 *
 * The HTTP server, without TLS, given anything on a connection; its owner answers what reaches it with what it was
 * asked. Nothing longer than its bounds ever reaches the owner.
 */
#include "adapters/https/server.h"
#include "fuzz/fuzz.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BODY_MAX 64
#define QUIET_MS 3

static godwit_https_server_t *server;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void start(void)
{
    char why[GODWIT_HTTPS_WHY];
    const godwit_https_server_config_t config = {.host = "127.0.0.1",
                                                 .plain = true,
                                                 .headers = {"Host", "X-Want"},
                                                 .header_max = 1024,
                                                 .body_max = BODY_MAX,
                                                 .idle_ms = 2000,
                                                 .whole_ms = 2000};
    if (server == NULL) {
        check(godwit_https_server_start(&config, &server, why) == GODWIT_OK);
    }
}

static void answer_all(void)
{
    godwit_https_request_t r;
    while (godwit_https_server_next(server, &r)) {
        check(strlen(r.path) <= GODWIT_HTTPS_URI_MAX && r.body.len <= BODY_MAX && r.name_count == 0 && !r.tls);
        const godwit_https_reply_t reply = {.code = 200, .headers = {{"X-Path", "yes"}}, .body = r.body};
        if (r.refused == 0) {
            check(r.route != 0);
            (void)godwit_https_server_answer(server, r.route, &reply);
        } else {
            check(r.refused >= 400 && r.why != NULL);
        }
    }
}

/* Until the server ends the connection, or is quiet: it would end it when its time is over, which is not looked at
 * here. */
static void converse(int fd)
{
    struct pollfd waits[] = {{.fd = fd, .events = POLLIN}, {.fd = godwit_https_server_fd(server), .events = POLLIN}};
    char octets[2048];
    for (;;) {
        if (poll(waits, 2, QUIET_MS) <= 0) {
            return;
        }
        answer_all();
        if (waits[0].revents != 0 && recv(fd, octets, sizeof octets, 0) <= 0) {
            return;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    start();
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(godwit_https_server_port(server))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0);
    if (size == 0 || send(fd, data, size, MSG_NOSIGNAL) > 0) {
        (void)shutdown(fd, SHUT_WR);
        converse(fd);
    }
    close(fd);
    return 0;
}
