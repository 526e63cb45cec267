/* SPDX-License-Identifier: Apache-2.0
 *
 * What a durable file asks of a disk, as a table of functions: the operating system's, or one that a test gives to drop
 * everything that was not made durable. Each returns GODWIT_OK or GODWIT_IO_FAILED (errno tells more), unless it says
 * otherwise.
 */
#ifndef GODWIT_ADAPTERS_NVM_DISK_H
#define GODWIT_ADAPTERS_NVM_DISK_H

#include "godwit/bytes.h"

typedef struct godwit_disk {
    void *context;
    /* The whole file. GODWIT_NOT_FOUND; GODWIT_NO_SPACE when it has more than cap octets. */
    godwit_status_t (*read)(void *context, const char *path, uint8_t *octets, size_t cap, size_t *len);
    /* Makes the file, or empties it, readable by its owner only, and writes the octets. Not durable yet. */
    godwit_status_t (*write)(void *context, const char *path, godwit_slice_t octets);
    /* The file's octets are durable (fdatasync); its name need not be. */
    godwit_status_t (*sync)(void *context, const char *path);
    /* to names what from named; not durable yet. */
    godwit_status_t (*rename)(void *context, const char *from, const char *to);
    /* The names in the folder that holds path are durable (fsync of the directory). */
    godwit_status_t (*sync_folder)(void *context, const char *path);
    /* One opener at a time: a lock that ends with the process. GODWIT_AGAIN when another has it. */
    godwit_status_t (*lock)(void *context, const char *path, int *lock);
    void (*unlock)(void *context, int lock);
} godwit_disk_t;

/* The operating system's. */
const godwit_disk_t *godwit_disk_posix(void);

#endif
