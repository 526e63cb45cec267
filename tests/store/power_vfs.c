/* SPDX-License-Identifier: Apache-2.0
 *
 * Each file's content at its last sync is kept in memory, and each write since then. The files themselves are real, so
 * that shared memory and locks are the system's.
 */
#include "tests/store/power_vfs.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 4 /* database, log, journal */
#define CONTENT ((size_t)1 << 20)
#define WRITES 2048
#define SECTOR 512u

typedef struct written {
    size_t at, len;
    uint8_t *octets;
} written_t;

typedef struct disk_file {
    char path[512];
    bool exists; /* on the disk, since its first sync */
    size_t len;
    uint8_t content[CONTENT];
    unsigned writes; /* since the last sync */
    written_t write[WRITES];
} disk_file_t;

typedef struct power_file {
    sqlite3_file base;
    disk_file_t *disk;
    sqlite3_file *real; /* directly behind */
} power_file_t;

static disk_file_t disk[FILES];
static sqlite3_vfs vfs;
static sqlite3_vfs *system_vfs;
static unsigned operations, death;
static bool dead, once;

static disk_file_t *disk_of(const char *path)
{
    for (unsigned i = 0; i < FILES; i++) {
        if (disk[i].path[0] == '\0') {
            (void)snprintf(disk[i].path, sizeof disk[i].path, "%s", path);
        }
        if (strcmp(disk[i].path, path) == 0) {
            return &disk[i];
        }
    }
    abort();
}

static void forget_writes(disk_file_t *d)
{
    for (unsigned i = 0; i < d->writes; i++) {
        free(d->write[i].octets);
    }
    d->writes = 0;
}

/* True when power is gone at this operation, or was before. */
static bool operate(void)
{
    operations++;
    if (once) {
        return operations == death;
    }
    dead = dead || (death != 0 && operations >= death);
    return dead;
}

static sqlite3_file *real_of(sqlite3_file *file)
{
    return ((power_file_t *)file)->real;
}

static int p_close(sqlite3_file *file)
{
    return real_of(file)->pMethods->xClose(real_of(file));
}

static int p_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
    return dead ? SQLITE_IOERR_READ : real_of(file)->pMethods->xRead(real_of(file), to, len, at);
}

static int p_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
    disk_file_t *d = ((power_file_t *)file)->disk;
    if (operate()) {
        return SQLITE_IOERR_WRITE;
    }
    if (d->writes == WRITES) {
        abort();
    }
    written_t *w = &d->write[d->writes++];
    *w = (written_t){(size_t)at, (size_t)len, malloc((size_t)len)};
    memcpy(w->octets, from, (size_t)len);
    return real_of(file)->pMethods->xWrite(real_of(file), from, len, at);
}

static int p_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    return operate() ? SQLITE_IOERR_TRUNCATE : real_of(file)->pMethods->xTruncate(real_of(file), size);
}

static int p_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    disk_file_t *d = ((power_file_t *)file)->disk;
    sqlite3_int64 size = 0;
    if (operate() || real_of(file)->pMethods->xFileSize(real_of(file), &size) != SQLITE_OK || (size_t)size > CONTENT) {
        return SQLITE_IOERR_FSYNC;
    }
    d->len = (size_t)size;
    d->exists = true;
    forget_writes(d);
    return size == 0 ? SQLITE_OK : real_of(file)->pMethods->xRead(real_of(file), d->content, (int)size, 0);
}

static int p_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return dead ? SQLITE_IOERR_FSTAT : real_of(file)->pMethods->xFileSize(real_of(file), size);
}

static int p_lock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xLock(real_of(file), level);
}

static int p_unlock(sqlite3_file *file, int level)
{
    return real_of(file)->pMethods->xUnlock(real_of(file), level);
}

static int p_check_lock(sqlite3_file *file, int *out)
{
    return real_of(file)->pMethods->xCheckReservedLock(real_of(file), out);
}

static int p_control(sqlite3_file *file, int op, void *arg)
{
    return real_of(file)->pMethods->xFileControl(real_of(file), op, arg);
}

static int p_sector(sqlite3_file *file)
{
    (void)file;
    return SECTOR;
}

static int p_device(sqlite3_file *file)
{
    (void)file;
    return 0; /* promises nothing */
}

static int p_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **at)
{
    return real_of(file)->pMethods->xShmMap(real_of(file), page, size, extend, at);
}

static int p_shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
    return real_of(file)->pMethods->xShmLock(real_of(file), offset, n, flags);
}

static void p_shm_barrier(sqlite3_file *file)
{
    real_of(file)->pMethods->xShmBarrier(real_of(file));
}

