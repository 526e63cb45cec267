/* SPDX-License-Identifier: Apache-2.0
 *
 * What Prometheus reads (docs/metrics.md): a door of HTTP without TLS, and the text of it. Whoever comes to it is told
 * and asked nothing, moves no counter, and cannot hold up the loop: a text is made at most once in a second, and what
 * the store holds is counted in a hundredth of the time at most.
 */
#ifndef GODWITD_METRICS_H
#define GODWITD_METRICS_H

#include "daemons/godwitd/daemon.h"

bool metrics_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool metrics_watch(const godwitd_t *d);
void metrics_ready(const godwitd_t *d); /* its part of the line that says where everything listens */
void metrics_receive(godwitd_t *d);
void metrics_stop(godwitd_t *d);

/* metrics_text.c: the status (docs/control.md) in the text format 0.0.4 of Prometheus; to be freed. NULL: no memory. */
char *metrics_text(const json_t *status, uint64_t started_ms);

#endif
