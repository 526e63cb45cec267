/* SPDX-License-Identifier: Apache-2.0
 *
 * The chain of the audit file checked: every line carries the hash of the line before, its own, and its number.
 */
#include "adapters/intercept/audit_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define PREVIOUS ",\"prev\":\""
#define OWN "\",\"hash\":\""
#define TAIL_LEN (sizeof PREVIOUS - 1 + 64 + sizeof OWN - 1 + 64 + 3) /* ,"prev":"..","hash":".."}\n */

godwit_status_t godwit_audit_hash(const char *text, size_t len, char hash[GODWIT_AUDIT_HASH])
{
    uint8_t digest[GODWIT_SHA256_SIZE];
    const godwit_slice_t part = godwit_slice(text, len);
    godwit_status_t status = godwit_crypto_builtin.sha256(&part, 1, digest);
    godwit_hex_encode(godwit_slice(digest, sizeof digest), hash);
    return status;
}

static godwit_status_t changed(const char *path, uint64_t line, const char *what, char why[GODWIT_AUDIT_WHY])
{
    (void)snprintf(why, GODWIT_AUDIT_WHY, "%.300s: line %" PRIu64 ": %s", path, line, what);
    return GODWIT_MAC_FAILURE;
}

/* NULL, or what is wrong with a line that ends in a newline. */
static const char *check_line(const char *line, size_t len, audit_walk_t *w)
{
    char hash[GODWIT_AUDIT_HASH], begin[32];
    const char *tail = len > TAIL_LEN ? line + len - TAIL_LEN : NULL;
    int begun = snprintf(begin, sizeof begin, "{\"n\":%" PRIu64 ",", w->lines + 1);
    if (tail == NULL || begun < 0 || strncmp(line, begin, (size_t)begun) != 0) {
        return "its number is not that of its place";
    }
    if (strncmp(tail, PREVIOUS, sizeof PREVIOUS - 1) != 0 || strncmp(tail + sizeof PREVIOUS - 1, w->hash, 64) != 0) {
        return "does not follow the line before";
    }
    tail += sizeof PREVIOUS - 1 + 64;
    /* The hash covers the line without its last member. */
    size_t covered = (size_t)(tail - line) + 1;
    if (godwit_audit_hash(line, covered, hash) != GODWIT_OK || strncmp(tail, OWN, sizeof OWN - 1) != 0 ||
        strncmp(tail + sizeof OWN - 1, hash, 64) != 0 || strcmp(tail + sizeof OWN - 1 + 64, "\"}\n") != 0) {
        return "was changed";
    }
    const char *id = strstr(line, ",\"id\":");
    uint64_t number = id == NULL ? 0 : strtoull(id + 6, NULL, 10);
    w->last_id = number > w->last_id ? number : w->last_id;
    memcpy(w->hash, hash, sizeof hash);
    return NULL;
}

godwit_status_t godwit_audit_walk(FILE *file, const char *path, uint64_t head, audit_walk_t *walk,
                                  char why[GODWIT_AUDIT_WHY])
{
    char line[AUDIT_LINE_MAX];
    memset(walk, 0, sizeof *walk);
    memcpy(walk->hash, ZEROS, sizeof ZEROS);
    while (fgets(line, sizeof line, file) != NULL) {
        size_t len = strlen(line);
        if (len == 0 || line[len - 1] != '\n') {
            walk->torn = fgetc(file) == EOF;
            return walk->torn ? GODWIT_OK : changed(path, walk->lines + 1, "is no line of an audit file", why);
        }
        const char *what = check_line(line, len, walk);
        if (what != NULL) {
            return changed(path, walk->lines + 1, what, why);
        }
        walk->lines++;
        walk->whole += len;
        if (walk->lines == head) {
            memcpy(walk->head_hash, walk->hash, sizeof walk->hash);
        }
    }
    if (ferror(file) != 0) {
        (void)snprintf(why, GODWIT_AUDIT_WHY, "%.300s: cannot be read: %s", path, strerror(errno));
        return GODWIT_IO_FAILED;
    }
    return GODWIT_OK;
}

godwit_status_t godwit_audit_head_parse(const char *text, uint64_t *count, char hash[GODWIT_AUDIT_HASH])
{
    char *end = NULL;
    *count = strtoull(text, &end, 10);
    if (end == text || *end != ' ' || strlen(end + 1) != 65 || end[65] != '\n') {
        return GODWIT_MALFORMED;
    }
    memcpy(hash, end + 1, 64);
    hash[64] = '\0';
    return GODWIT_OK;
}

godwit_status_t godwit_audit_head_check(const audit_walk_t *walk, uint64_t count, const char *hash, const char *path,
                                        char why[GODWIT_AUDIT_WHY])
{
    if (walk->lines < count) {
        return changed(path, walk->lines + 1, "is missing: the head knows of more lines", why);
    }
    return count == 0 || strcmp(walk->head_hash, hash) == 0
               ? GODWIT_OK
               : changed(path, count, "is not the one that the head knows", why);
}
