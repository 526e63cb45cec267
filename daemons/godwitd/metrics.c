/* SPDX-License-Identifier: Apache-2.0
 *
 * The door for Prometheus. See metrics.h.
 */
#include "daemons/godwitd/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/https/server.h"

#define AT_ONCE 16
#define AGE_MS 1000 /* of a text that is given again */
#define COUNT_AGE_MS 10000
#define COUNT_SHARE 100u

typedef struct daemon_metrics {
    godwit_https_server_t *server;
    char *text; /* NULL: none was made yet */
    uint64_t made_ms;
    json_t *stored; /* likewise */
    uint64_t count_at_ms;
} daemon_metrics_t;

bool metrics_start(godwitd_t *d, char error[DAEMON_ERROR_MAX])
{
    const config_metrics_t *config = &d->config->metrics;
    const godwit_https_server_config_t wanted = {.host = config->host,
                                                 .port = config->port,
                                                 .plain = true,
                                                 .header_max = 4096,
                                                 .body_max = 1024,
                                                 .connections = 32,
                                                 .connections_of_one = 32,
                                                 .idle_ms = 5000,
                                                 .whole_ms = 10000};
    char why[GODWIT_HTTPS_WHY];
    if (config->host[0] == '\0') {
        return true;
    }
    d->metrics = calloc(1, sizeof *d->metrics);
    if (d->metrics == NULL) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "metrics: no memory");
        return false;
    }
    if (godwit_https_server_start(&wanted, &d->metrics->server, why) != GODWIT_OK) {
        (void)snprintf(error, DAEMON_ERROR_MAX, "metrics: %.480s", why);
        return false;
    }
    return true;
}

bool metrics_watch(const godwitd_t *d)
{
    return d->metrics == NULL || edge_watch(d, godwit_https_server_fd(d->metrics->server));
}

void metrics_ready(const godwitd_t *d)
{
    if (d->metrics != NULL) {
        const char *host = d->config->metrics.host;
        (void)printf(strchr(host, ':') != NULL ? " metrics=[%s]:%u" : " metrics=%s:%u", host,
                     (unsigned)godwit_https_server_port(d->metrics->server));
    }
}

/* Counting reads whole tables: the longer it takes, the less often it is done. */
static json_t *stored(godwitd_t *d, uint64_t now)
{
    daemon_metrics_t *m = d->metrics;
    if (m->stored == NULL || now >= m->count_at_ms) {
        json_decref(m->stored);
        m->stored = daemon_stored(d);
        const uint64_t wait = COUNT_SHARE * (daemon_monotonic_ms() - now);
        m->count_at_ms = now + (wait > COUNT_AGE_MS ? wait : COUNT_AGE_MS);
    }
    return json_incref(m->stored);
}

/* Asking again and again costs no more than asking once in a second. NULL: no memory. */
static const char *current(godwitd_t *d)
{
    daemon_metrics_t *m = d->metrics;
    const uint64_t now = daemon_monotonic_ms();
    if (m->text == NULL || now - m->made_ms >= AGE_MS) {
        json_t *status = daemon_status(d, stored(d, now));
        free(m->text);
        m->text = metrics_text(status, d->started_ms);
        m->made_ms = now;
        json_decref(status);
    }
    return m->text;
}

static void answer(godwitd_t *d, const godwit_https_request_t *request)
{
    const bool known = strcmp(request->path, "/metrics") == 0;
    const bool reads = strcmp(request->method, "GET") == 0 || strcmp(request->method, "HEAD") == 0;
    const char *text = known && reads ? current(d) : "see /metrics\n";
    godwit_https_reply_t reply = {.code = text == NULL ? 503
                                          : !known     ? 404
                                          : reads      ? 200
                                                       : 405,
                                  .headers = {{"Content-Type", "text/plain; version=0.0.4; charset=utf-8"}},
                                  .body = godwit_slice_of_string(text == NULL ? "no memory\n" : text)};
    if (reply.code == 405) {
        reply.headers[1] = (godwit_https_header_t){"Allow", "GET, HEAD"};
    }
    (void)godwit_https_server_answer(d->metrics->server, request->route, &reply); /* or it waits no more */
}

void metrics_receive(godwitd_t *d)
{
    godwit_https_request_t request;
    for (unsigned i = 0; i < AT_ONCE && d->metrics != NULL && godwit_https_server_next(d->metrics->server, &request);
         i++) {
        if (request.refused == 0) {
            answer(d, &request);
        }
    }
}

void metrics_stop(godwitd_t *d)
{
    if (d->metrics != NULL) {
        godwit_https_server_stop(d->metrics->server);
        free(d->metrics->text);
        json_decref(d->metrics->stored);
        free(d->metrics);
        d->metrics = NULL;
    }
}
