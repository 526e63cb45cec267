/* SPDX-License-Identifier: Apache-2.0
 *
 * A folder as a queue: a file is written beside, made durable and renamed, so that none is ever half there. Numbers
 * rise, so the oldest is found by counting up.
 */
#include "adapters/intercept/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_OCTETS 32
#define FRESH "new"

static void name_of(uint64_t id, char name[NAME_MAX_OCTETS])
{
    (void)snprintf(name, NAME_MAX_OCTETS, "%020" PRIu64, id);
}

static godwit_status_t refuse(const char *folder, const char *what, godwit_status_t status, char why[SPOOL_WHY])
{
    (void)snprintf(why, SPOOL_WHY, "%.300s: %s", folder, what);
    return status;
}

static godwit_status_t open_folder(const char *folder, spool_t *s, char why[SPOOL_WHY])
{
    struct stat about;
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST) {
        return refuse(folder, strerror(errno), GODWIT_IO_FAILED, why);
    }
    s->fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (s->fd < 0 || fstat(s->fd, &about) != 0) {
        return refuse(folder, strerror(errno), GODWIT_IO_FAILED, why);
    }
    if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0 || about.st_uid != geteuid()) {
        return refuse(folder, "must be ours, and nobody else may look into it (mode 0700)", GODWIT_NOT_ENTITLED, why);
    }
    return flock(s->fd, LOCK_EX | LOCK_NB) == 0 ? GODWIT_OK
                                                : refuse(folder, "another process has it", GODWIT_AGAIN, why);
}

/* How many there are, and their lowest and highest number. */
static godwit_status_t survey(spool_t *s, char why[SPOOL_WHY])
{
    int copy = openat(s->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = copy < 0 ? NULL : fdopendir(copy);
    if (folder == NULL) {
        return refuse(s->folder, strerror(errno), GODWIT_IO_FAILED, why);
    }
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char *end = NULL;
        uint64_t id = strtoull(entry->d_name, &end, 10);
        if (strlen(entry->d_name) != 20 || *end != '\0' || id == 0) {
            continue;
        }
        s->first = s->count == 0 || id < s->first ? id : s->first;
        s->last = id > s->last ? id : s->last;
        s->count++;
    }
    (void)closedir(folder);
    return GODWIT_OK;
}

godwit_status_t godwit_spool_open(const char *folder, uint32_t most, spool_t *spool, char why[SPOOL_WHY])
{
    memset(spool, 0, sizeof *spool);
    spool->fd = -1;
    spool->most = most;
    if (strlen(folder) >= sizeof spool->folder) {
        return refuse("the queue", "the path is too long", GODWIT_IO_FAILED, why);
    }
    memcpy(spool->folder, folder, strlen(folder) + 1);
    godwit_status_t status = open_folder(folder, spool, why);
    status = status == GODWIT_OK ? survey(spool, why) : status;
    if (status != GODWIT_OK) {
        godwit_spool_close(spool);
    }
    return status;
}

static bool write_fresh(const spool_t *s, const char *body, size_t len)
{
    int fd = openat(s->fd, FRESH, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    bool good = fd >= 0 && write(fd, body, len) == (ssize_t)len && fdatasync(fd) == 0;
    return fd >= 0 && close(fd) == 0 && good;
}

godwit_status_t godwit_spool_put(spool_t *spool, uint64_t id, const char *body, size_t len)
{
    char name[NAME_MAX_OCTETS];
    if (spool->count >= spool->most) {
        return GODWIT_NO_SPACE;
    }
    name_of(id, name);
    if (len > SPOOL_BODY_MAX || !write_fresh(spool, body, len) || renameat(spool->fd, FRESH, spool->fd, name) != 0) {
        return GODWIT_IO_FAILED;
    }
    spool->first = spool->count == 0 ? id : spool->first;
    spool->last = id;
    spool->count++;
    return fsync(spool->fd) == 0 ? GODWIT_OK : GODWIT_IO_FAILED;
}

static godwit_status_t read_file(const spool_t *s, const char *name, char body[SPOOL_BODY_MAX], size_t *len)
{
    int fd = openat(s->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        return errno == ENOENT ? GODWIT_NOT_FOUND : GODWIT_IO_FAILED;
    }
    ssize_t got = read(fd, body, SPOOL_BODY_MAX);
    close(fd);
    *len = got > 0 ? (size_t)got : 0;
    return got >= 0 ? GODWIT_OK : GODWIT_IO_FAILED;
}

godwit_status_t godwit_spool_oldest(spool_t *spool, uint64_t *id, char body[SPOOL_BODY_MAX], size_t *len)
{
    char name[NAME_MAX_OCTETS];
    while (spool->count > 0 && spool->first <= spool->last) {
        name_of(spool->first, name);
        godwit_status_t status = read_file(spool, name, body, len);
        if (status != GODWIT_NOT_FOUND) {
            *id = spool->first;
            return status;
        }
        spool->first++;
    }
    spool->count = 0;
    return GODWIT_NOT_FOUND;
}

godwit_status_t godwit_spool_remove(spool_t *spool, uint64_t id)
{
    char name[NAME_MAX_OCTETS];
    name_of(id, name);
    if (unlinkat(spool->fd, name, 0) != 0) {
        return GODWIT_IO_FAILED;
    }
    spool->count -= spool->count > 0 ? 1 : 0;
    spool->first = id == spool->first ? id + 1 : spool->first;
    return fsync(spool->fd) == 0 ? GODWIT_OK : GODWIT_IO_FAILED;
}

void godwit_spool_close(spool_t *spool)
{
    if (spool->fd >= 0) {
        close(spool->fd);
        spool->fd = -1;
    }
}
