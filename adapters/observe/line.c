/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing one log line. Values come from peers' mouths too (a Diameter identity, a path): whatever is no plain text is
 * escaped, so that nobody can forge a line.
 */
#include "adapters/observe/line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define END 3 /* '"', '}' and the newline always find room */

static void add(godwit_line_t *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(godwit_line_t *line, const char *format, ...)
{
    va_list arguments;
    size_t left = sizeof line->text - END - line->len;
    va_start(arguments, format);
    int len = vsnprintf(line->text + line->len, left, format, arguments);
    va_end(arguments);
    if (len > 0) {
        line->len += (size_t)len < left ? (size_t)len : left - 1;
    }
}

static bool is_plain(const char *value)
{
    for (const char *c = value; *c != '\0'; c++) {
        if (*c == ' ' || *c == '"' || *c == '\\' || *c == '=' || (unsigned char)*c < ' ' || *c == 0x7f) {
            return false;
        }
    }
    return value[0] != '\0';
}

/* JSON's escapes serve both forms. A character goes in whole or not at all, and room for the closing quote stays. */
static void add_quoted(godwit_line_t *line, const char *value)
{
    add(line, "\"");
    for (const char *c = value; *c != '\0' && sizeof line->text - line->len > END + 8; c++) {
        if (*c == '"' || *c == '\\') {
            add(line, "\\%c", *c);
        } else if ((unsigned char)*c < ' ' || *c == 0x7f) {
            add(line, "\\u%04x", (unsigned char)*c);
        } else {
            add(line, "%c", *c);
        }
    }
    add(line, "\"");
}

static void add_name(godwit_line_t *line, const char *name)
{
    if (line->json) {
        add(line, "%s\"%s\":", line->len == 1 ? "" : ",", name);
    } else {
        add(line, "%s%s=", line->len == 0 ? "" : " ", name);
    }
}

/* A member that might not fit whole is left out whole. */
static bool has_room(const godwit_line_t *line, const char *name)
{
    return sizeof line->text - line->len > strlen(name) + 40;
}

void godwit_line_begin(godwit_line_t *line, bool json, uint64_t now_ms, const char *level)
{
    char when[32] = "";
    time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    line->json = json;
    line->len = 0;
    if (json) {
        add(line, "{");
    }
    size_t len = gmtime_r(&seconds, &utc) == NULL ? 0 : strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(when + len, sizeof when - len, ".%03uZ", (unsigned)(now_ms % 1000));
    godwit_line_text(line, "time", when);
    godwit_line_text(line, "level", level);
}

void godwit_line_text(godwit_line_t *line, const char *name, const char *value)
{
    if (!has_room(line, name)) {
        return;
    }
    add_name(line, name);
    if (line->json || !is_plain(value) || strlen(value) >= sizeof line->text - line->len - END) {
        add_quoted(line, value);
    } else {
        add(line, "%s", value);
    }
}

void godwit_line_number(godwit_line_t *line, const char *name, uint64_t value)
{
    if (has_room(line, name)) {
        add_name(line, name);
        add(line, "%llu", (unsigned long long)value);
    }
}

void godwit_line_write(godwit_line_t *line, int fd)
{
    if (line->json) {
        line->text[line->len++] = '}';
    }
    line->text[line->len++] = '\n';
    ssize_t wrote = write(fd, line->text, line->len);
    (void)wrote; /* nobody is left to tell */
}
