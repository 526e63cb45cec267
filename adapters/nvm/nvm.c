/* SPDX-License-Identifier: Apache-2.0
 *
 * A record in a file. The lock is a file of its own, because the record's file is another one after each write.
 */
#include "adapters/nvm/nvm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define SUFFIX_MAX 8

static godwit_status_t failed(godwit_nvm_t *nvm, godwit_status_t status, const char *what)
{
    (void)snprintf(nvm->why, sizeof nvm->why, "%s: %s: %s", nvm->path, what, strerror(errno));
    return status;
}

static void beside(const godwit_nvm_t *nvm, const char *suffix, char path[GODWIT_NVM_PATH_MAX + SUFFIX_MAX])
{
    (void)snprintf(path, GODWIT_NVM_PATH_MAX + SUFFIX_MAX, "%s%s", nvm->path, suffix);
}

godwit_status_t godwit_nvm_open(godwit_nvm_t *nvm, const char *path, const godwit_disk_t *disk)
{
    char lock[GODWIT_NVM_PATH_MAX + SUFFIX_MAX];
    memset(nvm, 0, sizeof *nvm);
    nvm->disk = disk != NULL ? disk : godwit_disk_posix();
    nvm->lock = -1;
    if (strlen(path) >= sizeof nvm->path) {
        (void)snprintf(nvm->why, sizeof nvm->why, "%.64s...: the path is longer than %d characters", path,
                       GODWIT_NVM_PATH_MAX - 1);
        return GODWIT_IO_FAILED;
    }
    memcpy(nvm->path, path, strlen(path) + 1);
    beside(nvm, ".lock", lock);
    godwit_status_t status = nvm->disk->lock(nvm->disk->context, lock, &nvm->lock);
    if (status == GODWIT_AGAIN) {
        (void)snprintf(nvm->why, sizeof nvm->why,
                       "%s: another process has it open (lock on %s); end that process first", nvm->path, lock);
    } else if (status != GODWIT_OK) {
        return failed(nvm, status, "cannot be locked");
    }
    return status;
}

godwit_status_t godwit_nvm_read(godwit_nvm_t *nvm, uint8_t *octets, size_t cap, size_t *len)
{
    godwit_status_t status = nvm->disk->read(nvm->disk->context, nvm->path, octets, cap, len);
    if (status == GODWIT_NO_SPACE) {
        (void)snprintf(nvm->why, sizeof nvm->why, "%s: longer than any record: not a file of ours", nvm->path);
    } else if (status == GODWIT_NOT_FOUND) {
        (void)snprintf(nvm->why, sizeof nvm->why, "%s: there is no such file", nvm->path);
    } else if (status != GODWIT_OK) {
        return failed(nvm, status, "cannot be read");
    }
    return status;
}

godwit_status_t godwit_nvm_write(godwit_nvm_t *nvm, godwit_slice_t octets)
{
    char fresh[GODWIT_NVM_PATH_MAX + SUFFIX_MAX];
    const godwit_disk_t *disk = nvm->disk;
    beside(nvm, ".new", fresh);
    if (disk->write(disk->context, fresh, octets) != GODWIT_OK) {
        return failed(nvm, GODWIT_IO_FAILED, "the file beside it cannot be written");
    }
    if (disk->sync(disk->context, fresh) != GODWIT_OK) {
        return failed(nvm, GODWIT_IO_FAILED, "cannot be made durable");
    }
    if (disk->rename(disk->context, fresh, nvm->path) != GODWIT_OK) {
        return failed(nvm, GODWIT_IO_FAILED, "cannot be replaced");
    }
    if (disk->sync_folder(disk->context, nvm->path) != GODWIT_OK) {
        return failed(nvm, GODWIT_IO_FAILED, "its directory cannot be made durable");
    }
    return GODWIT_OK;
}

void godwit_nvm_close(godwit_nvm_t *nvm)
{
    if (nvm->lock >= 0) {
        nvm->disk->unlock(nvm->disk->context, nvm->lock);
        nvm->lock = -1;
    }
}