static int p_shm_unmap(sqlite3_file *file, int remove)
{
    return real_of(file)->pMethods->xShmUnmap(real_of(file), remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = p_close,
    .xRead = p_read,
    .xWrite = p_write,
    .xTruncate = p_truncate,
    .xSync = p_sync,
    .xFileSize = p_size,
    .xLock = p_lock,
    .xUnlock = p_unlock,
    .xCheckReservedLock = p_check_lock,
    .xFileControl = p_control,
    .xSectorSize = p_sector,
    .xDeviceCharacteristics = p_device,
    .xShmMap = p_shm_map,
    .xShmLock = p_shm_lock,
    .xShmBarrier = p_shm_barrier,
    .xShmUnmap = p_shm_unmap,
};

static int p_open(sqlite3_vfs *self, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
    (void)self;
    power_file_t *p = (power_file_t *)file;
    file->pMethods = NULL;
    if (dead || name == NULL) {
        return SQLITE_CANTOPEN;
    }
    p->real = (sqlite3_file *)(p + 1);
    p->disk = disk_of(name);
    int rc = system_vfs->xOpen(system_vfs, name, p->real, flags, out_flags);
    if (rc == SQLITE_OK) {
        file->pMethods = &methods;
    }
    return rc;
}

static int p_delete(sqlite3_vfs *self, const char *name, int sync_directory)
{
    (void)self;
    disk_file_t *d = disk_of(name);
    if (operate()) {
        return SQLITE_IOERR_DELETE;
    }
    d->exists = false;
    d->len = 0;
    forget_writes(d);
    return system_vfs->xDelete(system_vfs, name, sync_directory);
}

void power_register(void)
{
    system_vfs = sqlite3_vfs_find(NULL);
    vfs = *system_vfs;
    vfs.szOsFile = (int)sizeof(power_file_t) + system_vfs->szOsFile;
    vfs.zName = POWER_VFS;
    vfs.pNext = NULL;
    vfs.xOpen = p_open;
    vfs.xDelete = p_delete;
    (void)sqlite3_vfs_register(&vfs, 0);
}

void power_begin(unsigned die_at)
{
    for (unsigned i = 0; i < FILES; i++) {
        forget_writes(&disk[i]);
        disk[i].path[0] = '\0';
        disk[i].exists = false;
        disk[i].len = 0;
    }
    operations = 0;
    death = die_at;
    dead = false;
    once = false;
}

void power_fail_once(unsigned fail_at)
{
    operations = 0;
    death = fail_at;
    once = true;
}

unsigned power_operations(void)
{
    return operations;
}

bool power_is_gone(void)
{
    return dead;
}

void power_go_on(void)
{
    power_begin(0);
}

/* Sectors of one write that happen to have reached the disk. */
static void tear(disk_file_t *d, const written_t *w, unsigned *seed)
{
    for (size_t from = 0; from < w->len; from += SECTOR) {
        size_t len = w->len - from < SECTOR ? w->len - from : SECTOR;
        *seed = *seed * 1664525u + 1013904223u;
        if ((*seed >> 16 & 1u) != 0 && w->at + from + len <= CONTENT) {
            if (w->at + from > d->len) {
                memset(d->content + d->len, 0, w->at + from - d->len);
            }
            memcpy(d->content + w->at + from, w->octets + from, len);
            d->len = w->at + from + len > d->len ? w->at + from + len : d->len;
            d->exists = true;
        }
    }
}

void power_restore(power_loss_t loss, unsigned seed)
{
    char beside[520];
    for (unsigned i = 0; i < FILES && disk[i].path[0] != '\0'; i++) {
        disk_file_t *d = &disk[i];
        (void)snprintf(beside, sizeof beside, "%s-shm", d->path);
        (void)unlink(beside); /* memory */
        for (unsigned w = 0; w < d->writes && loss == POWER_TEARS_UNSYNCED; w++) {
            tear(d, &d->write[w], &seed);
        }
        if (loss == POWER_KEEPS_UNSYNCED) {
            continue;
        }
        if (!d->exists && (strstr(d->path, "-wal") != NULL || access(d->path, F_OK) != 0)) {
            (void)unlink(d->path);
            continue;
        }
        FILE *file = fopen(d->path, "r+b"); /* keeps its mode */
        file = file == NULL ? fopen(d->path, "w+b") : file;
        if (file == NULL || fchmod(fileno(file), S_IRUSR | S_IWUSR) != 0 || ftruncate(fileno(file), 0) != 0 ||
            fwrite(d->content, 1, d->len, file) != d->len) {
            abort();
        }
        (void)fclose(file);
    }
    dead = false;
    death = 0;
}
