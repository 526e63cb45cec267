/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading. The names in paths are ours alone: nothing of a text comes back, or into a log.
 */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/json/json.h"

/* ---- memory ---- */

static void wipe_and_free(void *memory)
{
    if (memory != NULL) {
        godwit_wipe(memory, malloc_usable_size(memory));
        free(memory);
    }
}

/* What malloc gave before this, free takes, and so does wipe_and_free: nothing changes for objects that live
 * already. */
static void set_memory(void)
{
    json_set_alloc_funcs(malloc, wipe_and_free);
}

/* ---- what is wrong ---- */

static void add(char *path, const char *name)
{
    const size_t len = strlen(path);
    (void)snprintf(path + len, GODWIT_JSON_PATH - len, "%s%s", len > 0 && name[0] != '\0' ? "." : "", name);
}

void godwit_json_fail(const godwit_json_object_t *o, const char *name)
{
    if (o->of->failed) {
        return;
    }
    o->of->failed = true;
    if (o->in != NULL) { /* no object here is deeper than the child of a child */
        if (o->in->in != NULL) {
            add(o->of->wrong, o->in->name);
        }
        add(o->of->wrong, o->name);
    }
    add(o->of->wrong, name);
}

/* ---- objects ---- */

godwit_json_object_t godwit_json_open(godwit_json_t *json, godwit_slice_t text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, set_memory);
    memset(json, 0, sizeof *json);
    json->root = text.len == 0 ? NULL : json_loadb((const char *)text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    const bool good = json_is_object(json->root);
    json->failed = !good;
    return (godwit_json_object_t){.of = json, .json = good ? json->root : NULL, .name = ""};
}

/* NULL: it is not there, or nothing is to be read any more. */
static const json_t *take(godwit_json_object_t *o, const char *name, bool needed)
{
    const json_t *member = o->of->failed || o->json == NULL ? NULL : json_object_get(o->json, name);
    if (member != NULL) {
        o->taken++;
    } else if (needed && o->json != NULL) {
        godwit_json_fail(o, name);
    }
    return member;
}

static bool judge(const godwit_json_object_t *o, const char *name, bool good)
{
    if (!good) {
        godwit_json_fail(o, name);
    }
    return good;
}

godwit_json_object_t godwit_json_child(godwit_json_object_t *o, const char *name, bool needed)
{
    const json_t *member = take(o, name, needed);
    const bool good = json_is_object(member);
    if (member != NULL && !good) {
        godwit_json_fail(o, name);
    }
    return (godwit_json_object_t){.of = o->of, .json = good ? member : NULL, .name = name, .in = o};
}

void godwit_json_end(godwit_json_object_t *o)
{
    if (!o->of->failed && o->json != NULL && json_object_size(o->json) != o->taken) {
        godwit_json_fail(o, "(unknown member)");
    }
}

godwit_status_t godwit_json_close(godwit_json_t *json)
{
    json_decref(json->root);
    json->root = NULL;
    return json->failed ? GODWIT_MALFORMED : GODWIT_OK;
}

/* ---- members ---- */

static const char *text_of(const json_t *member)
{
    const char *text = json_string_value(member);
    return text != NULL && strlen(text) == json_string_length(member) ? text : NULL;
}

bool godwit_json_text(godwit_json_object_t *o, const char *name, bool needed, char *to, size_t size)
{
    const json_t *member = take(o, name, needed);
    const char *text = text_of(member);
    if (member == NULL) {
        return false;
    }
    if (!judge(o, name, text != NULL && text[0] != '\0' && strlen(text) < size)) {
        return false;
    }
    memcpy(to, text, strlen(text) + 1);
    return true;
}

bool godwit_json_name(godwit_json_object_t *o, const char *name, bool needed, char to[GODWIT_FQDN_MAX + 1])
{
    char text[GODWIT_FQDN_MAX + 1];
    if (!godwit_json_text(o, name, needed, text, sizeof text) ||
        !judge(o, name, godwit_fqdn_is_canonical(godwit_slice_of_string(text)))) {
        return false;
    }
    memcpy(to, text, strlen(text) + 1);
    return true;
}

bool godwit_json_imsi(godwit_json_object_t *o, const char *name, bool needed, godwit_imsi_t *imsi)
{
    char text[GODWIT_IMSI_DIGITS_MAX + 1];
    return godwit_json_text(o, name, needed, text, sizeof text) &&
           judge(o, name, godwit_imsi_from_text(text, imsi) == GODWIT_OK);
}

bool godwit_json_number(godwit_json_object_t *o, const char *name, bool needed, uint64_t least, uint64_t most,
                        uint64_t *to)
{
    const json_t *member = take(o, name, needed);
    const json_int_t value = json_integer_value(member);
    if (member == NULL ||
        !judge(o, name, json_is_integer(member) && value >= 0 && (uint64_t)value >= least && (uint64_t)value <= most)) {
        return false;
    }
    *to = (uint64_t)value;
    return true;
}

bool godwit_json_truth(godwit_json_object_t *o, const char *name, bool needed, bool *to)
{
    const json_t *member = take(o, name, needed);
    if (member == NULL || !judge(o, name, json_is_boolean(member))) {
        return false;
    }
    *to = json_is_true(member);
    return true;
}

bool godwit_json_hex(godwit_json_object_t *o, const char *name, bool needed, uint8_t *to, size_t octets)
{
    const json_t *member = take(o, name, needed);
    const char *text = text_of(member);
    size_t len = 0;
    if (member == NULL) {
        return false;
    }
    const bool good = text != NULL && strlen(text) == 2 * octets && strspn(text, "0123456789abcdef") == 2 * octets &&
                      godwit_hex_decode(text, to, octets, &len) == GODWIT_OK;
    return judge(o, name, good);
}

bool godwit_json_base64(godwit_json_object_t *o, const char *name, bool needed, uint8_t *to, size_t least, size_t most,
                        size_t *len)
{
    const json_t *member = take(o, name, needed);
    const char *text = text_of(member);
    size_t got = 0;
    if (member == NULL) {
        return false;
    }
    const bool good =
        text != NULL && godwit_base64_decode(godwit_slice_of_string(text), to, most, &got) == GODWIT_OK && got >= least;
    if (!judge(o, name, good)) {
        return false;
    }
    *len = got;
    return true;
}
