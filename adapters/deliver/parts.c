/* SPDX-License-Identifier: Apache-2.0
 *
 * What kinds that reach a server have in common. See parts.h.
 */
#include "adapters/deliver/parts.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool godwit_deliver_secret_read(const char *path, uint8_t *octets, size_t cap, size_t *len)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* a FIFO is not waited for */
    struct stat is;
    ssize_t got = fd >= 0 && fstat(fd, &is) == 0 && S_ISREG(is.st_mode) ? 1 : -1;
    uint8_t more;
    for (*len = 0; got > 0 && *len < cap;) {
        got = read(fd, octets + *len, cap - *len);
        *len += got > 0 ? (size_t)got : 0;
    }
    const bool whole = *len > 0 && got >= 0 && read(fd, &more, 1) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    return whole;
}

static bool read_port(const char *text, uint16_t *port)
{
    uint32_t value = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 5 || text[digits] != '\0') {
        return false;
    }
    for (size_t i = 0; i < digits; i++) {
        value = value * 10 + (uint32_t)(text[i] - '0');
    }
    *port = (uint16_t)value;
    return value > 0 && value <= UINT16_MAX;
}

bool godwit_deliver_url_read(const char *url, const char *scheme, uint16_t port_plain, uint16_t port_tls,
                             char host[128], uint16_t *port, bool *tls)
{
    size_t len = strlen(scheme);
    if (url == NULL || strncmp(url, scheme, len) != 0) {
        return false;
    }
    *tls = url[len] == 's';
    url += len + (*tls ? 1 : 0);
    if (strncmp(url, "://", 3) != 0) {
        return false;
    }
    url += 3;
    bool v6 = *url == '[';
    url += v6 ? 1 : 0;
    len = strcspn(url, v6 ? "]" : ":/");
    if (len == 0 || len >= 128 || (v6 && url[len] != ']')) {
        return false;
    }
    memcpy(host, url, len);
    host[len] = '\0';
    url += len + (v6 ? 1 : 0);
    *port = *tls ? port_tls : port_plain;
    return *url == '\0' || (*url == ':' && read_port(url + 1, port));
}
