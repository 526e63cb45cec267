/* SPDX-License-Identifier: Apache-2.0
 *
 * Messages of applications for devices (downlink.c).
 */
#ifndef GODWITD_DOWNLINK_H
#define GODWITD_DOWNLINK_H

#include "daemons/godwitd/daemon.h"

bool downlink_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]);
bool downlink_watch(const godwitd_t *d);
void downlink_ready(const godwitd_t *d);
void downlink_receive(godwitd_t *d); /* what has come is durable, or refused, and answered */
void downlink_stop(godwitd_t *d);

#endif
