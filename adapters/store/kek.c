/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading and making the key-encryption key's file. A new one is written beside its place and linked into it, so that
 * nobody ever sees half a key.
 */
#include "adapters/store/kek.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define DIGITS (2u * GODWIT_KEK_SIZE)

static godwit_status_t failed(char *why, size_t size, const char *path, const char *what)
{
    (void)snprintf(why, size, "key file %s: %s: %s", path, what, strerror(errno));
    return GODWIT_STORE_FAILED;
}

static godwit_status_t refused(char *why, size_t size, const char *path, const char *what)
{
    (void)snprintf(why, size, "key file %s: %s", path, what);
    return GODWIT_STORE_FAILED;
}

/* One whole file of at most text_size - 1 octets; its length, or -1. */
static ssize_t read_text(int fd, char *text, size_t text_size)
{
    size_t len = 0;
    while (len < text_size - 1) {
        ssize_t got = read(fd, text + len, text_size - 1 - len);
        if (got < 0) {
            return -1;
        }
        if (got == 0) {
            break;
        }
        len += (size_t)got;
    }
    text[len] = '\0';
    return (ssize_t)len;
}

static godwit_status_t parse(char *text, size_t len, const char *path, godwit_kek_t *kek, char *why, size_t size)
{
    size_t octets = 0;
    if (len > 0 && text[len - 1] == '\n') {
        text[--len] = '\0';
    }
    if (len != DIGITS || godwit_hex_decode(text, kek->octets, sizeof kek->octets, &octets) != GODWIT_OK) {
        godwit_wipe(kek, sizeof *kek);
        return refused(why, size, path, "it does not hold 64 hexadecimal digits; restore it from its backup");
    }
    return GODWIT_OK;
}

static godwit_status_t read_open(int fd, const char *path, godwit_kek_t *kek, char *why, size_t size)
{
    struct stat st;
    char text[DIGITS + 3]; /* newline, one too many, terminator */
    if (fstat(fd, &st) != 0) {
        return failed(why, size, path, "cannot be examined");
    }
    if (!S_ISREG(st.st_mode)) {
        return refused(why, size, path, "it is not a regular file");
    }
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return refused(why, size, path, "others than its owner may use it; run chmod 600 on it");
    }
    ssize_t len = read_text(fd, text, sizeof text);
    godwit_status_t status =
        len < 0 ? failed(why, size, path, "cannot be read") : parse(text, (size_t)len, path, kek, why, size);
    godwit_wipe(text, sizeof text);
    return status;
}

godwit_status_t godwit_kek_read(const char *path, godwit_kek_t *kek, char *why, size_t why_size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        godwit_status_t status = errno == ENOENT ? GODWIT_NOT_FOUND : GODWIT_STORE_FAILED;
        (void)failed(why, why_size, path, "cannot be opened");
        return status;
    }
    godwit_status_t status = read_open(fd, path, kek, why, why_size);
    close(fd);
    return status;
}

/* fsync of the directory that holds path: the link itself must survive. */
static bool sync_directory(const char *path)
{
    char directory[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int len = slash == NULL ? 1 : slash == path ? 1 : (int)(slash - path);
    (void)snprintf(directory, sizeof directory, "%.*s", len, slash == NULL ? "." : path);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool good = fsync(fd) == 0;
    close(fd);
    return good;
}

static bool write_whole(const char *path, const char *text, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return false;
    }
    bool good = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
    int kept = errno;
    close(fd);
    errno = kept;
    return good;
}

godwit_status_t godwit_kek_make(const char *path, godwit_kek_t *kek, char *why, size_t why_size)
{
    char text[DIGITS + 2];
    char beside[PATH_MAX];
    if (getrandom(kek->octets, sizeof kek->octets, 0) != (ssize_t)sizeof kek->octets) {
        return failed(why, why_size, path, "no random octets");
    }
    if ((size_t)snprintf(beside, sizeof beside, "%s.%ld", path, (long)getpid()) >= sizeof beside) {
        return refused(why, why_size, path, "its name is too long");
    }
    godwit_hex_encode(godwit_slice(kek->octets, sizeof kek->octets), text);
    text[DIGITS] = '\n';
    godwit_status_t status = GODWIT_OK;
    if (!write_whole(beside, text, DIGITS + 1)) {
        status = failed(why, why_size, path, "cannot be written");
    } else if (link(beside, path) != 0) {
        status =
            errno == EEXIST ? godwit_kek_read(path, kek, why, why_size) : failed(why, why_size, path, "cannot be made");
    } else if (!sync_directory(path)) {
        status = failed(why, why_size, path, "its directory cannot be synced");
    }
    (void)unlink(beside);
    godwit_wipe(text, sizeof text);
    if (status != GODWIT_OK) {
        godwit_wipe(kek, sizeof *kek);
    }
    return status;
}
