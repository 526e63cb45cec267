/* SPDX-License-Identifier: Apache-2.0
 *
 * A process with the PSK door, for stock clients: psk_node [--handshake-ms N] [--connections N] [--key IDENTITY=HEX]...
 * . What it has no key for is refused, but for the identity "held", whose key is given when a line comes on standard
 * input. It sends back what it is sent.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapters/psk/psk.h"

static char *keys[16];
static size_t key_count;
static uint64_t held;
static const uint8_t held_key[32] = {1};

static const char *hex_of(const char *identity)
{
    size_t len = strlen(identity);
    for (size_t i = 0; i < key_count; i++) {
        char *sign = strrchr(keys[i], '=');
        if ((size_t)(sign - keys[i]) == len && memcmp(keys[i], identity, len) == 0) {
            return sign + 1;
        }
    }
    return NULL;
}

static void give_key(godwit_psk_t *psk, const godwit_psk_event_t *event)
{
    uint8_t key[32];
    size_t len = 0;
    const char *hex = hex_of(event->identity);
    if (strcmp(event->identity, "held") == 0) {
        held = event->route;
    } else {
        bool known = hex != NULL && godwit_hex_decode(hex, key, sizeof key, &len) == GODWIT_OK && len == sizeof key;
        godwit_psk_key(psk, event->route, known ? key : NULL);
    }
}

static void show(const godwit_psk_event_t *event)
{
    static const char *const names[] = {"wanted", "opened", "data", "refused"};
    char protocol[11];
    godwit_hex_encode(godwit_slice(event->ua_protocol, 5), protocol);
    printf("%s %s identity=%s ua=%s name=%s %s%.*s\n", names[event->kind], event->dtls ? "dtls" : "tls",
           event->identity, protocol, event->server_name, event->why != NULL ? event->why : "", (int)event->data.len,
           event->data.ptr != NULL ? (const char *)event->data.ptr : "");
}

static void take(godwit_psk_t *psk)
{
    godwit_psk_event_t event;
    while (godwit_psk_next(psk, &event)) {
        if (event.kind != GODWIT_PSK_REFUSED || event.why != NULL) {
            show(&event);
        }
        if (event.kind == GODWIT_PSK_KEY_WANTED) {
            give_key(psk, &event);
        } else if (event.kind == GODWIT_PSK_DATA) {
            (void)godwit_psk_send(psk, event.route, event.data);
        }
    }
}

int main(int argc, char **argv)
{
    godwit_psk_config_t config = {.host = "127.0.0.1", .tls = true, .dtls = true};
    char why[GODWIT_PSK_WHY], line[64];
    godwit_psk_t *psk;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--key") == 0 && key_count < 16) {
            keys[key_count++] = argv[i + 1];
        } else if (strcmp(argv[i], "--handshake-ms") == 0) {
            config.handshake_ms = (uint32_t)strtoul(argv[i + 1], NULL, 10);
        } else if (strcmp(argv[i], "--connections") == 0) {
            config.connections = (unsigned)strtoul(argv[i + 1], NULL, 10);
        }
    }
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (godwit_psk_start(&config, &psk, why) != GODWIT_OK) {
        fprintf(stderr, "%s\n", why);
        return 1;
    }
    printf("ready tls=%u dtls=%u\n", (unsigned)godwit_psk_tls_port(psk), (unsigned)godwit_psk_dtls_port(psk));
    for (bool running = true; running;) {
        struct pollfd p[2] = {{.fd = godwit_psk_fd(psk), .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
        (void)poll(p, 2, -1);
        if (p[1].revents != 0) {
            running = fgets(line, sizeof line, stdin) != NULL;
            godwit_psk_key(psk, held, held_key);
        }
        take(psk);
    }
    godwit_psk_stop(psk);
    return 0;
}
