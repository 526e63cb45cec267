/* SPDX-License-Identifier: Apache-2.0
 *
 * Readings on standard output or at the end of a file. Lines are gathered and written at the end of a batch. What a full disk leaves
 * unwritten waits, within bounds; beyond them whole lines are dropped and told, so that no line is ever cut.
 */
#include "adapters/deliver/deliver.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAITING_MAX ((size_t)1 << 20) /* some ten thousand readings */

typedef struct file_delivery {
    godwit_delivery_t delivery;
    int fd;
    char *path; /* NULL: standard output */
    size_t len;
    char waiting[WAITING_MAX];
} file_delivery_t;

static godwit_status_t failed(file_delivery_t *f, const char *what)
{
    (void)snprintf(f->delivery.why, sizeof f->delivery.why, "delivery to %s: %s: %s",
                   f->path == NULL ? "standard output" : f->path, what, strerror(errno));
    return GODWIT_IO_FAILED;
}

static int open_path(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
}

static godwit_status_t open_any(const godwit_deliver_kind_t *kind, const char *path, godwit_delivery_t **delivery,
                                char why[GODWIT_DELIVER_WHY])
{
    file_delivery_t *f = calloc(1, sizeof *f);
    *delivery = NULL;
    if (f == NULL) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery: no memory");
        return GODWIT_IO_FAILED;
    }
    f->delivery.kind = kind;
    f->path = path == NULL ? NULL : strdup(path);
    f->fd = path == NULL ? STDOUT_FILENO : open_path(path);
    if (f->fd < 0 || (path != NULL && f->path == NULL)) {
        (void)snprintf(why, GODWIT_DELIVER_WHY, "delivery to %s: cannot be opened: %s", path, strerror(errno));
        free(f->path);
        free(f);
        return GODWIT_IO_FAILED;
    }
    *delivery = &f->delivery;
    return GODWIT_OK;
}

static godwit_status_t open_stdout(const char *target, godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    (void)target;
    return open_any(&godwit_deliver_stdout, NULL, delivery, why);
}

static godwit_status_t open_file(const char *target, godwit_delivery_t **delivery, char why[GODWIT_DELIVER_WHY])
{
    return open_any(&godwit_deliver_file, target, delivery, why);
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
    memmove(f->waiting, f->waiting + done, f->len - done);
    f->len -= done;
    return status;
}

static godwit_status_t deliver(godwit_delivery_t *delivery, const godwit_reading_t *reading)
{
    file_delivery_t *f = (file_delivery_t *)delivery;
    size_t len = 0;
    char *line = godwit_deliver_line(reading, &len);
    if (line != NULL && len > WAITING_MAX - f->len) {
        (void)flush(delivery);
    }
    if (line == NULL || len > WAITING_MAX - f->len) {
        free(line);
        return failed(f, "a reading was lost");
    }
    memcpy(f->waiting + f->len, line, len);
    f->len += len;
    free(line);
    return GODWIT_OK;
}

static godwit_status_t reopen(godwit_delivery_t *delivery)
{
    file_delivery_t *f = (file_delivery_t *)delivery;
    if (f->path == NULL) {
        return GODWIT_OK;
    }
    (void)flush(delivery);
    int fd = open_path(f->path);
    if (fd < 0) {
        return failed(f, "cannot be opened anew; the old file is kept");
    }
    close(f->fd);
    f->fd = fd;
    return GODWIT_OK;
}

static void close_any(godwit_delivery_t *delivery)
{
    file_delivery_t *f = (file_delivery_t *)delivery;
    (void)flush(delivery);
    if (f->path != NULL) {
        close(f->fd);
    }
    free(f->path);
    free(f);
}

const godwit_deliver_kind_t godwit_deliver_stdout = {"stdout", open_stdout, deliver, flush, reopen, close_any};
const godwit_deliver_kind_t godwit_deliver_file = {"file", open_file, deliver, flush, reopen, close_any};
