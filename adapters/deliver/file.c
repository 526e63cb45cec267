/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings on standard output or at the end of a file. Lines are gathered and written at the end of a batch. What a
 * full disk leaves unwritten waits, within bounds; what does not fit into them is not taken, so that no line is ever
 * cut. A reading is there when its line has been written whole.
 */
#include "adapters/deliver/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAITING_MAX ((size_t)1 << 20) /* octets */
#define LINES_MAX 8192

typedef struct line_end {
    uint64_t number;
    size_t end; /* in waiting */
} line_end_t;

typedef struct file_delivery {
    godwit_delivery_t delivery;
    int fd;
    char *path; /* NULL: standard output */
    size_t len, lines;
    line_end_t line[LINES_MAX];
    char waiting[WAITING_MAX];
} file_delivery_t;

static godwit_status_t failed(file_delivery_t *f, const char *what)
{
    (void)snprintf(f->delivery.why, sizeof f->delivery.why, "delivery to %s: %s: %s",
                   f->path == NULL ? "standard output" : f->path, what, strerror(errno));
    return GODWIT_IO_FAILED;
}

static godwit_status_t open_any(const godwit_deliver_kind_t *kind, const char *path, const godwit_deliver_told_t *told,
                                godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    file_delivery_t *f = calloc(1, sizeof *f);
    *delivery = NULL;
    if (f == NULL) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery: no memory");
        return GODWIT_IO_FAILED;
    }
    f->delivery.kind = kind;
    f->delivery.told = *told;
    f->path = path == NULL ? NULL : strdup(path);
    f->fd = path == NULL ? STDOUT_FILENO : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (f->fd < 0 || (path != NULL && f->path == NULL)) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to %s: cannot be opened: %s", path, strerror(errno));
        free(f->path);
        free(f);
        return GODWIT_IO_FAILED;
    }
    *delivery = &f->delivery;
    return GODWIT_OK;
}

static godwit_status_t open_stdout(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                   godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    (void)config;
    return open_any(&godwit_deliver_stdout, NULL, told, delivery, why);
}

static godwit_status_t open_file(const godwit_deliver_config_t *config, const godwit_deliver_told_t *told,
                                 godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    return open_any(&godwit_deliver_file, config->target, told, delivery, why);
}

/* Tells of the lines that end within the first octets, and forgets them. */
static void tell_written(file_delivery_t *f, size_t octets)
{
    size_t told = 0;
    for (; told < f->lines && f->line[told].end <= octets; told++) {
        f->delivery.told.done(f->delivery.told.context, f->line[told].number);
    }
    for (size_t i = told; i < f->lines; i++) {
        f->line[i - told] = (line_end_t){f->line[i].number, f->line[i].end - octets};
    }
    f->lines -= told;
    memmove(f->waiting, f->waiting + octets, f->len - octets);
    godwit_wipe(f->waiting + f->len - octets, octets);
    f->len -= octets;
}

static godwit_status_t flush(godwit_delivery_t *delivery)
{
    file_delivery_t *f = (file_delivery_t *)delivery;
    size_t done = 0;
    while (done < f->len) {
        ssize_t wrote = write(f->fd, f->waiting + done, f->len - done);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote <= 0) {
            break;
        }
        done += (size_t)wrote;
    }
    godwit_status_t status = done == f->len ? GODWIT_OK : failed(f, "cannot be written; the readings wait");
    tell_written(f, done);
    return status;
}

static bool has_room(const file_delivery_t *f, size_t len)
{
    return f->lines < LINES_MAX && len <= WAITING_MAX - f->len;
}

static godwit_status_t offer(godwit_delivery_t *delivery, const godwit_reading_t *reading, uint64_t now_ms)
{
    file_delivery_t *f = (file_delivery_t *)delivery;
    size_t len = 0;
    char *line = godwit_deliver_line(reading, &len);
    (void)now_ms;
    if (line != NULL && !has_room(f, len)) {
        (void)flush(delivery);
    }
    bool taken = line != NULL && has_room(f, len);
    if (taken) {
        memcpy(f->waiting + f->len, line, len);
        f->len += len;
        f->line[f->lines++] = (line_end_t){reading->number, f->len};
    }
    if (line != NULL) {
        godwit_wipe(line, len);
    }
    free(line);
    return taken ? GODWIT_OK : GODWIT_AGAIN;
}

static void close_any(godwit_delivery_t *delivery)
{
    file_delivery_t *f = (file_delivery_t *)delivery;
    (void)flush(delivery);
    if (f->path != NULL) {
        close(f->fd);
    }
    godwit_wipe(f->waiting, f->len);
    free(f->path);
    free(f);
}

const godwit_deliver_kind_t godwit_deliver_stdout = {
    .name = "stdout", .open = open_stdout, .offer = offer, .flush = flush, .close = close_any};
const godwit_deliver_kind_t godwit_deliver_file = {
    .name = "file", .open = open_file, .offer = offer, .flush = flush, .close = close_any};
