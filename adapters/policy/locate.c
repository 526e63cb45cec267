/* SPDX-License-Identifier: Apache-2.0
 *
 * One walk over valid JSON that keeps the path of where it is. No recursion: what is nested deeper than a policy stays
 * unlocated.
 */
#include "adapters/policy/locate.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 16
#define PATH_MAX_LEN 256

typedef struct walk {
    const char *wanted;
    unsigned line, best_line;
    size_t best_len;
    struct {
        bool array, key; /* key: the next string is a member's name */
        unsigned index;
        size_t base; /* the path's length outside of it */
    } level[DEPTH_MAX];
    size_t depth; /* levels open */
    char path[PATH_MAX_LEN];
    size_t path_len;
} walk_t;

static void grow(walk_t *w, size_t base, int put)
{
    w->path_len = base + (put > 0 ? (size_t)put : 0);
    w->path_len = w->path_len < PATH_MAX_LEN ? w->path_len : PATH_MAX_LEN - 1;
}

static void to_index(walk_t *w, size_t base, unsigned index)
{
    grow(w, base, snprintf(w->path + base, PATH_MAX_LEN - base, "[%u]", index));
}

static void to_member(walk_t *w, size_t base, const char *name, int len)
{
    grow(w, base, snprintf(w->path + base, PATH_MAX_LEN - base, "%s%.*s", base > 0 ? "." : "", len, name));
}

/* A value begins here: is it the one, or one around it? */
static void value(walk_t *w)
{
    size_t len = w->path_len;
    char after = strlen(w->wanted) >= len ? w->wanted[len] : 'x';
    bool around = strncmp(w->wanted, w->path, len) == 0 && (len == 0 || after == '\0' || after == '.' || after == '[');
    if (around && (len > w->best_len || w->best_line == 0)) {
        w->best_len = len;
        w->best_line = w->line;
    }
}

static bool open_level(walk_t *w, bool array)
{
    value(w);
    if (w->depth == DEPTH_MAX) {
        return false;
    }
    w->level[w->depth].array = array;
    w->level[w->depth].key = !array;
    w->level[w->depth].index = 0;
    w->level[w->depth].base = w->path_len;
    w->depth++;
    if (array) {
        to_index(w, w->path_len, 0);
    }
    return true;
}

static void close_level(walk_t *w)
{
    if (w->depth > 0) {
        w->depth--;
        w->path_len = w->level[w->depth].base;
        w->path[w->path_len] = '\0';
    }
}

static void comma(walk_t *w)
{
    if (w->depth > 0 && w->level[w->depth - 1].array) {
        unsigned index = ++w->level[w->depth - 1].index;
        to_index(w, w->level[w->depth - 1].base, index);
    } else if (w->depth > 0) {
        w->level[w->depth - 1].key = true;
    }
}

/* at: the opening quote. Returns where the closing one is. */
static size_t string(walk_t *w, const char *text, size_t len, size_t at)
{
    size_t end = at + 1;
    while (end < len && text[end] != '"') {
        end += text[end] == '\\' ? 2 : 1;
    }
    if (w->depth > 0 && w->level[w->depth - 1].key) {
        size_t name_len = end < len ? end - at - 1 : 0;
        name_len = name_len < PATH_MAX_LEN ? name_len : PATH_MAX_LEN;
        to_member(w, w->level[w->depth - 1].base, text + at + 1, (int)name_len);
        w->level[w->depth - 1].key = false;
    } else {
        value(w);
    }
    return end;
}

unsigned godwit_policy_line_of(const char *text, size_t len, const char *path)
{
    walk_t w = {.wanted = path, .line = 1};
    bool deep = false;
    for (size_t i = 0; i < len && !deep; i++) {
        if (text[i] == '\n') {
            w.line++;
        } else if (text[i] == '"') {
            i = string(&w, text, len, i);
        } else if (text[i] == '{' || text[i] == '[') {
            deep = !open_level(&w, text[i] == '[');
        } else if (text[i] == '}' || text[i] == ']') {
            close_level(&w);
        } else if (text[i] == ',') {
            comma(&w);
        } else if (strchr(" \t\r:", text[i]) == NULL) {
            value(&w);
        }
    }
    return w.best_line == 0 ? 1 : w.best_line;
}
