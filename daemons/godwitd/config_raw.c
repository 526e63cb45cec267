/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the YAML through libcyaml, and turning its log into one line that names file and line. Warnings are refusals
 * too: a second document that is silently ignored is a mistake of somebody.
 */
#include "daemons/godwitd/config_raw.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemons/godwitd/config_schema.h"

#define UNEXPECTED "Unexpected key: "

typedef struct gathered {
    char what[CONFIG_ERROR_MAX / 2]; /* libcyaml's first line */
    unsigned line, column;           /* of its innermost place; 0: none told */
} gathered_t;

/* "(line: 3, column: 7)" */
static void read_place(const char *place, gathered_t *g)
{
    char *end = NULL;
    g->line = (unsigned)strtoul(place + sizeof "(line: " - 1, &end, 10);
    g->column = strncmp(end, ", column: ", 10) == 0 ? (unsigned)strtoul(end + 10, NULL, 10) : 0;
}

static void gather(cyaml_log_t level, void *context, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void gather(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
    gathered_t *g = context;
    char text[CONFIG_ERROR_MAX / 2];
    (void)level;
    (void)vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\n")] = '\0';
    const char *what = strncmp(text, "Load: ", 6) == 0 ? text + 6 : text;
    const char *place = strstr(what, "(line: ");
    if (place != NULL && g->line == 0) {
        read_place(place, g);
    } else if (place == NULL && g->what[0] == '\0' && strncmp(what, "Backtrace", 9) != 0) {
        (void)snprintf(g->what, sizeof g->what, "%s", what);
    }
}

static const char *at_line(const char *text, size_t len, unsigned line, unsigned column)
{
    const char *end = text + len;
    for (unsigned n = 1; n < line && text < end; n++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        text = newline == NULL ? end : newline + 1;
    }
    size_t ahead = column == 0 ? 0 : column - 1;
    return ahead < (size_t)(end - text) ? text + ahead : end;
}

/* libcyaml tells the place of what stood before an unexpected key. The key is the next of that name followed by a
 * colon, outside comments. */
static unsigned line_of_key(const char *text, size_t len, const gathered_t *g, const char *key)
{
    const char *end = text + len;
    unsigned line = g->line == 0 ? 1 : g->line;
    size_t key_len = strlen(key);
    bool comment = false;
    for (const char *c = at_line(text, len, line, g->column); key_len > 0 && c < end; c++) {
        if (*c == '\n') {
            line++;
            comment = false;
        } else if (*c == '#' && (c == text || isspace((unsigned char)c[-1]))) {
            comment = true;
        } else if (!comment && (size_t)(end - c) > key_len && memcmp(c, key, key_len) == 0 &&
                   (c == text || strchr(" \t\n{,\"'-", c[-1]) != NULL) && strchr(": \"'", c[key_len]) != NULL) {
            return line;
        }
    }
    return g->line;
}

static void tell(const char *file, const char *text, size_t len, const gathered_t *g, cyaml_err_t failure,
                 char error[CONFIG_ERROR_MAX])
{
    bool unexpected = strncmp(g->what, UNEXPECTED, sizeof UNEXPECTED - 1) == 0;
    const char *key = g->what + sizeof UNEXPECTED - 1;
    unsigned line = unexpected ? line_of_key(text, len, g, key) : g->line;
    int written = snprintf(error, CONFIG_ERROR_MAX, line == 0 ? "%s: " : "%s:%u: ", file, line);
    size_t used = written < 0 ? 0 : (size_t)written < CONFIG_ERROR_MAX ? (size_t)written : CONFIG_ERROR_MAX - 1;
    if (unexpected) {
        (void)snprintf(error + used, CONFIG_ERROR_MAX - used, "unknown key '%s' here; see etc/godwit.yaml", key);
    } else {
        (void)snprintf(error + used, CONFIG_ERROR_MAX - used, "%s",
                       g->what[0] != '\0' ? g->what : cyaml_strerror(failure));
    }
}

static cyaml_config_t cyaml_configuration(gathered_t *g)
{
    return (cyaml_config_t){
        .log_fn = gather,
        .log_ctx = g,
        .mem_fn = cyaml_mem,
        .log_level = CYAML_LOG_WARNING,
        .flags = CYAML_CFG_NO_ALIAS, /* no billion laughs */
    };
}

bool raw_config_parse(const char *file, const char *text, size_t len, raw_config_t **raw, char error[CONFIG_ERROR_MAX])
{
    gathered_t g = {.line = 0};
    cyaml_config_t cyaml = cyaml_configuration(&g);
    cyaml_data_t *data = NULL;
    *raw = NULL;
    cyaml_err_t failure = cyaml_load_data((const uint8_t *)text, len, &cyaml, &config_schema, &data, NULL);
    if (failure == CYAML_OK && data != NULL && g.what[0] == '\0') {
        *raw = data;
        return true;
    }
    if (failure == CYAML_OK && data == NULL) {
        (void)snprintf(g.what, sizeof g.what, "it is empty; start from etc/godwit.yaml");
    }
    tell(file, text, len, &g, failure, error);
    if (failure == CYAML_OK) {
        (void)cyaml_free(&cyaml, &config_schema, data, 0);
    }
    return false;
}

void raw_config_free(raw_config_t *raw)
{
    gathered_t g = {.line = 0};
    cyaml_config_t cyaml = cyaml_configuration(&g);
    if (raw != NULL) {
        (void)cyaml_free(&cyaml, &config_schema, raw, 0);
    }
}
