/* SPDX-License-Identifier: Apache-2.0
 *
 * The disk that loses power. A name and a body become durable apart from each other, as on a real file system:
 * fdatasync for the body, fsync of the directory for the names. Without them either may have reached the platter or
 * not.
 */
#include "lab/disk.h"

#include <errno.h>
#include <string.h>

#include "lab/random.h"

/* True when power is gone, or goes with this operation. */
static bool power_fails(godwit_lab_disk_t *d)
{
    if (!d->off && ++d->operations == d->cut_at) {
        d->off = true;
    }
    errno = EIO;
    return d->off;
}

static godwit_lab_name_t *find(godwit_lab_disk_t *d, const char *path, bool make)
{
    godwit_lab_name_t *empty = NULL;
    for (size_t i = 0; i < GODWIT_LAB_DISK_FILES; i++) {
        if (strcmp(d->names[i].path, path) == 0) {
            return &d->names[i];
        }
        if (empty == NULL && d->names[i].path[0] == '\0') {
            empty = &d->names[i];
        }
    }
    if (!make || empty == NULL || strlen(path) >= sizeof empty->path) {
        return NULL;
    }
    *empty = (godwit_lab_name_t){.shown = -1, .durable = -1};
    memcpy(empty->path, path, strlen(path) + 1);
    return empty;
}

static bool body_is_named(const godwit_lab_disk_t *d, int body)
{
    for (size_t i = 0; i < GODWIT_LAB_DISK_FILES; i++) {
        if (d->names[i].path[0] != '\0' && (d->names[i].shown == body || d->names[i].durable == body)) {
            return true;
        }
    }
    return false;
}

static int new_body(godwit_lab_disk_t *d)
{
    for (int i = 0; i < GODWIT_LAB_DISK_FILES; i++) {
        if (!d->body_used[i] || !body_is_named(d, i)) {
            memset(&d->bodies[i], 0, sizeof d->bodies[i]);
            d->body_used[i] = true;
            return i;
        }
    }
    return -1;
}

static godwit_status_t lab_read(void *context, const char *path, uint8_t *octets, size_t cap, size_t *len)
{
    godwit_lab_disk_t *d = context;
    const godwit_lab_name_t *name = find(d, path, false);
    if (d->off) {
        return GODWIT_IO_FAILED;
    }
    if (name == NULL || name->shown < 0) {
        return GODWIT_NOT_FOUND;
    }
    const godwit_lab_body_t *body = &d->bodies[name->shown];
    if (body->shown_len > cap) {
        return GODWIT_NO_SPACE;
    }
    memcpy(octets, body->shown, body->shown_len);
    *len = body->shown_len;
    return GODWIT_OK;
}

/* Empties and fills: a power loss in the middle leaves a part. */
static godwit_status_t lab_write(void *context, const char *path, godwit_slice_t octets)
{
    godwit_lab_disk_t *d = context;
    bool was_on = !d->off;
    bool fails = power_fails(d);
    godwit_lab_name_t *name = find(d, path, true);
    if (name == NULL || octets.len > GODWIT_LAB_DISK_FILE_MAX || (fails && !was_on)) {
        return GODWIT_IO_FAILED;
    }
    if (name->shown < 0 && (name->shown = new_body(d)) < 0) {
        return GODWIT_IO_FAILED;
    }
    godwit_lab_body_t *body = &d->bodies[name->shown];
    body->shown_len = fails ? godwit_lab_random_below(&d->seed, (uint32_t)octets.len + 1) : octets.len;
    memcpy(body->shown, octets.ptr, body->shown_len);
    return fails ? GODWIT_IO_FAILED : GODWIT_OK;
}

static void make_durable(godwit_lab_body_t *body)
{
    memcpy(body->durable, body->shown, sizeof body->durable);
    body->durable_len = body->shown_len;
}

static godwit_status_t lab_sync(void *context, const char *path)
{
    godwit_lab_disk_t *d = context;
    godwit_lab_name_t *name = find(d, path, false);
    if (power_fails(d) || name == NULL || name->shown < 0) {
        return GODWIT_IO_FAILED;
    }
    make_durable(&d->bodies[name->shown]);
    return GODWIT_OK;
}

static godwit_status_t lab_rename(void *context, const char *from, const char *to)
{
    godwit_lab_disk_t *d = context;
    godwit_lab_name_t *source = find(d, from, false);
    godwit_lab_name_t *target = find(d, to, true);
    if (power_fails(d) || source == NULL || target == NULL || source->shown < 0) {
        return GODWIT_IO_FAILED;
    }
    target->shown = source->shown;
    source->shown = -1;
    return GODWIT_OK;
}

static godwit_status_t lab_sync_folder(void *context, const char *path)
{
    godwit_lab_disk_t *d = context;
    (void)path;
    if (power_fails(d)) {
        return GODWIT_IO_FAILED;
    }
    for (size_t i = 0; i < GODWIT_LAB_DISK_FILES; i++) {
        d->names[i].durable = d->names[i].shown;
    }
    return GODWIT_OK;
}

static godwit_status_t lab_lock(void *context, const char *path, int *lock)
{
    godwit_lab_disk_t *d = context;
    godwit_lab_name_t *name = find(d, path, true);
    if (name == NULL || d->off) {
        return GODWIT_IO_FAILED;
    }
    if (name->locked) {
        return GODWIT_AGAIN;
    }
    name->locked = true;
    *lock = (int)(name - d->names);
    return GODWIT_OK;
}

static void lab_unlock(void *context, int lock)
{
    godwit_lab_disk_t *d = context;
    d->names[lock].locked = false;
}

void godwit_lab_disk_init(godwit_lab_disk_t *disk, uint64_t seed)
{
    memset(disk, 0, sizeof *disk);
    disk->seed = seed;
    disk->disk = (godwit_disk_t){
        .context = disk,
        .read = lab_read,
        .write = lab_write,
        .sync = lab_sync,
        .rename = lab_rename,
        .sync_folder = lab_sync_folder,
        .lock = lab_lock,
        .unlock = lab_unlock,
    };
}

/* What was shown and not synchronised: all of it reached the disk, or nothing, or its beginning. */
static void settle_body(godwit_lab_disk_t *d, godwit_lab_body_t *body)
{
    switch (godwit_lab_random_below(&d->seed, 3)) {
    case 0:
        make_durable(body);
        break;
    case 1:
        if (memcmp(body->shown, body->durable, sizeof body->shown) != 0 || body->shown_len != body->durable_len) {
            body->shown_len = godwit_lab_random_below(&d->seed, (uint32_t)body->shown_len + 1);
            make_durable(body);
        }
        break;
    default:
        break;
    }
    memcpy(body->shown, body->durable, sizeof body->shown);
    body->shown_len = body->durable_len;
}

void godwit_lab_disk_power_cycle(godwit_lab_disk_t *disk)
{
    bool names_reached = godwit_lab_random_below(&disk->seed, 2) == 0;
    for (size_t i = 0; i < GODWIT_LAB_DISK_FILES; i++) {
        godwit_lab_name_t *name = &disk->names[i];
        name->durable = names_reached ? name->shown : name->durable;
        name->shown = name->durable;
        name->locked = false;
        settle_body(disk, &disk->bodies[i]);
    }
    disk->off = false;
    disk->operations = 0;
    disk->cut_at = 0;
}
