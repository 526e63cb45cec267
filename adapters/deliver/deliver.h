/* SPDX-License-Identifier: Apache-2.0
 *
 * Delivery of readings to an application: the seam, and the deliveries there are (standard output, a file, UDP). Each reading is one
 * JSON line with the members imsi, session, count, payload (text when it is UTF-8, else payload_hex) and time. A reading comes here
 * once; what cannot be delivered is told, and lost.
 */
#ifndef GODWIT_ADAPTERS_DELIVER_H
#define GODWIT_ADAPTERS_DELIVER_H

#include "roles/role.h"

#define GODWIT_DELIVER_WHY 320

/* What every delivery's own structure begins with. */
typedef struct godwit_delivery {
    const struct godwit_deliver_kind *kind;
    char why[GODWIT_DELIVER_WHY]; /* of the last failure */
} godwit_delivery_t;

typedef struct godwit_deliver_kind {
    const char *name; /* as the configuration says it */
    /* target: what the kind needs to know where: a path, an address; NULL for standard output. */
    godwit_status_t (*open)(const char *target, godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY]);
    /* Takes one reading; it may leave only with flush. GODWIT_IO_FAILED: it is lost. */
    godwit_status_t (*deliver)(godwit_delivery_t *delivery, const godwit_reading_t *reading);
    /* At the end of each batch. GODWIT_IO_FAILED: something is lost, or waits for another flush. */
    godwit_status_t (*flush)(godwit_delivery_t *delivery);
    /* Begins a file anew under its name, after a rotation. */
    godwit_status_t (*reopen)(godwit_delivery_t *delivery);
    void (*close)(godwit_delivery_t *delivery); /* flushes first */
} godwit_deliver_kind_t;

extern const godwit_deliver_kind_t godwit_deliver_stdout, godwit_deliver_file, godwit_deliver_udp;

/* "stdout", "file", "udp"; NULL for another. */
const godwit_deliver_kind_t *godwit_deliver_kind(const char *name);

/* The JSON line of a reading, with its newline; NULL without memory. The caller frees it. */
char *godwit_deliver_line(const godwit_reading_t *reading, size_t *len);

#endif
