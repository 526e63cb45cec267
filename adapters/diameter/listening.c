/* SPDX-License-Identifier: Apache-2.0
 *
 * Whether somebody listens on a port, by the kernel's own list: a connection to try it would be noise to whoever
 * listens.
 */
#include "adapters/diameter/internal.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A line of /proc/net/tcp: "NUMBER: ADDRESS:PORT ADDRESS:PORT STATE ...", ours before the peer's, all in
 * hexadecimal. */
static bool line_listens(const char *line, uint16_t port)
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
    return strtoul(end, NULL, 16) == TCP_LISTEN;
}

static bool is_listening(uint16_t port, const char *list)
{
    char line[256];
    bool found = false;
    FILE *file = fopen(list, "re");
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        found = line_listens(line, port);
    }
    if (file != NULL) {
        fclose(file);
    }
    return found;
}

bool godwit_diameter_is_listening(uint16_t port)
{
    return is_listening(port, "/proc/net/tcp") || is_listening(port, "/proc/net/tcp6");
}
