/* SPDX-License-Identifier: Apache-2.0
 *
 * Clock, socket, card.
 */
#include "cli/device_host.h"

#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

int64_t cli_now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int cli_udp_connect(const cli_args_t *args, const char *option, const char *where, int *socket_out)
{
    char host[256];
    const char *colon = strrchr(where, ':');
    const size_t len = colon != NULL ? (size_t)(colon - where) : 0;
    const size_t bracket = len >= 2 && where[0] == '[' && where[len - 1] == ']' ? 1 : 0;
    if (len == 0 || len >= sizeof host) {
        return cli_fail(args, CLI_USAGE, "--%s: '%s' is not ADDRESS:PORT or [IPV6]:PORT", option, where);
    }
    memcpy(host, where + bracket, len - 2 * bracket);
    host[len - 2 * bracket] = '\0';
    struct addrinfo hints = {.ai_socktype = SOCK_DGRAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int error = getaddrinfo(host, colon + 1, &hints, &found);
    if (error != 0) {
        return cli_fail(args, CLI_USAGE, "--%s %s: %s", option, where, gai_strerror(error));
    }
    *socket_out = socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool good = *socket_out >= 0 && connect(*socket_out, found->ai_addr, found->ai_addrlen) == 0;
    error = errno;
    freeaddrinfo(found);
    return good ? CLI_OK : cli_fail(args, CLI_NO_PEER, "%s: %s", where, strerror(error));
}

int cli_card_open(const cli_args_t *args, const char *path, const godwit_imsi_t *imsi, godwit_usim_soft_t *card)
{
    if (godwit_usim_soft_open(card, path, &godwit_crypto_builtin, NULL) != GODWIT_OK) {
        return cli_fail(args, CLI_FILE, "%s", card->why);
    }
    if (!godwit_imsi_equal(&card->usim.imsi, imsi)) {
        return cli_fail(args, CLI_USAGE, "--imsi: %s is the card of %s", path, card->usim.imsi.digits);
    }
    return CLI_OK;
}
