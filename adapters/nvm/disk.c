/* SPDX-License-Identifier: Apache-2.0
 *
 * The disk of the operating system.
 */
#include "adapters/nvm/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static godwit_status_t close_after(int fd, bool good)
{
    int kept = errno;
    bool closed = close(fd) == 0;
    if (!good) {
        errno = kept;
    }
    return good && closed ? GODWIT_OK : GODWIT_IO_FAILED;
}

/* Up to cap octets; one more would set *more. */
static bool read_all(int fd, uint8_t *octets, size_t cap, size_t *len, bool *more)
{
    uint8_t beyond;
    *len = 0;
    while (*len < cap) {
        ssize_t got = read(fd, octets + *len, cap - *len);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0;
        }
        *len += (size_t)got;
    }
    *more = read(fd, &beyond, 1) == 1;
    return true;
}

static godwit_status_t posix_read(void *context, const char *path, uint8_t *octets, size_t cap, size_t *len)
{
    (void)context;
    bool more = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return errno == ENOENT ? GODWIT_NOT_FOUND : GODWIT_IO_FAILED;
    }
    godwit_status_t status = close_after(fd, read_all(fd, octets, cap, len, &more));
    return status == GODWIT_OK && more ? GODWIT_NO_SPACE : status;
}

static bool write_all(int fd, godwit_slice_t octets)
{
    size_t done = 0;
    while (done < octets.len) {
        ssize_t put = write(fd, octets.ptr + done, octets.len - done);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return false;
        }
        done += (size_t)put;
    }
    return true;
}

static godwit_status_t posix_write(void *context, const char *path, godwit_slice_t octets)
{
    (void)context;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return GODWIT_IO_FAILED;
    }
    return close_after(fd, fchmod(fd, S_IRUSR | S_IWUSR) == 0 && write_all(fd, octets));
}

static godwit_status_t posix_sync(void *context, const char *path)
{
    (void)context;
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd < 0 ? GODWIT_IO_FAILED : close_after(fd, fdatasync(fd) == 0);
}

static godwit_status_t posix_rename(void *context, const char *from, const char *to)
{
    (void)context;
    return rename(from, to) == 0 ? GODWIT_OK : GODWIT_IO_FAILED;
}

static godwit_status_t posix_sync_folder(void *context, const char *path)
{
    char folder[PATH_MAX];
    (void)context;
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL || slash == path ? 1 : (size_t)(slash - path);
    if (len >= sizeof folder) {
        errno = ENAMETOOLONG;
        return GODWIT_IO_FAILED;
    }
    memcpy(folder, slash == NULL ? "." : path, len);
    folder[len] = '\0';
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? GODWIT_IO_FAILED : close_after(fd, fsync(fd) == 0);
}

static godwit_status_t posix_lock(void *context, const char *path, int *lock)
{
    (void)context;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return GODWIT_IO_FAILED;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        bool taken = errno == EWOULDBLOCK;
        (void)close_after(fd, false);
        return taken ? GODWIT_AGAIN : GODWIT_IO_FAILED;
    }
    *lock = fd;
    return GODWIT_OK;
}

static void posix_unlock(void *context, int lock)
{
    (void)context;
    (void)close(lock);
}

const godwit_disk_t *godwit_disk_posix(void)
{
    static const godwit_disk_t disk = {
        .read = posix_read,
        .write = posix_write,
        .sync = posix_sync,
        .rename = posix_rename,
        .sync_folder = posix_sync_folder,
        .lock = posix_lock,
        .unlock = posix_unlock,
    };
    return &disk;
}
