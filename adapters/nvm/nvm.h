/* SPDX-License-Identifier: Apache-2.0
 *
 * Non-volatile memory in a file: one record that is replaced as a whole. After a power loss at any moment the file
 * holds the record before or the record after, never a mixture, and the one after if godwit_nvm_write had returned. One
 * process at a time has it open.
 */
#ifndef GODWIT_ADAPTERS_NVM_NVM_H
#define GODWIT_ADAPTERS_NVM_NVM_H

#include "adapters/nvm/disk.h"

#define GODWIT_NVM_PATH_MAX 1024
#define GODWIT_NVM_WHY_MAX 1280

typedef struct godwit_nvm {
    const godwit_disk_t *disk;
    int lock;
    char path[GODWIT_NVM_PATH_MAX];
    char why[GODWIT_NVM_WHY_MAX]; /* after a failure: one line that names the file, what was wrong and what to do */
} godwit_nvm_t;

/* disk: NULL for the operating system's. The file need not exist. GODWIT_AGAIN when another process has it open;
 * GODWIT_IO_FAILED. */
GODWIT_MUST_USE godwit_status_t godwit_nvm_open(godwit_nvm_t *nvm, const char *path, const godwit_disk_t *disk);
/* GODWIT_NOT_FOUND when nothing was ever written; GODWIT_NO_SPACE when the file is longer than any record. */
GODWIT_MUST_USE godwit_status_t godwit_nvm_read(godwit_nvm_t *nvm, uint8_t *octets, size_t cap, size_t *len);
/* Durable on return: a file beside it, fdatasync, rename, fsync of the directory. */
GODWIT_MUST_USE godwit_status_t godwit_nvm_write(godwit_nvm_t *nvm, godwit_slice_t octets);
void godwit_nvm_close(godwit_nvm_t *nvm);

#endif
