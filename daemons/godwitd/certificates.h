/* SPDX-License-Identifier: Apache-2.0
 *
 * The certificates that this process shows, and until when they are valid (docs/control.md).
 */
#ifndef GODWITD_CERTIFICATES_H
#define GODWITD_CERTIFICATES_H

#include "daemons/godwitd/daemon.h"

bool certificates_start(godwitd_t *d, char error[DAEMON_ERROR_MAX]); /* when all that reads them has been opened */
/* What stands in that section's file is shown from now on. */
void certificates_taken(godwitd_t *d, const char *where);
/* Names those that were renewed and are not shown before a restart; deliveries are those of config from now on. */
void certificates_reload(godwitd_t *d, const config_t *config);
json_t *certificates_status(const godwitd_t *d);
void certificates_free(godwitd_t *d);

#endif
