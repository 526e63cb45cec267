/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit file written. A line is durable before what it tells of goes on; the head follows when there is time.
 */
#include "adapters/intercept/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "adapters/intercept/audit_check.h"

#define PATH_OCTETS 1024

/* ---- reading ---- */

/* The count of lines in the head, 0 when there is none. */
static godwit_status_t read_head(godwit_nvm_t *head, uint64_t *count, char hash[GODWIT_AUDIT_HASH],
                                 char why[GODWIT_AUDIT_WHY])
{
    char text[AUDIT_HEAD_MAX + 1] = "";
    size_t len = 0;
    godwit_status_t status = godwit_nvm_read(head, (uint8_t *)text, AUDIT_HEAD_MAX, &len);
    *count = 0;
    if (status == GODWIT_NOT_FOUND) {
        return GODWIT_OK;
    }
    text[len] = '\0';
    if (status == GODWIT_OK && godwit_audit_head_parse(text, count, hash) != GODWIT_OK) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.300s: is no head of an audit file", head->path);
        return GODWIT_MAC_FAILURE;
    }
    if (status != GODWIT_OK) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.500s", head->why);
    }
    return status;
}

static godwit_status_t walk_all(FILE *file, const char *path, godwit_nvm_t *head, audit_walk_t *walk,
                                char why[GODWIT_AUDIT_WHY])
{
    uint64_t count = 0;
    char hash[GODWIT_AUDIT_HASH] = "";
    godwit_status_t status = read_head(head, &count, hash, why);
    status = status == GODWIT_OK ? godwit_audit_walk(file, path, count, walk, why) : status;
    return status == GODWIT_OK ? godwit_audit_head_check(walk, count, hash, path, why) : status;
}

godwit_status_t godwit_audit_verify(const char *path, uint64_t *lines, char why[GODWIT_AUDIT_WHY])
{
    godwit_nvm_t head = {.disk = godwit_disk_posix(), .lock = -1};
    audit_walk_t walk = {.lines = 0};
    FILE *file = fopen(path, "re");
    if (file == NULL || (size_t)snprintf(head.path, sizeof head.path, "%s.head", path) >= sizeof head.path) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.300s: cannot be read: %s", path, strerror(errno));
        if (file != NULL) {
            (void)fclose(file);
        }
        return GODWIT_IO_FAILED;
    }
    godwit_status_t status = walk_all(file, path, &head, &walk, why);
    (void)fclose(file);
    *lines = walk.lines;
    return status;
}

/* ---- writing ---- */

static void time_text(uint64_t ms, char text[32])
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    size_t len = gmtime_r(&seconds, &utc) == NULL ? 0 : strftime(text, 32, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text + len, 32 - len, ".%03uZ", (unsigned)(ms % 1000));
}

typedef struct line {
    char text[AUDIT_LINE_MAX];
    size_t len;
} line_t;

static void put(line_t *l, const char *text)
{
    size_t len = strlen(text);
    if (len < sizeof l->text - l->len) {
        memcpy(l->text + l->len, text, len + 1);
        l->len += len;
    }
}

static void put_text(line_t *l, const char *name, const char *value)
{
    if (value != NULL && value[0] != '\0') {
        put(l, ",\"");
        put(l, name);
        put(l, "\":\"");
        put(l, value);
        put(l, "\"");
    }
}

static void put_number(line_t *l, const char *name, uint64_t value)
{
    char text[64];
    (void)snprintf(text, sizeof text, ",\"%s\":%" PRIu64, name, value);
    if (value != 0) {
        put(l, text);
    }
}

static godwit_status_t make_line(const godwit_audit_t *audit, const godwit_audit_entry_t *e, line_t *l,
                                 char hash[GODWIT_AUDIT_HASH])
{
    char text[64], when[32];
    (void)snprintf(text, sizeof text, "{\"n\":%" PRIu64, audit->count + 1);
    time_text(e->time_ms, when);
    put(l, text);
    put_text(l, "time", when);
    put_text(l, "event", e->event);
    put_number(l, "id", e->id);
    put_text(l, "imsi", e->imsi);
    put_text(l, "reference", e->reference);
    put_text(l, "direction", e->direction);
    put_number(l, "octets", e->octets);
    put_number(l, "count", e->count);
    put_text(l, "digest", e->digest);
    put_text(l, "prev", audit->hash);
    godwit_status_t status = godwit_audit_hash(l->text, l->len, hash);
    put_text(l, "hash", hash);
    put(l, "}\n");
    return status == GODWIT_OK && l->len < sizeof l->text - 1 ? GODWIT_OK : GODWIT_INTERNAL;
}

