/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of targets. Who can read it knows who is a target: so it is refused when others may.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/intercept/intercept.h"

#define FILE_OCTETS_MAX ((off_t)1 << 18)
#define LINE_OCTETS_MAX 256

static godwit_status_t refuse(const char *path, unsigned line, const char *what, godwit_status_t status,
                              char why[GODWIT_INTERCEPT_WHY])
{
    if (line == 0) {
        (void)snprintf(why, GODWIT_INTERCEPT_WHY, "%.300s: %s", path, what);
    } else {
        (void)snprintf(why, GODWIT_INTERCEPT_WHY, "%.300s: line %u: %s", path, line, what);
    }
    return status;
}

static FILE *open_private(const char *path, godwit_status_t *status, char why[GODWIT_INTERCEPT_WHY])
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &about) != 0) {
        *status = refuse(path, 0, strerror(errno), GODWIT_IO_FAILED, why);
    } else if (!S_ISREG(about.st_mode) || about.st_size > FILE_OCTETS_MAX) {
        *status = refuse(path, 0, "is no file, or longer than any list", GODWIT_MALFORMED, why);
    } else if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0 || (about.st_uid != geteuid() && about.st_uid != 0)) {
        *status = refuse(path, 0, "must be ours or root's, and nobody else may read or write it (mode 0600)",
                         GODWIT_NOT_ENTITLED, why);
    } else {
        FILE *file = fdopen(fd, "r");
        *status = file != NULL ? GODWIT_OK : refuse(path, 0, strerror(errno), GODWIT_IO_FAILED, why);
        if (file != NULL) {
            return file;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return NULL;
}

static bool is_reference(const char *text)
{
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~' || text[i] == '"' || text[i] == '\\') {
            return false;
        }
    }
    return len <= GODWIT_INTERCEPT_REFERENCE_MAX;
}

/* NULL, or what is wrong. */
static const char *take_line(godwit_targets_t *t, char *text)
{
    char *rest = NULL;
    text[strcspn(text, "#\r\n")] = '\0';
    const char *imsi = strtok_r(text, " \t", &rest);
    const char *reference = imsi == NULL ? NULL : strtok_r(NULL, " \t", &rest);
    if (imsi == NULL) {
        return NULL;
    }
    if (t->count == GODWIT_INTERCEPT_TARGETS_MAX) {
        return "there are more targets than 4096";
    }
    if (godwit_imsi_from_text(imsi, &t->imsi[t->count]) != GODWIT_OK) {
        return "must begin with an IMSI of 6 to 15 digits";
    }
    if ((reference != NULL && !is_reference(reference)) || strtok_r(NULL, " \t", &rest) != NULL) {
        return "after the IMSI there may be one reference of 32 characters at most";
    }
    if (reference != NULL) {
        memcpy(t->reference[t->count], reference, strlen(reference) + 1);
    }
    t->count++;
    return NULL;
}

/* By IMSI; insertion keeps both arrays together. False: one is there twice. */
static bool sort(godwit_targets_t *t)
{
    for (size_t i = 1; i < t->count; i++) {
        godwit_imsi_t imsi = t->imsi[i];
        char reference[GODWIT_INTERCEPT_REFERENCE_MAX + 1];
        size_t at = i;
        memcpy(reference, t->reference[i], sizeof reference);
        for (; at > 0 && strcmp(t->imsi[at - 1].digits, imsi.digits) > 0; at--) {
            t->imsi[at] = t->imsi[at - 1];
            memcpy(t->reference[at], t->reference[at - 1], sizeof reference);
        }
        t->imsi[at] = imsi;
        memcpy(t->reference[at], reference, sizeof reference);
        if (at > 0 && strcmp(t->imsi[at - 1].digits, imsi.digits) == 0) {
            return false;
        }
    }
    return true;
}

godwit_status_t godwit_targets_load(const char *path, godwit_targets_t **targets, char why[GODWIT_INTERCEPT_WHY])
{
    char line[LINE_OCTETS_MAX];
    unsigned number = 0;
    godwit_status_t status = GODWIT_OK;
    godwit_targets_t *t = calloc(1, sizeof *t);
    FILE *file = t == NULL ? NULL : open_private(path, &status, why);
    *targets = NULL;
    if (t == NULL) {
        return refuse(path, 0, "no memory", GODWIT_IO_FAILED, why);
    }
    while (file != NULL && status == GODWIT_OK && fgets(line, sizeof line, file) != NULL) {
        number++;
        bool whole = strchr(line, '\n') != NULL || strlen(line) < sizeof line - 1;
        const char *what = whole ? take_line(t, line) : "is too long";
        status = what == NULL ? GODWIT_OK : refuse(path, number, what, GODWIT_MALFORMED, why);
    }
    if (status == GODWIT_OK && !sort(t)) {
        status = refuse(path, 0, "names a target twice", GODWIT_MALFORMED, why);
    }
    godwit_wipe(line, sizeof line);
    if (file != NULL) {
        (void)fclose(file);
    }
    if (status != GODWIT_OK) {
        godwit_targets_free(t);
        return status;
    }
    *targets = t;
    return GODWIT_OK;
}

void godwit_targets_free(godwit_targets_t *targets)
{
    if (targets != NULL) {
        godwit_wipe(targets, sizeof *targets);
        free(targets);
    }
}
