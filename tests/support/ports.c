/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/ports.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

/* Below what the kernel gives to connections and what adapters/diameter chooses of itself, as in ports.py. */
#define FIRST 10000u
#define LAST 20000u

static bool is_free(uint16_t port, int kind)
{
    const struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, kind | SOCK_CLOEXEC, 0);
    bool found = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return found;
}

/* The name of an abstract socket, which stays with this process: below 0 where another test has it, or a stranger the
 * port. */
static int hold(uint16_t port)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int len = snprintf(name.sun_path + 1, sizeof name.sun_path - 1, "godwit-test-port-%u", (unsigned)port);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len);
    int mark = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(mark, (const struct sockaddr *)&name, size) != 0 || !is_free(port, SOCK_STREAM) ||
        !is_free(port, SOCK_DGRAM)) {
        close(mark);
        return -1;
    }
    return mark;
}

uint16_t ports_hold(unsigned count)
{
    unsigned held = 0, port = FIRST + (unsigned)getpid() * 7919u % (LAST - FIRST);
    for (unsigned tried = 0; tried < LAST - FIRST && held < count; tried++, port++) {
        if (port + count > LAST) {
            port = FIRST;
            held = 0;
        }
        held = hold((uint16_t)port) < 0 ? 0 : held + 1;
    }
    assert_int_equal(held, count);
    return (uint16_t)(port - count);
}

/* A line "NUMBER: ADDRESS:PORT ADDRESS:PORT STATE ...", all in hexadecimal; of UDP, state 7 speaks with nobody alone. */
static bool line_has(const char *line, uint16_t port)
{
    char *end = NULL;
    const char *at = strchr(line, ':');
    at = at != NULL ? strchr(at + 1, ':') : NULL;
    if (at == NULL || strtoul(at + 1, &end, 16) != port) {
        return false;
    }
    at = strchr(end, ':');
    if (at == NULL) {
        return false;
    }
    (void)strtoul(at + 1, &end, 16);
    return strtoul(end, NULL, 16) == 7;
}

static bool list_has(const char *path, uint16_t port)
{
    char line[256];
    bool found = false;
    FILE *list = fopen(path, "re");
    while (list != NULL && !found && fgets(line, sizeof line, list) != NULL) {
        found = line_has(line, port);
    }
    if (list != NULL) {
        fclose(list);
    }
    return found;
}

bool ports_udp_served(uint16_t port)
{
    return list_has("/proc/net/udp", port) || list_has("/proc/net/udp6", port);
}
