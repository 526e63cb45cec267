/* SPDX-License-Identifier: Apache-2.0
 *
 * Telling that it is ready: one line on standard output with every address, and the datagram that systemd's
 * sd_notify(3) describes.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemons/godwitd/downlink.h"
#include "daemons/godwitd/metrics.h"

void daemon_notify(const char *state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    size_t len = path == NULL ? 0 : strlen(path);
    if (len < 2 || len >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@')) {
        return;
    }
    memcpy(address.sun_path, path, len);
    if (path[0] == '@') {
        address.sun_path[0] = '\0'; /* the abstract name space */
    }
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        (void)sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&address,
                     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
        close(fd);
    }
}

void daemon_ready(const godwitd_t *d)
{
    char text[GODWIT_UDP_TEXT];
    (void)printf("ready");
    for (size_t i = 0; i < d->doors.count; i++) {
        const door_t *door = &d->doors.door[i];
        godwit_address_t local = godwit_udp_local(door->udp);
        godwit_udp_address_to_text(&local, text);
        if (door->port == GODWIT_PORT_EMSDP) {
            (void)printf(" hse=%s", text);
        } else {
            (void)printf(" %s-%s=%s", owner_function_name(door->function), doors_name(door->port), text);
        }
    }
    if (d->diameter != NULL) {
        bool v6 = strchr(d->config->diameter.listen, ':') != NULL;
        (void)printf(v6 ? " diameter=[%s]:%u" : " diameter=%s:%u", d->config->diameter.listen,
                     (unsigned)godwit_diameter_port(d->diameter));
    }
    naf_ready(d);
    akma_ready(d);
    e2e_ready(d);
    eas_ready(d);
    aaa_ready(d);
    rest_ready(d);
    downlink_ready(d);
    metrics_ready(d);
    if (d->policy_server != NULL) {
        bool v6 = strchr(d->config->policy.host, ':') != NULL;
        (void)printf(v6 ? " policy=[%s]:%u" : " policy=%s:%u", d->config->policy.host,
                     (unsigned)godwit_policy_server_port(d->policy_server));
    }
    if (mkef_port(d) != 0) {
        bool v6 = strchr(d->config->mkef.host, ':') != NULL;
        (void)printf(v6 ? " mkef=[%s]:%u" : " mkef=%s:%u", d->config->mkef.host, (unsigned)mkef_port(d));
    }
    for (size_t i = 0; i < GODWIT_HTTPS_DOORS; i++) {
        const char *host = d->config->gba_bsf.host[i];
        const char *name = i == 0 ? "ub-http" : "ub-https";
        if (gba_port(d, i) != 0) {
            (void)printf(strchr(host, ':') != NULL ? " %s=[%s]:%u" : " %s=%s:%u", name, host, (unsigned)gba_port(d, i));
        }
    }
    if (d->control != NULL) {
        (void)printf(" control=%s", d->config->control_path);
    }
    (void)printf("\n");
    (void)fflush(stdout);
    daemon_notify("READY=1");
}
