/* SPDX-License-Identifier: Apache-2.0
 *
 * Two servers, one without TLS and one with, as the one door of a function that devices come to by HTTP. A door that
 * the owner does not configure must not be opened.
 */
#ifndef GODWIT_ADAPTERS_HTTPS_DOORS_H
#define GODWIT_ADAPTERS_HTTPS_DOORS_H

#include "adapters/https/server.h"

#define GODWIT_HTTPS_DOORS 2

typedef struct godwit_https_door {
    const char *host; /* an address; NULL: this door is not opened */
    uint16_t port;
    const char *certificate, *key; /* files, PEM; NULL: HTTP without TLS */
} godwit_https_door_t;

typedef struct godwit_https_doors {
    godwit_https_server_t *server[GODWIT_HTTPS_DOORS]; /* NULL: not open */
} godwit_https_doors_t;

/* common: headers and bounds of both. GODWIT_IO_FAILED, GODWIT_INVALID_ARGUMENT: why says in one line; close is still
 * due. */
GODWIT_MUST_USE godwit_status_t godwit_https_doors_open(const godwit_https_door_t doors[GODWIT_HTTPS_DOORS],
                                                        const godwit_https_server_config_t *common,
                                                        godwit_https_doors_t *opened, char why[GODWIT_HTTPS_WHY]);
int godwit_https_doors_fd(const godwit_https_doors_t *doors, size_t door);        /* readable when requests wait; -1 */
uint16_t godwit_https_doors_port(const godwit_https_doors_t *doors, size_t door); /* 0: no such door */
void godwit_https_doors_close(godwit_https_doors_t *doors);
/* One more header, the count-th; none when value is empty. */
void godwit_https_reply_add(godwit_https_reply_t *reply, size_t *count, const char *name, const char *value);

#endif
