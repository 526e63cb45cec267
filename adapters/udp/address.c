/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses of the UDP adapter: octets, text, and the sockets' own form.
 */
#include "adapters/udp/udp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

enum { IPV4 = 4, IPV6 = 16, PORT = 2 };

static bool port_from_text(const char *text, uint16_t *port)
{
    unsigned value = 0;
    size_t digits = 0;
    for (; text[digits] >= '0' && text[digits] <= '9' && digits < 5; digits++) {
        value = value * 10 + (unsigned)(text[digits] - '0');
    }
    *port = (uint16_t)value;
    return digits > 0 && text[digits] == '\0' && value <= UINT16_MAX;
}

godwit_status_t godwit_udp_address_from_text(const char *text, godwit_address_t *address)
{
    char host[INET6_ADDRSTRLEN];
    godwit_address_t parsed;
    uint16_t port = 0;
    bool v6 = text[0] == '[';
    const char *begin = text + (v6 ? 1 : 0);
    const char *end = strchr(begin, v6 ? ']' : ':');
    size_t len = end == NULL ? 0 : (size_t)(end - begin);
    if (len == 0 || len >= sizeof host || (v6 && end[1] != ':')) {
        return GODWIT_INVALID_ARGUMENT;
    }
    memcpy(host, begin, len);
    host[len] = '\0';
    memset(&parsed, 0, sizeof parsed);
    parsed.len = v6 ? IPV6 + PORT : IPV4 + PORT;
    if (inet_pton(v6 ? AF_INET6 : AF_INET, host, parsed.octets) != 1 || !port_from_text(end + (v6 ? 2 : 1), &port)) {
        return GODWIT_INVALID_ARGUMENT;
    }
    godwit_store_u16(parsed.octets + parsed.len - PORT, port);
    *address = parsed;
    return GODWIT_OK;
}

void godwit_udp_address_to_text(const godwit_address_t *address, char text[GODWIT_UDP_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "";
    bool v6 = address->len == IPV6 + PORT;
    if ((!v6 && address->len != IPV4 + PORT) ||
        inet_ntop(v6 ? AF_INET6 : AF_INET, address->octets, host, sizeof host) == NULL) {
        (void)snprintf(text, GODWIT_UDP_TEXT, "?");
        return;
    }
    (void)snprintf(text, GODWIT_UDP_TEXT, v6 ? "[%s]:%u" : "%s:%u", host,
                   godwit_load_u16(address->octets + address->len - PORT));
}

bool godwit_udp_address_is_loopback(const godwit_address_t *address)
{
    static const uint8_t one[IPV6] = {[IPV6 - 1] = 1};
    return (address->len == IPV4 + PORT && address->octets[0] == 127) ||
           (address->len == IPV6 + PORT && memcmp(address->octets, one, IPV6) == 0);
}

socklen_t godwit_udp_address_to_socket(const godwit_address_t *address, struct sockaddr_storage *socket_address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    memset(socket_address, 0, sizeof *socket_address);
    if (address->len == IPV4 + PORT) {
        memcpy(&v4.sin_addr, address->octets, IPV4);
        memcpy(&v4.sin_port, address->octets + IPV4, PORT);
        memcpy(socket_address, &v4, sizeof v4);
        return sizeof v4;
    }
    if (address->len == IPV6 + PORT) {
        memcpy(&v6.sin6_addr, address->octets, IPV6);
        memcpy(&v6.sin6_port, address->octets + IPV6, PORT);
        memcpy(socket_address, &v6, sizeof v6);
        return sizeof v6;
    }
    return 0;
}

void godwit_udp_address_from_socket(const struct sockaddr_storage *socket_address, godwit_address_t *address)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    memset(address, 0, sizeof *address);
    if (socket_address->ss_family == AF_INET) {
        memcpy(&v4, socket_address, sizeof v4);
        address->len = IPV4 + PORT;
        memcpy(address->octets, &v4.sin_addr, IPV4);
        memcpy(address->octets + IPV4, &v4.sin_port, PORT);
    } else if (socket_address->ss_family == AF_INET6) {
        memcpy(&v6, socket_address, sizeof v6);
        address->len = IPV6 + PORT;
        memcpy(address->octets, &v6.sin6_addr, IPV6);
        memcpy(address->octets + IPV6, &v6.sin6_port, PORT);
    }
}