void godwit_audit_seal(godwit_audit_t *audit)
{
    char text[AUDIT_HEAD_MAX];
    if (audit->unsealed == 0) {
        return;
    }
    int len = snprintf(text, sizeof text, "%" PRIu64 " %s\n", audit->count, audit->hash);
    if (len > 0 && godwit_nvm_write(&audit->head, godwit_slice(text, (size_t)len)) == GODWIT_OK) {
        audit->unsealed = 0;
    }
}

godwit_status_t godwit_audit_add(godwit_audit_t *audit, const godwit_audit_entry_t *entry)
{
    line_t l = {.len = 0};
    char hash[GODWIT_AUDIT_HASH];
    godwit_status_t status = make_line(audit, entry, &l, hash);
    if (status != GODWIT_OK) {
        return status;
    }
    if (pwrite(audit->fd, l.text, l.len, (off_t)audit->size) != (ssize_t)l.len || fdatasync(audit->fd) != 0) {
        (void)!ftruncate(audit->fd, (off_t)audit->size);
        return GODWIT_IO_FAILED;
    }
    audit->size += l.len;
    audit->count++;
    audit->last_id = entry->id > audit->last_id ? entry->id : audit->last_id;
    memcpy(audit->hash, hash, sizeof hash);
    if (++audit->unsealed >= GODWIT_AUDIT_UNSEALED) {
        godwit_audit_seal(audit);
    }
    return GODWIT_OK;
}

static godwit_status_t adopt(const char *path, godwit_audit_t *audit, char why[GODWIT_AUDIT_WHY])
{
    audit_walk_t walk;
    int copy = dup(audit->fd);
    FILE *file = copy < 0 ? NULL : fdopen(copy, "r");
    if (file == NULL) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.300s: %s", path, strerror(errno));
        return GODWIT_IO_FAILED;
    }
    godwit_status_t status = walk_all(file, path, &audit->head, &walk, why);
    (void)fclose(file);
    if (status != GODWIT_OK) {
        return status;
    }
    audit->count = walk.lines;
    audit->last_id = walk.last_id;
    audit->size = walk.whole;
    memcpy(audit->hash, walk.hash, sizeof walk.hash);
    if (walk.torn && ftruncate(audit->fd, (off_t)walk.whole) != 0) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.300s: its torn last line cannot be cut off: %s", path,
                       strerror(errno));
        return GODWIT_IO_FAILED;
    }
    return GODWIT_OK;
}

godwit_status_t godwit_audit_open(const char *path, godwit_audit_t *audit, char why[GODWIT_AUDIT_WHY])
{
    char head[PATH_OCTETS];
    memset(audit, 0, sizeof *audit);
    audit->fd = -1;
    audit->head.lock = -1;
    if ((size_t)snprintf(head, sizeof head, "%s.head", path) >= sizeof head) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.64s...: the path is too long", path);
        return GODWIT_IO_FAILED;
    }
    godwit_status_t status = godwit_nvm_open(&audit->head, head, NULL);
    if (status != GODWIT_OK) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.500s", audit->head.why);
        return status;
    }
    audit->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (audit->fd < 0) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.300s: cannot be opened: %s", path, strerror(errno));
        status = GODWIT_IO_FAILED;
    }
    status = status == GODWIT_OK ? adopt(path, audit, why) : status;
    if (status != GODWIT_OK) {
        godwit_audit_close(audit);
    }
    return status;
}

void godwit_audit_close(godwit_audit_t *audit)
{
    if (audit->fd >= 0) {
        godwit_audit_seal(audit);
        close(audit->fd);
        audit->fd = -1;
    }
    godwit_nvm_close(&audit->head);
}
